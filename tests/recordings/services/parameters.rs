//! Requests as their parameters: what a client sends for each call of a story.

use failover_model::ebs::{Charge, Page, PeriodUnit, Site};
use failover_model::polardb::{DrillScope, FailoverDbCluster, StandbyHaMode};
use failover_model::{Call, Request};

/// Names and values.
pub type Parameters = Vec<(&'static str, String)>;

/// The parameters of a call; `None` for operations that no story of the gallery is told by.
pub fn of(call: &Call, request: &Request) -> Option<Parameters> {
    let mut all = of_request(request)?;
    if request.operation().takes_region() {
        all.push(("RegionId", call.region.to_string()));
    }
    if let Some(token) = &call.token {
        all.push(("ClientToken", token.as_str().to_owned()));
    }
    Some(all)
}

fn pair(id: &impl ToString) -> Parameters {
    vec![("ReplicaPairId", id.to_string())]
}

fn group(id: &impl ToString) -> Parameters {
    vec![("ReplicaGroupId", id.to_string())]
}

fn cluster(id: &impl ToString) -> Parameters {
    vec![("DBClusterId", id.to_string())]
}

fn and(mut all: Parameters, name: &'static str, value: &impl ToString) -> Parameters {
    all.push((name, value.to_string()));
    all
}

fn list(site: Site, page: &Page) -> Parameters {
    let mut all = vec![("Site", site.as_str().to_owned())];
    if let Page::Token { max_results, .. } = page {
        all.push(("MaxResults", max_results.to_string()));
    }
    all
}

fn failover(request: &FailoverDbCluster) -> Parameters {
    let mut all = and(cluster(&request.cluster), "RollBackForDisaster", &request.roll_back_for_disaster);
    all.push(("TargetZoneType", format!("{:?}", request.target_zone_type)));
    all.extend(request.target.iter().map(|node| ("TargetDBNodeId", node.to_string())));
    all
}

fn charge(charge: &Charge) -> Parameters {
    match charge {
        Charge::PostPay => Vec::new(),
        Charge::PostPayWith { bandwidth } => vec![("Bandwidth", bandwidth.to_string())],
        Charge::PrePay { bandwidth, period, unit } => vec![
            ("ChargeType", "PREPAY".to_owned()),
            ("Bandwidth", bandwidth.as_kbps().to_string()),
            ("Period", period.to_string()),
            ("PeriodUnit", if *unit == PeriodUnit::Month { "Month" } else { "Week" }.to_owned()),
        ],
    }
}

fn of_request(request: &Request) -> Option<Parameters> {
    Some(match request {
        Request::CreateDiskReplicaPair(of) => {
            let mut all = vec![
                ("SourceZoneId", of.source_zone.to_string()),
                ("DiskId", of.source_disk.to_string()),
                ("DestinationRegionId", of.destination_region.to_string()),
                ("DestinationZoneId", of.destination_zone.to_string()),
                ("DestinationDiskId", of.destination_disk.to_string()),
            ];
            all.extend(charge(&of.settings.charge));
            all
        }
        Request::StartDiskReplicaPair(of) => and(pair(&of.pair), "OneShot", &of.one_shot),
        Request::StopDiskReplicaPair(of) => pair(&of.pair),
        Request::FailoverDiskReplicaPair(of) => pair(&of.pair),
        Request::ReprotectDiskReplicaPair(of) => {
            and(pair(&of.pair), "ReverseReplicate", &of.reverse_replicate)
        }
        Request::DeleteDiskReplicaPair(of) => pair(&of.pair),
        Request::DescribeDiskReplicaPairs(of) => list(of.site, &of.page),
        Request::CreateDiskReplicaGroup(of) => vec![
            ("SourceZoneId", of.source_zone.to_string()),
            ("DestinationRegionId", of.destination_region.to_string()),
            ("DestinationZoneId", of.destination_zone.to_string()),
        ],
        Request::StartDiskReplicaGroup(of) => and(group(&of.group), "OneShot", &of.one_shot),
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
        Request::StartPairDrill(of) => vec![("PairId", of.pair.to_string())],
        Request::ClearPairDrill(of) => {
            vec![("PairId", of.pair.to_string()), ("DrillId", of.drill.to_string())]
        }
        Request::DescribePairDrills(of) => vec![("PairId", of.pair.to_string())],
        Request::StartReplicaGroupDrill(of) => vec![("GroupId", of.group.to_string())],
        Request::ClearReplicaGroupDrill(of) => {
            vec![("GroupId", of.group.to_string()), ("DrillId", of.drill.to_string())]
        }
        Request::DescribeReplicaGroupDrills(of) => vec![("GroupId", of.group.to_string())],
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
            all.extend(of.standby_ha.iter().map(|on| ("StandbyHAMode", mode(on).to_owned())));
            if let Some(drill) = &of.drill {
                let scope = if drill.scope == DrillScope::Node { "1" } else { "0" };
                all.push(("FaultSimulateMode", scope.to_owned()));
                let nodes: Vec<&str> = drill.nodes.iter().map(|node| node.as_str()).collect();
                if !nodes.is_empty() {
                    all.push(("DBNodeCrashList", nodes.join(",")));
                }
            }
            all
        }
        _ => return None,
    })
}
