//! Answers scenarios over a ground kept in memory.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use pacte_territory::{CommuneId, Level};

use super::base::{After, Sheet};
use super::care::Care;
use super::error::{ChangeError, ChangeFault};
use super::outcome::{Counted, Outcome, Tally, known, shifts, tally};
use super::scenario::{Base, Scenario};
use super::staff::{Kept, Staff, after_years};
use super::zones::{self, Zoning};
use super::{Change, CommuneShift, Kind, Parameter};
use crate::ages::{self, Shares};
use crate::french::comma;
use crate::ground::Ground;
use crate::method::{AplMethod, Band, Boundary, Decay};
use crate::urgent::Cover;

/// Most changes one scenario holds.
pub const MOST_CHANGES: usize = 500;
/// Sheets of other methods kept.
const SHEETS: usize = 2;
/// Lists of shares by age kept.
const AGES: usize = 4;

/// A ground ready for scenarios: catchments in both directions, and what they give today.
#[derive(Debug)]
pub struct Simulator {
    ground: Arc<Ground>,
    base: Base,
    sheet: Option<Arc<Sheet>>,
    /// Sheets of other methods, the last used first.
    others: Mutex<VecDeque<(String, Arc<Sheet>)>>,
    ages: Mutex<VecDeque<(u32, Arc<Shares>)>>,
    care: Care,
    /// Zoning methods by name, or why they cannot be applied.
    zonings: Mutex<BTreeMap<String, Result<Arc<Zoning>, String>>>,
    usual: Option<Arc<Zoning>>,
    people: Vec<u64>,
    /// Counts today, by level.
    today: BTreeMap<Level, Vec<Tally>>,
}

/// Levels counted.
const LEVELS: [Level; 3] = [Level::Country, Level::Region, Level::Departement];

impl Simulator {
    /// Prepares a ground; `hash` is that of its territory's snapshot.
    pub fn new(ground: Arc<Ground>, hash: &str) -> Self {
        Self::with_cover(Arc::new(Cover::of_ground(ground)), hash)
    }

    /// The same over a cover of urgent care made already.
    pub fn with_cover(cover: Arc<Cover>, hash: &str) -> Self {
        let ground = Arc::clone(cover.ground());
        let sheet = Sheet::new(&ground, ground.method().clone(), None).map(Arc::new);
        let people = ground.residents().to_vec();
        let today = sheet.as_ref().map(|sheet| Self::count_today(&ground, &people, sheet)).unwrap_or_default();
        let mut simulator = Self {
            base: Base::of(&ground, hash),
            care: Care::new(cover),
            sheet,
            others: Mutex::default(),
            ages: Mutex::default(),
            zonings: Mutex::default(),
            usual: None,
            people,
            today,
            ground,
        };
        simulator.usual = zones::USUAL.iter().find_map(|name| simulator.zoning(name).ok());
        simulator
    }

    /// A zoning method ready for these communes; in French, why it cannot be applied.
    fn zoning(&self, name: &str) -> Result<Arc<Zoning>, String> {
        let kept = || self.zonings.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept().get(name) {
            return known.clone();
        }
        let made = match &self.sheet {
            Some(sheet) => {
                let territory = self.ground.territory();
                Zoning::new(territory, name, &sheet.apl, &sheet.young_today(), &sheet.method).map(Arc::new)
            }
            None => Err("aucune APL dans ce territoire".to_owned()),
        };
        // Names come from links: only methods that exist are kept.
        if made.is_ok() {
            kept().insert(name.to_owned(), made.clone());
        }
        made
    }

    /// The zoning a scenario asks for, else the usual one; `None` when none applies.
    fn zoning_for(&self, changes: &[Change]) -> Result<Option<Arc<Zoning>>, ChangeError> {
        let asked = changes.iter().rev().find_map(|change| match change {
            Change::Zoning(name) => Some((change, name)),
            _ => None,
        });
        let Some((change, name)) = asked else { return Ok(self.usual.clone()) };
        let wrong = |reason| ChangeError { change: change.to_string(), fault: ChangeFault::Impossible { reason } };
        self.zoning(name).map(Some).map_err(wrong)
    }

    fn count_today(ground: &Ground, people: &[u64], sheet: &Sheet) -> BTreeMap<Level, Vec<Tally>> {
        let catchment = sheet.catchment(ground);
        let counted = Counted { catchment, apl: &sheet.apl, supply: &catchment.supply, changed: &[] };
        LEVELS.into_iter().map(|level| (level, tally(ground.territory(), people, level, &counted))).collect()
    }

    /// The ground.
    pub fn ground(&self) -> &Arc<Ground> {
        &self.ground
    }

    /// The data scenarios are answered on.
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// APL of every commune today; `None` without population or practitioners.
    pub fn apl(&self) -> Option<&[f64]> {
        self.sheet.as_ref().map(|sheet| sheet.apl.as_slice())
    }

    /// Residents of a commune.
    pub fn people(&self, commune: CommuneId) -> u64 {
        self.people.get(commune as usize).copied().unwrap_or_default()
    }

    /// Minutes to urgent care today by every declared resource but helicopters, one a commune, `NaN` where none reaches; `None` when no
    /// resource is known.
    pub fn minutes(&self) -> Option<Vec<f64>> {
        let minutes = self.care.minutes();
        minutes.iter().any(|minutes| !minutes.is_nan()).then_some(minutes)
    }

    /// Class of each commune today under the usual zoning method; the number of classes stands for none.
    pub fn zones(&self) -> Option<&[u8]> {
        self.usual.as_deref().map(Zoning::classes)
    }

    /// The same under the zoning method a scenario asks for.
    ///
    /// # Errors
    /// When that method cannot be applied.
    pub fn zones_of(&self, scenario: &Scenario) -> Result<Option<Vec<u8>>, ChangeError> {
        Ok(self.zoning_for(&scenario.changes)?.map(|zoning| zoning.classes().to_vec()))
    }

    /// How many of a kind there are in a commune today; those of emergency care by the register of resources.
    pub fn standing(&self, kind: Kind, at: CommuneId) -> u32 {
        let territory = self.ground.territory();
        let concept = match kind {
            Kind::Gp => {
                let heads = self.sheet.as_ref().map(|sheet| sheet.catchment(&self.ground).heads.counts[at as usize]);
                return heads.unwrap_or(0.0) as u32;
            }
            Kind::Msp => "supply.msp",
            Kind::Centre => "supply.health_centre",
            Kind::Emergency | Kind::Smur | Kind::Mcs => return self.care.standing(kind, at),
        };
        territory.latest(concept).and_then(|column| column.get(at)).unwrap_or(0.0) as u32
    }

    /// The method after changes of method; the ground's own sheet when there are none.
    fn sheet_for(&self, changes: &[Change]) -> Result<Arc<Sheet>, ChangeError> {
        let own = self.sheet.as_ref();
        let texts: Vec<String> = changes.iter().filter(|change| change.is_method()).map(ToString::to_string).collect();
        let wrong = |change: &Change, fault| ChangeError { change: change.to_string(), fault };
        let Some(own) = own else {
            let reason = self.ground.notes().join(" ");
            let fault =
                ChangeFault::Impossible { reason: format!("aucune APL à simuler dans ce territoire. {reason}") };
            let change = changes.first().map(ToString::to_string).unwrap_or_default();
            return Err(ChangeError { change, fault });
        };
        if texts.is_empty() {
            return Ok(Arc::clone(own));
        }
        let key = texts.join("\n");
        let kept = || self.others.lock().unwrap_or_else(PoisonError::into_inner);
        {
            let mut kept = kept();
            if let Some(place) = kept.iter().position(|(known, _)| *known == key) {
                let entry = kept.remove(place).expect("found just above");
                let sheet = Arc::clone(&entry.1);
                kept.push_front(entry);
                return Ok(sheet);
            }
        }
        let mut method = own.method.clone();
        let mut last = &changes[0];
        // A method first, whatever the order: what changes a parameter changes that method's.
        let (methods, parameters): (Vec<&Change>, Vec<&Change>) =
            changes.iter().filter(|change| change.is_method()).partition(|change| matches!(change, Change::Method(_)));
        for change in methods.into_iter().chain(parameters) {
            last = change;
            self.modify(&mut method, change).map_err(|fault| wrong(change, fault))?;
        }
        let catchment =
            self.ground.catchment_with(&method).map_err(|reason| wrong(last, ChangeFault::Impossible { reason }))?;
        let sheet = Sheet::new(&self.ground, method, Some(catchment)).expect("a catchment was just made");
        let sheet = Arc::new(sheet);
        let mut kept = kept();
        kept.push_front((key, Arc::clone(&sheet)));
        kept.truncate(SHEETS);
        Ok(sheet)
    }

    fn modify(&self, method: &mut AplMethod, change: &Change) -> Result<(), ChangeFault> {
        match change {
            Change::Method(name) => {
                let found = AplMethod::of_territory(self.ground.territory(), name)
                    .map_err(|error| ChangeFault::Impossible { reason: error.to_string() })?;
                let vintage = method.vintage;
                *method = found.ok_or_else(|| ChangeFault::UnknownMethod {
                    found: name.clone(),
                    known: AplMethod::shipped_names().collect::<Vec<_>>().join(", "),
                })?;
                // Other rules on the same people and doctors: otherwise the difference would be that of the data.
                method.vintage = vintage;
            }
            Change::Decay(bands) => {
                let bands = bands.iter().map(|(upto, weight)| Band { upto: *upto, weight: *weight }).collect();
                method.decay = Decay { boundary: Boundary::Below, bands };
                method.label = format!("{}, pondération changée ({change})", method.label);
            }
            Change::Set(parameter, value) => {
                match parameter {
                    Parameter::Cap => method.activity.cap = *value,
                    Parameter::PerHead => method.activity.per_head = *value,
                }
                method.label = format!("{}, {change}", method.label);
            }
            _ => {}
        }
        Ok(())
    }

    /// Shares of supply due to practitioners over an age, by commune.
    fn over(&self, age: u32) -> Result<Arc<Shares>, ChangeFault> {
        let kept = || self.ages.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, shares)) = kept().iter().find(|(known, _)| *known == age) {
            return Ok(Arc::clone(shares));
        }
        let shares = ages::supply_over(&self.ground, age).map_err(|reason| ChangeFault::AgeUnknown { age, reason })?;
        let shares = Arc::new(shares);
        let mut kept = kept();
        kept.push_front((age, Arc::clone(&shares)));
        kept.truncate(AGES);
        Ok(shares)
    }

    /// Share of activity the practitioners of today keep, when some retire or leave, and the sentences that say so.
    fn kept(&self, sheet: &Sheet, changes: &[Change], notes: &mut Vec<String>) -> Result<Option<Kept>, ChangeError> {
        let n = sheet.apl.len();
        let mut kept: Option<Kept> = None;
        let limit = sheet.method.age_limits.first().map(|limit| limit.upto);
        let mut retired: Option<u32> = None;
        for change in changes {
            let wrong = |fault| ChangeError { change: change.to_string(), fault };
            match *change {
                Change::Retire { age, replaced } => {
                    if let Some(before) = retired.replace(age) {
                        let reason = format!(
                            "le scénario a déjà un départ à la retraite, à {before} ans, et les plus âgés partiraient deux \
                             fois : gardez-en un seul"
                        );
                        return Err(wrong(ChangeFault::Impossible { reason }));
                    }
                    let shares = self.over(age).map_err(wrong)?;
                    let lost = 1.0 - f64::from(replaced) / 10_000.0;
                    let older = limit.filter(|limit| *limit > age).map(|limit| self.over(limit)).transpose();
                    let older = older.map_err(wrong)?;
                    let kept = kept.get_or_insert_with(|| Kept { all: vec![1.0; n], young: vec![1.0; n] });
                    for i in 0..n {
                        kept.all[i] *= 1.0 - shares.share[i] * lost;
                        // Among those within the limit, who leaves is between the age and the limit.
                        if let Some(older) = &older {
                            let within = 1.0 - older.share[i];
                            let between = (shares.share[i] - older.share[i]).max(0.0);
                            if within > 0.0 {
                                kept.young[i] *= 1.0 - between / within * lost;
                            }
                        }
                    }
                    notes.push(format!(
                        "Départ des médecins de plus de {age} ans : {} % de l’offre du pays ({}). Source : {}.{}",
                        comma(shares.national * 100.0, 1),
                        shares.method,
                        shares.source,
                        if replaced > 0 {
                            format!(
                                " {} % de leur activité est reprise sur place.",
                                comma(f64::from(replaced) / 100.0, 1)
                            )
                        } else {
                            String::new()
                        }
                    ));
                }
                Change::Depart { rate, years, replaced } => {
                    let share = after_years(rate, years, replaced);
                    let kept = kept.get_or_insert_with(|| Kept { all: vec![1.0; n], young: vec![1.0; n] });
                    for share_kept in kept.all.iter_mut().chain(&mut kept.young) {
                        *share_kept *= share;
                    }
                    notes.push(format!(
                        "Chaque année pendant {years} an{}, {} % des médecins en place partent et {} % d’entre eux sont remplacés sur place : il reste {} % de leur activité, la même part partout.",
                        if years > 1 { "s" } else { "" },
                        comma(f64::from(rate) / 100.0, 1),
                        comma(f64::from(replaced) / 100.0, 1),
                        comma(share * 100.0, 1)
                    ));
                }
                _ => {}
            }
        }
        Ok(kept)
    }

    /// Checks the changes and follows them to the end.
    fn staff(&self, sheet: &Sheet, scenario: &Scenario) -> Result<Staff, ChangeError> {
        if scenario.changes.len() > MOST_CHANGES {
            let fault = ChangeFault::TooLong { found: scenario.changes.len(), most: MOST_CHANGES };
            return Err(ChangeError { change: scenario.changes[MOST_CHANGES].to_string(), fault });
        }
        let heads = &sheet.catchment(&self.ground).heads.counts;
        let standing = |kind, at| self.standing(kind, at);
        Staff::of(self.ground.territory(), heads, &standing, &scenario.changes)
            .map_err(|(rank, fault)| ChangeError { change: scenario.changes[rank].to_string(), fault })
    }

    fn after(&self, scenario: &Scenario, young: bool) -> Result<Run, ChangeError> {
        let sheet = self.sheet_for(&scenario.changes)?;
        let staff = self.staff(&sheet, scenario)?;
        let mut notes = Vec::new();
        let kept = self.kept(&sheet, &scenario.changes, &mut notes)?;
        let after = sheet.after(&self.ground, &staff, kept.as_ref(), young);
        Ok(Run { sheet, staff, kept, after, notes })
    }

    /// The APL of every commune after a scenario, computed in full and not by difference: what tests and audits compare
    /// [`Self::simulate`] with.
    ///
    /// # Errors
    /// The first change that cannot be made.
    pub fn in_full(&self, scenario: &Scenario) -> Result<Vec<f64>, ChangeError> {
        let Run { sheet, staff, kept, .. } = self.after(scenario, false)?;
        let catchment = sheet.catchment(&self.ground);
        let communes = 0..self.people.len() as CommuneId;
        let supply: Vec<f64> = communes.map(|at| staff.supply(catchment, kept.as_ref(), sheet.young, at).0).collect();
        Ok(catchment.apl(&supply).apl)
    }

    /// Everything after a scenario beside everything today.
    ///
    /// The scenario's base is not compared with the data at hand: see [`Scenario::check`].
    ///
    /// # Errors
    /// The first change that cannot be made, why, and what would make it possible.
    pub fn simulate(&self, scenario: &Scenario) -> Result<Outcome, ChangeError> {
        let zoning = self.zoning_for(&scenario.changes)?;
        let young = zoning.as_ref().is_some_and(|zoning| zoning.young);
        let Run { sheet, staff, after, notes: said, .. } = self.after(scenario, young)?;
        let territory = self.ground.territory();
        let own = self.sheet.as_ref().expect("a sheet was found for the scenario");
        let same_method = Arc::ptr_eq(own, &sheet);
        let catchment = sheet.catchment(&self.ground);
        let shift = |at: CommuneId| {
            let (before, now) = (own.apl[at as usize], after.apl[at as usize]);
            let changed = before.to_bits() != now.to_bits() && !(before.is_nan() && now.is_nan());
            changed.then(|| CommuneShift {
                commune: at,
                people: self.people[at as usize],
                before: known(before),
                after: known(now),
            })
        };
        let communes: Vec<CommuneShift> = if same_method {
            after.touched.iter().filter_map(|at| shift(*at)).collect()
        } else {
            (0..self.people.len() as CommuneId).filter_map(shift).collect()
        };
        let heads = &catchment.heads.counts;
        let changed: Vec<(CommuneId, f64)> = staff.communes().map(|at| (at, staff.heads(heads, at))).collect();
        let counted = Counted { catchment, apl: &after.apl, supply: &after.supply, changed: &changed };
        let level = |level: Level| {
            let now = tally(territory, &self.people, level, &counted);
            shifts(territory, level, &self.today[&level], &now)
        };
        let [mut country, regions, departements] = LEVELS.map(level);
        let mut notes = self.notes(&sheet, &staff, &after, same_method, scenario);
        notes.extend(said);
        let structures: Vec<(Kind, CommuneId, i64)> = staff.structures().collect();
        let indicator = after.young.as_deref().filter(|_| young).unwrap_or(&after.apl);
        let zones = zoning.as_ref().map(|zoning| {
            notes.extend(zoning.notes().iter().map(|note| format!("Zonage : {note}")));
            zoning.after(territory, (!communes.is_empty()).then_some(indicator))
        });
        let mut method = blake3::Hasher::new();
        method.update(self.ground.fingerprint().as_bytes());
        for change in scenario.changes.iter().filter(|change| change.is_method()) {
            method.update(change.to_string().as_bytes());
        }
        Ok(Outcome {
            method: method.finalize().to_hex()[..32].to_owned(),
            method_label: sheet.method.label.clone(),
            vintages: self.base.vintages.iter().chain(self.care.sources()).cloned().collect(),
            notes,
            communes,
            country: country.pop().expect("a territory is one country"),
            regions,
            departements,
            cover: self.care.after(&structures),
            structures,
            zones,
            scenario: scenario.clone(),
        })
    }

    fn notes(
        &self,
        sheet: &Sheet,
        staff: &Staff,
        after: &After,
        same_method: bool,
        scenario: &Scenario,
    ) -> Vec<String> {
        let catchment = sheet.catchment(&self.ground);
        let mut notes = Vec::new();
        let is = |test: fn(&Change) -> bool| scenario.changes.iter().any(test);
        if is(|change| matches!(change, Change::Add { kind, .. } if kind.has_doctors())) {
            notes.push(format!(
                "Un médecin ajouté compte pour {} consultations par an, moyenne nationale du calcul ; il a moins que la limite d’âge.",
                comma(catchment.per_head, 0)
            ));
        }
        if is(|change| matches!(change, Change::Remove { kind, .. } | Change::Move { kind, .. } if kind.has_doctors()))
        {
            notes.push(
                "Un médecin qui ferme ou part emporte l’activité moyenne des médecins de sa commune ; ceux que le scénario a ajoutés partent les premiers."
                    .to_owned(),
            );
        }
        if staff.structures().any(|(kind, ..)| matches!(kind, Kind::Msp | Kind::Centre)) {
            notes.push(
                "Une maison ou un centre de santé compte dans l’APL par ses médecins généralistes ; son effet propre sur leur activité n’est pas supposé."
                    .to_owned(),
            );
        }
        if !same_method {
            notes.push(format!(
                "Après : {} ; avant : {}. Les habitants et les médecins sont les mêmes, ceux de {}.",
                sheet.method.label,
                self.ground.method().label,
                sheet.method.vintage
            ));
        }
        if after.unreached > 0.0 {
            notes.push(format!(
                "{} consultations ajoutées par an sont hors de portée de tout habitant connu : elles n’entrent pas dans l’APL.",
                comma(after.unreached, 0)
            ));
        }
        notes
    }
}

/// A scenario followed to its APL.
struct Run {
    sheet: Arc<Sheet>,
    staff: Staff,
    kept: Option<Kept>,
    after: After,
    notes: Vec<String>,
}
