//! An embedded store of journals: records by key and number, and for each key the last state, which the later records
//! follow.
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
use std::time::{Duration, Instant};

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use serde::Serialize;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::oneshot;

use crate::rehearsal::rehearse;

#[cfg(test)]
mod forgetting;
#[cfg(test)]
mod torn;

/// By key and number: a record.
const RECORDS: TableDefinition<(&str, u64), &[u8]> = TableDefinition::new("records");

/// By key: a state.
const STATES: TableDefinition<&str, &[u8]> = TableDefinition::new("states");

/// Under `origin`: what the store was made with.
const ORIGIN: TableDefinition<&str, &[u8]> = TableDefinition::new("origin");

/// How many records are at most put into one transaction.
const BATCH: usize = 4_096;

/// How long a transaction waits for those who asked at the last one: a fraction of what a sync takes.
const GATHERING: Duration = Duration::from_micros(300);

/// How often it looks meanwhile. Who sends to a thread that waits has to wake it, by a system call for each record.
const PAUSE: Duration = Duration::from_micros(50);

/// Something was not put into the store, and is therefore not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotKept;

impl Display for NotKept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the journal cannot be written; what was asked for may be lost when the server ends")
    }
}

impl std::error::Error for NotKept {}

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

/// Writes something as JSON, on the thread that does it.
type Text = Box<dyn FnOnce() -> serde_json::Result<Vec<u8>> + Send>;

enum Write {
    Record {
        key: String,
        number: u64,
        text: Text,
        done: oneshot::Sender<()>,
    },
    /// A state after the record of this number, as text.
    State {
        key: String,
        number: u64,
        text: Vec<u8>,
    },
    /// All of a key goes.
    Forgotten {
        key: String,
        done: oneshot::Sender<()>,
    },
}

/// What passes the one that spells states.
enum Unspelled {
    /// A state that is not text yet.
    State { key: String, number: u64, text: Text },
    /// A key to be forgotten. It must not overtake a state, which would bring the key back.
    Forgotten { key: String, done: oneshot::Sender<()> },
}

/// The open store. Whoever drops it waits until all is written and the store is closed.
pub struct Store {
    writes: Option<mpsc::Sender<Write>>,
    states: Option<mpsc::Sender<Unspelled>>,
    /// The one that spells states, which feeds the other, and the one that writes.
    threads: [Option<JoinHandle<()>>; 2],
}

/// What a store holds under one key.
#[derive(Debug, Default)]
pub struct History {
    /// The last state that was kept.
    pub state: Option<Vec<u8>>,
    /// What came after it, in order, with its numbers.
    pub records: Vec<(u64, Vec<u8>)>,
}

/// A store that was opened, before it is written to.
pub struct Opened {
    database: Database,
    /// What the directory was made with.
    pub origin: Vec<u8>,
}

impl Opened {
    /// Opens a directory of this format, a name and a version, or makes it with this origin.
    ///
    /// # Errors
    ///
    /// In words: the directory is not one of this program or of a newer version, another process has it, or it cannot be
    /// read. Nothing in it was changed.
    pub fn at(directory: &Path, format: &str, origin: &[u8]) -> Result<Self, String> {
        let told = |what: &str, error: &dyn Display| format!("{}: {what}: {error}", directory.display());
        fs::create_dir_all(directory).map_err(|error| told("it cannot be made", &error))?;
        let path = directory.join("format");
        let store = directory.join("journal.redb");
        match fs::read(&path) {
            Ok(text) if text == format.as_bytes() => {}
            Ok(text) => {
                let text = String::from_utf8_lossy(&text);
                let known = format.split_inclusive(' ').next().is_some_and(|name| text.starts_with(name));
                let why = if known { "it was written by a newer version" } else { "its format is not known" };
                return Err(told(why, &format_args!("{:?}", text.chars().take(40).collect::<String>())));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => begin(directory, &path, format)?,
            Err(error) => return Err(told("its format cannot be read", &error)),
        }
        if store.exists() {
            rehearse(&store).map_err(|error| told("the store", &error))?;
        }
        let database = Database::create(&store).map_err(|error| told("the store", &error))?;
        let stored = stored_origin(&database).map_err(|error| told("the store", &error))?;
        let origin = match stored {
            Some(stored) => stored,
            None => {
                store_origin(&database, origin).map_err(|error| told("the store", &error))?;
                origin.to_owned()
            }
        };
        Ok(Self { database, origin })
    }

    /// All that was kept, by key.
    ///
    /// # Errors
    ///
    /// In words: something cannot be read.
    pub fn histories(&self) -> Result<BTreeMap<String, History>, String> {
        let told = |error: &dyn Display| format!("the journal: {error}");
        let read = self.database.begin_read().map_err(|error| told(&error))?;
        let states = read.open_table(STATES).map_err(|error| told(&error))?;
        let records = read.open_table(RECORDS).map_err(|error| told(&error))?;
        let mut histories: BTreeMap<String, History> = BTreeMap::new();
        for entry in states.iter().map_err(|error| told(&error))? {
            let (key, state) = entry.map_err(|error| told(&error))?;
            histories.entry(key.value().to_owned()).or_default().state = Some(state.value().to_owned());
        }
        for entry in records.iter().map_err(|error| told(&error))? {
            let (key, record) = entry.map_err(|error| told(&error))?;
            let (key, number) = key.value();
            let record = (number, record.value().to_owned());
            histories.entry(key.to_owned()).or_default().records.push(record);
        }
        Ok(histories)
    }

    /// Begins to write.
    ///
    /// # Errors
    ///
    /// In words: there is no thread to be had.
    pub fn store(self) -> Result<Store, String> {
        let (writes, waiting) = mpsc::channel();
        let (states, unspelled) = mpsc::channel();
        let (database, to_writer) = (self.database, writes.clone());
        let thread = |name: &str| std::thread::Builder::new().name(name.into());
        let told = |error: std::io::Error| format!("the journal: {error}");
        // A runtime with one thread may be busy with what blocks on a ticket.
        let many = |handle: &Handle| handle.runtime_flavor() == RuntimeFlavor::MultiThread;
        let runtime = Handle::try_current().ok().filter(many);
        let writer = thread("journal").spawn(move || write_all(&database, &waiting, runtime.as_ref()));
        let writer = writer.map_err(told)?;
        let speller = thread("states").spawn(move || spell_all(&unspelled, &to_writer)).map_err(told)?;
        let threads = [Some(speller), Some(writer)];
        Ok(Store { writes: Some(writes), states: Some(states), threads })
    }
}

/// Marks a directory as ours, if it is empty.
fn begin(directory: &Path, path: &PathBuf, format: &str) -> Result<(), String> {
    let told = |error: &dyn Display| format!("{}: {error}", directory.display());
    if fs::read_dir(directory).map_err(|error| told(&error))?.next().is_some() {
        return Err(told(&"it is not empty, and not a directory of this program"));
    }
    fs::write(path, format).map_err(|error| told(&error))?;
    let synced = fs::File::open(path).and_then(|file| file.sync_all());
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

impl Store {
    /// Puts a record on its way to the disk.
    pub fn append(&self, key: &str, number: u64, record: impl Serialize + Send + 'static) -> Ticket {
        let (done, durable) = oneshot::channel();
        let text = Box::new(move || serde_json::to_vec(&record));
        // A writer that stopped drops the sender, and the ticket says so.
        if let Some(writes) = &self.writes {
            let _ = writes.send(Write::Record { key: key.to_owned(), number, text, done });
        }
        Ticket(durable)
    }

    /// Puts a state on its way to the disk that contains the records up to this number; they go.
    pub fn keep(&self, key: &str, number: u64, state: impl Serialize + Send + 'static) {
        let text = Box::new(move || serde_json::to_vec(&state));
        if let Some(states) = &self.states {
            let _ = states.send(Unspelled::State { key: key.to_owned(), number, text });
        }
    }

    /// Removes all records and the state of a key, after what was put on its way before. Nothing may be put under the key until
    /// the ticket says that it is done.
    pub fn forget(&self, key: &str) -> Ticket {
        let (done, durable) = oneshot::channel();
        if let Some(states) = &self.states {
            let _ = states.send(Unspelled::Forgotten { key: key.to_owned(), done });
        }
        Ticket(durable)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        (self.states, self.writes) = (None, None);
        // A thread that panicked has nothing more to write.
        for thread in self.threads.iter_mut().filter_map(Option::take) {
            let _ = thread.join();
        }
    }
}

/// Turns states into text, one after the other, so that the writer waits for none: it takes a second for a large account.
fn spell_all(states: &mpsc::Receiver<Unspelled>, writes: &mpsc::Sender<Write>) {
    while let Ok(unspelled) = states.recv() {
        match unspelled {
            Unspelled::State { key, number, text } => match text() {
                Ok(text) => drop(writes.send(Write::State { key, number, text })),
                // The records stay, and with them all that the state would hold.
                Err(error) => tracing::error!(key, "a state cannot be kept: {error}"),
            },
            Unspelled::Forgotten { key, done } => drop(writes.send(Write::Forgotten { key, done })),
        }
    }
}

/// Writes until nobody is left who could ask, or until writing fails: from then on nothing is answered.
///
/// Each who waits is told by a task of the runtime, if there is one: for a thread outside it every waking is a system call.
fn write_all(database: &Database, waiting: &mpsc::Receiver<Write>, runtime: Option<&Handle>) {
    let mut before = 0;
    while let Ok(first) = waiting.recv() {
        let batch = gather(first, waiting, before);
        match write(database, batch) {
            Ok(kept) => {
                before = kept.len();
                match runtime {
                    Some(runtime) => drop(runtime.spawn(async { tell(kept) })),
                    None => tell(kept),
                }
            }
            Err(error) => {
                tracing::error!("the journal cannot be written: {error}");
                return;
            }
        }
    }
}

fn tell(kept: Vec<oneshot::Sender<()>>) {
    for done in kept {
        // Who left meanwhile does not want to know.
        let _ = done.send(());
    }
}

/// All that waits, and for a moment what is about to come: those who were just told mostly ask again, and would otherwise wait for
/// the sync of the first of them and then for their own. `before` is how many were told at last.
fn gather(first: Write, waiting: &mpsc::Receiver<Write>, before: usize) -> Vec<Write> {
    let mut batch = vec![first];
    batch.extend(waiting.try_iter().take(BATCH));
    let until = Instant::now() + GATHERING;
    while batch.len() < before.min(BATCH) && Instant::now() < until {
        std::thread::sleep(PAUSE);
        batch.extend(waiting.try_iter().take(BATCH));
    }
    batch
}

/// Writes all of it, or nothing; returns those to tell.
fn write(database: &Database, batch: Vec<Write>) -> Result<Vec<oneshot::Sender<()>>, redb::Error> {
    let transaction = database.begin_write()?;
    let mut kept = Vec::with_capacity(batch.len());
    {
        let mut records = transaction.open_table(RECORDS)?;
        let io = |error: serde_json::Error| redb::Error::Io(error.into());
        for write in batch {
            match write {
                Write::Record { key, number, text, done } => {
                    records.insert((key.as_str(), number), text().map_err(io)?.as_slice())?;
                    kept.push(done);
                }
                Write::State { key, number, text } => {
                    let key = key.as_str();
                    transaction.open_table(STATES)?.insert(key, text.as_slice())?;
                    records.retain_in((key, 0)..=(key, number), |_, _| false)?;
                }
                Write::Forgotten { key, done } => {
                    let key = key.as_str();
                    transaction.open_table(STATES)?.remove(key)?;
                    records.retain_in((key, 0)..=(key, u64::MAX), |_, _| false)?;
                    kept.push(done);
                }
            }
        }
    }
    transaction.commit()?;
    Ok(kept)
}
