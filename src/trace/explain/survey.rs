//! A first look through a trace: which exchanges belong together, and what is shown only later.
//!
//! An answer can tell of something that happened long before it: which nodes a cluster was created with, when a copy ended,
//! why a pair is invalid. These are collected here by resource. What is kept grows with the resources and with the different
//! recover points and messages that they show, not with the number of exchanges.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::Value;

use super::lost::LostCreation;
use super::names::{
    Kind, Names, Together, behind_endpoints, id_of, is_about_endpoints, names_of, nodes, only_looks,
    operation_of, records,
};
use super::turns::Turns;
use crate::control_plane::Places;
use crate::ids::{RegionId, ZoneId};
use crate::operation::Operation;
use crate::time::Timestamp;
use crate::trace::exchange::Exchange;
use crate::trace::reader::moment;
use crate::trace::told::Told;

/// What is known of a trace before it is explained. All exchanges are [seen](Self::see) and all that is told is
/// [heard](Self::hear) first.
#[derive(Debug, Default)]
pub struct Survey {
    pub(super) together: Together,
    pub(super) facts: Facts,
    pub(super) turns: Turns,
    /// How many exchanges there are, and things that are told.
    exchanges: usize,
    told: usize,
    /// How many of both say their place in the order of all.
    counted: usize,
    longest: (u64, u64),
    last: Timestamp,
}

/// What answers show of resources, by id.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Every resource that is shown, and its kind.
    pub(super) shown: BTreeMap<String, Kind>,
    /// When the request was sent that each of them was first shown to.
    pub(super) shown_at: BTreeMap<String, Timestamp>,
    /// The account of each of them.
    pub(super) accounts: BTreeMap<String, String>,
    /// Those that a call of the trace created.
    pub(super) created: BTreeSet<String>,
    /// The nodes that a cluster was first shown with, and which of them was the writer.
    pub(super) nodes: BTreeMap<String, Vec<(String, bool)>>,
    /// Clusters whose creation left the zone to the service.
    pub(super) zoneless: BTreeSet<String>,
    /// The zone that such a cluster was first shown in, by region: the one that the service takes first (`P-013`).
    pub(super) zones: Places,
    /// The nodes that it was first shown with behind its endpoints, likewise.
    pub(super) behind_endpoints: BTreeMap<String, Vec<(String, bool)>>,
    /// All nodes that a cluster was shown with.
    pub(super) all_nodes: BTreeMap<String, Vec<String>>,
    /// Nodes that were added later.
    pub(super) added_nodes: BTreeSet<String>,
    /// The disks of a drill, each with its pair, which only a group's drill names.
    pub(super) drill_disks: BTreeMap<String, Vec<(String, String)>>,
    /// When a resource was created, in seconds.
    pub(super) created_at: BTreeMap<String, u64>,
    /// The status messages that it shows.
    pub(super) messages: BTreeMap<String, BTreeSet<String>>,
    /// The statuses that a cluster shows.
    pub(super) statuses: BTreeMap<String, BTreeSet<String>>,
    /// Recover points, beginnings and ends of switches, in seconds, by the number of a name of their component.
    pub(super) moments: BTreeMap<usize, BTreeSet<u64>>,
    /// When the switches began that the log of switches shows, in seconds, likewise.
    pub(super) began: BTreeMap<usize, BTreeSet<u64>>,
    /// When a manual failover was asked for and answered, in milliseconds, by the number of the cluster's name.
    pub(super) failovers: BTreeMap<usize, BTreeSet<u64>>,
    /// What a call under a token was answered, by account and token: a lost call under the same one made the same.
    pub(super) by_token: BTreeMap<(String, String), Value>,
    /// The clusters whose log of switches is read.
    pub(super) logged: BTreeSet<String>,
    /// What is told of it, by the number of a name of its component.
    pub(super) told: BTreeMap<usize, Vec<Told>>,
    /// The creations whose answers were lost.
    pub(super) lost: Vec<LostCreation>,
}

impl Survey {
    /// Takes in an exchange.
    pub fn see(&mut self, exchange: &Exchange) {
        self.exchanges = self.exchanges.saturating_add(1);
        let took = exchange.answered.since(exchange.sent).as_millis();
        self.longest.0 = self.longest.0.max(took);
        self.last = self.last.max(exchange.answered);
        if let Some((sent, answered)) = exchange.order {
            self.counted = self.counted.saturating_add(1);
            self.longest.1 = self.longest.1.max(answered.saturating_sub(sent));
        }
        let Some(operation) = operation_of(exchange) else { return };
        let names = Names::of(exchange, operation);
        self.together.join(&names.joined);
        names.apart.iter().for_each(|apart| self.together.join(apart));
        self.turns.see(exchange, operation, &names, &mut self.together);
        let number = self.exchanges.saturating_sub(1);
        let lost = LostCreation::of(exchange, operation, number, &names, &mut self.together);
        self.facts.lost.extend(lost);
        match operation {
            Operation::FailoverDbCluster | Operation::FailoverDbClusterZonal => {
                if let Some(cluster) = exchange.parameters.get("DBClusterId") {
                    let number = self.together.number(cluster);
                    let calls = self.facts.failovers.entry(number).or_default();
                    calls.extend([exchange.sent.as_millis(), exchange.answered.as_millis()]);
                }
            }
            Operation::DescribeHaLogs => {
                self.facts.logged.extend(exchange.parameters.get("DBClusterId").cloned());
            }
            _ => {}
        }
        if let Some(answer) = exchange.answer.as_ref().filter(|answer| answer.status == 200) {
            self.answered(exchange, operation, &answer.body);
        }
    }

    /// Whether everything says its place in the order of all.
    pub(super) const fn is_counted(&self) -> bool {
        self.counted == self.exchanges.saturating_add(self.told)
    }

    /// The longest time from request to answer, in the unit that orders the exchanges.
    pub(super) const fn longest(&self) -> u64 {
        if self.is_counted() { self.longest.1 } else { self.longest.0 }
    }

    /// The longest time from request to answer, in milliseconds.
    pub(super) const fn longest_ms(&self) -> u64 {
        self.longest.0
    }

    /// Takes in what is told.
    pub fn hear(&mut self, told: &Told) {
        self.told = self.told.saturating_add(1);
        self.counted = self.counted.saturating_add(usize::from(told.order.is_some()));
        let names = names_of(&told.observed);
        self.together.join(&names);
        if let Some(name) = names.first() {
            let number = self.together.number(name);
            self.facts.told.entry(number).or_default().push(told.clone());
        }
    }

    /// When the last answer came.
    pub(super) const fn last(&self) -> Timestamp {
        self.last
    }

    fn answered(&mut self, exchange: &Exchange, operation: Operation, body: &Value) {
        let facts = &mut self.facts;
        if !only_looks(operation) {
            if let Some(token) = exchange.parameters.get("ClientToken").filter(|_| operation.takes_token()) {
                let key = (exchange.account.as_str().to_owned(), token.clone());
                facts.by_token.entry(key).or_insert_with(|| body.clone());
            }
            if let Some(kind) = Kind::created_by(operation)
                && let Some(id) = id_of(kind, body)
            {
                facts.created.insert(id.to_owned());
                if kind == Kind::Cluster && !exchange.parameters.contains_key("ZoneId") {
                    facts.zoneless.insert(id.to_owned());
                }
                facts.show(exchange, id, kind);
            }
            let added = body.pointer("/DBNodeIds/DBNodeId").and_then(Value::as_array);
            facts
                .added_nodes
                .extend(added.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
            return;
        }
        for (kind, record) in records(body) {
            let Some(id) = id_of(kind, record) else { continue };
            facts.show(exchange, id, kind);
            let number = self.together.number(id);
            facts.record(number, id, record);
            if kind == Kind::Drill {
                facts.drill(id, record);
            }
            if kind == Kind::Cluster {
                facts.cluster(id, record);
            }
        }
        match operation {
            Operation::DescribeDbClusterAttribute | Operation::DescribeDbClusterAttributeZonal => {
                if let Some(id) = body.get("DBClusterId").and_then(Value::as_str) {
                    facts.show(exchange, id, Kind::Cluster);
                    let number = self.together.number(id);
                    facts.record(number, id, body);
                    facts.cluster(id, body);
                }
            }
            Operation::DescribeGlobalDatabaseNetwork => {
                if let Some(id) = body.get("GDNId").and_then(Value::as_str) {
                    facts.show(exchange, id, Kind::Network);
                    let number = self.together.number(id);
                    facts.record(number, id, body);
                }
            }
            Operation::DescribeDiskReplicaPairProgress => {
                if let Some(id) = exchange.parameters.get("ReplicaPairId") {
                    let number = self.together.number(id);
                    facts.record(number, id, body);
                }
            }
            _ if is_about_endpoints(operation) => {
                if let Some(id) = exchange.parameters.get("DBClusterId") {
                    facts.endpoints(id, body);
                }
            }
            Operation::DescribeHaLogs => {
                let Some(id) = exchange.parameters.get("DBClusterId") else { return };
                let number = self.together.number(id);
                for item in body.get("HaLogItems").and_then(Value::as_array).into_iter().flatten() {
                    let at = |name: &str| item.get(name).and_then(Value::as_str).and_then(moment);
                    let Some(began) = at("SwitchStartTime") else { continue };
                    facts.began.entry(number).or_default().insert(began.as_secs());
                    let ends = at("SwitchFinishTime").map(|at| at.as_secs());
                    facts
                        .moments
                        .entry(number)
                        .or_default()
                        .extend(ends.into_iter().chain([began.as_secs()]));
                }
            }
            _ => {}
        }
    }
}

impl Facts {
    fn show(&mut self, exchange: &Exchange, id: &str, kind: Kind) {
        if !self.shown.contains_key(id) {
            self.shown.insert(id.to_owned(), kind);
            self.shown_at.insert(id.to_owned(), exchange.sent);
            self.accounts.insert(id.to_owned(), exchange.account.as_str().to_owned());
        }
    }

    /// Takes in the times and messages of a record.
    fn record(&mut self, number: usize, id: &str, record: &Value) {
        let seconds = |value: &Value| match value {
            Value::String(text) => moment(text).map(|at| at.as_secs()),
            value => value.as_u64(),
        };
        for name in ["LastRecoverPoint", "RecoverPoint"] {
            if let Some(at) = record.get(name).and_then(seconds) {
                self.moments.entry(number).or_default().insert(at);
            }
        }
        for name in ["CreateTime", "CreationTime", "StartAt"] {
            if let Some(at) = record.get(name).and_then(seconds) {
                self.created_at.entry(id.to_owned()).or_insert(at);
            }
        }
        if let Some(text) =
            record.get("StatusMessage").and_then(Value::as_str).filter(|text| !text.is_empty())
        {
            self.messages.entry(id.to_owned()).or_default().insert(text.to_owned());
        }
    }

    fn drill(&mut self, id: &str, record: &Value) {
        let text = |of: &Value, name: &str| of.get(name).and_then(Value::as_str).unwrap_or("").to_owned();
        let mut disks: Vec<(String, String)> = match record.get("PairsInfo").and_then(Value::as_array) {
            Some(disks) => {
                disks.iter().map(|disk| (text(disk, "PairId"), text(disk, "DrillDiskId"))).collect()
            }
            None => Vec::from([(String::new(), text(record, "DrillDiskId"))]),
        };
        disks.retain(|(_, disk)| !disk.is_empty());
        if !disks.is_empty() {
            self.drill_disks.entry(id.to_owned()).or_insert(disks);
        }
    }

    fn endpoints(&mut self, id: &str, body: &Value) {
        let mut found: Vec<(String, bool)> = Vec::new();
        for (node, writer) in behind_endpoints(body) {
            match found.iter_mut().find(|(known, _)| known == node) {
                Some((_, known)) => *known |= writer,
                None => found.push((node.to_owned(), writer)),
            }
        }
        self.know_nodes(id, found.iter().map(|(node, _)| node.as_str()));
        if !found.is_empty() {
            self.behind_endpoints.entry(id.to_owned()).or_insert(found);
        }
    }

    /// Takes in the nodes that a cluster is shown with.
    fn know_nodes<'n>(&mut self, id: &str, nodes: impl Iterator<Item = &'n str>) {
        for node in nodes {
            let all = self.all_nodes.entry(id.to_owned()).or_default();
            if !all.iter().any(|known| known == node) {
                all.push(node.to_owned());
            }
        }
    }

    fn cluster(&mut self, id: &str, record: &Value) {
        if !self.nodes.contains_key(id) {
            let list = record.get("DBNodes").map(|nodes| nodes.get("DBNode").unwrap_or(nodes));
            let is_writer = |node: &str| {
                let mut all = list.and_then(Value::as_array).into_iter().flatten();
                let found = all.find(|other| other.get("DBNodeId").and_then(Value::as_str) == Some(node));
                found.and_then(|node| node.get("DBNodeRole")).and_then(Value::as_str) == Some("Writer")
            };
            let first = list.and_then(|list| list.get(0)).and_then(|node| node.get("ZoneId"));
            if let Some(zone) = first.or_else(|| record.get("ZoneId")).filter(|_| self.zoneless.contains(id))
                && let Some(zone) = zone.as_str().and_then(|zone| ZoneId::parse(zone).ok())
                && let Some(region) = record.get("RegionId").and_then(Value::as_str)
                && let Ok(region) = RegionId::parse(region)
            {
                self.zones.entry(region).or_insert_with(|| BTreeSet::from([zone]));
            }
            let found: Vec<(String, bool)> =
                nodes(record).map(|node| (node.to_owned(), is_writer(node))).collect();
            if !found.is_empty() {
                self.nodes.insert(id.to_owned(), found);
            }
        }
        self.know_nodes(id, nodes(record));
        let list = record.get("DBNodes").and_then(Value::as_array).into_iter().flatten();
        for node in list.filter(|node| node.get("DBNodeId").and_then(Value::as_str).is_some()) {
            let id = node.get("DBNodeId").and_then(Value::as_str).unwrap_or("");
            let at = node.get("CreationTime").and_then(Value::as_str).and_then(moment);
            if let Some(at) = at {
                self.created_at.entry(id.to_owned()).or_insert(at.as_secs());
            }
        }
        if let Some(status) = record.get("DBClusterStatus").and_then(Value::as_str) {
            self.statuses.entry(id.to_owned()).or_default().insert(status.to_owned());
        }
    }
}
