//! The steps of a failover: how it begins, what the outcome of its effect or a change of the nodes makes of it, and who is next.

use crate::ids::{EffectId, NodeId};
use crate::outcome::NotTaken;
use crate::polardb::Context;
use crate::polardb::election::failover::{
    Cause, Failover, Next, NoCandidate, OnExhaustion, Stage, Start, Transition,
};
use crate::polardb::election::rules::{
    P_114, P_132, P_140, P_143, P_150, P_151, P_152, P_160, P_161, P_182, P_185,
};
use crate::polardb::election::tried::Tried;
use crate::polardb::nodes::{DbNode, Role};
use crate::policy::{ExplicitTargetFails, PolarDbPolicy};
use crate::rule::cite;

impl Failover {
    /// A failover among these nodes, with what comes first: the promotion of the named target, which the electorate need not
    /// admit, otherwise of who is next.
    ///
    /// # Errors
    ///
    /// [`NoCandidate`] if it cannot begin: no node can be elected, or the named target is no reader among the nodes.
    pub fn begin(
        start: Start,
        nodes: &[DbNode],
        at: Context<'_>,
        then: OnExhaustion,
    ) -> Result<(Self, Transition), NoCandidate> {
        cite!(P_140, P_143);
        let mut failover = Self {
            cause: start.cause,
            requested: start.requested,
            tried: Tried::new(),
            round: 1,
            attempts: 0,
            removed: 0,
            started_at: at.now,
            since: at.now,
            stage: None,
            electorate: start.electorate.floored(nodes, at.policy),
            shows: at.policy.switch_status,
            roll_back: start.roll_back,
        };
        let transition = match &failover.requested {
            Some(target) if nodes.iter().any(|node| node.id == *target && node.role == Role::Reader) => {
                Transition { rule: P_140, next: Next::Promote(target.clone()) }
            }
            Some(_) => return Err(NoCandidate::NoNode),
            None => {
                let next = failover.next(nodes, at.policy, then);
                Transition { rule: next.rule(), next }
            }
        };
        if transition.next.goes_on() {
            failover.enter(&transition.next, at);
            Ok((failover, transition))
        } else if nodes.iter().any(|node| failover.electorate.barred_by(node) == Some(P_114)) {
            Err(NoCandidate::UnhealthyReplication)
        } else {
            Err(NoCandidate::NoNode)
        }
    }

    /// Of the nodes offered this one was chosen: it is to be promoted (`P-151`). `at.effect` is the id of its promotion.
    ///
    /// # Errors
    ///
    /// [`NotTaken`]: this choice is not pending, or the node was not offered (`P-152`); nothing has changed.
    pub fn choose(&mut self, id: EffectId, node: &NodeId, at: Context<'_>) -> Result<Transition, NotTaken> {
        cite!(P_152);
        match self.fenced(id)? {
            Stage::Switching { .. } => return Err(NotTaken::WrongOutcome),
            Stage::Choosing { tier, .. } if !tier.contains(node) => return Err(NotTaken::NotOffered),
            Stage::Choosing { .. } => {}
        }
        let next = Next::Promote(node.clone());
        self.enter(&next, at);
        Ok(Transition { rule: P_151, next })
    }

    /// The promotion was done: the failover is over and this node is the writer (`P-160`).
    ///
    /// # Errors
    ///
    /// [`NotTaken`]: this promotion is not pending; nothing has changed.
    pub fn promoted(&mut self, id: EffectId) -> Result<NodeId, NotTaken> {
        cite!(P_160);
        let node = self.fenced_promotion(id)?.clone();
        self.stage = None;
        Ok(node)
    }

    /// The promotion failed: its node joins the tried ones, and the failover asks for who is next of these nodes, or is over
    /// (`P-161`). `at.effect` is the id of what it asks for.
    ///
    /// # Errors
    ///
    /// [`NotTaken`]: this promotion is not pending; nothing has changed.
    pub fn fail(
        &mut self,
        id: EffectId,
        nodes: &[DbNode],
        at: Context<'_>,
        then: OnExhaustion,
    ) -> Result<Transition, NotTaken> {
        cite!(P_161);
        let node = self.fenced_promotion(id)?.clone();
        if nodes.iter().any(|known| known.id == node) {
            self.tried.insert(node);
        } else {
            self.removed = self.removed.saturating_add(1);
        }
        let next = self.next(nodes, at.policy, then);
        self.enter(&next, at);
        Ok(Transition { rule: next.rule(), next })
    }

    /// What follows from the nodes as they are now, if anything: a promotion whose node went down or left has failed (`P-161`), and
    /// a choice is offered anew when the nodes to be offered are others (`P-150`). `at.effect` is the id of what it asks for.
    pub fn nodes_changed(
        &mut self,
        nodes: &[DbNode],
        at: Context<'_>,
        then: OnExhaustion,
    ) -> Option<Transition> {
        match self.stage.as_ref()? {
            Stage::Switching { id, .. } if self.has_lost(nodes) => {
                let id = *id;
                self.fail(id, nodes, at, then).ok()
            }
            Stage::Choosing { priority, tier, .. } if !self.still_offers(*priority, tier, nodes) => {
                let next = self.next(nodes, at.policy, then);
                self.enter(&next, at);
                let rule = if next.goes_on() { P_150 } else { next.rule() };
                Some(Transition { rule, next })
            }
            _ => None,
        }
    }

    /// The writer failed during a failover that was called for: from here on it is automatic, and elects in any zone (`P-182`). The
    /// nodes are to be looked at [again](Self::nodes_changed) after that.
    pub fn turn_automatic(&mut self) {
        cite!(P_182);
        self.cause = Cause::Automatic;
        self.requested = None;
        self.electorate.zone = None;
    }

    /// These nodes left the cluster: they are no longer among the tried ones. The nodes are to be looked at
    /// [again](Self::nodes_changed) after that.
    pub fn forget(&mut self, gone: &[NodeId]) {
        let before = self.tried.len();
        self.tried.retain(|node| !gone.contains(node));
        let removed = u32::try_from(before.saturating_sub(self.tried.len())).unwrap_or(u32::MAX);
        self.removed = self.removed.saturating_add(removed);
    }

    fn fenced(&self, id: EffectId) -> Result<&Stage, NotTaken> {
        self.stage.as_ref().filter(|stage| stage.id() == id).ok_or(NotTaken::Stale)
    }

    fn fenced_promotion(&self, id: EffectId) -> Result<&NodeId, NotTaken> {
        match self.fenced(id)? {
            Stage::Switching { node, .. } => Ok(node),
            Stage::Choosing { .. } => Err(NotTaken::WrongOutcome),
        }
    }

    fn enter(&mut self, next: &Next, at: Context<'_>) {
        let id = at.effect;
        self.stage = match next {
            Next::Exhausted | Next::Stopped => None,
            Next::Choose(priority, tier) => {
                Some(Stage::Choosing { id, priority: *priority, tier: tier.clone() })
            }
            Next::Promote(node) => {
                self.attempts = self.attempts.saturating_add(1);
                Some(Stage::Switching { id, node: node.clone() })
            }
        };
        if self.stage.is_some() {
            self.since = at.now;
        }
    }

    /// Who is next among these nodes: of the untried ones, those that come first. Without any, the failover goes on to its
    /// next round, if the policy has one, and then does what `then` says. A named target that failed may end it (`P-162`).
    fn next(&mut self, nodes: &[DbNode], policy: &PolarDbPolicy, then: OnExhaustion) -> Next {
        cite!(P_132, P_185);
        if self.requested.as_ref().is_some_and(|target| self.tried.contains(target)) {
            self.requested = None;
            let stops = policy.explicit_target_fails == ExplicitTargetFails::Stop;
            if stops && self.cause == Cause::Manual {
                return Next::Stopped;
            }
        }
        let mut next = Next::among(&self.electorate, nodes, &self.tried);
        if next == Next::Exhausted && self.round < policy.rounds.get() && !self.tried.is_empty() {
            self.round = self.round.saturating_add(1);
            self.tried.clear();
            next = Next::among(&self.electorate, nodes, &self.tried);
        }
        if next == Next::Exhausted && then == OnExhaustion::TurnOver {
            // What was tried stays tried, so that turning over comes to an end.
            let other = self.electorate.turned_over(nodes, policy);
            next = Next::among(&other, nodes, &self.tried);
            if next != Next::Exhausted {
                self.electorate = other;
            }
        }
        next
    }
}
