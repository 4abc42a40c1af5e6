//! What a fault of a whole zone or region comes to for the disks and nodes in it.
//!
//! The nodes of one cluster are reported at once, so that no election picks one that is lost as well.

use failover_model::ebs::DiskChange;
use failover_model::polardb::NodeChange;
use failover_model::simulation::Simulation;
use failover_model::{NodeId, Observation, RegionId, ZoneId};

/// The reports about all that is within a zone or region: disks first, so that a copy that fails with its disk has failed
/// before anybody is elected. `None` if nothing is.
pub fn all(
    simulation: &Simulation,
    up: bool,
    within: impl Fn(&RegionId, &ZoneId) -> bool,
) -> Option<Vec<Observation>> {
    let mut observations = disks(simulation, up, &within);
    let mut nodes_within = simulation
        .plane()
        .clusters()
        .flat_map(|cluster| cluster.nodes().iter().filter(|node| within(cluster.region(), &node.zone)));
    if observations.is_empty() && nodes_within.next().is_none() {
        return None;
    }
    observations.extend(nodes(simulation, up, &within));
    Some(observations)
}

/// The reports that the nodes within a zone or region went down or came back, one for each cluster. Nodes that are so
/// already are left out.
fn nodes(simulation: &Simulation, up: bool, within: impl Fn(&RegionId, &ZoneId) -> bool) -> Vec<Observation> {
    let observed = simulation.plane().clusters().filter_map(|cluster| {
        let inside = cluster.nodes().iter().filter(|node| within(cluster.region(), &node.zone));
        let changed = inside.filter(|node| node.up != up);
        let nodes: Vec<NodeId> = changed.map(|node| node.id.clone()).collect();
        (!nodes.is_empty()).then_some(Observation::Nodes { nodes, change: NodeChange::Up(up) })
    });
    observed.collect()
}

/// The reports that disks went down or came back, as far as they are part of a pair.
fn disks(simulation: &Simulation, up: bool, within: impl Fn(&RegionId, &ZoneId) -> bool) -> Vec<Observation> {
    let pairs = simulation.plane().pairs().filter(|pair| pair.binds_disks());
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
