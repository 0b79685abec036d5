//! People and communes beyond a limit.

use pacte_territory::{CommuneId, Level};

use super::cover::Cover;

/// People and communes beyond a limit, among those of an area.
///
/// A commune that no resource reaches is beyond; a commune that nobody located is neither beyond nor within, and its people
/// are counted apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Beyond {
    /// Communes beyond.
    pub communes: u32,
    /// Communes of the area.
    pub of_communes: u32,
    /// People beyond.
    pub people: u64,
    /// People of the area whose time is known.
    pub of_people: u64,
    /// People of communes that nobody located.
    pub unknown: u64,
}

impl Beyond {
    /// Percentage of the people beyond; `None` where nobody lives.
    pub fn share(&self) -> Option<f64> {
        (self.of_people > 0).then(|| 100.0 * self.people as f64 / self.of_people as f64)
    }

    fn add(&mut self, cover: &Cover, commune: CommuneId, minutes: f32, limit: f32) {
        let people = cover.people()[commune as usize];
        self.of_communes += 1;
        if minutes.is_nan() && !cover.is_located(commune) {
            self.unknown += people;
            return;
        }
        self.of_people += people;
        if !within(minutes, limit) {
            self.communes += 1;
            self.people += people;
        }
    }
}

/// Whether minutes (`NaN` when nothing reaches) are within a limit, its last second included.
pub(super) fn within(minutes: f32, limit: f32) -> bool {
    minutes <= limit
}

impl Cover {
    /// Whether a commune is beyond a limit (minutes). Communes nobody located are not.
    pub fn is_beyond(&self, commune: CommuneId, minutes: f32, limit: f32) -> bool {
        !within(minutes, limit) && (!minutes.is_nan() || self.is_located(commune))
    }

    /// People and communes beyond a limit in the whole territory; `minutes` has one value per commune.
    pub fn beyond(&self, minutes: &[f32], limit: f32) -> Beyond {
        let mut all = Beyond::default();
        for (commune, time) in (0_u32..).zip(minutes) {
            all.add(self, commune, *time, limit);
        }
        all
    }

    /// The same for each area of a level, in the order of its indices. Communes outside every area are left out.
    pub fn beyond_by(&self, level: Level, minutes: &[f32], limit: f32) -> Vec<Beyond> {
        let territory = self.ground().territory();
        let mut areas = vec![Beyond::default(); territory.count(level) as usize];
        for (commune, time) in (0_u32..).zip(minutes) {
            if let Some(area) = territory.area_of(level, commune) {
                areas[area as usize].add(self, commune, *time, limit);
            }
        }
        areas
    }

    /// Mean minutes of the people of each area, `NaN` where nobody is reached; communes beyond every resource are left
    /// out, and [`Beyond`] says how many they are.
    pub fn mean_minutes_by(&self, level: Level, minutes: &[f32]) -> Vec<f64> {
        let territory = self.ground().territory();
        let mut sums = vec![(0.0, 0.0); territory.count(level) as usize];
        for (commune, time) in (0_u32..).zip(minutes) {
            if let Some(area) = territory.area_of(level, commune).filter(|_| !time.is_nan()) {
                let people = self.people()[commune as usize] as f64;
                let sum: &mut (f64, f64) = &mut sums[area as usize];
                *sum = (sum.0 + people * f64::from(*time), sum.1 + people);
            }
        }
        sums.into_iter().map(|(total, people)| if people > 0.0 { total / people } else { f64::NAN }).collect()
    }
}
