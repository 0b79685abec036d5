//! What can be typed after `pacte foresight`.

use std::path::PathBuf;

use clap::Args;
use pacte_territory::Level;

use super::{TextFormat, Travel};

#[derive(Debug, Args)]
pub(crate) struct Foresight {
    /// Territoire : region:24, departement:59, bassin_de_vie:23096, commune:59350 ; par défaut tout le pays.
    #[arg(long = "in", value_name = "NIVEAU:CODE")]
    pub(crate) within: Option<String>,
    /// Dernière année.
    #[arg(long, value_name = "ANNÉE", default_value_t = 2040)]
    pub(crate) to: i16,
    /// Change une hypothèse : leave=0.008, retention=0.8 (celle de la région de --in, sinon de toutes), retention.24=0.8… ; --assumptions les donne toutes.
    #[arg(long, value_name = "CLÉ=VALEUR")]
    pub(crate) assume: Vec<String>,
    /// Fichier d’hypothèses à la place de celui du programme (pacts/foresight/mg-2040.yaml en est le modèle).
    #[arg(long, value_name = "FICHIER")]
    pub(crate) assumptions_file: Option<PathBuf>,
    /// Places ajoutées chaque année (131 pour la mesure du Pacte territoire santé 2).
    #[arg(long, value_name = "N", default_value_t = 0.0)]
    pub(crate) places: f64,
    /// Première rentrée des places ajoutées ; par défaut celle de la mesure (2015).
    #[arg(long, value_name = "ANNÉE")]
    pub(crate) places_from: Option<i16>,
    /// Régions d’avant 2016 qui reçoivent les places ajoutées : 24,22,83… ; par défaut les dix de la mesure.
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub(crate) places_in: Vec<String>,
    /// Registre de praticiens avec leur année de naissance (CSV ; --template-ages en donne le modèle).
    #[arg(long, value_name = "FICHIER")]
    pub(crate) ages: Option<PathBuf>,
    /// Au lieu des années : les territoires de ce niveau qui passent sous le seuil, les premiers d’abord.
    #[arg(long, value_name = "NIVEAU")]
    pub(crate) falls: Option<Level>,
    /// Seuil d’APL de --falls.
    #[arg(long, value_name = "APL", default_value_t = 2.5)]
    pub(crate) threshold: f64,
    /// Au lieu des années : toutes les hypothèses avec leurs sources.
    #[arg(long, conflicts_with_all = ["falls", "regions"])]
    pub(crate) assumptions: bool,
    /// Au lieu des années : les régions de formation, ce qu’elles forment, gardent et attirent.
    #[arg(long, conflicts_with = "falls")]
    pub(crate) regions: bool,
    /// Écrit le modèle du registre de praticiens et s’arrête.
    #[arg(long)]
    pub(crate) template_ages: bool,
    /// Temps de trajet : par les routes importées (roads) ou par le modèle (model) ; par défaut les routes s’il y en a.
    #[arg(long, value_enum)]
    pub(crate) travel: Option<Travel>,
    /// Forme du tableau.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: TextFormat,
}
