//! The map and the curve of an answer.

use std::collections::BTreeMap;

use pacte_access::siting::Objective;
use pacte_roads::point::Point;
use pacte_territory::{CommuneId, Level};

use super::Teller;
use crate::charts::{self, Line, Lines, Naming, Width};
use crate::extent::{Bounds, union};
use crate::format;
use crate::scale::LegendItem;
use crate::svg_map::{self, MapNaming, ServedCommune, SitesMap, Stop};
use crate::view::{CellView, ChartView, Head, LegendView, RowView, TableView};

/// Communes drawn at most.
const DRAWN: usize = 6_000;
/// Points of the curve drawn at most.
const CURVE: usize = 24;
/// Room around the communes drawn, as a share of their extent.
const MARGIN: f64 = 0.03;
const BROUGHT: &str = "#0f7d74";
const ALREADY: &str = "#cfe6dd";
const LEFT: &str = "#f3c08b";

impl Teller<'_> {
    /// Which rank brings each commune.
    fn brought(&self) -> BTreeMap<CommuneId, (usize, f32)> {
        let mut brought = BTreeMap::new();
        for (rank, site) in (1..).zip(&self.answer.sites) {
            for one in &site.brought {
                brought.insert(one.commune, (rank, one.after));
            }
        }
        brought
    }

    pub(super) fn legend(&self) -> LegendView {
        let item = |color, key: &str| LegendItem { color: Some(color), label: self.lang.tr(key) };
        let mut items = vec![item(BROUGHT, if self.is_mean() { "siting-map-nearer" } else { "siting-map-brought" })];
        if self.answer.request.scope.is_some() || self.territory().len() <= DRAWN {
            items.push(item(ALREADY, if self.is_mean() { "siting-map-same" } else { "siting-map-already" }));
            if !self.is_mean() && self.answer.request.objective == Objective::Cover {
                items.push(item(LEFT, "siting-map-left"));
            }
        }
        LegendView {
            measure: "sites".to_owned(),
            title: self.lang.tr("siting-map-legend"),
            unit: String::new(),
            items,
            shown: true,
        }
    }

    pub(super) fn map(&self) -> (String, String) {
        let territory = self.territory();
        let topology = &territory.topology;
        let brought = self.brought();
        let everywhere = (Level::Country, String::new());
        let (level, code) = self.answer.request.scope.as_ref().unwrap_or(&everywhere);
        let area = if *level == Level::Country { Some(0) } else { territory.find(*level, code) };
        let scope = area
            .map(|area| territory.members(*level, area).to_vec())
            .filter(|members| *level != Level::Country || members.len() <= DRAWN);
        let name = |commune: CommuneId| territory.communes.name[commune as usize].clone();
        let said = |commune: CommuneId| {
            let Some((rank, minutes)) = brought.get(&commune) else {
                let left = self.answer.request.objective == Objective::Cover
                    && self.answer.beyond.binary_search(&commune).is_ok();
                return ServedCommune { commune, color: if left { LEFT } else { ALREADY }, title: name(commune) };
            };
            ServedCommune {
                commune,
                color: BROUGHT,
                title: self.lang.tr_with(
                    "siting-map-commune",
                    [
                        ("name", name(commune)),
                        ("rank", rank.to_string()),
                        ("minutes", format::minutes(self.lang, f64::from(*minutes)).unwrap_or_default()),
                    ],
                ),
            }
        };
        let communes: Vec<ServedCommune> = match &scope {
            Some(members) if members.len() <= DRAWN => members.iter().map(|commune| said(*commune)).collect(),
            _ => brought.keys().take(DRAWN).map(|commune| said(*commune)).collect(),
        };
        let bounds = match &scope {
            Some(members) => members
                .iter()
                .filter_map(|commune| topology.bounds(Level::Commune, *commune))
                .reduce(union)
                .map_or(self.portal.extent.main, widened),
            None => self.portal.extent.main,
        };
        let stops: Vec<Stop> = (1..)
            .zip(&self.answer.sites)
            .filter_map(|(rank, site)| {
                let (lon, lat) = territory.point(site.commune)?;
                Some(Stop { point: Point::from_degrees(lon, lat), label: format!("{rank}") })
            })
            .collect();
        let outside = stops
            .iter()
            .filter(|stop| {
                let (lon, lat) = (stop.point.lon_degrees(), stop.point.lat_degrees());
                !(bounds[0]..=bounds[2]).contains(&lon) || !(bounds[1]..=bounds[3]).contains(&lat)
            })
            .count();
        let title = self.heading();
        let map = SitesMap { territory, extent: &self.portal.extent, communes: &communes, stops: &stops, bounds };
        let mut note = self.lang.tr("siting-map-note");
        if outside > 0 {
            note = format!("{note} {}", self.lang.tr_count("siting-map-outside", outside as u64));
        }
        (svg_map::sites(&map, MapNaming { id: "sites-carte", title: &title }), note)
    }

    pub(super) fn chart(&self) -> ChartView {
        let lang = self.lang;
        let curve = &self.answer.curve;
        let last = curve.len().saturating_sub(1);
        let step = curve.len().div_ceil(CURVE).max(1);
        let shown = |i: usize| i == 0 || i == last || (i + 1).is_multiple_of(step);
        let line = |label: String, value: &dyn Fn(usize) -> f64, written: bool| Line {
            label,
            points: (0..curve.len())
                .filter(|i| shown(*i))
                .map(|i| charts::Point {
                    year: i16::try_from(curve[i].sites).unwrap_or(i16::MAX),
                    value: value(i),
                    text: if written { self.gain(value(i)).unwrap_or_default() } else { String::new() },
                })
                .collect(),
        };
        let caption = lang.tr("siting-curve-title");
        let mut series = vec![line(lang.tr("siting-curve-gain"), &|i| curve[i].gain, true)];
        if curve.iter().all(|step| step.bound.is_finite()) {
            series.push(line(lang.tr("siting-curve-bound"), &|i| curve[i].bound, false));
        }
        let naming = Naming {
            id: "sites-courbe".to_owned(),
            title: caption.clone(),
            description: lang.tr_with(
                "siting-curve-description",
                [
                    ("first", curve.first().and_then(|step| self.gain(step.gain)).unwrap_or_default()),
                    ("last", curve.last().and_then(|step| self.gain(step.gain)).unwrap_or_default()),
                    ("sites", self.count(curve.len() as u64)),
                    ("unit", self.unit()),
                ],
            ),
        };
        let table = TableView {
            id: "sites-courbe-table".to_owned(),
            caption: caption.clone(),
            heads: vec![
                Head::number(lang.tr("siting-head-sites"), ""),
                Head::number(lang.tr("siting-head-gain"), self.unit()),
                Head::number(lang.tr("siting-head-more"), self.unit()),
                Head::number(lang.tr("siting-head-bound"), self.unit()),
            ],
            rows: curve
                .iter()
                .enumerate()
                .map(|(i, step)| RowView {
                    cells: vec![
                        CellView::number(Some(self.count(u64::from(step.sites)))),
                        CellView::number(self.gain(step.gain)),
                        CellView::number(self.gain(step.gain - if i == 0 { 0.0 } else { curve[i - 1].gain })),
                        CellView::number(self.gain(step.bound)),
                    ],
                    current: false,
                })
                .collect(),
            downloads: self.downloads("courbe", &caption),
            ..TableView::default()
        };
        ChartView {
            note: lang.tr_with("siting-curve-note", [("unit", self.unit())]),
            svg: charts::lines(Width::Fluid, &naming, &Lines { series, from_zero: true }),
            caption,
            table,
        }
    }
}

fn widened(bounds: Bounds) -> Bounds {
    let (x, y) = ((bounds[2] - bounds[0]) * MARGIN, (bounds[3] - bounds[1]) * MARGIN);
    [bounds[0] - x, bounds[1] - y, bounds[2] + x, bounds[3] + y]
}
