//! Points, lines and quarters that stand on the territory: hospitals, roads to draw, priority neighbourhoods.

use serde::{Deserialize, Serialize};

/// What a point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PlaceKind {
    /// Hospital site, whatever its services.
    Hospital,
    /// Residence for dependent elderly people (EHPAD).
    Ehpad,
    /// School.
    School,
    /// Any other place.
    Other,
}

/// A named point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// What it is.
    pub kind: PlaceKind,
    /// Identifier in its source (FINESS number for hospitals).
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Finer type as its source words it (`Centre Hospitalier (C.H.)`).
    pub detail: String,
    /// Longitude, degrees WGS84.
    pub lon: f64,
    /// Latitude, degrees WGS84.
    pub lat: f64,
    /// Commune it stands in, when known.
    pub commune: Option<u32>,
}

/// A line to draw on maps (road, river); routing has its own graph.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Polyline {
    /// `route` or `riviere`, or an elevation band.
    pub kind: String,
    /// Rank within the kind: class of road, order of river, elevation in metres.
    pub rank: i32,
    /// Name, often empty.
    pub name: String,
    /// Longitude and latitude of each vertex.
    pub points: Vec<[f64; 2]>,
    /// Whether the line closes into a surface (elevation bands).
    pub closed: bool,
}

/// A priority neighbourhood of city policy (quartier prioritaire de la politique de la ville).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuarterZone {
    /// Official code (`QN00101M`).
    pub code: String,
    /// Name.
    pub name: String,
    /// Communes it touches.
    pub communes: Vec<u32>,
    /// Rings of longitude and latitude.
    pub rings: Vec<Vec<[f64; 2]>>,
}
