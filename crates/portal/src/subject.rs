//! A territory a page speaks of, and what is written of it in more than one place: its name, its address, its figures.

use pacte_access::atlas::{Atlas, Indicator};
use pacte_territory::Level;

use crate::error::{Fault, Suggestion};
use crate::i18n::Lang;
use crate::labels;
use crate::request::{encode, shorten};
use crate::state::Portal;
use crate::view::{CellView, Download, FigureCard, Head};

/// Indicators of narrow tables (neighbours, members), most telling first.
pub const KEY_INDICATORS: [&str; 6] =
    ["population", "apl_mg", "share_below_2_5", "mg_pour_100k", "minutes_urgences", "share_beyond_30"];

/// Formats offered for tables whose rows are not areas.
pub const PLAIN_FORMATS: [&str; 3] = ["csv", "xlsx", "parquet"];
/// Formats offered for tables of areas.
pub const AREA_FORMATS: [&str; 4] = ["csv", "xlsx", "geojson", "parquet"];

/// Address of a territory page.
pub fn territory_url(level: Level, code: &str) -> String {
    format!("/territoires/{level}/{}", encode(code))
}

/// One area, in one language.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// Figures.
    pub atlas: &'a Atlas,
    /// Language of the page.
    pub lang: Lang,
    /// Level of the area.
    pub level: Level,
    /// Its index.
    pub area: u32,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

impl<'a> Subject<'a> {
    /// An area of the atlas.
    pub fn new(atlas: &'a Atlas, lang: Lang, level: Level, area: u32) -> Self {
        let code = atlas.territory().area(level, area).code;
        Self { atlas, lang, level, area, code, name: labels::area_name(atlas, lang, level, area) }
    }

    /// Another area in the same language.
    #[must_use]
    pub fn other(&self, level: Level, area: u32) -> Self {
        Self::new(self.atlas, self.lang, level, area)
    }

    /// The whole territory.
    #[must_use]
    pub fn country(&self) -> Self {
        self.other(Level::Country, 0)
    }

    /// Address of its page.
    pub fn url(&self) -> String {
        territory_url(self.level, &self.code)
    }

    /// How addresses name it: `commune:59350`.
    pub fn key(&self) -> String {
        format!("{}:{}", self.level, self.code)
    }

    /// Name with its level, for titles: `Lille (commune)`; the country's name alone.
    pub fn full_name(&self) -> String {
        if self.level == Level::Country {
            self.name.clone()
        } else {
            format!("{} ({})", self.name, self.lang.level(self.level).to_lowercase())
        }
    }

    /// Value of an indicator.
    pub fn value(&self, id: &str) -> Option<f64> {
        self.atlas.value(id, self.level, self.area)
    }

    /// Value of an indicator as written, without its unit unless it is short.
    pub fn written_short(&self, id: &str) -> Option<String> {
        labels::value_short(self.lang, self.atlas.indicator(id)?, self.value(id))
    }

    /// Value of an indicator as written, with its unit.
    pub fn written(&self, id: &str) -> Option<String> {
        labels::value_with_unit(self.lang, self.atlas.indicator(id)?, self.value(id))
    }

    /// The areas it lies in, from the country down, for the breadcrumb.
    pub fn ancestors(&self) -> Vec<Self> {
        let mut levels = vec![Level::Country];
        match self.level {
            Level::Country => levels.clear(),
            Level::Region | Level::FormerRegion => {}
            Level::Departement => levels.push(Level::Region),
            _ => levels.extend([Level::Region, Level::Departement]),
        }
        levels
            .into_iter()
            .filter_map(|level| {
                let area = if level == Level::Country { 0 } else { self.atlas.parent(self.level, self.area, level)? };
                Some(self.other(level, area))
            })
            .collect()
    }

    /// The area among whose parts it is compared: its département, its region, or nothing.
    pub fn home_level(&self) -> Option<Level> {
        let known = |level: Level| self.atlas.territory().grouping(level).is_some().then_some(level);
        match self.level {
            Level::Commune | Level::Arrondissement => known(Level::Departement).or_else(|| known(Level::Region)),
            Level::Epci | Level::Tvs | Level::BassinDeVie | Level::Departement => known(Level::Region),
            Level::Region | Level::FormerRegion | Level::Country => None,
        }
    }

    /// A card with an indicator's value and source; `None` when the atlas has no such indicator.
    pub fn card(&self, id: &str, context: Vec<String>) -> Option<FigureCard> {
        let indicator = self.atlas.indicator(id)?;
        let (value, unit) = self.value_and_unit(indicator);
        Some(FigureCard {
            label: labels::indicator(self.lang, indicator),
            value,
            unit,
            context,
            source: self.source(indicator),
        })
    }

    /// Value and unit apart; a duration carries its own unit.
    fn value_and_unit(&self, indicator: &Indicator) -> (Option<String>, String) {
        let value = labels::value_short(self.lang, indicator, self.value(&indicator.id));
        (value, labels::unit_apart(self.lang, indicator))
    }

    /// Source line of an indicator.
    pub fn source(&self, indicator: &Indicator) -> String {
        labels::source_line(self.atlas, self.lang, &indicator.citation)
    }

    /// Heading of an indicator's column.
    pub fn head(&self, indicator: &Indicator) -> Head {
        let label = labels::short(self.lang, indicator);
        let unit = labels::unit_apart(self.lang, indicator);
        // « Généralistes pour 100 000 hab. » already says its unit.
        Head::number(label, if indicator.id == "mg_pour_100k" { String::new() } else { unit })
    }

    /// Cell of an indicator's column; the unit is in the heading, except for durations.
    pub fn cell(&self, indicator: &Indicator) -> CellView {
        self.cell_of(indicator, self.value(&indicator.id))
    }

    /// Cell of an indicator's column for a value already at hand.
    pub fn cell_of(&self, indicator: &Indicator, value: Option<f64>) -> CellView {
        CellView::number(labels::value_short(self.lang, indicator, value))
    }

    /// Cell with its name, leading to its page.
    pub fn name_cell(&self) -> CellView {
        CellView::link(self.name.clone(), self.url())
    }

    /// Links to download a table (`/donnees/{table}.{ext}?{query}`).
    pub fn downloads(&self, table: &str, query: &str, title: &str, formats: &[&str]) -> Vec<Download> {
        downloads(self.lang, table, query, title, formats)
    }
}

/// Links to download a table (`/donnees/{table}.{ext}?{query}`); `title` says what is in it.
pub fn downloads(lang: Lang, table: &str, query: &str, title: &str, formats: &[&str]) -> Vec<Download> {
    formats
        .iter()
        .filter_map(|extension| extension.parse::<pacte_sources::export::Format>().ok())
        .map(|format| Download {
            label: format.label(),
            title: lang.tr_with("download-title", [("title", title), ("format", format.label())]),
            href: format!("/donnees/{table}.{}{}{query}", format.extension(), if query.is_empty() { "" } else { "?" }),
        })
        .collect()
}

/// Reads a level slug from an address.
///
/// # Errors
/// 404 when no level has this name, or this territory does not have it.
pub fn read_level(portal: &Portal, slug: &str) -> Result<Level, Fault> {
    let levels = portal.atlas.territory().levels();
    let known = || levels.iter().map(|level| level.slug()).collect::<Vec<_>>().join(", ");
    slug.parse::<Level>()
        .ok()
        .filter(|level| levels.contains(level))
        .ok_or_else(|| Fault::missing("fault-level", [("value", shorten(slug)), ("known", known())]))
}

/// Finds an area by level and code, for a page.
///
/// # Errors
/// 404 that says why: not a code, a code that was merged into another, or a code that never was one; with suggestions.
pub fn find(portal: &Portal, lang: Lang, level: Level, code: &str) -> Result<u32, Fault> {
    let territory = portal.atlas.territory();
    if let Some(area) = territory.find(level, code) {
        return Ok(area);
    }
    let year = territory.meta.geography.year().to_string();
    let shown = shorten(code);
    if level == Level::Commune {
        let Ok(parsed) = code.parse::<pacte_territory::CommuneCode>() else {
            let fault = Fault::missing("fault-not-a-code", [("value", shown.clone())]);
            return Err(fault.suggesting(suggestions(portal, lang, code), shown));
        };
        let heirs = territory.successors(parsed);
        if !heirs.is_empty() {
            let names: Vec<String> = heirs
                .iter()
                .map(|commune| territory.area(Level::Commune, *commune))
                .map(|area| format!("{} ({})", area.name, area.code))
                .collect();
            let suggestions = heirs.iter().map(|commune| suggestion(&portal.atlas, lang, Level::Commune, *commune));
            return Err(Fault::missing(
                "fault-merged",
                [("value", shown), ("heirs", names.join(", ")), ("year", year)],
            )
            .suggesting(suggestions.collect(), String::new()));
        }
    }
    let key = if level == Level::Commune { "fault-unknown-commune" } else { "fault-unknown-area" };
    let level_name = lang.level(level).to_lowercase();
    Err(Fault::missing(key, [("value", shown.clone()), ("year", year), ("level", level_name)])
        .suggesting(suggestions(portal, lang, code), shown))
}

/// A link to an area.
pub fn suggestion(atlas: &Atlas, lang: Lang, level: Level, area: u32) -> Suggestion {
    let subject = Subject::new(atlas, lang, level, area);
    Suggestion { note: labels::level_and_code(lang, level, &subject.code), href: subject.url(), label: subject.name }
}

fn suggestions(portal: &Portal, lang: Lang, text: &str) -> Vec<Suggestion> {
    let text: String = text.chars().take(60).collect();
    portal.search.search(&text, 6).into_iter().map(|hit| suggestion(&portal.atlas, lang, hit.level, hit.area)).collect()
}
