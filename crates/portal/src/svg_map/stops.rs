//! Numbered places drawn over a map.

use std::fmt::Write as _;

use pacte_roads::point::Point;

use super::{Drawing, WIDTH, escape};

/// A numbered place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// Where it is.
    pub point: Point,
    /// Numbers of the rows of the table it stands for: `1`, `2·3`.
    pub label: String,
}

/// Draws places that lie on the map, as numbers or, where these would hide one another, as dots.
pub(super) fn stops(out: &mut String, drawing: &Drawing, stops: &[Stop], numbered: bool) {
    for stop in stops {
        let [x, y] = drawing.pixels(stop.point);
        if !(0.0..=WIDTH).contains(&x) || !(0.0..=drawing.height).contains(&y) {
            continue;
        }
        if !numbered {
            let _ = write!(out, "<circle class=\"stop\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>");
            continue;
        }
        let half = 10.0 + 3.5 * (stop.label.chars().count() as f64 - 1.0);
        let _ = write!(
            out,
            "<rect class=\"stop\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"20\" rx=\"10\"/>\
             <text class=\"stop-label\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" font-size=\"12\" aria-hidden=\"true\">{}</text>",
            x - half,
            y - 10.0,
            2.0 * half,
            y + 4.2,
            escape(&stop.label)
        );
    }
}
