//! One cover for all who need it: simulations, siting and the pages of urgent care.

use std::sync::{Arc, OnceLock};

use super::cover::Cover;
use crate::ground::Ground;

/// The cover of a ground's own resources, made when it is first asked for.
#[derive(Debug)]
pub struct SharedCover {
    ground: Arc<Ground>,
    made: OnceLock<Arc<Cover>>,
}

impl SharedCover {
    /// Nothing is computed yet.
    pub fn new(ground: Arc<Ground>) -> Self {
        Self { ground, made: OnceLock::new() }
    }

    /// The ground it stands on.
    pub fn ground(&self) -> &Arc<Ground> {
        &self.ground
    }

    /// The cover. The first call takes up to some seconds over a country: to be made away from threads that answer.
    pub fn get(&self) -> Arc<Cover> {
        Arc::clone(self.made.get_or_init(|| Arc::new(Cover::of_ground(Arc::clone(&self.ground)))))
    }
}
