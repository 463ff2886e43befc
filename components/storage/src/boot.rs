//! Whether the machine was started anew since the profile was last used: then bytes that were not synced may be lost.

use std::sync::OnceLock;

use rusqlite::{Connection, OptionalExtension};

/// A name for the time since the machine was started, on systems that have one.
fn present() -> Option<&'static str> {
    static PRESENT: OnceLock<Option<String>> = OnceLock::new();
    let read = || std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok();
    PRESENT.get_or_init(read).as_deref().map(str::trim)
}

/// Whether it can be known at all.
pub(crate) fn is_known() -> bool {
    present().is_some()
}

/// Whether the profile was last used since the machine was started. If nobody knows, then not.
pub(crate) fn is_same(connection: &Connection) -> rusqlite::Result<bool> {
    let last =
        connection.query_row("SELECT boot FROM last_use", (), |row| row.get::<_, String>(0)).optional()?;
    Ok(last.is_some() && last.as_deref() == present())
}

/// Notes that the profile is used now.
pub(crate) fn note(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM last_use", ())?;
    connection.execute("INSERT INTO last_use (boot) SELECT ?1 WHERE ?1 IS NOT NULL", [present()])?;
    Ok(())
}
