//! Properties of access over invented territories.

mod apl;
mod compute;
mod land;
mod reach;
mod roads;
mod town;
mod travel;
