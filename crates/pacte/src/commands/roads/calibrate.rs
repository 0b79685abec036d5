//! `pacte roads calibrate`: times of the network against measured ones.

use anyhow::{Result, bail};
use pacte_access::travel::{BANDS, Closeness, against_measures};
use pacte_sources::table::{Cell, Table, TableColumn};

use super::{bounds, bounds_in_words};
use crate::cli::TextFormat;
use crate::data_dir::DataDir;
use crate::print::print;
use crate::progress::step;

/// Compares, by band of distance.
pub(super) fn run(data: &DataDir, profile: &str, format: TextFormat) -> Result<()> {
    let snapshot = data.require()?;
    let couples = &snapshot.territory.couples;
    if couples.is_empty() {
        bail!(
            "« {} » ne porte aucun couple de temps mesurés : importez un dossier qui contient travel_times/gironde_metric_osrm_couples.csv",
            snapshot.territory.meta.name
        );
    }
    let (network, _) = data.roads().require()?.network(profile)?;
    let measured = step("Temps par la route de chaque couple mesuré", || Ok(against_measures(&network, couples)))?;
    let Some(all) = measured.all else {
        let ends = couples.iter().flat_map(|couple| [couple.origin, couple.destination]);
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for end in ends {
            for axis in 0..2 {
                low[axis] = low[axis].min(end[axis]);
                high[axis] = high[axis].max(end[axis]);
            }
        }
        let covered = bounds(&network).map(|bounds| format!(" ({})", bounds_in_words(&bounds))).unwrap_or_default();
        bail!(
            "aucun des {} couples de temps mesurés n’a ses deux bouts sur les routes importées{covered} : ils vont de la latitude {:.2} à {:.2} et de la longitude {:.2} à {:.2} (Gironde) ; importez aussi l’Aquitaine (aquitaine-latest.osm.pbf) par « pacte import roads »",
            measured.known,
            low[1],
            high[1],
            low[0],
            high[0]
        );
    };
    let decimal = |id: &str, label: &str| TableColumn::decimal(id, label, "min", 1);
    let mut table = Table::new(
        "calibrate",
        format!("Temps du profil « {} » et temps METRIC (heures creuses)", network.about().label),
        vec![
            TableColumn::text("band", "Distance à vol d’oiseau"),
            TableColumn::integer("couples", "Couples", ""),
            decimal("measured", "Mesuré, moyenne"),
            decimal("found", "Par la route, moyenne"),
            decimal("bias", "Biais"),
            decimal("rmse", "Écart quadratique"),
            decimal("q05", "Écart à 5 %"),
            decimal("q25", "25 %"),
            decimal("q50", "50 %"),
            decimal("q75", "75 %"),
            decimal("q95", "95 %"),
            TableColumn::decimal("ratio", "Rapport médian", "", 3),
        ],
    );
    let bands = BANDS.iter().zip(&measured.bands).filter_map(|((low, high), found)| {
        let name = if high.is_finite() { format!("{low} à {high} km") } else { format!("{low} km et plus") };
        Some((name, (*found)?))
    });
    for (name, found) in bands.chain([("toutes".to_owned(), all)]) {
        table.rows.push(row(&name, &found));
    }
    print(&table, format)?;
    eprintln!(
        "{} couples mesurés ; laissés de côté : {} dont un bout est trop loin des routes, {} sans chemin.",
        measured.known, measured.outside, measured.apart
    );
    Ok(())
}

fn row(name: &str, found: &Closeness) -> Vec<Cell> {
    let mut row = vec![
        Cell::text(name),
        Cell::from(found.couples),
        Cell::number(found.measured),
        Cell::number(found.found),
        Cell::number(found.bias),
        Cell::number(found.rmse),
    ];
    row.extend(found.quantiles.map(Cell::number));
    row.push(Cell::number(found.ratio));
    row
}
