//! What an agent must not forget: the latest order, which node it is, and whether its data were a primary's.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::protocol::Identity;

/// The state on the disk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// The highest term that was seen.
    pub term: u64,
    /// The highest number of an order of that term.
    pub number: u64,
    /// Which node it is.
    pub identity: Option<Identity>,
    /// Whether its data may hold what no other node has, since it took writes after it last followed.
    pub led: bool,
    /// The port of its database, so that it is found again.
    pub port: Option<u16>,
}

/// The file that holds it.
#[derive(Debug)]
pub struct File {
    path: PathBuf,
    kept: Kept,
}

impl File {
    /// Reads it; a folder without one begins with nothing.
    ///
    /// # Errors
    ///
    /// In words: it cannot be read.
    pub fn open(folder: &Path) -> Result<Self, String> {
        let path = folder.join("agent.json");
        let kept = match fs::read(&path) {
            Ok(text) => {
                serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", path.display()))?
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Kept::default(),
            Err(error) => return Err(format!("{}: {error}", path.display())),
        };
        Ok(Self { path, kept })
    }

    /// What it holds.
    pub const fn get(&self) -> &Kept {
        &self.kept
    }

    /// Changes it, on the disk before here.
    ///
    /// # Errors
    ///
    /// In words: it cannot be written, and nothing has changed.
    pub fn set(&mut self, kept: Kept) -> Result<(), String> {
        if kept == self.kept {
            return Ok(());
        }
        let told = |error: std::io::Error| format!("{}: {error}", self.path.display());
        let text = serde_json::to_vec(&kept).map_err(|error| error.to_string())?;
        let fresh = self.path.with_extension("new");
        let mut file = fs::File::create(&fresh).map_err(told)?;
        file.write_all(&text).and_then(|()| file.sync_all()).map_err(told)?;
        fs::rename(&fresh, &self.path).map_err(told)?;
        if let Some(folder) = self.path.parent() {
            fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(told)?;
        }
        self.kept = kept;
        Ok(())
    }
}
