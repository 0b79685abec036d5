//! What a commune code of one geography year becomes in another.
//!
//! Built from the dated movements of the code officiel géographique (mergers, splits, changes of département), it
//! converts in both directions: a file written in the geography of 2019 is brought to 2024, and one of 2025 back to 2024.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::code::CommuneCode;

/// One dated passage of the inhabitants of a code to another code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Move {
    /// Day from which the new code holds.
    pub date: Date,
    /// Code before.
    pub from: CommuneCode,
    /// Code after.
    pub to: CommuneCode,
}

/// Dated conversion of commune codes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Crosswalk {
    moves: Vec<Move>,
    #[serde(skip)]
    forward: HashMap<CommuneCode, Vec<Move>>,
    #[serde(skip)]
    backward: HashMap<CommuneCode, Vec<Move>>,
}

impl Crosswalk {
    /// Builds a crosswalk from moves between *full* communes, in any order.
    ///
    /// A commune that survives a merger or a split under its own code must be present as a move to itself, as INSEE
    /// writes it: it is what distinguishes a code that lives on from a code that disappears.
    pub fn new(mut moves: Vec<Move>) -> Self {
        moves.sort_unstable();
        moves.dedup();
        let mut crosswalk = Self { moves, forward: HashMap::new(), backward: HashMap::new() };
        crosswalk.index();
        crosswalk
    }

    pub(crate) fn index(&mut self) {
        self.forward.clear();
        self.backward.clear();
        for step in &self.moves {
            self.forward.entry(step.from).or_default().push(*step);
            self.backward.entry(step.to).or_default().push(*step);
        }
    }

    /// The moves, sorted by date.
    pub fn moves(&self) -> &[Move] {
        &self.moves
    }

    /// Codes on `to` of what `code` was on `from`; several after a split (or going back through a merger), in order.
    ///
    /// A code that no movement touches between the two dates stays as it is; the caller checks that it exists.
    pub fn convert(&self, code: CommuneCode, from: Date, to: Date) -> Vec<CommuneCode> {
        let mut current = BTreeSet::from([code]);
        if from <= to {
            let mut after = from;
            // One round a date: all the moves of a day apply together, and never twice.
            while let Some(date) = self.next_date(&current, after, to) {
                current = step(&self.forward, &current, date, |step| step.to);
                after = date;
            }
        } else {
            let mut before = from;
            while let Some(date) = self.previous_date(&current, before, to) {
                current = step(&self.backward, &current, date, |step| step.from);
                // Moves of `date` are undone: what remains to undo is strictly earlier.
                before = date.yesterday().unwrap_or(Date::MIN);
            }
        }
        current.into_iter().collect()
    }

    fn next_date(&self, codes: &BTreeSet<CommuneCode>, after: Date, to: Date) -> Option<Date> {
        codes
            .iter()
            .filter_map(|code| self.forward.get(code))
            .flatten()
            .map(|step| step.date)
            .filter(|date| *date > after && *date <= to)
            .min()
    }

    fn previous_date(&self, codes: &BTreeSet<CommuneCode>, before: Date, to: Date) -> Option<Date> {
        codes
            .iter()
            .filter_map(|code| self.backward.get(code))
            .flatten()
            .map(|step| step.date)
            .filter(|date| *date <= before && *date > to)
            .max()
    }
}

/// Moves every code that a movement of `date` touches; the others stay.
fn step(
    index: &HashMap<CommuneCode, Vec<Move>>,
    codes: &BTreeSet<CommuneCode>,
    date: Date,
    end: impl Fn(&Move) -> CommuneCode,
) -> BTreeSet<CommuneCode> {
    let mut next = BTreeSet::new();
    for code in codes {
        let mut moved = false;
        for step in index.get(code).into_iter().flatten().filter(|step| step.date == date) {
            next.insert(end(step));
            moved = true;
        }
        if !moved {
            next.insert(*code);
        }
    }
    next
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn code(text: &str) -> CommuneCode {
        text.parse().unwrap()
    }

    fn crosswalk() -> Crosswalk {
        let step = |y, from, to| Move { date: date(y, 1, 1), from: code(from), to: code(to) };
        Crosswalk::new(vec![
            // 2019: A and B merge into A.  2022: C leaves A again.  2023: A changes code to D.
            step(2019, "01001", "01001"),
            step(2019, "01002", "01001"),
            step(2022, "01001", "01001"),
            step(2022, "01001", "01003"),
            step(2023, "01001", "01004"),
        ])
    }

    #[test]
    fn mergers_splits_and_renumbering_chain_in_both_directions() {
        let walk = crosswalk();
        let convert = |c: &str, a: i16, b: i16| {
            walk.convert(code(c), date(a, 1, 1), date(b, 1, 1)).iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(convert("01002", 2018, 2019), ["01001"]);
        assert_eq!(convert("01002", 2018, 2024), ["01003", "01004"]);
        assert_eq!(convert("01002", 2019, 2024), ["01002"], "untouched after 2019: the caller sees it is unknown");
        assert_eq!(convert("01004", 2024, 2018), ["01001", "01002"]);
        assert_eq!(convert("01003", 2022, 2021), ["01001"]);
        assert_eq!(convert("01999", 2018, 2024), ["01999"]);
    }
}
