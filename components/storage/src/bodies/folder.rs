//! Where body files are.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::BodyId;
use crate::lock::Lock;

/// What temporary folders are called.
const PREFIX: &str = "ferry-private-";
/// What they are called until they are locked.
const UNLOCKED_PREFIX: &str = "ferry-new-private-";
const EXTENSION: &str = "body";

/// The folder of a profile's body files.
pub(crate) enum BodyFolder {
    /// A kept profile's.
    Kept(PathBuf),
    /// A private profile's: made when it is first needed, gone with the profile. `None` before and after.
    Private(Mutex<Option<PrivateFolder>>),
}

/// A folder that is deleted when it is dropped. Its lock tells other processes that it is in use.
pub(crate) struct PrivateFolder {
    path: PathBuf,
    _lock: Lock,
}

impl BodyFolder {
    pub fn private() -> Self {
        BodyFolder::Private(Mutex::default())
    }

    /// The file of a body.
    pub fn file(&self, body: BodyId) -> io::Result<PathBuf> {
        Ok(self.path()?.join(format!("{:016x}.{EXTENSION}", body.0)))
    }

    /// The folder itself.
    pub fn path(&self) -> io::Result<PathBuf> {
        match self {
            BodyFolder::Kept(path) => Ok(path.clone()),
            BodyFolder::Private(folder) => {
                let mut folder = folder.lock().unwrap_or_else(PoisonError::into_inner);
                let folder = match folder.take() {
                    Some(known) => folder.insert(known),
                    None => folder.insert(PrivateFolder::make()?),
                };
                Ok(folder.path.clone())
            }
        }
    }

    /// Makes new files in the folder survive a loss of power.
    pub fn sync(&self) -> io::Result<()> {
        File::open(self.path()?)?.sync_all()
    }

    /// Deletes a private folder.
    pub fn close(&self) {
        if let BodyFolder::Private(folder) = self {
            drop(folder.lock().unwrap_or_else(PoisonError::into_inner).take());
        }
    }
}

/// The body that a file in the folder belongs to, if it is one of ours.
pub(super) fn body_of_file(name: &Path) -> Option<BodyId> {
    let stem = name.file_stem()?.to_str()?;
    let ours = name.extension()? == EXTENSION && stem.len() == 16;
    i64::from_str_radix(stem, 16).ok().filter(|_| ours).map(BodyId)
}

impl PrivateFolder {
    fn make() -> io::Result<Self> {
        let parent = std::env::temp_dir();
        // Under its final name a folder is always locked while it is in use, so an unlocked one is abandoned.
        let unlocked = tempfile::Builder::new().prefix(UNLOCKED_PREFIX).tempdir_in(&parent)?;
        remove_abandoned(&parent, unlocked.path().metadata()?.uid());
        let lock = Lock::take(unlocked.path()).map_err(io::Error::other)?;
        let name = unlocked.path().file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let path = parent.join(name.replacen(UNLOCKED_PREFIX, PREFIX, 1));
        fs::rename(unlocked.keep(), &path)?;
        Ok(PrivateFolder { path, _lock: lock })
    }
}

impl Drop for PrivateFolder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "a private profile's folder can't be removed");
        }
    }
}

/// Removes the folders of this user's programs that were killed. Others may have put anything into theirs, so those are
/// not looked into.
fn remove_abandoned(parent: &Path, user: u32) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let is_ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        // (Of a link, this is what is known of the link.)
        if !is_ours || !entry.metadata().is_ok_and(|entry| entry.is_dir() && entry.uid() == user) {
            continue;
        }
        // A folder whose lock can't be taken is in use.
        if let Ok(_lock) = Lock::take(&entry.path())
            && let Err(error) = fs::remove_dir_all(entry.path())
        {
            tracing::debug!(%error, "the folder of a program that was killed can't be removed");
        }
    }
}
