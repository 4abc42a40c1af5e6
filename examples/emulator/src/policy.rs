//! The readings in force: a file or a body over the defaults.
//!
//! A policy is written as only what differs: what is left out keeps its default. The default is the library's with one
//! exception, the token cache at its capacity: a server that runs for weeks forgets the oldest completed token instead
//! of refusing calls.

use failover_model::Policy;
use failover_model::policy::TokenPolicy;
use failover_model::token::Overflow;
use serde_json::Value;

use crate::strict;

/// The policy of a server that is given none.
pub fn default() -> Policy {
    let tokens = TokenPolicy { overflow: Overflow::EvictOldestCompleted, ..TokenPolicy::default() };
    Policy { tokens, ..Policy::default() }
}

/// The policy that `text` describes, with what it leaves out taken from `base`.
pub fn over(base: &Policy, text: &[u8]) -> Result<Policy, String> {
    let told = |error: serde_json::Error| error.to_string();
    let mut merged = serde_json::to_value(base).map_err(told)?;
    merge(&mut merged, strict::value(text).map_err(told)?)?;
    serde_json::from_value(merged).map_err(told)
}

/// Fields over fields, in the policy and in its groups; deeper values are whole. A list is no group, though serde would
/// take it for one.
fn merge(base: &mut Value, over: Value) -> Result<(), String> {
    let (Value::Object(base), Value::Object(over)) = (base, over) else {
        return Err("it is no object".into());
    };
    for (name, value) in over {
        match (base.get_mut(&name), value) {
            (Some(Value::Object(group)), Value::Object(fields)) => group.extend(fields),
            (Some(Value::Object(_)), _) => return Err(format!("{name} is no object")),
            (_, value) => drop(base.insert(name, value)),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_keeps_its_default_and_what_is_unknown_is_refused() {
        let base = default();
        assert_eq!(over(&base, b"{}").ok(), Some(base.clone()));
        let policy = over(&base, br#"{"tokens":{"capacity":5}}"#).expect("a policy");
        assert_eq!(policy.tokens.capacity.get(), 5);
        assert_eq!(policy.tokens.overflow, Overflow::EvictOldestCompleted);
        for bad in [
            "[]",
            "1",
            r#"{"tokens":{"capasity":5}}"#,
            r#"{"x":1}"#,
            r#"{"tokens":5}"#,
            r#"{"tokens":[]}"#,
            r#"{"tokens":{"capacity":5,"capacity":6}}"#,
            "",
        ] {
            assert!(over(&base, bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
