//! The operations on consistent groups, as actions and as methods.

use core::convert::Infallible;

use crate::control_plane::action::{Action, Done, Performed, sealed::Sealed};
use crate::control_plane::{Call, ControlPlane, Misuse, Reply, Step};
use crate::ebs::{
    AddDiskReplicaPair, CreateDiskReplicaGroup, DeleteDiskReplicaGroup, DescribeDiskReplicaGroups,
    EbsRefusal, FailoverDiskReplicaGroup, GroupCreated, GroupPage, GroupRequest, ModifyDiskReplicaGroup,
    RemoveDiskReplicaPair, ReplicaGroup, ReprotectDiskReplicaGroup, StartDiskReplicaGroup,
    StopDiskReplicaGroup,
};
use crate::operation::Operation;
use crate::time::Timestamp;

impl Sealed for CreateDiskReplicaGroup {}

impl Action for CreateDiskReplicaGroup {
    const OPERATION: Operation = Operation::CreateDiskReplicaGroup;
    type Response = GroupCreated;
    type Refusal = EbsRefusal;
    type Fresh = Option<GroupCreated>;
    type Misused = Misuse;

    fn perform(
        &self,
        plane: &mut ControlPlane,
        now: Timestamp,
        call: &Call,
        fresh: &Self::Fresh,
    ) -> Performed<Self> {
        plane.create_group(now, call, self, fresh.as_ref())
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
        let (account, region, policy) = (&call.account, &call.region, &plane.policy.ebs);
        let walk =
            plane.index.group_listing.walk(account, region, self.site, policy.production_site, self.page);
        let response = self.select(account, region, policy, &plane.groups, walk, view);
        Ok(Done { response, step: Step::default(), rule: None })
    }
}

macro_rules! group_calls {
    ($($name:ident $method:ident $doc:literal $perform:expr;)*) => {
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
                    plane: &mut ControlPlane,
                    now: Timestamp,
                    call: &Call,
                    (): &(),
                ) -> Performed<Self> {
                    let perform: fn(&mut ControlPlane, Timestamp, &Call, &Self) -> Performed<Self> = $perform;
                    perform(plane, now, call, self)
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
    ModifyDiskReplicaGroup modify_disk_replica_group
        "`ModifyDiskReplicaGroup`: changes name, description or replication time control."
        |plane, now, call, this| plane.group_call(now, call, &this.group, GroupRequest::Modify(this));
    StartDiskReplicaGroup start_disk_replica_group
        "`StartDiskReplicaGroup`: begins rounds of copies."
        |plane, now, call, this| {
            plane.group_call(now, call, &this.group, GroupRequest::Start { one_shot: this.one_shot })
        };
    StopDiskReplicaGroup stop_disk_replica_group
        "`StopDiskReplicaGroup`: ends copying."
        |plane, now, call, this| plane.group_call(now, call, &this.group, GroupRequest::Stop);
    FailoverDiskReplicaGroup failover_disk_replica_group
        "`FailoverDiskReplicaGroup`: every secondary disk is to become readable and writable."
        |plane, now, call, this| plane.group_call(now, call, &this.group, GroupRequest::Failover);
    ReprotectDiskReplicaGroup reprotect_disk_replica_group
        "`ReprotectDiskReplicaGroup`: reverses the direction, or cancels the failover."
        |plane, now, call, this| {
            plane.group_call(now, call, &this.group, GroupRequest::Reprotect { reverse: this.reverse_replicate })
        };
    DeleteDiskReplicaGroup delete_disk_replica_group
        "`DeleteDiskReplicaGroup`: takes an empty group down."
        |plane, now, call, this| plane.group_call(now, call, &this.group, GroupRequest::Delete);
    AddDiskReplicaPair add_disk_replica_pair
        "`AddDiskReplicaPair`: a pair joins a group."
        |plane, now, call, this| plane.membership_call(now, call, (&this.group, &this.pair), true);
    RemoveDiskReplicaPair remove_disk_replica_pair
        "`RemoveDiskReplicaPair`: a pair leaves its group and lives on."
        |plane, now, call, this| plane.membership_call(now, call, (&this.group, &this.pair), false);
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
