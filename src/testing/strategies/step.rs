//! Steps that fit any state.

use super::*;

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
    pub(super) const PLAIN: [Self; 7] = [
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

    pub(super) fn plain(self, pair: Option<&ReplicaPair>, policy: &EbsPolicy) -> Self {
        let (Self::Allowed(index), Some(pair)) = (self, pair) else { return self };
        let allowed =
            |ask: &Self| PairLifecycle::lookup(pair.status(), ask.event()).verdict(policy) != Verdict::Refuse;
        let allowed: Vec<Self> = Self::PLAIN.into_iter().filter(allowed).collect();
        pick(Some(index), &allowed).copied().unwrap_or(self)
    }

    pub(super) fn request(self, pair: PairId) -> Request {
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

/// What is asked of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupAsk {
    /// Something that the status it shows allows under the policy, if there is such a thing.
    Allowed(u8),
    /// `StartDiskReplicaGroup`.
    Start {
        /// `OneShot`.
        one_shot: bool,
    },
    /// `StopDiskReplicaGroup`.
    Stop,
    /// `FailoverDiskReplicaGroup`.
    Failover,
    /// `ReprotectDiskReplicaGroup`.
    Reprotect {
        /// `ReverseReplicate`.
        reverse: bool,
    },
    /// `DeleteDiskReplicaGroup`.
    Delete,
    /// `ModifyDiskReplicaGroup`.
    Modify {
        /// `EnableRtc`.
        rtc: bool,
    },
    /// `AddDiskReplicaPair`.
    Add(Which),
    /// `RemoveDiskReplicaPair`.
    Remove(Which),
    /// `StartReplicaGroupDrill`.
    StartDrill(u8),
}

impl GroupAsk {
    pub(super) const PLAIN: [Self; 8] = [
        Self::Start { one_shot: false },
        Self::Start { one_shot: true },
        Self::Stop,
        Self::Failover,
        Self::Reprotect { reverse: true },
        Self::Reprotect { reverse: false },
        Self::Delete,
        Self::Modify { rtc: true },
    ];

    const fn event(self) -> GroupEvent {
        match self {
            Self::Start { one_shot: true } => GroupEvent::StartOneShot,
            Self::Start { one_shot: false } => GroupEvent::Start,
            Self::Stop => GroupEvent::Stop,
            Self::Allowed(_) | Self::Failover | Self::StartDrill(_) => GroupEvent::Failover,
            Self::Reprotect { .. } => GroupEvent::Reprotect,
            Self::Delete => GroupEvent::Delete,
            Self::Modify { .. } => GroupEvent::Modify,
            Self::Add(_) => GroupEvent::AddPair,
            Self::Remove(_) => GroupEvent::RemovePair,
        }
    }

    pub(super) fn plain(self, group: Option<&GroupView>, policy: &EbsPolicy) -> Self {
        let (Self::Allowed(index), Some(group)) = (self, group) else { return self };
        let empty = group.pairs.is_empty();
        let allowed = |ask: &Self| {
            let fits = match ask {
                Self::Delete => empty,
                Self::Modify { .. } | Self::Stop => true,
                _ => !empty,
            };
            fits && GroupLifecycle::lookup(group.status, ask.event()).verdict(policy) != Verdict::Refuse
        };
        let allowed: Vec<Self> = Self::PLAIN.into_iter().filter(allowed).collect();
        pick(Some(index), &allowed).copied().unwrap_or(self)
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
        /// `RollBackForDisaster`.
        back: bool,
        /// `FailoverDBClusterZonal` instead.
        zonal: bool,
    },
    /// `CreateDBNodes`.
    AddNodes {
        /// How many.
        nodes: u8,
        /// Of which kind.
        kind: NodeKind,
    },
    /// `DeleteDBNodes`.
    DropNodes {
        /// The first of them.
        from: u8,
        /// How many.
        nodes: u8,
    },
    /// `ModifyDBNodeClass`.
    Class {
        /// Which of [`CLASSES`].
        class: u8,
    },
    /// `ModifyDBNodesClass`, of one node.
    ClassOf {
        /// One of its nodes.
        node: u8,
        /// Which of [`CLASSES`].
        class: u8,
    },
    /// `RestartDBNode`.
    Restart {
        /// One of its nodes.
        node: u8,
    },
    /// `ModifyDBNodeHotReplicaMode`.
    HotReplica {
        /// One of its nodes.
        node: u8,
        /// Whether it shall be one.
        on: bool,
    },
    /// `ModifyDBClusterPrimaryZone`.
    Zone {
        /// Which of [`ZONES`].
        zone: u8,
        /// Whether the standby zone changes.
        standby: bool,
    },
    /// `ModifyDBClusterDeletion`.
    Lock(bool),
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

/// What is asked of a pair's labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelAsk {
    /// `ModifyDiskReplicaPair`: the name `name-N`, and perhaps replication time control.
    Modify {
        /// The number in the name.
        name: u8,
        /// `EnableRtc`.
        rtc: Option<bool>,
    },
    /// `TagResources` with the key `k-N`.
    Tag(u8),
    /// `UntagResources` of the key `k-N`, or of all.
    Untag(Option<u8>),
    /// `ListTagResources`.
    List,
    /// `ChangeResourceGroup` to `rg-N`.
    Regroup(u8),
    /// `DescribeDiskReplicaPairProgress`.
    Progress,
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
    /// A call on a group.
    Group {
        /// By whom.
        caller: Caller,
        /// On which.
        group: Which,
        /// Asking what.
        ask: GroupAsk,
    },
    /// `CreateDiskReplicaGroup`, with ids from a small pool.
    CreateGroup {
        /// By whom.
        caller: Caller,
        /// `pg-N`.
        id: u8,
    },
    /// `StartPairDrill`, with ids from a small pool.
    StartDrill {
        /// By whom.
        caller: Caller,
        /// Of which pair.
        pair: Which,
        /// `drill-N`, with disk `x-N`.
        id: u8,
    },
    /// `ClearPairDrill` or `ClearReplicaGroupDrill`.
    ClearDrill {
        /// By whom.
        caller: Caller,
        /// Which.
        drill: Which,
    },
    /// A group broke as a whole.
    GroupInvalid(Which),
    /// An effect of a group failed for one of the members that it is about.
    EndedPartly {
        /// Which effect.
        effect: u8,
        /// Which member.
        member: u8,
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
    /// A call that changes or tells what no lifecycle depends on.
    Label {
        /// By whom.
        caller: Caller,
        /// On which pair.
        pair: Which,
        /// Asking what.
        ask: LabelAsk,
    },
    /// `DescribeDiskReplicaPairs` and `DescribeDBClusters`.
    Describe {
        /// By whom.
        caller: Caller,
        /// Pairs or clusters.
        pairs: bool,
    },
    /// `DescribeDiskReplicaGroups`.
    DescribeGroups {
        /// By whom.
        caller: Caller,
    },
    /// `DescribePairDrills` or `DescribeReplicaGroupDrills`.
    DescribeDrills {
        /// By whom.
        caller: Caller,
        /// Of whatever this drill belongs to.
        drill: Which,
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
    /// All nodes of a cluster in a zone went down, or came back.
    ZoneOf {
        /// Which cluster.
        cluster: Which,
        /// Which of [`ZONES`].
        zone: u8,
        /// Whether they are up.
        up: bool,
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
