//! Postal codes of communes (`gazetteer_insee_codepostal.csv`, after La Poste's base officielle des codes postaux).
//!
//! Layout: `insee,cp,cps_alt`; `cps_alt` lists the others, separated by `|`. Recognised by these three columns. A commune
//! given twice stops the file; codes of overseas collectivities and other years' codes are set aside or converted.

use crate::base::{Base, Gather, Resolution};
use crate::catalogue::{Format, Probe, Stage, Vintage};
use crate::delimited::Delimited;
use crate::error::SourceError;
use crate::input::InputFile;
use crate::output::Output;
use crate::progress::Task;
use crate::report::FileReport;
use pacte_territory::CommuneCode;

/// Postal codes.
pub const FORMAT: Format = Format {
    id: "postal",
    title: "La Poste, codes postaux des communes (gazetteer)",
    stage: Stage::Values,
    recognise: |probe: &Probe<'_>| probe.has_columns(&["insee", "cp", "cps_alt"]).then(Vintage::default),
    read,
};

fn read(file: &InputFile, base: &Base, task: &Task) -> Result<(Output, FileReport), SourceError> {
    let text = file.text()?;
    let mut table = Delimited::open(file, &text, task)?;
    let [code, main, others] = table.columns(["insee", "cp", "cps_alt"])?;
    let mut rows: Vec<(CommuneCode, u64, Vec<String>)> = Vec::new();
    while let Some(row) = table.next_row()? {
        let codes = std::iter::once(row.text(main)).chain(row.text(others).split('|')).filter(|text| !text.is_empty());
        rows.push((row.code(code)?, row.line(), codes.map(str::to_owned).collect()));
    }
    let geography = base.guess_geography(rows.iter().map(|(code, ..)| code));
    let mut gather = Gather::new(file, base, geography, &[]);
    let mut output = Output::default();
    for (code, line, codes) in rows {
        gather.add(code, line, &[])?;
        match base.resolve(code, geography) {
            Resolution::Commune(id) | Resolution::Parent(id) => output.postal_codes.push((id, codes)),
            Resolution::Shares(shares) => {
                output.postal_codes.extend(shares.into_iter().map(|(id, _)| (id, codes.clone())));
            }
            Resolution::Unknown => {}
        }
    }
    let (_, report) = gather.finish()?;
    Ok((output, report))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::{base, code};
    use crate::progress::Silent;

    #[test]
    fn alternatives_follow_the_main_code() {
        let text = "insee,cp,cps_alt\r\n01001,01400,01410|01420\r\n98818,98818,\r\n01003,01300,\r\n";
        let file = InputFile::in_memory("cp.csv", text.as_bytes());
        let (output, report) = read(&file, &base(), &Task::start(&Silent, "", 0)).unwrap();
        let id = base().commune(code("01001")).unwrap();
        assert_eq!(output.postal_codes[0], (id, vec!["01400".into(), "01410".into(), "01420".into()]));
        assert_eq!((report.matched, report.left_out_total()), (2, 1));
    }
}
