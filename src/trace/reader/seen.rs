//! What a recording that lacks answers cannot be held to.
//!
//! A resource that no answer shows may have been made before the recording began, and in any state. Nothing is said of it. Nor
//! of one that an accepted call changed in a way that the recording does not tell: with a node, say, that no answer names.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::answer::texts;
use crate::trace::exchange::{Exchange, has_id};
use crate::trace::form::{Trace, Unused};

/// The trace without the exchanges about what no answer shows. They are named as unused.
pub(super) fn only_what_is_shown(exchanges: Vec<Exchange>, mut unused: Vec<Unused>) -> Trace {
    let mut shown = BTreeSet::new();
    for answer in exchanges.iter().filter_map(|exchange| exchange.answer.as_ref()) {
        if answer.status == 200 {
            texts(&answer.body, &mut |text| {
                shown.insert(text.to_string());
            });
        }
    }
    let mut kept = exchanges;
    loop {
        let before = kept.len();
        let mut left = Vec::with_capacity(before);
        for exchange in kept {
            let Some(hidden) = hidden(&exchange, &shown) else {
                left.push(exchange);
                continue;
            };
            let at = format!("{} at {} ms", exchange.action, exchange.sent.as_millis());
            unused.push(Unused { at, why: format!("no answer of the recording shows all of {hidden}") });
            // Since it may have changed what it names, no later answer about that can be held against anything.
            if !is_refused(&exchange) {
                named(&exchange).for_each(|name| {
                    shown.remove(name);
                });
            }
        }
        kept = left;
        if kept.len() == before {
            return Trace::of(kept, unused);
        }
    }
}

/// The first thing that a call names and no answer shows.
fn hidden(exchange: &Exchange, shown: &BTreeSet<String>) -> Option<String> {
    // That something is not there can be said of what is not there.
    let code = exchange.answer.as_ref().and_then(|answer| answer.code()).unwrap_or("");
    if code.ends_with("NotFound") || code == "NoSuchResource" {
        return None;
    }
    named(exchange).find(|name| !shown.contains(*name)).map(ToString::to_string)
}

fn is_refused(exchange: &Exchange) -> bool {
    exchange.answer.as_ref().is_some_and(|answer| (400..500).contains(&answer.status))
}

/// The resources and nodes that the parameters name one by one.
fn named(exchange: &Exchange) -> impl Iterator<Item = &str> {
    let named = exchange.parameters.iter().filter(|(name, value)| has_id(name) && !value.is_empty());
    named.map(|(_, value)| value.as_str())
}
