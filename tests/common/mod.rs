//! What the test files share: one proptest configuration, and a world that drives a control plane.
//!
//! Every call and report made through [`World`] verifies two things that hold of all of them: the invariants, and that
//! whatever is refused or misused changes nothing but the clock.

#![allow(dead_code, unused_macros, reason = "each test file uses a part")]

use std::sync::Arc;

use failover_model::control_plane::Output;
use failover_model::ebs::{
    AddDiskReplicaPair, ClearPairDrill, CreateDiskReplicaGroup, CreateDiskReplicaPair,
    DeleteDiskReplicaGroup, DeleteDiskReplicaPair, DescribeDiskReplicaPairs, DiskChange, Drill,
    FailoverDiskReplicaGroup, FailoverDiskReplicaPair, FreshDrill, GroupCreated, GroupSeed, GroupSettings,
    GroupStatus, GroupView, PairCreated, PairSettings, PairStatus, RemoveDiskReplicaPair, ReplicaPair,
    ReprotectDiskReplicaGroup, ReprotectDiskReplicaPair, StartDiskReplicaGroup, StartDiskReplicaPair,
    StartPairDrill, StartReplicaGroupDrill, StopDiskReplicaGroup, StopDiskReplicaPair,
};
use failover_model::polardb::{
    ClusterFact, ClusterSeed, ClusterStatus, DbCluster, DbNode, Edition, Engine, FailoverDbCluster, Failure,
    ModifyDbNodeConfig, NodeChange, NodeKind, PayType, Priority, Role, TargetZoneType,
};
use failover_model::text::StatusMessage;
use failover_model::{
    AccountId, Call, ClusterId, ControlPlane, DiskId, DrillId, EffectId, Event, Fact, Fresh, GroupId, Misuse,
    NodeId, Observation, Outcome, PairId, Policy, Refusal, RegionId, Report, Request, Step, Timestamp,
};

/// The configuration of a property-test suite: so many cases, failures kept in `proptest-regressions/<suite>.txt`.
/// The environment variable `SOAK` multiplies the cases, for a longer run.
macro_rules! suite {
    ($suite:literal, $cases:expr) => {
        proptest::test_runner::Config {
            cases: std::env::var("SOAK").ok().and_then(|times| times.parse().ok()).unwrap_or(1_u32) * $cases,
            max_shrink_iters: 20_000,
            failure_persistence: Some(Box::new(proptest::test_runner::FileFailurePersistence::Direct(
                concat!(env!("CARGO_MANIFEST_DIR"), "/proptest-regressions/", $suite, ".txt"),
            ))),
            ..proptest::test_runner::Config::default()
        }
    };
}

/// Where pairs are created as source.
pub const SOURCE: &str = "cn-shanghai";
/// Where they are created as destination.
pub const DESTINATION: &str = "cn-beijing";
/// A region that is neither.
pub const ELSEWHERE: &str = "cn-heyuan";
/// The account that owns everything.
pub const OWNER: &str = "1001";
/// A cluster's id.
pub const CLUSTER: &str = "pc-1";
/// One RPO in milliseconds.
pub const RPO_MS: u64 = 900_000;
/// When a world begins. Not zero, so that time can be too early.
pub const START: u64 = 1_000_000;

pub fn at(ms: u64) -> Timestamp {
    Timestamp::from_millis(ms)
}

pub fn id<T: std::str::FromStr>(text: &str) -> T {
    text.parse().ok().expect("a well-formed id")
}

pub fn message(text: &str) -> StatusMessage {
    StatusMessage::parse(text).unwrap()
}

pub fn priority(number: u8) -> Priority {
    Priority::new(number).unwrap()
}

/// Moves the clock of a control plane to `now` and does nothing else: a describe of nobody's resources.
pub fn look(plane: &mut ControlPlane, now: Timestamp) {
    let call = Call { now, account: id("nobody"), region: id(ELSEWHERE), token: None };
    let reply = plane.describe_disk_replica_pairs(&call, &DescribeDiskReplicaPairs::default());
    assert!(reply.step.is_empty());
}

/// A control plane with the time of its next input.
#[derive(Clone)]
pub struct World {
    pub plane: ControlPlane,
    pub now: u64,
}

impl Default for World {
    fn default() -> Self {
        Self::new(Policy::default())
    }
}

impl World {
    pub fn new(policy: Policy) -> Self {
        Self { plane: ControlPlane::new(policy), now: START }
    }

    /// A world under the default policy with changes.
    pub fn with(change: impl FnOnce(&mut Policy)) -> Self {
        let mut policy = Policy::default();
        change(&mut policy);
        Self::new(policy)
    }

    /// Lets time pass without firing anything.
    pub fn later(&mut self, ms: u64) -> &mut Self {
        self.now += ms;
        self
    }

    /// Lets time pass and fires what falls due.
    pub fn advance(&mut self, ms: u64) -> Step {
        self.now += ms;
        let step = self.plane.advance(at(self.now));
        self.plane.check().unwrap();
        step
    }

    /// Makes a call that may be misused.
    #[track_caller]
    pub fn apply(
        &mut self,
        account: &str,
        region: &str,
        token: Option<&str>,
        request: Request,
        fresh: Fresh,
    ) -> Result<Output, Misuse> {
        let token = token.map(|token| failover_model::ClientToken::parse(token).unwrap().unwrap());
        let call = Call { now: at(self.now), account: id(account), region: id(region), token };
        let mut before = self.plane.clone();
        let output = self.plane.call_any(&call, &request, &fresh);
        self.plane.check().unwrap();
        let nothing_done = match &output {
            Err(_) => true,
            Ok(output) => output.replayed || matches!(output.result, Some(Err(_))),
        };
        if nothing_done {
            look(&mut before, at(self.now));
            assert_eq!(before, self.plane, "a refused, replayed or misused call changed something");
            if let Ok(output) = &output {
                assert!(output.step.is_empty());
            }
        }
        output
    }

    /// The owner's call without a token.
    #[track_caller]
    pub fn call(&mut self, region: &str, request: impl Into<Request>) -> Result<Step, Refusal> {
        let output = self.apply(OWNER, region, None, request.into(), Fresh::None).unwrap();
        output.result.unwrap().map(|_| output.step)
    }

    /// A report that may be misused.
    pub fn report(&mut self, report: Report) -> Result<Step, Misuse> {
        let mut before = self.plane.clone();
        let step = self.plane.report(at(self.now), &report);
        self.plane.check().unwrap();
        if step.is_err() {
            look(&mut before, at(self.now));
            assert_eq!(before, self.plane, "a misused report changed something");
        }
        step
    }

    pub fn outcome(&mut self, id: EffectId, outcome: Outcome) -> Result<Step, Misuse> {
        self.report(Report::Outcome { id, outcome })
    }

    pub fn succeed(&mut self, id: EffectId) -> Step {
        self.outcome(id, Outcome::Succeeded).unwrap()
    }

    pub fn fail(&mut self, id: EffectId) -> Step {
        self.outcome(id, Outcome::Failed { failure: Failure::Other, message: None }).unwrap()
    }

    pub fn observe(&mut self, observation: Observation) -> Step {
        self.report(Report::Observed(observation)).unwrap()
    }

    pub fn disk(&mut self, disk: &str, change: DiskChange) -> Step {
        self.observe(Observation::Disk { account: id(OWNER), disk: id(disk), change })
    }

    pub fn node(&mut self, node: &str, change: NodeChange) -> Step {
        self.observe(Observation::Node { node: id(node), change })
    }
}

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
        self.call(region, StartDiskReplicaPair { pair: pair_id(1), one_shot })
    }

    #[track_caller]
    pub fn stop(&mut self, region: &str) -> Result<Step, Refusal> {
        self.call(region, StopDiskReplicaPair { pair: pair_id(1) })
    }

    #[track_caller]
    pub fn failover(&mut self, region: &str) -> Result<Step, Refusal> {
        self.call(region, FailoverDiskReplicaPair { pair: pair_id(1) })
    }

    #[track_caller]
    pub fn reprotect(&mut self, region: &str, reverse_replicate: bool) -> Result<Step, Refusal> {
        self.call(region, ReprotectDiskReplicaPair { pair: pair_id(1), reverse_replicate })
    }

    #[track_caller]
    pub fn delete(&mut self, region: &str) -> Result<Step, Refusal> {
        self.call(region, DeleteDiskReplicaPair { pair: pair_id(1) })
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

pub fn pair_id(number: u32) -> PairId {
    id(&format!("pair-{number}"))
}

pub fn create_request(number: u32) -> CreateDiskReplicaPair {
    CreateDiskReplicaPair {
        source_zone: id("cn-shanghai-a"),
        source_disk: id(&format!("s-{number}")),
        destination_region: id(DESTINATION),
        destination_zone: id("cn-beijing-b"),
        destination_disk: id(&format!("t-{number}")),
        settings: PairSettings::default(),
    }
}

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
        self.call(SOURCE, AddDiskReplicaPair { group: group_id(1), pair: pair_id(pair) })
    }

    #[track_caller]
    pub fn remove(&mut self, pair: u32) -> Result<Step, Refusal> {
        self.call(SOURCE, RemoveDiskReplicaPair { group: group_id(1), pair: pair_id(pair) })
    }

    #[track_caller]
    pub fn start_group(&mut self, one_shot: bool) -> Result<Step, Refusal> {
        self.call(SOURCE, StartDiskReplicaGroup { group: group_id(1), one_shot })
    }

    #[track_caller]
    pub fn stop_group(&mut self) -> Result<Step, Refusal> {
        self.call(SOURCE, StopDiskReplicaGroup { group: group_id(1) })
    }

    #[track_caller]
    pub fn failover_group(&mut self) -> Result<Step, Refusal> {
        let region = self.group(1).group.destination().region.to_string();
        self.call(&region, FailoverDiskReplicaGroup { group: group_id(1) })
    }

    #[track_caller]
    pub fn reprotect_group(&mut self, reverse_replicate: bool) -> Result<Step, Refusal> {
        let region = self.group(1).group.destination().region.to_string();
        self.call(&region, ReprotectDiskReplicaGroup { group: group_id(1), reverse_replicate })
    }

    #[track_caller]
    pub fn delete_group(&mut self) -> Result<Step, Refusal> {
        self.call(SOURCE, DeleteDiskReplicaGroup { group: group_id(1) })
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

    /// Starts drill `drill-N` of pair `of`, with disk `x-N`.
    #[track_caller]
    pub fn start_drill(&mut self, of: u32, number: u32) -> Result<Step, Refusal> {
        let request = StartPairDrill { pair: pair_id(of) };
        let region = self.pair(of).destination().region.to_string();
        let output = self.apply(OWNER, &region, None, request.into(), fresh_drill(number, 1)).unwrap();
        output.result.unwrap().map(|_| output.step)
    }

    /// Starts drill `drill-N` of group 1, with disks `x-N`, `x-N+1` and so on.
    #[track_caller]
    pub fn start_group_drill(&mut self, number: u32) -> Result<Step, Refusal> {
        let request = StartReplicaGroupDrill { group: group_id(1) };
        let view = self.group(1);
        let region = view.group.destination().region.to_string();
        let fresh = fresh_drill(number, view.pairs.len() as u32);
        let output = self.apply(OWNER, &region, None, request.into(), fresh).unwrap();
        output.result.unwrap().map(|_| output.step)
    }

    pub fn drill(&self, number: u32) -> &Drill {
        self.plane.drill(&drill_id(number)).expect("the drill exists")
    }

    #[track_caller]
    pub fn drill_pending(&self, number: u32) -> EffectId {
        self.drill(number).pending().expect("an effect is pending").id
    }

    #[track_caller]
    pub fn clear_drill(&mut self, of: u32, number: u32) -> Result<Step, Refusal> {
        self.call(SOURCE, ClearPairDrill { pair: pair_id(of), drill: drill_id(number) })
    }
}

pub fn group_id(number: u32) -> GroupId {
    id(&format!("group-{number}"))
}

pub fn drill_id(number: u32) -> DrillId {
    id(&format!("drill-{number}"))
}

pub fn fresh_drill(number: u32, disks: u32) -> Fresh {
    let disks = (number..number + disks).map(|number| id(&format!("x-{number}"))).collect();
    Fresh::Drill(FreshDrill { drill: drill_id(number), disks })
}

pub fn create_group_request() -> CreateDiskReplicaGroup {
    CreateDiskReplicaGroup {
        source_zone: id("cn-shanghai-a"),
        destination_region: id(DESTINATION),
        destination_zone: id("cn-beijing-b"),
        settings: GroupSettings::default(),
    }
}

/// Clusters: [`CLUSTER`], whose nodes are named by the test.
impl World {
    /// Takes a cluster in. `nodes` lists the readers with their priorities; the writer is `w`.
    pub fn cluster(&mut self, readers: &[(&str, u8)]) -> &mut Self {
        let _ = self.adopt(seed(readers));
        self
    }

    pub fn adopt(&mut self, seed: ClusterSeed) -> Step {
        let step = self.plane.adopt_cluster(at(self.now), &id(OWNER), seed).unwrap();
        self.plane.check().unwrap();
        step
    }

    pub fn db(&self) -> &DbCluster {
        self.plane.cluster(&id(CLUSTER)).expect("the cluster exists")
    }

    pub fn db_status(&self) -> String {
        self.db().status().to_string()
    }

    pub fn writer(&self) -> String {
        self.db().writer().unwrap().id.to_string()
    }

    /// The pending effect of the cluster.
    #[track_caller]
    pub fn db_pending(&self) -> EffectId {
        self.db().outstanding().expect("an effect is pending").0
    }

    /// The node that is being promoted.
    #[track_caller]
    pub fn promoting(&self) -> String {
        self.db().failover().expect("a failover runs").switching().expect("a node is promoted").to_string()
    }

    /// The nodes that are offered for a choice.
    #[track_caller]
    pub fn offered(&self) -> Vec<String> {
        match self.db().outstanding().expect("an effect is pending").2 {
            failover_model::polardb::ClusterEffect::ChooseNode(tier) => {
                tier.iter().map(ToString::to_string).collect()
            }
            other => panic!("no choice is pending but {other:?}"),
        }
    }

    #[track_caller]
    pub fn fail_over(&mut self, target: Option<&str>) -> Result<Step, Refusal> {
        self.call(SOURCE, failover_request(target))
    }

    #[track_caller]
    pub fn set_priority(&mut self, node: &str, number: u8) -> Step {
        let request = ModifyDbNodeConfig { cluster: id(CLUSTER), node: id(node), priority: priority(number) };
        self.call(SOURCE, request).unwrap()
    }

    #[track_caller]
    pub fn choose(&mut self, node: &str) -> Result<Step, Misuse> {
        self.outcome(self.db_pending(), Outcome::Chosen(id(node)))
    }

    #[track_caller]
    pub fn promoted(&mut self) -> Step {
        self.succeed(self.db_pending())
    }

    #[track_caller]
    pub fn promotion_fails(&mut self) -> Step {
        self.fail(self.db_pending())
    }
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

pub fn failover_request(target: Option<&str>) -> FailoverDbCluster {
    FailoverDbCluster {
        cluster: id(CLUSTER),
        target: target.map(id),
        roll_back_for_disaster: false,
        target_zone_type: TargetZoneType::Primary,
    }
}

pub fn node(name: &str, role: Role, number: u8) -> DbNode {
    DbNode {
        id: id(name),
        role,
        kind: NodeKind::Ordinary,
        priority: priority(number),
        class: id("polar.mysql.x4.large"),
        zone: id("cn-shanghai-a"),
        created_at: at(0),
        up: true,
        replicating: true,
        busy: None,
        hot_replica: false,
    }
}

pub fn seed(readers: &[(&str, u8)]) -> ClusterSeed {
    let mut nodes = vec![node("w", Role::Writer, 1)];
    nodes.extend(readers.iter().map(|(name, number)| node(name, Role::Reader, *number)));
    ClusterSeed {
        id: id(CLUSTER),
        region: id(SOURCE),
        engine: Engine::MySql,
        version: Arc::from("8.0"),
        edition: Edition::Normal,
        pay_type: PayType::Postpaid,
        description: None,
        resource_group: None,
        tags: Vec::new(),
        deletion_lock: false,
        created_at: at(0),
        nodes,
        status: ClusterStatus::Running,
    }
}

/// The number of the rule by which a call was refused.
#[track_caller]
pub fn rule<T: std::fmt::Debug>(result: Result<T, Refusal>) -> &'static str {
    result.expect_err("the call is refused").rule().0
}

/// The rules of a step's events, in order.
pub fn rules(step: &Step) -> Vec<&'static str> {
    step.events.iter().map(|event| event.rule.0).collect()
}

/// The facts about clusters in a step, with their rules.
pub fn cluster_facts(step: &Step) -> Vec<(&'static str, ClusterFact)> {
    let fact = |event: &Event| match &event.fact {
        Fact::Cluster { fact, .. } => Some((event.rule.0, fact.clone())),
        _ => None,
    };
    step.events.iter().filter_map(fact).collect()
}

pub fn ids<T: std::str::FromStr>(names: &[&str]) -> Vec<T> {
    names.iter().map(|name| id(name)).collect()
}

/// Uses of types that some files do not need.
pub type Ids = (AccountId, ClusterId, DiskId, NodeId, RegionId);
