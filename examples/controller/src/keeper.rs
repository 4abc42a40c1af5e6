//! The keeper of a node: it looks, reports what has changed, renews the lease of the writer, and lets a reader follow.
//!
//! What is reported, and so decides who can be elected:
//!
//! | Measured | Reported |
//! |---|---|
//! | the database ended by itself, or its agent has just begun | down, at once |
//! | the agent or SQL gives no answer, the disk is full, or it is not what it should be, for longer than the patience | down |
//! | all of these are well again | up |
//! | a reader receives from the writer and lags by no more than the bound; with synchronous replication also: commits wait for it | replicating |
//! | a reader does not, for longer than the patience, or is down | not replicating |
//! | there is no writer to compare with | nothing |
//!
//! A writer that was told to stop or to start, or whose lease ended, is not down: it takes writes again when nobody else shall.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use failover_model::polardb::{ClusterEffect, DbCluster, DbNode, NodeChange, NodeWork, Role};
use failover_model::{ClusterId, NodeId, Observation, Report};
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};

use crate::agents::{Failed, Sight};
use crate::carry;
use crate::options::Replication;
use crate::protocol::{Look, Process, Seen, Stopped, Work};
use crate::reign::Reign;

/// How often the list of agents is read.
const LIST: Duration = Duration::from_secs(1);

/// For how long a reader may receive nothing before it is built anew.
const STARVED: Duration = Duration::from_secs(4);

/// How long after work that failed it is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// Keeps every node that is or will be on the list.
pub async fn keep_all(reign: Arc<Reign>) {
    let mut known: HashSet<String> = HashSet::new();
    let mut keepers = JoinSet::new();
    loop {
        for address in reign.agents.addresses() {
            if known.insert(address.clone()) {
                keepers.spawn(keep(Arc::clone(&reign), address));
            }
        }
        tokio::time::sleep(LIST).await;
    }
}

/// What the keeper of one agent remembers.
struct Keeper {
    reign: Arc<Reign>,
    address: String,
    /// Since when it is not well.
    ill: Option<Instant>,
    /// Since when a reader does not receive.
    starved: Option<Instant>,
    /// The work that it was told to do.
    working: Option<JoinHandle<bool>>,
    /// Not before this is it told to do any.
    pause: Instant,
}

async fn keep(reign: Arc<Reign>, address: String) {
    let mut changed = reign.changed.subscribe();
    let ended = Arc::new(Notify::new());
    // It ends with this function.
    let mut watch = JoinSet::new();
    watch.spawn(watch_ends(Arc::clone(&reign), address.clone(), Arc::clone(&ended)));
    let mut keeper =
        Keeper { reign, address, ill: None, starved: None, working: None, pause: Instant::now() };
    loop {
        let answered = keeper.look().await;
        if !keeper.judge(answered).await {
            return;
        }
        keeper.command().await;
        let look = keeper.reign.options.look;
        tokio::select! {
            () = tokio::time::sleep(look) => {}
            _ = changed.changed() => {}
            () = ended.notified() => {}
        }
    }
}

/// Lets the keeper look at once when the database has ended. Nothing rests on this: it only saves half a pause.
async fn watch_ends(reign: Arc<Reign>, address: String, ended: Arc<Notify>) {
    let mut known = None;
    loop {
        match reign.agents.await_ends(&address, known).await {
            Ok(now) => {
                if known.is_some_and(|known| known != now) {
                    ended.notify_one();
                }
                known = Some(now);
            }
            Err(_) => tokio::time::sleep(reign.options.look).await,
        }
    }
}

/// A cluster as a keeper sees it, and which of its nodes is meant.
struct View {
    cluster: DbCluster,
    node: DbNode,
    writer: Option<NodeId>,
    /// The node that is being promoted.
    promoting: Option<NodeId>,
    /// Whether the cluster is being created or released, or a choice is open.
    unsettled: bool,
}

impl View {
    fn is_writer(&self) -> bool {
        self.node.role == Role::Writer
    }

    fn id(&self) -> &ClusterId {
        self.cluster.id()
    }
}

/// How a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Health {
    Well,
    /// It counts as down once this has lasted.
    Ill,
    /// It is down.
    Gone,
    /// It does what it was told, and nothing is to be reported.
    Held,
}

impl Keeper {
    fn sight(&self) -> Option<Sight> {
        self.reign.agents.at(&self.address)
    }

    fn view(&self) -> Option<View> {
        let identity = self.sight()?.seen.identity?;
        let state = self.reign.state();
        let cluster = state.plane.cluster(&ClusterId::parse(&identity.cluster).ok()?)?.clone();
        let node = cluster.node(&NodeId::parse(&identity.node).ok()?)?.clone();
        let (promoting, unsettled) = match cluster.outstanding() {
            Some((_, _, ClusterEffect::PromoteNode(node))) => (Some(node), true),
            Some(_) => (None, true),
            None => (None, false),
        };
        let writer = cluster.writer().map(|writer| writer.id.clone());
        Some(View { cluster, node, writer, promoting, unsettled })
    }

    /// Looks, with a renewal for whom it is due; whether there was an answer.
    async fn look(&self) -> bool {
        let view = self.view();
        let entitled = view.as_ref().is_some_and(|view| self.reign.is_entitled(view.id(), &view.node.id));
        let sight = self.sight().filter(|_| entitled && self.reign.leads());
        if let (Some(view), Some(sight)) = (&view, &sight) {
            self.reign.grants(&view.node.id, sight.at);
        }
        let grant = sight.map(|sight| sight.seen.grant(self.reign.options.write_lease));
        match self.reign.agents.look(&self.address, Look { term: self.reign.term, grant }).await {
            Ok(_) => true,
            Err(Failed::Refused(why)) => {
                tracing::warn!(address = self.address, "not looked at: {why}");
                false
            }
            Err(Failed::Silent(_)) => false,
        }
    }

    fn health(&self, view: &View, answered: bool) -> Health {
        let Some(Sight { seen, .. }) = self.sight().filter(|_| answered) else { return Health::Ill };
        let options = &self.reign.options;
        let target = view.promoting.as_ref() == Some(&view.node.id);
        match seen.process {
            Process::Stopped(Stopped::Ordered | Stopped::Expired) if view.is_writer() => Health::Held,
            Process::Stopped(_) | Process::Empty => Health::Gone,
            // A start may take long; how it ends is known when the order is done.
            Process::Running if seen.working.as_deref() == Some("resume") => Health::Held,
            Process::Running => {
                let fresh = u128::from(seen.sql_age_ms) < options.patience.as_millis() / 2;
                let fits = match &seen.sql {
                    Some(sql) => target || sql.recovery != view.is_writer(),
                    None => false,
                };
                let well = fresh && fits && seen.free_bytes >= options.least_free;
                if well { Health::Well } else { Health::Ill }
            }
        }
    }

    /// Whether a reader receives from the writer; `None` if that cannot be said.
    fn is_fed(&self, view: &View) -> Option<bool> {
        let writer = view.writer.as_ref().filter(|_| !view.is_writer() && !view.unsettled)?;
        let options = &self.reign.options;
        let (_, there) = self.reign.agents.of(writer.as_str())?;
        let usable = there.at.elapsed() < options.patience / 2 && there.seen.leads();
        let (there, here) = (Some(there.seen).filter(|_| usable)?, self.sight()?.seen);
        let (their, sql) = (there.sql?, here.sql?);
        let near = their.written.saturating_sub(sql.written) <= options.most_lag;
        let receives = sql.streaming && here.upstream.as_deref() == Some(there.database.as_str());
        let waited_for = options.replication == Replication::Asynchronous
            || their
                .standbys
                .iter()
                .any(|standby| standby.node == view.node.id.as_str() && standby.synchronous);
        Some(receives && near && waited_for)
    }

    /// Reports what has changed; `false` if this process leads no more.
    async fn judge(&mut self, answered: bool) -> bool {
        let Some(view) = self.view() else { return true };
        if view
            .cluster
            .outstanding()
            .is_some_and(|(_, _, effect)| matches!(effect, ClusterEffect::Lifecycle(_)))
        {
            return true;
        }
        let health = self.health(&view, answered);
        let patience = self.reign.options.patience;
        if health == Health::Ill {
            self.ill.get_or_insert_with(Instant::now);
        } else {
            self.ill = None;
        }
        let down = health == Health::Gone || self.ill.is_some_and(|since| since.elapsed() >= patience);
        let mut changes = Vec::new();
        if down {
            // One that comes back has to receive again before it can be elected.
            if !view.is_writer() && view.node.replicating {
                changes.push(NodeChange::Replicating(false));
            }
            if view.node.up {
                changes.push(NodeChange::Up(false));
            }
        } else if health == Health::Well {
            if !view.node.up {
                changes.push(NodeChange::Up(true));
            }
            let fed = self.is_fed(&view);
            if fed == Some(false) {
                self.starved.get_or_insert_with(Instant::now);
            } else {
                self.starved = None;
            }
            if fed == Some(true) && !view.node.replicating {
                changes.push(NodeChange::Replicating(true));
            }
            if view.node.replicating && self.starved.is_some_and(|since| since.elapsed() >= patience) {
                changes.push(NodeChange::Replicating(false));
            }
        }
        for change in changes {
            tracing::info!(node = %view.node.id, ?change, ?health, "reported");
            let observed = Observation::Node { node: view.node.id.clone(), change };
            if !self.reign.report(Report::Observed(observed)).await {
                return false;
            }
        }
        true
    }

    /// Tells the node what to do, if it is not what it should be and nothing else sees to that.
    async fn command(&mut self) {
        if let Some(working) = self.working.take() {
            if !working.is_finished() {
                self.working = Some(working);
                return;
            }
            if !working.await.unwrap_or(false) {
                self.pause = Instant::now() + PAUSE;
            }
        }
        let (Some(view), Some(Sight { seen, .. })) = (self.view(), self.sight()) else { return };
        let busy = view.cluster.work().is_some_and(|work| match &work.effect {
            NodeWork::RestartNode(node) => *node == view.node.id,
            NodeWork::CreateNodes(nodes) | NodeWork::DeleteNodes(nodes) => nodes.contains(&view.node.id),
            _ => false,
        });
        if view.unsettled || busy || Instant::now() < self.pause || seen.working.is_some() {
            return;
        }
        let reign = Arc::clone(&self.reign);
        let (cluster, node) = (view.id().clone(), view.node.id.clone());
        if view.is_writer() {
            let rests = matches!(seen.process, Process::Stopped(Stopped::Ordered | Stopped::Expired));
            let untitled = seen.leads() && !reign.is_entitled(&cluster, &node);
            if view.node.up && (rests || untitled) {
                tracing::info!(%node, "the writer takes writes again");
                self.working =
                    Some(tokio::spawn(async move { carry::resume(&reign, &cluster, &node).await.is_ok() }));
            } else if let Some(nodes) = self.waited_for(&view, &seen) {
                let work = Work::Synchronous { nodes };
                self.working =
                    Some(tokio::spawn(async move { carry::order(&reign, &node, work).await.is_ok() }));
            }
        } else if let Some(work) = self.following(&view, &seen) {
            self.starved = None;
            self.working = Some(tokio::spawn(async move {
                match carry::order(&reign, &node, work).await {
                    Ok(done) => {
                        carry::tell_loss(&reign, &cluster, &node, &done);
                        true
                    }
                    Err(why) => {
                        tracing::warn!(%node, "does not follow: {why}");
                        false
                    }
                }
            }));
        }
    }

    /// The nodes that commits should wait for, if they do not: those that can be elected, and those that have caught up and so
    /// shall be. Who cannot be elected any more is reported before it is left out here.
    fn waited_for(&self, view: &View, seen: &Seen) -> Option<Vec<String>> {
        if self.reign.options.replication == Replication::Asynchronous || !seen.leads() {
            return None;
        }
        let here = seen.sql.as_ref()?;
        let joins = |node: &DbNode| {
            let sight = self.reign.agents.of(node.id.as_str());
            let sql = sight.filter(|(_, sight)| sight.at.elapsed() < self.reign.options.patience / 2);
            let sql = sql.and_then(|(_, sight)| sight.seen.sql);
            sql.is_some_and(|sql| {
                sql.streaming && here.written.saturating_sub(sql.written) <= self.reign.options.most_lag
            })
        };
        let readers = view.cluster.nodes().iter().filter(|node| node.id != view.node.id && node.up);
        let mut nodes: Vec<String> =
            readers.filter(|node| node.replicating || joins(node)).map(|node| node.id.to_string()).collect();
        nodes.sort();
        let mut now = seen.synchronous.clone();
        now.sort();
        (nodes != now).then_some(nodes)
    }

    /// What a reader must do to receive from the writer.
    fn following(&self, view: &View, seen: &Seen) -> Option<Work> {
        let writer = view.writer.as_ref()?;
        let (_, there) = self.reign.agents.of(writer.as_str())?;
        if there.at.elapsed() > self.reign.options.patience || !there.seen.leads() {
            return None;
        }
        let upstream = there.seen.database;
        let starved = self.starved.is_some_and(|since| since.elapsed() >= STARVED);
        let streams = seen.sql.as_ref().is_some_and(|sql| sql.streaming);
        let rebuild = starved && !streams;
        let misled =
            seen.primary || seen.process != Process::Running || seen.upstream.as_ref() != Some(&upstream);
        (misled || rebuild).then_some(Work::Follow { upstream, rebuild: rebuild && !misled })
    }
}
