//! Events of ActionTrail, the vendor's record of what an account did, in event version 1.
//!
//! The fields are those of the pages "Management event structure" (alibabacloud.com, 2026-06) and "Log fields" of ActionTrail
//! in Simple Log Service (2025), and of the samples of RDS and ECS events there. Taken are an event, an array of events as it is
//! delivered to a bucket (once it is unpacked), the answer of `LookupEvents`, entries of a Logstore with the event in `event`, and
//! any of these one behind the other, as in JSON Lines.
//!
//! An event has the time of the call in whole seconds and not that of its answer, so calls within a second overlap. It has no
//! HTTP status, which is that of the code. Of most looks it has no answer; they are of no use. Times are those of the
//! vendor's own clocks.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::{Deserializer, Map, Value};

use super::Origin;
use super::answer::{Told, accepted, refused};
use super::call::Call;
use super::encoding::moment;
use super::seen::only_what_is_shown;
use crate::ids::{AccountId, RegionId};
use crate::operation::Product;
use crate::time::Span;
use crate::trace::exchange::{Exchange, is_secret};
use crate::trace::form::{Trace, Unreadable, Unused};

/// The form of events that is read.
const VERSION: &str = "1";

/// How long after its second began a call may have been answered.
const SECOND: Span = Span::from_millis(999);

/// Reads events of ActionTrail. An event that says no more than that a call was made, or that is about something that no event
/// shows, is named as unused; an event that comes twice counts once.
///
/// # Errors
///
/// [`Unreadable`] if the text is not JSON, or holds no event.
pub fn actiontrail(text: &str, origin: &Origin) -> Result<Trace, Unreadable> {
    let mut events = Vec::new();
    for document in Deserializer::from_str(text).into_iter::<Value>() {
        let document =
            document.map_err(|error| Unreadable::Line { line: error.line(), why: error.to_string() })?;
        gather(document, &mut events);
    }
    if events.is_empty() {
        let why = String::from("it holds no event with an eventName");
        return Err(Unreadable::Document { what: "record of ActionTrail", why });
    }
    let (mut exchanges, mut unused, mut known) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (number, event) in events.iter().enumerate() {
        let at = format!("events[{number}]");
        if let Some(id) = field(event, "eventId").filter(|id| !known.insert(id.clone())) {
            unused.push(Unused { at, why: format!("the event {id} came before") });
            continue;
        }
        match exchange(event, origin) {
            Ok((exchange, None)) => exchanges.push(exchange),
            Ok((exchange, Some(missing))) => {
                exchanges.push(exchange);
                let why = format!("it has no {missing}, so it counts as a call whose answer was lost");
                unused.push(Unused { at, why });
            }
            Err(why) => unused.push(Unused { at, why }),
        }
    }
    Ok(only_what_is_shown(exchanges, unused))
}

/// The events in a document.
fn gather(document: Value, events: &mut Vec<Map<String, Value>>) {
    match document {
        Value::Array(items) => items.into_iter().for_each(|item| gather(item, events)),
        Value::Object(mut fields) => {
            if fields.contains_key("eventName") {
                events.push(fields);
            } else if let Some(inner) = fields.remove("event").or_else(|| fields.remove("Events")) {
                gather(opened(inner), events);
            } else if fields.keys().any(|name| name.starts_with("event.")) {
                // A Logstore may have a column for each field.
                let within = fields
                    .into_iter()
                    .filter_map(|(name, value)| Some((name.strip_prefix("event.")?.to_string(), value)));
                let event: Map<String, Value> = within.collect();
                if event.contains_key("eventName") {
                    events.push(event);
                }
            }
        }
        _ => {}
    }
}

/// A value that may be spelled as the text of a JSON document.
fn opened(value: Value) -> Value {
    match value {
        Value::String(text) => serde_json::from_str(&text).unwrap_or(Value::String(text)),
        value => value,
    }
}

/// The call of an event, and which part of its answer is missing where it counts as lost.
fn exchange(event: &Map<String, Value>, origin: &Origin) -> Result<(Exchange, Option<&'static str>), String> {
    let field = |name: &str| field(event, name);
    let form = field("eventVersion").unwrap_or_else(|| VERSION.into());
    if form != VERSION {
        return Err(format!("event version {form} is not {VERSION}"));
    }
    let kind = field("eventType").unwrap_or_else(|| "ApiCall".into());
    if kind != "ApiCall" {
        return Err(format!("{kind} is no call of the API"));
    }
    let action = field("eventName").ok_or("it has no eventName")?;
    let version = version(field("apiVersion"), field("serviceName"))?;
    let sent = field("eventTime").ok_or("it has no eventTime")?;
    let sent = moment(&sent).ok_or("its eventTime is no time")?;
    let identity = |name: &str| event.get("userIdentity")?.get(name).map(plain);
    let account = identity("accountId").or_else(|| field("userIdentity.accountId"));
    let account = account.or_else(|| field("recipientAccountId")).map(|id| AccountId::parse(&id));
    let account = account
        .unwrap_or_else(|| Ok(origin.account.clone()))
        .map_err(|bad| format!("its accountId is no account: {bad}"))?;
    let region = field("acsRegion").map(|region| RegionId::parse(&region));
    let region = region
        .transpose()
        .map_err(|bad| format!("its acsRegion is no region: {bad}"))?
        .or_else(|| origin.region.clone());
    let object = |name: &str| event.get(name).cloned().map(opened).filter(Value::is_object);
    let given = object("requestParameters").or_else(|| object("requestParameterJson"));
    let mut parameters = BTreeMap::new();
    flatten("", &given.unwrap_or_default(), &mut parameters);
    parameters.retain(|name, _| !is_secret(name));
    let code = field("errorCode").filter(|code| !code.is_empty());
    let (answer, missing) = match code {
        Some(code) => {
            let message = field("errorMessage");
            (Some(refused(&version, &action, &code, message.as_deref())), None)
        }
        None => match accepted(&version, &action, object("responseElements")) {
            Told::Whole(answer) => (Some(answer), None),
            Told::Accepted(field) => (None, Some(field)),
            Told::Nothing(field) => {
                return Err(format!("it has no {field}: what {action} was answered is not recorded"));
            }
        },
    };
    let call = Call { account, region, version, action, parameters };
    Ok((call.answered(sent, sent.after(SECOND), answer), missing))
}

/// The version of the API that was called.
fn version(named: Option<String>, service: Option<String>) -> Result<String, String> {
    let products = [Product::Ebs, Product::PolarDb];
    let called = |product: &Product| match (&named, &service) {
        (Some(version), _) => version == product.version(),
        (None, Some(service)) => service.eq_ignore_ascii_case(product.code()),
        (None, None) => false,
    };
    let product = products.into_iter().find(called);
    product.map(|product| product.version().to_string()).ok_or_else(|| match (named, service) {
        (Some(version), _) => format!("version {version} is of another product"),
        (None, Some(service)) => format!("{service} is another product"),
        (None, None) => String::from("neither apiVersion nor serviceName says which product it is"),
    })
}

fn field(event: &Map<String, Value>, name: &str) -> Option<String> {
    event.get(name).filter(|value| !value.is_null()).map(plain)
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// Parameters as RPC spells them: the parts of a structure have a dot between them, items of a list count from 1.
fn flatten(name: &str, value: &Value, parameters: &mut BTreeMap<String, String>) {
    let within = |part: &str| if name.is_empty() { part.to_string() } else { format!("{name}.{part}") };
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            fields.iter().for_each(|(part, value)| flatten(&within(part), value, parameters));
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                flatten(&within(&at.saturating_add(1).to_string()), item, parameters);
            }
        }
        value => {
            parameters.insert(name.to_string(), plain(value));
        }
    }
}
