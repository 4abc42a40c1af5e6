//! Stories about clusters: elections, promotions, and the calls around them.

use failover_model::polardb::{
    ClusterSeed, CreateDbCluster, Edition, Engine, HotStandby, ModifyDbNodeConfig, NodeChange, NodeKind,
    StandbyArch, StandbyHaMode,
};
use failover_model::testing::steps::{ClusterCall, Completion, StepKind, TestStep, Timing};
use failover_model::testing::strategies::World;
use failover_model::{ControlPlane, Fresh, FreshCluster, Input, Policy, Request};

use super::groups::raw;
use super::{
    Act, OWNER, Story, badly, bare, changed, due, fail_over, failover_ask, holding, later, now, told, well,
};
use crate::kit::{failover_request, id, priority, seed};
use crate::oracle::step::on_cluster;

pub fn all() -> Vec<Story> {
    let tie = || holding(seed(&[("a", 5), ("b", 5), ("c", 3)]));
    let two = || holding(seed(&[("a", 5), ("b", 3)]));
    let chosen = |number| now(StepKind::Ended(0, Completion::Chosen(Some(number))));
    let failing = |change: fn(&mut failover_model::polardb::DbNode)| {
        let mut cluster = seed(&[("a", 5), ("b", 3)]);
        change(&mut cluster.nodes[1]);
        holding(cluster)
    };
    let postgres =
        || ClusterSeed { engine: Engine::PostgreSql, version: "14".into(), ..seed(&[("a", 5), ("b", 3)]) };
    let locked = ClusterSeed { deletion_lock: true, ..seed(&[("a", 5)]) };
    vec![
        told(
            "a tie",
            tie(),
            &[fail_over(None), chosen(3), now(StepKind::Ended(0, Completion::Done)), chosen(2), well()],
        ),
        told("a tie that one elects by itself", tie(), &[fail_over(None)]),
        told(
            "a tie that changes",
            tie(),
            &[
                fail_over(None),
                changed(1, NodeChange::Up(false)),
                changed(2, NodeChange::Up(false)),
                changed(1, NodeChange::Up(true)),
                well(),
            ],
        ),
        told(
            "one attempt after another",
            tie(),
            &[fail_over(None), chosen(1), badly(), badly(), badly(), fail_over(None)],
        ),
        told(
            "nobody to promote",
            two(),
            &[changed(1, NodeChange::Up(false)), changed(2, NodeChange::Up(false)), fail_over(None)],
        ),
        told("a named target that fails", two(), &[fail_over(Some(2)), badly(), fail_over(Some(0))]),
        told(
            "a named target that fails after another node has changed",
            two(),
            &[fail_over(Some(2)), changed(1, NodeChange::Priority(priority(6))), badly()],
        ),
        told(
            "an engine that wants its target named",
            holding(postgres()),
            &[fail_over(None), fail_over(Some(1)), badly(), changed(0, NodeChange::Up(false)), well()],
        ),
        told(
            "replication that lags",
            failing(|node| node.replicating = false),
            &[fail_over(Some(1)), fail_over(None), well()],
        ),
        told(
            "a column-store node",
            failing(|node| node.kind = NodeKind::ColumnStore),
            &[fail_over(Some(1)), fail_over(None), well()],
        ),
        told("a node that is down", failing(|node| node.up = false), &[fail_over(None), well()]),
        told(
            "a switch, and another within the window",
            two(),
            &[
                fail_over(None),
                changed(2, NodeChange::Replicating(false)),
                well(),
                changed(2, NodeChange::Replicating(true)),
                fail_over(None),
                changed(1, NodeChange::Up(false)),
                well(),
                changed(1, NodeChange::Up(true)),
                later(600_000, StepKind::Advance),
                fail_over(None),
                changed(2, NodeChange::Up(false)),
                badly(),
                well(),
            ],
        ),
        told(
            "the very end of the window",
            two(),
            &[
                fail_over(None),
                well(),
                later(599_999, on_cluster(failover_ask(None))),
                later(1, on_cluster(failover_ask(None))),
            ],
        ),
        told(
            "an edition that does not fail over",
            holding(ClusterSeed { edition: Edition::Archive, ..seed(&[("a", 5)]) }),
            &[fail_over(None), changed(0, NodeChange::Up(false))],
        ),
        told(
            "nodes that do not exist",
            two(),
            &[
                raw(failover_request(Some("c"))),
                raw(ModifyDbNodeConfig::new(id("pc-1"), id("c"), priority(2))),
            ],
        ),
        told("as many nodes as a cluster may have", bare(|_| {}), &sizes()),
        told("ids that are in use", bare(|_| {}), &used_ids()),
        told(
            "a locked cluster",
            holding(locked),
            &[of(0, ClusterCall::Delete), of(0, ClusterCall::Lock(false)), of(0, ClusterCall::Lock(true))],
        ),
        told(
            "a cluster that is made, prioritised and released",
            bare(|_| {}),
            &[
                now(StepKind::CreateCluster { origin: OWNER, id: 1, nodes: 3, fresh: 3 }),
                changed(0, NodeChange::Up(false)),
                well(),
                chosen(1),
                well(),
                now(StepKind::Cluster(
                    OWNER,
                    Some(0),
                    ClusterCall::Priority { node: 2, priority: priority(15) },
                )),
                now(StepKind::ClusterBusy { cluster: Some(0), busy: true }),
                fail_over(None),
                now(StepKind::ClusterBusy { cluster: Some(0), busy: false }),
                now(StepKind::Cluster(OWNER, Some(0), ClusterCall::Delete)),
                badly(),
                now(StepKind::ClusterRemoved(Some(0))),
            ],
        ),
        told(
            "a failover that begins again",
            holding(seed(&[("a", 5)])),
            &[changed(0, NodeChange::Up(false)), badly(), due(), badly(), due(), well()],
        ),
        told(
            "a tie that grows",
            holding(seed(&[("a", 5), ("b", 5), ("c", 5), ("d", 7)])),
            &[
                changed(3, NodeChange::Up(false)),
                changed(4, NodeChange::Replicating(false)),
                fail_over(None),
                changed(3, NodeChange::Up(true)),
                changed(4, NodeChange::Replicating(true)),
                badly(),
                changed(2, NodeChange::Priority(priority(6))),
                changed(0, NodeChange::Up(false)),
            ],
        ),
        told(
            "a zone that storage takes over",
            holding(standing_by(Edition::Normal)),
            &[
                changed(1, NodeChange::Up(false)),
                changed(0, NodeChange::Up(false)),
                fail_over(None),
                badly(),
                due(),
                well(),
                to_standby(),
                later(600_000, on_cluster(to_standby_ask())),
                changed(1, NodeChange::Up(false)),
                changed(0, NodeChange::Up(false)),
                well(),
            ],
        ),
        told(
            "a standby cluster that is switched off",
            holding(standing_by(Edition::Normal)),
            &[
                ha(StandbyHaMode::On),
                ha(StandbyHaMode::Off),
                changed(0, NodeChange::Up(false)),
                changed(1, NodeChange::Up(false)),
                badly(),
                changed(1, NodeChange::Up(true)),
                well(),
                ha(StandbyHaMode::On),
            ],
        ),
        told(
            "a drill of the writer and of its zone",
            holding(standing_by(Edition::Normal)),
            &[
                drill(Some(0)),
                badly(),
                drill(Some(0)),
                well(),
                well(),
                changed(0, NodeChange::Up(true)),
                drill(None),
                ha(StandbyHaMode::Off),
                well(),
                well(),
            ],
        ),
        told(
            "a drill that fails the node that takes over",
            holding(standing_by(Edition::Normal)),
            &[drill(Some(1)), changed(0, NodeChange::Up(false)), well(), well()],
        ),
        told(
            "what stands by, and its changes",
            holding(seed(&[("a", 5)])),
            &[
                ha(StandbyHaMode::Off),
                to_standby(),
                arch(StandbyArch::Compute, None),
                arch(StandbyArch::Compute, Some(0)),
                arch(StandbyArch::Storage, None),
                badly(),
                arch(StandbyArch::Storage, Some(1)),
                well(),
                arch(StandbyArch::Storage, None),
                arch(StandbyArch::Compute, Some(2)),
                arch(StandbyArch::Compute, Some(1)),
                well(),
                to_standby(),
                well(),
            ],
        ),
        told(
            "editions and engines without standby cluster",
            World {
                clusters: vec![
                    ClusterSeed { id: id("pc-2"), ..named("x", standing_by(Edition::Basic)) },
                    ClusterSeed { id: id("pc-3"), ..named("y", standing_by(Edition::SeNormal)) },
                    ClusterSeed {
                        id: id("pc-4"),
                        engine: Engine::Oracle,
                        ..named("z", standing_by(Edition::Normal))
                    },
                ],
                ..bare(|_| {})
            },
            &[0, 1, 2]
                .map(|number| {
                    [
                        of(number, ClusterCall::StandbyHa(StandbyHaMode::Off)),
                        of(number, ClusterCall::Drill { node: Some(0) }),
                        of(number, ClusterCall::Arch { standby: StandbyArch::Compute, zone: Some(1) }),
                    ]
                })
                .concat(),
        ),
    ]
}

/// `w` and `a` in one zone, and storage that stands by in another.
fn standing_by(edition: Edition) -> ClusterSeed {
    ClusterSeed { edition, hot_standby: HotStandby::Storage, ..seed(&[("a", 5)]) }
}

/// The same cluster with nodes of these names.
fn named(name: &str, mut cluster: ClusterSeed) -> ClusterSeed {
    cluster.nodes.iter_mut().enumerate().for_each(|(at, node)| node.id = id(&format!("{name}-{at}")));
    cluster
}

fn of(number: u8, call: ClusterCall) -> Act {
    now(StepKind::Cluster(OWNER, Some(number), call))
}

fn ha(mode: StandbyHaMode) -> Act {
    of(0, ClusterCall::StandbyHa(mode))
}

fn drill(node: Option<u8>) -> Act {
    of(0, ClusterCall::Drill { node })
}

fn arch(standby: StandbyArch, zone: Option<u8>) -> Act {
    of(0, ClusterCall::Arch { standby, zone })
}

fn to_standby_ask() -> ClusterCall {
    ClusterCall::Failover { target: None, standby: true, back: false, zonal: false }
}

fn to_standby() -> Act {
    now(on_cluster(to_standby_ask()))
}

/// A cluster of two nodes is asked for, or what this makes of it.
fn made(change: impl FnOnce(&mut CreateDbCluster, &mut FreshCluster)) -> Act {
    let what = StepKind::CreateCluster { origin: OWNER, id: 1, nodes: 2, fresh: 2 };
    let step = TestStep { timing: Timing::Now, kind: what };
    let mut input = step.resolve(&ControlPlane::new(Policy::default()));
    if let Input::Call(_, Request::CreateDbCluster(create), Fresh::Cluster(fresh)) = &mut input {
        change(create, fresh);
    }
    Act::Raw(Box::new(input))
}

fn sizes() -> Vec<Act> {
    let of = |edition, number: u8| {
        made(move |create, fresh| {
            (create.edition, create.node_number) = (edition, number);
            fresh.cluster = id(&format!("pc-{number}"));
            fresh.nodes = (0..number).map(|at| id(&format!("n-{number}-{at}"))).collect();
        })
    };
    let (most, some, one) = (Edition::Normal, Edition::SeNormal, Edition::Basic);
    vec![of(most, 0), of(most, 17), of(most, 16), of(some, 9), of(some, 8), of(one, 2), of(one, 1)]
}

fn used_ids() -> Vec<Act> {
    let with = |cluster: &'static str, nodes: [&'static str; 2]| {
        made(move |_, fresh| (fresh.cluster, fresh.nodes) = (id(cluster), nodes.map(id).to_vec()))
    };
    vec![
        with("pc-1", ["a", "b"]),
        with("pc-1", ["c", "d"]),
        with("pc-2", ["b", "c"]),
        with("pc-2", ["c", "c"]),
        with("pc-2", ["c", "d"]),
    ]
}
