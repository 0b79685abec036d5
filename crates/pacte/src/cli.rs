//! What can be typed.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use pacte_territory::Level;

mod allotment;
mod foresight;
mod programme;
mod roads;
mod siting;
mod urgent;
mod whatif;
mod zoning;

pub(crate) use allotment::Allotment;
pub(crate) use foresight::Foresight;
pub(crate) use programme::{Check, Explain, Person, Programme, ProgrammeCommand, Sweep};
pub(crate) use roads::{AreaFormat, ImportRoads, Matrix, PairFormat, Roads, Travel};
pub(crate) use siting::{EquityChoice, Shown as ShownSites, Siting};
pub(crate) use urgent::{Asked, Urgent, UrgentCommand};
pub(crate) use whatif::WhatIf;
pub(crate) use zoning::{DraftCommand, IndicatorFrom, Proposed, Shown, Zoning, ZoningCommand};

/// Accès aux soins, aides et engagements d’un territoire : mesurer, décider, conduire, prouver.
#[derive(Debug, Parser)]
#[command(name = "pacte", version, propagate_version = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// Répertoire où Pacte garde tout ; le supprimer remet à zéro.
    #[arg(long, env = "PACTE_DATA", default_value = "pacte-data", value_name = "DIR", global = true)]
    pub(crate) data: PathBuf,

    /// Sans commande : `demo`.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Prépare le territoire d’entraînement (fictif) s’il n’y a pas encore de données, calcule l’accès et ouvre le portail.
    Demo(Demo),
    /// Lit un dossier de fichiers officiels (INSEE, DREES, BPE…) et en fait le territoire de travail ; `import roads` lit des routes.
    #[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
    Import {
        /// Sans sous-commande : le dossier.
        #[command(subcommand)]
        what: Option<ImportWhat>,
        #[command(flatten)]
        folder: Import,
    },
    /// Temps, surfaces et matrices par les routes importées.
    #[command(subcommand)]
    Roads(Roads),
    /// Calcule l’accès aux soins, le montre, le compare aux chiffres publiés.
    #[command(args_conflicts_with_subcommands = true)]
    Access {
        /// Sans sous-commande : calcule.
        #[command(subcommand)]
        command: Option<Access>,
        /// Temps de trajet : par les routes importées (roads) ou par le modèle (model) ; par défaut les routes s’il y en a.
        #[arg(long, value_enum)]
        travel: Option<Travel>,
        /// Forme du résumé.
        #[arg(long, value_enum, default_value_t)]
        format: TextFormat,
    },
    /// Population à plus de 30 minutes des urgences, selon les ressources, l’heure et la date.
    Urgent(Urgent),
    /// Où placer k ressources pour aider le plus de monde.
    Siting(Siting),
    /// Proposer, ajuster, comparer, publier un zonage.
    Zoning(Zoning),
    /// Effectifs de médecins jusqu’en 2040.
    Foresight(Foresight),
    /// Répartir des places, des postes ou des contrats.
    Allotment(Allotment),
    /// Vérifie les définitions des programmes et des pactes : lignes fautives, feuilles que nul cas ne voit.
    Check(Check),
    /// Programmes : liste, cas, explication, différences, gains et pertes par commune.
    Programme(Programme),
    /// Ouvre le portail.
    Serve(Serve),
    /// Écrit les tableaux en CSV, XLSX, GeoJSON, Parquet ou JSON.
    Export(Export),
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Prépare tout sans ouvrir le portail.
    #[arg(long)]
    pub(crate) no_serve: bool,
    /// Graine du territoire d’entraînement.
    #[arg(long, default_value_t = pacte_sources::training::DEFAULT_SEED)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) serve: Serve,
}

#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct Import {
    /// Dossier des fichiers officiels, lus tels quels.
    #[arg(value_name = "DOSSIER", required = true)]
    pub(crate) folder: Option<PathBuf>,
    /// Dit tout ce que ferait l’import et n’écrit rien.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Année du code officiel géographique à retenir ; par défaut la plus récente qui ait une table d’appartenance.
    #[arg(long, value_name = "ANNÉE")]
    pub(crate) geography: Option<i16>,
    /// Forme du tableau final.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: TextFormat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ImportWhat {
    /// Lit des extraits OpenStreetMap et prépare les réseaux routiers (un dossier de ce nom s’écrit ./roads).
    Roads(ImportRoads),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Access {
    /// Calcule l’accès (c’est aussi ce que fait `pacte access` seul).
    Compute {
        /// Temps de trajet : par les routes importées (roads) ou par le modèle (model) ; par défaut les routes s’il y en a.
        #[arg(long, value_enum)]
        travel: Option<Travel>,
        /// Forme du résumé.
        #[arg(long, value_enum, default_value_t)]
        format: TextFormat,
    },
    /// Tous les chiffres d’un territoire.
    Show {
        /// Son code : 59350, 59, 200069193…
        #[arg(value_name = "CODE")]
        code: String,
        /// Son niveau, quand le code ne suffit pas.
        #[arg(long, value_name = "NIVEAU")]
        level: Option<Level>,
        /// Forme du tableau.
        #[arg(long, value_enum, default_value_t)]
        format: TextFormat,
    },
    /// Les mêmes chiffres pour tous les territoires d’un niveau.
    Table {
        /// Niveau des lignes : commune, epci, bassin_de_vie, arrondissement, departement, region, ancienne_region, tvs, country.
        #[arg(long, value_name = "NIVEAU", default_value = "departement")]
        level: Level,
        /// Restreint à un territoire plus grand : departement:59, region:32…
        #[arg(long = "in", value_name = "NIVEAU:CODE")]
        within: Option<String>,
        /// Forme du tableau.
        #[arg(long, value_enum, default_value_t)]
        format: TextFormat,
    },
    /// Compare l’APL calculée à l’APL publiée par la DREES.
    CompareOfficial {
        /// Activité supposée des médecins : celle des calculs, ou la même partout (rien de publié que la moyenne nationale).
        #[arg(long, value_enum, default_value_t)]
        activity: Activity,
        /// Nombre de territoires à montrer, par millésime et niveau, parmi ceux où l’écart touche le plus d’habitants.
        #[arg(long, default_value_t = 10)]
        worst: usize,
        /// Forme du tableau.
        #[arg(long, value_enum, default_value_t)]
        format: TextFormat,
    },
    /// Compare les chiffres calculés par les routes à ceux du modèle.
    CompareTravel {
        /// Montre les deux chiffres de chaque territoire de ce niveau, au lieu de l’accord par niveau.
        #[arg(long, value_name = "NIVEAU")]
        level: Option<Level>,
        /// Forme du tableau.
        #[arg(long, value_enum, default_value_t)]
        format: TextFormat,
    },
    /// Simule des ouvertures, des fermetures, des départs : l’accès avant et après.
    WhatIf(Box<WhatIf>),
    /// Ajuste de nouveau le modèle de temps de trajet sur les couples mesurés et dit sa qualité.
    Calibrate {
        /// Forme du tableau.
        #[arg(long, value_enum, default_value_t)]
        format: TextFormat,
    },
}

impl Default for Demo {
    fn default() -> Self {
        Self { no_serve: false, seed: pacte_sources::training::DEFAULT_SEED, serve: Serve::default() }
    }
}

#[derive(Debug, Default, Args)]
pub(crate) struct Serve {
    /// Adresse d’écoute ; par défaut celle de pacte.toml.
    #[arg(long, value_name = "ADRESSE:PORT")]
    pub(crate) listen: Option<SocketAddr>,
    /// Dossier des définitions, rangé comme `pacts/` et relu quand il change ; par défaut celles du programme.
    #[arg(long, value_name = "DOSSIER")]
    pub(crate) pacts: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Niveaux à écrire ; tous par défaut.
    #[arg(long, value_name = "NIVEAU")]
    pub(crate) level: Vec<Level>,
    /// Formats à écrire.
    #[arg(long, value_enum, default_values_t = [FileFormat::Csv])]
    pub(crate) format: Vec<FileFormat>,
    /// Dossier où écrire, créé au besoin.
    #[arg(long, value_name = "DOSSIER", default_value = "export")]
    pub(crate) to: PathBuf,
}

/// How the activity of practitioners is supposed when it is not public.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Activity {
    /// Corrigée par commune d’après l’APL publiée à d’autres millésimes.
    #[default]
    PreviousVintage,
    /// La même partout.
    National,
}

/// Forms a command can print its figures in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum TextFormat {
    /// Tableau aligné.
    #[default]
    Table,
    /// CSV (UTF-8, virgule, point décimal).
    Csv,
    /// JSON : une liste d’objets.
    Json,
}

/// Forms a table can be written to a file in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FileFormat {
    /// CSV (UTF-8, virgule, point décimal).
    Csv,
    /// Classeur, avec une feuille des sources.
    Xlsx,
    /// Contours et chiffres.
    Geojson,
    /// Colonnes typées et compressées.
    Parquet,
    /// Liste d’objets.
    Json,
}
