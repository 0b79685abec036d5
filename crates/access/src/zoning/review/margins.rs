//! Margins by region: people given a better class outside the pool, and number of zones of each class.

use std::collections::BTreeMap;

use super::super::proposal::{Fault, FaultKind, Severity};
use super::{Approvals, MarginUse, SizeUse, Work};
use crate::french::comma;

impl Work<'_> {
    /// Margins outside the pool; those exceeded become faults.
    pub(super) fn margins(&mut self) -> Vec<MarginUse> {
        let Some(share) = self.method.margin.outside else { return Vec::new() };
        let mut people: BTreeMap<&str, u64> = BTreeMap::new();
        for unit in &self.proposal.units {
            *people.entry(&unit.region).or_default() += unit.people;
        }
        let mut margins = Vec::new();
        for (region, total) in people {
            let list = self.outside.get(region).cloned().unwrap_or_default();
            let used = list.iter().map(|i| self.proposal.units[*i].people).sum();
            let allowed = share.of(total);
            if used > allowed {
                let names: Vec<&str> = list.iter().map(|i| self.proposal.units[*i].name.as_str()).collect();
                self.faults.push(Fault {
                    kind: FaultKind::OutsideMargin,
                    severity: Severity::Blocking,
                    place: region.to_owned(),
                    problem: format!(
                        "Région {region} : {} habitants classés hors vivier pour une marge de {} ({} %), {} de trop.",
                        comma(used as f64, 0),
                        comma(allowed as f64, 0),
                        comma(share.percent(), 2),
                        comma((used - allowed) as f64, 0)
                    ),
                    remedy: format!("Retirer une partie de : {}.", names.join(", ")),
                });
            }
            margins.push(MarginUse { region: region.to_owned(), allowed, used });
        }
        margins
    }

    /// Sizes of classes; those that change too much become faults.
    pub(super) fn sizes(&mut self, approvals: Approvals) -> Vec<SizeUse> {
        let Some(limit) = self.method.margin.size else { return Vec::new() };
        let mut counts: BTreeMap<(&str, u8), (u64, u64)> = BTreeMap::new();
        for (unit, after) in self.proposal.units.iter().zip(&self.classes) {
            if let Some(class) = unit.class {
                counts.entry((&unit.region, class)).or_default().0 += 1;
            }
            if let Some(class) = after {
                counts.entry((&unit.region, *class)).or_default().1 += 1;
            }
        }
        let mut sizes = Vec::new();
        for ((region, class), (before, after)) in counts {
            let usual = limit.usual.of(before).max(limit.at_least);
            let exceptional = limit.exceptional.of(before).max(usual);
            let change = before.abs_diff(after);
            let bound = if approvals.commission { exceptional } else { usual };
            if change > bound {
                let can = change <= exceptional;
                let remedy = if can {
                    format!(
                        "Possible après avis de la commission paritaire régionale (jusqu’à {exceptional} zones) ; sinon revenez à {usual}."
                    )
                } else {
                    format!(
                        "Revenez à {usual} zones d’écart ({exceptional} après avis de la commission paritaire régionale)."
                    )
                };
                self.faults.push(Fault {
                    kind: FaultKind::OutsideMargin,
                    severity: if can { Severity::Opinion } else { Severity::Blocking },
                    place: region.to_owned(),
                    problem: format!(
                        "Région {region}, classe {} : {before} zones proposées, {after} après ajustement, soit {change} d’écart pour {bound} permis.",
                        self.label(Some(class))
                    ),
                    remedy,
                });
            }
            sizes.push(SizeUse { region: region.to_owned(), class, before, after, usual, exceptional });
        }
        sizes
    }
}
