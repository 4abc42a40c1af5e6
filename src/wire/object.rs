//! The objects of answers: structs whose fields are spelled as on the wire, written in the order of the vendor's list.
//!
//! Every field is optional when read, and one that is `None` is not written, so that a vendor's answer comes out as it
//! went in. Fields of which the model holds nothing are there for that, and stay `None` in our answers. What is entered
//! back as state has the model's own types.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Declares such a struct: a field, its type, its wire name. The wire name is also a constant of the field's name, for
/// errors about it.
macro_rules! object {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty = $wire:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        pub struct $name {$(
            #[doc = concat!("`", $wire, "`.")]
            #[serde(rename = $wire, skip_serializing_if = "crate::wire::object::Absent::is_absent")]
            pub $field: $type,
        )*}

        #[allow(non_upper_case_globals, dead_code)]
        impl $name {
            $(pub(in crate::wire) const $field: &'static str = $wire;)*
        }

        impl crate::wire::object::Absent for $name {}
    )*};
}

pub(super) use object;

/// Whether a field is left out: an empty list is not, since clients in typed languages iterate over it.
pub(super) trait Absent {
    fn is_absent(&self) -> bool {
        false
    }
}

impl<T> Absent for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T> Absent for Vec<T> {}

impl Absent for String {}

/// A text, as it is spelled.
pub(super) fn text(text: impl ToString) -> Option<String> {
    Some(text.to_string())
}

/// A number, as far as the wire can carry it.
pub(super) fn count(number: usize) -> Option<u64> {
    u64::try_from(number).ok()
}
