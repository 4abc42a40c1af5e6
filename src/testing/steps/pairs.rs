//! Calls on pairs.

use alloc::format;
use alloc::vec::Vec;

use super::{CallRegion, Origin, Resolver, Selector, StepContext, id, pick};
use crate::control_plane::{Fresh, Input, Request};
use crate::ebs::{
    Bandwidth, Charge, CreateDiskReplicaPair, DeleteDiskReplicaPair, FailoverDiskReplicaPair, PairCreated,
    PairSettings, PeriodUnit, ReprotectDiskReplicaPair, StartDiskReplicaPair, StopDiskReplicaPair,
};
use crate::ids::PairId;
use crate::testing::view::PairView;

/// A call on a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairCall {
    /// One of the other calls that the pair permits, or a failover if it permits none.
    Permitted(u8),
    /// `StartDiskReplicaPair`.
    Start {
        /// `OneShot`.
        one_shot: bool,
    },
    /// `StopDiskReplicaPair`.
    Stop,
    /// `FailoverDiskReplicaPair`.
    Failover,
    /// `ReprotectDiskReplicaPair`.
    Reprotect {
        /// `ReverseReplicate`.
        reverse: bool,
    },
    /// `DeleteDiskReplicaPair`.
    Delete,
}

impl PairCall {
    /// All calls but [`Self::Permitted`].
    pub(in crate::testing) const PLAIN: [Self; 7] = [
        Self::Start { one_shot: false },
        Self::Start { one_shot: true },
        Self::Stop,
        Self::Failover,
        Self::Reprotect { reverse: true },
        Self::Reprotect { reverse: false },
        Self::Delete,
    ];

    fn request(self, pair: PairId) -> Request {
        match self {
            Self::Start { one_shot } => StartDiskReplicaPair { pair, one_shot }.into(),
            Self::Stop => StopDiskReplicaPair { pair }.into(),
            Self::Permitted(_) | Self::Failover => FailoverDiskReplicaPair { pair }.into(),
            Self::Reprotect { reverse } => {
                ReprotectDiskReplicaPair { pair, reverse_replicate: reverse }.into()
            }
            Self::Delete => DeleteDiskReplicaPair { pair }.into(),
        }
    }
}

impl CallRegion {
    pub(super) fn of_pair(self, pair: Option<&PairView>, call: PairCall) -> &str {
        let Some(pair) = pair else { return self.of_none() };
        let (source, destination) = (pair.source.region.as_str(), pair.destination.region.as_str());
        let required = match call {
            PairCall::Failover | PairCall::Reprotect { .. } => destination,
            _ => source,
        };
        self.of(required, source, destination)
    }
}

impl<C: StepContext> Resolver<'_, C> {
    pub(super) fn pair(&self, origin: &Origin, pair: Selector, call: PairCall) -> Input {
        // A member permits nothing, so only the other calls select among members too.
        let selectable = |pair: &&PairView| pair.group.is_none() || !matches!(call, PairCall::Permitted(_));
        let pairs: Vec<&PairView> = self.view.pairs.iter().filter(selectable).collect();
        let pair = pick(pair, &pairs).copied();
        let input = |call: PairCall| {
            let region = origin.region.of_pair(pair, call);
            self.call(origin, region, call.request(id_of(pair)), Fresh::None)
        };
        let PairCall::Permitted(index) = call else { return input(call) };
        let permitted = self.permitted(index, PairCall::PLAIN.into_iter().map(input));
        permitted.unwrap_or_else(|| input(call))
    }
}

pub(super) fn id_of(pair: Option<&PairView>) -> PairId {
    id(pair.map_or("pair-unknown", |pair| pair.id.as_str()))
}

pub(super) fn fresh(number: u8) -> Fresh {
    Fresh::Pair(PairCreated { pair: id(&format!("pair-{number}")), order: id("order-1") })
}

pub(in crate::testing) fn create_pair(
    (source, destination): (u8, u8),
    region: CallRegion,
    months: Option<u8>,
) -> CreateDiskReplicaPair {
    let bandwidth = Bandwidth::Kbps10240;
    let charge = months.map(|months| match months {
        0 => Charge::PostPayWith { bandwidth: u64::from(bandwidth.as_kbps()) },
        period => Charge::PrePay { bandwidth, period, unit: PeriodUnit::Month },
    });
    CreateDiskReplicaPair {
        source_zone: id("zone-a"),
        source_disk: id(&format!("d-{source}")),
        destination_region: id(region.of_none()),
        destination_zone: id("zone-b"),
        destination_disk: id(&format!("d-{destination}")),
        settings: PairSettings { charge: charge.unwrap_or_default(), ..PairSettings::default() },
    }
}
