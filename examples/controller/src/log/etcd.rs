//! The journal on etcd.
//!
//! | Key | Holds |
//! |---|---|
//! | `PREFIX/leader` | the address of the leader; the key goes with its lease |
//! | `PREFIX/input/NUMBER` | an input, numbers with leading zeros |
//! | `PREFIX/state/NUMBER/PART` | a kept state in parts, each small enough for a request |
//! | `PREFIX/state` | the number of the last kept state and of its parts |
//!
//! An input is appended by one transaction: the key of its number must not exist, and the leader's must be the one that this
//! process made. A leader reads the journal after it made its key, so nobody else can append to what it read.

use std::time::{Duration, Instant};

use etcd_client::{
    Client, CompactionOptions, Compare, CompareOp, ConnectOptions, DeleteOptions, GetOptions, PutOptions,
    SortOrder, SortTarget, Txn, TxnOp, TxnOpResponse,
};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{History, NotAppended, Term, input};

/// How long a member may take to answer before another is asked.
const PATIENCE: Duration = Duration::from_millis(700);

/// How often who does not lead looks whether anybody does.
const LOOK: Duration = Duration::from_millis(200);

/// How much of a state goes into one request: etcd takes 1.5 MiB.
const PART: usize = 512 << 10;

/// How many inputs are read by one request.
const PAGE: i64 = 1_000;

/// What this process has to know of etcd.
#[derive(Debug, Clone)]
pub struct EtcdOptions {
    /// The members, `http://HOST:PORT`.
    pub members: Vec<String>,
    /// What all keys begin with.
    pub prefix: String,
    /// How long a leader remains one that is not heard of.
    pub lease: Duration,
    /// What the leader's key holds: where it is reached.
    pub address: String,
}

/// A client of one member at a time, who goes on to the next when that fails.
struct Members {
    members: Vec<String>,
    at: usize,
    client: Option<Client>,
}

impl Members {
    async fn client(&mut self) -> Result<Client, String> {
        if let Some(client) = &self.client {
            return Ok(client.clone());
        }
        let member = self.members.get(self.at % self.members.len().max(1)).cloned();
        let member = member.ok_or_else(|| "no member of etcd is named".to_owned())?;
        let options = ConnectOptions::new()
            .with_connect_timeout(PATIENCE)
            .with_timeout(PATIENCE)
            .with_require_leader(true);
        let connected = timeout(PATIENCE, Client::connect([&member], Some(options))).await;
        let connected = connected.map_err(|_| format!("{member}: no answer"))?;
        let client = connected.map_err(|error| format!("{member}: {error}"))?;
        self.client = Some(client.clone());
        Ok(client)
    }

    fn next(&mut self) {
        self.client = None;
        self.at = self.at.wrapping_add(1);
    }

    /// Asks until an answer comes or it is too late.
    async fn ask<T>(
        &mut self,
        until: Instant,
        ask: impl AsyncFn(Client) -> Result<T, etcd_client::Error>,
    ) -> Result<T, String> {
        loop {
            let failed = match self.client().await {
                Ok(client) => match timeout(PATIENCE, ask(client)).await {
                    Ok(Ok(answer)) => return Ok(answer),
                    Ok(Err(error)) => error.to_string(),
                    Err(_) => "no answer".into(),
                },
                Err(error) => error,
            };
            self.next();
            if Instant::now() > until {
                return Err(format!("etcd: {failed}"));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// The journal.
pub struct Etcd {
    options: EtcdOptions,
    members: Members,
    leading: Option<Leading>,
}

/// What makes this process the leader.
struct Leading {
    /// The revision at which its key was made.
    revision: i64,
    lease: i64,
    until: watch::Receiver<Instant>,
    renewing: JoinHandle<()>,
}

impl Drop for Leading {
    fn drop(&mut self) {
        self.renewing.abort();
    }
}

impl Etcd {
    /// A journal that is not connected yet.
    pub fn new(options: EtcdOptions) -> Self {
        let members = Members { members: options.members.clone(), at: 0, client: None };
        Self { options, members, leading: None }
    }

    fn key(&self, name: &str) -> String {
        format!("{}/{name}", self.options.prefix)
    }

    fn input(&self, number: u64) -> String {
        self.key(&format!("input/{number:020}"))
    }

    pub(super) fn term(&self) -> Term {
        Term(Some(match &self.leading {
            Some(leading) => leading.until.clone(),
            None => watch::channel(Instant::now()).1,
        }))
    }

    pub(super) fn forget_renewals(&self) {
        if let Some(leading) = &self.leading {
            leading.renewing.abort();
        }
    }

    pub(super) async fn resign(&mut self) {
        if let Some(leading) = self.leading.take() {
            let lease = leading.lease;
            let revoke = async |mut client: Client| client.lease_revoke(lease).await.map(drop);
            let _ = self.members.ask(Instant::now(), revoke).await;
        }
    }

    pub(super) async fn lead(&mut self) -> Result<History, String> {
        self.leading = None;
        loop {
            match self.campaign().await {
                Ok(Some(leading)) => {
                    self.leading = Some(leading);
                    return self.read().await;
                }
                Ok(None) => {}
                Err(why) => tracing::warn!("cannot become the leader: {why}"),
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Whether anybody leads now.
    async fn is_led(&mut self) -> Result<bool, String> {
        let key = self.key("leader");
        let get = async |mut client: Client| client.get(key.as_str(), None).await;
        let found = self.members.ask(Instant::now() + PATIENCE, get).await?;
        Ok(!found.kvs().is_empty())
    }

    async fn campaign(&mut self) -> Result<Option<Leading>, String> {
        if self.is_led().await? {
            return Ok(None);
        }
        let (key, address) = (self.key("leader"), self.options.address.clone());
        let seconds = i64::try_from(self.options.lease.as_secs()).unwrap_or(i64::MAX);
        let asked = Instant::now();
        let until = asked + PATIENCE * 3;
        let granted = self
            .members
            .ask(until, async |mut client: Client| client.lease_grant(seconds, None).await)
            .await?;
        let lease = granted.id();
        let make = async |mut client: Client| {
            let absent = Compare::create_revision(key.as_str(), CompareOp::Equal, 0);
            let put = TxnOp::put(key.as_str(), address.as_str(), Some(PutOptions::new().with_lease(lease)));
            let get = TxnOp::get(key.as_str(), None);
            client.txn(Txn::new().when([absent]).and_then([put, get.clone()]).or_else([get])).await
        };
        let answer = self.members.ask(until, make).await?;
        let found = answer.op_responses().into_iter().find_map(|answer| match answer {
            TxnOpResponse::Get(found) => {
                found.kvs().first().map(|found| (found.lease(), found.create_revision()))
            }
            _ => None,
        });
        // The answer to a first attempt may have been lost: it is ours if it hangs on our lease.
        let Some((_, revision)) = found.filter(|(holder, _)| *holder == lease) else { return Ok(None) };
        let lasts = Duration::from_secs(u64::try_from(granted.ttl()).unwrap_or_default());
        let (renewed, until) = watch::channel(asked + lasts);
        let members = Members { members: self.options.members.clone(), at: self.members.at, client: None };
        let renewing = tokio::spawn(renew(members, lease, lasts, renewed));
        tracing::info!(revision, "this process leads");
        Ok(Some(Leading { revision, lease, until, renewing }))
    }

    /// Reads the state and the inputs after it.
    async fn read(&mut self) -> Result<History, String> {
        let until = Instant::now() + self.options.lease;
        let key = self.key("state");
        let found =
            self.members.ask(until, async |mut client: Client| client.get(key.as_str(), None).await).await?;
        let mut history = History::default();
        if let Some(found) = found.kvs().first() {
            let (number, parts): (u64, u64) =
                serde_json::from_slice(found.value()).map_err(|error| format!("the state: {error}"))?;
            let mut text = Vec::new();
            for part in 0..parts {
                let key = self.key(&format!("state/{number:020}/{part:06}"));
                let get = async |mut client: Client| client.get(key.as_str(), None).await;
                let found = self.members.ask(until, get).await?;
                let found =
                    found.kvs().first().ok_or_else(|| format!("the state of {number} lacks part {part}"))?;
                text.extend_from_slice(found.value());
            }
            history.state = Some((number, text));
        }
        let mut next = history.state.as_ref().map_or(1, |(number, _)| number.saturating_add(1));
        loop {
            let (from, to) = (self.input(next), self.input(u64::MAX));
            let get = async |mut client: Client| {
                let options = GetOptions::new().with_range(to.as_str()).with_limit(PAGE);
                client.get(from.as_str(), Some(options.with_sort(SortTarget::Key, SortOrder::Ascend))).await
            };
            let page = self.members.ask(until, get).await?;
            for found in page.kvs() {
                if found.key() != self.input(next).as_bytes() {
                    return Err(format!("the journal lacks input {next}"));
                }
                history.inputs.push(input(next, found.value())?);
                next = next.saturating_add(1);
            }
            if page.kvs().is_empty() {
                return Ok(history);
            }
        }
    }

    /// Makes these changes if this process leads and this key does not exist, or has this value already.
    async fn change(&mut self, key: &str, value: &str, also: Vec<TxnOp>) -> Result<(), NotAppended> {
        let Some(leading) = &self.leading else { return Err(NotAppended::Deposed) };
        let (revision, term) = (leading.revision, self.term());
        let leader = self.key("leader");
        let ask = async |mut client: Client| {
            let leads = Compare::create_revision(leader.as_str(), CompareOp::Equal, revision);
            let absent = Compare::create_revision(key, CompareOp::Equal, 0);
            let mut changes = vec![TxnOp::put(key, value, None)];
            changes.extend(also.clone());
            let look = [TxnOp::get(key, None), TxnOp::get(leader.as_str(), None)];
            client.txn(Txn::new().when([leads, absent]).and_then(changes).or_else(look)).await
        };
        // What is not known by the end of the lease is nobody's to say but the next leader's.
        let until = *leading.until.borrow();
        let answer = self.members.ask(until, ask).await.map_err(NotAppended::Failed)?;
        if answer.succeeded() {
            return if term.leads() { Ok(()) } else { Err(NotAppended::Deposed) };
        }
        let mut found = answer.op_responses().into_iter().filter_map(|answer| match answer {
            TxnOpResponse::Get(found) => Some(found.kvs().first().cloned()),
            _ => None,
        });
        let (at_key, at_leader) = (found.next().flatten(), found.next().flatten());
        let leads = at_leader.is_some_and(|leader| leader.create_revision() == revision);
        // The answer to an earlier attempt was lost. Nobody else can have written this since this process leads.
        let is_ours = at_key.is_some_and(|there| there.value() == value.as_bytes());
        if leads && is_ours { Ok(()) } else { Err(NotAppended::Deposed) }
    }

    pub(super) async fn append(&mut self, number: u64, text: String) -> Result<(), NotAppended> {
        let key = self.input(number);
        self.change(&key, &text, Vec::new()).await
    }

    pub(super) async fn keep(&mut self, number: u64, state: String) -> Result<(), NotAppended> {
        let mut parts = 0_u64;
        let bytes = state.as_bytes();
        for part in bytes.chunks(PART) {
            let key = self.key(&format!("state/{number:020}/{parts:06}"));
            let put = async |mut client: Client| client.put(key.as_str(), part, None).await.map(drop);
            let until = Instant::now() + PATIENCE * 3;
            self.members.ask(until, put).await.map_err(NotAppended::Failed)?;
            parts = parts.saturating_add(1);
        }
        // The pointer is replaced together with what it makes superfluous, by the leader alone.
        let Some(leading) = &self.leading else { return Err(NotAppended::Deposed) };
        let (revision, leader, pointer) = (leading.revision, self.key("leader"), self.key("state"));
        let (from, to) = (self.input(0), self.input(number.saturating_add(1)));
        let (old, this) = (self.key("state/"), self.key(&format!("state/{number:020}/")));
        let value = format!("[{number},{parts}]");
        let ask = async |mut client: Client| {
            let leads = Compare::create_revision(leader.as_str(), CompareOp::Equal, revision);
            let changes = [
                TxnOp::put(pointer.as_str(), value.as_str(), None),
                TxnOp::delete(from.as_str(), Some(DeleteOptions::new().with_range(to.as_str()))),
                TxnOp::delete(old.as_str(), Some(DeleteOptions::new().with_range(this.as_str()))),
            ];
            client.txn(Txn::new().when([leads]).and_then(changes)).await
        };
        let answer =
            self.members.ask(Instant::now() + PATIENCE * 3, ask).await.map_err(NotAppended::Failed)?;
        if !answer.succeeded() {
            return Err(NotAppended::Deposed);
        }
        // What was deleted stays in etcd's history until it is compacted.
        if let Some(revision) = answer.header().map(etcd_client::ResponseHeader::revision) {
            let compact = async |mut client: Client| {
                client.compact(revision, Some(CompactionOptions::new())).await.map(drop)
            };
            let _ = self.members.ask(Instant::now(), compact).await;
        }
        Ok(())
    }
}

/// Renews the lease, and says until when that lasts: counted from the moment before it was asked for.
async fn renew(mut members: Members, lease: i64, lasts: Duration, renewed: watch::Sender<Instant>) {
    loop {
        tokio::time::sleep(lasts / 6).await;
        let asked = Instant::now();
        match timeout(PATIENCE, keep_alive(&mut members, lease)).await {
            Ok(Ok(true)) => {
                let _ = renewed.send_replace(asked + lasts);
            }
            Ok(Ok(false)) => {
                tracing::warn!("the leader's lease is gone");
                let _ = renewed.send_replace(asked);
                return;
            }
            answer => {
                let why =
                    answer.map_or_else(|_| "no answer".into(), |answer| answer.err().unwrap_or_default());
                tracing::warn!("the leader's lease is not renewed: {why}");
                members.next();
                if *renewed.borrow() <= Instant::now() {
                    return;
                }
            }
        }
    }
}

/// Whether the lease is still there, which it then is anew.
async fn keep_alive(members: &mut Members, lease: i64) -> Result<bool, String> {
    let told = |error: etcd_client::Error| error.to_string();
    let mut client = members.client().await?;
    let (mut keeper, mut answers) = client.lease_keep_alive(lease).await.map_err(told)?;
    keeper.keep_alive().await.map_err(told)?;
    Ok(answers.message().await.map_err(told)?.is_some_and(|answer| answer.ttl() > 0))
}
