//! Writing body files. Only the profile's thread does.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use super::{BodyFolder, BodyId};
use crate::Error;
use crate::options::SyncPolicy;

/// How many files are kept open between groups.
const MAX_OPEN: usize = 64;

/// The files that the present group writes to, and some that were written to before.
pub(crate) struct BodyFiles {
    folder: Arc<BodyFolder>,
    sync: SyncPolicy,
    /// The one that was used last at the end.
    open: Vec<OpenFile>,
    /// What the group has written, in order.
    writes: Vec<Write>,
    /// Whether the group has made a file.
    has_new: bool,
}

struct OpenFile {
    body: BodyId,
    file: File,
    dirty: bool,
}

struct Write {
    body: BodyId,
    /// The file's length before; `None` if there was no file.
    before: Option<u64>,
}

impl BodyFiles {
    pub fn new(folder: Arc<BodyFolder>, sync: SyncPolicy) -> Self {
        BodyFiles { folder, sync, open: Vec::new(), writes: Vec::new(), has_new: false }
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
        self.keep_open(OpenFile { body, file, dirty: true })?;
        let mut offset = 0;
        for part in parts {
            self.write_at(body, offset, part)?;
            offset += part.len() as u64;
        }
        Ok(())
    }

    /// Writes at the end of a body of `offset` bytes.
    pub fn append(&mut self, body: BodyId, offset: u64, bytes: &[u8]) -> Result<(), Error> {
        self.writes.push(Write { body, before: Some(offset) });
        self.write_at(body, offset, bytes)
    }

    fn write_at(&mut self, body: BodyId, offset: u64, bytes: &[u8]) -> Result<(), Error> {
        let result = self.open(body).and_then(|file| file.write_all_at(bytes, offset));
        result.map_err(|error| Error::io("a body can't be written", &error))
    }

    /// The open file of a body, to be written.
    fn open(&mut self, body: BodyId) -> io::Result<&File> {
        let last = match self.open.iter().position(|open| open.body == body) {
            Some(index) => {
                self.open[index..].rotate_left(1);
                self.open.len() - 1
            }
            None => {
                let file = OpenOptions::new().write(true).open(self.folder.file(body)?)?;
                self.keep_open(OpenFile { body, file, dirty: true }).map_err(io::Error::other)?;
                self.open.len() - 1
            }
        };
        self.open[last].dirty = true;
        Ok(&self.open[last].file)
    }

    fn keep_open(&mut self, file: OpenFile) -> Result<(), Error> {
        self.open.retain(|open| open.body != file.body);
        if self.open.len() >= MAX_OPEN {
            let oldest = self.open.remove(0);
            self.sync_one(&oldest)?;
        }
        self.open.push(file);
        Ok(())
    }

    fn sync_one(&self, open: &OpenFile) -> Result<(), Error> {
        if open.dirty && self.sync.syncs_files() {
            open.file.sync_data().map_err(|error| Error::io("a body can't be synced", &error))?;
        }
        Ok(())
    }

    /// Has the group's bytes on the disk, as far as the policy asks for it.
    pub fn sync(&mut self) -> Result<(), Error> {
        for open in &self.open {
            self.sync_one(open)?;
        }
        if self.has_new && self.sync.syncs_files() {
            self.folder
                .sync()
                .map_err(|error| Error::io("the folder of the bodies can't be synced", &error))?;
        }
        Ok(())
    }

    /// The group's writes are committed.
    pub fn committed(&mut self) {
        self.open.iter_mut().for_each(|open| open.dirty = false);
        self.writes.clear();
        self.has_new = false;
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
        self.open.retain(|open| open.body != body);
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
