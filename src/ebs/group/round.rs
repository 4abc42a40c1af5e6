//! Decisions on reports about a group, and on its deadlines.
//!
//! Stopping, failing over and reprotecting are effects of the group. Stopping and failing over can succeed for some
//! members and fail for others (`G-430`); reprotecting is all or nothing (`G-431`), since half a reverse would leave a
//! group without a direction. A copy is an effect of one member, and a round of copies **commits** when all have succeeded
//! (`G-641`): then, and only then, all members get the recover point of that instant. If a copy failed, the round does not
//! commit and every recover point stays (`G-642`).
//!
//! A member that becomes invalid leaves the round; the others go on (`G-643`).

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::ebs::Context;
use crate::ebs::group::decide::GroupPlan;
use crate::ebs::group::member::{may_leave_group, shown_by};
use crate::ebs::group::rules::{G_402, G_404, G_430, G_431, G_640, G_641, G_642, G_643, G_697};
use crate::ebs::group::whole::WholeGroup;
use crate::ebs::lifecycle::{GroupEffect, GroupEvent, GroupLifecycle, GroupStatus, PairStatus};
use crate::ebs::pair::ReplicaPair;
use crate::ebs::pair::decide::first_cycle_after;
use crate::ebs::pair::plan::PairPlan;
use crate::ids::{EffectId, PairId};
use crate::lifecycle::{Due, PendingChange, Verdict};
use crate::outcome::{NotTaken, Outcome};
use crate::rule::{RuleId, cite};
use crate::text::StatusMessage;

impl GroupEffect {
    const fn can_fail_partly(self) -> bool {
        cite!(G_430, G_431);
        matches!(self, Self::Stop | Self::Failover)
    }
}

impl WholeGroup<'_> {
    /// Decides the reported outcome of an effect of the group.
    ///
    /// # Errors
    ///
    /// [`NotTaken`] says why the report changes nothing.
    pub fn decide_outcome(
        &self,
        at: Context<'_>,
        id: EffectId,
        outcome: &Outcome,
    ) -> Result<GroupPlan, NotTaken> {
        let pending = self.pending.filter(|pending| pending.id == id).ok_or(NotTaken::Stale)?;
        let about = |pair: &&ReplicaPair| self.acts_on(pair);
        let failed: BTreeSet<&PairId> = match outcome {
            Outcome::Chosen(_) => return Err(NotTaken::WrongOutcome),
            Outcome::Succeeded => BTreeSet::new(),
            Outcome::Failed { .. } => {
                self.members().iter().copied().filter(about).map(|pair| &pair.id).collect()
            }
            Outcome::PartlyFailed { failed: named, .. } => {
                let known =
                    |id: &PairId| self.members().iter().copied().filter(about).any(|pair| pair.id == *id);
                if named.is_empty() || !pending.effect.can_fail_partly() || !named.iter().all(known) {
                    return Err(NotTaken::WrongOutcome);
                }
                named.iter().collect()
            }
        };
        let well = *outcome == Outcome::Succeeded;
        let (success, failure) = pending.effect.events();
        let row = GroupLifecycle::lookup(self.status, if well { success } else { failure });
        let to = row.verdict(at.policy).after(self.status).ok_or(NotTaken::Stale)?;
        let ended = |pair: &ReplicaPair| {
            let plan = pair.follow(at, to);
            if failed.contains(&pair.id) { plan } else { succeeded(plan, pending.effect, to) }
        };
        let moved = self.members().iter().copied().filter(about).map(|pair| (pair.id.clone(), ended(pair)));
        Ok(GroupPlan {
            to,
            pending: PendingChange::Clear,
            swap: well && pending.effect == GroupEffect::Reprotect { reverse: true },
            due: (well && pending.effect == GroupEffect::Delete).then(|| at.now.after(at.policy.tombstone)),
            members: moved.collect(),
            ..self.unchanged(row.rule, at)
        })
    }

    /// Decides the reported end of a member's copy.
    ///
    /// # Errors
    ///
    /// [`NotTaken`] if the copy is not under way or does not end like this.
    pub fn decide_copied(
        &self,
        at: Context<'_>,
        member: &PairId,
        id: EffectId,
        outcome: &Outcome,
    ) -> Result<GroupPlan, NotTaken> {
        let pair = self.members().iter().copied().find(|pair| pair.id == *member).ok_or(NotTaken::Stale)?;
        pair.pending.filter(|pending| pending.id == id && pair.is_copying()).ok_or(NotTaken::Stale)?;
        let succeeded = outcome.is_done()?;
        let rule = if succeeded { G_641 } else { G_642 };
        let own =
            PairPlan { pending: PendingChange::Clear, copy_failed: !succeeded, ..pair.unchanged(rule, at) };
        Ok(self.after_copy(at, pair, own))
    }

    /// Decides what the broken relation of a member changes: it leaves the running round. `None` if the pair is no member.
    pub fn decide_member_invalidated(
        &self,
        at: Context<'_>,
        member: &PairId,
        message: StatusMessage,
    ) -> Option<GroupPlan> {
        cite!(G_643);
        let member = self.members().iter().copied().find(|pair| pair.id == *member)?;
        let own = member.invalidated(at, message);
        Some(if member.is_copying() {
            self.after_copy(at, member, own)
        } else {
            let members = [(member.id.clone(), own)].into();
            GroupPlan { members, ..self.unchanged(G_402, at) }
        })
    }

    /// The plan after the end of a member's copy: the round ends unless other members still copy.
    fn after_copy(&self, at: Context<'_>, member: &ReplicaPair, own: PairPlan) -> GroupPlan {
        let copy_failed = self.copy_failed || own.copy_failed;
        let others =
            || self.members().iter().copied().filter(|pair| pair.id != member.id && pair.takes_part());
        if others().any(ReplicaPair::is_copying) {
            let rule = own.rule;
            let members = [(member.id.clone(), own)].into();
            return GroupPlan { copy_failed, members, ..self.unchanged(rule, at) };
        }
        let event = if copy_failed { GroupEvent::RoundFailed } else { GroupEvent::RoundSucceeded };
        let row = GroupLifecycle::lookup(self.status, event);
        let to = if let Verdict::Move(to) = row.then { to } else { self.status };
        let committed = |pair: &ReplicaPair, plan: PairPlan| {
            let (rule, shown) = shown_by(to, pair.status).unwrap_or((plan.rule, plan.to));
            let plan = PairPlan { rule, to: shown, ..plan };
            if copy_failed { plan } else { PairPlan { recover_point: Some(at.now), copied: true, ..plan } }
        };
        let mut moved: Vec<(u64, PairId, PairPlan)> = others()
            .map(|pair| (pair.ordinal, pair.id.clone(), committed(pair, pair.follow(at, to))))
            .collect();
        let own = if own.to == PairStatus::Invalid { own } else { committed(member, own) };
        moved.push((member.ordinal, member.id.clone(), own));
        moved.sort_by_key(|(ordinal, _, _)| *ordinal);
        let members = moved.into_iter().map(|(_, id, plan)| (id, plan)).collect();
        GroupPlan {
            to,
            copy_failed: false,
            round_failed: copy_failed,
            members,
            ..self.unchanged(row.rule, at)
        }
    }

    /// Decides what happens at the deadline [`due`](crate::ebs::ReplicaGroup::due). Cycles up to `now` that fall into a running round are
    /// skipped in one step.
    pub fn decide_due(&self, at: Context<'_>) -> Option<Due<GroupPlan>> {
        cite!(G_697);
        let due = self.due.filter(|due| *due <= at.now)?;
        if self.status == GroupStatus::Deleted {
            return Some(Due::Forget);
        }
        let then = self.latest.no_earlier(due, at);
        let row = GroupLifecycle::lookup(self.status, GroupEvent::CycleDue);
        let taking_part = || self.members().iter().copied().filter(|pair| pair.takes_part());
        if taking_part().any(ReplicaPair::is_copying) || taking_part().next().is_none() {
            let next = first_cycle_after(due, at.now);
            return Some(Due::Cycle(GroupPlan { due: next, ..self.unchanged(row.rule, then) }));
        }
        let to = if let Verdict::Move(to) = row.then { to } else { self.status };
        let copies = taking_part().map(|pair| {
            let shown = shown_by(to, pair.status).map_or(pair.status, |(_, shown)| shown);
            (pair.id.clone(), pair.begin_copy(then, shown))
        });
        let (due, members) = (first_cycle_after(due, due), copies.collect());
        Some(Due::Cycle(GroupPlan { to, due, members, ..self.unchanged(row.rule, then) }))
    }

    /// Decides what changes when the group breaks as a whole: every replicating or busy member breaks with it (`G-510`).
    pub fn decide_invalidated(&self, at: Context<'_>, message: &StatusMessage) -> GroupPlan {
        let row = GroupLifecycle::lookup(self.status, GroupEvent::Invalidated);
        let Verdict::Move(to) = row.then else { return self.unchanged(row.rule, at) };
        let broken = self.members().iter().filter(|pair| !may_leave_group(pair.status));
        let plans = broken.map(|pair| (pair.id.clone(), pair.invalidated(at, message.clone())));
        GroupPlan {
            to,
            pending: PendingChange::Clear,
            due: None,
            copy_failed: false,
            members: plans.collect(),
            ..self.unchanged(row.rule, at)
        }
    }
}

/// The plan of a member for which the effect succeeded, given its plan to follow the group to this status.
fn succeeded(plan: PairPlan, effect: GroupEffect, to: GroupStatus) -> PairPlan {
    cite!(G_640);
    match effect {
        // The member's own result, whatever the status of the group (G-404).
        GroupEffect::Stop => PairPlan { to: PairStatus::Stopped, rule: own_result(to, plan.rule), ..plan },
        GroupEffect::Failover => {
            let rule = own_result(to, plan.rule);
            PairPlan { to: PairStatus::Failedover, switched: true, rule, ..plan }
        }
        GroupEffect::Reprotect { reverse } => plan.reprotected(reverse),
        GroupEffect::Create | GroupEffect::Delete => plan,
    }
}

/// The rule of a member's result: `followed`, unless the group failed in part.
fn own_result(group: GroupStatus, followed: RuleId) -> RuleId {
    match group {
        GroupStatus::StopFailed | GroupStatus::FailoverFailed => G_404,
        _ => followed,
    }
}
