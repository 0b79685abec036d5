//! What is reached from a place, as tables for downloads. French, like every file.

use pacte_access::atlas::ResourceKind;
use pacte_access::reach::{POPULATION_METHOD, RESOURCES_METHOD};
use pacte_roads::point::Point;
use pacte_sources::table::{Cell, Table, TableColumn};
use pacte_territory::{Level, Polygon, Provenance};

use super::answer::{Answer, compute_or_kept};
use super::asked::{Asked, Origin, named_with_code};
use crate::error::Fault;
use crate::i18n::Lang;
use crate::request::Query;
use crate::state::Portal;

/// One of the tables of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlaceTable {
    /// One row a duration, with its area.
    Areas,
    /// One row a commune and a duration.
    Communes,
    /// One row a kind of resource.
    Nearest,
}

impl PlaceTable {
    /// The table of a name in addresses.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        match name {
            "trajets" => Some(Self::Areas),
            "trajets-communes" => Some(Self::Communes),
            "trajets-proches" => Some(Self::Nearest),
            _ => None,
        }
    }
}

/// A table asked for, with the place it is about.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PlaceFile {
    /// Which table.
    pub table: PlaceTable,
    lang: Lang,
    asked: Asked,
    origin: Origin,
}

impl PlaceFile {
    /// Reads the parameters of the page.
    ///
    /// # Errors
    /// 400 that says what is wrong, 404 when there is no network.
    pub(crate) fn read(portal: &Portal, lang: Lang, table: PlaceTable, query: &Query) -> Result<Self, Fault> {
        let (asked, origin) = Asked::settled(portal, query)?;
        Ok(Self { table, lang, asked, origin })
    }

    /// Name of the file.
    pub(crate) fn name(&self, portal: &Portal) -> String {
        let place = self.origin.commune.map_or_else(
            || {
                format!("{:.4}_{:.4}", self.origin.point.lat_degrees(), self.origin.point.lon_degrees())
                    .replace('.', "_")
            },
            |commune| portal.atlas.territory().area(Level::Commune, commune).code,
        );
        let minutes = self.asked.minutes.iter().map(u32::to_string).collect::<Vec<_>>().join("-");
        let what = match self.table {
            PlaceTable::Areas => "trajets",
            PlaceTable::Communes => "trajets-communes",
            PlaceTable::Nearest => "trajets-proches",
        };
        format!("{what}-{place}-{minutes}-{}", portal.roads[self.asked.profile].network().about().profile)
    }

    /// Makes the table; `contours` for the areas themselves.
    ///
    /// # Errors
    /// 400 when the place cannot be joined to the network.
    pub(crate) fn make(&self, portal: &Portal, contours: bool) -> Result<Table, Fault> {
        let answer = compute_or_kept(portal, self.lang, &self.asked, &self.origin)?;
        let territory = portal.atlas.territory();
        let place = self.origin.commune.map_or_else(
            || format!("{:.5}, {:.5}", self.origin.point.lat_degrees(), self.origin.point.lon_degrees()),
            |commune| named_with_code(territory, commune),
        );
        let about = &answer.around;
        Ok(match self.table {
            PlaceTable::Areas => {
                let mut table = areas(portal, &place, &answer);
                table.name = self.name(portal);
                if contours {
                    table.geometry = Some(about.bands.iter().map(|band| polygons(&band.area)).collect());
                }
                table
            }
            PlaceTable::Communes => communes(portal, self.name(portal), &place, &answer),
            PlaceTable::Nearest => nearest(portal, self.name(portal), &place, &answer),
        })
    }
}

/// Source of what roads alone say.
fn by_road(portal: &Portal, answer: &Answer, method: &str) -> Provenance {
    let meta = &portal.atlas.territory().meta;
    Provenance {
        source: answer.around.source.clone(),
        file: String::new(),
        vintage: String::new(),
        geography: meta.geography.year(),
        method: if method.is_empty() {
            answer.around.profile.clone()
        } else {
            format!("{} ; {method}", answer.around.profile)
        },
    }
}

/// Source of a figure of the territory counted along roads.
fn counted(portal: &Portal, answer: &Answer, concept: &str, method: &str) -> Provenance {
    let roads = by_road(portal, answer, method);
    match portal.atlas.territory().latest(concept) {
        Some(column) => Provenance {
            source: format!("Pacte d’après {} ; {}", column.provenance.citation(), roads.source),
            vintage: column.provenance.vintage.clone(),
            ..roads
        },
        None => roads,
    }
}

fn areas(portal: &Portal, place: &str, answer: &Answer) -> Table {
    let people = counted(portal, answer, "population.municipal", POPULATION_METHOD);
    let mut columns = vec![
        TableColumn::text("place", "Lieu"),
        TableColumn::integer("minutes", "Durée", "minutes").from_source(by_road(portal, answer, "")),
        TableColumn::decimal("km2", "Surface atteinte", "km²", 2).from_source(by_road(portal, answer, "")),
        TableColumn::integer("population", "Population estimée", "habitants").from_source(people),
        TableColumn::integer("communes", "Communes atteintes, en tout ou en partie", ""),
    ];
    columns.extend(answer.nearest.iter().map(|(kind, _)| {
        let source = counted(portal, answer, &format!("supply.{}", kind.concept()), RESOURCES_METHOD);
        TableColumn::integer(kind.concept(), kind.label(), "").from_source(source)
    }));
    let title = format!("{place} : ce que l’on atteint par la route");
    let mut table = Table::new("trajets", title, columns);
    table.rows = answer
        .around
        .bands
        .iter()
        .map(|band| {
            let mut row: Vec<Cell> = vec![
                place.into(),
                f64::from(band.minutes).into(),
                band.area.km2.into(),
                band.people.map(f64::round).into(),
                (band.communes.len() as f64).into(),
            ];
            let count = |kind: ResourceKind| band.resources.iter().find(|one| one.kind == kind)?.count;
            row.extend(answer.nearest.iter().map(|(kind, _)| Cell::from(count(*kind))));
            row
        })
        .collect();
    table
}

fn communes(portal: &Portal, name: String, place: &str, answer: &Answer) -> Table {
    let people = counted(portal, answer, "population.municipal", POPULATION_METHOD);
    let columns = vec![
        TableColumn::integer("minutes", "Durée", "minutes").from_source(by_road(portal, answer, "")),
        TableColumn::text("commune", "Commune"),
        TableColumn::text("commune_name", "Commune, nom"),
        TableColumn::decimal("share", "Part des voies atteinte", "%", 1).from_source(by_road(portal, answer, "")),
        TableColumn::integer("population", "Population estimée", "habitants").from_source(people),
    ];
    let mut table = Table::new(name, format!("{place} : communes atteintes"), columns);
    let territory = portal.atlas.territory();
    for band in &answer.around.bands {
        table.rows.extend(band.communes.iter().map(|reached| {
            let area = territory.area(Level::Commune, reached.commune);
            vec![
                f64::from(band.minutes).into(),
                area.code.into(),
                area.name.into(),
                (reached.share * 100.0).into(),
                reached.people.map(f64::round).into(),
            ]
        }));
    }
    table
}

fn nearest(portal: &Portal, name: String, place: &str, answer: &Answer) -> Table {
    let columns = vec![
        TableColumn::text("kind", "Ressource"),
        TableColumn::text("label", "Libellé"),
        TableColumn::text("commune", "Commune"),
        TableColumn::text("commune_name", "Commune, nom"),
        TableColumn::decimal("minutes", "Temps de trajet", "minutes", 1).from_source(by_road(portal, answer, "")),
        TableColumn::decimal("km", "Distance par la route", "km", 1).from_source(by_road(portal, answer, "")),
        TableColumn::integer("count", "Nombre sur place", ""),
    ];
    let mut table = Table::new(name, format!("{place} : les soins les plus proches"), columns);
    let territory = portal.atlas.territory();
    table.rows = answer
        .nearest
        .iter()
        .map(|(kind, way)| {
            let mut row: Vec<Cell> = vec![kind.concept().into(), kind.label().into()];
            match way {
                Some(way) => {
                    let area = territory.area(Level::Commune, way.commune);
                    row.extend([
                        area.code.into(),
                        area.name.into(),
                        way.minutes().into(),
                        (way.metres / 1e3).into(),
                        way.count.into(),
                    ]);
                }
                None => row.extend(std::iter::repeat_n(Cell::Missing, 5)),
            }
            row
        })
        .collect();
    table
}

/// An area as the contours of a row.
fn polygons(area: &pacte_roads::isochrone::Area) -> Vec<Polygon> {
    let ring = |ring: &Vec<Point>| ring.iter().map(|point| [point.lon_degrees(), point.lat_degrees()]).collect();
    let polygons = area.polygons.iter();
    polygons
        .map(|polygon| Polygon { exterior: ring(&polygon.exterior), holes: polygon.holes.iter().map(ring).collect() })
        .collect()
}
