//! A world with something in every field, under a policy without a default.

use std::num::{NonZeroU8, NonZeroU64, NonZeroUsize};

use failover_model::policy::{
    AfterExhaustion, AutomaticInWindow, BandwidthInPlace, BusyCluster, ColumnStoreElection,
    DeleteBeforeStart, DrillWithoutRecoverPoint, EbsPolicy, ElectionZone, ExplicitTargetFails,
    FailoverWhileBusy, FailoverWithoutRecoverPoint, FirstCopy, FirstCopyAfterReverse, HotReplicaPreference,
    JoinStatuses, LowerTiers, MissingTarget, NetworkEngines, PaidPeriods, PairFailover, PolarDbPolicy,
    PostpaidBandwidth, ProductionSite, RejectionPolicy, ReprotectFailedGroup, RetryAfterFailure,
    ReverseNeeds, RollBack, SameRegionPairs, SiteCodes, StandardNodes, StartWhileReplicating, SwitchStatus,
    TargetInWindow, TokenAlphabet, TokenMismatch, TokenPolicy, TokenScope, WindowFrom, WriterAlone,
    WriterAsTarget, ZoneLoss,
};

use super::*;

/// No field of this policy has its default value, so that a field that is left out shows.
pub(super) fn contrary() -> Policy {
    Policy {
        ebs: EbsPolicy {
            pair_failover: PairFailover::GroupAllowlist,
            failover_while_busy: FailoverWhileBusy::Refuse,
            failover_without_recover_point: FailoverWithoutRecoverPoint::Refuse,
            start_while_replicating: StartWhileReplicating::NoOp,
            first_copy: FirstCopy::AfterOneRpo,
            first_copy_after_reverse: FirstCopyAfterReverse::Syncing,
            retry_after_failure: RetryAfterFailure::Refuse,
            delete_before_start: DeleteBeforeStart::Refuse,
            postpaid_bandwidth: PostpaidBandwidth::Zeroed,
            paid_periods: PaidPeriods::Months,
            bandwidth_in_place: BandwidthInPlace::Changed,
            site_codes: SiteCodes::Place,
            same_region_pairs: SameRegionPairs::Refuse,
            reverse_needs: ReverseNeeds::Detached,
            production_site: ProductionSite::Current,
            join_statuses: JoinStatuses::Same,
            reprotect_failed_group: ReprotectFailedGroup::Repeat,
            drill_without_recover_point: DrillWithoutRecoverPoint::Refuse,
            regions: Some([SOURCE, DESTINATION].iter().map(|region| id(region)).collect()),
            tombstone: Span::from_secs(60),
            one_shot_gap: Span::from_secs(5),
        },
        polardb: PolarDbPolicy {
            sight_delay: Span::from_secs(7),
            rounds: NonZeroU8::new(3).unwrap(),
            retry_pause: Span::from_secs(9),
            explicit_target_fails: ExplicitTargetFails::Elect,
            switch_window: Span::from_secs(60),
            after_exhaustion: AfterExhaustion::Waits,
            writer_alone: WriterAlone::Restarts,
            lower_tiers: LowerTiers::NotTried,
            hot_replicas: HotReplicaPreference::AtEqualPriority,
            column_store: ColumnStoreElection::Elected,
            election_zone: ElectionZone::Writers,
            missing_target: MissingTarget::MissingParameter,
            writer_as_target: WriterAsTarget::Succeed,
            token_mismatch: TokenMismatch::InvalidClientToken,
            busy_cluster: BusyCluster::Accept,
            switch_status: SwitchStatus::RoleSwitching,
            window_from: WindowFrom::Start,
            automatic_in_window: AutomaticInWindow::Held,
            target_in_window: TargetInWindow::Accepted,
            roll_back: RollBack::EverySwitch,
            standard_nodes: StandardNodes::EightReaders,
            zone_loss: ZoneLoss::Wait,
            network_engines: NetworkEngines::Reference,
        },
        tokens: TokenPolicy {
            lifetime: Lifetime::For(NonZeroU64::new(7_000_000).unwrap()),
            capacity: NonZeroUsize::new(2).unwrap(),
            overflow: Overflow::EvictOldestCompleted,
            rejections: RejectionPolicy::Sticky,
            scope: TokenScope::Product,
            alphabet: TokenAlphabet::Graphic,
        },
    }
}

/// A world with something in every field: pairs in several statuses, a reversed one among them; clusters that choose,
/// switch, are made and are busy; disks; tokens of two accounts with outcomes of every kind, and a horizon.
pub(super) fn rich() -> World {
    let mut world = World::new(contrary());
    world.plane.set_regions(
        [(id("cn-beijing"), [id("cn-beijing-b")].into()), (id("us-east-1"), [id("us-east-1-a")].into())]
            .into(),
    );
    let tag = Tag { key: TagKey::parse("env").unwrap(), value: TagValue::parse("prod").unwrap() };
    let statuses = [
        S::Normal,
        S::Syncing,
        S::InitialSyncing,
        S::ManualSyncing,
        S::Failedover,
        S::Reprotecting,
        S::Deleted,
        S::Invalid,
        S::CreateFailed,
        S::Stopped,
    ];
    for (number, status) in (10_u32..).zip(statuses) {
        let mut request = create_request(number);
        request.settings.name = Some(Name::parse("orders").unwrap());
        request.settings.description = Some(Description::parse("of orders").unwrap());
        request.settings.resource_group = Some(id("rg-1"));
        request.settings.tags = vec![tag.clone()];
        request.settings.enable_rtc = number % 2 == 0;
        if number % 3 == 0 {
            request.settings.charge = failover_model::ebs::Charge::PrePay {
                bandwidth: failover_model::ebs::Bandwidth::Kbps20480,
                period: 6,
                unit: failover_model::ebs::PeriodUnit::Month,
            };
        }
        let seed = PairSeed {
            status_message: Some(message("DeviceKeyChanged")),
            reversed: number % 2 == 1,
            created_at: at(7),
            last_recover_point: Some(at(9)),
            expires_at: (number % 2 == 0).then(|| at(77)),
            request,
            ..pair_seed(number, status)
        };
        let _ = world.plane.adopt_pair(at(world.now), &id(OWNER), &id(SOURCE), seed).unwrap();
    }
    let _ = world.advance(1_000);
    world.bring_to(S::Created);
    let _ = world.start(SOURCE, true).unwrap();
    let _ = world.pair_succeeds(1);
    let _ = world.disk("s-1", DiskChange::Attached(true));
    let _ = world.disk("t-11", DiskChange::Up(false));
    let _ = world.disk("elsewhere", DiskChange::Removed);

    let named = |number: u32, change: &dyn Fn(&mut ClusterSeed)| {
        let mut seed = kit::seed(&[]);
        seed.id = id(&format!("pc-{number}"));
        seed.nodes = ["w", "a", "b", "c"]
            .iter()
            .enumerate()
            .map(|(at, name)| {
                let role = if at == 0 { Role::Writer } else { Role::Reader };
                kit::node(&format!("{name}-{number}"), role, 5)
            })
            .collect();
        seed.description = Some(Description::parse("of orders").unwrap());
        seed.resource_group = Some(id("rg-1"));
        seed.tags = vec![tag.clone()];
        seed.serverless = Some(Serverless::Steady);
        seed.expires_at = Some(at(99));
        seed.settings = vec![("VPCId".into(), "vpc-1".into())];
        change(&mut seed);
        seed
    };
    // Chooses, after a failed attempt.
    let _ = world.adopt(named(1, &|_| ()));
    let _ = world.node("w-1", NodeChange::Up(false));
    let _ = world.later(10).choose("b-1").unwrap();
    let _ = world.promotion_fails();
    assert_eq!(world.offered(), ["a-1", "c-1"]);
    // Switches to a named target, and has switched before.
    let _ = world.adopt(named(2, &|seed| {
        seed.nodes[3].kind = NodeKind::ColumnStore;
        seed.nodes[2].hot_replica = true;
        seed.nodes[2].busy = Some(message("Rebooting"));
    }));
    let to = |node: &str| with!(kit::failover_request(Some(node)), cluster = id("pc-2"));
    let step = world.call(SOURCE, to("a-2")).unwrap();
    let _ = world.succeed(step.effects[0].id);
    let _ = world.later(60_000).call(SOURCE, to("w-2")).unwrap();
    // Is made; is busy; cannot be deleted.
    let _ = world.adopt(named(3, &|seed| seed.status = ClusterStatus::Creating));
    let _ = world.adopt(named(4, &|seed| {
        seed.status = ClusterStatus::Busy(message("ClassChanging"));
        seed.pay_type = PayType::Prepaid;
        seed.deletion_lock = true;
    }));
    // Groups: one with members of which a copy failed, one that fails over, one reversed; drills in three statuses.
    groups(&mut world, &tag);
    // Has switched between zones and returns; works on a node.
    let _ = world.adopt(named(5, &|seed| {
        seed.nodes[1].kind = NodeKind::Standby;
        seed.nodes[1].zone = id("cn-shanghai-b");
    }));
    let across = with!(
        kit::failover_request(None)
            .roll_back_for_disaster(true)
            .target_zone_type(failover_model::polardb::TargetZoneType::Standby),
        cluster = id("pc-5")
    );
    let step = world.call(SOURCE, across).unwrap();
    let _ = world.succeed(step.effects[0].id);
    let _ = world.adopt(named(6, &|_| ()));
    let restart = failover_model::polardb::RestartDbNode::new(id("a-6"));
    let _ = world.call(SOURCE, restart).unwrap();
    networks(&mut world);
    // Tokens: accepted, created, refused and kept, evicted.
    let start = |pair| failover_model::ebs::StartDiskReplicaPair::new(pair_id(pair));
    for (account, token, pair) in
        [(OWNER, "t-1", 19), (OWNER, "t-2", 99), (OWNER, "t-3", 98), ("2002", "t-1", 97)]
    {
        let _ = world.later(5).apply_raw(account, SOURCE, token, start(pair).into(), Fresh::None);
    }
    let fresh = Fresh::Pair(failover_model::ebs::PairCreated { pair: pair_id(40), order: id("o-40") });
    let created = world.later(5).apply_raw(OWNER, SOURCE, "t-4", create_request(40).into(), fresh);
    assert!(created.is_ok_and(|output| output.result.unwrap().is_ok()));
    assert!(world.plane.tokens().horizon(&id(OWNER)) > 0);
    world.plane.check().unwrap();
    world
}

/// Adds groups and drills to the rich world.
fn groups(world: &mut World, tag: &Tag) {
    let pair = |number: u32, status, reversed| PairSeed {
        reversed,
        created_at: at(7),
        last_recover_point: Some(at(9)),
        ..pair_seed(number, status)
    };
    let statuses = [
        (GroupStatus::Syncing, S::Syncing, false),
        (GroupStatus::Failingover, S::Failingover, false),
        (GroupStatus::Reprotecting, S::Reprotecting, true),
        (GroupStatus::Stopped, S::Stopped, false),
    ];
    for (number, (status, of_pair, reversed)) in (1_u32..).zip(statuses) {
        let members = [50 + number * 2, 51 + number * 2];
        for member in members {
            let seed = pair(member, of_pair, reversed);
            let _ = world.plane.adopt_pair(at(world.now), &id(OWNER), &id(SOURCE), seed).unwrap();
        }
        let mut request = kit::create_group_request();
        request.settings.name = Some(GroupName::parse("orders").unwrap());
        request.settings.description = Some(Description::parse("of orders").unwrap());
        request.settings.resource_group = Some(id("rg-1"));
        request.settings.tags = vec![tag.clone()];
        request.settings.enable_rtc = number == 2;
        let seed = failover_model::ebs::GroupSeed {
            id: kit::group_id(number),
            status,
            reversed,
            created_at: at(8),
            request,
            members: members.map(pair_id).into(),
        };
        let _ = world.plane.adopt_group(at(world.now), &id(OWNER), &id(SOURCE), seed).unwrap();
    }
    // Of the round of the first one copy failed; the fourth makes one round.
    let _ = world.pair_fails(52);
    let start = failover_model::ebs::StartDiskReplicaGroup::new(kit::group_id(4)).one_shot(true);
    let _ = world.call(SOURCE, start).unwrap();
    for number in 1..=3 {
        let _ = world.start_drill(52, number).unwrap();
    }
    let _ = world.succeed(world.drill_pending(2));
    let _ = world.fail(world.drill_pending(3));
    let _ = world.start_group_drill(10).unwrap();
    world.plane.check().unwrap();
}

/// Adds networks to the rich world: one whose old primary was left behind, and which switches over; one that is being made.
fn networks(world: &mut World) {
    for name in ["pc-21", "pc-22", "pc-23", "pc-24"] {
        let nodes = vec![kit::node(&format!("{name}-w"), Role::Writer, 1)];
        let _ = world.adopt(ClusterSeed { id: id(name), nodes, ..kit::seed(&[]) });
    }
    let network = |name, primary, secondaries: &[&str], status| NetworkSeed {
        id: id(name),
        description: Some(NetworkDescription::parse("orders").unwrap()),
        resource_group: Some(id("rg-1")),
        created_at: at(7),
        primary: id(primary),
        secondaries: secondaries.iter().map(|name| id(name)).collect(),
        status,
    };
    let active = network("gdn-1", "pc-21", &["pc-22", "pc-23"], NetworkStatus::Active);
    let created = network("gdn-2", "pc-24", &[], NetworkStatus::Creating);
    for seed in [active, created] {
        let _ = world.plane.adopt_network(at(world.now), &id(OWNER), seed).unwrap();
    }
    let switch =
        |cluster, mode| SwitchOverGlobalDatabaseNetwork::new(id("gdn-1")).cluster(id(cluster)).mode(mode);
    let step = world.call(SOURCE, switch("pc-22", SwitchMode::Forced)).unwrap();
    let _ = world.succeed(step.effects[0].id);
    let _ = world.call(SOURCE, switch("pc-23", SwitchMode::Planned)).unwrap();
    world.plane.check().unwrap();
}

impl World {
    /// A call under a token. Unlike the others it may change the tokens though it is refused.
    fn apply_raw(
        &mut self,
        account: &str,
        region: &str,
        token: &str,
        request: failover_model::Request,
        fresh: Fresh,
    ) -> Result<failover_model::Output, failover_model::Misuse> {
        let token = failover_model::ClientToken::parse(token).unwrap();
        let call =
            failover_model::Call { now: at(self.now), account: id(account), region: id(region), token };
        self.plane.apply(&Input::Call(call, request, fresh))
    }
}
