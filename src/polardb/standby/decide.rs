//! What a call about the standby cluster means: pure decisions. The order of checks is that of the calls on nodes.

use alloc::vec::Vec;

use crate::ids::{NodeId, ZoneId};
use crate::operation::Operation;
use crate::polardb::Context;
use crate::polardb::cluster::DbCluster;
use crate::polardb::cluster::plan::Decision;
use crate::polardb::cluster::requests::{Edition, Engine, HotStandby};
use crate::polardb::cluster::status::ClusterStatus;
use crate::polardb::cluster::step::ClusterFact;
use crate::polardb::nodes::work::NodeWork;
use crate::polardb::nodes::{DbNode, NodeKind};
use crate::polardb::refusal::{PolarDbReason, PolarDbRefusal};
use crate::polardb::standby::requests::{
    DrillScope, FaultDrill, ModifyDbCluster, ModifyDbClusterArch, StandbyArch,
};
use crate::polardb::standby::rules::{P_188, P_189, P_191, P_193, P_610, P_613, P_615};
use crate::rule::cite;

impl DbCluster {
    /// Decides `ModifyDBCluster`. Switches are set at once, a drill is work.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide_modify(&self, at: Context<'_>, request: &ModifyDbCluster) -> Decision {
        let operation = Operation::ModifyDbCluster;
        self.is_named(operation, &request.cluster)?;
        let refused = |why: PolarDbReason| Err(why.of(operation));
        let cluster = || self.id.clone();
        cite!(P_610);
        if self.engine != Engine::MySql {
            return refused(PolarDbReason::FeatureEngine { cluster: cluster() });
        }
        let switches = request.standby_ha.is_some() || request.data_sync.is_some();
        match self.edition {
            Edition::Normal => {}
            Edition::Basic if request.drill.is_some() => {
                return refused(PolarDbReason::SingleNodeEdition { cluster: cluster() });
            }
            _ if switches || request.drill.is_some() => {
                return refused(PolarDbReason::EditionWithout { cluster: cluster() });
            }
            _ => {}
        }
        if switches && !self.has_standby() {
            return refused(PolarDbReason::NoStandby { cluster: cluster() });
        }
        let faulty = request.drill.as_ref().map(|drill| self.drilled(drill)).transpose()?;
        let standby_ha = request.standby_ha.filter(|to| *to != self.standby_ha);
        let data_sync = request.data_sync.filter(|to| *to != self.data_sync);
        let changes = standby_ha.is_some() || data_sync.is_some();
        if !changes && faulty.is_none() && request.other.is_empty() {
            return refused(PolarDbReason::NoChange { cluster: cluster() });
        }
        if self.status() != ClusterStatus::Running {
            return refused(PolarDbReason::ClusterStatus { cluster: cluster() });
        }
        let mut draft = self.draft(at, P_191);
        draft.after.standby_ha = standby_ha.unwrap_or(self.standby_ha);
        draft.after.data_sync = data_sync.unwrap_or(self.data_sync);
        if changes {
            draft.push(P_188, ClusterFact::Settings);
        }
        let rule = if let Some(nodes) = faulty {
            draft.begin_work(P_191, NodeWork::InjectFault { nodes }, Vec::new());
            P_191
        } else if changes {
            P_188
        } else {
            P_193
        };
        Ok(draft.done(rule))
    }

    /// The nodes that a drill makes fail: the one that is named, or all compute nodes of the primary zone (`P-191`, `P-613`).
    fn drilled(&self, drill: &FaultDrill) -> Result<Vec<NodeId>, PolarDbRefusal> {
        cite!(P_613);
        let operation = Operation::ModifyDbCluster;
        for node in &drill.nodes {
            self.node_of(operation, node)?;
        }
        let wrong = || Err(PolarDbReason::DrillNodes { cluster: self.id.clone() }.of(operation));
        match (drill.scope, drill.nodes.as_slice()) {
            (DrillScope::Node, [_]) => Ok(drill.nodes.clone()),
            (DrillScope::Node, _) => wrong(),
            (DrillScope::PrimaryZone, named) => {
                let there = self.of_primary_zone();
                let same = named.len() == there.len() && there.iter().all(|node| named.contains(node));
                if named.is_empty() || same { Ok(there) } else { wrong() }
            }
        }
    }

    /// The compute nodes of the primary zone.
    fn of_primary_zone(&self) -> Vec<NodeId> {
        let zone = self.primary_zone();
        let there = |node: &&DbNode| node.kind != NodeKind::Standby && Some(&node.zone) == zone;
        self.nodes.iter().filter(there).map(|node| node.id.clone()).collect()
    }

    /// Decides `ModifyDBClusterArch` (`P-189`).
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide_arch(&self, at: Context<'_>, request: &ModifyDbClusterArch) -> Decision {
        let operation = Operation::ModifyDbClusterArch;
        self.is_named(operation, &request.cluster)?;
        let refused = |why: PolarDbReason| Err(why.of(operation));
        if request.standby == StandbyArch::Compute && request.zone.is_none() {
            return refused(PolarDbReason::MissingParameter { parameter: "StandbyAZ".into() });
        }
        if self.edition != Edition::Normal {
            return refused(PolarDbReason::EditionWithout { cluster: self.id.clone() });
        }
        let (to, has) = match request.standby {
            StandbyArch::Storage => (HotStandby::Storage, self.has_standby()),
            StandbyArch::Compute => (HotStandby::Compute, false),
        };
        if self.hot_standby == to || (has && self.hot_standby != HotStandby::Compute) {
            return refused(PolarDbReason::StandbyTurnedOn { cluster: self.id.clone() });
        }
        cite!(P_615);
        let zone = match (&request.zone, self.standby_zone.as_ref().filter(|_| self.has_standby())) {
            (Some(asked), Some(known)) if asked != known => {
                return refused(PolarDbReason::malformed(
                    "StandbyAZ",
                    "it stands by in another zone (P-615)",
                ));
            }
            (Some(asked), None) if Some(asked) == self.primary_zone() => {
                return refused(PolarDbReason::malformed("StandbyAZ", "it is the primary zone (P-615)"));
            }
            (Some(asked), _) => asked.clone(),
            (None, Some(known)) => known.clone(),
            (None, None) => {
                let beside = self.primary_zone().map(|zone| ZoneId::beside(&self.region, zone));
                beside.unwrap_or_else(|| ZoneId::first_of(&self.region))
            }
        };
        // Storage alone keeps no standby nodes.
        let leaves = |node: &&DbNode| to == HotStandby::Storage && node.kind == NodeKind::Standby;
        let nodes = self.nodes.iter().filter(leaves).map(|node| node.id.clone()).collect();
        let work = NodeWork::ChangeStandby { to, zone, nodes };
        self.begin_work(at, operation, P_189, work, Vec::new())
    }
}
