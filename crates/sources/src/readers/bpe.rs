//! What the layouts of the base permanente des équipements (INSEE) have in common: codes of equipment, and rows of
//! arrondissements that repeat what the rows of Paris, Lyon and Marseille already count.

use std::collections::BTreeMap;

use pacte_territory::{Aggregation, CommuneCode, CommuneId};
use rustc_hash::FxHashMap;

use super::geography::{Coverage, likely_geography};
use crate::base::{Base, Fold, Gather, Resolution};
use crate::error::{Fault, SourceError};
use crate::input::InputFile;
use crate::output::{ColumnHead, Output};
use crate::report::FileReport;

/// Title of every vintage.
pub(super) const TITLE: &str = "INSEE, base permanente des équipements";

/// Code of an equipment, our concept, French label. Source: documentation of the BPE (2017 and 2020), domain D.
///
/// Pharmacies are D301 (from SIRENE) until 2019 and D307 (from FINESS) since 2020.
const EQUIPMENT: &[(&str, &str, &str)] = &[
    ("D101", "supply.d101", "Établissements de santé de court séjour"),
    ("D102", "supply.d102", "Établissements de santé de moyen séjour"),
    ("D103", "supply.d103", "Établissements de santé de long séjour"),
    ("D104", "supply.d104", "Établissements psychiatriques"),
    ("D105", "supply.d105", "Centres de lutte contre le cancer"),
    ("D106", "supply.emergency", "Services d’urgences"),
    ("D107", "supply.maternity", "Maternités"),
    ("D108", "supply.health_centre", "Centres de santé"),
    ("D109", "supply.d109", "Structures psychiatriques en ambulatoire"),
    ("D110", "supply.d110", "Centres de médecine préventive"),
    ("D111", "supply.d111", "Centres de dialyse"),
    ("D112", "supply.d112", "Hospitalisation à domicile"),
    ("D113", "supply.msp", "Maisons de santé pluridisciplinaires"),
    ("D201", "supply.gp", "Médecins généralistes"),
    ("D232", "supply.nurse", "Infirmiers"),
    ("D301", "supply.pharmacy", "Pharmacies"),
    ("D302", "supply.d302", "Laboratoires d’analyses et de biologie médicale"),
    ("D303", "supply.d303", "Ambulances"),
    ("D304", "supply.d304", "Centres de transfusion sanguine"),
    ("D305", "supply.d305", "Établissements thermaux"),
    ("D307", "supply.pharmacy", "Pharmacies"),
];

/// Concept and label of an equipment; one we do not know is named by its code.
fn describe(code: &str) -> (String, String) {
    EQUIPMENT.iter().find(|(known, ..)| *known == code).map_or_else(
        || (format!("supply.{}", code.to_lowercase()), format!("Équipements {code}")),
        |(_, concept, label)| ((*concept).to_owned(), (*label).to_owned()),
    )
}

/// The code of an equipment in a column name such as `NB_D106`.
pub(super) fn equipment_of(header: &str) -> Option<&str> {
    let code = header.strip_prefix("NB_")?;
    let digits = code.strip_prefix('D')?;
    (digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit())).then_some(code)
}

/// One row: code, line, count of each equipment.
pub(super) type Row = (CommuneCode, u64, Vec<f64>);

/// Rows of a file of counts by equipment.
#[derive(Debug, Default)]
pub(super) struct Counts {
    /// Codes of the equipment, in the order of the values.
    pub(super) equipment: Vec<String>,
    /// The rows, arrondissements included.
    pub(super) rows: Vec<Row>,
}

impl Counts {
    /// One column per equipment.
    ///
    /// Rows of arrondissements are set aside where their commune has its own row (they repeat it, which is checked and
    /// reported), and added up where it has none.
    pub(super) fn columns(
        self,
        file: &InputFile,
        base: &Base,
        vintage: i16,
        geography: Option<i16>,
    ) -> Result<(Output, FileReport), SourceError> {
        let mut described: Vec<(String, String)> = Vec::new();
        for code in &self.equipment {
            let (mut concept, label) = describe(code);
            if described.iter().any(|(other, _)| *other == concept) {
                concept = format!("supply.{}", code.to_lowercase());
            }
            described.push((concept, label));
        }
        let lines: Vec<(CommuneCode, u64)> = self.rows.iter().map(|(code, line, _)| (*code, *line)).collect();
        let geography = match geography {
            Some(year) => year,
            None => likely_geography(file, base, &lines, vintage + 1, Coverage::Complete)?,
        };
        let present: FxHashMap<CommuneCode, usize> = lines.iter().map(|(code, _)| *code).zip(0..).collect();
        let mut gather = Gather::new(file, base, geography, &vec![Fold::Sum; self.equipment.len()]);
        gather.report.vintage = vintage.to_string();
        let mut repeated: BTreeMap<CommuneId, Vec<f64>> = BTreeMap::new();
        for (code, line, values) in &self.rows {
            if let Resolution::Parent(parent) = base.resolve(*code, geography)
                && base.municipal.iter().any(|arrondissement| arrondissement.code == *code)
                && present.contains_key(&base.communes.code[parent as usize])
            {
                gather.report.rows_read += 1;
                gather
                    .report
                    .leave_out("arrondissement déjà compté dans sa commune", || format!("{code} (ligne {line})"));
                let sums = repeated.entry(parent).or_insert_with(|| vec![0.0; values.len()]);
                sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
                continue;
            }
            gather.add(*code, *line, values)?;
        }
        for (parent, sums) in repeated {
            let code = base.communes.code[parent as usize];
            let whole = &self.rows[present[&code]].2;
            let differing: Vec<&str> = (self.equipment.iter().zip(sums.iter().zip(whole)))
                .filter(|(_, (sum, whole))| sum != whole)
                .map(|(equipment, _)| equipment.as_str())
                .collect();
            if !differing.is_empty() {
                gather.report.note(format!(
                    "{} : la somme des arrondissements diffère de la commune pour {} (la commune est gardée)",
                    base.communes.name[parent as usize],
                    differing.join(", ")
                ));
            }
        }
        let (values, report) = gather.finish()?;
        let columns = (described.iter().zip(values))
            .map(|((concept, label), values)| {
                ColumnHead { concept, vintage, label, unit: "équipements", aggregation: Aggregation::Sum }.column(
                    file,
                    geography,
                    base.conversion(geography),
                    values,
                )
            })
            .map(|mut column| {
                if matches!(column.concept.as_str(), "supply.gp" | "supply.nurse") {
                    "professionnels".clone_into(&mut column.unit);
                }
                column
            })
            .collect();
        Ok((Output { columns, ..Output::default() }, report))
    }
}

/// The year of the figures, which this layout leaves to the name of the file.
pub(super) fn vintage_in_name(file: &InputFile) -> Result<i16, SourceError> {
    file.vintage.ok_or_else(|| {
        file.error(
            Fault::WrongVintage,
            "le millésime n’est ni dans le contenu ni dans le nom du fichier",
            "Mettez l’année dans le nom, comme dans bpe_sante_communes_2017.csv.",
        )
    })
}
