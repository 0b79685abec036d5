//! The whole territory: communes, groupings, columns, contours, and the indexes that answer questions about them.

use std::collections::HashMap;
use std::sync::OnceLock;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::care::CareRegister;
use crate::code::CommuneCode;
use crate::column::Column;
use crate::crosswalk::Crosswalk;
use crate::grouping::{Area, Grouping};
use crate::level::Level;
use crate::names::NameIndex;
use crate::place::{Place, Polyline, QuarterZone};
use crate::provenance::Provenance;
use crate::spatial::SpatialIndex;
use crate::topology::Topology;

/// Dense index of a commune: its rank in the order of codes.
pub type CommuneId = u32;

/// Whether the territory is real.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Nature {
    /// Official data of a real country or region.
    Real,
    /// The fictional training territory.
    Training,
}

/// What the territory is, for page headers and exports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TerritoryMeta {
    /// `France`, or the name of the training territory.
    pub name: String,
    /// Real or fictional.
    pub nature: Nature,
    /// Date of the code officiel géographique all columns are brought to.
    pub geography: Date,
    /// Every file read, in the order of reading.
    pub files: Vec<SourceFile>,
}

/// A file that went into the territory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    /// Path inside the imported folder.
    pub path: String,
    /// Source it was recognised as.
    pub source: String,
    /// Vintage.
    pub vintage: String,
    /// BLAKE3 of its content, hexadecimal.
    pub hash: String,
    /// Rows read.
    pub rows: u64,
    /// Rows matched to the territory.
    pub matched: u64,
}

/// The communes, column by column, in the order of their codes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Communes {
    /// Code, strictly increasing.
    pub code: Vec<CommuneCode>,
    /// Name with its article.
    pub name: Vec<String>,
    /// Longitude of the chef-lieu, degrees WGS84; `NaN` when unknown.
    pub lon: Vec<f64>,
    /// Latitude of the chef-lieu, degrees WGS84; `NaN` when unknown.
    pub lat: Vec<f64>,
    /// Postal codes of each commune, the main one first.
    pub postal_codes: Vec<Vec<String>>,
}

impl Communes {
    /// Number of communes.
    pub fn len(&self) -> usize {
        self.code.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.code.is_empty()
    }
}

/// A municipal arrondissement of Paris, Lyon or Marseille: a code that official files use, inside a commune.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MunicipalArrondissement {
    /// Its code (`75111`).
    pub code: CommuneCode,
    /// Its name.
    pub name: String,
    /// The commune it is part of.
    pub parent: CommuneId,
}

/// A value per area of a level, for sources that are not given by commune.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AreaColumn {
    /// Level of the areas.
    pub level: Level,
    /// Same meaning as [`Column::concept`].
    pub concept: String,
    /// Year of the figure.
    pub vintage: i16,
    /// French label.
    pub label: String,
    /// Unit in French.
    pub unit: String,
    /// Where it comes from.
    pub provenance: Provenance,
    /// Value of each area of the grouping; `NaN` stands for not known.
    pub values: Vec<f64>,
}

/// A method file carried by official data (the Paramètres sheet of the DREES workbook).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodFile {
    /// Stable name, without extension: `apl/mg-2022`.
    pub name: String,
    /// YAML text.
    pub yaml: String,
}

/// A measured travel time between two points, to calibrate models on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TravelCouple {
    /// Longitude and latitude of the origin, degrees.
    pub origin: [f64; 2],
    /// Longitude and latitude of the destination, degrees.
    pub destination: [f64; 2],
    /// Off-peak minutes by INSEE METRIC; `NaN` when it failed.
    pub metric_minutes: f64,
    /// Minutes by OSRM; `NaN` when unknown.
    pub osrm_minutes: f64,
    /// Road km by OSRM; `NaN` when unknown.
    pub road_km: f64,
}

/// Everything a [`Territory`] is made from; this is what is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TerritoryParts {
    /// What it is.
    pub meta: TerritoryMeta,
    /// The communes.
    pub communes: Communes,
    /// Arrondissements of Paris, Lyon, Marseille, in the order of their codes.
    pub municipal_arrondissements: Vec<MunicipalArrondissement>,
    /// Partitions; [`Level::Country`] and [`Level::Commune`] are never among them.
    pub groupings: Vec<Grouping>,
    /// Values per commune.
    pub columns: Vec<Column>,
    /// Values per area.
    pub area_columns: Vec<AreaColumn>,
    /// Pairs of communes that share a border, `(smaller id, larger id, km between their points)`.
    pub adjacency: Vec<(CommuneId, CommuneId, f64)>,
    /// Contours.
    pub topology: Topology,
    /// Conversion of codes between years.
    pub crosswalk: Crosswalk,
    /// Hospitals and other points.
    pub places: Vec<Place>,
    /// Roads, rivers and relief to draw.
    pub lines: Vec<Polyline>,
    /// Priority neighbourhoods.
    pub quarters: Vec<QuarterZone>,
    /// Methods that came with the data.
    pub methods: Vec<MethodFile>,
    /// Measured travel times.
    pub couples: Vec<TravelCouple>,
    /// Declared resources of urgent care.
    pub care: CareRegister,
}

/// Why parts do not make a territory.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum TerritoryError {
    /// There is no commune.
    #[error(
        "the territory has no commune: the folder holds no readable code officiel géographique (insee_cog_communes_AAAA.csv)"
    )]
    Empty,
    /// Codes are not strictly increasing.
    #[error("la commune {0} figure deux fois")]
    Doubled(CommuneCode),
    /// A column or grouping is not as long as the communes.
    #[error("{what} : {found} valeurs pour {expected} communes")]
    Length {
        /// Name of the column or grouping.
        what: String,
        /// Its length.
        found: usize,
        /// The number of communes.
        expected: usize,
    },
    /// Two columns bear the same concept and vintage.
    #[error("la colonne {0} est donnée deux fois : deux fichiers apportent les mêmes chiffres, n’en gardez qu’un")]
    DoubledColumn(String),
}

/// An immutable territory with its indexes.
#[derive(Debug)]
pub struct Territory {
    parts: TerritoryParts,
    by_code: HashMap<CommuneCode, CommuneId>,
    arrondissements: HashMap<CommuneCode, CommuneId>,
    columns: HashMap<(String, i16), usize>,
    country: Grouping,
    neighbours: Vec<(CommuneId, f32)>,
    neighbour_offsets: Vec<u32>,
    spatial: SpatialIndex,
    names: OnceLock<NameIndex>,
}

impl std::ops::Deref for Territory {
    type Target = TerritoryParts;

    fn deref(&self) -> &TerritoryParts {
        &self.parts
    }
}

impl Territory {
    /// Checks the parts and builds the indexes.
    ///
    /// # Errors
    /// When there is no commune, one is doubled, or a column has the wrong length or comes twice.
    pub fn assemble(mut parts: TerritoryParts) -> Result<Self, TerritoryError> {
        let n = parts.communes.len();
        if n == 0 {
            return Err(TerritoryError::Empty);
        }
        if let Some(pair) = parts.communes.code.windows(2).find(|pair| pair[0] >= pair[1]) {
            return Err(TerritoryError::Doubled(pair[1]));
        }
        let lengths = parts
            .columns
            .iter()
            .map(|column| (column.key(), column.values.len()))
            .chain(parts.groupings.iter().map(|grouping| (grouping.level.to_string(), grouping.of_commune.len())))
            .chain([
                ("names".to_owned(), parts.communes.name.len()),
                ("longitudes".to_owned(), parts.communes.lon.len()),
                ("latitudes".to_owned(), parts.communes.lat.len()),
                ("postal codes".to_owned(), parts.communes.postal_codes.len()),
            ]);
        for (what, found) in lengths {
            if found != n {
                return Err(TerritoryError::Length { what, found, expected: n });
            }
        }
        let mut columns = HashMap::new();
        for (i, column) in parts.columns.iter().enumerate() {
            if columns.insert((column.concept.clone(), column.vintage), i).is_some() {
                return Err(TerritoryError::DoubledColumn(column.key()));
            }
        }
        parts.crosswalk.index();
        for grouping in &mut parts.groupings {
            grouping.index();
        }
        let provenance = Provenance {
            source: "code officiel géographique".to_owned(),
            file: String::new(),
            vintage: parts.meta.geography.year().to_string(),
            geography: parts.meta.geography.year(),
            method: String::new(),
        };
        let country_code = if parts.meta.nature == Nature::Real { "FR" } else { "ENTRAINEMENT" };
        let name = parts.meta.name.clone();
        let country =
            Grouping::from_codes(Level::Country, provenance, std::iter::repeat_n(Some(country_code), n), |_| {
                name.clone()
            });
        let (neighbour_offsets, neighbours) = neighbours(n, &parts.adjacency);
        Ok(Self {
            by_code: parts.communes.code.iter().copied().zip(0..).collect(),
            arrondissements: parts.municipal_arrondissements.iter().map(|a| (a.code, a.parent)).collect(),
            columns,
            country,
            neighbours,
            neighbour_offsets,
            names: OnceLock::new(),
            spatial: SpatialIndex::new(&parts.communes.lon, &parts.communes.lat, &parts.topology),
            parts,
        })
    }

    /// The stored parts.
    pub fn parts(&self) -> &TerritoryParts {
        &self.parts
    }

    /// Number of communes.
    pub fn len(&self) -> usize {
        self.parts.communes.len()
    }

    /// Never true: a territory has communes.
    pub fn is_empty(&self) -> bool {
        self.parts.communes.is_empty()
    }

    /// The commune with this code.
    pub fn commune(&self, code: CommuneCode) -> Option<CommuneId> {
        self.by_code.get(&code).copied()
    }

    /// The commune with this code, or the parent of the municipal arrondissement with this code.
    pub fn commune_or_parent(&self, code: CommuneCode) -> Option<CommuneId> {
        self.commune(code).or_else(|| self.arrondissements.get(&code).copied())
    }

    /// Communes that hold here what a former (or later) code designated; none for a code no movement knows.
    pub fn successors(&self, code: CommuneCode) -> Vec<CommuneId> {
        let here = self.parts.meta.geography;
        // From before every movement, then, for a code born since, back from after them all.
        [Date::constant(1943, 1, 1), Date::constant(2100, 1, 1)]
            .into_iter()
            .map(|from| self.parts.crosswalk.convert(code, from, here))
            .map(|codes| codes.into_iter().filter_map(|code| self.commune(code)).collect::<Vec<_>>())
            .find(|found| !found.is_empty())
            .unwrap_or_default()
    }

    /// Point of a commune (longitude, latitude), when known.
    pub fn point(&self, commune: CommuneId) -> Option<(f64, f64)> {
        let (lon, lat) = (self.parts.communes.lon[commune as usize], self.parts.communes.lat[commune as usize]);
        (lon.is_finite() && lat.is_finite()).then_some((lon, lat))
    }

    /// The partition at a level; `None` for communes, and for levels no file described.
    pub fn grouping(&self, level: Level) -> Option<&Grouping> {
        if level == Level::Country {
            return Some(&self.country);
        }
        self.parts.groupings.iter().find(|grouping| grouping.level == level)
    }

    /// Levels that have areas here, from the commune up.
    pub fn levels(&self) -> Vec<Level> {
        Level::ALL.into_iter().filter(|level| *level == Level::Commune || self.grouping(*level).is_some()).collect()
    }

    /// Number of areas at a level, 0 when the level is not described.
    pub fn count(&self, level: Level) -> u32 {
        if level == Level::Commune { self.len() as u32 } else { self.grouping(level).map_or(0, |g| g.len() as u32) }
    }

    /// Index of an area by level and code; for communes, municipal arrondissements lead to their parent.
    pub fn find(&self, level: Level, code: &str) -> Option<u32> {
        if level == Level::Commune {
            return self.commune_or_parent(code.parse().ok()?);
        }
        self.grouping(level)?.find(code)
    }

    /// Code and name of an area.
    ///
    /// # Panics
    /// When the index is not one of this level.
    pub fn area(&self, level: Level, index: u32) -> Area {
        if level == Level::Commune {
            return Area {
                code: self.parts.communes.code[index as usize].to_string(),
                name: self.parts.communes.name[index as usize].clone(),
            };
        }
        self.grouping(level).expect("an index comes from its level").areas[index as usize].clone()
    }

    /// Communes of an area, in the order of their ids; a commune is its own single member.
    pub fn members(&self, level: Level, index: u32) -> std::borrow::Cow<'_, [CommuneId]> {
        if level == Level::Commune {
            return vec![index].into();
        }
        self.grouping(level).map_or_else(|| Vec::new().into(), |grouping| grouping.members(index).into())
    }

    /// The area of a level a commune lies in; itself at commune level.
    pub fn area_of(&self, level: Level, commune: CommuneId) -> Option<u32> {
        if level == Level::Commune { Some(commune) } else { self.grouping(level)?.area_of(commune) }
    }

    /// Communes that share a border with this one, with km between their points.
    pub fn neighbours(&self, commune: CommuneId) -> &[(CommuneId, f32)] {
        let range =
            self.neighbour_offsets[commune as usize] as usize..self.neighbour_offsets[commune as usize + 1] as usize;
        &self.neighbours[range]
    }

    /// A column by concept and vintage.
    pub fn column(&self, concept: &str, vintage: i16) -> Option<&Column> {
        self.columns.get(&(concept.to_owned(), vintage)).map(|i| &self.parts.columns[*i])
    }

    /// Vintages of a concept, increasing.
    pub fn vintages(&self, concept: &str) -> Vec<i16> {
        let mut vintages: Vec<i16> =
            self.parts.columns.iter().filter(|c| c.concept == concept).map(|c| c.vintage).collect();
        vintages.sort_unstable();
        vintages
    }

    /// The most recent column of a concept.
    pub fn latest(&self, concept: &str) -> Option<&Column> {
        self.parts.columns.iter().filter(|column| column.concept == concept).max_by_key(|column| column.vintage)
    }

    /// Communes of a name, accents, capitals and separators aside, in the order of codes.
    pub fn communes_named(&self, name: &str) -> &[CommuneId] {
        self.names.get_or_init(|| NameIndex::new(&self.parts.communes.name)).get(name)
    }

    /// Nearest communes and the commune at a point.
    pub fn spatial(&self) -> &SpatialIndex {
        &self.spatial
    }

    /// The commune a point lies in: by contours where there are some, else the nearest commune point.
    pub fn commune_at(&self, lon: f64, lat: f64) -> Option<CommuneId> {
        self.spatial
            .containing(lon, lat, &self.parts.topology)
            .or_else(|| self.spatial.nearest(lon, lat, 1).first().map(|(id, _)| *id))
    }
}

fn neighbours(n: usize, pairs: &[(CommuneId, CommuneId, f64)]) -> (Vec<u32>, Vec<(CommuneId, f32)>) {
    let mut both: Vec<(u32, u32, f32)> =
        pairs.iter().flat_map(|&(a, b, km)| [(a, b, km as f32), (b, a, km as f32)]).collect();
    both.sort_unstable_by_key(|&(a, b, _)| (a, b));
    both.dedup_by_key(|&mut (a, b, _)| (a, b));
    let mut offsets = vec![0_u32; n + 1];
    for &(a, _, _) in &both {
        offsets[a as usize + 1] += 1;
    }
    for i in 0..n {
        offsets[i + 1] += offsets[i];
    }
    (offsets, both.into_iter().map(|(_, b, km)| (b, km)).collect())
}
