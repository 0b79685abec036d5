//! What is missing and can still change a verdict: not every absent fact, only those whose answer can yet decide.

use crate::dictionary::FactId;
use crate::evaluate::{Gap, Proof, Scene};
use crate::facts::{Answer, Facts, History};
use crate::probe::{self, Imagined};
use crate::rule::{Kind, Rule};
use crate::truth::Truth;
use crate::world::World;

/// How many cases are tried for one fact before it is held to be decisive without a witness.
const TRIES: u32 = 4_000;

impl Rule {
    /// Whether a missing fact (or history) can still decide the verdict: some answers to what else is missing leave it
    /// unknown without this one. When no such answers are found among some thousands, the fact is held to be decisive;
    /// so are all open ones when none is: the verdict is then the same whatever is answered, but something must be.
    pub fn decisive(&self, gap: &Gap, facts: &Facts, world: &dyn World, day: jiff::civil::Date) -> bool {
        let scene = Scene::new(self, facts, world, day);
        decisive(&scene, &scene.prove(self.root())).contains(gap)
    }
}

/// Gaps of the leaves that are still open, each once, in the order of the text.
pub(crate) fn open_gaps(proof: &Proof) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut waiting = vec![proof];
    while let Some(proof) = waiting.pop() {
        if !proof.truth.is_known() {
            for gap in &proof.gaps {
                if !gaps.contains(gap) {
                    gaps.push(gap.clone());
                }
            }
            waiting.extend(proof.children.iter().rev());
        }
    }
    gaps
}

/// The open gaps that can still decide.
pub(crate) fn decisive(scene: &Scene<'_>, proof: &Proof) -> Vec<Gap> {
    let open = open_gaps(proof);
    // The neutral answers of facts read once cannot get in each other's way.
    if apart(scene, &open) {
        return open;
    }
    let imagined = Imagined::new(scene.world, std::slice::from_ref(&scene.rule));
    let domains: Vec<Domain> = open.iter().map(|gap| Domain::of(scene, &imagined, gap)).collect();
    let keep: Vec<bool> = (0..open.len())
        .map(|rank| match open[rank] {
            Gap::Fact(_) | Gap::History => {
                let mut search =
                    Search { scene, imagined: &imagined, domains: &domains, target: &open[rank], tries: TRIES };
                search.reaches(&mut scene.facts.clone(), 0, rank)
            }
            Gap::Zoning { .. } | Gap::Parameter { .. } => true,
        })
        .collect();
    // No answer matters but the verdict is not told yet: any of them will tell it.
    if !keep.contains(&true) {
        return open;
    }
    open.into_iter().zip(keep).filter_map(|(gap, keep)| keep.then_some(gap)).collect()
}

/// Whether every open gap is read by one open leaf alone, which reads nothing else: then all of them are decisive.
fn apart(scene: &Scene<'_>, open: &[Gap]) -> bool {
    let mut histories = 0;
    let mut seen: Vec<FactId> = Vec::new();
    for leaf in scene.rule.leaves() {
        histories += u32::from(leaf.reads_history());
        let mut alone = 0;
        for fact in leaf.facts().filter(|fact| open.contains(&Gap::Fact(*fact))) {
            if seen.contains(&fact) {
                return false;
            }
            seen.push(fact);
            alone += 1;
        }
        // A comparison of two facts may be settled by one of them alone.
        if alone > 0 && (leaf.facts().count() > 1 || leaf.reads_history()) {
            return false;
        }
    }
    histories <= 1 || !open.contains(&Gap::History)
}

/// Answers to try for a gap.
enum Domain {
    Fact(FactId, Vec<Answer>),
    History(Vec<History>),
    Nothing,
}

impl Domain {
    fn of(scene: &Scene<'_>, imagined: &Imagined<'_>, gap: &Gap) -> Self {
        let rules = std::slice::from_ref(&scene.rule);
        match gap {
            Gap::Fact(fact) => Self::Fact(*fact, probe::answers(rules, imagined, *fact, scene.facts, scene.day)),
            Gap::History => Self::History(probe::histories(rules, scene.facts, scene.day)),
            Gap::Zoning { .. } | Gap::Parameter { .. } => Self::Nothing,
        }
    }
}

struct Search<'s, 'a> {
    scene: &'s Scene<'a>,
    imagined: &'s Imagined<'s>,
    domains: &'s [Domain],
    target: &'s Gap,
    tries: u32,
}

impl Search<'_, '_> {
    /// Whether answers to the gaps from `from` on leave the target open.
    fn reaches(&mut self, facts: &mut Facts, from: usize, target: usize) -> bool {
        if self.tries == 0 {
            return true;
        }
        self.tries -= 1;
        let scene = Scene::new(self.scene.rule, facts, self.imagined, self.scene.day);
        if !scene.opens(self.scene.rule.root(), self.target) {
            return false;
        }
        let Some(domain) = self.domains.get(from) else { return true };
        if from == target {
            return self.reaches(facts, from + 1, target);
        }
        match domain {
            Domain::Nothing => self.reaches(facts, from + 1, target),
            Domain::Fact(fact, answers) => {
                let before = facts.get(*fact).cloned();
                let found = answers.is_empty() && self.reaches(facts, from + 1, target)
                    || answers.iter().any(|answer| {
                        facts.put(*fact, Some(answer.clone()));
                        self.reaches(facts, from + 1, target)
                    });
                facts.put(*fact, before);
                found
            }
            Domain::History(histories) => {
                let before = facts.history.clone();
                let found = histories.iter().any(|history| {
                    facts.history = history.clone();
                    self.reaches(facts, from + 1, target)
                });
                facts.history = before;
                found
            }
        }
    }
}

impl Scene<'_> {
    /// Whether an undecided leaf that reads a gap is still open: undecided, and under undecided nodes only.
    pub(crate) fn opens(&self, rank: u32, gap: &Gap) -> bool {
        if self.truth(rank).is_known() {
            return false;
        }
        match self.rule.node(rank).kind {
            Kind::Leaf(leaf) => {
                let leaf = &self.rule.leaves()[leaf as usize];
                match gap {
                    Gap::Fact(fact) => leaf.facts().any(|read| read == *fact) && self.facts.get(*fact).is_none(),
                    Gap::History => leaf.reads_history() && !self.facts.history.complete,
                    Gap::Zoning { .. } | Gap::Parameter { .. } => true,
                }
            }
            _ => self.rule.children(rank).iter().any(|child| self.opens(*child, gap)),
        }
    }

    /// Facts (and `None` for the history) that open leaves read and lack, each once.
    pub(crate) fn open_facts(&self, rank: u32, found: &mut Vec<Option<FactId>>) -> Truth {
        let truth = self.truth(rank);
        if truth.is_known() {
            return truth;
        }
        match self.rule.node(rank).kind {
            Kind::Leaf(leaf) => {
                let leaf = &self.rule.leaves()[leaf as usize];
                let lacking = leaf.facts().filter(|fact| self.facts.get(*fact).is_none()).map(Some);
                let history = (leaf.reads_history() && !self.facts.history.complete).then_some(None);
                for gap in lacking.chain(history) {
                    if !found.contains(&gap) {
                        found.push(gap);
                    }
                }
            }
            _ => {
                for child in self.rule.children(rank) {
                    self.open_facts(*child, found);
                }
            }
        }
        truth
    }
}
