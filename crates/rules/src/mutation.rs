//! Whether cases test every leaf: a leaf turned round must change the verdict of some case.

use jiff::civil::Date;
use serde::Serialize;

use crate::evaluate::Scene;
use crate::facts::Facts;
use crate::fault::At;
use crate::rule::Rule;
use crate::truth::Truth;
use crate::world::World;

/// A case and what is expected of it.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// What is known.
    pub facts: Facts,
    /// Day of examination.
    pub day: Date,
    /// The verdict expected.
    pub expected: Truth,
}

/// A leaf and the cases that notice when it is turned round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeafCover {
    /// Rank of the leaf.
    pub leaf: u32,
    /// Name of its node.
    pub id: Option<String>,
    /// What it tests, in French.
    pub description: String,
    /// Where it stands.
    pub at: At,
    /// Ranks of the cases whose expected verdict it changes.
    pub noticed_by: Vec<usize>,
}

/// What cases are worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cover {
    /// Cases whose verdict is not the expected one: rank and verdict.
    pub failed: Vec<(usize, Truth)>,
    /// Every leaf, in the order of the text.
    pub leaves: Vec<LeafCover>,
}

impl Cover {
    /// Leaves that some case notices.
    pub fn noticed(&self) -> usize {
        self.leaves.iter().filter(|leaf| !leaf.noticed_by.is_empty()).count()
    }

    /// Whole percent of leaves that some case notices, rounded down; 100 for a rule without leaves.
    pub fn score(&self) -> u32 {
        (self.noticed() * 100).checked_div(self.leaves.len()).unwrap_or(100) as u32
    }

    /// Leaves that no case notices.
    pub fn unnoticed(&self) -> impl Iterator<Item = &LeafCover> {
        self.leaves.iter().filter(|leaf| leaf.noticed_by.is_empty())
    }
}

impl Rule {
    /// The verdict when a leaf says the contrary of what it finds; unknown stays unknown.
    pub fn verdict_with_leaf_negated(&self, leaf: u32, facts: &Facts, world: &dyn World, day: Date) -> Truth {
        let mut scene = Scene::new(self, facts, world, day);
        scene.negated = Some(leaf);
        scene.truth(self.root())
    }

    /// Runs cases, and each again with every leaf turned round.
    ///
    /// Only cases that give what is expected can notice anything.
    pub fn cover(&self, cases: &[Case], world: &dyn World) -> Cover {
        let verdicts: Vec<Truth> = cases.iter().map(|case| self.verdict(&case.facts, world, case.day)).collect();
        let failed: Vec<(usize, Truth)> = (0..cases.len())
            .filter(|case| verdicts[*case] != cases[*case].expected)
            .map(|case| (case, verdicts[case]))
            .collect();
        let leaves = (0..self.leaves().len() as u32).map(|leaf| {
            let node = self.node(self.leaves()[leaf as usize].node);
            let noticed_by = (0..cases.len())
                .filter(|rank| {
                    let case = &cases[*rank];
                    verdicts[*rank] == case.expected
                        && self.verdict_with_leaf_negated(leaf, &case.facts, world, case.day) != case.expected
                })
                .collect();
            LeafCover {
                leaf,
                id: node.id.as_deref().map(str::to_owned),
                description: node.description.to_string(),
                at: node.at,
                noticed_by,
            }
        });
        Cover { failed, leaves: leaves.collect() }
    }
}
