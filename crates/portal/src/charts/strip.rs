//! Where a territory stands: the values of its peers along a line, its own marked, the median as a landmark.

use super::{Anchor, Drawing, Naming, Width};

const BARS: usize = 48;
const TOP: f64 = 30.0;
const PLOT: f64 = 46.0;
/// Up to this many peers each has its own stroke; more are counted by slices.
const STROKES: usize = 120;

/// A value along the line.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Value.
    pub value: f64,
    /// What is written beside it.
    pub text: String,
}

/// What to draw.
pub struct Strip<'a> {
    /// Values of the peers, increasing, all finite.
    pub ascending: &'a [f64],
    /// The territory.
    pub own: Mark,
    /// The median.
    pub median: Mark,
    /// Ends of the line: values as written by this function.
    pub write: &'a dyn Fn(f64) -> String,
}

impl std::fmt::Debug for Strip<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Strip").field("own", &self.own).field("median", &self.median).finish_non_exhaustive()
    }
}

/// Draws the peers, the territory and the median.
///
/// The line spans the values but for the half percent at each end, so that one extreme commune does not squeeze all the
/// others; a territory beyond an end is drawn at that end, its value in full.
pub fn strip(width: Width, naming: &Naming, chart: &Strip<'_>) -> String {
    let mut drawing = Drawing::new();
    let values = chart.ascending;
    let (Some(&least), Some(&most)) = (values.first(), values.last()) else { return drawing.finish(width, naming) };
    let cut = if values.len() > STROKES { values.len() / 200 } else { 0 };
    let (low, high) = (values[cut], values[values.len() - 1 - cut]);
    let (low, high) = if high > low { (low, high) } else { (least - 1.0, most + 1.0) };
    let x = |value: f64| (100.0 * (value - low) / (high - low)).clamp(0.0, 100.0);
    let base = TOP + PLOT;

    if values.len() <= STROKES {
        for value in values {
            drawing.line("stroke", "#76857f", (x(*value), base - 22.0), (x(*value), base));
        }
    } else {
        let mut counts = [0_usize; BARS];
        for value in values {
            counts[((x(*value) / 100.0 * BARS as f64) as usize).min(BARS - 1)] += 1;
        }
        let largest = counts.iter().copied().max().unwrap_or(1).max(1);
        let step = 100.0 / BARS as f64;
        for (i, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let height = (PLOT * *count as f64 / largest as f64).max(1.0);
            drawing.rect("slice", "#b9c4bf", (i as f64 * step, base - height), (step * 0.86, height));
        }
    }
    drawing.line("axis", "#76857f", (0.0, base), (100.0, base));
    let median = x(chart.median.value);
    drawing.line("reference", "#15211f", (median, base - PLOT), (median, base + 5.0));
    let own = x(chart.own.value);
    drawing.line("marker-line", "#b6420c", (own, TOP - 8.0), (own, base));
    drawing.dot("marker", "#b6420c", (own, base), 6.0);
    drawing.text("strong", (own, TOP - 14.0), Anchor::inside(own), 13.0, &chart.own.text);
    let (low_text, high_text) = ((chart.write)(low), (chart.write)(high));
    drawing.text("soft", (0.0, base + 20.0), Anchor::Start, 12.0, &low_text);
    drawing.text("soft", (100.0, base + 20.0), Anchor::End, 12.0, &high_text);
    drawing.text("soft", (median, base + 37.0), Anchor::inside(median), 12.0, &chart.median.text);
    drawing.finish(width, naming)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{by_line, naming};
    use super::*;

    fn draw(values: &[f64], own: f64) -> String {
        let median = values.get(values.len() / 2).copied().unwrap_or(0.0);
        strip(
            Width::Fixed(320),
            &naming(),
            &Strip {
                ascending: values,
                own: Mark { value: own, text: format!("Ici : {own}") },
                median: Mark { value: median, text: format!("médiane : {median}") },
                write: &|value| format!("{value:.1}"),
            },
        )
    }

    #[test]
    fn drawing() {
        insta::assert_snapshot!(by_line(&draw(&[1.0, 2.0, 2.5, 4.0, 5.0], 2.5)));
    }

    #[test]
    fn few_peers_have_a_stroke_each_and_many_are_counted() {
        let few: Vec<f64> = (0..100).map(f64::from).collect();
        assert_eq!(draw(&few, 10.0).matches("class=\"stroke\"").count(), 100);
        let many: Vec<f64> = (0..35_000).map(f64::from).collect();
        let svg = draw(&many, 10.0);
        assert_eq!(svg.matches("class=\"slice\"").count(), BARS);
        assert!(svg.len() < 8_000, "{}", svg.len());
    }

    #[test]
    fn an_extreme_value_stays_on_the_line() {
        let mut values: Vec<f64> = (0..1000).map(|i| f64::from(i) / 100.0).collect();
        values.push(1e6);
        let svg = draw(&values, 1e6);
        assert!(svg.contains(r#"cx="100%""#) && svg.contains("Ici : 1000000"));
        assert!(svg.matches("class=\"slice\"").count() > 40, "the others are not squeezed");
        for values in [vec![], vec![3.0], vec![2.0, 2.0]] {
            assert!(!draw(&values, 2.0).contains("NaN"));
        }
    }
}
