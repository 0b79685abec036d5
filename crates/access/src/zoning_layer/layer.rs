//! A published zoning. It carries everything a reader may need in ten years: classes, zones with their communes and contours,
//! reasons, quotas, effects, the text of the method and the vintages of the data. It never changes; the next one supersedes it.

use jiff::Timestamp;
use jiff::civil::Date;
use pacte_territory::Level;
use serde::{Deserialize, Serialize};

use super::draft::{Base, MethodUsed, Scope, TableUsed};
use crate::zoning::{Adjustment, Class, Effects, QuotaUse};

/// Polygons, each its outer ring then its holes, of longitudes and latitudes to 10⁻⁵ degree: the coordinates of a
/// GeoJSON `MultiPolygon`.
pub type MultiPolygon = Vec<Vec<Vec<[f64; 2]>>>;

/// A commune of a zone, as it was named then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommuneIn {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
}

/// A zone of a layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerZone {
    /// Official code of the unit.
    pub code: String,
    /// Name.
    pub name: String,
    /// Code of the region that holds most of its people; empty when there is none.
    pub region: String,
    /// Inhabitants.
    pub people: u64,
    /// Indicator, score or density; `None` when not known.
    pub value: Option<f64>,
    /// Identifier of its class; `None` when it has none.
    pub class: Option<String>,
    /// Identifier of the class the method alone proposed.
    pub proposed: Option<String>,
    /// Why the method proposed it, in French.
    pub because: String,
    /// Why it was moved, as the agency wrote it; empty when it was not.
    pub reason: String,
    /// Communes, in the order of their codes.
    pub communes: Vec<CommuneIn>,
    /// Contour; empty when the territory had none.
    pub contour: MultiPolygon,
}

/// A priority neighbourhood that was added to a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarterIn {
    /// Official code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Identifier of the class.
    pub class: String,
    /// Why, as the agency wrote it.
    pub reason: String,
    /// Communes it touches.
    pub communes: Vec<CommuneIn>,
}

/// A published zoning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    /// Title.
    pub title: String,
    /// What it covers.
    pub scope: Scope,
    /// First day in force.
    pub effective: Date,
    /// When it was published.
    pub published: Timestamp,
    /// Who signs, as the arrêté prints it.
    pub authority: String,
    /// Place and date, function and name, as the arrêté prints them under the articles; may be empty.
    pub signature: String,
    /// Name of the layer it supersedes (same scope, same profession), when there is one.
    pub supersedes: Option<String>,
    /// Draft and revision it was made from.
    pub draft: (String, u32),
    /// The method.
    pub method: MethodUsed,
    /// The table of zones, for the methods that ask for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<TableUsed>,
    /// The data it was made on.
    pub base: Base,
    /// Level of the zones.
    pub level: Level,
    /// Classes, the most favoured first.
    pub classes: Vec<Class>,
    /// Zones in the order of their codes.
    pub zones: Vec<LayerZone>,
    /// Priority neighbourhoods added.
    pub quarters: Vec<QuarterIn>,
    /// Quotas and what is used of them.
    pub quotas: Vec<QuotaUse>,
    /// What was decided beyond the proposal.
    pub adjustments: Vec<Adjustment>,
    /// Opinions and remarks that go with it, in French.
    pub notes: Vec<String>,
    /// Considérants written by the agency.
    pub text: String,
    /// Against which zoning the effects are counted.
    pub before: String,
    /// People and professionals before and after; `None` when there was no zoning before, or professionals are not known.
    pub effects: Option<Effects>,
}

impl Layer {
    /// The class with this identifier.
    pub fn class(&self, id: &str) -> Option<&Class> {
        self.classes.iter().find(|class| class.id == id)
    }

    /// The zone of this code.
    pub fn zone(&self, code: &str) -> Option<&LayerZone> {
        self.zones.iter().find(|zone| zone.code == code)
    }

    /// The zone a commune lies in.
    pub fn zone_of(&self, commune: &str) -> Option<&LayerZone> {
        self.zones.iter().find(|zone| zone.communes.binary_search_by(|known| known.code.as_str().cmp(commune)).is_ok())
    }

    /// Inhabitants by class, in the order of [`Self::classes`], then those of zones without class.
    pub fn people_by_class(&self) -> Vec<u64> {
        let mut people = vec![0; self.classes.len() + 1];
        for zone in &self.zones {
            let class = zone.class.as_ref().and_then(|id| self.classes.iter().position(|class| class.id == *id));
            people[class.unwrap_or(self.classes.len())] += zone.people;
        }
        people
    }

    /// Zones by class, in the order of [`Self::classes`], then those without class.
    pub fn zones_by_class(&self) -> Vec<u64> {
        let mut zones = vec![0; self.classes.len() + 1];
        for zone in &self.zones {
            let class = zone.class.as_ref().and_then(|id| self.classes.iter().position(|class| class.id == *id));
            zones[class.unwrap_or(self.classes.len())] += 1;
        }
        zones
    }
}

/// What tells layers apart without reading them whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerHead {
    /// Name of the layer.
    pub id: String,
    /// Title.
    pub title: String,
    /// What it covers.
    pub scope: Scope,
    /// Profession.
    pub profession: String,
    /// Title of the method.
    pub method: String,
    /// First day in force.
    pub effective: Date,
    /// When it was published.
    pub published: Timestamp,
    /// Name of the layer it supersedes.
    pub supersedes: Option<String>,
}

impl LayerHead {
    /// The head of a layer of this name.
    pub fn of(id: &str, layer: &Layer) -> Self {
        Self {
            id: id.to_owned(),
            title: layer.title.clone(),
            scope: layer.scope.clone(),
            profession: layer.method.profession.clone(),
            method: layer.method.label.clone(),
            effective: layer.effective,
            published: layer.published,
            supersedes: layer.supersedes.clone(),
        }
    }

    fn order(&self) -> (Date, Timestamp) {
        (self.effective, self.published)
    }
}

/// The layer of this scope and profession in force on a day: the last to take effect by then.
pub fn in_force<'a>(heads: &'a [LayerHead], scope: &Scope, profession: &str, day: Date) -> Option<&'a LayerHead> {
    heads
        .iter()
        .filter(|head| head.scope.same_place(scope) && head.profession == profession && head.effective <= day)
        .max_by_key(|head| head.order())
}

/// Every layer in force on a day, one a scope and profession, professions then scopes in order.
pub fn as_of(heads: &[LayerHead], day: Date) -> Vec<&LayerHead> {
    let mut found: Vec<&LayerHead> = heads
        .iter()
        .filter(|head| in_force(heads, &head.scope, &head.profession, day).is_some_and(|last| last.id == head.id))
        .collect();
    found.sort_by(|a, b| (&a.profession, &a.scope).cmp(&(&b.profession, &b.scope)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(id: &str, region: &str, profession: &str, effective: Date, nth: i64) -> LayerHead {
        LayerHead {
            id: id.to_owned(),
            title: id.to_owned(),
            scope: Scope { level: Level::Region, code: region.to_owned(), name: region.to_owned() },
            profession: profession.to_owned(),
            method: String::new(),
            effective,
            published: Timestamp::from_second(nth).unwrap(),
            supersedes: None,
        }
    }

    #[test]
    fn a_day_has_one_layer_a_scope_and_profession() {
        let day = |year| Date::constant(year, 3, 1);
        let heads = [
            head("a", "24", "gp", day(2018), 1),
            head("b", "24", "gp", day(2022), 2),
            head("c", "24", "nurse", day(2020), 3),
            head("d", "53", "gp", day(2019), 4),
            head("e", "24", "gp", day(2022), 5),
        ];
        let on = |day| as_of(&heads, day).iter().map(|head| head.id.as_str()).collect::<Vec<_>>();
        assert_eq!(on(day(2017)), Vec::<&str>::new());
        assert_eq!(on(day(2018)), ["a"], "the first day counts");
        assert_eq!(on(day(2021)), ["a", "d", "c"]);
        assert_eq!(on(day(2030)), ["e", "d", "c"], "on the same day the last published wins");
        let scope = Scope { name: "renommée".into(), ..heads[0].scope.clone() };
        assert_eq!(in_force(&heads, &scope, "gp", day(2021)).unwrap().id, "a", "a new name is the same place");
    }
}
