//! French texts that cite parameters: « au moins {actes_min} consultations » follows the figure in force.

use jiff::civil::Date;
use pacte_rules::fault::unknown;
use pacte_rules::{ParameterId, Parameters};

/// A text and the parameters it cites.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Plain(String),
    Parameter(ParameterId),
}

impl Text {
    /// Reads a text; what stands between braces is the name of a parameter.
    ///
    /// # Errors
    /// A French sentence: an unknown parameter, a brace left open.
    pub fn parse(text: &str, parameters: &Parameters) -> Result<Self, String> {
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some((plain, after)) = rest.split_once('{') {
            let (name, after) =
                after.split_once('}').ok_or("une accolade n’est pas refermée ; attendu : « {nom_du_parametre} »")?;
            let id = parameters.id(name).ok_or_else(|| {
                unknown("n’est pas un paramètre", name, parameters.all().iter().map(|known| &*known.name))
            })?;
            if !plain.is_empty() {
                parts.push(Part::Plain(plain.to_owned()));
            }
            parts.push(Part::Parameter(id));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Plain(rest.to_owned()));
        }
        Ok(Self { parts })
    }

    /// Whether nothing was written.
    pub const fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The text as of a day; a parameter without value that day is told to be so.
    pub fn on(&self, parameters: &Parameters, day: Date) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Plain(plain) => text.push_str(plain),
                Part::Parameter(id) => match parameters.parameter(*id).at(day) {
                    Some(dated) => text.push_str(&dated.value.to_string()),
                    None => text.push_str("(non fixé à cette date)"),
                },
            }
        }
        text
    }
}
