//! What is asserted of every transition, whatever the world.

use std::borrow::Cow;
use std::sync::Arc;

use failover_model::Output;
use failover_model::ebs::{GroupStatus, PairStatus};
use failover_model::polardb::{ClusterEffect, DbNode, Failure, NodeKind, NodeWork, Priority, Role};
use failover_model::testing::explore::Transition;
use failover_model::token::Lifetime;
use failover_model::{
    Call, ControlPlane, Effect, EffectId, EffectKind, Input, Misuse, NodeId, Outcome, Report, Request,
    Timestamp,
};
use serde::Serialize;

use super::walk::Past;
use crate::failover_laws::{Sight, is_accepted};

/// What the tokens used so far promise.
pub type Promises = Vec<Arc<Promise>>;

/// Under this token this request was accepted, at this time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Promise {
    account: String,
    region: String,
    token: String,
    request: Request,
    at: Timestamp,
}

impl Promise {
    pub fn account(&self) -> &str {
        &self.account
    }
}

/// Asserts the laws of a transition; the past after it, if it is another.
pub fn observe(transition: &Transition<'_, Arc<Past>>) -> Result<Option<Past>, String> {
    let Transition { input, result, changed, .. } = transition;
    let (before, after, past) = (&transition.before.plane, transition.after, &transition.before.memory);
    names_what_is_outstanding(transition)?;
    asks_for_the_highest_tier(after, result)?;
    if *changed {
        is_deaf_to_what_is_late(transition)?;
        writers_move_by_promotion(before, after, input)?;
        keeps_tombstones(before, after, input)?;
    }
    let accepted = is_accepted(result);
    let mut failovers = Cow::Borrowed(&past.failovers);
    // What was not accepted and changed nothing is nothing to a failover.
    if (*changed || accepted) && after.clusters().chain(before.clusters()).next().is_some() {
        let sights = |plane: &ControlPlane| -> Vec<Sight> {
            plane.clusters().map(|cluster| Sight::of(cluster, before.cluster(cluster.id()))).collect()
        };
        let seen = failovers.to_mut().observe(
            &after.policy().polardb,
            input,
            accepted,
            &sights(before),
            &sights(after),
        );
        seen.map_err(|(law, how)| format!("{law:?}: {how} after {input:?}"))?;
    }
    let mut promises = Cow::Borrowed(&past.promises);
    if let Input::Call(call, request, _) = input {
        takes_effect_once(before, after, &mut promises, call, request, result)?;
    }
    let same = *failovers == past.failovers && *promises == past.promises;
    Ok((!same).then(|| Past { promises: promises.into_owned(), failovers: failovers.into_owned() }))
}

/// There is one writer, and it moves only when work ends.
fn writers_move_by_promotion(
    before: &ControlPlane,
    after: &ControlPlane,
    input: &Input,
) -> Result<(), String> {
    for cluster in after.clusters() {
        let writers = cluster.nodes().iter().filter(|node| node.role == Role::Writer).count();
        ensure(writers == 1, || format!("{} has {writers} writers after {input:?}", cluster.id()))?;
        if cluster.writer().map(|node| &node.id)
            != before.cluster(cluster.id()).and_then(|old| old.writer()).map(|node| &node.id)
            && before.cluster(cluster.id()).is_some()
        {
            let promoted = matches!(input, Input::Report(_, Report::Outcome { .. }));
            ensure(promoted, || format!("the writer moved by {input:?}"))?;
        }
    }
    Ok(())
}

/// A node of a cluster that could be elected.
fn electable(node: &DbNode) -> bool {
    node.role == Role::Reader
        && node.kind == NodeKind::Ordinary
        && node.up
        && node.replicating
        && node.busy.is_none()
}

/// Without help from outside, a cluster whose writer is down and that has an electable node gets another writer: by the end of
/// what is outstanding and by what falls due alone.
pub fn lost_writers_are_replaced(plane: &ControlPlane) -> Result<(), String> {
    for cluster in plane.clusters() {
        let down = cluster.writer().is_some_and(|writer| !writer.up);
        if !down || !cluster.nodes().iter().any(electable) {
            continue;
        }
        let mut later = plane.clone();
        for _ in 0..4 {
            let effect = later.outstanding().next();
            let input = match (effect, later.next_deadline()) {
                (Some(Effect { id, kind, .. }), _) => {
                    let outcome = match kind {
                        EffectKind::Cluster { effect: ClusterEffect::ChooseNode(tier), .. } => {
                            Outcome::Chosen(tier.first().cloned().ok_or("an empty tier")?)
                        }
                        // A drill makes no more nodes fail.
                        EffectKind::Cluster {
                            effect: ClusterEffect::Work(NodeWork::InjectFault { .. }),
                            ..
                        } => Outcome::Failed { failure: Failure::Other, message: None },
                        _ => Outcome::Succeeded,
                    };
                    Input::Report(later.clock(), Report::Outcome { id, outcome })
                }
                (None, Some(deadline)) => Input::Advance(deadline.at),
                (None, None) => break,
            };
            let _ = later.apply(&input).map_err(|misuse| format!("{misuse} by {input:?}"))?;
        }
        let replaced =
            later.cluster(cluster.id()).and_then(|cluster| cluster.writer()).is_some_and(|node| node.up);
        ensure(replaced, || format!("nobody replaces the writer of {cluster:?}"))?;
    }
    Ok(())
}

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

/// The effects that an input returns are the ones that are outstanding since, in ascending order, under new ids.
fn names_what_is_outstanding(transition: &Transition<'_, Arc<Past>>) -> Result<(), String> {
    let asked = transition.result.as_ref().map_or(&[][..], |output| &output.step.effects);
    let known = transition.outstanding;
    if !transition.changed {
        return ensure(asked.is_empty(), || format!("asked for {asked:?} and changed nothing"));
    }
    let is_new = |effect: &Effect| !known.iter().any(|known| known.id == effect.id);
    let new = || transition.after.outstanding().filter(is_new);
    ensure(new().eq(asked.iter().cloned()), || {
        format!("asked for {asked:?}, outstanding since {:?}", new().collect::<Vec<_>>())
    })?;
    let last = known.iter().map(|effect| effect.id).max();
    let reused = asked.iter().any(|effect| Some(effect.id) <= last);
    ensure(!reused, || format!("{asked:?} has an id that was used before"))
}

/// An effect that was superseded or has ended is outstanding no more: a report on it is refused and changes nothing.
fn is_deaf_to_what_is_late(transition: &Transition<'_, Arc<Past>>) -> Result<(), String> {
    let after = transition.after;
    transition.outstanding.iter().filter(|effect| after.effect(effect.id).is_none()).try_for_each(|effect| {
        ensure(refuses_a_report_on(after, effect.id), || {
            format!("a report on {effect:?} came late and was taken")
        })
    })
}

/// Whether a report on an effect is refused and changes nothing.
pub fn refuses_a_report_on(plane: &ControlPlane, id: EffectId) -> bool {
    let mut after = plane.clone();
    let report = Report::Outcome { id, outcome: Outcome::Succeeded };
    after.apply(&Input::Report(plane.clock(), report)).is_err() && after == *plane
}

/// Pairs and groups go only as tombstones and by the passing of time; until then a tombstone stays as it is.
fn keeps_tombstones(before: &ControlPlane, after: &ControlPlane, input: &Input) -> Result<(), String> {
    let time_passed = matches!(input, Input::Advance(_));
    for old in before.pairs() {
        let deleted = old.status() == PairStatus::Deleted;
        let kept = match after.pair(old.id()) {
            Some(new) => !deleted || new == old,
            None => deleted && time_passed,
        };
        ensure(kept, || format!("{} went or changed by {input:?}", old.id()))?;
    }
    for old in before.groups() {
        let deleted = old.status == GroupStatus::Deleted;
        let kept = match after.group(old.group.id()) {
            Some(new) => !deleted || new == old,
            None => deleted && time_passed,
        };
        ensure(kept, || format!("{} went or changed by {input:?}", old.group.id()))?;
    }
    Ok(())
}

/// Nobody is promoted or offered while a node of higher priority is eligible and untried, unless it was named.
fn asks_for_the_highest_tier(plane: &ControlPlane, result: &Result<Output, Misuse>) -> Result<(), String> {
    let effects = result.iter().flat_map(|output| &output.step.effects);
    for effect in effects {
        let EffectKind::Cluster { cluster, effect } = &effect.kind else { continue };
        let Some(cluster) = plane.cluster(cluster) else { continue };
        let Some(failover) = cluster.failover() else { continue };
        let open: Vec<(&NodeId, Priority)> = (cluster.nodes().iter().filter(|node| electable(node)))
            .filter(|node| !failover.tried().contains(&node.id))
            .map(|node| (&node.id, node.priority))
            .collect();
        let highest = open.iter().map(|(_, priority)| *priority).max();
        let tier: Vec<&NodeId> =
            open.iter().filter(|(_, priority)| Some(*priority) == highest).map(|(node, _)| *node).collect();
        let lawful = match effect {
            ClusterEffect::PromoteNode(node) if failover.requested() == Some(node) => {
                open.iter().any(|(open, _)| *open == node)
            }
            ClusterEffect::PromoteNode(node) => tier.contains(&node),
            ClusterEffect::ChooseNode(offered) => tier.len() > 1 && offered.iter().eq(tier.iter().copied()),
            _ => true,
        };
        ensure(lawful, || format!("{effect:?} among {open:?}"))?;
    }
    Ok(())
}

/// What is promised under a token is answered again and not done again; another request under it is refused; nothing
/// that was never done is replayed.
fn takes_effect_once(
    before: &ControlPlane,
    after: &ControlPlane,
    promises: &mut Cow<'_, Promises>,
    call: &Call,
    request: &Request,
    result: &Result<Output, Misuse>,
) -> Result<(), String> {
    let lifetime = after.policy().tokens.lifetime;
    let stands = |promise: &Arc<Promise>| match lifetime {
        Lifetime::Never => true,
        Lifetime::For(ms) => after.clock().since(promise.at).as_millis() < ms.get(),
    };
    if !promises.iter().all(stands) {
        promises.to_mut().retain(stands);
    }
    let (Ok(output), Some(token)) = (result, &call.token) else { return Ok(()) };
    if !request.operation().takes_token() {
        return ensure(!output.replayed, || format!("{request:?} was replayed"));
    }
    let here = |promise: &Arc<Promise>| {
        promise.account == call.account.as_str()
            && promise.region == call.region.as_str()
            && promise.token == token.as_str()
            && promise.request.operation() == request.operation()
    };
    // An eviction is told by the horizon, below which nothing is promised.
    let evicted = before.tokens().horizon(&call.account) > 0;
    let done = !output.replayed && matches!(output.result, Some(Ok(_)));
    match promises.iter().position(here) {
        Some(at) => {
            let promised = &promises[at].request;
            // The same request is answered again, another one is refused for its token.
            let refused = matches!(&output.result, Some(Err(refusal)) if refusal.rule().as_str() == "T-090");
            ensure(evicted || if promised == request { output.replayed } else { refused }, || {
                format!("{request:?} under {token:?}, which stands for {promised:?}: {output:?}")
            })?;
            if done {
                // Evicted and done anew: the promise is that of the later time.
                let promise = Arc::make_mut(&mut promises.to_mut()[at]);
                (promise.request, promise.at) = (request.clone(), after.clock());
            }
            Ok(())
        }
        None => {
            ensure(!output.replayed, || format!("{request:?} was replayed and never done"))?;
            if done {
                let promises = promises.to_mut();
                promises.push(Arc::new(Promise {
                    account: call.account.to_string(),
                    region: call.region.to_string(),
                    token: token.as_str().into(),
                    request: request.clone(),
                    at: after.clock(),
                }));
                promises.sort_by_key(|promise| format!("{promise:?}"));
            }
            Ok(())
        }
    }
}
