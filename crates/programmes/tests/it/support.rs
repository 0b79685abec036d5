//! What tests share: the shipped definitions, changed here and there, and a small world.

use jiff::civil::Date;
use pacte_programmes::{Catalogue, Files};
use pacte_rules::{Facts, Truth, World, Zone};

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// The shipped definitions with one text replaced by another in one file; the text must be there.
pub(crate) fn changed(path: &str, from: &str, to: &str) -> Files {
    let mut files = Files::shipped();
    let text = files.0.get_mut(path).unwrap();
    assert!(text.contains(from), "{path} has no « {from} »");
    *text = text.replacen(from, to, 1);
    files
}

/// The shipped definitions without all programmes but these.
pub(crate) fn only(kept: &[&str]) -> Files {
    let mut files = Files::shipped();
    files.0.retain(|path, _| {
        path.strip_prefix("programmes/").is_none_or(|rest| kept.iter().any(|id| rest.starts_with(&format!("{id}/"))))
    });
    files
}

pub(crate) fn facts(catalogue: &Catalogue, pairs: &[(&str, &str)]) -> Facts {
    let mut facts = Facts::new(&catalogue.dictionary);
    for (name, text) in pairs {
        facts.set_text(&catalogue.dictionary, name, text).unwrap();
    }
    facts
}

/// Places named after the class they are in.
pub(crate) struct Named;

impl World for Named {
    fn in_zone(&self, place: &str, zone: &Zone, _: Date) -> Truth {
        zone.classes.iter().any(|class| **class == *place).into()
    }
}
