//! What the pages of Décider work on: the ground of computations, and what people keep.

use std::path::Path;
use std::sync::Arc;

use pacte_access::ground::Ground;
use pacte_access::urgent::SharedCover;
use pacte_store::StoreError;

use crate::pages::decide::zoning::ZoningShelves;
use crate::pages::decide::{foresight, siting, urgent, whatif};

/// The ground and the shelves.
#[derive(Debug)]
pub struct Workbench {
    /// Travel times, catchments, supply and demand.
    pub ground: Arc<Ground>,
    /// Hash of the territory's snapshot.
    pub territory_hash: String,
    /// Simulations and their saved scenarios.
    pub whatif: whatif::Desk,
    /// Cover of urgent care and its last answers.
    pub urgent: urgent::Desk,
    /// Choice of sites and its last answers.
    pub siting: siting::Bench,
    /// Drafts and published layers of zoning.
    pub zoning: ZoningShelves,
    /// Projections of practitioners and the last ones made.
    pub foresight: foresight::Desk,
}

impl Workbench {
    /// Opens the shelves under `folder` (`decisions/` of the data directory), which need not exist yet.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn open(ground: Arc<Ground>, territory_hash: String, folder: &Path) -> Result<Self, StoreError> {
        let cover = Arc::new(SharedCover::new(Arc::clone(&ground)));
        Ok(Self {
            whatif: whatif::Desk::open(Arc::clone(&cover), &territory_hash, folder)?,
            urgent: urgent::Desk::new(Arc::clone(&cover)),
            siting: siting::Bench::new(cover),
            zoning: ZoningShelves::open(&folder.join("zoning"))?,
            foresight: foresight::Desk::open(folder),
            ground,
            territory_hash,
        })
    }
}
