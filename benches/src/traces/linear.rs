//! A plain depth-first search with memory, as Porcupine checks linearizability (after Wing and Gong, and Lowe), over the same
//! model: a call takes effect after every call that was answered before it was sent, its answer is the recorded one, and a
//! pair of the calls made so far and the state is never tried twice.
//!
//! Hidden work ends in any way when the next call takes effect, or when a deadline falls due.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use failover_model::polardb::{ClusterEffect, Failure};
use failover_model::trace::Exchange;
use failover_model::wire::{Body, Format, Parsed, parse};
use failover_model::{
    Call, ControlPlane, EffectKind, Fresh, Input, Operation, Outcome, RegionId, Report, Timestamp,
};
use serde_json::Value;

/// What the search says.
pub struct Checked {
    /// Whether some order gives the answers; `None` if it was given up.
    pub linearisable: Option<bool>,
    /// How many states it remembers.
    pub states: usize,
}

/// A call and its recorded answer.
struct Asked<'a> {
    exchange: &'a Exchange,
    operation: Operation,
    parsed: Parsed,
    begin: u64,
    end: u64,
}

struct Checker<'a> {
    calls: Vec<Asked<'a>>,
    seen: HashSet<(u128, ControlPlane)>,
    until: Instant,
}

/// Whether the calls, at most 128, can have been answered like this after this state.
pub fn linearise(exchanges: &[Exchange], before: &ControlPlane, patience: Duration) -> Checked {
    let calls: Vec<Asked<'_>> = exchanges.iter().map(Asked::new).collect();
    assert!(calls.len() <= 128, "the calls that were made are the bits of a number");
    let mut checker = Checker { calls, seen: HashSet::new(), until: Instant::now() + patience };
    let linearisable = checker.follow(0, before);
    Checked { linearisable, states: checker.seen.len() }
}

impl<'a> Asked<'a> {
    fn new(exchange: &'a Exchange) -> Self {
        let (begin, end) = exchange.order.expect("the places in the order of all");
        let parsed = parse(Some(&exchange.action), Some(&exchange.version), &exchange.wire_parameters());
        let parsed = parsed.expect("a call");
        Self { exchange, operation: parsed.request.operation(), parsed, begin, end }
    }

    /// The state after it, if the model's answer is the recorded one.
    fn made(&self, plane: &ControlPlane, now: Timestamp) -> Option<ControlPlane> {
        let mut plane = plane.clone();
        let _ = plane.advance(now);
        let region = self.parsed.region.clone();
        let region = region.unwrap_or_else(|| "cn-hangzhou".parse::<RegionId>().expect("a region"));
        let account = self.exchange.account.clone();
        let call = Call { now, account, region, token: self.parsed.token.clone() };
        let output = plane.call_any(&call, &self.parsed.request, &Fresh::None).ok()?;
        let body = match output.result? {
            Ok(response) => Body::success(self.operation, &response, "R", Format::Json),
            Err(refusal) => Body::error(&refusal.wire(), None, "R", "host", Format::Json),
        };
        let answer = self.exchange.answer.as_ref()?;
        let same = body.status == answer.status
            && serde_json::from_str::<Value>(&body.text).is_ok_and(|own| own == answer.body);
        same.then_some(plane)
    }
}

impl Checker<'_> {
    /// Whether the calls that were not made can follow; `None` if there is no time left.
    fn follow(&mut self, made: u128, plane: &ControlPlane) -> Option<bool> {
        if made.count_ones() as usize == self.calls.len() {
            return Some(true);
        }
        if !self.seen.insert((made, plane.clone())) {
            return Some(false);
        }
        if Instant::now() > self.until {
            return None;
        }
        let waiting = |at: &usize| made & (1 << at) == 0;
        let all = 0..self.calls.len();
        let answered = all.clone().filter(waiting).map(|at| self.calls[at].end).min().unwrap_or(u64::MAX);
        let next: Vec<usize> = all.filter(waiting).filter(|at| self.calls[*at].begin < answered).collect();
        for at in &next {
            let asked = &self.calls[*at];
            let now = asked.exchange.sent.max(plane.clock());
            if let Some(after) = asked.made(plane, now)
                && self.follow(made | (1 << at), &after)?
            {
                return Some(true);
            }
        }
        let sent = next.iter().map(|at| self.calls[*at].exchange.sent).min().unwrap_or_default();
        for after in hidden(plane, sent.max(plane.clock())) {
            if self.follow(made, &after)? {
                return Some(true);
            }
        }
        Some(false)
    }
}

/// The states after some hidden work has ended, or the next deadline.
fn hidden(plane: &ControlPlane, at: Timestamp) -> Vec<ControlPlane> {
    let mut states = Vec::new();
    for effect in plane.outstanding() {
        let outcomes = match &effect.kind {
            EffectKind::Cluster { effect: ClusterEffect::ChooseNode(tier), .. } => {
                tier.iter().map(|node| Outcome::Chosen(node.clone())).collect()
            }
            _ => vec![Outcome::Succeeded, Outcome::Failed { failure: Failure::Other, message: None }],
        };
        for outcome in outcomes {
            let mut next = plane.clone();
            let report = Input::Report(at, Report::Outcome { id: effect.id, outcome });
            if next.apply(&report).is_ok() {
                states.push(next);
            }
        }
    }
    if let Some(deadline) = plane.next_deadline() {
        let mut next = plane.clone();
        let _ = next.advance(deadline.at);
        states.push(next);
    }
    states
}
