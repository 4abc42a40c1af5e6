//! `DescribeDiskReplicaPairProgress`: how far the copy is that a pair's status shows.
//!
//! The vendor answers a percentage and the last recover point. The model knows that a copy was asked for and that it
//! ended, and not how far it is, so it answers the two numbers that follow from that (`E-695`): 0 while a copy is shown,
//! or before any completed; 100 once the last one completed. What lies between belongs to whoever carries the copy out:
//! the simulation, which knows when it will end, fills it in.

use crate::ebs::pair::ReplicaPair;
use crate::ebs::pair::status::PairStatus;
use crate::ids::PairId;
use crate::time::Timestamp;

/// `DescribeDiskReplicaPairProgress`. Called at either end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct DescribeDiskReplicaPairProgress {
    /// The pair.
    pub pair: PairId,
}

/// What `DescribeDiskReplicaPairProgress` answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PairProgress {
    /// Percent, 0 to 100.
    pub percent: u8,
    /// Completion of the last copy in this direction; absent before the first (`E-650`).
    pub recover_point: Option<Timestamp>,
}

impl ReplicaPair {
    /// How far the copy is that the status shows (`E-695`).
    pub const fn progress(&self) -> PairProgress {
        let copying = matches!(
            self.status,
            PairStatus::InitialSyncing | PairStatus::ManualSyncing | PairStatus::Syncing
        );
        let recover_point = self.last_recover_point;
        let percent = if copying || recover_point.is_none() { 0 } else { 100 };
        PairProgress { percent, recover_point }
    }
}
