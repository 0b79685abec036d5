//! Zoning proposed on the real files of France, against what was published.

use std::fs;

use pacte_access::zoning::{Classes, Inputs, Proposal, Reason, Unit, Zoner, ZoningMethod, effects, published, review};
use pacte_territory::{Territory, snapshot};

use crate::support::real;

/// The territory of real files, `None` after saying loudly that nothing is checked without them.
fn france(test: &str) -> Option<Territory> {
    let folder = real(test)?.join("territory");
    let current = fs::read_to_string(folder.join("current")).expect("an import names its territory");
    Some(snapshot::read(&folder.join(current.trim())).expect("a snapshot").territory)
}

fn propose(territory: &Territory, method: &ZoningMethod) -> Proposal {
    let inputs = Inputs::of(territory, method).expect("a population");
    let zoner = Zoner::new(territory, method, &inputs).expect("a level");
    zoner.propose_on(published(territory, method).expect("an indicator")).expect("a proposal")
}

/// Share of people of each class, in percent, and that of units without class.
fn shares(proposal: &Proposal) -> Vec<f64> {
    let people = proposal.people_by_class();
    let all: u64 = people.iter().sum();
    println!("{} : {} zones de niveau {}", proposal.method, proposal.units.len(), proposal.level);
    for (i, people) in people.iter().enumerate() {
        let class = proposal.classes.get(i).map_or("sans classe", |class| class.short.as_str());
        println!("  {class} : {people} habitants, {:.2} %", *people as f64 * 100.0 / all as f64);
    }
    people.iter().map(|people| *people as f64 * 100.0 / all as f64).collect()
}

#[test]
fn shares_of_people_stand_beside_the_published_ones() {
    let Some(france) = france("shares_of_people_stand_beside_the_published_ones") else { return };
    for (name, check) in [
        // 18 % in 2018 on the APL of 2015; the vintage is 2022 here and the units are bassins de vie.
        ("medecins-2017", &(|shares: &[f64]| (15.0..23.0).contains(&shares[0])) as &dyn Fn(&[f64]) -> bool),
        // Pools of 30.2 % and 42.0 %: the bassin de vie of Paris, 10.8 million people, fits in no quota of its region.
        ("medecins-2021", &|shares| (26.0..=30.2).contains(&shares[0]) && (32.0..=42.0).contains(&shares[1])),
        // 7.34 % of metropolitan people in 2008, and Guyane whole.
        ("medecins-2011", &|shares| (7.0..8.2).contains(&shares[0])),
    ] {
        let method = ZoningMethod::shipped(name).expect("a shipped method");
        let proposal = propose(&france, &method);
        let shares = shares(&proposal);
        assert!(check(&shares), "{name}: {shares:?}");
        assert!((shares.iter().sum::<f64>() - 100.0).abs() < 1e-9);
        for quota in &proposal.quotas {
            assert!(quota.used <= quota.allowed.max(quota.mandatory), "{quota:?}");
        }
        assert_eq!(proposal.people_by_class().iter().sum::<u64>(), 68_094_280, "everybody counted in 2023, once");
        let unchanged = review(&method, &proposal, &[]);
        assert_eq!(unchanged.quotas, proposal.quotas);
        assert!(unchanged.publishable(), "{:?}", unchanged.faults);
    }
}

#[test]
fn regional_quotas_of_2011_are_met_to_the_last_person() {
    let Some(france) = france("regional_quotas_of_2011_are_met_to_the_last_person") else { return };
    let method = ZoningMethod::shipped("medecins-2011").expect("a shipped method");
    let proposal = propose(&france, &method);
    for quota in &proposal.quotas {
        let worst = proposal
            .units
            .iter()
            .filter(|unit| unit.region == quota.region && unit.class == Some(0))
            .filter_map(|unit| unit.value)
            .fold(0.0, f64::max);
        let passed = |unit: &&Unit| unit.region == quota.region && matches!(unit.because, Reason::PassedOver { .. });
        println!(
            "{} : {} classés pour {} permis, APL {worst:.2} au plus, {} communes laissées",
            quota.name,
            quota.used,
            quota.allowed,
            proposal.units.iter().filter(passed).count()
        );
        assert_eq!(quota.used, quota.allowed, "{}", quota.name);
    }
    // Twenty-two regions of metropolitan France and five overseas.
    assert_eq!(proposal.quotas.len(), 27);
}

#[test]
fn effects_against_the_zoning_in_force_count_everybody() {
    let Some(france) = france("effects_against_the_zoning_in_force_count_everybody") else { return };
    let method = ZoningMethod::shipped("medecins-2021").expect("a shipped method");
    let after = propose(&france, &method).classes_of(&france);
    let before = Classes::of_column(france.latest("zoning.gp").expect("the zoning of 2025"));
    let people = &france.latest("population.municipal").expect("a population").values;
    let doctors = &france.latest("supply.gp").expect("practitioners").values;
    let effects = effects(&france, people, doctors, &before, &after);
    for row in &effects.by_class {
        let class = row.class.map_or("sans classe", |class| effects.classes[usize::from(class)].short.as_str());
        println!(
            "{class} : {} → {} habitants, {:.0} → {:.0} médecins",
            row.people_before, row.people_after, row.professionals_before, row.professionals_after
        );
    }
    let zip = &effects.by_class[0];
    // The zoning by commune of 2025 has 28.2 % of the people in ZIP.
    assert!((zip.people_before as f64 / 68_094_280.0 - 0.282).abs() < 0.005, "{}", zip.people_before);
    assert_eq!(effects.by_class.iter().map(|row| row.people_before).sum::<u64>(), 68_094_280);
    assert_eq!(effects.moves.iter().map(|moved| moved.people).sum::<u64>(), 68_094_280);
    let doctors: f64 = effects.by_class.iter().map(|row| row.professionals_after).sum();
    assert!((doctors - 60_573.0).abs() < 0.5, "{doctors}");
}
