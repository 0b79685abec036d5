//! Figures of the atlas as tables on their way out: what the command line prints and what downloads carry.
//!
//! Labels are French, identifiers are those of the indicators; every column of figures carries its source.

use pacte_access::atlas::{
    Atlas, BEYOND_MINUTES, ClassShare, ColumnRef, Evolution, Formula, Indicator, NearestResource, ResourceKind,
};
use pacte_sources::table::{Cell, CellKind, Table, TableColumn};
use pacte_territory::{Aggregation, Column, Level, Provenance};

use crate::i18n::Lang;
use crate::labels;

/// Levels whose code and name stand beside each area, when the area is smaller.
const CONTEXT: [Level; 2] = [Level::Departement, Level::Region];

/// Areas of a level, all of them or those that lie in a larger area, in the order of their codes.
pub fn areas(atlas: &Atlas, level: Level, within: Option<(Level, u32)>) -> Vec<u32> {
    let all = 0..atlas.territory().count(level);
    match within {
        None | Some((Level::Country, _)) => all.collect(),
        Some((parent, home)) if level == Level::Commune => atlas.territory().members(parent, home).to_vec(),
        Some((parent, home)) if parent == level => vec![home],
        Some((parent, home)) => {
            // Only areas that touch the larger one can have most of their people in it.
            let mut near: Vec<u32> = atlas
                .territory()
                .members(parent, home)
                .iter()
                .filter_map(|commune| atlas.territory().area_of(level, *commune))
                .collect();
            near.sort_unstable();
            near.dedup();
            near.retain(|area| atlas.parent(level, *area, parent) == Some(home));
            near
        }
    }
}

/// Every indicator of every area of a level: columns `code`, `name`, the code and name of its département and region
/// where they are larger, then one column per indicator by its id; for communes, categories (zoning, density) too.
///
/// `filter` keeps the areas that lie in a larger area.
pub fn indicators_table(atlas: &Atlas, level: Level, filter: Option<(Level, u32)>) -> Table {
    let areas = areas(atlas, level, filter);
    let contexts: Vec<Level> = CONTEXT
        .into_iter()
        .filter(|context| *context > level && *context != level && atlas.territory().grouping(*context).is_some())
        .filter(|_| level != Level::FormerRegion && level != Level::Country)
        .collect();
    let mut columns = vec![TableColumn::text("code", "Code"), TableColumn::text("name", "Nom")];
    for context in &contexts {
        columns.push(TableColumn::text(context.slug(), Lang::Fr.level(*context)));
        let label = format!("{}, nom", Lang::Fr.level(*context));
        columns.push(TableColumn::text(format!("{}_name", context.slug()), label));
    }
    let categories: Vec<&Column> = if level == Level::Commune {
        atlas.territory().columns.iter().filter(|column| column.aggregation == Aggregation::Category).collect()
    } else {
        Vec::new()
    };
    columns.extend(categories.iter().map(|column| {
        TableColumn::text(category_id(column), column.label.clone()).from_source(column.provenance.clone())
    }));
    columns.extend(atlas.indicators().iter().map(|indicator| figure_column(atlas, indicator)));
    let values: Vec<_> = atlas.indicators().iter().map(|indicator| atlas.values(&indicator.id, level)).collect();

    let mut table = Table::new(table_name(atlas, level, filter), title(atlas, level, filter), columns);
    table.description = format!("Tous les indicateurs de Pacte, {} par ligne.", Lang::Fr.level(level).to_lowercase());
    table.rows = areas
        .iter()
        .map(|area| {
            let named = atlas.territory().area(level, *area);
            let mut row: Vec<Cell> = Vec::with_capacity(table.columns.len());
            row.extend([named.code.into(), named.name.into()]);
            for context in &contexts {
                match atlas.parent(level, *area, *context) {
                    Some(home) => {
                        let home = atlas.territory().area(*context, home);
                        row.extend([Cell::from(home.code), Cell::from(home.name)]);
                    }
                    None => row.extend([Cell::Missing, Cell::Missing]),
                }
            }
            row.extend(categories.iter().map(|column| column.category(*area).map_or(Cell::Missing, Cell::from)));
            row.extend(values.iter().map(|values| Cell::from(values.as_ref().and_then(|values| values.get(*area)))));
            row
        })
        .collect();
    table
}

/// Adds to a table of areas (column `code`) the contour of each row, as drawn at zoom 10 for communes (9 when there are
/// more than 5,000 of them), 8 above.
pub fn with_contours(atlas: &Atlas, level: Level, areas: &[u32], mut table: Table) -> Table {
    let zoom = match (level, areas.len()) {
        (Level::Commune, ..=5_000) => 10,
        (Level::Commune, _) => 9,
        _ => 8,
    };
    let topology = &atlas.territory().topology;
    table.geometry = Some(areas.iter().map(|area| topology.polygons(level, *area, zoom)).collect());
    table
}

/// One area, one indicator a row, beside the country: `id`, `label`, `unit`, `value`, `country`, `source`, `method`.
pub fn territory_table(atlas: &Atlas, level: Level, area: u32) -> Table {
    let named = atlas.territory().area(level, area);
    let mut table = Table::new(
        format!("territoire-{level}-{}", named.code),
        format!("{} ({})", named.name, labels::level_and_code(Lang::Fr, level, &named.code)),
        vec![
            TableColumn::text("id", "Indicateur"),
            TableColumn::text("label", "Libellé"),
            TableColumn::text("unit", "Unité"),
            TableColumn::decimal("value", named.name.clone(), "", 2),
            TableColumn::decimal("country", atlas.territory().meta.name.clone(), "", 2),
            TableColumn::text("source", "Source"),
            TableColumn::text("method", "Méthode"),
        ],
    );
    table.rows = atlas
        .indicators()
        .iter()
        .map(|indicator| {
            vec![
                indicator.id.as_str().into(),
                indicator.label.as_str().into(),
                indicator.unit.as_str().into(),
                atlas.value(&indicator.id, level, area).into(),
                atlas.value(&indicator.id, Level::Country, 0).into(),
                indicator.citation.as_str().into(),
                indicator.method.as_str().into(),
            ]
        })
        .collect();
    table
}

/// Two areas side by side: one indicator a row, with the difference of the second to the first.
pub fn comparison_table(atlas: &Atlas, a: (Level, u32), b: (Level, u32)) -> Table {
    let [first, second] = [a, b].map(|(level, area)| atlas.territory().area(level, area));
    let mut table = Table::new(
        format!("comparaison-{}-{}", first.code, second.code),
        format!("{} et {}", first.name, second.name),
        vec![
            TableColumn::text("id", "Indicateur"),
            TableColumn::text("label", "Libellé"),
            TableColumn::text("unit", "Unité"),
            TableColumn::decimal("a", first.name, "", 2),
            TableColumn::decimal("b", second.name, "", 2),
            TableColumn::decimal("difference", "Écart", "", 2),
            TableColumn::text("source", "Source"),
        ],
    );
    table.rows = atlas
        .indicators()
        .iter()
        .map(|indicator| {
            let [x, y] = [a, b].map(|(level, area)| atlas.value(&indicator.id, level, area));
            vec![
                indicator.id.as_str().into(),
                indicator.label.as_str().into(),
                indicator.unit.as_str().into(),
                x.into(),
                y.into(),
                x.zip(y).map(|(x, y)| y - x).into(),
                indicator.citation.as_str().into(),
            ]
        })
        .collect();
    table
}

/// The area and its neighbours, with the given indicators.
pub fn neighbours_table(atlas: &Atlas, level: Level, area: u32, ids: &[&str]) -> Table {
    let named = atlas.territory().area(level, area);
    let indicators: Vec<&Indicator> = ids.iter().filter_map(|id| atlas.indicator(id)).collect();
    let mut columns = vec![TableColumn::text("code", "Code"), TableColumn::text("name", "Nom")];
    columns.extend(indicators.iter().map(|indicator| figure_column(atlas, indicator)));
    let mut table =
        Table::new(format!("voisins-{level}-{}", named.code), format!("{} et ses voisins", named.name), columns);
    table.rows = std::iter::once(area)
        .chain(atlas.neighbours(level, area))
        .map(|other| {
            let named = atlas.territory().area(level, other);
            let figures = indicators.iter().map(|indicator| atlas.value(&indicator.id, level, other).into());
            [named.code.into(), named.name.into()].into_iter().chain(figures).collect()
        })
        .collect();
    table
}

/// Inhabitants by class of APL: `lower`, `upper` (missing for the last class), `persons`, `share`.
pub fn distribution_table(atlas: &Atlas, level: Level, area: u32) -> Option<Table> {
    let classes = atlas.distribution(level, area)?;
    let named = atlas.territory().area(level, area);
    let source =
        atlas.indicator("apl_mg").map(|indicator| figure_column(atlas, indicator).provenance).unwrap_or_default();
    let figure = |column: TableColumn| TableColumn { provenance: source.clone(), ..column };
    let mut table = Table::new(
        format!("repartition-{level}-{}", named.code),
        format!("{} : habitants selon l’APL de leur commune", named.name),
        vec![
            TableColumn::decimal("lower", "De (inclus)", "consultations par hab. et par an", 1),
            TableColumn::decimal("upper", "À (exclu)", "consultations par hab. et par an", 1),
            figure(TableColumn::integer("persons", "Habitants", "habitants")),
            figure(TableColumn::decimal("share", "Part des habitants", "%", 1)),
        ],
    );
    table.rows = classes
        .iter()
        .map(|ClassShare { lower, upper, persons, share }| {
            vec![(*lower).into(), (*upper).into(), (*persons).into(), (*share).into()]
        })
        .collect();
    Some(table)
}

/// What is known at several dates: `series`, `label`, `unit`, `year`, `value`, `source`.
pub fn trend_table(atlas: &Atlas, level: Level, area: u32) -> Table {
    let named = atlas.territory().area(level, area);
    let mut table = Table::new(
        format!("tendance-{level}-{}", named.code),
        format!("{} : évolutions", named.name),
        vec![
            TableColumn::text("series", "Série"),
            TableColumn::text("label", "Libellé"),
            TableColumn::text("unit", "Unité"),
            TableColumn::integer("year", "Année", ""),
            TableColumn::decimal("value", "Valeur", "", 2),
            TableColumn::text("source", "Source"),
        ],
    );
    for series in atlas.trend(level, area) {
        table.rows.extend(series.points.iter().map(|(year, value)| {
            vec![
                series.id.as_str().into(),
                series.label.as_str().into(),
                series.unit.as_str().into(),
                f64::from(*year).into(),
                (*value).into(),
                series.citation.as_str().into(),
            ]
        }));
    }
    table
}

/// Nearest resource of each kind for a commune.
pub fn nearest_table(atlas: &Atlas, commune: u32) -> Table {
    let named = atlas.territory().area(Level::Commune, commune);
    let mut table = Table::new(
        format!("proches-{}", named.code),
        format!("{} : ressources les plus proches", named.name),
        vec![
            TableColumn::text("kind", "Ressource"),
            TableColumn::text("label", "Libellé"),
            TableColumn::text("commune", "Commune"),
            TableColumn::text("commune_name", "Commune, nom"),
            TableColumn::decimal("minutes", "Temps de trajet", "minutes", 1),
            TableColumn::integer("count", "Nombre sur place", ""),
            TableColumn::text("source", "Source"),
        ],
    );
    table.rows = atlas
        .nearest(commune)
        .into_iter()
        .map(|NearestResource { kind, commune, minutes, count, citation }| {
            let there = commune.map(|commune| atlas.territory().area(Level::Commune, commune));
            let (code, name) = there.map_or((Cell::Missing, Cell::Missing), |t| (t.code.into(), t.name.into()));
            vec![kind.concept().into(), kind.label().into(), code, name, minutes.into(), count.into(), citation.into()]
        })
        .collect();
    table
}

/// How far care of each kind is from the people of an area: `kind`, `label`, `minutes` (mean), `share_beyond_30`, `count`.
pub fn reach_table(atlas: &Atlas, level: Level, area: u32) -> Table {
    let named = atlas.territory().area(level, area);
    let mut table = Table::new(
        format!("proches-{level}-{}", named.code),
        format!("{} : temps d’accès moyens", named.name),
        vec![
            TableColumn::text("kind", "Ressource"),
            TableColumn::text("label", "Libellé"),
            TableColumn::decimal("minutes", "Temps d’accès moyen", "minutes", 1),
            TableColumn::decimal("share_beyond_30", "Population à plus de 30 minutes", "%", 1),
            TableColumn::integer("count", "Nombre dans le territoire", ""),
            TableColumn::text("source", "Source"),
        ],
    );
    table.rows = reaches(atlas, level, area)
        .into_iter()
        .map(|reach| {
            vec![
                reach.kind.concept().into(),
                reach.kind.label().into(),
                reach.minutes.into(),
                reach.share_beyond.into(),
                reach.count.into(),
                reach.citation.into(),
            ]
        })
        .collect();
    table
}

/// How far one kind of care is from the people of an area.
#[derive(Clone, Debug, PartialEq)]
pub struct Reach {
    /// Kind of resource.
    pub kind: ResourceKind,
    /// Mean time to the nearest one, minutes, weighted by population.
    pub minutes: Option<f64>,
    /// Share of the people beyond 30 minutes or out of reach, percent.
    pub share_beyond: Option<f64>,
    /// How many stand in the area.
    pub count: Option<f64>,
    /// Source and date of the resource.
    pub citation: String,
}

/// How far care of each kind is from the people of an area.
pub fn reaches(atlas: &Atlas, level: Level, area: u32) -> Vec<Reach> {
    let members = atlas.territory().members(level, area);
    let column = |key: &ColumnRef| -> Option<&Column> { atlas.column(&key.concept, key.vintage) };
    let Some(people) = atlas.latest("population.municipal") else { return Vec::new() };
    let kinds = ResourceKind::ALL.into_iter().filter_map(|kind| {
        let minutes = atlas.latest(&format!("access.minutes.{}", kind.concept()))?;
        let (of, weight) = (ColumnRef::of(minutes), ColumnRef::of(people));
        let mean = Formula::Mean { of: of.clone(), weight: weight.clone() };
        let beyond = Formula::ShareAbove { of, weight, threshold: BEYOND_MINUTES };
        let supply = atlas.latest(&format!("supply.{}", kind.concept()));
        let count = supply.and_then(|supply| Formula::Total(ColumnRef::of(supply)).evaluate(&members, &column));
        Some(Reach {
            kind,
            minutes: mean.evaluate(&members, &column),
            share_beyond: beyond.evaluate(&members, &column),
            count,
            citation: supply.map(|supply| supply.provenance.citation()).unwrap_or_default(),
        })
    });
    kinds.collect()
}

/// A change between two vintages for every area of a level: `code`, `name`, `change`. `None` when a vintage is missing.
pub fn evolution_table(
    atlas: &Atlas,
    level: Level,
    filter: Option<(Level, u32)>,
    evolution: Evolution,
) -> Option<Table> {
    let (indicator, values) = atlas.evolution(evolution, level)?;
    let mut column = figure_column(atlas, &indicator);
    column.id = "change".into();
    let columns = vec![TableColumn::text("code", "Code"), TableColumn::text("name", "Nom"), column];
    let (of, from, to) = evolution;
    let mut table = Table::new(
        format!("evolution-{}-{from}-{to}-{}", of.slug(), table_name(atlas, level, filter)),
        format!("{} – {}", indicator.label, title(atlas, level, filter)),
        columns,
    );
    table.rows = areas(atlas, level, filter)
        .into_iter()
        .map(|area| {
            let named = atlas.territory().area(level, area);
            vec![named.code.into(), named.name.into(), values.get(area).into()]
        })
        .collect();
    Some(table)
}

/// What each column of [`indicators_table`] means: id, label, unit, direction, source, vintage, method.
pub fn dictionary_table(atlas: &Atlas) -> Table {
    let mut table = Table::new(
        "dictionnaire",
        "Dictionnaire des indicateurs",
        vec![
            TableColumn::text("id", "Identifiant"),
            TableColumn::text("label", "Libellé"),
            TableColumn::text("unit", "Unité"),
            TableColumn::text("source", "Source et millésime"),
            TableColumn::text("method", "Méthode"),
        ],
    );
    let context = [
        ("code", "Code officiel du territoire", ""),
        ("name", "Nom du territoire", ""),
        ("departement", "Code du département où vivent la plupart des habitants", ""),
        ("region", "Code de la région où vivent la plupart des habitants", ""),
    ];
    let geography = format!("code officiel géographique, {}", atlas.territory().meta.geography.year());
    table.rows = context
        .into_iter()
        .map(|(id, label, unit)| vec![id.into(), label.into(), unit.into(), geography.as_str().into(), "".into()])
        .collect();
    let categories = atlas.territory().columns.iter().filter(|c| c.aggregation == Aggregation::Category);
    table.rows.extend(categories.map(|column| {
        vec![
            category_id(column).into(),
            column.label.as_str().into(),
            "".into(),
            column.provenance.citation().into(),
            column.provenance.method.as_str().into(),
        ]
    }));
    table.rows.extend(atlas.indicators().iter().map(|indicator| {
        vec![
            indicator.id.as_str().into(),
            indicator.label.as_str().into(),
            indicator.unit.as_str().into(),
            indicator.citation.as_str().into(),
            indicator.method.as_str().into(),
        ]
    }));
    table
}

/// Every file the territory was made from: path, source, vintage, rows read and matched, BLAKE3.
pub fn sources_table(atlas: &Atlas) -> Table {
    let mut table = Table::new(
        "sources",
        "Fichiers importés",
        vec![
            TableColumn::text("path", "Fichier"),
            TableColumn::text("source", "Source"),
            TableColumn::text("vintage", "Millésime"),
            TableColumn::integer("rows", "Lignes lues", ""),
            TableColumn::integer("matched", "Lignes retenues", ""),
            TableColumn::text("blake3", "Empreinte BLAKE3"),
        ],
    );
    table.rows = atlas
        .territory()
        .meta
        .files
        .iter()
        .map(|file| {
            vec![
                file.path.as_str().into(),
                file.source.as_str().into(),
                file.vintage.as_str().into(),
                (file.rows as f64).into(),
                (file.matched as f64).into(),
                file.hash.as_str().into(),
            ]
        })
        .collect();
    table
}

/// Identifier of a column of categories: `zoning_gp`, `density_grid7`.
fn category_id(column: &Column) -> String {
    column.concept.replace('.', "_")
}

fn figure_column(atlas: &Atlas, indicator: &Indicator) -> TableColumn {
    let kind = if indicator.decimals == 0 && indicator.unit != "minutes" {
        CellKind::Integer
    } else {
        CellKind::Decimal(indicator.decimals.max(1))
    };
    TableColumn {
        id: indicator.id.clone(),
        label: indicator.label.clone(),
        unit: indicator.unit.clone(),
        kind,
        provenance: Some(Provenance {
            source: indicator.citation.clone(),
            file: String::new(),
            vintage: String::new(),
            geography: atlas.territory().meta.geography.year(),
            method: indicator.method.clone(),
        }),
    }
}

fn table_name(atlas: &Atlas, level: Level, filter: Option<(Level, u32)>) -> String {
    match filter {
        None => level.slug().to_owned(),
        Some((parent, home)) => format!("{level}-{parent}-{}", atlas.territory().area(parent, home).code),
    }
}

fn title(atlas: &Atlas, level: Level, filter: Option<(Level, u32)>) -> String {
    let plural = Lang::Fr.levels(level);
    let mut letters = plural.chars();
    let plural: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    match filter {
        None => plural,
        Some((parent, home)) => format!("{plural} – {}", atlas.territory().area(parent, home).name),
    }
}
