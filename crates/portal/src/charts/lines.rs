//! Lines over the years, each point with its value: official series have few points, and each is worth reading.

use super::{Anchor, Drawing, Naming, Width};

const TOP: f64 = 34.0;
const PLOT: f64 = 120.0;
/// Horizontal room kept on both sides, in percent.
const MARGIN: f64 = 6.0;
/// Colours of the series where no style sheet reaches.
const COLORS: [&str; 4] = ["#0b6e66", "#c4621d", "#4a5fa5", "#8a8f2a"];

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Year.
    pub year: i16,
    /// Value.
    pub value: f64,
    /// Value as written.
    pub text: String,
}

/// One series.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Name, written above the plot when there is more than one series.
    pub label: String,
    /// Points, years increasing.
    pub points: Vec<Point>,
}

/// What to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Lines {
    /// At most four series.
    pub series: Vec<Line>,
    /// Whether the vertical axis starts at zero; otherwise it spans the values, and the page says so.
    pub from_zero: bool,
}

/// Draws series over a common axis of years.
pub fn lines(width: Width, naming: &Naming, chart: &Lines) -> String {
    let points = || chart.series.iter().flat_map(|line| &line.points).filter(|point| point.value.is_finite());
    let mut drawing = Drawing::new();
    let (Some(first), Some(last)) = (points().map(|p| p.year).min(), points().map(|p| p.year).max()) else {
        return drawing.finish(width, naming);
    };
    let (mut low, mut high) =
        points().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), p| (low.min(p.value), high.max(p.value)));
    if chart.from_zero {
        low = low.min(0.0);
    }
    // A flat series is drawn across the middle, not along an edge.
    let span = if high > low { high - low } else { high.abs().max(1.0) };
    high += 0.12 * span;
    if !chart.from_zero || low < 0.0 {
        // Room for a label under the lowest point.
        low -= 0.34 * span;
    }
    let x = |year: i16| {
        if first == last {
            50.0
        } else {
            MARGIN + (100.0 - 2.0 * MARGIN) * f64::from(year - first) / f64::from(last - first)
        }
    };
    let named = chart.series.len() > 1;
    let top = if named { TOP + 22.0 } else { TOP };
    let y = |value: f64| top + PLOT * (high - value) / (high - low);
    let base = top + PLOT;
    if named {
        for ((line, rank), color) in chart.series.iter().zip(1..).zip(COLORS) {
            // At most two names on each side of the line above the plot.
            let (at, anchor) = if rank % 2 == 1 { (2.0, Anchor::Start) } else { (98.0, Anchor::End) };
            drawing.open(&format!("series-{rank}"));
            drawing.dot("dot", color, (at, 10.0 + 18.0 * f64::from((rank - 1) / 2)), 4.0);
            drawing.close();
            let text_at = if rank % 2 == 1 { at + 3.0 } else { at - 3.0 };
            drawing.text("soft", (text_at, 14.0 + 18.0 * f64::from((rank - 1) / 2)), anchor, 12.0, &line.label);
        }
    }

    for step in 0..4 {
        let at = top + PLOT * f64::from(step) / 4.0;
        drawing.line("grid", "#dfe5e1", (0.0, at), (100.0, at));
    }
    drawing.line("axis", "#76857f", (0.0, base), (100.0, base));
    let mut years: Vec<i16> = points().map(|point| point.year).collect();
    years.sort_unstable();
    years.dedup();
    let mut written = f64::NEG_INFINITY;
    for (i, year) in years.iter().enumerate() {
        drawing.line("axis", "#76857f", (x(*year), base), (x(*year), base + 4.0));
        // Years closer than a label are wide are marked, and written only at both ends.
        let end = i == 0 || i + 1 == years.len();
        let free = x(*year) - written > 12.0 && (end || x(last) - x(*year) > 12.0);
        if end || free {
            drawing.text("soft", (x(*year), base + 19.0), Anchor::inside_edge(x(*year)), 12.0, &year.to_string());
            written = x(*year);
        }
    }
    // Figures come after every line, or the next series would cross them out.
    let mut figures: Vec<((f64, f64), &str)> = Vec::new();
    for ((line, rank), color) in chart.series.iter().zip(1..).zip(COLORS) {
        drawing.open(&format!("series-{rank}"));
        let known: Vec<&Point> = line.points.iter().filter(|point| point.value.is_finite()).collect();
        for pair in known.windows(2) {
            let [a, b] = [pair[0], pair[1]];
            drawing.line("line", color, (x(a.year), y(a.value)), (x(b.year), y(b.value)));
        }
        let mut written = f64::NEG_INFINITY;
        for (i, point) in known.iter().enumerate() {
            let at = (x(point.year), y(point.value));
            drawing.dot("dot", color, at, 4.0);
            let end = i == 0 || i + 1 == known.len();
            if end || (at.0 - written > 20.0 && x(known[known.len() - 1].year) - at.0 > 20.0) {
                // On the side the line leaves most free: below a trough, above a peak.
                let beside = [i.checked_sub(1), Some(i + 1)].into_iter().flatten().filter_map(|j| known.get(j));
                let rises = beside.map(|other| at.1 - y(other.value));
                let (rise, fall) = rises.fold((0.0, 0.0), |(rise, fall): (f64, f64), r| (rise.max(r), fall.max(-r)));
                let below = rise > fall && at.1 + 24.0 < base;
                let text_y = if below { at.1 + 20.0 } else { at.1 - 10.0 };
                figures.push(((at.0, text_y), &point.text));
                written = at.0;
            }
        }
        drawing.close();
    }
    for (at, text) in figures {
        drawing.text("strong", at, Anchor::inside_edge(at.0), 13.0, text);
    }
    drawing.finish(width, naming)
}

impl Anchor {
    /// The anchor that keeps a short text inside: only points next to an edge are held from it.
    fn inside_edge(percent: f64) -> Self {
        if percent < 15.0 {
            Self::Start
        } else if percent > 85.0 {
            Self::End
        } else {
            Self::Middle
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{by_line, naming};
    use super::*;

    fn line(label: &str, points: &[(i16, f64)]) -> Line {
        let points = points.iter().map(|(year, value)| Point { year: *year, value: *value, text: value.to_string() });
        Line { label: label.into(), points: points.collect() }
    }

    #[test]
    fn drawing() {
        let chart = Lines {
            series: vec![line("ancienne série", &[(2016, 3.9), (2018, 3.7)]), line("série actuelle", &[(2022, 3.4)])],
            from_zero: false,
        };
        insta::assert_snapshot!(by_line(&lines(Width::Fixed(320), &naming(), &chart)));
    }

    #[test]
    fn nothing_a_single_point_and_a_flat_series_are_drawn() {
        let draw = |series: Vec<Line>| lines(Width::Fluid, &naming(), &Lines { series, from_zero: false });
        assert!(!draw(Vec::new()).contains("circle"));
        assert!(!draw(vec![line("", &[(2020, f64::NAN)])]).contains("circle"));
        for points in [vec![(2020, 5.0)], vec![(2020, 0.0), (2021, 0.0)]] {
            let svg = draw(vec![line("", &points)]);
            assert_eq!(svg.matches("<circle").count(), points.len());
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
    }

    #[test]
    fn an_axis_from_zero_keeps_proportions() {
        let svg = lines(
            Width::Fluid,
            &naming(),
            &Lines { series: vec![line("", &[(2017, 100.0), (2024, 50.0)])], from_zero: true },
        );
        let heights: Vec<f64> = svg
            .split("cy=\"")
            .skip(1)
            .map(|rest| TOP + PLOT - rest.split('"').next().unwrap().parse::<f64>().unwrap())
            .collect();
        assert!((heights[0] / heights[1] - 2.0).abs() < 0.01, "{heights:?}");
    }
}
