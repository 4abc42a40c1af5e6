//! The PolarDB operations on nodes, zones and the lock.

use alloc::vec::Vec;

use crate::control_plane::action::{Blocked, Done};
use crate::control_plane::call::{CallContext, all_fresh};
use crate::control_plane::{ControlPlane, Misuse};
use crate::ids::{ClusterId, NodeId, OrderId};
use crate::polardb::NotCreated;
use crate::polardb::{
    Context, CreateDbNodes, DbCluster, Decision, NodesCreated, Ordered, PolarDbReason, PolarDbRefusal,
    RestartDbNode,
};

/// The ids of the resources that `CreateDBNodes` creates.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct FreshNodes {
    /// The nodes, as many as the request asks for.
    pub nodes: Vec<NodeId>,
    /// The billing order.
    pub order: OrderId,
}

impl ControlPlane {
    pub(in crate::control_plane) fn create_nodes(
        &mut self,
        call: &CallContext<'_>,
        request: &CreateDbNodes,
        fresh: Option<&FreshNodes>,
    ) -> Result<Done<NodesCreated>, Blocked<PolarDbRefusal, Misuse>> {
        let cluster = self.owned_cluster(call, &request.cluster)?;
        let ids = fresh.map(|fresh| fresh.nodes.as_slice()).unwrap_or_default();
        let plan = match cluster.decide_create_nodes(self.polardb(call.now), request, ids) {
            Err(NotCreated::Refused(refused)) => return Err(refused.into()),
            Err(NotCreated::WrongIds(_)) => None,
            Ok(plan) => Some(plan),
        };
        self.check_unlocked(call, &request.cluster)?;
        let (plan, fresh) = plan.zip(fresh).ok_or(Blocked::Misused(Misuse::BadFreshId))?;
        all_fresh(fresh.nodes.iter(), |node| self.index.nodes.contains_key(node))
            .map_err(Blocked::Misused)?;
        let (cluster, order, nodes) = (request.cluster.clone(), fresh.order.clone(), fresh.nodes.clone());
        Ok(self.done(&request.cluster, plan, NodesCreated { cluster, order, nodes }))
    }

    /// Handles a call on one cluster that creates a billing order: look-up, decision, application.
    pub(in crate::control_plane) fn order_call(
        &mut self,
        call: &CallContext<'_>,
        id: &ClusterId,
        order: Option<&OrderId>,
        decide: impl FnOnce(&DbCluster, Context<'_>) -> Decision,
    ) -> Result<Done<Ordered>, Blocked<PolarDbRefusal, Misuse>> {
        let plan = decide(self.owned_cluster(call, id)?, self.polardb(call.now))?;
        self.check_unlocked(call, id)?;
        let order = order.ok_or(Blocked::Misused(Misuse::BadFreshId))?.clone();
        Ok(self.done(id, plan, Ordered { cluster: id.clone(), order }))
    }

    /// Handles `RestartDBNode`, whose request names the node and not the cluster.
    pub(in crate::control_plane) fn restart_node(
        &mut self,
        call: &CallContext<'_>,
        request: &RestartDbNode,
    ) -> Result<Done<()>, Blocked<PolarDbRefusal>> {
        let found = self.cluster_of(&request.node).filter(|cluster| cluster.account == *call.account);
        let cluster = found
            .ok_or_else(|| PolarDbReason::NodeUnknown { node: request.node.clone() }.of(call.operation))?;
        let plan = cluster.decide_restart(self.polardb(call.now), request)?;
        let id = cluster.id.clone();
        self.check_unlocked(call, &id)?;
        Ok(self.done(&id, plan, ()))
    }
}
