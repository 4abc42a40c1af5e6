//! Ids that were never used. They are part of the input, so a replay uses the same.

use failover_model::polardb::NetworkCreated;
use failover_model::{BadId, ControlPlane, Fresh, FreshCluster, FreshNodes, NodeId, OrderId, Request};

/// A number that nobody can guess.
fn number() -> u64 {
    failover_emulator::draw_seed()
}

/// An id of `prefix` and `length` more characters.
fn draw(prefix: &str, length: usize, digits: &[u8]) -> String {
    let mut id = String::from(prefix);
    let mut drawn = 0_u64;
    for at in 0..length {
        if at % 8 == 0 {
            drawn = number();
        }
        let count = digits.len() as u64;
        let digit =
            usize::try_from(drawn % count).ok().and_then(|at| digits.get(at)).copied().unwrap_or(b'0');
        drawn /= count;
        id.push(char::from(digit));
    }
    id
}

fn id(prefix: &str) -> String {
    draw(prefix, 17, b"0123456789abcdefghijklmnopqrstuvwxyz")
}

fn order() -> Result<OrderId, BadId> {
    draw("", 15, b"0123456789").parse()
}

fn nodes(plane: &ControlPlane, count: usize) -> Result<Vec<NodeId>, BadId> {
    let mut nodes = Vec::with_capacity(count);
    while nodes.len() < count {
        let node: NodeId = id("pi-").parse()?;
        if plane.cluster_of(&node).is_none() && !nodes.contains(&node) {
            nodes.push(node);
        }
    }
    Ok(nodes)
}

/// An id for an answer, in the shape of a UUID.
pub fn request_id() -> String {
    let hex = |length| draw("", length, b"0123456789ABCDEF");
    format!("{}-{}-{}-{}-{}", hex(8), hex(4), hex(4), hex(4), hex(12))
}

/// Ids for what a request creates.
///
/// # Errors
///
/// [`BadId`]: an id has no valid form, which none drawn here has.
pub fn ids(plane: &ControlPlane, request: &Request) -> Result<Fresh, BadId> {
    Ok(match request {
        Request::CreateDbCluster(request) => Fresh::Cluster(FreshCluster {
            cluster: id("pc-").parse()?,
            nodes: nodes(plane, request.node_number.into())?,
            order: order()?,
        }),
        Request::CreateDbNodes(request) => {
            Fresh::Nodes(FreshNodes { nodes: nodes(plane, request.nodes.len())?, order: order()? })
        }
        Request::CreateGlobalDatabaseNetwork(_) => {
            Fresh::Network(NetworkCreated { network: id("gdn-").parse()? })
        }
        Request::DeleteDbNodes(_)
        | Request::ModifyDbNodeClass(_)
        | Request::ModifyDbNodesClass(_)
        | Request::ModifyDbNodeHotReplicaMode(_)
        | Request::ModifyDbCluster(_)
        | Request::ModifyDbClusterArch(_) => Fresh::Order(order()?),
        _ => Fresh::None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_and_have_the_vendors_shape() {
        let ids: std::collections::BTreeSet<String> = (0..1_000).map(|_| id("pi-")).collect();
        assert_eq!(ids.len(), 1_000);
        assert!(ids.iter().all(|id| id.len() == 20 && NodeId::parse(id).is_ok()));
        assert_eq!(request_id().len(), 36);
    }
}
