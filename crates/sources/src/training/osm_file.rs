//! OpenStreetMap extracts in their usual binary form (PBF), written small and always the same.
//!
//! The format is that of the OSM wiki, « PBF Format »: a file is a row of blobs, each a length, a `BlobHeader` and a `Blob`
//! deflated by zlib; the first blob is the header, the others hold nodes (dense), then ways, then relations, at most
//! [`PER_BLOCK`] of them. The few protobuf messages needed are written by hand: no schema compiler, no generated code.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// Entities in one block: what the other writers put there.
const PER_BLOCK: usize = 8000;
/// Date of the extract (`osmosis_replication_timestamp`): 1 January 2025, so that equal seeds give equal bytes.
const TIMESTAMP: u64 = 1_735_689_600;

/// Keys and values.
pub(super) type Tags = Vec<(&'static str, Cow<'static, str>)>;

/// A node; its identifier is its rank in [`Extract::nodes`] plus one.
pub(super) struct Node {
    /// Longitude, 1e-7 degree.
    pub(super) lon: i32,
    /// Latitude, 1e-7 degree.
    pub(super) lat: i32,
    pub(super) tags: Tags,
}

/// A way; its identifier is its rank in [`Extract::ways`] plus one.
pub(super) struct Way {
    /// Identifiers of its nodes.
    pub(super) nodes: Vec<u32>,
    pub(super) tags: Tags,
}

/// What takes part in a relation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Member {
    /// A node, by identifier.
    Node(u32),
    /// A way, by identifier.
    Way(u32),
}

/// A relation; its identifier is its rank in [`Extract::relations`] plus one.
pub(super) struct Relation {
    /// Members with their roles.
    pub(super) members: Vec<(Member, &'static str)>,
    pub(super) tags: Tags,
}

/// All that a file holds.
pub(super) struct Extract {
    /// What the header says of where the data come from.
    pub(super) source: String,
    pub(super) nodes: Vec<Node>,
    pub(super) ways: Vec<Way>,
    pub(super) relations: Vec<Relation>,
}

/// The file's bytes.
pub(super) fn encode(extract: &Extract) -> Vec<u8> {
    let mut file = Vec::new();
    blob(&mut file, "OSMHeader", &header(extract).0);
    for (rank, nodes) in extract.nodes.chunks(PER_BLOCK).enumerate() {
        blob(&mut file, "OSMData", &nodes_block(nodes, rank * PER_BLOCK).0);
    }
    for (rank, ways) in extract.ways.chunks(PER_BLOCK).enumerate() {
        blob(&mut file, "OSMData", &ways_block(ways, rank * PER_BLOCK).0);
    }
    for (rank, relations) in extract.relations.chunks(PER_BLOCK).enumerate() {
        blob(&mut file, "OSMData", &relations_block(relations, rank * PER_BLOCK).0);
    }
    file
}

/// A protobuf message being written.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn raw(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn number(&mut self, field: u32, value: u64) {
        self.raw(u64::from(field) << 3);
        self.raw(value);
    }

    fn bytes(&mut self, field: u32, content: &[u8]) {
        self.raw(u64::from(field) << 3 | 2);
        self.raw(content.len() as u64);
        self.0.extend_from_slice(content);
    }

    /// A packed row of numbers; nothing when there are none.
    fn packed(&mut self, field: u32, values: impl IntoIterator<Item = u64>) {
        let mut row = Self::default();
        values.into_iter().for_each(|value| row.raw(value));
        if !row.0.is_empty() {
            self.bytes(field, &row.0);
        }
    }
}

/// Signed numbers, small ones first: 0, -1, 1, -2…
fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

/// Each number less the one before it.
fn deltas(values: impl IntoIterator<Item = i64>) -> impl Iterator<Item = u64> {
    let mut before = 0;
    values.into_iter().map(move |value| {
        let delta = zigzag(value - before);
        before = value;
        delta
    })
}

fn blob(file: &mut Vec<u8>, kind: &str, content: &[u8]) {
    // Writing to a Vec cannot fail, and neither does the encoder then.
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::new(6));
    let packed = packer.write_all(content).and_then(|()| packer.finish()).expect("memory takes every byte");
    let mut body = Message::default();
    body.number(2, content.len() as u64);
    body.bytes(3, &packed);
    let mut head = Message::default();
    head.bytes(1, kind.as_bytes());
    head.number(3, body.0.len() as u64);
    file.extend_from_slice(&(head.0.len() as u32).to_be_bytes());
    file.extend_from_slice(&head.0);
    file.extend_from_slice(&body.0);
}

fn header(extract: &Extract) -> Message {
    let mut header = Message::default();
    let bounds = |of: fn(&Node) -> i32| {
        let values = || extract.nodes.iter().map(of);
        (i64::from(values().min().unwrap_or(0)), i64::from(values().max().unwrap_or(0)))
    };
    let ((left, right), (bottom, top)) = (bounds(|node| node.lon), bounds(|node| node.lat));
    let mut area = Message::default();
    for (field, bound) in [(1, left), (2, right), (3, top), (4, bottom)] {
        // The header counts in billionths of a degree.
        area.number(field, zigzag(100 * bound));
    }
    header.bytes(1, &area.0);
    for feature in ["OsmSchema-V0.6", "DenseNodes"] {
        header.bytes(4, feature.as_bytes());
    }
    header.bytes(5, b"Sort.Type_then_ID");
    header.bytes(16, b"pacte");
    header.bytes(17, extract.source.as_bytes());
    header.number(32, TIMESTAMP);
    header
}

/// Texts of a block, by rank; rank 0 is the empty text that ends a node's tags.
struct Texts<'t> {
    rank: HashMap<&'t str, u64>,
    table: Message,
}

impl<'t> Texts<'t> {
    fn new() -> Self {
        let mut table = Message::default();
        table.bytes(1, b"");
        Self { rank: HashMap::new(), table }
    }

    fn of(&mut self, text: &'t str) -> u64 {
        let next = self.rank.len() as u64 + 1;
        let rank = *self.rank.entry(text).or_insert(next);
        if rank == next {
            self.table.bytes(1, text.as_bytes());
        }
        rank
    }

    /// Writes keys and values as two packed rows, fields 2 and 3.
    fn tags(&mut self, tags: &'t Tags, message: &mut Message) {
        let pairs: Vec<(u64, u64)> = tags.iter().map(|(key, value)| (self.of(key), self.of(value))).collect();
        message.packed(2, pairs.iter().map(|pair| pair.0));
        message.packed(3, pairs.iter().map(|pair| pair.1));
    }

    /// The block: its texts and one group. Coordinates are in hundreds of billionths of a degree, the format's default.
    fn block(self, group: &Message) -> Message {
        let mut block = Message::default();
        block.bytes(1, &self.table.0);
        block.bytes(2, &group.0);
        block
    }
}

fn nodes_block(nodes: &[Node], before: usize) -> Message {
    let mut texts = Texts::new();
    let mut dense = Message::default();
    dense.packed(1, deltas((0..nodes.len()).map(|rank| (before + rank) as i64 + 1)));
    dense.packed(8, deltas(nodes.iter().map(|node| i64::from(node.lat))));
    dense.packed(9, deltas(nodes.iter().map(|node| i64::from(node.lon))));
    let mut tags = Vec::new();
    for node in nodes {
        for (key, value) in &node.tags {
            tags.extend([texts.of(key), texts.of(value)]);
        }
        tags.push(0);
    }
    if tags.len() > nodes.len() {
        dense.packed(10, tags);
    }
    let mut group = Message::default();
    group.bytes(2, &dense.0);
    texts.block(&group)
}

fn ways_block(ways: &[Way], before: usize) -> Message {
    let mut texts = Texts::new();
    let mut group = Message::default();
    for (rank, way) in ways.iter().enumerate() {
        let mut message = Message::default();
        message.number(1, (before + rank) as u64 + 1);
        texts.tags(&way.tags, &mut message);
        message.packed(8, deltas(way.nodes.iter().map(|id| i64::from(*id))));
        group.bytes(3, &message.0);
    }
    texts.block(&group)
}

fn relations_block(relations: &[Relation], before: usize) -> Message {
    let mut texts = Texts::new();
    let mut group = Message::default();
    for (rank, relation) in relations.iter().enumerate() {
        let mut message = Message::default();
        message.number(1, (before + rank) as u64 + 1);
        texts.tags(&relation.tags, &mut message);
        message.packed(8, relation.members.iter().map(|(_, role)| texts.of(role)).collect::<Vec<_>>());
        let part = |member: &Member| match *member {
            Member::Node(id) => (0, i64::from(id)),
            Member::Way(id) => (1, i64::from(id)),
        };
        message.packed(9, deltas(relation.members.iter().map(|(member, _)| part(member).1)));
        message.packed(10, relation.members.iter().map(|(member, _)| part(member).0));
        group.bytes(4, &message.0);
    }
    texts.block(&group)
}

#[cfg(test)]
mod tests {
    use osmpbf::{Element, ElementReader, RelMemberType};

    use super::*;

    fn tags(pairs: &[(&'static str, &'static str)]) -> Tags {
        pairs.iter().map(|(key, value)| (*key, Cow::Borrowed(*value))).collect()
    }

    /// More than one block of each kind of entity but relations, far apart coordinates, both signs, repeated texts.
    fn sample() -> Extract {
        let nodes = (0..9000)
            .map(|rank| Node {
                lon: -1_800_000_000 + rank * 199_999,
                lat: 850_000_000 - rank * 180_001,
                tags: if rank % 1000 == 7 {
                    tags(&[("highway", "stop"), ("direction", "forward")])
                } else {
                    Vec::new()
                },
            })
            .collect();
        let ways = (0..8500)
            .map(|rank| Way { nodes: vec![rank + 1, 9000 - rank, rank + 2], tags: tags(&[("highway", "track")]) })
            .collect();
        let members = vec![(Member::Way(3), "from"), (Member::Node(8999), "via"), (Member::Way(8500), "to")];
        let relations = vec![Relation { members, tags: tags(&[("type", "restriction")]) }];
        Extract { source: "essai".to_owned(), nodes, ways, relations }
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        let extract = sample();
        let bytes = encode(&extract);
        let (mut nodes, mut ways, mut relations) = (0, 0, 0);
        ElementReader::new(bytes.as_slice())
            .for_each(|element| match element {
                Element::DenseNode(node) => {
                    let ours = &extract.nodes[nodes];
                    nodes += 1;
                    assert_eq!(node.id(), nodes as i64);
                    assert_eq!((node.decimicro_lon(), node.decimicro_lat()), (ours.lon, ours.lat));
                    let found: Vec<(&str, &str)> = node.tags().collect();
                    assert_eq!(found, ours.tags.iter().map(|(k, v)| (*k, v.as_ref())).collect::<Vec<_>>());
                }
                Element::Way(way) => {
                    let ours = &extract.ways[ways];
                    ways += 1;
                    assert_eq!(way.id(), ways as i64);
                    assert!(way.refs().eq(ours.nodes.iter().map(|id| i64::from(*id))));
                    assert_eq!(way.tags().collect::<Vec<_>>(), [("highway", "track")]);
                }
                Element::Relation(relation) => {
                    relations += 1;
                    let found: Vec<_> = relation
                        .members()
                        .map(|member| {
                            let role = member.role().unwrap().to_owned();
                            (member.member_type, member.member_id, role)
                        })
                        .collect();
                    let way = |id, role: &str| (RelMemberType::Way, id, role.to_owned());
                    let via = (RelMemberType::Node, 8999, "via".to_owned());
                    assert_eq!(found, [way(3, "from"), via, way(8500, "to")]);
                }
                Element::Node(_) => panic!("nodes are dense"),
            })
            .unwrap();
        assert_eq!((nodes, ways, relations), (9000, 8500, 1));
    }

    #[test]
    fn the_header_says_what_a_reader_needs() {
        let mut blobs = osmpbf::BlobReader::new(std::io::Cursor::new(encode(&sample())));
        let first = blobs.next().unwrap().unwrap();
        let osmpbf::BlobDecode::OsmHeader(header) = first.decode().unwrap() else { panic!("header first") };
        assert_eq!(header.required_features(), ["OsmSchema-V0.6", "DenseNodes"]);
        assert_eq!(header.osmosis_replication_timestamp(), Some(TIMESTAMP as i64));
        let area = header.bbox().unwrap();
        assert!((area.left + 180.0).abs() < 1e-9 && (area.top - 85.0).abs() < 1e-9, "{area:?}");
        assert_eq!(blobs.count(), 2 + 2 + 1);
    }
}
