//! Bodies: an answer or a refusal as JSON or XML.
//!
//! Both come from the same structs, and the same input gives the same bytes. The content types matter: SDKs read XML
//! only under exactly `text/xml;charset=utf-8`. Success is 200 and an object with `RequestId`; an error is an object of
//! `RequestId`, `HostId`, `Code` and `Message`, in XML under the root `Error` (`facts/ebs.md` §6.4).

use alloc::format;
use alloc::string::String;

use serde::Serialize;

use super::object::object;
use super::{ebs, polardb, xml};
use crate::control_plane::Response;
use crate::ebs::DrillOwner;
use crate::operation::Operation;
use crate::refusal::WireError;

/// The format of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Format {
    /// JSON.
    #[default]
    Json,
    /// XML.
    Xml,
}

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
    ErrorDocument {
        request_id: String = "RequestId",
        host_id: String = "HostId",
        code: String = "Code",
        message: String = "Message",
    }
}

/// The answer to an accepted call.
pub fn success(operation: Operation, response: &Response, request_id: &str, format: Format) -> Body {
    let root = format!("{operation}Response");
    let id = request_id;
    match response {
        Response::Accepted => sure(200, &root, &ebs::Accepted { request_id: String::from(id) }, format),
        Response::PairCreated(created) => {
            sure(200, &root, &ebs::CreateDiskReplicaPairResponse::new(created, id), format)
        }
        Response::PairPage(page) => {
            sure(200, &root, &ebs::DescribeDiskReplicaPairsResponse::new(page, id), format)
        }
        Response::PairProgress(progress) => {
            sure(200, &root, &ebs::DescribeDiskReplicaPairProgressResponse::new(progress, id), format)
        }
        Response::TagPage(page) => sure(200, &root, &ebs::ListTagResourcesResponse::new(page, id), format),
        Response::GroupCreated(created) => {
            sure(200, &root, &ebs::CreateDiskReplicaGroupResponse::new(created, id), format)
        }
        Response::GroupPage(page) => {
            sure(200, &root, &ebs::DescribeDiskReplicaGroupsResponse::new(page, id), format)
        }
        Response::DrillStarted(started) => {
            sure(200, &root, &ebs::StartDrillResponse::new(started, id), format)
        }
        Response::DrillPage(page) => match page.owner {
            DrillOwner::Pair(_) => sure(200, &root, &ebs::DescribePairDrillsResponse::new(page, id), format),
            DrillOwner::Group(_) => {
                sure(200, &root, &ebs::DescribeReplicaGroupDrillsResponse::new(page, id), format)
            }
        },
        Response::ClusterCreated(created) => {
            sure(200, &root, &polardb::CreateDbClusterResponse::new(created, id), format)
        }
        Response::NodesCreated(created) => {
            sure(200, &root, &polardb::CreateDbNodesResponse::new(created, id), format)
        }
        Response::Ordered(ordered) => sure(200, &root, &polardb::OrderedResponse::new(ordered, id), format),
        Response::ClusterPage(page) => {
            sure(200, &root, &polardb::DescribeDbClustersResponse::new(page, id), format)
        }
        Response::Cluster(cluster) => {
            sure(200, &root, &polardb::DescribeDbClusterAttributeResponse::new(cluster, id), format)
        }
        Response::Endpoints(list) => {
            sure(200, &root, &polardb::DescribeDbClusterEndpointsResponse::new(list, id), format)
        }
        Response::HaLogs(page) => sure(200, &root, &polardb::DescribeHaLogsResponse::new(page, id), format),
    }
}

/// The answer to a refused call. `host_id` is the host that was called.
pub fn error(error: &WireError, request_id: &str, host_id: &str, format: Format) -> Body {
    let document = ErrorDocument {
        request_id: String::from(request_id),
        host_id: String::from(host_id),
        code: String::from(&*error.code),
        message: String::from(&*error.message),
    };
    sure(error.status, "Error", &document, format)
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
) -> Result<Body, serde_json::Error> {
    let json = serde_json::to_string(document)?;
    let text = match format {
        Format::Json => json,
        Format::Xml => xml::document(root, &json)?,
    };
    Ok(Body { status, content_type: format.content_type(), text })
}

/// One of our own documents: strings, numbers and lists of them, which can be written.
fn sure(status: u16, root: &str, fields: &impl Serialize, format: Format) -> Body {
    document(status, root, fields, format).unwrap_or_else(|_| Body {
        status,
        content_type: format.content_type(),
        text: String::new(),
    })
}
