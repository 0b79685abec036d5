//! Register of urgent care: SMUR, antennas, MCS, helicopters, and emergency departments where one wants to name them.
//!
//! No open file holds them: this is Pacte's own documented CSV, which an agency or a SAMU fills ([`template`] writes its
//! header with an explanation of every column). Columns:
//! `id,type,nom,commune,lat,lon,du,au,horaires,saison,vitesse_kmh,decollage_min,rayon_km,vol_de_nuit,note,source`.
//! The delimiter is a comma, a semicolon or a tab; lines that begin with `#` are comments.
//!
//! Recognised by its header. Nothing is set aside: a register in which one resource silently lacks would give a wrong
//! map. Every fault of the file is found ([`check`]): unknown kind, hours that overlap or end before they start, an end
//! before the beginning, an unknown commune (with the nearest name), a point at sea or outside the territory, a doubled
//! identifier. Several files make one register; no identifier may come twice among them.

use pacte_territory::care::Season;
use pacte_territory::spatial::SpatialIndex;
use pacte_territory::{
    CareKind, CareRegister, CareResource, CommuneCode, CommuneId, Flight, Territory, TerritoryParts,
};
use rustc_hash::FxHashMap;

use crate::base::{Base, Resolution};
use crate::catalogue::{Format, Probe, Stage, Vintage};
use crate::delimited::{Col, Delimited, Row};
use crate::error::{Fault, SourceError};
use crate::input::InputFile;
use crate::output::Output;
use crate::progress::{Silent, Task};
use crate::report::FileReport;

mod gazetteer;
mod place;
mod write;

use gazetteer::Gazetteer;
use place::Shapes;
pub use write::{template, to_csv};

/// The register.
pub const FORMAT: Format = Format {
    id: "care_register",
    title: "Registre des ressources de soins urgents",
    stage: Stage::Values,
    recognise: |probe: &Probe<'_>| {
        probe.has_columns(&["id", "type", "nom", "commune", "horaires", "vitesse_kmh"]).then(Vintage::default)
    },
    read,
};

/// Columns, in their order.
pub const COLUMNS: [&str; 16] = [
    "id",
    "type",
    "nom",
    "commune",
    "lat",
    "lon",
    "du",
    "au",
    "horaires",
    "saison",
    "vitesse_kmh",
    "decollage_min",
    "rayon_km",
    "vol_de_nuit",
    "note",
    "source",
];

/// A resource read, whose point is not yet told from the sea.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// What was read; its commune is 0 until it is settled when the row gives a point alone.
    pub resource: CareResource,
    /// File and line it stands at.
    pub file: String,
    /// Line, from 1.
    pub line: u64,
    /// Whether the row names a commune.
    pub names_commune: bool,
}

fn read(file: &InputFile, base: &Base, task: &Task) -> Result<(Output, FileReport), SourceError> {
    let resolve = |code: CommuneCode| match base.resolve(code, base.year) {
        Resolution::Commune(id) | Resolution::Parent(id) => Some(id),
        Resolution::Shares(_) | Resolution::Unknown => None,
    };
    let gazetteer = Gazetteer::new(&base.communes, &resolve);
    let text = file.text()?;
    let (drafts, faults) = drafts(file, &text, &gazetteer, task);
    if let Some(error) = first_of_many(faults) {
        return Err(error);
    }
    let mut report = FileReport::new(file);
    report.rows_read = drafts.len() as u64;
    report.matched = report.rows_read;
    let care_source = Some(file.provenance(None, base.year, ""));
    Ok((Output { care: drafts, care_source, ..Output::default() }, report))
}

/// The first of several faults, which says how many others there are.
fn first_of_many(faults: Vec<SourceError>) -> Option<SourceError> {
    let others = faults.len().saturating_sub(1);
    let error = faults.into_iter().next()?;
    Some(match others {
        0 => error,
        1 => error.advising("Ce fichier a un autre défaut : « pacte urgent check FICHIER » les donne tous."),
        n => {
            error.advising(&format!("Ce fichier a {n} autres défauts : « pacte urgent check FICHIER » les donne tous."))
        }
    })
}

/// Reads every row; what is wrong with each is told, one fault a field.
fn drafts(file: &InputFile, text: &str, gazetteer: &Gazetteer<'_>, task: &Task) -> (Vec<Draft>, Vec<SourceError>) {
    let text = without_comments(text);
    let (mut drafts, mut faults) = (Vec::new(), Vec::new());
    let (mut table, columns) = match Delimited::open(file, &text, task)
        .and_then(|table| Columns::of(&table).map(|columns| (table, columns)))
    {
        Ok(opened) => opened,
        Err(error) => return (drafts, vec![error]),
    };
    let mut lines: FxHashMap<String, u64> = FxHashMap::default();
    loop {
        match table.next_row() {
            Ok(None) => break,
            // What follows a broken row cannot be trusted.
            Err(error) => {
                faults.push(error);
                break;
            }
            Ok(Some(row)) => {
                let before = faults.len();
                let draft = one(file, row, &columns, gazetteer, &mut faults);
                let id = row.text(columns.id);
                if let Some(first) = lines.get(id).filter(|_| !id.is_empty()) {
                    faults.push(row.error(
                        columns.id,
                        Fault::Doubled,
                        &format!("cet identifiant est déjà celui de la ligne {first}"),
                        "Donnez à chaque ressource le sien.",
                    ));
                } else {
                    lines.insert(id.to_owned(), row.line());
                }
                drafts.extend(draft.filter(|_| faults.len() == before));
            }
        }
    }
    if drafts.is_empty() && faults.is_empty() {
        faults.push(
            SourceError::truncated(&file.name, "aucune ressource après l’en-tête")
                .advising("Ajoutez une ligne par ressource ; les lignes qui commencent par # ne comptent pas."),
        );
    }
    (drafts, faults)
}

/// The text with its comment lines emptied, so that lines keep their numbers.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut quotes = 0;
    for line in text.split_inclusive('\n') {
        // A line within a quoted field is no comment.
        if quotes % 2 == 0 && line.trim_start().starts_with('#') {
            out.push('\n');
        } else {
            quotes += line.bytes().filter(|byte| *byte == b'"').count();
            out.push_str(line);
        }
    }
    out
}

/// Where each column stands.
struct Columns {
    id: Col,
    kind: Col,
    name: Col,
    commune: Col,
    lat: Col,
    lon: Col,
    from: Col,
    to: Col,
    hours: Col,
    season: Col,
    speed: Col,
    startup: Col,
    range: Col,
    night: Col,
    note: Col,
    source: Col,
}

impl Columns {
    fn of(table: &Delimited<'_>) -> Result<Self, SourceError> {
        let [id, kind, name, commune, lat, lon, from, to, hours, season, speed, startup, range, night, note, source] =
            table.columns(COLUMNS).map_err(|error| {
                error.advising("« pacte urgent template » écrit un modèle : la première ligne est l’en-tête.")
            })?;
        Ok(Self {
            id,
            kind,
            name,
            commune,
            lat,
            lon,
            from,
            to,
            hours,
            season,
            speed,
            startup,
            range,
            night,
            note,
            source,
        })
    }
}

/// Reads a row; `None` when a fault was found.
fn one(
    file: &InputFile,
    row: Row<'_>,
    columns: &Columns,
    gazetteer: &Gazetteer<'_>,
    faults: &mut Vec<SourceError>,
) -> Option<Draft> {
    let before = faults.len();
    let mut take = |result: Result<(), SourceError>| faults.extend(result.err());
    let (mut kind, mut flight, mut point, mut commune) = (None, None, None, None);
    let (mut from, mut to, mut hours, mut seasons) = (None, None, None, Vec::new());
    take(row.filled(columns.id).map(|_| ()));
    take(row.filled(columns.name).map(|_| ()));
    take(row.filled(columns.kind).and_then(|text| {
        kind = Some(text.parse::<CareKind>().map_err(|_| {
            row.error(
                columns.kind,
                Fault::BadValue,
                "ce type de ressource n’existe pas",
                "Écrivez su, smur, antenne_smur, mcs, helismur ou helicoptere_etat.",
            )
        })?);
        Ok(())
    }));
    take(place_of(row, columns, gazetteer).map(|found| (commune, point) = found));
    take(day(row, columns.from).map(|day| from = day));
    take(day(row, columns.to).map(|day| to = day));
    if let (Some(first), Some(last)) = (from, to)
        && last < first
    {
        take(Err(row.error(
            columns.to,
            Fault::BadValue,
            &format!("le dernier jour vient avant le premier ({first})"),
            "Corrigez l’une des deux dates, ou laissez « au » vide si la ressource sert toujours.",
        )));
    }
    take(
        row.text(columns.hours)
            .parse()
            .map(|read| hours = Some(read))
            .map_err(|error: pacte_territory::care::HoursError| split(row, columns.hours, &error.to_string())),
    );
    take(
        Season::list(row.text(columns.season))
            .map(|read| seasons = read)
            .map_err(|error| split(row, columns.season, &error.to_string())),
    );
    if let Some(kind) = kind {
        take(flight_of(row, columns, kind).map(|read| flight = read));
    }
    if faults.len() > before {
        return None;
    }
    Some(Draft {
        resource: CareResource {
            id: row.text(columns.id).to_owned(),
            kind: kind?,
            name: row.text(columns.name).to_owned(),
            commune: commune.unwrap_or_default(),
            point,
            from,
            to,
            hours: hours?,
            seasons,
            flight,
            note: row.text(columns.note).to_owned(),
            source: row.text(columns.source).to_owned(),
        },
        file: file.name.clone(),
        line: row.line(),
        names_commune: commune.is_some(),
    })
}

/// An error whose text says the fault, then after a colon what to write.
fn split(row: Row<'_>, column: Col, text: &str) -> SourceError {
    let (problem, advice) = text.rsplit_once(" : ").unwrap_or((text, "Corrigez la valeur"));
    let mut letters = advice.chars();
    let advice: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    row.error(column, Fault::BadValue, problem, &format!("{advice}."))
}

type Found = (Option<CommuneId>, Option<[f64; 2]>);

fn place_of(row: Row<'_>, columns: &Columns, gazetteer: &Gazetteer<'_>) -> Result<Found, SourceError> {
    let text = row.text(columns.commune);
    let commune = if text.is_empty() {
        None
    } else {
        let found = gazetteer.find(text).map_err(|advice| {
            row.error(columns.commune, Fault::UnknownCode, "cette commune n’est pas dans le territoire", &advice)
        });
        Some(found?)
    };
    let point = match (row.optional_number(columns.lat)?, row.optional_number(columns.lon)?) {
        (None, None) => None,
        (Some(lat), Some(lon)) => {
            for (value, limit, column) in [(lat, 90.0, columns.lat), (lon, 180.0, columns.lon)] {
                if value.abs() > limit {
                    let problem = "ce n’est pas une coordonnée en degrés";
                    return Err(row.error(
                        column,
                        Fault::BadValue,
                        problem,
                        "Écrivez des degrés décimaux WGS84 (48.8566).",
                    ));
                }
            }
            Some([lon, lat])
        }
        (lat, _) => {
            let (column, other) = if lat.is_none() { (columns.lat, "lon") } else { (columns.lon, "lat") };
            let advice = format!("Complétez-la, ou laissez aussi « {other} » vide et donnez la commune.");
            return Err(row.error(column, Fault::BadValue, "une coordonnée manque", &advice));
        }
    };
    if commune.is_none() && point.is_none() {
        let advice = "Écrivez le code de la commune (59350), ou « lat » et « lon » en degrés.";
        return Err(row.error(columns.commune, Fault::BadValue, "le lieu manque", advice));
    }
    Ok((commune, point))
}

/// A day, `AAAA-MM-JJ` or `JJ/MM/AAAA`; `None` when blank.
fn day(row: Row<'_>, column: Col) -> Result<Option<jiff::civil::Date>, SourceError> {
    let text = row.text(column);
    if text.is_empty() {
        return Ok(None);
    }
    let french = || {
        let [day, month, year] = text.split('/').collect::<Vec<_>>().try_into().ok()?;
        jiff::civil::Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
    };
    let read = text.parse().ok().or_else(french);
    read.map(Some).ok_or_else(|| {
        row.error(column, Fault::BadValue, "ce n’est pas une date", "Écrivez AAAA-MM-JJ, par exemple 2024-06-30.")
    })
}

/// How the helicopter flies; other resources must leave these columns blank.
fn flight_of(row: Row<'_>, columns: &Columns, kind: CareKind) -> Result<Option<Flight>, SourceError> {
    if !kind.flies() {
        let filled = [columns.speed, columns.startup, columns.range, columns.night]
            .into_iter()
            .find(|column| !row.text(*column).is_empty());
        return match filled {
            None => Ok(None),
            Some(column) => Err(row.error(
                column,
                Fault::BadValue,
                "cette colonne ne vaut que pour les hélicoptères",
                "Videz-la, ou écrivez helismur ou helicoptere_etat dans « type ».",
            )),
        };
    }
    let number = |column: Col, low: f64, high: f64, what: &str, needed: bool| -> Result<Option<u16>, SourceError> {
        match row.optional_number(column)? {
            None if !needed => Ok(None),
            Some(value) if (low..=high).contains(&value) && value.fract() == 0.0 => Ok(Some(value as u16)),
            _ => {
                let advice = format!("Écrivez {what}, un nombre entier de {low} à {high}.");
                Err(row.error(column, Fault::BadValue, "la valeur manque ou ne convient pas à un hélicoptère", &advice))
            }
        }
    };
    let kmh = number(columns.speed, 80.0, 400.0, "sa vitesse de croisière en km/h", true)?;
    let startup_minutes = number(columns.startup, 0.0, 60.0, "ses minutes avant décollage", true)?;
    let range_km = number(columns.range, 1.0, 1000.0, "son rayon d’action en km", false)?;
    let night = match row.text(columns.night).to_lowercase().as_str() {
        "oui" => true,
        "non" => false,
        _ => {
            let problem = "on ne sait pas s’il vole la nuit";
            return Err(row.error(columns.night, Fault::BadValue, problem, "Écrivez oui ou non."));
        }
    };
    Ok(kmh.zip(startup_minutes).map(|(kmh, startup_minutes)| Flight { kmh, startup_minutes, range_km, night }))
}

/// Faults of drafts whose identifier an earlier file gave.
fn doubled(drafts: &[Draft]) -> Vec<SourceError> {
    let mut first: FxHashMap<&str, &Draft> = FxHashMap::default();
    let mut faults = Vec::new();
    for draft in drafts {
        if let Some(other) = first.get(draft.resource.id.as_str()) {
            let problem = format!("cet identifiant est déjà donné par {}, ligne {}", other.file, other.line);
            faults.push(
                SourceError::new(Fault::Doubled, &draft.file, problem, "Donnez à chaque ressource le sien.")
                    .line(draft.line)
                    .column("id")
                    .value(&draft.resource.id),
            );
        } else {
            first.insert(&draft.resource.id, draft);
        }
    }
    faults
}

/// Makes the register of assembled parts from what their files gave; faults of place and identifier are returned, and the
/// register is then left empty.
pub(crate) fn settle(parts: &mut TerritoryParts, mut drafts: Vec<Draft>) -> Vec<SourceError> {
    if drafts.is_empty() {
        return Vec::new();
    }
    let index = SpatialIndex::new(&parts.communes.lon, &parts.communes.lat, &parts.topology);
    let shapes = Shapes { communes: &parts.communes, index: &index, topology: &parts.topology };
    let mut faults: Vec<SourceError> = drafts.iter_mut().filter_map(|draft| shapes.settle(draft)).collect();
    faults.extend(doubled(&drafts));
    if faults.is_empty() {
        parts.care.resources = drafts.into_iter().map(|draft| draft.resource).collect();
    } else {
        parts.care.sources.clear();
    }
    faults
}

/// Reads files as the register of a territory.
///
/// # Errors
/// Every fault of every file, in the order of the files and lines.
pub fn check(files: &[InputFile], territory: &Territory) -> Result<CareRegister, Vec<SourceError>> {
    let resolve = |code: CommuneCode| {
        territory.commune_or_parent(code).or_else(|| match territory.successors(code).as_slice() {
            [only] => Some(*only),
            _ => None,
        })
    };
    let gazetteer = Gazetteer::new(&territory.communes, &resolve);
    let shapes = Shapes { communes: &territory.communes, index: territory.spatial(), topology: &territory.topology };
    let (mut all, mut faults) = (Vec::new(), Vec::new());
    let mut register = CareRegister::default();
    for file in files {
        let task = Task::start(&Silent, &file.name, file.size);
        match file.text() {
            Err(error) => faults.push(error),
            Ok(text) => {
                let (mut drafts, mut more) = drafts(file, &text, &gazetteer, &task);
                more.extend(drafts.iter_mut().filter_map(|draft| shapes.settle(draft)));
                more.sort_by_key(|error| error.line);
                faults.extend(more);
                all.extend(drafts);
                let mut provenance = file.provenance(None, territory.meta.geography.year(), "");
                FORMAT.title.clone_into(&mut provenance.source);
                register.sources.push(provenance);
            }
        }
    }
    // Within one file they are told already, with the line.
    faults.extend(doubled(&all));
    if !faults.is_empty() {
        return Err(faults);
    }
    register.resources = all.into_iter().map(|draft| draft.resource).collect();
    Ok(register)
}

#[cfg(test)]
mod tests;
