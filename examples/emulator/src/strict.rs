//! JSON in which no object has a key twice.
//!
//! Readers take the last of two equal keys, or the first; a test that says both means neither.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// Reads any JSON.
///
/// # Errors
///
/// It is no JSON, or an object has a key twice.
pub fn value(text: &[u8]) -> Result<Value, serde_json::Error> {
    check(text)?;
    serde_json::from_slice(text)
}

/// Reads a JSON object. A list is refused: serde would take it for the fields in order.
///
/// # Errors
///
/// It is no such object.
pub fn object<T: DeserializeOwned>(text: &[u8]) -> Result<T, serde_json::Error> {
    check(text)?;
    if !text.trim_ascii_start().starts_with(b"{") {
        return Err(serde_json::Error::custom("it is no object"));
    }
    serde_json::from_slice(text)
}

fn check(text: &[u8]) -> Result<(), serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    Unique.deserialize(&mut reader)?;
    reader.end()
}

/// Any JSON whose objects have no key twice.
#[derive(Clone, Copy)]
struct Unique;

impl<'de> DeserializeSeed<'de> for Unique {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unique {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(name) = object.next_key::<String>()? {
            if seen.contains(&name) {
                return Err(A::Error::custom(format_args!("{name:?} is there twice")));
            }
            seen.insert(name);
            object.next_value_seed(self)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_there_twice_is_refused_at_any_depth() {
        for good in [r#"{"a":1,"b":[{"a":null},{"a":-2.5}]}"#, "[]", "true", r#""x""#, "18446744073709551615"]
        {
            let plain: Value = serde_json::from_str(good).expect("JSON");
            assert_eq!(value(good.as_bytes()).ok(), Some(plain), "{good}");
        }
        for bad in [r#"{"a":1,"a":1}"#, r#"[{"b":{"a":1,"\u0061":2}}]"#] {
            let error = value(bad.as_bytes()).expect_err(bad).to_string();
            assert!(error.contains(r#""a" is there twice"#), "{error}");
        }
        for bad in ["", "{} {}", "{", "[1,]"] {
            assert!(value(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(object::<Value>(b"[]").is_err());
    }
}
