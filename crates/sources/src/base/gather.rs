//! Rows by commune code, in any geography, become one value per commune of the territory.

use pacte_territory::{CommuneCode, CommuneId};
use rustc_hash::FxHashMap;

use super::{Base, Resolution};
use crate::error::{Fault, SourceError};
use crate::input::InputFile;
use crate::report::FileReport;

/// How values of several rows of one commune combine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// They add up; a row that covers several communes is shared by population.
    Sum,
    /// Their mean, weighted by the weight given with each row.
    Mean,
    /// The value of the row of largest weight (categories).
    Heaviest,
}

/// Collects the rows of a file that gives each commune once.
///
/// Faults: a code given twice, or a city given both whole and by arrondissements, is an error; a code unknown to the
/// territory is set aside and counted; when most rows are unknown the file is refused, being of another country or year.
#[derive(Debug)]
pub struct Gather<'b> {
    /// The report under way: readers add their own remarks and rows set aside.
    pub report: FileReport,
    base: &'b Base,
    file: &'b InputFile,
    geography: i16,
    strict: bool,
    folds: Vec<Fold>,
    /// One per fold and commune: sum of values (times weights), and sum of weights.
    values: Vec<Vec<f64>>,
    weights: Vec<Vec<f64>>,
    first_line: FxHashMap<CommuneCode, u64>,
    whole: FxHashMap<CommuneId, u64>,
    parts: FxHashMap<CommuneId, u64>,
    covered: Vec<bool>,
    converted: u64,
    unknown: Option<(CommuneCode, u64)>,
    unknown_count: u64,
}

/// Weight that keeps the value of a commune without inhabitants without disturbing any mean.
const FEATHER: f64 = 1e-9;

impl<'b> Gather<'b> {
    /// For the values of these folds, from a file whose codes are those of 1 January of `geography`.
    pub fn new(file: &'b InputFile, base: &'b Base, geography: i16, folds: &[Fold]) -> Self {
        Self {
            report: FileReport::new(file),
            base,
            file,
            geography,
            strict: false,
            folds: folds.to_vec(),
            values: vec![vec![0.0; base.len()]; folds.len()],
            weights: vec![vec![0.0; base.len()]; folds.len()],
            first_line: FxHashMap::default(),
            whole: FxHashMap::default(),
            parts: FxHashMap::default(),
            covered: vec![false; base.len()],
            converted: 0,
            unknown: None,
            unknown_count: 0,
        }
    }

    /// From now on a code that does not exist on 1 January of the geography is an error of vintage, and a département given
    /// in part only is a cut file. For files that give every commune and whose vintage is known by name only.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Adds a row; `values` are in the order of the folds, `NaN` for not known. Weight for means: the latest legal
    /// population of the code. Returns whether the code was found.
    ///
    /// # Errors
    /// When the code was given before, or is of another vintage and the gathering is strict.
    pub fn add(&mut self, code: CommuneCode, line: u64, values: &[f64]) -> Result<bool, SourceError> {
        let weight = self.base.weight_of(code);
        self.add_weighted(code, line, weight, values)
    }

    /// Adds a row with its own weight for means.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub fn add_weighted(
        &mut self,
        code: CommuneCode,
        line: u64,
        weight: f64,
        values: &[f64],
    ) -> Result<bool, SourceError> {
        self.report.rows_read += 1;
        if let Some(first) = self.first_line.insert(code, line) {
            return Err(SourceError::doubled(&self.file.name, code.as_str(), first, line));
        }
        if self.strict {
            self.base.check_vintage(self.file, code, line, self.geography)?;
        }
        match self.base.resolve(code, self.geography) {
            Resolution::Commune(id) => {
                if self.base.communes.code[id as usize] != code {
                    self.converted += 1;
                }
                self.whole.entry(id).or_insert(line);
                self.put(id, 1.0, weight, values);
            }
            Resolution::Parent(id) => {
                self.parts.entry(id).or_insert(line);
                self.put(id, 1.0, weight, values);
            }
            Resolution::Shares(shares) => {
                self.converted += 1;
                for (id, share) in shares {
                    self.put(id, share, weight, values);
                }
            }
            Resolution::Unknown => {
                self.unknown_count += 1;
                self.unknown.get_or_insert((code, line));
                let reason = format!("code inconnu au 1er janvier {}", self.base.year);
                self.report.leave_out(&reason, || format!("{code} (ligne {line})"));
                return Ok(false);
            }
        }
        self.report.matched += 1;
        Ok(true)
    }

    fn put(&mut self, id: CommuneId, share: f64, weight: f64, values: &[f64]) {
        let at = id as usize;
        self.covered[at] = true;
        for (fold, value) in values.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
            let (sum, total) = (&mut self.values[fold][at], &mut self.weights[fold][at]);
            let weight = (weight * share).max(FEATHER);
            match self.folds[fold] {
                Fold::Sum => {
                    *sum += value * share;
                    *total = 1.0;
                }
                Fold::Mean => {
                    *sum += value * weight;
                    *total += weight;
                }
                Fold::Heaviest => {
                    if weight > *total {
                        (*sum, *total) = (*value, weight);
                    }
                }
            }
        }
    }

    /// Number of communes that some row covers.
    pub fn covered(&self) -> usize {
        self.covered.iter().filter(|covered| **covered).count()
    }

    /// Values per fold and commune (`NaN` where no row gave one), and the report.
    ///
    /// # Errors
    /// When a city came both whole and by arrondissements, or most rows were unknown.
    pub fn finish(mut self) -> Result<(Vec<Vec<f64>>, FileReport), SourceError> {
        if let Some((id, whole, part)) =
            self.whole.iter().filter_map(|(id, whole)| Some((*id, *whole, *self.parts.get(id)?))).min()
        {
            let city = self.base.communes.code[id as usize];
            // A delegated commune beside its commune is a second count of the same people, like an arrondissement.
            return Err(SourceError::new(
                Fault::Doubled,
                &self.file.name,
                format!("cette commune est donnée entière (ligne {whole}) et aussi par parties (ligne {part})"),
                "Gardez la commune entière, ou ses parties (arrondissements, communes déléguées), mais pas les deux.",
            )
            .line(whole.max(part))
            .value(city.as_str()));
        }
        if let Some((code, line)) = self.unknown
            && self.unknown_count * 2 > self.report.rows_read
        {
            return Err(SourceError::new(
                Fault::UnknownCode,
                &self.file.name,
                format!(
                    "{} codes sur {} sont inconnus de ce territoire (COG {}), à commencer par celui-ci",
                    self.unknown_count, self.report.rows_read, self.base.year
                ),
                "Vérifiez que le fichier décrit bien ce territoire et que son millésime est celui de son nom.",
            )
            .line(line)
            .value(code.as_str()));
        }
        if self.strict {
            self.base.check_whole(self.file, |id| self.covered[id as usize])?;
        }
        if self.converted > 0 {
            self.report.note(format!(
                "{} codes convertis du COG {} au COG {}",
                self.converted, self.geography, self.base.year
            ));
        }
        let absent = self.base.len() - self.covered();
        if absent > 0 {
            self.report.note(format!("{absent} communes du territoire ne sont pas dans le fichier"));
        }
        for (fold, (values, weights)) in self.folds.iter().zip(self.values.iter_mut().zip(&self.weights)) {
            for (value, weight) in values.iter_mut().zip(weights) {
                if *weight == 0.0 {
                    *value = f64::NAN;
                } else if *fold == Fold::Mean {
                    *value /= weight;
                }
            }
        }
        self.report.hash = self.file.hash();
        Ok((self.values, self.report))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::{base, code};

    #[test]
    fn sums_means_and_categories_follow_mergers() {
        let base = base();
        let file = InputFile::in_memory("f.csv", [b'x']);
        let mut gather = Gather::new(&file, &base, 2018, &[Fold::Sum, Fold::Mean, Fold::Heaviest]);
        gather.add_weighted(code("01001"), 2, 30.0, &[5.0, 1.0, 3.0]).unwrap();
        gather.add_weighted(code("01002"), 3, 10.0, &[2.0, 2.0, 4.0]).unwrap();
        gather.add_weighted(code("75101"), 4, 0.0, &[f64::NAN, 7.0, 1.0]).unwrap();
        assert!(!gather.add(code("97501"), 5, &[1.0, 1.0, 1.0]).unwrap());
        let (values, report) = gather.finish().unwrap();
        let at = |c| base.commune(code(c)).unwrap() as usize;
        assert_eq!([values[0][at("01001")], values[1][at("01001")], values[2][at("01001")]], [7.0, 1.25, 3.0]);
        assert!(values[0][at("75056")].is_nan());
        assert_eq!(values[1][at("75056")], 7.0, "a value without weight is kept");
        assert_eq!((report.rows_read, report.matched, report.left_out_total()), (4, 3, 1));
        assert_eq!(report.left_out[0].examples, ["97501 (ligne 5)"]);
    }

    #[test]
    fn going_back_through_a_merger_shares_by_population() {
        let base = base();
        let file = InputFile::in_memory("f.csv", [b'x']);
        let mut gather = Gather::new(&file, &base, 2025, &[Fold::Sum, Fold::Mean]);
        gather.add(code("01003"), 2, &[8.0, 5.0]).unwrap();
        let (values, _) = gather.finish().unwrap();
        let at = |c| base.commune(code(c)).unwrap() as usize;
        assert_eq!((values[0][at("01003")], values[0][at("01004")]), (6.0, 2.0));
        assert_eq!((values[1][at("01003")], values[1][at("01004")]), (5.0, 5.0));
    }

    #[test]
    fn doubles_are_refused() {
        let base = base();
        let file = InputFile::in_memory("f.csv", [b'x']);
        let mut gather = Gather::new(&file, &base, 2024, &[Fold::Sum]);
        gather.add(code("01001"), 2, &[1.0]).unwrap();
        let error = gather.add(code("01001"), 9, &[1.0]).unwrap_err();
        assert_eq!((error.fault, error.line), (Fault::Doubled, Some(9)));
        assert!(error.problem.contains("ligne 2"));

        let mut gather = Gather::new(&file, &base, 2024, &[Fold::Sum]);
        gather.add(code("75056"), 2, &[1.0]).unwrap();
        gather.add(code("75101"), 3, &[1.0]).unwrap();
        assert_eq!(gather.finish().unwrap_err().fault, Fault::Doubled);
    }

    #[test]
    fn a_file_of_another_country_is_refused() {
        let base = base();
        let file = InputFile::in_memory("f.csv", [b'x']);
        let mut gather = Gather::new(&file, &base, 2024, &[Fold::Sum]);
        for (line, c) in (2..).zip(["98818", "98819", "01001"]) {
            gather.add(code(c), line, &[1.0]).unwrap();
        }
        let error = gather.finish().unwrap_err();
        assert_eq!((error.fault, error.line, error.value.as_deref()), (Fault::UnknownCode, Some(2), Some("98818")));
    }
}
