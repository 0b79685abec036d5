//! What a page or a command asks of the atlas about one area: its rank, who lives in which class, what is near, what
//! changes.

use std::collections::BTreeSet;

use pacte_territory::{CommuneId, Level};

use super::{Atlas, Evolving};

/// Place of an area among others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rank {
    /// From 1: the largest value comes first.
    pub rank: u32,
    /// How many areas have a value.
    pub of: u32,
}

/// How many people live in a class of APL.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassShare {
    /// Lower bound, included; 0 for the first class.
    pub lower: f64,
    /// Upper bound, excluded; `None` for the last class.
    pub upper: Option<f64>,
    /// Inhabitants.
    pub persons: f64,
    /// Share of the inhabitants of the area, in percent.
    pub share: f64,
}

/// Bounds between the classes of APL shown in distributions, consultations per standardised inhabitant and year.
const APL_CLASSES: [f64; 6] = [1.0, 2.0, 2.5, 3.0, 4.0, 5.0];

/// A kind of resource whose nearest one is known for every commune.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceKind {
    /// Emergency department.
    Emergency,
    /// General practitioner.
    Gp,
    /// Pharmacy.
    Pharmacy,
    /// Maternity.
    Maternity,
    /// Maison de santé pluriprofessionnelle.
    Msp,
    /// Health centre.
    HealthCentre,
}

impl ResourceKind {
    /// Every kind, in the order of pages.
    pub const ALL: [Self; 6] =
        [Self::Emergency, Self::Gp, Self::Pharmacy, Self::Maternity, Self::Msp, Self::HealthCentre];

    /// Last part of the concepts `access.minutes.*`, `access.nearest.*` and `supply.*`.
    pub const fn concept(self) -> &'static str {
        match self {
            Self::Emergency => "emergency",
            Self::Gp => "gp",
            Self::Pharmacy => "pharmacy",
            Self::Maternity => "maternity",
            Self::Msp => "msp",
            Self::HealthCentre => "health_centre",
        }
    }

    /// French name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Emergency => "Service d’urgences",
            Self::Gp => "Médecin généraliste",
            Self::Pharmacy => "Pharmacie",
            Self::Maternity => "Maternité",
            Self::Msp => "Maison de santé pluriprofessionnelle",
            Self::HealthCentre => "Centre de santé",
        }
    }
}

/// The nearest resource of a kind for a commune.
#[derive(Clone, Debug, PartialEq)]
pub struct NearestResource {
    /// Its kind.
    pub kind: ResourceKind,
    /// Commune it stands in; `None` when none can be reached by road.
    pub commune: Option<CommuneId>,
    /// Minutes by car to that commune; 0 in the commune itself.
    pub minutes: Option<f64>,
    /// How many stand there.
    pub count: Option<f64>,
    /// Source and date of the resource.
    pub citation: String,
}

/// Values of one thing over the years.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Stable id.
    pub id: String,
    /// French label.
    pub label: String,
    /// French unit.
    pub unit: String,
    /// Decimals to show.
    pub decimals: u8,
    /// (year, value), years increasing.
    pub points: Vec<(i16, f64)>,
    /// Sources.
    pub citation: String,
}

impl Atlas {
    /// Rank of an area among those of its level, or among some of them; `None` without a value.
    pub fn rank(&self, id: &str, level: Level, area: u32, among: Option<&[u32]>) -> Option<Rank> {
        let values = self.values(id, level)?;
        let own = values.get(area)?;
        let (above, of) = match among {
            None => {
                let of = values.ascending.len();
                let not_above = values.ascending.partition_point(|other| values.values[*other as usize] <= own);
                (of - not_above, of)
            }
            Some(peers) => {
                let known: Vec<f64> = peers.iter().filter_map(|peer| values.get(*peer)).collect();
                (known.iter().filter(|other| **other > own).count(), known.len())
            }
        };
        Some(Rank { rank: above as u32 + 1, of: of as u32 })
    }

    /// Areas of a level whose communes mostly lie in the same larger area: a commune's peers in its département, an
    /// EPCI's in its region. `None` for the country, and when `within` is not described.
    pub fn peers(&self, level: Level, area: u32, within: Level) -> Option<(u32, Vec<u32>)> {
        let home = self.parent(level, area, within)?;
        let mut peers: Vec<u32> = self
            .territory()
            .members(within, home)
            .iter()
            .filter_map(|commune| self.territory().area_of(level, *commune))
            .collect();
        peers.sort_unstable();
        peers.dedup();
        // An EPCI that reaches across a border belongs where most of its people live.
        peers.retain(|peer| level == Level::Commune || self.parent(level, *peer, within) == Some(home));
        Some((home, peers))
    }

    /// The area of a larger level where most of an area's inhabitants live.
    pub fn parent(&self, level: Level, area: u32, within: Level) -> Option<u32> {
        let territory = self.territory();
        if level == Level::Commune {
            return territory.area_of(within, area);
        }
        let people = self.latest("population.municipal");
        let mut weights: Vec<(u32, f64)> = Vec::new();
        for commune in territory.members(level, area).iter() {
            let Some(home) = territory.area_of(within, *commune) else { continue };
            let weight = people.and_then(|people| people.get(*commune)).unwrap_or(0.0) + 1e-3;
            match weights.iter_mut().find(|(known, _)| *known == home) {
                Some((_, sum)) => *sum += weight,
                None => weights.push((home, weight)),
            }
        }
        weights.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|(home, _)| home)
    }

    /// Inhabitants by class of computed APL; `None` when there is no APL or nobody.
    pub fn distribution(&self, level: Level, area: u32) -> Option<Vec<ClassShare>> {
        let apl = self.latest("access.apl.gp").or_else(|| self.latest("apl.gp"))?;
        let people = self.latest("population.municipal")?;
        let mut persons = [0.0; APL_CLASSES.len() + 1];
        for commune in self.territory().members(level, area).iter() {
            if let (Some(apl), Some(people)) = (apl.get(*commune), people.get(*commune)) {
                persons[APL_CLASSES.partition_point(|bound| *bound <= apl)] += people;
            }
        }
        let total: f64 = persons.iter().sum();
        (total > 0.0).then(|| {
            persons
                .iter()
                .enumerate()
                .map(|(i, persons)| ClassShare {
                    lower: if i == 0 { 0.0 } else { APL_CLASSES[i - 1] },
                    upper: APL_CLASSES.get(i).copied(),
                    persons: *persons,
                    share: 100.0 * persons / total,
                })
                .collect()
        })
    }

    /// Nearest resource of each kind for a commune, in the order of [`ResourceKind::ALL`].
    pub fn nearest(&self, commune: CommuneId) -> Vec<NearestResource> {
        ResourceKind::ALL
            .into_iter()
            .filter_map(|kind| {
                let minutes = self.latest(&format!("access.minutes.{}", kind.concept()))?;
                let nearest = self.latest(&format!("access.nearest.{}", kind.concept()))?;
                let there = nearest.get(commune).map(|id| id as CommuneId);
                let supply = self.territory().latest(&format!("supply.{}", kind.concept()));
                Some(NearestResource {
                    kind,
                    commune: there,
                    minutes: minutes.get(commune),
                    count: there.and_then(|there| supply?.get(there)),
                    citation: supply.map(|supply| supply.provenance.citation()).unwrap_or_default(),
                })
            })
            .collect()
    }

    /// Areas of the same level that share a border, in the order of their codes.
    pub fn neighbours(&self, level: Level, area: u32) -> Vec<u32> {
        let territory = self.territory();
        let around: BTreeSet<u32> = territory
            .members(level, area)
            .iter()
            .flat_map(|commune| territory.neighbours(*commune))
            .filter_map(|(commune, _)| territory.area_of(level, *commune))
            .filter(|other| *other != area)
            .collect();
        around.into_iter().collect()
    }

    /// What is known at several dates: population, counts of resources, published APL (one series per method).
    pub fn trend(&self, level: Level, area: u32) -> Vec<Series> {
        let members = self.territory().members(level, area);
        let mut series = Vec::new();
        let totals = [
            ("population", "population.municipal", "Population municipale", "habitants"),
            ("gps", "supply.gp", "Médecins généralistes", "médecins"),
            ("pharmacies", "supply.pharmacy", "Pharmacies", "pharmacies"),
            ("emergency_departments", "supply.emergency", "Services d’urgences", "services"),
            ("msp", "supply.msp", "Maisons de santé pluriprofessionnelles", "maisons"),
        ];
        for (id, concept, label, unit) in totals {
            let columns: Vec<_> =
                self.territory().vintages(concept).into_iter().filter_map(|v| self.column(concept, v)).collect();
            let points = columns
                .iter()
                .filter_map(|column| {
                    let known: Vec<f64> = members.iter().filter_map(|id| column.get(*id)).collect();
                    (!known.is_empty()).then(|| (column.vintage, known.iter().sum()))
                })
                .collect();
            let citation = columns.last().map(|column| column.provenance.source.clone()).unwrap_or_default();
            series.push(Series {
                id: id.into(),
                label: label.into(),
                unit: unit.into(),
                decimals: 0,
                points,
                citation,
            });
        }
        let former = self.evolution_vintages(Evolving::AplGp);
        let vintages = self.territory().vintages("apl.gp");
        let (before, after): (Vec<i16>, Vec<i16>) = vintages.into_iter().partition(|vintage| former.contains(vintage));
        for (id, label, vintages) in [
            ("apl_published_former", "APL publiée aux médecins généralistes, ancienne série", before),
            ("apl_published", "APL publiée aux médecins généralistes", after),
        ] {
            let points: Vec<(i16, f64)> = vintages
                .iter()
                .filter_map(|vintage| Some((*vintage, self.value(&format!("apl_published_{vintage}"), level, area)?)))
                .collect();
            series.push(Series {
                id: id.into(),
                label: label.into(),
                unit: "consultations par hab. et par an".into(),
                decimals: 2,
                points,
                citation: "DREES, accessibilité potentielle localisée".into(),
            });
        }
        series.retain(|series| !series.points.is_empty());
        series
    }
}
