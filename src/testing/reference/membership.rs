//! Joining and leaving groups.

use alloc::vec::Vec;

use super::super::bug::Bug;
use super::state::Kind;
use super::{Fault, Place, Reference, Replica, Reply, fault};
use crate::control_plane::{Call, Request};
use crate::policy::JoinStatuses;

/// The largest number of pairs in a group (`G-686`).
const MOST: usize = 17;

fn asked(request: &Request) -> Option<(&str, &str, bool)> {
    match request {
        Request::AddDiskReplicaPair(add) => Some((add.group.as_str(), add.pair.as_str(), true)),
        Request::RemoveDiskReplicaPair(remove) => Some((remove.group.as_str(), remove.pair.as_str(), false)),
        _ => None,
    }
}

impl Reference {
    /// The faults of joining or leaving; `None` if the call would be accepted, or is another.
    pub(super) fn faults_of_membership(&self, call: &Call, request: &Request) -> Option<Vec<Fault>> {
        let (group, pair, joins) = asked(request)?;
        let account = call.account.as_str();
        let Some(group) = self.mine(Kind::Group, group, account) else {
            return Some(Vec::from([fault("NoSuchResource", "G-610")]));
        };
        let Some(pair) = self.mine(Kind::Pair, pair, account) else {
            return Some(Vec::from([fault("NoSuchResource", "E-610")]));
        };
        let mut faults = Vec::new();
        let region = call.region.as_str();
        if !group.touches(region) {
            faults.push(fault("NoSuchResource", "G-620"));
        } else if self.production(group).region != region && !self.planted(Bug::GroupCalledAtBackup) {
            faults.push(fault("OperationDenied", "G-622"));
        }
        faults.extend(if joins {
            self.against_joining(group, pair)
        } else {
            self.against_leaving(group, pair)
        });
        (!faults.is_empty()).then_some(faults)
    }

    fn against_joining(&self, group: &Replica, pair: &Replica) -> Vec<Fault> {
        let mut faults = Vec::new();
        if group.has(pair) {
            return faults;
        }
        if pair.group.is_some() && !self.planted(Bug::PairInTwoGroups) {
            faults.push(fault("OperationDenied.PairInAnotherGroup", "G-680"));
        }
        let rests = ["created", "stopped"];
        let shown = self.shown_status(group);
        if !rests.contains(&shown) {
            faults.push(fault("OperationDenied.GroupStatusCannotAddPair", "G-281"));
        }
        if ["creating", "initial_syncing"].contains(&pair.status) {
            faults.push(fault("OperationDenied.PairInitializing", "G-682"));
        } else if !rests.contains(&pair.status) {
            faults.push(fault("OperationDenied.PairStatusCannotAddToGroup", "E-281"));
        } else if self.policy.ebs.join_statuses == JoinStatuses::Same && pair.status != shown {
            faults.push(fault("OperationDenied.PairGroupStatusConflict", "G-684"));
        }
        let one = |of: &Place, other: &Place| of.region == other.region && of.zone == other.zone;
        let here = one(pair.source(), group.source()) && one(pair.destination(), group.destination());
        if !here && !self.planted(Bug::ElsewhereJoins) {
            faults.push(fault("OperationDenied.PairGroupAZoneConflict", "G-685"));
        }
        if self.parts(group).count() >= MOST && !self.planted(Bug::GroupWithoutBound) {
            faults.push(fault("OperationDenied.PairsExceedInGroup", "G-686"));
        }
        faults
    }

    fn against_leaving(&self, group: &Replica, pair: &Replica) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.parts(group).next().is_none() {
            faults.push(fault("OperationDenied.NoPairInGroup", "G-690"));
        }
        match &pair.group {
            None => faults.push(fault("OperationDenied.PairNotInGroup", "G-691")),
            Some(other) if *other != group.id => {
                faults.push(fault("OperationDenied.PairInAnotherGroup", "G-692"));
            }
            Some(_) => {}
        }
        if !["created", "stopped", "invalid"].contains(&self.shown_status(group)) {
            faults.push(fault("OperationDenied.GroupStatusCannotRemovePair", "G-291"));
        }
        let replicating = ["initial_syncing", "manual_syncing", "syncing", "normal"];
        let busy = ["creating", "stopping", "failovering", "reprotecting", "deleting"];
        if replicating.contains(&pair.status) || busy.contains(&pair.status) {
            faults.push(fault("OperationDenied.PairStatusCannotRemoveFromGroup", "G-693"));
        }
        faults
    }

    /// A call without faults.
    pub(super) fn membership_call(&mut self, request: &Request) -> Option<Reply> {
        let (group, pair, joins) = asked(request)?;
        let timed = self.find(Kind::Group, group)?.timed;
        let pair = self.find_mut(Kind::Pair, pair)?;
        if joins {
            pair.timed = timed;
            let stays = pair.group.replace(group.into()).as_deref() == Some(group);
            return Some(Reply::accepted(if stays { "G-681" } else { "G-280" }, None));
        }
        pair.group = None;
        // A group without members stops, or stays at rest (`G-520`, `G-521`).
        let runs_on = self.planted(Bug::EmptiedGroupRuns);
        let group = self.find(Kind::Group, group)?;
        let rests = ["invalid", "creating", "created", "create_failed", "stopped", "failovered"];
        let going = ["deleting", "delete_failed", "deleted"];
        let emptied = self.parts(group).next().is_none();
        if !emptied || runs_on || rests.contains(&group.status) || going.contains(&group.status) {
            return Some(Reply::accepted("G-290", None));
        }
        let id = group.id.clone();
        let group = self.find_mut(Kind::Group, &id)?;
        (group.status, group.job, group.due, group.copy_failed) = ("stopped", None, None, false);
        Some(Reply::accepted("G-520", None))
    }
}
