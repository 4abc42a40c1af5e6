//! Servers: the emulator as a process, a bare one that answers the same bytes, and moto's.

use std::convert::Infallible;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;

use crate::client::Answer;

/// A process; ended with the value.
pub struct Server {
    child: Child,
    pub address: String,
    directory: Option<PathBuf>,
}

/// What the program says to itself to become the bare server: the body that it answers.
pub const BARE: &str = "FAILOVER_LOAD_BARE";

impl Server {
    /// The emulator with a manual clock; with `data` it keeps everything in a directory of its own.
    pub fn emulator(transitions: &str, data: bool) -> Self {
        let directory = data.then(|| {
            let name = format!("failover-load-{}-{}", std::process::id(), failover_emulator::draw_seed());
            std::env::temp_dir().join(name)
        });
        let mut command = Command::new(env!("CARGO_BIN_EXE_failover-emulator"));
        command.args(["--listen", "127.0.0.1:0", "--clock", "manual", "--seed", "7"]);
        command.args(["--transitions", transitions]);
        if let Some(directory) = &directory {
            command.arg("--data").arg(directory);
        }
        let mut server = Self::listening(&mut command);
        server.directory = directory;
        server
    }

    /// A server of the same HTTP library that answers every request with these bytes.
    pub fn bare(answer: &Answer) -> Self {
        let program = std::env::current_exe().expect("this program");
        Self::listening(Command::new(program).env(BARE, String::from_utf8_lossy(&answer.body).as_ref()))
    }

    /// Starts what says where it listens as the emulator does.
    fn listening(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let address = line.trim().strip_prefix("listening on http://").expect("the line").to_owned();
        Self { child, address, directory: None }
    }

    /// moto's server, by this Python, which has `moto[server]`.
    pub async fn moto(python: &str) -> Self {
        let port = {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
            listener.local_addr().expect("an address").port().to_string()
        };
        let mut command = Command::new(python);
        command.args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        let server = Self { child, address: format!("127.0.0.1:{port}"), directory: None };
        let deadline = Instant::now() + Duration::from_secs(60);
        while tokio::net::TcpStream::connect(&server.address).await.is_err() {
            assert!(Instant::now() < deadline, "moto does not listen");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        server
    }

    /// Resident memory in KiB.
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    /// Sends SIGTERM, and tells how long it took to end.
    pub fn terminate(&mut self) -> Duration {
        let begun = Instant::now();
        let kill = Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.id())]).status();
        assert!(kill.expect("a shell").success());
        let ended = self.child.wait().expect("a child");
        assert!(ended.success(), "{ended}");
        begun.elapsed()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(directory) = &self.directory {
            let _ = std::fs::remove_dir_all(directory);
        }
    }
}

/// Answers every request with this body until the process is ended.
pub async fn serve_bare(body: String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("listening on http://{}", listener.local_addr().expect("an address"));
    let body = Bytes::from(body);
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        let body = body.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let body = body.clone();
            async move {
                let _ = request.into_body().collect().await;
                let mut response = Response::new(Full::new(body));
                let kind = HeaderValue::from_static("application/json;charset=utf-8");
                response.headers_mut().insert(CONTENT_TYPE, kind);
                let id = HeaderValue::from_static("473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E");
                response.headers_mut().insert("x-acs-request-id", id);
                Ok::<_, Infallible>(response)
            }
        });
        tokio::spawn(async move {
            let _ = http1::Builder::new()
                .auto_date_header(false)
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}
