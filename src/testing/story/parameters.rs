//! Requests as their parameters: what a client sends for each call of a story.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::control_plane::{Call, Request};
use crate::ebs::{Charge, Page, PeriodUnit, ReplicaId, ResourceType, Resources, Site};
use crate::polardb::{
    CreateDbCluster, DrillScope, Edition, FailoverDbCluster, HotStandby, Removal, StandbyHaMode, SwitchMode,
    TargetZoneType,
};
use crate::text::Tag;

/// Names and values.
type Parameters = Vec<(&'static str, String)>;

/// The parameters of a call as a client sends them, in the vendor's spelling; `None` for operations that no [step](crate::testing::steps)
/// makes or the reference does not model. Most of what has its default is left out, and so is what no step sets, such as the filters
/// of a list: of other requests the parameters may tell less than there is.
pub fn parameters(call: &Call, request: &Request) -> Option<Vec<(&'static str, String)>> {
    let mut all = of_request(request)?;
    if request.operation().takes_region() {
        all.push(("RegionId", call.region.to_string()));
    }
    if let Some(token) = &call.token {
        all.push(("ClientToken", token.to_string()));
    }
    Some(all)
}

fn pair(id: &impl ToString) -> Parameters {
    Vec::from([("ReplicaPairId", id.to_string())])
}

fn group(id: &impl ToString) -> Parameters {
    Vec::from([("ReplicaGroupId", id.to_string())])
}

fn network(id: &impl ToString) -> Parameters {
    Vec::from([("GDNId", id.to_string())])
}

fn cluster(id: &impl ToString) -> Parameters {
    Vec::from([("DBClusterId", id.to_string())])
}

fn and(mut all: Parameters, name: &'static str, value: &impl ToString) -> Parameters {
    all.push((name, value.to_string()));
    all
}

fn list(site: Site, page: &Page) -> Parameters {
    let mut all = Vec::from([("Site", site.as_str().to_string())]);
    if let Page::Token { max_results, .. } = page
        && *page != Page::default()
    {
        all.push(("MaxResults", max_results.to_string()));
    }
    all
}

fn failover(request: &FailoverDbCluster) -> Parameters {
    let mut all = cluster(&request.cluster);
    if request.roll_back_for_disaster {
        all.push(("RollBackForDisaster", String::from("true")));
    }
    if request.target_zone_type == TargetZoneType::Standby {
        all.push(("TargetZoneType", String::from("Standby")));
    }
    all.extend(request.target.iter().map(|node| ("TargetDBNodeId", node.to_string())));
    all
}

fn one_shot(mut all: Parameters, one_shot: bool) -> Parameters {
    if one_shot {
        all.push(("OneShot", String::from("true")));
    }
    all
}

fn tags(tags: &[(&'static str, &'static str)], all: &mut Parameters, given: &[Tag]) {
    for ((key, value), tag) in tags.iter().zip(given) {
        all.push((key, tag.key.to_string()));
        all.push((value, tag.value.to_string()));
    }
}

fn resources(of: &Resources) -> Parameters {
    let ids = of.each();
    let mut all = Vec::from([("ResourceType", of.kind().to_string())]);
    all.extend(ids.iter().zip(RESOURCES).map(|(id, name)| (name, id.as_str().to_string())));
    all
}

/// The names of as many resources as steps name in one call.
const RESOURCES: [&str; 2] = ["ResourceId.1", "ResourceId.2"];

/// Likewise of tags.
const TAGS: [(&str, &str); 2] = [("Tag.1.Key", "Tag.1.Value"), ("Tag.2.Key", "Tag.2.Value")];

fn creation(of: &CreateDbCluster) -> Parameters {
    let mut all = Vec::from([
        ("DBType", of.engine.to_string()),
        ("DBVersion", of.version.to_string()),
        ("DBNodeClass", of.class.to_string()),
        ("PayType", of.pay_type.to_string()),
        ("DBNodeNum", of.node_number.to_string()),
    ]);
    if of.edition != Edition::Normal {
        all.push(("CreationCategory", of.edition.as_creation_category().to_string()));
    }
    if of.hot_standby != HotStandby::of(of.edition) {
        all.push(("HotStandbyCluster", of.hot_standby.to_string()));
    }
    if let Some(network) = &of.joins {
        all.push(("CreationOption", String::from("CreateGdnStandby")));
        all.push(("GDNId", network.to_string()));
    }
    all.extend(of.zone.iter().map(|zone| ("ZoneId", zone.to_string())));
    all
}

fn charge(charge: &Charge) -> Parameters {
    match charge {
        Charge::PostPay => Vec::new(),
        Charge::PostPayWith { bandwidth } => Vec::from([("Bandwidth", bandwidth.to_string())]),
        Charge::PrePay { bandwidth, period, unit } => Vec::from([
            ("ChargeType", "PREPAY".to_string()),
            ("Bandwidth", bandwidth.as_kbps().to_string()),
            ("Period", period.to_string()),
            ("PeriodUnit", if *unit == PeriodUnit::Month { "Month" } else { "Week" }.to_string()),
        ]),
    }
}

fn of_request(request: &Request) -> Option<Parameters> {
    Some(match request {
        Request::CreateDiskReplicaPair(of) => {
            let mut all = Vec::from([
                ("SourceZoneId", of.source_zone.to_string()),
                ("DiskId", of.source_disk.to_string()),
                ("DestinationRegionId", of.destination_region.to_string()),
                ("DestinationZoneId", of.destination_zone.to_string()),
                ("DestinationDiskId", of.destination_disk.to_string()),
            ]);
            all.extend(charge(&of.settings.charge));
            all
        }
        Request::StartDiskReplicaPair(of) => one_shot(pair(&of.pair), of.one_shot),
        Request::StopDiskReplicaPair(of) => pair(&of.pair),
        Request::FailoverDiskReplicaPair(of) => pair(&of.pair),
        Request::ReprotectDiskReplicaPair(of) => {
            and(pair(&of.pair), "ReverseReplicate", &of.reverse_replicate)
        }
        Request::DeleteDiskReplicaPair(of) => pair(&of.pair),
        Request::DescribeDiskReplicaPairs(of) => list(of.site, &of.page),
        Request::CreateDiskReplicaGroup(of) => Vec::from([
            ("SourceZoneId", of.source_zone.to_string()),
            ("DestinationRegionId", of.destination_region.to_string()),
            ("DestinationZoneId", of.destination_zone.to_string()),
        ]),
        Request::StartDiskReplicaGroup(of) => one_shot(group(&of.group), of.one_shot),
        Request::StopDiskReplicaGroup(of) => group(&of.group),
        Request::FailoverDiskReplicaGroup(of) => group(&of.group),
        Request::ReprotectDiskReplicaGroup(of) => {
            and(group(&of.group), "ReverseReplicate", &of.reverse_replicate)
        }
        Request::DeleteDiskReplicaGroup(of) => group(&of.group),
        Request::ModifyDiskReplicaGroup(of) => {
            of.enable_rtc.iter().fold(group(&of.group), |all, rtc| and(all, "EnableRtc", rtc))
        }
        Request::AddDiskReplicaPair(of) => and(group(&of.group), "ReplicaPairId", &of.pair),
        Request::RemoveDiskReplicaPair(of) => and(group(&of.group), "ReplicaPairId", &of.pair),
        Request::DescribeDiskReplicaGroups(of) => list(of.site, &of.page),
        Request::StartPairDrill(of) => Vec::from([("PairId", of.pair.to_string())]),
        Request::ClearPairDrill(of) => {
            Vec::from([("PairId", of.pair.to_string()), ("DrillId", of.drill.to_string())])
        }
        Request::DescribePairDrills(of) => Vec::from([("PairId", of.pair.to_string())]),
        Request::StartReplicaGroupDrill(of) => Vec::from([("GroupId", of.group.to_string())]),
        Request::ClearReplicaGroupDrill(of) => {
            Vec::from([("GroupId", of.group.to_string()), ("DrillId", of.drill.to_string())])
        }
        Request::DescribeReplicaGroupDrills(of) => Vec::from([("GroupId", of.group.to_string())]),
        Request::FailoverDbCluster(of) => failover(of),
        Request::ModifyDbNodeConfig(of) => {
            let all = and(cluster(&of.cluster), "DBNodeId", &of.node);
            let all = and(all, "ConfigName", &"FailoverPriority");
            and(all, "ConfigValue", &of.priority.get())
        }
        Request::DeleteDbCluster(of) => cluster(&of.cluster),
        Request::DescribeDbClusterAttribute(of) => cluster(&of.cluster),
        Request::ModifyDbCluster(of) => {
            let mut all = cluster(&of.cluster);
            let mode = |mode: &StandbyHaMode| if *mode == StandbyHaMode::On { "ON" } else { "OFF" };
            all.extend(of.standby_ha.iter().map(|on| ("StandbyHAMode", mode(on).to_string())));
            if let Some(drill) = &of.drill {
                let scope = if drill.scope == DrillScope::Node { "1" } else { "0" };
                all.push(("FaultSimulateMode", scope.to_string()));
                let nodes: Vec<&str> = drill.nodes.iter().map(|node| node.as_str()).collect();
                if !nodes.is_empty() {
                    all.push(("DBNodeCrashList", nodes.join(",")));
                }
            }
            all
        }
        Request::CreateDbCluster(of) => creation(of),
        Request::ModifyDbClusterDeletion(of) => and(cluster(&of.cluster), "Protection", &of.protection),
        Request::ModifyDbClusterArch(of) => {
            let mut all = and(cluster(&of.cluster), "HotStandbyCluster", &of.standby);
            all.push(("StandbyAZ", of.zone.as_ref().map_or(String::from("auto"), ToString::to_string)));
            all
        }
        Request::DescribeDbClusters(_) | Request::DescribeGlobalDatabaseNetworks(_) => Vec::new(),
        Request::CreateGlobalDatabaseNetwork(of) => cluster(&of.cluster),
        Request::DeleteGlobalDatabaseNetwork(of) => network(&of.network),
        Request::DescribeGlobalDatabaseNetwork(of) => network(&of.network),
        Request::RemoveDbClusterFromGdn(of) => {
            let mut all = and(network(&of.network), "DBClusterId", &of.cluster);
            if of.removal == Removal::Forced {
                all.push(("Force", String::from("true")));
            }
            all
        }
        Request::SwitchOverGlobalDatabaseNetwork(of) => {
            let mut all = network(&of.network);
            all.extend(of.cluster.iter().map(|cluster| ("DBClusterId", cluster.to_string())));
            if of.mode == SwitchMode::Forced {
                all.push(("Forced", String::from("true")));
            }
            all
        }
        Request::DescribeDiskReplicaPairProgress(of) => pair(&of.pair),
        Request::ModifyDiskReplicaPair(of) => {
            let mut all = pair(&of.pair);
            all.extend(of.name.iter().map(|name| ("PairName", name.to_string())));
            all.extend(of.enable_rtc.iter().map(|rtc| ("EnableRtc", rtc.to_string())));
            all
        }
        Request::TagResources(of) => {
            let mut all = resources(&of.resources);
            tags(&TAGS, &mut all, &of.tags);
            all
        }
        Request::UntagResources(of) => {
            let mut all = resources(&of.resources);
            match &of.keys {
                None => all.push(("All", String::from("true"))),
                Some(keys) => {
                    let names = ["TagKey.1", "TagKey.2"];
                    all.extend(names.into_iter().zip(keys).map(|(name, key)| (name, key.to_string())));
                }
            }
            all
        }
        Request::ListTagResources(of) => resources(&of.resources),
        Request::ChangeResourceGroup(of) => Vec::from([
            (
                "ResourceType",
                String::from(match of.resource {
                    ReplicaId::Pair(_) => ResourceType::Pair.as_str(),
                    ReplicaId::Group(_) => ResourceType::Group.as_str(),
                }),
            ),
            ("ResourceId", of.resource.as_str().to_string()),
            ("NewResourceGroupId", of.group.to_string()),
        ]),
        _ => return None,
    })
}
