//! `pacte import`: official files in, a territory out.

use std::path::Path;

use anyhow::{Context as _, Result};
use pacte_sources::import::{self, ImportError, Options};
use pacte_sources::report::{ImportReport, Status};
use pacte_sources::table::{Cell, CellKind, Table, TableColumn};
use pacte_territory::TerritoryParts;

use crate::cli::Import;
use crate::commands::roads;
use crate::data_dir::DataDir;
use crate::print::print;
use crate::progress::Bars;

/// Reads a folder, prints what was read, matched and left out, and unless it is a dry run replaces the territory.
pub(crate) fn run(data: &DataDir, options: &Import) -> Result<()> {
    let folder = options.folder.as_deref().context("donnez un dossier")?;
    let read = read(folder, options.geography, &Bars::new());
    // A refused import says just as much: what was read, and which files stopped it.
    if let Some(report) = read.as_ref().err().and_then(ImportError::report) {
        print(&closing_table(report), options.format)?;
    }
    let (parts, report) = read.context("rien n’a été écrit")?;
    print(&closing_table(&report), options.format)?;
    if options.dry_run {
        eprintln!("Essai à blanc : rien n’a été écrit.");
        return Ok(());
    }
    let hash = data.replace_territory(&parts)?;
    eprintln!(
        "« {} » : {} communes, géographie au {}, instantané {hash} dans {}.",
        parts.meta.name,
        parts.communes.len(),
        parts.meta.geography,
        data.root().display()
    );
    // Roads take minutes where the rest takes seconds, and change at another pace: their import is another command.
    if !report.roads.is_empty() {
        eprintln!("Ce dossier contient aussi des routes : {}", roads::command_for(&report.roads));
    }
    if let Some(roads) = data.roads().current()?
        && !roads.report.suits(parts.meta.nature)
    {
        eprintln!("{}", roads::unsuited(&parts.meta.name, roads.report.is_fictional()));
    }
    Ok(())
}

/// Reads a folder without writing anything.
pub(crate) fn read(
    folder: &Path,
    geography: Option<i16>,
    bars: &Bars,
) -> Result<(TerritoryParts, ImportReport), ImportError> {
    let options = Options { geography, ..Options::default() };
    import::import(folder, &options, bars)
}

/// One row a file: what it is, rows read, matched, left out and why.
fn closing_table(report: &ImportReport) -> Table {
    let text = |id: &str, label: &str| TableColumn::text(id, label);
    let count = |id: &str, label: &str| TableColumn {
        id: id.into(),
        label: label.into(),
        unit: "lignes".into(),
        kind: CellKind::Integer,
        provenance: None,
    };
    let mut table = Table::new(
        "import",
        "Fichiers lus",
        vec![
            text("file", "Fichier"),
            text("source", "Source"),
            text("vintage", "Millésime"),
            count("rows_read", "Lues"),
            count("matched", "Retenues"),
            count("left_out", "Écartées"),
            text("status", "État"),
            text("why", "Pourquoi"),
        ],
    );
    for file in &report.condensed() {
        let (status, detail) = match &file.status {
            Status::Imported => ("importé", String::new()),
            Status::Checked(why) => ("vérifié", why.clone()),
            Status::Later(why) => ("plus tard", why.clone()),
            Status::Unrecognised(why) => ("inconnu", why.clone()),
            Status::Failed(error) => ("refusé", error.problem.clone()),
        };
        let mut why: Vec<String> = file
            .left_out
            .iter()
            .map(|left| format!("{} : {} ({})", left.count, left.reason, left.examples.join(", ")))
            .chain(file.notes.iter().cloned())
            .collect();
        if !detail.is_empty() {
            why.insert(0, detail);
        }
        table.rows.push(vec![
            Cell::text(&file.path),
            Cell::text(&file.source),
            Cell::text(&file.vintage),
            Cell::number(file.rows_read as f64),
            Cell::number(file.matched as f64),
            Cell::number(file.left_out_total() as f64),
            Cell::text(status),
            Cell::text(why.join(" ; ")),
        ]);
    }
    let (read, matched, left) = report.totals();
    table.rows.push(vec![
        Cell::text("TOTAL"),
        Cell::text(""),
        Cell::text(""),
        Cell::number(read as f64),
        Cell::number(matched as f64),
        Cell::number(left as f64),
        Cell::text(""),
        Cell::text(report.notes.join(" ; ")),
    ]);
    table
}
