//! The visible behaviour of the control plane.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{
    Answer, ClusterView, DrillDiskView, DrillView, EndView, GroupView, NetworkView, NodeView, PairView,
    PendingEffect, SiteView, Task, View,
};
use crate::control_plane::{ControlPlane, Effect, EffectKind, Output, Response};
use crate::ebs::{self, Access, Drill, DrillDisk, DrillEffect, End, GroupEffect, PairEffect, ReplicaPair};
use crate::polardb::{
    ClusterEffect, DbCluster, DbNode, GlobalDatabaseNetwork, Lifecycle, NetworkEffect, Role, Secondary,
    SwitchMode,
};
use crate::rule::RuleId;

impl From<&ControlPlane> for View {
    fn from(plane: &ControlPlane) -> Self {
        Self {
            pairs: plane.pairs().map(pair).collect(),
            groups: plane.groups().map(|view| group(&view)).collect(),
            drills: plane.drills().map(drill).collect(),
            clusters: plane.clusters().map(cluster).collect(),
            networks: plane.networks().map(network).collect(),
            effects: plane.outstanding().map(effect).collect(),
            next_deadline: plane
                .next_deadline()
                .map(|deadline| (deadline.at, String::from(deadline.resource.as_str()))),
        }
    }
}

/// Responses that the reference does not model become plain acceptance.
impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        let replayed = Some(output.replayed);
        let accepted = |created| Self::Accepted { created, replayed, rule: output.rule };
        let made = |id: &dyn ToString| accepted(Some(id.to_string()));
        match output.result {
            None => Self::Done,
            Some(Err(refusal)) => {
                let rule = if output.replayed { RuleId::new("T-080") } else { refusal.rule() };
                Self::Refused { code: refusal.wire().code.to_string(), replayed, rule: Some(rule) }
            }
            Some(Ok(Response::PairCreated(created))) => made(&created.pair),
            Some(Ok(Response::GroupCreated(created))) => made(&created.group),
            Some(Ok(Response::DrillStarted(started))) => made(&started.drill),
            Some(Ok(Response::ClusterCreated(created))) => made(&created.cluster),
            Some(Ok(Response::NetworkCreated(created))) => made(&created.network),
            Some(Ok(Response::NetworkPage(page))) => {
                Self::Listed(ids(page.networks.iter().map(|view| view.network.id())))
            }
            Some(Ok(Response::PairPage(page))) => Self::Listed(ids(page.pairs.iter().map(|pair| pair.id()))),
            Some(Ok(Response::GroupPage(page))) => {
                Self::Listed(ids(page.groups.iter().map(|view| view.group.id())))
            }
            Some(Ok(Response::DrillPage(page))) => {
                Self::Listed(ids(page.drills.iter().map(|drill| drill.id())))
            }
            Some(Ok(Response::TagPage(page))) => {
                Self::Listed(page.resources.into_iter().map(|tagged| tagged.id).collect())
            }
            Some(Ok(Response::ClusterPage(page))) => {
                Self::Listed(ids(page.clusters.iter().map(|cluster| cluster.id())))
            }
            Some(Ok(_)) => accepted(None),
        }
    }
}

fn ids<'a, T: ToString + 'a>(ids: impl IntoIterator<Item = &'a T>) -> Vec<String> {
    ids.into_iter().map(T::to_string).collect()
}

fn pair(pair: &ReplicaPair) -> PairView {
    let end = |end: &End, access: Access| EndView {
        region: end.region.to_string(),
        disk: end.disk.to_string(),
        access: access.as_str(),
    };
    PairView {
        id: pair.id().to_string(),
        status: pair.status().to_string(),
        message: pair.status_message().map(|message| message.as_str().to_string()),
        source: end(pair.source(), pair.source_access()),
        destination: end(pair.destination(), pair.destination_access()),
        recover_point: pair.last_recover_point(),
        group: pair.group().map(ToString::to_string),
    }
}

fn group(view: &ebs::GroupView) -> GroupView {
    let site =
        |place: &ebs::Location| SiteView { region: place.region.to_string(), zone: place.zone.to_string() };
    GroupView {
        id: view.group.id().to_string(),
        status: view.status.to_string(),
        source: site(view.group.source()),
        destination: site(view.group.destination()),
        members: ids(&view.pairs),
        recover_point: view.last_recover_point,
    }
}

fn drill(drill: &Drill) -> DrillView {
    let disk = |disk: &DrillDisk| DrillDiskView {
        pair: disk.pair.to_string(),
        disk: disk.disk.to_string(),
        status: disk.status.as_str().to_string(),
    };
    DrillView {
        id: drill.id().to_string(),
        owner: drill.owner().as_str().to_string(),
        status: drill.status().to_string(),
        message: drill.status_message().map(|message| message.as_str().to_string()),
        started_at: drill.started_at(),
        recover_point: drill.recover_point(),
        disks: drill.disks().iter().map(disk).collect(),
    }
}

fn cluster(cluster: &DbCluster) -> ClusterView {
    let node = |node: &DbNode| NodeView {
        id: node.id.to_string(),
        writer: node.role == Role::Writer,
        priority: node.priority.get(),
        status: cluster.node_status(node).to_string(),
    };
    ClusterView {
        id: cluster.id().to_string(),
        status: cluster.status().to_string(),
        nodes: cluster.nodes().iter().map(node).collect(),
    }
}

fn network(network: &GlobalDatabaseNetwork) -> NetworkView {
    let cluster = |secondary: &Secondary| secondary.cluster.to_string();
    NetworkView {
        id: network.id().to_string(),
        status: network.status().to_string(),
        primary: network.primary().to_string(),
        secondaries: network.secondaries().iter().map(cluster).collect(),
    }
}

/// Effects that the reference does not model are shown by name.
fn effect(effect: Effect) -> PendingEffect {
    let task = match &effect.kind {
        EffectKind::Pair { effect: PairEffect::Create, .. }
        | EffectKind::Group { effect: GroupEffect::Create, .. }
        | EffectKind::Drill { effect: DrillEffect::Start, .. }
        | EffectKind::Cluster { effect: ClusterEffect::Lifecycle(Lifecycle::Create), .. }
        | EffectKind::Network { effect: NetworkEffect::Create, .. } => Task::Create,
        EffectKind::Pair { effect: PairEffect::Copy, .. } => Task::Copy,
        EffectKind::Pair { effect: PairEffect::Stop, .. }
        | EffectKind::Group { effect: GroupEffect::Stop, .. } => Task::Stop,
        EffectKind::Pair { effect: PairEffect::Failover, .. }
        | EffectKind::Group { effect: GroupEffect::Failover, .. } => Task::Failover,
        EffectKind::Pair { effect: PairEffect::Reprotect { reverse }, .. }
        | EffectKind::Group { effect: GroupEffect::Reprotect { reverse }, .. } => Task::Reprotect(*reverse),
        EffectKind::Pair { effect: PairEffect::Delete, .. }
        | EffectKind::Group { effect: GroupEffect::Delete, .. }
        | EffectKind::Drill { effect: DrillEffect::Clear, .. }
        | EffectKind::Cluster { effect: ClusterEffect::Lifecycle(Lifecycle::Delete), .. }
        | EffectKind::Network { effect: NetworkEffect::Delete, .. } => Task::Delete,
        EffectKind::Cluster { effect: ClusterEffect::ChooseNode(tier), .. } => Task::ChooseNode(ids(tier)),
        EffectKind::Cluster { effect: ClusterEffect::PromoteNode(node), .. } => {
            Task::PromoteNode(node.to_string())
        }
        EffectKind::Network { effect: NetworkEffect::Remove(cluster), .. } => {
            Task::RemoveMember(cluster.to_string())
        }
        EffectKind::Network { effect: NetworkEffect::SwitchOver { to, mode }, .. } => {
            Task::SwitchOver(to.to_string(), *mode == SwitchMode::Forced)
        }
        EffectKind::Cluster { .. } => Task::Other(effect.kind.name().to_string()),
    };
    let members =
        if let EffectKind::Group { members, .. } = &effect.kind { ids(members) } else { Vec::new() };
    PendingEffect { id: effect.id, resource: String::from(effect.kind.resource()), members, task }
}
