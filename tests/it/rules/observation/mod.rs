//! What a client can observe of a failover beside the describe calls: the endpoints, and the log of switches.

mod agreement;
mod clusters;
mod endpoints;
mod switches;

use failover_model::polardb::{
    Cause, ClusterFact, ClusterSeed, ClusterStatus, DescribeDbClusterEndpoints, DescribeDbClusters,
    DescribeHaLogs, Endpoint, EndpointKind, EndpointList, Engine, HaLog, HaLogPage, InstanceType, NodeChange,
    NodeKind, PayType, Role,
};
use failover_model::simulation::{BadWorld, LatencyProfile, Simulation, Transitions};
use failover_model::text::{Description, Tag, TagKey, TagValue};
use failover_model::wire::{Body, Format};
use failover_model::{
    AccountId, Call, ClusterId, ControlPlane, Observation, Operation, Policy, Refusal, Request, Response,
    Span, Timestamp,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::kit::{CLUSTER, OWNER, SOURCE, START, World, at, failover_request, id, node, rule, seed};

fn names(endpoint: &Endpoint) -> Vec<&str> {
    endpoint.nodes.iter().map(|node| node.as_str()).collect()
}

trait Ask {
    fn ask(&mut self, request: impl Into<Request>) -> Result<Response, Refusal>;
}

impl Ask for World {
    fn ask(&mut self, request: impl Into<Request>) -> Result<Response, Refusal> {
        let output = self.apply(OWNER, SOURCE, None, request.into(), failover_model::Fresh::None).unwrap();
        assert!(output.step.is_empty(), "a describe does nothing");
        output.result.expect("a call has a result")
    }
}

fn as_json(operation: Operation, response: &Response) -> Value {
    let body = Body::success(operation, response, "R", Format::Json);
    assert_eq!(body.status, 200);
    serde_json::from_str(&body.text).unwrap()
}

/// A world that does everything at once.
fn simulation(policy: Policy) -> Simulation {
    let plane = ControlPlane::new(policy);
    let mut world = Simulation::new(plane, 1, Transitions::Timed, LatencyProfile::QUICK);
    let taken: Result<_, failover_model::NotAdopted> = world
        .adopt(at(START), |plane| plane.adopt_cluster(at(START), &id(OWNER), seed(&[("a", 5), ("b", 3)])));
    drop(taken.unwrap());
    world
}

fn ha_logs() -> DescribeHaLogs {
    DescribeHaLogs::new(id(CLUSTER)).page_number(1).page_size(10)
}

fn ask(world: &mut Simulation, now: u64, request: impl Into<Request>) -> Result<Response, Refusal> {
    let call = Call { now: at(now), account: id(OWNER), region: id(SOURCE), token: None };
    world.call(&call, &request.into()).0.result.expect("a result")
}

fn log(world: &mut Simulation, now: u64, request: DescribeHaLogs) -> HaLogPage {
    match ask(world, now, request) {
        Ok(Response::HaLogs(page)) => page,
        other => panic!("{other:?}"),
    }
}
