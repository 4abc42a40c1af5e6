//! Short stories, each about a few rules: the fixed-case twins of the random sequences, and the suite that the gallery
//! of wrong models is held against.

pub mod clusters;
pub mod drills;
pub mod groups;
pub mod life;
pub mod machine;
pub mod readings;

use failover_model::ebs::{DiskChange, PairStatus};
use failover_model::polardb::{ClusterSeed, Failure, NodeChange, NodeKind};
use failover_model::testing::steps::{
    CallRegion, ClusterCall, Completion, Origin, ReplicaCall, StepKind, TestStep, Timing,
};
use failover_model::testing::strategies::World;
use failover_model::testing::{Divergence, Drive, Reference, Subject, Summary};
use failover_model::token::{Lifetime, Overflow};
use failover_model::{Call, Fresh, Input, Policy};

use crate::kit::{self, START, at, id};
use crate::oracle::step::OWNER;

/// A step, or an input that no step can be.
#[derive(Clone)]
pub enum Act {
    Step(TestStep),
    Raw(Box<Input>),
}

pub struct Story {
    pub name: &'static str,
    pub world: World,
    pub acts: Vec<Act>,
}

impl Story {
    /// Plays the story; the first divergence, if there is one.
    pub fn play<S: Subject>(&self, mut drive: Drive<S>) -> Result<Summary, Box<Divergence>> {
        for act in &self.acts {
            match act {
                Act::Step(step) => drive.step(step)?,
                Act::Raw(input) => drive.input(input)?,
            }
        }
        Ok(drive.summary().clone())
    }
}

fn with(token: u8) -> Origin {
    Origin { token: Some(token), ..OWNER }
}

fn from(place: CallRegion) -> Origin {
    Origin { region: place, ..OWNER }
}

fn now(what: StepKind) -> Act {
    Act::Step(TestStep { timing: Timing::Now, kind: what })
}

fn later(ms: u64, what: StepKind) -> Act {
    Act::Step(TestStep { timing: Timing::Later(ms), kind: what })
}

fn due() -> Act {
    Act::Step(TestStep { timing: Timing::Deadline, kind: StepKind::Advance })
}

fn well() -> Act {
    later(1_000, StepKind::Ended(0, Completion::Success(0)))
}

fn badly() -> Act {
    later(1_000, StepKind::Ended(0, Completion::Failure(Failure::Network)))
}

fn create(caller: Origin, number: u8, disks: (u8, u8)) -> Act {
    now(StepKind::CreatePair {
        origin: caller,
        id: number,
        disks,
        destination: CallRegion::Destination,
        months: None,
    })
}

fn pair(caller: Origin, ask: ReplicaCall) -> StepKind {
    StepKind::Pair(caller, Some(0), ask)
}

const START_IT: ReplicaCall = ReplicaCall::Start { one_shot: false };
const ONE_SHOT: ReplicaCall = ReplicaCall::Start { one_shot: true };
const REVERSE: ReplicaCall = ReplicaCall::Reprotect { reverse: true };
const CANCEL: ReplicaCall = ReplicaCall::Reprotect { reverse: false };

fn ask(ask: ReplicaCall) -> Act {
    now(pair(OWNER, ask))
}

fn disk(number: u8, change: DiskChange) -> Act {
    now(StepKind::Disk { account: 0, disk: number, change })
}

fn fail_over(target: Option<u8>) -> Act {
    later(1_000, StepKind::Cluster(OWNER, Some(0), failover_ask(target)))
}

/// `FailoverDBCluster` to one of the nodes, or to an elected one.
pub fn failover_ask(target: Option<u8>) -> ClusterCall {
    ClusterCall::Failover { target, standby: false, back: false, zonal: false }
}

/// Of the nodes `w` and the readers, the one of this number.
fn changed(node: u8, change: NodeChange) -> Act {
    now(StepKind::Node(Some(node), change))
}

/// `pair-1` between `d-0` and `d-1`, just created.
fn created() -> Vec<Act> {
    vec![create(OWNER, 1, (0, 1)), well()]
}

/// A random world without what the reference leaves out: readings that it does not know, nodes of a hot-standby storage
/// cluster, and whatever else a world may come to hold.
pub fn known(world: World) -> World {
    let mut known = bare(|policy| *policy = Reference::readings(&world.policy));
    known.pairs.clone_from(&world.pairs);
    // A group that breaks an invariant is not taken in.
    let taken = world.plane(at(START)).groups().next().is_some();
    known.group = world.group.filter(|_| taken);
    known.clusters.clone_from(&world.clusters);
    for cluster in &mut known.clusters {
        cluster.nodes.retain(|node| node.kind != NodeKind::Standby);
    }
    known
}

/// A world without anything in it.
pub fn bare(change: impl FnOnce(&mut Policy)) -> World {
    let mut policy = Policy::default();
    change(&mut policy);
    World { policy, pairs: Vec::new(), group: None, clusters: Vec::new() }
}

fn story(name: &'static str, parts: &[&[Act]]) -> Story {
    Story { name, world: bare(|_| {}), acts: parts.concat() }
}

fn told(name: &'static str, world: World, acts: &[Act]) -> Story {
    Story { name, world, acts: acts.to_vec() }
}

fn holding(cluster: ClusterSeed) -> World {
    World { clusters: vec![cluster], ..bare(|_| {}) }
}

/// Every story.
pub fn all() -> Vec<Story> {
    let mut all = pairs();
    all.extend(groups::all());
    all.extend(drills::all());
    all.extend(clusters::all());
    all.extend(tokens());
    all.extend(readings::all());
    all
}

fn pairs() -> Vec<Story> {
    let created = &created()[..];
    let stopped: &[Act] = &[ask(START_IT), well(), ask(ReplicaCall::Stop), well()];
    vec![
        story("failover of a pair that was never started", &[created, &[ask(ReplicaCall::Failover), well()]]),
        story(
            "failover of an invalid pair",
            &[created, &[now(StepKind::PairInvalid(Some(0))), ask(ReplicaCall::Failover)]],
        ),
        story(
            "a tombstone",
            &[
                created,
                stopped,
                &[
                    now(pair(from(CallRegion::Destination), ReplicaCall::Delete)),
                    ask(ReplicaCall::Delete),
                    well(),
                    ask(ReplicaCall::Failover),
                    now(StepKind::DescribePairs(OWNER)),
                    create(OWNER, 2, (0, 1)),
                    due(),
                    ask(ReplicaCall::Failover),
                    well(),
                ],
            ],
        ),
        story(
            "a failover that is repeated, superseded work and a late outcome",
            &[
                created,
                &[
                    ask(START_IT),
                    now(pair(from(CallRegion::Source), ReplicaCall::Failover)),
                    ask(ReplicaCall::Failover),
                    ask(ReplicaCall::Failover),
                    now(StepKind::Late(1, Completion::Success(0))),
                    badly(),
                    ask(ReplicaCall::Failover),
                    well(),
                    ask(ReplicaCall::Failover),
                ],
            ],
        ),
        story(
            "cycles of copies",
            &[
                created,
                &[ask(START_IT), badly(), due(), due(), well(), due(), ask(ReplicaCall::Stop), well()],
                &[ask(START_IT), badly(), ask(ReplicaCall::Stop), badly(), ask(ReplicaCall::Stop), well()],
            ],
        ),
        story(
            "one-shot copies",
            &[
                created,
                &[
                    ask(ONE_SHOT),
                    now(StepKind::Ended(0, Completion::Success(0))),
                    ask(ONE_SHOT),
                    later(450_000, pair(OWNER, ONE_SHOT)),
                    later(1, pair(OWNER, ONE_SHOT)),
                    badly(),
                ],
            ],
        ),
        story(
            "a reverse, and back",
            &[
                created,
                &[
                    disk(1, DiskChange::Attached(true)),
                    ask(START_IT),
                    disk(1, DiskChange::Attached(false)),
                    ask(START_IT),
                    well(),
                    ask(ReplicaCall::Failover),
                    well(),
                    disk(0, DiskChange::Attached(true)),
                    ask(REVERSE),
                    disk(0, DiskChange::Up(false)),
                    ask(REVERSE),
                    well(),
                    disk(0, DiskChange::Attached(false)),
                    ask(START_IT),
                    well(),
                    ask(ReplicaCall::Failover),
                    well(),
                    ask(REVERSE),
                    badly(),
                    ask(REVERSE),
                    ask(ReplicaCall::Failover),
                    well(),
                    ask(REVERSE),
                    well(),
                ],
            ],
        ),
        story(
            "a failover that is cancelled",
            &[created, stopped, &[ask(ReplicaCall::Failover), well(), ask(CANCEL), well(), ask(START_IT)]],
        ),
        story(
            "disks",
            &[
                created,
                &[
                    create(OWNER, 2, (1, 2)),
                    disk(0, DiskChange::Up(false)),
                    disk(0, DiskChange::Up(true)),
                    disk(0, DiskChange::Removed),
                    create(OWNER, 2, (0, 3)),
                    ask(ReplicaCall::Delete),
                    badly(),
                ],
            ],
        ),
        story(
            "what is reported of one disk alone",
            &[
                created,
                &[disk(1, DiskChange::Attached(true)), disk(0, DiskChange::Up(false)), ask(START_IT)],
                &[
                    now(StepKind::Disk { account: 1, disk: 1, change: DiskChange::Attached(false) }),
                    ask(START_IT),
                    disk(1, DiskChange::Attached(false)),
                    ask(START_IT),
                ],
            ],
        ),
        story(
            "two faults at once",
            &[
                created,
                &[
                    now(StepKind::PairInvalid(Some(0))),
                    now(pair(from(CallRegion::Source), ReplicaCall::Failover)),
                ],
            ],
        ),
        told(
            "pairs that are taken in as they are",
            World { pairs: vec![failed_over()], ..bare(|_| {}) },
            &[ask(ReplicaCall::Failover), ask(REVERSE), well(), ask(START_IT), due(), well()],
        ),
    ]
}

fn failed_over() -> failover_model::ebs::PairSeed {
    failover_model::ebs::PairSeed {
        id: id("pair-1"),
        status: PairStatus::Failedover,
        status_message: None,
        reversed: false,
        created_at: at(0),
        last_recover_point: Some(at(START - 1)),
        expires_at: None,
        request: kit::create_request(1),
    }
}

fn tokens() -> Vec<Story> {
    let created = &created()[..];
    let start = |token| now(pair(with(token), START_IT));
    let short =
        |lifetime: u64| bare(|policy| policy.tokens.lifetime = Lifetime::For(lifetime.try_into().unwrap()));
    let bounded = |capacity: usize, overflow| {
        bare(|policy| {
            policy.tokens.capacity = capacity.try_into().unwrap();
            policy.tokens.overflow = overflow;
        })
    };
    let other_account = Origin { account: 1, ..with(0) };
    let shout = |token: &str| {
        let token = failover_model::ClientToken::parse(token).unwrap();
        let call = Call { now: at(0), account: id("1001"), region: id("cn-shanghai"), token };
        let request = failover_model::ebs::StartDiskReplicaPair { pair: id("pair-1"), one_shot: false };
        Act::Raw(Box::new(Input::Call(call, request.into(), Fresh::None)))
    };
    let early = Act::Step(TestStep { timing: Timing::Earlier(5_000), kind: pair(OWNER, START_IT) });
    vec![
        story("a clock that leaps back", &[created, &[early, well()]]),
        story("a lost reply", &[created, &[start(0), start(0), well(), start(0)]]),
        story(
            "one token in two accounts",
            &[&[create(with(0), 1, (0, 1)), create(other_account, 2, (0, 1))]],
        ),
        story(
            "one token in two regions",
            &[
                created,
                &[start(0), now(pair(Origin { region: CallRegion::Destination, ..with(0) }, START_IT))],
            ],
        ),
        story("two tokens that differ in case", &[created, &[shout("token-x"), shout("TOKEN-X")]]),
        story("one token for two requests", &[created, &[start(0), now(pair(with(0), ONE_SHOT)), start(0)]]),
        story(
            "a replay after the failover failed",
            &[
                created,
                &[
                    now(pair(with(0), ReplicaCall::Failover)),
                    badly(),
                    now(pair(with(0), ReplicaCall::Failover)),
                ],
            ],
        ),
        told(
            "a lifetime that is not extended",
            short(1_000),
            &[created, &[start(0), later(600, pair(with(0), START_IT)), later(600, pair(with(0), START_IT))]]
                .concat(),
        ),
        told(
            "the end of a lifetime",
            short(1_000),
            &[created, &[start(0), later(999, pair(with(0), START_IT)), later(1, pair(with(0), START_IT))]]
                .concat(),
        ),
        story(
            "a refusal that passes",
            &[
                created,
                &[now(pair(with(0), ReplicaCall::Stop)), start(1), now(pair(with(0), ReplicaCall::Stop))],
            ],
        ),
        told(
            "a full cache",
            bounded(1, Overflow::Refuse),
            &[created, &[start(0), now(pair(with(1), ReplicaCall::Stop)), start(0)]].concat(),
        ),
        told(
            "a cache that makes room",
            bounded(2, Overflow::EvictOldestCompleted),
            &[
                created,
                &[
                    start(0),
                    now(pair(with(1), ReplicaCall::Stop)),
                    well(),
                    start(2),
                    now(pair(with(1), ReplicaCall::Stop)),
                    start(0),
                ],
            ]
            .concat(),
        ),
    ]
}
