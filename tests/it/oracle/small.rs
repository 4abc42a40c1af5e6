//! A small world with some of everything, and the control plane beside the reference in it.

use failover_model::ebs::{GroupStatus, PairSeed, PairStatus};
use failover_model::polardb::ClusterSeed;
use failover_model::testing::strategies::World;
use failover_model::testing::{Drive, Reference};
use failover_model::{ControlPlane, Policy};

use crate::kit::{START, at, group_seed, id, pair_seed, seed};

/// A pair that copied last a second ago, if it ever did.
pub fn pair(number: u32, status: PairStatus) -> PairSeed {
    let last_recover_point = (status != PairStatus::Created).then(|| at(START - 1_000));
    PairSeed { last_recover_point, ..pair_seed(number, status) }
}

/// Nodes `w` and `a` in one zone and `b`, as good as `a`, in another.
pub fn cluster() -> ClusterSeed {
    let mut cluster = seed(&[("a", 5), ("b", 5)]);
    cluster.nodes[2].zone = id("cn-shanghai-b");
    cluster
}

/// Pairs 1 and 2 replicate in group 1, pair 3 by itself; pair 4 was never started, pair 5 is stopped.
pub fn world() -> World {
    let pairs = vec![
        pair(1, PairStatus::Normal),
        pair(2, PairStatus::Normal),
        pair(3, PairStatus::Normal),
        pair(4, PairStatus::Created),
        pair(5, PairStatus::Stopped),
    ];
    let group = Some(group_seed(GroupStatus::Normal, &[1, 2]));
    World { policy: Policy::default(), pairs, group, clusters: vec![cluster()], network: None }
}

/// The control plane in a world beside the reference.
pub fn drive(world: &World) -> Drive<ControlPlane> {
    Drive::new(Reference::of(world, at(START)), world.plane(at(START))).unwrap()
}
