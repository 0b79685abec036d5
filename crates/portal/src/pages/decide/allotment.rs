//! Sharing seats, posts or contracts: a table known or pasted, a rule, and why each party has what it has.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use pacte_access::allotment::{
    Allotment, AllotmentTable, Decimal, Demand, MOST_SEATS, Party, Reason, Rule, TEMPLATE, allot,
};
use pacte_access::allotment::{read_parties, read_rise};

use super::super::{answer_with, attachment, frame, last_crumb, render};
use super::foresight::files;
use crate::error::Fault;
use crate::format;
use crate::frame::{Frame, Section};
use crate::i18n::Lang;
use crate::labels::typeset;
use crate::map_block::Choice;
use crate::posted::Posted;
use crate::request::{MAX_QUERY, Query, Visit, shorten};
use crate::state::{AppState, Portal};
use crate::view::{CellView, Crumb, Head, RowView, TableView};

pub mod tables;

/// Parties a page shows; files carry all of them.
const SHOWN: usize = 300;
/// Fields of the form, in the order of addresses.
const FIELDS: [&str; 5] = ["table", "places", "regle", "hausse", "parties"];

/// What is asked, and what is wrong with it.
#[derive(Clone, Debug)]
struct Asked {
    table: Option<AllotmentTable>,
    seats: String,
    rule: Rule,
    rise: String,
    text: String,
    demand: Option<Demand>,
    faults: Vec<String>,
}

/// What came of it.
#[derive(Debug)]
struct Results {
    title: String,
    summary: String,
    tie: Option<String>,
    table: TableView,
    rules: TableView,
    notes: Vec<String>,
    source: String,
    /// Fields to send again for files, when the address cannot hold them.
    resend: Vec<(&'static str, String)>,
}

#[derive(Debug, Template)]
#[template(path = "pages/decide/allotment.html")]
struct AllotmentPage {
    frame: Frame,
    tables: Vec<Choice>,
    seats: String,
    rules: Vec<Choice>,
    rise: String,
    text: String,
    template: &'static str,
    faults: Vec<String>,
    results: Option<Results>,
}

/// Addresses of this tool.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/decider/repartition", get(show).post(post))
        .route("/decider/repartition/{file}", get(download).post(download_posted))
}

/// `GET /decider/repartition?table=&places=&regle=&hausse=&parties=`.
///
/// # Errors
/// 500 when the page cannot be rendered, which is our fault.
pub async fn show(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    let asked = Asked::read(&visit.query);
    respond(&portal, &visit, asked, true)
}

/// `POST /decider/repartition`: leads to an address to share when it can hold what was typed, answers at once otherwise.
///
/// # Errors
/// 400 for a form that cannot be read.
pub async fn post(State(portal): State<AppState>, posted: Posted) -> Result<Response, Fault> {
    let changes: Vec<(&str, &str)> =
        FIELDS.into_iter().map(|name| (name, posted.fields.get(name).unwrap_or_default())).collect();
    let address = Query::default().with(&changes).address("/decider/repartition");
    let length = address.split_once('?').map_or(0, |(_, query)| query.len());
    if length <= MAX_QUERY {
        let mut response = StatusCode::SEE_OTHER.into_response();
        let to = HeaderValue::from_str(&address).map_err(|error| Fault::internal(&error))?;
        response.headers_mut().insert(header::LOCATION, to);
        return Ok(response);
    }
    let asked = Asked::read(&posted.fields);
    respond(&portal, &posted.visit, asked, false)
}

/// `GET /decider/repartition/{resultat|tables|modele}.{csv|xlsx|parquet|json}`.
///
/// # Errors
/// 404 for an unknown table or format, 400 for a demand without answer.
pub async fn download(visit: Visit, Path(file): Path<String>) -> Result<Response, Fault> {
    send(&visit.query, &file).await
}

/// The same for what an address cannot hold.
///
/// # Errors
/// As [`download`].
pub async fn download_posted(Path(file): Path<String>, posted: Posted) -> Result<Response, Fault> {
    send(&posted.fields, &file).await
}

async fn send(query: &Query, file: &str) -> Result<Response, Fault> {
    if file == "modele.csv" {
        return Ok(attachment(
            TEMPLATE.into(),
            pacte_sources::export::Format::Csv.media_type(),
            "pacte-repartition-modele.csv",
        ));
    }
    let (name, format) = files::split(file)?;
    match name.as_str() {
        "tables" => files::answer(tables::shipped(), format).await,
        "resultat" => {
            let asked = Asked::read(query);
            let problem = |problems: &[String]| Fault::bad("fault-allotment", [("problem", problems.join(" "))]);
            let demand = asked.demand.as_ref().ok_or_else(|| problem(&asked.faults))?;
            let found = allot(demand).map_err(|error| problem(&[error.to_string()]))?;
            files::answer(tables::result(demand, &found, &asked.title(), asked.unit()), format).await
        }
        _ => Err(Fault::missing(
            "fault-table",
            [("value", shorten(&name)), ("known", "resultat, tables, modele.csv".to_owned())],
        )),
    }
}

impl Asked {
    /// Reads the fields; a text pasted stands for the table.
    fn read(query: &Query) -> Self {
        let text = query.get("parties").unwrap_or_default().to_owned();
        let rule = query.get("regle").and_then(Rule::of_slug).unwrap_or_default();
        let mut asked = Self {
            table: None,
            seats: query.get("places").unwrap_or_default().to_owned(),
            rule,
            rise: query.get("hausse").unwrap_or_default().to_owned(),
            text,
            demand: None,
            faults: Vec::new(),
        };
        let named = query.get("table");
        if asked.text.is_empty() {
            asked.table = named.and_then(AllotmentTable::find);
            if let (Some(named), None) = (named, &asked.table) {
                let known: Vec<String> = AllotmentTable::shipped().into_iter().map(|table| table.id).collect();
                asked.faults.push(format!(
                    "« {} » n’est pas une table connue ; connues : {}.",
                    shorten(named),
                    known.join(", ")
                ));
            }
        }
        let parties: Option<Vec<Party>> = match &asked.table {
            Some(table) => Some(table.parties.clone()),
            None if asked.text.is_empty() => None,
            None => match read_parties("ligne", &asked.text) {
                Ok(parties) => Some(parties),
                Err(faults) => {
                    asked.faults.extend(faults);
                    None
                }
            },
        };
        let usual = asked.table.as_ref().map(|table| table.seats);
        let seats = if asked.seats.is_empty() {
            if usual.is_none() && parties.is_some() {
                asked.faults.push("Donnez le nombre de places à répartir.".to_owned());
            }
            usual
        } else {
            let read = Decimal::parse(&asked.seats).ok().filter(|number| number.scale == 0);
            let read = read.and_then(|number| u64::try_from(number.units).ok()).filter(|seats| *seats <= MOST_SEATS);
            if read.is_none() {
                asked.faults.push(format!(
                    "« {} » n’est pas un nombre de places ; attendu : un nombre entier, d’un milliard au plus.",
                    shorten(&asked.seats)
                ));
            }
            read
        };
        let max_rise = match asked.rise.as_str() {
            "" => None,
            text => match read_rise(text) {
                Ok(rise) => Some(rise),
                Err(problem) => {
                    asked.faults.push(problem);
                    None
                }
            },
        };
        if let (Some(parties), Some(seats), true) = (parties, seats, asked.faults.is_empty()) {
            asked.demand = Some(Demand { seats, parties, rule, max_rise });
        }
        asked
    }

    fn title(&self) -> String {
        self.table.as_ref().map_or_else(|| "Répartition".to_owned(), |table| table.label.clone())
    }

    fn unit(&self) -> &str {
        self.table.as_ref().map_or("places", |table| table.unit.as_str())
    }

    fn fields(&self) -> [(&'static str, String); 5] {
        let table = self.table.as_ref().map(|table| table.id.clone()).unwrap_or_default();
        let values = [table, self.seats.clone(), self.rule.slug().to_owned(), self.rise.clone(), self.text.clone()];
        let mut values = values.into_iter();
        FIELDS.map(|name| (name, values.next().unwrap_or_default()))
    }
}

fn rule_label(lang: Lang, rule: Rule) -> String {
    match rule {
        Rule::LargestRemainder => lang.tr("allotment-rule-remainders"),
        Rule::SainteLague => lang.tr("allotment-rule-sainte-lague"),
        Rule::DHondt => lang.tr("allotment-rule-dhondt"),
    }
}

fn reason(lang: Lang, reason: &Reason) -> String {
    // Quotients of large houses differ far behind the decimal mark.
    let number = |value: f64| format::number(lang, value, if value < 10.0 { 8 } else { 3 }).unwrap_or_default();
    match reason {
        Reason::Floor => lang.tr("allotment-reason-floor"),
        Reason::Cap => lang.tr("allotment-reason-cap"),
        Reason::Rise => lang.tr("allotment-reason-rise"),
        Reason::Whole => lang.tr("allotment-reason-whole"),
        Reason::Remainder(rank) => lang.tr_with("allotment-reason-remainder", [("rank", format::ordinal(lang, *rank))]),
        Reason::Quotient { last: Some(last), next } => {
            lang.tr_with("allotment-reason-quotient", [("last", number(last.value())), ("next", number(next.value()))])
        }
        Reason::Quotient { last: None, next } => {
            lang.tr_with("allotment-reason-none", [("next", number(next.value()))])
        }
    }
}

/// The page; `shareable` when its address holds everything.
fn respond(portal: &Portal, visit: &Visit, asked: Asked, shareable: bool) -> Result<Response, Fault> {
    let lang = visit.lang;
    let title = lang.tr("allotment-title");
    let mut frame = frame(portal, visit, Section::Decide, title.clone(), lang.tr("allotment-description"));
    frame.crumbs = vec![Crumb { label: lang.tr("decide-title"), href: Some("/decider".to_owned()) }, last_crumb(title)];
    frame.indexed = asked.text.is_empty();
    let mut faults = asked.faults.clone();
    let results = asked.demand.as_ref().and_then(|demand| match allot(demand) {
        Ok(allotment) => Some(results(lang, &asked, demand, &allotment, shareable)),
        Err(error) => {
            faults.push(error.to_string());
            None
        }
    });
    let refused = !faults.is_empty();
    let chosen = asked.table.as_ref().map(|table| table.id.as_str());
    let mut tables = vec![Choice { value: String::new(), label: lang.tr("allotment-own"), selected: chosen.is_none() }];
    tables.extend(AllotmentTable::shipped().into_iter().map(|table| Choice {
        selected: chosen == Some(table.id.as_str()),
        value: table.id,
        label: typeset(&table.label),
    }));
    let page = AllotmentPage {
        tables,
        seats: asked.seats.clone(),
        rules: Rule::ALL
            .into_iter()
            .map(|rule| Choice {
                value: rule.slug().to_owned(),
                label: rule_label(lang, rule),
                selected: rule == asked.rule,
            })
            .collect(),
        rise: asked.rise.clone(),
        text: asked.text.clone(),
        template: TEMPLATE,
        faults: faults.iter().map(|fault| typeset(fault)).collect(),
        results,
        frame,
    };
    let mut response = answer_with(visit, render(&page)?);
    if refused {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    Ok(response)
}

fn results(lang: Lang, asked: &Asked, demand: &Demand, allotment: &Allotment, shareable: bool) -> Results {
    let whole = |seats: u64| Some(format::count(lang, seats));
    let optional =
        |seats: Option<u64>| seats.map_or_else(|| CellView::text("–"), |seats| CellView::number(whole(seats)));
    let number = |value: f64, decimals| CellView::number(format::number(lang, value, decimals));
    let rises = demand.parties.iter().any(|party| party.previous.is_some());
    let limits = demand.parties.iter().any(|party| party.floor > 0) || allotment.awards.iter().any(|a| a.cap.is_some());
    let mut heads = vec![
        Head::text(lang.tr("allotment-head-party")),
        Head::number(lang.tr("allotment-head-seats"), ""),
        Head::number(lang.tr("allotment-head-need"), ""),
        Head::number(lang.tr("allotment-head-share"), ""),
        Head::number(lang.tr("allotment-head-remainder"), ""),
    ];
    if limits {
        heads.push(Head::number(lang.tr("allotment-head-floor"), ""));
        heads.push(Head::number(lang.tr("allotment-head-cap"), ""));
    }
    if rises {
        heads.push(Head::number(lang.tr("allotment-head-change"), ""));
    }
    heads.push(Head::text(lang.tr("allotment-head-reason")));
    let row = |award: &pacte_access::allotment::Award| {
        let party = &demand.parties[award.party];
        let need = party.need.units as f64 / 10_f64.powi(party.need.scale as i32);
        let mut cells = vec![
            CellView::text(typeset(&party.name)),
            CellView::number(whole(award.seats)),
            number(need, party.need.scale.min(6) as u8),
            number(award.share.value(), 3),
            number(award.remainder.value(), 3),
        ];
        if limits {
            cells.push(optional(Some(party.floor)));
            cells.push(CellView { numeric: true, ..optional(award.cap) });
        }
        if rises {
            let change = party
                .previous
                .filter(|previous| *previous > 0)
                .and_then(|previous| format::signed(lang, 100.0 * (award.seats as f64 / previous as f64 - 1.0), 1));
            cells.push(CellView::number(change.map(|change| format::with_unit(lang, &change, "%"))));
        }
        cells.push(CellView::text(reason(lang, &award.reason)));
        RowView { cells, current: false }
    };
    let title = if asked.table.is_some() { typeset(&asked.title()) } else { lang.tr("allotment-result") };
    let caption = lang.tr_with(
        "allotment-caption",
        [("seats", format::count(lang, demand.seats)), ("rule", rule_label(lang, demand.rule))],
    );
    let fields = asked.fields();
    let address = |file: &str| {
        let changes: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Query::default().with(&changes).address(&format!("/decider/repartition/{file}"))
    };
    let downloads = if shareable { files::links(lang, "resultat", &caption, address) } else { Vec::new() };
    let largest = allotment.awards.iter().max_by_key(|award| award.seats);
    let summary = lang.tr_with(
        "allotment-summary",
        [
            ("seats", format::count(lang, demand.seats)),
            ("parties", format::count(lang, demand.parties.len() as u64)),
            ("rule", rule_label(lang, demand.rule)),
            ("largest", largest.map(|award| typeset(&demand.parties[award.party].name)).unwrap_or_default()),
            ("most", largest.map(|award| format::count(lang, award.seats)).unwrap_or_default()),
        ],
    );
    let names = |parties: &[usize]| {
        parties.iter().map(|party| typeset(&demand.parties[*party].name)).collect::<Vec<_>>().join(", ")
    };
    Results {
        title,
        summary,
        tie: allotment
            .tie
            .as_ref()
            .map(|tie| lang.tr_with("allotment-tie", [("won", names(&tie.won)), ("lost", names(&tie.lost))])),
        table: TableView {
            id: "repartition".into(),
            note: if demand.parties.len() > SHOWN { lang.tr("allotment-shown") } else { String::new() },
            heads,
            rows: allotment.awards.iter().take(SHOWN).map(row).collect(),
            downloads,
            caption,
            ..TableView::default()
        },
        rules: compare(lang, demand),
        notes: asked.table.iter().flat_map(|table| &table.notes).map(|note| typeset(note)).collect(),
        source: asked.table.as_ref().map(|table| typeset(&table.source)).unwrap_or_default(),
        resend: if shareable { Vec::new() } else { fields.into() },
    }
}

/// Seats under each rule, where they differ.
fn compare(lang: Lang, demand: &Demand) -> TableView {
    let rules = tables::rules(demand);
    let differ = |party: &usize| rules.windows(2).any(|pair| pair[0].1[*party] != pair[1].1[*party]);
    let mut heads = vec![Head::text(lang.tr("allotment-head-party"))];
    heads.extend(rules.iter().map(|(rule, _)| Head::number(rule_label(lang, *rule), "")));
    let row = |party: usize| {
        let mut cells = vec![CellView::text(typeset(&demand.parties[party].name))];
        cells.extend(rules.iter().map(|(_, seats)| CellView::number(Some(format::count(lang, seats[party])))));
        RowView { cells, current: false }
    };
    TableView {
        id: "regles".into(),
        caption: lang.tr("allotment-rules-caption"),
        note: lang.tr("allotment-rules-note"),
        heads,
        rows: (0..demand.parties.len()).filter(differ).take(SHOWN).map(row).collect(),
        ..TableView::default()
    }
}
