//! Feature `testing`: what a property test of, or against, this model needs.

pub mod conformance;
pub mod gallery;
pub mod reference;
pub mod strategies;
