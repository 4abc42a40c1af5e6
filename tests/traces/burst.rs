//! Many calls at once on one cluster.

use failover_model::policy::Policy;
use failover_model::simulation::Transitions;
use failover_model::trace::Trace;
use failover_model::{ControlPlane, Operation};

use super::service::{Asked, Draws, Fate, Service};

/// The parameters of a cluster of four nodes.
pub const CREATE: [(&str, &str); 6] = [
    ("RegionId", "cn-hangzhou"),
    ("DBType", "MySQL"),
    ("DBVersion", "8.0"),
    ("DBNodeClass", "polar.mysql.x4.large"),
    ("PayType", "Postpaid"),
    ("DBNodeNum", "4"),
];

/// A call on a cluster.
pub fn on(cluster: &str, operation: Operation) -> Asked {
    Asked::new(operation, &[("DBClusterId", cluster)])
}

/// A service with a running cluster, its id and its nodes, the writer first.
pub fn cluster(transitions: Transitions) -> (Service, String, Vec<String>) {
    let mut service = Service::new(Policy::default(), 7, transitions);
    let created = service.call(Asked::new(Operation::CreateDbCluster, &CREATE));
    let id = created.body["DBClusterId"].as_str().unwrap().to_owned();
    service.pass(2_000);
    let shown = service.call(on(&id, Operation::DescribeDbClusterAttribute)).body;
    let mut nodes: Vec<(bool, String)> = shown["DBNodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| (node["DBNodeRole"] != "Writer", node["DBNodeId"].as_str().unwrap().to_owned()))
        .collect();
    nodes.sort();
    (service, id, nodes.into_iter().map(|(_, node)| node).collect())
}

/// A trace of overlapping calls, and the state before the first of them.
pub struct Burst {
    pub trace: Trace,
    #[allow(dead_code, reason = "the tests explain a trace from its beginning")]
    pub before: ControlPlane,
    /// How many exchanges led there.
    #[allow(dead_code, reason = "likewise")]
    pub prior: usize,
}

/// So many calls that are on their way at once, two of so many of which change something; those are lost if `loses`.
pub fn burst(clients: usize, two_of: usize, loses: bool, seed: u64) -> Burst {
    let (mut service, id, nodes) = cluster(Transitions::Timed);
    let (before, prior) = (service.simulation.plane().clone(), service.exchanges.len());
    let mut draws = Draws::new(seed);
    for client in 0..clients {
        let asked = match client % two_of {
            0 => on(&id, Operation::FailoverDbCluster),
            1 => on(&id, Operation::ModifyDbNodeConfig)
                .with("DBNodeId", draws.text(&nodes))
                .with("ConfigName", "FailoverPriority")
                .with("ConfigValue", draws.text(&["1", "5", "9"])),
            _ => on(&id, Operation::DescribeDbClusterAttribute),
        };
        let fate = if loses && client % two_of < 2 { Fate::Lost } else { Fate::Arrives };
        service.send(asked, fate);
    }
    for step in 0..clients * 2 {
        service.go_on(&mut draws);
        if step == clients {
            service.pass(1_500);
        }
    }
    service.pass(3_000);
    service.call(on(&id, Operation::DescribeDbClusterAttribute));
    Burst { trace: service.trace(&mut draws), before, prior }
}
