//! A step of a pair's status, by the table and by a `match` as somebody would write it who needs no table.

use failover_model::ebs::{PairEvent, PairLifecycle, PairStatus};
use failover_model::policy::{
    DeleteBeforeStart, EbsPolicy, FailoverWhileBusy, PairFailover, RetryAfterFailure, StartWhileReplicating,
};

/// The status after, unless the event is refused, and the rule.
pub type Step = (Option<PairStatus>, &'static str);

/// By the table.
pub fn by_table(status: PairStatus, event: PairEvent, policy: &EbsPolicy) -> Step {
    let row = PairLifecycle::lookup(status, event);
    (row.verdict(policy).after(status), row.rule.as_str())
}

/// By hand.
#[rustfmt::skip]
pub fn by_hand(status: PairStatus, event: PairEvent, policy: &EbsPolicy) -> Step {
    use PairEvent as E;
    use PairStatus::*;
    let same = Some(status);
    match (event, status) {
        (E::StartFirst, Created | Stopped) => (Some(InitialSyncing), "E-110"),
        (E::StartAgain, Created | Stopped) => (Some(Syncing), "E-111"),
        (E::StartFirst | E::StartAgain, Syncing | Normal) =>
            (if policy.start_while_replicating == StartWhileReplicating::NoOp { same } else { None }, "E-112"),
        (E::StartFirst | E::StartAgain, _) => (None, "E-113"),
        (E::StartOneShot, Created | Stopped) => (Some(ManualSyncing), "E-115"),
        (E::StartOneShot, ManualSyncing) =>
            (if policy.start_while_replicating == StartWhileReplicating::NoOp { same } else { None }, "E-116"),
        (E::StartOneShot, _) => (None, "E-117"),
        (E::Stop, InitialSyncing | ManualSyncing | Syncing | Normal) => (Some(Stopping), "E-130"),
        (E::Stop, StopFailed) =>
            (if policy.retry_after_failure == RetryAfterFailure::Refuse { None } else { Some(Stopping) }, "E-131"),
        (E::Stop, _) => (None, "E-132"),
        (E::Failover, Invalid | Deleted) => (None, "E-210"),
        (E::Failover, Failingover) => (same, "E-211"),
        (E::Failover, Failedover) => (same, "E-212"),
        (E::Failover, InitialSyncing | ManualSyncing | Syncing | Normal | Stopped | StopFailed | FailoverFailed) =>
            (Some(Failingover), "E-213"),
        (E::Failover, Stopping) =>
            (if policy.failover_while_busy == FailoverWhileBusy::Refuse { None } else { Some(Failingover) }, "E-214"),
        (E::Failover, Creating | Reprotecting | Deleting) =>
            (if policy.pair_failover == PairFailover::GroupAllowlist
                || policy.failover_while_busy == FailoverWhileBusy::Refuse { None } else { Some(Failingover) }, "E-215"),
        (E::Failover, Created | CreateFailed | ReprotectFailed | DeleteFailed) =>
            (if policy.pair_failover == PairFailover::GroupAllowlist { None } else { Some(Failingover) }, "E-216"),
        (E::Reprotect, Failedover) => (Some(Reprotecting), "E-230"),
        (E::Reprotect, ReprotectFailed) =>
            (if policy.pair_failover == PairFailover::GroupAllowlist { Some(Reprotecting) } else { None }, "E-231"),
        (E::Reprotect, _) => (None, "E-232"),
        (E::Delete, Stopped | Invalid | Failedover) => (Some(Deleting), "E-250"),
        (E::Delete, Created | CreateFailed) =>
            (if policy.delete_before_start == DeleteBeforeStart::Refuse { None } else { Some(Deleting) }, "E-251"),
        (E::Delete, DeleteFailed) =>
            (if policy.retry_after_failure == RetryAfterFailure::Refuse { None } else { Some(Deleting) }, "E-252"),
        (E::Delete, _) => (None, "E-253"),
        (E::Modify, Created | Stopped) => (same, "E-270"),
        (E::Modify, _) => (None, "E-271"),
        (E::AddToGroup, Created | Stopped) => (same, "E-280"),
        (E::AddToGroup, _) => (None, "E-281"),
        (E::CreateSucceeded, Creating) => (Some(Created), "E-310"),
        (E::CreateFailed, Creating) => (Some(CreateFailed), "E-311"),
        (E::CreateSucceeded | E::CreateFailed, _) => (None, "E-312"),
        (E::CopySucceeded, InitialSyncing | Syncing) => (Some(Normal), "E-320"),
        (E::CopySucceeded, ManualSyncing) => (Some(Stopped), "E-321"),
        (E::CopyFailed, InitialSyncing | Syncing) => (same, "E-322"),
        (E::CopyFailed, ManualSyncing) => (Some(Stopped), "E-323"),
        (E::CopySucceeded | E::CopyFailed, _) => (None, "E-324"),
        (E::StopSucceeded, Stopping) => (Some(Stopped), "E-330"),
        (E::StopFailed, Stopping) => (Some(StopFailed), "E-331"),
        (E::StopSucceeded | E::StopFailed, _) => (None, "E-332"),
        (E::FailoverSucceeded, Failingover) => (Some(Failedover), "E-340"),
        (E::FailoverFailed, Failingover) => (Some(FailoverFailed), "E-341"),
        (E::FailoverSucceeded | E::FailoverFailed, _) => (None, "E-342"),
        (E::ReprotectSucceeded, Reprotecting) => (Some(Stopped), "E-350"),
        (E::ReprotectFailed, Reprotecting) => (Some(ReprotectFailed), "E-351"),
        (E::ReprotectSucceeded | E::ReprotectFailed, _) => (None, "E-352"),
        (E::DeleteSucceeded, Deleting) => (Some(Deleted), "E-360"),
        (E::DeleteFailed, Deleting) => (Some(DeleteFailed), "E-361"),
        (E::DeleteSucceeded | E::DeleteFailed, _) => (None, "E-362"),
        (E::CycleDue, Normal) => (Some(Syncing), "E-410"),
        (E::CycleDue, InitialSyncing | Syncing) => (same, "E-411"),
        (E::CycleDue, _) => (None, "E-412"),
        (E::Invalidated, Invalid | CreateFailed | Deleting | Deleted) => (same, "E-511"),
        (E::Invalidated, _) => (Some(Invalid), "E-510"),
    }
}

/// Every status with every event, in an order without a pattern; both ways agree on each.
pub fn everything() -> Vec<(PairStatus, PairEvent)> {
    let mut all: Vec<_> = PairStatus::ALL
        .iter()
        .flat_map(|status| PairEvent::ALL.iter().map(move |event| (*status, *event)))
        .collect();
    all.sort_by_key(|(status, event)| {
        (*status as u64 * 64 + *event as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    });
    for (status, event) in &all {
        let policy = EbsPolicy::default();
        assert_eq!(
            by_hand(*status, *event, &policy),
            by_table(*status, *event, &policy),
            "{status:?} {event:?}"
        );
    }
    all
}
