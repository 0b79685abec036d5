//! The training territory goes through the ordinary import.

use pacte_sources::Status;
use pacte_territory::{Level, Nature, Territory};

use crate::support::Folder;

#[test]
fn it_imports_whole() {
    let (parts, report) = Folder::training().import().unwrap_or_else(|error| panic!("{error}"));
    let strange: Vec<_> = report
        .files
        .iter()
        .filter(|file| {
            !matches!(file.status, Status::Imported | Status::Checked(_)) && !file.path.ends_with(".osm.pbf")
        })
        .map(|file| (&file.path, &file.status))
        .collect();
    assert!(strange.is_empty(), "{strange:?}");
    assert_eq!(parts.meta.nature, Nature::Training);
    assert!(!parts.meta.name.is_empty() && parts.meta.name != "France", "{}", parts.meta.name);
    let territory = Territory::assemble(parts).unwrap();
    assert!((450..600).contains(&territory.len()), "{}", territory.len());
    assert_eq!((territory.count(Level::Departement), territory.count(Level::Region)), (3, 1));
    for level in [Level::Epci, Level::BassinDeVie, Level::Arrondissement, Level::Departement] {
        for id in 0..territory.len() as u32 {
            assert!(territory.area_of(level, id).is_some(), "{} has no {level}", territory.communes.code[id as usize]);
        }
    }
    for id in 0..territory.len() as u32 {
        let code = territory.communes.code[id as usize];
        let (lon, lat) = territory.point(id).unwrap_or_else(|| panic!("{code} has no point"));
        assert_eq!(territory.commune_at(lon, lat), Some(id), "{code} stands on its own ground");
        assert!(!territory.communes.postal_codes[id as usize].is_empty(), "{code} has no postal code");
    }
    assert!(territory.vintages("population.municipal").len() >= 10, "ten years of history");
    for concept in ["apl.gp", "supply.gp", "supply.nurse", "supply.pharmacy", "supply.emergency", "area.km2"] {
        assert!(territory.latest(concept).is_some_and(|column| column.total() > 0.0), "{concept}");
    }
    for kind in ["route", "riviere", "relief"] {
        assert!(territory.lines.iter().any(|line| line.kind == kind), "{kind}");
    }
    assert!(!territory.places.is_empty() && !territory.couples.is_empty() && !territory.methods.is_empty());
    assert!(!territory.crosswalk.moves().is_empty(), "mergers exercise the conversion");
}

#[test]
fn every_row_is_accounted_for() {
    let (_, report) = Folder::training().import().unwrap();
    for file in report.files.iter().filter(|file| file.status == Status::Imported) {
        assert_eq!(file.matched + file.left_out_total(), file.rows_read, "{}: {:?}", file.path, file.left_out);
    }
}
