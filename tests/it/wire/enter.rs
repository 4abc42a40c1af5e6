//! Describe answers, pasted, back to what they describe.

use std::collections::BTreeMap;

use failover_model::ebs::{Bandwidth, Charge, DrillStatus, GroupStatus, PairStatus, PeriodUnit, ReplicaPair};
use failover_model::polardb::{ClusterStatus, DbCluster, Edition, Engine, NodeKind, PayType, Priority, Role};
use failover_model::wire::{Defaults, Entered, LeftOutReason, Paste, SeedProblem};
use failover_model::{ControlPlane, Policy, Timestamp};
use serde_json::{Value, json};

use super::bodies::{NOW, account, answer, as_json, enter, entered, mint};
use super::*;

fn sample(operation: Operation) -> Value {
    let samples: Value = serde_json::from_str(include_str!("../../fixtures/vendor-samples.json")).unwrap();
    let name = serde_json::to_value(operation).unwrap();
    samples[name.as_str().unwrap()]["json"].clone()
}

/// The pair of this object, entered alone, and what was ignored of it.
fn pair_and_ignored(object: Value) -> (ReplicaPair, Vec<String>) {
    let (plane, entered) = entered(&json!({ "ReplicaPairs": [object] }));
    assert_eq!(entered.left_out, [], "{object}");
    let pair = plane.pair(&entered.pairs[0]).unwrap().clone();
    (pair, entered.ignored)
}

fn pair(object: Value) -> ReplicaPair {
    pair_and_ignored(object).0
}

fn cluster_and_ignored(object: Value) -> (DbCluster, Vec<String>) {
    let (plane, entered) = entered(&json!({ "Clusters": [object] }));
    assert_eq!(entered.left_out, [], "{object}");
    let cluster = plane.cluster(&entered.clusters[0]).unwrap().clone();
    (cluster, entered.ignored)
}

fn cluster(object: Value) -> DbCluster {
    cluster_and_ignored(object).0
}

/// Where something was left out, and why.
fn left_out(entered: &Entered) -> Vec<(&str, String)> {
    entered.left_out.iter().map(|out| (out.at.as_str(), out.reason.to_string())).collect()
}

/// A pair between two disks of its own, in this group.
fn member(number: u32, status: &str, group: Option<&str>) -> Value {
    json!({
        "ReplicaPairId": format!("pair-{number}"), "Status": status, "ReplicaGroupId": group,
        "SourceRegion": "cn-shanghai", "SourceZoneId": "cn-shanghai-e", "SourceDiskId": format!("d-{number}a"),
        "DestinationRegion": "cn-beijing", "DestinationZoneId": "cn-beijing-f", "DestinationDiskId": format!("d-{number}b"),
    })
}

fn group(id: &str, status: &str, members: &[&str]) -> Value {
    json!({
        "ReplicaGroupId": id, "Status": status, "PairIds": members,
        "SourceRegionId": "cn-shanghai", "SourceZoneId": "cn-shanghai-e",
        "DestinationRegionId": "cn-beijing", "DestinationZoneId": "cn-beijing-f",
    })
}

/// W-042.
#[test]
fn every_form_of_an_answer_is_entered() {
    let cluster = json!({ "DBClusterId": "pc-1", "DBNodes": [{ "DBNodeId": "pi-1" }] });
    let listed = json!({ "DBClusterId": "pc-1", "DBNodes": { "DBNode": [{ "DBNodeId": "pi-1", "DBNodeRole": "Writer" }] } });
    let drill =
        json!({ "DrillId": "drill-1", "Status": "executing", "DrillDiskId": "d-x", "RecoverPoint": 1 });
    let pairs = json!([member(1, "created", None)]);
    let page = |more: Value| {
        let mut page = json!({ "RequestId": "x", "ReplicaPairs": pairs });
        page.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        page
    };
    let cases = [
        (json!({ "RequestId": "x", "ReplicaPairs": [] }), [0, 0, 0, 0]),
        (page(json!({ "NextToken": "AAAA", "TotalCount": 60 })), [1, 0, 0, 0]),
        (page(json!({ "NextToken": "", "PageNumber": 1, "PageSize": 10, "TotalCount": 60 })), [1, 0, 0, 0]),
        (member(1, "created", None), [1, 0, 0, 0]),
        (
            json!([page(json!({})), { "ReplicaPairs": [member(2, "created", None)] }, member(3, "created", None)]),
            [3, 0, 0, 0],
        ),
        (group("pg-1", "created", &[]), [0, 1, 0, 0]),
        (json!({ "ReplicaGroups": [group("pg-1", "created", &[])], "RequestId": "x" }), [0, 1, 0, 0]),
        (json!([page(json!({})), { "PairId": "pair-1", "Drills": [drill], "RequestId": "x" }]), [1, 0, 1, 0]),
        (cluster.clone(), [0, 0, 0, 1]),
        (json!({ "Clusters": [cluster] }), [0, 0, 0, 1]),
        (listed.clone(), [0, 0, 0, 1]),
        (
            json!({ "Items": { "DBCluster": [listed] }, "TotalRecordCount": 1, "PageNumber": 1, "PageRecordCount": 1 }),
            [0, 0, 0, 1],
        ),
        (json!([cluster, listed]), [0, 0, 0, 1]),
        (json!({ "Items": [], "RequestId": "x" }), [0, 0, 0, 0]),
        (
            json!([page(json!({})), { "TagResources": [{ "TagKey": "k", "TagValue": "v", "ResourceId": "pair-1", "ResourceType": "diskreplicapair" }] }]),
            [1, 0, 0, 0],
        ),
        (
            json!([page(json!({})), { "Progress": 0, "ReplicaPairId": "pair-1", "RequestId": "x" }]),
            [1, 0, 0, 0],
        ),
    ];
    for (pasted, counts) in cases {
        let (_, entered) = entered(&pasted);
        assert_eq!(left_out(&entered), [], "{pasted}");
        assert_eq!(entered.ignored, Vec::<String>::new(), "{pasted}");
        let found = [entered.pairs.len(), entered.groups.len(), entered.drills.len(), entered.clusters.len()];
        assert_eq!(found, counts, "{pasted}");
    }
}

/// W-042.
#[test]
fn what_has_no_form_of_an_answer_is_an_error_that_names_its_place() {
    let mut mint = mint();
    let mut defaults = Defaults { now: NOW, region: "cn-x".parse().unwrap(), mint: &mut mint };
    for (pasted, at) in [
        (json!(null), ""),
        (json!(5), ""),
        (json!([]), ""),
        (json!({}), ""),
        (json!({ "RequestId": "x" }), ""),
        (json!({ "Code": "Throttling", "Message": "m", "RequestId": "x", "HostId": "h" }), ""),
        (json!({ "Pairs": [] }), ""),
        (json!([{ "ReplicaPairs": [] }, 5]), "[1]"),
        (json!({ "ReplicaPairs": 5 }), "ReplicaPairs"),
        (json!([{ "Items": { "A": [], "B": [] } }]), "[0].Items"),
    ] {
        let error = Paste::read(&pasted, &mut defaults).unwrap_err();
        assert_eq!(error.at, at, "{pasted}");
        assert!(error.to_string().contains("W-042"), "{error}");
    }
}

/// W-042.
#[test]
fn what_the_model_does_not_show_again_is_named() {
    let mut object = member(1, "normal", None);
    for (name, value) in [
        ("StatusMessage", json!("DeviceRemoved")),
        ("ExpiredTime", json!(1_649_750_977)),
        ("PairName", json!("1")),
        ("Bandwidth", json!(1)),
        ("ChargeType", json!("PREPAY")),
        ("EnableRtc", json!(1)),
        ("CreateTime", json!("yesterday")),
        ("Tags", json!([{ "TagKey": "acs:a", "TagValue": "v" }, { "TagKey": "k", "TagValue": "v" }])),
        ("Foo", json!({ "Bar": [1] })),
        ("RPO", json!("900")),
        ("Site", json!("backup")),
        ("ReplicaGroupName", json!("")),
        ("Empty", json!({ "List": [] })),
    ] {
        object[name] = value;
    }
    let (plane, told) = entered(&json!({ "ReplicaPairs": [object], "Frob": 1 }));
    let at = |field: &str| format!("ReplicaPairs[0].{field}");
    let mut expected: Vec<String> =
        ["StatusMessage", "PairName", "Bandwidth", "EnableRtc", "CreateTime", "Foo"].map(at).into();
    expected.extend(["Tags[0].TagKey", "Tags[1]", "Frob"].map(String::from).map(
        |field| match field.as_str() {
            "Frob" => field,
            field => at(field),
        },
    ));
    let mut ignored = told.ignored.clone();
    ignored.sort();
    expected.sort();
    assert_eq!(ignored, expected);
    assert_eq!(plane.pair(&told.pairs[0]).unwrap().tags().len(), 1);
    // Of a node, by its place.
    let nodes =
        json!([{ "DBNodeRole": "Writer" }, { "MaxIOPS": 32_000, "FailoverPriority": 272, "SubCluster": "" }]);
    let (_, ignored) =
        cluster_and_ignored(json!({ "DBNodes": nodes, "LockMode": "Unlock", "StorageMax": 1 }));
    let expected = ["DBNodes[1].MaxIOPS", "DBNodes[1].FailoverPriority", "StorageMax"]
        .map(|at| format!("Clusters[0].{at}"));
    let sorted = |mut places: Vec<String>| {
        places.sort();
        places
    };
    assert_eq!(sorted(ignored), sorted(expected.into()));
}

/// W-042. The vendor's samples, each with what it refers to and an owner where the answer has none.
#[test]
fn the_vendors_own_samples_are_entered() {
    use Operation as Op;
    let with = |mut body: Value, name: &str, value: Value| {
        body[name] = value;
        body
    };
    let referred_group = json!({ "ReplicaGroupId": "pg-xxxx****", "GroupName": "pg-name****", "Status": "created",
        "SourceRegionId": "cn-beijing", "SourceZoneId": "cn-beijing-a", "DestinationRegionId": "cn-shanghai", "DestinationZoneId": "cn-shanghai-b" });
    let place = json!({ "SourceRegion": "cn-beijing", "SourceZoneId": "cn-beijing-h", "DestinationRegion": "cn-shanghai", "DestinationZoneId": "cn-shanghai-e" });
    let pair = |id: &str| with(place.clone(), "ReplicaPairId", json!(id));
    let cases: [(Value, &[&str]); 8] = [
        (
            json!([sample(Op::DescribeDiskReplicaPairs), referred_group]),
            &[
                // The sample masks the name with stars, which a name cannot have.
                "[0].ReplicaPairs[0].ReplicaGroupName",
                "[0].ReplicaPairs[0].StatusMessage",
                "[1].GroupName",
            ],
        ),
        (
            json!([sample(Op::DescribeDiskReplicaGroups), pair("pair-cn-dsa****"), pair("pair-cn-asd****")]),
            // Two of its zones contradict each other, and its recover point is its members'.
            &[
                "[0].ReplicaGroups[0].LastRecoverPoint",
                "[0].ReplicaGroups[0].RPO",
                "[0].ReplicaGroups[0].SourceZoneId",
            ],
        ),
        (
            json!([pair("pair-1"), with(sample(Op::DescribePairDrills), "PairId", json!("pair-1"))]),
            &["[1].Drills[0].DrillDiskStatus", "[1].Drills[0].StatusMessage"],
        ),
        (
            json!([
                pair("pair-xxx"),
                with(group("pg-xxx", "created", &[]), "Tags", json!([])),
                sample(Op::DescribeReplicaGroupDrills)
            ]),
            &["[2].Drills[0].StatusMessage"],
        ),
        (
            json!([pair("pair-cn-c4d2t7f****"), sample(Op::ListTagResources)]),
            &["[1].TagResources[0].ResourceType"],
        ),
        (
            json!([
                pair("pair-1"),
                with(sample(Op::DescribeDiskReplicaPairProgress), "ReplicaPairId", json!("pair-1"))
            ]),
            &["[1].Progress", "[1].RecoverPoint"],
        ),
        (sample(Op::DescribeDbClusters), &[]),
        (sample(Op::DescribeDbClusterAttribute), &[]),
    ];
    for (pasted, ignored) in cases {
        let (_, entered) = entered(&pasted);
        assert_eq!(left_out(&entered), [], "{pasted}");
        let mut found = entered.ignored.clone();
        found.sort();
        if !ignored.is_empty() {
            assert_eq!(found, ignored, "{pasted}");
            continue;
        }
        // Of clusters the model leaves out much; what it has is kept. The samples show no writer, so the first is one.
        let kept = [
            "DBClusterId",
            "DBClusterStatus",
            "DBNodeId",
            "FailoverPriority",
            "DBNodeClass",
            "DBVersion",
            "PayType",
        ];
        let of = |at: &String| at.rsplit('.').next().unwrap().to_owned();
        assert!(found.iter().all(|at| !kept.contains(&of(at).as_str())), "{found:?}");
        assert!(found.iter().any(|at| of(at) == "DBNodeRole"), "{found:?}");
    }
    // An endpoint that the model does not have is ignored as a whole.
    let endpoints = sample(Op::DescribeDbClusterEndpoints);
    let node = "pi-***************";
    let cluster = json!({ "DBClusterId": "pc-bp1s826a1up******", "DBNodes": [{ "DBNodeId": node }] });
    let (_, entered) = entered(&json!([cluster, endpoints]));
    assert_eq!(entered.ignored, ["[1].Items[0]"]);
    assert_eq!(left_out(&entered), []);
}

/// W-042. The list of the zonal operations does not name nodes, so it enters none of its clusters.
#[test]
fn a_list_without_nodes_is_compared_with_what_is_known() {
    let sample = sample(Operation::DescribeDbClustersZonal);
    let id = sample["Items"][0]["DBClusterId"].clone();
    let (_, told) = entered(&sample);
    let why = format!("DBClusterId: {} is neither entered nor known (W-043)", id.as_str().unwrap());
    assert_eq!(left_out(&told), [("Items[0]", why)]);
    let mut cluster = sample["Items"][0].clone();
    let known = [
        "DBClusterId",
        "DBType",
        "DBVersion",
        "Category",
        "DBClusterStatus",
        "DBClusterDescription",
        "PayType",
        "Tags",
    ];
    cluster.as_object_mut().unwrap().retain(|name, _| known.contains(&name.as_str()));
    cluster["CreationTime"] = sample["Items"][0]["CreateTime"].clone();
    let node =
        json!({ "DBNodeId": "pi-1", "ZoneId": "cn-hangzhou-i", "DBNodeClass": "polar.mysql.g1.tiny.c" });
    cluster["DBNodes"] = json!([node, { "DBNodeId": "pi-2" }]);
    let (mut plane, told) = entered(&json!([sample, cluster]));
    assert_eq!((left_out(&told), told.clusters.len()), (vec![], 1));
    let mut ignored: Vec<&str> =
        told.ignored.iter().filter_map(|at| at.strip_prefix("[0].Items[0].")).collect();
    ignored.sort_unstable();
    let unheld = [
        "AiType",
        "CentralControlRegionId",
        "CloudProvider",
        "CpuCores",
        "ENSRegionId",
        "ExpireTime",
        "ServerlessType",
        "StorageSpace",
        "StorageType",
        "StorageUsed",
        "StrictConsistency",
        "SubCategory",
        "VpcId",
        "VswitchId",
    ];
    assert_eq!(ignored, unheld);
    // A single object of the list, and one of another account.
    let operation = Operation::DescribeDbClustersZonal;
    let told = as_json(operation, &answer(&mut plane, operation, &[("RegionId", "cn-hangzhou")]));
    let again = enter(&mut plane, &told["Items"][0]);
    assert_eq!((left_out(&again), again.ignored.as_slice()), (vec![], [].as_slice()));
}

/// W-042.
#[test]
fn regions_are_entered_from_either_product() {
    use Operation::{DescribeEbsRegions, DescribePolarDbRegions};
    let (mut plane, told) = entered(&json!([sample(DescribeEbsRegions), sample(DescribePolarDbRegions)]));
    assert_eq!(left_out(&told), []);
    assert_eq!(told.ignored, ["[0].Regions[0].LocalName", "[0].Regions[0].Zones[0].LocalName"]);
    assert_eq!(told.regions, ["cn-hangzhou".parse().unwrap()]);
    let zones: Vec<_> = plane.regions().values().flatten().map(|zone| zone.as_str()).collect();
    assert_eq!(zones, ["cn-hangzhou-g", "cn-hangzhou-h"]);
    // What is answered comes back, in whatever order; what is no zone is told.
    for operation in [DescribeEbsRegions, DescribePolarDbRegions] {
        let told = as_json(operation, &answer(&mut plane, operation, &[("RegionId", "cn-x")]));
        let (again, entered) = entered(&told);
        assert_eq!((left_out(&entered), entered.ignored.as_slice()), (vec![], [].as_slice()));
        assert_eq!(again.regions(), plane.regions());
    }
    let odd = json!([{ "RegionId": "cn-x", "Zones": [{ "ZoneId": "cn-x-b" }, { "ZoneId": "MAZ(b)" }, { "ZoneId": "cn-x-a" }] }, { "Zones": [] }]);
    let told = enter(&mut plane, &json!({ "Regions": odd }));
    assert_eq!(told.ignored, ["Regions[0].Zones[1]"]);
    assert_eq!(left_out(&told), [("Regions[1]", "RegionId: it is missing".to_owned())]);
    let zones = plane.regions()["cn-x"].iter().map(|zone| zone.as_str());
    assert_eq!(zones.collect::<Vec<_>>(), ["cn-x-a", "cn-x-b"]);
}

/// W-043.
#[test]
fn no_reference_is_dropped() {
    let unknown = |field: &str, id: &str| format!("{field}: {id} is neither entered nor known (W-043)");
    let drill = |more: Value| {
        let mut drill =
            json!({ "DrillId": "drill-1", "Status": "executed", "RecoverPoint": 1, "DrillDiskId": "d-x" });
        drill.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        drill
    };
    let endpoint =
        |nodes: &str| json!({ "Items": [{ "DBEndpointId": "pe-1", "DBClusterId": "pc-1", "Nodes": nodes }] });
    let cluster = json!({ "DBClusterId": "pc-1", "DBNodes": [{ "DBNodeId": "pi-1" }] });
    let cases = [
        // The pair of the issue: without its group it would fail over alone.
        (
            json!({ "ReplicaPairs": [{ "ReplicaPairId": "pair-1", "ReplicaGroupId": "pg-1", "PrimaryRegion": "cn-beijing", "StandbyRegion": "cn-shanghai" }] }),
            vec![("ReplicaPairs[0]", unknown("ReplicaGroupId", "pg-1"))],
        ),
        (
            json!({ "ReplicaGroups": [group("pg-1", "normal", &["pair-1"])] }),
            vec![("ReplicaGroups[0]", unknown("PairIds", "pair-1"))],
        ),
        // One member that cannot be entered leaves out its group and the others, and nobody else.
        (
            json!({
                "ReplicaPairs": [member(1, "nap", Some("pg-1")), member(2, "normal", Some("pg-1")), member(3, "normal", None)],
                "ReplicaGroups": [group("pg-1", "normal", &["pair-1", "pair-2"]), group("pg-2", "created", &[])],
            }),
            vec![
                ("ReplicaPairs[0]", "Status: unknown pair status".to_owned()),
                ("ReplicaPairs[1]", unknown("ReplicaGroupId", "pg-1")),
                ("ReplicaGroups[0]", unknown("PairIds", "pair-1")),
            ],
        ),
        // A group that is left out takes along the pairs that it lists, even if they do not name it.
        (
            json!({ "ReplicaPairs": [member(1, "normal", None)], "ReplicaGroups": [group("pg-1", "normal", &["pair-1", "pair-2"])] }),
            vec![
                ("ReplicaPairs[0]", unknown("ReplicaGroupId", "pg-1")),
                ("ReplicaGroups[0]", unknown("PairIds", "pair-2")),
            ],
        ),
        (drill(json!({ "PairId": "pair-1" })), vec![("", unknown("PairId", "pair-1"))]),
        (drill(json!({ "GroupId": "pg-1" })), vec![("", unknown("GroupId", "pg-1"))]),
        (
            json!([
                group("pg-1", "created", &[]),
                drill(
                    json!({ "GroupId": "pg-1", "PairsInfo": [{ "PairId": "pair-1", "DrillDiskId": "d-y" }] })
                )
            ]),
            vec![("[1]", unknown("PairsInfo", "pair-1"))],
        ),
        (
            json!({ "TagResources": [{ "TagKey": "k", "TagValue": "v", "ResourceId": "pair-1" }] }),
            vec![("TagResources[0]", unknown("ResourceId", "pair-1"))],
        ),
        (json!({ "Progress": 0, "ReplicaPairId": "pair-1" }), vec![("", unknown("ReplicaPairId", "pair-1"))]),
        (endpoint("pi-1"), vec![("Items[0]", unknown("DBClusterId", "pc-1"))]),
        (
            json!({ "Items": [{ "DBEndpointId": "pe-1" }] }),
            vec![(
                "Items[0]",
                "the answer does not say whose it is; add DBClusterId, as in the request (W-044)".to_owned(),
            )],
        ),
        (json!([cluster, endpoint("pi-1,pi-2")]), vec![("[1].Items[0]", unknown("Nodes", "pi-2"))]),
    ];
    for (pasted, expected) in cases {
        let (_, entered) = entered(&pasted);
        assert_eq!(left_out(&entered), expected, "{pasted}");
    }
    // What is known already may be named.
    let (mut plane, _) = entered(&member(1, "normal", None));
    let later = enter(&mut plane, &group("pg-1", "normal", &["pair-1"]));
    assert_eq!((left_out(&later), later.groups.len()), (vec![], 1));
    assert!(plane.pair(&"pair-1".parse().unwrap()).unwrap().group().is_some());
    let drilled = enter(&mut plane, &drill(json!({ "PairId": "pair-1" })));
    assert_eq!((left_out(&drilled), drilled.drills.len()), (vec![], 1));
}

/// W-043.
#[test]
fn one_odd_resource_does_not_lock_out_the_rest_and_a_group_is_entered_with_its_members_or_not_at_all() {
    let sharing = |number: u32, group: Option<&str>| {
        let mut pair = member(number, "normal", group);
        pair["SourceDiskId"] = json!("d-shared");
        pair
    };
    let (plane, told) = entered(&json!({
        "ReplicaPairs": [member(1, "normal", Some("pg-1")), sharing(2, None), sharing(3, Some("pg-1")), sharing(4, None), member(5, "normal", Some("pg-5"))],
        "ReplicaGroups": [group("pg-1", "normal", &[]), group("pg-5", "normal", &[])],
        "Clusters": [{ "DBClusterId": "pc-1", "DBNodes": [{ "DBNodeId": "pi-1" }] }, { "DBClusterId": "pc-2", "DBNodes": [{ "DBNodeId": "pi-1" }] }],
    }));
    let pairs: Vec<_> = told.pairs.iter().map(ToString::to_string).collect();
    assert_eq!(pairs, ["pair-2", "pair-5"]);
    let places: Vec<_> = told.left_out.iter().map(|out| out.at.as_str()).collect();
    assert_eq!(
        places,
        ["ReplicaPairs[0]", "ReplicaPairs[2]", "ReplicaPairs[3]", "ReplicaGroups[0]", "Clusters[1]"]
    );
    assert!(matches!(told.left_out[1].reason, LeftOutReason::NotAdopted(_)), "{:?}", told.left_out[1]);
    assert!(matches!(told.left_out[0].reason, LeftOutReason::Reference { .. }), "{:?}", told.left_out[0]);
    assert_eq!(plane.groups().count(), 1);
    assert_eq!(told.clusters.len(), 1);
    // A pair that is there already is not entered again.
    let mut plane = plane;
    let again = enter(&mut plane, &json!([member(5, "normal", None), member(6, "created", None)]));
    assert_eq!(left_out(&again), [("[0]", "pair-5: an id is in use or given twice".to_owned())]);
    assert_eq!(again.pairs.len(), 1);
}

/// W-043. Pages overlap and both sites show one pair: the first object counts, and what another says else is named.
#[test]
fn an_object_given_twice_is_entered_once() {
    let mut backup = member(1, "created", None);
    backup["Site"] = json!("backup");
    let (_, told) = entered(
        &json!([member(1, "created", None), { "ReplicaPairs": [backup, member(1, "stopped", None)] }]),
    );
    assert_eq!((told.pairs.len(), left_out(&told)), (1, vec![]));
    assert_eq!(told.ignored, ["[1].ReplicaPairs[1].Status"]);
    // The attribute call knows more of a cluster than the list, whichever comes first.
    let nodes = json!([{ "DBNodeId": "pi-1", "DBNodeRole": "Writer" }, { "DBNodeId": "pi-2", "FailoverPriority": 9 }]);
    let attribute = json!({ "DBClusterId": "pc-1", "DBNodes": nodes });
    let listed = json!({ "DBClusterId": "pc-1", "DBNodes": { "DBNode": [{ "DBNodeId": "pi-1", "DBNodeRole": "Writer" }, { "DBNodeId": "pi-2" }] } });
    for pasted in [json!([attribute, listed]), json!([listed, attribute])] {
        let (plane, told) = entered(&pasted);
        assert_eq!((told.ignored.len(), left_out(&told)), (0, vec![]), "{pasted}");
        assert_eq!(plane.cluster(&told.clusters[0]).unwrap().nodes()[1].priority.get(), 9);
    }
}

/// W-044.
#[test]
fn a_drill_is_entered_with_the_owner_of_the_request_beside_it() {
    let drill = json!({ "DrillId": "drill-1", "Status": "clear_failed", "DrillDiskId": "d-x", "DrillDiskStatus": "OddError", "RecoverPoint": 1_767_225_000, "StartAt": 1_767_225_100, "StatusMessage": "OddError" });
    let (_, told) = entered(&json!({ "Drills": [drill] }));
    let reason = "the answer does not say whose it is; add PairId, as in the request (W-044)";
    assert_eq!(left_out(&told), [("Drills[0]", reason.to_owned())]);
    let (mut plane, told) =
        entered(&json!([member(1, "normal", None), { "PairId": "pair-1", "Drills": [drill] }]));
    assert_eq!((left_out(&told), told.ignored.as_slice()), (vec![], [].as_slice()));
    assert_eq!(plane.drill(&told.drills[0]).unwrap().status(), DrillStatus::ClearFailed);
    let shown = answer(
        &mut plane,
        Operation::DescribePairDrills,
        &[("RegionId", "cn-shanghai"), ("PairId", "pair-1")],
    );
    assert_eq!(as_json(Operation::DescribePairDrills, &shown)["Drills"], json!([drill]));
    // Its disk is in use now.
    let again = enter(
        &mut plane,
        &json!({ "DrillId": "drill-2", "PairId": "pair-1", "Status": "executed", "RecoverPoint": 1, "DrillDiskId": "d-x" }),
    );
    assert!(left_out(&again)[0].1.contains("in use"), "{again:?}");
    // One in a transient status waits for its effect.
    let running = enter(
        &mut plane,
        &json!({ "DrillId": "drill-3", "PairId": "pair-1", "Status": "executing", "RecoverPoint": 1, "DrillDiskId": "d-y" }),
    );
    assert_eq!(running.step.effects.len(), 1);
    for (odd, says) in [
        (json!({ "Drills": [{ "PairId": "pair-1", "Status": "executed" }] }), "DrillId: it is missing"),
        (json!({ "DrillId": "drill-4", "PairId": "pair-1" }), "Status: it is missing"),
        (json!({ "DrillId": "drill-4", "PairId": "pair-1", "Status": "x" }), "unknown drill status"),
        (
            json!({ "DrillId": "drill-4", "PairId": "pair-1", "Status": "executed", "DrillDiskId": "d-z" }),
            "its disks do not fit",
        ),
    ] {
        let told = enter(&mut plane, &odd);
        assert!(left_out(&told)[0].1.contains(says), "{told:?} does not say {says}");
    }
}

/// W-045.
#[test]
fn under_a_group_that_shows_invalid_lies_the_status_of_its_sound_members() {
    let own = |statuses: &[&str]| {
        let pairs: Vec<Value> =
            (1..).zip(statuses).map(|(number, status)| member(number, status, Some("pg-1"))).collect();
        let (plane, told) =
            entered(&json!({ "ReplicaPairs": pairs, "ReplicaGroups": [group("pg-1", "invalid", &[])] }));
        assert_eq!((left_out(&told), told.ignored.as_slice()), (vec![], [].as_slice()), "{statuses:?}");
        plane.group(&told.groups[0]).unwrap().group.own_status()
    };
    assert_eq!(own(&["invalid", "normal"]), GroupStatus::Normal);
    assert_eq!(own(&["initial_syncing", "invalid"]), GroupStatus::Syncing);
    assert_eq!(own(&["invalid", "failovered", "failover_failed"]), GroupStatus::FailoverFailed);
    assert_eq!(own(&["invalid"]), GroupStatus::Invalid);
    assert_eq!(own(&["stopped"]), GroupStatus::Invalid);
}

#[test]
fn tags_listed_apart_are_the_resources() {
    let tag = |resource: &str, key: &str| json!({ "ResourceId": resource, "ResourceType": "diskreplicapair", "TagKey": key, "TagValue": "v" });
    let (plane, told) = entered(&json!([
        member(1, "created", None),
        { "TagResources": [tag("pair-1", "a"), tag("pair-1", "b"), tag("pair-1", "a")], "NextToken": "" },
    ]));
    assert_eq!((left_out(&told), told.ignored.as_slice()), (vec![], [].as_slice()));
    assert_eq!(plane.pair(&told.pairs[0]).unwrap().tags().len(), 2);
    // A tag that the model cannot keep is ignored, wherever it is.
    let (_, told) =
        entered(&json!([member(1, "created", None), { "TagResources": [tag("pair-1", "acs:a")] }]));
    assert_eq!(told.ignored, ["[1].TagResources[0]"]);
    assert_eq!(left_out(&told), []);
}

#[test]
fn the_log_of_switches_is_named_as_ignored() {
    let (_, told) = entered(
        &json!({ "HaLogItems": [{ "SwitchId": "s-1" }], "DBInstanceName": "pc-1", "HaStatus": 0, "TotalRecords": 1 }),
    );
    assert_eq!((told.ignored, told.left_out), (vec!["HaLogItems[0]".to_owned()], vec![]));
}

#[test]
fn a_flag_may_be_spelled_as_a_text_of_any_case() {
    let enabled = |spelled: Value| pair(json!({ "EnableRtc": spelled })).enable_rtc();
    assert!(enabled(json!(true)) && enabled(json!("true")) && enabled(json!("TRUE")));
    assert!(!enabled(json!(false)) && !enabled(json!("False")) && !enabled(json!("")));
    for (spelled, odd) in [(json!("False"), 0), (json!("TRUE"), 0), (json!("yes"), 1), (json!(1), 1)] {
        assert_eq!(pair_and_ignored(json!({ "EnableRtc": spelled })).1.len(), odd, "{spelled}");
    }
}

#[test]
fn a_node_follows_its_cluster_into_being_or_is_busy_with_something_of_its_own() {
    let busy = |node: &str, status: &str| {
        let nodes = json!([{ "DBNodeRole": "Writer", "DBNodeStatus": node }]);
        let cluster = cluster(json!({ "DBClusterStatus": status, "DBNodes": nodes }));
        cluster.nodes()[0].busy.as_ref().map(ToString::to_string)
    };
    assert_eq!(busy("Creating", "Creating"), None);
    assert_eq!(busy("Deleting", "Deleting"), None);
    assert_eq!(busy("ClassChanging", "Creating").as_deref(), Some("ClassChanging"));
    assert_eq!(busy("Deleting", "Creating").as_deref(), Some("Deleting"));
    assert_eq!(busy("Creating", "Running").as_deref(), Some("Creating"));
}

#[test]
fn defaults_tell_everything_but_how_ids_are_made() {
    let mut mint = mint();
    let told = format!("{:?}", Defaults { now: NOW, region: "cn-chengdu".parse().unwrap(), mint: &mut mint });
    assert!(told.contains("cn-chengdu") && told.contains(&format!("{NOW:?}")), "{told}");
}

#[test]
fn an_empty_pair_takes_defaults() {
    let empty = pair(json!({}));
    assert_eq!((empty.id().as_str(), empty.status()), ("pair-1", PairStatus::Created));
    assert_eq!((empty.created_at(), empty.last_recover_point()), (NOW, None));
    let end =
        |end: &failover_model::ebs::End| [end.region.to_string(), end.zone.to_string(), end.disk.to_string()];
    assert_eq!(end(empty.source()), ["cn-hangzhou", "cn-hangzhou-a", "d-2"]);
    assert_eq!(end(empty.destination()), ["cn-hangzhou", "cn-hangzhou-b", "d-3"]);
    assert_eq!(*empty.charge(), Charge::PostPay);
    // Null and empty are like absent.
    let nothing = json!({
        "ReplicaPairId": "", "Status": null, "SourceDiskId": "", "Tags": null, "CreateTime": null, "Bandwidth": "",
        "EnableRtc": "", "ChargeType": "",
    });
    assert_eq!(pair_and_ignored(nothing), (empty, vec![]));
}

#[test]
fn a_missing_zone_is_another_than_the_one_given_and_a_zone_names_its_region() {
    let zones = |object| {
        let pair = pair(object);
        [
            &pair.primary().region.to_string(),
            pair.primary().zone.as_str(),
            &pair.standby().region.to_string(),
            pair.standby().zone.as_str(),
        ]
        .map(String::from)
    };
    let (a, b, c) = ("cn-hangzhou-a", "cn-hangzhou-b", "cn-hangzhou");
    assert_eq!(zones(json!({"DestinationZoneId": a})), [c, b, c, a]);
    assert_eq!(zones(json!({"DestinationZoneId": b})), [c, a, c, b]);
    assert_eq!(zones(json!({"SourceZoneId": a})), [c, a, c, b]);
    assert_eq!(zones(json!({"SourceZoneId": b})), [c, b, c, a]);
    assert_eq!(zones(json!({"StandbyZone": a})), [c, b, c, a]);
    let apart = json!({"SourceZoneId": "us-east-1a", "DestinationZoneId": "cn-beijing-f"});
    assert_eq!(zones(apart), ["us-east-1", "us-east-1a", "cn-beijing", "cn-beijing-f"]);
    let apart = json!({"SourceRegion": "cn-beijing"});
    assert_eq!(zones(apart), ["cn-beijing", "cn-beijing-a", c, a]);
}

/// W-040.
#[test]
fn the_direction_follows_from_where_the_pair_was_created() {
    let place = |source: &str, destination: &str| {
        json!({
            "SourceRegion": source, "DestinationRegion": destination, "SourceDiskId": "d-s", "DestinationDiskId": "d-d",
            "PrimaryRegion": "cn-beijing", "StandbyRegion": "cn-shanghai",
        })
    };
    let disks = |pair: &ReplicaPair| [&pair.primary().disk, &pair.standby().disk].map(ToString::to_string);
    let reversed = |pair: &ReplicaPair| pair.source() != pair.primary();
    let forward = pair(place("cn-beijing", "cn-shanghai"));
    assert!(!reversed(&forward));
    assert_eq!(
        (forward.primary().region.as_str(), disks(&forward)),
        ("cn-beijing", ["d-s".into(), "d-d".into()])
    );
    let backward = pair(place("cn-shanghai", "cn-beijing"));
    assert!(reversed(&backward));
    assert_eq!(
        (backward.primary().region.as_str(), disks(&backward)),
        ("cn-beijing", ["d-d".into(), "d-s".into()])
    );
    assert_eq!(backward.standby().region.as_str(), "cn-shanghai");
    let (_, neither) = entered(&json!({ "ReplicaPairs": [place("cn-beijing", "cn-beijing")] }));
    assert!(matches!(
        &neither.left_out[0].reason,
        LeftOutReason::Misread { problem: SeedProblem::Direction, .. }
    ));
    // In one region the zones tell.
    let within = pair(json!({
        "SourceZoneId": "cn-hangzhou-h", "DestinationZoneId": "cn-hangzhou-i",
        "PrimaryRegion": "cn-hangzhou", "PrimaryZone": "cn-hangzhou-i", "StandbyRegion": "cn-hangzhou", "StandbyZone": "cn-hangzhou-h",
    }));
    assert!(reversed(&within));
    assert_eq!(within.primary().zone.as_str(), "cn-hangzhou-i");
    // Half of it is enough, as long as it tells.
    assert!(reversed(&pair(json!({"SourceRegion": "cn-shanghai", "PrimaryRegion": "cn-beijing"}))));
    assert!(!reversed(&pair(json!({"SourceRegion": "cn-shanghai", "StandbyRegion": "cn-beijing"}))));
    // Zones that contradict each other in the right regions do not, and the odd one is named.
    let mut odd = place("cn-shanghai", "cn-beijing");
    odd["PrimaryZone"] = json!("cn-beijing-a");
    odd["DestinationZoneId"] = json!("cn-beijing-b");
    let (odd, ignored) = pair_and_ignored(odd);
    assert!(reversed(&odd));
    assert_eq!(ignored, ["ReplicaPairs[0].DestinationZoneId"]);
}

/// E-697.
#[test]
fn when_a_pair_expires_is_kept_and_shown_again() {
    let shown = |object: Value| pair(object).expires_at().map(|at| at.as_secs());
    // 2022-04-12 and 2022-05-12.
    assert_eq!(shown(json!({"ChargeType": "PREPAY", "CreateTime": 1_649_750_977})), Some(1_652_342_977));
    let renewed = json!({"ChargeType": "PREPAY", "CreateTime": 1_649_750_977, "ExpiredTime": 1_700_000_000});
    assert_eq!(shown(renewed), Some(1_700_000_000));
    assert_eq!(shown(json!({"ChargeType": "POSTPAY", "ExpiredTime": 1_700_000_000})), None);
}

#[test]
fn every_status_and_its_message_can_be_pasted_and_comes_out_again() {
    for &status in PairStatus::ALL {
        let object = json!({"Status": status.as_str(), "StatusMessage": "DeviceRemoved"});
        let shown = matches!(status, PairStatus::Invalid | PairStatus::CreateFailed);
        let (found, ignored) = pair_and_ignored(object.clone());
        assert_eq!((found.status(), found.status_message().is_some()), (status, shown), "{status}");
        assert_eq!(ignored.is_empty(), shown, "{status}");
        let (mut plane, _) = entered(&json!({ "ReplicaPairs": [object] }));
        let operation = Operation::DescribeDiskReplicaPairs;
        let response = as_json(operation, &answer(&mut plane, operation, &[("RegionId", "cn-hangzhou")]));
        if status != PairStatus::Deleted {
            assert_eq!(response["ReplicaPairs"][0]["Status"], status.as_str());
        }
        let (again, told) = entered(&response);
        assert_eq!((left_out(&told), told.ignored.as_slice()), (vec![], [].as_slice()), "{status}");
        assert!(told.pairs.iter().all(|pair| again.pair(pair).unwrap().status() == status));
    }
}

#[test]
fn what_is_missing_of_the_charge_follows_from_the_bandwidth() {
    let charge = |object| pair(object).charge().clone();
    let prepaid = |bandwidth| Charge::PrePay { bandwidth, period: 1, unit: PeriodUnit::Month };
    assert_eq!(charge(json!({"Bandwidth": 0})), Charge::PostPay);
    assert_eq!(charge(json!({"Bandwidth": 102400})), prepaid(Bandwidth::Kbps102400));
    assert_eq!(charge(json!({"ChargeType": "PREPAY"})), prepaid(Bandwidth::Kbps10240));
    assert_eq!(charge(json!({"ChargeType": "POSTPAY", "Bandwidth": 10240})), Charge::PostPay);
    assert_eq!(charge(json!({"ChargeType": "FREE", "Bandwidth": 5000})), prepaid(Bandwidth::Kbps10240));
}

/// Each object is left out with the field that cannot be read, and the one beside it is entered.
fn odd_fields(list: &str, sound: &Value, cases: &[(Value, &str, &str)]) {
    for (object, field, says) in cases {
        let (_, told) = entered(&json!({ list: [sound, object] }));
        assert_eq!(told.pairs.len() + told.clusters.len(), 1, "{object}");
        let [out] = told.left_out.as_slice() else { panic!("{object}: {:?}", told.left_out) };
        assert_eq!(out.at, format!("{list}[1]"), "{object}");
        let LeftOutReason::Misread { field: found, .. } = &out.reason else { panic!("{out:?}") };
        assert_eq!(found, field, "{object}");
        assert!(out.reason.to_string().contains(says), "{out:?} does not say {says}");
    }
}

#[test]
fn a_pair_whose_decisive_fields_cannot_be_read_is_left_out() {
    odd_fields(
        "ReplicaPairs",
        &json!({}),
        &[
            (json!([]), "", "it should be an object"),
            (json!({"Status": "Created"}), "Status", "unknown pair status"),
            (json!({"Status": 1}), "Status", "it should be a string"),
            (json!({"ReplicaPairId": "a b"}), "ReplicaPairId", "byte 1"),
            (json!({"SourceDiskId": "ä"}), "SourceDiskId", "byte 0"),
            (json!({"PrimaryZone": "?"}), "PrimaryZone", "byte 0"),
            (json!({"ReplicaGroupId": "?"}), "ReplicaGroupId", "byte 0"),
            (json!({"SourceDiskId": "d-x", "DestinationDiskId": "d-x"}), "", "one disk"),
            (json!({"SourceZoneId": "cn-chengdu-a", "DestinationZoneId": "cn-chengdu-a"}), "", "one zone"),
            (json!({"Status": "deleted", "SourceZoneId": "z-a", "DestinationZoneId": "z-a"}), "", "one zone"),
        ],
    );
    let mut broken = |_| String::from("a b");
    let mut defaults = Defaults { now: NOW, region: "cn-x".parse().unwrap(), mint: &mut broken };
    let paste = Paste::read(&json!({ "ReplicaPairs": [{}] }), &mut defaults).unwrap();
    let told = paste.enter(&mut ControlPlane::new(Policy::default()), NOW, &account());
    assert!(left_out(&told)[0].1.starts_with("ReplicaPairId: "), "{told:?}");
}

#[test]
fn a_cluster_takes_defaults_but_no_nodes() {
    let found = cluster(json!({"DBNodes": [{}, {}]}));
    assert_eq!((found.id().as_str(), found.region().as_str()), ("pc-1", "cn-hangzhou"));
    assert_eq!((found.engine(), found.version(), found.edition()), (Engine::MySql, "8.0", Edition::Normal));
    assert_eq!(
        (found.pay_type(), found.deletion_lock(), found.status()),
        (PayType::Postpaid, false, ClusterStatus::Running)
    );
    assert_eq!(found.created_at(), NOW);
    let nodes: Vec<_> =
        found.nodes().iter().map(|node| (node.id.as_str(), node.role, node.priority)).collect();
    assert_eq!(nodes, [("pi-2", Role::Writer, Priority::MIN), ("pi-3", Role::Reader, Priority::MIN)]);
    let node = &found.nodes()[1];
    assert_eq!((node.zone.as_str(), node.class.as_str()), ("cn-hangzhou-a", "polar.mysql.x4.large"));
    assert_eq!((node.created_at, node.kind, node.busy.as_ref()), (NOW, NodeKind::Ordinary, None));
    for none in [
        json!({ "DBClusterId": "pc-1" }),
        json!({"DBClusterId": "pc-1", "DBNodes": []}),
        json!({"DBClusterId": "pc-1", "DBNodes": null}),
    ] {
        let (_, told) = entered(&none);
        assert!(left_out(&told)[0].1.starts_with("DBNodes: a cluster has one Writer, not 0"), "{told:?}");
    }
    let postgres = cluster(json!({"DBType": "PostgreSQL", "DBNodes": [{}]}));
    assert_eq!(postgres.nodes()[0].class.as_str(), "polar.pg.x4.large");
    // An answer may show a version that cannot be created any more, or not yet.
    assert_eq!(cluster(json!({"DBVersion": "9.9", "DBNodes": [{}]})).version(), "9.9");
}

/// W-041.
#[test]
fn the_writer_is_the_one_that_says_so_and_else_the_first_that_can_be_one() {
    let roles = |nodes: Value| -> Vec<Role> {
        cluster(json!({"DBNodes": nodes})).nodes().iter().map(|node| node.role).collect()
    };
    assert_eq!(roles(json!([{}, {"DBNodeRole": "Writer"}])), [Role::Reader, Role::Writer]);
    assert_eq!(roles(json!([{}, {"DBNodeRole": "Reader"}])), [Role::Writer, Role::Reader]);
    assert_eq!(roles(json!([{"DBNodeRole": "AI"}, {}])), [Role::Reader, Role::Writer]);
    let (_, ignored) = cluster_and_ignored(json!({"DBNodes": [{"DBNodeRole": "Reader"}, {}]}));
    assert_eq!(ignored, ["Clusters[0].DBNodes[0].DBNodeRole"]);
    for nodes in [json!([{"DBNodeRole": "Writer"}, {"DBNodeRole": "Writer"}]), json!([{"DBNodeRole": "AI"}])]
    {
        let (_, told) = entered(&json!({ "Clusters": [{ "DBNodes": nodes }] }));
        assert!(left_out(&told)[0].1.contains("one Writer"), "{told:?}");
    }
}

/// P-123.
#[test]
fn a_priority_that_no_request_may_set_is_kept_and_ranks_below_all_others() {
    let nodes = json!([
        {"DBNodeId": "pi-1", "DBNodeRole": "Writer", "FailoverPriority": 0},
        {"DBNodeId": "pi-2", "FailoverPriority": 0}, {"DBNodeId": "pi-3", "FailoverPriority": 1},
    ]);
    let (mut plane, told) = entered(&json!({"DBClusterId": "pc-1", "DBNodes": nodes}));
    assert_eq!((left_out(&told), told.ignored.as_slice()), (vec![], [].as_slice()));
    let operation = Operation::DescribeDbClusterAttribute;
    let shown = as_json(operation, &answer(&mut plane, operation, &[("DBClusterId", "pc-1")]));
    assert_eq!(shown["DBNodes"][0]["FailoverPriority"], 0);
    let lowest = Priority::shown(0).unwrap();
    assert!(lowest < Priority::MIN && lowest == Priority::NONE && Priority::shown(16).is_err());
    assert_eq!(Priority::try_from(0), Ok(lowest));
    let operation = Operation::ModifyDbNodeConfig;
    expect(operation, &with(operation, "ConfigValue", "0"), 400, "InvalidConfigValue.Malformed");
}

#[test]
fn kinds_and_statuses_of_nodes_are_read_from_where_they_show() {
    let (found, ignored) = cluster_and_ignored(json!({"DBClusterStatus": "ClassChanging", "DBNodes": [
        {"DBNodeRole": "Writer", "ImciSwitch": "ON", "SubCluster": "Standby", "DBNodeStatus": "Switching"},
        {"ImciSwitch": "ON"},
        {"DBNodeRole": "ColumnReader"},
        {"DBNodeRole": "AI"},
        {"SubCluster": "Standby"},
        {"SubCluster": "Primary", "DBNodeStatus": "Rebooting", "HotReplicaMode": "ON", "FailoverPriority": "15"},
    ]}));
    let kinds: Vec<_> = found.nodes().iter().map(|node| node.kind).collect();
    use NodeKind::{Ai, ColumnStore, Ordinary, Standby};
    assert_eq!(kinds, [Ordinary, ColumnStore, ColumnStore, Ai, Standby, Ordinary]);
    assert_eq!(found.status().as_str(), "ClassChanging");
    assert_eq!(found.nodes()[0].busy, None);
    let last = &found.nodes()[5];
    assert_eq!(last.busy.as_ref().map(|busy| busy.as_str()), Some("Rebooting"));
    assert!(last.hot_replica && last.up && last.replicating);
    assert_eq!(last.priority, Priority::MAX);
    assert!(ignored.contains(&"Clusters[0].DBNodes[0].DBNodeStatus".to_owned()), "{ignored:?}");
}

#[test]
fn a_cluster_whose_decisive_fields_cannot_be_read_is_left_out() {
    let node = |node: Value| json!({"DBNodes": [{"DBNodeRole": "Writer"}, node]});
    odd_fields(
        "Clusters",
        &json!({"DBNodes": [{}]}),
        &[
            (json!("pc-1"), "", "an object"),
            (json!({"DBClusterId": "a b", "DBNodes": [{}]}), "DBClusterId", "byte 1"),
            (json!({"DBType": "Sybase", "DBNodes": [{}]}), "DBType", "no such engine"),
            (json!({"Category": "Gold", "DBNodes": [{}]}), "Category", "no such edition"),
            (json!({"DBClusterStatus": "x".repeat(257), "DBNodes": [{}]}), "DBClusterStatus", "1 to 256"),
            (json!({"DBNodes": 5}), "DBNodes", "a list"),
            (node(json!(1)), "DBNodes[1]", "an object"),
            (node(json!({"DBNodeRole": "Boss"})), "DBNodes[1].DBNodeRole", "Writer"),
            (node(json!({"DBNodeId": "é"})), "DBNodes[1].DBNodeId", "byte 0"),
            (node(json!({"ZoneId": "é"})), "DBNodes[1].ZoneId", "byte 0"),
            (node(json!({"ImciSwitch": "on"})), "DBNodes[1].ImciSwitch", "ON nor OFF"),
            (json!({"DBNodes": {"DBNode": [1]}}), "DBNodes.DBNode[0]", "an object"),
        ],
    );
    let (_, ignored) = cluster_and_ignored(
        json!({"PayType": "Free", "DeletionLock": 2, "CreationTime": "2021-02-29T00:00:00Z", "DBNodes": [{"FailoverPriority": true}]}),
    );
    let fields: BTreeMap<&str, ()> = ignored.iter().map(|at| (at.rsplit('.').next().unwrap(), ())).collect();
    assert_eq!(
        fields.into_keys().collect::<Vec<_>>(),
        ["CreationTime", "DeletionLock", "FailoverPriority", "PayType"]
    );
    let sample = cluster(sample(Operation::DescribeDbClusterAttribute));
    assert_eq!(sample.created_at(), Timestamp::from_millis(1_597_384_722_000));
    assert_eq!(sample.nodes()[0].created_at, Timestamp::from_millis(1_584_999_343_000));
    assert_eq!(sample.pay_type(), PayType::Prepaid);
}
