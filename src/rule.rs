//! What a rule is: every one has a number, a source and a [`Basis`].
//!
//! Numbers have gaps, so that rows can be added. Code names a rule by its constant, `P_172`; prose, tests, scenarios and
//! pages by its number, `P-172`. The expression `P.172` finds both.

use core::fmt;

/// The number of a rule, such as `E-210` (EBS pairs), `P-130` (PolarDB) or `T-040` (tokens).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(transparent))]
pub struct RuleId(&'static str);

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

/// The number of a constant: `P-172` of `P_172`.
pub(crate) const fn number(name: &str) -> [u8; 5] {
    assert!(
        matches!(name.as_bytes(), [b'A'..=b'Z', b'_', ..]) && name.len() == 5,
        "a rule is named as `P_172` is"
    );
    let [letter, _, hundreds, tens, ones] = name.as_bytes() else { return [0; 5] };
    [*letter, b'-', *hundreds, *tens, *ones]
}

impl RuleId {
    /// The id of this text, whether or not a rule has it.
    pub const fn new(number: &'static str) -> Self {
        Self(number)
    }

    /// The number as text, such as `E-210`.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// The id that these characters spell.
    pub(crate) const fn of(number: &'static [u8; 5]) -> Self {
        match core::str::from_utf8(number) {
            Ok(text) => Self(text),
            Err(_) => Self(""),
        }
    }
}

/// Declares the constant of a rule: its number as an identifier, what it says as its documentation.
macro_rules! rule_number {
    ($id:ident $says:literal) => {
        #[doc = $says]
        pub(crate) const $id: $crate::rule::RuleId = {
            const NUMBER: [u8; 5] = $crate::rule::number(stringify!($id));
            $crate::rule::RuleId::of(&NUMBER)
        };
    };
}

/// The rules of one room that are no rows of a lifecycle: of each a constant, and all of them as `RULES`.
macro_rules! rules {
    ($($id:ident $basis:ident $source:literal => $says:literal;)*) => {
        $($crate::rule::rule_number!($id $says);)*

        /// All of them, by number.
        pub(crate) const RULES: &[$crate::rule::Rule] = &[$($crate::rule::Rule {
            id: $crate::rule::RuleId::of(&$crate::rule::number(stringify!($id))),
            basis: $crate::rule::Basis::$basis,
            source: $source,
            says: $says,
        },)*];
    };
}

/// Names the rules that the function around it, or the item below it, implements. A rule that no code names is dead code.
macro_rules! cite {
    ($($id:ident),+) => {
        const _: &[$crate::rule::RuleId] = &[$($id),+];
    };
}

pub(crate) use {cite, rule_number, rules};
