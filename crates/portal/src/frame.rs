//! What every page shows around its content: language, title, the territory in use, navigation. `templates/base.html`
//! reads nothing but a [`Frame`], under the name `frame`.

use std::sync::Arc;

use jiff::civil::Date;
use pacte_territory::{Nature, Territory};

use crate::assets;
use crate::format;
use crate::i18n::Lang;
use crate::view::Crumb;

/// The entries of the main navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// The map.
    Map,
    /// Territory pages and search.
    Territories,
    /// Around a place.
    Journeys,
    /// Programmes, and what one can get somewhere.
    Aids,
    /// Simulations, zoning, siting: what may be decided.
    Decide,
    /// Two territories side by side.
    Compare,
    /// Downloads.
    Data,
    /// How figures are made.
    Methods,
    /// None of them.
    None,
}

impl Section {
    /// Entries in their order: section, address.
    const NAVIGATION: [(Self, &'static str); 8] = [
        (Self::Map, "/carte"),
        (Self::Territories, "/recherche"),
        (Self::Journeys, "/trajets"),
        (Self::Aids, "/aides"),
        (Self::Decide, "/decider"),
        (Self::Compare, "/comparer"),
        (Self::Data, "/donnees"),
        (Self::Methods, "/methodes"),
    ];
}

/// One entry of the main navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavItem {
    /// Text.
    pub label: String,
    /// Address.
    pub href: &'static str,
    /// Whether the page belongs to this entry.
    pub current: bool,
}

/// One language of the switch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LanguageItem {
    /// Code, for `lang` and `hreflang`.
    pub code: &'static str,
    /// Name of the language in itself.
    pub name: &'static str,
    /// The same page in this language.
    pub href: String,
    /// Whether the page is in this language.
    pub current: bool,
}

/// What does not change from one page to the next while the server runs.
#[derive(Clone, Debug)]
pub struct Site {
    /// Name of the territory: `France`, or that of the training territory.
    pub territory: String,
    /// Whether its figures are real.
    pub nature: Nature,
    /// Date of the code officiel géographique in use.
    pub geography: Date,
    /// Hash of the figures, also the version in the addresses of tiles.
    pub hash: String,
    /// Version of the program.
    pub version: &'static str,
    /// Whether the operator's theme has `tokens.css` and `extra.css`.
    pub theme_tokens: bool,
    /// Whether the operator's theme has `extra.css`.
    pub theme_extra: bool,
    /// Whether the operator's theme has `logo.svg`.
    pub theme_logo: bool,
}

impl Site {
    /// Describes a territory, without theme.
    pub fn of(territory: &Territory, hash: impl Into<String>) -> Self {
        Self {
            territory: territory.meta.name.clone(),
            nature: territory.meta.nature,
            geography: territory.meta.geography,
            hash: hash.into(),
            version: env!("CARGO_PKG_VERSION"),
            theme_tokens: false,
            theme_extra: false,
            theme_logo: false,
        }
    }
}

/// What surrounds the content of one page.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Language of the page.
    pub lang: Lang,
    /// The site.
    pub site: Arc<Site>,
    /// Title of the page, without the site's name.
    pub title: String,
    /// One sentence for search engines and shared links.
    pub description: String,
    /// Entry of the navigation the page belongs to.
    pub section: Section,
    /// Path and query of the page, `lang` left out: what the language switch leads to.
    pub here: String,
    /// Way down to the page; empty for those of the first level.
    pub crumbs: Vec<Crumb>,
    /// Text of the search field of the header.
    pub query: String,
    /// Whether the page carries a live map and needs its styles.
    pub has_map: bool,
    /// Whether search engines may index the page.
    pub indexed: bool,
}

impl Frame {
    /// The text of a key in the page's language.
    pub fn tr(&self, key: &str) -> String {
        self.lang.tr(key)
    }

    /// The text of a key with its parameters.
    pub fn tr_with<V: AsRef<str>>(&self, key: &str, parameters: &[(&'static str, V)]) -> String {
        self.lang.tr_with(key, parameters.iter().map(|(name, value)| (*name, value)))
    }

    /// Title of the browser's tab: `Lille (59350) – Pacte`.
    pub fn document_title(&self) -> String {
        let name = self.lang.tr("site-name");
        if self.title.is_empty() || self.title == name {
            format!("{name} – {}", self.lang.tr("site-tagline"))
        } else {
            format!("{} – {name}", self.title)
        }
    }

    /// Whether the figures are fictional.
    pub fn is_training(&self) -> bool {
        self.site.nature == Nature::Training
    }

    /// What the band at the top says: which territory is shown, and whether its figures are real.
    pub fn band(&self) -> String {
        let date = format::date(self.lang, self.site.geography);
        if self.is_training() {
            self.lang.tr_with("band-training", [("name", self.site.territory.as_str())])
        } else {
            self.lang.tr_with("band-real", [("name", self.site.territory.as_str()), ("date", date.as_str())])
        }
    }

    /// Entries of the main navigation.
    pub fn navigation(&self) -> Vec<NavItem> {
        Section::NAVIGATION
            .into_iter()
            .map(|(section, href)| NavItem {
                label: match section {
                    Section::Map => self.lang.tr("nav-map"),
                    Section::Territories => self.lang.tr("nav-territories"),
                    Section::Journeys => self.lang.tr("nav-journeys"),
                    Section::Aids => self.lang.tr("nav-aids"),
                    Section::Decide => self.lang.tr("nav-decide"),
                    Section::Compare => self.lang.tr("nav-compare"),
                    Section::Data => self.lang.tr("nav-data"),
                    Section::Methods | Section::None => self.lang.tr("nav-methods"),
                },
                href,
                current: section == self.section,
            })
            .collect()
    }

    /// The same page in every language.
    pub fn languages(&self) -> Vec<LanguageItem> {
        Lang::ALL
            .into_iter()
            .map(|lang| LanguageItem {
                code: lang.code(),
                name: lang.own_name(),
                href: format!("{}{}lang={}", self.here, if self.here.contains('?') { '&' } else { '?' }, lang.code()),
                current: lang == self.lang,
            })
            .collect()
    }

    /// Address of an embedded file, with its content hash: `asset("app.js")`.
    pub fn asset(&self, name: &str) -> String {
        assets::url(name)
    }

    /// Address of the logo: the operator's, or ours.
    pub fn logo(&self) -> String {
        if self.site.theme_logo { "/theme/logo.svg".to_owned() } else { self.asset("logo.svg") }
    }
}
