//! The emulator as a library: a server in the test's process, and its typed control calls, each with its answer and its
//! refusals.

mod support;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::num::NonZeroU32;
use std::time::Duration;

use failover_emulator::answers::{Due, PlannedFault};
use failover_emulator::clock::Clock;
use failover_emulator::requests::{Clearing, Ending, EventQuery, Fault, ONCE, ReplyFault, Times};
use failover_emulator::{Control, ControlError, Emulator, Refusal, policy};
use failover_model::ebs::DrillEffect;
use failover_model::polardb::Failure;
use failover_model::simulation::{GroupStage, LatencyProfile, NetworkStage, PairStage, Transitions};
use failover_model::{AccountId, ClusterId, NodeId, Operation, Span};
use serde::Serialize;
use serde_json::{Value, json};
use support::{Answer, EBS, PAIR, POLARDB, START, form, text};

const ALWAYS: Times = None;

/// A vendor call, by a client that blocks.
fn call(control: &Control, version: &str, action: &str, parameters: &[(&str, &str)]) -> Answer {
    let key = control.account().map_or("any", AccountId::as_str);
    let common = [("Action", action), ("Version", version), ("AccessKeyId", key), ("Format", "JSON")];
    let target = form(&[common.as_slice(), parameters].concat());
    let at = control.url();
    let at = at.strip_prefix("http://").expect("an address");
    let mut stream = TcpStream::connect(at).expect("it accepts");
    write!(stream, "GET /?{target} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n").expect("it reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("it answers");
    Answer::of(&answer)
}

/// A cluster of three nodes; `pi-1` is its writer.
async fn cluster(control: &Control) -> ClusterId {
    let nodes = json!([{"DBNodeId": "pi-1"}, {"DBNodeId": "pi-2"}, {"DBNodeId": "pi-3"}]);
    let planted = control.seed(&json!({"DBClusterId": "pc-1", "DBNodes": nodes})).await.expect("seeded");
    assert_eq!(planted.clusters, ["pc-1".parse().expect("an id")]);
    planted.clusters[0].clone()
}

fn pair(control: &Control) -> String {
    text(&call(control, EBS, "CreateDiskReplicaPair", &PAIR).ok(), "/ReplicaPairId")
}

/// A pair of other disks, with a token.
fn another_pair(control: &Control, name: &str) -> String {
    let (from, to) = (format!("d-{name}-a"), format!("d-{name}-b"));
    let places = PAIR.into_iter().filter(|(name, _)| !name.ends_with("DiskId") && *name != "DiskId");
    let own = [("DiskId", from.as_str()), ("DestinationDiskId", to.as_str()), ("ClientToken", name)];
    let parameters: Vec<_> = places.chain(own).collect();
    text(&call(control, EBS, "CreateDiskReplicaPair", &parameters).ok(), "/ReplicaPairId")
}

fn refused<T: std::fmt::Debug>(result: Result<T, ControlError>) -> Refusal {
    match result {
        Err(ControlError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

/// That what was read is all that there was.
fn whole(control: &Control, path: &str, typed: &impl Serialize) {
    let account = control.account().map_or(String::new(), |account| format!("?account={account}"));
    let at = control.url();
    let at = at.strip_prefix("http://").expect("an address");
    let mut stream = TcpStream::connect(at).expect("it accepts");
    let head = format!("GET /_emulator/{path}{account} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).expect("it reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("it answers");
    let typed = serde_json::to_value(typed).expect("JSON");
    let said = Answer::of(&answer).ok();
    // Some answers are a list under a name.
    let said = if typed.is_array() { said[path].clone() } else { said };
    assert_eq!(said, typed, "{path}");
}

#[tokio::test]
async fn a_server_begins_as_it_is_told_and_ends_when_told() {
    let mut readings = policy::default();
    readings.polardb.switch_window = Span::from_millis(5);
    let server = Emulator::start()
        .seed(7)
        .transitions(Transitions::Manual)
        .latency(LatencyProfile::DOCUMENTED)
        .policy(readings.clone());
    let server = server.await.expect("it starts");
    let health = server.control().health().await.expect("an answer");
    assert_eq!((health.seed, health.now_ms, health.transitions), (7, START, Transitions::Manual));
    assert_eq!(health.version, env!("CARGO_PKG_VERSION"));
    whole(server.control(), "health", &health);
    assert_eq!(server.control().policy().await.expect("readings"), readings);
    let control = server.control().clone();
    let at = server.url().strip_prefix("http://").expect("an address").to_owned();
    server.stop().await;
    assert!(TcpStream::connect(&at).is_err());
    let gone = control.health().await.expect_err("nobody answers");
    assert!(matches!(gone, ControlError::Unreachable { .. }) && gone.to_string().contains(&at), "{gone}");
}

#[tokio::test]
async fn latencies_and_clock_are_those_of_the_start() {
    let server = Emulator::start()
        .latency(LatencyProfile { create_pair: Span::from_millis(9), ..LatencyProfile::QUICK });
    let server = server.await.expect("it starts");
    let account = server.account();
    let pair = pair(&account);
    let clock = account.clock().await.expect("a clock");
    let due = Due { at_ms: START + 9, reason: "create_pair".into(), resource: pair };
    assert_eq!((clock.now_ms, clock.next.as_ref()), (START, Some(&due)));
    whole(&account, "clock", &clock);
    let real = Emulator::start().clock(Clock::real()).await.expect("it starts");
    assert!(real.control().health().await.expect("an answer").now_ms > START);
}

#[tokio::test]
async fn a_server_that_is_dropped_stops_by_itself() {
    let server = Emulator::start().await.expect("it starts");
    let at = server.url().strip_prefix("http://").expect("an address").to_owned();
    assert!(TcpStream::connect(&at).is_ok());
    drop(server);
    for _ in 0..200 {
        if TcpStream::connect(&at).is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("it still listens");
}

#[tokio::test]
async fn what_is_kept_is_there_when_the_next_server_starts() {
    let directory = std::env::temp_dir().join(format!("failover-library-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&directory);
    let mut pairs = Vec::new();
    // Again and again, at once: the store is closed by the time that a server has stopped.
    for round in 0..5 {
        let server = Emulator::start().seed(round).data(&directory).await.expect("it starts");
        let account = server.control().of("1111111111111111".parse().expect("an id"));
        let all = account.resources(None).await.expect("resources");
        assert_eq!(all.pairs.iter().map(|pair| pair.id.to_string()).collect::<Vec<_>>(), pairs);
        pairs.push(another_pair(&account, &round.to_string()));
        server.stop().await;
    }
    let kept = Emulator::start().data(&directory).await.expect("it starts");
    let second = Emulator::start().data(&directory).await.expect_err("one server at a time");
    assert!(second.to_string().starts_with("the emulator does not start: "), "{second}");
    kept.stop().await;
    std::fs::write(directory.join("format"), "failover-emulator 999\n").expect("written");
    let newer = Emulator::start().data(&directory).await.expect_err("it is of a newer version");
    assert!(newer.0.contains("newer version"), "{newer}");
    let _ = std::fs::remove_dir_all(&directory);
}

#[tokio::test]
async fn each_account_is_fresh_and_controls_itself_alone() {
    let server = Emulator::start().await.expect("it starts");
    let (one, other) = (server.account(), server.account());
    let ids = [&one, &other].map(|control| control.account().expect("an account").to_string());
    assert_eq!(ids, ["9000000000000001", "9000000000000002"]);
    cluster(&one).await;
    one.advance(5).await.expect("moved");
    let described = call(&one, POLARDB, "DescribeDBClusters", &[("RegionId", "cn-hangzhou")]).ok();
    assert_eq!(described["TotalRecordCount"], 1);
    assert!(other.resources(None).await.expect("resources").clusters.is_empty());
    assert_eq!(other.clock().await.expect("a clock").now_ms, START);
    let drawn: Vec<_> = (0..3).map(|_| server.control().of_fresh_account()).collect();
    for fresh in &drawn {
        let id = fresh.account().expect("an account").as_str();
        assert!(id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_digit()), "{id}");
        assert_eq!(fresh.health().await.expect("an answer").now_ms, START);
    }
    assert!(drawn[0].account() != drawn[1].account() && drawn[1].account() != drawn[2].account());
    let accounts = server.control().accounts().await.expect("accounts");
    let wanted = [ids[0].as_str(), ids[1].as_str()];
    assert!(wanted.iter().all(|id| accounts.accounts.iter().any(|row| row.account.as_str() == *id)));
    assert_eq!(accounts.default.as_str(), "1234567890123456");
    whole(server.control(), "accounts", &accounts);
}

#[tokio::test]
async fn the_clock_moves_and_effects_end_as_they_are_told() {
    let server = Emulator::start().await.expect("it starts");
    let account = server.account();
    let pair = pair(&account);
    assert_eq!(account.advance(1_000).await.expect("moved").fired, 0);
    let moved = account.advance_to_next().await.expect("moved");
    assert_eq!((moved.now_ms, moved.fired, moved.next), (START + 2_000, 1, None));
    let days = refused(account.advance(32 * 86_400_000).await);
    assert!(days.status == 400 && days.error.contains("31 days"), "{days}");

    account.set_transitions(Transitions::Manual).await.expect("set");
    assert_eq!(account.health().await.expect("an answer").transitions, Transitions::Manual);
    call(&account, EBS, "FailoverDiskReplicaPair", &[("RegionId", "cn-beijing"), ("ReplicaPairId", &pair)]);
    let effects = account.effects(Some(&pair)).await.expect("effects");
    assert_eq!(effects.iter().map(|effect| effect.kind.as_str()).collect::<Vec<_>>(), ["failover_pair"]);
    whole(&account, "effects", &effects);
    assert!(account.effects(Some("pair-none")).await.expect("effects").is_empty());
    let no_node = Ending::Chosen { node: "pi-1".parse().expect("an id") };
    assert_eq!(refused(account.end(&effects[0].id, &no_node).await).status, 400);
    let failed = Ending::Failed {
        reason: Failure::Other,
        message: Some("Broken".parse().expect("a text")),
        pairs: None,
    };
    let ended = account.end(&effects[0].id, &failed).await.expect("ended");
    assert!(ended.events.iter().any(|event| event.kind == "failover_failed"), "{ended:?}");
    for id in [effects[0].id.as_str(), "x", "a/b?c", "", "%"] {
        assert_eq!(refused(account.end(id, &Ending::Succeeded {}).await).status, 404, "{id}");
    }

    // A choice has nodes to choose from, and is one of them.
    let cluster = cluster(&account).await;
    call(&account, POLARDB, "FailoverDBCluster", &[("DBClusterId", cluster.as_str())]).ok();
    let offered = account.effects(Some(cluster.as_str())).await.expect("effects");
    assert_eq!(offered[0].kind, "choose_node");
    let chosen = account.end(&offered[0].id, &Ending::Chosen { node: "pi-3".parse().expect("an id") }).await;
    let chosen = chosen.expect("chosen");
    assert_eq!(
        (chosen.effects[0].kind.as_str(), &chosen.effects[0].detail["node"]),
        ("promote_node", &json!("pi-3"))
    );
    let moved = account.end(&chosen.effects[0].id, &Ending::Auto {}).await.expect("promoted");
    assert!(
        moved.events.iter().any(|event| event.kind == "writer_moved" && event.to.as_deref() == Some("pi-3"))
    );
}

#[tokio::test]
async fn faults_of_each_kind_are_posted_listed_and_withdrawn() {
    let server = Emulator::start().await.expect("it starts");
    let account = server.account();
    let pair = pair(&account);
    let cluster = cluster(&account).await;
    let message = || "Lost".parse().expect("a text");
    let disk = || "d-source".parse().expect("an id");
    let twice = NonZeroU32::new(2);
    let planned = [
        Fault::Switch { node: "*".into(), reason: Failure::Network, times: twice },
        Fault::Work { cluster: cluster.to_string(), effect: None, reason: Failure::Other, times: ALWAYS },
        Fault::Work {
            cluster: "*".into(),
            effect: Some("create_nodes".into()),
            reason: Failure::Other,
            times: ONCE,
        },
        Fault::pair(&pair, PairStage::Failover, ALWAYS),
        Fault::pair_of_disk(disk(), PairStage::Create, ONCE),
        Fault::group("*", GroupStage::Failover, twice),
        Fault::Network { network: "*".into(), fails: NetworkStage::SwitchOver, times: ONCE },
        Fault::drill("*", DrillEffect::Start, ALWAYS),
        Fault::Hold { effect: "failover_pair".into(), resource: "*".into(), times: ONCE },
        Fault::Reply(ReplyFault { lose: true, ..ReplyFault::of(Operation::FailoverDbCluster) }),
        Fault::Reply(ReplyFault {
            effect: false,
            status: Some(503),
            body: Some("<html>".into()),
            delay_ms: 5,
            headers: [("x-acs-retry-after".to_owned(), "1".to_owned())].into(),
            times: ALWAYS,
            ..ReplyFault::of(Operation::DescribeDbClusters)
        }),
    ];
    let mut numbers = Vec::new();
    for fault in &planned {
        let posted = account.fault(fault).await.unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        // Of a disk it tells whether the account has it.
        assert_eq!(posted.known, matches!(fault, Fault::Pair { disk: Some(_), .. }).then_some(true));
        numbers.push(posted.id);
    }
    let of_drill = Fault::Drill {
        drill: None,
        pair: Some(pair.clone()),
        group: None,
        fails: DrillEffect::Clear,
        message: Some(message()),
        times: ONCE,
    };
    account.fault(&of_drill).await.expect("planned");
    let silent = Fault::Region { region: "cn-qingdao".parse().expect("an id"), up: false, api: false };
    let silence = account.fault(&silent).await.expect("silent");
    let listed = account.faults().await.expect("faults");
    whole(&account, "faults", &listed);
    // What lies in wait is what was posted; a drill's is told by what it belongs to.
    for ((fault, number), planned) in planned.iter().zip(&numbers).zip(&listed) {
        assert_eq!((&planned.fault, &planned.id), (&PlannedFault::Fault(fault.clone()), number));
    }
    let PlannedFault::Silence(silence_listed) = &listed[listed.len() - 1].fault else { panic!("{listed:?}") };
    assert_eq!(silence_listed.region.as_str(), "cn-qingdao");
    assert_eq!(listed.len(), planned.len() + 2);
    account.withdraw(&silence.id).await.expect("withdrawn");
    for id in [silence.id.as_str(), "x", "", "../state"] {
        assert_eq!(refused(account.withdraw(id).await).status, 404, "{id}");
    }
    assert_eq!(account.faults().await.expect("faults").len(), planned.len() + 1);
    account.withdraw_all().await.expect("withdrawn");
    assert!(account.faults().await.expect("faults").is_empty());

    for fault in [
        Fault::Node { node: "pi-2".into(), up: false },
        Fault::Replication { node: "pi-3".into(), healthy: false },
        Fault::Cluster { cluster: cluster.clone(), status: "ClassChanging".parse().expect("a text") },
        Fault::Zone { zone: "cn-shanghai-a".parse().expect("an id"), up: false },
        Fault::Region { region: "cn-shanghai".parse().expect("an id"), up: true, api: true },
        Fault::pair_invalid(&pair, message()),
        Fault::group_invalid("*", message()),
    ] {
        let posted = account.fault(&fault).await.unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        // Of a region it tells whether the account has something there.
        assert_eq!(posted.known, matches!(fault, Fault::Region { .. }).then_some(true), "{fault:?}");
    }
    for (id, known) in [("d-source", true), ("d-elsewhere", false)] {
        let (disk, attached) = (id.parse().expect("an id"), Some(true));
        let seen = Fault::Disk { disk, up: None, attached, removed: None };
        assert_eq!(account.fault(&seen).await.expect("seen").known, Some(known), "{id}");
    }
    let disks = account.disks().await.expect("disks");
    assert!(disks.iter().any(|disk| disk.id.as_str() == "d-source" && disk.attached), "{disks:?}");
    whole(&account, "disks", &disks);
    for (fault, says) in [
        (Fault::Node { node: "pi-none".into(), up: false }, "no node pi-none"),
        (Fault::Switch { node: "a b".into(), reason: Failure::Other, times: ONCE }, "node: "),
        (
            Fault::Disk { disk: disk(), up: None, attached: None, removed: None },
            "give up, attached or removed",
        ),
        (Fault::Zone { zone: "cn-x-a".parse().expect("an id"), up: false }, "nothing in zone"),
        (Fault::Reply(ReplyFault::of(Operation::FailoverDbCluster)), "give lose, status"),
        (Fault::Hold { effect: "x".into(), resource: "*".into(), times: ONCE }, "not modelled"),
    ] {
        let refusal = refused(account.fault(&fault).await);
        assert!(refusal.status == 400 && refusal.error.contains(says), "{fault:?}: {refusal}");
    }
}

#[tokio::test]
async fn the_feed_is_read_and_waited_for_and_says_what_is_gone() {
    let server = Emulator::start().await.expect("it starts");
    let account = server.account();
    cluster(&account).await;
    account.fault(&Fault::Node { node: "pi-1".into(), up: false }).await.expect("seen");
    account.advance(60_000).await.expect("moved");
    let page = account.events(&EventQuery::default()).await.expect("events");
    whole(&account, "events", &page);
    let moved = page.events.iter().find(|event| event.kind == "writer_moved").expect("a switch");
    assert_eq!((moved.rule.as_deref(), moved.from.as_deref()), (Some("P-160"), Some("pi-1")));
    let one =
        EventQuery { after: Some(1), limit: Some(1), resource: Some("pc-1".into()), ..EventQuery::default() };
    let one = account.events(&one).await.expect("events");
    assert_eq!(one.events.iter().map(|event| event.seq).collect::<Vec<_>>(), [2]);
    let none = EventQuery { limit: Some(0), ..EventQuery::default() };
    assert!(refused(account.events(&none).await).error.contains("limit"));
    // Who waits is answered by what happens meanwhile.
    let wait = EventQuery { after: Some(page.next_seq - 1), wait_ms: 20_000, ..EventQuery::default() };
    let (waited, posted) = tokio::join!(account.events(&wait), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        account.fault(&Fault::Node { node: "pi-1".into(), up: true }).await
    });
    posted.expect("seen");
    assert_eq!(waited.expect("events").events[0].kind, "node_changed");
    // A reader that fell behind is told where to go on.
    // Each pair is copied every quarter of an hour, which makes two events.
    let pairs: Vec<Value> = (0..4_000).map(many).collect();
    account.seed(&json!(pairs)).await.expect("seeded");
    account.advance(3_600_000).await.expect("moved");
    let gone = refused(account.events(&EventQuery { after: Some(1), ..EventQuery::default() }).await);
    assert_eq!(gone.status, 410);
    let first = gone.first_seq.expect("where to go on");
    let on = EventQuery { after: Some(first - 1), limit: Some(1), ..EventQuery::default() };
    assert_eq!(account.events(&on).await.expect("events").events[0].seq, first);
}

fn many(at: usize) -> Value {
    json!({
        "ReplicaPairId": format!("pair-{at}"), "Status": "normal", "SourceRegion": "cn-shanghai",
        "SourceZoneId": "cn-shanghai-e", "SourceDiskId": format!("d-{at}-a"), "DestinationRegion": "cn-beijing",
        "DestinationZoneId": "cn-beijing-f", "DestinationDiskId": format!("d-{at}-b"),
    })
}

#[tokio::test]
async fn a_state_is_kept_put_back_and_cleared() {
    let server = Emulator::start().seed(3).await.expect("it starts");
    let account = server.account();
    let cluster = cluster(&account).await;
    pair(&account);
    let fault = Fault::Switch { node: "*".into(), reason: Failure::Network, times: ALWAYS };
    account.fault(&fault).await.expect("planned");
    let state = account.state().await.expect("a state");
    whole(&account, "state", &state);
    account
        .clear(&Clearing { now_ms: Some(START + 9), seed: Some(5), account: None })
        .await
        .expect("cleared");
    let health = account.health().await.expect("an answer");
    assert_eq!((health.now_ms, health.seed), (START + 9, 5));
    assert_eq!(account.resources(None).await.expect("resources").total, 0);
    account.set_state(&state).await.expect("put back");
    assert_eq!(account.state().await.expect("a state"), state);
    let resources = account.resources(Some(1)).await.expect("resources");
    assert_eq!((resources.clusters[0].id.clone(), resources.pairs.len()), (cluster, 1));
    let elsewhere = refused(server.account().set_state(&state).await);
    assert!(elsewhere.status == 400 && elsewhere.error.contains("state is that of"), "{elsewhere}");
    let never = Clearing { now_ms: Some(u64::MAX), ..Clearing::default() };
    assert_eq!(refused(account.clear(&never).await).status, 400);
    assert_eq!(account.state().await.expect("a state"), state);
    assert!(refused(account.resources(Some(0)).await).error.contains("limit"));
}

#[tokio::test]
async fn an_account_is_removed_and_begins_anew() {
    let server = Emulator::start().await.expect("it starts");
    for account in [server.account(), server.control().clone()] {
        account.advance(5).await.expect("moved");
        cluster(&account).await;
        account.remove().await.expect("removed");
        let listed = account.accounts().await.expect("accounts");
        assert!(listed.accounts.is_empty(), "{listed:?}");
        let again = refused(account.remove().await);
        assert!(again.status == 404 && again.error.contains("there is no account"), "{again}");
        assert_eq!(account.clock().await.expect("a clock").now_ms, START);
        assert!(account.resources(None).await.expect("resources").clusters.is_empty());
        account.remove().await.expect("removed");
    }
}

#[tokio::test]
async fn readings_are_told_and_set() {
    let server = Emulator::start().await.expect("it starts");
    let account = server.account();
    let mut readings = account.policy().await.expect("readings");
    whole(&account, "policy", &readings);
    assert_eq!(readings, policy::default());
    readings.polardb.switch_window = Span::from_millis(0);
    account.set_policy(&readings).await.expect("set");
    assert_eq!(account.policy().await.expect("readings"), readings);
    assert_eq!(server.control().policy().await.expect("readings"), policy::default());
    another_pair(&account, "a");
    another_pair(&account, "b");
    // A bound that is exceeded already.
    readings.tokens.capacity = NonZeroU32::MIN.try_into().expect("a capacity");
    assert_eq!(refused(account.set_policy(&readings).await).status, 400);
}

#[tokio::test]
async fn what_would_happen_is_told_and_does_not() {
    let server = Emulator::start().await.expect("it starts");
    let account = server.account();
    let cluster = cluster(&account).await;
    account.fault(&Fault::Replication { node: "pi-2".into(), healthy: false }).await.expect("seen");
    let outlook = account.outlook(&cluster).await.expect("an outlook");
    assert_eq!((outlook.writer.as_str(), outlook.next.as_ref().map(NodeId::as_str)), ("pi-1", Some("pi-3")));
    assert!(outlook.events.iter().any(|event| event.kind == "writer_moved"));
    let resources = account.resources(None).await.expect("resources");
    whole(&account, "resources", &resources);
    let nodes = &resources.clusters[0].nodes;
    assert_eq!((nodes[0].role.as_str(), nodes[1].replicating, nodes[2].tier), ("Writer", false, Some(1)));
    let barred = nodes[1].barred_by.clone().expect("a rule");
    let rules = account.rules().await.expect("rules");
    assert!(rules.iter().any(|rule| rule.id == barred && !rule.says.is_empty()), "{barred}");
    let unknown = refused(account.outlook(&"pc-none".parse().expect("an id")).await);
    assert!(unknown.status == 404 && unknown.error.contains("pc-none"), "{unknown}");
}

#[tokio::test]
async fn a_paste_says_what_became_of_it() {
    let server = Emulator::start().await.expect("it starts");
    let account = server.account();
    let mut known = many(1);
    known["Nonsense"] = json!(1);
    let pasted = json!({ "ReplicaPairs": [known, { "SourceRegion": "cn-shanghai", "DestinationRegion": "cn-beijing" }] });
    let planted = account.seed(&pasted).await.expect("seeded");
    assert_eq!(planted.pairs[0].as_str(), "pair-1");
    assert!(planted.ignored.iter().any(|ignored| ignored.at.contains("Nonsense")), "{planted:?}");
    let left_out = json!([many(1)]);
    let left_out = account.seed(&left_out).await.expect("told").left_out;
    assert!(left_out.len() == 1 && !left_out[0].reason.is_empty(), "it is there already: {left_out:?}");
    assert_eq!(refused(account.seed(&json!(5)).await).status, 400);
}

#[tokio::test]
async fn a_server_elsewhere_is_controlled_as_well() {
    let elsewhere = support::Server::manual();
    let control = Control::at(&format!("http://{}/", elsewhere.address)).expect("an address");
    assert_eq!(control.health().await.expect("an answer").seed, 7);
    assert_eq!((control.account(), control.url()), (None, format!("http://{}", elsewhere.address)));
    let account = control.of("acme".parse().expect("an id"));
    cluster(&account).await;
    assert_eq!(elsewhere.get("resources?account=acme").ok()["total"], 1);
    assert!(control.resources(None).await.expect("resources").clusters.is_empty());
}

#[test]
fn what_is_no_address_is_refused() {
    for url in [
        "",
        "127.0.0.1:1",
        "https://127.0.0.1:1",
        "http://",
        "http://a/b",
        "http://a?b",
        "http://u@a:1",
        "http://a:x",
    ] {
        let error = Control::at(url).expect_err(url);
        assert!(
            matches!(&error, ControlError::BadUrl(bad) if bad == url)
                && error.to_string().contains("http://HOST:PORT")
        );
    }
    assert_eq!(Control::at("http://localhost").expect("an address").url(), "http://localhost:80");
    assert_eq!(Control::at("http://[::1]:85").expect("an address").url(), "http://[::1]:85");
}

/// Something that answers every connection so.
fn answering(answer: &'static [u8]) -> Control {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming().take(1) {
            let mut stream = stream.expect("a client");
            let _ = stream.read(&mut [0; 4_096]);
            let _ = stream.write_all(answer);
        }
    });
    Control::at(&format!("http://{address}")).expect("an address")
}

#[tokio::test]
async fn what_is_no_answer_of_an_emulator_is_told_as_that() {
    for answer in [
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".as_slice(),
        b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 6\r\n\r\n<html>",
    ] {
        let error = answering(answer).health().await.expect_err("no answer");
        assert!(matches!(error, ControlError::Unreadable { .. }), "{error:?}");
        assert!(error.to_string().contains("GET /_emulator/health"), "{error}");
    }
    for answer in [b"".as_slice(), b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}", b"hello\r\n\r\n"] {
        let error = answering(answer).health().await.expect_err("no answer");
        assert!(matches!(error, ControlError::Unreachable { .. }), "{error:?}");
    }
    // Without a length, the answer ends with the connection.
    let words =
        b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n{\"error\":\"ends\",\"now_ms\":5}";
    let stopped = refused(answering(words).advance(9).await);
    assert_eq!((stopped.status, stopped.error.as_str(), stopped.now_ms), (503, "ends", Some(5)));
}

#[tokio::test]
async fn a_move_of_the_clock_is_given_up_with_its_future() {
    let server = Emulator::start().await.expect("it starts");
    let account = server.account();
    let pairs: Vec<Value> = (0..5_000).map(many).collect();
    account.seed(&json!(pairs)).await.expect("seeded");
    let long = tokio::time::timeout(Duration::from_millis(300), account.advance(31 * 86_400_000)).await;
    assert!(long.is_err(), "it was to take longer");
    let mut last = None;
    for _ in 0..400 {
        let clock = account.clock().await.expect("a clock");
        if clock.until_ms.is_none() && last == Some(clock.now_ms) {
            assert!(clock.now_ms > START && clock.now_ms < START + 31 * 86_400_000, "{clock:?}");
            return;
        }
        last = Some(clock.now_ms);
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the clock still moves");
}
