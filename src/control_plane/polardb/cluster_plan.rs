//! Applies cluster plans: updates the cluster and the indexes, and returns the effects and events.

use crate::control_plane::effect::{EffectKind, Owner};
use crate::control_plane::event::{Event, Fact};
use crate::control_plane::{ControlPlane, Effect, Step};
use crate::ids::{ClusterId, EffectId};
use crate::polardb::ClusterPlan;

impl ControlPlane {
    /// Applies a plan to the cluster of this id, minting as many effect ids as the plan needs.
    pub(in crate::control_plane) fn apply_to_cluster(&mut self, id: &ClusterId, plan: ClusterPlan) -> Step {
        let Some(cluster) = self.clusters.get_mut(id) else { return Step::default() };
        let effect = EffectId(self.next_id);
        self.next_id = self.next_id.saturating_add(u64::from(plan.asks()));
        let done = cluster.apply(plan, effect);
        let (at, account) = (done.at, cluster.account.clone());
        let mut step = Step::default();
        done.ended.into_iter().for_each(|ended| drop(self.index.effects.remove(ended.0)));
        done.left.iter().for_each(|node| drop(self.index.nodes.swap_remove(node)));
        for node in done.joined {
            self.index.nodes.insert(node, id.clone());
        }
        if let Some((asked, effect)) = done.asked {
            self.index.effects.insert(asked.0, Owner::Cluster(id.clone()));
            let kind = EffectKind::Cluster { cluster: id.clone(), effect };
            step.effects.push(Effect { id: asked, since: at, account: account.clone(), kind });
        }
        if done.gone
            && let Some(cluster) = self.clusters.remove(id)
        {
            cluster.nodes.iter().for_each(|node| drop(self.index.nodes.swap_remove(&node.id)));
        }
        step.events.extend(done.facts.into_iter().map(|(rule, fact)| Event {
            at,
            account: account.clone(),
            rule,
            fact: Fact::Cluster { cluster: id.clone(), fact },
        }));
        step
    }
}
