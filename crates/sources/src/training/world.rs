//! The whole fictional region as one value: land, communes through their mergers, groupings, roads, names.

use std::collections::{BTreeMap, BTreeSet};

use super::groups::{self, Borders};
use super::names::{self, Name, Names, Setting};
use super::parishes;
use super::partition::{Arc, OUTSIDE, Raster, assemble, doubled_area};
use super::relief::{Relief, cell_at, neighbours};
use super::rivers::{self, River};
use super::rng::Rng;
use super::roads::{self, Roads};
use super::settlements::{self, Site};

/// Code of the fictional region.
pub(super) const REGION: &str = "99";
/// Codes of the three fictional départements.
pub(super) const DEPARTEMENTS: [&str; 3] = ["X1", "X2", "X3"];

/// A commune as it was before the mergers of the last ten years.
pub(super) struct OldCommune {
    /// Official code (`X1001`), in alphabetical order of names within the département.
    pub(super) code: String,
    /// Name.
    pub(super) name: Name,
    /// Rank of its département in [`DEPARTEMENTS`].
    pub(super) departement: usize,
    /// Rank of its arrondissement in [`World::arrondissements`].
    pub(super) arrondissement: usize,
    /// Rank of its canton in [`World::cantons`].
    pub(super) canton: usize,
    /// Rank of its EPCI in [`World::epcis`].
    pub(super) epci: usize,
    /// Rank of its bassin de vie in [`World::bassins`].
    pub(super) bassin: usize,
    /// Rank of its zone d'emploi in [`World::employment_zones`].
    pub(super) employment_zone: usize,
    /// Area, km².
    pub(super) area: f64,
}

/// A merger of communes (commune nouvelle).
pub(super) struct Merger {
    /// Year of its first of January.
    pub(super) year: i32,
    /// Old communes merged, the chef-lieu (whose code is kept) first.
    pub(super) members: Vec<usize>,
    /// Name of the commune nouvelle.
    pub(super) name: Name,
}

/// A commune of one geography: its chef-lieu and the old communes it is made of.
pub(super) struct Commune {
    /// Old commune whose code it bears.
    pub(super) chef: usize,
    /// Old communes it is made of, chef-lieu first.
    pub(super) members: Vec<usize>,
    /// Name.
    pub(super) name: Name,
}

/// A grouping of communes.
pub(super) struct Group {
    /// Official code.
    pub(super) code: String,
    /// Official name.
    pub(super) name: String,
    /// Old commune at its centre.
    pub(super) centre: usize,
}

/// The fictional region.
pub(super) struct World {
    pub(super) seed: u64,
    pub(super) relief: Relief,
    /// Sites of the old communes (same indices as `old`).
    pub(super) sites: Vec<Site>,
    pub(super) old: Vec<OldCommune>,
    pub(super) mergers: Vec<Merger>,
    pub(super) rivers: Vec<River>,
    pub(super) roads: Roads,
    /// Raster of old communes.
    pub(super) raster: Raster,
    /// Borders between old communes.
    pub(super) arcs: Vec<Arc>,
    pub(super) departements: Vec<Group>,
    pub(super) arrondissements: Vec<Group>,
    pub(super) cantons: Vec<Group>,
    pub(super) epcis: Vec<Group>,
    pub(super) bassins: Vec<Group>,
    pub(super) employment_zones: Vec<Group>,
    pub(super) region: Name,
}

impl World {
    /// The region of `seed`.
    pub(super) fn new(seed: u64) -> Self {
        let relief = Relief::new(seed);
        let mut settlements = settlements::settle(seed, &relief);
        let raster = parishes::divide(seed, &relief, &settlements);
        let roads = roads::build(&relief, &settlements);
        settlements.sites.truncate(settlements.inside);
        let sites = settlements.sites;
        let arcs = raster.arcs(0.32, parishes::place);
        let borders = borders(&arcs, &sites);
        let inside = |cell: usize| {
            let (x, y) = super::relief::centre(cell);
            raster.labels[parishes::raster_cell(x, y)] != OUTSIDE
        };
        let (mut rivers, river_of) = rivers::find(&relief, inside);
        let mut names = Names::new(seed);
        let named = rivers.iter().filter(|river| river.drained > 110.0).count().min(30);
        for (river, name) in rivers.iter_mut().zip(names.rivers(named)) {
            river.name = name;
        }
        let by_water: Vec<Option<usize>> = sites.iter().map(|site| water(&relief, &river_of, site)).collect();
        let river_name =
            |s: usize| by_water[s].map(|river| rivers[river].name.as_str()).filter(|name| !name.is_empty());

        let departement = share_departements(&borders, &sites);
        let mut old: Vec<OldCommune> = (0..sites.len())
            .map(|s| {
                let setting = match sites[s].rank {
                    Some(rank) if rank < 22 => Setting::Town,
                    _ if sites[s].height > 520.0 => Setting::Mountain,
                    _ => Setting::Plain,
                };
                let name = names.commune(setting, river_name(s));
                OldCommune {
                    code: String::new(),
                    name,
                    departement: departement[s],
                    arrondissement: 0,
                    canton: 0,
                    epci: 0,
                    bassin: 0,
                    employment_zone: 0,
                    area: 0.0,
                }
            })
            .collect();
        number(&mut old);
        measure(&arcs, &mut old);
        let mergers = merge(seed, &sites, &old, &borders, &mut names, river_name);
        let mut world = Self {
            seed,
            relief,
            sites,
            old,
            mergers,
            rivers,
            roads,
            raster,
            arcs,
            departements: Vec::new(),
            arrondissements: Vec::new(),
            cantons: Vec::new(),
            epcis: Vec::new(),
            bassins: Vec::new(),
            employment_zones: Vec::new(),
            region: Name::plain(String::new()),
        };
        super::divisions::draw(&mut world, &borders, &mut names);
        world
    }

    /// The communes on the first of January of a year, in the order of their codes.
    pub(super) fn geography(&self, year: i32) -> Vec<Commune> {
        let mut merged: BTreeMap<usize, &Merger> = BTreeMap::new();
        for merger in self.mergers.iter().filter(|merger| merger.year <= year) {
            for member in &merger.members {
                merged.insert(*member, merger);
            }
        }
        let mut communes: Vec<Commune> = (0..self.old.len())
            .filter_map(|s| match merged.get(&s) {
                Some(merger) if merger.members[0] == s => {
                    Some(Commune { chef: s, members: merger.members.clone(), name: merger.name.clone() })
                }
                Some(_) => None,
                None => Some(Commune { chef: s, members: vec![s], name: self.old[s].name.clone() }),
            })
            .collect();
        communes.sort_by(|a, b| self.old[a.chef].code.cmp(&self.old[b.chef].code));
        communes
    }

    /// Municipal population of a commune in a year.
    pub(super) fn inhabitants(&self, commune: &Commune, year: i32) -> u32 {
        commune.members.iter().map(|s| self.sites[*s].inhabitants(year)).sum()
    }

    /// Code of a commune.
    pub(super) fn code(&self, commune: &Commune) -> &str {
        &self.old[commune.chef].code
    }

    /// Area of a commune, km².
    pub(super) fn area(&self, commune: &Commune) -> f64 {
        commune.members.iter().map(|s| self.old[*s].area).sum()
    }

    /// Code of a commune's département.
    pub(super) fn departement(&self, commune: &Commune) -> &'static str {
        DEPARTEMENTS[self.old[commune.chef].departement]
    }
}

/// Costs of going from each old commune to those it touches: minutes at 40 km/h, more uphill.
fn borders(arcs: &[Arc], sites: &[Site]) -> Borders {
    let mut pairs: BTreeSet<(usize, usize)> = BTreeSet::new();
    for arc in arcs {
        if let (Ok(a), Ok(b)) = (usize::try_from(arc.left), usize::try_from(arc.right)) {
            pairs.insert((a.min(b), a.max(b)));
        }
    }
    let mut borders: Borders = vec![Vec::new(); sites.len()];
    for (a, b) in pairs {
        let minutes = 1.5 * sites[a].distance(&sites[b]) + (sites[a].height - sites[b].height).abs() / 45.0;
        borders[a].push((b, minutes));
        borders[b].push((a, minutes));
    }
    borders
}

/// The river a site stands by, if any.
fn water(relief: &Relief, river_of: &[Option<usize>], site: &Site) -> Option<usize> {
    let here = cell_at(site.x, site.y);
    let near = std::iter::once(here).chain(neighbours(here).map(|(_, n)| n));
    near.filter_map(|cell| Some((relief.drained[cell], river_of[cell]?)))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, river)| river)
}

/// Three départements of about as many communes, grown from the city and from two large towns far from it and from each other.
fn share_departements(borders: &Borders, sites: &[Site]) -> Vec<usize> {
    let mut towns: Vec<usize> = (0..sites.len()).filter(|s| sites[*s].rank.is_some_and(|rank| rank < 9)).collect();
    towns.sort_by_key(|s| sites[*s].rank);
    let city = towns[0];
    let mut best = (f64::NEG_INFINITY, towns[1], towns[2]);
    for (i, &a) in towns.iter().enumerate().skip(1) {
        for &b in &towns[i + 1..] {
            let apart =
                sites[city].distance(&sites[a]).min(sites[city].distance(&sites[b])).min(sites[a].distance(&sites[b]));
            let rank = (sites[a].rank.unwrap_or(0) + sites[b].rank.unwrap_or(0)) as f64;
            let merit = apart.min(55.0) - 0.9 * rank;
            if merit > best.0 {
                best = (merit, a, b);
            }
        }
    }
    let weight = vec![1.0; sites.len()];
    let zones = groups::grow(borders, &[city, best.1, best.2], &weight, 6.0, |_| true);
    zones.into_iter().map(|zone| zone.unwrap_or(0)).collect()
}

/// Codes in alphabetical order within each département, from 001.
fn number(old: &mut [OldCommune]) {
    for (departement, prefix) in DEPARTEMENTS.iter().enumerate() {
        let mut members: Vec<usize> = (0..old.len()).filter(|s| old[*s].departement == departement).collect();
        members.sort_by_cached_key(|s| old[*s].name.capitals());
        for (rank, member) in members.into_iter().enumerate() {
            old[member].code = format!("{prefix}{:03}", rank + 1);
        }
    }
}

/// Areas from the polygons, km².
fn measure(arcs: &[Arc], old: &mut [OldCommune]) {
    // Square kilometres of a square of 1e-5 degree at the mean latitude of each ring.
    let polygons = assemble(arcs, |label| usize::try_from(label).ok());
    for (member, polygons) in polygons {
        for ring in polygons.iter().flatten() {
            let latitude = ring.iter().map(|v| f64::from(v.1)).sum::<f64>() / ring.len() as f64 * 1e-5;
            let unit = (1e-5f64 * 111.2).powi(2) * latitude.to_radians().cos();
            old[member].area += doubled_area(ring) as f64 / 2.0 * unit;
        }
    }
}

/// The mergers of the last ten years: small neighbours of one département.
fn merge<'a>(
    seed: u64,
    sites: &[Site],
    old: &[OldCommune],
    borders: &Borders,
    names: &mut Names,
    river: impl Fn(usize) -> Option<&'a str>,
) -> Vec<Merger> {
    /// (year, communes merged)
    const PLAN: [(i32, usize); 11] = [
        (2016, 3),
        (2016, 2),
        (2016, 2),
        (2017, 2),
        (2017, 2),
        (2019, 3),
        (2019, 2),
        (2019, 2),
        (2023, 2),
        (2024, 2),
        (2025, 2),
    ];
    let mut rng = Rng::new(seed, "fusions");
    let mut used = vec![false; sites.len()];
    let mut candidates: Vec<usize> = (0..sites.len()).filter(|s| sites[*s].rank.is_none_or(|rank| rank > 45)).collect();
    rng.shuffle(&mut candidates);
    let mut mergers = Vec::new();
    for (year, size) in PLAN {
        let found = candidates.iter().find_map(|&first| {
            let free =
                |s: usize| !used[s] && sites[s].inhabitants(2021) < 1600 && sites[s].rank.is_none_or(|rank| rank > 45);
            let mut members = vec![first];
            while members.len() < size {
                let next = members
                    .iter()
                    .flat_map(|m| &borders[*m])
                    .find(|(n, _)| free(*n) && !members.contains(n) && old[*n].departement == old[first].departement);
                members.push(next?.0);
            }
            free(first).then_some(members)
        });
        let Some(mut members) = found else { continue };
        members.sort_by_key(|s| std::cmp::Reverse(sites[*s].inhabitants(2021)));
        for member in &members {
            used[*member] = true;
        }
        let name = names.merged(&old[members[0]].name, river(members[0]));
        mergers.push(Merger { year, members, name });
    }
    mergers
}

/// « de X », « d'Y », « du Z »…: a name with the preposition that French asks for.
pub(super) fn with_of(name: &Name) -> String {
    match name.tncc {
        2 => format!("du {}", name.bare),
        3 => format!("de La {}", name.bare),
        4 => format!("des {}", name.bare),
        5 => format!("de L'{}", name.bare),
        1 => format!("d'{}", name.bare),
        _ if names::plain_upper(&name.bare).starts_with(['A', 'E', 'I', 'O', 'U', 'Y']) => format!("d'{}", name.bare),
        _ => format!("de {}", name.bare),
    }
}
