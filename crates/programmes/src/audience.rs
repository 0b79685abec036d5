//! Whether a programme is for such a person: their profession and the stage of their career.

use pacte_rules::{Answer, Facts, Truth, Value};

use crate::programme::Programme;

/// The fact that says which profession a person has.
pub const PROFESSION: &str = "profession.metier";
/// The fact that says where they stand in their career.
pub const STAGE: &str = "profession.etape";

impl Programme {
    /// Whether it is for this person's profession and stage; unknown while one that could rule it out is missing.
    pub fn audience(&self, facts: &Facts) -> Truth {
        let among = |name: &str, open: &[std::sync::Arc<str>]| {
            let answer = self.context.dictionary.id(name).and_then(|fact| facts.get(fact));
            match answer {
                Some(Answer::Value(Value::Choice(choice))) => Truth::from(open.contains(choice)),
                Some(_) => Truth::No,
                None => Truth::Unknown,
            }
        };
        among(PROFESSION, &self.identity.professions).min(among(STAGE, &self.identity.stages))
    }
}
