//! Why a definition is refused, with the place of the fault and the nearest name that would have done.

use serde::ser::{Serialize, SerializeStruct as _, Serializer};
use serde_saphyr::Location;

/// One thing wrong in a definition file.
///
/// Serialised, it is an object with `file`, `line`, `field` (when there is one), `problem` and `remedy` (when one is told).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column} : {field} : {problem}")]
pub struct Fault {
    /// File, as the caller named it.
    pub file: String,
    /// Line, from 1; 0 when the whole file is concerned.
    pub line: u64,
    /// Column, from 1.
    pub column: u64,
    /// Field or keyword, dotted when nested: `faits.installation.date`.
    pub field: String,
    /// What is wrong, then what to do after « ; », in French.
    pub problem: String,
}

impl Fault {
    /// A fault at a place of a file.
    pub fn new(file: &str, at: At, field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: at.line.into(),
            column: at.column.into(),
            field: field.into(),
            problem: problem.into(),
        }
    }

    /// What is wrong, and what to do about it when that is told: the two sides of the first « ; » outside quotation marks.
    pub fn parts(&self) -> (&str, Option<&str>) {
        let mut quoted = 0_i32;
        for (at, letter) in self.problem.char_indices() {
            match letter {
                '«' => quoted += 1,
                '»' => quoted -= 1,
                ';' if quoted == 0 => {
                    return (self.problem[..at].trim_end(), Some(self.problem[at + 1..].trim_start()));
                }
                _ => {}
            }
        }
        (&self.problem, None)
    }
}

impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (problem, remedy) = self.parts();
        let field = Some(self.field.as_str()).filter(|field| !field.is_empty());
        let count = 3 + usize::from(field.is_some()) + usize::from(remedy.is_some());
        let mut object = serializer.serialize_struct("Fault", count)?;
        object.serialize_field("file", &self.file)?;
        object.serialize_field("line", &self.line)?;
        if let Some(field) = field {
            object.serialize_field("field", field)?;
        }
        object.serialize_field("problem", problem)?;
        if let Some(remedy) = remedy {
            object.serialize_field("remedy", remedy)?;
        }
        object.end()
    }
}

/// Everything wrong in a definition, in the order of the file; never empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[error("{}", self.0.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Faults(pub Vec<Fault>);

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self(vec![fault])
    }
}

/// A place in a file: line and column, from 1; 0 and 0 when unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct At {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

impl From<Location> for At {
    fn from(location: Location) -> Self {
        Self { line: location.line() as u32, column: location.column() as u32 }
    }
}

/// The known name nearest to one that is not, when it is near enough to be a slip of the hand.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().count();
    let reach = (1 + length / 3).min(length.saturating_sub(1));
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= reach)
        .min()
        .map(|(_, candidate)| candidate)
}

/// « … » is not one of the known names: says the nearest, or lists them when they are few.
pub fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    let advice = if let Some(near) = nearest(name, known.clone()) {
        format!("vouliez-vous dire « {near} » ?")
    } else {
        let mut names: Vec<&str> = known.into_iter().collect();
        let more = names.len() > 12;
        names.truncate(12);
        if names.is_empty() {
            "aucun n’est déclaré".to_owned()
        } else {
            format!("attendu : {}{}", names.join(", "), if more { "…" } else { "" })
        }
    };
    format!("« {name} » {what} ; {advice}")
}
