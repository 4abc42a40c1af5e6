//! Calls on pairs.

use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use super::super::bug::Bug;
use super::super::view::Task;
use super::{CYCLE, Disk, Fault, Job, Pair, Place, Reference, Reply, Rule, fault, put};
use crate::control_plane::{Call, Fresh, Misuse, Request};
use crate::ebs::{Charge, CreateDiskReplicaPair, DescribeDiskReplicaPairs, PeriodUnit, Site};
use crate::policy::{
    DeleteBeforeStart, FailoverWhileBusy, FailoverWithoutRecoverPoint, FirstCopy, FirstCopyAfterReverse,
    PaidPeriods, PairFailover, PostpaidBandwidth, ProductionSite, RetryAfterFailure, ReverseNeeds,
    SameRegionPairs, SiteCodes, StartWhileReplicating,
};

/// The effect of a call in some status.
pub(super) enum Verdict {
    Move(&'static str),
    NoOp,
    Refuse,
}

use Verdict::{Move, NoOp, Refuse};

/// A call on an existing pair.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Start,
    OneShot,
    Stop,
    Failover,
    Reprotect(bool),
    Delete,
}

pub(super) fn asked(request: &Request) -> Option<(&str, Action)> {
    match request {
        Request::StartDiskReplicaPair(start) if start.one_shot => {
            Some((start.pair.as_str(), Action::OneShot))
        }
        Request::StartDiskReplicaPair(start) => Some((start.pair.as_str(), Action::Start)),
        Request::StopDiskReplicaPair(stop) => Some((stop.pair.as_str(), Action::Stop)),
        Request::FailoverDiskReplicaPair(failover) => Some((failover.pair.as_str(), Action::Failover)),
        Request::ReprotectDiskReplicaPair(reprotect) => {
            Some((reprotect.pair.as_str(), Action::Reprotect(reprotect.reverse_replicate)))
        }
        Request::DeleteDiskReplicaPair(delete) => Some((delete.pair.as_str(), Action::Delete)),
        _ => None,
    }
}

impl Pair {
    /// A pair that is being created.
    pub(super) fn new(
        id: &str,
        account: &str,
        region: &str,
        create: &CreateDiskReplicaPair,
        ordinal: usize,
    ) -> Self {
        Self {
            id: id.to_string(),
            account: account.to_string(),
            primary: Place {
                region: region.to_string(),
                zone: create.source_zone.to_string(),
                disk: create.source_disk.to_string(),
            },
            standby: Place {
                region: create.destination_region.to_string(),
                zone: create.destination_zone.to_string(),
                disk: create.destination_disk.to_string(),
            },
            swapped: false,
            status: "creating",
            message: None,
            job: Some(Job::new(Task::CreatePair)),
            due: None,
            recover_point: None,
            ever_copied: false,
            open: false,
            last_one_shot: None,
            group: None,
            ordinal,
        }
    }

    pub(super) const fn source(&self) -> &Place {
        if self.swapped { &self.standby } else { &self.primary }
    }

    pub(super) const fn destination(&self) -> &Place {
        if self.swapped { &self.primary } else { &self.standby }
    }

    /// Whether the next automatic copy is not the first (`E-110`, `E-111`).
    pub(super) const fn copied_before(&self, read: FirstCopyAfterReverse) -> bool {
        match read {
            FirstCopyAfterReverse::InitialSyncing => self.recover_point.is_some(),
            FirstCopyAfterReverse::Syncing => self.ever_copied,
        }
    }
}

impl Reference {
    /// The faults of a call on a pair; `None` if it would be accepted, or is another call.
    pub(super) fn faults_of_pair(&self, call: &Call, request: &Request) -> Option<Vec<Fault>> {
        let (id, action) = asked(request)?;
        let mine = |pair: &&Pair| pair.id == id && pair.account == call.account.as_str();
        let Some(pair) = self.pairs.iter().find(mine) else {
            return Some(vec![fault("NoSuchResource", "E-610")]);
        };
        let mut faults = self.wrong_place(pair, call.region.as_str(), action);
        if pair.group.is_some() && !self.planted(Bug::MemberCalledAlone) {
            faults.push(fault("OperationDenied", "E-623"));
        }
        match self.by_status(pair, action) {
            (Refuse, rule) => faults.push(fault("OperationDenied.InvalidStatus", rule)),
            (NoOp, _) => {}
            (Move(_), _) => faults.extend(self.limits(pair, action)),
        }
        (!faults.is_empty()).then_some(faults)
    }

    /// A call without faults.
    pub(super) fn pair_call(&mut self, request: &Request) -> Reply {
        let Some((id, action)) = asked(request) else { return Reply::Refused(Vec::new()) };
        let Some(at) = self.pairs.iter().position(|pair| pair.id == id) else {
            return Reply::Refused(Vec::new());
        };
        let Some(mut pair) = self.pairs.get(at).cloned() else { return Reply::Refused(Vec::new()) };
        let (verdict, rule) = self.by_status(&pair, action);
        if let Move(to) = verdict {
            self.move_pair(&mut pair, action, to);
        }
        put(&mut self.pairs, at, pair);
        Reply::Accepted(rule, None)
    }

    /// `E-620` to `E-622`, `E-624`.
    fn wrong_place(&self, pair: &Pair, region: &str, action: Action) -> Vec<Fault> {
        let at_source = pair.source().region == region;
        let at_destination = pair.destination().region == region;
        if !at_source && !at_destination {
            return vec![fault("NoSuchResource", "E-620")];
        }
        let wants_destination = matches!(action, Action::Failover | Action::Reprotect(_));
        if wants_destination && !at_destination && !self.planted(Bug::SourceRegionFailsOver) {
            let by_place = self.policy.ebs.site_codes == SiteCodes::Place;
            if by_place && pair.swapped && !self.planted(Bug::SourceNamedAfterRole) {
                return vec![fault("OperationDenied.OperateNotAllowedForStandby", "E-624")];
            }
            return vec![fault("OperationDenied.OperateNotAllowedForPrimary", "E-621")];
        }
        if action == Action::Delete && !at_source && !self.planted(Bug::DeletedAtSecondary) {
            return vec![fault("OperationDenied", "E-622")];
        }
        Vec::new()
    }

    fn by_status(&self, pair: &Pair, action: Action) -> (Verdict, Rule) {
        match action {
            Action::Start => self.start(pair),
            Action::OneShot => self.one_shot(pair.status),
            Action::Stop => self.stop(pair.status),
            Action::Failover => self.failover(pair.status),
            Action::Reprotect(_) => self.reprotect(pair.status),
            Action::Delete => self.delete(pair.status),
        }
    }

    fn start(&self, pair: &Pair) -> (Verdict, Rule) {
        let status = pair.status;
        if status == "created" || status == "stopped" {
            let again = pair.copied_before(self.policy.ebs.first_copy_after_reverse);
            return if again { (Move("syncing"), "E-111") } else { (Move("initial_syncing"), "E-110") };
        }
        if status == "syncing" || status == "normal" {
            let repeats = self.policy.ebs.start_while_replicating == StartWhileReplicating::NoOp;
            return (if repeats { NoOp } else { Refuse }, "E-112");
        }
        (Refuse, "E-113")
    }

    fn one_shot(&self, status: &str) -> (Verdict, Rule) {
        if status == "created" || status == "stopped" {
            return (Move("manual_syncing"), "E-115");
        }
        if status == "manual_syncing" {
            let repeats = self.policy.ebs.start_while_replicating == StartWhileReplicating::NoOp;
            return (if repeats { NoOp } else { Refuse }, "E-116");
        }
        (Refuse, "E-117")
    }

    fn stop(&self, status: &str) -> (Verdict, Rule) {
        if ["initial_syncing", "manual_syncing", "syncing", "normal"].contains(&status) {
            return (Move("stopping"), "E-130");
        }
        if status == "stop_failed" {
            let retries = self.policy.ebs.retry_after_failure == RetryAfterFailure::Accept;
            return (if retries { Move("stopping") } else { Refuse }, "E-131");
        }
        (Refuse, "E-132")
    }

    fn failover(&self, status: &str) -> (Verdict, Rule) {
        let as_group = self.policy.ebs.pair_failover == PairFailover::GroupAllowlist
            || self.planted(Bug::AllowlistForPairs);
        let waits = self.policy.ebs.failover_while_busy == FailoverWhileBusy::Refuse;
        if status == "invalid" {
            return (
                if self.planted(Bug::FailoverInInvalid) { Move("failovering") } else { Refuse },
                "E-210",
            );
        }
        if status == "deleted" {
            return (
                if self.planted(Bug::FailoverInDeleted) { Move("failovering") } else { Refuse },
                "E-210",
            );
        }
        if status == "failovering" {
            return (if self.planted(Bug::FailoverStartsAnew) { Move("failovering") } else { NoOp }, "E-211");
        }
        if status == "failovered" {
            return (NoOp, "E-212");
        }
        if status == "stopping" {
            return (if waits { Refuse } else { Move("failovering") }, "E-214");
        }
        if ["creating", "reprotecting", "deleting"].contains(&status) {
            return (if waits || as_group { Refuse } else { Move("failovering") }, "E-215");
        }
        if ["created", "create_failed", "reprotect_failed", "delete_failed"].contains(&status) {
            return (if as_group { Refuse } else { Move("failovering") }, "E-216");
        }
        (Move("failovering"), "E-213")
    }

    fn reprotect(&self, status: &str) -> (Verdict, Rule) {
        if status == "failovered" {
            return (Move("reprotecting"), "E-230");
        }
        if status == "reprotect_failed" {
            let stays = self.policy.ebs.pair_failover == PairFailover::GroupAllowlist;
            return (if stays { Move("reprotecting") } else { Refuse }, "E-231");
        }
        (Refuse, "E-232")
    }

    fn delete(&self, status: &str) -> (Verdict, Rule) {
        if ["stopped", "invalid", "failovered"].contains(&status) {
            return (Move("deleting"), "E-250");
        }
        if status == "created" || status == "create_failed" {
            let early = self.policy.ebs.delete_before_start == DeleteBeforeStart::Accept;
            return (if early { Move("deleting") } else { Refuse }, "E-251");
        }
        if status == "delete_failed" {
            let retries = self.policy.ebs.retry_after_failure == RetryAfterFailure::Accept;
            return (if retries { Move("deleting") } else { Refuse }, "E-252");
        }
        (Refuse, "E-253")
    }

    /// The faults of a call that the status permits (`E-630` to `E-633`).
    fn limits(&self, pair: &Pair, action: Action) -> Vec<Fault> {
        let mut faults = Vec::new();
        if matches!(action, Action::Start | Action::OneShot)
            && self.disk(&pair.account, &pair.destination().disk).attached
            && !self.planted(Bug::StartOverAttachedDisk)
        {
            faults.push(fault("OperationDenied.StandbyDeviceAttached", "E-631"));
        }
        if let (Action::OneShot, Some(last)) = (action, pair.last_one_shot)
            && !self.planted(Bug::OneShotGapIgnored)
        {
            let gap = self.policy.ebs.one_shot_gap.as_millis();
            let since = self.clock.saturating_sub(last);
            if since < gap || (since == gap && !self.planted(Bug::OneShotGapInclusive)) {
                faults.push(fault("OperationDenied.ManualSyncLimit", "E-630"));
            }
        }
        let needs_copy =
            self.policy.ebs.failover_without_recover_point == FailoverWithoutRecoverPoint::Refuse;
        if action == Action::Failover && needs_copy && pair.recover_point.is_none() {
            faults.push(fault("OperationDenied.InvalidStatus", "E-633"));
        }
        if action == Action::Reprotect(true) && !self.planted(Bug::ReverseOverAttachedDisk) {
            let old = self.disk(&pair.account, &pair.source().disk);
            let in_use = match self.policy.ebs.reverse_needs {
                ReverseNeeds::DetachedOrDown => old.attached && old.up,
                ReverseNeeds::Detached => old.attached,
            };
            if in_use {
                faults.push(fault("OperationDenied", "E-632"));
            }
        }
        faults
    }

    fn move_pair(&self, pair: &mut Pair, action: Action, to: &'static str) {
        pair.status = to;
        pair.due = None;
        pair.message = None;
        pair.job = match action {
            Action::Start => {
                pair.due = Some(self.clock.saturating_add(CYCLE));
                let at_once = self.policy.ebs.first_copy == FirstCopy::AtOnce;
                at_once.then(|| Job::new(Task::Copy))
            }
            Action::OneShot => {
                pair.last_one_shot = Some(self.clock);
                Some(Job::new(Task::Copy))
            }
            Action::Stop => Some(Job::new(Task::StopPair)),
            Action::Failover => {
                if self.planted(Bug::SecondaryOpenAtAcceptance) {
                    pair.open = true;
                }
                Some(Job::new(Task::FailoverPair))
            }
            Action::Reprotect(reverse) => Some(Job::new(Task::Reprotect(reverse))),
            Action::Delete => Some(Job::new(Task::DeletePair)),
        };
    }

    pub(super) fn create_pair(
        &mut self,
        call: &Call,
        create: &CreateDiskReplicaPair,
        fresh: &Fresh,
    ) -> Reply {
        let faults = self.faults_of_create(call, create);
        if !faults.is_empty() {
            return Reply::Refused(faults);
        }
        let id = match fresh {
            Fresh::Pair(created) => created.pair.as_str().to_string(),
            _ => return Reply::Misused("E-014", Misuse::BadFreshId),
        };
        if self.pairs.iter().any(|pair| pair.id == id) {
            return Reply::Misused("E-014", Misuse::BadFreshId);
        }
        let ordinal = self.next_ordinal();
        self.pairs.push(Pair::new(&id, call.account.as_str(), call.region.as_str(), create, ordinal));
        Reply::Accepted("E-014", Some(id))
    }

    fn faults_of_create(&self, call: &Call, create: &CreateDiskReplicaPair) -> Vec<Fault> {
        let mut faults = Vec::new();
        if let Charge::PrePay { period, unit, .. } = create.settings.charge {
            let sold: &[u8] = match unit {
                PeriodUnit::Week => &[1, 2, 3, 4],
                PeriodUnit::Month => &[1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 24, 36, 48, 60],
            };
            if !sold.contains(&period) {
                faults.push(fault("InvalidParameter", "E-601"));
            }
            let newest = unit == PeriodUnit::Month && [1, 2, 3, 6, 12, 24, 36, 60].contains(&period);
            let only_newest = self.policy.ebs.paid_periods == PaidPeriods::Months;
            if only_newest && !newest && !self.planted(Bug::OldPeriodsSold) {
                faults.push(fault("InvalidParameter", "E-015"));
            }
        }
        let asks = matches!(create.settings.charge, Charge::PostPayWith { .. });
        if asks && self.policy.ebs.postpaid_bandwidth == PostpaidBandwidth::Refuse {
            faults.push(fault("InvalidParameter", "E-016"));
        }
        let (here, there) = (&call.region, &create.destination_region);
        if let Some(regions) = &self.policy.ebs.regions
            && !(regions.contains(here) && regions.contains(there))
        {
            faults.push(fault("OperationDenied", "E-010"));
        }
        let one_region = here == there;
        let forbidden = one_region && self.policy.ebs.same_region_pairs == SameRegionPairs::Refuse;
        let one_zone = one_region && create.source_zone == create.destination_zone;
        if one_zone || forbidden || create.source_disk == create.destination_disk {
            faults.push(fault("OperationDenied", "E-011"));
        }
        for disk in [create.source_disk.as_str(), create.destination_disk.as_str()] {
            let account = call.account.as_str();
            if self.disk(account, disk).removed {
                faults.push(fault("NoSuchResource", "E-013"));
            }
            let bound = |pair: &Pair| {
                pair.account == account
                    && (pair.status != "deleted" || self.planted(Bug::TombstoneKeepsDisks))
                    && (pair.primary.disk == disk || pair.standby.disk == disk)
            };
            if self.pairs.iter().any(bound) && !self.planted(Bug::DiskInTwoPairs) {
                faults.push(fault("OperationDenied", "E-012"));
            }
        }
        faults
    }

    /// The pairs of a region without tombstones, in order of creation (`E-691`, `E-692`).
    pub(super) fn list_pairs(&self, call: &Call, describe: &DescribeDiskReplicaPairs) -> Reply {
        let moves = self.policy.ebs.production_site == ProductionSite::Current;
        let listed = |pair: &&Pair| {
            let seen_from = match (describe.site, moves) {
                (Site::Production, false) => &pair.primary.region,
                (Site::Backup, false) => &pair.standby.region,
                (Site::Production, true) => &pair.source().region,
                (Site::Backup, true) => &pair.destination().region,
            };
            let hidden = pair.status == "deleted" && !self.planted(Bug::TombstoneListed);
            pair.account == call.account.as_str() && seen_from == call.region.as_str() && !hidden
        };
        let ids = self.pairs.iter().filter(listed).map(|pair| pair.id.clone()).take(10).collect();
        Reply::Listed("E-692", ids)
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
