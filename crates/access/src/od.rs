//! Origin–destination tables: for each commune, the communes within reach and the minutes to them.

/// Travel times in compressed rows: the destinations of origin `i` are `targets[offsets[i]..offsets[i + 1]]`.
///
/// Rows are sorted by destination; an origin is among its own destinations, at 0 minute.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OdMatrix {
    /// First pair of each origin, plus the end; one more than there are communes.
    pub offsets: Vec<usize>,
    /// Destination of each pair.
    pub targets: Vec<u32>,
    /// Minutes of each pair.
    pub minutes: Vec<f32>,
}

impl OdMatrix {
    /// Builds a table from rows of (destination, minutes); each row is sorted here.
    pub fn from_rows(rows: Vec<Vec<(u32, f32)>>) -> Self {
        let pairs = rows.iter().map(Vec::len).sum();
        let mut od = Self { offsets: vec![0], targets: Vec::with_capacity(pairs), minutes: Vec::with_capacity(pairs) };
        for mut row in rows {
            row.sort_unstable_by_key(|(target, _)| *target);
            od.targets.extend(row.iter().map(|(target, _)| *target));
            od.minutes.extend(row.iter().map(|(_, minutes)| *minutes));
            od.offsets.push(od.targets.len());
        }
        od
    }

    /// Number of origins.
    pub fn origins(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Number of pairs.
    pub fn pairs(&self) -> usize {
        self.targets.len()
    }

    /// Destinations and minutes from an origin.
    pub fn row(&self, origin: u32) -> impl Iterator<Item = (u32, f32)> + '_ {
        let range = self.offsets[origin as usize]..self.offsets[origin as usize + 1];
        self.targets[range.clone()].iter().copied().zip(self.minutes[range].iter().copied())
    }

    /// Weight of each pair, in the order of the pairs.
    pub fn weights(&self, weight: impl Fn(f64) -> f64 + Sync) -> Vec<f64> {
        use rayon::prelude::*;
        self.minutes.par_iter().map(|minutes| weight(f64::from(*minutes))).collect()
    }
}
