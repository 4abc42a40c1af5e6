//! Parameters to typed requests.
//!
//! Every operation reads `RegionId` first and then its parameters in the order of the vendor's own list, so of several bad
//! ones the first there is named (`W-025`); parameters that only newer SDKs know follow at the end. No source says in which
//! order the vendor looks. Parameters that the operation does not define are ignored (`W-026`), and so are filters on what
//! the model does not hold: `ConnectionString`, `DescribeType` and `Expired` of the list of clusters, `CloudProvider` of its
//! zonal twin, `DescribeType` of the endpoints, `AcceptLanguage` of regions, and `ResourceGroupId` where the call names a
//! network.
//!
//! Of the token only the format is checked here (`T-010`), and only where the operation defines it; the alphabet that the
//! policy admits is checked by the control plane.

use super::ebs::{drill, group, labels, pair};
use super::gateway::{self, WireRefusal};
use super::parameters::Parameters;
use super::polardb::{attribute, clusters, endpoints, ha_log, networks, nodes, standby, zonal};
use super::reader::Reader;
use super::regions;
use super::rules::{W_024, W_025, W_026};
use crate::control_plane::{Refusal, Request};
use crate::ebs::{
    DeleteDiskReplicaGroup, DeleteDiskReplicaPair, FailoverDiskReplicaGroup, FailoverDiskReplicaPair,
    StopDiskReplicaGroup, StopDiskReplicaPair,
};
use crate::ids::RegionId;
use crate::operation::Operation;
use crate::polardb::{
    DeleteDbCluster, DeleteGlobalDatabaseNetwork, DescribeDbClusterAttributeZonal,
    DescribeDbClusterEndpointsZonal, DescribeGlobalDatabaseNetwork, DescribePolarDbRegions,
    FailoverDbClusterZonal,
};
use crate::rule::cite;
use crate::token::ClientToken;

/// A call as far as its parameters say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// What is asked.
    pub request: Request,
    /// `RegionId`, where the operation defines it (`W-024`). Where it does not, the endpoint's region scopes the token.
    pub region: Option<RegionId>,
    /// `ClientToken`, where the operation defines it.
    pub token: Option<ClientToken>,
}

cite!(W_024, W_025, W_026);

/// Reads a call. `action` and `version` are what the headers say; the parameters `Action` and `Version` count too.
///
/// # Errors
///
/// [`WireRefusal`], which the same parameters always give again.
pub fn parse(
    action: Option<&str>,
    version: Option<&str>,
    parameters: &Parameters,
) -> Result<Parsed, WireRefusal> {
    let operation = gateway::operation(action, version, parameters)?;
    let mut reader = Reader::new(operation, parameters);
    let region =
        if operation.takes_region() { Some(reader.required("RegionId", RegionId::parse)?) } else { None };
    let request = request(operation, &mut reader)?;
    Ok(Parsed { request, region, token: reader.into_token() })
}

/// Every operation by name, so that a new one does not compile until it is read.
fn request(operation: Operation, reader: &mut Reader<'_>) -> Result<Request, Refusal> {
    Ok(match operation {
        Operation::CreateDiskReplicaPair => pair::create(reader)?.into(),
        Operation::StartDiskReplicaPair => pair::start(reader)?.into(),
        Operation::StopDiskReplicaPair => StopDiskReplicaPair { pair: pair::pair(reader)? }.into(),
        Operation::FailoverDiskReplicaPair => FailoverDiskReplicaPair { pair: pair::pair(reader)? }.into(),
        Operation::ReprotectDiskReplicaPair => pair::reprotect(reader)?.into(),
        Operation::DeleteDiskReplicaPair => DeleteDiskReplicaPair { pair: pair::pair(reader)? }.into(),
        Operation::DescribeDiskReplicaPairs => pair::describe(reader)?.into(),
        Operation::ModifyDiskReplicaPair => pair::modify(reader)?.into(),
        Operation::DescribeDiskReplicaPairProgress => pair::progress(reader)?.into(),
        Operation::TagResources => labels::tag(reader)?.into(),
        Operation::UntagResources => labels::untag(reader)?.into(),
        Operation::ListTagResources => labels::list(reader)?.into(),
        Operation::ChangeResourceGroup => labels::change_group(reader)?.into(),
        Operation::CreateDiskReplicaGroup => group::create(reader)?.into(),
        Operation::ModifyDiskReplicaGroup => group::modify(reader)?.into(),
        Operation::StartDiskReplicaGroup => group::start(reader)?.into(),
        Operation::StopDiskReplicaGroup => StopDiskReplicaGroup { group: group::group(reader)? }.into(),
        Operation::FailoverDiskReplicaGroup => {
            FailoverDiskReplicaGroup { group: group::group(reader)? }.into()
        }
        Operation::ReprotectDiskReplicaGroup => group::reprotect(reader)?.into(),
        Operation::DeleteDiskReplicaGroup => DeleteDiskReplicaGroup { group: group::group(reader)? }.into(),
        Operation::DescribeDiskReplicaGroups => group::describe(reader)?.into(),
        Operation::AddDiskReplicaPair => group::add(reader)?.into(),
        Operation::RemoveDiskReplicaPair => group::remove(reader)?.into(),
        Operation::StartPairDrill => drill::start_pair(reader)?.into(),
        Operation::ClearPairDrill => drill::clear_pair(reader)?.into(),
        Operation::DescribePairDrills => drill::describe_pair(reader)?.into(),
        Operation::StartReplicaGroupDrill => drill::start_group(reader)?.into(),
        Operation::ClearReplicaGroupDrill => drill::clear_group(reader)?.into(),
        Operation::DescribeReplicaGroupDrills => drill::describe_group(reader)?.into(),
        Operation::DescribeEbsRegions => regions::describe(reader)?.into(),
        Operation::CreateDbCluster => clusters::create(reader)?.into(),
        Operation::DeleteDbCluster => {
            let cluster = clusters::cluster(reader)?;
            clusters::retention(reader)?;
            DeleteDbCluster { cluster }.into()
        }
        Operation::ModifyDbNodeConfig => nodes::config(reader)?.into(),
        Operation::FailoverDbCluster => clusters::failover(reader)?.into(),
        Operation::FailoverDbClusterZonal => FailoverDbClusterZonal(clusters::failover(reader)?).into(),
        Operation::CreateDbNodes => nodes::create(reader)?.into(),
        Operation::DeleteDbNodes => nodes::delete(reader)?.into(),
        Operation::ModifyDbNodeClass => nodes::class(reader)?.into(),
        Operation::ModifyDbNodesClass => nodes::classes(reader)?.into(),
        Operation::RestartDbNode => nodes::restart(reader)?.into(),
        Operation::RestartDbNodeZonal => zonal::restart(reader)?.into(),
        Operation::ModifyDbNodeHotReplicaMode => nodes::hot_replica(reader)?.into(),
        Operation::ModifyDbClusterPrimaryZone => nodes::zone(reader)?.into(),
        Operation::ModifyDbClusterDeletion => nodes::lock(reader)?.into(),
        Operation::ModifyDbClusterMaintainTime => nodes::maintain_time(reader)?.into(),
        Operation::ModifyDbCluster => standby::modify(reader)?.into(),
        Operation::ModifyDbClusterArch => standby::arch(reader)?.into(),
        Operation::DescribeDbClusters => clusters::describe(reader)?.into(),
        Operation::DescribeDbClustersZonal => zonal::describe(reader)?.into(),
        Operation::DescribeDbClusterAttribute => attribute::describe(reader)?.into(),
        Operation::DescribeDbClusterAttributeZonal => {
            DescribeDbClusterAttributeZonal(attribute::describe(reader)?).into()
        }
        Operation::DescribeDbClusterEndpoints => endpoints::endpoints(reader)?.into(),
        Operation::DescribeDbClusterEndpointsZonal => {
            DescribeDbClusterEndpointsZonal(endpoints::endpoints(reader)?).into()
        }
        Operation::DescribeHaLogs => ha_log::ha_logs(reader)?.into(),
        Operation::CreateGlobalDatabaseNetwork => networks::create(reader)?.into(),
        Operation::DeleteGlobalDatabaseNetwork => {
            DeleteGlobalDatabaseNetwork { network: networks::network(reader)? }.into()
        }
        Operation::RemoveDbClusterFromGdn => networks::remove(reader)?.into(),
        Operation::SwitchOverGlobalDatabaseNetwork => networks::switch_over(reader)?.into(),
        Operation::DescribeGlobalDatabaseNetwork => {
            DescribeGlobalDatabaseNetwork { network: networks::network(reader)? }.into()
        }
        Operation::DescribeGlobalDatabaseNetworks => networks::describe(reader)?.into(),
        Operation::DescribePolarDbRegions => DescribePolarDbRegions {}.into(),
    })
}
