//! Allotments as tables: what the page shows, downloads carry and the command line prints. French, like every file.

use pacte_access::allotment::{Allotment, AllotmentTable, Demand, Reason, Rule};
use pacte_access::method::Status;
use pacte_sources::table::{Cell, Table, TableColumn, french_number};

/// Why a party has what it has, in French.
pub fn reason(reason: &Reason) -> String {
    // Quotients of large houses differ far behind the decimal mark.
    let written = |value: f64| french_number(value, if value < 10.0 { 8 } else { 3 });
    match reason {
        Reason::Floor => "tenue à son plancher : son besoin seul donnerait moins".to_owned(),
        Reason::Cap => "tenue à son plafond : son besoin seul donnerait plus".to_owned(),
        Reason::Rise => "tenue à la hausse permise : son besoin seul donnerait plus".to_owned(),
        Reason::Whole => "partie entière de sa part".to_owned(),
        Reason::Remainder(rank) => format!("partie entière de sa part, et une place pour son reste ({rank}e reste)"),
        Reason::Quotient { last: Some(last), next } => format!(
            "dernier quotient gagnant {} ; il lui en faudrait {} pour une place de plus",
            written(last.value()),
            written(next.value())
        ),
        Reason::Quotient { last: None, next } => {
            format!("aucun quotient gagnant ; le sien est de {}", written(next.value()))
        }
    }
}

/// Seats of each party with its exact share, its remainder and why.
pub fn result(demand: &Demand, allotment: &Allotment, title: &str, unit: &str) -> Table {
    let mut table = Table::new(
        format!("repartition-{}", demand.rule.slug()),
        format!("{title} : {} {unit}, {}", french_number(demand.seats as f64, 0), demand.rule.label()),
        vec![
            TableColumn::text("party", "Partie"),
            TableColumn::text("need", "Besoin"),
            TableColumn::integer("floor", "Plancher", ""),
            TableColumn::integer("cap", "Plafond", ""),
            TableColumn::integer("previous", "Précédent", ""),
            TableColumn::decimal("share", "Part exacte", "", 4),
            TableColumn::text("share_exact", "Part exacte, en fraction"),
            TableColumn::decimal("remainder", "Reste", "", 4),
            TableColumn::integer("seats", "Attribué", unit),
            TableColumn::decimal("change", "Évolution", "%", 1),
            TableColumn::text("reason", "Pourquoi"),
        ],
    );
    table.description = tie(demand, allotment).unwrap_or_default();
    let count = |seats: Option<u64>| seats.map_or(Cell::Missing, |seats| Cell::number(seats as f64));
    table.rows = allotment
        .awards
        .iter()
        .map(|award| {
            let party = &demand.parties[award.party];
            let change = party
                .previous
                .filter(|previous| *previous > 0)
                .map(|previous| 100.0 * (award.seats as f64 / previous as f64 - 1.0));
            vec![
                party.name.as_str().into(),
                party.need.to_string().into(),
                count(Some(party.floor)),
                count(award.cap),
                count(party.previous),
                award.share.value().into(),
                format!("{}/{}", award.share.over, award.share.under).into(),
                award.remainder.value().into(),
                count(Some(award.seats)),
                change.into(),
                reason(&award.reason).into(),
            ]
        })
        .collect();
    table
}

/// What an equality settled, in French.
pub fn tie(demand: &Demand, allotment: &Allotment) -> Option<String> {
    let names = |parties: &[usize]| {
        parties.iter().map(|party| demand.parties[*party].name.as_str()).collect::<Vec<_>>().join(", ")
    };
    allotment.tie.as_ref().map(|tie| {
        format!(
            "Égalité pour les dernières places, tranchée par la règle déclarée (besoin le plus grand, puis ordre alphabétique) : {} les ont, {} non.",
            names(&tie.won),
            names(&tie.lost)
        )
    })
}

/// The tables shipped with the program.
pub fn shipped() -> Table {
    let mut table = Table::new(
        "tables",
        "Tables de répartition connues",
        vec![
            TableColumn::text("id", "Nom"),
            TableColumn::text("label", "Table"),
            TableColumn::integer("seats", "Total", ""),
            TableColumn::text("unit", "Unité"),
            TableColumn::integer("parties", "Parties", ""),
            TableColumn::text("status", "Vérifiée"),
            TableColumn::text("source", "Source"),
        ],
    );
    table.rows = AllotmentTable::shipped()
        .into_iter()
        .map(|one| {
            let checked = if one.status == Status::Sourced { "oui" } else { "à vérifier" };
            vec![
                one.id.into(),
                one.label.into(),
                (one.seats as f64).into(),
                one.unit.into(),
                one.parties.len().into(),
                checked.into(),
                one.source.into(),
            ]
        })
        .collect();
    table
}

/// Seats of each party under every rule, where the demand has an answer.
pub fn rules(demand: &Demand) -> Vec<(Rule, Vec<u64>)> {
    Rule::ALL
        .into_iter()
        .filter_map(|rule| {
            let found = pacte_access::allotment::allot(&Demand { rule, ..demand.clone() }).ok()?;
            Some((rule, found.awards.iter().map(|award| award.seats).collect()))
        })
        .collect()
}
