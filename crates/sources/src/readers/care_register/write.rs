//! The register as a file: the commented template, and what a territory holds.

use pacte_territory::{CareResource, Communes};

use super::COLUMNS;

/// What stands under the header of the template.
const NOTICE: &str = "\
# Registre des ressources de soins urgents. La première ligne est l’en-tête : ne la changez pas. Une ligne par ressource ;
# les lignes qui commencent par # ne sont pas lues. Séparateur : virgule, point-virgule ou tabulation. Texte en UTF-8.
#
# id             identifiant de votre choix, unique (MCS-48-003)
# type           su, smur, antenne_smur, mcs, helismur ou helicoptere_etat
#                Si une seule ligne est de type su, les services d’urgences de la BPE ne sont plus comptés : donnez-les tous.
# nom            nom lisible
# commune        code de la commune (59350), ou son nom s’il est seul à le porter ; facultative si lat et lon sont donnés
# lat, lon       degrés décimaux WGS84 (44.5181, 3.5010) ; facultatives si la commune est donnée. Un hélicoptère part de ce point
# du, au         premier et dernier jour de service, AAAA-MM-JJ ; vides sans limite
# horaires       24/7, ou des jours et des heures : lun-ven 08:00-20:00; sam 09:00-13:00
#                Une nuit se coupe à minuit : ven 20:00-24:00; sam 00:00-08:00
# saison         périodes de l’année, mois-jour..mois-jour : 12-15..03-31; 07-01..08-31 ; vide toute l’année
# vitesse_kmh    hélicoptères seulement : vitesse de croisière
# decollage_min  hélicoptères seulement : minutes de l’appel au décollage
# rayon_km       hélicoptères seulement : rayon d’action, facultatif
# vol_de_nuit    hélicoptères seulement : oui ou non
# note, source   libres
#
# Exemples (ôtez le # et changez tout) :
# SMUR-48-001,smur,SMUR de Mende,48095,,,,,24/7,,,,,,,ARS Occitanie
# MCS-48-003,mcs,Cabinet du Causse,48029,,,2024-03-01,,\"lun-ven 08:00-20:00; sam 09:00-13:00\",,,,,,,SAMU 48
# MCS-05-001,mcs,Station de Vars,05177,,,,,tous 08:00-20:00,12-15..04-15,,,,,saison de ski,SAMU 05
# HELI-12-001,helismur,Héli-SMUR de Rodez,12202,44.4070,2.4820,,,tous 08:00-20:00,,230,5,120,non,,ARS Occitanie
";

/// The header and an explanation of every column, ready to be filled.
pub fn template() -> String {
    format!("{}\n{NOTICE}", COLUMNS.join(","))
}

/// Resources as a register file that reads back as the same ones.
pub fn to_csv(resources: &[CareResource], communes: &Communes) -> String {
    let mut out = COLUMNS.join(",");
    out.push('\n');
    for one in resources {
        let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let degrees = |at: usize| one.point.map(|point| point[at].to_string()).unwrap_or_default();
        let flown = |value: Option<String>| value.unwrap_or_default();
        let seasons: Vec<String> = one.seasons.iter().map(ToString::to_string).collect();
        let fields: [String; 16] = [
            one.id.clone(),
            one.kind.slug().to_owned(),
            one.name.clone(),
            communes.code[one.commune as usize].to_string(),
            degrees(1),
            degrees(0),
            day(one.from),
            day(one.to),
            one.hours.to_string(),
            seasons.join("; "),
            flown(one.flight.map(|flight| flight.kmh.to_string())),
            flown(one.flight.map(|flight| flight.startup_minutes.to_string())),
            flown(one.flight.and_then(|flight| flight.range_km).map(|km| km.to_string())),
            flown(one.flight.map(|flight| if flight.night { "oui" } else { "non" }.to_owned())),
            one.note.clone(),
            one.source.clone(),
        ];
        let quoted = fields.map(|field| {
            // A name that begins with # would be taken for a comment.
            let needs = field.contains([',', ';', '"', '\n', '\r', '\t']) || field.starts_with('#');
            if needs { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
        });
        out.push_str(&quoted.join(","));
        out.push('\n');
    }
    out
}
