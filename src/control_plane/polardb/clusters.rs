//! The PolarDB operations, from a call to the cluster's own decision.

use alloc::string::String;
use alloc::vec::Vec;
use core::convert::Infallible;

use crate::control_plane::action::{Action, Blocked, Done, Performed, sealed::Sealed};
use crate::control_plane::call::all_fresh;
use crate::control_plane::effect::Owner;
use crate::control_plane::event::{Event, Fact};
use crate::control_plane::polardb::cluster_plan::cluster_effect;
use crate::control_plane::{Call, ControlPlane, Effect, Misuse, NotAdopted, Reply, Step};
use crate::ids::{AccountId, ClusterId, EffectId, NodeId, OrderId};
use crate::operation::Operation;
use crate::polardb::cluster::rules::P_010;

use crate::polardb::{
    ClusterCreated, ClusterFact, ClusterPage, ClusterPlan, ClusterStatus, CreateDbCluster, DbCluster,
    DeleteDbCluster, DescribeDbClusterAttribute, DescribeDbClusters, FailoverDbCluster, ModifyDbNodeConfig,
    NodeKind, PolarDbRefusal,
};
use crate::policy::ColumnStoreElection;
use crate::time::Timestamp;

/// Ids for what `CreateDBCluster` creates.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct FreshCluster {
    /// The cluster.
    pub cluster: ClusterId,
    /// Its nodes, as many as the request asks for; the first becomes the writer.
    pub nodes: Vec<NodeId>,
    /// The billing order.
    pub order: OrderId,
}

impl ControlPlane {
    fn create_cluster(
        &mut self,
        now: Timestamp,
        call: &Call,
        request: &CreateDbCluster,
        fresh: Option<&FreshCluster>,
    ) -> Result<Done<ClusterCreated>, Blocked<PolarDbRefusal, Misuse>> {
        let operation = Operation::CreateDbCluster;
        if !request.engine.versions().contains(&&*request.version) {
            return Err(PolarDbRefusal::EngineVersion { operation }.into());
        }
        if !request.edition.node_numbers().0.contains(&request.node_number) {
            let why = "the edition has no clusters of so many nodes (P-011)".into();
            return Err(PolarDbRefusal::Malformed { operation, parameter: "DBNodeNum".into(), why }.into());
        }
        let enough = |fresh: &&FreshCluster| fresh.nodes.len() == usize::from(request.node_number);
        let fresh = fresh.filter(enough).ok_or(Blocked::Misused(Misuse::BadFreshId))?;
        self.check_fresh_cluster(&fresh.cluster, fresh.nodes.iter()).map_err(Blocked::Misused)?;
        let asked = self.mint();
        let (id, account) = (fresh.cluster.clone(), call.account.clone());
        let cluster = DbCluster::create(id.clone(), &fresh.nodes, account, &call.region, now, asked, request);
        let effects = self.admit_cluster(cluster);
        let fact = ClusterFact::Status { from: None, to: Some(ClusterStatus::Creating) };
        let fact = Fact::Cluster { cluster: id.clone(), fact };
        let event = Event { at: now, account: call.account.clone(), rule: P_010, fact };
        let created = ClusterCreated {
            cluster: id,
            order: fresh.order.clone(),
            resource_group: request.resource_group.clone(),
        };
        let step = Step { effects, events: alloc::vec![event] };
        Ok(Done { response: created, step, rule: Some(P_010) })
    }

    fn check_fresh_cluster<'a>(
        &self,
        cluster: &ClusterId,
        nodes: impl Iterator<Item = &'a NodeId> + Clone,
    ) -> Result<(), Misuse> {
        if self.clusters.contains_key(cluster) {
            return Err(Misuse::BadFreshId);
        }
        all_fresh(nodes, |node| self.index.nodes.contains_key(node))
    }

    /// Enters a cluster into the registry and the indexes; returns the effect that it waits for.
    fn admit_cluster(&mut self, cluster: DbCluster) -> Vec<Effect> {
        let mut effects = Vec::new();
        for (id, since, effect) in cluster.outstanding().into_iter().chain(cluster.outstanding_work()) {
            self.index.effects.insert(id, Owner::Cluster(cluster.id.clone()));
            effects.push(cluster_effect(id, since, &cluster.account, &cluster.id, effect));
        }
        for node in &cluster.nodes {
            self.index.nodes.insert(node.id.clone(), cluster.id.clone());
        }
        self.clusters.insert(cluster.id.clone(), cluster);
        effects
    }

    /// Takes in a cluster that exists elsewhere, in any status.
    ///
    /// # Errors
    ///
    /// [`NotAdopted`]; nothing changed but the clock seen.
    pub fn adopt_cluster(
        &mut self,
        now: Timestamp,
        account: &AccountId,
        seed: crate::polardb::ClusterSeed,
    ) -> Result<Step, NotAdopted> {
        let now = self.observe(now);
        self.check_fresh_cluster(&seed.id, seed.nodes.iter().map(|node| &node.id))
            .map_err(|_| NotAdopted::IdInUse(String::from(seed.id.as_str())))?;
        let cluster = DbCluster::adopt(seed, account.clone(), now, EffectId(self.next_id));
        self.check_cluster(&cluster)?;
        // A column-store node leads only where the policy elects one.
        let elected = self.policy.polardb.column_store == ColumnStoreElection::Elected;
        if !elected && cluster.writer().is_some_and(|writer| writer.kind == NodeKind::ColumnStore) {
            return Err(crate::control_plane::Violation::WriterKind(cluster.id).into());
        }
        self.mint();
        Ok(Step { effects: self.admit_cluster(cluster), events: Vec::new() })
    }

    pub(in crate::control_plane) fn owned_cluster(
        &self,
        call: &Call,
        operation: Operation,
        id: &ClusterId,
    ) -> Result<&DbCluster, PolarDbRefusal> {
        let cluster = self.clusters.get(id).filter(|cluster| cluster.account == call.account);
        cluster.ok_or_else(|| PolarDbRefusal::ClusterNotFound { operation, cluster: id.clone() })
    }

    fn cluster_call(
        &mut self,
        call: &Call,
        operation: Operation,
        id: &ClusterId,
        decide: impl FnOnce(&DbCluster, &ControlPlane) -> Result<ClusterPlan, PolarDbRefusal>,
    ) -> Result<Done<()>, Blocked<PolarDbRefusal>> {
        let plan = decide(self.owned_cluster(call, operation, id)?, self)?;
        let rule = plan.rule();
        Ok(Done { response: (), step: self.apply_to_cluster(id, plan), rule })
    }
}

impl Sealed for CreateDbCluster {}

impl Action for CreateDbCluster {
    const OPERATION: Operation = Operation::CreateDbCluster;
    type Response = ClusterCreated;
    type Refusal = PolarDbRefusal;
    type Fresh = Option<FreshCluster>;
    type Misused = Misuse;

    fn perform(
        &self,
        plane: &mut ControlPlane,
        now: Timestamp,
        call: &Call,
        fresh: &Self::Fresh,
    ) -> Performed<Self> {
        plane.create_cluster(now, call, self, fresh.as_ref())
    }
}

macro_rules! cluster_calls {
    ($($name:ident: $decide:expr;)*) => {$(
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
                type Decide = fn(&$name, Timestamp, &DbCluster, &ControlPlane) -> Result<ClusterPlan, PolarDbRefusal>;
                let decide: Decide = $decide;
                plane.cluster_call(call, Self::OPERATION, &self.cluster, |cluster, plane| {
                    decide(self, now, cluster, plane)
                })
            }
        }
    )*};
}

cluster_calls! {
    DeleteDbCluster: |request, now, cluster, _| cluster.decide_delete(now, request);
    ModifyDbNodeConfig: |request, now, cluster, plane| {
        cluster.decide_node_config(now, request, &plane.policy.polardb)
    };
    FailoverDbCluster: |request, now, cluster, plane| {
        cluster.decide_failover(now, Operation::FailoverDbCluster, request, &plane.policy.polardb)
    };
}

impl Sealed for DescribeDbClusters {}

impl Action for DescribeDbClusters {
    const OPERATION: Operation = Operation::DescribeDbClusters;
    type Response = ClusterPage;
    type Refusal = PolarDbRefusal;
    type Fresh = ();
    type Misused = Infallible;

    fn perform(&self, plane: &mut ControlPlane, _now: Timestamp, call: &Call, (): &()) -> Performed<Self> {
        let response = self.select(&call.account, &call.region, &plane.clusters);
        Ok(Done { response, step: Step::default(), rule: None })
    }
}

impl Sealed for DescribeDbClusterAttribute {}

impl Action for DescribeDbClusterAttribute {
    const OPERATION: Operation = Operation::DescribeDbClusterAttribute;
    type Response = DbCluster;
    type Refusal = PolarDbRefusal;
    type Fresh = ();
    type Misused = Infallible;

    fn perform(&self, plane: &mut ControlPlane, _now: Timestamp, call: &Call, (): &()) -> Performed<Self> {
        let response = plane.owned_cluster(call, Self::OPERATION, &self.cluster)?.clone();
        Ok(Done { response, step: Step::default(), rule: None })
    }
}

impl ControlPlane {
    /// `CreateDBCluster`: the cluster and its nodes appear in `Creating`.
    ///
    /// # Errors
    ///
    /// [`Misuse::BadFreshId`] if the call is accepted and an id is in use, given twice, missing or superfluous.
    pub fn create_db_cluster(
        &mut self,
        call: &Call,
        request: &CreateDbCluster,
        fresh: FreshCluster,
    ) -> Result<Reply<CreateDbCluster>, Misuse> {
        self.call(call, request, &Some(fresh))
    }

    /// `DeleteDBCluster`: releases a running cluster.
    pub fn delete_db_cluster(&mut self, call: &Call, request: &DeleteDbCluster) -> Reply<DeleteDbCluster> {
        self.make(call, request)
    }

    /// `ModifyDBNodeConfig`: sets a node's failover priority.
    pub fn modify_db_node_config(
        &mut self,
        call: &Call,
        request: &ModifyDbNodeConfig,
    ) -> Reply<ModifyDbNodeConfig> {
        self.make(call, request)
    }

    /// `FailoverDBCluster`: a read-only node becomes the primary, the one named or an elected one.
    pub fn failover_db_cluster(
        &mut self,
        call: &Call,
        request: &FailoverDbCluster,
    ) -> Reply<FailoverDbCluster> {
        self.make(call, request)
    }

    /// `DescribeDBClusters`.
    pub fn describe_db_clusters(
        &mut self,
        call: &Call,
        request: &DescribeDbClusters,
    ) -> Reply<DescribeDbClusters> {
        self.make(call, request)
    }

    /// `DescribeDBClusterAttribute`.
    pub fn describe_db_cluster_attribute(
        &mut self,
        call: &Call,
        request: &DescribeDbClusterAttribute,
    ) -> Reply<DescribeDbClusterAttribute> {
        self.make(call, request)
    }
}
