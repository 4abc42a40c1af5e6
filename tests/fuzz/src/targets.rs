//! Everything that reads outside bytes, each reader as a function of bytes that panics if something is wrong.
//!
//! The fuzzer calls them with what it makes up; the test `fuzz_seeds` with the committed seeds, so that what was found
//! once is looked at in every run.

use failover_model::wire::{Body, Format, Parameters, parse};
use failover_model::{AccountId, Call, ControlPlane, Fresh, Policy, Timestamp, scenario};

/// RPC parameters: a request line such as `Action=X&RegionId=y`, read, and if it can be read, called and answered in both
/// formats.
pub fn parameters(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    let mut parameters = Parameters::default();
    for pair in text.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        parameters.insert(name, value);
    }
    let first = parse(None, None, &parameters);
    assert_eq!(first, parse(None, None, &parameters), "reading is a function");
    let answer = match first {
        Err(refusal) => {
            let error = refusal.wire();
            assert!((400..=599).contains(&error.status));
            assert!(!error.code.is_empty() && !error.message.is_empty());
            [Format::Json, Format::Xml].map(|format| Body::error(&error, None, "R", "localhost", format))
        }
        Ok(parsed) => {
            let operation = parsed.request.operation();
            let mut plane = ControlPlane::new(Policy::default());
            let call = Call {
                now: Timestamp::from_millis(0),
                account: AccountId::parse("1001").expect("well formed"),
                region: parsed.region.unwrap_or_else(|| "cn-hangzhou".parse().expect("well formed")),
                token: parsed.token,
            };
            let Ok(output) = plane.call_any(&call, &parsed.request, &Fresh::None) else { return };
            plane.check().expect("every invariant holds");
            match output.result.expect("a call has a result") {
                Ok(response) => {
                    [Format::Json, Format::Xml].map(|format| Body::success(operation, &response, "R", format))
                }
                Err(refusal) => [Format::Json, Format::Xml].map(|format| {
                    Body::error(&refusal.wire(), Some(operation.product()), "R", "localhost", format)
                }),
            }
        }
    };
    let json: serde_json::Value = serde_json::from_str(&answer[0].text).expect("the answer is JSON");
    assert!(json.get("RequestId").is_some());
    assert!(answer[1].text.contains("<RequestId>R</RequestId>"));
}

/// A snapshot: what can be restored is sound, gives the same snapshot back and can go on.
pub fn snapshot(data: &[u8]) {
    let Ok(snapshot) = serde_json::from_slice(data) else { return };
    let Ok(plane) = ControlPlane::restore(snapshot) else { return };
    plane.check().expect("what is restored is sound");
    let text = serde_json::to_string(&plane.snapshot()).expect("a snapshot can be written");
    let again =
        ControlPlane::restore(serde_json::from_str(&text).expect("it can be read")).expect("and restored");
    assert_eq!(again, plane);
    let mut later = plane;
    // At most a few deadlines, or a snapshot full of tombstones in the far future would take for ever.
    for _ in 0..4 {
        let Some(deadline) = later.next_deadline() else { break };
        let _ = later.advance(deadline.at);
        later.check().expect("it can go on");
    }
}

/// A scenario: replayed twice it reads the same, and what it gives back is a scenario that gives itself back.
pub fn scenario(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    let Ok(replayed) = scenario::replay(text) else { return };
    let again = scenario::replay(&replayed).expect("a replayed scenario can be replayed");
    assert_eq!(again, replayed);
}
