//! Which areas fall below a threshold, and when.

use pacte_territory::{Column, Level};

use super::{Projection, Run};

/// An area that falls below the threshold.
#[derive(Clone, Debug, PartialEq)]
pub struct Fall {
    /// The area.
    pub area: u32,
    /// First year below, central scenario; `None` when it never does before the horizon but does in the low one.
    pub year: Option<i16>,
    /// First year below in the low scenario.
    pub year_low: Option<i16>,
    /// First year below in the high scenario.
    pub year_high: Option<i16>,
    /// APL at the base.
    pub first: f64,
    /// APL at the horizon, central scenario.
    pub last: f64,
    /// Inhabitants at the base.
    pub people: f64,
}

/// Areas of a level before a threshold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Falls {
    /// Those that fall, the earliest first, then those where most people live.
    pub rows: Vec<Fall>,
    /// Areas already below at the base, and who lives there.
    pub already: (usize, f64),
    /// Areas that stay above in every scenario.
    pub above: usize,
}

impl Projection {
    /// Areas of a level whose APL falls below a threshold before the horizon, those already below left out. The APL above
    /// the commune is the mean weighted by standardised population. Years are those of the scenarios' means, without the
    /// spread of who leaves.
    ///
    /// `within` keeps the areas whose largest commune lies in a larger area.
    pub fn falls(&self, level: Level, threshold: f64, within: Option<(Level, u32)>) -> Falls {
        let areas = self.ground.territory().count(level) as usize;
        let catchment = self.catchment();
        let basis = self.basis();
        let regions = self.regions.len();
        let territory = self.ground.territory();
        // Sums by area: demand, both parts of the APL, newcomers by region (dense: there are at most a few dozen).
        let mut demand = vec![0.0; areas];
        let mut parts = vec![[0.0; 2]; areas];
        let mut gains = vec![0.0; areas * regions];
        let mut people = vec![0.0; areas];
        let mut largest = vec![(f64::NEG_INFINITY, 0_u32); areas];
        for commune in 0..territory.len() as u32 {
            let Some(area) = territory.area_of(level, commune) else { continue };
            let (id, area) = (commune as usize, area as usize);
            let inhabitants = self.ground.people(commune);
            people[area] += inhabitants;
            if inhabitants > largest[area].0 {
                largest[area] = (inhabitants, commune);
            }
            let weight = catchment.demand[id];
            // Not known, or nobody.
            if catchment.known_demand[id].is_nan() || weight <= 0.0 {
                continue;
            }
            demand[area] += weight;
            parts[area][0] += weight * basis.under[id];
            parts[area][1] += weight * basis.over[id];
            for (region, gain) in &basis.newcomers[id] {
                gains[area * regions + *region as usize] += weight * gain;
            }
        }
        let inside = |area: usize| match within {
            None | Some((Level::Country, _)) => true,
            Some((parent, home)) => territory.area_of(parent, largest[area].1) == Some(home),
        };
        let mut falls = Falls::default();
        for area in (0..areas).filter(|area| demand[*area] > 0.0 && inside(*area)) {
            let own = &gains[area * regions..(area + 1) * regions];
            let at = |run: &Run, step: usize| {
                let come: f64 = run.newcomers.iter().zip(own).map(|(curve, gain)| curve.work[step] * gain).sum();
                let stay = parts[area][0] * run.under.work[step] + parts[area][1] * run.over.work[step];
                (stay + come) / demand[area] * run.hours[step] / run.need[step]
            };
            let first = at(&self.runs[1], 0);
            if first < threshold {
                falls.already.0 += 1;
                falls.already.1 += people[area];
                continue;
            }
            let year = |run: &Run| {
                (1..=self.steps).find(|step| at(run, *step) < threshold).map(|step| self.base + step as i16)
            };
            let [year_low, year, year_high] = self.runs.each_ref().map(year);
            if year.is_none() && year_low.is_none() {
                falls.above += 1;
                continue;
            }
            let last = at(&self.runs[1], self.steps);
            falls.rows.push(Fall { area: area as u32, year, year_low, year_high, first, last, people: people[area] });
        }
        let order = |fall: &Fall| fall.year.unwrap_or(i16::MAX);
        falls.rows.sort_by(|a, b| {
            (order(a), a.year_low.unwrap_or(i16::MAX))
                .cmp(&(order(b), b.year_low.unwrap_or(i16::MAX)))
                .then(b.people.total_cmp(&a.people))
                .then(a.area.cmp(&b.area))
        });
        falls
    }

    /// APL of each commune in a year of the central scenario, `NaN` where the population is not known: for maps.
    ///
    /// # Panics
    /// When the year is before the base or after the horizon.
    pub fn apl_in(&self, year: i16) -> Vec<f64> {
        assert!((self.base..=self.horizon()).contains(&year), "{year} is not projected");
        let step = (year - self.base) as usize;
        let basis = self.basis();
        let run = &self.runs[1];
        let known = &self.catchment().known_demand;
        (0..known.len())
            .map(|id| {
                let come: f64 = basis.newcomers[id]
                    .iter()
                    .map(|(region, gain)| run.newcomers[*region as usize].work[step] * gain)
                    .sum();
                let stay = basis.under[id] * run.under.work[step] + basis.over[id] * run.over.work[step];
                (stay + come) * run.hours[step] / run.need[step] + 0.0 * known[id]
            })
            .collect()
    }

    /// Inhabitants below the threshold in a year of the central scenario, by the APL of their commune.
    pub fn people_below(&self, year: i16, threshold: f64) -> f64 {
        let people: Option<&Column> = self.ground.population();
        let below = self.apl_in(year);
        below
            .iter()
            .enumerate()
            .filter(|(_, apl)| **apl < threshold)
            .filter_map(|(id, _)| people.and_then(|column| column.get(id as u32)))
            .sum()
    }
}
