//! The processes of a database, found by their working folder, which is that of the data.
//!
//! When the first of them is killed the others end by themselves, in time. What must be sure that nothing writes any more
//! does not wait for that: it kills them all, stopped ones too.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// All that work in this folder.
pub fn within(data: &Path) -> Vec<Pid> {
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    let ids = processes.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let there =
        ids.filter(|id: &i32| fs::read_link(format!("/proc/{id}/cwd")).is_ok_and(|folder| folder == data));
    there.filter_map(Pid::from_raw).collect()
}

/// Kills them all; true once none is left.
pub async fn kill_all(data: &Path) -> bool {
    let Ok(data) = data.canonicalize() else { return true };
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        let there = within(&data);
        if there.is_empty() {
            return true;
        }
        for process in there {
            // One that is gone meanwhile is what was wanted.
            let _ = kill_process(process, Signal::KILL);
        }
        if Instant::now() > until {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Sends a signal to one process.
pub fn signal(process: u32, signal: Signal) {
    if let Some(process) = i32::try_from(process).ok().and_then(Pid::from_raw) {
        let _ = kill_process(process, signal);
    }
}
