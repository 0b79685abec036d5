//! Base permanente des équipements as delimited text: `CODGEO;LIBGEO;REG;DEP;NB_D101;…`, one row a commune, arrondissements
//! of Paris, Lyon and Marseille included *beside* their commune. The layout of 2017; any year in it is read.
//!
//! Recognised by `CODGEO` and at least one `NB_Dxxx`. The year is in the name of the file; the geography is found by the
//! codes. Every `NB_Dxxx` becomes a column. A blank, negative or non-numeric count, a doubled commune, or codes of another
//! year stop the file; unknown codes and arrondissements already counted in their commune are set aside.

use super::bpe::{Counts, TITLE, equipment_of, vintage_in_name};
use crate::base::Base;
use crate::catalogue::{Format, Probe, Stage, Vintage};
use crate::delimited::Delimited;
use crate::error::SourceError;
use crate::input::InputFile;
use crate::output::Output;
use crate::progress::Task;
use crate::report::FileReport;

/// Base permanente des équipements, CSV.
pub const FORMAT: Format = Format { id: "bpe2017", title: TITLE, stage: Stage::Values, recognise, read };

fn recognise(probe: &Probe<'_>) -> Option<Vintage> {
    let counts = probe.headers().iter().any(|header| equipment_of(header).is_some());
    (counts && probe.has_columns(&["CODGEO"])).then(|| Vintage { year: probe.year_in_name(), geography: None })
}

fn read(file: &InputFile, base: &Base, task: &Task) -> Result<(Output, FileReport), SourceError> {
    let vintage = vintage_in_name(file)?;
    let text = file.text()?;
    let mut table = Delimited::open(file, &text, task)?;
    let code = table.column("CODGEO")?;
    let names: Vec<String> = table.headers().iter().filter(|header| equipment_of(header).is_some()).cloned().collect();
    let columns = names.iter().map(|name| table.column(name)).collect::<Result<Vec<_>, _>>()?;
    let equipment = names.iter().filter_map(|name| equipment_of(name)).map(str::to_owned).collect();
    let mut counts = Counts { equipment, rows: Vec::new() };
    while let Some(row) = table.next_row()? {
        let values = columns.iter().map(|column| row.count(*column)).collect::<Result<Vec<_>, _>>()?;
        counts.rows.push((row.code(code)?, row.line(), values));
    }
    counts.columns(file, base, vintage, file.geography)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::{base, code};
    use crate::error::Fault;
    use crate::progress::Silent;

    fn import(text: &str) -> Result<(Output, FileReport), SourceError> {
        let mut file = InputFile::in_memory("bpe_2017.csv", text.as_bytes());
        let vintage = recognise(&Probe::new(&file)?).expect("the header is recognised");
        file.vintage = vintage.year;
        read(&file, &base(), &Task::start(&Silent, "", 0))
    }

    const HEADER: &str = "\u{feff}CODGEO;LIBGEO;REG;DEP;NB_D106;NB_D113;NB_D301\r\n";

    #[test]
    fn counts_follow_mergers_and_arrondissements_are_not_counted_twice() {
        let rows = "01001;A;84;01;1;0;2\r\n01002;B;84;01;1;3;0\r\n75056;Paris;11;75;5;2;9\r\n\
                    75101;Paris 1er;11;75;2;1;4\r\n75102;Paris 2e;11;75;3;1;4\r\n98818;X;98;98;1;1;1\r\n";
        let (output, report) = import(&(HEADER.to_owned() + rows)).unwrap();
        let base = base();
        let at = |c| base.commune(code(c)).unwrap();
        let concepts: Vec<String> = output.columns.iter().map(pacte_territory::Column::key).collect();
        assert_eq!(concepts, ["supply.emergency@2017", "supply.msp@2017", "supply.pharmacy@2017"]);
        assert_eq!(output.columns[0].get(at("01001")), Some(2.0));
        assert_eq!(output.columns[0].get(at("75056")), Some(5.0));
        assert_eq!(output.columns[0].get(at("01005")), None, "a commune absent from the file is not known");
        assert_eq!(output.columns[0].provenance.geography, 2018);
        assert_eq!((report.rows_read, report.matched, report.left_out_total()), (6, 3, 3));
        assert!(report.notes.iter().any(|note| note.contains("Commune 75056") && note.contains("D301")), "{report:?}");
    }

    #[test]
    fn bad_counts_and_doubles_are_placed() {
        let error = import(&(HEADER.to_owned() + "01001;A;84;01;1;-3;2\r\n")).unwrap_err();
        assert_eq!((error.fault, error.line, error.column.as_deref()), (Fault::BadValue, Some(2), Some("NB_D113")));
        let error = import(&(HEADER.to_owned() + "01001;A;84;01;1;;2\r\n")).unwrap_err();
        assert_eq!((error.fault, error.line), (Fault::BadValue, Some(2)));
        let row = "01001;A;84;01;1;0;2\r\n";
        let error = import(&(HEADER.to_owned() + row + row)).unwrap_err();
        assert_eq!((error.fault, error.line), (Fault::Doubled, Some(3)));
        let error = import(&(HEADER.to_owned() + row + "01003;B;84;0")).unwrap_err();
        assert_eq!((error.fault, error.line), (Fault::Truncated, Some(3)));
    }
}
