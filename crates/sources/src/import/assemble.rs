//! What the files bring, put together: partitions, names, positions, contours, columns; with what they disagree about.

use std::collections::{BTreeMap, HashMap};

use pacte_territory::{
    Aggregation, AreaColumn, CareRegister, Column, CommuneId, Grouping, Level, Nature, SourceFile, TerritoryMeta,
    TerritoryParts, Topology, TopologyBuilder,
};

use super::plan::Plan;
use crate::base::{Base, first_of};
use crate::error::{Fault, SourceError};
use crate::input::InputFile;
use crate::output::{AreaValues, Membership, Output, RawPolygon};
use crate::readers::cog::CogRows;
use crate::readers::{care_register, hospitals};
use crate::report::{FileReport, ImportReport, Status};

/// Regions before 2016: département, code and name of its region (INSEE, code officiel géographique 2015).
const FORMER_REGIONS: &str = include_str!("../../data/regions_2015.csv");
/// How many names a remark lists.
const NAMED: usize = 5;

/// The whole, and remarks on it.
pub(super) struct Assembled {
    pub(super) parts: TerritoryParts,
    pub(super) notes: Vec<String>,
}

/// Département, région, former region and arrondissement of each commune, from the commune file.
pub(super) fn cog_memberships(file: &InputFile, year: i16, rows: &CogRows) -> Output {
    let mut order: Vec<_> = rows.communes.iter().collect();
    order.sort_unstable_by_key(|row| row.code);
    let former = former_regions();
    let mut output = Output::default();
    let mut add = |level, source: Option<&str>, codes| {
        let mut provenance = file.provenance(None, year, "");
        if let Some(source) = source {
            source.clone_into(&mut provenance.source);
        }
        output.memberships.push(Membership { level, provenance, codes, rank: 0 });
    };
    let filled = |code: &str| (!code.is_empty()).then(|| code.to_owned());
    add(Level::Departement, None, order.iter().map(|row| filled(&row.departement)).collect());
    add(Level::Region, None, order.iter().map(|row| filled(&row.region)).collect());
    add(Level::Arrondissement, None, order.iter().map(|row| filled(&row.arrondissement)).collect());
    add(
        Level::FormerRegion,
        Some("INSEE, code officiel géographique 2015, régions"),
        order.iter().map(|row| former.get(row.departement.as_str()).map(|(code, _)| (*code).to_owned())).collect(),
    );
    let mut names: Vec<_> =
        former.values().map(|(code, name)| (Level::FormerRegion, (*code).to_owned(), (*name).to_owned())).collect();
    names.sort_unstable();
    names.dedup();
    output.names = names;
    output
}

/// Code and name of the former region of each département.
fn former_regions() -> HashMap<&'static str, (&'static str, &'static str)> {
    FORMER_REGIONS
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut fields = line.split(',');
            Some((fields.next()?, (fields.next()?, fields.next()?)))
        })
        .collect()
}

/// Puts everything together. Faults between files (two bring the same column) become refusals in `reports`.
pub(super) fn assemble(
    base: Base,
    plan: &Plan,
    outputs: Vec<(usize, Output)>,
    reports: &mut [Option<FileReport>],
) -> Assembled {
    let mut notes = Vec::new();
    let mut all = Output::default();
    let mut columns: Vec<(usize, Column)> = Vec::new();
    let mut area_values: Vec<(usize, AreaValues)> = Vec::new();
    let mut contours: Vec<(usize, CommuneId, RawPolygon)> = Vec::new();
    let mut care_sources = Vec::new();
    for (at, output) in outputs {
        columns.extend(output.columns.into_iter().map(|column| (at, column)));
        area_values.extend(output.area_values.into_iter().map(|values| (at, values)));
        contours.extend(output.contours.into_iter().map(|(id, polygon)| (at, id, polygon)));
        all.memberships.extend(output.memberships);
        all.names.extend(output.names);
        all.positions.extend(output.positions);
        all.postal_codes.extend(output.postal_codes);
        all.adjacency.extend(output.adjacency);
        all.places.extend(output.places);
        all.lines.extend(output.lines);
        all.quarters.extend(output.quarters);
        all.methods.extend(output.methods);
        all.couples.extend(output.couples);
        all.care.extend(output.care);
        care_sources.extend(output.care_source);
        all.territory_name = all.territory_name.or(output.territory_name);
    }
    let groupings = groupings(&base, all.memberships, all.names, &mut notes);
    let middles = middles(&contours);
    let topology = topology(&base, plan, contours, &groupings, reports, &mut notes);
    let columns = distinct(columns, plan, reports);
    let area_columns = area_columns(area_values, &groupings, plan, reports);
    let year = base.year;
    let nature = base.nature;
    let Base { mut communes, municipal, crosswalk, .. } = base;
    for position in all.positions {
        let at = position.commune as usize;
        // The first file that gives a position wins.
        if communes.lon[at].is_nan() {
            (communes.lon[at], communes.lat[at]) = (position.lon, position.lat);
        }
    }
    place_the_rest(&mut communes, &middles, &mut notes);
    for (commune, codes) in all.postal_codes {
        let known = &mut communes.postal_codes[commune as usize];
        for code in codes {
            if !known.contains(&code) {
                known.push(code);
            }
        }
    }
    let without = communes.postal_codes.iter().filter(|codes| codes.is_empty()).count();
    if without > 0 && without < communes.len() {
        notes.push(format!("{without} communes sans code postal"));
    }
    all.adjacency.sort_unstable_by_key(|(a, b, _)| (*a, *b));
    all.adjacency.dedup_by_key(|(a, b, _)| (*a, *b));
    for (missing, what) in [
        (topology.count(Level::Commune) == 0, "aucun contour : il n’y aura pas de carte des communes"),
        (
            !columns.iter().any(|c| c.concept == "population.municipal"),
            "aucune population légale : il n’y aura pas de chiffre par habitant",
        ),
        (all.adjacency.is_empty(), "aucune table de communes limitrophes"),
    ] {
        if missing {
            notes.push(what.to_owned());
        }
    }
    let name = match (nature, all.territory_name) {
        (Nature::Real, _) => "France".to_owned(),
        (Nature::Training, Some(name)) => name,
        (Nature::Training, None) => "Territoire d’entraînement".to_owned(),
    };
    let mut parts = TerritoryParts {
        meta: TerritoryMeta { name, nature, geography: first_of(year), files: Vec::new() },
        communes,
        municipal_arrondissements: municipal,
        groupings,
        columns,
        area_columns,
        adjacency: all.adjacency,
        topology,
        crosswalk,
        places: all.places,
        lines: all.lines,
        quarters: all.quarters,
        methods: all.methods,
        couples: all.couples,
        care: CareRegister { resources: Vec::new(), sources: care_sources },
    };
    for error in care_register::settle(&mut parts, all.care) {
        let file = reports.iter_mut().flatten().find(|report| report.path == error.file);
        // The first fault of a file stands for it.
        if let Some(report) = file.filter(|report| !matches!(report.status, Status::Failed(_))) {
            report.status = Status::Failed(error);
        }
    }
    let outside = hospitals::locate(&mut parts);
    if outside > 0 {
        notes.push(format!("{outside} sites hospitaliers ne sont dans aucune commune du territoire"));
    }
    Assembled { parts, notes }
}

/// Files that went into the territory, for its description.
pub(super) fn source_files(report: &ImportReport) -> Vec<SourceFile> {
    report
        .files
        .iter()
        .filter(|file| file.status == Status::Imported)
        .map(|file| SourceFile {
            path: file.path.clone(),
            source: file.source.clone(),
            vintage: file.vintage.clone(),
            hash: file.hash.clone(),
            rows: file.rows_read,
            matched: file.matched,
        })
        .collect()
}

/// One partition per level: the best source's; what the others say differently becomes a remark.
fn groupings(
    base: &Base,
    memberships: Vec<Membership>,
    names: Vec<(Level, String, String)>,
    notes: &mut Vec<String>,
) -> Vec<Grouping> {
    let mut name_of: HashMap<(Level, String), String> = HashMap::new();
    for (level, code, name) in names {
        name_of.entry((level, code)).or_insert(name);
    }
    let mut by_level: BTreeMap<Level, Vec<Membership>> = BTreeMap::new();
    for membership in memberships {
        by_level.entry(membership.level).or_default().push(membership);
    }
    let mut groupings = Vec::new();
    for (level, mut sources) in by_level {
        sources.sort_by_key(|source| (source.rank, (source.provenance.geography - base.year).abs()));
        sources.retain(|source| source.codes.iter().any(Option::is_some));
        let Some((best, others)) = sources.split_first() else { continue };
        for other in others {
            compare(base, level, best, other, notes);
        }
        let codes = best.codes.iter().map(Option::as_deref);
        let mut nameless = Vec::new();
        for code in codes.clone().flatten() {
            if !name_of.contains_key(&(level, code.to_owned())) && nameless.last() != Some(&code) {
                nameless.push(code);
            }
        }
        nameless.sort_unstable();
        nameless.dedup();
        if !nameless.is_empty() {
            notes.push(format!(
                "{} : {} codes sans nom dans les fichiers ({}) ; le code en tient lieu",
                french(level),
                nameless.len(),
                nameless[..nameless.len().min(NAMED)].join(", ")
            ));
        }
        let name = |code: &str| name_of.get(&(level, code.to_owned())).cloned().unwrap_or_else(|| code.to_owned());
        groupings.push(Grouping::from_codes(level, best.provenance.clone(), codes, name));
    }
    groupings
}

/// Name of a level in remarks.
fn french(level: Level) -> &'static str {
    match level {
        Level::Commune => "Communes",
        Level::Epci => "EPCI",
        Level::Tvs => "Territoires de vie-santé",
        Level::BassinDeVie => "Bassins de vie",
        Level::Arrondissement => "Arrondissements",
        Level::Departement => "Départements",
        Level::Region => "Régions",
        Level::FormerRegion => "Régions d’avant 2016",
        Level::Country => "Pays",
    }
}

fn compare(base: &Base, level: Level, best: &Membership, other: &Membership, notes: &mut Vec<String>) {
    let different: Vec<String> = (0..base.len())
        .filter(|at| best.codes[*at] != other.codes[*at])
        .map(|at| {
            let of = |membership: &Membership| membership.codes[at].clone().unwrap_or_else(|| "aucun".to_owned());
            format!("{} ({} / {})", base.communes.code[at], of(best), of(other))
        })
        .collect();
    if !different.is_empty() {
        notes.push(format!(
            "{} : {} communes diffèrent entre {} et {} ; le premier est suivi ({})",
            french(level),
            different.len(),
            best.provenance.file,
            other.provenance.file,
            different[..different.len().min(NAMED)].join(", ")
        ));
    }
}

/// Centre of the largest ring of each commune, degrees, with the ring's area.
fn middles(contours: &[(usize, CommuneId, RawPolygon)]) -> HashMap<CommuneId, ([f64; 2], f64)> {
    let mut middles: HashMap<CommuneId, ([f64; 2], f64)> = HashMap::new();
    for (_, id, polygon) in contours {
        let Some(ring) = polygon.first() else { continue };
        let (mut area, mut x, mut y) = (0.0, 0.0, 0.0);
        // About the first vertex: longitudes far from zero would lose digits.
        let [x0, y0] = ring[0];
        for pair in ring.windows(2) {
            let ([ax, ay], [bx, by]) = ([pair[0][0] - x0, pair[0][1] - y0], [pair[1][0] - x0, pair[1][1] - y0]);
            let cross = ax * by - bx * ay;
            area += cross;
            x += (ax + bx) * cross;
            y += (ay + by) * cross;
        }
        if area == 0.0 {
            continue;
        }
        let middle = ([x0 + x / (3.0 * area), y0 + y / (3.0 * area)], area.abs());
        let known = middles.entry(*id).or_insert(middle);
        if known.1 < middle.1 {
            *known = middle;
        }
    }
    middles
}

/// Communes that no file places stand at the middle of their contour.
fn place_the_rest(
    communes: &mut pacte_territory::Communes,
    middles: &HashMap<CommuneId, ([f64; 2], f64)>,
    notes: &mut Vec<String>,
) {
    let (mut moved, mut lost) = (Vec::new(), Vec::new());
    for at in 0..communes.len() {
        if communes.lon[at].is_finite() {
            continue;
        }
        let name = format!("{} {}", communes.code[at], communes.name[at]);
        if let Some(([lon, lat], _)) = middles.get(&(at as u32)) {
            (communes.lon[at], communes.lat[at]) = (*lon, *lat);
            moved.push(name);
        } else {
            lost.push(name);
        }
    }
    if !moved.is_empty() {
        notes.push(format!(
            "{} communes sans coordonnées sont placées au milieu de leur contour ({})",
            moved.len(),
            moved[..moved.len().min(NAMED)].join(", ")
        ));
    }
    if !lost.is_empty() {
        notes.push(format!(
            "{} communes n’ont ni coordonnées ni contour ({})",
            lost.len(),
            lost[..lost.len().min(NAMED)].join(", ")
        ));
    }
}

/// Shared arcs of all contours, dissolved at every level.
fn topology(
    base: &Base,
    plan: &Plan,
    contours: Vec<(usize, CommuneId, RawPolygon)>,
    groupings: &[Grouping],
    reports: &mut [Option<FileReport>],
    notes: &mut Vec<String>,
) -> Topology {
    if contours.is_empty() {
        return Topology::default();
    }
    let mut builder = TopologyBuilder::new(base.len());
    let mut owner: HashMap<CommuneId, usize> = HashMap::new();
    for (at, id, polygon) in contours {
        let first = *owner.entry(id).or_insert(at);
        let code = base.communes.code[id as usize];
        if first != at {
            if let Some(report) = &mut reports[at] {
                let reason = format!("contour déjà donné par {}", plan.files[first].file.name);
                if report.left_out.iter().all(|left| left.reason != reason) {
                    report.leave_out(&reason, || code.to_string());
                }
            }
            continue;
        }
        if let Err(error) = builder.add(id, &polygon) {
            // The reader has tried every polygon already.
            notes.push(format!("{code} : contour inutilisable ({error})"));
        }
    }
    let without: Vec<String> = (0..base.len() as u32)
        .filter(|id| !builder.has(*id))
        .map(|id| base.communes.code[id as usize].to_string())
        .collect();
    if !without.is_empty() {
        notes.push(format!(
            "{} communes sans contour ({})",
            without.len(),
            without[..without.len().min(NAMED)].join(", ")
        ));
    }
    let mut topology = builder.build();
    for grouping in groupings {
        topology.dissolve(grouping);
    }
    topology
}

/// Columns in the order of concepts and vintages; a column that two files bring is refused.
fn distinct(columns: Vec<(usize, Column)>, plan: &Plan, reports: &mut [Option<FileReport>]) -> Vec<Column> {
    let mut kept: BTreeMap<(String, i16), (usize, Column)> = BTreeMap::new();
    for (at, column) in columns {
        match kept.entry((column.concept.clone(), column.vintage)) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert((at, column));
            }
            std::collections::btree_map::Entry::Occupied(entry) => {
                let first = &plan.files[entry.get().0].file.name;
                let error = SourceError::new(
                    Fault::Conflict,
                    &plan.files[at].file.name,
                    format!("« {} » ({}) est déjà donné par {first}", column.label, column.vintage),
                    "Gardez dans le dossier un seul fichier pour ces chiffres.",
                );
                if let Some(report) = &mut reports[at] {
                    report.status = Status::Failed(error);
                }
            }
        }
    }
    let mut columns: Vec<Column> = kept.into_values().map(|(_, column)| column).collect();
    let vintages: Vec<(String, i16)> = columns.iter().map(|c| (c.concept.clone(), c.vintage)).collect();
    for column in &mut columns {
        if let Aggregation::WeightedMean { concept, vintage } = &mut column.aggregation {
            // A weight of the same year may not have come: the nearest year stands in for it.
            let nearest = vintages
                .iter()
                .filter(|(other, _)| other == concept)
                .map(|(_, year)| *year)
                .min_by_key(|year| ((*year - *vintage).abs(), -*year));
            if let Some(nearest) = nearest {
                *vintage = nearest;
            }
        }
    }
    columns
}

/// Values by area, once the partitions are known.
fn area_columns(
    values: Vec<(usize, AreaValues)>,
    groupings: &[Grouping],
    plan: &Plan,
    reports: &mut [Option<FileReport>],
) -> Vec<AreaColumn> {
    let mut columns: Vec<AreaColumn> = Vec::new();
    let mut owner: HashMap<(Level, String, i16), usize> = HashMap::new();
    for (at, source) in values {
        let Some(grouping) = groupings.iter().find(|grouping| grouping.level == source.level) else { continue };
        let mut column = AreaColumn {
            level: source.level,
            concept: source.concept,
            vintage: source.vintage,
            label: source.label,
            unit: source.unit,
            provenance: source.provenance,
            values: vec![f64::NAN; grouping.len()],
        };
        let mut unknown = Vec::new();
        for (code, value) in source.values {
            match grouping.find(&code) {
                Some(area) => column.values[area as usize] = value,
                None => unknown.push(code),
            }
        }
        let first = *owner.entry((column.level, column.concept.clone(), column.vintage)).or_insert(at);
        let Some(report) = &mut reports[at] else { continue };
        if first != at {
            report.status = Status::Failed(SourceError::new(
                Fault::Conflict,
                &plan.files[at].file.name,
                format!("« {} » ({}) est déjà donné par {}", column.label, column.vintage, plan.files[first].file.name),
                "Gardez dans le dossier un seul fichier pour ces chiffres.",
            ));
            continue;
        }
        let known = report.notes.iter().any(|note| note.starts_with("codes inconnus"));
        if !unknown.is_empty() && !known {
            report
                .note(format!("codes inconnus de ce territoire : {}", unknown[..unknown.len().min(NAMED)].join(", ")));
        }
        columns.push(column);
    }
    columns.sort_by(|a, b| (a.level, &a.concept, a.vintage).cmp(&(b.level, &b.concept, b.vintage)));
    columns
}
