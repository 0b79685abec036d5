//! Mapbox Vector Tile encoding (specification 2.1), no more than the portal draws: points, lines and polygons with
//! text and number properties.
//!
//! Written by hand rather than with a protobuf library: the format needs five messages, and features are appended
//! straight to the bytes of their layer without building any tree first.

use rustc_hash::FxHashMap;

/// Units along a tile side.
pub(crate) const EXTENT: i32 = 4096;

/// Kind of geometry of a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One or more points.
    Points = 1,
    /// One or more lines.
    Lines = 2,
    /// Rings, exteriors with positive area in tile coordinates, each followed by its holes.
    Polygons = 3,
}

/// A property value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    /// UTF-8 text.
    Text(&'a str),
    /// Written as an integer when it is one, else in single precision.
    Number(f64),
}

/// A layer under construction.
#[derive(Debug)]
pub(crate) struct Layer {
    name: &'static str,
    features: Vec<u8>,
    count: usize,
    keys: Vec<String>,
    values: Vec<u8>,
    value_count: u32,
    texts: FxHashMap<String, u32>,
    numbers: FxHashMap<u64, u32>,
    tags: Vec<u32>,
    scratch: Vec<u8>,
}

impl Layer {
    /// An empty layer.
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            features: Vec::new(),
            count: 0,
            keys: Vec::new(),
            values: Vec::new(),
            value_count: 0,
            texts: FxHashMap::default(),
            numbers: FxHashMap::default(),
            tags: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// Index of a property name, to be given to [`Self::tag`].
    pub(crate) fn key(&mut self, name: &str) -> u32 {
        if let Some(i) = self.keys.iter().position(|key| key == name) {
            return i as u32;
        }
        self.keys.push(name.to_owned());
        self.keys.len() as u32 - 1
    }

    /// Adds a property to the feature that [`Self::feature`] will close. Missing numbers (`NaN`) add nothing.
    pub(crate) fn tag(&mut self, key: u32, value: Value<'_>) {
        let index = match value {
            Value::Number(number) if number.is_nan() => return,
            Value::Number(number) => {
                let next = self.value_count;
                match self.numbers.entry((number as f32).to_bits().into()) {
                    std::collections::hash_map::Entry::Occupied(known) => *known.get(),
                    std::collections::hash_map::Entry::Vacant(slot) => {
                        slot.insert(next);
                        self.value_count += 1;
                        put_number(&mut self.values, &mut self.scratch, number);
                        next
                    }
                }
            }
            Value::Text(text) => {
                if let Some(known) = self.texts.get(text) {
                    *known
                } else {
                    let next = self.value_count;
                    self.texts.insert(text.to_owned(), next);
                    self.value_count += 1;
                    self.scratch.clear();
                    put_bytes(&mut self.scratch, 1, text.as_bytes());
                    put_bytes(&mut self.values, 4, &self.scratch);
                    next
                }
            }
        };
        self.tags.extend([key, index]);
    }

    /// Closes a feature with the properties tagged since the last one; a geometry without vertex drops it.
    pub(crate) fn feature(&mut self, id: u64, shape: Shape, geometry: &Geometry) {
        if geometry.commands.is_empty() {
            self.tags.clear();
            return;
        }
        let body = &mut self.scratch;
        body.clear();
        put_key(body, 1, 0);
        put_varint(body, id);
        put_packed(body, 2, &self.tags);
        put_key(body, 3, 0);
        put_varint(body, shape as u64);
        put_packed(body, 4, &geometry.commands);
        put_bytes(&mut self.features, 2, body);
        self.count += 1;
        self.tags.clear();
    }

    /// Appends the layer to a tile; an empty layer is left out, as the specification asks.
    pub(crate) fn write(self, tile: &mut Vec<u8>) {
        if self.count == 0 {
            return;
        }
        let mut body = Vec::with_capacity(self.features.len() + self.values.len() + 64 + 16 * self.keys.len());
        put_key(&mut body, 15, 0);
        put_varint(&mut body, 2);
        put_bytes(&mut body, 1, self.name.as_bytes());
        body.extend_from_slice(&self.features);
        for key in &self.keys {
            put_bytes(&mut body, 3, key.as_bytes());
        }
        body.extend_from_slice(&self.values);
        put_key(&mut body, 5, 0);
        put_varint(&mut body, EXTENT as u64);
        put_bytes(tile, 3, &body);
    }
}

/// Drawing commands of one feature, in tile units.
#[derive(Debug, Default)]
pub(crate) struct Geometry {
    commands: Vec<u32>,
    cursor: [i32; 2],
}

impl Geometry {
    /// Forgets the last feature.
    pub(crate) fn clear(&mut self) {
        self.commands.clear();
        self.cursor = [0, 0];
    }

    /// Whether nothing was drawn.
    pub(crate) fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }

    /// Adds a point.
    pub(crate) fn point(&mut self, at: [i32; 2]) {
        self.move_to(at);
    }

    /// Adds a line of at least two vertices.
    pub(crate) fn line(&mut self, vertices: &[[i32; 2]]) {
        if vertices.len() >= 2 {
            self.path(vertices.iter().copied());
        }
    }

    /// Adds a ring given without its repeated last vertex, run backwards when `reversed`.
    pub(crate) fn ring(&mut self, vertices: &[[i32; 2]], reversed: bool) {
        if vertices.len() < 3 {
            return;
        }
        if reversed {
            self.path(vertices.iter().rev().copied());
        } else {
            self.path(vertices.iter().copied());
        }
        self.commands.push(command(7, 1));
    }

    fn path(&mut self, mut vertices: impl ExactSizeIterator<Item = [i32; 2]>) {
        let Some(first) = vertices.next() else { return };
        self.move_to(first);
        self.commands.push(command(2, vertices.len()));
        for vertex in vertices {
            self.step(vertex);
        }
    }

    fn move_to(&mut self, at: [i32; 2]) {
        self.commands.push(command(1, 1));
        self.step(at);
    }

    fn step(&mut self, to: [i32; 2]) {
        self.commands.extend([zigzag(to[0] - self.cursor[0]), zigzag(to[1] - self.cursor[1])]);
        self.cursor = to;
    }
}

const fn command(id: u32, count: usize) -> u32 {
    (id & 7) | ((count as u32) << 3)
}

const fn zigzag(n: i32) -> u32 {
    ((n << 1) ^ (n >> 31)) as u32
}

fn put_varint(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

fn put_key(out: &mut Vec<u8>, field: u32, wire: u32) {
    put_varint(out, u64::from(field << 3 | wire));
}

fn put_bytes(out: &mut Vec<u8>, field: u32, bytes: &[u8]) {
    put_key(out, field, 2);
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

fn put_packed(out: &mut Vec<u8>, field: u32, numbers: &[u32]) {
    put_key(out, field, 2);
    let length: usize = numbers.iter().map(|n| varint_length(*n)).sum();
    put_varint(out, length as u64);
    for n in numbers {
        put_varint(out, u64::from(*n));
    }
}

const fn varint_length(n: u32) -> usize {
    (38 - (n | 1).leading_zeros() as usize) / 7
}

/// A number value: unsigned or zigzag integer when it is one that single precision holds exactly, else single precision.
fn put_number(values: &mut Vec<u8>, scratch: &mut Vec<u8>, number: f64) {
    scratch.clear();
    let single = number as f32;
    if single.fract() == 0.0 && single.abs() < 16_777_216.0 {
        if single >= 0.0 {
            put_key(scratch, 5, 0);
            put_varint(scratch, single as u64);
        } else {
            put_key(scratch, 6, 0);
            let n = single as i64;
            put_varint(scratch, ((n << 1) ^ (n >> 63)) as u64);
        }
    } else {
        put_key(scratch, 2, 5);
        scratch.extend_from_slice(&single.to_le_bytes());
    }
    put_bytes(values, 4, scratch);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varint_lengths_are_those_written() {
        for n in [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455, 268_435_456, u32::MAX] {
            let mut out = Vec::new();
            put_varint(&mut out, u64::from(n));
            assert_eq!(out.len(), varint_length(n), "{n}");
        }
    }

    /// The polygon example of the specification (§4.3.5.4): square 3,6 – 8,12 – 20,34.
    #[test]
    fn encodes_the_specification_s_polygon() {
        let mut geometry = Geometry::default();
        geometry.ring(&[[3, 6], [8, 12], [20, 34]], false);
        assert_eq!(geometry.commands, [9, 6, 12, 18, 10, 12, 24, 44, 15]);
    }

    /// The multi-line example of the specification (§4.3.5.3).
    #[test]
    fn encodes_the_specification_s_lines() {
        let mut geometry = Geometry::default();
        geometry.line(&[[2, 2], [2, 10], [10, 10]]);
        geometry.line(&[[1, 1], [3, 5]]);
        assert_eq!(geometry.commands, [9, 4, 4, 18, 0, 16, 16, 0, 9, 17, 17, 10, 4, 8]);
    }

    #[test]
    fn equal_values_are_stored_once_and_missing_ones_not_at_all() {
        let mut layer = Layer::new("l");
        let (name, value) = (layer.key("name"), layer.key("v"));
        let mut point = Geometry::default();
        for number in [2.5, 2.5, f64::NAN, -3.0] {
            layer.tag(name, Value::Text("same"));
            layer.tag(value, Value::Number(number));
            point.clear();
            point.point([1, 1]);
            layer.feature(1, Shape::Points, &point);
        }
        assert_eq!((layer.value_count, layer.count, layer.keys.len()), (3, 4, 2));
        let mut tile = Vec::new();
        layer.write(&mut tile);
        assert!(!tile.is_empty());
        let mut nothing = Vec::new();
        Layer::new("empty").write(&mut nothing);
        assert!(nothing.is_empty());
    }
}
