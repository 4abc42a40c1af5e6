//! What a call does in each status.

use super::super::bug::Bug;
use super::replicas::Action::{self, Delete, Failover, Modify, OneShot, Reprotect, Start, Stop};
use super::state::Kind::{Group, Pair};
use super::{Reference, Replica, Rule};
use crate::policy::{
    DeleteBeforeStart, FailoverWhileBusy, PairFailover, ReprotectFailedGroup, RetryAfterFailure,
    StartWhileReplicating,
};

/// The effect of a call in some status.
pub(super) enum Verdict {
    Move(&'static str),
    NoOp,
    Refuse,
}

use Verdict::{Move, NoOp, Refuse};

impl Reference {
    pub(super) fn by_status(&self, replica: &Replica, action: Action) -> (Verdict, Rule) {
        let read = &self.policy.ebs;
        let when = |whether: bool, to: &'static str| if whether { Move(to) } else { Refuse };
        let again = replica.copied_before(read.first_copy_after_reverse);
        let retries = read.retry_after_failure == RetryAfterFailure::Accept;
        let early = read.delete_before_start == DeleteBeforeStart::Accept;
        let waits = read.failover_while_busy == FailoverWhileBusy::Refuse;
        let repeats = read.start_while_replicating == StartWhileReplicating::NoOp;
        let repeated = || if repeats { NoOp } else { Refuse };
        let like_group = read.pair_failover == PairFailover::GroupAllowlist;
        let listed = like_group || self.planted(Bug::AllowlistForPairs);
        let fails_over_if = |whether: bool| when(whether, "failovering");
        let anew = self.planted(replica.kind.of(Bug::FailoverStartsAnew, Bug::GroupStartsAnew));
        let undoes = read.reprotect_failed_group == ReprotectFailedGroup::Repeat;
        match (replica.kind, action, self.shown_status(replica)) {
            (Pair, Start, "created" | "stopped") if again => (Move("syncing"), "E-111"),
            (Pair, Start, "created" | "stopped") => (Move("initial_syncing"), "E-110"),
            (Pair, Start, "syncing" | "normal") => (repeated(), "E-112"),
            (Pair, Start, _) => (Refuse, "E-113"),
            (Pair, OneShot, "created" | "stopped") => (Move("manual_syncing"), "E-115"),
            (Pair, OneShot, "manual_syncing") => (repeated(), "E-116"),
            (Pair, OneShot, _) => (Refuse, "E-117"),
            (Pair, Stop, "initial_syncing" | "manual_syncing" | "syncing" | "normal") => {
                (Move("stopping"), "E-130")
            }
            (Pair, Stop, "stop_failed") => (when(retries, "stopping"), "E-131"),
            (Pair, Stop, _) => (Refuse, "E-132"),
            // A denylist, unlike the allowlist of groups.
            (Pair, Failover, "invalid") => (fails_over_if(self.planted(Bug::FailoverInInvalid)), "E-210"),
            (Pair, Failover, "deleted") => (fails_over_if(self.planted(Bug::FailoverInDeleted)), "E-210"),
            (Pair, Failover, "failovering") if anew => (Move("failovering"), "E-211"),
            (Pair, Failover, "failovering") => (NoOp, "E-211"),
            (Pair, Failover, "failovered") => (NoOp, "E-212"),
            (Pair, Failover, "stopping") => (fails_over_if(!waits), "E-214"),
            (Pair, Failover, "creating" | "reprotecting" | "deleting") => {
                (fails_over_if(!waits && !listed), "E-215")
            }
            (Pair, Failover, "created" | "create_failed" | "reprotect_failed" | "delete_failed") => {
                (fails_over_if(!listed), "E-216")
            }
            (Pair, Failover, _) => (Move("failovering"), "E-213"),
            (Pair, Reprotect(_), "failovered") => (Move("reprotecting"), "E-230"),
            (Pair, Reprotect(_), "reprotect_failed") => (when(like_group, "reprotecting"), "E-231"),
            (Pair, Reprotect(_), _) => (Refuse, "E-232"),
            (Pair, Delete, "stopped" | "invalid" | "failovered") => (Move("deleting"), "E-250"),
            (Pair, Delete, "created" | "create_failed") => (when(early, "deleting"), "E-251"),
            (Pair, Delete, "delete_failed") => (when(retries, "deleting"), "E-252"),
            (Pair, Delete, _) => (Refuse, "E-253"),
            (Group, Start, "created" | "stopped") => (Move("syncing"), "G-110"),
            (Group, Start, "syncing" | "normal") if anew => (Move("syncing"), "G-111"),
            (Group, Start, "syncing" | "normal") => (NoOp, "G-111"),
            (Group, Start, _) => (Refuse, "G-112"),
            (Group, OneShot, "created" | "stopped") => (Move("manual_syncing"), "G-115"),
            (Group, OneShot, "manual_syncing") => (NoOp, "G-116"),
            (Group, OneShot, _) => (Refuse, "G-117"),
            (Group, Stop, "manual_syncing" | "syncing" | "normal") => (Move("stopping"), "G-130"),
            (Group, Stop, "stop_failed") => (Move("stopping"), "G-131"),
            (Group, Stop, "stopping" | "stopped") => (NoOp, "G-132"),
            (Group, Stop, _) => (Refuse, "G-133"),
            (Group, Failover, "failovering" | "failovered") => (NoOp, "G-211"),
            (Group, Failover, "failover_failed") => (Move("failovering"), "G-212"),
            (
                Group,
                Failover,
                "manual_syncing" | "syncing" | "normal" | "stopping" | "stop_failed" | "stopped",
            ) => (Move("failovering"), "G-210"),
            (Group, Failover, "reprotect_failed") => (fails_over_if(undoes), "G-213"),
            (Group, Failover, "invalid" | "deleted") => (Refuse, "G-214"),
            (Group, Failover, _) if self.planted(Bug::DenylistForGroups) => (Move("failovering"), "G-210"),
            (Group, Failover, _) => (Refuse, "G-214"),
            (Group, Reprotect(_), "failovered") => (Move("reprotecting"), "G-230"),
            (Group, Reprotect(_), "reprotect_failed") => (when(undoes, "reprotecting"), "G-231"),
            (Group, Reprotect(_), _) => (Refuse, "G-232"),
            (
                Group,
                Delete,
                "created" | "create_failed" | "stopped" | "failovered" | "delete_failed" | "invalid",
            ) => (Move("deleting"), "G-250"),
            (Group, Delete, "deleting") => (NoOp, "G-251"),
            (Group, Delete, _) => (Refuse, "G-252"),
            (kind, Modify(_), "created" | "stopped") => (NoOp, kind.of("E-270", "G-270")),
            (kind, Modify(_), _) => (Refuse, kind.of("E-271", "G-271")),
        }
    }
}
