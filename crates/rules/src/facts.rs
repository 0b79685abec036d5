//! What is known of a case: an answer by fact, and the person's own history across programmes.

use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;

use crate::dictionary::{Dictionary, FactId};
use crate::value::Value;

/// The answer to a fact.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Answer {
    /// It has this value.
    Value(Value),
    /// It is certain that there is none: never installed, no accreditation…
    Absent,
}

/// A commitment of the person to a programme, past or present.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Engagement {
    /// Identifier of the programme.
    pub programme: Arc<str>,
    /// Its state: `actif`, `termine`…
    pub state: Arc<str>,
    /// First day.
    pub from: Date,
    /// Last day, included; `None` while it runs.
    pub to: Option<Date>,
}

/// The person's commitments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct History {
    /// Those that are known.
    pub engagements: Vec<Engagement>,
    /// Whether there are no others.
    pub complete: bool,
}

impl History {
    /// A history in which nothing is missing.
    pub const fn complete(engagements: Vec<Engagement>) -> Self {
        Self { engagements, complete: true }
    }
}

/// Answers by fact: missing until set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    answers: Vec<Option<Answer>>,
    /// The person's history; unknown at first.
    pub history: History,
}

impl Facts {
    /// Nothing known yet.
    pub fn new(dictionary: &Dictionary) -> Self {
        Self { answers: vec![None; dictionary.facts().len()], history: History::default() }
    }

    /// Nothing known yet but the day: dates that move with the examination (request, signature) are that day.
    pub fn on(dictionary: &Dictionary, day: Date) -> Self {
        let mut facts = Self::new(dictionary);
        facts.examine(dictionary, day);
        facts
    }

    /// Gives that day to the dates that move with the examination and were not answered.
    pub fn examine(&mut self, dictionary: &Dictionary, day: Date) {
        for (rank, _) in (0..).zip(dictionary.facts()).filter(|(_, fact)| fact.follows_examination) {
            if self.get(FactId(rank)).is_none() {
                self.put(FactId(rank), Some(Answer::Value(Value::Date(day))));
            }
        }
    }

    /// Gives a fact a value that its definition accepts.
    ///
    /// # Errors
    /// A French sentence that says what is expected; nothing changes then.
    pub fn set(&mut self, dictionary: &Dictionary, fact: FactId, value: Value) -> Result<(), String> {
        dictionary.fact(fact).accept(&value)?;
        self.put(fact, Some(Answer::Value(value)));
        Ok(())
    }

    /// Gives a fact, by its name, the value that a text says; `absent` says that there is none.
    ///
    /// # Errors
    /// A French sentence when there is no such fact or the value is refused.
    pub fn set_text(&mut self, dictionary: &Dictionary, name: &str, text: &str) -> Result<(), String> {
        let Some(fact) = dictionary.id(name) else {
            let names = dictionary.facts().iter().map(|fact| &*fact.name);
            return Err(crate::fault::unknown("n’est pas un fait du dictionnaire", name, names));
        };
        if text.trim() == "absent" {
            self.put(fact, Some(Answer::Absent));
            return Ok(());
        }
        let value = dictionary.fact(fact).read(text)?;
        self.put(fact, Some(Answer::Value(value)));
        Ok(())
    }

    /// Puts an answer as it is, without checks; `None` forgets it.
    pub fn put(&mut self, fact: FactId, answer: Option<Answer>) {
        let rank = fact.0 as usize;
        if rank >= self.answers.len() {
            self.answers.resize(rank + 1, None);
        }
        self.answers[rank] = answer;
    }

    /// The answer to a fact; `None` while missing.
    pub fn get(&self, fact: FactId) -> Option<&Answer> {
        self.answers.get(fact.0 as usize).and_then(Option::as_ref)
    }
}
