//! What can be typed after `pacte check` and `pacte programme`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::TextFormat;

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Dossier des définitions, rangé comme `pacts/` ; par défaut celles du programme.
    #[arg(value_name = "DOSSIER")]
    pub(crate) folder: Option<PathBuf>,
    /// Forme du rapport ; JSON donne programmes, errors, warnings, leaves et `mutation_score`.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: TextFormat,
}

#[derive(Debug, Args)]
pub(crate) struct Programme {
    #[command(subcommand)]
    pub(crate) command: ProgrammeCommand,
    /// Dossier des définitions, rangé comme `pacts/` ; par défaut celles du programme.
    #[arg(long, value_name = "DOSSIER", global = true)]
    pub(crate) pacts: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProgrammeCommand {
    /// Les programmes : dates, professions, engagements servis.
    List {
        /// Forme du tableau.
        #[arg(long, value_enum, default_value_t)]
        format: TextFormat,
    },
    /// Joue les cas écrits dans les dossiers.
    Test {
        /// Un programme ; tous par défaut.
        #[arg(value_name = "PROGRAMME")]
        id: Option<String>,
    },
    /// Ce qu’un programme répond à une personne, avec sa preuve, ce qui manque et ce qui changerait la réponse.
    Explain(Explain),
    /// Ce qui change entre deux versions des définitions.
    Diff {
        /// Dossier des définitions d’avant.
        #[arg(value_name = "ANCIEN")]
        old: PathBuf,
        /// Dossier des définitions d’après.
        #[arg(value_name = "NOUVEAU")]
        new: PathBuf,
        /// Forme du tableau.
        #[arg(long, value_enum, default_value_t)]
        format: TextFormat,
    },
    /// Ce que chaque commune gagne et perd entre deux dates, pour une personne donnée.
    Sweep(Sweep),
}

/// Who the person is.
#[derive(Debug, Args)]
pub(crate) struct Person {
    /// Un fait et sa valeur : --fact profession.specialite=medecine_generale ; « absent » dit qu’il n’existe pas.
    #[arg(long = "fact", value_name = "FAIT=VALEUR")]
    pub(crate) facts: Vec<String>,
    /// Un contrat déjà signé : --contract ptmg:termine:2015-09-01:2017-08-31 (le dernier jour manque s’il court).
    #[arg(long = "contract", value_name = "PROGRAMME:ÉTAT:DU[:AU]")]
    pub(crate) contracts: Vec<String>,
    /// La personne n’a signé aucun autre contrat.
    #[arg(long)]
    pub(crate) no_other_contract: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// Programme.
    #[arg(value_name = "PROGRAMME")]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) person: Person,
    /// Commune, par son code ; son zonage est celui du territoire importé.
    #[arg(long, value_name = "CODE")]
    pub(crate) at: Option<String>,
    /// Jour d’examen ; aujourd’hui par défaut.
    #[arg(long, value_name = "DATE")]
    pub(crate) on: Option<Date>,
    /// Texte ou JSON.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: TextFormat,
}

#[derive(Debug, Args)]
pub(crate) struct Sweep {
    #[command(flatten)]
    pub(crate) person: Person,
    /// Jour d’avant.
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Date,
    /// Jour d’après.
    #[arg(long, value_name = "DATE")]
    pub(crate) to: Date,
    /// Donne le temps du calcul seul.
    #[arg(long)]
    pub(crate) bench: bool,
    /// Forme du tableau.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: TextFormat,
}
