//! Work that takes long: made away from the threads that answer pages, a few pieces at a time, the last results kept.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use crate::error::Fault;

/// The last results by what they were asked by, the last used first.
///
/// Keys are compared one after the other: made for tens of large results.
#[derive(Debug)]
pub struct Recent<K, V> {
    kept: Mutex<VecDeque<(K, Arc<V>)>>,
    most: usize,
}

impl<K: PartialEq, V> Recent<K, V> {
    /// Keeps so many results at most.
    pub fn new(most: usize) -> Self {
        Self { kept: Mutex::default(), most }
    }

    /// The result of a key, if it is still there.
    pub fn get(&self, key: &K) -> Option<Arc<V>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = kept.iter().position(|(known, _)| known == key).and_then(|at| kept.remove(at))?;
        let result = Arc::clone(&entry.1);
        kept.push_front(entry);
        Some(result)
    }

    /// Keeps a result; the least recently used goes.
    pub fn put(&self, key: K, result: V) -> Arc<V> {
        let result = Arc::new(result);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // Two visitors may have made the same at once.
        kept.retain(|(known, _)| *known != key);
        kept.push_front((key, Arc::clone(&result)));
        kept.truncate(self.most);
        result
    }

    /// The result of a key, made when it is not there.
    ///
    /// # Errors
    /// Those of `make`, which are not kept.
    pub fn get_or_make<E>(&self, key: K, make: impl FnOnce(&K) -> Result<V, E>) -> Result<Arc<V>, E> {
        if let Some(result) = self.get(&key) {
            return Ok(result);
        }
        let made = make(&key)?;
        Ok(self.put(key, made))
    }
}

/// So many pieces of work at the same time; the others wait for their turn.
#[derive(Clone, Debug)]
pub struct Turns(Arc<Semaphore>);

impl Turns {
    /// So many at the same time.
    pub fn new(at_once: usize) -> Self {
        Self(Arc::new(Semaphore::new(at_once)))
    }

    /// Runs `work` away from the threads that answer, when its turn comes. Once begun it goes to its end, turn held, even
    /// when the visitor has left.
    ///
    /// # Errors
    /// 500 when `work` panics.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
        let turn = Arc::clone(&self.0).acquire_owned().await.map_err(|error| Fault::internal(&error))?;
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(|error| Fault::internal(&error))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn the_least_recently_used_goes() {
        let recent = Recent::new(2);
        recent.put("a", 1);
        recent.put("b", 2);
        assert_eq!(recent.get(&"a").as_deref(), Some(&1));
        recent.put("c", 3);
        assert_eq!([recent.get(&"a"), recent.get(&"b")].map(|kept| kept.is_some()), [true, false]);
        recent.put("a", 4);
        assert_eq!(recent.get(&"a").as_deref(), Some(&4));
        assert!(recent.get(&"c").is_some(), "a key replaced takes one place");
    }

    #[test]
    fn what_fails_is_not_kept() {
        let recent = Recent::new(2);
        assert_eq!(recent.get_or_make("a", |_| Err::<i32, _>("no")), Err("no"));
        assert_eq!(recent.get_or_make("a", |_| Ok::<_, &str>(1)).as_deref(), Ok(&1));
        assert_eq!(recent.get_or_make("a", |_| Err("not made again")).as_deref(), Ok(&1));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn no_more_at_once_than_said_and_a_panic_gives_its_turn_back() {
        let (turns, now, most) = (Turns::new(2), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let (turns, now, most) = (turns.clone(), Arc::clone(&now), Arc::clone(&most));
                tokio::spawn(async move {
                    let work = turns.run(move || {
                        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        std::thread::yield_now();
                        now.fetch_sub(1, Ordering::SeqCst);
                    });
                    work.await.is_ok()
                })
            })
            .collect();
        for task in tasks {
            assert!(task.await.is_ok_and(|done| done));
        }
        assert!(most.load(Ordering::SeqCst) <= 2);
        for _ in 0..3 {
            assert!(turns.run(|| panic!("on purpose")).await.is_err());
        }
        assert!(turns.run(|| ()).await.is_ok());
    }
}
