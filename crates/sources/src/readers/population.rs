//! Legal populations (INSEE, `insee_populations_legales_AAAA.csv`): municipal, counted apart, total.
//!
//! Layout: `REG;Région;DEP;CODARR;CODCAN;CODCOM;COM;Commune;PMUN;PCAP;PTOT`. Recognised by `COM`, `PMUN`, `PCAP`, `PTOT`.
//! The year of the figures is in the name; their geography is that of 1 January two years later (populations légales
//! 2021 in force in 2024 but published in the geography of 2023, INSEE). Paris, Lyon and Marseille come by
//! arrondissements and are summed; Mayotte is absent, hence unknown.
//!
//! Stop the file: a code that does not exist in that geography (wrong vintage), a commune given twice, a total that is
//! not the sum of its parts, a département given in part only (cut file), a file without a year in its name. Unknown codes are set aside.

use pacte_territory::{Aggregation, CommuneCode};
use rustc_hash::FxHashMap;

use crate::base::{Base, Fold, Gather};
use crate::catalogue::{Format, Probe, Stage, Vintage};
use crate::delimited::Delimited;
use crate::error::{Fault, SourceError};
use crate::input::InputFile;
use crate::output::{ColumnHead, Output};
use crate::progress::Task;
use crate::report::FileReport;

/// Legal populations.
pub const FORMAT: Format =
    Format { id: "population", title: "INSEE, populations légales", stage: Stage::Populations, recognise, read };

fn recognise(probe: &Probe<'_>) -> Option<Vintage> {
    probe
        .has_columns(&["COM", "PMUN", "PCAP", "PTOT"])
        .then(|| probe.year_in_name().map_or_else(Vintage::default, |year| Vintage::in_geography(year, year + 2)))
}

/// Concept, label and column of each of the three populations.
const KINDS: [(&str, &str, &str); 3] = [
    ("population.municipal", "Population municipale", "PMUN"),
    ("population.separate", "Population comptée à part", "PCAP"),
    ("population.total", "Population totale", "PTOT"),
];

/// Municipal populations by code, as they stand, for weights. Faults are left to [`read`], which reads the file again.
pub(crate) fn weights(file: &InputFile, task: &Task) -> FxHashMap<CommuneCode, f64> {
    let mut weights = FxHashMap::default();
    let Ok(text) = file.text() else { return weights };
    let Ok(mut table) = Delimited::open(file, &text, task) else { return weights };
    let Ok([code, population]) = table.columns(["COM", "PMUN"]) else { return weights };
    while let Ok(Some(row)) = table.next_row() {
        if let (Ok(code), Ok(population)) = (row.code(code), row.count(population)) {
            weights.insert(code, population);
        }
    }
    weights
}

fn read(file: &InputFile, base: &Base, task: &Task) -> Result<(Output, FileReport), SourceError> {
    let (Some(vintage), Some(geography)) = (file.vintage, file.geography) else {
        return Err(file.error(
            Fault::WrongVintage,
            "l’année des populations n’est pas dans le nom du fichier, et le contenu ne la dit pas",
            "Nommez-le comme l’INSEE, par exemple insee_populations_legales_2021.csv.",
        ));
    };
    let text = file.text()?;
    let mut table = Delimited::open(file, &text, task)?;
    let [code, municipal, separate, total] = table.columns(["COM", "PMUN", "PCAP", "PTOT"])?;
    let mut gather = Gather::new(file, base, geography, &[Fold::Sum; 3]).strict();
    while let Some(row) = table.next_row()? {
        let values = [row.count(municipal)?, row.count(separate)?, row.count(total)?];
        if values[0] + values[1] != values[2] {
            return Err(row.error(
                total,
                Fault::BadValue,
                &format!("la population totale n’est pas PMUN + PCAP = {} + {}", values[0], values[1]),
                "Téléchargez de nouveau le fichier chez l’INSEE.",
            ));
        }
        gather.add(row.code(code)?, row.line(), &values)?;
    }
    let (values, report) = gather.finish()?;
    let columns = KINDS
        .iter()
        .zip(values)
        .map(|((concept, label, _), values)| {
            ColumnHead { concept, vintage, label, unit: "habitants", aggregation: Aggregation::Sum }.column(
                file,
                geography,
                base.conversion(geography),
                values,
            )
        })
        .collect();
    Ok((Output { columns, ..Output::default() }, report))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::{base, code};
    use crate::progress::Silent;

    fn read_named(name: &str, body: &str) -> Result<(Output, FileReport), SourceError> {
        let text = format!("REG;Région;DEP;CODARR;CODCAN;CODCOM;COM;Commune;PMUN;PCAP;PTOT\r\n{body}");
        let mut file = InputFile::in_memory(name, text.into_bytes());
        let vintage = recognise(&Probe::new(&file).unwrap()).unwrap();
        (file.vintage, file.geography) = (vintage.year, vintage.geography);
        read(&file, &base(), &Task::start(&Silent, "", 0))
    }

    const ROWS: &str = "84;ARA;01;2;08;001;01001;Un;832;16;848\r\n84;ARA;01;2;08;003;01003;Trois;10;0;10\r\n\
                        84;ARA;01;2;08;004;01004;Quatre;20;1;21\r\n11;IDF;75;1;01;101;75101;P1;5;0;5\r\n\
                        11;IDF;75;1;01;102;75102;P2;6;1;7\r\n";

    #[test]
    fn arrondissements_are_summed_and_the_absent_unknown() {
        let (output, report) = read_named("insee_populations_legales_2021.csv", ROWS).unwrap();
        let municipal = &output.columns[0];
        let base = base();
        let at = |c| municipal.get(base.commune(code(c)).unwrap());
        assert_eq!((at("75056"), at("01001"), at("01005")), (Some(11.0), Some(832.0), None));
        assert_eq!((municipal.vintage, municipal.provenance.geography), (2021, 2023));
        assert_eq!((report.rows_read, report.matched), (5, 5));
    }

    #[test]
    fn a_wrong_vintage_a_wrong_total_and_a_nameless_year_stop_the_file() {
        // 01004 is gone on 1 January 2025, the geography of the 2023 figures.
        let error = read_named("insee_populations_legales_2023.csv", ROWS).unwrap_err();
        assert_eq!((error.fault, error.line, error.value.as_deref()), (Fault::WrongVintage, Some(4), Some("01004")));
        let error = read_named("p_2021.csv", "84;ARA;01;2;08;001;01001;Un;832;16;849\r\n").unwrap_err();
        assert_eq!((error.fault, error.column.as_deref()), (Fault::BadValue, Some("PTOT")));
        assert_eq!(read_named("populations.csv", ROWS).unwrap_err().fault, Fault::WrongVintage);
        let doubled = ROWS.to_owned() + "84;ARA;01;2;08;001;01001;Un;832;16;848\r\n";
        assert_eq!(read_named("p_2021.csv", &doubled).unwrap_err().fault, Fault::Doubled);
    }
}
