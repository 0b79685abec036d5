//! Aids: what a person can get somewhere, what a place offers, and a page for every programme, all from the definitions.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::response::Response;
use axum::routing::get;
use pacte_access::layers::Layers;

use crate::error::Fault;
use crate::i18n::Lang;
use crate::pages::answer_with;
use crate::request::Visit;
use crate::state::{AppState, Portal};
use crate::view::Crumb;

mod asked;
mod cards;
mod home;
mod offer;
mod pact;
mod programme;
mod question;
mod simulator;
mod summary;

pub use programme::Applies;

/// Address of the list of programmes.
const HOME: &str = "/aides";
/// Address of the simulator.
const SIMULATOR: &str = "/aides/simulateur";

/// Addresses of these pages.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route(HOME, get(home::show))
        .route(SIMULATOR, get(simulator::show))
        .route("/aides/simulateur.pdf", get(summary::show))
        .route("/aides/programmes/{id}", get(programme::show))
        .route("/aides/lieux/{code}", get(offer::show))
        .route("/aides/pactes/{id}", get(pact::show))
}

/// A page computed away from the threads that answer.
///
/// # Errors
/// Those of `make`; 500 when it panics.
async fn apart(
    portal: AppState,
    visit: Visit,
    make: impl FnOnce(&AppState, &Visit) -> Result<Bytes, Fault> + Send + 'static,
) -> Result<Response, Fault> {
    let made = tokio::task::spawn_blocking(move || make(&portal, &visit).map(|body| (visit, body)));
    let (visit, body) = made.await.map_err(|error| Fault::internal(&error))??;
    Ok(answer_with(&visit, body))
}

fn crumb_home(lang: Lang) -> Crumb {
    Crumb { label: lang.tr("nav-aids"), href: Some(HOME.to_owned()) }
}

/// The layers over the territory shown.
fn layers(portal: &Portal) -> Result<Arc<Layers>, Fault> {
    portal.aids.layers(&portal.territory, portal.workbench.as_ref()).map_err(|error| Fault::internal(&error))
}
