//! Calls on pairs and groups.
//!
//! A group has a status of its own and shows `invalid` while a member is (`G-400`). Calls are decided by the status shown,
//! and change every member that is not invalid (`G-402`). A pair is like a group with itself as the only member.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use super::super::bug::Bug;
use super::super::view::Task;
use super::state::Kind::{self, Group, Pair};
use super::statuses::Verdict::{Move, NoOp, Refuse};
use super::{CYCLE, Disk, Fault, Job, Place, Reference, Replica, Reply, fault, put};
use crate::control_plane::{Call, Fresh, Misuse, Request};
use crate::ebs::{Charge, CreateDiskReplicaGroup, CreateDiskReplicaPair, PeriodUnit, Site};
use crate::policy::{
    FailoverWithoutRecoverPoint, FirstCopy, FirstCopyAfterReverse, PaidPeriods, PostpaidBandwidth,
    ProductionSite, ReverseNeeds, SameRegionPairs, SiteCodes,
};
use crate::text::Tag;

/// A call on an existing pair or group.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Start,
    OneShot,
    Stop,
    Failover,
    Reprotect(bool),
    Delete,
    /// Of settings, with what becomes of the replication time control.
    Modify(Option<bool>),
}

use Action::{Delete, Failover, Modify, OneShot, Reprotect, Start, Stop};

/// The pair or group of a request, and the call.
pub(super) fn asked(request: &Request) -> Option<(Kind, &str, Action)> {
    let start = |one_shot| if one_shot { OneShot } else { Start };
    Some(match request {
        Request::StartDiskReplicaPair(call) => (Pair, call.pair.as_str(), start(call.one_shot)),
        Request::StopDiskReplicaPair(call) => (Pair, call.pair.as_str(), Stop),
        Request::FailoverDiskReplicaPair(call) => (Pair, call.pair.as_str(), Failover),
        Request::ReprotectDiskReplicaPair(call) => {
            (Pair, call.pair.as_str(), Reprotect(call.reverse_replicate))
        }
        Request::DeleteDiskReplicaPair(call) => (Pair, call.pair.as_str(), Delete),
        // How a pair is paid for later is not stated here.
        Request::ModifyDiskReplicaPair(call) if call.bandwidth.is_none() => {
            (Pair, call.pair.as_str(), Modify(call.enable_rtc))
        }
        Request::StartDiskReplicaGroup(call) => (Group, call.group.as_str(), start(call.one_shot)),
        Request::StopDiskReplicaGroup(call) => (Group, call.group.as_str(), Stop),
        Request::FailoverDiskReplicaGroup(call) => (Group, call.group.as_str(), Failover),
        Request::ReprotectDiskReplicaGroup(call) => {
            (Group, call.group.as_str(), Reprotect(call.reverse_replicate))
        }
        Request::DeleteDiskReplicaGroup(call) => (Group, call.group.as_str(), Delete),
        Request::ModifyDiskReplicaGroup(call) => (Group, call.group.as_str(), Modify(call.enable_rtc)),
        _ => return None,
    })
}

impl Replica {
    /// A pair or group that is being created.
    fn new(kind: Kind, id: &str, account: &str, [primary, standby]: [Place; 2]) -> Self {
        Self {
            kind,
            id: id.to_string(),
            account: account.to_string(),
            primary,
            standby,
            status: "creating",
            job: Some(Job::new(Task::Create)),
            ..Self::default()
        }
    }

    /// Whether the next automatic copy of a pair is not the first (`E-110`, `E-111`).
    pub(super) const fn copied_before(&self, read: FirstCopyAfterReverse) -> bool {
        match read {
            FirstCopyAfterReverse::InitialSyncing => self.recover_point.is_some(),
            FirstCopyAfterReverse::Syncing => self.ever_copied,
        }
    }

    /// A pair that is being created.
    pub(super) fn pair(id: &str, account: &str, region: &str, create: &CreateDiskReplicaPair) -> Self {
        let (zone, disk) = (create.destination_zone.as_str(), create.destination_disk.as_str());
        let here = [region, create.source_zone.as_str(), create.source_disk.as_str()];
        let there = [create.destination_region.as_str(), zone, disk];
        let settings = &create.settings;
        Self {
            timed: settings.enable_rtc,
            tags: tags(&settings.tags),
            ..Self::new(Pair, id, account, [here, there].map(place))
        }
    }

    /// A group that is being created.
    pub(super) fn group(id: &str, account: &str, region: &str, create: &CreateDiskReplicaGroup) -> Self {
        let here = [region, create.source_zone.as_str(), ""];
        let there = [create.destination_region.as_str(), create.destination_zone.as_str(), ""];
        let settings = &create.settings;
        Self {
            timed: settings.enable_rtc,
            tags: tags(&settings.tags),
            ..Self::new(Group, id, account, [here, there].map(place))
        }
    }
}

fn tags(tags: &[Tag]) -> Vec<(String, String)> {
    tags.iter().map(|tag| (tag.key.to_string(), tag.value.to_string())).collect()
}

fn place([region, zone, disk]: [&str; 3]) -> Place {
    Place { region: region.to_string(), zone: zone.to_string(), disk: disk.to_string() }
}

impl Reference {
    /// The pair itself, or the members of the group in order of creation.
    pub(super) fn parts(&self, of: &Replica) -> impl Iterator<Item = &Replica> {
        self.replicas.iter().filter(move |part| of.has(part))
    }

    /// `G-400`.
    pub(super) fn shown_status(&self, replica: &Replica) -> &'static str {
        let broken = self.parts(replica).any(|pair| pair.status == "invalid");
        if broken && !self.planted(Bug::BrokenMemberHidden) { "invalid" } else { replica.status }
    }

    /// The recover point of a pair; of a group the one common to all members (`G-650`).
    pub(super) fn recover_point(&self, replica: &Replica) -> Option<u64> {
        let mut points = self.parts(replica).map(|pair| pair.recover_point);
        if self.planted(Bug::LatestRecoverPoint) {
            return points.max().flatten();
        }
        let first = points.next().flatten();
        first.filter(|_| points.all(|point| point == first))
    }

    /// The production site: for a group, where calls belong, failover and reprotect aside (`G-622`).
    pub(super) fn production<'a>(&self, replica: &'a Replica) -> &'a Place {
        match self.policy.ebs.production_site {
            ProductionSite::Initial => &replica.primary,
            ProductionSite::Current => replica.source(),
        }
    }

    /// The faults of a call on a pair or group; `None` if it would be accepted, or is another call.
    pub(super) fn faults_of_replica(&self, call: &Call, request: &Request) -> Option<Vec<Fault>> {
        let (kind, id, action) = asked(request)?;
        let Some(replica) = self.mine(kind, id, call.account.as_str()) else {
            return Some(vec![fault("NoSuchResource", kind.of("E-610", "G-610"))]);
        };
        let mut faults: Vec<Fault> =
            self.wrong_place(replica, call.region.as_str(), action).into_iter().collect();
        let empty = self.parts(replica).next().is_none();
        // Of the settings of a member that alone is its group's.
        let own = matches!(action, Modify(timed) if timed.is_none_or(|timed| timed == replica.timed));
        if replica.group.is_some() && !own && !self.planted(Bug::MemberCalledAlone) {
            faults.push(fault("OperationDenied", "E-623"));
        }
        if empty && matches!(action, Start | OneShot | Failover | Reprotect(_)) {
            faults.push(fault("OperationDenied.NoPairInGroup", "G-670"));
        }
        if kind == Group && action == Delete && !empty && !self.planted(Bug::GroupDeletedWithPairs) {
            faults.push(fault("OperationDenied.GroupHasPair", "G-671"));
        }
        match self.by_status(replica, action) {
            (Refuse, rule) => faults.push(fault("OperationDenied.InvalidStatus", rule)),
            (NoOp, _) => {}
            (Move(_), _) => faults.extend(self.limits(replica, action)),
        }
        (!faults.is_empty()).then_some(faults)
    }

    /// A call without faults.
    pub(super) fn replica_call(&mut self, request: &Request) -> Option<Reply> {
        let (kind, id, action) = asked(request)?;
        let at = self.position(kind, id)?;
        let (verdict, rule) = self.by_status(self.replicas.get(at)?, action);
        match (verdict, action) {
            (Move(to), _) => self.move_to(at, action, to),
            (_, Modify(Some(timed))) => {
                let replica = self.replicas.get(at)?.clone();
                let meant = |part: &Replica| part.is(kind, id) || replica.has(part);
                self.replicas.iter_mut().filter(|part| meant(part)).for_each(|part| part.timed = timed);
            }
            _ => {}
        }
        Some(Reply::accepted(rule, None))
    }

    /// `E-620` to `E-622`, `E-624`, `G-620` to `G-623`.
    fn wrong_place(&self, replica: &Replica, region: &str, action: Action) -> Option<Fault> {
        let kind = replica.kind;
        if !replica.touches(region) {
            return Some(fault("NoSuchResource", kind.of("E-620", "G-620")));
        }
        let by_place = self.policy.ebs.site_codes == SiteCodes::Place;
        if matches!(action, Failover | Reprotect(_)) {
            let anywhere = self.planted(kind.of(Bug::SourceRegionFailsOver, Bug::GroupFailsOverAtSource));
            let right = replica.destination().region == region || anywhere;
            let after_role = kind == Pair && self.planted(Bug::SourceNamedAfterRole);
            let (code, rule) = if by_place && replica.primary.region != region && !after_role {
                ("OperationDenied.OperateNotAllowedForStandby", kind.of("E-624", "G-623"))
            } else {
                ("OperationDenied.OperateNotAllowedForPrimary", kind.of("E-621", "G-621"))
            };
            return (!right).then_some(fault(code, rule));
        }
        let right = match kind {
            Pair => {
                action != Delete || replica.source().region == region || self.planted(Bug::DeletedAtSecondary)
            }
            Group => self.production(replica).region == region || self.planted(Bug::GroupCalledAtBackup),
        };
        if matches!(action, Modify(_)) && by_place && !right && replica.primary.region == region {
            return Some(fault("OperationDenied.OperateNotAllowedForPrimary", "G-623"));
        }
        let code = match action {
            Modify(_) => "OperationDenied.OperateNotAllowedForStandby",
            _ => "OperationDenied",
        };
        (!right).then_some(fault(code, kind.of("E-622", "G-622")))
    }

    /// The faults of a call that the status permits (`E-630` to `E-633`, `G-630` to `G-633`).
    fn limits(&self, replica: &Replica, action: Action) -> Vec<Fault> {
        let (kind, read) = (replica.kind, &self.policy.ebs);
        let mut faults = Vec::new();
        let attached = |pair: &Replica| self.disk(&pair.account, &pair.destination().disk).attached;
        if matches!(action, Start | OneShot)
            && self.parts(replica).any(attached)
            && !self.planted(Bug::StartOverAttachedDisk)
        {
            faults.push(fault("OperationDenied.StandbyDeviceAttached", kind.of("E-631", "G-631")));
        }
        if let (OneShot, Some(last)) = (action, replica.last_one_shot)
            && !self.planted(Bug::OneShotGapIgnored)
        {
            let gap = read.one_shot_gap.as_millis();
            let since = self.clock.saturating_sub(last);
            if since < gap || (since == gap && !self.planted(Bug::OneShotGapInclusive)) {
                faults.push(fault("OperationDenied.ManualSyncLimit", kind.of("E-630", "G-630")));
            }
        }
        let needs_copy = match kind {
            Pair => read.failover_without_recover_point == FailoverWithoutRecoverPoint::Refuse,
            Group => !self.planted(Bug::GroupFailsOverUncopied),
        };
        let uncopied = || self.parts(replica).any(|pair| pair.recover_point.is_none());
        if action == Failover && needs_copy && uncopied() {
            faults.push(fault("OperationDenied.InvalidStatus", kind.of("E-633", "G-633")));
        }
        let in_use = |pair: &Replica| {
            let old = self.disk(&pair.account, &pair.source().disk);
            old.attached && (old.up || read.reverse_needs == ReverseNeeds::Detached)
        };
        if action == Reprotect(true)
            && self.parts(replica).any(in_use)
            && !self.planted(Bug::ReverseOverAttachedDisk)
        {
            faults.push(fault("OperationDenied", kind.of("E-632", "G-632")));
        }
        faults
    }

    /// Moves a pair, or a group and its members; earlier effects are superseded.
    fn move_to(&mut self, at: usize, action: Action, to: &'static str) {
        let all_again = self.planted(Bug::SucceededRunAgain);
        let opens = action == Failover && self.planted(Bug::SecondaryOpenAtAcceptance);
        let Some(mut replica) = self.replicas.get(at).cloned() else { return };
        (replica.status, replica.message, replica.copy_failed) = (to, None, false);
        replica.due = (action == Start).then_some(self.clock.saturating_add(CYCLE));
        if action == OneShot {
            replica.last_one_shot = Some(self.clock);
        }
        replica.open |= opens && replica.kind == Pair;
        replica.job = match action {
            Stop => Some(Job::new(Task::Stop)),
            Failover => Some(Job::new(Task::Failover)),
            Reprotect(reverse) => Some(Job::new(Task::Reprotect(reverse))),
            Delete => Some(Job::new(Task::Delete)),
            Start | OneShot | Modify(_) => None,
        };
        let again = self.policy.ebs.first_copy_after_reverse;
        for pair in self.replicas.iter_mut().filter(|pair| replica.has(pair) && pair.status != "invalid") {
            // A repeated call leaves finished members alone (`G-430`).
            let done = match action {
                Stop => pair.status == "stopped",
                Failover => pair.status == "failovered",
                _ => false,
            };
            if !done || all_again {
                let first = action == Start && !pair.copied_before(again);
                pair.status = if first { "initial_syncing" } else { to };
                (pair.job, pair.message) = (None, None);
            }
        }
        let copies = match action {
            Start => self.policy.ebs.first_copy == FirstCopy::AtOnce,
            action => action == OneShot,
        };
        put(&mut self.replicas, at, replica.clone());
        if copies {
            self.begin_copies(&replica);
        }
    }

    /// Begins a copy of the pair, or of every member that is not invalid.
    pub(super) fn begin_copies(&mut self, replica: &Replica) {
        for pair in self.replicas.iter_mut().filter(|pair| replica.has(pair) && pair.status != "invalid") {
            pair.job = Some(Job::new(Task::Copy));
        }
    }

    pub(super) fn create_pair(
        &mut self,
        call: &Call,
        create: &CreateDiskReplicaPair,
        fresh: &Fresh,
    ) -> Reply {
        let account = call.account.as_str();
        let id = if let Fresh::Pair(created) = fresh { created.pair.as_str() } else { "" };
        let pair = Replica::pair(id, account, call.region.as_str(), create);
        let mut faults = Vec::new();
        if let Charge::PrePay { period, unit, .. } = create.settings.charge {
            let sold: &[u8] = match unit {
                PeriodUnit::Week => &[1, 2, 3, 4],
                PeriodUnit::Month => &[1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 24, 36, 48, 60],
            };
            let newest = unit == PeriodUnit::Month && [1, 2, 3, 6, 12, 24, 36, 60].contains(&period);
            let only_newest = self.policy.ebs.paid_periods == PaidPeriods::Months;
            if only_newest && !newest && !self.planted(Bug::OldPeriodsSold) {
                faults.push(fault("InvalidParameter", "E-015"));
            }
            if !sold.contains(&period) {
                faults.push(fault("InvalidParameter", "E-601"));
            }
        }
        let asks = matches!(create.settings.charge, Charge::PostPayWith { .. });
        if asks && self.policy.ebs.postpaid_bandwidth == PostpaidBandwidth::Refuse {
            faults.push(fault("InvalidParameter", "E-016"));
        }
        faults.extend(self.unfit_places(&pair));
        for disk in [create.source_disk.as_str(), create.destination_disk.as_str()] {
            if self.disk(account, disk).removed {
                faults.push(fault("NoSuchResource", "E-013"));
            }
            let keeps = self.planted(Bug::TombstoneKeepsDisks);
            let bound =
                |known: &Replica| known.has_disk(account, disk) && (known.status != "deleted" || keeps);
            if self.replicas.iter().any(bound) && !self.planted(Bug::DiskInTwoPairs) {
                faults.push(fault("OperationDenied", "E-012"));
            }
        }
        self.create(pair, faults)
    }

    pub(super) fn create_group(
        &mut self,
        call: &Call,
        create: &CreateDiskReplicaGroup,
        fresh: &Fresh,
    ) -> Reply {
        let id = if let Fresh::Group(created) = fresh { created.group.as_str() } else { "" };
        let group = Replica::group(id, call.account.as_str(), call.region.as_str(), create);
        let faults = self.unfit_places(&group);
        self.create(group, faults)
    }

    /// `E-010` and `E-011`.
    fn unfit_places(&self, replica: &Replica) -> Vec<Fault> {
        let (here, there) = (&replica.primary, &replica.standby);
        let mut faults = Vec::new();
        if let Some(regions) = &self.policy.ebs.regions
            && ![here, there].iter().all(|end| regions.iter().any(|region| region.as_str() == end.region))
        {
            faults.push(fault("OperationDenied", "E-010"));
        }
        let one_region = here.region == there.region;
        let forbidden = one_region && self.policy.ebs.same_region_pairs == SameRegionPairs::Refuse;
        let one_disk = replica.kind == Pair && here.disk == there.disk;
        if forbidden || one_disk || (one_region && here.zone == there.zone) {
            faults.push(fault("OperationDenied", "E-011"));
        }
        faults
    }

    /// Without an id that fits, the id of the new pair or group is empty.
    fn create(&mut self, replica: Replica, faults: Vec<Fault>) -> Reply {
        if !faults.is_empty() {
            return Reply::Refused(faults);
        }
        let (id, rule) = (replica.id.clone(), replica.kind.of("E-014", "G-014"));
        if id.is_empty() || self.position(replica.kind, &id).is_some() {
            return Reply::misused(rule, Misuse::BadFreshId);
        }
        self.add_replica(replica);
        Reply::accepted(rule, Some(id))
    }

    /// The pairs or groups of a region without tombstones, in order of creation (`E-691`, `E-692`, `G-695`, `G-696`).
    pub(super) fn list_replicas(&self, call: &Call, kind: Kind, site: Site) -> Reply {
        let shows_deleted = self.planted(kind.of(Bug::TombstoneListed, Bug::GroupTombstoneListed));
        let listed = |replica: &&Replica| {
            let production = self.production(replica);
            let backup = if *production == replica.primary { &replica.standby } else { &replica.primary };
            let seen_from = match site {
                Site::Production => production,
                Site::Backup => backup,
            };
            replica.kind == kind
                && replica.account == call.account.as_str()
                && seen_from.region == call.region.as_str()
                && (replica.status != "deleted" || shows_deleted)
        };
        let ids = self.replicas.iter().filter(listed).map(|replica| replica.id.clone()).take(10).collect();
        // From the backup site the parameter decides; otherwise what is left out.
        let rule = match site {
            Site::Production => kind.of("E-692", "G-696"),
            Site::Backup => kind.of("E-691", "G-695"),
        };
        Reply::listed(rule, ids)
    }

    /// The reported state of a disk.
    pub(super) fn disk(&self, account: &str, id: &str) -> Disk {
        let known = self.disks.iter().find(|disk| disk.account == account && disk.id == id);
        known.cloned().unwrap_or_else(|| Disk {
            account: account.to_string(),
            id: id.to_string(),
            up: true,
            attached: false,
            removed: false,
        })
    }
}
