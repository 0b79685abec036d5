//! The next best question: the one whose answers leave the least to ask, over one rule or many.

use jiff::civil::Date;
use serde::Serialize;

use crate::evaluate::{Gap, Scene};
use crate::facts::{Answer, Facts};
use crate::missing;
use crate::probe::{self, Imagined};
use crate::rule::Rule;
use crate::world::World;

/// A question worth asking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Question {
    /// What to ask: a fact, or the person's history.
    pub about: Gap,
    /// Verdicts that the tried answers settle, all together.
    pub settles: u64,
    /// Questions that the tried answers leave, all together.
    pub leaves: u64,
    /// Answers that were tried.
    pub answers: u64,
}

/// The question whose answers, tried one by one on either side of every boundary, leave the fewest facts to ask on
/// average; among equals the one that settles most, then the first of the dictionary, the history last.
///
/// Every rule must be read against the same dictionary. `None` when no answer can change any verdict.
pub fn next(rules: &[&Rule], facts: &Facts, world: &dyn World, day: Date) -> Option<Question> {
    next_among(rules, facts, world, day, &|_| true)
}

/// The same among the gaps that may be asked for: a question that was passed over is not asked again.
pub fn next_among(
    rules: &[&Rule],
    facts: &Facts,
    world: &dyn World,
    day: Date,
    may_ask: &dyn Fn(&Gap) -> bool,
) -> Option<Question> {
    let mut gaps: Vec<Gap> = Vec::new();
    let mut undecided: Vec<&Rule> = Vec::new();
    for rule in rules {
        let verdict = rule.evaluate(facts, world, day);
        if !verdict.truth.is_known() {
            undecided.push(rule);
            let askable = |gap: &Gap| matches!(gap, Gap::Fact(_) | Gap::History) && may_ask(gap);
            gaps.extend(verdict.missing.into_iter().filter(askable));
        }
    }
    gaps.sort_unstable();
    gaps.dedup();
    let imagined = Imagined::new(world, &undecided);
    let mut best: Option<Question> = None;
    for gap in gaps {
        let question = weigh(&undecided, &imagined, gap, facts, day);
        let better = best.as_ref().is_none_or(|best| {
            let (mine, its) = (question.leaves * best.answers, best.leaves * question.answers);
            let (settled, so_far) = (question.settles * best.answers, best.settles * question.answers);
            mine < its || (mine == its && settled > so_far)
        });
        if better {
            best = Some(question);
        }
    }
    best
}

fn weigh(rules: &[&Rule], world: &Imagined<'_>, gap: Gap, facts: &Facts, day: Date) -> Question {
    let mut trial = facts.clone();
    let (mut settles, mut leaves, mut answers) = (0, 0, 0);
    let mut count = |trial: &Facts| {
        answers += 1;
        for rule in rules {
            let mut open = Vec::new();
            let scene = Scene::new(rule, trial, world, day);
            settles += u64::from(scene.open_facts(rule.root(), &mut open).is_known());
            leaves += open.len() as u64;
        }
    };
    match &gap {
        Gap::Fact(fact) => {
            for answer in probe::answers(rules, world, *fact, facts, day) {
                trial.put(*fact, Some(answer));
                count(&trial);
            }
        }
        _ => {
            for history in probe::histories(rules, facts, day) {
                trial.history = history;
                count(&trial);
            }
        }
    }
    Question { about: gap, settles, leaves, answers: answers.max(1) }
}

/// Answers worth trying for a fact: one on either side of every boundary that the rules draw; places are left out.
pub fn telling_answers(
    rules: &[&Rule],
    fact: crate::FactId,
    facts: &Facts,
    world: &dyn World,
    day: Date,
) -> Vec<Answer> {
    let imagined = Imagined::new(world, rules);
    let place = rules.first().is_some_and(|rule| rule.dictionary().fact(fact).kind == crate::Type::Place);
    if place { Vec::new() } else { probe::answers(rules, &imagined, fact, facts, day) }
}

/// What is missing over several rules, each once: the union of what can still change each verdict.
pub fn all_missing(rules: &[&Rule], facts: &Facts, world: &dyn World, day: Date) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = rules
        .iter()
        .flat_map(|rule| {
            let scene = Scene::new(rule, facts, world, day);
            let proof = scene.prove(rule.root());
            missing::decisive(&scene, &proof)
        })
        .collect();
    gaps.sort_unstable();
    gaps.dedup();
    gaps
}
