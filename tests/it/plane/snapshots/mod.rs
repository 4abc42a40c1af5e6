//! Snapshots: nothing of the state is left out, nothing in one is taken on trust, and equal states give equal bytes.

mod fields;
mod refused;
mod restored;
mod tampered;
mod world;

use failover_model::ebs::{DiskChange, GroupStatus, PairSeed, PairStatus as S};
use failover_model::polardb::{
    ClusterSeed, ClusterStatus, DbNode, NetworkSeed, NetworkStatus, NodeChange, NodeKind, PayType, Role,
    Serverless, SwitchMode, SwitchOverGlobalDatabaseNetwork,
};
use failover_model::snapshot::{RestoreError, Snapshot};
use failover_model::text::{Description, GroupName, Name, NetworkDescription, Tag, TagKey, TagValue};
use failover_model::token::{Lifetime, Overflow};
use failover_model::{ControlPlane, Fresh, Input, Policy, Report, Span};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::kit::{
    self, CLUSTER, DESTINATION, OWNER, SOURCE, World, at, create_request, id, message, pair_id, pair_seed,
    priority,
};

use world::{contrary, rich};

fn value(plane: &ControlPlane) -> Value {
    serde_json::to_value(plane.snapshot()).unwrap()
}

/// The state of a snapshot in its written form, if it is taken.
fn restore(value: &Value) -> Result<ControlPlane, String> {
    let snapshot = Snapshot::deserialize(value).map_err(|error| error.to_string())?;
    ControlPlane::restore(snapshot).map_err(|error| error.to_string())
}

/// Paths to everything in a value, itself included.
fn paths(value: &Value) -> Vec<String> {
    let mut all = vec![String::new()];
    let below =
        |step: String, value: &Value| paths(value).into_iter().map(move |path| format!("/{step}{path}"));
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| all.extend(below(name.clone(), value)))
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, value)| all.extend(below(at.to_string(), value)));
        }
        _ => {}
    }
    all
}

/// Other values in place of one.
fn others(value: &Value) -> Vec<Value> {
    let mut all = vec![Value::Null, json!(1), json!(true), json!("x"), json!([]), json!({})];
    match value {
        Value::Number(number) => {
            let number = number.as_u64().unwrap();
            all.extend([
                json!(number + 1),
                json!(number.saturating_sub(1)),
                json!(0),
                json!(u64::MAX),
                json!(-1),
            ]);
        }
        Value::String(text) => {
            all.extend([json!(format!("{text}x")), json!(text.to_uppercase()), json!("")]);
            // Other spellings of the same kind, where it is an enumeration's.
            for words in [
                &["created", "normal", "failovered", "deleted"][..],
                &["Reader", "Writer"],
                &["manual", "automatic"],
                &["copy", "create", "delete"],
                &["Ordinary", "Ai"],
            ] {
                if words.contains(&text.as_str()) {
                    all.extend(words.iter().copied().map(Value::from));
                }
            }
        }
        Value::Bool(value) => all.push(json!(!value)),
        Value::Array(items) => {
            for at in 0..items.len() {
                let mut fewer = items.clone();
                fewer.remove(at);
                all.push(Value::Array(fewer));
                let mut more = items.clone();
                more.push(items[at].clone());
                all.push(Value::Array(more));
                let mut swapped = items.clone();
                swapped.swap(at, 0);
                all.push(Value::Array(swapped));
            }
        }
        Value::Object(fields) => {
            for name in fields.keys() {
                let mut fewer = fields.clone();
                fewer.remove(name);
                all.push(Value::Object(fewer));
            }
            let mut more = fields.clone();
            more.insert("more".into(), Value::Null);
            all.push(Value::Object(more));
        }
        Value::Null => {}
    }
    all.retain(|other| other != value);
    all
}

/// Whatever is accepted goes on soundly: time passes to its end, and every effect ends.
fn goes_on(plane: &ControlPlane) {
    let mut plane = plane.clone();
    for round in 0..3 {
        let pending: Vec<_> = plane.outstanding().map(|effect| effect.id).collect();
        for id in pending {
            let outcome = if round == 1 {
                failover_model::Outcome::Failed {
                    failure: failover_model::polardb::Failure::Other,
                    message: None,
                }
            } else {
                failover_model::Outcome::Succeeded
            };
            let _ = plane.report(plane.clock(), &Report::Outcome { id, outcome });
            plane.check().unwrap();
        }
        let at = if round == 2 { at(u64::MAX) } else { plane.clock().after(Span::from_secs(10_000)) };
        let _ = plane.advance(at);
        plane.check().unwrap();
    }
}
