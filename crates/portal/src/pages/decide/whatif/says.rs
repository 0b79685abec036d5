//! Changes and what is wrong with them, in the language of the page.

use pacte_access::whatif::{Change, ChangeError, ChangeFault, Kind, Named, Scenario};
use pacte_territory::{CommuneCode, Territory};

use super::asked::Shown;
use crate::format;
use crate::i18n::Lang;
use crate::labels::typeset;

/// Name of a kind with a count: `5 médecins généralistes`.
pub(super) fn counted(lang: Lang, kind: Kind, count: u32) -> String {
    let count = u64::from(count);
    match kind {
        Kind::Gp => lang.tr_count("whatif-count-gp", count),
        Kind::Msp => lang.tr_count("whatif-count-msp", count),
        Kind::Centre => lang.tr_count("whatif-count-centre", count),
        Kind::Emergency => lang.tr_count("whatif-count-su", count),
        Kind::Smur => lang.tr_count("whatif-count-smur", count),
        Kind::Mcs => lang.tr_count("whatif-count-mcs", count),
    }
}

/// Name of a kind in a menu.
pub(super) fn kind(lang: Lang, kind: Kind) -> String {
    match kind {
        Kind::Gp => lang.tr("whatif-kind-gp"),
        Kind::Msp => lang.tr("whatif-kind-msp"),
        Kind::Centre => lang.tr("whatif-kind-centre"),
        Kind::Emergency => lang.tr("whatif-kind-su"),
        Kind::Smur => lang.tr("whatif-kind-smur"),
        Kind::Mcs => lang.tr("whatif-kind-mcs"),
    }
}

/// Name of what the map shows.
pub(super) fn measure(lang: Lang, shown: Shown) -> String {
    match shown {
        Shown::Difference => lang.tr("whatif-measure-difference"),
        Shown::Apl => lang.tr("whatif-measure-apl"),
        Shown::Minutes => lang.tr("whatif-measure-minutes"),
        Shown::Zones => lang.tr("whatif-measure-zones"),
    }
}

fn place(territory: &Territory, code: CommuneCode) -> String {
    match territory.commune_or_parent(code) {
        Some(id) => format!("{} ({code})", territory.parts().communes.name[id as usize]),
        None => code.to_string(),
    }
}

fn percent(lang: Lang, share: u32) -> String {
    format::percent(lang, f64::from(share) / 100.0, u8::from(!share.is_multiple_of(100))).unwrap_or_default()
}

/// What a change does.
pub(super) fn change(lang: Lang, territory: &Territory, change: &Change) -> String {
    let what = |kind: Kind, count: u32| match kind {
        Kind::Msp | Kind::Centre => {
            let doctors = counted(lang, Kind::Gp, count);
            lang.tr_with("whatif-with-doctors", [("what", self::kind(lang, kind)), ("doctors", doctors)])
        }
        _ => counted(lang, kind, count),
    };
    let replaced = |share: u32| {
        if share == 0 {
            lang.tr("whatif-replaced-none")
        } else {
            lang.tr_with("whatif-replaced", [("share", percent(lang, share))])
        }
    };
    match change {
        Change::Add { kind, count, at } => {
            lang.tr_with("whatif-change-add", [("what", what(*kind, *count)), ("place", place(territory, *at))])
        }
        Change::Remove { kind, count, at } => {
            lang.tr_with("whatif-change-close", [("what", what(*kind, *count)), ("place", place(territory, *at))])
        }
        Change::Move { kind, count, from, to } => lang.tr_with(
            "whatif-change-move",
            [("what", what(*kind, *count)), ("from", place(territory, *from)), ("to", place(territory, *to))],
        ),
        Change::Retire { age, replaced: share } => {
            lang.tr_with("whatif-change-retire", [("age", age.to_string()), ("replaced", replaced(*share))])
        }
        Change::Depart { rate, years, replaced: share } => lang.tr_with(
            "whatif-change-depart",
            [("rate", percent(lang, *rate)), ("years", years.to_string()), ("replaced", replaced(*share))],
        ),
        Change::Method(name) => lang.tr_with("whatif-change-method", [("name", name)]),
        Change::Zoning(name) => lang.tr_with("whatif-change-zoning", [("name", name)]),
        Change::Decay(_) => lang.tr_with("whatif-change-decay", [("text", change.to_string())]),
        Change::Set(..) => lang.tr_with("whatif-change-set", [("text", change.to_string())]),
    }
}

/// A scenario in one line: its name, or its first changes.
pub(super) fn scenario(lang: Lang, territory: &Territory, scenario: &Scenario) -> String {
    if !scenario.name.is_empty() {
        return scenario.name.clone();
    }
    let mut texts: Vec<String> = scenario.changes.iter().take(2).map(|one| change(lang, territory, one)).collect();
    if scenario.changes.len() > 2 {
        texts.push("…".to_owned());
    }
    texts.join(" ; ").replace(" ;", if lang.is_french() { "\u{202f};" } else { ";" })
}

fn list(communes: &[Named]) -> String {
    communes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// What is wrong with a change and what to do.
pub(super) fn refusal(lang: Lang, error: &ChangeError) -> String {
    let text = fault(lang, &error.fault);
    let text = if lang.is_french() { typeset(&text) } else { text };
    if error.change.is_empty() {
        return text;
    }
    lang.tr_with("whatif-refused", [("change", error.change.clone()), ("fault", text)])
}

fn fault(lang: Lang, fault: &ChangeFault) -> String {
    let say = |key: &str, parameters: &[(&'static str, String)]| lang.tr_with(key, parameters.iter().cloned());
    match fault {
        ChangeFault::Shape => say("fault-whatif-shape", &[]),
        ChangeFault::Kind { found } => {
            let known = Kind::ALL.map(Kind::slug).join(", ");
            say("fault-whatif-kind", &[("found", found.clone()), ("known", known)])
        }
        ChangeFault::Count { found, most } => {
            say("fault-whatif-count", &[("found", found.clone()), ("most", most.to_string())])
        }
        ChangeFault::NoPlace => say("fault-whatif-no-place", &[]),
        ChangeFault::UnknownCommune { found, nearest } if nearest.is_empty() => {
            say("fault-whatif-unknown", &[("found", found.clone())])
        }
        ChangeFault::UnknownCommune { found, nearest } => {
            say("fault-whatif-unknown-near", &[("found", found.clone()), ("nearest", list(nearest))])
        }
        ChangeFault::SeveralCommunes { found, communes } => {
            say("fault-whatif-several", &[("found", found.clone()), ("communes", list(communes))])
        }
        ChangeFault::FormerCommune { code, now } => {
            say("fault-whatif-former", &[("code", code.clone()), ("now", list(now))])
        }
        ChangeFault::Outside { lat, lon, near, km } => {
            let number = |value: f64, decimals| format::number(lang, value, decimals).unwrap_or_default();
            say(
                "fault-whatif-outside",
                &[
                    ("lat", number(*lat, 3)),
                    ("lon", number(*lon, 3)),
                    ("near", near.to_string()),
                    ("km", number(*km, 0)),
                ],
            )
        }
        ChangeFault::TooMany { kind, asked, there, place } => say(
            "fault-whatif-too-many",
            &[("there", counted(lang, *kind, *there)), ("asked", asked.to_string()), ("place", place.to_string())],
        ),
        ChangeFault::SamePlace { place } => say("fault-whatif-same-place", &[("place", place.to_string())]),
        ChangeFault::Percent { found } => say("fault-whatif-percent", &[("found", found.clone())]),
        ChangeFault::Years { found } => say("fault-whatif-years", &[("found", found.clone())]),
        ChangeFault::Age { found } => say("fault-whatif-age", &[("found", found.clone())]),
        ChangeFault::AgeUnknown { age, reason } => {
            say("fault-whatif-age-unknown", &[("age", age.to_string()), ("reason", reason.clone())])
        }
        ChangeFault::UnknownMethod { found, known } => {
            say("fault-whatif-method", &[("found", found.clone()), ("known", known.clone())])
        }
        ChangeFault::Decay { found, problem } => {
            say("fault-whatif-decay", &[("found", found.clone()), ("problem", problem.clone())])
        }
        ChangeFault::Parameter { found } => say("fault-whatif-parameter", &[("found", found.clone())]),
        ChangeFault::Value { name, found, least, most } => say(
            "fault-whatif-value",
            &[
                ("name", name.clone()),
                ("found", found.clone()),
                ("least", format::number(lang, *least, 0).unwrap_or_default()),
                ("most", format::number(lang, *most, 0).unwrap_or_default()),
            ],
        ),
        ChangeFault::Impossible { reason } => reason.clone(),
        ChangeFault::TooLong { found, most } => {
            say("fault-whatif-too-long", &[("found", found.to_string()), ("most", most.to_string())])
        }
    }
}
