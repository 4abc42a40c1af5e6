//! What the wrong service answers: its state as the vendor's documents spell it.
//!
//! The reference knows what decides and nothing else. What else a document of a resource holds that was there before the
//! session is taken from the control plane's own document of it: of a cluster what may change is in the first one alone.

use std::collections::BTreeMap;

use failover_model::testing::steps::{ACCOUNTS, REGIONS};
use failover_model::testing::view::{ClusterView, DrillView, GroupView, PairView, View};
use failover_model::wire::{Body, Format, Parameters, parse};
use failover_model::{Call, ControlPlane, Fresh, Operation, Request, Timestamp};
use serde_json::{Map, Value, json};

/// The documents of what was there at first, by id.
pub type Before = BTreeMap<String, Value>;

/// What the control plane shows of everything in it.
pub fn before(plane: &ControlPlane) -> Before {
    let (mut plane, mut before) = (plane.clone(), Before::new());
    let clusters: Vec<String> = plane.clusters().map(|cluster| cluster.id().to_string()).collect();
    for region in REGIONS {
        for (operation, list, id) in [
            (Operation::DescribeDiskReplicaPairs, "ReplicaPairs", "ReplicaPairId"),
            (Operation::DescribeDiskReplicaGroups, "ReplicaGroups", "ReplicaGroupId"),
        ] {
            let body = look(&mut plane, operation, &[("RegionId", region)]);
            for record in body[list].as_array().into_iter().flatten() {
                before.insert(record[id].as_str().expect("an id").to_owned(), record.clone());
            }
        }
    }
    for id in clusters {
        let body = look(&mut plane, Operation::DescribeDbClusterAttribute, &[("DBClusterId", &id)]);
        before.insert(id, body);
    }
    before
}

/// Leaves out what no view has and a session may change, once a cluster was shown with it.
pub fn leave_out(request: &Request, before: &mut Before) {
    let Request::DescribeDbClusterAttribute(asked) = request else { return };
    let Some(Value::Object(known)) = before.get_mut(asked.cluster.as_str()) else { return };
    known.remove("StandbyHAMode");
    for node in known.get_mut("DBNodes").and_then(Value::as_array_mut).into_iter().flatten() {
        node.as_object_mut().expect("a node").remove("ZoneId");
    }
}

fn look(plane: &mut ControlPlane, operation: Operation, given: &[(&str, &str)]) -> Value {
    let parameters: Parameters = given.iter().copied().collect();
    let parsed = parse(Some(operation.as_str()), Some(operation.product().version()), &parameters);
    let parsed = parsed.expect("a look can be read");
    let region = parsed.region.unwrap_or_else(|| REGIONS[0].parse().expect("a region"));
    let account = ACCOUNTS[0].parse().expect("an account");
    let call = Call { now: plane.clock(), account, region, token: None };
    let output = plane.call_any(&call, &parsed.request, &Fresh::None).expect("a look needs no ids");
    let response = output.result.expect("a call has a result").expect("it is there");
    let text = Body::success(operation, &response, "R", Format::Json).text;
    serde_json::from_str(&text).expect("JSON")
}

/// The document of an accepted call, or of a list of these ids.
pub fn document(
    request: &Request,
    created: Option<&str>,
    listed: &[String],
    view: &View,
    before: &Before,
) -> Value {
    let of_ids = |record: &dyn Fn(&str) -> Option<Value>| -> Vec<Value> {
        listed.iter().filter_map(|id| record(id)).collect()
    };
    match request {
        Request::DescribeDiskReplicaPairs(_) => {
            let pairs = of_ids(&|id| view.pairs.iter().find(|pair| pair.id == id).map(|it| pair(it, before)));
            json!({ "RequestId": "R", "ReplicaPairs": pairs })
        }
        Request::DescribeDiskReplicaGroups(_) => {
            let groups =
                of_ids(&|id| view.groups.iter().find(|group| group.id == id).map(|it| group(it, before)));
            json!({ "RequestId": "R", "ReplicaGroups": groups })
        }
        Request::DescribePairDrills(_) | Request::DescribeReplicaGroupDrills(_) => {
            let drills = of_ids(&|id| view.drills.iter().find(|drill| drill.id == id).map(drill));
            json!({ "RequestId": "R", "Drills": drills })
        }
        Request::DescribeDbClusterAttribute(asked) => {
            let found = view.clusters.iter().find(|cluster| cluster.id == asked.cluster.as_str());
            found.map_or(Value::Null, |found| cluster(found, before))
        }
        _ => {
            let mut body = json!({ "RequestId": "R" });
            if let Some(created) = created {
                let name = match request {
                    Request::CreateDiskReplicaPair(_) => "ReplicaPairId",
                    Request::CreateDiskReplicaGroup(_) => "ReplicaGroupId",
                    Request::StartPairDrill(_) | Request::StartReplicaGroupDrill(_) => "DrillId",
                    _ => "DBClusterId",
                };
                body[name] = json!(created);
            }
            body
        }
    }
}

/// `fields` over what the document was at first; what is null is not in it.
fn over(id: &str, fields: Value, before: &Before) -> Value {
    let mut all = before.get(id).and_then(Value::as_object).cloned().unwrap_or_default();
    all.extend(fields.as_object().cloned().unwrap_or_default());
    all.retain(|_, value| !value.is_null());
    Value::Object(all)
}

fn seconds(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| json!(at.as_secs()))
}

fn pair(pair: &PairView, before: &Before) -> Value {
    let fields = json!({
        "ReplicaPairId": pair.id,
        "Status": pair.status,
        "StatusMessage": pair.message,
        "SourceRegion": pair.source.region,
        "SourceDiskId": pair.source.disk,
        "DestinationRegion": pair.destination.region,
        "DestinationDiskId": pair.destination.disk,
        "LastRecoverPoint": seconds(pair.recover_point),
        "ReplicaGroupId": pair.group,
    });
    over(&pair.id, fields, before)
}

fn group(group: &GroupView, before: &Before) -> Value {
    let fields = json!({
        "ReplicaGroupId": group.id,
        "Status": group.status,
        "SourceRegionId": group.source.region,
        "SourceZoneId": group.source.zone,
        "DestinationRegionId": group.destination.region,
        "DestinationZoneId": group.destination.zone,
        "PairIds": group.members,
        "LastRecoverPoint": seconds(group.recover_point),
    });
    over(&group.id, fields, before)
}

fn drill(drill: &DrillView) -> Value {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| drop(fields.insert(name.to_owned(), value));
    put("DrillId", json!(drill.id));
    put("Status", json!(drill.status));
    put("StartAt", json!(drill.started_at.as_secs()));
    put("RecoverPoint", seconds(drill.recover_point));
    put("StatusMessage", json!(drill.message));
    let disk = |disk: &failover_model::testing::view::DrillDiskView| json!({ "PairId": disk.pair, "DrillDiskId": disk.disk, "DrillDiskStatus": disk.status });
    if drill.owner.starts_with("pg-") {
        put("GroupId", json!(drill.owner));
        put("PairsInfo", drill.disks.iter().map(disk).collect());
    } else if let Some(only) = drill.disks.first() {
        put("DrillDiskId", json!(only.disk));
        put("DrillDiskStatus", json!(only.status));
    }
    fields.retain(|_, value| !value.is_null());
    Value::Object(fields)
}

fn cluster(cluster: &ClusterView, before: &Before) -> Value {
    let known =
        before.get(&cluster.id).and_then(|known| known["DBNodes"].as_array()).cloned().unwrap_or_default();
    let node = |node: &failover_model::testing::view::NodeView| {
        let mut fields =
            known.iter().find(|known| known["DBNodeId"] == json!(node.id)).cloned().unwrap_or(json!({}));
        fields["DBNodeId"] = json!(node.id);
        fields["DBNodeRole"] = json!(if node.writer { "Writer" } else { "Reader" });
        fields["DBNodeStatus"] = json!(node.status);
        fields["FailoverPriority"] = json!(node.priority);
        fields
    };
    let nodes: Vec<Value> = cluster.nodes.iter().map(node).collect();
    let fields = json!({ "DBClusterId": cluster.id, "DBClusterStatus": cluster.status, "DBNodes": nodes });
    over(&cluster.id, fields, before)
}
