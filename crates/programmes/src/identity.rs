//! `programme.yaml`: what a programme is called, on what law it rests, when it is open, whom it is for, who runs it.

use std::sync::Arc;

use jiff::civil::Date;
use pacte_rules::fault::At;
use pacte_rules::schema::{Block, Shape, may, must};
use pacte_rules::yaml::Node;
use serde::Serialize;

use crate::read::Desk;
use crate::text::Text;

/// A provision of law.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Provision {
    /// As one cites it: `CSP L.1435-4-2`.
    pub reference: String,
    /// What it says, in French; may be empty.
    pub title: String,
    /// Address of the text; may be empty.
    pub link: String,
}

/// How far a definition was checked against its texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sourcing {
    /// `complet`: every provision was read in its text.
    Complete,
    /// `partiel`: some provisions come from official pages, not from the texts.
    Partial,
    /// `a_verifier`: most is to be checked.
    Unverified,
}

const SOURCINGS: [(&str, Sourcing); 3] =
    [("complet", Sourcing::Complete), ("partiel", Sourcing::Partial), ("a_verifier", Sourcing::Unverified)];

/// Which plane the data of the programme belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Plane {
    /// `administratif`: aids, contracts, figures.
    Administrative,
    /// `sante`: data of patients, in a database of their own.
    Health,
}

const PLANES: [(&str, Plane); 2] = [("administratif", Plane::Administrative), ("sante", Plane::Health)];

/// Who runs a programme and whom to write to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Operator {
    /// Role of the vocabulary that decides.
    pub role: Arc<str>,
    /// Whom a person writes to, in French.
    pub contact: String,
    /// Page of that contact; may be empty.
    pub link: String,
}

/// The identity of a programme.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Stable name, that of the folder.
    pub id: Arc<str>,
    /// Full French title.
    pub title: String,
    /// Acronym: `PTMG`.
    pub short: String,
    /// What it is, in one or two French sentences; may cite parameters.
    pub summary: Text,
    /// Provisions it rests on.
    pub basis: Vec<Provision>,
    /// First day on which it can be asked for.
    pub from: Date,
    /// Last such day; `None` while it is open.
    pub to: Option<Date>,
    /// Programmes it replaces.
    pub replaces: Vec<(At, Arc<str>)>,
    /// Programmes that replace it.
    pub replaced_by: Vec<(At, Arc<str>)>,
    /// Professions it is for: choices of the fact `profession.metier`.
    pub professions: Vec<Arc<str>>,
    /// Stages of a career it is for: choices of the fact `profession.etape`.
    pub stages: Vec<Arc<str>>,
    /// Who runs it.
    pub operator: Operator,
    /// Zoning layers it asks of places.
    pub layers: Vec<Arc<str>>,
    /// Plane of its data.
    pub plane: Plane,
    /// How far it was checked.
    pub sourcing: Sourcing,
    /// What remains to be checked, in French; may be empty.
    pub sourcing_note: String,
}

/// Keys of the file.
pub(crate) const FILE: Block = Block {
    name: "programme",
    keys: &[
        must("id", Shape::Text, "Nom du dossier."),
        must("titre", Shape::Text, "Titre complet."),
        must("sigle", Shape::Text, "Sigle : PTMG."),
        must("resume", Shape::Text, "Ce que c’est, en une ou deux phrases ; {parametre} y est remplacé par sa valeur."),
        must("base_legale", Shape::List(&Shape::Block(&BASIS)), "Textes sur lesquels il repose."),
        must("valable", Shape::Block(&VALIDITY), "Jours où l’on peut demander."),
        may("remplace", Shape::Words, "Programmes qu’il remplace."),
        may("remplace_par", Shape::Words, "Programmes qui le remplacent."),
        must("professions", Shape::Words, "Choix du fait profession.metier."),
        must("etapes", Shape::Words, "Choix du fait profession.etape."),
        must("operateur", Shape::Block(&OPERATOR), "Qui le tient et à qui écrire."),
        may("couches", Shape::Words, "Couches de zonage qu’il demande."),
        may("plan", Shape::OneOf(|| PLANES.map(|(word, _)| word).to_vec()), "Plan de ses données."),
        must("sourcage", Shape::Block(&SOURCING), "Jusqu’où il a été vérifié."),
    ],
};

/// Keys of a provision.
const BASIS: Block = Block {
    name: "texte_de_loi",
    keys: &[
        must("ref", Shape::Text, "CSP L.1435-4-2."),
        may("titre", Shape::Text, "Ce qu’il dit."),
        may("lien", Shape::Text, "Son adresse."),
    ],
};

/// Keys of the validity.
const VALIDITY: Block = Block {
    name: "validite",
    keys: &[
        must("du", Shape::Date, "Premier jour."),
        may("au", Shape::Date, "Dernier jour ; ouvert s’il n’est pas dit."),
    ],
};

/// Keys of the operator.
const OPERATOR: Block = Block {
    name: "operateur",
    keys: &[
        must("role", Shape::Text, "Rôle du vocabulaire."),
        must("contact", Shape::Text, "À qui écrire."),
        may("lien", Shape::Text, "Sa page."),
    ],
};

/// Keys of the sourcing.
const SOURCING: Block = Block {
    name: "sourcage",
    keys: &[
        must("statut", Shape::OneOf(|| SOURCINGS.map(|(word, _)| word).to_vec()), "complet, partiel ou a_verifier."),
        may("note", Shape::Text, "Ce qui reste à vérifier."),
    ],
};

/// Reads the file; `folder` is the name the programme must have.
pub(crate) fn read(desk: &mut Desk<'_>, root: &Node, folder: &str) -> Option<Identity> {
    let root = desk.block(root, "programme", &FILE)?;
    let id = desk.id(root, "programme.id", &mut Vec::new());
    if !id.is_empty() && id != folder {
        let at = root.get("id").map_or(root.at, |node| node.at);
        desk.fault(at, "programme.id", format!("« {id} » n’est pas le nom du dossier ; attendu : {folder}"));
    }
    let mut basis = Vec::new();
    for node in desk.list(root, "base_legale", "base_legale") {
        let Some(node) = desk.block(node, "base_legale", &BASIS) else { continue };
        basis.push(Provision {
            reference: desk.need(node, "base_legale", "ref"),
            title: desk.maybe(node, "base_legale", "titre").unwrap_or_default(),
            link: desk.link(node, "base_legale", "lien"),
        });
    }
    if basis.is_empty() {
        desk.fault(root.at, "base_legale", "il manque au moins un texte, « - { ref: CSP L.1435-4-2 } »");
    }
    let validity =
        desk.reader.needed(root, "valable", "valable").and_then(|node| desk.block(node, "valable", &VALIDITY));
    if let Some(node) = validity.filter(|node| node.get("du").is_none()) {
        desk.fault(node.at, "valable", "il manque « du », le premier jour où l’on peut demander");
    }
    let (from, to) =
        validity.map_or((None, None), |node| (desk.date(node, "valable", "du"), desk.date(node, "valable", "au")));
    if let (Some(node), Some(from), Some(to)) = (validity, from, to)
        && to < from
    {
        desk.fault(node.at, "valable", format!("« au » {to} précède « du » {from}"));
    }
    let operator = desk
        .reader
        .needed(root, "operateur", "operateur")
        .and_then(|node| desk.block(node, "operateur", &OPERATOR))
        .map(|node| Operator {
            role: desk.role(node, "operateur", "role"),
            contact: desk.need(node, "operateur", "contact"),
            link: desk.link(node, "operateur", "lien"),
        });
    let layers: Vec<Arc<str>> = desk.vocabulary.layers.keys().map(|name| name.as_str().into()).collect();
    let layers = desk.names(root, "couches", "couches", "n’est pas une couche", &layers);
    let sourcing =
        desk.reader.needed(root, "sourcage", "sourcage").and_then(|node| desk.block(node, "sourcage", &SOURCING)).map(
            |node| {
                if node.get("statut").is_none() {
                    desk.fault(node.at, "sourcage", "il manque « statut » : complet, partiel ou a_verifier");
                }
                let status = desk.word(node, "sourcage.statut", "statut", &SOURCINGS);
                (status.unwrap_or(Sourcing::Unverified), desk.maybe(node, "sourcage", "note").unwrap_or_default())
            },
        );
    let identity = Identity {
        id: folder.into(),
        title: desk.need(root, "titre", "titre"),
        short: desk.need(root, "sigle", "sigle"),
        summary: desk.cited(root, "resume", "resume"),
        basis,
        from: from.unwrap_or_default(),
        to,
        replaces: desk.programmes(root, "remplace", "remplace"),
        replaced_by: desk.programmes(root, "remplace_par", "remplace_par"),
        professions: choices(desk, root, "professions", "profession.metier"),
        stages: choices(desk, root, "etapes", "profession.etape"),
        operator: operator.unwrap_or_default(),
        layers: layers.into_iter().map(|(_, name)| name).collect(),
        plane: desk.word(root, "plan", "plan", &PLANES).unwrap_or(Plane::Administrative),
        sourcing: sourcing.as_ref().map_or(Sourcing::Unverified, |(status, _)| *status),
        sourcing_note: sourcing.map(|(_, note)| note).unwrap_or_default(),
    };
    if identity.summary.is_empty() {
        desk.fault(root.at, "resume", "il manque « resume », une ou deux phrases qui disent ce que c’est");
    }
    Some(identity)
}

/// Words that are choices of a fact of the dictionary.
fn choices(desk: &mut Desk<'_>, root: &Node, key: &str, fact: &str) -> Vec<Arc<str>> {
    let known: Vec<Arc<str>> = desk.context.dictionary.id(fact).map_or_else(Vec::new, |id| {
        desk.context.dictionary.fact(id).choices.iter().map(|(name, _)| Arc::clone(name)).collect()
    });
    if root.get(key).is_none() {
        desk.fault(root.at, key, format!("il manque « {key} »"));
    }
    let what = format!("n’est pas un choix de « {fact} »");
    desk.names(root, key, key, &what, &known).into_iter().map(|(_, name)| name).collect()
}
