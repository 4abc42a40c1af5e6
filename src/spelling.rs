//! Enums whose values have one spelling each, on the wire, in events and in snapshots.

/// A text that is the spelling of no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what}")]
pub struct UnknownValue {
    /// What was to be spelled, such as `status`.
    pub what: &'static str,
}

/// An enum, a row each value: `Name = "spelling"`. With a word for what a value is, such as `Status, "status"`, the values
/// are also listed, parsed, shown and, in snapshots, stored by their spelling.
macro_rules! spelled {
    ($(#[$doc:meta])* $Name:ident, $what:literal $($(#[$value_doc:meta])* $value:ident = $spelling:literal,)*) => {
        $crate::spelling::spelled! { $(#[$doc])* $Name $($(#[$value_doc])* $value = $spelling,)* }

        $crate::lifecycle::enumerated!($Name: $($value)*);

        impl $Name {
            /// The value with this spelling.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text)
            }
        }

        impl core::fmt::Display for $Name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        $crate::checked::from_text!($Name, $crate::spelling::UnknownValue, |text| {
            Self::parse(text).ok_or($crate::spelling::UnknownValue { what: $what })
        });

        #[cfg(feature = "serde")]
        impl serde::Serialize for $Name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $Name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = alloc::string::String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
    ($(#[$doc:meta])* $Name:ident $($(#[$value_doc:meta])* $value:ident = $spelling:literal,)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $Name {$( $(#[$value_doc])* $value, )*}

        impl $Name {
            /// The spelling.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$value => $spelling,)* }
            }
        }
    };
}

pub(crate) use spelled;
