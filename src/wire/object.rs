//! The objects of answers: structs whose fields are spelled as on the wire, written in the order of the vendor's list.
//!
//! Every field is optional when read, and one that is `None` is not written, so that a vendor's answer comes out as it
//! went in. Fields of which the model holds nothing are there for that, and stay `None` in our answers. Answers are also
//! pasted by people, so they are read with a light hand: null is absent, numbers and booleans may be texts, and one text
//! may replace a list of texts.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::{Map, Value};

use super::misread::{Misread, SeedProblem};

/// Declares such a struct: a field, its type, its wire name. A constant of the field's name is its [`At`].
macro_rules! object {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty = $wire:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
        pub struct $name {$(
            #[doc = concat!("`", $wire, "`.")]
            #[serde(rename = $wire, skip_serializing_if = "crate::wire::object::Field::is_absent")]
            pub $field: $type,
        )*}

        #[allow(non_upper_case_globals, dead_code)]
        impl $name {
            $(pub(in crate::wire) const $field: crate::wire::object::At<Self, $type> =
                crate::wire::object::At { name: $wire, of: |object| &object.$field };)*
        }

        impl crate::wire::object::Field for $name {
            fn read(value: &serde_json::Value) -> Result<Self, crate::wire::misread::Misread> {
                let fields = crate::wire::object::fields(value)?;
                Ok(Self { $($field: crate::wire::object::field(fields, $wire)?,)* })
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = serde_json::Value::deserialize(deserializer)?;
                crate::wire::object::Field::read(&value).map_err(serde::de::Error::custom)
            }
        }
    )*};
}

pub(super) use object;

/// A field of an object: its wire name, and where it is. Who reads it can tell in which field an error is.
pub(super) struct At<R, T> {
    pub(super) name: &'static str,
    pub(super) of: fn(&R) -> &T,
}

impl<R, T> Clone for At<R, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, T> Copy for At<R, T> {}

/// A type that fields have.
pub(super) trait Field: Sized {
    /// Whether the field is left out: an empty list is not, since clients in typed languages iterate over it.
    fn is_absent(&self) -> bool {
        false
    }

    fn read(value: &Value) -> Result<Self, Misread>;
}

pub(super) fn fields(value: &Value) -> Result<&Map<String, Value>, Misread> {
    value.as_object().ok_or(SeedProblem::Type("an object").into())
}

pub(super) fn field<T: Field + Default>(fields: &Map<String, Value>, name: &str) -> Result<T, Misread> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(T::default()),
        Some(value) => T::read(value).map_err(|misread| misread.within(name)),
    }
}

impl Field for String {
    fn read(value: &Value) -> Result<Self, Misread> {
        value.as_str().map(Self::from).ok_or(SeedProblem::Type("a string").into())
    }
}

/// A text is kept as it is, a number or boolean that is spelled as an empty text is absent.
macro_rules! optional {
    ($($type:ty, $expected:literal, $read:expr;)*) => {$(
        impl Field for Option<$type> {
            fn is_absent(&self) -> bool {
                self.is_none()
            }

            fn read(value: &Value) -> Result<Self, Misread> {
                let read: fn(&Value) -> Option<Self> = $read;
                read(value).ok_or(SeedProblem::Type($expected).into())
            }
        }
    )*};
}

optional! {
    String, "a string", |value| value.as_str().map(|text| Some(text.into()));
    u64, "a whole number", |value| match value {
        Value::String(text) if text.is_empty() => Some(None),
        Value::String(text) => text.parse().ok().map(Some),
        value => value.as_u64().map(Some),
    };
    bool, "true or false", |value| match value {
        Value::String(text) if text.is_empty() => Some(None),
        Value::String(text) => text.to_ascii_lowercase().parse().ok().map(Some),
        value => value.as_bool().map(Some),
    };
}

impl<T: Field> Field for Vec<T> {
    fn read(value: &Value) -> Result<Self, Misread> {
        let items = match value {
            Value::Array(items) => items.as_slice(),
            Value::String(text) if text.is_empty() => &[],
            Value::String(_) => core::slice::from_ref(value),
            _ => return Err(SeedProblem::Type("a list").into()),
        };
        let item = |(at, item)| T::read(item).map_err(|misread| misread.within(&format!("[{at}]")));
        items.iter().enumerate().map(item).collect()
    }
}

/// A text, as it is spelled.
pub(super) fn text(text: impl ToString) -> Option<String> {
    Some(text.to_string())
}

/// A number, as far as the wire can carry it.
pub(super) fn count(number: usize) -> Option<u64> {
    u64::try_from(number).ok()
}
