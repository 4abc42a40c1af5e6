//! A consistent group and its members: joining and leaving, rounds of copies, every outcome whole and in part, members that
//! break, the calls of the group at both ends, and failover of a member, which is refused.

use std::collections::BTreeSet;

use failover_model::ebs::{
    AddDiskReplicaPair, CreateDiskReplicaGroup, DeleteDiskReplicaGroup, FailoverDiskReplicaGroup,
    FailoverDiskReplicaPair, GroupCreated, GroupStatus, PairSeed, PairStatus, RemoveDiskReplicaPair,
    ReprotectDiskReplicaGroup, StartDiskReplicaGroup, StopDiskReplicaGroup,
};
use failover_model::polardb::Failure;
use failover_model::testing::explore::{Renaming, Sometimes};
use failover_model::{
    ControlPlane, EffectKind, Fresh, GroupId, Input, Observation, Outcome, Policy, Report, Request, Span,
};

use super::pairs::{call, disk_changes, observed, outcomes};
use super::walk::{Lawful, Setting, sometimes};
use crate::kit::{self, DESTINATION, OWNER, SOURCE, id, message, pair_id};

/// So many pairs, which a group may have.
#[derive(Clone, Copy)]
pub struct Groups {
    pub pairs: u32,
    /// Whether members break.
    pub breaks: bool,
    /// Whether the disks of pairs go down, are attached and are removed.
    pub disks: bool,
    /// Whether states that differ in which pair is which are one.
    pub alike: bool,
}

fn group_id() -> GroupId {
    id("pg-1")
}

fn shows(plane: &ControlPlane, status: GroupStatus) -> bool {
    plane.groups().any(|view| view.status == status)
}

/// Of each effect of a group that concerns several members, the ends in which one of them failed.
fn partly(plane: &ControlPlane) -> Vec<Input> {
    let mut inputs = Vec::new();
    for effect in plane.outstanding() {
        let EffectKind::Group { members, .. } = &effect.kind else { continue };
        for failed in members.iter().filter(|_| members.len() > 1) {
            let failed = BTreeSet::from([failed.clone()]);
            let outcome = Outcome::PartlyFailed { failure: Failure::Network, failed };
            inputs.push(Input::Report(plane.clock(), Report::Outcome { id: effect.id, outcome }));
        }
    }
    inputs
}

impl Setting for Groups {
    fn start(&self) -> ControlPlane {
        let mut plane = ControlPlane::new(Policy::default());
        let now = kit::at(kit::START);
        for number in 1..=self.pairs {
            let seed = PairSeed { created_at: now, ..kit::pair_seed(number, PairStatus::Created) };
            let _ = plane.adopt_pair(now, &id(OWNER), &id(SOURCE), seed).unwrap();
        }
        let request = CreateDiskReplicaGroup::new(id("cn-shanghai-a"), (id(DESTINATION), id("cn-beijing-b")))
            .settings(failover_model::ebs::GroupSettings::default());
        let fresh = Fresh::Group(GroupCreated { group: group_id() });
        let _ = plane.apply(&call(&plane, SOURCE, request, fresh)).unwrap();
        plane
    }

    fn inputs(&self, plane: &ControlPlane) -> Vec<Input> {
        let mut inputs = outcomes(plane);
        inputs.extend(partly(plane));
        let group = group_id();
        let requests: [Request; 7] = [
            StartDiskReplicaGroup::new(group.clone()).into(),
            StartDiskReplicaGroup::new(group.clone()).one_shot(true).into(),
            StopDiskReplicaGroup::new(group.clone()).into(),
            DeleteDiskReplicaGroup::new(group.clone()).into(),
            FailoverDiskReplicaGroup::new(group.clone()).into(),
            ReprotectDiskReplicaGroup::new(group.clone()).reverse_replicate(true).into(),
            ReprotectDiskReplicaGroup::new(group.clone()).reverse_replicate(false).into(),
        ];
        for request in requests {
            for region in [SOURCE, DESTINATION] {
                inputs.push(call(plane, region, request.clone(), Fresh::None));
            }
        }
        for number in 1..=self.pairs {
            let pair = pair_id(number);
            let member: [Request; 2] = [
                AddDiskReplicaPair::new(group.clone(), pair.clone()).into(),
                RemoveDiskReplicaPair::new(group.clone(), pair.clone()).into(),
            ];
            inputs.extend(member.map(|request| call(plane, SOURCE, request, Fresh::None)));
            // On its own a member is refused; one that left is not looked after any further here.
            if plane.pair(&pair).is_some_and(|pair| pair.group().is_some()) {
                let failover = FailoverDiskReplicaPair::new(pair.clone());
                inputs.extend([SOURCE, DESTINATION].map(|at| call(plane, at, failover.clone(), Fresh::None)));
                if self.breaks {
                    inputs.push(observed(
                        plane,
                        Observation::PairInvalid { pair, message: message("DeviceRemoved") },
                    ));
                }
            }
        }
        if self.disks {
            let numbers = 1..=self.pairs;
            let disks: Vec<String> = numbers.flat_map(|n| [format!("s-{n}"), format!("t-{n}")]).collect();
            disk_changes(plane, &disks, &mut inputs);
        }
        match plane.next_deadline() {
            Some(deadline) => inputs.push(Input::Advance(deadline.at)),
            None => inputs.push(Input::Advance(plane.clock().after(Span::from_millis(450_001)))),
        }
        inputs
    }

    fn sometimes(&self) -> Vec<Sometimes<Lawful<Self>>> {
        let mut seen = vec![
            sometimes("a round committed", |_, state| shows(&state.plane, GroupStatus::Normal)),
            sometimes("failed over", |_, state| shows(&state.plane, GroupStatus::Failedover)),
            sometimes("reversed and replicating", |_, state| {
                state.plane.groups().any(|view| {
                    view.group.source() == view.group.standby() && view.status == GroupStatus::Normal
                })
            }),
            sometimes("deleted", |_, state| shows(&state.plane, GroupStatus::Deleted)),
        ];
        if self.pairs > 1 {
            seen.push(sometimes("failed over in part", |_, state| {
                let pairs: BTreeSet<PairStatus> = state.plane.pairs().map(|pair| pair.status()).collect();
                shows(&state.plane, GroupStatus::FailoverFailed) && pairs.contains(&PairStatus::Failedover)
            }));
        }
        if self.breaks || self.disks {
            seen.push(sometimes("a member is broken", |_, state| shows(&state.plane, GroupStatus::Invalid)));
        }
        seen
    }

    fn decide(&self) -> Vec<&'static str> {
        let mut decide = vec!["E-623", "G-410", "G-621", "G-622"];
        decide.extend((self.pairs > 1).then_some("G-404"));
        decide.extend(self.breaks.then_some("E-510"));
        decide
    }

    fn at_rest(&self, plane: &ControlPlane) -> bool {
        plane.outstanding().next().is_none()
    }

    fn renamings(&self) -> Vec<Renaming> {
        let orders: &[&[u32]] = match self.pairs {
            2 => &[&[2, 1]],
            3 => &[&[1, 3, 2], &[2, 1, 3], &[2, 3, 1], &[3, 1, 2], &[3, 2, 1]],
            _ => &[],
        };
        let names = |order: &[u32]| -> Vec<(String, String)> {
            let each = (1..).zip(order).filter(|(from, to)| from != *to);
            each.flat_map(|(from, to)| {
                ["pair", "s", "t"].map(|kind| (format!("{kind}-{from}"), format!("{kind}-{to}")))
            })
            .collect()
        };
        let renaming = |order: &&[u32]| {
            let names = names(order);
            Renaming::of(names.iter().map(|(from, to)| (from.as_str(), to.as_str())))
        };
        if self.alike { orders.iter().map(renaming).collect() } else { Vec::new() }
    }
}
