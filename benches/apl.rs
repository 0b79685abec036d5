//! National APL from ready travel times, beside PySAL `access` on the same table in the same run; and how close the result
//! is to the published values.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use pacte_access::apl::apl;
use pacte_access::od::OdMatrix;
use pacte_access::travel::{Model, TravelTimes as _};
use pacte_territory::snapshot;

use crate::{Ground, Measure, process};

/// The bands of the concerted method (DREES workbook), as the peer is given them.
fn weight(minutes: f64) -> f64 {
    match minutes {
        m if m < 10.0 => 1.0,
        m if m < 15.0 => 2.0 / 3.0,
        m if m < 20.0 => 1.0 / 3.0,
        _ => 0.0,
    }
}

/// Speed against the peer, equality with it, and agreement with the published APL.
pub(crate) fn measure(ground: &Ground) -> Vec<Measure> {
    let mut measures = peer(ground);
    measures.extend(agreement(ground));
    measures
}

fn peer(ground: &Ground) -> Vec<Measure> {
    let folder = ground.data.join("territory");
    let name = std::fs::read_to_string(folder.join("current")).expect("an imported territory");
    let territory = snapshot::read(&folder.join(name.trim())).expect("a readable snapshot").territory;
    let od = Model::shipped(&territory).matrix(20.0);
    let known = |concept: &str| -> Vec<f64> {
        let column = territory.latest(concept).expect("a column of the real files");
        (0..territory.len() as u32).map(|id| column.get(id).unwrap_or(0.0)).collect()
    };
    let (supply, demand) = (known("supply.gp"), known("population.standardised"));

    let mut times = Vec::new();
    let mut ours = Vec::new();
    for _ in 0..9 {
        let start = Instant::now();
        let weights = od.weights(weight);
        ours = apl(&od, &weights, &supply, &demand).apl;
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    let seconds = times[times.len() / 2];

    let exchange = ground.scratch.join("pair");
    std::fs::create_dir_all(&exchange).expect("a folder");
    hand_over(&exchange, &od, &supply, &demand);
    let python = std::env::var("PACTE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/pysal_apl.py");
    let output = Command::new(python).arg(script).arg(&exchange).output().expect("Python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let theirs_seconds: f64 =
        String::from_utf8_lossy(&output.stdout).trim().parse().expect("the peer prints its seconds");
    let theirs: Vec<f64> = std::fs::read(exchange.join("apl.f64"))
        .expect("the peer's result")
        .chunks_exact(8)
        .map(|bytes| f64::from_le_bytes(bytes.try_into().expect("eight bytes")))
        .collect();
    assert_eq!(ours.len(), theirs.len());
    // Where nobody lives in the catchment PySAL divides by zero; ours gives 0. Those communes are counted, not compared.
    let compared: Vec<(&f64, &f64)> = ours.iter().zip(&theirs).filter(|(_, theirs)| theirs.is_finite()).collect();
    let left_out = ours.len() - compared.len();
    let gap = compared
        .iter()
        .map(|(ours, theirs)| (**ours - **theirs).abs() / ours.abs().max(theirs.abs()).max(1e-12))
        .fold(0.0, f64::max);
    vec![
        Measure {
            what: format!("apl nationale, {} couples, médiane de 9", od.pairs()),
            bar: "≥ 100 × PySAL access".into(),
            found: format!("{:.4} s contre {theirs_seconds:.2} s : {:.0} ×", seconds, theirs_seconds / seconds),
            reached: theirs_seconds / seconds >= 100.0,
        },
        Measure {
            what: "apl nationale : plus grand écart relatif avec PySAL access".into(),
            bar: "≤ 1e-9".into(),
            found: format!("{gap:.1e} sur {} communes ({left_out} sans habitant)", compared.len()),
            reached: gap <= 1e-9,
        },
    ]
}

/// Writes the same table for the peer, as raw little-endian arrays.
fn hand_over(folder: &Path, od: &OdMatrix, supply: &[f64], demand: &[f64]) {
    let write = |name: &str, bytes: &mut dyn Iterator<Item = [u8; 8]>| {
        let mut file = BufWriter::new(File::create(folder.join(name)).expect("a file"));
        bytes.for_each(|bytes| file.write_all(&bytes).expect("a written file"));
    };
    let origins = (0..od.origins() as u32).flat_map(|i| od.row(i).map(move |_| u64::from(i)));
    write("origins.u64", &mut origins.map(u64::to_le_bytes));
    write("targets.u64", &mut od.targets.iter().map(|t| u64::from(*t).to_le_bytes()));
    write("minutes.f64", &mut od.minutes.iter().map(|m| f64::from(*m).to_le_bytes()));
    write("supply.f64", &mut supply.iter().map(|v| v.to_le_bytes()));
    write("demand.f64", &mut demand.iter().map(|v| v.to_le_bytes()));
}

fn agreement(ground: &Ground) -> Vec<Measure> {
    let output = Command::new(process::PACTE)
        .arg("--data")
        .arg(&ground.data)
        .args(["access", "compare-official", "--format", "csv"])
        .output()
        .expect("the binary starts");
    let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    [("commune", Some(0.78)), ("bassin_de_vie", Some(0.90)), ("departement", None)]
        .into_iter()
        .filter_map(|(level, bar)| {
            let row = rows.iter().find(|row| &row[0] == "2022" && &row[1] == level && &row[2] == "population")?;
            let (r, bias): (f64, f64) = (row[3].parse().ok()?, row[4].parse().ok()?);
            Some(Measure {
                what: format!("apl calculée et publiée 2022, {level}, pondérée par la population"),
                bar: bar.map_or("—".into(), |bar: f64| format!("r ≥ {bar:.2}")),
                found: format!("r = {r:.4}, biais {bias:+.3}, n = {}", &row[6]),
                reached: bar.is_none_or(|bar| r >= bar),
            })
        })
        .collect()
}
