//! Who is served by whom: a largest flow, kept up as places open.

use crate::instance::Instance;

/// Who is served by whom.
#[derive(Clone, Debug)]
pub(super) struct Flow<'a> {
    pub(super) instance: &'a Instance,
    /// Weight of each point not served yet.
    pub(super) waiting: Vec<u64>,
    /// Of each point: places that serve it, and how much.
    served: Vec<Vec<(u32, u64)>>,
    /// Weight served.
    pub(super) total: u64,
}

impl<'a> Flow<'a> {
    pub(super) fn new(instance: &'a Instance) -> Self {
        // What exists serves its points whole.
        let waiting =
            instance.weights.iter().zip(&instance.base).map(|(w, base)| if *base > 0 { 0 } else { *w }).collect();
        Self { instance, waiting, served: vec![Vec::new(); instance.points()], total: 0 }
    }

    pub(super) fn of(instance: &'a Instance, sites: &[u32]) -> Self {
        let mut flow = Self::new(instance);
        for site in sites {
            flow.open(*site);
        }
        flow
    }

    /// Opens a place: serves as many more as it can, directly or by relieving others. Returns how many more.
    pub(super) fn open(&mut self, site: u32) -> u64 {
        let mut room = self.instance.capacities.as_ref().map_or(u64::MAX, |capacities| capacities[site as usize]);
        let before = self.total;
        for point in self.points(site) {
            let more = self.waiting[point as usize].min(room);
            self.serve(point, site, more);
            room -= more;
        }
        while room > 0 {
            let Some(path) = self.path(site) else { break };
            // From the point that waits to the new place: each place gives one point away and takes another.
            let (waiting, _) = path[0];
            let mut amount = room.min(self.waiting[waiting as usize]);
            for pair in path.windows(2) {
                let (place, (given, _)) = (pair[0].1, pair[1]);
                amount = amount.min(self.share(given, place));
            }
            for pair in path.windows(2) {
                let (place, (given, taker)) = (pair[0].1, pair[1]);
                self.shift(given, place, taker, amount);
            }
            self.serve(waiting, path[0].1, amount);
            room -= amount;
        }
        self.total - before
    }

    fn points(&self, site: u32) -> Vec<u32> {
        self.instance.by_site.row(site).map(|(point, _)| point).collect()
    }

    fn share(&self, point: u32, site: u32) -> u64 {
        self.served[point as usize].iter().find(|(other, _)| *other == site).map_or(0, |(_, amount)| *amount)
    }

    fn serve(&mut self, point: u32, site: u32, amount: u64) {
        if amount == 0 {
            return;
        }
        self.waiting[point as usize] -= amount;
        self.total += amount;
        self.give(point, site, amount);
    }

    fn give(&mut self, point: u32, site: u32, amount: u64) {
        let list = &mut self.served[point as usize];
        match list.iter_mut().find(|(other, _)| *other == site) {
            Some((_, share)) => *share += amount,
            None => list.push((site, amount)),
        }
    }

    /// Moves part of a point from one place to another.
    fn shift(&mut self, point: u32, from: u32, to: u32, amount: u64) {
        let list = &mut self.served[point as usize];
        if let Some(at) = list.iter().position(|(other, _)| *other == from) {
            list[at].1 -= amount;
            if list[at].1 == 0 {
                list.swap_remove(at);
            }
        }
        self.give(point, to, amount);
    }

    /// A way to serve someone who waits, ending at a place with room: pairs of (point taken, place that takes it), the
    /// waiting point first.
    fn path(&self, site: u32) -> Option<Vec<(u32, u32)>> {
        // Place reached: the point it gives, the place that takes it.
        let mut reached: Vec<(u32, Option<(u32, u32)>)> = vec![(site, None)];
        let mut at = 0;
        while at < reached.len() {
            let (place, _) = reached[at];
            for (point, _) in self.instance.by_site.row(place) {
                if self.waiting[point as usize] > 0 {
                    let mut path = vec![(point, place)];
                    let mut now = reached[at].1;
                    while let Some((given, taker)) = now {
                        path.push((given, taker));
                        now = reached.iter().find(|(other, _)| *other == taker).and_then(|(_, next)| *next);
                    }
                    return Some(path);
                }
                for (other, _) in &self.served[point as usize] {
                    if !reached.iter().any(|(known, _)| known == other) {
                        reached.push((*other, Some((point, place))));
                    }
                }
            }
            at += 1;
        }
        None
    }

    pub(super) fn gain(&self, site: u32) -> u64 {
        self.clone().open(site)
    }
}
