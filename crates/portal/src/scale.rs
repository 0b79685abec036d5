//! Classes and colours of a measure: decided once here, then used by tiles, server-drawn maps, legends and charts, so
//! that they always agree.
//!
//! Palettes are our own, with lightness falling (or diverging) evenly, so they stay ordered for every kind of colour
//! vision and in black and white print.

use serde::Serialize;

/// What a palette says about the values it colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Palette {
    /// More is better (APL, doctors per head): sand to deep teal.
    Access,
    /// More is worse (minutes): pale apricot to aubergine.
    Minutes,
    /// A plain quantity (population): pale to deep blue.
    Quantity,
    /// A change around zero: brown, near-white, teal.
    Change,
}

impl Palette {
    const fn seven(self) -> [&'static str; 7] {
        match self {
            Self::Access => ["#f9f3dc", "#d8e2b4", "#a9cfa4", "#6fb49a", "#3a928c", "#146b71", "#0b4552"],
            Self::Minutes => ["#fdf1d9", "#fad4a0", "#f3ab72", "#e37f59", "#c4544f", "#963353", "#5c1f4d"],
            Self::Quantity => ["#edf1f7", "#cfd9ea", "#a8b9d8", "#7e97c3", "#5876aa", "#37568a", "#1d3561"],
            Self::Change => ["#8a4b12", "#c98f4a", "#ecd3a6", "#f2f1ec", "#bfe0d8", "#5aaca2", "#0b5c55"],
        }
    }

    /// `count` colours (1 to 6) from the last of the palette to the last but one from its start, which is too pale for
    /// areas that cover a map.
    pub fn backwards(self, count: usize) -> Vec<&'static str> {
        let seven = self.seven();
        let count = count.clamp(1, 6);
        let step = |i: usize| if count == 1 { 2 } else { (i * 5 + (count - 1) / 2) / (count - 1) };
        (0..count).map(|i| seven[6 - step(i)]).collect()
    }

    /// `count` colours (1 to 7) in order, spread over the palette so that the ends are always used.
    fn colors(self, count: usize) -> Vec<&'static str> {
        let seven = self.seven();
        if count <= 1 {
            return vec![seven[3]];
        }
        let count = count.min(7);
        (0..count).map(|i| seven[(i * 6 + (count - 1) / 2) / (count - 1)]).collect()
    }
}

/// Classes of values and their colours: `colors.len() == breaks.len() + 1`.
///
/// Class `i` holds the values from `breaks[i - 1]` (included) to `breaks[i]` (excluded).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scale {
    /// Bounds between classes, strictly increasing, in the measure's unit.
    pub breaks: Vec<f64>,
    /// Colour of each class, `#rrggbb`.
    pub colors: Vec<&'static str>,
}

/// How a class bound is put in words; the language comes from the page.
#[derive(Clone, Debug)]
pub struct RangeWords {
    /// `moins de {b}`.
    pub below: String,
    /// `{a} à {b}`.
    pub between: String,
    /// `{a} et plus`.
    pub above: String,
}

/// One line of a legend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegendItem {
    /// Colour, `#rrggbb`; `None` for the hatched “not available”.
    pub color: Option<&'static str>,
    /// Words beside it.
    pub label: String,
}

impl Scale {
    /// Classes with given bounds (at most 6 are kept, non-finite and doubled ones dropped).
    pub fn fixed(palette: Palette, breaks: &[f64]) -> Self {
        let mut breaks: Vec<f64> = breaks.iter().copied().filter(|b| b.is_finite()).collect();
        breaks.sort_by(f64::total_cmp);
        breaks.dedup();
        breaks.truncate(6);
        Self { colors: palette.colors(breaks.len() + 1), breaks }
    }

    /// Classes holding about as many values each, with bounds rounded to two significant digits.
    ///
    /// Missing values (`NaN`) are left out; fewer classes come out when values are few or alike.
    pub fn quantiles(palette: Palette, values: &[f64], classes: usize) -> Self {
        let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let classes = classes.clamp(1, 7);
        let (Some(&low), Some(&high)) = (sorted.first(), sorted.last()) else { return Self::fixed(palette, &[]) };
        let breaks: Vec<f64> = (1..classes)
            .map(|i| round_two_digits(sorted[i * (sorted.len() - 1) / classes]))
            .filter(|b| *b > low && *b <= high)
            .collect();
        Self::fixed(palette, &breaks)
    }

    /// Seven classes symmetric around zero, for changes: the bounds follow the spread of the values so that about a tenth
    /// of them lie beyond the outer bounds. The middle class is “about no change”.
    pub fn around_zero(values: &[f64]) -> Self {
        let mut sizes: Vec<f64> = values.iter().filter(|v| v.is_finite()).map(|v| v.abs()).collect();
        sizes.sort_by(f64::total_cmp);
        let outer = sizes.get(sizes.len() * 9 / 10).copied().unwrap_or(0.0);
        if outer <= 0.0 {
            return Self { breaks: Vec::new(), colors: vec![Palette::Change.seven()[3]] };
        }
        let outer = round_two_digits(outer);
        let (inner, middle) = (round_two_digits(outer / 10.0), round_two_digits(outer / 2.5));
        Self::fixed(Palette::Change, &[-outer, -middle, -inner, inner, middle, outer])
    }

    /// Class of a value; `None` for a missing one.
    ///
    /// The value is first rounded to single precision, as vector tiles carry it: map and tables then agree at bounds too.
    pub fn class(&self, value: f64) -> Option<usize> {
        if value.is_nan() {
            return None;
        }
        let value = f64::from(value as f32);
        Some(self.breaks.partition_point(|b| *b <= value))
    }

    /// Colour of a value; `None` for a missing one.
    pub fn color(&self, value: f64) -> Option<&'static str> {
        self.class(value).map(|class| self.colors[class])
    }

    /// Legend lines, lowest class first, bounds written by `format`.
    pub fn legend(&self, words: &RangeWords, format: impl Fn(f64) -> String) -> Vec<LegendItem> {
        (0..self.colors.len())
            .map(|class| {
                let low = class.checked_sub(1).map(|i| format(self.breaks[i]));
                let high = self.breaks.get(class).map(|b| format(*b));
                let label = match (low, high) {
                    (None, None) => String::new(),
                    (None, Some(b)) => words.below.replace("{b}", &b),
                    (Some(a), None) => words.above.replace("{a}", &a),
                    (Some(a), Some(b)) => words.between.replace("{a}", &a).replace("{b}", &b),
                };
                LegendItem { color: Some(self.colors[class]), label }
            })
            .collect()
    }
}

/// Rounds to two significant digits.
fn round_two_digits(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let power = value.abs().log10().floor() as i32 - 1;
    // Dividing by a power of ten that is exact keeps 0.7 from becoming 0.7000000000000001.
    if power >= 0 {
        let unit = 10_f64.powi(power);
        (value / unit).round() * unit
    } else {
        let unit = 10_f64.powi(-power);
        (value * unit).round() / unit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance (WCAG 2).
    fn luminance(color: &str) -> f64 {
        let channel = |i: usize| {
            let c = f64::from(u8::from_str_radix(&color[i..i + 2], 16).unwrap()) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    #[test]
    fn sequential_palettes_darken_all_along() {
        for palette in [Palette::Access, Palette::Minutes, Palette::Quantity] {
            let lightness: Vec<f64> = palette.seven().iter().map(|c| luminance(c)).collect();
            for pair in lightness.windows(2) {
                assert!((pair[0] + 0.05) / (pair[1] + 0.05) > 1.18, "{palette:?} {lightness:?}");
            }
        }
    }

    #[test]
    fn the_diverging_palette_is_lightest_in_the_middle() {
        let lightness: Vec<f64> = Palette::Change.seven().iter().map(|c| luminance(c)).collect();
        for i in 0..3 {
            assert!(lightness[i] < lightness[i + 1] && lightness[6 - i] < lightness[5 - i], "{lightness:?}");
        }
    }

    #[test]
    fn bounds_belong_to_the_class_above() {
        let scale = Scale::fixed(Palette::Access, &[1.5, 2.5, 0.1]);
        assert_eq!(scale.breaks, [0.1, 1.5, 2.5]);
        assert_eq!(scale.colors.len(), 4);
        assert_eq!(scale.class(2.5), Some(3));
        assert_eq!(scale.class(2.499), Some(2));
        // 0.1 is not exact in single precision, which rounds it up: it must not fall below its own bound.
        assert_eq!(scale.class(0.1), Some(1));
        assert_eq!(scale.class(-1.0), Some(0));
        assert_eq!(scale.class(f64::NAN), None);
        assert_eq!(scale.color(f64::NAN), None);
    }

    #[test]
    fn quantiles_fill_classes_evenly_and_survive_poor_data() {
        let values: Vec<f64> = (0..700).map(f64::from).chain([f64::NAN]).collect();
        let scale = Scale::quantiles(Palette::Quantity, &values, 7);
        let mut sizes = vec![0; scale.colors.len()];
        for value in &values {
            if let Some(class) = scale.class(*value) {
                sizes[class] += 1;
            }
        }
        assert_eq!(sizes.len(), 7);
        assert!(sizes.iter().all(|n| (80..=120).contains(n)), "{sizes:?}");
        assert_eq!(Scale::quantiles(Palette::Quantity, &[], 7).colors.len(), 1);
        assert_eq!(Scale::quantiles(Palette::Quantity, &[3.0; 50], 7).colors.len(), 1);
    }

    #[test]
    fn changes_are_symmetric_around_zero() {
        let values: Vec<f64> = (-50..=100).map(f64::from).collect();
        let scale = Scale::around_zero(&values);
        assert_eq!(scale.breaks.len(), 6);
        for i in 0..3 {
            assert_eq!(scale.breaks[i], -scale.breaks[5 - i]);
        }
        assert_eq!(scale.class(0.0), Some(3));
        assert_eq!(Scale::around_zero(&[0.0, f64::NAN]).color(0.0), Some("#f2f1ec"));
    }

    #[test]
    fn legends_say_every_class() {
        let words =
            RangeWords { below: "moins de {b}".into(), between: "{a} à {b}".into(), above: "{a} et plus".into() };
        let labels: Vec<String> = Scale::fixed(Palette::Minutes, &[15.0, 30.0])
            .legend(&words, |v| format!("{v:.0}"))
            .into_iter()
            .map(|item| item.label)
            .collect();
        assert_eq!(labels, ["moins de 15", "15 à 30", "30 et plus"]);
    }
}
