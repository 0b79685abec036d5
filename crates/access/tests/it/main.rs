//! Properties of access over invented territories.

mod apl;
mod compute;
mod foresight;
mod land;
mod layers;
mod reach;
mod roads;
mod siting;
mod town;
mod travel;
mod urgent;
mod whatif;
mod zoning;
mod zoning_law;
mod zoning_layer;
