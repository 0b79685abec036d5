//! What a link or a form asks for: changes, a saved scenario, one more change, the measure shown.

use std::sync::Arc;

use pacte_access::whatif::{Change, ChangeError, Kind, MOST_CHANGES, OtherVintages, Outcome, Parameter, Scenario};
use pacte_store::Kept;

use super::desk::Desk;
use crate::error::Fault;
use crate::request::{MAX_QUERY, Query, encode, shorten};

/// Address of the page.
pub(super) const PATH: &str = "/decider/simuler";

/// Changes refused one by one; past them the whole is.
const MOST_REFUSALS: usize = 20;

/// What the map shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shown {
    /// APL after less APL before.
    #[default]
    Difference,
    /// APL after.
    Apl,
    /// Minutes to urgent care after.
    Minutes,
    /// Classes of zones after.
    Zones,
}

impl Shown {
    pub(super) const ALL: [Self; 4] = [Self::Difference, Self::Apl, Self::Minutes, Self::Zones];

    pub(super) const fn slug(self) -> &'static str {
        match self {
            Self::Difference => "difference",
            Self::Apl => "apl",
            Self::Minutes => "minutes",
            Self::Zones => "zones",
        }
    }
}

/// The fields of the forms, as they were filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) action: String,
    pub(super) what: String,
    pub(super) count: String,
    pub(super) place: String,
    pub(super) to: String,
    pub(super) age: String,
    pub(super) replaced: String,
    pub(super) rate: String,
    pub(super) years: String,
    pub(super) rate_replaced: String,
    pub(super) method: String,
    pub(super) zoning: String,
    pub(super) cap: String,
}

/// What is asked for, checked.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// The changes that can be made.
    pub(super) scenario: Scenario,
    /// Changes of the link that cannot.
    pub(super) refusals: Vec<ChangeError>,
    /// The forms.
    pub(super) form: Form,
    /// What is wrong with the form that was sent.
    pub(super) fault: Option<ChangeError>,
    /// Whether a form was sent and its change taken.
    pub(super) composed: bool,
    /// What the map shows.
    pub(super) shown: Shown,
    /// The saved scenario it starts from.
    pub(super) saved: Option<Kept<Scenario>>,
    /// When that scenario was made on other data: why, and whether it was carried over.
    pub(super) other: Option<OtherVintages>,
    /// Sentences on what carrying over changed, French.
    pub(super) carried: Vec<String>,
    /// The outcome of the changes that can be made.
    pub(super) outcome: Option<Arc<Outcome>>,
}

impl Asked {
    /// Reads the parameters: `s=` (saved scenario), `c=` (changes), `action=` and the fields of the forms, `mesure=`.
    ///
    /// # Errors
    /// 404 for an unknown scenario, 400 for an unknown measure or action.
    pub(super) fn read(desk: &Desk, query: &Query) -> Result<Self, Fault> {
        let simulator = desk.simulator();
        let territory = simulator.ground().territory();
        let here = simulator.base();
        let shown = match query.get("mesure") {
            None => Shown::default(),
            Some(text) => Shown::ALL.into_iter().find(|one| one.slug() == text).ok_or_else(|| {
                let known = Shown::ALL.map(Shown::slug).join(", ");
                Fault::bad("fault-measure", [("value", shorten(text)), ("known", known)])
            })?,
        };
        let mut asked = Self {
            scenario: Scenario { name: String::new(), base: here.clone(), changes: Vec::new() },
            refusals: Vec::new(),
            form: Form::read(query),
            fault: None,
            composed: false,
            shown,
            saved: None,
            other: None,
            carried: Vec::new(),
            outcome: None,
        };
        if let Some(id) = query.get("s") {
            let kept = saved(desk, id)?;
            match kept.document.check(here) {
                Ok(()) => asked.scenario = kept.document.clone(),
                Err(other) => {
                    asked.other = Some(other);
                    let carried = kept.document.carry_over(territory, here);
                    for (before, now) in &carried.renamed {
                        asked.carried.push(format!("{before} → {now}"));
                    }
                    for (change, code) in &carried.lost {
                        asked.carried.push(format!("{change} : {code} ?"));
                    }
                    asked.scenario = carried.scenario;
                }
            }
            asked.saved = Some(kept);
        }
        // Counted before any is read: reading and refusing cost more than writing them.
        let count = query.all("c").count() + asked.scenario.changes.len();
        if count > MOST_CHANGES {
            return Err(Fault::bad(
                "fault-whatif-too-long",
                [("found", count.to_string()), ("most", MOST_CHANGES.to_string())],
            ));
        }
        for text in query.all("c") {
            match Change::read(territory, text) {
                Ok(change) => asked.scenario.changes.push(change),
                Err(error) => asked.refusals.push(error),
            }
            asked.is_sound()?;
        }
        asked.settle(desk)?;
        if let Some(text) = asked.form.compose()? {
            asked.compose(desk, &text);
        }
        Ok(asked)
    }

    /// Refuses a scenario that nobody wrote: a link has a few wrong changes, a program that tries the server thousands.
    fn is_sound(&self) -> Result<(), Fault> {
        match self.refusals.last() {
            Some(last) if self.refusals.len() > MOST_REFUSALS => Err(Fault::bad(
                "fault-whatif-unsound",
                [("value", shorten(&last.change)), ("most", MOST_REFUSALS.to_string())],
            )),
            _ => Ok(()),
        }
    }

    /// Keeps the changes that can be made one after the other, and their outcome.
    fn settle(&mut self, desk: &Desk) -> Result<(), Fault> {
        loop {
            match desk.outcome(&self.scenario) {
                Ok(outcome) => {
                    self.outcome = Some(outcome);
                    return Ok(());
                }
                Err(error) => {
                    let wrong = self.scenario.changes.iter().rposition(|change| change.to_string() == error.change);
                    self.refusals.push(error);
                    self.is_sound()?;
                    match wrong {
                        Some(rank) => drop(self.scenario.changes.remove(rank)),
                        None => return Ok(()),
                    }
                }
            }
        }
    }

    /// Takes the change of a form; what it replaces goes.
    fn compose(&mut self, desk: &Desk, text: &str) {
        let territory = desk.simulator().ground().territory();
        let mut changes = self.scenario.changes.clone();
        let taken = match self.form.action.as_str() {
            "retraite" => {
                changes.retain(|change| !matches!(change, Change::Retire { .. }));
                !text.is_empty()
            }
            "depart" => {
                changes.retain(|change| !matches!(change, Change::Depart { .. }));
                !text.is_empty()
            }
            "methode" => {
                changes.retain(|change| !matches!(change, Change::Method(_)));
                !text.is_empty()
            }
            "zonage" => {
                changes.retain(|change| !matches!(change, Change::Zoning(_)));
                true
            }
            "plafond" => {
                changes.retain(|change| !matches!(change, Change::Set(Parameter::Cap, _)));
                !text.is_empty()
            }
            _ => true,
        };
        let read = if taken { Change::read(territory, text).map(|change| changes.push(change)) } else { Ok(()) };
        let scenario = Scenario { changes, ..self.scenario.clone() };
        match read.and_then(|()| desk.outcome(&scenario)) {
            Ok(outcome) => {
                self.scenario = scenario;
                self.outcome = Some(outcome);
                self.composed = true;
                self.form =
                    Form { action: String::new(), place: String::new(), to: String::new(), ..self.form.clone() };
            }
            Err(error) => self.fault = Some(error),
        }
    }

    /// Whether the changes are those of the saved scenario, as they were saved.
    pub(super) fn is_saved(&self) -> bool {
        self.other.is_none() && self.saved.as_ref().is_some_and(|kept| kept.document.changes == self.scenario.changes)
    }

    /// Parameters of a page with these changes.
    pub(super) fn query_with(&self, changes: &[Change]) -> String {
        let mut pairs = Vec::new();
        let mut rest = changes;
        if let Some(kept) = self.saved.as_ref().filter(|_| self.other.is_none())
            && let Some(more) = changes.strip_prefix(kept.document.changes.as_slice())
        {
            pairs.push(format!("s={}", kept.id));
            rest = more;
        }
        pairs.extend(rest.iter().map(|change| format!("c={}", encode(&change.to_string()))));
        if self.shown != Shown::default() {
            pairs.push(format!("mesure={}", self.shown.slug()));
        }
        pairs.join("&")
    }

    /// Parameters of this very page.
    pub(super) fn query(&self) -> String {
        self.query_with(&self.scenario.changes)
    }

    /// Whether a link can carry these changes; a saved scenario always can.
    pub(super) fn fits_a_link(&self) -> bool {
        self.query().len() + 16 <= MAX_QUERY
    }

    /// Address of the page with these changes.
    pub(super) fn address_with(&self, changes: &[Change]) -> String {
        let query = self.query_with(changes);
        if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{query}") }
    }
}

/// A saved scenario.
///
/// # Errors
/// 404 when there is none of this name.
pub(super) fn saved(desk: &Desk, id: &str) -> Result<Kept<Scenario>, Fault> {
    let unknown = || Fault::missing("fault-whatif-scenario", [("id", shorten(id))]);
    desk.scenarios.get(id).map_err(|_| unknown())?.ok_or_else(unknown)
}

impl Form {
    fn read(query: &Query) -> Self {
        let field = |name: &str, usual: &str| query.get(name).unwrap_or(usual).to_owned();
        Self {
            action: field("action", ""),
            what: field("quoi", Kind::Gp.slug()),
            count: field("nombre", "1"),
            place: field("ou", ""),
            to: field("vers", ""),
            age: field("age", ""),
            replaced: field("reprise", "0"),
            rate: field("taux", ""),
            years: field("ans", "5"),
            rate_replaced: field("remplacement", "0"),
            method: field("methode", ""),
            zoning: field("zonage", ""),
            cap: field("plafond", ""),
        }
    }

    /// The change a form writes; `None` when no form was sent, an empty text when one takes its change away.
    fn compose(&self) -> Result<Option<String>, Fault> {
        let Self { what, count, place, to, age, replaced, rate, years, rate_replaced, method, zoning, cap, .. } = self;
        let share = |text: &str| format!("{}%", text.trim().trim_end_matches('%').trim());
        Ok(Some(match self.action.as_str() {
            "" => return Ok(None),
            "ajouter" => format!("{what}:{count}@{place}"),
            "fermer" => format!("-{what}:{count}@{place}"),
            "deplacer" => format!("{what}:{count}@{place}>{to}"),
            "retraite" if age.is_empty() => String::new(),
            "retraite" => format!("retire:{age}:remplacement:{}", share(replaced)),
            "depart" if rate.is_empty() || share(rate) == "0%" => String::new(),
            "depart" => format!("depart:{}/an:{years}ans:remplacement:{}", share(rate), share(rate_replaced)),
            "methode" if method.is_empty() => String::new(),
            "methode" => format!("method:{method}"),
            "zonage" => format!("zonage:{zoning}"),
            "plafond" if cap.is_empty() => String::new(),
            "plafond" => format!("activity.cap={cap}"),
            other => return Err(Fault::bad("fault-whatif-action", [("value", shorten(other))])),
        }))
    }
}
