//! What the end of the machine in the middle of writing leaves: of all that was written since the last sync any part may be
//! on the disk, the last write torn.

use std::io::{Error, ErrorKind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::{Builder, Database, ReadableDatabase, ReadableTable, StorageBackend};
use tokio::sync::oneshot;

use super::{RECORDS, STATES, Write, store_origin, write};

#[derive(Debug, Clone)]
enum Step {
    Write(u64, Vec<u8>),
    Length(u64),
    Sync,
}

#[derive(Debug, Default)]
struct Bytes {
    now: Vec<u8>,
    steps: Vec<Step>,
}

/// A disk that remembers what was done to it.
#[derive(Debug, Clone, Default)]
struct Disk(Arc<Mutex<Bytes>>);

fn apply(bytes: &mut Vec<u8>, step: &Step) {
    match step {
        Step::Write(at, data) => {
            let (at, end) = (*at as usize, *at as usize + data.len());
            if bytes.len() < end {
                bytes.resize(end, 0);
            }
            bytes[at..end].copy_from_slice(data);
        }
        Step::Length(length) => bytes.resize(*length as usize, 0),
        Step::Sync => {}
    }
}

impl Disk {
    fn bytes(&self) -> MutexGuard<'_, Bytes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn does(&self, step: Step) {
        let mut bytes = self.bytes();
        apply(&mut bytes.now, &step);
        bytes.steps.push(step);
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> Result<u64, Error> {
        Ok(self.bytes().now.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), Error> {
        let bytes = self.bytes();
        let at = offset as usize;
        let there = bytes.now.get(at..at + out.len()).ok_or(ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(there);
        Ok(())
    }

    fn set_len(&self, length: u64) -> Result<(), Error> {
        self.does(Step::Length(length));
        Ok(())
    }

    fn sync_data(&self) -> Result<(), Error> {
        self.does(Step::Sync);
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), Error> {
        self.does(Step::Write(offset, data.to_vec()));
        Ok(())
    }
}

/// The number of the state that is kept, and those of the records.
fn kept(database: &Database) -> (u64, Vec<u64>) {
    let read = database.begin_read().unwrap();
    let states = read.open_table(STATES).unwrap();
    let state = states.get("1").unwrap().map_or(0, |text| text.value().len() as u64);
    let records = read.open_table(RECORDS).unwrap();
    (state, records.iter().unwrap().map(|entry| entry.unwrap().0.value().1).collect())
}

/// A batch of three records, every fourth with a state in place of those before it.
fn batch(first: u64) -> Vec<Write> {
    let record = |number: u64| {
        let text = Box::new(move || serde_json::to_vec(&number));
        Write::Record { key: "1".into(), number, text, done: oneshot::channel().0 }
    };
    let mut batch: Vec<Write> = (first..first + 3).map(record).collect();
    if first.is_multiple_of(4) {
        let number = first - 1;
        batch.push(Write::State { key: "1".into(), number, text: vec![b'x'; number as usize] });
    }
    batch
}

/// What may be on the disk if the machine ends after so many steps: a part of what follows the last sync, as `draw` says.
fn torn(steps: &[Step], mut draw: u64) -> Vec<u8> {
    let synced = steps.iter().rposition(|step| matches!(step, Step::Sync)).map_or(0, |at| at + 1);
    let mut bytes = Vec::new();
    steps[..synced].iter().for_each(|step| apply(&mut bytes, step));
    let mut next = |below: usize| {
        draw ^= draw << 13;
        draw ^= draw >> 7;
        draw ^= draw << 17;
        draw as usize % below
    };
    for step in &steps[synced..] {
        match (next(3), step) {
            (0, _) => {}
            (1, Step::Write(at, data)) => {
                let part = next(data.len() + 1);
                apply(&mut bytes, &Step::Write(*at, data[..part].to_vec()));
            }
            (_, step) => apply(&mut bytes, step),
        }
    }
    bytes
}

#[test]
fn whenever_the_machine_ends_all_that_was_synced_is_there_and_nothing_is_half_there() {
    let disk = Disk::default();
    let database = Builder::new().create_with_backend(disk.clone()).unwrap();
    store_origin(&database, b"{}").unwrap();
    // How many steps were made, and the last record that was answered by then.
    let mut answered = vec![(disk.bytes().steps.len(), 0)];
    for first in (1..40).step_by(3) {
        write(&database, batch(first)).unwrap();
        answered.push((disk.bytes().steps.len(), first + 2));
    }
    let steps = disk.bytes().steps.clone();
    let (mut torn_ends, mut seen_more) = (0, 0);
    for made in answered[0].0..=steps.len() {
        let (_, last) = *answered.iter().rev().find(|(then, _)| *then <= made).unwrap();
        for draw in 1..4 {
            let image = torn(&steps[..made], draw * 0x9e37_79b9 + made as u64);
            torn_ends += 1;
            let left = Disk(Arc::new(Mutex::new(Bytes { now: image, steps: Vec::new() })));
            let reopened = Builder::new().create_with_backend(left).unwrap();
            let (state, records) = kept(&reopened);
            let found = records.last().copied().unwrap_or(state);
            assert!(
                found == last || found == last + 3,
                "after {made} steps: {found}, and {last} was answered"
            );
            assert_eq!(records, (state + 1..=found).collect::<Vec<_>>(), "after {made} steps");
            seen_more += u32::from(found > last);
        }
    }
    assert!(torn_ends > 100 && seen_more > 0, "{torn_ends} ends, {seen_more} with more than was answered");
}
