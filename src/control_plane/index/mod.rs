//! Indexes derived from the state.

pub(super) mod deadlines;
pub(super) mod listing;
