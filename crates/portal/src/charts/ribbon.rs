//! A figure over the years with the band it may lie in, beside what it would be otherwise, and a threshold.

use std::fmt::Write as _;

use super::{Anchor, Drawing, Naming, Width, short};

const TOP: f64 = 12.0;
const PLOT: f64 = 190.0;
/// Horizontal room kept on both sides, in percent.
const MARGIN: f64 = 7.0;

/// One year.
#[derive(Clone, Debug, PartialEq)]
pub struct RibbonPoint {
    /// Year.
    pub year: i16,
    /// Lower bound.
    pub low: f64,
    /// Central value.
    pub central: f64,
    /// Upper bound.
    pub high: f64,
    /// The three as written.
    pub texts: [String; 3],
}

/// What to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Ribbon {
    /// Points, years increasing.
    pub points: Vec<RibbonPoint>,
    /// Central values to compare with, one a point; empty for none.
    pub other: Vec<f64>,
    /// Names of the line, of its band and of the other line.
    pub names: [String; 3],
    /// A value not to cross, with its name.
    pub threshold: Option<(f64, String)>,
}

/// Draws a line in its band over years; the vertical axis starts at zero.
pub fn ribbon(width: Width, naming: &Naming, chart: &Ribbon) -> String {
    let mut drawing = Drawing::new();
    let known: Vec<&RibbonPoint> = chart.points.iter().filter(|point| point.central.is_finite()).collect();
    let (Some(first), Some(last)) = (known.first(), known.last()) else {
        return drawing.finish(width, naming);
    };
    let values = known.iter().map(|point| point.high.max(point.central)).chain(chart.other.iter().copied());
    let highest = values.chain(chart.threshold.iter().map(|(value, _)| *value)).filter(|value| value.is_finite());
    let highest = highest.fold(0.0, f64::max).max(f64::MIN_POSITIVE) * 1.08;
    let span = f64::from(last.year - first.year).max(1.0);
    let x = |year: i16| MARGIN + (100.0 - 2.0 * MARGIN) * f64::from(year - first.year) / span;
    // Names in rows above the plot: a narrow screen has no room for two side by side.
    let named: Vec<(&str, usize)> = chart
        .names
        .iter()
        .enumerate()
        .filter(|(i, name)| !name.is_empty() && (*i < 2 || !chart.other.is_empty()))
        .map(|(i, name)| (name.as_str(), i))
        .collect();
    let top = TOP + 20.0 * named.len() as f64 + 10.0;
    let y = |value: f64| top + PLOT * (highest - value.clamp(0.0, highest)) / highest;
    let base = top + PLOT;
    for (row, (name, kind)) in named.iter().enumerate() {
        let at = TOP + 20.0 * row as f64;
        match kind {
            0 => drawing.line("line", "#0b6e66", (0.0, at - 4.0), (5.0, at - 4.0)),
            1 => drawing.rect("area", "#0b6e66", (0.0, at - 10.0), (5.0, 12.0)),
            _ => drawing.line("reference", "#15211f", (0.0, at - 4.0), (5.0, at - 4.0)),
        }
        drawing.text("soft", (6.5, at), Anchor::Start, 12.0, name);
    }
    for step in 0..4 {
        let at = top + PLOT * f64::from(step) / 4.0;
        drawing.line("grid", "#dfe5e1", (0.0, at), (100.0, at));
    }
    drawing.line("axis", "#76857f", (0.0, base), (100.0, base));
    band(&mut drawing, &known, top, &|value| y(value) - top, &|year| 100.0 * f64::from(year - first.year) / span);
    if let Some((value, name)) = &chart.threshold {
        drawing.line("marker-line", "#b3261e", (0.0, y(*value)), (100.0, y(*value)));
        drawing.text("soft", (0.0, y(*value) + 15.0), Anchor::Start, 12.0, name);
    }
    for (points, values) in known.windows(2).zip(chart.other.windows(2)) {
        let [a, b] = [points[0], points[1]];
        drawing.line("reference", "#15211f", (x(a.year), y(values[0])), (x(b.year), y(values[1])));
    }
    for pair in known.windows(2) {
        drawing.line("line", "#0b6e66", (x(pair[0].year), y(pair[0].central)), (x(pair[1].year), y(pair[1].central)));
    }
    let mut written = f64::NEG_INFINITY;
    for (i, point) in known.iter().enumerate() {
        let (at, end) = (x(point.year), i == 0 || i + 1 == known.len());
        drawing.line("axis", "#76857f", (at, base), (at, base + 4.0));
        if end || (at - written > 20.0 && x(last.year) - at > 18.0) {
            let anchor = if i == 0 {
                Anchor::Start
            } else if end {
                Anchor::End
            } else {
                Anchor::Middle
            };
            let held = if i == 0 {
                0.0
            } else if end {
                100.0
            } else {
                at
            };
            drawing.text("soft", (held, base + 19.0), anchor, 12.0, &point.year.to_string());
            written = at;
        }
    }
    drawing.dot("dot", "#0b6e66", (x(first.year), y(first.central)), 4.0);
    drawing.text("strong", (0.0, y(first.central) - 10.0), Anchor::Start, 13.0, &first.texts[1]);
    drawing.dot("dot", "#0b6e66", (x(last.year), y(last.central)), 4.0);
    // Bounds are written where they leave the central figure room.
    let at = y(last.central);
    drawing.text("strong", (100.0, at - 8.0), Anchor::End, 13.0, &last.texts[1]);
    if at - y(last.high) > 26.0 {
        drawing.text("soft", (100.0, y(last.high) + 4.0), Anchor::End, 12.0, &last.texts[2]);
    }
    if y(last.low) - at > 20.0 {
        drawing.text("soft", (100.0, y(last.low) + 12.0), Anchor::End, 12.0, &last.texts[0]);
    }
    drawing.finish(width, naming)
}

/// The band between bounds: a shape stretched to its place, since points cannot be given in percent.
fn band(drawing: &mut Drawing, points: &[&RibbonPoint], top: f64, y: &dyn Fn(f64) -> f64, x: &dyn Fn(i16) -> f64) {
    let mut path = String::new();
    let upper = points.iter().map(|point| (x(point.year), y(point.high)));
    let lower = points.iter().rev().map(|point| (x(point.year), y(point.low)));
    for (x, y) in upper.chain(lower) {
        let _ = write!(path, "{},{} ", short(x), short(y));
    }
    let _ = write!(
        drawing.body,
        r##"<svg x="{MARGIN}%" y="{}" width="{}%" height="{PLOT}" viewBox="0 0 100 {PLOT}" preserveAspectRatio="none" aria-hidden="true"><polygon class="area" fill="#0b6e66" fill-opacity="0.15" points="{}"/></svg>"##,
        short(top),
        short(100.0 - 2.0 * MARGIN),
        path.trim_end()
    );
}

#[cfg(test)]
mod tests {
    use super::super::tests::naming;
    use super::*;

    fn chart(points: usize) -> Ribbon {
        let point = |i: usize| {
            let value = 100.0 + 10.0 * i as f64;
            let texts = [value * 0.9, value, value * 1.1].map(|value| format!("{value:.0}"));
            RibbonPoint { year: 2024 + i as i16, low: value * 0.9, central: value, high: value * 1.1, texts }
        };
        Ribbon {
            points: (0..points).map(point).collect(),
            other: vec![100.0; points],
            names: ["hypothèses".into(), "intervalle".into(), "par défaut".into()],
            threshold: Some((80.0, "seuil".into())),
        }
    }

    #[test]
    fn a_band_holds_its_line() {
        let svg = ribbon(Width::Fluid, &naming(), &chart(17));
        assert_eq!(svg.matches("<polygon").count(), 1);
        assert!(svg.contains("260") && svg.contains("2024") && svg.contains("2040") && svg.contains("seuil"));
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        let points = svg.split("points=\"").nth(1).unwrap().split('"').next().unwrap();
        assert_eq!(points.split(' ').count(), 34);
    }

    #[test]
    fn nothing_and_a_single_year_are_drawn() {
        assert!(!ribbon(Width::Fluid, &naming(), &chart(0)).contains("polygon"));
        let one = ribbon(Width::Fluid, &naming(), &chart(1));
        assert!(!one.contains("NaN") && !one.contains("inf"), "{one}");
    }
}
