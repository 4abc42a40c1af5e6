//! A plain depth-first search for a linearization, with memory of the states it has been in: the kind of search that checks
//! histories of linearizable objects. It is over the same model; hidden work that ends is one more thing that can come next.
//! What happens outside it does not know.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hash};

use failover_model::polardb::ClusterEffect;
use failover_model::trace::Exchange;
use failover_model::wire::{Body, Format, Parsed, parse};
use failover_model::{
    AccountId, Call, ControlPlane, EffectKind, Fresh, Operation, Outcome, Policy, Product, RegionId, Report,
    Timestamp,
};
use serde_json::Value;

/// A call as it was recorded.
struct Recorded {
    sent: (u64, u64),
    answered: u64,
    operation: Operation,
    parsed: Parsed,
    account: AccountId,
    region: RegionId,
    fresh: Fresh,
    status: u16,
    body: Value,
}

pub struct DepthFirst {
    calls: Vec<Recorded>,
    visited: HashSet<u64>,
    hasher: std::hash::RandomState,
    most: usize,
}

/// What a search found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    Linearization,
    Nothing,
    /// The states that were allowed are used up.
    GaveUp,
}

fn plain(mut body: Value) -> Value {
    if let Some(fields) = body.as_object_mut() {
        for idle in ["RequestId", "OrderId", "Message", "Recommend", "HostId"] {
            fields.remove(idle);
        }
    }
    body
}

impl DepthFirst {
    /// A search over these exchanges, with the ids that creating calls made, of at most so many states.
    pub fn new(trace: &[Exchange], fresh: impl Fn(&Exchange) -> Fresh, most: usize) -> Self {
        let recorded = |exchange: &Exchange| {
            let product =
                if exchange.version == Product::Ebs.version() { Product::Ebs } else { Product::PolarDb };
            let operation = Operation::find(product, &exchange.action).unwrap();
            let parsed =
                parse(Some(&exchange.action), Some(&exchange.version), &exchange.wire_parameters()).unwrap();
            let (order, answer) = (exchange.order.unwrap(), exchange.answer.as_ref().unwrap());
            Recorded {
                sent: (order.0, exchange.sent.as_millis()),
                answered: order.1,
                operation,
                region: parsed.region.clone().unwrap_or_else(|| "cn-hangzhou".parse().unwrap()),
                parsed,
                account: exchange.account.clone(),
                fresh: fresh(exchange),
                status: answer.status,
                body: plain(answer.body.clone()),
            }
        };
        let calls = trace.iter().map(recorded).collect();
        Self { calls, visited: HashSet::new(), hasher: std::hash::RandomState::new(), most }
    }

    pub fn states(&self) -> usize {
        self.visited.len()
    }

    pub fn run(&mut self) -> Found {
        let mut taken = vec![false; self.calls.len()];
        self.go(&mut taken, &ControlPlane::new(Policy::default()))
    }

    fn go(&mut self, taken: &mut Vec<bool>, plane: &ControlPlane) -> Found {
        if self.visited.len() >= self.most {
            return Found::GaveUp;
        }
        if !self.visited.insert(self.hasher.hash_one((&*taken, plane))) {
            return Found::Nothing;
        }
        let left = || (0..self.calls.len()).filter(|at| !taken[*at]);
        let Some(first) = left().map(|at| self.calls[at].answered).min() else { return Found::Linearization };
        // What was sent before the first of the answers that are left can be next.
        let next: Vec<usize> = left().filter(|at| self.calls[*at].sent.0 < first).collect();
        let now = next.iter().map(|at| self.calls[*at].sent.1).min().unwrap_or_default();
        for at in next {
            let call = &self.calls[at];
            let now = Timestamp::from_millis(call.sent.1).max(plane.clock());
            let mut after = plane.clone();
            let made = Call {
                now,
                account: call.account.clone(),
                region: call.region.clone(),
                token: call.parsed.token.clone(),
            };
            let Ok(output) = after.call_any(&made, &call.parsed.request, &call.fresh) else { continue };
            let body = match output.result.unwrap() {
                Ok(response) => Body::success(call.operation, &response, "R", Format::Json),
                Err(refusal) => Body::error(&refusal.wire(), None, "R", "host", Format::Json),
            };
            let same =
                body.status == call.status && plain(serde_json::from_str(&body.text).unwrap()) == call.body;
            if same {
                taken[at] = true;
                let found = self.go(taken, &after);
                if found != Found::Nothing {
                    return found;
                }
                taken[at] = false;
            }
        }
        for effect in plane.outstanding().collect::<Vec<_>>() {
            let outcomes = match &effect.kind {
                EffectKind::Cluster { effect: ClusterEffect::ChooseNode(tier), .. } => {
                    tier.iter().map(|node| Outcome::Chosen(node.clone())).collect()
                }
                _ => {
                    let failure = failover_model::Failure::Other;
                    vec![Outcome::Succeeded, Outcome::Failed { failure, message: None }]
                }
            };
            for outcome in outcomes {
                let mut after = plane.clone();
                let at = Timestamp::from_millis(now).max(plane.clock());
                if after.report(at, &Report::Outcome { id: effect.id, outcome }).is_ok() {
                    let found = self.go(taken, &after);
                    if found != Found::Nothing {
                        return found;
                    }
                }
            }
        }
        Found::Nothing
    }
}
