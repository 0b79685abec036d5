//! What the pages about aids work on: the definitions of programmes, and the zoning layers they ask of places.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use pacte_access::layers::{Evidence, LayerDefinition, Layers};
use pacte_access::urgent::{Moment, Set};
use pacte_access::zoning::ZoningMethod;
use pacte_access::zoning_layer::{Layer, Measured, Scope, propose};
use pacte_programmes::Catalogue;
use pacte_programmes::shelf::{Refresh, Shelf};
use pacte_store::StoreError;
use pacte_territory::{Nature, Territory};

use crate::i18n::Lang;
use crate::pages::aids::Applies;
use crate::recent::{Recent, Turns};
use crate::workbench::Workbench;

/// Definitions and layers.
#[derive(Debug)]
pub struct Aids {
    definitions: Vec<LayerDefinition>,
    shelf: Shelf,
    /// The layers, and the names of the published zonings they were read from.
    layers: Mutex<Option<(Vec<String>, Arc<Layers>)>>,
    /// Maps of where programmes apply: programme, day, language, layers.
    pub(crate) maps: Recent<MapKey, Applies>,
    /// Documents made at the same time.
    pub(crate) turns: Turns,
}

/// Hash of a programme, day, language, address of the layers.
type MapKey = (String, Date, Lang, usize);

/// Maps kept: one weighs some hundred kilobytes.
const MAPS: usize = 40;
/// Documents made at the same time.
const AT_ONCE: usize = 2;

impl Aids {
    /// Over a shelf of definitions, and the layers shipped.
    pub fn new(shelf: Shelf) -> Self {
        Self {
            definitions: LayerDefinition::shipped(),
            shelf,
            layers: Mutex::new(None),
            maps: Recent::new(MAPS),
            turns: Turns::new(AT_ONCE),
        }
    }

    /// Over the definitions of the program.
    ///
    /// # Panics
    /// Never in a program whose tests pass: they read every definition.
    pub fn shipped() -> Self {
        Self::new(Shelf::shipped().expect("tests read every shipped definition"))
    }

    /// The programmes and pacts served.
    pub fn catalogue(&self) -> Arc<Catalogue> {
        self.shelf.catalogue()
    }

    /// Looks again at the definitions; a version with an error leaves the one before in place.
    pub fn refresh(&self) -> Refresh {
        self.shelf.refresh()
    }

    /// Why the definitions served are not the last ones written; `None` while they are.
    pub fn trouble(&self) -> Option<String> {
        self.shelf.refused().map(|faults| faults.to_string())
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
        let layers = Arc::new(Layers::new(Arc::clone(territory), self.definitions.clone(), &evidence));
        *held = Some((names, Arc::clone(&layers)));
        Ok(layers)
    }
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
