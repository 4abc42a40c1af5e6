//! What `--data DIR` keeps: every input with its time, synced before it is answered.
//!
//! The simulation is deterministic, so the requests that can change an account, with the time at which each took effect, are
//! its whole history. They lie in an embedded store in the order in which the account took them; now and then the state
//! itself is put there, and the requests before it go. A restart takes the last state and makes the later requests again.
//!
//! The store is `redb`: pure Rust, one file, transactions that are there as a whole or not at all whenever the machine ends, as
//! far as the disk keeps what it synced, and a lock against a second process. SQLite would do the same and bring a C compiler
//! with it.
//!
//! One thread writes. It takes all that is waiting into one transaction, so that a sync is shared by all who wait for one.
//! Another one turns states into text.
//!
//! The directory has a file `format`, which says what it is before anything else is opened, and the store.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::JoinHandle;

use axum::body::Body;
use axum::http::{Method, Request, Uri, Version};
use failover_model::{AccountId, Timestamp};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

#[cfg(test)]
mod torn;

use crate::rehearsal::rehearse;
use crate::state::Kept;
use crate::world::Origin;

/// What the file `format` says.
const FORMAT: &str = "failover-emulator 1\n";

/// By account and number: a [`Record`].
const RECORDS: TableDefinition<(&str, u64), &[u8]> = TableDefinition::new("records");

/// By account: a [`Kept`] state.
const STATES: TableDefinition<&str, &[u8]> = TableDefinition::new("states");

/// Under `origin`: what the world of an account begins with.
const ORIGIN: TableDefinition<&str, &[u8]> = TableDefinition::new("origin");

/// How many records are at most put into one transaction.
const BATCH: usize = 4_096;

/// An input, with the time at which an account took it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// When.
    pub at: Timestamp,
    /// What a real clock adds to the system's time afterwards.
    pub offset_ms: i64,
    /// What it was.
    pub input: Input,
}

/// What can change an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Input {
    /// A request, as far as its meaning depends on it.
    Request(Said),
    /// The clock moved to the time of the record.
    Clock,
}

/// A request as it was received.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Said {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The headers that have a meaning here; of a signature only whose it is.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl Said {
    /// What a request says. `headers` are the names of those that have a meaning.
    pub fn of(method: &Method, uri: &Uri, headers: &[(&str, String)], body: &[u8]) -> Self {
        Self {
            method: method.to_string(),
            target: uri.path_and_query().map_or("/", |target| target.as_str()).to_owned(),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            body: body.into(),
        }
    }

    /// The request again.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn request(self) -> Result<Request<Body>, axum::http::Error> {
        // Of HTTP/1.0, which demands no `Host`: where one has a meaning it is among the headers.
        let mut request = Request::builder().method(self.method.as_str()).uri(self.target);
        request = request.version(Version::HTTP_10);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        request.body(Body::from(Vec::from(self.body)))
    }
}

/// A body; nearly all are text.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Bytes {
    /// UTF-8.
    Text(String),
    /// Anything else.
    Raw(Vec<u8>),
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Raw(bytes.to_owned()),
        }
    }
}

impl From<Bytes> for Vec<u8> {
    fn from(bytes: Bytes) -> Self {
        match bytes {
            Bytes::Text(text) => text.into_bytes(),
            Bytes::Raw(bytes) => bytes,
        }
    }
}

/// Something was not put into the store, and is therefore not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotKept;

impl Display for NotKept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the journal cannot be written; what was asked for may be lost when the server ends")
    }
}

/// Resolves once a record is on the disk.
pub struct Ticket(oneshot::Receiver<()>);

impl Ticket {
    /// Waits for the disk.
    pub async fn durable(self) -> Result<(), NotKept> {
        self.0.await.map_err(|_| NotKept)
    }

    /// Waits for the disk, on a thread that may block.
    pub fn durable_blocking(self) -> Result<(), NotKept> {
        self.0.blocking_recv().map_err(|_| NotKept)
    }
}

enum Write {
    Record {
        account: AccountId,
        number: u64,
        record: Record,
        done: oneshot::Sender<()>,
    },
    /// A state after the input of this number, as text.
    State {
        account: AccountId,
        number: u64,
        text: Vec<u8>,
    },
}

/// The open store. Whoever drops it waits until all is written and the store is closed.
pub struct Journal {
    writes: Option<mpsc::Sender<Write>>,
    states: Option<mpsc::Sender<(AccountId, Kept)>>,
    /// The one that spells states, which feeds the other, and the one that writes.
    threads: [Option<JoinHandle<()>>; 2],
}

/// What a store holds of one account.
#[derive(Default)]
pub struct History {
    /// The last state that was kept.
    pub kept: Option<Kept>,
    /// What came after it, in order, with its numbers.
    pub records: Vec<(u64, Record)>,
}

/// A store that was opened, before it is written to.
pub struct Opened {
    database: Database,
    /// What worlds begin with: what the directory was made with wins over what is asked for now.
    pub origin: Origin,
}

impl Opened {
    /// Opens a directory, or makes it with this origin.
    ///
    /// # Errors
    ///
    /// In words: the directory is not one of this program or of a newer version, another process has it, or it cannot be
    /// read. Nothing in it was changed.
    pub fn at(directory: &Path, origin: Origin) -> Result<Self, String> {
        let told = |what: &str, error: &dyn Display| format!("{}: {what}: {error}", directory.display());
        fs::create_dir_all(directory).map_err(|error| told("it cannot be made", &error))?;
        let format = directory.join("format");
        let store = directory.join("journal.redb");
        match fs::read(&format) {
            Ok(text) if text == FORMAT.as_bytes() => {}
            Ok(text) => {
                let text = String::from_utf8_lossy(&text);
                let known = text.starts_with("failover-emulator ");
                let why = if known { "it was written by a newer version" } else { "its format is not known" };
                return Err(told(why, &format_args!("{:?}", text.chars().take(40).collect::<String>())));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => begin(directory, &format)?,
            Err(error) => return Err(told("its format cannot be read", &error)),
        }
        if store.exists() {
            rehearse(&store).map_err(|error| told("the store", &error))?;
        }
        let database = Database::create(&store).map_err(|error| told("the store", &error))?;
        let stored = stored_origin(&database).map_err(|error| told("the store", &error))?;
        let origin = match stored {
            Some(stored) => serde_json::from_slice(&stored).map_err(|error| told("its origin", &error))?,
            None => {
                let text = serde_json::to_vec(&origin).map_err(|error| told("its origin", &error))?;
                store_origin(&database, &text).map_err(|error| told("the store", &error))?;
                origin
            }
        };
        Ok(Self { database, origin })
    }

    /// All that was kept, by account.
    ///
    /// # Errors
    ///
    /// In words: something cannot be read.
    pub fn histories(&self) -> Result<BTreeMap<AccountId, History>, String> {
        let told = |error: &dyn Display| format!("the journal: {error}");
        let read = self.database.begin_read().map_err(|error| told(&error))?;
        let states = read.open_table(STATES).map_err(|error| told(&error))?;
        let records = read.open_table(RECORDS).map_err(|error| told(&error))?;
        let mut histories: BTreeMap<AccountId, History> = BTreeMap::new();
        for entry in states.iter().map_err(|error| told(&error))? {
            let (account, kept) = entry.map_err(|error| told(&error))?;
            let account = AccountId::parse(account.value()).map_err(|error| told(&error))?;
            let kept = serde_json::from_slice(kept.value()).map_err(|error| told(&error))?;
            histories.entry(account).or_default().kept = Some(kept);
        }
        for entry in records.iter().map_err(|error| told(&error))? {
            let (key, record) = entry.map_err(|error| told(&error))?;
            let (account, number) = key.value();
            let account = AccountId::parse(account).map_err(|error| told(&error))?;
            let record = serde_json::from_slice(record.value()).map_err(|error| told(&error))?;
            histories.entry(account).or_default().records.push((number, record));
        }
        Ok(histories)
    }

    /// Begins to write.
    ///
    /// # Errors
    ///
    /// In words: there is no thread to be had.
    pub fn journal(self) -> Result<Journal, String> {
        let (writes, waiting) = mpsc::channel();
        let (states, unwritten) = mpsc::channel();
        let (database, to_writer) = (self.database, writes.clone());
        let thread = |name: &str| std::thread::Builder::new().name(name.into());
        let told = |error: std::io::Error| format!("the journal: {error}");
        let writer = thread("journal").spawn(move || write_all(&database, &waiting)).map_err(told)?;
        let speller = thread("states").spawn(move || spell_all(&unwritten, &to_writer)).map_err(told)?;
        let threads = [Some(speller), Some(writer)];
        Ok(Journal { writes: Some(writes), states: Some(states), threads })
    }
}

/// Marks a directory as ours, if it is empty.
fn begin(directory: &Path, format: &PathBuf) -> Result<(), String> {
    let told = |error: &dyn Display| format!("{}: {error}", directory.display());
    if fs::read_dir(directory).map_err(|error| told(&error))?.next().is_some() {
        return Err(told(&"it is not empty, and not a directory of this program"));
    }
    fs::write(format, FORMAT).map_err(|error| told(&error))?;
    let synced = fs::File::open(format).and_then(|file| file.sync_all());
    synced.and_then(|()| fs::File::open(directory)?.sync_all()).map_err(|error| told(&error))
}

fn stored_origin(database: &Database) -> Result<Option<Vec<u8>>, redb::Error> {
    let read = database.begin_read()?;
    match read.open_table(ORIGIN) {
        Ok(table) => Ok(table.get("origin")?.map(|origin| origin.value().to_owned())),
        Err(redb::TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn store_origin(database: &Database, origin: &[u8]) -> Result<(), redb::Error> {
    let write = database.begin_write()?;
    write.open_table(ORIGIN)?.insert("origin", origin)?;
    write.open_table(STATES)?;
    write.open_table(RECORDS)?;
    write.commit()?;
    Ok(())
}

impl Journal {
    /// Puts an input on its way to the disk.
    pub fn append(&self, account: &AccountId, number: u64, record: Record) -> Ticket {
        let (done, durable) = oneshot::channel();
        // A writer that stopped drops the sender, and the ticket says so.
        self.send(Write::Record { account: account.clone(), number, record, done });
        Ticket(durable)
    }

    /// Puts a state on its way to the disk; what came before it goes.
    pub fn keep(&self, account: &AccountId, kept: Kept) {
        if let Some(states) = &self.states {
            let _ = states.send((account.clone(), kept));
        }
    }

    fn send(&self, write: Write) {
        if let Some(writes) = &self.writes {
            let _ = writes.send(write);
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        (self.states, self.writes) = (None, None);
        // A thread that panicked has nothing more to write.
        for thread in self.threads.iter_mut().filter_map(Option::take) {
            let _ = thread.join();
        }
    }
}

/// Turns states into text, one after the other, so that the writer waits for none: it takes a second for a large account.
fn spell_all(states: &mpsc::Receiver<(AccountId, Kept)>, writes: &mpsc::Sender<Write>) {
    while let Ok((account, kept)) = states.recv() {
        let number = kept.number;
        match serde_json::to_vec(&kept) {
            Ok(text) => drop(writes.send(Write::State { account, number, text })),
            // The records stay, and with them all that the state would hold.
            Err(error) => tracing::error!(account = %account, "a state cannot be kept: {error}"),
        }
    }
}

/// Writes until nobody is left who could ask, or until writing fails: from then on nothing is answered.
fn write_all(database: &Database, waiting: &mpsc::Receiver<Write>) {
    while let Ok(first) = waiting.recv() {
        let mut batch = vec![first];
        batch.extend(waiting.try_iter().take(BATCH));
        match write(database, &batch) {
            Ok(()) => {
                for write in batch {
                    if let Write::Record { done, .. } = write {
                        // Who left meanwhile does not want to know.
                        let _ = done.send(());
                    }
                }
            }
            Err(error) => {
                tracing::error!("the journal cannot be written: {error}");
                return;
            }
        }
    }
}

fn write(database: &Database, batch: &[Write]) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    {
        let (mut records, mut states) = (transaction.open_table(RECORDS)?, transaction.open_table(STATES)?);
        let text = |error: serde_json::Error| redb::Error::Io(error.into());
        for write in batch {
            match write {
                Write::Record { account, number, record, .. } => {
                    let record = serde_json::to_vec(record).map_err(text)?;
                    records.insert((account.as_str(), *number), record.as_slice())?;
                }
                Write::State { account, number, text } => {
                    let account = account.as_str();
                    states.insert(account, text.as_slice())?;
                    records.retain_in((account, 0)..=(account, *number), |_, _| false)?;
                }
            }
        }
    }
    transaction.commit()?;
    Ok(())
}
