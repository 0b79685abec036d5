//! What an import of roads gave, for people and for programs.

use std::io::Write as _;

use anyhow::Result;
use pacte_roads::osm::RoadClass;
use pacte_sources::table::{Cell, Table, TableColumn};
use serde::Serialize;

use crate::cli::TextFormat;
use crate::data_dir::RoadReport;
use crate::print::print;

/// Communes named for people; programs are given all of them.
const NAMED: usize = 5;

/// A report and what is known around it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Closing {
    /// Name of the folder, `None` when nothing was written.
    pub(crate) name: Option<String>,
    /// What was read and built.
    #[serde(flatten)]
    pub(crate) report: RoadReport,
    /// Communes joined, by profile; empty without a territory.
    pub(crate) joined: Vec<OnRoads>,
    /// Seconds, and MB of memory at the highest where the system tells.
    pub(crate) spent: Option<(f64, Option<f64>)>,
}

/// Which communes a network joins.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct OnRoads {
    /// Profile.
    pub(crate) profile: String,
    /// Communes of the territory.
    pub(crate) communes: usize,
    /// Communes joined.
    pub(crate) joined: u32,
    /// Farthest a joined commune lies from its road, metres.
    pub(crate) farthest_metres: f64,
    /// Communes nobody located.
    pub(crate) unlocated: Vec<String>,
    /// Communes farther from any road than the profile allows.
    pub(crate) too_far: Vec<String>,
}

/// A row of figures: what, unit, and one value per column.
struct Row {
    section: &'static str,
    figure: String,
    unit: &'static str,
    values: Vec<Cell>,
}

impl Row {
    fn is_count(&self) -> bool {
        matches!(self.unit, "" | "voies" | "points")
    }
}

impl Closing {
    /// A report alone.
    pub(crate) fn of(report: RoadReport) -> Self {
        Self { name: None, report, joined: Vec::new(), spent: None }
    }

    /// Prints it.
    pub(crate) fn print(&self, format: TextFormat) -> Result<()> {
        match format {
            TextFormat::Table => {
                print(&self.files(), format)?;
                println!();
                // A column has one number of decimals: what is counted apart from what is measured.
                print(&self.figures(Some(true)), format)?;
                println!();
                print(&self.figures(Some(false)), format)?;
                println!();
                print(&self.classes(), format)?;
                for joined in &self.joined {
                    for (communes, why) in
                        [(&joined.unlocated, "sans coordonnées"), (&joined.too_far, "sans route à portée")]
                    {
                        if !communes.is_empty() {
                            let first = communes.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
                            let more = if communes.len() > NAMED { "…" } else { "" };
                            println!("\n{} : {} communes {why} : {first}{more}", joined.profile, communes.len());
                        }
                    }
                }
                Ok(())
            }
            TextFormat::Csv => print(&self.figures(None), format),
            TextFormat::Json => {
                let mut out = std::io::stdout().lock();
                writeln!(out, "{}", serde_json::to_string_pretty(self)?)?;
                Ok(out.flush()?)
            }
        }
    }

    fn files(&self) -> Table {
        let mut table = Table::new(
            "files",
            "Extraits lus",
            vec![
                TableColumn::text("file", "Fichier"),
                TableColumn::decimal("size", "Taille", "Mo", 1),
                TableColumn::text("date", "Données au"),
                TableColumn::integer("nodes", "Points", ""),
                TableColumn::integer("ways", "Voies", ""),
                TableColumn::integer("relations", "Relations", ""),
                TableColumn::text("source", "Origine dite"),
            ],
        );
        for file in &self.report.extract.files {
            let date = file.timestamp.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
            table.rows.push(vec![
                Cell::text(&file.name),
                Cell::number(file.bytes as f64 / 1e6),
                date.map_or(Cell::Missing, |date| Cell::text(date.strftime("%Y-%m-%d").to_string())),
                Cell::number(file.nodes as f64),
                Cell::number(file.ways as f64),
                Cell::number(file.relations as f64),
                Cell::text(file.source.clone().unwrap_or_default()),
            ]);
        }
        table
    }

    /// Every figure, a column per profile; what does not depend on the profile is in the first column only. Counts alone,
    /// measures alone, or both.
    fn figures(&self, counts: Option<bool>) -> Table {
        let column = |id: &str, label: &str| match counts {
            Some(true) => TableColumn::integer(id, label, ""),
            _ => TableColumn::decimal(id, label, "", 1),
        };
        let mut columns = vec![
            TableColumn::text("section", "Partie"),
            TableColumn::text("figure", "Grandeur"),
            TableColumn::text("unit", "Unité"),
            column("extract", "extraits"),
        ];
        for profile in &self.report.profiles {
            columns.push(column(&format!("profile_{}", profile.id), &profile.id));
        }
        let title = if counts == Some(false) { "Mesures" } else { "Réseau" };
        let mut table = Table::new("roads", title, columns);
        let rows = self.rows().into_iter().filter(|row| counts.is_none_or(|counts| counts == row.is_count()));
        for Row { section, figure, unit, mut values } in rows {
            values.resize(self.report.profiles.len() + 1, Cell::Missing);
            let mut row = vec![Cell::text(section), Cell::text(figure), Cell::text(unit)];
            row.extend(values);
            table.rows.push(row);
        }
        table
    }

    fn rows(&self) -> Vec<Row> {
        let extract = &self.report.extract;
        let profiles = &self.report.profiles;
        let mut rows = Vec::new();
        let mut all = |section, figure: &str, unit, value: f64| {
            rows.push(Row { section, figure: figure.to_owned(), unit, values: vec![Cell::number(value)] });
        };
        all("lecture", "routes et bacs lus", "voies", extract.road_ways as f64);
        all("lecture", "voies gardées", "voies", extract.kept_ways as f64);
        all("lecture", "part gardée", "%", extract.kept_share() * 100.0);
        all("lecture", "voies écartées (en projet, quais…)", "voies", extract.ignored_ways as f64);
        all("lecture", "voies communes à plusieurs extraits", "voies", extract.shared_ways as f64);
        all("lecture", "voies coupées au bord", "voies", extract.clipped_ways as f64);
        all("lecture", "points absents des extraits", "points", extract.missing_nodes as f64);
        all("lecture", "interdictions de tourner gardées", "", extract.restrictions as f64);
        for (reason, count) in &extract.ignored_restrictions {
            all("lecture", &format!("interdictions écartées : {reason}"), "", *count as f64);
        }
        let mut each = |section, figure: &str, unit, value: &dyn Fn(usize) -> f64| {
            let values = (0..profiles.len()).map(|at| Cell::number(value(at)));
            let values = std::iter::once(Cell::Missing).chain(values).collect();
            rows.push(Row { section, figure: figure.to_owned(), unit, values });
        };
        let built = |at: usize| &profiles[at].built;
        each("graphe", "voies empruntées", "voies", &|at| built(at).travelled_ways as f64);
        each("graphe", "nœuds", "", &|at| built(at).nodes as f64);
        each("graphe", "dont copies pour interdictions", "", &|at| built(at).copies as f64);
        each("graphe", "arcs", "", &|at| built(at).arcs as f64);
        each("graphe", "longueur", "km", &|at| built(at).km);
        each("graphe", "part en ville", "%", &|at| built(at).urban_share * 100.0);
        each("graphe", "composantes", "", &|at| built(at).components as f64);
        each("graphe", "nœuds de la plus grande", "%", &|at| {
            let largest = built(at).largest_components.first().copied().unwrap_or(0);
            largest as f64 * 100.0 / (built(at).nodes as f64).max(1.0)
        });
        each("graphe", "barrières qui coupent", "", &|at| built(at).barriers as f64);
        each("graphe", "interdictions de tourner appliquées", "", &|at| built(at).restrictions as f64);
        each("graphe", "mouvements interdits", "", &|at| built(at).forbidden_turns as f64);
        each("fichier", "taille", "Mo", &|at| {
            if profiles[at].bytes > 0 { profiles[at].bytes as f64 / 1e6 } else { f64::NAN }
        });
        let joined = |at: usize| self.joined.iter().find(|joined| joined.profile == profiles[at].id);
        if !self.joined.is_empty() {
            let of = |at: usize, value: &dyn Fn(&OnRoads) -> f64| joined(at).map_or(f64::NAN, value);
            each("communes", "communes jointes", "", &|at| of(at, &|joined| f64::from(joined.joined)));
            each("communes", "sans coordonnées", "", &|at| of(at, &|joined| joined.unlocated.len() as f64));
            each("communes", "sans route à portée", "", &|at| of(at, &|joined| joined.too_far.len() as f64));
            each("communes", "plus grand écart à la route", "m", &|at| of(at, &|joined| joined.farthest_metres));
        }
        if let Some((seconds, memory)) = self.spent {
            let mut all = |figure: &str, unit, value: f64| {
                let values = vec![Cell::number(value)];
                rows.push(Row { section: "travail", figure: figure.to_owned(), unit, values });
            };
            all("durée", "s", seconds);
            all("mémoire au plus haut", "Mo", memory.unwrap_or(f64::NAN));
        }
        rows
    }

    /// Length and speed of each class of OpenStreetMap.
    fn classes(&self) -> Table {
        let mut columns = vec![TableColumn::text("class", "Classe (highway)")];
        for profile in &self.report.profiles {
            let id = &profile.id;
            columns.push(TableColumn::decimal(format!("km_{id}"), id, "km", 1));
            columns.push(TableColumn::decimal(format!("kmh_{id}"), id, "km/h", 1));
        }
        let mut table = Table::new("classes", "Longueur et vitesse moyenne par classe de routes", columns);
        for class in RoadClass::ALL {
            let of = |at: usize| self.report.profiles[at].built.by_class.get(class.name());
            if (0..self.report.profiles.len()).all(|at| of(at).is_none()) {
                continue;
            }
            let mut row = vec![Cell::text(class.name())];
            for at in 0..self.report.profiles.len() {
                row.push(Cell::from(of(at).map(|class| class.km)));
                row.push(Cell::from(of(at).map(|class| class.kmh)));
            }
            table.rows.push(row);
        }
        table
    }
}

/// Most memory this process ever held, MB, where the system tells.
pub(super) fn peak_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes / 1000.0)
}
