//! The road network as its reader sees it: read back from the file, counted, walked, compared with the communes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use osmpbf::{Element, ElementReader, RelMemberType};

use super::frame::KM_PER_DEGREE;
use super::world::World;
use super::{DEFAULT_SEED, network, osm_file, own};

/// Tags of an entity.
type Tags = BTreeMap<String, String>;

/// A member of a relation: whether it is a way, its identifier, its role.
type Member = (bool, i64, String);

/// An extract as it was read.
struct Read {
    world: World,
    bytes: Vec<u8>,
    /// Longitude and latitude (degrees) and tags by identifier.
    nodes: HashMap<i64, (f64, f64, Tags)>,
    /// Points and tags, by identifier less one.
    ways: Vec<(Vec<i64>, Tags)>,
    relations: Vec<(Vec<Member>, Tags)>,
}

fn owned<'t>(tags: impl Iterator<Item = (&'t str, &'t str)>) -> Tags {
    tags.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

fn read(seed: u64) -> Read {
    let world = World::new(seed);
    let bytes = osm_file::encode(&network::build(&world));
    let (mut nodes, mut ways, mut relations) = (HashMap::new(), Vec::new(), Vec::new());
    ElementReader::new(bytes.as_slice())
        .for_each(|element| match element {
            Element::DenseNode(node) => {
                let before = nodes.insert(node.id(), (node.lon(), node.lat(), owned(node.tags())));
                assert!(before.is_none(), "node {} comes once", node.id());
            }
            Element::Way(way) => ways.push((way.refs().collect(), owned(way.tags()))),
            Element::Relation(relation) => {
                let members = relation.members().map(|member| {
                    let role = member.role().unwrap().to_owned();
                    (member.member_type == RelMemberType::Way, member.member_id, role)
                });
                relations.push((members.collect(), owned(relation.tags())));
            }
            Element::Node(_) => panic!("nodes are dense"),
        })
        .unwrap();
    Read { world, bytes, nodes, ways, relations }
}

/// The territory shown by default and two others, so that nothing holds by the luck of one seed.
fn networks() -> &'static [Read] {
    static NETWORKS: LazyLock<Vec<Read>> = LazyLock::new(|| [DEFAULT_SEED, 4, 112].map(read).into());
    &NETWORKS
}

impl Read {
    fn metres(&self, from: i64, to: i64) -> f64 {
        let (from, to) = (&self.nodes[&from], &self.nodes[&to]);
        let east = (to.0 - from.0) * f64::midpoint(from.1, to.1).to_radians().cos();
        1000.0 * KM_PER_DEGREE * east.hypot(to.1 - from.1)
    }

    fn length_km(&self, way: &[i64]) -> f64 {
        way.windows(2).map(|pair| self.metres(pair[0], pair[1])).sum::<f64>() / 1000.0
    }

    /// Whether any car may follow a way.
    fn for_cars(tags: &Tags) -> bool {
        const OPEN: [&str; 10] = [
            "motorway",
            "motorway_link",
            "trunk",
            "primary",
            "secondary",
            "tertiary",
            "unclassified",
            "residential",
            "living_street",
            "service",
        ];
        tags.get("highway").is_some_and(|highway| OPEN.contains(&highway.as_str()))
            && tags.get("access").is_none_or(|access| access != "private")
    }

    /// Nodes a car reaches from one, one-way streets and barriers respected; `backwards` for those that reach it.
    fn reached(&self, from: i64, backwards: bool) -> BTreeSet<i64> {
        let mut links: HashMap<i64, Vec<i64>> = HashMap::new();
        for (nodes, tags) in self.ways.iter().filter(|(_, tags)| Self::for_cars(tags)) {
            let oneway = tags.get("oneway").is_some_and(|v| v == "yes") || tags.contains_key("junction");
            for pair in nodes.windows(2) {
                if !oneway || !backwards {
                    links.entry(pair[0]).or_default().push(pair[1]);
                }
                if !oneway || backwards {
                    links.entry(pair[1]).or_default().push(pair[0]);
                }
            }
        }
        let mut seen = BTreeSet::from([from]);
        let mut stack = vec![from];
        while let Some(node) = stack.pop() {
            if self.nodes[&node].2.contains_key("barrier") {
                continue;
            }
            for next in links.get(&node).into_iter().flatten() {
                if seen.insert(*next) {
                    stack.push(*next);
                }
            }
        }
        seen
    }
}

/// Entities counted by something.
fn count<'t, K: Ord>(keys: impl Iterator<Item = K> + 't) -> BTreeMap<K, usize> {
    keys.fold(BTreeMap::new(), |mut counts, key| {
        *counts.entry(key).or_insert(0) += 1;
        counts
    })
}

#[test]
fn it_holds_what_a_road_network_holds() {
    for net in networks() {
        let seed = net.world.seed;
        assert!((50_000..=80_000).contains(&net.nodes.len()), "seed {seed}: {} nodes", net.nodes.len());
        assert!(net.bytes.len() < 1_000_000, "seed {seed}: {} bytes", net.bytes.len());
        let mut km: BTreeMap<&str, f64> = BTreeMap::new();
        for (nodes, tags) in &net.ways {
            let kind = tags.get("highway").or_else(|| tags.get("route")).expect("every way is one");
            *km.entry(kind.as_str()).or_default() += net.length_km(nodes);
        }
        for (kind, least, most) in [
            ("motorway", 80.0, 400.0),
            ("motorway_link", 3.0, 30.0),
            ("trunk", 0.0, 250.0),
            ("primary", 200.0, 900.0),
            ("secondary", 400.0, 1500.0),
            ("tertiary", 1200.0, 4000.0),
            ("unclassified", 1500.0, 5000.0),
            ("residential", 2000.0, 6000.0),
            ("living_street", 30.0, 600.0),
            ("service", 20.0, 300.0),
            ("track", 300.0, 2500.0),
            ("path", 150.0, 1500.0),
            ("footway", 30.0, 400.0),
            ("steps", 3.0, 150.0),
            ("pedestrian", 1.0, 40.0),
        ] {
            let found = km.get(kind).copied().unwrap_or(0.0);
            assert!((least..most).contains(&found), "seed {seed}: {found:.0} km of {kind}");
        }
        let on_nodes = |key: &str| count(net.nodes.values().filter_map(|node| node.2.get(key).cloned()));
        let (signs, barriers) = (on_nodes("highway"), on_nodes("barrier"));
        for (found, what, least) in [
            (&signs, "traffic_signals", 100),
            (&signs, "stop", 50),
            (&signs, "give_way", 50),
            (&barriers, "gate", 50),
            (&barriers, "lift_gate", 20),
            (&barriers, "bollard", 20),
        ] {
            assert!(found.get(what).is_some_and(|found| *found >= least), "seed {seed}: {what} in {found:?}");
        }
        let tagged = |key: &str| net.ways.iter().filter(|(_, tags)| tags.contains_key(key)).count();
        let roundabouts = net.ways.iter().filter(|(_, tags)| tags.get("junction").is_some_and(|v| v == "roundabout"));
        for (nodes, _) in roundabouts.clone() {
            assert_eq!(nodes.first(), nodes.last(), "a roundabout is closed");
            let origin = &net.nodes[&nodes[0]];
            let area: f64 = nodes
                .windows(2)
                .map(|pair| {
                    let ((x, y, _), (u, v, _)) = (&net.nodes[&pair[0]], &net.nodes[&pair[1]]);
                    (x - origin.0) * (v - origin.1) - (y - origin.1) * (u - origin.0)
                })
                .sum();
            assert!(area > 0.0, "a roundabout turns anticlockwise");
        }
        assert!(roundabouts.count() > 50 && tagged("bridge") > 100 && tagged("oneway") > 300, "seed {seed}");
        let limits = count(net.ways.iter().filter_map(|(_, tags)| tags.get("maxspeed").map(String::as_str)));
        for limit in ["30", "50", "80", "110", "130"] {
            assert!(limits.contains_key(limit), "seed {seed}: {limit} in {limits:?}");
        }
        assert!(limits.values().sum::<usize>() < net.ways.len() / 2, "limits are known on a part of the ways only");
    }
    assert!(
        networks().iter().any(|net| net.ways.iter().any(|(_, tags)| tags.contains_key("route"))),
        "a ferry somewhere"
    );
}

#[test]
fn ways_refer_to_nodes_that_exist_and_move() {
    for net in networks() {
        let used: BTreeSet<i64> = net.ways.iter().flat_map(|(nodes, _)| nodes.iter().copied()).collect();
        assert_eq!(used.len(), net.nodes.len(), "every node is on a way");
        for (nodes, tags) in &net.ways {
            assert!((2..=2000).contains(&nodes.len()));
            for pair in nodes.windows(2) {
                assert!(pair[0] != pair[1] && net.metres(pair[0], pair[1]) < 4000.0, "{tags:?}");
            }
        }
    }
}

#[test]
fn forbidden_turns_join_ways_that_meet() {
    for net in networks() {
        assert!(net.relations.len() >= 20, "{} restrictions", net.relations.len());
        let kinds = count(net.relations.iter().flat_map(|(_, tags)| tags.values().cloned()));
        assert!(kinds.contains_key("no_left_turn") && kinds.len() > 3, "{kinds:?}");
        for (members, tags) in &net.relations {
            assert_eq!(tags["type"], "restriction");
            let of = |role: &str| members.iter().find(|member| member.2 == role).unwrap();
            let via = of("via");
            assert!(!via.0, "via a node");
            for role in ["from", "to"] {
                let (is_way, id, _) = of(role);
                assert!(is_way);
                let (nodes, tags) = &net.ways[*id as usize - 1];
                assert!(nodes[0] == via.1 || nodes[nodes.len() - 1] == via.1, "{role} ends at via");
                assert!(!tags.contains_key("oneway"));
            }
        }
    }
}

#[test]
fn every_chef_lieu_is_on_a_road_that_reaches_all_others() {
    for net in networks() {
        let from = net.ways.iter().find(|(_, tags)| tags.get("highway").is_some_and(|v| v == "primary")).unwrap().0[0];
        let (ahead, behind) = (net.reached(from, false), net.reached(from, true));
        let sound: BTreeSet<i64> = ahead.intersection(&behind).copied().collect();
        let mut by_latitude: Vec<(f64, f64)> = sound.iter().map(|id| (net.nodes[id].1, net.nodes[id].0)).collect();
        by_latitude.sort_by(|a, b| a.0.total_cmp(&b.0));
        for site in 0..net.world.sites.len() {
            let (x, y) = own::position(&net.world, site);
            let (lon, lat) = (f64::from(x) * 1e-5, f64::from(y) * 1e-5);
            let band = by_latitude.partition_point(|node| node.0 < lat - 0.002);
            let metres = |node: &(f64, f64)| {
                1000.0 * KM_PER_DEGREE * ((node.1 - lon) * lat.to_radians().cos()).hypot(node.0 - lat)
            };
            let near =
                by_latitude[band..].iter().take_while(|node| node.0 < lat + 0.002).any(|node| metres(node) < 50.0);
            assert!(near, "seed {}: {} has no road", net.world.seed, net.world.old[site].code);
        }
        // Not only the chefs-lieux: every road open to cars, but for the posts that bar a street.
        let open: BTreeSet<i64> =
            net.ways.iter().filter(|(_, tags)| Read::for_cars(tags)).flat_map(|(nodes, _)| nodes.clone()).collect();
        let barred = |node: &&i64| net.nodes[*node].2.contains_key("barrier");
        let lost = open.iter().filter(|node| !sound.contains(*node) && !barred(node)).count();
        assert_eq!(lost, 0, "seed {}: {lost} nodes of {} are cut off", net.world.seed, open.len());
    }
}

#[test]
fn equal_seeds_give_equal_bytes_and_others_do_not() {
    let first = &networks()[1];
    assert_eq!(osm_file::encode(&network::build(&World::new(first.world.seed))), first.bytes);
    assert_ne!(first.bytes, networks()[2].bytes);
}
