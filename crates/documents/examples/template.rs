//! Makes the PDF of a template, to look at it while it is written:
//!
//! `cargo run -p pacte-documents --example template -- pacts/programmes/ptmg/documents/refus.typ data.json refus.pdf`
//!
//! The texts of `pacts/documents` are those that templates import; without a file of data, or with `-`, the data is empty.

use std::{env, fs};

use pacte_documents::{DocumentOptions, Source, render_with};
use serde_json::json;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [template, data, output] = arguments.as_slice() else { return Err("template data output".into()) };
    let base = fs::read_to_string("pacts/documents/base.typ")?;
    let data = if data == "-" { json!({}) } else { serde_json::from_str(&fs::read_to_string(data)?)? };
    let options = DocumentOptions { title: template.clone(), lang: "fr".to_owned(), date: (2026, 3, 1) };
    let base = [Source { name: "base.typ", text: &base }];
    fs::write(output, render_with(&fs::read_to_string(template)?, &base, &data, &[], &options)?)?;
    Ok(())
}
