//! Projections made away from the threads that answer pages, the last ones kept.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use pacte_access::ages::Register;
use pacte_access::foresight::{Assumptions, Falls, Interval, Key, Levers, Projection, Series, Start, project};
use pacte_access::ground::Ground;

use super::asked::{Asked, measure_codes};
use crate::error::Fault;
use crate::recent::{Recent, Turns};
use crate::state::{AppState, Portal};

/// Name of the register of practitioners an operator may put among the decisions.
const REGISTER: &str = "praticiens.csv";
/// Projections kept: one weighs some megabytes.
const PROJECTIONS: usize = 6;
/// Answers kept.
const ANSWERS: usize = 24;
/// Projections made at the same time.
const AT_ONCE: usize = 2;
/// Shares kept by a region that the table of levers compares, per cent.
pub(super) const RETENTIONS: [f64; 5] = [50.0, 60.0, 70.0, 80.0, 90.0];

/// What a page shows.
#[derive(Debug)]
pub(super) struct Answer {
    /// With the assumptions asked for.
    pub projection: Arc<Projection>,
    pub series: Series,
    /// With the assumptions as shipped.
    pub reference_series: Series,
    pub falls: Falls,
    /// Practitioners of the area at the horizon by retention of its region, per cent.
    pub retentions: Vec<(f64, Interval)>,
    /// The measure: places, source, practitioners it adds by the horizon in the area and in the country.
    pub measures: Vec<(f64, String, f64, f64)>,
    /// Agreement of the shares of older practitioners with what is published, and notes on the register.
    pub start: Arc<Start>,
    pub notes: Vec<String>,
}

/// The start of projections and what was refused of the register, or why there is none.
type Begun = Result<(Arc<Start>, Vec<String>), String>;

/// The desk of projections.
#[derive(Debug)]
pub struct Desk {
    register: PathBuf,
    start: OnceLock<Begun>,
    projections: Recent<String, Projection>,
    answers: Recent<String, Answer>,
    turns: Turns,
}

impl Desk {
    /// A desk that looks for a register in a folder, which need not exist.
    pub fn open(folder: &Path) -> Self {
        Self {
            register: folder.join(REGISTER),
            start: OnceLock::new(),
            projections: Recent::new(PROJECTIONS),
            answers: Recent::new(ANSWERS),
            turns: Turns::new(AT_ONCE),
        }
    }

    /// What is asked; the inner error is the visitor’s, in French, the outer one ours.
    pub(super) async fn answer(&self, portal: &AppState, asked: &Asked) -> Result<Result<Arc<Answer>, String>, Fault> {
        let key = format!(
            "{:?} {} {} {:?} {} {:?}",
            (asked.level, asked.area, asked.horizon),
            asked.threshold,
            asked.falls,
            asked.levers(portal),
            asked.assumptions().hash(),
            asked.region
        );
        if let Some(answer) = self.answers.get(&key) {
            return Ok(Ok(answer));
        }
        let (shared, asked) = (Arc::clone(portal), asked.clone());
        let made = self.turns.run(move || {
            let bench = shared.workbench.as_ref().ok_or_else(String::new)?;
            let desk = &bench.foresight;
            desk.answers.get_or_make(key, |_| desk.make(&shared, &bench.ground, &asked))
        });
        made.await
    }

    fn start(&self, ground: &Arc<Ground>) -> Result<(Arc<Start>, Vec<String>), String> {
        let made = self.start.get_or_init(|| {
            let (register, notes) = self.read_register(ground);
            Start::new(Arc::clone(ground), register.as_ref()).map(|start| (Arc::new(start), notes))
        });
        made.clone()
    }

    /// The register of the data directory, when there is one; what is wrong with it is told and the rest goes on without.
    fn read_register(&self, ground: &Ground) -> (Option<Register>, Vec<String>) {
        let text = match std::fs::read_to_string(&self.register) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return (None, Vec::new()),
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                let note =
                    format!("{REGISTER} est laissé de côté : enregistrez-le en CSV UTF-8, puis relancez le portail.");
                return (None, vec![note]);
            }
            Err(error) => return (None, vec![format!("{REGISTER} est laissé de côté : {error}.")]),
        };
        let year = ground.catchment().and_then(|catchment| catchment.heads.vintages.iter().max().copied());
        let year = year.unwrap_or(ground.method().vintage);
        match Register::read(ground.territory(), REGISTER, &text, &ground.method().profession, year) {
            Ok((register, refusals)) => {
                let told = refusals.first().map(|first| {
                    let count = refusals.len();
                    let lines = if count == 1 { "ligne laissée" } else { "lignes laissées" };
                    format!("{REGISTER} : {count} {lines} de côté, dont la ligne {} : {}.", first.line, first.problem)
                });
                (Some(register), told.into_iter().collect())
            }
            Err(problem) => (None, vec![problem]),
        }
    }

    fn projection(
        &self,
        start: &Start,
        assumptions: Assumptions,
        levers: Levers,
        to: i16,
    ) -> Result<Arc<Projection>, String> {
        let key = format!("{} {levers:?} {to}", assumptions.hash());
        self.projections.get_or_make(key, |_| project(start, assumptions, levers, to))
    }

    fn make(&self, portal: &Portal, ground: &Arc<Ground>, asked: &Asked) -> Result<Answer, String> {
        let (start, notes) = self.start(ground)?;
        let (assumptions, levers) = (asked.assumptions(), asked.levers(portal));
        let reference = self.projection(&start, Assumptions::shipped(), Levers::default(), asked.horizon)?;
        let projection = if asked.is_changed() {
            self.projection(&start, assumptions.clone(), levers.clone(), asked.horizon)?
        } else {
            Arc::clone(&reference)
        };
        let at = |projection: &Projection| projection.heads_at_horizon(asked.level, asked.area);
        let with = |assumptions: Assumptions, levers: Levers| project(&start, assumptions, levers, asked.horizon);
        let mut retentions = Vec::new();
        for percent in RETENTIONS {
            let mut assumptions = assumptions.clone();
            let name = asked
                .region
                .as_ref()
                .map_or_else(|| Key::Retention.slug().to_owned(), |code| format!("{}.{code}", Key::Retention.slug()));
            assumptions.set(&name, &(percent / 100.0).to_string())?;
            retentions.push((percent, at(&with(assumptions, levers.clone())?)));
        }
        let mut measures = Vec::new();
        let codes = measure_codes(portal);
        if !codes.is_empty() {
            let measure = assumptions.measure.clone();
            let of = |places: f64| Levers { places, from: measure.from, regions: codes.clone() };
            let country =
                |projection: &Projection| projection.heads_at_horizon(pacte_territory::Level::Country, 0).central;
            let without = with(assumptions.clone(), of(0.0))?;
            let others = assumptions.disagreements.iter().filter(|one| one.kept == measure.places);
            let values = std::iter::once((measure.places, measure.source.clone()))
                .chain(others.map(|one| (one.other, one.source.clone())));
            for (places, source) in values.collect::<Vec<_>>() {
                let with = with(assumptions.clone(), of(places))?;
                let gains = [at(&with).central - at(&without).central, country(&with) - country(&without)];
                measures.push((places, source, gains[0], gains[1]));
            }
        }
        Ok(Answer {
            series: projection.series(asked.level, asked.area),
            reference_series: reference.series(asked.level, asked.area),
            falls: projection.falls(asked.falls, asked.threshold, Some((asked.level, asked.area))),
            projection,
            retentions,
            measures,
            start,
            notes,
        })
    }
}
