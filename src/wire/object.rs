//! The objects of answers: structs whose fields are spelled as on the wire, written in the order of the vendor's list.
//!
//! Every field is optional when read, and one that is `None` is not written, so that a vendor's answer comes out as it
//! went in. Fields of which the model holds nothing are there for that, and stay `None` in our answers.

use alloc::string::String;
use alloc::vec::Vec;

/// Declares such a struct: a field, its type, its wire name.
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
    )*};
}

pub(super) use object;

/// Whether a field is left out.
pub(super) trait Absent {
    fn is_absent(&self) -> bool;
}

impl<T> Absent for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

/// An empty list is written: clients in typed languages iterate over it.
impl<T> Absent for Vec<T> {
    fn is_absent(&self) -> bool {
        false
    }
}

macro_rules! always_written {
    ($($type:ty)*) => {$(
        impl Absent for $type {
            fn is_absent(&self) -> bool {
                false
            }
        }
    )*};
}

always_written! { String u64 super::polardb::ClusterList super::polardb::NodeList super::polardb::TagList super::polardb::NodeIdList }

object! {
    /// The answer to a call that was accepted and has nothing more to say.
    Accepted {
        request_id: String = "RequestId",
    }
}

/// A text, owned.
pub(super) fn text(text: impl AsRef<str>) -> Option<String> {
    Some(String::from(text.as_ref()))
}
