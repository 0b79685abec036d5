//! Who arrives where: places in faculties, some years before, and where those trained go.

use pacte_territory::{Level, Nature, Territory};

use super::assumptions::{Assumptions, Key, Scenario};
use crate::ground::{Catchment, Ground};

/// Share of the reference population from which a territory counts as the whole country.
const WHOLE: f64 = 0.97;

/// Places added to the assumptions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Levers {
    /// Places a year, all regions together.
    pub places: f64,
    /// First academic year.
    pub from: i16,
    /// Codes of the regions whose faculties get them, in proportion of their places; every region when empty.
    pub regions: Vec<String>,
}

impl Levers {
    /// Checks that the regions are known.
    pub(super) fn check(&self, known: &[TrainingRegion]) -> Result<(), String> {
        if !(0.0..=1e5).contains(&self.places) {
            return Err(format!("{} places est refusé ; attendu : un nombre entre 0 et 100 000", self.places));
        }
        if self.places == 0.0 || self.regions.is_empty() {
            return Ok(());
        }
        // A measure names regions of the whole country; some may lie outside this territory.
        if self.regions.iter().any(|code| known.iter().any(|region| region.code == *code)) {
            return Ok(());
        }
        let known: Vec<String> = known.iter().map(|region| format!("{} {}", region.code, region.name)).collect();
        Err(format!(
            "aucune des régions {} n’est une région de formation de ce territoire ; connues : {}",
            self.regions.join(", "),
            known.join(", ")
        ))
    }
}

/// A region where people are trained and settle.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingRegion {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Practitioners at the base.
    pub heads: f64,
    /// Share of those who leave their region of training that comes here.
    pub attraction: f64,
    /// Share of the country's places its faculties hold.
    pub places_share: f64,
    /// Arrivals of each year from the base, central scenario.
    pub arrivals: Vec<f64>,
}

/// Level of the regions of training: those before 2016 where the faculties of the assumptions are, else today’s.
pub fn training_level(territory: &Territory, assumptions: &Assumptions) -> Level {
    let known = territory.grouping(Level::FormerRegion).is_some_and(|grouping| {
        assumptions.faculties.iter().flat_map(|faculty| &faculty.regions).any(|code| grouping.find(code).is_some())
    });
    if known && territory.meta.nature == Nature::Real {
        Level::FormerRegion
    } else if territory.grouping(Level::Region).is_some() {
        Level::Region
    } else {
        Level::Country
    }
}

/// The region of training an area is or lies in; `None` when it spreads over several, as a country does.
pub fn training_region(territory: &Territory, assumptions: &Assumptions, level: Level, area: u32) -> Option<u32> {
    let regions = training_level(territory, assumptions);
    let members = territory.members(level, area);
    let first = territory.area_of(regions, *members.first()?)?;
    let inside = members.iter().all(|commune| territory.area_of(regions, *commune) == Some(first));
    (inside && territory.count(regions) > 1).then_some(first)
}

/// A faculty by the ranks of its regions.
#[derive(Clone, Debug, PartialEq)]
struct Ranked {
    share: f64,
    regions: Vec<usize>,
    /// Codes for retention, those unknown here included.
    codes: Vec<String>,
}

/// Where people are trained and what draws them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Places {
    pub(super) regions: Vec<TrainingRegion>,
    pub(super) level: Level,
    pub(super) region_of: Vec<Option<u32>>,
    pub(super) pull: Vec<f64>,
    pub(super) notes: Vec<String>,
    faculties: Vec<Ranked>,
    /// Part of the national places that count here: 1 but for a fictional country, smaller.
    scale: f64,
}

impl Places {
    pub(super) fn new(ground: &Ground, catchment: &Catchment, assumptions: &Assumptions) -> Self {
        let territory = ground.territory();
        let fictional = territory.meta.nature == Nature::Training;
        let mut notes = Vec::new();
        let level = training_level(territory, assumptions);
        let region_of: Vec<Option<u32>> = (0..territory.len() as u32).map(|id| territory.area_of(level, id)).collect();
        let people: Vec<f64> = (0..territory.len() as u32).map(|id| ground.people(id)).collect();
        let follow = assumptions.get(Key::AttractionHeads).value;
        let raw = pulls(&catchment.heads.counts, &people, &region_of, follow);
        let reference = assumptions.get(Key::ReferencePopulation).value;
        let part = people.iter().sum::<f64>() / reference;
        let part = if part >= WHOLE { 1.0 } else { part };
        let mut regions = regions(territory, level, catchment, &raw, &region_of);
        // A real territory that is part of the country draws part of those who move; a fictional one is a country.
        let drawn = if fictional { 1.0 } else { part };
        for region in &mut regions {
            region.attraction *= drawn;
        }
        let own = !fictional && level == Level::FormerRegion;
        let faculties = if own { ranked(assumptions, &regions) } else { by_people(&regions, &region_of, &people) };
        let scale = if own { 1.0 } else { part };
        if !own {
            notes.push(format!(
                "Ce territoire n’a pas les régions de formation d’avant 2016 : les places nationales y sont ramenées à sa part de la population de référence ({} %), réparties selon la population de ses régions.",
                crate::french::comma(100.0 * part, 2)
            ));
        } else if drawn < 1.0 {
            notes.push(format!(
                "Ce territoire est une partie du pays ({} % de la population de référence) : il reçoit cette part de ceux qui quittent leur région de formation.",
                crate::french::comma(100.0 * drawn, 1)
            ));
        }
        for faculty in &faculties {
            for rank in &faculty.regions {
                regions[*rank].places_share += faculty.share / faculty.regions.len() as f64;
            }
        }
        let sums: Vec<f64> = {
            let mut sums = vec![0.0; regions.len()];
            for (pull, region) in raw.iter().zip(&region_of) {
                if let Some(region) = region {
                    sums[*region as usize] += pull;
                }
            }
            sums
        };
        let pull = raw
            .iter()
            .zip(&region_of)
            .map(|(pull, region)| region.map_or(0.0, |region| ratio(*pull, sums[region as usize])))
            .collect();
        Self { regions, level, region_of, pull, notes, faculties, scale }
    }

    /// Arrivals by region and year from the base.
    pub(super) fn arrivals(
        &self,
        assumptions: &Assumptions,
        levers: &Levers,
        scenario: Scenario,
        base: i16,
        steps: usize,
    ) -> Vec<Vec<f64>> {
        let at = |key| assumptions.get(key).at(scenario);
        let practise = at(Key::GpShare) * at(Key::PracticeShare);
        let helped: Vec<bool> = self.faculties.iter().map(|faculty| self.is_helped(faculty, levers)).collect();
        let helped_share: f64 =
            self.faculties.iter().zip(&helped).filter(|(_, helped)| **helped).map(|(faculty, _)| faculty.share).sum();
        let mut arrivals = vec![vec![0.0; steps]; self.regions.len()];
        for step in 0..steps {
            let year = base + 1 + step as i16;
            let trained = year - at(Key::Lag) as i16;
            let places = assumptions.places(trained, scenario) * self.scale;
            let added = if trained >= levers.from { levers.places } else { 0.0 };
            for (faculty, helped) in self.faculties.iter().zip(&helped) {
                let extra = if *helped { added * ratio(faculty.share, helped_share) } else { 0.0 };
                self.settle(assumptions, faculty, (places * faculty.share + extra) * practise, step, &mut arrivals);
            }
            let others = at(Key::OtherEntries) * self.scale;
            for (region, arrivals) in self.regions.iter().zip(&mut arrivals) {
                arrivals[step] += others * region.attraction;
            }
        }
        arrivals
    }

    fn is_helped(&self, faculty: &Ranked, levers: &Levers) -> bool {
        let named = |rank: &usize| levers.regions.contains(&self.regions[*rank].code);
        if levers.regions.is_empty() {
            !faculty.regions.is_empty()
        } else {
            faculty.regions.iter().any(named) || faculty.codes.iter().any(|code| levers.regions.contains(code))
        }
    }

    /// Sends those a faculty trained where they settle: part of them in its own regions, the others in the rest of the
    /// country by attraction. With no other region to go to, everybody stays.
    fn settle(&self, assumptions: &Assumptions, faculty: &Ranked, trained: f64, step: usize, into: &mut [Vec<f64>]) {
        let own: f64 = faculty.regions.iter().map(|rank| self.regions[*rank].attraction).sum();
        let elsewhere = 1.0 - own;
        let alone = elsewhere <= 1e-9;
        let keep = if alone { 1.0 } else { self.retention(assumptions, faculty) };
        for rank in &faculty.regions {
            let share =
                if own > 0.0 { self.regions[*rank].attraction / own } else { 1.0 / faculty.regions.len() as f64 };
            into[*rank][step] += trained * keep * share;
        }
        if alone {
            return;
        }
        for (rank, region) in self.regions.iter().enumerate().filter(|(rank, _)| !faculty.regions.contains(rank)) {
            into[rank][step] += trained * (1.0 - keep) * region.attraction / elsewhere;
        }
    }

    fn retention(&self, assumptions: &Assumptions, faculty: &Ranked) -> f64 {
        let codes = faculty.codes.iter().map(String::as_str);
        let own = codes.chain(faculty.regions.iter().map(|rank| self.regions[*rank].code.as_str()));
        let known = |code: &&str| assumptions.retention_by_region.iter().any(|known| known.region == *code);
        own.filter(known)
            .map(|code| assumptions.retention(code))
            .next()
            .unwrap_or_else(|| assumptions.get(Key::Retention).value)
    }
}

/// What draws arrivals to each commune, summing to 1 over those of a region: practitioners in place and inhabitants.
fn pulls(heads: &[f64], people: &[f64], region_of: &[Option<u32>], follow: f64) -> Vec<f64> {
    let inside = |values: &[f64]| -> f64 {
        values.iter().zip(region_of).filter(|(_, region)| region.is_some()).map(|(value, _)| value).sum()
    };
    let (all_heads, all_people) = (inside(heads), inside(people));
    let pull =
        |(heads, people): (&f64, &f64)| follow * ratio(*heads, all_heads) + (1.0 - follow) * ratio(*people, all_people);
    let raw = heads.iter().zip(people).map(pull);
    raw.zip(region_of).map(|(pull, region)| if region.is_some() { pull } else { 0.0 }).collect()
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn regions(
    territory: &Territory,
    level: Level,
    catchment: &Catchment,
    raw: &[f64],
    region_of: &[Option<u32>],
) -> Vec<TrainingRegion> {
    let mut regions: Vec<TrainingRegion> = (0..territory.count(level))
        .map(|rank| {
            let area = territory.area(level, rank);
            TrainingRegion {
                code: area.code,
                name: area.name,
                heads: 0.0,
                attraction: 0.0,
                places_share: 0.0,
                arrivals: Vec::new(),
            }
        })
        .collect();
    for ((heads, pull), region) in catchment.heads.counts.iter().zip(raw).zip(region_of) {
        if let Some(region) = region {
            regions[*region as usize].heads += heads;
            regions[*region as usize].attraction += pull;
        }
    }
    // Without population the pulls may not sum to one.
    let total: f64 = regions.iter().map(|region| region.attraction).sum();
    for region in &mut regions {
        region.attraction = ratio(region.attraction, total);
    }
    regions
}

/// The faculties of the assumptions.
fn ranked(assumptions: &Assumptions, regions: &[TrainingRegion]) -> Vec<Ranked> {
    let total: f64 = assumptions.faculties.iter().map(|faculty| f64::from(faculty.places)).sum();
    let rank = |code: &String| regions.iter().position(|region| region.code == *code);
    let faculty = |faculty: &super::Faculty| Ranked {
        share: f64::from(faculty.places) / total,
        regions: faculty.regions.iter().filter_map(rank).collect(),
        codes: faculty.regions.clone(),
    };
    assumptions.faculties.iter().map(faculty).collect()
}

/// One faculty a region, in proportion of its people.
fn by_people(regions: &[TrainingRegion], region_of: &[Option<u32>], people: &[f64]) -> Vec<Ranked> {
    let mut sums = vec![0.0; regions.len()];
    for (people, region) in people.iter().zip(region_of) {
        if let Some(region) = region {
            sums[*region as usize] += people;
        }
    }
    let total: f64 = sums.iter().sum();
    let faculty =
        |(rank, people): (usize, &f64)| Ranked { share: ratio(*people, total), regions: vec![rank], codes: Vec::new() };
    sums.iter().enumerate().map(faculty).collect()
}
