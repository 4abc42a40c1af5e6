//! Reports: outcomes of effects, and observations.

use alloc::format;
use alloc::vec::Vec;

use super::{Resolver, Selector, StepContext, StepKind, account, clusters, id, pick, replicas, zone};
use crate::control_plane::{Observation, Outcome, Report};
use crate::ids::EffectId;
use crate::polardb::{DbCluster, Failure, NodeChange};
use crate::testing::view::{PendingEffect, Task};
use crate::text::StatusMessage;

/// The result that is reported of an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completion {
    /// Success; if the effect asks for a choice, the choice of an offered node.
    Success(u8),
    /// Failure.
    Failure(Failure),
    /// The choice of a node, offered or not.
    Chosen(Selector),
    /// Success, even if the effect asks for a choice.
    Done,
}

impl<C: StepContext> Resolver<'_, C> {
    /// The report of a step; `None` if there is nothing to report on.
    pub(super) fn report(&self, kind: &StepKind) -> Option<Report> {
        let observation = match kind {
            StepKind::Ended(effect, completion) => {
                let id = pick(Some(*effect), &self.view.effects)?.id;
                return Some(Report::Outcome { id, outcome: self.outcome(*completion, id) });
            }
            StepKind::EndedPartly { effect, member } => return self.partial_failure(*effect, *member),
            StepKind::Late(effect, completion) => {
                let id = self.context.effect_numbered(*effect);
                return Some(Report::Outcome { id, outcome: self.outcome(*completion, id) });
            }
            StepKind::Disk { account: owner, disk, change } => Observation::Disk {
                account: account(*owner),
                disk: id(&format!("d-{disk}")),
                change: *change,
            },
            StepKind::PairInvalid(pair) => Observation::PairInvalid {
                pair: replicas::pair_id(pick(*pair, &self.view.pairs)),
                message: StatusMessage::parse("DeviceSizeChanged").ok()?,
            },
            StepKind::GroupInvalid(group) => Observation::GroupInvalid {
                group: replicas::group_id(pick(*group, &self.view.groups)),
                message: StatusMessage::parse("PrePayOrderExpired").ok()?,
            },
            StepKind::Node(node, change) => Observation::Node { node: self.node(*node), change: *change },
            StepKind::Zone { cluster, zone: number, up } => {
                let cluster = clusters::id_of(pick(*cluster, &self.view.clusters));
                let nodes = self.context.cluster(&cluster).into_iter().flat_map(DbCluster::nodes);
                let lost = nodes.filter(|node| node.zone == zone(*number)).map(|node| node.id.clone());
                Observation::Nodes { nodes: lost.collect(), change: NodeChange::Up(*up) }
            }
            StepKind::ClusterBusy { cluster, busy } => Observation::ClusterBusy {
                cluster: clusters::id_of(pick(*cluster, &self.view.clusters)),
                status: busy.then(|| StatusMessage::parse("ClassChanging").ok()).flatten(),
            },
            StepKind::ClusterRemoved(cluster) => {
                Observation::ClusterRemoved { cluster: clusters::id_of(pick(*cluster, &self.view.clusters)) }
            }
            _ => return None,
        };
        Some(Report::Observed(observation))
    }

    /// The failure of a group's effect for one of its members.
    fn partial_failure(&self, effect: u8, member: u8) -> Option<Report> {
        let divisible = |effect: &&PendingEffect| {
            matches!(effect.task, Task::Stop | Task::Failover | Task::Reprotect(_))
                && self.is_group(&effect.resource)
        };
        let effects: Vec<_> = self.view.effects.iter().filter(divisible).collect();
        let PendingEffect { id: effect, members, .. } = pick(Some(effect), &effects)?;
        let failed = pick(Some(member), members).map(|pair| id(pair)).into_iter().collect();
        let outcome = Outcome::PartlyFailed { failure: Failure::Other, failed };
        Some(Report::Outcome { id: *effect, outcome })
    }

    fn outcome(&self, completion: Completion, effect: EffectId) -> Outcome {
        match completion {
            Completion::Success(index) => {
                let effect = self.view.effects.iter().find(|pending| pending.id == effect);
                match effect.map(|effect| &effect.task) {
                    Some(Task::ChooseNode(tier)) => {
                        pick(Some(index), tier).map_or(Outcome::Succeeded, |node| Outcome::Chosen(id(node)))
                    }
                    _ => Outcome::Succeeded,
                }
            }
            Completion::Failure(failure) => {
                Outcome::Failed { failure, message: StatusMessage::parse("OperationDenied.QuotaExceed").ok() }
            }
            Completion::Chosen(node) => Outcome::Chosen(self.node(node)),
            Completion::Done => Outcome::Succeeded,
        }
    }
}
