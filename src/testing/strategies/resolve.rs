//! Making an input of a step, for the control plane as it stands.

use super::*;

impl Abstract {
    /// The input that this step is for a control plane as it stands.
    pub fn resolve(&self, plane: &ControlPlane) -> Input {
        let now = self.when.resolve(plane);
        let call = |caller: &Caller, region: RegionId, request: Request, fresh: Fresh| {
            let token = caller.token.and_then(|token| TOKENS.get(usize::from(token)));
            let token = token.and_then(|token| ClientToken::parse(token).ok().flatten());
            Input::Call(Call { now, account: account(caller.account), region, token }, request, fresh)
        };
        let report = |report| Input::Report(now, report);
        let observed = |observation| report(Report::Observed(observation));
        match &self.what {
            What::Pair { caller, pair, ask } => {
                // A member is refused whatever is asked; a few are asked all the same, through the second turn.
                let free = |pair: &&ReplicaPair| pair.group().is_none();
                let pairs: Vec<&ReplicaPair> = match ask {
                    PairAsk::Allowed(_) => plane.pairs().filter(free).collect(),
                    _ => plane.pairs().collect(),
                };
                let pair = pick(*pair, &pairs).copied();
                let ask = ask.plain(pair, &plane.policy().ebs);
                let id = pair.map_or_else(|| made("pair-unknown"), |pair| pair.id().clone());
                let request = ask.request(id);
                call(caller, caller.place.of_pair(pair, ask), request, Fresh::None)
            }
            What::CreatePair { caller, id, disks, destination, months } => {
                let request = create_pair(*disks, *destination, *months);
                let pair = made(&format!("pair-{id}"));
                let fresh = Fresh::Pair(PairCreated { pair, order: made("order-1") });
                call(caller, region(caller.place.number()), request.into(), fresh)
            }
            What::Group { caller, group, ask } => {
                let groups: Vec<GroupView> = plane.groups().collect();
                let group = pick(*group, &groups);
                let ask = ask.plain(group, &plane.policy().ebs);
                let (request, fresh) = ask.request(group, plane);
                call(caller, caller.place.of_group(group, ask, &plane.policy().ebs), request, fresh)
            }
            What::CreateGroup { caller, id } => {
                let fresh = Fresh::Group(GroupCreated { group: made(&format!("pg-{id}")) });
                call(caller, region(caller.place.number()), create_group().into(), fresh)
            }
            What::StartDrill { caller, pair, id } => {
                let pairs: Vec<&ReplicaPair> = plane.pairs().collect();
                let pair = pick(*pair, &pairs).copied();
                let request = StartPairDrill {
                    pair: pair.map_or_else(|| made("pair-unknown"), |pair| pair.id().clone()),
                };
                let region = caller.place.of_pair(pair, PairAsk::Failover);
                call(caller, region, request.into(), fresh_drill(*id, 1))
            }
            What::ClearDrill { caller, drill } => {
                let drills: Vec<&Drill> = plane.drills().collect();
                let request = match pick(*drill, &drills) {
                    Some(drill) => match drill.owner() {
                        DrillOwner::Pair(pair) => {
                            ClearPairDrill { pair: pair.clone(), drill: drill.id().clone() }.into()
                        }
                        DrillOwner::Group(group) => {
                            ClearReplicaGroupDrill { group: group.clone(), drill: drill.id().clone() }.into()
                        }
                    },
                    None => ClearPairDrill { pair: made("pair-0"), drill: made("drill-unknown") }.into(),
                };
                call(caller, region(caller.place.number()), request, Fresh::None)
            }
            What::DescribeDrills { caller, drill } => {
                let drills: Vec<&Drill> = plane.drills().collect();
                let owner = pick(*drill, &drills).map(|drill| drill.owner().clone());
                let request = match owner.unwrap_or_else(|| DrillOwner::Pair(made("pair-0"))) {
                    DrillOwner::Pair(pair) => {
                        DescribePairDrills { pair, drill: None, page: Page::default() }.into()
                    }
                    DrillOwner::Group(group) => {
                        DescribeReplicaGroupDrills { group, drill: None, page: Page::default() }.into()
                    }
                };
                call(caller, region(caller.place.number()), request, Fresh::None)
            }
            What::GroupInvalid(group) => {
                let groups: Vec<GroupView> = plane.groups().collect();
                let group = pick(*group, &groups)
                    .map_or_else(|| made("pg-unknown"), |group| group.group.id().clone());
                match StatusMessage::parse("PrePayOrderExpired") {
                    Ok(message) => observed(Observation::GroupInvalid { group, message }),
                    Err(_) => Input::Advance(now),
                }
            }
            What::EndedPartly { effect, member } => {
                let pending: Vec<(EffectId, Vec<PairId>)> = (plane.outstanding())
                    .filter_map(|effect| match effect.kind {
                        EffectKind::Group {
                            effect: GroupEffect::Stop | GroupEffect::Failover,
                            members,
                            ..
                        } => Some((effect.id, members)),
                        _ => None,
                    })
                    .collect();
                match pick(Some(*effect), &pending) {
                    Some((id, members)) => {
                        let failed = pick(Some(*member), members).cloned().into_iter().collect();
                        let outcome = Outcome::PartlyFailed { failure: Failure::Other, failed };
                        report(Report::Outcome { id: *id, outcome })
                    }
                    None => Input::Advance(now),
                }
            }
            What::Cluster { caller, cluster, ask } => {
                let clusters: Vec<&DbCluster> = plane.clusters().collect();
                let cluster = pick(*cluster, &clusters).copied();
                let fresh = ask.fresh(plane, cluster);
                call(caller, region(caller.place.number()), ask.request(cluster), fresh)
            }
            What::CreateCluster { caller, id, nodes, fresh } => {
                let fresh = Fresh::Cluster(FreshCluster {
                    cluster: made(&format!("pc-{id}")),
                    nodes: (0..*fresh).map(|at| node_id(*id, at)).collect(),
                    order: made("order-2"),
                });
                call(caller, region(caller.place.number()), create_cluster(*nodes).into(), fresh)
            }
            What::Label { caller, pair, ask } => {
                let pairs: Vec<&ReplicaPair> = plane.pairs().collect();
                let pair = pick(*pair, &pairs).copied();
                let id = pair.map_or_else(|| made("pair-unknown"), |pair| pair.id().clone());
                call(caller, caller.place.of_pair(pair, PairAsk::Stop), ask.request(id), Fresh::None)
            }
            What::Describe { caller, pairs: true } => {
                let site = caller.place.site();
                let request = DescribeDiskReplicaPairs { site, ..DescribeDiskReplicaPairs::default() };
                call(caller, region(caller.place.number()), request.into(), Fresh::None)
            }
            What::DescribeGroups { caller } => {
                let site = caller.place.site();
                let request = DescribeDiskReplicaGroups { site, ..DescribeDiskReplicaGroups::default() };
                call(caller, region(caller.place.number()), request.into(), Fresh::None)
            }
            What::Describe { caller, pairs: false } => {
                let request = DescribeDbClusters::default();
                call(caller, region(caller.place.number()), request.into(), Fresh::None)
            }
            What::Ended { effect, how } => {
                let pending: Vec<EffectId> = plane.outstanding().map(|effect| effect.id).collect();
                match pick(Some(*effect), &pending) {
                    Some(id) => report(Report::Outcome { id: *id, outcome: how.outcome(plane, *id) }),
                    None => Input::Advance(now),
                }
            }
            What::Late { effect, how } => {
                let id = EffectId(*effect);
                report(Report::Outcome { id, outcome: how.outcome(plane, id) })
            }
            What::Disk { account: owner, disk, change } => observed(Observation::Disk {
                account: account(*owner),
                disk: disk_id(*disk),
                change: *change,
            }),
            What::PairInvalid(pair) => {
                let pairs: Vec<PairId> = plane.pairs().map(|pair| pair.id().clone()).collect();
                let pair = pick(*pair, &pairs).cloned().unwrap_or_else(|| made("pair-unknown"));
                match StatusMessage::parse("DeviceSizeChanged") {
                    Ok(message) => observed(Observation::PairInvalid { pair, message }),
                    Err(_) => Input::Advance(now),
                }
            }
            What::Node { node, change } => {
                let node = some_node(plane, *node);
                observed(Observation::Node { node, change: *change })
            }
            What::ZoneOf { cluster, zone: down, up } => {
                let clusters: Vec<&DbCluster> = plane.clusters().collect();
                let there = pick(*cluster, &clusters).into_iter().flat_map(|cluster| cluster.nodes());
                let there = there.filter(|node| node.zone == zone(*down)).map(|node| node.id.clone());
                observed(Observation::Nodes { nodes: there.collect(), change: NodeChange::Up(*up) })
            }
            What::Busy { cluster, busy } => {
                let status = busy.then(|| StatusMessage::parse("ClassChanging").ok()).flatten();
                observed(Observation::ClusterBusy { cluster: cluster_id(plane, *cluster), status })
            }
            What::Removed(cluster) => {
                observed(Observation::ClusterRemoved { cluster: cluster_id(plane, *cluster) })
            }
            What::Advance => Input::Advance(now),
        }
    }
}

impl When {
    fn resolve(self, plane: &ControlPlane) -> Timestamp {
        let clock = plane.clock();
        match self {
            Self::Now => clock,
            Self::Later(ms) => clock.after(Span::from_millis(ms)),
            Self::Earlier(ms) => Timestamp::from_millis(clock.as_millis().saturating_sub(ms)),
            Self::Deadline => plane.next_deadline().map_or(clock, |deadline| deadline.at),
        }
    }
}

impl Place {
    /// What a describe from there asks for.
    const fn site(self) -> Site {
        if matches!(self, Self::Destination) { Site::Backup } else { Site::Production }
    }

    const fn number(self) -> usize {
        match self {
            Self::Fitting | Self::Source => 0,
            Self::Destination => 1,
            Self::Third => 2,
        }
    }

    fn of_pair(self, pair: Option<&ReplicaPair>, ask: PairAsk) -> RegionId {
        let Some(pair) = pair else { return region(self.number()) };
        let at_destination = matches!(ask, PairAsk::Failover | PairAsk::Reprotect { .. });
        match self {
            Self::Fitting if at_destination => pair.destination().region.clone(),
            Self::Fitting | Self::Source => pair.source().region.clone(),
            Self::Destination => pair.destination().region.clone(),
            Self::Third => region(2),
        }
    }
}

impl Place {
    fn of_group(self, group: Option<&GroupView>, ask: GroupAsk, policy: &EbsPolicy) -> RegionId {
        let Some(group) = group.map(|view| &view.group) else { return region(self.number()) };
        let at_destination =
            matches!(ask, GroupAsk::Failover | GroupAsk::Reprotect { .. } | GroupAsk::StartDrill(_));
        match self {
            Self::Fitting if at_destination => group.destination().region.clone(),
            Self::Fitting => group.production(policy).region.clone(),
            Self::Source => group.source().region.clone(),
            Self::Destination => group.destination().region.clone(),
            Self::Third => region(2),
        }
    }
}

impl GroupAsk {
    fn request(self, group: Option<&GroupView>, plane: &ControlPlane) -> (Request, Fresh) {
        let id = group.map_or_else(|| made("pg-unknown"), |view| view.group.id().clone());
        let some_pair = |which: Which, of: Vec<&PairId>| {
            pick(which, &of).map_or_else(|| made("pair-unknown"), |pair| (*pair).clone())
        };
        let request = match self {
            Self::Start { one_shot } => StartDiskReplicaGroup { group: id, one_shot }.into(),
            Self::Stop => StopDiskReplicaGroup { group: id }.into(),
            Self::Allowed(_) | Self::Failover => FailoverDiskReplicaGroup { group: id }.into(),
            Self::Reprotect { reverse } => {
                ReprotectDiskReplicaGroup { group: id, reverse_replicate: reverse }.into()
            }
            Self::Delete => DeleteDiskReplicaGroup { group: id }.into(),
            Self::Modify { rtc } => {
                let enable_rtc = Some(rtc);
                ModifyDiskReplicaGroup { group: id, name: None, description: None, enable_rtc }.into()
            }
            Self::Add(pair) => {
                let able = |pair: &&ReplicaPair| {
                    pair.group().is_none()
                        && matches!(pair.status(), PairStatus::Created | PairStatus::Stopped)
                };
                let mut pairs: Vec<&PairId> = plane.pairs().filter(able).map(ReplicaPair::id).collect();
                if pairs.is_empty() {
                    pairs = plane.pairs().map(ReplicaPair::id).collect();
                }
                let pair = some_pair(pair, pairs);
                AddDiskReplicaPair { group: id, pair }.into()
            }
            Self::Remove(pair) => {
                let members = group.map(|view| view.pairs.iter().collect()).unwrap_or_default();
                RemoveDiskReplicaPair { group: id, pair: some_pair(pair, members) }.into()
            }
            Self::StartDrill(number) => {
                let members = group.map_or(0, |view| view.pairs.len());
                return (StartReplicaGroupDrill { group: id }.into(), fresh_drill(number, members));
            }
        };
        (request, Fresh::None)
    }
}

const fn zone_type(standby: bool) -> TargetZoneType {
    if standby { TargetZoneType::Standby } else { TargetZoneType::Primary }
}

impl ClusterAsk {
    /// The ids that it needs: of the nodes that come, the first that are not in use.
    fn fresh(self, plane: &ControlPlane, cluster: Option<&DbCluster>) -> Fresh {
        match self {
            Self::AddNodes { nodes, .. } => {
                let name = cluster.map_or("none", |cluster| cluster.id().as_str());
                let ids = (0_u32..).map(|at| made(&format!("pi-{name}-{at}")));
                let free = ids.filter(|id: &NodeId| plane.cluster_of(id).is_none());
                Fresh::Nodes(FreshNodes {
                    nodes: free.take(usize::from(nodes)).collect(),
                    order: made("order-3"),
                })
            }
            Self::DropNodes { .. } | Self::Class { .. } | Self::ClassOf { .. } | Self::HotReplica { .. } => {
                Fresh::Order(made("order-4"))
            }
            _ => Fresh::None,
        }
    }

    fn request(self, cluster: Option<&DbCluster>) -> Request {
        let id = cluster.map_or_else(|| made("pc-unknown"), |cluster| cluster.id().clone());
        let nodes: Vec<NodeId> =
            cluster.into_iter().flat_map(DbCluster::nodes).map(|node| node.id.clone()).collect();
        let named = |index| pick(Some(index), &nodes).cloned().unwrap_or_else(|| made("pi-unknown"));
        match self {
            Self::Failover { target, standby, back, zonal } => {
                let request = FailoverDbCluster {
                    cluster: id,
                    target: target.map(named),
                    roll_back_for_disaster: back,
                    target_zone_type: zone_type(standby),
                };
                if zonal { FailoverDbClusterZonal(request).into() } else { request.into() }
            }
            Self::AddNodes { nodes: count, kind } => {
                let like = cluster.and_then(DbCluster::writer).map(|writer| writer.class.clone());
                let node = NewNode { class: Some(like.unwrap_or_else(|| class(0))), zone: None };
                let nodes = (0..count).map(|_| node.clone()).collect();
                CreateDbNodes { cluster: id, nodes, kind, other: Vec::new() }.into()
            }
            Self::DropNodes { from, nodes: count } => {
                let dropped = (0..count).map(|more| named(from.wrapping_add(more))).collect();
                DeleteDbNodes { cluster: id, nodes: dropped, kind: None }.into()
            }
            Self::Class { class: number } => ModifyDbNodeClass {
                cluster: id,
                modify_type: ModifyType::Upgrade,
                class: class(number),
                ai_nodes: false,
                other: Vec::new(),
            }
            .into(),
            Self::ClassOf { node, class: number } => ModifyDbNodesClass {
                cluster: id,
                modify_type: ModifyType::Downgrade,
                nodes: Vec::from([NodeTarget { node: named(node), class: class(number) }]),
                other: Vec::new(),
            }
            .into(),
            Self::Restart { node } => RestartDbNode { node: named(node) }.into(),
            Self::HotReplica { node, on } => {
                ModifyDbNodeHotReplicaMode { cluster: id, node: named(node), on }.into()
            }
            Self::Zone { zone: number, standby } => ModifyDbClusterPrimaryZone {
                cluster: id,
                zone: zone(number),
                zone_type: zone_type(standby),
                vswitch: Some(Arc::from("vsw-1")),
            }
            .into(),
            Self::Lock(protection) => ModifyDbClusterDeletion { cluster: id, protection }.into(),
            Self::Priority { node, priority } => {
                ModifyDbNodeConfig { cluster: id, node: named(node), priority }.into()
            }
            Self::Delete => DeleteDbCluster { cluster: id }.into(),
            Self::Describe => DescribeDbClusterAttribute { cluster: id }.into(),
        }
    }
}

impl LabelAsk {
    fn request(self, pair: PairId) -> Request {
        let key = |number: u8| TagKey::parse(&format!("k-{number}")).ok();
        let resources = Resources::Pairs(Vec::from([pair.clone()]));
        match self {
            Self::Modify { name, rtc } => {
                let name = Name::parse(&format!("name-{name}")).ok();
                ModifyDiskReplicaPair { pair, name, description: None, enable_rtc: rtc }.into()
            }
            Self::Tag(number) => {
                let value = TagValue::parse("v").ok();
                let tags = key(number).zip(value).map(|(key, value)| Tag { key, value });
                TagResources { resources, tags: tags.into_iter().collect() }.into()
            }
            Self::Untag(number) => {
                let keys = number.map(|number| key(number).into_iter().collect());
                UntagResources { resources, keys }.into()
            }
            Self::List => ListTagResources { resources, tags: Vec::new(), after: None }.into(),
            Self::Regroup(number) => {
                let group = made(&format!("rg-{number}"));
                ChangeResourceGroup { resource: ResourceId::Pair(pair), group }.into()
            }
            Self::Progress => DescribeDiskReplicaPairProgress { pair }.into(),
        }
    }
}

impl How {
    fn outcome(self, plane: &ControlPlane, id: EffectId) -> Outcome {
        match self {
            Self::Well(index) => match plane.effect(id).map(|effect| effect.kind) {
                Some(EffectKind::Cluster { effect: ClusterEffect::ChooseNode(tier), .. }) => {
                    pick(Some(index), &tier).cloned().map_or(Outcome::Succeeded, Outcome::Chosen)
                }
                _ => Outcome::Succeeded,
            },
            Self::Badly(failure) => {
                Outcome::Failed { failure, message: StatusMessage::parse("OperationDenied.QuotaExceed").ok() }
            }
            Self::Chosen(node) => Outcome::Chosen(some_node(plane, node)),
            Self::Done => Outcome::Succeeded,
        }
    }
}

pub(super) fn create_pair(
    (source, destination): (u8, u8),
    place: Place,
    months: Option<u8>,
) -> CreateDiskReplicaPair {
    let bandwidth = Bandwidth::Kbps10240;
    let charge = months.map(|period| Charge::PrePay { bandwidth, period, unit: PeriodUnit::Month });
    CreateDiskReplicaPair {
        source_zone: made("zone-a"),
        source_disk: disk_id(source),
        destination_region: region(place.number()),
        destination_zone: made("zone-b"),
        destination_disk: disk_id(destination),
        settings: PairSettings { charge: charge.unwrap_or_default(), ..PairSettings::default() },
    }
}

pub(super) fn create_group() -> CreateDiskReplicaGroup {
    CreateDiskReplicaGroup {
        source_zone: made("zone-a"),
        destination_region: region(1),
        destination_zone: made("zone-b"),
        settings: GroupSettings::default(),
    }
}

fn fresh_drill(number: u8, disks: usize) -> Fresh {
    let disk = |at| made(&format!("x-{number}-{at}"));
    Fresh::Drill(FreshDrill {
        drill: made(&format!("drill-{number}")),
        disks: (0..disks).map(disk).collect(),
    })
}

fn create_cluster(node_number: u8) -> CreateDbCluster {
    CreateDbCluster {
        engine: Engine::MySql,
        version: Arc::from("8.0"),
        edition: Edition::Normal,
        class: made("polar.mysql.x4.large"),
        node_number,
        pay_type: PayType::Postpaid,
        zone: None,
        description: None,
        resource_group: None,
        tags: Vec::new(),
        other: Vec::new(),
    }
}

fn some_node(plane: &ControlPlane, which: Which) -> NodeId {
    let nodes: Vec<NodeId> =
        plane.clusters().flat_map(DbCluster::nodes).map(|node| node.id.clone()).collect();
    pick(which, &nodes).cloned().unwrap_or_else(|| made("pi-unknown"))
}

fn cluster_id(plane: &ControlPlane, which: Which) -> ClusterId {
    let clusters: Vec<ClusterId> = plane.clusters().map(|cluster| cluster.id().clone()).collect();
    pick(which, &clusters).cloned().unwrap_or_else(|| made("pc-unknown"))
}

pub(super) fn pick<T>(which: Which, items: &[T]) -> Option<&T> {
    items.get(usize::from(which?).checked_rem(items.len())?)
}
