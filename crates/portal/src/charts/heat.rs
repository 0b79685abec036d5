//! A week as squares: days down, hours across, the deeper the more.

use super::{Anchor, Drawing, Naming, Width};

/// Percent of the width left to the names of days.
const NAMES: f64 = 13.0;
/// Height of a day.
const ROW: f64 = 24.0;
/// Room for the hours, above.
const TOP: f64 = 22.0;
/// Hours that are written.
const WRITTEN: usize = 6;

/// What to draw.
pub struct Heat<'a> {
    /// Names of the days, first row first.
    pub days: &'a [String],
    /// Hours a day.
    pub hours: usize,
    /// Colour of a day and an hour, `#rrggbb`.
    pub color: &'a dyn Fn(usize, usize) -> &'static str,
    /// Name of an hour.
    pub write: &'a dyn Fn(usize) -> String,
}

impl std::fmt::Debug for Heat<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Heat").field("days", &self.days).field("hours", &self.hours).finish_non_exhaustive()
    }
}

/// Draws the squares.
pub fn heat(width: Width, naming: &Naming, chart: &Heat<'_>) -> String {
    let mut drawing = Drawing::new();
    let step = (100.0 - NAMES) / chart.hours.max(1) as f64;
    let x = |hour: usize| NAMES + step * hour as f64;
    for hour in (0..chart.hours).step_by(WRITTEN) {
        drawing.text("soft", (x(hour), TOP - 8.0), Anchor::Start, 12.0, &(chart.write)(hour));
    }
    for (day, name) in chart.days.iter().enumerate() {
        let y = TOP + ROW * day as f64;
        drawing.text("", (0.0, y + ROW - 8.0), Anchor::Start, 12.0, name);
        for hour in 0..chart.hours {
            drawing.rect("heat", (chart.color)(day, hour), (x(hour), y), (step * 0.94, ROW - 2.0));
        }
    }
    drawing.finish(width, naming)
}

#[cfg(test)]
mod tests {
    use super::super::tests::naming;
    use super::*;

    #[test]
    fn every_hour_of_every_day_has_its_square() {
        let days = ["lun".to_owned(), "mar".to_owned()];
        let color = |day: usize, hour: usize| if day == 1 && hour == 3 { "#963353" } else { "#fdf1d9" };
        let chart = Heat { days: &days, hours: 24, color: &color, write: &|hour| format!("{hour} h") };
        let svg = heat(Width::Fluid, &naming(), &chart);
        assert_eq!(svg.matches("class=\"heat\"").count(), 48);
        assert_eq!(svg.matches("#963353").count(), 1);
        assert!(svg.contains(">18 h<") && svg.contains(">mar<") && !svg.contains(">7 h<"));
    }
}
