//! Planned faults: each changes the outcome of a later effect or reply.

use alloc::collections::BTreeMap;
use alloc::string::String;
use core::num::NonZeroU32;

use crate::control_plane::effect::effects;
use crate::ebs::{DrillEffect, GroupEffect, PairEffect};
use crate::ids::RegionId;
use crate::operation::Operation;
use crate::polardb::{Failure, NetworkEffect};
use crate::text::StatusMessage;

/// The target of a fault: the id of a resource, or `*` for any.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Selector(pub String);

impl Selector {
    /// Any resource.
    pub fn any() -> Self {
        Self(String::from("*"))
    }

    /// Whether it selects this resource.
    pub fn matches(&self, id: &str) -> bool {
        self.0 == "*" || self.0 == id
    }
}

/// The kinds of pair, group and network effects, without their data.
macro_rules! stages {
    (
        PairEffect { $($pair:tt)* } GroupEffect { $($group:tt)* } NetworkEffect { $($network:tt)* } $($others:tt)*
    ) => {
        stages! { @ PairStage PairEffect "Which effect of a pair fails." $($pair)* }
        stages! { @ GroupStage GroupEffect "Which effect of a group fails." $($group)* }
        stages! { @ NetworkStage NetworkEffect "Which effect of a global database network fails." $($network)* }
    };
    (@ $stage:ident $effect:ident $doc:literal
        $($kind:ident $name:ident $millis:literal $does:literal;)*
    ) => {
        #[doc = $doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
        pub enum $stage {$(
            #[doc = $does]
            $kind,
        )*}

        impl From<$effect> for $stage {
            fn from(effect: $effect) -> Self {
                match effect { $($effect::$kind { .. } => Self::$kind,)* }
            }
        }
    };
}

effects! { stages }

/// A planned fault.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)
)]
pub enum Fault {
    /// Promotions of this node fail.
    Switch {
        /// The node.
        node: Selector,
        /// Why.
        reason: Failure,
    },
    /// Work on the nodes of this cluster fails.
    Work {
        /// The cluster.
        cluster: Selector,
        /// The kind of effect, such as `create_nodes`; any if absent.
        effect: Option<String>,
        /// Why.
        reason: Failure,
    },
    /// Effects of this pair fail.
    Pair {
        /// The pair.
        pair: Option<Selector>,
        /// Its source disk, for a pair whose id is not yet known.
        disk: Option<String>,
        /// Which effect.
        fails: PairStage,
        /// The status message, in statuses that have one.
        message: Option<StatusMessage>,
    },
    /// Effects of this group fail as a whole. For a single member, plan a fault of its pair.
    Group {
        /// The group.
        group: Selector,
        /// Which effect.
        fails: GroupStage,
    },
    /// Effects of this drill fail.
    Drill {
        /// The drill, or the pair or group that it belongs to.
        of: Selector,
        /// Which effect.
        fails: DrillEffect,
        /// The status message of the drill and its disks.
        message: Option<StatusMessage>,
    },
    /// Effects of this global database network fail.
    Network {
        /// The network.
        network: Selector,
        /// Which effect.
        fails: NetworkStage,
    },
    /// Effects stay outstanding in every mode.
    Hold {
        /// The kind of effect, such as `failover_pair`.
        effect: String,
        /// The resource.
        resource: Selector,
    },
    /// Calls to this region get no answer and have no effect, until the fault is withdrawn.
    Silence {
        /// The region.
        region: RegionId,
    },
    /// Replies to this operation are lost or replaced.
    Reply(ReplyFault),
}

/// A fault of the reply on its way to the client. The model's decision and its token are unaffected.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct ReplyFault {
    /// The operation.
    pub action: Operation,
    /// Whether the call still has its effect.
    pub effect: bool,
    /// Close the connection without an answer.
    pub lose: bool,
    /// Answer with this HTTP status instead, and the code below.
    pub status: Option<u16>,
    /// The error code of that answer.
    pub code: Option<String>,
    /// The message of that answer.
    pub message: Option<String>,
    /// The body of that answer as it is, where a proxy between client and service makes it.
    pub body: Option<String>,
    /// The delay before the answer in milliseconds.
    pub delay_ms: u64,
    /// Additional headers of that answer.
    pub headers: BTreeMap<String, String>,
}

/// A planned fault with its number and remaining count.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct PlannedFault {
    /// Its number, never reused.
    pub id: u64,
    /// The fault.
    pub fault: Fault,
    /// How many times it still strikes; `None` for unlimited.
    pub times: Option<NonZeroU32>,
}

/// The planned faults, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub(super) struct FaultPlan {
    pub(super) planned: alloc::vec::Vec<PlannedFault>,
    pub(super) next: u64,
}

impl FaultPlan {
    pub(super) fn number(&mut self) -> u64 {
        self.next = self.next.saturating_add(1);
        self.next
    }

    pub(super) fn add(&mut self, fault: Fault, times: Option<NonZeroU32>) -> u64 {
        let id = self.number();
        self.planned.push(PlannedFault { id, fault, times });
        id
    }

    pub(super) fn withdraw(&mut self, id: u64) -> bool {
        let before = self.planned.len();
        self.planned.retain(|planned| planned.id != id);
        before != self.planned.len()
    }

    /// Finds the oldest fault that matches `strikes` and uses it once.
    pub(super) fn strike<T>(&mut self, strikes: impl Fn(&Fault) -> Option<T>) -> Option<T> {
        let (at, answer) =
            self.planned.iter().enumerate().find_map(|(at, planned)| Some((at, strikes(&planned.fault)?)))?;
        let planned = self.planned.get_mut(at)?;
        match planned.times.map(|times| NonZeroU32::new(times.get().saturating_sub(1))) {
            Some(None) => drop(self.planned.remove(at)),
            Some(left) => planned.times = left,
            None => {}
        }
        Some(answer)
    }
}
