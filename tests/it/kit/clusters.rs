//! Calls and reports about clusters.

use std::sync::Arc;

use failover_model::polardb::{
    ClusterFact, ClusterSeed, CreateDbCluster, DbCluster, Edition, Engine, HotStandby, ModifyDbNodeConfig,
    PayType,
};
use failover_model::{EffectId, Event, Fact, Fresh, Misuse, Outcome, Refusal, Request, Step};

use super::{CLUSTER, OWNER, SOURCE, World, at, failover_request, id, priority, seed};

/// Clusters: [`CLUSTER`], whose nodes are named by the test.
impl World {
    /// Takes a cluster in. `nodes` lists the readers with their priorities; the writer is `w`.
    pub fn cluster(&mut self, readers: &[(&str, u8)]) -> &mut Self {
        let _ = self.adopt(seed(readers));
        self
    }

    pub fn adopt(&mut self, seed: ClusterSeed) -> Step {
        let step = self.plane.adopt_cluster(at(self.now), &id(OWNER), seed).unwrap();
        self.plane.check().unwrap();
        step
    }

    pub fn db(&self) -> &DbCluster {
        self.plane.cluster(&id(CLUSTER)).expect("the cluster exists")
    }

    pub fn db_status(&self) -> String {
        self.db().status().to_string()
    }

    pub fn writer(&self) -> String {
        self.db().writer().unwrap().id.to_string()
    }

    /// The pending effect of the cluster.
    #[track_caller]
    pub fn db_pending(&self) -> EffectId {
        self.db().outstanding().expect("an effect is pending").0
    }

    /// The node that is being promoted.
    #[track_caller]
    pub fn promoting(&self) -> String {
        self.db().failover().expect("a failover runs").switching().expect("a node is promoted").to_string()
    }

    /// The nodes that are offered for a choice.
    #[track_caller]
    pub fn offered(&self) -> Vec<String> {
        match self.db().outstanding().expect("an effect is pending").2 {
            failover_model::polardb::ClusterEffect::ChooseNode(tier) => {
                tier.iter().map(ToString::to_string).collect()
            }
            other => panic!("no choice is pending but {other:?}"),
        }
    }

    #[track_caller]
    pub fn fail_over(&mut self, target: Option<&str>) -> Result<Step, Refusal> {
        self.call(SOURCE, failover_request(target))
    }

    #[track_caller]
    pub fn set_priority(&mut self, node: &str, number: u8) -> Step {
        let request = ModifyDbNodeConfig::new(id(CLUSTER), id(node), priority(number));
        self.call(SOURCE, request).unwrap()
    }

    #[track_caller]
    pub fn choose(&mut self, node: &str) -> Result<Step, Misuse> {
        self.outcome(self.db_pending(), Outcome::Chosen(id(node)))
    }

    #[track_caller]
    pub fn promoted(&mut self) -> Step {
        self.succeed(self.db_pending())
    }

    #[track_caller]
    pub fn promotion_fails(&mut self) -> Step {
        self.fail(self.db_pending())
    }
}

/// The facts about clusters in a step, with their rules.
pub fn cluster_facts(step: &Step) -> Vec<(&'static str, ClusterFact)> {
    let fact = |event: &Event| match &event.fact {
        Fact::Cluster { fact, .. } => Some((event.rule.as_str(), fact.clone())),
        _ => None,
    };
    step.events.iter().filter_map(fact).collect()
}

/// A running cluster with these readers.
pub fn with_readers(readers: &[(&str, u8)]) -> World {
    let mut world = World::default();
    world.cluster(readers);
    world
}

/// The owner's call that places an order.
pub fn ordered(world: &mut World, request: impl Into<Request>) -> Result<Step, Refusal> {
    let output = world.apply(OWNER, SOURCE, None, request.into(), Fresh::Order(id("o-9"))).unwrap();
    output.result.unwrap().map(|_| output.step)
}

/// The creation of a cluster of MySQL 8.0.
pub fn create_cluster(edition: Edition, node_number: u8) -> CreateDbCluster {
    CreateDbCluster::new(Engine::MySql, Arc::from("8.0"), id("polar.mysql.x4.large"))
        .edition(edition)
        .node_number(node_number)
        .pay_type(PayType::Postpaid)
        .hot_standby(HotStandby::of(edition))
}
