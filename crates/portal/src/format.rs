//! Numbers, durations and ranks as people read them, in French and in English.
//!
//! French: decimal comma, thousands apart by a narrow no-break space (U+202F), a no-break space before `%` and units.
//! English: decimal point, thousands apart by a comma. A negative number carries a true minus sign in both.

use crate::i18n::Lang;

/// Narrow no-break space: between thousands, before `;`, `!`, `?` and `%` in French.
pub const NARROW: char = '\u{202f}';
/// No-break space: between a number and its unit.
pub const NO_BREAK: char = '\u{a0}';
/// Minus sign.
pub const MINUS: char = '−';

/// A number rounded to `decimals`; `None` when it is not finite, for the page to say *not available*.
pub fn number(lang: Lang, value: f64, decimals: u8) -> Option<String> {
    value.is_finite().then(|| write(lang, value, decimals))
}

/// A whole number: counts, populations.
pub fn count(lang: Lang, value: impl TryInto<u64>) -> String {
    write(lang, value.try_into().unwrap_or(u64::MAX) as f64, 0)
}

/// A change: like [`number`], with a plus sign before what grows; no sign when it rounds to zero.
pub fn signed(lang: Lang, value: f64, decimals: u8) -> Option<String> {
    let text = number(lang, value, decimals)?;
    let nil = !text.contains(|c: char| c.is_ascii_digit() && c != '0');
    Some(if value > 0.0 && !nil { format!("+{text}") } else { text })
}

/// A percentage with its sign: `3,8 %` in French, `3.8%` in English.
pub fn percent(lang: Lang, value: f64, decimals: u8) -> Option<String> {
    let text = number(lang, value, decimals)?;
    Some(with_unit(lang, &text, "%"))
}

/// A number with its unit, kept on one line when the unit is a sign or a short word; the percent sign is set as each
/// language sets it.
pub fn with_unit(lang: Lang, number: &str, unit: &str) -> String {
    match (unit, lang) {
        ("", _) => number.to_owned(),
        ("%", Lang::Fr) => format!("{number}{NARROW}%"),
        ("%", Lang::En) => format!("{number}%"),
        _ => format!("{number}{NO_BREAK}{unit}"),
    }
}

/// A duration in minutes, rounded to the minute: `0 min`, `12 min`, `1 h 05`. Negative values count as zero.
pub fn minutes(lang: Lang, minutes: f64) -> Option<String> {
    if !minutes.is_finite() {
        return None;
    }
    let whole = minutes.round().max(0.0) as u64;
    Some(match (whole / 60, whole % 60) {
        (0, minutes) => format!("{minutes}{NO_BREAK}min"),
        (hours, minutes) => format!("{}{NO_BREAK}h{NO_BREAK}{minutes:02}", write(lang, hours as f64, 0)),
    })
}

/// The rank of a zone, a region or another feminine word: `1re`, `2e` in French.
pub fn ordinal_feminine(lang: Lang, rank: u32) -> String {
    if lang == Lang::Fr && rank == 1 { "1re".to_owned() } else { ordinal(lang, rank) }
}

/// A rank: `1er`, `2e`, `1 234e` in French; `1st`, `2nd`, `11th` in English.
pub fn ordinal(lang: Lang, rank: u32) -> String {
    let number = count(lang, rank);
    let suffix = match lang {
        Lang::Fr => {
            if rank == 1 {
                "er"
            } else {
                "e"
            }
        }
        Lang::En => match (rank % 10, rank % 100) {
            (1, n) if n != 11 => "st",
            (2, n) if n != 12 => "nd",
            (3, n) if n != 13 => "rd",
            _ => "th",
        },
    };
    format!("{number}{suffix}")
}

/// A size in bytes, to the nearest round unit: `640 ko`, `2,4 Mo` (`kB`, `MB` in English).
pub fn bytes(lang: Lang, size: u64) -> String {
    let (value, decimals, unit) = match size {
        0..1_000 => (size as f64, 0, ["o", "B"]),
        1_000..1_000_000 => (size as f64 / 1e3, 0, ["ko", "kB"]),
        _ => (size as f64 / 1e6, 1, ["Mo", "MB"]),
    };
    with_unit(lang, &write(lang, value, decimals), unit[usize::from(lang == Lang::En)])
}

/// A civil date in words: `1er janvier 2024`, `1 January 2024`.
pub fn date(lang: Lang, date: jiff::civil::Date) -> String {
    const FR: [&str; 12] = [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ];
    const EN: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let month = date.month() as usize - 1;
    match lang {
        Lang::Fr => {
            let day = if date.day() == 1 { "1er".to_owned() } else { date.day().to_string() };
            format!("{day}{NO_BREAK}{} {}", FR[month], date.year())
        }
        Lang::En => format!("{}{NO_BREAK}{} {}", date.day(), EN[month], date.year()),
    }
}

fn write(lang: Lang, value: f64, decimals: u8) -> String {
    let plain = format!("{:.*}", usize::from(decimals), value.abs());
    let (integer, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let (thousands, point) = match lang {
        Lang::Fr => (NARROW, ','),
        Lang::En => (',', '.'),
    };
    let mut text = String::with_capacity(plain.len() + 6);
    if value < 0.0 && plain.bytes().any(|b| b.is_ascii_digit() && b != b'0') {
        text.push(MINUS);
    }
    for (i, digit) in integer.chars().enumerate() {
        if i > 0 && (integer.len() - i).is_multiple_of(3) {
            text.push(thousands);
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push(point);
        text.push_str(fraction);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads a number back the way a person of that language does.
    fn read(lang: Lang, text: &str) -> f64 {
        let plain: String = text
            .chars()
            .filter(|c| *c != '+' && *c != if lang == Lang::Fr { NARROW } else { ',' })
            .map(|c| match c {
                MINUS => '-',
                ',' => '.',
                c => c,
            })
            .collect();
        plain.parse().unwrap()
    }

    #[test]
    fn french_and_english_numbers() {
        assert_eq!(number(Lang::Fr, 67_760_573.0, 0).unwrap(), "67\u{202f}760\u{202f}573");
        assert_eq!(number(Lang::En, 67_760_573.0, 0).unwrap(), "67,760,573");
        assert_eq!(number(Lang::Fr, -1234.5, 1).unwrap(), "−1\u{202f}234,5");
        assert_eq!(number(Lang::Fr, -0.001, 1).unwrap(), "0,0", "no minus before nothing");
        assert_eq!(number(Lang::Fr, f64::NAN, 1), None);
        assert_eq!(signed(Lang::Fr, 2.04, 1).unwrap(), "+2,0");
        assert_eq!(signed(Lang::Fr, 0.04, 1).unwrap(), "0,0");
        assert_eq!(percent(Lang::Fr, 14.88, 1).unwrap(), "14,9\u{202f}%");
        assert_eq!(percent(Lang::En, 14.88, 1).unwrap(), "14.9%");
        assert_eq!(bytes(Lang::Fr, 2_400_000), "2,4\u{a0}Mo");
        assert_eq!(date(Lang::Fr, jiff::civil::date(2024, 1, 1)), "1er\u{a0}janvier 2024");
    }

    #[test]
    fn durations_and_ranks() {
        assert_eq!(minutes(Lang::Fr, 0.4).unwrap(), "0\u{a0}min");
        assert_eq!(minutes(Lang::Fr, 59.5).unwrap(), "1\u{a0}h\u{a0}00");
        assert_eq!(minutes(Lang::En, 65.2).unwrap(), "1\u{a0}h\u{a0}05");
        assert_eq!(minutes(Lang::Fr, f64::INFINITY), None);
        assert_eq!((ordinal(Lang::Fr, 1).as_str(), ordinal(Lang::Fr, 2).as_str()), ("1er", "2e"));
        assert_eq!(["1re", "2e"], [1, 2].map(|rank| ordinal_feminine(Lang::Fr, rank)).each_ref().map(String::as_str));
        assert_eq!(ordinal_feminine(Lang::En, 1), "1st");
        let english: Vec<String> = [1, 2, 3, 4, 11, 12, 13, 21, 101, 111].map(|n| ordinal(Lang::En, n)).into();
        assert_eq!(english, ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "101st", "111th"]);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(value in -1e9..1e9_f64, decimals in 0..4_u8, french: bool) {
            let lang = if french { Lang::Fr } else { Lang::En };
            let text = number(lang, value, decimals).unwrap();
            let error = (read(lang, &text) - value).abs();
            prop_assert!(error <= 0.5 * 10_f64.powi(-i32::from(decimals)) * (1.0 + 1e-9) + 1e-9, "{text} for {value}");
            let breakable = text.contains(' ');
            prop_assert!(!breakable, "a number never breaks over two lines");
            prop_assert_eq!(read(lang, &signed(lang, value, decimals).unwrap()), read(lang, &text));
        }

        #[test]
        fn minutes_keep_order_and_total(a in 0.0..3000.0_f64) {
            let text = minutes(Lang::Fr, a).unwrap();
            let numbers: Vec<u64> = text.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
            let total = if text.contains('h') { numbers[0] * 60 + numbers[1] } else { numbers[0] };
            prop_assert_eq!(total, a.round() as u64);
        }
    }
}
