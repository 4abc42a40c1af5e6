//! Calls and reports about pairs.

use failover_model::ebs::{
    DeleteDiskReplicaPair, FailoverDiskReplicaPair, PairCreated, PairStatus, ReplicaPair,
    ReprotectDiskReplicaPair, StartDiskReplicaPair, StopDiskReplicaPair,
};

use failover_model::{EffectId, Fresh, Observation, Refusal, Step};

use super::{DESTINATION, OWNER, RPO_MS, SOURCE, World, create_request, id, message, pair_id};

/// Pairs: `pair-N` copies disk `s-N` in [`SOURCE`] to disk `t-N` in [`DESTINATION`].
impl World {
    pub fn create(&mut self, number: u32) -> Step {
        let fresh = PairCreated { pair: pair_id(number), order: id("o-1") };
        let output =
            self.apply(OWNER, SOURCE, None, create_request(number).into(), Fresh::Pair(fresh)).unwrap();
        output.result.unwrap().unwrap();
        output.step
    }

    pub fn pair(&self, number: u32) -> &ReplicaPair {
        self.plane.pair(&pair_id(number)).expect("the pair exists")
    }

    pub fn status(&self, number: u32) -> PairStatus {
        self.pair(number).status()
    }

    /// The effect that a pair waits for.
    #[track_caller]
    pub fn pending(&self, number: u32) -> EffectId {
        self.pair(number).pending().expect("an effect is pending").id
    }

    #[track_caller]
    pub fn pair_succeeds(&mut self, number: u32) -> Step {
        self.succeed(self.pending(number))
    }

    #[track_caller]
    pub fn pair_fails(&mut self, number: u32) -> Step {
        self.fail(self.pending(number))
    }

    #[track_caller]
    pub fn start(&mut self, region: &str, one_shot: bool) -> Result<Step, Refusal> {
        self.call(region, StartDiskReplicaPair::new(pair_id(1)).one_shot(one_shot))
    }

    #[track_caller]
    pub fn stop(&mut self, region: &str) -> Result<Step, Refusal> {
        self.call(region, StopDiskReplicaPair::new(pair_id(1)))
    }

    #[track_caller]
    pub fn failover(&mut self, region: &str) -> Result<Step, Refusal> {
        self.call(region, FailoverDiskReplicaPair::new(pair_id(1)))
    }

    #[track_caller]
    pub fn reprotect(&mut self, region: &str, reverse_replicate: bool) -> Result<Step, Refusal> {
        self.call(region, ReprotectDiskReplicaPair::new(pair_id(1)).reverse_replicate(reverse_replicate))
    }

    #[track_caller]
    pub fn delete(&mut self, region: &str) -> Result<Step, Refusal> {
        self.call(region, DeleteDiskReplicaPair::new(pair_id(1)))
    }

    /// Brings pair 1, which must not exist yet, to a status by calls and reports alone.
    pub fn bring_to(&mut self, status: PairStatus) -> &mut Self {
        use PairStatus as S;
        let ok = "the fixture's calls are accepted";
        match status {
            S::Creating => drop(self.create(1)),
            S::Created => drop(self.bring_to(S::Creating).pair_succeeds(1)),
            S::CreateFailed => drop(self.bring_to(S::Creating).pair_fails(1)),
            S::InitialSyncing => drop(self.bring_to(S::Created).start(SOURCE, false).expect(ok)),
            S::ManualSyncing => drop(self.bring_to(S::Created).start(SOURCE, true).expect(ok)),
            S::Normal => drop(self.bring_to(S::InitialSyncing).pair_succeeds(1)),
            S::Syncing => drop(self.bring_to(S::Normal).advance(RPO_MS)),
            S::Stopping => drop(self.bring_to(S::Normal).stop(SOURCE).expect(ok)),
            S::Stopped => drop(self.bring_to(S::Stopping).pair_succeeds(1)),
            S::StopFailed => drop(self.bring_to(S::Stopping).pair_fails(1)),
            S::Failingover => drop(self.bring_to(S::Normal).failover(DESTINATION).expect(ok)),
            S::Failedover => drop(self.bring_to(S::Failingover).pair_succeeds(1)),
            S::FailoverFailed => drop(self.bring_to(S::Failingover).pair_fails(1)),
            S::Reprotecting => drop(self.bring_to(S::Failedover).reprotect(DESTINATION, true).expect(ok)),
            S::ReprotectFailed => drop(self.bring_to(S::Reprotecting).pair_fails(1)),
            S::Deleting => drop(self.bring_to(S::Stopped).delete(SOURCE).expect(ok)),
            S::DeleteFailed => drop(self.bring_to(S::Deleting).pair_fails(1)),
            S::Deleted => drop(self.bring_to(S::Deleting).pair_succeeds(1)),
            S::Invalid => {
                let message = message("PrePayOrderExpired");
                drop(
                    self.bring_to(S::Normal).observe(Observation::PairInvalid { pair: pair_id(1), message }),
                );
            }
        }
        assert_eq!(self.status(1), status);
        self
    }
}

/// A world whose pair 1 was brought to a status.
pub fn at_status(status: PairStatus) -> World {
    let mut world = World::default();
    world.bring_to(status);
    world
}
