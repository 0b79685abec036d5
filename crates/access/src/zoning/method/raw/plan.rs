//! Rules, scores and densities of a method file.

use super::super::plans::{Adjustments, Band, DensityPlan, ScorePlan, Scored, Verdict};
use super::{Checks, Deserialize, Fill, MethodError, Quota, Rule, Spanned, within};
use crate::zoning::nurses;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRule {
    to: Spanned<String>,
    #[serde(default)]
    below: Option<Spanned<f64>>,
    #[serde(default)]
    mandatory: bool,
    #[serde(default)]
    quota: Option<Spanned<String>>,
    #[serde(default)]
    fill: Option<Spanned<String>>,
}

pub(super) fn rules(checks: &Checks<'_>, raw: &[RawRule], quotas: &[Quota]) -> Result<Vec<Rule>, MethodError> {
    let mut rules: Vec<Rule> = Vec::new();
    // Indicator below which every unit already has a class.
    let mut taken = f64::NEG_INFINITY;
    for rule in raw {
        let to = checks.class("rules.to", &rule.to)?;
        let below = rule
            .below
            .as_ref()
            .map(|below| within(checks.file, "rules.below", below, 0.0..=1e9, "un seuil positif"))
            .transpose()?;
        if below.unwrap_or(f64::INFINITY) <= taken {
            let at = rule.below.as_ref().map_or(rule.to.referenced, |below| below.referenced);
            let problem = format!(
                "cette règle ne s’appliquera jamais : une règle sans quota prend déjà toutes les zones{} ; \
                 déplacez-la avant, ou relevez son seuil",
                if taken.is_finite() { format!(" sous {taken}") } else { String::new() }
            );
            return Err(checks.fault(at, "rules", problem));
        }
        let quota = match &rule.quota {
            None => {
                taken = taken.max(below.unwrap_or(f64::INFINITY));
                None
            }
            Some(name) => {
                if rule.mandatory {
                    let problem = "une règle obligatoire ne peut pas dépendre d’un quota : retirez l’un des deux";
                    return Err(checks.fault(name.referenced, "rules.quota", problem));
                }
                let known: Vec<&str> = quotas.iter().map(|quota| quota.id.as_str()).collect();
                let Some(i) = known.iter().position(|id| *id == name.value) else {
                    let problem =
                        format!("« {} » n’est pas un quota de ce fichier ; quotas : {}", name.value, known.join(", "));
                    return Err(checks.fault(name.referenced, "rules.quota", problem));
                };
                if !quotas[i].classes.contains(&to) {
                    let problem = format!("le quota « {} » ne compte pas la classe « {} »", name.value, rule.to.value);
                    return Err(checks.fault(name.referenced, "rules.quota", problem));
                }
                Some(i)
            }
        };
        rules.push(Rule { to, below, mandatory: rule.mandatory, quota, fill: fill(checks, rule)? });
    }
    Ok(rules)
}

fn fill(checks: &Checks<'_>, rule: &RawRule) -> Result<Fill, MethodError> {
    let Some(name) = &rule.fill else { return Ok(Fill::Greedy) };
    match name.value.as_str() {
        "prefix" => Ok(Fill::Prefix),
        "greedy" => Ok(Fill::Greedy),
        "exact" => Ok(Fill::Exact),
        other => {
            let problem =
                format!("« {other} » n’est pas une façon de remplir un quota ; attendu : prefix, greedy ou exact");
            Err(checks.fault(name.referenced, "rules.fill", problem))
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawScore {
    indicators: Vec<RawScored>,
    verdicts: Vec<RawVerdict>,
    per_place: Spanned<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawScored {
    indicator: Spanned<String>,
    label: String,
    scores: [u8; 5],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawVerdict {
    to: Spanned<String>,
    from: Spanned<u8>,
    upto: Spanned<u8>,
    #[serde(default)]
    density_below: Option<Spanned<f64>>,
}

pub(super) fn score(checks: &Checks<'_>, raw: RawScore) -> Result<ScorePlan, MethodError> {
    let mut indicators: Vec<Scored> = Vec::new();
    for scored in raw.indicators {
        if !nurses::FIGURES.contains(&scored.indicator.value.as_str()) {
            let problem = format!(
                "« {} » n’est pas un chiffre de la table ; attendu : {}",
                scored.indicator.value,
                nurses::FIGURES.join(", ")
            );
            return Err(checks.fault(scored.indicator.referenced, "score.indicators", problem));
        }
        if indicators.iter().any(|known| known.indicator == scored.indicator.value) {
            let problem = format!("« {} » est noté deux fois", scored.indicator.value);
            return Err(checks.fault(scored.indicator.referenced, "score.indicators", problem));
        }
        if scored.scores.iter().any(|score| *score > 50) {
            return Err(checks.fault(scored.indicator.referenced, "score.indicators.scores", "une note dépasse 50"));
        }
        indicators.push(Scored { indicator: scored.indicator.value, label: scored.label, scores: scored.scores });
    }
    let highest: u8 = indicators.iter().map(|i| i.scores.iter().max().copied().unwrap_or(0)).sum();
    let mut verdicts = Vec::new();
    for verdict in &raw.verdicts {
        if verdict.from.value > verdict.upto.value {
            let problem = format!("de {} à {} : les bornes sont inversées", verdict.from.value, verdict.upto.value);
            return Err(checks.fault(verdict.from.referenced, "score.verdicts", problem));
        }
        let density_below = verdict
            .density_below
            .as_ref()
            .map(|d| {
                within(checks.file, "score.verdicts.density_below", d, 0.0..=1e6, "une densité pour 100 000 habitants")
            })
            .transpose()?;
        verdicts.push(Verdict {
            to: checks.class("score.verdicts.to", &verdict.to)?,
            from: verdict.from.value,
            upto: verdict.upto.value,
            density_below,
        });
    }
    let covered = |total: u8| verdicts.iter().any(|v| v.density_below.is_none() && (v.from..=v.upto).contains(&total));
    if let Some(missing) = (0..=highest).find(|total| !covered(*total)) {
        let problem = format!(
            "aucune classe pour un score de {missing} sans condition de densité ; les scores vont de 0 à {highest}"
        );
        let at = raw.verdicts.last().map(|verdict| verdict.to.referenced);
        return Err(at.map_or_else(
            || checks.whole("score.verdicts", problem.clone()),
            |at| checks.fault(at, "score.verdicts", problem.clone()),
        ));
    }
    let per_place =
        within(checks.file, "score.per_place", &raw.per_place, 0.0..=1.0, "entre 0 et 1 professionnel par place")?;
    Ok(ScorePlan { indicators, verdicts, per_place })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDensity {
    days_per_year: Spanned<f64>,
    half_day_acts: u32,
    speed: Spanned<f64>,
    hours_per_year: Spanned<f64>,
    travel_cap: Spanned<f64>,
    bands: Vec<RawBand>,
    cuts: Spanned<[f64; 4]>,
    classes: [Spanned<String>; 5],
    empty: Spanned<String>,
    #[serde(default)]
    outside: Vec<String>,
    adjust: RawAdjust,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBand {
    from: Spanned<u32>,
    #[serde(default)]
    to: Option<Spanned<u32>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAdjust {
    aged_share: Spanned<f64>,
    aged_from: u32,
    acts_percentile: Spanned<f64>,
}

pub(super) fn density(checks: &Checks<'_>, raw: RawDensity) -> Result<DensityPlan, MethodError> {
    let file = checks.file;
    let cuts = raw.cuts.value;
    let growing = cuts.windows(2).all(|pair| pair[0] < pair[1]);
    if !growing || cuts[0] <= 0.0 || cuts[3] >= 100.0 {
        let problem = "quatre centiles croissants, entre 0 et 100 exclus, sont attendus";
        return Err(checks.fault(raw.cuts.referenced, "density.cuts", problem));
    }
    let mut bands = Vec::new();
    let mut next = Some(0);
    for band in &raw.bands {
        if Some(band.from.value) != next {
            let problem =
                format!("la tranche commence à {} ans ; les tranches doivent se suivre depuis 0", band.from.value);
            return Err(checks.fault(band.from.referenced, "density.bands", problem));
        }
        if let Some(to) = band.to.as_ref().filter(|to| !(band.from.value..=130).contains(&to.value)) {
            let problem = format!("la tranche finit à {} ans, avant son début ou après 130 ans", to.value);
            return Err(checks.fault(to.referenced, "density.bands", problem));
        }
        let to = band.to.as_ref().map(|to| to.value);
        next = to.map(|to| to + 1);
        bands.push(Band { from: band.from.value, to });
    }
    let mut classes = [0; 5];
    for (slot, id) in classes.iter_mut().zip(&raw.classes) {
        *slot = checks.class("density.classes", id)?;
    }
    Ok(DensityPlan {
        days_per_year: within(file, "density.days_per_year", &raw.days_per_year, 1.0..=366.0, "de 1 à 366 jours")?,
        half_day_acts: raw.half_day_acts,
        speed: within(file, "density.speed", &raw.speed, 1.0..=200.0, "de 1 à 200 km/h")?,
        hours_per_year: within(
            file,
            "density.hours_per_year",
            &raw.hours_per_year,
            1.0..=8784.0,
            "de 1 à 8 784 heures",
        )?,
        travel_cap: within(file, "density.travel_cap", &raw.travel_cap, 0.0..=1.0, "une part entre 0 et 1")?,
        bands,
        cuts,
        classes,
        empty: checks.class("density.empty", &raw.empty)?,
        outside: raw.outside,
        adjust: Adjustments {
            aged_share: within(
                file,
                "density.adjust.aged_share",
                &raw.adjust.aged_share,
                0.0..=1.0,
                "une part entre 0 et 1",
            )?,
            aged_from: raw.adjust.aged_from,
            acts_percentile: within(
                file,
                "density.adjust.acts_percentile",
                &raw.adjust.acts_percentile,
                0.0..=100.0,
                "un centile entre 0 et 100",
            )?,
        },
    })
}
