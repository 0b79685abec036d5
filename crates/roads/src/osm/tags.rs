//! What is kept of the tags of ways and nodes: small closed lists, read once, that any profile can weigh later.

use serde::{Deserialize, Serialize};

use super::values::{duration, maxspeed};

/// A closed list of values with their OpenStreetMap names.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[repr(u8)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name in OpenStreetMap (and in profiles).
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The value of this name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

named! {
    /// Class of a way (`highway=*`, or `route=ferry`), from the greatest to the least.
    RoadClass {
        /// Motorway.
        Motorway = "motorway",
        /// Slip road of a motorway.
        MotorwayLink = "motorway_link",
        /// Express or national road.
        Trunk = "trunk",
        /// Slip road of a trunk.
        TrunkLink = "trunk_link",
        /// Main road between towns.
        Primary = "primary",
        /// Its slip roads.
        PrimaryLink = "primary_link",
        /// Secondary road.
        Secondary = "secondary",
        /// Its slip roads.
        SecondaryLink = "secondary_link",
        /// Road between villages, or main street of a quarter.
        Tertiary = "tertiary",
        /// Its slip roads.
        TertiaryLink = "tertiary_link",
        /// Minor road.
        Unclassified = "unclassified",
        /// Street with homes.
        Residential = "residential",
        /// Street where people on foot come first.
        LivingStreet = "living_street",
        /// Class unknown.
        Road = "road",
        /// Way to a building, a car park…
        Service = "service",
        /// Field or forest track.
        Track = "track",
        /// Road for buses.
        Busway = "busway",
        /// Street for people on foot.
        Pedestrian = "pedestrian",
        /// Way for bicycles.
        Cycleway = "cycleway",
        /// Way for people on foot.
        Footway = "footway",
        /// Path.
        Path = "path",
        /// Way for horses.
        Bridleway = "bridleway",
        /// Stairs.
        Steps = "steps",
        /// Inside a building.
        Corridor = "corridor",
        /// Boat.
        Ferry = "ferry",
        /// None of these: read, counted, never kept.
        #[default]
        Other = "other",
    }
}

impl RoadClass {
    /// Rank among roads that cars share: 0 for motorways and trunks, up to 6; links rank with their road. Joining a road of
    /// a lesser rank costs the wait of a give way.
    pub fn rank(self) -> u8 {
        match self {
            Self::Motorway | Self::MotorwayLink | Self::Trunk | Self::TrunkLink => 0,
            Self::Primary | Self::PrimaryLink => 1,
            Self::Secondary | Self::SecondaryLink => 2,
            Self::Tertiary | Self::TertiaryLink => 3,
            Self::Unclassified | Self::Residential | Self::Road => 4,
            Self::LivingStreet | Self::Service | Self::Busway => 5,
            _ => 6,
        }
    }

    /// Whether this is a slip road.
    pub fn is_link(self) -> bool {
        matches!(
            self,
            Self::MotorwayLink | Self::TrunkLink | Self::PrimaryLink | Self::SecondaryLink | Self::TertiaryLink
        )
    }

    /// Whether its junctions tell a town from the country: streets and roads, not drives, tracks and paths.
    pub fn makes_town(self) -> bool {
        self.rank() <= 4 || self == Self::LivingStreet
    }
}

named! {
    /// Whom a way or a barrier lets through.
    Access {
        /// Nothing said.
        #[default]
        Unset = "unset",
        /// Everybody.
        Yes = "yes",
        /// Everybody, by leave of the owner.
        Permissive = "permissive",
        /// Meant for this use.
        Designated = "designated",
        /// Only to go to a place on it.
        Destination = "destination",
        /// Customers.
        Customers = "customers",
        /// Deliveries.
        Delivery = "delivery",
        /// Residents.
        Residents = "residents",
        /// Holders of a permit.
        Permit = "permit",
        /// Private.
        Private = "private",
        /// Nobody.
        No = "no",
        /// Farm vehicles.
        Agricultural = "agricultural",
        /// Forestry.
        Forestry = "forestry",
        /// Emergency services.
        Emergency = "emergency",
        /// Army.
        Military = "military",
        /// Buses and taxis.
        PublicTransport = "psv",
        /// Some other value.
        Other = "other",
    }
}

impl Access {
    fn parse(value: &str) -> Self {
        let first = value.split(';').next().unwrap_or(value).trim();
        match first {
            "official" | "public" => Self::Yes,
            "bus" => Self::PublicTransport,
            "restricted" | "employees" | "staff" => Self::Private,
            "none" | "closed" => Self::No,
            "forest" => Self::Forestry,
            "agriculture" => Self::Agricultural,
            "" | "unset" | "unknown" => Self::Unset,
            _ => Self::from_name(first).unwrap_or(Self::Other),
        }
    }
}

named! {
    /// Key an access is written under.
    AccessKey {
        /// Everything.
        #[default]
        Access = "access",
        /// Anything with wheels.
        Vehicle = "vehicle",
        /// Anything with an engine.
        MotorVehicle = "motor_vehicle",
        /// Cars.
        Motorcar = "motorcar",
        /// People on foot.
        Foot = "foot",
        /// Emergency services.
        Emergency = "emergency",
    }
}

/// Access by key.
pub type Accesses = [Access; 6];

named! {
    /// What a service way serves.
    Service {
        /// Not said.
        #[default]
        Unset = "unset",
        /// Row of a car park.
        ParkingAisle = "parking_aisle",
        /// To a house.
        Driveway = "driveway",
        /// Behind houses.
        Alley = "alley",
        /// For emergency services.
        EmergencyAccess = "emergency_access",
        /// Past a counter.
        DriveThrough = "drive-through",
        /// Something else.
        Other = "other",
    }
}

named! {
    /// What a way is covered with, as far as speed is concerned.
    Surface {
        /// Not said.
        #[default]
        Unset = "unset",
        /// Asphalt, concrete, paving.
        Paved = "paved",
        /// Stones that shake.
        Sett = "sett",
        /// Packed earth or fine gravel.
        Compacted = "compacted",
        /// Gravel.
        Gravel = "gravel",
        /// Unpaved, no more said.
        Unpaved = "unpaved",
        /// Earth, grass, sand, mud.
        Ground = "ground",
    }
}

impl Surface {
    fn parse(value: &str) -> Self {
        match value.split([';', ':']).next().unwrap_or(value).trim() {
            "paved" | "asphalt" | "concrete" | "paving_stones" | "chipseal" | "metal" | "wood" | "tiles" | "bricks" => {
                Self::Paved
            }
            "sett" | "cobblestone" | "unhewn_cobblestone" | "stone" => Self::Sett,
            "compacted" | "fine_gravel" => Self::Compacted,
            "gravel" | "pebblestone" | "rock" => Self::Gravel,
            "unpaved" => Self::Unpaved,
            "ground" | "dirt" | "earth" | "grass" | "sand" | "mud" | "soil" | "woodchips" | "clay" => Self::Ground,
            _ => Self::Unset,
        }
    }
}

named! {
    /// What stands across a way at a node.
    Barrier {
        /// Nothing.
        #[default]
        None = "none",
        /// Gate, open or not.
        Gate = "gate",
        /// Bar that lifts or swings.
        LiftGate = "lift_gate",
        /// Posts.
        Bollard = "bollard",
        /// Block of stone or concrete.
        Block = "block",
        /// Chain.
        Chain = "chain",
        /// Passage for bicycles.
        CycleBarrier = "cycle_barrier",
        /// Passage for people on foot: kissing gate, stile, turnstile.
        Stile = "stile",
        /// Grid that stops cattle.
        CattleGrid = "cattle_grid",
        /// Toll booth.
        TollBooth = "toll_booth",
        /// Border post.
        BorderControl = "border_control",
        /// Passage for buses.
        BusTrap = "bus_trap",
        /// Wall, fence, hedge, ditch, across the way.
        Wall = "wall",
        /// Kerb, opening, height limit: nothing for a car.
        Harmless = "harmless",
        /// Something else.
        Other = "other",
    }
}

impl Barrier {
    fn parse(value: &str) -> Self {
        match value {
            "no" | "" => Self::None,
            "swing_gate" | "barrier_gate" => Self::LiftGate,
            "hampshire_gate" | "sliding_gate" | "wicket_gate" => Self::Gate,
            "jersey_barrier" | "debris" | "log" | "planter" | "tank_trap" => Self::Block,
            "motorcycle_barrier" => Self::CycleBarrier,
            "kissing_gate" | "turnstile" | "full-height_turnstile" | "horse_stile" | "steps" => Self::Stile,
            "sump_buster" => Self::BusTrap,
            "fence" | "hedge" | "ditch" | "guard_rail" | "retaining_wall" | "city_wall" => Self::Wall,
            "kerb" | "entrance" | "height_restrictor" | "width_restrictor" | "spikes" | "sally_port" => Self::Harmless,
            "rising_bollard" => Self::Bollard,
            "toll" => Self::TollBooth,
            _ => Self::from_name(value).unwrap_or(Self::Other),
        }
    }
}

/// Which ways traffic may go along a way, as tagged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Oneway {
    /// Nothing said.
    #[default]
    Unset,
    /// Both ways.
    No,
    /// As the nodes follow.
    Forward,
    /// The other way.
    Backward,
    /// By turns: nobody may rely on it.
    Reversible,
}

/// No limit at all (`maxspeed=none`).
pub const NO_LIMIT: u8 = u8::MAX;

/// What is kept of a way's tags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WayTags {
    /// Class.
    pub class: RoadClass,
    /// One-way.
    pub oneway: Oneway,
    /// Access by [`AccessKey`].
    pub access: Accesses,
    /// Tagged limit, km/h, along and against the nodes; 0 when not said, [`NO_LIMIT`] when there is none.
    pub maxspeed: [u8; 2],
    /// Service.
    pub service: Service,
    /// Surface.
    pub surface: Surface,
    /// `tracktype=grade1` to `grade5`, 0 when not said.
    pub tracktype: u8,
    /// Bits, see the constants of this type.
    pub flags: u16,
    /// `layer=*`.
    pub layer: i8,
    /// Crossing time of a ferry, seconds; 0 when not said.
    pub duration: u32,
}

impl WayTags {
    /// Roundabout, or circular junction.
    pub const ROUNDABOUT: u16 = 1;
    /// Toll road.
    pub const TOLL: u16 = 2;
    /// Bridge.
    pub const BRIDGE: u16 = 4;
    /// Tunnel.
    pub const TUNNEL: u16 = 8;
    /// Tags say it is in a town (`FR:urban`, `zone:traffic=*:urban`, `zone:maxspeed=*30`).
    pub const URBAN: u16 = 16;
    /// Tags say it is in the country.
    pub const RURAL: u16 = 32;
    /// Area, whose nodes go round.
    pub const AREA: u16 = 64;
    /// Road for cars only.
    pub const MOTORROAD: u16 = 128;
    /// Has street lights.
    pub const LIT: u16 = 256;

    /// Whether a bit is set.
    pub fn has(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }
}

/// What a way turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WayKind {
    /// A way somebody may travel.
    Kept(WayTags),
    /// `highway=*`, but nothing to travel on: under construction, planned, a platform…
    Ignored,
    /// Not a road.
    NotRoad,
}

/// Reads the tags of a way.
pub(super) fn way_tags<'a>(tags: impl Iterator<Item = (&'a str, &'a str)>) -> WayKind {
    let mut way = WayTags::default();
    let (mut highway, mut ferry, mut pier) = (None, false, false);
    let (mut plain, mut implicit) = (0, 0);
    let mut directed = [0; 2];
    for (key, value) in tags {
        match key {
            "highway" => highway = Some(value),
            "route" => ferry |= value == "ferry",
            "man_made" => pier |= value == "pier",
            "oneway" => {
                way.oneway = match value {
                    "yes" | "true" | "1" => Oneway::Forward,
                    "-1" | "reverse" => Oneway::Backward,
                    "no" | "false" | "0" => Oneway::No,
                    "reversible" | "alternating" => Oneway::Reversible,
                    _ => Oneway::Unset,
                }
            }
            "junction" if matches!(value, "roundabout" | "circular") => way.flags |= WayTags::ROUNDABOUT,
            "maxspeed" => plain = maxspeed(value),
            "maxspeed:forward" => directed[0] = maxspeed(value),
            "maxspeed:backward" => directed[1] = maxspeed(value),
            "service" => way.service = Service::from_name(value).unwrap_or(Service::Other),
            "surface" => way.surface = Surface::parse(value),
            "tracktype" => {
                way.tracktype = match value {
                    "grade1" => 1,
                    "grade2" => 2,
                    "grade3" => 3,
                    "grade4" => 4,
                    "grade5" => 5,
                    _ => 0,
                }
            }
            "toll" if value != "no" => way.flags |= WayTags::TOLL,
            "bridge" if value != "no" => way.flags |= WayTags::BRIDGE,
            "tunnel" if value != "no" => way.flags |= WayTags::TUNNEL,
            "area" if value == "yes" => way.flags |= WayTags::AREA,
            "motorroad" if value == "yes" => way.flags |= WayTags::MOTORROAD,
            "lit" if value != "no" => way.flags |= WayTags::LIT,
            "layer" => way.layer = value.parse().unwrap_or(0),
            "duration" => way.duration = duration(value),
            _ => {
                if let Some(key) = AccessKey::from_name(key) {
                    way.access[key as usize] = Access::parse(value);
                }
            }
        }
        if matches!(key, "maxspeed" | "source:maxspeed" | "maxspeed:type" | "zone:traffic" | "zone:maxspeed") {
            if value.ends_with("urban") || value.ends_with(":30") || value.ends_with("zone30") {
                way.flags |= WayTags::URBAN;
            } else if value.ends_with("rural") {
                way.flags |= WayTags::RURAL;
            }
            // A limit known by the kind of place only, when no number is tagged.
            if key != "maxspeed" && implicit == 0 && value.contains(':') {
                implicit = maxspeed(value);
            }
        }
    }
    let limit = if plain == 0 { implicit } else { plain };
    way.maxspeed = directed.map(|own| if own == 0 { limit } else { own });
    way.class = match highway {
        Some("bus_guideway") => RoadClass::Busway,
        Some("ferry" | "other") => RoadClass::Other,
        Some(value) => RoadClass::from_name(value).unwrap_or_default(),
        None if ferry => RoadClass::Ferry,
        None => return WayKind::NotRoad,
    };
    if way.class == RoadClass::Other || pier && highway.is_none() { WayKind::Ignored } else { WayKind::Kept(way) }
}

/// What is kept of a node's tags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NodeFacts {
    /// Bits, see the constants of this type.
    pub flags: u8,
    /// What stands across the way.
    pub barrier: Barrier,
    /// Whom it lets through, by [`AccessKey`].
    pub access: Accesses,
}

impl NodeFacts {
    /// Traffic lights.
    pub const SIGNALS: u8 = 1;
    /// Stop sign.
    pub const STOP: u8 = 2;
    /// Give-way sign.
    pub const GIVE_WAY: u8 = 4;
    /// Pedestrian crossing.
    pub const CROSSING: u8 = 8;
    /// Mini-roundabout.
    pub const MINI_ROUNDABOUT: u8 = 16;
    /// The sign or light is for those who follow the nodes of the way.
    pub const FORWARD: u8 = 32;
    /// The sign or light is for those who go against them.
    pub const BACKWARD: u8 = 64;

    /// Whether a bit is set.
    pub fn has(self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Reads the tags of a node; `None` when nothing of them matters.
    pub fn read<'a>(tags: impl Iterator<Item = (&'a str, &'a str)>) -> Option<Self> {
        let mut facts = Self::default();
        for (key, value) in tags {
            match (key, value) {
                ("highway" | "crossing", "traffic_signals") => facts.flags |= Self::SIGNALS,
                ("highway", "stop") => facts.flags |= Self::STOP,
                ("highway", "give_way") => facts.flags |= Self::GIVE_WAY,
                ("highway", "crossing") => facts.flags |= Self::CROSSING,
                ("highway", "mini_roundabout") => facts.flags |= Self::MINI_ROUNDABOUT,
                ("highway", "toll_gantry") => {}
                ("direction" | "traffic_signals:direction", "forward") => facts.flags |= Self::FORWARD,
                ("direction" | "traffic_signals:direction", "backward") => facts.flags |= Self::BACKWARD,
                ("barrier", value) => facts.barrier = Barrier::parse(value),
                _ => {
                    if let Some(key) = AccessKey::from_name(key) {
                        facts.access[key as usize] = Access::parse(value);
                    }
                }
            }
        }
        let told = Self::SIGNALS | Self::STOP | Self::GIVE_WAY | Self::CROSSING | Self::MINI_ROUNDABOUT;
        (facts.flags & told != 0 || facts.barrier != Barrier::None).then_some(facts)
    }
}
