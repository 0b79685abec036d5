//! `pacte access`: the computation, and the same figures as the pages.

use anyhow::{Context as _, Result, bail};
use pacte_access::compare;
use pacte_access::method::ActivityRule;
use pacte_access::travel::calibrate;
use pacte_portal::tables;
use pacte_sources::table::{Cell, CellKind, Table, TableColumn};
use pacte_territory::{Column, Level, Territory};

use crate::cli::{Activity, TextFormat, Travel};
use crate::data_dir::{DataDir, Opened};
use crate::print::print;
use crate::progress::step;

/// Computes access, keeps it, and says with which methods.
pub(crate) fn compute(data: &DataDir, travel: Option<Travel>, format: TextFormat) -> Result<()> {
    let opened = step("Calcul de l’accès aux soins", || data.atlas_by(travel))?;
    let mut table = Table::new(
        "access",
        "Accès calculé",
        vec![
            TableColumn::text("concept", "Colonne"),
            TableColumn::text("label", "Grandeur"),
            TableColumn { kind: CellKind::Year, ..TableColumn::text("vintage", "Millésime") },
            TableColumn::integer("communes", "Communes renseignées", ""),
        ],
    );
    // For people the methods are paragraphs under the table; for programs they are a column.
    if format != TextFormat::Table {
        table.columns.push(TableColumn::text("method", "Méthode"));
    }
    for column in &opened.access.columns {
        let mut row = vec![
            Cell::text(&column.concept),
            Cell::text(&column.label),
            Cell::number(f64::from(column.vintage)),
            Cell::from(column.known()),
        ];
        if format != TextFormat::Table {
            row.push(Cell::text(&column.provenance.method));
        }
        table.rows.push(row);
    }
    print(&table, format)?;
    if format == TextFormat::Table {
        let mut methods: Vec<&str> = opened.access.columns.iter().map(|c| c.provenance.method.as_str()).collect();
        methods.sort_unstable();
        methods.dedup();
        for text in methods.into_iter().chain(opened.access.notes.iter().map(String::as_str)) {
            println!("\n{text}");
        }
    }
    let travel = &opened.access.travel;
    eprintln!("Temps de trajet : {}. {} {}", travel.label, travel.quality, travel.source);
    Ok(())
}

/// Every indicator of one territory.
pub(crate) fn show(data: &DataDir, code: &str, level: Option<Level>, format: TextFormat) -> Result<()> {
    let opened = data.atlas()?;
    let (level, area) = find(&opened, code, level)?;
    let named = opened.atlas.territory().area(level, area);
    let mut table = Table::new(
        "show",
        format!("{} ({level} {})", named.name, named.code),
        vec![
            TableColumn::text("id", "Indicateur"),
            TableColumn::text("label", "Libellé"),
            TableColumn::decimal("value", "Valeur", "", 2),
            TableColumn::text("unit", "Unité"),
            TableColumn::text("text", "En toutes lettres"),
            TableColumn::integer("rank", "Rang", ""),
            TableColumn::integer("of", "Sur", ""),
            TableColumn::text("source", "Source"),
        ],
    );
    let label = |id: &str, label: &str, value: &str| {
        let (id, label, value, unknown) = (Cell::text(id), Cell::text(label), Cell::text(value), Cell::Missing);
        vec![id, label, unknown.clone(), Cell::text(""), value, unknown.clone(), unknown, Cell::text("")]
    };
    table.rows.push(label("name", "Nom", &named.name));
    table.rows.push(label("code", "Code", &named.code));
    table.rows.push(label("level", "Niveau", level.slug()));
    for indicator in opened.atlas.indicators() {
        let rank = opened.atlas.rank(&indicator.id, level, area, None);
        table.rows.push(vec![
            Cell::text(&indicator.id),
            Cell::text(&indicator.label),
            Cell::from(opened.atlas.value(&indicator.id, level, area)),
            Cell::text(&indicator.unit),
            Cell::text(""),
            Cell::from(rank.map(|rank| f64::from(rank.rank))),
            Cell::from(rank.map(|rank| f64::from(rank.of))),
            Cell::text(&indicator.citation),
        ]);
    }
    if level == Level::Commune {
        for near in opened.atlas.nearest(area) {
            let place = near.commune.map(|there| opened.atlas.territory().area(Level::Commune, there));
            table.rows.push(vec![
                Cell::text(format!("nearest_{}", near.kind.concept())),
                Cell::text(near.kind.label()),
                Cell::from(near.minutes),
                Cell::text("minutes"),
                Cell::text(match &place {
                    Some(place) => format!("{} {}", place.code, place.name),
                    None => "hors d’atteinte par la route".to_owned(),
                }),
                Cell::Missing,
                Cell::Missing,
                Cell::text(near.citation),
            ]);
        }
    }
    print(&table, format)
}

/// The indicators of every area of a level, all or within a larger area.
pub(crate) fn table(data: &DataDir, level: Level, within: Option<&str>, format: TextFormat) -> Result<()> {
    let opened = data.atlas()?;
    if !opened.atlas.territory().levels().contains(&level) {
        bail!("ce territoire ne décrit pas le niveau « {level} »");
    }
    let within = within
        .map(|text| {
            let (level, code) = text
                .split_once(':')
                .with_context(|| format!("« {text} » : écrivez NIVEAU:CODE, par exemple departement:59"))?;
            find(&opened, code, Some(level.parse()?))
        })
        .transpose()?;
    print(&tables::indicators_table(&opened.atlas, level, within), format)
}

/// Our APL against the published one, by vintage, level and weighting.
pub(crate) fn compare_official(data: &DataDir, activity: Activity, worst: usize, format: TextFormat) -> Result<()> {
    let rule = match activity {
        Activity::PreviousVintage => ActivityRule::PreviousVintage,
        Activity::National => ActivityRule::National,
    };
    let opened = data.atlas_with(rule, None)?;
    let computed = opened.atlas.latest("access.apl.gp").context("l’APL n’a pas pu être calculée sur ce territoire")?;
    let published = published(&opened)?;
    let mut table = Table::new(
        "compare-official",
        "APL calculée et APL publiée",
        vec![
            TableColumn { kind: CellKind::Year, ..TableColumn::text("vintage", "Millésime") },
            TableColumn::text("level", "Niveau"),
            TableColumn::text("weighting", "Pondération"),
            TableColumn::decimal("r_weighted", "Corrélation pondérée", "", 4),
            TableColumn::decimal("bias", "Biais", "consultations", 3),
            TableColumn::decimal("rmse", "Écart quadratique", "consultations", 3),
            TableColumn::integer("n", "Territoires", ""),
        ],
    );
    for Published { apl, standardised, population } in &published {
        let weight = population.unwrap_or(standardised);
        let rows = compare::agreements(opened.atlas.territory(), computed, apl, standardised, weight);
        // Some vintages were published without plain population: nothing to weight by, no row.
        for row in rows.into_iter().filter(|row| population.is_some() || row.weighting == "standardised") {
            table.rows.push(vec![
                Cell::number(f64::from(row.vintage)),
                Cell::text(row.level.slug()),
                Cell::text(row.weighting),
                Cell::number(row.r_weighted),
                Cell::number(row.bias),
                Cell::number(row.rmse),
                Cell::from(row.n),
            ]);
        }
    }
    print(&table, format)?;
    if format == TextFormat::Table {
        println!("\n{}", computed.provenance.method);
    }
    if activity == Activity::PreviousVintage {
        eprintln!(
            "Les millésimes antérieurs au calcul servent à estimer l’activité des médecins : leurs lignes ne sont pas une épreuve. \
             « --activity national » compare sans ce secours."
        );
    }
    if format == TextFormat::Table && worst > 0 {
        for published in &published {
            for level in compare::LEVELS.into_iter().filter(|level| opened.territory.count(*level) > 0) {
                println!();
                print(&gaps(&opened, level, computed, published, worst), format)?;
            }
        }
    }
    Ok(())
}

/// A published APL with its two weights.
struct Published<'a> {
    apl: &'a Column,
    standardised: &'a Column,
    population: Option<&'a Column>,
}

/// Published vintages, the most recent first.
fn published(opened: &Opened) -> Result<Vec<Published<'_>>> {
    let atlas = &opened.atlas;
    let found: Vec<Published<'_>> = atlas
        .territory()
        .vintages("apl.gp")
        .into_iter()
        .rev()
        .filter_map(|vintage| {
            let standardised = atlas.column("population.standardised", vintage)?;
            Some(Published {
                apl: atlas.column("apl.gp", vintage)?,
                standardised,
                population: atlas.column("population.apl", vintage),
            })
        })
        .collect();
    if found.is_empty() {
        bail!("aucune APL publiée dans ce territoire : importez le classeur APL de la DREES");
    }
    Ok(found)
}

fn gaps(opened: &Opened, level: Level, computed: &Column, published: &Published<'_>, count: usize) -> Table {
    let Published { apl, standardised, population } = published;
    let mut table = Table::new(
        "worst",
        format!("{level} : où l’écart avec l’APL publiée de {} touche le plus d’habitants", apl.vintage),
        vec![
            TableColumn::text("code", "Code"),
            TableColumn::text("name", "Nom"),
            TableColumn::decimal("computed", "Calculée", "consultations", 2),
            TableColumn::decimal("published", "Publiée", "consultations", 2),
            TableColumn::integer("people", "Habitants", ""),
        ],
    );
    let people = population.unwrap_or(standardised);
    for gap in compare::worst(&opened.territory, level, computed, apl, standardised, people, count) {
        let area = opened.territory.area(level, gap.area);
        table.rows.push(vec![
            Cell::text(area.code),
            Cell::text(area.name),
            Cell::number(gap.computed),
            Cell::number(gap.published),
            Cell::number(gap.people.round()),
        ]);
    }
    table
}

/// The figures by road beside those of the model: how far apart at each level, or territory by territory.
pub(crate) fn compare_travel(data: &DataDir, level: Option<Level>, format: TextFormat) -> Result<()> {
    let by_model = step("Calcul par le modèle", || data.atlas_by(Some(Travel::Model)))?;
    let by_road = step("Calcul par les routes", || data.atlas_by(Some(Travel::Roads)))?;
    let (model, roads) = (&by_model.access.columns, &by_road.access.columns);
    let territory = &by_road.territory;
    if let Some(level) = level {
        if !territory.levels().contains(&level) {
            bail!("ce territoire ne décrit pas le niveau « {level} »");
        }
        print(&side_by_side(territory, level, model, roads), format)?;
    } else {
        let [r, bias, rmse, n, only_model, only_roads] = compare::Difference::HEADINGS;
        let mut table = Table::new(
            "compare-travel",
            "Chiffres par les routes (second) et par le modèle (premier)",
            vec![
                TableColumn::text("concept", "Grandeur"),
                TableColumn::text("label", "Libellé"),
                TableColumn::text("level", "Niveau"),
                TableColumn::decimal("r_weighted", r, "", 4),
                TableColumn::decimal("bias", bias, "", 3),
                TableColumn::decimal("rmse", rmse, "", 3),
                TableColumn::integer("n", n, ""),
                TableColumn::integer("only_model", only_model, ""),
                TableColumn::integer("only_roads", only_roads, ""),
            ],
        );
        for row in compare::differences(territory, model, roads) {
            let mut cells = vec![
                Cell::text(&row.concept),
                Cell::text(format!("{} ({})", row.label, row.unit)),
                Cell::text(row.level.slug()),
            ];
            cells.extend(row.figures().map(Cell::from));
            table.rows.push(cells);
        }
        print(&table, format)?;
    }
    for travel in [&by_model.access.travel, &by_road.access.travel] {
        eprintln!("{} : {} {}", travel.label, travel.quality, travel.source);
    }
    Ok(())
}

/// Both values of every figure, a row for each area of a level.
fn side_by_side(territory: &Territory, level: Level, model: &[Column], roads: &[Column]) -> Table {
    let mut table = Table::new(
        "compare-travel",
        "Chiffres par le modèle et par les routes",
        vec![TableColumn::text("code", "Code"), TableColumn::text("name", "Nom")],
    );
    table.rows = (0..territory.count(level))
        .map(|area| territory.area(level, area))
        .map(|area| vec![Cell::text(area.code), Cell::text(area.name)])
        .collect();
    for (first, second) in compare::shared(model, roads) {
        let id = first.concept.trim_start_matches("access.").replace('.', "_");
        let column = |side: &str, of: &str| {
            TableColumn::decimal(format!("{id}_{side}"), format!("{}, {of}", first.label), &first.unit, 2)
        };
        table.columns.extend([column("model", "modèle"), column("roads", "routes")]);
        for (row, pair) in table.rows.iter_mut().zip(compare::pairs(territory, level, model, first, second)) {
            row.extend([Cell::from(pair.first), Cell::from(pair.second)]);
        }
    }
    table
}

/// Fits the travel-time model again on the measured couples of the territory.
pub(crate) fn calibrate(data: &DataDir, format: TextFormat) -> Result<()> {
    let snapshot = data.require()?;
    let report = step("Ajustement du modèle de temps de trajet", || Ok(calibrate::calibrate(&snapshot.territory)?))?;
    let mut table = Table::new(
        "calibrate",
        "Modèle de temps de trajet",
        vec![
            TableColumn::text("figure", "Grandeur"),
            TableColumn::decimal("value", "Valeur", "", 4),
            TableColumn::text("unit", "Unité"),
        ],
    );
    for (figure, value, unit) in report.figures() {
        table.rows.push(vec![Cell::text(figure), Cell::number(value), Cell::text(unit)]);
    }
    print(&table, format)
}

/// The area with a code: at the level asked for, else at the first level that knows it, from the commune up.
fn find(opened: &Opened, code: &str, level: Option<Level>) -> Result<(Level, u32)> {
    let territory = opened.atlas.territory();
    let code = &code.to_ascii_uppercase();
    let levels = level.map_or_else(|| territory.levels(), |level| vec![level]);
    levels
        .into_iter()
        .find_map(|level| Some((level, territory.find(level, code)?)))
        .with_context(|| {
            let heirs: Vec<String> = code
                .parse()
                .map(|code| territory.successors(code))
                .unwrap_or_default()
                .into_iter()
                .map(|heir| territory.area(Level::Commune, heir))
                .map(|heir| format!("{} {}", heir.code, heir.name))
                .collect();
            if !heirs.is_empty() {
                let here = territory.meta.geography;
                return format!("la commune {code} n’existe pas au {here} : voyez {}", heirs.join(", "));
            }
            let at = level.map(|level| format!(" au niveau {level}")).unwrap_or_default();
            format!(
                "aucun territoire ne porte le code « {code} »{at} dans « {} » au {} (pacte access table --level {} donne les codes)",
                territory.meta.name,
                territory.meta.geography,
                level.unwrap_or(Level::Commune)
            )
        })
}
