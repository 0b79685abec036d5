//! What can be typed after `pacte zoning`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;

use super::TextFormat;

#[derive(Debug, Args)]
pub(crate) struct Zoning {
    #[command(subcommand)]
    pub(crate) command: ZoningCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ZoningCommand {
    /// Méthodes livrées : texte, classes, ce qui reste à vérifier.
    Methods {
        /// Imprime plutôt le texte d’une méthode : un début pour la sienne.
        #[arg(long, value_name = "MÉTHODE", conflicts_with = "template")]
        text: Option<String>,
        /// Imprime plutôt le modèle du tableau de zones que demande une méthode.
        #[arg(long, value_name = "MÉTHODE")]
        template: Option<String>,
        /// Forme du tableau.
        #[arg(long, value_enum, default_value_t)]
        format: TextFormat,
    },
    /// Ce que propose une méthode, zone par zone ; rien n’est enregistré.
    Propose {
        #[command(flatten)]
        of: Proposed,
        /// Que montrer.
        #[arg(long, value_enum, default_value_t)]
        show: Shown,
        /// Forme du tableau.
        #[arg(long, value_enum, default_value_t)]
        format: TextFormat,
    },
    /// Projets de zonage.
    #[command(subcommand)]
    Draft(DraftCommand),
    /// Où deux projets diffèrent.
    Compare {
        /// Premier projet.
        first: String,
        /// Second projet.
        second: String,
        /// Forme du tableau.
        #[arg(long, value_enum, default_value_t)]
        format: TextFormat,
    },
    /// Publie un projet : une couche datée, qui ne changera plus.
    Publish {
        /// Projet.
        draft: String,
        /// Date d’effet : AAAA-MM-JJ.
        #[arg(long, value_name = "DATE")]
        effective: Date,
        /// Autorité, comme l’arrêté l’imprimera.
        #[arg(long, value_name = "TEXTE")]
        authority: String,
        /// Lieu, date, fonction et nom sous les articles.
        #[arg(long, value_name = "TEXTE", default_value = "")]
        signature: String,
    },
    /// Zonages publiés.
    List {
        /// Forme du tableau.
        #[arg(long, value_enum, default_value_t)]
        format: TextFormat,
    },
    /// Zonages en vigueur à une date, ou la classe qu’y avait une commune.
    AsOf {
        /// Date : AAAA-MM-JJ.
        date: Date,
        /// Code d’une commune.
        #[arg(long, value_name = "CODE")]
        commune: Option<String>,
        /// Forme du tableau.
        #[arg(long, value_enum, default_value_t)]
        format: TextFormat,
    },
    /// Écrit l’arrêté en PDF : celui d’un zonage publié, ou le PROJET d’un projet.
    Arrete {
        /// Projet ou zonage publié.
        name: String,
        /// Fichier à écrire.
        #[arg(long, value_name = "FICHIER")]
        to: PathBuf,
    },
    /// Vérifie le fichier d’une méthode de zonage.
    Check {
        /// Fichier YAML.
        file: PathBuf,
    },
}

/// What is proposed, and on what.
#[derive(Debug, Args)]
pub(crate) struct Proposed {
    /// Méthode livrée (`pacte zoning methods`) ou fichier YAML.
    #[arg(long, value_name = "MÉTHODE", default_value = "medecins-2021")]
    pub(crate) method: String,
    /// Région des quotas de la méthode ; tout le territoire par défaut.
    #[arg(long, value_name = "CODE")]
    pub(crate) region: Option<String>,
    /// Chiffres de l’indicateur ; par défaut les publiés s’il y en a, sinon les calculés.
    #[arg(long, value_enum)]
    pub(crate) indicator: Option<IndicatorFrom>,
    /// Tableau des zones (CSV), pour les méthodes qui en demandent un.
    #[arg(long, value_name = "FICHIER")]
    pub(crate) table: Option<PathBuf>,
}

/// Which figures of the indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum IndicatorFrom {
    /// Les derniers publiés.
    Published,
    /// Ceux que Pacte calcule sur l’offre d’aujourd’hui.
    Computed,
}

/// Which table of a proposal or a draft.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shown {
    /// Une ligne par zone.
    #[default]
    Zones,
    /// Une ligne par quota et région.
    Quotas,
    /// Une ligne par commune.
    Communes,
    /// Population et professionnels par classe, avant et après.
    Effects,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DraftCommand {
    /// Crée un projet ; écrit son nom.
    New {
        #[command(flatten)]
        of: Proposed,
        /// Titre ; par défaut la méthode et le périmètre.
        #[arg(long, value_name = "TEXTE")]
        title: Option<String>,
        /// Qui le rédige.
        #[arg(long, value_name = "TEXTE", default_value = "")]
        author: String,
    },
    /// Donne une autre classe à une zone, ou ajoute un quartier prioritaire (`qpv:QN…`).
    Move {
        /// Projet.
        draft: String,
        /// Code de la zone.
        unit: String,
        /// Identifiant de la classe.
        class: String,
        /// Motif, imprimé dans l’arrêté.
        #[arg(long, value_name = "TEXTE")]
        reason: String,
    },
    /// Rend à une zone la classe de la méthode.
    Unmove {
        /// Projet.
        draft: String,
        /// Code de la zone.
        unit: String,
    },
    /// Reprend un projet fait sur d’autres données.
    Carry {
        /// Projet.
        draft: String,
    },
    /// Montre un projet : zones, quotas ou effets, et ses fautes sur la sortie d’erreur.
    Show {
        /// Projet.
        draft: String,
        /// Version ; la dernière par défaut.
        #[arg(long, value_name = "N")]
        revision: Option<u32>,
        /// Que montrer.
        #[arg(long, value_enum, default_value_t)]
        show: Shown,
        /// Forme du tableau.
        #[arg(long, value_enum, default_value_t)]
        format: TextFormat,
    },
    /// Tous les projets, les derniers modifiés d’abord.
    List {
        /// Forme du tableau.
        #[arg(long, value_enum, default_value_t)]
        format: TextFormat,
    },
}
