//! The world around a snapshot of the control plane, as data.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::fault::FaultPlan;
use super::{LatencyProfile, Simulation, Transitions};
use crate::control_plane::ControlPlane;
use crate::ids::{ClusterId, EffectId};
use crate::polardb::HaLog;

/// The state of a simulation except the control plane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorldSnapshot {
    seed: u64,
    transitions: Transitions,
    latency: LatencyProfile,
    faults: FaultPlan,
    minted: BTreeMap<String, u64>,
    held: BTreeSet<EffectId>,
    ha_log: HaLog,
}

/// Why a world cannot be restored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadWorld {
    /// A held effect is not outstanding.
    #[error("effect {0} is held but not outstanding")]
    HeldNotOutstanding(EffectId),
    /// Fault numbers do not ascend, or one was never allocated.
    #[error("fault {0} is out of order")]
    FaultOrder(u64),
    /// A counter of ids is beyond what counting can reach.
    #[error("the count of ids {0:?} is out of range")]
    Minted(String),
    /// The log of this cluster's switches is impossible: another account's, or with numbers or times that do not
    /// ascend.
    #[error("the switches of {0} could not have come about")]
    HaLog(ClusterId),
}

impl Simulation {
    /// The world as data, beside [`ControlPlane::snapshot`].
    pub fn world(&self) -> WorldSnapshot {
        let outstanding = |id: &&EffectId| self.plane.effect(**id).is_some();
        WorldSnapshot {
            seed: self.seed,
            transitions: self.transitions,
            latency: self.latency,
            faults: self.faults.clone(),
            minted: self.minted.clone(),
            held: self.held.iter().filter(outstanding).copied().collect(),
            ha_log: self.ha_log.clone(),
        }
    }

    /// A world around a control plane, from data.
    ///
    /// # Errors
    ///
    /// [`BadWorld`] if the data does not fit the control plane or itself.
    pub fn restore(plane: ControlPlane, world: WorldSnapshot) -> Result<Self, BadWorld> {
        if let Some(id) = world.held.iter().find(|id| plane.effect(**id).is_none()) {
            return Err(BadWorld::HeldNotOutstanding(*id));
        }
        let mut last = 0;
        for planned in &world.faults.planned {
            if planned.id <= last || planned.id > world.faults.next {
                return Err(BadWorld::FaultOrder(planned.id));
            }
            last = planned.id;
        }
        if let Some((kind, _)) = world.minted.iter().find(|(_, count)| **count > u64::MAX / 128) {
            return Err(BadWorld::Minted(kind.clone()));
        }
        let owner = |cluster: &ClusterId| plane.cluster(cluster).map(|cluster| cluster.account().clone());
        if let Some(cluster) = world.ha_log.misfit(plane.clock(), owner) {
            return Err(BadWorld::HaLog(cluster.clone()));
        }
        let mut simulation = Self::new(plane, world.seed, world.transitions, world.latency);
        simulation.faults = world.faults;
        simulation.minted = world.minted;
        simulation.held = world.held;
        simulation.ha_log = world.ha_log;
        simulation.reschedule();
        Ok(simulation)
    }
}
