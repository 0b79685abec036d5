//! The arrêté: what the template of `pacts/documents/zonage.typ` is given, all texts already written. French: it is law.

use std::fmt::Write as _;

use pacte_access::zoning::method::OpinionForm;
use pacte_access::zoning::{Class, Effects, ZoningMethod};
use pacte_access::zoning_layer::{Layer, LayerZone};
use pacte_documents::{DocumentError, DocumentOptions, Image, render};
use pacte_territory::Territory;
use serde_json::{Value, json};

use super::map;
use crate::extent::Extent;
use crate::format::{self, NARROW};
use crate::i18n::Lang;

const TEMPLATE: &str = include_str!("../../../../../../pacts/documents/zonage.typ");
const FR: Lang = Lang::Fr;

/// Most communes named for one zone in the annex; the data files name them all.
const MOST_NAMED: usize = 60;

/// Makes the PDF of a layer, or of what a draft would become.
///
/// # Errors
/// [`DocumentError`] when the template cannot be rendered, which is our fault.
pub fn pdf(territory: &Territory, extent: &Extent, layer: &Layer, project: bool) -> Result<Vec<u8>, DocumentError> {
    let svg = drawing(territory, extent, layer).map(|svg| map::as_image(&svg)).unwrap_or_default();
    let paints = map::Paints::of(&layer.classes);
    let mut entries: Vec<(String, String, String)> = layer
        .classes
        .iter()
        .enumerate()
        .map(|(i, class)| (format!("legende-{i}.svg"), map::swatch_image(&paints, Some(class)), class.label.clone()))
        .collect();
    let missing = layer.zones.iter().any(|zone| zone.class.is_none());
    if missing {
        let name = format!("legende-{}.svg", layer.classes.len());
        entries.push((name, map::swatch_image(&paints, None), "Sans classe".to_owned()));
    }
    let mut images: Vec<Image<'_>> = Vec::new();
    if !svg.is_empty() {
        images.push(Image { name: "carte.svg", bytes: svg.as_bytes() });
        images.extend(entries.iter().map(|(name, svg, _)| Image { name, bytes: svg.as_bytes() }));
    }
    let labels: Vec<&str> = entries.iter().map(|(_, _, label)| label.as_str()).collect();
    let data = data(layer, project, !svg.is_empty(), &labels);
    let date = layer.effective;
    let options =
        DocumentOptions { title: title(layer), lang: "fr".to_owned(), date: (date.year(), date.month(), date.day()) };
    render(TEMPLATE, &data, &images, &options)
}

/// The map of a layer, when its zones are still areas of this territory.
fn drawing(territory: &Territory, extent: &Extent, layer: &Layer) -> Option<String> {
    let zones: Vec<(u32, Option<&Class>, String)> = layer
        .zones
        .iter()
        .filter_map(|zone| {
            let area = territory.find(layer.level, &zone.code)?;
            Some((area, zone.class.as_ref().and_then(|id| layer.class(id)), zone.name.clone()))
        })
        .collect();
    let shown = map::Shown {
        territory,
        extent,
        level: layer.level,
        paints: &map::Paints::of(&layer.classes),
        whole: layer.scope.is_whole(),
        zones: &zones,
        title: &layer.title,
        link: ("#", ""),
    };
    map::draw(&shown)
}

fn title(layer: &Layer) -> String {
    format!("Arrêté portant zonage des {} – {}", profession(&layer.method.profession), layer.scope.name)
}

/// Professions as an arrêté names them.
pub(super) fn profession(id: &str) -> &str {
    match id {
        "gp" => "médecins",
        "nurse" => "infirmiers",
        "physio" => "masseurs-kinésithérapeutes",
        "midwife" => "sages-femmes",
        "dentist" => "chirurgiens-dentistes",
        "speech" => "orthophonistes",
        other => other,
    }
}

fn people(count: u64) -> String {
    format::count(FR, count)
}

fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        String::new()
    } else {
        format::percent(FR, 100.0 * part as f64 / whole as f64, 1).unwrap_or_default()
    }
}

fn data(layer: &Layer, project: bool, drawn: bool, legend: &[&str]) -> Value {
    let method = ZoningMethod::from_yaml(&layer.method.id, &layer.method.text).ok();
    let total: u64 = layer.zones.iter().map(|zone| zone.people).sum();
    let (by_class, zones) = (layer.people_by_class(), layer.zones_by_class());
    let date = format::date(FR, layer.effective);
    let hash = &layer.method.hash[..12.min(layer.method.hash.len())];
    let vintages =
        layer.base.vintages.iter().map(|vintage| format!("{} ({}) : {}", vintage.what, vintage.name, vintage.citation));
    let mut colophon = vec![
        format!("Méthode : {} ; {}. Empreinte {}.", layer.method.label, layer.method.legal_basis, layer.method.hash),
        format!(
            "Territoire : {}, géographie au {}, empreinte {}.",
            layer.base.name,
            format::date(FR, layer.base.geography),
            layer.base.territory
        ),
        format!("Projet {}, version {}.", layer.draft.0, layer.draft.1),
    ];
    colophon.extend(vintages);
    colophon.extend(layer.notes.iter().cloned());
    json!({
        "project": project,
        "title": title(layer),
        "running": layer.title,
        "authority": if layer.authority.is_empty() { "Agence régionale de santé".to_owned() } else { layer.authority.clone() },
        "reference": layer.title,
        "words": {
            "project": "PROJET",
            "project-notice": "PROJET – sans valeur juridique",
            "visa": "Vu",
            "considering": "Considérant",
            "semicolon": format!("{NARROW};"),
            "decides": "ARRÊTE",
        },
        "visas": visas(layer, method.as_ref()),
        "considerings": considerings(layer, total, &by_class),
        "articles": articles(layer, method.as_ref(), &date, &by_class, &zones, total),
        "done": if project { "Fait à …, le …".to_owned() } else { String::new() },
        "signature": if layer.signature.is_empty() { "Pour l’agence régionale de santé, la directrice ou le directeur général".to_owned() } else { layer.signature.clone() },
        "summary": summary(layer, &by_class, &zones, total),
        "quotas": quotas(layer),
        "map": {
            "drawn": drawn,
            "title": "Carte des zones",
            "alt": map_alternative(layer, &by_class, total),
            "legend": legend.iter().map(|label| json!({ "label": label, "alt": format!("Motif de la classe {label}") })).collect::<Vec<_>>(),
            "source": format!("{} ; zonage au {date}.", layer.method.label),
        },
        "annex": annex(layer),
        "moved": moved(layer),
        "colophon": {
            "title": "Données et méthode",
            "short": format!("Méthode {} · empreinte {hash}", layer.method.id),
            "lines": colophon,
        },
    })
}

/// Legal texts, then the one of the method, then the opinions it requires.
fn visas(layer: &Layer, method: Option<&ZoningMethod>) -> Vec<String> {
    let mut visas = vec![
        "le code de la santé publique, notamment ses articles L. 1434-4 et R. 1434-41 à R. 1434-43".to_owned(),
        with_article(layer.method.legal_basis.trim_end_matches('.')),
    ];
    for opinion in method.iter().flat_map(|method| &method.opinions) {
        let body = &opinion.body;
        visas.push(match opinion.form {
            OpinionForm::Concertation => format!("la concertation menée ({body} ; {})", opinion.provision),
            OpinionForm::Avis => match opinion.months {
                Some(months) => {
                    format!("l’avis rendu, ou réputé rendu au terme de {months} mois ({body} ; {})", opinion.provision)
                }
                None => format!("l’avis rendu ({body} ; {})", opinion.provision),
            },
        });
    }
    if let Some(before) = layer.supersedes.as_ref() {
        visas.push(format!("le zonage précédent, publié sous la référence {before}"));
    }
    visas
}

/// A reference as it stands after « Vu »: with its article, in the middle of a sentence.
fn with_article(reference: &str) -> String {
    for (start, article) in
        [("Code", "le code"), ("Arrêté", "l’arrêté"), ("Convention", "la convention"), ("Avenant", "l’avenant")]
    {
        if let Some(rest) = reference.strip_prefix(start) {
            return format!("{article}{rest}");
        }
    }
    reference.to_owned()
}

/// Where a zoning applies, in the middle of a sentence.
fn place(layer: &Layer) -> String {
    if layer.scope.is_whole() {
        format!("l’ensemble du territoire ({})", layer.scope.name)
    } else {
        format!("la région {}", layer.scope.name)
    }
}

fn zones_counted(count: u64) -> String {
    if count < 2 { format!("{count} zone") } else { format!("{} zones", people(count)) }
}

/// What the data say, then what the agency writes.
fn considerings(layer: &Layer, total: u64, by_class: &[u64]) -> Vec<String> {
    let inputs: Vec<&str> = layer
        .base
        .vintages
        .iter()
        .filter(|vintage| vintage.what != "découpage")
        .map(|vintage| vintage.citation.as_str())
        .collect();
    let mut out = vec![format!(
        "que le territoire compte {} zones et {} habitants, selon {}",
        people(layer.zones.len() as u64),
        people(total),
        inputs.join(" ; ")
    )];
    for (class, count) in layer.classes.iter().zip(by_class).filter(|(_, count)| **count > 0) {
        out.push(format!(
            "que {} habitants, soit {} de la population, vivent dans des zones classées « {} »",
            people(*count),
            share(*count, total),
            class.label
        ));
    }
    for quota in &layer.quotas {
        out.push(format!(
            "que la part « {} » fixée pour la région {} autorise le classement de {} habitants, et que {} sont classés",
            quota.label,
            quota.name,
            people(quota.allowed),
            people(quota.used)
        ));
    }
    if let Some(effects) = &layer.effects {
        out.push(format!(
            "que {} habitants changent de classe par rapport au zonage précédent ({}){}",
            people(effects.people_moved),
            layer.before,
            elsewhere(layer, effects)
        ));
    }
    let moved = layer.zones.iter().filter(|zone| !zone.reason.is_empty()).count();
    if moved > 0 {
        out.push(format!(
            "que {} autrement que ne le propose la méthode, pour les motifs énoncés en annexe",
            if moved == 1 { "1 zone est classée".to_owned() } else { format!("{moved} zones sont classées") }
        ));
    }
    out.extend(layer.text.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| {
        line.trim_end_matches([';', '.', ' ', NARROW])
            .strip_prefix("Considérant ")
            .map_or_else(|| line.trim_end_matches([';', '.', ' ', NARROW]).to_owned(), str::to_owned)
    }));
    out
}

fn articles(
    layer: &Layer,
    method: Option<&ZoningMethod>,
    date: &str,
    by_class: &[u64],
    zones: &[u64],
    total: u64,
) -> Vec<Value> {
    let article = |title: String, paragraphs: Vec<String>, items: Vec<String>| json!({ "title": title, "paragraphs": paragraphs, "items": items });
    let classes = layer.classes.iter().zip(by_class.iter().zip(zones)).filter(|(_, (_, zones))| **zones > 0);
    let items = classes
        .clone()
        .map(|(class, (count, zones))| {
            format!(
                "{} : {}, {} habitants ({})",
                class.label,
                zones_counted(*zones),
                people(*count),
                share(*count, total)
            )
        })
        .collect();
    let aids = layer
        .classes
        .iter()
        .filter(|class| !class.aids.is_empty())
        .map(|class| format!("{} : {}", class.label, class.aids.trim_end_matches('.')))
        .collect();
    let mut out = vec![
        article(
            "Article premier – Zones".to_owned(),
            vec![format!(
                "Les zones caractérisées par une offre de soins insuffisante ou par des difficultés dans l’accès aux soins pour les {} sont arrêtées comme suit pour {} ; la liste des zones et de leurs communes figure en annexe.",
                profession(&layer.method.profession),
                place(layer)
            )],
            items,
        ),
        article(
            "Article 2 – Mesures".to_owned(),
            vec!["Le classement d’une zone ouvre les mesures suivantes, dans les conditions des textes qui les régissent.".to_owned()],
            aids,
        ),
    ];
    if !layer.quarters.is_empty() {
        let items = layer
            .quarters
            .iter()
            .map(|quarter| {
                let label = layer.class(&quarter.class).map_or(quarter.class.as_str(), |class| class.short.as_str());
                let communes: Vec<&str> = quarter.communes.iter().map(|commune| commune.name.as_str()).collect();
                format!(
                    "{} ({}, {}), classé {label} : {}",
                    quarter.name,
                    quarter.code,
                    communes.join(", "),
                    quarter.reason
                )
            })
            .collect();
        let paragraph = "Les quartiers prioritaires de la politique de la ville suivants sont ajoutés aux zones.";
        out.push(article(
            format!("Article {} – Quartiers prioritaires", out.len() + 1),
            vec![paragraph.to_owned()],
            items,
        ));
    }
    let replaces = if layer.supersedes.is_some() {
        " À cette date, le zonage précédent cesse de produire ses effets pour l’avenir ; les contrats signés gardent la classe sous laquelle ils l’ont été."
    } else {
        ""
    };
    out.push(article(
        format!("Article {} – Entrée en vigueur", out.len() + 1),
        vec![format!("Le présent arrêté prend effet le {date}.{replaces} Il est révisé au moins tous les trois ans.")],
        Vec::new(),
    ));
    let cautions = method.map(ZoningMethod::cautions).unwrap_or_default();
    if !cautions.is_empty() {
        out.push(article(
            format!("Article {} – Réserves sur la méthode", out.len() + 1),
            vec![
                "Les paramètres suivants de la méthode restent à confronter au texte publié avant signature."
                    .to_owned(),
            ],
            cautions,
        ));
    }
    out.push(article(
        format!("Article {} – Recours et exécution", out.len() + 1),
        vec![
            "Le présent arrêté peut faire l’objet d’un recours devant le tribunal administratif compétent dans un délai de deux mois à compter de sa publication.".to_owned(),
            "Il est publié au recueil des actes administratifs.".to_owned(),
        ],
        Vec::new(),
    ));
    out
}

fn summary(layer: &Layer, by_class: &[u64], zones: &[u64], total: u64) -> Value {
    let mut rows: Vec<Vec<String>> = layer
        .classes
        .iter()
        .enumerate()
        .map(|(i, class)| vec![class.label.clone(), people(zones[i]), people(by_class[i]), share(by_class[i], total)])
        .collect();
    if zones[layer.classes.len()] > 0 {
        let i = layer.classes.len();
        rows.push(vec!["Sans classe".to_owned(), people(zones[i]), people(by_class[i]), share(by_class[i], total)]);
    }
    rows.push(vec!["Ensemble".to_owned(), people(layer.zones.len() as u64), people(total), share(total, total)]);
    let mut text = format!("Zonage pour {}, selon la méthode « {} ».", place(layer), layer.method.label);
    if let Some(effects) = &layer.effects {
        let moved = people(effects.people_moved);
        let _ = write!(
            text,
            " Par rapport au zonage précédent ({}), {moved} habitants changent de classe{}.",
            layer.before,
            elsewhere(layer, effects)
        );
    }
    json!({ "title": "Synthèse", "text": text, "heads": ["Classe", "Zones", "Habitants", "Part"], "rows": rows })
}

/// How many of those who change class had one this method does not have; empty when nobody had.
fn elsewhere(layer: &Layer, effects: &Effects) -> String {
    match effects.people_from_elsewhere(layer.classes.len()) {
        0 => String::new(),
        count => format!(", dont {} qui n’avaient pas une classe de cette méthode", people(count)),
    }
}

fn quotas(layer: &Layer) -> Value {
    let rows: Vec<Vec<String>> = layer
        .quotas
        .iter()
        .map(|quota| {
            vec![
                quota.name.clone(),
                quota.label.clone(),
                format::percent(FR, quota.share.percent(), 2).unwrap_or_default(),
                people(quota.allowed),
                people(quota.used),
            ]
        })
        .collect();
    json!({
        "title": "Parts de population",
        "heads": ["Région", "Quota", "Part", "Autorisé", "Classé"],
        "rows": rows,
    })
}

fn annex(layer: &Layer) -> Value {
    let row = |zone: &LayerZone| {
        let mut names: Vec<&str> = zone.communes.iter().take(MOST_NAMED).map(|commune| commune.name.as_str()).collect();
        let more = format!("et {} autres communes", zone.communes.len().saturating_sub(MOST_NAMED));
        if zone.communes.len() > MOST_NAMED {
            names.push(&more);
        }
        vec![zone.code.clone(), zone.name.clone(), people(zone.people), names.join(", ")]
    };
    let of = |class: Option<&str>| -> Vec<Vec<String>> {
        layer.zones.iter().filter(|zone| zone.class.as_deref() == class).map(row).collect()
    };
    let mut parts: Vec<Value> = Vec::new();
    for class in &layer.classes {
        let rows = of(Some(&class.id));
        if !rows.is_empty() {
            parts.push(json!({ "title": class.label, "rows": rows }));
        }
    }
    let rest = of(None);
    if !rest.is_empty() {
        parts.push(json!({ "title": "Zones sans classe (indicateur inconnu)", "rows": rest }));
    }
    json!({
        "title": "Annexe – Liste des zones et de leurs communes",
        "text": format!("Zones au sens de la méthode ({}), communes au {}.", level_name(layer), format::date(FR, layer.base.geography)),
        "heads": ["Code", "Zone", "Habitants", "Communes"],
        "parts": parts,
    })
}

fn moved(layer: &Layer) -> Value {
    let short =
        |id: Option<&String>| id.and_then(|id| layer.class(id)).map_or("sans classe", |class| class.short.as_str());
    let rows: Vec<Vec<String>> = layer
        .zones
        .iter()
        .filter(|zone| !zone.reason.is_empty())
        .map(|zone| {
            vec![
                format!("{} ({})", zone.name, zone.code),
                short(zone.proposed.as_ref()).to_owned(),
                short(zone.class.as_ref()).to_owned(),
                zone.reason.clone(),
            ]
        })
        .collect();
    json!({
        "title": "Zones dont la classe n’est pas celle de la méthode",
        "text": "Chaque changement est décidé dans la marge que la méthode laisse à l’agence.",
        "heads": ["Zone", "Méthode", "Arrêté", "Motif"],
        "rows": rows,
    })
}

fn level_name(layer: &Layer) -> String {
    FR.levels(layer.level)
}

fn map_alternative(layer: &Layer, by_class: &[u64], total: u64) -> String {
    let shares: Vec<String> = layer
        .classes
        .iter()
        .zip(by_class)
        .map(|(class, count)| format!("{} : {} de la population", class.label, share(*count, total)))
        .collect();
    format!("Carte des zones de {} coloriées par classe. {}.", layer.scope.name, shares.join(" ; "))
}
