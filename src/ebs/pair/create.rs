//! The creation of a pair.

use alloc::sync::Arc;

use crate::ebs::Context;
use crate::ebs::lifecycle::{PairEffect, PairStatus};
use crate::ebs::pair::requests::{Charge, CreateDiskReplicaPair, PairSettings};
use crate::ebs::pair::rules::{E_011, E_015, E_016};
use crate::ebs::pair::{End, ReplicaPair};
use crate::ebs::refusal::{EbsReason, EbsRefusal};
use crate::ids::{AccountId, PairId, RegionId, ZoneId};
use crate::lifecycle::Pending;
use crate::operation::Operation;
use crate::policy::{EbsPolicy, PaidPeriods, PostpaidBandwidth, SameRegionPairs};
use crate::revision::{Latest, Revision};

impl ReplicaPair {
    /// Decides `CreateDiskReplicaPair` and makes the pair: status `creating`, with the pending effect `at.effect`. That no other
    /// pair has its disks (`E-012`), and that they exist (`E-013`), is for the caller to check.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails, as of [`check_creation`](Self::check_creation).
    pub fn create(
        at: Context<'_>,
        id: PairId,
        account: AccountId,
        region: &RegionId,
        request: &CreateDiskReplicaPair,
    ) -> Result<Self, EbsRefusal> {
        Self::check_creation(at.policy, region, request)?;
        Ok(Self::created(at, id, account, region, request))
    }

    /// What of `CreateDiskReplicaPair` the request alone decides: how it is paid for (`E-015`, `E-016`), the regions and the
    /// distance (`E-011`).
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn check_creation(
        policy: &EbsPolicy,
        region: &RegionId,
        request: &CreateDiskReplicaPair,
    ) -> Result<(), EbsRefusal> {
        let unfit = |parameter, rule| {
            Err(EbsReason::unfit_charge(parameter, rule).of(Operation::CreateDiskReplicaPair))
        };
        match request.settings.charge {
            Charge::PrePay { period, unit, .. }
                if policy.paid_periods == PaidPeriods::Months && !unit.is_newly_sold(period) =>
            {
                unfit("Period", E_015)
            }
            Charge::PostPayWith { .. } if policy.postpaid_bandwidth == PostpaidBandwidth::Refuse => {
                unfit("Bandwidth", E_016)
            }
            _ => Self::check_ends(policy, region, request),
        }
    }

    /// What holds of an adopted pair as well: the paid period, the regions, the distance.
    pub(crate) fn check_ends(
        policy: &EbsPolicy,
        region: &RegionId,
        request: &CreateDiskReplicaPair,
    ) -> Result<(), EbsRefusal> {
        let operation = Operation::CreateDiskReplicaPair;
        if let Charge::PrePay { period, unit, .. } = request.settings.charge
            && !unit.sells(period)
        {
            let (parameter, why) = ("Period".into(), "such a period is not sold".into());
            return Err(EbsReason::InvalidParameter { parameter, why }.of(operation));
        }
        let destination = (&request.destination_region, &request.destination_zone);
        check_places(operation, (region, &request.source_zone), destination, policy)?;
        if request.source_disk == request.destination_disk {
            return Err(EbsReason::TooClose { rule: E_011 }.of(operation));
        }
        Ok(())
    }

    /// The pair that an accepted `CreateDiskReplicaPair` makes.
    pub(crate) fn created(
        at: Context<'_>,
        id: PairId,
        account: AccountId,
        region: &RegionId,
        request: &CreateDiskReplicaPair,
    ) -> Self {
        Self {
            id,
            account,
            ordinal: at.effect.0,
            primary: End {
                region: region.clone(),
                zone: request.source_zone.clone(),
                disk: request.source_disk.clone(),
            },
            standby: End {
                region: request.destination_region.clone(),
                zone: request.destination_zone.clone(),
                disk: request.destination_disk.clone(),
            },
            reversed: false,
            settings: Arc::new(PairSettings {
                charge: request.settings.charge.kept(),
                ..request.settings.clone()
            }),
            created_at: at.now,
            paid_until: None,
            status: PairStatus::Creating,
            status_message: None,
            pending: Some(Pending { id: at.effect, effect: PairEffect::Create, since: at.now }),
            due: None,
            last_recover_point: None,
            copied: false,
            switched: false,
            last_one_shot: None,
            group: None,
            reversing: false,
            revision: Revision::default(),
            latest: Latest::of(at.now, Some(at.effect)),
        }
    }
}

/// Whether two places may be the ends of a pair or the sites of a group.
pub(in crate::ebs) fn check_places(
    operation: Operation,
    source: (&RegionId, &ZoneId),
    destination: (&RegionId, &ZoneId),
    policy: &EbsPolicy,
) -> Result<(), EbsRefusal> {
    if let Some(regions) = &policy.regions {
        let missing = [source.0, destination.0].into_iter().find(|region| !regions.contains(*region));
        if let Some(region) = missing {
            return Err(EbsReason::RegionNotSupported { region: region.clone() }.of(operation));
        }
    }
    let same_region = source.0 == destination.0;
    let forbidden = same_region && policy.same_region_pairs == SameRegionPairs::Refuse;
    if source == destination || forbidden {
        return Err(EbsReason::TooClose { rule: E_011 }.of(operation));
    }
    Ok(())
}
