//! The `pacte` command: everything the product does, from one program and one data directory.
//!
//! * [`cli`] – what can be typed.
//! * [`data_dir`] – what is kept, and how it changes without ever being half-written.
//! * [`settings`] – `pacte.toml`.
//! * [`commands`] – one module per command.
//! * [`progress`], [`print`](mod@print) – what the terminal shows.
//!
//! Errors go to standard error, the cause after the fact, with exit code 1; wrong usage exits with 2 (clap's own).

use std::process::ExitCode;

use clap::Parser as _;

mod cli;
mod commands;
mod data_dir;
mod print;
mod progress;
mod settings;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match commands::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
            eprintln!("erreur : {}", causes.join("\n  cause : "));
            ExitCode::FAILURE
        }
    }
}

/// `pacte access table | head` closes our output early: that is no failure.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_makes_sense() {
        crate::cli::Cli::command().debug_assert();
    }
}
