//! What the live map is given: the new class of every commune and département that changes, and nothing else.

use pacte_access::whatif::{AreaShift, CommuneShift, Outcome};
use serde::Serialize;

use crate::measures::Measure;
use crate::scale::Scale;

/// Classes of the difference of APL, consultations a year and person.
const DIFFERENCES: [f64; 6] = [-0.5, -0.1, -0.005, 0.005, 0.1, 0.5];

/// Places that change, lists of one length. Ids are those of the features of tiles (rank plus one), each less the one
/// before; classes are digits, one a place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
struct Layer {
    /// Steps between ids.
    ids: Vec<u32>,
    /// Class after.
    after: String,
    /// Class of the difference; empty where there is none.
    change: String,
    /// Value after, hundredths; -1 when not known.
    to: Vec<i32>,
}

impl Layer {
    fn add(
        &mut self,
        last: &mut u32,
        rank: u32,
        (before, after): (Option<f64>, Option<f64>),
        scales: (&Scale, Option<&Scale>),
    ) {
        self.ids.push(rank + 1 - *last);
        *last = rank + 1;
        let digit = |class: Option<usize>| class.map_or('x', |class| char::from(b'0' + class as u8));
        self.after.push(digit(after.and_then(|value| scales.0.class(value))));
        if let Some(scale) = scales.1 {
            let change = before.zip(after).map(|(before, after)| after - before);
            self.change.push(digit(change.and_then(|value| scale.class(value))));
        }
        self.to.push(after.map_or(-1, |value| (value * 100.0).round() as i32));
    }

    fn of_communes(shifts: &[CommuneShift], scales: (&Scale, Option<&Scale>)) -> Self {
        let (mut layer, mut last) = (Self::default(), 0);
        for shift in shifts {
            layer.add(&mut last, shift.commune, (shift.before, shift.after), scales);
        }
        layer
    }

    fn of_areas(areas: &[AreaShift], scales: (&Scale, Option<&Scale>)) -> Self {
        let (mut layer, mut last) = (Self::default(), 0);
        for area in areas.iter().filter(|area| area.before.apl != area.after.apl) {
            layer.add(&mut last, area.area, (area.before.apl, area.after.apl), scales);
        }
        layer
    }
}

/// Communes whose zone changes class.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
struct Zones {
    ids: Vec<u32>,
    before: String,
    after: String,
}

/// New colours of the map after a scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Colours {
    /// APL of communes.
    apl: Layer,
    /// APL of départements.
    departements: Layer,
    /// Minutes to urgent care of communes.
    minutes: Layer,
    /// Zones.
    zones: Zones,
}

impl Colours {
    /// Classes of everything that changes.
    pub fn of(outcome: &Outcome) -> Self {
        let (apl, difference, minutes) = (Measure::apl_scale(), Self::difference_scale(), Measure::minutes_scale());
        let scales = (&apl, Some(&difference));
        let mut zones = Zones::default();
        if let Some(shift) = &outcome.zones {
            let mut last = 0;
            for (commune, before, after) in &shift.communes {
                zones.ids.push(commune + 1 - last);
                last = commune + 1;
                zones.before.push(char::from(b'0' + before));
                zones.after.push(char::from(b'0' + after));
            }
        }
        let cover = outcome.urgent().map(|shift| shift.communes.as_slice()).unwrap_or_default();
        Self {
            apl: Layer::of_communes(&outcome.communes, scales),
            departements: Layer::of_areas(&outcome.departements, scales),
            minutes: Layer::of_communes(cover, (&minutes, None)),
            zones,
        }
    }

    /// Classes of the difference.
    pub fn difference_scale() -> Scale {
        Scale::fixed(crate::scale::Palette::Change, &DIFFERENCES)
    }
}
