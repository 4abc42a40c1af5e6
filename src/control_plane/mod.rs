//! The control plane: resources, tokens and time in one value.

mod action;
mod call;
mod check;
mod ebs;
pub(crate) mod effect;
mod event;
mod index;
mod input;
mod list;
mod operations;
mod polardb;
mod regions;
mod report;
mod rows;
pub(crate) mod rules;
pub(crate) mod words;

pub(crate) use crate::outcome::Outcome;
pub use action::Action;
pub use call::{Call, Misuse, NotAdopted, Reply};
pub use check::Violation;
pub use ebs::pairs::DiskView;
pub use effect::{Effect, EffectKind, Observation, Report};
pub use event::{DrillFact, Event, Fact, GroupFact, PairFact, StatusChange, Step};
pub use index::deadlines::{Deadline, DeadlineKind};
pub use input::{Input, Output, Refusal};
pub use operations::{Fresh, Request, Response, TokenOutcome};
pub use polardb::clusters::FreshCluster;
pub use polardb::nodes::FreshNodes;
pub use regions::{Places, RegionList};
pub use words::Told;

use alloc::collections::BTreeMap;

use crate::context::Context;
use crate::control_plane::rules::C_030;
use crate::ebs::{Disk, Drill, GroupView, ReplicaGroup, ReplicaPair};
use crate::ids::{
    AccountId, ClusterId, DiskId, DrillId, EffectId, GroupId, NetworkId, NodeId, PairId, RegionId,
};
use crate::map::Map;
use crate::operation::{Operation, Product};
use crate::polardb::{DbCluster, GlobalDatabaseNetwork};
use crate::policy::{EbsPolicy, PolarDbPolicy, Policy};
use crate::rule::cite;
use crate::time::Timestamp;
use crate::token::{OverCapacity, TokenCache};

use index::Index;

/// A disk id, qualified by its account.
type DiskKey = (AccountId, DiskId);

/// The scope of a token within its account: the region of the call, the product and, by policy, the operation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Scope {
    /// The region of the call.
    pub region: RegionId,
    /// The product.
    pub product: Product,
    /// The operation, unless the policy makes it part of the comparison instead.
    pub operation: Option<Operation>,
}

/// The tokens of a control plane.
pub type Tokens = TokenCache<AccountId, Scope, Request, TokenOutcome>;

/// Resources, tokens, policy and clock: the whole state as a value.
///
/// Equality and hash cover the state that determines future behaviour, not the indexes derived from it.
///
/// Three kinds of method change it. Each returns its effects and events; nothing has to be polled or drained.
///
/// * **A. Calls.** Methods such as `failover_disk_replica_pair` take a [`Call`] (time, account, region, token) and a
///   typed request, and return a [`Reply`].
/// * **B. Reports.** [`ControlPlane::report`] takes the outcome of an effect, or an observation. Work completes only
///   this way.
/// * **C. Time.** [`ControlPlane::advance`] fires due deadlines. A call fires none: the embedder advances first.
///
/// Every call runs its checks in the same order: the token's alphabet (`C-010`), the token (`C-020`), then the
/// resource's own `decide`, which documents its order. The token is checked before the resource, since otherwise a
/// late retry of a successful failover would be judged by the status that the first attempt produced.
///
/// ```
/// use failover_model::{AccountId, Call, ControlPlane, Policy, RegionId, Timestamp};
/// use failover_model::ebs::{EbsReason, EbsRefusal, FailoverDiskReplicaPair};
///
/// let mut plane = ControlPlane::new(Policy::default());
/// let call = Call {
///     now: Timestamp::from_millis(0),
///     account: AccountId::parse("1234567890123456")?,
///     region: RegionId::parse("cn-shanghai")?,
///     token: None,
/// };
/// let request = FailoverDiskReplicaPair::new("pair-cn-dsa".parse()?);
/// let reply = plane.failover_disk_replica_pair(&call, &request);
/// assert!(matches!(reply.result, Err(EbsRefusal { why: EbsReason::NoSuchResource { .. }, .. })));
/// # Ok::<(), failover_model::BadId>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ControlPlane {
    pub(crate) clock: Timestamp,
    /// The next effect id; also the source of ordinals.
    pub(crate) next_id: u64,
    pub(crate) policy: Policy,
    pub(crate) pairs: Map<PairId, ReplicaPair>,
    pub(crate) groups: Map<GroupId, ReplicaGroup>,
    pub(crate) drills: Map<DrillId, Drill>,
    /// Reported disk states that differ from the default.
    pub(crate) disks: BTreeMap<DiskKey, Disk>,
    pub(crate) clusters: Map<ClusterId, DbCluster>,
    pub(crate) networks: Map<NetworkId, GlobalDatabaseNetwork>,
    pub(crate) tokens: Tokens,
    /// The regions and zones that exist, as given.
    pub(crate) regions: Places,
    /// Verified by [`check`](Self::check).
    index: Index,
}

impl ControlPlane {
    /// An empty control plane.
    pub fn new(policy: Policy) -> Self {
        Self::with_hash_seed(policy, 0)
    }

    /// The number of pairs, groups, drills, clusters and networks, tombstones included. An accepted call of an operation
    /// that [creates a resource](Operation::creates_resource) adds one, and no other call changes it.
    pub const fn resource_count(&self) -> usize {
        let replication =
            self.pairs.len().saturating_add(self.groups.len()).saturating_add(self.drills.len());
        replication.saturating_add(self.clusters.len()).saturating_add(self.networks.len())
    }

    /// An empty control plane whose maps hash with this seed. An embedder that faces a network picks a secret seed
    /// against chosen hash collisions. The seed is never observable.
    pub fn with_hash_seed(policy: Policy, seed: u64) -> Self {
        Self {
            tokens: TokenCache::with_hash_seed(policy.tokens.config(), seed),
            policy,
            clock: Timestamp::default(),
            next_id: 1,
            pairs: Map::with_hash_seed(seed),
            groups: Map::with_hash_seed(seed),
            drills: Map::with_hash_seed(seed),
            disks: BTreeMap::new(),
            clusters: Map::with_hash_seed(seed),
            networks: Map::with_hash_seed(seed),
            regions: Places::new(),
            index: Index::with_hash_seed(seed),
        }
    }

    /// The current policy.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Replaces the policy for future inputs. Existing state is not re-evaluated, and an expired token stays expired
    /// under a longer lifetime.
    ///
    /// # Errors
    ///
    /// [`OverCapacity`] if an account holds more tokens than the new policy admits; nothing is changed.
    pub fn set_policy(&mut self, policy: Policy) -> Result<(), OverCapacity> {
        self.tokens.reconfigure(policy.tokens.config())?;
        self.policy = policy;
        Ok(())
    }

    /// The highest time seen.
    pub const fn clock(&self) -> Timestamp {
        self.clock
    }

    /// The pair of this id in any account, tombstones included.
    pub fn pair(&self, id: &PairId) -> Option<&ReplicaPair> {
        self.pairs.get(id)
    }

    /// All pairs in the order of creation, tombstones included.
    pub fn pairs(&self) -> impl Iterator<Item = &ReplicaPair> {
        self.pairs.values()
    }

    /// A view of the group of this id in any account, tombstones included.
    pub fn group(&self, id: &GroupId) -> Option<GroupView> {
        self.groups.get(id).map(|group| self.view(group))
    }

    /// Views of all groups in the order of creation, tombstones included.
    pub fn groups(&self) -> impl Iterator<Item = GroupView> {
        self.groups.values().map(|group| self.view(group))
    }

    /// The drill of this id in any account.
    pub fn drill(&self, id: &DrillId) -> Option<&Drill> {
        self.drills.get(id)
    }

    /// All drills in start order.
    pub fn drills(&self) -> impl Iterator<Item = &Drill> {
        self.drills.values()
    }

    /// The cluster of this id in any account.
    pub fn cluster(&self, id: &ClusterId) -> Option<&DbCluster> {
        self.clusters.get(id)
    }

    /// All clusters in the order of creation.
    pub fn clusters(&self) -> impl Iterator<Item = &DbCluster> {
        self.clusters.values()
    }

    /// The cluster that has this node.
    pub fn cluster_of(&self, node: &NodeId) -> Option<&DbCluster> {
        self.clusters.get(self.index.nodes.get(node)?)
    }

    /// The global database network of this id in any account.
    pub fn network(&self, id: &NetworkId) -> Option<&GlobalDatabaseNetwork> {
        self.networks.get(id)
    }

    /// All global database networks in the order of creation.
    pub fn networks(&self) -> impl Iterator<Item = &GlobalDatabaseNetwork> {
        self.networks.values()
    }

    /// The global database network that has this cluster.
    pub fn network_of(&self, cluster: &ClusterId) -> Option<&GlobalDatabaseNetwork> {
        self.networks.get(self.index.networks.get(cluster)?)
    }

    /// The idempotency tokens.
    pub const fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// The next deadline.
    pub fn next_deadline(&self) -> Option<Deadline> {
        let (at, timer) = self.index.deadlines.first(self.timed())?;
        Some(timer.deadline(at))
    }

    /// The deadlines, each with the ordinal of its resource, in no order.
    #[cfg(all(feature = "testing", feature = "wire"))]
    pub(crate) fn dues(&self) -> impl Iterator<Item = (u64, Timestamp)> {
        self.timed().dues()
    }

    /// The time of the next deadline.
    pub(crate) fn due_next(&self) -> Option<Timestamp> {
        self.index.deadlines.first_at()
    }

    /// Removes all state of an account: pairs, groups, drills, disks, clusters, networks and tokens. Its pending effects
    /// are dropped; later reports on them are stale.
    pub fn forget_account(&mut self, account: &AccountId) {
        self.pairs.retain(|pair| pair.account != *account);
        self.groups.retain(|group| group.account != *account);
        self.drills.retain(|drill| drill.account != *account);
        self.clusters.retain(|cluster| cluster.account != *account);
        self.networks.retain(|network| network.account != *account);
        self.disks.retain(|(owner, _), _| owner != account);
        self.tokens.forget(account);
        self.reindex();
    }

    /// Moves the clock to the later of itself and `now`, and returns it as the time of the input.
    fn observe(&mut self, now: Timestamp) -> Timestamp {
        cite!(C_030);
        self.clock = self.clock.max(now);
        self.tokens.observe(self.clock);
        self.clock
    }

    /// What a decision about a pair, a group or a drill depends on at this time.
    const fn ebs(&self, now: Timestamp) -> Context<'_, EbsPolicy> {
        Context { now, effect: EffectId(self.next_id), policy: &self.policy.ebs }
    }

    /// What a decision about a cluster or a network depends on at this time.
    const fn polardb(&self, now: Timestamp) -> Context<'_, PolarDbPolicy> {
        Context { now, effect: EffectId(self.next_id), policy: &self.policy.polardb }
    }

    /// Takes the next effect id.
    const fn mint(&mut self) {
        self.next_id = self.next_id.saturating_add(1);
    }
}
