//! Resources that are verified when they are read from where they were stored.

#[cfg(feature = "serde")]
use alloc::vec::Vec;

#[cfg(feature = "serde")]
use serde::{Deserialize, Deserializer};

#[cfg(feature = "serde")]
use crate::breach::Breach;

/// A resource with invariants that hold whatever the time and whatever there is beside it.
#[cfg(feature = "serde")]
pub(crate) trait Stored: Sized {
    /// Reads it without verifying anything.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
    /// Verifies it.
    fn check_stored(&self) -> Result<(), Breach>;
}

/// Reads resources without verifying anything, for whoever verifies them together with all else.
#[cfg(feature = "serde")]
pub(crate) fn unverified<'de, D: Deserializer<'de>, R: Stored>(deserializer: D) -> Result<Vec<R>, D::Error> {
    struct One<R>(R);

    impl<'de, R: Stored> Deserialize<'de> for One<R> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            R::read(deserializer).map(One)
        }
    }

    let all = Vec::<One<R>>::deserialize(deserializer)?;
    Ok(all.into_iter().map(|One(resource)| resource).collect())
}

/// A resource. Deserialised by itself it is refused if it breaks one of its invariants, so that nobody has to remember to verify a
/// row.
macro_rules! stored {
    (
        $(#[$meta:meta])*
        pub struct $Name:ident {
            $($(#[$field_meta:meta])* pub(crate) $field:ident: $Type:ty,)*
        }
        verified by $check:expr
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize))]
        pub struct $Name {
            $($(#[$field_meta])* pub(crate) $field: $Type,)*
        }

        #[cfg(feature = "serde")]
        const _: () = {
            #[derive(serde::Deserialize)]
            #[serde(deny_unknown_fields)]
            struct Unverified {
                $($(#[$field_meta])* $field: $Type,)*
            }

            impl $crate::stored::Stored for $Name {
                fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let Unverified { $($field,)* } = serde::Deserialize::deserialize(deserializer)?;
                    Ok(Self { $($field,)* })
                }

                fn check_stored(&self) -> Result<(), $crate::breach::Breach> {
                    // Whatever happened, happened before the end of time.
                    $check(self, $crate::time::Timestamp::from_millis(u64::MAX))
                }
            }

            impl<'de> serde::Deserialize<'de> for $Name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let resource = <Self as $crate::stored::Stored>::read(deserializer)?;
                    match $crate::stored::Stored::check_stored(&resource) {
                        Ok(()) => Ok(resource),
                        Err(breach) => {
                            Err(serde::de::Error::custom(format_args!("{}: {breach}", resource.id)))
                        }
                    }
                }
            }
        };
    };
}

pub(crate) use stored;
