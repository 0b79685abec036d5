//! What a projection supposes, as a text file: every value with its source, whether it was checked there, and the range of
//! the scenarios. Any of them can be changed for one computation ([`Assumptions::set`]), which keeps what was changed.

use std::collections::BTreeMap;

use crate::ages::{AgeBand, LAST_AGE, Pyramid};
use crate::method::{MethodError, Status};

mod raw;

/// The scenario a value belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scenario {
    /// Fewer doctors, or more needs.
    Low,
    /// The one to read first.
    Central,
    /// More doctors, or fewer needs.
    High,
}

impl Scenario {
    /// Every scenario, in the order of results.
    pub const ALL: [Self; 3] = [Self::Low, Self::Central, Self::High];
}

/// A number supposed, under a stable key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// Years by which every retirement is put off (negative: brought forward).
    RetirementShift,
    /// Probability a year of leaving before retirement: death, disability, another practice.
    Leave,
    /// Age at installation, completed years.
    EntryAge,
    /// Years from the second year of medical studies to installation.
    Lag,
    /// Share of those trained who become general practitioners.
    GpShare,
    /// Share of these who practise in town.
    PracticeShare,
    /// Arrivals a year of those trained elsewhere.
    OtherEntries,
    /// Places a year after the last published.
    FuturePlaces,
    /// Share of those trained in a region who settle there.
    Retention,
    /// Share of arrivals that follows practitioners in place; the rest follows the population.
    AttractionHeads,
    /// Change a year of the hours of a practitioner of the same age.
    HoursTrend,
    /// Growth of the population a year.
    PopulationGrowth,
    /// Growth a year of the care needed by inhabitant.
    NeedGrowth,
    /// Population national places are for.
    ReferencePopulation,
}

impl Key {
    /// Every key, in the order of the form.
    pub const ALL: [Self; 14] = [
        Self::Retention,
        Self::GpShare,
        Self::PracticeShare,
        Self::FuturePlaces,
        Self::OtherEntries,
        Self::Lag,
        Self::EntryAge,
        Self::AttractionHeads,
        Self::RetirementShift,
        Self::Leave,
        Self::HoursTrend,
        Self::PopulationGrowth,
        Self::NeedGrowth,
        Self::ReferencePopulation,
    ];

    /// Name in files, on the command line and in addresses.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::RetirementShift => "retirement_shift",
            Self::Leave => "leave",
            Self::EntryAge => "entry_age",
            Self::Lag => "lag",
            Self::GpShare => "gp_share",
            Self::PracticeShare => "practice_share",
            Self::OtherEntries => "other_entries",
            Self::FuturePlaces => "future_places",
            Self::Retention => "retention",
            Self::AttractionHeads => "attraction_heads",
            Self::HoursTrend => "hours_trend",
            Self::PopulationGrowth => "population_growth",
            Self::NeedGrowth => "need_growth",
            Self::ReferencePopulation => "reference_population",
        }
    }

    /// The key of a name.
    pub fn of_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.slug() == slug)
    }

    /// What it is, in French.
    pub const fn label(self) -> &'static str {
        match self {
            Self::RetirementShift => "Report de l’âge de cessation",
            Self::Leave => "Départs avant la retraite",
            Self::EntryAge => "Âge à l’installation",
            Self::Lag => "Délai de la deuxième année à l’installation",
            Self::GpShare => "Part de la médecine générale",
            Self::PracticeShare => "Part qui exerce en ville",
            Self::OtherEntries => "Arrivées de médecins formés ailleurs",
            Self::FuturePlaces => "Places ouvertes chaque année à l’avenir",
            Self::Retention => "Fidélité à la région de formation",
            Self::AttractionHeads => "Installations qui suivent les médecins en place",
            Self::HoursTrend => "Évolution du temps de travail",
            Self::PopulationGrowth => "Croissance de la population",
            Self::NeedGrowth => "Croissance des besoins par habitant",
            Self::ReferencePopulation => "Population à laquelle se rapportent les places",
        }
    }

    /// Unit, in French.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::RetirementShift | Self::EntryAge | Self::Lag => "ans",
            Self::Leave | Self::HoursTrend | Self::PopulationGrowth | Self::NeedGrowth => "par an",
            Self::GpShare | Self::PracticeShare | Self::Retention | Self::AttractionHeads => "part, de 0 à 1",
            Self::OtherEntries => "médecins par an",
            Self::FuturePlaces => "places par an",
            Self::ReferencePopulation => "habitants",
        }
    }

    /// Lowest and highest value accepted.
    pub const fn range(self) -> (f64, f64) {
        match self {
            Self::RetirementShift => (-10.0, 10.0),
            Self::Leave => (0.0, 0.5),
            Self::EntryAge => (25.0, 60.0),
            Self::Lag => (0.0, 30.0),
            Self::GpShare | Self::PracticeShare | Self::Retention | Self::AttractionHeads => (0.0, 1.0),
            Self::OtherEntries => (0.0, 20_000.0),
            Self::FuturePlaces => (0.0, 100_000.0),
            Self::HoursTrend | Self::PopulationGrowth | Self::NeedGrowth => (-0.1, 0.1),
            Self::ReferencePopulation => (1e6, 1e9),
        }
    }

    /// Whether only whole numbers make sense.
    pub const fn is_whole(self) -> bool {
        matches!(self, Self::EntryAge | Self::Lag | Self::ReferencePopulation)
    }
}

/// A number with its scenarios and its source.
#[derive(Clone, Debug, PartialEq)]
pub struct Assumed {
    /// Central value.
    pub value: f64,
    /// Value of the low scenario.
    pub low: f64,
    /// Value of the high scenario.
    pub high: f64,
    /// Citation, or what the value rests on.
    pub source: String,
    /// Whether it was checked there.
    pub status: Status,
}

impl Assumed {
    /// The value of a scenario.
    pub const fn at(&self, scenario: Scenario) -> f64 {
        match scenario {
            Scenario::Low => self.low,
            Scenario::Central => self.value,
            Scenario::High => self.high,
        }
    }
}

/// Places opened in a year.
#[derive(Clone, Debug, PartialEq)]
pub struct Places {
    /// Year the academic year begins.
    pub year: i16,
    /// Places.
    pub value: f64,
    /// Citation.
    pub source: String,
    /// Whether it was checked there.
    pub status: Status,
}

/// A faculty and the regions it trains for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faculty {
    /// Name.
    pub name: String,
    /// Places of the table shares are taken from.
    pub places: u32,
    /// Codes of the regions (before 2016) it trains for; none for those overseas that the territory does not describe.
    pub regions: Vec<String>,
}

/// A share of those trained in a region who settle there, published or asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Retention {
    /// Code of the region.
    pub region: String,
    /// Share, from 0 to 1.
    pub value: f64,
    /// Citation.
    pub source: String,
    /// Whether it was checked there.
    pub status: Status,
}

/// Two published values that disagree; neither replaces the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Disagreement {
    /// What they are about.
    pub topic: String,
    /// Value used.
    pub kept: f64,
    /// Other value.
    pub other: f64,
    /// Where the other comes from.
    pub source: String,
}

/// Regions that received places, under one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasureRegion {
    /// Name in the measure.
    pub label: String,
    /// Codes before 2016.
    pub codes: Vec<String>,
}

/// Places added in some regions from a year on.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// French name.
    pub label: String,
    /// Places a year, all regions together.
    pub places: f64,
    /// First academic year.
    pub from: i16,
    /// Citation.
    pub source: String,
    /// Where.
    pub regions: Vec<MeasureRegion>,
}

impl Measure {
    /// Codes of all the regions.
    pub fn codes(&self) -> Vec<String> {
        self.regions.iter().flat_map(|region| region.codes.iter().cloned()).collect()
    }
}

/// Everything a projection supposes.
#[derive(Clone, Debug, PartialEq)]
pub struct Assumptions {
    /// Stable name.
    pub id: String,
    /// French title.
    pub label: String,
    /// Profession: last part of `supply.gp`.
    pub profession: String,
    /// Whether every value was checked.
    pub status: Status,
    /// Ages and activity.
    pub pyramid: Pyramid,
    /// Whether the pyramid was checked.
    pub pyramid_status: Status,
    /// Probability of retiring in the year, by age.
    pub retirement: Vec<AgeBand>,
    /// Where it comes from.
    pub retirement_source: String,
    /// Whether it was checked.
    pub retirement_status: Status,
    /// Places by year, increasing.
    pub places: Vec<Places>,
    /// Where people are trained.
    pub faculties: Vec<Faculty>,
    /// Source of [`Self::faculties`].
    pub faculties_source: String,
    /// Retention where it is known.
    pub retention_by_region: Vec<Retention>,
    /// Values that disagree.
    pub disagreements: Vec<Disagreement>,
    /// The measure to weigh.
    pub measure: Measure,
    parameters: BTreeMap<Key, Assumed>,
    changed: BTreeMap<String, String>,
    text_hash: String,
}

const SHIPPED: (&str, &str) =
    ("pacts/foresight/mg-2040.yaml", include_str!("../../../../pacts/foresight/mg-2040.yaml"));

impl Assumptions {
    /// Reads a file; `file` names it in errors.
    ///
    /// # Errors
    /// When the text is not YAML, a field is missing, unknown or out of range.
    pub fn from_yaml(file: &str, text: &str) -> Result<Self, MethodError> {
        raw::assumptions(file, text)
    }

    /// Those shipped with the program.
    pub fn shipped() -> Self {
        Self::from_yaml(SHIPPED.0, SHIPPED.1).expect("a test reads the shipped assumptions")
    }

    /// Name and text of the shipped file.
    pub const fn shipped_text() -> (&'static str, &'static str) {
        SHIPPED
    }

    /// A number.
    ///
    /// # Panics
    /// Never: reading checks that every key is there.
    pub fn get(&self, key: Key) -> &Assumed {
        self.parameters.get(&key).expect("every key is checked to be there when assumptions are read")
    }

    /// Changes one value: a key (`leave=0.008`, all three scenarios then agree) or the retention of a region
    /// (`retention.24=0.8`). Changing `retention` changes it in every region, those with a published value included.
    ///
    /// # Errors
    /// In French, when the key is unknown or the value out of range.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let (slug, region) = name.split_once('.').map_or((name, None), |(slug, region)| (slug, Some(region)));
        let key = Key::of_slug(slug).filter(|key| region.is_none() || *key == Key::Retention).ok_or_else(|| {
            let known = Key::ALL.map(Key::slug).join(", ");
            format!("« {name} » n’est pas une hypothèse ; connues : {known}, et retention.CODE pour une région (retention.24)")
        })?;
        let (low, high) = key.range();
        let number = value.trim().replace(',', ".").replace(['\u{a0}', '\u{202f}'], "");
        let number = number.parse::<f64>().ok().filter(|number| (low..=high).contains(number));
        let number = number.filter(|number| !key.is_whole() || number.fract() == 0.0).ok_or_else(|| {
            let whole = if key.is_whole() { "un nombre entier" } else { "un nombre" };
            format!("« {value} » est refusé pour {name} ({}) ; attendu : {whole} entre {low} et {high}", key.label())
        })?;
        let asked = "valeur demandée".to_owned();
        if let Some(region) = region {
            self.retention_by_region.retain(|known| known.region != region);
            self.retention_by_region.push(Retention {
                region: region.to_owned(),
                value: number,
                source: asked,
                status: Status::Unverified,
            });
        } else {
            if key == Key::Retention {
                self.retention_by_region.clear();
                self.changed.retain(|name, _| !name.starts_with("retention."));
            }
            let assumed =
                Assumed { value: number, low: number, high: number, source: asked, status: Status::Unverified };
            self.parameters.insert(key, assumed);
        }
        self.changed.insert(name.to_owned(), number.to_string());
        Ok(())
    }

    /// What was changed, by name.
    pub fn changed(&self) -> &BTreeMap<String, String> {
        &self.changed
    }

    /// Retention of a region.
    pub fn retention(&self, region: &str) -> f64 {
        let own = self.retention_by_region.iter().find(|known| known.region == region);
        own.map_or_else(|| self.get(Key::Retention).value, |known| known.value)
    }

    /// Places of a year in a scenario: published, interpolated between two published years, or those supposed afterwards.
    pub fn places(&self, year: i16, scenario: Scenario) -> f64 {
        let after = self.places.iter().position(|known| known.year >= year);
        match after {
            Some(0) => self.places[0].value,
            Some(next) => {
                let (a, b) = (&self.places[next - 1], &self.places[next]);
                let part = f64::from(year - a.year) / f64::from(b.year - a.year);
                a.value + part * (b.value - a.value)
            }
            None => self.get(Key::FuturePlaces).at(scenario),
        }
    }

    /// Probability of retiring in the year at an age, all retirements put off by `shift` years; between two ages it is
    /// interpolated. Everybody has left after [`LAST_AGE`].
    pub fn retires(&self, age: u32, shift: f64) -> f64 {
        if age >= LAST_AGE {
            return 1.0;
        }
        let at = |age: i64| {
            let band = self.retirement.iter().find(|band| (i64::from(band.from)..=i64::from(band.to)).contains(&age));
            let last = self.retirement.last().map_or(1.0, |band| band.value);
            band.map_or(if age > i64::from(LAST_AGE) { last } else { 0.0 }, |band| band.value)
        };
        let equivalent = f64::from(age) - shift;
        let (below, part) = (equivalent.floor(), equivalent - equivalent.floor());
        at(below as i64) * (1.0 - part) + at(below as i64 + 1) * part
    }

    /// Hash of the file and of what was changed, hexadecimal.
    pub fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.text_hash.as_bytes());
        for (name, value) in &self.changed {
            hasher.update(format!("\n{name}={value}").as_bytes());
        }
        hasher.finalize().to_hex()[..16].to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_file_holds_the_published_figures() {
        let assumptions = Assumptions::shipped();
        let at = |year| assumptions.places(year, Scenario::Central);
        assert_eq!(
            [1999, 2005, 2006, 2011, 2014, 2015, 2016].map(at),
            [3700.0, 6200.0, 7100.0, 7400.0, 7497.0, 7646.0, 8124.0]
        );
        assert_eq!(at(1990), 3700.0);
        assert_eq!(at(2023) * 5.0, 51_505.0);
        assert_eq!(at(2030), 10_301.0);
        let total: u32 = assumptions.faculties.iter().map(|faculty| faculty.places).sum();
        assert_eq!(total, 7100);
        let paris: u32 = assumptions.faculties.iter().filter(|f| f.regions == ["11"]).map(|f| f.places).sum();
        assert_eq!(paris, 1618);
        let measure = &assumptions.measure;
        assert_eq!((measure.places, measure.regions.len()), (131.0, 10));
        assert_eq!((131.0_f64 / 0.064).round(), 2047.0, "the base the +6.4 % implies");
        let codes = measure.codes();
        let base: u32 = assumptions
            .faculties
            .iter()
            .filter(|faculty| faculty.regions.iter().any(|region| codes.contains(region)))
            .map(|faculty| faculty.places)
            .sum();
        assert_eq!(base, 2379, "the table of 2006-07 does not give 2,047: the disagreement is written in the file");
        assert!(assumptions.disagreements.iter().any(|one| one.other == 149.0));
        assert_eq!((assumptions.retention("24"), assumptions.retention("11")), (0.8, 0.7));
        let mean: f64 =
            (crate::ages::FIRST_AGE..).zip(&assumptions.pyramid.heads).map(|(age, heads)| f64::from(age) * heads).sum();
        assert!((mean + 0.5 - 50.3).abs() < 1.5, "mean age {mean}");
    }

    #[test]
    fn values_change_and_refusals_say_what_is_expected() {
        let mut assumptions = Assumptions::shipped();
        let first = assumptions.hash();
        assumptions.set("retention.24", "0,85").unwrap();
        assumptions.set("leave", "0.008").unwrap();
        assert_eq!((assumptions.retention("24"), assumptions.retention("11")), (0.85, 0.7));
        assert_eq!(assumptions.get(Key::Leave).at(Scenario::Low), 0.008);
        assert_ne!(assumptions.hash(), first);
        assumptions.set("retention", "1").unwrap();
        assert_eq!((assumptions.retention("24"), assumptions.changed().len()), (1.0, 2));
        for (name, value, said) in [
            ("retention", "80", "entre 0 et 1"),
            ("lag", "1.5", "entier"),
            ("fidelite", "1", "retention"),
            ("leave.24", "0", "retention.CODE"),
            ("leave", "beaucoup", "entre 0 et 0.5"),
        ] {
            let error = assumptions.set(name, value).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn errors_name_file_line_and_field() {
        let (_, text) = Assumptions::shipped_text();
        for (from, to, field, said) in [
            ("{ from: 30, to: 34, value: 11.5 }", "{ from: 31, to: 34, value: 11.5 }", "pyramid.heads", "30"),
            ("{ from: 75, to: 79, value: 0.4 }", "{ from: 75, to: 79, value: 4 }", "retirement.bands", "entre 0 et 1"),
            (
                "leave: { value: 0.006, low: 0.01",
                "leave: { value: 0.006, low: 0.9",
                "parameters.leave",
                "entre 0 et 0.5",
            ),
            ("{ year: 2003, value: 5550", "{ year: 1998, value: 5550", "places", "croissantes"),
            ("region: \"24\", value: 0.8", "region: \"24\", value: 80", "retention_by_region", "entre 0 et 1"),
        ] {
            let line = text.lines().position(|line| line.contains(from)).expect(from) as u64 + 1;
            let error = Assumptions::from_yaml("essai.yaml", &text.replacen(from, to, 1)).unwrap_err();
            assert_eq!((error.line, error.field.as_str()), (line, field), "{error}");
            assert!(error.problem.contains(said), "{error}");
        }
        let error = Assumptions::from_yaml("essai.yaml", &text.replacen("  lag:", "  delai:", 1)).unwrap_err();
        assert!(error.to_string().contains("delai"), "{error}");
    }
}
