//! Strategies for [proptest](https://docs.rs/proptest): policies, small worlds, and sequences of inputs that fit whatever
//! state they meet.
//!
//! A sequence that is generated blindly is refused nearly everywhere: its effect ids are stale and its pairs unknown. So
//! an input is generated as an [`Abstract`] step, which says *the second pair, at its source* or *the first pending
//! effect, as a failure*, and [`Abstract::resolve`] turns it into an [`Input`] for the control plane as it stands. A step
//! always resolves, so that shrinking may drop any step before it.
//!
//! ```
//! use failover_model::{ControlPlane, Policy};
//! use failover_model::testing::strategies::{Abstract, inputs};
//! use proptest::strategy::{Strategy, ValueTree};
//! use proptest::test_runner::TestRunner;
//!
//! let mut runner = TestRunner::deterministic();
//! let steps = inputs(0..50).new_tree(&mut runner).unwrap().current();
//! let mut plane = ControlPlane::new(Policy::default());
//! for step in &steps {
//!     let input = step.resolve(&plane);
//!     let _ = plane.apply(&input);
//!     plane.check().unwrap();
//! }
//! ```

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::num::{NonZeroU8, NonZeroU64, NonZeroUsize};
use core::ops::Range;

use proptest::collection::vec;
use proptest::prelude::{Just, any};
use proptest::sample::{Index, select};
use proptest::strategy::{Strategy, Union};
use proptest::{option, prop_oneof};

use crate::control_plane::{
    Call, ControlPlane, EffectKind, Fresh, FreshCluster, Input, Observation, Outcome, Report, Request,
};
use crate::ebs::{
    Bandwidth, Charge, CreateDiskReplicaPair, DeleteDiskReplicaPair, DescribeDiskReplicaPairs, DiskChange,
    FailoverDiskReplicaPair, PairCreated, PairSeed, PairStatus, PeriodUnit, ReplicaPair,
    ReprotectDiskReplicaPair, Site, StartDiskReplicaPair, StopDiskReplicaPair,
};
use crate::ids::{AccountId, DiskId, EffectId, NodeId, PairId, RegionId};
use crate::polardb::{
    ClusterEffect, ClusterSeed, ClusterStatus, CreateDbCluster, DbCluster, DbNode, DeleteDbCluster,
    DescribeDbClusterAttribute, DescribeDbClusters, Edition, Engine, FailoverDbCluster, Failure,
    ModifyDbNodeConfig, NodeChange, NodeKind, PayType, Priority, Role, TargetZoneType,
};
use crate::policy::{
    DeleteBeforeStart, EbsPolicy, ExplicitTargetFails, FailoverWhileBusy, FailoverWithoutRecoverPoint,
    FirstCopy, FirstCopyAfterReverse, PairFailover, PolarDbPolicy, Policy, RejectionPolicy, RetryAfterFailure,
    ReverseNeeds, SameRegionPairs, StartWhileReplicating, TokenAlphabet, TokenPolicy, TokenScope,
};
use crate::text::StatusMessage;
use crate::time::{Span, Timestamp};
use crate::token::{ClientToken, Lifetime, Overflow};

/// The regions of generated worlds. Sources lie in the first, destinations mostly in the second.
pub const REGIONS: [&str; 3] = ["cn-shanghai", "cn-beijing", "cn-heyuan"];

/// The accounts of generated worlds. Most calls are the first one's.
pub const ACCOUNTS: [&str; 2] = ["1001", "2002"];

/// The tokens of generated calls. The last has a character that the narrow alphabet refuses.
pub const TOKENS: [&str; 3] = ["token-a", "token-b", "token c"];

/// Any failover priority, the extremes more often.
pub fn priority() -> impl Strategy<Value = Priority> + Clone {
    let number = prop_oneof![2 => Just(1), 1 => Just(15), 3 => 1_u8..=15];
    number.prop_map(|number| Priority::new(number).unwrap_or_default())
}

/// Any readings of the EBS documents, in all combinations, with short and with default times. No regions are shut out.
pub fn ebs_policy() -> impl Strategy<Value = EbsPolicy> {
    let readings = (
        select(PairFailover::ALL),
        select(FailoverWhileBusy::ALL),
        select(FailoverWithoutRecoverPoint::ALL),
        select(StartWhileReplicating::ALL),
        select(FirstCopy::ALL),
        select(FirstCopyAfterReverse::ALL),
        select(RetryAfterFailure::ALL),
        select(DeleteBeforeStart::ALL),
        select(SameRegionPairs::ALL),
        select(ReverseNeeds::ALL),
    );
    let times = (select([0, 1, 60, 3_600].as_slice()), select([0, 450].as_slice()));
    (readings, times).prop_map(|(readings, (tombstone, gap))| EbsPolicy {
        pair_failover: readings.0,
        failover_while_busy: readings.1,
        failover_without_recover_point: readings.2,
        start_while_replicating: readings.3,
        first_copy: readings.4,
        first_copy_after_reverse: readings.5,
        retry_after_failure: readings.6,
        delete_before_start: readings.7,
        same_region_pairs: readings.8,
        reverse_needs: readings.9,
        regions: None,
        tombstone: Span::from_secs(tombstone),
        one_shot_gap: Span::from_secs(gap),
    })
}

/// Any readings of the PolarDB documents, with one to three rounds.
pub fn polardb_policy() -> impl Strategy<Value = PolarDbPolicy> {
    let window = select([0, 1, 600].as_slice());
    (1_u8..=3, select(ExplicitTargetFails::ALL), window).prop_map(|(rounds, fails, window)| PolarDbPolicy {
        rounds: NonZeroU8::new(rounds).unwrap_or(NonZeroU8::MIN),
        explicit_target_fails: fails,
        switch_window: Span::from_secs(window),
    })
}

/// Any readings of the idempotence documents, with caches small enough to overflow.
pub fn token_policy() -> impl Strategy<Value = TokenPolicy> {
    let lifetime = prop_oneof![
        Just(Lifetime::default()),
        Just(Lifetime::Never),
        (1_u64..1_000_000).prop_map(|ms| NonZeroU64::new(ms).map_or(Lifetime::Never, Lifetime::For)),
    ];
    let bounds = (lifetime, 1_usize..6, select([Overflow::Refuse, Overflow::EvictOldestCompleted].as_slice()));
    let readings =
        (select(RejectionPolicy::ALL), select(TokenScope::ALL), select(TokenAlphabet::ALL));
    (bounds, readings).prop_map(|((lifetime, capacity, overflow), (rejections, scope, alphabet))| TokenPolicy {
        lifetime,
        capacity: NonZeroUsize::new(capacity).unwrap_or(NonZeroUsize::MIN),
        overflow,
        rejections,
        scope,
        alphabet,
    })
}

/// The default policy half of the time, else any.
pub fn policy() -> impl Strategy<Value = Policy> {
    let any = (ebs_policy(), polardb_policy(), token_policy());
    prop_oneof![
        Just(Policy::default()),
        any.prop_map(|(ebs, polardb, tokens)| Policy { ebs, polardb, tokens })
    ]
}

/// A small world to begin in: adopted pairs and clusters in any status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    /// The readings in force.
    pub policy: Policy,
    /// Pairs, of the first account, created in the first region.
    pub pairs: Vec<PairSeed>,
    /// Clusters, of the first account.
    pub clusters: Vec<ClusterSeed>,
}

impl World {
    /// A control plane at time `now` that holds what of this world fits the policy.
    pub fn plane(&self, now: Timestamp) -> ControlPlane {
        let mut plane = ControlPlane::new(self.policy.clone());
        let _ = plane.advance(now);
        let (Some(account), Some(region)) = (account(0), region(0)) else { return plane };
        for pair in &self.pairs {
            let _ = plane.adopt_pair(now, &account, &region, pair.clone());
        }
        for cluster in &self.clusters {
            let _ = plane.adopt_cluster(now, &account, cluster.clone());
        }
        plane
    }
}

/// A world of up to two pairs and up to two clusters.
pub fn world() -> impl Strategy<Value = World> {
    (policy(), vec(pair_seed(), 0..3), vec(cluster_seed(), 0..3)).prop_map(|(policy, pairs, clusters)| {
        let pairs = (0_u8..).zip(pairs).map(|(number, seed)| seed(number)).collect();
        let clusters = (0_u8..).zip(clusters).map(|(number, seed)| seed(number)).collect();
        World { policy, pairs, clusters }
    })
}

type Numbered<T> = Arc<dyn Fn(u8) -> T>;

impl core::fmt::Debug for Make<PairSeed> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("pair")
    }
}

/// Placeholder.
#[derive(Clone)]
pub struct Make<T>(Numbered<T>);
