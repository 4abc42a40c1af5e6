//! Broken states that no snapshot can hold, since restoring builds what is broken here: registries, indexes and the
//! cache's bounds. `tests/it/plane/violations.rs` breaks the rest.

use alloc::collections::BTreeSet;

use crate::control_plane::index::listing::Listing;
use crate::control_plane::{Call, FreshCluster};
use crate::control_plane::{ControlPlane, Violation};
use crate::ebs::{
    AddDiskReplicaPair, CreateDiskReplicaGroup, CreateDiskReplicaPair, FreshDrill, GroupCreated,
    GroupSettings, PairCreated, PairSettings, StartDiskReplicaGroup, StartDiskReplicaPair, StartPairDrill,
};
use crate::polardb::{CreateDbCluster, Edition, Engine, HotStandby, PayType};
use crate::policy::Policy;
use crate::time::Timestamp;
use crate::token::{ClientToken, TokenViolation as OfTokens};
use crate::{Outcome, Report, Step};

const NOW: Timestamp = Timestamp::from_millis(1_000);

fn call(region: &str) -> Call {
    Call { now: NOW, account: "1".parse().unwrap(), region: region.parse().unwrap(), token: None }
}

/// The request for pair N of disks `d-Na` and `d-Nb`.
fn create(number: u32) -> (CreateDiskReplicaPair, PairCreated) {
    let create = CreateDiskReplicaPair {
        source_zone: "cn-shanghai-a".parse().unwrap(),
        source_disk: alloc::format!("d-{number}a").parse().unwrap(),
        destination_region: "cn-beijing".parse().unwrap(),
        destination_zone: "cn-beijing-b".parse().unwrap(),
        destination_disk: alloc::format!("d-{number}b").parse().unwrap(),
        settings: PairSettings::default(),
    };
    let pair = alloc::format!("pair-{number}").parse().unwrap();
    (create, PairCreated { pair, order: alloc::format!("order-{number}").parse().unwrap() })
}

/// Reports success for every effect of a step.
fn succeed(plane: &mut ControlPlane, step: &Step) {
    for effect in &step.effects {
        let _ = plane.report(NOW, &Report::Outcome { id: effect.id, outcome: Outcome::Succeeded }).unwrap();
    }
}

/// A replicating pair created under a token, and a cluster in `Creating`.
fn sound() -> ControlPlane {
    let mut plane = ControlPlane::new(Policy::default());
    let call = Call { token: ClientToken::parse("token").unwrap(), ..call("cn-shanghai") };
    let (wanted, fresh) = create(1);
    let reply = plane.create_disk_replica_pair(&call, &wanted, fresh).unwrap();
    succeed(&mut plane, &reply.step);
    let start = StartDiskReplicaPair { pair: "pair-1".parse().unwrap(), one_shot: false };
    assert!(plane.start_disk_replica_pair(&call, &start).result.is_ok());
    let create = CreateDbCluster {
        engine: Engine::MySql,
        version: "8.0".into(),
        edition: Edition::Normal,
        class: "polar.mysql.x4.large".parse().unwrap(),
        node_number: 1,
        pay_type: PayType::Postpaid,
        zone: None,
        hot_standby: HotStandby::Storage,
        standby_zone: None,
        description: None,
        resource_group: None,
        tags: alloc::vec::Vec::new(),
        other: alloc::vec::Vec::new(),
    };
    let fresh = FreshCluster {
        cluster: "pc-1".parse().unwrap(),
        nodes: alloc::vec!["pi-1".parse().unwrap()],
        order: "order-2".parse().unwrap(),
    };
    assert!(plane.create_db_cluster(&call, &create, fresh).unwrap().result.is_ok());
    plane
}

/// A group whose only member has completed a round and has a drill in `executing`.
fn sound_group() -> ControlPlane {
    let mut plane = ControlPlane::new(Policy::default());
    let here = call("cn-shanghai");
    let (wanted, fresh) = create(1);
    let reply = plane.create_disk_replica_pair(&here, &wanted, fresh).unwrap();
    succeed(&mut plane, &reply.step);
    let wanted = CreateDiskReplicaGroup {
        source_zone: wanted.source_zone,
        destination_region: wanted.destination_region,
        destination_zone: wanted.destination_zone,
        settings: GroupSettings::default(),
    };
    let group: crate::GroupId = "group-1".parse().unwrap();
    let fresh = GroupCreated { group: group.clone() };
    let reply = plane.create_disk_replica_group(&here, &wanted, fresh).unwrap();
    succeed(&mut plane, &reply.step);
    let pair: crate::PairId = "pair-1".parse().unwrap();
    let join = AddDiskReplicaPair { group: group.clone(), pair: pair.clone() };
    assert!(plane.add_disk_replica_pair(&here, &join).result.is_ok());
    let reply = plane.start_disk_replica_group(&here, &StartDiskReplicaGroup { group, one_shot: false });
    succeed(&mut plane, &reply.step);
    let fresh = FreshDrill { drill: "drill-1".parse().unwrap(), disks: alloc::vec!["x-1".parse().unwrap()] };
    let reply = plane.start_pair_drill(&call("cn-beijing"), &StartPairDrill { pair }, fresh).unwrap();
    assert!(reply.result.is_ok());
    plane
}

type Break = fn(&mut ControlPlane);

/// Breaks a sound state in one way per case and expects the matching violation.
fn reported(sound: fn() -> ControlPlane, cases: &[(Break, Violation)]) {
    assert_eq!(sound().check(), Ok(()));
    for (number, (change, violation)) in cases.iter().enumerate() {
        let mut plane = sound();
        change(&mut plane);
        assert_eq!(plane.check().as_ref(), Err(violation), "case {number}");
    }
}

#[test]
fn what_restoring_would_mend_is_reported_too() {
    let cases: &[(Break, Violation)] = &[
        (
            |plane| {
                let pair = plane.pairs.remove("pair-1").unwrap();
                plane.pairs.insert("pair-9".parse().unwrap(), pair);
            },
            Violation::Registry("pair-9".into()),
        ),
        (
            |plane| {
                let cluster = plane.clusters.remove("pc-1").unwrap();
                plane.clusters.insert("pc-9".parse().unwrap(), cluster);
            },
            Violation::Registry("pc-9".into()),
        ),
        (|plane| plane.tokens.reset_counter(), Violation::Tokens(OfTokens::SequenceAhead { sequence: 2 })),
        (|plane| plane.policy.tokens.capacity = core::num::NonZeroUsize::MIN, Violation::TokenConfig),
        (
            |plane| plane.index.effects = crate::control_plane::EffectIndex::default(),
            Violation::Index("effects"),
        ),
        (
            |plane| plane.index.deadlines = crate::control_plane::Deadlines::default(),
            Violation::Index("deadlines"),
        ),
        (
            |plane| drop(plane.index.disks.remove(&("1".parse().unwrap(), "d-1a".parse().unwrap()))),
            Violation::Index("disks"),
        ),
        (
            |plane| {
                plane
                    .index
                    .disks
                    .insert(("1".parse().unwrap(), "d-2a".parse().unwrap()), "pair-2".parse().unwrap());
            },
            Violation::Index("disks"),
        ),
        (|plane| plane.index.pair_listing = Listing::default(), Violation::Index("pair_listing")),
        (|plane| drop(plane.index.nodes.remove("pi-1")), Violation::Index("nodes")),
        (
            |plane| drop(plane.index.nodes.insert("pi-2".parse().unwrap(), "pc-1".parse().unwrap())),
            Violation::Index("nodes"),
        ),
    ];
    reported(sound, cases);
}

#[test]
fn what_restoring_would_mend_of_groups_and_drills_is_reported_too() {
    let cases: &[(Break, Violation)] = &[
        (
            |plane| {
                let group = plane.groups.remove("group-1").unwrap();
                plane.groups.insert("group-9".parse().unwrap(), group);
            },
            Violation::Registry("group-9".into()),
        ),
        (
            |plane| {
                let drill = plane.drills.remove("drill-1").unwrap();
                plane.drills.insert("drill-9".parse().unwrap(), drill);
            },
            Violation::Registry("drill-9".into()),
        ),
        (|plane| plane.index.group_listing = Listing::default(), Violation::Index("group_listing")),
        (|plane| drop(plane.index.members.remove("group-1")), Violation::Index("members")),
        (|plane| plane.index.drills.clear(), Violation::Index("drills")),
        (
            |plane| drop(plane.index.drill_disks.remove(&("1".parse().unwrap(), "x-1".parse().unwrap()))),
            Violation::Index("drill disks"),
        ),
    ];
    reported(sound_group, cases);
}

/// The index names in the `Violation::Index` literals of a source.
fn indexes(source: &str) -> BTreeSet<&str> {
    source.split("Violation::Index(\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[test]
fn every_index_is_broken_once() {
    let all = indexes(include_str!("mod.rs"));
    assert!(all.len() > 8, "{all:?}");
    assert_eq!(indexes(include_str!("broken.rs")), all);
}
