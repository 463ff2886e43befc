//! New fetches.

use background_fetch::concepts::UniqueId;
use background_fetch::host::{NewFetch, Phase};

use super::fetches::{ACTIVE, PREPARING};
use crate::writer::Tx;
use crate::{Error, json, quota};

pub(super) fn create(tx: &mut Tx<'_>, fetch: &NewFetch) -> Result<UniqueId, Error> {
    let phase = match fetch.phase {
        Phase::Preparing => PREPARING,
        Phase::Active => ACTIVE,
        Phase::Settled { .. } => return Err(Error::Failed("a new fetch can't be settled".into())),
    };
    let storage_key = quota::row_of(tx, &fetch.registration.storage_key)?;
    let scope = fetch.registration.scope.as_str();
    let taken = tx.row(
        "SELECT 1 FROM background_fetches WHERE storage_key = ?1 AND scope = ?2 AND page_id = ?3 AND phase < 2",
        (storage_key, scope, &fetch.id),
        |_| Ok(()),
    )?;
    if taken.is_some() {
        return Err(Error::DuplicateId(fetch.id.clone()));
    }
    // What it announces is reserved.
    quota::charge(tx, storage_key, 0, fetch.download_total)?;
    let icons = json::write(&fetch.icons)?;
    let id = tx.insert(
        "INSERT INTO background_fetches (storage_key, scope, page_id, title, icons, paused, phase, result, attempts,
            download_total, upload_total, request_bytes, stored_bytes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL, 0, ?8, 0, 0, 0)",
        (storage_key, scope, &fetch.id, &fetch.title, icons, fetch.paused, phase, fetch.download_total),
    )?;
    let mut insert = tx.prepare(
        "INSERT INTO background_fetch_records (fetch, position, request, has_body, request_body, started, response,
            response_body, result, uploaded)
         VALUES (?1, ?2, ?3, ?4, NULL, 0, NULL, NULL, NULL, 0)",
    )?;
    for (position, record) in fetch.records.iter().enumerate() {
        insert.execute((id, position, json::write(&record.request)?, record.has_body))?;
    }
    u64::try_from(id).map(UniqueId).map_err(|_| Error::Corrupt("a background fetch got a negative id".into()))
}
