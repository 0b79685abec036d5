//! Branches that nothing reaches: conditions that no answer meets, that every answer meets, or that another makes idle.
//!
//! A node (or a pair of nodes of one group that read the same facts) is tried on every combination of telling answers;
//! those with too many combinations are left alone: nothing is refused that was not tried through and through.

use jiff::civil::Date;

use super::{Kind, Rule};
use crate::dictionary::FactId;
use crate::evaluate::Scene;
use crate::facts::{Answer, Facts};
use crate::probe::{self, Imagined};
use crate::truth::Truth;
use crate::world::Nowhere;
use crate::yaml::Reader;

/// Combinations tried for one node, at most.
const COMBINATIONS: usize = 20_000;

pub(super) fn unreachable(reader: &mut Reader<'_>, rule: &Rule) {
    let days = regimes(rule);
    for rank in 0..rule.nodes.len() as u32 {
        if matches!(rule.node(rank).kind, Kind::Leaf(_)) {
            constant(reader, rule, rank, &days);
        } else {
            pairs(reader, rule, rank, &days);
        }
    }
}

/// One day of each combination of values of the parameters.
fn regimes(rule: &Rule) -> Vec<Date> {
    let mut days: Vec<Date> = rule
        .parameters()
        .iter()
        .flat_map(|id| &rule.context.parameters.parameter(*id).values)
        .map(|dated| dated.from.or(dated.to).unwrap_or(Date::constant(2020, 1, 1)))
        .collect();
    days.push(Date::constant(2020, 1, 1));
    days.sort_unstable();
    days.dedup();
    days
}

/// Facts read at or below a node; `None` when the history is read too, which has no telling answers to exhaust.
fn facts_below(rule: &Rule, rank: u32, found: &mut Vec<FactId>) -> Option<()> {
    if let Kind::Leaf(leaf) = rule.node(rank).kind {
        let leaf = &rule.leaves[leaf as usize];
        if leaf.reads_history() {
            return None;
        }
        for fact in leaf.facts() {
            if !found.contains(&fact) {
                found.push(fact);
            }
        }
    }
    rule.children(rank).iter().try_for_each(|child| facts_below(rule, *child, found))
}

/// Calls `seen` with the outcomes of nodes for every combination of telling answers; false when there are too many.
fn every(rule: &Rule, nodes: &[u32], days: &[Date], mut seen: impl FnMut(&[Truth])) -> bool {
    let mut read = Vec::new();
    if nodes.iter().try_for_each(|node| facts_below(rule, *node, &mut read)).is_none() {
        return false;
    }
    let rules = [rule];
    let world = Imagined::new(&Nowhere, &rules);
    for day in days {
        let mut facts = Facts::new(rule.dictionary());
        let domains: Vec<Vec<Answer>> =
            read.iter().map(|fact| probe::answers(&rules, &world, *fact, &facts, *day)).collect();
        let combinations = domains.iter().try_fold(1_usize, |product, domain| product.checked_mul(domain.len()));
        if combinations.is_none_or(|number| number == 0 || number > COMBINATIONS) {
            return false;
        }
        let mut turn = vec![0; read.len()];
        loop {
            for (fact, (domain, rank)) in read.iter().zip(domains.iter().zip(&turn)) {
                facts.put(*fact, Some(domain[*rank].clone()));
            }
            let scene = Scene::new(rule, &facts, &world, *day);
            let outcomes: Vec<Truth> = nodes.iter().map(|node| scene.truth(*node)).collect();
            seen(&outcomes);
            let Some(next) = (0..turn.len()).rev().find(|digit| turn[*digit] + 1 < domains[*digit].len()) else {
                break;
            };
            turn[next] += 1;
            turn[next + 1..].fill(0);
        }
    }
    true
}

fn constant(reader: &mut Reader<'_>, rule: &Rule, rank: u32, days: &[Date]) {
    let (mut yes, mut no, mut unknown) = (false, false, false);
    let tried = every(rule, &[rank], days, |outcomes| match outcomes[0] {
        Truth::Yes => yes = true,
        Truth::No => no = true,
        Truth::Unknown => unknown = true,
    });
    if !tried || unknown {
        return;
    }
    let node = rule.node(rank);
    if !yes {
        reader.fault(
            node.at,
            name(rule, rank),
            format!("aucune réponse ne remplit cette condition ({})", node.description),
        );
    } else if !no {
        reader.fault(
            node.at,
            name(rule, rank),
            format!("toute réponse remplit cette condition ({})", node.description),
        );
    }
}

fn pairs(reader: &mut Reader<'_>, rule: &Rule, rank: u32, days: &[Date]) {
    let node = rule.node(rank);
    let children = rule.children(rank);
    for (i, first) in children.iter().enumerate() {
        for second in &children[i + 1..] {
            let (mut a, mut b) = (Vec::new(), Vec::new());
            let both = facts_below(rule, *first, &mut a).and_then(|()| facts_below(rule, *second, &mut b));
            if both.is_none() || !a.iter().any(|fact| b.contains(fact)) {
                continue;
            }
            // Which of (no, no), (no, yes), (yes, no), (yes, yes) can be.
            let mut can = [false; 4];
            let mut unknown = false;
            let tried = every(rule, &[*first, *second], days, |outcomes| {
                unknown |= outcomes.contains(&Truth::Unknown);
                can[usize::from(outcomes[0] == Truth::Yes) * 2 + usize::from(outcomes[1] == Truth::Yes)] = true;
            });
            // A child that is constant by itself is told on its own line.
            let free = (can[1] && can[2]) || (can[0] && can[3]);
            if !tried || unknown || !free {
                continue;
            }
            if let Some(problem) = conflict(node.kind, can, i == 0, rule.node(*first).at.line) {
                reader.fault(rule.node(*second).at, name(rule, *second), problem);
            }
        }
    }
}

/// What is wrong with two children of a group of which only some outcomes can be.
fn conflict(kind: Kind, can: [bool; 4], first_is_rule: bool, line: u32) -> Option<String> {
    let [neither, only_second, only_first, both] = can;
    let idle = (!only_second || !only_first).then(|| {
        format!("cette condition et celle de la ligne {line} vont de pair : l’une des deux ne change jamais rien")
    });
    match kind {
        Kind::All if !both => {
            Some(format!("cette condition contredit celle de la ligne {line} : rien ne remplit les deux"))
        }
        Kind::Any | Kind::None if !neither => {
            Some(format!("toute réponse remplit cette condition ou celle de la ligne {line}"))
        }
        Kind::All | Kind::Any | Kind::None => idle,
        Kind::Except if first_is_rule && !both => {
            Some(format!("cette exception ne joue jamais quand la condition de la ligne {line} est remplie"))
        }
        Kind::Except if first_is_rule && !only_first => {
            Some(format!("cette exception joue chaque fois que la condition de la ligne {line} est remplie"))
        }
        Kind::Except if !first_is_rule => idle,
        Kind::Except | Kind::AtLeast(_) | Kind::Leaf(_) => None,
    }
}

fn name(rule: &Rule, rank: u32) -> &str {
    rule.node(rank).id.as_deref().unwrap_or("règle")
}
