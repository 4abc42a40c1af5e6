//! What a call that changes nodes, zones or the lock means: pure decisions.
//!
//! The order of checks is the same everywhere: the edition, the request by itself, the nodes that it names, the limits, and
//! last the status of the cluster, which can change by itself (`P-202`).

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::ids::{NodeClass, NodeId, ZoneId};
use crate::operation::Operation;
use crate::polardb::cluster::DbCluster;
use crate::polardb::cluster::plan::ClusterPlan;
use crate::polardb::cluster::requests::{Edition, Engine};
use crate::polardb::cluster::rules::P_026;
use crate::polardb::cluster::status::ClusterStatus;
use crate::polardb::cluster::step::ClusterFact;
use crate::polardb::election::electorate::TargetZoneType;
use crate::polardb::election::ranking::Priority;
use crate::polardb::nodes::requests::{
    CreateDbNodes, DeleteDbNodes, ModifyDbClusterDeletion, ModifyDbClusterPrimaryZone, ModifyDbNodeClass,
    ModifyDbNodeHotReplicaMode, ModifyDbNodesClass, NewNode, NodeTarget, RestartDbNode,
};
use crate::polardb::nodes::rules::{
    P_202, P_210, P_211, P_212, P_213, P_214, P_215, P_220, P_221, P_222, P_223, P_232, P_233, P_234, P_242,
    P_251, P_252, P_253, P_254, P_261,
};
use crate::polardb::nodes::work::NodeWork;
use crate::polardb::nodes::{DbNode, NodeKind, Role};
use crate::polardb::refusal::{PolarDbReason, PolarDbRefusal};
use crate::policy::{PolarDbPolicy, StandardNodes};
use crate::rule::{RuleId, cite};
use crate::text::StatusMessage;
use crate::time::Timestamp;

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
    /// The refusal of the first check that fails.
    pub fn decide_create_nodes(
        &self,
        now: Timestamp,
        request: &CreateDbNodes,
        fresh: &[NodeId],
        policy: &PolarDbPolicy,
    ) -> Result<ClusterPlan, PolarDbRefusal> {
        let operation = Operation::CreateDbNodes;
        let number = |rule| self.node_number(operation, rule);
        if !self.edition.fails_over() {
            return Err(PolarDbReason::ClusterCategory { cluster: self.id.clone() }.of(operation));
        }
        if !(1..=MAX_AT_ONCE).contains(&request.nodes.len()) {
            return Err(number(P_211));
        }
        if request.nodes.len() > 1 && self.engine != Engine::MySql {
            return Err(number(P_212));
        }
        let places: Result<Vec<(NodeClass, ZoneId)>, PolarDbRefusal> =
            request.nodes.iter().map(|node| self.place(node, request.kind)).collect();
        let places = places?;
        if request.kind == NodeKind::ColumnStore && !self.takes_column_store() {
            let (parameter, why) =
                ("ImciSwitch".into(), "MySQL only, beside an ordinary reader (P-215)".into());
            return Err(PolarDbReason::Malformed { parameter, why }.of(operation));
        }
        if self.nodes.len().saturating_add(places.len()) > self.most_nodes(policy) {
            return Err(number(P_210));
        }
        self.needs_running(operation)?;
        let new: Vec<DbNode> = fresh
            .iter()
            .zip(places)
            .map(|(id, (class, zone))| DbNode {
                id: id.clone(),
                role: Role::Reader,
                kind: request.kind,
                priority: Priority::MIN,
                class,
                zone,
                created_at: now,
                up: true,
                replicating: true,
                busy: StatusMessage::parse("DBNodeCreating").ok(),
                hot_replica: false,
            })
            .collect();
        let work = NodeWork::CreateNodes(Vec::from(fresh));
        Ok(self.begin_work(now, P_213, work, new))
    }

    /// The class and zone of a new node (`P-214`).
    fn place(&self, node: &NewNode, kind: NodeKind) -> Result<(NodeClass, ZoneId), PolarDbRefusal> {
        let operation = Operation::CreateDbNodes;
        let malformed = || PolarDbReason::NodeList { cluster: self.id.clone(), rule: P_214 }.of(operation);
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
        let (parameter, why) = ("ZoneId".into(), "the cluster has no nodes in this zone (P-214)".into());
        Err(PolarDbReason::Malformed { parameter, why }.of(operation))
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
    pub fn decide_delete_nodes(
        &self,
        now: Timestamp,
        request: &DeleteDbNodes,
    ) -> Result<ClusterPlan, PolarDbRefusal> {
        let operation = Operation::DeleteDbNodes;
        let number = |rule| self.node_number(operation, rule);
        if !(1..=MAX_AT_ONCE).contains(&request.nodes.len()) {
            return Err(number(P_211));
        }
        if request.nodes.len() > 1 && self.engine != Engine::MySql {
            return Err(number(P_212));
        }
        let nodes = self.named(operation, request.nodes.iter())?;
        let of_kind = |node: &&DbNode| match request.kind {
            None => true,
            Some(NodeKind::Ordinary) => matches!(node.kind, NodeKind::Ordinary | NodeKind::ColumnStore),
            Some(kind) => node.kind == kind,
        };
        if !nodes.iter().all(of_kind) {
            let rule = P_220;
            return Err(PolarDbReason::NodeList { cluster: self.id.clone(), rule }.of(operation));
        }
        if let Some(writer) = nodes.iter().find(|node| node.role == Role::Writer) {
            return Err(PolarDbReason::NodeRole { node: writer.id.clone(), rule: P_221 }.of(operation));
        }
        let ordinary = |nodes: &mut dyn Iterator<Item = &DbNode>| {
            nodes.filter(|node| node.kind == NodeKind::Ordinary).count()
        };
        let (going, current) = (ordinary(&mut nodes.iter().copied()), ordinary(&mut self.nodes.iter()));
        if going > current.saturating_sub(2) {
            return Err(number(P_222));
        }
        self.needs_running(operation)?;
        let work = NodeWork::DeleteNodes(request.nodes.clone());
        Ok(self.begin_work(now, P_223, work, Vec::new()))
    }

    /// Decides `ModifyDBNodeClass`: one class for all nodes but the AI ones, or for those alone.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide_node_class(
        &self,
        now: Timestamp,
        request: &ModifyDbNodeClass,
    ) -> Result<ClusterPlan, PolarDbRefusal> {
        cite!(P_233);
        let operation = Operation::ModifyDbNodeClass;
        let concerned = |node: &&DbNode| (node.kind == NodeKind::Ai) == request.ai_nodes;
        let target = |node: &DbNode| NodeTarget { node: node.id.clone(), class: request.class.clone() };
        let targets: Vec<NodeTarget> = self.nodes.iter().filter(concerned).map(target).collect();
        if targets.is_empty() {
            let (parameter, why) =
                ("DBNodeType".into(), "the cluster has no nodes of this type (P-233)".into());
            return Err(PolarDbReason::Malformed { parameter, why }.of(operation));
        }
        self.change_class(now, operation, targets)
    }

    /// Decides `ModifyDBNodesClass`: a class for each node that is named.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide_nodes_class(
        &self,
        now: Timestamp,
        request: &ModifyDbNodesClass,
    ) -> Result<ClusterPlan, PolarDbRefusal> {
        let operation = Operation::ModifyDbNodesClass;
        if !(1..=MAX_AT_ONCE).contains(&request.nodes.len()) {
            return Err(self.node_number(operation, P_211));
        }
        self.named(operation, request.nodes.iter().map(|target| &target.node))?;
        self.change_class(now, operation, request.nodes.clone())
    }

    fn change_class(
        &self,
        now: Timestamp,
        operation: Operation,
        targets: Vec<NodeTarget>,
    ) -> Result<ClusterPlan, PolarDbRefusal> {
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
        self.needs_running(operation)?;
        Ok(self.begin_work(now, P_234, work, Vec::new()))
    }

    /// Decides `RestartDBNode`.
    ///
    /// # Errors
    ///
    /// [`PolarDbReason::ClusterStatus`] unless the cluster is running.
    pub fn decide_restart(
        &self,
        now: Timestamp,
        request: &RestartDbNode,
    ) -> Result<ClusterPlan, PolarDbRefusal> {
        self.needs_running(Operation::RestartDbNode)?;
        let work = NodeWork::RestartNode(request.node.clone());
        Ok(self.begin_work(now, P_242, work, Vec::new()))
    }

    /// Decides `ModifyDBNodeHotReplicaMode`.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide_hot_replica(
        &self,
        now: Timestamp,
        request: &ModifyDbNodeHotReplicaMode,
    ) -> Result<ClusterPlan, PolarDbRefusal> {
        let operation = Operation::ModifyDbNodeHotReplicaMode;
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
        self.needs_running(operation)?;
        let restarts_all = request.on && !self.hot_replica_used;
        let work = NodeWork::SetHotReplica { node: node.id.clone(), on: request.on, restarts_all };
        let rule = if restarts_all { P_253 } else { P_254 };
        Ok(self.begin_work(now, rule, work, Vec::new()))
    }

    /// Decides `ModifyDBClusterPrimaryZone`.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide_zone(
        &self,
        now: Timestamp,
        request: &ModifyDbClusterPrimaryZone,
    ) -> Result<ClusterPlan, PolarDbRefusal> {
        let operation = Operation::ModifyDbClusterPrimaryZone;
        if self.engine != Engine::MySql && request.vswitch.is_none() {
            return Err(PolarDbReason::MissingParameter { parameter: "VSwitchId".into() }.of(operation));
        }
        let standby = request.zone_type == TargetZoneType::Standby;
        let (primary, second) = (self.primary_zone(), self.standby_zone.as_ref());
        let to = Some(&request.zone);
        if primary == to || (standby && second == to) {
            return Err(PolarDbReason::SameZone { cluster: self.id.clone() }.of(operation));
        }
        self.needs_running(operation)?;
        let from = if standby { second } else { primary };
        let moves = |node: &&DbNode| (node.kind == NodeKind::Standby) == standby && Some(&node.zone) == from;
        let nodes = self.nodes.iter().filter(moves).map(|node| node.id.clone()).collect();
        let (from, to) = (from.cloned(), request.zone.clone());
        let work = NodeWork::ChangeZone { from, to, standby, nodes };
        Ok(self.begin_work(now, P_261, work, Vec::new()))
    }

    /// Decides `ModifyDBClusterDeletion`, in any status (`P-026`).
    pub fn decide_lock(&self, now: Timestamp, request: &ModifyDbClusterDeletion) -> ClusterPlan {
        let locked = request.protection;
        let mut plan = ClusterPlan { rule: Some(P_026), deletion_lock: locked, ..self.plan(now, P_026) };
        if locked != self.deletion_lock {
            plan.push(P_026, ClusterFact::Locked(locked));
        }
        plan
    }

    /// The node of this id.
    fn node_of(&self, operation: Operation, id: &NodeId) -> Result<&DbNode, PolarDbRefusal> {
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
                let (cluster, rule) = (self.id.clone(), P_220);
                return Err(PolarDbReason::NodeList { cluster, rule }.of(operation));
            }
            nodes.push(self.node_of(operation, id)?);
        }
        Ok(nodes)
    }

    fn node_number(&self, operation: Operation, rule: RuleId) -> PolarDbRefusal {
        PolarDbReason::NodeNumber { cluster: self.id.clone(), rule }.of(operation)
    }

    /// Work on nodes begins only in a running cluster (`P-202`).
    fn needs_running(&self, operation: Operation) -> Result<(), PolarDbRefusal> {
        cite!(P_202);
        match self.status() {
            ClusterStatus::Running => Ok(()),
            _ => Err(PolarDbReason::ClusterStatus { cluster: self.id.clone() }.of(operation)),
        }
    }
}
