//! The shortest part of a trace that is still refuted.
//!
//! An answer of a describe or a refusal is left out, or the answer of an accepted call is taken as lost, so that the call may
//! have taken effect or not. Either asks less of the model, so what is still refuted then is a cause. A call that created
//! something keeps its answer, which holds the id.

use alloc::vec::Vec;

use super::asked::created;
use super::names::{only_looks, operation_of};
use super::{Finding, Limits, Options, Verdict, explain};
use crate::trace::exchange::Exchange;
use crate::trace::form::Trace;

/// The exchanges that are needed for a trace to be refuted, in order; those whose answer does not matter have none. Empty if
/// the trace is not refuted. `progress` is told how many exchanges are left.
pub fn shorten(trace: &Trace, options: &Options, progress: &mut dyn FnMut(usize)) -> Vec<Exchange> {
    let options = Options { limits: Limits { steps_kept: 0, ..options.limits }, ..options.clone() };
    let refuted = |exchanges: &[Exchange]| {
        let trace = Trace { exchanges: exchanges.to_vec(), told: trace.told.clone(), unused: Vec::new() };
        explain(&trace, &options).verdict() == Verdict::Refuted
    };
    let found = explain(trace, &options);
    let first = found.parts.iter().find_map(|part| match &part.finding {
        Finding::Refuted { exchange, .. } => Some(*exchange),
        _ => None,
    });
    let Some(first) = first else { return Vec::new() };
    let mut left: Vec<Exchange> = trace.exchanges.iter().take(first.saturating_add(1)).cloned().collect();
    if !refuted(&left) {
        // What came later is needed, since it shows an id or a time.
        left.clone_from(&trace.exchanges);
    }
    let mut size = left.len();
    loop {
        let mut at = 0;
        while at < left.len() {
            let end = at.saturating_add(size).min(left.len());
            let weaker = weakened(&left, at, end);
            if weaker != left && refuted(&weaker) {
                at = weaker.len().min(at.saturating_add(kept(&left, at, end)));
                left = weaker;
                progress(left.len());
            } else {
                at = end;
            }
        }
        if size <= 1 {
            return left;
        }
        size = size.div_euclid(2).max(1);
    }
}

/// The exchanges with those from `at` to `end` left out or without their answers.
fn weakened(exchanges: &[Exchange], at: usize, end: usize) -> Vec<Exchange> {
    let numbered = exchanges.iter().enumerate();
    numbered
        .filter_map(
            |(number, exchange)| {
                if (at..end).contains(&number) { weaker(exchange) } else { Some(exchange.clone()) }
            },
        )
        .collect()
}

/// How many exchanges of a range remain, be it without their answers.
fn kept(exchanges: &[Exchange], at: usize, end: usize) -> usize {
    exchanges.get(at..end).unwrap_or_default().iter().filter(|exchange| weaker(exchange).is_some()).count()
}

fn weaker(exchange: &Exchange) -> Option<Exchange> {
    let operation = operation_of(exchange)?;
    let accepted = exchange.answer.as_ref().is_some_and(|answer| answer.status == 200);
    if only_looks(operation) || (!accepted && exchange.answer.is_some()) {
        return None;
    }
    let creates = exchange.answer.as_ref().is_some_and(|answer| created(&answer.body).is_some());
    Some(if creates { exchange.clone() } else { Exchange { answer: None, ..exchange.clone() } })
}
