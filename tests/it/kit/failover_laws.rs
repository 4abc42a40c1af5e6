//! The laws of failover, asserted of every transition of every cluster. `tests/worlds.rs` includes this file too.
//!
//! They look from outside: at what a cluster shows before and after an input, at who could be elected, and at the
//! promotions that were asked for since the failover began. What a model itself remembers of a failover, such as which nodes it
//! tried, is not believed.

use std::collections::{BTreeMap, BTreeSet};

use failover_model::polardb::{ClusterEffect, DbCluster, DbNode, Electorate, NodeKind, Role};
use failover_model::policy::{AfterExhaustion, ExplicitTargetFails, PolarDbPolicy};
use failover_model::{ClusterId, EffectId, Input, NodeId, Outcome, Output, Report, Request};
use serde::Serialize;

/// A law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Law {
    /// In a failover every node that can be elected is tried exactly once a round before it ends without success, in an
    /// order that the priorities at each moment permit. A named target comes first, and by policy alone.
    EachOnce,
    /// The writer moves only to a node whose promotion was asked for and succeeded; else it stays the writer.
    WriterUntouched,
    /// A promotion that succeeded ends the failover, and no other begins by itself while the writer is up: unless a call
    /// waits for a node, or the writer is to return to its zone (`RollBackForDisaster`).
    HealthyStays,
    /// An accepted call that names a node promotes that node, and while the name binds nobody else.
    NobodyElse,
}

/// The law that broke, and how.
pub type Broken = (Law, String);

/// What a cluster asks for in an election.
#[derive(Debug, Clone, PartialEq)]
pub enum Asks {
    Choice(BTreeSet<NodeId>),
    Promotion(NodeId),
}

/// A cluster at one moment.
#[derive(Debug, Clone)]
pub struct Sight {
    pub id: ClusterId,
    pub nodes: BTreeSet<NodeId>,
    pub writers: Vec<NodeId>,
    pub writer_up: bool,
    /// Who can be elected in the failover that runs, or that ran just before, with their ranks: more is preferred.
    pub eligible: BTreeMap<NodeId, u16>,
    pub asks: Option<(EffectId, Asks)>,
}

/// P-110 to P-114, a second time.
pub fn can_be_elected(node: &DbNode, among: &Electorate) -> bool {
    let kind = match node.kind {
        NodeKind::Ordinary => !among.standby,
        NodeKind::ColumnStore => !among.standby && among.column_store,
        NodeKind::Standby => among.standby,
        NodeKind::Ai => false,
    };
    let place = among.zone.is_none() || among.zone.as_ref() == Some(&node.zone);
    let high_enough = among.floor.is_none_or(|floor| node.priority >= floor);
    node.role == Role::Reader
        && kind
        && node.up
        && node.busy.is_none()
        && node.replicating
        && place
        && high_enough
}

impl Sight {
    /// Of a cluster of the control plane, as it was `before` the input and as it is.
    pub fn of(cluster: &DbCluster, before: Option<&DbCluster>) -> Self {
        let running = cluster.failover().or(before.and_then(DbCluster::failover));
        let electorate = running.map(|failover| failover.electorate().clone()).unwrap_or_default();
        let rank = |node: &DbNode| {
            let hot = electorate.hot_first && node.hot_replica;
            u16::from(node.priority.get()) * 2 + u16::from(hot)
        };
        let nodes = cluster.nodes();
        let eligible = nodes.iter().filter(|node| can_be_elected(node, &electorate));
        let asks = cluster.failover().and_then(|failover| match cluster.outstanding()?.2 {
            ClusterEffect::ChooseNode(tier) => {
                Some((failover.pending()?, Asks::Choice(tier.into_iter().collect())))
            }
            ClusterEffect::PromoteNode(node) => Some((failover.pending()?, Asks::Promotion(node))),
            ClusterEffect::Lifecycle(_) | ClusterEffect::Work(_) => None,
        });
        Self {
            id: cluster.id().clone(),
            nodes: nodes.iter().map(|node| node.id.clone()).collect(),
            writers: nodes
                .iter()
                .filter(|node| node.role == Role::Writer)
                .map(|node| node.id.clone())
                .collect(),
            writer_up: cluster.writer().is_some_and(|writer| writer.up),
            eligible: eligible.map(|node| (node.id.clone(), rank(node))).collect(),
            asks,
        }
    }
}

/// A running failover, as its inputs and effects tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Attempts {
    by_call: bool,
    /// The target that was named, while it binds.
    named: Option<NodeId>,
    /// The nodes whose promotion was asked for in this round, and that the cluster still has.
    asked: BTreeSet<NodeId>,
    round: u8,
}

/// What a cluster owes beyond its failovers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
struct Watch {
    running: Option<Attempts>,
    /// A call found nobody, and by policy waits for a node.
    waits: bool,
    /// A call asked for a return to the writer's zone.
    returns: bool,
}

/// The failovers of all clusters, as far as the laws must remember them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Failovers(BTreeMap<ClusterId, Watch>);

/// An accepted call of `FailoverDBCluster` or its zonal twin.
struct Called<'a> {
    cluster: &'a ClusterId,
    target: Option<&'a NodeId>,
    returns: bool,
}

fn called(input: &Input, accepted: bool) -> Option<Called<'_>> {
    let Input::Call(_, request, _) = input else { return None };
    let request = match request {
        Request::FailoverDbCluster(request) => request,
        Request::FailoverDbClusterZonal(request) => &request.0,
        _ => return None,
    };
    accepted.then_some(Called {
        cluster: &request.cluster,
        target: request.target.as_ref(),
        returns: request.roll_back_for_disaster,
    })
}

/// Whether a call was accepted, and not from a token.
pub fn is_accepted<E>(result: &Result<Output, E>) -> bool {
    result.as_ref().is_ok_and(|output| !output.replayed && matches!(output.result, Some(Ok(_))))
}

fn holds(law: Law, holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err((law, otherwise())) }
}

impl Failovers {
    /// Takes note of an input and asserts the laws; `accepted` tells of a call whether it was, and not from a token. What is
    /// seen before and after is of the same clusters.
    pub fn observe(
        &mut self,
        policy: &PolarDbPolicy,
        input: &Input,
        accepted: bool,
        before: &[Sight],
        after: &[Sight],
    ) -> Result<(), Broken> {
        self.0.retain(|id, _| after.iter().any(|sight| sight.id == *id));
        for now in after {
            let Some(then) = before.iter().find(|then| then.id == now.id) else {
                self.0.remove(&now.id);
                continue;
            };
            let call = called(input, accepted).filter(|call| *call.cluster == now.id);
            let watch = self.0.entry(now.id.clone()).or_default();
            watch.observe(policy, input, call.as_ref(), then, now)?;
            if *watch == Watch::default() {
                self.0.remove(&now.id);
            }
        }
        Ok(())
    }
}

impl Watch {
    fn observe(
        &mut self,
        policy: &PolarDbPolicy,
        input: &Input,
        call: Option<&Called<'_>>,
        then: &Sight,
        now: &Sight,
    ) -> Result<(), Broken> {
        let Sight { id, eligible, .. } = now;
        self.returns |= call.is_some_and(|call| call.returns);
        let succeeded = match (&then.asks, input) {
            (Some((id, Asks::Promotion(node))), Input::Report(_, Report::Outcome { id: of, outcome }))
                if id == of && *outcome == Outcome::Succeeded =>
            {
                Some(node)
            }
            _ => None,
        };
        match succeeded {
            Some(node) => {
                holds(Law::WriterUntouched, now.writers == [node.clone()], || {
                    format!("{node} was promoted in {id}, and its writers are {:?}", now.writers)
                })?;
                holds(Law::HealthyStays, now.asks.is_none(), || {
                    format!("{node} was promoted in {id}, and the next failover begins: {:?}", now.asks)
                })?;
                let named = self.running.take().and_then(|running| running.named);
                holds(Law::NobodyElse, named.as_ref().is_none_or(|named| named == node), || {
                    format!("{named:?} was named in {id}, and {node} is the writer")
                })?;
            }
            None => holds(Law::WriterUntouched, now.writers == then.writers, || {
                format!("the writers of {id} were {:?} and are {:?} by {input:?}", then.writers, now.writers)
            })?,
        }
        if let Some(running) = &mut self.running {
            running.asked.retain(|node| now.nodes.contains(node));
            if then.writer_up && !now.writer_up {
                // The failover is automatic from here on (`P-182`).
                (running.by_call, running.named) = (false, None);
            }
        }
        let asked_before = then.asks.as_ref().map(|(effect, _)| effect);
        match &now.asks {
            Some((effect, asks)) if Some(effect) != asked_before => {
                if self.running.is_none() {
                    self.begin(call, now)?;
                }
                let Some(running) = &mut self.running else { return Ok(()) };
                running.ask(asks, call.is_some(), policy, eligible)?;
            }
            Some(_) => {}
            None => {
                // A named target that is the writer already is a success without effect, by policy (`P-104`).
                let is_writer = |call: &Called<'_>| now.writers.iter().any(|node| Some(node) == call.target);
                holds(
                    Law::NobodyElse,
                    call.is_none_or(|call| call.target.is_none() || is_writer(call)),
                    || format!("an accepted call on {id} asks for nothing: {input:?}"),
                )?;
                if let Some(running) = self.running.take() {
                    let stopped = running.stopped(policy);
                    running.ended(policy, eligible)?;
                    self.waits =
                        !stopped && running.by_call && policy.after_exhaustion == AfterExhaustion::Waits;
                }
            }
        }
        Ok(())
    }

    /// A failover begins.
    fn begin(&mut self, call: Option<&Called<'_>>, now: &Sight) -> Result<(), Broken> {
        let by_itself = call.is_none();
        holds(Law::HealthyStays, !by_itself || !now.writer_up || self.waits || self.returns, || {
            format!("{} fails over by itself although its writer {:?} is up", now.id, now.writers)
        })?;
        let by_call = !by_itself || (self.waits && now.writer_up);
        self.waits = false;
        let named = call.and_then(|call| call.target).cloned();
        self.running = Some(Attempts { by_call, named, asked: BTreeSet::new(), round: 1 });
        Ok(())
    }
}

impl Attempts {
    /// Whether the target that was named failed and by policy nobody else is tried.
    fn stopped(&self, policy: &PolarDbPolicy) -> bool {
        self.named.as_ref().is_some_and(|named| self.asked.contains(named))
            && policy.explicit_target_fails == ExplicitTargetFails::Stop
    }

    /// A promotion or a choice is asked for.
    fn ask(
        &mut self,
        asks: &Asks,
        first: bool,
        policy: &PolarDbPolicy,
        eligible: &BTreeMap<NodeId, u16>,
    ) -> Result<(), Broken> {
        if let Some(named) = &self.named {
            if first || !self.asked.contains(named) {
                let is_named = matches!(asks, Asks::Promotion(node) if node == named);
                holds(Law::NobodyElse, is_named, || format!("{named} was named, and {asks:?} is asked for"))?;
                self.asked.insert(named.clone());
                return Ok(());
            }
            holds(Law::NobodyElse, !self.stopped(policy), || {
                format!("{named} was named and failed, and {asks:?} is asked for")
            })?;
            self.named = None;
        }
        let all_asked = |asked: &BTreeSet<NodeId>| eligible.keys().all(|node| asked.contains(node));
        if all_asked(&self.asked) && !self.asked.is_empty() && self.round < policy.rounds.get() {
            self.round += 1;
            self.asked.clear();
        }
        let open = || eligible.iter().filter(|(node, _)| !self.asked.contains(*node));
        let highest = open().map(|(_, rank)| rank).max();
        let tier: BTreeSet<NodeId> =
            open().filter(|(_, rank)| Some(*rank) == highest).map(|(node, _)| node.clone()).collect();
        let lawful = match asks {
            Asks::Choice(offered) => *offered == tier && tier.len() > 1,
            Asks::Promotion(node) => tier.contains(node),
        };
        holds(Law::EachOnce, lawful, || {
            format!("{asks:?} in round {}, tried are {:?} of {eligible:?}", self.round, self.asked)
        })?;
        if let Asks::Promotion(node) = asks {
            self.asked.insert(node.clone());
        }
        Ok(())
    }

    /// The failover ended without success.
    fn ended(&self, policy: &PolarDbPolicy, eligible: &BTreeMap<NodeId, u16>) -> Result<(), Broken> {
        if self.stopped(policy) {
            return Ok(());
        }
        let left: Vec<&NodeId> = eligible.keys().filter(|node| !self.asked.contains(*node)).collect();
        let rounds = eligible.is_empty() || self.round >= policy.rounds.get();
        holds(Law::EachOnce, left.is_empty() && rounds, || {
            format!("it ended in round {} after {:?}, and {left:?} were never tried", self.round, self.asked)
        })
    }
}
