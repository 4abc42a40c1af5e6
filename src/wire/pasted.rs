//! Reads a pasted JSON value with a light hand: null and the empty text are absent, numbers and booleans may be texts,
//! one text may stand for a list of texts. An error says in which field it is.

use alloc::format;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Value;

use super::seed::{Misread, SeedProblem};

/// A value to be read.
#[derive(Clone, Copy)]
pub(super) struct Pasted<'a>(pub(super) &'a Value);

fn expected<T>(what: &'static str) -> Result<T, Misread> {
    Err(SeedProblem::Type(what).into())
}

impl<'de> Deserializer<'de> for Pasted<'de> {
    type Error = Misread;

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            Value::String(text) if text.is_empty() => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        match self.0 {
            Value::String(text) => visitor.visit_borrowed_str(text),
            _ => expected("a string"),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        self.deserialize_str(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        let number = match self.0 {
            Value::String(text) => text.parse().ok(),
            value => value.as_u64(),
        };
        number.map_or_else(|| expected("a whole number"), |number| visitor.visit_u64(number))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        match self.0 {
            Value::Bool(flag) => visitor.visit_bool(*flag),
            Value::String(text) if text.eq_ignore_ascii_case("true") => visitor.visit_bool(true),
            Value::String(text) if text.eq_ignore_ascii_case("false") => visitor.visit_bool(false),
            _ => expected("true or false"),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        match self.0 {
            Value::Array(items) => visitor.visit_seq(Items { rest: items.iter(), at: 0 }),
            Value::String(text) if text.is_empty() => visitor.visit_seq(Items { rest: [].iter(), at: 0 }),
            Value::String(_) => {
                visitor.visit_seq(Items { rest: core::slice::from_ref(self.0).iter(), at: 0 })
            }
            _ => expected("a list"),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misread> {
        match self.0 {
            Value::Object(fields) => visitor.visit_map(Fields { rest: fields.iter(), current: None }),
            _ => expected("an object"),
        }
    }

    /// Nothing in the records takes just any value, but fields that are ignored.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u128 f32 f64 char bytes byte_buf unit unit_struct newtype_struct tuple
        tuple_struct map enum identifier ignored_any
    }
}

/// The items of a list.
struct Items<'a> {
    rest: core::slice::Iter<'a, Value>,
    at: usize,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Misread;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Misread> {
        let Some(item) = self.rest.next() else { return Ok(None) };
        let read = seed.deserialize(Pasted(item)).map_err(|why| why.within(&format!("[{}]", self.at)));
        self.at = self.at.saturating_add(1);
        read.map(Some)
    }
}

/// The fields of an object.
struct Fields<'a> {
    rest: serde_json::map::Iter<'a>,
    current: Option<(&'a str, &'a Value)>,
}

impl<'de> MapAccess<'de> for Fields<'de> {
    type Error = Misread;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Misread> {
        let given = self.rest.by_ref().find(|(_, value)| !value.is_null());
        self.current = given.map(|(name, value)| (name.as_str(), value));
        let Some((name, _)) = self.current else { return Ok(None) };
        seed.deserialize(BorrowedStrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Misread> {
        let (name, value) = self.current.unwrap_or(("", &Value::Null));
        seed.deserialize(Pasted(value)).map_err(|why| why.within(name))
    }
}
