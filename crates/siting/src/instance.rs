//! What is asked: points with weights, candidates with costs, who is within reach of whom, and how much may be opened.

use serde::{Deserialize, Serialize};

/// Largest total of `weight × score` accepted: whole numbers up to here are exact in the floating point of the bounds.
pub const MOST: u64 = 1 << 53;

/// Pairs in compressed rows, in both directions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rows {
    /// First pair of each row, plus the end.
    pub(crate) offsets: Vec<usize>,
    /// The other end of each pair, increasing inside a row.
    pub(crate) others: Vec<u32>,
    /// Score of each pair, at least 1.
    pub(crate) scores: Vec<u32>,
}

impl Rows {
    /// The pairs of a row.
    pub(crate) fn row(&self, row: u32) -> impl ExactSizeIterator<Item = (u32, u32)> + '_ {
        let range = self.range(row);
        self.others[range.clone()].iter().copied().zip(self.scores[range].iter().copied())
    }

    /// Where the pairs of a row are.
    pub(crate) fn range(&self, row: u32) -> std::ops::Range<usize> {
        self.offsets[row as usize]..self.offsets[row as usize + 1]
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// The same pairs seen from their other ends, of which there are `others`.
    pub(crate) fn transposed(&self, others: usize) -> Self {
        let mut offsets = vec![0_usize; others + 1];
        for other in &self.others {
            offsets[*other as usize + 1] += 1;
        }
        for i in 0..others {
            offsets[i + 1] += offsets[i];
        }
        let mut next = offsets.clone();
        let mut turned = Self { offsets, others: vec![0; self.others.len()], scores: vec![0; self.others.len()] };
        for row in 0..self.len() as u32 {
            for (other, score) in self.row(row) {
                let at = &mut next[other as usize];
                turned.others[*at] = row;
                turned.scores[*at] = score;
                *at += 1;
            }
        }
        turned
    }
}

/// How much may be opened: a number of sites, a budget, or both. Imposed sites count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Limit {
    /// At most so many sites.
    pub sites: Option<u32>,
    /// At most this total of [`Instance::costs`].
    pub budget: Option<u64>,
}

impl Limit {
    /// At most `k` sites.
    pub const fn sites(k: u32) -> Self {
        Self { sites: Some(k), budget: None }
    }

    /// At most this total cost.
    pub const fn budget(cost: u64) -> Self {
        Self { sites: None, budget: Some(cost) }
    }
}

/// Points, candidates and pairs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    pub(crate) weights: Vec<u64>,
    pub(crate) base: Vec<u32>,
    pub(crate) by_site: Rows,
    pub(crate) costs: Vec<u64>,
    pub(crate) capacities: Option<Vec<u64>>,
    pub(crate) forced: Vec<bool>,
    pub(crate) forbidden: Vec<bool>,
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SitingError {
    /// More sites than candidates.
    #[error(
        "{asked} sites demandés pour {candidates} emplacements possibles ({forbidden} interdits) : demandez {candidates} sites au plus, levez des interdictions ou élargissez le territoire"
    )]
    TooManySites {
        /// Sites asked for.
        asked: u32,
        /// Candidates that may be opened.
        candidates: u32,
        /// Candidates forbidden.
        forbidden: u32,
    },
    /// More imposed sites than sites.
    #[error("{forced} sites imposés pour {sites} sites demandés : demandez-en au moins {forced}, ou imposez-en moins")]
    TooManyForced {
        /// Sites imposed.
        forced: u32,
        /// Sites asked for.
        sites: u32,
    },
    /// Imposed sites alone exceed the budget.
    #[error(
        "les sites imposés coûtent {cost} pour un budget de {budget} : portez le budget à {cost} au moins, ou imposez-en moins"
    )]
    ForcedTooDear {
        /// Total cost of imposed sites.
        cost: u64,
        /// The budget.
        budget: u64,
    },
    /// The budget buys nothing.
    #[error("le budget ({budget}) ne suffit à aucun emplacement : le moins cher coûte {cheapest}")]
    BudgetTooSmall {
        /// The budget.
        budget: u64,
        /// Cost of the cheapest candidate.
        cheapest: u64,
    },
    /// A candidate is both imposed and forbidden.
    #[error("l’emplacement {site} est à la fois imposé et interdit : retirez-le de l’une des deux listes")]
    ForcedAndForbidden {
        /// Rank of the candidate.
        site: u32,
    },
    /// Neither a number of sites nor a budget.
    #[error("ni nombre de sites ni budget : donnez l’un ou l’autre")]
    NoLimit,
    /// No site asked for.
    #[error("zéro site demandé : demandez-en au moins un")]
    NoSite,
    /// A list has not the length it should.
    #[error("{what} : {found} valeurs pour {expected}")]
    Length {
        /// Which list.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length it should have.
        expected: usize,
    },
    /// A pair names a point or a candidate there is not.
    #[error("{what} {rank} n’existe pas : il y en a {count}")]
    Unknown {
        /// Point or candidate.
        what: &'static str,
        /// Its rank.
        rank: u32,
        /// How many there are.
        count: usize,
    },
    /// The total is beyond exact arithmetic.
    #[error("total de poids × score de {total}, au-delà de {MOST} : exprimez les poids dans une unité plus grande")]
    TooLarge {
        /// The total.
        total: u128,
    },
    /// Capacities with graded scores.
    #[error(
        "des capacités ne se combinent qu’avec la couverture (scores de 1) : un temps moyen sous capacité demanderait d’affecter chaque habitant"
    )]
    GradedCapacities,
}

impl Instance {
    /// Points of these weights and, for each candidate, the points it reaches with the score it gives them.
    ///
    /// Pairs of score 0 are dropped; of two pairs alike the better is kept. Costs are 1, no candidate is imposed or
    /// forbidden, and points have nothing to begin with.
    ///
    /// # Errors
    /// When a pair names a point there is not, or totals are beyond [`MOST`].
    pub fn new(weights: Vec<u64>, sites: Vec<Vec<(u32, u32)>>) -> Result<Self, SitingError> {
        let count = sites.len();
        let pairs = sites.iter().map(Vec::len).sum();
        let mut rows = Rows {
            offsets: Vec::with_capacity(count + 1),
            others: Vec::with_capacity(pairs),
            scores: Vec::with_capacity(pairs),
        };
        rows.offsets.push(0);
        for mut row in sites {
            // The better of two pairs alike comes first and stays.
            row.sort_unstable_by_key(|(point, score)| (*point, std::cmp::Reverse(*score)));
            row.dedup_by_key(|(point, _)| *point);
            for (point, score) in row.into_iter().filter(|(_, score)| *score > 0) {
                if point as usize >= weights.len() {
                    return Err(SitingError::Unknown { what: "le point", rank: point, count: weights.len() });
                }
                rows.others.push(point);
                rows.scores.push(score);
            }
            rows.offsets.push(rows.others.len());
        }
        let mut best = vec![0_u32; weights.len()];
        for (point, score) in rows.others.iter().zip(&rows.scores) {
            best[*point as usize] = best[*point as usize].max(*score);
        }
        let total: u128 =
            weights.iter().zip(&best).map(|(weight, score)| u128::from(*weight) * u128::from(*score)).sum();
        if total > u128::from(MOST) {
            return Err(SitingError::TooLarge { total });
        }
        Ok(Self {
            base: vec![0; weights.len()],
            weights,
            by_site: rows,
            costs: vec![1; count],
            capacities: None,
            forced: vec![false; count],
            forbidden: vec![false; count],
        })
    }

    /// The same with what points have already, from places outside the candidates: a score a point.
    ///
    /// # Errors
    /// When the list is not as long as the points.
    pub fn already(mut self, scores: &[u32]) -> Result<Self, SitingError> {
        length("scores acquis", scores.len(), self.weights.len())?;
        for (base, score) in self.base.iter_mut().zip(scores) {
            *base = (*base).max(*score);
        }
        Ok(self)
    }

    /// The same with candidates that are open already: they serve, cost nothing and are not chosen again.
    ///
    /// # Errors
    /// When one of them does not exist.
    pub fn existing(mut self, sites: &[u32]) -> Result<Self, SitingError> {
        for site in sites {
            self.known(*site)?;
            for at in self.by_site.range(*site) {
                let base = &mut self.base[self.by_site.others[at] as usize];
                *base = (*base).max(self.by_site.scores[at]);
            }
            self.forbidden[*site as usize] = true;
        }
        Ok(self)
    }

    /// The same with the cost of each candidate.
    ///
    /// # Errors
    /// When the list is not as long as the candidates.
    pub fn with_costs(mut self, costs: Vec<u64>) -> Result<Self, SitingError> {
        length("coûts", costs.len(), self.candidates())?;
        self.costs = costs;
        Ok(self)
    }

    /// The same with the weight each candidate can serve at most. Scores must all be 1; a point may be shared between
    /// places, and what exists already serves without limit.
    ///
    /// # Errors
    /// When the list is not as long as the candidates, or scores are graded.
    pub fn with_capacities(mut self, capacities: Vec<u64>) -> Result<Self, SitingError> {
        length("capacités", capacities.len(), self.candidates())?;
        if self.by_site.scores.iter().any(|score| *score != 1) {
            return Err(SitingError::GradedCapacities);
        }
        self.capacities = Some(capacities);
        Ok(self)
    }

    /// The same with candidates that must be opened.
    ///
    /// # Errors
    /// When one of them does not exist.
    pub fn forcing(mut self, sites: &[u32]) -> Result<Self, SitingError> {
        for site in sites {
            self.known(*site)?;
            self.forced[*site as usize] = true;
        }
        Ok(self)
    }

    /// The same with candidates that may not be opened.
    ///
    /// # Errors
    /// When one of them does not exist.
    pub fn forbidding(mut self, sites: &[u32]) -> Result<Self, SitingError> {
        for site in sites {
            self.known(*site)?;
            self.forbidden[*site as usize] = true;
        }
        Ok(self)
    }

    /// Number of candidates, forbidden ones included.
    pub fn candidates(&self) -> usize {
        self.by_site.len()
    }

    /// Number of points.
    pub fn points(&self) -> usize {
        self.weights.len()
    }

    /// Number of pairs.
    pub fn pairs(&self) -> usize {
        self.by_site.others.len()
    }

    /// Cost of each candidate.
    pub fn costs(&self) -> &[u64] {
        &self.costs
    }

    /// Weight of each point.
    pub fn weights(&self) -> &[u64] {
        &self.weights
    }

    /// What is reached before anything is opened: sum of `weight × score`.
    pub fn before(&self) -> u64 {
        self.weights.iter().zip(&self.base).map(|(weight, score)| weight * u64::from(*score)).sum()
    }

    /// Gain of a set of candidates over [`Self::before`], capacities ignored: the definition, for tests and checks.
    pub fn gain(&self, sites: &[u32]) -> u64 {
        let mut best = self.base.clone();
        for site in sites {
            for (point, score) in self.by_site.row(*site) {
                best[point as usize] = best[point as usize].max(score);
            }
        }
        let gained = |((weight, best), base): ((&u64, &u32), &u32)| weight * u64::from(best - base);
        self.weights.iter().zip(&best).zip(&self.base).map(gained).sum()
    }

    /// Checks a limit against the candidates.
    pub(crate) fn check(&self, limit: Limit) -> Result<(), SitingError> {
        if let Some(site) = (0..self.candidates()).find(|site| self.forced[*site] && self.forbidden[*site]) {
            return Err(SitingError::ForcedAndForbidden { site: site as u32 });
        }
        let forbidden = self.forbidden.iter().filter(|forbidden| **forbidden).count() as u32;
        let candidates = self.candidates() as u32 - forbidden;
        let forced = self.forced.iter().filter(|forced| **forced).count() as u32;
        match limit.sites {
            Some(0) => return Err(SitingError::NoSite),
            Some(asked) if asked > candidates => {
                return Err(SitingError::TooManySites { asked, candidates, forbidden });
            }
            Some(sites) if forced > sites => return Err(SitingError::TooManyForced { forced, sites }),
            None if limit.budget.is_none() => return Err(SitingError::NoLimit),
            _ => {}
        }
        if let Some(budget) = limit.budget {
            let free = || (0..self.candidates()).filter(|site| !self.forbidden[*site]);
            let cost = free().filter(|site| self.forced[*site]).map(|site| self.costs[site]).sum();
            if cost > budget {
                return Err(SitingError::ForcedTooDear { cost, budget });
            }
            let cheapest = free().map(|site| self.costs[site]).min();
            if let Some(cheapest) = cheapest.filter(|cheapest| *cheapest > budget) {
                return Err(SitingError::BudgetTooSmall { budget, cheapest });
            }
        }
        Ok(())
    }

    fn known(&self, site: u32) -> Result<(), SitingError> {
        if (site as usize) < self.candidates() {
            return Ok(());
        }
        Err(SitingError::Unknown { what: "l’emplacement", rank: site, count: self.candidates() })
    }
}

fn length(what: &'static str, found: usize, expected: usize) -> Result<(), SitingError> {
    if found == expected { Ok(()) } else { Err(SitingError::Length { what, found, expected }) }
}
