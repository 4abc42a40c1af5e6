//! Feature `testing`: what a property test of, or against, this model needs.

pub mod strategies;
