//! `pacte demo`: from nothing to a page worth looking at.

use anyhow::{Context as _, Result};
use pacte_sources::training;

use crate::cli::Demo;
use crate::commands::{import, roads, serve};
use crate::data_dir::DataDir;
use crate::progress::{Bars, step};

/// Prepares the training territory when there is no data yet, computes access, then opens the portal. Real data that was
/// imported before is left alone and shown.
pub(crate) fn run(data: &DataDir, options: &Demo) -> Result<()> {
    if let Some(snapshot) = data.current()? {
        eprintln!("{} contient déjà « {} ».", data.root().display(), snapshot.territory.meta.name);
    } else {
        // The generator writes official formats and the ordinary readers read them: the demo proves the import.
        let folder = tempfile::tempdir().context("pas de dossier temporaire pour le territoire d’entraînement")?;
        step("Création du territoire d’entraînement", || {
            training::write_official_files(options.seed, folder.path()).map_err(anyhow::Error::from)
        })?;
        let (parts, report) = import::read(folder.path(), None, &Bars::new())?;
        data.replace_territory(&parts)?;
        if !report.roads.is_empty() {
            roads::build(data, &report.roads, &roads::profiles(&[])?, false)?;
        }
    }
    let opened = step("Calcul de l’accès aux soins", || data.atlas())?;
    if options.no_serve {
        eprintln!("Prêt : « pacte serve » ouvre le portail.");
        return Ok(());
    }
    serve::open(data, opened, &options.serve)
}
