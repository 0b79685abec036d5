//! What others declared or published: the register of resources, and the figures of studies beside ours.

use pacte_access::urgent::{Reference, Set};
use pacte_territory::{CareResource, Level, Nature};

use super::asked::{kind_label, set_label};
use super::view::{SHOWN, Teller};
use super::{HERE, tables};
use crate::format;
use crate::i18n::Lang;
use crate::labels;
use crate::subject::territory_url;
use crate::view::{CellView, Download, Head, RowView, TableView};

/// Decimals a published share is given with.
fn decimals(share: f64) -> u8 {
    (0..2).find(|decimals| (share * 10_f64.powi(i32::from(*decimals))).fract() == 0.0).unwrap_or(2)
}

impl Teller<'_> {
    pub(super) fn register(&self) -> TableView {
        let lang = self.visit.lang;
        let territory = self.portal.atlas.territory();
        let resources = self.answer.cover.resources();
        let active = self.answer.cover.active(Set::ALL, self.asked.moment());
        // What the register adds comes before the departments of the BPE, which are many and alike.
        let row = |(index, one): (u32, &CareResource)| {
            let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
            let dates = match (day(one.from), day(one.to)) {
                (None, None) => "–".to_owned(),
                (from, to) => format!("{} → {}", from.unwrap_or_else(|| "…".into()), to.unwrap_or_else(|| "…".into())),
            };
            let seasons: Vec<String> = one.seasons.iter().map(ToString::to_string).collect();
            let mut details = seasons;
            details.extend(one.flight.map(|flight| labels::typeset(&tables::flown(flight))));
            details.extend((!one.note.is_empty()).then(|| labels::typeset(&one.note)));
            let answers =
                if active.contains(&index) { lang.tr("urgent-answers") } else { lang.tr("urgent-answers-not") };
            let area = territory.area(Level::Commune, one.commune);
            RowView {
                cells: vec![
                    CellView::text(one.name.clone()).with_note(one.id.clone()),
                    CellView::text(kind_label(lang, one.kind)),
                    CellView::link(area.name, territory_url(Level::Commune, &area.code)),
                    CellView::text(dates),
                    CellView::text(one.hours.to_string()).with_note(labels::typeset(&details.join(" ; "))),
                    CellView::text(answers),
                ],
                current: false,
            }
        };
        let caption = lang.tr("urgent-register-caption");
        let mut downloads = self.downloads("registre", &caption, false);
        // The words seen are part of the name heard, or a voice command would not find the link.
        let named = |label: &'static str, title: String, file: &str| Download {
            label,
            title: format!("{label} – {title}"),
            href: format!("{HERE}/{file}"),
        };
        let (import, template) =
            if lang.is_french() { ("CSV d’import", "CSV modèle") } else { ("CSV to import", "CSV template") };
        downloads.push(named(import, lang.tr("urgent-register-import"), "registre.csv"));
        downloads.push(named(template, lang.tr("urgent-register-template"), "modele.csv"));
        let most = SHOWN.max(territory.care.resources.len().min(60));
        TableView {
            id: "urgences-registre".into(),
            note: if resources.len() > most {
                let count = |n: usize| format::count(lang, n as u64);
                lang.tr_with("urgent-first", [("shown", count(most)), ("all", count(resources.len()))])
            } else {
                String::new()
            },
            heads: vec![
                Head::text(lang.tr("head-resource")),
                Head::text(lang.tr("urgent-head-kind")),
                Head::text(lang.level(Level::Commune)),
                Head::text(lang.tr("urgent-head-dates")),
                Head::text(lang.tr("urgent-head-hours")),
                Head::text(lang.tr("urgent-head-answers")),
            ],
            rows: (0_u32..).zip(resources).take(most).map(row).collect(),
            downloads,
            caption,
            ..TableView::default()
        }
    }

    pub(super) fn published(&self) -> TableView {
        let lang = self.visit.lang;
        let moment = self.asked.moment();
        let cover = &self.answer.cover;
        let row = |reference: &Reference| {
            let ours = reference.set.map(|set| (set, cover.beyond(&cover.minutes(set, moment), 30.0)));
            let mut said = reference.people.map(|people| self.people(people)).unwrap_or_default();
            if let Some(share) = reference.share.and_then(|share| format::percent(lang, share, decimals(share))) {
                said = if said.is_empty() { share } else { format!("{said} ({share})") };
            }
            let qualifier = match reference.qualifier.as_str() {
                "environ" => lang.tr("urgent-about"),
                "plus de" => lang.tr("urgent-more-than"),
                _ => String::new(),
            };
            let ours = match ours {
                None => CellView::text("–"),
                Some((set, count)) => {
                    let share = self.share(&count).map(|share| format!(" ({share})")).unwrap_or_default();
                    CellView::text(format!("{}{share}", self.people(count.people))).with_note(set_label(lang, set))
                }
            };
            RowView {
                cells: vec![
                    CellView::text(day(lang, &reference.as_of)).with_note(labels::typeset(&reference.source)),
                    CellView::text(format!("{qualifier} {said}").trim().to_owned())
                        .with_note(labels::typeset(&format!("{}. {}", reference.definition, reference.resources))),
                    ours,
                    CellView::text(labels::typeset(&reference.differs)),
                ],
                current: false,
            }
        };
        let caption = lang.tr("urgent-published-caption");
        TableView {
            id: "urgences-publies".into(),
            note: if self.portal.site.nature == Nature::Training {
                lang.tr("urgent-published-training")
            } else {
                lang.tr("urgent-published-note")
            },
            heads: vec![
                Head::text(lang.tr("urgent-head-study")),
                Head::text(lang.tr("urgent-head-published")),
                Head::text(lang.tr("urgent-head-ours")),
                Head::text(lang.tr("urgent-head-differs")),
            ],
            rows: Reference::shipped().iter().map(row).collect(),
            downloads: self.downloads("publies", &caption, false),
            caption,
            ..TableView::default()
        }
    }

    pub(super) fn published_departements(&self) -> Option<TableView> {
        let lang = self.visit.lang;
        let table = tables::published_departements(&self.answer.cover, self.asked.moment(), Reference::shipped());
        let share = |cell: &pacte_sources::table::Cell| {
            CellView::number(cell.as_number().and_then(|share| format::percent(lang, share, 1)))
        };
        let row = |row: &Vec<pacte_sources::table::Cell>| RowView {
            cells: vec![
                CellView::link(
                    row[2].as_text().unwrap_or_default(),
                    territory_url(Level::Departement, row[1].as_text().unwrap_or_default()),
                ),
                share(&row[3]),
                share(&row[4]),
            ],
            current: false,
        };
        (!table.rows.is_empty()).then(|| TableView {
            id: "urgences-publies-departements".into(),
            caption: lang.tr("urgent-published-departements"),
            note: lang.tr("urgent-published-departements-note"),
            source: self.source(),
            heads: vec![
                Head::text(lang.level(Level::Departement)),
                Head::number(lang.tr("urgent-head-published"), ""),
                Head::number(lang.tr("urgent-head-ours"), ""),
            ],
            rows: table.rows.iter().map(row).collect(),
            ..TableView::default()
        })
    }
}

/// Day or year of a study, as written.
fn day(lang: Lang, text: &str) -> String {
    text.parse::<jiff::civil::Date>().map_or_else(|_| labels::typeset(text), |day| format::date(lang, day))
}
