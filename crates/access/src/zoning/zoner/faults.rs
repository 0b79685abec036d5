//! Contradictions of a method that only data reveal, with what would lift them.

use super::super::method::{Rule, Share, ZoningMethod};
use super::super::proposal::{Fault, FaultKind, Proposal, QuotaUse, Reason, Severity, Unit, short};
use crate::french::comma;

/// Share of a quota that may stay unused, units being whole, without a word.
const NOTICED: Share = Share::per_ten_thousand(1000);

/// Writes into the proposal the quotas that mandatory units exceed, that units too large leave unused, that the pool cannot fill, and the
/// units without indicator.
pub(super) fn contradictions(
    method: &ZoningMethod,
    rules: &[Rule],
    refused: &[Option<usize>],
    unserved: &[(String, String)],
    proposal: &mut Proposal,
) {
    let mut faults = Vec::new();
    for (quota, refused) in proposal.quotas.iter().zip(refused) {
        let Some(i) = method.quotas.iter().position(|known| known.id == quota.quota) else { continue };
        let Some(last) = rules.iter().rfind(|rule| rule.quota == Some(i)) else { continue };
        let of_region = || proposal.units.iter().filter(|unit| unit.region == quota.region);
        if quota.mandatory > quota.allowed {
            let units: Vec<&Unit> = of_region().collect();
            faults.push(mandatory(quota, &units, method.quotas[i].mandatory_exempt));
        } else if let Some(unit) = refused {
            // Units are whole: a few people are always left, which is no contradiction.
            if quota.unused() > NOTICED.of(quota.allowed) {
                faults.push(too_large(quota, &proposal.units[*unit]));
            }
        } else if let (true, Some(below)) = (quota.used < quota.allowed, last.below) {
            let units: Vec<&Unit> = of_region().collect();
            faults.extend(pool_ends(quota, &units, below));
        }
    }
    for (region, label) in unserved {
        let who =
            if region.is_empty() { "Des zones hors de toute région".to_owned() } else { format!("Région {region}") };
        faults.push(Fault {
            kind: FaultKind::NothingFits,
            severity: Severity::Blocking,
            place: region.clone(),
            problem: format!("{who} : la méthode « {} » ne donne aucune part à « {label} ».", method.id),
            remedy:
                "Ajoutez la part de la région à « quotas », ou une part par défaut (« default »), dans une copie de la \
                     méthode."
                    .to_owned(),
        });
    }
    let unknown: Vec<&Unit> = proposal.units.iter().filter(|unit| matches!(unit.because, Reason::Unknown)).collect();
    if !unknown.is_empty() {
        faults.push(unclassified(&unknown));
    }
    proposal.faults = faults;
}

/// Units left without class, and who lives there.
pub(in crate::zoning) fn unclassified(units: &[&Unit]) -> Fault {
    let people: u64 = units.iter().map(|unit| unit.people).sum();
    let names: Vec<&str> = units.iter().take(5).map(|unit| unit.name.as_str()).collect();
    let more = if units.len() > names.len() { ", …" } else { "" };
    // Places without indicator often have no count of people either: nobody counted is not nobody.
    let who =
        if people == 0 { "population inconnue".to_owned() } else { format!("{} habitants", comma(people as f64, 0)) };
    Fault {
        kind: FaultKind::Unclassified,
        severity: Severity::Notice,
        place: String::new(),
        problem: format!(
            "{} zones ({who}) n’ont pas d’indicateur et restent sans classe : {}{more}.",
            comma(units.len() as f64, 0),
            names.join(", ")
        ),
        remedy: "Classez-les à la main avec un motif, ou importez l’indicateur qui leur manque.".to_owned(),
    }
}

fn name(quota: &QuotaUse) -> String {
    let place = if quota.name.is_empty() { &quota.region } else { &quota.name };
    format!("{place}, « {} »", quota.label)
}

/// The smallest percentage, two decimals, whose share of `quota.people` holds so many people.
pub(in crate::zoning) fn percent_for(quota: &QuotaUse, people: u64) -> String {
    let hundredths = (u128::from(people) * 10_000).div_ceil(u128::from(quota.people.max(1)));
    comma(hundredths as f64 / 100.0, 2)
}

fn mandatory(quota: &QuotaUse, units: &[&Unit], exempt: bool) -> Fault {
    let mut forced: Vec<&&Unit> = units.iter().filter(|unit| unit.because.is_mandatory()).collect();
    forced.sort_by(|a, b| {
        let value = |unit: &Unit| unit.value.unwrap_or(f64::INFINITY);
        value(a).total_cmp(&value(b)).then(a.code.cmp(&b.code))
    });
    let mut sum = 0;
    let first_over = forced.iter().find(|unit| {
        sum += unit.people;
        sum > quota.allowed
    });
    let threshold = first_over.and_then(|unit| unit.value).map_or_else(String::new, |value| {
        format!(", ou abaisser le seuil obligatoire à {}", short((value * 1000.0).floor() / 1000.0))
    });
    let raise = format!(
        "Pour qu’elles y tiennent : porter la part de {} % à {} %{threshold}.",
        comma(quota.share.percent(), 2),
        percent_for(quota, quota.mandatory)
    );
    let (severity, then) = if exempt {
        (Severity::Notice, "elles sont gardées et aucune autre n’est ajoutée")
    } else {
        (Severity::Blocking, "le quota ne peut pas être tenu")
    };
    Fault {
        kind: FaultKind::MandatoryOverQuota,
        severity,
        place: quota.region.clone(),
        problem: format!(
            "{} : les zones obligatoires comptent {} habitants, {} de plus que le quota de {} ; {then}.",
            name(quota),
            comma(quota.mandatory as f64, 0),
            comma((quota.mandatory - quota.allowed) as f64, 0),
            comma(quota.allowed as f64, 0)
        ),
        remedy: raise,
    }
}

fn too_large(quota: &QuotaUse, unit: &Unit) -> Fault {
    Fault {
        kind: FaultKind::NothingFits,
        severity: Severity::Notice,
        place: quota.region.clone(),
        problem: format!(
            "{} : {} habitants du quota restent inutilisés ({} classés pour {} permis), parce que la zone {} et ses {} habitants \
             ne tiennent pas dans le reste.",
            name(quota),
            comma(quota.unused() as f64, 0),
            comma(quota.used as f64, 0),
            comma(quota.allowed as f64, 0),
            unit.name,
            comma(unit.people as f64, 0)
        ),
        remedy: format!(
            "Pour la classer : porter la part à {} %, ou découper la zone (importer la table des territoires de vie-santé, ou \
             choisir un niveau plus fin dans « units »).",
            percent_for(quota, quota.used + unit.people)
        ),
    }
}

fn pool_ends(quota: &QuotaUse, units: &[&Unit], below: f64) -> Option<Fault> {
    let next = units
        .iter()
        .filter(|unit| unit.class.is_some() || unit.because == Reason::Above)
        .filter(|unit| unit.value.is_some_and(|value| value >= below))
        .min_by(|a, b| a.value.unwrap_or(f64::INFINITY).total_cmp(&b.value.unwrap_or(f64::INFINITY)))?;
    Some(Fault {
        kind: FaultKind::PoolSmallerThanQuota,
        severity: Severity::Notice,
        place: quota.region.clone(),
        problem: format!(
            "{} : toutes les zones sous {} sont classées et {} habitants du quota restent inutilisés.",
            name(quota),
            short(below),
            comma(quota.unused() as f64, 0)
        ),
        remedy: format!(
            "La zone suivante est {} ({}) : un seuil plus haut que cette valeur la ferait entrer, ou la marge hors vivier.",
            next.name,
            short(next.value.unwrap_or(below))
        ),
    })
}
