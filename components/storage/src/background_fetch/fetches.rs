//! Rows of fetches and records.

use background_fetch::concepts::{RecordId, UniqueId};
use rusqlite::Connection;

use super::BodyOf;
use crate::Error;
use crate::bodies::{BodyId, Owners, table};
use crate::quota;
use crate::writer::Tx;

pub(super) const PREPARING: i64 = 0;
pub(super) const ACTIVE: i64 = 1;
pub(super) const SETTLED: i64 = 2;

/// What a fetch is charged by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Account {
    pub storage_key: i64,
    phase: i64,
    download_total: u64,
    pub request_bytes: u64,
    pub stored_bytes: u64,
}

impl Account {
    fn charged(&self) -> u64 {
        let responses = match self.phase {
            SETTLED => self.stored_bytes,
            _ => self.stored_bytes.max(self.download_total),
        };
        self.request_bytes.saturating_add(responses)
    }

    pub fn settle(&mut self) {
        self.phase = SETTLED;
    }

    /// Nothing of it is left.
    pub fn remove(&mut self) {
        *self = Account { phase: SETTLED, download_total: 0, request_bytes: 0, stored_bytes: 0, ..*self };
    }
}

pub(super) fn account(tx: &Tx<'_>, fetch: UniqueId) -> Result<Option<Account>, Error> {
    let sql = "SELECT storage_key, phase, download_total, request_bytes, stored_bytes \
               FROM background_fetches WHERE id = ?1";
    tx.row(sql, [fetch.0], |row| {
        Ok(Account {
            storage_key: row.get(0)?,
            phase: row.get(1)?,
            download_total: row.get(2)?,
            request_bytes: row.get(3)?,
            stored_bytes: row.get(4)?,
        })
    })
}

/// Changes a fetch's account, and what its storage key uses with it.
pub(super) fn charge(
    tx: &mut Tx<'_>,
    fetch: UniqueId,
    change: impl FnOnce(&mut Account),
) -> Result<(), Error> {
    let before = account(tx, fetch)?.ok_or(Error::UnknownFetch(fetch.0))?;
    let mut after = before;
    change(&mut after);
    quota::charge(tx, before.storage_key, before.charged(), after.charged())?;
    let sql = "UPDATE background_fetches SET request_bytes = ?2, stored_bytes = ?3, phase = ?4 WHERE id = ?1";
    tx.run(sql, (fetch.0, after.request_bytes, after.stored_bytes, after.phase))?;
    Ok(())
}

/// A record's body, if it has one already.
pub(super) fn known_body_of(tx: &Tx<'_>, record: RecordId, which: BodyOf) -> Result<Option<BodyId>, Error> {
    let sql = match which {
        BodyOf::Request => {
            "SELECT request_body FROM background_fetch_records WHERE fetch = ?1 AND position = ?2"
        }
        BodyOf::Response => {
            "SELECT response_body FROM background_fetch_records WHERE fetch = ?1 AND position = ?2"
        }
    };
    let body = tx.row(sql, (record.fetch.0, record.index), |row| row.get::<_, Option<BodyId>>(0))?;
    body.ok_or(Error::UnknownFetch(record.fetch.0))
}

/// A record's body; an empty one is made if it has none yet.
pub(super) fn body_of(tx: &mut Tx<'_>, record: RecordId, which: BodyOf) -> Result<BodyId, Error> {
    if let Some(body) = known_body_of(tx, record, which)? {
        return Ok(body);
    }
    let body = table::create(tx)?;
    set_body(tx, record, which, Some(body))?;
    Ok(body)
}

pub(super) fn set_body(
    tx: &mut Tx<'_>,
    record: RecordId,
    which: BodyOf,
    body: Option<BodyId>,
) -> Result<(), Error> {
    let sql = match which {
        BodyOf::Request => {
            "UPDATE background_fetch_records SET request_body = ?3 WHERE fetch = ?1 AND position = ?2"
        }
        BodyOf::Response => {
            "UPDATE background_fetch_records SET response_body = ?3 WHERE fetch = ?1 AND position = ?2"
        }
    };
    tx.run(sql, (record.fetch.0, record.index, body))?;
    Ok(())
}

/// What becomes of records whose bodies are not what they were.
pub(crate) const OWNERS: Owners = Owners { lose: lose_body, can_go_on };

/// Whether a record can go on from a shorter body: its response is still coming.
fn can_go_on(connection: &Connection, body: BodyId) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM background_fetch_records WHERE response_body = ?1 AND result IS NULL";
    connection.prepare_cached(sql)?.exists([body])
}

/// Makes the record of a body that lost bytes start again.
fn lose_body(connection: &Connection, body: BodyId) -> rusqlite::Result<()> {
    // While its fetch goes on, the record goes on without response and result. In a settled fetch it has failed: there
    // is nothing that would fetch it again. The same holds for a request whose own body can't be sent again.
    connection.execute(
        "UPDATE background_fetch_records SET
            response = NULL,
            response_body = NULL,
            result = CASE
                WHEN (SELECT phase FROM background_fetches WHERE id = fetch) = ?2 THEN ?3
                ELSE NULL
            END
         WHERE response_body = ?1",
        (body, SETTLED, FETCH_ERROR),
    )?;
    connection.execute(
        "UPDATE background_fetch_records SET request_body = NULL, result = coalesce(result, ?2) \
         WHERE request_body = ?1",
        (body, FETCH_ERROR),
    )?;
    Ok(())
}

/// `RecordResult::Failed(FailureReason::FetchError)`, as it is stored.
const FETCH_ERROR: &str = r#"{"failed":"fetch-error"}"#;

/// Sets all sums to what the bodies say.
pub(crate) fn recompute_usage(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        // Rows that are right are not written: there may be no space.
        "UPDATE background_fetches SET stored_bytes = sums.stored, request_bytes = sums.requests
         FROM (
            SELECT fetch, coalesce(sum(responses.length), 0) AS stored, coalesce(sum(requests.length), 0) AS requests
            FROM background_fetch_records
            LEFT JOIN bodies AS responses ON responses.id = response_body
            LEFT JOIN bodies AS requests ON requests.id = request_body
            GROUP BY fetch
         ) AS sums
         WHERE background_fetches.id = sums.fetch
            AND (stored_bytes, request_bytes) IS NOT (sums.stored, sums.requests);
         UPDATE storage_keys SET used = sums.used
         FROM (
            SELECT storage_key, sum(
                request_bytes + CASE WHEN phase < 2 THEN max(stored_bytes, download_total) ELSE stored_bytes END
            ) AS used
            FROM background_fetches GROUP BY storage_key
         ) AS sums
         WHERE storage_keys.id = sums.storage_key AND storage_keys.used <> sums.used;
         DELETE FROM storage_keys WHERE id NOT IN (SELECT storage_key FROM background_fetches);",
    )
}

/// Removes the bodies that belong to nothing: those whose readers were the last to hold them.
pub(crate) fn remove_unowned_bodies(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "DELETE FROM bodies WHERE dead OR id NOT IN (
            SELECT response_body FROM background_fetch_records WHERE response_body IS NOT NULL
            UNION ALL
            SELECT request_body FROM background_fetch_records WHERE request_body IS NOT NULL
         )",
    )
}

#[cfg(test)]
mod tests {
    use background_fetch::concepts::{FailureReason, RecordResult};

    use super::*;

    #[test]
    fn a_lost_record_is_stored_like_any_failed_one() {
        let failed = serde_json::to_string(&RecordResult::Failed(FailureReason::FetchError)).unwrap();
        assert_eq!(failed, FETCH_ERROR);
    }
}
