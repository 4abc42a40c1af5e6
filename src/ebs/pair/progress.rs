//! `DescribeDiskReplicaPairProgress`: the progress of the running copy.
//!
//! The vendor answers a percentage and the last recover point. The model knows when a copy begins and ends but not its
//! progress, so it answers two numbers only (`E-695`): 0 while a copy is shown or before any completed, and 100 once the
//! last one completed. The simulation, which knows the duration of a copy, fills in the numbers between.

use crate::constructor::constructor;
use crate::ebs::lifecycle::PairStatus;
use crate::ebs::pair::ReplicaPair;
use crate::ebs::pair::rules::E_695;
use crate::ids::PairId;
use crate::rule::cite;
use crate::time::Timestamp;

/// `DescribeDiskReplicaPairProgress`. Called at either end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct DescribeDiskReplicaPairProgress {
    /// The pair.
    pub pair: PairId,
}

constructor! { DescribeDiskReplicaPairProgress(pair: PairId) {} {} }

/// The answer of `DescribeDiskReplicaPairProgress`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PairProgress {
    /// Percent, 0 to 100.
    pub percent: u8,
    /// Completion of the last copy in this direction; absent before the first (`E-652`).
    pub recover_point: Option<Timestamp>,
}

impl ReplicaPair {
    /// The progress of the copy that the status shows (`E-695`).
    pub const fn progress(&self) -> PairProgress {
        cite!(E_695);
        let copying = matches!(
            self.status,
            PairStatus::InitialSyncing | PairStatus::ManualSyncing | PairStatus::Syncing
        );
        let recover_point = self.last_recover_point;
        let percent = if copying || recover_point.is_none() { 0 } else { 100 };
        PairProgress { percent, recover_point }
    }
}
