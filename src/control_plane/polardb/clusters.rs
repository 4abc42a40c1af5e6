//! The PolarDB operations on clusters: look-up, the cluster's own decision, and what applying it does to the indexes.

use alloc::string::String;
use alloc::vec::Vec;

use crate::breach::Breach;
use crate::control_plane::action::{Blocked, Done};
use crate::control_plane::call::{CallContext, all_fresh};
use crate::control_plane::effect::{EffectKind, cluster_effects};
use crate::control_plane::event::{Event, Fact};
use crate::control_plane::index::deadlines::ANYWHERE;
use crate::control_plane::{ControlPlane, Effect, Misuse, NotAdopted, Step, list};
use crate::ids::{AccountId, ClusterId, NodeId, OrderId, ResourceId, ZoneId};
use crate::lifecycle::Pending;
use crate::polardb::cluster::rules::P_010;
use crate::polardb::network::rules::P_452;
use crate::polardb::{
    ClusterCreated, ClusterFact, ClusterPlan, ClusterSeed, ClusterStatus, Context, CreateDbCluster,
    DbCluster, Decision, DeleteDbCluster, DescribeDbClustersZonal, NodeKind, PolarDbReason, PolarDbRefusal,
    ZonalClusterPage,
};
use crate::policy::ColumnStoreElection;
use crate::rule::{RuleId, cite};
use crate::time::Timestamp;

/// The ids of the resources that `CreateDBCluster` creates.
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
    /// The clusters of a region, page by page; a cursor of another list is refused (`P-117`).
    pub(in crate::control_plane) fn list_clusters_zonal(
        &self,
        call: &CallContext<'_>,
        request: &DescribeDbClustersZonal,
    ) -> Result<ZonalClusterPage, PolarDbRefusal> {
        let list = request.list(call.list());
        list::own_of_polardb(call, request.after, list)?;
        Ok(request.select(list, call.account, call.region, &self.clusters, call.now))
    }

    pub(in crate::control_plane) fn create_cluster(
        &mut self,
        call: &CallContext<'_>,
        request: &CreateDbCluster,
        fresh: Option<&FreshCluster>,
    ) -> Result<Done<ClusterCreated>, Blocked<PolarDbRefusal, Misuse>> {
        let zone = request.zone.clone().or_else(|| self.first_zone(call.region));
        let zone = zone.unwrap_or_else(|| ZoneId::first_of(call.region));
        DbCluster::check_creation((call.region, &zone), request)?;
        if let Some(network) = &request.joins {
            self.check_joins(call, network, (request.engine, &request.version))?;
        }
        let enough = |fresh: &&FreshCluster| fresh.nodes.len() == usize::from(request.node_number);
        let fresh = fresh.filter(enough).ok_or(Blocked::Misused(Misuse::BadFreshId))?;
        self.check_fresh_cluster(&fresh.cluster, fresh.nodes.iter()).map_err(Blocked::Misused)?;
        let (now, account, id) = (call.now, call.account, &fresh.cluster);
        let seed = ClusterSeed::of(request, call.region, &zone, id.clone(), &fresh.nodes, now);
        let cluster = DbCluster::adopt(self.polardb(now), seed, account.clone());
        let effects = self.admit_cluster(cluster);
        let fact = ClusterFact::Status { from: None, to: Some(ClusterStatus::Creating) };
        let event = cluster_event(now, account, id, (P_010, fact));
        let (cluster, order) = (id.clone(), fresh.order.clone());
        let created = ClusterCreated { cluster, order, resource_group: request.resource_group.clone() };
        let mut step = Step { effects, events: alloc::vec![event] };
        if let Some(network) = &request.joins
            && let Some(plan) =
                self.networks.get(network).and_then(|it| it.decide_joined(self.polardb(call.now), id.clone()))
        {
            step.extend(self.apply_to_network(network, plan));
        }
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

    /// Adds a cluster, whose ordinal is the next id, to the registry and the indexes; returns its pending effects.
    fn admit_cluster(&mut self, cluster: DbCluster) -> Vec<Effect> {
        self.mint();
        let effects = cluster_effects(&cluster).collect();
        self.index.enter_cluster(&cluster);
        self.clusters.insert(cluster.id.clone(), cluster);
        effects
    }

    /// Adopts an existing cluster, in any status.
    ///
    /// # Errors
    ///
    /// [`NotAdopted`]; nothing but the clock has changed.
    pub fn adopt_cluster(
        &mut self,
        now: Timestamp,
        account: &AccountId,
        seed: ClusterSeed,
    ) -> Result<Step, NotAdopted> {
        let now = self.observe(now);
        self.check_fresh_cluster(&seed.id, seed.nodes.iter().map(|node| &node.id))
            .map_err(|_| NotAdopted::IdInUse(String::from(seed.id.as_str())))?;
        let cluster = DbCluster::adopt(self.polardb(now), seed, account.clone());
        self.check_cluster(&cluster)?;
        // A column-store node may be the writer only where the policy lets it be elected.
        let elected = self.policy.polardb.column_store == ColumnStoreElection::Elected;
        if !elected && cluster.writer().is_some_and(|writer| writer.kind == NodeKind::ColumnStore) {
            return Err(Breach::WriterKind.of(cluster.id).into());
        }
        Ok(Step { effects: self.admit_cluster(cluster), events: Vec::new() })
    }

    pub(in crate::control_plane) fn owned_cluster(
        &self,
        call: &CallContext<'_>,
        id: &ClusterId,
    ) -> Result<&DbCluster, PolarDbRefusal> {
        let cluster = self.clusters.get(id).filter(|cluster| cluster.account == *call.account);
        cluster.ok_or_else(|| PolarDbReason::ClusterNotFound { cluster: id.clone() }.of(call.operation))
    }

    /// Handles a call on one cluster: look-up, decision, application.
    pub(in crate::control_plane) fn cluster_call(
        &mut self,
        call: &CallContext<'_>,
        id: &ClusterId,
        decide: impl FnOnce(&DbCluster, Context<'_>) -> Decision,
    ) -> Result<Done<()>, Blocked<PolarDbRefusal>> {
        let plan = decide(self.owned_cluster(call, id)?, self.polardb(call.now))?;
        self.check_unlocked(call, id)?;
        Ok(self.done(id, plan, ()))
    }

    /// Handles `DeleteDBCluster`: no cluster is released while it is in a network.
    pub(in crate::control_plane) fn delete_cluster(
        &mut self,
        call: &CallContext<'_>,
        request: &DeleteDbCluster,
    ) -> Result<Done<()>, Blocked<PolarDbRefusal>> {
        cite!(P_452);
        let id = &request.cluster;
        let plan = self.owned_cluster(call, id)?.decide_delete(self.polardb(call.now))?;
        if let Some(network) = self.network_of(id) {
            return Err(PolarDbReason::InNetwork { network: network.id().clone() }.of(call.operation).into());
        }
        Ok(self.done(id, plan, ()))
    }

    /// Applies a plan to a cluster and answers with `response`.
    pub(super) fn done<R>(&mut self, id: &ClusterId, plan: ClusterPlan, response: R) -> Done<R> {
        let rule = plan.rule();
        Done { response, step: self.apply_to_cluster(id, plan), rule }
    }

    /// Applies a plan to the cluster of this id and to the indexes.
    pub(in crate::control_plane) fn apply_to_cluster(&mut self, id: &ClusterId, plan: ClusterPlan) -> Step {
        let Some(cluster) = self.clusters.get_mut(id) else { return Step::default() };
        self.next_id = self.next_id.saturating_add(plan.effects());
        let (before, ordinal) = (cluster.due, cluster.ordinal);
        let done = cluster.carry_out(plan);
        let changed = cluster.due != before;
        if changed {
            self.index.deadlines.schedule(cluster.due, ordinal, ANYWHERE);
        }
        let (at, account) = (done.at, cluster.account.clone());
        let mut step = Step::default();
        done.ended.into_iter().for_each(|ended| drop(self.index.effects.remove(ended.0)));
        done.left.iter().for_each(|node| drop(self.index.nodes.swap_remove(node)));
        for node in done.joined {
            self.index.nodes.insert(node, id.clone());
        }
        if let Some(Pending { id: asked, effect, since }) = done.asked {
            self.index.effects.insert(asked.0, ResourceId::Cluster(id.clone()));
            let kind = EffectKind::Cluster { cluster: id.clone(), effect };
            step.effects.push(Effect { id: asked, since, account: account.clone(), kind });
        }
        if done.gone
            && let Some(cluster) = self.clusters.remove(id)
        {
            cluster.nodes.iter().for_each(|node| drop(self.index.nodes.swap_remove(&node.id)));
        }
        self.retire_deadline(before.filter(|_| changed).map(|_| ordinal));
        step.events.extend(done.facts.into_iter().map(|fact| cluster_event(at, &account, id, fact)));
        if done.gone {
            step.extend(self.leave_network(at, id));
        }
        step
    }
}

fn cluster_event(
    at: Timestamp,
    account: &AccountId,
    cluster: &ClusterId,
    (rule, fact): (RuleId, ClusterFact),
) -> Event {
    Event { at, account: account.clone(), rule, fact: Fact::Cluster { cluster: cluster.clone(), fact } }
}
