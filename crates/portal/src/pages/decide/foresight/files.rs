//! Tables of a tool as files.

use axum::response::Response;
use pacte_sources::export::{self, Format};
use pacte_sources::table::Table;

use crate::error::Fault;
use crate::i18n::Lang;
use crate::pages::attachment;
use crate::request::shorten;
use crate::view::Download;

/// Formats of tables without contours.
const FORMATS: [&str; 4] = ["csv", "xlsx", "parquet", "json"];

/// Name and format of a file asked for.
///
/// # Errors
/// 404 when the format is not one of [`FORMATS`].
pub(in crate::pages::decide) fn split(file: &str) -> Result<(String, Format), Fault> {
    let (name, extension) = file.rsplit_once('.').unwrap_or((file, ""));
    let format = FORMATS.contains(&extension).then(|| extension.parse::<Format>().ok()).flatten();
    let format = format.ok_or_else(|| {
        Fault::missing("fault-format", [("value", shorten(extension)), ("known", FORMATS.join(", "))])
    })?;
    Ok((name.to_owned(), format))
}

/// A table as an answer to save.
///
/// # Errors
/// 500 when it cannot be written, which is our fault.
pub(in crate::pages::decide) async fn answer(table: Table, format: Format) -> Result<Response, Fault> {
    let name = format!("pacte-{}.{}", table.name, format.extension());
    let made = tokio::task::spawn_blocking(move || export::write(&table, format));
    let bytes = made.await.map_err(|error| Fault::internal(&error))?.map_err(|error| Fault::internal(&error))?;
    Ok(attachment(bytes, format.media_type(), &name))
}

/// Links to a table; `address` gives the address of a file name.
pub(in crate::pages::decide) fn links(
    lang: Lang,
    table: &str,
    title: &str,
    address: impl Fn(&str) -> String,
) -> Vec<Download> {
    ["csv", "xlsx", "parquet"]
        .into_iter()
        .filter_map(|extension| extension.parse::<Format>().ok())
        .map(|format| Download {
            label: format.label(),
            title: lang.tr_with("download-title", [("title", title), ("format", format.label())]),
            href: address(&format!("{table}.{}", format.extension())),
        })
        .collect()
}
