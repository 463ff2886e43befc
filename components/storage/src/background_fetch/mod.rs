//! The background fetch component's store.
//!
//! A fetch is charged for the bytes of its request bodies, and, while it isn't settled, for what it has announced or
//! what it has stored, whichever is more: so stored bytes use up the reservation first.

mod changes;
mod create;
mod fetches;
mod load;

use std::sync::Arc;

use background_fetch::concepts::{RecordId, UniqueId};
use background_fetch::host::{Change, NewFetch, Store, StoreError, StoredBody, StoredFetch};
use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt, TryFutureExt};

use crate::bodies::{OpenBody, table};
use crate::writer::{Queue, Tx};

pub(crate) use fetches::{OWNERS, recompute_usage, remove_unowned_bodies};
pub(crate) use load::load;

/// The store of a profile's background fetches.
pub(crate) struct BackgroundFetchStore {
    pub queue: Queue,
}

/// Which of a record's two bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BodyOf {
    Request,
    Response,
}

impl Store for BackgroundFetchStore {
    fn load(&self) -> BoxFuture<'static, Result<Vec<StoredFetch>, StoreError>> {
        self.queue.submit(0, |tx| load::load(tx.connection)).err_into().boxed()
    }

    fn create(&self, fetch: NewFetch) -> BoxFuture<'static, Result<UniqueId, StoreError>> {
        self.queue.submit(0, move |tx| create::create(tx, &fetch)).err_into().boxed()
    }

    fn write(&self, changes: Vec<Change>) -> BoxFuture<'static, Result<(), StoreError>> {
        let bytes = changes.iter().map(changes::bytes_of).sum();
        let write = move |tx: &mut Tx<'_>| changes.iter().try_for_each(|change| changes::apply(tx, change));
        self.queue.submit(bytes, write).err_into().boxed()
    }

    fn open_body(&self, record: RecordId) -> BoxFuture<'static, Result<Box<dyn StoredBody>, StoreError>> {
        self.open(record, BodyOf::Response)
    }

    fn open_request_body(
        &self,
        record: RecordId,
    ) -> BoxFuture<'static, Result<Box<dyn StoredBody>, StoreError>> {
        self.open(record, BodyOf::Request)
    }
}

impl BackgroundFetchStore {
    fn open(
        &self,
        record: RecordId,
        which: BodyOf,
    ) -> BoxFuture<'static, Result<Box<dyn StoredBody>, StoreError>> {
        let open = move |tx: &mut Tx<'_>| {
            let body = fetches::body_of(tx, record, which)?;
            table::open(tx, body)
        };
        let boxed = |body| Box::new(Body(body)) as Box<dyn StoredBody>;
        self.queue.submit(0, open).map_ok(boxed).err_into().boxed()
    }
}

struct Body(Arc<OpenBody>);

impl StoredBody for Body {
    fn read_at(&self, offset: u64, max: usize) -> BoxFuture<'static, Result<Bytes, StoreError>> {
        Arc::clone(&self.0).read_at(offset, max).err_into().boxed()
    }
}
