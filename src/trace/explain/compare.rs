//! An answer of the model beside a recorded one, field by field.
//!
//! What means something is compared; what only names the call, such as `RequestId`, is not. A field that the recording has
//! and the model does not hold says nothing about it. A field that the model shows and the recording lacks is a difference
//! if its absence has a meaning, as that of `LastRecoverPoint` has.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde_json::{Map, Value};

use super::names::records;
use crate::rule::RuleId;
use crate::time::Span;
use crate::trace::reader::moment;

/// How an answer of the model differs from the recorded one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The field, such as `ReplicaPairs[pair-1].Status`; `the answer` for a call that is accepted on one side only.
    pub at: String,
    /// What the model answers.
    pub allowed: String,
    /// What was recorded.
    pub shown: String,
    /// The rule that decided the model's answer: of the refusal, of the row that accepts, or, of a describe, of the event
    /// that led there.
    pub rule: Option<RuleId>,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, allowed, shown, rule } = self;
        write!(f, "{at}: the model answers {allowed}, the trace shows {shown}")?;
        match rule {
            Some(rule) => write!(f, " ({})", rule),
            None => Ok(()),
        }
    }
}

/// How exact an answer is to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exactness {
    /// How far the clocks of the recorder and of the service may differ.
    pub(super) clock_error: Span,
    /// Whether the model knows all that the list could show, so that totals and missing records count.
    pub(super) whole: bool,
    /// Whether the page was cut, so that records may be on another one.
    pub(super) cut: bool,
}

/// Fields that say nothing about a resource.
const IDLE: [&str; 12] = [
    "RequestId",
    "HostId",
    "OrderId",
    "NextToken",
    "PageNumber",
    "PageSize",
    "ConnectionString",
    "DBEndpointId",
    "SwitchId",
    "ZoneIds",
    "Recommend",
    "Port",
];

/// Fields that count what a list shows.
const TOTALS: [&str; 5] =
    ["TotalCount", "TotalRecordCount", "PageRecordCount", "TotalRecords", "ItemsNumbers"];

/// How a page of clusters counts others than those that it shows.
pub(super) fn miscounted(body: &Value) -> Option<Mismatch> {
    const NAME: &str = "PageRecordCount";
    let (shown, own) = (body.get(NAME)?, Value::from(records(body).count()));
    (plain(shown) != plain(&own)).then(|| differs(Place::Field(&Place::Top, NAME), &own, shown)).flatten()
}

/// Fields whose absence has a meaning.
const TELLING: [&str; 14] = [
    "Status",
    "LastRecoverPoint",
    "RecoverPoint",
    "ReplicaGroupId",
    "ReplicaGroupName",
    "PairName",
    "GroupName",
    "Description",
    "DBClusterDescription",
    "DBClusterStatus",
    "DBNodeStatus",
    "DBNodeRole",
    "FailoverPriority",
    "Progress",
];

/// Fields that are times, in seconds or spelled.
const TIMES: [&str; 9] = [
    "LastRecoverPoint",
    "RecoverPoint",
    "CreateTime",
    "CreationTime",
    "StartAt",
    "ExpiredTime",
    "SwitchStartTime",
    "SwitchFinishTime",
    "ExpireTime",
];

/// Fields that name the record that they are in.
const KEYS: [&str; 7] =
    ["EndpointType", "ReplicaPairId", "ReplicaGroupId", "DrillId", "DBClusterId", "DBNodeId", "PairId"];

/// The place of a value in an answer.
#[derive(Clone, Copy)]
enum Place<'a> {
    Top,
    Field(&'a Place<'a>, &'a str),
    Record(&'a Place<'a>, &'a str),
    Item(&'a Place<'a>, usize),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Top => Ok(()),
            Self::Field(Self::Top, name) => f.write_str(name),
            Self::Field(of, name) => write!(f, "{of}.{name}"),
            Self::Record(of, name) => write!(f, "{of}[{name}]"),
            Self::Item(of, number) => write!(f, "{of}[{number}]"),
        }
    }
}

impl Exactness {
    /// The first difference.
    pub(super) fn difference(self, allowed: &Value, shown: &Value) -> Option<Mismatch> {
        self.object(Place::Top, allowed, shown)
    }

    fn object(self, at: Place<'_>, allowed: &Value, shown: &Value) -> Option<Mismatch> {
        let (Value::Object(own), Value::Object(theirs)) = (allowed, shown) else {
            return differs(at, allowed, shown);
        };
        for (name, value) in own {
            let found = theirs.get(name);
            // Most are.
            if found == Some(value) {
                continue;
            }
            let place = Place::Field(&at, name);
            let compared = !is_idle(name, own) && (self.whole || !TOTALS.contains(&name.as_str()));
            let difference = match found.filter(|found| !is_nothing(found)) {
                _ if !compared => None,
                None if TELLING.contains(&name.as_str()) && !is_nothing(value) => {
                    differs(place, value, &Value::Null)
                }
                None if value.as_array().is_some_and(|list| !list.is_empty()) && found.is_some() => {
                    self.list(place, value, &Value::Array(Vec::new()))
                }
                None => None,
                Some(found) => self.field(place, name, value, found),
            };
            if difference.is_some() {
                return difference;
            }
        }
        // What the model would show if there were any.
        let missing = |name: &&&str| own.get(**name).is_none_or(is_nothing);
        TELLING.iter().filter(missing).find_map(|name| {
            let found = theirs.get(*name).filter(|found| !is_nothing(found))?;
            differs(Place::Field(&at, name), &Value::Null, found)
        })
    }

    fn field(self, at: Place<'_>, name: &str, allowed: &Value, shown: &Value) -> Option<Mismatch> {
        if TIMES.contains(&name)
            && let (Some(own), Some(theirs)) = (seconds(allowed), seconds(shown))
        {
            let tolerated = self.clock_error.as_millis().div_ceil(1_000);
            return if own.abs_diff(theirs) <= tolerated { None } else { differs(at, allowed, shown) };
        }
        match allowed {
            Value::Object(_) => self.object(at, allowed, shown),
            Value::Array(_) => self.list(at, allowed, shown),
            _ if plain(allowed) == plain(shown) => None,
            // A list in one text.
            Value::String(own) if name == "Nodes" && parts(own) == parts(&plain(shown)) => None,
            _ => differs(at, allowed, shown),
        }
    }

    fn list(self, at: Place<'_>, allowed: &Value, shown: &Value) -> Option<Mismatch> {
        let (Value::Array(own), Value::Array(theirs)) = (allowed, shown) else {
            return differs(at, allowed, shown);
        };
        if matches!(at, Place::Field(_, "HaLogItems")) {
            let twins = own.iter().zip(theirs).enumerate();
            let mut difference = twins
                .filter_map(|(number, (own, theirs))| self.object(Place::Item(&at, number), own, theirs));
            let lengths =
                || (own.len() != theirs.len()).then(|| differs(at, &own.len().into(), &theirs.len().into()));
            return difference.next().or_else(|| lengths().flatten());
        }
        let keyed = own.iter().chain(theirs).any(|item| key(item).is_some());
        if !keyed {
            let sorted = |list: &[Value]| {
                let mut texts: Vec<String> = list.iter().map(entry).collect();
                texts.sort();
                texts.join(", ")
            };
            let (own, theirs) = (sorted(own), sorted(theirs));
            return if own == theirs { None } else { differs(at, &Value::from(own), &Value::from(theirs)) };
        }
        for item in theirs.iter().filter(|item| !own.contains(item)) {
            let name = key(item).unwrap_or_default();
            let place = Place::Record(&at, name);
            let Some(twin) = own.iter().find(|twin| key(twin) == key(item)) else {
                return differs(place, &Value::from("not listed"), &Value::from("listed"));
            };
            let difference = self.object(place, twin, item);
            if difference.is_some() {
                return difference;
            }
        }
        let unlisted = own.iter().find(|twin| theirs.iter().all(|item| key(item) != key(twin)));
        let unlisted = unlisted.filter(|_| !self.cut)?;
        let place = Place::Record(&at, key(unlisted).unwrap_or_default());
        differs(place, &Value::from("listed"), &Value::from("not listed"))
    }
}

/// Whether a field of a record says nothing about its resource. The bandwidth of a group is not open: the model holds none of its
/// own and shows 0. That of a pair is what was paid for.
fn is_idle(name: &str, record: &Map<String, Value>) -> bool {
    IDLE.contains(&name) || (name == "Bandwidth" && !record.contains_key("ReplicaPairId"))
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// The name of the record; the last of several, since a node's record may name its cluster too.
fn key(item: &Value) -> Option<&str> {
    KEYS.iter().find_map(|name| item.get(*name).and_then(Value::as_str))
}

/// An entry of a list without names, such as a tag or a member.
fn entry(item: &Value) -> String {
    match item {
        Value::Object(fields) => {
            let fields =
                fields.iter().filter(|(name, value)| !IDLE.contains(&name.as_str()) && !value.is_array());
            let fields: Vec<String> =
                fields.map(|(name, value)| format!("{name}={}", plain(value))).collect();
            fields.join(" ")
        }
        item => plain(item),
    }
}

/// A value as text: numbers and booleans may be spelled as texts.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::from("nothing"),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// The parts of a list in one text, sorted.
fn parts(text: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = text.split(',').map(str::trim).collect();
    parts.sort_unstable();
    parts
}

fn seconds(value: &Value) -> Option<u64> {
    match value {
        Value::String(text) => text.parse().ok().or_else(|| Some(moment(text)?.as_secs())),
        value => value.as_u64(),
    }
}

fn differs(at: Place<'_>, allowed: &Value, shown: &Value) -> Option<Mismatch> {
    Some(Mismatch { at: at.to_string(), allowed: plain(allowed), shown: plain(shown), rule: None })
}
