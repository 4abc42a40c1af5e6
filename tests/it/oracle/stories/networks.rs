//! Stories about global database networks.

use failover_model::polardb::{ClusterSeed, Engine, NodeChange, Removal, SwitchMode};
use failover_model::policy::NetworkEngines;
use failover_model::testing::steps::{ClusterCall, NetworkCall, StepKind};
use failover_model::testing::strategies::World;

use super::{Act, OWNER, Story, badly, bare, changed, failover_ask, holding, now, told, well};
use crate::kit::seed;

/// `gdn-1` around the first cluster.
fn made() -> Act {
    now(StepKind::CreateNetwork(OWNER, Some(0), 1))
}

/// `pc-N` joins the first network.
fn joined(number: u8) -> Act {
    now(StepKind::CreateSecondary(OWNER, Some(0), number))
}

fn on(call: NetworkCall) -> Act {
    now(StepKind::Network(OWNER, Some(0), call))
}

fn remove(cluster: u8) -> Act {
    on(NetworkCall::Remove { cluster: Some(cluster), removal: Removal::Orderly })
}

fn switch(to: Option<u8>, mode: SwitchMode) -> Act {
    on(NetworkCall::SwitchOver { to, mode })
}

fn on_cluster(number: u8, call: ClusterCall) -> Act {
    now(StepKind::Cluster(OWNER, Some(number), call))
}

fn busy(cluster: u8, busy: bool) -> Act {
    now(StepKind::ClusterBusy { cluster: Some(cluster), busy })
}

pub fn all() -> Vec<Story> {
    let one = || holding(seed(&[("a", 5)]));
    let planned = || switch(Some(1), SwitchMode::Planned);
    let of =
        |engine, version: &str| holding(ClusterSeed { engine, version: version.into(), ..seed(&[("a", 5)]) });
    let by_the_reference = |world: World| {
        let strict = bare(|policy| policy.polardb.network_engines = NetworkEngines::Reference);
        World { clusters: world.clusters, ..strict }
    };
    vec![
        told(
            "a network from its beginning to its end",
            one(),
            &[
                made(),
                joined(2),
                badly(),
                made(),
                well(),
                made(),
                joined(2),
                well(),
                on(NetworkCall::Delete),
                on_cluster(1, ClusterCall::Delete),
                remove(0),
                busy(1, true),
                remove(1),
                busy(1, false),
                remove(1),
                badly(),
                on(NetworkCall::Remove { cluster: Some(1), removal: Removal::Forced }),
                remove(1),
                well(),
                on(NetworkCall::Describe),
                now(StepKind::DescribeNetworks(OWNER)),
                on(NetworkCall::Delete),
                on(NetworkCall::Delete),
                badly(),
                on(NetworkCall::Delete),
                well(),
                on(NetworkCall::Describe),
                now(StepKind::DescribeNetworks(OWNER)),
                on_cluster(1, ClusterCall::Delete),
            ],
        ),
        told(
            "a planned switch-over, and back",
            one(),
            &[
                made(),
                well(),
                switch(None, SwitchMode::Planned),
                joined(2),
                well(),
                switch(Some(0), SwitchMode::Planned),
                planned(),
                on_cluster(0, failover_ask(Some(1))),
                joined(3),
                badly(),
                planned(),
                well(),
                switch(None, SwitchMode::Planned),
                well(),
                joined(3),
                well(),
                switch(None, SwitchMode::Planned),
                remove(2),
                well(),
                on(NetworkCall::Remove { cluster: Some(2), removal: Removal::Orderly }),
                switch(Some(2), SwitchMode::Planned),
            ],
        ),
        told(
            "a forced switch-over away from a primary that is down",
            one(),
            &[
                made(),
                well(),
                joined(2),
                well(),
                changed(0, NodeChange::Up(false)),
                planned(),
                switch(None, SwitchMode::Forced),
                well(),
                well(),
                switch(Some(0), SwitchMode::Planned),
                switch(Some(0), SwitchMode::Forced),
                well(),
                remove(1),
                well(),
            ],
        ),
        told(
            "clusters of a network that are lost",
            one(),
            &[
                made(),
                well(),
                joined(2),
                badly(),
                joined(2),
                well(),
                joined(3),
                well(),
                switch(Some(2), SwitchMode::Planned),
                now(StepKind::ClusterRemoved(Some(1))),
                now(StepKind::ClusterRemoved(Some(1))),
                joined(2),
                now(StepKind::ClusterRemoved(Some(0))),
                now(StepKind::DescribeNetworks(OWNER)),
            ],
        ),
        told(
            "as many secondaries as a network may have",
            one(),
            &[made(), well(), joined(2), joined(3), joined(4), joined(5), joined(6)],
        ),
        told("secondaries of another version", of(Engine::MySql, "5.7"), &[made(), well(), joined(2)]),
        told(
            "a network of another engine",
            World { clusters: vec![of(Engine::PostgreSql, "14").clusters.remove(0)], ..bare(|_| {}) },
            &[made(), well(), joined(2), switch(None, SwitchMode::Forced)],
        ),
        told("an engine without networks", of(Engine::PostgreSql, "11"), &[made()]),
        told(
            "an engine without networks by the reference",
            by_the_reference(of(Engine::MySql, "5.7")),
            &[made()],
        ),
    ]
}
