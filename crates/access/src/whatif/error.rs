//! What is wrong with a change, and what to write instead.

use crate::french::comma;

use super::Kind;

/// A commune as a message names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
}

impl std::fmt::Display for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.name, self.code)
    }
}

/// A change that cannot be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("« {change} » : {fault}")]
pub struct ChangeError {
    /// The change as it was written.
    pub change: String,
    /// What is wrong.
    pub fault: ChangeFault,
}

/// Why a change cannot be made; the text says what to do.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ChangeFault {
    /// Nothing of the kind is known.
    #[error(
        "changement non compris. On écrit gp:5@23096 (ajouter), -gp:1@23096 (fermer), gp:1@23096>23008 (déplacer), retire:65, depart:8%/an:5ans:remplacement:60%, method:mg-2010, decay:10=1,15=2/3,20=1/3 ou activity.cap=7000"
    )]
    Shape,
    /// The resource is none of ours.
    #[error("« {found} » n’est pas une ressource connue. Ressources : {}", Kind::known())]
    Kind {
        /// What was written.
        found: String,
    },
    /// Not a whole number in range.
    #[error("« {found} » n’est pas un nombre accepté : un entier de 1 à {most}")]
    Count {
        /// What was written.
        found: String,
        /// Most accepted.
        most: u32,
    },
    /// No commune is named.
    #[error("il manque la commune : écrivez @ puis son code, son nom ou « latitude,longitude »")]
    NoPlace,
    /// No commune has this code or name.
    #[error("aucune commune « {found} » dans ce territoire{}", or(.nearest))]
    UnknownCommune {
        /// What was written.
        found: String,
        /// Communes with names or codes like it.
        nearest: Vec<Named>,
    },
    /// The name is that of several communes.
    #[error("plusieurs communes s’appellent « {found} » : {}. Donnez le code", list(.communes))]
    SeveralCommunes {
        /// What was written.
        found: String,
        /// The communes, the most peopled first.
        communes: Vec<Named>,
    },
    /// The code is that of a former commune.
    #[error("la commune {code} n’existe plus ; ce qu’elle était est à présent : {}", list(.now))]
    FormerCommune {
        /// The code.
        code: String,
        /// Communes that hold it now.
        now: Vec<Named>,
    },
    /// The point lies in the sea or abroad.
    #[error(
        "le point {}, {} n’est dans aucune commune : en mer ou hors du territoire ; la plus proche est {near}, à {} km",
        comma(*lat, 4), comma(*lon, 4), comma(*km, 1)
    )]
    Outside {
        /// Latitude, degrees.
        lat: f64,
        /// Longitude, degrees.
        lon: f64,
        /// Nearest commune.
        near: Named,
        /// Kilometres to its point.
        km: f64,
    },
    /// More is closed or moved than there is.
    #[error("{place} n’a que {there} {} : impossible d’en retirer {asked}", kind.label(u64::from(*there)))]
    TooMany {
        /// What.
        kind: Kind,
        /// How many were to go.
        asked: u32,
        /// How many there are.
        there: u32,
        /// Where.
        place: Named,
    },
    /// A move that goes nowhere.
    #[error("le départ et l’arrivée sont la même commune, {place}")]
    SamePlace {
        /// The commune.
        place: Named,
    },
    /// Not a share.
    #[error("« {found} » n’est pas une part : écrivez un nombre de 0 à 100 suivi de %, comme 8% ou 7,5%")]
    Percent {
        /// What was written.
        found: String,
    },
    /// Not a number of years.
    #[error("« {found} » n’est pas une durée : un nombre entier d’années de 1 à 40, comme 5ans")]
    Years {
        /// What was written.
        found: String,
    },
    /// Not an age at which doctors retire.
    #[error("« {found} » n’est pas un âge de départ : un nombre entier de 50 à 80")]
    Age {
        /// What was written.
        found: String,
    },
    /// Nobody says who is older than this age.
    #[error("l’âge des médecins n’est pas connu à {age} ans : {reason}")]
    AgeUnknown {
        /// Age asked for.
        age: u32,
        /// Why, and what would make it possible.
        reason: String,
    },
    /// No method of this name.
    #[error("aucune méthode d’APL « {found} » : choisissez parmi {known}")]
    UnknownMethod {
        /// What was written.
        found: String,
        /// Known names.
        known: String,
    },
    /// A decay that is none.
    #[error("« {found} » n’est pas une suite de bandes : {problem}. Exemple : 10=1,15=2/3,20=1/3 (minutes = poids)")]
    Decay {
        /// What was written.
        found: String,
        /// What is wrong.
        problem: String,
    },
    /// Not a parameter that can be changed.
    #[error(
        "« {found} » n’est pas un paramètre qui se change : activity.cap (consultations par an et par médecin) ou activity.per_head"
    )]
    Parameter {
        /// What was written.
        found: String,
    },
    /// A value out of range.
    #[error("{name} = {found} est refusé : un nombre de {least} à {most} est attendu")]
    Value {
        /// Parameter.
        name: String,
        /// What was written.
        found: String,
        /// Least accepted.
        least: f64,
        /// Most accepted.
        most: f64,
    },
    /// The ground cannot serve this.
    #[error("{reason}")]
    Impossible {
        /// Why, and what would make it possible.
        reason: String,
    },
    /// Too many changes in one scenario.
    #[error("un scénario tient au plus {most} changements ; celui-ci en a {found}")]
    TooLong {
        /// How many there are.
        found: usize,
        /// Most accepted.
        most: usize,
    },
}

fn list(communes: &[Named]) -> String {
    communes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The communes as a question; nothing without any.
fn or(communes: &[Named]) -> String {
    if communes.is_empty() { String::new() } else { format!(". Vouliez-vous dire : {} ?", list(communes)) }
}
