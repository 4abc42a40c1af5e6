//! The macros behind identifiers and texts: types whose strings are validated when they are parsed.

/// The conversions from text that every validated type has: `FromStr`, and `TryFrom` for borrowed and owned strings.
macro_rules! from_text {
    ($name:ident, $Bad:ty, $parse:expr) => {
        impl core::str::FromStr for $name {
            type Err = $Bad;

            fn from_str(text: &str) -> Result<Self, $Bad> {
                let parse: fn(&str) -> Result<Self, $Bad> = $parse;
                parse(text)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = $Bad;

            fn try_from(text: &str) -> Result<Self, $Bad> {
                text.parse()
            }
        }

        impl TryFrom<alloc::string::String> for $name {
            type Error = $Bad;

            fn try_from(text: alloc::string::String) -> Result<Self, $Bad> {
                text.parse()
            }
        }
    };
}

/// Types around a checked string, a row each: `Name: check;`, where `check` is a `fn(&str) -> Result<(), Bad>`. In
/// `Debug` a value is its string.
macro_rules! checked {
    ($Bad:ident; $($(#[$doc:meta])* $name:ident: $check:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(smol_str::SmolStr);

        impl $name {
            /// Parses the text.
            ///
            /// # Errors
            ///
            #[doc = concat!("[`", stringify!($Bad), "`] names the violated limit.")]
            pub fn parse(text: &str) -> Result<Self, $Bad> {
                let check: fn(&str) -> Result<(), $Bad> = $check;
                check(text)?;
                Ok(Self(smol_str::SmolStr::new(text)))
            }

            /// The text as spelled on the wire.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Debug::fmt(&self.0, f)
            }
        }

        impl core::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        $crate::checked::from_text!($name, $Bad, Self::parse);

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <alloc::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    )*};
}

pub(crate) use {checked, from_text};
