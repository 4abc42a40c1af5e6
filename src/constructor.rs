//! The constructors of requests: what must be given are the arguments of `new`, and each thing that may be left out has a function
//! that sets it, so that a further optional field changes no caller.

/// `Request(required fields) { function => field: Type in some … } { field: Type = default … }`. The fields of the first braces are
/// `None` when they are left out. Without parentheses the request has a `Default`, and no constructor of another name.
macro_rules! constructor {
    (
        $Request:ident($($required:ident: $Required:ty),+)
        { $($set:ident => $optional:ident: $Optional:ty),* $(,)? }
        { $($field:ident: $Field:ty = $default:expr),* $(,)? }
    ) => {
        impl $Request {
            /// The request with what it must say, and all else as it is when it is left out.
            pub fn new($($required: $Required),+) -> Self {
                Self { $($required,)+ $($optional: None,)* $($field: $default,)* }
            }
        }

        $crate::constructor::constructor! { @set $Request { $($set => $optional: $Optional),* } { $($field: $Field),* } }
    };
    (
        $Request:ident
        { $($set:ident => $optional:ident: $Optional:ty),* $(,)? }
        { $($field:ident: $Field:ty),* $(,)? }
    ) => {
        $crate::constructor::constructor! { @set $Request { $($set => $optional: $Optional),* } { $($field: $Field),* } }
    };
    (@set $Request:ident
        { $($set:ident => $optional:ident: $Optional:ty),* }
        { $($field:ident: $Field:ty),* }
    ) => {
        impl $Request {
            $(
                #[doc = concat!("The same with this `", stringify!($optional), "`.")]
                #[must_use]
                pub fn $set(self, $optional: $Optional) -> Self {
                    Self { $optional: Some($optional), ..self }
                }
            )*
            $(
                #[doc = concat!("The same with this `", stringify!($field), "`.")]
                #[must_use]
                pub fn $field(self, $field: $Field) -> Self {
                    Self { $field, ..self }
                }
            )*
        }
    };
}

pub(crate) use constructor;
