//! Broken states that no snapshot can hold, since restoring builds what is broken here: registries, indexes and the
//! cache's bounds. `tests/it/plane/violations.rs` breaks the rest.

use alloc::collections::BTreeSet;
use core::borrow::Borrow;
use core::hash::Hash;
use core::str::FromStr;

use crate::ascending::Ascending;
use crate::breach::{Breach, set};
use crate::control_plane::index::deadlines::Deadlines;
use crate::control_plane::index::listing::Listing;
use crate::control_plane::{ControlPlane, Violation};
use crate::ids::BadId;
use crate::map::Map;
use crate::policy::Policy;
use crate::scenario::Stage;
use crate::token::TokenViolation as OfTokens;

/// A replicating group whose only member has a drill in `executing`, and a cluster whose
/// network is being created.
const SOUND: &str = "\
call CreateDiskReplicaPair RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DiskId=d-1a DestinationRegionId=cn-beijing \
DestinationZoneId=cn-beijing-b DestinationDiskId=d-1b ClientToken=token fresh=pair-1
report 1 succeeded
call CreateDiskReplicaGroup RegionId=cn-shanghai SourceZoneId=cn-shanghai-a DestinationRegionId=cn-beijing \
DestinationZoneId=cn-beijing-b fresh=group-1
report 2 succeeded
call AddDiskReplicaPair RegionId=cn-shanghai ReplicaGroupId=group-1 ReplicaPairId=pair-1
call StartDiskReplicaGroup RegionId=cn-shanghai ReplicaGroupId=group-1
report 3 succeeded
call StartPairDrill RegionId=cn-beijing PairId=pair-1 fresh=drill-1:x-1
call CreateDBCluster RegionId=cn-shanghai DBType=MySQL DBVersion=8.0 DBNodeClass=polar.mysql.x4.large \
PayType=Postpaid DBNodeNum=1 fresh=pc-1:pi-1
report 5 succeeded
call CreateGlobalDatabaseNetwork DBClusterId=pc-1 fresh=gdn-1";

fn sound() -> ControlPlane {
    let mut stage = Stage::new(Policy::default());
    for (at, line) in SOUND.lines().enumerate() {
        let answer = stage.perform(at, line);
        let first = answer.as_ref().ok().and_then(|lines| lines.first());
        assert!(first.is_some_and(|first| first == "200" || first.starts_with('[')), "{answer:?}");
    }
    stage.plane
}

/// Registers a resource under another id; `None` if it is not there.
fn misfile<K: Eq + Hash + Borrow<str> + FromStr<Err = BadId>, V>(
    map: &mut Map<K, V>,
    from: &str,
    to: &str,
) -> Option<()> {
    let resource = map.remove(from)?;
    map.insert(id(to)?, resource);
    Some(())
}

fn id<K: FromStr<Err = BadId>>(text: &str) -> Option<K> {
    text.parse().ok()
}

fn disk(name: &str) -> Option<(crate::AccountId, crate::DiskId)> {
    Some((id("1234567890123456")?, id(name)?))
}

#[test]
fn what_restoring_would_mend_is_reported_too() {
    /// `None` if there was nothing to break.
    type Break = fn(&mut ControlPlane) -> Option<()>;
    let cases: [(Break, Violation); 20] = [
        (|plane| misfile(&mut plane.pairs, "pair-1", "pair-9"), Breach::Registry.of("pair-9")),
        (|plane| misfile(&mut plane.groups, "group-1", "group-9"), Breach::Registry.of("group-9")),
        (|plane| misfile(&mut plane.drills, "drill-1", "drill-9"), Breach::Registry.of("drill-9")),
        (|plane| misfile(&mut plane.clusters, "pc-1", "pc-9"), Breach::Registry.of("pc-9")),
        (|plane| misfile(&mut plane.networks, "gdn-1", "gdn-9"), Breach::Registry.of("gdn-9")),
        (
            |plane| {
                plane.tokens.reset_counter();
                Some(())
            },
            Violation::Tokens(OfTokens::SequenceAhead(2)),
        ),
        (
            |plane| set(&mut plane.policy.tokens.capacity, core::num::NonZeroUsize::MIN),
            Violation::TokenConfig,
        ),
        (|plane| set(&mut plane.index.effects, Ascending::new()), Violation::Index("effects")),
        (|plane| set(&mut plane.index.deadlines, Deadlines::default()), Violation::Index("deadlines")),
        (|plane| plane.index.disks.swap_remove(&disk("d-1a")?).map(drop), Violation::Index("disks")),
        (
            |plane| plane.index.disks.insert(disk("d-2a")?, id("pair-2")?).is_none().then_some(()),
            Violation::Index("disks"),
        ),
        (|plane| set(&mut plane.index.pair_listing, Listing::default()), Violation::Index("pair_listing")),
        (|plane| set(&mut plane.index.group_listing, Listing::default()), Violation::Index("group_listing")),
        (|plane| plane.index.members.swap_remove("group-1").map(drop), Violation::Index("members")),
        (
            |plane| {
                plane.index.drills.clear();
                Some(())
            },
            Violation::Index("drills"),
        ),
        (
            |plane| plane.index.drill_disks.swap_remove(&disk("x-1")?).map(drop),
            Violation::Index("drill disks"),
        ),
        (|plane| plane.index.nodes.swap_remove("pi-1").map(drop), Violation::Index("nodes")),
        (
            |plane| plane.index.nodes.insert(id("pi-2")?, id("pc-1")?).is_none().then_some(()),
            Violation::Index("nodes"),
        ),
        (|plane| plane.index.networks.swap_remove("pc-1").map(drop), Violation::Index("networks")),
        (
            |plane| plane.index.networks.insert(id("pc-2")?, id("gdn-1")?).is_none().then_some(()),
            Violation::Index("networks"),
        ),
    ];
    let sound = sound();
    assert!(sound.is_sound());
    assert_eq!(sound.diagnose(), Ok(()));
    let mut broken = BTreeSet::new();
    for (number, (change, violation)) in cases.into_iter().enumerate() {
        let mut plane = sound.clone();
        assert!(change(&mut plane).is_some(), "case {number}");
        assert!(!plane.is_sound(), "case {number}");
        assert_eq!(plane.check(), Err(violation.clone()), "case {number}");
        if let Violation::Index(name) = violation {
            broken.insert(name);
        }
    }
    let all = sound.agreements(&sound.index).map(|(name, _)| name);
    assert_eq!(broken, BTreeSet::from(all), "every index is broken once");
}
