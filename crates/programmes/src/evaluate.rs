//! What a person can get somewhere, some day: every programme with its verdict, its amounts, what one owes in return.

use std::sync::Arc;

use jiff::civil::Date;
use pacte_rules::amount::Outcome;
use pacte_rules::{Facts, Period, Truth, Verdict, World};
use serde::Serialize;

use crate::catalogue::Catalogue;
use crate::obligations::Consequence;
use crate::payments::Payment;
use crate::programme::Programme;
use crate::vocabulary::Phase;

/// Whether a programme can be asked for on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Not before this day.
    Opens(Date),
    /// It can.
    Open,
    /// No more since this day, the last one.
    Closed(Date),
}

/// What a payment gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Amount {
    /// Name of the payment.
    pub payment: Arc<str>,
    /// What it is, in French.
    pub label: String,
    /// Provision it comes from; may be empty.
    pub reference: String,
    /// How often; `None` for once.
    pub every: Option<Period>,
    /// The amount of one period with its computation and what it lacks; `None` when it cannot be computed.
    pub outcome: Option<Outcome>,
    /// Why it cannot, in French.
    pub problem: Option<String>,
    /// Whether it is due: its condition, yes when it has none.
    pub due: Truth,
}

/// What one owes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Duty {
    /// Name of the obligation.
    pub obligation: Arc<str>,
    /// What it is, in a few French words.
    pub label: String,
    /// What one must do, figures of the day included.
    pub text: String,
    /// Provision it comes from; may be empty.
    pub reference: String,
    /// How often it is looked at; `None` for once.
    pub every: Option<Period>,
    /// What follows when it is not done.
    pub missed: Consequence,
    /// Whether it applies: unknown while facts are missing.
    pub applies: Truth,
}

/// Programmes that one cannot have beside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Clash {
    /// The programmes.
    pub programmes: Vec<Arc<str>>,
    /// Why, in French.
    pub text: String,
    /// Provision it comes from; may be empty.
    pub reference: String,
    /// Whether the person has one of them that day: unknown while the history may be longer.
    pub stands: Truth,
}

/// One programme in front of one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Name of the programme.
    pub programme: Arc<str>,
    /// Whether it can be asked for that day.
    pub standing: Standing,
    /// The answer: that of the rule when it can and is for such a person, no else.
    pub truth: Truth,
    /// The verdict of the rule with its proof and what is missing, whether it can be asked for or not.
    pub verdict: Verdict,
    /// Whether it is for the person's profession and stage.
    pub audience: Truth,
    /// What it pays, that which is surely not due left out; empty when the answer is no.
    pub amounts: Vec<Amount>,
    /// What one owes; those that surely do not apply left out.
    pub duties: Vec<Duty>,
    /// What one cannot have beside.
    pub incompatibilities: Vec<Clash>,
    /// Programmes to ask for instead, when it is closed.
    pub successors: Vec<Arc<str>>,
}

impl Catalogue {
    /// Every programme in front of one person, in the order of their names.
    ///
    /// `facts` are those of [`Catalogue::dictionary`]; `day` is the day of examination.
    pub fn evaluate(&self, facts: &Facts, world: &dyn World, day: Date) -> Vec<Finding> {
        self.programmes()
            .iter()
            .map(|programme| {
                let mut finding = programme.evaluate(facts, world, day);
                if matches!(finding.standing, Standing::Closed(_)) {
                    let successors = self.successors(programme.id());
                    finding.successors = successors.iter().map(|next| Arc::clone(next.id())).collect();
                }
                finding
            })
            .collect()
    }
}

impl Programme {
    /// Whether it can be asked for on a day.
    pub fn standing(&self, day: Date) -> Standing {
        match self.identity.to {
            Some(to) if to < day => Standing::Closed(to),
            _ if day < self.identity.from => Standing::Opens(self.identity.from),
            _ => Standing::Open,
        }
    }

    /// The answer alone: the fast way.
    pub fn truth(&self, facts: &Facts, world: &dyn World, day: Date) -> Truth {
        if self.standing(day) != Standing::Open || self.audience(facts) == Truth::No {
            return Truth::No;
        }
        self.eligibility.verdict(facts, world, day)
    }

    /// This programme in front of one person; its successors are known of the catalogue only.
    pub fn evaluate(&self, facts: &Facts, world: &dyn World, day: Date) -> Finding {
        let standing = self.standing(day);
        let verdict = self.eligibility.evaluate(facts, world, day);
        let audience = self.audience(facts);
        let refused = standing != Standing::Open || audience == Truth::No;
        let truth = if refused { Truth::No } else { verdict.truth };
        let amounts = if truth == Truth::No { Vec::new() } else { self.pay(facts, world, day) };
        Finding {
            programme: Arc::clone(self.id()),
            standing,
            truth,
            verdict,
            audience,
            amounts,
            duties: self.duties(facts, world, day),
            incompatibilities: self.clashes(facts, day),
            successors: Vec::new(),
        }
    }

    fn pay(&self, facts: &Facts, world: &dyn World, day: Date) -> Vec<Amount> {
        let due =
            |payment: &Payment| payment.condition.as_ref().map_or(Truth::Yes, |rule| rule.verdict(facts, world, day));
        let owed = self.payments.payments.iter().map(|payment| (payment, due(payment)));
        let payments = owed.filter(|(_, due)| *due != Truth::No).map(|(payment, due)| {
            let outcome = self.amounts.evaluate(&payment.amount, facts, world, day);
            Amount {
                payment: Arc::clone(&payment.id),
                label: payment.label.clone(),
                reference: payment.reference.clone(),
                every: payment.every,
                problem: outcome.as_ref().err().map(ToString::to_string),
                outcome: outcome.ok(),
                due,
            }
        });
        payments.collect()
    }

    fn duties(&self, facts: &Facts, world: &dyn World, day: Date) -> Vec<Duty> {
        let duties = self.obligations.iter().map(|obligation| Duty {
            obligation: Arc::clone(&obligation.id),
            label: obligation.label.clone(),
            text: obligation.text.on(self.parameters(), day),
            reference: obligation.reference.clone(),
            every: obligation.every,
            missed: obligation.missed,
            applies: obligation.applies.as_ref().map_or(Truth::Yes, |rule| rule.verdict(facts, world, day)),
        });
        duties.filter(|duty| duty.applies != Truth::No).collect()
    }

    fn clashes(&self, facts: &Facts, day: Date) -> Vec<Clash> {
        let history = &facts.history;
        let clashes = self.incompatibilities.barred.iter().map(|beside| {
            let stands = history.engagements.iter().any(|engagement| {
                beside.programmes.contains(&engagement.programme)
                    && (beside.during.is_empty()
                        || beside.during.iter().any(|phase| phase.name() == &*engagement.state))
                    && engagement.from <= day
                    && (engagement.state.as_ref() != Phase::Active.name() || engagement.to.is_none_or(|to| day <= to))
            });
            Clash {
                programmes: beside.programmes.clone(),
                text: beside.text.on(self.parameters(), day),
                reference: beside.reference.clone(),
                stands: match stands {
                    true => Truth::Yes,
                    false if history.complete => Truth::No,
                    false => Truth::Unknown,
                },
            }
        });
        clashes.collect()
    }
}
