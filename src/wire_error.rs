//! What a refusal looks like to a client.

use alloc::borrow::Cow;

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
