//! What can be typed about roads.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::TextFormat;

/// `pacte import roads`.
#[derive(Debug, Args)]
pub(crate) struct ImportRoads {
    /// Extraits OpenStreetMap (.osm.pbf, .osm, .osm.gz), recousus à leurs frontières.
    #[arg(value_name = "FICHIER", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Profil de vitesses à préparer : car, ambulance, walk, ou un fichier .yaml ; par défaut les trois.
    #[arg(long, value_name = "PROFIL")]
    pub(crate) profile: Vec<String>,
    /// Dit tout ce que ferait l’import et n’écrit rien.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Forme du bilan.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: TextFormat,
}

/// `pacte roads`.
#[derive(Debug, Subcommand)]
pub(crate) enum Roads {
    /// Ce qui est importé : extraits, profils, étendue, classes de routes.
    Show {
        /// Forme du tableau.
        #[arg(long, value_enum, default_value_t)]
        format: TextFormat,
    },
    /// Minutes et kilomètres d’un lieu à un autre.
    Time {
        /// Départ : code ou nom de commune, ou « lat,lon ».
        #[arg(value_name = "DÉPART", allow_hyphen_values = true)]
        from: String,
        /// Arrivée : code ou nom de commune, ou « lat,lon ».
        #[arg(value_name = "ARRIVÉE", allow_hyphen_values = true)]
        to: String,
        /// Profil de vitesses.
        #[arg(long, default_value = "car", value_name = "PROFIL")]
        profile: String,
        /// Forme du résultat.
        #[arg(long, value_enum, default_value_t)]
        format: TextFormat,
    },
    /// Ce qui est à moins de tant de minutes d’un lieu.
    Isochrone {
        /// Le lieu : code ou nom de commune, ou « lat,lon ».
        #[arg(value_name = "LIEU", allow_hyphen_values = true)]
        place: String,
        /// Les minutes, séparées par des virgules.
        #[arg(value_name = "MINUTES", default_value = "10,15,20,30")]
        minutes: String,
        /// Profil de vitesses.
        #[arg(long, default_value = "car", value_name = "PROFIL")]
        profile: String,
        /// Surfaces et chiffres (geojson), ou chiffres seuls.
        #[arg(long, value_enum, default_value_t)]
        format: AreaFormat,
    },
    /// Les minutes de tous à tous, dans une limite.
    Matrix(Matrix),
    /// Pèse de nouveau les routes gardées, à d’autres vitesses, sans relire les extraits.
    Reweigh {
        /// Profil à peser : car, ambulance, walk, ou un fichier .yaml ; par défaut ceux du programme.
        #[arg(long, value_name = "PROFIL")]
        profile: Vec<String>,
        /// Forme du bilan.
        #[arg(long, value_enum, default_value_t)]
        format: TextFormat,
    },
    /// Compare les temps du réseau aux temps mesurés (couples METRIC de l’INSEE) du territoire.
    Calibrate {
        /// Profil de vitesses.
        #[arg(long, default_value = "car", value_name = "PROFIL")]
        profile: String,
        /// Forme du tableau.
        #[arg(long, value_enum, default_value_t)]
        format: TextFormat,
    },
}

/// `pacte roads matrix`.
#[derive(Debug, Args)]
pub(crate) struct Matrix {
    /// Départs : « communes », « departement:56 » (ou tout autre NIVEAU:CODE), ou un fichier CSV à colonnes id, lat, lon.
    #[arg(long, value_name = "LIEUX")]
    pub(crate) from: String,
    /// Arrivées : comme les départs.
    #[arg(long, value_name = "LIEUX")]
    pub(crate) to: String,
    /// Minutes au-delà desquelles un couple n’est pas écrit.
    #[arg(long, default_value_t = 60.0, value_name = "MINUTES", allow_negative_numbers = true)]
    pub(crate) max: f64,
    /// Profil de vitesses.
    #[arg(long, default_value = "car", value_name = "PROFIL")]
    pub(crate) profile: String,
    /// Format du fichier.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: PairFormat,
    /// Fichier à écrire ; par défaut matrice.parquet ou matrice.csv, ici.
    #[arg(long, value_name = "FICHIER")]
    pub(crate) output: Option<PathBuf>,
    /// Mémoire à ne pas dépasser, en Mo ; par défaut celle qui est libre.
    #[arg(long, value_name = "MO")]
    pub(crate) memory: Option<u64>,
}

/// Forms of an isochrone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum AreaFormat {
    /// Tableau aligné.
    #[default]
    Table,
    /// CSV (UTF-8, virgule, point décimal).
    Csv,
    /// JSON : une liste d’objets.
    Json,
    /// Surfaces, avec leurs chiffres pour propriétés.
    Geojson,
}

/// Forms of a file of pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum PairFormat {
    /// Colonnes typées et compressées.
    #[default]
    Parquet,
    /// CSV (UTF-8, virgule, point décimal).
    Csv,
}

/// Which travel times a computation rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Travel {
    /// Le réseau routier importé ; une erreur quand il n’y en a pas.
    Roads,
    /// Le modèle de distance et de densité.
    Model,
}
