//! What Typst may see while it makes a document: the template and the texts it imports, its data, its images, the fonts
//! inside the program.

use std::collections::HashMap;
use std::sync::LazyLock;

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{DiagSpan, FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World, WorldExt as _};
use typst_kit::fonts::{FontStore, embedded};

use crate::{DocumentError, Image, Source as Shared};

/// What stands before every template: the metadata of the file and the language of the text.
const WRAPPER: &str = r#"#let about = json("about.json")
#set document(title: about.title, date: datetime(year: about.year, month: about.month, day: about.day))
#set text(lang: about.lang)
#include "template.typ"
"#;

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

static FONTS: LazyLock<FontStore> = LazyLock::new(|| {
    let mut fonts = FontStore::new();
    fonts.extend(embedded());
    fonts
});

/// The files of one document.
pub(crate) struct DocumentWorld {
    main: Source,
    template: Source,
    shared: HashMap<FileId, Source>,
    files: HashMap<FileId, Bytes>,
}

impl DocumentWorld {
    /// Gathers the files.
    pub(crate) fn new(
        template: &str,
        sources: &[Shared<'_>],
        about: Vec<u8>,
        data: Vec<u8>,
        images: &[Image<'_>],
    ) -> Result<Self, DocumentError> {
        let mut files = HashMap::from([
            (file_id("about.json").expect("a plain name is a path"), Bytes::new(about)),
            (file_id("data.json").expect("a plain name is a path"), Bytes::new(data)),
        ]);
        for image in images {
            let id = Some(image.name)
                .filter(|name| is_image_name(name))
                .and_then(file_id)
                .ok_or_else(|| DocumentError::ImageName(image.name.to_owned()))?;
            files.insert(id, Bytes::new(image.bytes.to_vec()));
        }
        let mut shared = HashMap::new();
        for source in sources {
            let refused = || DocumentError::SourceName(source.name.to_owned());
            let id = Some(source.name).filter(|name| is_source_name(name)).and_then(file_id).ok_or_else(refused)?;
            if shared.insert(id, Source::new(id, source.text.to_owned())).is_some() {
                return Err(refused());
            }
        }
        Ok(Self {
            main: Source::new(file_id("main.typ").expect("a plain name is a path"), WRAPPER.to_owned()),
            template: Source::new(file_id("template.typ").expect("a plain name is a path"), template.to_owned()),
            shared,
            files,
        })
    }

    /// The first error, at the place it comes from: where Typst stopped in the template or in a text it imports, or the
    /// nearest call of either that led there.
    pub(crate) fn explain(&self, errors: &[SourceDiagnostic]) -> DocumentError {
        let Some(error) = errors.first() else { return DocumentError::Pdf("erreur inconnue de Typst".to_owned()) };
        let problem = error.message.to_string();
        let hint = error.hints.first().map(|hint| hint.v.to_string());
        let calls: Vec<Place<'_>> = error.trace.iter().filter_map(|point| self.found(point.span)).collect();
        let place = self.found(error.span).or_else(|| calls.first().copied());
        match place {
            Some(Place { name: None, line, column }) => DocumentError::Template { line, column, problem, hint },
            Some(Place { name: Some(name), line, column }) => {
                let called = calls.iter().find(|call| call.name.is_none()).map(|call| call.line);
                DocumentError::Source { name: name.to_owned(), line, column, problem, hint, called }
            }
            None => DocumentError::Pdf(problem),
        }
    }

    fn place(&self, id: FileId, start: usize) -> Option<Place<'_>> {
        let (name, source) = match self.shared.get_key_value(&id) {
            Some((id, source)) => (Some(id.get().vpath().get_without_slash()), source),
            None => (None, Some(&self.template).filter(|template| template.id() == id)?),
        };
        let (line, column) = source.lines().byte_to_line_column(start)?;
        Some(Place { name, line: line + 1, column: column + 1 })
    }

    fn found(&self, span: impl Into<DiagSpan>) -> Option<Place<'_>> {
        let span = span.into();
        self.place(span.id()?, self.range(span)?.start)
    }
}

/// Where in our texts: no name is the template.
#[derive(Clone, Copy)]
struct Place<'a> {
    name: Option<&'a str>,
    line: usize,
    column: usize,
}

impl World for DocumentWorld {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        FONTS.book()
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let own = [&self.main, &self.template].into_iter().find(|source| source.id() == id);
        own.or_else(|| self.shared.get(&id)).cloned().ok_or_else(|| absent(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or_else(|| absent(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        // A document has the date it is given; one that changed by itself from day to day could not be checked.
        None
    }
}

fn absent(id: FileId) -> FileError {
    FileError::NotFound(id.get().vpath().get_without_slash().into())
}

fn file_id(name: &str) -> Option<FileId> {
    VirtualPath::new(name).ok().map(|path| FileId::new(RootedPath::new(VirtualRoot::Project, path)))
}

fn is_image_name(name: &str) -> bool {
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-');
    plain && [".svg", ".png", ".jpg"].iter().any(|extension| name.len() > extension.len() && name.ends_with(extension))
}

fn is_source_name(name: &str) -> bool {
    let plain = |stem: &str| stem.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let stem = name.strip_suffix(".typ").filter(|stem| !stem.is_empty() && plain(stem));
    stem.is_some_and(|stem| !["main", "template"].contains(&stem))
}
