//! What the page of a draft is made of, built from the draft and its computation.

use pacte_access::zoning::method::SpecialKind;
use pacte_access::zoning::review::QPV;
use pacte_access::zoning::{Class, Classes};
use pacte_access::zoning_layer::{Draft, Work};
use pacte_territory::grouping::NO_AREA;

use super::super::words::{self, ClassView};
use super::super::{HOME, Subject, here, kept, map, proposal_query};
use super::{Details, MoveView, Notice, Typed, UnitForm};
use crate::error::Fault;
use crate::format;
use crate::i18n::Lang;
use crate::labels::typeset;
use crate::map_block::Choice;
use crate::request::{Visit, shorten};
use crate::state::Portal;
use crate::view::{CellView, Download, FigureCard, Head, RowView, TableView};
use crate::workbench::Workbench;

pub(super) fn subtitle(lang: Lang, subject: &Subject) -> String {
    let draft = &subject.draft;
    match &subject.kept {
        Some((_, revision, last)) => lang.tr_with(
            "zoning-draft-subtitle",
            [
                ("method", draft.method.label.clone()),
                ("scope", draft.scope.name.clone()),
                ("revision", revision.to_string()),
                ("last", last.to_string()),
            ],
        ),
        None => lang.tr_with(
            "zoning-proposal-subtitle",
            [("method", draft.method.label.clone()), ("scope", draft.scope.name.clone())],
        ),
    }
}

pub(super) fn notices(lang: Lang, visit: &Visit, subject: &Subject, stale: bool, typed: &Typed) -> Vec<Notice> {
    let notice = |kind, title: String, text: String| Notice { kind, title, text };
    let mut notices: Vec<Notice> =
        typed.refusals.iter().map(|text| notice("error", lang.tr("zoning-refused"), typeset(text))).collect();
    if visit.query.get("fait").is_some() && typed.refusals.is_empty() {
        notices.push(notice("good", String::new(), lang.tr("zoning-saved")));
    }
    if let Some((id, revision, last)) = &subject.kept
        && revision != last
    {
        let text = lang.tr_with("zoning-old-revision", [("last", last.to_string()), ("id", id.clone())]);
        notices.push(notice("info", String::new(), text));
    }
    if stale {
        let base = &subject.draft.base;
        let text =
            lang.tr_with("zoning-stale", [("name", base.name.clone()), ("date", format::date(lang, base.geography))]);
        notices.push(notice("warn", lang.tr("zoning-stale-title"), text));
        for (unit, why) in &subject.work.lost {
            notices.push(notice("warn", unit.clone(), typeset(why)));
        }
    }
    notices
}

pub(super) fn figures(portal: &Portal, lang: Lang, work: &Work, by_class: &[u64], source: &str) -> Vec<FigureCard> {
    let total: u64 = work.proposal.units.iter().map(|unit| unit.people).sum();
    let mut cards: Vec<FigureCard> = work
        .proposal
        .classes
        .iter()
        .zip(by_class)
        .take(3)
        .map(|(class, count)| FigureCard {
            label: class.short.clone(),
            value: words::share(lang, *count, total),
            unit: String::new(),
            context: vec![lang.tr_with(
                "zoning-figure-people",
                [("people", words::people(lang, *count)), ("class", class.label.clone())],
            )],
            source: source.to_owned(),
        })
        .collect();
    if let (Some(effects), Some(before)) = (&work.effects, &work.before) {
        let professionals = format::number(lang, effects.professionals_moved, 0).unwrap_or_default();
        let mut context = vec![lang.tr_with("zoning-figure-professionals", [("n", professionals)])];
        let elsewhere = effects.people_from_elsewhere(work.proposal.classes.len());
        if elsewhere > 0 {
            context.push(lang.tr_with("zoning-figure-elsewhere", [("people", words::people(lang, elsewhere))]));
        }
        // One zone that holds a tenth of those who change explains more than the count does.
        if let Some((zone, people)) = most_moved(portal, work).filter(|(_, people)| people * 10 > effects.people_moved)
        {
            context.push(lang.tr_with("zoning-figure-zone", [("people", words::people(lang, people)), ("zone", zone)]));
        }
        context.push(lang.tr_with("zoning-effects-note", [("before", typeset(&before.label))]));
        cards.push(FigureCard {
            label: lang.tr("zoning-figure-moved"),
            value: Some(words::people(lang, effects.people_moved)),
            unit: lang.tr("zoning-unit-people"),
            context,
            source: source.to_owned(),
        });
    }
    cards
}

/// The zone where most people change class, and how many; `None` when nobody does or nobody was counted.
fn most_moved(portal: &Portal, work: &Work) -> Option<(String, u64)> {
    let territory = portal.atlas.territory();
    let people = portal.workbench.as_ref()?.ground.residents();
    let before = &work.before.as_ref()?.classes;
    let id = |classes: &Classes, commune: u32| {
        classes.get(commune).and_then(|class| classes.classes.get(usize::from(class))).map(|class| class.id.clone())
    };
    let moved = |area: u32| -> u64 {
        let members = territory.members(work.proposal.level, area);
        let changed = members.iter().filter(|commune| id(before, **commune) != id(&work.after, **commune));
        changed.map(|commune| people[*commune as usize]).sum()
    };
    let zones = work.proposal.units.iter().filter(|unit| unit.area != NO_AREA);
    let counted = zones.map(|unit| (unit.name.clone(), moved(unit.area)));
    counted.max_by_key(|(_, people)| *people).filter(|(_, people)| *people > 0)
}

/// Classes with their swatch and how many they hold.
pub(in super::super) fn legend(
    lang: Lang,
    classes: &[Class],
    people: &[u64],
    zones: &[u64],
    total: u64,
) -> Vec<ClassView> {
    let paints = map::Paints::of(classes);
    classes
        .iter()
        .zip(people.iter().zip(zones))
        .map(|(class, (people, zones))| ClassView {
            fill: paints.swatch(class),
            label: class.label.clone(),
            count: lang.tr_with(
                "zoning-legend-count",
                [
                    ("zones", lang.tr_count("zoning-units-caption", *zones)),
                    ("people", words::people(lang, *people)),
                    ("share", words::share(lang, *people, total).unwrap_or_default()),
                ],
            ),
            aids: typeset(&class.aids),
        })
        .collect()
}

pub(super) fn drawing(portal: &Portal, visit: &Visit, subject: &Subject) -> Option<String> {
    let (lang, work) = (visit.lang, &*subject.work);
    let classes = &work.proposal.classes;
    let zones: Vec<(u32, Option<&Class>, String)> = work
        .proposal
        .units
        .iter()
        .zip(&work.review.classes)
        .filter(|(unit, _)| unit.area != NO_AREA)
        .map(|(unit, class)| {
            let value = unit.value.and_then(|value| format::number(lang, value, 2)).unwrap_or_default();
            let said = lang.tr_with(
                "zoning-map-unit",
                [
                    ("name", unit.name.clone()),
                    ("class", words::class(lang, classes, *class)),
                    ("value", value),
                    ("people", words::people(lang, unit.people)),
                ],
            );
            (unit.area, class.and_then(|class| classes.get(usize::from(class))), said)
        })
        .collect();
    let address = here(&Visit { query: proposal_query(&visit.query), ..visit.clone() }, &subject.path(), &[]);
    let joint = if address.contains('?') { "&amp;" } else { "?" };
    let before = format!("{}{joint}zone=", address.replace('&', "&amp;"));
    map::draw(&map::Shown {
        territory: portal.atlas.territory(),
        extent: &portal.extent,
        level: work.proposal.level,
        paints: &map::Paints::of(classes),
        whole: subject.draft.scope.is_whole(),
        zones: &zones,
        title: &lang.tr_with("zoning-map-title", [("scope", subject.draft.scope.name.as_str())]),
        link: (&before, "#zone"),
    })
}

pub(super) fn unit_form(
    lang: Lang,
    visit: &Visit,
    subject: &Subject,
    typed: &Typed,
) -> Result<Option<UnitForm>, Fault> {
    let typed_unit = typed.of("move", "unite");
    let Some(code) = typed_unit.as_deref().or(visit.query.get("zone")) else { return Ok(None) };
    let work = &*subject.work;
    let Some(rank) = work.proposal.find(code) else {
        // A form that was refused for this very reason keeps what was typed; an address leads nowhere.
        if typed_unit.is_some() {
            return Ok(None);
        }
        return Err(Fault::missing("fault-zoning-unit", [("value", shorten(code))]));
    };
    let unit = &work.proposal.units[rank];
    let classes = &work.proposal.classes;
    let now = work.review.classes[rank];
    let decided = subject.draft.adjustment(code);
    let chosen = typed.of("move", "classe").or_else(|| decided.map(|decided| decided.to.clone()));
    let chosen = chosen.or_else(|| work.class_id(rank).map(str::to_owned)).unwrap_or_default();
    let number = |value: f64| format::number(lang, value, 2).unwrap_or_default();
    let mut facts = vec![
        (lang.tr("zoning-head-people"), words::people(lang, unit.people)),
        (lang.tr("zoning-head-value"), unit.value.map_or_else(|| lang.tr("shell-missing"), number)),
        (lang.tr("zoning-head-proposed"), words::class(lang, classes, unit.class)),
        (lang.tr("zoning-head-class"), words::class(lang, classes, now)),
        (lang.tr("zoning-head-because"), words::because(lang, &unit.because)),
    ];
    if unit.qpv > 0 {
        facts.push((lang.tr("zoning-head-quarters"), unit.qpv.to_string()));
    }
    if unit.zrr_people > 0 {
        facts.push((lang.tr("zoning-head-zrr"), words::people(lang, unit.zrr_people)));
    }
    let faults = work.faults_at(code).map(|fault| words::fault(lang, fault, String::new(), String::new())).collect();
    Ok(Some(UnitForm {
        code: unit.code.clone(),
        name: unit.name.clone(),
        facts,
        faults,
        choices: classes
            .iter()
            .map(|class| Choice { value: class.id.clone(), label: class.label.clone(), selected: class.id == chosen })
            .collect(),
        reason: typed.of("move", "motif").or_else(|| decided.map(|decided| decided.reason.clone())).unwrap_or_default(),
        moved: decided.is_some(),
        territory: if unit.area == NO_AREA {
            String::new()
        } else {
            format!("/territoires/{}/{}", work.proposal.level.slug(), unit.code)
        },
    }))
}

pub(super) fn moves(lang: Lang, subject: &Subject, address: &dyn Fn(&str) -> String) -> Vec<MoveView> {
    let work = &*subject.work;
    let classes = &work.proposal.classes;
    let label =
        |id: &str| classes.iter().find(|class| class.id == id).map_or(id, |class| class.short.as_str()).to_owned();
    subject
        .draft
        .adjustments
        .iter()
        .map(|decided| {
            let rank = work.proposal.find(&decided.unit);
            let quarter = decided.unit.strip_prefix(QPV);
            let name = match (rank, quarter) {
                (Some(rank), _) => work.proposal.units[rank].name.clone(),
                (None, Some(code)) => work
                    .proposal
                    .specials
                    .iter()
                    .find(|special| special.code == code)
                    .map_or_else(|| code.to_owned(), |special| special.name.clone()),
                (None, None) => decided.unit.clone(),
            };
            MoveView {
                unit: decided.unit.clone(),
                name,
                href: rank.map(|_| address(&decided.unit)).unwrap_or_default(),
                from: match (rank, quarter) {
                    (Some(rank), _) => words::class(lang, classes, work.proposal.units[rank].class),
                    (None, Some(_)) => lang.tr("zoning-quarter"),
                    (None, None) => String::new(),
                },
                to: label(&decided.to),
                reason: decided.reason.clone(),
                faults: work
                    .faults_at(&decided.unit)
                    .map(|fault| words::fault(lang, fault, String::new(), String::new()))
                    .collect(),
            }
        })
        .collect()
}

/// Priority neighbourhoods that may be added.
pub(super) fn quarters(work: &Work, typed: &Typed) -> Vec<Choice> {
    let chosen = typed.of("quarter", "unite").unwrap_or_default();
    if !work.method.special.iter().any(|special| special.kind == SpecialKind::Qpv && !special.classes.is_empty()) {
        return Vec::new();
    }
    work.proposal
        .specials
        .iter()
        .filter(|special| special.kind == SpecialKind::Qpv)
        .map(|special| {
            let value = format!("{QPV}{}", special.code);
            Choice { label: format!("{} ({})", special.name, special.code), selected: value == chosen, value }
        })
        .collect()
}

pub(super) fn quarter_classes(work: &Work, typed: &Typed) -> Vec<Choice> {
    let chosen = typed.of("quarter", "classe").unwrap_or_default();
    let special = work.method.special.iter().find(|special| special.kind == SpecialKind::Qpv);
    special
        .iter()
        .flat_map(|special| &special.classes)
        .filter_map(|class| work.proposal.classes.get(usize::from(*class)))
        .map(|class| Choice { value: class.id.clone(), label: class.label.clone(), selected: class.id == chosen })
        .collect()
}

/// Parameters that the filter form keeps.
pub(super) fn hidden(visit: &Visit, subject: &Subject) -> Vec<(String, String)> {
    let names: &[&str] = if subject.kept.is_some() { &["version"] } else { &["methode", "region", "indicateur"] };
    names.iter().filter_map(|name| Some(((*name).to_owned(), visit.query.get(name)?.to_owned()))).collect()
}

pub(super) fn history(lang: Lang, bench: &Workbench, subject: &Subject) -> Result<Option<TableView>, Fault> {
    let Some((id, shown, last)) = &subject.kept else { return Ok(None) };
    let mut rows = Vec::new();
    for revision in (1..=*last).rev() {
        let Some(known) = bench.zoning.drafts.at(id, revision).map_err(kept)? else { continue };
        let saved = known.saved_at.to_zoned(jiff::tz::TimeZone::system());
        let day = format::date(lang, saved.date());
        rows.push(RowView {
            cells: vec![
                CellView::link(revision.to_string(), format!("{}?version={revision}", subject.path())),
                CellView::text(format!("{day}, {:02}:{:02}", saved.hour(), saved.minute())),
                CellView::text(if known.document.author.is_empty() { "–".to_owned() } else { known.document.author }),
                CellView::number(Some(known.document.adjustments.len().to_string())),
                CellView::text(if known.document.note.is_empty() { "–".to_owned() } else { known.document.note }),
            ],
            current: revision == *shown,
        });
    }
    Ok(Some(TableView {
        id: "versions-table".into(),
        caption: lang.tr("zoning-history-caption"),
        heads: vec![
            Head::text(lang.tr("zoning-head-revision")),
            Head::text(lang.tr("zoning-head-saved")),
            Head::text(lang.tr("zoning-head-author")),
            Head::number(lang.tr("zoning-head-moves"), ""),
            Head::text(lang.tr("zoning-head-note")),
        ],
        rows,
        ..TableView::default()
    }))
}

/// Other drafts, to compare with.
pub(super) fn others(bench: &Workbench, subject: &Subject) -> Result<Vec<Choice>, Fault> {
    let Some((id, ..)) = &subject.kept else { return Ok(Vec::new()) };
    let all = crate::pages::decide::readable(bench.zoning.drafts.all().map_err(kept)?);
    Ok(all
        .into_iter()
        .filter(|other| other.id != *id)
        .map(|other| Choice { value: other.id, label: other.document.title, selected: false })
        .collect())
}

pub(super) fn details(draft: &Draft, work: &Work, typed: &Typed) -> Details {
    let field = |name: &str, own: &str| typed.of("details", name).unwrap_or_else(|| own.to_owned());
    Details {
        title: field("titre", &draft.title),
        author: field("auteur", &draft.author),
        text: field("texte", &draft.text),
        note: typed.of("details", "note").unwrap_or_default(),
        commission: match typed.of("details", "commission") {
            Some(ticked) => !ticked.is_empty(),
            None => draft.approvals.commission,
        },
        asks_commission: work.method.margin.size.is_some(),
    }
}

pub(super) fn downloads(lang: Lang, visit: &Visit, subject: &Subject) -> Vec<Download> {
    let title = &subject.draft.title;
    if let Some((_, revision, last)) = &subject.kept {
        let suffix = if revision == last { String::new() } else { format!("?version={revision}") };
        return words::downloads(lang, &subject.path(), &suffix, title);
    }
    let query = proposal_query(&visit.query).address("");
    words::downloads(lang, &format!("{HOME}/projets/proposition"), &query, title)
}

pub(super) fn data(lang: Lang, subject: &Subject) -> Vec<(String, String)> {
    let (draft, work) = (&subject.draft, &subject.work);
    let mut facts: Vec<(String, String)> = work
        .proposal
        .vintages
        .iter()
        .map(|vintage| (vintage.what.clone(), typeset(&format!("{} – {}", vintage.name, vintage.citation))))
        .collect();
    facts.push((lang.tr("zoning-data-method"), format!("{} ({})", draft.method.id, draft.method.hash)));
    facts.push((lang.tr("zoning-data-territory"), draft.base.territory.clone()));
    facts.push((lang.tr("zoning-data-level"), lang.level(work.proposal.level)));
    facts.push((lang.tr("zoning-data-regions"), lang.level(work.proposal.quota_level)));
    facts
}
