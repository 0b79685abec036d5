//! What can be typed after `pacte allotment`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use pacte_access::allotment::Rule;

use super::TextFormat;

#[derive(Debug, Args)]
pub(crate) struct Allotment {
    /// Places à répartir ; par défaut le total de la table.
    #[arg(long, value_name = "N")]
    pub(crate) seats: Option<u64>,
    /// Fichier des parties (CSV : partie, besoin, plancher, plafond, précédent ; --template en donne le modèle).
    #[arg(long, value_name = "FICHIER", conflicts_with = "table")]
    pub(crate) file: Option<PathBuf>,
    /// Table publiée : --tables les donne.
    #[arg(long, value_name = "NOM")]
    pub(crate) table: Option<String>,
    /// Règle d’arrondi.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) rule: RuleName,
    /// Hausse permise sur l’effectif précédent de chacun, en % (deux décimales au plus).
    #[arg(long, value_name = "POURCENT")]
    pub(crate) max_rise: Option<String>,
    /// Donne les tables publiées et s’arrête.
    #[arg(long)]
    pub(crate) tables: bool,
    /// Écrit le modèle de fichier et s’arrête.
    #[arg(long)]
    pub(crate) template: bool,
    /// Forme du tableau.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: TextFormat,
}

/// Rules by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum RuleName {
    /// Quotients par 1, 3, 5… (Webster).
    #[default]
    SainteLague,
    /// Parties entières, puis plus fortes fractions (Hare).
    PlusFortsRestes,
    /// Quotients par 1, 2, 3… (Jefferson), favorable aux grands.
    DHondt,
}

impl RuleName {
    /// The rule of this name.
    pub(crate) const fn rule(self) -> Rule {
        match self {
            Self::SainteLague => Rule::SainteLague,
            Self::PlusFortsRestes => Rule::LargestRemainder,
            Self::DHondt => Rule::DHondt,
        }
    }
}
