//! The cookies of a profile.
//!
//! They are all in memory; those that outlive the session are written down as they change, in order, and without anyone
//! waiting for it. When a cookie was last used is written down with its next change.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use fetch::cookies::{CookieChange, CookieJarError, CookieKey, CookieStore, SameSiteMode};
use fetch::{BoxFuture, Cookie, CookieJar, Request};
use futures::future::{FutureExt, TryFutureExt};
use rusqlite::{Connection, Row};
use url::{Host, Url};

use crate::Error;
use crate::error::Failure;
use crate::writer::{Queue, Tx};

/// The cookie jar of a profile.
pub(crate) struct Cookies {
    store: Mutex<CookieStore>,
    queue: Queue,
}

impl Cookies {
    pub fn new(cookies: Vec<Cookie>, queue: Queue) -> Self {
        Cookies { store: Mutex::new(CookieStore::new(cookies, SystemTime::now())), queue }
    }

    fn store(&self) -> MutexGuard<'_, CookieStore> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the store, and writes that down before anything else changes.
    fn change(&self, change: impl FnOnce(&mut CookieStore) -> Vec<CookieChange>) {
        let mut store = self.store();
        let changes = change(&mut store);
        if changes.is_empty() {
            return;
        }
        // Nobody waits: what can't be written is in memory all the same, and the writer says why.
        drop(self.queue.submit(0, move |tx| changes.iter().try_for_each(|change| write(tx, change))));
    }
}

impl CookieJar for Cookies {
    fn cookie_header(&self, request: &Request) -> Option<Vec<u8>> {
        self.store().cookie_header(request, SystemTime::now())
    }

    fn store_set_cookie(&self, request: &Request, values: &[&[u8]]) {
        self.change(|store| store.store_set_cookie(request, values, SystemTime::now()));
    }

    fn document_cookies(&self, url: &Url, mode: SameSiteMode) -> Vec<u8> {
        self.store().document_cookies(url, mode, SystemTime::now())
    }

    fn set_document_cookie(&self, url: &Url, cookie: &[u8], mode: SameSiteMode) {
        self.change(|store| store.set_document_cookie(url, cookie, mode, SystemTime::now()));
    }

    fn all(&self) -> Vec<Cookie> {
        self.store().iter(SystemTime::now()).cloned().collect()
    }

    fn remove(&self, key: &CookieKey) {
        self.change(|store| store.remove(key));
    }

    fn clear(&self) -> BoxFuture<'static, Result<(), CookieJarError>> {
        let mut store = self.store();
        store.clear();
        let deleted = self.queue.submit(0, |tx| tx.run("DELETE FROM cookies", ()).map(drop));
        deleted.map_err(|error| CookieJarError(error.to_string())).boxed()
    }
}

fn write(tx: &mut Tx<'_>, change: &CookieChange) -> Result<(), Error> {
    match change {
        CookieChange::Set(cookie @ Cookie { expiry_time: Some(expiry), .. }) => {
            let sql = "INSERT OR REPLACE INTO cookies \
                       (host, host_only, path, name, value, secure, http_only, same_site, \
                        created, expires, last_access) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
            let values = (
                cookie.host.to_string(),
                cookie.host_only,
                &cookie.path,
                &cookie.name,
                &cookie.value,
                cookie.secure,
                cookie.http_only,
                cookie.same_site.as_str(),
                to_micros(cookie.creation_time),
                to_micros(*expiry),
                to_micros(cookie.last_access_time),
            );
            tx.run(sql, values)?;
        }
        // A session's cookie takes the place of one that would outlive it.
        CookieChange::Set(cookie) => delete(tx, &cookie.key())?,
        CookieChange::Removed(key) => delete(tx, key)?,
    }
    Ok(())
}

fn delete(tx: &mut Tx<'_>, key: &CookieKey) -> Result<(), Error> {
    let sql = "DELETE FROM cookies WHERE host = ?1 AND host_only = ?2 AND path = ?3 AND name = ?4";
    tx.run(sql, (key.host.to_string(), key.host_only, &key.path, &key.name))?;
    Ok(())
}

/// The cookies of a database.
#[derive(Default)]
pub(crate) struct Loaded {
    pub cookies: Vec<Cookie>,
    /// Those that can't be read, and why.
    pub lost: Vec<String>,
}

/// All cookies that are not over; the others are deleted, and those that can't be read.
pub(crate) fn load(connection: &Connection) -> Result<Loaded, Failure> {
    connection.execute("DELETE FROM cookies WHERE expires <= ?1", [to_micros(SystemTime::now())])?;
    // In this order they were set.
    let mut statement = connection.prepare("SELECT rowid, * FROM cookies ORDER BY created, rowid")?;
    let mut rows = statement.query(())?;
    let (mut loaded, mut unreadable) = (Loaded::default(), Vec::new());
    while let Some(row) = rows.next()? {
        match read(row) {
            Ok(cookie) => loaded.cookies.push(cookie),
            Err(error) => {
                // For people: as far as it can be read.
                let place = row.get("host").unwrap_or_else(|_| "a host that is not known".to_owned());
                tracing::error!(%error, place, "a cookie can't be read; it is deleted");
                loaded.lost.push(format!("a cookie of {place}: {error}"));
                unreadable.push(row.get::<_, i64>(0)?);
            }
        }
    }
    for row in unreadable {
        connection.execute("DELETE FROM cookies WHERE rowid = ?1", [row])?;
    }
    Ok(loaded)
}

fn read(row: &Row<'_>) -> Result<Cookie, Error> {
    let host: String = row.get("host")?;
    let same_site: String = row.get("same_site")?;
    let corrupt = |what: &str| Error::Corrupt(format!("it has {what}"));
    Ok(Cookie {
        name: row.get("name")?,
        value: row.get("value")?,
        secure: row.get("secure")?,
        host: Host::parse(&host).map_err(|_| corrupt(&format!("the host {host}")))?,
        host_only: row.get("host_only")?,
        path: row.get("path")?,
        same_site: same_site.parse().map_err(|()| corrupt(&format!("the same-site {same_site}")))?,
        http_only: row.get("http_only")?,
        creation_time: from_micros(row.get("created")?),
        expiry_time: Some(from_micros(row.get("expires")?)),
        last_access_time: from_micros(row.get("last_access")?),
    })
}

/// Microseconds since 1970; times before are 0.
fn to_micros(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

fn from_micros(micros: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}
