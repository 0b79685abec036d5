//! Documents that never change, named by their content.

use std::fs;
use std::io::ErrorKind;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use pacte_territory::sealed::{sweep, write_atomically};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{ABANDONED, Listed, StoreError, at, checked};

/// A document as it was put on the shelf.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept<T> {
    /// Its name: first half of the hash of its content, hexadecimal.
    pub id: String,
    /// When it was first saved.
    pub saved_at: Timestamp,
    /// The document.
    pub document: T,
}

/// A folder of documents of one kind. The same content always gets the same name, so saving twice keeps one.
#[derive(Debug)]
pub struct Shelf<T> {
    folder: PathBuf,
    /// Held while writing: two requests that save the same content at once would share one partial file.
    writing: Mutex<()>,
    kind: PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned> Shelf<T> {
    /// The shelf in a folder, which need not exist yet; what a killed process left half-written is removed.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        sweep(folder, ABANDONED).map_err(at(folder))?;
        Ok(Self { folder: folder.to_owned(), writing: Mutex::default(), kind: PhantomData })
    }

    fn path(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.json"))
    }

    /// Keeps a document and returns it with its name; one that was there stays as it was.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn put(&self, document: T) -> Result<Kept<T>, StoreError> {
        let content = serde_json::to_vec(&document).expect("documents are plain data");
        let id = blake3::hash(&content).to_hex()[..32].to_owned();
        let _held = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = self.get(&id)? {
            return Ok(kept);
        }
        let kept = Kept { id, saved_at: Timestamp::now(), document };
        let path = self.path(&kept.id);
        let text = serde_json::to_vec_pretty(&kept).expect("documents are plain data");
        write_atomically(&path, &text).map_err(at(&path))?;
        Ok(kept)
    }

    /// The document of this name; `None` when there is none.
    ///
    /// # Errors
    /// When the name is not one of ours, or the file is damaged.
    pub fn get(&self, id: &str) -> Result<Option<Kept<T>>, StoreError> {
        read(&self.path(checked(id)?))
    }

    /// Names of every document, in their order, without reading them.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn names(&self) -> Result<Vec<String>, StoreError> {
        let named = |path: PathBuf| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        Ok(files(&self.folder, "json")?.into_iter().filter_map(named).collect())
    }

    /// Every document, the last saved first.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn all(&self) -> Result<Listed<Kept<T>>, StoreError> {
        let mut all = Listed { documents: Vec::new(), faults: Vec::new() };
        for path in files(&self.folder, "json")? {
            match read::<Kept<T>>(&path) {
                Ok(kept) => all.documents.extend(kept),
                Err(fault) => all.faults.push(fault),
            }
        }
        all.documents.sort_by(|a, b| b.saved_at.cmp(&a.saved_at).then_with(|| a.id.cmp(&b.id)));
        Ok(all)
    }
}

/// A JSON file, `None` when there is none.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, StoreError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(at(path)(error)),
    };
    let unreadable =
        |error: serde_json::Error| StoreError::Unreadable { path: path.to_owned(), problem: error.to_string() };
    serde_json::from_slice(&bytes).map(Some).map_err(unreadable)
}

/// Entries of a folder with this extension (or folders, for an empty one); none when the folder is not there.
pub(crate) fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, StoreError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(at(folder)(error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(at(folder))?.path();
        if path.extension().unwrap_or_default() == extension {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_content_keeps_one_file_and_one_name() {
        let dir = tempfile::tempdir().unwrap();
        let shelf: Shelf<Vec<u32>> = Shelf::open(&dir.path().join("scenarios")).unwrap();
        let first = shelf.put(vec![1, 2]).unwrap();
        assert_eq!(shelf.put(vec![1, 2]).unwrap(), first);
        let other = shelf.put(vec![3]).unwrap();
        assert_ne!(other.id, first.id);
        assert_eq!(shelf.get(&first.id).unwrap(), Some(first));
        assert_eq!(shelf.all().unwrap().documents.len(), 2);
        assert_eq!(shelf.names().unwrap().len(), 2);
        assert_eq!(shelf.get("0123456789abcdef").unwrap(), None);
    }

    #[test]
    fn a_name_cannot_leave_the_folder_and_a_damaged_file_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let shelf: Shelf<u32> = Shelf::open(dir.path()).unwrap();
        assert!(matches!(shelf.get("../../etc/passwd"), Err(StoreError::Name(_))));
        let kept = shelf.put(7).unwrap();
        fs::write(dir.path().join(format!("{}.json", kept.id)), b"{").unwrap();
        let error = shelf.get(&kept.id).unwrap_err().to_string();
        assert!(error.contains(&kept.id) && error.contains("sauvegarde"), "{error}");
        let sound = shelf.put(8).unwrap();
        let all = shelf.all().unwrap();
        assert_eq!(all.documents, [sound], "one damaged file hides no other");
        assert!(all.faults[0].to_string().contains(&kept.id), "{:?}", all.faults);
    }

    #[test]
    fn what_another_process_is_writing_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let (young, old) = (dir.path().join(".partiel-a.1"), dir.path().join(".partiel-b.1"));
        fs::write(&young, b"{").unwrap();
        fs::write(&old, b"{").unwrap();
        let long_ago = std::time::SystemTime::now() - 2 * ABANDONED;
        fs::File::options().write(true).open(&old).unwrap().set_modified(long_ago).unwrap();
        let shelf: Shelf<u32> = Shelf::open(dir.path()).unwrap();
        assert!(young.exists() && !old.exists());
        assert!(shelf.all().unwrap().documents.is_empty());
    }
}
