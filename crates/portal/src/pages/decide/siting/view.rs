//! An answer as the page shows it.

use pacte_access::siting::{Equity, Objective, Siting, SolveMethod, UrgentCare};
use pacte_access::urgent::Moment;
use pacte_territory::{Level, Territory};

use crate::format;
use crate::i18n::Lang;
use crate::labels;
use crate::request::Visit;
use crate::state::Portal;
use crate::subject::territory_url;
use crate::view::{CellView, ChartView, Download, FigureCard, Head, LegendView, RowView, TableView};

mod drawings;

/// Communes named in a cell.
const NAMED: usize = 3;
/// Sites listed on the page; files have them all.
const LISTED: usize = 100;
/// Communes listed for one site.
const COMMUNES: usize = 300;

/// What the template shows of an answer.
#[derive(Clone, Debug)]
pub(super) struct AnswerView {
    pub(super) heading: String,
    pub(super) summary: String,
    /// `good` when proven, `info` otherwise.
    pub(super) kind: &'static str,
    pub(super) proof: String,
    pub(super) proof_text: String,
    pub(super) cards: Vec<FigureCard>,
    pub(super) legend: LegendView,
    pub(super) svg: String,
    pub(super) map_note: String,
    pub(super) chart: ChartView,
    pub(super) sites: TableView,
    pub(super) communes: TableView,
    pub(super) communes_show: String,
    pub(super) notes: Vec<String>,
    pub(super) command: String,
}

/// Builds it.
pub(super) fn view(portal: &Portal, visit: &Visit, answer: &Siting) -> AnswerView {
    let teller = Teller { portal, visit, lang: visit.lang, answer };
    let (svg, map_note) = teller.map();
    AnswerView {
        heading: teller.heading(),
        summary: [Some(teller.summary()), teller.fewer()].into_iter().flatten().collect::<Vec<_>>().join(" "),
        kind: if answer.proof.proven { "good" } else { "info" },
        proof: teller.proof(),
        proof_text: teller.proof_text(),
        cards: teller.cards(),
        legend: teller.legend(),
        svg,
        map_note,
        chart: teller.chart(),
        sites: teller.sites(),
        communes: teller.communes(),
        communes_show: teller.lang.tr("siting-communes-show"),
        notes: teller.notes(),
        command: command(answer),
    }
}

struct Teller<'a> {
    portal: &'a Portal,
    visit: &'a Visit,
    lang: Lang,
    answer: &'a Siting,
}

impl Teller<'_> {
    fn territory(&self) -> &Territory {
        self.portal.atlas.territory()
    }

    fn is_mean(&self) -> bool {
        self.answer.request.objective == Objective::MeanTime
    }

    fn is_weighted(&self) -> bool {
        self.answer.unit.ends_with("pondérés")
    }

    fn count(&self, number: u64) -> String {
        format::count(self.lang, number)
    }

    fn percent(&self, share: f64) -> String {
        format::percent(self.lang, share * 100.0, 1).unwrap_or_default()
    }

    /// A gain as written: whole people, thousands of minutes for means.
    fn gain(&self, gain: f64) -> Option<String> {
        format::number(self.lang, gain, 0)
    }

    fn unit(&self) -> String {
        let key = match (self.is_mean(), self.is_weighted()) {
            (false, false) => "siting-unit-people",
            (false, true) => "siting-unit-weighted",
            (true, false) => "siting-unit-minutes",
            (true, true) => "siting-unit-weighted-minutes",
        };
        self.lang.tr(key)
    }

    fn minutes(&self) -> String {
        format::minutes(self.lang, f64::from(self.answer.request.minutes)).unwrap_or_default()
    }

    fn scope(&self) -> String {
        match &self.answer.request.scope {
            None => labels::area_name(&self.portal.atlas, self.lang, Level::Country, 0),
            Some(_) => self.answer.scope_name.clone(),
        }
    }

    fn heading(&self) -> String {
        let sites = self.lang.tr_count("siting-count-sites", self.answer.sites.len() as u64);
        self.lang.tr_with("siting-heading", [("sites", sites), ("scope", self.scope())])
    }

    fn summary(&self) -> String {
        let totals = &self.answer.totals;
        let people = (totals.people as f64).max(1.0);
        let (before, after) = (totals.served_before as f64 / people, totals.served_after as f64 / people);
        let share = |share| self.percent(share);
        match (self.answer.request.objective, totals.mean_before, totals.mean_after) {
            (Objective::MeanTime, Some(before), Some(after)) => {
                let written = |minutes: f64| format::number(self.lang, minutes, 1).unwrap_or_default();
                self.lang.tr_with(
                    "siting-summary-mean",
                    [("before", written(before)), ("after", written(after)), ("minutes", self.minutes())],
                )
            }
            (Objective::UnderDense, ..) => self.lang.tr_with(
                "siting-summary-under-dense",
                [
                    ("people", self.count(self.answer.people())),
                    ("all", self.count(totals.people)),
                    ("share", share(after)),
                    ("minutes", self.minutes()),
                ],
            ),
            _ => self.lang.tr_with(
                "siting-summary-cover",
                [
                    ("people", self.count(self.answer.people())),
                    ("before", share(before)),
                    ("after", share(after)),
                    ("minutes", self.minutes()),
                ],
            ),
        }
    }

    fn proof(&self) -> String {
        let proof = &self.answer.proof;
        if proof.proven {
            return self.lang.tr("siting-proven");
        }
        // Rounded up: never said to be nearer than it is.
        let (gap, decimals) = if proof.gap < 0.001 {
            ((proof.gap * 1e4).ceil() / 100.0, 2)
        } else {
            ((proof.gap * 1e3).ceil() / 10.0, 1)
        };
        self.lang.tr_with("siting-gap", [("gap", format::percent(self.lang, gap, decimals).unwrap_or_default())])
    }

    fn proof_text(&self) -> String {
        let bound = self.gain(self.answer.proof.bound).unwrap_or_default();
        let name = if self.answer.proof.proven { "siting-proven-text" } else { "siting-gap-text" };
        self.lang.tr_with(name, [("bound", bound), ("unit", self.unit())])
    }

    /// Said when fewer sites than asked for bring everybody who can be.
    fn fewer(&self) -> Option<String> {
        let found = self.answer.sites.len();
        let asked = self.answer.request.sites.filter(|asked| *asked as usize > found)?;
        let pairs = [("asked", asked.to_string()), ("found", self.count(found as u64))];
        Some(self.lang.tr_with("siting-note-fewer", pairs))
    }

    fn cards(&self) -> Vec<FigureCard> {
        let answer = self.answer;
        let lang = self.lang;
        let totals = &answer.totals;
        let people = (totals.people as f64).max(1.0);
        let mut cards = Vec::new();
        if let (true, Some(before), Some(after)) = (self.is_mean(), totals.mean_before, totals.mean_after) {
            cards.push(FigureCard {
                label: lang.tr("siting-card-mean"),
                value: format::number(lang, after, 1),
                unit: lang.tr("siting-minutes"),
                context: vec![lang.tr_with(
                    "siting-card-mean-before",
                    [("before", format::number(lang, before, 1).unwrap_or_default())],
                )],
                source: self.source(),
            });
        } else {
            cards.push(FigureCard {
                label: lang.tr("siting-card-people"),
                value: Some(self.count(answer.people())),
                unit: lang.tr("siting-unit-people"),
                context: vec![lang.tr_with("siting-card-within", [("minutes", self.minutes())])],
                source: self.source(),
            });
            cards.push(FigureCard {
                label: lang.tr("siting-card-share"),
                value: Some(self.percent(totals.served_after as f64 / people)),
                unit: String::new(),
                context: vec![lang.tr_with(
                    "siting-card-share-before",
                    [("before", self.percent(totals.served_before as f64 / people))],
                )],
                source: self.source(),
            });
        }
        cards.push(FigureCard {
            label: lang.tr("siting-card-proof"),
            value: Some(self.proof()),
            context: vec![lang.tr_with(
                "siting-card-greedy",
                [("greedy", self.gain(answer.greedy).unwrap_or_default()), ("unit", self.unit())],
            )],
            ..FigureCard::default()
        });
        if let Some(cost) = answer.cost_cents() {
            cards.push(FigureCard {
                label: lang.tr("siting-card-cost"),
                value: format::number(lang, cost as f64 / 100.0, 0),
                unit: "€".to_owned(),
                ..FigureCard::default()
            });
        }
        cards
    }

    fn downloads(&self, table: &str, title: &str) -> Vec<Download> {
        let query = self.visit.query.address("");
        [("CSV", "csv"), ("XLSX", "xlsx")]
            .into_iter()
            .map(|(label, extension)| Download {
                label,
                title: self.lang.tr_with("download-title", [("title", title), ("format", label)]),
                href: format!("/decider/sites/{table}.{extension}{query}"),
            })
            .collect()
    }

    fn sites(&self) -> TableView {
        let lang = self.lang;
        let answer = self.answer;
        let caption = lang.tr("siting-sites-title");
        let costs = answer.sites.iter().any(|site| site.cost_cents.is_some());
        let mut heads = vec![
            Head::number(lang.tr("siting-head-rank"), ""),
            Head::text(lang.tr("siting-head-commune")),
            Head::number(lang.tr("siting-head-brings"), self.unit()),
            Head::text(lang.tr("siting-head-why")),
            Head::number(lang.tr("siting-head-alone"), self.unit()),
            Head::number(lang.tr("siting-head-loss"), self.unit()),
        ];
        if costs {
            heads.push(Head::number(lang.tr("siting-head-cost"), "€"));
        }
        let rows = (1_u64..)
            .zip(&answer.sites)
            .take(LISTED)
            .map(|(rank, site)| {
                let mut names: Vec<&str> = site.brought.iter().take(NAMED).map(|one| one.name.as_str()).collect();
                let rest = site.brought.len().saturating_sub(NAMED);
                let others = (rest > 0).then(|| lang.tr_count("siting-why-others", rest as u64));
                names.extend(others.as_deref());
                let why = if site.brought.is_empty() { lang.tr("siting-why-nobody") } else { names.join(", ") };
                let people = lang.tr_count("siting-why-people", site.people);
                let home = self
                    .territory()
                    .area_of(Level::Departement, site.commune)
                    .map(|home| self.territory().area(Level::Departement, home).name)
                    .unwrap_or_default();
                let note = if site.forced { lang.tr("siting-forced") } else { home };
                let mut cells = vec![
                    CellView::number(Some(self.count(rank))),
                    CellView::link(site.name.clone(), territory_url(Level::Commune, &site.code)).with_note(note),
                    CellView::number(self.gain(site.gain)),
                    CellView::text(why).with_note(people),
                    CellView::number(self.gain(site.alone)),
                    CellView::number(self.gain(site.loss)),
                ];
                if costs {
                    let euros = site.cost_cents.map(|cents| cents as f64 / 100.0);
                    cells.push(CellView::number(euros.and_then(|euros| format::number(lang, euros, 0))));
                }
                RowView { cells, current: false }
            })
            .collect();
        let mut note = lang.tr("siting-sites-note");
        if answer.sites.len() > LISTED {
            note = format!("{note} {}", lang.tr_count("siting-sites-listed", LISTED as u64));
        }
        TableView {
            id: "sites-table".to_owned(),
            note,
            heads,
            rows,
            source: self.source(),
            downloads: self.downloads("sites", &caption),
            caption,
            pager: None,
        }
    }

    fn communes(&self) -> TableView {
        let lang = self.lang;
        let caption = lang.tr("siting-communes-title");
        let all = self.answer.sites.iter().map(|site| site.brought.len()).sum::<usize>();
        let written = |minutes: f32| format::number(lang, f64::from(minutes), 0);
        let rows = (1_u64..)
            .zip(&self.answer.sites)
            .flat_map(|(rank, site)| site.brought.iter().map(move |one| (rank, site, one)))
            .take(COMMUNES)
            .map(|(rank, site, one)| RowView {
                cells: vec![
                    CellView::link(one.name.clone(), territory_url(Level::Commune, &one.code)),
                    CellView::text(format!("{rank}. {}", site.name)),
                    CellView::number(Some(self.count(one.people))),
                    match one.before {
                        Some(before) => CellView::number(written(before)),
                        None => CellView::number(Some(format!("> {}", self.answer.request.minutes))),
                    },
                    CellView::number(written(one.after)),
                ],
                current: false,
            })
            .collect();
        TableView {
            id: "sites-communes".to_owned(),
            note: if all > COMMUNES { lang.tr_count("siting-communes-listed", COMMUNES as u64) } else { String::new() },
            heads: vec![
                Head::text(lang.tr("siting-head-commune")),
                Head::text(lang.tr("siting-head-site")),
                Head::number(lang.tr("siting-head-people"), lang.tr("siting-unit-people")),
                Head::number(lang.tr("siting-head-before"), lang.tr("siting-minutes")),
                Head::number(lang.tr("siting-head-after"), lang.tr("siting-minutes")),
            ],
            rows,
            downloads: self.downloads("communes", &caption),
            caption,
            ..TableView::default()
        }
    }

    fn source(&self) -> String {
        labels::source_line(&self.portal.atlas, self.lang, &self.answer.sources.join(" ; "))
    }

    fn notes(&self) -> Vec<String> {
        let answer = self.answer;
        let lang = self.lang;
        let mut notes = Vec::new();
        if let Some(urgent) = answer.request.urgent.filter(|_| answer.request.objective != Objective::UnderDense) {
            let moment = match urgent.moment {
                Moment::Any => lang.tr("siting-when-any"),
                Moment::Day(day) => format::date(lang, day),
                Moment::At(at) => format!("{}, {:02}:{:02}", format::date(lang, at.date()), at.hour(), at.minute()),
            };
            let set = super::super::urgent::set_label(lang, urgent.set);
            notes.push(lang.tr_with("siting-note-urgent", [("set", set), ("moment", moment)]));
        }
        if answer.request.objective == Objective::UnderDense {
            let threshold = f64::from(answer.request.threshold_hundredths) / 100.0;
            notes.push(lang.tr_with(
                "siting-note-under-dense",
                [("threshold", format::number(lang, threshold, 2).unwrap_or_default())],
            ));
        }
        if self.is_weighted() {
            let name = lang.tr(&format!("siting-equity-{}", answer.request.equity.slug()));
            notes.push(lang.tr_with(
                "siting-note-equity",
                [
                    ("equity", name),
                    ("percent", answer.request.equity_percent.to_string()),
                    ("missing", self.count(u64::from(answer.unweighted))),
                ],
            ));
        }
        if answer.request.capacity.is_some() {
            notes.push(lang.tr("siting-note-capacity"));
        }
        if answer.stopped {
            notes.push(lang.tr_with("siting-note-stopped", [("seconds", answer.request.seconds.to_string())]));
        }
        notes.push(lang.tr_with(
            "siting-note-search",
            [
                ("method", lang.tr(method_key(answer.proof.method))),
                ("seconds", format::number(lang, answer.seconds, 2).unwrap_or_default()),
                ("candidates", self.count(u64::from(answer.candidates))),
                ("points", self.count(u64::from(answer.points))),
                ("pairs", self.count(answer.pairs)),
            ],
        ));
        let travel = labels::typeset(&format!("{}. {}", answer.travel.label, answer.travel.quality));
        notes.push(lang.tr_with("siting-note-travel", [("travel", travel)]));
        let hash = self.portal.workbench.as_ref().map(|bench| bench.territory_hash.as_str()).unwrap_or_default();
        notes.push(lang.tr_with(
            "siting-note-hash",
            [
                ("territory", hash[..hash.len().min(8)].to_owned()),
                ("methods", answer.fingerprint[..8].to_owned()),
                ("request", answer.method_hash[..8].to_owned()),
            ],
        ));
        notes
    }
}

/// Key of the text of a method.
const fn method_key(method: SolveMethod) -> &'static str {
    match method {
        SolveMethod::Heuristic => "siting-method-heuristic",
        SolveMethod::Lagrangian => "siting-method-lagrangian",
        SolveMethod::Branching => "siting-method-branching",
        SolveMethod::MixedInteger => "siting-method-mixed",
    }
}

/// The command that answers the same.
fn command(answer: &Siting) -> String {
    let request = &answer.request;
    let objective = match request.objective {
        Objective::Cover => "cover",
        Objective::UnderDense => "under-dense",
        Objective::MeanTime => "mean",
    };
    let mut parts = vec![format!("pacte siting --objective {objective}{}", request.minutes)];
    if let Some(sites) = request.sites {
        parts.push(format!("--sites {sites}"));
    }
    if let Some((level, code)) = &request.scope {
        parts.push(format!("--in {level}:{code}"));
    }
    if request.existing.is_empty() && request.urgent.is_none() {
        parts.push("--no-existing".to_owned());
    }
    parts.extend(request.existing.iter().map(|kind| format!("--existing {kind}")));
    if let Some(urgent) = request.urgent.filter(|urgent| *urgent != UrgentCare::default()) {
        parts.push(format!("--existing {}", urgent.set));
        if urgent.moment != Moment::Any {
            parts.push(format!("--when {}", urgent.moment));
        }
    }
    if let Some(cents) = request.budget_cents {
        parts.push(format!("--budget-euros {}", cents / 100));
    }
    if let Some(cents) = request.cost_cents {
        parts.push(format!("--cost {}", cents / 100));
    }
    if let Some(capacity) = request.capacity {
        parts.push(format!("--capacity {capacity}"));
    }
    if request.equity != Equity::Everybody {
        let name = match request.equity {
            Equity::Elderly => "elderly",
            Equity::Poverty => "poverty",
            _ => "deprivation",
        };
        parts.push(format!("--equity {name} --equity-percent {}", request.equity_percent));
    }
    if request.least_people > 0 {
        parts.push(format!("--least-people {}", request.least_people));
    }
    parts.extend(request.forced.iter().map(|code| format!("--force {code}")));
    parts.extend(request.forbidden.iter().map(|code| format!("--forbid {code}")));
    if request.objective == Objective::UnderDense && request.threshold_hundredths != 250 {
        parts.push(format!("--threshold {}", f64::from(request.threshold_hundredths) / 100.0));
    }
    if !request.exact {
        parts.push("--fast".to_owned());
    }
    parts.join(" ")
}
