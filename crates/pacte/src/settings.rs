//! `pacte.toml`: the few settings of a data directory. An unknown key is an error, not a silence.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::Deserialize;

/// The file as it is written in a new data directory: it documents every key.
pub(crate) const DEFAULT: &str = include_str!("pacte.default.toml");

/// Settings of a data directory.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// Address the portal listens on.
    pub(crate) listen: SocketAddr,
    /// Folder of an operator's own theme (`tokens.css`, `extra.css`, `logo.svg`).
    #[serde(default)]
    pub(crate) theme: Option<PathBuf>,
}

impl Settings {
    /// Reads `pacte.toml` of a data directory; the defaults when it has none.
    pub(crate) fn read(data: &Path) -> Result<Self> {
        let path = data.join("pacte.toml");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => DEFAULT.to_owned(),
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        };
        toml::from_str(&text).with_context(|| format!("{} : réglage illisible ou inconnu", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_file_reads() {
        let settings: Settings = toml::from_str(DEFAULT).unwrap();
        assert_eq!(settings.listen.port(), 8012);
        assert!(settings.theme.is_none());
    }

    #[test]
    fn an_unknown_key_is_named() {
        let error = toml::from_str::<Settings>("listen = \"127.0.0.1:1\"\nlisen = 3").unwrap_err();
        assert!(error.to_string().contains("lisen"), "{error}");
    }
}
