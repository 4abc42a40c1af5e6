//! The creation of a pair.

use alloc::sync::Arc;

use crate::ebs::lifecycle::{PairEffect, PairStatus};
use crate::ebs::pair::requests::{Charge, CreateDiskReplicaPair, PairSettings};
use crate::ebs::pair::rules::{E_011, E_015, E_016};
use crate::ebs::pair::{CallSite, End, ReplicaPair};
use crate::ebs::refusal::{EbsReason, EbsRefusal};
use crate::ids::{AccountId, EffectId, PairId, RegionId, ZoneId};
use crate::lifecycle::Pending;
use crate::operation::Operation;
use crate::policy::{EbsPolicy, PaidPeriods, PostpaidBandwidth, SameRegionPairs};
use crate::revision::Revision;

impl ReplicaPair {
    /// Decides `CreateDiskReplicaPair` and makes the pair: status `creating`, with the pending effect `asked`. That no other
    /// pair has its disks (`E-012`), and that they exist (`E-013`), is for the caller to check.
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails, as of [`check_creation`](Self::check_creation).
    pub fn create(
        id: PairId,
        account: AccountId,
        cx: &CallSite<'_>,
        asked: EffectId,
        request: &CreateDiskReplicaPair,
        policy: &EbsPolicy,
    ) -> Result<Self, EbsRefusal> {
        Self::check_creation(cx, request, policy)?;
        Ok(Self::created(id, account, cx, asked, request))
    }

    /// What of `CreateDiskReplicaPair` the request alone decides: how it is paid for (`E-015`, `E-016`), the regions and the
    /// distance (`E-011`).
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn check_creation(
        cx: &CallSite<'_>,
        request: &CreateDiskReplicaPair,
        policy: &EbsPolicy,
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
            _ => Self::check_ends(cx, request, policy),
        }
    }

    /// What holds of an adopted pair as well: the paid period, the regions, the distance.
    pub(crate) fn check_ends(
        cx: &CallSite<'_>,
        request: &CreateDiskReplicaPair,
        policy: &EbsPolicy,
    ) -> Result<(), EbsRefusal> {
        let operation = Operation::CreateDiskReplicaPair;
        if let Charge::PrePay { period, unit, .. } = request.settings.charge
            && !unit.sells(period)
        {
            let (parameter, why) = ("Period".into(), "such a period is not sold".into());
            return Err(EbsReason::InvalidParameter { parameter, why }.of(operation));
        }
        let destination = (&request.destination_region, &request.destination_zone);
        check_places(operation, (cx.region, &request.source_zone), destination, policy)?;
        if request.source_disk == request.destination_disk {
            return Err(EbsReason::TooClose { rule: E_011 }.of(operation));
        }
        Ok(())
    }

    /// The pair that an accepted `CreateDiskReplicaPair` makes.
    pub(crate) fn created(
        id: PairId,
        account: AccountId,
        cx: &CallSite<'_>,
        asked: EffectId,
        request: &CreateDiskReplicaPair,
    ) -> Self {
        Self {
            id,
            account,
            ordinal: asked.0,
            primary: End {
                region: cx.region.clone(),
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
            created_at: cx.now,
            paid_until: None,
            status: PairStatus::Creating,
            status_message: None,
            pending: Some(Pending { id: asked, effect: PairEffect::Create, since: cx.now }),
            due: None,
            last_recover_point: None,
            copied: false,
            switched: false,
            last_one_shot: None,
            group: None,
            reversing: false,
            revision: Revision::default(),
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
