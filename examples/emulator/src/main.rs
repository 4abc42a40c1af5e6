//! The server: flags, a socket, and signals that end it. All else is the library half.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use failover_emulator::draw_seed;
use failover_emulator::start::Flags;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing::level_filters::LevelFilter;

fn main() -> ExitCode {
    let flags = Flags::parse();
    // One JSON object a line, with its fields at the top.
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_max_level(LevelFilter::from(flags.log_level))
        .with_writer(std::io::stderr)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return refuse(&format!("no runtime: {error}")),
    };
    let code = match runtime.block_on(run(flags)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => refuse(&why),
    };
    // Whatever is still in flight after the grace is not waited for.
    runtime.shutdown_background();
    code
}

/// A start that cannot be meant ends as clap's own refusals do.
fn refuse(why: &str) -> ExitCode {
    eprintln!("error: {why}");
    ExitCode::from(2)
}

async fn run(flags: Flags) -> Result<(), String> {
    let (listen, drawn) = (flags.listen.clone(), flags.seed.is_none().then(draw_seed));
    let emulator = flags.emulator(drawn.unwrap_or_default()).await?;

    let in_the_way = |error| format!("cannot listen on {listen}: {error}");
    let listener = TcpListener::bind(&listen).await.map_err(in_the_way)?;
    let address = listener.local_addr().map_err(in_the_way)?;
    let no_signals = |error| format!("cannot wait for signals: {error}");
    let terminated = signal(SignalKind::terminate()).map_err(no_signals)?;
    let interrupted = signal(SignalKind::interrupt()).map_err(no_signals)?;

    if drawn.is_some() {
        tracing::info!(seed = emulator.origin.seed, "the seed was drawn");
    }
    let mut out = std::io::stdout();
    // Who closed standard output does not want the line.
    let _ = writeln!(out, "listening on http://{address}").and_then(|()| out.flush());

    emulator.serve(listener, either(terminated, interrupted)).await;
    tracing::info!("the server has ended");
    Ok(())
}

async fn either(mut terminated: Signal, mut interrupted: Signal) {
    tokio::select! {
        _ = terminated.recv() => {}
        _ = interrupted.recv() => {}
    }
}
