//! Steps of a random script, made by hand.

use failover_model::testing::steps::{
    CallRegion, ClusterCall, Origin, ReplicaCall, StepKind, TestStep, Timing,
};

/// The account that owns all of the small world, calling where the operation is called, without a token.
pub const OWNER: Origin = Origin { account: 0, region: CallRegion::Required, token: None };

/// A step a second later.
pub fn soon(what: StepKind) -> TestStep {
    TestStep { timing: Timing::Later(1_000), kind: what }
}

pub fn on_group(ask: ReplicaCall) -> StepKind {
    StepKind::Group(OWNER, Some(0), ask)
}

pub fn on_cluster(ask: ClusterCall) -> StepKind {
    StepKind::Cluster(OWNER, Some(0), ask)
}
