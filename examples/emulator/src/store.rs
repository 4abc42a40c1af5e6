//! An embedded store of journals: records by key and number, and for each key the last state, which the later records
//! follow.
//!
//! The store is `redb`: pure Rust, one file, transactions that survive a loss of power at any moment, and a lock against a
//! second process. SQLite would do the same and bring a C compiler with it.
//!
//! One thread writes. It takes all that is waiting into one transaction, so that a sync is shared by all who wait for one.
//!
//! The directory has a file `format`, which says what it is before anything else is opened, and the store.

use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use serde::Serialize;
use tokio::sync::oneshot;

use crate::rehearsal::rehearse;

/// By key and number: a record.
const RECORDS: TableDefinition<(&str, u64), &[u8]> = TableDefinition::new("records");

/// By key: a state.
const STATES: TableDefinition<&str, &[u8]> = TableDefinition::new("states");

/// Under `origin`: what the store was made with.
const ORIGIN: TableDefinition<&str, &[u8]> = TableDefinition::new("origin");

/// How many records are at most put into one transaction.
const BATCH: usize = 4_096;

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

/// Writes something as JSON, on the thread that writes.
type Text = Box<dyn FnOnce() -> serde_json::Result<Vec<u8>> + Send>;

enum Write {
    Record { key: String, number: u64, text: Text, done: oneshot::Sender<()> },
    State { key: String, number: u64, text: Text },
}

/// The open store.
pub struct Store {
    writes: mpsc::Sender<Write>,
}

/// What a store holds under one key.
pub struct History {
    /// The key.
    pub key: String,
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

    /// All that was kept, in the order of the keys.
    ///
    /// # Errors
    ///
    /// In words: something cannot be read.
    pub fn histories(&self) -> Result<Vec<History>, String> {
        let told = |error: &dyn Display| format!("the journal: {error}");
        let read = self.database.begin_read().map_err(|error| told(&error))?;
        let states = read.open_table(STATES).map_err(|error| told(&error))?;
        let records = read.open_table(RECORDS).map_err(|error| told(&error))?;
        let mut histories: Vec<History> = Vec::new();
        for entry in states.iter().map_err(|error| told(&error))? {
            let (key, state) = entry.map_err(|error| told(&error))?;
            let (key, state) = (key.value().to_owned(), Some(state.value().to_owned()));
            histories.push(History { key, state, records: Vec::new() });
        }
        for entry in records.iter().map_err(|error| told(&error))? {
            let (key, record) = entry.map_err(|error| told(&error))?;
            let (key, number) = key.value();
            let record = (number, record.value().to_owned());
            match histories.iter_mut().rev().find(|history| history.key == key) {
                Some(history) => history.records.push(record),
                None => histories.push(History { key: key.to_owned(), state: None, records: vec![record] }),
            }
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
        let thread = std::thread::Builder::new().name("journal".into());
        let database = self.database;
        thread
            .spawn(move || write_all(&database, &waiting))
            .map_err(|error| format!("the journal: {error}"))?;
        Ok(Store { writes })
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
        let _ = self.writes.send(Write::Record { key: key.to_owned(), number, text, done });
        Ticket(durable)
    }

    /// Puts a state on its way to the disk that contains the records up to this number; they go.
    pub fn keep(&self, key: &str, number: u64, state: impl Serialize + Send + 'static) {
        let text = Box::new(move || serde_json::to_vec(&state));
        let _ = self.writes.send(Write::State { key: key.to_owned(), number, text });
    }
}

/// Writes until nobody is left who could ask, or until writing fails: from then on nothing is answered.
fn write_all(database: &Database, waiting: &mpsc::Receiver<Write>) {
    while let Ok(first) = waiting.recv() {
        let mut batch = vec![first];
        batch.extend(waiting.try_iter().take(BATCH));
        match write(database, batch) {
            Ok(kept) => {
                for done in kept {
                    // Who left meanwhile does not want to know.
                    let _ = done.send(());
                }
            }
            Err(error) => {
                tracing::error!("the journal cannot be written: {error}");
                return;
            }
        }
    }
}

/// Writes all of it, or nothing; returns those to tell.
fn write(database: &Database, batch: Vec<Write>) -> Result<Vec<oneshot::Sender<()>>, redb::Error> {
    let transaction = database.begin_write()?;
    let mut kept = Vec::with_capacity(batch.len());
    {
        let (mut records, mut states) = (transaction.open_table(RECORDS)?, transaction.open_table(STATES)?);
        let io = |error: serde_json::Error| redb::Error::Io(error.into());
        for write in batch {
            match write {
                Write::Record { key, number, text, done } => {
                    records.insert((key.as_str(), number), text().map_err(io)?.as_slice())?;
                    kept.push(done);
                }
                Write::State { key, number, text } => {
                    let key = key.as_str();
                    states.insert(key, text().map_err(io)?.as_slice())?;
                    records.retain_in((key, 0)..=(key, number), |_, _| false)?;
                }
            }
        }
    }
    transaction.commit()?;
    Ok(kept)
}
