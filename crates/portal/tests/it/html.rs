//! A page as its tags: enough to check what must hold of every page.

use std::collections::{BTreeMap, BTreeSet};

/// A start tag with its attributes, entities decoded.
#[derive(Clone, Debug)]
pub(crate) struct Tag {
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
}

impl Tag {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

/// Start tags of a page, in their order.
pub(crate) fn tags(page: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let name_end = rest.find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or(rest.len());
        let mut tag = Tag { name: rest[..name_end].to_ascii_lowercase(), attributes: BTreeMap::new() };
        rest = &rest[name_end..];
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            if rest.is_empty() || rest.starts_with('>') {
                break;
            }
            let end = rest.find(|c: char| c.is_whitespace() || "=>/".contains(c)).unwrap_or(rest.len());
            let attribute = rest[..end].to_owned();
            rest = &rest[end..];
            let mut value = String::new();
            if let Some(after) = rest.strip_prefix("=\"") {
                let (inside, after) = after.split_once('"').unwrap_or((after, ""));
                value = decode(inside);
                rest = after;
            }
            assert!(tag.attributes.insert(attribute.clone(), value).is_none(), "{attribute} twice in <{}>", tag.name);
        }
        tags.push(tag);
    }
    tags
}

/// Text of a page without its tags, blanks joined.
pub(crate) fn text(page: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    let body = page.split_once("<body").map_or(page, |(_, body)| body);
    for c in body.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    let decoded = decode(&out);
    // Only plain blanks are joined: no-break spaces are part of what is checked.
    decoded.split([' ', '\n', '\t']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn decode(text: &str) -> String {
    text.replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&#34;", "\"")
        .replace("&#38;", "&")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", "\u{a0}")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// What must hold of every page; panics with the address when it does not.
pub(crate) fn check(address: &str, page: &str) {
    let tags = tags(page);
    let named = |name: &str| tags.iter().filter(|tag| tag.name == name).collect::<Vec<_>>();
    assert_eq!(named("h1").len(), 1, "one first heading in {address}");
    assert_eq!(named("main").len(), 1, "{address}");
    assert!(tags.iter().all(|tag| tag.get("style").is_none()), "inline style in {address}");
    assert!(named("style").is_empty(), "style element in {address}");
    for script in named("script") {
        let data = script.get("type") == Some("application/json");
        assert!(data || script.get("src").is_some(), "inline script in {address}");
    }
    assert!(tags.iter().all(|tag| tag.attributes.keys().all(|a| !a.starts_with("on"))), "handler in {address}");

    let mut ids = BTreeSet::new();
    for id in tags.iter().filter_map(|tag| tag.get("id")) {
        assert!(ids.insert(id), "id {id} twice in {address}");
    }
    for tag in &tags {
        for attribute in ["aria-labelledby", "aria-describedby", "for", "aria-controls"] {
            for id in tag.get(attribute).unwrap_or_default().split_whitespace() {
                assert!(ids.contains(id), "{attribute}={id} leads nowhere in {address}");
            }
        }
    }
    let mut depth = 0;
    for tag in &tags {
        if let Some(level) = tag.name.strip_prefix('h').and_then(|level| level.parse::<u32>().ok()) {
            assert!(level <= depth + 1, "heading h{level} after h{depth} in {address}");
            depth = level;
        }
    }
    assert_eq!(named("table").len(), named("caption").len(), "a caption a table in {address}");
    assert!(named("th").iter().all(|th| matches!(th.get("scope"), Some("col" | "row"))), "{address}");
    for field in tags.iter().filter(|t| t.name == "select" || (t.name == "input" && t.get("type") != Some("hidden"))) {
        let id = field.get("id").unwrap_or_default();
        assert!(
            named("label").iter().any(|label| label.get("for") == Some(id)),
            "field {id} without label in {address}"
        );
    }
    for svg in tags.iter().filter(|tag| tag.name == "svg" && tag.get("aria-hidden").is_none()) {
        assert!(svg.get("role").is_some() && svg.get("aria-labelledby").is_some(), "unnamed drawing in {address}");
    }
    let text = text(page);
    for bad in ["NaN", "inf ", "{ $", "{{", "Some("] {
        assert!(!text.contains(bad), "« {bad} » in {address}");
    }
}

/// What must hold of the French of a page.
pub(crate) fn check_french(address: &str, page: &str) {
    let body = page.split_once("<body").map_or(page, |(_, body)| body);
    // Method files are shown as they are written.
    let prose: String =
        body.split("<pre").map(|part| part.split_once("</pre>").map_or(part, |(_, after)| after)).collect();
    for text in prose.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| decode(text)) {
        check_french_text(address, &text);
    }
}

fn check_french_text(address: &str, text: &str) {
    for bad in [" :", " ;", " !", " ?", " %", " »", "« "] {
        if let Some(at) = text.find(bad) {
            let around: String = text[..at].chars().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect();
            panic!("plain space in « {around}{bad} » of {address}");
        }
    }
}
