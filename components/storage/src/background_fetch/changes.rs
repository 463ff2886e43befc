//! Changes of fetches and records.

use background_fetch::concepts::{RecordId, RecordResult, UniqueId};
use background_fetch::host::Change;
use fetch::{StorageKey, Url};

use super::BodyOf;
use super::fetches::{self, ACTIVE, PREPARING};
use crate::bodies::{BodyId, table};
use crate::writer::Tx;
use crate::{Error, json};

/// What a change holds in memory.
pub(super) fn bytes_of(change: &Change) -> usize {
    match change {
        Change::RequestBody { bytes, .. } | Change::Append { bytes, .. } => bytes.len(),
        _ => 0,
    }
}

pub(super) fn apply(tx: &mut Tx<'_>, change: &Change) -> Result<(), Error> {
    match change {
        Change::RequestBody { record, offset, bytes } => {
            append(tx, *record, BodyOf::Request, *offset, bytes)?;
            fetches::charge(tx, record.fetch, |account| account.request_bytes += bytes.len() as u64)
        }
        Change::Append { record, offset, bytes } => {
            append(tx, *record, BodyOf::Response, *offset, bytes)?;
            fetches::charge(tx, record.fetch, |account| account.stored_bytes += bytes.len() as u64)
        }
        Change::Activate { fetch, upload_total } => {
            sync_request_bodies(tx, *fetch)?;
            let sql = "UPDATE background_fetches SET phase = ?3, upload_total = ?2 WHERE id = ?1 AND phase IN (?3, ?4)";
            of_fetch(*fetch, tx.run(sql, (fetch.0, upload_total, ACTIVE, PREPARING))?)
        }
        Change::Started { record } => {
            let sql = "UPDATE background_fetch_records SET started = 1 WHERE fetch = ?1 AND position = ?2";
            of_record(*record, tx.run(sql, (record.fetch.0, record.index))?)
        }
        Change::Response { record, response } => {
            let sql = "UPDATE background_fetch_records SET response = ?3 WHERE fetch = ?1 AND position = ?2";
            of_record(*record, tx.run(sql, (record.fetch.0, record.index, json::write(response)?))?)
        }
        Change::Reset { record } => reset(tx, *record),
        Change::Complete { record, result, uploaded } => {
            if let Some(body) = fetches::known_body_of(tx, *record, BodyOf::Response)? {
                match table::sync(tx, body) {
                    // It can be stored that a record has failed, whatever became of its bytes.
                    Err(error) if *result == RecordResult::Success => return Err(error),
                    _ => {}
                }
            }
            let sql = "UPDATE background_fetch_records SET result = ?3, uploaded = ?4 \
                       WHERE fetch = ?1 AND position = ?2";
            of_record(*record, tx.run(sql, (record.fetch.0, record.index, json::write(result)?, uploaded))?)
        }
        Change::SetPaused { fetch, paused } => {
            let sql = "UPDATE background_fetches SET paused = ?2 WHERE id = ?1";
            of_fetch(*fetch, tx.run(sql, (fetch.0, paused))?)
        }
        Change::SetUi { fetch, title, icons } => {
            let icons = icons.as_ref().map(json::write).transpose()?;
            let sql = "UPDATE background_fetches SET title = coalesce(?2, title), icons = coalesce(?3, icons) \
                       WHERE id = ?1";
            of_fetch(*fetch, tx.run(sql, (fetch.0, title, icons))?)
        }
        Change::Settle { fetch, result } => {
            fetches::charge(tx, *fetch, fetches::Account::settle)?;
            let sql = "UPDATE background_fetches SET result = ?2, attempts = 0 WHERE id = ?1";
            of_fetch(*fetch, tx.run(sql, (fetch.0, json::write(result)?))?)
        }
        Change::DeliveryAttempt { fetch, attempts } => {
            let sql = "UPDATE background_fetches SET attempts = ?2 WHERE id = ?1";
            of_fetch(*fetch, tx.run(sql, (fetch.0, attempts))?)
        }
        Change::Remove { fetch } => remove(tx, *fetch),
        Change::Clear { storage_key, scope } => clear(tx, storage_key, scope.as_ref()),
    }
}

fn append(tx: &mut Tx<'_>, record: RecordId, which: BodyOf, offset: u64, bytes: &[u8]) -> Result<(), Error> {
    let body = fetches::body_of(tx, record, which)?;
    table::append(tx, body, offset, bytes)
}

/// From now on it is relied on that requests can be sent, also after a loss of power.
fn sync_request_bodies(tx: &mut Tx<'_>, fetch: UniqueId) -> Result<(), Error> {
    let sql =
        "SELECT request_body FROM background_fetch_records WHERE fetch = ?1 AND request_body IS NOT NULL";
    for body in tx.rows(sql, [fetch.0], |row| row.get(0))? {
        table::sync(tx, body)?;
    }
    Ok(())
}

/// Forgets a record's response. Who appends next gets a new body, so that who reads the old one is not disturbed.
fn reset(tx: &mut Tx<'_>, record: RecordId) -> Result<(), Error> {
    if let Some(body) = fetches::known_body_of(tx, record, BodyOf::Response)? {
        let length = table::length(tx, body)?;
        fetches::set_body(tx, record, BodyOf::Response, None)?;
        table::release(tx, body)?;
        fetches::charge(tx, record.fetch, |account| {
            account.stored_bytes = account.stored_bytes.saturating_sub(length);
        })?;
    }
    let sql = "UPDATE background_fetch_records SET response = NULL WHERE fetch = ?1 AND position = ?2";
    tx.run(sql, (record.fetch.0, record.index))?;
    Ok(())
}

fn remove(tx: &mut Tx<'_>, fetch: UniqueId) -> Result<(), Error> {
    let Some(account) = fetches::account(tx, fetch)? else { return Ok(()) };
    let sql = "SELECT request_body FROM background_fetch_records WHERE fetch = ?1 AND request_body IS NOT NULL \
               UNION ALL \
               SELECT response_body FROM background_fetch_records WHERE fetch = ?1 AND response_body IS NOT NULL";
    let bodies = tx.rows(sql, [fetch.0], |row| row.get::<_, BodyId>(0))?;
    tx.run("DELETE FROM background_fetch_records WHERE fetch = ?1", [fetch.0])?;
    for body in bodies {
        table::release(tx, body)?;
    }
    fetches::charge(tx, fetch, fetches::Account::remove)?;
    tx.run("DELETE FROM background_fetches WHERE id = ?1", [fetch.0])?;
    let sql = "DELETE FROM storage_keys WHERE id = ?1 \
               AND NOT EXISTS (SELECT 1 FROM background_fetches WHERE storage_key = ?1)";
    tx.run(sql, [account.storage_key])?;
    Ok(())
}

fn clear(tx: &mut Tx<'_>, storage_key: &StorageKey, scope: Option<&Url>) -> Result<(), Error> {
    let sql = "SELECT background_fetches.id FROM background_fetches
               JOIN storage_keys ON storage_keys.id = background_fetches.storage_key
               WHERE storage_keys.storage_key = ?1 AND scope = coalesce(?2, scope)";
    let cleared = tx.rows(sql, (storage_key.to_string(), scope.map(Url::as_str)), |row| row.get(0))?;
    cleared.into_iter().try_for_each(|fetch| remove(tx, UniqueId(fetch)))
}

fn of_fetch(fetch: UniqueId, changed: usize) -> Result<(), Error> {
    if changed == 0 { Err(Error::UnknownFetch(fetch.0)) } else { Ok(()) }
}

fn of_record(record: RecordId, changed: usize) -> Result<(), Error> {
    of_fetch(record.fetch, changed)
}
