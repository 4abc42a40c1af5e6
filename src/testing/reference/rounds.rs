//! Outcomes and deadlines of pairs and groups, and rounds of copies that commit together.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::super::bug::Bug;
use super::super::view::Task;
use super::state::Kind::{self, Group, Pair};
use super::{CYCLE, Reference, Replica, Reply, Rule, put};
use crate::control_plane::{Misuse, Outcome};
use crate::ids::EffectId;

impl Reference {
    /// The pairs that an effect concerns: of a group the members with its status.
    pub(super) fn concerned(&self, replica: &Replica) -> Vec<String> {
        let pairs = self.parts(replica).filter(|pair| pair.status == replica.status);
        let mut ids: Vec<String> = pairs.map(|pair| pair.id.clone()).collect();
        ids.sort();
        ids
    }

    /// Of these pairs the ones for which an effect failed; `None` if it cannot end so. Stop and failover of a group may
    /// fail for some members (`G-430`), a reverse only for all (`G-431`).
    fn failed(&self, kind: Kind, task: &Task, of: &[String], outcome: &Outcome) -> Option<Vec<String>> {
        let divides = match task {
            Task::Stop | Task::Failover => kind == Group,
            Task::Reprotect(_) => kind == Group && self.planted(Bug::ReprotectHalfDone),
            _ => false,
        };
        match outcome {
            Outcome::Succeeded => Some(Vec::new()),
            Outcome::Failed { .. } => Some(of.to_vec()),
            Outcome::PartlyFailed { failed, .. } if divides && !failed.is_empty() => {
                let failed: Vec<String> = failed.iter().map(|pair| pair.as_str().to_string()).collect();
                failed.iter().all(|pair| of.contains(pair)).then_some(failed)
            }
            _ => None,
        }
    }

    /// The effect of the pair or group at this position ended.
    pub(super) fn replica_ended(&mut self, at: usize, id: EffectId, outcome: &Outcome) -> Option<Reply> {
        let mut replica = self.replicas.get(at)?.clone();
        let (kind, task) = (replica.kind, replica.job.take()?.task);
        let concerned = self.concerned(&replica);
        let Some(failed) = self.failed(kind, &task, &concerned, outcome) else {
            return Some(Reply::misused("C-040", Misuse::WrongOutcome(id)));
        };
        let well = *outcome == Outcome::Succeeded;
        if replica.group.is_some() {
            return Some(Reply::done(self.member_copied(at, well)));
        }
        let once = replica.status == "manual_syncing";
        let after_once = if self.planted(Bug::OneShotEndsInNormal) { "normal" } else { "stopped" };
        let (done, undone, rules) = match task {
            Task::Create => ("created", "create_failed", [["E-310", "E-311"], ["G-310", "G-311"]]),
            // Of a group the members have the copies.
            Task::Copy if once => (after_once, "stopped", [["E-321", "E-323"]; 2]),
            Task::Copy => ("normal", replica.status, [["E-320", "E-322"]; 2]),
            Task::Stop => ("stopped", "stop_failed", [["E-330", "E-331"], ["G-330", "G-331"]]),
            Task::Failover => ("failovered", "failover_failed", [["E-340", "E-341"], ["G-340", "G-341"]]),
            Task::Reprotect(_) => ("stopped", "reprotect_failed", [["E-350", "E-351"], ["G-350", "G-351"]]),
            Task::Delete => ("deleted", "delete_failed", [["E-360", "E-361"], ["G-360", "G-361"]]),
            Task::ChooseNode(_) | Task::PromoteNode(_) | Task::Other(_) => return None,
            Task::RemoveMember(_) | Task::SwitchOver(..) => return None,
        };
        let swaps = match task {
            Task::Failover => self.planted(Bug::SwapAtFailover),
            Task::Reprotect(reverse) => reverse || self.planted(Bug::SwapOnCancel),
            _ => false,
        };
        let message = match outcome {
            Outcome::Failed { message: Some(message), .. } if task == Task::Create && kind == Pair => {
                Some(message.as_str().to_string())
            }
            _ => None,
        };
        (replica.status, replica.message) = (if well { done } else { undone }, message);
        replica.swapped ^= kind == Group && well && swaps;
        if replica.status == "deleted" {
            let at_once = self.planted(Bug::TombstoneForgottenAtOnce);
            let never =
                self.planted(kind.of(Bug::TombstoneNeverForgotten, Bug::GroupTombstoneNeverForgotten));
            let lifetime = if at_once { 0 } else { self.policy.ebs.tombstone.as_millis() };
            replica.due = (!never).then_some(self.clock.saturating_add(lifetime));
        }
        put(&mut self.replicas, at, replica);
        let copies = well || self.planted(Bug::FailedCopyCounts);
        let stop_copies = well && self.planted(Bug::StopKeepsWhatArrived);
        let keeps_point = self.planted(Bug::RecoverPointSurvivesReverse);
        for pair in self.replicas.iter_mut().filter(|pair| concerned.iter().any(|id| pair.is(Pair, id))) {
            let well = !failed.contains(&pair.id);
            pair.status = if well { done } else { undone };
            match task {
                Task::Copy if copies => (pair.recover_point, pair.ever_copied) = (Some(self.clock), true),
                Task::Stop if stop_copies => pair.recover_point = Some(self.clock),
                Task::Failover if well => (pair.open, pair.swapped) = (true, pair.swapped ^ swaps),
                // `E-640`, `E-641`, `G-640`.
                Task::Reprotect(reverse) if well => {
                    (pair.open, pair.swapped) = (false, pair.swapped ^ swaps);
                    if reverse && !keeps_point {
                        pair.recover_point = None;
                    }
                }
                _ => {}
            }
        }
        let [of_pair, of_group] = rules;
        let [succeeded, failed] = kind.of(of_pair, of_group);
        Some(Reply::done(if well { succeeded } else { failed }))
    }

    /// The copy of a member ended (`G-641`, `G-642`).
    fn member_copied(&mut self, at: usize, succeeded: bool) -> Rule {
        let (alone, now) = (self.planted(Bug::MemberCommitsAlone), self.clock);
        let Some(pair) = self.replicas.get_mut(at) else { return "C-040" };
        pair.job = None;
        if alone && succeeded {
            pair.recover_point = Some(now);
        }
        let Some(id) = pair.group.clone() else { return "C-040" };
        if let Some(group) = self.find_mut(Group, &id) {
            group.copy_failed |= !succeeded;
        }
        let meanwhile = if succeeded { "G-641" } else { "G-642" };
        self.round_ends(&id).unwrap_or(meanwhile)
    }

    /// Ends the round if no copy is running: all members commit, or none.
    fn round_ends(&mut self, id: &str) -> Option<Rule> {
        let (now, halves) = (self.clock, self.planted(Bug::SpoiltRoundCommits));
        let mut group = self.find(Group, id)?.clone();
        if self.parts(&group).any(|pair| pair.job.is_some()) {
            return None;
        }
        let copy_failed = core::mem::replace(&mut group.copy_failed, false);
        let (to, rule) = match (group.status, copy_failed) {
            ("manual_syncing", false) => ("stopped", "G-321"),
            ("manual_syncing", true) => ("stopped", "G-323"),
            (_, false) => ("normal", "G-320"),
            (_, true) => ("syncing", "G-322"),
        };
        group.status = to;
        for pair in self.replicas.iter_mut().filter(|pair| group.has(pair) && pair.status != "invalid") {
            if !copy_failed || halves {
                (pair.recover_point, pair.ever_copied) = (Some(now), true);
            }
            if to != "syncing" {
                pair.status = to;
            }
        }
        *self.find_mut(Group, id)? = group;
        Some(rule)
    }

    /// The deadline of the pair or group at this position (`E-410`, `E-411`, `E-660`; `G-410`, `G-411`, `G-697`).
    pub(super) fn fire(&mut self, at: usize, due: u64) -> Rule {
        let ignores_running = self.planted(Bug::CycleIgnoresRunningCopy);
        let Some(replica) = self.replicas.get_mut(at) else { return "C-030" };
        let kind = replica.kind;
        if replica.status == "deleted" {
            let gone = self.replicas.remove(at);
            self.forget_drills(&gone);
            return kind.of("E-660", "G-697");
        }
        replica.due = Some(due.saturating_add(CYCLE));
        let was = replica.clone();
        if self.parts(&was).any(|pair| pair.job.is_some()) && !ignores_running {
            return kind.of("E-411", "G-411");
        }
        self.begin_copies(&was);
        if was.status != "normal" {
            return kind.of("E-411", "G-411");
        }
        for (number, replica) in self.replicas.iter_mut().enumerate() {
            if number == at || (was.has(replica) && replica.status != "invalid") {
                replica.status = "syncing";
            }
        }
        kind.of("E-410", "G-410")
    }

    /// A pair or group broke (`E-510`, `E-511`, `G-510`, `G-511`); of a group every member that replicates or is busy, while
    /// members at rest keep their status (`G-404`).
    pub(super) fn invalidate(&mut self, kind: Kind, id: &str, why: &str) -> Reply {
        let Some(replica) = self.find_mut(kind, id) else {
            return Reply::misused("C-040", Misuse::Unknown);
        };
        if ["invalid", "create_failed", "deleting", "deleted"].contains(&replica.status) {
            return Reply::done(kind.of("E-511", "G-511"));
        }
        let was_copied = replica.job.take().is_some();
        (replica.status, replica.due, replica.copy_failed) = ("invalid", None, false);
        replica.message = Some(why.to_string());
        let replica = replica.clone();
        let running = ["initial_syncing", "manual_syncing", "syncing", "normal"];
        let busy = ["stopping", "failovering", "reprotecting"];
        for pair in self.replicas.iter_mut().filter(|pair| replica.has(pair)) {
            if running.contains(&pair.status) || busy.contains(&pair.status) {
                (pair.status, pair.message, pair.job) = ("invalid", replica.message.clone(), None);
            }
        }
        // A member that breaks leaves the round, and the others continue (`G-643`).
        let spoils = self.planted(Bug::BrokenMemberSpoils);
        if let Some(group) = replica.group.as_ref().and_then(|group| self.find_mut(Group, group)) {
            group.copy_failed |= spoils;
        }
        if let (true, Some(group)) = (was_copied, &replica.group) {
            let _ = self.round_ends(group);
        }
        Reply::done(kind.of("E-510", "G-510"))
    }
}
