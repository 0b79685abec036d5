//! Zoning layers by commune and by day, as rules ask of places: is this place in one of these classes on that day?
//!
//! A layer (`pacts/layers/`) says which classes exist on which days and where membership is read: zonings published with the
//! workbench, columns of official files, quotas, priority neighbourhoods, minutes to urgent care. What nothing tells is unknown,
//! not outside; a class that does not exist on a day holds no place.
//!
//! A place is the code of a commune (`23096`), or the code and a point (`23096@1.87,46.17`) when the address is known. Distances to
//! a zone are from the point of the commune to that of the nearest commune in the zone.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::ToSpan;
use jiff::civil::Date;
use pacte_rules::{Truth, World, rule::Zone};
use pacte_territory::territory::CommuneId;
use pacte_territory::{Level, Territory};

use crate::zoning::{Proposal, ZoningMethod};
use crate::zoning_layer;

mod definition;

pub use definition::{LayerClass, LayerDefinition, Reading};

/// Places that a proposal of somewhere else may be from: further, one does not move one's patients but oneself.
const FURTHEST_KM: f64 = 60.0;
/// Places proposed at most.
const ELSEWHERE: usize = 5;

/// What the layers are read from, beside the territory's own columns.
#[derive(Debug, Default)]
pub struct Evidence<'a> {
    /// Layers published with the workbench.
    pub published: &'a [zoning_layer::Layer],
    /// Minutes of each commune to urgent care, for a set of resources; `NaN` where not known.
    pub minutes: Vec<(crate::urgent::Set, Vec<f32>)>,
    /// Proposals of zoning methods, by the method's name; only those of a fictional territory are law.
    pub proposals: Vec<Proposal>,
}

/// What one reading says of every commune, over some days.
#[derive(Clone, Debug)]
struct Sheet {
    from: Date,
    to: Option<Date>,
    source: String,
    /// Classes it speaks of, by rank.
    speaks: Vec<usize>,
    cells: Vec<Cell>,
}

/// What is said of a commune.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell {
    /// Nothing.
    Silent,
    /// In none of the classes.
    Outside,
    /// In this class.
    In(u8),
    /// A part of it, nobody says which, is in this class.
    Partly(u8),
    /// A part of it is in this class: the priority neighbourhoods, whose outlines are known.
    Quarter(u8),
}

impl Sheet {
    fn holds(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }
}

#[derive(Debug)]
struct Layer {
    definition: LayerDefinition,
    sheets: Vec<Sheet>,
    /// Days on which something may change, increasing.
    days: Vec<Date>,
}

/// One class of a layer in front of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Name of the class.
    pub class: String,
    /// Whether the place is in it.
    pub truth: Truth,
    /// Where it was read, in French; empty when nothing tells.
    pub source: String,
}

/// Outcomes by commune for a zone and an interval between two days of change.
type Known = HashMap<(Zone, usize), Arc<[Truth]>>;

/// The layers over one territory.
#[derive(Debug)]
pub struct Layers {
    territory: Arc<Territory>,
    by_name: BTreeMap<String, Layer>,
    known: Mutex<Known>,
    generation: u64,
}

/// Layers made so far by this process.
static MADE: AtomicU64 = AtomicU64::new(0);

impl Layers {
    /// Reads every layer; published layers apply from their day until the next of their scope and profession.
    pub fn new(territory: Arc<Territory>, definitions: Vec<LayerDefinition>, evidence: &Evidence<'_>) -> Self {
        let by_name = definitions
            .into_iter()
            .map(|definition| {
                let sheets: Vec<Sheet> = definition
                    .readings
                    .iter()
                    .flat_map(|reading| sheets(&territory, &definition, reading, evidence))
                    .collect();
                let next = |day: Date| day.checked_add(1.day()).ok();
                let mut days: Vec<Date> = definition
                    .classes
                    .iter()
                    .flat_map(|class| [Some(class.from), class.to.and_then(next)])
                    .chain(sheets.iter().flat_map(|sheet| [Some(sheet.from), sheet.to.and_then(next)]))
                    .flatten()
                    .collect();
                days.sort_unstable();
                days.dedup();
                (definition.id.clone(), Layer { definition, sheets, days })
            })
            .collect();
        let generation = MADE.fetch_add(1, Ordering::Relaxed);
        Self { territory, by_name, known: Mutex::new(HashMap::new()), generation }
    }

    /// The territory.
    pub fn territory(&self) -> &Territory {
        &self.territory
    }

    /// A number of their own: what was made from other layers has another.
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    /// Definition of a layer.
    pub fn definition(&self, layer: &str) -> Option<&LayerDefinition> {
        self.by_name.get(layer).map(|layer| &layer.definition)
    }

    /// Each class of a layer that exists on a day, in front of a place.
    pub fn memberships(&self, layer: &str, place: &str, day: Date) -> Vec<Membership> {
        let Some(layer) = self.by_name.get(layer) else { return Vec::new() };
        let spot = self.spot(place);
        let mut found = Vec::new();
        for (rank, class) in layer.definition.classes.iter().enumerate() {
            if class.from <= day && class.to.is_none_or(|to| day <= to) {
                let (truth, source) = spot.map_or((Truth::Unknown, ""), |spot| self.truth(layer, rank, spot, day));
                found.push(Membership { class: class.id.clone(), truth, source: source.to_owned() });
            }
        }
        found
    }

    /// Outcome of every commune for a zone on a day, in the order of ids; kept from one question to the next.
    pub fn everywhere(&self, zone: &Zone, day: Date) -> Option<Arc<[Truth]>> {
        let layer = self.by_name.get(&*zone.layer)?;
        let era = layer.days.partition_point(|from| *from <= day);
        let key = (zone.clone(), era);
        if let Some(known) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Some(Arc::clone(known));
        }
        let ranks: Vec<usize> = zone.classes.iter().filter_map(|class| layer.definition.class(class)).collect();
        let inside = |commune: CommuneId| {
            let each = ranks.iter().map(|rank| self.truth(layer, *rank, Spot { commune, point: None }, day).0);
            // A class that the layer does not define tells nothing.
            each.max().unwrap_or(Truth::Unknown)
        };
        let mut outcomes: Vec<Truth> = (0..self.territory.len() as u32).map(inside).collect();
        if let Some(metres) = zone.within_metres {
            outcomes = (0..self.territory.len() as u32)
                .map(|commune| {
                    let own = outcomes[commune as usize];
                    let Some((lon, lat)) = self.territory.point(commune).filter(|_| own != Truth::Yes) else {
                        return own;
                    };
                    let near = self.territory.spatial().within(lon, lat, f64::from(metres) / 1000.0);
                    near.map(|other| outcomes[other as usize]).fold(own, Truth::max)
                })
                .collect();
        }
        let outcomes: Arc<[Truth]> = outcomes.into();
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&outcomes));
        Some(outcomes)
    }

    /// As a day's [`World`]: other places are proposed as zones are on that day.
    pub const fn on(&self, day: Date) -> LayersOn<'_> {
        LayersOn { layers: self, day }
    }

    fn spot(&self, place: &str) -> Option<Spot> {
        let (code, point) = place.split_once('@').map_or((place, None), |(code, point)| (code, Some(point)));
        let commune = self.territory.commune_or_parent(code.parse().ok()?)?;
        let point = point.and_then(|point| {
            let (lon, lat) = point.split_once(',')?;
            Some((lon.parse().ok()?, lat.parse().ok()?))
        });
        Some(Spot { commune, point })
    }

    fn truth<'a>(&self, layer: &'a Layer, class: usize, spot: Spot, day: Date) -> (Truth, &'a str) {
        let defined = &layer.definition.classes[class];
        if day < defined.from || defined.to.is_some_and(|to| to < day) {
            return (Truth::No, &defined.source);
        }
        for sheet in layer.sheets.iter().filter(|sheet| sheet.holds(day) && sheet.speaks.contains(&class)) {
            let truth = match sheet.cells[spot.commune as usize] {
                Cell::Silent => continue,
                Cell::In(rank) if usize::from(rank) == class => Truth::Yes,
                Cell::Partly(rank) if usize::from(rank) == class => Truth::Unknown,
                Cell::Quarter(rank) if usize::from(rank) == class => match spot.point {
                    Some((lon, lat)) => Truth::from(self.in_quarter(spot.commune, lon, lat)),
                    None => Truth::Unknown,
                },
                Cell::Outside | Cell::In(_) | Cell::Partly(_) | Cell::Quarter(_) => Truth::No,
            };
            return (truth, &sheet.source);
        }
        (Truth::Unknown, "")
    }

    fn in_quarter(&self, commune: CommuneId, lon: f64, lat: f64) -> bool {
        let quarters = self.territory.parts().quarters.iter().filter(|quarter| quarter.communes.contains(&commune));
        quarters.flat_map(|quarter| &quarter.rings).filter(|ring| inside(ring, lon, lat)).count() % 2 == 1
    }
}

#[derive(Clone, Copy)]
struct Spot {
    commune: CommuneId,
    point: Option<(f64, f64)>,
}

/// Even–odd rule on one ring.
fn inside(ring: &[[f64; 2]], x: f64, y: f64) -> bool {
    let edges = ring.iter().zip(ring.iter().cycle().skip(1));
    edges.fold(false, |inside, ([ax, ay], [bx, by])| {
        inside ^ ((*ay > y) != (*by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax)
    })
}

fn sheets(
    territory: &Territory,
    definition: &LayerDefinition,
    reading: &Reading,
    evidence: &Evidence<'_>,
) -> Vec<Sheet> {
    let silent = || vec![Cell::Silent; territory.len()];
    match reading {
        Reading::Published { profession } => published(territory, definition, profession, evidence.published),
        Reading::Column { concept, classes, none, partly } => {
            let cell = |category: &str| {
                let of = |rank: &usize| *rank as u8;
                classes
                    .get(category)
                    .map(|rank| Cell::In(of(rank)))
                    .or_else(|| partly.get(category).map(|rank| Cell::Partly(of(rank))))
                    .or_else(|| none.iter().any(|known| known == category).then_some(Cell::Outside))
                    .unwrap_or(Cell::Silent)
            };
            let mut speaks: Vec<usize> = classes.values().chain(partly.values()).copied().collect();
            speaks.sort_unstable();
            speaks.dedup();
            let vintages = territory.vintages(concept);
            let first = |year: i16| Date::new(year, 1, 1).ok();
            vintages
                .iter()
                .enumerate()
                .filter_map(|(i, vintage)| {
                    let column = territory.column(concept, *vintage)?;
                    let cells = (0..territory.len() as u32)
                        .map(|commune| column.category(commune).map_or(Cell::Silent, cell))
                        .collect();
                    let until = vintages.get(i + 1).and_then(|next| first(*next));
                    Some(Sheet {
                        from: first(*vintage)?,
                        to: until.and_then(|day| day.checked_sub(1.day()).ok()),
                        source: column.provenance.citation(),
                        speaks: speaks.clone(),
                        cells,
                    })
                })
                .collect()
        }
        Reading::Quotas { method, class } => {
            let Some(method) = ZoningMethod::shipped(method) else { return Vec::new() };
            let mut cells = silent();
            for quota in &method.quotas {
                for share in quota.regions.iter().filter(|share| share.share.num == share.share.den) {
                    let level = method.quota_levels.iter().find(|level| territory.count(**level) > 0);
                    let area = level.and_then(|level| Some((*level, territory.find(*level, &share.code)?)));
                    let Some((level, area)) = area else { continue };
                    for commune in territory.members(level, area).iter() {
                        cells[*commune as usize] = Cell::In(*class as u8);
                    }
                }
            }
            let from = method.from.unwrap_or(method.version);
            let source = format!("{}, quota de toute la population", method.source);
            vec![Sheet { from, to: method.to, source, speaks: vec![*class], cells }]
        }
        Reading::Quarters { class } => {
            let quarters = &territory.parts().quarters;
            if quarters.is_empty() {
                return Vec::new();
            }
            let mut cells = vec![Cell::Outside; territory.len()];
            for commune in quarters.iter().flat_map(|quarter| &quarter.communes) {
                cells[*commune as usize] = Cell::Quarter(*class as u8);
            }
            vec![Sheet {
                from: definition.classes[*class].from,
                to: None,
                source: "ANCT, quartiers prioritaires de la politique de la ville".to_owned(),
                speaks: vec![*class],
                cells,
            }]
        }
        Reading::Minutes { beyond, of, class } => {
            let Some((_, minutes)) = evidence.minutes.iter().find(|(set, _)| set == of) else { return Vec::new() };
            let cell = |minutes: &f32| {
                if minutes.is_nan() {
                    Cell::Silent
                } else if *minutes > *beyond as f32 {
                    Cell::In(*class as u8)
                } else {
                    Cell::Outside
                }
            };
            vec![Sheet {
                from: definition.classes[*class].from,
                to: None,
                source: format!("Pacte, temps d’accès calculé aux soins urgents ({of})"),
                speaks: vec![*class],
                cells: minutes.iter().map(cell).collect(),
            }]
        }
        Reading::Proposal { method, classes } => evidence
            .proposals
            .iter()
            .filter(|proposal| proposal.method == *method)
            .map(|proposal| {
                let ranks: Vec<Option<usize>> =
                    proposal.classes.iter().map(|class| definition.class(&class.id)).collect();
                let mut cells = silent();
                for unit in &proposal.units {
                    let Some(class) = unit.class else { continue };
                    let cell = ranks[usize::from(class)].map_or(Cell::Outside, |rank| Cell::In(rank as u8));
                    for commune in territory.members(proposal.level, unit.area).iter() {
                        cells[*commune as usize] = cell;
                    }
                }
                let from = classes.iter().map(|rank| definition.classes[*rank].from).min().unwrap_or(Date::MIN);
                Sheet {
                    from,
                    to: None,
                    source: format!("proposition de la méthode « {method} », territoire fictif"),
                    speaks: classes.clone(),
                    cells,
                }
            })
            .collect(),
    }
}

/// Published layers of a profession, the last to take effect first.
fn published(
    territory: &Territory,
    definition: &LayerDefinition,
    profession: &str,
    layers: &[zoning_layer::Layer],
) -> Vec<Sheet> {
    let mut own: Vec<&zoning_layer::Layer> =
        layers.iter().filter(|layer| layer.method.profession == profession).collect();
    own.sort_by_key(|layer| (layer.effective, layer.published));
    let mut sheets: Vec<Sheet> = Vec::new();
    for (i, layer) in own.iter().enumerate() {
        let next = own[i + 1..].iter().find(|later| later.scope.same_place(&layer.scope));
        let to = next.and_then(|later| later.effective.checked_sub(1.day()).ok());
        // Replaced on the very day it took effect: it never applied.
        if to.is_some_and(|to| to < layer.effective) {
            continue;
        }
        let mut cells = vec![Cell::Silent; territory.len()];
        for zone in &layer.zones {
            let cell = match &zone.class {
                None => Cell::Silent,
                Some(class) => definition.class(class).map_or(Cell::Outside, |rank| Cell::In(rank as u8)),
            };
            for commune in &zone.communes {
                let Some(found) = commune.code.parse().ok().and_then(|code| territory.commune_or_parent(code)) else {
                    continue;
                };
                cells[found as usize] = cell;
            }
        }
        let speaks = layer.classes.iter().filter_map(|class| definition.class(&class.id)).collect();
        let source = format!("{}, en vigueur le {}", layer.title, layer.effective);
        sheets.push(Sheet { from: layer.effective, to, source, speaks, cells });
    }
    sheets.reverse();
    sheets
}

/// Layers on a day.
#[derive(Clone, Copy, Debug)]
pub struct LayersOn<'a> {
    layers: &'a Layers,
    day: Date,
}

impl World for LayersOn<'_> {
    fn in_zone(&self, place: &str, zone: &Zone, day: Date) -> Truth {
        let layers = self.layers;
        let (Some(layer), Some(spot)) = (layers.by_name.get(&*zone.layer), layers.spot(place)) else {
            return Truth::Unknown;
        };
        let whole = layers.everywhere(zone, day).map_or(Truth::Unknown, |known| known[spot.commune as usize]);
        if spot.point.is_none() || whole != Truth::Unknown || zone.within_metres.is_some() {
            return whole;
        }
        // A part of the commune is in the zone: the address tells.
        let ranks = zone.classes.iter().filter_map(|class| layer.definition.class(class));
        ranks.map(|rank| layers.truth(layer, rank, spot, day).0).max().unwrap_or(Truth::Unknown)
    }

    fn changes(&self, _: &str, zone: &Zone) -> Vec<Date> {
        self.layers.by_name.get(&*zone.layer).map(|layer| layer.days.clone()).unwrap_or_default()
    }

    fn elsewhere(&self, place: Option<&str>, zones: &[&Zone]) -> Vec<Arc<str>> {
        let territory = self.layers.territory();
        let Some(spot) = place.and_then(|place| self.layers.spot(place)) else { return Vec::new() };
        let Some((lon, lat)) = territory.point(spot.commune) else { return Vec::new() };
        let outcomes: Vec<Arc<[Truth]>> =
            zones.iter().filter_map(|zone| self.layers.everywhere(zone, self.day)).collect();
        let good = |commune: u32| outcomes.iter().all(|known| known[commune as usize] == Truth::Yes);
        // Wider and wider, so that the nearest are found without sorting a country.
        for km in [FURTHEST_KM / 4.0, FURTHEST_KM] {
            let mut near: Vec<(f64, u32)> = territory
                .spatial()
                .within(lon, lat, km)
                .filter(|commune| *commune != spot.commune && good(*commune))
                .filter_map(|commune| Some((km_between(territory, spot.commune, commune)?, commune)))
                .collect();
            near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            if near.len() >= ELSEWHERE || km >= FURTHEST_KM {
                let codes = near.into_iter().take(ELSEWHERE);
                return codes.map(|(_, commune)| territory.area(Level::Commune, commune).code.into()).collect();
            }
        }
        Vec::new()
    }
}

/// Kilometres between the points of two communes, as the crow flies.
pub fn km_between(territory: &Territory, a: CommuneId, b: CommuneId) -> Option<f64> {
    let ((lon, lat), (lon2, lat2)) = (territory.point(a)?, territory.point(b)?);
    let (x, y) = ((lon2 - lon).to_radians() * f64::midpoint(lat, lat2).to_radians().cos(), (lat2 - lat).to_radians());
    Some(x.hypot(y) * 6371.0)
}
