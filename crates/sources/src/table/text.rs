//! A table for people at a terminal.

use std::fmt::Write as _;

use super::{Cell, CellKind, MISSING, Table, TableColumn, french_number, whole};

/// Widest line of a table with few rows, characters; a wider one is turned on its side.
const WIDEST: usize = 160;
/// Most rows of a table turned on its side.
const FEW: usize = 3;
/// Headings are cut between words down to this width, characters.
const NARROW: usize = 12;
/// Between columns.
const GAP: &str = "  ";

/// The table in plain aligned text for a terminal: title, columns, sources.
///
/// Numbers are rounded to the decimals of their column and aligned on the right; long headings take several lines; line
/// breaks inside a cell become spaces. A table too wide that has few rows gives one line a column instead. Rows are
/// expected to be as long as the columns ([`Table::check`]).
pub fn to_text(table: &Table) -> String {
    let shown: Vec<Vec<String>> = table
        .rows
        .iter()
        .map(|row| row.iter().zip(&table.columns).map(|(cell, column)| show(cell, column)).collect())
        .collect();
    let cells: Vec<usize> =
        (0..table.columns.len()).map(|i| shown.iter().map(|row| width(&row[i])).max().unwrap_or(0)).collect();
    let headings: Vec<Vec<String>> =
        table.columns.iter().zip(&cells).map(|(column, cells)| wrap(&column.heading(), NARROW.max(*cells))).collect();
    let widths: Vec<usize> = headings
        .iter()
        .zip(&cells)
        .map(|(heading, cells)| heading.iter().map(|line| width(line)).chain([*cells]).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    if !table.title.is_empty() {
        let _ = writeln!(text, "{}\n", one_line(&table.title));
    }
    let total = widths.iter().sum::<usize>() + GAP.len() * widths.len().saturating_sub(1);
    if total > WIDEST && (1..=FEW).contains(&shown.len()) && shown.len() < widths.len() {
        on_its_side(table, &shown, &mut text);
    } else {
        let mut line = |cells: &[&str]| {
            let padded = cells.iter().zip(&table.columns).zip(&widths);
            let padded: Vec<String> = padded.map(|((cell, column), to)| pad(cell, *to, is_number(column))).collect();
            text.push_str(padded.join(GAP).trim_end_matches(' '));
            text.push('\n');
        };
        let high = headings.iter().map(Vec::len).max().unwrap_or(0);
        for at in 0..high {
            // Short headings stand on the last lines, next to their figures.
            let part = |heading: &Vec<String>| (at + heading.len()).checked_sub(high).map(|at| heading[at].clone());
            let parts: Vec<String> = headings.iter().map(|heading| part(heading).unwrap_or_default()).collect();
            line(&parts.iter().map(String::as_str).collect::<Vec<_>>());
        }
        let rules: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
        line(&rules.iter().map(String::as_str).collect::<Vec<_>>());
        for row in &shown {
            line(&row.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }
    let citations = table.citations();
    if !citations.is_empty() {
        let _ = writeln!(text, "\nSources : {}", citations.join(" ; "));
    }
    text
}

/// One line a column: its heading, then the cell of each row.
fn on_its_side(table: &Table, shown: &[Vec<String>], text: &mut String) {
    let headings: Vec<String> = table.columns.iter().map(|column| one_line(&column.heading())).collect();
    let first = headings.iter().map(|heading| width(heading)).max().unwrap_or(0);
    let widths: Vec<usize> = shown.iter().map(|row| row.iter().map(|cell| width(cell)).max().unwrap_or(0)).collect();
    for (at, heading) in headings.iter().enumerate() {
        let cells: Vec<String> = shown.iter().zip(&widths).map(|(row, to)| pad(&row[at], *to, true)).collect();
        let _ = writeln!(text, "{}{GAP}{}", pad(heading, first, false), cells.join(GAP));
    }
}

/// A text cut between words into lines of at most `most` characters, but for longer words.
fn wrap(text: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    // A unit such as `(%)` is not parted from the word before it by the no-break spaces French puts in.
    for word in one_line(text).split(' ').filter(|word| !word.is_empty()) {
        let digit = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_digit());
        match lines.last_mut() {
            // `100 000` is one number.
            Some(line)
                if width(line) + 1 + width(word) <= most
                    || (digit(line.chars().last()) && digit(word.chars().next())) =>
            {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn is_number(column: &TableColumn) -> bool {
    matches!(column.kind, CellKind::Integer | CellKind::Year | CellKind::Decimal(_))
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn pad(text: &str, to: usize, right: bool) -> String {
    let padding = " ".repeat(to.saturating_sub(width(text)));
    if right { padding + text } else { text.to_owned() + &padding }
}

fn show(cell: &Cell, column: &TableColumn) -> String {
    match cell {
        Cell::Text(text) => one_line(text),
        Cell::Missing => MISSING.to_owned(),
        Cell::Number(value) => match column.kind {
            CellKind::Decimal(decimals) => french_number(*value, decimals),
            CellKind::Year => format!("{value:.0}"),
            _ if whole(*value) => french_number(*value, 0),
            _ => french_number(*value, 1),
        },
    }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use pacte_territory::Provenance;

    use super::*;

    fn column() -> TableColumn {
        let source = Provenance {
            source: "INSEE, populations légales".into(),
            file: String::new(),
            vintage: "2022".into(),
            geography: 2024,
            method: String::new(),
        };
        TableColumn::integer("population", "Population", "habitants").from_source(source)
    }

    #[test]
    fn text_is_aligned_and_names_its_sources() {
        let mut table = Table::new("essai", "Essai", vec![TableColumn::text("nom", "Nom"), column()]);
        table.rows = vec![vec!["Évian".into(), 9_100.0.into()], vec!["deux\nlignes".into(), Cell::Missing]];
        assert_eq!(
            to_text(&table),
            "Essai\n\n\
             \u{20}             Population\n\
             Nom          (habitants)\n\
             ───────────  ───────────\n\
             Évian              9\u{202f}100\n\
             deux lignes         n.d.\n\n\
             Sources : INSEE, populations légales, 2022\n"
        );
    }

    #[test]
    fn a_wide_table_of_few_rows_is_turned_on_its_side() {
        let mut columns = vec![TableColumn::text("nom", "Nom")];
        columns.extend((0..20).map(|_| column()));
        let mut table = Table::new("essai", "", columns);
        let row = |name: &str| std::iter::once(name.into()).chain((0..20).map(|n| f64::from(n).into())).collect();
        table.rows = vec![row("Nantes"), row("Brest")];
        let text = to_text(&table);
        assert!(text.starts_with("Nom                     Nantes  Brest\n"), "{text}");
        assert!(text.contains("Population (habitants)      19     19\n"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        table.rows.extend([row("Caen"), row("Laon")]);
        assert!(to_text(&table).contains("───"), "many rows stay rows");
    }

    #[test]
    fn headings_are_cut_between_words_and_not_in_numbers() {
        assert_eq!(wrap("Densité (pour 100 000 habitants)", 12), ["Densité", "(pour 100 000", "habitants)"]);
        assert_eq!(wrap("", 12), Vec::<String>::new());
    }

    #[test]
    fn an_empty_table_keeps_its_headings() {
        let table = Table::new("essai", "Essai", vec![TableColumn::text("nom", "Nom"), column()]);
        assert!(to_text(&table).contains("Nom"));
        assert!(to_text(&Table::new("essai", "Essai", Vec::new())).starts_with("Essai"));
    }
}
