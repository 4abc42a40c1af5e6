//! Whether memory stays flat: mixed requests with faults over many accounts, then a day of the clock, again and again.

use serde_json::Value;

use crate::client::{Connection, bytes};
use crate::server::Server;

const ACCOUNTS: usize = 200;

/// How many clients share the accounts.
const CLIENTS: usize = 8;

/// How often they work: until the feed of every account has all the events that it keeps, and once more.
const ROUNDS: usize = 5;

/// What one account's clients remember.
struct Account {
    id: String,
    number: usize,
    pair: String,
    cluster: String,
}

fn ebs(account: &str, action: &str, more: &str) -> Vec<u8> {
    let target = format!("/?Action={action}&Version=2021-07-30&AccessKeyId={account}&{more}");
    bytes("GET", &target, "", "")
}

fn polardb(account: &str, action: &str, more: &str) -> Vec<u8> {
    let target = format!("/?Action={action}&Version=2017-08-01&AccessKeyId={account}&{more}");
    bytes("GET", &target, "", "")
}

impl Account {
    /// The next request of a cycle in which a pair and a cluster come and go, some of it against faults.
    fn request(&self) -> Vec<u8> {
        let Self { id, number, pair, cluster } = self;
        let control = |method, path: &str, body: &str| {
            bytes(method, &format!("/_emulator/{path}?account={id}"), "", body)
        };
        let pair = format!("RegionId=cn-beijing&ReplicaPairId={pair}&ClientToken=t-{number}");
        let at_source = pair.replace("cn-beijing", "cn-shanghai");
        match number % 16 {
            0 => ebs(
                id,
                "CreateDiskReplicaPair",
                &format!(
                    "RegionId=cn-shanghai&SourceZoneId=cn-shanghai-a&DiskId=d-{number}&DestinationRegionId=cn-beijing\
                     &DestinationZoneId=cn-beijing-a&DestinationDiskId=d-{number}-copy&ClientToken=t-{number}"
                ),
            ),
            1 | 8 | 12 => control("POST", "clock", r#"{"advance_ms":6000}"#),
            2 => ebs(id, "StartDiskReplicaPair", &at_source),
            3 if number.is_multiple_of(7) => control(
                "POST",
                "faults",
                r#"{"kind":"reply","action":"FailoverDiskReplicaPair","status":503,"effect":false}"#,
            ),
            3 => control("POST", "faults", r#"{"kind":"pair","pair":"*","fails":"copy"}"#),
            4 => polardb(
                id,
                "CreateDBCluster",
                &format!(
                    "RegionId=cn-hangzhou&DBType=MySQL&DBVersion=8.0&DBNodeClass=polar.mysql.x4.large\
                     &PayType=Postpaid&DBNodeNum=3&ClientToken=t-{number}"
                ),
            ),
            5 => control("POST", "faults", r#"{"kind":"switch","node":"*"}"#),
            6 => ebs(id, "DescribeDiskReplicaPairs", "RegionId=cn-shanghai&MaxResults=10"),
            7 => ebs(id, "StopDiskReplicaPair", &at_source),
            9 => polardb(id, "FailoverDBCluster", &format!("DBClusterId={cluster}&ClientToken=t-{number}")),
            10 => ebs(id, "FailoverDiskReplicaPair", &pair),
            11 => polardb(id, "DescribeDBClusterAttribute", &format!("DBClusterId={cluster}")),
            13 => polardb(id, "DeleteDBCluster", &format!("DBClusterId={cluster}")),
            14 => ebs(id, "DeleteDiskReplicaPair", &at_source),
            _ => control("DELETE", "faults", ""),
        }
    }

    fn saw(&mut self, body: &[u8]) {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let id = |name: &str| body[name].as_str().map(str::to_owned);
        if let Some(pair) = id("ReplicaPairId") {
            self.pair = pair;
        }
        if self.number % 16 == 4
            && let Some(cluster) = id("DBClusterId")
        {
            self.cluster = cluster;
        }
        self.number += 1;
    }
}

/// Makes so many requests of these accounts, in turn; returns how many were answered 200 or 204.
async fn client(address: String, mut accounts: Vec<Account>, number: usize) -> (Vec<Account>, usize) {
    let mut connection = Connection::open(&address).await.expect("a connection");
    let (mut accepted, count) = (0, accounts.len());
    for at in 0..number {
        let account = &mut accounts[at % count];
        let answer = connection.ask(&account.request()).await.expect("an answer");
        assert!(answer.status != 500, "{}", String::from_utf8_lossy(&answer.body));
        accepted += usize::from(answer.status < 300);
        account.saw(&answer.body);
    }
    (accounts, accepted)
}

/// Live resources, outstanding effects, and events that are kept, over all accounts.
async fn totals(connection: &mut Connection) -> (u64, u64, u64) {
    let told = connection.control("GET", "accounts", "").await;
    let sum = |name: &str| -> u64 {
        told["accounts"].as_array().expect("accounts").iter().filter_map(|it| it[name].as_u64()).sum()
    };
    let kept = told["accounts"].as_array().expect("accounts").iter();
    let kept = kept.filter_map(|it| it["next_seq"].as_u64()).map(|next| (next - 1).min(20_000)).sum();
    (sum("resources"), sum("effects"), kept)
}

pub async fn run(scale: f64) -> bool {
    let server = Server::emulator("timed", false);
    let mut connection = Connection::open(&server.address).await.expect("a connection");
    let each = ((1_000_000.0 * scale) as usize / CLIENTS).max(1);
    let mut clients: Vec<Vec<Account>> = (0..CLIENTS).map(|_| Vec::new()).collect();
    for number in 0..ACCOUNTS {
        let id = format!("{:016}", 3_000_000 + number);
        clients[number % CLIENTS].push(Account {
            id,
            number: 0,
            pair: "none".into(),
            cluster: "none".into(),
        });
    }
    println!("{:<34} {:>8} {:>10} {:>10} {:>10}", "", "MiB", "resources", "effects", "events");
    let told = async |what: &str, connection: &mut Connection| {
        let (resources, effects, events) = totals(connection).await;
        let mib = server.memory() / 1_024;
        println!("{what:<34} {mib:>8} {resources:>10} {effects:>10} {events:>10}");
        mib
    };
    told("at the start", &mut connection).await;
    let mut after_day = Vec::new();
    for round in 1..=ROUNDS {
        let working: Vec<_> = clients
            .drain(..)
            .map(|accounts| tokio::spawn(client(server.address.clone(), accounts, each)))
            .collect();
        let mut accepted = 0;
        for client in working {
            let (accounts, more) = client.await.expect("a client");
            clients.push(accounts);
            accepted += more;
        }
        println!("round {round}: {} requests, {accepted} accepted", each * CLIENTS);
        told("after the requests", &mut connection).await;
        for account in clients.iter().flatten() {
            let clock = format!("clock?account={}", account.id);
            connection.control("POST", &clock, r#"{"advance_ms":90000000}"#).await;
        }
        after_day.push(told("after a day and an hour", &mut connection).await);
    }
    // A state is verified when it is put back.
    for account in clients.iter().flatten() {
        let path = format!("state?account={}", account.id);
        let state =
            connection.ask(&bytes("GET", &format!("/_emulator/{path}"), "", "")).await.expect("a state");
        connection.control("PUT", &path, &String::from_utf8_lossy(&state.body)).await;
    }
    println!("the states of all accounts are sound");
    for account in clients.iter().flatten() {
        connection.control("DELETE", &format!("state?account={}", account.id), "").await;
    }
    told("after every state is deleted", &mut connection).await;
    let growth = after_day[ROUNDS - 1] as f64 / after_day[ROUNDS - 2] as f64;
    println!("growth of the last round: {growth:.2}, goal 1.05");
    growth <= 1.05
}
