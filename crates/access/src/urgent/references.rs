//! The published figures of people far from urgent care, with their date, resource set and definition
//! (`pacts/references/urgences.yaml`). They stand beside ours and are never overwritten.

use std::sync::OnceLock;

use serde::Deserialize;

use super::set::Set;
use crate::method::MethodError;
use crate::method::raw;

/// Name of the file in errors.
const FILE: &str = "pacts/references/urgences.yaml";
/// Its text.
const TEXT: &str = include_str!("../../../../pacts/references/urgences.yaml");

/// A share published for a département.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepartementShare {
    /// Code of the département.
    pub code: String,
    /// Percentage of its people beyond.
    pub share: f64,
}

/// A published figure.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Stable name.
    pub id: String,
    /// Title.
    pub label: String,
    /// Year or day the figure describes.
    pub as_of: String,
    /// People; `None` when the source gives a share alone.
    pub people: Option<u64>,
    /// `environ`, `plus de`, or nothing for a count.
    pub qualifier: String,
    /// Percentage of the population; `None` when the source gives a count alone.
    pub share: Option<f64>,
    /// The set computed here that comes nearest; `None` when the figure counts something else.
    pub set: Option<Set>,
    /// Resources counted, as the source words them.
    pub resources: String,
    /// What is counted.
    pub definition: String,
    /// Citation.
    pub source: String,
    /// Why ours differs.
    pub differs: String,
    /// Shares by département, highest first; often empty.
    #[serde(default)]
    pub departements: Vec<DepartementShare>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    figures: Vec<Reference>,
}

impl Reference {
    /// Reads a file of published figures; `file` is only used to name it in errors.
    ///
    /// # Errors
    /// When the text is not YAML, or a field is missing or unknown.
    pub fn from_yaml(file: &str, text: &str) -> Result<Vec<Self>, MethodError> {
        raw::read::<File>(file, text).map(|read| read.figures)
    }

    /// The figures shipped with the program, oldest first.
    pub fn shipped() -> &'static [Self] {
        static READ: OnceLock<Vec<Reference>> = OnceLock::new();
        READ.get_or_init(|| Self::from_yaml(FILE, TEXT).expect("a test reads the shipped file"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_figures_are_those_of_their_sources() {
        let of = |id: &str| Reference::shipped().iter().find(|figure| figure.id == id).expect("a published figure");
        assert_eq!((of("dgos-2019").people, of("dgos-2019").share), (Some(992_836), Some(1.5)));
        assert_eq!((of("hoscare-2017").people, of("hoscare-2017").share), (Some(3_040_000), Some(4.77)));
        let lozere = &of("hoscare-2017").departements[0];
        assert_eq!((lozere.code.as_str(), lozere.share), ("48", 50.94));
        assert_eq!(of("hoscare-2017").departements.len(), 9);
        assert_eq!((of("drees-2015").set, of("drees-2015").share), (Some(Set::SU), Some(6.0)));
        assert_eq!(of("pts1-2012").people, Some(2_000_000));
        assert_eq!(of("amrf-2021").people, Some(6_000_000));
        let error = Reference::from_yaml("f.yaml", &TEXT.replace("set: tout", "set: samu")).unwrap_err();
        assert!(error.line > 0 && error.to_string().contains("samu"), "{error}");
    }
}
