//! The catalogue: every rule has a number, a source and a [`Basis`].
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

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for RuleId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = alloc::string::String::deserialize(deserializer)?;
        let rule = catalogue().into_iter().find(|rule| rule.id.0 == text);
        rule.map(|rule| rule.id).ok_or_else(|| serde::de::Error::custom("no such rule"))
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

/// Every rule of the model, by number: the rows of the pair table and the rules beside it.
pub fn catalogue() -> alloc::vec::Vec<Rule> {
    let rows = crate::ebs::table::ROWS.iter().map(|row| row.as_rule());
    let mut rules: alloc::vec::Vec<Rule> = rows
        .chain(crate::ebs::RULES.iter().copied())
        .chain(crate::polardb::RULES.iter().copied())
        .chain(crate::token::RULES.iter().copied())
        .chain(crate::control_plane::RULES.iter().copied())
        .collect();
    #[cfg(feature = "wire")]
    rules.extend_from_slice(crate::wire::RULES);
    rules.sort_by_key(|rule| rule.id);
    rules
}
