//! Bodies that somebody may read.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use bytes::Bytes;

use super::{BodyId, ReaderPool, table};
use crate::Error;
use crate::writer::{Queue, Tx};

/// All bodies that are open.
#[derive(Clone)]
pub(crate) struct OpenBodies(Arc<Shared>);

struct Shared {
    queue: Queue,
    readers: ReaderPool,
    bodies: Mutex<HashMap<BodyId, Weak<OpenBody>>>,
}

/// A body that is open: it can be read, also when it is dead. Holds no file while nobody reads.
pub(crate) struct OpenBody {
    id: BodyId,
    shared: Arc<Shared>,
    /// The committed length.
    length: AtomicU64,
    in_file: AtomicBool,
    dead: AtomicBool,
}

/// Where bytes were found.
enum Read {
    Bytes(Bytes),
    InFile,
}

impl OpenBodies {
    pub fn new(queue: Queue, readers: ReaderPool) -> Self {
        OpenBodies(Arc::new(Shared { queue, readers, bodies: Mutex::default() }))
    }

    fn bodies(&self) -> MutexGuard<'_, HashMap<BodyId, Weak<OpenBody>>> {
        self.0.bodies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The body, if it is open.
    pub fn get(&self, id: BodyId) -> Option<Arc<OpenBody>> {
        self.bodies().get(&id)?.upgrade()
    }

    /// Opens a body of which `length` bytes will be committed when the answer is given.
    pub fn open(&self, id: BodyId, length: u64, in_file: bool) -> Arc<OpenBody> {
        if let Some(open) = self.get(id) {
            return open;
        }
        let open = Arc::new(OpenBody {
            id,
            shared: Arc::clone(&self.0),
            length: AtomicU64::new(length),
            in_file: AtomicBool::new(in_file),
            dead: AtomicBool::new(false),
        });
        self.bodies().insert(id, Arc::downgrade(&open));
        open
    }

    /// More of a body is committed.
    pub fn grown(&self, id: BodyId, length: u64, in_file: bool) {
        if let Some(open) = self.get(id) {
            open.in_file.store(in_file, Ordering::Release);
            open.length.store(length, Ordering::Release);
        }
    }
}

impl OpenBody {
    /// Reads up to `max` bytes from `offset`; none at the end of what is committed.
    pub async fn read_at(self: Arc<Self>, offset: u64, max: usize) -> Result<Bytes, Error> {
        let length = self.length.load(Ordering::Acquire);
        let size = usize::try_from(length.saturating_sub(offset)).unwrap_or(usize::MAX).min(max);
        if size == 0 {
            return Ok(Bytes::new());
        }
        if !self.in_file.load(Ordering::Acquire) {
            let id = self.id;
            let read = move |tx: &mut Tx<'_>| {
                Ok(table::read_inline(tx, id, offset, size)?.map_or(Read::InFile, Read::Bytes))
            };
            if let Read::Bytes(bytes) = self.shared.queue.submit(0, read).await? {
                return Ok(bytes);
            }
            // It has grown and was moved into a file meanwhile.
        }
        self.shared.readers.read(self.id, offset, size).await
    }

    /// Nothing but readers holds the body any more.
    pub fn orphaned(&self) {
        self.dead.store(true, Ordering::Release);
    }
}

impl Drop for OpenBody {
    fn drop(&mut self) {
        let mut bodies = self.shared.bodies.lock().unwrap_or_else(PoisonError::into_inner);
        // Another one may have been opened since the last reference to this one went.
        if bodies.get(&self.id).is_some_and(|known| known.strong_count() == 0) {
            bodies.remove(&self.id);
        }
        drop(bodies);
        if self.dead.load(Ordering::Acquire) {
            let id = self.id;
            // Nobody waits for it; if the profile is closed by now, its next opening does it.
            drop(self.shared.queue.submit(0, move |tx| table::delete(tx, id)));
        }
    }
}
