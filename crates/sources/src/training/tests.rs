//! The training territory as a whole: shapes, sums, contiguity, inequality, repeatability.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::sync::LazyLock;

use crate::import::{Options, import};
use crate::progress::Silent;
use crate::report::Status;

use super::doctors::Practice;
use super::groups::connected;
use super::official_communes::{COG, commune_of};
use super::partition::{Vertex, assemble, doubled_area, holds};
use super::world::World;
use super::{DEFAULT_SEED, MARKER, own, write_official_files};

/// The territories under test: the one shown by default, and others so that nothing holds by the luck of one seed.
fn worlds() -> &'static [(World, Practice)] {
    static WORLDS: LazyLock<Vec<(World, Practice)>> = LazyLock::new(|| {
        let make = |seed| {
            let world = World::new(seed);
            let practice = Practice::new(&world);
            (world, practice)
        };
        vec![make(DEFAULT_SEED), make(4), make(112)]
    });
    &WORLDS
}

/// Rank of the group an old commune belongs to, at some level.
type Key = fn(&super::world::OldCommune) -> usize;

/// Communes of 2024 that share a border of more than a point.
fn neighbours(world: &World, of: &[usize], communes: usize) -> Vec<Vec<(usize, f64)>> {
    let mut links = vec![BTreeSet::new(); communes];
    for arc in &world.arcs {
        if let (Ok(left), Ok(right)) = (usize::try_from(arc.left), usize::try_from(arc.right))
            && of[left] != of[right]
        {
            links[of[left]].insert(of[right]);
            links[of[right]].insert(of[left]);
        }
    }
    links.into_iter().map(|set| set.into_iter().map(|n| (n, 1.0)).collect()).collect()
}

#[test]
fn size_and_shape_are_those_promised() {
    for (world, practice) in worlds() {
        let communes = world.geography(COG);
        assert!((500..=540).contains(&communes.len()), "{} communes", communes.len());
        assert_eq!(world.departements.len(), 3);
        assert_eq!((world.epcis.len(), world.bassins.len(), world.arrondissements.len()), (30, 36, 9));
        let mut areas: Vec<f64> = communes.iter().map(|commune| world.area(commune)).collect();
        areas.sort_by(f64::total_cmp);
        let median = areas[areas.len() / 2];
        assert!((13.0..26.0).contains(&median), "median area {median} km²");
        for departement in 0..3 {
            let members = communes.iter().filter(|commune| world.old[commune.chef].departement == departement).count();
            assert!((120..=240).contains(&members), "département {departement}: {members} communes");
        }
        assert!((0.10..=0.25).contains(&practice.desert), "{} of the population below 2.5", practice.desert);
    }
}

#[test]
fn polygons_are_closed_disjoint_and_share_their_borders() {
    for (world, _) in worlds() {
        let communes = world.geography(COG);
        let of = commune_of(world, &communes);
        let old = |label: i32| usize::try_from(label).ok();
        let polygons = assemble(&world.arcs, |label| old(label).map(|s| of[s]));
        assert_eq!(polygons.len(), communes.len());
        let area = |rings: &Vec<Vec<Vertex>>| rings.iter().map(|ring| doubled_area(ring)).sum::<i64>();
        let mut edges: HashMap<(Vertex, Vertex), usize> = HashMap::new();
        for (number, polygons) in &polygons {
            assert_eq!(polygons.len(), 1, "{} is in one piece", world.code(&communes[*number]));
            for ring in &polygons[0] {
                assert_eq!(ring.first(), ring.last(), "closed");
                assert!(ring.len() >= 4, "a ring has an area");
                for pair in ring.windows(2) {
                    *edges.entry((pair[0], pair[1])).or_default() += 1;
                }
            }
            let centre = own::position(world, communes[*number].chef);
            assert!(holds(&polygons[0][0], centre), "{} holds its chef-lieu", world.code(&communes[*number]));
        }
        assert!(edges.values().all(|times| *times == 1), "no edge is walked twice the same way: no overlap");
        let region = assemble(&world.arcs, |label| old(label).map(|_| 0));
        assert_eq!(region[&0].len(), 1, "the region is in one piece");
        let outline: BTreeSet<(Vertex, Vertex)> =
            region[&0][0].iter().flat_map(|ring| ring.windows(2).map(|p| (p[0], p[1]))).collect();
        for (from, to) in edges.keys() {
            assert!(
                edges.contains_key(&(*to, *from)) || outline.contains(&(*from, *to)),
                "an inner edge has its neighbour's: no gap"
            );
        }
        assert_eq!(polygons.values().map(|p| area(&p[0])).sum::<i64>(), area(&region[&0][0]), "areas add up exactly");
    }
}

#[test]
fn groupings_are_contiguous_partitions() {
    for (world, _) in worlds() {
        let communes = world.geography(COG);
        let of = commune_of(world, &communes);
        let links = neighbours(world, &of, communes.len());
        let levels: [(&str, usize, Key); 6] = [
            ("département", world.departements.len(), |old| old.departement),
            ("arrondissement", world.arrondissements.len(), |old| old.arrondissement),
            ("canton", world.cantons.len(), |old| old.canton),
            ("EPCI", world.epcis.len(), |old| old.epci),
            ("bassin de vie", world.bassins.len(), |old| old.bassin),
            ("zone d'emploi", world.employment_zones.len(), |old| old.employment_zone),
        ];
        for (level, count, key) in levels {
            let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
            for (number, commune) in communes.iter().enumerate() {
                let group = key(&world.old[commune.chef]);
                assert!(commune.members.iter().all(|s| key(&world.old[*s]) == group), "a merger is in one {level}");
                members.entry(group).or_default().push(number);
            }
            assert_eq!(members.len(), count, "every {level} has communes");
            for (group, members) in members {
                assert!(connected(&links, &members), "{level} {group} is in one piece");
            }
        }
    }
}

#[test]
fn populations_follow_rank_and_survive_mergers() {
    for (world, _) in worlds() {
        for year in 2013..=2023 {
            let total: u32 = world.sites.iter().map(|site| site.inhabitants(year)).sum();
            for geography in [2015, 2020, 2024, 2026] {
                let communes = world.geography(geography);
                assert_eq!(communes.iter().map(|commune| world.inhabitants(commune, year)).sum::<u32>(), total);
            }
        }
        let mut sizes: Vec<f64> =
            world.geography(COG).iter().map(|commune| f64::from(world.inhabitants(commune, 2021))).collect();
        sizes.sort_by(|a, b| b.total_cmp(a));
        assert!((170_000.0..195_000.0).contains(&sizes[0]), "the city has {}", sizes[0]);
        assert!((40_000.0..70_000.0).contains(&sizes[1]), "the second town has {}", sizes[1]);
        // Least squares of log size on log rank over the sixty largest.
        let points: Vec<(f64, f64)> =
            sizes[..60].iter().enumerate().map(|(rank, size)| (((rank + 1) as f64).ln(), size.ln())).collect();
        let (mx, my) = (points.iter().map(|p| p.0).sum::<f64>() / 60.0, points.iter().map(|p| p.1).sum::<f64>() / 60.0);
        let slope = points.iter().map(|p| (p.0 - mx) * (p.1 - my)).sum::<f64>()
            / points.iter().map(|p| (p.0 - mx).powi(2)).sum::<f64>();
        assert!((-1.3..-0.75).contains(&slope), "rank-size slope {slope}");
    }
}

#[test]
fn history_shows_what_it_should() {
    for (world, practice) in worlds() {
        let (before, after) = (practice.count(world, 2014), practice.count(world, 2024));
        let change = |keep: &dyn Fn(usize) -> bool, counts: &[u32]| {
            (0..counts.len()).filter(|s| keep(*s)).map(|s| counts[s]).sum::<u32>()
        };
        let rural = |s: usize| world.sites[world.bassins[world.old[s].bassin].centre].rank.is_none_or(|rank| rank >= 7);
        let (then, now) = (change(&rural, &before), change(&rural, &after));
        assert!(f64::from(now) < 0.93 * f64::from(then), "rural doctors: {then} to {now}");
        let high = |s: usize| world.sites[s].height > 700.0;
        let people = |year: i32| {
            (0..world.sites.len()).filter(|s| high(*s)).map(|s| world.sites[s].inhabitants(year)).sum::<u32>()
        };
        assert!(people(2023) < people(2013), "mountains empty");
        let city = world.sites.iter().find(|site| site.rank == Some(0)).expect("there is a city");
        let ring = |year: i32| {
            world
                .sites
                .iter()
                .filter(|s| s.rank.is_none() && s.distance(city) < 14.0)
                .map(|s| s.inhabitants(year))
                .sum::<u32>()
        };
        assert!(ring(2023) > ring(2013), "suburbs grow");
    }
}

#[test]
fn every_commune_is_reached_by_road_and_names_are_unique() {
    for (world, _) in worlds() {
        let reached = world.roads.reach(0, f64::INFINITY);
        assert!((0..world.sites.len()).all(|s| reached[s].0.is_finite()), "the road network is in one piece");
        let communes = world.geography(COG);
        let names: BTreeSet<String> = communes.iter().map(|commune| commune.name.full()).collect();
        let codes: BTreeSet<&str> = communes.iter().map(|commune| world.code(commune)).collect();
        assert_eq!((names.len(), codes.len()), (communes.len(), communes.len()));
    }
}

#[test]
fn apl_conserves_supply_on_roads() {
    for (world, practice) in worlds() {
        let communes = world.geography(2023);
        let supply: Vec<f64> = practice.count(world, 2022).iter().map(|n| 4000.0 * f64::from(*n)).collect();
        let demand: Vec<f64> = world.sites.iter().map(|site| f64::from(site.inhabitants(2020))).collect();
        let apl = practice.catchment(&communes, &supply, &demand);
        let (offered, received) = (supply.iter().sum::<f64>(), apl.iter().map(|(apl, need)| apl * need).sum::<f64>());
        assert!((offered - received).abs() < 1e-9 * offered, "{offered} offered, {received} received");
    }
}

#[test]
fn equal_seeds_give_equal_bytes() {
    let (first, second, other) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let summary = write_official_files(7, first.path()).unwrap();
    assert_eq!(summary, write_official_files(7, second.path()).unwrap());
    write_official_files(8, other.path()).unwrap();
    let mut differing = 0;
    for file in &summary.files {
        let content = fs::read(first.path().join(file)).unwrap();
        assert_eq!(content, fs::read(second.path().join(file)).unwrap(), "{}", file.display());
        differing += usize::from(content != fs::read(other.path().join(file)).unwrap());
    }
    assert!(differing > summary.files.len() * 3 / 4, "another seed gives another territory");
    assert!(fs::read_to_string(first.path().join(MARKER)).unwrap().contains("graine 7"));
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let place = tempfile::NamedTempFile::new().unwrap();
    let error = write_official_files(1, place.path()).unwrap_err().to_string();
    assert!(error.contains(&place.path().display().to_string()) && error.contains("Vérifiez"), "{error}");
}

/// The formats are those of the real files: same first lines. Needs the real data, and says so when it is absent.
#[test]
fn headers_are_those_of_the_real_files() {
    let real = std::env::var_os("PACTE_REAL_DATA").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        std::path::PathBuf::from,
    );
    if !real.is_dir() {
        eprintln!(
            "REAL DATA ABSENT ({}): the formats of the training territory are not compared with it",
            real.display()
        );
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let summary = write_official_files(DEFAULT_SEED, folder.path()).unwrap();
    let mut compared = 0;
    for file in
        summary.files.iter().filter(|file| file.extension().is_some_and(|e| e == "csv") && real.join(file).is_file())
    {
        let first = |path: &std::path::Path| {
            let content = fs::read(path).unwrap();
            let end = content.iter().position(|byte| *byte == b'\n').unwrap();
            String::from_utf8(content[..=end].to_vec()).unwrap()
        };
        let (ours, theirs) = (first(&folder.path().join(file)), first(&real.join(file)));
        // INSEE's count of general practitioners is one column more than the carrier's file has.
        assert_eq!(ours.replace("NB_D201;", ""), theirs, "{}", file.display());
        compared += 1;
    }
    assert!(compared >= 15, "{compared} files compared");
}

/// The ordinary readers take every file as they take real ones, and find the sums the generator knows.
#[test]
fn the_ordinary_import_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let summary = write_official_files(DEFAULT_SEED, folder.path()).unwrap();
    let (parts, report) = import(folder.path(), &Options::default(), &Silent).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(report.files.len(), summary.files.len());
    let checked = ["communes_2025", "departements-avec", "regions-avec", "relief_grille"];
    for file in &report.files {
        let expected = if file.path.ends_with(".osm.pbf") {
            matches!(file.status, Status::Later(_))
        } else if checked.iter().any(|name| file.path.contains(name)) {
            matches!(file.status, Status::Checked(_))
        } else {
            file.status == Status::Imported && file.matched > 0
        };
        assert!(expected, "{}: {:?}", file.path, file.status);
    }
    let total = |concept: &str, vintage: i16| {
        let column = parts.columns.iter().find(|column| column.key() == format!("{concept}@{vintage}"));
        column.unwrap_or_else(|| panic!("{concept} of {vintage} is read")).total()
    };
    assert_eq!(total("population.municipal", 2021), summary.population as f64);
    assert_eq!(total("supply.gp", 2024), f64::from(summary.general_practitioners));
    let (world, practice) = &worlds()[0];
    for year in 2013..=2023i16 {
        let people: u32 = world.sites.iter().map(|site| site.inhabitants(i32::from(year))).sum();
        assert!(
            (total("population.municipal", year) - f64::from(people)).abs() < 1e-6,
            "nobody is lost to mergers, {year}"
        );
    }
    for year in [2014, 2017, 2019, 2022] {
        let doctors: u32 = practice.count(world, i32::from(year) + 1).iter().sum();
        assert_eq!(total("supply.gp", year), f64::from(doctors), "doctors of {year}");
    }
    assert_eq!((total("supply.emergency", 2017), total("supply.emergency", 2020)), (9.0, 8.0));
    assert_eq!((parts.quarters.len(), parts.couples.len()), (12, 1200));
    assert!(parts.places.len() > 1000 && parts.lines.len() > 2000);
    assert_eq!(report.roads, [folder.path().join("entrainement/routes.osm.pbf")]);
}
