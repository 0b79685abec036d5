//! Turn restrictions.

use serde::{Deserialize, Serialize};

/// What stands between the two ways of a restriction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Via {
    /// A node, by rank.
    Node(u32),
    /// Ways one after the other, by OpenStreetMap identity.
    Ways(Vec<i64>),
}

/// A turn that is forbidden, or the only one allowed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Restriction {
    /// OpenStreetMap identity of the relation.
    pub id: i64,
    /// Way one comes from, by OpenStreetMap identity.
    pub from: i64,
    /// What one goes through.
    pub via: Via,
    /// Way one goes to, by OpenStreetMap identity.
    pub to: i64,
    /// The turn is the only one allowed, rather than forbidden.
    pub only: bool,
    /// Does not bind emergency services.
    pub except_emergency: bool,
}

/// A member of a relation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member<'a> {
    pub(super) role: &'a str,
    pub(super) id: i64,
    pub(super) kind: MemberKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MemberKind {
    Node,
    Way,
    Relation,
}

/// A restriction whose nodes still go by identity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Raw {
    pub(super) id: i64,
    pub(super) from: Vec<i64>,
    pub(super) via: RawVia,
    pub(super) to: Vec<i64>,
    pub(super) only: bool,
    pub(super) except_emergency: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RawVia {
    Node(i64),
    Ways(Vec<i64>),
}

/// Reads a relation: `Ok(None)` when it is no restriction, `Err` with the reason it is left aside.
pub(super) fn read<'a>(
    id: i64,
    tags: impl Iterator<Item = (&'a str, &'a str)>,
    members: impl Iterator<Item = Member<'a>>,
) -> Result<Option<Raw>, &'static str> {
    let (mut is_restriction, mut general, mut car, mut conditional, mut other, mut except) =
        (false, None, None, false, false, "");
    for (key, value) in tags {
        match key {
            "type" => is_restriction = value == "restriction" || value.starts_with("restriction:"),
            "restriction" => general = Some(value),
            "restriction:motorcar" | "restriction:motor_vehicle" | "restriction:vehicle" => car = Some(value),
            "except" => except = value,
            _ if key.starts_with("restriction") && key.ends_with(":conditional") => conditional = true,
            _ if key.starts_with("restriction:") => other = true,
            _ => {}
        }
    }
    if !is_restriction {
        return Ok(None);
    }
    let Some(value) = car.or(general) else {
        return Err(match (conditional, other) {
            (true, _) => "à certaines heures seulement",
            (_, true) => "pour d’autres véhicules",
            _ => "sans valeur",
        });
    };
    let value = value.split(';').next().unwrap_or(value).trim();
    let only = value.starts_with("only_");
    if !only && !value.starts_with("no_") {
        return Err("valeur inconnue");
    }
    let excepted = |name: &str| except.split([';', ',']).any(|word| word.trim() == name);
    if excepted("motorcar") || excepted("motor_vehicle") || excepted("vehicle") {
        return Err("sauf les voitures");
    }
    let (mut from, mut to, mut nodes, mut ways) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for member in members {
        match (member.role, member.kind) {
            ("from", MemberKind::Way) => from.push(member.id),
            ("to", MemberKind::Way) => to.push(member.id),
            ("via", MemberKind::Node) => nodes.push(member.id),
            ("via", MemberKind::Way) => ways.push(member.id),
            _ => {}
        }
    }
    // `no_entry` may have several `from`, `no_exit` several `to`; elsewhere one of each.
    if from.is_empty() || to.is_empty() || only && (from.len() > 1 || to.len() > 1) {
        return Err("membres incomplets ou en trop");
    }
    let via = match (&nodes[..], ways.is_empty()) {
        ([node], true) => RawVia::Node(*node),
        ([], false) => RawVia::Ways(ways),
        _ => return Err("membres incomplets ou en trop"),
    };
    Ok(Some(Raw { id, from, via, to, only, except_emergency: excepted("emergency") }))
}
