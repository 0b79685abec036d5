//! What every reader stands on: the communes of the geography chosen, and what a code of any other year becomes in it.
//!
//! [`Base`] resolves codes; [`Gather`] turns rows into one value per commune, refusing doubles and counting strangers.

use jiff::civil::{Date, date};
use pacte_territory::{CommuneCode, CommuneId, Communes, Crosswalk, MunicipalArrondissement, Nature};
use rustc_hash::{FxHashMap, FxHashSet};

mod gather;

pub use gather::{Fold, Gather};

/// What a commune code of a file designates in the territory.
#[derive(Clone, Debug, PartialEq)]
pub enum Resolution {
    /// A commune of the territory, directly or through mergers and renumbering.
    Commune(CommuneId),
    /// Part of a commune: a municipal arrondissement, a commune déléguée or associée.
    Parent(CommuneId),
    /// Several communes (a split, or a merger undone), with shares that sum to 1, by population.
    Shares(Vec<(CommuneId, f64)>),
    /// Nothing in this territory.
    Unknown,
}

/// What a [`Base`] is made from.
#[derive(Clone, Debug, Default)]
pub struct BaseParts {
    /// Year of the code officiel géographique.
    pub year: i16,
    /// Whether the territory is the fictional one.
    pub training: bool,
    /// Code and name of each commune, in any order.
    pub communes: Vec<(CommuneCode, String)>,
    /// Code, name and parent of the municipal arrondissements.
    pub municipal: Vec<(CommuneCode, String, CommuneCode)>,
    /// Code and parent of communes déléguées and associées.
    pub delegated: Vec<(CommuneCode, CommuneCode)>,
    /// Conversion of codes.
    pub crosswalk: Crosswalk,
    /// Latest legal population of each code that has one, municipal arrondissements and former communes included.
    pub populations: FxHashMap<CommuneCode, f64>,
}

/// The communes of the geography chosen, and the conversion of codes to it.
#[derive(Debug)]
pub struct Base {
    /// Year of the code officiel géographique: the situation on its 1 January.
    pub year: i16,
    /// Real, or the fictional training territory.
    pub nature: Nature,
    /// Codes and names, in the order of codes; positions and postal codes are filled later.
    pub communes: Communes,
    /// Arrondissements of Paris, Lyon and Marseille.
    pub municipal: Vec<MunicipalArrondissement>,
    /// Conversion of codes.
    pub crosswalk: Crosswalk,
    populations: FxHashMap<CommuneCode, f64>,
    weights: Vec<f64>,
    ids: FxHashMap<CommuneCode, CommuneId>,
    inside: FxHashMap<CommuneCode, CommuneId>,
    /// For each code that ever moved: dates, in order, with whether the code exists just before and just after.
    events: Events,
}

/// For each code that ever moved: dates, in order, with whether the code exists just before and just after.
pub(crate) type Events = FxHashMap<CommuneCode, Vec<(Date, bool, bool)>>;

/// 1 January of a year.
pub fn first_of(year: i16) -> Date {
    date(year, 1, 1)
}

impl Base {
    /// Sorts the communes and builds the indexes.
    pub fn new(mut parts: BaseParts) -> Self {
        parts.communes.sort_unstable();
        parts.municipal.sort_unstable();
        let mut communes = Communes::default();
        for (code, name) in parts.communes {
            communes.code.push(code);
            communes.name.push(name);
        }
        let n = communes.code.len();
        communes.lon = vec![f64::NAN; n];
        communes.lat = vec![f64::NAN; n];
        communes.postal_codes = vec![Vec::new(); n];
        let ids: FxHashMap<CommuneCode, CommuneId> = communes.code.iter().copied().zip(0..).collect();
        let municipal: Vec<MunicipalArrondissement> = parts
            .municipal
            .into_iter()
            .filter_map(|(code, name, parent)| {
                ids.get(&parent).map(|parent| MunicipalArrondissement { code, name, parent: *parent })
            })
            .collect();
        // A delegated commune often bears the code of its commune: the commune wins.
        let inside = parts
            .delegated
            .into_iter()
            .filter(|(code, _)| !ids.contains_key(code))
            .filter_map(|(code, parent)| Some((code, *ids.get(&parent)?)))
            .chain(municipal.iter().map(|arrondissement| (arrondissement.code, arrondissement.parent)))
            .collect();
        let mut base = Self {
            year: parts.year,
            nature: if parts.training { Nature::Training } else { Nature::Real },
            communes,
            municipal,
            events: events(&parts.crosswalk),
            crosswalk: parts.crosswalk,
            populations: FxHashMap::default(),
            weights: Vec::new(),
            ids,
            inside,
        };
        base.set_populations(parts.populations);
        base
    }

    /// Sets the populations that shares and means are weighted by.
    pub fn set_populations(&mut self, populations: FxHashMap<CommuneCode, f64>) {
        self.populations = populations;
        let mut weights: Vec<f64> =
            self.communes.code.iter().map(|code| self.populations.get(code).copied().unwrap_or(0.0)).collect();
        for arrondissement in &self.municipal {
            let parent = arrondissement.parent as usize;
            // Files that give Paris whole do not give its arrondissements, and the reverse.
            if !self.populations.contains_key(&self.communes.code[parent]) {
                weights[parent] += self.populations.get(&arrondissement.code).copied().unwrap_or(0.0);
            }
        }
        self.weights = weights;
    }

    /// For each code that ever moved: dates with whether it exists just before and just after.
    pub(crate) fn events(&self) -> &Events {
        &self.events
    }

    /// Number of communes.
    pub fn len(&self) -> usize {
        self.communes.len()
    }

    /// Whether there is no commune.
    pub fn is_empty(&self) -> bool {
        self.communes.is_empty()
    }

    /// The commune with this code in the geography of the territory.
    pub fn commune(&self, code: CommuneCode) -> Option<CommuneId> {
        self.ids.get(&code).copied()
    }

    /// Latest legal population of a commune, 0 when unknown.
    pub fn weight(&self, commune: CommuneId) -> f64 {
        self.weights[commune as usize]
    }

    /// Latest legal population of any code, former communes and municipal arrondissements included; 0 when unknown.
    pub fn weight_of(&self, code: CommuneCode) -> f64 {
        self.populations.get(&code).copied().or_else(|| self.commune(code).map(|id| self.weight(id))).unwrap_or(0.0)
    }

    /// What a code written in the geography of `year` designates in this territory.
    ///
    /// Movements between the two years are followed. A code they do not explain is looked up as it stands, then as an
    /// arrondissement, a commune déléguée or associée, then as a former commune (files of loose vintage keep some):
    /// it is then followed from its last day.
    pub fn resolve(&self, code: CommuneCode, year: i16) -> Resolution {
        let today = first_of(self.year);
        if year != self.year
            && let Some(resolution) = self.all_known(&self.crosswalk.convert(code, first_of(year), today))
        {
            return resolution;
        }
        if let Some(id) = self.commune(code) {
            return Resolution::Commune(id);
        }
        if let Some(parent) = self.inside.get(&code) {
            return Resolution::Parent(*parent);
        }
        let last_day = self.events.get(&code).and_then(|events| {
            let (date, ..) = events.iter().rev().find(|(date, before, after)| *date <= today && *before && !*after)?;
            date.yesterday().ok()
        });
        let first_day = || {
            let (date, ..) =
                self.events.get(&code)?.iter().find(|(date, before, after)| *date > today && !*before && *after)?;
            Some(*date)
        };
        last_day
            .or_else(first_day)
            .and_then(|day| self.all_known(&self.crosswalk.convert(code, day, today)))
            .unwrap_or(Resolution::Unknown)
    }

    /// The resolution when every code is a commune of the territory.
    fn all_known(&self, codes: &[CommuneCode]) -> Option<Resolution> {
        let ids: Vec<CommuneId> = codes.iter().map(|code| self.commune(*code)).collect::<Option<_>>()?;
        Some(match ids.as_slice() {
            [] => return None,
            [id] => Resolution::Commune(*id),
            _ => {
                let total: f64 = ids.iter().map(|id| self.weight(*id)).sum();
                let equal = 1.0 / ids.len() as f64;
                let share = |id: &CommuneId| if total > 0.0 { self.weight(*id) / total } else { equal };
                Resolution::Shares(ids.iter().map(|id| (*id, share(id))).collect())
            }
        })
    }

    /// Whether a full commune (or a municipal arrondissement) bears this code on 1 January of `year`, as far as the
    /// movements and the territory tell.
    pub fn exists(&self, code: CommuneCode, year: i16) -> bool {
        if self.municipal.iter().any(|arrondissement| arrondissement.code == code) {
            return true;
        }
        existence(self.events.get(&code).map(Vec::as_slice), first_of(year))
            .unwrap_or_else(|| self.ids.contains_key(&code))
    }

    /// Fails when a code does not exist on 1 January of `year` although it is, or was, a commune of another year: the
    /// file is not of the vintage it announces. Codes that never were communes pass: they are merely unknown.
    ///
    /// # Errors
    /// [`Fault::WrongVintage`](crate::error::Fault), naming code and the date of the movement.
    pub fn check_vintage(
        &self,
        file: &crate::input::InputFile,
        code: CommuneCode,
        line: u64,
        year: i16,
    ) -> Result<(), crate::error::SourceError> {
        let Some(events) = self.events.get(&code) else { return Ok(()) };
        let day = first_of(year);
        if existence(Some(events), day) != Some(false) {
            return Ok(());
        }
        let gone = events.iter().rev().find(|(date, before, after)| *date <= day && *before && !*after);
        let to_come = events.iter().find(|(date, before, after)| *date > day && !*before && *after);
        let why = match (gone, to_come) {
            (Some((date, ..)), _) => format!("elle a disparu le {}", french_date(*date)),
            (None, Some((date, ..))) => format!("elle n’apparaît que le {}", french_date(*date)),
            (None, None) => "elle n’existait pas encore ou plus".to_owned(),
        };
        let announced = file.vintage.map_or_else(String::new, |vintage| format!(" (millésime {vintage})"));
        Err(crate::error::SourceError::wrong_vintage(
            &file.name,
            format!("cette commune n’existe pas au 1er janvier {year}, géographie annoncée par le fichier{announced} : {why}"),
        )
        .line(line)
        .value(code.as_str()))
    }

    /// Year whose codes these look like most, for files that do not say; the territory's own when nothing tells.
    ///
    /// Only codes that do not exist count, not those that are absent: such files rarely hold every commune.
    pub fn guess_geography<'c>(&self, codes: impl Iterator<Item = &'c CommuneCode>) -> i16 {
        let moved: Vec<&[(Date, bool, bool)]> =
            codes.filter_map(|code| self.events.get(code)).map(Vec::as_slice).collect();
        let last = self.events.values().flatten().map(|(date, ..)| date.year()).max().unwrap_or(self.year);
        let faults = |year: i16| {
            let day = first_of(year);
            moved.iter().filter(|events| existence(Some(events), day) == Some(false)).count()
        };
        (1999..=last.max(self.year))
            .min_by_key(|year| (faults(*year), (*year - self.year).abs(), std::cmp::Reverse(*year)))
            .unwrap_or(self.year)
    }

    /// Fails when a département (of ten communes at least) is there in part only: a file that gives every commune was cut.
    /// Whole départements may be absent (Mayotte, a regional extract).
    ///
    /// # Errors
    /// [`Fault::Truncated`](crate::error::Fault), naming the first département and a commune it lacks.
    pub(crate) fn check_whole(
        &self,
        file: &crate::input::InputFile,
        has: impl Fn(CommuneId) -> bool,
    ) -> Result<(), crate::error::SourceError> {
        let mut by_departement: std::collections::BTreeMap<&str, (usize, usize, Option<CommuneCode>)> =
            std::collections::BTreeMap::new();
        for (id, code) in (0..).zip(&self.communes.code) {
            let (found, total, missing) = by_departement.entry(code.departement()).or_default();
            *total += 1;
            if has(id) {
                *found += 1;
            } else {
                missing.get_or_insert(*code);
            }
        }
        let partial =
            by_departement.iter().find(|(_, (found, total, _))| *found > 0 && *total >= 10 && *found * 10 < *total * 9);
        let Some((departement, (found, total, missing))) = partial else { return Ok(()) };
        let error = crate::error::SourceError::truncated(
            &file.name,
            format!(
                "il ne donne que {found} des {total} communes du département {departement} ; celle-ci manque, entre autres"
            ),
        );
        Err(missing.map_or(error.clone(), |code| error.value(code.as_str())))
    }

    /// Sentence for provenances: how codes were brought to this geography; empty when nothing was to be done.
    pub fn conversion(&self, geography: i16) -> String {
        if geography == self.year {
            return String::new();
        }
        format!("Codes convertis du COG {geography} au COG {} par les mouvements de communes de l’INSEE.", self.year)
    }
}

/// Year, among those the movements cover, on whose 1 January most of these codes exist and fewest are missing; the
/// latest on a tie. `None` when no movement is known.
pub(crate) fn best_geography(codes: &FxHashSet<CommuneCode>, events: &Events) -> Option<i16> {
    let last = events.values().flatten().map(|(date, ..)| *date).max()?.year();
    // No official file by commune that is read here is older than 1999.
    (1999..=last).min_by_key(|year| {
        let day = first_of(*year);
        let faults =
            events.iter().filter(|(code, list)| existence(Some(list), day) != Some(codes.contains(code))).count();
        (faults, std::cmp::Reverse(*year))
    })
}

/// A date as French messages write it: 01/01/2024.
fn french_date(date: Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}

/// Dates at which each code is born, dies or passes through a movement.
pub(crate) fn events(crosswalk: &Crosswalk) -> Events {
    let mut events = Events::default();
    let mut mark = |code: CommuneCode, date: Date, before: bool| {
        let list = events.entry(code).or_default();
        match list.last_mut() {
            Some(last) if last.0 == date => {
                last.1 |= before;
                last.2 |= !before;
            }
            _ => list.push((date, before, !before)),
        }
    };
    // Moves are sorted by date.
    for step in crosswalk.moves() {
        mark(step.from, step.date, true);
        mark(step.to, step.date, false);
    }
    events
}

/// Whether a code exists on a day, by its events; `None` when it has none.
pub(crate) fn existence(events: Option<&[(Date, bool, bool)]>, day: Date) -> Option<bool> {
    let events = events?;
    let past = events.iter().rev().find(|(date, ..)| *date <= day).map(|(_, _, after)| *after);
    past.or_else(|| events.first().map(|(_, before, _)| *before))
}

#[cfg(test)]
pub(crate) mod tests {
    use pacte_territory::Move;

    use super::*;
    use crate::error::Fault;
    use crate::input::InputFile;

    pub(crate) fn code(text: &str) -> CommuneCode {
        text.parse().unwrap()
    }

    /// Geography 2024.  01001 absorbed 01002 in 2019; 01003 and 01004 merge into 01003 in 2025; Paris has two
    /// arrondissements; 01005 has a delegated commune 01006.
    pub(crate) fn base() -> Base {
        let step = |y, from, to| Move { date: first_of(y), from: code(from), to: code(to) };
        Base::new(BaseParts {
            year: 2024,
            training: false,
            communes: ["75056", "01001", "01003", "01004", "01005"].map(|c| (code(c), format!("Commune {c}"))).to_vec(),
            municipal: vec![
                (code("75101"), "Paris 1er".into(), code("75056")),
                (code("75102"), "Paris 2e".into(), code("75056")),
            ],
            delegated: vec![(code("01005"), code("01005")), (code("01006"), code("01005"))],
            crosswalk: Crosswalk::new(vec![
                step(2019, "01001", "01001"),
                step(2019, "01002", "01001"),
                step(2025, "01003", "01003"),
                step(2025, "01004", "01003"),
            ]),
            populations: [("01001", 100.0), ("01003", 300.0), ("01004", 100.0), ("75101", 40.0), ("75102", 60.0)]
                .map(|(c, p)| (code(c), p))
                .into_iter()
                .collect(),
        })
    }

    #[test]
    fn codes_resolve_through_time_and_parents() {
        let base = base();
        let id = |c| base.commune(code(c)).unwrap();
        assert_eq!(base.resolve(code("01002"), 2018), Resolution::Commune(id("01001")));
        assert_eq!(
            base.resolve(code("01002"), 2022),
            Resolution::Commune(id("01001")),
            "kept by a file of loose vintage"
        );
        assert_eq!(base.resolve(code("75102"), 2024), Resolution::Parent(id("75056")));
        assert_eq!(base.resolve(code("01006"), 2024), Resolution::Parent(id("01005")));
        assert_eq!(base.resolve(code("98818"), 2024), Resolution::Unknown);
        let Resolution::Shares(shares) = base.resolve(code("01003"), 2025) else {
            panic!("a merger undone gives shares")
        };
        assert_eq!(shares, [(id("01003"), 0.75), (id("01004"), 0.25)]);
        assert_eq!(base.resolve(code("01003"), 2024), Resolution::Commune(id("01003")));
        assert_eq!(base.weight(id("75056")), 100.0, "Paris weighs its arrondissements");
    }

    #[test]
    fn half_a_departement_is_a_cut_file() {
        let communes = (1..=20).map(|i| (code(&format!("01{i:03}")), String::new()));
        let others = (1..=20).map(|i| (code(&format!("02{i:03}")), String::new()));
        let base =
            Base::new(BaseParts { year: 2024, communes: communes.chain(others).collect(), ..BaseParts::default() });
        let file = InputFile::in_memory("f.csv", [b'x']);
        assert!(base.check_whole(&file, |id| id < 20).is_ok(), "a regional extract");
        assert!(base.check_whole(&file, |id| id != 7).is_ok(), "one commune is missing");
        let error = base.check_whole(&file, |id| id < 30).unwrap_err();
        assert_eq!((error.fault, error.value.as_deref()), (Fault::Truncated, Some("02011")));
    }

    #[test]
    fn existence_follows_movements() {
        let base = base();
        for (c, year, expected) in [
            ("01002", 2018, true),
            ("01002", 2019, false),
            ("01004", 2024, true),
            ("01004", 2025, false),
            ("01005", 1990, true),
            ("75101", 2024, true),
            ("98818", 2024, false),
        ] {
            assert_eq!(base.exists(code(c), year), expected, "{c} in {year}");
        }
        let mut file = InputFile::in_memory("p_2023.csv", [b'x']);
        file.vintage = Some(2023);
        let error = base.check_vintage(&file, code("01004"), 7, 2025).unwrap_err();
        assert_eq!((error.fault, error.line), (Fault::WrongVintage, Some(7)));
        assert!(error.to_string().contains("01/01/2025"), "{error}");
        assert!(base.check_vintage(&file, code("98818"), 7, 2025).is_ok());
    }
}
