//! Breaks a cache, for tests of the checks in other modules.

use super::cache::TokenCache;

impl<T, S, R, O> TokenCache<T, S, R, O> {
    /// Resets the counter, so that the numbers of existing tokens were never drawn.
    pub(crate) fn reset_counter(&mut self) {
        self.next = 1;
    }
}
