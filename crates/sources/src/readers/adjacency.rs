//! Pairs of communes that share a border (`communes_AAAA_adjacence.csv`, derived from contours).
//!
//! Layout: `a,b,n_shared,km`: two codes, number of shared vertices, km between the centres. Recognised by `a`, `b`,
//! `n_shared`, `km`. Pairs that become one commune after conversion, and pairs with an unknown code, are set aside. A pair
//! given twice is kept once. A negative distance stops the file.

use pacte_territory::{CommuneCode, CommuneId};
use rustc_hash::FxHashMap;

use crate::base::{Base, Resolution};
use crate::catalogue::{Format, Probe, Stage, Vintage};
use crate::delimited::Delimited;
use crate::error::{Fault, SourceError};
use crate::input::InputFile;
use crate::output::Output;
use crate::progress::Task;
use crate::report::FileReport;

/// Neighbouring communes.
pub const FORMAT: Format = Format {
    id: "adjacency",
    title: "Communes limitrophes, d’après les contours",
    stage: Stage::Values,
    recognise: |probe: &Probe<'_>| {
        probe
            .has_columns(&["a", "b", "n_shared", "km"])
            .then(|| probe.year_in_name().map_or_else(Vintage::default, Vintage::of))
    },
    read,
};

fn read(file: &InputFile, base: &Base, task: &Task) -> Result<(Output, FileReport), SourceError> {
    let text = file.text()?;
    let mut table = Delimited::open(file, &text, task)?;
    let [a, b, distance] = table.columns(["a", "b", "km"])?;
    let geography = file.geography.unwrap_or(base.year);
    let mut report = FileReport::new(file);
    let mut resolved: FxHashMap<CommuneCode, Vec<CommuneId>> = FxHashMap::default();
    let mut pairs: FxHashMap<(CommuneId, CommuneId), f64> = FxHashMap::default();
    let mut unknown = None;
    while let Some(row) = table.next_row()? {
        report.rows_read += 1;
        let km = row.number(distance)?;
        if km < 0.0 {
            return Err(row.error(distance, Fault::BadValue, "une distance ne peut être négative", "Corrigez-la."));
        }
        let mut ends = [Vec::new(), Vec::new()];
        for (end, column) in ends.iter_mut().zip([a, b]) {
            let code = row.code(column)?;
            end.clone_from(resolved.entry(code).or_insert_with(|| match base.resolve(code, geography) {
                Resolution::Commune(id) | Resolution::Parent(id) => vec![id],
                // Which part touches the neighbour is not known.
                Resolution::Shares(_) | Resolution::Unknown => Vec::new(),
            }));
            if end.is_empty() {
                unknown.get_or_insert((code, row.line()));
            }
        }
        let ([first], [second]) = (ends[0].as_slice(), ends[1].as_slice()) else {
            let line = row.line();
            report.leave_out("code inconnu ou commune scindée", || {
                format!("{}–{} (ligne {line})", row.text(a), row.text(b))
            });
            continue;
        };
        if first == second {
            let line = row.line();
            report.leave_out("paire devenue une seule commune", || {
                format!("{}–{} (ligne {line})", row.text(a), row.text(b))
            });
            continue;
        }
        pairs.entry((*first.min(second), *first.max(second))).or_insert(km);
        report.matched += 1;
    }
    if let Some((code, line)) = unknown
        && report.left_out_total() * 2 > report.rows_read
    {
        return Err(file
            .error(
                Fault::UnknownCode,
                "la plupart des codes sont inconnus de ce territoire",
                "Vérifiez que le fichier décrit bien ce territoire.",
            )
            .line(line)
            .value(code.as_str()));
    }
    let mut adjacency: Vec<_> = pairs.into_iter().map(|((a, b), km)| (a, b, km)).collect();
    adjacency.sort_unstable_by_key(|(a, b, _)| (*a, *b));
    Ok((Output { adjacency, ..Output::default() }, report))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::{base, code};
    use crate::progress::Silent;

    #[test]
    fn pairs_are_ordered_and_unknown_ones_set_aside() {
        let text = "a,b,n_shared,km\n01003,01001,4,7.5\n01001,01003,4,7.5\n01001,98818,1,2\n01005,01006,1,2\n";
        let file = InputFile::in_memory("a_2024.csv", text.as_bytes());
        let (output, report) = read(&file, &base(), &Task::start(&Silent, "", 0)).unwrap();
        let id = |c| base().commune(code(c)).unwrap();
        assert_eq!(output.adjacency, [(id("01001"), id("01003"), 7.5)]);
        assert_eq!((report.rows_read, report.matched, report.left_out_total()), (4, 2, 2));
    }
}
