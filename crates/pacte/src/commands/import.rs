//! `pacte import`: official files in, a territory out.

use std::path::Path;

use anyhow::{Result, bail};
use pacte_sources::import::{self, Options};
use pacte_sources::report::{ImportReport, Status};
use pacte_sources::table::{Cell, CellKind, Table, TableColumn};
use pacte_territory::TerritoryParts;

use crate::cli::Import;
use crate::data_dir::DataDir;
use crate::print::print;
use crate::progress::Bars;

/// Reads a folder, prints what was read, matched and left out, and unless it is a dry run replaces the territory.
pub(crate) fn run(data: &DataDir, options: &Import) -> Result<()> {
    let (parts, report) = read(&options.folder, options.geography, &Bars::new())?;
    print(&closing_table(&report), options.format)?;
    refuse_errors(&report)?;
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
    Ok(())
}

/// Reads a folder without writing anything.
pub(crate) fn read(folder: &Path, geography: Option<i16>, bars: &Bars) -> Result<(TerritoryParts, ImportReport)> {
    let options = Options { geography, ..Options::default() };
    Ok(import::import(folder, &options, bars)?)
}

/// Stops when a file was refused: nothing has been written yet.
pub(crate) fn refuse_errors(report: &ImportReport) -> Result<()> {
    let errors: Vec<String> = report.errors().map(ToString::to_string).collect();
    match errors.len() {
        0 => Ok(()),
        count => bail!(
            "{count} fichier{} refusé{}, rien n’a été écrit\n- {}",
            if count > 1 { "s" } else { "" },
            if count > 1 { "s" } else { "" },
            errors.join("\n- ")
        ),
    }
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
