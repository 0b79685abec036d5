//! Definitions of a directory, read again when they change: a version that does not hold together never takes the place
//! of one that does.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use pacte_rules::Faults;

use crate::catalogue::Catalogue;
use crate::files::Files;

/// What looking again at a directory came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// Nothing changed since the last look.
    Same,
    /// A new version is served.
    Changed,
    /// What is there now is refused; the version before is still served.
    Refused,
}

/// The definitions being served.
#[derive(Debug)]
pub struct Shelf {
    directory: Option<PathBuf>,
    state: RwLock<State>,
}

#[derive(Debug)]
struct State {
    served: Arc<Catalogue>,
    /// Hash of what was last looked at; `None` when it could not be read.
    seen: Option<String>,
    refused: Option<Arc<Faults>>,
}

impl Shelf {
    /// The definitions that the binary carries, which never change.
    ///
    /// # Errors
    /// As [`Catalogue::load_shipped`].
    pub fn shipped() -> Result<Self, Faults> {
        Ok(Self::of(None, Catalogue::load_shipped()?))
    }

    /// The definitions of a directory laid out as `pacts/`.
    ///
    /// # Errors
    /// As [`Catalogue::load`], and when a case does not give what it should: there is no version before to serve.
    pub fn open(directory: &Path) -> Result<Self, Faults> {
        Ok(Self::of(Some(directory.to_owned()), sound(&Files::read(directory)?)?))
    }

    fn of(directory: Option<PathBuf>, catalogue: Catalogue) -> Self {
        let state = State { seen: Some(catalogue.hash.clone()), served: Arc::new(catalogue), refused: None };
        Self { directory, state: RwLock::new(state) }
    }

    /// The version served; who holds it keeps it while another takes its place.
    pub fn catalogue(&self) -> Arc<Catalogue> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner).served)
    }

    /// Why what is in the directory is not what is served; `None` when it is.
    pub fn refused(&self) -> Option<Arc<Faults>> {
        self.state.read().unwrap_or_else(PoisonError::into_inner).refused.clone()
    }

    /// Looks again at the directory. Texts are read each time, and checked only when one changed; requests are served
    /// from the version before meanwhile.
    pub fn refresh(&self) -> Refresh {
        let Some(directory) = &self.directory else { return Refresh::Same };
        let files = Files::read(directory);
        let hash = files.as_ref().ok().map(Files::hash);
        {
            let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
            if hash.is_some() && hash == state.seen {
                return Refresh::Same;
            }
        }
        let served = self.catalogue();
        let found = match hash.as_ref() {
            Some(hash) if *hash == served.hash => Ok(served),
            _ => files.and_then(|files| sound(&files)).map(Arc::new),
        };
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.seen = hash;
        match found {
            Ok(catalogue) => {
                state.refused = None;
                state.served = catalogue;
                Refresh::Changed
            }
            Err(faults) => {
                state.refused = Some(Arc::new(faults));
                Refresh::Refused
            }
        }
    }
}

/// Definitions that read and whose cases all pass.
fn sound(files: &Files) -> Result<Catalogue, Faults> {
    let catalogue = Catalogue::from_files(files)?;
    let errors = catalogue.check().errors;
    if errors.is_empty() { Ok(catalogue) } else { Err(Faults(errors)) }
}
