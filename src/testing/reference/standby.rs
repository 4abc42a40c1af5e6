//! What stands by for a cluster's zone: takeovers by storage, fault drills, and the calls that change it.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::super::bug::Bug;
use super::super::view::Task;
use super::{Cluster, Fault, Job, Node, Reference, Reply, Rule, fault, put};
use crate::control_plane::{Fresh, Misuse};
use crate::polardb::{DrillScope, ModifyDbCluster, ModifyDbClusterArch, StandbyArch};
use crate::policy::ZoneLoss;

/// Work on a cluster that bears on its standby cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Work {
    /// The nodes of a zone come up in another.
    TakeOver { from: String, to: String },
    /// These nodes are made to fail.
    Drill(Vec<String>),
    /// This stands by then, in this zone.
    Change { to: &'static str, zone: String },
}

impl Work {
    /// What it shows meanwhile (`P-303`).
    const fn status(&self) -> &'static str {
        match self {
            Self::TakeOver { .. } => "Switching",
            Self::Drill(_) => "ConfigSwitching",
            Self::Change { .. } => "StandbyTransing",
        }
    }

    fn job(&self) -> Job {
        let name = match self {
            Self::TakeOver { .. } => "take_over",
            Self::Drill(_) => "inject_fault",
            Self::Change { .. } => "change_standby",
        };
        Job::new(Task::Other(name.to_string()))
    }
}

impl Cluster {
    pub(super) fn work_status(&self) -> Option<&'static str> {
        self.work.as_ref().map(|(_, work)| work.status())
    }

    /// The zone of the writer.
    fn zone(&self) -> Option<&str> {
        self.nodes.iter().find(|node| node.writer).map(|node| &*node.zone)
    }

    pub(super) fn is_taken_over(&self) -> bool {
        matches!(self.work, Some((_, Work::TakeOver { .. })))
    }

    /// Whether storage can take over by a call: it stands by in another zone (`P-187`).
    pub(super) fn has_storage(&self) -> bool {
        self.away.is_some() && self.stands != "OFF"
    }

    fn begin(&mut self, work: Work) {
        if let Work::TakeOver { from, .. } = &work {
            for node in self.nodes.iter_mut().filter(|node| node.zone == *from) {
                node.busy = Some("Switching".to_string());
            }
        }
        self.work = Some((work.job(), work));
    }

    pub(super) fn begin_takeover(&mut self) {
        let (Some(from), Some(to)) = (self.zone().map(ToString::to_string), self.away.clone()) else {
            return;
        };
        self.begin(Work::TakeOver { from, to });
    }
}

impl Reference {
    /// Whether the standby cluster takes over by itself: all of the primary zone is down, and the mode is on (`P-185`,
    /// `P-188`).
    pub(super) fn takes_over(&self, cluster: &Cluster) -> bool {
        let zone = cluster.zone();
        let down = cluster.nodes.iter().filter(|node| Some(&*node.zone) == zone).all(|node| !node.up);
        let on = cluster.on || self.planted(Bug::StandbyModeIgnored);
        let free = cluster.work.is_none() && cluster.has_storage();
        cluster.mysql
            && cluster.edition == "Normal"
            && on
            && down
            && free
            && !self.planted(Bug::StorageNeverTakesOver)
    }

    /// `StandbyHAMode` of a cluster of which nothing else is known (`P-188`).
    pub(super) fn switched_on(&self) -> bool {
        self.policy.polardb.zone_loss == ZoneLoss::SwitchOver
    }

    /// Work on a cluster ended.
    pub(super) fn work_ended(&self, cluster: &mut Cluster, succeeded: bool) -> Rule {
        let Some((_, work)) = cluster.work.take() else { return "P-203" };
        let before = cluster.nodes.clone();
        match &work {
            Work::TakeOver { from, to } => {
                for node in cluster.nodes.iter_mut().filter(|node| node.zone == *from) {
                    node.busy = None;
                    if succeeded {
                        (node.up, node.zone) = (true, to.clone());
                    }
                }
                if succeeded {
                    cluster.away = Some(from.clone());
                    cluster.last_switch = Some(self.clock);
                }
            }
            Work::Drill(nodes) if succeeded => {
                for node in cluster.nodes.iter_mut().filter(|node| nodes.contains(&node.id)) {
                    node.up = false;
                }
            }
            Work::Change { to, zone } if succeeded => {
                (cluster.stands, cluster.away) = (*to, Some(zone.clone()));
            }
            Work::Drill(_) | Work::Change { .. } => {}
        }
        let drilled = matches!(work, Work::Drill(_));
        if drilled && self.planted(Bug::DrillMovesNobody) {
            return "P-203";
        }
        self.react(cluster, &before, "P-203")
    }

    /// What stands against a call that places an order for a cluster, beside the faults of its own: its status, a locked
    /// network, and an order without an id.
    fn bars_order(&self, cluster: &Cluster, own: Vec<Fault>, fresh: &Fresh, rule: Rule) -> Option<Reply> {
        let mut faults = own;
        if cluster.status() != "Running" {
            faults.push(fault("OperationDenied.DBClusterStatus", "P-202"));
        }
        if self.locked(&cluster.id) {
            faults.push(fault("OperationDenied.DBClusterStatus", "P-450"));
        }
        match fresh {
            _ if !faults.is_empty() => Some(Reply::Refused(faults)),
            Fresh::Order(_) => None,
            _ => Some(Reply::misused(rule, Misuse::BadFreshId)),
        }
    }

    /// `ModifyDBCluster`.
    pub(super) fn modify_cluster(
        &mut self,
        account: &str,
        request: &ModifyDbCluster,
        fresh: &Fresh,
    ) -> Reply {
        let Some((at, cluster)) = self.cluster(account, request.cluster.as_str()) else {
            return Reply::refused("InvalidDBCluster.NotFound", "P-100");
        };
        let mut faults = Vec::new();
        if !cluster.mysql {
            faults.push(fault("InvalidEngine.Unsupported", "P-610"));
        }
        let switches = request.standby_ha.is_some() || request.data_sync.is_some();
        match cluster.edition {
            "Normal" => {}
            "Basic" if request.drill.is_some() => {
                faults.push(fault("OperationDenied.clusterSingleNodeLimit", "P-610"));
            }
            _ if switches || request.drill.is_some() => {
                faults.push(fault("OperationDenied.ClusterCategory", "P-610"));
            }
            _ => {}
        }
        if switches && cluster.stands == "OFF" {
            faults.push(fault("IncorrectDBInstance", "P-612"));
        }
        let there = |node: &&Node| Some(&*node.zone) == cluster.zone();
        let of_zone: Vec<String> = cluster.nodes.iter().filter(there).map(|node| node.id.clone()).collect();
        let mut failing = Vec::new();
        if let Some(drill) = &request.drill {
            let named: Vec<String> = drill.nodes.iter().map(ToString::to_string).collect();
            let own = |id: &String| cluster.nodes.iter().any(|node| node.id == *id);
            let all = named.len() == of_zone.len() && of_zone.iter().all(|node| named.contains(node));
            failing = if drill.scope == DrillScope::Node { named.clone() } else { of_zone.clone() };
            let counts = match drill.scope {
                DrillScope::Node => named.len() == 1,
                DrillScope::PrimaryZone => named.is_empty() || all,
            };
            if !named.iter().all(own) {
                faults.push(fault("InvalidParam", "P-201"));
            } else if !counts {
                faults.push(fault("InvalidParam.DBNodeNum", "P-613"));
            }
        }
        let on = request.standby_ha.map_or(cluster.on, |mode| mode.as_str() == "ON");
        let semi = request.data_sync.map_or(cluster.semi, |mode| mode.as_str() == "SemiSync");
        let changes = (on, semi) != (cluster.on, cluster.semi);
        if !changes && request.drill.is_none() && request.other.is_empty() {
            faults.push(fault("InvalidParam.NoChange", "P-611"));
        }
        if let Some(reply) = self.bars_order(cluster, faults, fresh, "P-191") {
            return reply;
        }
        let mut changed = Cluster { on, semi, ..cluster.clone() };
        let rule = match (&request.drill, changes) {
            (Some(_), _) => {
                changed.begin(Work::Drill(failing));
                "P-191"
            }
            (None, true) => "P-188",
            (None, false) => "P-193",
        };
        put(&mut self.clusters, at, changed);
        Reply::accepted(rule, None)
    }

    /// `ModifyDBClusterArch`.
    pub(super) fn change_arch(
        &mut self,
        account: &str,
        request: &ModifyDbClusterArch,
        fresh: &Fresh,
    ) -> Reply {
        let Some((at, cluster)) = self.cluster(account, request.cluster.as_str()) else {
            return Reply::refused("InvalidDBCluster.NotFound", "P-100");
        };
        let to = if request.standby == StandbyArch::Storage { "ON" } else { "EQUAL" };
        let mut faults: Vec<Fault> = Vec::new();
        if to == "EQUAL" && request.zone.is_none() {
            faults.push(fault("MissingParameter", "P-600"));
        }
        if cluster.edition != "Normal" {
            faults.push(fault("OperationDenied.ClusterCategory", "P-018"));
        }
        let asked = request.zone.as_ref().map(ToString::to_string);
        let stands = cluster.stands != "OFF";
        if cluster.stands == to || (to == "ON" && cluster.stands == "STANDBY") {
            faults.push(fault("StandbyClusterTurnOn", "P-614"));
        } else if let Some(asked) = &asked {
            let other = stands && cluster.away.as_ref().is_some_and(|away| away != asked);
            let own = (!stands || cluster.away.is_none()) && cluster.zone() == Some(asked);
            if other || own {
                faults.push(fault("InvalidStandbyAZ.Malformed", "P-601"));
            }
        }
        if let Some(reply) = self.bars_order(cluster, faults, fresh, "P-189") {
            return reply;
        }
        let known = cluster.away.clone().filter(|_| stands);
        let zone = asked.or(known).unwrap_or_else(|| beside(&cluster.region, cluster.zone()));
        let mut changed = cluster.clone();
        changed.begin(Work::Change { to, zone });
        put(&mut self.clusters, at, changed);
        Reply::accepted("P-189", None)
    }
}

/// The first zone of a region that is not this one.
pub(super) fn beside(region: &str, zone: Option<&str>) -> String {
    let first = format!("{region}-a");
    if zone == Some(&*first) { format!("{region}-b") } else { first }
}
