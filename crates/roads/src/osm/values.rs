//! Values written as text: speed limits and durations.

use super::tags::NO_LIMIT;

/// Walking pace, km/h, for `maxspeed=walk`.
const WALK: u8 = 7;

/// Speed limit in km/h; 0 when it says nothing usable, [`NO_LIMIT`] when there is none.
///
/// Reads `50`, `30 mph`, `10 knots`, `walk`, `none`, and places: `FR:urban`, `FR:rural`, `FR:zone30`, `DE:living_street`.
/// Limits by kind of place are those of the country where it has its own, otherwise the commonest in Europe.
pub(super) fn maxspeed(text: &str) -> u8 {
    let text = text.split([';', '|']).next().unwrap_or(text).trim();
    if let Some((country, place)) = text.split_once(':') {
        return by_place(country, place);
    }
    match text {
        "none" | "unlimited" => return NO_LIMIT,
        "walk" | "walking" => return WALK,
        _ => {}
    }
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let Ok(number) = text[..digits].parse::<f64>() else { return 0 };
    let kmh = match text[digits..].trim() {
        "" | "km/h" | "kmh" | "kph" => number,
        "mph" => number * 1.609_344,
        "knots" => number * 1.852,
        _ => return 0,
    };
    if (1.0..=200.0).contains(&kmh) { kmh.round() as u8 } else { 0 }
}

fn by_place(country: &str, place: &str) -> u8 {
    match (country, place) {
        (_, "urban" | "nsl_restricted") => 50,
        ("FR" | "CH", "rural") => 80,
        ("DE" | "AT", "rural") => 100,
        (_, "rural") => 90,
        ("DE", "motorway") => NO_LIMIT,
        ("CH" | "BE" | "PT" | "ES", "motorway") => 120,
        (_, "motorway") => 130,
        ("FR", "trunk") => 110,
        (_, "trunk") => 100,
        (_, "living_street") => 20,
        (_, "walk" | "pedestrian_zone") => WALK,
        _ => {
            let digits: String = place.chars().filter(char::is_ascii_digit).collect();
            digits.parse::<u8>().ok().filter(|kmh| (5..=130).contains(kmh)).unwrap_or(0)
        }
    }
}

/// Duration in seconds: `25`, `00:25`, `1:05:00`, `PT25M`, `PT1H30M`; 0 when it says nothing usable.
pub(super) fn duration(text: &str) -> u32 {
    let text = text.trim();
    if let Some(iso) = text.strip_prefix("PT") {
        let (mut seconds, mut number) = (0_u32, 0_u32);
        for c in iso.chars() {
            if let Some(digit) = c.to_digit(10) {
                number = number.saturating_mul(10).saturating_add(digit);
                continue;
            }
            let unit = match c {
                'H' => 3600,
                'M' => 60,
                'S' => 1,
                _ => return 0,
            };
            seconds = seconds.saturating_add(number.saturating_mul(unit));
            number = 0;
        }
        return if seconds <= 7 * 86_400 { seconds } else { 0 };
    }
    let mut parts = Vec::with_capacity(3);
    for part in text.split(':') {
        match part.parse::<u32>() {
            Ok(number) if number < 10_000 && parts.len() < 3 => parts.push(number),
            _ => return 0,
        }
    }
    let seconds = match parts[..] {
        [minutes] => minutes * 60,
        [hours, minutes] => hours * 3600 + minutes * 60,
        [hours, minutes, seconds] => hours * 3600 + minutes * 60 + seconds,
        _ => 0,
    };
    if seconds <= 7 * 86_400 { seconds } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_in_every_unit_and_place() {
        let cases = [
            ("50", 50),
            ("30 mph", 48),
            ("70mph", 113),
            ("FR:urban", 50),
            ("FR:rural", 80),
            ("FR:zone30", 30),
            ("DE:zone:30", 30),
            ("walk", 7),
            ("none", NO_LIMIT),
            ("DE:motorway", NO_LIMIT),
            ("signals", 0),
            ("", 0),
            ("50;30", 50),
            ("-30", 0),
            ("0", 0),
            ("500", 0),
            ("CH:rural", 80),
            ("8 knots", 15),
            ("50 km/h", 50),
        ];
        for (text, kmh) in cases {
            assert_eq!(maxspeed(text), kmh, "{text}");
        }
    }

    #[test]
    fn durations_are_read_in_every_form() {
        let cases = [
            ("25", 1500),
            ("00:25", 1500),
            ("1:05", 3900),
            ("01:00:30", 3630),
            ("PT25M", 1500),
            ("PT1H30M", 5400),
            ("soon", 0),
            ("", 0),
            ("99999999999", 0),
            ("-5", 0),
            ("PT999999999999999H", 0),
        ];
        for (text, seconds) in cases {
            assert_eq!(duration(text), seconds, "{text}");
        }
    }
}
