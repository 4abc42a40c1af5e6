//! The proxy as a command: flags, a socket, and signals that end it.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;

use clap::Parser;
use failover_model::trace::reader::Origin;
use failover_model::{AccountId, RegionId};
use failover_recorder::proxy::Proxy;
use failover_recorder::record::Recorder;
use failover_recorder::upstream::Upstream;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// A reverse proxy that records calls of EBS and PolarDB and their answers, as a trace that can be explained. Secrets are never
/// written.
#[derive(Debug, Parser)]
#[command(version)]
struct Flags {
    /// The service that requests are sent on to, such as https://ebs.cn-shanghai.aliyuncs.com or http://127.0.0.1:8520.
    #[arg(long, value_name = "URL")]
    upstream: String,
    /// The file that is written, over what was in it.
    #[arg(long, value_name = "FILE")]
    record: PathBuf,
    /// Where to listen; port 0 picks a free one.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8521")]
    listen: String,
    /// The account of access keys that are not themselves an account of sixteen digits.
    #[arg(long, value_name = "ID", default_value = "1234567890123456", value_parser = AccountId::from_str)]
    account: AccountId,
    /// The region of calls that name none, where the address of the service does not say it.
    #[arg(long, value_parser = RegionId::from_str)]
    region: Option<RegionId>,
    /// A PEM file of the certificates that the service's is verified by, in place of the public roots.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// How many seconds the service may take for an answer before it counts as lost.
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    patience: u64,
}

fn main() -> ExitCode {
    let flags = Flags::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return refuse(&format!("no runtime: {error}")),
    };
    let code = match runtime.block_on(run(flags)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => refuse(&why),
    };
    // What is still in flight is dropped, and thereby recorded as lost.
    runtime.shutdown_timeout(Duration::from_secs(1));
    code
}

/// A start that cannot be meant ends as clap's own refusals do.
fn refuse(why: &str) -> ExitCode {
    eprintln!("error: {why}");
    ExitCode::from(2)
}

async fn run(flags: Flags) -> Result<(), String> {
    let Flags { upstream, record, listen, account, region, ca, patience } = flags;
    let upstream = Upstream::at(&upstream, ca.as_deref())?;
    let in_the_way = |error| format!("cannot listen on {listen}: {error}");
    let listener = TcpListener::bind(&listen).await.map_err(in_the_way)?;
    let address = listener.local_addr().map_err(in_the_way)?;
    let unwritable = |error| format!("cannot write the trace {}: {error}", record.display());
    let recorder = Recorder::create(&record).map_err(unwritable)?;
    let no_signals = |error| format!("cannot wait for signals: {error}");
    let mut terminated = signal(SignalKind::terminate()).map_err(no_signals)?;
    let mut interrupted = signal(SignalKind::interrupt()).map_err(no_signals)?;

    let proxy = Proxy::new(upstream, recorder, Origin { account, region }, Duration::from_secs(patience));
    let mut out = std::io::stdout();
    // Who closed standard output does not want the line.
    let _ = writeln!(out, "listening on http://{address}").and_then(|()| out.flush());
    proxy
        .serve(listener, async move {
            tokio::select! {
                _ = terminated.recv() => {}
                _ = interrupted.recv() => {}
            }
        })
        .await;
    Ok(())
}
