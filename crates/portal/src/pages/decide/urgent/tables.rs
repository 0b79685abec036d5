//! Cover of urgent care as tables: what the command line prints and downloads carry. French, like every file.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use pacte_access::urgent::moment::DAYS;
use pacte_access::urgent::{Addition, Beyond, Cover, Moment, Reference, Set, Week, moment};
use pacte_sources::table::{Cell, CellKind, Table, TableColumn};
use pacte_territory::{CareResource, CommuneCode, CommuneId, Level, Provenance, Territory};

/// Communes of a gap or of a gain that one cell names.
const NAMED: usize = 6;

/// The day it is in Paris.
pub fn today() -> Date {
    let paris: Option<CommuneCode> = "75056".parse().ok();
    let universal = Offset::UTC.to_datetime(Timestamp::now());
    let hours = paris.map_or(1, |code| moment::offset_hours(code, universal.date()));
    Offset::from_hours(hours as i8).map_or(universal, |offset| offset.to_datetime(Timestamp::now())).date()
}

/// What is counted, in French: resources, moment, limit, times, fingerprint.
pub fn method(cover: &Cover, set: Set, moment: Moment, limit: f32) -> String {
    let travel = cover.ground().travel();
    format!(
        "Habitants des communes dont le meilleur temps dépasse {limit} minutes ; ressources : {} ; moment : {} ; temps : {} ({}) ; empreinte {}.",
        set.label(),
        moment.label(),
        travel.label,
        travel.id,
        cover.fingerprint()
    )
}

/// Where counts of people come from.
fn counted(cover: &Cover, method: &str) -> Provenance {
    let territory = cover.ground().territory();
    let people = cover.ground().population().map(|column| column.provenance.citation());
    let sources: Vec<String> = people.into_iter().chain(cover.sources().iter().cloned()).collect();
    Provenance {
        source: format!("Pacte d’après {} ; {}", sources.join(" ; "), cover.ground().travel().source),
        file: String::new(),
        vintage: cover.ground().population().map(|column| column.provenance.vintage.clone()).unwrap_or_default(),
        geography: territory.meta.geography.year(),
        method: method.to_owned(),
    }
}

fn people(id: &str, label: &str, provenance: &Provenance) -> TableColumn {
    TableColumn::integer(id, label, "habitants").from_source(provenance.clone())
}

/// People and communes beyond a limit by area, a group of columns a resource set.
pub fn cover(cover: &Cover, sets: &[Set], moment: Moment, limit: f32, level: Level) -> Table {
    let territory = cover.ground().territory();
    let mut columns = vec![
        TableColumn::text("code", "Code"),
        TableColumn::text("name", "Nom"),
        people("population", "Population", &counted(cover, "")),
    ];
    let mut counts: Vec<(Vec<Beyond>, Vec<f64>)> = Vec::new();
    for set in sets {
        let (id, label) = (set.slug().replace('-', "_"), set.label());
        let source = counted(cover, &method(cover, *set, moment, limit));
        let minutes = cover.minutes(*set, moment);
        columns.extend([
            people(&format!("beyond_{id}"), &format!("Au-delà de {limit} min, {label}"), &source),
            TableColumn::decimal(format!("share_beyond_{id}"), format!("Part au-delà de {limit} min, {label}"), "%", 2)
                .from_source(source.clone()),
            TableColumn::integer(
                format!("communes_beyond_{id}"),
                format!("Communes au-delà de {limit} min, {label}"),
                "communes",
            )
            .from_source(source.clone()),
            TableColumn::decimal(format!("minutes_{id}"), format!("Temps moyen, {label}"), "minutes", 1)
                .from_source(source),
        ]);
        counts.push((cover.beyond_by(level, &minutes, limit), cover.mean_minutes_by(level, &minutes)));
    }
    let mut table = Table::new(
        format!("urgences-{level}"),
        format!("Population à plus de {limit} minutes de soins urgents"),
        columns,
    );
    table.description = format!("{}.", moment.label());
    table.rows = (0..territory.count(level))
        .map(|index| {
            let area = territory.area(level, index);
            let known = counts.first().map_or(0, |(counts, _)| counts[index as usize].of_people);
            let mut row: Vec<Cell> = vec![area.code.into(), area.name.into(), Cell::number(known as f64)];
            for (counts, minutes) in &counts {
                let count = &counts[index as usize];
                row.extend([
                    Cell::number(count.people as f64),
                    Cell::from(count.share()),
                    Cell::from(count.communes),
                    Cell::number(minutes[index as usize]),
                ]);
            }
            row
        })
        .collect();
    table
}

/// Best time of each commune and the resource that gives it.
pub fn communes(cover: &Cover, set: Set, moment: Moment, limit: f32) -> Table {
    let territory = cover.ground().territory();
    let source = counted(cover, &method(cover, set, moment, limit));
    let columns = vec![
        TableColumn::text("code", "Code"),
        TableColumn::text("name", "Commune"),
        people("population", "Population", &counted(cover, "")),
        TableColumn::decimal("minutes", "Meilleur temps", "minutes", 1).from_source(source.clone()),
        TableColumn::integer("beyond", "Au-delà de la limite", "0 ou 1").from_source(source),
        TableColumn::text("resource", "Ressource"),
        TableColumn::text("resource_name", "Ressource, nom"),
    ];
    let best = cover.best(set, moment);
    let mut table = Table::new("urgences-communes", "Meilleur temps d’accès aux soins urgents", columns);
    table.rows = (0..territory.len() as CommuneId)
        .map(|commune| {
            let (at, area) = (commune as usize, territory.area(Level::Commune, commune));
            let known = cover.is_located(commune) || !best.minutes[at].is_nan();
            let beyond = f64::from(u8::from(cover.is_beyond(commune, best.minutes[at], limit)));
            let resource = cover.resources().get(best.by[at] as usize);
            vec![
                area.code.into(),
                area.name.into(),
                Cell::number(cover.people()[at] as f64),
                Cell::number(f64::from(best.minutes[at])),
                Cell::from(known.then_some(beyond)),
                resource.map_or(Cell::Missing, |one| one.id.as_str().into()),
                resource.map_or(Cell::Missing, |one| one.name.as_str().into()),
            ]
        })
        .collect();
    table
}

/// Names of the first communes of a list, and how many others there are.
pub fn named(territory: &Territory, communes: &[CommuneId]) -> String {
    match first(territory, communes) {
        (names, 0) => names,
        (names, 1) => format!("{names} et 1 autre"),
        (names, more) => format!("{names} et {more} autres"),
    }
}

/// Names of the first communes of a list, and how many are left.
pub(super) fn first(territory: &Territory, communes: &[CommuneId]) -> (String, usize) {
    let names: Vec<&str> =
        communes.iter().take(NAMED).map(|commune| territory.communes.name[*commune as usize].as_str()).collect();
    (names.join(", "), communes.len().saturating_sub(NAMED))
}

/// Pieces of neighbouring communes beyond the limit.
pub fn gaps(cover: &Cover, set: Set, moment: Moment, limit: f32) -> Table {
    let territory = cover.ground().territory();
    let source = counted(cover, &method(cover, set, moment, limit));
    let columns = vec![
        TableColumn::integer("rank", "Rang", ""),
        TableColumn::text("commune", "Commune principale"),
        TableColumn::text("commune_name", "Commune principale, nom"),
        TableColumn::text("departement", "Département"),
        people("population", "Habitants au-delà", &source),
        TableColumn::integer("communes", "Communes", "").from_source(source.clone()),
        TableColumn::decimal("farthest", "Plus long temps", "minutes", 1).from_source(source),
        TableColumn::text("names", "Communes, noms"),
    ];
    let mut table =
        Table::new("urgences-poches", format!("Poches à plus de {limit} minutes de soins urgents"), columns);
    let found = cover.gaps(&cover.minutes(set, moment), limit);
    table.rows = (1_u32..)
        .zip(&found)
        .map(|(rank, gap)| {
            let main = territory.area(Level::Commune, gap.communes[0]);
            let home = territory.area_of(Level::Departement, gap.communes[0]);
            vec![
                rank.into(),
                main.code.into(),
                main.name.into(),
                home.map_or(Cell::Missing, |home| territory.area(Level::Departement, home).name.into()),
                Cell::number(gap.people as f64),
                gap.communes.len().into(),
                Cell::number(f64::from(gap.farthest)),
                named(territory, &gap.communes).into(),
            ]
        })
        .collect();
    table
}

/// What each resource of a family brings.
pub fn adds(cover: &Cover, family: Set, set: Set, moment: Moment, limit: f32) -> Table {
    let territory = cover.ground().territory();
    let source = counted(cover, &method(cover, set | family, moment, limit));
    let columns = vec![
        TableColumn::integer("rank", "Rang", ""),
        TableColumn::text("id", "Identifiant"),
        TableColumn::text("name", "Ressource"),
        TableColumn::text("commune", "Commune"),
        TableColumn::text("commune_name", "Commune, nom"),
        people("in_order", "Apportés à son rang", &source),
        people("left", "Encore au-delà ensuite", &source),
        people("alone", "Apportés si elle est seule", &source),
        TableColumn::integer("alone_communes", "Communes apportées si elle est seule", "communes")
            .from_source(source.clone()),
        people("last", "Perdus si on la retire seule", &source),
    ];
    let title = format!("Ce qu’apporte chaque ressource ({})", family.label());
    let mut table = Table::new("urgences-apports", title, columns);
    let row = |one: &Addition| -> Vec<Cell> {
        let resource = &cover.resources()[one.resource as usize];
        let area = territory.area(Level::Commune, resource.commune);
        vec![
            one.rank.into(),
            resource.id.as_str().into(),
            resource.name.as_str().into(),
            area.code.into(),
            area.name.into(),
            Cell::number(one.in_order as f64),
            Cell::number(one.left as f64),
            Cell::number(one.alone as f64),
            one.alone_communes.into(),
            Cell::number(one.last as f64),
        ]
    };
    table.rows = cover.adds(family, set, moment, limit).iter().map(row).collect();
    table
}

/// People beyond for each hour of a week.
pub fn hours(cover: &Cover, set: Set, day: Date, limit: f32) -> Table {
    let week = cover.week(set, day, limit);
    let source = counted(cover, &method(cover, set, Moment::Day(day), limit));
    let columns = vec![
        TableColumn { kind: CellKind::Date, ..TableColumn::text("date", "Date") },
        TableColumn::text("day", "Jour"),
        TableColumn::integer("hour", "Heure", "h"),
        people("beyond", &format!("Au-delà de {limit} min"), &source),
        TableColumn::integer("resources", "Ressources qui répondent", ""),
    ];
    let mut table =
        Table::new("urgences-heures", "Population au-delà de la limite à chaque heure de la semaine", columns);
    table.rows = rows_of(&week);
    table
}

fn rows_of(week: &Week) -> Vec<Vec<Cell>> {
    let row = |at: usize| {
        let day = (0..at / 24).fold(week.monday, |day, _| day.tomorrow().unwrap_or(day));
        vec![
            day.to_string().into(),
            DAYS[at / 24].into(),
            (at % 24).into(),
            Cell::number(week.people[at] as f64),
            week.active[at].into(),
        ]
    };
    (0..week.people.len()).map(row).collect()
}

/// Communes whose best time changes from one side of the limit to the other, most people first.
pub fn changes(cover: &Cover, before: &[f32], after: &[f32], limit: f32) -> Table {
    let territory = cover.ground().territory();
    let columns = vec![
        TableColumn::text("code", "Code"),
        TableColumn::text("name", "Commune"),
        people("population", "Population", &counted(cover, "")),
        TableColumn::decimal("minutes_before", "Temps avant", "minutes", 1),
        TableColumn::decimal("minutes_after", "Temps après", "minutes", 1),
        TableColumn::text("change", "Changement"),
    ];
    let mut found: Vec<CommuneId> = (0..territory.len() as CommuneId)
        .filter(|commune| {
            let at = *commune as usize;
            cover.is_beyond(*commune, before[at], limit) != cover.is_beyond(*commune, after[at], limit)
        })
        .collect();
    found.sort_by_key(|commune| (std::cmp::Reverse(cover.people()[*commune as usize]), *commune));
    let mut table = Table::new("urgences-essai", format!("Communes qui passent la limite de {limit} minutes"), columns);
    table.rows = found
        .into_iter()
        .map(|commune| {
            let (at, area) = (commune as usize, territory.area(Level::Commune, commune));
            let brought = cover.is_beyond(commune, before[at], limit);
            vec![
                area.code.into(),
                area.name.into(),
                Cell::number(cover.people()[at] as f64),
                Cell::number(f64::from(before[at])),
                Cell::number(f64::from(after[at])),
                if brought { "ramenée" } else { "perdue" }.into(),
            ]
        })
        .collect();
    table
}

/// The resources themselves.
pub fn register(territory: &Territory, resources: &[CareResource]) -> Table {
    let day = |id: &str, label: &str| TableColumn { kind: CellKind::Date, ..TableColumn::text(id, label) };
    let columns = vec![
        TableColumn::text("id", "Identifiant"),
        TableColumn::text("type", "Type"),
        TableColumn::text("name", "Nom"),
        TableColumn::text("commune", "Commune"),
        TableColumn::text("commune_name", "Commune, nom"),
        day("from", "Du"),
        day("to", "Au"),
        TableColumn::text("hours", "Horaires"),
        TableColumn::text("season", "Saison"),
        TableColumn::text("flight", "Vol"),
        TableColumn::text("note", "Note"),
        TableColumn::text("source", "Source"),
    ];
    let mut table = Table::new("urgences-registre", "Ressources de soins urgents", columns);
    let some = |text: String| if text.is_empty() { Cell::Missing } else { Cell::Text(text) };
    table.rows = resources
        .iter()
        .map(|one| {
            let area = territory.area(Level::Commune, one.commune);
            let seasons: Vec<String> = one.seasons.iter().map(ToString::to_string).collect();
            vec![
                one.id.as_str().into(),
                one.kind.slug().into(),
                one.name.as_str().into(),
                area.code.into(),
                area.name.into(),
                one.from.map_or(Cell::Missing, |day| day.to_string().into()),
                one.to.map_or(Cell::Missing, |day| day.to_string().into()),
                one.hours.to_string().into(),
                some(seasons.join("; ")),
                some(one.flight.map(flown).unwrap_or_default()),
                some(one.note.clone()),
                some(one.source.clone()),
            ]
        })
        .collect();
    table
}

/// How a helicopter flies, in French.
pub fn flown(flight: pacte_territory::Flight) -> String {
    let range = flight.range_km.map(|km| format!(", rayon {km} km")).unwrap_or_default();
    let night = if flight.night { "jour et nuit" } else { "de jour" };
    format!("{} km/h, décollage {} min{range}, {night}", flight.kmh, flight.startup_minutes)
}

/// Published figures, and beside each ours for the set that comes nearest.
pub fn published(cover: &Cover, moment: Moment, references: &[Reference]) -> Table {
    let mut table = published_alone(references);
    let limit = 30.0;
    let source = counted(cover, &method(cover, Set::ALL, moment, limit));
    let at = table.columns.len() - 1;
    table.columns.splice(
        at..at,
        [
            people("ours", "Calculé ici", &source),
            TableColumn::decimal("ours_share", "Part calculée ici", "%", 2).from_source(source.clone()),
        ],
    );
    for (row, reference) in table.rows.iter_mut().zip(references) {
        let count = reference.set.map(|set| cover.beyond(&cover.minutes(set, moment), limit));
        let people = count.map(|count| count.people as f64);
        row.splice(at..at, [Cell::from(people), Cell::from(count.and_then(|count| count.share()))]);
    }
    table
}

/// Published figures alone.
pub fn published_alone(references: &[Reference]) -> Table {
    let columns = vec![
        TableColumn::text("id", "Identifiant"),
        TableColumn::text("label", "Étude"),
        TableColumn::text("as_of", "Date"),
        TableColumn::text("resources", "Ressources"),
        TableColumn::text("definition", "Définition"),
        TableColumn::text("source", "Source"),
        TableColumn::text("qualifier", "Précision"),
        TableColumn::integer("people", "Publié", "habitants"),
        TableColumn::decimal("share", "Part publiée", "%", 2),
        TableColumn::text("set", "Jeu le plus proche"),
        TableColumn::text("differs", "Pourquoi nos chiffres diffèrent"),
    ];
    let mut table = Table::new("urgences-publies", "Chiffres publiés", columns);
    table.rows = references
        .iter()
        .map(|one| {
            vec![
                one.id.as_str().into(),
                one.label.as_str().into(),
                one.as_of.as_str().into(),
                one.resources.as_str().into(),
                one.definition.as_str().into(),
                one.source.as_str().into(),
                if one.qualifier.is_empty() { "compte".into() } else { one.qualifier.as_str().into() },
                Cell::from(one.people.map(|people| people as f64)),
                Cell::from(one.share),
                one.set.map_or(Cell::Missing, |set| set.slug().into()),
                one.differs.as_str().into(),
            ]
        })
        .collect();
    table
}

/// Shares published by département, and ours beside them.
pub fn published_departements(cover: &Cover, moment: Moment, references: &[Reference]) -> Table {
    let territory = cover.ground().territory();
    let columns = vec![
        TableColumn::text("study", "Étude"),
        TableColumn::text("code", "Code"),
        TableColumn::text("name", "Département"),
        TableColumn::decimal("share", "Part publiée", "%", 2),
        TableColumn::decimal("ours_share", "Part calculée ici", "%", 2),
    ];
    let mut table = Table::new("urgences-publies-departements", "Parts publiées par département", columns);
    for reference in references.iter().filter(|reference| !reference.departements.is_empty()) {
        let Some(set) = reference.set else { continue };
        let counts = cover.beyond_by(Level::Departement, &cover.minutes(set, moment), 30.0);
        for one in &reference.departements {
            if let Some(index) = territory.find(Level::Departement, &one.code) {
                table.rows.push(vec![
                    reference.label.as_str().into(),
                    one.code.as_str().into(),
                    territory.area(Level::Departement, index).name.into(),
                    Cell::number(one.share),
                    Cell::from(counts[index as usize].share()),
                ]);
            }
        }
    }
    table
}
