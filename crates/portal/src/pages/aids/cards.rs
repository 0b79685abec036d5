//! A programme in front of a person, as the page and the printed summary show it.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use pacte_programmes::evaluate::{Amount, Clash, Duty};
use pacte_programmes::{Catalogue, Finding, Programme, Standing};
use pacte_rules::amount::Step;
use pacte_rules::counterfactual::{Change, Counterfactual, Reach};
use pacte_rules::evaluate::{Gap, Proof, Used};
use pacte_rules::{Facts, Period, Status, Truth, Value, World};

use super::asked::{Asked, Spot, km_to, place_name, say};
use super::question::{QuestionView, question};
use crate::format;
use crate::i18n::Lang;
use crate::labels::typeset;
use crate::state::Portal;

/// How far counterfactuals are looked for: a page must answer at once.
const REACH: Reach = Reach { changes: 2, sets: 4, tries: 1500 };
/// Months of a payment that are computed, at most.
const MONTHS: i64 = 60;
/// Levels of a computation that are shown.
const DEEPEST: usize = 4;

/// An answer and its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shade {
    Yes,
    Check,
    No,
}

impl Shade {
    pub(super) const fn of(truth: Truth) -> Self {
        match truth {
            Truth::Yes => Self::Yes,
            Truth::Unknown => Self::Check,
            Truth::No => Self::No,
        }
    }

    /// Name in style sheets.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Check => "check",
            Self::No => "no",
        }
    }

    pub(super) fn word(self, lang: Lang) -> String {
        lang.tr(match self {
            Self::Yes => "aids-yes",
            Self::Check => "aids-check",
            Self::No => "aids-no",
        })
    }
}

/// A reason; those it rests on follow it, one deeper.
#[derive(Clone, Debug)]
pub(super) struct Reason {
    pub depth: usize,
    pub shade: Shade,
    pub word: String,
    pub text: String,
    pub reference: String,
    pub href: String,
    /// What was read: `Date de la demande : 1er mars 2026`.
    pub used: String,
}

/// A step of a computation.
#[derive(Clone, Debug)]
pub(super) struct StepView {
    pub depth: usize,
    pub label: String,
    pub value: String,
    pub note: String,
}

/// What a payment gives.
#[derive(Clone, Debug)]
pub(super) struct AmountView {
    pub label: String,
    pub reference: String,
    pub every: String,
    pub value: String,
    /// Months that give the same, and what they give.
    pub months: Vec<(String, String)>,
    pub steps: Vec<StepView>,
    pub problem: String,
    /// Whether it is only due under a condition that is not known yet.
    pub conditional: bool,
}

/// What one owes.
#[derive(Clone, Debug)]
pub(super) struct DutyView {
    pub label: String,
    pub text: String,
    pub reference: String,
    pub missed: String,
}

/// A programme in front of a person.
#[derive(Clone, Debug)]
pub(super) struct Card {
    pub id: Arc<str>,
    pub title: String,
    pub summary: String,
    pub href: String,
    pub shade: Shade,
    pub word: String,
    /// Why it cannot be asked for that day; may be empty.
    pub standing: String,
    /// Programmes to ask for instead.
    pub successors: Vec<(String, String)>,
    pub reasons: Vec<Reason>,
    pub missing: Vec<String>,
    pub amounts: Vec<AmountView>,
    /// Questions whose answers give the amounts.
    pub asks: Vec<QuestionView>,
    pub duties: Vec<DutyView>,
    /// What cannot be had beside, its provision, whether the person has it.
    pub clashes: Vec<(String, String, bool)>,
    pub ways: Vec<String>,
    pub contact: String,
    pub contact_link: String,
    pub doubts: Vec<String>,
}

/// Who looks, and at what.
pub(super) struct Viewer<'a> {
    pub portal: &'a Portal,
    pub catalogue: &'a Catalogue,
    pub lang: Lang,
    pub asked: &'a Asked,
    pub spot: Option<&'a Spot>,
    pub facts: &'a Facts,
    pub world: &'a dyn World,
}

impl Viewer<'_> {
    /// The whole of what is said of a programme.
    pub(super) fn card(&self, programme: &Programme, finding: &Finding) -> Card {
        let (lang, identity) = (self.lang, &programme.identity);
        let open = finding.standing == Standing::Open;
        // A closed programme is told as on its last day, one to come as on its first.
        let day = self.asked.day.clamp(identity.from, identity.to.unwrap_or(Date::MAX));
        let shade = Shade::of(finding.truth);
        let ways = match finding.standing {
            Standing::Open if finding.truth == Truth::No => {
                let found = programme.eligibility.counterfactuals(self.facts, self.world, day, REACH);
                found.iter().map(|way| self.way(way)).collect()
            }
            _ => Vec::new(),
        };
        let mut asks: Vec<QuestionView> = Vec::new();
        for gap in
            finding.amounts.iter().filter_map(|amount| amount.outcome.as_ref()).flat_map(|outcome| &outcome.missing)
        {
            if let Gap::Fact(fact) = gap {
                let view = question(self.catalogue, lang, *fact, self.asked);
                if asks.iter().all(|known| known.name != view.name) {
                    asks.push(view);
                }
            }
        }
        Card {
            id: Arc::clone(programme.id()),
            title: typeset(&identity.title),
            summary: typeset(&identity.summary.on(programme.parameters(), day)),
            href: format!("/aides/programmes/{}", identity.id),
            shade,
            word: shade.word(lang),
            standing: standing(lang, finding.standing),
            successors: finding.successors.iter().map(|id| self.named(id)).collect(),
            // Nobody asks for what cannot be had: why one could not have had it would only hide that.
            reasons: if open { self.reasons(programme, &finding.verdict.proof) } else { Vec::new() },
            missing: if open { finding.verdict.missing.iter().map(|gap| self.gap(gap)).collect() } else { Vec::new() },
            amounts: finding.amounts.iter().map(|amount| self.amount(programme, amount)).collect(),
            asks,
            duties: finding.duties.iter().filter(|_| open).map(|duty| duty_view(lang, duty)).collect(),
            clashes: finding.incompatibilities.iter().filter(|_| open).map(Self::clash).collect(),
            ways,
            contact: typeset(&identity.operator.contact),
            contact_link: identity.operator.link.clone(),
            doubts: doubts(programme, day),
        }
    }

    fn named(&self, id: &str) -> (String, String) {
        let name = self.catalogue.programme(id).map_or_else(|| id.to_owned(), |next| next.identity.title.clone());
        (name, format!("/aides/programmes/{id}"))
    }

    /// Reasons, each followed by those it rests on; a group that is the whole rule gives its children, what prevents first.
    fn reasons(&self, programme: &Programme, proof: &Proof) -> Vec<Reason> {
        let mut reasons = Vec::new();
        if proof.children.is_empty() || proof.id.is_some() {
            self.reason(programme, proof, 0, &mut reasons);
            return reasons;
        }
        let mut first: Vec<&Proof> = proof.children.iter().collect();
        first.sort_by_key(|child| match child.truth {
            Truth::No => 0,
            Truth::Unknown => 1,
            Truth::Yes => 2,
        });
        for child in first {
            self.reason(programme, child, 0, &mut reasons);
        }
        reasons
    }

    fn reason(&self, programme: &Programme, proof: &Proof, depth: usize, out: &mut Vec<Reason>) {
        let shade = Shade::of(proof.truth);
        let dictionary = &self.catalogue.dictionary;
        let used = proof.used.iter().filter_map(|used| match used {
            Used::Fact(fact, Some(answer)) => {
                let fact = dictionary.fact(*fact);
                Some(format!("{} : {}", fact.label.fr, say(self.portal, fact, answer, Lang::Fr)))
            }
            Used::Fact(_, None) => None,
            Used::Parameter(id, value) => Some(format!("{} : {value}", programme.parameters().parameter(*id).label)),
        });
        let reference = proof.reference.as_deref().unwrap_or_default().to_owned();
        out.push(Reason {
            depth: depth.min(DEEPEST),
            shade,
            word: shade.word(self.lang),
            text: typeset(&proof.text),
            href: provision(programme, &reference),
            reference,
            used: typeset(&used.collect::<Vec<_>>().join(" ; ")),
        });
        for child in &proof.children {
            self.reason(programme, child, depth + 1, out);
        }
    }

    pub(super) fn gap(&self, gap: &Gap) -> String {
        match gap {
            Gap::Fact(fact) => label(self.lang, &self.catalogue.dictionary.fact(*fact).label),
            Gap::History => self.lang.tr("aids-gap-history"),
            Gap::Zoning { place, .. } => {
                self.lang.tr_with("aids-gap-zoning", [("place", place_name(self.portal, place))])
            }
            Gap::Parameter { name, .. } => self.lang.tr_with("aids-gap-parameter", [("name", name.to_string())]),
        }
    }

    fn clash(clash: &Clash) -> (String, String, bool) {
        (typeset(&clash.text), clash.reference.clone(), clash.stands == Truth::Yes)
    }

    /// « si vous vous installez à Aubusson (23008), à 8 km » ; « à partir du 1er mars 2027 ».
    fn way(&self, way: &Counterfactual) -> String {
        let lang = self.lang;
        let each = way.changes.iter().map(|change| match change {
            Change::From(day) => lang.tr_with("aids-way-from", [("day", format::date(lang, *day))]),
            Change::Fact { fact, to, .. } => {
                let fact = self.catalogue.dictionary.fact(*fact);
                let place = match to {
                    pacte_rules::Answer::Value(value) => value.each().iter().find_map(|value| match value {
                        Value::Place(place) => Some(Arc::clone(place)),
                        _ => None,
                    }),
                    pacte_rules::Answer::Absent => None,
                };
                match (place, self.spot) {
                    (Some(place), Some(spot)) => {
                        let km = km_to(self.portal, spot, &place).map_or_else(String::new, |km| km.to_string());
                        lang.tr_with("aids-way-place", [("km", km), ("place", place_name(self.portal, &place))])
                    }
                    _ => lang.tr_with(
                        "aids-way-fact",
                        [("label", label(lang, &fact.label)), ("value", say(self.portal, fact, to, lang))],
                    ),
                }
            }
        });
        let joint = format!(" {} ", lang.tr("aids-and"));
        lang.tr_with("aids-way", [("changes", each.collect::<Vec<_>>().join(&joint))])
    }

    fn amount(&self, programme: &Programme, amount: &Amount) -> AmountView {
        let lang = self.lang;
        let payment = programme.payments.payments.iter().find(|payment| payment.id == amount.payment);
        let value = amount.outcome.as_ref().and_then(|outcome| outcome.value.as_ref());
        let months = match (payment, amount.every, value) {
            (Some(payment), Some(every), Some(_)) => self.months(programme, &payment.amount, every, payment.during),
            _ => Vec::new(),
        };
        let mut steps = Vec::new();
        if let Some(outcome) = &amount.outcome {
            flatten(&outcome.step, 0, &mut steps);
        }
        AmountView {
            label: typeset(&amount.label),
            reference: amount.reference.clone(),
            every: amount.every.map_or_else(|| lang.tr("aids-once"), |every| every_so_often(self.lang, every)),
            value: value.map(ToString::to_string).unwrap_or_default(),
            months,
            steps,
            problem: amount.problem.as_deref().map(typeset).unwrap_or_default(),
            conditional: amount.due == Truth::Unknown,
        }
    }

    /// Period after period from the day on, those that give the same together: figures of the law change on their days.
    fn months(
        &self,
        programme: &Programme,
        amount: &str,
        every: Period,
        during: Option<Period>,
    ) -> Vec<(String, String)> {
        let step = i64::from(every.months);
        if step == 0 {
            return Vec::new();
        }
        let last = during.map_or(12, |during| i64::from(during.months)).min(MONTHS).max(step);
        let mut runs: Vec<(Date, Date, String)> = Vec::new();
        let mut at = 0;
        while at < last {
            let move_by = |months: i64| self.asked.day.checked_add(Span::new().months(months)).ok();
            let (Some(from), Some(next)) = (move_by(at), move_by(at + step)) else { break };
            let given = programme.amounts.evaluate(amount, self.facts, self.world, from).ok();
            let Some(value) = given.and_then(|outcome| outcome.value) else { break };
            let (value, to) = (value.to_string(), next.checked_sub(1.day()).unwrap_or(next));
            match runs.last_mut() {
                Some((_, end, same)) if *same == value => *end = to,
                _ => runs.push((from, to, value)),
            }
            at += step;
        }
        let told = |(from, to, value): (Date, Date, String)| {
            let days = [("from", format::date(self.lang, from)), ("to", format::date(self.lang, to))];
            (self.lang.tr_with("aids-from-to", days), value)
        };
        runs.into_iter().map(told).collect()
    }
}

fn flatten(step: &Step, depth: usize, out: &mut Vec<StepView>) {
    let value = step.value.as_ref().map(ToString::to_string).unwrap_or_default();
    out.push(StepView { depth, label: typeset(&step.label), value, note: step.rounding.clone().unwrap_or_default() });
    if depth < DEEPEST {
        for below in &step.steps {
            flatten(below, depth + 1, out);
        }
    }
}

fn duty_view(lang: Lang, duty: &Duty) -> DutyView {
    use pacte_programmes::obligations::Consequence;
    let missed = lang.tr(match duty.missed {
        Consequence::Warning => "aids-missed-warning",
        Consequence::NoPayment => "aids-missed-payment",
        Consequence::Suspension => "aids-missed-suspension",
        Consequence::Termination => "aids-missed-termination",
        Consequence::Recovery => "aids-missed-recovery",
    });
    DutyView { label: typeset(&duty.label), text: typeset(&duty.text), reference: duty.reference.clone(), missed }
}

/// A label in the language of the page, in French when it was not translated.
pub(super) fn label(lang: Lang, label: &pacte_rules::Label) -> String {
    if lang.is_french() || label.en.is_empty() { typeset(&label.fr) } else { label.en.clone() }
}

/// « chaque mois », « chaque trimestre ».
pub(super) fn every_so_often(lang: Lang, every: Period) -> String {
    match (every.months, every.days) {
        (1, 0) => lang.tr("aids-monthly"),
        (3, 0) => lang.tr("aids-quarterly"),
        (6, 0) => lang.tr("aids-twice-a-year"),
        (12, 0) => lang.tr("aids-yearly"),
        _ => lang.tr_with("aids-every", [("period", Value::Period(every).to_string())]),
    }
}

/// Why a programme cannot be asked for on a day; empty when it can.
pub(super) fn standing(lang: Lang, standing: Standing) -> String {
    match standing {
        Standing::Open => String::new(),
        Standing::Opens(day) => lang.tr_with("aids-opens", [("day", format::date(lang, day))]),
        Standing::Closed(last) => {
            // The day told is the first on which it is closed.
            let day = last.checked_add(1.day()).unwrap_or(last);
            lang.tr_with("aids-closed", [("day", format::date(lang, day))])
        }
    }
}

/// Where a provision is told: its own address when the definition gives one, else its place on the programme's page.
pub(super) fn provision(programme: &Programme, reference: &str) -> String {
    if reference.is_empty() {
        return String::new();
    }
    let known = programme
        .identity
        .basis
        .iter()
        .position(|basis| basis.reference == reference || reference.starts_with(&format!("{},", basis.reference)));
    match known.map(|i| &programme.identity.basis[i]) {
        Some(basis) if !basis.link.is_empty() => basis.link.clone(),
        _ => format!("/aides/programmes/{}#droit", programme.id()),
    }
}

/// Figures in force on a day that were not checked against their text, and what the definition says of itself.
pub(super) fn doubts(programme: &Programme, day: Date) -> Vec<String> {
    let mut doubts: Vec<String> = Vec::new();
    if !programme.identity.sourcing_note.is_empty() {
        doubts.push(typeset(&programme.identity.sourcing_note));
    }
    for parameter in programme.parameters().all() {
        if let Some(dated) = parameter.at(day).filter(|dated| dated.status == Status::Unverified) {
            let note = if dated.note.is_empty() { &dated.source } else { &dated.note };
            doubts.push(typeset(&format!("{} ({}) : {note}", parameter.label, dated.value)));
        }
    }
    doubts
}
