//! Travel times: what holds whatever the territory, and a fit that finds the truth back.

use pacte_access::travel::calibrate::{CalibrationError, calibrate_on};
use pacte_access::travel::{Coefficients, Model, ModelParameters, Network, TravelTimes as _, nearest};
use pacte_territory::TravelCouple;
use proptest::prelude::*;

use crate::land::{disc, lands};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_table_is_what_single_questions_answer(land in lands(), max in 5.0..60.0_f64) {
        let model = Model::shipped(&land.territory());
        let od = model.matrix(max);
        prop_assert_eq!(od.origins(), land.len());
        for a in 0..land.len() as u32 {
            let row: Vec<(u32, f32)> = od.row(a).collect();
            prop_assert!(row.windows(2).all(|pair| pair[0].0 < pair[1].0), "sorted by destination");
            prop_assert!(row.contains(&(a, 0.0)));
            for b in 0..land.len() as u32 {
                let minutes = model.minutes(a, b);
                prop_assert_eq!(minutes, model.minutes(b, a), "both ways alike");
                let inside = row.iter().find(|(target, _)| *target == b).map(|(_, minutes)| *minutes);
                prop_assert_eq!(inside, minutes.filter(|minutes| *minutes <= max).map(|minutes| minutes as f32));
                if a != b {
                    prop_assert!(minutes.is_none_or(|minutes| minutes >= 1.0));
                }
                let apart = (a as usize >= land.island) != (b as usize >= land.island);
                prop_assert!(!apart || minutes.is_none(), "nothing joins the island");
            }
        }
    }

    #[test]
    fn the_nearest_place_is_the_best_of_all(land in lands()) {
        let territory = land.territory();
        let model = Model::shipped(&territory);
        let rare: Vec<f64> = (0..land.len()).map(|i| f64::from(u8::from(i == 3))).collect();
        let none = vec![0.0; land.len()];
        let found = nearest(&model, &[&land.gps, &rare, &none]);
        for (kind, counts) in [&land.gps, &rare, &none].into_iter().enumerate() {
            for origin in 0..land.len() as u32 {
                let best = (0..land.len() as u32)
                    .filter(|place| counts[*place as usize] > 0.0)
                    .filter_map(|place| Some((model.minutes(origin, place)?, place)))
                    .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                let found = found[kind][origin as usize];
                prop_assert_eq!(found.is_some(), best.is_some());
                if let (Some(found), Some((minutes, _))) = (found, best) {
                    // Ways of equal length may be summed in another order.
                    prop_assert!((found.minutes - minutes).abs() < 1e-6, "{} {}", found.minutes, minutes);
                }
            }
        }
    }
}

#[test]
fn the_fit_finds_the_coefficients_times_were_made_with() {
    let land = disc(900);
    let territory = land.territory();
    let truth = Coefficients { constant: 2.0, straight: 0.7, root: 1.5, detour: 0.6, open: -0.2, dense: 1.1 };
    let network = Network::new(&territory, &ModelParameters::shipped());
    let couple = |i: u32| {
        let (a, b) = (i * 131 % 900, i * 577 % 900);
        let way = network.way(a, b)?;
        let minutes: f64 = truth.to_array().iter().zip(Coefficients::terms(&way)).map(|(c, t)| c * t).sum();
        // An error of ±4 %, the same for every run.
        let error = 1.0 + 0.04 * (f64::from(i * 7919 % 1000) / 500.0 - 1.0);
        let point = |commune: u32| <[f64; 2]>::from(land.points[commune as usize]);
        Some(TravelCouple {
            origin: point(a),
            destination: point(b),
            metric_minutes: minutes * error,
            osrm_minutes: f64::NAN,
            road_km: f64::NAN,
        })
    };
    let mut couples: Vec<TravelCouple> =
        (1..1500).filter(|i| i * 131 % 900 != i * 577 % 900).filter_map(couple).collect();
    couples[5].metric_minutes = 9999.0;
    let report = calibrate_on(&territory, &ModelParameters::shipped(), &couples).unwrap();
    assert_eq!((report.left_out, report.fitted.couples as usize), (1, couples.len() - 1));
    assert!(report.relative < 0.03, "{report:?}");
    assert!(report.cross_validated.rmse >= report.fitted.rmse);
    for (found, truth) in report.coefficients.to_array().into_iter().zip(truth.to_array()) {
        assert!((found - truth).abs() < 0.15 * truth.abs().max(1.0), "{report:?}");
    }
    assert_eq!(
        calibrate_on(&territory, &ModelParameters::shipped(), &couples[..12]),
        Err(CalibrationError::TooFew { found: 11 })
    );
}

#[test]
fn parameters_out_of_range_are_refused_with_their_line() {
    let text = ModelParameters::shipped_text();
    assert!(ModelParameters::shipped().coefficients.straight > 0.0);
    let error = ModelParameters::from_yaml("essai.yaml", &text.replace("fastest: 1.6", "fastest: 96")).unwrap_err();
    let line = text.lines().position(|line| line.starts_with("fastest:")).unwrap() as u64 + 1;
    assert_eq!((error.line, error.field.as_str()), (line, "fastest"), "{error}");
}
