//! A pair with its disks: every call at both ends, every outcome, every observation.

use failover_model::ebs::{
    Bandwidth, Charge, DeleteDiskReplicaPair, DiskChange, FailoverDiskReplicaPair, ModifyDiskReplicaPair,
    PairCreated, PairSettings, PairStatus, PeriodUnit, ReprotectDiskReplicaPair, StartDiskReplicaPair,
    StopDiskReplicaPair,
};
use failover_model::polardb::Failure;
use failover_model::policy::{BandwidthInPlace, PaidPeriods, SiteCodes};
use failover_model::testing::explore::Sometimes;
use failover_model::{Call, ControlPlane, Fresh, Input, Observation, Outcome, Policy, Report, Request};

use super::walk::{Lawful, Setting, sometimes};
use crate::kit::{self, DESTINATION, OWNER, SOURCE, id, message, pair_id};

/// A pair that is created, deleted and created again. With `disks`, its disks go down, are attached and are removed. With
/// `prepaid`, it is paid for a month and its bandwidth is changed, under the readings on how a pair is paid and on site codes
/// that are not the default.
#[derive(Clone, Copy)]
pub struct Pairs {
    pub disks: bool,
    pub prepaid: bool,
}

/// The outcomes of all that is outstanding.
pub fn outcomes(plane: &ControlPlane) -> Vec<Input> {
    let now = plane.clock();
    let failed = Outcome::Failed { failure: Failure::Network, message: None };
    plane
        .outstanding()
        .flat_map(|effect| {
            [Outcome::Succeeded, failed.clone()]
                .map(|outcome| Input::Report(now, Report::Outcome { id: effect.id, outcome }))
        })
        .collect()
}

pub fn observed(plane: &ControlPlane, observation: Observation) -> Input {
    Input::Report(plane.clock(), Report::Observed(observation))
}

pub fn call(plane: &ControlPlane, region: &str, request: impl Into<Request>, fresh: Fresh) -> Input {
    let call = Call { now: plane.clock(), account: id(OWNER), region: id(region), token: None };
    Input::Call(call, request.into(), fresh)
}

impl Pairs {
    fn calls(plane: &ControlPlane, inputs: &mut Vec<Input>) {
        let pair = pair_id(1);
        let requests: [Request; 7] = [
            StartDiskReplicaPair::new(pair.clone()).into(),
            StartDiskReplicaPair::new(pair.clone()).one_shot(true).into(),
            StopDiskReplicaPair::new(pair.clone()).into(),
            FailoverDiskReplicaPair::new(pair.clone()).into(),
            ReprotectDiskReplicaPair::new(pair.clone()).reverse_replicate(true).into(),
            ReprotectDiskReplicaPair::new(pair.clone()).reverse_replicate(false).into(),
            DeleteDiskReplicaPair::new(pair.clone()).into(),
        ];
        for request in requests {
            for region in [SOURCE, DESTINATION] {
                inputs.push(call(plane, region, request.clone(), Fresh::None));
            }
        }
        let fresh = Fresh::Pair(PairCreated { pair: pair.clone(), order: id("o-1") });
        inputs.push(call(plane, SOURCE, kit::create_request(1), fresh));
        if plane.pair(&pair).is_some() {
            inputs.push(observed(
                plane,
                Observation::PairInvalid { pair, message: message("PrePayOrderExpired") },
            ));
        }
    }

    fn prepaid(plane: &ControlPlane, inputs: &mut Vec<Input>) {
        let charges = [
            Charge::PrePay { bandwidth: Bandwidth::Kbps10240, period: 1, unit: PeriodUnit::Month },
            Charge::PrePay { bandwidth: Bandwidth::Kbps10240, period: 4, unit: PeriodUnit::Week },
        ];
        for charge in charges {
            let settings = PairSettings::default().charge(charge);
            let request = kit::create_request(1).settings(settings);
            let fresh = Fresh::Pair(PairCreated { pair: pair_id(1), order: id("o-1") });
            inputs.push(call(plane, SOURCE, request, fresh));
        }
        for kbps in [10_240, 20_480, 1] {
            let (pair, bandwidth) = (pair_id(1), Some(kbps));
            let change = with!(ModifyDiskReplicaPair::new(pair), bandwidth = bandwidth);
            inputs.push(call(plane, SOURCE, change, Fresh::None));
        }
    }
}

/// What can be observed of disks.
pub fn disk_changes(plane: &ControlPlane, disks: &[impl AsRef<str>], inputs: &mut Vec<Input>) {
    for disk in disks {
        let stands = plane.disk(&id(OWNER), &id(disk.as_ref()));
        let changes =
            [DiskChange::Up(!stands.up), DiskChange::Attached(!stands.attached), DiskChange::Removed];
        inputs.extend(changes.map(|change| {
            observed(plane, Observation::Disk { account: id(OWNER), disk: id(disk.as_ref()), change })
        }));
    }
}

fn some_pair(plane: &ControlPlane, status: PairStatus) -> bool {
    plane.pairs().any(|pair| pair.status() == status)
}

impl Setting for Pairs {
    fn start(&self) -> ControlPlane {
        let mut policy = Policy::default();
        if self.prepaid {
            policy.ebs.paid_periods = PaidPeriods::Months;
            policy.ebs.bandwidth_in_place = BandwidthInPlace::Changed;
            policy.ebs.site_codes = SiteCodes::Place;
        }
        let mut plane = ControlPlane::new(policy);
        let _ = plane.advance(kit::at(kit::START));
        plane
    }

    fn inputs(&self, plane: &ControlPlane) -> Vec<Input> {
        let mut inputs = outcomes(plane);
        Self::calls(plane, &mut inputs);
        if self.disks {
            disk_changes(plane, &["s-1", "t-1"], &mut inputs);
        }
        if self.prepaid {
            Self::prepaid(plane, &mut inputs);
        }
        match plane.next_deadline() {
            Some(deadline) => inputs.push(Input::Advance(deadline.at)),
            // Past the gap between two one-shot copies.
            None => {
                inputs.push(Input::Advance(plane.clock().after(failover_model::Span::from_millis(450_001))))
            }
        }
        inputs
    }

    fn sometimes(&self) -> Vec<Sometimes<Lawful<Self>>> {
        vec![
            sometimes("failed over", |_, state| some_pair(&state.plane, PairStatus::Failedover)),
            sometimes("a failover failed", |_, state| some_pair(&state.plane, PairStatus::FailoverFailed)),
            sometimes("reversed and replicating", |_, state| {
                state
                    .plane
                    .pairs()
                    .any(|pair| pair.source() == pair.standby() && pair.status() == PairStatus::Normal)
            }),
            sometimes("invalid", |_, state| some_pair(&state.plane, PairStatus::Invalid)),
            sometimes("deleted", |_, state| some_pair(&state.plane, PairStatus::Deleted)),
            sometimes("a one-shot copy", |_, state| some_pair(&state.plane, PairStatus::ManualSyncing)),
        ]
    }

    fn decide(&self) -> Vec<&'static str> {
        let mut decide = vec!["E-510"];
        if self.disks {
            decide.extend(["E-631", "E-632"]);
        }
        if self.prepaid {
            decide.extend(["E-015", "E-016", "E-275", "E-624"]);
        }
        decide
    }

    fn at_rest(&self, plane: &ControlPlane) -> bool {
        plane.outstanding().next().is_none()
    }
}
