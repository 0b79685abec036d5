//! Access to care: pure computation over a territory and travel times.

pub mod atlas;
