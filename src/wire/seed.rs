//! What an account already has, from what its own describe calls answered.
//!
//! The objects are the items of `DescribeDiskReplicaPairs` and `DescribeDiskReplicaGroups` and the answers of
//! `DescribeDBClusterAttribute`, as pasted; they are read as the records that write these answers, and each record has
//! the function that enters it beside it. Fields that no record has are ignored; fields left out, null or empty take
//! defaults: status `created` and `Running`, priority 1, now, ids that the caller mints. A field that cannot be read is an
//! error that says where it is.
//!
//! Two things are worth knowing. A status message is kept only with the statuses that show one, `invalid` and
//! `create_failed`. And a cluster or node that shows `Switching` is taken as running: which node it was switching to
//! the answer does not say.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Display;
use core::str::FromStr;

use serde::de::DeserializeOwned;
use serde::de::value::{self, StrDeserializer};
use serde_json::Value;

use super::misread::{Misread, SeedProblem};
use super::object::{At, Field};
use crate::ids::{BadId, RegionId};
use crate::text::{Tag, TagValue};
use crate::time::{Span, Timestamp};

/// What an id is minted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdKind {
    /// A replication pair.
    Pair,
    /// A consistent group.
    Group,
    /// A disk.
    Disk,
    /// A cluster.
    Cluster,
    /// A node of a cluster.
    Node,
}

impl IdKind {
    /// How the vendor's ids of this kind begin.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Pair => "pair-",
            Self::Group => "pg-",
            Self::Disk => "d-",
            Self::Cluster => "pc-",
            Self::Node => "pi-",
        }
    }
}

/// What fields left out are filled with.
pub struct Defaults<'a> {
    /// When a resource was created that does not say.
    pub now: Timestamp,
    /// Where a resource is that does not say.
    pub region: RegionId,
    /// Makes an id that is not in use.
    pub mint: &'a mut dyn FnMut(IdKind) -> String,
}

impl Defaults<'_> {
    /// The id in this field, or one of the caller's. A bad one is reported like a pasted one.
    pub(super) fn id<R, T: FromStr<Err = BadId>>(
        &mut self,
        record: &R,
        at: At<R, Option<String>>,
        kind: IdKind,
    ) -> Result<T, Misread> {
        let id = given(record, at).map_or_else(|| (self.mint)(kind).parse(), str::parse);
        id.map_err(|why| Misread::at(at.name, why))
    }
}

impl core::fmt::Debug for Defaults<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { now, region, mint: _ } = self;
        f.debug_struct("Defaults").field("now", now).field("region", region).finish_non_exhaustive()
    }
}

/// Which list a seed is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SeedList {
    /// `ReplicaPairs`.
    ReplicaPairs,
    /// `ReplicaGroups`.
    ReplicaGroups,
    /// `Clusters`.
    Clusters,
}

impl core::fmt::Display for SeedList {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        core::fmt::Debug::fmt(self, f)
    }
}

/// What is wrong with a seed, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{list}[{index}]{}{field}: {problem}", if field.is_empty() { "" } else { "." })]
pub struct SeedError {
    /// The list.
    pub list: SeedList,
    /// The position of the object in it.
    pub index: usize,
    /// The field, such as `DBNodes[1].FailoverPriority`; empty for the object as a whole.
    pub field: String,
    /// What is wrong with it.
    pub problem: SeedProblem,
}

/// Reads each object as a record and enters it.
pub(super) fn read<R: Field, T>(
    list: SeedList,
    objects: &[Value],
    mut enter: impl FnMut(&R) -> Result<T, Misread>,
) -> Result<Vec<T>, SeedError> {
    let objects = objects.iter().enumerate().map(|(index, object)| {
        let entered = R::read(object).and_then(|record| enter(&record));
        entered.map_err(|Misread { field, problem }| SeedError { list, index, field, problem })
    });
    objects.collect()
}

/// The text of a field, unless it is empty.
pub(super) fn given<R>(record: &R, at: At<R, Option<String>>) -> Option<&str> {
    (at.of)(record).as_deref().filter(|text| !text.is_empty())
}

/// The text of a field as the model's type.
pub(super) fn typed<R, T: DeserializeOwned>(
    record: &R,
    at: At<R, Option<String>>,
) -> Result<Option<T>, Misread> {
    parsed(record, at, |text| T::deserialize(StrDeserializer::<value::Error>::new(text)))
}

/// The text of a field, read by this function.
pub(super) fn parsed<R, T, E: Display>(
    record: &R,
    at: At<R, Option<String>>,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<T>, Misread> {
    given(record, at).map(parse).transpose().map_err(|why| Misread::at(at.name, why))
}

/// The time of so many epoch seconds.
pub(super) fn seconds(seconds: u64) -> Timestamp {
    Timestamp::default().after(Span::from_secs(seconds))
}

/// The tags in this field, whose keys and values are in those.
pub(super) fn tags<R, T>(
    record: &R,
    list: At<R, Vec<T>>,
    [key, value]: [At<T, Option<String>>; 2],
) -> Result<Vec<Tag>, Misread> {
    let tag = |tag: &T| {
        let found = typed(tag, key)?.ok_or_else(|| Misread::at(key.name, "a tag has a key"))?;
        let text = TagValue::parse(given(tag, value).unwrap_or_default());
        Ok(Tag { key: found, value: text.map_err(|why| Misread::at(value.name, why))? })
    };
    let tags = (list.of)(record).iter().enumerate();
    let around = |at| move |misread: Misread| misread.within(&format!("[{at}]")).within(list.name);
    tags.map(|(at, given)| tag(given).map_err(around(at))).collect()
}
