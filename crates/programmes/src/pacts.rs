//! `pactes/*.yaml`: pacts, the engagements they make, the programmes that serve each, and what was aimed at and published.
//!
//! Values that disagree stand side by side, each with its date and its source; nothing here chooses between them.

use std::sync::Arc;

use jiff::civil::Date;
use pacte_rules::fault::{At, unknown};
use pacte_rules::parameters::STATUSES;
use pacte_rules::schema::{Block, Shape, may, must};
use pacte_rules::yaml::Node;
use pacte_rules::{Status, Type, Value};
use serde::Serialize;

use crate::read::Desk;

/// A pact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pact {
    /// Stable name, that of the file: `pts1`.
    pub id: Arc<str>,
    /// French title.
    pub title: String,
    /// Short title: `PTS 1`.
    pub short: String,
    /// What it is, in one or two French sentences.
    pub summary: String,
    /// Day on which it was made public.
    pub from: Date,
    /// Last day it was to run; `None` when none was said.
    pub to: Option<Date>,
    /// Pacts it continues.
    pub continues: Vec<Arc<str>>,
    /// What its parts are called: `axe`, `priorité`.
    pub part: String,
    /// Where it was read.
    pub sources: Vec<Origin>,
    /// Its parts, in order.
    pub axes: Vec<Axis>,
    /// Whether the whole was checked against its sources.
    pub status: Status,
    /// What is to be checked, in French; may be empty.
    pub note: String,
    /// Links to other pacts, with their places.
    #[serde(skip)]
    pub(crate) links: Vec<(At, Arc<str>)>,
}

/// A document that a pact was read in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// Name by which the file cites it.
    pub id: Arc<str>,
    /// What it is, in French.
    pub title: String,
    /// Its day, when known.
    pub day: Option<Date>,
    /// Its address; may be empty.
    pub link: String,
    /// Where it stands in its file.
    #[serde(skip)]
    pub at: At,
}

/// A part of a pact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Axis {
    /// Stable name.
    pub id: Arc<str>,
    /// French title.
    pub title: String,
    /// Its engagements, in order.
    pub pledges: Vec<Pledge>,
}

/// An engagement of a pact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pledge {
    /// Number in the pact, from 1.
    pub number: u32,
    /// French title, as published.
    pub title: String,
    /// What it says, in French; may be empty.
    pub text: String,
    /// Heading under which the pact puts it, within its axis; may be empty.
    pub heading: String,
    /// Roles of the vocabulary that carry it; those of the pact when it names none.
    pub pilots: Vec<Arc<str>>,
    /// Programmes that serve it, defined or cited.
    pub programmes: Vec<Arc<str>>,
    /// Source of the pact it was read in.
    pub source: Arc<str>,
    /// Whether it was checked there.
    pub status: Status,
    /// What is to be checked or known, in French; may be empty.
    pub note: String,
    /// What was aimed at and published.
    pub indicators: Vec<Indicator>,
    /// Where it stands in its file.
    #[serde(skip)]
    pub at: At,
}

/// An indicator of an engagement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Indicator {
    /// Stable name, unique in the pact.
    pub id: Arc<str>,
    /// French label.
    pub label: String,
    /// Type of its values.
    #[serde(rename = "type")]
    pub kind: Type,
    /// Unit, in French: `%`, `contrats`; may be empty.
    pub unit: String,
    /// What was aimed at.
    pub targets: Vec<Reading>,
    /// What was published; values that disagree stand side by side.
    pub values: Vec<Reading>,
}

/// How exact a published figure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shade {
    /// As written.
    Exact,
    /// `environ`: about, near.
    About,
    /// `plus_de`: more than.
    MoreThan,
    /// `au_plus`: up to.
    AtMost,
}

const SHADES: [(&str, Shade); 4] =
    [("exact", Shade::Exact), ("environ", Shade::About), ("plus_de", Shade::MoreThan), ("au_plus", Shade::AtMost)];
const KINDS: [(&str, Type); 3] = [("entier", Type::Integer), ("decimal", Type::Decimal), ("montant", Type::Money)];

/// A figure as of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// As of this day; the last of the period when the source names a month or a year.
    pub day: Date,
    /// The figure.
    pub value: Value,
    /// How exact it is.
    pub shade: Shade,
    /// Source of the pact it was read in.
    pub source: Arc<str>,
    /// Whether it was checked there.
    pub status: Status,
    /// What there is to know about it, in French; may be empty.
    pub note: String,
}

impl Pact {
    /// Its engagements, in order.
    pub fn pledges(&self) -> impl Iterator<Item = &Pledge> {
        self.axes.iter().flat_map(|axis| &axis.pledges)
    }

    /// An engagement by its number.
    pub fn pledge(&self, number: u32) -> Option<&Pledge> {
        self.pledges().find(|pledge| pledge.number == number)
    }

    /// A source by its name.
    pub fn source(&self, id: &str) -> Option<&Origin> {
        self.sources.iter().find(|origin| *origin.id == *id)
    }

    /// The path of its file under `pacts/`.
    pub fn path(&self) -> String {
        format!("pactes/{}.yaml", self.id)
    }

    /// Sources that nothing cites.
    pub(crate) fn idle_sources(&self) -> impl Iterator<Item = &Origin> {
        let cited = |id: &Arc<str>| {
            self.pledges().any(|pledge| {
                let mut readings =
                    pledge.indicators.iter().flat_map(|indicator| indicator.targets.iter().chain(&indicator.values));
                pledge.source == *id || readings.any(|reading| reading.source == *id)
            })
        };
        self.sources.iter().filter(move |origin| !cited(&origin.id))
    }
}

const STATUS: Shape = Shape::OneOf(|| STATUSES.map(|(word, _)| word).to_vec());

/// Keys of the file.
pub(crate) const FILE: Block = Block {
    name: "pacte",
    keys: &[
        must("id", Shape::Text, "Nom du fichier."),
        must("titre", Shape::Text, "Titre complet."),
        must("sigle", Shape::Text, "Titre court : PTS 2."),
        must("resume", Shape::Text, "Ce que c’est, en une ou deux phrases."),
        must("du", Shape::Date, "Jour où il a été rendu public."),
        may("au", Shape::Date, "Dernier jour annoncé."),
        may("continue", Shape::Words, "Pactes qu’il continue."),
        may("parties", Shape::Text, "Comment il nomme ses parties : axe, priorité."),
        may("pilotes", Shape::Words, "Rôles qui portent les engagements qui n’en nomment pas d’autres."),
        must("sources", Shape::List(&Shape::Block(&ORIGIN)), "Documents où il a été lu."),
        may("statut", STATUS, "sourced, ou unverified tant qu’il est à vérifier."),
        may("note", Shape::Text, "Ce qui est à vérifier."),
        must("axes", Shape::List(&Shape::Block(&AXIS)), "Ses parties, dans l’ordre."),
    ],
};

/// Keys of a source.
const ORIGIN: Block = Block {
    name: "source_du_pacte",
    keys: &[
        must("id", Shape::Text, "Nom par lequel on la cite."),
        must("titre", Shape::Text, "Ce que c’est."),
        may("le", Shape::Date, "Sa date."),
        may("lien", Shape::Text, "Son adresse."),
    ],
};

/// Keys of an axis.
const AXIS: Block = Block {
    name: "axe",
    keys: &[
        must("id", Shape::Text, "Nom stable, en minuscules."),
        must("titre", Shape::Text, "Titre."),
        must("engagements", Shape::List(&Shape::Block(&PLEDGE)), "Ses engagements, dans l’ordre."),
    ],
};

/// Keys of an engagement.
const PLEDGE: Block = Block {
    name: "engagement_du_pacte",
    keys: &[
        must("numero", Shape::Integer, "De 1 à n dans tout le pacte."),
        must("titre", Shape::Text, "Titre publié."),
        may("texte", Shape::Text, "Ce qu’il dit."),
        may("volet", Shape::Text, "Intertitre sous lequel il est, dans son axe."),
        may("pilotes", Shape::Words, "Rôles qui le portent."),
        may("programmes", Shape::Words, "Programmes qui le servent."),
        must("source", Shape::Text, "Une des « sources »."),
        may("statut", STATUS, "sourced, ou unverified tant qu’il est à vérifier."),
        may("note", Shape::Text, "Ce qui est à vérifier ou à savoir."),
        may("indicateurs", Shape::List(&Shape::Block(&INDICATOR)), "Ce qui était visé et ce qui a été publié."),
    ],
};

/// Keys of an indicator.
const INDICATOR: Block = Block {
    name: "indicateur_du_pacte",
    keys: &[
        must("id", Shape::Text, "Nom stable, unique dans le pacte."),
        must("libelle", Shape::Text, "Ce qu’il mesure."),
        may("type", Shape::OneOf(|| KINDS.map(|(word, _)| word).to_vec()), "entier s’il n’est pas dit."),
        may("unite", Shape::Text, "%, contrats…"),
        may("cibles", Shape::List(&Shape::Block(&READING)), "Ce qui était visé."),
        may("valeurs", Shape::List(&Shape::Block(&READING)), "Ce qui a été publié, y compris ce qui diffère."),
    ],
};

/// Keys of a figure.
const READING: Block = Block {
    name: "chiffre_date",
    keys: &[
        must("au", Shape::Date, "À cette date ; le dernier jour du mois ou de l’année que dit la source."),
        must("valeur", Shape::Value, "Le chiffre."),
        may("nuance", Shape::OneOf(|| SHADES.map(|(word, _)| word).to_vec()), "exact s’il n’est rien dit."),
        must("source", Shape::Text, "Une des « sources »."),
        may("statut", STATUS, "sourced, ou unverified tant qu’il est à vérifier."),
        may("note", Shape::Text, "Ce qu’il faut en savoir."),
    ],
};

/// Reads a file; `name` is that of the pact, `others` those of all pacts.
pub(crate) fn read(desk: &mut Desk<'_>, root: &Node, name: &str, others: &[Arc<str>]) -> Option<Pact> {
    let root = desk.block(root, "pacte", &FILE)?;
    let id = desk.need(root, "pacte.id", "id");
    if !id.is_empty() && id != name {
        let at = root.get("id").map_or(root.at, |node| node.at);
        desk.fault(at, "pacte.id", format!("« {id} » n’est pas le nom du fichier ; attendu : {name}"));
    }
    let (mut seen, mut sources) = (Vec::new(), Vec::new());
    for node in desk.list(root, "sources", "sources") {
        let Some(found) = desk.block(node, "sources", &ORIGIN) else { continue };
        sources.push(Origin {
            id: desk.id(found, "sources.id", &mut seen).into(),
            title: desk.need(found, "sources", "titre"),
            day: desk.date(found, "sources", "le"),
            link: desk.link(found, "sources", "lien"),
            at: found.at,
        });
    }
    if sources.is_empty() {
        desk.fault(root.at, "sources", "il manque au moins une source, « - { id: dossier, titre: … } »");
    }
    let origins: Vec<Arc<str>> = sources.iter().map(|origin| Arc::clone(&origin.id)).collect();
    let pilots = roles(desk, root, "pilotes");
    let mut shelf = Shelf { origins, pilots, numbers: 0, indicators: Vec::new() };
    let (mut seen, mut axes) = (Vec::new(), Vec::new());
    for node in desk.list(root, "axes", "axes") {
        let Some(node) = desk.block(node, "axes", &AXIS) else { continue };
        let id = desk.id(node, "axes.id", &mut seen).into();
        let title = desk.need(node, "axes", "titre");
        let mut pledges = Vec::new();
        for pledge in desk.list(node, "engagements", "engagements") {
            pledges.extend(shelf.pledge(desk, pledge));
        }
        if pledges.is_empty() {
            desk.fault(node.at, "engagements", "une partie d’un pacte a au moins un engagement");
        }
        axes.push(Axis { id, title, pledges });
    }
    if axes.is_empty() {
        desk.fault(root.at, "axes", "il manque « axes », les parties du pacte");
    }
    if root.get("du").is_none() {
        desk.fault(root.at, "du", "il manque « du », le jour où il a été rendu public");
    }
    let (from, to) = (desk.date(root, "du", "du"), desk.date(root, "au", "au"));
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        desk.fault(root.at, "au", format!("« au » {to} précède « du » {from}"));
    }
    let links = desk.names(root, "continue", "continue", "n’est pas un pacte", others);
    let (status, note) = standing(desk, root, "pacte");
    Some(Pact {
        id: name.into(),
        title: desk.need(root, "titre", "titre"),
        short: desk.need(root, "sigle", "sigle"),
        summary: desk.need(root, "resume", "resume"),
        from: from.unwrap_or_default(),
        to,
        continues: links.iter().map(|(_, name)| Arc::clone(name)).collect(),
        part: desk.maybe(root, "parties", "parties").unwrap_or_else(|| "axe".to_owned()),
        sources,
        axes,
        status,
        note,
        links,
    })
}

/// What the engagements of a file share.
struct Shelf {
    origins: Vec<Arc<str>>,
    pilots: Vec<Arc<str>>,
    numbers: u32,
    indicators: Vec<String>,
}

impl Shelf {
    fn pledge(&mut self, desk: &mut Desk<'_>, node: &Node) -> Option<Pledge> {
        let node = desk.block(node, "engagements", &PLEDGE)?;
        self.numbers += 1;
        let number = self.numbers;
        let field = format!("engagement {number}");
        if desk.reader.needed(node, &field, "numero").is_some()
            && let Some(written) = desk.integer(node, &field, "numero")
            && written != i64::from(number)
        {
            let at = node.get("numero").map_or(node.at, |node| node.at);
            desk.fault(
                at,
                &field,
                format!("« numero: {written} » rompt la suite des engagements ; attendu : {number}"),
            );
        }
        let mut indicators = Vec::new();
        for indicator in desk.list(node, &field, "indicateurs") {
            indicators.extend(self.indicator(desk, indicator, &field));
        }
        let own = roles(desk, node, "pilotes");
        let programmes = desk.programmes(node, &field, "programmes");
        for (rank, (at, programme)) in programmes.iter().enumerate() {
            if programmes[..rank].iter().any(|(_, known)| known == programme) {
                desk.fault(*at, &field, format!("« {programme} » est deux fois dans la liste"));
            }
        }
        let (status, note) = standing(desk, node, &field);
        Some(Pledge {
            number,
            title: desk.need(node, &field, "titre"),
            text: desk.maybe(node, &field, "texte").unwrap_or_default(),
            heading: desk.maybe(node, &field, "volet").unwrap_or_default(),
            pilots: if own.is_empty() { self.pilots.clone() } else { own },
            programmes: programmes.into_iter().map(|(_, name)| name).collect(),
            source: self.source(desk, node, &field),
            status,
            note,
            indicators,
            at: node.at,
        })
    }

    fn indicator(&mut self, desk: &mut Desk<'_>, node: &Node, field: &str) -> Option<Indicator> {
        let node = desk.block(node, field, &INDICATOR)?;
        let id: Arc<str> = desk.id(node, field, &mut self.indicators).into();
        let field = format!("{field}, {id}");
        let kind = desk.word(node, &field, "type", &KINDS).unwrap_or(Type::Integer);
        let (targets, values) =
            (self.readings(desk, node, &field, "cibles", kind), self.readings(desk, node, &field, "valeurs", kind));
        if targets.is_empty() && values.is_empty() {
            desk.fault(node.at, &field, "un indicateur a au moins une cible ou une valeur publiée");
        }
        Some(Indicator {
            label: desk.need(node, &field, "libelle"),
            unit: desk.maybe(node, &field, "unite").unwrap_or_default(),
            id,
            kind,
            targets,
            values,
        })
    }

    fn readings(&self, desk: &mut Desk<'_>, node: &Node, field: &str, key: &str, kind: Type) -> Vec<Reading> {
        let mut readings: Vec<Reading> = Vec::new();
        for point in desk.list(node, field, key) {
            let Some(point) = desk.block(point, field, &READING) else { continue };
            for key in ["au", "valeur"] {
                desk.reader.needed(point, field, key);
            }
            let value = point.get("valeur").and_then(|value| desk.value(value, field, kind));
            let (day, source) = (desk.date(point, field, "au"), self.source(desk, point, field));
            let shade = desk.word(point, field, "nuance", &SHADES).unwrap_or(Shade::Exact);
            let (status, note) = standing(desk, point, field);
            let Some((day, value)) = day.zip(value) else { continue };
            let reading = Reading { day, value, shade, source, status, note };
            if readings.contains(&reading) {
                desk.fault(point.at, field, "ce chiffre est deux fois dans la liste");
            }
            readings.push(reading);
        }
        readings
    }

    fn source(&self, desk: &mut Desk<'_>, node: &Node, field: &str) -> Arc<str> {
        desk.name(node, field, "source", "n’est pas une des « sources »", &self.origins)
    }
}

/// Whether it was checked, and the note; what is to be checked says so.
fn standing(desk: &mut Desk<'_>, node: &Node, field: &str) -> (Status, String) {
    let status = desk.word(node, field, "statut", &STATUSES).unwrap_or(Status::Sourced);
    let note = desk.maybe(node, field, "note").unwrap_or_default();
    if status == Status::Unverified && note.is_empty() {
        let at = node.get("statut").map_or(node.at, |node| node.at);
        desk.fault(at, field, "ce qui est « unverified » dit pourquoi ; ajoutez « note »");
    }
    (status, note)
}

fn roles(desk: &mut Desk<'_>, node: &Node, key: &str) -> Vec<Arc<str>> {
    let known = desk.vocabulary.role_names();
    let found = desk.names(node, key, key, "n’est pas un rôle du vocabulaire", &known);
    found.into_iter().map(|(_, name)| name).collect()
}

/// What is wrong between pacts: one that continues a later one, or itself.
pub(crate) fn links(pacts: &[Pact]) -> Vec<pacte_rules::Fault> {
    let mut faults = Vec::new();
    for pact in pacts {
        for (at, name) in &pact.links {
            let before = pacts.iter().find(|other| other.id == *name);
            if before.is_some_and(|before| before.from >= pact.from) {
                let problem =
                    format!("« {name} » n’est pas antérieur à « {} » ; ôtez ce lien ou corrigez « du »", pact.id);
                faults.push(pacte_rules::Fault::new(&pact.path(), *at, "continue", problem));
            }
        }
    }
    faults
}

/// The name of a pact from that of its file: lower case, digits, hyphens.
pub(crate) fn name(file: &str) -> Result<&str, String> {
    let Some(name) = file.strip_suffix(".yaml") else {
        return Err(unknown("n’est pas un fichier de pacte", file, ["pts1.yaml"]));
    };
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if name.is_empty() || !name.bytes().all(plain) {
        return Err(format!("« {name} » est refusé ; un nom de pacte est en minuscules sans accent, avec des tirets"));
    }
    Ok(name)
}
