//! The wire format: parameters to requests, answers and refusals to bodies, describe answers back to what they describe, and the
//! vendor's own samples and error lists, extracted from its metadata, as witnesses.

use failover_model::Request;
use failover_model::wire::{GatewayError, Parameters, Parsed, WireRefusal, parse};
use failover_model::{Operation, Product};

mod bodies;
mod constructors;
mod cursors;
mod ebs_spelling;
mod enter;
mod fuzz_seeds;
mod gateway;
mod networks;
mod nodes;
mod parameters;
mod polardb_spelling;
mod random;
mod read_back;
mod refusals;
mod requests;
mod samples;
mod scenarios;
mod tags;

/// Parameters as a client sends them.
type Given<'a> = Vec<(&'a str, &'a str)>;

/// A call as a modern SDK makes it: action and version in headers.
fn call(operation: Operation, given: &[(&str, &str)]) -> Result<Parsed, WireRefusal> {
    let parameters: Parameters = given.iter().copied().collect();
    parse(Some(operation.as_str()), Some(operation.product().version()), &parameters)
}

#[track_caller]
fn accepted(operation: Operation, given: &[(&str, &str)]) -> Parsed {
    call(operation, given).unwrap_or_else(|refusal| panic!("{operation} {given:?}: {refusal}"))
}

fn request<T>(operation: Operation, given: &[(&str, &str)], pick: fn(Request) -> Option<T>) -> T {
    pick(accepted(operation, given).request).unwrap()
}

/// HTTP status, code and message of a call that is refused.
#[track_caller]
fn refused(operation: Operation, given: &[(&str, &str)]) -> (u16, String, String) {
    let error = call(operation, given).expect_err(&format!("{operation} {given:?} is accepted")).wire();
    (error.status, error.code.to_string(), error.message.to_string())
}

#[track_caller]
fn expect(operation: Operation, given: &[(&str, &str)], status: u16, code: &str) {
    let (found_status, found_code, _) = refused(operation, given);
    assert_eq!((found_status, found_code.as_str()), (status, code), "{operation} {given:?}");
}

/// A request with no more than it needs.
fn least(operation: Operation) -> Given<'static> {
    match operation {
        Operation::CreateDiskReplicaPair => vec![
            ("RegionId", "cn-beijing"),
            ("SourceZoneId", "cn-beijing-f"),
            ("DiskId", "d-iq80sgp4d0xbk24q"),
            ("DestinationRegionId", "cn-shanghai"),
            ("DestinationDiskId", "d-sa1f82p58p1tdw9g"),
            ("DestinationZoneId", "cn-shanghai-e"),
        ],
        Operation::CreateDiskReplicaGroup => vec![
            ("RegionId", "cn-beijing"),
            ("SourceZoneId", "cn-beijing-f"),
            ("DestinationRegionId", "cn-shanghai"),
            ("DestinationZoneId", "cn-shanghai-e"),
        ],
        Operation::AddDiskReplicaPair | Operation::RemoveDiskReplicaPair => vec![
            ("RegionId", "cn-shanghai"),
            ("ReplicaGroupId", "pg-cn-dsa"),
            ("ReplicaPairId", "pair-cn-dsa"),
        ],
        Operation::ModifyDiskReplicaGroup
        | Operation::StartDiskReplicaGroup
        | Operation::StopDiskReplicaGroup
        | Operation::FailoverDiskReplicaGroup
        | Operation::ReprotectDiskReplicaGroup
        | Operation::DeleteDiskReplicaGroup => {
            vec![("RegionId", "cn-shanghai"), ("ReplicaGroupId", "pg-cn-dsa")]
        }
        Operation::StartPairDrill | Operation::DescribePairDrills => {
            vec![("RegionId", "cn-shanghai"), ("PairId", "pair-cn-dsa")]
        }
        Operation::ClearPairDrill => {
            vec![("RegionId", "cn-shanghai"), ("PairId", "pair-cn-dsa"), ("DrillId", "drill-1")]
        }
        Operation::StartReplicaGroupDrill | Operation::DescribeReplicaGroupDrills => {
            vec![("RegionId", "cn-shanghai"), ("GroupId", "pg-cn-dsa")]
        }
        Operation::ClearReplicaGroupDrill => {
            vec![("RegionId", "cn-shanghai"), ("GroupId", "pg-cn-dsa"), ("DrillId", "pg-drill-1")]
        }
        Operation::TagResources => vec![
            ("RegionId", "cn-hangzhou"),
            ("ResourceId.1", "pair-cn-dsa"),
            ("Tag.1.Key", "team"),
            ("ResourceType", "diskreplicapair"),
        ],
        Operation::UntagResources => vec![
            ("RegionId", "cn-hangzhou"),
            ("ResourceId.1", "pair-cn-dsa"),
            ("TagKey.1", "team"),
            ("ResourceType", "diskreplicapair"),
        ],
        Operation::ListTagResources => vec![("RegionId", "cn-hangzhou"), ("ResourceType", "diskreplicapair")],
        Operation::ChangeResourceGroup => vec![
            ("RegionId", "cn-hangzhou"),
            ("ResourceType", "diskreplicapair"),
            ("ResourceId", "pair-cn-dsa"),
            ("NewResourceGroupId", "rg-1"),
        ],
        Operation::DescribeDiskReplicaPairs
        | Operation::DescribeDiskReplicaGroups
        | Operation::DescribeDbClusters
        | Operation::DescribeDbClustersZonal => {
            vec![("RegionId", "cn-hangzhou")]
        }
        Operation::CreateDbCluster => vec![
            ("RegionId", "cn-hangzhou"),
            ("DBType", "MySQL"),
            ("DBVersion", "8.0"),
            ("DBNodeClass", "polar.mysql.x4.medium"),
            ("PayType", "Postpaid"),
        ],
        Operation::ModifyDbNodeConfig => vec![
            ("DBClusterId", "pc-1"),
            ("DBNodeId", "pi-1"),
            ("ConfigName", "FailoverPriority"),
            ("ConfigValue", "7"),
        ],
        Operation::CreateDbNodes => {
            vec![("DBClusterId", "pc-1"), ("DBNode.1.TargetClass", "polar.mysql.x4.large")]
        }
        Operation::DeleteDbNodes => vec![("DBClusterId", "pc-1"), ("DBNodeId.1", "pi-1")],
        Operation::ModifyDbNodeClass => vec![
            ("DBClusterId", "pc-1"),
            ("ModifyType", "Upgrade"),
            ("DBNodeTargetClass", "polar.mysql.x8.large"),
        ],
        Operation::ModifyDbNodesClass => vec![
            ("DBClusterId", "pc-1"),
            ("ModifyType", "Upgrade"),
            ("DBNode.1.DBNodeId", "pi-1"),
            ("DBNode.1.TargetClass", "polar.mysql.x8.large"),
        ],
        Operation::RestartDbNode => vec![("DBNodeId", "pi-1")],
        Operation::RestartDbNodeZonal => vec![("DBNodeId", "pi-1"), ("DBClusterId", "pc-1")],
        Operation::DescribeEbsRegions
        | Operation::DescribePolarDbRegions
        | Operation::DescribeGlobalDatabaseNetworks => vec![],
        Operation::DeleteGlobalDatabaseNetwork
        | Operation::SwitchOverGlobalDatabaseNetwork
        | Operation::DescribeGlobalDatabaseNetwork => vec![("GDNId", "gdn-1")],
        Operation::RemoveDbClusterFromGdn => vec![("GDNId", "gdn-1"), ("DBClusterId", "pc-1")],
        Operation::ModifyDbNodeHotReplicaMode => {
            vec![("DBClusterId", "pc-1"), ("DBNodeId", "pi-1"), ("HotReplicaMode", "ON")]
        }
        Operation::ModifyDbClusterPrimaryZone => {
            vec![("DBClusterId", "pc-1"), ("ZoneId", "cn-hangzhou-h")]
        }
        Operation::ModifyDbClusterMaintainTime => {
            vec![("DBClusterId", "pc-1"), ("MaintainTime", "16:00Z-17:00Z")]
        }
        Operation::ModifyDbClusterArch => vec![("DBClusterId", "pc-1"), ("HotStandbyCluster", "on")],
        Operation::DescribeHaLogs => vec![("DBClusterId", "pc-1"), ("LogType", "HaSwitchLogList")],
        _ if operation.product() == Product::Ebs => {
            vec![("RegionId", "cn-shanghai"), ("ReplicaPairId", "pair-cn-dsa")]
        }
        _ => vec![("DBClusterId", "pc-1")],
    }
}

/// The least request with this parameter set so, instead of or in addition to what it has.
fn with<'a>(operation: Operation, name: &'a str, value: &'a str) -> Given<'a> {
    let mut given = without(operation, name);
    given.push((name, value));
    given
}

/// The least request without this parameter.
fn without(operation: Operation, name: &str) -> Given<'static> {
    let mut given = least(operation);
    given.retain(|(found, _)| *found != name);
    given
}

/// `given` and more.
fn and<'a>(mut given: Given<'a>, more: &[(&'a str, &'a str)]) -> Given<'a> {
    given.extend_from_slice(more);
    given
}
