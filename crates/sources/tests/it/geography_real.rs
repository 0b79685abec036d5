//! The real files of France: figures that a correct import reproduces (`SOURCES.md` of the data).

use std::collections::HashSet;

use pacte_sources::{Fault, Options, Silent, Status};
use pacte_territory::{Level, Nature};

use crate::support::{real, real_data};

fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "found {found}, expected {expected}");
}

#[test]
fn communes_and_partitions() {
    let Some((france, _)) = real() else { return };
    assert_eq!(france.len(), 34_935);
    assert_eq!((france.meta.name.as_str(), france.meta.nature), ("France", Nature::Real));
    assert_eq!(france.meta.geography.year(), 2024, "the most recent year with a table d'appartenance");
    assert_eq!(france.municipal_arrondissements.len(), 45);
    for (level, areas) in [
        (Level::Departement, 101),
        (Level::Region, 18),
        (Level::FormerRegion, 27),
        (Level::Arrondissement, 333),
        (Level::Epci, 1255),
        (Level::BassinDeVie, 1707),
    ] {
        assert_eq!(france.count(level), areas, "{level}");
    }
    let outside: Vec<String> = (0..france.len() as u32)
        .filter(|id| france.area_of(Level::Epci, *id).is_none())
        .map(|id| france.communes.code[id as usize].to_string())
        .collect();
    assert_eq!(outside, ["22016", "29083", "29155", "85113"], "the four islands outside any EPCI");
    let lille = france.find(Level::Commune, "59350").unwrap();
    let named = |level| {
        let area = france.area_of(level, lille).unwrap();
        france.area(level, area).name
    };
    assert_eq!(named(Level::Departement), "Nord");
    assert_eq!(named(Level::Region), "Hauts-de-France");
    assert_eq!(named(Level::FormerRegion), "Nord-Pas-de-Calais");
    assert_eq!(named(Level::Epci), "Métropole Européenne de Lille");
    assert_eq!(france.communes.name[lille as usize], "Lille");
    assert_eq!(france.communes.postal_codes[lille as usize][0], "59000");
}

#[test]
fn every_area_has_a_name() {
    let Some((france, _)) = real() else { return };
    for grouping in &france.groupings {
        let nameless: Vec<&str> =
            grouping.areas.iter().filter(|area| area.name == area.code).map(|area| area.code.as_str()).collect();
        assert!(nameless.is_empty(), "{}: {nameless:?}", grouping.level);
    }
}

#[test]
fn legal_populations() {
    let Some((france, _)) = real() else { return };
    for (vintage, total) in [(2021, 67_408_052.0), (2022, 67_760_573.0), (2023, 68_094_280.0)] {
        let column = france.column("population.municipal", vintage).unwrap();
        // Shares of undone mergers are fractions of inhabitants: their sum may miss by a rounding.
        close(column.total(), total, 1e-3);
        assert_eq!(column.provenance.geography, vintage + 2);
        let unknown = (0..france.len() as u32).filter(|id| column.get(*id).is_none());
        assert!(unknown.into_iter().all(|id| france.communes.code[id as usize].departement() == "976"), "Mayotte only");
    }
    let paris = france.find(Level::Commune, "75056").unwrap();
    assert_eq!(france.column("population.municipal", 2021).unwrap().get(paris), Some(2_133_111.0));
    assert_eq!(france.find(Level::Commune, "75111"), Some(paris), "an arrondissement leads to its city");
}

#[test]
fn every_commune_has_a_place_and_a_contour_around_it() {
    let Some((france, report)) = real() else { return };
    assert_eq!(france.topology.count(Level::Commune), 34_935);
    let mut outside = 0;
    for id in 0..france.len() as u32 {
        let code = france.communes.code[id as usize];
        let (lon, lat) = france.point(id).unwrap_or_else(|| panic!("{code} has no point"));
        if france.topology.contains(Level::Commune, id, lon, lat) {
            continue;
        }
        outside += 1;
        let km = france
            .topology
            .polygons(Level::Commune, id, 14)
            .iter()
            .flat_map(|polygon| &polygon.exterior)
            .map(|vertex| pacte_territory::geodesy::great_circle_km((lon, lat), (vertex[0], vertex[1])))
            .fold(f64::INFINITY, f64::min);
        // To the nearest vertex: sides of generalised contours are a kilometre or two long.
        assert!(km < 3.0, "{code} stands {km} km from its contour");
    }
    // Contours are generalised: 442 chefs-lieux stand across the border (at most 360 m, by shapely), 147 on it.
    assert!(outside < 700, "{outside} communes lie outside their contour");
    assert!(report.notes.iter().any(|note| note.contains("27676") && note.contains("60694") && note.contains("85165")));
    for level in [Level::Departement, Level::Region, Level::FormerRegion, Level::Epci, Level::BassinDeVie] {
        for area in 0..france.count(level) {
            assert!(france.topology.bounds(level, area).is_some(), "{level} {area} has no contour");
        }
    }
    let area = france.column("area.km2", 2024).unwrap();
    close(area.total(), 632_666.0, 1000.0);
    assert_eq!(france.adjacency.len(), 100_603);
}

#[test]
fn metric_couples_are_where_their_distances_say() {
    let Some((france, _)) = real() else { return };
    assert_eq!(france.couples.len(), 1200);
    for couple in &france.couples {
        // All in Gironde and around.
        assert!((-1.5..0.6).contains(&couple.origin[0]) && (44.0..45.7).contains(&couple.origin[1]), "{couple:?}");
        let crow = pacte_territory::geodesy::great_circle_km(couple.origin.into(), couple.destination.into());
        assert!(couple.road_km.is_nan() || couple.road_km > crow * 0.95, "{couple:?}");
    }
}

#[test]
fn each_file_is_read_or_told_why_not() {
    let Some((france, report)) = real() else { return };
    assert_eq!(report.errors().count(), 0);
    let imported = report.files.iter().filter(|file| file.status == Status::Imported).collect::<Vec<_>>();
    assert_eq!(france.meta.files.len(), imported.len());
    for file in &imported {
        assert!(file.rows_read > 0 && file.hash.len() == 64, "{file:?}");
        let accounted = file.matched + file.left_out_total();
        assert_eq!(accounted, file.rows_read, "{}: rows read = matched + left out", file.path);
    }
    let later: HashSet<&str> = report
        .files
        .iter()
        .filter(|file| matches!(file.status, Status::Later(_)))
        .filter_map(|file| file.path.split('/').next())
        .collect();
    assert_eq!(later, HashSet::from(["osm", "fhir_sas"]));
    let roads: Vec<_> = report.roads.iter().filter_map(|path| path.file_name()?.to_str()).collect();
    assert!(roads.contains(&"andorra-2025-07.osm.pbf") && roads.contains(&"lorient-2019.osm.gz"), "{roads:?}");
    assert!(roads.iter().all(|name| name.contains(".osm")), "DIMACS graphs are no extracts: {roads:?}");
    let unrecognised: Vec<&str> = report
        .files
        .iter()
        .filter(|file| matches!(file.status, Status::Unrecognised(_)))
        .map(|file| file.path.as_str())
        .collect();
    assert_eq!(unrecognised, ["SOURCES.md"]);
    let other = report.files.iter().find(|file| file.path.ends_with("insee_cog_communes_2025.csv")).unwrap();
    assert!(matches!(other.status, Status::Checked(_)));
}

#[test]
fn another_geography_conserves_the_figures() {
    let Some(folder) = real_data() else { return };
    let options = Options { geography: Some(2025), ..Options::default() };
    let (parts, _) = pacte_sources::import(&folder, &options, &Silent).unwrap();
    assert_eq!(parts.communes.len(), 34_875);
    let total = |concept: &str, vintage| {
        parts.columns.iter().find(|c| c.concept == concept && c.vintage == vintage).unwrap().total()
    };
    close(total("population.municipal", 2021), 67_408_052.0, 1e-3);
    close(total("population.municipal", 2023), 68_094_280.0, 1e-9);
    close(total("supply.gp", 2024), 60_573.0, 1e-6);
    let gp = parts.columns.iter().find(|c| c.concept == "supply.gp" && c.vintage == 2024).unwrap();
    assert_eq!(gp.values.iter().filter(|value| **value > 0.0).count(), 8905);
    let basins = parts.groupings.iter().find(|g| g.level == Level::BassinDeVie).unwrap();
    let lost = basins.of_commune.iter().filter(|area| **area == u32::MAX).count();
    assert_eq!(lost, 0, "communes of 2025 take the bassin de vie of those of 2024");
}

#[test]
fn the_import_is_deterministic() {
    let (Some(folder), Some((france, _))) = (real_data(), real()) else { return };
    let (parts, _) = pacte_sources::import(&folder, &Options::default(), &Silent).unwrap();
    // NaN differs from itself: compare the encoded form, as the snapshot's name does.
    let dir = tempfile::tempdir().unwrap();
    let (_, first) = pacte_territory::snapshot::write(dir.path(), france.parts()).unwrap();
    let (_, second) = pacte_territory::snapshot::write(dir.path(), &parts).unwrap();
    assert_eq!(first, second);
}

/// A folder with the movements and these files of `communes`, under the names given.
fn renamed(files: &[(&str, &str)]) -> Option<tempfile::TempDir> {
    let communes = real_data()?.join("communes");
    let dir = tempfile::tempdir().expect("a temporary folder");
    let movements = "insee_cog_mouvements_communes_2026.csv";
    for (from, to) in files.iter().chain([&(movements, movements)]) {
        std::fs::copy(communes.join(from), dir.path().join(to)).expect("a copy");
    }
    Some(dir)
}

#[test]
fn legal_populations_under_the_name_of_another_year_are_refused() {
    let name = |year: i16| format!("insee_populations_legales_{year}.csv");
    let cog = "insee_cog_communes_2024.csv";
    for content in 2021..=2023 {
        for announced in 2021..=2023 {
            let (from, to) = (name(content), name(announced));
            let Some(dir) = renamed(&[(cog, cog), (&from, &to)]) else { return };
            let result = pacte_sources::import(dir.path(), &Options::default(), &Silent);
            if content == announced {
                assert!(result.is_ok(), "{content}");
                continue;
            }
            let error = result.expect_err("the vintage is wrong");
            let error = error.report().unwrap().errors().next().unwrap();
            assert_eq!(error.fault, Fault::WrongVintage, "{content} as {announced}: {error}");
            assert!(error.line.is_some() && error.value.is_some(), "{error}");
        }
    }
}

#[test]
fn communes_under_the_name_of_another_year_are_refused() {
    for (content, announced) in [(2024, 2025), (2025, 2024), (2024, 2016)] {
        let name = |year: i16| format!("insee_cog_communes_{year}.csv");
        let Some(dir) = renamed(&[(&name(content), &name(announced))]) else { return };
        let error = pacte_sources::import(dir.path(), &Options::default(), &Silent).expect_err("the vintage is wrong");
        let error = error.report().unwrap().errors().next().unwrap();
        assert_eq!(error.fault, Fault::WrongVintage, "{content} as {announced}: {error}");
        assert!(error.problem.contains(&content.to_string()), "the right year is told: {error}");
    }
    // Without a year in its name, the file is dated by its codes.
    let Some(dir) = renamed(&[("insee_cog_communes_2025.csv", "communes.csv")]) else { return };
    let (parts, _) = pacte_sources::import(dir.path(), &Options::default(), &Silent).unwrap();
    assert_eq!((parts.meta.geography.year(), parts.communes.len()), (2025, 34_875));
}
