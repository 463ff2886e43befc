//! The database's tables, their versions, and its settings.

use rusqlite::Connection;

use crate::options::SyncPolicy;

/// Marks a file as ours: "Frry".
const APPLICATION_ID: u32 = 0x4672_7279;

/// What leads from one format to the next. A change of the format appends a step and never edits one.
const MIGRATIONS: &[&str] = &["
    -- What every storage key uses and has reserved, in bytes.
    CREATE TABLE storage_keys (
        id INTEGER PRIMARY KEY,
        storage_key TEXT NOT NULL UNIQUE,
        used INTEGER NOT NULL
    );

    -- The time since the machine was started in which the profile was last used.
    CREATE TABLE last_use (boot TEXT NOT NULL);

    -- Bodies of requests and responses. `length` bytes of one are committed: in `data`, or in a file whose name is the
    -- id; `synced` bytes of a file survive a loss of power. A `dead` body belongs to nothing any more, but somebody may
    -- still read it.
    CREATE TABLE bodies (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        length INTEGER NOT NULL,
        synced INTEGER NOT NULL,
        in_file INTEGER NOT NULL,
        dead INTEGER NOT NULL,
        data BLOB
    );

    CREATE TABLE background_fetches (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        storage_key INTEGER NOT NULL REFERENCES storage_keys,
        scope TEXT NOT NULL,
        page_id TEXT NOT NULL,
        title TEXT NOT NULL,
        icons TEXT NOT NULL,
        paused INTEGER NOT NULL,
        -- 0 preparing, 1 active, 2 settled.
        phase INTEGER NOT NULL,
        result TEXT,
        attempts INTEGER NOT NULL,
        download_total INTEGER NOT NULL,
        upload_total INTEGER NOT NULL,
        request_bytes INTEGER NOT NULL,
        stored_bytes INTEGER NOT NULL
    );
    -- An id is taken until its fetch is settled. (\"created in parallel: exactly one wins\")
    CREATE UNIQUE INDEX background_fetch_ids ON background_fetches (storage_key, scope, page_id) WHERE phase < 2;

    CREATE INDEX background_fetches_of ON background_fetches (storage_key);

    CREATE TABLE background_fetch_records (
        fetch INTEGER NOT NULL REFERENCES background_fetches,
        position INTEGER NOT NULL,
        request TEXT NOT NULL,
        has_body INTEGER NOT NULL,
        request_body INTEGER REFERENCES bodies,
        started INTEGER NOT NULL,
        response TEXT,
        response_body INTEGER REFERENCES bodies,
        result TEXT,
        uploaded INTEGER NOT NULL,
        PRIMARY KEY (fetch, position)
    ) WITHOUT ROWID;

    CREATE TABLE service_worker_registrations (
        id INTEGER PRIMARY KEY,
        registration TEXT NOT NULL
    );
    CREATE TABLE service_worker_scripts (
        worker INTEGER NOT NULL,
        position INTEGER NOT NULL,
        registration INTEGER NOT NULL REFERENCES service_worker_registrations,
        resource TEXT NOT NULL,
        body BLOB NOT NULL,
        PRIMARY KEY (worker, position)
    );
    CREATE INDEX service_worker_scripts_of ON service_worker_scripts (registration);
    -- The next number for registrations and workers: no number is used twice.
    CREATE TABLE service_worker_next_id (next INTEGER NOT NULL);
    INSERT INTO service_worker_next_id VALUES (1);
", "
    -- Whether a record refers to a body is asked whenever a body is deleted.
    CREATE INDEX background_fetch_request_bodies ON background_fetch_records (request_body)
        WHERE request_body IS NOT NULL;
    CREATE INDEX background_fetch_response_bodies ON background_fetch_records (response_body)
        WHERE response_body IS NOT NULL;
", "
    -- Cookies that outlive their session. Times are microseconds since 1970.
    CREATE TABLE cookies (
        host TEXT NOT NULL,
        host_only INTEGER NOT NULL,
        path BLOB NOT NULL,
        name BLOB NOT NULL,
        value BLOB NOT NULL,
        secure INTEGER NOT NULL,
        http_only INTEGER NOT NULL,
        same_site TEXT NOT NULL,
        created INTEGER NOT NULL,
        expires INTEGER NOT NULL,
        last_access INTEGER NOT NULL,
        UNIQUE (host, host_only, path, name)
    );
"];
// Caches (<https://w3c.github.io/ServiceWorker/#cache-objects>) become tables beside these, over the same `bodies`.

/// The newest format that this program knows.
pub(crate) const VERSION: u32 = MIGRATIONS.len() as u32;

/// What a database turned out to be.
pub(crate) enum Found {
    /// An empty one, or one of ours in this or an older format.
    Ours,
    /// One of a newer program.
    Newer(u32),
    /// Something else.
    Foreign,
}

/// Looks at a database without changing it.
pub(crate) fn inspect(connection: &Connection) -> rusqlite::Result<Found> {
    // Nobody else has the profile open (its lock says so): no lock is given back, and no shared memory is needed.
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    let is_empty: bool =
        connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))?;
    if !is_empty && pragma(connection, "application_id")? != APPLICATION_ID {
        return Ok(Found::Foreign);
    }
    let version = pragma(connection, "user_version")?;
    Ok(if version > VERSION { Found::Newer(version) } else { Found::Ours })
}

/// Sets the connection up for a database that lies in a file.
pub(crate) fn configure(connection: &Connection, sync: SyncPolicy) -> rusqlite::Result<()> {
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // In pages. A short log needs little space when the disk is full.
    connection.pragma_update(None, "wal_autocheckpoint", 256)?;
    connection.pragma_update(None, "synchronous", sync.synchronous())
}

/// Brings the database to the newest format.
pub(crate) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    // In kibibytes.
    connection.pragma_update(None, "cache_size", -8192)?;
    connection.set_prepared_statement_cache_capacity(64);
    let version = pragma(connection, "user_version")?;
    if version == VERSION {
        return Ok(());
    }
    let transaction = connection.transaction()?;
    for step in MIGRATIONS.iter().skip(version as usize) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()
}

fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}

/// Reads the whole database and says what is wrong with it, if anything.
pub(crate) fn check(connection: &Connection) -> rusqlite::Result<Option<String>> {
    let answer = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0))?;
    Ok((answer != "ok").then_some(answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Otherwise deleting a row reads the whole table that may refer to it.
    #[test]
    fn every_reference_has_an_index() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        let sql = "SELECT tables.name, keys.\"from\" FROM sqlite_schema AS tables, pragma_foreign_key_list(tables.name) AS keys
                   WHERE NOT EXISTS (
                       SELECT 1 FROM pragma_index_list(tables.name) AS indexes, pragma_index_info(indexes.name) AS columns
                       WHERE columns.seqno = 0 AND columns.name = keys.\"from\"
                   )";
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!(rows.collect::<Result<Vec<(String, String)>, _>>().unwrap(), []);
    }
}
