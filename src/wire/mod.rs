//! The vendor's wire format, without I/O: parameters to typed requests, replies and refusals to bodies.
//!
//! The style is RPC (`facts/ebs.md` §8, `facts/polardb.md` §7): flat name and value pairs in, a JSON or XML document
//! out. [params] reads the pairs, [body] writes the documents, whose shapes are [ebs] and [polardb]; [seed] reads the
//! shapes of the describe calls back, to take in what an account already has. An embedder does the rest: HTTP,
//! signatures, throttling, ids.
//!
//! Nothing here decides about a resource. What is refused here is refused without a look at any state, with the same
//! refusals as everywhere ([`WireRefusal::Refused`]), or, where it is not even clear which operation is meant, as the
//! vendor's gateway would ([`GatewayError`]). The gateway's own wording is known from its page of common codes only, so
//! every such row is carried over from sibling products.
//!
//! ```
//! use failover_model::wire::{Format, Parameters, body, parse};
//!
//! let parameters = Parameters::from_iter([("RegionId", "cn-shanghai"), ("ReplicaPairId", "pair-cn-dsa")]);
//! let parsed = parse(Some("FailoverDiskReplicaPair"), Some("2021-07-30"), &parameters)?;
//! assert_eq!(parsed.request.operation().as_str(), "FailoverDiskReplicaPair");
//!
//! let missing = parse(Some("FailoverDiskReplicaPair"), Some("2021-07-30"), &Parameters::default());
//! let error = missing.map_err(|refusal| refusal.wire()).err();
//! let format = Format::negotiate(None, Some("application/json"));
//! let body = error.map(|error| body::error(&error, "4C467B38-3910-447D-87BC-AC049166F216", "localhost", format));
//! assert_eq!(body.map(|body| body.status), Some(400));
//! # Ok::<(), failover_model::wire::WireRefusal>(())
//! ```

pub mod body;
mod civil;
pub mod ebs;
mod gateway;
mod object;
pub mod params;
pub mod polardb;
pub mod seed;
mod xml;

pub use body::{Body, Format};
pub use civil::BadTime;
pub use gateway::{GatewayError, WireRefusal};
pub use params::{Parameters, Parsed, parse};

use crate::rule::{Basis, Rule};

/// The rules of the wire format.
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    Rule::new("W-010", Basis::Sibling, "gateway codes (ebs §6.2)", "A call that names no action or no version is refused, the action first."),
    Rule::new("W-011", Basis::Sibling, "gateway codes (ebs §6.2)", "A version that is no product's is refused."),
    Rule::new("W-012", Basis::Sibling, "gateway codes (ebs §6.2); action names of the SDKs", "An action that the product has and the model has not is refused by name."),
    Rule::new("W-013", Basis::Sibling, "InvalidApi.NotFound is listed for drill operations", "An action that the product does not have is not found, be it another product's."),
    Rule::new("W-014", Basis::Inferred, "no source", "Header and parameter may both name action and version if they agree."),
    Rule::new("W-020", Basis::Inferred, "clients split parameters between query and form (ebs §8)", "A parameter given twice with one value counts once, with two values it is invalid."),
    Rule::new("W-021", Basis::Inferred, "SDKs send empty optional parameters", "An empty optional parameter is absent, an empty required one missing."),
    Rule::new("W-022", Basis::Documented, "SDK 5.0.1 and 9.2.1, as observed (ebs §8)", "Booleans are read without regard to case."),
    Rule::new("W-023", Basis::Documented, "SDK 5.0.1 and 9.2.1, as observed; gaps are inferred", "Lists are flattened and count from 1; a gap is skipped, and the highest number is the length."),
    Rule::new("W-024", Basis::Documented, "parameter lists", "The region is required by every EBS operation and, of PolarDB's, by create and list; the others ignore it."),
    Rule::new("W-025", Basis::Inferred, "no source", "Of several bad parameters the first in the vendor's own list is named."),
    Rule::new("W-026", Basis::Inferred, "generic RPC behaviour", "A parameter that the operation does not define is ignored."),
    Rule::new("W-030", Basis::Documented, "founding page: Format; the Accept header is inferred", "Answers are JSON, or XML for Format=XML or an Accept of XML without JSON."),
    Rule::new("W-031", Basis::Documented, "XML samples in the metadata", "In XML a list repeats an element of its own name, and an object that only holds a list is that list."),
    Rule::new("W-032", Basis::Inferred, "XML 1.0, production 2", "A character that XML cannot carry becomes U+FFFD."),
    Rule::new("W-033", Basis::Documented, "response fields; PolarDB's are ISO 8601 by example", "Times are epoch seconds in EBS and ISO 8601 in PolarDB."),
    Rule::new("W-034", Basis::Sibling, "drill pages: an empty NextToken ends the list", "The last page of a list by token has an empty NextToken."),
    Rule::new("W-035", Basis::Inferred, "a public client counts the elements; the vendor's sample joins them", "The members of a group are listed one id an element."),
    Rule::new("W-040", Basis::Inferred, "Primary and Standby never move, Source and Destination do (ebs §4.2)", "A seeded pair is reversed iff its source is where its standby is."),
    Rule::new("W-041", Basis::Inferred, "our contract", "A seeded cluster has exactly one writer, the first node if none says so."),
];
