//! The nodes that were tried: a set by hash, since a retry looks every node up in it.
//!
//! An ordered set would look up in O(log n) string comparisons, which is most of what the retries of a large cluster cost
//! (`docs/selection.md`). What is seen of the set, in comparisons, hashes, snapshots and iteration, does not depend on the
//! order in which it was filled.

use alloc::vec::Vec;
use core::fmt;
use core::hash::{Hash, Hasher};

use indexmap::IndexSet;

use crate::ids::NodeId;
use crate::map::HashState;

/// The nodes that one round of a failover has tried.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Tried(IndexSet<NodeId, HashState>);

impl Tried {
    /// No nodes.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the node is among them.
    pub fn contains(&self, node: &NodeId) -> bool {
        self.0.contains(node)
    }

    /// Adds a node; false if it was among them.
    pub fn insert(&mut self, node: NodeId) -> bool {
        if self.0.capacity() == 0 {
            // Most failovers try no more, and growing costs more than looking up saves there.
            self.0.reserve(7);
        }
        self.0.insert(node)
    }

    /// Removes the nodes that are not to be kept.
    pub fn retain(&mut self, keep: impl FnMut(&NodeId) -> bool) {
        self.0.retain(keep);
    }

    /// Removes all of them.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The nodes in the order of their ids.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &NodeId> {
        let mut nodes: Vec<&NodeId> = self.0.iter().collect();
        nodes.sort_unstable();
        nodes.into_iter()
    }
}

impl Extend<NodeId> for Tried {
    fn extend<T: IntoIterator<Item = NodeId>>(&mut self, nodes: T) {
        nodes.into_iter().for_each(|node| {
            self.insert(node);
        });
    }
}

impl FromIterator<NodeId> for Tried {
    fn from_iter<T: IntoIterator<Item = NodeId>>(nodes: T) -> Self {
        let mut tried = Self::new();
        tried.extend(nodes);
        tried
    }
}

impl Hash for Tried {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.len().hash(state);
        self.iter().for_each(|node| node.hash(state));
    }
}

impl fmt::Debug for Tried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Tried {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Tried {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<NodeId>::deserialize(deserializer).map(Self::from_iter)
    }
}
