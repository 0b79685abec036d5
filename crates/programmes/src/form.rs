//! `form.yaml`: the questions of a request, by pages and sections, each bound to a fact of the dictionary.

use pacte_rules::schema::{Block, Shape, may, must};
use pacte_rules::yaml::Node;
use pacte_rules::{FactId, Rule};

use crate::read::Desk;

/// The form of a request; no page when there is none yet.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// Pages, in order.
    pub pages: Vec<Page>,
}

/// A page.
#[derive(Clone, Debug)]
pub struct Page {
    /// Stable name.
    pub id: String,
    /// French title.
    pub title: String,
    /// Sections, in order.
    pub sections: Vec<Section>,
}

/// A section of a page.
#[derive(Clone, Debug)]
pub struct Section {
    /// French title.
    pub title: String,
    /// What helps to answer, in French; may be empty.
    pub help: String,
    /// Shown when this is met or not known yet; always when `None`.
    pub visible: Option<Rule>,
    /// Questions, in order.
    pub fields: Vec<Field>,
    /// Documents to join.
    pub attachments: Vec<Attachment>,
}

/// A question.
#[derive(Clone, Debug)]
pub struct Field {
    /// The fact it answers.
    pub fact: FactId,
    /// Whether a request cannot be sent without it.
    pub required: bool,
    /// Shown when this is met or not known yet; always when `None`.
    pub visible: Option<Rule>,
}

/// A document to join.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// Stable name.
    pub id: String,
    /// French title.
    pub title: String,
    /// Whether a request cannot be sent without it.
    pub required: bool,
}

impl Form {
    /// Every question, in order.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.pages.iter().flat_map(|page| &page.sections).flat_map(|section| &section.fields)
    }
}

/// Keys of the file.
pub(crate) const FILE: Block =
    Block { name: "formulaire", keys: &[may("pages", Shape::List(&Shape::Block(&PAGE)), "Pages, dans l’ordre.")] };

/// Keys of a page.
const PAGE: Block = Block {
    name: "page",
    keys: &[
        must("id", Shape::Text, "Nom stable, en minuscules, unique dans la liste."),
        must("titre", Shape::Text, "Titre de la page."),
        must("sections", Shape::List(&Shape::Block(&SECTION)), "Sections, dans l’ordre."),
    ],
};

/// Keys of a section.
const SECTION: Block = Block {
    name: "section",
    keys: &[
        must("titre", Shape::Text, "Titre de la section."),
        may("aide", Shape::Text, "Ce qui aide à répondre."),
        may("visible_si", Shape::Rule, "Montrée si cette règle n’est pas fausse."),
        may("champs", Shape::List(&Shape::Either(&[Shape::Text, Shape::Block(&FIELD)])), "Faits demandés."),
        may("pieces", Shape::List(&Shape::Block(&PIECE)), "Documents à joindre."),
    ],
};

/// Keys of a question.
const FIELD: Block = Block {
    name: "champ",
    keys: &[
        must("fait", Shape::Text, "Fait du dictionnaire."),
        may("facultatif", Shape::Flag, "On peut s’en passer."),
        may("visible_si", Shape::Rule, "Demandé si cette règle n’est pas fausse."),
    ],
};

/// Keys of a document to join.
const PIECE: Block = Block {
    name: "piece",
    keys: &[
        must("id", Shape::Text, "Nom stable, en minuscules, unique dans la liste."),
        must("titre", Shape::Text, "Titre du document."),
        may("facultatif", Shape::Flag, "On peut s’en passer."),
    ],
};

pub(crate) fn read(desk: &mut Desk<'_>, root: &Node) -> Option<Form> {
    let root = desk.block(root, "formulaire", &FILE)?;
    let (mut seen, mut joined, mut pages) = (Vec::new(), Vec::new(), Vec::new());
    for node in desk.list(root, "pages", "pages") {
        let Some(node) = desk.block(node, "pages", &PAGE) else { continue };
        let id = desk.id(node, "pages.id", &mut seen);
        let mut sections = Vec::new();
        for section in desk.list(node, "sections", "sections") {
            sections.extend(read_section(desk, section, &mut joined));
        }
        if sections.is_empty() {
            desk.fault(node.at, "sections", "une page a au moins une section");
        }
        pages.push(Page { id, title: desk.need(node, "pages", "titre"), sections });
    }
    let form = Form { pages };
    let mut asked: Vec<FactId> = form.fields().map(|field| field.fact).collect();
    asked.sort_unstable();
    if let Some(pair) = asked.windows(2).find(|pair| pair[0] == pair[1]) {
        let name = &desk.context.dictionary.fact(pair[0]).name;
        desk.fault(root.at, "formulaire", format!("« {name} » est demandé deux fois ; gardez une seule question"));
    }
    Some(form)
}

fn read_section(desk: &mut Desk<'_>, node: &Node, joined: &mut Vec<String>) -> Option<Section> {
    let node = desk.block(node, "sections", &SECTION)?;
    let mut fields = Vec::new();
    for field in desk.list(node, "champs", "champs") {
        // A fact alone is a required question.
        let (fact, required, visible) = if field.map().is_none() {
            (desk.fact(field, "champs"), true, None)
        } else {
            let Some(field) = desk.block(field, "champs", &FIELD) else { continue };
            let fact = desk.reader.needed(field, "champs", "fait");
            let fact = fact.and_then(|fact| desk.fact(fact, "champs.fait"));
            (fact, !desk.flag(field, "champs", "facultatif"), desk.rule(field, "visible_si"))
        };
        fields.extend(fact.map(|fact| Field { fact, required, visible }));
    }
    let mut attachments = Vec::new();
    for piece in desk.list(node, "pieces", "pieces") {
        let Some(piece) = desk.block(piece, "pieces", &PIECE) else { continue };
        attachments.push(Attachment {
            id: desk.id(piece, "pieces.id", joined),
            title: desk.need(piece, "pieces", "titre"),
            required: !desk.flag(piece, "pieces", "facultatif"),
        });
    }
    Some(Section {
        title: desk.need(node, "sections", "titre"),
        help: desk.maybe(node, "sections", "aide").unwrap_or_default(),
        visible: desk.rule(node, "visible_si"),
        fields,
        attachments,
    })
}
