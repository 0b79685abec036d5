//! `pacte roads matrix`: minutes of all to all, streamed to a file that appears whole or not at all.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use pacte_roads::graph::Time;
use pacte_roads::matrix::Buckets;
use pacte_roads::network::Network;
use pacte_roads::snap::Place;
use pacte_sources::export::pairs::{About, Pair, PairWriter};

use super::points::{self, Points};
use super::{attribution, bounds, bounds_in_words, limit, minutes};
use crate::cli::{Matrix, PairFormat};
use crate::data_dir::DataDir;
use crate::progress::{measured_step, step};

/// Sources and targets whose pairs tell how many there will be.
const SAMPLE: usize = 512;
/// Pairs of a block: a row group of a Parquet file.
const BLOCK: f64 = 1_000_000.0;
/// Bytes of a place joined to the network (counted from its fields: 120, and two lists of two nodes or three).
const PLACE: f64 = 200.0;
/// Bytes of a bucket entry while buckets are sorted.
const ENTRY: f64 = 32.0;
/// Bytes of a pair while its block is written: matrix, pair, names of the columns.
const PAIR: f64 = 120.0;
/// Bytes of a pair in a file, to say how large it will be (estimates; a CSV of the training communes
/// takes 19).
const PARQUET: f64 = 8.0;
const CSV: f64 = 20.0;
/// Places named when some are not joined.
const NAMED: usize = 5;

/// Computes and writes.
pub(super) fn run(data: &DataDir, options: &Matrix) -> Result<()> {
    let longest = limit(options.max).context("--max")?;
    let territory = data.current()?.map(|snapshot| snapshot.territory);
    let from = points::read(&options.from, territory.as_ref()).context("--from")?;
    let to = points::read(&options.to, territory.as_ref()).context("--to")?;
    let allowed = options.memory.map_or_else(free_memory, |megabytes| Some(megabytes as f64 * 1e6));
    // Before anything is allocated for them.
    refuse_beyond(allowed, PLACE * (from.ids.len() + to.ids.len()) as f64, "la seule liste des lieux")?;
    let (network, _) = data.roads().require()?.network(&options.profile)?;
    let (sources, targets) =
        step("Raccordement des lieux aux routes", || Ok((Joined::of(from, &network), Joined::of(to, &network))))?;
    sources.tell("départs");
    targets.tell("arrivées");
    for (joined, what) in [(&sources, "--from"), (&targets, "--to")] {
        if joined.places.is_empty() {
            let words = bounds(&network).map(|bounds| format!(" ({})", bounds_in_words(&bounds))).unwrap_or_default();
            bail!("{what} : aucun de ces lieux n’est sur les routes importées{words}");
        }
    }
    let size = Size::estimate(&network, &sources.places, &targets.places, longest);
    let bytes = if options.format == PairFormat::Parquet { PARQUET } else { CSV };
    eprintln!(
        "{} départs × {} arrivées : environ {} couples à {} minutes au plus, {} de fichier, {} de mémoire.",
        sources.places.len(),
        targets.places.len(),
        round(size.pairs),
        options.max,
        in_bytes(size.pairs * bytes),
        in_bytes(size.memory)
    );
    refuse_beyond(allowed, size.memory, "la matrice")?;
    let default = format!("matrice.{}", if options.format == PairFormat::Parquet { "parquet" } else { "csv" });
    let path = options.output.clone().unwrap_or_else(|| PathBuf::from(default));
    let about = About {
        title: format!("Minutes par la route, profil « {} », {} minutes au plus", network.about().label, options.max),
        source: attribution(&network.about().extract),
    };
    let mut written = 0;
    whole(&path, |file| {
        let (a, b) = (&sources.ids, &targets.ids);
        let mut writer = match options.format {
            PairFormat::Csv => PairWriter::csv(file, a, b)?,
            PairFormat::Parquet => PairWriter::parquet(file, a, b, &about)?,
        };
        measured_step("Matrice", |tell| {
            let left = network.targets(&targets.places, longest);
            let mut pairs: Vec<Pair> = Vec::new();
            for (piece, places) in sources.places.chunks(size.rows).enumerate() {
                let matrix = left.matrix(places);
                pairs.clear();
                for row in 0..places.len() {
                    let source = (piece * size.rows + row) as u32;
                    pairs.extend(matrix.row(row).map(|(target, time)| (source, target, minutes(time))));
                }
                writer.write(&pairs)?;
                written += pairs.len();
                tell("départs", (piece * size.rows + places.len()) as u64, sources.places.len() as u64);
            }
            Ok(())
        })?;
        Ok(writer.finish()?)
    })?;
    eprintln!("{} : {written} couples. {}", path.display(), about.source);
    Ok(())
}

/// Places that are on the roads, and those that are not.
struct Joined {
    ids: Vec<String>,
    places: Vec<Place>,
    left_out: Vec<String>,
}

impl Joined {
    fn of(points: Points, network: &Network) -> Self {
        let known: Vec<_> = points.points.iter().map(|point| point.unwrap_or_default()).collect();
        let found = network.places(&known);
        let mut joined = Self { ids: Vec::new(), places: Vec::new(), left_out: Vec::new() };
        for ((id, point), place) in points.ids.into_iter().zip(points.points).zip(found) {
            match place.filter(|_| point.is_some()) {
                Some(place) => {
                    joined.ids.push(id);
                    joined.places.push(place);
                }
                None => joined.left_out.push(id),
            }
        }
        joined
    }

    fn tell(&self, what: &str) {
        if self.left_out.is_empty() {
            return;
        }
        let first = self.left_out.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        let more = if self.left_out.len() > NAMED { "…" } else { "" };
        eprintln!("{} {what} sans route à portée, absents du fichier : {first}{more}", self.left_out.len());
    }
}

/// What a matrix will take.
struct Size {
    /// Pairs.
    pairs: f64,
    /// Bytes of memory.
    memory: f64,
    /// Sources computed at once.
    rows: usize,
}

impl Size {
    /// From a sample of sources towards all targets, and of targets for what they leave behind.
    fn estimate(network: &Network, sources: &[Place], targets: &[Place], longest: Time) -> Self {
        let spread = |places: &[Place]| -> Vec<Place> {
            let step = places.len().div_ceil(SAMPLE);
            places.iter().step_by(step).cloned().collect()
        };
        let some = spread(targets);
        let arrivals: Vec<_> = some.iter().map(|target| &target.arrivals[..]).collect();
        let entries = Buckets::new(network.hierarchy(), &arrivals, longest).entries() as f64 / some.len() as f64;
        let near = spread(sources);
        let pairs = network.matrix(&near, &some, longest).targets.len() as f64;
        let share = pairs / (near.len() * some.len()) as f64;
        // Pairs are rare when places are far apart: one target per source at least is counted.
        let by_source = (share * targets.len() as f64).max(1.0);
        let rows = (BLOCK / by_source).clamp(1.0, 65_536.0) as usize;
        let block = by_source * rows.min(sources.len()) as f64;
        let places = PLACE * (sources.len() + targets.len()) as f64;
        let memory = places + entries * targets.len() as f64 * ENTRY + block * PAIR + f64::from(network.nodes()) * 4.0;
        Self { pairs: by_source * sources.len() as f64, memory, rows }
    }
}

fn refuse_beyond(allowed: Option<f64>, needed: f64, what: &str) -> Result<()> {
    match allowed {
        Some(allowed) if needed > allowed => bail!(
            "{what} demanderait environ {} de mémoire, {} sont disponibles : donnez moins de lieux, une limite --max plus courte, ou partagez les départs en plusieurs fichiers",
            in_bytes(needed),
            in_bytes(allowed)
        ),
        _ => Ok(()),
    }
}

/// Memory that can be taken without swapping, bytes; `None` where the system does not tell.
fn free_memory() -> Option<f64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024.0)
}

fn in_bytes(bytes: f64) -> String {
    match bytes {
        bytes if bytes >= 1e9 => format!("{:.1} Go", bytes / 1e9),
        bytes if bytes >= 1e6 => format!("{:.0} Mo", bytes / 1e6),
        bytes => format!("{:.0} ko", (bytes / 1e3).ceil()),
    }
}

/// Two digits are all that an estimate can claim.
fn round(count: f64) -> String {
    let scale = 10_f64.powf((count.max(1.0).log10().floor() - 1.0).max(0.0));
    format!("{:.0}", (count / scale).round() * scale)
}

/// Lets a file be written beside its name and renames it once whole.
fn whole(path: &Path, write: impl FnOnce(File) -> Result<File>) -> Result<()> {
    let name = path.file_name().with_context(|| format!("{} ne nomme pas un fichier", path.display()))?;
    let partial = path.with_file_name(format!(".partiel-{}.{}", name.to_string_lossy(), std::process::id()));
    let result = (|| {
        let file = File::create(&partial).with_context(|| path.display().to_string())?;
        write(file)?.sync_all()?;
        fs::rename(&partial, path).with_context(|| path.display().to_string())
    })();
    if result.is_err() {
        // It may not even exist; the first error is the one to tell.
        let _ = fs::remove_file(&partial);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_with_two_digits() {
        assert_eq!(round(16_543_210.0), "17000000");
        assert_eq!(round(7.0), "7");
        assert_eq!(round(123.0), "120");
        assert_eq!(in_bytes(1.64e9), "1.6 Go");
        assert_eq!(in_bytes(64e6), "64 Mo");
        assert_eq!(in_bytes(12.0), "1 ko");
    }

    #[test]
    fn a_failed_file_leaves_the_former_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.csv");
        fs::write(&path, "ancien").unwrap();
        assert!(whole(&path, |_| bail!("non")).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "ancien");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_size() {
        let error = refuse_beyond(Some(1e6), 2.5e9, "la matrice").unwrap_err().to_string();
        assert!(error.contains("2.5 Go") && error.contains("1 Mo"), "{error}");
        assert!(refuse_beyond(None, 1e15, "x").is_ok());
    }
}
