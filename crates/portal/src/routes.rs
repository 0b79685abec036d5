//! Every address of the portal, grouped by who calls it.

use axum::Router;
use axum::routing::get;

use crate::error::Fault;
use crate::pages::{
    accessibility, aids, compare, data, decide, home, journeys, map, methods, search, sources, territory,
};
use crate::state::AppState;
use crate::{downloads, files};

/// Every address.
pub fn routes() -> Router<AppState> {
    let people = Router::new()
        .route("/", get(home::show))
        .route("/carte", get(map::show))
        .route("/trajets", get(journeys::show))
        .route("/territoires", get(territory::index))
        .route("/territoires/{level}/{code}", get(territory::show))
        .route("/comparer", get(compare::show))
        .route("/recherche", get(search::show))
        .route("/donnees", get(data::show))
        .route("/methodes", get(methods::show))
        .route("/sources", get(sources::show))
        .route("/accessibilite", get(accessibility::show));
    let open_data = Router::new().route("/donnees/{file}", get(downloads::download));
    let scripts = Router::new()
        .route("/recherche.json", get(search::suggest))
        .route("/trajets.json", get(journeys::live))
        .route("/tuiles/{z}/{x}/{y}", get(files::tile));
    let browsers = Router::new()
        .route("/static/{*path}", get(files::asset))
        .route("/theme/{name}", get(files::theme))
        .route("/favicon.ico", get(files::favicon))
        .route("/robots.txt", get(files::robots));
    let operators = Router::new().route("/etat.json", get(files::health));
    people
        .merge(aids::routes())
        .merge(decide::routes())
        .merge(open_data)
        .merge(scripts)
        .merge(browsers)
        .merge(operators)
        .fallback(|| async { Fault::missing("fault-no-page", []) })
}
