//! The invariants of one resource, one variant each.

/// A broken invariant of one resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Breach {
    /// It is registered under an id that is not its own.
    #[error("it is registered under another id")]
    Registry,
    /// Resources of its kind are not in the order of their ordinals, or its ordinal was never minted.
    #[error("it is out of order")]
    Ordinal,
    /// The pending effect is not the one that the status waits for, or a status that waits has none.
    #[error("its pending effect does not fit its status")]
    Pending,
    /// The pending effect has an id that it has not taken.
    #[error("its pending effect has an id that it has not taken")]
    EffectId,
    /// It is gone, and was kept.
    #[error("it is gone")]
    Gone,
    /// A time lies after the clock.
    #[error("it holds a time that lies after the clock")]
    InFuture,
    /// A deadline is set in a status that has none, or missing in one that needs it.
    #[error("it has a deadline that its status does not allow, or lacks one")]
    Due,
    /// A status message is set in a status that has none.
    #[error("it shows a status message in a status that has none")]
    Message,
    /// Both ends of a pair are the same disk or zone, or both sites of a group the same place.
    #[error("both its ends are in one place")]
    TooClose,

    /// A pair has a recover point although no copy ever completed.
    #[error("it has a recover point but was never copied")]
    RecoverPoint,
    /// A pair is failed over but its secondary disk is not writable, or the reverse.
    #[error("it disagrees with itself on whether its secondary disk is writable")]
    Switched,
    /// A pair is paid for a period that is not sold.
    #[error("it is paid for a period that is not sold")]
    Period,
    /// It keeps a bandwidth that was asked for along with `POSTPAY`.
    #[error("it is postpaid and keeps a bandwidth")]
    PostPaid,

    /// The group of a member does not exist or belongs to another account.
    #[error("its group does not exist in its account")]
    NoGroup,
    /// The status is impossible for a member of a group in that status (`G-401` to `G-405`).
    #[error("it shows what no member of its group shows")]
    Status,
    /// The ends of a member are not its group's sites, or it replicates in the other direction (`G-685`).
    #[error("it lies between other places than its group")]
    Places,
    /// The replication time control of a member differs from its group's (`G-660`).
    #[error("its replication time control is not its group's")]
    Rtc,
    /// A member is being reversed and its group is not, or the reverse.
    #[error("it disagrees with its group on whether the direction is being reversed")]
    Reversing,
    /// A member has a pending effect or a deadline that belongs to its group.
    #[error("it waits for what its group waits for")]
    OwnWork,

    /// A group or network has more members than it may have (`G-686`, `P-412`).
    #[error("it has too many members")]
    TooMany,
    /// A group has another number of members than it knows of.
    #[error("it has another number of members than it knows of")]
    Size,
    /// Its members took another number of a group's plans than it made.
    #[error(
        "its members took another number of its plans than it made: one was not applied, or the group was not stored"
    )]
    Plans,
    /// A group has no members, but a status that requires some (`G-520`).
    #[error("it has no member, but its status says that it had")]
    Empty,
    /// A group records a failed copy although no member copies.
    #[error("it records a failed copy but has no round under way")]
    CopyFailed,
    /// The one-shot round of a group is running although no member copies, so it would never end.
    #[error("its one-shot round has no copy")]
    Stalled,
    /// Members that completed a round do not share a recover point (`G-641`).
    #[error("its members completed a round but do not share a recover point")]
    RecoverPoints,

    /// The pair or group of a drill does not exist or belongs to another account.
    #[error("what it belongs to does not exist in its account")]
    Owner,
    /// The status of a disk does not fit the drill's status, or the drill has disks and no recover point.
    #[error("its disks do not fit its status")]
    Disks,
    /// A disk is listed twice, in two drills or in one.
    #[error("a disk of it belongs to two drills")]
    DiskTwice,

    /// A cluster has two nodes of one id.
    #[error("it has two nodes of one id")]
    NodeTwice,
    /// A cluster has no writer, or more than one.
    #[error("it does not have exactly one writer")]
    Writers,
    /// The writer is of a kind that cannot be the primary.
    #[error("its writer is of a kind that cannot be the primary")]
    WriterKind,
    /// A failover runs in a cluster that is being created or released.
    #[error("it fails over while it is created or released")]
    FailoverAndLifecycle,
    /// A pending choice offers fewer than two nodes, or others than those that come first now.
    #[error("it waits for a choice among fewer than two nodes, or others than those that come first")]
    Offer,
    /// A failover that is over is still there.
    #[error("its failover is over and still there")]
    Over,
    /// Work on nodes is pending in a cluster that is being created or released.
    #[error("work on its nodes goes on while it is created or released")]
    WorkAndLifecycle,
    /// Work names an unknown node or one node twice, or a node that it occupies lacks the status.
    #[error("the work on its nodes does not fit them")]
    WorkAndNodes,
    /// The writer is to return to the zone it is already in.
    #[error("its writer is to return to where it is")]
    Zones,
    /// A cluster waits for an eligible node or a next round while it is being created or released, already fails over, or
    /// has a writer and no failover that is not over.
    #[error("it waits for a failover while it has something else to do")]
    Waits,
    /// A node is a hot replica although the cluster never activated one.
    #[error("it has a hot replica and never activated one")]
    HotReplica,
    /// The node being promoted is not an eligible reader, or was tried in this round.
    #[error("it promotes a node that it should not")]
    Promotes,
    /// A node that was tried is not part of the cluster.
    #[error("it has tried a node that is not its own")]
    Tried,
    /// The counts of rounds and attempts of a failover do not fit the nodes it tried.
    #[error("its failover counts wrong")]
    Counts,

    /// A cluster of a network does not exist or belongs to another account.
    #[error("a cluster of it does not exist in its account")]
    NoCluster,
    /// A cluster is listed twice, in two networks or in one (`P-401`).
    #[error("a cluster of it is in a network already")]
    MemberTwice,
    /// The engine or version of a secondary is not the primary's (`P-411`).
    #[error("its clusters are of several engines or versions")]
    Engines,
}

/// Breaks a state in one place, for the tests of what notices it.
#[cfg(test)]
pub(crate) fn set<T>(place: &mut T, value: T) -> Option<()> {
    *place = value;
    Some(())
}
