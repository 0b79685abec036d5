//! Finding a territory from what people type: a name, the beginning of one, a misspelt one, an official code, a postal
//! code.
//!
//! Accents, case and punctuation do not count, *St* is *Saint*, *communauté de communes* is *CC*. Answers are ordered by
//! how exactly they match, then by how many people live there. Only when no name matches are misspellings tried.

use std::cmp::Reverse;

use pacte_territory::{Level, Territory};
use rustc_hash::FxHashSet;

mod fuzzy;
mod normalise;

use fuzzy::{Trigrams, distances};
pub use normalise::normalise;

/// Longest query looked at, in characters; what follows is left out.
const LONGEST_QUERY: usize = 80;
/// Names compared with a misspelt query, the likeliest first.
const CANDIDATES: usize = 400;
/// A single word of at most this many characters is compared with every word: it has too few trigrams to choose by.
const SHORT_WORD: usize = 6;
/// Levels searched, with the weight of their population in the order of answers: people who type *Perpignan* mean the commune, not
/// its bassin de vie.
const LEVELS: [(Level, f64); 7] = [
    (Level::Commune, 1.0),
    (Level::Departement, 0.5),
    (Level::Region, 0.3),
    (Level::Epci, 0.3),
    (Level::Tvs, 0.1),
    (Level::BassinDeVie, 0.1),
    (Level::FormerRegion, 0.05),
];

/// How a territory answers a query; the order is that of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Match {
    /// The query is its official code.
    Code,
    /// The query is its whole name.
    Name,
    /// The query is one of its postal codes.
    PostalCode,
    /// Its name begins so.
    Beginning,
    /// Words of its name begin as those of the query.
    Words,
    /// A code or postal code of it begins so.
    CodeBeginning,
    /// Its name is one or two typing errors away.
    Misspelt(u8),
}

/// One answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Level of the territory.
    pub level: Level,
    /// Its index in the level.
    pub area: u32,
    /// Its official code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its municipal population, when known.
    pub population: Option<f64>,
    /// How it matched.
    pub matched: Match,
    /// What led to it when that is neither its name nor its code: a postal code, the name of a municipal arrondissement.
    pub through: Option<String>,
}

/// Something that can be found by name.
#[derive(Debug)]
struct Entry {
    level: Level,
    area: u32,
    /// Where its normalised name lies in [`SearchIndex::text`], and where that name begins once its article is dropped.
    start: u32,
    bare: u32,
    end: u32,
    population: f64,
    /// Population weighted by level, for the order.
    weight: f64,
    /// Name shown as the way to it, for municipal arrondissements.
    through: Option<String>,
}

/// A code that leads to an entry.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct CodeRef {
    text: String,
    entry: u32,
    postal: bool,
}

/// Search over every territory; immutable.
#[derive(Debug)]
pub struct SearchIndex {
    names: Vec<(String, String)>,
    entries: Vec<Entry>,
    /// Normalised names, one after the other.
    text: String,
    /// Words of the names: start and end in `text`, entry; in alphabetical order.
    words: Vec<(u32, u32, u32)>,
    codes: Vec<CodeRef>,
    trigrams: Trigrams,
}

impl SearchIndex {
    /// Indexes a territory: every commune, its postal codes and municipal arrondissements, and the areas of every level.
    pub fn new(territory: &Territory) -> Self {
        let mut index = Self {
            names: Vec::new(),
            entries: Vec::new(),
            text: String::new(),
            words: Vec::new(),
            codes: Vec::new(),
            trigrams: Trigrams::default(),
        };
        let population = territory.latest("population.municipal");
        let people = |level: Level, area: u32| {
            let members = territory.members(level, area);
            population
                .and_then(|column| members.iter().filter_map(|id| column.get(*id)).reduce(|a, b| a + b))
                .unwrap_or(f64::NAN)
        };
        for (level, weight) in LEVELS {
            for area in 0..territory.count(level) {
                let named = territory.area(level, area);
                let entry = index.push(level, area, &named.name, people(level, area), weight, None);
                index.codes.push(CodeRef { text: named.code.to_lowercase(), entry, postal: false });
                index.names.push((named.code, named.name));
                if level == Level::Commune {
                    for postal in &territory.communes.postal_codes[area as usize] {
                        index.codes.push(CodeRef { text: postal.to_lowercase(), entry, postal: true });
                    }
                }
            }
        }
        for arrondissement in &territory.municipal_arrondissements {
            let parent = territory.area(Level::Commune, arrondissement.parent);
            let name = arrondissement.name.clone();
            // Behind the city itself, before villages: people who type an arrondissement's name mean that place.
            let entry = index.push(Level::Commune, arrondissement.parent, &name, f64::NAN, 1.0, Some(name.clone()));
            index.entries[entry as usize].population = people(Level::Commune, arrondissement.parent);
            index.codes.push(CodeRef { text: arrondissement.code.as_str().to_lowercase(), entry, postal: false });
            index.names.push((parent.code, parent.name));
        }
        index.codes.sort_unstable();
        index.codes.dedup();
        let text = &index.text;
        index.words.sort_unstable_by(|a, b| {
            text[a.0 as usize..a.1 as usize].cmp(&text[b.0 as usize..b.1 as usize]).then(a.2.cmp(&b.2))
        });
        index.trigrams =
            Trigrams::new(index.entries.iter().map(|entry| &text[entry.start as usize..entry.end as usize]));
        index
    }

    fn push(
        &mut self,
        level: Level,
        area: u32,
        name: &str,
        population: f64,
        weight: f64,
        through: Option<String>,
    ) -> u32 {
        let entry = self.entries.len() as u32;
        let start = self.text.len() as u32;
        let normalised = normalise(name);
        let mut at = start;
        for word in normalised.split(' ') {
            let end = at + word.len() as u32;
            self.words.push((at, end, entry));
            at = end + 1;
        }
        let article = ["le ", "la ", "les ", "l "].iter().find(|article| normalised.starts_with(**article));
        let bare = start + article.map_or(0, |article| article.len() as u32);
        self.text.push_str(&normalised);
        let end = self.text.len() as u32;
        let known = if population.is_nan() { 0.0 } else { population };
        let weight = known * weight;
        self.entries.push(Entry { level, area, start, bare, end, population, weight, through });
        entry
    }

    fn name(&self, entry: &Entry) -> &str {
        &self.text[entry.start as usize..entry.end as usize]
    }

    fn word(&self, word: (u32, u32, u32)) -> &str {
        &self.text[word.0 as usize..word.1 as usize]
    }

    /// The best answers to a query, at most `limit`; none for a query without letter or digit.
    pub fn search(&self, query: &str, limit: usize) -> Vec<Hit> {
        let query: String = query.chars().take(LONGEST_QUERY).collect();
        let wanted = normalise(&query);
        if wanted.is_empty() {
            return Vec::new();
        }
        let tokens: Vec<&str> = wanted.split(' ').collect();
        let mut found = Found::default();
        self.by_code(&tokens, &mut found);
        self.by_words(&wanted, &tokens, &|_| true, &mut found);
        if found.hits.is_empty() {
            self.by_name_and_code(&tokens, &mut found);
        }
        if !found.hits.iter().any(|(matched, ..)| *matched <= Match::Words) {
            self.by_likeness(&wanted, tokens.len() == 1, &mut found);
        }
        self.answers(found, limit)
    }

    /// Puts hits in order and drops the territories already given.
    fn answers(&self, mut found: Found, limit: usize) -> Vec<Hit> {
        found.hits.sort_by(|a, b| {
            let (x, y) = (&self.entries[a.1 as usize], &self.entries[b.1 as usize]);
            a.0.cmp(&b.0).then(a.2.cmp(&b.2)).then(y.weight.total_cmp(&x.weight)).then(a.1.cmp(&b.1))
        });
        let mut given = FxHashSet::default();
        let mut hits = Vec::new();
        for (matched, id, _, code) in found.hits {
            let entry = &self.entries[id as usize];
            if !given.insert((entry.level, entry.area)) {
                continue;
            }
            let (own_code, name) = self.names[id as usize].clone();
            let postal = code.map(|code| &self.codes[code as usize]).filter(|code| code.postal);
            hits.push(Hit {
                level: entry.level,
                area: entry.area,
                code: own_code,
                name,
                population: Some(entry.population).filter(|people| people.is_finite()),
                matched,
                through: entry.through.clone().or_else(|| postal.map(|code| code.text.clone())),
            });
            if hits.len() == limit {
                break;
            }
        }
        hits
    }

    /// Official and postal codes, whole or begun, when the query looks like one.
    fn by_code(&self, tokens: &[&str], found: &mut Found) {
        // « 2 A » and « 59 350 » are codes too.
        let joined = tokens.concat();
        if joined.len() < 2 || !joined.bytes().any(|b| b.is_ascii_digit()) {
            return;
        }
        for (position, code) in self.codes_from(&joined) {
            let whole = code.text.len() == joined.len();
            let matched = match (whole, code.postal) {
                (true, false) => Match::Code,
                (true, true) => Match::PostalCode,
                (false, _) if joined.len() >= 3 || !code.postal => Match::CodeBeginning,
                (false, _) => continue,
            };
            found.hits.push((matched, code.entry, 0, Some(position)));
        }
    }

    fn codes_from<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (u32, &'a CodeRef)> {
        let first = self.codes.partition_point(|code| code.text.as_str() < prefix);
        self.codes[first..]
            .iter()
            .zip(first as u32..)
            .take_while(move |(code, _)| code.text.starts_with(prefix))
            .map(|(code, position)| (position, code))
    }

    /// Names whose words begin as those of the query.
    fn by_words(&self, wanted: &str, tokens: &[&str], keep: &dyn Fn(u32) -> bool, found: &mut Found) {
        let longest = tokens.iter().max_by_key(|token| token.len()).copied().unwrap_or_default();
        let first = self.words.partition_point(|word| self.word(*word) < longest);
        let mut last = u32::MAX;
        for word in self.words[first..].iter().take_while(|word| self.word(**word).starts_with(longest)) {
            let id = word.2;
            if id == last || !keep(id) {
                continue;
            }
            last = id;
            let entry = &self.entries[id as usize];
            let name = self.name(entry);
            let bare = &self.text[entry.bare as usize..entry.end as usize];
            let matched = if name == wanted || bare == wanted {
                Match::Name
            } else if name.starts_with(wanted) || bare.starts_with(wanted) {
                Match::Beginning
            } else if every_word_begins(name, tokens) {
                Match::Words
            } else {
                continue;
            };
            found.hits.push((matched, id, 0, None));
        }
    }

    /// A name with a code beside it: « Lille 59000 », « Saint-Denis 974 ».
    fn by_name_and_code(&self, tokens: &[&str], found: &mut Found) {
        let (codes, words): (Vec<&str>, Vec<&str>) =
            tokens.iter().partition(|token| token.len() >= 2 && token.bytes().any(|b| b.is_ascii_digit()));
        if codes.is_empty() || words.is_empty() {
            return;
        }
        let mut allowed: Option<FxHashSet<u32>> = None;
        for code in codes {
            let these: FxHashSet<u32> = self.codes_from(code).map(|(_, code)| code.entry).collect();
            allowed = Some(allowed.map_or(these.clone(), |before| &before & &these));
        }
        let allowed = allowed.unwrap_or_default();
        self.by_words(&words.join(" "), &words, &|id| allowed.contains(&id), found);
    }

    /// Names at most a few typing errors away.
    fn by_likeness(&self, wanted: &str, one_word: bool, found: &mut Found) {
        let letters: Vec<u8> = wanted.bytes().collect();
        let allowed = match letters.len() {
            0..=3 => return,
            4..=7 => 1,
            _ => 2,
        };
        let mut compare = |id: u32, start: u32, end: u32| {
            let entry = &self.entries[id as usize];
            let text = &self.text.as_bytes()[start as usize..end as usize];
            let (whole, beginning) = distances(&letters, text, allowed);
            if beginning > allowed {
                return false;
            }
            let from_start = start == entry.start || start == entry.bare;
            // At equal errors: a whole name first, then the beginning of one, then words inside one.
            let rank = match (from_start, whole == beginning && end == entry.end) {
                (true, true) => 0,
                (true, false) => 1,
                (false, _) => 2,
            };
            found.hits.push((Match::Misspelt(beginning), id, rank, None));
            true
        };
        if one_word && letters.len() <= SHORT_WORD {
            let mut known: Option<(&str, bool)> = None;
            for &(start, end, id) in &self.words {
                let word = self.word((start, end, id));
                // Equal words follow each other: one comparison serves them all.
                if let Some((_, false)) = known.filter(|(last, _)| *last == word) {
                    continue;
                }
                known = Some((word, begins_alike(&letters, word.as_bytes()) && compare(id, start, end)));
            }
            return;
        }
        for id in self.trigrams.likeliest(wanted, allowed, CANDIDATES) {
            let entry = &self.entries[id as usize];
            let name = &self.text[entry.start as usize..entry.end as usize];
            let mut at = entry.start;
            for word in name.split(' ') {
                compare(id, at, entry.end);
                at += word.len() as u32 + 1;
            }
        }
    }
}

/// Hits before they are ordered: how, which entry, finer rank, code that led there.
#[derive(Debug, Default)]
struct Found {
    hits: Vec<(Match, u32, u8, Option<u32>)>,
}

/// Whether a word may begin like a query with one error: one error spares one of their first two letters.
fn begins_alike(query: &[u8], word: &[u8]) -> bool {
    let at = |text: &[u8], i: usize| text.get(i).copied();
    word.len() + 1 >= query.len() && (0..2).any(|i| (0..2).any(|j| at(query, i) == at(word, j)))
}

/// Whether each word of a query begins a word of the name of its own.
fn every_word_begins(name: &str, tokens: &[&str]) -> bool {
    let mut words: Vec<&str> = name.split(' ').collect();
    let mut ordered: Vec<&str> = tokens.to_vec();
    // Longest first: « la » must not take the word « lande » needs.
    ordered.sort_by_key(|token| Reverse(token.len()));
    ordered.iter().all(|token| {
        let found = words.iter().position(|word| word == token);
        let found = found.or_else(|| words.iter().position(|word| word.starts_with(token)));
        found.map(|i| words.swap_remove(i)).is_some()
    })
}

#[cfg(test)]
mod tests {
    use pacte_territory::{
        Aggregation, Column, Communes, Crosswalk, Grouping, MunicipalArrondissement, Nature, Provenance, Territory,
        TerritoryMeta, TerritoryParts, Topology,
    };

    use super::*;

    fn provenance() -> Provenance {
        Provenance {
            source: "test".into(),
            file: String::new(),
            vintage: "2024".into(),
            geography: 2024,
            method: String::new(),
        }
    }

    /// Code, name, postal codes, population, département, EPCI.
    type Row = (&'static str, &'static str, &'static [&'static str], f64, &'static str, &'static str);

    fn index() -> SearchIndex {
        let rows: [Row; 14] = [
            ("06088", "Nice", &["06000", "06100"], 350_000.0, "06", "CC Rivages"),
            ("13055", "Marseille", &["13001", "13002"], 870_000.0, "13", "Aix-Marseille-Provence"),
            ("36044", "Châteauroux", &["36000"], 43_000.0, "36", "Communauté d'agglomération Castelroussine"),
            ("42218", "Saint-Étienne", &["42000", "42100"], 172_000.0, "42", "Saint-Étienne Métropole"),
            ("57001", "Aboncourt", &["57920"], 300.0, "57", "Communauté de communes Rives de Moselle"),
            ("59183", "Dunkerque", &["59140", "59240"], 86_000.0, "59", "Communauté urbaine de Dunkerque"),
            ("59350", "Lille", &["59000", "59800"], 236_000.0, "59", "Métropole européenne de Lille"),
            ("62510", "Liévin", &["62800"], 30_000.0, "62", "Communauté d'agglomération de Lens - Liévin"),
            ("66136", "Perpignan", &["66000", "66100"], 119_000.0, "66", "Perpignan Méditerranée"),
            ("71076", "Chalon-sur-Saône", &["71100"], 45_000.0, "71", "Le Grand Chalon"),
            ("75056", "Paris", &["75001", "75011", "75020"], 2_100_000.0, "75", "Métropole du Grand Paris"),
            ("76351", "Le Havre", &["76600", "76620"], 165_000.0, "76", "Le Havre Seine Métropole"),
            ("87085", "Saint-Étienne-de-Noblat", &["59350"], 900.0, "87", "Noblat"),
            ("94038", "L'Haÿ-les-Roses", &["94240"], 31_000.0, "94", "Grand-Orly"),
        ];
        let n = rows.len();
        let departements = [
            ("06", "Alpes-Maritimes"),
            ("36", "Indre"),
            ("59", "Nord"),
            ("66", "Pyrénées-Orientales"),
            ("75", "Paris"),
        ];
        let name_of = |code: &str| {
            departements
                .iter()
                .find(|(known, _)| *known == code)
                .map_or_else(|| code.to_owned(), |(_, n)| (*n).to_owned())
        };
        let grouping = |level, codes: Vec<&str>| {
            Grouping::from_codes(
                level,
                provenance(),
                codes.iter().map(|code| Some(*code)).collect::<Vec<_>>().into_iter(),
                name_of,
            )
        };
        let parts = TerritoryParts {
            meta: TerritoryMeta {
                name: "Test".into(),
                nature: Nature::Real,
                geography: jiff::civil::date(2024, 1, 1),
                files: Vec::new(),
            },
            communes: Communes {
                code: rows.iter().map(|row| row.0.parse().unwrap()).collect(),
                name: rows.iter().map(|row| row.1.to_owned()).collect(),
                lon: vec![2.0; n],
                lat: vec![47.0; n],
                postal_codes: rows.iter().map(|row| row.2.iter().map(|code| (*code).to_owned()).collect()).collect(),
            },
            municipal_arrondissements: vec![MunicipalArrondissement {
                code: "75111".parse().unwrap(),
                name: "Paris 11e Arrondissement".into(),
                parent: 10,
            }],
            groupings: vec![
                grouping(Level::Departement, rows.iter().map(|row| row.4).collect()),
                grouping(Level::Epci, rows.iter().map(|row| row.5).collect()),
            ],
            columns: vec![Column {
                concept: "population.municipal".into(),
                vintage: 2023,
                label: String::new(),
                unit: String::new(),
                aggregation: Aggregation::Sum,
                provenance: provenance(),
                categories: Vec::new(),
                values: rows.iter().map(|row| row.3).collect(),
            }],
            area_columns: Vec::new(),
            adjacency: Vec::new(),
            topology: Topology::default(),
            crosswalk: Crosswalk::default(),
            places: Vec::new(),
            lines: Vec::new(),
            quarters: Vec::new(),
            methods: Vec::new(),
            couples: Vec::new(),
            care: pacte_territory::CareRegister::default(),
        };
        SearchIndex::new(&Territory::assemble(parts).unwrap())
    }

    fn first(query: &str) -> (String, Level, Match) {
        let hit = index().search(query, 10).into_iter().next().unwrap_or_else(|| panic!("{query} finds nothing"));
        (hit.name, hit.level, hit.matched)
    }

    #[test]
    fn finds_what_people_type() {
        for (query, name, matched) in [
            ("Perpignan", "Perpignan", Match::Name),
            ("perpigan", "Perpignan", Match::Misspelt(1)),
            ("PERPI", "Perpignan", Match::Beginning),
            ("st etienne", "Saint-Étienne", Match::Name),
            ("saint etiene", "Saint-Étienne", Match::Misspelt(1)),
            ("ST-ETIENNE de nob", "Saint-Étienne-de-Noblat", Match::Beginning),
            ("chateauroux", "Châteauroux", Match::Name),
            ("chateurou", "Châteauroux", Match::Misspelt(1)),
            ("havre", "Le Havre", Match::Name),
            ("l hay", "L'Haÿ-les-Roses", Match::Beginning),
            ("hay les roses", "L'Haÿ-les-Roses", Match::Name),
            ("chalon s/ saone", "Chalon-sur-Saône", Match::Name),
            ("prais", "Paris", Match::Misspelt(1)),
            ("lilel", "Lille", Match::Misspelt(1)),
            ("59350", "Lille", Match::Code),
            ("75011", "Paris", Match::PostalCode),
            ("75111", "Paris", Match::Code),
            ("paris 11", "Paris", Match::Beginning),
            ("lille 59000", "Lille", Match::Name),
            ("CC Rives", "Communauté de communes Rives de Moselle", Match::Beginning),
            ("communauté de communes rives", "Communauté de communes Rives de Moselle", Match::Beginning),
            ("nord", "Nord", Match::Name),
            ("59", "Nord", Match::Code),
            ("moselle rives", "Communauté de communes Rives de Moselle", Match::Words),
        ] {
            let (found, _, how) = first(query);
            assert_eq!((found.as_str(), how), (name, matched), "{query}");
        }
    }

    #[test]
    fn says_what_led_there() {
        let index = index();
        assert_eq!(index.search("75011", 1)[0].through.as_deref(), Some("75011"));
        assert_eq!(index.search("75111", 1)[0].through.as_deref(), Some("Paris 11e Arrondissement"));
        assert_eq!(index.search("Lille", 1)[0].through, None);
        assert_eq!(index.search("Lille", 1)[0].population, Some(236_000.0));
    }

    #[test]
    fn a_code_comes_before_a_postal_code_and_communes_before_their_areas() {
        let index = index();
        let hits = index.search("59350", 10);
        assert_eq!((hits[0].name.as_str(), hits[1].name.as_str()), ("Lille", "Saint-Étienne-de-Noblat"));
        let levels: Vec<Level> = index.search("Paris", 10).iter().map(|hit| hit.level).collect();
        assert_eq!(levels, [Level::Commune, Level::Departement, Level::Epci]);
    }

    #[test]
    fn no_territory_is_given_twice_and_the_limit_holds() {
        let index = index();
        for query in ["paris", "saint", "59", "7", "e"] {
            let hits = index.search(query, 5);
            let distinct: FxHashSet<_> = hits.iter().map(|hit| (hit.level, hit.area)).collect();
            assert_eq!(distinct.len(), hits.len(), "{query}");
            assert!(hits.len() <= 5);
        }
    }

    #[test]
    fn nonsense_finds_nothing_and_harms_nothing() {
        let index = index();
        for query in ["", "  ", "-'", "🏥", "xyzzyqwert", &"a".repeat(10_000), "\u{0}\u{ffff}", "%' OR 1=1"] {
            assert!(index.search(query, 10).len() <= 10, "{query}");
        }
        assert!(index.search("xyzzyqwert", 10).is_empty());
    }

    #[test]
    fn every_name_finds_itself() {
        let index = index();
        for (id, entry) in index.entries.iter().enumerate() {
            // Some areas of the test are named by their code.
            if entry.through.is_some() || index.names[id].0 == index.names[id].1 {
                continue;
            }
            let hits = index.search(&index.names[id].1, 50);
            let own = hits.iter().find(|hit| hit.level == entry.level && hit.area == entry.area);
            assert_eq!(own.map(|hit| hit.matched), Some(Match::Name), "{:?}", index.names[id]);
        }
    }
}
