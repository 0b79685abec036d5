//! The portal over an invented territory, through its router.

mod world;
