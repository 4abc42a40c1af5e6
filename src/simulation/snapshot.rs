//! The world of a simulation beside a snapshot of its control plane, and back.

use alloc::collections::BTreeSet;
use alloc::string::String;

use super::{Simulation, World};
use crate::control_plane::ControlPlane;
use crate::ids::{ClusterId, EffectId};

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
    pub fn world(&self) -> World {
        let mut world = self.world.clone();
        world.held.retain(|id| self.plane.effect(*id).is_some());
        world
    }

    /// A world around a control plane, from data.
    ///
    /// # Errors
    ///
    /// [`BadWorld`] if the data does not fit the control plane or itself.
    pub fn restore(plane: ControlPlane, world: World) -> Result<Self, BadWorld> {
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
        let mut simulation = Self { plane, world, schedule: BTreeSet::new() };
        simulation.reschedule();
        Ok(simulation)
    }
}
