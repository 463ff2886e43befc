//! Bringing files and database together when a profile is opened.

use std::collections::{HashMap, HashSet};
use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;

use rusqlite::Connection;

use super::folder::body_of_file;
use super::{BodyFolder, BodyId};
use crate::OpenError;
use crate::error::Failure;
use crate::options::SyncPolicy;

/// What was found and done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Body files that were longer than what was committed, and were cut.
    pub cut: usize,
    /// Bodies of which bytes are missing. The records that they belong to start again.
    pub lost: usize,
    /// Body files that belong to nothing, and were deleted.
    pub orphans: usize,
}

/// Compares every body file with what the database says of it. `lose` is told the bodies of which bytes are missing; it
/// makes the records forget them.
pub(crate) fn recover(
    connection: &Connection,
    folder: &BodyFolder,
    sync: SyncPolicy,
    lose: impl Fn(&Connection, BodyId) -> rusqlite::Result<()>,
) -> Result<Recovery, Failure> {
    let path = folder.path().map_err(OpenError::io("can't find the folder of", "bodies"))?;
    let files = files_of(&path).map_err(OpenError::io("can't read", &path))?;
    let mut recovery = Recovery::default();
    let transaction = connection.unchecked_transaction()?;
    let mut kept = HashSet::new();
    for (body, length) in bodies_in_files(&transaction)? {
        match files.get(&body) {
            Some(found) if *found >= length => {
                if *found > length {
                    recovery.cut += 1;
                    cut(folder, sync, body, length).map_err(OpenError::io("can't cut a body in", &path))?;
                }
                kept.insert(body);
            }
            found => {
                recovery.lost += 1;
                let found = found.copied().unwrap_or(0);
                tracing::warn!(%body, found, length, "a stored body is shorter than it should be; it starts again");
                lose(&transaction, body)?;
                transaction.execute("DELETE FROM bodies WHERE id = ?1", [body])?;
            }
        }
    }
    transaction.commit()?;
    for orphan in files.keys().filter(|body| !kept.contains(body)) {
        recovery.orphans += 1;
        let remove = || fs::remove_file(folder.file(*orphan)?);
        remove().map_err(OpenError::io("can't delete a body in", &path))?;
    }
    Ok(recovery)
}

/// The bodies that are in files, with their committed lengths.
fn bodies_in_files(connection: &Connection) -> rusqlite::Result<Vec<(BodyId, u64)>> {
    let mut statement = connection.prepare("SELECT id, length FROM bodies WHERE in_file")?;
    statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// The bodies' files with their lengths.
fn files_of(path: &Path) -> io::Result<HashMap<BodyId, u64>> {
    let mut files = HashMap::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if let Some(body) = body_of_file(Path::new(&entry.file_name())) {
            files.insert(body, entry.metadata()?.len());
        }
    }
    Ok(files)
}

fn cut(folder: &BodyFolder, sync: SyncPolicy, body: BodyId, length: u64) -> io::Result<()> {
    let file = OpenOptions::new().write(true).open(folder.file(body)?)?;
    file.set_len(length)?;
    match sync.syncs_files() {
        true => file.sync_data(),
        false => Ok(()),
    }
}
