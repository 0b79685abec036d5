//! Invented names with the sound of real ones: communes, rivers, départements, the region, groupings.
//!
//! Nothing is taken from a list of places: names are built from syllables, endings and saints that no calendar knows, then kept
//! unique. A chance meeting with a real village remains possible and harmless; codes and the page header say what is fictional.

use std::collections::BTreeSet;

use super::rng::Rng;

/// A place name split as the official files do: article apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    /// TNCC, INSEE's code of article: 0 none, 1 none before a vowel, 2 Le, 3 La, 4 Les, 5 L'.
    pub(super) tncc: u8,
    /// Name without its article, in rich typography (NCCENR).
    pub(super) bare: String,
}

impl Name {
    /// A name without article.
    pub(super) fn plain(bare: String) -> Self {
        let vowel = plain_upper(&bare).starts_with(['A', 'E', 'I', 'O', 'U', 'Y']);
        Self { tncc: u8::from(vowel), bare }
    }

    /// Name with its article (LIBELLE).
    pub(super) fn full(&self) -> String {
        let article = match self.tncc {
            2 => "Le ",
            3 => "La ",
            4 => "Les ",
            5 => "L'",
            _ => "",
        };
        format!("{article}{}", self.bare)
    }

    /// Name in capitals without accents, hyphens or article (NCC).
    pub(super) fn capitals(&self) -> String {
        plain_upper(&self.bare)
    }
}

/// Capitals without accents; hyphens and apostrophes become spaces, as in INSEE's NCC.
pub(super) fn plain_upper(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            'à' | 'â' | 'ä' | 'À' | 'Â' => 'A',
            'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'Ê' => 'E',
            'î' | 'ï' | 'Î' => 'I',
            'ô' | 'ö' | 'Ô' => 'O',
            'ù' | 'û' | 'ü' => 'U',
            'ç' => 'C',
            '-' | '\'' | '’' => ' ',
            other => other.to_ascii_uppercase(),
        })
        .collect()
}

/// Setting of a commune, which colours its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Setting {
    /// Town or city: a simple name.
    Town,
    /// Plain or hills.
    Plain,
    /// Mountain.
    Mountain,
}

const HEADS: [&str; 58] = [
    "Bar", "Bel", "Bes", "Bor", "Bra", "Bru", "Cal", "Cas", "Cau", "Cha", "Chau", "Cor", "Cran", "Dam", "Dou", "Dra",
    "Esc", "Fal", "Fau", "Fon", "Gar", "Gor", "Gour", "Grè", "Jau", "Jon", "Lar", "Lau", "Lim", "Lor", "Mal", "Mar",
    "Mau", "Mer", "Mir", "Mou", "Nar", "Nou", "Or", "Par", "Pey", "Pou", "Pra", "Quin", "Ran", "Roc", "Rou", "Sal",
    "Sau", "Ser", "Sou", "Tar", "Tau", "Tour", "Trè", "Val", "Var", "Ver",
];
const MIDDLES: [&str; 34] = [
    "bal", "bar", "bre", "ca", "cel", "dal", "dou", "dre", "fe", "ga", "gui", "la", "lan", "li", "lou", "man", "me",
    "mi", "na", "nou", "ran", "ri", "ro", "san", "se", "sou", "ta", "tel", "tre", "va", "vel", "vi", "zan", "ze",
];
const PLAIN_ENDS: [&str; 22] = [
    "nac", "zac", "rac", "gnac", "ssac", "gny", "ville", "villiers", "court", "rolles", "nières", "gnan", "gues",
    "telle", "mont", "bières", "ges", "rey", "zelles", "raine", "dières", "nelle",
];
const MOUNTAIN_ENDS: [&str; 18] = [
    "zols", "rols", "gnols", "zat", "rouze", "zeyre", "reyre", "louse", "nas", "guas", "anche", "zès", "rez", "ouls",
    "dange", "vès", "jols", "gnes",
];
const SAINTS: [(&str, bool); 44] = [
    ("Maldric", false),
    ("Orvain", false),
    ("Théobran", false),
    ("Ferrol", false),
    ("Calmier", false),
    ("Aubrice", false),
    ("Géraud-le-Clerc", false),
    ("Évrin", false),
    ("Sivard", false),
    ("Pardolin", false),
    ("Clérand", false),
    ("Ambroil", false),
    ("Vivran", false),
    ("Léonçal", false),
    ("Désirat", false),
    ("Mesmaire", false),
    ("Hilbert", false),
    ("Austrebain", false),
    ("Cyprin", false),
    ("Gondrault", false),
    ("Nazolin", false),
    ("Privelin", false),
    ("Rustan", false),
    ("Sernain", false),
    ("Ybrard", false),
    ("Fulcrand-le-Neuf", false),
    ("Bénild", false),
    ("Oradin", false),
    ("Basolet", false),
    ("Elphrem", false),
    ("Thibéric", false),
    ("Albérie", true),
    ("Énimande", true),
    ("Solmine", true),
    ("Radélie", true),
    ("Mélisaine", true),
    ("Foyane", true),
    ("Ursanne", true),
    ("Valdrée", true),
    ("Clotsinde", true),
    ("Austrine", true),
    ("Fortunelle", true),
    ("Quitterine", true),
    ("Romarie", true),
];
const TAILS: [&str; 12] = [
    "-la-Forêt",
    "-les-Bois",
    "-le-Vieux",
    "-la-Garde",
    "-les-Vignes",
    "-le-Château",
    "-en-Plaine",
    "-le-Sec",
    "-les-Étangs",
    "-la-Rivière",
    "-l'Abbaye",
    "-le-Petit",
];
const HIGH_TAILS: [&str; 8] =
    ["-le-Haut", "-la-Montagne", "-les-Neiges", "-le-Col", "-d'en-Haut", "-les-Sapins", "-la-Combe", "-le-Rocher"];
const RIVERS: [&str; 30] = [
    "Sauvène",
    "Drévie",
    "Ourbe",
    "Talvie",
    "Célande",
    "Vézance",
    "Lisonde",
    "Orguze",
    "Tarvenne",
    "Galère-Vive",
    "Ternaize",
    "Auvelle",
    "Noirvèze",
    "Dourcelle",
    "Rimande",
    "Béronde",
    "Cressonde",
    "Varlenne",
    "Esturge",
    "Osmelle",
    "Gourdène",
    "Malzonne",
    "Iverne",
    "Brézanne",
    "Ardouze",
    "Fontèle",
    "Lucelle",
    "Séranne-Noire",
    "Cambronne",
    "Ouzerche",
];

/// Name-giver of one territory.
pub(super) struct Names {
    rng: Rng,
    taken: BTreeSet<String>,
}

impl Names {
    /// The names of `seed`.
    pub(super) fn new(seed: u64) -> Self {
        Self { rng: Rng::new(seed, "noms"), taken: BTreeSet::new() }
    }

    /// `n` river names, the greatest river first; beyond the invented list, streams are named after nothing ("").
    pub(super) fn rivers(&mut self, n: usize) -> Vec<String> {
        let mut names = RIVERS;
        self.rng.shuffle(&mut names);
        (0..n).map(|i| names.get(i).map_or_else(String::new, |name| (*name).to_owned())).collect()
    }

    /// A commune's name, unlike any given before.
    pub(super) fn commune(&mut self, setting: Setting, river: Option<&str>) -> Name {
        loop {
            let name = self.draw(setting, river);
            if self.taken.insert(name.capitals()) {
                return name;
            }
        }
    }

    /// Name of a commune made of several: a new one, or the chef-lieu's with a complement.
    pub(super) fn merged(&mut self, chef: &Name, river: Option<&str>) -> Name {
        loop {
            let simple = self.stem(Setting::Plain);
            let bare = match river {
                Some(river) if !river.is_empty() && self.rng.chance(0.5) => format!("Val-{}", of(river)),
                _ if self.rng.chance(0.5) => format!("{}-en-{simple}", chef.bare),
                _ => format!("Terres-de-{simple}"),
            };
            let name = Name::plain(bare);
            if self.taken.insert(name.capitals()) {
                return name;
            }
        }
    }

    /// An invented name of country (« pays »), for groupings.
    pub(super) fn country(&mut self) -> String {
        self.stem(Setting::Plain)
    }

    fn stem(&mut self, setting: Setting) -> String {
        let ends: &[&str] = if setting == Setting::Mountain { &MOUNTAIN_ENDS } else { &PLAIN_ENDS };
        loop {
            let mut text = String::from(*self.rng.pick(&HEADS));
            let middle: &&str = self.rng.pick(&MIDDLES);
            text.push_str(middle);
            let end: &&str = self.rng.pick(ends);
            text.push_str(end);
            if pronounceable(&text) {
                return text;
            }
        }
    }

    /// A name in the plural, as hamlets bear: « Les Bardalières ».
    fn hamlets(&mut self) -> String {
        loop {
            let mut text = String::from(*self.rng.pick(&HEADS));
            let middle: &&str = self.rng.pick(&MIDDLES);
            text.push_str(middle.trim_end_matches(['a', 'e', 'i', 'o', 'u']));
            let end: &&str = self.rng.pick(&["ières", "ards", "ettes", "elles", "ots"]);
            text.push_str(end);
            if pronounceable(&text) {
                return text;
            }
        }
    }

    fn draw(&mut self, setting: Setting, river: Option<&str>) -> Name {
        let river = river.filter(|river| !river.is_empty());
        if setting == Setting::Town {
            let stem = self.stem(Setting::Plain);
            return match river {
                Some(river) if self.rng.chance(0.35) => Name::plain(format!("{stem}-sur-{river}")),
                _ => Name::plain(stem),
            };
        }
        let kind = self.rng.unit();
        if kind < 0.19 {
            let (saint, feminine) = *self.rng.pick(&SAINTS);
            let mut bare = format!("{}-{saint}", if feminine { "Sainte" } else { "Saint" });
            let tail = self.rng.unit();
            if let Some(river) = river.filter(|_| tail < 0.45) {
                bare = format!("{bare}-sur-{river}");
            } else if tail < 0.75 {
                let tail: &&str =
                    self.rng.pick(if setting == Setting::Mountain { &HIGH_TAILS[..] } else { &TAILS[..] });
                bare.push_str(tail);
            } else {
                bare = format!("{bare}-de-{}", self.stem(setting));
            }
            return Name::plain(bare);
        }
        let stem = self.stem(setting);
        if kind < 0.27 {
            return if let Some(river) = river {
                Name::plain(format!("{stem}-sur-{river}"))
            } else {
                Name::plain(stem)
            };
        }
        if kind < 0.33 {
            let tail = *self.rng.pick(if setting == Setting::Mountain { &HIGH_TAILS[..] } else { &TAILS[..] });
            return Name::plain(stem + tail);
        }
        if kind < 0.42 {
            let (tncc, first) = *self.rng.pick(&[
                (2, "Mont"),
                (2, "Bois"),
                (3, "Chapelle"),
                (3, "Roche"),
                (2, "Val"),
                (3, "Tour"),
                (2, "Puy"),
            ]);
            return Name { tncc, bare: format!("{first}-{stem}") };
        }
        if kind < 0.46 {
            return if stem.starts_with(['E', 'O']) {
                Name { tncc: 5, bare: stem }
            } else {
                Name { tncc: 4, bare: self.hamlets() }
            };
        }
        Name::plain(stem)
    }
}

/// « de la Sauvène », « de l'Ourbe »: a river with its preposition, hyphenated as in official names.
pub(super) fn of(river: &str) -> String {
    if plain_upper(river).starts_with(['A', 'E', 'I', 'O', 'U', 'Y']) {
        format!("de-l'{river}")
    } else {
        format!("de-la-{river}")
    }
}

/// Refuses tripled letters, hard clusters and stuttering syllables.
fn pronounceable(text: &str) -> bool {
    let lower = text.to_lowercase();
    let letters: Vec<char> = lower.chars().collect();
    let vowel = |c: char| "aeiouyéèêàâôîû".contains(c);
    let consonants_in_row = letters.split(|c| vowel(*c)).map(<[char]>::len).max().unwrap_or(0);
    let vowels_in_row = letters.split(|c| !vowel(*c)).map(<[char]>::len).max().unwrap_or(0);
    let stutter = letters.windows(4).any(|w| w[0] == w[2] && w[1] == w[3])
        || letters.windows(5).any(|w| w[0] == w[3] && w[1] == w[4]);
    let awkward = [
        "lz", "rz", "nr", "lr", "mr", "sr", "zr", "cr", "tz", "dz", "nz", "bz", "elg", "rgn", "lgn", "ngn", "scn",
        "cz", "sz",
    ];
    consonants_in_row <= 2
        && vowels_in_row <= 2
        && !stutter
        && letters.len() <= 12
        && !awkward.iter().any(|a| lower.contains(a))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_written_as_insee_does() {
        let mut names = Names::new(5);
        let mut seen = BTreeSet::new();
        for _ in 0..600 {
            let name = names.commune(Setting::Plain, Some("Sauvène"));
            assert!(name.capitals().chars().all(|c| c.is_ascii_uppercase() || c == ' '), "{name:?}");
            assert!(seen.insert(name.full()), "{name:?} twice");
        }
        let article = Name { tncc: 5, bare: "Éparvelle".to_owned() };
        assert_eq!((article.full().as_str(), article.capitals().as_str()), ("L'Éparvelle", "EPARVELLE"));
    }
}
