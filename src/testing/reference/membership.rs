//! Joining and leaving groups.

use alloc::vec::Vec;

use super::super::bug::Bug;
use super::{Fault, Group, Pair, Reference, Reply, Rule, fault};
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
        let mine = |known: &&Group| known.id == group && known.account == account;
        let Some(group) = self.groups.iter().find(mine) else {
            return Some(Vec::from([fault("NoSuchResource", "G-610")]));
        };
        let mine = |known: &&Pair| known.id == pair && known.account == account;
        let Some(pair) = self.pairs.iter().find(mine) else {
            return Some(Vec::from([fault("NoSuchResource", "E-610")]));
        };
        let mut faults = Vec::new();
        let region = call.region.as_str();
        if group.source().0 != region && group.destination().0 != region {
            faults.push(fault("NoSuchResource", "G-620"));
        } else if self.production(group) != region && !self.planted(Bug::GroupCalledAtBackup) {
            faults.push(fault("OperationDenied", "G-622"));
        }
        if joins {
            self.against_joining(group, pair, &mut faults);
        } else {
            self.against_leaving(group, pair, &mut faults);
        }
        (!faults.is_empty()).then_some(faults)
    }

    fn against_joining(&self, group: &Group, pair: &Pair, faults: &mut Vec<Fault>) {
        if pair.group.as_deref() == Some(group.id.as_str()) {
            return;
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
        let place = |place: &super::Place| (place.region.clone(), place.zone.clone());
        let here =
            place(pair.source()) == *group.source() && place(pair.destination()) == *group.destination();
        if !here && !self.planted(Bug::ElsewhereJoins) {
            faults.push(fault("OperationDenied.PairGroupAZoneConflict", "G-685"));
        }
        if self.members(&group.id).len() >= MOST && !self.planted(Bug::GroupWithoutBound) {
            faults.push(fault("OperationDenied.PairsExceedInGroup", "G-686"));
        }
    }

    fn against_leaving(&self, group: &Group, pair: &Pair, faults: &mut Vec<Fault>) {
        if self.members(&group.id).is_empty() {
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
    }

    /// A call without faults.
    pub(super) fn membership_call(&mut self, request: &Request) -> Reply {
        let Some((group, pair, joins)) = asked(request) else { return Reply::Refused(Vec::new()) };
        let Some(pair) = self.pairs.iter_mut().find(|known| known.id == pair) else {
            return Reply::Refused(Vec::new());
        };
        if joins {
            if pair.group.as_deref() == Some(group) {
                return Reply::Accepted("G-681", None);
            }
            pair.group = Some(group.into());
            return Reply::Accepted("G-280", None);
        }
        pair.group = None;
        Reply::Accepted(self.left(group), None)
    }

    /// A member has left: a group without members stops, or stays at rest (`G-520`, `G-521`).
    fn left(&mut self, group: &str) -> Rule {
        let emptied = self.members(group).is_empty() && !self.planted(Bug::EmptiedGroupRuns);
        let Some(group) = self.groups.iter_mut().find(|known| known.id == group) else { return "G-290" };
        let rests = ["invalid", "creating", "created", "create_failed", "stopped", "failovered"];
        let going = ["deleting", "delete_failed", "deleted"];
        if emptied && !rests.contains(&group.status) && !going.contains(&group.status) {
            (group.status, group.job, group.due, group.copy_failed) = ("stopped", None, None, false);
            return "G-520";
        }
        "G-290"
    }
}
