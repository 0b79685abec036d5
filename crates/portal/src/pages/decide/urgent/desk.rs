//! The cover of the territory and the last answers computed on it.

use std::convert::Infallible;
use std::sync::Arc;

use pacte_access::urgent::{Addition, Best, Beyond, Cover, Gap, Moment, Set, SharedCover, Week};

use super::asked::Asked;
use crate::error::Fault;
use crate::recent::{Recent, Turns};
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
    /// People beyond for each set of the ladder up to the one asked for that adds a family of declared resources.
    pub ladder: Vec<(Set, Beyond)>,
    pub gaps: Vec<Gap>,
    /// What each MCS brings.
    pub adds: Vec<Addition>,
    pub week: Week,
}

/// The cover and its last answers.
#[derive(Debug)]
pub struct Desk {
    cover: Arc<SharedCover>,
    kept: Recent<Key, Answer>,
    turns: Turns,
}

impl Desk {
    /// A desk over a cover.
    pub fn new(cover: Arc<SharedCover>) -> Self {
        Self { cover, kept: Recent::new(KEPT), turns: Turns::new(AT_ONCE) }
    }

    /// The cover, computed at the first call.
    pub fn cover(&self) -> Arc<Cover> {
        self.cover.get()
    }
}

/// What is said for what was asked; `None` for a portal without a data directory.
pub(super) async fn answer(portal: &AppState, asked: &Asked) -> Result<Option<Arc<Answer>>, Fault> {
    let Some(bench) = &portal.workbench else { return Ok(None) };
    let key = asked.key();
    if let Some(answer) = bench.urgent.kept.get(&key) {
        return Ok(Some(answer));
    }
    let made = blocking(portal, move |portal, cover| {
        portal.workbench.as_ref().map(|bench| {
            let Ok(answer) = bench.urgent.kept.get_or_make(key, |key| Ok::<_, Infallible>(compute(cover, *key)));
            answer
        })
    });
    made.await
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
    let (shared, cover) = (Arc::clone(portal), Arc::clone(&bench.urgent.cover));
    bench.urgent.turns.run(move || work(&shared, &cover.get())).await
}

fn compute(cover: &Arc<Cover>, (set, moment, limit): Key) -> Answer {
    let limit = f32::from(limit);
    let best = cover.best(set, moment);
    let mut sets: Vec<Set> = Set::LADDER.into_iter().filter(|one| set.includes(*one) && *one != set).collect();
    sets.push(set);
    // A family nobody declared adds nothing to the set before it, and would seem to.
    let held = |set: Set| cover.resources().iter().any(|resource| set.contains(resource.kind));
    let mut shown: Vec<Set> = Vec::new();
    for one in sets {
        if held(shown.last().map_or(one, |smaller| one.minus(*smaller))) {
            shown.push(one);
        }
    }
    if shown.is_empty() {
        shown.push(set);
    }
    let count = |set: Set| (set, cover.beyond(&cover.minutes(set, moment), limit));
    Answer {
        ladder: shown.into_iter().map(count).collect(),
        gaps: cover.gaps(&best.minutes, limit),
        adds: cover.adds(Set::MCS, set, moment, limit),
        week: cover.week(set, moment.day().unwrap_or_else(super::tables::today), limit),
        best,
        cover: Arc::clone(cover),
    }
}
