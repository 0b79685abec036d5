//! The training territory: a fictional region written, from a seed, in the official formats that real data comes in.
//!
//! About five hundred communes in three départements, between plain and mountain, with ten years of history, so that anyone can
//! see, try and teach with the whole product before any real file is at hand. The files are read back by the ordinary readers:
//! nothing downstream knows that the territory is fictional, except by its codes (départements `X1`, `X2`, `X3`, region `99`) and
//! by the marker `entrainement/LISEZMOI.txt`.
//!
//! The land comes first and the rest follows from it: `relief` (uplift and erosion), `rivers`, `settlements` (sites, towns by
//! rank and size), `parishes` (limits along crests and streams), `roads` (least-cost ways), `divisions` (contiguous
//! groupings), `doctors` and `care` (people who treat people, unequally), then the `official_*` writers; `network` draws the
//! country street by street for the road reader. Every stage draws from its own stream of chance (`rng`): equal seeds give
//! equal bytes.

use std::path::{Path, PathBuf};

mod ages;
mod care;
mod divisions;
mod doctors;
mod draft;
mod emergency;
mod folder;
mod frame;
mod groups;
mod highways;
mod lanes;
mod motorway;
mod names;
mod network;
mod noise;
mod official_care;
mod official_communes;
mod official_people;
mod osm_file;
mod own;
mod parishes;
mod partition;
mod relief;
mod rivers;
mod rng;
mod roads;
mod settlements;
mod streets;
mod traffic;
mod weave;
mod world;

#[cfg(test)]
mod network_tests;
#[cfg(test)]
mod tests;

/// The seed of the territory shown when no other is asked for.
pub const DEFAULT_SEED: u64 = 2015;

/// Marker file, relative to the folder: its presence says that the territory is fictional.
pub const MARKER: &str = "entrainement/LISEZMOI.txt";

/// What was generated.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingSummary {
    /// Seed it comes from.
    pub seed: u64,
    /// Communes, geography of 1 January 2024.
    pub communes: usize,
    /// EPCI.
    pub epcis: usize,
    /// Bassins de vie.
    pub bassins_de_vie: usize,
    /// Municipal population of 2021.
    pub population: u64,
    /// General practitioners on 31 December 2024.
    pub general_practitioners: u32,
    /// Share of the population of 2020 below 2.5 accessible consultations a year (fictional APL of 2022), between 0 and 1.
    pub share_below_2_5: f64,
    /// Files written, relative to the folder, in order of writing.
    pub files: Vec<PathBuf>,
    /// Total size of the files, bytes.
    pub bytes: u64,
}

/// Why the territory could not be written.
#[derive(Debug, thiserror::Error)]
pub enum TrainingError {
    /// The folder or a file cannot be written.
    #[error("{} : écriture impossible ({source}). Vérifiez que le dossier existe, que vous avez le droit d’y écrire et que le disque n’est pas plein.", path.display())]
    Write {
        /// File or folder concerned.
        path: PathBuf,
        /// What the system answered.
        source: std::io::Error,
    },
    /// A table cannot be put in its text form: a defect of the generator.
    #[error("{} : tableau impossible à écrire ({reason}). C’est un défaut du générateur : signalez-le avec la graine employée.", path.display())]
    Table {
        /// File concerned.
        path: PathBuf,
        /// What the CSV or JSON writer answered.
        reason: String,
    },
    /// A workbook cannot be composed: a defect of the generator.
    #[error("{} : classeur impossible à composer ({source}). C’est un défaut du générateur : signalez-le avec la graine employée.", path.display())]
    Workbook {
        /// File concerned.
        path: PathBuf,
        /// What the workbook writer answered.
        source: rust_xlsxwriter::XlsxError,
    },
}

/// A row of a CSV file from texts of any kind.
macro_rules! row {
    ($($field:expr),* $(,)?) => { vec![$(String::from(AsRef::<str>::as_ref(&$field))),*] };
}
use row;

/// Writes the training territory of `seed` under `dir`, in the layout and formats of the official files.
///
/// Existing files of the same names are replaced; others are left alone. Equal seeds give equal bytes.
///
/// # Errors
/// When `dir` or a file in it cannot be written.
pub fn write_official_files(seed: u64, dir: &Path) -> Result<TrainingSummary, TrainingError> {
    let world = world::World::new(seed);
    let practice = doctors::Practice::new(&world);
    let care = care::Care::new(&world);
    let positions: Vec<partition::Vertex> = (0..world.old.len()).map(|old| own::position(&world, old)).collect();
    let mut folder = folder::Folder::new(dir)?;
    official_communes::write(&world, &positions, &mut folder)?;
    official_people::write(&world, &practice, &positions, &mut folder)?;
    official_care::write(&world, &practice, &care, &mut folder)?;
    emergency::write(&world, &care, &mut folder)?;
    own::write(&world, &practice, &care, &mut folder)?;
    let geography = world.geography(official_communes::COG);
    Ok(TrainingSummary {
        seed,
        communes: geography.len(),
        epcis: world.epcis.len(),
        bassins_de_vie: world.bassins.len(),
        population: geography.iter().map(|commune| u64::from(world.inhabitants(commune, 2021))).sum(),
        general_practitioners: practice.count(&world, 2025).iter().sum(),
        share_below_2_5: practice.desert,
        files: folder.written,
        bytes: folder.bytes,
    })
}
