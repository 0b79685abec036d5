//! Parties as a table of text.

use super::{Decimal, MOST_PARTIES, Party};

/// An example of the file, with its header: what `pacte allotment --template` prints.
pub const TEMPLATE: &str = "\
partie;besoin;plancher;plafond;precedent
Amiens;172;100;;160
Tours;196,5;100;220;180
La Réunion;32;;;
";

/// Faults told of one text.
const MOST_FAULTS: usize = 20;

/// Names a column may bear: ours first.
const COLUMNS: [(&str, [&str; 2]); 5] = [
    ("partie", ["party", "nom"]),
    ("besoin", ["need", "effectif"]),
    ("plancher", ["floor", "minimum"]),
    ("plafond", ["cap", "maximum"]),
    ("precedent", ["previous", "précédent"]),
];

/// Reads parties, one a line: columns `partie` and `besoin`, and if wanted `plancher`, `plafond`, `precedent` (seats of the
/// time before). Separated by semicolons, tabs or commas; with semicolons or tabs a need may have a decimal comma.
///
/// # Errors
/// In French, every fault of the text with its line and column: a share made of half of the lines would look right.
pub fn read_parties(file: &str, text: &str) -> Result<Vec<Party>, Vec<String>> {
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let Some((_, header)) = lines.next() else {
        return Err(vec![format!("{file} est vide ; attendu : {}", expected())]);
    };
    let separator = [';', '\t', ','].into_iter().find(|mark| header.contains(*mark)).unwrap_or(';');
    let cells = |line: &str| -> Vec<String> { split(line, separator) };
    let names: Vec<String> = cells(header).iter().map(|name| name.to_lowercase()).collect();
    let column = |of: usize| {
        let (name, others) = COLUMNS[of];
        names.iter().position(|known| known == name || others.contains(&known.as_str()))
    };
    let missing: Vec<&str> = (0..2).filter(|of| column(*of).is_none()).map(|of| COLUMNS[of].0).collect();
    if !missing.is_empty() {
        return Err(vec![format!(
            "{file}:1 : il manque la colonne {} (colonnes lues : {}) ; attendu : {}",
            missing.join(" et "),
            names.join(", "),
            expected()
        )]);
    }
    let (mut parties, mut faults) = (Vec::new(), Vec::new());
    for (number, line) in lines {
        if faults.len() >= MOST_FAULTS {
            faults.push(format!("{file} : lecture arrêtée à la ligne {number}, après {MOST_FAULTS} fautes"));
            return Err(faults);
        }
        if parties.len() >= MOST_PARTIES {
            faults
                .push(format!("{file}:{number} : plus de {MOST_PARTIES} parties : répartissez-les en plusieurs fois"));
            return Err(faults);
        }
        let cells = cells(line);
        let cell = |of: usize| column(of).and_then(|at| cells.get(at)).map_or("", String::as_str);
        let mut fault =
            |of: usize, problem: String| faults.push(format!("{file}:{number} : {} : {problem}", COLUMNS[of].0));
        if cells.len() > names.len() {
            fault(
                0,
                format!(
                    "{} cellules pour {} colonnes ; un besoin à virgule décimale demande des points-virgules entre les colonnes",
                    cells.len(),
                    names.len()
                ),
            );
            continue;
        }
        if cell(0).is_empty() {
            fault(0, "le nom manque".to_owned());
        }
        let need = if cell(1).is_empty() { Err("le besoin manque".to_owned()) } else { Decimal::parse(cell(1)) };
        let need = need.map_err(|problem| fault(1, problem)).ok();
        let mut seats = |of: usize| -> Option<u64> {
            if cell(of).is_empty() {
                return None;
            }
            let plain: String = cell(of).chars().filter(|c| !c.is_whitespace()).collect();
            let read = plain.parse().ok().filter(|seats| *seats <= super::MOST_SEATS);
            if read.is_none() {
                fault(of, format!("« {} » n’est pas un nombre entier de places", cell(of)));
            }
            read
        };
        let (floor, cap, previous) = (seats(2), seats(3), seats(4));
        if let Some(need) = need {
            parties.push(Party { name: cell(0).to_owned(), need, floor: floor.unwrap_or(0), cap, previous });
        }
    }
    if faults.is_empty() && parties.is_empty() {
        faults.push(format!(
            "{file} ne donne aucune partie ; attendu, après l’en-tête : {}",
            TEMPLATE.lines().nth(1).unwrap_or_default()
        ));
    }
    if faults.is_empty() { Ok(parties) } else { Err(faults) }
}

/// A largest rise in per cent (`10`, `6,4`), in ten-thousandths.
///
/// # Errors
/// In French, when it is not a number from 0 to 1,000 with two decimals at most.
pub fn read_rise(text: &str) -> Result<u32, String> {
    let rise = Decimal::parse(text)?;
    let rise = (rise.scale <= 2).then(|| rise.at_scale(2)).flatten().filter(|rise| *rise <= 100_000);
    rise.and_then(|rise| u32::try_from(rise).ok()).ok_or_else(|| {
        format!("« {} » est refusé ; attendu : une hausse de 0 à 1000 %, deux décimales au plus", text.trim())
    })
}

/// Cells of a line; quotes hold a separator.
fn split(line: &str, separator: char) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    for c in line.trim_end_matches('\r').chars() {
        match c {
            '"' => quoted = !quoted,
            c if c == separator && !quoted => cells.push(std::mem::take(&mut cell).trim().to_owned()),
            c => cell.push(c),
        }
    }
    cells.push(cell.trim().to_owned());
    cells
}

fn expected() -> String {
    format!("{} (les trois dernières peuvent manquer)", TEMPLATE.lines().next().unwrap_or_default())
}
