//! What a refusal looks like to a client, and the macro that makes a table of them.

use alloc::borrow::Cow;

use crate::operation::Operation;
use crate::rule::Basis;

/// The HTTP status, code and message of a refusal, with how sure we are of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireError {
    /// HTTP status.
    pub status: u16,
    /// The vendor's error code.
    pub code: Cow<'static, str>,
    /// The vendor's message, its placeholders filled in.
    pub message: Cow<'static, str>,
    /// `Documented` iff the vendor lists this code for this operation.
    pub basis: Basis,
}

impl WireError {
    /// The answer of an operation.
    pub(crate) fn new(answer: Answer, operation: Operation) -> Self {
        let Answer { status, code, message } = answer;
        let basis = operation.basis(&code);
        Self { status, code, message, basis }
    }
}

/// HTTP status, code and message of a row.
pub(crate) struct Answer {
    status: u16,
    code: Cow<'static, str>,
    message: Cow<'static, str>,
}

impl<C: Into<Cow<'static, str>>, M: Into<Cow<'static, str>>> From<(u16, C, M)> for Answer {
    fn from((status, code, message): (u16, C, M)) -> Self {
        Self { status, code: code.into(), message: message.into() }
    }
}

/// An answer without a placeholder.
pub(crate) type Fixed = (u16, &'static str, &'static str);

/// Whether what a row refuses for may pass.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The same call under the same token may succeed later.
    Transient,
    /// The same call under the same token fails again.
    Permanent,
}

/// Makes an enum of reasons of a table, a row each: `Reason { fields } => ("text", rule, cause, answer);`.
///
/// The text is what `Display` says after the operation; `"text" then why` appends the text of an inner reason. The rule
/// is a constant or an expression, the cause a [`Cause`], the answer status, code and message. All see the row's fields and the names in the header: `Reasons(operation, rule)`. With `Refusal;` before the header the
/// macro makes the refusal as well: an operation and the reason why.
macro_rules! refusals {
    (
        $(#[$of:meta])* $Refusal:ident;
        $(#[$about:meta])* $Reason:ident($operation:ident, $rule:ident);
        $($(#[$doc:meta])* $variant:ident $({ $($field:ident: $ty:ty),* })? => $cells:tt;)*
    ) => {
        $crate::refusal::refusals! {
            $(#[$about])* $Reason($operation, $rule);
            $($(#[$doc])* $variant $({ $($field: $ty),* })? => $cells;)*
        }

        $(#[$of])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        #[cfg_attr(
            feature = "serde",
            derive(serde::Serialize, serde::Deserialize),
            serde(from = "Stored", into = "Stored")
        )]
        #[non_exhaustive]
        pub struct $Refusal {
            /// The operation asked for.
            pub operation: $crate::operation::Operation,
            /// Why it is refused.
            pub why: $Reason,
        }

        impl $Reason {
            /// The refusal of this operation.
            pub const fn of(self, operation: $crate::operation::Operation) -> $Refusal {
                $Refusal { operation, why: self }
            }
        }

        impl $Refusal {
            /// The rule that decided.
            pub const fn rule(&self) -> $crate::rule::RuleId {
                self.why.rule(self.operation)
            }

            /// Whether the unchanged call, under the same token, may succeed later: the state it met may pass.
            pub const fn same_token_retry_may_succeed(&self) -> bool {
                matches!(self.why.cause(), $crate::refusal::Cause::Transient)
            }

            /// How the refusal looks on the wire.
            pub fn wire(&self) -> $crate::refusal::WireError {
                $crate::refusal::WireError::new(self.why.answer(self.operation), self.operation)
            }
        }

        impl core::fmt::Display for $Refusal {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, "{}: ", self.operation)?;
                self.why.describe(self.operation, f)
            }
        }

        impl core::error::Error for $Refusal {}

        /// The reason's name and fields, with the operation as the first of them, as in the stored form.
        impl core::fmt::Debug for $Refusal {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                let operation = &self.operation;
                match &self.why {$(
                    $Reason::$variant $({ $($field),* })? => f.debug_struct(stringify!($variant))
                        .field("operation", operation)$($(.field(stringify!($field), $field))*)?.finish(),
                )*}
            }
        }

        /// A refusal in a snapshot or journal: the operation is one of the reason's fields.
        #[cfg(feature = "serde")]
        #[derive(serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case", deny_unknown_fields)]
        enum Stored {
            $($variant { operation: $crate::operation::Operation, $($($field: $ty),*)? },)*
        }

        #[cfg(feature = "serde")]
        impl From<$Refusal> for Stored {
            fn from($Refusal { operation, why }: $Refusal) -> Self {
                match why {
                    $($Reason::$variant $({ $($field),* })? => Self::$variant { operation, $($($field),*)? },)*
                }
            }
        }

        #[cfg(feature = "serde")]
        impl From<Stored> for $Refusal {
            fn from(stored: Stored) -> Self {
                match stored {
                    $(Stored::$variant { operation, $($($field),*)? } =>
                        $Reason::$variant $({ $($field),* })?.of(operation),)*
                }
            }
        }
    };
    (
        $(#[$about:meta])* $Reason:ident($operation:ident, $rule:ident);
        $(
            $(#[$doc:meta])* $variant:ident $(($arg:ident: $arg_ty:ty))? $({ $($field:ident: $ty:ty),* })? =>
            ($text:literal $(then $inner:ident)?, $number:expr, $cause:expr, $answer:expr);
        )*
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[cfg_attr(
            feature = "serde",
            derive(serde::Serialize, serde::Deserialize),
            serde(rename_all = "snake_case", deny_unknown_fields)
        )]
        #[non_exhaustive]
        #[allow(missing_docs, reason = "the fields are explained above all rows")]
        pub enum $Reason {
            $($(#[$doc])* $variant $(($arg_ty))? $({ $($field: $ty),* })?,)*
        }

        #[allow(unused_variables, reason = "a cell of a row needs few of the row's fields")]
        impl $Reason {
            const fn rule(&self, $operation: $crate::operation::Operation) -> $crate::rule::RuleId {
                match self { $(Self::$variant $(($arg))? $({ $($field),* })? => $number,)* }
            }

            const fn cause(&self) -> $crate::refusal::Cause {
                match self { $(Self::$variant $(($arg))? $({ $($field),* })? => $cause,)* }
            }

            fn answer(&self, $operation: $crate::operation::Operation) -> $crate::refusal::Answer {
                match self { $(Self::$variant $(($arg))? $({ $($field),* })? => $answer.into(),)* }
            }

            fn describe(
                &self,
                $operation: $crate::operation::Operation,
                f: &mut core::fmt::Formatter<'_>,
            ) -> core::fmt::Result {
                let $rule = self.rule($operation);
                match self {
                    $(Self::$variant $(($arg))? $({ $($field),* })? => {
                        write!(f, $text)?;
                        $($inner.describe($operation, f)?;)?
                    })*
                }
                Ok(())
            }
        }
    };
}

pub(crate) use refusals;
