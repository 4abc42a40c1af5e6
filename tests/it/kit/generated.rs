//! Committed files that are generated from the model; every test binary that has some includes this file.

#![allow(dead_code, reason = "a binary that has seeds alone compares nothing")]

use std::fs;
use std::path::{Path, PathBuf};

fn path(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}

/// Whether they are to be written: `UPDATE=1`.
pub fn updates() -> bool {
    std::env::var_os("UPDATE").is_some_and(|value| value == "1")
}

/// Asserts that a file is what is generated; with `UPDATE=1`, and the command that runs this, writes it first.
pub fn keep(file: &str, generated: &str, command: &str) {
    if updates() {
        fs::write(path(file), generated).unwrap();
    }
    current(file, generated, command);
}

/// Asserts that a file is what is generated; the command writes it, with `UPDATE=1`.
pub fn current(file: &str, generated: &str, command: &str) {
    let committed = fs::read_to_string(path(file)).unwrap_or_default();
    let differ = committed.lines().zip(generated.lines()).find(|(old, new)| old != new);
    assert!(
        committed == generated,
        "{file} is out of date: UPDATE=1 {command}\nthe first lines that differ: {differ:#?}"
    );
}
