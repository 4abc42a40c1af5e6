//! What pairs and groups have in common: statuses, events, effects, and the table that relates them.
//!
//! The vendor describes both in nearly the same words, and what differs matters. So each list is written once, and a row
//! says whether it holds for pairs, for groups or for both.

mod event;
mod status;
mod table;

pub use event::{GroupEffect, GroupEvent, PairEffect, PairEvent};
pub use status::{GroupStatus, PairStatus};
pub use table::{GroupLifecycle, PairLifecycle};

/// Makes the same item twice, for pairs and for groups, each of its own header and rows.
///
/// A row of an enum is a variant behind `pair`, `group` or `both`, below its documentation; a row of a table has a number
/// for each of the two that it holds for. What stands behind `=` or `:` is passed on as it is.
macro_rules! twins {
    (
        $make:ident! pair ($($pair_head:tt)*) group ($($group_head:tt)*)
        $(#[doc = $doc:literal]
            $(pair $pair:ident)? $(group $group:ident)? $(both $both:ident)?,)+
    ) => {
        $make! { $($pair_head)* $($(#[doc = $doc] $pair,)? $(#[doc = $doc] $both,)?)+ }
        $make! { $($group_head)* $($(#[doc = $doc] $group,)? $(#[doc = $doc] $both,)?)+ }
    };
    (
        $make:ident! pair ($($pair_head:tt)*) group ($($group_head:tt)*)
        $(#[doc = $doc:literal]
            $(pair $pair:ident)? $(group $group:ident)? $(both $both:ident)? = $row:tt,)+
    ) => {
        $make! { $($pair_head)* $($(#[doc = $doc] $pair = $row,)? $(#[doc = $doc] $both = $row,)?)+ }
        $make! { $($group_head)* $($(#[doc = $doc] $group = $row,)? $(#[doc = $doc] $both = $row,)?)+ }
    };
    (
        $make:ident! pair ($($pair_head:tt)*) group ($($group_head:tt)*)
        $($(pair $pair:ident)? $(group $group:ident)?: $row:tt;)+
    ) => {
        $make! { $($pair_head)* $($($pair: $row;)?)+ }
        $make! { $($group_head)* $($($group: $row;)?)+ }
    };
}

use twins;
