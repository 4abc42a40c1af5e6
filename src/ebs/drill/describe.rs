//! `DescribePairDrills` and `DescribeReplicaGroupDrills`: the drills of one pair or group, page by page.
//!
//! An unknown pair, group or drill gives an empty list (`D-690`), which is how clients see that a drill was cleared.

use alloc::vec::Vec;

use crate::ebs::drill::{Drill, DrillOwner};
use crate::ebs::pair::describe::{Cursor, Page, Turned, turn};
use crate::ids::DrillId;

/// What the two describes of drills answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DrillPage {
    /// The pair or group that was asked about, whether it exists or not.
    pub owner: DrillOwner,
    /// The drills of this page, in the order in which they were started.
    pub drills: Vec<Drill>,
    /// Where the next page begins; absent on the last one and under paging by number.
    pub next: Option<Cursor>,
    /// The page that was asked for.
    pub page: Page,
    /// How many drills match in all. With a cursor it is the number from there on, which the vendor calls meaningless.
    pub total: usize,
}

impl DrillPage {
    /// The page of these drills of one owner, given in the order in which they were started; of the one drill, if one is
    /// asked for.
    pub fn of<'a>(
        owner: DrillOwner,
        drills: impl Iterator<Item = &'a Drill>,
        wanted: Option<&DrillId>,
        page: Page,
    ) -> Self {
        let listed = drills.filter(|drill| wanted.is_none_or(|wanted| drill.id == *wanted));
        let Turned { items, next, total } = turn(page, listed, None, |drill: &Drill| drill.ordinal);
        Self { owner, drills: items.into_iter().cloned().collect(), next, page, total }
    }
}
