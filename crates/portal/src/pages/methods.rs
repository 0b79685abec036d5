//! How figures are made: formula, bands, travel times with the quality of their fit, limits. Every number shown comes
//! from the method files in use.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use pacte_access::compute::ComputeOptions;
use pacte_access::method::AplMethod;
use pacte_access::travel::ModelParameters;

use super::{answer, frame};
use crate::error::Fault;
use crate::format;
use crate::frame::{Frame, Section};
use crate::i18n::Lang;
use crate::labels;
use crate::request::Visit;
use crate::state::{AppState, Portal};
use crate::view::{CellView, Head, RowView, TableView};

/// How one indicator is made.
#[derive(Clone, Debug)]
struct Made {
    label: String,
    method: String,
    source: String,
}

/// A method file in use.
#[derive(Clone, Debug)]
struct MethodText {
    name: String,
    yaml: String,
}

#[derive(Debug, Template)]
#[template(path = "pages/methods.html")]
struct MethodsPage {
    frame: Frame,
    title: String,
    bands: Option<TableView>,
    activity: Option<TableView>,
    ages: Option<TableView>,
    fit: Option<TableView>,
    made: Vec<Made>,
    files: Vec<MethodText>,
}

/// `GET /methodes`.
///
/// # Errors
/// When a method file in use cannot be read, which is our fault: the computation read it before.
pub async fn show(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    let lang = visit.lang;
    let title = lang.tr("methods-title");
    let frame = frame(&portal, &visit, Section::Methods, title.clone(), lang.tr("methods-description"));
    let options = ComputeOptions::default();
    let method =
        AplMethod::of_territory(portal.atlas.territory(), &options.method).map_err(|error| Fault::internal(&error))?;
    let travel = ModelParameters::from_yaml(&options.travel.0, &options.travel.1);
    let travel = travel.map_err(|error| Fault::internal(&error))?;
    let page = MethodsPage {
        title,
        bands: method.as_ref().map(|method| bands(lang, method)),
        activity: method.as_ref().map(|method| activity(lang, method)),
        ages: method.as_ref().filter(|method| !method.age_weights.is_empty()).map(|method| ages(lang, method)),
        fit: Some(fit(lang, &travel)),
        made: made(&portal, lang),
        files: files(&portal, &options),
        frame,
    };
    answer(&visit, &page)
}

/// Indicators with their method; those made the same way are told together, under the first of them.
fn made(portal: &Portal, lang: Lang) -> Vec<Made> {
    let mut made: Vec<Made> = Vec::new();
    for indicator in portal.atlas.indicators().iter().filter(|indicator| !indicator.method.is_empty()) {
        let method = labels::typeset(&indicator.method);
        if !made.iter().any(|known| known.method == method) {
            let source = labels::typeset(&indicator.citation);
            made.push(Made { label: labels::indicator(lang, indicator), method, source });
        }
    }
    made
}

/// The files in use, then those that came with the data.
fn files(portal: &Portal, options: &ComputeOptions) -> Vec<MethodText> {
    let territory = portal.atlas.territory();
    let text = |name: &str, yaml: &str| MethodText { name: name.to_owned(), yaml: yaml.to_owned() };
    let mut files: Vec<MethodText> = AplMethod::text_of_territory(territory, &options.method)
        .map(|(name, yaml)| text(&name, yaml))
        .into_iter()
        .chain([text(&options.estimation.0, &options.estimation.1), text(&options.travel.0, &options.travel.1)])
        .collect();
    for file in &territory.methods {
        if !files.iter().any(|known| known.yaml == file.yaml) {
            files.push(text(&format!("{}.yaml", file.name), &file.yaml));
        }
    }
    files
}

fn row(cells: Vec<CellView>) -> RowView {
    RowView { cells, current: false }
}

/// Weight of each band of travel time.
fn bands(lang: Lang, method: &AplMethod) -> TableView {
    let write = |value: f64| format::number(lang, value, u8::from(value.fract() != 0.0)).unwrap_or_default();
    let mut rows = Vec::new();
    let mut before = 0.0;
    for band in &method.decay.bands {
        let label = if before == 0.0 {
            lang.tr_with("band-first", [("high", write(band.upto))])
        } else {
            lang.tr_with("band-next", [("low", write(before)), ("high", write(band.upto))])
        };
        let share = format::percent(lang, 100.0 * band.weight, 0);
        rows.push(row(vec![CellView::text(label), CellView::number(share)]));
        before = band.upto;
    }
    let last = lang.tr_with("band-last", [("low", write(before))]);
    rows.push(row(vec![CellView::text(last), CellView::number(format::percent(lang, 0.0, 0))]));
    TableView {
        id: "bandes".into(),
        caption: lang.tr("bands-caption"),
        note: labels::typeset(&method.label),
        heads: vec![Head::text(lang.tr("head-travel-time")), Head::number(lang.tr("head-weight"), "")],
        rows,
        source: lang.tr_with("source-line", [("source", labels::typeset(&method.source))]),
        ..TableView::default()
    }
}

/// Bounds put on the yearly activity of a practitioner.
fn activity(lang: Lang, method: &AplMethod) -> TableView {
    let bounds = &method.activity;
    let line =
        |label: String, value: f64| row(vec![CellView::text(label), CellView::number(format::number(lang, value, 0))]);
    TableView {
        id: "activite".into(),
        caption: lang.tr("activity-caption"),
        heads: vec![Head::text(lang.tr("head-rule")), Head::number(lang.tr("head-visits-a-year"), "")],
        rows: vec![
            line(lang.tr("activity-ignored"), bounds.ignored_upto),
            line(lang.tr("activity-floor"), bounds.floor),
            line(lang.tr("activity-cap"), bounds.cap),
            line(lang.tr("activity-new"), bounds.newly_installed),
        ],
        source: lang.tr_with("source-line", [("source", labels::typeset(&method.source))]),
        ..TableView::default()
    }
}

/// Relative consumption of care by age.
fn ages(lang: Lang, method: &AplMethod) -> TableView {
    let rows = method.age_weights.iter().map(|band| {
        let label = match band.to {
            Some(to) => lang.tr_with("age-band", [("from", band.from.to_string()), ("to", to.to_string())]),
            None => lang.tr_with("age-band-last", [("from", band.from.to_string())]),
        };
        row(vec![CellView::text(label), CellView::number(format::number(lang, band.weight, 2))])
    });
    TableView {
        id: "ages".into(),
        caption: lang.tr("ages-caption"),
        heads: vec![Head::text(lang.tr("head-age")), Head::number(lang.tr("head-relative-use"), "")],
        rows: rows.collect(),
        source: lang.tr_with("source-line", [("source", labels::typeset(&method.source))]),
        ..TableView::default()
    }
}

/// How well estimated times give measured ones back.
fn fit(lang: Lang, travel: &ModelParameters) -> TableView {
    let [all, short] = [&travel.fit, &travel.short];
    let number = |value: f64, decimals: u8| CellView::number(format::number(lang, value, decimals));
    let minutes =
        |value: f64| CellView::number(format::number(lang, value, 1).map(|text| format::with_unit(lang, &text, "min")));
    let signed =
        |value: f64| CellView::number(format::signed(lang, value, 1).map(|text| format::with_unit(lang, &text, "min")));
    TableView {
        id: "ajustement".into(),
        caption: lang.tr("fit-caption"),
        note: lang.tr("fit-note"),
        heads: vec![
            Head::text(lang.tr("head-quality")),
            Head::number(lang.tr("fit-all"), ""),
            Head::number(lang.tr("fit-short"), ""),
        ],
        rows: vec![
            row(vec![
                CellView::text(lang.tr("fit-couples")),
                number(f64::from(all.couples), 0),
                number(f64::from(short.couples), 0),
            ]),
            row(vec![CellView::text(lang.tr("fit-mae")), minutes(all.mae), minutes(short.mae)]),
            row(vec![CellView::text(lang.tr("fit-rmse")), minutes(all.rmse), minutes(short.rmse)]),
            row(vec![CellView::text(lang.tr("fit-bias")), signed(all.bias), signed(short.bias)]),
            row(vec![CellView::text(lang.tr("fit-r2")), number(all.r2, 2), number(short.r2, 2)]),
        ],
        source: lang.tr_with("source-line", [("source", labels::typeset(&travel.source))]),
        ..TableView::default()
    }
}
