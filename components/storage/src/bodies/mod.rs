//! Bodies: small ones in the database, larger ones in files.
//!
//! A body has an id that is never used again. Its committed length is in the database, and a file may only be longer
//! than that (by bytes whose commit did not happen); readers see the committed bytes alone. Who has a body open keeps
//! its data: a body that is deleted meanwhile is *dead*, and goes when its last reader goes, or with the next opening
//! of the profile.

mod files;
mod folder;
mod open;
mod reader;
mod recovery;
pub(crate) mod table;

use std::fmt;

pub(crate) use files::BodyFiles;
pub(crate) use folder::BodyFolder;
pub(crate) use open::{OpenBodies, OpenBody};
pub(crate) use reader::ReaderPool;
pub use recovery::Recovery;
pub(crate) use recovery::{Owners, recover};

/// Names a body in its profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct BodyId(pub i64);

impl fmt::Display for BodyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "body {}", self.0)
    }
}

impl rusqlite::types::FromSql for BodyId {
    fn column_result(value: rusqlite::types::ValueRef<'_>) -> rusqlite::types::FromSqlResult<Self> {
        value.as_i64().map(BodyId)
    }
}

impl rusqlite::ToSql for BodyId {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}
