//! The indicators themselves: one list, in the order of tables and pages.

use pacte_territory::Column;

use super::{Atlas, ColumnRef, Direction, Evolving, Formula, Indicator};

/// APL below which a territory is said to be under-dense, consultations per standardised inhabitant and year
/// (arrêté du 13 novembre 2017, annexe; domain note §1.8).
pub const UNDER_DENSE: f64 = 2.5;
/// Minutes beyond which urgent care is said to be far (pacte territoire-santé 2012, engagement 9).
pub const BEYOND_MINUTES: f64 = 30.0;

/// A count shown as it stands: id, concept, label, unit.
const COUNTS: [(&str, &str, &str, &str); 8] = [
    ("gps", "supply.gp", "Médecins généralistes", "médecins"),
    ("nurses", "supply.nurse", "Infirmiers", "infirmiers"),
    ("pharmacies", "supply.pharmacy", "Pharmacies", "pharmacies"),
    ("emergency_departments", "supply.emergency", "Services d’urgences", "services"),
    ("msp", "supply.msp", "Maisons de santé pluriprofessionnelles", "maisons"),
    ("health_centres", "supply.health_centre", "Centres de santé", "centres"),
    ("maternities", "supply.maternity", "Maternités", "maternités"),
    ("hospital_sites", "supply.hospital_site", "Sites hospitaliers", "sites"),
];

pub(super) fn indicators(atlas: &Atlas) -> Vec<Indicator> {
    let mut list = Vec::new();
    population(atlas, &mut list);
    computed_apl(atlas, &mut list);
    published_apl(atlas, &mut list);
    minutes(atlas, &mut list);
    supply(atlas, &mut list);
    context(atlas, &mut list);
    list
}

fn population(atlas: &Atlas, list: &mut Vec<Indicator>) {
    list.push(Indicator {
        id: "communes".into(),
        label: "Communes".into(),
        unit: "communes".into(),
        decimals: 0,
        direction: Direction::Neutral,
        formula: Formula::Members,
        citation: format!("INSEE, code officiel géographique, {}", atlas.territory.meta.geography.year()),
        method: String::new(),
    });
    if let Some(latest) = atlas.latest("population.municipal") {
        list.push(Indicator { id: "population".into(), ..total(latest, "Population", "habitants") });
    }
    for vintage in atlas.territory.vintages("population.municipal") {
        if let Some(column) = atlas.column("population.municipal", vintage) {
            list.push(Indicator {
                id: format!("population_{vintage}"),
                ..total(column, &format!("Population municipale {vintage}"), "habitants")
            });
        }
    }
    if let (Some(people), Some(area)) = (atlas.latest("population.municipal"), atlas.latest("area.km2")) {
        list.push(Indicator {
            id: "density".into(),
            label: "Densité de population".into(),
            unit: "hab./km²".into(),
            decimals: 1,
            direction: Direction::Neutral,
            formula: Formula::Ratio { of: ColumnRef::of(people), per: ColumnRef::of(area), scale: 1.0 },
            citation: citations(&[people, area]),
            method: String::new(),
        });
    }
}

fn computed_apl(atlas: &Atlas, list: &mut Vec<Indicator>) {
    let Some(demand) = atlas.latest("access.demand.gp") else { return };
    let people = atlas.latest("population.municipal").unwrap_or(demand);
    let variants = [
        (
            "apl_mg",
            "access.apl.gp",
            "APL aux médecins généralistes",
            "share_below_2_5",
            "Population sous le seuil de 2,5",
        ),
        (
            "apl_mg_65",
            "access.apl.gp_65",
            "APL aux médecins généralistes de 65 ans ou moins",
            "share_below_2_5_65",
            "Population sous le seuil de 2,5 (médecins de 65 ans ou moins)",
        ),
    ];
    for (id, concept, label, share, share_label) in variants {
        let Some(apl) = atlas.latest(concept) else { continue };
        list.push(Indicator { method: apl.provenance.method.clone(), ..apl_mean(id, label, apl, demand) });
        list.push(below(share, share_label, apl, people));
    }
}

fn published_apl(atlas: &Atlas, list: &mut Vec<Indicator>) {
    for (suffix, concept, who) in [("", "apl.gp", ""), ("_65", "apl.gp_65", " de 65 ans ou moins")] {
        for vintage in atlas.territory.vintages(concept).into_iter().rev() {
            let (Some(apl), Some(weight)) =
                (atlas.column(concept, vintage), atlas.column("population.standardised", vintage))
            else {
                continue;
            };
            let label = format!("APL publiée aux médecins généralistes{who}, {vintage}");
            list.push(apl_mean(&format!("apl_published{suffix}_{vintage}"), &label, apl, weight));
            let plain = atlas.column("population.apl", vintage);
            if let Some(people) = plain.or_else(|| atlas.latest("population.municipal")) {
                let label = format!("Population sous 2,5 d’APL publiée{who}, {vintage}");
                list.push(below(&format!("share_below_2_5_published{suffix}_{vintage}"), &label, apl, people));
            }
        }
    }
    let others = [
        ("apl_nurse", "apl.nurse", "APL publiée aux infirmiers", "ETP pour 100 000 hab."),
        ("apl_midwife", "apl.midwife", "APL publiée aux sages-femmes", "ETP pour 100 000 femmes"),
        ("apl_physio", "apl.physio", "APL publiée aux masseurs-kinésithérapeutes", "ETP pour 100 000 hab."),
    ];
    for (id, concept, label, unit) in others {
        let Some(apl) = atlas.latest(concept) else { continue };
        let Some(weight) = atlas.column("population.standardised", apl.vintage) else { continue };
        let label = format!("{label}, {}", apl.vintage);
        list.push(Indicator { unit: unit.into(), decimals: 1, ..apl_mean(id, &label, apl, weight) });
    }
}

fn minutes(atlas: &Atlas, list: &mut Vec<Indicator>) {
    let Some(people) = atlas.latest("population.municipal") else { return };
    let kinds = [
        ("minutes_urgences", "emergency", "Temps d’accès au service d’urgences le plus proche"),
        ("minutes_mg", "gp", "Temps d’accès au médecin généraliste le plus proche"),
        ("minutes_pharmacie", "pharmacy", "Temps d’accès à la pharmacie la plus proche"),
        ("minutes_maternite", "maternity", "Temps d’accès à la maternité la plus proche"),
    ];
    for (id, kind, label) in kinds {
        let Some(minutes) = atlas.latest(&format!("access.minutes.{kind}")) else { continue };
        list.push(Indicator {
            id: id.into(),
            label: label.into(),
            unit: "minutes".into(),
            decimals: 0,
            direction: Direction::LowerIsBetter,
            formula: Formula::Mean { of: ColumnRef::of(minutes), weight: ColumnRef::of(people) },
            citation: citations(&[minutes, people]),
            method: minutes.provenance.method.clone(),
        });
        if kind == "emergency" {
            list.push(Indicator {
                id: "share_beyond_30".into(),
                label: "Population à plus de 30 minutes d’un service d’urgences".into(),
                unit: "%".into(),
                decimals: 1,
                direction: Direction::LowerIsBetter,
                formula: Formula::ShareAbove {
                    of: ColumnRef::of(minutes),
                    weight: ColumnRef::of(people),
                    threshold: BEYOND_MINUTES,
                },
                citation: citations(&[minutes, people]),
                method: minutes.provenance.method.clone(),
            });
        }
    }
}

fn supply(atlas: &Atlas, list: &mut Vec<Indicator>) {
    if let (Some(gps), Some(people)) = (atlas.latest("supply.gp"), atlas.latest("population.municipal")) {
        list.push(Indicator {
            id: "mg_pour_100k".into(),
            label: "Médecins généralistes pour 100 000 habitants".into(),
            unit: "pour 100 000 hab.".into(),
            decimals: 1,
            direction: Direction::HigherIsBetter,
            formula: Formula::Ratio { of: ColumnRef::of(gps), per: ColumnRef::of(people), scale: 1e5 },
            citation: citations(&[gps, people]),
            method: String::new(),
        });
    }
    for (id, concept, label, unit) in COUNTS {
        if let Some(column) = atlas.latest(concept) {
            list.push(Indicator { id: id.into(), direction: Direction::HigherIsBetter, ..total(column, label, unit) });
        }
    }
}

fn context(atlas: &Atlas, list: &mut Vec<Indicator>) {
    let Some(people) = atlas.latest("population.municipal") else { return };
    let means = [
        ("share_75_plus", "age.share_75_plus", "Personnes de 75 ans et plus", "%"),
        ("poverty_rate", "poverty.rate", "Taux de pauvreté", "%"),
    ];
    for (id, concept, label, unit) in means {
        let Some(column) = atlas.latest(concept) else { continue };
        list.push(Indicator {
            id: id.into(),
            label: label.into(),
            unit: unit.into(),
            decimals: 1,
            direction: Direction::Neutral,
            formula: Formula::Mean { of: ColumnRef::of(column), weight: ColumnRef::of(people) },
            citation: citations(&[column]),
            method: String::new(),
        });
    }
}

pub(super) fn evolution(atlas: &Atlas, of: Evolving, from: i16, to: i16) -> Indicator {
    let key = |concept: &str, vintage| ColumnRef { concept: concept.to_owned(), vintage };
    let concept = of.concept();
    let (label, unit, decimals, direction, formula) = match of {
        Evolving::Population => (
            format!("Évolution de la population, {from}–{to}"),
            "%",
            1,
            Direction::Neutral,
            Formula::Growth { from: key(concept, from), to: key(concept, to) },
        ),
        Evolving::Gp => (
            format!("Évolution du nombre de médecins généralistes, {from}–{to}"),
            "%",
            1,
            Direction::HigherIsBetter,
            Formula::Growth { from: key(concept, from), to: key(concept, to) },
        ),
        Evolving::AplGp => (
            format!("Évolution de l’APL publiée, {from}–{to}"),
            "consultations par hab. et par an",
            2,
            Direction::HigherIsBetter,
            Formula::Difference {
                from: (key(concept, from), key("population.standardised", from)),
                to: (key(concept, to), key("population.standardised", to)),
            },
        ),
    };
    let sources: Vec<&Column> = [from, to].iter().filter_map(|vintage| atlas.column(concept, *vintage)).collect();
    Indicator {
        id: format!("evolution_{}_{from}_{to}", of.slug()),
        label,
        unit: unit.into(),
        decimals,
        direction,
        formula,
        citation: citations(&sources),
        method: String::new(),
    }
}

fn total(column: &Column, label: &str, unit: &str) -> Indicator {
    Indicator {
        id: String::new(),
        label: label.into(),
        unit: unit.into(),
        decimals: 0,
        direction: Direction::Neutral,
        formula: Formula::Total(ColumnRef::of(column)),
        citation: column.provenance.citation(),
        method: column.provenance.method.clone(),
    }
}

fn apl_mean(id: &str, label: &str, apl: &Column, weight: &Column) -> Indicator {
    Indicator {
        id: id.into(),
        label: label.into(),
        unit: "consultations par hab. et par an".into(),
        decimals: 2,
        direction: Direction::HigherIsBetter,
        formula: Formula::Mean { of: ColumnRef::of(apl), weight: ColumnRef::of(weight) },
        citation: apl.provenance.citation(),
        method: "Au-dessus de la commune : moyenne pondérée par la population standardisée.".into(),
    }
}

fn below(id: &str, label: &str, apl: &Column, people: &Column) -> Indicator {
    Indicator {
        id: id.into(),
        label: label.into(),
        unit: "%".into(),
        decimals: 1,
        direction: Direction::LowerIsBetter,
        formula: Formula::ShareBelow { of: ColumnRef::of(apl), weight: ColumnRef::of(people), threshold: UNDER_DENSE },
        citation: citations(&[apl, people]),
        method: "Part de la population, non standardisée, des communes dont l’APL est inférieure à 2,5.".into(),
    }
}

fn citations(columns: &[&Column]) -> String {
    let mut parts: Vec<String> = columns.iter().map(|column| column.provenance.citation()).collect();
    parts.dedup();
    parts.join(" ; ")
}
