//! Default outcomes: the oldest matching fault, else what the state of disks and nodes implies.

use alloc::collections::BTreeSet;

use super::{Fault, GroupStage, NetworkStage, PairStage, Simulation, stream};
use crate::control_plane::{Effect, EffectKind, Outcome};
use crate::ebs::{GroupEffect, PairEffect};
use crate::ids::{ClusterId, GroupId, NetworkId, PairId};
use crate::polardb::{ClusterEffect, DbCluster, Failure, NetworkEffect, SwitchMode};

impl Simulation {
    /// The default outcome of an effect.
    pub(super) fn outcome_of(&mut self, effect: &Effect) -> Outcome {
        let failed = |failure| Outcome::Failed { failure, message: None };
        match &effect.kind {
            EffectKind::Pair { pair, effect } => self.pair_outcome(pair, *effect),
            EffectKind::Group { group, effect, members } => self.group_outcome(group, *effect, members),
            EffectKind::Drill { drill, owner, effect } => {
                let struck = self.world.faults.strike(|fault| match fault {
                    Fault::Drill { of, fails, message } => {
                        let meant = of.matches(drill.as_str()) || of.matches(owner.as_str());
                        (meant && fails == effect).then(|| message.clone())
                    }
                    _ => None,
                });
                struck.map_or(Outcome::Succeeded, |message| Outcome::Failed {
                    failure: Failure::Other,
                    message,
                })
            }
            EffectKind::Cluster { effect: ClusterEffect::Lifecycle(_), .. } => Outcome::Succeeded,
            EffectKind::Cluster { effect: ClusterEffect::Work(work), cluster } => {
                let struck = self.world.faults.strike(|fault| match fault {
                    Fault::Work { cluster: meant, effect, reason } => {
                        let same_effect = effect.as_deref().is_none_or(|effect| effect == work.name());
                        (same_effect && meant.matches(cluster.as_str())).then_some(*reason)
                    }
                    _ => None,
                });
                struck.map_or(Outcome::Succeeded, failed)
            }
            EffectKind::Cluster { effect: ClusterEffect::ChooseNode(tier), cluster } => {
                let number = stream::number(self.world.seed, "choose", &[cluster.as_str()], effect.id.0);
                tier.get(stream::below(number, tier.len()))
                    .map_or(failed(Failure::Other), |node| Outcome::Chosen(node.clone()))
            }
            EffectKind::Cluster { effect: ClusterEffect::PromoteNode(node), cluster } => {
                let struck = self.world.faults.strike(|fault| match fault {
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
            EffectKind::Network { network, effect, primary, .. } => {
                self.network_outcome(network, effect, primary)
            }
        }
    }

    /// Without a fault only a switch-over fails: without a writer at the secondary, or when planned at the primary.
    fn network_outcome(&mut self, id: &NetworkId, effect: &NetworkEffect, primary: &ClusterId) -> Outcome {
        let struck = self.world.faults.strike(|fault| match fault {
            Fault::Network { network, fails } => {
                (network.matches(id.as_str()) && *fails == NetworkStage::from(effect.clone())).then_some(())
            }
            _ => None,
        });
        let down = |cluster: &ClusterId| {
            let writer = self.plane.cluster(cluster).and_then(DbCluster::writer);
            writer.is_none_or(|writer| !writer.up)
        };
        let impossible = match effect {
            NetworkEffect::SwitchOver { to, mode: SwitchMode::Planned } => down(to) || down(primary),
            NetworkEffect::SwitchOver { to, mode: SwitchMode::Forced } => down(to),
            NetworkEffect::Create | NetworkEffect::Delete | NetworkEffect::Remove(_) => false,
        };
        if struck.is_some() || impossible {
            return Outcome::Failed { failure: Failure::Other, message: None };
        }
        Outcome::Succeeded
    }

    /// A fault of the group fails the whole effect; else each member has the outcome of its own effect.
    fn group_outcome(&mut self, id: &GroupId, effect: GroupEffect, members: &[PairId]) -> Outcome {
        let struck = self.world.faults.strike(|fault| match fault {
            Fault::Group { group, fails } => {
                (group.matches(id.as_str()) && *fails == GroupStage::from(effect)).then_some(())
            }
            _ => None,
        });
        let failure = Failure::Other;
        let of_pair = match effect {
            GroupEffect::Create | GroupEffect::Delete => None,
            GroupEffect::Stop => Some(PairEffect::Stop),
            GroupEffect::Failover => Some(PairEffect::Failover),
            GroupEffect::Reprotect { reverse } => Some(PairEffect::Reprotect { reverse }),
        };
        if struck.is_some() {
            return Outcome::Failed { failure, message: None };
        }
        let mut failed = BTreeSet::new();
        for pair in members {
            let outcome = of_pair.map(|effect| self.pair_outcome(pair, effect));
            if matches!(outcome, Some(Outcome::Failed { .. })) {
                failed.insert(pair.clone());
            }
        }
        match effect {
            _ if failed.is_empty() => Outcome::Succeeded,
            // All or nothing (G-431).
            GroupEffect::Reprotect { .. } => Outcome::Failed { failure, message: None },
            _ => Outcome::PartlyFailed { failure, failed },
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
        let struck = self.world.faults.strike(|fault| match fault {
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
