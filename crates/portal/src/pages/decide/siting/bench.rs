//! Answers made away from the threads that answer pages, the last ones kept: the page and its files ask for the same.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use pacte_access::ground::Ground;
use pacte_access::siting::{Desk, Refused, Request, Siting};
use tokio::sync::Semaphore;

use crate::error::Fault;

/// Answers kept. One over the whole country weighs a few megabytes.
const KEPT: usize = 24;
/// Answers computed at the same time: each is spread over all cores.
const AT_ONCE: usize = 1;

type Found = Arc<Result<Siting, Refused>>;

/// The desk, and the last answers.
#[derive(Debug)]
pub struct Bench {
    desk: Arc<Desk>,
    kept: Mutex<VecDeque<(Request, Found)>>,
    at_once: Arc<Semaphore>,
}

impl Bench {
    /// A bench over a ground.
    pub fn new(ground: Arc<Ground>) -> Self {
        Self { desk: Arc::new(Desk::new(ground)), kept: Mutex::default(), at_once: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// The answer to a request, or why it is refused.
    ///
    /// # Errors
    /// When the computation itself fails, which is our fault.
    pub async fn answer(&self, request: Request) -> Result<Found, Fault> {
        if let Some(found) = self.get(&request) {
            return Ok(found);
        }
        let permit = Arc::clone(&self.at_once).acquire_owned().await.map_err(|error| Fault::internal(&error))?;
        if let Some(found) = self.get(&request) {
            return Ok(found);
        }
        let desk = Arc::clone(&self.desk);
        let asked = request.clone();
        let made = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            Arc::new(desk.answer(&asked, None))
        });
        let found = made.await.map_err(|error| Fault::internal(&error))?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_front((request, Arc::clone(&found)));
        kept.truncate(KEPT);
        Ok(found)
    }

    fn get(&self, request: &Request) -> Option<Found> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(known, _)| known == request)?;
        let entry = kept.remove(at)?;
        let found = Arc::clone(&entry.1);
        kept.push_front(entry);
        Some(found)
    }
}
