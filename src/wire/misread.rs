//! What is wrong with a pasted object, and where.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt::Display;

/// What is wrong with a seed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SeedProblem {
    /// The field holds another type of JSON.
    #[error("it should be {0}")]
    Type(&'static str),
    /// The field cannot be read as what it is.
    #[error("{0}")]
    Value(Cow<'static, str>),
    /// The source is neither the primary's place nor the standby's (`W-040`).
    #[error("source and destination are not the places of primary and standby, in either order (W-040)")]
    Direction,
    /// Primary and standby are in one zone, or are one disk.
    #[error("primary and standby are in one zone or are one disk (E-011)")]
    TooClose,
    /// The cluster has another number of writers than one (`W-041`).
    #[error("a cluster needs exactly one Writer, not {0} (W-041)")]
    Writers(usize),
}

/// What is wrong, and with which field of the object.
#[derive(Debug, thiserror::Error)]
#[error("{field}: {problem}")]
pub(super) struct Misread {
    pub(super) field: String,
    pub(super) problem: SeedProblem,
}

impl Misread {
    /// A field that cannot be read as what it is.
    pub(super) fn at(field: &str, why: impl Display) -> Self {
        Self { field: String::from(field), problem: SeedProblem::Value(Cow::Owned(why.to_string())) }
    }

    /// The same, as seen from around the field or item of a list, such as `[1]`, in which it is.
    pub(super) fn within(self, around: &str) -> Self {
        let dot = if self.field.is_empty() || self.field.starts_with('[') { "" } else { "." };
        Self { field: format!("{around}{dot}{}", self.field), problem: self.problem }
    }
}

impl From<SeedProblem> for Misread {
    fn from(problem: SeedProblem) -> Self {
        Self { field: String::new(), problem }
    }
}
