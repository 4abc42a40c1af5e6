//! The states that are known, by number.

use core::hash::{BuildHasher, Hasher};

use foldhash::quality::FixedState;
use indexmap::IndexSet;

use crate::map::HashState;

/// Numbers canonical bytes in the order in which they come.
pub(super) trait Known: Default {
    /// The key of canonical bytes; of several renamings of a state the least key counts.
    type Key: Ord;

    fn key(bytes: &[u8]) -> Self::Key;

    /// The number of a state, and whether it is new; `None` if there are more than numbers.
    fn number(&mut self, key: Self::Key) -> Option<(u32, bool)>;
}

/// By 128 bits: two hashes of 64, under seeds that have nothing to do with each other.
#[derive(Default)]
pub(super) struct Digests(IndexSet<u128, HashState>);

const ONE: FixedState = FixedState::with_seed(0x9e37_79b9_7f4a_7c15);
const OTHER: FixedState = FixedState::with_seed(0xd1b5_4a32_d192_ed03);

fn hash(state: &FixedState, bytes: &[u8]) -> u128 {
    let mut hasher = state.build_hasher();
    hasher.write(bytes);
    u128::from(hasher.finish())
}

impl Known for Digests {
    type Key = u128;

    fn key(bytes: &[u8]) -> u128 {
        hash(&ONE, bytes) << 64 | hash(&OTHER, bytes)
    }

    fn number(&mut self, key: u128) -> Option<(u32, bool)> {
        let (number, new) = self.0.insert_full(key);
        Some((u32::try_from(number).ok()?, new))
    }
}

/// By the bytes themselves, to tell that no two states were taken for one.
#[cfg(test)]
#[derive(Default)]
pub(super) struct Whole(IndexSet<alloc::vec::Vec<u8>, HashState>);

#[cfg(test)]
impl Known for Whole {
    type Key = alloc::vec::Vec<u8>;

    fn key(bytes: &[u8]) -> Self::Key {
        bytes.to_vec()
    }

    fn number(&mut self, key: Self::Key) -> Option<(u32, bool)> {
        let (number, new) = self.0.insert_full(key);
        Some((u32::try_from(number).ok()?, new))
    }
}
