//! Charts drawn on the server as SVG, the same for pages and for documents.
//!
//! Every drawing has a title and a description (`role="img"`, `aria-labelledby`), takes its colours from the theme through
//! classes (`web/styles/drawings.css`) with the same colours as attributes for where no style sheet reaches, and never
//! shrinks its text: on a page it is as wide as its place ([`Width::Fluid`], horizontal positions in percent, vertical
//! ones in pixels), so that 320 px hold it; in a document it has a width of its own ([`Width::Fixed`]).
//!
//! * [`heat()`] – what each hour of a week is like.
//! * [`bars()`] – how many people in each class.
//! * [`lines()`] – what changes over the years.
//! * [`ribbon()`] – what may come, within its bounds.
//! * [`strip()`] – where a territory stands among others.

use std::fmt::Write as _;

mod bars;
mod heat;
mod lines;
mod ribbon;
mod strip;

pub use bars::{Bar, Divider, bars};
pub use heat::{Heat, heat};
pub use lines::{Line, Lines, Point, lines};
pub use ribbon::{Ribbon, RibbonPoint, ribbon};
pub use strip::{Mark, Strip, strip};

/// Width of a drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// As wide as its place on the page.
    Fluid,
    /// That many pixels.
    Fixed(u32),
}

/// What a drawing is called, for people who do not see it and for those who point at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naming {
    /// Identifier, unique in the page.
    pub id: String,
    /// Title.
    pub title: String,
    /// What it shows, in a sentence or two with its main figures.
    pub description: String,
}

/// Where a text is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    const fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }

    /// The anchor that keeps a text inside when its point is at `percent` of the width.
    fn inside(percent: f64) -> Self {
        if percent < 25.0 {
            Self::Start
        } else if percent > 75.0 {
            Self::End
        } else {
            Self::Middle
        }
    }
}

/// Builds a drawing; `x` and widths in percent, `y` and heights in pixels.
struct Drawing {
    body: String,
    height: f64,
}

impl Drawing {
    fn new() -> Self {
        Self { body: String::new(), height: 0.0 }
    }

    /// Makes the drawing at least this tall.
    fn reach(&mut self, y: f64) {
        self.height = self.height.max(y);
    }

    fn line(&mut self, class: &str, color: &str, from: (f64, f64), to: (f64, f64)) {
        let _ = write!(
            self.body,
            r#"<line class="{class}" stroke="{color}" x1="{}%" y1="{}" x2="{}%" y2="{}"/>"#,
            short(from.0),
            short(from.1),
            short(to.0),
            short(to.1)
        );
        self.reach(from.1.max(to.1) + 1.0);
    }

    fn rect(&mut self, class: &str, color: &str, (x, y): (f64, f64), (width, height): (f64, f64)) {
        let _ = write!(
            self.body,
            r#"<rect class="{class}" fill="{color}" x="{}%" y="{}" width="{}%" height="{}"/>"#,
            short(x),
            short(y),
            short(width.max(0.0)),
            short(height.max(0.0))
        );
        self.reach(y + height);
    }

    fn dot(&mut self, class: &str, color: &str, (x, y): (f64, f64), radius: f64) {
        let _ = write!(
            self.body,
            r#"<circle class="{class}" fill="{color}" cx="{}%" cy="{}" r="{}"/>"#,
            short(x),
            short(y),
            short(radius)
        );
        self.reach(y + radius + 1.0);
    }

    fn text(&mut self, class: &str, (x, y): (f64, f64), anchor: Anchor, size: f64, text: &str) {
        let color = if class.contains("soft") { "#465451" } else { "#15211f" };
        let weight = if class.contains("strong") { r#" font-weight="650""# } else { "" };
        let _ = write!(
            self.body,
            r#"<text class="{class}" fill="{color}" x="{}%" y="{}" text-anchor="{}" font-size="{}"{weight}>{}</text>"#,
            short(x),
            short(y),
            anchor.word(),
            short(size),
            escape(text)
        );
        self.reach(y + size * 0.4);
    }

    fn open(&mut self, class: &str) {
        let _ = write!(self.body, r#"<g class="{class}">"#);
    }

    fn close(&mut self) {
        self.body.push_str("</g>");
    }

    fn finish(self, width: Width, naming: &Naming) -> String {
        let height = self.height.ceil();
        let (id, title, description) = (escape(&naming.id), escape(&naming.title), escape(&naming.description));
        let size = match width {
            Width::Fluid => format!(r#"width="100%" height="{height}""#),
            Width::Fixed(width) => {
                format!(
                    r#"xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}""#
                )
            }
        };
        format!(
            r#"<svg class="plot" {size} role="img" aria-labelledby="{id}-title {id}-desc" font-family="sans-serif"><title id="{id}-title">{title}</title><desc id="{id}-desc">{description}</desc>{}</svg>"#,
            self.body
        )
    }
}

/// A coordinate to a hundredth, without trailing zeros.
fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The drawing with one element a line, for snapshots.
    pub(super) fn by_line(svg: &str) -> String {
        svg.replace("><", ">\n<")
    }

    pub(super) fn naming() -> Naming {
        Naming {
            id: "essai".into(),
            title: "Essai <1>".into(),
            description: "Une « description » & des chiffres".into(),
        }
    }

    #[test]
    fn drawings_are_named_and_escaped() {
        let mut drawing = Drawing::new();
        drawing.text("soft", (50.0, 12.0), Anchor::Middle, 13.0, "a < b & \"c\"");
        let svg = drawing.finish(Width::Fluid, &naming());
        assert!(svg.contains("a &lt; b &amp; &quot;c&quot;"));
        assert!(svg.contains(r#"aria-labelledby="essai-title essai-desc""#) && svg.contains("Essai &lt;1&gt;"));
        assert!(svg.contains(r#"width="100%""#) && !svg.contains("viewBox"), "text keeps its size on narrow screens");
        let fixed = Drawing::new().finish(Width::Fixed(480), &naming());
        assert!(fixed.contains(r#"viewBox="0 0 480 0""#) && fixed.contains("xmlns"));
    }

    #[test]
    fn texts_near_an_edge_are_held_from_that_edge() {
        assert_eq!([3.0, 50.0, 99.0].map(Anchor::inside), [Anchor::Start, Anchor::Middle, Anchor::End]);
        assert_eq!([1.0, 0.5, -0.001, 33.333_333].map(short), ["1", "0.5", "0", "33.33"]);
    }
}
