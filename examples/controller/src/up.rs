//! Agents and a controller on this machine, as the first start wants them. They are processes of their own, as they are on
//! machines of their own.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use clap::Args;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::{How, RunFlags, run};

/// How many, and where.
#[derive(Debug, Clone, Args)]
pub struct UpFlags {
    /// The folder of everything.
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,
    /// How many nodes there can be.
    #[arg(long, default_value_t = 5)]
    nodes: u8,
    /// Where the controller listens; port 0 picks a free one.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8530")]
    listen: String,
    /// Whose the databases are: PostgreSQL does not run as root.
    #[arg(long, value_name = "NAME", default_value = "postgres")]
    user: String,
    /// The folder of PostgreSQL's programs; what `pg_config --bindir` says if left out.
    #[arg(long, value_name = "DIR")]
    programs: Option<PathBuf>,
    #[command(flatten)]
    how: How,
}

/// Starts them, and ends them again when it is told to end.
pub async fn up(flags: UpFlags) -> Result<(), String> {
    let told = |error: std::io::Error| format!("{}: {error}", flags.folder.display());
    fs::create_dir_all(&flags.folder).map_err(told)?;
    let program = std::env::current_exe().map_err(told)?;
    let root = rustix::process::geteuid().is_root();
    let mut agents: Vec<Child> = Vec::new();
    let mut addresses = String::new();
    for number in 1..=flags.nodes {
        let folder = flags.folder.join(format!("node-{number}"));
        fs::create_dir_all(&folder).map_err(told)?;
        // The agents end with this process, however it ends.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL"]);
        if root {
            own(&folder, &flags.user).await?;
            command.args(["--reuid", &flags.user, "--regid", &flags.user, "--clear-groups"]);
        }
        command.arg(&program);
        let log =
            fs::File::options().create(true).append(true).open(folder.join("agent.log")).map_err(told)?;
        command.arg("node").arg("--folder").arg(&folder).args(["--listen", "127.0.0.1:0"]);
        if let Some(programs) = &flags.programs {
            command.arg("--programs").arg(programs);
        }
        let mut agent = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .map_err(told)?;
        let mut line = String::new();
        if let Some(out) = agent.stdout.take() {
            BufReader::new(out).read_line(&mut line).await.map_err(told)?;
        }
        let address = line.trim().strip_prefix("agent on ");
        let address = address.ok_or_else(|| format!("agent {number} did not start; see its agent.log"))?;
        addresses.push_str(address);
        addresses.push('\n');
        agents.push(agent);
    }
    let list = flags.folder.join("agents");
    fs::write(&list, addresses).map_err(told)?;
    let data = Some(flags.folder.join("journal"));
    let ended =
        run(RunFlags { listen: flags.listen, agents: list, data, etcd: Vec::new(), how: flags.how }).await;
    for agent in &mut agents {
        if let Some(id) =
            agent.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw)
        {
            let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        }
        let _ = agent.wait().await;
    }
    ended
}

async fn own(folder: &std::path::Path, user: &str) -> Result<(), String> {
    let status = Command::new("chown").arg("-R").arg(format!("{user}:")).arg(folder).status().await;
    match status {
        Ok(status) if status.success() => Ok(()),
        _ => Err(format!("{} cannot be given to {user}", folder.display())),
    }
}
