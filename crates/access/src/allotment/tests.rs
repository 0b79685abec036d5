//! Published tables, brute force on small cases, and the properties of each rule.

use proptest::prelude::*;

use super::*;

fn party(name: &str, need: u64, floor: u64, cap: Option<u64>) -> Party {
    Party { name: name.into(), need: need.into(), floor, cap, previous: None }
}

fn demand(rule: Rule, seats: u64, parties: Vec<Party>) -> Demand {
    Demand { seats, parties, rule, max_rise: None }
}

fn seats(demand: &Demand) -> Vec<u64> {
    allot(demand).unwrap().awards.iter().map(|award| award.seats).collect()
}

#[test]
fn published_tables_come_out_of_every_rule() {
    for table in AllotmentTable::shipped().into_iter().filter(|table| table.id != "dix-regions-2015") {
        for rule in Rule::ALL {
            let demand = demand(rule, table.seats, table.parties.clone());
            let found = seats(&demand);
            assert_eq!(found.iter().sum::<u64>(), table.seats, "{} {rule:?}", table.id);
            for (seats, party) in found.iter().zip(&table.parties) {
                let need = party.need.units as u64;
                assert!(seats.abs_diff(need) <= 1, "{} {rule:?} {} : {seats} for {need}", table.id, party.name);
            }
        }
    }
    let of = |id: &str| AllotmentTable::find(id).unwrap();
    let sum = |id: &str| of(id).parties.iter().map(|party| party.need.units).sum::<u128>();
    assert_eq!((of("numerus-clausus-2006").seats, sum("numerus-clausus-2006")), (7100, 7100));
    assert_eq!((of("zones-fragiles-2011").seats, sum("zones-fragiles-2011")), (4_559_384, 4_559_385));
    assert_eq!(of("zones-fragiles-2011-outre-mer").seats, 679_399);
}

#[test]
fn the_measure_of_2015_is_shared_by_places() {
    let table = AllotmentTable::find("dix-regions-2015").unwrap();
    assert_eq!(table.parties.iter().map(|party| party.need.units).sum::<u128>(), 2379);
    let found = seats(&demand(Rule::SainteLague, 131, table.parties.clone()));
    assert_eq!((found.len(), found.iter().sum::<u64>()), (10, 131));
}

/// The example of Balinski and Young: 26 seats, six parties.
#[test]
fn textbook_example() {
    let needs = [9061, 7179, 5259, 3319, 1182, 0];
    let parties = |needs: &[u64]| -> Vec<Party> {
        (b'A'..).zip(needs).map(|(name, need)| party(&char::from(name).to_string(), *need, 0, None)).collect()
    };
    for (rule, expected) in [
        (Rule::LargestRemainder, [9, 7, 5, 4, 1, 0]),
        (Rule::SainteLague, [9, 8, 5, 3, 1, 0]),
        (Rule::DHondt, [10, 7, 5, 3, 1, 0]),
    ] {
        assert_eq!(seats(&demand(rule, 26, parties(&needs))), expected, "{rule:?}");
    }
    // Bahn: the seat of a remainder goes away when the house grows (Alabama), not with Sainte-Laguë.
    let alabama = |rule, seats_asked| seats(&demand(rule, seats_asked, parties(&[6, 6, 2])));
    assert_eq!(
        (alabama(Rule::LargestRemainder, 10), alabama(Rule::LargestRemainder, 11)),
        (vec![4, 4, 2], vec![5, 5, 1])
    );
    assert_eq!(alabama(Rule::SainteLague, 11), [5, 5, 1]);
}

#[test]
fn impossible_demands_say_what_would_do() {
    let said = |demand: &Demand| allot(demand).unwrap_err().to_string();
    let two = |a: (u64, Option<u64>), b: (u64, Option<u64>)| vec![party("A", 1, a.0, a.1), party("B", 1, b.0, b.1)];
    let rule = Rule::SainteLague;
    assert!(said(&demand(rule, 10, two((6, None), (7, None)))).contains("au moins 13"));
    assert!(said(&demand(rule, 10, two((0, Some(3)), (0, Some(4))))).contains("au plus 7"));
    assert!(said(&demand(rule, 10, two((5, Some(3)), (0, None)))).contains("plancher 5"));
    assert!(
        said(&demand(rule, 10, vec![party("A", 0, 0, None), party("B", 1, 0, Some(4))])).contains("4 places au plus")
    );
    assert!(said(&demand(rule, 10, vec![party("A", 1, 0, None), party("A", 1, 0, None)])).contains("deux fois"));
    assert!(said(&demand(rule, 10, Vec::new())).contains("aucune partie"));
    let mut risen = demand(rule, 100, two((60, None), (0, None)));
    risen.parties[0].previous = Some(50);
    risen.max_rise = Some(1_000);
    assert!(said(&risen).contains("hausse permise"));
}

#[test]
fn a_limit_on_rises_caps_and_says_so() {
    let mut parties = vec![party("A", 90, 0, None), party("B", 10, 0, None)];
    parties[0].previous = Some(41);
    for rule in Rule::ALL {
        let found = allot(&Demand { seats: 100, parties: parties.clone(), rule, max_rise: Some(1_000) }).unwrap();
        // 41 × 1.10 = 45.1: 45 at most.
        assert_eq!((found.awards[0].seats, found.awards[1].seats), (45, 55), "{rule:?}");
        assert_eq!(found.awards[0].reason, Reason::Rise, "{rule:?}");
    }
}

#[test]
fn equal_parties_are_settled_by_need_then_name_and_it_is_told() {
    let parties = vec![party("Zoé", 10, 0, None), party("Ana", 10, 0, None), party("Max", 20, 0, None)];
    for rule in Rule::ALL {
        let found = allot(&demand(rule, 5, parties.clone())).unwrap();
        assert_eq!(found.awards[2].seats, 3, "{rule:?}");
        let equal = allot(&demand(rule, 3, vec![party("Zoé", 10, 0, None), party("Ana", 10, 0, None)])).unwrap();
        assert_eq!((equal.awards[0].seats, equal.awards[1].seats), (1, 2), "{rule:?}");
        assert_eq!(equal.tie, Some(Tie { won: vec![1], lost: vec![0] }), "{rule:?}");
    }
    assert_eq!(allot(&demand(Rule::SainteLague, 4, parties)).unwrap().tie, None);
}

#[test]
fn texts_are_read_and_their_faults_named() {
    let parties = read_parties("essai.csv", TEMPLATE).unwrap();
    assert_eq!(parties.len(), 3);
    assert_eq!((parties[1].need, parties[1].cap), (Decimal { units: 1965, scale: 1 }, Some(220)));
    let table = AllotmentTable::find("zones-fragiles-2011").unwrap();
    assert_eq!(read_parties("table", &table.csv()).unwrap(), table.parties, "a table reads back");
    let commas = read_parties("essai.csv", "party,need\n\"Val, d’Oise\",12.5\n").unwrap();
    assert_eq!(commas[0].name, "Val, d’Oise");
    for (text, said) in [
        ("", "est vide"),
        ("partie;plancher\nA;1", "besoin"),
        ("partie;besoin\nA;-3", "essai.csv:2 : besoin"),
        ("partie;besoin\nA;\n;4", "le besoin manque"),
        ("partie;besoin;plancher\nA;1;2,5", "plancher"),
        ("partie,besoin\nA,1,5", "points-virgules"),
        ("partie;besoin\n", "aucune partie"),
        ("partie;besoin\nA;1234567890123456789", "18 chiffres"),
    ] {
        let faults = read_parties("essai.csv", text).unwrap_err().join("\n");
        assert!(faults.contains(said), "{text:?} : {faults}");
    }
    assert_eq!(read_parties("essai.csv", "partie;besoin\n;x\nB;y").unwrap_err().len(), 3, "every fault is told");
}

#[test]
fn huge_houses_and_tiny_needs_stay_exact_and_quick() {
    for rule in Rule::ALL {
        let parties = vec![party("A", 1, 0, None), party("B", 1, 0, None), party("C", 1, 0, None)];
        assert_eq!(seats(&demand(rule, MOST_SEATS, parties)), [333_333_334, 333_333_333, 333_333_333], "{rule:?}");
        let wide = vec![party("A", 999_999_999_999_999_999, 0, None), party("B", 1, 0, None)];
        assert_eq!(seats(&demand(rule, MOST_SEATS, wide)), [MOST_SEATS, 0], "{rule:?}");
    }
    assert_eq!((read_rise("10"), read_rise("6,4")), (Ok(1_000), Ok(640)));
    assert!(read_rise("1001").is_err() && read_rise("-1").is_err() && read_rise("0.123").is_err());
}

#[test]
fn fractions_compare_exactly() {
    let big = 10_u128.pow(36);
    assert!(Fraction::new(big + 1, big) > Fraction::new(big + 2, big + 1));
    assert_eq!(Fraction::new(2 * big, 6), Fraction::new(big, 3));
    assert!(Fraction::new(1, 3) < Fraction::new(big, 3 * big - 1));
    assert_eq!(Decimal::parse("1\u{202f}234,50").unwrap().to_string(), "1234.5");
}

/// Demands that have an answer: floors below caps, sums that hold.
fn demands() -> impl Strategy<Value = Demand> {
    let one = (1_u64..5_000, 0_u64..12, prop::option::of(0_u64..80));
    (prop::collection::vec(one, 1..14), 0_u64..400, 0_usize..3).prop_filter_map(
        "no answer",
        |(parties, seats, rule)| {
            let parties = parties
                .iter()
                .enumerate()
                .map(|(i, (need, floor, room))| {
                    party(&format!("p{i:02}"), *need, *floor, room.map(|room| floor + room))
                })
                .collect();
            let demand = demand(Rule::ALL[rule], seats, parties);
            check(&demand).is_ok().then_some(demand)
        },
    )
}

/// What giving seats one by one from the floors gives: the definition of rules of quotients.
fn one_by_one(demand: &Demand) -> Vec<u64> {
    let limits = check(demand).unwrap();
    let mut held: Vec<u64> = limits.iter().map(|one| one.floor).collect();
    while held.iter().sum::<u64>() < demand.seats {
        let quotient = |party: usize| {
            let divisor = if demand.rule == Rule::DHondt { held[party] + 1 } else { 2 * held[party] + 1 };
            Fraction::new(limits[party].need, u128::from(divisor))
        };
        let open = (0..held.len()).filter(|party| held[*party] < limits[*party].most(demand.seats));
        let best = open
            .max_by(|a, b| quotient(*a).cmp(&quotient(*b)).then_with(|| precedes(&limits, &demand.parties, *b, *a)))
            .unwrap();
        held[best] += 1;
    }
    held
}

proptest! {
    #[test]
    fn every_answer_is_whole_and_within_limits(demand in demands()) {
        let found = allot(&demand).unwrap();
        prop_assert_eq!(found.awards.iter().map(|award| award.seats).sum::<u64>(), demand.seats);
        for (award, party) in found.awards.iter().zip(&demand.parties) {
            prop_assert!(award.seats >= party.floor && party.cap.is_none_or(|cap| award.seats <= cap));
        }
        // Exact shares add up to the seats too.
        let total: f64 = found.awards.iter().map(|award| award.share.value()).sum();
        prop_assert!((total - demand.seats as f64).abs() < 1e-6);
    }

    #[test]
    fn largest_remainders_stay_within_a_seat_of_the_exact_share(demand in demands()) {
        let found = allot(&Demand { rule: Rule::LargestRemainder, ..demand }).unwrap();
        for award in &found.awards {
            let whole = award.share.whole() as u64;
            let up = u64::from(award.share.fraction().over > 0);
            prop_assert!((whole..=whole + up).contains(&award.seats), "{award:?}");
        }
    }

    #[test]
    fn quotients_give_what_giving_seats_one_by_one_gives(demand in demands()) {
        prop_assume!(demand.rule != Rule::LargestRemainder);
        prop_assert_eq!(seats(&demand), one_by_one(&demand));
    }

    #[test]
    fn a_larger_house_takes_no_seat_away_by_quotients(demand in demands()) {
        prop_assume!(demand.rule != Rule::LargestRemainder);
        let larger = Demand { seats: demand.seats + 1, ..demand.clone() };
        prop_assume!(check(&larger).is_ok());
        for (before, after) in seats(&demand).iter().zip(seats(&larger)) {
            prop_assert!(after >= *before);
        }
    }

    #[test]
    fn neither_the_unit_of_need_nor_the_order_matters(demand in demands(), factor in 2_u128..1_000, turn in 0_usize..14) {
        let before = seats(&demand);
        let mut scaled = demand.clone();
        for party in &mut scaled.parties {
            party.need.units *= factor;
        }
        prop_assert_eq!(&seats(&scaled), &before);
        let mut turned = demand.clone();
        let turn = turn % turned.parties.len();
        turned.parties.rotate_left(turn);
        let mut expected = before;
        expected.rotate_left(turn);
        prop_assert_eq!(seats(&turned), expected);
    }
}
