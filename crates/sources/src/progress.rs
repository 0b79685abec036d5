//! What a long reading tells the one who waits: a file begins, advances, ends.

/// Receives the progress of an import, from several threads at once.
pub trait Progress: Sync {
    /// A file of `bytes` bytes begins; the answer names it in the calls that follow.
    fn start(&self, file: &str, bytes: u64) -> usize;
    /// `done` bytes of the file have been read, counted from its beginning.
    fn advance(&self, task: usize, done: u64);
    /// The file is done; `summary` is one French line.
    fn finish(&self, task: usize, summary: &str);
}

/// Tells nothing: for tests and scripts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn start(&self, _file: &str, _bytes: u64) -> usize {
        0
    }

    fn advance(&self, _task: usize, _done: u64) {}

    fn finish(&self, _task: usize, _summary: &str) {}
}

/// One file under way; what readers see of [`Progress`].
pub struct Task<'p> {
    progress: &'p dyn Progress,
    id: usize,
    told: std::cell::Cell<u64>,
}

impl std::fmt::Debug for Task<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Task").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Bytes between two messages.
const STEP: u64 = 1 << 16;

impl<'p> Task<'p> {
    /// Announces a file.
    pub fn start(progress: &'p dyn Progress, file: &str, bytes: u64) -> Self {
        Self { progress, id: progress.start(file, bytes), told: std::cell::Cell::new(0) }
    }

    /// Bytes read so far; cheap enough to be called at every row.
    pub fn at(&self, done: u64) {
        if done >= self.told.get() + STEP {
            self.told.set(done);
            self.progress.advance(self.id, done);
        }
    }

    /// Ends the task.
    pub fn finish(self, summary: &str) {
        self.progress.finish(self.id, summary);
    }
}
