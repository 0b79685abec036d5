//! What can be typed after `pacte urgent`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::civil::{Date, Time};
use pacte_access::urgent::Set;
use pacte_territory::Level;

use super::{TextFormat, Travel};

#[derive(Debug, Args)]
pub(crate) struct Urgent {
    #[command(subcommand)]
    pub(crate) command: UrgentCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UrgentCommand {
    /// Population au-delà de la limite, par territoire, pour chaque jeu de ressources.
    Cover {
        #[command(flatten)]
        asked: Asked,
        /// Niveau des lignes.
        #[arg(long, value_name = "NIVEAU", default_value = "country")]
        level: Level,
        /// Montre aussi les chiffres publiés, à côté des nôtres.
        #[arg(long)]
        published: bool,
    },
    /// Poches de communes au-delà de la limite, les plus peuplées d’abord.
    Gaps {
        #[command(flatten)]
        asked: Asked,
        /// Nombre de poches.
        #[arg(long, default_value_t = 20)]
        most: usize,
    },
    /// Ce qu’apporte chaque ressource d’une famille, dans l’ordre qui apporte le plus.
    Adds {
        #[command(flatten)]
        asked: Asked,
        /// Famille de ressources : su, smur, mcs ou heli.
        #[arg(long, default_value = "mcs", value_name = "FAMILLE")]
        of: Set,
    },
    /// Population au-delà de la limite à chaque heure d’une semaine.
    Hours {
        #[command(flatten)]
        asked: Asked,
    },
    /// Communes et habitants que de nouvelles ressources ramènent dans la limite.
    With {
        #[command(flatten)]
        asked: Asked,
        /// Ressource à ajouter : mcs@23096, smur@48095, helismur@12202… ; peut se répéter.
        #[arg(long, value_name = "TYPE@COMMUNE", required_unless_present = "remove")]
        add: Vec<String>,
        /// Identifiant d’une ressource à retirer ; peut se répéter.
        #[arg(long, value_name = "ID")]
        remove: Vec<String>,
        /// Mesure aussi le calcul : médiane de onze fois, en millisecondes.
        #[arg(long)]
        bench: bool,
    },
    /// Le registre du territoire en cours.
    Register {
        /// Forme du tableau.
        #[arg(long, value_enum, default_value_t)]
        format: TextFormat,
    },
    /// Les chiffres publiés, avec leur date et leur définition.
    Published {
        /// Forme du tableau.
        #[arg(long, value_enum, default_value_t)]
        format: TextFormat,
    },
    /// Écrit un modèle de registre, commenté, à remplir.
    Template,
    /// Vérifie des registres sans rien écrire : dit toutes leurs fautes.
    Check {
        /// Fichiers CSV.
        #[arg(value_name = "FICHIER", required = true)]
        files: Vec<PathBuf>,
        /// Forme du tableau.
        #[arg(long, value_enum, default_value_t)]
        format: TextFormat,
    },
    /// Fait de ces registres celui du territoire en cours, à la place de l’ancien.
    Import {
        /// Fichiers CSV.
        #[arg(value_name = "FICHIER", required = true)]
        files: Vec<PathBuf>,
        /// Forme du tableau.
        #[arg(long, value_enum, default_value_t)]
        format: TextFormat,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Asked {
    /// Ressources comptées : su, su-smur, su-smur-mcs, tout.
    #[arg(long, value_name = "RESSOURCES", default_value = "tout")]
    pub(crate) set: Set,
    /// Jour ; par défaut aujourd’hui. Sans heure, toutes les ressources déclarées ce jour comptent, comme pour la DREES.
    #[arg(long, value_name = "AAAA-MM-JJ")]
    pub(crate) on: Option<Date>,
    /// Heure locale.
    #[arg(long, value_name = "HH:MM")]
    pub(crate) at: Option<Time>,
    /// Limite, en minutes.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=90))]
    pub(crate) limit: u16,
    /// Temps de trajet : par les routes importées (roads) ou par le modèle (model) ; par défaut les routes s’il y en a.
    #[arg(long, value_enum)]
    pub(crate) travel: Option<Travel>,
    /// Forme du tableau.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: TextFormat,
}
