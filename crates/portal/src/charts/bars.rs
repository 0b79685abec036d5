//! Horizontal bars: one class a row, its name and its number above its bar, so that neither is ever cut.

use super::{Anchor, Drawing, Naming, Width};

const ROW: f64 = 40.0;
const BAR: f64 = 14.0;

/// One class.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// Its name.
    pub label: String,
    /// Its size; negative and not finite count as zero.
    pub value: f64,
    /// Its size as written.
    pub text: String,
    /// Its colour, `#rrggbb`; the theme's first when `None`.
    pub color: Option<&'static str>,
}

/// A line between two classes that means something: a threshold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divider {
    /// How many bars stand before it.
    pub after: usize,
    /// What it is.
    pub label: String,
}

/// Draws bars from zero to the largest one.
pub fn bars(width: Width, naming: &Naming, bars: &[Bar], divider: Option<&Divider>) -> String {
    let size = |bar: &Bar| if bar.value.is_finite() { bar.value.max(0.0) } else { 0.0 };
    let largest = bars.iter().map(size).fold(0.0, f64::max);
    let mut drawing = Drawing::new();
    let mut y = 0.0;
    for (i, bar) in bars.iter().enumerate() {
        if let Some(divider) = divider.filter(|divider| divider.after == i) {
            drawing.line("reference", "#15211f", (0.0, y + 10.0), (100.0, y + 10.0));
            drawing.text("soft", (100.0, y + 25.0), Anchor::End, 12.0, &divider.label);
            y += 30.0;
        }
        drawing.text("", (0.0, y + 14.0), Anchor::Start, 13.0, &bar.label);
        drawing.text("strong", (100.0, y + 14.0), Anchor::End, 13.0, &bar.text);
        drawing.rect("track", "#e9eeea", (0.0, y + 20.0), (100.0, BAR));
        if largest > 0.0 && size(bar) > 0.0 {
            // A class with few people is not a class with nobody.
            let share = (100.0 * size(bar) / largest).max(0.4);
            let class = if bar.color.is_some() { "class-bar" } else { "bar" };
            drawing.rect(class, bar.color.unwrap_or("#0b6e66"), (0.0, y + 20.0), (share, BAR));
        }
        y += ROW;
    }
    drawing.reach(y);
    drawing.finish(width, naming)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{by_line, naming};
    use super::*;

    fn sample(values: &[f64]) -> Vec<Bar> {
        let bar = |value: &f64| Bar {
            label: format!("classe {value}"),
            value: *value,
            text: format!("{value} %"),
            color: None,
        };
        values.iter().map(bar).collect()
    }

    #[test]
    fn the_largest_bar_fills_the_width_and_nobody_draws_nothing() {
        let svg = bars(Width::Fluid, &naming(), &sample(&[0.0, 25.0, 50.0, 0.001, f64::NAN]), None);
        assert_eq!(svg.matches("class=\"bar\"").count(), 3);
        assert!(svg.contains(r#"width="100%" height="14""#) && svg.contains(r#"width="50%" height="14""#));
        assert!(svg.contains(r#"width="0.4%""#), "few is not none");
        assert!(bars(Width::Fluid, &naming(), &sample(&[0.0, 0.0]), None).contains("track"));
    }

    #[test]
    fn drawing() {
        let divider = Divider { after: 1, label: "seuil".into() };
        insta::assert_snapshot!(by_line(&bars(Width::Fixed(320), &naming(), &sample(&[12.5, 87.5]), Some(&divider))));
    }
}
