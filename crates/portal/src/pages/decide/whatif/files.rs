//! A scenario as files: `/decider/simuler/{communes|departements|regions|urgences|zones|scenario}.{csv|xlsx|…}`.

use axum::extract::{Path, State};
use axum::response::Response;
use pacte_access::whatif::Outcome;
use pacte_sources::export::{self, Format};
use pacte_sources::table::Table;
use pacte_territory::Level;

use super::asked::Asked;
use super::desk::{self, Desk};
use super::{says, tables};
use crate::error::Fault;
use crate::pages::attachment;
use crate::request::{Visit, shorten};
use crate::state::{AppState, Portal};
use crate::tables::with_contours;

/// Tables, by the name they have in addresses.
const TABLES: [&str; 6] = ["communes", "departements", "regions", "urgences", "zones", "scenario"];

/// `GET /decider/simuler/{file}`.
///
/// # Errors
/// 404 for an unknown table or format, 400 for a change that cannot be made or a format the table cannot take.
pub(super) async fn file(
    State(portal): State<AppState>,
    visit: Visit,
    Path(file): Path<String>,
) -> Result<Response, Fault> {
    let (name, extension) = file.rsplit_once('.').unwrap_or((&file, ""));
    if !TABLES.contains(&name) {
        return Err(Fault::missing("fault-table", [("value", shorten(name)), ("known", TABLES.join(", "))]));
    }
    let format: Format = extension.parse().map_err(|_| {
        let known = Format::ALL.map(Format::extension).join(", ");
        Fault::missing("fault-format", [("value", shorten(extension)), ("known", known)])
    })?;
    let contours = matches!(name, "communes" | "departements" | "regions");
    if (format == Format::Geojson && !contours) || (name == "scenario" && format != Format::Json) {
        return Err(Fault::bad("fault-no-contours", [("value", name.to_owned())]));
    }
    let name = name.to_owned();
    let saved_as = format!("pacte-simulation-{name}.{format}");
    let bytes = desk::run(&portal, move |portal, desk| make(portal, desk, &visit, &name, format)).await?;
    Ok(attachment(bytes, format.media_type(), &saved_as))
}

fn make(portal: &Portal, desk: &Desk, visit: &Visit, name: &str, format: Format) -> Result<Vec<u8>, Fault> {
    let asked = Asked::read(desk, &visit.query)?;
    if let Some(error) = asked.refusals.first() {
        return Err(Fault::bad("fault-whatif-refused", [("text", says::refusal(visit.lang, error))]));
    }
    if name == "scenario" {
        return serde_json::to_vec_pretty(&asked.scenario).map_err(|error| Fault::internal(&error));
    }
    let outcome = asked
        .outcome
        .as_ref()
        .ok_or_else(|| Fault::missing("fault-table", [("value", name.to_owned()), ("known", String::new())]))?;
    let table = table(portal, outcome, name, format);
    export::write(&table, format).map_err(|error| Fault::internal(&error))
}

fn table(portal: &Portal, outcome: &Outcome, name: &str, format: Format) -> Table {
    let territory = portal.atlas.territory();
    let level = match name {
        "departements" => Level::Departement,
        "regions" => Level::Region,
        "urgences" | "zones" => {
            let made = if name == "zones" { tables::zones(outcome) } else { tables::cover(territory, outcome) };
            return made.unwrap_or_else(|| tables::summary(outcome));
        }
        _ => Level::Commune,
    };
    let table = tables::table(territory, outcome, level, None);
    if format != Format::Geojson {
        return table;
    }
    let areas: Vec<u32> = if level == Level::Commune {
        outcome.communes.iter().map(|shift| shift.commune).collect()
    } else {
        let areas = if level == Level::Region { &outcome.regions } else { &outcome.departements };
        areas.iter().filter(|area| area.before != area.after).map(|area| area.area).collect()
    };
    with_contours(&portal.atlas, level, &areas, table)
}
