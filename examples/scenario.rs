//! Replays scenarios and prints them for a reader.
//!
//! `cargo run --example scenario` replays all of `tests/scenarios`; with a file, that one. With `UPDATE=1` what
//! happens now is written into the file as what is expected. Ends with status 1 if anything differs.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

use failover_model::scenario;

fn main() -> ExitCode {
    let named: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let files = if named.is_empty() { all(&scenarios()) } else { Ok(named) };
    let files = match files {
        Ok(files) => files,
        Err(error) => return fail(&format!("{}: {error}", scenarios().display())),
    };
    let mut differing = 0;
    for file in &files {
        match play(file) {
            Ok(true) => {}
            Ok(false) => differing += 1,
            Err(error) => return fail(&format!("{}: {error}", file.display())),
        }
    }
    println!("{} scenarios, {differing} differ from what is expected", files.len());
    if differing == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

fn all(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Prints what happens now; true if it is what the file expects, or was written into it.
fn play(file: &Path) -> Result<bool, Box<dyn std::error::Error>> {
    let expected = fs::read_to_string(file)?;
    let happened = scenario::replay(&expected)?;
    println!("=== {}\n{happened}", file.file_name().unwrap_or_default().to_string_lossy());
    let update = env::var_os("UPDATE").is_some_and(|value| value == "1");
    if update && happened != expected {
        fs::write(file, &happened)?;
    }
    Ok(update || happened == expected)
}

fn fail(why: &str) -> ExitCode {
    eprintln!("{why}");
    ExitCode::FAILURE
}
