//! The answer as tables on their way out: what the command line prints and what downloads carry. French, like every file.

use pacte_access::siting::{Objective, Siting};
use pacte_sources::table::{Cell, CellKind, Table, TableColumn};
use pacte_territory::Provenance;

use crate::format;
use crate::i18n::Lang;

/// One of the tables of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SitingTable {
    /// One row a site.
    Sites,
    /// One row a commune brought.
    Communes,
    /// One row a number of sites.
    Curve,
}

impl SitingTable {
    /// The table of a name in addresses.
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            "sites" => Some(Self::Sites),
            "communes" => Some(Self::Communes),
            "courbe" => Some(Self::Curve),
            _ => None,
        }
    }

    /// Makes it.
    pub fn make(self, answer: &Siting, territory_hash: &str) -> Table {
        match self {
            Self::Sites => sites(answer, territory_hash),
            Self::Communes => communes(answer, territory_hash),
            Self::Curve => curve(answer, territory_hash),
        }
    }
}

/// Where the figures come from: sources, travel times, method and request, by their hashes.
fn provenance(answer: &Siting, territory_hash: &str) -> Provenance {
    Provenance {
        source: format!("Pacte d’après {}", answer.sources.join(" ; ")),
        file: String::new(),
        vintage: String::new(),
        geography: 0,
        method: format!(
            "{} ; {} ; {}. Territoire {territory_hash}, méthodes {}, demande {}.",
            answer.proof.method_label(),
            answer.proof.sentence(),
            answer.travel.label,
            answer.fingerprint,
            answer.method_hash
        ),
    }
}

fn cents(value: Option<u64>) -> Cell {
    Cell::from(value.map(|cents| cents as f64 / 100.0))
}

/// A column of gains, whole when they are people.
fn gain_column(answer: &Siting, id: &str, label: &str, source: &Provenance) -> TableColumn {
    let whole = answer.unit == "habitants";
    let kind = if whole { CellKind::Integer } else { CellKind::Decimal(1) };
    TableColumn { kind, ..TableColumn::integer(id, label, answer.unit.clone()) }.from_source(source.clone())
}

/// Sites in order, and why each.
pub fn sites(answer: &Siting, territory_hash: &str) -> Table {
    let source = provenance(answer, territory_hash);
    let columns = vec![
        TableColumn::integer("rank", "Rang", ""),
        TableColumn::text("code", "Commune"),
        TableColumn::text("name", "Nom"),
        TableColumn::text("forced", "Imposé"),
        gain_column(answer, "gain", "Apporte", &source),
        TableColumn::integer("people", "Habitants concernés", "habitants").from_source(source.clone()),
        TableColumn::integer("communes", "Communes concernées", ""),
        gain_column(answer, "alone", "Apporterait seul", &source),
        gain_column(answer, "loss", "Perdu sans lui", &source),
        TableColumn::decimal("cost", "Coût", "euros", 2),
        TableColumn::text("main", "Principales communes"),
    ];
    let mut table = Table::new("sites", title(answer), columns);
    table.description = summary(answer).join(" ");
    table.rows = (1_u32..)
        .zip(&answer.sites)
        .map(|(rank, site)| {
            let main: Vec<&str> = site.brought.iter().take(4).map(|one| one.name.as_str()).collect();
            vec![
                rank.into(),
                site.code.as_str().into(),
                site.name.as_str().into(),
                if site.forced { "oui" } else { "non" }.into(),
                site.gain.into(),
                (site.people as f64).into(),
                site.brought.len().into(),
                site.alone.into(),
                site.loss.into(),
                cents(site.cost_cents),
                main.join(", ").into(),
            ]
        })
        .collect();
    table
}

/// Communes brought by each site.
pub fn communes(answer: &Siting, territory_hash: &str) -> Table {
    let source = provenance(answer, territory_hash);
    let columns = vec![
        TableColumn::integer("rank", "Rang du site", ""),
        TableColumn::text("site", "Site"),
        TableColumn::text("site_name", "Site, nom"),
        TableColumn::text("code", "Commune"),
        TableColumn::text("name", "Nom"),
        TableColumn::integer("people", "Habitants amenés", "habitants").from_source(source.clone()),
        TableColumn::decimal("before", "Trajet avant", "minutes", 1).from_source(source.clone()),
        TableColumn::decimal("after", "Trajet jusqu’au site", "minutes", 1).from_source(source),
    ];
    let mut table = Table::new("communes", format!("{} : communes", title(answer)), columns);
    for (rank, site) in (1_u32..).zip(&answer.sites) {
        table.rows.extend(site.brought.iter().map(|one| {
            vec![
                rank.into(),
                site.code.as_str().into(),
                site.name.as_str().into(),
                one.code.as_str().into(),
                one.name.as_str().into(),
                (one.people as f64).into(),
                one.before.map(f64::from).into(),
                f64::from(one.after).into(),
            ]
        }));
    }
    table
}

/// What fewer sites give.
pub fn curve(answer: &Siting, territory_hash: &str) -> Table {
    let source = provenance(answer, territory_hash);
    let columns = vec![
        TableColumn::integer("sites", "Sites", ""),
        gain_column(answer, "gain", "Gain connu", &source),
        gain_column(answer, "bound", "Gain au plus", &source),
        TableColumn::decimal("cost", "Coût", "euros", 2),
    ];
    let mut table = Table::new("courbe", format!("{} : courbe de gain", title(answer)), columns);
    table.rows = answer
        .curve
        .iter()
        .map(|step| vec![step.sites.into(), step.gain.into(), step.bound.into(), cents(step.cost_cents)])
        .collect();
    table
}

fn title(answer: &Siting) -> String {
    let minutes = answer.request.minutes;
    let what = match answer.request.objective {
        Objective::Cover => format!("habitants amenés à {minutes} minutes ou moins"),
        Objective::UnderDense => format!("habitants de communes sous-denses servis à {minutes} minutes ou moins"),
        Objective::MeanTime => format!("temps moyen d’accès, plafonné à {minutes} minutes"),
    };
    format!("{} : {what}", answer.scope_name)
}

/// What the answer comes to, in French sentences.
pub fn summary(answer: &Siting) -> Vec<String> {
    let lang = Lang::Fr;
    let totals = &answer.totals;
    let people = |count: u64| format::count(lang, count);
    let share = |count: u64| {
        format::percent(lang, count as f64 / (totals.people as f64).max(1.0) * 100.0, 1).unwrap_or_default()
    };
    let minutes = answer.request.minutes;
    let sites = answer.sites.len();
    let count = if sites == 1 { "1 site".to_owned() } else { format!("{sites} sites") };
    let main = match (answer.request.objective, totals.mean_before, totals.mean_after) {
        (Objective::MeanTime, Some(before), Some(after)) => {
            let written = |minutes: f64| format::number(lang, minutes, 1).unwrap_or_default();
            format!("{count} : temps moyen de {} à {} minutes.", written(before), written(after))
        }
        (Objective::UnderDense, ..) => format!(
            "{count} : {} habitants de communes sous-denses à {minutes} minutes ou moins, sur {} ({}).",
            people(answer.people()),
            people(totals.people),
            share(totals.served_after)
        ),
        _ => format!(
            "{count} : {} habitants amenés à {minutes} minutes ou moins, de {} à {} de la population.",
            people(answer.people()),
            share(totals.served_before),
            share(totals.served_after)
        ),
    };
    let proof = answer.proof.sentence();
    let mut letters = proof.chars();
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    vec![main, format!("{capital} ({}).", answer.proof.method_label())]
}
