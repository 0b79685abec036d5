//! What a person said of themselves, read from an address: the day, the places, an answer a fact, questions passed over, contracts
//! had before. What cannot be used is refused beside its own field, and what was typed is kept.

use std::sync::Arc;

use jiff::civil::Date;
use pacte_access::layers::km_between;
use pacte_programmes::Catalogue;
use pacte_rules::dictionary::Fact;
use pacte_rules::{Answer, Engagement, FactId, Facts, History, Type, Value};
use pacte_territory::{CommuneId, Level};

use crate::aids;
use crate::i18n::Lang;
use crate::pages::journeys::{Named, read_place};
use crate::request::{Query, shorten};
use crate::state::Portal;

/// Most places compared at once.
pub(super) const MOST_PLACES: usize = 4;
/// Most contracts of a history.
const MOST_CONTRACTS: usize = 20;
/// Before the name of a fact in an address.
pub(super) const FACT: &str = "f.";
/// The fact that says in which year a person was born.
const BIRTH: &str = "identite.annee_naissance";
/// The fact that says whether all places lie in one region: the territory knows.
const ONE_REGION: &str = "projet.une_seule_region";

/// A place that was found.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spot {
    /// As layers know it: `23096`, or `23096@1.87,46.17` for an address.
    pub place: Arc<str>,
    pub commune: CommuneId,
    pub code: String,
    pub name: String,
}

/// A place as typed, and what came of it.
#[derive(Clone, Debug, Default)]
pub(super) struct PlaceField {
    pub text: String,
    pub problem: String,
    /// Communes it may be, name and code, the likeliest first.
    pub choices: Vec<(String, String)>,
}

/// An answer as typed.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    pub fact: FactId,
    pub values: Vec<String>,
    pub problem: String,
}

/// Everything that was said.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub day: Date,
    pub day_text: String,
    pub day_problem: String,
    pub fields: Vec<PlaceField>,
    pub spots: Vec<Spot>,
    pub typed: Vec<Typed>,
    pub passed: Vec<String>,
    /// What is known whatever the place.
    pub facts: Facts,
    /// Contracts as typed: programme, state, first day, last day.
    pub contracts: Vec<[String; 4]>,
    pub history_problem: String,
    /// Facts of the address that are none of the dictionary.
    pub strangers: Vec<String>,
}

impl Asked {
    pub(super) fn read(portal: &Portal, catalogue: &Catalogue, lang: Lang, query: &Query) -> Self {
        let dictionary = &catalogue.dictionary;
        let today = aids::today();
        let day_text = query.get("le").unwrap_or_default().to_owned();
        let (day, day_problem) = match day_text.parse::<Date>() {
            Ok(day) if (1990..=2100).contains(&day.year()) => (day, String::new()),
            _ if day_text.is_empty() => (today, String::new()),
            _ => (today, lang.tr_with("aids-bad-day", [("text", shorten(&day_text))])),
        };
        let mut asked = Self {
            day,
            day_text: if day_text.is_empty() { today.to_string() } else { day_text },
            day_problem,
            fields: Vec::new(),
            spots: Vec::new(),
            typed: Vec::new(),
            passed: query.all("passe").map(str::to_owned).collect(),
            facts: Facts::new(dictionary),
            contracts: Vec::new(),
            history_problem: String::new(),
            strangers: Vec::new(),
        };
        for text in query.all("lieu").filter(|text| !text.trim().is_empty()).take(MOST_PLACES) {
            asked.place(portal, lang, text);
        }
        for key in query.keys().filter_map(|key| key.strip_prefix(FACT)) {
            match dictionary.id(key) {
                Some(fact) if asked.typed.iter().all(|typed| typed.fact != fact) => {
                    let values: Vec<String> = query
                        .all(&format!("{FACT}{key}"))
                        .map(|value| value.trim().to_owned())
                        .filter(|value| !value.is_empty())
                        .collect();
                    if !values.is_empty() {
                        asked.answer(dictionary.fact(fact), fact, values);
                    }
                }
                Some(_) => {}
                None => asked.strangers.push(shorten(key)),
            }
        }
        asked.contradictions(catalogue, lang, today);
        asked.history(catalogue, lang, query);
        asked.deduced(portal, catalogue);
        asked
    }

    /// Whether the first questions were answered: what decides which programmes are looked at.
    pub(super) fn is_started(&self, catalogue: &Catalogue) -> bool {
        [pacte_programmes::audience::PROFESSION, pacte_programmes::audience::STAGE]
            .iter()
            .all(|name| catalogue.dictionary.id(name).is_some_and(|fact| self.facts.get(fact).is_some()))
    }

    /// What is known for somebody at one of the places, or at none.
    pub(super) fn facts_at(&self, catalogue: &Catalogue, spot: Option<&Spot>) -> Facts {
        let mut facts = self.facts.clone();
        if let Some(spot) = spot {
            for (rank, fact) in (0..).zip(catalogue.dictionary.facts()).filter(|(_, fact)| fact.kind == Type::Place) {
                let value = Value::Place(Arc::clone(&spot.place));
                let value = if fact.list { Value::List(vec![value]) } else { value };
                facts.put(FactId(rank), Some(Answer::Value(value)));
            }
        }
        facts
    }

    /// Whether a question was passed over.
    pub(super) fn has_passed(&self, name: &str) -> bool {
        self.passed.iter().any(|passed| passed == name)
    }

    fn place(&mut self, portal: &Portal, lang: Lang, text: &str) {
        let territory = portal.atlas.territory();
        let mut field = PlaceField { text: text.to_owned(), ..PlaceField::default() };
        let of = |commune: CommuneId| territory.area(Level::Commune, commune);
        match read_place(portal, territory, text.trim()) {
            Err(refusal) => field.problem = refusal.message.say(lang),
            Ok(Named::Nothing) => {}
            Ok(Named::Several { communes, .. }) => {
                field.problem = lang.tr("aids-several");
                field.choices = communes.iter().take(8).map(|commune| (of(*commune).name, of(*commune).code)).collect();
            }
            Ok(Named::One(origin)) => {
                let (lon, lat) = (origin.point.lon_degrees(), origin.point.lat_degrees());
                let commune = origin.commune.or_else(|| territory.commune_at(lon, lat));
                match commune {
                    None => field.problem = lang.tr("aids-nowhere"),
                    Some(commune) => {
                        let area = of(commune);
                        let place = match origin.commune {
                            Some(_) => area.code.as_str().into(),
                            None => format!("{}@{lon:.5},{lat:.5}", area.code).into(),
                        };
                        self.spots.push(Spot { place, commune, code: area.code, name: area.name });
                    }
                }
            }
        }
        self.fields.push(field);
    }

    fn answer(&mut self, fact: &Fact, id: FactId, values: Vec<String>) {
        let mut problem = String::new();
        if values.iter().any(|value| value == "absent") {
            self.facts.put(id, Some(Answer::Absent));
        } else {
            let read: Result<Vec<Value>, String> = values.iter().map(|value| fact.kind.read(value)).collect();
            let value = read.map(|mut read| {
                if fact.list { Value::List(read) } else { read.pop().unwrap_or_else(|| Value::Text("".into())) }
            });
            match value.and_then(|value| fact.accept(&value).map(|()| value)) {
                Ok(value) => self.facts.put(id, Some(Answer::Value(value))),
                Err(why) => problem = why,
            }
        }
        self.typed.push(Typed { fact: id, values, problem });
    }

    /// Answers that no life holds: each is taken back and told beside its field.
    fn contradictions(&mut self, catalogue: &Catalogue, lang: Lang, today: Date) {
        let dictionary = &catalogue.dictionary;
        let birth = dictionary.id(BIRTH).and_then(|fact| match self.facts.get(fact) {
            Some(Answer::Value(Value::Integer(year))) => Some((fact, *year)),
            _ => None,
        });
        let mut refused: Vec<(FactId, String)> = Vec::new();
        if let Some((fact, year)) = birth
            && year > i64::from(today.year())
        {
            refused.push((fact, lang.tr_with("aids-born-later", [("year", year.to_string())])));
        }
        for typed in &self.typed {
            let fact = dictionary.fact(typed.fact);
            if let (Some((_, year)), Some(Answer::Value(Value::Date(date)))) = (birth, self.facts.get(typed.fact))
                && i64::from(date.year()) <= year
                && !fact.follows_examination
            {
                let parameters = [("label", fact.label.fr.to_lowercase()), ("year", year.to_string())];
                refused.push((typed.fact, lang.tr_with("aids-before-birth", parameters)));
            }
        }
        for (fact, why) in refused {
            self.facts.put(fact, None);
            if let Some(typed) = self.typed.iter_mut().find(|typed| typed.fact == fact) {
                typed.problem = why;
            }
        }
    }

    fn history(&mut self, catalogue: &Catalogue, lang: Lang, query: &Query) {
        let complete = query.get("parcours") == Some("complet");
        let mut engagements = Vec::new();
        for i in 0..MOST_CONTRACTS {
            let text = |part: &str| query.get(&format!("p{i}{part}")).unwrap_or_default().to_owned();
            let row = [text(""), text(".etat"), text(".du"), text(".au")];
            if row[0].is_empty() {
                continue;
            }
            let known = catalogue.programme(&row[0]).is_some()
                || catalogue.vocabulary.cited.iter().any(|cited| *cited.name == *row[0]);
            let from = row[2].parse::<Date>().ok();
            let to = if row[3].is_empty() { Some(None) } else { row[3].parse::<Date>().ok().map(Some) };
            let state = pacte_programmes::vocabulary::PHASES.iter().find(|(name, _)| *name == row[1]);
            match (known, from, to, state) {
                (true, Some(from), Some(to), Some((state, _))) if to.is_none_or(|to| from <= to) => {
                    engagements.push(Engagement {
                        programme: row[0].as_str().into(),
                        state: (*state).into(),
                        from,
                        to,
                    });
                }
                (true, Some(_), Some(Some(_)), Some(_)) => self.history_problem = lang.tr("aids-history-order"),
                _ => self.history_problem = lang.tr("aids-history-row"),
            }
            self.contracts.push(row);
        }
        // Nothing is held complete while a line of it cannot be read.
        self.facts.history = History { engagements, complete: complete && self.history_problem.is_empty() };
    }

    /// What follows from the rest: dates that are those of the examination, whether the places are in one region.
    fn deduced(&mut self, portal: &Portal, catalogue: &Catalogue) {
        for (rank, fact) in (0..).zip(catalogue.dictionary.facts()) {
            let id = FactId(rank);
            if fact.follows_examination && self.facts.get(id).is_none() {
                self.facts.put(id, Some(Answer::Value(Value::Date(self.day))));
            }
        }
        // Each place is looked at by itself: alone, it is in one region.
        let one = catalogue.dictionary.id(ONE_REGION).filter(|fact| self.facts.get(*fact).is_none());
        if let Some(fact) = one.filter(|_| !self.spots.is_empty() && portal.atlas.territory().count(Level::Region) > 0)
        {
            self.facts.put(fact, Some(Answer::Value(Value::Boolean(true))));
        }
    }
}

/// A value as people read it: choices by their labels, places by their names.
pub(super) fn say(portal: &Portal, fact: &Fact, answer: &Answer, lang: Lang) -> String {
    let Answer::Value(value) = answer else { return lang.tr("aids-absent") };
    let one = |value: &Value| match value {
        Value::Choice(id) => match fact.choices.iter().find(|(known, _)| known == id) {
            Some((_, label)) if !lang.is_french() && !label.en.is_empty() => label.en.clone(),
            Some((_, label)) => label.fr.clone(),
            None => id.to_string(),
        },
        Value::Place(place) => place_name(portal, place),
        Value::Boolean(truth) => lang.tr(if *truth { "aids-yes" } else { "aids-no" }),
        Value::Date(date) => crate::format::date(lang, *date),
        other => other.to_string(),
    };
    value.each().iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Name and code of the commune of a place.
pub(super) fn place_name(portal: &Portal, place: &str) -> String {
    let code = place.split('@').next().unwrap_or(place);
    let territory = portal.atlas.territory();
    match territory.find(Level::Commune, code) {
        Some(commune) => format!("{} ({code})", territory.area(Level::Commune, commune).name),
        None => code.to_owned(),
    }
}

/// Kilometres from a spot to another place, whole, one at least.
pub(super) fn km_to(portal: &Portal, spot: &Spot, place: &str) -> Option<u64> {
    let territory = portal.atlas.territory();
    let other = territory.find(Level::Commune, place.split('@').next()?)?;
    Some(km_between(territory, spot.commune, other)?.round().max(1.0) as u64)
}
