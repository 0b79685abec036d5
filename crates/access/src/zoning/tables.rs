//! Zones with the activity of their professionals, as CSV text: what the conventions of nurses and physiotherapists of 2011 classify.
//!
//! Individual activity is not open data: whoever holds it (assurance maladie, ARS) sums it by zone. Columns may come in any order,
//! separated by `;` or `,`; numbers take a comma or a point as decimal mark; an empty cell stands for *not known*. [`template`]
//! gives the header of each method with an example; every error names the file, the line and the field.

use std::collections::HashMap;

use super::method::{Plan, ZoningMethod};

/// Why a table is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line} : {field} : {problem}")]
pub struct TableError {
    /// File, as the caller named it.
    pub file: String,
    /// Line, from 1; 0 when the whole table is concerned.
    pub line: u64,
    /// Column of the table.
    pub field: String,
    /// What is wrong and what to do, in French.
    pub problem: String,
}

/// One zone of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    /// Line of the file, from 1.
    pub line: u64,
    /// Official code.
    pub code: String,
    /// Name; empty when the table gives none.
    pub name: String,
    /// Code of the region.
    pub region: String,
    /// Code of the département; empty when the table gives none.
    pub departement: String,
    /// Inhabitants.
    pub people: u64,
    /// Figures, in the order of [`ZoneTable::fields`]; `NaN` when not known.
    pub figures: Vec<f64>,
}

/// A table of zones.
#[derive(Clone, Debug, PartialEq)]
pub struct ZoneTable {
    /// Name of the file.
    pub file: String,
    /// BLAKE3 of the text, hexadecimal.
    pub hash: String,
    /// Names of the figures, as in the header.
    pub fields: Vec<String>,
    /// Zones in the order of their codes.
    pub zones: Vec<Zone>,
}

/// Columns that name a zone; the last two may be missing.
const KEYS: [&str; 5] = ["zone", "region", "population", "nom", "departement"];
/// How many of [`KEYS`] are required.
const REQUIRED: usize = 3;

impl ZoneTable {
    /// Index of a figure, `None` when the table has no such column.
    pub fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field == name)
    }

    /// Index of a figure that the method cannot do without.
    ///
    /// # Errors
    /// When the table has no such column.
    pub fn required(&self, name: &str) -> Result<usize, TableError> {
        self.field(name).ok_or_else(|| TableError {
            file: self.file.clone(),
            line: 1,
            field: name.to_owned(),
            problem: format!(
                "colonne absente ; colonnes lues : {}, {}",
                KEYS[..REQUIRED].join(", "),
                self.fields.join(", ")
            ),
        })
    }

    /// An error about a zone.
    pub fn fault(&self, zone: &Zone, field: &str, problem: impl Into<String>) -> TableError {
        TableError { file: self.file.clone(), line: zone.line, field: field.to_owned(), problem: problem.into() }
    }
}

/// Columns that a method reads: those that name a zone, then its figures. Empty for methods without table.
pub fn header(method: &ZoningMethod) -> Vec<String> {
    let figures: Vec<String> = match &method.plan {
        Plan::Thresholds { .. } => return Vec::new(),
        Plan::Score(_) => super::nurses::FIELDS.iter().map(|field| (*field).to_owned()).collect(),
        Plan::Density(plan) => super::physiotherapists::fields(plan),
    };
    ["zone", "nom", "region", "departement", "population"].iter().map(|key| (*key).to_owned()).chain(figures).collect()
}

/// A template: the header of the method's table, then what each column holds, in comments that [`parse`] skips.
pub fn template(method: &ZoningMethod) -> String {
    let header = header(method);
    let mut text = header.join(";");
    text.push('\n');
    for column in &header {
        text.push_str("# ");
        text.push_str(column);
        text.push_str(" : ");
        text.push_str(meaning(column));
        text.push('\n');
    }
    text
}

/// What a column holds, in French.
fn meaning(column: &str) -> &'static str {
    match column {
        "zone" => "code de la zone (bassin de vie, ou pseudo-canton) ; une ligne par zone",
        "nom" => "nom de la zone ; peut manquer",
        "region" => "code Insee de la région",
        "departement" => "code du département, où se calcule la moyenne des honoraires ; peut manquer",
        "population" => "habitants, nombre entier",
        "population_75_plus" => "habitants de 75 ans et plus",
        "population_standardisee" => "habitants standardisés par l’âge",
        "infirmiers" => {
            "infirmiers libéraux en activité ayant au moins 5 000 € d’honoraires, au prorata entre plusieurs lieux"
        }
        "places_ssiad" => "places de service de soins infirmiers à domicile",
        "honoraires_csi" => "honoraires des centres de soins infirmiers, en euros par an",
        "honoraires" => "honoraires sans dépassement des infirmiers libéraux, en euros par an",
        "indemnites_km" => "indemnités kilométriques des infirmiers libéraux, par an",
        "kines" => "masseurs-kinésithérapeutes libéraux",
        "journees" => "journées pleines de l’année : plus de 6 actes",
        "demi_journees" => "demi-journées de l’année : de 1 à 6 actes",
        "km" => "kilomètres de déplacement de l’année",
        "kines_ages" => "masseurs-kinésithérapeutes de 58 ans et plus",
        "actes" => "actes de l’année",
        "patients" => "patients de l’année",
        _ => {
            "habitants de la tranche d’âge ; la ligne HONORAIRES (région 0, population 0) porte la dépense nationale par habitant"
        }
    }
}

/// Reads a table of zones; `file` is only used to name it in errors and results.
///
/// # Errors
/// At the first line that has another number of cells than the header, a zone twice, or a cell that is not what its column
/// says; when a required column is missing, or the table holds no zone.
pub fn parse(file: &str, text: &str) -> Result<ZoneTable, TableError> {
    // Comments and blank lines go first, so that a record's place gives back its line in the file.
    let kept = (1_u64..).zip(text.trim_start_matches('\u{feff}').lines());
    let (lines, body): (Vec<u64>, Vec<&str>) =
        kept.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#')).unzip();
    let line_of = |kept: u64| (kept as usize).checked_sub(1).and_then(|i| lines.get(i)).copied().unwrap_or(0);
    let first = body.first().copied().unwrap_or_default();
    let body = body.join("\n");
    let separator = if first.matches(';').count() >= first.matches(',').count() { b';' } else { b',' };
    let whole = |line: u64, field: &str, problem: String| TableError {
        file: file.to_owned(),
        line,
        field: field.to_owned(),
        problem,
    };
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).trim(csv::Trim::All).from_reader(body.as_bytes());
    let headers = reader.headers().map_err(|error| whole(1, "en-tête", error.to_string()))?.clone();
    let mut keys = [None; KEYS.len()];
    let (mut fields, mut columns) = (Vec::new(), Vec::new());
    for (i, title) in headers.iter().enumerate() {
        let title = title.to_lowercase();
        if title.is_empty() {
            return Err(whole(1, "en-tête", format!("la colonne {} n’a pas de nom", i + 1)));
        }
        if let Some(key) = KEYS.iter().position(|key| *key == title) {
            if keys[key].replace(i).is_some() {
                return Err(whole(1, &title, "colonne présente deux fois".to_owned()));
            }
        } else if fields.contains(&title) {
            return Err(whole(1, &title, "colonne présente deux fois".to_owned()));
        } else {
            fields.push(title);
            columns.push(i);
        }
    }
    if let Some(missing) = (0..REQUIRED).find(|key| keys[*key].is_none()) {
        return Err(whole(
            1,
            KEYS[missing],
            format!("colonne absente ; il faut au moins : {}", KEYS[..REQUIRED].join(", ")),
        ));
    }
    let mut zones: Vec<Zone> = Vec::new();
    let mut seen: HashMap<String, u64> = HashMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| match error.kind() {
            csv::ErrorKind::UnequalLengths { pos, expected_len, len } => whole(
                line_of(pos.as_ref().map_or(0, csv::Position::line)),
                "ligne",
                format!("{len} cellules pour {expected_len} colonnes ; une cellule inconnue se laisse vide, entre deux séparateurs"),
            ),
            _ => whole(line_of(error.position().map_or(0, csv::Position::line)), "ligne", error.to_string()),
        })?;
        let line = line_of(record.position().map_or(0, csv::Position::line));
        let cell = |key: usize| keys[key].and_then(|i| record.get(i)).unwrap_or_default();
        let code = cell(0).to_owned();
        if code.is_empty() {
            return Err(whole(line, "zone", "vide ; chaque ligne commence par le code de sa zone".to_owned()));
        }
        if let Some(known) = seen.insert(code.clone(), line) {
            return Err(whole(line, "zone", format!("la zone {code} est déjà à la ligne {known}")));
        }
        if cell(1).is_empty() {
            return Err(whole(line, "region", format!("zone {code} : le code de la région est vide")));
        }
        let people = number(cell(2)).filter(|people| *people >= 0.0 && people.fract() == 0.0 && *people < 1e10);
        let Some(people) = people else {
            let problem = format!("« {} » n’est pas un nombre entier d’habitants", cell(2));
            return Err(whole(line, "population", problem));
        };
        let mut figures = Vec::with_capacity(columns.len());
        for (field, column) in fields.iter().zip(&columns) {
            let text = record.get(*column).unwrap_or_default();
            let figure = if text.is_empty() { Some(f64::NAN) } else { number(text).filter(|figure| *figure >= 0.0) };
            let Some(figure) = figure else {
                let problem = format!("« {text} » n’est pas un nombre positif ; laissez vide ce qui n’est pas connu");
                return Err(whole(line, field, problem));
            };
            figures.push(figure);
        }
        zones.push(Zone {
            line,
            code,
            name: cell(3).to_owned(),
            region: cell(1).to_owned(),
            departement: cell(4).to_owned(),
            people: people as u64,
            figures,
        });
    }
    if zones.is_empty() {
        return Err(whole(0, "zone", "la table ne contient aucune zone".to_owned()));
    }
    zones.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(ZoneTable { file: file.to_owned(), hash: blake3::hash(text.as_bytes()).to_hex().to_string(), fields, zones })
}

/// A number in French or English writing: `1 234,5`, `1234.5`.
fn number(text: &str) -> Option<f64> {
    let text: String = text.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}')).collect();
    text.replace(',', ".").parse().ok().filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_read_in_both_writings() {
        let french = "zone;nom;region;population;infirmiers\n# essai\n0102;Aubrac ; 76;1 200;3,5\n0101;Ambre;76;900;\n";
        let english = "zone,nom,region,population,infirmiers\n0102,Aubrac,76,1200,3.5\n0101,\"Ambre\",76,900,\n";
        let (a, b) = (parse("a.csv", french).unwrap(), parse("b.csv", english).unwrap());
        assert_eq!(a.fields, ["infirmiers"]);
        assert_eq!((a.zones[1].figures[0], a.zones[1].people, a.zones[1].line), (3.5, 1200, 3));
        assert!(a.zones[0].figures[0].is_nan(), "an empty cell is not zero");
        let key = |table: &ZoneTable| {
            table.zones.iter().map(|zone| (zone.code.clone(), zone.name.clone())).collect::<Vec<_>>()
        };
        assert_eq!(key(&a), key(&b));
        assert_eq!(key(&a)[0].0, "0101", "zones come in the order of codes");
    }

    #[test]
    fn errors_name_file_line_and_field() {
        for (text, line, field, said) in [
            ("zone;region\n1;2\n", 1, "population", "absente"),
            ("zone;region;population;x;x\n", 1, "x", "deux fois"),
            ("zone;region;population\n", 0, "zone", "aucune zone"),
            ("zone;region;population\n1;2;3\n1;2;3\n", 3, "zone", "déjà à la ligne 2"),
            ("zone;region;population\n1;2;3,5\n", 2, "population", "3,5"),
            ("zone;region;population;x\n1;2;3;-4\n", 2, "x", "-4"),
            ("zone;region;population;x\n1;2;3;4\n2;2;3\n", 3, "ligne", "3 cellules pour 4 colonnes"),
            ("zone;region;population\n;2;3\n", 2, "zone", "vide"),
            ("zone;region;population\n1;;3\n", 2, "region", "vide"),
        ] {
            let error = parse("t.csv", text).unwrap_err();
            assert_eq!((error.line, error.field.as_str()), (line, field), "{error}");
            assert!(error.to_string().starts_with(&format!("t.csv:{line}")) && error.problem.contains(said), "{error}");
        }
    }
}
