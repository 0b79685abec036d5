//! Official geographic code of a commune (code officiel géographique, INSEE), checked once and then cheap to copy.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A five-character commune code: `59350`, `2A004`, `97101`.
///
/// The training territory uses codes that no French commune bears (`X1001`), so any capital letter is accepted in the
/// first two characters; the last three are digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommuneCode([u8; 5]);

/// Why a text is not a commune code.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "« {text} » n’est pas un code de commune : cinq caractères sont attendus, deux chiffres ou capitales puis trois chiffres (59350, 2A004)"
)]
pub struct CodeError {
    /// The text as it was read.
    pub text: String,
}

impl CommuneCode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("codes are checked to be ASCII when they are made")
    }

    /// The département the code belongs to: the first two characters, three overseas (`971`).
    pub fn departement(&self) -> &str {
        let text = self.as_str();
        if text.starts_with("97") || text.starts_with("98") { &text[..3] } else { &text[..2] }
    }
}

impl FromStr for CommuneCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let error = || CodeError { text: text.to_owned() };
        let bytes: [u8; 5] = text.as_bytes().try_into().map_err(|_| error())?;
        let head = bytes[..2].iter().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
        let tail = bytes[2..].iter().all(u8::is_ascii_digit);
        if head && tail { Ok(Self(bytes)) } else { Err(error()) }
    }
}

impl fmt::Display for CommuneCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for CommuneCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for CommuneCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for CommuneCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_metropole_corsica_overseas_and_training_codes() {
        for (text, departement) in [("59350", "59"), ("2A004", "2A"), ("97101", "971"), ("X1001", "X1")] {
            let code: CommuneCode = text.parse().unwrap();
            assert_eq!((code.as_str(), code.departement()), (text, departement));
        }
    }

    #[test]
    fn refuses_what_is_not_a_code() {
        for text in ["", "1001", "593500", "59 50", "2a004", "ABCDE", "é001"] {
            assert!(text.parse::<CommuneCode>().is_err(), "{text}");
        }
    }
}
