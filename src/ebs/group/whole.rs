//! A group together with its members.
//!
//! A decision on a group is one on its members too, so it is made on all of them: whoever forgets one, names one that is not
//! its own, or did not carry out what was decided for a member before, is told so instead.

use alloc::collections::BTreeSet;
use core::ops::Deref;

use crate::breach::Breach;
use crate::ebs::group::ReplicaGroup;
use crate::ebs::lifecycle::GroupStatus;
use crate::ebs::pair::ReplicaPair;
use crate::ids::PairId;

/// A group with its members, all of them and nobody else. [`ReplicaGroup::with`] makes it; every decision is made on it.
#[derive(Debug, Clone, Copy)]
pub struct WholeGroup<'a> {
    group: &'a ReplicaGroup,
    members: &'a [&'a ReplicaPair],
}

/// Pairs are not the members of a group.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotItsMembers {
    /// A pair is in another group, or in none.
    #[error("{0} is not in the group")]
    Stranger(PairId),
    /// A pair is given twice.
    #[error("{0} is given twice")]
    Twice(PairId),
    /// Some are missing.
    #[error(
        "{given} are given, and the group has so many members: {of}; one that left is given no more once its plan was applied"
    )]
    Missing {
        /// How many were given.
        given: usize,
        /// How many the group has.
        of: u32,
    },
    /// A member is not as the group has it, for instance because its part of the group's last plan was not applied.
    #[error("{0} does not fit its group: {1}; was the plan applied that the group made for it?")]
    Member(PairId, Breach),
    /// The group is not as its members have it.
    #[error("the group does not fit its members: {0}")]
    Group(Breach),
}

impl ReplicaGroup {
    /// The group with its members, in any order; the plans for them come in the same.
    ///
    /// # Errors
    ///
    /// [`NotItsMembers`] if one is missing, given twice, not in the group, or does not fit it as the group is now.
    pub fn with<'a>(&'a self, members: &'a [&'a ReplicaPair]) -> Result<WholeGroup<'a>, NotItsMembers> {
        let mut seen = BTreeSet::new();
        for pair in members {
            if pair.group() != Some(&self.id) {
                return Err(NotItsMembers::Stranger(pair.id.clone()));
            }
            if !seen.insert(&pair.id) {
                return Err(NotItsMembers::Twice(pair.id.clone()));
            }
            self.check_member(pair).map_err(|breach| NotItsMembers::Member(pair.id.clone(), breach))?;
        }
        let whole = self.with_all(members);
        match whole.breach() {
            Some(Breach::Size) => Err(NotItsMembers::Missing { given: members.len(), of: self.size }),
            Some(breach) => Err(NotItsMembers::Group(breach)),
            None => Ok(whole),
        }
    }

    /// The group with what is known to be its members.
    pub(crate) const fn with_all<'a>(&'a self, members: &'a [&'a ReplicaPair]) -> WholeGroup<'a> {
        WholeGroup { group: self, members }
    }
}

impl<'a> WholeGroup<'a> {
    /// The members, in the order in which they were given.
    pub const fn members(&self) -> &'a [&'a ReplicaPair] {
        self.members
    }

    /// The status that it shows: `invalid` while a member is, else its own (`G-400`).
    pub fn status(&self) -> GroupStatus {
        self.group.shows(self.members.iter().map(|member| member.status))
    }
}

impl Deref for WholeGroup<'_> {
    type Target = ReplicaGroup;

    fn deref(&self) -> &ReplicaGroup {
        self.group
    }
}
