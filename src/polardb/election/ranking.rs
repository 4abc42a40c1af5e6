//! The whole ranking.
//!
//! The founding page, in our words: if no target is named, the system takes, of all read-only nodes that can be elected
//! now, the one or more with the highest failover priority; if switching to the first of them fails, it tries another,
//! until one succeeds. The pages on automatic failover add that nodes of equal priority are equally likely.
//!
//! So the order is by priority, larger first, and arbitrary within one priority (`P-130`, `P-131`). A retry is the same
//! question with one more node tried (`P-132`), asked of the nodes as they are then. Which nodes can be elected is decided
//! by the [`Electorate`](crate::polardb::Electorate).

use alloc::vec::Vec;
use core::fmt;

use crate::ids::NodeId;
use crate::polardb::election::rules::{P_120, P_123, P_130, P_131};
use crate::polardb::election::tried::Tried;
use crate::rule::cite;

/// A failover priority: 1 to 15, larger is preferred, 1 by default. No value means "never" (`P-120`). An answer may show
/// 0, which ranks below all others and which no request may set (`P-123`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "u8", into = "u8")
)]
pub struct Priority(u8);

/// A number that is not a failover priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a failover priority is 1 to 15, not {0}")]
pub struct BadPriority(pub u8);

impl Priority {
    /// The lowest, and the one of a new node.
    pub const MIN: Self = Self(1);
    /// The one that an answer may show of a node that has none.
    pub const NONE: Self = Self(0);
    /// The highest.
    pub const MAX: Self = Self(15);

    /// The priority of this number.
    ///
    /// # Errors
    ///
    /// [`BadPriority`] if it is not 1 to 15.
    pub const fn new(number: u8) -> Result<Self, BadPriority> {
        cite!(P_120);
        if number >= Self::MIN.0 && number <= Self::MAX.0 {
            Ok(Self(number))
        } else {
            Err(BadPriority(number))
        }
    }

    /// The priority that an answer shows as this number.
    ///
    /// # Errors
    ///
    /// [`BadPriority`] if it is above 15.
    pub const fn shown(number: u8) -> Result<Self, BadPriority> {
        cite!(P_123);
        if number == Self::NONE.0 { Ok(Self::NONE) } else { Self::new(number) }
    }

    /// The number.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl Default for Priority {
    fn default() -> Self {
        Self::MIN
    }
}

impl TryFrom<u8> for Priority {
    type Error = BadPriority;

    fn try_from(number: u8) -> Result<Self, BadPriority> {
        Self::shown(number)
    }
}

impl From<Priority> for u8 {
    fn from(priority: Priority) -> Self {
        priority.0
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The eligible nodes not yet tried that share the highest priority, written to `out` in the order given; `None`, and
/// an empty `out`, if there are none.
///
/// One pass, no allocation beyond `out`. The set does not depend on the order of `eligible`, which has each node once.
pub fn next_tier<'a>(
    mut eligible: impl Iterator<Item = (&'a NodeId, Priority)>,
    tried: &Tried,
    out: &mut Vec<&'a NodeId>,
) -> Option<Priority> {
    cite!(P_130, P_131);
    out.clear();
    // Once all tried nodes were met, no other is looked up.
    let mut unmet = tried.len();
    let mut is_open = |node: &NodeId| {
        if unmet == 0 {
            return true;
        }
        let is_tried = tried.contains(node);
        unmet = unmet.saturating_sub(usize::from(is_tried));
        !is_tried
    };
    let (first, mut highest) = eligible.find(|(node, _)| is_open(node))?;
    out.push(first);
    for (node, priority) in eligible {
        if priority < highest || !is_open(node) {
            continue;
        }
        if priority > highest {
            highest = priority;
            out.clear();
        }
        out.push(node);
    }
    Some(highest)
}
