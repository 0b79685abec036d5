//! What Typst may see while it makes a document: the template, its data, its images, the fonts inside the program.

use std::collections::HashMap;
use std::sync::LazyLock;

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World, WorldExt as _};
use typst_kit::fonts::{FontStore, embedded};

use crate::{DocumentError, Image};

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
    files: HashMap<FileId, Bytes>,
}

impl DocumentWorld {
    /// Gathers the files.
    pub(crate) fn new(
        template: &str,
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
        Ok(Self {
            main: Source::new(file_id("main.typ").expect("a plain name is a path"), WRAPPER.to_owned()),
            template: Source::new(file_id("template.typ").expect("a plain name is a path"), template.to_owned()),
            files,
        })
    }

    /// The first error, at the place of the template it comes from: where Typst stopped, or the nearest call of the
    /// template that led there.
    pub(crate) fn explain(&self, errors: &[SourceDiagnostic]) -> DocumentError {
        let Some(error) = errors.first() else { return DocumentError::Pdf("erreur inconnue de Typst".to_owned()) };
        let in_template = |id: Option<FileId>| id == Some(self.template.id());
        let own = in_template(error.span.id()).then(|| self.range(error.span)).flatten();
        let place = own.or_else(|| {
            let traced = error.trace.iter().find(|point| in_template(point.span.id()))?;
            self.range(traced.span)
        });
        match place.and_then(|range| self.template.lines().byte_to_line_column(range.start)) {
            Some((line, column)) => DocumentError::Template {
                line: line + 1,
                column: column + 1,
                problem: error.message.to_string(),
                hint: error.hints.first().map(|hint| hint.v.to_string()),
            },
            None => DocumentError::Pdf(error.message.to_string()),
        }
    }
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
        [&self.main, &self.template].into_iter().find(|source| source.id() == id).cloned().ok_or_else(|| absent(id))
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
