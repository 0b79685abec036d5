//! Answers made once and kept for the next visitors, within a budget of memory. The figures of a server never change, so
//! neither do they.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;

/// Bytes by key, the last used first; the least recently used go when the budget is spent.
///
/// Keys are searched one after the other: made for hundreds of large answers, not for thousands of small ones.
#[derive(Debug)]
pub struct Kept {
    entries: Mutex<VecDeque<(String, Bytes)>>,
    budget: usize,
}

impl Kept {
    /// Keeps about this many bytes at most.
    pub fn new(budget: usize) -> Self {
        Self { entries: Mutex::default(), budget }
    }

    /// The bytes of a key, if they are still there.
    pub fn get(&self, key: &str) -> Option<Bytes> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let position = entries.iter().position(|(known, _)| known == key)?;
        let entry = entries.remove(position)?;
        let bytes = entry.1.clone();
        entries.push_front(entry);
        Some(bytes)
    }

    /// Keeps bytes, unless they are more than half of the budget.
    pub fn put(&self, key: String, bytes: Bytes) {
        if bytes.len() > self.budget / 2 {
            return;
        }
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        // Two visitors may have made the same answer at once.
        entries.retain(|(known, _)| *known != key);
        entries.push_front((key, bytes));
        let mut size = 0;
        entries.retain(|(key, bytes)| {
            size += key.len() + bytes.len();
            size <= self.budget
        });
    }

    /// Memory held, bytes.
    pub fn size(&self) -> usize {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.iter().map(|(key, bytes)| key.len() + bytes.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_holds_and_the_least_used_go() {
        let kept = Kept::new(1000);
        for i in 0..5 {
            kept.put(i.to_string(), Bytes::from(vec![0; 190]));
            assert!(kept.get("0").is_some(), "still in use");
        }
        kept.put("5".into(), Bytes::from(vec![0; 190]));
        assert!(kept.get("0").is_some() && kept.get("1").is_none() && kept.get("5").is_some());
        assert!(kept.size() <= 1000);
        kept.put("large".into(), Bytes::from(vec![0; 501]));
        assert!(kept.get("large").is_none());
        kept.put("5".into(), Bytes::from_static(b"again"));
        assert_eq!(kept.get("5").as_deref(), Some(b"again".as_slice()));
    }
}
