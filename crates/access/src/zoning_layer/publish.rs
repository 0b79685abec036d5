//! From a draft to a layer, and every obstacle on the way.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use pacte_territory::grouping::NO_AREA;
use pacte_territory::{Level, Polygon, Territory};

use super::draft::Draft;
use super::layer::{CommuneIn, Layer, LayerHead, LayerZone, MultiPolygon, QuarterIn, in_force};
use super::work::Work;
use crate::ground::Ground;
use crate::zoning::review::QPV;
use crate::zoning::{Severity, Unit};

/// Zoom whose detail contours of layers keep.
const CONTOUR_ZOOM: u8 = 9;

/// Why a draft cannot be published, with what would make it possible, in French.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// What it is about: a unit, a region, or a field (`effective`, `authority`, `base`).
    pub place: String,
    /// What is wrong.
    pub problem: String,
    /// What would make it possible.
    pub remedy: String,
}

impl std::fmt::Display for Obstacle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.problem, self.remedy)
    }
}

/// Years between the publication of a layer and its first day, at most.
const AHEAD: i32 = 2;

/// What publishing adds to a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// First day in force.
    pub effective: Date,
    /// When it is published: now.
    pub published: Timestamp,
    /// Authority, as the arrêté prints it at its head.
    pub authority: String,
    /// Place and date, function and name, as printed under the articles; may be empty.
    pub signature: String,
}

/// The layer a draft becomes.
///
/// `draft_name` is the name and revision of the draft, `heads` the layers published so far.
///
/// # Errors
/// Every obstacle: blocking faults of the review, opinions without which the margin is exceeded, data that changed since the draft,
/// a date that does not follow the layer in force, no authority.
pub fn publish(
    ground: &Ground,
    territory_hash: &str,
    draft: &Draft,
    draft_name: (&str, u32),
    work: &Work,
    heads: &[LayerHead],
    publication: &Publication,
) -> Result<Layer, Vec<Obstacle>> {
    let obstacles = obstacles(ground, territory_hash, draft, work, heads, publication);
    if !obstacles.is_empty() {
        return Err(obstacles);
    }
    let last = in_force(heads, &draft.scope, &draft.method.profession, publication.effective);
    Ok(compose(ground.territory(), draft, draft_name, work, last.map(|head| head.id.clone()), publication))
}

/// The layer a draft would become, whatever stands in the way: what its files and its draft arrêté are made from.
pub fn compose(
    territory: &Territory,
    draft: &Draft,
    draft_name: (&str, u32),
    work: &Work,
    supersedes: Option<String>,
    publication: &Publication,
) -> Layer {
    let proposal = &work.proposal;
    let id_of = |class: Option<u8>| class.map(|class| proposal.classes[usize::from(class)].id.clone());
    let zones = proposal
        .units
        .iter()
        .zip(&work.review.classes)
        .map(|(unit, class)| LayerZone {
            code: unit.code.clone(),
            name: unit.name.clone(),
            region: unit.region.clone(),
            people: unit.people,
            value: unit.value,
            class: id_of(*class),
            proposed: id_of(unit.class),
            because: unit.because.sentence(),
            reason: draft.adjustment(&unit.code).map(|known| known.reason.clone()).unwrap_or_default(),
            communes: communes_of(territory, proposal.level, unit),
            contour: contour(territory, proposal.level, unit),
        })
        .collect();
    let mut notes = proposal.notes.clone();
    notes.extend(
        work.review
            .faults
            .iter()
            .filter(|fault| fault.severity != Severity::Blocking)
            .map(|fault| format!("{} {}", fault.problem, fault.remedy).trim_end().to_owned()),
    );
    Layer {
        title: draft.title.clone(),
        scope: draft.scope.clone(),
        effective: publication.effective,
        published: publication.published,
        authority: publication.authority.trim().to_owned(),
        signature: publication.signature.trim().to_owned(),
        supersedes,
        draft: (draft_name.0.to_owned(), draft_name.1),
        method: draft.method.clone(),
        table: draft.table.clone(),
        base: draft.base.clone(),
        level: proposal.level,
        classes: proposal.classes.clone(),
        zones,
        quarters: quarters(territory, draft, work),
        quotas: work.review.quotas.clone(),
        adjustments: draft.adjustments.clone(),
        notes,
        text: draft.text.clone(),
        before: work.before.as_ref().map(|before| before.label.clone()).unwrap_or_default(),
        effects: work.effects.clone(),
    }
}

/// Everything that stands in the way, the most general first.
fn obstacles(
    ground: &Ground,
    territory_hash: &str,
    draft: &Draft,
    work: &Work,
    heads: &[LayerHead],
    publication: &Publication,
) -> Vec<Obstacle> {
    let obstacle = |place: &str, problem: String, remedy: &str| Obstacle {
        place: place.to_owned(),
        problem,
        remedy: remedy.to_owned(),
    };
    let mut found = Vec::new();
    if !draft.base.is(ground, territory_hash) {
        found.push(obstacle(
            "base",
            format!(
                "Le projet a été fait sur d’autres données (« {} », géographie du {}).",
                draft.base.name, draft.base.geography
            ),
            "Reprenez-le sur les données du jour, relisez ce qui change, puis publiez.",
        ));
    }
    if publication.authority.trim().is_empty() {
        found.push(obstacle(
            "authority",
            "Il manque l’autorité qui signe.".to_owned(),
            "Écrivez-la comme l’arrêté l’imprimera, par exemple « Agence régionale de santé Bretagne ».",
        ));
    }
    let same = |head: &&LayerHead| head.scope.same_place(&draft.scope) && head.profession == draft.method.profession;
    if let Some(last) = heads.iter().filter(same).max_by_key(|head| (head.effective, head.published))
        && last.effective >= publication.effective
    {
        found.push(obstacle(
            "effective",
            format!(
                "La date d’effet ({}) ne suit pas celle du zonage « {} », qui prend effet le {}.",
                publication.effective, last.title, last.effective
            ),
            &format!("Choisissez une date à partir du {}.", last.effective.tomorrow().unwrap_or(last.effective)),
        ));
    }
    let today = publication.published.to_zoned(jiff::tz::TimeZone::UTC).date();
    let latest = today.checked_add(AHEAD.years()).unwrap_or(Date::MAX);
    // A layer never changes and the next must follow it: a mistyped year would close the place to every other.
    if publication.effective > latest {
        found.push(obstacle(
            "effective",
            format!("La date d’effet ({}) est à plus de deux ans.", publication.effective),
            &format!("Vérifiez l’année : un zonage prend effet au plus tard le {latest}."),
        ));
    }
    if let Some(from) = work.method.from.filter(|from| publication.effective < *from) {
        found.push(obstacle(
            "effective",
            format!("Le texte de la méthode n’entre en vigueur que le {from}."),
            "Choisissez une date d’effet postérieure, ou la méthode alors en vigueur.",
        ));
    }
    for severity in [Severity::Blocking, Severity::Opinion] {
        found.extend(work.faults(severity).map(|fault| Obstacle {
            place: fault.place.clone(),
            problem: fault.problem.clone(),
            remedy: fault.remedy.clone(),
        }));
    }
    found
}

fn communes_of(territory: &Territory, level: Level, unit: &Unit) -> Vec<CommuneIn> {
    if unit.area == NO_AREA {
        return Vec::new();
    }
    territory.members(level, unit.area).iter().map(|commune| commune_in(territory, *commune)).collect()
}

fn commune_in(territory: &Territory, commune: u32) -> CommuneIn {
    let area = territory.area(Level::Commune, commune);
    CommuneIn { code: area.code, name: area.name }
}

fn contour(territory: &Territory, level: Level, unit: &Unit) -> MultiPolygon {
    if unit.area == NO_AREA || unit.area >= territory.topology.count(level) {
        return Vec::new();
    }
    let ring = |ring: &Vec<[f64; 2]>| ring.iter().map(|point| point.map(|x| (x * 1e5).round() / 1e5)).collect();
    let polygon = |polygon: &Polygon| std::iter::once(&polygon.exterior).chain(&polygon.holes).map(ring).collect();
    territory.topology.polygons(level, unit.area, CONTOUR_ZOOM).iter().map(polygon).collect()
}

/// Priority neighbourhoods added by the adjustments.
fn quarters(territory: &Territory, draft: &Draft, work: &Work) -> Vec<QuarterIn> {
    let mut found = Vec::new();
    for adjustment in &draft.adjustments {
        let Some(code) = adjustment.unit.strip_prefix(QPV) else { continue };
        let Some(special) = work.proposal.specials.iter().find(|special| special.code == code) else { continue };
        let zone = territory.quarters.iter().find(|quarter| quarter.code == code);
        found.push(QuarterIn {
            code: special.code.clone(),
            name: special.name.clone(),
            class: adjustment.to.clone(),
            reason: adjustment.reason.clone(),
            communes: zone
                .map(|zone| zone.communes.iter().map(|commune| commune_in(territory, *commune)).collect())
                .unwrap_or_default(),
        });
    }
    found.sort_by(|a, b| a.code.cmp(&b.code));
    found
}
