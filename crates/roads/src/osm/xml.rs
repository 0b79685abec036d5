//! `.osm` and `.osm.gz`: small extracts, read in one go.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::raw::RawWays;
use super::restriction::{self, Member, MemberKind};
use super::tags::{NodeFacts, WayKind, way_tags};
use super::{Bounds, ExtractError, FileReport, Format, io_error};
use crate::point::Point;

/// A node of an XML file.
#[derive(Clone, Copy, Debug)]
pub(super) struct XmlNode {
    pub(super) id: i64,
    pub(super) point: Point,
    pub(super) facts: Option<NodeFacts>,
}

/// Reads what stands before the first element: limits and date.
pub(super) fn head(path: &Path, report: &mut FileReport) -> Result<(), ExtractError> {
    let mut document = Document::open(path, report.format)?;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match document.next(&mut buffer)? {
            Event::Start(element) | Event::Empty(element) => match element.name().as_ref() {
                "osm" => {
                    report.timestamp = attribute(&element, "timestamp").as_deref().and_then(seconds_of);
                }
                "meta" => {
                    report.timestamp =
                        attribute(&element, "osm_base").as_deref().and_then(seconds_of).or(report.timestamp);
                }
                "bounds" => {
                    let degrees = |key| attribute(&element, key).and_then(|text| text.parse::<f64>().ok());
                    if let (Some(west), Some(south), Some(east), Some(north)) =
                        (degrees("minlon"), degrees("minlat"), degrees("maxlon"), degrees("maxlat"))
                    {
                        report.bounds = Some(Bounds {
                            min: Point::from_degrees(west, south),
                            max: Point::from_degrees(east, north),
                        });
                    }
                }
                "note" => {}
                _ => return Ok(()),
            },
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// Reads the whole file: ways and restrictions, and every node in ascending order of identity.
pub(super) fn read(path: &Path, report: &mut FileReport) -> Result<(RawWays, Vec<XmlNode>), ExtractError> {
    let mut document = Document::open(path, report.format)?;
    let mut ways = RawWays::default();
    let mut nodes: Vec<XmlNode> = Vec::new();
    let mut tags: Vec<(String, String)> = Vec::new();
    let mut refs: Vec<i64> = Vec::new();
    let mut members: Vec<(String, i64, MemberKind)> = Vec::new();
    let mut current: Option<Element> = None;
    let (mut opened, mut closed) = (false, false);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let event = document.next(&mut buffer)?;
        let (element, empty) = match event {
            Event::Start(element) => (element, false),
            Event::Empty(element) => (element, true),
            Event::End(end) => {
                match end.name().as_ref() {
                    "osm" => closed = true,
                    "node" | "way" | "relation" => {
                        if let Some(element) = current.take() {
                            element.put_away(&mut ways, &mut nodes, &tags, &refs, &members);
                        }
                    }
                    _ => {}
                }
                continue;
            }
            Event::Eof => break,
            _ => continue,
        };
        let line = document.line();
        let fault = |problem: String| ExtractError::Xml { file: path.to_path_buf(), line, problem };
        let number = |key: &str| -> Result<i64, ExtractError> {
            let text = attribute(&element, key)
                .ok_or_else(|| fault(format!("attribut « {key} » absent ; téléchargez de nouveau le fichier")))?;
            text.parse().map_err(|_| fault(format!("« {key} » vaut « {text} » ; un nombre entier est attendu")))
        };
        match element.name().as_ref() {
            "osm" => {
                opened = true;
                closed = empty;
            }
            name @ ("node" | "way" | "relation") => {
                tags.clear();
                refs.clear();
                members.clear();
                let gone = attribute(&element, "visible").as_deref() == Some("false")
                    || attribute(&element, "action").as_deref() == Some("delete");
                let id = number("id")?;
                let next = match name {
                    "node" if gone => Element::Gone,
                    "node" => {
                        let degrees = |key: &str, bound: f64| -> Result<f64, ExtractError> {
                            let text = attribute(&element, key).unwrap_or_default();
                            match text.parse::<f64>() {
                                Ok(value) if value.abs() <= bound => Ok(value),
                                _ => Err(fault(format!(
                                    "nœud {id} : « {key} » vaut « {text} » ; des degrés entre −{bound} et {bound} sont attendus"
                                ))),
                            }
                        };
                        Element::Node(id, Point::from_degrees(degrees("lon", 180.0)?, degrees("lat", 90.0)?))
                    }
                    _ if gone => Element::Gone,
                    "way" => Element::Way(id),
                    _ => Element::Relation(id),
                };
                match next {
                    Element::Node(..) => report.nodes += 1,
                    Element::Way(_) => ways.way_count += 1,
                    Element::Relation(_) => ways.relation_count += 1,
                    Element::Gone => {}
                }
                if empty {
                    next.put_away(&mut ways, &mut nodes, &tags, &refs, &members);
                } else {
                    current = Some(next);
                }
            }
            "tag" => {
                if let (Some(key), Some(value)) = (attribute(&element, "k"), attribute(&element, "v")) {
                    tags.push((key, value));
                }
            }
            "nd" => refs.push(number("ref")?),
            "member" => {
                let kind = match attribute(&element, "type").as_deref() {
                    Some("node") => MemberKind::Node,
                    Some("way") => MemberKind::Way,
                    _ => MemberKind::Relation,
                };
                members.push((attribute(&element, "role").unwrap_or_default(), number("ref")?, kind));
            }
            other if !opened => {
                return Err(fault(format!(
                    "l’élément racine est « {other} » au lieu de « osm » ; donnez un extrait OpenStreetMap"
                )));
            }
            _ => {}
        }
    }
    if !closed {
        return Err(ExtractError::Xml {
            file: path.to_path_buf(),
            line: document.line(),
            problem: "le fichier s’arrête avant « </osm> » ; il est tronqué, téléchargez-le de nouveau".to_owned(),
        });
    }
    // Stable: of a node written twice the last is kept.
    nodes.sort_by_key(|node| node.id);
    nodes.reverse();
    nodes.dedup_by_key(|node| node.id);
    nodes.reverse();
    Ok((ways, nodes))
}

/// The element whose children are being read.
enum Element {
    Node(i64, Point),
    Way(i64),
    Relation(i64),
    Gone,
}

impl Element {
    fn put_away(
        self,
        ways: &mut RawWays,
        nodes: &mut Vec<XmlNode>,
        tags: &[(String, String)],
        refs: &[i64],
        members: &[(String, i64, MemberKind)],
    ) {
        let tags = tags.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        match self {
            Self::Node(id, point) => nodes.push(XmlNode { id, point, facts: NodeFacts::read(tags) }),
            Self::Way(id) => match way_tags(tags) {
                WayKind::Kept(tags) => ways.push(id, tags, refs.iter().copied()),
                WayKind::Ignored => ways.ignored.push(id),
                WayKind::NotRoad => {}
            },
            Self::Relation(id) => {
                let members = members.iter().map(|(role, id, kind)| Member { role, id: *id, kind: *kind });
                ways.relation(restriction::read(id, tags, members));
            }
            Self::Gone => {}
        }
    }
}

fn attribute(element: &BytesStart<'_>, key: &str) -> Option<String> {
    let attribute = element.try_get_attribute(key).ok()??;
    attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}

/// `2025-07-01T20:21:22Z` in seconds since 1970.
fn seconds_of(text: &str) -> Option<i64> {
    let (date, time) = text.trim().trim_end_matches('Z').split_once('T')?;
    let numbers = |text: &str, separator| {
        text.split(separator).map(|part| part.parse::<i64>().ok()).collect::<Option<Vec<i64>>>()
    };
    let (date, time) = (numbers(date, '-')?, numbers(time, ':')?);
    let ([year @ 1900..=9999, month @ 1..=12, day @ 1..=31], [hour, minute, second]) = (&date[..], &time[..]) else {
        return None;
    };
    // Days of the proleptic Gregorian calendar, counted from March so that leap days come last.
    let (year, month) = if *month > 2 { (*year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1 - 719_468;
    Some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

/// An XML file read event by event, that knows at which line it is.
struct Document<'a> {
    path: &'a Path,
    reader: Reader<Lines<Box<dyn BufRead>>>,
}

impl<'a> Document<'a> {
    fn open(path: &'a Path, format: Format) -> Result<Self, ExtractError> {
        let file = File::open(path).map_err(|source| io_error(path, source))?;
        let stream: Box<dyn BufRead> = match format {
            Format::XmlGz => Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(BufReader::new(file)))),
            Format::Xml | Format::Pbf => Box::new(BufReader::with_capacity(1 << 16, file)),
        };
        Ok(Self { path, reader: Reader::from_reader(Lines { stream, line: 1 }) })
    }

    fn line(&self) -> u64 {
        self.reader.get_ref().line
    }

    fn next<'b>(&mut self, buffer: &'b mut Vec<u8>) -> Result<Event<'b>, ExtractError> {
        let (path, line) = (self.path, self.line());
        self.reader.read_event_into(buffer).map_err(|error| ExtractError::Xml {
            file: path.to_path_buf(),
            line,
            problem: match error {
                quick_xml::Error::Io(error) => {
                    format!(
                        "lecture interrompue ({error}) ; le fichier est tronqué ou abîmé, téléchargez-le de nouveau"
                    )
                }
                error => format!("{error} ; téléchargez de nouveau le fichier"),
            },
        })
    }
}

fn line_ends(bytes: &[u8]) -> u64 {
    bytes.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

/// Counts the lines that go by.
struct Lines<R> {
    stream: R,
    line: u64,
}

impl<R: BufRead> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(buffer)?;
        self.line += line_ends(&buffer[..read]);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Lines<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.stream.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        if let Ok(buffer) = self.stream.fill_buf() {
            self.line += line_ends(&buffer[..amount.min(buffer.len())]);
        }
        self.stream.consume(amount);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_become_seconds() {
        assert_eq!(seconds_of("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(seconds_of("2000-03-01T00:00:00Z"), Some(951_868_800));
        assert_eq!(seconds_of("2024-02-29T12:30:15Z"), Some(1_709_209_815));
        assert_eq!(seconds_of("hier"), None);
    }
}
