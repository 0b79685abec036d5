//! What siting answers, in communes and people.

use pacte_siting::Method;
use pacte_territory::CommuneId;
use serde::{Deserialize, Serialize};

use super::request::Request;
use crate::french::comma;
use crate::travel::TravelMethod;

/// People of a commune that a site brings nearer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BroughtCommune {
    /// The commune.
    pub commune: CommuneId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// People brought; part of the commune when sites have a capacity.
    pub people: u64,
    /// Minutes to the nearest before, within the limit; `None` beyond it.
    pub before: Option<f32>,
    /// Minutes to the new site.
    pub after: f32,
}

/// A site, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Site {
    /// Commune it stands in.
    pub commune: CommuneId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Whether it was imposed.
    pub forced: bool,
    /// Cost, cents; `None` without costs.
    pub cost_cents: Option<u64>,
    /// What it adds after the sites before it, in [`Siting::unit`].
    pub gain: f64,
    /// The same, as people concerned.
    pub people: u64,
    /// What it would add alone.
    pub alone: f64,
    /// What would be lost without it, the others staying.
    pub loss: f64,
    /// Communes it brings after the sites before it, the most people first.
    pub brought: Vec<BroughtCommune>,
}

/// What so many sites give.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurveStep {
    /// Number of sites.
    pub sites: u32,
    /// Total cost, cents; `None` without costs.
    pub cost_cents: Option<u64>,
    /// Best gain known, in [`Siting::unit`].
    pub gain: f64,
    /// No set of that number gives more.
    pub bound: f64,
}

/// How sure it is that nothing better exists.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    /// Whether it is proven.
    pub proven: bool,
    /// How far under the optimum the gain may be at most, as a share: 0 when proven.
    pub gap: f64,
    /// No set within the limits gives more, in [`Siting::unit`].
    pub bound: f64,
    /// How it was found.
    pub method: Method,
}

impl Proof {
    /// In one French sentence part: `optimum prouvé`, `au plus 0,7 % sous l’optimum`.
    pub fn sentence(&self) -> String {
        if self.proven {
            return "optimum prouvé".to_owned();
        }
        // Rounded up: never said to be nearer than it is.
        let percent = (self.gap * 1000.0).ceil() / 10.0;
        let text = if self.gap < 0.001 { comma((self.gap * 1e4).ceil() / 100.0, 2) } else { comma(percent, 1) };
        format!("au plus {text}\u{202f}% sous l’optimum")
    }

    /// How it was found, in French.
    pub fn method_label(&self) -> &'static str {
        match self.method {
            Method::Heuristic => "glouton et échanges, borne lagrangienne",
            Method::Lagrangian => "glouton et échanges, prouvé par la borne lagrangienne",
            Method::Branching => "séparation et évaluation sur la borne lagrangienne",
            Method::MixedInteger => "programmation en nombres entiers (HiGHS)",
        }
    }
}

/// The figures before and after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    /// People counted.
    pub people: u64,
    /// People served before any site.
    pub served_before: u64,
    /// People served with the sites.
    pub served_after: u64,
    /// Mean minutes before, those beyond the limit counted at the limit; only for means.
    pub mean_before: Option<f64>,
    /// Mean minutes with the sites.
    pub mean_after: Option<f64>,
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Siting {
    /// What was asked; answered again on the same ground, it gives the same.
    pub request: Request,
    /// Sites: imposed ones first, then each the one that adds most.
    pub sites: Vec<Site>,
    /// What all of them add, in [`Self::unit`].
    pub gain: f64,
    /// What greedy alone adds.
    pub greedy: f64,
    /// Unit of gains, in French.
    pub unit: String,
    /// Before and after.
    pub totals: Totals,
    /// Communes whose people, counted, all or in part remain beyond the minutes, ascending.
    pub beyond: Vec<CommuneId>,
    /// What fewer sites give.
    pub curve: Vec<CurveStep>,
    /// Proof or gap.
    pub proof: Proof,
    /// Communes where a site may stand.
    pub candidates: u32,
    /// Communes whose people count and may be brought.
    pub points: u32,
    /// Pairs of communes within the minutes.
    pub pairs: u64,
    /// Name of the territory asked for.
    pub scope_name: String,
    /// Citations of the figures used, with their vintages.
    pub sources: Vec<String>,
    /// How travel times were obtained.
    pub travel: TravelMethod,
    /// Hash of methods and roads; with the territory's, it names everything the answer depends on besides the request.
    pub fingerprint: String,
    /// Hash of method and request.
    pub method_hash: String,
    /// Communes without a value of the equity column: their people count for one.
    pub unweighted: u32,
    /// Whether time ran out before the proof.
    pub stopped: bool,
    /// What is to be known to read it, in French.
    pub notes: Vec<String>,
    /// Wall-clock seconds of the search; not part of what is recomputed.
    pub seconds: f64,
}

impl Siting {
    /// Total cost, cents; `None` without costs.
    pub fn cost_cents(&self) -> Option<u64> {
        self.sites.iter().map(|site| site.cost_cents).sum()
    }

    /// People brought by all sites.
    pub fn people(&self) -> u64 {
        self.totals.served_after - self.totals.served_before
    }
}
