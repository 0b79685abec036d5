//! A question as a form asks it: its words, its kind of field, the answers to choose from.

use pacte_programmes::Catalogue;
use pacte_rules::{FactId, Type};

use super::asked::{Asked, FACT};
use crate::i18n::Lang;
use crate::labels::typeset;

/// A question.
#[derive(Clone, Debug)]
pub(super) struct QuestionView {
    /// Name of the field: `f.installation.date`.
    pub name: String,
    /// Name of the fact.
    pub fact: String,
    /// The question, or what is to be given.
    pub text: String,
    /// Language of the texts: they stay French where they were not translated.
    pub lang: &'static str,
    pub hint: String,
    /// `choice`, `several`, `date`, `number` or `text`.
    pub kind: &'static str,
    /// Value, label, whether it is the answer so far.
    pub options: Vec<(String, String, bool)>,
    pub value: String,
    /// Whether one may answer that there is none.
    pub absent: bool,
    pub problem: String,
}

/// The question of a fact, with what was answered so far.
pub(super) fn question(catalogue: &Catalogue, lang: Lang, id: FactId, asked: &Asked) -> QuestionView {
    let fact = catalogue.dictionary.fact(id);
    let said = |label: &pacte_rules::Label| match (lang.is_french(), label.en.is_empty()) {
        (false, false) => label.en.clone(),
        _ => typeset(&label.fr),
    };
    let typed = asked.typed.iter().find(|typed| typed.fact == id);
    let has = |value: &str| typed.is_some_and(|typed| typed.values.iter().any(|known| known == value));
    let options: Vec<(String, String, bool)> = match fact.kind {
        Type::Boolean => [("vrai", "aids-yes"), ("faux", "aids-no")]
            .into_iter()
            .map(|(value, key)| (value.to_owned(), lang.tr(key), has(value)))
            .collect(),
        _ => fact.choices.iter().map(|(value, label)| (value.to_string(), said(label), has(value))).collect(),
    };
    let kind = match fact.kind {
        Type::Boolean | Type::Choice | Type::Profession if fact.list => "several",
        Type::Boolean | Type::Choice | Type::Profession => "choice",
        Type::Date => "date",
        Type::Integer | Type::Decimal | Type::Money => "number",
        Type::Period | Type::Place | Type::Text => "text",
    };
    let text = if fact.question.fr.is_empty() { said(&fact.label) } else { said(&fact.question) };
    QuestionView {
        name: format!("{FACT}{}", fact.name),
        fact: fact.name.to_string(),
        lang: if lang.is_french() || fact.label.en.is_empty() { "fr" } else { lang.code() },
        text,
        hint: said(&fact.hint),
        kind,
        options,
        value: typed.and_then(|typed| typed.values.first().cloned()).unwrap_or_default(),
        absent: fact.kind == Type::Date,
        problem: typed.map(|typed| typeset(&typed.problem)).unwrap_or_default(),
    }
}
