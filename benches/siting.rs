//! Choosing sites over the real communes: a region proven optimal, beside `spopt` on the same table in the same run; the
//! country with its gap.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use pacte_access::od::OdMatrix;
use pacte_access::siting::solver::{Effort, Instance, Limit, solve};
use pacte_access::travel::{Model, TravelTimes as _};
use pacte_territory::Territory;

use crate::{Ground, Measure};

/// Communes of the region, candidates among them, sites, minutes.
const REGION: (usize, usize, u32, f32) = (3_800, 1_000, 50, 20.0);
/// First commune of the region: a run of neighbouring départements.
const FIRST: usize = 20_000;

/// The region beside its peer, then the country.
pub(crate) fn measure(ground: &Ground) -> Vec<Measure> {
    let territory = ground.territory();
    let od = Model::shipped(&territory).matrix(30.0);
    let mut measures = region(ground, &territory, &od);
    measures.extend(country(&territory, &od));
    measures
}

fn people(territory: &Territory, commune: u32) -> u64 {
    let column = territory.latest("population.municipal").expect("a column of the real files");
    column.get(commune).unwrap_or(0.0).round() as u64
}

fn region(ground: &Ground, territory: &Territory, od: &OdMatrix) -> Vec<Measure> {
    let (points, candidates, sites, minutes) = REGION;
    let communes: Vec<u32> = (FIRST..FIRST + points).map(|id| id as u32).collect();
    let mut places = communes.clone();
    places.sort_by_key(|id| (std::cmp::Reverse(people(territory, *id)), *id));
    places.truncate(candidates);
    places.sort_unstable();
    let (start, cpu) = (Instant::now(), cpu_seconds());
    let rank = |id: u32| communes.binary_search(&id).ok().map(|rank| rank as u32);
    let near = |place: &u32| {
        let row = od.row(*place).filter(|(_, time)| *time <= minutes);
        row.filter_map(|(to, _)| Some((rank(to)?, 1))).collect()
    };
    let weights: Vec<u64> = communes.iter().map(|id| people(territory, *id)).collect();
    let instance = Instance::new(weights.clone(), places.iter().map(near).collect()).expect("a sound instance");
    let answer = solve(&instance, Limit::sites(sites), &Effort::exact(60.0)).expect("an answer");
    let (seconds, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu);

    let exchange = ground.scratch.join("sites");
    std::fs::create_dir_all(&exchange).expect("a folder");
    let mut table = vec![9_999.0_f64; points * candidates];
    for (column, place) in places.iter().enumerate() {
        for (to, time) in od.row(*place) {
            if let Some(row) = rank(to) {
                table[row as usize * candidates + column] = f64::from(time);
            }
        }
    }
    let bytes = |values: &[f64]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    std::fs::write(exchange.join("minutes.f64"), bytes(&table)).expect("a written file");
    let weights: Vec<f64> = weights.iter().map(|people| *people as f64).collect();
    std::fs::write(exchange.join("people.f64"), bytes(&weights)).expect("a written file");
    let python = std::env::var("PACTE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/spopt_cover.py");
    let output = Command::new(python)
        .arg(script)
        .arg(&exchange)
        .args([minutes.to_string(), sites.to_string()])
        .output()
        .expect("Python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    let mut printed = text.lines().last().unwrap_or_default().split_whitespace();
    let mut next = || printed.next().and_then(|word| word.parse::<f64>().ok()).expect("seconds and people");
    let (theirs, theirs_people) = (next(), next());
    vec![
        Measure {
            what: format!("sites : couverture {points} × {candidates}, k = {sites}, optimum prouvé"),
            bar: "≤ 2 s, modèle compris".into(),
            found: format!("{seconds:.2} s ({cpu:.2} s cpu), {:?}, prouvé : {}", answer.method, answer.proven),
            reached: answer.proven && seconds <= 2.0,
        },
        Measure {
            what: "sites : la même par spopt, dans la même exécution".into(),
            bar: "≥ 20 × spopt, même optimum".into(),
            found: format!(
                "{theirs:.1} s : {:.0} × ; {} et {theirs_people:.0} habitants",
                theirs / seconds,
                answer.gain
            ),
            reached: theirs / seconds >= 20.0 && (answer.gain as f64 - theirs_people).abs() < 0.5,
        },
    ]
}

fn country(territory: &Territory, od: &OdMatrix) -> Vec<Measure> {
    let emergency = territory.latest("supply.emergency").expect("a column of the real files");
    let existing: Vec<u32> =
        (0..territory.len() as u32).filter(|id| emergency.get(*id).is_some_and(|count| count > 0.0)).collect();
    [("au-delà de 30 min des urgences", existing), ("comme si rien n’existait", Vec::new())]
        .into_iter()
        .map(|(label, existing)| {
            let (start, cpu) = (Instant::now(), cpu_seconds());
            let rows = (0..od.origins() as u32).map(|id| od.row(id).map(|(to, _)| (to, 1)).collect()).collect();
            let weights = (0..territory.len() as u32).map(|id| people(territory, id)).collect();
            let instance = Instance::new(weights, rows).and_then(|all| all.existing(&existing));
            let instance = instance.expect("a sound instance");
            let answer = solve(&instance, Limit::sites(200), &Effort::fast(9.5)).expect("an answer");
            let (seconds, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
            Measure {
                what: format!("sites : France {0} × {0}, k = 200, {label}", territory.len()),
                bar: "≤ 10 s, écart ≤ 1 %".into(),
                found: format!("{seconds:.1} s ({cpu:.1} s cpu), écart {:.2} %", answer.gap() * 100.0),
                reached: seconds <= 10.0 && answer.gap() <= 0.01,
            }
        })
        .collect()
}

/// Processor time of this process so far, seconds; 0 where the kernel does not say.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}
