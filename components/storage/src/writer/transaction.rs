//! One group's transaction, as its operations see it.

use std::sync::Arc;

use rusqlite::{CachedStatement, Connection, OptionalExtension, Params, Row};

use crate::Error;
use crate::bodies::{BodyFiles, BodyId, OpenBodies, OpenBody};

/// What the profile's owner chose.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// What a storage key may use, in bytes.
    pub quota: u64,
    /// Longer bodies are kept in files.
    pub inline_limit: u64,
}

/// What operations work with. What they do happens with the commit of the whole group, or not at all.
pub(crate) struct Tx<'a> {
    pub connection: &'a Connection,
    pub files: &'a mut BodyFiles,
    pub open_bodies: &'a OpenBodies,
    pub limits: &'a Limits,
    /// What has to happen after the commit.
    pub effects: Vec<Effect>,
    effects_before: usize,
    writes_before: usize,
}

/// Something that is true once the transaction is committed.
pub(crate) enum Effect {
    /// Readers may see this much of a body.
    Grown { body: BodyId, length: u64, in_file: bool },
    /// A body belongs to nothing any more, and nobody reads it.
    Unlink(BodyId),
    /// A body belongs to nothing any more; its last reader removes it.
    Orphaned(Arc<OpenBody>),
}

impl Effect {
    pub fn happen(self, files: &mut BodyFiles, open_bodies: &OpenBodies) {
        match self {
            Effect::Grown { body, length, in_file } => open_bodies.grown(body, length, in_file),
            Effect::Unlink(body) => files.unlink(body),
            Effect::Orphaned(body) => body.orphaned(),
        }
    }
}

impl<'a> Tx<'a> {
    pub fn new(
        connection: &'a Connection,
        files: &'a mut BodyFiles,
        open_bodies: &'a OpenBodies,
        limits: &'a Limits,
    ) -> Self {
        Tx {
            connection,
            files,
            open_bodies,
            limits,
            effects: Vec::new(),
            effects_before: 0,
            writes_before: 0,
        }
    }

    pub fn begin_operation(&mut self) -> Result<(), Error> {
        self.effects_before = self.effects.len();
        self.writes_before = self.files.writes();
        self.run("SAVEPOINT operation", ())?;
        Ok(())
    }

    pub fn end_operation(&mut self) -> Result<(), Error> {
        self.run("RELEASE operation", ())?;
        Ok(())
    }

    /// Takes back what the operation did so far.
    pub fn undo_operation(&mut self) -> Result<(), Error> {
        self.effects.truncate(self.effects_before);
        self.files.undo(self.writes_before);
        self.run("ROLLBACK TO operation", ())?;
        self.end_operation()
    }

    pub fn prepare(&self, sql: &str) -> Result<CachedStatement<'_>, Error> {
        Ok(self.connection.prepare_cached(sql)?)
    }

    /// Runs a statement; the answer is the number of rows that it changed.
    pub fn run(&self, sql: &str, params: impl Params) -> Result<usize, Error> {
        Ok(self.prepare(sql)?.execute(params)?)
    }

    /// Runs an INSERT; the answer is the new row's id.
    pub fn insert(&self, sql: &str, params: impl Params) -> Result<i64, Error> {
        Ok(self.prepare(sql)?.insert(params)?)
    }

    /// Reads one row, if there is one.
    pub fn row<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, Error> {
        Ok(self.prepare(sql)?.query_row(params, read).optional()?)
    }

    /// Reads all rows.
    pub fn rows<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, Error> {
        let mut statement = self.prepare(sql)?;
        let rows = statement.query_map(params, read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
