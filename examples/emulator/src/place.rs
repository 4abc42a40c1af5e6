//! What a fault of a whole zone or region comes to for the disks and nodes in it.
//!
//! The nodes of one cluster are reported at once, so that no election picks one that is lost as well.

use failover_model::ebs::DiskChange;
use failover_model::polardb::NodeChange;
use failover_model::simulation::Simulation;
use failover_model::{AccountId, NodeId, Observation, RegionId, ZoneId};

/// The reports about all that is within a zone or region, of one account if it is given: disks first, so that a copy
/// that fails with its disk has failed before anybody is elected.
pub fn all(
    simulation: &Simulation,
    account: Option<&AccountId>,
    up: bool,
    within: impl Fn(&RegionId, &ZoneId) -> bool,
) -> Vec<Observation> {
    let mut observations = disks(simulation, account, up, &within);
    observations.extend(nodes(simulation, account, up, &within));
    observations
}

/// The reports that the nodes within a zone or region went down or came back, one for each cluster, of one account if it
/// is given. Nodes that are so already are left out.
fn nodes(
    simulation: &Simulation,
    account: Option<&AccountId>,
    up: bool,
    within: impl Fn(&RegionId, &ZoneId) -> bool,
) -> Vec<Observation> {
    let clusters = simulation.plane().clusters();
    let clusters = clusters.filter(|cluster| account.is_none_or(|account| cluster.account() == account));
    let observed = clusters.filter_map(|cluster| {
        let inside = cluster.nodes().iter().filter(|node| within(cluster.region(), &node.zone));
        let changed = inside.filter(|node| node.up != up);
        let nodes: Vec<NodeId> = changed.map(|node| node.id.clone()).collect();
        (!nodes.is_empty()).then_some(Observation::Nodes { nodes, change: NodeChange::Up(up) })
    });
    observed.collect()
}

/// The reports that disks went down or came back, as far as they are part of a pair.
fn disks(
    simulation: &Simulation,
    account: Option<&AccountId>,
    up: bool,
    within: impl Fn(&RegionId, &ZoneId) -> bool,
) -> Vec<Observation> {
    let pairs = simulation.plane().pairs().filter(|pair| pair.binds_disks());
    let pairs = pairs.filter(|pair| account.is_none_or(|account| pair.account() == account));
    let disks = pairs.flat_map(|pair| {
        let ends = [pair.primary(), pair.standby()].into_iter();
        ends.filter(|end| within(&end.region, &end.zone)).map(|end| Observation::Disk {
            account: pair.account().clone(),
            disk: end.disk.clone(),
            change: DiskChange::Up(up),
        })
    });
    disks.collect()
}
