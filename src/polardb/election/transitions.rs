//! What can follow what in one failover, a row each.

use crate::polardb::election::rules::{
    P_140, P_141, P_142, P_143, P_150, P_151, P_152, P_160, P_162, P_170, P_171,
};
use crate::rule::RuleId;
use crate::spelling::spelled;

spelled! {
    /// What a failover waits for, if it waits for anything.
    FailoverState
    /// It has not begun.
    Idle = "idle",
    /// For a choice among the nodes offered.
    Choosing = "choosing",
    /// For a promotion.
    Switching = "switching",
    /// For nothing any more.
    Over = "over",
}

spelled! {
    /// What a failover takes.
    FailoverInput
    /// [`Failover::begin`](crate::polardb::Failover::begin).
    Begin = "begin",
    /// [`Failover::nodes_changed`](crate::polardb::Failover::nodes_changed), so that a choice offers other nodes.
    NodesChanged = "nodes changed",
    /// [`Failover::choose`](crate::polardb::Failover::choose) with a node that was offered.
    Chosen = "node chosen",
    /// The same with a node that was not.
    ChosenOther = "other node chosen",
    /// [`Failover::promoted`](crate::polardb::Failover::promoted).
    Promoted = "promoted",
    /// [`Failover::fail`](crate::polardb::Failover::fail), or `nodes_changed` without the node that is being promoted.
    Failed = "failed or lost",
    /// Its cluster is gone: whoever has the failover drops it.
    ClusterGone = "cluster gone",
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailoverTransition {
    /// What it waited for.
    pub from: FailoverState,
    /// What it takes.
    pub on: FailoverInput,
    /// In which case.
    pub when: &'static str,
    /// What it waits for then.
    pub to: FailoverState,
    /// The rule.
    pub rule: RuleId,
}

macro_rules! transitions {
    ($($From:ident, $On:ident, $when:literal => $To:ident $RULE:ident;)*) => {
        /// What can follow what in one failover. [`Failover`](crate::polardb::Failover) takes nothing else: an outcome of another
        /// effect than the pending one is [stale](crate::NotTaken::Stale), and so is every outcome once it is over.
        pub const TRANSITIONS: &[FailoverTransition] = &[$(FailoverTransition {
            from: FailoverState::$From,
            on: FailoverInput::$On,
            when: $when,
            to: FailoverState::$To,
            rule: $RULE,
        },)*];
    };
}

transitions! {
    Idle, Begin, "a target is named" => Switching P_140;
    Idle, Begin, "one node comes first" => Switching P_141;
    Idle, Begin, "several nodes come first" => Choosing P_142;
    Idle, Begin, "no candidate" => Idle P_143;
    Choosing, NodesChanged, "one node comes first" => Switching P_150;
    Choosing, NodesChanged, "several nodes come first" => Choosing P_150;
    Choosing, NodesChanged, "no eligible node is left" => Over P_170;
    Choosing, Chosen, "" => Switching P_151;
    Choosing, ChosenOther, "" => Choosing P_152;
    Choosing, ClusterGone, "" => Over P_171;
    Switching, Promoted, "" => Over P_160;
    Switching, Failed, "one node comes first" => Switching P_141;
    Switching, Failed, "several nodes come first" => Choosing P_142;
    Switching, Failed, "the named target, and by policy no other is tried" => Over P_162;
    Switching, Failed, "no eligible node is left" => Over P_170;
    Switching, ClusterGone, "" => Over P_171;
}
