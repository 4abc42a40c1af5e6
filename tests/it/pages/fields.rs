//! Every field that the vendor's newest SDKs read from an answer of a modelled operation is answered or, in
//! `docs/scope.md`, left out with a reason.
//!
//! `tests/fixtures/answer-fields.json` has the fields of each operation, as paths, from the response models of
//! `alibabacloud_ebs20210730` 5.0.1 and `alibabacloud_polardb20170801` 9.2.1. What is answered is seen in answers: of the
//! describes in a scenario that has something of everything, of the other operations in one answer each.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use failover_model::ebs::{DrillStarted, GroupCreated, PairCreated};
use failover_model::polardb::{ClusterCreated, NetworkCreated, NodesCreated, Ordered};
use failover_model::scenario;
use failover_model::wire::{Body, Format};
use failover_model::{Operation, Response};
use serde_json::Value;

use super::root;
use crate::kit::id;

/// Something of everything that describes tell.
const EVERYTHING: &str = r#"
regions {"cn-shanghai":["cn-shanghai-a"],"cn-beijing":["cn-beijing-b"]}
call CreateDiskReplicaPair RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DiskId=d-1 DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b DestinationDiskId=d-2 PairName=orders Description=orders ResourceGroupId=rg-1 Tag.1.Key=k Tag.1.Value=v ChargeType=PREPAY Period=1 PeriodUnit=Month Bandwidth=10240 EnableRtc=true fresh=pair-1
report 1 succeeded
call CreateDiskReplicaGroup RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DestinationRegionId=cn-beijing DestinationZoneId=cn-beijing-b GroupName=orders Description=orders ResourceGroupId=rg-1 Tag.1.Key=k Tag.1.Value=v fresh=pg-1
report 2 succeeded
call AddDiskReplicaPair RegionId=cn-shanghai ReplicaGroupId=pg-1 ReplicaPairId=pair-1
call StartDiskReplicaGroup RegionId=cn-shanghai ReplicaGroupId=pg-1
report 3 succeeded
call StartPairDrill RegionId=cn-beijing PairId=pair-1 fresh=drill-1:d-3
report 4 failed other QuotaExceed.Disk
call StartReplicaGroupDrill RegionId=cn-beijing GroupId=pg-1 fresh=pg-drill-1:d-4
report 5 failed other QuotaExceed.Disk
observe pair pair-1 invalid DeviceRemoved
call DescribeDiskReplicaPairs RegionId=cn-shanghai PageNumber=1 PageSize=10
call DescribeDiskReplicaPairs RegionId=cn-shanghai MaxResults=1
call DescribeDiskReplicaPairProgress RegionId=cn-shanghai ReplicaPairId=pair-1
call DescribeDiskReplicaGroups RegionId=cn-shanghai PageNumber=1 PageSize=10
call DescribeDiskReplicaGroups RegionId=cn-shanghai MaxResults=1
call DescribePairDrills RegionId=cn-beijing PairId=pair-1
call DescribePairDrills RegionId=cn-beijing PairId=pair-1 PageNumber=1 PageSize=10
call DescribeReplicaGroupDrills RegionId=cn-beijing GroupId=pg-1
call DescribeReplicaGroupDrills RegionId=cn-beijing GroupId=pg-1 PageNumber=1 PageSize=10
call ListTagResources RegionId=cn-shanghai ResourceType=diskreplicapair ResourceId.1=pair-1
call DescribeRegions Version=2021-07-30
call DescribeRegions Version=2017-08-01
call CreateDBCluster RegionId=cn-shanghai DBType=MySQL DBVersion=8.0 DBNodeClass=polar.mysql.x4.large PayType=Prepaid Period=Month UsedTime=1 VPCId=vpc-1 VSwitchId=vsw-1 StoragePayType=Prepaid Architecture=X86 ProvisionedIops=1000 DBNodeNum=2 DBClusterDescription=orders ResourceGroupId=rg-1 Tag.1.Key=k Tag.1.Value=v fresh=pc-1:pi-1,pi-2
report 6 succeeded
call CreateDBNodes DBClusterId=pc-1 DBNodeType=STANDBY DBNode.1.TargetClass=polar.mysql.x4.large fresh=nodes:pi-3
report 7 succeeded
call FailoverDBCluster DBClusterId=pc-1 TargetDBNodeId=pi-2
report 8 succeeded
call CreateGlobalDatabaseNetwork DBClusterId=pc-1 GDNDescription=orders ResourceGroupId=rg-1 fresh=gdn-1
report 9 succeeded
call DescribeDBClusters RegionId=cn-shanghai
call DescribeDBClustersZonal RegionId=cn-shanghai
call CreateDBCluster RegionId=cn-shanghai DBType=MySQL DBVersion=8.0 DBNodeClass=polar.mysql.x4.large PayType=Postpaid fresh=pc-2:pi-4,pi-5
call DescribeDBClustersZonal RegionId=cn-shanghai MaxResults=1
call ModifyDBClusterMaintainTime DBClusterId=pc-1 MaintainTime=16:00Z-17:00Z
call CreateDBCluster RegionId=cn-shanghai DBType=MySQL DBVersion=8.0 DBNodeClass=polar.mysql.x4.large PayType=Postpaid ServerlessType=AgileServerless ScaleMax=8 fresh=pc-3:pi-6,pi-7
call DescribeDBClusters RegionId=cn-shanghai
call DescribeDBClustersZonal RegionId=cn-shanghai
call DescribeDBClusterAttribute DBClusterId=pc-3
call DescribeDbClusterAttributeZonal DBClusterId=pc-3
call DescribeDBClusterAttribute DBClusterId=pc-1
call DescribeDbClusterAttributeZonal DBClusterId=pc-1
call DescribeDBClusterEndpoints DBClusterId=pc-1
call DescribeDBClusterEndpointsZonal DBClusterId=pc-1
call DescribeHALogs DBClusterId=pc-1 LogType=HaSwitchLogList
call DescribeGlobalDatabaseNetwork GDNId=gdn-1
call DescribeGlobalDatabaseNetworks
"#;

type Fields = BTreeMap<Operation, BTreeSet<String>>;

/// The operation of this name in data.
fn named(name: &str) -> Operation {
    serde_json::from_value(name.into()).unwrap_or_else(|_| panic!("{name} is not modelled"))
}

fn fixture() -> Fields {
    let text = include_str!("../../fixtures/answer-fields.json");
    let lists: BTreeMap<String, BTreeSet<String>> = serde_json::from_str(text).unwrap();
    lists.into_iter().map(|(name, fields)| (named(&name), fields)).collect()
}

/// The paths to all values that are neither objects nor lists, without the positions in lists.
fn leaves(prefix: &str, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let dot = if prefix.is_empty() { "" } else { "." };
                leaves(&format!("{prefix}{dot}{name}"), value, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| leaves(prefix, item, found)),
        _ => drop(found.insert(prefix.to_owned())),
    }
}

/// The answer to an operation that is not a describe.
fn plain(operation: Operation) -> Response {
    let order = || id("order-1");
    match operation {
        Operation::CreateDiskReplicaPair => PairCreated { pair: id("pair-1"), order: order() }.into(),
        Operation::CreateDiskReplicaGroup => GroupCreated { group: id("pg-1") }.into(),
        Operation::StartPairDrill | Operation::StartReplicaGroupDrill => {
            DrillStarted { drill: id("drill-1") }.into()
        }
        Operation::CreateDbCluster => {
            ClusterCreated { cluster: id("pc-1"), order: order(), resource_group: Some(id("rg-1")) }.into()
        }
        Operation::CreateDbNodes => {
            NodesCreated { cluster: id("pc-1"), order: order(), nodes: vec![id("pi-1")] }.into()
        }
        Operation::DeleteDbNodes
        | Operation::ModifyDbNodeClass
        | Operation::ModifyDbNodesClass
        | Operation::ModifyDbNodeHotReplicaMode
        | Operation::ModifyDbCluster
        | Operation::ModifyDbClusterArch => Ordered { cluster: id("pc-1"), order: order() }.into(),
        Operation::CreateGlobalDatabaseNetwork => NetworkCreated { network: id("gdn-1") }.into(),
        _ => Response::Accepted,
    }
}

/// The fields that each operation is seen to answer.
fn answered() -> Fields {
    let mut answered = Fields::new();
    for &operation in Operation::ALL.iter().filter(|operation| !is_describe(**operation)) {
        let body = Body::success(operation, &plain(operation), "R", Format::Json);
        leaves("", &serde_json::from_str(&body.text).unwrap(), answered.entry(operation).or_default());
    }
    // Each command in a block of its own, so that each answer stands behind its call.
    let script: String = EVERYTHING.trim().lines().map(|line| format!("{line}\n----\n\n")).collect();
    let mut operation = None;
    for line in scenario::replay(&script).unwrap().lines() {
        assert!(!line.starts_with(['4', '5']), "{line}");
        if let Some(call) = line.strip_prefix("call ") {
            let action = call.split(' ').next().unwrap();
            let version = call.split("Version=").nth(1);
            let means = |operation: &&Operation| {
                let product = operation.product().version();
                operation.as_str() == action && version.is_none_or(|version| version == product)
            };
            operation = Operation::ALL.iter().find(means).copied();
        } else if line.starts_with('{') {
            let fields = answered.entry(operation.unwrap()).or_default();
            leaves("", &serde_json::from_str(line).unwrap(), fields);
        }
    }
    answered
}

fn is_describe(operation: Operation) -> bool {
    ["Describe", "List"].iter().any(|begin| operation.as_str().starts_with(begin))
}

/// The rows of the table of fields that are left out: fields, operations (`all` for any), and why.
fn left_out() -> Vec<(Vec<String>, Vec<String>, String)> {
    let scope = fs::read_to_string(root().join("docs/scope.md")).unwrap();
    let section = scope.split("## Fields left out of answers").nth(1).expect("the section is there");
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let words =
        |cell: &str| -> Vec<String> { cell.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect() };
    let rows = rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        let [fields, operations, why] = cells.as_slice() else { panic!("{row}") };
        (words(fields), words(operations), why.trim().to_owned())
    });
    rows.collect()
}

/// Whether a field of the table means this path: by its last names.
fn means(field: &str, path: &str) -> bool {
    path == field || path.ends_with(&format!(".{field}"))
}

#[test]
fn every_field_of_an_answer_is_answered_or_left_out_for_a_reason() {
    let (fixture, answered, left_out) = (fixture(), answered(), left_out());
    assert_eq!(fixture.len(), Operation::ALL.len());
    assert!(left_out.iter().all(|(.., why)| why.len() > 10) && left_out.len() > 10);
    let mut missing = Vec::new();
    let mut used = BTreeSet::new();
    for (operation, fields) in &fixture {
        for path in fields {
            let mut excused = false;
            for (row, (names, operations, _)) in left_out.iter().enumerate() {
                let of = operations.iter().any(|of| of == operation.as_str());
                for name in names.iter().filter(|name| of && means(name, path)) {
                    excused = true;
                    used.insert((row, name.clone(), operation.as_str()));
                }
            }
            let told = answered.get(operation).is_some_and(|told| told.contains(path));
            if told == excused {
                missing.push(format!("{operation} {path}: {}", if told { "both" } else { "neither" }));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    // Nothing is excused that is not there.
    for (row, (names, operations, _)) in left_out.iter().enumerate() {
        let used = || used.iter().filter(|(at, ..)| *at == row);
        let idle: Vec<&String> =
            names.iter().filter(|name| used().all(|(_, field, _)| field != *name)).collect();
        assert!(idle.is_empty(), "no operation of the row has {idle:?}");
        let idle: Vec<&String> = operations.iter().filter(|of| used().all(|(.., used)| used != of)).collect();
        assert!(idle.is_empty(), "no field of the row is one of {idle:?}");
    }
}

/// And nothing is answered that the SDKs do not read, but for what older samples have.
#[test]
fn every_field_that_is_answered_is_one_that_the_sdks_read() {
    let fixture = fixture();
    let mut unknown = Vec::new();
    for (operation, fields) in answered() {
        unknown.extend(fields.difference(&fixture[&operation]).map(|path| format!("{operation} {path}")));
    }
    assert_eq!(unknown, Vec::<String>::new());
}
