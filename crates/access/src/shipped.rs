//! Definitions shipped with the program: found by name, named by their file in errors.

/// Definitions of one kind: (name, file, text).
pub(crate) struct Shipped(pub(crate) &'static [(&'static str, &'static str, &'static str)]);

/// The definitions of a folder under `pacts/`, by name.
macro_rules! shipped {
    ($folder:literal: $($name:literal),* $(,)?) => {
        $crate::shipped::Shipped(&[$((
            $name,
            concat!("pacts/", $folder, "/", $name, ".yaml"),
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../pacts/", $folder, "/", $name, ".yaml")),
        )),*])
    };
}

pub(crate) use shipped;

impl Shipped {
    /// Names, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.0.iter().map(|(name, _, _)| *name)
    }

    /// File and text of a definition.
    pub(crate) fn find(&self, name: &str) -> Option<(&'static str, &'static str)> {
        self.0.iter().find(|(known, _, _)| *known == name).map(|(_, file, text)| (*file, *text))
    }

    /// A definition read; a test reads them all.
    pub(crate) fn read<T, E: std::fmt::Debug>(
        &self,
        name: &str,
        read: impl FnOnce(&str, &str) -> Result<T, E>,
    ) -> Option<T> {
        let (file, text) = self.find(name)?;
        Some(read(file, text).expect("a test reads every shipped definition"))
    }
}
