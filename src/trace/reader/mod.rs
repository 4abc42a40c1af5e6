//! Readers for what people have recorded already.
//!
//! Each takes the text of one file. What it cannot use is not dropped: it is counted and named in [`Trace::unused`](crate::trace::Trace::unused).

mod call;
mod encoding;

mod har;

pub use har::har;

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
