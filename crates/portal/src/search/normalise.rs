//! One spelling for the many ways a name is typed.

use deunicode::deunicode_char;

/// Words that stand for one.
const ABBREVIATIONS: [(&str, &str); 6] =
    [("st", "saint"), ("ste", "sainte"), ("sts", "saints"), ("stes", "saintes"), ("s/", "sur"), ("ss/", "sous")];

/// Legal forms written in full, and their usual abbreviations.
const FORMS: [(&str, &str); 3] =
    [("communaute de communes", "cc"), ("communaute d agglomeration", "ca"), ("communaute urbaine", "cu")];

/// Lower case, no accents, words of letters and digits separated by single spaces; usual abbreviations of place names
/// written out, legal forms of EPCI abbreviated.
///
/// ```
/// # use pacte_portal::search::normalise;
/// assert_eq!(normalise("L'Haÿ-les-Roses"), "l hay les roses");
/// assert_eq!(normalise("St-Étienne s/ Loire"), "saint etienne sur loire");
/// assert_eq!(normalise("Communauté d’agglomération du Pays"), "ca du pays");
/// ```
pub fn normalise(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            plain.push(c.to_ascii_lowercase());
        } else if c == '/' && matches!(plain.rsplit(' ').next(), Some("s" | "ss")) {
            plain.push('/');
            plain.push(' ');
        } else if c.is_ascii() || !c.is_alphanumeric() {
            plain.push(' ');
        } else {
            let letters = deunicode_char(c).unwrap_or(" ");
            plain.extend(letters.chars().map(|l| if l.is_ascii_alphanumeric() { l.to_ascii_lowercase() } else { ' ' }));
        }
    }
    let words = plain.split_ascii_whitespace();
    let written_out =
        words.map(|word| ABBREVIATIONS.iter().find(|(short, _)| *short == word).map_or(word, |(_, long)| *long));
    let mut joined = String::with_capacity(plain.len() + 8);
    for word in written_out {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(word);
    }
    for (form, short) in FORMS {
        if let Some(rest) = joined.strip_prefix(form)
            && (rest.is_empty() || rest.starts_with(' '))
        {
            return format!("{short}{rest}");
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_meet() {
        for (a, b) in [
            ("Saint-Étienne", "ST ETIENNE"),
            ("Sainte-Œuvre", "ste oeuvre"),
            ("Châlons-en-Champagne", "chalons en champagne"),
            ("Chalon-sur-Saône", "Chalon s/Saône"),
            ("L’Aber", "l'aber"),
            ("Communauté de communes du Val", "CC du Val"),
            ("  Les   Ulis ", "les-ulis"),
        ] {
            assert_eq!(normalise(a), normalise(b));
        }
        assert_eq!(normalise("communautes de communes"), "communautes de communes");
        assert_eq!(normalise("!?"), "");
    }
}
