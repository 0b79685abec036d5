//! A pyramid of ages with the activity of each: what stands in for individual ages.

/// Youngest age described, completed years.
pub const FIRST_AGE: u32 = 25;
/// Oldest age described: who is older counts there.
pub const LAST_AGE: u32 = 79;
const AGES: usize = (LAST_AGE - FIRST_AGE + 1) as usize;

/// A band of ages.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AgeBand {
    /// First age, completed years.
    pub from: u32,
    /// Last age, included.
    pub to: u32,
    /// Value of the band.
    pub value: f64,
}

/// Practitioners by age, and what each age works relative to the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Pyramid {
    /// Share of practitioners of each age from [`FIRST_AGE`] to [`LAST_AGE`]; sums to 1.
    pub heads: Vec<f64>,
    /// Relative activity of a practitioner of each age; its mean over `heads` is 1.
    pub activity: Vec<f64>,
    /// Citation.
    pub source: String,
}

impl Pyramid {
    /// From bands of heads, shared evenly between the ages of a band, and bands of relative activity. Bands follow one
    /// another from [`FIRST_AGE`] to [`LAST_AGE`], which the reader of assumptions checks.
    pub fn new(heads: &[AgeBand], activity: &[AgeBand], source: impl Into<String>) -> Self {
        let at = |bands: &[AgeBand], age: u32, even: bool| {
            let band = bands.iter().find(|band| (band.from..=band.to).contains(&age));
            band.map_or(0.0, |band| if even { band.value / f64::from(band.to - band.from + 1) } else { band.value })
        };
        let heads = (FIRST_AGE..=LAST_AGE).map(|age| at(heads, age, true)).collect();
        let activity = (FIRST_AGE..=LAST_AGE).map(|age| at(activity, age, false)).collect();
        Self { heads, activity, source: source.into() }.normalised()
    }

    /// From ages counted one by one (the pyramid of a register), with the activity of another pyramid.
    #[must_use]
    pub fn counted(&self, ages: impl IntoIterator<Item = u32>, source: impl Into<String>) -> Self {
        let mut heads = vec![0.0; AGES];
        for age in ages {
            heads[rank(age)] += 1.0;
        }
        Self { heads, activity: self.activity.clone(), source: source.into() }.normalised()
    }

    fn normalised(mut self) -> Self {
        let total: f64 = self.heads.iter().sum();
        if total > 0.0 {
            for heads in &mut self.heads {
                *heads /= total;
            }
        }
        let mean: f64 = self.heads.iter().zip(&self.activity).map(|(heads, activity)| heads * activity).sum();
        if mean > 0.0 {
            for activity in &mut self.activity {
                *activity /= mean;
            }
        }
        self
    }

    /// Share of the supply due to practitioners over an age.
    pub fn supply_over(&self, age: u32) -> f64 {
        self.sum(|one| one > age, true)
    }

    /// Share of practitioners over an age.
    pub fn heads_over(&self, age: u32) -> f64 {
        self.sum(|one| one > age, false)
    }

    fn sum(&self, of: impl Fn(u32) -> bool, supply: bool) -> f64 {
        let ages = (FIRST_AGE..).zip(self.heads.iter().zip(&self.activity)).filter(|(age, _)| of(*age));
        ages.map(|(_, (heads, activity))| if supply { heads * activity } else { *heads }).sum()
    }

    /// Mean activity of practitioners over an age, and of the others.
    pub fn activities(&self, age: u32) -> (f64, f64) {
        let mean = |over: bool| {
            let heads = self.sum(|one| (one > age) == over, false);
            if heads > 0.0 { self.sum(|one| (one > age) == over, true) / heads } else { 1.0 }
        };
        (mean(true), mean(false))
    }

    /// Share of heads over an age from their share of supply: the older may work less.
    pub fn heads_share(&self, age: u32, supply_share: f64) -> f64 {
        let (over, under) = self.activities(age);
        let (old, young) = (supply_share / over, (1.0 - supply_share) / under);
        if old + young > 0.0 { (old / (old + young)).clamp(0.0, 1.0) } else { 0.0 }
    }

    /// The same pyramid where the share of supply over an age is `share`: both sides keep their shape.
    #[must_use]
    pub fn tilted(&self, age: u32, share: f64) -> Self {
        let heads = self.heads_share(age, share);
        let own = self.heads_over(age);
        let factor = |over: bool| match over {
            true if own > 0.0 => heads / own,
            false if own < 1.0 => (1.0 - heads) / (1.0 - own),
            _ => 0.0,
        };
        let scaled = (FIRST_AGE..).zip(&self.heads).map(|(one, heads)| heads * factor(one > age)).collect();
        Self { heads: scaled, activity: self.activity.clone(), source: self.source.clone() }.normalised()
    }

    /// Heads of one side of an age alone, summing to 1; nothing when nobody is there.
    pub fn side(&self, age: u32, over: bool) -> Vec<f64> {
        let total = self.sum(|one| (one > age) == over, false);
        let share = |(one, heads): (u32, &f64)| if (one > age) == over && total > 0.0 { heads / total } else { 0.0 };
        (FIRST_AGE..).zip(&self.heads).map(share).collect()
    }

    /// Share of supply over `to` of a place whose share over `from` is `share`.
    pub fn move_limit(&self, share: f64, from: u32, to: u32) -> f64 {
        let (over_from, over_to) = (self.supply_over(from), self.supply_over(to));
        if to >= from {
            if over_from > 0.0 { share * over_to / over_from } else { 0.0 }
        } else if over_from < 1.0 {
            share + (1.0 - share) * (over_to - over_from) / (1.0 - over_from)
        } else {
            share
        }
    }
}

/// Rank of an age; those out of range count at the nearest end.
fn rank(age: u32) -> usize {
    (age.clamp(FIRST_AGE, LAST_AGE) - FIRST_AGE) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pyramid() -> Pyramid {
        let band = |from, to, value| AgeBand { from, to, value };
        Pyramid::new(
            &[band(25, 44, 40.0), band(45, 64, 40.0), band(65, 79, 20.0)],
            &[band(25, 64, 1.0), band(65, 79, 0.5)],
            "essai",
        )
    }

    #[test]
    fn shares_of_heads_and_supply_follow_activity() {
        let pyramid = pyramid();
        assert!((pyramid.heads.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((pyramid.heads_over(64) - 0.2).abs() < 1e-12);
        // 20 heads at one half of the others' activity: 10 parts out of 90.
        assert!((pyramid.supply_over(64) - 1.0 / 9.0).abs() < 1e-12);
        assert!((pyramid.heads_share(64, 1.0 / 9.0) - 0.2).abs() < 1e-12);
    }

    #[test]
    fn a_tilted_pyramid_has_the_share_asked_for() {
        for share in [0.0, 0.05, 0.118, 0.6, 1.0] {
            let tilted = pyramid().tilted(64, share);
            assert!((tilted.supply_over(64) - share).abs() < 1e-12, "{share}");
            assert!((tilted.heads.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn a_share_moves_to_another_limit_and_back() {
        let pyramid = pyramid();
        let national = pyramid.supply_over(64);
        assert!((pyramid.move_limit(national, 64, 70) - pyramid.supply_over(70)).abs() < 1e-12);
        assert!((pyramid.move_limit(national, 64, 50) - pyramid.supply_over(50)).abs() < 1e-12);
        assert!(pyramid.move_limit(0.5, 64, 60) > 0.5 && pyramid.move_limit(0.5, 64, 70) < 0.5);
        assert!((pyramid.move_limit(1.0, 64, 40) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_register_makes_a_pyramid() {
        let counted = pyramid().counted([30, 30, 40, 90], "registre");
        assert!((counted.heads_over(64) - 0.25).abs() < 1e-12, "90 counts at the last age");
        assert!((counted.heads.iter().zip(&counted.activity).map(|(h, a)| h * a).sum::<f64>() - 1.0).abs() < 1e-12);
    }
}
