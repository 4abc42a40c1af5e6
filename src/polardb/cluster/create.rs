//! The creation of a cluster.

use alloc::collections::BTreeSet;

use crate::calendar::after_months;
use crate::ids::{AccountId, ClusterId, NodeId, RegionId, WrongIds, ZoneId};
use crate::operation::Operation;
use crate::polardb::Context;
use crate::polardb::cluster::requests::{CreateDbCluster, HotStandby, PayType};
use crate::polardb::cluster::rules::{P_013, P_621, P_622, P_623, P_624};
use crate::polardb::cluster::status::ClusterStatus;
use crate::polardb::cluster::{ClusterSeed, DbCluster};
use crate::polardb::nodes::{DbNode, NodeKind, Role};
use crate::polardb::refusal::{PolarDbReason, PolarDbRefusal};
use crate::polardb::standby::requests::DataSyncMode;
use crate::rule::cite;
use crate::time::Timestamp;

/// Why a cluster, or nodes of it, were not created.
pub type NotCreated = crate::NotCreated<PolarDbRefusal>;

impl From<PolarDbRefusal> for NotCreated {
    fn from(refused: PolarDbRefusal) -> Self {
        Self::Refused(refused)
    }
}

impl DbCluster {
    /// Decides `CreateDBCluster` and makes the cluster: the first of `nodes` is the writer, the others are readers of priority 1,
    /// and `at.effect` is the id of the effect that it waits for. The zone counts if the request names none. That the ids are
    /// used nowhere else, and what its global database network says, is for the caller to check.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails, as of [`check_creation`](Self::check_creation); [`WrongIds`] if there are not as
    /// many different nodes as the request asks for.
    pub fn create(
        at: Context<'_>,
        (id, nodes): (ClusterId, &[NodeId]),
        account: AccountId,
        (region, zone): (&RegionId, &ZoneId),
        request: &CreateDbCluster,
    ) -> Result<Self, NotCreated> {
        let zone = request.zone.as_ref().unwrap_or(zone);
        Self::check_creation((region, zone), request)?;
        let different: BTreeSet<_> = nodes.iter().collect();
        if different.len() != nodes.len() || nodes.len() != usize::from(request.node_number) {
            return Err(WrongIds.into());
        }
        Ok(Self::adopt(at, ClusterSeed::of(request, region, zone, id, nodes, at.now), account))
    }

    /// What of `CreateDBCluster` the request alone decides, in this order: engine and version, number of nodes (`P-011`), edition
    /// (`P-014`), zone (`P-013`), hot standby, period (`P-621`), network (`P-622`), serverless (`P-624`).
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn check_creation(
        (region, zone): (&RegionId, &ZoneId),
        request: &CreateDbCluster,
    ) -> Result<(), PolarDbRefusal> {
        let operation = Operation::CreateDbCluster;
        if !request.engine.versions().contains(&&*request.version) {
            return Err(PolarDbReason::EngineVersion.of(operation));
        }
        if !request.edition.node_numbers().0.contains(&request.node_number) {
            let why = "the edition has no clusters of so many nodes (P-011)";
            return Err(PolarDbReason::malformed("DBNodeNum", why).of(operation));
        }
        if !request.edition.is_for(request.engine, &request.version) {
            let why = "the edition is not for this engine and version (P-014)";
            return Err(PolarDbReason::malformed("CreationCategory", why).of(operation));
        }
        cite!(P_013);
        if let Some(zone) = request.zone.as_ref().filter(|zone| !zone.is_in(region)) {
            return Err(PolarDbReason::ForeignZone { zone: zone.clone() }.of(operation));
        }
        let standby = request.standby_zone.as_ref();
        let missing = |parameter: &'static str| {
            Err(PolarDbReason::MissingParameter { parameter: parameter.into() }.of(operation))
        };
        if request.hot_standby == HotStandby::Compute && standby.is_none() {
            return missing("StandbyAZ");
        }
        if let Some((parameter, why)) = request.hot_standby.misfit(request.edition, Some(zone), standby) {
            return Err(PolarDbReason::malformed(parameter, why).of(operation));
        }
        cite!(P_621, P_622, P_624);
        if request.pay_type == PayType::Prepaid && request.months.is_none() {
            return missing("Period");
        }
        if request.given("VPCId").is_some() && request.given("VSwitchId").is_none() {
            return missing("VSwitchId");
        }
        if request.serverless.is_some() && request.given("ScaleMax").is_none() {
            let why = "a serverless cluster scales up to it (P-624)";
            return Err(PolarDbReason::malformed("ScaleMax", why).of(operation));
        }
        Ok(())
    }
}

impl ClusterSeed {
    /// A cluster as `CreateDBCluster` makes it: one writer, the first of `nodes`, and readers of priority 1 (`P-010`).
    pub fn of(
        request: &CreateDbCluster,
        region: &RegionId,
        zone: &ZoneId,
        id: ClusterId,
        nodes: &[NodeId],
        now: Timestamp,
    ) -> Self {
        cite!(P_621, P_623);
        let roles = core::iter::once(Role::Writer).chain(core::iter::repeat(Role::Reader));
        let node =
            |(id, role)| DbNode::new(id, role, NodeKind::Ordinary, request.class.clone(), zone.clone(), now);
        Self {
            id,
            region: region.clone(),
            engine: request.engine,
            version: request.version.clone(),
            edition: request.edition,
            pay_type: request.pay_type,
            description: request.description.clone(),
            resource_group: request.resource_group.clone(),
            tags: request.tags.clone(),
            deletion_lock: false,
            created_at: now,
            hot_standby: request.hot_standby,
            standby_zone: request.standby_zone.clone(),
            standby_ha: None,
            data_sync: DataSyncMode::default(),
            serverless: request.serverless,
            strict_consistency: request.strict_consistency,
            expires_at: request.months.map(|months| after_months(now, months.into())),
            settings: request.other.clone(),
            nodes: nodes.iter().zip(roles).map(node).collect(),
            status: ClusterStatus::Creating,
        }
    }
}
