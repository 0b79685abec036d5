//! One module per command.

use anyhow::Result;

use crate::cli::{Access, Cli, Command, Demo, ImportWhat};
use crate::data_dir::DataDir;

mod access;
mod allotment;
mod demo;
mod export;
mod foresight;
mod import;
mod programme;
pub(crate) mod roads;
mod serve;
mod siting;
mod urgent;
mod whatif;
mod zoning;

/// Runs what was typed.
///
/// # Errors
/// Whatever stopped the command; nothing is then half-written.
pub(crate) fn run(cli: Cli) -> Result<()> {
    let data = DataDir::open(&cli.data)?;
    match cli.command.unwrap_or_else(|| Command::Demo(Demo::default())) {
        Command::Demo(options) => demo::run(&data, &options),
        Command::Import { what: Some(ImportWhat::Roads(options)), .. } => roads::import(&data, &options),
        Command::Import { what: None, folder } => import::run(&data, &folder),
        Command::Roads(command) => roads::run(&data, &command),
        Command::Access { command, travel, format } => match command.unwrap_or(Access::Compute { travel, format }) {
            Access::Compute { travel, format } => access::compute(&data, travel, format),
            Access::Show { code, level, format } => access::show(&data, &code, level, format),
            Access::Table { level, within, format } => access::table(&data, level, within.as_deref(), format),
            Access::CompareOfficial { activity, worst, format } => {
                access::compare_official(&data, activity, worst, format)
            }
            Access::CompareTravel { level, format } => access::compare_travel(&data, level, format),
            Access::WhatIf(options) => whatif::run(&data, &options),
            Access::Calibrate { format } => access::calibrate(&data, format),
        },
        Command::Urgent(options) => urgent::run(&data, &options),
        Command::Siting(options) => siting::run(&data, &options),
        Command::Zoning(options) => zoning::run(&data, &options),
        Command::Foresight(options) => foresight::run(&data, &options),
        Command::Allotment(options) => allotment::run(&data, &options),
        Command::Check(options) => programme::check(&options),
        Command::Programme(options) => programme::run(&data, &options),
        Command::Serve(options) => serve::run(&data, &options),
        Command::Export(options) => export::run(&data, &options),
    }
}
