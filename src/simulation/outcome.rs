//! How effects end when nobody says: by the oldest fault that is meant for them, else as the disks and nodes have it.

use super::{Fault, PairStage, Simulation, stream};
use crate::control_plane::{Effect, EffectKind, Outcome};
use crate::ebs::PairEffect;
use crate::ids::PairId;
use crate::polardb::{ClusterEffect, Failure};

impl Simulation {
    /// How an effect ends: by the oldest fault that is meant for it, else as the state of disks and nodes has it.
    pub(super) fn outcome_of(&mut self, effect: &Effect) -> Outcome {
        let failed = |failure| Outcome::Failed { failure, message: None };
        match &effect.kind {
            EffectKind::Pair { pair, effect } => self.pair_outcome(pair, *effect),
            EffectKind::Cluster { effect: ClusterEffect::Lifecycle(_), .. } => Outcome::Succeeded,
            EffectKind::Cluster { effect: ClusterEffect::Work(work), cluster } => {
                let struck = self.faults.strike(|fault| match fault {
                    Fault::Work { cluster: meant, effect, reason } => {
                        let so = effect.as_deref().is_none_or(|effect| effect == work.name());
                        (so && meant.matches(cluster.as_str())).then_some(*reason)
                    }
                    _ => None,
                });
                struck.map_or(Outcome::Succeeded, failed)
            }
            EffectKind::Cluster { effect: ClusterEffect::ChooseNode(tier), cluster } => {
                let number = stream::number(self.seed, "choose", &[cluster.as_str()], effect.id.0);
                tier.get(stream::below(number, tier.len()))
                    .map_or(failed(Failure::Other), |node| Outcome::Chosen(node.clone()))
            }
            EffectKind::Cluster { effect: ClusterEffect::PromoteNode(node), cluster } => {
                let struck = self.faults.strike(|fault| match fault {
                    Fault::Switch { node: meant, reason } if meant.matches(node.as_str()) => Some(*reason),
                    _ => None,
                });
                let found = self.plane.cluster(cluster).and_then(|cluster| cluster.node(node));
                match struck {
                    Some(reason) => failed(reason),
                    None if found.is_some_and(|node| !node.replicating) => failed(Failure::Replication),
                    None => Outcome::Succeeded,
                }
            }
        }
    }

    fn pair_outcome(&mut self, id: &PairId, effect: PairEffect) -> Outcome {
        let Some(pair) = self.plane.pair(id) else { return Outcome::Succeeded };
        let source = pair.source().disk.clone();
        let down = |disk| {
            let disk = self.plane.disk(pair.account(), disk);
            !disk.up || disk.removed
        };
        let impossible = match effect {
            PairEffect::Copy => down(&source) || down(&pair.destination().disk),
            PairEffect::Failover => down(&pair.destination().disk),
            _ => false,
        };
        let struck = self.faults.strike(|fault| match fault {
            Fault::Pair { pair, disk, fails, message } => {
                let named = pair.as_ref().is_some_and(|pair| pair.matches(id.as_str()));
                let by_disk = disk.as_deref().is_some_and(|disk| disk == source.as_str());
                ((named || by_disk) && *fails == PairStage::from(effect)).then(|| message.clone())
            }
            _ => None,
        });
        match struck {
            Some(message) => Outcome::Failed { failure: Failure::Other, message },
            None if impossible => Outcome::Failed { failure: Failure::Other, message: None },
            None => Outcome::Succeeded,
        }
    }
}
