//! Handing the same work to the peers, and reading their answers.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use pacte_roads::graph::{Graph, NodeId};
use pacte_roads::point::Point;
use serde_json::Value;

/// What is asked of the peers on a graph.
pub(crate) struct Questions<'a> {
    pub(crate) sources: &'a [NodeId],
    pub(crate) targets: &'a [NodeId],
    pub(crate) starts: &'a [NodeId],
    pub(crate) facilities: &'a [NodeId],
}

/// Writes a graph and questions as raw little-endian arrays.
pub(crate) fn hand_over(folder: &Path, points: &[Point], graph: &Graph, questions: &Questions) {
    write(folder, "points.i32", points.iter().flat_map(|point| [point.lon as u32, point.lat as u32]));
    let tails = (0..graph.nodes()).flat_map(|node| graph.row(node).map(move |_| node));
    write(folder, "tails.u32", tails);
    write(folder, "heads.u32", graph.heads.iter().copied());
    write(folder, "times.u32", graph.times.iter().copied());
    write(folder, "sources.u32", questions.sources.iter().copied());
    write(folder, "targets.u32", questions.targets.iter().copied());
    write(folder, "starts.u32", questions.starts.iter().copied());
    write(folder, "facilities.u32", questions.facilities.iter().copied());
}

fn write(folder: &Path, name: &str, words: impl Iterator<Item = u32>) {
    let mut file = BufWriter::new(File::create(folder.join(name)).expect("a file"));
    words.for_each(|word| file.write_all(&word.to_le_bytes()).expect("a written file"));
    file.flush().expect("a written file");
}

/// An array a peer left.
pub(crate) fn read(folder: &Path, name: &str) -> Vec<u32> {
    let bytes = std::fs::read(folder.join(name)).expect("the peer's answer");
    bytes.chunks_exact(4).map(|word| u32::from_le_bytes(word.try_into().expect("four bytes"))).collect()
}

/// Figures of a peer: one JSON object a work.
pub(crate) struct Figures(Vec<Value>);

impl Figures {
    /// Figures of a work.
    pub(crate) fn all<'a>(&'a self, work: &'a str) -> impl Iterator<Item = &'a Value> {
        self.0.iter().filter(move |figure| figure["work"] == work)
    }

    /// A number of the first figures of a work.
    pub(crate) fn number(&self, work: &str, key: &str) -> Option<f64> {
        self.all(work).next()?[key].as_f64()
    }
}

/// Runs a peer over a folder to its end. `None`, said aloud, when it cannot run here: its rows are then left without peer.
pub(crate) fn peer(name: &str, folder: &Path, extracts: &[&Path]) -> Option<Figures> {
    let python = std::env::var("PACTE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/roads_peers.py");
    let output = Command::new(python).arg(script).arg(name).arg(folder).args(extracts).stderr(Stdio::piped()).output();
    let output = match output {
        Ok(output) if output.status.success() => output,
        Ok(output) => {
            eprintln!("{name} : {}", String::from_utf8_lossy(&output.stderr));
            return None;
        }
        Err(error) => {
            eprintln!("{name} : {error}");
            return None;
        }
    };
    let text = String::from_utf8_lossy(&output.stdout);
    Some(Figures(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()))
}
