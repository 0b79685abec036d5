//! What is asked of a projection, checked field by field.

use pacte_access::foresight::{Assumptions, Key, LAST_YEAR, Levers, training_level, training_region};
use pacte_territory::Level;

use crate::error::{Message, Suggestion};
use crate::i18n::Lang;
use crate::request::{Query, Visit, shorten};
use crate::state::Portal;
use crate::subject::{find, read_level, suggestion};

/// Year asked for when none is.
const HORIZON: i16 = 2040;
/// APL under which a territory is under-dense.
const THRESHOLD: f64 = 2.5;

/// Where added places go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The ten regions of the measure.
    Measure,
    /// The region of training of the territory.
    Own,
    /// Every region.
    All,
}

impl Place {
    pub(super) const ALL: [Self; 3] = [Self::Measure, Self::Own, Self::All];

    pub(super) const fn slug(self) -> &'static str {
        match self {
            Self::Measure => "dix",
            Self::Own => "region",
            Self::All => "toutes",
        }
    }
}

/// Everything asked.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// The area.
    pub level: Level,
    pub area: u32,
    /// How the field names it.
    pub text: String,
    /// What else was meant.
    pub others: Vec<Suggestion>,
    pub horizon: i16,
    pub threshold: f64,
    /// Level of the areas ranked.
    pub falls: Level,
    /// Share kept by the region of the territory (all regions above them), per cent.
    pub retention: Option<f64>,
    pub places: f64,
    pub from: i16,
    pub place: Place,
    /// Code of the region of training of the area.
    pub region: Option<String>,
    changes: Vec<(Key, f64)>,
    /// Faults by field.
    pub refusals: Vec<(&'static str, Message)>,
    query: Query,
}

impl Asked {
    /// Reads the parameters.
    pub(super) fn read(portal: &Portal, visit: &Visit) -> Self {
        let (query, lang) = (&visit.query, visit.lang);
        let assumptions = Assumptions::shipped();
        let territory = portal.atlas.territory();
        let levels = territory.levels();
        let falls = [Level::Tvs, Level::BassinDeVie, Level::Epci, Level::Departement, Level::Commune];
        let mut asked = Self {
            level: Level::Country,
            area: 0,
            text: String::new(),
            others: Vec::new(),
            horizon: HORIZON,
            threshold: THRESHOLD,
            falls: falls.into_iter().find(|level| levels.contains(level)).unwrap_or(Level::Commune),
            retention: None,
            places: 0.0,
            from: assumptions.measure.from,
            place: Place::Measure,
            region: None,
            changes: Vec::new(),
            refusals: Vec::new(),
            query: query.clone(),
        };
        asked.read_territory(portal, lang);
        let base = portal.workbench.as_ref().and_then(|bench| bench.ground.catchment());
        let base = base.and_then(|catchment| catchment.heads.vintages.iter().max().copied()).unwrap_or(2000);
        if let Some(year) = asked.number("horizon", f64::from(base + 1), f64::from(LAST_YEAR), true) {
            asked.horizon = year as i16;
        }
        if let Some(threshold) = asked.number("seuil", 0.1, 20.0, false) {
            asked.threshold = threshold;
        }
        if let Some(slug) = query.get("niveau") {
            if let Some(level) = slug.parse::<Level>().ok().filter(|level| levels.contains(level)) {
                asked.falls = level;
            } else {
                let known = levels.iter().map(|level| level.slug()).collect::<Vec<_>>().join(", ");
                asked.refuse("niveau", "fault-level", [("value", shorten(slug)), ("known", known)]);
            }
        }
        asked.retention = asked.number("fidelite", 0.0, 100.0, false);
        asked.places = asked.number("places", 0.0, 20_000.0, false).unwrap_or(0.0);
        if let Some(year) = asked.number("places_depuis", 1990.0, f64::from(LAST_YEAR), true) {
            asked.from = year as i16;
        }
        asked.place = query
            .get("places_ou")
            .and_then(|slug| Place::ALL.into_iter().find(|place| place.slug() == slug))
            .unwrap_or(Place::Measure);
        for key in Key::ALL {
            let (low, high) = key.range();
            if let Some(value) = asked.number(key.slug(), low, high, key.is_whole()) {
                asked.changes.push((key, value));
            }
        }
        asked.region = training_region(territory, &assumptions, asked.level, asked.area)
            .map(|region| territory.area(training_level(territory, &assumptions), region).code);
        asked
    }

    fn refuse<const N: usize>(&mut self, field: &'static str, key: &'static str, values: [(&'static str, String); N]) {
        self.refusals.push((field, Message::new(key, values)));
    }

    /// A number within bounds, `None` when it is not given; refused otherwise.
    fn number(&mut self, field: &'static str, low: f64, high: f64, whole: bool) -> Option<f64> {
        let text = self.query.get(field)?.to_owned();
        let plain: String = text.replace(',', ".").chars().filter(|c| !c.is_whitespace()).collect();
        let read = plain.replace('−', "-").parse::<f64>().ok();
        let read = read.filter(|number| (low..=high).contains(number) && (!whole || number.fract() == 0.0));
        if read.is_none() {
            let bounds = [("value", shorten(&text)), ("low", low.to_string()), ("high", high.to_string())];
            if whole {
                self.refuse(field, "fault-foresight-whole", bounds);
            } else {
                self.refuse(field, "fault-foresight-number", bounds);
            }
        }
        read
    }

    fn read_territory(&mut self, portal: &Portal, lang: Lang) {
        let territory = portal.atlas.territory();
        let Some(text) = self.query.get("territoire").map(str::to_owned) else { return };
        let coded = text.split_once(':').filter(|(slug, _)| slug.parse::<Level>().is_ok());
        let found = if let Some((slug, code)) = coded {
            read_level(portal, slug)
                .and_then(|level| Ok((level, find(portal, lang, level, &code.trim().to_ascii_uppercase())?)))
                .map_err(|fault| fault.message)
        } else {
            let mut hits = portal.search.search(&text, 5).into_iter();
            let best = hits.next().map(|hit| (hit.level, hit.area));
            self.others = hits
                .map(|hit| {
                    let mut other = suggestion(&portal.atlas, lang, hit.level, hit.area);
                    let code = territory.area(hit.level, hit.area).code;
                    let key = format!("{}:{code}", hit.level);
                    other.href = self.query.with(&[("territoire", &key)]).address("/decider/effectifs");
                    other
                })
                .collect();
            best.ok_or_else(|| Message::new("fault-foresight-territory", [("value", shorten(&text))]))
        };
        match found {
            Ok((level, area)) => {
                (self.level, self.area) = (level, area);
                let named = territory.area(level, area);
                self.text = if coded.is_some() { format!("{level}:{}", named.code) } else { named.name };
            }
            Err(message) => {
                self.text = text;
                self.refusals.push(("territoire", message));
            }
        }
    }

    /// What a field shows: what was typed when it was, else the value in use.
    pub(super) fn typed(&self, field: &'static str, usual: String) -> String {
        self.query.get(field).map_or(usual, str::to_owned)
    }

    /// Whether something differs from the assumptions as shipped.
    pub(super) fn is_changed(&self) -> bool {
        self.retention.is_some() || self.places > 0.0 || !self.changes.is_empty()
    }

    /// Address of the page with some parameters changed.
    pub(super) fn with(&self, changes: &[(&str, &str)]) -> String {
        self.query.with(changes).address("/decider/effectifs")
    }

    /// Address of a file with the parameters of the page.
    pub(super) fn file(&self, name: &str) -> String {
        self.query.with(&[("page", "")]).address(&format!("/decider/effectifs/{name}"))
    }

    /// The assumptions asked for.
    pub(super) fn assumptions(&self) -> Assumptions {
        let mut assumptions = Assumptions::shipped();
        for (key, value) in &self.changes {
            assumptions.set(key.slug(), &value.to_string()).expect("values were checked against the same bounds");
        }
        if let Some(percent) = self.retention {
            let name = self.region.as_ref().map_or_else(|| "retention".to_owned(), |code| format!("retention.{code}"));
            assumptions.set(&name, &(percent / 100.0).to_string()).expect("a share between 0 and 1");
        }
        assumptions
    }

    /// The places asked for. Where the measure has no region of this territory, every region gets them.
    pub(super) fn levers(&self, portal: &Portal) -> Levers {
        let regions = match self.place {
            Place::All => Vec::new(),
            Place::Own => self.region.clone().into_iter().collect(),
            Place::Measure => measure_codes(portal),
        };
        Levers { places: self.places, from: self.from, regions }
    }
}

/// Codes of the measure’s regions, none when this territory has none of them.
pub(super) fn measure_codes(portal: &Portal) -> Vec<String> {
    let assumptions = Assumptions::shipped();
    let territory = portal.atlas.territory();
    let codes = assumptions.measure.codes();
    let level = training_level(territory, &assumptions);
    let known = level == Level::FormerRegion && codes.iter().any(|code| territory.find(level, code).is_some());
    if known { codes } else { Vec::new() }
}
