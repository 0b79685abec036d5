//! A zoning as tables: what files carry, what the command line prints. French, like every file.

use pacte_access::zoning::{Class, Effects};
use pacte_access::zoning_layer::{Layer, LayerZone, MultiPolygon};
use pacte_sources::table::{Cell, Table, TableColumn};
use pacte_territory::{Polygon, Provenance};

/// Where the figures of a layer come from: the method and its inputs.
fn source(layer: &Layer) -> Provenance {
    let inputs: Vec<String> = layer.base.vintages.iter().map(|vintage| vintage.citation.clone()).collect();
    Provenance {
        source: format!("Pacte d’après {}", inputs.join(" ; ")),
        file: String::new(),
        vintage: layer.effective.to_string(),
        geography: layer.base.geography.year(),
        method: format!("{} (empreinte {})", layer.method.label, &layer.method.hash[..12.min(layer.method.hash.len())]),
    }
}

fn class_label(layer: &Layer, id: Option<&String>) -> Cell {
    id.and_then(|id| layer.class(id)).map_or(Cell::Missing, |class| class.label.clone().into())
}

fn text(value: Option<&String>) -> Cell {
    value.map_or(Cell::Missing, |value| value.clone().into())
}

/// One row a zone, with its contour when `contours`.
pub fn zones(layer: &Layer, name: &str, contours: bool) -> Table {
    let figures = source(layer);
    let columns = vec![
        TableColumn::text("code", "Code de la zone"),
        TableColumn::text("name", "Nom"),
        TableColumn::text("region", "Région de rattachement"),
        TableColumn::integer("population", "Population", "habitants").from_source(figures.clone()),
        TableColumn::decimal("value", "Indicateur", "", 2).from_source(figures.clone()),
        TableColumn::text("class", "Classe").from_source(figures.clone()),
        TableColumn::text("class_label", "Classe, intitulé"),
        TableColumn::text("proposed", "Classe proposée par la méthode").from_source(figures),
        TableColumn::text("because", "Pourquoi la méthode la propose"),
        TableColumn::text("reason", "Motif du déplacement"),
        TableColumn::integer("communes", "Communes", ""),
        TableColumn::text("effective", "Date d’effet"),
    ];
    let mut table = Table::new(name, layer.title.clone(), columns);
    table.description = format!("{} ; {}.", layer.method.label, layer.method.legal_basis);
    table.rows = layer
        .zones
        .iter()
        .map(|zone| {
            vec![
                zone.code.clone().into(),
                zone.name.clone().into(),
                zone.region.clone().into(),
                (zone.people as f64).into(),
                zone.value.into(),
                text(zone.class.as_ref()),
                class_label(layer, zone.class.as_ref()),
                text(zone.proposed.as_ref()),
                zone.because.clone().into(),
                zone.reason.clone().into(),
                (zone.communes.len() as f64).into(),
                layer.effective.to_string().into(),
            ]
        })
        .collect();
    if contours {
        table.geometry = Some(layer.zones.iter().map(|zone| polygons(&zone.contour)).collect());
    }
    table
}

/// One row a commune.
pub fn communes(layer: &Layer, name: &str) -> Table {
    let columns = vec![
        TableColumn::text("commune", "Code de la commune"),
        TableColumn::text("commune_name", "Commune"),
        TableColumn::text("code", "Code de la zone"),
        TableColumn::text("name", "Zone"),
        TableColumn::text("class", "Classe").from_source(source(layer)),
        TableColumn::text("class_label", "Classe, intitulé"),
        TableColumn::text("quarters", "Quartiers prioritaires ajoutés"),
        TableColumn::text("effective", "Date d’effet"),
    ];
    let mut table = Table::new(name, format!("{} : communes", layer.title), columns);
    let row = |zone: &LayerZone, code: &str, commune: &str| {
        let quarters: Vec<String> = layer
            .quarters
            .iter()
            .filter(|quarter| quarter.communes.iter().any(|known| known.code == code))
            .map(|quarter| format!("{} ({} : {})", quarter.name, quarter.code, quarter.class))
            .collect();
        vec![
            Cell::from(code),
            Cell::from(commune),
            zone.code.clone().into(),
            zone.name.clone().into(),
            text(zone.class.as_ref()),
            class_label(layer, zone.class.as_ref()),
            quarters.join(" ; ").into(),
            layer.effective.to_string().into(),
        ]
    };
    table.rows = layer
        .zones
        .iter()
        .flat_map(|zone| zone.communes.iter().map(move |commune| row(zone, &commune.code, &commune.name)))
        .collect();
    table.rows.sort_by(|a, b| a[0].as_text().cmp(&b[0].as_text()));
    table
}

/// One row a quota and a region.
pub fn quotas(layer: &Layer, name: &str) -> Table {
    let columns = vec![
        TableColumn::text("region", "Région"),
        TableColumn::text("name", "Nom"),
        TableColumn::text("quota", "Quota"),
        TableColumn::integer("population", "Population", "habitants").from_source(source(layer)),
        TableColumn::decimal("share", "Part autorisée", "%", 2),
        TableColumn::integer("allowed", "Autorisé", "habitants"),
        TableColumn::integer("used", "Classé", "habitants"),
        TableColumn::integer("mandatory", "dont classement obligatoire", "habitants"),
        TableColumn::text("note", "Remarque"),
    ];
    let mut table = Table::new(name, format!("{} : quotas", layer.title), columns);
    table.rows = layer
        .quotas
        .iter()
        .map(|quota| {
            vec![
                quota.region.clone().into(),
                quota.name.clone().into(),
                quota.label.clone().into(),
                (quota.people as f64).into(),
                quota.share.percent().into(),
                (quota.allowed as f64).into(),
                (quota.used as f64).into(),
                (quota.mandatory as f64).into(),
                quota.note.clone().into(),
            ]
        })
        .collect();
    table
}

/// People and professionals of each class before and after.
pub fn effects(effects: &Effects, name: &str, title: &str) -> Table {
    let columns = vec![
        TableColumn::text("class", "Classe"),
        TableColumn::integer("communes_before", "Communes avant", ""),
        TableColumn::integer("communes_after", "Communes après", ""),
        TableColumn::integer("people_before", "Population avant", "habitants"),
        TableColumn::integer("people_after", "Population après", "habitants"),
        TableColumn::decimal("professionals_before", "Professionnels avant", "", 1),
        TableColumn::decimal("professionals_after", "Professionnels après", "", 1),
    ];
    let mut table = Table::new(name, title, columns);
    table.rows = effects
        .by_class
        .iter()
        .map(|row| {
            vec![
                row.class.map_or("sans classe".to_owned(), |class| short(&effects.classes, class)).into(),
                (row.communes_before as f64).into(),
                (row.communes_after as f64).into(),
                (row.people_before as f64).into(),
                (row.people_after as f64).into(),
                row.professionals_before.into(),
                row.professionals_after.into(),
            ]
        })
        .collect();
    table
}

fn short(classes: &[Class], class: u8) -> String {
    classes.get(usize::from(class)).map(|class| class.short.clone()).unwrap_or_default()
}

fn polygons(contour: &MultiPolygon) -> Vec<Polygon> {
    contour
        .iter()
        .filter_map(|rings| rings.split_first())
        .map(|(exterior, holes)| Polygon { exterior: exterior.clone(), holes: holes.to_vec() })
        .collect()
}
