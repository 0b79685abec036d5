//! Everything else that cares for people: hospitals, emergency departments, pharmacies, nurses, houses of health, EHPAD, schools.

use super::ages;
use super::names::Name;
use super::noise::smoothstep;
use super::rng::Rng;
use super::world::{World, with_of};

/// Equipment types of the 2020 workbook of the BPE, in the order of its columns.
pub(super) const TYPES: [&str; 18] = [
    "D101", "D102", "D103", "D104", "D105", "D106", "D107", "D108", "D109", "D110", "D111", "D112", "D113", "D302",
    "D303", "D304", "D305", "D307",
];
/// Ranks in [`TYPES`].
pub(super) const SHORT_STAY: usize = 0;
pub(super) const MEDIUM_STAY: usize = 1;
pub(super) const LONG_STAY: usize = 2;
pub(super) const PSYCHIATRY: usize = 3;
pub(super) const EMERGENCY: usize = 5;
pub(super) const MATERNITY: usize = 6;
pub(super) const HEALTH_CENTRE: usize = 7;
pub(super) const DIALYSIS: usize = 10;
pub(super) const HOME_HOSPITAL: usize = 11;
pub(super) const MSP: usize = 12;
pub(super) const PHARMACY: usize = 17;

/// Something with a place: hospital, EHPAD, school…
pub(super) struct Place {
    /// Kind, as written in `lieux.csv`.
    pub(super) kind: &'static str,
    /// Name.
    pub(super) name: String,
    /// Old commune.
    pub(super) site: usize,
    /// Position, km.
    pub(super) at: (f64, f64),
    /// Beds, places or pupils; 0 when it has no meaning.
    pub(super) capacity: u32,
}

/// Care other than that of general practitioners.
pub(super) struct Care {
    /// Equipment of 2024 by old commune, in the order of [`TYPES`].
    pub(super) equipment: Vec<[u32; 18]>,
    /// Old commune whose emergency department closed in 2019, when there is one.
    pub(super) closed_emergency: Option<usize>,
    /// Nurses, midwives, physiotherapists (individuals) by old commune, 2024.
    pub(super) nurses: Vec<u32>,
    pub(super) midwives: Vec<u32>,
    pub(super) physios: Vec<u32>,
    /// Places with an address.
    pub(super) places: Vec<Place>,
}

impl Care {
    /// Cares for the people of `world`.
    pub(super) fn new(world: &World) -> Self {
        let mut rng = Rng::new(world.seed, "soins");
        let n = world.sites.len();
        let mut care = Self {
            equipment: vec![[0; 18]; n],
            closed_emergency: None,
            nurses: vec![0; n],
            midwives: vec![0; n],
            physios: vec![0; n],
            places: Vec::new(),
        };
        care.hospitals(world, &mut rng);
        care.proximity(world, &mut rng);
        care.elders_and_schools(world, &mut rng);
        care
    }

    fn add(&mut self, world: &World, rng: &mut Rng, place: (&'static str, String), site: usize, capacity: u32) {
        let reach = 0.25 + 0.0035 * f64::from(world.sites[site].inhabitants(2021)).sqrt();
        let at = (world.sites[site].x + reach * rng.normal() * 0.5, world.sites[site].y + reach * rng.normal() * 0.5);
        // Kept inside the commune, or at its centre.
        let cell = super::parishes::raster_cell(at.0, at.1);
        let at = if world.raster.labels[cell] == site as i32 { at } else { (world.sites[site].x, world.sites[site].y) };
        self.places.push(Place { kind: place.0, name: place.1, site, at, capacity });
    }

    fn hospitals(&mut self, world: &World, rng: &mut Rng) {
        let mut towns: Vec<usize> = (0..world.sites.len()).filter(|s| world.sites[*s].rank.is_some()).collect();
        towns.sort_by_key(|s| world.sites[*s].rank);
        let highland = towns.iter().copied().skip(7).take(26).max_by(|a, b| {
            let merit =
                |s: usize| smoothstep(0.1, 0.5, world.sites[s].along) - 0.015 * world.sites[s].rank.unwrap_or(0) as f64;
            merit(*a).total_cmp(&merit(*b))
        });
        for (rank, &site) in towns.iter().enumerate().take(34) {
            let name = world.old[site].name.clone();
            let emergency = rank < 6 || Some(site) == highland;
            let number = |share: f64, rng: &mut Rng| u32::from(rng.chance(share));
            let row = &mut self.equipment[site];
            if rank == 0 {
                *row = [4, 4, 2, 5, 1, 2, 2, 6, 7, 3, 3, 2, 2, 12, 14, 1, 0, 0];
            } else if rank < 7 || emergency {
                row[SHORT_STAY] = 1 + number(0.5, rng);
                row[MEDIUM_STAY] = 1 + number(0.4, rng);
                row[LONG_STAY] = 1;
                row[PSYCHIATRY] = number(0.7, rng);
                row[EMERGENCY] = u32::from(emergency);
                row[MATERNITY] = u32::from(rank < 5);
                row[DIALYSIS] = number(0.6, rng);
                row[HOME_HOSPITAL] = number(0.5, rng);
                row[8] = 1 + number(0.6, rng);
                row[9] = number(0.5, rng);
            } else {
                row[SHORT_STAY] = number(if rank < 16 { 0.55 } else { 0.2 }, rng);
                row[MEDIUM_STAY] = number(0.45, rng);
                row[LONG_STAY] = number(0.4, rng);
                row[8] = number(0.4, rng);
            }
            let hospitals = self.equipment[site];
            if rank == 0 {
                self.add(
                    world,
                    rng,
                    ("hopital", format!("Centre hospitalier universitaire {}", with_of(&name))),
                    site,
                    1240,
                );
                self.add(world, rng, ("hopital", format!("Clinique des Trois-Ponts {}", with_of(&name))), site, 260);
                self.add(world, rng, ("urgences", format!("Urgences du CHU {}", with_of(&name))), site, 0);
                self.add(world, rng, ("urgences", "Urgences de la clinique des Trois-Ponts".to_owned()), site, 0);
                self.add(world, rng, ("smur", format!("SAMU–SMUR {}", with_of(&name))), site, 0);
            } else if hospitals[SHORT_STAY] + hospitals[MEDIUM_STAY] > 0 {
                let size = (0.0045 * f64::from(world.sites[site].inhabitants(2021))) as u32;
                self.add(world, rng, ("hopital", format!("Centre hospitalier {}", with_of(&name))), site, 40 + size);
                if emergency {
                    self.add(
                        world,
                        rng,
                        ("urgences", format!("Urgences du centre hospitalier {}", with_of(&name))),
                        site,
                        0,
                    );
                    if rank < 4 || Some(site) == highland {
                        self.add(world, rng, ("smur", format!("SMUR {}", with_of(&name))), site, 0);
                    }
                }
            }
            if hospitals[MATERNITY] > 0 {
                self.add(world, rng, ("maternite", format!("Maternité {}", with_of(&name))), site, 0);
            }
        }
        self.closed_emergency = towns
            .iter()
            .copied()
            .skip(6)
            .find(|s| self.equipment[*s][EMERGENCY] == 0 && self.equipment[*s][SHORT_STAY] > 0);
    }

    fn proximity(&mut self, world: &World, rng: &mut Rng) {
        for (s, site) in world.sites.iter().enumerate() {
            let people = f64::from(site.inhabitants(2021));
            let bourg = smoothstep(700.0, 2200.0, people);
            let south = 1.0 + 0.25 * (world.sites[s].along).clamp(-1.0, 1.0);
            self.equipment[s][PHARMACY] = rng.round(people / 3100.0 * bourg).max(u32::from(people > 2000.0));
            let chance = rng.lognormal(0.4);
            self.nurses[s] = rng.round(people * 15.2e-4 * south * (0.35 + 0.8 * bourg) * chance);
            self.midwives[s] = rng.round(people * 1.9e-4 * smoothstep(1500.0, 6000.0, people) * 1.4);
            let chance = rng.lognormal(0.35);
            self.physios[s] = rng.round(people * 11.0e-4 * (0.12 + 1.0 * smoothstep(900.0, 5000.0, people)) * chance);
            self.equipment[s][13] =
                self.equipment[s][13].max(rng.round(people / 16_000.0 * smoothstep(2500.0, 7000.0, people)));
            self.equipment[s][14] =
                self.equipment[s][14].max(rng.round(people / 9000.0 * smoothstep(900.0, 3500.0, people)));
            self.equipment[s][16] =
                u32::from(site.along > 0.25 && (900.0..4000.0).contains(&people) && rng.chance(0.12));
            if (1200.0..14_000.0).contains(&people) && rng.chance(0.27 - 0.1 * smoothstep(4000.0, 14_000.0, people)) {
                self.equipment[s][MSP] = 1;
            }
            if people > 5000.0 && rng.chance(0.25) {
                self.equipment[s][HEALTH_CENTRE] = self.equipment[s][HEALTH_CENTRE].max(1);
            }
        }
        for s in 0..world.sites.len() {
            let name = world.old[s].name.clone();
            for (kind, rank, title) in [
                ("msp", MSP, "Maison de santé pluridisciplinaire"),
                ("centre_de_sante", HEALTH_CENTRE, "Centre de santé"),
                ("pharmacie", PHARMACY, "Pharmacie"),
            ] {
                for number in 0..self.equipment[s][rank] {
                    let label = if number == 0 {
                        format!("{title} {}", with_of(&name))
                    } else {
                        format!("{title} {} {}", with_of(&name), number + 1)
                    };
                    self.add(world, rng, (kind, label), s, 0);
                }
            }
        }
    }

    fn elders_and_schools(&mut self, world: &World, rng: &mut Rng) {
        let shares = ages::shares(world);
        for (s, bands) in shares.iter().enumerate() {
            let people = f64::from(world.sites[s].inhabitants(2021));
            let name = world.old[s].name.clone();
            let elders = people * ages::share_75(bands);
            let homes = rng.round(elders / 1040.0 * (0.3 + 1.0 * smoothstep(500.0, 2500.0, people)));
            for number in 0..homes {
                let beds = (78.0 * rng.lognormal(0.25)) as u32;
                self.add(world, rng, ("ehpad", title("EHPAD", &name, number, homes)), s, beds);
            }
            let pupils = people * (bands[0] * 0.4 + bands[1] + bands[2] * 0.2);
            let schools = if people < 260.0 {
                u32::from(rng.chance(0.15))
            } else {
                rng.round(pupils / 140.0).max(u32::from(people > 450.0))
            };
            for number in 0..schools {
                self.add(
                    world,
                    rng,
                    ("ecole", title("École", &name, number, schools)),
                    s,
                    (pupils / f64::from(schools)) as u32,
                );
            }
            let colleges = rng.round(people / 9500.0 * smoothstep(1800.0, 4500.0, people) * 1.25);
            for number in 0..colleges {
                let pupils = 300 + (250.0 * rng.unit()) as u32;
                self.add(world, rng, ("college", title("Collège", &name, number, colleges)), s, pupils);
            }
            let lycees = rng.round(people / 21_000.0 * smoothstep(6000.0, 11_000.0, people) * 1.2);
            for number in 0..lycees {
                let pupils = 600 + (700.0 * rng.unit()) as u32;
                self.add(world, rng, ("lycee", title("Lycée", &name, number, lycees)), s, pupils);
            }
        }
    }
}

/// « Collège de Bardalac », and a neighbourhood's name when there are several.
fn title(kind: &str, name: &Name, number: u32, several: u32) -> String {
    const PLACES: [&str; 16] = [
        "des Tilleuls",
        "du Vieux-Pont",
        "des Coteaux",
        "de la Gare",
        "du Moulin",
        "des Rives",
        "de la Halle",
        "du Faubourg",
        "des Vergers",
        "de la Fontaine",
        "du Belvédère",
        "des Peupliers",
        "de la Place",
        "des Lavandières",
        "du Stade",
        "de la Tour",
    ];
    let series = number as usize / PLACES.len();
    let suffix = if series == 0 { String::new() } else { format!(" {}", series + 1) };
    if several < 2 {
        format!("{kind} {}", with_of(name))
    } else {
        format!("{kind} {}{suffix}, {}", PLACES[number as usize % PLACES.len()], name.full())
    }
}
