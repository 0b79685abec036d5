//! What a pass over a file gives, before files are put together.

use std::collections::BTreeMap;

use super::restriction;
use super::tags::{NodeFacts, WayTags};
use crate::point::Point;

/// Ways of a piece of file: nodes still go by OpenStreetMap identity.
#[derive(Debug, Default)]
pub(super) struct RawWays {
    pub(super) ids: Vec<i64>,
    pub(super) tags: Vec<WayTags>,
    /// Number of nodes of each way.
    pub(super) sizes: Vec<u32>,
    pub(super) refs: Vec<i64>,
    /// `highway=*` ways nobody can travel.
    pub(super) ignored: Vec<i64>,
    pub(super) restrictions: Vec<restriction::Raw>,
    pub(super) ignored_restrictions: BTreeMap<&'static str, u64>,
    pub(super) way_count: u64,
    pub(super) relation_count: u64,
}

impl RawWays {
    /// Takes a way in, without its repeated nodes; one that goes nowhere is dropped.
    pub(super) fn push(&mut self, id: i64, tags: WayTags, refs: impl Iterator<Item = i64>) {
        let start = self.refs.len();
        for node in refs {
            if self.refs.len() == start || self.refs.last() != Some(&node) {
                self.refs.push(node);
            }
        }
        if self.refs.len() - start < 2 {
            self.refs.truncate(start);
            self.ignored.push(id);
            return;
        }
        self.ids.push(id);
        self.tags.push(tags);
        self.sizes.push((self.refs.len() - start) as u32);
    }

    /// Takes in what the reading of a relation gave.
    pub(super) fn relation(&mut self, read: Result<Option<restriction::Raw>, &'static str>) {
        match read {
            Ok(Some(restriction)) => self.restrictions.push(restriction),
            Ok(None) => {}
            Err(reason) => *self.ignored_restrictions.entry(reason).or_default() += 1,
        }
    }

    /// Adds the next piece of the same file.
    pub(super) fn append(&mut self, mut next: Self) {
        self.ids.append(&mut next.ids);
        self.tags.append(&mut next.tags);
        self.sizes.append(&mut next.sizes);
        self.refs.append(&mut next.refs);
        self.ignored.append(&mut next.ignored);
        self.restrictions.append(&mut next.restrictions);
        for (reason, count) in next.ignored_restrictions {
            *self.ignored_restrictions.entry(reason).or_default() += count;
        }
        self.way_count += next.way_count;
        self.relation_count += next.relation_count;
    }
}

/// Nodes found in a piece of file, by rank among the wanted ones.
#[derive(Debug, Default)]
pub(super) struct RawNodes {
    pub(super) places: Vec<(u32, Point)>,
    pub(super) facts: Vec<(u32, NodeFacts)>,
    pub(super) count: u64,
}

/// Finds nodes among the wanted ones; fast when they come in ascending order, as they do in extracts.
pub(super) struct Finder<'a> {
    wanted: &'a [i64],
    at: usize,
}

impl<'a> Finder<'a> {
    pub(super) fn new(wanted: &'a [i64]) -> Self {
        Self { wanted, at: 0 }
    }

    /// Rank of a node, if it is wanted.
    pub(super) fn find(&mut self, id: i64) -> Option<u32> {
        if self.at > 0 && self.wanted[self.at - 1] >= id {
            self.at = 0;
        }
        // Doubling steps, then halving: the next wanted node is usually near.
        let (mut step, mut low) = (1, self.at);
        let mut high = low;
        while high < self.wanted.len() && self.wanted[high] < id {
            low = high + 1;
            high += step;
            step *= 2;
        }
        let high = high.min(self.wanted.len());
        self.at = low + self.wanted[low..high].partition_point(|wanted| *wanted < id);
        (self.wanted.get(self.at) == Some(&id)).then_some(self.at as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wanted_nodes_are_found_in_any_order() {
        let wanted: Vec<i64> = (0..200).map(|k| k * 3).collect();
        let mut finder = Finder::new(&wanted);
        for id in (0..700).chain([5, 6, 597, 3, 0, 598, 597]).chain((0..700).rev()) {
            let expected = (id % 3 == 0 && id < 600).then_some((id / 3) as u32);
            assert_eq!(finder.find(id), expected, "{id}");
        }
    }
}
