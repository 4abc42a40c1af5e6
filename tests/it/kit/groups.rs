//! Calls and reports about groups.

use failover_model::ebs::{
    AddDiskReplicaPair, CreateDiskReplicaGroup, DeleteDiskReplicaGroup, FailoverDiskReplicaGroup,
    GroupCreated, GroupSeed, GroupStatus, GroupView, RemoveDiskReplicaPair, ReprotectDiskReplicaGroup,
    StartDiskReplicaGroup, StopDiskReplicaGroup,
};
use failover_model::polardb::Failure;

use failover_model::{EffectId, Fresh, GroupId, Misuse, Observation, Outcome, Refusal, Step};

use super::{DESTINATION, OWNER, RPO_MS, SOURCE, World, at, id, message, pair_id};

/// Groups: `group-N` between the places of the pairs. Calls are made where they belong.
impl World {
    pub fn create_group(&mut self, number: u32) -> Step {
        let fresh = Fresh::Group(GroupCreated { group: group_id(number) });
        let output = self.apply(OWNER, SOURCE, None, create_group_request().into(), fresh).unwrap();
        output.result.unwrap().unwrap();
        output.step
    }

    pub fn group(&self, number: u32) -> GroupView {
        self.plane.group(&group_id(number)).expect("the group exists")
    }

    /// The status that group 1 shows.
    pub fn shows(&self) -> GroupStatus {
        self.group(1).status
    }

    #[track_caller]
    pub fn group_pending(&self) -> EffectId {
        self.group(1).group.pending().expect("an effect is pending").id
    }

    #[track_caller]
    pub fn group_succeeds(&mut self) -> Step {
        self.succeed(self.group_pending())
    }

    #[track_caller]
    pub fn group_fails(&mut self) -> Step {
        self.fail(self.group_pending())
    }

    /// The effect of group 1 fails for these members alone.
    #[track_caller]
    pub fn group_fails_for(&mut self, pairs: &[u32]) -> Result<Step, Misuse> {
        let failed = pairs.iter().map(|number| pair_id(*number)).collect();
        self.outcome(self.group_pending(), Outcome::PartlyFailed { failure: Failure::Other, failed })
    }

    #[track_caller]
    pub fn add(&mut self, pair: u32) -> Result<Step, Refusal> {
        self.call(SOURCE, AddDiskReplicaPair::new(group_id(1), pair_id(pair)))
    }

    #[track_caller]
    pub fn remove(&mut self, pair: u32) -> Result<Step, Refusal> {
        self.call(SOURCE, RemoveDiskReplicaPair::new(group_id(1), pair_id(pair)))
    }

    #[track_caller]
    pub fn start_group(&mut self, one_shot: bool) -> Result<Step, Refusal> {
        self.call(SOURCE, StartDiskReplicaGroup::new(group_id(1)).one_shot(one_shot))
    }

    #[track_caller]
    pub fn stop_group(&mut self) -> Result<Step, Refusal> {
        self.call(SOURCE, StopDiskReplicaGroup::new(group_id(1)))
    }

    #[track_caller]
    pub fn failover_group(&mut self) -> Result<Step, Refusal> {
        let region = self.group(1).group.destination().region.to_string();
        self.call(&region, FailoverDiskReplicaGroup::new(group_id(1)))
    }

    #[track_caller]
    pub fn reprotect_group(&mut self, reverse_replicate: bool) -> Result<Step, Refusal> {
        let region = self.group(1).group.destination().region.to_string();
        self.call(&region, ReprotectDiskReplicaGroup::new(group_id(1)).reverse_replicate(reverse_replicate))
    }

    #[track_caller]
    pub fn delete_group(&mut self) -> Result<Step, Refusal> {
        self.call(SOURCE, DeleteDiskReplicaGroup::new(group_id(1)))
    }

    /// Every copy that is under way is complete.
    pub fn copies_succeed(&mut self) -> Step {
        let copying: Vec<EffectId> = (self.plane.outstanding())
            .filter(|effect| effect.kind.name() == "copy")
            .map(|effect| effect.id)
            .collect();
        let mut step = Step::default();
        for id in copying {
            step.extend(self.succeed(id));
        }
        step
    }

    /// Makes group 1 with pairs 1 to `members`, all of them created.
    pub fn group_of(&mut self, members: u32) -> &mut Self {
        drop(self.create_group(1));
        drop(self.group_succeeds());
        for number in 1..=members {
            drop(self.create(number));
            drop(self.pair_succeeds(number));
            drop(self.add(number).expect("the pair joins"));
        }
        self
    }

    /// Brings group 1, which must not exist yet, with two members where it can have any, to a status by calls and
    /// reports alone.
    pub fn bring_group_to(&mut self, status: GroupStatus) -> &mut Self {
        use GroupStatus as S;
        let ok = "the fixture's calls are accepted";
        match status {
            S::Creating => drop(self.create_group(1)),
            S::CreateFailed => drop(self.bring_group_to(S::Creating).group_fails()),
            S::Created => drop(self.group_of(2)),
            S::ManualSyncing => {
                // With a recover point, so that nothing but the status stands in the way of a failover.
                self.bring_group_to(S::Stopped);
                drop(self.later(451_000).start_group(true).expect(ok));
            }
            S::Normal => {
                drop(self.group_of(2).start_group(false).expect(ok));
                drop(self.copies_succeed());
            }
            S::Syncing => drop(self.bring_group_to(S::Normal).advance(RPO_MS)),
            S::Stopping => drop(self.bring_group_to(S::Normal).stop_group().expect(ok)),
            S::Stopped => drop(self.bring_group_to(S::Stopping).group_succeeds()),
            S::StopFailed => drop(self.bring_group_to(S::Stopping).group_fails()),
            S::Failingover => drop(self.bring_group_to(S::Normal).failover_group().expect(ok)),
            S::Failedover => drop(self.bring_group_to(S::Failingover).group_succeeds()),
            S::FailoverFailed => drop(self.bring_group_to(S::Failingover).group_fails()),
            S::Reprotecting => drop(self.bring_group_to(S::Failedover).reprotect_group(true).expect(ok)),
            S::ReprotectFailed => drop(self.bring_group_to(S::Reprotecting).group_fails()),
            S::Deleting => {
                drop(self.create_group(1));
                drop(self.group_succeeds());
                drop(self.delete_group().expect(ok));
            }
            S::DeleteFailed => drop(self.bring_group_to(S::Deleting).group_fails()),
            S::Deleted => drop(self.bring_group_to(S::Deleting).group_succeeds()),
            S::Invalid => {
                let message = message("PrePayOrderExpired");
                let group = group_id(1);
                drop(self.bring_group_to(S::Normal).observe(Observation::GroupInvalid { group, message }));
            }
        }
        assert_eq!(self.shows(), status);
        self
    }
}

pub fn group_id(number: u32) -> GroupId {
    id(&format!("group-{number}"))
}

pub fn create_group_request() -> CreateDiskReplicaGroup {
    CreateDiskReplicaGroup::new(id("cn-shanghai-a"), (id(DESTINATION), id("cn-beijing-b")))
}

/// `group-1` with these members.
pub fn group_seed(status: GroupStatus, members: &[u32]) -> GroupSeed {
    GroupSeed {
        id: group_id(1),
        status,
        reversed: false,
        created_at: at(0),
        request: create_group_request(),
        members: members.iter().map(|number| pair_id(*number)).collect(),
    }
}
