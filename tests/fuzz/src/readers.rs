//! Recordings: what can be read can be written, is read again as it was, and has no name of a secret in it.

use failover_model::trace::reader::{Form, Origin};
use failover_model::trace::{Trace, is_secret};
use serde_json::Value;

/// A recording, given to the reader of each form.
pub fn readers(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    let _ = Form::of(text);
    let origin = Origin { account: "1001".parse().expect("well formed"), region: None };
    for form in Form::ALL {
        let Ok(trace) = form.read(text, &origin) else { continue };
        let written = trace.text();
        let again = Trace::read(&written).expect("what was written can be read");
        assert_eq!(again.text(), written, "{form:?}");
        for exchange in &again.exchanges {
            assert!(!exchange.parameters.keys().any(|name| is_secret(name)), "{form:?}: {exchange:?}");
            assert!(
                exchange.answer.as_ref().is_none_or(|answer| is_clean(&answer.body)),
                "{form:?}: {exchange:?}"
            );
        }
    }
}

fn is_clean(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.iter().all(|(name, value)| !is_secret(name) && is_clean(value)),
        Value::Array(items) => items.iter().all(is_clean),
        _ => true,
    }
}
