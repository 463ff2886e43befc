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
    /// Bodies that are as they were when they were last synced, since the machine was started anew. Their records go on
    /// from there.
    pub shortened: usize,
    /// Bodies of which bytes are missing. The records that they belong to start again.
    pub lost: usize,
    /// Body files that belong to nothing, and were deleted.
    pub orphans: usize,
}

/// What the owners of bodies say and do.
pub(crate) struct Owners {
    /// Makes the owner of a body forget it: bytes are missing.
    pub lose: fn(&Connection, BodyId) -> rusqlite::Result<()>,
    /// Whether the owner of a body can go on from where the body is shorter.
    pub can_go_on: fn(&Connection, BodyId) -> rusqlite::Result<bool>,
}

/// Compares every body file with what the database says of it. If the machine was started anew (`is_same_boot` is
/// false), only synced bytes count.
pub(crate) fn recover(
    connection: &Connection,
    folder: &BodyFolder,
    sync: SyncPolicy,
    is_same_boot: bool,
    owners: &Owners,
) -> Result<Recovery, Failure> {
    let path = folder.path().map_err(OpenError::io("can't find the folder of", "bodies"))?;
    let files = files_of(&path).map_err(OpenError::io("can't read", &path))?;
    let mut recovery = Recovery::default();
    let transaction = connection.unchecked_transaction()?;
    let mut kept = HashSet::new();
    for body in bodies_in_files(&transaction)? {
        let Body { id, length, synced } = body;
        let is_short = !is_same_boot && synced < length;
        let certain = match is_short {
            true => (owners.can_go_on)(&transaction, id)?.then_some(synced),
            false => Some(length),
        };
        let found = files.get(&id).copied();
        let (Some(certain), Some(in_file)) = (certain.filter(|certain| found >= Some(*certain)), found)
        else {
            recovery.lost += 1;
            tracing::warn!(%id, length, synced, found, "bytes of a stored body are missing; it starts again");
            (owners.lose)(&transaction, id)?;
            transaction.execute("DELETE FROM bodies WHERE id = ?1", [id])?;
            continue;
        };
        kept.insert(id);
        if is_short {
            recovery.shortened += 1;
            transaction.execute("UPDATE bodies SET length = synced WHERE id = ?1", [id])?;
        } else if in_file > certain {
            recovery.cut += 1;
        }
        if in_file > certain {
            cut(folder, sync, id, certain).map_err(OpenError::io("can't cut a body in", &path))?;
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

struct Body {
    id: BodyId,
    length: u64,
    synced: u64,
}

fn bodies_in_files(connection: &Connection) -> rusqlite::Result<Vec<Body>> {
    let mut statement = connection.prepare("SELECT id, length, synced FROM bodies WHERE in_file")?;
    let bodies = statement
        .query_map((), |row| Ok(Body { id: row.get(0)?, length: row.get(1)?, synced: row.get(2)? }))?;
    bodies.collect()
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
