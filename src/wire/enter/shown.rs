//! What the model shows of an object that was entered, and what of the object that leaves out.
//!
//! A field is kept if the answer of the same call shows it again; every other is ignored, and its place is told.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;
use serde_json::{Value, json};

use super::Read;
use super::forms::within;
use crate::control_plane::ControlPlane;
use crate::ebs::{Page, PairPage, Site};
use crate::polardb::DescribeDbClusterEndpoints;
use crate::wire::ebs::{DescribeDiskReplicaPairProgressResponse, DrillRecord, GroupRecord, PairRecord, TAG};
use crate::wire::polardb::{
    DescribeDbClusterAttributeResponse, DescribeGlobalDatabaseNetworkResponse, EndpointItem, ListedCluster,
    ListedNetwork, ZonalCluster,
};
use crate::wire::regions::{EbsRegion, PolarDbRegion};

impl Read {
    /// The object that the model answers in place of the pasted one; nothing if it answers none.
    pub(super) fn shown(&self, given: &Value, plane: &ControlPlane) -> Option<Value> {
        let backup = given.get("Site").and_then(Value::as_str) == Some(Site::Backup.as_str());
        let site = if backup { Site::Backup } else { Site::Production };
        match self {
            Self::Pair(pair) => {
                let pair = plane.pair(&pair.seed.id)?;
                let group = pair.group().and_then(|id| plane.group(id));
                let name = group.and_then(|view| Some((view.group.id().clone(), view.group.name()?.clone())));
                let group_names = name.into_iter().collect();
                let (pairs, other_site, page) = (Vec::new(), Vec::new(), Page::default());
                let page = PairPage { pairs, group_names, site, next: None, page, total: 1, other_site };
                json(PairRecord::new(pair, &page))
            }
            Self::Group(group) => json(GroupRecord::new(&plane.group(&group.seed.id)?, site)),
            Self::Drill(drill) => {
                let mut shown = json(DrillRecord::new(plane.drill(&drill.id)?))?;
                // The call says whose drill it is, and the paste repeats it.
                shown.as_object_mut()?.entry("PairId").or_insert(json!(drill.owner.as_str()));
                Some(shown)
            }
            Self::Cluster(cluster) => {
                let cluster = plane.cluster(&cluster.id)?;
                let listed = given.get("DBNodes").is_some_and(Value::is_object);
                if listed {
                    return json(ListedCluster::new(cluster));
                }
                json(DescribeDbClusterAttributeResponse::new(cluster, ""))
            }
            Self::Progress(id) => {
                let shown = DescribeDiskReplicaPairProgressResponse::new(&plane.pair(id)?.progress(), "");
                let mut shown = json(shown)?;
                shown.as_object_mut()?.insert("ReplicaPairId".into(), json!(id));
                Some(shown)
            }
            Self::Tag { resource, tag } => {
                let pair = resource.parse().ok().and_then(|id| plane.pair(&id));
                let group = resource.parse().ok().and_then(|id| plane.group(&id));
                let (kind, tags) = match (&pair, &group) {
                    (Some(pair), _) => ("diskreplicapair", pair.tags()),
                    (None, group) => ("diskreplicagroup", group.as_ref()?.group.tags()),
                };
                let [key, value] = TAG;
                let held = tags.iter().find(|held| held.key == tag.key)?;
                let (tag_key, tag_value) = (held.key.as_str(), held.value.as_str());
                Some(json!({ "ResourceId": resource, "ResourceType": kind, key: tag_key, value: tag_value }))
            }
            Self::Endpoint { cluster, .. } => {
                let cluster = plane.cluster(cluster)?;
                let list = DescribeDbClusterEndpoints { cluster: cluster.id().clone(), endpoint: None }
                    .select(cluster);
                let kind = given.get("EndpointType").and_then(Value::as_str);
                let same = list.endpoints.iter().find(|endpoint| Some(endpoint.kind.as_str()) == kind)?;
                json(EndpointItem::new(cluster.id(), same))
            }
            Self::Network(network) => {
                let view = plane.network_view(plane.network(&network.id)?);
                // Only the list has neither primary nor nodes.
                let mut shown = match given.get("DBClusterId") {
                    Some(_) => json(DescribeGlobalDatabaseNetworkResponse::new(&view, "")),
                    None => json(ListedNetwork::new(&view)),
                }?;
                align(shown.get_mut("DBClusters")?, given.get("DBClusters")?, "DBClusterId");
                Some(shown)
            }
            Self::Listed(cluster) => json(ZonalCluster::new(plane.cluster(cluster)?)),
            Self::Region { region, .. } => {
                let zones = plane.regions().get(region)?;
                if given.get("Zones").is_some_and(Value::is_object) {
                    let mut shown = json(PolarDbRegion::new(region, zones))?;
                    align(shown.pointer_mut("/Zones/Zone")?, given.pointer("/Zones/Zone")?, "ZoneId");
                    return Some(shown);
                }
                let mut shown = json(EbsRegion::new(region, zones))?;
                align(shown.get_mut("Zones")?, given.get("Zones")?, "ZoneId");
                Some(shown)
            }
            Self::Unheld => None,
        }
    }
}

/// Puts the objects of a list into the order of those given, by this field, with nothing in place of one that is not shown.
fn align(shown: &mut Value, given: &Value, by: &str) {
    let all = shown.as_array().cloned().unwrap_or_default();
    let same = |given: &Value| all.iter().find(|shown| shown.get(by) == given.get(by));
    let given = given.as_array().into_iter().flatten();
    *shown = given.map(|given| same(given).cloned().unwrap_or_default()).collect();
}

fn json(object: impl Serialize) -> Option<Value> {
    serde_json::to_value(object).ok()
}

/// The places in `given` of what `shown` does not show again.
pub(super) fn ignored(at: &str, given: &Value, shown: Option<&Value>, places: &mut Vec<String>) {
    match (given, shown) {
        (given, _) if says_nothing(given) => {}
        (Value::Object(given), Some(Value::Object(shown))) => {
            // The id of a call is in the objects of calls that answer a single one.
            for (name, given) in given.iter().filter(|(name, _)| *name != "RequestId") {
                ignored(&within(at, name), given, shown.get(name), places);
            }
        }
        (Value::Array(given), Some(Value::Array(shown))) if !given.iter().all(Value::is_string) => {
            for (number, given) in given.iter().enumerate() {
                ignored(&format!("{at}[{number}]"), given, shown.get(number), places);
            }
        }
        (given, Some(shown)) if texts(given).is_some() && texts(given) == texts(shown) => {}
        _ => places.push(at.into()),
    }
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.values().all(says_nothing),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// What scalars, lists of texts, and texts with commas between them say, however they are spelled (`W-035`).
fn texts(value: &Value) -> Option<Vec<String>> {
    let mut texts = match value {
        Value::String(text) => {
            text.trim_end_matches(['\r', '\n']).split(',').map(|text| text.trim().to_string()).collect()
        }
        Value::Bool(_) | Value::Number(_) => Vec::from([value.to_string()]),
        Value::Array(items) => {
            let items: Option<Vec<_>> = items.iter().map(texts).collect();
            items?.into_iter().flatten().collect()
        }
        Value::Null | Value::Object(_) => return None,
    };
    if texts.len() == 1 {
        texts
            .iter_mut()
            .filter(|text| ["True", "False", "TRUE", "FALSE"].contains(&text.as_str()))
            .for_each(|text| text.make_ascii_lowercase());
    }
    texts.sort();
    Some(texts)
}
