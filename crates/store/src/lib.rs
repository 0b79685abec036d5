//! What people make with Pacte and want to find again: scenarios, drafts, published layers. Kept as JSON files under the
//! data directory, each written whole or not at all; nothing that was saved is ever overwritten.
//!
//! * [`shelf`] – documents that never change, named by their content: a link to one always shows the same thing.
//! * [`ledger`] – documents that are worked on: every revision stays, and two people cannot silently undo each other.
//!
//! The kinds of documents are types of the crates that understand them; this crate only keeps them.

use std::path::PathBuf;
use std::time::Duration;

pub mod ledger;
pub mod shelf;

pub use ledger::{Ledger, Revision};
pub use shelf::{Kept, Shelf};

/// Why a document cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk refused.
    #[error("{}", path.display())]
    Io {
        /// File or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file does not hold what its place says.
    #[error("{} est illisible ({problem}) : rétablissez-le d’une sauvegarde, ou retirez-le", path.display())]
    Unreadable {
        /// File.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// Someone else saved in between.
    #[error(
        "« {id} » a été enregistré entre-temps par quelqu’un d’autre : vous partiez de la version {expected}, la dernière est la {latest}. \
         Relisez-la, puis refaites vos changements"
    )]
    Conflict {
        /// Document.
        id: String,
        /// Revision the change started from.
        expected: u32,
        /// Last revision.
        latest: u32,
    },
    /// The name is not one we give.
    #[error("« {0} » n’est pas un nom de document : 6 à 64 lettres, chiffres ou tirets")]
    Name(String),
}

/// Every document of a folder that reads, and what is wrong with the others: one damaged file hides no other.
#[derive(Debug)]
pub struct Listed<T> {
    /// Documents, the last saved first.
    pub documents: Vec<T>,
    /// Files that cannot be read.
    pub faults: Vec<StoreError>,
}

/// A file half-written for so long was left by a killed process; a younger one may be another process’s work.
const ABANDONED: Duration = Duration::from_secs(3_600);

/// Names come from addresses: whatever could leave the folder is refused.
fn checked(id: &str) -> Result<&str, StoreError> {
    let fits =
        (6..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if fits { Ok(id) } else { Err(StoreError::Name(id.to_owned())) }
}

/// Attaches the path to what the system said.
fn at(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::Io { path, source }
}
