//! The thread that owns the database.
//!
//! Operations take effect in the order in which they are submitted. The thread takes everything that is queued and does
//! it as one group: one transaction, in which each operation has a savepoint of its own. Then it syncs the body files
//! that the group wrote to, commits, and answers. So under load many operations share one commit, and a lone one
//! waits for nobody.
//!
//! When the disk is full, operations that carry bytes fail. Those that don't may use up the [`Reserve`]; until there is
//! space for it again, nothing else is written.

mod transaction;

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::{io, mem};

use futures::channel::oneshot;
use futures::future::{BoxFuture, FutureExt};
use rusqlite::Connection;

use crate::Error;
use crate::bodies::{BodyFiles, OpenBodies};
use crate::reserve::Reserve;
pub(crate) use transaction::{Effect, Limits, Tx};

/// A group is committed when it has this many operations,
const MAX_GROUP: usize = 1024;
/// or when its operations carry this many bytes.
const MAX_GROUP_BYTES: usize = 16 << 20;

/// What the thread works on.
pub(crate) struct Resources {
    pub connection: Connection,
    pub files: BodyFiles,
    pub open_bodies: OpenBodies,
    pub limits: Limits,
    pub reserve: Reserve,
    /// Told once when an operation finds the database damaged.
    pub on_damage: Box<dyn Fn(&Error) + Send>,
}

/// Runs the thread; ends it when it is dropped, after all that was submitted before.
pub(crate) struct Writer {
    queue: Queue,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// Where operations are submitted.
#[derive(Clone)]
pub(crate) struct Queue(Sender<Message>);

enum Message {
    Operation(Box<dyn Operation>),
    Close,
}

impl Writer {
    /// Starts the thread. `make` gets the queue, for what has to submit operations from inside.
    pub fn start(make: impl FnOnce(&Queue) -> Resources) -> io::Result<Self> {
        let (sender, receiver) = channel();
        let queue = Queue(sender);
        let mut resources = make(&queue);
        let thread = Builder::new().name("profile".into()).spawn(move || resources.run(&receiver))?;
        Ok(Writer { queue, thread: Mutex::new(Some(thread)) })
    }

    /// Where operations are submitted.
    pub fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Does what was submitted so far, closes the database, and waits for that. Later operations fail.
    pub fn close(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(thread) = thread else { return };
        // Fails only if the thread has ended already.
        let _ = self.queue.0.send(Message::Close);
        if thread.join().is_err() {
            tracing::error!("the profile's thread panicked");
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

impl Queue {
    /// Has `apply` done, in order; the future is for the answer alone and may be dropped. `bytes` is what the operation
    /// holds in memory. `apply` is called again if its whole group had to be undone because of another operation.
    pub fn submit<T: Send + 'static>(
        &self,
        bytes: usize,
        apply: impl FnMut(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, Error>> {
        let (reply, receiver) = oneshot::channel();
        let operation = Call { bytes, apply, result: Err(Error::Closed), reply };
        // If the thread has ended, the operation is dropped here and its receiver says so.
        let _ = self.0.send(Message::Operation(Box::new(operation)));
        receiver.map(|answer| answer.unwrap_or(Err(Error::Closed))).boxed()
    }
}

/// One thing to do.
trait Operation: Send {
    /// What it holds in memory.
    fn bytes(&self) -> usize;
    /// Does it, and keeps the result for later. The answer is the error, if it failed.
    fn apply(&mut self, tx: &mut Tx<'_>) -> Result<(), Error>;
    /// Doesn't do it.
    fn refuse(&mut self, error: Error);
    /// Answers, with the result or with the error of the whole group.
    fn finish(self: Box<Self>, group: Result<(), Error>);
}

struct Call<F, T> {
    bytes: usize,
    apply: F,
    result: Result<T, Error>,
    reply: oneshot::Sender<Result<T, Error>>,
}

impl<F, T> Operation for Call<F, T>
where
    F: FnMut(&mut Tx<'_>) -> Result<T, Error> + Send,
    T: Send,
{
    fn bytes(&self) -> usize {
        self.bytes
    }

    fn apply(&mut self, tx: &mut Tx<'_>) -> Result<(), Error> {
        self.result = (self.apply)(tx);
        self.result.as_ref().map(|_| ()).map_err(Error::clone)
    }

    fn refuse(&mut self, error: Error) {
        self.result = Err(error);
    }

    fn finish(self: Box<Self>, group: Result<(), Error>) {
        // Nobody may be waiting any more.
        let _ = self.reply.send(group.and(self.result));
    }
}

impl Resources {
    fn run(&mut self, receiver: &Receiver<Message>) {
        while let Ok(Message::Operation(first)) = receiver.recv() {
            let mut bytes = first.bytes();
            let mut group = vec![first];
            let mut closing = false;
            while group.len() < MAX_GROUP && bytes < MAX_GROUP_BYTES {
                match receiver.try_recv() {
                    Ok(Message::Operation(operation)) => {
                        bytes += operation.bytes();
                        group.push(operation);
                    }
                    Ok(Message::Close) => closing = true,
                    Err(_) => break,
                }
            }
            self.hold_reserve();
            self.commit(group);
            if closing {
                break;
            }
        }
        self.sync_all();
        self.clean_up();
    }

    /// Sees to it that there is space for changes of state before there is any for bodies.
    fn hold_reserve(&mut self) {
        if !self.reserve.hold() {
            // What was removed meanwhile may still take space inside the database.
            self.clean_up();
            self.reserve.hold();
        }
    }

    /// Does a group, and answers. A group that fails as a whole is done again one by one, so that one operation doesn't
    /// take its neighbours with it.
    fn commit(&mut self, mut group: Vec<Box<dyn Operation>>) {
        let mut result = self.try_commit(&mut group);
        while result.is_err() && self.files.take_new_failures() {
            // Those bodies are set apart now.
            result = self.try_commit(&mut group);
        }
        if group.len() > 1 && result.is_err() {
            return group.into_iter().for_each(|operation| self.commit(vec![operation]));
        }
        if result == Err(Error::DiskFull) {
            self.reserve.release_if_held();
            result = self.try_commit(&mut group);
        }
        if result == Err(Error::DiskFull) && self.checkpoint() {
            result = self.try_commit(&mut group);
        }
        if let Err(error) = &result {
            tracing::warn!(%error, "the profile could not be written");
            self.report_damage(error);
        }
        for operation in group {
            operation.finish(result.clone());
        }
    }

    fn try_commit(&mut self, group: &mut [Box<dyn Operation>]) -> Result<(), Error> {
        self.connection.execute_batch("BEGIN")?;
        let done = self.apply(group);
        let effects = match done {
            Ok(effects) => effects,
            Err(error) => {
                self.undo();
                return Err(error);
            }
        };
        if let Err(error) = self.sync_and_commit() {
            self.undo();
            return Err(error);
        }
        self.files.committed();
        for effect in effects {
            effect.happen(&mut self.files, &self.open_bodies);
        }
        Ok(())
    }

    /// First the bytes, then the state that speaks of them.
    fn sync_and_commit(&mut self) -> Result<(), Error> {
        for body in self.files.sync()? {
            let mut update =
                self.connection.prepare_cached("UPDATE bodies SET synced = length WHERE id = ?1")?;
            update.execute([body])?;
        }
        Ok(self.connection.execute_batch("COMMIT")?)
    }

    /// Applies the operations, each in its savepoint. An error means that the transaction as a whole is lost.
    fn apply(&mut self, group: &mut [Box<dyn Operation>]) -> Result<Vec<transaction::Effect>, Error> {
        let has_space = self.reserve.is_held();
        let mut tx = Tx::new(&self.connection, &mut self.files, &self.open_bodies, &self.limits);
        for operation in group {
            if operation.bytes() > 0 && !has_space {
                operation.refuse(Error::DiskFull);
                continue;
            }
            tx.begin_operation()?;
            match operation.apply(&mut tx) {
                Ok(()) => tx.end_operation()?,
                // Some errors make SQLite roll back the whole transaction.
                Err(error) if self.connection.is_autocommit() => return Err(error),
                // For a mere change of state there is the reserve.
                Err(Error::DiskFull) if operation.bytes() == 0 => return Err(Error::DiskFull),
                Err(error) => {
                    tx.undo_operation()?;
                    if matches!(error, Error::Corrupt(_)) {
                        (self.on_damage)(&error);
                    }
                }
            }
        }
        Ok(mem::take(&mut tx.effects))
    }

    fn undo(&mut self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a transaction could not be rolled back");
        }
        self.files.undo(0);
    }

    /// Moves the log into the database, so that its space is written again from the start. Whether that worked.
    fn checkpoint(&self) -> bool {
        let busy = |row: &rusqlite::Row<'_>| row.get::<_, i64>(0);
        matches!(self.connection.query_row("PRAGMA wal_checkpoint(RESTART)", [], busy), Ok(0))
    }

    /// Nothing is lost if the machine is switched off after the profile was closed.
    fn sync_all(&mut self) {
        self.files.sync_all_before_commit();
        let mut result = self.try_commit(&mut []);
        while result.is_err() && self.files.take_new_failures() {
            result = self.try_commit(&mut []);
        }
        if let Err(error) = result {
            tracing::warn!(%error, "what was written last may not survive a loss of power");
        }
    }

    fn report_damage(&self, error: &Error) {
        if matches!(error, Error::Corrupt(_)) {
            (self.on_damage)(error);
        }
    }

    /// Leaves the database in one file, without most of the space that deleted things had.
    fn clean_up(&mut self) {
        let steps = [
            "PRAGMA wal_checkpoint(TRUNCATE)",
            "PRAGMA incremental_vacuum(4096)",
            "PRAGMA wal_checkpoint(TRUNCATE)",
        ];
        for step in steps {
            let all_rows = || -> rusqlite::Result<()> {
                let mut statement = self.connection.prepare(step)?;
                let mut rows = statement.query(())?;
                while rows.next()?.is_some() {}
                Ok(())
            };
            if let Err(error) = all_rows() {
                tracing::debug!(%error, step, "the database was not cleaned up");
            }
        }
    }
}
