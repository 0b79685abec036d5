//! A folder of official files becomes the parts of a territory. Pure: reads the folder, writes nothing.
//!
//! Order: the folder is walked and every file recognised ([`plan()`]); movements, communes and populations make the
//! [`Base`]; all other files are read side by side; what they bring is put together. A file at fault
//! does not hide the others: all are read, and every error is reported.
//!
//! The geography of the territory is the most recent year whose communes come with a table d'appartenance, else the most
//! recent year; [`Options::geography`] overrides it.

use std::path::Path;

use pacte_territory::TerritoryParts;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::base::{Base, BaseParts, Events};
use crate::catalogue::{Format, Stage};
use crate::error::{Fault, SourceError};
use crate::input::{InputFile, Limits};
use crate::output::Output;
use crate::progress::{Progress, Task};
use crate::readers::{cog, membership, movements, population};
use crate::report::{FileReport, ImportReport, Status};

mod assemble;
mod plan;
mod roads;

pub use plan::{Plan, Planned, plan};

/// How to import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Year of the code officiel géographique of the territory; chosen among the files when `None`.
    pub geography: Option<i16>,
    /// What may be read.
    pub limits: Limits,
}

/// Why a folder makes no territory.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The folder cannot be walked.
    #[error("{path} : lecture impossible ({source}). Vérifiez le chemin et vos droits.")]
    Folder {
        /// Folder concerned.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is no commune file.
    #[error(
        "{path} : aucun fichier de communes du code officiel géographique parmi les {files} fichiers du dossier. Ajoutez \
         insee_cog_communes_AAAA.csv, téléchargeable sur insee.fr (code officiel géographique)."
    )]
    NoCommunes {
        /// Folder concerned.
        path: String,
        /// Files it holds.
        files: usize,
        /// What became of each file.
        report: Box<ImportReport>,
    },
    /// The geography asked for has no commune file.
    #[error(
        "aucun fichier de communes du 1er janvier {asked} dans le dossier (années présentes : {available}). Choisissez l’une d’elles, ou ajoutez insee_cog_communes_{asked}.csv."
    )]
    Geography {
        /// Year asked for.
        asked: i16,
        /// Years there are.
        available: String,
    },
    /// Some files were refused: nothing is imported.
    #[error("{}", refused(report))]
    Files {
        /// What became of each file, refusals included.
        report: Box<ImportReport>,
    },
}

fn refused(report: &ImportReport) -> String {
    let errors: Vec<String> = report.errors().map(ToString::to_string).collect();
    let head = if errors.len() == 1 {
        "un fichier est refusé ; rien n’est importé".to_owned()
    } else {
        format!("{} fichiers sont refusés ; rien n’est importé", errors.len())
    };
    format!("{head}\n  {}", errors.join("\n  "))
}

impl ImportError {
    /// What became of each file, when files were read.
    pub fn report(&self) -> Option<&ImportReport> {
        match self {
            Self::Files { report } | Self::NoCommunes { report, .. } => Some(report),
            Self::Folder { .. } | Self::Geography { .. } => None,
        }
    }
}

/// A commune file read for the base.
struct Communes {
    /// Rank of the file in the plan.
    at: usize,
    year: i16,
    rows: cog::CogRows,
}

/// Imports a folder. Reads only; the caller stores the parts.
///
/// # Errors
/// When the folder cannot be read, holds no commune file (of the year asked for), or some of its files are refused: the error's
/// report then tells about every file.
pub fn import(
    folder: &Path,
    options: &Options,
    progress: &dyn Progress,
) -> Result<(TerritoryParts, ImportReport), ImportError> {
    let plan = plan(folder, options.limits)?;
    let mut reports: Vec<Option<FileReport>> = vec![None; plan.files.len()];

    let crosswalk = read_moves(&plan, progress, &mut reports);
    let events = crate::base::events(&crosswalk);
    let communes = read_communes(&plan, &events, progress, &mut reports);
    let years: Vec<i16> = communes.iter().map(|communes| communes.year).collect();
    let Some(year) = choose_year(&plan, &years, options)? else {
        let report = Box::new(plan.report(reports, Vec::new()));
        return Err(if report.errors().next().is_some() {
            ImportError::Files { report }
        } else {
            ImportError::NoCommunes {
                path: folder.display().to_string(),
                files: plan.files.len() + plan.others.len(),
                report,
            }
        });
    };
    let (chosen, mut notes) = pick(communes, year, &plan, &mut reports);
    let chosen_at = chosen.at;
    reports[chosen_at] = Some(chosen.rows.report.clone());
    let populations = read_weights(&plan);
    let cog_file = &plan.files[chosen_at].file;
    let areas = assemble::cog_memberships(cog_file, year, &chosen.rows);
    let base = Base::new(BaseParts {
        year,
        training: plan.training,
        communes: chosen.rows.communes.iter().map(|row| (row.code, row.name.clone())).collect(),
        municipal: chosen.rows.municipal,
        delegated: chosen.rows.delegated,
        crosswalk,
        populations,
    });

    let mut outputs = vec![(chosen_at, areas)];
    for (at, result) in read_values(&plan, &reports, &base, progress) {
        match result {
            Ok((output, report)) => {
                reports[at] = Some(report);
                outputs.push((at, output));
            }
            Err(error) => reports[at] = Some(refusal(&plan.files[at].file, error)),
        }
    }
    outputs.sort_by_key(|(at, _)| *at);
    let assembled = assemble::assemble(base, &plan, outputs, &mut reports);
    notes.extend(assembled.notes);
    let report = plan.report(reports, notes);
    if report.errors().next().is_some() {
        return Err(ImportError::Files { report: Box::new(report) });
    }
    let mut parts = assembled.parts;
    parts.meta.files = assemble::source_files(&report);
    Ok((parts, report))
}

/// The report of a file that was refused.
fn refusal(file: &InputFile, error: SourceError) -> FileReport {
    let mut report = FileReport::new(file);
    report.status = Status::Failed(error);
    report
}

/// Reads the movements; the most recent file makes the conversion, others are only checked later.
fn read_moves(plan: &Plan, progress: &dyn Progress, reports: &mut [Option<FileReport>]) -> pacte_territory::Crosswalk {
    let latest = plan.of_stage(Stage::Movements).max_by_key(|(_, planned)| planned.file.vintage);
    let Some((at, planned)) = latest else { return pacte_territory::Crosswalk::default() };
    let task = Task::start(progress, &planned.file.name, planned.file.size);
    match movements::crosswalk(&planned.file, &task) {
        Ok((crosswalk, report)) => {
            task.finish(&summary(&report));
            reports[at] = Some(report);
            crosswalk
        }
        Err(error) => {
            task.finish("refusé");
            reports[at] = Some(refusal(&planned.file, error));
            pacte_territory::Crosswalk::default()
        }
    }
}

/// Reads and checks the commune files of every year; those at fault are reported and left out.
fn read_communes(
    plan: &Plan,
    events: &Events,
    progress: &dyn Progress,
    reports: &mut [Option<FileReport>],
) -> Vec<Communes> {
    let mut found = Vec::new();
    for (at, planned) in plan.of_stage(Stage::Communes) {
        let file = &planned.file;
        let task = Task::start(progress, &file.name, file.size);
        let result = cog::rows(file, &task).and_then(|rows| {
            let year = file.geography.or_else(|| cog::best_year(&rows, events)).ok_or_else(|| {
                file.error(
                    Fault::WrongVintage,
                    "l’année n’est ni dans le nom du fichier ni déductible de mouvements de communes",
                    "Nommez-le comme l’INSEE, par exemple insee_cog_communes_2024.csv.",
                )
            })?;
            cog::check_year(file, &rows, year, events)?;
            Ok(Communes { at, year, rows })
        });
        match result {
            Ok(communes) => {
                task.finish(&summary(&communes.rows.report));
                found.push(communes);
            }
            Err(error) => {
                task.finish("refusé");
                reports[at] = Some(refusal(file, error));
            }
        }
    }
    found
}

/// The year of the territory: the one asked for, else the most recent with a table d'appartenance, else the most recent.
fn choose_year(plan: &Plan, years: &[i16], options: &Options) -> Result<Option<i16>, ImportError> {
    if let Some(asked) = options.geography {
        if years.contains(&asked) || years.is_empty() {
            return Ok(years.contains(&asked).then_some(asked));
        }
        let mut available: Vec<String> = years.iter().map(ToString::to_string).collect();
        available.sort_unstable();
        return Err(ImportError::Geography { asked, available: available.join(", ") });
    }
    let tables: Vec<i16> = plan
        .files
        .iter()
        .filter(|planned| planned.format.id == membership::FORMAT.id)
        .filter_map(|planned| planned.file.geography)
        .collect();
    let with_table = years.iter().copied().filter(|year| tables.contains(year)).max();
    Ok(with_table.or_else(|| years.iter().copied().max()))
}

/// Takes the commune file of the year; the others are reported as checked.
fn pick(
    communes: Vec<Communes>,
    year: i16,
    plan: &Plan,
    reports: &mut [Option<FileReport>],
) -> (Communes, Vec<String>) {
    let mut chosen: Option<Communes> = None;
    let mut notes = Vec::new();
    for mut found in communes {
        if found.year != year {
            found.rows.report.status =
                Status::Checked(format!("lu et vérifié, non utilisé : le territoire est au COG {year}"));
            reports[found.at] = Some(found.rows.report);
        } else if let Some(first) = &chosen {
            found.rows.report.status = Status::Checked(format!(
                "non utilisé : {} donne déjà les communes de {year}",
                plan.files[first.at].file.name
            ));
            reports[found.at] = Some(found.rows.report);
            notes.push(format!("deux fichiers donnent les communes du 1er janvier {year} : le premier est utilisé"));
        } else {
            chosen = Some(found);
        }
    }
    (chosen.expect("the year was chosen among these files"), notes)
}

/// Latest population of every code, from all the population files: a code of an older year keeps its last one.
fn read_weights(plan: &Plan) -> FxHashMap<pacte_territory::CommuneCode, f64> {
    let mut files: Vec<_> = plan.of_stage(Stage::Populations).collect();
    files.sort_by_key(|(_, planned)| planned.file.vintage);
    let read: Vec<_> = files
        .par_iter()
        .map(|(_, planned)| population::weights(&planned.file, &Task::start(&crate::progress::Silent, "", 0)))
        .collect();
    let mut weights = FxHashMap::default();
    for file in read {
        weights.extend(file);
    }
    weights
}

/// What reading a file gave.
type Outcome = Result<(Output, FileReport), SourceError>;

/// Reads every file that has no report yet, largest first so that no thread ends on a long one.
fn read_values(
    plan: &Plan,
    reports: &[Option<FileReport>],
    base: &Base,
    progress: &dyn Progress,
) -> Vec<(usize, Outcome)> {
    let mut left: Vec<(usize, &Planned)> =
        plan.files.iter().enumerate().filter(|(at, _)| reports[*at].is_none()).collect();
    left.sort_by_key(|(_, planned)| std::cmp::Reverse(planned.file.size));
    left.into_par_iter()
        .with_max_len(1)
        .map(|(at, planned)| (at, read_one(planned.format, &planned.file, base, progress)))
        .collect()
}

fn read_one(format: &Format, file: &InputFile, base: &Base, progress: &dyn Progress) -> Outcome {
    let task = Task::start(progress, &file.name, file.size);
    let result = (format.read)(file, base, &task).and_then(|(output, mut report)| {
        // Readers may begin their report before the file is read.
        report.hash = file.hash();
        // A header alone would blank a vintage and call it imported.
        let lower = file.name.to_lowercase();
        let tabular = [".csv", ".xlsx"].iter().any(|ending| lower.ends_with(ending));
        if tabular && report.rows_read == 0 && report.status == Status::Imported {
            return Err(SourceError::truncated(&file.name, "aucune ligne après l’en-tête"));
        }
        Ok((output, report))
    });
    task.finish(&result.as_ref().map_or_else(|_| "refusé".to_owned(), |(_, report)| summary(report)));
    result
}

/// One line on a file that was read.
fn summary(report: &FileReport) -> String {
    format!("{} lignes lues, {} rapprochées", report.rows_read, report.matched)
}
