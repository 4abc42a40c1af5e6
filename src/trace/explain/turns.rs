//! When answers show that something fell due, and so when it had not yet.
//!
//! What happens by itself falls due a fixed time after something that no answer need time: the end of hidden work, an event
//! from outside, the moment in which a call took effect. Only an answer that differs from the one before it can tell when
//! that was, so the times of these two are kept, and not those of the looks that show nothing new. By itself a pair or a group
//! begins to copy (`E-410`, `G-410`) or is forgotten (`E-660`, `G-697`), and a cluster's failover begins again (`P-183`).

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::Value;

use super::future::fingerprint;
use super::names::{Names, Together, asked_for, behind_endpoints, id_of, node_records, only_looks, records};
use crate::ebs::PairStatus;
use crate::operation::{Operation, Product};
use crate::trace::exchange::Exchange;

/// What a look shows of one resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    /// A fingerprint of its status.
    status: u128,
    /// Whether it can have come to this by itself.
    by_itself: bool,
}

/// The pairs of answers between which something may have fallen due.
#[derive(Debug, Default)]
pub(super) struct Turns {
    /// What the last look of an operation showed of a resource, and when it was sent, in milliseconds.
    last: BTreeMap<(String, Operation), (Look, u64)>,
    /// After the first time and at the second at the latest something fell due, in milliseconds, by the number of a name of its
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
            // What is due can decide about any call on a cluster. One on a pair or a group that does is refused either way.
            let refused = exchange.answer.as_ref().is_some_and(|answer| answer.code().is_some());
            if let Some(name) = names.joined.first().filter(|_| refused || is_of_clusters(operation)) {
                self.between.entry(together.number(name)).or_default().insert((sent, answered));
            }
            return;
        }
        for (id, shown) in shown(exchange, operation, names) {
            let number = together.number(&id);
            let before = self.last.insert((id, operation), (shown, sent));
            if let Some((_, since)) =
                before.filter(|(before, _)| shown.by_itself && before.status != shown.status)
            {
                self.between.entry(number).or_default().insert((since, answered));
            }
        }
    }
}

fn is_of_clusters(operation: Operation) -> bool {
    operation.product() == Product::PolarDb
}

/// What a look shows of each resource that it is about.
fn shown(exchange: &Exchange, operation: Operation, names: &Names) -> Vec<(String, Look)> {
    let Some(answer) = &exchange.answer else { return Vec::new() };
    if let Some(code) = answer.code() {
        let refused = Look { status: fingerprint(&code), by_itself: true };
        return names.joined.iter().map(|name| (name.clone(), refused)).collect();
    }
    let body = &answer.body;
    let mut shown: Vec<(String, Look)> = records(body)
        .filter_map(|(kind, record)| Some((id_of(kind, record)?.to_owned(), status(record, operation))))
        .collect();
    let unlisted = asked_for(exchange).into_iter().filter(|id| !shown.iter().any(|(known, _)| known == id));
    let unlisted: Vec<_> = unlisted.map(|id| (id, Look { status: 0, by_itself: true })).collect();
    shown.extend(unlisted);
    if shown.is_empty()
        && operation != Operation::DescribeHaLogs
        && let Some(name) = names.joined.first()
    {
        shown.push((name.clone(), status(body, operation)));
    }
    shown
}

/// What a record shows of a status and of the roles of nodes.
fn status(record: &Value, operation: Operation) -> Look {
    let text = |of: &Value, name: &str| of.get(name).and_then(Value::as_str).map(str::to_owned);
    let own = ["Status", "DBClusterStatus"].map(|name| text(record, name));
    let copies = own.iter().flatten().any(|status| status == PairStatus::Syncing.as_str());
    let nodes = node_records(record);
    let nodes: Vec<_> =
        nodes.map(|node| ["DBNodeId", "DBNodeRole", "DBNodeStatus"].map(|name| text(node, name))).collect();
    let behind: Vec<(&str, bool)> = behind_endpoints(record).collect();
    Look { status: fingerprint(&(own, nodes, behind)), by_itself: copies || is_of_clusters(operation) }
}
