//! What the import would do with each file of a folder.

use std::path::{Path, PathBuf};

use super::{ImportError, roads};
use crate::catalogue::{Format, Probe, Stage, recognise};
use crate::error::Fault;
use crate::input::{InputFile, Limits};
use crate::readers::{FORMATS, training_extras};
use crate::report::{FileReport, ImportReport, Status};
use crate::workbook::Workbook;

/// Deepest folder that is walked: official files lie at one or two.
const DEPTH: usize = 8;
/// Files of one folder and one fate that the report lists one by one; beyond, it counts them.
const LISTED: usize = 4;

/// A file and the format it was recognised as.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The file.
    pub file: InputFile,
    /// Its format.
    pub format: &'static Format,
}

/// Every file of a folder and what it is.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Files that a reader reads, in the order of paths.
    pub files: Vec<Planned>,
    /// The others, and why they are not read.
    pub others: Vec<FileReport>,
    /// Road extracts, to be given to the road import, in the order of paths.
    pub roads: Vec<PathBuf>,
    /// Whether the folder holds the fictional training territory.
    pub training: bool,
}

impl Plan {
    /// Files of a stage, with their rank.
    pub(crate) fn of_stage(&self, stage: Stage) -> impl Iterator<Item = (usize, &Planned)> {
        self.files.iter().enumerate().filter(move |(_, planned)| planned.format.stage == stage)
    }

    /// The report of the whole, from those of the files read so far.
    pub(crate) fn report(&self, reports: Vec<Option<FileReport>>, notes: Vec<String>) -> ImportReport {
        let unread = "non lu : l’import s’est arrêté avant";
        let mut files: Vec<FileReport> = reports
            .into_iter()
            .zip(&self.files)
            .map(|(report, planned)| {
                report.unwrap_or_else(|| {
                    let mut report = FileReport::new(&planned.file);
                    report.status = Status::Checked(unread.to_owned());
                    report
                })
            })
            .chain(self.others.iter().cloned())
            .collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        ImportReport { files, notes, roads: self.roads.clone() }
    }
}

/// Recognises every file of a folder, without reading any whole.
///
/// # Errors
/// When the folder cannot be walked.
pub fn plan(folder: &Path, limits: Limits) -> Result<Plan, ImportError> {
    let mut paths = Vec::new();
    walk(folder, 0, &mut paths)?;
    paths.sort_unstable();
    let mut plan = Plan { files: Vec::new(), others: Vec::new(), roads: Vec::new(), training: false };
    for path in paths {
        let name = path
            .strip_prefix(folder)
            .unwrap_or(&path)
            .components()
            .map(|part| part.as_os_str().to_string_lossy())
            .collect::<Vec<_>>()
            .join("/");
        if let Some(found) = roads::look(&path, &name) {
            plan.others.push(found.report);
            if found.extract {
                plan.roads.push(path);
            }
            continue;
        }
        match examine(&path, &name, limits, &mut plan.training) {
            Ok(planned) => plan.files.push(planned),
            Err(status) => plan.others.push(FileReport::unread(name, status)),
        }
    }
    plan.others = grouped(plan.others);
    Ok(plan)
}

/// Files below a folder; hidden ones are passed over.
fn walk(folder: &Path, depth: usize, paths: &mut Vec<PathBuf>) -> Result<(), ImportError> {
    let failed = |source| ImportError::Folder { path: folder.display().to_string(), source };
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let path = entry.path();
        if path.is_dir() {
            // A link to a parent would never end.
            if depth < DEPTH && !path.is_symlink() {
                walk(&path, depth + 1, paths)?;
            }
        } else {
            paths.push(path);
        }
    }
    Ok(())
}

/// The plan of a file, or why no reader reads it.
fn examine(path: &Path, name: &str, limits: Limits, training: &mut bool) -> Result<Planned, Status> {
    let lower = name.to_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
    let mut file = InputFile::on_disk(path, name, limits).map_err(Status::Failed)?;
    let probe = Probe::new(&file).map_err(Status::Failed)?;
    if probe.is_json()
        && ["\"resourceType\"", "\"openapi\"", "\"fhirVersions\""].iter().any(|key| probe.head().contains(key))
    {
        return Err(Status::Later("ressource FHIR : reconnue, cet import n’en fait encore rien".to_owned()));
    }
    *training |= training_extras::is_marker(&probe);
    let Some((format, vintage)) = recognise(&probe, FORMATS) else {
        refuse_ruined(&file, &probe, &lower)?;
        return Err(Status::Unrecognised(unrecognised(&probe, ends(&[".md", ".txt", ".html", ".pdf"]))));
    };
    file.source = format.title;
    file.vintage = vintage.year;
    file.geography = vintage.geography;
    Ok(Planned { file, format })
}

/// Beginnings of names that producers and the files of this house use: a file that bears one and is not of its format is
/// spoilt, not unknown.
const ANNOUNCED: [&str; 18] = [
    "insee_cog_communes",
    "insee_cog_mouvements",
    "insee_departements",
    "insee_regions",
    "insee_populations_legales",
    "insee_table_appartenance",
    "insee_supracom",
    "dgcl_epcicom",
    "communes_cog",
    "gazetteer_insee",
    "bpe_",
    "eurostat_hospitals",
    "apl_",
    "qpv_",
    "zonage_par_code",
    "insee_grille_densite",
    "insee_estim_pop",
    "ressources_soins_urgents",
];

/// Refuses a file that no reader recognises because it is empty, cut, not text, in another encoding, or not what its name
/// announces. Left as unknown, it would let an import pass in which a source is silently missing.
fn refuse_ruined(file: &InputFile, probe: &Probe<'_>, lower: &str) -> Result<(), Status> {
    let ends = |ending: &str| lower.ends_with(ending);
    if [".csv", ".json", ".geojson"].iter().any(|ending| ends(ending)) {
        // Tells emptiness, UTF-16, NULs and other encodings, with the place.
        file.text().map_err(Status::Failed)?;
    }
    if probe.is_workbook() && probe.sheets().is_empty() {
        Workbook::open(file).map_err(Status::Failed)?;
    }
    let short = file.short_name().to_lowercase();
    let data = [".csv", ".json", ".geojson", ".xlsx", ".gz"].iter().any(|ending| ends(ending));
    if data && ANNOUNCED.iter().any(|start| short.starts_with(start)) {
        return Err(Status::Failed(file.error(
            Fault::MissingColumn,
            format!("ce fichier n’est pas ce que son nom annonce : {}", unrecognised(probe, false)),
            "Téléchargez-le de nouveau chez son producteur, ou retirez-le du dossier.",
        )));
    }
    Ok(())
}

/// Why a file is not recognised, and what would help.
fn unrecognised(probe: &Probe<'_>, documentation: bool) -> String {
    if documentation {
        return "documentation".to_owned();
    }
    if probe.is_workbook() {
        if probe.sheets().is_empty() {
            return "classeur qui ne s’ouvre pas (tronqué ?)".to_owned();
        }
        return format!("aucun lecteur ne connaît ces feuilles : {}", probe.sheets().join(", "));
    }
    if probe.is_json() {
        return "aucun lecteur ne connaît la forme de ce JSON".to_owned();
    }
    let headers: Vec<&str> = probe.headers().iter().map(String::as_str).take(8).collect();
    if headers.len() > 1 {
        return format!("aucun lecteur ne connaît cet en-tête : {}…", headers.join(", "));
    }
    "aucun lecteur ne connaît ce format".to_owned()
}

/// Many files of one folder with one fate become one line.
fn grouped(others: Vec<FileReport>) -> Vec<FileReport> {
    let folder_of = |report: &FileReport| report.path.split_once('/').map(|(folder, _)| folder.to_owned());
    let mut grouped = Vec::new();
    let mut rest = others.as_slice();
    while let Some(first) = rest.first() {
        let folder = folder_of(first);
        let same =
            |report: &&FileReport| folder.is_some() && folder_of(report) == folder && report.status == first.status;
        let run = rest.iter().take_while(|report| same(report)).count().max(1);
        if run > LISTED {
            let path = format!("{}/ ({run} fichiers)", folder.unwrap_or_default());
            let mut report = FileReport::unread(path, first.status.clone());
            report.source.clone_from(&first.source);
            grouped.push(report);
        } else {
            grouped.extend_from_slice(&rest[..run]);
        }
        rest = &rest[run..];
    }
    grouped
}
