//! What the component macros of `templates/components/` are given: texts already in the page's language, addresses
//! already made. A page module builds these; a template only places them.

/// A figure with its unit, its source and what it means here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FigureCard {
    /// What it is.
    pub label: String,
    /// The number as written; `None` when it is not known.
    pub value: Option<String>,
    /// Unit, after or under the number.
    pub unit: String,
    /// Sentences that place it (rank, country's figure); may be empty.
    pub context: Vec<String>,
    /// Source and date.
    pub source: String,
}

/// A link of a path down the territory; the last one is the page itself, without address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// Text.
    pub label: String,
    /// Address; `None` for the page itself.
    pub href: Option<String>,
}

/// A file to download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download {
    /// Format: `CSV`.
    pub label: &'static str,
    /// What is in it, for people who hear the link out of its place: `Télécharger « Communes » en CSV`.
    pub title: String,
    /// Address.
    pub href: String,
}

/// How a table is ordered by a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// Address of the same table in the order asked for.
    pub href: String,
    /// Value of `aria-sort`: `ascending`, `descending` or `none`.
    pub state: &'static str,
}

/// Heading of a column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Text.
    pub label: String,
    /// Unit, in small under the text; may be empty.
    pub unit: String,
    /// Whether cells are numbers, aligned on the right.
    pub numeric: bool,
    /// Link that orders the table; `None` when it cannot be.
    pub sort: Option<Sort>,
}

impl Head {
    /// Heading of a column of words.
    pub fn text(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    /// Heading of a column of numbers.
    pub fn number(label: impl Into<String>, unit: impl Into<String>) -> Self {
        Self { label: label.into(), unit: unit.into(), numeric: true, sort: None }
    }
}

/// One cell; the first of a row is its heading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CellView {
    /// Text; `None` when not known.
    pub text: Option<String>,
    /// Where the text leads.
    pub href: Option<String>,
    /// Second line in small, for a precision; may be empty.
    pub note: String,
    /// Whether it is a number.
    pub numeric: bool,
}

impl CellView {
    /// A cell of words.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::default() }
    }

    /// A cell of words that leads somewhere.
    pub fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { text: Some(text.into()), href: Some(href.into()), ..Self::default() }
    }

    /// A number as written, `None` when not known.
    pub fn number(text: Option<String>) -> Self {
        Self { text, numeric: true, ..Self::default() }
    }

    /// Whether it holds a sentence: squeezed into a column of a narrow screen, it would make its row taller than the screen.
    pub fn is_long(&self) -> bool {
        self.text.as_deref().map_or(0, str::len).max(self.note.len()) > 60
    }

    /// The same cell with a precision on a second line.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

/// One row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowView {
    /// Cells, as many as headings.
    pub cells: Vec<CellView>,
    /// Whether it is the territory of the page.
    pub current: bool,
}

/// A table with its caption, its downloads and its pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableView {
    /// Identifier in the page; also names the region that scrolls.
    pub id: String,
    /// Caption.
    pub caption: String,
    /// Precision under the caption; may be empty.
    pub note: String,
    /// Headings.
    pub heads: Vec<Head>,
    /// Rows.
    pub rows: Vec<RowView>,
    /// Source line under the table; may be empty.
    pub source: String,
    /// Files that carry it.
    pub downloads: Vec<Download>,
    /// Pages, when it has more than one.
    pub pager: Option<Pager>,
}

/// One page of a long table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageLink {
    /// Number as written; `None` for a gap (`…`).
    pub label: Option<String>,
    /// Address.
    pub href: String,
    /// Whether it is the page shown.
    pub current: bool,
}

/// Pages of a long table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pager {
    /// Name of the navigation: `Pages de la table`.
    pub label: String,
    /// Previous page.
    pub previous: Option<String>,
    /// Next page.
    pub next: Option<String>,
    /// Pages to offer.
    pub pages: Vec<PageLink>,
}

/// A drawing with its caption and the table of what it shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChartView {
    /// Caption.
    pub caption: String,
    /// Precision under the caption; may be empty.
    pub note: String,
    /// The drawing: SVG made by [`crate::charts`], safe to place as it stands.
    pub svg: String,
    /// Its figures.
    pub table: TableView,
}

/// A legend: title, unit, one line a class.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LegendView {
    /// Slug of the measure it explains, for the live map.
    pub measure: String,
    /// Title.
    pub title: String,
    /// Unit and date, in small under the title.
    pub unit: String,
    /// Classes, lowest first.
    pub items: Vec<crate::scale::LegendItem>,
    /// Whether it is the one shown at first.
    pub shown: bool,
}

impl Pager {
    /// Pages of `total` rows, `size` a page; `None` when one page holds them all. `href` gives the address of a page
    /// (from 1); `number` writes its number.
    pub fn new(
        label: String,
        page: usize,
        size: usize,
        total: usize,
        href: impl Fn(usize) -> String,
        number: impl Fn(usize) -> String,
    ) -> Option<Self> {
        let last = total.div_ceil(size);
        if last <= 1 {
            return None;
        }
        let mut shown: Vec<usize> = [1, 2, page.saturating_sub(1), page, page + 1, last - 1, last]
            .into_iter()
            .filter(|p| (1..=last).contains(p))
            .collect();
        shown.sort_unstable();
        shown.dedup();
        let mut pages: Vec<PageLink> = Vec::new();
        let mut before = 0;
        for p in shown {
            if p > before + 1 {
                pages.push(PageLink { label: None, href: String::new(), current: false });
            }
            pages.push(PageLink { label: Some(number(p)), href: href(p), current: p == page });
            before = p;
        }
        Some(Self {
            label,
            previous: (page > 1).then(|| href(page - 1)),
            next: (page < last).then(|| href(page + 1)),
            pages,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_tables_offer_ends_and_neighbours() {
        let pager = |page| Pager::new("Pages".into(), page, 50, 34_935, |p| format!("?page={p}"), |p| p.to_string());
        let labels = |page| {
            let pages = pager(page).unwrap().pages;
            pages.iter().map(|p| p.label.clone().unwrap_or("…".into())).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(labels(1), "1 2 … 698 699");
        assert_eq!(labels(350), "1 2 … 349 350 351 … 698 699");
        assert_eq!(labels(699), "1 2 … 698 699");
        assert_eq!(pager(1).unwrap().previous, None);
        assert_eq!(pager(699).unwrap().next, None);
        assert_eq!(Pager::new("Pages".into(), 1, 50, 50, |_| String::new(), |p| p.to_string()), None);
    }
}
