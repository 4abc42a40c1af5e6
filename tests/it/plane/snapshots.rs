//! Snapshots: nothing of the state is left out, nothing in one is taken on trust, and equal states give equal bytes.

use std::num::{NonZeroU8, NonZeroU64, NonZeroUsize};

use failover_model::ebs::{DiskChange, GroupStatus, PairSeed, PairStatus as S};
use failover_model::polardb::{ClusterSeed, ClusterStatus, DbNode, NodeChange, NodeKind, PayType, Role};
use failover_model::policy::{
    AfterExhaustion, AutomaticInWindow, BandwidthInPlace, BusyCluster, ColumnStoreElection,
    DeleteBeforeStart, DrillWithoutRecoverPoint, EbsPolicy, ElectionZone, ExplicitTargetFails,
    FailoverWhileBusy, FailoverWithoutRecoverPoint, FirstCopy, FirstCopyAfterReverse, HotReplicaPreference,
    JoinStatuses, LowerTiers, MissingTarget, PaidPeriods, PairFailover, PolarDbPolicy, PostpaidBandwidth,
    ProductionSite, RejectionPolicy, ReprotectFailedGroup, RetryAfterFailure, ReverseNeeds, RollBack,
    SameRegionPairs, SiteCodes, StandardNodes, StartWhileReplicating, SwitchStatus, TargetInWindow,
    TokenAlphabet, TokenMismatch, TokenPolicy, TokenScope, WindowFrom, WriterAlone, WriterAsTarget, ZoneLoss,
};
use failover_model::snapshot::{RestoreError, Snapshot};
use failover_model::text::{Description, GroupName, Name, Tag, TagKey, TagValue};
use failover_model::token::{Lifetime, Overflow};
use failover_model::{ControlPlane, Fresh, Input, Policy, Report, Span};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::kit::{
    self, CLUSTER, DESTINATION, OWNER, SOURCE, World, at, create_request, id, message, pair_id, priority,
};

/// No field of this policy has its default value, so that a field that is left out shows.
fn contrary() -> Policy {
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
fn rich() -> World {
    let mut world = World::new(contrary());
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
            id: pair_id(number),
            status,
            status_message: Some(message("DeviceKeyChanged")),
            reversed: number % 2 == 1,
            created_at: at(7),
            last_recover_point: Some(at(9)),
            expires_at: (number % 2 == 0).then(|| at(77)),
            request,
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
    let to = |node: &str| failover_model::polardb::FailoverDbCluster {
        cluster: id("pc-2"),
        ..kit::failover_request(Some(node))
    };
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
    let across = failover_model::polardb::FailoverDbCluster {
        cluster: id("pc-5"),
        roll_back_for_disaster: true,
        target_zone_type: failover_model::polardb::TargetZoneType::Standby,
        ..kit::failover_request(None)
    };
    let step = world.call(SOURCE, across).unwrap();
    let _ = world.succeed(step.effects[0].id);
    let _ = world.adopt(named(6, &|_| ()));
    let restart = failover_model::polardb::RestartDbNode { node: id("a-6") };
    let _ = world.call(SOURCE, restart).unwrap();
    // Tokens: accepted, created, refused and kept, evicted.
    let start = |pair| failover_model::ebs::StartDiskReplicaPair { pair: pair_id(pair), one_shot: false };
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
    let pair = |number: u32, status, reversed| {
        let request = create_request(number);
        PairSeed {
            id: pair_id(number),
            status,
            status_message: None,
            reversed,
            created_at: at(7),
            last_recover_point: Some(at(9)),
            expires_at: None,
            request,
        }
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
    let start = failover_model::ebs::StartDiskReplicaGroup { group: kit::group_id(4), one_shot: true };
    let _ = world.call(SOURCE, start).unwrap();
    for number in 1..=3 {
        let _ = world.start_drill(52, number).unwrap();
    }
    let _ = world.succeed(world.drill_pending(2));
    let _ = world.fail(world.drill_pending(3));
    let _ = world.start_group_drill(10).unwrap();
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

fn value(plane: &ControlPlane) -> Value {
    serde_json::to_value(plane.snapshot()).unwrap()
}

/// The state of a snapshot in its written form, if it is taken.
fn restore(value: &Value) -> Result<ControlPlane, String> {
    let snapshot = Snapshot::deserialize(value).map_err(|error| error.to_string())?;
    ControlPlane::restore(snapshot).map_err(|error| error.to_string())
}

/// Paths to everything in a value, itself included.
fn paths(value: &Value) -> Vec<String> {
    let mut all = vec![String::new()];
    let below =
        |step: String, value: &Value| paths(value).into_iter().map(move |path| format!("/{step}{path}"));
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| all.extend(below(name.clone(), value)))
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, value)| all.extend(below(at.to_string(), value)));
        }
        _ => {}
    }
    all
}

/// Other values in place of one.
fn others(value: &Value) -> Vec<Value> {
    let mut all = vec![Value::Null, json!(1), json!(true), json!("x"), json!([]), json!({})];
    match value {
        Value::Number(number) => {
            let number = number.as_u64().unwrap();
            all.extend([
                json!(number + 1),
                json!(number.saturating_sub(1)),
                json!(0),
                json!(u64::MAX),
                json!(-1),
            ]);
        }
        Value::String(text) => {
            all.extend([json!(format!("{text}x")), json!(text.to_uppercase()), json!("")]);
            // Other spellings of the same kind, where it is an enumeration's.
            for words in [
                &["created", "normal", "failovered", "deleted"][..],
                &["Reader", "Writer"],
                &["manual", "automatic"],
                &["copy", "create", "delete"],
                &["Ordinary", "Ai"],
            ] {
                if words.contains(&text.as_str()) {
                    all.extend(words.iter().copied().map(Value::from));
                }
            }
        }
        Value::Bool(value) => all.push(json!(!value)),
        Value::Array(items) => {
            for at in 0..items.len() {
                let mut fewer = items.clone();
                fewer.remove(at);
                all.push(Value::Array(fewer));
                let mut more = items.clone();
                more.push(items[at].clone());
                all.push(Value::Array(more));
                let mut swapped = items.clone();
                swapped.swap(at, 0);
                all.push(Value::Array(swapped));
            }
        }
        Value::Object(fields) => {
            for name in fields.keys() {
                let mut fewer = fields.clone();
                fewer.remove(name);
                all.push(Value::Object(fewer));
            }
            let mut more = fields.clone();
            more.insert("more".into(), Value::Null);
            all.push(Value::Object(more));
        }
        Value::Null => {}
    }
    all.retain(|other| other != value);
    all
}

/// What two written forms may differ in and still mean one state.
fn means_the_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            // An absent field is one without a value.
            let same = |one: &Map<String, Value>, other: &Map<String, Value>| {
                one.iter().all(|(name, value)| {
                    let set = ["tried", "regions", "disks"].contains(&name.as_str());
                    match other.get(name) {
                        // Sets: order and repetition say nothing.
                        Some(other) if set => elements(value) == elements(other),
                        Some(other) => means_the_same(value, other),
                        None => value.is_null(),
                    }
                })
            };
            same(one, other) && same(other, one)
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| means_the_same(one, other))
        }
        _ => one == other,
    }
}

fn elements(value: &Value) -> std::collections::BTreeSet<String> {
    value.as_array().into_iter().flatten().map(ToString::to_string).collect()
}

#[test]
fn no_field_of_a_snapshot_can_be_changed_without_being_refused_or_changing_the_state() {
    let world = rich();
    let original = value(&world.plane);
    assert_eq!(restore(&original).unwrap(), world.plane);
    let (mut refused, mut different, mut same) = (0, 0, 0);
    for path in paths(&original) {
        for other in others(original.pointer(&path).unwrap()) {
            let mut changed = original.clone();
            *changed.pointer_mut(&path).unwrap() = other.clone();
            match restore(&changed) {
                Err(_) => refused += 1,
                Ok(plane) if plane != world.plane => {
                    different += 1;
                    assert_ne!(value(&plane), original, "{path} = {other}: another state, the same snapshot");
                    plane.check().unwrap();
                }
                Ok(_) => {
                    same += 1;
                    assert!(means_the_same(&original, &changed), "{path} = {other} is silently ignored");
                }
            }
        }
    }
    assert!(refused > 5_000 && different > 500 && same < refused, "{refused} {different} {same}");
}

#[test]
fn the_rich_world_has_something_in_every_field() {
    let original = value(&rich().plane);
    // A field name counts as filled if it has a value anywhere.
    let mut filled = std::collections::BTreeMap::new();
    for path in paths(&original) {
        let Some(name) = path.rsplit('/').next().filter(|name| name.parse::<u32>().is_err()) else {
            continue;
        };
        let value = original.pointer(&path).unwrap();
        let empty = value.is_null()
            || value.as_array().is_some_and(Vec::is_empty)
            || value.as_object().is_some_and(Map::is_empty);
        *filled.entry(name.to_string()).or_insert(false) |= !empty;
    }
    let empty: Vec<&String> = filled.iter().filter(|(_, filled)| !**filled).map(|(name, _)| name).collect();
    // Calls settle at once, so no token of a control plane is in flight.
    assert_eq!(empty, ["in_flight"], "of {filled:?}");
}

#[test]
fn a_field_that_the_format_does_not_know_is_refused_wherever_it_stands() {
    let original = value(&rich().plane);
    let mut objects = 0;
    for path in paths(&original) {
        if original.pointer(&path).unwrap().is_object() {
            let mut changed = original.clone();
            let fields = changed.pointer_mut(&path).unwrap().as_object_mut().unwrap();
            fields.insert("more".into(), json!(1));
            assert!(restore(&changed).is_err(), "{path}");
            objects += 1;
        }
    }
    assert!(objects > 50);
}

#[test]
fn a_field_given_twice_is_refused() {
    let text = serde_json::to_string(&rich().plane.snapshot()).unwrap();
    for field in ["\"clock\":", "\"next_id\":", "\"id\":", "\"status\":", "\"role\":"] {
        let twice = text.replacen(field, &format!("{field}0,{field}"), 1);
        assert!(serde_json::from_str::<Snapshot>(&twice).is_err(), "{field}");
    }
}

fn hostile(change: impl FnOnce(&mut Value)) -> Result<ControlPlane, String> {
    let mut snapshot = value(&rich().plane);
    change(&mut snapshot);
    restore(&snapshot)
}

#[track_caller]
fn refused(change: impl FnOnce(&mut Value)) -> String {
    hostile(change).expect_err("the snapshot is refused")
}

/// The entry of a sequence whose field has this value.
fn entry<'a>(snapshot: &'a mut Value, sequence: &str, field: &str, is: &str) -> &'a mut Value {
    let entries = snapshot[sequence].as_array_mut().unwrap();
    entries.iter_mut().find(|entry| entry[field] == is).expect("there is such an entry")
}

#[test]
fn another_version_is_refused() {
    for version in [0, 2, u32::MAX] {
        let mut snapshot = value(&ControlPlane::new(Policy::default()));
        snapshot["version"] = json!(version);
        let snapshot: Snapshot = serde_json::from_value(snapshot).unwrap();
        assert_eq!(ControlPlane::restore(snapshot), Err(RestoreError::Version(version)));
    }
    refused(|snapshot| snapshot["tokens"]["version"] = json!(2));
}

#[test]
fn counters_that_nobody_counted_are_refused() {
    for counter in [0, u64::MAX, u64::MAX / 2 + 1] {
        assert!(refused(|snapshot| snapshot["next_id"] = json!(counter)).contains("counter"), "{counter}");
        refused(|snapshot| snapshot["tokens"]["next"] = json!(counter));
    }
    assert!(refused(|snapshot| snapshot["next_id"] = json!(1)).contains("out of order"));
    hostile(|snapshot| snapshot["next_id"] = json!(u64::MAX / 2)).unwrap();
}

#[test]
fn two_entries_of_one_id_are_refused() {
    for sequence in ["pairs", "clusters", "disks"] {
        let why = refused(|snapshot| {
            let entries = snapshot[sequence].as_array_mut().unwrap();
            entries.push(entries[0].clone());
        });
        assert!(why.contains("repeats the key"), "{why}");
    }
    let why = refused(|snapshot| {
        let node = snapshot["clusters"][0]["nodes"][1].clone();
        snapshot["clusters"][1]["nodes"].as_array_mut().unwrap().push(node);
    });
    assert!(why.contains("exists twice"), "{why}");
    let why = refused(|snapshot| {
        let disk = snapshot["pairs"][0]["primary"]["disk"].clone();
        snapshot["pairs"][1]["primary"]["disk"] = disk;
    });
    assert!(why.contains("part of two pairs"), "{why}");
    let why = refused(|snapshot| {
        let pending = snapshot["clusters"][2]["pending"]["id"].clone();
        entry(snapshot, "pairs", "status", "reprotecting")["pending"]["id"] = pending;
    });
    assert!(why.contains("pending twice"), "{why}");
}

#[test]
fn a_cluster_has_one_writer_in_a_snapshot_too() {
    for roles in [["Writer", "Writer"], ["Reader", "Reader"]] {
        let why = refused(|snapshot| {
            snapshot["clusters"][3]["nodes"][0]["role"] = json!(roles[0]);
            snapshot["clusters"][3]["nodes"][1]["role"] = json!(roles[1]);
        });
        assert!(why.contains("exactly one writer"), "{why}");
    }
    refused(|snapshot| snapshot["clusters"][3]["nodes"] = json!([]));
    let why = refused(|snapshot| snapshot["clusters"][3]["nodes"][0]["kind"] = json!("Ai"));
    assert!(why.contains("kind"), "{why}");
}

#[test]
fn times_that_lie_ahead_are_refused() {
    let later = json!(u64::MAX);
    for (sequence, field, is, path) in [
        ("pairs", "status", "failovered", "/created_at"),
        ("pairs", "status", "failovered", "/last_recover_point"),
        ("pairs", "id", "pair-1", "/last_one_shot"),
        ("pairs", "status", "reprotecting", "/pending/since"),
        ("clusters", "id", "pc-1", "/created_at"),
        ("clusters", "id", "pc-1", "/failover/since"),
        ("clusters", "id", "pc-1", "/failover/started_at"),
        ("clusters", "id", "pc-2", "/last_switch"),
        ("clusters", "id", "pc-3", "/pending/since"),
    ] {
        let why = refused(|snapshot| {
            *entry(snapshot, sequence, field, is).pointer_mut(path).unwrap() = later.clone();
        });
        assert!(why.contains("after the clock"), "{path}: {why}");
    }
    refused(|snapshot| snapshot["tokens"]["tenants"][0]["completed"][0]["completed_at"] = later.clone());
    assert!(refused(|snapshot| snapshot["tokens"]["clock"] = json!(0)).contains("clock"));
    refused(|snapshot| snapshot["clock"] = json!(0));
}

#[test]
fn what_points_nowhere_is_refused() {
    let cluster =
        |change: fn(&mut Value)| refused(|snapshot| change(entry(snapshot, "clusters", "id", "pc-1")));
    let switching =
        |change: fn(&mut Value)| refused(|snapshot| change(entry(snapshot, "clusters", "id", "pc-2")));
    assert!(cluster(|it| it["failover"]["tried"] = json!(["nobody"])).contains("tried a node"));
    assert!(
        switching(|it| it["failover"]["stage"]["switching"]["node"] = json!("nobody")).contains("promotes")
    );
    // The writer itself, and a node that was tried.
    assert!(switching(|it| it["failover"]["stage"]["switching"]["node"] = json!("a-2")).contains("promotes"));
    assert!(
        switching(|it| {
            it["failover"]["tried"] = json!(["w-2"]);
            it["failover"]["attempts"] = json!(2);
        })
        .contains("promotes")
    );
    assert!(switching(|it| it["nodes"][0]["kind"] = json!("Ai")).contains("promotes"));
    assert!(cluster(|it| it["nodes"][1]["up"] = json!(false)).contains("fewer than two"));
    assert!(cluster(|it| it["failover"]["attempts"] = json!(7)).contains("counts"));
    assert!(cluster(|it| it["failover"]["round"] = json!(0)).contains("counts"));
    assert!(
        cluster(|it| it["pending"] = json!({"id": 1, "effect": "delete", "since": 0}))
            .contains("created or released")
    );
}

#[test]
fn a_pair_that_disagrees_with_itself_is_refused() {
    let pair = |status: &str, change: &dyn Fn(&mut Value)| {
        refused(|snapshot| change(entry(snapshot, "pairs", "status", status)))
    };
    assert!(pair("reprotecting", &|it| it["pending"] = Value::Null).contains("pending effect"));
    assert!(
        pair("failovered", &|it| it["pending"] = json!({"id": 1, "effect": "copy", "since": 0}))
            .contains("pending effect")
    );
    assert!(pair("reprotecting", &|it| it["pending"]["effect"] = json!("copy")).contains("pending effect"));
    assert!(pair("normal", &|it| it["due"] = Value::Null).contains("deadline"));
    assert!(pair("stopped", &|it| it["due"] = json!(5)).contains("deadline"));
    assert!(pair("deleted", &|it| it["due"] = Value::Null).contains("deadline"));
    assert!(pair("normal", &|it| it["status_message"] = json!("x")).contains("status message"));
    assert!(pair("normal", &|it| it["copied"] = json!(false)).contains("never copied"));
    assert!(pair("failovered", &|it| it["switched"] = json!(false)).contains("writable"));
    assert!(pair("normal", &|it| it["switched"] = json!(true)).contains("writable"));
    assert!(pair("normal", &|it| it["standby"] = it["primary"].clone()).contains("one place"));
    assert!(
        pair("normal", &|it| {
            it["settings"]["charge"] =
                json!({"PrePay": {"bandwidth": "Kbps10240", "period": 11, "unit": "Month"}});
        })
        .contains("not sold")
    );
    assert!(pair("reprotecting", &|it| it["pending"]["id"] = json!(0)).contains("never minted"));
    assert!(pair("reprotecting", &|it| it["pending"]["id"] = json!(1_000_000)).contains("never minted"));
    assert!(
        refused(|snapshot| snapshot["pairs"].as_array_mut().unwrap().swap(0, 1)).contains("out of order")
    );
    assert!(
        refused(|snapshot| {
            let disk = json!({"account": OWNER, "id": "d", "up": true, "attached": false, "removed": false});
            snapshot["disks"].as_array_mut().unwrap().push(disk);
        })
        .contains("nothing was reported")
    );
}

/// Whatever is accepted goes on soundly: time passes to its end, and every effect ends.
fn goes_on(plane: &ControlPlane) {
    let mut plane = plane.clone();
    for round in 0..3 {
        let pending: Vec<_> = plane.outstanding().map(|effect| effect.id).collect();
        for id in pending {
            let outcome = if round == 1 {
                failover_model::Outcome::Failed {
                    failure: failover_model::polardb::Failure::Other,
                    message: None,
                }
            } else {
                failover_model::Outcome::Succeeded
            };
            let _ = plane.report(plane.clock(), &Report::Outcome { id, outcome });
            plane.check().unwrap();
        }
        let at = if round == 2 { at(u64::MAX) } else { plane.clock().after(Span::from_secs(10_000)) };
        let _ = plane.advance(at);
        plane.check().unwrap();
    }
}

#[test]
fn a_restored_plane_goes_on_as_the_original_does() {
    let world = rich();
    goes_on(&world.plane);
    let (mut original, mut restored) = (world.plane.clone(), restore(&value(&world.plane)).unwrap());
    let now = at(world.now + 10 * kit::RPO_MS);
    assert_eq!(original.advance(now), restored.advance(now));
    for id in original.outstanding().map(|effect| effect.id).collect::<Vec<_>>() {
        let report = Report::Outcome { id, outcome: failover_model::Outcome::Succeeded };
        assert_eq!(original.report(now, &report), restored.report(now, &report));
    }
    assert_eq!(original, restored);
}

#[test]
fn equal_states_give_equal_bytes_under_any_hash_seed() {
    let run = |seed: u64| {
        let mut world = World { plane: ControlPlane::with_hash_seed(contrary(), seed), now: kit::START };
        for number in 1..40 {
            let _ = world.create(number);
        }
        for number in (1..40).step_by(3) {
            let _ = world.disk(&format!("s-{number}"), DiskChange::Removed);
        }
        world.cluster(&[("a", 5), ("b", 5)]);
        for number in 50..60 {
            let mut seed = kit::seed(&[]);
            seed.id = id(&format!("pc-{number}"));
            seed.nodes =
                vec![DbNode { priority: priority(3), ..kit::node(&format!("n-{number}"), Role::Writer, 1) }];
            let _ = world.adopt(seed);
        }
        let removed = failover_model::Observation::ClusterRemoved { cluster: id(CLUSTER) };
        let _ = world.observe(removed);
        (serde_json::to_string(&world.plane.snapshot()).unwrap(), world.plane)
    };
    let (bytes, plane) = run(0);
    for seed in [1, 7, u64::MAX] {
        let (others, other) = run(seed);
        assert_eq!(others, bytes);
        assert_eq!(other, plane);
    }
    // Nor does a way through a snapshot change them.
    for seed in [0, 7] {
        let snapshot = serde_json::from_str(&bytes).unwrap();
        let restored = ControlPlane::restore_with_hash_seed(snapshot, seed).unwrap();
        assert_eq!(serde_json::to_string(&restored.snapshot()).unwrap(), bytes);
        assert_eq!(restored, plane);
    }
}

#[test]
fn an_empty_plane_has_a_snapshot_and_its_shape_is_fixed() {
    let plane = ControlPlane::new(Policy::default());
    let snapshot = value(&plane);
    let fields: Vec<&String> = snapshot.as_object().unwrap().keys().collect();
    assert_eq!(
        fields,
        ["clock", "clusters", "disks", "drills", "groups", "next_id", "pairs", "policy", "tokens", "version"]
    );
    assert_eq!(restore(&snapshot).unwrap(), plane);
}

type Change = (prop::sample::Index, prop::sample::Index, u8);

fn changes() -> impl Strategy<Value = Vec<Change>> {
    prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0_u8..12), 1..4)
}

/// What is restored from the rich world's snapshot after several changes at once, if it is taken.
fn tampered(changes: &[Change]) -> Option<ControlPlane> {
    thread_local! {
        static ORIGINAL: (Value, Vec<String>) = {
            let original = value(&rich().plane);
            let all = paths(&original);
            (original, all)
        };
    }
    let changed = ORIGINAL.with(|(original, all)| {
        let mut changed = original.clone();
        for (target, source, how) in changes {
            let (target, elsewhere): (&String, &String) = (target.get(all), source.get(all));
            let Some(from) = original.pointer(target) else { continue };
            let other = match how {
                0 => original.pointer(elsewhere).unwrap().clone(),
                1 => source.get(&others(from)).clone(),
                // Mostly what can at least be read.
                _ => {
                    let mut others = others(from);
                    others.retain(|other| std::mem::discriminant(other) == std::mem::discriminant(from));
                    others.push(from.clone());
                    source.get(&others).clone()
                }
            };
            if let Some(place) = changed.pointer_mut(target) {
                *place = other;
            }
        }
        changed
    });
    restore(&changed).ok()
}

proptest! {
    #![proptest_config(suite!("snapshots", 400))]

    /// Never a panic, and what is taken is sound, a state of its own, and goes on.
    #[test]
    fn a_snapshot_that_was_tampered_with_is_refused_or_sound(changes in changes()) {
        if let Some(plane) = tampered(&changes) {
            plane.check().unwrap();
            assert_eq!(restore(&value(&plane)).unwrap(), plane, "a snapshot of what was restored restores it");
            goes_on(&plane);
        }
    }

    /// Bytes that are no snapshot at all.
    #[test]
    fn bytes_that_were_cut_or_overwritten_never_panic(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        thread_local! {
            static BYTES: Vec<u8> = serde_json::to_vec(&rich().plane.snapshot()).unwrap();
        }
        let mut bytes = BYTES.with(Clone::clone);
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        if let Ok(snapshot) = serde_json::from_slice::<Snapshot>(&bytes)
            && let Ok(plane) = ControlPlane::restore(snapshot)
        {
            plane.check().unwrap();
        }
    }
}

#[test]
fn enough_tampered_snapshots_are_taken_for_that_to_mean_something() {
    let mut runner = TestRunner::deterministic();
    let cases = (0..200).map(|_| changes().new_tree(&mut runner).unwrap().current());
    let taken = cases.filter(|changes| tampered(changes).is_some()).count();
    assert!((20..180).contains(&taken), "{taken} of 200");
}
