//! Pages under `docs/` that are made from the rows that the model runs on, and what the catalogue of rules must hold.

mod catalogue;
mod fields;
mod founding;
mod index;
mod repeats;
mod rules;
mod scope;
mod sources;

use std::path::{Path, PathBuf};

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

/// Asserts that a page is as it is made.
pub fn compare(page: &str, made: &str) {
    crate::kit::generated::keep(page, made, "cargo test --test it -- pages precedence");
}
