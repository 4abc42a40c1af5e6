//! Opening a store without touching it.
//!
//! A store that was not closed is mended when it is opened. One that cannot be mended must be left as it is, for whoever
//! can; so it is opened on top of the file first, with what would be written kept in memory and forgotten.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Error, ErrorKind};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use redb::{Builder, DatabaseError, StorageBackend};

const PAGE: u64 = 4_096;

/// A file, and what was written over it.
#[derive(Debug)]
struct Rehearsal {
    file: File,
    /// How much of the file still shows.
    shown: Mutex<Over>,
}

#[derive(Debug)]
struct Over {
    length: u64,
    /// How much of the file was never cut off.
    of_file: u64,
    pages: BTreeMap<u64, Vec<u8>>,
}

/// Opens the store and forgets what that wrote.
///
/// # Errors
///
/// It is none, or cannot be mended.
pub fn rehearse(path: &Path) -> Result<(), DatabaseError> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let shown = Mutex::new(Over { length, of_file: length, pages: BTreeMap::new() });
    Builder::new().create_with_backend(Rehearsal { file, shown }).map(drop)
}

impl Over {
    fn page(&mut self, file: &File, at: u64) -> Result<&mut Vec<u8>, Error> {
        if let std::collections::btree_map::Entry::Vacant(vacant) = self.pages.entry(at) {
            let mut page = vec![0; PAGE as usize];
            let start = at.saturating_mul(PAGE);
            let there = usize::try_from(self.of_file.saturating_sub(start).min(PAGE)).unwrap_or(0);
            if let Some(there) = page.get_mut(..there) {
                file.read_exact_at(there, start)?;
            }
            vacant.insert(page);
        }
        self.pages.get_mut(&at).ok_or_else(|| ErrorKind::Other.into())
    }

    /// Goes through the pages that a range touches: the page, where in it, and where in the range.
    fn each(
        &mut self,
        file: &File,
        offset: u64,
        length: usize,
        mut act: impl FnMut(&mut [u8], std::ops::Range<usize>),
    ) -> Result<(), Error> {
        let mut done: usize = 0;
        while done < length {
            let at = offset.saturating_add(done as u64);
            let within = usize::try_from(at % PAGE).unwrap_or(0);
            let part = (PAGE as usize - within).min(length - done);
            let page = self.page(file, at / PAGE)?;
            if let Some(bytes) = page.get_mut(within..within + part) {
                act(bytes, done..done + part);
            }
            done += part;
        }
        Ok(())
    }
}

impl Rehearsal {
    fn over(&self) -> std::sync::MutexGuard<'_, Over> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StorageBackend for Rehearsal {
    fn len(&self) -> Result<u64, Error> {
        Ok(self.over().length)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), Error> {
        let mut over = self.over();
        if offset.saturating_add(out.len() as u64) > over.length {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let length = out.len();
        over.each(&self.file, offset, length, |page, at| {
            if let Some(out) = out.get_mut(at) {
                out.copy_from_slice(page);
            }
        })
    }

    fn set_len(&self, length: u64) -> Result<(), Error> {
        let mut over = self.over();
        if length < over.length {
            over.of_file = over.of_file.min(length);
            over.pages.split_off(&length.div_ceil(PAGE));
            let within = usize::try_from(length % PAGE).unwrap_or(0);
            if let Some(page) = over.pages.get_mut(&(length / PAGE)) {
                page.iter_mut().skip(within).for_each(|byte| *byte = 0);
            }
        }
        over.length = length;
        Ok(())
    }

    fn sync_data(&self) -> Result<(), Error> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), Error> {
        let mut over = self.over();
        over.each(&self.file, offset, data.len(), |page, at| {
            if let Some(data) = data.get(at) {
                page.copy_from_slice(data);
            }
        })
    }
}
