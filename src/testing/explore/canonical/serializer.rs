//! The serializer, which says of each kind of value what is written of it.

use serde::ser::{self, Serialize};

use super::lists::Entries;
use super::{Canon, Done, LONG_AGO, Mode, Unwritable};

macro_rules! numbers {
    ($($name:ident: $type:ty),*) => {$(
        #[inline]
        fn $name(self, value: $type) -> Done {
            self.raw(&value.to_le_bytes())
        }
    )*};
}

macro_rules! variants {
    ($($name:ident),*) => {$(
        fn $name(self, _: &'static str, index: u32, _: &'static str, _: usize) -> Result<Self, Unwritable> {
            self.raw(&index.to_le_bytes())?;
            Ok(self)
        }
    )*};
}

impl<'a> ser::Serializer for &'a mut Canon {
    type Ok = ();
    type Error = Unwritable;
    type SerializeSeq = Entries<'a>;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Entries<'a>;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    numbers!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_u8: u8,
        serialize_u16: u16, serialize_u32: u32, serialize_f32: f32, serialize_f64: f64);

    variants!(serialize_tuple_variant, serialize_struct_variant);

    #[inline]
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
            Mode::Effect if self.renaming.is_some() => {
                self.places.push((self.out.len(), value));
                self.raw(&[0; 4])
            }
            Mode::Effect => {
                let rank = self.rank(value);
                self.raw(&rank.to_le_bytes())
            }
        }
    }

    #[inline]
    fn serialize_bool(self, value: bool) -> Done {
        self.raw(&[u8::from(value)])
    }

    fn serialize_char(self, value: char) -> Done {
        self.raw(&u32::from(value).to_le_bytes())
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Done {
        self.text(value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Done {
        self.raw(&(value.len() as u32).to_le_bytes())?;
        self.raw(value)
    }

    #[inline]
    fn serialize_none(self) -> Done {
        self.raw(&[0])
    }

    #[inline]
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

    #[inline]
    fn serialize_unit_variant(self, _: &'static str, index: u32, _: &'static str) -> Done {
        self.raw(&index.to_le_bytes())
    }

    #[inline(always)]
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

    #[inline]
    fn serialize_seq(self, _: Option<usize>) -> Result<Entries<'a>, Unwritable> {
        Ok(Entries::new(self))
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, Unwritable> {
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, Unwritable> {
        Ok(self)
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Entries<'a>, Unwritable> {
        self.serialize_seq(len)
    }

    #[inline]
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Unwritable> {
        Ok(self)
    }
}

macro_rules! tuples {
    ($($kind:ident: $method:ident),*) => {$(
        impl ser::$kind for &mut Canon {
            type Ok = ();
            type Error = Unwritable;

            #[inline]
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
                value.serialize(&mut **self)
            }

            fn end(self) -> Done {
                Ok(())
            }
        }
    )*};
}

tuples!(SerializeTuple: serialize_element, SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field);

macro_rules! structs {
    ($($kind:ident),*) => {$(
        impl ser::$kind for &mut Canon {
            type Ok = ();
            type Error = Unwritable;

            #[inline(always)]
            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Done {
                self.field(name, value)
            }

            #[inline]
            fn end(self) -> Done {
                Ok(())
            }
        }
    )*};
}

structs!(SerializeStruct, SerializeStructVariant);
