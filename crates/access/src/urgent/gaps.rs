//! Where those beyond the limit live together: pieces of neighbouring communes, ranked by people.

use std::cmp::Reverse;

use pacte_territory::CommuneId;

use super::cover::Cover;

/// Neighbouring communes beyond a limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// Its communes, most people first.
    pub communes: Vec<CommuneId>,
    /// Its people.
    pub people: u64,
    /// Longest best time of its communes, minutes; `NaN` when some are reached by nothing.
    pub farthest: f32,
}

impl Cover {
    /// Pieces of neighbouring communes beyond a limit, most people first.
    pub fn gaps(&self, minutes: &[f32], limit: f32) -> Vec<Gap> {
        let territory = self.ground().territory();
        let mut open: Vec<bool> =
            (0_u32..).zip(minutes).map(|(commune, time)| self.is_beyond(commune, *time, limit)).collect();
        let mut gaps = Vec::new();
        for start in 0..open.len() as CommuneId {
            if !std::mem::take(&mut open[start as usize]) {
                continue;
            }
            let (mut communes, mut next) = (vec![start], 0);
            while let Some(commune) = communes.get(next).copied() {
                next += 1;
                for (neighbour, _) in territory.neighbours(commune) {
                    if std::mem::take(&mut open[*neighbour as usize]) {
                        communes.push(*neighbour);
                    }
                }
            }
            communes.sort_unstable_by_key(|commune| (Reverse(self.people()[*commune as usize]), *commune));
            let longest = |a: f32, b: f32| if a.is_nan() || b.is_nan() { f32::NAN } else { a.max(b) };
            gaps.push(Gap {
                people: communes.iter().map(|commune| self.people()[*commune as usize]).sum(),
                farthest: communes.iter().map(|commune| minutes[*commune as usize]).fold(0.0, longest),
                communes,
            });
        }
        gaps.sort_by_key(|gap| (Reverse(gap.people), gap.communes[0]));
        gaps
    }
}
