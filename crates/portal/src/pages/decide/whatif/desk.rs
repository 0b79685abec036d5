//! What the pages of simulations share: the simulator, made when first asked for, the last outcomes, and the saved scenarios.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use pacte_access::urgent::SharedCover;
use pacte_access::whatif::{ChangeError, Outcome, Scenario, Simulator};
use pacte_store::{Shelf, StoreError};

use crate::error::Fault;
use crate::recent::{Recent, Turns};
use crate::state::{AppState, Portal};

/// Outcomes kept. One in which every commune of the country changes weighs about two megabytes.
const KEPT: usize = 12;
/// Simulations made at the same time: the largest are spread over all cores.
const AT_ONCE: usize = 2;

/// The simulator and the scenarios.
#[derive(Debug)]
pub struct Desk {
    cover: Arc<SharedCover>,
    hash: String,
    simulator: OnceLock<Simulator>,
    /// Saved scenarios.
    pub scenarios: Shelf<Scenario>,
    kept: Recent<String, Outcome>,
    turns: Turns,
}

impl Desk {
    /// Opens the shelf of scenarios in the folder of decisions.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn open(cover: Arc<SharedCover>, hash: &str, decisions: &Path) -> Result<Self, StoreError> {
        Ok(Self {
            cover,
            hash: hash.to_owned(),
            simulator: OnceLock::new(),
            scenarios: Shelf::open(&super::shelf(decisions))?,
            kept: Recent::new(KEPT),
            turns: Turns::new(AT_ONCE),
        })
    }

    /// The simulator: some tens of megabytes for a country, made in a tenth of a second when first asked for.
    pub fn simulator(&self) -> &Simulator {
        self.simulator.get_or_init(|| Simulator::with_cover(self.cover.get(), &self.hash))
    }

    /// The outcome of a scenario, computed when it is not among the last ones.
    ///
    /// # Errors
    /// The change that cannot be made.
    pub fn outcome(&self, scenario: &Scenario) -> Result<Arc<Outcome>, ChangeError> {
        let key = scenario.changes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        self.kept.get_or_make(key, |_| {
            let bare = Scenario { name: String::new(), base: self.simulator().base().clone(), ..scenario.clone() };
            self.simulator().simulate(&bare)
        })
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
    let bench = portal.workbench.as_ref().ok_or_else(|| Fault::missing("fault-whatif-absent", []))?;
    let shared = Arc::clone(portal);
    let done = bench.whatif.turns.run(move || {
        let bench = shared.workbench.as_ref().ok_or_else(|| Fault::missing("fault-whatif-absent", []))?;
        work(&shared, &bench.whatif)
    });
    done.await?
}
