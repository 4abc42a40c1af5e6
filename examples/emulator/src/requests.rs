//! What control requests say. The server reads these types, and [`Control`](crate::Control) writes them.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use failover_model::ebs::DrillEffect;
use failover_model::polardb::Failure;
use failover_model::simulation::{GroupStage, NetworkStage, PairStage, Selector, Transitions};
use failover_model::text::StatusMessage;
use failover_model::{AccountId, ClusterId, DiskId, NodeId, Operation, PairId, RegionId, ZoneId};
use serde::{Deserialize, Deserializer, Serialize};

/// How often a planned fault strikes; `None` until it is withdrawn.
pub type Times = Option<NonZeroU32>;

/// A planned fault strikes once.
pub const ONCE: Times = Some(NonZeroU32::MIN);

/// A fault as it is posted.
///
/// `Switch`, `Work`, `Network`, `Drill`, `Hold` and `Reply` lie in wait, as do pairs and groups with `fails`; they are listed
/// until they are used up or withdrawn. The others are seen at once, and undone by seeing the opposite. Where a text names a
/// resource, `*` names any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// Promotions of a node fail.
    Switch {
        /// The node.
        node: String,
        /// Why.
        #[serde(default = "other")]
        reason: Failure,
        /// How often.
        #[serde(default = "once")]
        times: Times,
    },
    /// Work on the nodes of a cluster fails.
    Work {
        /// The cluster.
        cluster: String,
        /// The kind of work, such as `create_nodes`; any if absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        effect: Option<String>,
        /// Why.
        #[serde(default = "other")]
        reason: Failure,
        /// How often.
        #[serde(default = "once")]
        times: Times,
    },
    /// A node goes down or comes up; a writer that goes down starts an automatic failover.
    Node {
        /// The node.
        node: String,
        /// Whether it is up.
        up: bool,
    },
    /// Replication to a node is abnormal or normal again.
    Replication {
        /// The node.
        node: String,
        /// Whether it is normal.
        healthy: bool,
    },
    /// A cluster shows a status that is none of its own doing, until it is set to `Running`.
    Cluster {
        /// The cluster.
        cluster: ClusterId,
        /// The status, such as `ClassChanging`.
        status: StatusMessage,
    },
    /// A disk is seen changed in one or more ways.
    Disk {
        /// The disk.
        disk: DiskId,
        /// Whether it is up.
        #[serde(skip_serializing_if = "Option::is_none")]
        up: Option<bool>,
        /// Whether it is attached to a host.
        #[serde(skip_serializing_if = "Option::is_none")]
        attached: Option<bool>,
        /// Only `true`: it is removed for good.
        #[serde(skip_serializing_if = "Option::is_none")]
        removed: Option<bool>,
    },
    /// Effects of a pair fail ([`Fault::pair`], [`Fault::pair_of_disk`]), or it is invalid ([`Fault::pair_invalid`]).
    Pair {
        /// The pair.
        #[serde(skip_serializing_if = "Option::is_none")]
        pair: Option<String>,
        /// Its source disk instead, before the id of the pair is known.
        #[serde(skip_serializing_if = "Option::is_none")]
        disk: Option<DiskId>,
        /// Which effect fails.
        #[serde(skip_serializing_if = "Option::is_none")]
        fails: Option<PairStage>,
        /// The status message of the failure.
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<StatusMessage>,
        /// The status message of a pair that is invalid.
        #[serde(skip_serializing_if = "Option::is_none")]
        invalid: Option<StatusMessage>,
        /// How often the effect fails; once if absent.
        #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
        times: Option<Times>,
    },
    /// Effects of a group fail as a whole ([`Fault::group`]), or it is invalid ([`Fault::group_invalid`]).
    Group {
        /// The group.
        group: String,
        /// Which effect fails.
        #[serde(skip_serializing_if = "Option::is_none")]
        fails: Option<GroupStage>,
        /// The status message of a group that is invalid.
        #[serde(skip_serializing_if = "Option::is_none")]
        invalid: Option<StatusMessage>,
        /// How often the effect fails; once if absent.
        #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
        times: Option<Times>,
    },
    /// Effects of a global database network fail.
    Network {
        /// The network.
        network: String,
        /// Which effect fails.
        fails: NetworkStage,
        /// How often.
        #[serde(default = "once")]
        times: Times,
    },
    /// Effects of a drill fail.
    Drill {
        /// The drill, or below what it belongs to, before its id is known.
        #[serde(skip_serializing_if = "Option::is_none")]
        drill: Option<String>,
        /// The pair instead.
        #[serde(skip_serializing_if = "Option::is_none")]
        pair: Option<String>,
        /// The group instead.
        #[serde(skip_serializing_if = "Option::is_none")]
        group: Option<String>,
        /// Which effect fails.
        fails: DrillEffect,
        /// The status message of the failure.
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<StatusMessage>,
        /// How often.
        #[serde(default = "once")]
        times: Times,
    },
    /// Everything in a zone goes down together, or comes back.
    Zone {
        /// The zone.
        zone: ZoneId,
        /// Whether it is up.
        up: bool,
    },
    /// Everything in a region goes down together, or comes back.
    Region {
        /// The region.
        region: RegionId,
        /// Whether it is up.
        up: bool,
        /// Whether its calls are answered. If not, that is listed as `silence`.
        #[serde(default = "yes")]
        api: bool,
    },
    /// Effects stay outstanding in every mode.
    Hold {
        /// The kind of effect, such as `failover_pair`.
        effect: String,
        /// The resource.
        #[serde(default = "any")]
        resource: String,
        /// How often.
        #[serde(default = "once")]
        times: Times,
    },
    /// Answers to an operation are lost, late or replaced.
    Reply(ReplyFault),
}

/// A fault of the answers to an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyFault {
    /// The operation, as its `Action` names it.
    pub action: String,
    /// Whether the call takes effect.
    #[serde(default = "yes")]
    pub effect: bool,
    /// Close the connection without an answer.
    #[serde(default, skip_serializing_if = "is_not")]
    pub lose: bool,
    /// Answer with this HTTP status, 400 to 599.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The error code of that answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The message of that answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The whole body of that answer instead, such as a proxy makes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The delay before the answer in milliseconds, at most ten minutes.
    #[serde(default)]
    pub delay_ms: u64,
    /// Headers that the answer has besides.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// How often.
    #[serde(default = "once")]
    pub times: Times,
}

impl ReplyFault {
    /// A fault that does nothing yet, to be filled in: `ReplyFault { lose: true, ..ReplyFault::of(operation) }`.
    pub fn of(operation: Operation) -> Self {
        Self {
            action: operation.as_str().to_owned(),
            effect: true,
            lose: false,
            status: None,
            code: None,
            message: None,
            body: None,
            delay_ms: 0,
            headers: BTreeMap::new(),
            times: ONCE,
        }
    }
}

impl Fault {
    /// Effects of a pair fail.
    pub fn pair(pair: impl Into<String>, fails: PairStage, times: Times) -> Self {
        let (pair, fails, times) = (Some(pair.into()), Some(fails), Some(times));
        Self::Pair { pair, disk: None, fails, message: None, invalid: None, times }
    }

    /// Effects of the pair with this source disk fail, whatever its id will be.
    pub fn pair_of_disk(disk: DiskId, fails: PairStage, times: Times) -> Self {
        let (disk, fails, times) = (Some(disk), Some(fails), Some(times));
        Self::Pair { pair: None, disk, fails, message: None, invalid: None, times }
    }

    /// A pair is seen `invalid`, with this status message.
    pub fn pair_invalid(pair: impl Into<String>, message: StatusMessage) -> Self {
        let (pair, invalid) = (Some(pair.into()), Some(message));
        Self::Pair { pair, disk: None, fails: None, message: None, invalid, times: None }
    }

    /// Effects of a group fail as a whole.
    pub fn group(group: impl Into<String>, fails: GroupStage, times: Times) -> Self {
        Self::Group { group: group.into(), fails: Some(fails), invalid: None, times: Some(times) }
    }

    /// A group is seen `invalid` with its members, with this status message.
    pub fn group_invalid(group: impl Into<String>, message: StatusMessage) -> Self {
        Self::Group { group: group.into(), fails: None, invalid: Some(message), times: None }
    }

    /// Effects of a drill fail.
    pub fn drill(drill: impl Into<String>, fails: DrillEffect, times: Times) -> Self {
        Self::Drill { drill: Some(drill.into()), pair: None, group: None, fails, message: None, times }
    }
}

/// How an outstanding effect ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case", deny_unknown_fields)]
pub enum Ending {
    /// As it was meant to.
    Succeeded {},
    /// Not as it was meant to.
    Failed {
        /// Why.
        #[serde(default = "other")]
        reason: Failure,
        /// The status message, of what shows one.
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<StatusMessage>,
        /// Of a group's effect: the members that failed, if the others were done.
        #[serde(skip_serializing_if = "Option::is_none")]
        pairs: Option<BTreeSet<PairId>>,
    },
    /// Of a choice among nodes: this one was chosen.
    Chosen {
        /// The node.
        node: NodeId,
    },
    /// As the planned faults and the seed determine.
    Auto {},
}

/// Where a clock is to go: one of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockMove {
    /// So far ahead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advance_ms: Option<u64>,
    /// To an event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Destination>,
}

/// An event that a clock can be moved to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    /// The next work that falls due.
    Next,
}

/// How effects are to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransitionsChange {
    /// How.
    pub mode: Transitions,
}

/// Which events are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventQuery {
    /// Only later ones than this; refused with 410 if some of them are gone.
    pub after: Option<u64>,
    /// At most so many, 1 to 20,000; 1,000 if absent.
    pub limit: Option<usize>,
    /// Only of this resource.
    pub resource: Option<String>,
    /// Of this account; [`Control`](crate::Control) fills in its own.
    pub account: Option<AccountId>,
    /// How long to wait for the first one, at most 30,000.
    #[serde(default)]
    pub wait_ms: u64,
}

/// Which effects are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EffectQuery {
    /// Only of this resource.
    pub resource: Option<String>,
    /// Of this account.
    pub account: Option<AccountId>,
}

/// What of an account that is cleared is set anew.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clearing {
    /// The time; as it is if absent.
    pub now_ms: Option<u64>,
    /// The seed; as it is if absent.
    pub seed: Option<u64>,
    /// The account.
    pub account: Option<AccountId>,
}

/// How much of what an account has is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceQuery {
    /// Of this account.
    pub account: Option<AccountId>,
    /// At most so many of each kind, 1 to 500; 200 if absent.
    pub limit: Option<usize>,
}

/// The query of a request that says nothing but the account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfAccount {
    /// The account; the default one if absent.
    pub account: Option<AccountId>,
}

fn other() -> Failure {
    Failure::Other
}

fn once() -> Times {
    ONCE
}

fn any() -> String {
    Selector::any().0
}

fn yes() -> bool {
    true
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_not(said: &bool) -> bool {
    !said
}

/// Tells `null`, which means something, from a field left out.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}
