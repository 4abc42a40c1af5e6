//! `--data`: what was answered is there after any end, once; and what is no journal of ours is left as it is.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use failover_emulator::draw_seed;
use serde_json::{Value, json};
use support::{Answer, PAIR, START, Server, form, text};

/// A directory of this test alone, removed with it.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("failover-journal-{name}-{}", draw_seed()));
        fs::create_dir_all(&path).expect("a directory");
        Self(path)
    }

    fn flag(&self) -> &str {
        self.0.to_str().expect("text")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn kept(directory: &Directory, more: &[&str]) -> Server {
    Server::start(&[&["--clock", "manual", "--seed", "7", "--data", directory.flag()], more].concat())
}

#[test]
fn everything_is_there_after_a_restart_and_the_feed_goes_on() {
    let directory = Directory::new("restart");
    let (mut server, plain) = (kept(&directory, &[]), Server::manual());
    let mut told = Vec::new();
    for server in [&server, &plain] {
        let pair = server.copied_pair();
        let (cluster, _) = server.cluster(support::MYSQL, 3);
        server.polardb("FailoverDBCluster", &[("DBClusterId", &cluster), ("ClientToken", "t")]).ok();
        server.fault(json!({ "kind": "pair", "pair": pair, "fails": "failover", "times": 3 }));
        server.fault(
            json!({ "kind": "reply", "action": "DescribeDBClusters", "delay_ms": 500_000, "times": null }),
        );
        server.put("policy", &json!({ "polardb": { "switch_window": 1 } })).done();
        server.post("seed?account=2222222222222222", &json!({ "ReplicaPairs": [{}] })).ok();
        server.post("clock?account=2222222222222222", &json!({ "advance_ms": 5_000 })).ok();
        let at = [("RegionId", "cn-beijing"), ("ReplicaPairId", pair.as_str()), ("ClientToken", "中")];
        server.ebs("FailoverDiskReplicaPair", &at).code(400);
        server.request("GET", "/?%FF=1", &[], b"").code(400);
        told.push((pair, cluster));
    }
    let view = |server: &Server| -> Vec<String> {
        let of = ["", "?account=2222222222222222"];
        let what = ["state", "events", "effects", "faults", "disks", "clock", "policy", "health"];
        of.iter().flat_map(|of| what.map(|what| server.get(&format!("{what}{of}")).body)).collect()
    };
    assert_eq!(view(&server), view(&plain));
    server.signal("TERM");
    assert!(server.wait().success());
    // What the directory began with wins.
    let flags = ["--clock", "real", "--seed", "8", "--transitions", "manual", "--data", directory.flag()];
    let server = Server::start(&flags);
    assert_eq!(view(&server), view(&plain));
    for server in [&server, &plain] {
        let again = [("DBClusterId", told[0].1.as_str()), ("ClientToken", "t")];
        server.polardb("FailoverDBCluster", &again).ok();
        server.advance(3_000);
        server.delete(&format!("state?now_ms={START}&account=2222222222222222")).done();
    }
    assert_eq!(view(&server), view(&plain));
}

#[test]
fn on_the_real_clock_time_goes_on_across_a_restart() {
    let directory = Directory::new("real");
    let start = || Server::start(&["--data", directory.flag()]);
    let now = |server: &Server| server.get("health").ok()["now_ms"].as_u64().expect("a time");
    let mut server = start();
    let seed = server.get("health").ok()["seed"].clone();
    // One creation stays outstanding, and one ends.
    server.fault(json!({ "kind": "hold", "effect": "create_pair" }));
    let held = text(&server.ebs("CreateDiskReplicaPair", &PAIR).ok(), "/ReplicaPairId");
    let mut other = PAIR;
    (other[2].1, other[5].1) = ("d-3", "d-4");
    let pair = text(&server.ebs("CreateDiskReplicaPair", &other).ok(), "/ReplicaPairId");
    let begun = server.get("effects").body;
    server.advance(86_400_000);
    let outstanding = server.get("effects").ok();
    assert_eq!(outstanding["effects"].as_array().map(Vec::len), Some(1), "{begun}");
    let (created, before) = (server.pair(&pair)["CreateTime"].clone(), now(&server));
    // Long enough that a pair made anew at the restart would be a second younger.
    std::thread::sleep(Duration::from_millis(1_100));
    server.signal("KILL");
    server.wait();
    let server = start();
    assert_eq!(server.get("health").ok()["seed"], seed);
    assert!((before..before + 60_000).contains(&now(&server)));
    assert_eq!(server.get("effects").ok(), outstanding, "what was outstanding began when it did");
    let shown = server.pair(&pair);
    assert_eq!((text(&shown, "/Status"), &shown["CreateTime"]), ("created".into(), &created));
    assert_eq!(text(&server.pair(&held), "/Status"), "creating");
}

#[test]
fn an_account_that_is_removed_is_not_there_after_a_restart_and_its_next_life_is() {
    let directory = Directory::new("removed");
    let (account, other) = ("7777777777777777", "8888888888888888");
    let (seed, pairs) = (|of: &str| format!("seed?account={of}"), json!({ "ReplicaPairs": [{}] }));
    let view = |server: &Server| -> Vec<String> {
        let of = [account, other].into_iter();
        of.flat_map(|of| {
            ["state", "events", "faults"].map(|what| server.get(&format!("{what}?account={of}")).body)
        })
        .collect()
    };
    let killed = |mut server: Server| {
        server.signal("KILL");
        server.wait();
        kept(&directory, &[])
    };
    let server = kept(&directory, &[]);
    for of in [account, other] {
        server.post(&seed(of), &pairs).ok();
        server.post(&format!("faults?account={of}"), &json!({ "kind": "hold", "effect": "copy" })).ok();
    }
    server.delete(&format!("accounts/{account}")).done();
    let listed = |server: &Server| server.get("accounts").ok()["accounts"].clone();
    let before = listed(&server);
    assert_eq!(before.as_array().map(Vec::len), Some(1), "{before}");
    let server = killed(server);
    assert_eq!(listed(&server), before);
    // Its next life is journalled from its first input, and removed and begun once more.
    for _ in 0..2 {
        server.post(&format!("clock?account={account}"), &json!({ "advance_ms": 7 })).ok();
        server.post(&seed(account), &pairs).ok();
        server.delete(&format!("accounts/{account}")).done();
    }
    server.post(&format!("clock?account={account}"), &json!({ "advance_ms": 9 })).ok();
    server.post(&seed(account), &pairs).ok();
    let seen = view(&server);
    let server = killed(server);
    assert_eq!(view(&server), seen);
}

/// The requests of an account, drawn from a number.
fn script(account: &str, draw: u64) -> Vec<(String, String)> {
    let mut state = draw | 1;
    let mut next = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let call = |action: &str, version: &str, parameters: &[(&str, &str)]| {
        let parameters = form(parameters);
        ("GET".to_owned(), format!("/?Action={action}&Version={version}&AccessKeyId={account}&{parameters}"))
    };
    let mut requests = Vec::new();
    for number in 0..4_000_u64 {
        let (disk, copy, token) =
            (format!("d-{number}"), format!("d-{number}-copy"), format!("t-{}", next(200)));
        let mut pair = PAIR;
        (pair[2].1, pair[5].1) = (&disk, &copy);
        let with_token = [pair.as_slice(), &[("ClientToken", token.as_str())]].concat();
        requests.push(match next(6) {
            0 => call("CreateDiskReplicaPair", support::EBS, &pair),
            1 | 2 => call("CreateDiskReplicaPair", support::EBS, &with_token),
            3 => ("CLOCK".to_owned(), format!("/_emulator/clock?account={account}")),
            4 => call(
                "DescribeDiskReplicaPairs",
                support::EBS,
                &[("RegionId", "cn-shanghai"), ("MaxResults", "3")],
            ),
            _ => ("FAULT".to_owned(), format!("/_emulator/faults?account={account}")),
        });
    }
    requests
}

/// Asks over a connection that is kept; `None` once the server is gone.
struct Connection {
    stream: TcpStream,
    left: Vec<u8>,
}

impl Connection {
    fn ask(&mut self, request: &(String, String)) -> Option<Answer> {
        let (method, body) = match request.0.as_str() {
            "CLOCK" => ("POST", r#"{"advance_ms":700}"#),
            "FAULT" => ("POST", r#"{"kind":"pair","pair":"*","fails":"create"}"#),
            method => (method, ""),
        };
        let head = format!(
            "{method} {} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}",
            request.1,
            body.len()
        );
        self.stream.write_all(head.as_bytes()).ok()?;
        loop {
            let text = String::from_utf8_lossy(&self.left).into_owned();
            if let Some((head, rest)) = text.split_once("\r\n\r\n") {
                let length = head.to_ascii_lowercase();
                let length =
                    length.split("content-length: ").nth(1)?.split("\r\n").next()?.parse::<usize>().ok()?;
                if rest.len() >= length {
                    let answer = self.left.drain(..head.len() + 4 + length).collect::<Vec<u8>>();
                    return Some(Answer::of(&answer));
                }
            }
            let mut more = [0; 4096];
            match self.stream.read(&mut more) {
                Ok(0) | Err(_) => return None,
                Ok(read) => self.left.extend_from_slice(&more[..read]),
            }
        }
    }
}

/// Makes the requests of some accounts at once until the server is gone; returns how many each was answered. `begun` counts
/// the accounts that had an answer.
fn until_the_end(
    address: &str,
    accounts: &[(String, Vec<(String, String)>)],
    from: &[usize],
    begun: &AtomicUsize,
) -> Vec<usize> {
    std::thread::scope(|scope| {
        let clients: Vec<_> = accounts
            .iter()
            .zip(from)
            .map(|((_, requests), from)| {
                scope.spawn(move || {
                    let Ok(stream) = TcpStream::connect(address) else { return *from };
                    let mut connection = Connection { stream, left: Vec::new() };
                    let mut answered = *from;
                    for request in requests.iter().skip(*from) {
                        match connection.ask(request) {
                            Some(answer) if answer.status != 503 => {
                                begun.fetch_add(usize::from(answered == *from), Ordering::Relaxed);
                                answered += 1;
                            }
                            _ => break,
                        }
                    }
                    answered
                })
            })
            .collect();
        clients.into_iter().map(|client| client.join().expect("a client")).collect()
    })
}

/// A server in memory, asked the same, tells what the state must be.
struct Twin {
    server: Server,
    asked: Vec<usize>,
}

impl Twin {
    /// Whether a state is that after so many requests, or one more; returns after how many.
    fn agrees(
        &mut self,
        at: usize,
        account: &(String, Vec<(String, String)>),
        answered: usize,
        state: &str,
    ) -> usize {
        let stream = TcpStream::connect(&self.server.address).expect("it accepts");
        let mut connection = Connection { stream, left: Vec::new() };
        for more in [0, 1] {
            while self.asked[at] < answered + more {
                connection.ask(&account.1[self.asked[at]]).expect("an answer");
                self.asked[at] += 1;
            }
            if self.server.get(&format!("state?account={}", account.0)).body == state {
                return answered + more;
            }
        }
        panic!("account {}: after {answered} answers, neither those nor one more gives the state", account.0)
    }
}

fn killed_at_random(rounds: u32, flags: &[&str]) {
    let directory = Directory::new("killed");
    let draw = draw_seed();
    let accounts: Vec<_> = (0..3)
        .map(|number| {
            let account = format!("{:016}", 7_000_000 + number);
            let requests = script(&account, draw.wrapping_add(number));
            (account, requests)
        })
        .collect();
    let manual = [&["--clock", "manual", "--seed", "7"], flags].concat();
    let mut twin = Twin { server: Server::start(&manual), asked: vec![0; accounts.len()] };
    let mut answered = vec![0; accounts.len()];
    let mut killed = 0;
    for round in 0..rounds {
        let server = kept(&directory, flags);
        let address = server.address.clone();
        let pause = Duration::from_micros(2_000 + (draw.rotate_left(round) % 60_000));
        let (over, begun) = (AtomicBool::new(false), AtomicUsize::new(0));
        let now = std::thread::scope(|scope| {
            let client = scope.spawn(|| {
                let now = until_the_end(&address, &accounts, &answered, &begun);
                over.store(true, Ordering::Relaxed);
                now
            });
            // Of four ends one may come before anything was answered.
            let waits = |begun: usize| begun < accounts.len() && !over.load(Ordering::Relaxed);
            while round % 4 != 3 && waits(begun.load(Ordering::Relaxed)) {
                std::thread::sleep(Duration::from_millis(1));
            }
            std::thread::sleep(pause);
            killed += u32::from(!over.load(Ordering::Relaxed));
            server.signal("KILL");
            client.join().expect("the clients")
        });
        drop(server);
        let recovered = kept(&directory, flags);
        for (at, account) in accounts.iter().enumerate() {
            let state = recovered.get(&format!("state?account={}", account.0)).body;
            answered[at] = twin.agrees(at, account, now[at], &state);
            // No call is there twice: each request has an id of its own.
            let events = recovered.events(&format!("account={}&limit=20000", account.0));
            let calls: Vec<String> = events
                .iter()
                .filter(|it| it["kind"] == "call")
                .map(|it| text(it, "/detail/request_id"))
                .collect();
            assert_eq!(calls.iter().collect::<BTreeSet<_>>().len(), calls.len(), "seed {draw}");
        }
    }
    assert!(killed >= rounds / 2, "{killed} of {rounds} were killed under load");
    assert!(answered.iter().all(|answered| *answered > 0), "seed {draw}");
}

/// The modes in which effects take their time, by either profile, and those in which they do not.
const QUICK: [&str; 4] = ["--transitions", "timed", "--latency", "quick"];
const DOCUMENTED: [&str; 4] = ["--transitions", "timed", "--latency", "documented"];
const IMMEDIATE: [&str; 2] = ["--transitions", "immediate"];
const MANUAL: [&str; 2] = ["--transitions", "manual"];

#[test]
fn killed_under_load_it_has_all_that_was_answered_and_nothing_twice() {
    killed_at_random(4, &QUICK);
    killed_at_random(3, &DOCUMENTED);
    killed_at_random(2, &IMMEDIATE);
    killed_at_random(2, &MANUAL);
}

/// The long form: three hundred ends.
#[test]
#[ignore = "takes minutes"]
fn killed_three_hundred_times() {
    killed_at_random(120, &QUICK);
    killed_at_random(120, &DOCUMENTED);
    killed_at_random(30, &IMMEDIATE);
    killed_at_random(30, &MANUAL);
}

#[test]
fn a_full_disk_answers_503_and_loses_nothing_that_was_answered() {
    let directory = Directory::new("full");
    drop(kept(&directory, &[]));
    // A limit on the size of files stands for the disk: beyond it, writing fails.
    let size = fs::metadata(directory.0.join("journal.redb")).expect("a store").len();
    let binary = env!("CARGO_BIN_EXE_failover-emulator");
    let blocks = size / 512 + 512;
    let command = format!("trap '' XFSZ; ulimit -f {blocks}; exec {binary} \"$@\"");
    let flags = ["--clock", "manual", "--seed", "7", "--data", directory.flag()];
    let server = Server::through(Command::new("sh").args(["-c", &command, "sh"]), &flags);
    let account = "7777777777777777".to_owned();
    let requests = script(&account, 5);
    let accounts = [(account, requests)];
    let answered = until_the_end(&server.address, &accounts, &[0], &AtomicUsize::new(0));
    assert!(answered[0] > 10 && answered[0] < 4_000, "{answered:?}");
    let target =
        format!("/?Action=DescribeDBClusters&Version=2017-08-01&RegionId=cn-a&AccessKeyId={}", accounts[0].0);
    assert_eq!(server.request("GET", &target, &[], b"").code(503), "ServiceUnavailable");
    server.put("transitions", &json!({ "mode": "manual" })).error(503);
    drop(server);
    let recovered = kept(&directory, &[]);
    let state = recovered.get(&format!("state?account={}", accounts[0].0)).body;
    let mut twin = Twin { server: Server::manual(), asked: vec![0] };
    twin.agrees(0, &accounts[0], answered[0], &state);
}

/// What a start with this directory says, which ends with 2.
fn refused(directory: &Path) -> String {
    let binary = env!("CARGO_BIN_EXE_failover-emulator");
    let mut command = Command::new(binary);
    command.args(["--listen", "127.0.0.1:0", "--data"]).arg(directory);
    let run = command.output().expect("it starts");
    assert_eq!(run.status.code(), Some(2), "{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8_lossy(&run.stderr).into_owned()
}

fn contents(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(directory)
        .expect("a directory")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| (path.clone(), fs::read(path).expect("a file")))
        .collect();
    files.sort();
    files
}

#[test]
fn what_is_no_journal_of_this_version_is_refused_and_left_as_it_is() {
    let directory = Directory::new("foreign");
    let begin = || {
        drop(fs::remove_dir_all(&directory.0));
        let mut server = kept(&directory, &[]);
        let pair = server.copied_pair();
        server.signal("TERM");
        server.wait();
        pair
    };
    type Damage = fn(&Path);
    let damages: [(&str, Damage, &str); 5] = [
        ("newer", |at| fs::write(at.join("format"), "failover-emulator 2\n").unwrap(), "newer version"),
        ("foreign", |at| fs::write(at.join("format"), "something else").unwrap(), "not known"),
        ("no format", |at| fs::remove_file(at.join("format")).unwrap(), "not empty"),
        ("garbage", |at| fs::write(at.join("journal.redb"), [7; 100_000]).unwrap(), "the store"),
        (
            "torn",
            |at| {
                let bytes = fs::read(at.join("journal.redb")).unwrap();
                fs::write(at.join("journal.redb"), &bytes[..bytes.len() / 2]).unwrap();
            },
            "the store",
        ),
    ];
    for (name, damage, says) in damages {
        begin();
        damage(&directory.0);
        let before = contents(&directory.0);
        let error = refused(&directory.0);
        assert!(error.contains(says) && error.contains(directory.flag()), "{name}: {error}");
        assert!(contents(&directory.0) == before, "{name}: it was changed");
    }
    let pair = begin();
    let server = kept(&directory, &[]);
    assert!(refused(&directory.0).contains("the store"), "a second process is refused");
    assert_eq!(server.pair(&pair)["ReplicaPairId"], pair.as_str());
}

#[test]
fn what_is_kept_as_a_state_replaces_what_came_before() {
    let directory = Directory::new("states");
    let mut server = kept(&directory, &[]);
    let account = "7777777777777777";
    let target =
        format!("/?Action=DescribeDBClusters&Version=2017-08-01&RegionId=cn-a&AccessKeyId={account}");
    let describes = ("GET".to_owned(), target);
    server.post(&format!("seed?account={account}"), &json!({ "ReplicaPairs": [{}] })).ok();
    // More than lie in the journal before a state is kept.
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let stream = TcpStream::connect(&server.address).expect("it accepts");
                let mut connection = Connection { stream, left: Vec::new() };
                for _ in 0..2_600 {
                    connection.ask(&describes).expect("an answer");
                }
            });
        }
    });
    // A connection that waited for all of that might be closed by now.
    let stream = TcpStream::connect(&server.address).expect("it accepts");
    let mut connection = Connection { stream, left: Vec::new() };
    let last = connection.ask(&describes).expect("an answer").header("x-acs-request-id").map(str::to_owned);
    let state = server.get(&format!("state?account={account}")).body;
    let seq: Value = server.get(&format!("events?account={account}")).ok()["next_seq"].clone();
    server.signal("KILL");
    server.wait();
    let server = kept(&directory, &[]);
    assert_eq!(server.get(&format!("state?account={account}")).body, state, "after {last:?}");
    let page = server.get(&format!("events?account={account}")).ok();
    assert_eq!(page["next_seq"], seq);
    assert!(page["first_seq"].as_u64() > Some(1), "those before the state are gone");
}
