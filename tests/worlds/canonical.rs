//! A state as bytes in which names that do not matter are gone, so that two states with the same future are one.
//!
//! The bytes are those of the snapshot, written by a serializer that renames as it goes. It sees every field that a
//! snapshot has, so a field that is added to the state later is told apart from the first day on. What it renames:
//!
//! * effect ids become the order in which they appear; ordinals, revisions, counters and sequence numbers are left out, since the
//!   lists that hold them stand in their order;
//! * times become ages at the clock, or how far ahead they are; ages beyond [`LONG_AGO`] are one;
//! * of times that no decision reads (`created_at`, `since`, `started_at`, `last_recover_point`) and of the horizon of
//!   evicted tokens only the presence is kept;
//! * the policy, which a world does not change, is left out.

use std::fmt;

use failover_model::Timestamp;
use serde::ser::{self, Serialize};

/// Longer than every window, gap and lifetime of the worlds here, in milliseconds.
const LONG_AGO: u64 = 3_600_000;

/// The canonical bytes of a value of which the clock shows `now`.
pub fn bytes(value: &impl Serialize, now: Timestamp) -> Vec<u8> {
    let mut canon =
        Canon { out: Vec::with_capacity(1_024), now: now.as_millis(), ids: Vec::new(), mode: Mode::Plain };
    value.serialize(&mut canon).expect("states are plain data");
    canon.out
}

/// How the number that comes next is meant.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Plain,
    Time { presence: bool },
    Effect,
}

struct Canon {
    out: Vec<u8>,
    now: u64,
    ids: Vec<u64>,
    mode: Mode,
}

#[derive(Debug)]
pub struct Never;

impl fmt::Display for Never {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such value in a state")
    }
}

impl std::error::Error for Never {}

impl ser::Error for Never {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

type Done = Result<(), Never>;

impl Canon {
    fn raw(&mut self, bytes: &[u8]) -> Done {
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    /// A length before its bytes, so that no two sequences of values have the same bytes.
    fn text(&mut self, text: &str) -> Done {
        self.raw(&(text.len() as u32).to_le_bytes())?;
        self.raw(text.as_bytes())
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Done {
        match name {
            "ordinal" | "revision" | "next_id" | "next" | "sequence" | "policy" | "clock" | "version" => {
                return Ok(());
            }
            "created_at" | "since" | "started_at" | "last_recover_point" | "horizon" => {
                self.mode = Mode::Time { presence: true }
            }
            _ => {}
        }
        value.serialize(&mut *self)?;
        self.mode = Mode::Plain;
        Ok(())
    }
}

macro_rules! numbers {
    ($($name:ident: $type:ty),*) => {$(
        fn $name(self, value: $type) -> Done {
            self.raw(&value.to_le_bytes())
        }
    )*};
}

impl ser::Serializer for &mut Canon {
    type Ok = ();
    type Error = Never;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    numbers!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_u8: u8,
        serialize_u16: u16, serialize_u32: u32, serialize_f32: f32, serialize_f64: f64);

    fn serialize_u64(self, value: u64) -> Done {
        match self.mode {
            Mode::Plain => self.raw(&value.to_le_bytes()),
            Mode::Time { presence: true } => self.raw(&[u8::from(value > 0)]),
            Mode::Time { presence: false } => {
                let ahead = value.saturating_sub(self.now);
                let age = self.now.saturating_sub(value).min(LONG_AGO);
                self.raw(&ahead.to_le_bytes())?;
                self.raw(&age.to_le_bytes())
            }
            Mode::Effect => {
                let known = self.ids.iter().position(|id| *id == value);
                let rank = known.unwrap_or_else(|| {
                    self.ids.push(value);
                    self.ids.len() - 1
                });
                self.raw(&(rank as u32).to_le_bytes())
            }
        }
    }

    fn serialize_bool(self, value: bool) -> Done {
        self.raw(&[u8::from(value)])
    }

    fn serialize_char(self, value: char) -> Done {
        self.raw(&u32::from(value).to_le_bytes())
    }

    fn serialize_str(self, value: &str) -> Done {
        self.text(value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Done {
        self.raw(&(value.len() as u32).to_le_bytes())?;
        self.raw(value)
    }

    fn serialize_none(self) -> Done {
        self.raw(&[0])
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        self.raw(&[1])?;
        value.serialize(self)
    }

    fn serialize_unit(self) -> Done {
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Done {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, index: u32, _: &'static str) -> Done {
        self.raw(&index.to_le_bytes())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Done {
        let before = self.mode;
        match (name, before) {
            ("Timestamp", Mode::Plain) => self.mode = Mode::Time { presence: false },
            ("EffectId", _) => self.mode = Mode::Effect,
            _ => {}
        }
        value.serialize(&mut *self)?;
        self.mode = before;
        Ok(())
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        value: &T,
    ) -> Done {
        self.raw(&index.to_le_bytes())?;
        value.serialize(self)
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Self, Never> {
        self.raw(&(len.unwrap_or(usize::MAX) as u32).to_le_bytes())?;
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, Never> {
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, Never> {
        Ok(self)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Never> {
        self.raw(&index.to_le_bytes())?;
        Ok(self)
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Self, Never> {
        self.serialize_seq(len)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Never> {
        Ok(self)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Never> {
        self.raw(&index.to_le_bytes())?;
        Ok(self)
    }
}

macro_rules! sequences {
    ($($kind:ident: $method:ident),*) => {$(
        impl ser::$kind for &mut Canon {
            type Ok = ();
            type Error = Never;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
                value.serialize(&mut **self)
            }

            fn end(self) -> Done {
                Ok(())
            }
        }
    )*};
}

sequences!(SerializeSeq: serialize_element, SerializeTuple: serialize_element, SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field);

macro_rules! structs {
    ($($kind:ident),*) => {$(
        impl ser::$kind for &mut Canon {
            type Ok = ();
            type Error = Never;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Done {
                self.field(name, value)
            }

            fn end(self) -> Done {
                Ok(())
            }
        }
    )*};
}

structs!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for &mut Canon {
    type Ok = ();
    type Error = Never;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        key.serialize(&mut **self)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        value.serialize(&mut **self)
    }

    fn end(self) -> Done {
        Ok(())
    }
}
