//! The events in the lifecycles of pairs and groups, and the effects whose ends are events.

use crate::ebs::lifecycle::status::{GroupStatus, PairStatus};
use crate::ebs::lifecycle::twins;
use crate::lifecycle::events;

twins! {
    events!
    pair (/// An event in the lifecycle of a pair.
        PairEvent)
    group (/// An event in the lifecycle of a group.
        GroupEvent)

    /// Automatic start, no copy completed yet in this direction.
    pair StartFirst,
    /// Automatic start after a completed copy.
    pair StartAgain,
    /// Automatic start.
    group Start,
    /// Start with `OneShot=true`.
    both StartOneShot,
    /// Stop.
    both Stop,
    /// Failover.
    both Failover,
    /// Reprotect, in either form.
    both Reprotect,
    /// Delete.
    both Delete,
    /// Change of name, description or settings.
    both Modify,
    /// Addition to a consistent group.
    pair AddToGroup,
    /// A pair is to join.
    group AddPair,
    /// A pair is to leave.
    group RemovePair,
    /// Reported: creation is done.
    both CreateSucceeded,
    /// Reported: creation failed.
    both CreateFailed,
    /// Reported: a copy is complete.
    pair CopySucceeded,
    /// Reported: a copy failed.
    pair CopyFailed,
    /// Every copy of a round is complete.
    group RoundSucceeded,
    /// Every copy of a round has ended, and one failed.
    group RoundFailed,
    /// Reported: the pair, or every member, is stopped.
    both StopSucceeded,
    /// Reported: stopping failed, in a group for some member or for all.
    both StopFailed,
    /// Reported: every secondary disk took over.
    both FailoverSucceeded,
    /// Reported: the failover failed, in a group for some member or for all.
    both FailoverFailed,
    /// Reported: reprotecting is done.
    both ReprotectSucceeded,
    /// Reported: reprotecting failed.
    both ReprotectFailed,
    /// Reported: deletion is done.
    both DeleteSucceeded,
    /// Reported: deletion failed.
    both DeleteFailed,
    /// The next copy cycle or round is due.
    both CycleDue,
    /// The relation broke: a disk removed, its key or size changed, the order expired; or the group as a whole.
    both Invalidated,
    /// The last member left.
    group Emptied,
}

/// An enum of effects, a row each: the statuses in which it is pending, and the events of its success and failure.
macro_rules! work {
    (
        $(#[$about:meta])* $Effect:ident, $Status:ident, $Event:ident
        $(#[$doc:meta] $name:ident = (
            $({ $(#[$field_doc:meta])* $field:ident: $ty:ty = $initial:expr })?
            $($status:ident)|+ => $success:ident, $failure:ident
        ),)+
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(
            feature = "serde",
            derive(serde::Serialize, serde::Deserialize),
            serde(rename_all = "snake_case", deny_unknown_fields)
        )]
        pub enum $Effect {$(
            #[$doc]
            $name $({ $(#[$field_doc])* $field: $ty })?,
        )+}

        impl $Effect {
            /// The event of its success and of its failure.
            pub const fn events(self) -> ($Event, $Event) {
                match self { $(Self::$name { .. } => ($Event::$success, $Event::$failure),)+ }
            }

            /// The effect that is pending in this transient status; `None` for other statuses. Between a failed copy and
            /// the next cycle none is pending in a copying status.
            pub const fn of(status: $Status) -> Option<Self> {
                match status {
                    $($($Status::$status)|+ => Some(Self::$name $({ $field: $initial })?),)+
                    _ => None,
                }
            }
        }
    };
}

twins! {
    work!
    pair (/// Work that a pair requests from the embedder.
        PairEffect, PairStatus, PairEvent)
    group (/// Work that a group requests from the embedder. Copies are not here: each member requests its own.
        GroupEffect, GroupStatus, GroupEvent)

    /// Set the relation, or the group, up.
    both Create = (Creating => CreateSucceeded, CreateFailed),
    /// Copy the source to the destination.
    pair Copy = (InitialSyncing | ManualSyncing | Syncing => CopySucceeded, CopyFailed),
    /// Stop copying and roll every destination back to the last completed copy or round.
    both Stop = (Stopping => StopSucceeded, StopFailed),
    /// Cut the links and make the destinations readable and writable.
    both Failover = (Failingover => FailoverSucceeded, FailoverFailed),
    /// Prepare the other direction, or the original one again.
    both Reprotect = (
        {
            /// Whether the roles swap.
            reverse: bool = true
        }
        Reprotecting => ReprotectSucceeded, ReprotectFailed
    ),
    /// Take the relation, or the group, down.
    both Delete = (Deleting => DeleteSucceeded, DeleteFailed),
}
