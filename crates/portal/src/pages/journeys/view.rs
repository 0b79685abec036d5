//! What is said of a place: texts and tables in the language of the page.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use pacte_access::atlas::ResourceKind;
use pacte_access::reach::{Band, CommuneShare};
use pacte_roads::network::About;
use pacte_roads::point::Point;
use pacte_territory::{CommuneId, Level, Nature};

use super::answer::Answer;
use super::asked::{Asked, Origin};
use super::profile_label;
use crate::format;
use crate::i18n::Lang;
use crate::labels;
use crate::pages::capital;
use crate::request::encode;
use crate::scale::{LegendItem, Palette};
use crate::state::Portal;
use crate::subject::{AREA_FORMATS, PLAIN_FORMATS, downloads, territory_url};
use crate::svg_map::Stop;
use crate::view::{CellView, Head, LegendView, RowView, TableView};

/// Everything said of a place.
#[derive(Clone, Debug, Default)]
pub(crate) struct JourneysView {
    pub heading: String,
    pub summary: String,
    pub notes: Vec<String>,
    pub legend: LegendView,
    pub areas: TableView,
    pub communes: Option<TableView>,
    pub communes_show: String,
    pub nearest: Option<TableView>,
}

/// A place, its answer and the page it is said on.
#[derive(Clone, Copy)]
pub(super) struct Teller<'a> {
    pub portal: &'a Portal,
    pub lang: Lang,
    pub asked: &'a Asked,
    pub origin: &'a Origin,
    pub answer: &'a Answer,
}

impl Teller<'_> {
    /// The place in words: `Vannes`, `point 47,6559 ; −2,7603 (Séné)`.
    pub(super) fn place(&self) -> String {
        let territory = self.portal.atlas.territory();
        let name = |commune: CommuneId| territory.communes.name[commune as usize].clone();
        if let Some(commune) = self.origin.commune {
            return name(commune);
        }
        let [lat, lon] = degrees(self.lang, self.origin.point);
        match self.answer.inside {
            Some(commune) => {
                self.lang.tr_with("journeys-point-in", [("lat", lat), ("lon", lon), ("commune", name(commune))])
            }
            None => self.lang.tr_with("journeys-point", [("lat", lat), ("lon", lon)]),
        }
    }

    /// Parameters of the page: `lieu=…&minutes=…`.
    pub(super) fn query(&self) -> String {
        let place = self.origin.commune.map_or_else(
            || format!("{:.5},{:.5}", self.origin.point.lat_degrees(), self.origin.point.lon_degrees()),
            |commune| self.portal.atlas.territory().area(Level::Commune, commune).code,
        );
        let mut query = format!("lieu={}", encode(&place));
        let minutes = self.asked.minutes.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        let _ = write!(query, "&minutes={minutes}");
        if self.portal.roads.len() > 1 {
            let _ = write!(query, "&profil={}", encode(&self.about().profile));
        }
        query
    }

    fn about(&self) -> &About {
        self.portal.roads[self.asked.profile].network().about()
    }

    pub(super) fn view(&self) -> JourneysView {
        let lang = self.lang;
        let place = self.place();
        let mut notes = Vec::new();
        if let Some(commune) = self.origin.commune.filter(|_| self.origin.approximate) {
            let name = self.portal.atlas.territory().communes.name[commune as usize].clone();
            notes.push(lang.tr_with("journeys-approximate", [("name", name)]));
        }
        if self.answer.around.snap_metres >= 100.0 {
            notes.push(lang.tr_with("journeys-snapped", [("metres", distance(lang, self.answer.around.snap_metres))]));
        }
        let longest = self.answer.around.bands.last();
        JourneysView {
            heading: capital(&lang.tr_with("journeys-title-at", [("place", place.as_str())])),
            summary: longest.map(|reached| self.summary(&place, reached)).unwrap_or_default(),
            notes,
            legend: self.legend(),
            areas: self.areas(&place),
            communes_show: longest.map_or_else(String::new, |reached| {
                let n = format::count(lang, reached.communes.len() as u64);
                lang.tr_with("journeys-communes-show", [("n", n), ("minutes", duration(lang, reached.minutes))])
            }),
            communes: longest.and_then(|reached| self.communes(&place, reached)),
            nearest: self.nearest(&place),
        }
    }

    fn summary(&self, place: &str, reached: &Band) -> String {
        let lang = self.lang;
        let (minutes, km2) = (duration(lang, reached.minutes), surface(lang, reached.area.km2));
        match reached.people.and_then(|people| format::number(lang, rounded(people), 0)) {
            Some(people) => lang.tr_with(
                "journeys-summary",
                [("place", place.to_owned()), ("minutes", minutes), ("km2", km2), ("people", people)],
            ),
            None => {
                lang.tr_with("journeys-summary-bare", [("place", place.to_owned()), ("minutes", minutes), ("km2", km2)])
            }
        }
    }

    fn legend(&self) -> LegendView {
        let lang = self.lang;
        let colors = colors(self.answer.around.bands.len());
        LegendView {
            measure: "trajets".into(),
            title: lang.tr("journeys-legend"),
            unit: lang.tr_with("journeys-legend-unit", [("profile", profile_label(lang, self.about()))]),
            items: self
                .answer
                .around
                .bands
                .iter()
                .zip(colors)
                .map(|(reached, color)| LegendItem {
                    color: Some(color),
                    label: lang.tr_with("journeys-within", [("minutes", duration(lang, reached.minutes))]),
                })
                .collect(),
            shown: true,
        }
    }

    fn areas(&self, place: &str) -> TableView {
        let lang = self.lang;
        let kinds: Vec<ResourceKind> = self.answer.nearest.iter().map(|(kind, _)| *kind).collect();
        let mut heads = vec![
            Head::text(lang.tr("journeys-head-minutes")),
            Head::number(lang.tr("journeys-head-area"), "km²"),
            Head::number(lang.tr("journeys-head-people"), ""),
            Head::number(lang.tr("journeys-head-communes"), ""),
        ];
        heads.extend(kinds.iter().map(|kind| Head::number(labels::resource(lang, *kind), "")));
        let row = |reached: &Band| {
            let mut cells = vec![
                CellView::text(duration(lang, reached.minutes)),
                CellView::number(surface_number(lang, reached.area.km2)),
                CellView::number(reached.people.and_then(|people| format::number(lang, rounded(people), 0))),
                CellView::number(Some(format::count(lang, reached.communes.len() as u64))),
            ];
            let count = |kind: &ResourceKind| reached.resources.iter().find(|one| one.kind == *kind)?.count;
            cells.extend(
                kinds.iter().map(|kind| CellView::number(count(kind).and_then(|n| format::number(lang, n, 0)))),
            );
            RowView { cells, current: false }
        };
        let caption = lang.tr_with("journeys-areas-caption", [("place", place)]);
        TableView {
            id: "trajets-surfaces".into(),
            note: lang.tr("journeys-areas-note"),
            heads,
            rows: self.answer.around.bands.iter().map(row).collect(),
            source: labels::source_line(&self.portal.atlas, lang, &self.citation()),
            downloads: downloads(lang, "trajets", &self.query(), &caption, &AREA_FORMATS),
            caption,
            pager: None,
        }
    }

    fn communes(&self, place: &str, reached: &Band) -> Option<TableView> {
        let lang = self.lang;
        let territory = self.portal.atlas.territory();
        let row = |CommuneShare { commune, share, people }: &CommuneShare| {
            let area = territory.area(Level::Commune, *commune);
            let people = people.and_then(|people| format::number(lang, people.round(), 0));
            RowView {
                cells: vec![
                    CellView::link(area.name, territory_url(Level::Commune, &area.code)),
                    CellView::number(format::percent(lang, share * 100.0, 0)),
                    CellView::number(people),
                ],
                current: self.origin.commune == Some(*commune),
            }
        };
        let minutes = duration(lang, reached.minutes);
        let caption = lang.tr_with("journeys-communes-caption", [("place", place.to_owned()), ("minutes", minutes)]);
        (!reached.communes.is_empty()).then(|| TableView {
            id: "trajets-communes".into(),
            heads: vec![
                Head::text(lang.level(Level::Commune)),
                Head::number(lang.tr("journeys-head-share"), ""),
                Head::number(lang.tr("journeys-head-people"), ""),
            ],
            rows: reached.communes.iter().map(row).collect(),
            downloads: downloads(lang, "trajets-communes", &self.query(), &caption, &PLAIN_FORMATS),
            caption,
            ..TableView::default()
        })
    }

    fn nearest(&self, place: &str) -> Option<TableView> {
        let lang = self.lang;
        let territory = self.portal.atlas.territory();
        let rows: Vec<RowView> = self
            .answer
            .nearest
            .iter()
            .zip(1_u64..)
            .map(|((kind, way), number)| {
                let kind = CellView::text(labels::resource(lang, *kind));
                let mut cells = vec![CellView::text(format::count(lang, number)), kind];
                cells.extend(match way {
                    Some(way) => {
                        let area = territory.area(Level::Commune, way.commune);
                        [
                            CellView::link(area.name, territory_url(Level::Commune, &area.code)),
                            CellView::number(format::minutes(lang, way.minutes())),
                            CellView::number(Some(distance(lang, way.metres))),
                        ]
                    }
                    None => [CellView::default(), CellView::number(None), CellView::number(None)],
                });
                RowView { cells, current: false }
            })
            .collect();
        let caption = lang.tr_with("journeys-nearest-caption", [("place", place)]);
        (!rows.is_empty()).then(|| TableView {
            id: "trajets-proches".into(),
            note: lang.tr("journeys-nearest-note"),
            heads: vec![
                Head::text(lang.tr("journeys-head-number")),
                Head::text(lang.tr("head-resource")),
                Head::text(lang.level(Level::Commune)),
                Head::number(lang.tr("journeys-head-time"), ""),
                Head::number(lang.tr("journeys-head-distance"), ""),
            ],
            rows,
            downloads: downloads(lang, "trajets-proches", &self.query(), &caption, &PLAIN_FORMATS),
            caption,
            ..TableView::default()
        })
    }

    /// Sources of the table: population, resources, roads.
    fn citation(&self) -> String {
        let territory = self.portal.atlas.territory();
        let mut sources: Vec<String> = Vec::new();
        let supplies = self.answer.nearest.iter().map(|(kind, _)| format!("supply.{}", kind.concept()));
        for concept in std::iter::once("population.municipal".to_owned()).chain(supplies) {
            let citation = territory.latest(&concept).map(|column| column.provenance.citation()).unwrap_or_default();
            if !citation.is_empty() && !sources.contains(&citation) {
                sources.push(citation);
            }
        }
        sources.push(self.answer.around.source.clone());
        sources.join(" ; ")
    }

    /// Ends of the ways, those at one place together.
    pub(super) fn stops(&self) -> Vec<Stop> {
        let mut stops: Vec<Stop> = Vec::new();
        for ((_, way), number) in self.answer.nearest.iter().zip(1_u32..) {
            let Some(point) = way.as_ref().and_then(|way| way.line.last().copied()) else { continue };
            match stops.iter_mut().find(|stop| stop.point == point) {
                Some(stop) => {
                    let _ = write!(stop.label, "·{number}");
                }
                None => stops.push(Stop { point, label: number.to_string() }),
            }
        }
        stops
    }
}

/// Colour of each area, the shortest first: the deeper, the sooner reached.
pub(super) fn colors(count: usize) -> Vec<&'static str> {
    Palette::Access.backwards(count)
}

/// Latitude and longitude as people write them.
pub(super) fn degrees(lang: Lang, point: Point) -> [String; 2] {
    [point.lat_degrees(), point.lon_degrees()].map(|value| format::number(lang, value, 4).unwrap_or_default())
}

/// A duration in minutes.
pub(super) fn duration(lang: Lang, minutes: u32) -> String {
    format::minutes(lang, f64::from(minutes)).unwrap_or_default()
}

/// A distance: `640 m`, `12,4 km`, `134 km`.
pub(super) fn distance(lang: Lang, metres: f64) -> String {
    let (value, decimals, unit) = match metres {
        ..1_000.0 => ((metres / 10.0).round() * 10.0, 0, "m"),
        ..100_000.0 => (metres / 1e3, 1, "km"),
        _ => (metres / 1e3, 0, "km"),
    };
    format::with_unit(lang, &format::number(lang, value, decimals).unwrap_or_default(), unit)
}

fn surface_number(lang: Lang, km2: f64) -> Option<String> {
    format::number(lang, km2, u8::from(km2 < 10.0))
}

fn surface(lang: Lang, km2: f64) -> String {
    format::with_unit(lang, &surface_number(lang, km2).unwrap_or_default(), "km²")
}

/// An estimate to two or three digits: more would be a false precision.
fn rounded(people: f64) -> f64 {
    match people {
        ..100.0 => people.round(),
        ..10_000.0 => (people / 10.0).round() * 10.0,
        ..100_000.0 => (people / 100.0).round() * 100.0,
        _ => (people / 1_000.0).round() * 1_000.0,
    }
}

/// Whose the roads are, short enough for the corner of a map.
pub(super) fn roads_attribution(portal: &Portal, lang: Lang) -> String {
    match portal.site.nature {
        Nature::Real => lang.tr("journeys-attribution"),
        Nature::Training => lang.tr("journeys-attribution-training"),
    }
}

/// Where the roads come from and of when they are, in words.
pub(super) fn roads_source(portal: &Portal, lang: Lang, about: &About) -> String {
    if portal.site.nature == Nature::Training {
        return lang.tr("journeys-about-training");
    }
    let date = about
        .extract
        .timestamp()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .map(|instant| format::date(lang, instant.to_zoned(TimeZone::UTC).date()));
    match date {
        Some(date) => lang.tr_with("journeys-about-osm-dated", [("date", date)]),
        None => lang.tr("journeys-about-osm"),
    }
}
