//! Names that may change places without a difference.

use alloc::string::String;
use alloc::vec::Vec;

/// Names that change places: of a pair and its disks with those of another, say. A world that declares it says that it looks
/// the same afterwards, the order of its lists included.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Renaming(Vec<(String, String)>);

impl Renaming {
    /// The exchange of the names of each row; each name may be in one row only.
    pub fn exchange<'a>(names: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let both = |(one, other): (&str, &str)| [(one.into(), other.into()), (other.into(), one.into())];
        Self(names.into_iter().flat_map(both).collect())
    }

    /// What the names become, a row each; it must be a permutation.
    pub fn of<'a>(names: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(names.into_iter().map(|(from, to)| (from.into(), to.into())).collect())
    }

    /// What a name becomes.
    pub(super) fn apply<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.iter().find(|(from, _)| from == name).map_or(name, |(_, to)| to)
    }
}
