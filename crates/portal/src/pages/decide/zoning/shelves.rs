//! Where drafts and published layers are kept, and which layer was in force when.

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use pacte_access::zoning_layer::{Before, Draft, Layer, LayerHead, Scope, Work, in_force};
use pacte_store::{Kept, Ledger, Shelf, StoreError};
use pacte_territory::Territory;

use crate::recent::{Recent, Turns};

/// Drafts and layers of a data directory.
#[derive(Debug)]
pub struct ZoningShelves {
    folder: PathBuf,
    /// Drafts, with every revision.
    pub drafts: Ledger<Draft>,
    /// Published layers, which never change.
    layers: Shelf<Layer>,
    /// Heads of the layers read so far: layers weigh megabytes, their list must not.
    heads: Mutex<HashMap<String, LayerHead>>,
    /// Held while publishing, so that two layers cannot both follow the same one.
    publishing: Mutex<()>,
    /// Drafts computed lately, by the layer they were compared with.
    pub(super) works: Recent<(Draft, Option<String>), Work>,
    /// Pages and files made at the same time.
    pub(super) turns: Turns,
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
            folder: folder.to_owned(),
            drafts: Ledger::open(&folder.join("drafts"))?,
            layers: Shelf::open(&folder.join("layers"))?,
            heads: Mutex::default(),
            publishing: Mutex::default(),
            works: Recent::new(KEPT),
            turns: Turns::new(AT_ONCE),
        })
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

    /// Publishes the layer that `make` builds from the heads of those published so far; nobody publishes in between, from
    /// here or from another process.
    ///
    /// # Errors
    /// The obstacles of `make` inside, the disk's refusal outside.
    pub fn publish<E>(
        &self,
        make: impl FnOnce(&[LayerHead]) -> Result<Layer, E>,
    ) -> Result<Result<Kept<Layer>, E>, StoreError> {
        let _alone = self.publishing.lock().unwrap_or_else(PoisonError::into_inner);
        // The command line publishes too. Released with the file.
        let _alone_of_all = self.locked()?;
        match make(&self.heads()?) {
            Ok(layer) => self.layers.put(layer).map(Ok),
            Err(refused) => Ok(Err(refused)),
        }
    }

    /// The folder held against other processes, until the file is dropped.
    fn locked(&self) -> Result<File, StoreError> {
        let path = self.folder.join("verrou");
        let held = fs::create_dir_all(&self.folder).and_then(|()| {
            let file = File::create(&path)?;
            file.lock()?;
            Ok(file)
        });
        held.map_err(|source| StoreError::Io { path, source })
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
