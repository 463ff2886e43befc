//! What the tests say over and over.

use std::sync::Arc;

use fetch::{NetworkError, NetworkErrorKind};
use futures::StreamExt;

use crate::host::{EventKind, FunctionalEvent};
use crate::testing::{Exchange, Harness, LastInstance, head, now};
use crate::{
    Error, FetchResult, Instance, ListedFetch, MatchedRecord, MatchedResponse, NewBackgroundFetch, UniqueId,
};

pub const URL: &str = "https://media.example/ep-5.mp3";

/// A cut that the network calls temporary.
pub fn cut() -> NetworkError {
    NetworkError::temporary(NetworkErrorKind::Cut, "the connection was cut")
}

/// An error that will not go away.
pub fn refused() -> NetworkError {
    NetworkError::new(NetworkErrorKind::Cors, "the server did not agree")
}

impl Harness {
    /// Starts a fetch that has to succeed.
    pub fn started(&mut self, id: &str, urls: &[&str]) -> UniqueId {
        self.fetch(id, urls).expect("an answer").expect("a fetch").unique_id
    }

    /// Starts a fetch, and follows it.
    pub fn followed(&mut self, fetch: NewBackgroundFetch) -> (UniqueId, Arc<LastInstance>) {
        let instance = LastInstance::new();
        let answer = self.fetch_observed(fetch, &instance).expect("an answer").expect("a fetch");
        (answer.unique_id, instance)
    }

    /// The next request.
    pub fn request(&mut self) -> Exchange {
        self.network.next().expect("a request")
    }

    /// Answers the next request with a whole body.
    pub fn serve(&mut self, body: &'static str) {
        self.request().respond_with(head(200, &[]), body);
        self.run();
    }

    /// The event that is being delivered.
    pub fn event_in_delivery(&mut self) -> FunctionalEvent {
        self.events.peek().expect("an event")
    }

    /// Handles the next event, and says which it was.
    pub fn handle_event(&mut self) -> (EventKind, Instance) {
        let delivery = self.events.next().expect("an event");
        let event = delivery.event.clone();
        delivery.handled();
        self.run();
        (event.kind, event.instance)
    }

    /// `matchAll()` without a query.
    pub fn records(&mut self, fetch: UniqueId) -> Result<Vec<MatchedRecord>, Error> {
        self.call(|handle, reply| handle.match_all(fetch, None, reply)).expect("an answer")
    }

    /// The status and body of a response that is there.
    pub fn read(&mut self, response: MatchedResponse) -> Result<(u16, Vec<u8>), Error> {
        let response =
            self.call(|handle, reply| handle.response_ready(response, reply)).expect("an answer")?;
        let body = response.body.map(|body| now(body.collect::<Vec<_>>()).expect("the body ends"));
        let bytes: Result<Vec<_>, _> = body.unwrap_or_default().into_iter().collect();
        Ok((response.head.status, bytes.expect("a whole body").concat()))
    }

    /// The statuses and bodies of all records.
    pub fn responses(&mut self, fetch: UniqueId) -> Vec<Result<(u16, Vec<u8>), Error>> {
        let records = self.records(fetch).expect("records");
        records.into_iter().map(|record| self.read(record.response)).collect()
    }

    /// Everything that there is.
    pub fn list(&mut self) -> Vec<ListedFetch> {
        self.call(|handle, reply| handle.list(reply)).expect("an answer").expect("a list")
    }

    /// The values of a fetch now.
    pub fn instance(&mut self, fetch: UniqueId) -> Instance {
        let listed = self.list().into_iter().find(|listed| listed.instance.unique_id == fetch);
        listed.expect("the fetch").instance
    }

    /// The result of a fetch now.
    pub fn result(&mut self, fetch: UniqueId) -> FetchResult {
        self.instance(fetch).result
    }

    /// `getIds()`
    pub fn ids(&mut self) -> Vec<String> {
        let registration = Harness::registration("https://site.example");
        self.call(|handle, reply| handle.get_ids(registration, reply)).expect("an answer").expect("ids")
    }

    /// No rule of the store was broken, and nothing is left in it.
    pub fn assert_empty(&mut self) {
        self.run();
        assert_eq!(self.store.misuse(), None);
        assert_eq!((self.store.committed().len(), self.store.used()), (0, 0));
        assert_eq!((self.display.count(), self.list().len()), (0, 0));
        assert_eq!(self.clock.next_alarm(), None);
        assert_eq!(self.network.waiting(), []);
    }
}
