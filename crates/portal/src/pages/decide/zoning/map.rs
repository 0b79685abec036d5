//! The map of a zoning: one colour and one pattern a class, so that it reads without colour.

use std::collections::HashMap;
use std::fmt::Write as _;

use pacte_access::zoning::Class;
use pacte_territory::{Level, Territory};

use crate::extent::Extent;
use crate::svg_map::{self, Choropleth, MapNaming};

/// Paint on the map, the most favoured first: a plain colour, or a reference to a pattern of [`definitions`].
const ON_MAP: [&str; 6] =
    ["#0b4552", "url(#zonage-fond-1)", "url(#zonage-fond-2)", "#f3eed8", "url(#zonage-fond-4)", "url(#zonage-fond-5)"];
/// The same for swatches, ten times smaller: maps are drawn in tenths of a pixel.
const IN_LEGEND: [&str; 6] =
    ["#0b4552", "url(#zonage-cle-1)", "url(#zonage-cle-2)", "#f3eed8", "url(#zonage-cle-4)", "url(#zonage-cle-5)"];
/// Ground, then ink and path of the pattern in a square of 8; lightness falls from the last to the first.
const PAINTS: [(&str, &str, &str); 6] = [
    ("#0b4552", "", ""),
    ("#3a928c", "#e8f4f0", "M-1 9 9-1M-1 1 1-1M7 9 9 7"),
    ("#a9cfa4", "#2f6b53", "M4 3.2a.8.8 0 1 0 .01 0z"),
    ("#f3eed8", "", ""),
    ("#e3c08a", "#7a4a10", "M2 0V8"),
    ("#b0702c", "#fbeed8", "M0 4H8M4 0V8"),
];

/// Paint of each class of a method: ranks keep their order, and take the paints that differ most for as many as they are.
/// Classes that share a rank share a paint.
#[derive(Clone, Debug)]
pub(super) struct Paints(Vec<u8>);

impl Paints {
    /// Of all the classes of a method.
    pub(super) fn of(classes: &[Class]) -> Self {
        let mut ranks: Vec<u8> = classes.iter().map(|class| class.rank).collect();
        ranks.sort_unstable();
        ranks.dedup();
        Self(ranks)
    }

    fn index(&self, class: &Class) -> usize {
        let place = self.0.iter().position(|rank| *rank == class.rank).unwrap_or(0);
        // Beyond four classes the last ones are those that have too much: they leave the scale of needs for another hue.
        let spread: &[usize] = match self.0.len() {
            0 | 1 => &[0],
            2 => &[0, 3],
            3 => &[0, 2, 3],
            4 => &[0, 1, 2, 3],
            5 => &[0, 1, 3, 4, 5],
            _ => &[0, 1, 2, 3, 4, 5],
        };
        spread[place.min(spread.len() - 1)]
    }

    /// Paint of a class in a legend.
    pub(super) fn swatch(&self, class: &Class) -> &'static str {
        IN_LEGEND[self.index(class)]
    }
}

/// Patterns of every rank, at the scale of the map (`zonage-fond`) and of legends (`zonage-cle`).
fn definitions() -> String {
    let mut out = String::from("<defs>");
    for (name, scale) in [("fond", 10), ("cle", 1)] {
        for (i, (ground, ink, path)) in PAINTS.iter().enumerate().filter(|(_, paint)| !paint.2.is_empty()) {
            let _ = write!(
                out,
                "<pattern id=\"zonage-{name}-{i}\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\" patternTransform=\"scale({scale})\">\
                 <rect width=\"8\" height=\"8\" fill=\"{ground}\"/>"
            );
            if path.ends_with('z') {
                let _ = write!(out, "<path d=\"{path}\" fill=\"{ink}\"/>");
            } else {
                let _ = write!(out, "<path d=\"{path}\" fill=\"none\" stroke=\"{ink}\" stroke-width=\"1.1\"/>");
            }
            out.push_str("</pattern>");
        }
    }
    out.push_str("</defs>");
    out
}

/// A swatch as an image of its own, for documents.
pub(super) fn swatch_image(paints: &Paints, class: Option<&Class>) -> String {
    let fill = class.map_or("#e4e6e4", |class| paints.swatch(class));
    // Hatched as on the map.
    let hatch = if class.is_some() {
        ""
    } else {
        "<path d=\"M1 17 17 1M10 17 26 1M1 8 8 1M19 17 27 9\" stroke=\"#9aa5a1\" stroke-width=\"1.5\"/>"
    };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 28 18\">{}<rect x=\".5\" y=\".5\" width=\"27\" height=\"17\" fill=\"{fill}\" stroke=\"#465451\"/>{hatch}</svg>",
        definitions()
    )
}

/// What a map shows.
pub(super) struct Shown<'a> {
    /// Where the contours are.
    pub territory: &'a Territory,
    /// What is far from what.
    pub extent: &'a Extent,
    /// Level of the zones.
    pub level: Level,
    /// Paint of each class.
    pub paints: &'a Paints,
    /// Whether the zones are the whole territory.
    pub whole: bool,
    /// Zones: area, rank of its class, what is said of it.
    pub zones: &'a [(u32, Option<&'a Class>, String)],
    /// Title.
    pub title: &'a str,
    /// Where a zone leads: the address before and after its code.
    pub link: (&'a str, &'a str),
}

/// Draws it; `None` when no zone has a contour.
pub(super) fn draw(shown: &Shown<'_>) -> Option<String> {
    let of: HashMap<u32, &(u32, Option<&Class>, String)> = shown.zones.iter().map(|zone| (zone.0, zone)).collect();
    let areas: Vec<u32> = shown.zones.iter().map(|zone| zone.0).collect();
    let outline = [Level::Region, Level::Departement]
        .into_iter()
        .find(|level| shown.territory.topology.count(*level) > 1 && *level != shown.level);
    let map = Choropleth {
        territory: shown.territory,
        extent: shown.extent,
        level: shown.level,
        areas: if shown.whole { None } else { Some(&areas) },
        color: &|area| of.get(&area).and_then(|zone| zone.1).map(|class| ON_MAP[shown.paints.index(class)]),
        title: &|area| of.get(&area).map(|zone| zone.2.clone()).unwrap_or_default(),
        outline,
        marked: None,
    };
    let svg = svg_map::choropleth(&map, MapNaming { id: "zonage-carte", title: shown.title })?;
    let titled = svg.replacen("</title>", &format!("</title>{}", definitions()), 1);
    Some(relink(&titled, &format!("href=\"/territoires/{}/", shown.level.slug()), shown.link))
}

/// Leads every zone to its place on the page rather than to its territory.
fn relink(svg: &str, from: &str, (before, after): (&str, &str)) -> String {
    let mut out = String::with_capacity(svg.len());
    let mut parts = svg.split(from);
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (code, rest) = part.split_once('"').unwrap_or((part, ""));
        let _ = write!(out, "href=\"{before}{code}{after}\"{rest}");
    }
    out
}

/// The same map as an image of its own: with its name space, borders pale enough not to hide small zones where a reader of PDF
/// draws no line thinner than a pixel, the other strokes the style sheet gives on pages, and the ground of each
/// pattern as a shape of its own, as the tiles of a pattern let white lines through when a reader of PDF draws them.
pub(super) fn as_image(svg: &str) -> String {
    const STYLE: &str = "<style>.shape{stroke:#fff;stroke-width:4;stroke-opacity:.5}.outline{fill:none;stroke:#15211f;stroke-width:12}\
                         .inset{fill:none;stroke:#76857f}</style>";
    const SHAPE: &str = "<path class=\"shape\" fill=\"url(#zonage-fond-";
    let named = svg.replacen("<svg ", "<svg xmlns=\"http://www.w3.org/2000/svg\" ", 1);
    let named = named.replacen("</title>", &format!("</title>{STYLE}"), 1);
    let mut out = String::with_capacity(2 * named.len());
    let mut parts = named.split(SHAPE);
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let ground = part.split(')').next().and_then(|rank| rank.parse().ok()).and_then(|rank: usize| PAINTS.get(rank));
        let path = part.split_once(" d=\"").and_then(|(_, rest)| rest.split('"').next());
        if let (Some((ground, ..)), Some(path)) = (ground, path) {
            let _ = write!(out, "<path class=\"shape\" fill=\"{ground}\" d=\"{path}\"/>");
        }
        out.push_str(SHAPE);
        out.push_str(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiles::tests::territory;

    #[test]
    fn classes_have_a_pattern_each_and_zones_lead_to_their_form() {
        let territory = territory();
        let extent = Extent::of(&territory);
        let class = |rank| Class { id: "c".into(), label: "C".into(), short: "C".into(), rank, aids: String::new() };
        let (first, second) = (class(0), class(2));
        let paints = Paints::of(&[first.clone(), second.clone(), class(5)]);
        let zones = [(0, Some(&first), "Un : ZIP".to_owned()), (1, Some(&second), "Deux".to_owned())];
        let svg = draw(&Shown {
            territory: &territory,
            extent: &extent,
            level: Level::Departement,
            paints: &paints,
            whole: true,
            zones: &zones,
            title: "Essai",
            link: ("?zone=", "#zone"),
        })
        .unwrap();
        assert!(svg.contains("href=\"?zone=01#zone\"") && !svg.contains("/territoires/"));
        assert!(svg.contains("fill=\"#0b4552\"") && svg.contains("fill=\"url(#zonage-fond-2)\""));
        assert!(svg.contains("id=\"zonage-cle-5\""));
        assert!(!svg.contains("style="));
        let image = as_image(&svg);
        assert!(image.starts_with("<svg xmlns=") && image.contains("<style>"));
        assert!(image.contains("<path class=\"shape\" fill=\"#a9cfa4\""), "the ground stands under the pattern");
    }

    #[test]
    fn every_number_of_classes_has_a_paint_each() {
        for count in 1..=6_u8 {
            let classes: Vec<Class> = (0..count)
                .map(|rank| Class {
                    id: rank.to_string(),
                    label: String::new(),
                    short: String::new(),
                    rank: 2 * rank,
                    aids: String::new(),
                })
                .collect();
            let paints = Paints::of(&classes);
            let mut used: Vec<&str> = classes.iter().map(|class| paints.swatch(class)).collect();
            used.sort_unstable();
            used.dedup();
            assert_eq!(used.len(), usize::from(count));
        }
    }

    #[test]
    fn grounds_keep_their_order_without_colour() {
        let light = |hex: &str| {
            let channel = |i: usize| f64::from(u8::from_str_radix(&hex[i..i + 2], 16).unwrap());
            0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
        };
        for pair in PAINTS[..4].windows(2) {
            assert!(light(pair[0].0) + 20.0 < light(pair[1].0), "{pair:?}");
        }
    }
}
