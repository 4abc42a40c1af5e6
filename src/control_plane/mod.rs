//! The control plane: resources, tokens and time in one value.

mod action;
mod call;
mod check;
mod ebs;
pub(crate) mod effect;
mod event;
mod index;
mod input;
mod operations;
mod polardb;
mod report;
mod rows;
pub(crate) mod rules;

pub(crate) use crate::outcome::Outcome;
pub use action::Action;
pub use call::{Call, Misuse, NotAdopted, Reply};
pub use check::Violation;
pub use check::groups::{DrillViolation, GroupViolation, MemberViolation};
pub use ebs::pairs::DiskView;
pub use effect::{Effect, EffectKind, Observation, Report};
pub use event::{DrillFact, Event, Fact, GroupFact, PairFact, Step};
pub use index::deadlines::{Deadline, DeadlineReason};
pub use input::{Input, Output, Refusal};
pub use operations::{Fresh, Request, Response, TokenOutcome};
pub use polardb::clusters::FreshCluster;
pub use polardb::nodes::FreshNodes;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};

use crate::control_plane::rules::C_030;
use crate::ebs::{Disk, Drill, DrillOwner, GroupView, ReplicaGroup, ReplicaPair};
use crate::ids::{AccountId, ClusterId, DiskId, DrillId, EffectId, GroupId, NodeId, PairId, RegionId};
use crate::map::Map;
use crate::operation::{Operation, Product};
use crate::polardb::DbCluster;
use crate::policy::Policy;
use crate::rule::cite;
use crate::time::Timestamp;
use crate::token::{OverCapacity, TokenCache};

use effect::EffectIndex;
use index::deadlines::{Deadlines, Timed};
use index::listing::Listing;

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
/// Equality and hash cover the state that determines future behaviour, not the derived indexes.
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
/// let request = FailoverDiskReplicaPair { pair: "pair-cn-dsa".parse()? };
/// let reply = plane.failover_disk_replica_pair(&call, &request);
/// assert!(matches!(reply.result, Err(EbsRefusal { why: EbsReason::NoSuchResource { .. }, .. })));
/// # Ok::<(), failover_model::BadId>(())
/// ```
#[derive(Debug, Clone)]
pub struct ControlPlane {
    pub(crate) policy: Policy,
    pub(crate) clock: Timestamp,
    /// The next effect id; also the source of ordinals.
    pub(crate) next_id: u64,
    pub(crate) pairs: Map<PairId, ReplicaPair>,
    pub(crate) groups: Map<GroupId, ReplicaGroup>,
    pub(crate) drills: Map<DrillId, Drill>,
    /// Reported disk states that differ from the default.
    pub(crate) disks: BTreeMap<DiskKey, Disk>,
    pub(crate) clusters: Map<ClusterId, DbCluster>,
    pub(crate) tokens: Tokens,
    index: Index,
}

/// Indexes derived from the state, rebuilt by `restore` and verified by `check`.
#[derive(Debug, Clone)]
struct Index {
    /// With which the maps hash, kept for when they are rebuilt.
    hash_seed: u64,
    effects: EffectIndex,
    deadlines: Deadlines,
    disks: Map<DiskKey, PairId>,
    pair_listing: Listing,
    group_listing: Listing,
    /// The members of each non-empty group, by the pairs' ordinals.
    members: Map<GroupId, BTreeMap<u64, PairId>>,
    /// The drills of each pair or group that has any, in start order.
    drills: BTreeMap<DrillOwner, Vec<DrillId>>,
    drill_disks: Map<DiskKey, DrillId>,
    nodes: Map<NodeId, ClusterId>,
}

impl PartialEq for ControlPlane {
    fn eq(&self, other: &Self) -> bool {
        self.clock == other.clock
            && self.next_id == other.next_id
            && self.policy == other.policy
            && self.pairs == other.pairs
            && self.groups == other.groups
            && self.drills == other.drills
            && self.disks == other.disks
            && self.clusters == other.clusters
            && self.tokens == other.tokens
    }
}

impl Eq for ControlPlane {}

impl Hash for ControlPlane {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.clock.hash(state);
        self.next_id.hash(state);
        self.policy.hash(state);
        self.pairs.hash(state);
        self.groups.hash(state);
        self.drills.hash(state);
        self.disks.hash(state);
        self.clusters.hash(state);
        self.tokens.hash(state);
    }
}

impl ControlPlane {
    /// An empty control plane.
    pub fn new(policy: Policy) -> Self {
        Self::with_hash_seed(policy, 0)
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

    /// The idempotency tokens.
    pub const fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// All pending effects in id order, as they would be issued now.
    pub fn outstanding(&self) -> impl Iterator<Item = Effect> {
        self.index.effects.iter().filter_map(|(id, owner)| self.effect_of(id, owner))
    }

    /// The pending effect of this id.
    pub fn effect(&self, id: EffectId) -> Option<Effect> {
        self.effect_of(id, self.index.effects.owner(id)?)
    }

    fn effect_of(&self, id: EffectId, owner: &effect::Owner) -> Option<Effect> {
        match owner {
            effect::Owner::Pair(pair) => {
                let pair = self.pairs.get(pair)?;
                let pending = pair.pending?;
                let kind = EffectKind::Pair { pair: pair.id.clone(), effect: pending.effect };
                Some(Effect { id, since: pending.since, account: pair.account.clone(), kind })
            }
            effect::Owner::Group(group) => self.groups.get(group).and_then(|group| self.group_effect(group)),
            effect::Owner::Drill(drill) => self.drills.get(drill).and_then(ebs::drills::drill_effect),
            effect::Owner::Cluster(cluster) => {
                let cluster = self.clusters.get(cluster)?;
                let is_meant = |(pending, ..): &(EffectId, Timestamp, _)| *pending == id;
                let (_, since, effect) = cluster
                    .outstanding()
                    .filter(is_meant)
                    .or_else(|| cluster.outstanding_work().filter(is_meant))?;
                let kind = EffectKind::Cluster { cluster: cluster.id.clone(), effect };
                Some(Effect { id, since, account: cluster.account.clone(), kind })
            }
        }
    }

    /// The next deadline and its reason.
    pub fn next_deadline(&self) -> Option<Deadline> {
        let (at, due) = self.index.deadlines.first(self.timed())?;
        Some(Deadline { at, reason: due.reason() })
    }

    const fn timed(&self) -> Timed<'_> {
        Timed { pairs: &self.pairs, groups: &self.groups, clusters: &self.clusters }
    }

    /// Removes all state of an account: pairs, groups, drills, disks, clusters and tokens. Its pending effects are
    /// dropped; later reports on them are stale.
    pub fn forget_account(&mut self, account: &AccountId) {
        let pairs: Vec<PairId> =
            ids_of(self.pairs.values(), |pair| (pair.account == *account).then(|| pair.id.clone()));
        pairs.iter().for_each(|id| drop(self.pairs.remove(id)));
        let clusters: Vec<ClusterId> = ids_of(self.clusters.values(), |cluster| {
            (cluster.account == *account).then(|| cluster.id.clone())
        });
        clusters.iter().for_each(|id| drop(self.clusters.remove(id)));
        let groups: Vec<GroupId> =
            ids_of(self.groups.values(), |group| (group.account == *account).then(|| group.id.clone()));
        groups.iter().for_each(|id| drop(self.groups.remove(id)));
        let drills: Vec<DrillId> =
            ids_of(self.drills.values(), |drill| (drill.account == *account).then(|| drill.id.clone()));
        drills.iter().for_each(|id| drop(self.drills.remove(id)));
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

    const fn mint(&mut self) -> EffectId {
        let id = EffectId(self.next_id);
        self.next_id = self.next_id.saturating_add(1);
        id
    }

    /// Rebuilds the indexes.
    pub(crate) fn reindex(&mut self) {
        let mut index = Index::with_hash_seed(self.index.hash_seed);
        index.deadlines = Deadlines::of(self.timed());
        let mut owners = Vec::new();
        for pair in self.pairs.values() {
            if let Some(pending) = pair.pending {
                owners.push((pending.id, effect::Owner::Pair(pair.id.clone())));
            }
            if pair.binds_disks() {
                let regions = [&pair.primary.region, &pair.standby.region];
                index.pair_listing.enter(&pair.account, regions, pair.ordinal);
                for end in [&pair.primary, &pair.standby] {
                    index.disks.insert((pair.account.clone(), end.disk.clone()), pair.id.clone());
                }
            }
        }
        self.reindex_groups(&mut index, &mut owners);
        self.reindex_drills(&mut index, &mut owners);
        for cluster in self.clusters.values() {
            let pending = cluster.pending.map(|pending| pending.id);
            let stage = cluster.failover.as_ref().map(|failover| failover.stage.id());
            let work = cluster.work.as_ref().map(|pending| pending.id);
            let all = pending.or(stage).into_iter().chain(work);
            owners.extend(all.map(|id| (id, effect::Owner::Cluster(cluster.id.clone()))));
            for node in &cluster.nodes {
                index.nodes.insert(node.id.clone(), cluster.id.clone());
            }
        }
        owners.sort_by_key(|(id, _)| *id);
        owners.into_iter().for_each(|(id, owner)| index.effects.insert(id, owner));
        self.index = index;
    }
}

fn ids_of<T, I>(resources: impl Iterator<Item = T>, id: impl Fn(T) -> Option<I>) -> Vec<I> {
    resources.filter_map(id).collect()
}

impl Index {
    fn with_hash_seed(seed: u64) -> Self {
        Self {
            hash_seed: seed,
            effects: EffectIndex::default(),
            deadlines: Deadlines::default(),
            disks: Map::with_hash_seed(seed),
            pair_listing: Listing::default(),
            group_listing: Listing::default(),
            members: Map::with_hash_seed(seed),
            drills: BTreeMap::new(),
            drill_disks: Map::with_hash_seed(seed),
            nodes: Map::with_hash_seed(seed),
        }
    }
}

#[cfg(test)]
#[test]
fn a_rebuilt_index_hashes_with_the_same_seed() {
    let mut plane = ControlPlane::with_hash_seed(Policy::default(), 7);
    plane.forget_account(&AccountId::parse("1").unwrap());
    assert_eq!(plane.index.hash_seed, 7);
}
