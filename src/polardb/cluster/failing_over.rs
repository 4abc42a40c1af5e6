//! How a failover of a cluster begins, goes on and ends, and what a change of nodes means for it.
//!
//! Which node comes next is the business of [`Failover`], which is asked with the nodes as they are. A step asks for at
//! most one effect.

use alloc::vec::Vec;

use crate::ids::NodeId;
use crate::outcome::Failure;
use crate::polardb::cluster::DbCluster;
use crate::polardb::cluster::requests::{Edition, Engine};
use crate::polardb::cluster::rules::{P_301, P_310};
use crate::polardb::cluster::step::{ClusterFact, ClusterStep, Context, Start};
use crate::polardb::election::electorate::Electorate;
use crate::polardb::election::failover::{Cause, Failover, Next, Stage};
use crate::polardb::election::ranking::Tried;
use crate::polardb::election::rules::{P_122, P_150, P_160, P_161, P_180, P_181, P_182, P_185, P_190};
use crate::polardb::nodes::{DbNode, NodeChange, NodeKind, Role};
use crate::policy::{AfterExhaustion, AutomaticInWindow, WindowFrom, ZoneLoss};
use crate::rule::RuleId;

/// What was heard of some nodes, as far as a failover cares.
#[derive(Default)]
pub(in crate::polardb) struct News {
    /// They became able to take over.
    pub(in crate::polardb) risen: Vec<NodeId>,
    /// They went down.
    pub(in crate::polardb) fallen: Vec<NodeId>,
    /// The writer is among those that went down.
    pub(in crate::polardb) writer_failed: bool,
}

impl DbCluster {
    pub(in crate::polardb) fn begin(&mut self, start: Start, cx: Context<'_>, step: &mut ClusterStep) {
        let Start { cause, requested, next, rule, electorate, roll_back } = start;
        self.failover = Failover::begin(cause, requested.clone(), &next, cx.now, cx.id)
            .map(|begun| Failover { electorate, roll_back, shows: cx.policy.switch_status, ..begun });
        self.waits = false;
        let across = self.failover.as_ref().is_some_and(|begun| begun.electorate.standby);
        let began = match cause {
            Cause::Manual => P_301,
            Cause::Automatic if across => P_185,
            Cause::Automatic => P_180,
            Cause::RollBack => P_190,
        };
        step.push(began, ClusterFact::FailoverBegan { cause, requested });
        step.ask(rule, cx.id, next, 1);
    }

    /// Moves the running failover to what comes next, or ends it without success.
    pub(in crate::polardb) fn advance_to(
        &mut self,
        next: Next,
        rule: RuleId,
        cx: Context<'_>,
        step: &mut ClusterStep,
    ) {
        let Some(failover) = &mut self.failover else { return };
        step.ended.push(failover.stage.id());
        if failover.enter(&next, cx.now, cx.id) {
            step.ask(rule, cx.id, next, failover.attempts);
        } else {
            step.facts.push((next.rule(), ClusterFact::Exhausted { attempts: failover.attempts }));
            let found_nobody = next == Next::Exhausted && failover.cause == Cause::Manual;
            self.waits = found_nobody && cx.policy.after_exhaustion == AfterExhaustion::Waits;
            self.failover = None;
        }
    }

    pub(in crate::polardb) fn promoted(&mut self, cx: Context<'_>, step: &mut ClusterStep) {
        let Some(failover) = self.failover.take() else { return };
        let Some(to) = failover.switching().cloned() else { return };
        step.ended.push(failover.stage.id());
        let (mut from, mut old_zone) = (to.clone(), None);
        for node in &mut self.nodes {
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
                NodeKind::Ordinary if failover.electorate.standby => NodeKind::Standby,
                NodeKind::Standby if failover.electorate.standby => NodeKind::Ordinary,
                kind => kind,
            };
        }
        let zone = self.primary_zone().cloned();
        if failover.electorate.standby {
            self.standby_zone = old_zone.clone().filter(|old| Some(old) != zone.as_ref());
        }
        // Where the writer is now, or shall stay, nothing calls it back.
        let called_back = match failover.cause {
            Cause::Manual if failover.roll_back => old_zone,
            Cause::Manual | Cause::RollBack => None,
            Cause::Automatic => self.home.take(),
        };
        self.home = called_back.filter(|home| Some(home) != zone.as_ref());
        self.last_switch = Some(match cx.policy.window_from {
            WindowFrom::End => cx.now,
            WindowFrom::Start => failover.started_at,
        });
        let took = cx.now.since(failover.started_at);
        step.push(
            P_160,
            ClusterFact::WriterMoved { from, to, attempts: failover.attempts, took, cause: failover.cause },
        );
    }

    pub(in crate::polardb) fn attempt_failed(
        &mut self,
        failure: Option<Failure>,
        cx: Context<'_>,
        step: &mut ClusterStep,
    ) {
        let Some(failover) = &mut self.failover else { return };
        let Some(node) = failover.switching().cloned() else { return };
        step.push(P_161, ClusterFact::AttemptFailed { node, failure });
        let electorate = failover.electorate.clone();
        let next = failover.attempt_failed(electorate.candidates(&self.nodes), cx.policy);
        let next = self.or_elsewhere(electorate.prefer(next, &self.nodes), cx);
        let rule = next.rule();
        self.advance_to(next, rule, cx, step);
    }

    /// What news of nodes means for the failover that runs, or for one that is to begin.
    pub(in crate::polardb) fn hear(
        &mut self,
        news: &News,
        offered: Option<&Next>,
        cx: Context<'_>,
        step: &mut ClusterStep,
    ) {
        if self.pending.is_some() {
            return;
        }
        let writer_failed = news.writer_failed && self.lost_its_writer();
        let Some(failover) = &mut self.failover else {
            if self.lost_its_writer() {
                // Only a node that becomes eligible begins another failover (`P-181`); any change may tell that the zone is
                // lost and the standby cluster is to take over (`P-185`).
                let electorate = Electorate::automatic(cx.policy);
                let rose = electorate.candidates(&self.nodes).any(|(node, _)| news.risen.contains(node));
                if writer_failed || !news.risen.is_empty() || !news.fallen.is_empty() {
                    self.begin_automatic(writer_failed, writer_failed || rose, cx, step);
                }
            } else if !news.risen.is_empty() {
                self.resume(news, cx, step);
            }
            return;
        };
        if writer_failed && failover.cause != Cause::Automatic {
            failover.cause = Cause::Automatic;
            failover.requested = None;
            failover.electorate.zone = None;
            step.push(P_182, ClusterFact::TurnedAutomatic);
        }
        if failover.switching().is_some_and(|node| news.fallen.contains(node)) {
            self.attempt_failed(None, cx, step);
        } else if offered.is_some() && offered != self.offered().as_ref() {
            self.reoffer(cx, step);
        }
    }

    /// With the writer there, a node that can take over is waited for in two cases alone.
    fn resume(&mut self, news: &News, cx: Context<'_>, step: &mut ClusterStep) {
        if self.waits {
            let electorate = Electorate::automatic(cx.policy);
            self.begin_elected(Cause::Manual, electorate, cx, step);
            return;
        }
        let at_home = |node: &DbNode| Some(&node.zone) == self.home.as_ref() && news.risen.contains(&node.id);
        let Some(node) = self.nodes.iter().find(|node| at_home(node)) else { return };
        if self.work.is_some() || self.busy.is_some() {
            return;
        }
        let standby = node.kind == NodeKind::Standby;
        let electorate = Electorate { standby, zone: self.home.clone(), ..Electorate::automatic(cx.policy) };
        self.begin_elected(Cause::RollBack, electorate, cx, step);
    }

    /// Begins a failover whose node is elected; false if there is nobody.
    fn begin_elected(
        &mut self,
        cause: Cause,
        electorate: Electorate,
        cx: Context<'_>,
        step: &mut ClusterStep,
    ) -> bool {
        let electorate = electorate.floored(&self.nodes, cx.policy);
        match electorate.next(&self.nodes, &Tried::new()) {
            Next::Exhausted => false,
            next => {
                let rule = next.rule();
                let start = Start { cause, requested: None, next, rule, electorate, roll_back: false };
                self.begin(start, cx, step);
                true
            }
        }
    }

    /// Begins an automatic failover: if `here`, among the ordinary nodes; else, or if nobody is there, in the standby
    /// cluster, provided that the zone is lost. With `report` it is told that nobody was found.
    pub(in crate::polardb) fn begin_automatic(
        &mut self,
        report: bool,
        here: bool,
        cx: Context<'_>,
        step: &mut ClusterStep,
    ) {
        let in_window = self.last_switch.is_some_and(|last| cx.now.since(last) < cx.policy.switch_window);
        let held = in_window && cx.policy.automatic_in_window == AutomaticInWindow::Held;
        if held || !self.edition.fails_over() {
            return;
        }
        let electorate = Electorate::automatic(cx.policy);
        if here && self.begin_elected(Cause::Automatic, electorate.clone(), cx, step) {
            return;
        }
        let elsewhere = Electorate { standby: true, ..electorate };
        if self.lost_its_zone(cx) && self.begin_elected(Cause::Automatic, elsewhere, cx, step) {
            return;
        }
        if report {
            step.push(P_181, ClusterFact::Exhausted { attempts: 0 });
        }
    }

    /// An automatic failover that found nobody turns to the other of primary and standby cluster (`P-185`). What was tried
    /// stays tried, so that it ends all the same.
    fn or_elsewhere(&mut self, next: Next, cx: Context<'_>) -> Next {
        let lost_its_zone = self.lost_its_zone(cx);
        let Some(failover) = self.failover.as_mut().filter(|_| next == Next::Exhausted) else { return next };
        let turned = &failover.electorate;
        if failover.cause != Cause::Automatic || !(turned.standby || lost_its_zone) {
            return next;
        }
        let turned = Electorate { standby: !turned.standby, floor: None, ..turned.clone() };
        let turned = turned.floored(&self.nodes, cx.policy);
        let next = turned.next(&self.nodes, &failover.tried);
        if next != Next::Exhausted {
            failover.electorate = turned;
        }
        next
    }

    /// Whether every compute node of the primary zone is down and a standby cluster may take over (`P-185`).
    fn lost_its_zone(&self, cx: Context<'_>) -> bool {
        let Some(zone) = self.primary_zone() else { return false };
        let mut there = self.nodes.iter().filter(|node| node.zone == *zone && node.kind != NodeKind::Standby);
        cx.policy.zone_loss == ZoneLoss::SwitchOver
            && self.engine == Engine::MySql
            && self.edition == Edition::Normal
            && there.all(|node| !node.up)
    }

    fn reoffer(&mut self, cx: Context<'_>, step: &mut ClusterStep) {
        let Some(failover) = &mut self.failover else { return };
        let electorate = failover.electorate.clone();
        let next = failover.reconsider(electorate.candidates(&self.nodes), cx.policy);
        let next = self.or_elsewhere(electorate.prefer(next, &self.nodes), cx);
        self.advance_to(next, P_150, cx, step);
    }

    /// The tier that stands for a choice now, if one is pending.
    pub(in crate::polardb) fn offered(&self) -> Option<Next> {
        let failover = self.failover.as_ref()?;
        matches!(failover.stage, Stage::Choosing { .. })
            .then(|| failover.electorate.next(&self.nodes, &failover.tried))
    }

    /// Makes a change to nodes, all at once, and hears of it.
    pub(in crate::polardb) fn nodes_changed(
        &mut self,
        ids: &[NodeId],
        change: NodeChange,
        cx: Context<'_>,
        step: &mut ClusterStep,
    ) {
        let offered = self.offered();
        let rule = if matches!(change, NodeChange::Priority(_)) { P_122 } else { P_310 };
        let mut news = News::default();
        let mut changed = false;
        for node in self.nodes.iter_mut().filter(|node| ids.contains(&node.id)) {
            let was_able = node.is_able();
            if node.change(change) {
                changed = true;
                step.push(rule, ClusterFact::NodeChanged { node: node.id.clone(), change });
                if !was_able && node.is_able() {
                    news.risen.push(node.id.clone());
                }
                if change == NodeChange::Up(false) {
                    news.fallen.push(node.id.clone());
                }
            }
            // Held by the window, an automatic failover begins with the next report of the loss (`P-186`).
            let told_again = cx.policy.automatic_in_window == AutomaticInWindow::Held;
            let fell = change == NodeChange::Up(false) && (told_again || news.fallen.contains(&node.id));
            news.writer_failed |= fell && node.role == Role::Writer;
        }
        if changed || news.writer_failed {
            self.hear(&news, offered.as_ref(), cx, step);
        }
    }
}
