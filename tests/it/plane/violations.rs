//! Each invariant is broken once, and `check` says which.
//!
//! Most states are broken in a snapshot, the way that a hostile or damaged file would, and `restore` must not let them in.
//! What `restore` builds itself (registries, indexes, the cache's bounds) is broken inside the crate, in
//! `src/control_plane/check/broken.rs`, and the token cache in `src/token/check.rs`. A variant that is broken nowhere fails the
//! last tests here.

use std::collections::BTreeSet;

use failover_model::ebs::{GroupStatus, MAX_MEMBERS, PairStatus};
use failover_model::polardb::{
    ClusterSeed, NetworkSeed, NetworkStatus, Role, SwitchMode, SwitchOverGlobalDatabaseNetwork,
};
use failover_model::snapshot::RestoreError;
use failover_model::{ControlPlane, Violation};
use serde_json::{Value, json};

use crate::kit::{self, CLUSTER, OWNER, RPO_MS, SOURCE, START, World, id};

/// Pair 1 is copying its second cycle, pair 2 is being created, a cluster waits for a choice between two nodes.
fn sound() -> Value {
    let mut world = World::default();
    world.bring_to(PairStatus::Syncing).cluster(&[("a", 5), ("b", 5), ("c", 1)]);
    let _ = world.create(2);
    let _ = world.fail_over(None).unwrap();
    serde_json::to_value(world.plane.snapshot()).unwrap()
}

fn restored(snapshot: &Value) -> Result<ControlPlane, RestoreError> {
    ControlPlane::restore(
        serde_json::from_value(snapshot.clone()).expect("the form is right, the content is not"),
    )
}

/// A variant, of which resource, and how it comes about: so many values set, each at a path.
type Broken = (&'static str, &'static str, &'static [Change]);

/// What is set in a sound state, and to which value.
type Change = (&'static str, fn(&Value) -> Value);

const LATER: fn(&Value) -> Value = |state| json!(state["clock"].as_u64().unwrap() + 1);
const NULL: fn(&Value) -> Value = |_| Value::Null;
const YES: fn(&Value) -> Value = |_| json!(true);
const NO: fn(&Value) -> Value = |_| json!(false);
const ZERO: fn(&Value) -> Value = |_| json!(0);
/// The last time after which another whole cycle fits.
const LAST_CYCLE: fn(&Value) -> Value = |_| json!(u64::MAX - RPO_MS);
const FAR: fn(&Value) -> Value = |_| json!(999);
const GONE: fn(&Value) -> Value = |_| json!(u64::MAX);

fn switching(state: &Value, node: &str) -> Value {
    json!({ "switching": { "id": state["clusters"][0]["failover"]["stage"]["choosing"]["id"], "node": node } })
}

const STAGE: &str = "/clusters/0/failover/stage";
const ATTEMPTS: &str = "/clusters/0/failover/attempts";
const TRIED: &str = "/clusters/0/failover/tried";

#[rustfmt::skip]
const BROKEN: &[Broken] = &[
    ("Pending", "pair-1", &[("/pairs/0/pending/effect", |_| json!("stop"))]),
    ("Pending", "pair-1", &[("/pairs/0/status", |_| json!("normal"))]),
    ("Pending", "pair-2", &[("/pairs/1/pending", NULL)]),
    ("EffectId", "pair-2", &[("/pairs/1/pending/id", FAR)]),
    ("EffectId", "pair-2", &[("/pairs/1/latest/free", ZERO)]),
    ("EffectId", "pair-1", &[("/pairs/0/latest/free", FAR)]),
    ("EffectNotMinted", "0", &[("/pairs/1/pending/id", ZERO)]),
    ("EffectId", CLUSTER, &[("/clusters/0/failover/stage/choosing/id", FAR)]),
    ("EffectId", CLUSTER, &[("/clusters/0/latest/free", FAR)]),
    ("EffectTwice", "", &[("/pairs/1/pending/id", |state| state["pairs"][0]["pending"]["id"].clone())]),
    ("EffectTwice", "", &[("/clusters/0/failover/stage/choosing/id", |state| state["pairs"][0]["pending"]["id"].clone())]),
    ("InFuture", "pair-1", &[("/pairs/0/created_at", LATER)]),
    ("InFuture", "pair-1", &[("/pairs/0/last_recover_point", LATER)]),
    ("InFuture", "pair-1", &[("/pairs/0/last_one_shot", LATER)]),
    ("InFuture", "pair-1", &[("/pairs/0/pending/since", LATER)]),
    ("InFuture", "pair-1", &[("/pairs/0/latest/at", LATER)]),
    ("InFuture", CLUSTER, &[("/clusters/0/created_at", LATER)]),
    ("InFuture", CLUSTER, &[("/clusters/0/last_switch", LATER)]),
    ("InFuture", CLUSTER, &[("/clusters/0/latest/at", LATER)]),
    ("Gone", CLUSTER, &[("/clusters/0/latest/plans", GONE)]),
    ("Gone", "pair-1", &[("/pairs/0/latest/plans", GONE)]),
    ("InFuture", CLUSTER, &[("/clusters/0/failover/started_at", LATER)]),
    ("InFuture", CLUSTER, &[("/clusters/0/failover/since", LATER)]),
    ("InFuture", CLUSTER, &[
        ("/clusters/0/failover", NULL),
        ("/clusters/0/pending", |state| json!({ "id": 1, "effect": "delete", "since": LATER(state) })),
    ]),
    ("Due", "pair-1", &[("/pairs/0/due", NULL)]),
    ("Due", "pair-1", &[("/pairs/0/due", NULL), ("/clock", LAST_CYCLE), ("/tokens/clock", LAST_CYCLE)]),
    ("Due", "pair-2", &[("/pairs/1/due", FAR)]),
    ("Due", "pair-2", &[("/pairs/1/status", |_| json!("deleted")), ("/pairs/1/pending", NULL)]),
    ("Message", "pair-1", &[("/pairs/0/status_message", |_| json!("DeviceRemoved"))]),
    ("RecoverPoint", "pair-1", &[("/pairs/0/copied", NO)]),
    ("Switched", "pair-1", &[("/pairs/0/switched", YES)]),
    ("Switched", "pair-2", &[("/pairs/1/status", |_| json!("failovered")), ("/pairs/1/pending", NULL)]),
    ("TooClose", "pair-1", &[("/pairs/0/standby/disk", |state| state["pairs"][0]["primary"]["disk"].clone())]),
    ("TooClose", "pair-1", &[
        ("/pairs/0/standby/region", |state| state["pairs"][0]["primary"]["region"].clone()),
        ("/pairs/0/standby/zone", |state| state["pairs"][0]["primary"]["zone"].clone()),
    ]),
    ("Period", "pair-1", &[("/pairs/0/settings/charge", |_| {
        json!({ "PREPAY": { "bandwidth": 10240, "period": 61, "unit": "Month" } })
    })]),
    ("PostPaid", "pair-1", &[("/pairs/0/settings/charge", |_| {
        json!({ "POSTPAY_WITH": { "bandwidth": 20480 } })
    })]),
    ("DiskTwice", "s-1", &[("/pairs/1/primary/disk", |state| state["pairs"][0]["primary"]["disk"].clone())]),
    ("DiskTwice", "s-1", &[("/pairs/1/standby/disk", |state| state["pairs"][0]["primary"]["disk"].clone())]),
    ("Ordinal", "pair-1", &[("/pairs/0/ordinal", ZERO)]),
    ("Ordinal", "pair-2", &[("/pairs/1/ordinal", |state| state["pairs"][0]["ordinal"].clone())]),
    ("Ordinal", "pair-2", &[("/pairs/1/ordinal", FAR)]),
    ("DiskDefault", "d-9", &[("/disks", |_| {
        json!([{ "account": OWNER, "id": "d-9", "up": true, "attached": false, "removed": false }])
    })]),
    ("Writers", CLUSTER, &[("/clusters/0/nodes/0/role", |_| json!("Reader"))]),
    ("Writers", CLUSTER, &[("/clusters/0/nodes/3/role", |_| json!("Writer"))]),
    ("WriterKind", CLUSTER, &[("/clusters/0/nodes/0/kind", |_| json!("ai"))]),
    ("NodeTwice", "a", &[("/clusters/0/nodes/3/id", |_| json!("a"))]),
    ("FailoverAndLifecycle", CLUSTER, &[("/clusters/0/pending", |state| {
        json!({ "id": 1, "effect": "delete", "since": state["clock"] })
    })]),
    ("Offer", CLUSTER, &[("/clusters/0/nodes/1/up", NO)]),
    ("Offer", CLUSTER, &[("/clusters/0/nodes/2/priority", |_| json!(6))]),
    ("Offer", CLUSTER, &[("/clusters/0/failover/stage/choosing/tier", |_| json!(["a"]))]),
    ("Offer", CLUSTER, &[("/clusters/0/failover/stage/choosing/priority", |_| json!(1))]),
    ("Over", CLUSTER, &[(STAGE, NULL)]),
    ("Promotes", CLUSTER, &[(STAGE, |state| switching(state, "w")), (ATTEMPTS, |_| json!(1))]),
    ("Promotes", CLUSTER, &[(STAGE, |state| switching(state, "unknown")), (ATTEMPTS, |_| json!(1))]),
    ("Promotes", CLUSTER, &[
        (STAGE, |state| switching(state, "a")), (ATTEMPTS, |_| json!(1)), ("/clusters/0/nodes/1/up", NO),
    ]),
    ("Promotes", CLUSTER, &[
        (STAGE, |state| switching(state, "a")), (ATTEMPTS, |_| json!(1)), ("/clusters/0/nodes/1/kind", |_| json!("ai")),
    ]),
    ("Promotes", CLUSTER, &[
        (STAGE, |state| switching(state, "a")), (ATTEMPTS, |_| json!(2)), (TRIED, |_| json!(["a"])),
    ]),
    ("Tried", CLUSTER, &[(TRIED, |_| json!(["unknown"])), (ATTEMPTS, |_| json!(1))]),
    ("Counts", CLUSTER, &[(ATTEMPTS, |_| json!(1))]),
    ("Counts", CLUSTER, &[(STAGE, |state| switching(state, "a"))]),
    ("Counts", CLUSTER, &[("/clusters/0/failover/round", ZERO)]),
    ("WorkAndLifecycle", CLUSTER, &[
        ("/clusters/0/failover", NULL),
        ("/clusters/0/work", |state| json!({ "id": 1, "work": { "restart_node": "a" }, "since": state["clock"] })),
        ("/clusters/0/pending", |state| json!({ "id": 2, "effect": "delete", "since": state["clock"] })),
    ]),
    ("EffectId", CLUSTER, &[
        ("/clusters/0/failover", NULL),
        ("/clusters/0/work", |state| json!({
            "id": 999, "since": state["clock"],
            "work": { "change_zone": { "from": null, "to": "cn-x-z", "standby": true, "nodes": [] } }
        })),
    ]),
    ("InFuture", CLUSTER, &[("/clusters/0/work", |state| {
        json!({ "id": 1, "work": { "restart_node": "a" }, "since": LATER(state) })
    })]),
    ("WorkAndNodes", CLUSTER, &[("/clusters/0/work", |state| {
        json!({ "id": 1, "work": { "restart_node": "a" }, "since": state["clock"] })
    })]),
    ("WorkAndNodes", CLUSTER, &[("/clusters/0/work", |state| {
        json!({ "id": 1, "work": { "restart_node": "unknown" }, "since": state["clock"] })
    })]),
    ("WorkAndNodes", CLUSTER, &[("/clusters/0/work", |state| {
        json!({ "id": 1, "work": { "delete_nodes": ["a", "a"] }, "since": state["clock"] })
    })]),
    ("Zones", CLUSTER, &[("/clusters/0/home", |state| state["clusters"][0]["nodes"][0]["zone"].clone())]),
    ("Waits", CLUSTER, &[("/clusters/0/waits", YES)]),
    ("Waits", CLUSTER, &[("/clusters/0/due", ZERO)]),
    ("Ordinal", CLUSTER, &[("/clusters/0/ordinal", ZERO)]),
    ("Ordinal", CLUSTER, &[("/clusters/0/ordinal", FAR)]),
    ("HotReplica", CLUSTER, &[("/clusters/0/nodes/1/hot_replica", YES)]),
    ("TokenClock", "", &[("/tokens/clock", ZERO)]),
];

/// Group 1 and its two members have completed a round, and each member has a drill that is being made.
fn sound_groups() -> Value {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Normal);
    let _ = world.start_drill(1, 1).unwrap();
    let _ = world.start_drill(2, 2).unwrap();
    serde_json::to_value(world.plane.snapshot()).unwrap()
}

/// Network 1 of two secondaries switches over; cluster 4 is of its own, and cluster 5 is the primary of network 2.
fn sound_networks() -> Value {
    let mut world = World::default();
    for name in [CLUSTER, "pc-2", "pc-3", "pc-4", "pc-5"] {
        let nodes = vec![kit::node(&format!("{name}-w"), Role::Writer, 1)];
        let _ = world.adopt(ClusterSeed { id: id(name), nodes, ..kit::seed(&[]) });
    }
    let network = |name, primary, secondaries: &[&str]| NetworkSeed {
        id: id(name),
        description: None,
        resource_group: None,
        created_at: kit::at(START),
        primary: id(primary),
        secondaries: secondaries.iter().map(|name| id(name)).collect(),
        status: NetworkStatus::Active,
    };
    for seed in [network("gdn-1", CLUSTER, &["pc-2", "pc-3"]), network("gdn-2", "pc-5", &[])] {
        let _ = world.plane.adopt_network(kit::at(START), &id(OWNER), seed).unwrap();
    }
    let (network, mode) = (id("gdn-1"), SwitchMode::Planned);
    let switch = SwitchOverGlobalDatabaseNetwork::new(network).cluster(id("pc-2")).mode(mode);
    let _ = world.call(SOURCE, switch).unwrap();
    serde_json::to_value(world.plane.snapshot()).unwrap()
}

#[rustfmt::skip]
const BROKEN_NETWORKS: &[Broken] = &[
    ("NoCluster", "gdn-1: ", &[("/networks/0/primary", |_| json!("pc-9"))]),
    ("NoCluster", "gdn-1: ", &[("/networks/0/secondaries/1/cluster", |_| json!("pc-9"))]),
    ("NoCluster", "gdn-1: ", &[("/networks/0/account", |_| json!("9"))]),
    ("MemberTwice", "gdn-1: ", &[("/networks/0/secondaries/1/cluster", |_| json!(CLUSTER))]),
    ("MemberTwice", "gdn-2: ", &[("/networks/1/primary", |_| json!("pc-2"))]),
    ("TooMany", "gdn-1: ", &[("/networks/0/secondaries", |_| {
        let more = |name: &str| json!({ "cluster": name, "replicates": true });
        ["pc-2", "pc-3", "pc-4", "pc-6", "pc-7"].map(more).into()
    }), ("/clusters", |state| {
        let mut clusters = state["clusters"].as_array().unwrap().clone();
        for name in ["pc-6", "pc-7"] {
            let mut more = clusters[3].clone();
            (more["id"], more["nodes"][0]["id"]) = (json!(name), json!(format!("{name}-w")));
            more["ordinal"] = json!(900 + clusters.len());
            clusters.push(more);
        }
        clusters.into()
    }), ("/next_id", FAR)]),
    ("Engines", "gdn-1: ", &[("/clusters/2/version", |_| json!("5.7"))]),
    ("Pending", "gdn-1: ", &[("/networks/0/pending/effect", |_| json!("delete"))]),
    ("Pending", "gdn-1: ", &[("/networks/0/pending/effect", |_| json!({ "remove": CLUSTER }))]),
    ("EffectId", "gdn-1: ", &[("/networks/0/latest/free", ZERO)]),
    ("EffectId", "gdn-1: ", &[("/networks/0/latest/free", FAR)]),
    ("InFuture", "gdn-1: ", &[("/networks/0/latest/at", LATER)]),
    ("Gone", "gdn-1: ", &[("/networks/0/latest/plans", GONE)]),
    ("InFuture", "gdn-1: ", &[("/networks/0/created_at", LATER)]),
    ("InFuture", "gdn-1: ", &[("/networks/0/pending/since", LATER)]),
    ("EffectId", "gdn-1: ", &[("/networks/0/pending/id", FAR)]),
];

/// More members than a group may have.
fn many(state: &Value) -> Value {
    let member = |number: usize| {
        let mut pair = state["pairs"][0].clone();
        pair["id"] = json!(format!("pair-{number}"));
        pair["ordinal"] = json!(state["pairs"][0]["ordinal"].as_u64().unwrap() + number as u64);
        pair["primary"]["disk"] = json!(format!("s-{number}"));
        pair["standby"]["disk"] = json!(format!("t-{number}"));
        pair
    };
    (0..=MAX_MEMBERS).map(member).collect()
}

/// What a group or one of its members waits for when it is being stopped.
fn stopping(state: &Value) -> Value {
    json!({ "id": 1, "effect": "stop", "since": state["clock"] })
}

#[rustfmt::skip]
const BROKEN_GROUPS: &[Broken] = &[
    ("EffectId", "drill-1: ", &[("/drills/0/pending/id", FAR)]),
    ("EffectId", "group-1: ", &[("/groups/0/latest/free", FAR)]),
    ("EffectId", "drill-1: ", &[("/drills/0/latest/free", FAR)]),
    ("EffectId", "drill-1: ", &[("/drills/0/latest/free", ZERO)]),
    ("EffectId", "group-1: ", &[
        ("/groups/0/status", |_| json!("stopping")), ("/groups/0/due", NULL),
        ("/groups/0/pending", |state| json!({ "id": 999, "effect": "stop", "since": state["clock"] })),
        ("/pairs/0/status", |_| json!("stopping")), ("/pairs/1/status", |_| json!("stopping")),
    ]),
    ("EffectTwice", "", &[("/drills/1/pending/id", |state| state["drills"][0]["pending"]["id"].clone())]),
    ("EffectTwice", "", &[
        ("/groups/0/status", |_| json!("stopping")), ("/groups/0/due", NULL),
        ("/groups/0/latest/free", |state| state["next_id"].clone()),
        ("/groups/0/pending", |state| json!({
            "id": state["drills"][0]["pending"]["id"], "effect": "stop", "since": state["clock"]
        })),
        ("/pairs/0/status", |_| json!("stopping")), ("/pairs/1/status", |_| json!("stopping")),
    ]),
    ("Ordinal", "group-1: ", &[("/groups/0/ordinal", ZERO)]),
    ("Pending", "group-1: ", &[("/groups/0/status", |_| json!("stopping"))]),
    ("InFuture", "group-1: ", &[("/groups/0/created_at", LATER)]),
    ("InFuture", "group-1: ", &[("/groups/0/last_one_shot", LATER)]),
    ("InFuture", "group-1: ", &[("/groups/0/latest/at", LATER)]),
    ("Due", "group-1: ", &[("/groups/0/due", NULL)]),
    ("Due", "group-1: ", &[
        ("/groups/0/due", NULL), ("/clock", LAST_CYCLE), ("/tokens/clock", LAST_CYCLE),
    ]),
    ("TooClose", "group-1: ", &[("/groups/0/standby", |state| state["groups"][0]["primary"].clone())]),
    ("TooMany", "group-1: ", &[
        ("/pairs", many), ("/groups/0/size", |_| json!(MAX_MEMBERS + 1)), ("/next_id", FAR),
        ("/groups/0/latest/plans", |state| {
            json!(state["pairs"][0]["latest"]["plans"].as_u64().unwrap() * (MAX_MEMBERS as u64 + 1))
        }),
    ]),
    ("Empty", "group-1: ", &[
        ("/pairs", |_| json!([])), ("/drills", |_| json!([])), ("/groups/0/size", ZERO), ("/groups/0/latest/plans", ZERO),
    ]),
    ("Size", "group-1: ", &[("/groups/0/size", ZERO)]),
    ("Plans", "group-1: ", &[("/groups/0/latest/plans", ZERO)]),
    ("Plans", "group-1: ", &[("/pairs/0/latest/plans", ZERO)]),
    ("Gone", "group-1: ", &[("/groups/0/latest/plans", GONE)]),
    ("Gone", "drill-1: ", &[("/drills/0/latest/plans", GONE)]),
    ("CopyFailed", "group-1: ", &[("/groups/0/spoilt", YES)]),
    ("Stalled", "group-1: ", &[("/groups/0/status", |_| json!("manual_syncing")), ("/groups/0/due", NULL)]),
    ("RecoverPoints", "group-1: ", &[("/pairs/1/last_recover_point", FAR)]),
    ("NoGroup", "pair-1: ", &[("/pairs/0/group", |_| json!("group-9"))]),
    ("Status", "pair-1: ", &[("/pairs/0/status", |_| json!("failovering"))]),
    ("Places", "pair-1: ", &[("/pairs/0/primary/region", |_| json!("cn-heyuan"))]),
    ("Places", "pair-1: ", &[
        ("/pairs/0/status", |_| json!("invalid")), ("/pairs/0/primary/region", |_| json!("cn-heyuan")),
    ]),
    ("Places", "pair-1: ", &[
        ("/pairs/0/status", |_| json!("invalid")),
        ("/pairs/0/primary", |state| state["pairs"][0]["standby"].clone()),
        ("/pairs/0/standby", |state| state["pairs"][0]["primary"].clone()),
        ("/pairs/0/standby/region", |_| json!("cn-heyuan")),
    ]),
    ("Places", "pair-1: ", &[
        ("/pairs/0/primary", |state| state["pairs"][0]["standby"].clone()),
        ("/pairs/0/standby", |state| state["pairs"][0]["primary"].clone()),
    ]),
    ("Rtc", "pair-1: ", &[("/pairs/0/settings/enable_rtc", YES)]),
    ("Reversing", "pair-1: ", &[("/pairs/0/reversing", YES)]),
    ("OwnWork", "pair-1: ", &[
        ("/groups/0/status", |_| json!("stopping")), ("/groups/0/due", NULL), ("/groups/0/pending", stopping),
        ("/pairs/0/status", |_| json!("stopping")), ("/pairs/0/pending", |state| {
            json!({ "id": 2, "effect": "stop", "since": state["clock"] })
        }),
        ("/pairs/1/status", |_| json!("stopping")),
    ]),
    ("Ordinal", "drill-1: ", &[("/drills/0/ordinal", ZERO)]),
    ("Owner", "drill-1: ", &[("/drills/0/owner", |_| json!({ "pair": "pair-9" }))]),
    ("Pending", "drill-1: ", &[("/drills/0/status", |_| json!("executed"))]),
    ("InFuture", "drill-1: ", &[("/drills/0/started_at", LATER)]),
    ("InFuture", "drill-1: ", &[("/drills/0/recover_point", LATER)]),
    ("InFuture", "drill-1: ", &[("/drills/0/latest/at", LATER)]),
    ("InFuture", "drill-1: ", &[("/drills/0/pending/since", LATER)]),
    ("Disks", "drill-1: ", &[("/drills/0/recover_point", NULL)]),
    ("DiskTwice", "drill-2: ", &[("/drills/1/disks/0/disk", |state| state["drills"][0]["disks"][0]["disk"].clone())]),
    ("Message", "drill-1: ", &[("/drills/0/status_message", |_| json!("RecoverPointNotFound"))]),
];

/// The name of what is wrong.
fn name(violation: &Violation) -> String {
    let text = match violation {
        Violation::Resource { why, .. } => format!("{why:?}"),
        other => format!("{other:?}"),
    };
    variant(&text).to_string()
}

/// The identifier that a text begins with.
fn variant(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default()
}

#[test]
fn a_sound_state_is_restored() {
    let plane = restored(&sound()).unwrap();
    assert_eq!(plane.check(), Ok(()));
    assert!(plane.pair(&id("pair-1")).is_some() && plane.clock().as_millis() > START);
}

/// The state with these values in it instead, and what `restore` says of it.
fn violation(sound: &Value, changes: &[Change]) -> Violation {
    let mut broken = sound.clone();
    for (path, value) in changes {
        *broken.pointer_mut(path).unwrap_or_else(|| panic!("no {path} in {sound:#}")) = value(sound);
    }
    match restored(&broken) {
        Err(RestoreError::Violation(violation)) => violation,
        other => panic!("{changes:?}: {other:?}"),
    }
}

/// Each of these states, which were sound but for one thing, is reported as what it is.
fn reported(sound: &Value, table: &[Broken]) {
    assert!(restored(sound).is_ok());
    for (number, (name, of, changes)) in table.iter().enumerate() {
        let violation = violation(sound, changes);
        assert_eq!(self::name(&violation), *name, "case {number}: {violation}");
        assert!(violation.to_string().contains(of), "case {number} does not name {of}: {violation}");
    }
}

/// A grid of cycles ends where time does: from then on a replicating pair or group may be without a deadline.
#[test]
fn where_no_other_cycle_fits_none_need_be_due() {
    for (mut state, due) in [(sound(), "/pairs/0/due"), (sound_groups(), "/groups/0/due")] {
        for clock in ["/clock", "/tokens/clock"] {
            *state.pointer_mut(clock).unwrap() = json!(u64::MAX - RPO_MS + 1);
        }
        *state.pointer_mut(due).unwrap() = Value::Null;
        assert_eq!(restored(&state).unwrap().check(), Ok(()), "{due}");
    }
}

#[test]
fn each_broken_state_is_reported_as_what_it_is() {
    reported(&sound(), BROKEN);
}

#[test]
fn each_broken_group_member_and_drill_is_reported_as_what_it_is() {
    reported(&sound_groups(), BROKEN_GROUPS);
}

#[test]
fn each_broken_network_is_reported_as_what_it_is() {
    reported(&sound_networks(), BROKEN_NETWORKS);
}

/// The variants of an enum, read from the source that defines it.
fn variants(source: &str, name: &str) -> BTreeSet<String> {
    let begin = source.split(&format!("pub enum {name} {{\n")).nth(1).expect("the enum is there");
    let body = begin.split("\n}\n").next().unwrap();
    let own = |line: &&str| line.starts_with("    ") && line[4..].starts_with(char::is_uppercase);
    body.lines().filter(own).map(|line| variant(line.trim()).to_string()).collect()
}

/// The variants that a source names after this prefix.
fn named(source: &str, prefix: &str) -> BTreeSet<String> {
    source.split(prefix).skip(1).map(|rest| variant(rest).to_string()).collect()
}

#[test]
fn every_violation_of_the_control_plane_is_broken_somewhere() {
    let source = include_str!("../../../src/control_plane/check/mod.rs");
    let mut all = variants(source, "Violation");
    assert!(all.remove("Resource"), "it is one of these:");
    all.extend(variants(include_str!("../../../src/breach.rs"), "Breach"));
    assert!(all.len() > 40, "{all:?}");
    let all_broken = BROKEN.iter().chain(BROKEN_GROUPS).chain(BROKEN_NETWORKS);
    let mut broken: BTreeSet<String> = all_broken.map(|(name, ..)| name.to_string()).collect();
    let inside = include_str!("../../../src/control_plane/check/broken.rs");
    broken.extend(["Violation::", "Breach::"].iter().flat_map(|prefix| named(inside, prefix)));
    assert_eq!(broken, all);
}

#[test]
fn every_violation_of_the_token_cache_is_broken_somewhere() {
    let source = include_str!("../../../src/token/check.rs");
    let all = variants(source, "TokenViolation");
    assert!(all.len() > 10, "{all:?}");
    assert_eq!(named(source, "Broken::"), all);
}
