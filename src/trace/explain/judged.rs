//! Answers of the model that were compared with recorded ones before.
//!
//! Many states answer a call alike, and to compare an answer takes longer than to make it.

use core::cell::RefCell;

use indexmap::IndexMap;

use super::compare::Mismatch;
use super::future::fingerprint;
use crate::control_plane::Response;
use crate::map::HashState;

/// How answers of the model differ from the recorded ones, by the number of the exchange and what the model answers.
#[derive(Debug, Default)]
pub(super) struct Judged(RefCell<IndexMap<(usize, u128), Option<Mismatch>, HashState>>);

impl Judged {
    /// How the model's answer to this exchange differs, which `compare` tells if it is not known.
    pub(super) fn difference(
        &self,
        exchange: usize,
        response: &Response,
        compare: impl FnOnce() -> Option<Mismatch>,
    ) -> Option<Mismatch> {
        let key = (exchange, fingerprint(response));
        if let Some(known) = self.0.borrow().get(&key) {
            return known.clone();
        }
        let difference = compare();
        self.0.borrow_mut().insert(key, difference.clone());
        difference
    }
}
