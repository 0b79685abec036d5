//! Around a place: the page, the answers to the live map, the files, and what is refused.

use axum::http::StatusCode;
use serde_json::Value;

use crate::html::{check, check_french, tags, text};
use crate::{Visitor, world};

fn visitor() -> Visitor {
    Visitor::of(world::with_roads())
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("JSON")
}

#[tokio::test]
async fn the_page_answers_in_both_languages() {
    let visitor = visitor();
    for address in [
        "/trajets",
        "/trajets?lieu=01028",
        "/trajets?lieu=Grandville&minutes=5,45",
        "/trajets?lieu=45.87,2.44&profil=walk",
        "/trajets?lieu=Vaux-sur-Orge",
        "/territoires/commune/01028",
        "/",
    ] {
        for lang in ["fr", "en"] {
            let address = format!("{address}{}lang={lang}", if address.contains('?') { '&' } else { '?' });
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
async fn a_commune_shows_what_is_reached_from_it() {
    let portal = world::with_roads();
    let page = Visitor::of(portal.clone()).get("/trajets?lieu=grandville").await;
    let shown = text(page.text());
    let city = portal.atlas.territory().commune(world::CITY.parse().unwrap()).unwrap();
    let point = portal.roads[0].commune_place(city).unwrap().point;
    let around = portal.roads[0].around(point, &[10, 15, 20, 30]).unwrap();
    for expected in [
        "Grandville et ses alentours",
        "10\u{a0}min ou moins",
        "Population estimée\u{a0}: part des voies",
        "© les contributeurs d’OpenStreetMap (ODbL)",
        "Service d’urgences",
        "Voiture, heures creuses",
    ] {
        assert!(shown.contains(expected), "« {expected} » is missing: {shown}");
    }
    let last = around.bands.last().unwrap();
    let reached = format!("Voir les {} communes atteintes en 30\u{a0}min", last.communes.len());
    assert!(shown.contains(&reached), "{reached}");
    assert!(last.communes.len() > 3 && last.communes.len() < 60, "{}", last.communes.len());
    assert!(page.text().contains("href=\"https://www.openstreetmap.org/copyright\""));
    assert_eq!(page.text().matches("class=\"reached\"").count(), 4, "one area a duration");
    let links = tags(page.text());
    let next = Some("/trajets?lieu=01029&minutes=10,15,20,30&profil=car");
    assert!(links.iter().any(|tag| tag.get("href") == next), "each commune leads to its own areas");
    // More time never gives less.
    assert!(around.bands.windows(2).all(|pair| pair[0].people <= pair[1].people));
}

#[tokio::test]
async fn the_page_and_the_live_map_say_the_same() {
    let visitor = visitor();
    let answer = visitor.get("/trajets.json?lat=45.82&lon=2.41&minutes=30,15&profil=car").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let answer = json(&answer.bytes);
    let areas = answer["areas"]["features"].as_array().unwrap();
    assert_eq!(areas.iter().map(|area| area["properties"]["minutes"].as_u64().unwrap()).collect::<Vec<_>>(), [15, 30]);
    assert_ne!(areas[0]["properties"]["color"], areas[1]["properties"]["color"]);
    let page = visitor.get(&format!("/trajets?{}", answer["query"].as_str().unwrap())).await;
    assert_eq!(page.status, StatusCode::OK);
    for part in ["legend", "results"] {
        let part = text(&format!("<body>{}", answer["parts"][part].as_str().unwrap()));
        assert!(part.len() > 20 && text(page.text()).contains(&part), "{part}");
    }
    // The form shows a place that reads back as the same one.
    let place = answer["place"].as_str().unwrap().replace(", ", "%2C+");
    let again = visitor.get(&format!("/trajets.json?lieu={place}&minutes=15,30")).await;
    assert_eq!(json(&again.bytes)["areas"], answer["areas"]);
    assert!(answer["title"].as_str().unwrap().ends_with("– Pacte"));
    let [west, south, east, north] = [0, 1, 2, 3].map(|i| answer["bounds"][i].as_f64().unwrap());
    assert!(west < 2.41 && 2.41 < east && south < 45.82 && 45.82 < north);
    for way in answer["ways"]["features"].as_array().unwrap() {
        let first = &way["geometry"]["coordinates"][0];
        let (lon, lat) = (first[0].as_f64().unwrap(), first[1].as_f64().unwrap());
        assert!((lon - 2.41).abs() < 1e-4 && (lat - 45.82).abs() < 1e-4, "ways start at the place");
    }
}

#[tokio::test]
async fn what_cannot_be_used_is_said_beside_its_field_and_kept() {
    let visitor = visitor();
    for (query, field, words, kept) in [
        ("lieu=zzzzqqqq", "trajets-lieu", "Aucune commune ne correspond à «\u{a0}zzzzqqqq\u{a0}»", "zzzzqqqq"),
        ("lieu=48.85,2.35", "trajets-lieu", "hors du réseau routier importé", "48.85,2.35"),
        ("lieu=2.35,148", "trajets-lieu", "hors du réseau routier importé", "2.35,148"),
        ("lieu=148,2.35", "trajets-lieu", "La latitude vient avant la longitude", "148,2.35"),
        ("lieu=45.8,200", "trajets-lieu", "Longitude 200", "45.8,200"),
        ("lieu=45.8", "trajets-lieu", "il en faut deux", "45.8"),
        ("lieu=97201", "trajets-lieu", "hors du réseau routier importé", "97201"),
        ("lieu=01028&minutes=0", "trajets-minutes", "n’est pas une durée", "0"),
        ("lieu=01028&minutes=10,vingt", "trajets-minutes", "«\u{a0}vingt\u{a0}» n’est pas une durée", "10,vingt"),
        ("lieu=01028&minutes=1,2,3,4,5,6,7", "trajets-minutes", "une à 6", "1,2,3,4,5,6,7"),
        ("lieu=01028&profil=fusee", "trajets-profil", "Déplacements connus\u{a0}: car, walk", "01028"),
    ] {
        let address = format!("/trajets?{query}");
        let page = visitor.get(&address).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{address}");
        check(&address, page.text());
        check_french(&address, page.text());
        assert!(text(page.text()).contains(words), "« {words} » is not said of {address}: {}", text(page.text()));
        let tags = tags(page.text());
        let refused: Vec<_> = tags.iter().filter(|tag| tag.get("aria-invalid") == Some("true")).collect();
        assert_eq!(refused.len(), 1, "{address}");
        assert_eq!(refused[0].get("id"), Some(field), "{address}");
        assert!(tags.iter().any(|tag| tag.get("value") == Some(kept)), "{kept} is lost by {address}");
        // A script is told the same.
        let script = visitor.get(&format!("/trajets.json?{query}")).await;
        assert_eq!(script.status, StatusCode::BAD_REQUEST);
        assert!(json(&script.bytes)["error"]["message"].as_str().unwrap().contains(words), "{}", script.text());
    }
    let long = visitor.get(&format!("/trajets?lieu={}", "a".repeat(201))).await;
    assert!(text(long.text()).contains("trop long"));
    let nothing = visitor.get("/trajets.json").await;
    assert_eq!(nothing.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn places_are_found_as_people_give_them() {
    let visitor = visitor();
    let place = |answer: &crate::Answer| json(&answer.bytes)["place"].as_str().unwrap_or_default().to_owned();
    for given in
        ["01028", "Grandville+(01028)", "grandville", "12+rue+du+Port,+Grandville", "3+place+Foch,+01000+Grandville"]
    {
        let answer = visitor.get(&format!("/trajets.json?lieu={given}")).await;
        assert_eq!(place(&answer), "Grandville (01028)", "{given}: {}", answer.text());
    }
    let address = visitor.get("/trajets?lieu=12+rue+du+Port,+Grandville").await;
    assert!(text(address.text()).contains("Les rues ne sont pas connues ici"));
    // Two communes bear this name: both are offered, with their départements.
    let several = visitor.get("/trajets?lieu=Vaux-sur-Orge&minutes=20").await;
    assert_eq!(several.status, StatusCode::OK);
    let choices: Vec<String> = tags(several.text())
        .iter()
        .filter_map(|tag| tag.get("href"))
        .filter(|href| href.starts_with("/trajets?") && href.contains("minutes=20&lieu="))
        .map(str::to_owned)
        .collect();
    assert_eq!(choices.len(), 2, "{choices:?}");
    for choice in choices {
        assert!(text(visitor.get(&choice).await.text()).contains("Vaux-sur-Orge et ses alentours"), "{choice}");
    }
    let refused = visitor.get("/trajets.json?lieu=Vaux-sur-Orge").await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let near = visitor.get("/trajets?lieu=grandvile").await;
    assert!(text(near.text()).contains("Vouliez-vous dire"), "{}", text(near.text()));
}

#[tokio::test]
async fn files_hold_what_the_page_shows() {
    let visitor = visitor();
    let page = visitor.get("/trajets?lieu=01028&minutes=10,30").await;
    let mut files = 0;
    for tag in tags(page.text()).iter().filter(|tag| tag.attributes.contains_key("download")) {
        let address = tag.get("href").unwrap();
        let answer = visitor.get(address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}: {}", String::from_utf8_lossy(&answer.bytes));
        assert!(answer.header("content-disposition").contains("trajets"), "{address}");
        files += 1;
    }
    assert_eq!(files, 10);
    let answer = visitor.get("/donnees/trajets.geojson?lieu=01028&minutes=10,30").await;
    let geojson = json(&answer.bytes);
    let features = geojson["features"].as_array().unwrap();
    let minutes: Vec<f64> = features.iter().map(|f| f["properties"]["minutes"].as_f64().unwrap()).collect();
    assert_eq!(minutes, [10.0, 30.0]);
    assert!(answer.text().contains("contributeurs d’OpenStreetMap"), "the licence asks for it");
    let csv = visitor.get("/donnees/trajets-communes.csv?lieu=01028&minutes=10,30").await;
    let mut reader = csv::Reader::from_reader(&csv.bytes[..]);
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let (at, people) = (column("minutes"), column("population"));
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    for feature in features {
        let minutes = feature["properties"]["minutes"].as_f64().unwrap();
        let of = rows.iter().filter(|row| row[at].parse() == Ok(minutes));
        let sum: f64 = of.map(|row| row[people].parse::<f64>().unwrap()).sum();
        let said = feature["properties"]["population"].as_f64().unwrap();
        assert!((sum - said).abs() <= 0.5 * rows.len() as f64, "{sum} people by commune, {said} in all");
    }
}

#[tokio::test]
async fn without_roads_the_page_says_how_to_get_them() {
    let visitor = Visitor::new();
    let page = visitor.get("/trajets?lieu=01028").await;
    assert_eq!(page.status, StatusCode::OK);
    check("/trajets", page.text());
    check_french("/trajets", page.text());
    assert!(text(page.text()).contains("pacte import roads region.osm.pbf"));
    assert_eq!(visitor.get("/trajets.json?lieu=01028").await.status, StatusCode::NOT_FOUND);
    assert_eq!(visitor.get("/donnees/trajets.csv?lieu=01028").await.status, StatusCode::NOT_FOUND);
    let commune = visitor.get("/territoires/commune/01028").await;
    assert!(!commune.text().contains("/trajets?lieu="), "no link to what is not there");
    assert!(text(commune.text()).contains("Temps de trajet\u{a0}:"), "minutes say which times they rest on");
    let with = self::visitor().get("/territoires/commune/01028").await;
    assert!(with.text().contains("/trajets?lieu=01028"));
    let island = self::visitor().get("/territoires/commune/97201").await;
    assert!(!island.text().contains("/trajets?lieu="), "no road leads to the island");
}
