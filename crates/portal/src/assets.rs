//! The styles and scripts of the pages, compiled into the program, and the operator's theme laid over them.
//!
//! `build.rs` has the files of `web/` bundled and compressed, and lists them here. Their addresses carry their content
//! hash, so browsers keep them for ever and never show an old one.
//!
//! Theme files are read from the directory the operator names, at each request: they can be edited while the server runs.
//! Only the three names of [`THEME_FILES`] are ever served.

use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};

/// A file of the bundle.
#[derive(Debug)]
pub struct Asset {
    /// Name in the bundle: `app.js`.
    pub name: &'static str,
    /// First 10 hexadecimal digits of the content's hash.
    pub hash: &'static str,
    /// Media type.
    pub media_type: &'static str,
    /// Content.
    pub bytes: &'static [u8],
    /// Content compressed with gzip, when that is worth it.
    pub gzip: Option<&'static [u8]>,
    /// Content compressed with Brotli, when that is worth it.
    pub brotli: Option<&'static [u8]>,
}

// `static ASSETS: &[Asset]`, in the order of names.
include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Every file of the bundle.
pub fn all() -> &'static [Asset] {
    ASSETS
}

/// Address of a file: `url("app.js")` is `/static/app.3f9a0c11d2.js`.
///
/// A name that is not in the bundle gives its plain address, which answers 404; a test checks that templates ask for none.
pub fn url(name: &str) -> String {
    let Some(asset) = by_name(name) else { return format!("/static/{name}") };
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("/static/{stem}.{}.{extension}", asset.hash),
        None => format!("/static/{name}.{}", asset.hash),
    }
}

fn by_name(name: &str) -> Option<&'static Asset> {
    ASSETS.binary_search_by(|asset| asset.name.cmp(name)).ok().map(|i| &ASSETS[i])
}

/// The file at an address under `/static/`, and whether the address carries its hash.
///
/// What scripts import themselves is asked for by plain name: those files carry a hash in their very name.
pub fn find(path: &str) -> Option<(&'static Asset, bool)> {
    if let Some(asset) = by_name(path) {
        let hashed =
            path.rsplit_once('.').is_some_and(|(stem, _)| stem.rsplit_once('-').is_some_and(|(_, h)| is_hash(h)));
        return Some((asset, hashed));
    }
    let (stem, extension) = path.rsplit_once('.')?;
    let (stem, hash) = stem.rsplit_once('.')?;
    let asset = by_name(&format!("{stem}.{extension}"))?;
    (asset.hash == hash).then_some((asset, true))
}

/// Whether a text is a hash as the bundler writes them.
fn is_hash(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

/// Answers a request for `/static/{path}`; `None` when there is no such file, for the page of errors to say so.
///
/// # Panics
/// Never: the headers are made of fixed text.
pub fn serve(path: &str, request: &HeaderMap) -> Option<Response<Body>> {
    let (asset, hashed) = find(path)?;
    let accepted = request.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let accepts = |coding: &str| {
        accepted.split(',').any(|entry| {
            let (name, rest) = entry.split_once(';').unwrap_or((entry, ""));
            name.trim() == coding && !matches!(rest.trim(), "q=0" | "q=0.0")
        })
    };
    let (bytes, coding) = match (asset.brotli, asset.gzip) {
        (Some(bytes), _) if accepts("br") => (bytes, Some("br")),
        (_, Some(bytes)) if accepts("gzip") => (bytes, Some("gzip")),
        _ => (asset.bytes, None),
    };
    let tag = format!("\"{}\"", asset.hash);
    let fresh = request.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let mut response = Response::new(if fresh { Body::empty() } else { Body::from(bytes) });
    if fresh {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    let caching = if hashed { "public, max-age=31536000, immutable" } else { "public, max-age=300" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::ETAG, HeaderValue::from_str(&tag).expect("a hexadecimal hash between quotes"));
    if let (Some(coding), false) = (coding, fresh) {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    Some(response)
}

/// Files an operator may lay over ours, with their media types.
pub const THEME_FILES: [(&str, &str); 3] = [
    ("tokens.css", "text/css; charset=utf-8"),
    ("extra.css", "text/css; charset=utf-8"),
    ("logo.svg", "image/svg+xml"),
];

/// Largest theme file served, bytes.
const LARGEST_THEME_FILE: u64 = 1 << 20;

/// The operator's theme directory.
#[derive(Clone, Debug, Default)]
pub struct Theme {
    dir: Option<PathBuf>,
}

/// Why a theme directory cannot be used.
#[derive(Debug, thiserror::Error)]
#[error(
    "thème {dir} : {problem} ; le réglage « theme » de pacte.toml attend un dossier qui contient tokens.css, extra.css ou logo.svg (voir docs/theme.md)"
)]
pub struct ThemeError {
    dir: String,
    problem: String,
}

impl Theme {
    /// No theme: ours alone.
    pub fn none() -> Self {
        Self::default()
    }

    /// The theme of a directory.
    ///
    /// # Errors
    /// When it is not a directory, or holds none of the files a theme is made of.
    pub fn open(dir: &Path) -> Result<Self, ThemeError> {
        let error = |problem: &str| ThemeError { dir: dir.display().to_string(), problem: problem.to_owned() };
        if !dir.is_dir() {
            return Err(error("ce n’est pas un dossier lisible"));
        }
        let theme = Self { dir: Some(dir.to_owned()) };
        if THEME_FILES.iter().any(|(name, _)| theme.has(name)) {
            Ok(theme)
        } else {
            Err(error("aucun fichier de thème ne s’y trouve"))
        }
    }

    /// Whether the theme has this file.
    pub fn has(&self, name: &str) -> bool {
        self.file(name).is_some_and(|path| path.is_file())
    }

    fn file(&self, name: &str) -> Option<PathBuf> {
        let known = THEME_FILES.iter().any(|(known, _)| *known == name);
        self.dir.as_ref().filter(|_| known).map(|dir| dir.join(name))
    }

    /// Answers a request for `/theme/{name}`; `None` when the theme has no such file.
    pub fn serve(&self, name: &str) -> Option<Response<Body>> {
        let path = self.file(name)?;
        let size = path.metadata().ok()?.len();
        if size > LARGEST_THEME_FILE {
            tracing::warn!(file = name, size, "fichier de thème trop grand, non servi");
            return None;
        }
        let bytes = std::fs::read(&path).ok()?;
        let media_type = THEME_FILES.iter().find(|(known, _)| *known == name)?.1;
        let mut response = Response::new(Body::from(bytes));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
        Some(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(encodings: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(encodings))])
    }

    #[test]
    fn the_bundle_holds_what_pages_ask_for() {
        for name in ["app.js", "pacte.css", "map.css", "print.css", "logo.svg", "tokens.css", "licences.txt"] {
            let address = url(name);
            let path = address.strip_prefix("/static/").unwrap();
            let (asset, hashed) = find(path).unwrap_or_else(|| panic!("{name} is missing"));
            assert_eq!(asset.name, name);
            assert!(hashed && !asset.bytes.is_empty());
        }
        assert!(ASSETS.windows(2).all(|pair| pair[0].name < pair[1].name), "names are searched by halves");
    }

    #[test]
    fn scripts_find_the_files_they_import() {
        let app = std::str::from_utf8(by_name("app.js").unwrap().bytes).unwrap();
        let text = |asset: &Asset| std::str::from_utf8(asset.bytes).unwrap().to_owned();
        for live in ["map-", "journeys-"] {
            let chunk = ASSETS.iter().find(|a| a.name.starts_with(live)).expect("each live map is its own file");
            assert!(app.contains(chunk.name), "app.js imports {live} by its name");
            assert_eq!(find(chunk.name).map(|(_, hashed)| hashed), Some(true));
        }
        // What both maps share is a file of its own, which knows the worker.
        let worker = ASSETS.iter().find(|a| a.name.starts_with("maplibre-gl-worker-")).expect("the worker is there");
        let knows = |asset: &&Asset| asset.name.starts_with("chunk-") && text(asset).contains(worker.name);
        assert_eq!(ASSETS.iter().filter(knows).count(), 1);
        assert!(worker.media_type.starts_with("text/javascript"));
    }

    #[test]
    fn an_old_hash_or_an_unknown_name_is_not_found() {
        assert!(find("app.0000000000.js").is_none());
        assert!(find("../Cargo.toml").is_none());
        assert!(serve("nothing.css", &HeaderMap::new()).is_none());
    }

    #[test]
    fn compression_is_negotiated_and_unchanged_files_are_not_sent_again() {
        let path = url("pacte.css").replace("/static/", "");
        let coding = |encodings| {
            serve(&path, &request(encodings))
                .unwrap()
                .headers()
                .get(header::CONTENT_ENCODING)
                .map(|v| v.to_str().unwrap().to_owned())
        };
        assert_eq!(coding("gzip, deflate, br").as_deref(), Some("br"));
        assert_eq!(coding("gzip").as_deref(), Some("gzip"));
        assert_eq!(coding("br;q=0, gzip;q=0.5").as_deref(), Some("gzip"));
        assert_eq!(coding("identity"), None);
        let first = serve(&path, &HeaderMap::new()).unwrap();
        let tag = first.headers()[header::ETAG].clone();
        let again = serve(&path, &HeaderMap::from_iter([(header::IF_NONE_MATCH, tag)])).unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    }

    #[test]
    fn a_theme_serves_its_three_files_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        assert!(Theme::open(dir.path()).unwrap_err().to_string().contains("aucun fichier de thème"));
        assert!(Theme::open(&dir.path().join("absent")).is_err());
        std::fs::write(dir.path().join("tokens.css"), ":root{--accent:#00f}").unwrap();
        std::fs::write(dir.path().join("secret.txt"), "no").unwrap();
        let theme = Theme::open(dir.path()).unwrap();
        assert!(theme.has("tokens.css") && !theme.has("logo.svg"));
        assert!(theme.serve("tokens.css").is_some());
        for name in ["secret.txt", "../secret.txt", "logo.svg", ""] {
            assert!(theme.serve(name).is_none(), "{name}");
        }
        assert!(Theme::none().serve("tokens.css").is_none());
    }
}
