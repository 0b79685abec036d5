//! Names of départements and régions (INSEE, `insee_departements_AAAA.csv`, `insee_regions_AAAA.csv`), and labels of the
//! supra-communal levels (`insee_supracom_AAAA_libelles.csv`).
//!
//! Layouts: `DEP,REG,CHEFLIEU,TNCC,NCC,NCCENR,LIBELLE`; `REG,CHEFLIEU,TNCC,NCC,NCCENR,LIBELLE`;
//! `NIVGEO,CODGEO,LIBGEO,NB_COM`. Recognised by these columns.
//!
//! A code given twice stops the file. Labels of levels that Pacte does not use (cantons, unités urbaines…) are set aside.

use pacte_territory::Level;
use rustc_hash::FxHashMap;

use crate::base::Base;
use crate::catalogue::{Format, Probe, Stage, Vintage};
use crate::delimited::Delimited;
use crate::error::SourceError;
use crate::input::InputFile;
use crate::output::Output;
use crate::progress::Task;
use crate::report::FileReport;

/// Départements.
pub const DEPARTEMENTS: Format = Format {
    id: "departements",
    title: "INSEE, code officiel géographique, départements",
    stage: Stage::Values,
    recognise: |probe| named(probe, &["DEP", "REG", "CHEFLIEU", "LIBELLE"], &[]),
    read: |file, _, task| read(file, task, |_| Some(Level::Departement), "DEP", "LIBELLE"),
};

/// Régions.
pub const REGIONS: Format = Format {
    id: "regions",
    title: "INSEE, code officiel géographique, régions",
    stage: Stage::Values,
    recognise: |probe| named(probe, &["REG", "CHEFLIEU", "LIBELLE"], &["DEP", "COM"]),
    read: |file, _, task| read(file, task, |_| Some(Level::Region), "REG", "LIBELLE"),
};

/// Labels of EPCI, arrondissements, bassins de vie…
pub const LABELS: Format = Format {
    id: "labels",
    title: "INSEE, table d’appartenance géographique, libellés",
    stage: Stage::Values,
    recognise: |probe| named(probe, &["NIVGEO", "CODGEO", "LIBGEO"], &[]),
    read: |file, _: &Base, task| read(file, task, level_of, "CODGEO", "LIBGEO"),
};

fn named(probe: &Probe<'_>, with: &[&str], without: &[&str]) -> Option<Vintage> {
    let matches = probe.has_columns(with) && !without.iter().any(|name| probe.has_columns(&[name]));
    matches.then(|| probe.year_in_name().map_or_else(Vintage::default, Vintage::of))
}

fn level_of(code: &str) -> Option<Level> {
    match code {
        "EPCI" => Some(Level::Epci),
        "ARR" => Some(Level::Arrondissement),
        "DEP" => Some(Level::Departement),
        "REG" => Some(Level::Region),
        text if text.starts_with("BV") => Some(Level::BassinDeVie),
        _ => None,
    }
}

fn read(
    file: &InputFile,
    task: &Task,
    level_of: fn(&str) -> Option<Level>,
    code: &str,
    name: &str,
) -> Result<(Output, FileReport), SourceError> {
    let text = file.text()?;
    let mut table = Delimited::open(file, &text, task)?;
    let [code, name] = table.columns([code, name])?;
    let kind = table.optional("NIVGEO");
    let mut report = FileReport::new(file);
    let mut output = Output::default();
    let mut lines: FxHashMap<(Level, String), u64> = FxHashMap::default();
    while let Some(row) = table.next_row()? {
        report.rows_read += 1;
        let kind = kind.map_or("", |kind| row.text(kind));
        let Some(level) = level_of(kind) else {
            report.leave_out("niveau que Pacte n’utilise pas", || kind.to_owned());
            continue;
        };
        let (code, name) = (row.filled(code)?.to_owned(), row.filled(name)?.to_owned());
        if let Some(first) = lines.insert((level, code.clone()), row.line()) {
            return Err(SourceError::doubled(&file.name, &code, first, row.line()));
        }
        output.names.push((level, code, name));
        report.matched += 1;
    }
    Ok((output, report))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::recognise;
    use crate::error::Fault;
    use crate::progress::Silent;

    fn read_text(text: &str) -> Result<(Output, FileReport), SourceError> {
        let file = InputFile::in_memory("f_2026.csv", text.as_bytes());
        let probe = Probe::new(&file).unwrap();
        let (format, vintage) = recognise(&probe, &[&DEPARTEMENTS, &REGIONS, &LABELS]).expect("one of the three");
        assert!(text.starts_with("NIVGEO") || vintage.year == Some(2026));
        (format.read)(&file, &crate::base::tests::base(), &Task::start(&Silent, "", 0))
    }

    #[test]
    fn the_three_layouts_give_names() {
        let (output, _) = read_text("DEP,REG,CHEFLIEU,TNCC,NCC,NCCENR,LIBELLE\n01,84,01053,5,AIN,Ain,Ain\n").unwrap();
        assert_eq!(output.names, [(Level::Departement, "01".to_owned(), "Ain".to_owned())]);
        let (output, _) = read_text("REG,CHEFLIEU,TNCC,NCC,NCCENR,LIBELLE\n94,2A004,0,CORSE,Corse,Corse\n").unwrap();
        assert_eq!(output.names[0].0, Level::Region);
        let (output, report) =
            read_text("NIVGEO,CODGEO,LIBGEO,NB_COM\nBV2022,01004,Ambre,34\nUU2020,0101,U,2\n,,,\n").unwrap();
        assert_eq!(output.names, [(Level::BassinDeVie, "01004".to_owned(), "Ambre".to_owned())]);
        assert_eq!((report.rows_read, report.left_out_total()), (2, 1));
    }

    #[test]
    fn a_doubled_code_is_refused() {
        let text = "REG,CHEFLIEU,TNCC,NCC,NCCENR,LIBELLE\n94,2A004,0,CORSE,Corse,Corse\n94,2A004,0,CORSE,Corse,Corse\n";
        assert_eq!(read_text(text).unwrap_err().fault, Fault::Doubled);
    }
}
