//! Background Fetch for any engine (<https://wicg.github.io/background-fetch/>).
//!
//! A page hands over a list of requests under an id. They are fetched whether or not a page is there to see
//! it, survive the network, the worker and the process, and when all are done a service worker gets an event.
//! This crate is all of that which needs no JavaScript: the specification's algorithms by their names, over a
//! few traits that an engine implements. It knows no script engine, no HTTP library, no database and no
//! executor.
//!
//! # How an engine hosts it
//!
//! 1. Implement the traits of [`host`]:
//!    * [`Network`](host::Network), which is `fetch::Network`: one request, with all of Fetch's policy behind
//!      it. The body is a stream and is read only as fast as the store takes it, so the network has to slow
//!      its sender down when nobody polls.
//!    * [`Store`](host::Store): state, bodies and quota on disk. Its rules are the ones everything else rests
//!      on; run `testing::store_contract` (feature `testing`) against an implementation.
//!    * [`EventDelivery`](host::EventDelivery): fires an event on a registration's active worker, starting it
//!      if needed, and tells when it is over.
//!    * [`Permissions`](host::Permissions), [`Display`](host::Display), [`Clock`](host::Clock).
//! 2. Create the service once per profile: [`BackgroundFetchService::new`] gives a [`Handle`] and a future.
//!    Run the future on any executor, as a task of its own or on a thread of its own; it is `Send`, spawns
//!    nothing, and polls the futures that hosts return from inside. An engine without an executor can give it
//!    a thread with a small one. A host's futures may need a particular runtime (tokio's sockets, say): then
//!    run it there.
//! 3. Call the [`Handle`] from wherever the DOM runs. Its methods never block; each takes a [`Reply`], a
//!    function that is called once with the answer. It is called on the service's task, so queue a task from
//!    it.
//! 4. Tell the service what happens around it: [`Handle::registration_removed`],
//!    [`Handle::clear_storage_key`], [`Handle::set_online`], and, from the user interface, [`Handle::click`],
//!    [`Handle::pause`], [`Handle::resume`], [`Handle::abort`].
//! 5. At the end, [`Handle::shut_down`], and wait for its answer before the store is closed. If the process
//!    dies instead, nothing that was answered is lost.
//!
//! # Ordering
//!
//! * Calls on handles take effect in the order in which they are made; that is the specification's "edit
//!   queue" of all registrations at once.
//! * Answers and [`Observer`] updates come from one task, in the order in which things happened. An instance
//!   that was made from the answer of [`Handle::fetch`], [`Handle::get`] or [`Handle::observe`] misses no
//!   update after it.
//! * [`Handle::fetch`] is answered when the fetch is stored, [`Handle::abort`] when its end is: neither
//!   answer is taken back by a crash.
//! * A fetch's result is stored, then told to observers, then fired as an event, in this order. While the
//!   event lasts the records can be matched; after it they are gone, except for what has been [handed
//!   out](MatchedResponse).
//!
//! # What the DOM has to do
//!
//! `fetch()` converts its arguments to [`fetch::Request`]s with the client's snapshot in them, resolves icon
//! URLs and gives bodies as streams. [`Instance`] holds all attributes of a `BackgroundFetchRegistration`; an
//! [`Observer`] keeps it current and fires `progress`, at most once per queued task. The map of instances
//! belongs to the DOM's manager object, keyed by [`UniqueId`]. [`Error::exception`] says what to reject with.
//! `updateUI()` checks that its event is trusted, active and used once before it calls [`Handle::update_ui`].
//!
//! # Events are delivered at least once
//!
//! A result and the event that tells of it are one transaction, and each attempt to deliver it is counted in
//! the store before it begins. If the worker does not start or dies, or the whole process does, the event is
//! fired again, with back-off, up to [`Config::delivery`]'s limit; then the data is removed, and that is
//! logged. A worker can see an event twice where it died between having handled it and having said so. A
//! click is fired once, or not at all.
//!
//! # Scheduling, retries and limits
//!
//! The specification leaves these open; [`Config`] has the numbers.
//!
//! * Storage keys take turns; within one the oldest fetch comes first, and its requests in order. There are
//!   limits per host, per storage key and in all.
//! * A GET whose network error is temporary is tried again, with growing waits, from where it was cut if that
//!   is safe: a strong validator, bytes as they were on the wire, the same final URL, `If-Range`. Otherwise
//!   from the start. A number of attempts in a row without a new byte ends it; a server that refuses
//!   connections, and has answered none of the fetch's requests, is given up in a moment. While the host says
//!   that it is offline nothing is tried, and nothing counts.
//! * Anything else than a GET is sent once. If it is cut off, or the process dies while it is under way, it
//!   has failed.
//! * A fetch never expires by itself: paused, or offline, it waits for ever.
//! * Memory: what lies between network and store is bounded ([`Config::write_buffer`]). Requests and response
//!   heads of fetches that are not over are kept in memory, some kilobytes each.

mod algorithms;
mod bodies;
pub mod concepts;
mod config;
mod error;
mod handle;
pub mod host;
mod service;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;

pub use concepts::{
    FailureReason, FetchResult, ImageResource, Instance, RecordId, RecordResult, RegistrationKey,
    SettledResult, UiUpdate, UniqueId,
};
pub use config::{Config, RetryPolicy};
pub use error::{BadRequest, Error, Exception};
pub use handle::{
    Handle, ListedFetch, ListedRecord, MatchedRecord, MatchedResponse, NewBackgroundFetch, NewRequest,
    Observer, Query, QueryOptions, Reply,
};
pub use service::BackgroundFetchService;
