//! What the pages of simulations share: the simulator, made when first asked for, the last outcomes, and the saved scenarios.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use pacte_access::ground::Ground;
use pacte_access::whatif::{ChangeError, Outcome, Scenario, Simulator};
use pacte_store::{Shelf, StoreError};
use tokio::sync::Semaphore;

use crate::error::Fault;
use crate::state::{AppState, Portal};

/// Outcomes kept. One in which every commune of the country changes weighs about two megabytes.
const KEPT: usize = 12;
/// Simulations made at the same time: the largest are spread over all cores.
const AT_ONCE: usize = 2;

/// The simulator and the scenarios.
#[derive(Debug)]
pub struct Desk {
    ground: Arc<Ground>,
    hash: String,
    simulator: OnceLock<Simulator>,
    /// Saved scenarios.
    pub scenarios: Shelf<Scenario>,
    kept: Mutex<VecDeque<(String, Arc<Outcome>)>>,
    at_once: Arc<Semaphore>,
}

impl Desk {
    /// Opens the shelf of scenarios in the folder of decisions.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn open(ground: Arc<Ground>, hash: &str, decisions: &Path) -> Result<Self, StoreError> {
        Ok(Self {
            ground,
            hash: hash.to_owned(),
            simulator: OnceLock::new(),
            scenarios: Shelf::open(&super::shelf(decisions))?,
            kept: Mutex::default(),
            at_once: Arc::new(Semaphore::new(AT_ONCE)),
        })
    }

    /// The simulator: some tens of megabytes for a country, made in a tenth of a second when first asked for.
    pub fn simulator(&self) -> &Simulator {
        self.simulator.get_or_init(|| Simulator::new(Arc::clone(&self.ground), &self.hash))
    }

    /// The outcome of a scenario, computed when it is not among the last ones.
    ///
    /// # Errors
    /// The change that cannot be made.
    pub fn outcome(&self, scenario: &Scenario) -> Result<Arc<Outcome>, ChangeError> {
        let key = scenario.changes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(place) = kept.iter().position(|(known, _)| *known == key) {
                let entry = kept.remove(place).expect("found just above");
                let outcome = Arc::clone(&entry.1);
                kept.push_front(entry);
                return Ok(outcome);
            }
        }
        let bare = Scenario { name: String::new(), base: self.simulator().base().clone(), ..scenario.clone() };
        let outcome = Arc::new(self.simulator().simulate(&bare)?);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_front((key, Arc::clone(&outcome)));
        kept.truncate(KEPT);
        Ok(outcome)
    }
}

/// Runs `work` away from the threads that answer pages, a few at a time.
///
/// # Errors
/// 404 when the portal has no workbench; what `work` returns.
pub(super) async fn run<T: Send + 'static>(
    portal: &AppState,
    work: impl FnOnce(&Portal, &Desk) -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let at_once = portal.workbench.as_ref().map(|bench| Arc::clone(&bench.whatif.at_once));
    let at_once = at_once.ok_or_else(|| Fault::missing("fault-whatif-absent", []))?;
    let permit = at_once.acquire_owned().await.map_err(|error| Fault::internal(&error))?;
    let shared = Arc::clone(portal);
    let work = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        let bench = shared.workbench.as_ref().expect("there was one just above");
        work(&shared, &bench.whatif)
    });
    work.await.map_err(|error| Fault::internal(&error))?
}
