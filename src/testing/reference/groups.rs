//! Calls on consistent groups.
//!
//! A group has a status of its own and shows `invalid` while a member is (`G-400`). Calls are decided by the status shown,
//! and change every member that is not invalid (`G-402`).

use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use super::super::bug::Bug;
use super::super::view::Task;
use super::pairs::Verdict::{self, Move, NoOp, Refuse};
use super::{CYCLE, Fault, Group, Job, Pair, Reference, Reply, Rule, fault, put};
use crate::control_plane::{Call, Fresh, Misuse, Request};
use crate::ebs::{CreateDiskReplicaGroup, DescribeDiskReplicaGroups, Site};
use crate::policy::{
    FirstCopy, ProductionSite, ReprotectFailedGroup, ReverseNeeds, SameRegionPairs, SiteCodes,
};

/// A call on an existing group.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Start,
    OneShot,
    Stop,
    Failover,
    Reprotect(bool),
    Delete,
    Modify,
}

fn asked(request: &Request) -> Option<(&str, Action)> {
    match request {
        Request::StartDiskReplicaGroup(start) if start.one_shot => {
            Some((start.group.as_str(), Action::OneShot))
        }
        Request::StartDiskReplicaGroup(start) => Some((start.group.as_str(), Action::Start)),
        Request::StopDiskReplicaGroup(stop) => Some((stop.group.as_str(), Action::Stop)),
        Request::FailoverDiskReplicaGroup(failover) => Some((failover.group.as_str(), Action::Failover)),
        Request::ReprotectDiskReplicaGroup(reprotect) => {
            Some((reprotect.group.as_str(), Action::Reprotect(reprotect.reverse_replicate)))
        }
        Request::DeleteDiskReplicaGroup(delete) => Some((delete.group.as_str(), Action::Delete)),
        Request::ModifyDiskReplicaGroup(modify) => Some((modify.group.as_str(), Action::Modify)),
        _ => None,
    }
}

impl Group {
    /// A group that is being created.
    pub(super) fn new(
        id: &str,
        account: &str,
        region: &str,
        create: &CreateDiskReplicaGroup,
        ordinal: usize,
    ) -> Self {
        Self {
            id: id.to_string(),
            account: account.to_string(),
            primary: (region.to_string(), create.source_zone.to_string()),
            standby: (create.destination_region.to_string(), create.destination_zone.to_string()),
            swapped: false,
            status: "creating",
            job: Some(Job::new(Task::CreateGroup)),
            due: None,
            last_one_shot: None,
            copy_failed: false,
            ordinal,
        }
    }

    pub(super) const fn source(&self) -> &super::Site {
        if self.swapped { &self.standby } else { &self.primary }
    }

    pub(super) const fn destination(&self) -> &super::Site {
        if self.swapped { &self.primary } else { &self.standby }
    }
}

impl Reference {
    /// The members of a group, in order of creation.
    pub(super) fn members(&self, group: &str) -> Vec<&Pair> {
        self.pairs.iter().filter(|pair| pair.group.as_deref() == Some(group)).collect()
    }

    /// The status that a group shows (`G-400`).
    pub(super) fn shown_status(&self, group: &Group) -> &'static str {
        let broken = self.members(&group.id).iter().any(|pair| pair.status == "invalid");
        if broken && !self.planted(Bug::BrokenMemberHidden) { "invalid" } else { group.status }
    }

    /// The recover point of a group: the one common to all members (`G-650`).
    pub(super) fn common_recover_point(&self, group: &Group) -> Option<u64> {
        let points: Vec<Option<u64>> =
            self.members(&group.id).iter().map(|pair| pair.recover_point).collect();
        if self.planted(Bug::LatestRecoverPoint) {
            return points.into_iter().max().flatten();
        }
        let first = points.first().copied().flatten();
        points.iter().all(|point| *point == first).then_some(first).flatten()
    }

    /// The region where calls on a group belong, failover and reprotect aside (`G-622`).
    pub(super) fn production<'a>(&self, group: &'a Group) -> &'a str {
        match self.policy.ebs.production_site {
            ProductionSite::Initial => &group.primary.0,
            ProductionSite::Current => &group.source().0,
        }
    }

    /// The faults of a call on a group; `None` if it would be accepted, or is another call.
    pub(super) fn faults_of_group(&self, call: &Call, request: &Request) -> Option<Vec<Fault>> {
        let (id, action) = asked(request)?;
        let mine = |group: &&Group| group.id == id && group.account == call.account.as_str();
        let Some(group) = self.groups.iter().find(mine) else {
            return Some(vec![fault("NoSuchResource", "G-610")]);
        };
        let mut faults = self.wrong_site(group, call.region.as_str(), action);
        let empty = self.members(id).is_empty();
        let needs_members =
            matches!(action, Action::Start | Action::OneShot | Action::Failover | Action::Reprotect(_));
        if needs_members && empty {
            faults.push(fault("OperationDenied.NoPairInGroup", "G-670"));
        }
        if action == Action::Delete && !empty && !self.planted(Bug::GroupDeletedWithPairs) {
            faults.push(fault("OperationDenied.GroupHasPair", "G-671"));
        }
        match self.by_group_status(group, action) {
            (Refuse, rule) => faults.push(fault("OperationDenied.InvalidStatus", rule)),
            (NoOp, _) => {}
            (Move(_), _) => faults.extend(self.group_limits(group, action)),
        }
        (!faults.is_empty()).then_some(faults)
    }

    /// A call without faults.
    pub(super) fn group_call(&mut self, request: &Request) -> Reply {
        let Some((id, action)) = asked(request) else { return Reply::Refused(Vec::new()) };
        let Some(at) = self.groups.iter().position(|group| group.id == id) else {
            return Reply::Refused(Vec::new());
        };
        let Some(mut group) = self.groups.get(at).cloned() else { return Reply::Refused(Vec::new()) };
        let (verdict, rule) = self.by_group_status(&group, action);
        if let Move(to) = verdict {
            self.move_group(&mut group, action, to);
        }
        put(&mut self.groups, at, group);
        Reply::Accepted(rule, None)
    }

    /// `G-620` to `G-623`.
    fn wrong_site(&self, group: &Group, region: &str, action: Action) -> Vec<Fault> {
        if group.source().0 != region && group.destination().0 != region {
            return vec![fault("NoSuchResource", "G-620")];
        }
        let by_place = self.policy.ebs.site_codes == SiteCodes::Place;
        if matches!(action, Action::Failover | Action::Reprotect(_)) {
            let right = group.destination().0 == region || self.planted(Bug::GroupFailsOverAtSource);
            if right {
                return Vec::new();
            }
            if by_place && group.primary.0 != region {
                return vec![fault("OperationDenied.OperateNotAllowedForStandby", "G-623")];
            }
            return vec![fault("OperationDenied.OperateNotAllowedForPrimary", "G-621")];
        }
        if self.production(group) == region || self.planted(Bug::GroupCalledAtBackup) {
            return Vec::new();
        }
        if action == Action::Modify && by_place && group.primary.0 == region {
            return vec![fault("OperationDenied.OperateNotAllowedForPrimary", "G-623")];
        }
        let code = match action {
            Action::Modify => "OperationDenied.OperateNotAllowedForStandby",
            _ => "OperationDenied",
        };
        vec![fault(code, "G-622")]
    }

    fn by_group_status(&self, group: &Group, action: Action) -> (Verdict, Rule) {
        let status = self.shown_status(group);
        match action {
            Action::Start => self.group_start(status),
            Action::OneShot => group_one_shot(status),
            Action::Stop => group_stop(status),
            Action::Failover => self.group_failover(status),
            Action::Reprotect(_) => self.group_reprotect(status),
            Action::Delete => group_delete(status),
            Action::Modify if ["created", "stopped"].contains(&status) => (NoOp, "G-270"),
            Action::Modify => (Refuse, "G-271"),
        }
    }

    fn group_start(&self, status: &str) -> (Verdict, Rule) {
        if ["created", "stopped"].contains(&status) {
            return (Move("syncing"), "G-110");
        }
        if ["syncing", "normal"].contains(&status) {
            let anew = self.planted(Bug::GroupStartsAnew);
            return (if anew { Move("syncing") } else { NoOp }, "G-111");
        }
        (Refuse, "G-112")
    }

    /// An allowlist, unlike the denylist of pairs.
    fn group_failover(&self, status: &str) -> (Verdict, Rule) {
        if ["failovering", "failovered"].contains(&status) {
            return (NoOp, "G-211");
        }
        if status == "failover_failed" {
            return (Move("failovering"), "G-212");
        }
        if ["manual_syncing", "syncing", "normal", "stopping", "stop_failed", "stopped"].contains(&status) {
            return (Move("failovering"), "G-210");
        }
        if status == "reprotect_failed" {
            let repeats = self.policy.ebs.reprotect_failed_group == ReprotectFailedGroup::Repeat;
            return (if repeats { Move("failovering") } else { Refuse }, "G-213");
        }
        if self.planted(Bug::DenylistForGroups) && !["invalid", "deleted"].contains(&status) {
            return (Move("failovering"), "G-210");
        }
        (Refuse, "G-214")
    }

    fn group_reprotect(&self, status: &str) -> (Verdict, Rule) {
        if status == "failovered" {
            return (Move("reprotecting"), "G-230");
        }
        if status == "reprotect_failed" {
            let repeats = self.policy.ebs.reprotect_failed_group == ReprotectFailedGroup::Repeat;
            return (if repeats { Move("reprotecting") } else { Refuse }, "G-231");
        }
        (Refuse, "G-232")
    }

    /// The faults of a call that the status permits (`G-630` to `G-633`).
    fn group_limits(&self, group: &Group, action: Action) -> Vec<Fault> {
        let mut faults = Vec::new();
        let members = self.members(&group.id);
        let attached = |pair: &&Pair| self.disk(&pair.account, &pair.destination().disk).attached;
        if matches!(action, Action::Start | Action::OneShot) && members.iter().any(attached) {
            faults.push(fault("OperationDenied.StandbyDeviceAttached", "G-631"));
        }
        if let (Action::OneShot, Some(last)) = (action, group.last_one_shot) {
            let gap = self.policy.ebs.one_shot_gap.as_millis();
            if self.clock.saturating_sub(last) <= gap {
                faults.push(fault("OperationDenied.ManualSyncLimit", "G-630"));
            }
        }
        let uncopied = members.iter().any(|pair| pair.recover_point.is_none());
        if action == Action::Failover && uncopied && !self.planted(Bug::GroupFailsOverUncopied) {
            faults.push(fault("OperationDenied.InvalidStatus", "G-633"));
        }
        let in_use = |pair: &&Pair| {
            let old = self.disk(&pair.account, &pair.source().disk);
            old.attached && (old.up || self.policy.ebs.reverse_needs == ReverseNeeds::Detached)
        };
        if action == Action::Reprotect(true) && members.iter().any(in_use) {
            faults.push(fault("OperationDenied", "G-632"));
        }
        faults
    }

    /// Moves the group and its members; earlier effects are superseded.
    fn move_group(&mut self, group: &mut Group, action: Action, to: &'static str) {
        let all_again = self.planted(Bug::SucceededRunAgain);
        let starts = matches!(action, Action::Start | Action::OneShot);
        let again = self.policy.ebs.first_copy_after_reverse;
        group.status = to;
        group.due = None;
        group.copy_failed = false;
        for pair in &mut self.pairs {
            if pair.group.as_deref() != Some(group.id.as_str()) || pair.status == "invalid" {
                continue;
            }
            // A repeated call leaves finished members alone (`G-430`).
            let done = match action {
                Action::Stop => pair.status == "stopped",
                Action::Failover => pair.status == "failovered",
                _ => false,
            };
            if done && !all_again {
                continue;
            }
            pair.job = None;
            pair.message = None;
            pair.status =
                if action == Action::Start && !pair.copied_before(again) { "initial_syncing" } else { to };
        }
        group.job = match action {
            Action::Stop => Some(Job::new(Task::StopGroup(Vec::new()))),
            Action::Failover => Some(Job::new(Task::FailoverGroup(Vec::new()))),
            Action::Reprotect(reverse) => Some(Job::new(Task::ReprotectGroup(reverse, Vec::new()))),
            Action::Delete => Some(Job::new(Task::DeleteGroup)),
            _ => None,
        };
        if action == Action::Start {
            group.due = Some(self.clock.saturating_add(CYCLE));
        }
        if action == Action::OneShot {
            group.last_one_shot = Some(self.clock);
        }
        if starts && (action == Action::OneShot || self.policy.ebs.first_copy == FirstCopy::AtOnce) {
            self.copy_members(&group.id);
        }
    }

    pub(super) fn create_group(
        &mut self,
        call: &Call,
        create: &CreateDiskReplicaGroup,
        fresh: &Fresh,
    ) -> Reply {
        let (here, there) = (&call.region, &create.destination_region);
        let mut faults = Vec::new();
        if let Some(regions) = &self.policy.ebs.regions
            && !(regions.contains(here) && regions.contains(there))
        {
            faults.push(fault("OperationDenied", "E-010"));
        }
        let forbidden = here == there && self.policy.ebs.same_region_pairs == SameRegionPairs::Refuse;
        if forbidden || (here == there && create.source_zone == create.destination_zone) {
            faults.push(fault("OperationDenied", "E-011"));
        }
        if !faults.is_empty() {
            return Reply::Refused(faults);
        }
        let id = match fresh {
            Fresh::Group(created) => created.group.as_str().to_string(),
            _ => return Reply::Misused("G-014", Misuse::BadFreshId),
        };
        if self.groups.iter().any(|group| group.id == id) {
            return Reply::Misused("G-014", Misuse::BadFreshId);
        }
        let ordinal = self.next_ordinal();
        self.groups.push(Group::new(&id, call.account.as_str(), here.as_str(), create, ordinal));
        Reply::Accepted("G-014", Some(id))
    }

    /// The groups of a region without tombstones, in order of creation (`G-695`, `G-696`).
    pub(super) fn list_groups(&self, call: &Call, describe: &DescribeDiskReplicaGroups) -> Reply {
        let listed = |group: &&Group| {
            let production = self.production(group);
            let backup = if production == group.primary.0 { &group.standby.0 } else { &group.primary.0 };
            let seen_from = match describe.site {
                Site::Production => production,
                Site::Backup => backup,
            };
            let hidden = group.status == "deleted" && !self.planted(Bug::GroupTombstoneListed);
            group.account == call.account.as_str() && seen_from == call.region.as_str() && !hidden
        };
        let ids = self.groups.iter().filter(listed).map(|group| group.id.clone()).take(10).collect();
        Reply::Listed("G-696", ids)
    }
}

fn group_one_shot(status: &str) -> (Verdict, Rule) {
    match status {
        "created" | "stopped" => (Move("manual_syncing"), "G-115"),
        "manual_syncing" => (NoOp, "G-116"),
        _ => (Refuse, "G-117"),
    }
}

fn group_stop(status: &str) -> (Verdict, Rule) {
    match status {
        "manual_syncing" | "syncing" | "normal" => (Move("stopping"), "G-130"),
        "stop_failed" => (Move("stopping"), "G-131"),
        "stopping" | "stopped" => (NoOp, "G-132"),
        _ => (Refuse, "G-133"),
    }
}

fn group_delete(status: &str) -> (Verdict, Rule) {
    match status {
        "created" | "create_failed" | "stopped" | "failovered" | "delete_failed" | "invalid" => {
            (Move("deleting"), "G-250")
        }
        "deleting" => (NoOp, "G-251"),
        _ => (Refuse, "G-252"),
    }
}
