//! Parsing of scenario commands.

use std::boxed::Box;
use std::format;
use std::str::FromStr;
use std::string::{String, ToString};
use std::vec::Vec;

use crate::control_plane::{Fresh, FreshCluster, FreshNodes, Input, Observation, Outcome, Places, Report};
use crate::ebs::{DiskChange, FreshDrill, GroupCreated, PairCreated};
use crate::ids::{
    AccountId, BadId, ClusterId, DrillId, EffectId, GroupId, NetworkId, OrderId, PairId, RegionId,
};
use crate::operation::{Operation, Product};
use crate::polardb::{Failure, NetworkCreated, NodeChange};
use crate::policy::Policy;
use crate::snapshot::Snapshot;
use crate::text::StatusMessage;
use crate::time::Span;
use crate::wire::Parameters;

pub(super) enum Command {
    Policy(Box<Policy>),
    Restore(Box<Snapshot>),
    Regions(Places),
    Apply(Box<Input>),
    Advance(Span),
    Call(Box<Invocation>),
    Report(Report),
    Show(Subject),
}

pub(super) struct Invocation {
    pub(super) action: String,
    pub(super) version: Option<String>,
    pub(super) parameters: Parameters,
    pub(super) account: Option<AccountId>,
    pub(super) region: Option<RegionId>,
    pub(super) fresh: Fresh,
}

pub(super) enum Subject {
    Disks,
    Effects,
    Pair(PairId),
    Group(GroupId),
    Drill(DrillId),
    Cluster(ClusterId),
    Network(NetworkId),
}

pub(super) fn parse(line: &str) -> Result<Command, String> {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    if verb == "policy" {
        return serde_json::from_str(rest)
            .map(|policy| Command::Policy(Box::new(policy)))
            .map_err(|bad| bad.to_string());
    }
    if verb == "regions" {
        return serde_json::from_str(rest).map(Command::Regions).map_err(|bad| bad.to_string());
    }
    if verb == "restore" {
        return serde_json::from_str(rest)
            .map(|snapshot| Command::Restore(Box::new(snapshot)))
            .map_err(|bad| bad.to_string());
    }
    if verb == "apply" {
        return serde_json::from_str(rest)
            .map(|input| Command::Apply(Box::new(input)))
            .map_err(|bad| bad.to_string());
    }
    let words = words(rest)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match (verb, words.as_slice()) {
        ("advance", [span]) => Ok(Command::Advance(self::span(span)?)),
        ("call", [action, settings @ ..]) => {
            invocation(action, settings).map(|call| Command::Call(Box::new(call)))
        }
        ("report", [id, outcome @ ..]) => {
            let id = id.parse().map(EffectId).map_err(|_| format!("{id} is not an effect id"))?;
            Ok(Command::Report(Report::Outcome { id, outcome: self::outcome(outcome)? }))
        }
        ("observe", what) => Ok(Command::Report(Report::Observed(observation(what)?))),
        ("show", ["disks"]) => Ok(Command::Show(Subject::Disks)),
        ("show", ["effects"]) => Ok(Command::Show(Subject::Effects)),
        ("show", ["pair", id]) => Ok(Command::Show(Subject::Pair(read(id)?))),
        ("show", ["group", id]) => Ok(Command::Show(Subject::Group(read(id)?))),
        ("show", ["drill", id]) => Ok(Command::Show(Subject::Drill(read(id)?))),
        ("show", ["cluster", id]) => Ok(Command::Show(Subject::Cluster(read(id)?))),
        ("show", ["network", id]) => Ok(Command::Show(Subject::Network(read(id)?))),
        _ => Err(format!("no such command: {line}")),
    }
}

fn read<T: FromStr<Err = BadId>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|bad| format!("{text}: {bad}"))
}

fn list<T: FromStr<Err = BadId>, L: FromIterator<T>>(text: &str) -> Result<L, String> {
    text.split(',').map(read).collect()
}

/// Words are separated by blanks; double quotes keep blanks within a word.
fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    for character in text.chars() {
        match character {
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    if quoted { Err("a quote is not closed".into()) } else { Ok(words) }
}

/// `1h30m`, `900s`, `250ms`.
fn span(text: &str) -> Result<Span, String> {
    let bad = || format!("{text} is not a length of time such as 15m or 1h30m");
    let (mut total, mut rest) = (0_u64, text);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(bad)?;
        let (number, tail) = rest.split_at(digits);
        let units = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(units);
        let unit: u64 = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => return Err(bad()),
        };
        let number: u64 = number.parse().map_err(|_| bad())?;
        total = number.checked_mul(unit).and_then(|more| total.checked_add(more)).ok_or_else(bad)?;
        rest = tail;
    }
    if text.is_empty() { Err(bad()) } else { Ok(Span::from_millis(total)) }
}

fn invocation(action: &str, settings: &[&str]) -> Result<Invocation, String> {
    // Of an action that both products have, the version tells which is meant.
    let version = settings.iter().find_map(|setting| setting.strip_prefix("Version="));
    let called = |operation: &Operation| operation.as_str() == action;
    let means =
        |operation: &Operation| version.is_none_or(|version| operation.product().version() == version);
    let all = Operation::ALL.iter().copied().filter(called);
    let operation = all.clone().find(means).or_else(|| all.clone().next());
    let product = operation.map(|operation| operation.product());
    let mut call = Invocation {
        action: action.to_string(),
        version: Some(product.unwrap_or(Product::Ebs).version().to_string()),
        parameters: Parameters::default(),
        account: None,
        region: None,
        fresh: Fresh::None,
    };
    for setting in settings {
        let (name, value) = setting.split_once('=').ok_or_else(|| format!("{setting} is not NAME=VALUE"))?;
        match name {
            "by" => call.account = Some(read(value)?),
            "in" => call.region = Some(read(value)?),
            "fresh" => call.fresh = fresh(operation, value)?,
            _ => call.parameters.insert(name, value),
        }
    }
    Ok(call)
}

/// The ids of the resources that the operation creates.
fn fresh(operation: Option<Operation>, text: &str) -> Result<Fresh, String> {
    let order: OrderId = read("order-1")?;
    match operation {
        Some(Operation::CreateDiskReplicaGroup) => {
            return Ok(Fresh::Group(GroupCreated { group: read(text)? }));
        }
        Some(Operation::CreateGlobalDatabaseNetwork) => {
            return Ok(Fresh::Network(NetworkCreated { network: read(text)? }));
        }
        Some(Operation::StartPairDrill | Operation::StartReplicaGroupDrill) => {
            let (drill, disks) = text.split_once(':').ok_or("a drill's ids are DRILL:DISK,DISK…")?;
            return Ok(Fresh::Drill(FreshDrill { drill: read(drill)?, disks: list(disks)? }));
        }
        _ => {}
    }
    match text.split_once(':') {
        None => Ok(Fresh::Pair(PairCreated { pair: read(text)?, order })),
        Some(("order", order)) => Ok(Fresh::Order(read(order)?)),
        Some(("nodes", nodes)) => Ok(Fresh::Nodes(FreshNodes { nodes: list(nodes)?, order })),
        Some((cluster, nodes)) => {
            Ok(Fresh::Cluster(FreshCluster { cluster: read(cluster)?, nodes: list(nodes)?, order }))
        }
    }
}

fn message(text: &str) -> Result<StatusMessage, String> {
    StatusMessage::parse(text).map_err(|bad| format!("{text}: {bad}"))
}

fn outcome(words: &[&str]) -> Result<Outcome, String> {
    match words {
        ["succeeded"] => Ok(Outcome::Succeeded),
        ["chosen", node] => Ok(Outcome::Chosen(read(node)?)),
        ["failed", "for", pairs] => {
            Ok(Outcome::PartlyFailed { failure: Failure::Other, failed: list(pairs)? })
        }
        ["failed", reason, rest @ ..] => {
            let failure = Failure::parse(reason);
            let failure = failure.ok_or_else(|| format!("{reason} is not network, replication or other"))?;
            let message = match rest {
                [] => None,
                [text] => Some(message(text)?),
                _ => return Err("at most one message".into()),
            };
            Ok(Outcome::Failed { failure, message })
        }
        _ => Err("an effect ends with succeeded, failed REASON or chosen NODE".into()),
    }
}

/// The changes of a disk.
const DISK_CHANGES: [DiskChange; 5] = [
    DiskChange::Up(true),
    DiskChange::Up(false),
    DiskChange::Attached(true),
    DiskChange::Attached(false),
    DiskChange::Removed,
];

/// The changes of a node but that of its priority, which only a call makes.
const NODE_CHANGES: [NodeChange; 4] = [
    NodeChange::Up(true),
    NodeChange::Up(false),
    NodeChange::Replicating(true),
    NodeChange::Replicating(false),
];

/// The change that is told so, in one word.
fn change_of<C: Copy + ToString>(changes: &[C], word: &str) -> Result<C, String> {
    let found = changes.iter().find(|known| known.to_string().replace(' ', "-") == word);
    found.copied().ok_or_else(|| format!("{word} is not a state that can be observed"))
}

fn observation(words: &[&str]) -> Result<Observation, String> {
    match words {
        ["disk", id, state, owner @ ..] => {
            let account = match owner {
                [] => AccountId::parse("1234567890123456").map_err(|bad| bad.to_string())?,
                [by] => read(by.strip_prefix("by=").ok_or("an owner is given as by=ACCOUNT")?)?,
                _ => return Err("at most one owner".into()),
            };
            Ok(Observation::Disk { account, disk: read(id)?, change: change_of(&DISK_CHANGES, state)? })
        }
        ["pair", id, "invalid", text] => {
            Ok(Observation::PairInvalid { pair: read(id)?, message: message(text)? })
        }
        ["group", id, "invalid", text] => {
            Ok(Observation::GroupInvalid { group: read(id)?, message: message(text)? })
        }
        ["node", id, state] => {
            Ok(Observation::Node { node: read(id)?, change: change_of(&NODE_CHANGES, state)? })
        }
        ["nodes", nodes, state] => {
            Ok(Observation::Nodes { nodes: list(nodes)?, change: change_of(&NODE_CHANGES, state)? })
        }
        ["cluster", id, "busy", status] => {
            Ok(Observation::ClusterBusy { cluster: read(id)?, status: Some(message(status)?) })
        }
        ["cluster", id, "running"] => Ok(Observation::ClusterBusy { cluster: read(id)?, status: None }),
        ["cluster", id, "removed"] => Ok(Observation::ClusterRemoved { cluster: read(id)? }),
        _ => Err("nothing that can be observed".into()),
    }
}
