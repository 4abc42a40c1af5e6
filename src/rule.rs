//! What a rule is: every one has a number, a source and a [`Basis`].
//!
//! Numbers have gaps, so that rows can be added. A number appears in the row, in the generated page `docs/rules.md`,
//! in the refusal or event it causes, in its test and in its scenarios; searching for it finds all of them.

use core::fmt;

/// The number of a rule, such as `E-210` (EBS pairs), `P-130` (PolarDB) or `T-040` (tokens).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(transparent))]
pub struct RuleId(pub &'static str);

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// How sure we are of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Basis {
    /// The vendor's pages, SDK or metadata say so for this operation.
    Documented,
    /// The vendor says so for a sibling operation or product, and we carry it over.
    Sibling,
    /// No source says so; it is our reading, with the evidence in the rule's source.
    Inferred,
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// One entry of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Its number.
    pub id: RuleId,
    /// How sure we are.
    pub basis: Basis,
    /// Where it comes from.
    pub source: &'static str,
    /// What it says, in one sentence.
    pub says: &'static str,
}

impl Rule {
    /// An entry; the order of arguments is the order in which a reader scans a row.
    pub const fn new(id: &'static str, basis: Basis, source: &'static str, says: &'static str) -> Self {
        Self { id: RuleId(id), basis, source, says }
    }
}
