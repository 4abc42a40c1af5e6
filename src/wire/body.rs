//! Bodies: an answer or a refusal as JSON or XML.
//!
//! Both come from the same structs, and the same input gives the same bytes. The content types matter: SDKs read XML
//! only under exactly `text/xml;charset=utf-8`. Success is 200 and an object with `RequestId`; an error is an object of
//! `RequestId`, `HostId`, `Code` and `Message`, in XML under the root `Error` (`docs/facts/ebs.md#error-envelope`).

use alloc::format;
use alloc::string::String;

use serde::Serialize;

use super::object::object;
use super::rules::W_030;
use super::{ebs, polardb, xml};
use crate::control_plane::Response;
use crate::ebs::ReplicaId;
use crate::operation::Operation;
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

    /// The answer to a call that was accepted and has nothing more to say.
    Accepted {
        request_id: String = "RequestId",
    }
}

impl Body {
    /// The answer to an accepted call.
    pub fn success(operation: Operation, response: &Response, request_id: &str, format: Format) -> Self {
        let id = request_id;
        let reply = Reply { status: 200, root: &format!("{operation}Response"), format };
        match response {
            Response::Accepted => reply.with(&Accepted { request_id: String::from(id) }),
            Response::PairCreated(it) => reply.with(&ebs::CreateDiskReplicaPairResponse::new(it, id)),
            Response::PairPage(page) => reply.with(&ebs::DescribeDiskReplicaPairsResponse::new(page, id)),
            Response::PairProgress(it) => {
                reply.with(&ebs::DescribeDiskReplicaPairProgressResponse::new(it, id))
            }
            Response::TagPage(page) => reply.with(&ebs::ListTagResourcesResponse::new(page, id)),
            Response::GroupCreated(it) => reply.with(&ebs::CreateDiskReplicaGroupResponse::new(it, id)),
            Response::GroupPage(it) => reply.with(&ebs::DescribeDiskReplicaGroupsResponse::new(it, id)),
            Response::DrillStarted(started) => reply.with(&ebs::StartDrillResponse::new(started, id)),
            Response::DrillPage(page) => match page.owner {
                ReplicaId::Pair(_) => reply.with(&ebs::DescribePairDrillsResponse::new(page, id)),
                ReplicaId::Group(_) => reply.with(&ebs::DescribeReplicaGroupDrillsResponse::new(page, id)),
            },
            Response::ClusterCreated(created) => {
                reply.with(&polardb::CreateDbClusterResponse::new(created, id))
            }
            Response::NodesCreated(created) => reply.with(&polardb::CreateDbNodesResponse::new(created, id)),
            Response::Ordered(ordered) => reply.with(&polardb::OrderedResponse::new(ordered, id)),
            Response::ClusterPage(page) => reply.with(&polardb::DescribeDbClustersResponse::new(page, id)),
            Response::Cluster(it) => reply.with(&polardb::DescribeDbClusterAttributeResponse::new(it, id)),
            Response::Endpoints(list) => {
                reply.with(&polardb::DescribeDbClusterEndpointsResponse::new(list, id))
            }
            Response::HaLogs(page) => reply.with(&polardb::DescribeHaLogsResponse::new(page, id)),
        }
    }

    /// The answer to a refused call. `host_id` is the host that was called.
    pub fn error(error: &WireError, request_id: &str, host_id: &str, format: Format) -> Self {
        let document = ErrorDocument {
            request_id: String::from(request_id),
            host_id: String::from(host_id),
            code: String::from(&*error.code),
            message: String::from(&*error.message),
        };
        Reply { status: error.status, root: "Error", format }.with(&document)
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
        let json = serde_json::to_string(document)?;
        let text = match format {
            Format::Json => json,
            Format::Xml => xml::document(root, &json)?,
        };
        Ok(Self { status, content_type: format.content_type(), text })
    }
}

/// What frames a document of the model's own.
struct Reply<'a> {
    status: u16,
    root: &'a str,
    format: Format,
}

impl Reply<'_> {
    /// The body. The model's own documents hold strings, numbers and lists of them, which can be written.
    fn with(&self, fields: &impl Serialize) -> Body {
        let Self { status, root, format } = *self;
        Body::document(status, root, fields, format).unwrap_or_else(|_| Body {
            status,
            content_type: format.content_type(),
            text: String::new(),
        })
    }
}
