//! `pacte export`: every table, in every format.

use anyhow::{Context as _, Result, bail};
use pacte_sources::export::{self, Format};
use pacte_territory::Level;
use pacte_territory::sealed::write_atomically;

use crate::cli::{Export, FileFormat};
use crate::data_dir::DataDir;
use crate::progress::step;

/// Writes the table of indicators of each level in each format, one file each.
pub(crate) fn run(data: &DataDir, options: &Export) -> Result<()> {
    let opened = step("Ouverture du territoire", || data.atlas())?;
    let known = opened.atlas.territory().levels();
    let levels = if options.level.is_empty() { known.clone() } else { options.level.clone() };
    if let Some(unknown) = levels.iter().find(|level| !known.contains(level)) {
        bail!("ce territoire ne décrit pas le niveau « {unknown} »");
    }
    for level in levels {
        for format in &options.format {
            let path = options.to.join(format!("indicateurs-{level}.{}", extension(*format)));
            step(&path.display().to_string(), || {
                let bytes = export::write(&table(&opened, level, *format), writer(*format))?;
                write_atomically(&path, &bytes).with_context(|| path.display().to_string())
            })?;
        }
    }
    Ok(())
}

fn table(opened: &crate::data_dir::Opened, level: Level, format: FileFormat) -> pacte_sources::table::Table {
    let table = pacte_portal::tables::indicators_table(&opened.atlas, level, None);
    if format == FileFormat::Geojson {
        pacte_portal::tables::with_contours(
            &opened.atlas,
            level,
            &pacte_portal::tables::areas(&opened.atlas, level, None),
            table,
        )
    } else {
        table
    }
}

const fn extension(format: FileFormat) -> &'static str {
    match format {
        FileFormat::Csv => "csv",
        FileFormat::Xlsx => "xlsx",
        FileFormat::Geojson => "geojson",
        FileFormat::Parquet => "parquet",
        FileFormat::Json => "json",
    }
}

const fn writer(format: FileFormat) -> Format {
    match format {
        FileFormat::Csv => Format::Csv,
        FileFormat::Xlsx => Format::Xlsx,
        FileFormat::Geojson => Format::Geojson,
        FileFormat::Parquet => Format::Parquet,
        FileFormat::Json => Format::Json,
    }
}
