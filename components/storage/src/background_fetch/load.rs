//! Reading everything back.

use std::collections::HashMap;
use std::sync::Arc;

use background_fetch::concepts::{RegistrationKey, UniqueId};
use background_fetch::host::{Phase, StoredFetch, StoredRecord};
use rusqlite::Connection;

use super::fetches::{ACTIVE, PREPARING};
use crate::{Error, json};

pub(crate) fn load(connection: &Connection) -> Result<Vec<StoredFetch>, Error> {
    let mut records = records(connection)?;
    let mut statement = connection.prepare(
        "SELECT background_fetches.id, storage_keys.storage_key, scope, page_id, title, icons, paused, phase, result,
            attempts, download_total, upload_total
         FROM background_fetches JOIN storage_keys ON storage_keys.id = background_fetches.storage_key
         ORDER BY background_fetches.id",
    )?;
    let mut rows = statement.query(())?;
    let mut fetches = Vec::new();
    while let Some(row) = rows.next()? {
        let id = row.get::<_, u64>(0)?;
        let what = || format!("background fetch {id}");
        let phase = match row.get(7)? {
            PREPARING => Phase::Preparing,
            ACTIVE => Phase::Active,
            _ => Phase::Settled { result: json::read(row, 8, what)?, attempts: row.get(9)? },
        };
        let storage_key = row.get::<_, String>(1)?.parse().map(fetch::StorageKey);
        let scope = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?.parse();
        fetches.push(StoredFetch {
            unique_id: UniqueId(id),
            registration: RegistrationKey {
                storage_key: storage_key.map_err(|error| Error::unreadable(&what(), error))?,
                scope: scope.map_err(|error| Error::unreadable(&what(), error))?,
            },
            id: row.get(3)?,
            title: row.get(4)?,
            icons: json::read(row, 5, what)?,
            paused: row.get(6)?,
            phase,
            download_total: row.get(10)?,
            upload_total: row.get(11)?,
            records: records.remove(&id).unwrap_or_default(),
        });
    }
    Ok(fetches)
}

/// The records of all fetches.
fn records(connection: &Connection) -> Result<HashMap<u64, Vec<StoredRecord>>, Error> {
    let mut statement = connection.prepare(
        "SELECT fetch, position, request, has_body, request_bodies.length, started, response, response_bodies.length,
            result, uploaded
         FROM background_fetch_records
         LEFT JOIN bodies AS request_bodies ON request_bodies.id = request_body
         LEFT JOIN bodies AS response_bodies ON response_bodies.id = response_body
         ORDER BY fetch, position",
    )?;
    let mut rows = statement.query(())?;
    let mut records = HashMap::<_, Vec<_>>::new();
    while let Some(row) = rows.next()? {
        let (fetch, position) = (row.get(0)?, row.get::<_, u32>(1)?);
        let what = || format!("record {position} of background fetch {fetch}");
        let of_fetch = records.entry(fetch).or_default();
        if of_fetch.len() != position as usize {
            return Err(Error::Corrupt(format!(
                "background fetch {fetch} lacks a record before its {position}."
            )));
        }
        let request_body = match row.get(3)? {
            true => Some(row.get::<_, Option<u64>>(4)?.unwrap_or(0)),
            false => None,
        };
        of_fetch.push(StoredRecord {
            request: Arc::new(json::read(row, 2, what)?),
            request_body,
            started: row.get(5)?,
            response: json::read_optional(row, 6, what)?,
            stored: row.get::<_, Option<u64>>(7)?.unwrap_or(0),
            result: json::read_optional(row, 8, what)?,
            uploaded: row.get(9)?,
        });
    }
    Ok(records)
}
