//! Speed profiles: who travels, where they may go and how fast, as text files that anybody can correct.
//!
//! A profile is read from YAML with the place of every value, so that an error names the file, the line and the field.
//! Those shipped with the program are under `pacts/methods/speeds/` ([`shipped`]). How a profile weighs a way is told in
//! `docs/methods/roads.md`.

use serde::{Deserialize, Serialize};

use crate::osm::{Access, AccessKey, Accesses, Barrier, NO_LIMIT, NodeFacts, Oneway, RoadClass, Service, WayTags};

mod raw;

/// Why a profile is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column} : {field} : {problem}")]
pub struct ProfileError {
    /// File, as the caller named it.
    pub file: String,
    /// Line, from 1; 0 when the whole file is concerned.
    pub line: u64,
    /// Column, from 1.
    pub column: u64,
    /// Field, dotted: `speeds.motorway.open`.
    pub field: String,
    /// What is wrong and what to do, in French.
    pub problem: String,
}

/// Means of travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Car.
    Car,
    /// Car of the emergency services: may use what is kept for them.
    Emergency,
    /// On foot.
    Foot,
}

/// Speeds of a class, km/h.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassSpeed {
    /// In the country.
    pub open: f64,
    /// In town.
    pub urban: f64,
}

/// What a surface, a track grade or a service does to the speed: multiplied, then capped, km/h.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slowing {
    /// Factor, from 0 to 1.
    pub factor: f64,
    /// Cap, km/h.
    pub cap: f64,
}

impl Slowing {
    const NONE: Self = Self { factor: 1.0, cap: 200.0 };

    fn apply(self, kmh: f64) -> f64 {
        (kmh * self.factor).min(self.cap)
    }
}

/// What a barrier does.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum BarrierRule {
    /// Nobody passes, unless its own access tags say otherwise.
    Blocks,
    /// Costs this many seconds.
    Seconds(f64),
}

/// Share of the tagged limit really driven.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LimitShare {
    /// In the country.
    pub open: f64,
    /// In town.
    pub urban: f64,
    /// What may be driven above the limit, as a factor of the result (1 but for emergency services).
    pub boost: f64,
}

/// What ferries take.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FerryRule {
    /// Speed without a tagged duration, km/h.
    pub kmh: f64,
    /// Wait at the quay, seconds.
    pub wait: f64,
    /// Only ferries that say they take this means of travel.
    pub explicit: bool,
}

/// Seconds added to the arc that enters a junction.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Penalties {
    /// Traffic lights.
    pub signals: f64,
    /// Stop sign.
    pub stop: f64,
    /// Give-way sign.
    pub give_way: f64,
    /// Joining a greater road without a sign that says how.
    pub joining: f64,
    /// Any other junction of three roads or more.
    pub junction: f64,
    /// Entering a roundabout.
    pub roundabout: f64,
    /// Mini-roundabout.
    pub mini_roundabout: f64,
    /// Pedestrian crossing without lights.
    pub crossing: f64,
    /// Each bend sharper than `bend_degrees`.
    pub bend: f64,
    /// What makes a bend sharp.
    pub bend_degrees: f64,
}

/// Which access values let one through.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccessRule {
    /// Keys that count, from the one that prevails to the most general.
    pub keys: Vec<AccessKey>,
    /// Values that forbid, by [`Access`] number.
    refused: u32,
    /// Values that slow down (places one may go to but not through), by [`Access`] number.
    discouraged: u32,
    /// What the latter do to the speed.
    pub discouraged_factor: f64,
}

impl AccessRule {
    fn prevailing(&self, accesses: Accesses) -> Access {
        let mut values = self.keys.iter().map(|key| accesses[*key as usize]);
        values.find(|value| *value != Access::Unset).unwrap_or_default()
    }

    fn refuses(&self, value: Access) -> bool {
        self.refused >> value as u32 & 1 == 1
    }

    fn discourages(&self, value: Access) -> bool {
        self.discouraged >> value as u32 & 1 == 1
    }
}

/// How places join the network.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SnapRule {
    /// Farthest road, metres.
    pub max_metres: f64,
    /// Speed from the place to the road, km/h.
    pub kmh: f64,
}

/// A profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpeedProfile {
    /// Stable name: `car`.
    pub id: String,
    /// French title.
    pub label: String,
    /// Where its values come from.
    pub source: String,
    /// Means of travel.
    pub mode: Mode,
    /// Speeds by [`RoadClass`] number; a class without any is not travelled.
    pub speeds: Vec<Option<ClassSpeed>>,
    /// What tagged limits do; `None` when they are not looked at.
    pub limits: Option<LimitShare>,
    /// From how many street junctions per km² around it a road is in town.
    pub urban_junctions: f64,
    /// One-way streets are respected.
    pub oneway: bool,
    /// Turn restrictions are respected.
    pub restrictions: bool,
    /// Access.
    pub access: AccessRule,
    /// By [`crate::osm::Surface`] number.
    pub surfaces: Vec<Slowing>,
    /// By grade of track, 0 when it is not said.
    pub tracks: Vec<Slowing>,
    /// By [`Service`] number.
    pub services: Vec<Slowing>,
    /// By [`Barrier`] number.
    pub barriers: Vec<BarrierRule>,
    /// Ferries.
    pub ferry: FerryRule,
    /// Junctions.
    pub penalties: Penalties,
    /// Joining the network.
    pub snap: SnapRule,
}

/// Profiles shipped with the program: name, file, text.
pub const SHIPPED: [(&str, &str, &str); 3] = [
    ("car", "pacts/methods/speeds/car.yaml", include_str!("../../../pacts/methods/speeds/car.yaml")),
    ("ambulance", "pacts/methods/speeds/ambulance.yaml", include_str!("../../../pacts/methods/speeds/ambulance.yaml")),
    ("walk", "pacts/methods/speeds/walk.yaml", include_str!("../../../pacts/methods/speeds/walk.yaml")),
];

/// Reads the profiles shipped with the program: car, ambulance, walk.
///
/// # Errors
/// When one of their files is wrong, which tests rule out.
pub fn shipped() -> Result<Vec<SpeedProfile>, ProfileError> {
    SHIPPED.iter().map(|(_, file, text)| SpeedProfile::read(file, text)).collect()
}

/// A way one may travel: speeds along and against its nodes, km/h; `None` where one may not go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Passage {
    /// In the country.
    pub open: [Option<f64>; 2],
    /// In town.
    pub urban: [Option<f64>; 2],
}

impl Passage {
    /// Which ways one may go.
    pub fn directions(&self) -> [bool; 2] {
        self.open.map(|kmh| kmh.is_some())
    }
}

impl SpeedProfile {
    /// Reads a profile from YAML.
    ///
    /// # Errors
    /// When the text is not YAML, a field is missing or unknown, or a value makes no sense: the error points at it.
    pub fn read(file: &str, text: &str) -> Result<Self, ProfileError> {
        raw::profile(file, text)
    }

    /// One of the profiles shipped with the program.
    ///
    /// # Errors
    /// When there is none of this name.
    pub fn shipped(id: &str) -> Result<Self, ProfileError> {
        match SHIPPED.iter().find(|(name, ..)| *name == id) {
            Some((_, file, text)) => Self::read(file, text),
            None => Err(ProfileError {
                file: id.to_owned(),
                line: 0,
                column: 0,
                field: "profil".to_owned(),
                problem: "profil inconnu ; choisissez car, ambulance ou walk, ou donnez un fichier".to_owned(),
            }),
        }
    }

    /// Checksum of all it says, whatever the comments and layout of its file.
    pub fn fingerprint(&self) -> blake3::Hash {
        let bytes = postcard::to_stdvec(self).expect("a profile holds nothing postcard cannot write");
        blake3::hash(&bytes)
    }

    /// Speeds on a way; `None` when it is not travelled at all. Which directions are open depends on the tags and on the
    /// access rules alone, never on the speeds.
    ///
    /// `metres` is the length of the way: ferries need it to turn a duration into a speed.
    pub fn passage(&self, tags: &WayTags, metres: f64) -> Option<Passage> {
        let class = self.speeds[tags.class as usize];
        let ferry = tags.class == RoadClass::Ferry;
        if !ferry {
            class?;
        }
        if tags.has(WayTags::AREA) && self.mode != Mode::Foot {
            return None;
        }
        if self.mode == Mode::Foot && tags.has(WayTags::MOTORROAD) {
            return None;
        }
        let access = self.allowed(tags.access, tags)?;
        if ferry && self.ferry.explicit && !matches!(access, Access::Yes | Access::Permissive | Access::Designated) {
            return None;
        }
        let along = self.directions(tags);
        let speed = |urban: bool, direction: usize| {
            if !along[direction] {
                return None;
            }
            let Some(class) = class.filter(|_| !ferry) else {
                return Some(if tags.duration > 0 {
                    (metres / f64::from(tags.duration) * 3.6).clamp(0.01, 100.0)
                } else {
                    self.ferry.kmh
                });
            };
            let own = if urban { class.urban } else { class.open };
            let mut kmh = self.limited(own, tags, urban, direction);
            kmh = self.surfaces[tags.surface as usize].apply(kmh);
            if tags.class == RoadClass::Track {
                kmh = self.tracks[usize::from(tags.tracktype)].apply(kmh);
            }
            if tags.class == RoadClass::Service {
                kmh = self.services[tags.service as usize].apply(kmh);
            }
            if self.access.discourages(access) {
                kmh *= self.access.discouraged_factor;
            }
            Some(kmh.max(1.0))
        };
        let passage = Passage { open: [speed(false, 0), speed(false, 1)], urban: [speed(true, 0), speed(true, 1)] };
        passage.directions().contains(&true).then_some(passage)
    }

    /// The access that prevails, unless it forbids.
    fn allowed(&self, accesses: Accesses, tags: &WayTags) -> Option<Access> {
        let open_to_emergency = self.mode == Mode::Emergency
            && (matches!(accesses[AccessKey::Emergency as usize], Access::Yes | Access::Designated)
                || tags.service == Service::EmergencyAccess);
        if open_to_emergency {
            return Some(Access::Yes);
        }
        if tags.service == Service::EmergencyAccess && self.mode == Mode::Car {
            return None;
        }
        let value = self.access.prevailing(accesses);
        (!self.access.refuses(value)).then_some(value)
    }

    /// Which ways one may go along the nodes and against them.
    fn directions(&self, tags: &WayTags) -> [bool; 2] {
        if !self.oneway {
            return [true; 2];
        }
        match tags.oneway {
            Oneway::Forward => [true, false],
            Oneway::Backward => [false, true],
            Oneway::Reversible => [false; 2],
            Oneway::Unset if tags.has(WayTags::ROUNDABOUT) || tags.class == RoadClass::Motorway => [true, false],
            Oneway::No | Oneway::Unset => [true; 2],
        }
    }

    /// Speed of a class under the tagged limit. On the roads that join places the limit tells more than the class; on
    /// minor ones (streets, drives, tracks) nobody drives faster than the class because of a limit.
    fn limited(&self, own: f64, tags: &WayTags, urban: bool, direction: usize) -> f64 {
        let Some(limits) = self.limits else { return own };
        let limit = match tags.maxspeed[direction] {
            0 | NO_LIMIT => return own * limits.boost,
            limit => f64::from(limit),
        };
        let share = if urban { limits.urban } else { limits.open };
        let driven = limit * share;
        let kmh = if tags.class.rank() <= 3 && !tags.class.is_link() { driven } else { driven.min(own) };
        kmh * limits.boost
    }

    /// Whether a way is in town, given the junctions of streets around it, per km².
    pub fn in_town(&self, tags: &WayTags, junctions: f64) -> bool {
        match (tags.has(WayTags::URBAN), tags.has(WayTags::RURAL)) {
            (true, false) => true,
            (false, true) => false,
            _ if matches!(tags.class, RoadClass::Motorway | RoadClass::MotorwayLink) => false,
            _ => junctions >= self.urban_junctions,
        }
    }

    /// What the barrier at a node does; access tags of its own prevail over the kind of barrier.
    pub fn barrier(&self, facts: NodeFacts) -> BarrierRule {
        let rule = self.barriers[facts.barrier as usize];
        let told = self.access.prevailing(facts.access);
        let emergency = self.mode == Mode::Emergency
            && matches!(facts.access[AccessKey::Emergency as usize], Access::Yes | Access::Designated);
        let open = match rule {
            BarrierRule::Blocks => BarrierRule::Seconds(0.0),
            seconds @ BarrierRule::Seconds(_) => seconds,
        };
        match told {
            _ if facts.barrier == Barrier::None || emergency => open,
            Access::Unset => rule,
            told if self.access.refuses(told) => BarrierRule::Blocks,
            _ => open,
        }
    }

    /// Whether an emergency exception lifts a restriction.
    pub fn binds(&self, except_emergency: bool) -> bool {
        self.restrictions && !(except_emergency && self.mode == Mode::Emergency)
    }
}
