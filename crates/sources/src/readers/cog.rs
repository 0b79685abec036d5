//! Code officiel géographique: communes of a year (INSEE, `insee_cog_communes_AAAA.csv`).
//!
//! Layout: `TYPECOM,COM,REG,DEP,CTCD,ARR,TNCC,NCC,NCCENR,LIBELLE,CAN,COMPARENT`, one row per commune (`COM`), municipal
//! arrondissement (`ARM`), commune déléguée (`COMD`) or associée (`COMA`). Recognised by `TYPECOM`, `COM`, `LIBELLE`
//! and `COMPARENT`.
//!
//! The year is in the name; the movements of communes check it: a code that does not exist on that 1 January stops the
//! file (wrong vintage). A commune given twice stops it too. Rows of another `TYPECOM` are set aside.

use pacte_territory::CommuneCode;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::base::{Base, Events};
use crate::catalogue::{Format, Probe, Stage, Vintage};
use crate::delimited::Delimited;
use crate::error::{Fault, SourceError};
use crate::input::InputFile;
use crate::output::Output;
use crate::progress::Task;
use crate::report::{FileReport, Status};

/// Communes of a year.
pub const FORMAT: Format =
    Format {
        id: "cog", title: "INSEE, code officiel géographique, communes", stage: Stage::Communes, recognise, read
    };

fn recognise(probe: &Probe<'_>) -> Option<Vintage> {
    probe
        .has_columns(&["TYPECOM", "COM", "LIBELLE", "COMPARENT"])
        .then(|| probe.year_in_name().map_or_else(Vintage::default, Vintage::of))
}

/// A commune of the file.
#[derive(Clone, Debug)]
pub(crate) struct CogRow {
    pub(crate) code: CommuneCode,
    pub(crate) name: String,
    pub(crate) region: String,
    pub(crate) departement: String,
    pub(crate) arrondissement: String,
    pub(crate) line: u64,
}

/// The file, row by row.
#[derive(Clone, Debug)]
pub(crate) struct CogRows {
    pub(crate) communes: Vec<CogRow>,
    /// Code, name, parent.
    pub(crate) municipal: Vec<(CommuneCode, String, CommuneCode)>,
    /// Code, parent.
    pub(crate) delegated: Vec<(CommuneCode, CommuneCode)>,
    pub(crate) report: FileReport,
}

/// Reads the rows.
///
/// # Errors
/// Missing column, bad code, commune given twice, cut file, parent that is not a commune of the file.
pub(crate) fn rows(file: &InputFile, task: &Task) -> Result<CogRows, SourceError> {
    let text = file.text()?;
    let mut table = Delimited::open(file, &text, task)?;
    let [kind, com, reg, dep, arr, name, parent] =
        table.columns(["TYPECOM", "COM", "REG", "DEP", "ARR", "LIBELLE", "COMPARENT"])?;
    let mut report = FileReport::new(file);
    let (mut communes, mut municipal, mut delegated) = (Vec::new(), Vec::new(), Vec::new());
    let mut lines: FxHashMap<CommuneCode, u64> = FxHashMap::default();
    let mut parents: Vec<(CommuneCode, u64)> = Vec::new();
    while let Some(row) = table.next_row()? {
        report.rows_read += 1;
        let code = row.code(com)?;
        match row.text(kind) {
            "COM" => {
                if let Some(first) = lines.insert(code, row.line()) {
                    return Err(SourceError::doubled(&file.name, code.as_str(), first, row.line()));
                }
                communes.push(CogRow {
                    code,
                    name: row.filled(name)?.to_owned(),
                    region: row.filled(reg)?.to_owned(),
                    departement: row.filled(dep)?.to_owned(),
                    arrondissement: row.text(arr).to_owned(),
                    line: row.line(),
                });
            }
            "ARM" => {
                municipal.push((code, row.filled(name)?.to_owned(), row.code(parent)?));
                parents.push((row.code(parent)?, row.line()));
            }
            "COMD" | "COMA" => {
                delegated.push((code, row.code(parent)?));
                parents.push((row.code(parent)?, row.line()));
            }
            other => {
                let line = row.line();
                report.leave_out("type de commune inconnu", || format!("{other} (ligne {line})"));
                continue;
            }
        }
        report.matched += 1;
    }
    if let Some((code, line)) = parents.into_iter().find(|(code, _)| !lines.contains_key(code)) {
        return Err(SourceError::truncated(
            &file.name,
            "la commune de rattachement (COMPARENT) n’est pas dans le fichier",
        )
        .line(line)
        .column("COMPARENT")
        .value(code.as_str()));
    }
    if communes.is_empty() {
        return Err(SourceError::truncated(&file.name, "il ne contient aucune commune (TYPECOM = COM)"));
    }
    Ok(CogRows { communes, municipal, delegated, report })
}

/// Checks that the codes are those of `year`, by the movements; does nothing when there are none.
///
/// # Errors
/// [`Fault::WrongVintage`] at the first code that does not exist that year; the message says which year fits.
pub(crate) fn check_year(file: &InputFile, rows: &CogRows, year: i16, events: &Events) -> Result<(), SourceError> {
    let day = crate::base::first_of(year);
    let stranger = rows
        .communes
        .iter()
        .find(|row| crate::base::existence(events.get(&row.code).map(Vec::as_slice), day) == Some(false));
    let Some(row) = stranger else {
        return check_complete(file, rows, year, events);
    };
    let likely = best_year(rows, events);
    let likely = likely.map_or_else(String::new, |year| format!(" ; les codes du fichier sont ceux de {year}"));
    Err(SourceError::wrong_vintage(&file.name, format!("« {} » n’existe pas au 1er janvier {year}{likely}", row.name))
        .line(row.line)
        .column("COM")
        .value(row.code.as_str()))
}

/// A file of the right year that lacks many of the communes that movements prove to exist is cut, or of another year.
fn check_complete(file: &InputFile, rows: &CogRows, year: i16, events: &Events) -> Result<(), SourceError> {
    let day = crate::base::first_of(year);
    let codes: FxHashSet<CommuneCode> = rows.communes.iter().map(|row| row.code).collect();
    let alive = events.iter().filter(|(_, list)| crate::base::existence(Some(list), day) == Some(true));
    let (mut expected, mut missing) = (0_usize, Vec::new());
    for (code, _) in alive {
        expected += 1;
        if !codes.contains(code) {
            missing.push(*code);
        }
    }
    // Eighty years of movements leave no loose end in 2024 nor 2025; a few are borne for years to come.
    if missing.len() <= 5.max(expected / 100) {
        return Ok(());
    }
    missing.sort_unstable();
    let likely = best_year(rows, events).filter(|likely| *likely != year);
    let text =
        format!("{} communes qui existent au 1er janvier {year} manquent, à commencer par celle-ci", missing.len());
    let error = match likely {
        Some(likely) => SourceError::wrong_vintage(&file.name, format!("{text} ; les codes sont ceux de {likely}")),
        None => SourceError::truncated(&file.name, text),
    };
    Err(error.column("COM").value(missing[0].as_str()))
}

/// The year whose communes these are, by the movements.
pub(crate) fn best_year(rows: &CogRows, events: &Events) -> Option<i16> {
    let codes: FxHashSet<CommuneCode> = rows.communes.iter().map(|row| row.code).collect();
    crate::base::best_geography(&codes, events)
}

/// Checks a file of another year than the territory's; it brings nothing.
fn read(file: &InputFile, base: &Base, task: &Task) -> Result<(Output, FileReport), SourceError> {
    let rows = rows(file, task)?;
    let year = file.geography.or_else(|| best_year(&rows, base.events())).ok_or_else(|| {
        file.error(
            Fault::WrongVintage,
            "l’année n’est ni dans le nom du fichier ni déductible des mouvements de communes",
            "Nommez-le comme l’INSEE, par exemple insee_cog_communes_2024.csv.",
        )
    })?;
    check_year(file, &rows, year, base.events())?;
    let mut report = rows.report;
    report.status = Status::Checked(format!("lu et vérifié, non utilisé : le territoire est au COG {}", base.year));
    Ok((Output::default(), report))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::{base, code};
    use crate::progress::Silent;

    const HEADER: &str = "TYPECOM,COM,REG,DEP,CTCD,ARR,TNCC,NCC,NCCENR,LIBELLE,CAN,COMPARENT\r\n";

    fn read_text(body: &str) -> Result<CogRows, SourceError> {
        let file = InputFile::in_memory("cog_2024.csv", (HEADER.to_owned() + body).into_bytes());
        rows(&file, &Task::start(&Silent, "", 0))
    }

    #[test]
    fn communes_arrondissements_and_delegated_communes_are_told_apart() {
        let rows = read_text(
            "COM,01001,84,01,01D,012,5,A,A,L'Abbaye-Neuve,0108,\r\n\
             COMD,01002,,,,,0,B,B,Bourg-Ancien,,01001\r\n\
             COM,75056,11,75,75C,751,0,P,P,Grandville,,\r\n\
             ARM,75101,11,75,75C,751,0,P,P,Grandville 1er,,75056\r\n\
             AUTRE,01009,84,01,01D,012,5,A,A,Autre,0108,\r\n",
        )
        .unwrap();
        assert_eq!(rows.communes.len(), 2);
        assert_eq!(rows.communes[0].name, "L'Abbaye-Neuve");
        assert_eq!(rows.municipal, [(code("75101"), "Grandville 1er".to_owned(), code("75056"))]);
        assert_eq!(rows.delegated, [(code("01002"), code("01001"))]);
        assert_eq!((rows.report.rows_read, rows.report.matched, rows.report.left_out_total()), (5, 4, 1));
    }

    #[test]
    fn a_doubled_commune_and_an_orphan_are_refused() {
        let one = "COM,01001,84,01,01D,012,5,A,A,Un,0108,\r\n";
        let error = read_text(&(one.to_owned() + one)).unwrap_err();
        assert_eq!((error.fault, error.line, error.value.as_deref()), (Fault::Doubled, Some(3), Some("01001")));
        let error = read_text(&(one.to_owned() + "COMD,01002,,,,,0,B,B,Deux,,01009\r\n")).unwrap_err();
        assert_eq!((error.fault, error.line), (Fault::Truncated, Some(3)));
    }

    #[test]
    fn movements_betray_a_wrong_year() {
        let base = base();
        let file = InputFile::in_memory("cog_2025.csv", [b'x']);
        let rows = read_text(
            "COM,01001,84,01,01D,012,5,A,A,Un,,\r\nCOM,01003,84,01,01D,012,5,A,A,Trois,,\r\n\
             COM,01004,84,01,01D,012,5,A,A,Quatre,,\r\n",
        )
        .unwrap();
        assert!(check_year(&file, &rows, 2024, base.events()).is_ok());
        let error = check_year(&file, &rows, 2025, base.events()).unwrap_err();
        assert_eq!((error.fault, error.line, error.value.as_deref()), (Fault::WrongVintage, Some(4), Some("01004")));
        assert!(error.problem.contains("2024"), "{error}");
    }
}
