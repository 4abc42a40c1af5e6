//! The engines of the journal: what was appended is there, in order, and nobody else appends.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use failover_controller::log::{Embedded, Etcd, EtcdOptions, Log, NotAppended};
use failover_controller::state::State;
use failover_model::{Input, Policy, Timestamp};

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("failover-controller-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

fn advance(ms: u64) -> Input {
    Input::Advance(Timestamp::from_millis(ms))
}

/// Appends, keeps a state in between, and reads all of it again.
async fn is_read_again(mut first: Log, again: impl AsyncFnOnce(Log) -> Log) {
    let policy = Policy::default();
    let mut state = State::replay(first.lead().await.expect("a journal"), &policy, None).expect("a state");
    for number in 1..=5 {
        first.append(number, &advance(number * 10)).await.expect("appended");
        let _ = state.take(number, &advance(number * 10));
        if number == 3 {
            first.keep(3, state.keep().expect("JSON")).await.expect("kept");
        }
    }
    let mut second = again(first).await;
    let history = second.lead().await.expect("a journal");
    assert_eq!(history.state.as_ref().map(|(number, _)| *number), Some(3));
    assert_eq!(history.inputs, [(4, advance(40)), (5, advance(50))]);
    let replayed = State::replay(history, &policy, None).expect("a state");
    assert_eq!((replayed.number, &replayed.plane), (5, &state.plane));
}

#[tokio::test]
async fn a_folder_is_read_again_and_belongs_to_one_process() {
    let folder = folder("embedded");
    let log = Embedded::open(&folder).expect("a folder");
    assert!(Embedded::open(&folder).is_err(), "a second process would write too");
    is_read_again(Log::Embedded(log), async |log| {
        drop(log);
        // The thread that writes gives the file back when it has seen that nobody is left.
        for _ in 0..100 {
            if let Ok(log) = Embedded::open(&folder) {
                return Log::Embedded(log);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the folder is not given back");
    })
    .await;
    std::fs::write(folder.join("format"), "failover-controller 9\n").expect("written");
    let refused = Embedded::open(&folder).err().expect("a newer version is refused");
    assert!(refused.contains("newer version"), "{refused}");
    std::fs::remove_dir_all(&folder).expect("removed");
}

/// One member of etcd, ended with the test.
struct Member {
    process: Child,
    url: String,
}

impl Drop for Member {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port").port()
}

/// `None` where there is no etcd.
fn member(folder: &Path) -> Option<Member> {
    let (url, peer) = (format!("http://127.0.0.1:{}", port()), format!("http://127.0.0.1:{}", port()));
    let process = Command::new("etcd")
        .args(["--name", "one", "--log-level", "error", "--data-dir"])
        .arg(folder)
        .args(["--listen-client-urls", &url, "--advertise-client-urls", &url])
        .args(["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer])
        .args(["--initial-cluster", &format!("one={peer}")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    Some(Member { process, url })
}

fn etcd(member: &Member, address: &str) -> Log {
    Log::Etcd(Box::new(Etcd::new(EtcdOptions {
        members: vec![member.url.clone()],
        prefix: "/test".into(),
        lease: Duration::from_secs(2),
        address: address.into(),
    })))
}

#[tokio::test(flavor = "multi_thread")]
async fn etcd_is_read_again_by_the_next_leader_and_refuses_the_last() {
    let folder = folder("etcd");
    let Some(member) = member(&folder) else {
        eprintln!("etcd was NOT tested: it is not installed");
        return;
    };
    is_read_again(etcd(&member, "one"), async |mut log| {
        log.resign().await;
        assert_eq!(log.append(6, &advance(60)).await, Err(NotAppended::Deposed));
        etcd(&member, "two")
    })
    .await;
    drop(member);
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_is_not_heard_of_is_replaced_and_appends_nothing() {
    let folder = folder("deposed");
    let Some(member) = member(&folder) else {
        eprintln!("etcd was NOT tested: it is not installed");
        return;
    };
    let mut first = etcd(&member, "one");
    first.lead().await.expect("a journal");
    first.append(1, &advance(10)).await.expect("appended");
    assert!(first.term().leads());
    // Its renewals stop, as those of a process that is frozen do, but it believes what it knew.
    first.forget_renewals();
    let mut second = etcd(&member, "two");
    let history = tokio::time::timeout(Duration::from_secs(20), second.lead())
        .await
        .expect("in time")
        .expect("a journal");
    assert_eq!(history.inputs.len(), 1);
    assert!(!first.term().leads(), "it knows by its own clock that it may not lead");
    second.append(2, &advance(20)).await.expect("appended");
    assert!(first.append(2, &advance(99)).await.is_err());
    assert!(first.append(3, &advance(99)).await.is_err());
    drop(member);
    std::fs::remove_dir_all(&folder).expect("removed");
}
