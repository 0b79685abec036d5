//! `pacte zoning`: propose, draft, compare, publish, read what was published.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, bail};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use pacte_access::ground::Ground;
use pacte_access::zoning::tables::template as table_template;
use pacte_access::zoning::{Severity, ZoningMethod};
use pacte_access::zoning_layer::{
    Draft, Layer, LayerHead, Measured, Publication, Scope, TableUsed, Work, as_of, compare, compose, publish,
};
use pacte_portal::extent::Extent;
use pacte_portal::pages::decide::zoning::{ZoningShelves, decree, tables};
use pacte_sources::table::{Cell, Table, TableColumn};
use pacte_store::Revision;
use pacte_territory::Level;
use pacte_territory::sealed::write_atomically;

use crate::cli::{DraftCommand, IndicatorFrom, Proposed, Shown, TextFormat, Zoning, ZoningCommand};
use crate::data_dir::DataDir;
use crate::print::print;
use crate::progress::step;

/// Runs the command.
pub(crate) fn run(data: &DataDir, options: &Zoning) -> Result<()> {
    match &options.command {
        ZoningCommand::Methods { text: Some(name), .. } => {
            print!("{}", ZoningMethod::shipped_text(name).with_context(|| unknown_method(name))?);
            Ok(())
        }
        ZoningCommand::Methods { template: Some(name), .. } => {
            let method = ZoningMethod::shipped(name).with_context(|| unknown_method(name))?;
            if !method.needs_table() {
                bail!("la méthode « {name} » se calcule sur un indicateur : elle ne demande pas de tableau de zones");
            }
            print!("{}", table_template(&method));
            Ok(())
        }
        ZoningCommand::Methods { format, .. } => print(&methods(), *format),
        ZoningCommand::Check { file } => check(file),
        ZoningCommand::List { format } => print(&layers(&shelves(data)?.heads()?.iter().collect::<Vec<_>>()), *format),
        ZoningCommand::AsOf { date, commune, format } => on_day(data, *date, commune.as_deref(), *format),
        ZoningCommand::Propose { of, show, format } => Bench::open(data)?.propose(of, *show, *format),
        ZoningCommand::Draft(command) => draft(data, command),
        ZoningCommand::Compare { first, second, format } => Bench::open(data)?.compare(first, second, *format),
        ZoningCommand::Publish { draft, effective, authority, signature } => {
            let publication = Publication {
                effective: *effective,
                published: Timestamp::now(),
                authority: authority.clone(),
                signature: signature.clone(),
            };
            Bench::open(data)?.publish(draft, &publication)
        }
        ZoningCommand::Arrete { name, to } => Bench::open(data)?.decree(name, to),
    }
}

fn unknown_method(name: &str) -> String {
    let known: Vec<&str> = ZoningMethod::shipped_names().collect();
    format!("« {name} » n’est pas une méthode livrée : {}", known.join(", "))
}

fn shelves(data: &DataDir) -> Result<ZoningShelves> {
    Ok(ZoningShelves::open(&data.decisions().join("zoning"))?)
}

fn draft(data: &DataDir, command: &DraftCommand) -> Result<()> {
    if let DraftCommand::List { format } = command {
        let all = shelves(data)?.drafts.all()?;
        all.faults.iter().for_each(|fault| eprintln!("{fault}"));
        return print(&drafts(&all.documents), *format);
    }
    let bench = Bench::open(data)?;
    match command {
        DraftCommand::New { of, title, author } => {
            let mut draft = bench.begin(of, title.as_deref())?;
            draft.author.clone_from(author);
            let saved = bench.shelves.drafts.create(draft)?;
            println!("{}", saved.id);
            Ok(())
        }
        DraftCommand::Move { draft, unit, class, reason } => bench.change(draft, |known, work| {
            known.moved(work, unit, class, reason).map_err(|faults| {
                let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
                anyhow!(
                    "{} (« pacte zoning draft show {draft} » liste les zones, --reason donne le motif)",
                    lines.join(" ; ")
                )
            })
        }),
        DraftCommand::Unmove { draft, unit } => bench.change(draft, |known, _| {
            if known.adjustment(unit).is_none() {
                bail!(
                    "ce projet n’a rien décidé sur « {unit} » : « pacte zoning draft show {draft} » liste ses décisions"
                );
            }
            Ok(known.without_move(unit))
        }),
        DraftCommand::Carry { draft } => {
            let known = bench.find(draft, None)?;
            let (carried, lost) = known.document.carried_over(&bench.ground, &bench.hash)?;
            let saved = bench.shelves.drafts.save(draft, known.revision, carried)?;
            for (unit, why) in lost {
                eprintln!("abandonné : {unit} : {why}");
            }
            println!("{} version {}", saved.id, saved.revision);
            Ok(())
        }
        DraftCommand::Show { draft, revision, show, format } => {
            let known = bench.find(draft, *revision)?;
            let work = bench.work(&known.document)?;
            if !known.document.base.is(&bench.ground, &bench.hash) {
                eprintln!(
                    "ATTENTION : ce projet a été fait sur d’autres données ({}) : « pacte zoning draft carry {draft} » le reprend sur celles du jour.",
                    known.document.base.geography
                );
            }
            say_faults(&work);
            bench.show(&known.document, (draft, known.revision), &work, *show, *format)
        }
        DraftCommand::List { .. } => Ok(()),
    }
}

/// Faults on standard error, so that figures stay alone on standard output.
fn say_faults(work: &Work) {
    for fault in &work.review.faults {
        let severity = match fault.severity {
            Severity::Blocking => "BLOQUANT",
            Severity::Opinion => "AVIS",
            Severity::Notice => "À savoir",
        };
        eprintln!("{severity} : {} {}", fault.problem, fault.remedy);
    }
}

/// The territory and the shelves.
struct Bench {
    ground: Arc<Ground>,
    hash: String,
    shelves: ZoningShelves,
}

impl Bench {
    fn open(data: &DataDir) -> Result<Self> {
        let (ground, hash) = step("Ouverture du territoire", || data.ground(None))?;
        Ok(Self { ground, hash, shelves: shelves(data)? })
    }

    /// The draft of an order, not saved.
    fn begin(&self, of: &Proposed, title: Option<&str>) -> Result<Draft> {
        let method = method(&of.method)?;
        let territory = self.ground.territory();
        let scope = match &of.region {
            None => Scope::whole(territory),
            Some(code) => {
                let levels = method.quota_levels.iter().copied();
                let level = levels.clone().find(|level| territory.count(*level) > 0).unwrap_or(Level::Region);
                Scope::region(territory, level, code).ok_or_else(|| {
                    let known: Vec<String> = territory
                        .grouping(level)
                        .iter()
                        .flat_map(|grouping| &grouping.areas)
                        .map(|area| format!("{} ({})", area.code, area.name))
                        .collect();
                    anyhow!("« {code} » n’est pas une région de cette méthode : {}", known.join(", "))
                })?
            }
        };
        let table = of.table.as_deref().map(|path| {
            let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
            anyhow::Ok(TableUsed { name: path.display().to_string(), text })
        });
        let measured = match of.indicator {
            None => Measured::preferred(territory, &method),
            Some(IndicatorFrom::Published) => Measured::Published,
            Some(IndicatorFrom::Computed) => Measured::Computed,
        };
        let title = title.map_or_else(|| format!("{} – {}", method.label, scope.name), str::to_owned);
        Ok(Draft::begin(&self.ground, &self.hash, &title, &method, table.transpose()?, measured, scope)?)
    }

    fn find(&self, id: &str, revision: Option<u32>) -> Result<Revision<Draft>> {
        let known = match revision {
            None => self.shelves.drafts.latest(id)?,
            Some(revision) => self.shelves.drafts.at(id, revision)?,
        };
        known.with_context(|| {
            format!("aucun projet ne porte le nom « {id} » (ou cette version) : « pacte zoning draft list » les donne")
        })
    }

    fn work(&self, draft: &Draft) -> Result<Work> {
        let territory = self.ground.territory();
        let today = jiff::Zoned::now().date();
        let before = self.shelves.before(territory, &draft.scope, &draft.method.profession, today)?;
        Ok(draft.work(&self.ground, before)?)
    }

    fn change(&self, id: &str, make: impl FnOnce(Draft, &Work) -> Result<Draft>) -> Result<()> {
        let known = self.find(id, None)?;
        let work = self.work(&known.document)?;
        let draft = make(known.document, &work)?;
        let after = self.work(&draft)?;
        let saved = self.shelves.drafts.save(id, known.revision, draft)?;
        say_faults(&after);
        println!("{} version {}", saved.id, saved.revision);
        Ok(())
    }

    fn propose(&self, of: &Proposed, show: Shown, format: TextFormat) -> Result<()> {
        let draft = self.begin(of, None)?;
        let work = self.work(&draft)?;
        say_faults(&work);
        self.show(&draft, ("proposition", 0), &work, show, format)
    }

    fn show(&self, draft: &Draft, name: (&str, u32), work: &Work, show: Shown, format: TextFormat) -> Result<()> {
        if show == Shown::Effects {
            let effects = work.effects.as_ref().context(
                "les effets se comptent contre un zonage précédent et demandent des effectifs de professionnels : publiez une première couche, ou importez un zonage",
            )?;
            return print(&tables::effects(effects, "effets", &draft.title), format);
        }
        let layer = self.preview(draft, name, work, Timestamp::now());
        let table = match show {
            Shown::Quotas => tables::quotas(&layer, "quotas"),
            Shown::Communes => tables::communes(&layer, "communes"),
            Shown::Zones | Shown::Effects => tables::zones(&layer, "zones", false),
        };
        print(&table, format)
    }

    /// What a draft would become.
    fn preview(&self, draft: &Draft, name: (&str, u32), work: &Work, published: Timestamp) -> Layer {
        let publication = Publication {
            effective: published.to_zoned(TimeZone::UTC).date(),
            published,
            authority: String::new(),
            signature: String::new(),
        };
        compose(self.ground.territory(), draft, name, work, None, &publication)
    }

    fn compare(&self, first: &str, second: &str, format: TextFormat) -> Result<()> {
        let [a, b] = [first, second].map(|id| {
            let known = self.find(id, None)?;
            let work = self.work(&known.document)?;
            anyhow::Ok((known.document, work))
        });
        let ((a, first), (b, second)) = (a?, b?);
        let columns = vec![
            TableColumn::text("code", "Code"),
            TableColumn::text("name", "Nom"),
            TableColumn::integer("population", "Population", "habitants"),
            TableColumn::text("first", a.title),
            TableColumn::text("second", b.title),
        ];
        let mut table = Table::new("ecarts", "Écarts entre deux projets", columns);
        let class = |class: Option<String>| class.map_or(Cell::Missing, Cell::from);
        table.rows = compare(&self.ground, &first, &second)
            .into_iter()
            .map(|difference| {
                vec![
                    difference.code.into(),
                    difference.name.into(),
                    (difference.people as f64).into(),
                    class(difference.first),
                    class(difference.second),
                ]
            })
            .collect();
        print(&table, format)
    }

    fn publish(&self, id: &str, publication: &Publication) -> Result<()> {
        let known = self.find(id, None)?;
        let work = self.work(&known.document)?;
        let made = self.shelves.publish(|heads| {
            publish(&self.ground, &self.hash, &known.document, (id, known.revision), &work, heads, publication)
        })?;
        match made {
            Ok(layer) => {
                println!("{}", layer.id);
                Ok(())
            }
            Err(obstacles) => {
                let told: Vec<String> = obstacles.iter().map(|obstacle| format!("  – {obstacle}")).collect();
                bail!("ce projet ne peut pas être publié :\n{}", told.join("\n"))
            }
        }
    }

    fn decree(&self, name: &str, to: &Path) -> Result<()> {
        let territory = self.ground.territory();
        let layer = if let Some(kept) = self.shelves.layer(name)? {
            (kept.document, false)
        } else {
            let known = self.find(name, None)?;
            let work = self.work(&known.document)?;
            (self.preview(&known.document, (name, known.revision), &work, known.saved_at), true)
        };
        let bytes = step("Mise en page", || {
            let extent = Extent::of(territory);
            Ok(decree::pdf(territory, &extent, &layer.0, layer.1)?)
        })?;
        write_atomically(to, &bytes).with_context(|| to.display().to_string())?;
        println!("{}", to.display());
        Ok(())
    }
}

/// A shipped method, or the file of one's own.
fn method(name: &str) -> Result<ZoningMethod> {
    if let Some(method) = ZoningMethod::shipped(name) {
        return Ok(method);
    }
    let path = Path::new(name);
    if !path.is_file() {
        let known: Vec<&str> = ZoningMethod::shipped_names().collect();
        bail!("« {name} » n’est ni une méthode livrée ({}) ni un fichier", known.join(", "));
    }
    let text = fs::read_to_string(path).with_context(|| name.to_owned())?;
    Ok(ZoningMethod::from_yaml(name, &text)?)
}

fn check(file: &Path) -> Result<()> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let method = ZoningMethod::from_yaml(&file.display().to_string(), &text)?;
    println!("{} : {} ({} classes), empreinte {}", method.id, method.label, method.classes.len(), method.hash());
    for caution in method.cautions() {
        println!("  {caution}");
    }
    Ok(())
}

fn methods() -> Table {
    let columns = vec![
        TableColumn::text("id", "Méthode"),
        TableColumn::text("label", "Intitulé"),
        TableColumn::text("profession", "Profession"),
        TableColumn::text("classes", "Classes"),
        TableColumn::text("legal_basis", "Texte"),
        TableColumn::text("unverified", "À vérifier"),
        TableColumn::text("hash", "Empreinte"),
    ];
    let mut table = Table::new("methodes", "Méthodes de zonage", columns);
    table.rows = ZoningMethod::shipped_names()
        .filter_map(ZoningMethod::shipped)
        .map(|method| {
            let classes: Vec<&str> = method.classes.iter().map(|class| class.id.as_str()).collect();
            let doubts: Vec<&str> = method.doubts.iter().map(|doubt| doubt.parameter.as_str()).collect();
            vec![
                Cell::from(method.id.as_str()),
                method.label.clone().into(),
                method.profession.clone().into(),
                classes.join(", ").into(),
                method.legal_basis.clone().into(),
                doubts.join(", ").into(),
                method.hash()[..12].into(),
            ]
        })
        .collect();
    table
}

fn drafts(drafts: &[Revision<Draft>]) -> Table {
    let columns = vec![
        TableColumn::text("id", "Projet"),
        TableColumn::text("title", "Titre"),
        TableColumn::text("scope", "Périmètre"),
        TableColumn::text("method", "Méthode"),
        TableColumn::integer("revision", "Version", ""),
        TableColumn::integer("moves", "Déplacements", ""),
        TableColumn::text("saved_at", "Enregistré"),
    ];
    let mut table = Table::new("projets", "Projets de zonage", columns);
    table.rows = drafts
        .iter()
        .map(|known| {
            vec![
                Cell::from(known.id.as_str()),
                known.document.title.clone().into(),
                known.document.scope.name.clone().into(),
                known.document.method.id.clone().into(),
                f64::from(known.revision).into(),
                (known.document.adjustments.len() as f64).into(),
                known.saved_at.to_string().into(),
            ]
        })
        .collect();
    table
}

fn layers(heads: &[&LayerHead]) -> Table {
    let columns = vec![
        TableColumn::text("id", "Zonage"),
        TableColumn::text("title", "Titre"),
        TableColumn::text("scope", "Périmètre"),
        TableColumn::text("profession", "Profession"),
        TableColumn::text("effective", "Date d’effet"),
        TableColumn::text("published", "Publié"),
        TableColumn::text("supersedes", "Remplace"),
    ];
    let mut table = Table::new("zonages", "Zonages publiés", columns);
    table.rows = heads
        .iter()
        .map(|head| {
            vec![
                Cell::from(head.id.as_str()),
                head.title.clone().into(),
                head.scope.name.clone().into(),
                head.profession.clone().into(),
                head.effective.to_string().into(),
                head.published.to_string().into(),
                head.supersedes.clone().map_or(Cell::Missing, Cell::from),
            ]
        })
        .collect();
    table
}

fn on_day(data: &DataDir, date: Date, commune: Option<&str>, format: TextFormat) -> Result<()> {
    let shelves = shelves(data)?;
    let heads = shelves.heads()?;
    let Some(commune) = commune else { return print(&layers(&as_of(&heads, date)), format) };
    let commune = commune.to_ascii_uppercase();
    let columns = vec![
        TableColumn::text("commune", "Commune"),
        TableColumn::text("profession", "Profession"),
        TableColumn::text("zone", "Zone"),
        TableColumn::text("zone_name", "Zone, nom"),
        TableColumn::text("class", "Classe"),
        TableColumn::text("class_label", "Classe, intitulé"),
        TableColumn::text("effective", "Date d’effet"),
        TableColumn::text("layer", "Zonage"),
    ];
    let mut table = Table::new("zonage-commune", format!("Zonage de {commune} au {date}"), columns);
    let mut professions: Vec<&str> = heads.iter().map(|head| head.profession.as_str()).collect();
    professions.sort_unstable();
    professions.dedup();
    for profession in professions {
        let Some((head, layer)) = shelves.of_commune(&commune, profession, date)? else { continue };
        let Some(zone) = layer.zone_of(&commune) else { continue };
        let class = zone.class.as_ref().and_then(|id| layer.class(id));
        table.rows.push(vec![
            commune.clone().into(),
            profession.into(),
            zone.code.clone().into(),
            zone.name.clone().into(),
            zone.class.clone().map_or(Cell::Missing, Cell::from),
            class.map_or(Cell::Missing, |class| class.label.clone().into()),
            head.effective.to_string().into(),
            head.id.into(),
        ]);
    }
    if table.rows.is_empty() {
        bail!(
            "aucun zonage publié ici ne classait la commune {commune} le {date} : « pacte zoning list » donne ceux qui le sont"
        );
    }
    print(&table, format)
}
