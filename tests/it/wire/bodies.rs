//! Answers and refusals as they leave the house.

use failover_model::Basis;
use failover_model::Cursor;
use failover_model::Timestamp;
use failover_model::ebs::PairPage;
use failover_model::policy::Policy;
use failover_model::wire::{Body, Format};
use failover_model::wire::{Defaults, Entered, IdKind, Paste};
use failover_model::{AccountId, Fresh, WireError};
use failover_model::{Call, ControlPlane, Output, Response};
use serde_json::{Value, json};

use super::samples::xml_leaves;
use super::*;

pub(super) const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_999);

/// Ids in the order in which they are asked for.
pub(super) fn mint() -> impl FnMut(IdKind) -> String {
    let mut count = 0;
    move |kind| {
        count += 1;
        format!("{}{count}", kind.prefix())
    }
}

pub(super) fn account() -> AccountId {
    AccountId::parse("1001").unwrap()
}

/// What a paste becomes in an empty control plane.
pub(super) fn entered(pasted: &Value) -> (ControlPlane, Entered) {
    let mut plane = ControlPlane::new(Policy::default());
    let entered = enter(&mut plane, pasted);
    (plane, entered)
}

/// Enters a paste. Ids in it are minted in the order in which they are asked for.
pub(super) fn enter(plane: &mut ControlPlane, pasted: &Value) -> Entered {
    let (mut mint, region) = (mint(), "cn-hangzhou".parse().unwrap());
    let paste = Paste::read(pasted, &mut Defaults { now: NOW, region, mint: &mut mint }).unwrap();
    let entered = paste.enter(plane, NOW, &account());
    plane.check().unwrap();
    entered
}

/// A control plane with these pairs and clusters.
pub(super) fn plane(pairs: &[Value], clusters: &[Value]) -> ControlPlane {
    let (plane, entered) = entered(&json!({ "ReplicaPairs": pairs, "Clusters": clusters }));
    assert_eq!(entered.left_out, []);
    plane
}

/// Makes a call that is accepted.
pub(super) fn answer(plane: &mut ControlPlane, operation: Operation, given: &[(&str, &str)]) -> Response {
    let parsed = accepted(operation, given);
    let region = parsed.region.unwrap_or_else(|| "cn-hangzhou".parse().unwrap());
    let call = Call { now: NOW, account: account(), region, token: parsed.token };
    let output: Output = plane.call_any(&call, &parsed.request, &Fresh::None).unwrap();
    output.result.unwrap().unwrap()
}

fn text(body: Body) -> String {
    assert_eq!(body.status, 200);
    body.text
}

pub(super) fn as_json(operation: Operation, response: &Response) -> Value {
    serde_json::from_str(&text(Body::success(operation, response, "R-1", Format::Json))).unwrap()
}

/// W-030.
#[test]
fn the_format_is_negotiated() {
    for (format, accept, expected) in [
        (None, None, Format::Json),
        (Some("XML"), Some("application/json"), Format::Xml),
        (Some("xml"), None, Format::Xml),
        (Some("Json"), Some("text/xml"), Format::Json),
        (Some("JSON"), None, Format::Json),
        (Some("yaml"), Some("text/xml"), Format::Json),
        (Some(""), Some("text/xml"), Format::Xml),
        (None, Some("text/xml"), Format::Xml),
        (None, Some("Application/XML;q=0.9"), Format::Xml),
        (None, Some("application/json, text/xml"), Format::Json),
        (None, Some("application/json"), Format::Json),
        (None, Some("*/*"), Format::Json),
        (None, Some(""), Format::Json),
    ] {
        assert_eq!(Format::negotiate(format, accept), expected, "{format:?} {accept:?}");
    }
}

#[test]
fn a_call_with_nothing_to_say_answers_its_request_id_under_its_own_root() {
    for &operation in Operation::ALL {
        let json = Body::success(operation, &Response::Accepted, "R-1", Format::Json);
        let expected = Body {
            status: 200,
            content_type: "application/json;charset=utf-8",
            text: r#"{"RequestId":"R-1"}"#.into(),
        };
        assert_eq!(json, expected);
        let xml = Body::success(operation, &Response::Accepted, "R-1", Format::Xml);
        assert_eq!(xml.content_type, "text/xml;charset=utf-8");
        assert_eq!(
            xml.text,
            format!("<{operation}Response><RequestId>R-1</RequestId></{operation}Response>")
        );
    }
}

/// W-037.
#[test]
fn errors_have_five_fields_and_in_xml_the_root_error() {
    let error = WireError {
        status: 404,
        code: "NoSuchResource".into(),
        message: "a <b> & \"c\" 'd' \u{0}\u{1b}\u{ffff}\r\n]]> \u{1f600}".into(),
        basis: Basis::Inferred,
    };
    let json = Body::error(&error, Some(Product::Ebs), "R-1", "ebs.cn-shanghai.aliyuncs.com", Format::Json);
    assert_eq!((json.status, json.content_type), (404, "application/json;charset=utf-8"));
    let document: Value = serde_json::from_str(&json.text).unwrap();
    let expected = json!({
        "RequestId": "R-1",
        "HostId": "ebs.cn-shanghai.aliyuncs.com",
        "Code": "NoSuchResource",
        "Message": error.message,
        "Recommend": "https://api.aliyun.com/troubleshoot?q=NoSuchResource&product=ebs&requestId=R-1",
    });
    assert_eq!(document, expected);
    let xml = Body::error(&error, None, "R-1", "h", Format::Xml);
    assert_eq!((xml.status, xml.content_type), (404, "text/xml;charset=utf-8"));
    let start = "<Error><RequestId>R-1</RequestId><HostId>h</HostId><Code>NoSuchResource</Code><Message>a &lt;b&gt; &amp; ";
    assert!(xml.text.starts_with(start), "{}", xml.text);
    let leaves = xml_leaves(&xml.text);
    let message = "a <b> & \"c\" 'd' \u{fffd}\u{fffd}\u{fffd}\r\n]]> \u{1f600}";
    assert_eq!(leaves[3], ("Error/Message".into(), message.into()));
    // Of no known product.
    let recommend = "https://api.aliyun.com/troubleshoot?q=NoSuchResource&requestId=R-1";
    assert_eq!(leaves[4], ("Error/Recommend".into(), recommend.into()));
    assert_eq!(leaves.len(), 5);
}

#[test]
fn a_pair_is_written_in_full() {
    let mut plane = plane(&[json!({"ReplicaPairId": "pair-1"})], &[]);
    let operation = Operation::DescribeDiskReplicaPairs;
    let least = [("RegionId", "cn-hangzhou")];
    let response = answer(&mut plane, operation, &least);
    let pair = json!({
        "ReplicaPairId": "pair-1",
        "SourceRegion": "cn-hangzhou", "SourceZoneId": "cn-hangzhou-a", "SourceDiskId": "d-1",
        "DestinationRegion": "cn-hangzhou", "DestinationZoneId": "cn-hangzhou-b", "DestinationDiskId": "d-2",
        "PrimaryRegion": "cn-hangzhou", "PrimaryZone": "cn-hangzhou-a",
        "StandbyRegion": "cn-hangzhou", "StandbyZone": "cn-hangzhou-b",
        "Status": "created", "RPO": 900, "Bandwidth": 0, "ChargeType": "POSTPAY", "EnableRtc": false,
        "CreateTime": 1_767_225_600, "Site": "production", "Tags": [],
    });
    let expected = json!({
        "RequestId": "R-1", "NextToken": "", "PageNumber": 1, "PageSize": 10, "TotalCount": 1, "ReplicaPairs": [pair],
    });
    assert_eq!(as_json(operation, &response), expected);
    let xml = text(Body::success(operation, &response, "R-1", Format::Xml));
    let start = "<DescribeDiskReplicaPairsResponse><RequestId>R-1</RequestId><NextToken></NextToken>\
                 <ReplicaPairs><ReplicaPairId>pair-1</ReplicaPairId><SourceRegion>cn-hangzhou</SourceRegion>";
    assert!(xml.starts_with(start), "{xml}");
    assert!(
        xml.ends_with("</ReplicaPairs><PageNumber>1</PageNumber><PageSize>10</PageSize><TotalCount>1</TotalCount></DescribeDiskReplicaPairsResponse>"),
        "{xml}"
    );
    let backup = answer(&mut plane, operation, &[least[0], ("Site", "backup"), ("PageSize", "5")]);
    let backup = as_json(operation, &backup);
    assert_eq!(backup["ReplicaPairs"][0]["Site"], "backup");
    assert_eq!((&backup["PageNumber"], &backup["PageSize"]), (&json!(1), &json!(5)));
    assert_eq!(backup["NextToken"], "");
}

#[test]
fn a_reversed_prepaid_pair_shows_both_directions_and_its_recover_point() {
    let pasted = json!({
        "ReplicaPairId": "pair-1", "Status": "normal", "ChargeType": "PREPAY", "Bandwidth": 20480,
        "SourceRegion": "cn-shanghai", "SourceZoneId": "cn-shanghai-e", "SourceDiskId": "d-b",
        "DestinationRegion": "cn-beijing", "DestinationZoneId": "cn-beijing-f", "DestinationDiskId": "d-a",
        "PrimaryRegion": "cn-beijing", "PrimaryZone": "cn-beijing-f",
        "StandbyRegion": "cn-shanghai", "StandbyZone": "cn-shanghai-e",
        "PairName": "Name", "Description": "Text", "RPO": 900, "EnableRtc": true, "Site": "production",
        "LastRecoverPoint": 1_649_751_977, "CreateTime": 1_649_750_977, "ExpiredTime": 1_700_000_000,
        "ResourceGroupId": "rg-1",
        "Tags": [{"TagKey": "k", "TagValue": "v"}],
    });
    let mut plane = plane(std::slice::from_ref(&pasted), &[]);
    let operation = Operation::DescribeDiskReplicaPairs;
    let response = answer(&mut plane, operation, &[("RegionId", "cn-beijing")]);
    assert_eq!(as_json(operation, &response)["ReplicaPairs"], json!([pasted]));
}

/// W-034.
#[test]
fn pages_end_with_an_empty_token_and_an_empty_page_leaves_no_trace_in_xml() {
    let objects: Vec<Value> = (0..3).map(|_| json!({})).collect();
    let mut plane = plane(&objects, &[]);
    let operation = Operation::DescribeDiskReplicaPairs;
    let mut token = String::new();
    let mut seen = Vec::new();
    for last in [false, false, true] {
        let given = [("RegionId", "cn-hangzhou"), ("MaxResults", "1"), ("NextToken", &token)];
        let response = answer(&mut plane, operation, &given);
        let page = as_json(operation, &response);
        seen.push(page["ReplicaPairs"][0]["ReplicaPairId"].as_str().unwrap().to_owned());
        token = page["NextToken"].as_str().unwrap().into();
        assert_eq!(token.is_empty(), last);
    }
    assert_eq!(seen, ["pair-1", "pair-4", "pair-7"]);
    let elsewhere = answer(&mut plane, operation, &[("RegionId", "cn-chengdu")]);
    assert_eq!(as_json(operation, &elsewhere)["ReplicaPairs"], json!([]));
    let xml = text(Body::success(operation, &elsewhere, "R-1", Format::Xml));
    assert!(!xml.contains("ReplicaPairs>"), "{xml}");
    let Response::PairPage(page) = elsewhere else { panic!("another answer") };
    let page = PairPage { next: Some(Cursor { at: 7, list: 9 }), ..page };
    assert_ne!(as_json(operation, &Response::PairPage(page))["NextToken"], json!(""));
}

/// W-036.
#[test]
fn a_pager_of_either_style_comes_to_its_end() {
    let objects: Vec<Value> = (0..7).map(|_| json!({})).collect();
    let mut plane = plane(&objects, &[]);
    let operation = Operation::DescribeDiskReplicaPairs;
    let mut ask = |given: &[(&str, &str)]| {
        let given = and(with(operation, "RegionId", "cn-hangzhou"), given);
        as_json(operation, &answer(&mut plane, operation, &given))
    };
    let ids = |page: &Value| -> Vec<String> {
        let pairs = page["ReplicaPairs"].as_array().unwrap();
        pairs.iter().map(|pair| pair["ReplicaPairId"].as_str().unwrap().into()).collect()
    };
    let number = |value: &Value| value.as_u64().unwrap();
    // By number, as long as the total says that there is more.
    let (mut seen, mut at) = (Vec::new(), 1);
    loop {
        let page = ask(&[("PageNumber", &at.to_string()), ("PageSize", "3")]);
        assert_eq!((number(&page["PageNumber"]), number(&page["PageSize"])), (at, 3));
        seen.extend(ids(&page));
        if at * number(&page["PageSize"]) >= number(&page["TotalCount"]) {
            break;
        }
        at += 1;
    }
    assert_eq!((seen.len(), at), (7, 3));
    // By token, as long as there is one, begun by either style.
    for first in [[("MaxResults", "3")].as_slice(), &[("PageNumber", "1"), ("PageSize", "3")]] {
        let (mut page, mut by_token) = (ask(first), Vec::new());
        assert_eq!((number(&page["PageNumber"]), number(&page["PageSize"])), (1, 3));
        loop {
            by_token.extend(ids(&page));
            let token = page["NextToken"].as_str().unwrap().to_owned();
            if token.is_empty() {
                break;
            }
            page = ask(&[("MaxResults", "3"), ("NextToken", &token)]);
        }
        assert_eq!(by_token, seen);
    }
    let groups = answer(
        &mut ControlPlane::new(Policy::default()),
        Operation::DescribeDiskReplicaGroups,
        &[("RegionId", "cn-x")],
    );
    let none = as_json(Operation::DescribeDiskReplicaGroups, &groups);
    let paging = json!({"NextToken": "", "PageNumber": 1, "PageSize": 10, "TotalCount": 0, "ReplicaGroups": [], "RequestId": "R-1"});
    assert_eq!(none, paging);
}

/// A cluster of all kinds of nodes, as its account would paste it.
fn pasted_cluster() -> Value {
    let node = |id: &str, role: &str, zone: &str, more: Value| {
        let mut node = json!({
            "CreationTime": "2020-03-23T21:35:43Z", "FailoverPriority": 1, "DBNodeClass": "polar.mysql.x4.large",
            "DBNodeRole": role, "ZoneId": zone, "DBNodeStatus": "Running", "DBNodeId": id,
            "ImciSwitch": "OFF", "HotReplicaMode": "OFF", "SubCluster": "Primary",
        });
        let more = more.as_object().unwrap().clone();
        node.as_object_mut().unwrap().extend(more);
        node
    };
    json!({
        "DeletionLock": 1, "Category": "Archive", "ResourceGroupId": "rg-1", "DBClusterId": "pc-1",
        "DBType": "MySQL", "DBVersion": "8.0", "Engine": "POLARDB", "DBClusterStatus": "Running",
        "DBClusterDescription": "test", "Expired": "false", "PayType": "Prepaid", "LockMode": "Unlock",
        "DBClusterNetworkType": "VPC", "StrictConsistency": "OFF",
        "CreationTime": "2020-02-29T05:58:42Z", "RegionId": "cn-hangzhou", "HotStandbyCluster": "StandbyClusterON",
        "ZoneIds": "cn-hangzhou-i,cn-hangzhou-g", "RequestId": "R-1",
        "Tags": [{"Key": "k", "Value": ""}],
        "DBNodes": [
            node("pi-1", "Reader", "cn-hangzhou-g", json!({"FailoverPriority": 15, "HotReplicaMode": "ON"})),
            node("pi-2", "Writer", "cn-hangzhou-i", json!({"DBNodeClass": "polar.mysql.x8.large"})),
            node("pi-3", "Reader", "cn-hangzhou-i", json!({"ImciSwitch": "ON"})),
            node("pi-4", "AI", "cn-hangzhou-i", json!({})),
            node("pi-5", "Reader", "cn-hangzhou-g", json!({"SubCluster": "Standby", "DBNodeStatus": "ClassChanging"})),
        ],
    })
}

/// W-033.
#[test]
fn the_attribute_call_is_flat_and_has_priority_and_status() {
    let pasted = pasted_cluster();
    let mut plane = plane(&[], std::slice::from_ref(&pasted));
    let operation = Operation::DescribeDbClusterAttribute;
    let response = answer(&mut plane, operation, &[("DBClusterId", "pc-1")]);
    assert_eq!(as_json(operation, &response), pasted);
    let xml = text(Body::success(operation, &response, "R-1", Format::Xml));
    assert_eq!(xml.matches("<DBNodes>").count(), 5);
    assert!(xml.contains("<Tags><Key>k</Key><Value></Value></Tags>"), "{xml}");
}

#[test]
fn the_list_is_nested_and_has_neither() {
    let mut plane = plane(&[], &[pasted_cluster()]);
    let operation = Operation::DescribeDbClusters;
    let response = answer(&mut plane, operation, &[("RegionId", "cn-hangzhou")]);
    let node = |id: &str, class: &str, zone: &str, role: &str, imci: &str, hot: &str| {
        json!({
            "DBNodeClass": class, "ZoneId": zone, "DBNodeRole": role, "DBNodeId": id, "RegionId": "cn-hangzhou",
            "ImciSwitch": imci, "HotReplicaMode": hot,
        })
    };
    let (large, larger) = ("polar.mysql.x4.large", "polar.mysql.x8.large");
    let (g, i) = ("cn-hangzhou-g", "cn-hangzhou-i");
    let cluster = json!({
        "DeletionLock": 1, "Category": "Archive", "ResourceGroupId": "rg-1", "DBClusterId": "pc-1",
        "DBType": "MySQL", "DBVersion": "8.0", "Engine": "POLARDB", "DBClusterStatus": "Running",
        "DBClusterDescription": "test", "Expired": "false", "PayType": "Prepaid", "LockMode": "Unlock",
        "DBClusterNetworkType": "VPC", "StrictConsistency": "OFF",
        "CreateTime": "2020-02-29T05:58:42Z", "RegionId": "cn-hangzhou", "ZoneId": i,
        "DBNodeClass": larger, "DBNodeNumber": 5, "HotStandbyCluster": "ON",
        "Tags": {"Tag": [{"Key": "k", "Value": ""}]},
        "DBNodes": {"DBNode": [
            node("pi-1", large, g, "Reader", "OFF", "ON"),
            node("pi-2", larger, i, "Writer", "OFF", "OFF"),
            node("pi-3", large, i, "ColumnReader", "ON", "OFF"),
            node("pi-4", large, i, "AI", "OFF", "OFF"),
            node("pi-5", large, g, "Reader", "OFF", "OFF"),
        ]},
    });
    let expected = json!({
        "RequestId": "R-1", "TotalRecordCount": 1, "PageRecordCount": 1, "PageNumber": 1,
        "Items": {"DBCluster": [cluster]},
    });
    assert_eq!(as_json(operation, &response), expected);
    let xml = text(Body::success(operation, &response, "R-1", Format::Xml));
    assert_eq!((xml.matches("<Items>").count(), xml.matches("<DBNodes>").count()), (1, 5));
    for absent in ["DBCluster>", "DBNode>", "Tag>", "FailoverPriority", "DBNodeStatus"] {
        assert!(!xml.contains(absent), "{absent} in {xml}");
    }
}

#[test]
fn what_is_created_is_named() {
    let pair =
        failover_model::ebs::PairCreated { pair: "pair-1".parse().unwrap(), order: "1".parse().unwrap() };
    let response = Response::from(pair);
    let expected = json!({"RequestId": "R-1", "ReplicaPairId": "pair-1", "OrderId": "1"});
    assert_eq!(as_json(Operation::CreateDiskReplicaPair, &response), expected);
    let cluster = failover_model::polardb::ClusterCreated {
        cluster: "pc-1".parse().unwrap(),
        order: "1".parse().unwrap(),
        resource_group: None,
    };
    let response = Response::from(cluster.clone());
    let expected = json!({"RequestId": "R-1", "DBClusterId": "pc-1", "OrderId": "1"});
    assert_eq!(as_json(Operation::CreateDbCluster, &response), expected);
    let grouped = failover_model::polardb::ClusterCreated { resource_group: "rg-1".parse().ok(), ..cluster };
    assert_eq!(as_json(Operation::CreateDbCluster, &grouped.into())["ResourceGroupId"], "rg-1");
}
