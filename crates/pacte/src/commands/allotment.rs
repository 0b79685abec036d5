//! `pacte allotment`: seats, posts or contracts shared out, with why each party has what it has.

use std::fs;

use anyhow::{Context as _, Result, anyhow, bail};
use pacte_access::allotment::{AllotmentTable, Demand, TEMPLATE, allot, read_parties, read_rise};
use pacte_portal::pages::decide::allotment::tables;

use crate::cli::{Allotment, TextFormat};
use crate::data_dir::DataDir;
use crate::print::print;

/// Runs the command.
pub(crate) fn run(_data: &DataDir, options: &Allotment) -> Result<()> {
    if options.template {
        print!("{TEMPLATE}");
        return Ok(());
    }
    if options.tables {
        return print(&tables::shipped(), options.format);
    }
    let (parties, usual, title, unit, notes) = match (&options.file, &options.table) {
        (Some(path), _) => {
            let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
            let parties =
                read_parties(&path.display().to_string(), &text).map_err(|faults| anyhow!(faults.join("\n")))?;
            (parties, None, "Répartition".to_owned(), "places".to_owned(), Vec::new())
        }
        (None, Some(name)) => {
            let table = AllotmentTable::find(name).with_context(|| {
                let known: Vec<String> = AllotmentTable::shipped().into_iter().map(|table| table.id).collect();
                format!("« {name} » n’est pas une table connue ; connues : {}", known.join(", "))
            })?;
            (table.parties, Some(table.seats), table.label, table.unit, table.notes)
        }
        (None, None) => {
            bail!("donnez --file FICHIER ou --table NOM (--tables donne les tables, --template le modèle de fichier)")
        }
    };
    let seats = options.seats.or(usual).context("donnez le nombre de places à répartir avec --seats")?;
    let max_rise = options.max_rise.as_deref().map(read_rise).transpose().map_err(|problem| anyhow!(problem))?;
    let demand = Demand { seats, parties, rule: options.rule.rule(), max_rise };
    let found = allot(&demand)?;
    print(&tables::result(&demand, &found, &title, &unit), options.format)?;
    if let Some(tie) = tables::tie(&demand, &found) {
        eprintln!("{tie}");
    }
    if options.format == TextFormat::Table {
        for note in notes {
            eprintln!("{note}");
        }
    }
    Ok(())
}
