//! Pages under `docs/` that are made from the rows that the model runs on, and what the catalogue of rules must hold.
//!
//! `UPDATE=1 cargo test --test it pages` rewrites the pages.

mod catalogue;
mod fields;
mod founding;
mod index;
mod repeats;
mod rules;
mod scope;
mod sources;

use std::fs;
use std::path::{Path, PathBuf};

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

/// Compares a page with what is made; with `UPDATE=1` writes it first.
pub fn compare(page: &str, made: &str) {
    let path = root().join(page);
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        fs::write(&path, made).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    let mut lines = written.lines().zip(made.lines()).filter(|(written, made)| written != made);
    assert!(
        written == made,
        "{page} is out of date: UPDATE=1 cargo test --test it\nthe first lines that differ: {:#?}",
        lines.next()
    );
}
