//! What the tests share: a world that drives a control plane, with calls and reports by resource.
//!
//! Every call and report made through [`World`] verifies two things that hold of all of them: the invariants, and that
//! whatever is refused or misused changes nothing but the clock.

#[macro_use]
mod suite;
#[macro_use]
mod fixtures;

mod clusters;
mod drawn;
mod drills;
pub mod failover_laws;
pub mod generated;
mod groups;
mod pairs;

use failover_model::ebs::DiskChange;
use failover_model::polardb::{Failure, NodeChange};
use failover_model::text::{Tag, TagKey, TagValue};
use failover_model::{
    Call, ControlPlane, EffectId, Fresh, Misuse, Observation, Operation, Outcome, Output, Policy, Refusal,
    Report, Request, Step,
};

pub use clusters::{cluster_facts, create_cluster, ordered, with_readers};
pub use drawn::drawn;
pub use drills::{drill_id, fresh_drill};
pub use fixtures::*;
pub use groups::{create_group_request, group_id, group_seed};
pub use pairs::at_status;

/// One RPO in milliseconds.
pub const RPO_MS: u64 = 900_000;

/// A control plane with the time of its next input.
#[derive(Clone)]
pub struct World {
    pub plane: ControlPlane,
    pub now: u64,
}

impl Default for World {
    fn default() -> Self {
        Self::new(Policy::default())
    }
}

impl World {
    pub fn new(policy: Policy) -> Self {
        Self { plane: ControlPlane::new(policy), now: START }
    }

    /// A world under the default policy with changes.
    pub fn with(change: impl FnOnce(&mut Policy)) -> Self {
        let mut policy = Policy::default();
        change(&mut policy);
        Self::new(policy)
    }

    /// Lets time pass without firing anything.
    pub fn later(&mut self, ms: u64) -> &mut Self {
        self.now += ms;
        self
    }

    /// Lets time pass and fires what falls due.
    pub fn advance(&mut self, ms: u64) -> Step {
        self.now += ms;
        let step = self.plane.advance(at(self.now));
        self.plane.check().unwrap();
        step
    }

    /// Makes a call that may be misused.
    #[track_caller]
    pub fn apply(
        &mut self,
        account: &str,
        region: &str,
        token: Option<&str>,
        request: Request,
        fresh: Fresh,
    ) -> Result<Output, Misuse> {
        let token = token.map(|token| failover_model::ClientToken::parse(token).unwrap().unwrap());
        let call = Call { now: at(self.now), account: id(account), region: id(region), token };
        let mut before = self.plane.clone();
        let output = self.plane.call_any(&call, &request, &fresh);
        self.plane.check().unwrap();
        assert_count(&before, &self.plane, request.operation(), &output);
        let nothing_done = match &output {
            Err(_) => true,
            Ok(output) => output.replayed || matches!(output.result, Some(Err(_))),
        };
        if nothing_done {
            look(&mut before, at(self.now));
            assert_eq!(before, self.plane, "a refused, replayed or misused call changed something");
            if let Ok(output) = &output {
                assert!(output.step.is_empty());
            }
        }
        output
    }

    /// The owner's call without a token.
    #[track_caller]
    pub fn call(&mut self, region: &str, request: impl Into<Request>) -> Result<Step, Refusal> {
        let output = self.apply(OWNER, region, None, request.into(), Fresh::None).unwrap();
        output.result.unwrap().map(|_| output.step)
    }

    /// A report that may be misused.
    pub fn report(&mut self, report: Report) -> Result<Step, Misuse> {
        let mut before = self.plane.clone();
        let step = self.plane.report(at(self.now), &report);
        self.plane.check().unwrap();
        if step.is_err() {
            look(&mut before, at(self.now));
            assert_eq!(before, self.plane, "a misused report changed something");
        }
        step
    }

    pub fn outcome(&mut self, id: EffectId, outcome: Outcome) -> Result<Step, Misuse> {
        self.report(Report::Outcome { id, outcome })
    }

    pub fn succeed(&mut self, id: EffectId) -> Step {
        self.outcome(id, Outcome::Succeeded).unwrap()
    }

    pub fn fail(&mut self, id: EffectId) -> Step {
        self.outcome(id, Outcome::Failed { failure: Failure::Other, message: None }).unwrap()
    }

    pub fn observe(&mut self, observation: Observation) -> Step {
        self.report(Report::Observed(observation)).unwrap()
    }

    pub fn disk(&mut self, disk: &str, change: DiskChange) -> Step {
        self.observe(Observation::Disk { account: id(OWNER), disk: id(disk), change })
    }

    pub fn node(&mut self, node: &str, change: NodeChange) -> Step {
        self.observe(Observation::Node { node: id(node), change })
    }
}

/// An accepted call of an operation that creates a resource adds one, whose id it answers; no other call changes how many
/// there are.
#[track_caller]
pub fn assert_count(
    before: &ControlPlane,
    after: &ControlPlane,
    operation: Operation,
    result: &Result<Output, Misuse>,
) {
    let answer = result.as_ref().ok().and_then(|output| output.result.as_ref()?.as_ref().ok());
    if let Some(answer) = answer {
        assert_eq!(
            answer.created().is_some(),
            operation.creates_resource(),
            "{operation} answers {answer:?}"
        );
    }
    let replayed = result.as_ref().is_ok_and(|output| output.replayed);
    let created = answer.is_some() && !replayed && operation.creates_resource();
    let expected = before.resource_count() + usize::from(created);
    assert_eq!(after.resource_count(), expected, "resources after {operation}");
}

/// The number of the rule by which a call was refused.
#[track_caller]
pub fn rule<T: std::fmt::Debug>(result: Result<T, Refusal>) -> &'static str {
    result.expect_err("the call is refused").rule().as_str()
}

/// The rules of a step's events, in order.
pub fn rules(step: &Step) -> Vec<&'static str> {
    step.events.iter().map(|event| event.rule.as_str()).collect()
}

/// The HTTP status and code that answer a refused call.
#[track_caller]
pub fn code<T: std::fmt::Debug>(result: Result<T, Refusal>) -> (u16, String) {
    let (status, code, _) = answer(result);
    (status, code)
}

/// The HTTP status and code that answer a refused call, and the rule that refuses it.
#[track_caller]
pub fn answer<T: std::fmt::Debug>(result: Result<T, Refusal>) -> (u16, String, &'static str) {
    let refusal = result.expect_err("the call is refused");
    let wire = refusal.wire();
    (wire.status, wire.code.to_string(), refusal.rule().as_str())
}

/// The names of a step's effects, in order.
pub fn effects(step: &Step) -> Vec<&'static str> {
    step.effects.iter().map(|effect| effect.kind.name()).collect()
}

pub fn tag(key: &str, value: &str) -> Tag {
    Tag { key: TagKey::parse(key).unwrap(), value: TagValue::parse(value).unwrap() }
}
