//! Cursors: a position between two pages of a list, and which list it is.
//!
//! A cursor of one list says nothing about another, so it carries a digest of what it was given for: the operation, the
//! account, the region and the filters, but not the size of the page. The digest is the same in every process and on every
//! platform. It is no secret: it is there to find mistakes, and guards nothing.

use alloc::vec::Vec;

use crate::ids::{AccountId, RegionId};
use crate::operation::Operation;

/// A position between two pages of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Cursor {
    /// Where the next page begins: after the record of this ordinal or, in a list of clusters, after so many records.
    pub at: u64,
    /// The digest of the list that it was given for.
    pub list: u32,
}

/// What a cursor is given for, in the making: FNV-1a over its parts, each of which ends with a byte that no text has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct List(u64);

const ABSENT: u8 = 0xfd;
const END: u8 = 0xfe;
const END_OF_SET: u8 = 0xff;

impl List {
    /// The list of an operation, without a filter.
    pub(crate) fn of(operation: Operation, account: &AccountId, region: &RegionId) -> Self {
        let parts = [operation.product().code(), operation.as_str(), account.as_str(), region.as_str()];
        parts.into_iter().fold(Self(0xcbf2_9ce4_8422_2325), |list, part| list.filter(Some(part)))
    }

    const fn byte(self, byte: u8) -> Self {
        Self((self.0 ^ byte as u64).wrapping_mul(0x0100_0000_01b3))
    }

    /// With the next filter, if it is given.
    pub(crate) fn filter(self, text: Option<&str>) -> Self {
        let Some(text) = text else { return self.byte(ABSENT) };
        text.bytes().fold(self, Self::byte).byte(END)
    }

    /// With the next filter, which names a set in whatever order.
    pub(crate) fn set<'a>(self, names: impl Iterator<Item = (&'a str, Option<&'a str>)>) -> Self {
        let mut names: Vec<_> = names.collect();
        names.sort_unstable();
        names.dedup();
        let list = names.into_iter().fold(self, |list, (name, value)| list.filter(Some(name)).filter(value));
        list.byte(END_OF_SET)
    }

    /// The digest.
    pub(crate) const fn digest(self) -> u32 {
        let [a, b, c, d, e, f, g, h] = self.0.to_le_bytes();
        u32::from_le_bytes([a ^ e, b ^ f, c ^ g, d ^ h])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> Result<List, crate::ids::BadId> {
        let (account, region) = (AccountId::parse("1")?, RegionId::parse("cn-a")?);
        Ok(List::of(Operation::DescribeDiskReplicaPairs, &account, &region))
    }

    #[test]
    fn the_digest_is_the_same_everywhere_and_tells_parts_apart() -> Result<(), crate::ids::BadId> {
        let list = list()?;
        assert_eq!(list.digest(), 0x4add_8214);
        let set = |names: &[(&'static str, Option<&'static str>)]| list.set(names.iter().copied()).digest();
        let all = [
            list.digest(),
            list.filter(None).digest(),
            list.filter(Some("")).digest(),
            list.filter(Some("ab")).filter(Some("c")).digest(),
            list.filter(Some("a")).filter(Some("bc")).digest(),
            list.filter(None).filter(Some("a")).digest(),
            list.filter(Some("a")).filter(None).digest(),
            set(&[]),
            set(&[("a", None)]),
            set(&[("a", Some(""))]),
            set(&[("a", None), ("b", None)]),
            set(&[("a", Some("b"))]),
        ];
        let distinct: alloc::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
        assert_eq!(set(&[("b", None), ("a", None), ("b", None)]), set(&[("a", None), ("b", None)]));
        Ok(())
    }
}
