//! Our APL against the published one: how close, on which side, and where they part; and two computations of ours, by
//! roads and by the model, side by side.

use pacte_territory::{Column, Level, Territory};

mod computed;

pub use computed::{Difference, Pair, differences, pairs, shared, widest};

/// Levels the comparison is made at.
pub const LEVELS: [Level; 3] = [Level::Commune, Level::BassinDeVie, Level::Departement];

/// Agreement of two columns at one level, under one weighting.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// Vintage of the published values.
    pub vintage: i16,
    /// Level.
    pub level: Level,
    /// `population` or `standardised`.
    pub weighting: &'static str,
    /// Pearson correlation weighted by people.
    pub r_weighted: f64,
    /// Weighted mean of computed − published, in the unit of the columns.
    pub bias: f64,
    /// Root of the weighted mean square difference.
    pub rmse: f64,
    /// Areas compared: those where both values are known and somebody lives.
    pub n: u32,
}

/// One area where the two differ much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    /// The area.
    pub area: u32,
    /// Computed value.
    pub computed: f64,
    /// Published value.
    pub published: f64,
    /// Inhabitants.
    pub people: f64,
}

/// Compares a computed and a published column at each level of [`LEVELS`], weighted by inhabitants and by standardised
/// inhabitants. Above the commune both are carried by the published standardised population, so that only the values
/// differ.
pub fn agreements(
    territory: &Territory,
    computed: &Column,
    published: &Column,
    standardised: &Column,
    population: &Column,
) -> Vec<Agreement> {
    let mut rows = Vec::new();
    for level in LEVELS.into_iter().filter(|level| territory.count(*level) > 0) {
        let areas: Vec<[f64; 4]> = (0..territory.count(level))
            .filter_map(|area| carried(&territory.members(level, area), computed, published, standardised, population))
            .collect();
        for (weighting, column) in [("population", 3), ("standardised", 2)] {
            rows.push(agreement(published.vintage, level, weighting, &areas, column));
        }
    }
    rows
}

/// Means of both columns over communes where everything is known, with standardised and plain people.
fn carried(
    members: &[u32],
    computed: &Column,
    published: &Column,
    weight: &Column,
    people: &Column,
) -> Option<[f64; 4]> {
    let mut sums = [0.0; 4];
    for id in members {
        let (Some(ours), Some(theirs), Some(weight), Some(people)) =
            (computed.get(*id), published.get(*id), weight.get(*id), people.get(*id))
        else {
            continue;
        };
        sums[0] += weight * ours;
        sums[1] += weight * theirs;
        sums[2] += weight;
        sums[3] += people;
    }
    (sums[2] > 0.0).then(|| [sums[0] / sums[2], sums[1] / sums[2], sums[2], sums[3]])
}

fn agreement(vintage: i16, level: Level, weighting: &'static str, areas: &[[f64; 4]], weight: usize) -> Agreement {
    let total: f64 = areas.iter().map(|area| area[weight]).sum();
    let mean = |value: &dyn Fn(&[f64; 4]) -> f64| areas.iter().map(|a| a[weight] * value(a)).sum::<f64>() / total;
    let (x, y) = (mean(&|a| a[0]), mean(&|a| a[1]));
    let covariance = mean(&|a| (a[0] - x) * (a[1] - y));
    let (var_x, var_y) = (mean(&|a| (a[0] - x).powi(2)), mean(&|a| (a[1] - y).powi(2)));
    Agreement {
        vintage,
        level,
        weighting,
        r_weighted: covariance / (var_x * var_y).sqrt(),
        bias: x - y,
        rmse: mean(&|a| (a[0] - a[1]).powi(2)).sqrt(),
        n: areas.len() as u32,
    }
}

/// Areas of a level whose difference touches the most people: by |difference| × inhabitants, the largest first.
pub fn worst(
    territory: &Territory,
    level: Level,
    computed: &Column,
    published: &Column,
    standardised: &Column,
    population: &Column,
    count: usize,
) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = (0..territory.count(level))
        .filter_map(|area| {
            let members = territory.members(level, area);
            let [ours, theirs, _, people] = carried(&members, computed, published, standardised, population)?;
            Some(Gap { area, computed: ours, published: theirs, people })
        })
        .collect();
    let weight = |gap: &Gap| (gap.computed - gap.published).abs() * gap.people;
    gaps.sort_by(|a, b| weight(b).total_cmp(&weight(a)).then(a.area.cmp(&b.area)));
    gaps.truncate(count);
    gaps
}
