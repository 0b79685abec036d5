//! The year of the code officiel géographique a file is written in, found by its codes: producers rarely write it, and a
//! file of 2017 may follow the communes of 2017 or of 2018.

use pacte_territory::CommuneCode;
use rustc_hash::FxHashSet;

use crate::base::{Base, existence, first_of};
use crate::error::SourceError;
use crate::input::InputFile;

/// Years tried on each side of the expected one.
const REACH: i16 = 2;
/// Codes of another year that a file may keep, per thousand: files of loose vintage keep some.
const TOLERANCE: usize = 3;

/// What a file that says nothing of a commune means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coverage {
    /// It lists every commune of the départements it covers: a commune that is absent did not exist.
    Complete,
    /// It lists some communes only: absence tells nothing.
    Partial,
}

/// The year, within two of `expected`, whose communes fit the codes best; `expected` when it fits as well as any.
///
/// `codes` are codes with their lines. Codes that never took part in a movement tell nothing.
///
/// # Errors
/// [`Fault::WrongVintage`](crate::error::Fault) when more than 3 ‰ of the codes fit none of these years: the file is of
/// another vintage than announced. The message names the first of them.
pub(super) fn likely_geography(
    file: &InputFile,
    base: &Base,
    codes: &[(CommuneCode, u64)],
    expected: i16,
    coverage: Coverage,
) -> Result<i16, SourceError> {
    let listed: FxHashSet<CommuneCode> = codes.iter().map(|(code, _)| *code).collect();
    let departements: FxHashSet<&str> = listed.iter().map(CommuneCode::departement).collect();
    let moved: Vec<_> = base
        .events()
        .iter()
        .filter(|(code, _)| departements.contains(code.departement()))
        .map(|(code, events)| (listed.contains(code), events.as_slice()))
        .collect();
    // Listed but not existing, existing but not listed.
    let faults = |year: i16| {
        let exists = |events| existence(Some(events), first_of(year)) == Some(true);
        let misfits = moved.iter().filter(|(listed, events)| *listed && !exists(events)).count();
        let missing = moved.iter().filter(|(listed, events)| !*listed && exists(events)).count();
        (misfits, if coverage == Coverage::Complete { missing } else { 0 })
    };
    // On equal terms the expected year wins, then the nearest, then the latest.
    let mut years: Vec<i16> = (expected - REACH..=expected + REACH).collect();
    years.sort_by_key(|year| ((year - expected).abs(), -year));
    let best =
        years.into_iter().map(|year| (faults(year), year)).min_by_key(|((misfits, missing), _)| misfits + missing);
    let Some(((misfits, _), year)) = best else { return Ok(expected) };
    if misfits > 2 && misfits * 1000 > codes.len() * TOLERANCE {
        for (code, line) in codes {
            base.check_vintage(file, *code, *line, year)?;
        }
    }
    Ok(year)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::{base, code};
    use crate::error::Fault;

    #[test]
    fn codes_tell_their_year() {
        let base = base();
        let file = InputFile::in_memory("f.csv", [b'x']);
        let codes = |list: &[&str]| -> Vec<_> { list.iter().map(|c| code(c)).zip(2..).collect() };
        let year = |list: &[&str], expected, coverage| {
            likely_geography(&file, &base, &codes(list), expected, coverage).unwrap()
        };
        // 01002 lives until the end of 2018, 01004 until the end of 2024.
        assert_eq!(year(&["01001", "01002"], 2019, Coverage::Partial), 2018);
        assert_eq!(year(&["01001", "01002"], 2018, Coverage::Partial), 2018);
        assert_eq!(year(&["01001", "01004"], 2025, Coverage::Partial), 2024);
        assert_eq!(year(&["01001"], 2022, Coverage::Partial), 2022);
        // Absence tells as much where every commune is listed.
        assert_eq!(year(&["01001", "01003"], 2024, Coverage::Partial), 2024);
        assert_eq!(year(&["01001", "01003"], 2024, Coverage::Complete), 2025);
        assert_eq!(year(&["75056"], 2024, Coverage::Complete), 2024, "nothing is said of the other départements");
    }

    #[test]
    fn a_file_of_another_decade_is_refused() {
        let file = InputFile::in_memory("f_2030.csv", [b'x']);
        // Three codes gone since 2015: more than chance.
        let steps = |n: u64| (10..10 + n).map(|i| (code(&format!("020{i}")), i));
        let base = crate::base::Base::new(crate::base::BaseParts {
            year: 2024,
            crosswalk: pacte_territory::Crosswalk::new(
                steps(3)
                    .map(|(from, _)| pacte_territory::Move { date: first_of(2015), from, to: code("02001") })
                    .collect(),
            ),
            communes: vec![(code("02001"), "A".into())],
            ..crate::base::BaseParts::default()
        });
        let codes: Vec<_> = steps(3).collect();
        let error = likely_geography(&file, &base, &codes, 2030, Coverage::Complete).unwrap_err();
        assert_eq!((error.fault, error.line, error.value.as_deref()), (Fault::WrongVintage, Some(10), Some("02010")));
        assert!(likely_geography(&file, &base, &codes[..2], 2030, Coverage::Partial).is_ok(), "two may be oversights");
    }
}
