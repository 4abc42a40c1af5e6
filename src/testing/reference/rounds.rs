//! Rounds of copies that commit together, and reports and deadlines of groups.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::super::bug::Bug;
use super::super::view::Task;
use super::{CYCLE, Group, Job, Pair, Reference, Reply, Rule, put};
use crate::control_plane::{Misuse, Outcome};
use crate::ids::EffectId;

impl Reference {
    /// Begins a round: a copy of every member that is not invalid.
    pub(super) fn copy_members(&mut self, group: &str) {
        for pair in &mut self.pairs {
            if pair.group.as_deref() == Some(group) && pair.status != "invalid" {
                pair.job = Some(Job::new(Task::Copy));
            }
        }
    }

    /// The members that the effect of a group concerns: those with the status of the group.
    pub(super) fn affected_members(&self, group: &Group) -> Vec<String> {
        let mut members = self.members(&group.id);
        members.retain(|pair| pair.status == group.status);
        let mut ids: Vec<String> = members.iter().map(|pair| pair.id.clone()).collect();
        ids.sort();
        ids
    }

    /// The copy of a member ended (`G-641`, `G-642`).
    pub(super) fn member_copied(&mut self, at: usize, succeeded: bool) -> Rule {
        let (alone, now) = (self.planted(Bug::MemberCommitsAlone), self.clock);
        let Some(pair) = self.pairs.get_mut(at) else { return "C-040" };
        pair.job = None;
        if alone && succeeded {
            pair.recover_point = Some(now);
        }
        let Some(id) = pair.group.clone() else { return "C-040" };
        if !succeeded && let Some(group) = self.groups.iter_mut().find(|group| group.id == id) {
            group.copy_failed = true;
        }
        let meanwhile = if succeeded { "G-641" } else { "G-642" };
        self.round_ends(&id).unwrap_or(meanwhile)
    }

    /// Ends the round if no copy is running: all members commit, or none.
    fn round_ends(&mut self, id: &str) -> Option<Rule> {
        if self.members(id).iter().any(|pair| pair.job.is_some()) {
            return None;
        }
        let (now, halves) = (self.clock, self.planted(Bug::SpoiltRoundCommits));
        let group = self.groups.iter_mut().find(|group| group.id == id)?;
        let copy_failed = core::mem::replace(&mut group.copy_failed, false);
        let commits = !copy_failed || halves;
        let (to, rule) = match (group.status, copy_failed) {
            ("manual_syncing", false) => ("stopped", "G-321"),
            ("manual_syncing", true) => ("stopped", "G-323"),
            (_, false) => ("normal", "G-320"),
            (_, true) => ("syncing", "G-322"),
        };
        group.status = to;
        for pair in &mut self.pairs {
            if pair.group.as_deref() != Some(id) || pair.status == "invalid" {
                continue;
            }
            if commits {
                (pair.recover_point, pair.ever_copied) = (Some(now), true);
            }
            if to != "syncing" {
                pair.status = to;
            }
        }
        Some(rule)
    }

    /// A member broke: it leaves the round, and the others continue (`G-643`).
    pub(super) fn member_broke(&mut self, id: &str, was_copied: bool) {
        if self.planted(Bug::BrokenMemberSpoils)
            && let Some(group) = self.groups.iter_mut().find(|group| group.id == id)
        {
            group.copy_failed = true;
        }
        if was_copied {
            let _ = self.round_ends(id);
        }
    }

    /// A deadline of the group at this position (`G-410`, `G-411`, `G-697`).
    pub(super) fn fire_group(&mut self, at: usize, due: u64) -> Rule {
        let Some(group) = self.groups.get_mut(at) else { return "C-030" };
        if group.status == "deleted" {
            let gone = self.groups.remove(at);
            self.forget_drills(&gone.id, true);
            return "G-697";
        }
        group.due = Some(due.saturating_add(CYCLE));
        let (id, was) = (group.id.clone(), group.status);
        if self.members(&id).iter().any(|pair| pair.job.is_some()) {
            return "G-411";
        }
        if was == "normal" {
            if let Some(group) = self.groups.get_mut(at) {
                group.status = "syncing";
            }
            for pair in &mut self.pairs {
                if pair.group.as_deref() == Some(id.as_str()) && pair.status != "invalid" {
                    pair.status = "syncing";
                }
            }
        }
        self.copy_members(&id);
        if was == "normal" { "G-410" } else { "G-411" }
    }

    /// The effect of a group ended.
    pub(super) fn group_ended(&mut self, at: usize, id: EffectId, outcome: &Outcome) -> Reply {
        let wrong = Reply::Misused("C-040", Misuse::WrongOutcome(id));
        let Some(mut group) = self.groups.get(at).cloned() else { return Reply::Done("C-040") };
        let Some(job) = group.job.take() else { return wrong };
        let concerned = self.affected_members(&group);
        // Stop and failover may fail for some members (`G-430`), a reverse only for all (`G-431`).
        let failed: Vec<String> = match outcome {
            Outcome::Succeeded => Vec::new(),
            Outcome::Failed { .. } => concerned.clone(),
            Outcome::PartlyFailed { failed, .. } => {
                let failed: Vec<String> = failed.iter().map(|pair| pair.as_str().to_string()).collect();
                let parts = match job.task {
                    Task::StopGroup(_) | Task::FailoverGroup(_) => true,
                    Task::ReprotectGroup(..) => self.planted(Bug::ReprotectHalfDone),
                    _ => false,
                };
                if !parts || failed.is_empty() || failed.iter().any(|pair| !concerned.contains(pair)) {
                    return wrong;
                }
                failed
            }
            Outcome::Chosen(_) => return wrong,
        };
        let well = *outcome == Outcome::Succeeded;
        let (done, undone, rule) = match (&job.task, well) {
            (Task::CreateGroup, true) => ("created", "", "G-310"),
            (Task::CreateGroup, false) => ("", "create_failed", "G-311"),
            (Task::StopGroup(_), true) => ("stopped", "", "G-330"),
            (Task::StopGroup(_), false) => ("stopped", "stop_failed", "G-331"),
            (Task::FailoverGroup(_), true) => ("failovered", "", "G-340"),
            (Task::FailoverGroup(_), false) => ("failovered", "failover_failed", "G-341"),
            (Task::ReprotectGroup(..), true) => ("stopped", "", "G-350"),
            (Task::ReprotectGroup(..), false) => ("stopped", "reprotect_failed", "G-351"),
            (Task::DeleteGroup, true) => ("deleted", "", "G-360"),
            (Task::DeleteGroup, false) => ("", "delete_failed", "G-361"),
            _ => return wrong,
        };
        group.status = if well { done } else { undone };
        if group.status == "deleted" {
            let forgotten = self.clock.saturating_add(self.policy.ebs.tombstone.as_millis());
            group.due = (!self.planted(Bug::GroupTombstoneNeverForgotten)).then_some(forgotten);
        }
        if well && job.task == Task::ReprotectGroup(true, Vec::new()) {
            group.swapped = !group.swapped;
        }
        for pair in self.pairs.iter_mut().filter(|pair| concerned.contains(&pair.id)) {
            pair.status = if failed.contains(&pair.id) { undone } else { done };
            match job.task {
                Task::FailoverGroup(_) if pair.status == done => pair.open = true,
                Task::ReprotectGroup(reverse, _) if pair.status == done => reset_direction(pair, reverse),
                _ => {}
            }
        }
        put(&mut self.groups, at, group);
        Reply::Done(rule)
    }

    /// A group broke as a whole (`G-510`, `G-511`), with every member that replicates or is busy; members at rest keep
    /// their status (`G-404`).
    pub(super) fn group_broke(&mut self, id: &str, why: &str) -> Reply {
        let Some(group) = self.groups.iter_mut().find(|group| group.id == id) else {
            return Reply::Misused("C-040", Misuse::Unknown);
        };
        if ["invalid", "create_failed", "deleting", "deleted"].contains(&group.status) {
            return Reply::Done("G-511");
        }
        (group.status, group.job, group.due, group.copy_failed) = ("invalid", None, None, false);
        let running = ["initial_syncing", "manual_syncing", "syncing", "normal"];
        let busy = ["stopping", "failovering", "reprotecting"];
        for pair in self.pairs.iter_mut().filter(|pair| pair.group.as_deref() == Some(id)) {
            if running.contains(&pair.status) || busy.contains(&pair.status) {
                (pair.status, pair.message, pair.job) = ("invalid", Some(why.to_string()), None);
            }
        }
        Reply::Done("G-510")
    }
}

/// Prepares the pair for the opposite direction, or for the same one again (`G-640`).
fn reset_direction(pair: &mut Pair, reverse: bool) {
    pair.open = false;
    if reverse {
        pair.swapped = !pair.swapped;
        pair.recover_point = None;
    }
}
