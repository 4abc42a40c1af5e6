//! Resources that existed before the trace: they are taken from the first answer that shows them whole.
//!
//! Of a resource that is taken in like this the model does not know its past. It holds what the answer says; what no answer
//! tells, such as when a cluster last switched, is as if it had never been.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::{Value, json};

use super::asked::Asked;
use super::names::{Kind, id_of, records};
use super::run::{Run, World};
use super::timeline::Happened;
use crate::control_plane::Request;
use crate::ebs::Bandwidth;
use crate::time::{Span, Timestamp};
use crate::wire::{Defaults, Paste};

/// The bodies that enter the records of unknown resources in an answer; empty if it shows none.
pub(super) fn shown(asked: &Asked, unknown: &[&String]) -> Vec<Value> {
    let Some(body) = asked.body() else { return Vec::new() };
    let is_unknown = |id: &str| unknown.iter().any(|known| *known == id);
    match &asked.request {
        Request::DescribeDbClusterAttribute(_) | Request::DescribeDbClusterAttributeZonal(_) => {
            let id = body.get("DBClusterId").and_then(Value::as_str).is_some_and(is_unknown);
            id.then(|| body.clone()).into_iter().collect()
        }
        _ => {
            let found = records(body).filter(|(kind, record)| id_of(*kind, record).is_some_and(is_unknown));
            let found = found.map(|(_, record)| {
                let mut record = record.clone();
                // The drills of a pair do not name it (`W-044`).
                if let (Some(pair), Value::Object(fields)) =
                    (asked.exchange.parameters.get("PairId"), &mut record)
                {
                    fields.insert("PairId".into(), json!(pair));
                }
                record
            });
            found.collect()
        }
    }
}

/// The bandwidth of a pair, if it is one that the model does not hold.
fn unsold(record: &Value) -> Option<u64> {
    let shown = record.get("ReplicaPairId").and_then(|_| record.get("Bandwidth"))?;
    let kbps = shown.as_u64().or_else(|| shown.as_str()?.parse().ok())?;
    (kbps != 0 && Bandwidth::from_kbps(kbps).is_none()).then_some(kbps)
}

/// Enters them into every run.
///
/// # Errors
///
/// Why one cannot be entered; then none is.
pub(super) fn enter(
    runs: &mut [Run],
    asked: &Asked,
    shown: &[Value],
    world: &World<'_>,
) -> Result<(), String> {
    if let Some(kbps) = shown.iter().find_map(unsold) {
        return Err(format!(
            "it was there before the trace with a bandwidth of {kbps} Kbit/s, which is not sold"
        ));
    }
    // It was created before it was shown, perhaps after the call was sent.
    let ids = shown.iter().flat_map(|body| Kind::ALL.into_iter().filter_map(|kind| id_of(kind, body)));
    let created = ids.filter_map(|id| world.facts.created_at.get(id)).max().copied().unwrap_or_default();
    let created = Timestamp::default().after(Span::from_secs(created));
    let at = created.min(asked.exchange.answered).max(asked.exchange.sent);
    let mut entered_runs = Vec::with_capacity(runs.len());
    for run in runs.iter() {
        let mut next = run.clone();
        let at = at.max(next.plane.clock());
        next.advance(at, world);
        let mut count = 0_u32;
        let mut mint = |kind: crate::wire::IdKind| {
            count = count.saturating_add(1);
            format!("{}unseen-{count}", kind.prefix())
        };
        let mut defaults = Defaults { now: at, region: asked.region.clone(), mint: &mut mint };
        let paste =
            Paste::read(&Value::from(shown.to_vec()), &mut defaults).map_err(|why| why.to_string())?;
        let entered = paste.enter(&mut next.plane, at, &asked.exchange.account);
        if let Some(left_out) = entered.left_out.first() {
            return Err(format!("it was there before the trace and cannot be entered: {}", left_out.reason));
        }
        let ids = entered.pairs.iter().map(ToString::to_string);
        let ids = ids.chain(entered.groups.iter().map(ToString::to_string));
        let ids = ids.chain(entered.drills.iter().map(ToString::to_string));
        let ids: Vec<String> = ids.chain(entered.clusters.iter().map(ToString::to_string)).collect();
        next.note(Happened::Entered(ids.join(", ")), entered.step, None, world);
        entered_runs.push(next);
    }
    runs.iter_mut().zip(entered_runs).for_each(|(run, entered)| *run = entered);
    Ok(())
}
