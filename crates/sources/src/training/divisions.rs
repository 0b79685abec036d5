//! Official divisions of the region: arrondissements, cantons, EPCI, bassins de vie, zones d'emploi, and their names.

use super::groups::{Borders, grow};
use super::names::{Name, Names};
use super::world::{DEPARTEMENTS, Group, World, with_of};

/// Draws every grouping of `world` and names the départements and the region.
pub(super) fn draw(world: &mut World, borders: &Borders, names: &mut Names) {
    let merged = Merged::new(world, borders);
    let ranked = merged.towns(world);
    let population: Vec<f64> = merged
        .units
        .iter()
        .map(|unit| unit.iter().map(|s| f64::from(world.sites[*s].inhabitants(2021))).sum())
        .collect();
    let departement: Vec<usize> = merged.units.iter().map(|unit| world.old[unit[0]].departement).collect();
    let ones = vec![1.0; merged.units.len()];

    name_region(world, &ranked, &departement, &merged);

    for (number, code) in DEPARTEMENTS.iter().enumerate() {
        let towns: Vec<usize> = ranked.iter().copied().filter(|u| departement[*u] == number).collect();
        let open = |unit: usize| departement[unit] == number;
        // Arrondissements: the prefecture and two sub-prefectures apart from it.
        let seats = spread_out(world, &merged, &towns, 3, 26.0);
        let zones = grow(&merged.borders, &seats, &ones, 1.5, open);
        let base = world.arrondissements.len();
        for (rank, seat) in seats.iter().enumerate() {
            let centre = merged.units[*seat][0];
            world.arrondissements.push(Group {
                code: format!("{code}{}", rank + 1),
                name: merged.name(world, *seat).full(),
                centre,
            });
        }
        merged.assign(&zones, |s, zone| world.old[s].arrondissement = base + zone);
        // Cantons: about as many inhabitants each, which towns allow.
        let seats = spread_out(world, &merged, &towns, 15, 7.0);
        let zones = grow(&merged.borders, &seats, &population, 1.2, open);
        let base = world.cantons.len();
        for (rank, seat) in seats.iter().enumerate() {
            let name = merged.name(world, *seat).full();
            world.cantons.push(Group { code: format!("{code}{:02}", rank + 1), name, centre: merged.units[*seat][0] });
        }
        merged.assign(&zones, |s, zone| world.old[s].canton = base + zone);
        // EPCI.
        let seats = spread_out(world, &merged, &towns, 10, 9.0);
        let zones = grow(&merged.borders, &seats, &ones, 0.9, open);
        let base = world.epcis.len();
        for seat in &seats {
            let town = merged.name(world, *seat);
            let people = population[*seat];
            let name = if people > 100_000.0 {
                format!("Métropole {}", with_of(&town))
            } else if people > 15_000.0 {
                format!("Communauté d'agglomération {}", with_of(&town))
            } else {
                match names_of_country(names, world.epcis.len()) {
                    Some(country) => format!("Communauté de communes du Pays de {country}"),
                    None => format!("Communauté de communes {}", with_of(&town)),
                }
            };
            let siren = 999_000_000 + 137 * (world.epcis.len() as u32 + 11);
            world.epcis.push(Group { code: siren.to_string(), name, centre: merged.units[*seat][0] });
        }
        merged.assign(&zones, |s, zone| world.old[s].epci = base + zone);
    }

    let seats = spread_out(world, &merged, &ranked, 36, 8.0);
    let zones = grow(&merged.borders, &seats, &ones, 0.6, |_| true);
    for seat in &seats {
        let centre = merged.units[*seat][0];
        world.bassins.push(Group {
            code: world.old[centre].code.clone(),
            name: merged.name(world, *seat).full(),
            centre,
        });
    }
    merged.assign(&zones, |s, zone| world.old[s].bassin = zone);

    let seats = spread_out(world, &merged, &ranked, 8, 20.0);
    let zones = grow(&merged.borders, &seats, &ones, 0.0, |_| true);
    for (rank, seat) in seats.iter().enumerate() {
        let name = merged.name(world, *seat).full();
        world.employment_zones.push(Group {
            code: format!("99{:02}", rank + 51),
            name,
            centre: merged.units[*seat][0],
        });
    }
    merged.assign(&zones, |s, zone| world.old[s].employment_zone = zone);
}

/// Two communities of communes in three are named after a country, the others after their town.
fn names_of_country(names: &mut Names, rank: usize) -> Option<String> {
    (!rank.is_multiple_of(3)).then(|| names.country())
}

/// The graph of communes once every merger is done: groupings are drawn on it, so that no merger straddles them.
struct Merged {
    units: Vec<Vec<usize>>,
    borders: Borders,
}

impl Merged {
    fn new(world: &World, borders: &Borders) -> Self {
        let units: Vec<Vec<usize>> = world.geography(i32::MAX).into_iter().map(|commune| commune.members).collect();
        let mut unit_of = vec![0; world.old.len()];
        for (number, unit) in units.iter().enumerate() {
            for member in unit {
                unit_of[*member] = number;
            }
        }
        let joined = units
            .iter()
            .enumerate()
            .map(|(number, unit)| {
                let mut links: Vec<(usize, f64)> = unit
                    .iter()
                    .flat_map(|m| &borders[*m])
                    .map(|(n, minutes)| (unit_of[*n], *minutes))
                    .filter(|(n, _)| *n != number)
                    .collect();
                links.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
                links.dedup_by_key(|link| link.0);
                links
            })
            .collect();
        Self { units, borders: joined }
    }

    /// Units that hold a town, largest first.
    fn towns(&self, world: &World) -> Vec<usize> {
        let mut towns: Vec<(usize, usize)> = self
            .units
            .iter()
            .enumerate()
            .filter_map(|(number, unit)| Some((world.sites[unit[0]].rank?, number)))
            .collect();
        towns.sort_unstable();
        towns.into_iter().map(|(_, number)| number).collect()
    }

    fn name(&self, world: &World, unit: usize) -> Name {
        world.old[self.units[unit][0]].name.clone()
    }

    fn assign(&self, zones: &[Option<usize>], mut set: impl FnMut(usize, usize)) {
        for (unit, zone) in zones.iter().enumerate() {
            if let Some(zone) = zone {
                for member in &self.units[unit] {
                    set(*member, *zone);
                }
            }
        }
    }
}

/// The first `count` towns at least `apart` km from one another (the distance is relaxed until they are found).
fn spread_out(world: &World, merged: &Merged, towns: &[usize], count: usize, apart: f64) -> Vec<usize> {
    let mut apart = apart;
    loop {
        let mut seats: Vec<usize> = Vec::new();
        for town in towns {
            let site = &world.sites[merged.units[*town][0]];
            if seats.len() < count
                && seats.iter().all(|seat| world.sites[merged.units[*seat][0]].distance(site) >= apart)
            {
                seats.push(*town);
            }
        }
        if seats.len() == count.min(towns.len()) || apart < 0.5 {
            return seats;
        }
        apart *= 0.9;
    }
}

/// Départements are named after their largest rivers, the region after the largest of all.
fn name_region(world: &mut World, ranked: &[usize], departement: &[usize], merged: &Merged) {
    let mut rivers_of: Vec<Vec<(f64, String)>> = vec![Vec::new(); DEPARTEMENTS.len()];
    for river in world.rivers.iter().filter(|river| !river.name.is_empty()) {
        let mut cells = [0usize; 3];
        for cell in &river.cells {
            let (x, y) = super::relief::centre(*cell as usize);
            let label = world.raster.labels[super::parishes::raster_cell(x, y)];
            if let Ok(label) = usize::try_from(label) {
                cells[world.old[label].departement] += 1;
            }
        }
        if let Some(home) = (0..3).max_by_key(|d| cells[*d]) {
            rivers_of[home].push((cells[home] as f64, river.name.clone()));
        }
    }
    let mut heights = [(0.0, 0.0); 3];
    for (site, old) in world.sites.iter().zip(&world.old) {
        heights[old.departement].0 += site.height;
        heights[old.departement].1 += 1.0;
    }
    let highest = (0..3).max_by(|a, b| (heights[*a].0 / heights[*a].1).total_cmp(&(heights[*b].0 / heights[*b].1)));
    for (number, rivers) in rivers_of.iter_mut().enumerate() {
        rivers.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let first = rivers.first().map_or("Sauvène", |(_, name)| name.as_str()).to_owned();
        let bare = match rivers.get(1) {
            _ if highest == Some(number) => format!("Haute-{first}"),
            Some((_, second)) => format!("{first}-et-{second}"),
            None => first,
        };
        let seat = ranked.iter().copied().find(|unit| departement[*unit] == number).unwrap_or(0);
        let centre = merged.units[seat][0];
        world.departements.push(Group { code: DEPARTEMENTS[number].to_owned(), name: bare, centre });
    }
    let main = world.rivers.first().map_or("Sauvène", |river| river.name.as_str());
    world.region = Name { tncc: 4, bare: format!("Monts-et-Plaines-{}", super::names::of(main)) };
}
