//! When answers show that something changed, and so when it had not yet.
//!
//! What happens by itself falls due a fixed time after something that no answer need time: the end of hidden work, an event
//! from outside, the moment in which a call took effect. Only an answer that differs from the one before it can tell when
//! that was, so the times of these two are kept, and not those of the looks that show nothing new.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::Value;

use super::future::fingerprint;
use super::names::{Names, Together, asked_for, behind_endpoints, id_of, node_records, only_looks, records};
use crate::operation::Operation;
use crate::trace::exchange::Exchange;

/// The pairs of answers between which something changed.
#[derive(Debug, Default)]
pub(super) struct Turns {
    /// What the last look of an operation showed of a resource, and when it was sent, in milliseconds.
    last: BTreeMap<(String, Operation), (u128, u64)>,
    /// After the first time and at the second at the latest something changed, in milliseconds, by the number of a name of its
    /// component.
    pub(super) between: BTreeMap<usize, BTreeSet<(u64, u64)>>,
}

impl Turns {
    /// Takes in an exchange and its names.
    pub(super) fn see(
        &mut self,
        exchange: &Exchange,
        operation: Operation,
        names: &Names,
        together: &mut Together,
    ) {
        let (sent, answered) = (exchange.sent.as_millis(), exchange.answered.as_millis());
        if !only_looks(operation) {
            // It may have been accepted, or refused, for what was due.
            if let Some(name) = names.joined.first() {
                self.between.entry(together.number(name)).or_default().insert((sent, answered));
            }
            return;
        }
        for (id, shown) in shown(exchange, operation, names) {
            let number = together.number(&id);
            let before = self.last.insert((id, operation), (shown, sent));
            if let Some((_, since)) = before.filter(|(before, _)| *before != shown) {
                self.between.entry(number).or_default().insert((since, answered));
            }
        }
    }
}

/// Of each resource that a look is about a fingerprint of what it shows of its status.
fn shown(exchange: &Exchange, operation: Operation, names: &Names) -> Vec<(String, u128)> {
    let Some(answer) = &exchange.answer else { return Vec::new() };
    if let Some(code) = answer.code() {
        return names.joined.iter().map(|name| (name.clone(), fingerprint(&code))).collect();
    }
    let body = &answer.body;
    let mut shown: Vec<(String, u128)> = records(body)
        .filter_map(|(kind, record)| Some((id_of(kind, record)?.to_owned(), status(record))))
        .collect();
    let unlisted = asked_for(exchange).into_iter().filter(|id| !shown.iter().any(|(known, _)| known == id));
    let unlisted: Vec<(String, u128)> = unlisted.map(|id| (id, 0)).collect();
    shown.extend(unlisted);
    if shown.is_empty()
        && operation != Operation::DescribeHaLogs
        && let Some(name) = names.joined.first()
    {
        shown.push((name.clone(), status(body)));
    }
    shown
}

/// A fingerprint of what a record shows of a status and of the roles of nodes.
fn status(record: &Value) -> u128 {
    let text = |of: &Value, name: &str| of.get(name).and_then(Value::as_str).map(str::to_owned);
    let own = ["Status", "DBClusterStatus"].map(|name| text(record, name));
    let nodes = node_records(record);
    let nodes: Vec<_> =
        nodes.map(|node| ["DBNodeId", "DBNodeRole", "DBNodeStatus"].map(|name| text(node, name))).collect();
    let behind: Vec<(&str, bool)> = behind_endpoints(record).collect();
    fingerprint(&(own, nodes, behind))
}
