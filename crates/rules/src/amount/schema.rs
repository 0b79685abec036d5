//! The keys of computations and of their operations.

use crate::schema::{Block, Key, Shape, may, must};

const LABEL: Key = may("libelle", Shape::Text, "Ce que c’est, dans le détail du calcul.");
const PAIR: Shape = Shape::List(&Shape::Term);
const ROUNDING: Key = must("arrondi", Shape::Text, "exact, centime_proche, euro_inferieur, unite_superieur…");

/// A computation.
pub(crate) const COMPUTATION: Block = Block {
    name: "calcul",
    keys: &[
        must("libelle", Shape::Text, "Ce qu’il calcule."),
        may("ref", Shape::Text, "Texte de droit."),
        must("valeur", Shape::Term, "Le calcul."),
    ],
};

/// An operation on two terms with its rounding.
pub(crate) const ROUNDED: Block = Block {
    name: "de_par_arrondi",
    keys: &[must("de", Shape::Term, "Le premier terme."), must("par", Shape::Term, "Le second."), ROUNDING],
};

/// A half with its rounding.
pub(crate) const HALF: Block =
    Block { name: "moitie_de", keys: &[must("de", Shape::Term, "Le terme partagé."), ROUNDING] };

/// So many days of a base.
pub(crate) const PRORATA: Block = Block {
    name: "prorata_de",
    keys: &[
        must("de", Shape::Term, "Le montant entier."),
        must("jours", Shape::Term, "Nombre de jours."),
        must("base", Shape::Integer, "Jours du montant entier."),
        ROUNDING,
    ],
};

/// From a date to another.
pub(crate) const SPAN: Block = Block {
    name: "du_au",
    keys: &[must("du", Shape::Term, "Premier jour."), must("au", Shape::Term, "Dernier jour, compris.")],
};

/// A table by thresholds.
pub(crate) const TABLE: Block = Block {
    name: "bareme_selon",
    keys: &[
        must("selon", Shape::Term, "Ce que l’on compare aux seuils."),
        must("tranches", Shape::List(&Shape::Block(&ROW)), "Seuils croissants ; le dernier atteint vaut."),
        must("sinon", Shape::Term, "Quand aucun n’est atteint."),
    ],
};

/// A row of a table.
pub(crate) const ROW: Block = Block {
    name: "tranche",
    keys: &[must("des", Shape::Term, "À partir de."), must("vaut", Shape::Term, "La valeur.")],
};

/// Two computed values compared.
pub(crate) const COMPARED: Block = Block {
    name: "valeurs_comparees",
    keys: &[
        must("valeur", Shape::Term, "La première valeur."),
        may("est", Shape::Term, "Égale à."),
        may("inferieur_a", Shape::Term, "Strictement moins que."),
        may("au_plus", Shape::Term, "Moins que, ou égale."),
        may("superieur_a", Shape::Term, "Strictement plus que."),
        may("au_moins", Shape::Term, "Plus que, ou égale."),
    ],
};

/// Operations, by their words.
pub(crate) const TERMS: &[(&str, Block)] = &[
    ("fait", Block { name: "fait_lu", keys: &[must("fait", Shape::Text, "Nom d’un fait."), LABEL] }),
    ("calcul", Block { name: "calcul_cite", keys: &[must("calcul", Shape::Text, "Un calcul déclaré avant."), LABEL] }),
    ("plus", Block { name: "plus", keys: &[must("plus", PAIR, "La somme."), LABEL] }),
    ("moins", Block { name: "moins", keys: &[must("moins", PAIR, "La différence de deux valeurs."), LABEL] }),
    (
        "fois",
        Block {
            name: "fois",
            keys: &[must("fois", Shape::Either(&[PAIR, Shape::Block(&ROUNDED)]), "Le produit."), LABEL],
        },
    ),
    ("divise", Block { name: "divise", keys: &[must("divise", Shape::Block(&ROUNDED), "Le quotient."), LABEL] }),
    (
        "moitie",
        Block {
            name: "moitie",
            keys: &[must("moitie", Shape::Either(&[Shape::Block(&HALF), Shape::Term]), "La moitié."), LABEL],
        },
    ),
    ("min", Block { name: "min", keys: &[must("min", PAIR, "La plus petite."), LABEL] }),
    ("max", Block { name: "max", keys: &[must("max", PAIR, "La plus grande."), LABEL] }),
    (
        "prorata",
        Block {
            name: "prorata", keys: &[must("prorata", Shape::Block(&PRORATA), "Tant de jours d’un mois."), LABEL]
        },
    ),
    ("jours", Block { name: "jours", keys: &[must("jours", Shape::Block(&SPAN), "Jours, les deux compris."), LABEL] }),
    (
        "mois_entiers",
        Block { name: "mois_entiers", keys: &[must("mois_entiers", Shape::Block(&SPAN), "Mois entiers."), LABEL] },
    ),
    ("bareme", Block { name: "bareme", keys: &[must("bareme", Shape::Block(&TABLE), "Selon un barème."), LABEL] }),
    (
        "si",
        Block {
            name: "si",
            keys: &[
                must("si", Shape::Either(&[Shape::Block(&COMPARED), Shape::Rule]), "La condition."),
                must("alors", Shape::Term, "Quand elle est remplie."),
                must("sinon", Shape::Term, "Sinon."),
                LABEL,
            ],
        },
    ),
];
