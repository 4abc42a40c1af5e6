//! Steps: inputs in terms that fit any state, and their resolution.
//!
//! A randomly generated input would be refused nearly everywhere, since its effect ids are stale and its pairs unknown.
//! A [`TestStep`] says *the second pair, in its source region* or *the first pending effect, as a failure* instead, and
//! [`TestStep::resolve`] makes an [`Input`] of it for a system in its present state. Every step resolves in every state, so
//! that shrinking may drop any step before it.

mod clusters;
mod control_plane;
mod drills;
mod labels;
mod networks;
mod replicas;
mod reports;

pub use clusters::ClusterCall;
pub use labels::LabelCall;
pub use networks::NetworkCall;
pub use replicas::ReplicaCall;
pub use reports::Completion;

pub(in crate::testing) use replicas::{create_group, create_pair};

use alloc::format;
use alloc::string::String;

use super::view::{GroupView, View};
use crate::control_plane::{Call, Fresh, Input, Request};
use crate::ebs::{DescribeDiskReplicaGroups, DescribeDiskReplicaPairs, DiskChange, Site};
use crate::ids::{AccountId, ClusterId, EffectId, NodeClass, NodeId, Unknown, ZoneId};
use crate::operation::Product;
use crate::polardb::{DbCluster, DescribeDbClusters, DescribeGlobalDatabaseNetworks, NodeChange};
use crate::time::{Span, Timestamp};
use crate::token::ClientToken;

/// The regions of steps. Sources lie in the first, destinations mostly in the second.
pub const REGIONS: [&str; 3] = ["cn-shanghai", "cn-beijing", "cn-heyuan"];

/// The accounts of steps. Most calls are the first one's.
pub const ACCOUNTS: [&str; 2] = ["1001", "2002"];

/// The tokens of steps. The last has a character that the narrow alphabet refuses.
pub const TOKENS: [&str; 3] = ["token-a", "token-b", "token c"];

/// The zones of nodes. Most are in the first.
pub const ZONES: [&str; 3] = ["cn-shanghai-a", "cn-shanghai-b", "cn-shanghai-c"];

/// The classes of nodes. Most have the first.
pub const CLASSES: [&str; 2] = ["polar.mysql.x4.large", "polar.mysql.x4.medium"];

/// One of the existing resources, counted cyclically from the first; `None` is one that does not exist.
pub type Selector = Option<u8>;

/// An input in terms that fit any state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestStep {
    /// The time.
    pub timing: Timing,
    /// The input.
    pub kind: StepKind,
}

/// A time relative to the clock of the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// At the clock.
    Now,
    /// This many milliseconds later.
    Later(u64),
    /// This many milliseconds earlier, as after a jump of the caller's clock.
    Earlier(u64),
    /// At the next deadline; at the clock if there is none.
    Deadline,
}

/// The origin of a call: account, region and token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// Index into [`ACCOUNTS`].
    pub account: u8,
    /// The region that is called.
    pub region: CallRegion,
    /// Index into [`TOKENS`], if a token is sent.
    pub token: Option<u8>,
}

/// A region relative to the resource of a call; for a call on none, one of [`REGIONS`] in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallRegion {
    /// The region that the operation requires.
    Required,
    /// The region of the present source.
    Source,
    /// The region of the present destination.
    Destination,
    /// Another region.
    Other,
}

/// The input of a step. Ids of what a call creates come from small pools, such as `pair-N` for the number N.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepKind {
    /// A call on a pair.
    Pair(Origin, Selector, ReplicaCall),
    /// `CreateDiskReplicaPair`.
    CreatePair {
        /// The origin of the call.
        origin: Origin,
        /// The number in `pair-N`.
        id: u8,
        /// The numbers in `d-N` and `d-M`.
        disks: (u8, u8),
        /// The region of the destination.
        destination: CallRegion,
        /// The months paid for, if the pair is prepaid; 0 for a postpaid one that asks for a bandwidth.
        months: Option<u8>,
    },
    /// A call on a group.
    Group(Origin, Selector, ReplicaCall),
    /// `CreateDiskReplicaGroup` of `pg-N`.
    CreateGroup(Origin, u8),
    /// `ClearPairDrill` or `ClearReplicaGroupDrill` of a drill.
    ClearDrill(Origin, Selector),
    /// A call on a cluster.
    Cluster(Origin, Selector, ClusterCall),
    /// `CreateDBCluster`.
    CreateCluster {
        /// The origin of the call.
        origin: Origin,
        /// The number in `pc-N`.
        id: u8,
        /// The number of nodes requested.
        nodes: u8,
        /// The number of node ids supplied.
        fresh: u8,
    },
    /// `CreateGlobalDatabaseNetwork` of `gdn-N` around a cluster.
    CreateNetwork(Origin, Selector, u8),
    /// `CreateDBCluster` of `pc-N` as a secondary of a network.
    CreateSecondary(Origin, Selector, u8),
    /// A call on a global database network.
    Network(Origin, Selector, NetworkCall),
    /// A call on a pair that does not concern its lifecycle.
    Label(Origin, Selector, LabelCall),
    /// `DescribeDiskReplicaPairs`.
    DescribePairs(Origin),
    /// `DescribeDiskReplicaGroups`.
    DescribeGroups(Origin),
    /// `DescribeDBClusters`.
    DescribeClusters(Origin),
    /// `DescribeGlobalDatabaseNetworks`.
    DescribeNetworks(Origin),
    /// `DescribePairDrills` or `DescribeReplicaGroupDrills`, for the pair or group of a drill.
    DescribeDrills(Origin, Selector),
    /// The report that a pending effect ended.
    Ended(u8, Completion),
    /// The report that an effect of a group failed for one member.
    EndedPartly {
        /// The effect.
        effect: u8,
        /// The member.
        member: u8,
    },
    /// The report that an effect ended which need not be pending: [`StepContext::effect_numbered`].
    Late(u64, Completion),
    /// The report of a change of the disk `d-N`.
    Disk {
        /// Index into [`ACCOUNTS`].
        account: u8,
        /// The number of the disk.
        disk: u8,
        /// The change.
        change: DiskChange,
    },
    /// The report that the relation of a pair broke.
    PairInvalid(Selector),
    /// The report that a group broke as a whole.
    GroupInvalid(Selector),
    /// The report of a change of a node, one of all clusters'.
    Node(Selector, NodeChange),
    /// The report that all nodes of a cluster in one zone went down, or came back.
    Zone {
        /// The cluster.
        cluster: Selector,
        /// Index into [`ZONES`].
        zone: u8,
        /// Whether the nodes are up.
        up: bool,
    },
    /// The report that a cluster is busy, or no longer is.
    ClusterBusy {
        /// The cluster.
        cluster: Selector,
        /// Whether it is busy.
        busy: bool,
    },
    /// The report that a cluster no longer exists.
    ClusterRemoved(Selector),
    /// No input but the time.
    Advance,
}

impl StepKind {
    /// The product that it concerns; `None` for outcomes of effects and the passing of time.
    pub const fn product(&self) -> Option<Product> {
        match self {
            Self::Pair(..)
            | Self::CreatePair { .. }
            | Self::Group(..)
            | Self::CreateGroup(..)
            | Self::ClearDrill(..)
            | Self::Label(..)
            | Self::DescribePairs(_)
            | Self::DescribeGroups(_)
            | Self::DescribeDrills(..)
            | Self::EndedPartly { .. }
            | Self::Disk { .. }
            | Self::PairInvalid(_)
            | Self::GroupInvalid(_) => Some(Product::Ebs),
            Self::Cluster(..)
            | Self::CreateCluster { .. }
            | Self::CreateNetwork(..)
            | Self::CreateSecondary(..)
            | Self::Network(..)
            | Self::DescribeClusters(_)
            | Self::DescribeNetworks(_)
            | Self::Node(..)
            | Self::Zone { .. }
            | Self::ClusterBusy { .. }
            | Self::ClusterRemoved(_) => Some(Product::PolarDb),
            Self::Ended(..) | Self::Late(..) | Self::Advance => None,
        }
    }

    /// Where a call comes from; `None` if it is no call.
    pub(super) const fn origin_mut(&mut self) -> Option<&mut Origin> {
        match self {
            Self::Pair(origin, ..)
            | Self::CreatePair { origin, .. }
            | Self::Group(origin, ..)
            | Self::CreateGroup(origin, _)
            | Self::ClearDrill(origin, _)
            | Self::Cluster(origin, ..)
            | Self::CreateCluster { origin, .. }
            | Self::CreateNetwork(origin, ..)
            | Self::CreateSecondary(origin, ..)
            | Self::Network(origin, ..)
            | Self::Label(origin, ..)
            | Self::DescribePairs(origin)
            | Self::DescribeGroups(origin)
            | Self::DescribeClusters(origin)
            | Self::DescribeNetworks(origin)
            | Self::DescribeDrills(origin, _) => Some(origin),
            Self::Ended(..)
            | Self::EndedPartly { .. }
            | Self::Late(..)
            | Self::Disk { .. }
            | Self::PairInvalid(_)
            | Self::GroupInvalid(_)
            | Self::Node(..)
            | Self::Zone { .. }
            | Self::ClusterBusy { .. }
            | Self::ClusterRemoved(_)
            | Self::Advance => None,
        }
    }
}

/// A system that steps are resolved against: the control plane or the reference.
pub trait StepContext {
    /// The present time.
    fn clock(&self) -> Timestamp;

    /// The visible state.
    fn view(&self) -> View;

    /// Whether a call on a pair or group has a chance in its present state: what [`ReplicaCall::Permitted`] chooses from.
    fn permits(&self, call: &Call, request: &Request) -> bool;

    /// The region where calls on a group belong, failover and reprotect aside.
    fn production_region(&self, group: &GroupView) -> String;

    /// The effect that [`StepKind::Late`] is about.
    fn effect_numbered(&self, number: u64) -> EffectId {
        EffectId(number)
    }

    /// What a [`View`] omits of a cluster: zones and classes of its nodes. `None` if they are not modelled.
    fn cluster(&self, _cluster: &ClusterId) -> Option<&DbCluster> {
        None
    }

    /// The step, restricted to what the system models.
    fn restrict(&self, kind: &StepKind) -> StepKind {
        kind.clone()
    }
}

impl TestStep {
    /// The input that this step is for a system in its present state.
    pub fn resolve(&self, context: &impl StepContext) -> Input {
        let (clock, view) = (context.clock(), context.view());
        let now = match self.timing {
            Timing::Now => clock,
            Timing::Later(ms) => clock.after(Span::from_millis(ms)),
            Timing::Earlier(ms) => Timestamp::from_millis(clock.as_millis().saturating_sub(ms)),
            Timing::Deadline => view.next_deadline.as_ref().map_or(clock, |(at, _)| *at),
        };
        Resolver { context, view: &view, now }.input(&context.restrict(&self.kind))
    }
}

impl CallRegion {
    /// Selects one of these regions.
    const fn of<'a>(self, required: &'a str, source: &'a str, destination: &'a str) -> &'a str {
        match self {
            Self::Required => required,
            Self::Source => source,
            Self::Destination => destination,
            Self::Other => REGIONS[2],
        }
    }

    const fn of_none(self) -> &'static str {
        self.of(REGIONS[0], REGIONS[0], REGIONS[1])
    }

    const fn site(self) -> Site {
        if matches!(self, Self::Destination) { Site::Backup } else { Site::Production }
    }
}

/// A context with its view, and the time of the input.
struct Resolver<'a, C> {
    context: &'a C,
    view: &'a View,
    now: Timestamp,
}

impl<C: StepContext> Resolver<'_, C> {
    fn input(&self, kind: &StepKind) -> Input {
        let here = |origin: &Origin, request: Request, fresh| {
            self.call(origin, origin.region.of_none(), request, fresh)
        };
        let plain = |origin, request| here(origin, request, Fresh::None);
        match kind {
            StepKind::Pair(origin, pair, call) => self.pair(origin, *pair, *call),
            StepKind::CreatePair { origin, id, disks, destination, months } => {
                here(origin, create_pair(*disks, *destination, *months).into(), replicas::fresh_pair(*id))
            }
            StepKind::Group(origin, group, call) => self.group(origin, *group, *call),
            StepKind::CreateGroup(origin, id) => {
                here(origin, create_group().into(), replicas::fresh_group(*id))
            }
            StepKind::ClearDrill(origin, drill) => plain(origin, self.clear_drill(*drill)),
            StepKind::Cluster(origin, cluster, call) => {
                let (request, fresh) = self.cluster(*cluster, *call);
                here(origin, request, fresh)
            }
            StepKind::CreateCluster { origin, id, nodes, fresh } => {
                here(origin, clusters::create(*nodes).into(), clusters::fresh(*id, *fresh))
            }
            StepKind::CreateNetwork(origin, cluster, id) => {
                here(origin, self.create_network(*cluster), networks::fresh(*id))
            }
            StepKind::CreateSecondary(origin, network, id) => {
                here(origin, self.create_secondary(*network), clusters::fresh(*id, networks::NODES))
            }
            StepKind::Network(origin, network, call) => {
                here(origin, self.network(*network, *call), Fresh::None)
            }
            StepKind::Label(origin, pair, call) => self.label(origin, *pair, *call),
            StepKind::DescribePairs(origin) => {
                let site = origin.region.site();
                plain(origin, DescribeDiskReplicaPairs { site, ..Default::default() }.into())
            }
            StepKind::DescribeGroups(origin) => {
                let site = origin.region.site();
                plain(origin, DescribeDiskReplicaGroups { site, ..Default::default() }.into())
            }
            StepKind::DescribeNetworks(origin) => {
                plain(origin, DescribeGlobalDatabaseNetworks::default().into())
            }
            StepKind::DescribeClusters(origin) => plain(origin, DescribeDbClusters::default().into()),
            StepKind::DescribeDrills(origin, drill) => plain(origin, self.describe_drills(*drill)),
            report => {
                self.report(report).map_or(Input::Advance(self.now), |report| Input::Report(self.now, report))
            }
        }
    }

    fn call(&self, origin: &Origin, region: &str, request: Request, fresh: Fresh) -> Input {
        let token = origin.token.and_then(|token| TOKENS.get(usize::from(token)));
        let call = Call {
            now: self.now,
            account: account(origin.account),
            region: id(region),
            token: token.and_then(|token| ClientToken::parse(token).ok().flatten()),
        };
        Input::Call(call, request, fresh)
    }
}

/// The selected item, if there is any.
fn pick<T>(selector: Selector, items: &[T]) -> Option<&T> {
    items.get(usize::from(selector?).checked_rem(items.len())?)
}

pub(in crate::testing) fn account(number: u8) -> AccountId {
    id(ACCOUNTS.get(usize::from(number)).copied().unwrap_or("3003"))
}

pub(in crate::testing) fn zone(number: u8) -> ZoneId {
    id(ZONES.get(usize::from(number)).copied().unwrap_or("cn-shanghai-d"))
}

pub(in crate::testing) fn class(number: u8) -> NodeClass {
    id(CLASSES.get(usize::from(number)).copied().unwrap_or("polar.mysql.x8.large"))
}

pub(in crate::testing) fn node_id(cluster: u8, number: u8) -> NodeId {
    id(&format!("pi-{cluster}-{number}"))
}

/// The id that is spelled like this. A text that is no id names nothing that there is.
pub(in crate::testing) fn id<T: Unknown>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| T::unknown())
}

#[cfg(test)]
#[test]
fn a_text_that_is_no_id_names_nothing() {
    assert_eq!(id::<ZoneId>("cn-shanghai-d").as_str(), "cn-shanghai-d");
    assert_eq!(["", "a b"].map(id::<NodeId>), [NodeId::unknown(), NodeId::unknown()]);
    assert_eq!(NodeId::parse("unknown"), Ok(NodeId::unknown()));
}
