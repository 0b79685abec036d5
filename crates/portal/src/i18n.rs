//! The two languages of the pages, and their texts.
//!
//! Texts live in `locales/{fr,en}/*.ftl` (Fluent); French is complete by definition, and a test checks that English has
//! the same keys and that every key a template or a module asks for exists. A key is asked for through [`Lang::tr`] and
//! [`Lang::tr_with`] only, with a literal, so that the test can find it.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader as _};
use pacte_territory::Level;

fluent_templates::static_loader! {
    static TEXTS = {
        locales: "./locales",
        fallback_language: "fr",
        // Direction marks around each figure would be read aloud, copied and searched; both languages run the same way.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// French, the default.
    #[default]
    Fr,
    /// English.
    En,
}

impl Lang {
    /// Every language, in the order of the switch.
    pub const ALL: [Self; 2] = [Self::Fr, Self::En];

    /// Code for `<html lang>`, addresses and the cookie.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// Name of the language in itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Fr => "Français",
            Self::En => "English",
        }
    }

    /// Whether this is French.
    pub fn is_french(self) -> bool {
        self == Self::Fr
    }

    /// Reads a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.code() == code)
    }

    /// The first language of an `Accept-Language` header that we speak, by decreasing preference; French otherwise.
    pub fn from_accept_language(header: &str) -> Self {
        let mut wanted: Vec<(f32, Self)> = header
            .split(',')
            .filter_map(|entry| {
                let (tag, rest) = entry.split_once(';').unwrap_or((entry, ""));
                let primary = tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
                let weight = rest.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.trim().parse().ok())?;
                Some((weight, Self::from_code(&primary)?)).filter(|(weight, _): &(f32, Self)| *weight > 0.0)
            })
            .collect();
        // A stable sort: between equal weights the first named wins.
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
        wanted.first().map(|(_, lang)| *lang).unwrap_or_default()
    }

    /// The text of a key.
    pub fn tr(self, key: &str) -> String {
        self.look_up(key, None)
    }

    /// The text of a key with its parameters, already formatted.
    pub fn tr_with<V: AsRef<str>>(self, key: &str, parameters: impl IntoIterator<Item = (&'static str, V)>) -> String {
        let parameters: HashMap<Cow<'static, str>, FluentValue<'static>> = parameters
            .into_iter()
            .map(|(name, value)| (Cow::Borrowed(name), FluentValue::String(Cow::Owned(value.as_ref().to_owned()))))
            .collect();
        self.look_up(key, Some(&parameters))
    }

    /// The text of a key that depends on a count; `{ $count }` selects the plural, `{ $n }` is the number as written.
    pub fn tr_count(self, key: &str, count: u64) -> String {
        let parameters = HashMap::from([
            (Cow::Borrowed("count"), FluentValue::from(count)),
            (Cow::Borrowed("n"), FluentValue::String(Cow::Owned(crate::format::count(self, count)))),
        ]);
        self.look_up(key, Some(&parameters))
    }

    /// The text of a key made at run time (an indicator's id, a level), `None` when there is none.
    pub fn find(self, key: &str, parameters: &[(&'static str, &str)]) -> Option<String> {
        let parameters: HashMap<Cow<'static, str>, FluentValue<'static>> = parameters
            .iter()
            .map(|(name, value)| (Cow::Borrowed(*name), FluentValue::String(Cow::Owned((*value).to_owned()))))
            .collect();
        TEXTS.try_lookup_with_args(self.identifier(), key, &parameters)
    }

    fn look_up(self, key: &str, parameters: Option<&HashMap<Cow<'static, str>, FluentValue<'static>>>) -> String {
        let text = match parameters {
            None => TEXTS.try_lookup(self.identifier(), key),
            Some(parameters) => TEXTS.try_lookup_with_args(self.identifier(), key, parameters),
        };
        debug_assert!(text.is_some(), "no text for {key} in {}", self.code());
        text.unwrap_or_else(|| key.to_owned())
    }

    fn identifier(self) -> &'static LanguageIdentifier {
        static FR: LanguageIdentifier = fluent_templates::langid!("fr");
        static EN: LanguageIdentifier = fluent_templates::langid!("en");
        match self {
            Self::Fr => &FR,
            Self::En => &EN,
        }
    }

    /// Name of a level: `Département`.
    pub fn level(self, level: Level) -> String {
        self.find(&format!("level-{}", level.slug()), &[]).unwrap_or_else(|| level.slug().to_owned())
    }

    /// Plural of a level, in lower case for the middle of a sentence: `départements`.
    pub fn levels(self, level: Level) -> String {
        self.find(&format!("levels-{}", level.slug()), &[]).unwrap_or_else(|| level.slug().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    fn here(path: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
    }

    fn files(dir: &Path, extension: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(files(&path, extension));
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push(path);
            }
        }
        found.sort();
        found
    }

    /// Keys of a language, but for the names of indicators, which are English only: the atlas speaks French.
    fn keys(lang: Lang) -> BTreeSet<String> {
        let mut keys = BTreeSet::new();
        let files = files(&here("locales").join(lang.code()), "ftl");
        for file in files.into_iter().filter(|file| !file.ends_with("indicators.ftl")) {
            for line in fs::read_to_string(&file).unwrap().lines() {
                if let Some((key, _)) = line.split_once(" =")
                    && key.chars().next().is_some_and(|c| c.is_ascii_alphabetic())
                {
                    assert!(keys.insert(key.to_owned()), "{key} is given twice, lastly in {}", file.display());
                }
            }
        }
        keys
    }

    #[test]
    fn both_languages_have_the_same_keys() {
        let (french, english) = (keys(Lang::Fr), keys(Lang::En));
        assert!(french.len() > 100, "the files were read");
        assert_eq!(french.difference(&english).collect::<Vec<_>>(), Vec::<&String>::new(), "missing in English");
        assert_eq!(english.difference(&french).collect::<Vec<_>>(), Vec::<&String>::new(), "missing in French");
    }

    #[test]
    fn every_key_is_one_the_library_reads() {
        for lang in Lang::ALL {
            let files = files(&here("locales").join(lang.code()), "ftl");
            let text: String = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
            let named = text.split("{ $").skip(1).map(|rest| rest.split([' ', '}']).next().unwrap());
            let parameters: HashMap<Cow<'static, str>, FluentValue<'static>> =
                named.map(|name| (Cow::Owned(name.to_owned()), FluentValue::from(2))).collect();
            assert!(parameters.len() > 20, "{parameters:?}");
            for key in keys(lang) {
                let found = TEXTS.try_lookup_with_args(lang.identifier(), &key, &parameters);
                assert!(found.is_some_and(|text| !text.contains("{$")), "{key} in {}", lang.code());
            }
        }
    }

    /// Literals that follow a call asking for a text, with the file they are in; faults ask by their own functions.
    fn asked() -> Vec<(String, PathBuf)> {
        let sources = files(&here("src"), "rs").into_iter().chain(files(&here("templates"), "html"));
        let mut asked = Vec::new();
        for file in sources.filter(|file| !file.ends_with("i18n.rs")) {
            let text = fs::read_to_string(&file).unwrap();
            for call in [".tr(", ".tr_with(", ".tr_count("] {
                for rest in text.split(call).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"')) {
                    asked.push((rest.split('"').next().unwrap().to_owned(), file.clone()));
                }
            }
            for rest in text.split("\"fault-").skip(1) {
                asked.push((format!("fault-{}", rest.split('"').next().unwrap()), file.clone()));
            }
        }
        asked
    }

    #[test]
    fn every_key_asked_for_exists() {
        let known = keys(Lang::Fr);
        let asked = asked();
        assert!(asked.len() > 200, "the calls were found: {}", asked.len());
        for (key, file) in asked {
            assert!(known.contains(&key), "{key} asked for in {}", file.display());
        }
    }

    #[test]
    fn every_key_is_asked_for() {
        // A key may be chosen before it is asked for: any text of the sources that is one counts.
        let sources = files(&here("src"), "rs").into_iter().chain(files(&here("templates"), "html"));
        let sources = sources.filter(|file| !file.ends_with("i18n.rs")).map(|file| fs::read_to_string(&file).unwrap());
        let asked: BTreeSet<String> =
            sources.flat_map(|text| text.split('"').map(str::to_owned).collect::<Vec<_>>()).collect();
        // Names of levels, short names, sentences by level, tools, and the fields of a search of sites are made at run time.
        let made = ["level-", "levels-", "short-", "lede-population-", "training-territory", "decide-"];
        let fields = ["siting-equity-", "siting-field-", "siting-hint-", "siting-objective-"];
        for key in keys(Lang::Fr).iter().filter(|key| !made.iter().chain(&fields).any(|start| key.starts_with(start))) {
            assert!(asked.contains(key), "{key} is of no use any more");
        }
    }

    #[test]
    fn french_typography_holds() {
        for file in files(&here("locales/fr"), "ftl").into_iter().chain(files(&here("templates/prose"), "html")) {
            let text = fs::read_to_string(&file).unwrap();
            if file.to_string_lossy().ends_with(".en.html") {
                continue;
            }
            let prose = file.extension().is_some_and(|e| e == "html");
            let spoken = |line: &&str| !line.starts_with('#') && !line.starts_with("{%");
            for (i, line) in text.lines().enumerate().filter(|(_, line)| spoken(line)) {
                let at = format!("{}:{} {line}", file.display(), i + 1);
                for mark in [" :", " ;", " !", " ?", " %", " »", "« ", "'"] {
                    // Markup and Fluent selectors have their own use of some of these signs.
                    let own = prose && mark == "'";
                    assert!(own || !line.contains(mark), "plain space or straight apostrophe « {mark} » in {at}");
                }
            }
        }
    }

    #[test]
    fn accept_language_is_honoured_by_weight() {
        for (header, lang) in [
            ("", Lang::Fr),
            ("en", Lang::En),
            ("en-GB,en;q=0.9", Lang::En),
            ("de, fr;q=0.3, en;q=0.8", Lang::En),
            ("fr-CA;q=0.8, en;q=0.8", Lang::Fr),
            ("en;q=0, fr;q=0.1", Lang::Fr),
            ("zh, *;q=0.5", Lang::Fr),
            ("en;q=abc", Lang::Fr),
        ] {
            assert_eq!(Lang::from_accept_language(header), lang, "{header}");
        }
    }

    #[test]
    fn parameters_and_plurals() {
        assert_eq!(Lang::Fr.tr_count("search-count", 1), "Un territoire trouvé");
        assert_eq!(Lang::Fr.tr_count("search-count", 1234), "1\u{202f}234\u{a0}territoires trouvés");
        assert_eq!(Lang::En.tr_count("search-count", 0), "0 territories found");
        for level in Level::ALL {
            for lang in Lang::ALL {
                assert_ne!(lang.level(level), level.slug());
                assert_ne!(lang.levels(level), level.slug());
            }
        }
    }
}
