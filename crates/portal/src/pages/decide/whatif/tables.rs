//! What a simulation gives, as tables: what the command line prints and what downloads carry. French, like every file.

use pacte_access::whatif::{AreaShift, CommuneShift, CoverShift, Outcome, Tally, UnitShift, ZoneClass};
use pacte_sources::table::{Cell, Table, TableColumn, french_number};
use pacte_territory::{Level, Provenance, Territory};

/// Where a simulated figure comes from.
fn provenance(outcome: &Outcome) -> Provenance {
    let changes: Vec<String> = outcome.scenario.changes.iter().map(ToString::to_string).collect();
    Provenance {
        source: format!("Pacte, simulation « {} » d’après {}", changes.join(" ; "), outcome.vintages.join(" ; ")),
        file: String::new(),
        vintage: outcome.scenario.base.geography.get(..4).unwrap_or_default().to_owned(),
        geography: outcome.scenario.base.geography.get(..4).and_then(|year| year.parse().ok()).unwrap_or_default(),
        method: format!(
            "{} ({}) ; territoire {} ; {}",
            outcome.method_label,
            outcome.method,
            outcome.scenario.base.territory,
            outcome.notes.join(" ")
        ),
    }
}

/// The country before and after, for people to read.
pub fn summary(outcome: &Outcome) -> Table {
    let columns = vec![
        TableColumn::text("figure", "Grandeur"),
        TableColumn::text("before", "Avant"),
        TableColumn::text("after", "Après"),
        TableColumn::text("change", "Écart"),
        TableColumn::text("unit", "Unité"),
    ];
    let mut table = Table::new("simulation", "Le pays, avant et après", columns);
    let (before, after) = (&outcome.country.before, &outcome.country.after);
    let mut row = |figure: &str, before: Option<f64>, after: f64, decimals: u8, unit: &str| {
        let write = |value: f64| Cell::text(french_number(value, decimals));
        table.rows.push(vec![
            figure.into(),
            before.map_or(Cell::text(""), write),
            write(after),
            before.map_or(Cell::text(""), |before| write(after - before)),
            unit.into(),
        ]);
    };
    let apl = |tally: &Tally| tally.apl.unwrap_or(f64::NAN);
    let (mean, people) = ("APL moyenne (pondérée par la population standardisée)", "habitants");
    row(mean, Some(apl(before)), apl(after), 4, "consultations/an/hab.");
    row("Habitants de communes sous 2,5", Some(before.under as f64), after.under as f64, 0, people);
    row("Consultations offertes", Some(before.supply), after.supply, 0, "consultations/an");
    row("Médecins (départs par âge ou par taux non déduits)", Some(before.heads), after.heads, 0, "médecins");
    let (above, under) = outcome.crossing();
    row("Communes dont l’APL change", None, outcome.communes.len() as f64, 0, "communes");
    row("Habitants de ces communes", None, outcome.concerned() as f64, 0, people);
    row("Habitants qui passent au-dessus de 2,5", None, above as f64, 0, people);
    row("Habitants qui passent sous 2,5", None, under as f64, 0, people);
    table
}

/// Rows of a level, the most changed first: `top` of them, or all in the order of their codes. Areas that do not change are
/// left out.
pub fn table(territory: &Territory, outcome: &Outcome, level: Level, top: Option<usize>) -> Table {
    match level {
        Level::Region => areas(outcome, "regions", "Régions", &outcome.regions, top),
        Level::Departement => areas(outcome, "departements", "Départements", &outcome.departements, top),
        _ => communes(territory, outcome, top),
    }
}

fn communes(territory: &Territory, outcome: &Outcome, top: Option<usize>) -> Table {
    let from = provenance(outcome);
    let columns = vec![
        TableColumn::text("code", "Code"),
        TableColumn::text("name", "Commune"),
        TableColumn::integer("people", "Habitants", "habitants"),
        TableColumn::decimal("before", "APL avant", "consultations/an/hab.", 3).from_source(from.clone()),
        TableColumn::decimal("after", "APL après", "consultations/an/hab.", 3).from_source(from.clone()),
        TableColumn::decimal("change", "Écart", "consultations/an/hab.", 3).from_source(from),
    ];
    let mut table = Table::new("communes", "Communes dont l’APL change", columns);
    let row = |shift: &CommuneShift| {
        let area = territory.area(Level::Commune, shift.commune);
        vec![
            area.code.into(),
            area.name.into(),
            (shift.people as f64).into(),
            shift.before.into(),
            shift.after.into(),
            shift.before.zip(shift.after).map(|(before, after)| after - before).into(),
        ]
    };
    table.rows = match top {
        Some(count) => {
            table.title = format!("Les {count} communes les plus touchées (habitants × écart d’APL)");
            outcome.most_changed_communes(count).iter().map(row).collect()
        }
        None => outcome.communes.iter().map(row).collect(),
    };
    table
}

fn areas(outcome: &Outcome, name: &str, title: &str, areas: &[AreaShift], top: Option<usize>) -> Table {
    let from = provenance(outcome);
    let columns = vec![
        TableColumn::text("code", "Code"),
        TableColumn::text("name", "Nom"),
        TableColumn::integer("people", "Habitants", "habitants"),
        TableColumn::decimal("apl_before", "APL avant", "consultations/an/hab.", 3).from_source(from.clone()),
        TableColumn::decimal("apl_after", "APL après", "consultations/an/hab.", 3).from_source(from.clone()),
        TableColumn::integer("under_before", "Sous 2,5 avant", "habitants").from_source(from.clone()),
        TableColumn::integer("under_after", "Sous 2,5 après", "habitants").from_source(from.clone()),
        TableColumn::integer("under_change", "Écart", "habitants").from_source(from),
    ];
    let mut table = Table::new(name, format!("{title} qui changent"), columns);
    let mut chosen = outcome.most_changed(areas);
    if let Some(count) = top {
        chosen.truncate(count);
    } else {
        chosen.sort_by_key(|area| area.area);
    }
    table.rows = chosen
        .into_iter()
        .map(|area| {
            vec![
                area.code.as_str().into(),
                area.name.as_str().into(),
                (area.before.people as f64).into(),
                area.before.apl.into(),
                area.after.apl.into(),
                (area.before.under as f64).into(),
                (area.after.under as f64).into(),
                (area.after.under as f64 - area.before.under as f64).into(),
            ]
        })
        .collect();
    table
}

/// Urgent care before and after, one row a set of resources; `None` when nothing of it changes.
pub fn cover(_territory: &Territory, outcome: &Outcome) -> Option<Table> {
    let changed = |shift: &CoverShift| shift.before != shift.after || !shift.communes.is_empty();
    if !outcome.cover.iter().any(changed) {
        return None;
    }
    let from = provenance(outcome);
    let columns = vec![
        TableColumn::text("set", "Ressources"),
        TableColumn::integer("limit", "Limite", "minutes"),
        TableColumn::integer("people_before", "Au-delà avant", "habitants").from_source(from.clone()),
        TableColumn::integer("people_after", "Au-delà après", "habitants").from_source(from.clone()),
        TableColumn::integer("people_change", "Écart", "habitants").from_source(from.clone()),
        TableColumn::integer("communes_before", "Communes au-delà avant", "").from_source(from.clone()),
        TableColumn::integer("communes_after", "Communes au-delà après", "").from_source(from.clone()),
        TableColumn::integer("communes_changed", "Communes dont le temps change", "").from_source(from),
    ];
    let mut table = Table::new("urgences", "Accès aux soins urgents, avant et après", columns);
    table.rows = outcome
        .cover
        .iter()
        .map(|shift| {
            vec![
                shift.label.as_str().into(),
                shift.limit.into(),
                (shift.before.people as f64).into(),
                (shift.after.people as f64).into(),
                (shift.after.people as f64 - shift.before.people as f64).into(),
                f64::from(shift.before.communes).into(),
                f64::from(shift.after.communes).into(),
                (shift.communes.len() as f64).into(),
            ]
        })
        .collect();
    Some(table)
}

/// People of each class of zones; `None` without a zoning.
pub fn zone_classes(outcome: &Outcome) -> Option<Table> {
    let zones = outcome.zones.as_ref()?;
    let from = provenance(outcome);
    let columns = vec![
        TableColumn::text("class", "Classe"),
        TableColumn::integer("before", "Habitants avant", "habitants").from_source(from.clone()),
        TableColumn::integer("after", "Habitants après", "habitants").from_source(from.clone()),
        TableColumn::integer("change", "Écart", "habitants").from_source(from),
    ];
    let mut table = Table::new("classes", format!("Zones proposées, {}", zones.label), columns);
    let row = |class: &ZoneClass| {
        let change = class.after as f64 - class.before as f64;
        vec![class.label.as_str().into(), (class.before as f64).into(), (class.after as f64).into(), change.into()]
    };
    table.rows = zones.classes.iter().map(row).collect();
    Some(table)
}

/// Zones that change class; `None` without a zoning.
pub fn zones(outcome: &Outcome) -> Option<Table> {
    let zones = outcome.zones.as_ref()?;
    let from = provenance(outcome);
    let columns = vec![
        TableColumn::text("code", "Code"),
        TableColumn::text("name", "Zone"),
        TableColumn::integer("people", "Habitants", "habitants"),
        TableColumn::decimal("value_before", "Indicateur avant", "", 3).from_source(from.clone()),
        TableColumn::decimal("value_after", "Indicateur après", "", 3).from_source(from.clone()),
        TableColumn::text("before", "Classe avant").from_source(from.clone()),
        TableColumn::text("after", "Classe après").from_source(from),
    ];
    let mut table = Table::new("zones", format!("Zones qui changent de classe ({})", zones.label), columns);
    let label = |class: u8| zones.classes[usize::from(class)].label.as_str();
    table.rows = zones
        .units
        .iter()
        .map(|unit: &UnitShift| {
            vec![
                unit.code.as_str().into(),
                unit.name.as_str().into(),
                (unit.people as f64).into(),
                unit.value_before.into(),
                unit.value_after.into(),
                label(unit.before).into(),
                label(unit.after).into(),
            ]
        })
        .collect();
    Some(table)
}
