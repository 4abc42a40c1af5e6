//! One cluster: manual failovers with and without a target, every choice and outcome, nodes that go down and come back,
//! replication that breaks, priorities that change, other work that keeps the cluster busy.

use std::num::NonZeroU8;

use failover_model::polardb::{
    ClusterEffect, DrillScope, Failure, FaultDrill, HotStandby, ModifyDbCluster, ModifyDbNodeConfig,
    NodeChange, Role, StandbyHaMode, TargetZoneType,
};
use failover_model::policy::{ExplicitTargetFails, Policy};
use failover_model::testing::explore::{Renaming, Sometimes};
use failover_model::{ControlPlane, EffectKind, Fresh, Input, NodeId, Observation, Outcome, Report, ZoneId};

use super::pairs::{call, observed};
use super::walk::{Lawful, Setting, sometimes};
use crate::kit::{self, CLUSTER, OWNER, SOURCE, id, message, priority};

/// A writer `w` and readers of these priorities.
#[derive(Clone, Copy)]
pub struct Clusters {
    pub readers: &'static [u8],
    pub rounds: u8,
    pub named_target_elects: bool,
    /// Whether replication to the nodes breaks and heals.
    pub replication: bool,
    /// Whether storage stands by, which is switched on and off, called for, and drilled. Then no target is named, and nothing
    /// else keeps the cluster busy.
    pub standby: bool,
}

impl Setting for Clusters {
    fn start(&self) -> ControlPlane {
        let mut policy = Policy::default();
        policy.polardb.rounds = NonZeroU8::new(self.rounds).unwrap();
        policy.polardb.retry_pause = policy.polardb.switch_window;
        if self.named_target_elects {
            policy.polardb.explicit_target_fails = ExplicitTargetFails::Elect;
        }
        let mut plane = ControlPlane::new(policy);
        let names = ["a", "b", "c", "d", "e", "f"];
        let readers: Vec<(&str, u8)> = names.into_iter().zip(self.readers.iter().copied()).collect();
        let mut seed = kit::seed(&readers);
        if self.standby {
            seed.hot_standby = HotStandby::Storage;
        }
        let _ = plane.adopt_cluster(kit::at(kit::START), &id(OWNER), seed).unwrap();
        plane
    }

    fn inputs(&self, plane: &ControlPlane) -> Vec<Input> {
        let mut inputs = Vec::new();
        let now = plane.clock();
        let Some(cluster) = plane.cluster(&id(CLUSTER)) else { return inputs };
        for effect in plane.outstanding() {
            let mut ends =
                |outcome| inputs.push(Input::Report(now, Report::Outcome { id: effect.id, outcome }));
            match &effect.kind {
                EffectKind::Cluster { effect: ClusterEffect::ChooseNode(_), .. } => {
                    // Of all nodes, so that one that was not offered is chosen too.
                    cluster.nodes().iter().for_each(|node| ends(Outcome::Chosen(node.id.clone())));
                }
                _ => {
                    ends(Outcome::Succeeded);
                    ends(Outcome::Failed { failure: Failure::Network, message: None });
                }
            }
        }
        let named = cluster.nodes().iter().map(|node| Some(node.id.clone())).filter(|_| !self.standby);
        let targets: Vec<Option<NodeId>> = std::iter::once(None).chain(named).collect();
        for target in targets {
            let target = target.as_ref().map(NodeId::as_str);
            inputs.push(call(plane, SOURCE, kit::failover_request(target), Fresh::None));
        }
        for node in cluster.nodes() {
            let mut changes = vec![NodeChange::Up(!node.up)];
            changes.extend(self.replication.then_some(NodeChange::Replicating(!node.replicating)));
            let report = |change| observed(plane, Observation::Node { node: node.id.clone(), change });
            inputs.extend(changes.into_iter().map(report));
        }
        if self.standby {
            let order = || Fresh::Order(id("o-1"));
            let across = kit::failover_request(None).target_zone_type(TargetZoneType::Standby);
            inputs.push(call(plane, SOURCE, across, Fresh::None));
            let modify = ModifyDbCluster::new(id(CLUSTER));
            for mode in [StandbyHaMode::On, StandbyHaMode::Off] {
                let request = modify.clone().standby_ha(mode);
                inputs.push(call(plane, SOURCE, request, order()));
            }
            let writer = cluster.writer().expect("a writer").id.clone();
            for (scope, nodes) in [(DrillScope::PrimaryZone, vec![]), (DrillScope::Node, vec![writer])] {
                let drill = Some(FaultDrill::new(scope).nodes(nodes));
                inputs.push(call(plane, SOURCE, with!(modify.clone(), drill = drill), order()));
            }
            inputs.push(Input::Advance(now.after(failover_model::Span::from_secs(600))));
            return inputs;
        }
        // One node's priority moves between its own and the lowest.
        let first = cluster.nodes().iter().find(|node| node.id.as_str() == "a").expect("the first reader");
        let own = priority(self.readers[0]);
        let other = if first.priority == own { priority(1) } else { own };
        let request = ModifyDbNodeConfig::new(id(CLUSTER), id("a"), other);
        inputs.push(call(plane, SOURCE, request, Fresh::None));
        let busy = cluster.status().as_str() == "ClassChanging";
        let status = (!busy).then(|| message("ClassChanging"));
        inputs.push(observed(plane, Observation::ClusterBusy { cluster: id(CLUSTER), status }));
        // Past the frequency window and to the next round, which come at one time so that there are few ages.
        inputs.push(Input::Advance(now.after(failover_model::Span::from_secs(600))));
        inputs
    }

    fn sometimes(&self) -> Vec<Sometimes<Lawful<Self>>> {
        let mut seen = vec![
            sometimes("another writer", |_, state| {
                state
                    .plane
                    .clusters()
                    .any(|cluster| cluster.writer().is_some_and(|node| node.id.as_str() != "w"))
            }),
            sometimes("a choice", |_, state| {
                state.plane.outstanding().any(|effect| {
                    matches!(effect.kind, EffectKind::Cluster { effect: ClusterEffect::ChooseNode(_), .. })
                })
            }),
            sometimes("a second attempt", |_, state| {
                state
                    .plane
                    .clusters()
                    .any(|cluster| cluster.failover().is_some_and(|failover| failover.attempts() > 1))
            }),
            sometimes("a next round is due", |_, state| state.plane.next_deadline().is_some()),
            sometimes("no writer and nobody to take over", |_, state| {
                state.plane.clusters().any(|cluster| {
                    cluster.failover().is_none()
                        && cluster.nodes().iter().any(|node| node.role == Role::Writer && !node.up)
                })
            }),
        ];
        if self.standby {
            seen.push(sometimes("the zones are exchanged", |_, state| {
                let elsewhere = |zone: &ZoneId| zone.as_str() == "cn-shanghai-b";
                state.plane.clusters().any(|cluster| cluster.primary_zone().is_some_and(elsewhere))
            }));
        }
        if self.replication {
            seen.push(sometimes("a node that lags is passed over for one as good", |_, state| {
                state.plane.clusters().any(|cluster| {
                    let lags =
                        |id: &NodeId| cluster.node(id).is_some_and(|node| !node.replicating && node.up);
                    let promoted = state.plane.outstanding().find_map(|effect| match effect.kind {
                        EffectKind::Cluster { effect: ClusterEffect::PromoteNode(node), .. } => Some(node),
                        _ => None,
                    });
                    promoted.is_some_and(|node| node.as_str() == "b") && lags(&id("a"))
                })
            }));
        }
        seen
    }

    fn decide(&self) -> Vec<&'static str> {
        if self.standby {
            vec!["P-142", "P-180", "P-187", "P-188", "P-191", "P-611"]
        } else {
            vec!["P-142", "P-180"]
        }
    }

    fn renamings(&self) -> Vec<Renaming> {
        // The first reader's priority changes, so it is like no other.
        match self.readers {
            [3, 3, 2, 2, 1, 1] => vec![
                Renaming::exchange([("c", "d")]),
                Renaming::exchange([("e", "f")]),
                Renaming::exchange([("c", "d"), ("e", "f")]),
            ],
            _ => Vec::new(),
        }
    }

    fn at_rest(&self, plane: &ControlPlane) -> bool {
        plane.clusters().all(|cluster| cluster.status().as_str() == "Running")
    }
}
