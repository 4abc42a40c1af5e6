//! Resources for the traces: the same calls, made of a control plane.
//!
//! Every tenant is an account with two pairs and a cluster. Scope 0 fails a pair over, scope 1 reprotects one, scope 2
//! fails the cluster over; the request says which pair, or whether a node is named. Completing, releasing and reclaiming
//! become what happens meanwhile: an effect succeeds or fails, a resource is deleted.

use std::sync::OnceLock;

use failover_model::Output;
use failover_model::ebs::{DeleteDiskReplicaPair, PairCreated, ReplicaPair, StartDiskReplicaPair};
use failover_model::polardb::{ClusterEffect, DbCluster, DeleteDbCluster, Failure};
use failover_model::policy::RejectionPolicy;
use failover_model::wire::{self, Parameters};
use failover_model::{
    AccountId, Call, ClientToken, ControlPlane, Deadline, DiskView, Effect, EffectId, EffectKind, Fresh,
    FreshCluster, Operation, Outcome, Policy, Report, Request,
};

use super::trace::*;

/// Where failover is called.
pub const STANDBY: &str = "cn-shanghai";
const PRIMARY: &str = "cn-beijing";

pub struct Stage {
    pub plane: ControlPlane,
}

/// Everything of a control plane but its tokens and its clock.
#[derive(Debug, Clone, PartialEq)]
pub struct Resources {
    pairs: Vec<ReplicaPair>,
    clusters: Vec<DbCluster>,
    disks: Vec<DiskView>,
    effects: Vec<Effect>,
    deadline: Option<Deadline>,
}

pub fn account(tenant: u8) -> AccountId {
    format!("100{tenant}").parse().unwrap()
}

fn pair(tenant: u8, request: u8) -> failover_model::PairId {
    format!("pair-{tenant}-{request}").parse().unwrap()
}

fn cluster(tenant: u8) -> failover_model::ClusterId {
    format!("pc-{tenant}").parse().unwrap()
}

/// The request of a call.
pub fn request((tenant, scope, _): Key, request: u8) -> Request {
    let (pair, cluster) = (format!("pair-{tenant}-{request}"), format!("pc-{tenant}"));
    let node = format!("pi-{tenant}-1");
    let pair = [("RegionId", STANDBY), ("ReplicaPairId", pair.as_str())];
    let cluster = [("DBClusterId", cluster.as_str()), ("TargetDBNodeId", node.as_str())];
    match scope {
        0 => read(Operation::FailoverDiskReplicaPair, &pair),
        1 => read(Operation::ReprotectDiskReplicaPair, &[pair[0], pair[1], ("ReverseReplicate", "false")]),
        // A node is named or elected.
        _ => read(Operation::FailoverDbCluster, &cluster[..1 + usize::from(request)]),
    }
}

pub fn call(now: u64, tenant: u8, token: Option<&str>) -> Call {
    Call {
        now: at(now),
        account: account(tenant),
        region: STANDBY.parse().unwrap(),
        token: token.and_then(|token| ClientToken::parse(token).unwrap()),
    }
}

/// Policies by what the traces' bounds say, without a window between switches, which would refuse most of them.
pub fn policy(bounds: Bounds, rejections: RejectionPolicy) -> Policy {
    let mut policy = Policy::default();
    policy.polardb.switch_window = failover_model::Span::from_millis(0);
    policy.tokens.lifetime = bounds.config().lifetime;
    policy.tokens.capacity = bounds.config().capacity;
    policy.tokens.overflow = bounds.overflow;
    policy.tokens.rejections = rejections;
    policy
}

impl Stage {
    pub fn new(policy: Policy) -> Self {
        static FURNISHED: OnceLock<ControlPlane> = OnceLock::new();
        let mut plane = FURNISHED.get_or_init(furnished).clone();
        plane.set_policy(policy).unwrap();
        Self { plane }
    }

    pub fn resources(&self) -> Resources {
        Resources {
            pairs: self.plane.pairs().cloned().collect(),
            clusters: self.plane.clusters().cloned().collect(),
            disks: self.plane.disks(None),
            effects: self.plane.outstanding().collect(),
            deadline: self.plane.next_deadline(),
        }
    }

    pub fn call(&mut self, call: &Call, request: &Request) -> Output {
        self.plane.call_any(call, request, &Fresh::None).unwrap()
    }

    /// What an operation of a trace means here; its token is spelled by `spell`.
    pub fn step_spelled(&mut self, now: u64, op: &Op, spell: impl Fn(Key) -> String) -> Option<Output> {
        match *op {
            Op::Begin { key, request: number } => {
                Some(self.call(&call(now, key.0, Some(&spell(key))), &request(key, number)))
            }
            Op::Bare { tenant, request: number } => {
                Some(self.call(&call(now, tenant, None), &request((tenant, 0, 0), number)))
            }
            Op::Complete { tenant, pick, outcome } => {
                match self.pending(tenant, pick) {
                    // One failure in four.
                    Some(id) if outcome % 4 == 0 => self.fail(now, id),
                    Some(id) => self.succeed(now, id),
                    None => drop(self.plane.advance(at(now))),
                }
                None
            }
            Op::Release { tenant, pick } => {
                match self.pending(tenant, pick) {
                    Some(id) => self.fail(now, id),
                    None => drop(self.plane.advance(at(now))),
                }
                None
            }
            Op::Reclaim { tenant, pick } if pick % 8 == 0 => {
                let deletion = DeleteDbCluster::new(cluster(tenant));
                Some(self.call(&call(now, tenant, None), &deletion.into()))
            }
            Op::Reclaim { tenant, pick } if pick % 8 < 3 => {
                let deletion = DeleteDiskReplicaPair::new(pair(tenant, pick % 2));
                let call = Call { region: PRIMARY.parse().unwrap(), ..call(now, tenant, None) };
                Some(self.call(&call, &deletion.into()))
            }
            Op::Zombie { .. } | Op::Reclaim { .. } | Op::Observe => {
                let _ = self.plane.advance(at(now));
                None
            }
        }
    }

    pub fn step(&mut self, now: u64, op: &Op) -> Option<Output> {
        self.step_spelled(now, op, |(.., token)| token.to_string())
    }

    fn pending(&self, tenant: u8, pick: u8) -> Option<EffectId> {
        let account = account(tenant);
        let pending: Vec<Effect> =
            self.plane.outstanding().filter(|effect| effect.account == account).collect();
        Some(pending.get(usize::from(pick).checked_rem(pending.len())?)?.id)
    }

    pub fn succeed(&mut self, now: u64, id: EffectId) {
        let outcome = match self.plane.effect(id).unwrap().kind {
            EffectKind::Cluster { effect: ClusterEffect::ChooseNode(tier), .. } => {
                Outcome::Chosen(tier[0].clone())
            }
            _ => Outcome::Succeeded,
        };
        let _ = self.plane.report(at(now), &Report::Outcome { id, outcome }).unwrap();
    }

    fn fail(&mut self, now: u64, id: EffectId) {
        let outcome = match self.plane.effect(id).unwrap().kind {
            // A choice cannot fail.
            EffectKind::Cluster { effect: ClusterEffect::ChooseNode(_), .. } => return self.succeed(now, id),
            _ => Outcome::Failed { failure: Failure::Other, message: None },
        };
        let _ = self.plane.report(at(now), &Report::Outcome { id, outcome }).unwrap();
    }
}

/// Whether the refusal is about the token and not about the resource.
pub fn refused_for_token(output: &Output) -> bool {
    matches!(&output.result, Some(Err(refusal)) if refusal.rule().as_str().starts_with("T-"))
}

/// Whether the call was executed and accepted, this time.
pub fn accepted(output: &Output) -> bool {
    !output.replayed && matches!(output.result, Some(Ok(_)))
}

/// Whether the call was executed and the resource refused it, this time.
pub fn rejected(output: &Output) -> bool {
    !output.replayed && matches!(output.result, Some(Err(_))) && !refused_for_token(output)
}

/// A request by its wire name and parameters.
pub fn read(operation: Operation, given: &[(&str, &str)]) -> Request {
    let parameters: Parameters = given.iter().copied().collect();
    let version = operation.product().version();
    wire::parse(Some(operation.as_str()), Some(version), &parameters).unwrap().request
}

fn furnished() -> ControlPlane {
    let mut stage = Stage { plane: ControlPlane::new(Policy::default()) };
    for tenant in 0..TENANTS {
        let here = Call { region: PRIMARY.parse().unwrap(), ..call(0, tenant, None) };
        let order = || "o-1".parse().unwrap();
        for number in 0..REQUESTS {
            let create = read(
                Operation::CreateDiskReplicaPair,
                &[
                    ("RegionId", PRIMARY),
                    ("SourceZoneId", "cn-beijing-a"),
                    ("DiskId", &format!("s-{tenant}-{number}")),
                    ("DestinationRegionId", STANDBY),
                    ("DestinationZoneId", "cn-shanghai-b"),
                    ("DestinationDiskId", &format!("t-{tenant}-{number}")),
                ],
            );
            let fresh = Fresh::Pair(PairCreated { pair: pair(tenant, number), order: order() });
            let created = stage.plane.call_any(&here, &create, &fresh).unwrap();
            stage.succeed(0, created.step.effects[0].id);
            let start = StartDiskReplicaPair::new(pair(tenant, number));
            let started = stage.call(&here, &start.into());
            stage.succeed(0, started.step.effects[0].id);
        }
        let create = read(
            Operation::CreateDbCluster,
            &[
                ("RegionId", PRIMARY),
                ("DBType", "MySQL"),
                ("DBVersion", "8.0"),
                ("DBNodeClass", "polar.mysql.x4.large"),
                ("PayType", "Postpaid"),
                ("DBNodeNum", "3"),
            ],
        );
        let fresh = Fresh::Cluster(FreshCluster {
            cluster: cluster(tenant),
            nodes: (0..3).map(|node| format!("pi-{tenant}-{node}").parse().unwrap()).collect(),
            order: order(),
        });
        let created = stage.plane.call_any(&here, &create, &fresh).unwrap();
        stage.succeed(0, created.step.effects[0].id);
    }
    stage.plane
}
