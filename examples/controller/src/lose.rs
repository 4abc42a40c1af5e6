//! Answers that are lost on purpose, so that a client can be tried: each is given once, and then as usual.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use failover_model::Operation;

/// How many of the next answers to an operation are lost.
#[derive(Debug, Default)]
pub struct Losing(Mutex<BTreeMap<Operation, u32>>);

impl Losing {
    /// Loses so many of the next answers.
    pub fn lose(&self, operation: Operation, times: u32) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(operation, times);
    }

    /// Whether this answer is lost.
    pub fn loses(&self, operation: Operation) -> bool {
        let mut losing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(left) = losing.get_mut(&operation).filter(|left| **left > 0) else { return false };
        *left = left.saturating_sub(1);
        true
    }
}
