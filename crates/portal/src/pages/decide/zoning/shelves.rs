//! Where drafts and published layers are kept, and which layer was in force when.

use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use pacte_access::zoning_layer::{Before, Draft, Layer, LayerHead, Scope, Work, in_force};
use pacte_store::{Kept, Ledger, Shelf, StoreError};
use pacte_territory::Territory;
use tokio::sync::Semaphore;

/// Drafts and layers of a data directory.
#[derive(Debug)]
pub struct ZoningShelves {
    /// Drafts, with every revision.
    pub drafts: Ledger<Draft>,
    /// Published layers, which never change.
    layers: Shelf<Layer>,
    /// Heads of the layers read so far: layers weigh megabytes, their list must not.
    heads: Mutex<HashMap<String, LayerHead>>,
    /// Held while publishing, so that two layers cannot both follow the same one.
    publishing: Mutex<()>,
    /// Drafts computed lately, the last used first.
    works: Mutex<VecDeque<Computed>>,
    /// Pages and files made at the same time.
    pub(super) at_once: Arc<Semaphore>,
}

/// A draft computed, with the layer it was compared with.
#[derive(Debug)]
struct Computed {
    draft: Draft,
    before: Option<String>,
    work: Arc<Work>,
}

/// Drafts computed and kept: a national one weighs some megabytes.
const KEPT: usize = 8;
/// Pages and files made at the same time.
const AT_ONCE: usize = 2;

impl ZoningShelves {
    /// Opens the shelves under a folder (`decisions/zoning/`), which need not exist yet.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        Ok(Self {
            drafts: Ledger::open(&folder.join("drafts"))?,
            layers: Shelf::open(&folder.join("layers"))?,
            heads: Mutex::default(),
            publishing: Mutex::default(),
            works: Mutex::default(),
            at_once: Arc::new(Semaphore::new(AT_ONCE)),
        })
    }

    /// A draft among those computed lately.
    pub(super) fn computed(&self, draft: &Draft, before: Option<&str>) -> Option<Arc<Work>> {
        let mut works = self.works.lock().unwrap_or_else(PoisonError::into_inner);
        let found = works.iter().position(|known| known.before.as_deref() == before && known.draft == *draft)?;
        let known = works.remove(found)?;
        let work = Arc::clone(&known.work);
        works.push_front(known);
        Some(work)
    }

    /// Keeps a draft that was computed; the least recently used goes.
    pub(super) fn remember(&self, draft: &Draft, before: Option<String>, work: &Arc<Work>) {
        let mut works = self.works.lock().unwrap_or_else(PoisonError::into_inner);
        works.push_front(Computed { draft: draft.clone(), before, work: Arc::clone(work) });
        works.truncate(KEPT);
    }

    /// Heads of every layer, the last to take effect first.
    ///
    /// # Errors
    /// When a file is damaged.
    pub fn heads(&self) -> Result<Vec<LayerHead>, StoreError> {
        let mut heads = Vec::new();
        for id in self.layers.names()? {
            let known = self.heads.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
            let head = match known {
                Some(head) => head,
                None => match self.layer(&id)? {
                    Some(kept) => LayerHead::of(&id, &kept.document),
                    None => continue,
                },
            };
            self.heads.lock().unwrap_or_else(PoisonError::into_inner).insert(id, head.clone());
            heads.push(head);
        }
        heads.sort_by_key(|head| std::cmp::Reverse((head.effective, head.published)));
        Ok(heads)
    }

    /// A layer by its name; `None` when there is none.
    ///
    /// # Errors
    /// When the name is not one of ours, or the file is damaged.
    pub fn layer(&self, id: &str) -> Result<Option<Kept<Layer>>, StoreError> {
        self.layers.get(id)
    }

    /// Publishes the layer that `make` builds from the heads of those published so far; nobody publishes in between.
    ///
    /// # Errors
    /// The obstacles of `make` inside, the disk's refusal outside.
    pub fn publish<E>(
        &self,
        make: impl FnOnce(&[LayerHead]) -> Result<Layer, E>,
    ) -> Result<Result<Kept<Layer>, E>, StoreError> {
        let _alone = self.publishing.lock().unwrap_or_else(PoisonError::into_inner);
        match make(&self.heads()?) {
            Ok(layer) => self.layers.put(layer).map(Ok),
            Err(refused) => Ok(Err(refused)),
        }
    }

    /// The zoning people live under in a scope on a day: the layer in force, or the one that came with the data.
    ///
    /// # Errors
    /// When a file is damaged.
    pub fn before(
        &self,
        territory: &Territory,
        scope: &Scope,
        profession: &str,
        day: Date,
    ) -> Result<Option<Before>, StoreError> {
        let heads = self.heads()?;
        if let Some(head) = in_force(&heads, scope, profession, day)
            && let Some(kept) = self.layer(&head.id)?
        {
            return Ok(Some(Before::of_layer(territory, &kept.document)));
        }
        Ok(Before::of_data(territory, profession))
    }

    /// The layer of a profession that classes a commune on a day: among the scopes that hold it, the last to take effect.
    ///
    /// # Errors
    /// When a file is damaged.
    pub fn of_commune(
        &self,
        commune: &str,
        profession: &str,
        day: Date,
    ) -> Result<Option<(LayerHead, Arc<Layer>)>, StoreError> {
        let mut heads = self.heads()?;
        heads.retain(|head| head.effective <= day && head.profession == profession);
        for head in heads {
            if let Some(kept) = self.layer(&head.id)?
                && kept.document.zone_of(commune).is_some()
            {
                return Ok(Some((head, Arc::new(kept.document))));
            }
        }
        Ok(None)
    }
}
