//! Things that are stored as JSON.

use rusqlite::Row;
use rusqlite::types::ValueRef;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Error;

/// The text that is stored.
pub(crate) fn write<T: Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Failed(format!("it can't be stored: {error}")))
}

/// What a column's text says; `what` names it for the message if it can't be read.
pub(crate) fn read<T: DeserializeOwned>(
    row: &Row<'_>,
    column: usize,
    what: impl Fn() -> String,
) -> Result<T, Error> {
    let text = row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?;
    serde_json::from_str(text).map_err(|error| Error::unreadable(&what(), error))
}

/// Like [`read`], for a column that may be NULL.
pub(crate) fn read_optional<T: DeserializeOwned>(
    row: &Row<'_>,
    column: usize,
    what: impl Fn() -> String,
) -> Result<Option<T>, Error> {
    match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        _ => read(row, column, what).map(Some),
    }
}
