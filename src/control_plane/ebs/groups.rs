//! The group operations: dispatch of a call to the decision of the group with its members, and application of the plan.

use alloc::string::String;
use alloc::vec::Vec;

use crate::control_plane::action::{Blocked, Done};
use crate::control_plane::call::CallContext;
use crate::control_plane::event::{Event, Fact, GroupFact, StatusChange};
use crate::control_plane::index::deadlines::ANYWHERE;
use crate::control_plane::{ControlPlane, Effect, Misuse, NotAdopted, Step, list};
use crate::ebs::group::rules::{G_014, G_610, G_697};
use crate::ebs::pair::plan::Membership;
use crate::ebs::pair::rules::E_610;
use crate::ebs::{
    Context, CreateDiskReplicaGroup, DescribeDiskReplicaGroups, EbsReason, EbsRefusal, GroupApplied,
    GroupCreated, GroupPage, GroupPlan, GroupRequest, GroupSeed, GroupStatus, GroupView, ReplicaGroup,
    ReplicaId, ReplicaPair, WholeGroup,
};
use crate::ids::{AccountId, DiskId, GroupId, PairId, RegionId, ResourceId};
use crate::operation::Operation;
use crate::rule::RuleId;
use crate::time::Timestamp;

/// Decides whether a pair joins or leaves a group, given the group's members.
type DecideMembership =
    fn(&WholeGroup<'_>, Context<'_>, &RegionId, &ReplicaPair) -> Result<GroupPlan, EbsRefusal>;

impl ControlPlane {
    /// The members of a group, in the order of their creation.
    pub(in crate::control_plane) fn members(&self, group: &GroupId) -> impl Iterator<Item = &ReplicaPair> {
        let members = self.index.members.get(group);
        members.into_iter().flat_map(|members| members.values()).filter_map(|id| self.pairs.get(id))
    }

    /// The visible state of a group.
    pub(in crate::control_plane) fn view(&self, group: &ReplicaGroup) -> GroupView {
        let members: Vec<&ReplicaPair> = self.members(&group.id).collect();
        group.with_all(&members).view()
    }

    /// Finds a group of the calling account.
    fn find_group(&self, call: &CallContext<'_>, id: &GroupId) -> Result<&ReplicaGroup, EbsRefusal> {
        let group = self.groups.get(id).filter(|group| group.account == *call.account);
        group.ok_or_else(|| unknown(call.operation, id.as_str(), call.region, G_610))
    }

    /// Handles a call on one group: look-up of the group and its members, decision, application.
    pub(in crate::control_plane) fn group_call(
        &mut self,
        call: &CallContext<'_>,
        id: &GroupId,
        request: GroupRequest<'_>,
    ) -> Result<Done<()>, Blocked<EbsRefusal>> {
        let group = self.find_group(call, id)?;
        let members: Vec<&ReplicaPair> = self.members(id).collect();
        let disk = |disk: &DiskId| self.disk(call.account, disk);
        let plan = group.with_all(&members).decide(self.ebs(call.now), call.region, request, disk)?;
        let rule = Some(plan.rule);
        Ok(Done { response: (), step: self.apply_to_group(id, plan), rule })
    }

    /// Handles a call that makes a pair join or leave a group: look-up of both, decision, application.
    pub(in crate::control_plane) fn membership_call(
        &mut self,
        call: &CallContext<'_>,
        id: &GroupId,
        pair: &PairId,
        decide: DecideMembership,
    ) -> Result<Done<()>, Blocked<EbsRefusal>> {
        let group = self.find_group(call, id)?;
        let found = self.find_pair(call, pair)?;
        let members: Vec<&ReplicaPair> = self.members(id).collect();
        let plan = decide(&group.with_all(&members), self.ebs(call.now), call.region, found)?;
        let rule = Some(plan.rule);
        Ok(Done { response: (), step: self.apply_to_group(id, plan), rule })
    }

    pub(in crate::control_plane) fn list_groups(
        &self,
        call: &CallContext<'_>,
        request: &DescribeDiskReplicaGroups,
    ) -> Result<GroupPage, EbsRefusal> {
        let list = request.list(call.list());
        list::own(call, request.page.cursor(), list)?;
        let from = call.viewpoint(&self.policy.ebs);
        let walk = self.index.group_listing.walk(from, request.site, request.page);
        Ok(request.select(from, list, &self.groups, walk, |group| self.view(group)))
    }

    /// The visible status of a group.
    fn shown(&self, id: &GroupId) -> Option<GroupStatus> {
        Some(self.groups.get(id)?.shows(self.members(id).map(|pair| pair.status)))
    }

    /// Applies a plan to a group and to its members.
    pub(in crate::control_plane) fn apply_to_group(&mut self, id: &GroupId, plan: GroupPlan) -> Step {
        let before = self.shown(id);
        let Some(group) = self.groups.get_mut(id) else { return Step::default() };
        let due_before = group.due;
        let was_listed = group.status != GroupStatus::Deleted;
        let (rule, at, round_failed) = (plan.rule, plan.at, plan.round_failed);
        let GroupApplied { group: done, members } = group.carry_out(plan);
        if was_listed && group.status == GroupStatus::Deleted {
            self.index.leave_group(group);
        }
        let (account, ordinal) = (group.account.clone(), group.ordinal);
        if due_before != group.due {
            self.index.deadlines.schedule(group.due, ordinal, ANYWHERE);
            self.retire_deadline(due_before.map(|_| ordinal));
        }
        if let Some(asked) = done.asked {
            self.mint();
            self.index.effects.insert(asked.id.0, ResourceId::Group(id.clone()));
        }
        if let Some(ended) = done.ended {
            self.index.effects.remove(ended.id.0);
        }
        let (mut moved, mut memberships) = (Step::default(), Vec::new());
        for (pair, plan) in members {
            memberships.extend(plan.membership.as_ref().map(|change| match change {
                Membership::Joins(_) => GroupFact::Joined(pair.clone()),
                Membership::Leaves => GroupFact::Left(pair.clone()),
            }));
            moved.extend(self.apply_to_pair(&pair, plan));
        }
        let mut step = Step::default();
        step.effects.extend(
            self.groups.get(id).filter(|_| done.asked.is_some()).and_then(|group| self.group_effect(group)),
        );
        let after = self.shown(id);
        let event = |fact| {
            let fact = Fact::Group { group: id.clone(), fact };
            Event { at, account: account.clone(), rule, fact }
        };
        step.events.extend(memberships.into_iter().map(event));
        if before != after {
            step.events.push(event(GroupFact::Status(StatusChange {
                from: before,
                to: after,
                superseded: done.ended.filter(|_| done.asked.is_some()).map(|ended| ended.id),
                took: done.ended.map(|ended| at.since(ended.since)),
                recover_point: self.group(id).and_then(|view| view.last_recover_point),
            })));
        }
        if done.resettled {
            step.events.push(event(GroupFact::Settings));
        }
        if round_failed {
            step.events.push(event(GroupFact::RoundFailed));
        }
        step.extend(moved);
        step
    }

    pub(in crate::control_plane) fn create_group(
        &mut self,
        call: &CallContext<'_>,
        request: &CreateDiskReplicaGroup,
        fresh: Option<&GroupCreated>,
    ) -> Result<Done<GroupCreated>, Blocked<EbsRefusal, Misuse>> {
        ReplicaGroup::check_creation(&self.policy.ebs, call.region, request)?;
        let fresh = fresh.filter(|fresh| !self.groups.contains_key(&fresh.group));
        let fresh = fresh.ok_or(Blocked::Misused(Misuse::BadFreshId))?;
        let (id, account) = (fresh.group.clone(), call.account.clone());
        let group = ReplicaGroup::created(self.ebs(call.now), id, account, call.region, request);
        self.mint();
        let effects = self.admit_group(group);
        let fact = GroupFact::Status(StatusChange::between(None, Some(GroupStatus::Creating)));
        let (rule, fact) = (G_014, Fact::Group { group: fresh.group.clone(), fact });
        let events = [Event { at: call.now, account: call.account.clone(), rule, fact }].into();
        Ok(Done { response: fresh.clone(), step: Step { effects, events }, rule: Some(rule) })
    }

    /// Adds a group to the registry and the indexes; returns its pending effect.
    fn admit_group(&mut self, group: ReplicaGroup) -> Vec<Effect> {
        let effects = self.group_effect(&group).into_iter().collect();
        self.index.enter_group(&group);
        self.groups.insert(group.id.clone(), group);
        effects
    }

    /// Removes a group whose tombstone has ended, together with its drills.
    pub(in crate::control_plane) fn forget_group(&mut self, id: &GroupId) -> Step {
        let Some(group) = self.groups.remove(id) else { return Step::default() };
        self.retire_deadline(group.due.map(|_| group.ordinal));
        let at = group.due.unwrap_or(self.clock);
        let fact = GroupFact::Status(StatusChange::between(Some(group.status), None));
        let fact = Fact::Group { group: id.clone(), fact };
        let event = Event { at, account: group.account, rule: G_697, fact };
        let mut step = Step { effects: Vec::new(), events: [event].into() };
        step.extend(self.forget_drills(at, &ReplicaId::Group(id.clone())));
        step
    }

    /// Adopts an existing group, in any status, and makes known pairs its members. In a transient status its effect is
    /// pending from now on; a replicating group starts its next round in one RPO; a tombstone lasts its full time. A
    /// member's copy continues; its other pending work moves to the group.
    ///
    /// # Errors
    ///
    /// [`NotAdopted`]; nothing but the clock has changed.
    pub fn adopt_group(
        &mut self,
        now: Timestamp,
        account: &AccountId,
        region: &RegionId,
        seed: GroupSeed,
    ) -> Result<Step, NotAdopted> {
        let now = self.observe(now);
        if self.groups.contains_key(&seed.id) {
            return Err(NotAdopted::IdInUse(String::from(seed.id.as_str())));
        }
        ReplicaGroup::check_creation(&self.policy.ebs, region, &seed.request)?;
        let ids = seed.members.clone();
        let group = ReplicaGroup::adopt(self.ebs(now), seed, account.clone(), region);
        let mut bound = Vec::new();
        for id in &ids {
            let found = self.pairs.get(id).filter(|pair| pair.account == *account);
            let found =
                found.ok_or_else(|| unknown(Operation::AddDiskReplicaPair, id.as_str(), region, E_610))?;
            if found.group.is_some() || bound.iter().any(|pair: &ReplicaPair| pair.id == *id) {
                return Err(NotAdopted::IdInUse(String::from(id.as_str())));
            }
            let mut pair = found.clone();
            pair.bind(&group);
            bound.push(pair);
        }
        bound.sort_by_key(|pair| pair.ordinal);
        self.check_group(&group, &bound.iter().collect::<Vec<_>>())?;
        for pair in &bound {
            self.check_pair(pair)?;
        }
        self.mint();
        for pair in bound {
            self.rebind(pair);
        }
        Ok(Step { effects: self.admit_group(group), events: Vec::new() })
    }

    /// Replaces a pair with its copy that is bound to a group.
    fn rebind(&mut self, pair: ReplicaPair) {
        let Some(before) = self.pairs.insert(pair.id.clone(), pair.clone()) else { return };
        if let Some(lost) = before.pending.filter(|_| pair.pending.is_none()) {
            self.index.effects.remove(lost.id.0);
        }
        self.retire_deadline(before.due.map(|_| before.ordinal));
        if let Some(group) = pair.group() {
            self.index.enter_member(group, &pair);
        }
    }
}

/// The refusal of an id that is unknown or belongs to another account.
pub(in crate::control_plane) fn unknown(
    operation: Operation,
    id: &str,
    region: &RegionId,
    rule: RuleId,
) -> EbsRefusal {
    EbsReason::unknown(id, region, rule).of(operation)
}
