//! Communes by name, as people write it.

use std::collections::HashMap;

use deunicode::deunicode;

use crate::territory::CommuneId;

/// A name without accents, capitals and separators, `St` and `Ste` written in full: what two ways of writing share.
pub fn plain(name: &str) -> String {
    let letters = deunicode(name).to_lowercase();
    let words = letters.split(|letter: char| !letter.is_alphanumeric()).map(|word| match word {
        "st" => "saint",
        "ste" => "sainte",
        word => word,
    });
    words.collect()
}

/// Ranks of communes by plain name.
#[derive(Clone, Debug, Default)]
pub(crate) struct NameIndex(HashMap<String, Vec<CommuneId>>);

impl NameIndex {
    pub(crate) fn new(names: &[String]) -> Self {
        let mut index: HashMap<String, Vec<CommuneId>> = HashMap::with_capacity(names.len());
        for (id, name) in (0..).zip(names) {
            index.entry(plain(name)).or_default().push(id);
        }
        Self(index)
    }

    pub(crate) fn get(&self, name: &str) -> &[CommuneId] {
        self.0.get(&plain(name)).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_as_people_write_them() {
        assert_eq!(plain("L’Haÿ-les-Roses"), plain("l'hay les roses"));
        assert_eq!(plain("St-Étienne"), plain("Saint-Étienne"));
        assert_eq!(plain("Ste Foy"), plain("Sainte-Foy"));
        assert_eq!(plain("Œuilly"), plain("oeuilly"));
        assert_eq!(plain("Strasbourg"), "strasbourg");
        assert_ne!(plain("Vaux"), plain("Vaulx"));
    }

    #[test]
    fn communes_of_one_name_are_all_found() {
        let index = NameIndex::new(&["Vaux".into(), "Brest".into(), "VAUX".into()]);
        assert_eq!(index.get("vaux"), [0, 2]);
        assert_eq!(index.get(" Brest "), [1]);
        assert!(index.get("Nulle-Part").is_empty() && index.get("").is_empty());
    }
}
