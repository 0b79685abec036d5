//! A bounded cache of encoded tiles, safe to share between threads.

use std::hash::{BuildHasher as _, Hash};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustc_hash::{FxBuildHasher, FxHashMap};

const SHARDS: usize = 16;
/// Book-keeping of an entry beside its bytes.
const OVERHEAD: usize = 96;

#[derive(Debug)]
struct Entry {
    bytes: Arc<[u8]>,
    used: u64,
}

#[derive(Debug)]
struct Shard<K> {
    entries: FxHashMap<K, Entry>,
    size: usize,
}

/// Bytes by key; the least recently used go first once the budget is spent.
#[derive(Debug)]
pub(super) struct Cache<K> {
    shards: Vec<Mutex<Shard<K>>>,
    budget: usize,
    clock: AtomicU64,
}

impl<K: Hash + Eq + Clone> Cache<K> {
    /// A cache that holds about `bytes` at most.
    pub(super) fn new(bytes: usize) -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::new(Shard { entries: FxHashMap::default(), size: 0 })).collect();
        Self { shards, budget: bytes / SHARDS, clock: AtomicU64::new(0) }
    }

    fn shard(&self, key: &K) -> MutexGuard<'_, Shard<K>> {
        let hash = FxBuildHasher.hash_one(key);
        // A panic elsewhere while the lock was held cannot leave a shard half-changed in a way that matters here.
        self.shards[(hash >> 57) as usize % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The bytes of a key, if they are still there.
    pub(super) fn get(&self, key: &K) -> Option<Arc<[u8]>> {
        let now = self.clock.fetch_add(1, Ordering::Relaxed);
        let mut shard = self.shard(key);
        let entry = shard.entries.get_mut(key)?;
        entry.used = now;
        Some(Arc::clone(&entry.bytes))
    }

    /// Keeps bytes; those larger than a whole shard are not kept.
    pub(super) fn put(&self, key: K, bytes: Arc<[u8]>) {
        let cost = bytes.len() + OVERHEAD;
        if cost > self.budget {
            return;
        }
        let used = self.clock.fetch_add(1, Ordering::Relaxed);
        let mut shard = self.shard(&key);
        if let Some(old) = shard.entries.insert(key, Entry { bytes, used }) {
            shard.size -= old.bytes.len() + OVERHEAD;
        }
        shard.size += cost;
        if shard.size <= self.budget {
            return;
        }
        // Evicts down to three quarters at once, so that the sort is rare.
        let mut ages: Vec<(u64, K)> = shard.entries.iter().map(|(key, entry)| (entry.used, key.clone())).collect();
        ages.sort_unstable_by_key(|(used, _)| *used);
        for (_, key) in ages {
            if shard.size <= self.budget / 4 * 3 {
                break;
            }
            if let Some(old) = shard.entries.remove(&key) {
                shard.size -= old.bytes.len() + OVERHEAD;
            }
        }
    }

    /// Bytes held, book-keeping included.
    pub(super) fn size(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().unwrap_or_else(PoisonError::into_inner).size).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_within_its_budget_and_keeps_what_is_used() {
        let cache: Cache<u32> = Cache::new(16 * 10_000);
        for key in 0..2000 {
            cache.put(key, vec![0; 500].into());
            // Key 7 is asked for all along: it must survive.
            cache.get(&7);
            assert!(cache.size() <= 16 * 10_000);
        }
        assert!(cache.get(&7).is_some());
        assert!((0..2000).filter(|key| cache.get(key).is_some()).count() < 300);
    }

    #[test]
    fn refuses_what_would_evict_everything() {
        let cache: Cache<u32> = Cache::new(16 * 100);
        cache.put(1, vec![0; 5000].into());
        assert_eq!(cache.size(), 0);
        assert!(cache.get(&1).is_none());
    }
}
