use pacte_territory::{Territory, TerritoryMeta, TopologyBuilder};

use super::*;
use crate::base::tests::base;

/// The communes of the test base as squares side by side, from 5° E; the sea is beyond.
fn territory() -> Territory {
    let base = base();
    let mut communes = base.communes.clone();
    let mut builder = TopologyBuilder::new(base.len());
    for id in 0..base.len() {
        let west = 5.0 + 0.2 * id as f64;
        let ring = [[west, 46.0], [west + 0.2, 46.0], [west + 0.2, 46.2], [west, 46.2], [west, 46.0]];
        builder.add(id as u32, &[ring.to_vec()]).unwrap();
        (communes.lon[id], communes.lat[id]) = (west + 0.1, 46.1);
    }
    Territory::assemble(TerritoryParts {
        meta: TerritoryMeta {
            name: String::new(),
            nature: base.nature,
            geography: crate::base::first_of(2024),
            files: Vec::new(),
        },
        communes,
        municipal_arrondissements: Vec::new(),
        groupings: Vec::new(),
        columns: Vec::new(),
        area_columns: Vec::new(),
        adjacency: Vec::new(),
        topology: builder.build(),
        crosswalk: base.crosswalk.clone(),
        places: Vec::new(),
        lines: Vec::new(),
        quarters: Vec::new(),
        methods: Vec::new(),
        couples: Vec::new(),
        care: CareRegister::default(),
    })
    .unwrap()
}

fn read_rows(rows: &str) -> Result<CareRegister, Vec<SourceError>> {
    let text = format!("{}\n{rows}", COLUMNS.join(","));
    check(&[InputFile::in_memory("ressources.csv", text.into_bytes())], &territory())
}

const GOOD: &str = "S1,smur,SMUR du Centre,01001,,,,,24/7,,,,,,,ARS\n\
                    M1,mcs,Cabinet,Commune 01003,,,2024-03-01,31/12/2026,\"lun-ven 08:00-20:00; sam 09:00-13:00\",12-15..03-31,,,,,\"de garde, dit-il\",SAMU\n\
                    # un commentaire, et \"une citation\"\n\
                    H1,helismur,Héli,,46.1,5.25,,,tous 08:00-20:00,,230,5,120,non,,\n";

#[test]
fn a_register_reads_and_writes_back() {
    let territory = territory();
    let register = read_rows(GOOD).unwrap_or_else(|faults| panic!("{faults:?}"));
    let id = |code: &str| territory.commune(code.parse().unwrap()).unwrap();
    let [smur, mcs, heli] = register.resources.as_slice() else { panic!("three resources") };
    assert_eq!((smur.kind, smur.commune, smur.hours.is_always()), (CareKind::Smur, id("01001"), true));
    assert_eq!((mcs.commune, mcs.to.map(jiff::civil::Date::year), mcs.seasons.len()), (id("01003"), Some(2026), 1));
    assert_eq!(heli.commune, id("01003"), "the commune its point lies in");
    let flight = Flight { kmh: 230, startup_minutes: 5, range_km: Some(120), night: false };
    assert_eq!((heli.flight, heli.point), (Some(flight), Some([5.25, 46.1])));
    let again = to_csv(&register.resources, &territory.communes);
    let again = check(&[InputFile::in_memory("ressources.csv", again.into_bytes())], &territory).unwrap();
    assert_eq!(again, register);
}

#[test]
fn every_fault_is_told_with_its_place_and_what_to_write() {
    for (row, column, words) in [
        ("S1,samu,X,01001,,,,,24/7,,,,,,,", "type", "antenne_smur"),
        (",smur,X,01001,,,,,24/7,,,,,,,", "id", "manque"),
        ("S1,smur,X,01099,,,,,24/7,,,,,,,", "commune", "01005 (Commune 01005)"),
        ("S1,smur,X,Comune 01005,,,,,24/7,,,,,,,", "commune", "01005 (Commune 01005)"),
        ("S1,smur,X,1001,,,,,24/7,,,,,,,", "commune", "écrivez 01001"),
        ("S1,smur,X,,,,,,24/7,,,,,,,", "commune", "le lieu manque"),
        ("S1,smur,X,,46.1,,,,24/7,,,,,,,", "lon", "Complétez"),
        ("S1,smur,X,,46.1,3.0,,,24/7,,,,,,,", "lat", "en mer ou hors du territoire"),
        ("S1,smur,X,,5.25,46.1,,,24/7,,,,,,,", "lat", "sont échangées"),
        ("S1,smur,X,01001,46.1,5.75,,,24/7,,,,,,,", "lat", "la ligne dit Commune 01001"),
        ("S1,smur,X,,146.1,5.0,,,24/7,,,,,,,", "lat", "degrés décimaux"),
        ("S1,smur,X,01001,,,2024-06-01,2024-05-31,24/7,,,,,,,", "au", "avant le premier"),
        ("S1,smur,X,01001,,,2024-13-01,,24/7,,,,,,,", "du", "AAAA-MM-JJ"),
        ("S1,smur,X,01001,,,,,,,,,,,,", "horaires", "24/7"),
        ("S1,mcs,X,01001,,,,,lun 20:00-08:00,,,,,,,", "horaires", "mar 00:00-08:00"),
        ("S1,mcs,X,01001,,,,,lun 08:00-12:00 11:00-13:00,,,,,,,", "horaires", "se chevauchent"),
        ("S1,mcs,X,01001,,,,,24/7,juin,,,,,,", "saison", "05-01..09-30"),
        ("S1,mcs,X,01001,,,,,24/7,,230,,,,,", "vitesse_kmh", "hélicoptères"),
        ("S1,helismur,X,01001,,,,,24/7,,,5,,non,,", "vitesse_kmh", "80 à 400"),
        ("S1,helismur,X,01001,,,,,24/7,,230,5,,,,", "vol_de_nuit", "oui ou non"),
    ] {
        let faults = read_rows(&format!("{row}\n")).expect_err(row);
        let [fault] = faults.as_slice() else { panic!("{row}: {faults:?}") };
        assert_eq!((fault.line, fault.column.as_deref()), (Some(2), Some(column)), "{fault}");
        assert!(fault.to_string().contains(words), "{row}: {fault}");
    }
}

#[test]
fn all_the_faults_of_a_file_come_at_once_and_doubles_among_files_too() {
    let faults = read_rows(
        "S1,samu,X,01099,,,,,24/7,,,,,,,\nS2,smur,X,,46.1,3.0,,,24/7,,,,,,,\nS2,smur,X,01001,,,,,24/7,,,,,,,\n",
    )
    .unwrap_err();
    let places: Vec<_> = faults.iter().map(|fault| (fault.line.unwrap(), fault.column.clone().unwrap())).collect();
    let expected = [(2, "type"), (2, "commune"), (3, "lat"), (4, "id")];
    assert_eq!(places, expected.map(|(line, column)| (line, column.to_owned())));
    let file = |name: &str| InputFile::in_memory(name, format!("{}\n{GOOD}", COLUMNS.join(",")).into_bytes());
    let faults = check(&[file("a.csv"), file("b.csv")], &territory()).unwrap_err();
    assert_eq!(faults.len(), 3);
    assert!(faults[0].to_string().contains("déjà donné par a.csv, ligne 2"), "{}", faults[0]);
}

#[test]
fn the_template_explains_itself_and_is_not_a_register() {
    let text = template();
    for column in COLUMNS {
        assert!(text.lines().skip(1).any(|line| line.contains(column)), "{column} is explained");
    }
    let file = InputFile::in_memory("modele.csv", text.clone().into_bytes());
    let faults = check(std::slice::from_ref(&file), &territory()).unwrap_err();
    assert!(faults[0].to_string().contains("une ligne par ressource"), "{}", faults[0]);
    assert_eq!(crate::catalogue::recognise(&Probe::new(&file).unwrap(), &[&FORMAT]).unwrap().0.id, FORMAT.id);
    // Its examples are well formed: only their communes are foreign to this territory.
    let examples = text.lines().skip_while(|line| !line.contains("Exemples")).skip(1);
    let rows: Vec<&str> = examples.map(|line| line.trim_start_matches("# ")).collect();
    let faults = read_rows(&(rows.join("\n") + "\n")).unwrap_err();
    assert_eq!(faults.len(), 4);
    assert!(faults.iter().all(|fault| fault.column.as_deref() == Some("commune")), "{faults:?}");
}
