//! What figures are called in each language.
//!
//! French names and units are those of the atlas, the same as in the terminal; English ones are texts
//! `indicator-<id>` and `unit-<unit>` (`locales/en/indicators.ftl`), and fall back on the French ones.

use pacte_access::atlas::{Atlas, Indicator, ResourceKind};
use pacte_territory::{Level, Nature};

use crate::format;
use crate::i18n::Lang;

/// Name of an indicator.
pub fn indicator(lang: Lang, indicator: &Indicator) -> String {
    by_id(lang, &indicator.id).unwrap_or_else(|| typeset(&indicator.label))
}

/// A French text of the atlas (label, citation, method) as it is printed: no-break spaces before double punctuation and
/// within numbers.
pub fn typeset(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut letters = text.chars().peekable();
    let mut before = None;
    while let Some(c) = letters.next() {
        let next = letters.peek().copied();
        out.push(match (before, c, next) {
            (_, ' ', Some(';' | '!' | '?' | '%')) => format::NARROW,
            (_, ' ', Some(':' | '»')) | (Some('«'), ' ', _) => format::NO_BREAK,
            (Some(a), ' ', Some(b)) if a.is_ascii_digit() && b.is_ascii_digit() => format::NARROW,
            (_, '\'', _) => '’',
            _ => c,
        });
        before = Some(c);
    }
    out
}

/// Unit of an indicator.
pub fn unit_of(lang: Lang, indicator: &Indicator) -> String {
    unit(lang, &indicator.unit)
}

/// A unit.
pub fn unit(lang: Lang, unit: &str) -> String {
    if lang.is_french() {
        return french_unit(unit);
    }
    lang.find(&format!("unit-{}", key_of(unit)), &[]).unwrap_or_else(|| unit.to_owned())
}

/// Unit as French sets it: abbreviations stay with their word.
fn french_unit(unit: &str) -> String {
    typeset(unit).replace("000 hab.", "000\u{a0}hab.")
}

/// Name of an indicator in a narrow column: `short-<id>`, else its full name.
pub fn short(lang: Lang, indicator: &Indicator) -> String {
    lang.find(&format!("short-{}", indicator.id), &[]).unwrap_or_else(|| self::indicator(lang, indicator))
}

/// An indicator's value as written, without its unit, except durations, which carry theirs.
pub fn value(lang: Lang, indicator: &Indicator, value: Option<f64>) -> Option<String> {
    let value = value?;
    if indicator.id.starts_with("evolution_") {
        return format::signed(lang, value, indicator.decimals);
    }
    format::number(lang, value, indicator.decimals)
}

/// An indicator's value with its unit, for the middle of a sentence.
pub fn value_with_unit(lang: Lang, indicator: &Indicator, value: Option<f64>) -> Option<String> {
    if indicator.unit == "minutes" {
        return format::minutes(lang, value?);
    }
    Some(format::with_unit(lang, &self::value(lang, indicator, value)?, &unit_of(lang, indicator)))
}

/// An indicator's value for a table or a card whose unit is said elsewhere: durations and percentages carry their own.
pub fn value_short(lang: Lang, indicator: &Indicator, value: Option<f64>) -> Option<String> {
    if matches!(indicator.unit.as_str(), "minutes" | "%") {
        value_with_unit(lang, indicator, value)
    } else {
        self::value(lang, indicator, value)
    }
}

/// Unit to write once for such values; empty when they carry their own.
pub fn unit_apart(lang: Lang, indicator: &Indicator) -> String {
    if matches!(indicator.unit.as_str(), "minutes" | "%") { String::new() } else { unit_of(lang, indicator) }
}

/// Source line under a figure; that of the training territory says that the figure only imitates its source.
pub fn source_line(atlas: &Atlas, lang: Lang, citation: &str) -> String {
    let source = typeset(citation);
    match atlas.territory().meta.nature {
        Nature::Real => lang.tr_with("source-line", [("source", source)]),
        Nature::Training => lang.tr_with("source-line-training", [("source", source)]),
    }
}

/// Name of a kind of resource.
pub fn resource(lang: Lang, kind: ResourceKind) -> String {
    if lang.is_french() {
        return kind.label().to_owned();
    }
    lang.find(&format!("resource-{}", kind.concept()), &[]).unwrap_or_else(|| kind.label().to_owned())
}

/// Name of a series of [`Atlas::trend`].
pub fn series(lang: Lang, id: &str, french: &str) -> String {
    if lang.is_french() {
        return french.to_owned();
    }
    lang.find(&format!("series-{id}"), &[]).unwrap_or_else(|| french.to_owned())
}

/// Level and code of an area, to stand under its name: `Commune · 59350`.
pub fn level_and_code(lang: Lang, level: Level, code: &str) -> String {
    if level == Level::Country { lang.level(level) } else { format!("{} · {code}", lang.level(level)) }
}

/// Name of an area; the country's is that of the territory.
pub fn area_name(atlas: &Atlas, lang: Lang, level: Level, area: u32) -> String {
    let name = atlas.territory().area(level, area).name;
    if level == Level::Country && atlas.territory().meta.nature == Nature::Training && !lang.is_french() {
        return lang.find("training-territory", &[("name", name.as_str())]).unwrap_or(name);
    }
    name
}

fn by_id(lang: Lang, id: &str) -> Option<String> {
    if lang.is_french() {
        return None;
    }
    // `apl_published_2022` → `indicator-apl_published` with the year; `evolution_mg_2017_2024` has two.
    let mut parts: Vec<&str> = id.split('_').collect();
    let mut years = Vec::new();
    while let Some(last) = parts.last().filter(|part| part.len() == 4 && part.bytes().all(|b| b.is_ascii_digit())) {
        years.insert(0, *last);
        parts.pop();
    }
    let parameters: Vec<(&'static str, &str)> = match years.as_slice() {
        [from, to] => vec![("from", from), ("to", to)],
        [year] => vec![("year", year)],
        _ => Vec::new(),
    };
    let latest = if years.is_empty() { "" } else { "-year" };
    lang.find(&format!("indicator-{}{latest}", parts.join("_")), &parameters)
}

fn key_of(text: &str) -> String {
    let mut key = String::new();
    for c in deunicode::deunicode(text).to_ascii_lowercase().chars() {
        if c.is_ascii_alphanumeric() {
            key.push(c);
        } else if !key.ends_with('-') && !key.is_empty() {
            key.push('-');
        }
    }
    key.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_with_years_find_their_text() {
        assert_eq!(by_id(Lang::En, "apl_published_2022").as_deref(), Some("Published APL for GPs, 2022"));
        assert_eq!(
            by_id(Lang::En, "apl_published_65_2018").as_deref(),
            Some("Published APL for GPs aged 65 or under, 2018")
        );
        assert_eq!(
            by_id(Lang::En, "evolution_mg_2017_2024").as_deref(),
            Some("Change in the number of GPs, 2017–2024")
        );
        assert_eq!(by_id(Lang::Fr, "apl_mg"), None, "the atlas speaks French");
    }

    #[test]
    fn french_texts_are_typeset() {
        assert_eq!(typeset("INSEE, 2022 ; DREES, 2024"), "INSEE, 2022\u{202f}; DREES, 2024");
        assert_eq!(typeset("pour 100 000 hab. : l'un"), "pour 100\u{202f}000 hab.\u{a0}: l’un");
        assert_eq!(typeset("APL, 2022"), "APL, 2022");
    }

    #[test]
    fn units_are_found_by_their_words() {
        assert_eq!(unit(Lang::En, "consultations par hab. et par an"), "visits per person per year");
        assert_eq!(unit(Lang::En, "%"), "%");
        assert_eq!(unit(Lang::Fr, "pour 100 000 hab."), "pour 100\u{202f}000\u{a0}hab.");
        assert_eq!(key_of("hab./km²"), "hab-km2");
    }
}
