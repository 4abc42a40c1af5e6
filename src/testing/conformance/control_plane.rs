//! The control plane as a subject.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Subject;
use super::view::{
    Answer, Asked, ClusterView, DrillDiskView, DrillView, EndView, GroupView, NodeView, PairView, SiteView,
    Task, View,
};
use crate::control_plane::{ControlPlane, Effect, EffectKind, Input, Output, Response};
use crate::ebs::{self, Access, Drill, DrillDisk, DrillEffect, End, GroupEffect, PairEffect, ReplicaPair};
use crate::ids::PairId;
use crate::polardb::{ClusterEffect, DbCluster, DbNode, Lifecycle, Role};
use crate::rule::RuleId;

impl Subject for ControlPlane {
    fn apply(&mut self, input: &Input) -> Answer {
        match Self::apply(self, input) {
            Ok(output) => answer(output),
            Err(misuse) => Answer::Misused(misuse),
        }
    }

    fn view(&self) -> View {
        View {
            pairs: self.pairs().map(pair).collect(),
            groups: self.groups().map(|view| group(&view)).collect(),
            drills: self.drills().map(drill).collect(),
            clusters: self.clusters().map(cluster).collect(),
            effects: self.outstanding().map(asked).collect(),
            next_deadline: self
                .next_deadline()
                .map(|deadline| (deadline.at, String::from(deadline.reason.resource()))),
        }
    }
}

#[allow(
    unreachable_patterns,
    reason = "what the reference leaves out is shown as accepted, and never asked for"
)]
fn answer(output: Output) -> Answer {
    let replayed = Some(output.replayed);
    let accepted = |created| Answer::Accepted { created, replayed, rule: output.rule };
    match output.result {
        None => Answer::Done,
        Some(Err(refusal)) => {
            let rule = if output.replayed { Some(RuleId("T-080")) } else { Some(refusal.rule()) };
            Answer::Refused { code: refusal.wire().code.to_string(), replayed, rule }
        }
        Some(Ok(Response::PairCreated(created))) => accepted(Some(created.pair.to_string())),
        Some(Ok(Response::GroupCreated(created))) => accepted(Some(created.group.to_string())),
        Some(Ok(Response::GroupPage(page))) => {
            Answer::Listed(page.groups.iter().map(|view| view.group.id().to_string()).collect())
        }
        Some(Ok(Response::DrillStarted(started))) => accepted(Some(started.drill.to_string())),
        Some(Ok(Response::DrillPage(page))) => {
            Answer::Listed(page.drills.iter().map(|drill| drill.id().to_string()).collect())
        }
        Some(Ok(Response::ClusterCreated(created))) => accepted(Some(created.cluster.to_string())),
        Some(Ok(Response::PairPage(page))) => {
            Answer::Listed(page.pairs.iter().map(|pair| pair.id().to_string()).collect())
        }
        Some(Ok(Response::ClusterPage(page))) => {
            Answer::Listed(page.clusters.iter().map(|cluster| cluster.id().to_string()).collect())
        }
        Some(Ok(_)) => accepted(None),
    }
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
        members: view.pairs.iter().map(ToString::to_string).collect(),
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

#[allow(unreachable_patterns, reason = "effects that the reference leaves out are shown by name")]
fn asked(effect: Effect) -> Asked {
    let task = match &effect.kind {
        EffectKind::Pair { effect: inner, .. } => match inner {
            PairEffect::Create => Task::CreatePair,
            PairEffect::Copy => Task::Copy,
            PairEffect::Stop => Task::StopPair,
            PairEffect::Failover => Task::FailoverPair,
            PairEffect::Reprotect { reverse } => Task::Reprotect(*reverse),
            PairEffect::Delete => Task::DeletePair,
            _ => Task::Other(effect.kind.name().to_string()),
        },
        EffectKind::Group { effect: inner, members, .. } => {
            let mut about: Vec<String> = members.iter().map(PairId::to_string).collect();
            about.sort();
            match inner {
                GroupEffect::Create => Task::CreateGroup,
                GroupEffect::Stop => Task::StopGroup(about),
                GroupEffect::Failover => Task::FailoverGroup(about),
                GroupEffect::Reprotect { reverse } => Task::ReprotectGroup(*reverse, about),
                GroupEffect::Delete => Task::DeleteGroup,
            }
        }
        EffectKind::Drill { effect: inner, .. } => match inner {
            DrillEffect::Start => Task::StartDrill,
            DrillEffect::Clear => Task::ClearDrill,
        },
        EffectKind::Cluster { effect: inner, .. } => match inner {
            ClusterEffect::Lifecycle(Lifecycle::Create) => Task::CreateCluster,
            ClusterEffect::Lifecycle(Lifecycle::Delete) => Task::DeleteCluster,
            ClusterEffect::ChooseNode(tier) => {
                let mut tier: Vec<String> = tier.iter().map(ToString::to_string).collect();
                tier.sort();
                Task::ChooseNode(tier)
            }
            ClusterEffect::PromoteNode(node) => Task::PromoteNode(node.to_string()),
            _ => Task::Other(effect.kind.name().to_string()),
        },
        _ => Task::Other(effect.kind.name().to_string()),
    };
    Asked { id: effect.id, resource: String::from(effect.kind.resource()), task }
}
