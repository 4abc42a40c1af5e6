//! The objects of answers: structs whose fields are spelled as on the wire, written in the order of the vendor's list.
//!
//! Every field is optional when read, and one that is `None` is not written, so that a vendor's answer comes out as it
//! went in. Fields of which the model holds nothing are there for that, and stay `None` in our answers.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Declares such structs: what an object is made of, then a row a field: its name and type, its wire name, and what it
/// shows. A field of which the model holds nothing has only the former.
macro_rules! object {
    ($($(#[$doc:meta])* $name:ident($($from:ident: $of:ty),*) {
        $($field:ident: $type:ty = $wire:literal $(=> $shown:expr)?,)*
    })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        pub struct $name {$(
            #[doc = concat!("`", $wire, "`.")]
            #[serde(rename = $wire, skip_serializing_if = "crate::wire::object::Field::is_absent")]
            pub $field: $type,
        )*}

        impl $name {
            /// The object that shows this.
            pub fn new($($from: $of),*) -> Self {
                Self { $($field: crate::wire::object::object!(@ $($shown)?),)* }
            }
        }

        impl crate::wire::object::Field for $name {}
    )*};
    (@) => { Default::default() };
    (@ $shown:expr) => { $shown };
}

pub(super) use object;

/// A type that fields have.
pub(super) trait Field {
    /// Whether the field is left out: an empty list is not, since clients in typed languages iterate over it.
    fn is_absent(&self) -> bool {
        false
    }
}

impl Field for String {}

impl<T> Field for Vec<T> {}

impl<T> Field for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

/// A text, if there is one.
pub(super) type Text = Option<String>;

/// A whole number, if there is one.
pub(super) type Number = Option<u64>;

/// A text, as it is spelled.
pub(super) fn text(text: impl ToString) -> Text {
    Some(text.to_string())
}

/// A number, as far as the wire can carry it.
pub(super) fn count(number: usize) -> Number {
    u64::try_from(number).ok()
}
