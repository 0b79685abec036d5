//! Documents as readers of PDF and people who type strange things meet them.

use serde_json::json;

use super::*;

fn options() -> DocumentOptions {
    DocumentOptions { title: "Arrêté d’essai".to_owned(), lang: "fr".to_owned(), date: (2026, 3, 1) }
}

const LIST: &str = r#"#let data = json("data.json")
= #data.title
#for line in data.lines [
  - #line
]
"#;

const SQUARE: &str =
    r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8" fill="#224488"/></svg>"##;

#[test]
fn the_same_input_gives_the_same_bytes() {
    let data = json!({ "title": "Zones", "lines": ["Aubigny", "Bourges"] });
    let first = render(LIST, &data, &[], &options()).unwrap();
    assert!(first.starts_with(b"%PDF-"));
    assert_eq!(render(LIST, &data, &[], &options()).unwrap(), first);
    let other = json!({ "title": "Zones", "lines": ["Aubigny", "Bourges", "Vierzon"] });
    assert_ne!(render(LIST, &other, &[], &options()).unwrap(), first);
}

#[test]
fn the_file_is_tagged_titled_and_says_its_language() {
    let pdf = render(LIST, &json!({ "title": "Zones", "lines": [] }), &[], &options()).unwrap();
    let text = String::from_utf8_lossy(&pdf);
    for part in ["/StructTreeRoot", "/MarkInfo", "pdfuaid:part"] {
        assert!(text.contains(part), "{part}");
    }
    assert!(text.contains("/Lang(fr)") || text.contains("<dc:language><rdf:Bag><rdf:li>fr<"), "the language is said");
    assert_eq!(text.matches("/Type /Page\n").count() + text.matches("/Type/Page/").count(), 1, "no empty page before");
}

/// Streams of a PDF, inflated.
fn streams(pdf: &[u8]) -> Vec<Vec<u8>> {
    use std::io::Read as _;
    let find = |from: usize, what: &[u8]| pdf[from..].windows(what.len()).position(|w| w == what).map(|at| from + at);
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some(start) = find(from, b"stream\n").map(|at| at + 7) {
        let end = find(start, b"endstream").unwrap();
        let mut out = Vec::new();
        if flate2::read::ZlibDecoder::new(&pdf[start..end]).read_to_end(&mut out).is_ok() {
            found.push(out);
        }
        from = end + 9;
    }
    found
}

/// Bytes of the strings of a content stream or a line of a character map: `<0041>`, or `(…)` with its escapes.
fn strings(text: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut rest = text.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        match byte {
            b'<' if rest.peek() != Some(&b'<') => {
                let hex: Vec<u8> = rest.by_ref().take_while(|b| *b != b'>').filter(u8::is_ascii_hexdigit).collect();
                let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
                found.push(hex.chunks(2).map(pair).collect());
            }
            b'<' => drop(rest.next()),
            b'(' => {
                let (mut out, mut depth) = (Vec::new(), 1);
                while let Some(byte) = rest.next() {
                    match byte {
                        b'\\' => match rest.next().unwrap() {
                            b'n' => out.push(b'\n'),
                            b'r' => out.push(b'\r'),
                            b't' => out.push(b'\t'),
                            b'b' => out.push(8),
                            b'f' => out.push(12),
                            digit @ b'0'..=b'7' => {
                                let mut value = u32::from(digit - b'0');
                                for _ in 0..2 {
                                    if let Some(next) = rest.next_if(|b| (b'0'..=b'7').contains(b)) {
                                        value = value * 8 + u32::from(next - b'0');
                                    }
                                }
                                out.push(value as u8);
                            }
                            other => out.push(other),
                        },
                        b'(' => {
                            depth += 1;
                            out.push(byte);
                        }
                        b')' if depth == 1 => break,
                        b')' => {
                            depth -= 1;
                            out.push(byte);
                        }
                        other => out.push(other),
                    }
                }
                found.push(out);
            }
            _ => {}
        }
    }
    found
}

/// The text of a document of one font, as a reader extracts it: glyphs through the font's character map.
fn extracted(pdf: &[u8]) -> String {
    let code = |bytes: &[u8]| bytes.iter().fold(0_u32, |code, byte| code << 8 | u32::from(*byte));
    let wide = |bytes: &[u8]| {
        let units: Vec<u16> = bytes.chunks(2).map(|pair| code(pair) as u16).collect();
        String::from_utf16(&units).unwrap()
    };
    let (mut map, mut contents) = (std::collections::HashMap::new(), Vec::new());
    for stream in streams(pdf) {
        let text = String::from_utf8_lossy(&stream).into_owned();
        if text.contains("begincmap") {
            for block in text.split("beginbfchar").skip(1) {
                let entries = strings(block.split("endbfchar").next().unwrap().as_bytes());
                map.extend(entries.chunks(2).map(|pair| (code(&pair[0]), wide(&pair[1]))));
            }
            for block in text.split("beginbfrange").skip(1) {
                let entries = strings(block.split("endbfrange").next().unwrap().as_bytes());
                for entry in entries.chunks(3) {
                    let (first, last, to) = (code(&entry[0]), code(&entry[1]), code(&entry[2]));
                    map.extend((first..=last).map(|c| (c, char::from_u32(to + c - first).unwrap().to_string())));
                }
            }
        } else if text.contains("BT") && text.contains("Tf") {
            contents.push(stream);
        }
    }
    let mut out = String::new();
    for content in contents {
        let shown = String::from_utf8_lossy(&content).matches("ET").count();
        assert!(shown > 0, "there is text");
        for string in strings(&content) {
            out.extend(string.chunks(2).filter_map(|glyph| map.get(&code(glyph))).map(String::as_str));
        }
    }
    out
}

#[test]
fn what_was_typed_is_printed_as_it_was_typed() {
    let hostile = [
        "#eval(\"1+1\") #pagebreak() #read(\"/etc/passwd\")",
        "*gras* _italique_ `code` $x^2$ = titre",
        "</text> <label> @renvoi \\ // rien /* ni cela */",
        "« Arrêté » d’été – œuvre, naïveté : 38 000 habitants ; 50 %",
    ];
    let template =
        "#let data = json(\"data.json\")\n#set text(ligatures: false)\n#for line in data.lines [ #par(line) ]\n";
    let pdf = render(template, &json!({ "lines": hostile }), &[], &options()).unwrap();
    let text = extracted(&pdf);
    let plain = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    for line in hostile {
        assert!(plain(&text).contains(&plain(line)), "« {line} » is not in « {text} »");
    }
}

#[test]
fn an_error_names_the_line_of_the_template() {
    let refused = |template: &str| render(template, &json!({ "a": 1 }), &[], &options()).unwrap_err();
    let DocumentError::Template { line, problem, .. } =
        refused("= Titre\n\n#let data = json(\"data.json\")\n#data.b\n")
    else {
        panic!("a template error")
    };
    assert_eq!(line, 4);
    assert!(problem.contains("does not contain key") || problem.contains("\"b\""), "{problem}");
    assert!(matches!(refused("ligne\n#let (\n"), DocumentError::Template { line: 2.., .. }));
    assert!(refused("a\n#read(\"/etc/passwd\")").to_string().contains("ligne 2"), "no file but ours");
    assert!(refused("a\n#datetime.today()").to_string().contains("ligne 2"), "no clock");
}

#[test]
fn an_image_needs_a_name_and_an_alternative_text() {
    let with = |template: &str, name: &str| {
        render(template, &json!({}), &[Image { name, bytes: SQUARE.as_bytes() }], &options())
    };
    assert!(with("= T\n#image(\"carte.svg\", alt: \"Carte des zones\")", "carte.svg").is_ok());
    let mute = with("= T\n#image(\"carte.svg\")", "carte.svg").unwrap_err().to_string();
    assert!(mute.contains("ligne 2"), "{mute}");
    assert!(matches!(with("", "../carte.svg"), Err(DocumentError::ImageName(_))));
    assert!(matches!(with("", "carte.exe"), Err(DocumentError::ImageName(_))));
}

#[test]
fn a_date_must_exist() {
    let refused = render(LIST, &json!({}), &[], &DocumentOptions { date: (2026, 2, 30), ..options() });
    assert_eq!(refused, Err(DocumentError::Date(2026, 2, 30)));
}

#[test]
fn a_template_imports_the_texts_beside_it() {
    let base = Source { name: "base.typ", text: "#let data = json(\"data.json\")\n#let hello(who) = [Bonjour #who]\n" };
    let made = |template: &str, sources: &[Source<'_>]| {
        render_with(template, sources, &json!({ "a": "toi" }), &[], &options()).map(|pdf| pdf.len())
    };
    assert!(made("#import \"base.typ\": *\n= T\n#hello(data.a)", &[base]).is_ok());
    assert!(made("#import \"base.typ\": *\n= T", &[]).unwrap_err().to_string().contains("ligne 1"), "not given");
    for name in ["../base.typ", "main.typ", "template.typ", "base.txt", ".typ", "a/b.typ"] {
        let refused = made("= T", &[Source { name, text: "" }]);
        assert_eq!(refused, Err(DocumentError::SourceName(name.to_owned())));
    }
    assert_eq!(made("= T", &[base, base]), Err(DocumentError::SourceName("base.typ".to_owned())), "given twice");
}

#[test]
fn an_error_in_a_shared_text_names_it_and_its_line() {
    let refused = |text: &str| {
        let sources = [Source { name: "base.typ", text }];
        let template = "= T\n#import \"base.typ\": f\n\n#f(1)\n";
        render_with(template, &sources, &json!({}), &[], &options()).unwrap_err()
    };
    let DocumentError::Source { name, line, called, .. } = refused("// nothing\n#let f(x) = {\n  x.absent\n}\n") else {
        panic!("an error of the shared text")
    };
    assert_eq!((name.as_str(), line, called), ("base.typ", 3, Some(4)));
    let spoken = refused("\n#let f(x) = (\n").to_string();
    assert!(spoken.starts_with("base.typ, ligne "), "{spoken}");
}
