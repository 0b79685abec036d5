//! People beyond a limit for each hour of a week.

use std::collections::HashMap;

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::cover::Cover;
use super::moment::Moment;
use super::set::Set;

/// Hours of a week.
pub const HOURS: usize = 168;

/// People beyond a limit at the beginning of each hour, Monday 00:00 first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Week {
    /// Its Monday.
    pub monday: Date,
    /// People beyond, 168 values.
    pub people: Vec<u64>,
    /// Resources that answer, 168 values.
    pub active: Vec<u32>,
}

impl Week {
    /// People beyond on a day (0 for Monday) at an hour.
    pub fn at(&self, day: usize, hour: usize) -> u64 {
        self.people[day * 24 + hour]
    }
}

impl Cover {
    /// The week that holds a day. Hours at which the same resources answer are computed once.
    pub fn week(&self, set: Set, day: Date, limit: f32) -> Week {
        let back = i64::from(day.weekday().to_monday_zero_offset());
        let monday = day.checked_sub(back.days()).unwrap_or(day);
        let mut known: HashMap<Vec<u32>, u64> = HashMap::new();
        let mut week = Week { monday, people: Vec::with_capacity(HOURS), active: Vec::with_capacity(HOURS) };
        for hour in 0..HOURS as i64 {
            let at = monday.at(0, 0, 0, 0).checked_add(hour.hours()).unwrap_or_else(|_| monday.at(0, 0, 0, 0));
            let active = self.active(set, Moment::At(at));
            week.active.push(active.len() as u32);
            let people = *known.entry(active).or_insert_with_key(|active| self.people_beyond(active, limit));
            week.people.push(people);
        }
        week
    }

    /// People beyond a limit with these resources alone.
    fn people_beyond(&self, active: &[u32], limit: f32) -> u64 {
        let mut reached = vec![false; self.people().len()];
        for index in active {
            for commune in self.rows()[*index as usize].within(limit) {
                reached[*commune as usize] = true;
            }
        }
        let beyond = |commune: &u32| !reached[*commune as usize] && self.is_beyond(*commune, f32::NAN, limit);
        (0..reached.len() as u32).filter(beyond).map(|commune| self.people()[commune as usize]).sum()
    }
}
