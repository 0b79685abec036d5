//! What work costs: wall and processor seconds, and the peak of memory, read from the kernel.

use std::time::Instant;

/// Cost of one piece of work.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    /// Seconds on the wall.
    pub(crate) wall: f64,
    /// Seconds of processor, all threads together (the kernel counts in hundredths).
    pub(crate) cpu: f64,
    /// Peak resident memory of the process meanwhile, GB (what it held before included).
    pub(crate) peak: f64,
}

/// Does a piece of work once.
pub(crate) fn once<T>(work: impl FnOnce() -> T) -> (T, Cost) {
    // Forgets the peak so far; where that is refused, the peak is that of the whole run.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let (start, cpu) = (Instant::now(), cpu_seconds());
    let given = work();
    (given, Cost { wall: start.elapsed().as_secs_f64(), cpu: cpu_seconds() - cpu, peak: peak_gb() })
}

/// Wall seconds, the median of some runs.
pub(crate) fn median(runs: usize, mut work: impl FnMut(usize)) -> f64 {
    let mut walls: Vec<f64> = (0..runs)
        .map(|run| {
            let start = Instant::now();
            work(run);
            start.elapsed().as_secs_f64()
        })
        .collect();
    walls.sort_by(f64::total_cmp);
    walls[walls.len() / 2]
}

/// Does work on one core.
pub(crate) fn on_one_core<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread").install(work)
}

fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Fields are counted after the name, which may hold spaces; ticks are hundredths of a second on Linux.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_ascii_whitespace().skip(11).take(2);
    fields.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn peak_gb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_ascii_whitespace().next()?.parse::<f64>().ok()).unwrap_or(f64::NAN) * 1024.0 / 1e9
}
