//! `/aides/lieux/{code}`: what a place offers, and to whom: who is wanted there.

use std::collections::BTreeMap;

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use pacte_programmes::Standing;
use pacte_programmes::audience::PROFESSION;
use pacte_rules::Truth;
use pacte_territory::Level;

use super::super::{frame, last_crumb, render};
use super::asked::Asked;
use super::cards::{Shade, every_so_often};
use super::simulator::ZoneView;
use super::{SIMULATOR, apart, crumb_home, layers, programme, simulator};
use crate::aids::today;
use crate::error::Fault;
use crate::format;
use crate::frame::{Frame, Section};
use crate::labels::typeset;
use crate::request::{Query, Visit, encode, shorten};
use crate::state::AppState;

/// A programme that the place offers.
#[derive(Clone, Debug)]
struct Offer {
    title: String,
    href: String,
    shade: &'static str,
    word: String,
    summary: String,
    /// What it pays, in words.
    pays: String,
}

/// A profession and what it is offered.
#[derive(Clone, Debug)]
struct Wanted {
    profession: String,
    simulate: String,
    offers: Vec<Offer>,
}

#[derive(Debug, Template)]
#[template(path = "pages/aids/offer.html")]
struct OfferPage {
    frame: Frame,
    zones: Vec<ZoneView>,
    wanted: Vec<Wanted>,
    /// Programmes that ask for no zone: title, address, professions.
    everywhere: Vec<(String, String, String)>,
    /// Programmes whose zones leave the place out.
    refused: Vec<(String, String)>,
    simulate: String,
    territory: String,
    day: String,
}

/// `GET /aides/lieux/{code}`.
///
/// # Errors
/// 404 for an unknown commune.
pub(super) async fn show(
    State(portal): State<AppState>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    apart(portal, visit, move |portal, visit| page(portal, visit, &code)).await
}

fn page(portal: &AppState, visit: &Visit, code: &str) -> Result<Bytes, Fault> {
    let lang = visit.lang;
    let territory = portal.atlas.territory();
    let commune = territory
        .find(Level::Commune, code)
        .ok_or_else(|| Fault::missing("fault-aids-place", [("value", shorten(code))]).suggesting(Vec::new(), code))?;
    let area = territory.area(Level::Commune, commune);
    let catalogue = portal.aids.catalogue();
    let layers = layers(portal)?;
    let query = Query::default().with(&[("lieu", &area.code), ("le", visit.query.get("le").unwrap_or_default())]);
    let asked = Asked::read(portal, &catalogue, lang, &query);
    let spot = asked.spots.first();
    let mut by_profession: BTreeMap<usize, Vec<Offer>> = BTreeMap::new();
    let (mut refused, mut everywhere) = (Vec::new(), Vec::new());
    let choices = catalogue.dictionary.id(PROFESSION).map(|fact| &catalogue.dictionary.fact(fact).choices);
    for known in catalogue.programmes().iter().filter(|known| known.standing(asked.day) == Standing::Open) {
        let identity = &known.identity;
        let href = format!("/aides/programmes/{}", identity.id);
        if known.eligibility.zones().is_empty() {
            everywhere.push((identity.title.clone(), href, programme::professions(&catalogue, known)));
            continue;
        }
        let held = programme::at(&layers, known, commune, asked.day);
        let pays = known.payments.payments.iter().map(|payment| match payment.every {
            Some(every) => format!("{} ({})", payment.label, every_so_often(lang, every)),
            None => payment.label.clone(),
        });
        if held == Truth::No {
            refused.push((identity.title.clone(), href));
            continue;
        }
        let shade = Shade::of(held);
        let offer = Offer {
            title: identity.title.clone(),
            href,
            shade: shade.class(),
            word: lang.tr(if shade == Shade::Yes { "aids-offer-yes" } else { "aids-offer-open" }),
            summary: typeset(&identity.summary.on(known.parameters(), asked.day)),
            pays: typeset(&pays.collect::<Vec<_>>().join(" ; ")),
        };
        for profession in &identity.professions {
            let rank = choices.and_then(|choices| choices.iter().position(|(id, _)| id == profession));
            by_profession.entry(rank.unwrap_or(usize::MAX)).or_default().push(offer.clone());
        }
    }
    let wanted = by_profession.into_iter().filter_map(|(rank, mut offers)| {
        let (id, label) = choices?.get(rank)?;
        offers.sort_by_key(|offer| offer.shade != "yes");
        let simulate = format!("{SIMULATOR}?lieu={}&f.{PROFESSION}={}", encode(&area.code), encode(id));
        Some(Wanted { profession: crate::pages::capital(&label.fr), simulate, offers })
    });
    let title = lang.tr_with("aids-offer-title", [("name", area.name.as_str())]);
    let frame = frame(portal, visit, Section::Aids, title, lang.tr("aids-offer-lede"));
    let page = OfferPage {
        frame: Frame { crumbs: vec![crumb_home(lang), last_crumb(area.name.clone())], ..frame },
        wanted: wanted.collect(),
        zones: spot.map(|spot| simulator::zones(&catalogue, &layers, lang, &asked, spot)).unwrap_or_default(),
        refused,
        everywhere,
        simulate: format!("{SIMULATOR}?lieu={}", encode(&area.code)),
        territory: format!("/territoires/commune/{}", area.code),
        day: format::date(lang, visit.query.get("le").map_or_else(today, |_| asked.day)),
    };
    render(&page)
}
