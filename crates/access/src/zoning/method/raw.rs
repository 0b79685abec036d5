//! The shape of zoning method files, and the checks that turn them into methods.

use jiff::civil::Date;
use pacte_territory::Level;
use serde::Deserialize;
use serde_saphyr::{Location, Spanned};

use super::{
    Class, Doubt, Fill, Indicator, Margin, MethodError, Opinion, Plan, Quota, RegionShare, Rule, Share, SizeChange,
    Special, SpecialKind, Status, ZoningMethod,
};
use crate::method::Weighting;
use crate::method::raw::{fault, read, within};

mod plan;
mod quota;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMethod {
    id: Spanned<String>,
    label: String,
    profession: String,
    version: Spanned<String>,
    legal_basis: String,
    source: String,
    #[serde(default)]
    from: Option<Spanned<String>>,
    #[serde(default)]
    to: Option<Spanned<String>>,
    status: Status,
    units: Vec<Spanned<String>>,
    #[serde(default)]
    indicator: Option<RawIndicator>,
    classes: Vec<RawClass>,
    #[serde(default)]
    otherwise: Option<Spanned<String>>,
    #[serde(default)]
    rules: Vec<plan::RawRule>,
    #[serde(default)]
    score: Option<plan::RawScore>,
    #[serde(default)]
    density: Option<plan::RawDensity>,
    #[serde(default)]
    quotas: Option<quota::RawQuotas>,
    #[serde(default)]
    margin: Option<RawMargin>,
    #[serde(default)]
    special: Vec<RawSpecial>,
    #[serde(default)]
    opinions: Vec<Opinion>,
    #[serde(default)]
    unverified: Vec<Doubt>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawIndicator {
    concept: Spanned<String>,
    #[serde(default)]
    age_limit: Option<Spanned<u32>>,
    weighting: Weighting,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawClass {
    id: Spanned<String>,
    label: String,
    short: String,
    rank: Spanned<u8>,
    aids: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMargin {
    #[serde(default)]
    free: Option<Spanned<bool>>,
    #[serde(default)]
    pool: bool,
    #[serde(default)]
    outside_percent: Option<Spanned<f64>>,
    #[serde(default)]
    steps: Option<Spanned<u8>>,
    #[serde(default)]
    size: Option<RawSize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSize {
    usual_percent: Spanned<f64>,
    exceptional_percent: Spanned<f64>,
    at_least: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSpecial {
    kind: SpecialKind,
    #[serde(default)]
    classes: Vec<Spanned<String>>,
    text: String,
}

/// What every check needs: the name of the file, and the classes read so far.
struct Checks<'a> {
    file: &'a str,
    classes: Vec<Class>,
}

impl Checks<'_> {
    fn fault(&self, at: Location, field: &str, problem: impl Into<String>) -> MethodError {
        fault(self.file, at, field, problem)
    }

    /// An error about the whole file.
    fn whole(&self, field: &str, problem: impl Into<String>) -> MethodError {
        MethodError { file: self.file.to_owned(), line: 0, column: 0, field: field.to_owned(), problem: problem.into() }
    }

    fn date(&self, field: &str, text: &Spanned<String>) -> Result<Date, MethodError> {
        text.value.parse().map_err(|_| {
            let problem =
                format!("« {} » n’est pas une date ; attendu : année-mois-jour, comme 2017-11-13", text.value);
            self.fault(text.referenced, field, problem)
        })
    }

    fn class(&self, field: &str, id: &Spanned<String>) -> Result<u8, MethodError> {
        if let Some(i) = self.classes.iter().position(|class| class.id == id.value) {
            return Ok(i as u8);
        }
        let known: Vec<&str> = self.classes.iter().map(|class| class.id.as_str()).collect();
        let problem = format!("« {} » n’est pas une classe de ce fichier ; classes : {}", id.value, known.join(", "));
        Err(self.fault(id.referenced, field, problem))
    }

    fn levels(&self, field: &str, texts: &[Spanned<String>]) -> Result<Vec<Level>, MethodError> {
        if texts.is_empty() {
            return Err(self.whole(field, "aucun niveau ; indiquez celui du texte, puis ceux qui peuvent le remplacer"));
        }
        texts
            .iter()
            .map(|text| {
                text.value.parse().map_err(|error: pacte_territory::level::UnknownLevel| {
                    self.fault(text.referenced, field, error.to_string())
                })
            })
            .collect()
    }

    /// A percentage with two decimals at most, kept exact.
    fn percent(&self, field: &str, number: &Spanned<f64>) -> Result<Share, MethodError> {
        let percent = within(self.file, field, number, 0.0..=100.0, "un pourcentage entre 0 et 100")?;
        let hundredths = (percent * 100.0).round();
        if (percent * 100.0 - hundredths).abs() > 1e-6 {
            let problem = format!("{percent} % est trop précis ; deux décimales au plus, les quotas sont exacts");
            return Err(self.fault(number.referenced, field, problem));
        }
        Ok(Share::per_ten_thousand(hundredths as u64))
    }
}

pub(super) fn method(file: &str, text: &str) -> Result<ZoningMethod, MethodError> {
    let raw: RawMethod = read(file, text)?;
    let checks = Checks { file, classes: classes(file, raw.classes)? };
    let id_fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if raw.id.value.is_empty() || !raw.id.value.chars().all(id_fits) {
        let problem = format!(
            "« {} » ne peut pas nommer une méthode ; minuscules sans accent, chiffres, tirets : medecins-2017",
            raw.id.value
        );
        return Err(checks.fault(raw.id.referenced, "id", problem));
    }
    let version = checks.date("version", &raw.version)?;
    let from = raw.from.as_ref().map(|text| checks.date("from", text)).transpose()?;
    let to = raw.to.as_ref().map(|text| checks.date("to", text)).transpose()?;
    if let (Some(first), Some(last), Some(at)) = (from, to, &raw.to)
        && last < first
    {
        let problem = format!("la méthode cesse le {last}, avant d’entrer en vigueur le {first}");
        return Err(checks.fault(at.referenced, "to", problem));
    }
    let otherwise = raw.otherwise.as_ref().map(|id| checks.class("otherwise", id)).transpose()?;
    let (quota_levels, quotas, places) = match raw.quotas {
        Some(raw) => quota::quotas(&checks, raw)?,
        None => (vec![Level::Region, Level::Country], Vec::new(), Vec::new()),
    };
    quota::below_all(&checks, &quotas, &places)?;
    let plan = match (raw.rules.is_empty(), raw.score, raw.density) {
        (false, None, None) => Plan::Thresholds { rules: plan::rules(&checks, &raw.rules, &quotas)? },
        (true, Some(score), None) => Plan::Score(plan::score(&checks, score)?),
        (true, None, Some(density)) => Plan::Density(plan::density(&checks, density)?),
        _ => {
            return Err(checks.whole(
                "rules",
                "une méthode a soit des règles (« rules »), soit un score (« score »), soit une densité pondérée \
                 (« density »), et une seule des trois",
            ));
        }
    };
    let indicator = raw.indicator.map(|raw| indicator(&checks, raw)).transpose()?;
    match (&plan, &indicator) {
        (Plan::Thresholds { .. }, None) => {
            return Err(checks.whole("indicator", "les règles par seuil comparent un indicateur : indiquez lequel"));
        }
        (Plan::Score(_) | Plan::Density(_), Some(_)) => {
            return Err(checks.whole(
                "indicator",
                "le score et la densité pondérée se calculent d’une table de zones : retirez « indicator »",
            ));
        }
        _ => {}
    }
    Ok(ZoningMethod {
        margin: raw.margin.map(|raw| margin(&checks, raw)).transpose()?.unwrap_or_default(),
        special: raw.special.into_iter().map(|raw| special(&checks, raw)).collect::<Result<_, _>>()?,
        units: checks.levels("units", &raw.units)?,
        id: raw.id.value,
        label: raw.label,
        profession: raw.profession,
        version,
        legal_basis: raw.legal_basis,
        source: raw.source,
        from,
        to,
        status: raw.status,
        quota_levels,
        indicator,
        otherwise,
        plan,
        quotas,
        opinions: raw.opinions,
        doubts: raw.unverified,
        classes: checks.classes,
        text: text.to_owned(),
    })
}

fn classes(file: &str, raw: Vec<RawClass>) -> Result<Vec<Class>, MethodError> {
    let mut classes: Vec<Class> = Vec::new();
    for class in raw {
        if classes.iter().any(|known| known.id == class.id.value) {
            let problem = format!("la classe « {} » est déclarée deux fois", class.id.value);
            return Err(fault(file, class.id.referenced, "classes", problem));
        }
        if class.rank.value > 6 {
            let problem = format!("rang de couleur {} refusé ; attendu : de 0 (le plus aidé) à 6", class.rank.value);
            return Err(fault(file, class.rank.referenced, "classes.rank", problem));
        }
        classes.push(Class {
            id: class.id.value,
            label: class.label,
            short: class.short,
            rank: class.rank.value,
            aids: class.aids,
        });
    }
    if classes.is_empty() || classes.len() > 20 {
        return Err(MethodError {
            file: file.to_owned(),
            line: 0,
            column: 0,
            field: "classes".to_owned(),
            problem: format!("{} classes ; attendu : de 1 à 20, la plus aidée d’abord", classes.len()),
        });
    }
    Ok(classes)
}

fn indicator(checks: &Checks<'_>, raw: RawIndicator) -> Result<Indicator, MethodError> {
    if raw.concept.value.is_empty() {
        return Err(checks.fault(raw.concept.referenced, "indicator.concept", "vide ; par exemple : apl.gp"));
    }
    if let Some(age) = raw.age_limit.as_ref().filter(|age| !(40..=90).contains(&age.value)) {
        let problem = format!("{} ans est refusé ; attendu : une limite entre 40 et 90 ans", age.value);
        return Err(checks.fault(age.referenced, "indicator.age_limit", problem));
    }
    Ok(Indicator {
        concept: raw.concept.value,
        age_limit: raw.age_limit.map(|age| age.value),
        weighting: raw.weighting,
    })
}

fn margin(checks: &Checks<'_>, raw: RawMargin) -> Result<Margin, MethodError> {
    let free = raw.free.as_ref().is_some_and(|free| free.value);
    if let Some(at) = raw.free.as_ref().filter(|free| free.value)
        && (raw.pool || raw.outside_percent.is_some() || raw.steps.is_some())
    {
        let problem = "« free » laisse déjà tout classement possible ; retirez « free », ou bien « pool », \
                       « outside_percent » et « steps »";
        return Err(checks.fault(at.referenced, "margin.free", problem));
    }
    let size = raw
        .size
        .map(|size| {
            let usual = checks.percent("margin.size.usual_percent", &size.usual_percent)?;
            let exceptional = checks.percent("margin.size.exceptional_percent", &size.exceptional_percent)?;
            if exceptional.num < usual.num {
                let problem = format!(
                    "la marge exceptionnelle ({} %) est plus étroite que l’ordinaire ({} %)",
                    size.exceptional_percent.value, size.usual_percent.value
                );
                return Err(checks.fault(
                    size.exceptional_percent.referenced,
                    "margin.size.exceptional_percent",
                    problem,
                ));
            }
            Ok(SizeChange { usual, exceptional, at_least: size.at_least })
        })
        .transpose()?;
    Ok(Margin {
        free,
        pool: raw.pool,
        outside: raw.outside_percent.map(|percent| checks.percent("margin.outside_percent", &percent)).transpose()?,
        steps: raw.steps.map(|steps| steps.value),
        size,
    })
}

fn special(checks: &Checks<'_>, raw: RawSpecial) -> Result<Special, MethodError> {
    Ok(Special {
        kind: raw.kind,
        classes: raw.classes.iter().map(|id| checks.class("special.classes", id)).collect::<Result<_, _>>()?,
        text: raw.text,
    })
}
