//! What a long command shows while it works, on standard error: a bar per file, a line per step. Nothing but plain lines
//! when the output is no terminal.

use std::io::IsTerminal as _;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::Result;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use pacte_sources::progress::Progress;

/// A bar per file.
pub(crate) struct Bars {
    all: MultiProgress,
    files: Mutex<Vec<ProgressBar>>,
    style: ProgressStyle,
}

impl Bars {
    /// No bar yet.
    pub(crate) fn new() -> Self {
        let style = ProgressStyle::with_template("{prefix:38!} {bar:24} {bytes:>10}/{total_bytes:<10} {wide_msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        Self { all: MultiProgress::new(), files: Mutex::default(), style }
    }

    fn bar(&self, task: usize) -> Option<ProgressBar> {
        self.files.lock().ok()?.get(task).cloned()
    }
}

impl Progress for Bars {
    fn start(&self, file: &str, bytes: u64) -> usize {
        let Ok(mut bars) = self.files.lock() else { return usize::MAX };
        // On a terminal a bar; in a log the one line that `finish` writes.
        let bar = self.all.add(ProgressBar::new(bytes).with_style(self.style.clone()).with_prefix(file.to_owned()));
        bars.push(bar);
        bars.len() - 1
    }

    fn advance(&self, task: usize, done: u64) {
        if let Some(bar) = self.bar(task) {
            bar.set_position(done);
        }
    }

    fn finish(&self, task: usize, summary: &str) {
        let Some(bar) = self.bar(task) else { return };
        if std::io::stderr().is_terminal() {
            bar.set_position(bar.length().unwrap_or(0));
            bar.finish_with_message(summary.to_owned());
        } else {
            eprintln!("{} : {summary}", bar.prefix());
        }
    }
}

/// Runs a step whose length is known behind a bar, and tells how long it took. The work tells how much is done and of how
/// much, from any thread; the bar starts again when the whole changes.
pub(crate) fn measured_step<T>(
    what: &str,
    work: impl FnOnce(&(dyn Fn(&str, u64, u64) + Sync)) -> Result<T>,
) -> Result<T> {
    let style = ProgressStyle::with_template("{prefix:38!} {bar:24} {percent:>3} % {wide_msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(1).with_style(style).with_prefix(what.to_owned());
    let start = Instant::now();
    let result = work(&|part, done, of| {
        bar.set_length(of.max(1));
        bar.set_position(done);
        bar.set_message(part.to_owned());
    });
    bar.finish_and_clear();
    if result.is_ok() {
        eprintln!("{what} : {:.1} s", start.elapsed().as_secs_f64());
    }
    result
}

/// Runs a step behind a spinner and tells how long it took.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let spinner = ProgressBar::new_spinner().with_message(what.to_owned());
    spinner.enable_steady_tick(Duration::from_millis(120));
    let start = Instant::now();
    let result = work();
    spinner.finish_and_clear();
    if result.is_ok() {
        eprintln!("{what} : {:.1} s", start.elapsed().as_secs_f64());
    }
    result
}
