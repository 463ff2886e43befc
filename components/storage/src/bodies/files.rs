//! Writing body files. Only the profile's thread does.
//!
//! A body's *synced length* is in the database beside its committed length: so much of it survives a loss of power.
//! Between the two are bytes that survive the end of the process alone. A body is synced when it is complete, and
//! whenever [`SYNC_EVERY`] bytes have come since it last was.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::mem;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use super::{BodyFolder, BodyId};
use crate::Error;
use crate::options::SyncPolicy;

/// How many files are kept open.
const MAX_OPEN: usize = 64;
/// How many bytes of a body may be lost with the power.
const SYNC_EVERY: u64 = 16 << 20;

/// The files that bodies are written to.
pub(crate) struct BodyFiles {
    folder: Arc<BodyFolder>,
    sync: SyncPolicy,
    /// The one that was used last at the end.
    open: Vec<(BodyId, File)>,
    /// What was written and not synced.
    unsynced: HashMap<BodyId, Unsynced>,
    /// What the present group has written, in order.
    writes: Vec<Write>,
    /// What was synced for the present group.
    synced: Vec<BodyId>,
    /// Bodies that could not be synced. Nobody knows what of them is on the disk, and asking the system again would make
    /// it forget that, so nothing is built on them any more.
    failed: HashMap<BodyId, Error>,
    /// Whether some of them are new.
    has_new_failures: bool,
    /// Whether files were made since the folder was synced.
    has_new: bool,
}

#[derive(Default)]
struct Unsynced {
    bytes: u64,
    /// It has to be synced before the next commit.
    is_due: bool,
}

struct Write {
    body: BodyId,
    /// The file's length before; `None` if there was no file.
    before: Option<u64>,
}

impl BodyFiles {
    pub fn new(folder: Arc<BodyFolder>, sync: SyncPolicy) -> Self {
        let (open, unsynced, writes, synced, has_new) = Default::default();
        let (failed, has_new_failures) = Default::default();
        BodyFiles { folder, sync, open, unsynced, writes, synced, failed, has_new_failures, has_new }
    }

    /// Makes a body's file, with these bytes.
    pub fn create(&mut self, body: BodyId, parts: &[&[u8]]) -> Result<(), Error> {
        self.writes.push(Write { body, before: None });
        self.has_new = true;
        let make = || {
            let mut options = OpenOptions::new();
            // A file that an undone group left behind may be there.
            options.write(true).create(true).truncate(true).open(self.folder.file(body)?)
        };
        let file = make().map_err(|error| Error::io("a body's file can't be made", &error))?;
        self.keep_open(body, file);
        let mut offset = 0;
        for part in parts {
            self.write_at(body, offset, part)?;
            offset += part.len() as u64;
        }
        Ok(())
    }

    /// Writes at the end of a body of `offset` bytes.
    pub fn append(&mut self, body: BodyId, offset: u64, bytes: &[u8]) -> Result<(), Error> {
        self.check(body)?;
        self.writes.push(Write { body, before: Some(offset) });
        self.write_at(body, offset, bytes)
    }

    fn write_at(&mut self, body: BodyId, offset: u64, bytes: &[u8]) -> Result<(), Error> {
        self.unsynced.entry(body).or_default().bytes += bytes.len() as u64;
        let result = self.open(body).and_then(|file| file.write_all_at(bytes, offset));
        result.map_err(|error| Error::io("a body can't be written", &error))
    }

    /// The open file of a body.
    fn open(&mut self, body: BodyId) -> io::Result<&File> {
        match self.open.iter().position(|(open, _)| *open == body) {
            Some(index) => self.open[index..].rotate_left(1),
            None => {
                let file = OpenOptions::new().write(true).open(self.folder.file(body)?)?;
                self.keep_open(body, file);
            }
        }
        let last = self.open.len() - 1;
        Ok(&self.open[last].1)
    }

    fn keep_open(&mut self, body: BodyId, file: File) {
        self.open.retain(|(open, _)| *open != body);
        if self.open.len() >= MAX_OPEN {
            self.open.remove(0);
        }
        self.open.push((body, file));
    }

    /// Has the body synced before the group is committed. Its bytes may be those of an earlier process.
    pub fn sync_before_commit(&mut self, body: BodyId) -> Result<(), Error> {
        self.check(body)?;
        self.unsynced.entry(body).or_default().is_due = true;
        Ok(())
    }

    /// Whether the body may be relied on.
    fn check(&self, body: BodyId) -> Result<(), Error> {
        self.failed.get(&body).map_or(Ok(()), |error| Err(error.clone()))
    }

    /// Whether bodies could not be synced since this was last asked. Those who rely on them fail from now on, so the
    /// others can be tried again.
    pub fn take_new_failures(&mut self) -> bool {
        mem::take(&mut self.has_new_failures)
    }

    /// Has all bodies synced before the group is committed.
    pub fn sync_all_before_commit(&mut self) {
        self.unsynced.values_mut().for_each(|unsynced| unsynced.is_due = true);
    }

    /// Syncs the bodies for which it is time; the answer is which those are.
    pub fn sync(&mut self) -> Result<&[BodyId], Error> {
        let each = self.sync != SyncPolicy::Consistent || !crate::boot::is_known();
        let due = self
            .unsynced
            .iter()
            .filter(|(_, unsynced)| each || unsynced.is_due || unsynced.bytes >= SYNC_EVERY);
        let due = due.map(|(body, _)| *body).collect::<Vec<_>>();
        if self.sync.syncs_files() && !due.is_empty() {
            let mut result = Ok(());
            for body in &due {
                if let Err(error) = self.open(*body).and_then(File::sync_data) {
                    let error = Error::io("a body can't be synced", &error);
                    self.unsynced.remove(body);
                    self.failed.insert(*body, error.clone());
                    self.has_new_failures = true;
                    result = Err(error);
                }
            }
            result?;
            if self.has_new {
                let result = self.folder.sync();
                result.map_err(|error| Error::io("the folder of the bodies can't be synced", &error))?;
                self.has_new = false;
            }
        }
        self.synced = due;
        Ok(&self.synced)
    }

    /// The group's writes are committed.
    pub fn committed(&mut self) {
        self.writes.clear();
        for body in self.synced.drain(..) {
            self.unsynced.remove(&body);
        }
    }

    /// How many writes the group has made.
    pub fn writes(&self) -> usize {
        self.writes.len()
    }

    /// Takes back all but the first `keep` writes of the group.
    pub fn undo(&mut self, keep: usize) {
        for write in self.writes.split_off(keep).into_iter().rev() {
            match write.before {
                Some(length) => {
                    let cut = self.open(write.body).and_then(|file| file.set_len(length));
                    if let Err(error) = cut {
                        // Harmless: the bytes are beyond the committed length.
                        tracing::debug!(%error, "a body's file can't be cut");
                    }
                }
                None => self.unlink(write.body),
            }
        }
    }

    /// Deletes a body's file.
    pub fn unlink(&mut self, body: BodyId) {
        self.open.retain(|(open, _)| *open != body);
        self.unsynced.remove(&body);
        self.failed.remove(&body);
        let result = self.folder.file(body).and_then(fs::remove_file);
        match result {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                // The next opening of the profile tries again.
                tracing::warn!(%error, "a body's file can't be deleted");
            }
            _ => {}
        }
    }
}
