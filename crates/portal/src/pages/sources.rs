//! Every file the figures come from.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use pacte_territory::SourceFile;

use super::{answer, frame};
use crate::error::Fault;
use crate::format;
use crate::frame::{Frame, Section};
use crate::labels;
use crate::request::Visit;
use crate::state::AppState;
use crate::subject::{PLAIN_FORMATS, downloads};
use crate::view::{CellView, Head, RowView, TableView};

#[derive(Debug, Template)]
#[template(path = "pages/sources.html")]
struct SourcesPage {
    frame: Frame,
    title: String,
    intro: String,
    table: TableView,
}

/// `GET /sources`.
///
/// # Errors
/// None of the visitor's.
pub async fn show(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    let lang = visit.lang;
    let title = lang.tr("sources-title");
    let frame = frame(&portal, &visit, Section::Data, title.clone(), lang.tr("sources-description"));
    let files = &portal.atlas.territory().meta.files;
    let rows = grouped(files)
        .into_iter()
        .map(|group| {
            let several = group.count > 1;
            let name = if several {
                lang.tr_with("sources-group", [("folder", group.path), ("n", format::count(lang, group.count as u64))])
            } else {
                group.path
            };
            RowView {
                cells: vec![
                    CellView::text(name),
                    CellView::text(labels::typeset(&group.first.source)),
                    CellView::text(group.first.vintage.clone()),
                    CellView::number(Some(format::count(lang, group.rows))),
                    CellView::number(Some(format::count(lang, group.matched))),
                    CellView::text(if several {
                        "–"
                    } else {
                        group.first.hash.get(..16).unwrap_or(&group.first.hash)
                    }),
                ],
                current: false,
            }
        })
        .collect();
    let caption = lang.tr("sources-caption");
    let table = TableView {
        id: "fichiers".into(),
        heads: vec![
            Head::text(lang.tr("head-file")),
            Head::text(lang.tr("head-source")),
            Head::text(lang.tr("head-vintage")),
            Head::number(lang.tr("head-rows"), ""),
            Head::number(lang.tr("head-matched"), ""),
            Head::text(lang.tr("head-hash")),
        ],
        rows,
        downloads: downloads(lang, "sources", "", &caption, &PLAIN_FORMATS),
        caption,
        ..TableView::default()
    };
    let intro = if frame.is_training() {
        lang.tr("sources-intro-training")
    } else {
        let date = format::date(lang, portal.site.geography);
        lang.tr_with("sources-intro", [("n", format::count(lang, files.len() as u64)), ("date", date)])
    };
    answer(&visit, &SourcesPage { frame, title, intro, table })
}

/// Files of one folder and one source, shown as one row when they are many.
struct Group<'a> {
    path: String,
    first: &'a SourceFile,
    count: usize,
    rows: u64,
    matched: u64,
}

/// From this many files of a folder that come from the same source, the table shows one row for all; the downloads
/// keep one a file.
const MANY: usize = 6;

fn grouped(files: &[SourceFile]) -> Vec<Group<'_>> {
    let folder = |file: &SourceFile| file.path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let alike = |a: &SourceFile, b: &SourceFile| folder(a) == folder(b) && a.source == b.source;
    let mut groups: Vec<Group<'_>> = Vec::new();
    for file in files {
        let many = files.iter().filter(|other| alike(file, other)).count() >= MANY;
        match groups.iter_mut().find(|group| many && alike(group.first, file)) {
            Some(group) => {
                group.count += 1;
                group.rows += file.rows;
                group.matched += file.matched;
                group.path = format!("{}/", folder(file));
            }
            None => groups.push(Group {
                path: file.path.clone(),
                first: file,
                count: 1,
                rows: file.rows,
                matched: file.matched,
            }),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_files_of_one_source_are_one_row() {
        let file = |path: String, source: &str| SourceFile {
            path,
            source: source.into(),
            vintage: String::new(),
            hash: String::new(),
            rows: 10,
            matched: 9,
        };
        let mut files: Vec<SourceFile> = (0..10).map(|i| file(format!("contours/dep{i}.geojson"), "IGN")).collect();
        files.push(file("contours/autre.csv".into(), "INSEE"));
        files.push(file("cog.csv".into(), "INSEE"));
        let groups = grouped(&files);
        assert_eq!(groups.len(), 3);
        assert_eq!((groups[0].path.as_str(), groups[0].count, groups[0].rows), ("contours/", 10, 100));
        assert_eq!((groups[2].path.as_str(), groups[2].count), ("cog.csv", 1));
    }
}
