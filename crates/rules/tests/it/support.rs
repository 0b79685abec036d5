//! What tests share: the PTMG definitions, a small world, facts from texts.

use std::sync::Arc;

use jiff::civil::Date;
use pacte_rules::amount::Computations;
use pacte_rules::{Context, Dictionary, Facts, Parameters, Rule, Truth, World, Zone};

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn ptmg_context() -> Context {
    let dictionary = Dictionary::from_yaml("faits.yaml", include_str!("fixtures/faits.yaml")).unwrap();
    let parameters = Parameters::from_yaml("parametres.yaml", include_str!("fixtures/ptmg-parametres.yaml")).unwrap();
    Context::new(dictionary, parameters)
}

pub(crate) fn ptmg() -> Rule {
    Rule::from_yaml("eligibilite.yaml", include_str!("fixtures/ptmg-eligibilite.yaml"), &ptmg_context()).unwrap()
}

pub(crate) fn ptmg_amounts() -> Computations {
    Computations::from_yaml("calculs.yaml", include_str!("fixtures/ptmg-calculs.yaml"), &ptmg_context()).unwrap()
}

/// Facts from pairs of names and texts.
pub(crate) fn facts(dictionary: &Dictionary, pairs: &[(&str, &str)]) -> Facts {
    let mut facts = Facts::new(dictionary);
    for (name, text) in pairs {
        facts.set_text(dictionary, name, text).unwrap();
    }
    facts
}

/// Places named after the zones they are in: « a+b » is in a and b, « ? » is not known; the layer of 2020 knows none.
pub(crate) struct Named {
    pub(crate) elsewhere: Vec<&'static str>,
    pub(crate) ends: Option<Date>,
}

impl Named {
    pub(crate) const fn new() -> Self {
        Self { elsewhere: Vec::new(), ends: None }
    }
}

impl World for Named {
    fn in_zone(&self, place: &str, zone: &Zone, day: Date) -> Truth {
        if place == "?" {
            return Truth::Unknown;
        }
        if self.ends.is_some_and(|end| day >= end) {
            return Truth::No;
        }
        let near = place.strip_prefix('~');
        let near_enough = near.is_none() || zone.within_metres.is_some_and(|metres| metres >= 8_000);
        let inside = near.unwrap_or(place).split('+').any(|class| zone.classes.iter().any(|known| &**known == class));
        (inside && near_enough).into()
    }

    fn changes(&self, _: &str, _: &Zone) -> Vec<Date> {
        self.ends.into_iter().collect()
    }

    fn elsewhere(&self, _: Option<&str>, _: &[&Zone]) -> Vec<Arc<str>> {
        self.elsewhere.iter().map(|place| (*place).into()).collect()
    }
}
