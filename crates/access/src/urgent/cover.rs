//! Minutes between resources and communes, and the best of them.
//!
//! One row a resource holds the communes it reaches within [`LIMIT`], nearest first; what depends on the date or the
//! resource set is a minimum over rows, so that adding or closing a resource costs its own row and nothing else. Rows of
//! two covers are shared, never copied: [`Cover::with`] and [`Cover::without`] give, to the last bit, what
//! [`Cover::new`] would give over the changed list.

use std::collections::HashMap;
use std::sync::Arc;

use pacte_territory::geodesy::great_circle_km;
use pacte_territory::{CareKind, CareResource, CommuneId, Flight, Territory, WeekHours};
use rayon::prelude::*;

use super::count::within;
use super::moment::Moment;
use super::resources::{Declared, of_territory};
use super::set::Set;
use crate::ground::Ground;
use crate::travel::habitat_points;

/// Minutes beyond which a resource is not followed.
pub const LIMIT: f64 = 90.0;

/// How a helicopter flies when nobody says: 230 km/h, five minutes to take off, by day.
pub const TYPICAL_FLIGHT: Flight = Flight { kmh: 230, startup_minutes: 5, range_km: None, night: false };

/// Communes a resource reaches, nearest first, ties by commune.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// Communes.
    pub communes: Vec<CommuneId>,
    /// Minutes to each, increasing.
    pub minutes: Vec<f32>,
}

impl Row {
    fn new(mut pairs: Vec<(CommuneId, f32)>) -> Self {
        pairs.sort_unstable_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        let (communes, minutes) = pairs.into_iter().unzip();
        Self { communes, minutes }
    }

    /// Communes within a limit, nearest first.
    pub fn within(&self, limit: f32) -> &[CommuneId] {
        &self.communes[..self.minutes.partition_point(|minutes| within(*minutes, limit))]
    }

    /// Communes and minutes.
    pub fn iter(&self) -> impl Iterator<Item = (CommuneId, f32)> + '_ {
        self.communes.iter().copied().zip(self.minutes.iter().copied())
    }
}

/// Best minutes of each commune.
#[derive(Clone, Debug, PartialEq)]
pub struct Best {
    /// Minutes by commune; `NaN` where no active resource reaches within [`LIMIT`].
    pub minutes: Vec<f32>,
    /// Index of the resource that gives them, the first of equals; `u32::MAX` where there is none.
    pub by: Vec<u32>,
}

impl Best {
    fn nothing(communes: usize) -> Self {
        Self { minutes: vec![f32::NAN; communes], by: vec![u32::MAX; communes] }
    }

    /// Takes a resource into account.
    pub fn lower(&mut self, row: &Row, resource: u32) {
        for (commune, minutes) in row.iter() {
            let best = &mut self.minutes[commune as usize];
            // The first that reaches wins over nothing; an equal one changes nothing.
            if best.is_nan() || minutes < *best {
                *best = minutes;
                self.by[commune as usize] = resource;
            }
        }
    }
}

/// A resource that does not exist yet: open at all hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct New {
    /// What it would be.
    pub kind: CareKind,
    /// Where it would be.
    pub commune: CommuneId,
}

impl New {
    /// As a declared resource; its identifier is `essai-{kind}-{code}`.
    pub fn resource(self, territory: &Territory) -> CareResource {
        let Self { kind, commune } = self;
        CareResource {
            id: format!("essai-{kind}-{}", territory.communes.code[commune as usize]),
            kind,
            name: format!("{}, {} (essai)", kind.label(), territory.communes.name[commune as usize]),
            commune,
            point: None,
            from: None,
            to: None,
            hours: WeekHours::always(),
            seasons: Vec::new(),
            flight: kind.flies().then_some(TYPICAL_FLIGHT),
            note: String::new(),
            source: String::new(),
        }
    }
}

/// A commune whose best time changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reached {
    /// The commune.
    pub commune: CommuneId,
    /// Minutes before; `NaN` when nothing reached it.
    pub before: f32,
    /// Minutes after.
    pub after: f32,
    /// People.
    pub people: u64,
}

/// What new resources bring within a limit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gain {
    /// Communes brought within the limit, most people first.
    pub communes: Vec<Reached>,
    /// People brought within the limit.
    pub people: u64,
}

/// No resource bears this identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("aucune ressource ne porte l’identifiant « {id} » : « pacte urgent register » les donne tous")]
pub struct UnknownResource {
    /// The identifier asked for.
    pub id: String,
}

/// What a row depends on.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Way {
    /// Patients go there.
    Inward(CommuneId),
    /// A team leaves from there.
    Outward(CommuneId),
    /// It flies from a point (bits of longitude and latitude).
    Flight(u64, u64, Flight),
}

/// Every resource of a territory with the communes it reaches.
#[derive(Clone, Debug)]
pub struct Cover {
    ground: Arc<Ground>,
    resources: Vec<CareResource>,
    rows: Vec<Arc<Row>>,
    /// Residents, whole persons; 0 where nobody gives them.
    people: Arc<[u64]>,
    points: Arc<[(f64, f64)]>,
    sources: Vec<String>,
    notes: Vec<String>,
}

impl Cover {
    /// The cover of a territory's own resources: see [`of_territory`].
    pub fn of_ground(ground: Arc<Ground>) -> Self {
        let Declared { resources, sources, notes } = of_territory(ground.territory());
        Self { sources, notes, ..Self::new(ground, resources) }
    }

    /// The cover of any resources, whose communes are those of the ground's territory.
    pub fn new(ground: Arc<Ground>, resources: Vec<CareResource>) -> Self {
        let points: Arc<[(f64, f64)]> = habitat_points(ground.territory()).into();
        let mut cover = Self {
            people: ground.residents().into(),
            points,
            rows: Vec::new(),
            sources: Vec::new(),
            notes: Vec::new(),
            ground,
            resources,
        };
        cover.rows = cover.rows_of(&cover.resources);
        cover
    }

    /// The ground it stands on.
    pub fn ground(&self) -> &Arc<Ground> {
        &self.ground
    }

    /// Resources, in the order of their indices.
    pub fn resources(&self) -> &[CareResource] {
        &self.resources
    }

    /// Communes each resource reaches, in the same order.
    pub fn rows(&self) -> &[Arc<Row>] {
        &self.rows
    }

    /// Where resources come from, one citation each.
    pub fn sources(&self) -> &[String] {
        &self.sources
    }

    /// What is missing, in French.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// People of each commune.
    pub fn people(&self) -> &[u64] {
        &self.people
    }

    /// Whether anything says where a commune is.
    pub fn is_located(&self, commune: CommuneId) -> bool {
        self.points[commune as usize].0.is_finite()
    }

    /// Point a resource is measured from: its own, else the habitat of its commune; degrees.
    pub fn point(&self, resource: &CareResource) -> (f64, f64) {
        resource.point.map_or(self.points[resource.commune as usize], |[lon, lat]| (lon, lat))
    }

    /// Hash of the ground's methods and of every resource, hexadecimal: with the territory's own hash, the resource set,
    /// the moment and the limit, it names a result.
    pub fn fingerprint(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let codes = &self.ground.territory().communes.code;
        let mut part = |text: &str| {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        };
        part(self.ground.fingerprint());
        for one in &self.resources {
            part(&one.id);
            part(one.kind.slug());
            part(codes[one.commune as usize].as_str());
            part(&format!("{:?} {:?} {:?} {:?}", one.point, one.from, one.to, one.flight));
            part(&one.hours.to_string());
            part(&one.seasons.iter().map(ToString::to_string).collect::<Vec<_>>().join(";"));
        }
        hasher.finalize().to_hex()[..32].to_owned()
    }

    /// Indices of the resources of a set that answer at a moment.
    pub fn active(&self, set: Set, moment: Moment) -> Vec<u32> {
        let codes = &self.ground.territory().communes.code;
        let answers = |resource: &CareResource| {
            set.contains(resource.kind)
                && moment.holds(resource, codes[resource.commune as usize], self.point(resource))
        };
        (0_u32..).zip(&self.resources).filter(|(_, resource)| answers(resource)).map(|(index, _)| index).collect()
    }

    /// Best minutes of each commune over some resources.
    pub fn best_of(&self, resources: &[u32]) -> Best {
        let mut best = Best::nothing(self.people.len());
        for index in resources {
            best.lower(&self.rows[*index as usize], *index);
        }
        best
    }

    /// Best minutes of each commune, and by which resource.
    pub fn best(&self, set: Set, moment: Moment) -> Best {
        self.best_of(&self.active(set, moment))
    }

    /// Best minutes of each commune; `NaN` where no active resource reaches within [`LIMIT`].
    pub fn minutes(&self, set: Set, moment: Moment) -> Vec<f32> {
        self.best(set, moment).minutes
    }

    /// Communes a resource of a kind would reach from a commune within a limit (minutes), nearest first.
    pub fn row(&self, kind: CareKind, commune: CommuneId, limit: f64) -> Row {
        self.rows_at(kind, &[commune], limit).pop().unwrap_or_default()
    }

    /// The same for many communes at once, in their order.
    pub fn rows_at(&self, kind: CareKind, communes: &[CommuneId], limit: f64) -> Vec<Row> {
        let times = self.ground.times();
        let rows = match kind {
            CareKind::Su => times.inward(communes, limit),
            CareKind::Smur | CareKind::SmurAntenna | CareKind::Mcs => times.outward(communes, limit),
            CareKind::HeliSmur | CareKind::StateHelicopter => {
                let fly = |commune: &CommuneId| self.flown(self.points[*commune as usize], TYPICAL_FLIGHT, limit);
                communes.par_iter().map(fly).collect()
            }
        };
        rows.into_par_iter().map(Row::new).collect()
    }

    /// The cover with more resources, at the end of the list; those there already keep their rows.
    #[must_use]
    pub fn with(&self, more: &[New]) -> Self {
        self.with_resources(more.iter().map(|new| new.resource(self.ground.territory())).collect())
    }

    /// The same with resources described in full.
    #[must_use]
    pub fn with_resources(&self, more: Vec<CareResource>) -> Self {
        let mut cover = self.clone();
        cover.rows.extend(self.rows_of(&more));
        cover.resources.extend(more);
        cover
    }

    /// The cover without the resources of these identifiers.
    ///
    /// # Errors
    /// When an identifier is unknown.
    pub fn without<S: AsRef<str>>(&self, ids: &[S]) -> Result<Self, UnknownResource> {
        for id in ids {
            if !self.resources.iter().any(|resource| resource.id == id.as_ref()) {
                return Err(UnknownResource { id: id.as_ref().to_owned() });
            }
        }
        let kept = self.resources.iter().zip(&self.rows);
        let kept = kept.filter(|(resource, _)| !ids.iter().any(|id| id.as_ref() == resource.id));
        let (resources, rows) = kept.map(|(resource, row)| (resource.clone(), Arc::clone(row))).unzip();
        Ok(Self { resources, rows, ..self.clone() })
    }

    /// Communes and people that new resources bring within a limit at a moment, over best minutes `now` (one per commune):
    /// by night a helicopter that does not fly brings nobody.
    pub fn gain(&self, now: &[f32], new: &[New], moment: Moment, limit: f32) -> Gain {
        let territory = self.ground.territory();
        let mut after: HashMap<CommuneId, f32> = HashMap::new();
        let answers = |one: &&New| {
            let resource = one.resource(territory);
            moment.holds(&resource, territory.communes.code[one.commune as usize], self.point(&resource))
        };
        for one in new.iter().filter(answers) {
            for (commune, minutes) in self.row(one.kind, one.commune, f64::from(limit)).iter() {
                let best = after.entry(commune).or_insert(minutes);
                *best = best.min(minutes);
            }
        }
        let brought = |(commune, minutes): (CommuneId, f32)| {
            let before = now[commune as usize];
            (within(minutes, limit) && self.is_beyond(commune, before, limit)).then(|| Reached {
                commune,
                before,
                after: minutes,
                people: self.people[commune as usize],
            })
        };
        let mut communes: Vec<Reached> = after.into_iter().filter_map(brought).collect();
        communes.sort_unstable_by(|a, b| b.people.cmp(&a.people).then(a.commune.cmp(&b.commune)));
        Gain { people: communes.iter().map(|reached| reached.people).sum(), communes }
    }

    fn way(&self, resource: &CareResource) -> Way {
        match (resource.kind, resource.flight) {
            (CareKind::Su, _) => Way::Inward(resource.commune),
            (kind, flight) if kind.flies() => {
                let (lon, lat) = self.point(resource);
                Way::Flight(lon.to_bits(), lat.to_bits(), flight.unwrap_or(TYPICAL_FLIGHT))
            }
            _ => Way::Outward(resource.commune),
        }
    }

    /// Rows of resources; those that leave from one place share theirs.
    fn rows_of(&self, resources: &[CareResource]) -> Vec<Arc<Row>> {
        let ways: Vec<Way> = resources.iter().map(|resource| self.way(resource)).collect();
        let mut known: HashMap<Way, Arc<Row>> = HashMap::new();
        let mut distinct: Vec<Way> = Vec::new();
        for way in &ways {
            if !distinct.contains(way) {
                distinct.push(*way);
            }
        }
        let (mut inward, mut outward) = (Vec::new(), Vec::new());
        for way in &distinct {
            match way {
                Way::Inward(commune) => inward.push(*commune),
                Way::Outward(commune) => outward.push(*commune),
                Way::Flight(lon, lat, flight) => {
                    let point = (f64::from_bits(*lon), f64::from_bits(*lat));
                    known.insert(*way, Arc::new(Row::new(self.flown(point, *flight, LIMIT))));
                }
            }
        }
        let times = self.ground.times();
        for (communes, rows, make) in [
            (&inward, times.inward(&inward, LIMIT), Way::Inward as fn(CommuneId) -> Way),
            (&outward, times.outward(&outward, LIMIT), Way::Outward),
        ] {
            let rows: Vec<Row> = rows.into_par_iter().map(Row::new).collect();
            known.extend(communes.iter().zip(rows).map(|(commune, row)| (make(*commune), Arc::new(row))));
        }
        ways.iter().map(|way| Arc::clone(&known[way])).collect()
    }

    /// Communes a helicopter reaches: minutes to take off, then the great circle at cruising speed.
    fn flown(&self, from: (f64, f64), flight: Flight, limit: f64) -> Vec<(CommuneId, f32)> {
        if !from.0.is_finite() {
            return Vec::new();
        }
        let range = flight.range_km.map_or(f64::INFINITY, f64::from);
        let reach = |(commune, point): (CommuneId, &(f64, f64))| {
            let km = point.0.is_finite().then(|| great_circle_km(from, *point)).filter(|km| *km <= range)?;
            let minutes = f64::from(flight.startup_minutes) + 60.0 * km / f64::from(flight.kmh.max(1));
            (minutes <= limit).then_some((commune, minutes as f32))
        };
        (0_u32..).zip(self.points.iter()).filter_map(reach).collect()
    }
}
