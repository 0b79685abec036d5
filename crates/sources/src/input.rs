//! A file given to the import, and its reading: whole, within limits, hashed, checked to be UTF-8.
//!
//! Official files are small (the largest is under 10 MB), so a file is read whole; what exceeds the [`Limits`] is refused
//! before it can exhaust memory.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use pacte_territory::Provenance;
use rustc_hash::FxHashSet;
use serde::de::DeserializeOwned;

use crate::error::{Fault, SourceError};

/// What an import accepts to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest file, and largest content of a compressed file, in bytes.
    pub bytes: u64,
    /// Most rows in a table.
    pub rows: u64,
}

impl Default for Limits {
    /// 256 MiB and a million rows: more than twenty times the largest official file read here.
    fn default() -> Self {
        Self { bytes: 256 << 20, rows: 1_000_000 }
    }
}

#[derive(Clone, Debug)]
enum Content {
    Disk(PathBuf),
    Memory(Arc<[u8]>),
}

/// A file of the imported folder, recognised as a source.
#[derive(Clone, Debug)]
pub struct InputFile {
    /// Path inside the imported folder, with `/`.
    pub name: String,
    /// Title of the source, as one would cite it; empty until recognised.
    pub source: &'static str,
    /// Year of the figures, from the content where it is there, else from the name.
    pub vintage: Option<i16>,
    /// Year of the code officiel géographique the codes are written in.
    pub geography: Option<i16>,
    /// Size in bytes.
    pub size: u64,
    /// What may be read.
    pub limits: Limits,
    content: Content,
    hash: OnceLock<String>,
}

impl InputFile {
    /// A file on disk; `name` is its path inside the imported folder.
    ///
    /// # Errors
    /// When the system refuses to tell its size.
    pub fn on_disk(path: &Path, name: &str, limits: Limits) -> Result<Self, SourceError> {
        let size = std::fs::metadata(path).map_err(|error| SourceError::io(name, &error))?.len();
        Ok(Self::with(name, size, limits, Content::Disk(path.to_owned())))
    }

    /// A file held in memory, for tests.
    pub fn in_memory(name: &str, bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes = bytes.into();
        Self::with(name, bytes.len() as u64, Limits::default(), Content::Memory(bytes))
    }

    fn with(name: &str, size: u64, limits: Limits, content: Content) -> Self {
        Self {
            name: name.to_owned(),
            source: "",
            vintage: None,
            geography: None,
            size,
            limits,
            content,
            hash: OnceLock::new(),
        }
    }

    /// Name without folders.
    pub fn short_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }

    /// The vintage for people; empty when the file has none.
    pub fn vintage_text(&self) -> String {
        self.vintage.map(|year| year.to_string()).unwrap_or_default()
    }

    /// BLAKE3 of the content, hexadecimal; empty until the file is read.
    pub fn hash(&self) -> String {
        self.hash.get().cloned().unwrap_or_default()
    }

    /// First bytes, at most `count`, for recognition.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn head(&self, count: usize) -> Result<Vec<u8>, SourceError> {
        match &self.content {
            Content::Memory(bytes) => Ok(bytes[..bytes.len().min(count)].to_vec()),
            Content::Disk(path) => {
                let mut head = Vec::with_capacity(count);
                File::open(path)
                    .and_then(|file| file.take(count as u64).read_to_end(&mut head))
                    .map_err(|error| SourceError::io(&self.name, &error))?;
                Ok(head)
            }
        }
    }

    /// The whole content; its hash is remembered.
    ///
    /// # Errors
    /// When the system refuses, the file is empty, or larger than the limit.
    pub fn bytes(&self) -> Result<Vec<u8>, SourceError> {
        if self.size > self.limits.bytes {
            return Err(self.too_large("bytes", self.size, self.limits.bytes));
        }
        let bytes = match &self.content {
            Content::Memory(bytes) => bytes.to_vec(),
            Content::Disk(path) => {
                let mut bytes = Vec::with_capacity(self.size as usize + 1);
                // A file that grows while it is read stays within the limit too.
                File::open(path)
                    .and_then(|file| file.take(self.limits.bytes + 1).read_to_end(&mut bytes))
                    .map_err(|error| SourceError::io(&self.name, &error))?;
                bytes
            }
        };
        if bytes.is_empty() {
            return Err(SourceError::truncated(&self.name, "il est vide"));
        }
        self.hash.get_or_init(|| blake3::hash(&bytes).to_hex().to_string());
        Ok(bytes)
    }

    /// The content as text, without byte-order mark.
    ///
    /// # Errors
    /// As [`Self::bytes`], and when the text is not UTF-8: the message gives the line, and what to do.
    pub fn text(&self) -> Result<String, SourceError> {
        self.decode(self.bytes()?)
    }

    /// The content of a gzip file, decompressed within the limit.
    ///
    /// # Errors
    /// As [`Self::bytes`], and when the compressed stream is cut, altered, or too large once decompressed.
    pub fn gunzip(&self) -> Result<Vec<u8>, SourceError> {
        let bytes = self.bytes()?;
        let mut plain = Vec::new();
        flate2::read::MultiGzDecoder::new(bytes.as_slice())
            .take(self.limits.bytes + 1)
            .read_to_end(&mut plain)
            .map_err(|error| SourceError::truncated(&self.name, format!("décompression impossible ({error})")))?;
        if plain.len() as u64 > self.limits.bytes {
            return Err(self.too_large("bytes", plain.len() as u64, self.limits.bytes));
        }
        Ok(plain)
    }

    /// Checks that bytes are UTF-8 and removes the byte-order mark.
    ///
    /// # Errors
    /// When they are not: the message gives the line and says which encoding it looks like.
    pub fn decode(&self, mut bytes: Vec<u8>) -> Result<String, SourceError> {
        if bytes.starts_with(b"\xEF\xBB\xBF") {
            bytes.drain(..3);
        }
        String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let bytes = error.as_bytes();
            let line = bytes[..at].split(|b| *b == b'\n').count() as u64;
            let looks = match &bytes[..bytes.len().min(2)] {
                b"\xFF\xFE" | b"\xFE\xFF" => "UTF-16",
                _ => "Windows-1252 (Latin-1)",
            };
            let end = bytes[at..].iter().position(|b| b",;\"\r\n".contains(b)).map_or(bytes.len(), |i| at + i);
            let start = bytes[..at].iter().rposition(|b| b",;\"\r\n".contains(b)).map_or(0, |i| i + 1);
            // Latin-1 is the first 256 characters of Unicode: good enough to show the word as it was meant.
            let word: String = bytes[start..end.min(start + 60)].iter().map(|b| char::from(*b)).collect();
            SourceError::new(
                Fault::Encoding,
                &self.name,
                format!("ce n’est pas de l’UTF-8 (octet 0x{:02X}) ; le fichier semble être en {looks}", bytes[at]),
                "Convertissez-le, par exemple : iconv -f WINDOWS-1252 -t UTF-8 fichier > nouveau.",
            )
            .line(line)
            .value(word)
        })
    }

    /// Parses JSON, telling a cut file from a malformed one.
    ///
    /// # Errors
    /// When the text ends early (line and column of the end), or has not the expected shape (line and column).
    pub fn json<T: DeserializeOwned>(&self, text: &str) -> Result<T, SourceError> {
        serde_json::from_str(text).map_err(|error| {
            let (line, column) = (error.line() as u64, error.column());
            let base = if error.is_eof() {
                SourceError::truncated(&self.name, "le texte JSON s’arrête avant sa fin")
            } else {
                SourceError::new(
                    Fault::BadStructure,
                    &self.name,
                    format!("le contenu JSON n’a pas la forme attendue ({error})"),
                    "Téléchargez de nouveau le fichier chez son producteur.",
                )
            };
            base.line(line).column(format!("caractère {column}"))
        })
    }

    /// Parses a JSON object into its entries, in order.
    ///
    /// # Errors
    /// As [`Self::json`], and when a key comes twice.
    pub fn json_entries<T: DeserializeOwned>(&self, text: &str) -> Result<Vec<(String, T)>, SourceError> {
        let Entries(entries) = self.json(text)?;
        let mut seen = FxHashSet::default();
        for (rank, (key, _)) in entries.iter().enumerate() {
            if !seen.insert(key.as_str()) {
                let first = entries.iter().position(|(other, _)| other == key).unwrap_or(0) + 1;
                return Err(SourceError::new(
                    Fault::Doubled,
                    &self.name,
                    format!("cette clé est donnée deux fois, aux entrées {first} et {}", rank + 1),
                    "Supprimez l’une des deux, ou téléchargez de nouveau le fichier d’origine.",
                )
                .value(key));
            }
        }
        Ok(entries)
    }

    /// An error of size; `what` is `bytes` or `rows`.
    pub(crate) fn too_large(&self, what: &str, found: u64, limit: u64) -> SourceError {
        let problem = if what == "rows" {
            format!("plus de {limit} lignes de données : ce n’est pas un fichier par commune")
        } else {
            format!("{found} octets, la limite est de {limit} : ce n’est pas un fichier par commune")
        };
        SourceError::new(
            Fault::TooLarge,
            &self.name,
            problem,
            "Vérifiez que c’est bien le fichier voulu, et non une base détaillée ; retirez-le du dossier sinon.",
        )
    }

    /// An error about this file.
    pub fn error(&self, fault: Fault, problem: impl Into<String>, advice: impl Into<String>) -> SourceError {
        SourceError::new(fault, &self.name, problem, advice)
    }

    /// Provenance of what is read here. `vintage` defaults to the file's; `method` is empty for figures copied as they
    /// stand.
    pub fn provenance(&self, vintage: Option<i16>, geography: i16, method: impl Into<String>) -> Provenance {
        Provenance {
            source: self.source.to_owned(),
            file: self.short_name().to_owned(),
            vintage: vintage.map_or_else(|| self.vintage_text(), |year| year.to_string()),
            geography,
            method: method.into(),
        }
    }
}

/// Entries of a JSON object in their order: a map would hide doubles.
struct Entries<T>(Vec<(String, T)>);

impl<'de, T: DeserializeOwned> serde::Deserialize<'de> for Entries<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<T>(std::marker::PhantomData<T>);

        impl<'de, T: DeserializeOwned> serde::de::Visitor<'de> for Visitor<T> {
            type Value = Entries<T>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(Visitor(std::marker::PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_removed() {
        let file = InputFile::in_memory("f.csv", *b"\xEF\xBB\xBFa;b\n");
        assert_eq!(file.text().unwrap(), "a;b\n");
        assert_eq!(file.hash().len(), 64);
    }

    #[test]
    fn windows_1252_is_named_with_its_line_and_word() {
        let file = InputFile::in_memory("f.csv", *b"COM;LIBELLE\n01001;Ab\xE9ville\n");
        let error = file.text().unwrap_err();
        assert_eq!((error.fault, error.line, error.value.as_deref()), (Fault::Encoding, Some(2), Some("Abéville")));
        assert!(error.to_string().contains("Windows-1252"), "{error}");
    }

    #[test]
    fn an_empty_and_an_oversized_file_are_refused() {
        assert_eq!(InputFile::in_memory("f", []).bytes().unwrap_err().fault, Fault::Truncated);
        let mut file = InputFile::in_memory("f", [0; 11]);
        file.limits.bytes = 10;
        assert_eq!(file.bytes().unwrap_err().fault, Fault::TooLarge);
    }

    #[test]
    fn a_cut_gzip_and_a_gzip_bomb_are_refused() {
        use std::io::Write as _;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(&vec![b'x'; 100_000]).unwrap();
        let packed = encoder.finish().unwrap();
        let cut = InputFile::in_memory("f.gz", &packed[..packed.len() - 9]);
        assert_eq!(cut.gunzip().unwrap_err().fault, Fault::Truncated);
        let mut bomb = InputFile::in_memory("f.gz", packed);
        bomb.limits.bytes = 50_000;
        assert_eq!(bomb.gunzip().unwrap_err().fault, Fault::TooLarge);
    }

    #[test]
    fn cut_json_is_told_from_malformed_json() {
        let file = InputFile::in_memory("f.json", [1]);
        let cut = file.json::<Vec<i32>>("[1,\n2").unwrap_err();
        assert_eq!((cut.fault, cut.line), (Fault::Truncated, Some(2)));
        assert_eq!(file.json::<Vec<i32>>("[1, \"a\"]").unwrap_err().fault, Fault::BadStructure);
    }

    #[test]
    fn entries_keep_order_and_refuse_doubles() {
        let file = InputFile::in_memory("f.json", [1]);
        let entries = file.json_entries::<f64>(r#"{"b": 1, "a": 2}"#).unwrap();
        assert_eq!(entries, [("b".to_owned(), 1.0), ("a".to_owned(), 2.0)]);
        let error = file.json_entries::<f64>(r#"{"b": 1, "a": 2, "b": 3}"#).unwrap_err();
        assert_eq!((error.fault, error.value.as_deref()), (Fault::Doubled, Some("b")));
    }
}
