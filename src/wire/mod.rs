//! The vendor's wire format, without I/O: parameters to typed requests, replies and refusals to bodies.
//!
//! The style is RPC (`docs/facts/ebs.md#wire-format`): flat name and value pairs in, a JSON or XML document out. [`parse`]
//! reads the pairs, [`Body`] holds the documents; [`Paste`] reads the answers of the describe calls back, to take in what an
//! account already has. An embedder does the rest: HTTP, signatures,
//! throttling, ids.
//!
//! Nothing here decides about a resource. What is refused here is refused without a look at any state, with the same
//! refusals as everywhere ([`WireRefusal::Refused`]), or, where it is not even clear which operation is meant, as the
//! vendor's gateway would ([`GatewayError`]). The gateway's own wording is known from its page of common codes only, so
//! every such row is carried over from sibling products.
//!
//! ```
//! use failover_model::Product;
//! use failover_model::wire::{Body, Format, Parameters, parse};
//!
//! let parameters = Parameters::from_iter([("RegionId", "cn-shanghai"), ("ReplicaPairId", "pair-cn-dsa")]);
//! let parsed = parse(Some("FailoverDiskReplicaPair"), Some("2021-07-30"), &parameters)?;
//! assert_eq!(parsed.request.operation().as_str(), "FailoverDiskReplicaPair");
//!
//! let missing = parse(Some("FailoverDiskReplicaPair"), Some("2021-07-30"), &Parameters::default());
//! let error = missing.map_err(|refusal| refusal.wire()).err();
//! let format = Format::negotiate(None, Some("application/json"));
//! let body = error.map(|error| {
//!     Body::error(&error, Some(Product::Ebs), "4C467B38-3910-447D-87BC-AC049166F216", "localhost", format)
//! });
//! assert_eq!(body.map(|body| body.status), Some(400));
//! # Ok::<(), failover_model::wire::WireRefusal>(())
//! ```

mod body;
mod civil;
mod cursor;
mod ebs;
mod enter;
mod gateway;
mod object;
mod parameters;
mod pasted;
mod polardb;
mod reader;
mod regions;
mod request;
pub(crate) mod rules;
mod xml;

#[cfg(feature = "testing")]
pub(crate) use body::Document;
pub use body::{Accepted, Body, Format};
pub use civil::BadTime;
pub use ebs::*;
pub use enter::{Defaults, Entered, IdKind, LeftOut, LeftOutReason, NotAnAnswer, Paste};
pub use gateway::{GatewayError, WireRefusal};
pub use parameters::Parameters;
pub use pasted::SeedProblem;
pub use polardb::*;
pub use regions::{
    DescribeEbsRegionsResponse, DescribePolarDbRegionsResponse, EbsRegion, EbsZone, PolarDbRegion,
    PolarDbRegionList, PolarDbZone, PolarDbZoneList,
};
pub use request::{Parsed, parse};
