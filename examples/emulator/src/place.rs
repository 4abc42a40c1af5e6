//! What a fault of a whole zone or region comes to for the nodes in it.
//!
//! The nodes of one cluster are reported at once, so that no election picks one that is lost as well.

use failover_model::polardb::NodeChange;
use failover_model::simulation::Simulation;
use failover_model::{AccountId, NodeId, Observation, RegionId, ZoneId};

/// The reports that the nodes within a zone or region went down or came back, one for each cluster, of one account if it
/// is given. Nodes that are so already are left out.
pub fn nodes(
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
