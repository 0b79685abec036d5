//! The cover of the territory, made at the first visit and kept, and the last answers computed on it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use pacte_access::ground::Ground;
use pacte_access::urgent::{Addition, Best, Beyond, Cover, Gap, Moment, Set, Week};
use tokio::sync::Semaphore;

use super::asked::Asked;
use crate::error::Fault;
use crate::state::{AppState, Portal};

/// Answers kept.
const KEPT: usize = 12;
/// Computations at the same time.
const AT_ONCE: usize = 2;

/// What an answer depends on.
pub(super) type Key = (Set, Moment, u16);

/// Everything a page says of a resource set at a moment.
#[derive(Debug)]
pub(super) struct Answer {
    pub cover: Arc<Cover>,
    /// Best times with the resources asked for.
    pub best: Best,
    /// People beyond for each set of the ladder up to the one asked for.
    pub ladder: Vec<(Set, Beyond)>,
    pub gaps: Vec<Gap>,
    /// What each MCS brings.
    pub adds: Vec<Addition>,
    pub week: Week,
}

/// The cover and its last answers.
#[derive(Debug)]
pub struct Desk {
    cover: OnceLock<Arc<Cover>>,
    kept: Mutex<VecDeque<(Key, Arc<Answer>)>>,
    at_once: Arc<Semaphore>,
}

impl Default for Desk {
    fn default() -> Self {
        Self { cover: OnceLock::new(), kept: Mutex::default(), at_once: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Desk {
    /// The cover of a ground, made once: up to some seconds over a country, to be waited for away from the threads that
    /// answer.
    pub fn cover(&self, ground: &Arc<Ground>) -> Arc<Cover> {
        Arc::clone(self.cover.get_or_init(|| Arc::new(Cover::of_ground(Arc::clone(ground)))))
    }

    fn get(&self, key: &Key) -> Option<Arc<Answer>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let position = kept.iter().position(|(known, _)| known == key)?;
        let entry = kept.remove(position)?;
        let answer = Arc::clone(&entry.1);
        kept.push_front(entry);
        Some(answer)
    }

    fn put(&self, key: Key, answer: Arc<Answer>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(known, _)| *known != key);
        kept.push_front((key, answer));
        kept.truncate(KEPT);
    }
}

/// What is said for what was asked; `None` for a portal without a data directory.
pub(super) async fn answer(portal: &AppState, asked: &Asked) -> Result<Option<Arc<Answer>>, Fault> {
    let Some(bench) = &portal.workbench else { return Ok(None) };
    let key = asked.key();
    if let Some(answer) = bench.urgent.get(&key) {
        return Ok(Some(answer));
    }
    let made = blocking(portal, move |portal, cover| {
        let answer = Arc::new(compute(cover, key));
        if let Some(bench) = &portal.workbench {
            bench.urgent.put(key, Arc::clone(&answer));
        }
        answer
    });
    made.await.map(Some)
}

/// Runs something on the cover, away from the threads that answer pages.
///
/// # Errors
/// 404 for a portal without a data directory.
pub(super) async fn blocking<T: Send + 'static>(
    portal: &AppState,
    work: impl FnOnce(&Portal, &Arc<Cover>) -> T + Send + 'static,
) -> Result<T, Fault> {
    let bench = portal.workbench.as_ref().ok_or_else(|| Fault::missing("fault-no-page", []))?;
    let permit = Arc::clone(&bench.urgent.at_once).acquire_owned().await.map_err(|error| Fault::internal(&error))?;
    let portal = Arc::clone(portal);
    let done = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        let bench = portal.workbench.as_ref()?;
        let cover = bench.urgent.cover(&bench.ground);
        Some(work(&portal, &cover))
    });
    let done = done.await.map_err(|error| Fault::internal(&error))?;
    done.ok_or_else(|| Fault::missing("fault-no-page", []))
}

fn compute(cover: &Arc<Cover>, (set, moment, limit): Key) -> Answer {
    let limit = f32::from(limit);
    let best = cover.best(set, moment);
    let mut sets: Vec<Set> = Set::LADDER.into_iter().filter(|one| set.includes(*one) && *one != set).collect();
    sets.push(set);
    let count = |set: Set| (set, cover.beyond(&cover.minutes(set, moment), limit));
    Answer {
        ladder: sets.into_iter().map(count).collect(),
        gaps: cover.gaps(&best.minutes, limit),
        adds: cover.adds(Set::MCS, set, moment, limit),
        week: cover.week(set, moment.day().unwrap_or_else(super::tables::today), limit),
        best,
        cover: Arc::clone(cover),
    }
}
