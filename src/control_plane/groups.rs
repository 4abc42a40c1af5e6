//! The operations on consistent groups, from a call to the group's own decision.

use alloc::string::String;
use alloc::vec::Vec;
use core::convert::Infallible;

use super::action::{Action, Done, Performed, sealed::Sealed};
use super::effect::Owner;
use super::{Call, ControlPlane, Effect, EffectKind, Index, Misuse, NotAdopted, Reply, Step};
use crate::ebs::{
    AddDiskReplicaPair, CreateDiskReplicaGroup, DeleteDiskReplicaGroup, DescribeDiskReplicaGroups,
    EbsRefusal, FailoverDiskReplicaGroup, GroupCreated, GroupPage, GroupSeed, GroupStatus, GroupView,
    ModifyDiskReplicaGroup, RemoveDiskReplicaPair, ReplicaGroup, ReplicaPair, ReprotectDiskReplicaGroup,
    StartDiskReplicaGroup, StopDiskReplicaGroup,
};
use crate::ids::{AccountId, EffectId, GroupId, RegionId};
use crate::operation::Operation;
use crate::rule::RuleId;
use crate::time::Timestamp;

impl ControlPlane {
    /// The members of a group, in the order of their creation.
    pub(super) fn members(&self, group: &GroupId) -> impl Iterator<Item = &ReplicaPair> {
        let members = self.index.members.get(group);
        members.into_iter().flat_map(|members| members.values()).filter_map(|id| self.pairs.get(id))
    }

    /// A group as it shows.
    pub(super) fn view(&self, group: &ReplicaGroup) -> GroupView {
        let members: Vec<&ReplicaPair> = self.members(&group.id).collect();
        group.view(&members)
    }

    /// The pending effect of a group.
    pub(super) fn group_effect(&self, group: &ReplicaGroup) -> Option<Effect> {
        let pending = group.pending?;
        let about = self.members(&group.id).filter(|pair| group.acts_on(pair)).map(|pair| pair.id.clone());
        let members = about.collect();
        let kind = EffectKind::Group { group: group.id.clone(), effect: pending.effect, members };
        Some(Effect { id: pending.id, since: pending.since, account: group.account.clone(), kind })
    }

    /// Enters what is derived from groups and memberships.
    pub(super) fn reindex_groups(&self, index: &mut Index, owners: &mut Vec<(EffectId, Owner)>) {
        for pair in self.pairs.values() {
            if let Some(group) = pair.group() {
                index.enter_member(group, pair);
            }
        }
        for group in self.groups.values() {
            if group.status != GroupStatus::Deleted {
                let regions = [&group.primary.region, &group.standby.region];
                index.group_listing.enter(&group.account, regions, group.ordinal);
            }
            owners.extend(group.pending.map(|pending| (pending.id, Owner::Group(group.id.clone()))));
        }
    }

    /// Takes in a group that exists elsewhere, in any status, and binds pairs that exist here to it. A transient status
    /// waits for its effect from now on, a replicating one has its next round one RPO ahead, a tombstone its whole time.
    ///
    /// # Errors
    ///
    /// [`NotAdopted`]; nothing changed but the clock seen.
    pub fn adopt_group(
        &mut self,
        now: Timestamp,
        _account: &AccountId,
        _region: &RegionId,
        seed: GroupSeed,
    ) -> Result<Step, NotAdopted> {
        self.observe(now);
        Err(NotAdopted::IdInUse(String::from(seed.id.as_str())))
    }
}

impl Index {
    pub(super) fn enter_member(&mut self, group: &GroupId, pair: &ReplicaPair) {
        match self.members.get_mut(group) {
            Some(members) => drop(members.insert(pair.ordinal, pair.id.clone())),
            None => drop(self.members.insert(group.clone(), [(pair.ordinal, pair.id.clone())].into())),
        }
    }
}

impl Sealed for CreateDiskReplicaGroup {}

impl Action for CreateDiskReplicaGroup {
    const OPERATION: Operation = Operation::CreateDiskReplicaGroup;
    type Response = GroupCreated;
    type Refusal = EbsRefusal;
    type Fresh = Option<GroupCreated>;
    type Misused = Misuse;

    fn perform(
        &self,
        _plane: &mut ControlPlane,
        _now: Timestamp,
        _call: &Call,
        _fresh: &Self::Fresh,
    ) -> Performed<Self> {
        Err(super::action::Blocked::Misused(Misuse::BadFreshId))
    }
}

impl Sealed for DescribeDiskReplicaGroups {}

impl Action for DescribeDiskReplicaGroups {
    const OPERATION: Operation = Operation::DescribeDiskReplicaGroups;
    type Response = GroupPage;
    type Refusal = EbsRefusal;
    type Fresh = ();
    type Misused = Infallible;

    fn perform(&self, plane: &mut ControlPlane, _now: Timestamp, call: &Call, (): &()) -> Performed<Self> {
        let view = |group: &ReplicaGroup| plane.view(group);
        let response = self.select(
            &call.account,
            &call.region,
            &plane.policy.ebs,
            &plane.groups,
            &plane.index.group_listing,
            view,
        );
        Ok(Done { response, step: Step::default(), rule: None })
    }
}

macro_rules! group_calls {
    ($($name:ident $method:ident $doc:literal;)*) => {
        $(
            impl Sealed for $name {}

            impl Action for $name {
                const OPERATION: Operation = Operation::$name;
                type Response = ();
                type Refusal = EbsRefusal;
                type Fresh = ();
                type Misused = Infallible;

                fn perform(
                    &self,
                    _plane: &mut ControlPlane,
                    _now: Timestamp,
                    call: &Call,
                    (): &(),
                ) -> Performed<Self> {
                    Err(EbsRefusal::NoSuchResource {
                        operation: Self::OPERATION,
                        resource: String::from(self.group.as_str()).into(),
                        region: call.region.clone(),
                        rule: RuleId("E-610"),
                    }
                    .into())
                }
            }
        )*

        impl ControlPlane {$(
            #[doc = $doc]
            pub fn $method(&mut self, call: &Call, request: &$name) -> Reply<$name> {
                self.make(call, request)
            }
        )*}
    };
}

group_calls! {
    ModifyDiskReplicaGroup modify_disk_replica_group "`ModifyDiskReplicaGroup`: changes name, description or replication time control.";
    StartDiskReplicaGroup start_disk_replica_group "`StartDiskReplicaGroup`: begins rounds of copies.";
    StopDiskReplicaGroup stop_disk_replica_group "`StopDiskReplicaGroup`: ends copying.";
    FailoverDiskReplicaGroup failover_disk_replica_group "`FailoverDiskReplicaGroup`: every secondary disk is to become readable and writable.";
    ReprotectDiskReplicaGroup reprotect_disk_replica_group "`ReprotectDiskReplicaGroup`: reverses the direction, or cancels the failover.";
    DeleteDiskReplicaGroup delete_disk_replica_group "`DeleteDiskReplicaGroup`: takes an empty group down.";
    AddDiskReplicaPair add_disk_replica_pair "`AddDiskReplicaPair`: a pair joins a group.";
    RemoveDiskReplicaPair remove_disk_replica_pair "`RemoveDiskReplicaPair`: a pair leaves its group and lives on.";
}

impl ControlPlane {
    /// `CreateDiskReplicaGroup`: an empty group appears in `creating`.
    ///
    /// # Errors
    ///
    /// [`Misuse::BadFreshId`] if the call is accepted and the group id is in use.
    pub fn create_disk_replica_group(
        &mut self,
        call: &Call,
        request: &CreateDiskReplicaGroup,
        fresh: GroupCreated,
    ) -> Result<Reply<CreateDiskReplicaGroup>, Misuse> {
        self.call(call, request, &Some(fresh))
    }

    /// `DescribeDiskReplicaGroups`.
    pub fn describe_disk_replica_groups(
        &mut self,
        call: &Call,
        request: &DescribeDiskReplicaGroups,
    ) -> Reply<DescribeDiskReplicaGroups> {
        self.make(call, request)
    }
}
