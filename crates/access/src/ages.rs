//! Which part of the supply is due to older practitioners.
//!
//! Ages are not public by commune. Three sources answer, the best first:
//!
//! * a [`Register`] of practitioners with their year of birth, when an operator holds one;
//! * the APL published with and without doctors over 65: what the second lacks is due to them, and going back through the
//!   catchments says where they practise (`deconvolve`);
//! * the national share alone, the same everywhere.
//!
//! Source of the published variants: DREES, « APL aux médecins généralistes » and « APL aux médecins généralistes de 65 ans
//! et moins »; the zoning of 2017 reads the second.

use pacte_territory::Column;

use crate::foresight::Assumptions;
use crate::french::comma;
use crate::ground::{Catchment, Ground};

mod deconvolve;
mod pyramid;
mod register;

pub use deconvolve::{Published, deconvolve, settle};
pub use pyramid::{AgeBand, FIRST_AGE, LAST_AGE, Pyramid};
pub use register::{Practitioner, Refusal, Register, TEMPLATE};

/// Oldest age kept by the published variant of the APL: practitioners *over* it are left out.
pub const PUBLISHED_LIMIT: u32 = 65;
/// Rounds of the deconvolution. On the APL of 2022 the weighted correlation with the published APL of 65 years and under no
/// longer moves in its third decimal after them.
const ROUNDS: u32 = 20;

/// Part of the supply of each commune due to practitioners over an age.
#[derive(Clone, Debug, PartialEq)]
pub struct Shares {
    /// Practitioners are *over* this age, completed years.
    pub age: u32,
    /// Share of each commune's supply, from 0 to 1; that of the country where nobody practises.
    pub share: Vec<f64>,
    /// Share of the national supply.
    pub national: f64,
    /// How the shares were obtained, in French.
    pub method: String,
    /// Where they come from, in French.
    pub source: String,
    /// How well they give back the published APL; `None` when none is published.
    pub fit: Option<Fit>,
}

/// Agreement with the published APL that leaves out practitioners over 65, weighted by standardised population.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// Year of the published APL.
    pub vintage: i16,
    /// Correlation of our APL, national share alone, with the published one.
    pub national: f64,
    /// Correlation with the shares of communes.
    pub local: f64,
    /// Correlation, over communes, of the published ratio (≤ 65 / all ages) with ours: what the shares alone explain.
    pub ratio: f64,
}

/// Share of each commune's supply due to practitioners over `age`.
///
/// # Errors
/// In French, when the territory has no practitioners, or no share is known for this age.
pub fn supply_over(ground: &Ground, age: u32) -> Result<Shares, String> {
    supply_over_with(ground, age, &Assumptions::shipped(), None)
}

/// The same, with the pyramid of some assumptions and, when there is one, a register of practitioners: where it names as
/// many as are counted it alone decides, elsewhere in proportion of those it names.
///
/// # Errors
/// In French, when the territory has no practitioners, the age is out of range, or nothing gives a national share.
pub fn supply_over_with(
    ground: &Ground,
    age: u32,
    assumptions: &Assumptions,
    register: Option<&Register>,
) -> Result<Shares, String> {
    if !(FIRST_AGE..=LAST_AGE).contains(&age) {
        return Err(format!("l’âge {age} est refusé : donnez un âge entre {FIRST_AGE} et {LAST_AGE} ans"));
    }
    let catchment = ground.catchment().ok_or_else(|| {
        let why = ground.notes().first().cloned().unwrap_or_default();
        format!(
            "les parts par âge demandent des médecins et une population par commune. {why} Importez un effectif (BPE) et une population."
        )
    })?;
    let mut shares = published(ground, catchment, assumptions);
    if age != PUBLISHED_LIMIT {
        let pyramid = assumptions.pyramid.tilted(PUBLISHED_LIMIT, shares.national);
        for share in shares.share.iter_mut().chain([&mut shares.national]) {
            *share = pyramid.move_limit(*share, PUBLISHED_LIMIT, age);
        }
        shares.method = format!(
            "{} ; portée de {PUBLISHED_LIMIT} à {age} ans par la pyramide des âges supposée ({})",
            shares.method, assumptions.id
        );
        shares.age = age;
    }
    if let Some(register) = register.filter(|register| !register.practitioners().is_empty()) {
        apply_register(&mut shares, catchment, register);
    }
    Ok(shares)
}

/// Shares over 65 from what is published.
fn published(ground: &Ground, catchment: &Catchment, assumptions: &Assumptions) -> Shares {
    let method = ground.method();
    let territory = ground.territory();
    let (all, kept) = (format!("apl.{}", method.profession), format!("apl.{}_{PUBLISHED_LIMIT}", method.profession));
    let vintage = territory
        .vintages(&kept)
        .into_iter()
        .filter(|year| territory.column(&all, *year).is_some())
        .min_by_key(|year| ((year - method.vintage).abs(), -year));
    let declared = method.age_limits.iter().find(|limit| limit.upto == PUBLISHED_LIMIT);
    let pair: Option<(&Column, &Column)> =
        vintage.and_then(|year| territory.column(&all, year).zip(territory.column(&kept, year)));
    let known = pair.and_then(|(all, kept)| {
        let published = Published { all: &all.values, kept: &kept.values, demand: &catchment.demand };
        Some((all, kept, published, published.national_share()?))
    });
    let Some((all, kept, published, national)) = known else {
        let (national, source) = declared.map_or_else(
            || (assumptions.pyramid.supply_over(PUBLISHED_LIMIT), assumptions.pyramid.source.clone()),
            |limit| (1.0 - limit.supply_share, limit.source.clone()),
        );
        return Shares {
            age: PUBLISHED_LIMIT,
            share: vec![national; catchment.supply.len()],
            national,
            method: format!(
                "part nationale de l’offre ({} %) dans chaque commune, faute d’APL publiée avec et sans les plus de {PUBLISHED_LIMIT} ans",
                comma(100.0 * national, 1)
            ),
            source,
            fit: None,
        };
    };
    let share = deconvolve(catchment, published, national, ROUNDS);
    let year = vintage.unwrap_or(method.vintage);
    let fit = deconvolve::fit(catchment, published, national, &share, year);
    Shares {
        age: PUBLISHED_LIMIT,
        share,
        national,
        method: format!(
            "part de chaque commune déduite de l’APL publiée en {year} avec et sans les plus de {PUBLISHED_LIMIT} ans, à travers les aires desservies ; part nationale de {} % conservée",
            comma(100.0 * national, 1)
        ),
        source: format!("{} ; {}", all.provenance.citation(), kept.provenance.citation()),
        fit: Some(fit),
    }
}

/// Lets a register decide in proportion of the practitioners it names.
fn apply_register(shares: &mut Shares, catchment: &Catchment, register: &Register) {
    let year = register.year();
    let mut named = 0_u32;
    for (commune, practitioners) in register.by_commune() {
        let heads = catchment.heads.counts[commune as usize];
        let acts = |one: &Practitioner| one.acts.unwrap_or(catchment.per_head);
        let total: f64 = practitioners.iter().map(&acts).sum();
        if total <= 0.0 {
            continue;
        }
        let over: f64 = practitioners.iter().filter(|one| one.age(year) > shares.age).map(acts).sum();
        let covered = if heads > 0.0 { (practitioners.len() as f64 / heads).min(1.0) } else { 1.0 };
        let share = &mut shares.share[commune as usize];
        *share = covered * (over / total) + (1.0 - covered) * *share;
        named += 1;
    }
    let (sum, total) = shares
        .share
        .iter()
        .zip(&catchment.supply)
        .fold((0.0, 0.0), |(sum, total), (share, supply)| (sum + share * supply, total + supply));
    if total > 0.0 {
        shares.national = sum / total;
    }
    shares.method = format!(
        "{} ; âges individuels au 31 décembre {year} pour {} praticiens de {named} communes",
        shares.method,
        register.practitioners().len()
    );
    shares.source = format!("{} ; {}", shares.source, register.source());
}
