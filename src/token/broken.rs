//! A way to break a cache from outside this module, for the check of what holds one.

use super::cache::TokenCache;

impl<T, S, R, O> TokenCache<T, S, R, O> {
    /// Sets the counter back, so that the numbers of its tokens were never drawn.
    pub(crate) fn tear(&mut self) {
        self.next = 1;
    }
}
