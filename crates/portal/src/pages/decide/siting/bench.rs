//! Sites chosen away from the threads that answer pages, the last answers kept: the page and its files ask for the same.

use std::convert::Infallible;
use std::sync::Arc;

use pacte_access::siting::{Desk, Refused, Request, Siting};
use pacte_access::urgent::SharedCover;

use crate::error::Fault;
use crate::recent::{Recent, Turns};

/// Answers kept. One over the whole country weighs a few megabytes.
const KEPT: usize = 24;
/// Answers computed at the same time: each is spread over all cores.
const AT_ONCE: usize = 1;

/// Sites, or why there are none.
type Found = Result<Siting, Refused>;

/// The desk, and the last answers.
#[derive(Debug)]
pub struct Bench {
    desk: Arc<Desk>,
    kept: Arc<Recent<Request, Found>>,
    turns: Turns,
}

impl Bench {
    /// A bench over the ground of a cover.
    pub fn new(urgent: Arc<SharedCover>) -> Self {
        Self { desk: Arc::new(Desk::new(urgent)), kept: Arc::new(Recent::new(KEPT)), turns: Turns::new(AT_ONCE) }
    }

    /// The answer to a request, or why it is refused.
    ///
    /// # Errors
    /// When the computation itself fails, which is our fault.
    pub async fn answer(&self, request: Request) -> Result<Arc<Found>, Fault> {
        if let Some(found) = self.kept.get(&request) {
            return Ok(found);
        }
        let (desk, kept) = (Arc::clone(&self.desk), Arc::clone(&self.kept));
        let made = self.turns.run(move || {
            let Ok(found) = kept.get_or_make(request, |request| Ok::<_, Infallible>(desk.answer(request, None)));
            found
        });
        made.await
    }
}
