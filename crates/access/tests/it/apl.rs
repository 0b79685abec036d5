//! Invariants of the APL (domain note §1.2) over random territories and random official-like decays.

use pacte_access::apl::apl;
use pacte_access::method::{AplMethod, Band, Boundary, Decay};
use pacte_access::od::OdMatrix;
use pacte_access::travel::{Model, TravelTimes as _};
use proptest::prelude::*;

use crate::land::{Land, lands};

fn decays() -> impl Strategy<Value = Decay> {
    (prop::collection::vec((1.0..15.0_f64, 0.05..1.0_f64), 1..5), prop::bool::ANY).prop_map(|(steps, below)| {
        let (mut upto, mut weight) = (0.0, 1.0);
        let bands = steps
            .into_iter()
            .map(|(minutes, share)| {
                upto += minutes;
                let band = Band { upto, weight };
                weight *= share;
                band
            })
            .collect();
        Decay { boundary: if below { Boundary::Below } else { Boundary::Upto }, bands }
    })
}

fn table(land: &Land, decay: &Decay, uncertainty: f64) -> (OdMatrix, Vec<f64>) {
    let decay = decay.expected(uncertainty);
    let od = Model::shipped(&land.territory()).matrix(decay.reach());
    let weights = od.weights(|minutes| decay.weight(minutes));
    (od, weights)
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1e-300)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn supply_is_conserved(land in lands(), decay in decays(), uncertainty in prop_oneof![Just(0.0), 0.5..4.0]) {
        let (od, weights) = table(&land, &decay, uncertainty);
        let result = apl(&od, &weights, &land.gps, &land.people);
        let received: f64 = result.apl.iter().zip(&land.people).map(|(apl, people)| apl * people).sum();
        let offered = land.gps.iter().sum::<f64>() - result.unreached;
        prop_assert!(close(received, offered) || offered == 0.0 && received == 0.0, "{received} {offered}");
        prop_assert!(result.apl.iter().all(|apl| *apl >= 0.0));
    }

    #[test]
    fn it_is_homogeneous(land in lands(), decay in decays(), k in 0.1..50.0_f64) {
        let (od, weights) = table(&land, &decay, 0.0);
        let times = |values: &[f64]| values.iter().map(|value| value * k).collect::<Vec<_>>();
        let plain = apl(&od, &weights, &land.gps, &land.people);
        let more = apl(&od, &weights, &times(&land.gps), &land.people);
        let crowded = apl(&od, &weights, &land.gps, &times(&land.people));
        for i in 0..land.len() {
            prop_assert!(close(more.apl[i], plain.apl[i] * k));
            prop_assert!(close(crowded.apl[i], plain.apl[i] / k));
        }
    }

    #[test]
    fn a_commune_alone_has_its_own_ratio(people in 1.0..1e6_f64, gps in 0.0..1e3_f64, decay in decays()) {
        let land = Land { points: vec![(2.0, 46.0)], people: vec![people], km2: vec![10.0], gps: vec![gps], island: 1 };
        let (od, weights) = table(&land, &decay, 0.0);
        prop_assert!(close(apl(&od, &weights, &land.gps, &land.people).apl[0], gps / people));
    }

    #[test]
    fn another_doctor_never_lowers_anyones_access(land in lands(), at in 0_usize..12) {
        let decay = AplMethod::shipped("mg-2022").unwrap().decay;
        let (od, weights) = table(&land, &decay, 0.0);
        let before = apl(&od, &weights, &land.gps, &land.people);
        let mut gps = land.gps.clone();
        gps[at] += 1.0;
        let after = apl(&od, &weights, &gps, &land.people);
        for (before, after) in before.apl.iter().zip(&after.apl) {
            prop_assert!(after >= before);
        }
    }
}
