//! Carrying out an effect, and reporting how it ended.
//!
//! Everything here can be done again from the start: by the next leader, who finds it in `outstanding()`, or after it was ended
//! halfway because it was superseded.
//!
//! **Why there are never two writable primaries.** A node takes writes only after an order with a lease ([`protocol`]), and this
//! file and the keeper alone give such orders, after [`clear`] for the same node: every other node of the cluster has then
//! answered an order of this term that it takes no writes, and refuses orders of earlier terms from then on; or it was not
//! heard of for longer than any lease that it can have. An order that is on its way when its task is ended cannot slip in
//! between: the agent takes orders one after the other, and refuses those with lower numbers.
//!
//! [`protocol`]: crate::protocol

use std::sync::Arc;
use std::time::{Duration, Instant};

use failover_emulator::answers::Entry;
use failover_model::polardb::{ClusterEffect, DbCluster, DbNode, Failure, Lifecycle, NodeChange, NodeWork};
use failover_model::{ClusterId, Effect, EffectKind, NodeId, Observation, Outcome, Report};
use tokio::task::JoinSet;

use crate::agents::Failed;
use crate::options::Replication;
use crate::protocol::{Done, Grant, Identity, Look, Lsn, Order, Process, Refused, Seen, Work};
use crate::reign::Reign;

/// How long a fast stop may take when nothing has failed.
const FAST_STOP_MS: u64 = 4_000;

/// How long a promotion may take.
const PROMOTION_MS: u64 = 10_000;

/// How long is waited for an agent that is free.
const FREE: Duration = Duration::from_secs(10);

/// How long a new node may take to receive from its primary.
const JOINING: Duration = Duration::from_secs(120);

/// Carries it out and reports; returns without a report if this process leads no more.
pub async fn carry(reign: &Arc<Reign>, effect: Effect) {
    let EffectKind::Cluster { cluster, effect: work } = effect.kind else {
        tracing::error!(kind = effect.kind.name(), "this controller carries out no such effect");
        finish(reign, effect.id, failed(Failure::Other)).await;
        return;
    };
    tracing::info!(id = %effect.id, %cluster, ?work, "carrying out");
    let outcome = match work {
        ClusterEffect::ChooseNode(tier) => choose(reign, &tier),
        ClusterEffect::PromoteNode(node) => promote(reign, &cluster, &node).await,
        ClusterEffect::Lifecycle(Lifecycle::Create) => create(reign, &cluster).await,
        ClusterEffect::Lifecycle(Lifecycle::Delete) => delete(reign, &cluster).await,
        ClusterEffect::Work(work) => node_work(reign, &cluster, work).await,
    };
    match outcome {
        Ok(outcome) => finish(reign, effect.id, outcome).await,
        Err(Deposed) => tracing::warn!(id = %effect.id, "left to the next leader"),
    }
}

/// This process leads no more, as an agent says.
#[derive(Debug, Clone, Copy)]
pub struct Deposed;

async fn finish(reign: &Reign, id: failover_model::EffectId, outcome: Outcome) {
    tracing::info!(%id, ?outcome, "carried out");
    let _ = reign.report(Report::Outcome { id, outcome }).await;
}

const fn failed(failure: Failure) -> Outcome {
    Outcome::Failed { failure, message: None }
}

/// Of nodes that the rules let choose from, the one that has received most: it loses least.
fn choose(reign: &Reign, tier: &[NodeId]) -> Result<Outcome, Deposed> {
    let written = |node: &NodeId| {
        let sight = reign.agents.of(node.as_str());
        sight.and_then(|(_, sight)| sight.seen.sql).map_or(0, |sql| sql.written)
    };
    // Of several the first, so the others are looked at from the end.
    let chosen = tier.iter().rev().max_by_key(|node| written(node));
    Ok(chosen.map_or(failed(Failure::Other), |node| Outcome::Chosen(node.clone())))
}

/// Orders work of a node, under the number of now.
///
/// # Errors
///
/// [`Failed`], as the agent says.
pub async fn order(reign: &Reign, node: &NodeId, work: Work) -> Result<Done, Failed> {
    let address = agent(reign, node).await?;
    order_at(reign, &address, work, None).await
}

/// The agent of a node. A leader who has just begun has seen none yet.
async fn agent(reign: &Reign, node: &NodeId) -> Result<String, Failed> {
    loop {
        if let Some((address, _)) = reign.agents.of(node.as_str()) {
            return Ok(address);
        }
        if reign.began.elapsed() > reign.options.patience {
            return Err(Failed::Silent("its agent was not seen yet".into()));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn order_at(
    reign: &Reign,
    address: &str,
    work: Work,
    within: Option<Duration>,
) -> Result<Done, Failed> {
    loop {
        if !reign.leads() {
            return Err(Failed::Refused(Refused::Overtaken { term: reign.term, number: 0 }));
        }
        let number = reign.state().number;
        let order = Order { term: reign.term, number, work: work.clone() };
        match reign.agents.order(address, &order, within).await {
            // An input came between, and another order with its number; this one still holds, or its task would be ended.
            Err(Failed::Refused(Refused::Overtaken { term, .. })) if term == reign.term => {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            answer => return answer,
        }
    }
}

/// A lease that can begin now.
pub async fn grant(reign: &Reign, node: &NodeId) -> Result<Grant, Failed> {
    let address = agent(reign, node).await?;
    let seen = reign.agents.look(&address, Look { term: reign.term, grant: None }).await?;
    reign.grants(node, Instant::now());
    Ok(seen.grant(reign.options.write_lease))
}

/// Makes sure that no node of the cluster but this one takes writes. Returns where the log of the writer ends, if it was
/// stopped cleanly.
pub async fn clear(
    reign: &Arc<Reign>,
    cluster: &ClusterId,
    but: &NodeId,
    patience_ms: u64,
) -> Result<Option<Lsn>, Deposed> {
    let others: Vec<(NodeId, bool)> = {
        let state = reign.state();
        let nodes = state.plane.cluster(cluster).map(|cluster| cluster.nodes().to_vec()).unwrap_or_default();
        let writer =
            state.plane.cluster(cluster).and_then(|cluster| cluster.writer()).map(|node| node.id.clone());
        let others = nodes.into_iter().filter(|node| node.id != *but);
        others.map(|node| (node.id.clone(), Some(&node.id) == writer.as_ref())).collect()
    };
    let mut fencing = JoinSet::new();
    for (node, writes) in others {
        let reign = Arc::clone(reign);
        fencing
            .spawn(async move { fence(&reign, &node, patience_ms).await.map(|end| end.filter(|_| writes)) });
    }
    let mut end = None;
    while let Some(fenced) = fencing.join_next().await {
        end = fenced.unwrap_or(Err(Deposed))?.or(end);
    }
    Ok(end)
}

/// Makes sure that this node takes no writes.
async fn fence(reign: &Reign, node: &NodeId, patience_ms: u64) -> Result<Option<Lsn>, Deposed> {
    let patience = Duration::from_millis(patience_ms);
    loop {
        let until = reign.may_write_until(node);
        let known = reign.agents.of(node.as_str());
        let silent = known.as_ref().is_none_or(|(_, sight)| sight.at.elapsed() > reign.options.patience / 2);
        if silent && Instant::now() >= until {
            tracing::warn!(%node, "not heard of for longer than its lease");
            return Ok(None);
        }
        if let Some((address, _)) = known {
            // An answer that does not come must not hold up what the end of the lease allows.
            let within =
                until.saturating_duration_since(Instant::now()).max(patience + Duration::from_secs(2));
            match order_at(reign, &address, Work::Fence { patience_ms }, Some(within)).await {
                Ok(done) => return Ok(done.end),
                Err(Failed::Refused(Refused::Overtaken { .. })) => return Err(Deposed),
                Err(why) => tracing::warn!(%node, "not fenced: {why}"),
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The nodes that commits on a new primary wait for: the other readers that can be elected.
fn waited_for(reign: &Reign, cluster: &DbCluster, primary: &NodeId) -> Vec<String> {
    if reign.options.replication == Replication::Asynchronous {
        return Vec::new();
    }
    let writer = cluster.writer().map(|writer| &writer.id);
    let fits =
        |other: &&DbNode| other.id != *primary && Some(&other.id) != writer && other.up && other.replicating;
    cluster.nodes().iter().filter(fits).map(|other| other.id.to_string()).collect()
}

async fn promote(reign: &Arc<Reign>, cluster: &ClusterId, node: &NodeId) -> Result<Outcome, Deposed> {
    // From here on nobody's lease is renewed.
    reign.entitle(cluster, None);
    let (synchronous, lives) = {
        let state = reign.state();
        let Some(cluster) = state.plane.cluster(cluster) else { return Ok(failed(Failure::Other)) };
        (waited_for(reign, cluster, node), cluster.writer().is_some_and(|writer| writer.up))
    };
    let patience_ms = if lives { FAST_STOP_MS } else { 0 };
    let end = clear(reign, cluster, node, patience_ms).await?;
    let work = match grant(reign, node).await {
        Ok(grant) => {
            let reach = end.filter(|_| lives);
            Work::Promote { grant, synchronous, reach, patience_ms: PROMOTION_MS }
        }
        Err(why) => {
            tracing::warn!(%node, "not promoted: {why}");
            return Ok(failed(Failure::Network));
        }
    };
    match order(reign, node, work).await {
        Ok(_) => {
            reign.entitle(cluster, Some(node));
            Ok(Outcome::Succeeded)
        }
        Err(Failed::Refused(Refused::Overtaken { .. })) => Err(Deposed),
        Err(why) => {
            tracing::warn!(%node, "not promoted: {why}");
            fence(reign, node, 0).await?;
            Ok(failed(match why {
                Failed::Silent(_) => Failure::Network,
                Failed::Refused(Refused::Behind) => Failure::Replication,
                Failed::Refused(_) => Failure::Other,
            }))
        }
    }
}

/// Starts the primary of a cluster that no other node is.
///
/// # Errors
///
/// [`Failed`]: it does not run.
pub async fn resume(reign: &Arc<Reign>, cluster: &ClusterId, node: &NodeId) -> Result<Done, Failed> {
    reign.entitle(cluster, None);
    let overtaken = || Failed::Refused(Refused::Overtaken { term: reign.term, number: 0 });
    let _ = clear(reign, cluster, node, 0).await.map_err(|Deposed| overtaken())?;
    let synchronous = {
        let state = reign.state();
        state.plane.cluster(cluster).map(|cluster| waited_for(reign, cluster, node)).unwrap_or_default()
    };
    let grant = grant(reign, node).await?;
    // A start may take longer than a lease; it is renewed meanwhile.
    reign.entitle(cluster, Some(node));
    order(reign, node, Work::Resume { grant, synchronous }).await
}

/// Takes agents that are nobody's for these nodes, unless they have one already.
async fn claim(reign: &Reign, cluster: &ClusterId, nodes: &[NodeId]) -> Result<(), Failed> {
    let until = Instant::now() + FREE;
    // One that was not seen yet may be the node's already.
    while reign.agents.all().len() < reign.agents.addresses().len() && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for node in nodes {
        let identity = Identity { cluster: cluster.to_string(), node: node.to_string() };
        while reign.agents.of(node.as_str()).is_none() {
            let all = reign.agents.all();
            let free = all.iter().find(|(_, sight)| {
                sight.seen.identity.is_none()
                    && sight.seen.process == Process::Empty
                    && sight.at.elapsed() < reign.options.patience
            });
            let Some((address, _)) = free else {
                if Instant::now() > until {
                    return Err(Failed::Refused(Refused::Failed("no agent is free".into())));
                }
                tokio::time::sleep(reign.options.look).await;
                continue;
            };
            order_at(reign, address, Work::Claim(identity.clone()), None).await?;
            reign.agents.look(address, Look { term: reign.term, grant: None }).await?;
        }
    }
    Ok(())
}

/// Lets a new node receive from the primary.
async fn join(reign: &Reign, cluster: &ClusterId, node: &NodeId) -> Result<(), Failed> {
    let writer =
        reign.state().plane.cluster(cluster).and_then(|it| it.writer()).map(|writer| writer.id.clone());
    let known = writer.and_then(|writer| reign.agents.of(writer.as_str()));
    let (_, sight) = known.ok_or_else(|| Failed::Silent("the primary was not seen yet".into()))?;
    let upstream = sight.seen.database;
    order(reign, node, Work::Follow { upstream, rebuild: false }).await?;
    let until = Instant::now() + JOINING;
    loop {
        let sight = reign.agents.of(node.as_str());
        if sight.and_then(|(_, sight)| sight.seen.sql).is_some_and(|sql| sql.streaming) {
            return Ok(());
        }
        if Instant::now() > until {
            return Err(Failed::Refused(Refused::Failed("it does not receive from the primary".into())));
        }
        tokio::time::sleep(reign.options.look).await;
    }
}

/// A node that commits do not wait for yet cannot be elected where they have to.
async fn bar(reign: &Reign, nodes: &[NodeId]) {
    if reign.options.replication == Replication::Asynchronous {
        return;
    }
    for node in nodes {
        let change = NodeChange::Replicating(false);
        let _ = reign.report(Report::Observed(Observation::Node { node: node.clone(), change })).await;
    }
}

async fn create(reign: &Arc<Reign>, cluster: &ClusterId) -> Result<Outcome, Deposed> {
    let nodes: Vec<NodeId> = {
        let state = reign.state();
        let nodes = state.plane.cluster(cluster).map(|it| it.nodes().to_vec()).unwrap_or_default();
        nodes.into_iter().map(|node| node.id).collect()
    };
    let created = async {
        claim(reign, cluster, &nodes).await?;
        let Some((writer, readers)) = nodes.split_first() else { return Ok(()) };
        order(reign, writer, Work::Initialise).await?;
        resume(reign, cluster, writer).await?;
        for reader in readers {
            join(reign, cluster, reader).await?;
        }
        bar(reign, readers).await;
        Ok(())
    };
    ended(created.await)
}

async fn delete(reign: &Arc<Reign>, cluster: &ClusterId) -> Result<Outcome, Deposed> {
    reign.entitle(cluster, None);
    let nodes = reign.state().plane.cluster(cluster).map(|it| it.nodes().to_vec()).unwrap_or_default();
    let mut released = Ok(());
    for node in nodes {
        // An agent that is gone keeps its data, until somebody deletes them.
        if reign.agents.of(node.id.as_str()).is_some()
            && let Err(why) = order(reign, &node.id, Work::Release).await
        {
            released = Err(why);
        }
    }
    ended(released)
}

async fn node_work(reign: &Arc<Reign>, cluster: &ClusterId, work: NodeWork) -> Result<Outcome, Deposed> {
    let done = match work {
        NodeWork::CreateNodes(nodes) => {
            let joined = async {
                claim(reign, cluster, &nodes).await?;
                for node in &nodes {
                    join(reign, cluster, node).await?;
                }
                bar(reign, &nodes).await;
                Ok(())
            };
            joined.await
        }
        NodeWork::DeleteNodes(nodes) => {
            let mut released = Ok(());
            for node in &nodes {
                released = released.and(order(reign, node, Work::Release).await.map(drop));
            }
            released
        }
        NodeWork::RestartNode(node) => restart(reign, cluster, &node).await,
        // The front refuses the calls that would ask for these.
        NodeWork::ChangeClass(_)
        | NodeWork::SetHotReplica { .. }
        | NodeWork::ChangeZone { .. }
        | NodeWork::TakeOver { .. }
        | NodeWork::InjectFault { .. }
        | NodeWork::ChangeStandby { .. } => {
            Err(Failed::Refused(Refused::Failed("this controller does no such work".into())))
        }
    };
    ended(done)
}

async fn restart(reign: &Arc<Reign>, cluster: &ClusterId, node: &NodeId) -> Result<(), Failed> {
    let writes = {
        let state = reign.state();
        state.plane.cluster(cluster).and_then(|it| it.writer()).is_some_and(|writer| writer.id == *node)
    };
    let leads = |seen: &Seen| seen.primary && seen.process == Process::Running;
    let leads = reign.agents.of(node.as_str()).is_some_and(|(_, sight)| leads(&sight.seen));
    // One that stopped with its lease runs as a standby again, if it does: nobody else is the primary, so it begins as one.
    if writes && !leads {
        return resume(reign, cluster, node).await.map(drop);
    }
    let grant = if writes { Some(grant(reign, node).await?) } else { None };
    order(reign, node, Work::Restart { grant }).await.map(drop)
}

fn ended(done: Result<(), Failed>) -> Result<Outcome, Deposed> {
    match done {
        Ok(()) => Ok(Outcome::Succeeded),
        Err(Failed::Refused(Refused::Overtaken { .. })) => Err(Deposed),
        Err(why) => {
            tracing::warn!("not done: {why}");
            Ok(failed(if matches!(why, Failed::Silent(_)) { Failure::Network } else { Failure::Other }))
        }
    }
}

/// Tells people what a node lost when it came back.
pub fn tell_loss(reign: &Reign, cluster: &ClusterId, node: &NodeId, done: &Done) {
    let Some(lost) = done.lost else { return };
    tracing::warn!(%cluster, %node, lost, "bytes of log were lost");
    let (at, account) = {
        let state = reign.state();
        let Some(known) = state.plane.cluster(cluster) else { return };
        (crate::reign::now(&state), known.account().clone())
    };
    let entry = Entry::new(at.as_millis(), account, "log_lost");
    let entry = entry.with("node", node.as_str()).with("bytes", lost);
    reign.tell(Entry { resource: Some(cluster.to_string()), ..entry });
}
