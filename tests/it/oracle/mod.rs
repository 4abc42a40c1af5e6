//! The naive reference, the conformance check, and what they find in wrong models.

mod conformance;
mod edges;
mod gallery;
mod laws;
mod leeways;
mod reference;
mod small;
mod step;
mod stories;
mod strategies;
mod telling;
