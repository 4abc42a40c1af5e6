//! The life of one group of three pairs: denser than the random sequences, which divide their steps among all there is.

use failover_model::ebs::DiskChange;
use failover_model::polardb::Failure;
use failover_model::testing::strategies::{Abstract, GroupAsk, How, PairAsk, Place, What, When};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::oracle::step::{OWNER, on_group};

/// The group is made and filled, and then lives.
pub fn steps() -> impl Strategy<Value = Vec<Abstract>> {
    let when =
        prop_oneof![3 => Just(When::Later(1)), 1 => Just(When::Later(450_001)), 3 => Just(When::Deadline)];
    vec((when, what()).prop_map(|(when, what)| Abstract { when, what }), 40..80).prop_map(|steps| {
        let mut all: Vec<Abstract> = made().into_iter().map(soon).collect();
        all.extend(steps);
        all
    })
}

fn soon(what: What) -> Abstract {
    Abstract { when: When::Later(1), what }
}

fn made() -> Vec<What> {
    let well = What::Ended { effect: 0, how: How::Well(0) };
    let mut whats = vec![What::CreateGroup { caller: OWNER, id: 0 }, well.clone()];
    for id in 0..3 {
        let disks = (2 * id, 2 * id + 1);
        let pair =
            What::CreatePair { caller: OWNER, id, disks, destination: Place::Destination, months: None };
        whats.extend([pair, well.clone(), on_group(GroupAsk::Add(Some(0)))]);
    }
    whats
}

fn what() -> impl Strategy<Value = What> {
    let calls = prop_oneof![
        10 => any::<u8>().prop_map(|ask| on_group(GroupAsk::Allowed(ask))),
        4 => any::<bool>().prop_map(|one_shot| on_group(GroupAsk::Start { one_shot })),
        3 => any::<u8>().prop_map(|pair| on_group(GroupAsk::Add(Some(pair)))),
        2 => any::<u8>().prop_map(|pair| on_group(GroupAsk::Remove(Some(pair)))),
        2 => Just(on_group(GroupAsk::Failover)),
        1 => (0_u8..4).prop_map(|drill| on_group(GroupAsk::StartDrill(drill))),
        1 => any::<u8>().prop_map(|drill| What::ClearDrill { caller: OWNER, drill: Some(drill) }),
        2 => (0_u8..3, any::<u8>()).prop_map(|(pair, ask)| What::Pair {
            caller: OWNER,
            pair: Some(pair),
            ask: PairAsk::Allowed(ask),
        }),
    ];
    let badly = How::Badly(Failure::Other);
    let ended = prop_oneof![
        12 => any::<u8>().prop_map(|effect| What::Ended { effect, how: How::Well(0) }),
        5 => any::<u8>().prop_map(move |effect| What::Ended { effect, how: badly }),
        3 => any::<[u8; 2]>().prop_map(|[effect, member]| What::EndedPartly { effect, member }),
        2 => (0_u64..40).prop_map(|effect| What::Late { effect, how: How::Well(0) }),
    ];
    let happens = prop_oneof![
        2 => (0_u8..3).prop_map(|pair| What::PairInvalid(Some(pair))),
        1 => Just(What::GroupInvalid(Some(0))),
        1 => (0_u8..6).prop_map(|disk| What::Disk { account: 0, disk, change: DiskChange::Removed }),
        12 => (0_u8..6, any::<bool>()).prop_map(|(disk, attached)| What::Disk {
            account: 0,
            disk,
            change: DiskChange::Attached(attached),
        }),
        60 => Just(What::Advance),
    ];
    prop_oneof![25 => calls, 22 => ended, 10 => happens]
}
