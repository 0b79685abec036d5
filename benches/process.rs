//! Running the binary and reading what it cost from the kernel.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The binary in the profile of the benchmark.
pub(crate) const PACTE: &str = env!("CARGO_BIN_EXE_pacte");

/// Peak resident memory of a live process, MiB (`VmHWM`); `None` once it is gone.
pub(crate) fn peak_mib(pid: u32) -> Option<f64> {
    status(pid, "VmHWM:")
}

/// Resident memory of a live process, MiB (`VmRSS`).
pub(crate) fn resident_mib(pid: u32) -> Option<f64> {
    status(pid, "VmRSS:")
}

fn status(pid: u32, key: &str) -> Option<f64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}

/// Runs `pacte --data DIR args…` to its end: seconds, and peak MiB sampled every 5 ms.
pub(crate) fn run(data: &Path, args: &[&str]) -> (f64, f64) {
    let start = Instant::now();
    let mut child = spawn(data, args);
    let mut peak = 0.0_f64;
    let status = loop {
        peak = peak.max(peak_mib(child.id()).unwrap_or(0.0));
        if let Some(status) = child.try_wait().expect("the process can be waited for") {
            break status;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    assert!(status.success(), "pacte {args:?}: {status}");
    (start.elapsed().as_secs_f64(), peak)
}

fn spawn(data: &Path, args: &[&str]) -> Child {
    Command::new(PACTE)
        .arg("--data")
        .arg(data)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts")
}
