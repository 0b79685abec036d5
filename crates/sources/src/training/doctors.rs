//! General practitioners one by one over ten years, and the accessibility (APL) their activity gives.
//!
//! Each doctor has an age, a place, a year of arrival and of departure and a yearly activity: what the DREES knows and no open
//! file tells. The fictional published APL is computed here from these people and from times by road, with the bounds and the
//! decay of the official workbook, so that it differs from what can be computed from open counts as the real one does.

use super::ages;
use super::noise::smoothstep;
use super::rng::Rng;
use super::roads;
use super::world::{Commune, World};

/// First and last years of the practitioners' series (1 January).
pub(super) const YEARS: std::ops::RangeInclusive<i32> = 2013..=2025;
/// Mean APL aimed at in 2022, consultations per standardised inhabitant.
const MEAN_APL: f64 = 3.55;
/// Share of the population below 2.5 aimed at in 2022.
const DESERT: f64 = 0.165;

/// A general practitioner.
#[derive(Clone, Debug)]
pub(super) struct Doctor {
    /// Old commune of practice.
    pub(super) site: usize,
    /// Year of birth.
    born: i32,
    /// First year present on 1 January.
    from: i32,
    /// First year absent on 1 January.
    until: i32,
    /// Consultations and visits in a year.
    acts: f64,
}

impl Doctor {
    /// True when in practice on 1 January of a year.
    pub(super) fn practises(&self, year: i32) -> bool {
        (self.from..self.until).contains(&year)
    }

    /// Activity counted by the DREES: bounds of the workbook of APL 2022, sheet Paramètres.
    fn counted(&self) -> f64 {
        if self.acts < 250.0 { 0.0 } else { self.acts.clamp(3600.0, 6000.0) }
    }
}

/// Doctors and what access they give.
pub(super) struct Practice {
    /// Every doctor of the period.
    pub(super) doctors: Vec<Doctor>,
    /// Standardised inhabitants per inhabitant, by old commune.
    pub(super) need: Vec<f64>,
    /// Other communes within reach of each old commune, with minutes by road (itself at 0).
    pub(super) near: Vec<Vec<(usize, f64)>>,
    /// Share of the population below 2.5 consultations, 2022.
    pub(super) desert: f64,
}

/// Minutes kept in [`Practice::near`].
const REACH: f64 = 60.0;

impl Practice {
    /// Settles the doctors so that the mean APL and the share of the population below 2.5 are near their aims.
    pub(super) fn new(world: &World) -> Self {
        let shares = ages::shares(world);
        let need: Vec<f64> = shares.iter().map(ages::need).collect();
        let near = roads::table(&world.roads, world.sites.len(), REACH);
        let mut practice = Self { doctors: Vec::new(), need, near, desert: 0.0 };
        let geography = world.geography(2023);
        let (mut level, mut inequality) = (8.0e-4, 1.0);
        let mut best = (f64::INFINITY, Vec::new(), 0.0);
        for _ in 0..12 {
            practice.doctors = settle(world, level, inequality);
            let apl = practice.apl(world, &geography, 2022, 2020, None);
            let (mut weighted, mut standard, mut below, mut people) = (0.0, 0.0, 0.0, 0.0);
            for (commune, apl) in geography.iter().zip(&apl) {
                let inhabitants = f64::from(world.inhabitants(commune, 2020));
                weighted += apl.0 * apl.1;
                standard += apl.1;
                people += inhabitants;
                if apl.0 < 2.5 {
                    below += inhabitants;
                }
            }
            let (mean, share): (f64, f64) = (weighted / standard, below / people);
            let miss = (mean / MEAN_APL - 1.0).abs() + (share - DESERT).abs() * 3.0;
            if miss < best.0 {
                best = (miss, std::mem::take(&mut practice.doctors), share);
            }
            if miss < 0.03 {
                break;
            }
            level *= MEAN_APL / mean;
            inequality = (inequality * (1.0 + 2.2 * (DESERT - share))).clamp(0.2, 2.6);
        }
        practice.doctors = best.1;
        practice.desert = best.2;
        practice
    }

    /// Doctors in practice on 1 January of a year, by old commune.
    pub(super) fn count(&self, world: &World, year: i32) -> Vec<u32> {
        let mut counts = vec![0; world.sites.len()];
        for doctor in self.doctors.iter().filter(|doctor| doctor.practises(year)) {
            counts[doctor.site] += 1;
        }
        counts
    }

    /// APL and standardised population of each commune of a geography: supply of `year` (of doctors not older than `age_limit`
    /// when given), population of `census`.
    pub(super) fn apl(
        &self,
        world: &World,
        geography: &[Commune],
        year: i32,
        census: i32,
        age_limit: Option<i32>,
    ) -> Vec<(f64, f64)> {
        let mut supply = vec![0.0; world.sites.len()];
        for doctor in &self.doctors {
            if doctor.practises(year) && age_limit.is_none_or(|limit| year - doctor.born <= limit) {
                supply[doctor.site] += doctor.counted();
            }
        }
        let demand: Vec<f64> =
            world.sites.iter().zip(&self.need).map(|(site, need)| f64::from(site.inhabitants(census)) * need).collect();
        self.catchment(geography, &supply, &demand)
    }

    /// Enhanced two-step floating catchment area over the communes of a geography, from supply and demand by old commune:
    /// accessibility and demand of each commune. Decay of the workbook: 1 under 10 minutes, 2/3 under 15, 1/3 under 20.
    pub(super) fn catchment(&self, geography: &[Commune], supply: &[f64], demand: &[f64]) -> Vec<(f64, f64)> {
        let mut commune_of = vec![None; supply.len()];
        for (number, commune) in geography.iter().enumerate() {
            commune_of[commune.chef] = Some(number);
        }
        let sum = |commune: &Commune, values: &[f64]| commune.members.iter().map(|s| values[*s]).sum::<f64>();
        let decay = |minutes: f64| match minutes {
            m if m < 10.0 => 1.0,
            m if m < 15.0 => 2.0 / 3.0,
            m if m < 20.0 => 1.0 / 3.0,
            _ => 0.0,
        };
        let needs: Vec<f64> = geography.iter().map(|commune| sum(commune, demand)).collect();
        let around = |commune: &Commune| {
            let near = self.near[commune.chef].iter();
            near.filter_map(|(s, minutes)| Some((commune_of[*s]?, decay(*minutes))))
                .filter(|(_, w)| *w > 0.0)
                .collect::<Vec<_>>()
        };
        let ratio: Vec<f64> = geography
            .iter()
            .map(|commune| {
                let reached: f64 = around(commune).iter().map(|(i, w)| needs[*i] * w).sum();
                if reached > 0.0 { sum(commune, supply) / reached } else { 0.0 }
            })
            .collect();
        geography
            .iter()
            .zip(&needs)
            .map(|(commune, need)| (around(commune).iter().map(|(j, w)| ratio[*j] * w).sum(), *need))
            .collect()
    }
}

/// Doctors over the years for a mean density (`level`, per inhabitant, 2022) and a degree of inequality between bassins de vie.
fn settle(world: &World, level: f64, inequality: f64) -> Vec<Doctor> {
    let mut rng = Rng::new(world.seed, "médecins");
    let mut doctors = Vec::new();
    for bassin in 0..world.bassins.len() {
        let members: Vec<usize> = (0..world.old.len()).filter(|s| world.old[*s].bassin == bassin).collect();
        let people = |year: i32| members.iter().map(|s| f64::from(world.sites[*s].inhabitants(year))).sum::<f64>();
        let centre = world.bassins[bassin].centre;
        let remoteness = remoteness(world, centre);
        let rank = world.sites[centre].rank.unwrap_or(99);
        let altitude = smoothstep(300.0, 900.0, world.sites[centre].height);
        let appeal = if rank < 7 { 0.26 - 0.02 * rank as f64 } else { -0.10 } - 0.42 * altitude - 0.42 * remoteness;
        let density = level * (inequality * (appeal + 0.17 * rng.normal())).exp();
        let trend = -0.004 - 0.016 * altitude.max(remoteness) - if rank < 7 { 0.0 } else { 0.006 };
        let pull: Vec<f64> = members
            .iter()
            .map(|s| {
                let here = f64::from(world.sites[*s].inhabitants(2018));
                let centre = if *s == centre { 1.5 } else { 1.0 };
                centre * here.powf(1.06) * (0.04 + smoothstep(350.0, 1900.0, here)) * rng.lognormal(0.35)
            })
            .collect();
        let mut present: Vec<Doctor> = Vec::new();
        for year in YEARS {
            let wanted = rng.round(people(year) * density * (trend * f64::from(year - 2022)).exp()) as usize;
            let (mut staying, mut leaving) = (Vec::new(), Vec::new());
            for doctor in present {
                let age = year - doctor.born;
                let chance = match age {
                    ..=61 => 0.006,
                    62..=64 => 0.08,
                    65..=67 => 0.30,
                    68..=71 => 0.38,
                    _ => 0.6,
                };
                if rng.chance(chance) { leaving.push(doctor) } else { staying.push(doctor) }
            }
            while staying.len() > wanted {
                let oldest = (0..staying.len()).min_by_key(|i| staying[*i].born).unwrap_or(0);
                leaving.push(staying.swap_remove(oldest));
            }
            while staying.len() < wanted {
                let Some(place) = rng.weighted(&pull) else { break };
                let age = if year == *YEARS.start() {
                    (52.0 + 9.5 * rng.normal()).clamp(30.0, 70.0)
                } else {
                    (34.5 + 4.5 * rng.normal()).clamp(28.0, 50.0)
                };
                let mut acts = 5000.0 * rng.lognormal(0.34) * if rank < 7 { 0.95 } else { 1.08 };
                if rng.chance(0.012) {
                    acts = rng.range(60.0, 700.0);
                }
                let born = year - age as i32;
                staying.push(Doctor { site: members[place], born, from: year, until: i32::MAX, acts });
            }
            for mut doctor in leaving {
                doctor.until = year;
                doctors.push(doctor);
            }
            present = staying;
        }
        doctors.append(&mut present);
    }
    doctors
}

/// 0 near a large town, 1 far from all (straight line, km).
fn remoteness(world: &World, site: usize) -> f64 {
    let large = world.sites.iter().filter(|s| s.rank.is_some_and(|rank| rank < 7));
    let nearest = large
        .map(|s| s.distance(&world.sites[site]) - if s.rank == Some(0) { 6.0 } else { 0.0 })
        .fold(f64::INFINITY, f64::min);
    smoothstep(10.0, 34.0, nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activity_is_bounded_as_the_workbook_says() {
        let doctor = |acts| Doctor { site: 0, born: 1970, from: 2013, until: 2020, acts };
        for (acts, counted) in [(249.0, 0.0), (251.0, 3600.0), (4200.0, 4200.0), (9000.0, 6000.0)] {
            assert_eq!(doctor(acts).counted(), counted);
        }
        assert!(doctor(1.0).practises(2013) && !doctor(1.0).practises(2020));
    }
}
