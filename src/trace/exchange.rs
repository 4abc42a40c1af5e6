//! An exchange: one request to the service and its answer, as whoever stood between saw them.

use alloc::collections::BTreeMap;
use alloc::string::String;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::{AccountId, RegionId};
use crate::operation::{Operation, Product};
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
    #[serde(serialize_with = "cleaned")]
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

/// The operation of this name in an API of this version, if it is modelled.
pub(super) fn operation_of(version: &str, action: &str) -> Option<Operation> {
    Operation::find(Product::of_version(version)?, action)
}

/// Whether a parameter of this name has the id of a resource or node, alone or as an item of a list.
pub(super) fn has_id(parameter: &str) -> bool {
    const NAMES: [&str; 11] = [
        "ReplicaPairId",
        "ReplicaGroupId",
        "PairId",
        "GroupId",
        "DrillId",
        "DBClusterId",
        "SecondaryDBClusterId",
        "GDNId",
        "DBNodeId",
        "TargetDBNodeId",
        "ResourceId",
    ];
    let mut parts = parameter.rsplit('.');
    // Items of a list are numbered.
    parts
        .find(|part| part.bytes().any(|byte| !byte.is_ascii_digit()))
        .is_some_and(|part| NAMES.contains(&part))
}

/// Whether a name is that of a secret: of what authenticates a call, or of a password. Such a parameter or field of an answer is
/// never written into a trace.
pub fn is_secret(name: &str) -> bool {
    const PARTS: [&str; 9] = [
        "accesskey",
        "authorization",
        "bearertoken",
        "credential",
        "password",
        "secret",
        "securitytoken",
        "signature",
        "ststoken",
    ];
    let name = name.to_ascii_lowercase();
    let joined = name.replace(['-', '_'], "");
    name.split('.').any(|part| part.starts_with("x-acs-")) || PARTS.iter().any(|part| joined.contains(part))
}

fn without_secrets<S: serde::Serializer>(
    parameters: &BTreeMap<String, String>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(parameters.iter().filter(|(name, _)| !is_secret(name)))
}

fn cleaned<S: serde::Serializer>(body: &Value, serializer: S) -> Result<S::Ok, S::Error> {
    Clean { value: body, message: !repeats_what_was_signed(body) }.serialize(serializer)
}

/// The message of a refused signature repeats what was signed, the access key among it.
fn repeats_what_was_signed(body: &Value) -> bool {
    let code = body.get("Code").and_then(Value::as_str).unwrap_or("");
    code.contains("Signature") || code.contains("AccessKey")
}

/// A value that is written without secret fields.
struct Clean<'a> {
    value: &'a Value,
    /// Whether its own field `Message` may be written.
    message: bool,
}

impl Serialize for Clean<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let within = |value| Clean { value, message: true };
        match self.value {
            Value::Object(fields) => {
                let kept = fields.iter().filter(|(name, _)| !is_secret(name));
                let kept = kept.filter(|(name, _)| self.message || *name != "Message");
                serializer.collect_map(kept.map(|(name, value)| (name, within(value))))
            }
            Value::Array(items) => serializer.collect_seq(items.iter().map(within)),
            value => value.serialize(serializer),
        }
    }
}
