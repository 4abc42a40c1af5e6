//! The committed seeds of the fuzz targets, and all texts in this repository that are of their kind, read as the fuzzer
//! reads them; then each seed again with many small damages, the same in every run.

#[path = "../../fuzz/src/seeds.rs"]
mod seeds;
#[path = "../../fuzz/src/targets.rs"]
mod targets;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::kit::drawn;
use failover_model::polardb::{ClusterEffect, RestartDbNode};
use failover_model::wire::parse;
use failover_model::{Call, ControlPlane, Effect, EffectKind, Fresh, Input, Operation};
use seeds::{files, try_all};

#[test]
fn parameters_are_read_or_refused() {
    let seeds = files("tests/fuzz/seeds/parameters");
    let read = |seed: &Vec<u8>| {
        let pairs =
            std::str::from_utf8(seed).ok()?.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        Some(parse(None, None, &pairs.collect()).ok()?.request.operation())
    };
    let read: BTreeSet<Operation> = seeds.iter().filter_map(read).collect();
    let left: Vec<&Operation> = Operation::ALL.iter().filter(|operation| !read.contains(operation)).collect();
    assert!(left.is_empty(), "no seed is a call of {left:?} that can be read");
    try_all(targets::parameters, &seeds, 200);
}

/// Snapshots of control planes that had many inputs. `UPDATE=1` writes them anew.
fn write_snapshots() {
    for number in 0..8_u8 {
        let (mut plane, steps) = drawn(number);
        for step in steps {
            let _ = plane.apply(&step.resolve(&plane));
        }
        // The work on nodes that steps ask for is refused or over by now.
        let nodes: Vec<_> = plane
            .clusters()
            .flat_map(|cluster| {
                cluster
                    .nodes()
                    .iter()
                    .map(|node| (cluster.account().clone(), cluster.region().clone(), node.id.clone()))
            })
            .collect();
        for (account, region, node) in nodes {
            let call = Call { now: plane.clock(), account, region, token: None };
            let _ = plane.apply(&Input::Call(call, RestartDbNode { node }.into(), Fresh::None));
        }
        let text = serde_json::to_string(&plane.snapshot()).unwrap();
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds/snapshot");
        fs::write(directory.join(format!("world-{number}.json")), text).unwrap();
    }
}

#[test]
fn snapshots_are_restored_or_refused() {
    if std::env::var_os("UPDATE").is_some() {
        write_snapshots();
    }
    let seeds = files("tests/fuzz/seeds/snapshot");
    // Seeds that are refused at once would lead the fuzzer nowhere.
    let restored = seeds.iter().map(|seed| {
        let snapshot = serde_json::from_slice(seed).expect("a snapshot");
        ControlPlane::restore(snapshot).expect("a sound one")
    });
    let planes: Vec<ControlPlane> = restored.collect();
    assert!(planes.iter().any(|plane| plane.groups().next().is_some()), "none has a group");
    assert!(planes.iter().any(|plane| plane.drills().next().is_some()), "none has a drill");
    let works =
        |effect: Effect| matches!(effect.kind, EffectKind::Cluster { effect: ClusterEffect::Work(_), .. });
    assert!(planes.iter().any(|plane| plane.outstanding().any(works)), "none has work on nodes");
    try_all(targets::snapshot, &seeds, 60);
}

#[test]
fn scenarios_are_replayed_or_refused() {
    try_all(targets::scenario, &files("tests/fuzz/seeds/scenario"), 60);
    try_all(targets::scenario, &files("tests/scenarios"), 2);
}
