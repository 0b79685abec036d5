//! Projections and shares of older practitioners over invented territories.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::sync::Arc;

use pacte_access::ages::{Register, TEMPLATE, supply_over, supply_over_with};
use pacte_access::compute::ComputeOptions;
use pacte_access::foresight::{Assumptions, Levers, Projection, Start, project};
use pacte_access::ground::Ground;
use pacte_territory::{Grouping, Level, Territory};
use proptest::prelude::*;

use crate::land::{Land, column, disc, lands, provenance};

/// Three regions, an APL published with and without doctors over 65: the west has old ones.
fn ground(land: &Land) -> Arc<Ground> {
    let mut parts = land.parts();
    let n = land.len();
    let code = |i: usize| {
        if land.points[i].0 < 2.0 {
            "24"
        } else if i.is_multiple_of(2) {
            "11"
        } else {
            "93"
        }
    };
    parts.groupings.push(Grouping::from_codes(
        Level::Region,
        provenance(),
        (0..n).map(|i| Some(code(i))),
        str::to_owned,
    ));
    let all: Vec<f64> = (0..n).map(|i| 3.0 + (i % 5) as f64 / 4.0).collect();
    let kept = (0..n).map(|i| all[i] * if land.points[i].0 < 2.0 { 0.7 } else { 0.95 }).collect();
    parts.columns.push(column("apl.gp", 2022, all));
    parts.columns.push(column("apl.gp_65", 2022, kept));
    Arc::new(Ground::new(Arc::new(Territory::assemble(parts).unwrap()), &ComputeOptions::default()).unwrap())
}

fn start(land: &Land) -> Start {
    Start::new(ground(land), None).unwrap()
}

fn with(start: &Start, changes: &[(&str, &str)], levers: Levers) -> Projection {
    let mut assumptions = Assumptions::shipped();
    for (name, value) in changes {
        assumptions.set(name, value).unwrap();
    }
    project(start, assumptions, levers, 2040).unwrap()
}

#[test]
fn the_old_are_found_where_the_published_apl_misses_them() {
    let land = disc(300);
    let ground = ground(&land);
    let shares = supply_over(&ground, 65).unwrap();
    let supply = &ground.catchment().unwrap().supply;
    let mean = |west: bool| {
        let chosen = (0..land.len()).filter(|i| (land.points[*i].0 < 1.95) == west && land.points[*i].0 != 2.0);
        let (sum, total) = chosen.fold((0.0, 0.0), |s, i| (s.0 + shares.share[i] * supply[i], s.1 + supply[i]));
        sum / total
    };
    assert!(mean(true) > 0.2 && mean(false) < 0.15, "{} {}", mean(true), mean(false));
    let (sum, total) = supply.iter().zip(&shares.share).fold((0.0, 0.0), |s, (m, a)| (s.0 + m * a, s.1 + m));
    assert!((sum / total - shares.national).abs() < 1e-12, "the national share is kept exactly");
    let fit = shares.fit.unwrap();
    assert!(fit.local > fit.national && fit.ratio > 0.8, "{fit:?}");
    let older = supply_over(&ground, 70).unwrap();
    assert!(older.share.iter().zip(&shares.share).all(|(a, b)| a <= b) && older.national < shares.national);
    assert!(supply_over(&ground, 12).unwrap_err().contains("entre 25 et 79"));
}

#[test]
fn nothing_published_leaves_the_national_share() {
    let land = disc(60);
    let territory = Arc::new(land.territory());
    let ground = Ground::new(territory, &ComputeOptions::default()).unwrap();
    let shares = supply_over(&ground, 65).unwrap();
    assert!((shares.national - 0.118).abs() < 1e-9 && shares.share.iter().all(|share| *share == shares.national));
    assert!(shares.method.contains("faute") && shares.fit.is_none());
}

#[test]
fn a_register_decides_where_it_names_all() {
    let land = disc(60);
    let ground = ground(&land);
    let heads = &ground.catchment().unwrap().heads.counts;
    let busy = (0..land.len()).max_by(|a, b| heads[*a].total_cmp(&heads[*b])).unwrap();
    let code = ground.territory().communes.code[busy];
    let mut text = String::from("profession;commune;naissance;activite;depuis\n");
    for i in 0..heads[busy].round() as usize {
        let born = if i % 4 == 0 { 1950 } else { 1980 };
        text.push_str(&["gp;", &code.to_string(), ";", &born.to_string(), ";;\n"].concat());
    }
    let wrong = format!("nurse;{code};1950;;\ngp;{code};1850;;\ngp;99999;1980;;\ngp;{code};1980;beaucoup;\n");
    text.push_str(&wrong);
    let (register, refusals) = Register::read(ground.territory(), "registre.csv", &text, "gp", 2024).unwrap();
    assert_eq!(refusals.iter().map(|refusal| refusal.line).collect::<Vec<_>>().len(), 3, "{refusals:?}");
    assert!(refusals[0].problem.contains("1850") && refusals[1].problem.contains("99999"));
    let shares = supply_over_with(&ground, 65, &Assumptions::shipped(), Some(&register)).unwrap();
    let named = register.practitioners().len();
    let expected = named.div_ceil(4) as f64 / named as f64;
    assert!((shares.share[busy] - expected).abs() < 1e-9, "{} {expected}", shares.share[busy]);
    let error = Register::read(ground.territory(), "r.csv", "commune;naissance\n", "gp", 2024).unwrap_err();
    assert!(error.contains("profession") && error.contains(TEMPLATE.lines().next().unwrap()), "{error}");
}

#[test]
fn stocks_follow_and_territories_add_up_to_the_country() {
    let start = start(&disc(200));
    let projection = with(&start, &[], Levers::default());
    let country = projection.series(Level::Country, 0).rows;
    assert_eq!((country[0].year, country.len()), (2024, 17));
    let heads: f64 = start.ground.catchment().unwrap().heads.counts.iter().sum();
    assert!((country[0].heads.central - heads).abs() < 1e-9);
    for level in [Level::Commune, Level::Departement, Level::Region] {
        let mut sums = vec![(0.0, 0.0, 0.0); country.len()];
        for area in 0..start.ground.territory().count(level) {
            let rows = projection.series(level, area).rows;
            for (sum, row) in sums.iter_mut().zip(&rows) {
                *sum = (sum.0 + row.heads.central, sum.1 + row.entries, sum.2 + row.fte.central);
            }
            for pair in rows.windows(2) {
                let next = pair[0].heads.central + pair[1].entries - pair[1].exits;
                assert!((pair[1].heads.central - next).abs() < 1e-9);
            }
        }
        for (sum, row) in sums.iter().zip(&country) {
            assert!((sum.0 - row.heads.central).abs() < 1e-7 && (sum.1 - row.entries).abs() < 1e-7, "{level}");
            assert!((sum.2 - row.fte.central).abs() < 1e-6, "{level}");
        }
    }
    for row in &country {
        for interval in [Some(row.heads), Some(row.fte), row.density, row.apl].into_iter().flatten() {
            assert!(interval.low <= interval.central && interval.central <= interval.high, "{row:?}");
        }
    }
    // The base is what the pages show.
    let catchment = start.ground.catchment().unwrap();
    let apl = catchment.apl(&catchment.supply).apl;
    for commune in [0_u32, 17, 150] {
        let first = projection.series(Level::Commune, commune).rows[0].apl.unwrap().central;
        assert!((first - apl[commune as usize]).abs() < 1e-9, "{first} {}", apl[commune as usize]);
        let last = projection.apl_in(2040)[commune as usize];
        let series = projection.series(Level::Commune, commune).rows[16].apl.unwrap().central;
        assert!((last - series).abs() < 1e-9, "{last} {series}");
    }
}

#[test]
fn nobody_arriving_only_departures_remain() {
    let start = start(&disc(120));
    let none = [("gp_share", "0"), ("other_entries", "0")];
    let projection = with(&start, &none, Levers::default());
    for area in 0..start.ground.territory().count(Level::Region) {
        let rows = projection.series(Level::Region, area).rows;
        assert!(rows.windows(2).all(|pair| pair[1].heads.central <= pair[0].heads.central));
        assert!(rows.iter().all(|row| row.entries == 0.0));
    }
}

#[test]
fn those_who_stay_stay_and_places_come_where_they_are_opened() {
    let start = start(&disc(200));
    let territory = start.ground.territory();
    let west = territory.find(Level::Region, "24").unwrap();
    let at = |projection: &Projection, area: u32| projection.series(Level::Region, area).rows[16].heads.central;
    let national = |projection: &Projection| projection.series(Level::Country, 0).rows[16].heads.central;
    let (low, high) = (
        with(&start, &[("retention", "0.5")], Levers::default()),
        with(&start, &[("retention.24", "1"), ("other_entries", "250")], Levers::default()),
    );
    assert!((national(&low) - national(&with(&start, &[], Levers::default()))).abs() < 1e-9, "moving is no loss");
    assert!(at(&high, west) > at(&low, west));
    // Everybody stays: a region receives exactly what its own places give it.
    let stay = with(&start, &[("retention", "1"), ("other_entries", "0")], Levers::default());
    let arrivals: Vec<f64> = stay.regions().iter().map(|region| region.arrivals.iter().sum()).collect();
    let total: f64 = arrivals.iter().sum();
    for (region, arrivals) in stay.regions().iter().zip(&arrivals) {
        assert!((arrivals / total - region.places_share).abs() < 1e-9, "{region:?}");
    }
    let levers = Levers { places: 10.0, from: 2015, regions: vec!["24".into()] };
    let more = with(&start, &[("retention", "1"), ("other_entries", "0")], levers);
    assert!(at(&more, west) > at(&stay, west));
    for other in (0..territory.count(Level::Region)).filter(|area| *area != west) {
        assert!((at(&more, other) - at(&stay, other)).abs() < 1e-9, "places of the west stay in the west");
    }
    let unknown = Levers { places: 10.0, from: 2015, regions: vec!["99".into()] };
    let error = project(&start, Assumptions::shipped(), unknown, 2040).unwrap_err();
    assert!(error.contains("99") && error.contains("24"), "{error}");
}

#[test]
fn the_first_to_fall_come_first() {
    let start = start(&disc(300));
    let projection = with(&start, &[("gp_share", "0"), ("other_entries", "0")], Levers::default());
    let falls = projection.falls(Level::Commune, 2.5, None);
    assert!(!falls.rows.is_empty());
    let communes = start.ground.territory().len();
    let unpopulated = start
        .ground
        .catchment()
        .unwrap()
        .known_demand
        .iter()
        .filter(|people| people.is_nan() || **people <= 0.0)
        .count();
    assert_eq!(falls.rows.len() + falls.already.0 + falls.above + unpopulated, communes);
    let years: Vec<i16> = falls.rows.iter().map(|fall| fall.year.unwrap_or(i16::MAX)).collect();
    assert!(years.is_sorted());
    for fall in falls.rows.iter().take(40) {
        let rows = projection.series(Level::Commune, fall.area).rows;
        let first = rows.iter().find(|row| row.apl.is_some_and(|apl| apl.central < 2.5)).map(|row| row.year);
        assert_eq!(first, fall.year);
        assert!(fall.year_low.unwrap_or(i16::MAX) <= fall.year.unwrap_or(i16::MAX));
    }
    let home = start.ground.territory().find(Level::Region, "24").unwrap();
    let west = projection.falls(Level::Commune, 2.5, Some((Level::Region, home)));
    assert!(west.rows.len() < falls.rows.len());
    assert!(project(&start, Assumptions::shipped(), Levers::default(), 2024).unwrap_err().contains("2025"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_land_keeps_its_sums(land in lands(), retention in 0.0_f64..=1.0, places in 0.0_f64..200.0) {
        prop_assume!(land.gps.iter().sum::<f64>() > 0.0 && land.people.iter().sum::<f64>() > 0.0);
        let start = start(&land);
        let levers = Levers { places, from: 2020, regions: Vec::new() };
        let projection = with(&start, &[("retention", &retention.to_string())], levers);
        let country = projection.series(Level::Country, 0).rows;
        let areas = start.ground.territory().count(Level::Region);
        for (step, row) in country.iter().enumerate() {
            let rows = (0..areas).map(|area| projection.series(Level::Region, area).rows[step].heads.central);
            prop_assert!((rows.sum::<f64>() - row.heads.central).abs() < 1e-6 * row.heads.central.max(1.0));
            prop_assert!(row.heads.low <= row.heads.central && row.heads.central <= row.heads.high);
        }
    }
}
