//! Bodies: an answer or a refusal as JSON or XML.
//!
//! Both come from the same structs, and the same input gives the same bytes. The content types matter: SDKs read XML
//! only under exactly `text/xml;charset=utf-8`. Success is 200 and an object with `RequestId`; an error is an object of
//! `RequestId`, `HostId`, `Code`, `Message` and `Recommend`, in XML under the root `Error` (`docs/facts/ebs.md#error-envelope`).

use alloc::format;
use alloc::string::String;

use serde::Serialize;
use serde_json::to_string;

use super::object::object;
use super::rules::{W_030, W_037};
use super::{ebs, polardb, regions, xml};
use crate::control_plane::Response;
use crate::operation::{Operation, Product};
use crate::refusal::WireError;
use crate::rule::cite;

/// The format of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Format {
    /// JSON.
    #[default]
    Json,
    /// XML.
    Xml,
}

cite!(W_030);

impl Format {
    /// What a caller asks for by its `Format` parameter or else by its `Accept` header (`W-030`): XML for `XML` in any
    /// case, or for an `Accept` that has XML and not JSON. A `Format` that names something else asks for JSON, like
    /// none at all.
    pub fn negotiate(format: Option<&str>, accept: Option<&str>) -> Self {
        let xml = match (format.filter(|format| !format.is_empty()), accept) {
            (Some(format), _) => format.eq_ignore_ascii_case("xml"),
            (None, Some(accept)) => {
                let accept = accept.to_ascii_lowercase();
                accept.contains("xml") && !accept.contains("json")
            }
            (None, None) => false,
        };
        if xml { Self::Xml } else { Self::Json }
    }

    /// The `Content-Type` of such a body.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json;charset=utf-8",
            Self::Xml => "text/xml;charset=utf-8",
        }
    }

    /// A JSON document in this format.
    fn text(self, root: &str, json: String) -> serde_json::Result<String> {
        match self {
            Self::Json => Ok(json),
            Self::Xml => xml::document(root, &json),
        }
    }
}

/// An answer, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: &'static str,
    /// The document.
    pub text: String,
}

object! {
    /// The document of an error.
    ErrorDocument(error: &WireError, product: Option<Product>, request_id: &str, host_id: &str) {
        request_id: String = "RequestId" => request_id.into(),
        host_id: String = "HostId" => host_id.into(),
        code: String = "Code" => (*error.code).into(),
        message: String = "Message" => (*error.message).into(),
        recommend: String = "Recommend" => recommend(error, product, request_id),
    }

    /// The answer to a call that was accepted and has nothing more to say.
    Accepted(request_id: &str) {
        request_id: String = "RequestId" => request_id.into(),
    }
}

/// The address of the page that explains an error (`W-037`).
fn recommend(error: &WireError, product: Option<Product>, request_id: &str) -> String {
    cite!(W_037);
    let product = product.map(|product| format!("&product={}", product.code())).unwrap_or_default();
    format!("https://api.aliyun.com/troubleshoot?q={}{product}&requestId={request_id}", error.code)
}

/// The document of the answer to an accepted call.
macro_rules! documents {
    ($($response:ident => $room:ident::$Document:ident,)*) => {
        #[derive(Serialize)]
        #[serde(untagged)]
        #[allow(clippy::large_enum_variant, reason = "it is written at once and never kept")]
        pub(crate) enum Document {
            Accepted(Accepted),
            EbsRegions(regions::DescribeEbsRegionsResponse),
            PolarDbRegions(regions::DescribePolarDbRegionsResponse),
            $($response($room::$Document),)*
        }

        impl Document {
            /// The document with this request id.
            pub(crate) fn of(response: &Response, request_id: &str) -> Self {
                match response {
                    Response::Accepted => Self::Accepted(Accepted::new(request_id)),
                    Response::Regions(it) => match it.product {
                        Product::Ebs => {
                            Self::EbsRegions(regions::DescribeEbsRegionsResponse::new(it, request_id))
                        }
                        Product::PolarDb => {
                            Self::PolarDbRegions(regions::DescribePolarDbRegionsResponse::new(it, request_id))
                        }
                    },
                    $(Response::$response(it) => Self::$response($room::$Document::new(it, request_id)),)*
                }
            }
        }
    };
}

documents! {
    PairCreated => ebs::CreateDiskReplicaPairResponse,
    PairPage => ebs::DescribeDiskReplicaPairsResponse,
    PairProgress => ebs::DescribeDiskReplicaPairProgressResponse,
    TagPage => ebs::ListTagResourcesResponse,
    GroupCreated => ebs::CreateDiskReplicaGroupResponse,
    GroupPage => ebs::DescribeDiskReplicaGroupsResponse,
    DrillStarted => ebs::StartDrillResponse,
    DrillPage => ebs::DescribeDrillsResponse,
    ClusterCreated => polardb::CreateDbClusterResponse,
    NodesCreated => polardb::CreateDbNodesResponse,
    Ordered => polardb::OrderedResponse,
    ClusterPage => polardb::DescribeDbClustersResponse,
    Cluster => polardb::DescribeDbClusterAttributeResponse,
    Endpoints => polardb::DescribeDbClusterEndpointsResponse,
    ZonalClusterPage => polardb::DescribeDbClustersZonalResponse,
    NetworkCreated => polardb::CreateGlobalDatabaseNetworkResponse,
    Network => polardb::DescribeGlobalDatabaseNetworkResponse,
    NetworkPage => polardb::DescribeGlobalDatabaseNetworksResponse,
    HaLogs => polardb::DescribeHaLogsResponse,
}

impl Body {
    /// The answer to an accepted call.
    pub fn success(operation: Operation, response: &Response, request_id: &str, format: Format) -> Self {
        let json = to_string(&Document::of(response, request_id));
        Self::own(200, &format!("{operation}Response"), json, format)
    }

    /// The answer to a refused call of this product, if it is known. `host_id` is the host that was called.
    pub fn error(
        error: &WireError,
        product: Option<Product>,
        request_id: &str,
        host_id: &str,
        format: Format,
    ) -> Self {
        let json = to_string(&ErrorDocument::new(error, product, request_id, host_id));
        Self::own(error.status, "Error", json, format)
    }

    /// A document of the model's own: it holds strings, numbers and lists of them, which can be written.
    fn own(status: u16, root: &str, json: serde_json::Result<String>, format: Format) -> Self {
        let text = json.and_then(|json| format.text(root, json)).unwrap_or_default();
        Self { status, content_type: format.content_type(), text }
    }

    /// Any document, for an embedder that answers operations of its own. The root, which only XML shows, is `Error` or the
    /// action and `Response`.
    ///
    /// # Errors
    ///
    /// The document cannot be written as JSON or, for XML, is no object.
    pub fn document(
        status: u16,
        root: &str,
        document: &impl Serialize,
        format: Format,
    ) -> Result<Self, serde_json::Error> {
        let text = format.text(root, to_string(document)?)?;
        Ok(Self { status, content_type: format.content_type(), text })
    }
}
