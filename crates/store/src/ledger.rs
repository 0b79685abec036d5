//! Documents that are worked on, with all their revisions.

use std::fs;
use std::io::ErrorKind;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use pacte_territory::sealed::sweep;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::shelf::{files, read};
use crate::{ABANDONED, Listed, StoreError, at, checked};

/// How many revisions this process has written: names of partial files.
static WRITTEN: AtomicU64 = AtomicU64::new(0);

/// One state of a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Revision<T> {
    /// Name of the document.
    pub id: String,
    /// Rank of the revision, from 1.
    pub revision: u32,
    /// When it was saved.
    pub saved_at: Timestamp,
    /// The document.
    pub document: T,
}

/// A folder of documents of one kind, a folder each, a file a revision.
#[derive(Debug)]
pub struct Ledger<T> {
    folder: PathBuf,
    kind: PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned> Ledger<T> {
    /// The ledger in a folder, which need not exist yet; what a killed process left half-written is removed.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        for document in files(folder, "")? {
            sweep(&document, ABANDONED).map_err(at(&document))?;
        }
        Ok(Self { folder: folder.to_owned(), kind: PhantomData })
    }

    fn path(&self, id: &str, revision: u32) -> PathBuf {
        self.folder.join(id).join(format!("{revision:06}.json"))
    }

    /// Keeps a new document; its name is made from its content and the moment.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn create(&self, document: T) -> Result<Revision<T>, StoreError> {
        let now = Timestamp::now();
        let mut hasher = blake3::Hasher::new();
        hasher.update(&serde_json::to_vec(&document).expect("documents are plain data"));
        hasher.update(now.as_nanosecond().to_string().as_bytes());
        let id = hasher.finalize().to_hex()[..12].to_owned();
        self.write(Revision { id, revision: 1, saved_at: now, document })
    }

    /// Keeps a new state of a document, made from revision `from`.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when `from` is not the last revision any more; when the disk refuses.
    pub fn save(&self, id: &str, from: u32, document: T) -> Result<Revision<T>, StoreError> {
        let latest = self.count(id)?;
        if latest != from {
            return Err(StoreError::Conflict { id: id.to_owned(), expected: from, latest });
        }
        self.write(Revision { id: id.to_owned(), revision: from + 1, saved_at: Timestamp::now(), document })
    }

    fn write(&self, revision: Revision<T>) -> Result<Revision<T>, StoreError> {
        let path = self.path(&revision.id, revision.revision);
        let folder = path.parent().expect("a revision lies in its document's folder");
        fs::create_dir_all(folder).map_err(at(folder))?;
        let text = serde_json::to_vec_pretty(&revision).expect("documents are plain data");
        // Written aside, then linked: the link fails when another process took this rank in between.
        let nth = WRITTEN.fetch_add(1, Ordering::Relaxed);
        let aside = folder.join(format!(".partiel-{}-{nth}", std::process::id()));
        let linked = fs::write(&aside, &text)
            .and_then(|()| fs::File::open(&aside)?.sync_all())
            .and_then(|()| fs::hard_link(&aside, &path));
        let removed = fs::remove_file(&aside);
        match linked {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(StoreError::Conflict {
                id: revision.id.clone(),
                expected: revision.revision - 1,
                latest: self.count(&revision.id)?,
            }),
            Err(error) => Err(at(&path)(error)),
            Ok(()) => removed.map_err(at(&aside)).map(|()| revision),
        }
    }

    /// Rank of the last revision; 0 when there is no such document.
    ///
    /// # Errors
    /// When the name is not one of ours, or the folder cannot be read.
    pub fn count(&self, id: &str) -> Result<u32, StoreError> {
        let revisions = files(&self.folder.join(checked(id)?), "json")?;
        let rank = |path: &PathBuf| path.file_stem()?.to_str()?.parse::<u32>().ok();
        Ok(revisions.iter().filter_map(rank).max().unwrap_or(0))
    }

    /// The last state of a document; `None` when there is no such document.
    ///
    /// # Errors
    /// When the name is not one of ours, or the file is damaged.
    pub fn latest(&self, id: &str) -> Result<Option<Revision<T>>, StoreError> {
        let latest = self.count(id)?;
        if latest == 0 { Ok(None) } else { self.at(id, latest) }
    }

    /// A state of a document; `None` when there is none of this rank.
    ///
    /// # Errors
    /// When the name is not one of ours, or the file is damaged.
    pub fn at(&self, id: &str, revision: u32) -> Result<Option<Revision<T>>, StoreError> {
        read(&self.path(checked(id)?, revision))
    }

    /// The last state of every document, the last saved first.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn all(&self) -> Result<Listed<Revision<T>>, StoreError> {
        let mut all = Listed { documents: Vec::new(), faults: Vec::new() };
        for folder in files(&self.folder, "")? {
            let id = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            match self.latest(&id) {
                Ok(last) => all.documents.extend(last),
                Err(fault) => all.faults.push(fault),
            }
        }
        all.documents.sort_by(|a, b| b.saved_at.cmp(&a.saved_at).then_with(|| a.id.cmp(&b.id)));
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revisions_stay_and_two_people_do_not_undo_each_other() {
        let dir = tempfile::tempdir().unwrap();
        let ledger: Ledger<String> = Ledger::open(dir.path()).unwrap();
        let first = ledger.create("ébauche".to_owned()).unwrap();
        let second = ledger.save(&first.id, 1, "revue".to_owned()).unwrap();
        assert_eq!(second.revision, 2);
        let refused = ledger.save(&first.id, 1, "autre".to_owned()).unwrap_err();
        assert!(matches!(refused, StoreError::Conflict { expected: 1, latest: 2, .. }), "{refused}");
        assert_eq!(ledger.at(&first.id, 1).unwrap().unwrap().document, "ébauche");
        assert_eq!(ledger.latest(&first.id).unwrap().unwrap().document, "revue");
        assert_eq!(ledger.all().unwrap().documents, [second]);
        assert_eq!(ledger.latest("inconnu").unwrap(), None);
    }

    #[test]
    fn a_rank_is_given_once_even_at_the_same_moment() {
        let dir = tempfile::tempdir().unwrap();
        let ledger: Ledger<u32> = Ledger::open(dir.path()).unwrap();
        let id = ledger.create(0).unwrap().id;
        let won = std::thread::scope(|scope| {
            let (ledger, id) = (&ledger, &id);
            let savers: Vec<_> = (0..8).map(|n| scope.spawn(move || ledger.save(id, 1, n).is_ok())).collect();
            savers.into_iter().map(|saver| saver.join().unwrap()).filter(|won| *won).count()
        });
        assert_eq!(won, 1);
        assert_eq!(ledger.count(&id).unwrap(), 2);
        let leftovers = fs::read_dir(dir.path().join(&id)).unwrap().count();
        assert_eq!(leftovers, 2);
    }
}
