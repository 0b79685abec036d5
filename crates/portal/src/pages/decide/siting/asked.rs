//! The form as it was filled in, and the request it makes; what cannot be read is said beside its field and kept.

use pacte_access::siting::{Equity, LONGEST, Objective, Refused, Request, UrgentCare};
use pacte_access::urgent::{Moment, Set};
use pacte_territory::{CommuneId, Level, Territory};

use crate::error::Message;
use crate::request::{Query, shorten};

/// Sites asked for when nothing is.
const USUAL_SITES: u32 = 10;
/// Seconds given to a page.
const SECONDS: u32 = 8;
/// Communes named in one field.
const MOST_COMMUNES: usize = 200;
/// Most sites a page draws.
const MOST_SITES: u32 = 500;

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Objective,
    Minutes,
    Sites,
    Budget,
    Cost,
    Capacity,
    Scope,
    Equity,
    EquityPercent,
    Existing,
    When,
    Least,
    Forced,
    Forbidden,
    Threshold,
}

impl Field {
    /// Its name in addresses.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Objective => "objectif",
            Self::Minutes => "minutes",
            Self::Sites => "k",
            Self::Budget => "budget",
            Self::Cost => "cout",
            Self::Capacity => "capacite",
            Self::Scope => "dans",
            Self::Equity => "equite",
            Self::EquityPercent => "poids",
            Self::Existing => "existant",
            Self::When => "quand",
            Self::Least => "mini",
            Self::Forced => "imposes",
            Self::Forbidden => "interdits",
            Self::Threshold => "seuil",
        }
    }
}

/// What was asked.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    /// The request, with usual values where nothing readable was given.
    pub(super) request: Request,
    /// What could not be read.
    pub(super) refusals: Vec<(Field, Message)>,
    /// Whether anything was asked at all.
    pub(super) any: bool,
    query: Query,
}

impl Asked {
    pub(super) fn read(territory: &Territory, query: &Query) -> Self {
        let mut asked = Self {
            request: Request::default(),
            refusals: Vec::new(),
            any: query.get(Field::Objective.name()).is_some() || query.get(Field::Sites.name()).is_some(),
            query: query.clone(),
        };
        let objective = asked.choice(Field::Objective, Objective::ALL.map(|one| (one.slug(), one)).as_slice());
        let request_objective = objective.unwrap_or_default();
        let minutes = asked.whole(Field::Minutes).map(|minutes| minutes.min(u64::from(u32::MAX)) as u32);
        let sites = asked.whole(Field::Sites).map(|sites| sites.min(u64::from(u32::MAX)) as u32);
        if let Some(sites) = sites.filter(|sites| *sites > MOST_SITES) {
            asked.refuse(Field::Sites, "siting-too-many", &sites.to_string());
        }
        let (budget, cost) = (asked.whole(Field::Budget), asked.whole(Field::Cost));
        let capacity = asked.whole(Field::Capacity);
        let least = asked.whole(Field::Least).unwrap_or(0).min(u64::from(u32::MAX)) as u32;
        let equity = asked.choice(Field::Equity, Equity::ALL.map(|one| (one.slug(), one)).as_slice());
        let percent = asked.whole(Field::EquityPercent).unwrap_or(100).min(1000) as u32;
        let threshold = asked.threshold();
        let scope = asked.scope(territory);
        let (existing, urgent) = asked.existing();
        let forced = asked.communes(territory, Field::Forced, scope.as_ref());
        let forbidden = asked.communes(territory, Field::Forbidden, scope.as_ref());
        asked.request = Request {
            objective: request_objective,
            minutes: minutes.unwrap_or(request_objective.usual_minutes()),
            existing,
            urgent,
            sites: sites.or_else(|| budget.is_none().then_some(USUAL_SITES)),
            budget_cents: budget.map(|euros| euros.saturating_mul(100)),
            cost_cents: cost.map(|euros| euros.saturating_mul(100)),
            costs: Vec::new(),
            capacity,
            scope,
            equity: equity.unwrap_or_default(),
            equity_percent: percent,
            forced,
            forbidden,
            least_people: least,
            threshold_hundredths: threshold,
            exact: query.get("calcul") != Some("rapide"),
            seconds: SECONDS,
        };
        asked
    }

    /// What was typed in a field, or what stands for it.
    pub(super) fn text(&self, field: Field) -> String {
        self.query.get(field.name()).unwrap_or_default().to_owned()
    }

    /// The same for a field that has a usual value.
    pub(super) fn text_or(&self, field: Field, usual: impl ToString) -> String {
        self.query.get(field.name()).map_or_else(|| usual.to_string(), str::to_owned)
    }

    fn refuse(&mut self, field: Field, key: &'static str, value: &str) {
        self.refusals.push((field, Message::new(key, [("value", shorten(value))])));
    }

    /// Says what the computation refuses beside the field it is about.
    pub(super) fn refused(&mut self, refused: &Refused) {
        self.refusals.push((field_of(refused), message(refused)));
    }

    fn choice<T: Copy>(&mut self, field: Field, known: &[(&str, T)]) -> Option<T> {
        let text = self.query.get(field.name())?.to_owned();
        let found = known.iter().find(|(slug, _)| *slug == text).map(|(_, value)| *value);
        if found.is_none() {
            let known: Vec<&str> = known.iter().map(|(slug, _)| *slug).collect();
            let pairs = [("value", shorten(&text)), ("known", known.join(", "))];
            self.refusals.push((field, Message::new("siting-unknown-choice", pairs)));
        }
        found
    }

    /// A whole number, blanks between thousands forgiven.
    fn whole(&mut self, field: Field) -> Option<u64> {
        let text = self.query.get(field.name())?.to_owned();
        let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '€').collect();
        let found = digits.parse::<u64>().ok().filter(|number| *number <= 1_000_000_000_000);
        if found.is_none() {
            self.refuse(field, "siting-not-a-number", &text);
        }
        found
    }

    /// What exists: a resource of the equipment base, or a set of urgent care at a moment.
    fn existing(&mut self) -> (Vec<String>, Option<UrgentCare>) {
        let moment = match self.query.get(Field::When.name()).map(str::to_owned) {
            None => Moment::Any,
            Some(text) => text.parse().unwrap_or_else(|_| {
                self.refuse(Field::When, "siting-not-a-moment", &text);
                Moment::Any
            }),
        };
        match self.query.get(Field::Existing.name()) {
            None => (Vec::new(), Some(UrgentCare { set: Set::SU, moment })),
            Some("aucune") => (Vec::new(), None),
            Some(text) => match text.parse() {
                Ok(set) => (Vec::new(), Some(UrgentCare { set, moment })),
                Err(_) => (vec![text.to_owned()], None),
            },
        }
    }

    fn threshold(&mut self) -> u32 {
        let usual = Request::default().threshold_hundredths;
        let Some(text) = self.query.get(Field::Threshold.name()).map(str::to_owned) else { return usual };
        let value = text.replace(',', ".").parse::<f64>().ok().filter(|value| (0.0..=100.0).contains(value));
        if value.is_none() {
            self.refuse(Field::Threshold, "siting-not-a-threshold", &text);
        }
        value.map_or(usual, |value| (value * 100.0).round() as u32)
    }

    fn scope(&mut self, territory: &Territory) -> Option<(Level, String)> {
        let text = self.query.get(Field::Scope.name())?.to_owned();
        let found = text.split_once(':').and_then(|(level, code)| {
            let level: Level = level.parse().ok()?;
            let code = code.to_ascii_uppercase();
            territory.find(level, &code).map(|_| (level, code))
        });
        if found.is_none() && text != "pays" {
            self.refuse(Field::Scope, "siting-unknown-scope", &text);
        }
        found
    }

    /// Communes by code, or by name where only one of the territory asked for bears it.
    fn communes(&mut self, territory: &Territory, field: Field, scope: Option<&(Level, String)>) -> Vec<String> {
        let Some(text) = self.query.get(field.name()).map(str::to_owned) else { return Vec::new() };
        let mut codes = Vec::new();
        let parts = || text.split([',', ';']).map(str::trim).filter(|part| !part.is_empty());
        if parts().count() > MOST_COMMUNES {
            self.refuse(field, "siting-too-many-communes", &MOST_COMMUNES.to_string());
            return codes;
        }
        for part in parts() {
            if let Some(commune) = territory.find(Level::Commune, &part.to_ascii_uppercase()) {
                codes.push(territory.communes.code[commune as usize].to_string());
                continue;
            }
            let inside = |commune: CommuneId| {
                scope.is_none_or(|(level, code)| {
                    territory.find(*level, code).is_some_and(|area| territory.area_of(*level, commune) == Some(area))
                })
            };
            let same = territory.communes_named(part).iter().copied();
            let found: Vec<CommuneId> = same.filter(|commune| inside(*commune)).take(2).collect();
            match found[..] {
                [commune] => codes.push(territory.communes.code[commune as usize].to_string()),
                [] => self.refuse(field, "siting-unknown-commune", part),
                _ => self.refuse(field, "siting-several-communes", part),
            }
        }
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}

/// The field a refusal is about.
fn field_of(refused: &Refused) -> Field {
    match refused {
        Refused::Minutes(_) | Refused::Seconds(_) | Refused::Nobody { .. } => Field::Minutes,
        Refused::EquityPercent(_) => Field::EquityPercent,
        Refused::Scope { .. } => Field::Scope,
        Refused::Commune { what, .. } if *what == "interdite" => Field::Forbidden,
        Refused::Commune { .. }
        | Refused::ForcedElsewhere { .. }
        | Refused::Contradiction { .. }
        | Refused::ForcedTooSmall { .. }
        | Refused::ForcedTooDear { .. } => Field::Forced,
        Refused::Existing { .. } => Field::Existing,
        Refused::Column { concept, .. } if concept.starts_with("supply.") || concept.starts_with("population.") => {
            Field::Objective
        }
        Refused::Column { .. } => Field::Equity,
        Refused::CapacityOfMean => Field::Capacity,
        Refused::NoCost => Field::Cost,
        Refused::BudgetTooSmall { .. } => Field::Budget,
        Refused::TooManySites { .. } | Refused::Solver(_) => Field::Sites,
    }
}

/// A refusal in the language of the page.
fn message(refused: &Refused) -> Message {
    let text = |value: &dyn ToString| value.to_string();
    match refused {
        Refused::Minutes(value) => {
            Message::new("siting-refused-minutes", [("value", text(value)), ("most", text(&LONGEST))])
        }
        Refused::EquityPercent(value) => Message::new("siting-refused-percent", [("value", text(value))]),
        Refused::Contradiction { code, name } => {
            Message::new("siting-refused-contradiction", [("code", code.clone()), ("name", name.clone())])
        }
        Refused::ForcedElsewhere { code, name, scope } => Message::new(
            "siting-refused-elsewhere",
            [("code", code.clone()), ("name", name.clone()), ("scope", scope.clone())],
        ),
        Refused::ForcedTooSmall { code, name, people, least } => Message::new(
            "siting-refused-small",
            [("code", code.clone()), ("name", name.clone()), ("people", text(people)), ("least", text(least))],
        ),
        Refused::Column { concept, .. } => Message::new("siting-refused-column", [("concept", concept.clone())]),
        Refused::Existing { found, known } => {
            Message::new("siting-refused-existing", [("value", found.clone()), ("known", known.clone())])
        }
        Refused::CapacityOfMean => Message::new("siting-refused-capacity", []),
        Refused::NoCost => Message::new("siting-refused-no-cost", []),
        Refused::BudgetTooSmall { budget, cheapest } => {
            Message::new("siting-refused-budget", [("budget", budget.clone()), ("cheapest", cheapest.clone())])
        }
        Refused::ForcedTooDear { cost, budget } => {
            Message::new("siting-refused-dear", [("cost", cost.clone()), ("budget", budget.clone())])
        }
        Refused::TooManySites { asked, candidates, forbidden, small } => Message::new(
            "siting-refused-sites",
            [
                ("asked", text(asked)),
                ("candidates", text(candidates)),
                ("forbidden", text(forbidden)),
                ("small", text(small)),
            ],
        ),
        Refused::Nobody { scope, .. } => Message::new("siting-refused-nobody", [("scope", scope.clone())]),
        other => Message::new("siting-refused-other", [("text", other.to_string())]),
    }
}
