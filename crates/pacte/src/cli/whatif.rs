//! What can be typed after `pacte access what-if`.

use clap::Args;
use pacte_territory::Level;

use super::{TextFormat, Travel};

#[derive(Debug, Args)]
pub(crate) struct WhatIf {
    /// Ouvre : `gp:5@23096` (5 généralistes), `msp:4@CODE` (une MSP de 4), `centre:3@CODE`, `su@CODE`, `smur@CODE`, `mcs@CODE`.
    /// La commune se dit par son code, son nom ou « latitude,longitude ».
    #[arg(long, value_name = "QUOI:N@COMMUNE")]
    pub(crate) add: Vec<String>,
    /// Ferme : `gp:1@23096`, `su@CODE`…
    #[arg(long, value_name = "QUOI:N@COMMUNE")]
    pub(crate) remove: Vec<String>,
    /// Déplace : `gp:1@23096>23008`.
    #[arg(long = "move", value_name = "QUOI:N@DE>VERS")]
    pub(crate) moves: Vec<String>,
    /// Fait partir les médecins de plus de cet âge : `65`, `65:remplacement:40%`.
    #[arg(long, value_name = "ÂGE")]
    pub(crate) retire: Option<String>,
    /// Départs annuels et remplacement : `8%/an:5ans:remplacement:60%`.
    #[arg(long, value_name = "TAUX")]
    pub(crate) depart: Option<String>,
    /// Change la méthode d’APL : `mg-2010`, `mg-2022`, `mg-2023`.
    #[arg(long, value_name = "NOM")]
    pub(crate) method: Option<String>,
    /// Change les poids des temps de trajet : `10=1,15=2/3,20=1/3` (minutes = poids).
    #[arg(long, value_name = "BANDES")]
    pub(crate) decay: Option<String>,
    /// Change un paramètre : `activity.cap=7000`.
    #[arg(long, value_name = "NOM=VALEUR")]
    pub(crate) set: Vec<String>,
    /// Reprend un scénario : un fichier (une ligne par changement, ou le JSON enregistré) ou l’identifiant d’un scénario enregistré.
    /// Les autres changements s’y ajoutent.
    #[arg(long, value_name = "FICHIER|ID")]
    pub(crate) scenario: Option<String>,
    /// Reporte le scénario sur les données présentes quand il a été fait sur d’autres.
    #[arg(long)]
    pub(crate) carry_over: bool,
    /// Enregistre le scénario sous ce nom et dit son identifiant.
    #[arg(long, value_name = "NOM")]
    pub(crate) save: Option<String>,
    /// Liste les scénarios enregistrés.
    #[arg(long)]
    pub(crate) list: bool,
    /// Répète le calcul, tout étant en mémoire, et dit sa durée médiane (du changement aux nouvelles couleurs de la carte).
    #[arg(long)]
    pub(crate) bench: bool,
    /// Lignes du tableau : commune, departement ou region.
    #[arg(long, value_name = "NIVEAU", default_value = "commune")]
    pub(crate) level: Level,
    /// Nombre de territoires montrés, les plus touchés d’abord ; 0 pour tous (les fichiers les ont tous).
    #[arg(long, value_name = "N", default_value_t = 15)]
    pub(crate) top: usize,
    /// Temps de trajet : par les routes importées (roads) ou par le modèle (model) ; par défaut les routes s’il y en a.
    #[arg(long, value_enum)]
    pub(crate) travel: Option<Travel>,
    /// Forme du résultat.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: TextFormat,
}
