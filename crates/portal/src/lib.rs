//! The web: pages, maps, charts and downloads over the figures of an atlas.
//!
//! Everything is rendered on the server and works without JavaScript; scripts only make the map pan and the search
//! suggest. This crate computes no figure: it asks [`pacte_access::atlas`].
//!
//! * [`mod@serve`] – the server: start, stop, headers, limits, log.
//! * [`routes`] – every address, grouped by who calls it.
//! * [`state`] – what handlers share.
//! * [`request`] – what a visitor asked, checked once.
//! * [`posted`] – forms that change something.
//! * [`error`] – what a visitor is told when a request cannot be answered.
//! * [`pages`] – one module a page, with its template.
//! * [`frame`], [`view`], [`subject`], [`map_block`] – what templates are given.
//! * [`tables`], [`downloads`], [`kept`] – figures as tables and files, and answers kept in memory.
//! * [`recent`] – work that takes long, a few pieces at a time, and its last results.
//! * [`i18n`], [`labels`], [`format`](mod@format) – French and English.
//! * [`charts`], [`svg_map`], [`scale`], [`measures`] – drawings, classes and colours.
//! * [`tiles`], [`extent`], [`outlines`] – the live map.
//! * [`search`] – names and codes, typing errors forgiven.
//! * [`workbench`] – what decisions are computed on and kept in.
//! * [`assets`], [`files`] – styles, scripts and the operator's theme.

pub mod aids;
pub mod assets;
pub mod charts;
pub mod downloads;
pub mod error;
pub mod extent;
pub mod files;
pub mod format;
pub mod frame;
pub mod i18n;
pub mod kept;
pub mod labels;
pub mod map_block;
pub mod measures;
pub mod outlines;
pub mod pages;
pub mod posted;
pub mod recent;
pub mod request;
pub mod routes;
pub mod scale;
pub mod search;
pub mod serve;
pub mod state;
pub mod subject;
pub mod svg_map;
pub mod tables;
pub mod tiles;
pub mod view;
pub mod workbench;

pub use serve::{app, serve};
pub use state::{AppState, Options, Portal};
