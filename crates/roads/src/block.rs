//! Arrays that live either in memory or in a mapped file, seen the same way.

use std::fmt;
use std::fs::File;
use std::io;
use std::marker::PhantomData;
use std::ops::{Deref, Range};
use std::path::Path;
use std::sync::Arc;

use bytemuck::Pod;
use memmap2::Mmap;

/// A file seen as memory, shared by the blocks cut from it.
#[derive(Clone, Debug)]
pub struct Mapping(Arc<Mmap>);

impl Mapping {
    /// Maps a whole file for reading.
    ///
    /// The file must not change while it is mapped. Ours never do: they are written beside their final name, renamed,
    /// and never opened for writing again.
    ///
    /// # Errors
    /// When the file cannot be opened or mapped.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        #[expect(unsafe_code, reason = "a file that is written once and renamed into place does not change under us")]
        let map = unsafe { Mmap::map(&file)? };
        Ok(Self(Arc::new(map)))
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// An immutable array of plain values.
pub struct Block<T: Pod>(Held<T>);

enum Held<T> {
    Memory(Vec<T>),
    /// Bytes of the mapping, checked for size and alignment when the block was cut.
    Mapped(Mapping, Range<usize>, PhantomData<T>),
}

impl<T: Pod> Block<T> {
    /// Cuts a block out of a mapped file; `None` when the range lies outside it, holds no whole number of values, or is
    /// not aligned.
    pub fn map(mapping: &Mapping, range: Range<usize>) -> Option<Self> {
        bytemuck::try_cast_slice::<u8, T>(mapping.bytes().get(range.clone())?).ok()?;
        Some(Self(Held::Mapped(mapping.clone(), range, PhantomData)))
    }
}

impl<T: Pod> Deref for Block<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            Held::Memory(values) => values,
            Held::Mapped(mapping, range, _) => bytemuck::cast_slice(&mapping.bytes()[range.clone()]),
        }
    }
}

impl<T: Pod> From<Vec<T>> for Block<T> {
    fn from(values: Vec<T>) -> Self {
        Self(Held::Memory(values))
    }
}

impl<T: Pod> Default for Block<T> {
    fn default() -> Self {
        Self(Held::Memory(Vec::new()))
    }
}

impl<T: Pod> Clone for Block<T> {
    fn clone(&self) -> Self {
        match &self.0 {
            Held::Memory(values) => Self(Held::Memory(values.clone())),
            Held::Mapped(mapping, range, _) => Self(Held::Mapped(mapping.clone(), range.clone(), PhantomData)),
        }
    }
}

impl<T: Pod> fmt::Debug for Block<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Block({} × {} bytes)", self.len(), size_of::<T>())
    }
}
