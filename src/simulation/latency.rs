//! The latencies of effects in simulated time.

use crate::control_plane::effect::effects;
use crate::control_plane::{Effect, EffectKind};
use crate::ebs::{DrillEffect, GroupEffect, PairEffect};
use crate::polardb::{ClusterEffect, DbNode, Lifecycle, NetworkEffect, NodeWork};
use crate::time::Span;

macro_rules! latencies {
    ($($effect:ident {
        $($kind:ident $name:ident $millis:literal $does:literal;)*
        $(.. $inner:ident;)*
    })*) => {
        /// The latency of each kind of effect, in milliseconds.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(
            feature = "serde",
            derive(serde::Serialize, serde::Deserialize),
            serde(deny_unknown_fields, default)
        )]
        pub struct LatencyProfile {
            $($(
                #[doc = $does]
                pub $name: Span,
            )*)*
            /// Promoting a hot replica.
            pub promote_hot_replica: Span,
        }

        impl LatencyProfile {
            /// Two seconds, and five for copies: short enough to watch, long enough to see transient statuses.
            pub const QUICK: Self = Self {
                $($($name: Span::from_millis($millis),)*)*
                promote_hot_replica: Span::from_secs(2),
            };
        }

        $(impl $effect {
            const fn latency(&self, profile: &LatencyProfile) -> Span {
                match self {
                    $(Self::$kind { .. } => profile.$name,)*
                    $(Self::$inner(inner) => inner.latency(profile),)*
                }
            }
        })*
    };
}

effects! { latencies }

impl LatencyProfile {
    /// The times on the vendor's pages: the midpoints of an interruption of 20 to 30 s, and of 5 to 10 s with a hot
    /// replica; five minutes for each node that moves to another zone and for a secondary that leaves its network; 160 s for
    /// a switch-over of a network. Effects that the pages do not mention use
    /// [`QUICK`](Self::QUICK).
    pub const DOCUMENTED: Self = Self {
        promote_node: Span::from_secs(25),
        promote_hot_replica: Span::from_millis(7_500),
        change_zone: Span::from_secs(300),
        remove_member: Span::from_secs(300),
        switch_over_network: Span::from_secs(160),
        ..Self::QUICK
    };

    /// The latency of an effect; `promoted` is the node of a promotion.
    pub fn of(&self, effect: &Effect, promoted: Option<&DbNode>) -> Span {
        let hot_replica = promoted.is_some_and(|node| node.hot_replica);
        match &effect.kind {
            EffectKind::Pair { effect, .. } => effect.latency(self),
            EffectKind::Group { effect, .. } => effect.latency(self),
            EffectKind::Drill { effect, .. } => effect.latency(self),
            EffectKind::Cluster { effect: ClusterEffect::PromoteNode(_), .. } if hot_replica => {
                self.promote_hot_replica
            }
            EffectKind::Cluster {
                effect: ClusterEffect::Work(NodeWork::ChangeZone { nodes, .. }), ..
            } => {
                let times = nodes.len().max(1) as u64;
                Span::from_millis(self.change_zone.as_millis().saturating_mul(times))
            }
            EffectKind::Cluster { effect, .. } => effect.latency(self),
            EffectKind::Network { effect, .. } => effect.latency(self),
        }
    }
}

impl Default for LatencyProfile {
    fn default() -> Self {
        Self::QUICK
    }
}
