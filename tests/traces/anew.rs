//! Answers that are explained anew, since a later one has no explanation after those that were found at first.

use failover_model::Operation;
use failover_model::polardb::Failure;
use failover_model::simulation::{Resolution, Transitions};
use failover_model::trace::Trace;
use failover_model::trace::explain::{Options, Verdict, explain};
use failover_model::{NodeId, Outcome, Timestamp};
use serde_json::json;

use crate::burst::{CREATE, on};
use crate::service::{Asked, Draws, Fate, Service};

/// Whatever is under way ends like this.
fn end(service: &mut Service, outcome: &Outcome) {
    let effects: Vec<_> = service.simulation.plane().outstanding().map(|effect| effect.id).collect();
    assert!(!effects.is_empty(), "nothing is under way");
    for id in effects {
        let at = Timestamp::from_millis(service.now);
        let _ = service.simulation.resolve(at, id, &Resolution::Outcome(outcome.clone())).unwrap();
    }
}

fn protect(service: &mut Service, cluster: &str, protection: &str) {
    let asked = on(cluster, Operation::ModifyDbClusterDeletion).with("Protection", protection);
    assert_eq!(service.call_beside(asked).status, 200);
}

/// So many accepted calls are on their way that leave the priorities as they are. Each can take effect before the next answer or
/// after it, which makes more explanations of that answer than are tried at first.
fn on_their_way(service: &mut Service, cluster: &str, node: &str, count: usize) {
    for _ in 0..count {
        let asked = on(cluster, Operation::ModifyDbNodeConfig)
            .with("DBNodeId", node)
            .with("ConfigName", "FailoverPriority")
            .with("ConfigValue", "1");
        service.send(asked, Fate::Arrives);
    }
}

fn all_arrive(service: &mut Service) {
    let mut draws = Draws::new(1);
    while service.open() > 0 {
        service.go_on(&mut draws);
    }
}

/// A switch whose first node fails, that ends before an answer and is shown only after it, and the look after all.
fn session() -> Trace {
    let mut service = Service::new(Default::default(), 7, Transitions::Manual);
    let created = service.call(Asked::new(Operation::CreateDbCluster, &CREATE));
    let id = created.body["DBClusterId"].as_str().unwrap().to_owned();
    service.pass(2_000);
    end(&mut service, &Outcome::Succeeded);
    let look = on(&id, Operation::DescribeDbClusterAttribute);
    let shown = service.call(look.clone()).body;
    let readers: Vec<NodeId> = shown["DBNodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|node| node["DBNodeRole"] != "Writer")
        .map(|node| node["DBNodeId"].as_str().unwrap().parse().unwrap())
        .collect();
    let node = readers[0].as_str();

    // An earlier answer that has more explanations than are tried at first.
    on_their_way(&mut service, &id, node, 7);
    protect(&mut service, &id, "true");
    all_arrive(&mut service);

    service.pass(1_000);
    service.call(on(&id, Operation::FailoverDbCluster));
    on_their_way(&mut service, &id, node, 3);
    service.pass(2_000);
    end(&mut service, &Outcome::Chosen(readers[0].clone()));
    service.pass(1_000);
    end(&mut service, &Outcome::Failed { failure: Failure::Network, message: None });
    end(&mut service, &Outcome::Chosen(readers[1].clone()));
    service.pass(2_000);
    end(&mut service, &Outcome::Succeeded);
    service.pass(3_000);
    protect(&mut service, &id, "false");
    all_arrive(&mut service);
    let log = on(&id, Operation::DescribeHaLogs).with("LogType", "HaSwitchLogList");
    let shown = service.call(log).body;
    assert_eq!(shown["HaLogItems"].as_array().map(Vec::len), Some(1), "{shown}");
    service.call(look);
    Trace::of(service.exchanges.clone(), Vec::new())
}

#[test]
fn answers_that_were_explained_anew_hold_when_earlier_ones_are() {
    let mut trace = session();
    let explanation = explain(&trace, &Options::default());
    let page = explanation.page(&|number| trace.exchanges.get(number));
    assert_eq!(explanation.verdict(), Verdict::Accepted, "{page}");
    // The lock is as it was before the answer that the log had explained anew.
    let last = trace.exchanges.last_mut().unwrap().answer.as_mut().unwrap();
    assert_eq!(last.body["DeletionLock"], 0);
    last.body["DeletionLock"] = json!(1);
    assert_eq!(explain(&trace, &Options::default()).verdict(), Verdict::Refuted);
}
