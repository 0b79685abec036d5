//! Forms of the workbench: a new draft, a unit moved, texts, data of today, publication. Each saves a revision or a layer, or
//! comes back with what was typed and why it was refused.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::Date;
use pacte_access::zoning::review::QPV;
use pacte_access::zoning::{Approvals, ZoningMethod};
use pacte_access::zoning_layer::{Draft, MoveFault, Publication, publish};
use pacte_store::StoreError;

use super::draft::{Typed, begin, page};
use super::{HOME, Subject, away, bench, compute, fresh, home, kept, open, see};
use crate::error::Fault;
use crate::pages::{answer_with, capital};
use crate::posted::Posted;
use crate::request::{Query, Visit, encode, shorten};
use crate::state::{AppState, Portal};

/// What a form leads to: another page, or the same one with what was refused.
enum Done {
    See(String),
    Page(axum::body::Bytes, StatusCode),
}

fn answer(visit: &Visit, done: Done) -> Response {
    match done {
        Done::See(address) => see(&address),
        Done::Page(body, status) => fresh(answer_with(visit, body), status),
    }
}

/// `POST /decider/zonage/projets`: a new draft from `methode` (or `methode_propre`, a YAML text), `region`, `titre`, `auteur`,
/// `indicateur`, `table`.
///
/// # Errors
/// None of the visitor's: what cannot be used comes back with what was typed.
pub(super) async fn create(State(portal): State<AppState>, posted: Posted) -> Result<Response, Fault> {
    let Posted { visit, fields } = posted;
    let asked = visit.clone();
    let done = away(&portal, move |portal| match new_draft(portal, &fields) {
        Ok(draft) => {
            let saved = bench(portal)?.zoning.drafts.create(draft).map_err(kept)?;
            Ok(Done::See(format!("{HOME}/projets/{}?fait=1", saved.id)))
        }
        Err(fault) if fault.status.is_client_error() => {
            let refusal = fault.message.say(asked.lang);
            Ok(Done::Page(home::page(portal, &asked, &fields, Some(refusal))?, StatusCode::BAD_REQUEST))
        }
        Err(fault) => Err(fault),
    })
    .await?;
    Ok(answer(&visit, done))
}

fn new_draft(portal: &Portal, fields: &Query) -> Result<Draft, Fault> {
    let method = match fields.get("methode_propre") {
        Some(text) => ZoningMethod::from_yaml("votre méthode", text)
            .map_err(|error| Fault::bad("fault-zoning-work", [("why", error.to_string())]))?,
        None => super::method(fields.get("methode").unwrap_or_default())?,
    };
    begin(portal, &method, fields)
}

/// `POST /decider/zonage/projets/{id}` with `action`: `move`, `unmove`, `quarter`, `details`, `carry`, `publish`, and `version`, the
/// revision the page was made from.
///
/// # Errors
/// 404 for an unknown draft.
pub(super) async fn change(
    State(portal): State<AppState>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Fault> {
    let Posted { visit, fields } = posted;
    let asked = visit.clone();
    let done = away(&portal, move |portal| apply(portal, &asked, &id, fields)).await?;
    Ok(answer(&visit, done))
}

fn apply(portal: &Portal, visit: &Visit, id: &str, fields: Query) -> Result<Done, Fault> {
    let bench = bench(portal)?;
    let subject = open(bench, id, None)?;
    let action = fields.get("action").unwrap_or_default().to_owned();
    let Some((_, _, last)) = subject.kept else { return Err(Fault::missing("fault-no-page", [])) };
    let refuse = |subject: &Subject, refusals: Vec<String>, status| {
        let typed = Typed { refusals, form: action.clone(), fields: fields.clone() };
        Ok(Done::Page(page(portal, visit, subject, &typed)?, status))
    };
    // Without the version the page was made from, somebody else's work could be undone unseen.
    let Some(from) = fields.get("version").and_then(|text| text.parse().ok()) else {
        return refuse(&subject, vec![visit.lang.tr("zoning-no-version")], StatusCode::BAD_REQUEST);
    };
    if from != last {
        let conflict = StoreError::Conflict { id: subject.draft.title.clone(), expected: from, latest: last };
        return refuse(&subject, vec![conflict.to_string()], StatusCode::CONFLICT);
    }
    if action == "publish" {
        return match layer(portal, &subject, &fields)? {
            Ok(name) => Ok(Done::See(format!("{HOME}/zones/{name}?fait=1"))),
            Err(refusals) => refuse(&subject, refusals, StatusCode::BAD_REQUEST),
        };
    }
    let (draft, back) = match changed(portal, &subject, &action, &fields)? {
        Ok(changed) => changed,
        Err(refusals) => return refuse(&subject, refusals, StatusCode::BAD_REQUEST),
    };
    // What the engine cannot compute is not saved: the draft stays usable.
    if let Err(error) = compute(bench, &draft)? {
        return refuse(&subject, vec![error.to_string()], StatusCode::BAD_REQUEST);
    }
    match bench.zoning.drafts.save(id, from, draft) {
        Ok(_) => Ok(Done::See(format!("{HOME}/projets/{id}?fait=1{back}"))),
        Err(error @ StoreError::Conflict { .. }) => {
            let latest = open(bench, id, None)?;
            refuse(&latest, vec![error.to_string()], StatusCode::CONFLICT)
        }
        Err(error) => Err(kept(error)),
    }
}

/// The next revision of a draft and the part of the page to come back to, or every refusal.
type Changed = Result<(Draft, String), Vec<String>>;

/// The next revision of a draft and the part of the page to come back to, or why it is refused.
fn changed(portal: &Portal, subject: &Subject, action: &str, fields: &Query) -> Result<Changed, Fault> {
    let bench = bench(portal)?;
    let get = |name: &str| fields.get(name).unwrap_or_default().to_owned();
    let draft = Draft { note: String::new(), ..subject.draft.clone() };
    let (unit, to, reason) = (get("unite"), get("classe"), get("motif"));
    Ok(match action {
        "move" | "quarter" => {
            let quarter = unit.starts_with(QPV);
            let back = if quarter { "#deplacements".to_owned() } else { format!("&zone={}#zone", encode(&unit)) };
            let sentence = |fault: &MoveFault| capital(&format!("{fault}."));
            match draft.moved(&subject.work, &unit, &to, &reason) {
                Ok(draft) => Ok((draft, back)),
                Err(faults) => Err(faults.iter().map(sentence).collect()),
            }
        }
        "unmove" => {
            let note = format!("{unit} : décision retirée");
            Ok((Draft { note, ..draft.without_move(&unit) }, "#deplacements".to_owned()))
        }
        "details" => {
            if get("titre").is_empty() {
                return Ok(Err(vec![
                    "Donnez un titre au projet : il figure dans la liste et dans l’arrêté.".to_owned(),
                ]));
            }
            let approvals = Approvals { commission: fields.get("commission").is_some() };
            Ok((
                Draft {
                    title: get("titre"),
                    author: get("auteur"),
                    text: get("texte"),
                    note: get("note"),
                    approvals,
                    ..draft
                },
                "#textes".to_owned(),
            ))
        }
        "carry" => match draft.carried_over(&bench.ground, &bench.territory_hash) {
            Ok((carried, _)) => Ok((carried, String::new())),
            Err(error) => Err(vec![error.to_string()]),
        },
        other => Err(vec![format!("« {} » n’est pas une action de cette page.", shorten(other))]),
    })
}

/// Publishes a draft; the name of the layer, or every obstacle.
fn layer(portal: &Portal, subject: &Subject, fields: &Query) -> Result<Result<String, Vec<String>>, Fault> {
    let bench = bench(portal)?;
    let Some((id, revision, _)) = &subject.kept else { return Err(Fault::missing("fault-no-page", [])) };
    let typed = fields.get("effet").unwrap_or_default();
    let effective: Date = match typed.parse() {
        Ok(date) => date,
        Err(_) => {
            return Ok(Err(vec![format!(
                "« {} » n’est pas une date d’effet : écrivez année, mois et jour, comme 2026-03-01.",
                shorten(typed)
            )]));
        }
    };
    let publication = Publication {
        effective,
        published: Timestamp::now(),
        authority: fields.get("autorite").unwrap_or_default().to_owned(),
        signature: fields.get("signature").unwrap_or_default().to_owned(),
    };
    let made = bench.zoning.publish(|heads| {
        let name = (id.as_str(), *revision);
        publish(&bench.ground, &bench.territory_hash, &subject.draft, name, &subject.work, heads, &publication)
    });
    Ok(match made.map_err(kept)? {
        Ok(layer) => Ok(layer.id),
        Err(obstacles) => Err(obstacles.iter().map(ToString::to_string).collect()),
    })
}
