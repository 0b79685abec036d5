//! Official documents: a Typst template and its data make an accessible PDF.
//!
//! The template is text written by us or by an operator; the data is JSON that the template reads as a file
//! (`json("data.json")`), so that nothing a person typed is ever read as markup. Fonts are those of Typst, inside the
//! program; neither the fonts of the system nor the network are looked at. The same template, data, images and date give
//! the same bytes, whatever the machine and the day.
//!
//! The PDF follows PDF/UA-1 (ISO 14289-1): titled, tagged, with its language; a template that gives an image no
//! alternative text is refused.
//!
//! * [`render`] – template, data and images in, PDF out.
//! * [`render_with`] – the same, with [`Source`]s that the template imports: `#import "base.typ": *`.
//! * [`DocumentError`] – what is wrong with a template, and on which line.

use serde::Serialize;
use serde_json::Value;

mod world;

use world::DocumentWorld;

/// What every document says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentOptions {
    /// Title, shown by readers in place of the file's name.
    pub title: String,
    /// Language of the text: `fr`, `en`.
    pub lang: String,
    /// Date of the document: year, month, day. It is in the file's metadata, and is not the day it was rendered.
    pub date: (i16, i8, i8),
}

/// An image a template may place by its name: `image("carte.svg", alt: "…")`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image<'a> {
    /// Name with its extension (`.svg`, `.png`, `.jpg`), letters, digits, dots and hyphens. Names are kept for as long as
    /// the program runs: give the same one to the same part of a template.
    pub name: &'a str,
    /// Content of the file.
    pub bytes: &'a [u8],
}

/// A text beside the template, which it imports by its name: `#import "base.typ": *`. It sees the same data and images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source<'a> {
    /// Name: letters, digits, hyphens and underscores, then `.typ`. Names are kept for as long as the program runs, like
    /// those of images.
    pub name: &'a str,
    /// Typst markup.
    pub text: &'a str,
}

/// Why a document cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// The template, or what it makes of the data, is wrong.
    #[error("modèle de document, ligne {line}, colonne {column} : {problem}{}", hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default())]
    Template {
        /// Line of the template, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What Typst says, in English.
        problem: String,
        /// What it advises.
        hint: Option<String>,
    },
    /// A text beside the template, or what it makes of the data, is wrong.
    #[error("{name}, ligne {line}, colonne {column} : {problem}{}{}", hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default(), called.map(|line| format!(" – appelé à la ligne {line} du modèle")).unwrap_or_default())]
    Source {
        /// Name of the text.
        name: String,
        /// Line of it, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What Typst says, in English.
        problem: String,
        /// What it advises.
        hint: Option<String>,
        /// Line of the template that led there, when there is one.
        called: Option<usize>,
    },
    /// The document as a whole cannot be made an accessible PDF.
    #[error("le document ne peut pas être écrit en PDF : {0}")]
    Pdf(String),
    /// A name of image cannot be used.
    #[error(
        "« {0} » n’est pas un nom d’image : des lettres, chiffres, points et tirets, avec l’extension svg, png ou jpg"
    )]
    ImageName(String),
    /// A name of shared text cannot be used.
    #[error(
        "« {0} » n’est pas un nom de texte partagé : des lettres, chiffres, tirets et soulignés, puis .typ, une seule fois, hors main.typ et template.typ"
    )]
    SourceName(String),
    /// The date of the document does not exist.
    #[error("la date du document n’existe pas : {0}-{1:02}-{2:02}")]
    Date(i16, i8, i8),
}

/// What the wrapper of every template reads.
#[derive(Serialize)]
struct About<'a> {
    title: &'a str,
    lang: &'a str,
    year: i16,
    month: i8,
    day: i8,
}

/// Makes a PDF of a template.
///
/// The template reads its data with `json("data.json")` and its images by their names; title, language and date are set
/// before it begins.
///
/// # Errors
/// [`DocumentError`] with the line of the template.
pub fn render(
    template: &str,
    data: &Value,
    images: &[Image<'_>],
    options: &DocumentOptions,
) -> Result<Vec<u8>, DocumentError> {
    render_with(template, &[], data, images, options)
}

/// Makes a PDF of a template that imports other texts by their names.
///
/// # Errors
/// [`DocumentError`] with the line of the template or of the text, and its name.
pub fn render_with(
    template: &str,
    sources: &[Source<'_>],
    data: &Value,
    images: &[Image<'_>],
    options: &DocumentOptions,
) -> Result<Vec<u8>, DocumentError> {
    let (year, month, day) = options.date;
    let exists = u8::try_from(month)
        .ok()
        .zip(u8::try_from(day).ok())
        .is_some_and(|(month, day)| typst::foundations::Datetime::from_ymd(i32::from(year), month, day).is_some());
    if !exists {
        return Err(DocumentError::Date(year, month, day));
    }
    let about = About { title: &options.title, lang: &options.lang, year, month, day };
    let about = serde_json::to_vec(&about).expect("texts and numbers are always JSON");
    let data = serde_json::to_vec(data).expect("a JSON value is always JSON");
    let world = DocumentWorld::new(template, sources, about, data, images)?;
    let made = compile(&world, true);
    // Typst remembers what it computed for the next time; documents differ from one to the next.
    typst::comemo::evict(0);
    made
}

/// Whether templates compile with nothing known, each on its own: what is wrong, in their order. No PDF is made, which is most of
/// the time.
pub fn verify(templates: &[&str], sources: &[Source<'_>]) -> Vec<Option<DocumentError>> {
    let about = About { title: "", lang: "fr", year: 2000, month: 1, day: 1 };
    let about = serde_json::to_vec(&about).expect("texts and numbers are always JSON");
    let compiled = |template: &&str| -> Result<(), DocumentError> {
        let world = DocumentWorld::new(template, sources, about.clone(), b"{}".to_vec(), &[])?;
        compile(&world, false).map(|_| ())
    };
    let found = templates.iter().map(|template| compiled(template).err()).collect();
    typst::comemo::evict(0);
    found
}

/// Lays a document out, and writes it when asked to: no bytes else.
fn compile(world: &DocumentWorld, write: bool) -> Result<Vec<u8>, DocumentError> {
    let document = typst::compile(world).output.map_err(|errors| world.explain(&errors))?;
    if !write {
        return Ok(Vec::new());
    }
    let standards = typst_pdf::PdfStandards::new(&[typst_pdf::PdfStandard::Ua_1])
        .map_err(|problem| DocumentError::Pdf(problem.message().to_string()))?;
    let options = typst_pdf::PdfOptions {
        creator: typst::foundations::Smart::Custom(Some("Pacte".to_owned())),
        standards,
        ..typst_pdf::PdfOptions::default()
    };
    typst_pdf::pdf(&document, &options).map_err(|errors| world.explain(&errors))
}

#[cfg(test)]
mod tests;
