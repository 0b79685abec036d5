//! The keys of groups and leaves.

use crate::schema::{Block, Key, Shape, may, must};

const ID: Key = may("id", Shape::Text, "Nom stable de la condition, unique dans la règle.");
const REF: Key = may("ref", Shape::Text, "Texte de droit : CSP R.1435-9-1.");
const SAYS: Key = may("texte", Shape::Block(&TEXTS), "Ce qui est dit à la personne, selon l’issue.");
const UNLESS: Key =
    may("sauf", Shape::Either(&[Shape::List(&Shape::Rule), Shape::Rule]), "Exceptions : remplie si aucune ne l’est.");
const WHEN: Key = may("a", OPERAND, "Date à laquelle on examine ; date_examen si elle n’est pas dite.");

/// A value, `$parametre`, `date_examen`, or another fact.
const OPERAND: Shape = Shape::Either(&[Shape::Value, Shape::Block(&OTHER_FACT)]);
const CONDITIONS: Shape = Shape::List(&Shape::Rule);

/// Texts by outcome.
pub(crate) const TEXTS: Block = Block {
    name: "texte",
    keys: &[
        may("oui", Shape::Text, "Quand la condition est remplie."),
        may("non", Shape::Text, "Quand elle ne l’est pas."),
        may("inconnu", Shape::Text, "Quand on ne sait pas encore."),
    ],
};

/// Another fact as an operand.
pub(crate) const OTHER_FACT: Block =
    Block { name: "autre_fait", keys: &[must("fait", Shape::Text, "Nom d’un fait du dictionnaire.")] };

/// So many of a list.
pub(crate) const SO_MANY: Block = Block {
    name: "tant_parmi",
    keys: &[must("n", Shape::Integer, "Combien de conditions au moins."), must("parmi", CONDITIONS, "Les conditions.")],
};

/// Which commitments a duration adds up.
pub(crate) const SERVED: Block = Block {
    name: "engagements_durees",
    keys: &[
        must("programmes", Shape::Words, "Programmes du parcours."),
        may("etats", Shape::Words, "États d’engagement ; tous si rien n’est dit."),
    ],
};

/// Which commitments are counted.
pub(crate) const COUNTED: Block = Block {
    name: "engagements_comptes",
    keys: &[
        must("programmes", Shape::Words, "Programmes du parcours."),
        may("etats", Shape::Words, "États d’engagement ; tous si rien n’est dit."),
        may("sur", Shape::Period, "Seulement ceux en vigueur pendant cette période avant la date."),
    ],
};

const EST: Key = may("est", OPERAND, "Égal à.");
const LESS: Key = may("inferieur_a", OPERAND, "Strictement moins que.");
const AT_MOST: Key = may("au_plus", OPERAND, "Moins que, ou égal.");
const MORE: Key = may("superieur_a", OPERAND, "Strictement plus que.");
const AT_LEAST: Key = may("au_moins", OPERAND, "Plus que, ou égal.");

/// Groups, then leaves.
pub(crate) const NODES: &[(&str, Block)] = &[
    ("tous", Block { name: "tous", keys: &[must("tous", CONDITIONS, "Toutes sont remplies."), ID, REF, SAYS, UNLESS] }),
    (
        "au_moins_un",
        Block {
            name: "au_moins_un",
            keys: &[must("au_moins_un", CONDITIONS, "Une au moins est remplie."), ID, REF, SAYS, UNLESS],
        },
    ),
    (
        "aucun",
        Block { name: "aucun", keys: &[must("aucun", CONDITIONS, "Aucune n’est remplie."), ID, REF, SAYS, UNLESS] },
    ),
    (
        "au_moins",
        Block {
            name: "au_moins",
            keys: &[must("au_moins", Shape::Block(&SO_MANY), "Tant au moins sont remplies."), ID, REF, SAYS, UNLESS],
        },
    ),
    (
        "regle",
        Block {
            name: "regle",
            keys: &[
                must("regle", Shape::Rule, "La règle à laquelle « sauf » fait exception."),
                ID,
                REF,
                SAYS,
                must("sauf", Shape::Either(&[CONDITIONS, Shape::Rule]), "Exceptions."),
            ],
        },
    ),
    (
        "fait",
        Block {
            name: "fait",
            keys: &[
                must("fait", Shape::Text, "Nom d’un fait du dictionnaire."),
                EST,
                LESS,
                AT_MOST,
                MORE,
                AT_LEAST,
                may("avant", OPERAND, "Avant cette date."),
                may("jusqu_au", OPERAND, "Cette date ou avant."),
                may("apres", OPERAND, "Après cette date."),
                may("a_partir_du", OPERAND, "Cette date ou après."),
                may("parmi", Shape::Words, "Une de ces valeurs."),
                may("contient", Shape::Words, "La liste en contient une au moins."),
                may("renseigne", Shape::Flag, "On en sait la valeur."),
                may("absent_certifie", Shape::Flag, "Il est certain qu’il n’y en a pas."),
                WHEN,
                ID,
                REF,
                SAYS,
                UNLESS,
            ],
        },
    ),
    (
        "depuis",
        Block {
            name: "depuis",
            keys: &[
                must("depuis", OPERAND, "Date, ou fait daté, d’où part la durée."),
                may("moins_de", OPERAND, "Strictement moins que cette période."),
                may("au_plus", OPERAND, "Cette période au plus."),
                may("plus_de", OPERAND, "Strictement plus que cette période."),
                may("au_moins", OPERAND, "Cette période au moins."),
                WHEN,
                ID,
                REF,
                SAYS,
                UNLESS,
            ],
        },
    ),
    (
        "lieu",
        Block {
            name: "lieu",
            keys: &[
                must("lieu", Shape::Text, "Fait de type lieu."),
                must("couche", Shape::Text, "Couche de zonage du vocabulaire."),
                must("dans_zone", Shape::Words, "Classes de la couche ; l’une suffit."),
                may("a_moins_de_km", Shape::Value, "Ou à moins de tant de kilomètres."),
                WHEN,
                ID,
                REF,
                SAYS,
                UNLESS,
            ],
        },
    ),
    (
        "somme_durees",
        Block {
            name: "somme_durees",
            keys: &[
                must("somme_durees", Shape::Block(&SERVED), "Durées mises bout à bout."),
                LESS,
                AT_MOST,
                MORE,
                AT_LEAST,
                WHEN,
                ID,
                REF,
                SAYS,
                UNLESS,
            ],
        },
    ),
    (
        "nombre",
        Block {
            name: "nombre",
            keys: &[
                must("nombre", Shape::Block(&COUNTED), "Combien d’engagements."),
                EST,
                LESS,
                AT_MOST,
                MORE,
                AT_LEAST,
                WHEN,
                ID,
                REF,
                SAYS,
                UNLESS,
            ],
        },
    ),
];

/// The keys of the node told by a word.
pub(crate) fn node(word: &str) -> Option<&'static Block> {
    NODES.iter().find(|(known, _)| *known == word).map(|(_, block)| block)
}

#[cfg(test)]
mod tests {
    use super::NODES;
    use crate::rule::{leaf, read};

    #[test]
    fn every_word_that_begins_a_node_has_its_keys() {
        let words: Vec<&str> = read::GROUPS.into_iter().chain(leaf::SUBJECTS).collect();
        assert_eq!(NODES.iter().map(|(word, _)| *word).collect::<Vec<_>>(), words);
        assert!(NODES.iter().all(|(word, block)| block.keys[0].name == *word && block.keys[0].needed));
    }
}
