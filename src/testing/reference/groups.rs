//! Calls on consistent groups, naively.
//!
//! A group has a status of its own and shows `invalid` while one of its members is (`G-400`). What it is asked is decided
//! by what it shows, and what it does is done to every member that is not invalid (`G-402`).

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use super::super::bug::Bug;
use super::super::view::Task;
use super::pairs::Word::{self, Go, No, Same};
use super::{CYCLE, Came, Fault, Group, Job, Pair, Reference, Rule, fault};
use crate::control_plane::{Call, Fresh, Misuse, Request};
use crate::ebs::{CreateDiskReplicaGroup, DescribeDiskReplicaGroups, Site};
use crate::policy::{FirstCopy, ProductionSite, ReprotectFailedGroup, ReverseNeeds, SameRegionPairs};

/// A call on an existing group.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ask {
    Start,
    OneShot,
    Stop,
    Failover,
    Reprotect(bool),
    Delete,
    Modify,
}

fn asked(request: &Request) -> Option<(&str, Ask)> {
    match request {
        Request::StartDiskReplicaGroup(start) if start.one_shot => Some((start.group.as_str(), Ask::OneShot)),
        Request::StartDiskReplicaGroup(start) => Some((start.group.as_str(), Ask::Start)),
        Request::StopDiskReplicaGroup(stop) => Some((stop.group.as_str(), Ask::Stop)),
        Request::FailoverDiskReplicaGroup(failover) => Some((failover.group.as_str(), Ask::Failover)),
        Request::ReprotectDiskReplicaGroup(reprotect) => {
            Some((reprotect.group.as_str(), Ask::Reprotect(reprotect.reverse_replicate)))
        }
        Request::DeleteDiskReplicaGroup(delete) => Some((delete.group.as_str(), Ask::Delete)),
        Request::ModifyDiskReplicaGroup(modify) => Some((modify.group.as_str(), Ask::Modify)),
        _ => None,
    }
}

impl Group {
    pub(super) const fn source(&self) -> &super::Site {
        if self.swapped { &self.standby } else { &self.primary }
    }

    pub(super) const fn destination(&self) -> &super::Site {
        if self.swapped { &self.primary } else { &self.standby }
    }
}

impl Reference {
    /// The members of a group, in the order of their creation.
    pub(super) fn members(&self, group: &str) -> Vec<&Pair> {
        self.pairs.iter().filter(|pair| pair.group.as_deref() == Some(group)).collect()
    }

    /// What a group shows (`G-400`).
    pub(super) fn shows(&self, group: &Group) -> &'static str {
        let broken = self.members(&group.id).iter().any(|pair| pair.status == "invalid");
        if broken && !self.planted(Bug::BrokenMemberHidden) { "invalid" } else { group.status }
    }

    /// The recover point of a group: the one that all of its members have (`G-650`).
    pub(super) fn common_recover_point(&self, group: &Group) -> Option<u64> {
        let points: Vec<Option<u64>> =
            self.members(&group.id).iter().map(|pair| pair.recover_point).collect();
        if self.planted(Bug::LatestRecoverPoint) {
            return points.into_iter().max().flatten();
        }
        let first = points.first().copied().flatten();
        points.iter().all(|point| *point == first).then_some(first).flatten()
    }

    /// The region where a group's calls belong but failover and reprotect (`G-622`).
    pub(super) fn production<'a>(&self, group: &'a Group) -> &'a str {
        match self.policy.ebs.production_site {
            ProductionSite::Initial => &group.primary.0,
            ProductionSite::Current => &group.source().0,
        }
    }

    /// Why a call on a group would be refused now; `None` if it would be accepted, or is no such call.
    pub(super) fn faults_of_group(&self, call: &Call, request: &Request) -> Option<Vec<Fault>> {
        let (id, ask) = asked(request)?;
        let mine = |group: &&Group| group.id == id && group.account == call.account.as_str();
        let Some(group) = self.groups.iter().find(mine) else {
            return Some(vec![fault("NoSuchResource", "G-610")]);
        };
        let mut faults = self.wrong_site(group, call.region.as_str(), ask);
        let empty = self.members(id).is_empty();
        let needs_members = matches!(ask, Ask::Start | Ask::OneShot | Ask::Failover | Ask::Reprotect(_));
        if needs_members && empty {
            faults.push(fault("OperationDenied.NoPairInGroup", "G-670"));
        }
        if ask == Ask::Delete && !empty && !self.planted(Bug::GroupDeletedWithPairs) {
            faults.push(fault("OperationDenied.GroupHasPair", "G-671"));
        }
        match self.by_group_status(group, ask) {
            (No, rule) => faults.push(fault("OperationDenied.InvalidStatus", rule)),
            (Same, _) => {}
            (Go(_), _) => faults.extend(self.group_limits(group, ask)),
        }
        (!faults.is_empty()).then_some(faults)
    }

    pub(super) fn group_call(&mut self, call: &Call, request: &Request) -> Came {
        if let Some(faults) = self.faults_of_group(call, request) {
            return Came::Refused(faults);
        }
        let Some((id, ask)) = asked(request) else { return Came::Refused(Vec::new()) };
        let Some(at) = self.groups.iter().position(|group| group.id == id) else {
            return Came::Refused(Vec::new());
        };
        let Some(mut group) = self.groups.get(at).cloned() else { return Came::Refused(Vec::new()) };
        let (word, rule) = self.by_group_status(&group, ask);
        if let Go(to) = word {
            self.group_goes(&mut group, ask, to);
        }
        if let Some(place) = self.groups.get_mut(at) {
            *place = group;
        }
        Came::Accepted(rule, None)
    }

    /// `G-620` to `G-622`.
    fn wrong_site(&self, group: &Group, region: &str, ask: Ask) -> Vec<Fault> {
        if group.source().0 != region && group.destination().0 != region {
            return vec![fault("NoSuchResource", "G-620")];
        }
        if matches!(ask, Ask::Failover | Ask::Reprotect(_)) {
            let right = group.destination().0 == region || self.planted(Bug::GroupFailsOverAtSource);
            if right {
                return Vec::new();
            }
            return vec![fault("OperationDenied.OperateNotAllowedForPrimary", "G-621")];
        }
        if self.production(group) == region || self.planted(Bug::GroupCalledAtBackup) {
            return Vec::new();
        }
        let code = match ask {
            Ask::Modify => "OperationDenied.OperateNotAllowedForStandby",
            _ => "OperationDenied",
        };
        vec![fault(code, "G-622")]
    }

    fn by_group_status(&self, group: &Group, ask: Ask) -> (Word, Rule) {
        let status = self.shows(group);
        match ask {
            Ask::Start => self.group_start(status),
            Ask::OneShot => group_one_shot(status),
            Ask::Stop => group_stop(status),
            Ask::Failover => self.group_failover(status),
            Ask::Reprotect(_) => self.group_reprotect(status),
            Ask::Delete => group_delete(status),
            Ask::Modify if ["created", "stopped"].contains(&status) => (Same, "G-270"),
            Ask::Modify => (No, "G-271"),
        }
    }

    fn group_start(&self, status: &str) -> (Word, Rule) {
        if ["created", "stopped"].contains(&status) {
            return (Go("syncing"), "G-110");
        }
        if ["syncing", "normal"].contains(&status) {
            let anew = self.planted(Bug::GroupStartsAnew);
            return (if anew { Go("syncing") } else { Same }, "G-111");
        }
        (No, "G-112")
    }

    /// An allowlist, unlike a pair's denylist.
    fn group_failover(&self, status: &str) -> (Word, Rule) {
        if ["failovering", "failovered"].contains(&status) {
            return (Same, "G-211");
        }
        if status == "failover_failed" {
            return (Go("failovering"), "G-212");
        }
        if ["manual_syncing", "syncing", "normal", "stopping", "stop_failed", "stopped"].contains(&status) {
            return (Go("failovering"), "G-210");
        }
        if status == "reprotect_failed" {
            let repeats = self.policy.ebs.reprotect_failed_group == ReprotectFailedGroup::Repeat;
            return (if repeats { Go("failovering") } else { No }, "G-213");
        }
        if self.planted(Bug::DenylistForGroups) && !["invalid", "deleted"].contains(&status) {
            return (Go("failovering"), "G-210");
        }
        (No, "G-214")
    }

    fn group_reprotect(&self, status: &str) -> (Word, Rule) {
        if status == "failovered" {
            return (Go("reprotecting"), "G-230");
        }
        if status == "reprotect_failed" {
            let repeats = self.policy.ebs.reprotect_failed_group == ReprotectFailedGroup::Repeat;
            return (if repeats { Go("reprotecting") } else { No }, "G-231");
        }
        (No, "G-232")
    }

    /// What stands against a call that the status allows (`G-630` to `G-633`).
    fn group_limits(&self, group: &Group, ask: Ask) -> Vec<Fault> {
        let mut faults = Vec::new();
        let members = self.members(&group.id);
        let attached = |pair: &&Pair| self.disk(&pair.account, &pair.destination().disk).attached;
        if matches!(ask, Ask::Start | Ask::OneShot) && members.iter().any(attached) {
            faults.push(fault("OperationDenied.StandbyDeviceAttached", "G-631"));
        }
        if let (Ask::OneShot, Some(last)) = (ask, group.last_one_shot) {
            let gap = self.policy.ebs.one_shot_gap.as_millis();
            if self.clock.saturating_sub(last) <= gap {
                faults.push(fault("OperationDenied.ManualSyncLimit", "G-630"));
            }
        }
        let uncopied = members.iter().any(|pair| pair.recover_point.is_none());
        if ask == Ask::Failover && uncopied && !self.planted(Bug::GroupFailsOverUncopied) {
            faults.push(fault("OperationDenied.InvalidStatus", "G-633"));
        }
        let in_use = |pair: &&Pair| {
            let old = self.disk(&pair.account, &pair.source().disk);
            old.attached && (old.up || self.policy.ebs.reverse_needs == ReverseNeeds::Detached)
        };
        if ask == Ask::Reprotect(true) && members.iter().any(in_use) {
            faults.push(fault("OperationDenied", "G-632"));
        }
        faults
    }

    /// The group moves, and its members with it. What ran before is superseded.
    fn group_goes(&mut self, group: &mut Group, ask: Ask, to: &'static str) {
        let all_again = self.planted(Bug::SucceededRunAgain);
        let starts = matches!(ask, Ask::Start | Ask::OneShot);
        let again = self.policy.ebs.first_copy_after_reverse;
        group.status = to;
        group.due = None;
        group.spoilt = false;
        for pair in &mut self.pairs {
            if pair.group.as_deref() != Some(group.id.as_str()) || pair.status == "invalid" {
                continue;
            }
            // What a repeat finds done stays done (`G-430`).
            let done = match ask {
                Ask::Stop => pair.status == "stopped",
                Ask::Failover => pair.status == "failovered",
                _ => false,
            };
            if done && !all_again {
                continue;
            }
            pair.job = None;
            pair.message = None;
            pair.status =
                if ask == Ask::Start && !pair.copied_before(again) { "initial_syncing" } else { to };
        }
        group.job = match ask {
            Ask::Stop => Some(Job::new(Task::StopGroup(Vec::new()))),
            Ask::Failover => Some(Job::new(Task::FailoverGroup(Vec::new()))),
            Ask::Reprotect(reverse) => Some(Job::new(Task::ReprotectGroup(reverse, Vec::new()))),
            Ask::Delete => Some(Job::new(Task::DeleteGroup)),
            _ => None,
        };
        if ask == Ask::Start {
            group.due = Some(self.clock.saturating_add(CYCLE));
        }
        if ask == Ask::OneShot {
            group.last_one_shot = Some(self.clock);
        }
        if starts && (ask == Ask::OneShot || self.policy.ebs.first_copy == FirstCopy::AtOnce) {
            self.copy_members(&group.id);
        }
    }

    pub(super) fn create_group(
        &mut self,
        call: &Call,
        create: &CreateDiskReplicaGroup,
        fresh: &Fresh,
    ) -> Came {
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
            return Came::Refused(faults);
        }
        let id = match fresh {
            Fresh::Group(created) => created.group.as_str().to_string(),
            _ => return Came::Misused("G-014", Misuse::BadFreshId),
        };
        if self.groups.iter().any(|group| group.id == id) {
            return Came::Misused("G-014", Misuse::BadFreshId);
        }
        let born = self.bear();
        self.groups.push(Group {
            id: id.clone(),
            account: call.account.as_str().to_string(),
            primary: (here.as_str().to_string(), create.source_zone.as_str().to_string()),
            standby: (there.as_str().to_string(), create.destination_zone.as_str().to_string()),
            swapped: false,
            status: "creating",
            job: Some(Job::new(Task::CreateGroup)),
            due: None,
            last_one_shot: None,
            spoilt: false,
            born,
        });
        Came::Accepted("G-014", Some(id))
    }

    /// The groups of a region that are no tombstones, in the order of creation (`G-695`, `G-696`).
    pub(super) fn list_groups(&self, call: &Call, describe: &DescribeDiskReplicaGroups) -> Came {
        let mut ids: Vec<String> = Vec::new();
        for group in &self.groups {
            let production = self.production(group);
            let backup = if production == group.primary.0 { &group.standby.0 } else { &group.primary.0 };
            let seen_from = match describe.site {
                Site::Production => production,
                Site::Backup => backup,
            };
            let hidden = group.status == "deleted" && !self.planted(Bug::GroupTombstoneListed);
            if group.account == call.account.as_str() && seen_from == call.region.as_str() && !hidden {
                ids.push(group.id.clone());
            }
        }
        ids.truncate(10);
        Came::Listed("G-696", ids)
    }
}

fn group_one_shot(status: &str) -> (Word, Rule) {
    match status {
        "created" | "stopped" => (Go("manual_syncing"), "G-115"),
        "manual_syncing" => (Same, "G-116"),
        _ => (No, "G-117"),
    }
}

fn group_stop(status: &str) -> (Word, Rule) {
    match status {
        "manual_syncing" | "syncing" | "normal" => (Go("stopping"), "G-130"),
        "stop_failed" => (Go("stopping"), "G-131"),
        "stopping" | "stopped" => (Same, "G-132"),
        _ => (No, "G-133"),
    }
}

fn group_delete(status: &str) -> (Word, Rule) {
    match status {
        "created" | "create_failed" | "stopped" | "failovered" | "delete_failed" | "invalid" => {
            (Go("deleting"), "G-250")
        }
        "deleting" => (Same, "G-251"),
        _ => (No, "G-252"),
    }
}
