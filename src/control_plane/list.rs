//! Which list a request asks for, and that a cursor is one of it.

use super::Request;
use super::call::CallContext;
use crate::cursor::{Cursor, List};
use crate::ebs::{DrillPage, EbsReason, EbsRefusal};
use crate::ids::{AccountId, RegionId};
use crate::polardb::{PolarDbReason, PolarDbRefusal};

impl Request {
    /// The digest of the list that this request asks for, called by this account in this region; `None` if the answer has
    /// no pages by token. It depends on the operation and the filters, and not on the page that is asked for.
    pub fn list(&self, account: &AccountId, region: &RegionId) -> Option<u32> {
        let of = List::of(self.operation(), account, region);
        match self {
            Self::DescribeDiskReplicaPairs(it) => Some(it.list(of)),
            Self::DescribeDiskReplicaGroups(it) => Some(it.list(of)),
            Self::DescribePairDrills(it) => Some(DrillPage::list(of, it.pair.as_str(), it.drill.as_ref())),
            Self::DescribeReplicaGroupDrills(it) => {
                Some(DrillPage::list(of, it.group.as_str(), it.drill.as_ref()))
            }
            Self::ListTagResources(it) => Some(it.list(of)),
            Self::DescribeDbClustersZonal(it) => Some(it.list(of)),
            _ => None,
        }
    }
}

/// Refuses a cursor of EBS that was given for another list (`E-693`).
pub(super) fn own(call: &CallContext<'_>, cursor: Option<Cursor>, list: u32) -> Result<(), EbsRefusal> {
    if is_other(cursor, list) { Err(EbsReason::OtherList.of(call.operation)) } else { Ok(()) }
}

/// Refuses a cursor of PolarDB that was given for another list (`P-117`).
pub(super) fn own_of_polardb(
    call: &CallContext<'_>,
    cursor: Option<Cursor>,
    list: u32,
) -> Result<(), PolarDbRefusal> {
    if is_other(cursor, list) { Err(PolarDbReason::OtherList.of(call.operation)) } else { Ok(()) }
}

fn is_other(cursor: Option<Cursor>, list: u32) -> bool {
    cursor.is_some_and(|cursor| cursor.list != list)
}
