//! Communes by code or by name, and the nearest when there is none.

use pacte_territory::{CommuneCode, CommuneId, Communes};

/// What codes and names of communes designate.
pub(super) struct Gazetteer<'a> {
    communes: &'a Communes,
    resolve: &'a dyn Fn(CommuneCode) -> Option<CommuneId>,
    folded: Vec<String>,
}

/// Homonyms an advice lists.
const LISTED: usize = 4;

impl<'a> Gazetteer<'a> {
    /// `resolve` follows codes of arrondissements and former communes.
    pub(super) fn new(communes: &'a Communes, resolve: &'a dyn Fn(CommuneCode) -> Option<CommuneId>) -> Self {
        Self { folded: communes.name.iter().map(|name| fold(name)).collect(), communes, resolve }
    }

    /// The commune a code or a name designates; else what to write.
    pub(super) fn find(&self, text: &str) -> Result<CommuneId, String> {
        if let Ok(code) = text.to_uppercase().parse::<CommuneCode>() {
            return (self.resolve)(code).ok_or_else(|| match self.nearest_code(code) {
                Some(near) => format!("Le code le plus proche est {}.", self.written(near)),
                None => "Écrivez le code d’une commune du territoire.".to_owned(),
            });
        }
        if text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(format!("Le zéro initial a sans doute été perdu dans un tableur : écrivez 0{text}."));
        }
        let name = fold(text);
        let same: Vec<CommuneId> =
            (0_u32..).zip(&self.folded).filter(|(_, known)| **known == name).map(|(id, _)| id).collect();
        match same.as_slice() {
            [only] => Ok(*only),
            [] => {
                let near = (0_u32..).zip(&self.folded).min_by_key(|(id, known)| (distance(&name, known), *id));
                Err(near.map_or_else(String::new, |(id, _)| {
                    format!("Le nom le plus proche est {} : écrivez son code.", self.written(id))
                }))
            }
            several => {
                let first: Vec<String> = several.iter().take(LISTED).map(|id| self.written(*id)).collect();
                let more = if several.len() > LISTED { "…" } else { "" };
                Err(format!(
                    "Plusieurs communes portent ce nom : écrivez le code de la bonne ({}{more}).",
                    first.join(", ")
                ))
            }
        }
    }

    fn written(&self, id: CommuneId) -> String {
        format!("{} ({})", self.communes.code[id as usize], self.communes.name[id as usize])
    }

    /// The code that differs least, in the same département if it has any.
    fn nearest_code(&self, code: CommuneCode) -> Option<CommuneId> {
        let number = |code: &CommuneCode| code.as_str()[2..].parse::<i32>().unwrap_or(0);
        let far = |other: &CommuneCode| {
            (
                other.departement() != code.departement(),
                distance(code.as_str(), other.as_str()),
                (number(other) - number(&code)).abs(),
            )
        };
        (0_u32..).zip(&self.communes.code).min_by_key(|(id, other)| (far(other), *id)).map(|(id, _)| id)
    }
}

/// A name without case, accents, hyphens and apostrophes.
fn fold(name: &str) -> String {
    let letters = name.chars().flat_map(char::to_lowercase).flat_map(|letter| {
        let plain: &str = match letter {
            'à' | 'â' | 'ä' => "a",
            'ç' => "c",
            'é' | 'è' | 'ê' | 'ë' => "e",
            'î' | 'ï' => "i",
            'ô' | 'ö' => "o",
            'ù' | 'û' | 'ü' => "u",
            'ÿ' => "y",
            'œ' => "oe",
            'æ' => "ae",
            '-' | '\'' | '’' => " ",
            _ => return vec![letter],
        };
        plain.chars().collect()
    });
    let text: String = letters.collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Letters to add, take away or change to go from one text to the other (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (above, letter) in from.chars().enumerate() {
        let mut corner = row[0];
        row[0] = above + 1;
        for (left, other) in to.iter().enumerate() {
            let changed = corner + usize::from(letter != *other);
            corner = row[left + 1];
            row[left + 1] = changed.min(corner + 1).min(row[left] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_levenshtein() {
        for (a, b, expected) in [("chat", "chats", 1), ("niche", "chiens", 5), ("", "abc", 3), ("lille", "lille", 0)] {
            assert_eq!(distance(a, b), expected, "{a} {b}");
            assert_eq!(distance(b, a), expected, "{b} {a}");
        }
        assert_eq!(fold("L’Haÿ-les-Roses"), "l hay les roses");
        assert_eq!(fold(" Œuf-en-Ternois"), "oeuf en ternois");
    }
}
