//! Import of all the real files, and opening of the snapshot it leaves.

use std::time::Instant;

use pacte_territory::snapshot;

use crate::{Ground, Measure, process};

/// Full import, then access computed: the first by its bar, the second for information.
pub(crate) fn measure(ground: &Ground) -> Vec<Measure> {
    let files = ground.files.to_string_lossy().into_owned();
    let (seconds, peak) = process::run(&ground.data, &["import", &files]);
    let (access, _) = process::run(&ground.data, &["access"]);
    vec![
        Measure {
            what: "import complet des fichiers réels".into(),
            bar: "≤ 20 s, ≤ 2 Gio".into(),
            found: format!("{seconds:.1} s, {peak:.0} Mio"),
            reached: seconds <= 20.0 && peak <= 2048.0,
        },
        Measure {
            what: "calcul de tout l’accès (pacte access)".into(),
            bar: "—".into(),
            found: format!("{access:.1} s"),
            reached: true,
        },
    ]
}

/// Opening of the national snapshot: the best of five, since the first reads the disk.
pub(crate) fn loading(ground: &Ground) -> Vec<Measure> {
    let folder = ground.data.join("territory");
    let name = std::fs::read_to_string(folder.join("current")).expect("an imported territory");
    let path = folder.join(name.trim());
    let mut times: Vec<f64> = (0..5)
        .map(|_| {
            let start = Instant::now();
            let snapshot = snapshot::read(&path).expect("a readable snapshot");
            let seconds = start.elapsed().as_secs_f64();
            assert!(snapshot.territory.len() > 30_000);
            seconds
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let size = path.metadata().expect("a file").len() as f64 / 1_048_576.0;
    vec![Measure {
        what: format!("chargement de l’instantané ({size:.0} Mio), médiane de 5"),
        bar: "≤ 0,5 s".into(),
        found: format!("{:.3} s (de {:.3} à {:.3})", times[2], times[0], times[4]),
        reached: times[2] <= 0.5,
    }]
}
