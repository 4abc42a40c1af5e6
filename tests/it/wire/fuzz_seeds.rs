//! The committed seeds of the fuzz targets, and all texts in this repository that are of their kind, read as the fuzzer
//! reads them; then each seed again with many small damages, the same in every run.

#[path = "../../fuzz/src/entering.rs"]
mod entering;
#[path = "../../fuzz/src/seeds.rs"]
mod seeds;
#[path = "../../fuzz/src/targets.rs"]
mod targets;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::kit::{drawn, generated};
use failover_model::ebs::PairStatus;
use failover_model::polardb::{ClusterEffect, RestartDbNode};
use failover_model::wire::{LeftOut, LeftOutReason, parse};
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
            let _ = plane.apply(&Input::Call(call, RestartDbNode::new(node).into(), Fresh::None));
        }
        let text = serde_json::to_string(&plane.snapshot()).unwrap();
        for target in ["snapshot", "entering"] {
            let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds").join(target);
            fs::write(directory.join(format!("world-{number}.json")), &text).unwrap();
        }
    }
}

#[test]
fn snapshots_are_restored_or_refused() {
    if generated::updates() {
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

#[test]
fn answers_are_entered_and_answer_the_same() {
    try_all(entering::entering, &files("tests/fuzz/seeds/entering"), 40);
}

/// The same of random worlds. What a world may answer that an empty one cannot take in is listed.
#[test]
fn what_a_random_world_answers_is_entered_and_answers_the_same() {
    let (mut counts, mut ignored) = ([0; 5], BTreeSet::new());
    for number in 8..=255_u8 {
        let (mut plane, steps) = drawn(number);
        for (at, step) in steps.into_iter().enumerate() {
            if at % 5 == 0 {
                for told in entering::entered_again(&plane) {
                    // A drill may outlive the pair that it names.
                    let is_gone = |out: &&LeftOut| {
                        matches!(&out.reason, LeftOutReason::Reference { field: "PairsInfo", id }
                            if id.parse().is_ok_and(|id| plane.pair(&id).is_none_or(|pair| pair.status() == PairStatus::Deleted)))
                    };
                    let left_out: Vec<_> = told.left_out.iter().filter(|out| !is_gone(out)).collect();
                    assert!(left_out.is_empty(), "{number} {at}: {left_out:?}");
                    let found = [
                        told.pairs.len(),
                        told.groups.len(),
                        told.drills.len(),
                        told.clusters.len(),
                        told.networks.len(),
                    ];
                    counts = std::array::from_fn(|kind| counts[kind] + found[kind]);
                    ignored.extend(told.ignored.iter().map(|at| at.rsplit('.').next().unwrap().to_owned()));
                }
            }
            let _ = plane.apply(&step.resolve(&plane));
        }
    }
    assert!(counts.iter().all(|count| *count > 50), "{counts:?}");
    // Which node a cluster is switching to its answer does not say, nor which drill makes the mode of its standby `0`; and
    // by default no column-store node is the writer.
    let expected =
        ["DBClusterStatus", "DBNodeStatus", "GDNStatus", "ImciSwitch", "StandbyHAMode"].map(String::from);
    assert_eq!(ignored, expected.into());
}
