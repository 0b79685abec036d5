//! Projections as tables: what the page shows, downloads carry and the command line prints. French, like every file.

use pacte_access::foresight::{Assumptions, Falls, Interval, Key, Projection, Series};
use pacte_access::method::Status;
use pacte_sources::table::{Cell, CellKind, Table, TableColumn};
use pacte_territory::{Level, Provenance, Territory};

/// Source of the figures of a projection.
fn provenance(projection: &Projection) -> Provenance {
    Provenance {
        source: format!("Pacte d’après {}", projection.sources().join(" ; ")),
        file: String::new(),
        vintage: String::new(),
        geography: projection.geography(),
        method: format!("{} ; empreinte {}", projection.method(), projection.fingerprint()),
    }
}

/// An area year by year: heads, full-time equivalents, density and APL with their bounds, arrivals and departures.
pub fn years(projection: &Projection, territory: &Territory, level: Level, area: u32, series: &Series) -> Table {
    let named = territory.area(level, area);
    let source = provenance(projection);
    let mut columns = vec![TableColumn { kind: CellKind::Year, ..TableColumn::text("year", "Année") }];
    for (id, label, unit, decimals) in [
        ("heads", "Médecins", "", 1),
        ("fte", "Équivalents temps plein", "", 1),
        ("density", "Densité", "pour 100 000 habitants", 1),
        ("apl", "APL", "consultations par habitant et par an", 2),
    ] {
        columns.push(TableColumn::decimal(id, label, unit, decimals).from_source(source.clone()));
        columns.push(TableColumn::decimal(format!("{id}_low"), format!("{label}, bas"), "", decimals));
        columns.push(TableColumn::decimal(format!("{id}_high"), format!("{label}, haut"), "", decimals));
    }
    columns.push(TableColumn::decimal("entries", "Arrivées dans l’année", "", 1));
    columns.push(TableColumn::decimal("exits", "Départs dans l’année", "", 1));
    columns.push(TableColumn::integer("people", "Habitants", ""));
    let title = format!("{} : médecins généralistes jusqu’en {}", named.name, projection.horizon());
    let mut table = Table::new(format!("effectifs-{level}-{}", named.code), title, columns);
    projection.method().clone_into(&mut table.description);
    table.rows = series
        .rows
        .iter()
        .map(|row| {
            let mut cells = vec![Cell::number(f64::from(row.year))];
            for figure in [Some(row.heads), Some(row.fte), row.density, row.apl] {
                cells.extend(interval(figure));
            }
            let base = row.year == projection.base();
            let flow = |value: f64| if base { Cell::Missing } else { Cell::number(value) };
            cells.extend([flow(row.entries), flow(row.exits), Cell::number(row.people.round())]);
            cells
        })
        .collect();
    table
}

fn interval(figure: Option<Interval>) -> [Cell; 3] {
    let at = |of: fn(&Interval) -> f64| Cell::from(figure.as_ref().map(of));
    [at(|one| one.central), at(|one| one.low), at(|one| one.high)]
}

/// Areas that fall below a threshold, the earliest first.
pub fn falls(projection: &Projection, territory: &Territory, level: Level, threshold: f64, falls: &Falls) -> Table {
    let source = provenance(projection);
    let year = |id: &str, label: &str| TableColumn { kind: CellKind::Year, ..TableColumn::text(id, label) };
    let unit = "consultations par habitant et par an";
    let mut table = Table::new(
        format!("sous-le-seuil-{level}"),
        format!(
            "Territoires qui passent sous {} avant {}",
            pacte_sources::table::french_number(threshold, 2),
            projection.horizon()
        ),
        vec![
            TableColumn::text("code", "Code"),
            TableColumn::text("name", "Nom"),
            year("year", "Année du passage").from_source(source.clone()),
            year("year_low", "Au plus tôt (scénario bas)"),
            year("year_high", "Au plus tard (scénario haut)"),
            TableColumn::decimal("apl_first", format!("APL {}", projection.base()), unit, 2)
                .from_source(source.clone()),
            TableColumn::decimal("apl_last", format!("APL {}", projection.horizon()), unit, 2).from_source(source),
            TableColumn::integer("people", "Habitants", ""),
        ],
    );
    projection.method().clone_into(&mut table.description);
    table.rows = falls
        .rows
        .iter()
        .map(|fall| {
            let named = territory.area(level, fall.area);
            let year = |year: Option<i16>| Cell::from(year.map(f64::from));
            vec![
                named.code.into(),
                named.name.into(),
                year(fall.year),
                year(fall.year_low),
                year(fall.year_high),
                fall.first.into(),
                fall.last.into(),
                fall.people.round().into(),
            ]
        })
        .collect();
    table
}

/// Every value supposed, with its bounds, source and status.
pub fn assumptions(assumptions: &Assumptions) -> Table {
    let mut table = Table::new(
        "hypotheses",
        format!("Hypothèses : {}", assumptions.label),
        vec![
            TableColumn::text("key", "Clé"),
            TableColumn::text("label", "Hypothèse"),
            TableColumn::decimal("value", "Valeur", "", 4),
            TableColumn::decimal("low", "Scénario bas", "", 4),
            TableColumn::decimal("high", "Scénario haut", "", 4),
            TableColumn::text("unit", "Unité"),
            TableColumn::text("status", "Vérifiée"),
            TableColumn::text("source", "Source"),
        ],
    );
    let row = |key: String, label: String, values: [f64; 3], unit: &str, status: Status, source: &str| -> Vec<Cell> {
        let [value, low, high] = values.map(Cell::number);
        vec![key.into(), label.into(), value, low, high, unit.into(), checked(status).into(), source.into()]
    };
    for key in Key::ALL {
        let assumed = assumptions.get(key);
        let values = [assumed.value, assumed.low, assumed.high];
        table.rows.push(row(
            key.slug().into(),
            key.label().into(),
            values,
            key.unit(),
            assumed.status,
            &assumed.source,
        ));
    }
    for one in &assumptions.retention_by_region {
        table.rows.push(row(
            format!("retention.{}", one.region),
            format!("Fidélité à la région de formation, région {}", one.region),
            [one.value; 3],
            Key::Retention.unit(),
            one.status,
            &one.source,
        ));
    }
    for one in &assumptions.places {
        table.rows.push(row(
            format!("places.{}", one.year),
            format!("Places ouvertes à la rentrée {}", one.year),
            [one.value; 3],
            "places",
            one.status,
            &one.source,
        ));
    }
    let (pyramid, retirement) = (&assumptions.pyramid, &assumptions.retirement_source);
    let mean: f64 =
        (pacte_access::ages::FIRST_AGE..).zip(&pyramid.heads).map(|(age, heads)| f64::from(age) * heads).sum::<f64>()
            + 0.5;
    table.rows.push(row(
        "pyramid".into(),
        "Pyramide des âges, âge moyen".into(),
        [mean; 3],
        "ans",
        assumptions.pyramid_status,
        &pyramid.source,
    ));
    let at65 = [0.0; 3].map(|shift| assumptions.retires(65, shift));
    table.rows.push(row(
        "retirement".into(),
        "Probabilité de prendre sa retraite à 65 ans".into(),
        at65,
        "par an",
        assumptions.retirement_status,
        retirement,
    ));
    for one in &assumptions.disagreements {
        table.rows.push(row(
            "désaccord".into(),
            format!(
                "{} : autre valeur publiée (retenue : {})",
                one.topic,
                pacte_sources::table::french_number(one.kept, 0)
            ),
            [one.other; 3],
            "places",
            Status::Sourced,
            &one.source,
        ));
    }
    table
}

/// Whether a value was checked, in French.
pub const fn checked(status: Status) -> &'static str {
    match status {
        Status::Sourced => "oui",
        Status::Unverified => "à vérifier",
    }
}

/// Regions of training: what they train, keep, draw and receive.
pub fn regions(projection: &Projection) -> Table {
    let source = provenance(projection);
    let horizon = projection.horizon();
    let mut table = Table::new(
        "regions-de-formation",
        format!("Régions de formation : arrivées de {} à {horizon}", projection.base() + 1),
        vec![
            TableColumn::text("code", "Code"),
            TableColumn::text("name", "Région"),
            TableColumn::decimal("places_share", "Part des places nationales", "%", 1),
            TableColumn::decimal("retention", "Fidélité", "%", 0),
            TableColumn::decimal("attraction", "Part des médecins qui changent de région qu’elle attire", "%", 1),
            TableColumn::decimal("arrivals", "Arrivées par an, en moyenne", "", 1).from_source(source),
        ],
    );
    table.rows = projection
        .regions()
        .iter()
        .map(|region| {
            let mean = region.arrivals.iter().sum::<f64>() / region.arrivals.len().max(1) as f64;
            vec![
                region.code.as_str().into(),
                region.name.as_str().into(),
                (100.0 * region.places_share).into(),
                (100.0 * projection.assumptions().retention(&region.code)).into(),
                (100.0 * region.attraction).into(),
                mean.into(),
            ]
        })
        .collect();
    table
}
