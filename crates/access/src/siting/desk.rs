//! From a request to points, candidates and pairs, and back to communes.

use std::collections::VecDeque;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pacte_siting::{Answer, Effort, Instance, Limit, solve};
use pacte_territory::{CommuneId, Level};
use rayon::prelude::*;

use super::answer::{BroughtCommune, CurveStep, Proof, Site, Siting, Totals};
use super::request::{LONGEST, MOST_SECONDS, Objective, Refused, Request};
use super::terms::{costs, factors, in_words, instance, nobody, part, unit};
use crate::french::comma;
use crate::ground::Ground;
use crate::od::OdMatrix;
use crate::urgent::SharedCover;

/// Changes when the same request may be answered otherwise.
const REVISION: u32 = 2;
/// Steps of equity weights: a person counts for so many at most finely.
const FINENESS: f64 = 1000.0;
/// Scores of mean times in a minute.
pub(super) const TENTHS: f32 = 10.0;
/// Tables of minutes kept: the same territory is asked about with other limits.
const KEPT: usize = 3;

type Table = ((u32, Option<(Level, u32)>), Arc<OdMatrix>);

/// Where requests are answered: a ground with its urgent care, and the last tables of minutes.
#[derive(Debug)]
pub struct Desk {
    ground: Arc<Ground>,
    urgent: Arc<SharedCover>,
    tables: Mutex<VecDeque<Table>>,
}

/// A request whose names are found.
pub(super) struct Read<'a> {
    pub(super) request: &'a Request,
    pub(super) scope: Option<(Level, u32)>,
    pub(super) scope_name: String,
    pub(super) members: Vec<CommuneId>,
    /// Communes where a site may stand, ascending.
    pub(super) candidates: Vec<CommuneId>,
    pub(super) forced: Vec<u32>,
    pub(super) small: u32,
    pub(super) barred: u32,
    /// Cost of each candidate, cents.
    pub(super) costs: Option<Vec<u64>>,
    /// Communes of the scope that count, ascending, with their people and weight.
    pub(super) points: Vec<Point>,
    /// Units of weight a person.
    pub(super) unit: f64,
    pub(super) sources: Vec<String>,
    pub(super) notes: Vec<String>,
    pub(super) unweighted: u32,
}

pub(super) struct Point {
    pub(super) commune: CommuneId,
    /// Rank in the members of the scope.
    pub(super) rank: u32,
    pub(super) people: u64,
    pub(super) weight: u64,
}

impl Desk {
    /// A desk over the ground of a cover.
    pub fn new(urgent: Arc<SharedCover>) -> Self {
        Self { ground: Arc::clone(urgent.ground()), urgent, tables: Mutex::default() }
    }

    /// The ground.
    pub fn ground(&self) -> &Arc<Ground> {
        &self.ground
    }

    /// Answers a request. `stop` set to true from elsewhere ends the search with what is known.
    ///
    /// # Errors
    /// When the request names what does not exist, contradicts itself or cannot be met: see [`Refused`].
    pub fn answer(&self, request: &Request, stop: Option<Arc<AtomicBool>>) -> Result<Siting, Refused> {
        let mut read = self.read(request)?;
        let existing = self.existing(request, &mut read.sources)?;
        let urgent = self.urgent_minutes(&mut read);
        let table = self.table(request.minutes, read.scope, &read.members);
        let limit = request.minutes as f32;
        let before: Vec<f32> = read
            .points
            .par_iter()
            .map(|point| {
                // `NaN` where nothing reaches: within no limit.
                let by_urgent = urgent.as_ref().map_or(f32::NAN, |minutes| minutes[point.commune as usize]);
                let near = table
                    .row(point.rank)
                    .filter(|(to, minutes)| *minutes <= limit && existing.get(*to as usize).copied().unwrap_or(false))
                    .map(|(_, minutes)| minutes);
                near.fold(if by_urgent <= limit { by_urgent } else { f32::INFINITY }, f32::min)
            })
            .collect();
        let instance = instance(&read, &table, &before)?;
        let scope_name = read.scope_name.clone();
        let everywhere: Vec<u32> = (0..instance.candidates() as u32).collect();
        if instance.gain(&everywhere) == 0 && read.forced.is_empty() {
            return Err(nobody(&read, &before, scope_name));
        }
        let effort = Effort { exact: request.exact, limit: Duration::from_secs(u64::from(request.seconds)), stop };
        let limits = Limit { sites: request.sites, budget: request.budget_cents };
        let found = solve(&instance, limits, &effort).map_err(|error| in_words(error, request, &read))?;
        let stopped = !found.proven && found.seconds >= f64::from(request.seconds) * 0.999;
        if stopped {
            read.notes.push(format!(
                "Recherche arrêtée au bout de {} secondes : un temps plus long peut donner mieux ou prouver.",
                request.seconds
            ));
        }
        Ok(Siting { stopped, ..self.told(&read, &table, &before, &instance, found) })
    }

    /// Finds names and checks numbers.
    fn read<'a>(&self, request: &'a Request) -> Result<Read<'a>, Refused> {
        let territory = self.ground.territory();
        if !(1..=LONGEST).contains(&request.minutes) {
            return Err(Refused::Minutes(request.minutes));
        }
        if !(1..=MOST_SECONDS).contains(&request.seconds) {
            return Err(Refused::Seconds(request.seconds));
        }
        if request.equity_percent > 100 {
            return Err(Refused::EquityPercent(request.equity_percent));
        }
        if request.capacity.is_some() && request.objective == Objective::MeanTime {
            return Err(Refused::CapacityOfMean);
        }
        let scope = match &request.scope {
            None | Some((Level::Country, _)) => None,
            Some((level, code)) => {
                let area = territory.find(*level, code);
                let area = area.ok_or_else(|| Refused::Scope { level: *level, code: code.clone() })?;
                Some((*level, area))
            }
        };
        let (level, area) = scope.unwrap_or((Level::Country, 0));
        let scope_name = territory.area(level, area).name;
        let members = territory.members(level, area).to_vec();
        let communes = |codes: &[String], what: &'static str| -> Result<Vec<CommuneId>, Refused> {
            let find = |code: &String| {
                territory.find(Level::Commune, code).ok_or_else(|| Refused::Commune { code: code.clone(), what })
            };
            codes.iter().map(find).collect()
        };
        let forced = communes(&request.forced, "imposée")?;
        let forbidden = communes(&request.forbidden, "interdite")?;
        let named = |commune: CommuneId| {
            let area = territory.area(Level::Commune, commune);
            (area.code, area.name)
        };
        if let Some(both) = forced.iter().find(|commune| forbidden.contains(commune)) {
            let (code, name) = named(*both);
            return Err(Refused::Contradiction { code, name });
        }
        let people = |commune: CommuneId| self.ground.residents()[commune as usize];
        for commune in &forced {
            let (code, name) = named(*commune);
            if members.binary_search(commune).is_err() {
                return Err(Refused::ForcedElsewhere { code, name, scope: scope_name });
            }
            if people(*commune) < u64::from(request.least_people) {
                return Err(Refused::ForcedTooSmall {
                    code,
                    name,
                    people: people(*commune),
                    least: request.least_people,
                });
            }
        }
        let large: Vec<CommuneId> =
            members.iter().copied().filter(|commune| people(*commune) >= u64::from(request.least_people)).collect();
        let candidates: Vec<CommuneId> = large.iter().copied().filter(|commune| !forbidden.contains(commune)).collect();
        let rank = |commune: &CommuneId| candidates.binary_search(commune).ok().map(|rank| rank as u32);
        let costs = costs(
            request,
            &candidates,
            communes(
                &request.costs.iter().map(|(code, _)| code.clone()).collect::<Vec<_>>(),
                "dont le coût est donné",
            )?,
        )?;
        let mut read = Read {
            request,
            scope,
            small: (members.len() - large.len()) as u32,
            barred: (large.len() - candidates.len()) as u32,
            forced: forced.iter().filter_map(rank).collect(),
            scope_name,
            members,
            candidates,
            costs,
            points: Vec::new(),
            unit: 1.0,
            sources: Vec::new(),
            notes: Vec::new(),
            unweighted: 0,
        };
        self.points(&mut read)?;
        Ok(read)
    }

    /// Who counts, and for how much.
    fn points(&self, read: &mut Read<'_>) -> Result<(), Refused> {
        let territory = self.ground.territory();
        let request = read.request;
        let population = self.ground.population().ok_or_else(|| Refused::Column {
            concept: "population.municipal".to_owned(),
            needed_for: "il faut savoir combien d’habitants chaque site servirait (importez les populations légales de l’INSEE)",
        })?;
        read.sources.push(population.provenance.citation());
        let under = if request.objective == Objective::UnderDense { Some(self.under_dense(read)?) } else { None };
        let factors = match request.equity.concept().filter(|_| request.equity_percent > 0) {
            None => None,
            Some(concept) => {
                let column = territory.latest(concept).ok_or_else(|| Refused::Column {
                    concept: concept.to_owned(),
                    needed_for: "la pondération demandée s’y lit ; choisissez-en une autre ou importez le fichier qui la donne",
                })?;
                read.sources.push(column.provenance.citation());
                read.unit = FINENESS;
                let (factors, missing) = factors(territory, request.equity, column, population);
                read.unweighted = missing;
                if missing > 0 {
                    read.notes.push(format!(
                        "{} communes sans valeur pour la pondération : leurs habitants comptent pour un.",
                        comma(f64::from(missing), 0)
                    ));
                }
                Some(factors)
            }
        };
        let share = f64::from(request.equity_percent) / 100.0;
        for (rank, commune) in (0_u32..).zip(&read.members) {
            let people = self.ground.residents()[*commune as usize];
            if people == 0 || under.as_ref().is_some_and(|under| !under[*commune as usize]) {
                continue;
            }
            let weight = factors.as_ref().map_or(people, |factors| {
                let factor = 1.0 - share + share * factors[*commune as usize];
                (people as f64 * factor * FINENESS).round() as u64
            });
            read.points.push(Point { commune: *commune, rank, people, weight });
        }
        Ok(())
    }

    /// Communes below the threshold of the APL.
    fn under_dense(&self, read: &mut Read<'_>) -> Result<Vec<bool>, Refused> {
        let catchment = self.ground.catchment().ok_or_else(|| Refused::Column {
            concept: format!("supply.{}", self.ground.method().profession),
            needed_for: "sans effectifs de médecins, aucune APL n’est calculée (importez la BPE)",
        })?;
        let threshold = f64::from(read.request.threshold_hundredths) / 100.0;
        let apl = catchment.apl(&catchment.supply).apl;
        read.sources.push(catchment.heads.citation.clone());
        read.sources.push(catchment.people.citation());
        read.notes.push(format!(
            "Communes sous-denses : APL calculée ({}) inférieure à {} consultations par an et par habitant.",
            self.ground.method().label,
            comma(threshold, 2).trim_end_matches('0').trim_end_matches(',')
        ));
        Ok(apl.into_iter().map(|apl| apl < threshold).collect())
    }

    /// Whether each commune has one of the resources that exist.
    fn existing(&self, request: &Request, sources: &mut Vec<String>) -> Result<Vec<bool>, Refused> {
        let territory = self.ground.territory();
        let mut stands = vec![false; territory.len()];
        if request.objective == Objective::UnderDense {
            return Ok(stands);
        }
        for kind in &request.existing {
            let column = territory.latest(&format!("supply.{kind}")).ok_or_else(|| {
                let columns = territory.parts().columns.iter();
                let mut known: Vec<&str> =
                    columns.filter_map(|column| column.concept.strip_prefix("supply.")).collect();
                known.sort_unstable();
                known.dedup();
                let known = if known.is_empty() { "ou importez la BPE".to_owned() } else { known.join(", ") };
                Refused::Existing { found: kind.chars().take(60).collect(), known }
            })?;
            sources.push(column.provenance.citation());
            for (stands, count) in stands.iter_mut().zip(&column.values) {
                *stands |= *count > 0.0;
            }
        }
        Ok(stands)
    }

    /// Minutes of every commune to the urgent care asked for, `NaN` where there is none; `None` when none counts.
    fn urgent_minutes(&self, read: &mut Read<'_>) -> Option<Vec<f32>> {
        let asked = read.request.urgent.filter(|_| read.request.objective != Objective::UnderDense)?;
        let cover = self.urgent.get();
        read.sources.extend(cover.sources().iter().cloned());
        read.notes.push(format!("Soins urgents existants : {}, {}.", asked.set.label(), asked.moment.label()));
        read.notes.extend(cover.notes().iter().cloned());
        Some(cover.minutes(asked.set, asked.moment))
    }

    /// Minutes from the communes of a scope to those within reach, one row a member.
    fn table(&self, minutes: u32, scope: Option<(Level, u32)>, members: &[CommuneId]) -> Arc<OdMatrix> {
        let key = (minutes, scope);
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, table)) = tables.iter().find(|(known, _)| *known == key) {
            return Arc::clone(table);
        }
        drop(tables);
        let limit = f64::from(minutes);
        let made = if scope.is_none() {
            self.ground.times().matrix(limit)
        } else {
            let rows = members
                .par_iter()
                .map(|origin| {
                    let mut row = Vec::new();
                    self.ground.times().search(*origin, &mut |commune, minutes| {
                        if minutes <= limit {
                            row.push((commune, minutes as f32));
                        }
                        limit
                    });
                    row
                })
                .collect();
            OdMatrix::from_rows(rows)
        };
        let made = Arc::new(made);
        tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        tables.push_front((key, Arc::clone(&made)));
        tables.truncate(KEPT);
        made
    }

    /// The answer in communes and people.
    fn told(&self, read: &Read<'_>, table: &OdMatrix, before: &[f32], instance: &Instance, found: Answer) -> Siting {
        let territory = self.ground.territory();
        let request = read.request;
        let mean = request.objective == Objective::MeanTime;
        let scale = read.unit * if mean { f64::from(TENTHS) } else { 1.0 };
        let amount = |value: u64| value as f64 / scale;
        let limit = request.minutes as f32;
        let mut now: Vec<f32> = before.to_vec();
        let mut served: Vec<u64> = read
            .points
            .iter()
            .zip(before)
            .map(|(point, before)| if *before <= limit { point.people } else { 0 })
            .collect();
        let served_before: u64 = served.iter().sum();
        let sites = found
            .sites
            .iter()
            .map(|chosen| {
                let commune = read.candidates[chosen.site as usize];
                let mut brought: Vec<BroughtCommune> = chosen
                    .brought
                    .iter()
                    .filter_map(|one| {
                        let point = &read.points[one.point as usize];
                        let rank = one.point as usize;
                        // Every pair of the instance comes from the table.
                        let to = |(to, _): &(u32, f32)| *to == commune;
                        let minutes = table.row(point.rank).find(to).map(|(_, minutes)| minutes);
                        let after = minutes.unwrap_or(limit);
                        let people = part(one.weight, point);
                        let known = Some(now[rank]).filter(|minutes| *minutes <= limit);
                        now[rank] = now[rank].min(after);
                        served[rank] = (served[rank] + people).min(point.people);
                        let area = territory.area(Level::Commune, point.commune);
                        (people > 0).then_some(BroughtCommune {
                            commune: point.commune,
                            code: area.code,
                            name: area.name,
                            people,
                            before: known,
                            after,
                        })
                    })
                    .collect();
                brought.sort_by(|a, b| b.people.cmp(&a.people).then(a.commune.cmp(&b.commune)));
                let area = territory.area(Level::Commune, commune);
                Site {
                    commune,
                    code: area.code,
                    name: area.name,
                    forced: chosen.forced,
                    cost_cents: read.costs.as_ref().map(|_| chosen.cost),
                    gain: amount(chosen.gain),
                    people: brought.iter().map(|one| one.people).sum(),
                    alone: amount(chosen.alone),
                    loss: amount(chosen.loss),
                    brought,
                }
            })
            .collect();
        let beyond = read.points.iter().zip(&served).filter(|(point, served)| **served < point.people);
        let beyond = beyond.map(|(point, _)| point.commune).collect();
        let mean_of = |minutes: &[f32]| {
            let total: f64 = read.points.iter().map(|point| point.people as f64).sum();
            let sum: f64 = read
                .points
                .iter()
                .zip(minutes)
                .map(|(point, minutes)| point.people as f64 * f64::from(minutes.min(limit)))
                .sum();
            (mean && total > 0.0).then_some(sum / total)
        };
        let totals = Totals {
            people: read.points.iter().map(|point| point.people).sum(),
            served_before,
            served_after: served.iter().sum(),
            mean_before: mean_of(before),
            mean_after: mean_of(&now),
        };
        let curve = found
            .curve
            .iter()
            .map(|step| CurveStep {
                sites: step.sites,
                cost_cents: read.costs.as_ref().map(|_| step.cost),
                gain: amount(step.gain),
                bound: if step.bound == u64::MAX { f64::INFINITY } else { amount(step.bound) },
            })
            .collect();
        let mut sources = read.sources.clone();
        let mut seen = Vec::new();
        sources.retain(|source| {
            let new = !seen.contains(source);
            seen.push(source.clone());
            new
        });
        let mut hasher = blake3::Hasher::new();
        hasher.update(format!("{REVISION} {} {request:?}", self.ground.fingerprint()).as_bytes());
        if request.urgent.is_some() {
            hasher.update(self.urgent.get().fingerprint().as_bytes());
        }
        Siting {
            request: request.clone(),
            gain: amount(found.gain),
            greedy: amount(found.greedy),
            unit: unit(request).to_owned(),
            totals,
            beyond,
            curve,
            proof: Proof { proven: found.proven, gap: found.gap(), bound: amount(found.bound), method: found.method },
            candidates: read.candidates.len() as u32,
            points: read.points.len() as u32,
            pairs: instance.pairs() as u64,
            scope_name: read.scope_name.clone(),
            sources,
            travel: self.ground.travel().clone(),
            fingerprint: self.ground.fingerprint().to_owned(),
            method_hash: hasher.finalize().to_hex()[..32].to_owned(),
            unweighted: read.unweighted,
            stopped: false,
            notes: read.notes.clone(),
            seconds: found.seconds,
            sites,
        }
    }
}
