//! The drill operations, from a call to the drill's own decision.

use alloc::string::String;
use alloc::vec::Vec;
use core::convert::Infallible;

use super::action::{Action, Blocked, Done, Performed, sealed::Sealed};
use super::effect::Owner;
use super::{Call, ControlPlane, Effect, EffectKind, Index, Misuse, Reply, Step};
use crate::ebs::{
    ClearPairDrill, ClearReplicaGroupDrill, DescribePairDrills, DescribeReplicaGroupDrills, Drill,
    DrillOwner, DrillPage, DrillStarted, EbsRefusal, FreshDrill, StartPairDrill, StartReplicaGroupDrill,
};
use crate::ids::EffectId;
use crate::operation::Operation;
use crate::rule::RuleId;
use crate::time::Timestamp;

/// The pending effect of a drill.
pub(super) fn drill_effect(drill: &Drill) -> Option<Effect> {
    let pending = drill.pending?;
    let owner = drill.owner.clone();
    let kind = EffectKind::Drill { drill: drill.id.clone(), owner, effect: pending.effect };
    Some(Effect { id: pending.id, since: pending.since, account: drill.account.clone(), kind })
}

impl ControlPlane {
    /// The drills of a pair or group, in the order in which they were started.
    pub fn drills_of(&self, owner: &DrillOwner) -> impl Iterator<Item = &Drill> {
        let drills = self.index.drills.get(owner);
        drills.into_iter().flatten().filter_map(|drill| self.drills.get(drill))
    }

    /// Enters what is derived from drills.
    pub(super) fn reindex_drills(&self, index: &mut Index, owners: &mut Vec<(EffectId, Owner)>) {
        for drill in self.drills.values() {
            index.enter_drill(drill);
            owners.extend(drill.pending.map(|pending| (pending.id, Owner::Drill(drill.id.clone()))));
        }
    }

    fn describe_drills(
        &self,
        call: &Call,
        owner: DrillOwner,
        wanted: Option<&crate::ids::DrillId>,
        page: crate::ebs::Page,
    ) -> Done<DrillPage> {
        let drills = self.drills_of(&owner).filter(|drill| drill.account == call.account);
        let response = DrillPage::of(owner.clone(), drills, wanted, page);
        Done { response, step: Step::default(), rule: None }
    }
}

impl Index {
    pub(super) fn enter_drill(&mut self, drill: &Drill) {
        self.drills.entry(drill.owner.clone()).or_default().push(drill.id.clone());
        for disk in &drill.disks {
            self.drill_disks.insert((drill.account.clone(), disk.disk.clone()), drill.id.clone());
        }
    }
}

macro_rules! start_calls {
    ($($name:ident $owner:ident $field:ident $method:ident;)*) => {$(
        impl Sealed for $name {}

        impl Action for $name {
            const OPERATION: Operation = Operation::$name;
            type Response = DrillStarted;
            type Refusal = EbsRefusal;
            type Fresh = Option<FreshDrill>;
            type Misused = Misuse;

            fn perform(
                &self,
                _plane: &mut ControlPlane,
                _now: Timestamp,
                _call: &Call,
                _fresh: &Self::Fresh,
            ) -> Performed<Self> {
                Err(Blocked::Misused(Misuse::BadFreshId))
            }
        }

        impl ControlPlane {
            #[doc = concat!("`", stringify!($name), "`: clones the last recover point.")]
            ///
            /// # Errors
            ///
            /// [`Misuse::BadFreshId`] if the call is accepted and the ids are too few, too many or in use.
            pub fn $method(
                &mut self,
                call: &Call,
                request: &$name,
                fresh: FreshDrill,
            ) -> Result<Reply<$name>, Misuse> {
                self.call(call, request, &Some(fresh))
            }
        }
    )*};
}

start_calls! {
    StartPairDrill Pair pair start_pair_drill;
    StartReplicaGroupDrill Group group start_replica_group_drill;
}

macro_rules! clear_calls {
    ($($name:ident $owner:ident $field:ident $method:ident;)*) => {$(
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
                    resource: String::from(self.drill.as_str()).into(),
                    region: call.region.clone(),
                    rule: RuleId("E-610"),
                }
                .into())
            }
        }

        impl ControlPlane {
            #[doc = concat!("`", stringify!($name), "`: ends a drill and deletes its disks.")]
            pub fn $method(&mut self, call: &Call, request: &$name) -> Reply<$name> {
                self.make(call, request)
            }
        }
    )*};
}

clear_calls! {
    ClearPairDrill Pair pair clear_pair_drill;
    ClearReplicaGroupDrill Group group clear_replica_group_drill;
}

macro_rules! describe_calls {
    ($($name:ident $owner:ident $field:ident $method:ident;)*) => {$(
        impl Sealed for $name {}

        impl Action for $name {
            const OPERATION: Operation = Operation::$name;
            type Response = DrillPage;
            type Refusal = EbsRefusal;
            type Fresh = ();
            type Misused = Infallible;

            fn perform(
                &self,
                plane: &mut ControlPlane,
                _now: Timestamp,
                call: &Call,
                (): &(),
            ) -> Performed<Self> {
                let owner = DrillOwner::$owner(self.$field.clone());
                Ok(plane.describe_drills(call, owner, self.drill.as_ref(), self.page))
            }
        }

        impl ControlPlane {
            #[doc = concat!("`", stringify!($name), "`.")]
            pub fn $method(&mut self, call: &Call, request: &$name) -> Reply<$name> {
                self.make(call, request)
            }
        }
    )*};
}

describe_calls! {
    DescribePairDrills Pair pair describe_pair_drills;
    DescribeReplicaGroupDrills Group group describe_replica_group_drills;
}
