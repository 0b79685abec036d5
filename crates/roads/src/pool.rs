//! Working memory kept between questions: as large as a network, so lent to one question at a time rather than made anew.

use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

/// Idle pieces of working memory. Cloning a pool gives an empty one.
#[derive(Debug)]
pub(crate) struct Pool<T>(Mutex<Vec<T>>);

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self(Mutex::new(Vec::new()))
    }
}

impl<T> Clone for Pool<T> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<T> Pool<T> {
    /// An idle piece, or a new one; it comes back when the loan is dropped.
    pub(crate) fn lend(&self, new: impl FnOnce() -> T) -> Lent<'_, T> {
        let idle = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Lent { pool: self, item: Some(idle.unwrap_or_else(new)) }
    }
}

/// A piece on loan.
pub(crate) struct Lent<'a, T> {
    pool: &'a Pool<T>,
    item: Option<T>,
}

impl<T> Deref for Lent<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.item.as_ref().expect("on loan until dropped")
    }
}

impl<T> DerefMut for Lent<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.item.as_mut().expect("on loan until dropped")
    }
}

impl<T> Drop for Lent<'_, T> {
    fn drop(&mut self) {
        if let Some(item) = self.item.take() {
            self.pool.0.lock().unwrap_or_else(PoisonError::into_inner).push(item);
        }
    }
}
