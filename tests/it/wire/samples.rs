//! The vendor's own samples go through our structs without loss, and our XML of them reads back.

use std::collections::BTreeMap;

use failover_model::wire::{self, Body, Format};
use quick_xml::events::Event;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::*;

#[derive(serde::Deserialize)]
struct Sample {
    json: Value,
    xml: Option<String>,
}

fn samples() -> BTreeMap<String, Sample> {
    serde_json::from_str(include_str!("../../fixtures/vendor-samples.json")).unwrap()
}

/// The sample as our struct writes it, as JSON and as XML.
fn through<T: DeserializeOwned + Serialize>(operation: Operation, json: &Value) -> (Value, String) {
    let decoded: T = serde_json::from_value(json.clone()).unwrap();
    let root = format!("{operation}Response");
    let written = Body::document(200, &root, &decoded, Format::Json).unwrap();
    assert_eq!(written.content_type, "application/json;charset=utf-8");
    let xml = Body::document(200, &root, &decoded, Format::Xml).unwrap();
    assert_eq!(xml.content_type, "text/xml;charset=utf-8");
    (serde_json::from_str(&written.text).unwrap(), xml.text)
}

fn through_ours(operation: Operation, json: &Value) -> (Value, String) {
    match operation {
        Operation::CreateDiskReplicaPair => through::<wire::CreateDiskReplicaPairResponse>(operation, json),
        Operation::DescribeDiskReplicaPairs => {
            through::<wire::DescribeDiskReplicaPairsResponse>(operation, json)
        }
        Operation::DescribeDiskReplicaPairProgress => {
            through::<wire::DescribeDiskReplicaPairProgressResponse>(operation, json)
        }
        Operation::CreateDiskReplicaGroup => through::<wire::CreateDiskReplicaGroupResponse>(operation, json),
        Operation::DescribeDiskReplicaGroups => {
            through::<wire::DescribeDiskReplicaGroupsResponse>(operation, json)
        }
        Operation::StartPairDrill | Operation::StartReplicaGroupDrill => {
            through::<wire::StartDrillResponse>(operation, json)
        }
        Operation::DescribePairDrills | Operation::DescribeReplicaGroupDrills => {
            through::<wire::DescribeDrillsResponse>(operation, json)
        }
        Operation::ListTagResources => through::<wire::ListTagResourcesResponse>(operation, json),
        Operation::CreateDbCluster => through::<wire::CreateDbClusterResponse>(operation, json),
        Operation::DescribeDbClusters => through::<wire::DescribeDbClustersResponse>(operation, json),
        Operation::DescribeDbClusterAttribute => {
            through::<wire::DescribeDbClusterAttributeResponse>(operation, json)
        }
        Operation::CreateDbNodes => through::<wire::CreateDbNodesResponse>(operation, json),
        Operation::DeleteDbNodes
        | Operation::ModifyDbNodeClass
        | Operation::ModifyDbNodesClass
        | Operation::ModifyDbNodeHotReplicaMode
        | Operation::ModifyDbCluster => through::<wire::OrderedResponse>(operation, json),
        Operation::DescribeEbsRegions => through::<wire::DescribeEbsRegionsResponse>(operation, json),
        Operation::DescribePolarDbRegions => through::<wire::DescribePolarDbRegionsResponse>(operation, json),
        Operation::DescribeDbClustersZonal => {
            through::<wire::DescribeDbClustersZonalResponse>(operation, json)
        }
        Operation::DescribeDbClusterEndpoints | Operation::DescribeDbClusterEndpointsZonal => {
            through::<wire::DescribeDbClusterEndpointsResponse>(operation, json)
        }
        Operation::CreateGlobalDatabaseNetwork => {
            through::<wire::CreateGlobalDatabaseNetworkResponse>(operation, json)
        }
        Operation::DescribeGlobalDatabaseNetwork => {
            through::<wire::DescribeGlobalDatabaseNetworkResponse>(operation, json)
        }
        Operation::DescribeGlobalDatabaseNetworks => {
            through::<wire::DescribeGlobalDatabaseNetworksResponse>(operation, json)
        }
        _ => through::<wire::Accepted>(operation, json),
    }
}

/// The paths and texts of the elements that hold no other, in document order. Panics on what is not well-formed.
pub(super) fn xml_leaves(xml: &str) -> Vec<(String, String)> {
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut path: Vec<String> = Vec::new();
    let mut text = String::new();
    let mut leaf = false;
    let mut leaves = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                path.push(String::from(start.name().as_ref()));
                text.clear();
                leaf = true;
            }
            Event::Text(part) => text.push_str(&part),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().unwrap() {
                Some(character) => text.push(character),
                None => text.push_str(match &*reference {
                    "amp" => "&",
                    "lt" => "<",
                    "gt" => ">",
                    "quot" => "\"",
                    "apos" => "'",
                    other => panic!("&{other};"),
                }),
            },
            Event::End(_) => {
                if leaf {
                    leaves.push((path.join("/"), text.clone()));
                }
                leaf = false;
                path.pop().unwrap();
            }
            Event::Eof => break,
            other => panic!("{other:?}"),
        }
    }
    assert!(path.is_empty());
    leaves
}

fn holds_texts(value: &Value) -> bool {
    value.as_array().is_some_and(|items| items.iter().all(Value::is_string))
}

/// The names and texts of the leaves of a JSON document, sorted.
fn json_leaves(name: &str, value: &Value, out: &mut Vec<(String, String)>) {
    match value {
        // In XML an object that only holds a list is that list, so bare texts in it bear the object's name (W-031).
        Value::Object(fields) if fields.len() == 1 && fields.values().all(holds_texts) => {
            fields.values().for_each(|list| json_leaves(name, list, out));
        }
        Value::Object(fields) => fields.iter().for_each(|(name, value)| json_leaves(name, value, out)),
        Value::Array(items) => items.iter().for_each(|item| json_leaves(name, item, out)),
        Value::String(text) => out.push((name.into(), text.clone())),
        Value::Null => panic!("null"),
        scalar => out.push((name.into(), scalar.to_string())),
    }
}

/// The operation of a sample. Where both products have its action, its data name tells which is meant.
fn named(name: &str) -> Operation {
    serde_json::from_value(name.into()).unwrap()
}

#[test]
fn samples_come_out_as_they_went_in() {
    let samples = samples();
    let outside = [
        "ModifyDBNodeConfig",
        "FailoverDBClusterZonal",
        "ModifyDBClusterDeletion",
        "DescribeHALogs",
        "DescribeDbClusterAttributeZonal",
        "ModifyDBClusterArch",
        "ModifyDBClusterMaintainTime",
    ];
    assert_eq!(samples.len(), Operation::ALL.len() - outside.len(), "there is no sample of {outside:?}");
    for (name, sample) in &samples {
        let operation = named(name);
        assert_eq!(through_ours(operation, &sample.json).0, sample.json, "{operation}");
    }
}

#[test]
fn our_xml_of_the_samples_has_the_same_leaves_and_contains_the_vendors_own() {
    for (name, sample) in &samples() {
        let operation = named(name);
        let (_, xml) = through_ours(operation, &sample.json);
        let found = xml_leaves(&xml);
        let mut names: Vec<(String, String)> = (found.iter())
            .map(|(path, text)| (path.rsplit('/').next().unwrap().into(), text.clone()))
            .collect();
        names.sort();
        let mut expected = Vec::new();
        json_leaves("", &sample.json, &mut expected);
        expected.sort();
        assert_eq!(names, expected, "{operation}");
        // The vendor's XML lacks some fields of its JSON; what it has, we have in the same place.
        let Some(xml) = &sample.xml else { continue };
        let vendors: String = xml.lines().map(str::trim).collect();
        for leaf in xml_leaves(&vendors) {
            // Line breaks at the end of a text are the page's, not the service's.
            // And what the JSON masks the XML may not.
            let same = |(path, text): &(String, String)| {
                let (ours, theirs) = (text.trim(), leaf.1.trim());
                let masked = ours.ends_with('*') && theirs.starts_with(ours.trim_end_matches('*'));
                *path == leaf.0 && (ours == theirs || masked)
            };
            assert!(found.iter().any(same), "{operation} {leaf:?}");
        }
    }
}

#[test]
fn what_is_unknown_in_an_answer_is_ignored_and_what_is_absent_stays_so() {
    let decoded: wire::DescribeDbClusterAttributeResponse =
        serde_json::from_str(r#"{"Brand":"new","DBClusterId":"pc-1"}"#).unwrap();
    assert_eq!(decoded.cluster.as_deref(), Some("pc-1"));
    let written = Body::document(200, "X", &decoded, Format::Json).unwrap();
    let expected = r#"{"DBClusterId":"pc-1","DBNodes":[],"Tags":[],"RequestId":""}"#;
    assert_eq!(written.text, expected);
    assert!(Body::document(200, "X", &[1], Format::Xml).is_err());
}
