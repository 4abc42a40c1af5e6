//! Recorded traces of a service: what was asked and answered, and whether the model can explain it.
//!
//! An [`Exchange`] is one request with its answer. A [`Trace`] is a list of them, in a form of its own ([`Line`]) or read from
//! what browsers, proxies and the vendor's tools record ([`reader`]). Secrets are never part of it. What happened outside can
//! be [told](Told) beside them.
//!
//! With the feature `testing`, [`explain`] says whether some run of the model gives these answers.

mod exchange;
#[cfg(feature = "testing")]
pub mod explain;
mod form;
pub mod reader;
mod told;

pub use exchange::{Answer, Exchange, is_secret};
pub use form::{Line, Trace, Unreadable, Unused, VERSION};
pub use told::Told;
