//! Decisions about a network as values, and their application.

use alloc::vec::Vec;

use crate::ids::{ClusterId, EffectId, NetworkId};
use crate::lifecycle::Pending;
use crate::polardb::Context;
use crate::polardb::network::{GlobalDatabaseNetwork, NetworkEffect, NetworkStatus, Secondary, SwitchMode};
use crate::revision::{DecidedOn, StalePlan};
use crate::rule::RuleId;
use crate::time::{Span, Timestamp};

/// Something that happened to a network.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NetworkFact {
    /// Its status changed. There is none before its creation and after its removal.
    Status {
        /// Before.
        from: Option<NetworkStatus>,
        /// After.
        to: Option<NetworkStatus>,
    },
    /// A secondary joined.
    Joined(ClusterId),
    /// A secondary left.
    Left(ClusterId),
    /// A secondary became the primary.
    SwitchedOver {
        /// The primary before.
        from: ClusterId,
        /// The primary now.
        to: ClusterId,
        /// Planned: nothing is lost. Forced: what was not replicated is.
        mode: SwitchMode,
        /// How long it took.
        took: Span,
    },
    /// A switch-over failed.
    SwitchFailed {
        /// The secondary that was to become the primary.
        to: ClusterId,
    },
}

/// What was decided about a network, and for [`GlobalDatabaseNetwork::apply`] to write down.
#[must_use = "a decision does nothing until it is applied"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkPlan {
    decided_on: DecidedOn<NetworkId>,
    rule: RuleId,
    at: Timestamp,
    effect: EffectId,
    change: NetworkChange,
}

/// What a plan does to a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NetworkChange {
    /// An effect is asked for.
    Ask(NetworkEffect),
    /// The pending effect is done, or failed and left everything as it was.
    Clear,
    /// A secondary joins.
    Join(ClusterId),
    /// A secondary leaves; what was pending about it ends.
    Leave(ClusterId),
    /// The roles change.
    Switch { to: ClusterId, mode: SwitchMode },
    /// A switch-over failed.
    SwitchFailed { to: ClusterId },
    /// The network is gone.
    Gone,
}

/// What applying a plan did.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NetworkStep {
    /// When.
    pub at: Timestamp,
    /// What happened, in order, each with its rule.
    pub facts: Vec<(RuleId, NetworkFact)>,
    /// The effect that is asked for now.
    pub asked: Option<Pending<NetworkEffect>>,
    /// The effect that ended or was superseded.
    pub ended: Option<EffectId>,
    /// Clusters that joined the network.
    pub joined: Vec<ClusterId>,
    /// Clusters that left the network.
    pub left: Vec<ClusterId>,
    /// Whether the network is gone.
    pub gone: bool,
}

impl NetworkPlan {
    /// The rule that decided.
    pub const fn rule(&self) -> RuleId {
        self.rule
    }

    /// How many effects it asks for, and so how many ids from [`Context::effect`] on it takes: none or one.
    pub fn effects(&self) -> u64 {
        u64::from(self.asks().is_some())
    }

    /// The id of the effect that it asks for, if it does.
    fn asks(&self) -> Option<EffectId> {
        matches!(self.change, NetworkChange::Ask(_)).then_some(self.effect)
    }
}

/// Plans.
impl GlobalDatabaseNetwork {
    pub(super) fn plan(&self, at: Context<'_>, rule: RuleId, change: NetworkChange) -> NetworkPlan {
        NetworkPlan { decided_on: self.as_decided_on(), rule, at: at.now, effect: at.effect, change }
    }

    /// Writes a plan to the network.
    ///
    /// # Errors
    ///
    /// [`StalePlan`] if it was decided on another network, or on this one before another plan was applied, or if its time or effect id goes
    /// back; nothing has changed.
    pub fn apply(&mut self, plan: NetworkPlan) -> Result<NetworkStep, StalePlan<NetworkPlan>> {
        let of = plan.decided_on.clone();
        of.admit(self.as_decided_on(), (plan.at, plan.asks()), plan).map(|plan| self.carry_out(plan))
    }

    fn as_decided_on(&self) -> DecidedOn<NetworkId> {
        DecidedOn { id: self.id.clone(), revision: self.revision, latest: self.latest, due: None }
    }

    /// Carries out a plan that was decided on this network as it is.
    pub(crate) fn carry_out(&mut self, plan: NetworkPlan) -> NetworkStep {
        self.revision.advance();
        self.latest.note(plan.at, plan.effect, plan.effects());
        let NetworkPlan { decided_on: _, rule, at: now, effect: id, change } = plan;
        let before = self.status();
        let mut step = NetworkStep { at: now, ..NetworkStep::default() };
        // What was pending about a secondary that leaves ends with it; any other effect goes on.
        let concerns = |pending: &Pending<NetworkEffect>, cluster: &ClusterId| match &pending.effect {
            NetworkEffect::Remove(of) | NetworkEffect::SwitchOver { to: of, .. } => of == cluster,
            NetworkEffect::Create | NetworkEffect::Delete => false,
        };
        match change {
            NetworkChange::Ask(effect) => {
                let asked = Pending { id, effect, since: now };
                self.pending = Some(asked.clone());
                step.asked = Some(asked);
            }
            NetworkChange::Clear => step.ended = self.pending.take().map(|pending| pending.id),
            NetworkChange::Join(cluster) => {
                self.secondaries.push(Secondary { cluster: cluster.clone(), replicates: true });
                step.facts.push((rule, NetworkFact::Joined(cluster.clone())));
                step.joined.push(cluster);
            }
            NetworkChange::Leave(cluster) => {
                let ended = self.pending.take_if(|pending| concerns(pending, &cluster));
                step.ended = ended.map(|pending| pending.id);
                self.secondaries.retain(|secondary| secondary.cluster != cluster);
                step.facts.push((rule, NetworkFact::Left(cluster.clone())));
                step.left.push(cluster);
            }
            NetworkChange::Switch { to, mode } => {
                let pending = self.pending.take();
                let took = pending.as_ref().map_or(Span::default(), |pending| now.since(pending.since));
                step.ended = pending.map(|pending| pending.id);
                let from = core::mem::replace(&mut self.primary, to.clone());
                for secondary in &mut self.secondaries {
                    if secondary.cluster == to {
                        let replicates = mode == SwitchMode::Planned;
                        *secondary = Secondary { cluster: from.clone(), replicates };
                    }
                }
                step.facts.push((rule, NetworkFact::SwitchedOver { from, to, mode, took }));
            }
            NetworkChange::SwitchFailed { to } => {
                step.ended = self.pending.take().map(|pending| pending.id);
                step.facts.push((rule, NetworkFact::SwitchFailed { to }));
            }
            NetworkChange::Gone => {
                step.ended = self.pending.take().map(|pending| pending.id);
                step.left.extend(self.members().map(|(cluster, _)| cluster.clone()));
                step.gone = true;
                self.latest.end();
            }
        }
        let after = if step.gone { None } else { Some(self.status()) };
        if after != Some(before) {
            step.facts.push((rule, NetworkFact::Status { from: Some(before), to: after }));
        }
        step
    }
}
