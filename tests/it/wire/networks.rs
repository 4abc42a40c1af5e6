//! Global database networks on the wire: what the describes answer, and that such an answer is entered again.

use failover_model::ControlPlane;
use failover_model::polardb::{NetworkStatus, SwitchMode};
use failover_model::wire::{Body, Format};
use serde_json::{Value, json};

use super::bodies::{NOW, answer, as_json, entered};
use super::*;

const ONE: Operation = Operation::DescribeGlobalDatabaseNetwork;
const LIST: Operation = Operation::DescribeGlobalDatabaseNetworks;

fn member(id: &str, role: &str) -> Value {
    json!({ "DBClusterId": id, "Role": role })
}

fn network(more: Value) -> Value {
    let mut object = json!({
        "GDNId": "gdn-1", "DBClusters": [member("pc-1", "primary"), member("pc-2", "standby")],
    });
    object.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    object
}

/// A cluster of one node in this region.
fn cluster(id: &str, region: &str, node: &str) -> Value {
    json!({ "DBClusterId": id, "RegionId": region, "DBVersion": "8.0", "DBNodes": [{ "DBNodeId": node }] })
}

/// A paste of two clusters in two regions, and of a network, before them.
fn pasted(network: Value) -> Value {
    json!([network, cluster("pc-1", "cn-hangzhou", "pi-1"), cluster("pc-2", "cn-beijing", "pi-2")])
}

fn stage() -> ControlPlane {
    let given = json!({
        "GDNDescription": "GDN-fortest", "ResourceGroupId": "rg-1", "CreateTime": "2020-02-24T11:57:54Z",
        "DBClusterId": "pc-1",
    });
    let (plane, told) = entered(&pasted(network(given)));
    assert_eq!((told.left_out.as_slice(), told.ignored.as_slice()), ([].as_slice(), [].as_slice()));
    assert_eq!(told.networks.len(), 1);
    plane
}

#[test]
fn one_network_is_told_with_its_clusters_and_their_nodes() {
    let mut plane = stage();
    let told = answer(&mut plane, ONE, &[("GDNId", "gdn-1")]);
    let cluster = |id: &str, region: &str, node: &str, role: &str| {
        json!({
            "Expired": "false", "DBNodeClass": "polar.mysql.x4.large", "PayType": "Postpaid", "DBType": "MySQL",
            "RegionId": region, "DBVersion": "8.0", "DBClusterId": id, "DBClusterStatus": "Running", "Role": role,
            "Category": "Normal",
            "DBNodes": [{
                "DBNodeClass": "polar.mysql.x4.large", "ZoneId": format!("{region}-a"),
                "CreationTime": "2026-01-01T00:00:00Z", "DBNodeRole": "Writer", "DBNodeStatus": "Running",
                "FailoverPriority": 1, "DBNodeId": node,
            }],
        })
    };
    let expected = json!({
        "GDNStatus": "active", "Connections": [], "DBVersion": "8.0", "RequestId": "R-1", "GDNId": "gdn-1",
        "CreateTime": "2020-02-24T11:57:54Z", "DBType": "MySQL", "GDNDescription": "GDN-fortest",
        "DBClusters": [
            cluster("pc-1", "cn-hangzhou", "pi-1", "primary"), cluster("pc-2", "cn-beijing", "pi-2", "standby"),
        ],
        "DBClusterId": "pc-1", "ResourceGroupId": "rg-1",
    });
    assert_eq!(as_json(ONE, &told), expected);
    let xml = Body::success(ONE, &told, "R-1", Format::Xml).text;
    assert!(xml.contains("<DBClusters><Expired>") && xml.contains("<Role>standby</Role>"), "{xml}");
    // What was answered is entered again.
    let (again, told) = entered(&pasted(expected.clone()));
    assert_eq!((told.left_out.as_slice(), told.ignored.as_slice()), ([].as_slice(), [].as_slice()));
    let mut again = again;
    assert_eq!(as_json(ONE, &answer(&mut again, ONE, &[("GDNId", "gdn-1")])), expected);
}

#[test]
fn the_list_tells_of_a_cluster_only_what_it_is_in_its_network() {
    let mut plane = stage();
    let told = answer(&mut plane, LIST, &[("DBClusterId", "pc-2")]);
    let cluster = |id, role, region| json!({ "DBClusterId": id, "Role": role, "RegionId": region });
    let expected = json!({
        "TotalRecordCount": 1, "PageRecordCount": 1, "RequestId": "R-1", "PageNumber": 1,
        "Items": [{
            "DBVersion": "8.0", "GDNId": "gdn-1", "CreateTime": "2020-02-24T11:57:54Z", "GDNStatus": "active",
            "DBClusters": [
                cluster("pc-1", "primary", "cn-hangzhou"), cluster("pc-2", "standby", "cn-beijing"),
            ],
            "DBType": "MySQL", "GDNDescription": "GDN-fortest",
        }],
    });
    assert_eq!(as_json(LIST, &told), expected);
    let (mut again, told) = entered(&pasted(expected.clone()));
    assert_eq!((told.left_out.as_slice(), told.ignored.as_slice()), ([].as_slice(), [].as_slice()));
    assert_eq!(as_json(LIST, &answer(&mut again, LIST, &[])), expected);
    let _ = answer(
        &mut plane,
        Operation::SwitchOverGlobalDatabaseNetwork,
        &[("GDNId", "gdn-1"), ("RegionId", "cn-qingdao")],
    );
    let told = answer(&mut plane, LIST, &[]);
    assert_eq!(as_json(LIST, &told)["Items"][0]["GDNStatus"], "locked");
}

/// W-042.
#[test]
fn what_a_pasted_network_leaves_out_has_a_default() {
    let (plane, told) = entered(&json!([
        cluster("pc-1", "cn-hangzhou", "pi-1"),
        { "Items": [{ "GDNId": "", "DBClusters": [member("pc-1", "primary")] }] },
    ]));
    assert_eq!(told.left_out, []);
    let found = plane.network(&told.networks[0]).unwrap();
    assert_eq!((found.id().as_str(), found.created_at()), ("gdn-1", NOW));
    assert!(found.description().is_none() && found.resource_group().is_none());
    assert!(found.secondaries().is_empty() && found.status() == NetworkStatus::Active);
}

/// W-042: which secondary is being removed or becomes the primary an answer does not say.
#[test]
fn a_network_is_entered_in_any_status() {
    for status in NetworkStatus::ALL {
        let alone = json!({ "GDNStatus": status.as_str(), "DBClusters": [member("pc-1", "primary")] });
        let (plane, told) = entered(&pasted(network(alone)));
        assert_eq!(told.left_out, [], "{status}");
        let shown = plane.network(&told.networks[0]).unwrap().status();
        let kept = !matches!(status, NetworkStatus::Locked | NetworkStatus::RemovingMember);
        assert_eq!((shown == *status, told.ignored.is_empty()), (kept, kept), "{status}");
    }
    // The members in any order, and of two answers about one network the one that says more.
    let short = network(json!({ "DBClusters": [member("pc-2", "standby"), member("pc-1", "primary")] }));
    let whole = network(json!({ "DBClusterId": "pc-1", "ResourceGroupId": "rg-1", "GDNDescription": "1" }));
    let mut paste = pasted(short);
    paste.as_array_mut().unwrap().push(whole);
    let (mut plane, told) = entered(&paste);
    assert_eq!((told.left_out.as_slice(), told.networks.len()), ([].as_slice(), 1));
    assert_eq!(told.ignored, ["[3].GDNDescription"]);
    let shown = as_json(ONE, &answer(&mut plane, ONE, &[("GDNId", "gdn-1")]));
    assert_eq!(shown["ResourceGroupId"], "rg-1");
}

/// W-043.
#[test]
fn a_network_that_cannot_be_entered_is_left_out_with_its_reason() {
    let of = |clusters: Value| network(json!({ "DBClusters": clusters }));
    let two = || json!([member("pc-1", "primary"), member("pc-2", "standby")]);
    let cases = [
        (network(json!({ "GDNId": "é" })), "GDNId: byte 0"),
        (network(json!({ "GDNStatus": "broken" })), "GDNStatus: unknown network status"),
        (network(json!({ "CreateTime": "2099-01-01T00:00:00Z" })), "gdn-1: it holds a time"),
        (of(json!([])), "DBClusters: a network has one primary"),
        (of(json!([member("pc-1", "primary"), member("pc-2", "primary")])), "DBClusters: a network has one"),
        (of(json!([member("pc-1", "leader")])), "DBClusters[0].Role: neither primary nor standby"),
        (of(json!([{ "DBClusterId": "pc-1" }])), "DBClusters[0].Role: it is missing"),
        (of(json!([member("pc-1", "primary"), member("", "standby")])), "DBClusters[1].DBClusterId: it is"),
        (of(json!([member("é", "primary")])), "DBClusters[0].DBClusterId: byte 0"),
        (of(json!([member("pc-9", "primary")])), "DBClusters: pc-9 is neither entered nor known (W-043)"),
        (of(json!([member("pc-1", "primary"), member("pc-9", "standby")])), "DBClusters: pc-9 is neither"),
        (network(json!({ "GDNId": "gdn-9", "DBClusters": two() })), "pc-1: an id is in use"),
    ];
    for (object, says) in cases {
        // A sound one before it, of a cluster of its own or, so that they are taken, of the same two.
        let sound = if says.starts_with("pc-1") { two() } else { json!([member("pc-3", "primary")]) };
        let mut paste = pasted(network(json!({ "GDNId": "gdn-0", "DBClusters": sound })));
        paste.as_array_mut().unwrap().extend([object.clone(), cluster("pc-3", "cn-x", "pi-3")]);
        let (_, told) = entered(&paste);
        assert_eq!(told.networks.len(), 1, "{object}");
        let [out] = told.left_out.as_slice() else { panic!("{object}: {:?}", told.left_out) };
        assert_eq!(out.at, "[3]", "{object}");
        assert!(out.reason.to_string().starts_with(says), "{} does not say {says}", out.reason);
    }
}

/// Parameters of the calls on a network.
#[test]
fn the_flags_of_networks_are_read() {
    let mode = |flag: &[(&str, &str)]| {
        let given = [&[("GDNId", "gdn-1")], flag].concat();
        match accepted(Operation::SwitchOverGlobalDatabaseNetwork, &given).request {
            failover_model::Request::SwitchOverGlobalDatabaseNetwork(switch) => switch.mode,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(mode(&[]), SwitchMode::Planned);
    assert_eq!(mode(&[("Forced", "False")]), SwitchMode::Planned);
    assert_eq!(mode(&[("Forced", "TRUE")]), SwitchMode::Forced);
}
