//! Drills: disks made from the recover point of a pair or of each member of a group.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::super::bug::Bug;
use super::super::view::{DrillDiskView, DrillView, Task};
use super::state::Kind::{self, Group, Pair};
use super::{Drill, Fault, Job, Reference, Replica, Reply, fault};
use crate::control_plane::{Call, Fresh, Misuse, Outcome, Request};
use crate::ebs::FreshDrill;
use crate::ids::{DrillId, EffectId};
use crate::policy::DrillWithoutRecoverPoint;
use crate::time::Timestamp;

/// The pair or group of a request, and the drill if one is named.
fn asked(request: &Request) -> Option<(Kind, &str, Option<&str>)> {
    Some(match request {
        Request::StartPairDrill(start) => (Pair, start.pair.as_str(), None),
        Request::StartReplicaGroupDrill(start) => (Group, start.group.as_str(), None),
        Request::ClearPairDrill(clear) => (Pair, clear.pair.as_str(), Some(clear.drill.as_str())),
        Request::ClearReplicaGroupDrill(clear) => (Group, clear.group.as_str(), Some(clear.drill.as_str())),
        Request::DescribePairDrills(list) => {
            (Pair, list.pair.as_str(), list.drill.as_ref().map(DrillId::as_str))
        }
        Request::DescribeReplicaGroupDrills(list) => {
            (Group, list.group.as_str(), list.drill.as_ref().map(DrillId::as_str))
        }
        _ => return None,
    })
}

impl Drill {
    fn is_of(&self, kind: Kind, owner: &str) -> bool {
        self.of == kind && self.shown.owner == owner
    }
}

impl Reference {
    pub(super) fn start_drill(&mut self, call: &Call, request: &Request, fresh: &Fresh) -> Option<Reply> {
        let (kind, id, _) = asked(request)?;
        let (account, region) = (call.account.as_str(), call.region.as_str());
        let Some(owner) = self.mine(kind, id, account) else {
            return Some(Reply::refused("NoSuchResource", "D-610"));
        };
        let mut faults: Vec<Fault> = Vec::new();
        if !owner.touches(region) {
            faults.push(fault("NoSuchResource", "D-620"));
        } else if owner.destination().region != region && !self.planted(Bug::DrillAtSource) {
            faults.push(fault("OperationDenied.StartDrillShouldOnDestRegion", "D-621"));
        }
        if owner.status == "deleted" {
            faults.push(fault("OperationDenied", "D-113"));
        }
        let recover_point = self.recover_point(owner);
        let refuses = self.policy.ebs.drill_without_recover_point == DrillWithoutRecoverPoint::Refuse;
        if recover_point.is_none() && refuses {
            faults.push(fault("OperationDenied.RecoverPointNotFound", "D-633"));
        }
        if !faults.is_empty() {
            return Some(Reply::Refused(faults));
        }
        let pairs: Vec<String> = self.parts(owner).map(|pair| pair.id.clone()).collect();
        let disks: Vec<String> = match fresh {
            Fresh::Drill(FreshDrill { disks, .. }) => disks.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        };
        let drill = if let Fresh::Drill(FreshDrill { drill, .. }) = fresh { drill.as_str() } else { "" };
        let twice = |disk: &String| disks.iter().filter(|other| *other == disk).count() > 1;
        let unfit = disks.iter().any(|disk| twice(disk) || self.knows_disk(account, disk));
        let in_use = self.drills.iter().any(|known| known.shown.id == drill);
        if drill.is_empty() || disks.len() != pairs.len() || unfit || in_use {
            return Some(Reply::misused("D-110", Misuse::BadFreshId));
        }
        let runs = recover_point.is_some() || self.planted(Bug::DrillOfNothing);
        let why = kind.of("PAIR_SYNCPOINT_NOT_FOUND", "GROUP_SYNCPOINT_NOT_FOUND");
        // A drill that fails at once has no disks.
        let made = pairs.iter().cloned().zip(disks).filter(|_| runs);
        let disk = |(pair, disk)| DrillDiskView { pair, disk, status: "creating".to_string() };
        self.drills.push(Drill {
            account: account.to_string(),
            of: kind,
            job: runs.then(|| Job::new(Task::Create)),
            shown: DrillView {
                id: drill.to_string(),
                owner: id.to_string(),
                status: if runs { "executing" } else { "execute_failed" }.to_string(),
                message: (!runs).then(|| why.to_string()),
                started_at: self.clock(),
                recover_point: recover_point.map(Timestamp::from_millis),
                disks: made.map(disk).collect(),
            },
        });
        if self.planted(Bug::DrillStopsReplication) {
            for pair in self.replicas.iter_mut().filter(|pair| pairs.contains(&pair.id)) {
                (pair.job, pair.due) = (None, None);
            }
        }
        Some(Reply::accepted(if runs { "D-110" } else { "D-111" }, Some(drill.to_string())))
    }

    /// Whether the id belongs to a disk of a pair or drill, or to one that was reported on.
    fn knows_disk(&self, account: &str, id: &str) -> bool {
        let made =
            |drill: &Drill| drill.account == account && drill.shown.disks.iter().any(|disk| disk.disk == id);
        self.replicas.iter().any(|pair| pair.status != "deleted" && pair.has_disk(account, id))
            || self.drills.iter().any(made)
            || self.disks.iter().any(|disk| disk.account == account && disk.id == id)
    }

    pub(super) fn clear_drill(&mut self, call: &Call, request: &Request) -> Option<Reply> {
        let (kind, id, drill) = asked(request)?;
        let Some(owner) = self.mine(kind, id, call.account.as_str()) else {
            return Some(Reply::refused("NoSuchResource", "D-610"));
        };
        if !owner.touches(call.region.as_str()) {
            return Some(Reply::refused("NoSuchResource", "D-620"));
        }
        let early = self.planted(Bug::DrillClearedEarly);
        let anybodys = self.planted(Bug::DrillOfAnotherCleared);
        let named = |known: &&mut Drill| Some(&*known.shown.id) == drill;
        let Some(drill) = self.drills.iter_mut().find(named) else {
            return Some(Reply::refused("NoSuchResource", "D-610"));
        };
        if !drill.is_of(kind, id) && !anybodys {
            return Some(Reply::refused("NoSuchResource", "D-611"));
        }
        Some(match &*drill.shown.status {
            "clearing" => Reply::accepted("D-131", None),
            "executing" if !early => Reply::refused("OperationDenied.InvalidStatus", "D-132"),
            _ => {
                drill.job = Some(Job::new(Task::Delete));
                (drill.shown.status, drill.shown.message) = ("clearing".to_string(), None);
                drill.shown.disks.iter_mut().for_each(|disk| disk.status = "deleting".to_string());
                Reply::accepted("D-130", None)
            }
        })
    }

    /// The effect of a drill ended.
    pub(super) fn drill_ended(&mut self, at: usize, id: EffectId, outcome: &Outcome) -> Option<Reply> {
        // A failure without a message shows the error code that all operations have in common.
        let message = match outcome {
            Outcome::Succeeded => None,
            Outcome::Failed { message: Some(message), .. } => Some(message.as_str().to_string()),
            Outcome::Failed { message: None, .. } => Some("InternalError".to_string()),
            _ => return Some(Reply::misused("C-040", Misuse::WrongOutcome(id))),
        };
        let well = *outcome == Outcome::Succeeded;
        let stays = self.planted(Bug::ClearedDrillStays);
        let drill = self.drills.get_mut(at)?;
        let (status, disks, rule) = match (drill.job.take()?.task, well) {
            (Task::Create, true) => ("executed", "created", "D-120"),
            (Task::Create, false) => ("execute_failed", "", "D-121"),
            (_, true) if !stays => {
                self.drills.remove(at);
                return Some(Reply::done("D-140"));
            }
            (_, true) => ("clearing", "deleted", "D-140"),
            (_, false) => ("clear_failed", "", "D-141"),
        };
        let disks = message.clone().unwrap_or_else(|| disks.to_string());
        (drill.shown.status, drill.shown.message) = (status.to_string(), message);
        drill.shown.disks.iter_mut().for_each(|disk| disk.status.clone_from(&disks));
        Some(Reply::done(rule))
    }

    /// Drills are forgotten together with their pair or group (`D-150`).
    pub(super) fn forget_drills(&mut self, owner: &Replica) {
        if !self.planted(Bug::DrillOutlivesItsPair) {
            self.drills.retain(|drill| !drill.is_of(owner.kind, &owner.id));
        }
    }

    /// The drills of a pair or group, in order of start; none if the pair or group is unknown (`D-690`).
    pub(super) fn list_drills(&self, call: &Call, request: &Request) -> Option<Reply> {
        let (kind, id, wanted) = asked(request)?;
        let owner = self.mine(kind, id, call.account.as_str());
        let seen = owner.is_some_and(|owner| owner.touches(call.region.as_str()));
        let its = |drill: &&Drill| {
            seen && drill.is_of(kind, id) && wanted.is_none_or(|wanted| wanted == drill.shown.id)
        };
        let ids = self.drills.iter().filter(its).map(|drill| drill.shown.id.clone()).take(10).collect();
        Some(Reply::listed("D-690", ids))
    }
}
