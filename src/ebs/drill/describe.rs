//! `DescribePairDrills` and `DescribeReplicaGroupDrills`: the drills of one pair or group, page by page.
//!
//! An unknown pair, group or drill gives an empty list (`D-690`): clients see from it that a drill was cleared.

use alloc::vec::Vec;

use crate::cursor::{Cursor, List};
use crate::ebs::drill::Drill;
use crate::ebs::drill::rules::D_690;
use crate::ebs::page::{Page, Records, cut};
use crate::ebs::replica::ReplicaId;
use crate::ids::DrillId;
use crate::rule::cite;

/// The answer of the two describes of drills.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DrillPage {
    /// The requested pair or group, whether it exists or not.
    pub owner: ReplicaId,
    /// The drills of this page, in the order in which they were started.
    pub drills: Vec<Drill>,
    /// Where the next page begins; absent on the last one.
    pub next: Option<Cursor>,
    /// The page that was asked for.
    pub page: Page,
    /// The number of all matching drills. With a cursor it is the number after the cursor, which the vendor calls
    /// meaningless.
    pub total: usize,
}

impl DrillPage {
    /// The digest of the list of these drills: of that owner, and perhaps one alone.
    pub(crate) fn list(of: List, owner: &str, wanted: Option<&DrillId>) -> u32 {
        of.filter(Some(owner)).filter(wanted.map(DrillId::as_str)).digest()
    }

    /// The page of the drills of one owner, given in the order in which they were started; with `wanted`, of that drill
    /// alone. `list` is the digest of the list.
    pub(crate) fn of<'a>(
        owner: ReplicaId,
        drills: impl Iterator<Item = &'a Drill>,
        wanted: Option<&DrillId>,
        page: Page,
        list: u32,
    ) -> Self {
        cite!(D_690);
        let listed = drills.filter(|drill| wanted.is_none_or(|wanted| drill.id == *wanted));
        let Records { items, next, total } = cut(page, list, listed, None, |drill: &Drill| drill.ordinal);
        Self { owner, drills: items.into_iter().cloned().collect(), next, page, total }
    }
}
