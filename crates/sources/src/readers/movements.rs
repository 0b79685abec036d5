//! Movements of communes since 1943 (INSEE, `insee_cog_mouvements_communes_AAAA.csv`): the conversion between years.
//!
//! Layout: `MOD,DATE_EFF,TYPECOM_AV,COM_AV,…,TYPECOM_AP,COM_AP,…`, one row per passage from a code to another on a date.
//! Recognised by `MOD`, `DATE_EFF`, `COM_AV` and `COM_AP`.
//!
//! Only passages between full communes (`COM` to `COM`) make the conversion; a commune that survives a merger is a
//! passage to itself. Changes of name (`MOD` 10) move nobody; a change of code (`MOD` 41, 50) followed by a merger on the same
//! day is one passage. Rows about communes déléguées or associées, and
//! creations from nothing, are set aside and counted. A bad date or code stops the file.

use jiff::civil::Date;
use pacte_territory::{Crosswalk, Move};

use crate::base::Base;
use crate::catalogue::{Format, Probe, Stage, Vintage};
use crate::delimited::Delimited;
use crate::error::{Fault, SourceError};
use crate::input::InputFile;
use crate::output::Output;
use crate::progress::Task;
use crate::report::FileReport;

/// Movements of communes.
pub const FORMAT: Format = Format {
    id: "movements",
    title: "INSEE, code officiel géographique, mouvements de communes",
    stage: Stage::Movements,
    recognise,
    read,
};

fn recognise(probe: &Probe<'_>) -> Option<Vintage> {
    probe
        .has_columns(&["MOD", "DATE_EFF", "COM_AV", "COM_AP"])
        .then(|| probe.year_in_name().map_or_else(Vintage::default, Vintage::of))
}

/// Reads the moves.
///
/// # Errors
/// Missing column, bad code or date, cut file.
pub(crate) fn crosswalk(file: &InputFile, task: &Task) -> Result<(Crosswalk, FileReport), SourceError> {
    let text = file.text()?;
    let mut table = Delimited::open(file, &text, task)?;
    let [kind, date, type_before, before, type_after, after] =
        table.columns(["MOD", "DATE_EFF", "TYPECOM_AV", "COM_AV", "TYPECOM_AP", "COM_AP"])?;
    let mut report = FileReport::new(file);
    let (mut moves, mut renamed) = (Vec::new(), Vec::new());
    while let Some(row) = table.next_row()? {
        report.rows_read += 1;
        let line = row.line();
        if row.text(type_before) != "COM" || row.text(type_after) != "COM" {
            let reason = "passage qui n’est pas entre deux communes de plein exercice";
            report.leave_out(reason, || format!("{} → {} (ligne {line})", row.text(before), row.text(after)));
            continue;
        }
        report.matched += 1;
        let day: Date = row
            .text(date)
            .parse()
            .map_err(|_| row.error(date, Fault::BadValue, "ce n’est pas une date AAAA-MM-JJ", "Corrigez la date."))?;
        let (from, to) = (row.code(before)?, row.code(after)?);
        match row.text(kind) {
            "10" => {}
            "41" | "50" if from != to => renamed.push(Move { date: day, from, to }),
            _ => moves.push(Move { date: day, from, to }),
        }
    }
    Ok((Crosswalk::new(chain(moves, renamed)), report))
}

/// Joins a change of code to the movement its new code makes on the same day: Pont-Farcy became 50649 on 1 January 2018
/// and merged into 50592 the same day, so that 50649 never was a commune on any day.
fn chain(mut moves: Vec<Move>, renamed: Vec<Move>) -> Vec<Move> {
    for change in renamed {
        let mut passing = false;
        for step in &mut moves {
            if step.date == change.date && step.from == change.to {
                step.from = change.from;
                passing = true;
            }
        }
        if !passing {
            moves.push(change);
        }
    }
    moves
}

fn read(file: &InputFile, _base: &Base, task: &Task) -> Result<(Output, FileReport), SourceError> {
    // The base has read the moves already; a second movements file is only checked.
    crosswalk(file, task).map(|(_, report)| (Output::default(), report))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::first_of;
    use crate::base::tests::code;
    use crate::progress::Silent;

    const HEADER: &str = "MOD,DATE_EFF,TYPECOM_AV,COM_AV,TNCC_AV,NCC_AV,NCCENR_AV,LIBELLE_AV,TYPECOM_AP,COM_AP,TNCC_AP,NCC_AP,NCCENR_AP,LIBELLE_AP\n";

    fn read_text(body: &str) -> Result<(Crosswalk, FileReport), SourceError> {
        let file = InputFile::in_memory("mouvements.csv", (HEADER.to_owned() + body).into_bytes());
        crosswalk(&file, &Task::start(&Silent, "", 0))
    }

    #[test]
    fn a_new_commune_takes_its_members_in() {
        let (crosswalk, report) = read_text(
            "32,2024-01-01,COM,01001,0,A,A,A,COM,01001,0,N,N,N\n32,2024-01-01,COM,01002,0,B,B,B,COM,01001,0,N,N,N\n\
             32,2024-01-01,COM,01002,0,B,B,B,COMD,01002,0,B,B,B\n10,2020-03-01,COM,01005,0,B,B,B,COM,01005,0,C,C,C\n\
             20,2011-03-31,,,,,,,COM,97601,0,A,A,A\n",
        )
        .unwrap();
        assert_eq!(crosswalk.convert(code("01002"), first_of(2023), first_of(2024)), [code("01001")]);
        assert_eq!(crosswalk.moves().len(), 2, "a change of name moves nobody");
        assert_eq!((report.rows_read, report.matched, report.left_out_total()), (5, 3, 2));
    }

    #[test]
    fn a_code_that_lives_no_day_is_passed_over() {
        let (crosswalk, _) = read_text(
            "41,2018-01-01,COM,14513,0,P,P,P,COM,50649,0,P,P,P\n32,2018-01-01,COM,50649,0,P,P,P,COM,50592,0,T,T,T\n\
             32,2018-01-01,COM,50592,0,T,T,T,COM,50592,0,T,T,T\n41,2018-01-01,COM,49126,0,O,O,O,COM,44999,0,O,O,O\n",
        )
        .unwrap();
        assert_eq!(crosswalk.convert(code("14513"), first_of(2017), first_of(2024)), [code("50592")]);
        assert_eq!(crosswalk.convert(code("49126"), first_of(2017), first_of(2024)), [code("44999")]);
        assert_eq!(crosswalk.convert(code("50592"), first_of(2024), first_of(2017)), [code("14513"), code("50592")]);
    }

    #[test]
    fn a_bad_date_is_placed() {
        let error = read_text("31,1er mars 2020,COM,01001,0,A,A,A,COM,01002,0,B,B,B\n").unwrap_err();
        assert_eq!(
            (error.line, error.column.as_deref(), error.value.as_deref()),
            (Some(2), Some("DATE_EFF"), Some("1er mars 2020"))
        );
    }
}
