//! What decisions are computed on: travel times, catchments, supply and demand of a territory, kept in memory.
//!
//! [`compute`](mod@crate::compute) turns a [`Ground`] into columns; what-if, urgent cover, siting and zoning start from the
//! same one, so that a simulation without any change gives the figures of the pages, to the last bit.

use std::sync::Arc;

use pacte_territory::{Column, CommuneId, MethodFile, Provenance, Territory};

use crate::apl::{Apl, apl};
use crate::compute::{self, ComputeError, ComputeOptions, Times};
use crate::method::{AplMethod, Estimation};
use crate::od::OdMatrix;
use crate::people;
use crate::supply::{self, HeadCount};
use crate::travel::{Model, ModelParameters, TravelMethod, TravelTimes};

/// A territory ready for computations.
#[derive(Debug)]
pub struct Ground {
    territory: Arc<Territory>,
    times: Times,
    travel: TravelMethod,
    method: AplMethod,
    estimation: Estimation,
    methods: Vec<MethodFile>,
    catchment: Option<Catchment>,
    notes: Vec<String>,
    residents: Vec<u64>,
    fingerprint: String,
}

/// Who can reach whom, what is offered and what is needed: one value per commune, or per pair of `od`.
#[derive(Clone, Debug, PartialEq)]
pub struct Catchment {
    /// Pairs of communes within reach of the APL, minutes.
    pub od: OdMatrix,
    /// Weight of each pair.
    pub weights: Vec<f64>,
    /// Standardised population, 0 where nobody gives it.
    pub demand: Vec<f64>,
    /// The same as the source gives it: `NaN` where nobody does. A commune without it has no APL.
    pub known_demand: Vec<f64>,
    /// Acts offered a year.
    pub supply: Vec<f64>,
    /// Practitioners.
    pub heads: HeadCount,
    /// Acts a year of one more practitioner: the national mean of the computation.
    pub per_head: f64,
    /// How supply was estimated, in French.
    pub activity: String,
    /// Where the population comes from.
    pub people: Provenance,
}

impl Catchment {
    /// APL of this supply, `NaN` where the population is not known: what the pages show when `supply` is [`Self::supply`].
    pub fn apl(&self, supply: &[f64]) -> Apl {
        let mut result = apl(&self.od, &self.weights, supply, &self.demand);
        // A commune whose population nobody gives has no APL; zero would say that nobody treats it.
        for (apl, people) in result.apl.iter_mut().zip(&self.known_demand) {
            *apl += 0.0 * people;
        }
        result
    }
}

impl Ground {
    /// Reads the methods, joins the territory to its roads (or to the model of travel times), and estimates supply.
    ///
    /// A territory without counts of practitioners or without population has no [`Self::catchment`]; [`Self::notes`] says so.
    ///
    /// # Errors
    /// When a method file is wrong or unknown.
    pub fn new(territory: Arc<Territory>, options: &ComputeOptions) -> Result<Self, ComputeError> {
        let fingerprint = options.fingerprint(&territory);
        let unknown = || ComputeError::UnknownMethod {
            name: options.method.clone(),
            known: AplMethod::shipped_names().collect::<Vec<_>>().join(", "),
        };
        let (file, text) = AplMethod::text_of_territory(&territory, &options.method).ok_or_else(unknown)?;
        let method = AplMethod::from_yaml(&file, text)?;
        let estimation = Estimation::from_yaml(&options.estimation.0, &options.estimation.1)?;
        let parameters = ModelParameters::from_yaml(&options.travel.0, &options.travel.1)?;
        let kept = |name: String, yaml: &str| MethodFile { name, yaml: yaml.to_owned() };
        let mut methods = vec![
            kept(format!("apl/{}", method.id), text),
            kept(format!("apl/{}", estimation.id), &options.estimation.1),
        ];
        let model_file = kept(format!("travel/{}", parameters.id), &options.travel.1);
        let (times, mut notes) =
            compute::travel_times(&territory, options.roads.as_ref(), Model::new(&territory, parameters));
        if times.uses_model() {
            methods.push(model_file);
        }
        let catchment = match catchment(&territory, &method, &estimation, times.as_dyn()) {
            Ok(catchment) => Some(catchment),
            Err(note) => {
                notes.push(note);
                None
            }
        };
        let travel = times.as_dyn().describe();
        let unknown = || vec![0; territory.len()];
        let residents =
            territory.latest("population.municipal").map_or_else(unknown, |column| people::whole(&column.values));
        Ok(Self { territory, times, travel, method, estimation, methods, catchment, notes, residents, fingerprint })
    }

    /// The territory.
    pub fn territory(&self) -> &Arc<Territory> {
        &self.territory
    }

    /// Minutes between communes.
    pub fn times(&self) -> &dyn TravelTimes {
        self.times.as_dyn()
    }

    /// How travel times were obtained.
    pub fn travel(&self) -> &TravelMethod {
        &self.travel
    }

    /// The APL method.
    pub fn method(&self) -> &AplMethod {
        &self.method
    }

    /// What is assumed where micro-data are not public.
    pub fn estimation(&self) -> &Estimation {
        &self.estimation
    }

    /// Method files used, with their text.
    pub fn methods(&self) -> &[MethodFile] {
        &self.methods
    }

    /// Catchments of the APL; `None` without population or practitioners.
    pub fn catchment(&self) -> Option<&Catchment> {
        self.catchment.as_ref()
    }

    /// Catchments of another method over the same travel times: what `method` would give in the place of the ground's own.
    ///
    /// # Errors
    /// A French sentence when the territory has no population or no count of these practitioners.
    pub fn catchment_with(&self, method: &AplMethod) -> Result<Catchment, String> {
        catchment(&self.territory, method, &self.estimation, self.times())
    }

    /// What could not be computed and why, in French.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Hash of the methods and roads, hexadecimal; with the territory's own hash it names everything figures depend on.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Residents of each commune, the latest published: who is counted; `None` when no file gives any.
    pub fn population(&self) -> Option<&Column> {
        self.territory.latest("population.municipal")
    }

    /// Residents of each commune as whole people, 0 when nobody gives them: what every count of people adds up.
    pub fn residents(&self) -> &[u64] {
        &self.residents
    }

    /// Residents of a commune, 0 when nobody gives them.
    pub fn people(&self, commune: CommuneId) -> f64 {
        self.population().and_then(|column| column.get(commune)).unwrap_or(0.0)
    }
}

/// Catchments under a method, or why there is none, in French.
fn catchment(
    territory: &Territory,
    method: &AplMethod,
    estimation: &Estimation,
    times: &dyn TravelTimes,
) -> Result<Catchment, String> {
    let people = compute::demand(territory, method.vintage)
        .ok_or_else(|| "APL non calculée : aucune population dans ce territoire.".to_owned())?;
    let concept = format!("supply.{}", method.profession);
    let heads = supply::head_count(territory, &concept, method.vintage)
        .ok_or_else(|| format!("APL non calculée : aucun effectif « {concept} » dans ce territoire."))?;
    let decay = method.decay.expected(estimation.travel_uncertainty);
    let od = times.matrix(decay.reach());
    let weights = od.weights(|minutes| decay.weight(minutes));
    let demand: Vec<f64> = people.values.iter().map(|value| if value.is_nan() { 0.0 } else { *value }).collect();
    let estimate = compute::activity(territory, method, estimation, &heads, &demand, (&od, &weights));
    Ok(Catchment {
        od,
        weights,
        demand,
        known_demand: people.values.clone(),
        supply: estimate.supply,
        heads,
        per_head: estimate.per_head,
        activity: estimate.how,
        people: people.provenance.clone(),
    })
}
