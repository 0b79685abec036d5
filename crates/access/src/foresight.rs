//! Practitioners to come: a cohort projection by territory.
//!
//! The stock of a year is that of the year before, less those who leave (retirement at their age, death, another practice),
//! plus those who arrive (trained some years earlier, in some region, where part of them stays). Everything supposed is an
//! [`Assumptions`] file. Ages are the pyramid of the country, tilted in each commune so that the share of its supply due to
//! practitioners over 65 is that of [`crate::ages`].
//!
//! The projection is linear in the stock and in the arrivals, so that the sum over communes is the country exactly, whatever
//! the level read. Intervals have two parts: within a scenario, the exact variance of who leaves (binomial) and arrives
//! (Poisson), at 90 %; around it, the low and high scenarios of the assumptions. Nothing is drawn at random: the same
//! assumptions give the same figures.
//!
//! * [`assumptions`] – what is supposed, with sources.
//! * [`Projection`] – one computation; [`Projection::series`] reads it for an area, [`Projection::falls`] ranks areas that
//!   fall below a threshold.

use std::sync::{Arc, OnceLock};

use pacte_territory::Level;

use crate::ages::{PUBLISHED_LIMIT, Pyramid, Register, Shares};
use crate::french::comma;
use crate::ground::{Catchment, Ground};

pub mod assumptions;
mod basis;
mod cohort;
mod entries;
mod falls;
mod series;

pub use assumptions::{
    Assumed, Assumptions, Disagreement, Faculty, Key, Measure, MeasureRegion, Places, Retention, Scenario,
};
pub use entries::{Levers, TrainingRegion, training_level, training_region};
pub use falls::{Fall, Falls};
pub use series::{Interval, Series, YearRow};

use basis::Basis;
use cohort::Curve;

/// Furthest year a projection goes to.
pub const LAST_YEAR: i16 = 2070;
/// Quantile of the normal law for intervals at 90 %.
pub const Z: f64 = 1.644_853_626_951_472_2;
/// Share of practitioners a register must name for its pyramid to replace the declared one.
const REGISTER_SHARE: f64 = 0.5;

/// What a projection starts from: who practises where, and how old they are. One for many projections.
#[derive(Clone, Debug)]
pub struct Start {
    /// The ground.
    pub ground: Arc<Ground>,
    /// Supply due to those over 65.
    pub shares: Shares,
    /// Pyramid counted in a register that names enough of them, with its citation.
    pub counted: Option<Vec<u32>>,
    /// Citation of the register.
    pub register: Option<String>,
}

impl Start {
    /// Reads the shares of older practitioners, from a register where there is one.
    ///
    /// # Errors
    /// In French, when the territory has no practitioners or no population.
    pub fn new(ground: Arc<Ground>, register: Option<&Register>) -> Result<Self, String> {
        let shares = crate::ages::supply_over_with(&ground, PUBLISHED_LIMIT, &Assumptions::shipped(), register)?;
        let heads: f64 = ground.catchment().map_or(0.0, |catchment| catchment.heads.counts.iter().sum());
        let enough = register.filter(|register| register.practitioners().len() as f64 >= REGISTER_SHARE * heads);
        Ok(Self {
            counted: enough.map(|register| register.ages().collect()),
            register: register.map(|register| register.source().to_owned()),
            ground,
            shares,
        })
    }
}

/// What a scenario gives, year after year from the base.
#[derive(Clone, Debug, PartialEq)]
struct Run {
    /// One practitioner of 65 or under.
    under: Curve,
    /// One practitioner over 65.
    over: Curve,
    /// Those arrived since the base, by training region.
    newcomers: Vec<Curve>,
    /// Hours of a practitioner of the same age, relative to the base.
    hours: Vec<f64>,
    /// Population relative to the base.
    people: Vec<f64>,
    /// Care needed relative to the base: population × need of each.
    need: Vec<f64>,
}

/// A projection of every commune.
#[derive(Debug)]
pub struct Projection {
    ground: Arc<Ground>,
    assumptions: Assumptions,
    levers: Levers,
    base: i16,
    steps: usize,
    /// Share of heads over 65, by commune.
    old_heads: Vec<f64>,
    /// Share of supply over 65, by commune.
    old_supply: Vec<f64>,
    regions: Vec<TrainingRegion>,
    region_level: Level,
    /// Training region of each commune.
    region_of: Vec<Option<u32>>,
    /// Part of its region's arrivals that settle in each commune.
    pull: Vec<f64>,
    runs: [Run; 3],
    basis: OnceLock<Basis>,
    notes: Vec<String>,
    method: String,
}

/// Projects practitioners to a year.
///
/// # Errors
/// In French, when the year is out of range, the territory has no practitioners, or the levers name unknown regions.
pub fn project(start: &Start, assumptions: Assumptions, levers: Levers, to: i16) -> Result<Projection, String> {
    let ground = &start.ground;
    let catchment = ground.catchment().ok_or_else(|| "ce territoire n’a ni effectif ni population".to_owned())?;
    if assumptions.profession != ground.method().profession {
        return Err(format!(
            "les hypothèses « {} » sont celles de la profession « {} », les calculs celles de « {} »",
            assumptions.id,
            assumptions.profession,
            ground.method().profession
        ));
    }
    let base = catchment.heads.vintages.iter().copied().max().unwrap_or(ground.method().vintage);
    if !(base + 1..=LAST_YEAR).contains(&to) {
        return Err(format!(
            "l’horizon {to} est refusé : les effectifs sont de {base}, donnez une année de {} à {LAST_YEAR}",
            base + 1
        ));
    }
    let steps = usize::try_from(to - base).unwrap_or(0);
    let mut notes = Vec::new();
    let pyramid = match &start.counted {
        Some(ages) => {
            let source = start.register.clone().unwrap_or_default();
            notes.push(format!("Pyramide des âges : celle du registre ({source})."));
            assumptions.pyramid.counted(ages.iter().copied(), source)
        }
        None => assumptions.pyramid.clone(),
    };
    let pyramid = pyramid.tilted(PUBLISHED_LIMIT, start.shares.national);
    let old_heads: Vec<f64> =
        start.shares.share.iter().map(|share| pyramid.heads_share(PUBLISHED_LIMIT, *share)).collect();
    let places = entries::Places::new(ground, catchment, &assumptions);
    notes.extend(places.notes.iter().cloned());
    levers.check(&places.regions)?;
    let runs = Scenario::ALL.map(|scenario| {
        let arrivals = places.arrivals(&assumptions, &levers, scenario, base, steps);
        run(&assumptions, &pyramid, scenario, &arrivals, steps)
    });
    let mut regions = places.regions;
    let central = places_arrivals_per_year(&runs[1], steps);
    for (region, arrivals) in regions.iter_mut().zip(central) {
        region.arrivals = arrivals;
    }
    let method = format!(
        "projection par cohortes de {base} à {to}, hypothèses « {} » ({}){} ; âges : {} ; intervalle : variance binomiale des départs et de Poisson des arrivées à 90 %, entre scénario bas et haut",
        assumptions.label,
        assumptions.hash(),
        if levers.places > 0.0 {
            format!(", {} places de plus par an dès {}", comma(levers.places, 0), levers.from)
        } else {
            String::new()
        },
        start.shares.method,
    );
    Ok(Projection {
        ground: Arc::clone(ground),
        base,
        steps,
        old_heads,
        old_supply: start.shares.share.clone(),
        regions,
        region_level: places.level,
        region_of: places.region_of,
        pull: places.pull,
        runs,
        basis: OnceLock::new(),
        notes,
        method,
        assumptions,
        levers,
    })
}

/// Arrivals by region and year, read from a run.
fn places_arrivals_per_year(run: &Run, steps: usize) -> Vec<Vec<f64>> {
    run.newcomers.iter().map(|curve| curve.entries[..steps].to_vec()).collect()
}

fn run(assumptions: &Assumptions, pyramid: &Pyramid, scenario: Scenario, arrivals: &[Vec<f64>], steps: usize) -> Run {
    let at = |key| assumptions.get(key).at(scenario);
    let (shift, leave) = (at(Key::RetirementShift), at(Key::Leave));
    // Leaving by retirement or otherwise, independently.
    let hazard = |age: u32| 1.0 - (1.0 - assumptions.retires(age, shift)) * (1.0 - leave);
    let side = |over| cohort::survive(&pyramid.side(PUBLISHED_LIMIT, over), &pyramid.activity, &hazard, steps);
    let mut under = side(false);
    let mut over = side(true);
    // A unit of supply of each side, not of heads: their own work at the base is 1.
    for curve in [&mut under, &mut over] {
        let first = curve.work[0];
        if first > 0.0 {
            curve.work.iter_mut().for_each(|work| *work /= first);
        }
    }
    let entry = cohort::arrive(at(Key::EntryAge) as u32, &pyramid.activity, &hazard, steps);
    let grows = |rate: f64| (0..=steps).map(|year| (1.0 + rate).powi(year as i32)).collect::<Vec<f64>>();
    let (people, need) = (grows(at(Key::PopulationGrowth)), grows(at(Key::NeedGrowth)));
    Run {
        under,
        over,
        newcomers: arrivals.iter().map(|arrivals| cohort::accumulate(arrivals, &entry, steps)).collect(),
        hours: grows(at(Key::HoursTrend)),
        need: people.iter().zip(&need).map(|(people, need)| people * need).collect(),
        people,
    }
}

impl Projection {
    /// Year of the counts it starts from.
    pub fn base(&self) -> i16 {
        self.base
    }

    /// Every year, the base first.
    pub fn years(&self) -> impl Iterator<Item = i16> + '_ {
        (0..=self.steps).map(|step| self.base + step as i16)
    }

    /// Last year.
    pub fn horizon(&self) -> i16 {
        self.base + self.steps as i16
    }

    /// What was supposed.
    pub fn assumptions(&self) -> &Assumptions {
        &self.assumptions
    }

    /// What was added.
    pub fn levers(&self) -> &Levers {
        &self.levers
    }

    /// Regions of training, with what arrives in each in the central scenario.
    pub fn regions(&self) -> &[TrainingRegion] {
        &self.regions
    }

    /// Level of the regions of training.
    pub fn region_level(&self) -> Level {
        self.region_level
    }

    /// What could not be done as asked, in French.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Year of the code officiel géographique of its areas.
    pub fn geography(&self) -> i16 {
        self.ground.territory().meta.geography.year()
    }

    /// How it was computed, in one French sentence.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Citations of what it was computed from.
    pub fn sources(&self) -> Vec<String> {
        let catchment = self.catchment();
        let mut sources = vec![catchment.heads.citation.clone(), catchment.people.citation()];
        sources.extend(self.ground.population().map(|column| column.provenance.citation()));
        sources.dedup();
        sources
    }

    /// Hash of everything the figures depend on, with the territory's own.
    pub fn fingerprint(&self) -> String {
        let text =
            format!("{} {} {:?} {}", self.ground.fingerprint(), self.assumptions.hash(), self.levers, self.horizon());
        blake3::hash(text.as_bytes()).to_hex()[..16].to_owned()
    }

    fn catchment(&self) -> &Catchment {
        self.ground.catchment().expect("a projection is only made over a catchment")
    }

    fn basis(&self) -> &Basis {
        self.basis.get_or_init(|| Basis::new(self))
    }
}
