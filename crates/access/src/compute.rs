//! Everything at once: travel times, supply, APL and nearest resources, as columns with their provenance.

use std::sync::Arc;

use pacte_roads::network::Network;
use pacte_territory::{Aggregation, Column, Level, MethodFile, Provenance, Territory};
use serde::{Deserialize, Serialize};

use crate::atlas::ResourceKind;
use crate::french::{comma, lower_first};
use crate::ground::{Catchment, Ground};
use crate::method::{ActivityRule, AplMethod, Estimation, MethodError};
use crate::supply::{self, HeadCount, Published};
use crate::travel::{Model, ModelParameters, Nearest, RoadTimes, TravelMethod, TravelTimes, nearest};

/// A prepared car network and what names it.
#[derive(Clone, Debug)]
pub struct Roads {
    /// The network.
    pub network: Arc<Network>,
    /// Checksum of its file: two networks with one checksum are the same.
    pub hash: String,
}

impl PartialEq for Roads {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
    }
}

impl Eq for Roads {}

/// With which methods to compute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComputeOptions {
    /// Name of the APL method: the territory's own file of that name, else the shipped one.
    pub method: String,
    /// File name and text of the estimation of supply.
    pub estimation: (String, String),
    /// File name and text of the parameters of travel times.
    pub travel: (String, String),
    /// Roads to take times from, where they lead; `None` for the model alone.
    pub roads: Option<Roads>,
}

impl Default for ComputeOptions {
    /// The shipped methods, for the most recent APL with public inputs.
    fn default() -> Self {
        Self::with_activity(ActivityRule::PreviousVintage)
    }
}

/// Raised when the computation changes in a way that makes kept results stale.
const REVISION: u32 = 2;

impl ComputeOptions {
    /// The shipped methods, with this rule for the activity of practitioners.
    pub fn with_activity(rule: ActivityRule) -> Self {
        let (file, text) = Estimation::shipped_text(rule);
        Self {
            method: "mg-2022".to_owned(),
            estimation: (file.to_owned(), text.to_owned()),
            travel: ("pacts/methods/travel/calibre-2021.yaml".to_owned(), ModelParameters::shipped_text().to_owned()),
            roads: None,
        }
    }

    /// Hash of everything but the territory's figures that the results depend on, hexadecimal.
    pub fn fingerprint(&self, territory: &Territory) -> String {
        let method = AplMethod::text_of_territory(territory, &self.method).map_or("", |(_, text)| text);
        let mut hasher = blake3::Hasher::new();
        let roads = self.roads.as_ref().map(|roads| roads.hash.as_str());
        let revision = REVISION.to_string();
        for part in [&revision, method, &self.estimation.1, &self.travel.1].into_iter().chain(roads) {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        hasher.finalize().to_hex()[..32].to_owned()
    }
}

/// Why access cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ComputeError {
    /// A method file is wrong.
    #[error(transparent)]
    Method(#[from] MethodError),
    /// No method of this name.
    #[error("aucune méthode d’APL « {name} » : choisissez parmi {known}")]
    UnknownMethod {
        /// The name asked for.
        name: String,
        /// Shipped names.
        known: String,
    },
}

/// What was computed, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccessResults {
    /// Computed columns, in commune order; `docs/architecture.md` lists their concepts.
    pub columns: Vec<Column>,
    /// How travel times were obtained.
    pub travel: TravelMethod,
    /// Method files used, with their text.
    pub methods: Vec<MethodFile>,
    /// What could not be computed and why, in French; empty when everything was.
    pub notes: Vec<String>,
}

/// Computes access over a territory.
///
/// A territory without counts of general practitioners or without population gets no APL, one without a kind of resource
/// no minutes to it: `notes` says so.
///
/// # Errors
/// When a method file is wrong or unknown.
pub fn compute(territory: &Arc<Territory>, options: &ComputeOptions) -> Result<AccessResults, ComputeError> {
    Ok(of_ground(&Ground::new(Arc::clone(territory), options)?))
}

/// The columns of a ground.
pub fn of_ground(ground: &Ground) -> AccessResults {
    let mut results = AccessResults {
        columns: Vec::new(),
        travel: ground.travel().clone(),
        methods: ground.methods().to_vec(),
        notes: ground.notes().to_vec(),
    };
    if let Some(catchment) = ground.catchment() {
        apl_columns(ground, catchment, &mut results);
    }
    nearest_columns(ground.territory(), ground.times(), &mut results);
    results
}

/// Where times come from.
#[derive(Debug)]
pub(crate) enum Times {
    Model(Box<Model>),
    Roads(Box<RoadTimes>),
}

impl Times {
    pub(crate) fn as_dyn(&self) -> &dyn TravelTimes {
        match self {
            Self::Model(model) => &**model,
            Self::Roads(roads) => &**roads,
        }
    }

    /// Whether any time is the model's.
    pub(crate) fn uses_model(&self) -> bool {
        match self {
            Self::Model(_) => true,
            Self::Roads(roads) => roads.coverage().joined < roads.communes(),
        }
    }
}

/// Times by road when there are roads that join communes of this territory, the model's otherwise, and what to say of it.
pub(crate) fn travel_times(territory: &Territory, roads: Option<&Roads>, model: Model) -> (Times, Vec<String>) {
    let Some(roads) = roads else { return (Times::Model(Box::new(model)), Vec::new()) };
    let times = RoadTimes::new(territory, Arc::clone(&roads.network), model);
    let joined = times.coverage().joined;
    if joined < 2 {
        let note = format!(
            "Routes importées non utilisées : elles joignent {joined} commune de ce territoire. Importez des extraits qui le \
             couvrent : pacte import roads FICHIER."
        );
        return (Times::Model(Box::new(times.into_model())), vec![note]);
    }
    (Times::Roads(Box::new(times)), Vec::new())
}

/// Who needs care: standardised population of the method's vintage, else the nearest earlier one, else everybody alike.
pub(crate) fn demand(territory: &Territory, vintage: i16) -> Option<&Column> {
    let standardised = territory.vintages("population.standardised");
    let year = standardised.iter().copied().rfind(|year| *year <= vintage).or_else(|| standardised.first().copied());
    year.and_then(|year| territory.column("population.standardised", year))
        .or_else(|| territory.latest("population.municipal"))
}

fn apl_columns(ground: &Ground, catchment: &Catchment, results: &mut AccessResults) {
    let (territory, method) = (ground.territory(), ground.method());
    let profession = &method.profession;
    let activity = &catchment.activity;
    let uncertainty = ground.estimation().travel_uncertainty;
    let result = catchment.apl(&catchment.supply);
    let apl = result.apl;

    let provenance = |what: String| Provenance {
        source: format!("Pacte d’après {} ; {}", catchment.heads.citation, catchment.people.citation()),
        file: String::new(),
        vintage: method.vintage.to_string(),
        geography: territory.meta.geography.year(),
        method: what,
    };
    let how = format!(
        "{} ; {activity} ; {}{}. {}",
        method.label,
        lower_first(&results.travel.label),
        if uncertainty > 0.0 {
            format!(", poids moyenné sur une erreur de {} min", comma(uncertainty, 0))
        } else {
            String::new()
        },
        results.travel.quality
    );
    let weighted =
        Aggregation::WeightedMean { concept: format!("access.demand.{profession}"), vintage: method.vintage };
    let column = |concept: String, label: String, unit: &str, aggregation, provenance, values| Column {
        concept,
        vintage: method.vintage,
        label,
        unit: unit.to_owned(),
        aggregation,
        provenance,
        categories: Vec::new(),
        values,
    };
    for limit in &method.age_limits {
        let values = apl.iter().map(|apl| apl * limit.supply_share).collect();
        let share = comma(limit.supply_share * 100.0, 1);
        let what = format!(
            "{how} Part nationale de l’offre due aux {} ans ou moins : {share} % ({}).",
            limit.upto, limit.source
        );
        results.columns.push(column(
            format!("access.apl.{profession}_{}", limit.upto),
            format!("APL calculée, praticiens de {} ans ou moins", limit.upto),
            &method.unit,
            weighted.clone(),
            provenance(what),
            values,
        ));
    }
    results.columns.extend([
        column(
            format!("access.apl.{profession}"),
            "APL calculée".to_owned(),
            &method.unit,
            weighted.clone(),
            provenance(how),
            apl,
        ),
        column(
            format!("access.demand.{profession}"),
            "Population standardisée utilisée".to_owned(),
            "habitants standardisés",
            Aggregation::Sum,
            catchment.people.clone(),
            catchment.demand.clone(),
        ),
        column(
            format!("access.supply.{profession}"),
            "Offre estimée".to_owned(),
            "consultations par an",
            Aggregation::Sum,
            provenance(activity.clone()),
            catchment.supply.clone(),
        ),
    ]);
    if result.unreached > 0.0 {
        results.notes.push(format!(
            "Offre laissée de côté, faute d’habitants connus alentour : {} consultations par an.",
            comma(result.unreached, 0)
        ));
    }
}

/// Supply as it was estimated.
pub(crate) struct Estimate {
    /// Acts offered in each commune, a year.
    pub(crate) supply: Vec<f64>,
    /// National mean of acts a head.
    pub(crate) per_head: f64,
    /// How, in French.
    pub(crate) how: String,
}

/// Supply of each commune, and how it was estimated.
pub(crate) fn activity(
    territory: &Territory,
    method: &AplMethod,
    estimation: &Estimation,
    heads: &HeadCount,
    demand: &[f64],
    (od, weights): (&crate::od::OdMatrix, &[f64]),
) -> Estimate {
    let concept = format!("apl.{}", method.profession);
    let level = territory
        .column(&concept, method.vintage)
        .zip(territory.column("population.standardised", method.vintage))
        .and_then(|(apl, weight)| mean(&apl.values, &weight.values))
        .and_then(|mean| supply::national_per_head(mean, demand, &heads.counts));
    let per_head = level.unwrap_or(method.activity.per_head);
    let years = heads.vintages.iter().map(ToString::to_string).collect::<Vec<_>>().join(" et ");
    let mut how = format!(
        "offre : effectifs de {years} × {} consultations par tête{}",
        comma(per_head, 0),
        if level.is_some() { ", niveau qui rend la moyenne nationale publiée" } else { "" }
    );
    let earlier = territory.vintages(&concept).into_iter().rfind(|year| *year < method.vintage);
    match earlier.and_then(|year| territory.column(&concept, year)) {
        Some(column) if estimation.activity == ActivityRule::PreviousVintage => {
            how = format!("{how}, réparties selon l’APL publiée en {}", column.vintage);
            let mut theirs = column.values.clone();
            if let Some(year) = update(territory, method, demand, column.vintage, &mut theirs) {
                how = format!("{how} par commune et en {year} par département");
            }
            let published = Published { apl: &theirs, demand };
            let bounds = (0.0, method.activity.cap);
            let supply =
                supply::local_activity(od, weights, &heads.counts, published, per_head, bounds, estimation.iterations);
            Estimate { supply, per_head, how }
        }
        _ => Estimate { supply: heads.counts.iter().map(|heads| heads * per_head).collect(), per_head, how },
    }
}

/// Brings the APL published by commune in `earlier` towards the method's vintage, by the change of each département up to
/// another published vintage (relative to the national change, in proportion of the years elapsed), and gives their
/// département's value to the communes of a département where most people have none: the communal file of 2018 leaves
/// Paris out, which is a département. Returns the vintage used, `None` when no such values are known.
fn update(territory: &Territory, method: &AplMethod, demand: &[f64], earlier: i16, theirs: &mut [f64]) -> Option<i16> {
    let areas = territory
        .area_columns
        .iter()
        .filter(|column| column.level == Level::Departement && column.vintage != method.vintage)
        .filter(|column| column.vintage > earlier && column.concept == format!("apl.{}", method.profession))
        .min_by_key(|column| (column.vintage - method.vintage).abs())?;
    let grouping = territory.grouping(Level::Departement)?;
    let members = |area: u32| grouping.members(area).iter().map(|id| *id as usize);
    let people: Vec<f64> = (0..grouping.len() as u32).map(|area| members(area).map(|id| demand[id]).sum()).collect();
    let elapsed = f64::from(method.vintage - earlier) / f64::from(areas.vintage - earlier);
    let (before, after) = (mean(theirs, demand)?, mean(&areas.values, &people)?);
    for (area, (value, people)) in (0_u32..).zip(areas.values.iter().zip(&people)).filter(|(_, (v, _))| !v.is_nan()) {
        let (with, without): (Vec<usize>, Vec<usize>) = members(area).partition(|id| !theirs[*id].is_nan());
        let known: f64 = with.iter().map(|id| demand[*id]).sum();
        if known * 2.0 < *people {
            for id in without {
                theirs[id] = value / after * before;
            }
        } else if let Some(own) = mean_of(with.iter().map(|id| (theirs[*id], demand[*id]))).filter(|own| *own > 0.0) {
            let change = ((value / after) / (own / before)).powf(elapsed.min(1.0));
            for id in with {
                theirs[id] *= change;
            }
        }
    }
    Some(areas.vintage)
}

/// Mean of `values` weighted by `weights`, where both are known.
fn mean(values: &[f64], weights: &[f64]) -> Option<f64> {
    mean_of(values.iter().copied().zip(weights.iter().copied()))
}

fn mean_of(pairs: impl Iterator<Item = (f64, f64)>) -> Option<f64> {
    let known = pairs.filter(|(value, weight)| !value.is_nan() && *weight > 0.0);
    let (sum, total) = known.fold((0.0, 0.0), |sums, (value, weight)| (sums.0 + value * weight, sums.1 + weight));
    (total > 0.0).then(|| sum / total)
}

fn nearest_columns(territory: &Territory, times: &dyn TravelTimes, results: &mut AccessResults) {
    let kinds: Vec<(ResourceKind, &Column)> = ResourceKind::ALL
        .into_iter()
        .filter_map(|kind| {
            let column = territory.latest(&format!("supply.{}", kind.concept()));
            if column.is_none() {
                results.notes.push(format!("{} : aucun effectif, temps d’accès non calculé.", kind.label()));
            }
            Some((kind, column?))
        })
        .collect();
    let counts: Vec<&[f64]> = kinds.iter().map(|(_, column)| column.values.as_slice()).collect();
    let weight = territory.latest("population.municipal");
    for ((kind, resource), found) in kinds.iter().zip(nearest(times, &counts)) {
        let provenance = Provenance {
            source: format!("Pacte d’après {}", resource.provenance.source),
            file: String::new(),
            vintage: resource.provenance.vintage.clone(),
            geography: territory.meta.geography.year(),
            method: format!("{} ; 0 minute dans la commune même. {}", results.travel.label, results.travel.quality),
        };
        let column = |concept: &str, label: String, unit: &str, aggregation, value: &dyn Fn(&Nearest) -> f64| Column {
            concept: format!("access.{concept}.{}", kind.concept()),
            vintage: resource.vintage,
            label,
            unit: unit.to_owned(),
            aggregation,
            provenance: provenance.clone(),
            categories: Vec::new(),
            values: found.iter().map(|near| near.as_ref().map_or(f64::NAN, value)).collect(),
        };
        let aggregation = weight.map_or(Aggregation::None, |weight| Aggregation::WeightedMean {
            concept: weight.concept.clone(),
            vintage: weight.vintage,
        });
        let label = kind.label();
        results.columns.push(column(
            "minutes",
            format!("{label}, au plus près : minutes"),
            "minutes",
            aggregation,
            &|near| near.minutes,
        ));
        results.columns.push(column(
            "nearest",
            format!("{label}, au plus près : commune"),
            "",
            Aggregation::None,
            &|near| f64::from(near.commune),
        ));
    }
}
