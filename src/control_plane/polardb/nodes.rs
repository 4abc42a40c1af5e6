//! The PolarDB operations on nodes, zones and the lock.

use alloc::vec::Vec;
use core::convert::Infallible;

use crate::control_plane::action::{Action, Blocked, Done, Performed, sealed::Sealed};
use crate::control_plane::call::all_fresh;
use crate::control_plane::{Call, ControlPlane, Misuse, Reply};
use crate::ids::{NodeId, OrderId};
use crate::operation::Operation;
use crate::polardb::{
    ClusterPlan, CreateDbNodes, DbCluster, DeleteDbNodes, FailoverDbClusterZonal, ModifyDbClusterDeletion,
    ModifyDbClusterPrimaryZone, ModifyDbNodeClass, ModifyDbNodeHotReplicaMode, ModifyDbNodesClass,
    NodesCreated, Ordered, PolarDbRefusal, RestartDbNode,
};
use crate::time::Timestamp;

/// Ids for what `CreateDBNodes` creates.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct FreshNodes {
    /// The nodes, as many as the request asks for.
    pub nodes: Vec<NodeId>,
    /// The billing order.
    pub order: OrderId,
}

impl Sealed for CreateDbNodes {}

impl Action for CreateDbNodes {
    const OPERATION: Operation = Operation::CreateDbNodes;
    type Response = NodesCreated;
    type Refusal = PolarDbRefusal;
    type Fresh = Option<FreshNodes>;
    type Misused = Misuse;

    fn perform(
        &self,
        plane: &mut ControlPlane,
        now: Timestamp,
        call: &Call,
        fresh: &Self::Fresh,
    ) -> Performed<Self> {
        let cluster = plane.owned_cluster(call, Self::OPERATION, &self.cluster)?;
        let ids = fresh.as_ref().map(|fresh| fresh.nodes.as_slice()).unwrap_or_default();
        let plan = cluster.decide_create_nodes(now, self, ids, &plane.policy.polardb)?;
        let enough = |fresh: &&FreshNodes| fresh.nodes.len() == self.nodes.len();
        let fresh = fresh.as_ref().filter(enough).ok_or(Blocked::Misused(Misuse::BadFreshId))?;
        all_fresh(fresh.nodes.iter(), |node| plane.index.nodes.contains_key(node))
            .map_err(Blocked::Misused)?;
        let rule = plan.rule();
        let response = NodesCreated {
            cluster: self.cluster.clone(),
            order: fresh.order.clone(),
            nodes: fresh.nodes.clone(),
        };
        Ok(Done { response, step: plane.apply_to_cluster(&self.cluster, plan), rule })
    }
}

macro_rules! ordered_calls {
    ($($name:ident: $decide:ident;)*) => {$(
        impl Sealed for $name {}

        impl Action for $name {
            const OPERATION: Operation = Operation::$name;
            type Response = Ordered;
            type Refusal = PolarDbRefusal;
            type Fresh = Option<OrderId>;
            type Misused = Misuse;

            fn perform(
                &self,
                plane: &mut ControlPlane,
                now: Timestamp,
                call: &Call,
                fresh: &Self::Fresh,
            ) -> Performed<Self> {
                let plan = plane.owned_cluster(call, Self::OPERATION, &self.cluster)?.$decide(now, self)?;
                let order = fresh.clone().ok_or(Blocked::Misused(Misuse::BadFreshId))?;
                let rule = plan.rule();
                let response = Ordered { cluster: self.cluster.clone(), order };
                Ok(Done { response, step: plane.apply_to_cluster(&self.cluster, plan), rule })
            }
        }
    )*};
}

ordered_calls! {
    DeleteDbNodes: decide_delete_nodes;
    ModifyDbNodeClass: decide_node_class;
    ModifyDbNodesClass: decide_nodes_class;
    ModifyDbNodeHotReplicaMode: decide_hot_replica;
}

macro_rules! plain_calls {
    ($($name:ident: $cluster:expr, $decide:expr;)*) => {$(
        impl Sealed for $name {}

        impl Action for $name {
            const OPERATION: Operation = Operation::$name;
            type Response = ();
            type Refusal = PolarDbRefusal;
            type Fresh = ();
            type Misused = Infallible;

            fn perform(
                &self,
                plane: &mut ControlPlane,
                now: Timestamp,
                call: &Call,
                (): &(),
            ) -> Performed<Self> {
                type Find = for<'a> fn(&$name, &'a ControlPlane, &Call) -> Result<&'a DbCluster, PolarDbRefusal>;
                type Decide = fn(&$name, Timestamp, &DbCluster, &ControlPlane) -> Result<ClusterPlan, PolarDbRefusal>;
                let (find, decide): (Find, Decide) = ($cluster, $decide);
                let cluster = find(self, plane, call)?;
                let plan = decide(self, now, cluster, plane)?;
                let (id, rule) = (cluster.id().clone(), plan.rule());
                Ok(Done { response: (), step: plane.apply_to_cluster(&id, plan), rule })
            }
        }
    )*};
}

plain_calls! {
    FailoverDbClusterZonal:
        |request, plane, call| {
            plane.owned_cluster(call, Operation::FailoverDbClusterZonal, &request.0.cluster)
        },
        |request, now, cluster, plane| {
            let operation = Operation::FailoverDbClusterZonal;
            cluster.decide_failover(now, operation, &request.0, &plane.policy.polardb)
        };
    RestartDbNode:
        |request, plane, call| {
            let found = plane.cluster_of(&request.node).filter(|cluster| *cluster.account() == call.account);
            found.ok_or_else(|| PolarDbRefusal::NodeUnknown {
                operation: Operation::RestartDbNode,
                node: request.node.clone(),
            })
        },
        |request, now, cluster, _| cluster.decide_restart(now, request);
    ModifyDbClusterPrimaryZone:
        |request, plane, call| {
            plane.owned_cluster(call, Operation::ModifyDbClusterPrimaryZone, &request.cluster)
        },
        |request, now, cluster, _| cluster.decide_zone(now, request);
    ModifyDbClusterDeletion:
        |request, plane, call| {
            plane.owned_cluster(call, Operation::ModifyDbClusterDeletion, &request.cluster)
        },
        |request, now, cluster, _| Ok(cluster.decide_lock(now, request));
}

impl ControlPlane {
    /// `CreateDBNodes`: read-only nodes appear in `DBNodeCreating`.
    ///
    /// # Errors
    ///
    /// [`Misuse::BadFreshId`] if the call is accepted and an id is in use, given twice, missing or superfluous.
    pub fn create_db_nodes(
        &mut self,
        call: &Call,
        request: &CreateDbNodes,
        fresh: FreshNodes,
    ) -> Result<Reply<CreateDbNodes>, Misuse> {
        self.call(call, request, &Some(fresh))
    }

    /// `DeleteDBNodes`.
    ///
    /// # Errors
    ///
    /// None: the order id is given.
    pub fn delete_db_nodes(
        &mut self,
        call: &Call,
        request: &DeleteDbNodes,
        order: OrderId,
    ) -> Result<Reply<DeleteDbNodes>, Misuse> {
        self.call(call, request, &Some(order))
    }

    /// `RestartDBNode`.
    pub fn restart_db_node(&mut self, call: &Call, request: &RestartDbNode) -> Reply<RestartDbNode> {
        self.make(call, request)
    }

    /// `ModifyDBClusterPrimaryZone`.
    pub fn modify_db_cluster_primary_zone(
        &mut self,
        call: &Call,
        request: &ModifyDbClusterPrimaryZone,
    ) -> Reply<ModifyDbClusterPrimaryZone> {
        self.make(call, request)
    }

    /// `ModifyDBClusterDeletion`: sets or lifts the lock against release.
    pub fn modify_db_cluster_deletion(
        &mut self,
        call: &Call,
        request: &ModifyDbClusterDeletion,
    ) -> Reply<ModifyDbClusterDeletion> {
        self.make(call, request)
    }
}
