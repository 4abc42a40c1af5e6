//! What a call that changes nodes, zones or the lock means: pure decisions.
//!
//! The order of checks is the same everywhere: the edition, the request by itself, the nodes that it names, the limits, and
//! last the status of the cluster, which can change by itself (`P-202`).

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::ids::{NodeClass, NodeId, WrongIds, ZoneId};
use crate::operation::Operation;
use crate::polardb::Context;
use crate::polardb::cluster::DbCluster;
use crate::polardb::cluster::create::NotCreated;
use crate::polardb::cluster::plan::{ClusterPlan, Decision};
use crate::polardb::cluster::requests::{Edition, Engine, Serverless};
use crate::polardb::cluster::rules::{P_026, P_629};
use crate::polardb::cluster::step::ClusterFact;
use crate::polardb::election::electorate::TargetZoneType;
use crate::polardb::nodes::requests::{
    CreateDbNodes, DeleteDbNodes, ModifyDbClusterDeletion, ModifyDbClusterMaintainTime,
    ModifyDbClusterPrimaryZone, ModifyDbNodeClass, ModifyDbNodeHotReplicaMode, ModifyDbNodesClass, NewNode,
    NodeTarget, RestartDbNode, RestartDbNodeZonal,
};
use crate::polardb::nodes::rules::{
    P_210, P_211, P_212, P_213, P_214, P_215, P_220, P_221, P_222, P_223, P_232, P_233, P_234, P_242, P_251,
    P_252, P_253, P_254, P_261,
};
use crate::polardb::nodes::work::NodeWork;
use crate::polardb::nodes::{DbNode, NodeKind, Role};
use crate::polardb::refusal::{PolarDbReason, PolarDbRefusal};
use crate::policy::{PolarDbPolicy, StandardNodes};
use crate::rule::{RuleId, cite};

/// The most nodes that one request may name.
const MAX_AT_ONCE: usize = 15;

impl DbCluster {
    /// The largest number of nodes that the cluster can have (`P-210`).
    pub const fn most_nodes(&self, policy: &PolarDbPolicy) -> usize {
        match (self.edition, policy.standard_nodes) {
            (Edition::Basic, _) => 1,
            (Edition::SeNormal, StandardNodes::EightInAll) => 8,
            (Edition::SeNormal, StandardNodes::EightReaders) => 9,
            _ => 16,
        }
    }

    /// Decides `CreateDBNodes`. `fresh` holds the ids of the new nodes, one for each.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails; [`WrongIds`] if there are not as many different ids as the request asks for, or the
    /// cluster has a node of one of them.
    pub fn decide_create_nodes(
        &self,
        at: Context<'_>,
        request: &CreateDbNodes,
        fresh: &[NodeId],
    ) -> Result<ClusterPlan, NotCreated> {
        let operation = Operation::CreateDbNodes;
        self.is_named(operation, &request.cluster)?;
        self.needs_failover(operation)?;
        self.counts_nodes(operation)?;
        self.nodes_may_change(operation)?;
        self.takes_so_many(operation, request.nodes.len())?;
        let places: Result<Vec<(NodeClass, ZoneId)>, PolarDbRefusal> =
            request.nodes.iter().map(|node| self.place(node, request.kind)).collect();
        let places = places?;
        if request.kind == NodeKind::ColumnStore && !self.takes_column_store() {
            let why = "MySQL only, beside an ordinary reader (P-215)";
            return Err(PolarDbReason::malformed("ImciSwitch", why).of(operation).into());
        }
        if self.nodes.len().saturating_add(places.len()) > self.most_nodes(at.policy) {
            return Err(self.node_number(operation, P_210).into());
        }
        let (different, count): (BTreeSet<_>, _) = (fresh.iter().collect(), places.len());
        let known = fresh.iter().any(|id| self.node(id).is_some());
        let are_fresh = fresh.len() == count && different.len() == count && !known;
        let new: Vec<DbNode> = fresh
            .iter()
            .zip(places)
            .map(|(id, (class, zone))| DbNode::new(id, Role::Reader, request.kind, class, zone, at.now))
            .collect();
        let plan = self.begin_work(at, operation, P_213, NodeWork::CreateNodes(Vec::from(fresh)), new)?;
        if are_fresh { Ok(plan) } else { Err(WrongIds.into()) }
    }

    /// The class and zone of a new node (`P-214`).
    fn place(&self, node: &NewNode, kind: NodeKind) -> Result<(NodeClass, ZoneId), PolarDbRefusal> {
        let operation = Operation::CreateDbNodes;
        let malformed = || self.node_list(operation, P_214);
        let writer = self.writer().ok_or_else(malformed)?;
        if node.class.is_none() && (node.zone.is_none() || self.engine != Engine::MySql) {
            return Err(malformed());
        }
        let class = node.class.clone().unwrap_or_else(|| writer.class.clone());
        // AI nodes have classes of their own.
        if kind != NodeKind::Ai && !self.nodes.iter().any(|other| other.class == class) {
            return Err(malformed());
        }
        let home = match kind {
            NodeKind::Standby => self.standby_zone.as_ref().unwrap_or(&writer.zone),
            _ => &writer.zone,
        };
        let zone = node.zone.as_ref().unwrap_or(home);
        let known = self.nodes.iter().any(|other| other.zone == *zone);
        if known || kind == NodeKind::Standby || self.standby_zone.as_ref() == Some(zone) {
            return Ok((class, zone.clone()));
        }
        Err(PolarDbReason::malformed("ZoneId", "the cluster has no nodes in this zone (P-214)").of(operation))
    }

    fn takes_column_store(&self) -> bool {
        cite!(P_215);
        let ordinary = |node: &DbNode| node.role == Role::Reader && node.kind == NodeKind::Ordinary;
        self.engine == Engine::MySql && self.nodes.iter().any(ordinary)
    }

    /// Decides `DeleteDBNodes`.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide_delete_nodes(&self, at: Context<'_>, request: &DeleteDbNodes) -> Decision {
        let operation = Operation::DeleteDbNodes;
        self.is_named(operation, &request.cluster)?;
        self.counts_nodes(operation)?;
        self.nodes_may_change(operation)?;
        self.takes_so_many(operation, request.nodes.len())?;
        let nodes = self.named(operation, request.nodes.iter())?;
        let of_kind = |node: &&DbNode| match request.kind {
            None => true,
            Some(NodeKind::Ordinary) => matches!(node.kind, NodeKind::Ordinary | NodeKind::ColumnStore),
            Some(kind) => node.kind == kind,
        };
        if !nodes.iter().all(of_kind) {
            return Err(self.node_list(operation, P_220));
        }
        if let Some(writer) = nodes.iter().find(|node| node.role == Role::Writer) {
            return Err(PolarDbReason::NodeRole { node: writer.id.clone(), rule: P_221 }.of(operation));
        }
        let going = nodes.iter().filter(|node| node.kind == NodeKind::Ordinary).count();
        let current = self.nodes.iter().filter(|node| node.kind == NodeKind::Ordinary).count();
        // The standard edition may have a single node.
        let stay = if self.edition == Edition::SeNormal { 1 } else { 2 };
        if going > current.saturating_sub(stay) {
            return Err(self.node_number(operation, P_222));
        }
        self.begin_work(at, operation, P_223, NodeWork::DeleteNodes(request.nodes.clone()), Vec::new())
    }

    /// Decides `ModifyDBNodeClass`: one class for all nodes but the AI ones, or for those alone.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide_node_class(&self, at: Context<'_>, request: &ModifyDbNodeClass) -> Decision {
        cite!(P_233);
        let operation = Operation::ModifyDbNodeClass;
        self.is_named(operation, &request.cluster)?;
        let concerned = |node: &&DbNode| (node.kind == NodeKind::Ai) == request.ai_nodes;
        let target = |node: &DbNode| NodeTarget { node: node.id.clone(), class: request.class.clone() };
        let targets: Vec<NodeTarget> = self.nodes.iter().filter(concerned).map(target).collect();
        if targets.is_empty() {
            let why = "the cluster has no nodes of this type (P-233)";
            return Err(PolarDbReason::malformed("DBNodeType", why).of(operation));
        }
        self.change_class(at, operation, targets)
    }

    /// Decides `ModifyDBNodesClass`: a class for each node that is named.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide_nodes_class(&self, at: Context<'_>, request: &ModifyDbNodesClass) -> Decision {
        let operation = Operation::ModifyDbNodesClass;
        self.is_named(operation, &request.cluster)?;
        if !(1..=MAX_AT_ONCE).contains(&request.nodes.len()) {
            return Err(self.node_number(operation, P_211));
        }
        self.named(operation, request.nodes.iter().map(|target| &target.node))?;
        self.change_class(at, operation, request.nodes.clone())
    }

    fn change_class(&self, at: Context<'_>, operation: Operation, targets: Vec<NodeTarget>) -> Decision {
        self.nodes_may_change(operation)?;
        let work = NodeWork::ChangeClass(targets);
        let class = |node: &DbNode| work.class_of(&node.id).unwrap_or(&node.class).clone();
        let writers = self.writer().map(class);
        let readers = || self.nodes.iter().filter(|node| node.role == Role::Reader);
        let mut ordinary = readers().filter(|node| node.kind == NodeKind::Ordinary).peekable();
        if ordinary.peek().is_some() && !ordinary.any(|node| Some(class(node)) == writers) {
            return Err(PolarDbReason::RoEqualSpec { cluster: self.id.clone() }.of(operation));
        }
        if let Some(hot) = readers().find(|node| node.hot_replica && Some(class(node)) != writers) {
            let (node, rule) = (hot.id.clone(), P_232);
            return Err(PolarDbReason::HotReplicaClass { node, rule }.of(operation));
        }
        self.begin_work(at, operation, P_234, work, Vec::new())
    }

    /// Decides `RestartDBNode`.
    ///
    /// # Errors
    ///
    /// [`PolarDbReason::NodeNotFound`] if the cluster has no such node, [`PolarDbReason::ClusterStatus`] unless it is
    /// running.
    pub fn decide_restart(&self, at: Context<'_>, request: &RestartDbNode) -> Decision {
        self.restart_decided(at, Operation::RestartDbNode, &request.node)
    }

    /// Decides `RestartDBNodeZonal`.
    ///
    /// # Errors
    ///
    /// [`PolarDbReason::ClusterNotFound`] if it names another cluster; else as of [`decide_restart`](Self::decide_restart).
    pub fn decide_restart_zonal(&self, at: Context<'_>, request: &RestartDbNodeZonal) -> Decision {
        self.is_named(Operation::RestartDbNodeZonal, &request.cluster)?;
        self.restart_decided(at, Operation::RestartDbNodeZonal, &request.node)
    }

    fn restart_decided(&self, at: Context<'_>, operation: Operation, node: &NodeId) -> Decision {
        self.node_of(operation, node)?;
        let work = NodeWork::RestartNode(node.clone());
        self.begin_work(at, operation, P_242, work, Vec::new())
    }

    /// Decides `ModifyDBNodeHotReplicaMode`.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide_hot_replica(&self, at: Context<'_>, request: &ModifyDbNodeHotReplicaMode) -> Decision {
        let operation = Operation::ModifyDbNodeHotReplicaMode;
        self.is_named(operation, &request.cluster)?;
        if self.engine != Engine::MySql {
            return Err(PolarDbReason::Engine { cluster: self.id.clone() }.of(operation));
        }
        let node = self.node_of(operation, &request.node)?;
        if node.role == Role::Writer || node.kind != NodeKind::Ordinary {
            let (cluster, node, rule) = (self.id.clone(), node.id.clone(), P_251);
            return Err(PolarDbReason::NodeRefused { cluster, node, rule }.of(operation));
        }
        if request.on && self.writer().is_some_and(|writer| writer.class != node.class) {
            let (node, rule) = (node.id.clone(), P_252);
            return Err(PolarDbReason::HotReplicaClass { node, rule }.of(operation));
        }
        let restarts_all = request.on && !self.hot_replica_used;
        let work = NodeWork::SetHotReplica { node: node.id.clone(), on: request.on, restarts_all };
        let rule = if restarts_all { P_253 } else { P_254 };
        self.begin_work(at, operation, rule, work, Vec::new())
    }

    /// Decides `ModifyDBClusterPrimaryZone`.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide_zone(&self, at: Context<'_>, request: &ModifyDbClusterPrimaryZone) -> Decision {
        let operation = Operation::ModifyDbClusterPrimaryZone;
        self.is_named(operation, &request.cluster)?;
        if self.engine != Engine::MySql && request.vswitch.is_none() {
            return Err(PolarDbReason::MissingParameter { parameter: "VSwitchId".into() }.of(operation));
        }
        let standby = request.zone_type == TargetZoneType::Standby;
        let (primary, second) = (self.primary_zone(), self.standby_zone.as_ref());
        let to = Some(&request.zone);
        if primary == to || (standby && second == to) {
            return Err(PolarDbReason::SameZone { cluster: self.id.clone() }.of(operation));
        }
        let from = if standby { second } else { primary };
        let moves = |node: &&DbNode| (node.kind == NodeKind::Standby) == standby && Some(&node.zone) == from;
        let nodes = self.nodes.iter().filter(moves).map(|node| node.id.clone()).collect();
        let (from, to) = (from.cloned(), request.zone.clone());
        let vswitch = request.vswitch.clone();
        let work = NodeWork::ChangeZone { from, to, standby, vswitch, nodes };
        self.begin_work(at, operation, P_261, work, Vec::new())
    }

    /// Decides `ModifyDBClusterDeletion`, in any status (`P-026`).
    ///
    /// # Errors
    ///
    /// [`PolarDbReason::ClusterNotFound`] if it names another cluster.
    pub fn decide_lock(&self, at: Context<'_>, request: &ModifyDbClusterDeletion) -> Decision {
        self.is_named(Operation::ModifyDbClusterDeletion, &request.cluster)?;
        let locked = request.protection;
        let mut draft = self.draft(at, P_026);
        if locked != self.deletion_lock {
            draft.after.deletion_lock = locked;
            draft.push(P_026, ClusterFact::Locked(locked));
        }
        Ok(draft.done(P_026))
    }

    /// Decides `ModifyDBClusterMaintainTime`, in any status (`P-629`).
    ///
    /// # Errors
    ///
    /// [`PolarDbReason::ClusterNotFound`] if it names another cluster.
    pub fn decide_maintain_time(&self, at: Context<'_>, request: &ModifyDbClusterMaintainTime) -> Decision {
        self.is_named(Operation::ModifyDbClusterMaintainTime, &request.cluster)?;
        let mut draft = self.draft(at, P_629);
        if self.setting("MaintainTime") != Some(&*request.window) {
            draft.after.set("MaintainTime", Some(&request.window));
            draft.push(P_629, ClusterFact::Settings);
        }
        Ok(draft.done(P_629))
    }

    /// The edition fails over, which adding nodes depends on too.
    pub(in crate::polardb) fn needs_failover(&self, operation: Operation) -> Result<(), PolarDbRefusal> {
        let refused = || PolarDbReason::ClusterCategory { cluster: self.id.clone() }.of(operation);
        self.edition.fails_over().then_some(()).ok_or_else(refused)
    }

    /// The nodes are not fixed (`P-626`).
    fn nodes_may_change(&self, operation: Operation) -> Result<(), PolarDbRefusal> {
        let refused = || PolarDbReason::StrictConsistency { cluster: self.id.clone() }.of(operation);
        if self.strict_consistency { Err(refused()) } else { Ok(()) }
    }

    /// The number of nodes is not the cluster's own (`P-625`).
    fn counts_nodes(&self, operation: Operation) -> Result<(), PolarDbRefusal> {
        let refused = || PolarDbReason::ServerlessNodes { cluster: self.id.clone() }.of(operation);
        if self.serverless == Some(Serverless::Agile) { Err(refused()) } else { Ok(()) }
    }

    /// So many nodes can be named in one call.
    fn takes_so_many(&self, operation: Operation, nodes: usize) -> Result<(), PolarDbRefusal> {
        match nodes {
            1 => Ok(()),
            2..=MAX_AT_ONCE if self.engine == Engine::MySql => Ok(()),
            2..=MAX_AT_ONCE => Err(self.node_number(operation, P_212)),
            _ => Err(self.node_number(operation, P_211)),
        }
    }

    /// The node of this id.
    pub(in crate::polardb) fn node_of(
        &self,
        operation: Operation,
        id: &NodeId,
    ) -> Result<&DbNode, PolarDbRefusal> {
        self.node(id).ok_or_else(|| {
            PolarDbReason::NodeNotFound { cluster: self.id.clone(), node: id.clone() }.of(operation)
        })
    }

    /// The nodes of these ids, each named once.
    fn named<'a>(
        &self,
        operation: Operation,
        ids: impl Iterator<Item = &'a NodeId>,
    ) -> Result<Vec<&DbNode>, PolarDbRefusal> {
        let mut seen = BTreeSet::new();
        let mut nodes = Vec::new();
        for id in ids {
            if !seen.insert(id) {
                return Err(self.node_list(operation, P_220));
            }
            nodes.push(self.node_of(operation, id)?);
        }
        Ok(nodes)
    }

    fn node_number(&self, operation: Operation, rule: RuleId) -> PolarDbRefusal {
        PolarDbReason::NodeNumber { cluster: self.id.clone(), rule }.of(operation)
    }

    fn node_list(&self, operation: Operation, rule: RuleId) -> PolarDbRefusal {
        PolarDbReason::NodeList { cluster: self.id.clone(), rule }.of(operation)
    }
}
