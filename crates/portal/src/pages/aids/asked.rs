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
/// The fact that the places of the form answer.
pub(super) const PLACE: &str = "projet.lieux";
/// Dates of one's own career, which one's birth and the calendar bound.
const CAREER: [&str; 4] = ["installation.date", "remplacement.inscription", "these.date", "contrat.diplome"];
/// Youngest age at a date of one's career, and at the day asked for.
const YOUNGEST: (i16, i16) = (20, 16);
/// The fact that says in which year a person was born.
const BIRTH: &str = "identite.annee_naissance";
/// No one who practises was born before.
const OLDEST: i16 = 1920;
/// Years ahead that a date of one's career may be planned.
const FORESEEN: i16 = 5;
/// Communes proposed when a name is that of several.
const MOST_CHOICES: usize = 8;
/// Further from every commune, a point is in none of them.
const STRAY_KM: f64 = 30.0;
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
            _ => (today, bad_day(lang, &day_text, today)),
        };
        let mut asked = Self {
            day,
            day_text: if day_text.is_empty() { today.to_string() } else { day_text },
            day_problem,
            fields: Vec::new(),
            spots: Vec::new(),
            typed: Vec::new(),
            passed: query.all("passe").map(str::to_owned).collect(),
            facts: Facts::on(dictionary, day),
            contracts: Vec::new(),
            history_problem: String::new(),
            strangers: Vec::new(),
        };
        for (rank, text) in query.all("lieu").enumerate() {
            if rank < MOST_PLACES {
                asked.place(portal, lang, text);
            } else if let Some(last) = asked.fields.last_mut() {
                last.problem = lang.tr_with("aids-too-many-places", [("n", MOST_PLACES.to_string())]);
            }
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
                        asked.answer(portal, lang, dictionary.fact(fact), fact, values);
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
        [pacte_programmes::audience::PROFESSION, pacte_programmes::audience::STAGE].iter().all(|name| {
            let answer = catalogue.dictionary.id(name).and_then(|fact| self.facts.get(fact));
            matches!(answer, Some(Answer::Value(_)))
        })
    }

    /// What is known for somebody at one of the places, or at none.
    pub(super) fn facts_at(&self, catalogue: &Catalogue, spot: Option<&Spot>) -> Facts {
        let mut facts = self.facts.clone();
        let place = catalogue.dictionary.id(PLACE);
        if let (Some(spot), Some(id)) = (spot, place) {
            let value = Value::Place(Arc::clone(&spot.place));
            let value = if catalogue.dictionary.fact(id).list { Value::List(vec![value]) } else { value };
            facts.put(id, Some(Answer::Value(value)));
        }
        facts
    }

    /// The place whose answers are shown: the one that `ici` ranks from 1, else the first.
    pub(super) fn shown(&self, query: &Query) -> Option<&Spot> {
        let rank = query.get("ici").and_then(|rank| rank.parse::<usize>().ok()).and_then(|rank| rank.checked_sub(1));
        rank.and_then(|rank| self.spots.get(rank)).or(self.spots.first())
    }

    /// Whether a question was passed over.
    pub(super) fn has_passed(&self, name: &str) -> bool {
        self.passed.iter().any(|passed| passed == name)
    }

    fn place(&mut self, portal: &Portal, lang: Lang, text: &str) {
        let territory = portal.atlas.territory();
        let mut field = PlaceField { text: text.to_owned(), ..PlaceField::default() };
        match spot(portal, lang, text) {
            Ok(found) => {
                // The same place twice is one place.
                self.spots.extend(found.filter(|spot| self.spots.iter().all(|known| known.place != spot.place)));
            }
            Err((problem, communes)) => {
                field.problem = problem;
                let named = communes.iter().take(MOST_CHOICES).map(|commune| territory.area(Level::Commune, *commune));
                field.choices = named.map(|area| (area.name, area.code)).collect();
            }
        }
        self.fields.push(field);
    }

    fn answer(&mut self, portal: &Portal, lang: Lang, fact: &Fact, id: FactId, values: Vec<String>) {
        // The places of the form are compared one by one: they are not answered here.
        if &*fact.name == PLACE {
            return;
        }
        let mut problem = String::new();
        if values.iter().any(|value| value == "absent") && !fact.kind.is_choice() {
            self.facts.put(id, Some(Answer::Absent));
        } else if values.len() > 1 && !fact.list {
            problem = lang.tr("aids-one-answer");
        } else {
            let one = |value: &String| match fact.kind {
                Type::Place => match spot(portal, lang, value) {
                    Ok(Some(spot)) => Ok(Value::Place(spot.place)),
                    Ok(None) => fact.kind.read(value),
                    Err((problem, _)) => Err(problem),
                },
                kind => kind.read(value),
            };
            let read: Result<Vec<Value>, String> = values.iter().map(one).collect();
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
        let year_of = |name: &str| {
            let fact = dictionary.id(name)?;
            match self.facts.get(fact)? {
                Answer::Value(Value::Integer(year)) => Some((fact, i16::try_from(*year).unwrap_or(i16::MAX))),
                Answer::Value(Value::Date(date)) => Some((fact, date.year())),
                _ => None,
            }
        };
        let mut refused: Vec<(FactId, String)> = Vec::new();
        let birth = year_of(BIRTH);
        if let Some((fact, year)) = birth {
            if year > today.year() {
                refused.push((fact, lang.tr_with("aids-born-later", [("year", year.to_string())])));
            } else if year < OLDEST || self.day.year() - year < YOUNGEST.1 {
                refused.push((fact, lang.tr_with("aids-born-odd", [("year", year.to_string())])));
            }
        }
        for name in CAREER {
            let Some((fact, year)) = year_of(name) else { continue };
            let told = |key: &str| {
                let label = dictionary.fact(fact).label.fr.clone();
                let born = birth.map_or_else(String::new, |(_, year)| year.to_string());
                lang.tr_with(key, [("label", label), ("year", born)])
            };
            if year > self.day.year() + FORESEEN {
                refused.push((fact, told("aids-too-far")));
            } else if birth.is_some_and(|(_, born)| year <= born) {
                refused.push((fact, told("aids-before-birth")));
            } else if birth.is_some_and(|(_, born)| year - born < YOUNGEST.0) {
                refused.push((fact, told("aids-too-young")));
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
        // Nothing is dropped without a word.
        let beyond = |name: &str| name.strip_prefix('p').and_then(|rest| rest.parse::<usize>().ok());
        if query.pairs().filter_map(|(name, _)| beyond(name)).any(|rank| rank >= MOST_CONTRACTS) {
            self.history_problem = lang.tr_with("aids-history-many", [("n", MOST_CONTRACTS.to_string())]);
        }
        for i in 0..MOST_CONTRACTS {
            let text = |part: &str| query.get(&format!("p{i}{part}")).unwrap_or_default().to_owned();
            let row = [text(""), text(".etat"), text(".du"), text(".au")];
            if row.iter().all(String::is_empty) {
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

    /// What follows from the rest: whether the places are in one region.
    fn deduced(&mut self, portal: &Portal, catalogue: &Catalogue) {
        // Each place is looked at by itself: alone, it is in one region.
        let one = catalogue.dictionary.id(ONE_REGION).filter(|fact| self.facts.get(*fact).is_none());
        if let Some(fact) = one.filter(|_| !self.spots.is_empty() && portal.atlas.territory().count(Level::Region) > 0)
        {
            self.facts.put(fact, Some(Answer::Value(Value::Boolean(true))));
        }
    }
}

/// The place that a text names, nothing for an empty text; else what is wrong, and the communes it may be.
fn spot(portal: &Portal, lang: Lang, text: &str) -> Result<Option<Spot>, (String, Vec<CommuneId>)> {
    let territory = portal.atlas.territory();
    match read_place(portal, territory, text.trim()) {
        Err(refusal) => Err((refusal.message.say(lang), Vec::new())),
        Ok(Named::Nothing) => Ok(None),
        Ok(Named::Several { communes, .. }) => Err((lang.tr("aids-several"), communes)),
        Ok(Named::One(origin)) => {
            let (lon, lat) = (origin.point.lon_degrees(), origin.point.lat_degrees());
            // The nearest commune stands for a point of the coast, not for one of another country.
            let near = || territory.spatial().within(lon, lat, STRAY_KM).next().is_some();
            let found = origin.commune.or_else(|| territory.commune_at(lon, lat).filter(|_| near()));
            let Some(commune) = found else { return Err((lang.tr("aids-nowhere"), Vec::new())) };
            let area = territory.area(Level::Commune, commune);
            let place = match origin.commune {
                Some(_) => area.code.as_str().into(),
                None => format!("{}@{lon:.5},{lat:.5}", area.code).into(),
            };
            Ok(Some(Spot { place, commune, code: area.code, name: area.name }))
        }
    }
}

/// Why a day cannot be used, and which one the page shows.
pub(super) fn bad_day(lang: Lang, text: &str, shown: Date) -> String {
    let key = if text.parse::<Date>().is_ok() { "aids-day-range" } else { "aids-bad-day" };
    lang.tr_with(key, [("text", shorten(text)), ("shown", crate::format::date(lang, shown))])
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
