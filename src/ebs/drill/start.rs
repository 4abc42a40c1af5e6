//! The start of a drill, of a pair or of a consistent group.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::slice;

use crate::ebs::Context;
use crate::ebs::drill::rules::{D_112, D_620};
use crate::ebs::drill::{Drill, DrillDisk, DrillDiskStatus, DrillEffect, DrillStatus, FreshDrill};
use crate::ebs::group::describe::common_recover_point;
use crate::ebs::group::whole::WholeGroup;
use crate::ebs::pair::ReplicaPair;
use crate::ebs::refusal::{DrillReason, EbsReason, EbsRefusal};
use crate::ebs::replica::{Replica, ReplicaId};
use crate::ids::{AccountId, DiskId, PairId, RegionId, WrongIds};
use crate::lifecycle::Pending;
use crate::not_created::NotCreated;
use crate::operation::Operation;
use crate::policy::DrillWithoutRecoverPoint;
use crate::revision::{Latest, Revision};
use crate::rule::cite;
use crate::text::StatusMessage;
use crate::time::Timestamp;

/// Why a drill was not started.
pub type NotStarted = NotCreated<EbsRefusal>;

impl From<EbsRefusal> for NotStarted {
    fn from(refused: EbsRefusal) -> Self {
        Self::Refused(refused)
    }
}

/// What a drill clones.
#[derive(Debug, Clone, Copy)]
pub enum DrillSource<'a> {
    /// A pair.
    Pair(&'a ReplicaPair),
    /// A group with its members.
    Group(WholeGroup<'a>),
}

impl<'a> DrillSource<'a> {
    /// The pair or the group.
    pub(crate) fn replica(&self) -> &dyn Replica {
        match self {
            Self::Pair(pair) => *pair,
            Self::Group(group) => &**group,
        }
    }

    fn pairs(&'a self) -> &'a [&'a ReplicaPair] {
        match self {
            Self::Pair(pair) => slice::from_ref(pair),
            Self::Group(group) => group.members(),
        }
    }

    fn id(&self) -> ReplicaId {
        match self {
            Self::Pair(pair) => ReplicaId::Pair(pair.id.clone()),
            Self::Group(group) => ReplicaId::Group(group.id.clone()),
        }
    }

    const fn operation(&self) -> Operation {
        match self {
            Self::Pair(_) => Operation::StartPairDrill,
            Self::Group(_) => Operation::StartReplicaGroupDrill,
        }
    }
}

impl Drill {
    /// Decides the call and starts a drill. With a recover point it is `executing`, with the pending effect `at.effect` (`D-110`).
    /// Without one there is nothing to clone: it is `execute_failed` at once and has no disks (`D-111`). That the ids are used nowhere
    /// else is for the caller to check.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails, as of [`check_start`](Self::check_start); [`WrongIds`] if `fresh` does not have a disk
    /// of its own for each pair.
    pub fn create(
        at: Context<'_>,
        region: &RegionId,
        fresh: FreshDrill,
        source: DrillSource<'_>,
    ) -> Result<Self, NotStarted> {
        Self::check_start(at, region, source)?;
        Ok(Self::started(at, fresh, source)?)
    }

    /// Decides the call: the region (`D-620`, `D-621`), that the pair or group is not deleted (`D-113`), and, by policy, that it has a
    /// recover point.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn check_start(
        at: Context<'_>,
        region: &RegionId,
        source: DrillSource<'_>,
    ) -> Result<(), EbsRefusal> {
        let (operation, replica) = (source.operation(), source.replica());
        if !replica.regions().contains(&region) {
            return Err(EbsReason::unknown(replica.id_str(), region, D_620).of(operation));
        }
        if replica.destination_region() != region {
            return Err(DrillReason::NotAtDestination(region.clone()).of(operation));
        }
        if replica.is_deleted() {
            return Err(DrillReason::OwnerDeleted.of(operation));
        }
        let refuses = at.policy.drill_without_recover_point == DrillWithoutRecoverPoint::Refuse;
        if refuses && common_recover_point(source.pairs()).is_none() {
            return Err(DrillReason::NoRecoverPoint.of(operation));
        }
        Ok(())
    }

    /// The drill that an accepted call starts.
    pub(crate) fn started(
        at: Context<'_>,
        fresh: FreshDrill,
        source: DrillSource<'_>,
    ) -> Result<Self, WrongIds> {
        cite!(D_112);
        let pairs: Vec<PairId> = source.pairs().iter().map(|pair| pair.id.clone()).collect();
        let different: BTreeSet<_> = fresh.disks.iter().collect();
        let ends = |disk: &DiskId, pair: &ReplicaPair| {
            [&pair.primary, &pair.standby].iter().any(|end| end.disk == *disk)
        };
        let own = |disk: &DiskId| source.pairs().iter().any(|pair| ends(disk, pair));
        if different.len() != pairs.len()
            || fresh.disks.len() != pairs.len()
            || different.into_iter().any(own)
        {
            return Err(WrongIds);
        }
        let recover_point: Option<Timestamp> = common_recover_point(source.pairs());
        let account: AccountId = source.replica().account().clone();
        let disk = |(pair, disk)| DrillDisk { pair, disk, status: DrillDiskStatus::Creating };
        let missing = match source {
            DrillSource::Pair(_) => "PAIR_SYNCPOINT_NOT_FOUND",
            DrillSource::Group(_) => "GROUP_SYNCPOINT_NOT_FOUND",
        };
        let found = recover_point.is_some();
        Ok(Self {
            id: fresh.drill,
            account,
            ordinal: at.effect.0,
            owner: source.id(),
            status: if found { DrillStatus::Executing } else { DrillStatus::ExecuteFailed },
            status_message: if found { None } else { StatusMessage::parse(missing).ok() },
            started_at: at.now,
            recover_point,
            disks: if found { pairs.into_iter().zip(fresh.disks).map(disk).collect() } else { [].into() },
            pending: found.then_some(Pending { id: at.effect, effect: DrillEffect::Start, since: at.now }),
            revision: Revision::default(),
            latest: Latest::of(at.now, found.then_some(at.effect)),
        })
    }
}
