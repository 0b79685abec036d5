//! What a reader brings to the territory, before everything is put together.

use pacte_territory::{
    Aggregation, Column, CommuneId, Level, MethodFile, Place, Polyline, Provenance, QuarterZone, TravelCouple,
};

use crate::input::InputFile;
use crate::readers::care_register::Draft;

/// Polygon as read: rings of longitude and latitude, the exterior first.
pub type RawPolygon = Vec<Vec<[f64; 2]>>;

/// Area of each commune at one level, by code; names come from [`Output::names`].
#[derive(Clone, Debug)]
pub struct Membership {
    /// The level.
    pub level: Level,
    /// Where it comes from.
    pub provenance: Provenance,
    /// Code of the area of each commune, `None` outside any.
    pub codes: Vec<Option<String>>,
    /// Sources of one level are ranked: the smallest is used, the others are compared with it.
    pub rank: u8,
}

/// Values by area code; they become an area column once the partition is known.
#[derive(Clone, Debug)]
pub struct AreaValues {
    /// Level of the areas.
    pub level: Level,
    /// Stable dotted name.
    pub concept: String,
    /// Year of the figures.
    pub vintage: i16,
    /// French label.
    pub label: String,
    /// Unit in French.
    pub unit: String,
    /// Where they come from.
    pub provenance: Provenance,
    /// Code of the area and its value.
    pub values: Vec<(String, f64)>,
}

/// Position of a commune.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// The commune.
    pub commune: CommuneId,
    /// Longitude, degrees.
    pub lon: f64,
    /// Latitude, degrees.
    pub lat: f64,
}

/// What one file brings.
#[derive(Clone, Debug, Default)]
pub struct Output {
    /// Values per commune.
    pub columns: Vec<Column>,
    /// Values per area.
    pub area_values: Vec<AreaValues>,
    /// Partitions.
    pub memberships: Vec<Membership>,
    /// Names of areas: level, code, name.
    pub names: Vec<(Level, String, String)>,
    /// Points of communes.
    pub positions: Vec<Position>,
    /// Postal codes of communes, the main one first.
    pub postal_codes: Vec<(CommuneId, Vec<String>)>,
    /// Polygons of communes.
    pub contours: Vec<(CommuneId, RawPolygon)>,
    /// Pairs of neighbours, smaller id first, km between them.
    pub adjacency: Vec<(CommuneId, CommuneId, f64)>,
    /// Points.
    pub places: Vec<Place>,
    /// Lines to draw.
    pub lines: Vec<Polyline>,
    /// Priority neighbourhoods.
    pub quarters: Vec<QuarterZone>,
    /// Method files.
    pub methods: Vec<MethodFile>,
    /// Measured travel times.
    pub couples: Vec<TravelCouple>,
    /// Resources of urgent care, whose places are not checked yet.
    pub care: Vec<Draft>,
    /// The file they come from.
    pub care_source: Option<Provenance>,
    /// Name of the territory, when a file gives one (the training territory).
    pub territory_name: Option<String>,
}

/// What makes a column, apart from its values.
#[derive(Clone, Debug)]
pub struct ColumnHead<'a> {
    /// Stable dotted name.
    pub concept: &'a str,
    /// Year of the figures.
    pub vintage: i16,
    /// French label.
    pub label: &'a str,
    /// Unit in French.
    pub unit: &'a str,
    /// How it adds up.
    pub aggregation: Aggregation,
}

impl ColumnHead<'_> {
    /// The column with these values, read from `file` whose codes are those of `geography`; `method` says what was done
    /// to the figures, empty when they are copied.
    pub fn column(self, file: &InputFile, geography: i16, method: impl Into<String>, values: Vec<f64>) -> Column {
        Column {
            concept: self.concept.to_owned(),
            vintage: self.vintage,
            label: self.label.to_owned(),
            unit: self.unit.to_owned(),
            aggregation: self.aggregation,
            provenance: file.provenance(Some(self.vintage), geography, method),
            categories: Vec::new(),
            values,
        }
    }
}

/// Mean weighted by another column.
pub fn weighted_by(concept: &str, vintage: i16) -> Aggregation {
    Aggregation::WeightedMean { concept: concept.to_owned(), vintage }
}
