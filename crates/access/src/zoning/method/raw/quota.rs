//! Quotas of a method file.

use super::{Checks, Deserialize, Level, Location, MethodError, Quota, RegionShare, Share, Spanned, Status};

use crate::french::comma;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawQuotas {
    levels: Vec<Spanned<String>>,
    tables: Vec<RawQuota>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawQuota {
    id: Spanned<String>,
    label: String,
    classes: Vec<Spanned<String>>,
    #[serde(default)]
    mandatory_exempt: bool,
    #[serde(default)]
    written_for: String,
    #[serde(default)]
    default: Option<RawShare>,
    #[serde(default)]
    regions: Vec<RawShare>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawShare {
    #[serde(default)]
    code: Option<Spanned<String>>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    percent: Option<Spanned<f64>>,
    #[serde(default)]
    people: Option<Spanned<u64>>,
    #[serde(default)]
    of: Option<Spanned<u64>>,
    #[serde(default = "sourced")]
    status: Status,
    #[serde(default)]
    note: String,
}

const fn sourced() -> Status {
    Status::Sourced
}

/// Where the share of a region (empty code: the default) stands in the file.
pub(super) type Places = Vec<Vec<(String, Location)>>;

pub(super) fn quotas(checks: &Checks<'_>, raw: RawQuotas) -> Result<(Vec<Level>, Vec<Quota>, Places), MethodError> {
    let levels = checks.levels("quotas.levels", &raw.levels)?;
    let (mut quotas, mut places): (Vec<Quota>, Places) = (Vec::new(), Vec::new());
    for table in raw.tables {
        if quotas.iter().any(|known| known.id == table.id.value) {
            let problem = format!("le quota « {} » est déclaré deux fois", table.id.value);
            return Err(checks.fault(table.id.referenced, "quotas.tables", problem));
        }
        let classes =
            table.classes.iter().map(|id| checks.class("quotas.classes", id)).collect::<Result<Vec<_>, _>>()?;
        if classes.is_empty() {
            let problem = format!("le quota « {} » ne compte aucune classe ; indiquez lesquelles", table.id.value);
            return Err(checks.fault(table.id.referenced, "quotas.classes", problem));
        }
        let mut at = Vec::new();
        let default = match table.default {
            None => None,
            Some(raw) => {
                let (share, place) = share(checks, &table.id, raw, true)?;
                at.push((String::new(), place));
                Some(share)
            }
        };
        let mut regions: Vec<RegionShare> = Vec::new();
        for raw in table.regions {
            let (share, place) = share(checks, &table.id, raw, false)?;
            if regions.iter().any(|known| known.code == share.code) {
                let problem = format!("la région {} a deux parts dans le quota « {} »", share.code, table.id.value);
                return Err(checks.fault(place, "quotas.regions", problem));
            }
            at.push((share.code.clone(), place));
            regions.push(share);
        }
        if default.is_none() && regions.is_empty() {
            let problem =
                format!("le quota « {} » n’a aucune part ; indiquez « default » ou « regions »", table.id.value);
            return Err(checks.fault(table.id.referenced, "quotas.regions", problem));
        }
        places.push(at);
        quotas.push(Quota {
            id: table.id.value,
            label: table.label,
            classes,
            mandatory_exempt: table.mandatory_exempt,
            written_for: table.written_for,
            default,
            regions,
        });
    }
    Ok((levels, quotas, places))
}

fn share(
    checks: &Checks<'_>,
    table: &Spanned<String>,
    raw: RawShare,
    default: bool,
) -> Result<(RegionShare, Location), MethodError> {
    const FIELD: &str = "quotas.regions";
    let code_at = raw.code.as_ref().map(|code| code.referenced);
    let (share, place) = match (&raw.percent, &raw.people, &raw.of) {
        (Some(percent), None, None) => (checks.percent("quotas.percent", percent)?, percent.referenced),
        (None, Some(people), Some(of)) => {
            if of.value == 0 || people.value > of.value {
                let problem = format!(
                    "{} habitants sur {} : la population doit être positive et le quota ne peut pas la dépasser",
                    people.value, of.value
                );
                return Err(checks.fault(people.referenced, "quotas.people", problem));
            }
            (Share { num: people.value, den: of.value }, people.referenced)
        }
        _ => {
            let at = code_at.unwrap_or(table.referenced);
            let problem =
                "une part s’écrit « percent », ou bien « people » et « of » (habitants du quota et de la région)";
            return Err(checks.fault(at, FIELD, problem));
        }
    };
    let code = raw.code.map_or_else(String::new, |code| code.value);
    if default != code.is_empty() {
        let problem = if default {
            "la part par défaut n’a pas de code de région"
        } else {
            "il manque le code de la région (« code »)"
        };
        return Err(checks.fault(place, FIELD, problem));
    }
    Ok((RegionShare { code, name: raw.name, share, status: raw.status, note: raw.note }, place))
}

/// Refuses shares of disjoint classes that add up to more than everybody, in any region.
pub(super) fn below_all(checks: &Checks<'_>, quotas: &[Quota], places: &Places) -> Result<(), MethodError> {
    let mut codes: Vec<&str> =
        quotas.iter().flat_map(|quota| &quota.regions).map(|region| region.code.as_str()).collect();
    codes.push("");
    codes.sort_unstable();
    codes.dedup();
    for code in codes {
        let (mut sum, mut counted, mut parts): (f64, Vec<u8>, Vec<String>) = (0.0, Vec::new(), Vec::new());
        let mut last = None;
        for (quota, at) in quotas.iter().zip(places) {
            let Some(region) = quota.share(code) else { continue };
            if quota.classes.iter().any(|class| counted.contains(class)) {
                continue;
            }
            counted.extend(&quota.classes);
            sum += region.share.percent();
            parts.push(format!("{} {} %", quota.id, comma(region.share.percent(), 2)));
            last = at.iter().find(|(known, _)| *known == region.code).map(|(_, place)| *place).or(last);
        }
        if let Some(place) = last.filter(|_| sum > 100.0 + 1e-9) {
            let who = if code.is_empty() { "Par défaut".to_owned() } else { format!("Région {code}") };
            let problem = format!(
                "{who} : {} font {} % de la population ; des classes distinctes ne peuvent dépasser 100 %, \
                 abaissez l’une des parts",
                parts.join(" + "),
                comma(sum, 2)
            );
            return Err(checks.fault(place, "quotas", problem));
        }
    }
    Ok(())
}
