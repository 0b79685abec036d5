//! Files of care: BPE, hospitals, APL of the DREES, zoning, in the formats of their producers and carriers.

use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};
use serde_json::{Value, json};

use super::ages::{WEIGHTS_2022, WEIGHTS_2023};
use super::care::{self, Care, TYPES};
use super::doctors::Practice;
use super::folder::{COMMA, Folder, SEMICOLON_MARK, degrees};
use super::frame::to_e5;
use super::official_communes::postal_code;
use super::rng::{Rng, mix};
use super::world::{Commune, DEPARTEMENTS, REGION, World};
use super::{TrainingError, row};

/// Vintages of the BPE counts written in the manner of 2024, for ten years of general practitioners. 2017 and 2020 come in
/// INSEE's own layouts, so that no count has two sources.
const BPE_YEARS: [i32; 9] = [2014, 2015, 2016, 2018, 2019, 2021, 2022, 2023, 2024];

/// Writes the `health`, `apl` and `zonage` folders.
pub(super) fn write(world: &World, practice: &Practice, care: &Care, folder: &mut Folder) -> Result<(), TrainingError> {
    for year in BPE_YEARS {
        bpe_counts(world, practice, care, year, folder)?;
    }
    bpe_2020(world, care, folder)?;
    bpe_2017(world, practice, care, folder)?;
    hospitals(world, care, folder)?;
    apl_workbook(world, practice, folder)?;
    apl_2016_2018(world, practice, care, folder)?;
    apl_departements(world, practice, care, folder)?;
    zoning(world, practice, folder)
}

fn sum(commune: &Commune, values: &[u32]) -> u32 {
    commune.members.iter().map(|s| values[*s]).sum()
}

/// Counts of 31 December `year`, geography of the next 1 January.
fn bpe_counts(
    world: &World,
    practice: &Practice,
    care: &Care,
    year: i32,
    folder: &mut Folder,
) -> Result<(), TrainingError> {
    let doctors = practice.count(world, year + 1);
    // Nurses grew by about 2.6 % a year.
    let nurses: Vec<u32> = scaled(world, &care.nurses, 0.974f64.powi(2024 - year));
    let equipment = equipment_of(world, care, year);
    let pharmacies: Vec<u32> = equipment.iter().map(|row| row[care::PHARMACY]).collect();
    let structures: Vec<u32> =
        equipment.iter().map(|row| row[care::EMERGENCY] + row[care::HEALTH_CENTRE] + row[care::MSP]).collect();
    let mut rows = Vec::new();
    for commune in world.geography(year + 1) {
        let counts = [&doctors, &nurses, &pharmacies, &structures].map(|values| sum(&commune, values));
        if counts.iter().any(|count| *count > 0) {
            let [doctors, nurses, pharmacies, structures] = counts.map(|count| count.to_string());
            rows.push(row![world.code(&commune), doctors, nurses, pharmacies, structures]);
        }
    }
    let header = ["code", "medecin_generaliste", "infirmier", "pharmacie", "structure_sante"];
    folder.csv(&format!("health/bpe_{year}_sante_communes.csv"), COMMA, &header, &rows)
}

/// Equipment on 31 December of a year, by old commune: pharmacies close by 1 % a year, houses of health open one after the
/// other from 2006, an emergency department closes in 2019.
fn equipment_of(world: &World, care: &Care, year: i32) -> Vec<[u32; 18]> {
    let pharmacies: Vec<u32> = care.equipment.iter().map(|row| row[care::PHARMACY]).collect();
    let pharmacies = scaled(world, &pharmacies, 1.0 + 0.010 * f64::from(2024 - year));
    let mut equipment = care.equipment.clone();
    for (s, row) in equipment.iter_mut().enumerate() {
        row[care::PHARMACY] = pharmacies[s];
        let opening = 2006 + (mix(world.seed ^ ((s as u64) << 24)) % 19) as i32;
        if opening > year {
            row[care::MSP] = 0;
        }
    }
    if let Some(closed) = care.closed_emergency.filter(|_| year < 2019) {
        equipment[closed][care::EMERGENCY] += 1;
    }
    equipment
}

/// Counts times a factor, rounded by commune with a chance that stays the same from year to year.
fn scaled(world: &World, counts: &[u32], factor: f64) -> Vec<u32> {
    let chance = |s: usize| (mix(world.seed ^ (s as u64) << 20) >> 11) as f64 / (1u64 << 53) as f64;
    counts.iter().enumerate().map(|(s, count)| (f64::from(*count) * factor + chance(s)).floor() as u32).collect()
}

fn bpe_2020(world: &World, care: &Care, folder: &mut Folder) -> Result<(), TrainingError> {
    const PATH: &str = "health/bpe_sante_communes_2020_INSEE.xlsx";
    const TITLES: [&str; 18] = [
        "Établissement santé court séjour",
        "Établissement santé moyen séjour",
        "Établissement santé long séjour",
        "Établissement psychiatrique",
        "Centre lutte cancer",
        "Urgences",
        "Maternité",
        "Centre de santé",
        "Structures psychiatriques en ambulatoire",
        "Centre médecine préventive",
        "Dialyse",
        "Hospitalisation à domicile",
        "Maison de santé pluridisciplinaire",
        "Laboratoire d'analyses et de biologie médicale",
        "Ambulance",
        "Transfusion sanguine",
        "Établissement thermal",
        "Pharmacie",
    ];
    let equipment = equipment_of(world, care, 2020);
    let mut workbook = Workbook::new();
    let mut fill = || -> Result<(), XlsxError> {
        for (name, scope) in [("COM", "France - Communes"), ("ARM", "Arrondissements municipaux")] {
            let sheet = workbook.add_worksheet();
            sheet.set_name(name)?;
            sheet.write(0, 0, "BPE 2020 - Base permanente des équipements : services santé")?;
            sheet.write(1, 0, scope)?;
            sheet.write(2, 0, "Territoire d'entraînement, fictif       Géographie au 01/01/2021")?;
            sheet.write(3, 0, "Données fictives dans le format de l'Insee")?;
            for (column, (title, code)) in
                [("CODGEO", "CODGEO"), ("Libellé commune ou ARM", "LIBGEO"), ("Région", "REG"), ("Département", "DEP")]
                    .iter()
                    .enumerate()
            {
                sheet.write(4, column as u16, *title)?;
                sheet.write(5, column as u16, *code)?;
            }
            for (column, (title, code)) in TITLES.iter().zip(TYPES).enumerate() {
                sheet.write(4, column as u16 + 4, *title)?;
                sheet.write(5, column as u16 + 4, format!("NB_{code}"))?;
            }
            if name == "ARM" {
                continue;
            }
            for (line, commune) in world.geography(2021).iter().enumerate() {
                let line = line as u32 + 6;
                let texts = [
                    world.code(commune).to_owned(),
                    commune.name.full(),
                    REGION.to_owned(),
                    world.departement(commune).to_owned(),
                ];
                for (column, text) in texts.iter().enumerate() {
                    sheet.write(line, column as u16, text)?;
                }
                for (column, _) in TYPES.iter().enumerate() {
                    let count: u32 = commune.members.iter().map(|s| equipment[*s][column]).sum();
                    sheet.write(line, column as u16 + 4, count)?;
                }
            }
        }
        Ok(())
    };
    fill().map_err(|source| TrainingError::Workbook { path: PATH.into(), source })?;
    folder.workbook(PATH, workbook)
}

/// The BPE of 2017, which numbers pharmacies D301. The carrier's file holds no general practitioner; INSEE's numbering gives
/// them D201, written here after D113 so that the history has its 2017.
fn bpe_2017(world: &World, practice: &Practice, care: &Care, folder: &mut Folder) -> Result<(), TrainingError> {
    let mut header: Vec<String> = ["CODGEO", "LIBGEO", "REG", "DEP"].map(str::to_owned).to_vec();
    header.extend((101..=113).chain([201]).chain(301..=305).map(|code| format!("NB_D{code}")));
    let equipment = equipment_of(world, care, 2017);
    let doctors = practice.count(world, 2018);
    let rows: Vec<Vec<String>> = world
        .geography(2018)
        .iter()
        .map(|commune| {
            let count = |rank: usize| commune.members.iter().map(|s| equipment[*s][rank]).sum::<u32>().to_string();
            let mut line = row![world.code(commune), commune.name.full(), REGION, world.departement(commune)];
            line.extend((0..13).map(count));
            line.push(sum(commune, &doctors).to_string());
            line.extend([17, 13, 14, 15, 16].map(count));
            line
        })
        .collect();
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    folder.csv("health/bpe_sante_communes_2017_INSEE.csv", SEMICOLON_MARK, &header, &rows)
}

fn hospitals(world: &World, care: &Care, folder: &mut Folder) -> Result<(), TrainingError> {
    let header = [
        "id",
        "hospital_name",
        "site_name",
        "lat",
        "lon",
        "geo_qual",
        "street",
        "house_number",
        "postcode",
        "city",
        "cc",
        "country",
        "cap_beds",
        "cap_prac",
        "cap_rooms",
        "emergency",
        "facility_type",
        "public_private",
        "list_specs",
        "tel",
        "email",
        "url",
        "ref_date",
        "pub_date",
        "comments",
    ];
    let mut rows = Vec::new();
    for (number, place) in care.places.iter().filter(|place| place.kind == "hopital").enumerate() {
        let old = &world.old[place.site];
        let (lon, lat) = to_e5(place.at.0, place.at.1);
        let name = super::names::plain_upper(&place.name);
        let kind = if name.contains("UNIVERSITAIRE") {
            "Centre Hospitalier Régional (C.H.R.)"
        } else if name.starts_with("CLINIQUE") {
            "Etablissement de Soins Chirurgicaux"
        } else {
            "Centre Hospitalier (C.H.)"
        };
        let owner = if name.starts_with("CLINIQUE") { "private" } else { "public" };
        rows.push(row![
            format!("9900{:05}", 17 * (number + 3)),
            name,
            "",
            degrees(lat),
            degrees(lon),
            "1",
            "RUE DE L'HOPITAL",
            (number % 40 + 1).to_string(),
            postal_code(world, old),
            old.name.capitals(),
            "FR",
            "France",
            "",
            "",
            "",
            "",
            kind,
            owner,
            "",
            "",
            "",
            "",
            "06/03/2020",
            "16/04/2020",
            ""
        ]);
    }
    folder.csv("health/eurostat_hospitals_FR_2020.csv", COMMA, &header, &rows)
}

fn thousandth(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

fn apl_workbook(world: &World, practice: &Practice, folder: &mut Folder) -> Result<(), TrainingError> {
    const PATH: &str = "apl/apl_medecins_generalistes_2022_DREES.xlsx";
    let geography = world.geography(2023);
    let all = practice.apl(world, &geography, 2022, 2020, None);
    let younger = practice.apl(world, &geography, 2022, 2020, Some(65));
    let mut workbook = Workbook::new();
    let mut fill = || -> Result<(), XlsxError> {
        parameters(workbook.add_worksheet())?;
        let sheet = workbook.add_worksheet();
        sheet.set_name("APL 2022")?;
        for (line, text) in [
            (0, "Indicateur d'accessibilité potentielle localisée (APL) 2022 aux médecins généralistes"),
            (2, "Millésime : 2022"),
            (3, "Sources : territoire d'entraînement, fictif, dans le format de la Drees."),
            (4, "Champ : médecins généralistes fictifs d'un territoire fictif."),
            (
                6,
                "Note : Pour calculer un APL moyen (agrégé au niveau du territoire de vie-santé ou du département par exemple), l'APL communal doit \
                 être pondéré par la population standardisée. \nPour comptabiliser la population sous un seuil d'APL ou calculer des quantiles, la \
                 population non standardisée doit être utilisée.",
            ),
        ] {
            sheet.write(line, 0, text)?;
        }
        let titles = [
            "Code commune INSEE",
            "Commune",
            "APL aux médecins généralistes",
            "APL aux médecins généralistes de moins de 65 ans",
            "Population standardisée 2020 pour la médecine générale",
            "Population totale 2020",
        ];
        let unit = "En nombre de consultations/visites accessibles par habitant standardisé";
        let units = ["", "", unit, unit, "En nombre d'habitants standardisés", "En nombre d'habitants"];
        for (column, (title, unit)) in titles.iter().zip(units).enumerate() {
            sheet.write(8, column as u16, *title)?;
            if !unit.is_empty() {
                sheet.write(9, column as u16, unit)?;
            }
        }
        for (rank, commune) in geography.iter().enumerate() {
            let line = rank as u32 + 10;
            sheet.write(line, 0, world.code(commune))?;
            sheet.write(line, 1, commune.name.full())?;
            for (column, value) in [(2, all[rank].0), (3, younger[rank].0), (4, all[rank].1)] {
                sheet.write(line, column, thousandth(value))?;
            }
            sheet.write(line, 5, world.inhabitants(commune, 2020))?;
        }
        Ok(())
    };
    fill().map_err(|source| TrainingError::Workbook { path: PATH.into(), source })?;
    folder.workbook(PATH, workbook)
}

/// The sheet of parameters: the official figures of the DREES for 2022.
fn parameters(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name("Paramètres")?;
    for (line, text) in [
        (0, "Paramètres de l'indicateur d'APL aux médecins généralistes"),
        (2, "Champ de l'indicateur"),
        (
            3,
            "Omnipraticiens libéraux, certains médecins libéraux à exercice particulier (homéopathes, acupuncteurs, gériatres, médecine \
             physique) et salariés en centre de santé.",
        ),
        (5, "Comptabilisation de l'activité"),
        (
            6,
            "Nombre de consultations, visites et téléconsultations effectuées dans l'année d'après les données du SNIIR-AM",
        ),
        (7, "Moins de 250"),
        (8, "Entre 251 et 3 600"),
        (9, "Entre 3 601 et 6 000"),
        (10, "Plus de 6 000"),
        (
            11,
            "Exceptions : Pour les médecins libéraux n'ayant pas exercé d'activité libérale l'année précédente, une offre de 5 400 consultations \
             ou visites est imputée ; \npour les centres de santé, les bornes d'activité ne sont pas appliquées.",
        ),
        (13, "Décroissance de l'accessibilité avec la distance"),
        (14, "Temps de trajet entre communes"),
        (15, "Moins de  10 minutes"),
        (16, "Entre 10 et 15 minutes"),
        (17, "Entre 15 et 20 minutes"),
        (18, "Plus de 20 minutes"),
        (20, "Pondération de la population selon l'âge"),
        (21, "Tranche d'âge"),
        (41, "Sources : DCIR 2020 et 2021, Cnam ; populations municipales 2020 et 2021, Insee. Traitements Drees. "),
        (
            42,
            "Champ : Consommations de soins auprès des professionnels de santé libéraux et des établissements de santé privés.",
        ),
        (
            43,
            "Note : Le poids d'une tranche d'âge est calculé comme la consommation moyenne en soins de médecine générale de la tranche d'âge, \
             rapportée à la consommation moyenne nationale. \n",
        ),
    ] {
        sheet.write(line, 0, text)?;
    }
    sheet.write(6, 1, "Nombre de consultations, visites et téléconsultations comptabilisées dans l'indicateur")?;
    sheet.write(9, 1, "Nombre de consultations et visites effectués dans l'année d'après les données du SNIIR-AM")?;
    for (line, value) in [(7, 0.0), (8, 3600.0), (10, 6000.0), (15, 1.0), (16, 2.0 / 3.0), (17, 1.0 / 3.0), (18, 0.0)] {
        sheet.write(line, 1, value)?;
    }
    sheet.write(14, 1, "Accessibilité")?;
    sheet.write(21, 1, "Poids de la tranche d'âge en 2022")?;
    sheet.write(21, 2, "Poids de la tranche d'âge en 2023")?;
    for (band, (first, second)) in WEIGHTS_2022.iter().zip(WEIGHTS_2023).enumerate() {
        let label = match band {
            0 => "Moins de 5 ans".to_owned(),
            18 => "Plus de 90 ans".to_owned(),
            _ => format!("de {} à {} ans", 5 * band, 5 * band + 4),
        };
        let line = band as u32 + 22;
        sheet.write(line, 0, label)?;
        sheet.write(line, 1, *first)?;
        sheet.write(line, 2, second)?;
    }
    Ok(())
}

fn apl_2016_2018(world: &World, practice: &Practice, care: &Care, folder: &mut Folder) -> Result<(), TrainingError> {
    let geography = world.geography(2019);
    let apl = |year, census, limit| practice.apl(world, &geography, year, census, limit);
    let (first, first_65) = (apl(2016, 2014, None), apl(2016, 2014, Some(65)));
    let (second, second_65) = (apl(2018, 2016, None), apl(2018, 2016, Some(65)));
    let others = [&care.nurses, &care.midwives, &care.physios]
        .map(|counts| full_time(world, practice, &geography, counts, 2016));
    let operators = ["Bouygues", "Free", "Orange", "SFR"];
    let mut rng = Rng::new(world.seed, "couverture");
    let mut rows = Vec::new();
    for (rank, commune) in geography.iter().enumerate() {
        let area = world.area(commune);
        let [low, high] = [rng.range(0.3, 0.8), rng.range(0.8, 1.0)];
        let pair = |rng: &mut Rng| (*rng.pick(&operators), *rng.pick(&operators));
        let ((a, b), (c, d)) = (pair(&mut rng), pair(&mut rng));
        let text = |value: f64| thousandth(value).to_string();
        rows.push(row![
            world.code(commune),
            high.to_string(),
            a,
            low.to_string(),
            b,
            (high + 0.1).min(1.0).to_string(),
            c,
            (low + 0.1).to_string(),
            d,
            (area / 8700.0).to_string(),
            commune.name.full(),
            text(second[rank].0),
            text(second_65[rank].0),
            second[rank].1.to_string(),
            text(first[rank].0),
            text(first_65[rank].0),
            first[rank].1.to_string(),
            text(others[0][rank]),
            text(others[1][rank]),
            text(others[2][rank]),
            (second[rank].1 / (area / 8700.0)).to_string(),
            f64::midpoint(low, high).to_string()
        ]);
    }
    let header = [
        "code",
        "tx_4G_max",
        "best_op_4G",
        "tx_4G_min",
        "worst_op_4G",
        "tx_3G_max",
        "best_op_3G",
        "tx_3G_min",
        "worst_op_3G",
        "area",
        "lib_com",
        "apl_mg2018",
        "apl_mg2018_65",
        "pop2016",
        "apl_mg2016",
        "apl_mg2016_65",
        "pop2014",
        "apl_inf2016",
        "apl_sf2016",
        "apl_mk2016",
        "densite_pop",
        "combo_couvertures",
    ];
    folder.csv("apl/apl_2016_2018_5prof_communes.csv", COMMA, &header, &rows)
}

/// Accessibility to a profession, full-time equivalents per 100,000 standardised inhabitants (0.82 equivalent a head).
fn full_time(world: &World, practice: &Practice, geography: &[Commune], counts: &[u32], year: i32) -> Vec<f64> {
    let growth = 0.976f64.powi(2024 - year);
    let supply: Vec<f64> = counts.iter().map(|count| 0.82e5 * growth * f64::from(*count)).collect();
    let demand: Vec<f64> =
        world.sites.iter().zip(&practice.need).map(|(site, need)| f64::from(site.inhabitants(year)) * need).collect();
    practice.catchment(geography, &supply, &demand).into_iter().map(|(apl, _)| apl).collect()
}

fn apl_departements(world: &World, practice: &Practice, care: &Care, folder: &mut Folder) -> Result<(), TrainingError> {
    let geography = world.geography(2024);
    let doctors = practice.apl(world, &geography, 2023, 2021, None);
    let others = [&care.nurses, &care.midwives, &care.physios]
        .map(|counts| full_time(world, practice, &geography, counts, 2023));
    let mut object = serde_json::Map::new();
    for (number, code) in DEPARTEMENTS.iter().enumerate() {
        let members: Vec<usize> =
            (0..geography.len()).filter(|c| world.old[geography[*c].chef].departement == number).collect();
        let weight: f64 = members.iter().map(|c| doctors[*c].1).sum();
        let mean = |value: &dyn Fn(usize) -> f64| {
            let total: f64 = members.iter().map(|c| value(*c) * doctors[*c].1).sum();
            (total / weight * 100.0).round() / 100.0
        };
        let people: u32 = members.iter().map(|c| world.inhabitants(&geography[*c], 2021)).sum();
        // Dentists follow physiotherapists closely enough for a fictional département.
        let entry = json!({
            "population_totale": people,
            "apl_dentistes": mean(&|c| 0.58 * others[2][c]),
            "apl_sagesfemmes": mean(&|c| others[1][c]),
            "apl_medecins": mean(&|c| doctors[c].0),
            "apl_infirmiers": mean(&|c| others[0][c]),
            "apl_kine": mean(&|c| others[2][c]),
        });
        object.insert((*code).to_owned(), entry);
    }
    let mut text = serde_json::to_string_pretty(&Value::Object(object)).map_err(|error| TrainingError::Table {
        path: "apl/apl_departements_5_professions.json".into(),
        reason: error.to_string(),
    })?;
    text.push('\n');
    folder.bytes("apl/apl_departements_5_professions.json", text.as_bytes())
}

/// Zoning of bassins de vie by mean APL ≤ 65: the worst served hold 28 % of the population (ZIP), the next 40 % (ZAC), 7 % (ZAR).
fn zoning(world: &World, practice: &Practice, folder: &mut Folder) -> Result<(), TrainingError> {
    let geography = world.geography(2024);
    let apl = practice.apl(world, &geography, 2022, 2020, Some(65));
    let mut bassins: Vec<(f64, f64, usize)> = (0..world.bassins.len())
        .map(|bassin| {
            let members = (0..geography.len()).filter(|c| world.old[geography[*c].chef].bassin == bassin);
            let (sum, people) = members.fold((0.0, 0.0), |(sum, people), c| {
                let here = f64::from(world.inhabitants(&geography[c], 2020));
                (sum + apl[c].0 * here, people + here)
            });
            (sum / people.max(1.0), people, bassin)
        })
        .collect();
    bassins.sort_by(|a, b| a.0.total_cmp(&b.0));
    let total: f64 = bassins.iter().map(|bassin| bassin.1).sum();
    let mut class = vec![""; world.bassins.len()];
    let mut before = 0.0;
    for (_, people, bassin) in &bassins {
        class[*bassin] = match (before + people / 2.0) / total {
            share if share < 0.282 => "1_ZIP",
            share if share < 0.680 => "2_ZAC",
            share if share < 0.755 => "4_ZAR",
            _ => "3_HZ",
        };
        before += people;
    }
    let density: Vec<f64> = (0..world.epcis.len())
        .map(|epci| {
            let members: Vec<&Commune> =
                geography.iter().filter(|commune| world.old[commune.chef].epci == epci).collect();
            let people: u32 = members.iter().map(|commune| world.inhabitants(commune, 2021)).sum();
            f64::from(people) / members.iter().map(|commune| world.area(commune)).sum::<f64>()
        })
        .collect();
    let rows: Vec<Vec<String>> = geography
        .iter()
        .map(|commune| {
            let old = &world.old[commune.chef];
            let zrr = if density[old.epci] < 52.0 { "C - Classée en ZRR" } else { "NC - Commune non classée" };
            row![old.code, class[old.bassin], zrr]
        })
        .collect();
    folder.csv("zonage/zonage_par_code_insee_reconstitue.csv", COMMA, &["code", "zonage", "zrr"], &rows)
}
