//! The service worker manager's store.

use futures::future::{BoxFuture, FutureExt, TryFutureExt};
use rusqlite::Connection;
use service_worker::host::{Loaded, RegistrationStore, Save};
use service_worker::{RegistrationId, ScriptResource, StoreError, WorkerId};

use crate::writer::{Queue, Tx};
use crate::{Error, json};

/// The store of a profile's service worker registrations.
pub(crate) struct Registrations {
    pub queue: Queue,
}

impl RegistrationStore for Registrations {
    fn load(&self) -> BoxFuture<'static, Result<Loaded, StoreError>> {
        self.queue.submit(0, |tx| load(tx.connection)).err_into().boxed()
    }

    fn scripts(&self, worker: WorkerId) -> BoxFuture<'static, Result<Vec<ScriptResource>, StoreError>> {
        self.queue.submit(0, move |tx| scripts(tx, worker)).err_into().boxed()
    }

    fn save(&self, new: Save) -> BoxFuture<'static, Result<(), StoreError>> {
        let scripts = new.scripts.iter().flat_map(|(_, scripts)| scripts);
        let bytes = scripts.map(|script| script.body.len()).sum();
        self.queue.submit(bytes, move |tx| save(tx, &new)).err_into().boxed()
    }

    fn remove(&self, registration: RegistrationId) -> BoxFuture<'static, Result<(), StoreError>> {
        self.queue.submit(0, move |tx| remove(tx, registration)).err_into().boxed()
    }
}

/// All registrations.
pub(crate) fn load(connection: &Connection) -> Result<Loaded, Error> {
    let mut statement =
        connection.prepare("SELECT id, registration FROM service_worker_registrations ORDER BY id")?;
    let mut rows = statement.query(())?;
    let mut registrations = Vec::new();
    while let Some(row) = rows.next()? {
        let id = row.get::<_, u64>(0)?;
        registrations.push(json::read(row, 1, || format!("service worker registration {id}"))?);
    }
    let next_id = connection.query_row("SELECT next FROM service_worker_next_id", (), |row| row.get(0))?;
    Ok(Loaded { registrations, next_id })
}

fn scripts(tx: &mut Tx<'_>, worker: WorkerId) -> Result<Vec<ScriptResource>, Error> {
    let sql = "SELECT resource, body FROM service_worker_scripts WHERE worker = ?1 ORDER BY position";
    let mut statement = tx.prepare(sql)?;
    let mut rows = statement.query([worker.0])?;
    let mut scripts = Vec::new();
    while let Some(row) = rows.next()? {
        let resource = json::read(row, 0, || format!("a script of {worker}"))?;
        scripts.push(ScriptResource { body: row.get::<_, Vec<u8>>(1)?.into(), ..resource });
    }
    Ok(scripts)
}

fn save(tx: &mut Tx<'_>, save: &Save) -> Result<(), Error> {
    let registration = &save.registration;
    let id = registration.id.0;
    let text = json::write(registration)?;
    tx.run(
        "INSERT OR REPLACE INTO service_worker_registrations (id, registration) VALUES (?1, ?2)",
        (id, text),
    )?;
    // Workers that it no longer has.
    let (waiting, active) = (&registration.waiting, &registration.active);
    let number = |worker: &Option<service_worker::StoredWorker>| worker.as_ref().map(|worker| worker.id.0);
    let sql = "DELETE FROM service_worker_scripts WHERE registration = ?1 AND worker IS NOT ?2 AND worker IS NOT ?3";
    tx.run(sql, (id, number(waiting), number(active)))?;
    if let Some((worker, scripts)) = &save.scripts {
        tx.run("DELETE FROM service_worker_scripts WHERE worker = ?1", [worker.0])?;
        let sql = "INSERT INTO service_worker_scripts (worker, position, registration, resource, body) \
                   VALUES (?1, ?2, ?3, ?4, ?5)";
        for (position, script) in scripts.iter().enumerate() {
            tx.run(sql, (worker.0, position, id, json::write(&**script)?, &script.body[..]))?;
        }
    }
    let greatest = [Some(id), number(waiting), number(active)].into_iter().flatten().max().unwrap_or(id);
    tx.run("UPDATE service_worker_next_id SET next = max(next, ?1 + 1)", [greatest])?;
    Ok(())
}

fn remove(tx: &mut Tx<'_>, registration: RegistrationId) -> Result<(), Error> {
    tx.run("DELETE FROM service_worker_scripts WHERE registration = ?1", [registration.0])?;
    tx.run("DELETE FROM service_worker_registrations WHERE id = ?1", [registration.0])?;
    Ok(())
}
