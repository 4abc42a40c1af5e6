//! The stages of single readings: each begins where the reading matters, and has few acts, so that all that they lead to can be
//! tried.
//!
//! Two things make an answer tell more than it does on the stages of a section. Something else that happens outside, and is shown,
//! at a time at which the other value would need something too: more than one thing between two answers is not assumed. And a
//! look that is left out, since it would be a time more.

use crate::service::{DESTINATION, SOURCE};
use crate::session::{Act, Outside};
use crate::stage::{
    Stage, begun, cluster, create_cluster, create_group, create_pair, group, look_cluster, look_group,
    look_pair, new_node, outside, pair, priority,
};

fn at_destination(action: &str) -> Act {
    pair(action, DESTINATION, &[])
}

fn at_source(action: &str) -> Act {
    pair(action, SOURCE, &[])
}

fn without_reverse() -> Act {
    pair("ReprotectDiskReplicaPair", DESTINATION, &[("ReverseReplicate", "false")])
}

fn on_pairs(of: &'static str, begins: Vec<Act>, acts: Vec<Act>) -> Stage {
    Stage { of, begins, acts, looks: vec![look_pair()], blind: false }
}

fn busy_pairs() -> Stage {
    let acts = vec![
        Act::Wait,
        at_source("StartDiskReplicaPair"),
        at_source("StopDiskReplicaPair"),
        at_destination("FailoverDiskReplicaPair"),
        at_destination("ReprotectDiskReplicaPair"),
        without_reverse(),
        at_source("DeleteDiskReplicaPair"),
        Act::Fails,
    ];
    on_pairs("ebs.failover_while_busy", vec![create_pair(&[])], acts)
}

fn first_copies() -> Stage {
    let acts = vec![
        Act::Wait,
        at_source("StartDiskReplicaPair"),
        at_source("StopDiskReplicaPair"),
        at_destination("FailoverDiskReplicaPair"),
        Act::Pass { seconds: 60 },
        Act::Pass { seconds: 900 },
        Act::Fails,
    ];
    on_pairs("ebs.first_copy", vec![create_pair(&[]), Act::Wait], acts)
}

fn old_primaries() -> Stage {
    let acts = vec![
        Act::Wait,
        outside(Outside::DiskAttached, "d-source"),
        outside(Outside::DiskDetached, "d-source"),
        outside(Outside::HostDown, "d-source"),
        at_destination("ReprotectDiskReplicaPair"),
        without_reverse(),
        at_destination("FailoverDiskReplicaPair"),
        at_source("StartDiskReplicaPair"),
        at_destination("StartDiskReplicaPair"),
        Act::Fails,
    ];
    let begins =
        vec![create_pair(&[]), Act::Wait, at_destination("FailoverDiskReplicaPair"), Act::Wait, look_pair()];
    Stage { blind: true, ..on_pairs("ebs.reverse_needs", begins, acts) }
}

fn groups_that_failed() -> Stage {
    let (failover, reprotect) = (
        group("FailoverDiskReplicaGroup", DESTINATION, &[]),
        group("ReprotectDiskReplicaGroup", DESTINATION, &[]),
    );
    Stage {
        of: "ebs.reprotect_failed_group",
        begins: vec![
            create_pair(&[]),
            create_group(),
            Act::Wait,
            group("AddDiskReplicaPair", SOURCE, &[("ReplicaPairId", "{pair}")]),
            group("StartDiskReplicaGroup", SOURCE, &[]),
            Act::Wait,
            failover.clone(),
            Act::Wait,
        ],
        acts: vec![reprotect, failover, Act::Fails, Act::Wait],
        looks: vec![look_group(), look_pair()],
        blind: false,
    }
}

fn three_nodes() -> Vec<Act> {
    begun(create_cluster("MySQL", "8.0", &[("DBNodeNum", "3")]))
}

/// A cluster of so many nodes. Where a standby cluster takes over, no writer is alone.
fn without_standby(nodes: &str) -> Act {
    create_cluster("MySQL", "8.0", &[("DBNodeNum", nodes), ("HotStandbyCluster", "OFF")])
}

fn failover() -> Act {
    cluster("FailoverDBCluster", &[])
}

fn failover_to(node: &str) -> Act {
    cluster("FailoverDBCluster", &[("TargetDBNodeId", node)])
}

fn on_clusters(of: &'static str, begins: Vec<Act>, acts: Vec<Act>) -> Stage {
    Stage { of, begins, acts, looks: vec![look_cluster()], blind: false }
}

/// A node that goes down and comes back.
fn goes_down(node: &str) -> Vec<Act> {
    vec![outside(Outside::NodeDown, node), outside(Outside::NodeUp, node)]
}

fn named_targets() -> Stage {
    let own = vec![Act::Wait, failover_to("{reader1}"), failover(), Act::Fails];
    let acts = [own, goes_down("{reader1}")].concat();
    on_clusters("polardb.explicit_target_fails", three_nodes(), acts)
}

fn lonely_writers() -> Stage {
    let own = vec![Act::Wait, Act::Meanwhile { seconds: 5 }, Act::Fails];
    let acts = [own, goes_down("{writer}")].concat();
    Stage { blind: true, ..on_clusters("polardb.writer_alone", begun(without_standby("1")), acts) }
}

/// That the work on the cluster is over, which the election shows, leaves no time for the first node to become abnormal.
fn tiers() -> Stage {
    let mut begins = three_nodes();
    begins.extend([priority("{reader1}", "15"), look_cluster()]);
    let acts = vec![
        failover_to("{reader1}"),
        failover(),
        Act::Fails,
        Act::Wait,
        outside(Outside::ClusterBusy, "{cluster}"),
        outside(Outside::ClusterIdle, "{cluster}"),
    ];
    Stage { blind: true, ..on_clusters("polardb.lower_tiers", begins, acts) }
}

fn hot_replicas() -> Stage {
    let hot = Act::call(
        "ModifyDBNodeHotReplicaMode",
        &[("DBClusterId", "{cluster}"), ("DBNodeId", "{reader1}"), ("HotReplicaMode", "ON")],
    );
    let mut begins = three_nodes();
    begins.extend([hot, Act::Wait, look_cluster()]);
    let acts = vec![failover(), Act::Wait, Act::Pass { seconds: 660 }, Act::Fails];
    on_clusters("polardb.hot_replicas", begins, acts)
}

fn column_stores() -> Stage {
    let column_store = new_node(&[("ImciSwitch", "ON")]);
    let begins = vec![without_standby("2"), Act::Wait, column_store, Act::Wait, look_cluster()];
    let acts = [vec![failover(), Act::Wait, Act::Fails], goes_down("{reader1}")].concat();
    Stage { blind: true, ..on_clusters("polardb.column_store", begins, acts) }
}

fn other_zones() -> Stage {
    let create = create_cluster(
        "MySQL",
        "8.0",
        &[
            ("DBNodeNum", "1"),
            ("ZoneId", "cn-hangzhou-i"),
            ("HotStandbyCluster", "ON"),
            ("StandbyAZ", "cn-hangzhou-j"),
        ],
    );
    let away = new_node(&[("DBNode.1.ZoneId", "cn-hangzhou-j")]);
    let begins = vec![create, Act::Wait, away.clone(), Act::Wait, away, Act::Wait, look_cluster()];
    let acts = [vec![failover(), Act::Wait, Act::Fails], goes_down("{reader1}")].concat();
    Stage { blind: true, ..on_clusters("polardb.election_zone", begins, acts) }
}

fn writers_as_targets() -> Stage {
    let acts = [vec![failover_to("{writer}"), failover(), Act::Wait], goes_down("{reader1}")].concat();
    Stage { blind: true, ..on_clusters("polardb.writer_as_target", three_nodes(), acts) }
}

fn busy_clusters() -> Stage {
    let own = vec![
        outside(Outside::ClusterBusy, "{cluster}"),
        outside(Outside::ClusterIdle, "{cluster}"),
        failover(),
        failover_to("{reader1}"),
        Act::Wait,
    ];
    let acts = [own, goes_down("{reader1}")].concat();
    Stage { blind: true, ..on_clusters("polardb.busy_cluster", three_nodes(), acts) }
}

fn windows() -> Stage {
    let acts =
        vec![failover(), Act::Meanwhile { seconds: 20 }, Act::Pass { seconds: 575 }, Act::Wait, Act::Fails];
    on_clusters("polardb.window_from", begun(without_standby("2")), acts)
}

fn failures_in_windows() -> Stage {
    let mut begins = three_nodes();
    begins.extend([priority("{reader1}", "15"), failover(), Act::Wait, look_cluster()]);
    let own = vec![Act::Wait, Act::Meanwhile { seconds: 5 }, Act::Pass { seconds: 660 }, Act::Fails];
    on_clusters("polardb.automatic_in_window", begins, [own, goes_down("{reader1}")].concat())
}

fn two_zones() -> Vec<Act> {
    let create = create_cluster(
        "MySQL",
        "8.0",
        &[("ZoneId", "cn-hangzhou-i"), ("HotStandbyCluster", "ON"), ("StandbyAZ", "cn-hangzhou-j")],
    );
    vec![create, Act::Wait, new_node(&[("DBNode.1.ZoneId", "cn-hangzhou-j")]), Act::Wait, look_cluster()]
}

const BACK: (&str, &str) = ("RollBackForDisaster", "true");

/// The node that the writer left comes back.
fn returns() -> Stage {
    let leave = cluster("FailoverDBCluster", &[("TargetDBNodeId", "{new_node}"), BACK]);
    let acts = [vec![leave, Act::Wait, Act::Fails], goes_down("{writer}")].concat();
    on_clusters("polardb.roll_back", two_zones(), acts)
}

/// A call that may itself be the way back.
fn ways_back() -> Stage {
    let standby = ("TargetZoneType", "Standby");
    let acts = vec![
        cluster("FailoverDBCluster", &[standby]),
        cluster("FailoverDBCluster", &[("TargetDBNodeId", "{new_node}"), BACK]),
        cluster("FailoverDBCluster", &[BACK]),
        Act::Wait,
        Act::Pass { seconds: 660 },
    ];
    on_clusters("polardb.roll_back", two_zones(), acts)
}

/// All of them.
pub fn all() -> Vec<Stage> {
    vec![
        busy_pairs(),
        first_copies(),
        old_primaries(),
        groups_that_failed(),
        named_targets(),
        lonely_writers(),
        tiers(),
        hot_replicas(),
        column_stores(),
        other_zones(),
        writers_as_targets(),
        busy_clusters(),
        windows(),
        failures_in_windows(),
        returns(),
        ways_back(),
    ]
}
