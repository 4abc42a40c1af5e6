//! Readers for what people have recorded already.
//!
//! Each takes the text of one file. What it cannot use is not dropped: it is counted and named in [`Trace::unused`](crate::trace::Trace::unused).

mod actiontrail;
mod answer;
mod call;
mod encoding;
mod form;
mod har;
mod logs;
mod seen;

pub use actiontrail::actiontrail;
pub use call::{Call, Request, region_of};
pub use form::Form;
pub use har::har;
pub use logs::{core_log, httpx_log};

#[cfg(feature = "testing")]
pub(in crate::trace) use encoding::moment;

use crate::ids::{AccountId, RegionId};

/// Who called and where, as far as a recording does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The account of access keys that are not sixteen digits.
    pub account: AccountId,
    /// The region of calls that name none.
    pub region: Option<RegionId>,
}
