//! Explaining recorded traces: a long one, and concurrent ones beside a plain depth-first search with memory.

mod concurrent;
mod depth_first;
mod long;

/// Prints both; returns how many goals were missed.
pub fn run() -> usize {
    long::run() + concurrent::run()
}
