//! What is missing and can still change a verdict: not every absent fact, only those whose answer can yet decide.

use crate::dictionary::FactId;
use crate::evaluate::{Gap, Proof, Scene};
use crate::facts::{Answer, Facts, History};
use crate::probe::{self, Imagined};
use crate::rule::{Kind, Leaf, Rule, Test};
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
///
/// A gap is *free* when one open leaf alone reads it and reads nothing else: whatever the others are, it can turn that
/// leaf either way. Once the gaps that are not free are answered, what is still open is a formula in which each leaf can
/// be pushed up or down at will, so that a target whose leaf is open can be left to decide: under *all* the others are
/// pushed up, under *one at least* down, and under *so many* up until one short. Only answers to the gaps that are not
/// free are therefore tried.
pub(crate) fn decisive(scene: &Scene<'_>, proof: &Proof) -> Vec<Gap> {
    let open = open_gaps(proof);
    let mut leaves = Vec::new();
    scene.open_leaves(proof, &mut leaves);
    let tangled: Vec<usize> = (0..open.len()).filter(|rank| !free(&leaves, &open[*rank])).collect();
    if tangled.is_empty() {
        return open;
    }
    let imagined = Imagined::new(scene.world, std::slice::from_ref(&scene.rule));
    let domains: Vec<Domain> = tangled.iter().map(|rank| Domain::of(scene, &imagined, &open[*rank])).collect();
    let mut keep: Vec<bool> =
        open.iter().map(|gap| matches!(gap, Gap::Zoning { .. } | Gap::Parameter { .. })).collect();
    let facts = &mut scene.facts.clone();
    for (place, rank) in
        tangled.iter().enumerate().filter(|(_, rank)| matches!(open[**rank], Gap::Fact(_) | Gap::History))
    {
        let mut search = Search {
            scene,
            imagined: &imagined,
            domains: &domains,
            left: vec![*rank],
            open: &open,
            skip: Some(place),
            tries: TRIES,
        };
        search.reaches(facts, 0);
        keep[*rank] = search.left.is_empty();
    }
    // Free gaps are looked for together: the same answers to the others leave many of them open.
    let others: Vec<usize> = (0..open.len()).filter(|rank| !keep[*rank] && !tangled.contains(rank)).collect();
    let tries = TRIES * others.len() as u32;
    let mut search =
        Search { scene, imagined: &imagined, domains: &domains, left: others.clone(), open: &open, skip: None, tries };
    search.reaches(facts, 0);
    for rank in others.into_iter().filter(|rank| !search.left.contains(rank)) {
        keep[rank] = true;
    }
    // No answer matters but the verdict is not told yet: any of them will tell it.
    if !keep.contains(&true) {
        return open;
    }
    open.into_iter().zip(keep).filter_map(|(gap, keep)| keep.then_some(gap)).collect()
}

/// Whether a gap is read by one open leaf alone, which reads nothing else.
fn free(leaves: &[&Leaf], gap: &Gap) -> bool {
    match gap {
        Gap::Fact(fact) => {
            let mut readers = leaves.iter().filter(|leaf| leaf.facts().any(|read| read == *fact));
            let (Some(leaf), None) = (readers.next(), readers.next()) else { return false };
            match &leaf.test {
                // A place can be in a zone or out of it on any day.
                Test::InZone(place, _) => place == fact,
                _ => leaf.facts().count() == 1 && !leaf.reads_history(),
            }
        }
        // Leaves about other programmes are turned by other commitments.
        Gap::History => {
            let mut seen: Vec<&str> = Vec::new();
            leaves.iter().all(|leaf| match &leaf.test {
                Test::Total(selection, ..) | Test::Count(selection, ..) => {
                    let apart = selection.programmes.iter().all(|programme| !seen.contains(&&**programme));
                    seen.extend(selection.programmes.iter().map(|programme| &**programme));
                    apart && leaf.facts().next().is_none()
                }
                _ => true,
            })
        }
        Gap::Zoning { .. } | Gap::Parameter { .. } => true,
    }
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

/// A search for answers to the gaps that are not free that leave targets open.
struct Search<'s, 'a> {
    scene: &'s Scene<'a>,
    imagined: &'s Imagined<'s>,
    /// Answers to the gaps that are not free.
    domains: &'s [Domain],
    open: &'s [Gap],
    /// Targets not found open yet, by their rank among the open gaps.
    left: Vec<usize>,
    /// The domain of the target itself, which is not answered.
    skip: Option<usize>,
    tries: u32,
}

impl Search<'_, '_> {
    /// Tries answers to the domains from `from` on; targets left open, or not looked for enough, leave the list.
    fn reaches(&mut self, facts: &mut Facts, from: usize) {
        let Some(tries) = self.tries.checked_sub(1) else { return self.left.clear() };
        self.tries = tries;
        let scene = Scene::new(self.scene.rule, facts, self.imagined, self.scene.day);
        let root = self.scene.rule.root();
        let open = |rank: &usize| scene.opens(root, &self.open[*rank]);
        let Some(domain) = self.domains.get(from) else {
            let found: Vec<usize> = self.left.iter().copied().filter(open).collect();
            return self.left.retain(|rank| !found.contains(rank));
        };
        if !self.left.iter().any(open) {
            return;
        }
        if self.skip == Some(from) {
            return self.reaches(facts, from + 1);
        }
        match domain {
            Domain::Nothing => self.reaches(facts, from + 1),
            Domain::Fact(_, answers) if answers.is_empty() => self.reaches(facts, from + 1),
            Domain::Fact(fact, answers) => {
                let before = facts.get(*fact).cloned();
                for answer in answers {
                    facts.put(*fact, Some(answer.clone()));
                    self.reaches(facts, from + 1);
                    if self.left.is_empty() {
                        break;
                    }
                }
                facts.put(*fact, before);
            }
            Domain::History(histories) => {
                let before = facts.history.clone();
                for history in histories {
                    facts.history = history.clone();
                    self.reaches(facts, from + 1);
                    if self.left.is_empty() {
                        break;
                    }
                }
                facts.history = before;
            }
        }
    }
}

impl<'a> Scene<'a> {
    /// Leaves that are undecided, under undecided nodes only.
    fn open_leaves(&self, proof: &Proof, found: &mut Vec<&'a Leaf>) {
        if proof.truth.is_known() {
            return;
        }
        if let Kind::Leaf(leaf) = self.rule.node(proof.node).kind {
            found.push(&self.rule.leaves()[leaf as usize]);
        }
        for child in &proof.children {
            self.open_leaves(child, found);
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
