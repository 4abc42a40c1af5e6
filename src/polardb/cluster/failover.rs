//! How a failover of a cluster begins, goes on and ends, and what a change of nodes means for it.
//!
//! Who is next is the business of [`Failover`](crate::polardb::Failover). A plan asks for at most one effect.

use alloc::vec::Vec;

use crate::ids::{EffectId, NodeId};
use crate::outcome::{Failure, NotTaken};
use crate::polardb::Context;
use crate::polardb::cluster::DbCluster;
use crate::polardb::cluster::plan::Draft;
use crate::polardb::cluster::requests::HotStandby;
use crate::polardb::cluster::rules::{P_301, P_310};
use crate::polardb::cluster::step::ClusterFact;
use crate::polardb::election::electorate::Electorate;
use crate::polardb::election::failover::{
    Cause, Failover, Next, NoCandidate, OnExhaustion, Start, Transition,
};
use crate::polardb::election::rules::{
    P_109, P_121, P_122, P_160, P_161, P_172, P_180, P_181, P_182, P_183, P_184, P_185, P_186, P_187, P_190,
};
use crate::polardb::nodes::work::NodeWork;
use crate::polardb::nodes::{DbNode, NodeChange, NodeKind, Role};
use crate::polardb::standby::requests::StandbyHaMode;
use crate::policy::{AfterExhaustion, AutomaticInWindow, PolarDbPolicy, RollBack, WindowFrom, WriterAlone};
use crate::rule::{RuleId, cite};
use crate::time::Timestamp;

/// What changed about nodes, as far as a failover depends on it.
#[derive(Default)]
pub(in crate::polardb) struct Availability {
    /// Nodes that became able to take over.
    pub(in crate::polardb) gained: Vec<NodeId>,
    /// Nodes that went down.
    pub(in crate::polardb) lost: Vec<NodeId>,
    /// The writer is among those that went down.
    pub(in crate::polardb) writer_failed: bool,
}

/// What an automatic failover that finds no candidate leaves in the events.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::polardb) enum OnNoCandidate {
    /// That it found none (`P-181`).
    Report,
    /// Nothing.
    StaySilent,
}

impl Draft<'_> {
    /// Begins a failover; returns the rule by which its first node or nodes follow.
    pub(in crate::polardb) fn begin(
        &mut self,
        start: Start,
        then: OnExhaustion,
    ) -> Result<RuleId, NoCandidate> {
        let (failover, Transition { rule, next }) = Failover::begin(start, &self.after.nodes, self.at, then)?;
        let (cause, requested) = (failover.cause(), failover.requested().cloned());
        let began = match cause {
            Cause::Manual => P_301,
            Cause::Automatic if failover.electorate().standby => P_185,
            Cause::Automatic => P_180,
            Cause::RollBack => P_190,
        };
        self.after.waits = false;
        self.push(began, ClusterFact::FailoverBegan { cause, requested });
        self.ask_next(rule, next, failover.attempts());
        self.after.failover = Some(failover);
        Ok(rule)
    }

    /// The running failover took the outcome of its effect, or of a change of nodes: asks for what comes next, or ends it without
    /// success.
    fn moved(&mut self, ended: EffectId, Transition { rule, next }: Transition) {
        cite!(P_172);
        let Some(failover) = &self.after.failover else { return };
        let (attempts, cause) = (failover.attempts(), failover.cause());
        self.step.ended.push(ended);
        if next.goes_on() {
            self.ask_next(rule, next, attempts);
        } else {
            let exhausted = next == Next::Exhausted && cause == Cause::Manual;
            self.after.waits = exhausted && self.at.policy.after_exhaustion == AfterExhaustion::Waits;
            self.after.failover = None;
            self.push(rule, ClusterFact::Exhausted { attempts });
        }
    }

    /// Promotes the node that was chosen.
    pub(in crate::polardb) fn choose(&mut self, id: EffectId, node: &NodeId) -> Result<(), NotTaken> {
        let failover = self.after.failover.as_mut().ok_or(NotTaken::Stale)?;
        let transition = failover.choose(id, node, self.at)?;
        self.moved(id, transition);
        Ok(())
    }

    /// Ends the running failover with the node that it promoted as the writer.
    pub(in crate::polardb) fn promoted(&mut self, id: EffectId) -> Result<(), NotTaken> {
        cite!(P_109, P_121);
        let mut failover = self.after.failover.take().ok_or(NotTaken::Stale)?;
        let to = failover.promoted(id)?;
        let now = self.at.now;
        self.step.ended.push(id);
        let across = failover.electorate().standby;
        let (mut from, mut old_zone) = (to.clone(), None);
        for node in &mut self.after.nodes {
            if node.role == Role::Writer {
                node.role = Role::Reader;
                from = node.id.clone();
                old_zone = Some(node.zone.clone());
            }
            if node.id == to {
                node.role = Role::Writer;
            }
            // The standby cluster is the primary one from here on, and the other way round (`P-109`).
            node.kind = match node.kind {
                NodeKind::Ordinary if across => NodeKind::Standby,
                NodeKind::Standby if across => NodeKind::Ordinary,
                kind => kind,
            };
        }
        let zone = self.after.primary_zone().cloned();
        if across {
            self.after.standby_zone = old_zone.clone().filter(|old| Some(old) != zone.as_ref());
        }
        // The zone of the writer, and one that it is to stay in, calls for no return.
        let called_back = match failover.cause() {
            Cause::Manual if failover.roll_back() => old_zone,
            Cause::Manual | Cause::RollBack => None,
            Cause::Automatic if self.at.policy.roll_back == RollBack::ThisCall => {
                self.after.home.take().or(old_zone)
            }
            Cause::Automatic => self.after.home.take(),
        };
        self.after.home = called_back.filter(|home| Some(home) != zone.as_ref());
        self.after.last_switch = Some(match self.at.policy.window_from {
            WindowFrom::End => now,
            WindowFrom::Start => failover.started_at(),
        });
        let took = now.since(failover.started_at());
        let (attempts, cause) = (failover.attempts(), failover.cause());
        self.push(P_160, ClusterFact::WriterMoved { from, to, attempts, took, cause });
        Ok(())
    }

    /// The promotion under way failed.
    pub(in crate::polardb) fn attempt_failed(
        &mut self,
        id: EffectId,
        failure: Failure,
    ) -> Result<(), NotTaken> {
        let then = self.on_exhaustion();
        let failover = self.after.failover.as_mut().ok_or(NotTaken::Stale)?;
        let node = failover.switching().cloned();
        let transition = failover.fail(id, &self.after.nodes, self.at, then)?;
        let failed = node.map(|node| (P_161, ClusterFact::AttemptFailed { node, failure: Some(failure) }));
        self.step.facts.extend(failed);
        self.moved(id, transition);
        Ok(())
    }

    /// What the running failover does once its electorate is exhausted.
    fn on_exhaustion(&self) -> OnExhaustion {
        let turns_over = |failover: &Failover| {
            let reaches = failover.electorate().standby || self.after.lost_its_zone();
            failover.cause() == Cause::Automatic && reaches
        };
        if self.after.failover.as_ref().is_some_and(turns_over) {
            OnExhaustion::TurnOver
        } else {
            OnExhaustion::End
        }
    }

    /// What a change of nodes means for the failover that runs, or for one that is to begin.
    pub(in crate::polardb) fn react(&mut self, change: &Availability) {
        if self.after.pending.is_some() {
            return;
        }
        let lost_its_writer = self.after.lost_its_writer();
        let Some(failover) = &mut self.after.failover else {
            if lost_its_writer {
                self.react_without_writer(change);
            } else if !change.gained.is_empty() {
                self.resume(change);
            }
            return;
        };
        if change.writer_failed && lost_its_writer && failover.cause() != Cause::Automatic {
            failover.turn_automatic();
            self.push(P_182, ClusterFact::TurnedAutomatic);
        }
        let then = self.on_exhaustion();
        let Some(failover) = &mut self.after.failover else { return };
        let Some(ended) = failover.pending() else { return };
        let lost = failover.switching().filter(|_| failover.has_lost(&self.after.nodes)).cloned();
        let Some(transition) = failover.nodes_changed(&self.after.nodes, self.at, then) else { return };
        if let Some(node) = lost {
            self.push(P_161, ClusterFact::AttemptFailed { node, failure: None });
        }
        self.moved(ended, transition);
    }

    /// Without a writer and a failover, the loss of the writer begins one, and later a node that becomes eligible (`P-181`).
    /// So does any node that goes down or comes up while the whole primary zone is down and a standby cluster is there to
    /// take over, since it may be what makes it (`P-185`, `P-187`).
    fn react_without_writer(&mut self, change: &Availability) {
        let electorate = Electorate::automatic(self.at.policy);
        let gained = |(node, _)| change.gained.contains(node);
        let eligible = electorate.candidates(&self.after.nodes).any(gained);
        let moved = !change.gained.is_empty() || !change.lost.is_empty();
        let stands_by = || self.after.has_standby_nodes() || self.after.may_take_over();
        let across = moved && self.after.lost_its_zone() && stands_by();
        if change.writer_failed {
            self.begin_automatic(OnNoCandidate::Report);
        } else if eligible || across {
            self.begin_automatic(OnNoCandidate::StaySilent);
        }
    }

    /// While the writer is up, a node that becomes able to take over matters in two cases: a failover waits for one
    /// (`P-172`), or the writer is to return to the zone of that node (`P-190`).
    fn resume(&mut self, change: &Availability) {
        let electorate = Electorate::automatic(self.at.policy);
        if self.after.waits {
            self.begin_again();
            return;
        }
        if self.at.policy.roll_back == RollBack::ThisCall {
            return;
        }
        let home = self.after.home.as_ref();
        let is_back = |node: &&DbNode| Some(&node.zone) == home && change.gained.contains(&node.id);
        let Some(node) = self.after.nodes.iter().find(is_back) else { return };
        if self.after.work.is_some() || self.after.busy.is_some() {
            return;
        }
        let standby = node.kind == NodeKind::Standby;
        let electorate = Electorate { standby, zone: home.cloned(), ..electorate };
        let _ = self.begin(Start::elected(Cause::RollBack, electorate), OnExhaustion::End);
    }

    /// Begins the manual failover again that waits for a node (`P-172`). Without a candidate it goes on waiting.
    fn begin_again(&mut self) {
        let electorate = Electorate::automatic(self.at.policy);
        let _ = self.begin(Start::elected(Cause::Manual, electorate), OnExhaustion::End);
    }

    /// Begins what fell due: the next round of a failover or, by policy, the restart of the writer.
    pub(in crate::polardb) fn go_on(&mut self) {
        cite!(P_183);
        self.after.due = None;
        if !self.after.lost_its_writer() {
            self.begin_again();
            return;
        }
        self.begin_automatic(OnNoCandidate::StaySilent);
        if self.after.failover.is_none()
            && !self.after.is_taken_over()
            && self.after.may_restart(self.at.policy)
            && let Some(writer) = self.after.writer()
        {
            let work = NodeWork::RestartNode(writer.id.clone());
            self.begin_work(P_184, work, Vec::new());
        }
    }

    /// Begins an automatic failover, unless the frequency window holds it (`P-186`) or the edition has none. It elects among
    /// the ordinary nodes; where none can be elected and the whole primary zone is down, in the standby cluster (`P-185`),
    /// or lets the standby storage take over (`P-187`).
    pub(in crate::polardb) fn begin_automatic(&mut self, otherwise: OnNoCandidate) {
        let held = self.after.held_until(self.at.policy).is_some_and(|end| self.at.now < end);
        if held || self.after.is_taken_over() || !self.after.edition.fails_over() {
            return;
        }
        let start = Start::elected(Cause::Automatic, Electorate::automatic(self.at.policy));
        let then = if self.after.lost_its_zone() { OnExhaustion::TurnOver } else { OnExhaustion::End };
        if self.begin(start, then).is_err() && !self.take_over() && otherwise == OnNoCandidate::Report {
            self.push(P_181, ClusterFact::Exhausted { attempts: 0 });
        }
    }

    /// Lets the standby storage take over a primary zone that is lost, if it can.
    fn take_over(&mut self) -> bool {
        let Some(work) = self.after.storage_takeover() else { return false };
        let takes_over = self.after.lost_its_zone() && self.after.work.is_none();
        if takes_over {
            self.begin_work(P_187, work, Vec::new());
        }
        takes_over
    }

    /// Makes a change to nodes, all at once, and reacts to it; of what was `measured` before something later is known nothing
    /// changes.
    pub(in crate::polardb) fn change_nodes(
        &mut self,
        ids: &[NodeId],
        change: NodeChange,
        measured: Timestamp,
    ) {
        let delay = self.at.policy.sight_delay;
        let rule = if matches!(change, NodeChange::Priority(_)) { P_122 } else { P_310 };
        let mut seen = Availability::default();
        let mut facts = Vec::new();
        for node in self.after.nodes.iter_mut().filter(|node| ids.contains(&node.id)) {
            if !self.after.measured.take(&node.id, change, measured, delay) {
                continue;
            }
            let was_able = node.is_able();
            let changed = node.change(change);
            if !changed {
                continue;
            }
            facts.push((rule, ClusterFact::NodeChanged { node: node.id.clone(), change }));
            if !was_able && node.is_able() {
                seen.gained.push(node.id.clone());
            }
            if change == NodeChange::Up(false) {
                seen.writer_failed |= node.role == Role::Writer;
                seen.lost.push(node.id.clone());
            }
        }
        if !facts.is_empty() {
            self.step.facts.extend(facts);
            self.react(&seen);
        }
    }
}

impl DbCluster {
    /// When a failover that is not over begins again: after the pause, and not within a frequency window that holds it. `None`
    /// while there is nothing to begin.
    pub(in crate::polardb) fn next_round(&self, at: Context<'_>) -> Option<Timestamp> {
        cite!(P_183);
        let lost = self.lost_its_writer() && self.edition.fails_over();
        let occupied = self.pending.is_some() || self.failover.is_some() || self.is_taken_over();
        if occupied || !(lost || self.waits) {
            return None;
        }
        let ordinary = Electorate::automatic(at.policy);
        let standby = Electorate { standby: true, ..ordinary.clone() };
        let elects = |electorate: Electorate| electorate.candidates(&self.nodes).next().is_some();
        let goes_on = elects(ordinary)
            || (lost && self.lost_its_zone() && (elects(standby) || self.may_take_over()))
            || (lost && self.may_restart(at.policy));
        let due = self.due.unwrap_or(at.now.after(at.policy.retry_pause));
        goes_on.then(|| due.max(self.held_until(at.policy).filter(|_| lost).unwrap_or_default()))
    }

    /// The end of the frequency window, if the policy lets that hold an automatic failover (`P-186`).
    fn held_until(&self, policy: &PolarDbPolicy) -> Option<Timestamp> {
        cite!(P_186);
        let held = policy.automatic_in_window == AutomaticInWindow::Held;
        self.last_switch.filter(|_| held).map(|last| last.after(policy.switch_window))
    }

    /// Whether the standby storage takes over now (`P-187`).
    fn is_taken_over(&self) -> bool {
        self.work.as_ref().is_some_and(|work| matches!(work.effect, NodeWork::TakeOver { .. }))
    }

    fn may_take_over(&self) -> bool {
        self.work.is_none() && self.storage_takeover().is_some()
    }

    /// The move of the primary zone's nodes to the standby storage, if there is one without compute nodes (`P-187`).
    pub(in crate::polardb) fn storage_takeover(&self) -> Option<NodeWork> {
        if self.hot_standby == HotStandby::Off || self.has_standby_nodes() {
            return None;
        }
        let (from, to) = (self.primary_zone()?.clone(), self.standby_zone.clone()?);
        let there = self.nodes.iter().filter(|node| node.zone == from).map(|node| node.id.clone());
        let nodes = there.collect();
        Some(NodeWork::TakeOver { from, to, nodes })
    }

    /// Whether a writer that no node can replace may be restarted now (`P-184`).
    fn may_restart(&self, policy: &PolarDbPolicy) -> bool {
        policy.writer_alone == WriterAlone::Restarts && self.work.is_none()
    }

    /// Whether every compute node of the primary zone is down and a standby cluster may take over (`P-185`).
    fn lost_its_zone(&self) -> bool {
        let Some(zone) = self.primary_zone() else { return false };
        let mut there = self.nodes.iter().filter(|node| node.zone == *zone && node.kind != NodeKind::Standby);
        self.standby_ha == StandbyHaMode::On && self.switches_zones() && there.all(|node| !node.up)
    }
}
