//! What storage keys use (<https://storage.spec.whatwg.org/#usage-and-quota>).

use fetch::StorageKey;

use crate::Error;
use crate::writer::Tx;

/// What a storage key uses, with what is reserved for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Its bytes, stored and reserved.
    pub used: u64,
    /// The most that it may use.
    pub quota: u64,
}

/// The row of a storage key, made if there is none.
pub(crate) fn row_of(tx: &mut Tx<'_>, storage_key: &StorageKey) -> Result<i64, Error> {
    let key = storage_key.to_string();
    let known = tx.row("SELECT id FROM storage_keys WHERE storage_key = ?1", [&key], |row| row.get(0))?;
    match known {
        Some(id) => Ok(id),
        None => tx.insert("INSERT INTO storage_keys (storage_key, used) VALUES (?1, 0)", [&key]),
    }
}

/// What a storage key uses.
pub(crate) fn usage(tx: &Tx<'_>, storage_key: &StorageKey) -> Result<Usage, Error> {
    let sql = "SELECT used FROM storage_keys WHERE storage_key = ?1";
    let used = tx.row(sql, [storage_key.to_string()], |row| row.get(0))?.unwrap_or(0);
    Ok(Usage { used, quota: tx.limits.quota })
}

/// Changes what a storage key uses from `before` to `after` for one thing; fails if that is more than it may.
pub(crate) fn charge(tx: &mut Tx<'_>, row: i64, before: u64, after: u64) -> Result<(), Error> {
    if after > before {
        let requested = after - before;
        let quota = tx.limits.quota;
        let sql = "UPDATE storage_keys SET used = used + ?2 WHERE id = ?1 AND used + ?2 <= ?3";
        // What doesn't fit into SQLite's integers is more than any disk has.
        let fits = i64::try_from(requested).is_ok();
        let limit = i64::try_from(quota).unwrap_or(i64::MAX);
        if !fits || tx.run(sql, (row, requested, limit))? == 0 {
            return Err(Error::QuotaExceeded { quota, requested });
        }
    } else if after < before {
        let sql = "UPDATE storage_keys SET used = max(used - ?2, 0) WHERE id = ?1";
        tx.run(sql, (row, before - after))?;
    }
    Ok(())
}
