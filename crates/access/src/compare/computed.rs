//! Two computations side by side: the same figures under two sources of travel times.

use pacte_territory::{Aggregation, Column, CommuneId, Level, Territory};

use super::LEVELS;

/// How far apart two computations of one figure are, at one level.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The figure: `access.apl.gp`, `access.minutes.emergency`…
    pub concept: String,
    /// Its vintage.
    pub vintage: i16,
    /// Its French label.
    pub label: String,
    /// Its French unit.
    pub unit: String,
    /// Level of the areas compared.
    pub level: Level,
    /// Pearson correlation weighted by people; `None` when either side is the same everywhere.
    pub r_weighted: Option<f64>,
    /// Weighted mean of second − first, in the unit of the figure.
    pub bias: f64,
    /// Root of the weighted mean square difference.
    pub rmse: f64,
    /// Areas compared: those where both values are known and somebody lives.
    pub n: u32,
    /// Areas with a value in the first only.
    pub only_first: u32,
    /// Areas with a value in the second only.
    pub only_second: u32,
}

impl Difference {
    /// French headings of the figures, in the order of [`Self::figures`].
    pub const HEADINGS: [&'static str; 6] = [
        "corrélation pondérée",
        "écart moyen (second − premier)",
        "écart quadratique moyen",
        "territoires comparés",
        "connus du premier seul",
        "connus du second seul",
    ];

    /// The figures; `None` where there is none.
    pub fn figures(&self) -> [Option<f64>; 6] {
        let known = |value: f64| Some(value).filter(|value| !value.is_nan());
        let count = |count: u32| Some(f64::from(count));
        [
            self.r_weighted,
            known(self.bias),
            known(self.rmse),
            count(self.n),
            count(self.only_first),
            count(self.only_second),
        ]
    }
}

/// One area under both computations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The area.
    pub area: u32,
    /// First value; `None` when it cannot be computed.
    pub first: Option<f64>,
    /// Second value.
    pub second: Option<f64>,
    /// People the values are weighted by (standardised inhabitants for APL, inhabitants for minutes).
    pub people: f64,
}

impl Pair {
    /// Second − first, when both are known.
    pub fn gap(&self) -> Option<f64> {
        Some(self.second? - self.first?)
    }
}

/// The APL and the minutes that two computations over one territory share: first column, second column, in the order of the
/// first.
pub fn shared<'a>(first: &'a [Column], second: &'a [Column]) -> Vec<(&'a Column, &'a Column)> {
    let compared =
        |column: &&Column| column.concept.starts_with("access.apl.") || column.concept.starts_with("access.minutes.");
    let same = |a: &'a Column| {
        let b = second.iter().find(|b| b.concept == a.concept && b.vintage == a.vintage)?;
        Some((a, b))
    };
    first.iter().filter(compared).filter_map(same).collect()
}

/// Compares two computations over one territory (columns of [`crate::compute::AccessResults`]): one row for each figure and
/// level of [`LEVELS`] the territory has, those that neither computation knows left out.
pub fn differences(territory: &Territory, first: &[Column], second: &[Column]) -> Vec<Difference> {
    let mut rows = Vec::new();
    for (a, b) in shared(first, second) {
        for level in LEVELS.into_iter().filter(|level| territory.count(*level) > 0) {
            rows.push(difference(level, a, &pairs(territory, level, first, a, b)));
        }
    }
    rows.retain(|row| row.n + row.only_first + row.only_second > 0);
    rows
}

/// Both values of every area of a level, in the order of areas. Above the commune values are means weighted by people over
/// the communes where *both* are known, so that only the values differ; where no commune has both, each mean is over what
/// it has. `computed` holds the weights that are computed (standardised population).
pub fn pairs(territory: &Territory, level: Level, computed: &[Column], first: &Column, second: &Column) -> Vec<Pair> {
    let weight = match &first.aggregation {
        Aggregation::WeightedMean { concept, vintage } => computed
            .iter()
            .find(|column| column.concept == *concept && column.vintage == *vintage)
            .or_else(|| territory.column(concept, *vintage)),
        _ => None,
    };
    let people_of = |commune: CommuneId| weight.map_or(Some(1.0), |weight| weight.get(commune)).unwrap_or(0.0);
    (0..territory.count(level))
        .map(|area| {
            let members = territory.members(level, area);
            let mean = |value: &dyn Fn(CommuneId) -> Option<f64>| {
                let known = members.iter().filter_map(|id| Some((value(*id)?, people_of(*id))));
                let (sum, total) =
                    known.fold((0.0, 0.0), |(sum, total), (value, people)| (sum + people * value, total + people));
                (total > 0.0).then(|| sum / total)
            };
            let both = |id: CommuneId| first.get(id).is_some() && second.get(id).is_some();
            let shared =
                (mean(&|id| first.get(id).filter(|_| both(id))), mean(&|id| second.get(id).filter(|_| both(id))));
            let (first, second) = match shared {
                (Some(_), Some(_)) => shared,
                _ => (mean(&|id| first.get(id)), mean(&|id| second.get(id))),
            };
            Pair { area, first, second, people: members.iter().map(|id| people_of(*id)).sum() }
        })
        .collect()
}

fn difference(level: Level, column: &Column, pairs: &[Pair]) -> Difference {
    let both: Vec<[f64; 3]> = pairs
        .iter()
        .filter_map(|pair| Some([pair.first?, pair.second?, pair.people]))
        .filter(|[_, _, people]| *people > 0.0)
        .collect();
    let total: f64 = both.iter().map(|pair| pair[2]).sum();
    let mean = |value: &dyn Fn(&[f64; 3]) -> f64| both.iter().map(|pair| pair[2] * value(pair)).sum::<f64>() / total;
    let (x, y) = (mean(&|pair| pair[0]), mean(&|pair| pair[1]));
    let covariance = mean(&|pair| (pair[0] - x) * (pair[1] - y));
    let spread = (mean(&|pair| (pair[0] - x).powi(2)) * mean(&|pair| (pair[1] - y).powi(2))).sqrt();
    let count = |only: &dyn Fn(&Pair) -> bool| pairs.iter().filter(|pair| only(pair)).count() as u32;
    Difference {
        concept: column.concept.clone(),
        vintage: column.vintage,
        label: column.label.clone(),
        unit: column.unit.clone(),
        level,
        r_weighted: (spread > 0.0).then(|| covariance / spread),
        bias: mean(&|pair| pair[1] - pair[0]),
        rmse: mean(&|pair| (pair[1] - pair[0]).powi(2)).sqrt(),
        n: both.len() as u32,
        only_first: count(&|pair| pair.first.is_some() && pair.second.is_none()),
        only_second: count(&|pair| pair.first.is_none() && pair.second.is_some()),
    }
}

/// Areas whose difference touches the most people: by |difference| × people, the largest first, ties by area.
pub fn widest(mut pairs: Vec<Pair>, count: usize) -> Vec<Pair> {
    let weight = |pair: &Pair| pair.gap().map_or(-1.0, |gap| gap.abs() * pair.people);
    pairs.sort_by(|a, b| weight(b).total_cmp(&weight(a)).then(a.area.cmp(&b.area)));
    pairs.retain(|pair| pair.gap().is_some());
    pairs.truncate(count);
    pairs
}
