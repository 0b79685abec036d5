//! Membership of communes: the INSEE table d'appartenance, and tables of territoires de vie-santé when one is given.
//!
//! Layouts: `CODGEO,LIBGEO,DEP,CTCD,REG,EPCI,EPT,ARR,…,BV2022` (a bassin de vie of any year, `BV` and four digits); a
//! table of TVS has a column of commune codes (`CODGEO`, `codgeo`, `com`, `depcom`, `code_commune`, `code commune`,
//! `insee`) and one whose name begins with `tvs` or `code_tvs`, and may have one of labels (`libtvs`, `lib_tvs`, `libelle_tvs`,
//! `libellé`, `agglo`).
//!
//! Codes made of `Z` mean *none*. A commune given twice stops the file; so does a code that does not exist in the
//! geography the name announces, and a département given in part only (a cut file). When most codes are unknown the file is refused. The rows of another year than the
//! territory's are converted: a commune born of a merger takes the area of the most populated of its parts.

use pacte_territory::Level;

use crate::base::{Base, Resolution};
use crate::catalogue::{Format, Stage, Vintage};
use crate::delimited::{Col, Delimited};
use crate::error::{Fault, SourceError};
use crate::input::InputFile;
use crate::output::{Membership, Output};
use crate::progress::Task;
use crate::report::FileReport;
use rustc_hash::FxHashMap;

/// Table d'appartenance.
pub const FORMAT: Format = Format {
    id: "membership",
    title: "INSEE, table d’appartenance géographique des communes",
    stage: Stage::Values,
    recognise: |probe| {
        probe
            .has_columns(&["CODGEO", "EPCI", "ARR"])
            .then(|| probe.year_in_name().map_or_else(Vintage::default, Vintage::of))
    },
    read,
};

/// Table of territoires de vie-santé.
pub const TVS: Format = Format {
    id: "tvs",
    title: "Territoires de vie-santé",
    stage: Stage::Values,
    recognise: |probe| {
        let found = find(probe.headers(), &COMMUNES).is_some() && tvs_column(probe.headers()).is_some();
        found.then(|| probe.year_in_name().map_or_else(Vintage::default, Vintage::of))
    },
    read: read_tvs,
};

const COMMUNES: [&str; 7] = ["codgeo", "com", "depcom", "code_commune", "code commune", "insee", "code_insee"];
const LABELS: [&str; 6] = ["libtvs", "lib_tvs", "libelle_tvs", "libellé", "libelle", "agglo"];

fn find<'h>(headers: &'h [String], names: &[&str]) -> Option<&'h str> {
    headers.iter().map(String::as_str).find(|header| names.contains(&header.to_lowercase().as_str()))
}

fn tvs_column(headers: &[String]) -> Option<&str> {
    headers.iter().map(String::as_str).find(|header| {
        let header = header.to_lowercase();
        header.starts_with("tvs") || header.starts_with("code_tvs") || header.starts_with("code tvs")
    })
}

/// Whether a code stands for *none*.
pub(crate) fn is_none(code: &str) -> bool {
    code.is_empty() || code.bytes().all(|b| b == b'Z')
}

/// Area of each commune at one level, `None` outside any.
pub(crate) type AreaCodes = Vec<Option<String>>;

/// Collects the area of each commune at several levels.
pub(crate) struct Members<'b> {
    pub(crate) report: FileReport,
    base: &'b Base,
    file: &'b InputFile,
    geography: i16,
    codes: Vec<AreaCodes>,
    /// Population of the row that gave each commune its area.
    heaviest: Vec<f64>,
    lines: FxHashMap<pacte_territory::CommuneCode, u64>,
    unknown: Option<(String, u64)>,
}

impl<'b> Members<'b> {
    pub(crate) fn new(file: &'b InputFile, base: &'b Base, levels: usize) -> Self {
        Self {
            report: FileReport::new(file),
            base,
            file,
            geography: file.geography.unwrap_or(base.year),
            codes: vec![vec![None; base.len()]; levels],
            heaviest: vec![-1.0; base.len()],
            lines: FxHashMap::default(),
            unknown: None,
        }
    }

    pub(crate) fn add(
        &mut self,
        code: pacte_territory::CommuneCode,
        line: u64,
        areas: &[&str],
    ) -> Result<(), SourceError> {
        self.report.rows_read += 1;
        if let Some(first) = self.lines.insert(code, line) {
            return Err(SourceError::doubled(&self.file.name, code.as_str(), first, line));
        }
        self.base.check_vintage(self.file, code, line, self.geography)?;
        let ids: Vec<u32> = match self.base.resolve(code, self.geography) {
            Resolution::Commune(id) => vec![id],
            Resolution::Shares(shares) => shares.into_iter().map(|(id, _)| id).collect(),
            Resolution::Parent(_) => {
                self.report
                    .leave_out("arrondissement municipal, commune déléguée ou associée", || code.to_string());
                return Ok(());
            }
            Resolution::Unknown => {
                self.unknown.get_or_insert((code.to_string(), line));
                let reason = format!("code inconnu au 1er janvier {}", self.base.year);
                self.report.leave_out(&reason, || format!("{code} (ligne {line})"));
                return Ok(());
            }
        };
        let weight = self.base.weight_of(code);
        for id in ids.into_iter().map(|id| id as usize) {
            if weight > self.heaviest[id] {
                self.heaviest[id] = weight;
                for (codes, area) in self.codes.iter_mut().zip(areas) {
                    codes[id] = (!is_none(area)).then(|| (*area).to_owned());
                }
            }
        }
        self.report.matched += 1;
        Ok(())
    }

    /// Whether some row gave this commune.
    fn has(&self, id: u32) -> bool {
        self.heaviest[id as usize] >= 0.0
    }

    pub(crate) fn finish(mut self) -> Result<(Vec<AreaCodes>, FileReport), SourceError> {
        if let Some((code, line)) = self.unknown
            && self.report.left_out_total() * 2 > self.report.rows_read
        {
            return Err(SourceError::new(
                Fault::UnknownCode,
                &self.file.name,
                format!("la plupart des codes sont inconnus de ce territoire (COG {})", self.base.year),
                "Vérifiez que le fichier décrit bien ce territoire et que son millésime est celui de son nom.",
            )
            .line(line)
            .value(code));
        }
        let absent = self.heaviest.iter().filter(|weight| **weight < 0.0).count();
        if absent > 0 {
            self.report.note(format!("{absent} communes du territoire ne sont pas dans le fichier"));
        }
        self.report.hash = self.file.hash();
        Ok((self.codes, self.report))
    }
}

fn read(file: &InputFile, base: &Base, task: &Task) -> Result<(Output, FileReport), SourceError> {
    let text = file.text()?;
    let mut table = Delimited::open(file, &text, task)?;
    let code = table.column("CODGEO")?;
    let basin = table.headers().iter().find(|header| {
        header.strip_prefix("BV").is_some_and(|year| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()))
    });
    let basin = basin.cloned();
    let mut levels: Vec<(Level, Col)> = Vec::new();
    for (level, name) in
        [(Level::Epci, "EPCI"), (Level::Arrondissement, "ARR"), (Level::Departement, "DEP"), (Level::Region, "REG")]
    {
        levels.push((level, table.column(name)?));
    }
    if let Some(basin) = &basin {
        levels.push((Level::BassinDeVie, table.column(basin)?));
    }
    let mut members = Members::new(file, base, levels.len());
    while let Some(row) = table.next_row()? {
        let areas: Vec<&str> = levels.iter().map(|(_, column)| row.text(*column)).collect();
        members.add(row.code(code)?, row.line(), &areas)?;
    }
    base.check_whole(file, |id| members.has(id))?;
    let geography = members.geography;
    let (codes, mut report) = members.finish()?;
    if basin.is_none() {
        report.note("pas de colonne de bassins de vie (BV2022)");
    }
    let memberships = levels
        .iter()
        .zip(codes)
        .map(|((level, _), codes)| {
            let mut provenance = file.provenance(None, geography, base.conversion(geography));
            if let (Level::BassinDeVie, Some(basin)) = (level, &basin) {
                provenance.source = format!("INSEE, bassins de vie {}", &basin[2..]);
            }
            Membership { level: *level, provenance, codes, rank: 1 }
        })
        .collect();
    Ok((Output { memberships, ..Output::default() }, report))
}

fn read_tvs(file: &InputFile, base: &Base, task: &Task) -> Result<(Output, FileReport), SourceError> {
    let text = file.text()?;
    let mut table = Delimited::open(file, &text, task)?;
    let headers = table.headers().to_vec();
    let column = |name: Option<&str>, wanted: &str| match name {
        Some(name) => table.column(name),
        None => Err(SourceError::missing_column(&file.name, wanted, &headers)),
    };
    let code = column(find(&headers, &COMMUNES), "CODGEO")?;
    let area = column(tvs_column(&headers), "TVS")?;
    let label = find(&headers, &LABELS).and_then(|name| table.optional(name));
    let mut members = Members::new(file, base, 1);
    let mut names: FxHashMap<String, String> = FxHashMap::default();
    while let Some(row) = table.next_row()? {
        let area = row.text(area);
        members.add(row.code(code)?, row.line(), &[area])?;
        if let Some(name) = label.map(|label| row.text(label)).filter(|name| !name.is_empty()) {
            names.entry(area.to_owned()).or_insert_with(|| name.to_owned());
        }
    }
    let geography = members.geography;
    let (mut codes, report) = members.finish()?;
    let mut names: Vec<_> = names.into_iter().map(|(code, name)| (Level::Tvs, code, name)).collect();
    names.sort_unstable();
    let provenance = file.provenance(None, geography, base.conversion(geography));
    let memberships = vec![Membership { level: Level::Tvs, provenance, codes: codes.swap_remove(0), rank: 0 }];
    Ok((Output { memberships, names, ..Output::default() }, report))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::{base, code};
    use crate::catalogue::{Probe, recognise};
    use crate::progress::Silent;

    fn read_named(name: &str, text: &str) -> Result<(Output, FileReport), SourceError> {
        let mut file = InputFile::in_memory(name, text.as_bytes());
        let (format, vintage) =
            recognise(&Probe::new(&file).unwrap(), &[&FORMAT, &TVS]).expect("a table of membership");
        (file.vintage, file.geography) = (vintage.year, vintage.geography);
        (format.read)(&file, &base(), &Task::start(&Silent, "", 0))
    }

    const HEADER: &str = "CODGEO,LIBGEO,DEP,CTCD,REG,EPCI,EPT,ARR,CANOV,ZE2020,UU2020,AAV2020,BV2022\n";

    #[test]
    fn levels_are_read_and_z_means_none() {
        let text = HEADER.to_owned()
            + "01001,Un,01,01D,84,200069193,ZZZZZZZZZ,012,0108,8405,01000,524,01093\n\
               01003,Trois,01,01D,84,ZZZZZZZZZ,ZZZZZZZZZ,012,0108,8405,01000,524,01004\n,,,,,,,,,,,,\n";
        let (output, report) = read_named("table_2024.csv", &text).unwrap();
        let of = |level| output.memberships.iter().find(|m| m.level == level).unwrap();
        let id = |c| base().commune(code(c)).unwrap() as usize;
        assert_eq!(of(Level::Epci).codes[id("01001")].as_deref(), Some("200069193"));
        assert_eq!(of(Level::Epci).codes[id("01003")], None);
        assert_eq!(of(Level::BassinDeVie).codes[id("01003")].as_deref(), Some("01004"));
        assert_eq!((report.rows_read, report.matched), (2, 2), "a blank row is no row");
    }

    #[test]
    fn the_heaviest_part_of_a_merger_decides_and_a_wrong_year_stops() {
        let rows = "01001,Un,01,01D,84,E1,Z,012,0108,8405,01000,524,B1\n01002,Deux,01,01D,84,E2,Z,012,0108,8405,01000,524,B2\n";
        let (output, _) = read_named("table_2018.csv", &(HEADER.to_owned() + rows)).unwrap();
        assert_eq!(output.memberships[0].codes[base().commune(code("01001")).unwrap() as usize].as_deref(), Some("E1"));
        let error = read_named("table_2024.csv", &(HEADER.to_owned() + rows)).unwrap_err();
        assert_eq!((error.fault, error.line, error.value.as_deref()), (Fault::WrongVintage, Some(3), Some("01002")));
    }

    #[test]
    fn tvs_tables_of_several_layouts_are_read() {
        for text in [
            "CODGEO;TVS;LIBTVS\n01001;84001;Valbois\n01003;84001;Valbois\n",
            "depcom,code_tvs,libelle\n01001,84001,Valbois\n01003,84001,Valbois\n",
        ] {
            let (output, _) = read_named("tvs_2024.csv", text).unwrap();
            assert_eq!(output.memberships[0].level, Level::Tvs);
            assert_eq!(output.names, [(Level::Tvs, "84001".to_owned(), "Valbois".to_owned())]);
        }
    }
}
