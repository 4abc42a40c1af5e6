//! Enums whose values have one spelling each, on the wire or in events.

/// An enum, a row each value: `Name = "spelling"`.
macro_rules! spelled {
    ($(#[$doc:meta])* $Name:ident { $($(#[$value_doc:meta])* $value:ident = $spelling:literal,)* }) => {
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
