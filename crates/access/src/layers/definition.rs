//! The files under `pacts/layers/`: classes with the days on which they exist, and where membership is read.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use serde::Deserialize;
use serde_saphyr::{Location, Spanned};

use crate::method::raw::{fault, read};
use crate::method::{MethodError, Status};
use crate::shipped::{Shipped, shipped};
use crate::urgent::Set;
use crate::zoning::ZoningMethod;

/// A class of a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerClass {
    /// Stable name: `zip`.
    pub id: String,
    /// First day on which a place may be in it.
    pub from: Date,
    /// Last such day; `None` while it exists.
    pub to: Option<Date>,
    /// The text that made or ended it.
    pub source: String,
    /// Whether these days were read in the text.
    pub status: Status,
    /// What there is to know; may be empty.
    pub note: String,
}

/// Where one reads in which class a commune is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Layers published with the workbench for a profession: classes of the same names.
    Published {
        /// Profession: `gp`.
        profession: String,
    },
    /// A column of categories.
    Column {
        /// Concept: `zoning.gp`.
        concept: String,
        /// Category, and class of the communes that have it.
        classes: BTreeMap<String, usize>,
        /// Categories in no class.
        none: Vec<String>,
        /// Category, and class of which a part of the commune is.
        partly: BTreeMap<String, usize>,
    },
    /// Regions where the quota of a zoning method is the whole population: every commune is in the class.
    Quotas {
        /// Method: `medecins-2011`.
        method: String,
        /// Class.
        class: usize,
    },
    /// Priority neighbourhoods: a part of the communes they touch.
    Quarters {
        /// Class.
        class: usize,
    },
    /// Communes beyond so many minutes of urgent care.
    Minutes {
        /// Limit.
        beyond: u32,
        /// Resources.
        of: Set,
        /// Class.
        class: usize,
    },
    /// What a zoning method proposes, on a training territory only.
    Proposal {
        /// Method: `medecins-2021`.
        method: String,
        /// Classes of the method, which have the same names.
        classes: Vec<usize>,
    },
}

/// A zoning layer, as a file of `pacts/layers/` defines it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerDefinition {
    /// Stable name, the one rules use: `medecins`.
    pub id: String,
    /// French title.
    pub label: String,
    /// Classes.
    pub classes: Vec<LayerClass>,
    /// Readings; the first that knows a commune on a day wins.
    pub readings: Vec<Reading>,
}

const SHIPPED: Shipped = shipped!("layers": "medecins", "medecins_specialistes", "urgences", "zrr");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLayer {
    id: String,
    label: String,
    classes: Vec<RawClass>,
    sources: Vec<RawReading>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawClass {
    id: Spanned<String>,
    from: Spanned<String>,
    #[serde(default)]
    to: Option<Spanned<String>>,
    source: String,
    #[serde(default = "sourced")]
    status: Status,
    #[serde(default)]
    note: String,
}

const fn sourced() -> Status {
    Status::Sourced
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawReading {
    published: Option<String>,
    column: Option<Spanned<String>>,
    classes: Option<Classes>,
    none: Vec<String>,
    partly: BTreeMap<String, Spanned<String>>,
    quotas: Option<Spanned<String>>,
    class: Option<Spanned<String>>,
    quarters: Option<Spanned<String>>,
    beyond_minutes: Option<Spanned<u32>>,
    of: Option<Spanned<String>>,
    proposal: Option<Spanned<String>>,
    training: Option<Spanned<bool>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Classes {
    ByCategory(BTreeMap<String, Spanned<String>>),
    Names(Vec<Spanned<String>>),
}

impl LayerDefinition {
    /// Reads a file; `file` is only used to name it in errors.
    ///
    /// # Errors
    /// When the text is not YAML, a field is missing or unknown, or a class, a date, a method or a set of resources is not one.
    pub fn from_yaml(file: &str, text: &str) -> Result<Self, MethodError> {
        let raw: RawLayer = read(file, text)?;
        let day = |text: &Spanned<String>, field: &str| {
            text.value.parse::<Date>().map_err(|_| {
                fault(file, text.referenced, field, "attendu : une date, année-mois-jour, comme 2017-11-13")
            })
        };
        let mut classes: Vec<LayerClass> = Vec::new();
        for class in raw.classes {
            if classes.iter().any(|known| known.id == class.id.value) {
                return Err(fault(file, class.id.referenced, "classes.id", "deux classes du même nom"));
            }
            let from = day(&class.from, "classes.from")?;
            let to = class.to.as_ref().map(|to| day(to, "classes.to")).transpose()?;
            if let (Some(to), Some(at)) = (to, &class.to)
                && to < from
            {
                return Err(fault(file, at.referenced, "classes.to", "la classe finit avant de commencer"));
            }
            classes.push(LayerClass {
                id: class.id.value,
                from,
                to,
                source: class.source,
                status: class.status,
                note: class.note,
            });
        }
        let names = Names { file, classes: &classes };
        let readings = raw.sources.iter().map(|reading| names.reading(reading)).collect::<Result<_, _>>()?;
        Ok(Self { id: raw.id, label: raw.label, classes, readings })
    }

    /// The layers shipped with the program, in the order of their names.
    pub fn shipped() -> Vec<Self> {
        SHIPPED.names().filter_map(|name| SHIPPED.read(name, Self::from_yaml)).collect()
    }

    /// The layers of a folder (`pacts/layers/`), in the order of the names of their files.
    ///
    /// # Errors
    /// As [`LayerDefinition::from_yaml`], and when the folder or a file cannot be read.
    pub fn read_folder(folder: &Path) -> Result<Vec<Self>, MethodError> {
        let unreadable = |path: &Path, why: std::io::Error| MethodError {
            file: path.display().to_string(),
            line: 0,
            column: 0,
            field: "fichier".to_owned(),
            problem: format!("illisible ({why})"),
        };
        let entries = std::fs::read_dir(folder).map_err(|why| unreadable(folder, why))?;
        let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
        files.sort_unstable();
        let read = |path: &std::path::PathBuf| {
            let text = std::fs::read_to_string(path).map_err(|why| unreadable(path, why))?;
            let name = path.file_name().map(|name| format!("layers/{}", name.to_string_lossy())).unwrap_or_default();
            Self::from_yaml(&name, &text)
        };
        files.iter().map(read).collect()
    }

    /// Rank of a class by its name.
    pub fn class(&self, id: &str) -> Option<usize> {
        self.classes.iter().position(|class| class.id == id)
    }
}

/// What a reading may name.
struct Names<'a> {
    file: &'a str,
    classes: &'a [LayerClass],
}

impl Names<'_> {
    fn class(&self, name: &Spanned<String>) -> Result<usize, MethodError> {
        self.classes.iter().position(|class| class.id == name.value).ok_or_else(|| {
            let known: Vec<&str> = self.classes.iter().map(|class| class.id.as_str()).collect();
            let problem =
                format!("« {} » n’est pas une classe de la couche ; classes : {}", name.value, known.join(", "));
            fault(self.file, name.referenced, "sources", problem)
        })
    }

    fn method(&self, name: &Spanned<String>) -> Result<String, MethodError> {
        if ZoningMethod::shipped_text(&name.value).is_some() {
            return Ok(name.value.clone());
        }
        let known: Vec<&str> = ZoningMethod::shipped_names().collect();
        let problem = format!("« {} » n’est pas une méthode de zonage ; méthodes : {}", name.value, known.join(", "));
        Err(fault(self.file, name.referenced, "sources", problem))
    }

    fn one(&self, class: Option<&Spanned<String>>, at: Location) -> Result<usize, MethodError> {
        class.map_or_else(|| Err(fault(self.file, at, "sources.class", "il manque la classe")), |name| self.class(name))
    }

    fn by_category(&self, map: &BTreeMap<String, Spanned<String>>) -> Result<BTreeMap<String, usize>, MethodError> {
        map.iter().map(|(category, name)| Ok((category.clone(), self.class(name)?))).collect()
    }

    fn reading(&self, raw: &RawReading) -> Result<Reading, MethodError> {
        if let Some(profession) = &raw.published {
            return Ok(Reading::Published { profession: profession.clone() });
        }
        if let Some(concept) = &raw.column {
            let Some(Classes::ByCategory(map)) = &raw.classes else {
                let problem = "il manque « classes », le nom de la classe par catégorie de la colonne";
                return Err(fault(self.file, concept.referenced, "sources.classes", problem));
            };
            let classes = self.by_category(map)?;
            return Ok(Reading::Column {
                concept: concept.value.clone(),
                classes,
                none: raw.none.clone(),
                partly: self.by_category(&raw.partly)?,
            });
        }
        if let Some(method) = &raw.quotas {
            let class = self.one(raw.class.as_ref(), method.referenced)?;
            return Ok(Reading::Quotas { method: self.method(method)?, class });
        }
        if let Some(class) = &raw.quarters {
            return Ok(Reading::Quarters { class: self.class(class)? });
        }
        if let Some(beyond) = &raw.beyond_minutes {
            let class = self.one(raw.class.as_ref(), beyond.referenced)?;
            let of = match &raw.of {
                None => Set::SU_SMUR,
                Some(text) => text
                    .value
                    .parse()
                    .map_err(|error| fault(self.file, text.referenced, "sources.of", format!("{error}")))?,
            };
            return Ok(Reading::Minutes { beyond: beyond.value, of, class });
        }
        if let Some(method) = &raw.proposal {
            if !raw.training.as_ref().is_some_and(|training| training.value) {
                let problem = "une proposition n’est pas un zonage : ajoutez « training: true », elle ne sert qu’à un territoire fictif";
                return Err(fault(self.file, method.referenced, "sources.proposal", problem));
            }
            let Some(Classes::Names(names)) = &raw.classes else {
                let problem = "il manque « classes », la liste des classes de la méthode";
                return Err(fault(self.file, method.referenced, "sources.classes", problem));
            };
            let classes = names.iter().map(|name| self.class(name)).collect::<Result<_, _>>()?;
            return Ok(Reading::Proposal { method: self.method(method)?, classes });
        }
        let problem =
            "une source est « published », « column », « quotas », « quarters », « beyond_minutes » ou « proposal »";
        Err(fault(self.file, Location::UNKNOWN, "sources", problem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_layers_are_read() {
        let layers = LayerDefinition::shipped();
        let names: Vec<&str> = layers.iter().map(|layer| layer.id.as_str()).collect();
        assert_eq!(names, ["medecins", "medecins_specialistes", "urgences", "zrr"]);
        assert_eq!(layers[0].classes[layers[0].class("zip").unwrap()].from, jiff::civil::date(2017, 11, 13));
    }

    #[test]
    fn errors_say_the_line_and_what_would_do() {
        let text = SHIPPED.find("medecins").unwrap().1;
        for (from, to, said) in [
            ("class: fragile }", "class: fragil }", "fragile, vigilance"),
            ("{ quarters: qpv }", "{ quarters: zup }", "qpv"),
            ("quotas: medecins-2011", "quotas: medecins-2012", "medecins-2011"),
            (", training: true", "", "territoire fictif"),
            ("to: 2014-12-31", "to: 1990-12-31", "finit avant"),
            ("from: 2015-01-01", "from: 2015", "année-mois-jour"),
            ("{ published: gp }", "{ nothing: gp }", "nothing"),
        ] {
            let broken = text.replacen(from, to, 1);
            assert_ne!(broken, text, "{from}");
            let line = text.lines().position(|line| line.contains(from)).unwrap() as u64 + 1;
            let error = LayerDefinition::from_yaml("essai.yaml", &broken).unwrap_err();
            assert!(error.to_string().contains(said), "{error}");
            assert!(error.line.abs_diff(line) <= 1, "{line} {error}");
        }
    }
}
