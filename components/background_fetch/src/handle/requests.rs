//! What calls take and give.

use std::fmt;

use fetch::{BodyStream, Request};
use tokio::sync::watch;

use crate::bodies::ResponseProgress;
use crate::concepts::{ImageResource, Instance, RecordId, RecordResult, RegistrationKey};
use crate::host::StoredBody;

/// The arguments of [`Handle::fetch`](crate::Handle::fetch).
#[derive(Debug)]
pub struct NewBackgroundFetch {
    /// The registration of the manager on which `fetch()` was called.
    pub registration: RegistrationKey,
    /// The id.
    pub id: String,
    /// The requests, in order.
    pub requests: Vec<NewRequest>,
    /// The title; empty if the option was not present.
    pub title: String,
    /// The icons, with their URLs resolved (NB: SD-53).
    pub icons: Vec<ImageResource>,
    /// The downloadTotal option; 0 means that nothing was announced.
    pub download_total: u64,
}

/// A request with its body.
pub struct NewRequest {
    /// The request, with the client's policy in it (NB: SD-21). [`Request::body`] is not looked at.
    pub request: Request,
    /// The request's body, if it has one. It is read into the store before `fetch()` is answered, but only
    /// once the id has been reserved (NB: SD-44, SD-47). An error rejects the call.
    pub body: Option<BodyStream>,
}

impl fmt::Debug for NewRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewRequest")
            .field("request", &self.request)
            .field("body", &self.body.is_some())
            .finish()
    }
}

/// A request to be matched, with
/// [CacheQueryOptions](https://w3c.github.io/ServiceWorker/#dictdef-cachequeryoptions).
#[derive(Clone, Debug)]
pub struct Query {
    /// The request; a string was converted to one by the caller (NB: SD-40).
    pub request: Request,
    /// Its options.
    pub options: QueryOptions,
}

/// [CacheQueryOptions](https://w3c.github.io/ServiceWorker/#dictdef-cachequeryoptions).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueryOptions {
    /// Compare URLs without their queries.
    pub ignore_search: bool,
    /// Don't compare methods.
    pub ignore_method: bool,
    /// Don't look at `Vary`.
    pub ignore_vary: bool,
}

/// A record that matched: what a `BackgroundFetchRecord` object is made of.
#[derive(Debug)]
pub struct MatchedRecord {
    /// The record.
    pub record: RecordId,
    /// The request, with a body that reads from the store.
    pub request: Request,
    /// The response that the object's `responseReady` stands for.
    pub response: MatchedResponse,
}

/// A record's response as it was when the record matched, to be given to
/// [`Handle::response_ready`](crate::Handle::response_ready). It keeps the stored body readable when the
/// records are gone, until it is dropped (NB: SD-43).
pub struct MatchedResponse {
    pub(crate) body: Box<dyn StoredBody>,
    pub(crate) progress: watch::Receiver<ResponseProgress>,
}

impl fmt::Debug for MatchedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MatchedResponse").field(&self.progress.borrow()).finish()
    }
}

/// A fetch in [`Handle::list`](crate::Handle::list).
#[derive(Clone, Debug)]
pub struct ListedFetch {
    /// The registration that it belongs to.
    pub registration: RegistrationKey,
    /// Its values.
    pub instance: Instance,
    /// Its title.
    pub title: String,
    /// Whether it is paused.
    pub paused: bool,
    /// Its records, in request order.
    pub records: Vec<ListedRecord>,
}

/// A record in [`ListedFetch`].
#[derive(Clone, Debug)]
pub struct ListedRecord {
    /// The record.
    pub record: RecordId,
    /// The request's URL.
    pub url: fetch::Url,
    /// The response's status, once there is one.
    pub status: Option<u16>,
    /// The bytes stored so far.
    pub stored: u64,
    /// The result, once the record is settled.
    pub result: Option<RecordResult>,
}
