//! The product as its users meet it: the built binary, a real server, a real browser, and the real files of France when
//! they are there.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod aids;
mod browser;
mod command_line;
mod decide_pages;
mod dependencies;
mod foresight;
mod imports;
mod real_data;
mod roads;
mod server;
mod siting;
mod support;
mod urgent;
mod whatif;
mod zoning;
mod zoning_national;
