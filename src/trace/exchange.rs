//! An exchange: one request to the service and its answer, as whoever stood between saw them.

use alloc::collections::BTreeMap;
use alloc::string::String;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::{AccountId, RegionId};
use crate::time::Timestamp;
use crate::wire::Parameters;

/// A request and its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// When the request was sent, on the recorder's clock.
    #[serde(rename = "sent_ms")]
    pub sent: Timestamp,
    /// When the answer arrived, or when it was clear that none would.
    #[serde(rename = "answered_ms")]
    pub answered: Timestamp,
    /// The places of sending and answering in the order of all that the recorder saw, if it counts them. Where every
    /// exchange of a trace has them they order the calls, and the times only say how much time passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<(u64, u64)>,
    /// The calling account.
    pub account: AccountId,
    /// The called region, where no parameter says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<RegionId>,
    /// The version of the product's API.
    pub version: String,
    /// The operation.
    pub action: String,
    /// The parameters, without [secrets](is_secret).
    #[serde(serialize_with = "without_secrets")]
    pub parameters: BTreeMap<String, String>,
    /// The answer; `None` if it was lost.
    #[serde(flatten)]
    pub answer: Option<Answer>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The JSON document.
    #[serde(serialize_with = "without_signatures")]
    pub body: Value,
}

impl Exchange {
    /// The parameters as the wire layer reads them.
    pub fn wire_parameters(&self) -> Parameters {
        self.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }
}

impl Answer {
    /// The error code; `None` if the call was accepted.
    pub fn code(&self) -> Option<&str> {
        if self.status == 200 {
            None
        } else {
            Some(self.body.get("Code").and_then(Value::as_str).unwrap_or(""))
        }
    }
}

/// Whether a parameter authenticates the call. Such a parameter is never written into a trace.
pub fn is_secret(parameter: &str) -> bool {
    const BEGINNINGS: [&str; 6] =
        ["accesskey", "signature", "securitytoken", "bearertoken", "x-acs-", "authorization"];
    let name = parameter.to_ascii_lowercase();
    BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

fn without_secrets<S: serde::Serializer>(
    parameters: &BTreeMap<String, String>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(parameters.iter().filter(|(name, _)| !is_secret(name)))
}

/// The message of a refused signature repeats what was signed, the access key among it.
fn without_signatures<S: serde::Serializer>(body: &Value, serializer: S) -> Result<S::Ok, S::Error> {
    let code = body.get("Code").and_then(Value::as_str).unwrap_or("");
    match body {
        Value::Object(fields) if code.contains("Signature") || code.contains("AccessKey") => {
            serializer.collect_map(fields.iter().filter(|(name, _)| *name != "Message"))
        }
        body => body.serialize(serializer),
    }
}
