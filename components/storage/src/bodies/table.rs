//! The table of bodies, inside a transaction.

use std::sync::Arc;

use bytes::Bytes;
use rusqlite::OptionalExtension;
use rusqlite::types::ValueRef;

use super::{BodyId, OpenBody};
use crate::Error;
use crate::writer::{Effect, Tx};

struct Body {
    length: u64,
    in_file: bool,
}

/// Adds an empty body.
pub(crate) fn create(tx: &mut Tx<'_>) -> Result<BodyId, Error> {
    let id =
        tx.insert("INSERT INTO bodies (length, synced, in_file, dead, data) VALUES (0, 0, 0, 0, x'')", ())?;
    Ok(BodyId(id))
}

fn find(tx: &Tx<'_>, id: BodyId) -> Result<Body, Error> {
    let read = |row: &rusqlite::Row<'_>| Ok(Body { length: row.get(0)?, in_file: row.get(1)? });
    let body = tx.row("SELECT length, in_file FROM bodies WHERE id = ?1", [id], read)?;
    body.ok_or_else(|| gone(id))
}

/// The length of a body.
pub(crate) fn length(tx: &Tx<'_>, id: BodyId) -> Result<u64, Error> {
    find(tx, id).map(|body| body.length)
}

/// Appends to a body of `offset` bytes.
pub(crate) fn append(tx: &mut Tx<'_>, id: BodyId, offset: u64, bytes: &[u8]) -> Result<(), Error> {
    let body = find(tx, id)?;
    if body.length != offset {
        let message = format!("{id} has {} bytes; nothing can be appended at {offset}", body.length);
        return Err(Error::Failed(message));
    }
    let length = offset + bytes.len() as u64;
    let in_file = body.in_file || length > tx.limits.inline_limit;
    if body.in_file {
        tx.files.append(id, offset, bytes)?;
        tx.run("UPDATE bodies SET length = ?2 WHERE id = ?1", (id, length))?;
    } else {
        let present = inline(tx, id)?;
        if in_file {
            tx.files.create(id, &[&present, bytes])?;
            tx.run("UPDATE bodies SET length = ?2, in_file = 1, data = NULL WHERE id = ?1", (id, length))?;
        } else if present.is_empty() {
            tx.run("UPDATE bodies SET length = ?2, data = ?3 WHERE id = ?1", (id, length, bytes))?;
        } else {
            let data = [&present, bytes].concat();
            tx.run("UPDATE bodies SET length = ?2, data = ?3 WHERE id = ?1", (id, length, data))?;
        }
    }
    tx.effects.push(Effect::Grown { body: id, length, in_file });
    Ok(())
}

fn inline(tx: &Tx<'_>, id: BodyId) -> Result<Vec<u8>, Error> {
    let data = tx.row("SELECT data FROM bodies WHERE id = ?1", [id], |row| row.get(0))?;
    data.ok_or_else(|| gone(id))
}

/// Reads from a body that is kept in the database; `None` if it is in a file.
pub(crate) fn read_inline(tx: &Tx<'_>, id: BodyId, offset: u64, size: usize) -> Result<Option<Bytes>, Error> {
    let mut statement = tx.prepare("SELECT data FROM bodies WHERE id = ?1")?;
    let read = statement.query_row([id], |row| {
        Ok(match row.get_ref(0)? {
            ValueRef::Blob(data) => {
                let start = usize::try_from(offset).unwrap_or(usize::MAX).min(data.len());
                let end = start.saturating_add(size).min(data.len());
                Some(Bytes::copy_from_slice(&data[start..end]))
            }
            _ => None,
        })
    });
    read.optional()?.ok_or_else(|| gone(id))
}

/// Has a body survive a loss of power once the transaction is committed.
pub(crate) fn sync(tx: &mut Tx<'_>, id: BodyId) -> Result<(), Error> {
    // One that is kept in the database does so already, as far as the rest of the transaction does.
    let sql = "SELECT 1 FROM bodies WHERE id = ?1 AND in_file AND synced < length";
    match tx.row(sql, [id], |_| Ok(()))? {
        Some(()) => tx.files.sync_before_commit(id),
        None => Ok(()),
    }
}

/// Opens a body for reading.
pub(crate) fn open(tx: &mut Tx<'_>, id: BodyId) -> Result<Arc<OpenBody>, Error> {
    let body = find(tx, id)?;
    Ok(tx.open_bodies.open(id, body.length, body.in_file))
}

/// Removes a body that belongs to nothing any more. If somebody reads it, its data stays until then.
pub(crate) fn release(tx: &mut Tx<'_>, id: BodyId) -> Result<(), Error> {
    match tx.open_bodies.get(id) {
        Some(open) => {
            tx.run("UPDATE bodies SET dead = 1 WHERE id = ?1", [id])?;
            tx.effects.push(Effect::Orphaned(open));
            Ok(())
        }
        None => delete(tx, id),
    }
}

/// Removes a body with its data.
pub(crate) fn delete(tx: &mut Tx<'_>, id: BodyId) -> Result<(), Error> {
    let in_file = tx.row("DELETE FROM bodies WHERE id = ?1 RETURNING in_file", [id], |row| row.get(0))?;
    if in_file == Some(true) {
        tx.effects.push(Effect::Unlink(id));
    }
    Ok(())
}

/// A body that should be there. Bodies are deleted by those alone who hold their only reference.
fn gone(id: BodyId) -> Error {
    Error::Corrupt(format!("{id} is missing"))
}
