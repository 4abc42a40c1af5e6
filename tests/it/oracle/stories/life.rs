//! The life of one group of three pairs: denser than the random sequences, which divide their steps among all there is.

use failover_model::ebs::DiskChange;
use failover_model::polardb::Failure;
use failover_model::testing::steps::{CallRegion, Completion, ReplicaCall, StepKind, TestStep, Timing};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::oracle::step::{OWNER, on_group};

/// The group is made and filled, and then lives.
pub fn steps() -> impl Strategy<Value = Vec<TestStep>> {
    let when = prop_oneof![3 => Just(Timing::Later(1)), 1 => Just(Timing::Later(450_001)), 3 => Just(Timing::Deadline)];
    vec((when, what()).prop_map(|(when, what)| TestStep { timing: when, kind: what }), 40..80).prop_map(
        |steps| {
            let mut all: Vec<TestStep> = made().into_iter().map(soon).collect();
            all.extend(steps);
            all
        },
    )
}

fn soon(what: StepKind) -> TestStep {
    TestStep { timing: Timing::Later(1), kind: what }
}

fn made() -> Vec<StepKind> {
    let well = StepKind::Ended(0, Completion::Success(0));
    let mut whats = vec![StepKind::CreateGroup(OWNER, 0), well.clone()];
    for id in 0..3 {
        let disks = (2 * id, 2 * id + 1);
        let pair = StepKind::CreatePair {
            origin: OWNER,
            id,
            disks,
            destination: CallRegion::Destination,
            months: None,
        };
        whats.extend([pair, well.clone(), on_group(ReplicaCall::Add(Some(0)))]);
    }
    whats
}

fn what() -> impl Strategy<Value = StepKind> {
    let calls = prop_oneof![
        10 => any::<u8>().prop_map(|ask| on_group(ReplicaCall::Permitted(ask))),
        4 => any::<bool>().prop_map(|one_shot| on_group(ReplicaCall::Start { one_shot })),
        3 => any::<u8>().prop_map(|pair| on_group(ReplicaCall::Add(Some(pair)))),
        2 => any::<u8>().prop_map(|pair| on_group(ReplicaCall::Remove(Some(pair)))),
        2 => Just(on_group(ReplicaCall::Failover)),
        1 => (0_u8..4).prop_map(|drill| on_group(ReplicaCall::StartDrill(drill))),
        1 => any::<u8>().prop_map(|drill| StepKind::ClearDrill(OWNER, Some(drill))),
        2 => (0_u8..3, any::<u8>()).prop_map(|(pair, ask)| StepKind::Pair(OWNER, Some(pair), ReplicaCall::Permitted(ask))),
    ];
    let badly = Completion::Failure(Failure::Other);
    let ended = prop_oneof![
        12 => any::<u8>().prop_map(|effect| StepKind::Ended(effect, Completion::Success(0))),
        5 => any::<u8>().prop_map(move |effect| StepKind::Ended(effect, badly)),
        3 => any::<[u8; 2]>().prop_map(|[effect, member]| StepKind::EndedPartly { effect, member }),
        2 => (0_u64..40).prop_map(|effect| StepKind::Late(effect, Completion::Success(0))),
    ];
    let happens = prop_oneof![
        2 => (0_u8..3).prop_map(|pair| StepKind::PairInvalid(Some(pair))),
        1 => Just(StepKind::GroupInvalid(Some(0))),
        1 => (0_u8..6).prop_map(|disk| StepKind::Disk { account: 0, disk, change: DiskChange::Removed }),
        12 => (0_u8..6, any::<bool>()).prop_map(|(disk, attached)| StepKind::Disk {
            account: 0,
            disk,
            change: DiskChange::Attached(attached),
        }),
        60 => Just(StepKind::Advance),
    ];
    prop_oneof![25 => calls, 22 => ended, 10 => happens]
}
