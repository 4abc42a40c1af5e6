//! Clients: connections that are kept, requests one after the other, and what they saw.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection that is kept, and made anew where the server closes it.
pub struct Connection {
    address: String,
    stream: TcpStream,
    left: Vec<u8>,
    /// The server said that it closes.
    closes: bool,
}

/// An answer: status and body.
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

/// The bytes of a request.
pub fn bytes(method: &str, target: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    )
    .into()
}

impl Connection {
    pub async fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { address: address.to_owned(), stream, left: Vec::new(), closes: false })
    }

    /// Sends a request and reads its answer.
    pub async fn ask(&mut self, request: &[u8]) -> io::Result<Answer> {
        if self.closes {
            *self = Self::open(&self.address).await?;
        }
        self.stream.write_all(request).await?;
        loop {
            if let Some((status, head, length, closes)) = head(&self.left)
                && self.left.len() >= head + length
            {
                self.closes = closes;
                let body = self.left[head..head + length].to_vec();
                self.left.drain(..head + length);
                return Ok(Answer { status, body });
            }
            if self.stream.read_buf(&mut self.left).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// The JSON that a control request is answered.
    pub async fn control(&mut self, method: &str, path: &str, body: &str) -> Value {
        let answer =
            self.ask(&bytes(method, &format!("/_emulator/{path}"), "", body)).await.expect("an answer");
        assert!(answer.status < 300, "{path}: {}", String::from_utf8_lossy(&answer.body));
        serde_json::from_slice(&answer.body).unwrap_or_default()
    }
}

/// The status of an answer, where its body begins, how long that is, and whether the server closes; `None` until the head is there.
fn head(bytes: &[u8]) -> Option<(u16, usize, usize, bool)> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let closes = head.lines().any(|line| line.eq_ignore_ascii_case("connection: close"));
    Some((status, end, length.unwrap_or(0), closes))
}

/// How many answers so many connections get in this time, a second. All must have the status that is expected.
pub async fn rate(address: &str, request: Vec<u8>, connections: usize, time: Duration, status: u16) -> f64 {
    let request = Arc::new(request);
    let mut opened = Vec::new();
    for _ in 0..connections {
        opened.push(Connection::open(address).await.expect("a connection"));
    }
    let begun = Instant::now();
    let clients: Vec<_> = opened
        .into_iter()
        .map(|mut connection| {
            let request = Arc::clone(&request);
            tokio::spawn(async move {
                let mut answers = 0_u64;
                while begun.elapsed() < time {
                    let answer = connection.ask(&request).await.expect("an answer");
                    assert_eq!(answer.status, status, "{}", String::from_utf8_lossy(&answer.body));
                    answers += 1;
                }
                answers
            })
        })
        .collect();
    let mut answers = 0;
    for client in clients {
        answers += client.await.expect("a client");
    }
    answers as f64 / begun.elapsed().as_secs_f64()
}

/// How long each of so many requests took, one every millisecond, in order of length.
pub async fn latencies(connection: &mut Connection, request: &[u8], number: usize) -> Vec<Duration> {
    let mut each = Vec::with_capacity(number);
    let mut pace = tokio::time::interval(Duration::from_millis(1));
    for _ in 0..number {
        pace.tick().await;
        let begun = Instant::now();
        connection.ask(request).await.expect("an answer");
        each.push(begun.elapsed());
    }
    each.sort_unstable();
    each
}

/// The value below which this part of a sorted list lies.
pub fn quantile(sorted: &[Duration], part: f64) -> Duration {
    sorted[((sorted.len() as f64 * part) as usize).min(sorted.len() - 1)]
}
