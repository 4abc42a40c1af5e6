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

use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::num::{NonZeroU8, NonZeroU64, NonZeroUsize};
use core::ops::Range;

use proptest::collection::vec;
use proptest::prelude::{Just, any};
use proptest::sample::select;
use proptest::strategy::{Strategy, Union};
use proptest::{option, prop_oneof};

use crate::control_plane::{
    Call, ControlPlane, EffectKind, Fresh, FreshCluster, Input, Observation, Outcome, Report, Request,
};
use crate::ebs::table::{PairEvent, Verdict, lookup};
use crate::ebs::{
    Bandwidth, Charge, CreateDiskReplicaPair, DeleteDiskReplicaPair, DescribeDiskReplicaPairs, DiskChange,
    FailoverDiskReplicaPair, PairCreated, PairSeed, PairStatus, PeriodUnit, ReplicaPair,
    ReprotectDiskReplicaPair, Site, StartDiskReplicaPair, StopDiskReplicaPair,
};
use crate::ids::{AccountId, BadId, ClusterId, DiskId, EffectId, NodeId, PairId, RegionId};
use crate::polardb::{
    ClusterEffect, ClusterSeed, ClusterStatus, CreateDbCluster, DbCluster, DbNode, DeleteDbCluster,
    DescribeDbClusterAttribute, DescribeDbClusters, Edition, Engine, FailoverDbCluster, Failure,
    ModifyDbNodeConfig, NodeChange, NodeKind, PayType, Priority, Role, TargetZoneType,
};
use crate::policy::{
    DeleteBeforeStart, EbsPolicy, ExplicitTargetFails, FailoverWhileBusy, FailoverWithoutRecoverPoint,
    FirstCopy, FirstCopyAfterReverse, PairFailover, PolarDbPolicy, Policy, RejectionPolicy,
    RetryAfterFailure, ReverseNeeds, SameRegionPairs, StartWhileReplicating, TokenAlphabet, TokenPolicy,
    TokenScope,
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
    let bounds =
        (lifetime, 1_usize..6, select([Overflow::Refuse, Overflow::EvictOldestCompleted].as_slice()));
    let readings = (select(RejectionPolicy::ALL), select(TokenScope::ALL), select(TokenAlphabet::ALL));
    (bounds, readings).prop_map(|((lifetime, capacity, overflow), (rejections, scope, alphabet))| {
        TokenPolicy {
            lifetime,
            capacity: NonZeroUsize::new(capacity).unwrap_or(NonZeroUsize::MIN),
            overflow,
            rejections,
            scope,
            alphabet,
        }
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
        let (account, region) = (account(0), region(0));
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
    let pairs = (option::of(pair_seed(0)), option::of(pair_seed(1)));
    let clusters = (option::of(cluster_seed(0)), option::of(cluster_seed(1)));
    (policy(), pairs, clusters).prop_map(|(policy, pairs, clusters)| World {
        policy,
        pairs: [pairs.0, pairs.1].into_iter().flatten().collect(),
        clusters: [clusters.0, clusters.1].into_iter().flatten().collect(),
    })
}

/// A pair to be adopted, in any status: `pair-N` between disks `d-2N` and `d-2N+1`.
pub fn pair_seed(number: u8) -> impl Strategy<Value = PairSeed> {
    let history = (option::of(0_u64..1_000_000), any::<bool>());
    (select(PairStatus::ALL), history, any::<bool>()).prop_map(move |(status, (copied, reversed), told)| {
        let disks = (number.saturating_mul(2), number.saturating_mul(2).saturating_add(1));
        PairSeed {
            id: made(&format!("pair-{number}")),
            status,
            status_message: told.then(|| StatusMessage::parse("DeviceKeyChanged").ok()).flatten(),
            reversed,
            created_at: Timestamp::default(),
            last_recover_point: copied.map(Timestamp::from_millis),
            request: create_pair(disks, Place::Destination, None),
        }
    })
}

/// A cluster to be adopted: `pc-N` with a writer and up to four readers, most of them able to take over.
pub fn cluster_seed(number: u8) -> impl Strategy<Value = ClusterSeed> {
    let status = prop_oneof![
        6 => Just(ClusterStatus::Running),
        1 => Just(ClusterStatus::Creating),
        1 => Just(ClusterStatus::Deleting),
        1 => Just(StatusMessage::parse("ClassChanging").map_or(ClusterStatus::Running, ClusterStatus::Busy)),
    ];
    let kinds =
        prop_oneof![6 => Just(Edition::Normal), 1 => Just(Edition::SeNormal), 1 => select(Edition::ALL)];
    let engine =
        prop_oneof![3 => Just(Engine::MySql), 1 => Just(Engine::PostgreSql), 1 => Just(Engine::Oracle)];
    let locks = (rarely(), rarely());
    (status, kinds, engine, locks, node(), vec(node(), 0..5)).prop_map(
        move |(status, edition, engine, (prepaid, deletion_lock), writer, readers)| {
            let writer = DbNode { role: Role::Writer, kind: NodeKind::Ordinary, ..writer };
            let nodes = (0_u8..).zip(core::iter::once(writer).chain(readers));
            ClusterSeed {
                id: made(&format!("pc-{number}")),
                region: region(0),
                engine,
                version: Arc::from(engine.versions().first().copied().unwrap_or_default()),
                edition,
                pay_type: if prepaid { PayType::Prepaid } else { PayType::Postpaid },
                description: None,
                resource_group: None,
                tags: Vec::new(),
                deletion_lock,
                created_at: Timestamp::default(),
                nodes: nodes.map(|(at, node)| DbNode { id: node_id(number, at), ..node }).collect(),
                status,
            }
        },
    )
}

/// A reader; the id is a placeholder.
fn node() -> impl Strategy<Value = DbNode> {
    let kind = prop_oneof![
        8 => Just(NodeKind::Ordinary),
        1 => Just(NodeKind::ColumnStore),
        1 => Just(NodeKind::Ai),
        1 => Just(NodeKind::Standby),
    ];
    (kind, small_priority(), rarely(), rarely(), rarely(), any::<bool>()).prop_map(
        |(kind, priority, down, lagging, busy, hot_replica)| DbNode {
            id: node_id(0, 0),
            role: Role::Reader,
            kind,
            priority,
            class: made("polar.mysql.x4.large"),
            zone: made("cn-shanghai-a"),
            created_at: Timestamp::default(),
            up: !down,
            replicating: !lagging,
            busy: busy.then(|| StatusMessage::parse("Rebooting").ok()).flatten(),
            hot_replica,
        },
    )
}

/// A priority out of few, so that ties are common.
fn small_priority() -> impl Strategy<Value = Priority> + Clone {
    prop_oneof![3 => Just(1), 3 => Just(5), 1 => 1_u8..=15]
        .prop_map(|number| Priority::new(number).unwrap_or_default())
}

fn rarely() -> impl Strategy<Value = bool> + Clone {
    proptest::bool::weighted(0.1)
}

/// A step that fits any state: [`resolve`](Self::resolve) makes an input of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Abstract {
    /// When.
    pub when: When,
    /// What.
    pub what: What,
}

/// A time, as seen from the clock of the control plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// At the clock.
    Now,
    /// So many milliseconds later.
    Later(u64),
    /// So many milliseconds earlier, as after a leap of the caller's clock.
    Earlier(u64),
    /// When the next deadline is due, if one stands.
    Deadline,
}

/// Who calls, where and under which token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// Which of [`ACCOUNTS`].
    pub account: u8,
    /// From where.
    pub place: Place,
    /// Which of [`TOKENS`], if any.
    pub token: Option<u8>,
}

/// A region, as seen from a pair; of a cluster, one of [`REGIONS`] in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Where the call belongs.
    Fitting,
    /// Where the pair's source is now.
    Source,
    /// Where its destination is now.
    Destination,
    /// Neither.
    Third,
}

/// One of the resources that exist, counted round and round from the first; `None` is one that does not exist.
pub type Which = Option<u8>;

/// What is asked of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairAsk {
    /// Something that its status allows under the policy, if there is such a thing.
    Allowed(u8),
    /// `StartDiskReplicaPair`.
    Start {
        /// `OneShot`.
        one_shot: bool,
    },
    /// `StopDiskReplicaPair`.
    Stop,
    /// `FailoverDiskReplicaPair`.
    Failover,
    /// `ReprotectDiskReplicaPair`.
    Reprotect {
        /// `ReverseReplicate`.
        reverse: bool,
    },
    /// `DeleteDiskReplicaPair`.
    Delete,
}

impl PairAsk {
    const PLAIN: [Self; 7] = [
        Self::Start { one_shot: false },
        Self::Start { one_shot: true },
        Self::Stop,
        Self::Failover,
        Self::Reprotect { reverse: true },
        Self::Reprotect { reverse: false },
        Self::Delete,
    ];

    const fn event(self) -> PairEvent {
        match self {
            Self::Start { one_shot: true } => PairEvent::StartOneShot,
            Self::Start { one_shot: false } => PairEvent::StartAgain,
            Self::Stop => PairEvent::Stop,
            Self::Allowed(_) | Self::Failover => PairEvent::Failover,
            Self::Reprotect { .. } => PairEvent::Reprotect,
            Self::Delete => PairEvent::Delete,
        }
    }

    fn plain(self, pair: Option<&ReplicaPair>, policy: &EbsPolicy) -> Self {
        let (Self::Allowed(index), Some(pair)) = (self, pair) else { return self };
        let allowed = |ask: &Self| lookup(pair.status(), ask.event()).verdict(policy) != Verdict::Refuse;
        let allowed: Vec<Self> = Self::PLAIN.into_iter().filter(allowed).collect();
        pick(Some(index), &allowed).copied().unwrap_or(self)
    }

    fn request(self, pair: PairId) -> Request {
        match self {
            Self::Start { one_shot } => StartDiskReplicaPair { pair, one_shot }.into(),
            Self::Stop => StopDiskReplicaPair { pair }.into(),
            Self::Allowed(_) | Self::Failover => FailoverDiskReplicaPair { pair }.into(),
            Self::Reprotect { reverse } => {
                ReprotectDiskReplicaPair { pair, reverse_replicate: reverse }.into()
            }
            Self::Delete => DeleteDiskReplicaPair { pair }.into(),
        }
    }
}

/// What is asked of a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClusterAsk {
    /// `FailoverDBCluster`.
    Failover {
        /// `TargetDBNodeId`: none, or one of its nodes.
        target: Option<u8>,
        /// Whether `TargetZoneType` is `Standby`.
        standby: bool,
    },
    /// `ModifyDBNodeConfig`.
    Priority {
        /// One of its nodes.
        node: u8,
        /// The new priority.
        priority: Priority,
    },
    /// `DeleteDBCluster`.
    Delete,
    /// `DescribeDBClusterAttribute`.
    Describe,
}

/// How an effect is reported to have ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Well; where a choice is asked for, by one of the nodes offered.
    Well(u8),
    /// Badly.
    Badly(Failure),
    /// By a choice of some node, offered or not.
    Chosen(Which),
    /// As done, even where a choice is asked for.
    Done,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A call on a pair.
    Pair {
        /// By whom.
        caller: Caller,
        /// On which.
        pair: Which,
        /// Asking what.
        ask: PairAsk,
    },
    /// `CreateDiskReplicaPair`, with ids and disks from small pools.
    CreatePair {
        /// By whom.
        caller: Caller,
        /// `pair-N`.
        id: u8,
        /// `d-N` and `d-M`.
        disks: (u8, u8),
        /// Where the destination is.
        destination: Place,
        /// The months paid for, if it is prepaid.
        months: Option<u8>,
    },
    /// A call on a cluster.
    Cluster {
        /// By whom.
        caller: Caller,
        /// On which.
        cluster: Which,
        /// Asking what.
        ask: ClusterAsk,
    },
    /// `CreateDBCluster`, with ids from a small pool.
    CreateCluster {
        /// By whom.
        caller: Caller,
        /// `pc-N`.
        id: u8,
        /// How many nodes are asked for.
        nodes: u8,
        /// How many ids are given.
        fresh: u8,
    },
    /// `DescribeDiskReplicaPairs` and `DescribeDBClusters`.
    Describe {
        /// By whom.
        caller: Caller,
        /// Pairs or clusters.
        pairs: bool,
    },
    /// A pending effect ended.
    Ended {
        /// Which.
        effect: u8,
        /// How.
        how: How,
    },
    /// The effect of this number ended, pending or not.
    Late {
        /// Its number.
        effect: u64,
        /// How.
        how: How,
    },
    /// A disk `d-N` changed.
    Disk {
        /// Which of [`ACCOUNTS`].
        account: u8,
        /// The disk.
        disk: u8,
        /// How.
        change: DiskChange,
    },
    /// A pair's relation broke.
    PairInvalid(Which),
    /// A node changed.
    Node {
        /// Which of all nodes.
        node: Which,
        /// How.
        change: NodeChange,
    },
    /// A cluster is busy, or no more.
    Busy {
        /// Which.
        cluster: Which,
        /// Whether it is.
        busy: bool,
    },
    /// A cluster is gone.
    Removed(Which),
    /// Time passes.
    Advance,
}

/// Sequences of steps. Some are repeated at once, as a client does who lost the reply.
pub fn inputs(length: Range<usize>) -> impl Strategy<Value = Vec<Abstract>> {
    vec((step(), proptest::bool::weighted(0.12)), length).prop_map(|steps| {
        let mut all = Vec::new();
        for (step, repeated) in steps {
            let again = repeated.then(|| Abstract { when: When::Now, ..step.clone() });
            all.push(step);
            all.extend(again);
        }
        all
    })
}

/// One step.
pub fn step() -> impl Strategy<Value = Abstract> {
    (when(), what()).prop_map(|(when, what)| Abstract { when, what })
}

fn when() -> impl Strategy<Value = When> {
    prop_oneof![
        6 => Just(When::Now),
        6 => (1_u64..5_000).prop_map(When::Later),
        2 => select([450_000, 450_001, 600_000, 900_000, 3_600_000, 90_000_000].as_slice()).prop_map(When::Later),
        1 => (1_u64..5_000).prop_map(When::Earlier),
        2 => Just(When::Deadline),
    ]
}

fn which() -> impl Strategy<Value = Which> {
    prop_oneof![15 => any::<u8>().prop_map(Some), 1 => Just(None)]
}

fn caller() -> impl Strategy<Value = Caller> {
    let place = prop_oneof![
        12 => Just(Place::Fitting),
        1 => Just(Place::Source),
        1 => Just(Place::Destination),
        1 => Just(Place::Third),
    ];
    let account = prop_oneof![12 => Just(0_u8), 1 => Just(1)];
    (account, place, option::weighted(0.35, 0_u8..3)).prop_map(|(account, place, token)| Caller {
        account,
        place,
        token,
    })
}

fn pair_ask() -> impl Strategy<Value = PairAsk> {
    prop_oneof![3 => any::<u8>().prop_map(PairAsk::Allowed), 2 => select(PairAsk::PLAIN.as_slice())]
}

fn cluster_ask() -> impl Strategy<Value = ClusterAsk> {
    prop_oneof![
        12 => (option::weighted(0.35, any::<u8>()), rarely())
            .prop_map(|(target, standby)| ClusterAsk::Failover { target, standby }),
        6 => (any::<u8>(), small_priority())
            .prop_map(|(node, priority)| ClusterAsk::Priority { node, priority }),
        1 => Just(ClusterAsk::Delete),
        1 => Just(ClusterAsk::Describe),
    ]
}

fn how() -> impl Strategy<Value = How> {
    let failure = select([Failure::Network, Failure::Replication, Failure::Other].as_slice());
    prop_oneof![
        8 => any::<u8>().prop_map(How::Well),
        5 => failure.prop_map(How::Badly),
        1 => which().prop_map(How::Chosen),
        1 => Just(How::Done),
    ]
}

fn what() -> impl Strategy<Value = What> {
    let disk_change = prop_oneof![
        6 => any::<bool>().prop_map(DiskChange::Up),
        6 => any::<bool>().prop_map(DiskChange::Attached),
        1 => Just(DiskChange::Removed),
    ];
    let node_change = prop_oneof![
        4 => proptest::bool::weighted(0.6).prop_map(NodeChange::Up),
        2 => proptest::bool::weighted(0.6).prop_map(NodeChange::Replicating),
        1 => small_priority().prop_map(NodeChange::Priority),
    ];
    let destination =
        prop_oneof![8 => Just(Place::Destination), 1 => Just(Place::Source), 1 => Just(Place::Third)];
    let few_nodes = prop_oneof![8 => 2_u8..5, 1 => Just(0), 1 => 1_u8..20];
    let branches = [
        (
            18,
            (caller(), which(), pair_ask())
                .prop_map(|(caller, pair, ask)| What::Pair { caller, pair, ask })
                .boxed(),
        ),
        (
            3,
            (caller(), 0_u8..4, (0_u8..8, 0_u8..8), destination, option::weighted(0.1, any::<u8>()))
                .prop_map(|(caller, id, disks, destination, months)| What::CreatePair {
                    caller,
                    id,
                    disks,
                    destination,
                    months,
                })
                .boxed(),
        ),
        (
            14,
            (caller(), which(), cluster_ask())
                .prop_map(|(caller, cluster, ask)| What::Cluster { caller, cluster, ask })
                .boxed(),
        ),
        (
            3,
            (caller(), 0_u8..3, few_nodes, proptest::bool::weighted(0.9))
                .prop_map(|(caller, id, nodes, enough)| {
                    let fresh = if enough { nodes } else { nodes.saturating_add(1) };
                    What::CreateCluster { caller, id, nodes, fresh }
                })
                .boxed(),
        ),
        (1, (caller(), any::<bool>()).prop_map(|(caller, pairs)| What::Describe { caller, pairs }).boxed()),
        (24, (any::<u8>(), how()).prop_map(|(effect, how)| What::Ended { effect, how }).boxed()),
        (2, (0_u64..60, how()).prop_map(|(effect, how)| What::Late { effect, how }).boxed()),
        (
            3,
            (0_u8..2, 0_u8..8, disk_change)
                .prop_map(|(account, disk, change)| What::Disk { account, disk, change })
                .boxed(),
        ),
        (1, which().prop_map(What::PairInvalid).boxed()),
        (10, (which(), node_change).prop_map(|(node, change)| What::Node { node, change }).boxed()),
        (1, (which(), any::<bool>()).prop_map(|(cluster, busy)| What::Busy { cluster, busy }).boxed()),
        (1, which().prop_map(What::Removed).boxed()),
        (5, Just(What::Advance).boxed()),
    ];
    Union::new_weighted(branches.into())
}

impl Abstract {
    /// The input that this step is for a control plane as it stands.
    pub fn resolve(&self, plane: &ControlPlane) -> Input {
        let now = self.when.resolve(plane);
        let call = |caller: &Caller, region: RegionId, request: Request, fresh: Fresh| {
            let token = caller.token.and_then(|token| TOKENS.get(usize::from(token)));
            let token = token.and_then(|token| ClientToken::parse(token).ok().flatten());
            Input::Call(Call { now, account: account(caller.account), region, token }, request, fresh)
        };
        let report = |report| Input::Report(now, report);
        let observed = |observation| report(Report::Observed(observation));
        match &self.what {
            What::Pair { caller, pair, ask } => {
                let pairs: Vec<&ReplicaPair> = plane.pairs().collect();
                let pair = pick(*pair, &pairs).copied();
                let ask = ask.plain(pair, &plane.policy().ebs);
                let id = pair.map_or_else(|| made("pair-unknown"), |pair| pair.id().clone());
                let request = ask.request(id);
                call(caller, caller.place.of_pair(pair, ask), request, Fresh::None)
            }
            What::CreatePair { caller, id, disks, destination, months } => {
                let request = create_pair(*disks, *destination, *months);
                let pair = made(&format!("pair-{id}"));
                let fresh = Fresh::Pair(PairCreated { pair, order: made("order-1") });
                let source = if caller.place == Place::Fitting { 0 } else { caller.place.number() };
                call(caller, region(source), request.into(), fresh)
            }
            What::Cluster { caller, cluster, ask } => {
                let clusters: Vec<&DbCluster> = plane.clusters().collect();
                let cluster = pick(*cluster, &clusters).copied();
                call(caller, region(caller.place.number()), ask.request(cluster), Fresh::None)
            }
            What::CreateCluster { caller, id, nodes, fresh } => {
                let fresh = Fresh::Cluster(FreshCluster {
                    cluster: made(&format!("pc-{id}")),
                    nodes: (0..*fresh).map(|at| node_id(*id, at)).collect(),
                    order: made("order-2"),
                });
                call(caller, region(caller.place.number()), create_cluster(*nodes).into(), fresh)
            }
            What::Describe { caller, pairs: true } => {
                let site = if caller.place == Place::Destination { Site::Backup } else { Site::Production };
                let request = DescribeDiskReplicaPairs { site, ..DescribeDiskReplicaPairs::default() };
                call(caller, region(caller.place.number()), request.into(), Fresh::None)
            }
            What::Describe { caller, pairs: false } => {
                let request = DescribeDbClusters::default();
                call(caller, region(caller.place.number()), request.into(), Fresh::None)
            }
            What::Ended { effect, how } => {
                let pending: Vec<EffectId> = plane.outstanding().map(|effect| effect.id).collect();
                match pick(Some(*effect), &pending) {
                    Some(id) => report(Report::Outcome { id: *id, outcome: how.outcome(plane, *id) }),
                    None => Input::Advance(now),
                }
            }
            What::Late { effect, how } => {
                let id = EffectId(*effect);
                report(Report::Outcome { id, outcome: how.outcome(plane, id) })
            }
            What::Disk { account: owner, disk, change } => observed(Observation::Disk {
                account: account(*owner),
                disk: disk_id(*disk),
                change: *change,
            }),
            What::PairInvalid(pair) => {
                let pairs: Vec<PairId> = plane.pairs().map(|pair| pair.id().clone()).collect();
                let pair = pick(*pair, &pairs).cloned().unwrap_or_else(|| made("pair-unknown"));
                match StatusMessage::parse("DeviceSizeChanged") {
                    Ok(message) => observed(Observation::PairInvalid { pair, message }),
                    Err(_) => Input::Advance(now),
                }
            }
            What::Node { node, change } => {
                let node = some_node(plane, *node);
                observed(Observation::Node { node, change: *change })
            }
            What::Busy { cluster, busy } => {
                let status = busy.then(|| StatusMessage::parse("ClassChanging").ok()).flatten();
                observed(Observation::ClusterBusy { cluster: cluster_id(plane, *cluster), status })
            }
            What::Removed(cluster) => {
                observed(Observation::ClusterRemoved { cluster: cluster_id(plane, *cluster) })
            }
            What::Advance => Input::Advance(now),
        }
    }
}

impl When {
    fn resolve(self, plane: &ControlPlane) -> Timestamp {
        let clock = plane.clock();
        match self {
            Self::Now => clock,
            Self::Later(ms) => clock.after(Span::from_millis(ms)),
            Self::Earlier(ms) => Timestamp::from_millis(clock.as_millis().saturating_sub(ms)),
            Self::Deadline => plane.next_deadline().map_or(clock, |deadline| deadline.at),
        }
    }
}

impl Place {
    const fn number(self) -> usize {
        match self {
            Self::Fitting | Self::Source => 0,
            Self::Destination => 1,
            Self::Third => 2,
        }
    }

    fn of_pair(self, pair: Option<&ReplicaPair>, ask: PairAsk) -> RegionId {
        let Some(pair) = pair else { return region(self.number()) };
        let at_destination = matches!(ask, PairAsk::Failover | PairAsk::Reprotect { .. });
        match self {
            Self::Fitting if at_destination => pair.destination().region.clone(),
            Self::Fitting | Self::Source => pair.source().region.clone(),
            Self::Destination => pair.destination().region.clone(),
            Self::Third => region(2),
        }
    }
}

impl ClusterAsk {
    fn request(self, cluster: Option<&DbCluster>) -> Request {
        let id = cluster.map_or_else(|| made("pc-unknown"), |cluster| cluster.id().clone());
        let nodes: Vec<NodeId> =
            cluster.into_iter().flat_map(DbCluster::nodes).map(|node| node.id.clone()).collect();
        let named = |index| pick(Some(index), &nodes).cloned().unwrap_or_else(|| made("pi-unknown"));
        match self {
            Self::Failover { target, standby } => FailoverDbCluster {
                cluster: id,
                target: target.map(named),
                roll_back_for_disaster: false,
                target_zone_type: if standby { TargetZoneType::Standby } else { TargetZoneType::Primary },
            }
            .into(),
            Self::Priority { node, priority } => {
                ModifyDbNodeConfig { cluster: id, node: named(node), priority }.into()
            }
            Self::Delete => DeleteDbCluster { cluster: id }.into(),
            Self::Describe => DescribeDbClusterAttribute { cluster: id }.into(),
        }
    }
}

impl How {
    fn outcome(self, plane: &ControlPlane, id: EffectId) -> Outcome {
        match self {
            Self::Well(index) => match plane.effect(id).map(|effect| effect.kind) {
                Some(EffectKind::Cluster { effect: ClusterEffect::ChooseNode(tier), .. }) => {
                    pick(Some(index), &tier).cloned().map_or(Outcome::Succeeded, Outcome::Chosen)
                }
                _ => Outcome::Succeeded,
            },
            Self::Badly(failure) => {
                Outcome::Failed { failure, message: StatusMessage::parse("OperationDenied.QuotaExceed").ok() }
            }
            Self::Chosen(node) => Outcome::Chosen(some_node(plane, node)),
            Self::Done => Outcome::Succeeded,
        }
    }
}

fn create_pair((source, destination): (u8, u8), place: Place, months: Option<u8>) -> CreateDiskReplicaPair {
    let bandwidth = Bandwidth::Kbps10240;
    let charge = months.map(|period| Charge::PrePay { bandwidth, period, unit: PeriodUnit::Month });
    CreateDiskReplicaPair {
        source_zone: made("zone-a"),
        source_disk: disk_id(source),
        destination_region: region(place.number()),
        destination_zone: made("zone-b"),
        destination_disk: disk_id(destination),
        name: None,
        description: None,
        charge: charge.unwrap_or(Charge::PostPay),
        enable_rtc: false,
        resource_group: None,
        tags: Vec::new(),
    }
}

fn create_cluster(node_number: u8) -> CreateDbCluster {
    CreateDbCluster {
        engine: Engine::MySql,
        version: Arc::from("8.0"),
        edition: Edition::Normal,
        class: made("polar.mysql.x4.large"),
        node_number,
        pay_type: PayType::Postpaid,
        zone: None,
        description: None,
        resource_group: None,
        tags: Vec::new(),
        other: Vec::new(),
    }
}

fn some_node(plane: &ControlPlane, which: Which) -> NodeId {
    let nodes: Vec<NodeId> =
        plane.clusters().flat_map(DbCluster::nodes).map(|node| node.id.clone()).collect();
    pick(which, &nodes).cloned().unwrap_or_else(|| made("pi-unknown"))
}

fn cluster_id(plane: &ControlPlane, which: Which) -> ClusterId {
    let clusters: Vec<ClusterId> = plane.clusters().map(|cluster| cluster.id().clone()).collect();
    pick(which, &clusters).cloned().unwrap_or_else(|| made("pc-unknown"))
}

fn pick<T>(which: Which, items: &[T]) -> Option<&T> {
    items.get(usize::from(which?).checked_rem(items.len())?)
}

fn account(number: u8) -> AccountId {
    made(ACCOUNTS.get(usize::from(number)).copied().unwrap_or("3003"))
}

fn region(number: usize) -> RegionId {
    made(REGIONS.get(number).copied().unwrap_or("cn-chengdu"))
}

fn disk_id(number: u8) -> DiskId {
    made(&format!("d-{number}"))
}

fn node_id(cluster: u8, number: u8) -> NodeId {
    made(&format!("pi-{cluster}-{number}"))
}

/// An id that is spelled in this file, and therefore well formed.
#[expect(clippy::expect_used, reason = "the texts are this file's own literals with small numbers in them")]
fn made<T: core::str::FromStr<Err = BadId>>(text: &str) -> T {
    text.parse().expect("a well-formed id")
}
