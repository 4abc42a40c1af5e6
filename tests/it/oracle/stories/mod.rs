//! Short stories, each about a few rules: the fixed-case twins of the random sequences, and the suite that the gallery
//! of wrong models is held against.

pub mod clusters;
pub mod drills;
pub mod groups;
pub mod life;
pub mod machine;
pub mod networks;
mod pairs;
pub mod readings;
mod tokens;

use failover_model::ebs::DiskChange;
use failover_model::polardb::{ClusterSeed, Failure, NodeChange, NodeKind};
use failover_model::testing::steps::{
    CallRegion, ClusterCall, Completion, Origin, ReplicaCall, StepKind, TestStep, Timing,
};
use failover_model::testing::strategies::World;
use failover_model::testing::{Divergence, Drive, Reference, Subject, Summary};
use failover_model::{Input, Policy};

use crate::kit::{START, at};
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
    known.network.clone_from(&world.network);
    for cluster in &mut known.clusters {
        cluster.nodes.retain(|node| node.kind != NodeKind::Standby);
    }
    known
}

/// A world without anything in it.
pub fn bare(change: impl FnOnce(&mut Policy)) -> World {
    let mut policy = Policy::default();
    change(&mut policy);
    World { policy, pairs: Vec::new(), group: None, clusters: Vec::new(), network: None }
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
    let mut all = pairs::all();
    all.extend(groups::all());
    all.extend(drills::all());
    all.extend(clusters::all());
    all.extend(networks::all());
    all.extend(tokens::all());
    all.extend(readings::all());
    all
}
