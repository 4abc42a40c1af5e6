//! What a fault of a whole zone or region comes to for the nodes in it.
//!
//! The model takes one node at a time, so the order matters: the writer of a cluster is reported last when a place goes
//! down, since otherwise its loss would begin an election in which its dead neighbours still stand; and first when the place
//! comes back, since a writer that is back needs no successor.

use failover_model::polardb::{NodeChange, Role};
use failover_model::simulation::Simulation;
use failover_model::{AccountId, Observation, RegionId, ZoneId};

/// A zone or a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A zone.
    Zone(ZoneId),
    /// A region with all its zones.
    Region(RegionId),
}

/// The reports that the nodes of a place went down or came back, of one account if it is given. Nodes that are so already
/// are left out.
pub fn nodes(
    simulation: &Simulation,
    account: Option<&AccountId>,
    place: &Place,
    up: bool,
) -> Vec<Observation> {
    let mut observations = Vec::new();
    let clusters = simulation.plane().clusters();
    for cluster in clusters.filter(|cluster| account.is_none_or(|account| cluster.account() == account)) {
        let mut inside: Vec<_> = (cluster.nodes().iter())
            .filter(|node| match place {
                Place::Zone(zone) => node.zone == *zone,
                Place::Region(region) => cluster.region() == region,
            })
            .filter(|node| node.up != up)
            .collect();
        inside.sort_by_key(|node| (node.role == Role::Writer) != up);
        let change = NodeChange::Up(up);
        observations
            .extend(inside.into_iter().map(|node| Observation::Node { node: node.id.clone(), change }));
    }
    observations
}
