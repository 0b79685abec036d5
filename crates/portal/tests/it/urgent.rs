//! Urgent care within 30 minutes: the page, what is refused, the files, the register.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::sync::Arc;

use axum::http::StatusCode;
use pacte_access::atlas::Atlas;
use pacte_access::compute::{ComputeOptions, of_ground};
use pacte_access::ground::Ground;
use pacte_access::urgent::{Cover, Moment, New, Set};
use pacte_portal::workbench::Workbench;
use pacte_portal::{AppState, Options, Portal};
use pacte_territory::{CareKind, Nature, Territory};

use crate::html::{check, check_french, tags, text};
use crate::{Visitor, world};

/// The territory of the other tests with a small register, and a workbench.
fn portal() -> AppState {
    let plain = world::territory(Nature::Real);
    let mut parts = plain.parts().clone();
    let commune = |code: &str| plain.commune(code.parse().unwrap()).unwrap();
    let mut resource = |kind, code: &str, id: &str| {
        let mut one = New { kind, commune: commune(code) }.resource(&plain);
        id.clone_into(&mut one.id);
        parts.care.resources.push(one);
        parts.care.resources.len() - 1
    };
    resource(CareKind::Smur, world::CITY, "SMUR-1");
    let mcs = resource(CareKind::Mcs, "2A085", "MCS-1");
    parts.care.resources[mcs].hours = "lun-ven 08:00-20:00".parse().unwrap();
    parts.care.resources[mcs].note = "de garde : le jour".into();
    let territory = Arc::new(Territory::assemble(parts).unwrap());
    let ground = Arc::new(Ground::new(Arc::clone(&territory), &ComputeOptions::default()).unwrap());
    let atlas = Arc::new(Atlas::new(Arc::clone(&territory), of_ground(&ground).columns));
    let folder = tempfile::tempdir().unwrap();
    let workbench = Some(Workbench::open(ground, "0123".into(), folder.path()).unwrap());
    let options = Options { hash: "0123456789abcdef".into(), theme: None, roads: Vec::new(), workbench, aids: None };
    Portal::open(territory, atlas, options).unwrap()
}

fn cover(portal: &Portal) -> Cover {
    Cover::of_ground(Arc::clone(&portal.workbench.as_ref().unwrap().ground))
}

#[tokio::test]
async fn the_page_answers_in_both_languages() {
    let visitor = Visitor::of(portal());
    for query in [
        "",
        "ressources=su&niveau=country",
        "ressources=su-smur&date=2026-11-23&heure=10:30&limite=20&niveau=epci",
        "niveau=commune&page=2",
        "niveau=commune&departement=04",
        "type=mcs&commune=02012",
        "type=helismur&commune=Grandville&niveau=region",
    ] {
        for lang in ["fr", "en"] {
            let address = format!("/decider/urgences?{query}&lang={lang}");
            let answer = visitor.get(&address).await;
            assert_eq!(answer.status, StatusCode::OK, "{address}");
            check(&address, answer.text());
            if lang == "fr" {
                check_french(&address, answer.text());
            }
        }
    }
}

#[tokio::test]
async fn figures_are_those_of_the_cover() {
    let portal = portal();
    let cover = cover(&portal);
    let day: jiff::civil::Date = "2026-11-23".parse().unwrap();
    let visitor = Visitor::of(portal);
    let french = |count: u64| pacte_portal::format::count(pacte_portal::i18n::Lang::Fr, count);
    for (query, moment) in [
        ("date=2026-11-23", Moment::Day(day)),
        ("date=2026-11-23&heure=10:30", Moment::At(day.at(10, 30, 0, 0))),
        ("date=2026-11-23&heure=22:00", Moment::At(day.at(22, 0, 0, 0))),
    ] {
        let page = visitor.get(&format!("/decider/urgences?{query}")).await;
        let shown = text(page.text());
        let count = cover.beyond(&cover.minutes(Set::ALL, moment), 30.0);
        assert!(count.people > 0, "some are beyond");
        let card = format!("À plus de 30 minutes {} habitants", french(count.people));
        assert!(shown.contains(&card), "« {card} » is missing for {query}");
        for set in [Set::SU, Set::SU_SMUR, Set::SU_SMUR_MCS] {
            let count = cover.beyond(&cover.minutes(set, moment), 30.0);
            assert!(shown.contains(&french(count.people)), "{set}");
        }
        assert!(shown.contains("992\u{202f}836 (1,5\u{202f}%)") && shown.contains("registre national des SMUR"));
        assert_eq!(page.text().matches("class=\"heat\"").count(), 168);
    }
    let trial = visitor.get("/decider/urgences?date=2026-11-23&type=mcs&commune=02012").await;
    let territory = cover.ground().territory();
    let new = New { kind: CareKind::Mcs, commune: territory.commune("02012".parse().unwrap()).unwrap() };
    let gain = cover.gain(&cover.minutes(Set::ALL, Moment::Day(day)), &[new], Moment::Day(day), 30.0);
    assert!(gain.people > 0, "this one helps");
    let said = format!("{} habitants de {} communes ramenés à 30", french(gain.people), gain.communes.len());
    assert!(text(trial.text()).contains(&said), "« {said} »");
}

#[tokio::test]
async fn what_cannot_be_used_is_said_and_kept() {
    let visitor = Visitor::of(portal());
    for (query, words) in [
        ("ressources=samu", "ne désigne pas des ressources"),
        ("date=hier", "n’est pas une date"),
        ("heure=25:00", "n’est pas une heure"),
        ("limite=0", "n’est pas une limite"),
        ("limite=trente", "5 – 90"),
        ("niveau=canton", "niveau de ce territoire"),
        ("departement=99", "département de ce territoire"),
        ("commune=zzzzqqqq", "Aucune commune ne correspond"),
        ("commune=Vaux", "peut désigner plusieurs communes"),
    ] {
        let address = format!("/decider/urgences?{query}");
        let page = visitor.get(&address).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{address}");
        check(&address, page.text());
        check_french(&address, page.text());
        assert!(text(page.text()).contains(words), "« {words} » is missing from {address}");
    }
    let kept = visitor.get("/decider/urgences?commune=zzzzqqqq").await;
    assert!(tags(kept.text()).iter().any(|tag| tag.get("value") == Some("zzzzqqqq")));
    let without = Visitor::new().get("/decider/urgences").await;
    assert_eq!(without.status, StatusCode::OK, "a portal that only shows says so");
    assert!(text(without.text()).contains("répertoire de données"));
    assert_eq!(Visitor::new().get("/decider/urgences/fichiers/niveau.csv").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_file_of_the_page_downloads_and_says_the_same() {
    let portal = portal();
    let cover = cover(&portal);
    let visitor = Visitor::of(portal);
    let page = visitor.get("/decider/urgences?date=2026-11-23&heure=22:00&niveau=departement").await;
    let mut files = 0;
    for tag in tags(page.text()) {
        if let Some(href) = tag.get("href").filter(|_| tag.name == "a" && tag.get("download").is_some()) {
            let file = visitor.get(href).await;
            assert_eq!(file.status, StatusCode::OK, "{href}");
            assert!(!file.bytes.is_empty() && file.header("content-disposition").starts_with("attachment"), "{href}");
            files += 1;
        }
    }
    assert!(files >= 18, "{files}");
    let table = visitor.get("/decider/urgences/fichiers/communes.csv?date=2026-11-23&heure=22:00&ressources=su").await;
    let beyond = table.text().lines().skip(1).filter(|line| line.split(',').nth(4) == Some("1")).count();
    let at: Moment = "2026-11-23T22:00".parse().unwrap();
    assert_eq!(beyond, cover.beyond(&cover.minutes(Set::SU, at), 30.0).communes as usize);
    for (file, status) in [
        ("rien.csv", StatusCode::NOT_FOUND),
        ("niveau.doc", StatusCode::NOT_FOUND),
        ("heures.geojson", StatusCode::BAD_REQUEST),
        ("niveau.csv?limite=500", StatusCode::BAD_REQUEST),
    ] {
        let address = format!("/decider/urgences/fichiers/{file}");
        assert_eq!(visitor.get(&address).await.status, status, "{address}");
    }
    let register = visitor.get("/decider/urgences/registre.csv").await;
    assert!(register.text().contains("MCS-1,mcs,") && register.text().contains("lun-ven 08:00-20:00"));
    let template = visitor.get("/decider/urgences/modele.csv").await;
    assert!(template.text().starts_with("id,type,nom,commune"));
}
