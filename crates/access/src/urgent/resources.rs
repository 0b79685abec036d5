//! The resources of a territory: those of its register, and the emergency departments of the BPE.

use pacte_territory::{CareKind, CareResource, CommuneId, Territory, WeekHours};

/// Column that counts emergency departments (BPE, D106).
const DEPARTMENTS: &str = "supply.emergency";

/// Resources and what is to be said of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Declared {
    /// Those of the register, then emergency departments of the BPE in commune order.
    pub resources: Vec<CareResource>,
    /// Where they come from, one citation each.
    pub sources: Vec<String>,
    /// What is missing, in French.
    pub notes: Vec<String>,
}

/// The resources of a territory.
///
/// Emergency departments are those of the register when it names one at least, else those of the BPE, open at all hours;
/// a commune that counts several gets one, times being those of the commune.
pub fn of_territory(territory: &Territory) -> Declared {
    let register = &territory.care;
    let mut declared = Declared { resources: register.resources.clone(), ..Declared::default() };
    declared.sources.extend(register.sources.iter().map(|source| format!("{} ({})", source.citation(), source.file)));
    if register.resources.is_empty() {
        declared.notes.push(
            "Aucun registre des ressources (SMUR, MCS, hélicoptères) n’est importé : seuls les services d’urgences comptent. \
             « pacte urgent template » en donne le modèle."
                .to_owned(),
        );
    }
    if register.resources.iter().any(|resource| resource.kind == CareKind::Su) {
        return declared;
    }
    let Some(column) = territory.latest(DEPARTMENTS) else {
        declared.notes.push(
            "Aucun service d’urgences n’est connu : importez la base permanente des équipements (BPE) ou nommez-les dans le registre."
                .to_owned(),
        );
        return declared;
    };
    declared.sources.push(column.provenance.citation());
    for (commune, count) in (0_u32..).zip(&column.values) {
        if *count > 0.0 {
            declared.resources.push(department(territory, commune, *count, &column.provenance.citation()));
        }
    }
    declared
}

fn department(territory: &Territory, commune: CommuneId, count: f64, source: &str) -> CareResource {
    let name = &territory.communes.name[commune as usize];
    let code = territory.communes.code[commune as usize];
    let several = if count >= 2.0 { format!(" ({count:.0} services)") } else { String::new() };
    CareResource {
        id: format!("BPE-D106-{code}"),
        kind: CareKind::Su,
        name: format!("Urgences, {name}{several}"),
        commune,
        point: None,
        from: None,
        to: None,
        hours: WeekHours::always(),
        seasons: Vec::new(),
        flight: None,
        note: String::new(),
        source: source.to_owned(),
    }
}
