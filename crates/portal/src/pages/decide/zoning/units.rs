//! The table of units of a draft: filtered, ordered, page by page, each leading to its own form.

use pacte_access::zoning::Unit;
use pacte_access::zoning_layer::Work;

use super::words;
use crate::error::Fault;
use crate::format;
use crate::i18n::Lang;
use crate::map_block::Choice;
use crate::request::{Visit, shorten};
use crate::view::{CellView, Head, Pager, RowView, Sort, TableView};

/// Units on a page of the table.
const PAGE: usize = 50;
/// Orders: name in the address, whether the largest comes first.
const ORDERS: [(&str, bool); 5] =
    [("nom", false), ("habitants", true), ("indicateur", false), ("classe", false), ("proposee", false)];

/// What the units are filtered by.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    /// Region, empty for all.
    pub region: String,
    /// Class, empty for all; `-` for none.
    pub class: String,
    /// Only those whose class was changed.
    pub moved: bool,
    /// Part of a name or code.
    pub text: String,
}

impl Filter {
    /// Reads the parameters of the page.
    ///
    /// # Errors
    /// 400 for a class or a region that is not there.
    pub(super) fn read(visit: &Visit, work: &Work) -> Result<Self, Fault> {
        let get = |name: &str| visit.query.get(name).unwrap_or_default().to_owned();
        let filter = Self {
            region: get("dans"),
            class: get("classe"),
            moved: visit.query.get("deplacees").is_some(),
            text: get("q"),
        };
        let known: Vec<&str> = work.proposal.classes.iter().map(|class| class.id.as_str()).collect();
        if !filter.class.is_empty() && filter.class != "-" && !known.contains(&filter.class.as_str()) {
            return Err(Fault::bad(
                "fault-zoning-class",
                [("value", shorten(&filter.class)), ("known", known.join(", "))],
            ));
        }
        Ok(filter)
    }

    fn keeps(&self, work: &Work, rank: usize) -> bool {
        let unit = &work.proposal.units[rank];
        let class = work.class_id(rank);
        let wanted = crate::search::normalise(&self.text);
        (self.region.is_empty() || unit.region == self.region)
            && (self.class.is_empty() || class == Some(self.class.as_str()) || (self.class == "-" && class.is_none()))
            && (!self.moved || work.review.classes[rank] != unit.class)
            && (wanted.is_empty() || unit.code == self.text || crate::search::normalise(&unit.name).contains(&wanted))
    }
}

/// Classes to choose from, with everything first.
pub(super) fn class_choices(lang: Lang, work: &Work, chosen: &str) -> Vec<Choice> {
    let all = Choice { value: String::new(), label: lang.tr("zoning-filter-all"), selected: chosen.is_empty() };
    let classes = work.proposal.classes.iter().map(|class| Choice {
        value: class.id.clone(),
        label: class.label.clone(),
        selected: class.id == chosen,
    });
    let none = work.review.classes.iter().any(Option::is_none).then(|| Choice {
        value: "-".into(),
        label: lang.tr("zoning-no-class"),
        selected: chosen == "-",
    });
    std::iter::once(all).chain(classes).chain(none).collect()
}

/// Regions to choose from, with everything first; empty when there is one.
pub(super) fn region_choices(lang: Lang, work: &Work, chosen: &str) -> Vec<Choice> {
    let mut regions: Vec<(&str, &str)> =
        work.proposal.quotas.iter().map(|quota| (quota.region.as_str(), quota.name.as_str())).collect();
    regions.sort_unstable_by_key(|region| region.1);
    regions.dedup();
    if regions.len() < 2 {
        return Vec::new();
    }
    let all = Choice { value: String::new(), label: lang.tr("zoning-filter-all"), selected: chosen.is_empty() };
    let each = regions.into_iter().map(|(code, name)| Choice {
        value: code.to_owned(),
        label: name.to_owned(),
        selected: code == chosen,
    });
    std::iter::once(all).chain(each).collect()
}

/// The table. `path` is the page's; every link keeps the other parameters.
///
/// # Errors
/// 400 for an unknown order or page.
pub(super) fn table(lang: Lang, visit: &Visit, path: &str, work: &Work, filter: &Filter) -> Result<TableView, Fault> {
    let by = visit.query.get("tri").unwrap_or("nom");
    let Some((_, largest_first)) = ORDERS.into_iter().find(|(id, _)| *id == by) else {
        let known = ORDERS.map(|(id, _)| id).join(", ");
        return Err(Fault::bad("fault-sort", [("value", shorten(by)), ("known", known)]));
    };
    let descending = match visit.query.get("ordre") {
        None => largest_first,
        Some("croissant") => false,
        Some("decroissant") => true,
        Some(other) => return Err(Fault::bad("fault-order", [("value", shorten(other))])),
    };
    let units = &work.proposal.units;
    let mut ranks: Vec<usize> = (0..units.len()).filter(|rank| filter.keeps(work, *rank)).collect();
    sort(&mut ranks, work, by, descending);
    let total = ranks.len();
    let page = visit.query.page(total.div_ceil(PAGE))?;
    let address = |changes: &[(&str, &str)]| format!("{}#unites", super::here(visit, path, changes));
    let head = |id: &str, head: Head| {
        let current = id == by;
        let first = ORDERS.iter().any(|(known, first)| *known == id && *first);
        let next = if current { !descending } else { first };
        let order = if next { "decroissant" } else { "croissant" };
        let state = match (current, descending) {
            (false, _) => "none",
            (true, true) => "descending",
            (true, false) => "ascending",
        };
        let href = address(&[("tri", id), ("ordre", order), ("page", ""), ("zone", "")]);
        Head { sort: Some(Sort { href, state }), ..head }
    };
    let heads = vec![
        head("nom", Head::text(lang.tr("zoning-head-unit"))),
        head("habitants", Head::number(lang.tr("zoning-head-people"), "")),
        head("indicateur", Head::number(lang.tr("zoning-head-value"), "")),
        head("proposee", Head::text(lang.tr("zoning-head-proposed"))),
        head("classe", Head::text(lang.tr("zoning-head-class"))),
        Head::text(lang.tr("zoning-head-because")),
    ];
    let rows =
        ranks.iter().skip((page - 1) * PAGE).take(PAGE).map(|rank| row(lang, visit, path, work, *rank)).collect();
    let pager = Pager::new(
        lang.tr("pager-label"),
        page,
        PAGE,
        total,
        |page| address(&[("page", &page.to_string()), ("zone", "")]),
        |page| format::count(lang, page as u64),
    );
    Ok(TableView {
        id: "unites-table".into(),
        caption: lang.tr_count("zoning-units-caption", total as u64),
        note: lang.tr("zoning-units-note"),
        heads,
        rows,
        pager,
        ..TableView::default()
    })
}

fn sort(ranks: &mut [usize], work: &Work, by: &str, descending: bool) {
    let units = &work.proposal.units;
    let name = |unit: &Unit| crate::search::normalise(&unit.name);
    match by {
        "habitants" => ranks.sort_by_key(|rank| (units[*rank].people, *rank)),
        "indicateur" => ranks.sort_by(|a, b| {
            let value = |rank: usize| units[rank].value.unwrap_or(f64::INFINITY);
            value(*a).total_cmp(&value(*b)).then(a.cmp(b))
        }),
        "classe" => ranks.sort_by_key(|rank| (work.review.classes[*rank].unwrap_or(u8::MAX), *rank)),
        "proposee" => ranks.sort_by_key(|rank| (units[*rank].class.unwrap_or(u8::MAX), *rank)),
        _ => ranks.sort_by_cached_key(|rank| (name(&units[*rank]), *rank)),
    }
    if descending {
        ranks.reverse();
    }
}

fn row(lang: Lang, visit: &Visit, path: &str, work: &Work, rank: usize) -> RowView {
    let unit = &work.proposal.units[rank];
    let classes = &work.proposal.classes;
    let href = format!("{}#zone", super::here(visit, path, &[("zone", &unit.code)]));
    let moved = work.review.classes[rank] != unit.class;
    let faults = work.faults_at(&unit.code).count();
    let mut class = CellView::text(words::class(lang, classes, work.review.classes[rank]));
    if faults > 0 {
        class = class.with_note(lang.tr_count("zoning-unit-faults", faults as u64));
    } else if moved {
        class = class.with_note(lang.tr("zoning-unit-moved"));
    }
    RowView {
        cells: vec![
            CellView::link(unit.name.clone(), href).with_note(unit.code.clone()),
            CellView::number(Some(words::people(lang, unit.people))),
            CellView::number(unit.value.and_then(|value| format::number(lang, value, 2))),
            CellView::text(words::class(lang, classes, unit.class)),
            class,
            CellView::text(words::because(lang, &unit.because)),
        ],
        current: visit.query.get("zone") == Some(unit.code.as_str()),
    }
}
