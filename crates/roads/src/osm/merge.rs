//! Files put together: each way once, each node once, ranks instead of identities.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::raw::{RawNodes, RawWays};
use super::restriction::{self, RawVia, Restriction, Via};
use super::tags::{NodeFacts, RoadClass, WayTags};
use super::xml::{self, XmlNode};
use super::{Bounds, Extract, ExtractError, ExtractReport, Kind, OnProgress, Progress, Source, Step, Ways};
use crate::point::Point;

/// What the first pass left of a file for the second.
enum Rest {
    Pbf(Vec<(u64, usize)>),
    Xml(Vec<XmlNode>),
}

/// Reads files given from the oldest to the newest.
pub(super) fn merge(mut sources: Vec<Source>, progress: OnProgress<'_>) -> Result<Extract, ExtractError> {
    let total = sources.iter().map(|source| source.report.bytes).sum();
    let mut report = ExtractReport::default();
    let mut pieces = Vec::with_capacity(sources.len());
    let mut rests = Vec::with_capacity(sources.len());
    let mut before = 0;
    for source in &mut sources {
        let (ways, rest) = match &source.kind {
            Kind::Pbf(index) => {
                let (ways, blobs) = index.ways(&source.path, progress, before, total)?;
                (ways, Rest::Pbf(blobs))
            }
            Kind::Xml => {
                let (ways, nodes) = xml::read(&source.path, &mut source.report)?;
                (ways, Rest::Xml(nodes))
            }
        };
        source.report.ways = ways.way_count;
        source.report.relations = ways.relation_count;
        before += source.report.bytes;
        progress(Progress { step: Step::Ways, done: before, total });
        pieces.push(ways);
        rests.push(rest);
    }
    let (raw, restrictions) = stitch(pieces, &mut report);
    if raw.ids.is_empty() {
        let files: Vec<String> = sources.iter().map(|source| source.path.display().to_string()).collect();
        return Err(ExtractError::NoRoad { files: files.join(", ") });
    }
    let mut wanted = raw.refs.clone();
    wanted.par_sort_unstable();
    wanted.dedup();
    wanted.shrink_to_fit();
    if raw.refs.len() >= u32::MAX as usize / 2 {
        return Err(ExtractError::TooLarge { count: raw.refs.len() });
    }

    let mut places: Vec<Point> = vec![Point::default(); wanted.len()];
    let mut found = vec![false; wanted.len()];
    let mut facts: BTreeMap<u32, NodeFacts> = BTreeMap::new();
    let mut before = 0;
    for (source, rest) in sources.iter_mut().zip(rests) {
        let mut count = 0;
        let mut put_away = |nodes: RawNodes| {
            count += nodes.count;
            // The newer file says all there is to say of a node.
            for (rank, point) in nodes.places {
                places[rank as usize] = point;
                if std::mem::replace(&mut found[rank as usize], true) && !facts.is_empty() {
                    facts.remove(&rank);
                }
            }
            facts.extend(nodes.facts);
        };
        match (&source.kind, rest) {
            (Kind::Pbf(index), Rest::Pbf(blobs)) => {
                index.nodes(&source.path, &blobs, &wanted, (progress, before, total), put_away)?;
                source.report.nodes = count;
            }
            (_, Rest::Xml(nodes)) => put_away(xml_nodes(&nodes, &wanted)),
            (Kind::Xml, Rest::Pbf(_)) => {}
        }
        before += source.report.bytes;
        progress(Progress { step: Step::Nodes, done: before, total });
    }
    report.files = sources.into_iter().map(|source| source.report).collect();
    let ways = rank(raw, restrictions, Nodes { wanted, places, found, facts }, &mut report);
    if ways.is_empty() {
        let files: Vec<&str> = report.files.iter().map(|file| file.name.as_str()).collect();
        return Err(ExtractError::NoRoad { files: files.join(", ") });
    }
    Ok(Extract { ways, report })
}

fn xml_nodes(nodes: &[XmlNode], wanted: &[i64]) -> RawNodes {
    let mut finder = super::raw::Finder::new(wanted);
    let mut found = RawNodes { count: nodes.len() as u64, ..RawNodes::default() };
    for node in nodes {
        if let Some(rank) = finder.find(node.id) {
            found.places.push((rank, node.point));
            found.facts.extend(node.facts.map(|facts| (rank, facts)));
        }
    }
    found
}

/// Ways of all files, each once, by identity; restrictions likewise.
fn stitch(pieces: Vec<RawWays>, report: &mut ExtractReport) -> (RawWays, Vec<restriction::Raw>) {
    let mut all = RawWays::default();
    let mut file_of = Vec::new();
    for (file, mut piece) in pieces.into_iter().enumerate() {
        // A restriction is taken from the newest file that has it.
        piece.restrictions.sort();
        file_of.resize(file_of.len() + piece.ids.len(), file as u32);
        all.append(piece);
    }
    let mut restrictions = std::mem::take(&mut all.restrictions);
    restrictions.reverse();
    restrictions.sort_by_key(|restriction| restriction.id);
    restrictions.dedup_by_key(|restriction| restriction.id);
    for (reason, count) in std::mem::take(&mut all.ignored_restrictions) {
        *report.ignored_restrictions.entry(reason.to_owned()).or_default() += count;
    }
    all.ignored.sort_unstable();
    all.ignored.dedup();

    if !all.ids.is_sorted_by(|a, b| a < b) {
        let mut starts = Vec::with_capacity(all.ids.len());
        let mut start = 0_usize;
        for size in &all.sizes {
            starts.push(start);
            start += *size as usize;
        }
        let mut order: Vec<u32> = (0..all.ids.len() as u32).collect();
        // The longest form first, then the newest: the others are what a border left of it.
        order.par_sort_by_key(|way| {
            let way = *way as usize;
            (all.ids[way], std::cmp::Reverse((all.sizes[way], file_of[way], way)))
        });
        let mut once = RawWays::default();
        for way in order {
            let way = way as usize;
            if once.ids.last() == Some(&all.ids[way]) {
                report.shared_ways += 1;
                continue;
            }
            once.ids.push(all.ids[way]);
            once.tags.push(all.tags[way]);
            once.sizes.push(all.sizes[way]);
            once.refs.extend_from_slice(&all.refs[starts[way]..starts[way] + all.sizes[way] as usize]);
        }
        once.ignored = all.ignored;
        all = once;
    }
    report.ignored_ways = all.ignored.iter().filter(|id| all.ids.binary_search(id).is_err()).count() as u64;
    report.road_ways = report.ignored_ways + all.ids.len() as u64;
    (all, restrictions)
}

/// Nodes wanted, and what was found of them.
struct Nodes {
    wanted: Vec<i64>,
    places: Vec<Point>,
    found: Vec<bool>,
    facts: BTreeMap<u32, NodeFacts>,
}

/// Identities become ranks; ways lose the nodes no file has.
fn rank(raw: RawWays, restrictions: Vec<restriction::Raw>, nodes: Nodes, report: &mut ExtractReport) -> Ways {
    const GONE: u32 = u32::MAX;
    let Nodes { wanted, places, found, facts } = nodes;
    // New rank of each wanted node among those found.
    let mut next = 0;
    let ranks: Vec<u32> = found
        .iter()
        .map(|found| {
            if *found {
                next += 1;
                next - 1
            } else {
                GONE
            }
        })
        .collect();
    report.missing_nodes = (wanted.len() - next as usize) as u64;
    let rank_of = |id: i64| wanted.binary_search(&id).map_or(GONE, |at| ranks[at]);
    let refs: Vec<u32> = raw.refs.par_iter().map(|id| rank_of(*id)).collect();

    let mut ways = Ways { way_first: vec![0], ..Ways::default() };
    let mut tags: Vec<WayTags> = raw.tags.clone();
    tags.par_sort_unstable();
    tags.dedup();
    let mut by_class = [0_u64; RoadClass::ALL.len()];
    let mut start = 0;
    for ((id, own), size) in raw.ids.iter().zip(&raw.tags).zip(&raw.sizes) {
        let end = start + *size as usize;
        let mut kept = 0;
        for piece in refs[start..end].split(|node| *node == GONE).filter(|piece| piece.len() > 1) {
            ways.way_ids.push(*id);
            ways.way_tags.push(tags.binary_search(own).expect("tags come from the same ways") as u32);
            ways.refs.extend_from_slice(piece);
            ways.way_first.push(ways.refs.len() as u32);
            kept += piece.len();
        }
        if kept > 0 {
            by_class[own.class as usize] += 1;
            report.kept_ways += 1;
        }
        report.clipped_ways += u64::from(kept < end - start);
        start = end;
    }
    report.by_class = (RoadClass::ALL.iter().zip(by_class))
        .filter(|(_, count)| *count > 0)
        .map(|(class, count)| (class.name().to_owned(), count))
        .collect();

    let mut used = 0;
    for restriction in restrictions {
        let via = match restriction.via {
            RawVia::Node(id) => match rank_of(id) {
                GONE => None,
                node => Some(Via::Node(node)),
            },
            RawVia::Ways(ids) => Some(Via::Ways(ids)),
        };
        let known = |id: &i64| raw.ids.binary_search(id).is_ok();
        let members = restriction.from.iter().chain(&restriction.to);
        let whole = members.clone().all(known) && !matches!(&via, Some(Via::Ways(ids)) if !ids.iter().all(known));
        let (Some(via), true) = (via, whole) else {
            *report.ignored_restrictions.entry("hors de l’extrait".to_owned()).or_default() += 1;
            continue;
        };
        used += 1;
        for from in &restriction.from {
            for to in &restriction.to {
                ways.restrictions.push(Restriction {
                    id: restriction.id,
                    from: *from,
                    via: via.clone(),
                    to: *to,
                    only: restriction.only,
                    except_emergency: restriction.except_emergency,
                });
            }
        }
    }
    report.restrictions = used;
    ways.node_ids = wanted.iter().zip(&found).filter(|(_, found)| **found).map(|(id, _)| *id).collect();
    ways.points = places.iter().zip(&found).filter(|(_, found)| **found).map(|(point, _)| *point).collect();
    ways.facts = facts.into_iter().map(|(node, facts)| (ranks[node as usize], facts)).collect();
    ways.tags = tags;
    report.bounds = Bounds::around(&ways.points);
    ways
}
