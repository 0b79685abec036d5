//! Practitioners one by one, when an operator holds their years of birth: personal data that stays in the data directory
//! and is never shown, only counted.

use std::collections::BTreeMap;

use pacte_territory::{CommuneId, Territory};

use super::{FIRST_AGE, LAST_AGE};

/// An example of the file, with its header: what `pacte foresight --template-ages` prints.
pub const TEMPLATE: &str = "\
profession,commune,naissance,activite,depuis
gp,59350,1961,5200,1990
gp,59350,1988,,2019
";

/// Columns that must be there.
const REQUIRED: [&str; 3] = ["profession", "commune", "naissance"];

/// One practitioner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Practitioner {
    /// Commune of practice.
    pub commune: CommuneId,
    /// Year of birth.
    pub born: i16,
    /// Acts a year; `None` when not known.
    pub acts: Option<f64>,
    /// Year of installation; `None` when not known.
    pub since: Option<i16>,
}

impl Practitioner {
    /// Age on 31 December of a year.
    pub fn age(&self, year: i16) -> u32 {
        u32::try_from(i32::from(year) - i32::from(self.born)).unwrap_or(0)
    }
}

/// A line that was left out, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Line of the file, from 1.
    pub line: usize,
    /// What is wrong and what is expected, in French.
    pub problem: String,
}

/// Practitioners of one profession.
#[derive(Clone, Debug, PartialEq)]
pub struct Register {
    practitioners: Vec<Practitioner>,
    year: i16,
    source: String,
}

impl Register {
    /// Reads a file of practitioners: one a line, columns `profession` (`gp`), `commune` (INSEE code, former ones converted),
    /// `naissance` (year), and if known `activite` (acts a year) and `depuis` (year of installation). Separated by commas or
    /// semicolons. Those of other professions are passed over; lines that cannot be used are listed.
    ///
    /// `year` is the one ages are counted at; `file` names the text.
    ///
    /// # Errors
    /// In French, when the header lacks a column or no line can be used.
    pub fn read(
        territory: &Territory,
        file: &str,
        text: &str,
        profession: &str,
        year: i16,
    ) -> Result<(Self, Vec<Refusal>), String> {
        let text = text.trim_start_matches('\u{feff}');
        let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let (_, header) = lines.next().ok_or_else(|| format!("{file} est vide ; attendu : {}", expected()))?;
        let separator = if header.contains(';') { ';' } else { ',' };
        let cells = |line: &str| -> Vec<String> {
            line.split(separator).map(|cell| cell.trim().trim_matches('"').trim().to_owned()).collect()
        };
        let names: Vec<String> = cells(header).iter().map(|name| name.to_lowercase()).collect();
        let column = |name: &str| names.iter().position(|known| known == name);
        if let Some(missing) = REQUIRED.iter().find(|name| column(name).is_none()) {
            return Err(format!(
                "{file}:1 : la colonne « {missing} » manque (colonnes lues : {}) ; attendu : {}",
                names.join(", "),
                expected()
            ));
        }
        let (mut practitioners, mut refusals) = (Vec::new(), Vec::new());
        for (rank, line) in lines {
            let cells = cells(line);
            let cell = |name: &str| column(name).and_then(|at| cells.get(at)).map_or("", String::as_str);
            if !cell("profession").is_empty() && cell("profession") != profession {
                continue;
            }
            match practitioner(territory, &cell, year) {
                Ok(one) => practitioners.push(one),
                Err(problem) => refusals.push(Refusal { line: rank + 1, problem }),
            }
        }
        if practitioners.is_empty() {
            let why = refusals.first().map_or_else(
                || format!("aucune ligne de la profession « {profession} »"),
                |refusal| format!("ligne {} : {}", refusal.line, refusal.problem),
            );
            return Err(format!("{file} ne donne aucun praticien : {why}"));
        }
        let source = format!("{file}, {} praticiens", practitioners.len());
        Ok((Self { practitioners, year, source }, refusals))
    }

    /// Those read, in the order of the file.
    pub fn practitioners(&self) -> &[Practitioner] {
        &self.practitioners
    }

    /// Year ages are counted at, on 31 December.
    pub fn year(&self) -> i16 {
        self.year
    }

    /// Citation.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Practitioners by commune.
    pub fn by_commune(&self) -> BTreeMap<CommuneId, Vec<Practitioner>> {
        let mut by_commune: BTreeMap<CommuneId, Vec<Practitioner>> = BTreeMap::new();
        for one in &self.practitioners {
            by_commune.entry(one.commune).or_default().push(*one);
        }
        by_commune
    }

    /// Ages, one a practitioner.
    pub fn ages(&self) -> impl Iterator<Item = u32> + '_ {
        self.practitioners.iter().map(|one| one.age(self.year))
    }
}

/// The header, for messages.
fn expected() -> String {
    format!("{} (les deux dernières peuvent manquer)", TEMPLATE.lines().next().unwrap_or_default())
}

fn practitioner<'a>(
    territory: &Territory,
    cell: &impl Fn(&'static str) -> &'a str,
    year: i16,
) -> Result<Practitioner, String> {
    let code = cell("commune").parse().map_err(|error: pacte_territory::CodeError| error.to_string())?;
    let commune = territory.commune_or_parent(code).or_else(|| match territory.successors(code)[..] {
        [only] => Some(only),
        _ => None,
    });
    let commune = commune.ok_or_else(|| format!("la commune {code} n’est pas de ce territoire"))?;
    let born: i16 =
        whole(cell("naissance"), "année de naissance")?.ok_or_else(|| "l’année de naissance manque".to_owned())?;
    let age = i32::from(year) - i32::from(born);
    // Older practitioners exist; they count at the last age.
    if !(FIRST_AGE as i32 - 5..=LAST_AGE as i32 + 20).contains(&age) {
        return Err(format!("né en {born}, ce praticien aurait {age} ans fin {year} ; attendu : de 20 à 99 ans"));
    }
    let acts = match cell("activite").replace(',', ".") {
        text if text.is_empty() => None,
        text => Some(text.parse::<f64>().ok().filter(|acts| (0.0..=100_000.0).contains(acts)).ok_or_else(|| {
            format!("« {} » n’est pas une activité ; attendu : des actes par an, entre 0 et 100 000", cell("activite"))
        })?),
    };
    // A year or a date that begins with one.
    let since = cell("depuis");
    let since = whole(since.get(..4).unwrap_or(since), "année d’installation")?;
    if let Some(since) = since.filter(|since| *since < born + 20 || *since > year) {
        return Err(format!("installé en {since} ne va pas avec une naissance en {born} et des effectifs de {year}"));
    }
    Ok(Practitioner { commune, born, acts, since })
}

fn whole(text: &str, what: &str) -> Result<Option<i16>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let year = text.parse::<i16>().ok().filter(|year| (1900..=2100).contains(year));
    year.map(Some).ok_or_else(|| format!("« {text} » n’est pas une {what} ; attendu : quatre chiffres"))
}
