//! What the pages about aids work on: the definitions of programmes, and the zoning layers they ask of places.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use pacte_access::layers::{Evidence, LayerDefinition, Layers};
use pacte_access::urgent::{Moment, Set};
use pacte_access::zoning::ZoningMethod;
use pacte_access::zoning_layer::{Layer, Measured, Scope, propose};
use pacte_programmes::Catalogue;
use pacte_programmes::shelf::{Refresh, Shelf};
use pacte_programmes::vocabulary::Vocabulary;
use pacte_store::StoreError;
use pacte_territory::{Nature, Territory};

use crate::i18n::Lang;
use crate::pages::aids::Applies;
use crate::recent::{Recent, Turns};
use crate::workbench::Workbench;

/// Definitions and layers.
#[derive(Debug)]
pub struct Aids {
    shelf: Shelf,
    /// Folder of the definitions; `None` for those of the program.
    folder: Option<PathBuf>,
    /// Definitions of layers in force, and why those last written are not; `None` while they are.
    definitions: Mutex<(Vec<LayerDefinition>, Option<String>)>,
    /// The layers, and the names of the published zonings they were read from.
    layers: Mutex<Option<(Vec<String>, Arc<Layers>)>>,
    /// Maps of where programmes apply: programme, day, language, layers.
    pub(crate) maps: Recent<MapKey, Applies>,
    /// Documents made at the same time.
    pub(crate) turns: Turns,
}

/// Hash of a programme, day, language, generation of the layers.
type MapKey = (String, Date, Lang, u64);

/// Maps kept: one weighs some hundred kilobytes.
const MAPS: usize = 40;
/// Documents made at the same time.
const AT_ONCE: usize = 2;

impl Aids {
    /// Over the definitions of a folder laid out as `pacts/`; layers are those of the program when it has no `layers/`.
    ///
    /// # Errors
    /// Every fault of the definitions, with file and line.
    pub fn open(folder: &Path) -> Result<Self, String> {
        let shelf = Shelf::open(folder).map_err(|faults| faults.to_string())?;
        let layers = read_layers(folder, &shelf.catalogue().vocabulary)?;
        Ok(Self::of(shelf, Some(folder.to_owned()), layers))
    }

    /// Over the definitions of the program.
    ///
    /// # Panics
    /// Never in a program whose tests pass: they read every definition.
    pub fn shipped() -> Self {
        let shelf = Shelf::shipped().expect("tests read every shipped definition");
        Self::of(shelf, None, LayerDefinition::shipped())
    }

    fn of(shelf: Shelf, folder: Option<PathBuf>, layers: Vec<LayerDefinition>) -> Self {
        Self {
            shelf,
            folder,
            definitions: Mutex::new((layers, None)),
            layers: Mutex::new(None),
            maps: Recent::new(MAPS),
            turns: Turns::new(AT_ONCE),
        }
    }

    /// The programmes and pacts served.
    pub fn catalogue(&self) -> Arc<Catalogue> {
        self.shelf.catalogue()
    }

    /// Looks again at the definitions; a version with an error leaves the one before in place.
    pub fn refresh(&self) -> Refresh {
        let programmes = self.shelf.refresh();
        let Some(folder) = &self.folder else { return programmes };
        let read = read_layers(folder, &self.catalogue().vocabulary);
        let mut held = self.definitions.lock().unwrap_or_else(PoisonError::into_inner);
        let layers = match read {
            Ok(layers) if layers == held.0 => {
                held.1 = None;
                return programmes;
            }
            Ok(layers) => {
                *held = (layers, None);
                *self.layers.lock().unwrap_or_else(PoisonError::into_inner) = None;
                Refresh::Changed
            }
            Err(why) if held.1.as_deref() == Some(&why) => return programmes,
            Err(why) => {
                held.1 = Some(why);
                Refresh::Refused
            }
        };
        if programmes == Refresh::Refused { programmes } else { layers }
    }

    /// Why the definitions served are not the last ones written; `None` while they are.
    pub fn trouble(&self) -> Option<String> {
        let layers = self.definitions.lock().unwrap_or_else(PoisonError::into_inner).1.clone();
        self.shelf.refused().map(|faults| faults.to_string()).or(layers)
    }

    /// The layers over a territory, read again when a zoning was published since.
    ///
    /// # Errors
    /// When a published zoning cannot be read.
    pub fn layers(&self, territory: &Arc<Territory>, workbench: Option<&Workbench>) -> Result<Arc<Layers>, StoreError> {
        let names: Vec<String> = match workbench {
            Some(bench) => bench.zoning.heads()?.into_iter().map(|head| head.id).collect(),
            None => Vec::new(),
        };
        // Held while they are read: nobody else reads them in the meantime.
        let mut held = self.layers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, layers)) = &*held
            && *known == names
        {
            return Ok(Arc::clone(layers));
        }
        let definitions = self.definitions.lock().unwrap_or_else(PoisonError::into_inner).0.clone();
        let mut published: Vec<Layer> = Vec::new();
        if let Some(bench) = workbench {
            for name in &names {
                published.extend(bench.zoning.layer(name)?.map(|kept| kept.document));
            }
        }
        let evidence = Evidence {
            published: &published,
            minutes: workbench.map(minutes).into_iter().collect(),
            proposals: workbench.map(|bench| proposals(territory, bench)).unwrap_or_default(),
        };
        let layers = Arc::new(Layers::new(Arc::clone(territory), definitions, &evidence));
        *held = Some((names, Arc::clone(&layers)));
        Ok(layers)
    }
}

/// Layers of a folder of definitions, those of the program when it has none.
///
/// # Errors
/// The file and line of a fault, or the class that the vocabulary names and no layer defines.
pub fn read_layers(folder: &Path, vocabulary: &Vocabulary) -> Result<Vec<LayerDefinition>, String> {
    let own = folder.join("layers");
    let layers = if own.is_dir() {
        LayerDefinition::read_folder(&own).map_err(|error| error.to_string())?
    } else {
        LayerDefinition::shipped()
    };
    for (name, layer) in &vocabulary.layers {
        let Some(defined) = layers.iter().find(|defined| defined.id == *name) else {
            return Err(format!(
                "vocabulary.yaml : la couche « {name} » n’a pas de fichier ; écrivez layers/{name}.yaml, qui dit ses classes et où les lire"
            ));
        };
        if let Some((class, _)) = layer.classes.iter().find(|(class, _)| defined.class(class).is_none()) {
            return Err(format!(
                "layers/{name}.yaml : il manque la classe « {class} » que vocabulary.yaml nomme ; ajoutez-la avec ses dates"
            ));
        }
    }
    Ok(layers)
}

/// Minutes to an emergency department or a SMUR open at all hours.
fn minutes(bench: &Workbench) -> (Set, Vec<f32>) {
    (Set::SU_SMUR, bench.urgent.cover().minutes(Set::SU_SMUR, Moment::Any))
}

/// What stands for a zoning where the territory is fictional; nothing else.
fn proposals(territory: &Territory, bench: &Workbench) -> Vec<pacte_access::zoning::Proposal> {
    if territory.meta.nature != Nature::Training {
        return Vec::new();
    }
    ZoningMethod::shipped_names()
        .filter_map(ZoningMethod::shipped)
        .filter(|method| !method.needs_table())
        .filter_map(|method| {
            let measured = Measured::preferred(territory, &method);
            propose(&bench.ground, &method, None, measured, &Scope::whole(territory)).ok()
        })
        .collect()
}

/// The day people mean when they name none: today, where the server stands.
pub fn today() -> Date {
    jiff::Zoned::now().date()
}
