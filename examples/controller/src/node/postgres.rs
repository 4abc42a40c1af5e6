//! The programs of PostgreSQL, and the one process of the database.
//!
//! All configuration lies beside the data folder and not in it, so that a copy or a rewind brings none along.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::protocol::Lsn;

/// The superuser of the databases.
pub const USER: &str = "postgres";

/// How long a program that copies may take.
const COPY: Duration = Duration::from_secs(600);

/// How long a program that looks may take.
const QUICK: Duration = Duration::from_secs(30);

/// Where the files of a node are, and how its database is reached.
#[derive(Debug, Clone)]
pub struct Postgres {
    /// The folder of PostgreSQL's programs.
    pub programs: PathBuf,
    /// The folder of the node.
    pub folder: PathBuf,
    /// The address on which the database listens.
    pub host: String,
    /// The port on which it does.
    pub port: u16,
    /// From where connections are trusted, as `pg_hba.conf` spells it.
    pub trusts: String,
}

/// What the control file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// Whether the last stop was clean.
    pub clean: bool,
    /// Where the last checkpoint is, which ends the log after a clean stop.
    pub checkpoint: Lsn,
}

/// What a start has to know beside the data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The node, as its primary sees it.
    pub node: String,
    /// From whom a standby receives, `HOST:PORT`.
    pub upstream: Option<String>,
    /// The nodes that commits wait for.
    pub synchronous: Vec<String>,
}

/// The number of bytes that `X/Y` stands for.
pub fn lsn(text: &str) -> Option<Lsn> {
    let (high, low) = text.trim().split_once('/')?;
    let (high, low) = (u64::from_str_radix(high, 16).ok()?, u64::from_str_radix(low, 16).ok()?);
    Some((high << 32) | low)
}

impl Settings {
    /// The value of `synchronous_standby_names`: commits wait for all of these.
    fn synchronous_names(&self) -> String {
        if self.synchronous.is_empty() {
            return String::new();
        }
        let names: Vec<String> = self.synchronous.iter().map(|name| format!("\"{name}\"")).collect();
        format!("{} ({})", names.len(), names.join(", "))
    }

    fn connection(&self) -> String {
        let Some((host, port)) = self.upstream.as_deref().and_then(|upstream| upstream.rsplit_once(':'))
        else {
            return String::new();
        };
        format!("host={host} port={port} user={USER} application_name={} connect_timeout=3", self.node)
    }
}

impl Postgres {
    /// The folder of the data.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The folder of the socket that the agent itself uses.
    pub fn socket(&self) -> PathBuf {
        self.folder.join("socket")
    }

    /// Whether there are data.
    pub fn has_data(&self) -> bool {
        self.data().join("PG_VERSION").exists()
    }

    /// Writes the configuration.
    pub fn configure(&self, settings: &Settings) -> Result<(), String> {
        let text = format!(
            "listen_addresses = '{host}'\nport = {port}\nunix_socket_directories = '{socket}'\n\
             cluster_name = '{node}'\nprimary_conninfo = '{connection}'\nsynchronous_standby_names = '{names}'\n\
             hot_standby = on\nwal_level = replica\nwal_log_hints = on\nfull_page_writes = on\nmax_wal_senders = 16\n\
             wal_keep_size = 256MB\nmax_connections = 100\nrestart_after_crash = off\n\
             wal_sender_timeout = 5s\nwal_receiver_timeout = 5s\nwal_receiver_status_interval = 1s\n\
             wal_retrieve_retry_interval = 100ms\nlogging_collector = off\nlog_line_prefix = '%m [%p] '\n\
             include_if_exists = '{extra}'\n",
            host = self.host,
            port = self.port,
            socket = self.socket().display(),
            node = settings.node,
            connection = settings.connection(),
            names = settings.synchronous_names(),
            extra = self.folder.join("extra.conf").display(),
        );
        let hba = format!(
            "local all all trust\nhost all all {0} trust\nhost replication all {0} trust\n",
            self.trusts
        );
        let written = std::fs::create_dir_all(self.socket())
            .and_then(|()| std::fs::write(self.folder.join("postgresql.conf"), text))
            .and_then(|()| std::fs::write(self.folder.join("pg_hba.conf"), hba));
        written.map_err(|error| format!("the configuration: {error}"))
    }

    /// Starts the database. It ends with the agent: the kernel kills its first process when this one is gone, and the others
    /// end with that.
    pub fn start(&self) -> Result<Child, String> {
        let log = std::fs::File::options().create(true).append(true).open(self.folder.join("log"));
        let log = log.map_err(|error| format!("the log: {error}"))?;
        let errors = log.try_clone().map_err(|error| format!("the log: {error}"))?;
        Command::new("setpriv")
            .args(["--pdeathsig", "KILL"])
            .arg(self.programs.join("postgres"))
            .arg("-D")
            .arg(self.data())
            .args(self.configuration())
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .spawn()
            .map_err(|error| format!("postgres: {error}"))
    }

    /// Where the configuration is, as flags of the server.
    fn configuration(&self) -> [String; 2] {
        let file = |name: &str| self.folder.join(name).display().to_string();
        [format!("--config-file={}", file("postgresql.conf")), format!("--hba-file={}", file("pg_hba.conf"))]
    }

    /// Marks the data as those of a standby, on the disk: what is started from them takes no writes.
    pub fn mark_standby(&self) -> Result<(), String> {
        let marked =
            std::fs::File::create(self.data().join("standby.signal")).and_then(|file| file.sync_all());
        let synced = marked.and_then(|()| std::fs::File::open(self.data())?.sync_all());
        synced.map_err(|error| format!("standby.signal: {error}"))
    }

    /// Takes the mark away.
    pub fn unmark_standby(&self) -> Result<(), String> {
        match std::fs::remove_file(self.data().join("standby.signal")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(format!("standby.signal: {error}"))
            }
            _ => Ok(()),
        }
    }

    /// Makes an empty database.
    pub async fn initialise(&self) -> Result<(), String> {
        self.clear()?;
        let data = self.data();
        let mut command = self.program("initdb");
        command
            .args(["--auth=trust", "--username", USER, "--encoding=UTF8", "--no-locale", "--pgdata"])
            .arg(data);
        succeeded(run(command, COPY).await?)
    }

    /// Copies the database of a primary.
    pub async fn copy(&self, upstream: &str) -> Result<(), String> {
        self.clear()?;
        let (host, port) = split(upstream)?;
        let mut command = self.program("pg_basebackup");
        command.args(["--host", host, "--port", port, "--username", USER, "--no-password"]);
        command.args(["--checkpoint=fast", "--wal-method=stream", "--pgdata"]).arg(self.data());
        succeeded(run(command, COPY).await?)
    }

    /// Deletes the data.
    pub fn clear(&self) -> Result<(), String> {
        match std::fs::remove_dir_all(self.data()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(format!("the data: {error}")),
            _ => Ok(()),
        }
    }

    /// Reads the control file.
    pub async fn control(&self) -> Result<Control, String> {
        let mut command = self.program("pg_controldata");
        command.arg(self.data()).env("LC_ALL", "C");
        let output = run(command, QUICK).await?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        succeeded(output)?;
        let field = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            line.map(|value| value.trim().to_owned()).ok_or_else(|| format!("pg_controldata tells no {name}"))
        };
        let state = field("Database cluster state")?;
        let checkpoint = field("Latest checkpoint location")?;
        let checkpoint = lsn(&checkpoint).ok_or("pg_controldata tells no place in the log")?;
        Ok(Control { clean: state == "shut down" || state == "shut down in recovery", checkpoint })
    }

    /// Takes back what the data have beyond the point at which the primary's history left theirs. Returns how many bytes
    /// that were.
    pub async fn rewind(&self, upstream: &str) -> Result<Option<u64>, String> {
        // A server in single-user mode refuses the mark; nothing else starts from these data meanwhile.
        self.unmark_standby()?;
        if !self.control().await?.clean {
            // Without the configuration it would note in the data that hints are not logged, and no rewind be possible.
            self.configure(&Settings::default())?;
            let mut command = self.program("postgres");
            command
                .args(["--single", "-F", "-D"])
                .arg(self.data())
                .args(self.configuration())
                .arg("template1");
            succeeded(run(command, COPY).await?)?;
        }
        let end = self.control().await?.checkpoint;
        let (host, port) = split(upstream)?;
        let mut command = self.program("pg_rewind");
        command.arg("--target-pgdata").arg(self.data()).env("LC_ALL", "C");
        command.arg(format!(
            "--source-server=host={host} port={port} user={USER} dbname=postgres connect_timeout=3"
        ));
        let output = run(command, COPY).await?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        succeeded(output)?;
        // Two nodes that were promoted without knowing of each other number their histories alike, and it takes both for one. A
        // primary that was promoted after this one, and knows of it, has a higher number.
        if said.contains("on the same timeline") {
            return Err("the primary's history has the number of ours, and is another one".into());
        }
        let forked =
            said.split("diverged at WAL location ").nth(1).and_then(|rest| lsn(rest.split(' ').next()?));
        Ok(forked.map(|forked| end.saturating_sub(forked)))
    }

    fn program(&self, name: &str) -> Command {
        Command::new(self.programs.join(name))
    }
}

fn split(address: &str) -> Result<(&str, &str), String> {
    address.rsplit_once(':').ok_or_else(|| format!("{address} is no HOST:PORT"))
}

/// Runs a program to its end; it is killed when it takes too long or nobody waits any more.
async fn run(mut command: Command, most: Duration) -> Result<Output, String> {
    let name = Path::new(command.as_std().get_program())
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let output = command.kill_on_drop(true).stdin(Stdio::null()).output();
    let ended = timeout(most, output).await.map_err(|_| format!("{name} took longer than {most:?}"))?;
    ended.map_err(|error| format!("{name}: {error}"))
}

fn succeeded(output: Output) -> Result<(), String> {
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last: Vec<&str> = said.lines().rev().take(3).collect();
    Err(format!("{}: {}", output.status, last.into_iter().rev().collect::<Vec<_>>().join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_the_log_are_read() {
        assert_eq!(lsn("0/16B3748"), Some(0x016B_3748));
        assert_eq!(lsn("2/0\n"), Some(0x2_0000_0000));
        assert_eq!(lsn("16B3748"), None);
        assert_eq!(lsn("x/0"), None);
    }

    #[test]
    fn commits_wait_for_all_that_are_named() {
        let mut settings = Settings::default();
        assert_eq!(settings.synchronous_names(), "");
        settings.synchronous = vec!["pi-a".into(), "pi-b".into()];
        assert_eq!(settings.synchronous_names(), "2 (\"pi-a\", \"pi-b\")");
    }
}
