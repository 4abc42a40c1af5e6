//! Broken states that no snapshot can hold, since restoring builds what is broken here: registries, indexes and the
//! cache's bounds. `tests/violations.rs` breaks the rest.

use super::{ControlPlane, Violation};
use crate::control_plane::{Call, FreshCluster};
use crate::ebs::{CreateDiskReplicaPair, PairCreated, PairSettings, StartDiskReplicaPair};
use crate::polardb::{CreateDbCluster, Edition, Engine, PayType};
use crate::policy::Policy;
use crate::time::Timestamp;
use crate::token::{ClientToken, TokenViolation as OfTokens};
use crate::{Outcome, Report};

/// A pair that copies, under a token, and a cluster that is being made.
fn sound() -> ControlPlane {
    let mut plane = ControlPlane::new(Policy::default());
    let token = ClientToken::parse("token").unwrap();
    let now = Timestamp::from_millis(1_000);
    let call = Call { now, account: "1".parse().unwrap(), region: "cn-shanghai".parse().unwrap(), token };
    let create = CreateDiskReplicaPair {
        source_zone: "cn-shanghai-a".parse().unwrap(),
        source_disk: "d-1".parse().unwrap(),
        destination_region: "cn-beijing".parse().unwrap(),
        destination_zone: "cn-beijing-b".parse().unwrap(),
        destination_disk: "d-2".parse().unwrap(),
        settings: PairSettings::default(),
    };
    let fresh = PairCreated { pair: "pair-1".parse().unwrap(), order: "order-1".parse().unwrap() };
    let reply = plane.create_disk_replica_pair(&call, &create, fresh).unwrap();
    let id = reply.step.effects[0].id;
    let _ = plane.report(now, &Report::Outcome { id, outcome: Outcome::Succeeded }).unwrap();
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

#[test]
fn what_restoring_would_mend_is_reported_too() {
    type Break = fn(&mut ControlPlane);
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
        (|plane| plane.tokens.tear(), Violation::Tokens(OfTokens::SequenceAhead { sequence: 2 })),
        (|plane| plane.policy.tokens.capacity = core::num::NonZeroUsize::MIN, Violation::TokenConfig),
        (|plane| plane.index.effects = super::EffectIndex::default(), Violation::Index("effects")),
        (|plane| plane.index.deadlines = super::Deadlines::default(), Violation::Index("deadlines")),
        (
            |plane| drop(plane.index.disks.remove(&("1".parse().unwrap(), "d-1".parse().unwrap()))),
            Violation::Index("disks"),
        ),
        (
            |plane| {
                plane
                    .index
                    .disks
                    .insert(("1".parse().unwrap(), "d-2".parse().unwrap()), "pair-2".parse().unwrap());
            },
            Violation::Index("disks"),
        ),
        (|plane| drop(plane.index.nodes.remove("pi-1")), Violation::Index("nodes")),
        (
            |plane| drop(plane.index.nodes.insert("pi-2".parse().unwrap(), "pc-1".parse().unwrap())),
            Violation::Index("nodes"),
        ),
    ];
    assert_eq!(sound().check(), Ok(()));
    for (number, (change, violation)) in cases.iter().enumerate() {
        let mut plane = sound();
        change(&mut plane);
        assert_eq!(plane.check().as_ref(), Err(violation), "case {number}");
    }
}
