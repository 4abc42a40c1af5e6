//! Drills: disks made from the recover point of a pair or of each member of a group.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use super::super::bug::Bug;
use super::super::view::Task;
use super::{Drill, Fault, Job, Reference, Reply, fault};
use crate::control_plane::{Call, Fresh, Misuse, Outcome, Request};
use crate::ids::EffectId;
use crate::policy::DrillWithoutRecoverPoint;

/// The pair or group of a request, whether it is a group, and the drill if one is named.
fn asked(request: &Request) -> Option<(&str, bool, Option<&str>)> {
    match request {
        Request::StartPairDrill(start) => Some((start.pair.as_str(), false, None)),
        Request::StartReplicaGroupDrill(start) => Some((start.group.as_str(), true, None)),
        Request::ClearPairDrill(clear) => Some((clear.pair.as_str(), false, Some(clear.drill.as_str()))),
        Request::ClearReplicaGroupDrill(clear) => {
            Some((clear.group.as_str(), true, Some(clear.drill.as_str())))
        }
        Request::DescribePairDrills(describe) => {
            Some((describe.pair.as_str(), false, describe.drill.as_ref().map(|drill| drill.as_str())))
        }
        Request::DescribeReplicaGroupDrills(describe) => {
            Some((describe.group.as_str(), true, describe.drill.as_ref().map(|drill| drill.as_str())))
        }
        _ => None,
    }
}

/// The facts about a pair or group that matter for its drills.
struct Owner {
    source: String,
    destination: String,
    deleted: bool,
    recover_point: Option<u64>,
    pairs: Vec<String>,
}

impl Reference {
    fn owner(&self, account: &str, id: &str, of_group: bool) -> Option<Owner> {
        if of_group {
            let group = self.groups.iter().find(|group| group.id == id && group.account == account)?;
            return Some(Owner {
                source: group.source().0.clone(),
                destination: group.destination().0.clone(),
                deleted: group.status == "deleted",
                recover_point: self.common_recover_point(group),
                pairs: self.members(id).iter().map(|pair| pair.id.clone()).collect(),
            });
        }
        let pair = self.pairs.iter().find(|pair| pair.id == id && pair.account == account)?;
        Some(Owner {
            source: pair.source().region.clone(),
            destination: pair.destination().region.clone(),
            deleted: pair.status == "deleted",
            recover_point: pair.recover_point,
            pairs: vec![id.to_string()],
        })
    }

    pub(super) fn start_drill(&mut self, call: &Call, request: &Request, fresh: &Fresh) -> Reply {
        let Some((id, of_group, _)) = asked(request) else { return Reply::Refused(Vec::new()) };
        let (account, region) = (call.account.as_str(), call.region.as_str());
        let Some(owner) = self.owner(account, id, of_group) else {
            return Reply::Refused(vec![fault("NoSuchResource", "D-610")]);
        };
        let mut faults: Vec<Fault> = Vec::new();
        if owner.destination != region && owner.source != region {
            faults.push(fault("NoSuchResource", "D-620"));
        } else if owner.destination != region && !self.planted(Bug::DrillAtSource) {
            faults.push(fault("OperationDenied.StartDrillShouldOnDestRegion", "D-621"));
        }
        if owner.deleted {
            faults.push(fault("OperationDenied", "D-113"));
        }
        let refuses = self.policy.ebs.drill_without_recover_point == DrillWithoutRecoverPoint::Refuse;
        if owner.recover_point.is_none() && refuses {
            faults.push(fault("OperationDenied.RecoverPointNotFound", "D-633"));
        }
        if !faults.is_empty() {
            return Reply::Refused(faults);
        }
        let bad = Reply::Misused("D-110", Misuse::BadFreshId);
        let Fresh::Drill(fresh) = fresh else { return bad };
        let disks: Vec<String> = fresh.disks.iter().map(|disk| disk.as_str().to_string()).collect();
        let drill = fresh.drill.as_str().to_string();
        let twice = |disk: &String| disks.iter().filter(|other| *other == disk).count() > 1;
        let unfit = disks.iter().any(|disk| twice(disk) || self.knows_disk(account, disk));
        if disks.len() != owner.pairs.len() || unfit || self.drills.iter().any(|known| known.id == drill) {
            return bad;
        }
        let runs = owner.recover_point.is_some() || self.planted(Bug::DrillOfNothing);
        let why = if of_group { "GROUP_SYNCPOINT_NOT_FOUND" } else { "PAIR_SYNCPOINT_NOT_FOUND" };
        // A drill that fails at once has no disks.
        let made = owner.pairs.iter().cloned().zip(disks).filter(|_| runs);
        let made = made.map(|(pair, disk)| (pair, disk, "creating".to_string())).collect();
        self.drills.push(Drill {
            id: drill.clone(),
            account: account.to_string(),
            owner: id.to_string(),
            of_group,
            status: if runs { "executing" } else { "execute_failed" },
            message: (!runs).then(|| why.to_string()),
            started: self.clock,
            recover_point: owner.recover_point,
            disks: made,
            job: runs.then(|| Job::new(Task::StartDrill)),
        });
        if self.planted(Bug::DrillStopsReplication) {
            for pair in self.pairs.iter_mut().filter(|pair| owner.pairs.contains(&pair.id)) {
                (pair.job, pair.due) = (None, None);
            }
        }
        Reply::Accepted(if runs { "D-110" } else { "D-111" }, Some(drill))
    }

    /// Whether the id belongs to a disk of a pair or drill, or to one that was reported on.
    fn knows_disk(&self, account: &str, id: &str) -> bool {
        let of_pair = self.pairs.iter().any(|pair| {
            let ends = pair.primary.disk == id || pair.standby.disk == id;
            pair.account == account && pair.status != "deleted" && ends
        });
        let of_drill = self
            .drills
            .iter()
            .any(|drill| drill.account == account && drill.disks.iter().any(|(_, disk, _)| disk == id));
        of_pair || of_drill || self.disks.iter().any(|disk| disk.account == account && disk.id == id)
    }

    pub(super) fn clear_drill(&mut self, call: &Call, request: &Request) -> Reply {
        let Some((id, of_group, Some(drill))) = asked(request) else { return Reply::Refused(Vec::new()) };
        let region = call.region.as_str();
        let unknown = |rule| Reply::Refused(vec![fault("NoSuchResource", rule)]);
        let Some(owner) = self.owner(call.account.as_str(), id, of_group) else { return unknown("D-610") };
        if owner.source != region && owner.destination != region {
            return unknown("D-620");
        }
        let early = self.planted(Bug::DrillClearedEarly);
        let anybodys = self.planted(Bug::DrillOfAnotherCleared);
        let Some(drill) = self.drills.iter_mut().find(|known| known.id == drill) else {
            return unknown("D-610");
        };
        if (drill.owner != id || drill.of_group != of_group) && !anybodys {
            return unknown("D-611");
        }
        if drill.status == "clearing" {
            return Reply::Accepted("D-131", None);
        }
        if drill.status == "executing" && !early {
            return Reply::Refused(vec![fault("OperationDenied.InvalidStatus", "D-132")]);
        }
        (drill.status, drill.message, drill.job) = ("clearing", None, Some(Job::new(Task::ClearDrill)));
        drill.disks.iter_mut().for_each(|(_, _, status)| *status = "deleting".to_string());
        Reply::Accepted("D-130", None)
    }

    /// The effect of a drill ended.
    pub(super) fn drill_ended(&mut self, at: usize, id: EffectId, outcome: &Outcome) -> Reply {
        // A failure without a message shows the error code that all operations have in common.
        let message = match outcome {
            Outcome::Succeeded => None,
            Outcome::Failed { message: Some(message), .. } => Some(message.as_str().to_string()),
            Outcome::Failed { message: None, .. } => Some("InternalError".to_string()),
            _ => return Reply::Misused("C-040", Misuse::WrongOutcome(id)),
        };
        let well = *outcome == Outcome::Succeeded;
        let stays = self.planted(Bug::ClearedDrillStays);
        let Some(drill) = self.drills.get_mut(at) else { return Reply::Done("C-040") };
        let Some(job) = drill.job.take() else { return Reply::Done("C-040") };
        let (status, disks, rule) = match (job.task, well) {
            (Task::StartDrill, true) => ("executed", "created", "D-120"),
            (Task::StartDrill, false) => ("execute_failed", "", "D-121"),
            (_, true) if !stays => {
                self.drills.remove(at);
                return Reply::Done("D-140");
            }
            (_, true) => ("clearing", "deleted", "D-140"),
            (_, false) => ("clear_failed", "", "D-141"),
        };
        let disks = message.clone().unwrap_or_else(|| disks.to_string());
        (drill.status, drill.message) = (status, message);
        drill.disks.iter_mut().for_each(|(_, _, shown)| shown.clone_from(&disks));
        Reply::Done(rule)
    }

    /// Drills are forgotten together with their pair or group (`D-150`).
    pub(super) fn forget_drills(&mut self, owner: &str, of_group: bool) {
        if !self.planted(Bug::DrillOutlivesItsPair) {
            self.drills.retain(|drill| drill.owner != owner || drill.of_group != of_group);
        }
    }

    /// The drills of a pair or group, in order of start; none if the pair or group is unknown (`D-690`).
    pub(super) fn list_drills(&self, call: &Call, request: &Request) -> Reply {
        let Some((id, of_group, wanted)) = asked(request) else { return Reply::Refused(Vec::new()) };
        let region = call.region.as_str();
        let owner = self.owner(call.account.as_str(), id, of_group);
        let seen = owner.is_some_and(|owner| owner.source == region || owner.destination == region);
        let its = |drill: &&Drill| {
            let named = wanted.is_none_or(|wanted| wanted == drill.id);
            seen && named && drill.owner == id && drill.of_group == of_group
        };
        let ids = self.drills.iter().filter(its).map(|drill| drill.id.clone()).take(10).collect();
        Reply::Listed("D-690", ids)
    }
}
