//! What pages and hosts ask for: `get()`, `getIds()`, `match()`, `matchAll()`, `updateUI()`, lists.

use std::sync::{Arc, Weak};

use bytes::Bytes;
use fetch::{Request, RequestBody};
use futures::future::{BoxFuture, try_join_all};
use futures::{FutureExt, TryFutureExt};

use super::{Event, Service, Written};
use crate::algorithms::find_matches::matches;
use crate::bodies::{StoredRequestBody, response_ready};
use crate::concepts::{Instance, RecordId, RecordResult, RecordState, RegistrationKey, UiUpdate, UniqueId};
use crate::error::Error;
use crate::handle::{
    ListedFetch, ListedRecord, MatchedRecord, MatchedResponse, Observer, Query, Reply, Take,
};
use crate::host::{Change, StoreError, StoredBody};

impl Service {
    /// [get()](https://wicg.github.io/background-fetch/#background-fetch-manager-get)
    pub(super) fn get(
        &mut self,
        registration: &RegistrationKey,
        id: &str,
        observer: Weak<dyn Observer>,
        reply: Reply<Option<Instance>>,
    ) {
        // NB: SD-51.
        if id.is_empty() {
            return reply.send(Err(Error::EmptyId));
        }
        // 2. The active fetch with this id. 3. None.
        match self.active.get(registration).and_then(|active| active.get(id)) {
            // 4. No update is missed: the answer comes before the first of them.
            Some(fetch) => self.observe(fetch, observer, reply),
            None => reply.send(Ok(None)),
        }
    }

    /// Adds an instance to those that follow a fetch.
    pub(super) fn observe(
        &mut self,
        fetch: UniqueId,
        observer: Weak<dyn Observer>,
        reply: Reply<Option<Instance>>,
    ) {
        let instance = self.fetches.get_mut(&fetch).map(|fetch| {
            fetch.observers.retain(|observer| observer.strong_count() > 0);
            fetch.observers.push(observer);
            fetch.instance()
        });
        reply.send(Ok(instance));
    }

    /// [getIds()](https://wicg.github.io/background-fetch/#background-fetch-manager-get-ids)
    pub(super) fn get_ids(&mut self, registration: &RegistrationKey, reply: Reply<Vec<String>>) {
        reply.send(Ok(self.active.get(registration).map(|active| active.ids()).unwrap_or_default()));
    }

    /// The newest fetch with this id.
    pub(super) fn newest(
        &mut self,
        registration: &RegistrationKey,
        id: &str,
        reply: Reply<Option<UniqueId>>,
    ) {
        let newest = self
            .fetches
            .values()
            .rev()
            .find(|fetch| fetch.registration == *registration && *fetch.id == *id)
            .map(|fetch| fetch.unique_id);
        reply.send(Ok(newest));
    }

    /// [matchAll()](https://wicg.github.io/background-fetch/#background-fetch-registration-match-all)
    pub(super) fn match_all(
        &mut self,
        fetch: UniqueId,
        query: Option<&Query>,
        take: Take,
        reply: Reply<Vec<MatchedRecord>>,
    ) {
        // 1. The records have to be available.
        let Some(state) = self.fetches.get_mut(&fetch) else {
            return reply.send(Err(Error::RecordsUnavailable));
        };
        let limit = if take == Take::First { 1 } else { usize::MAX };
        // 3.2. Those that match.
        let store = &self.hosts.store;
        let mut found: Vec<BoxFuture<'static, Result<MatchedRecord, StoreError>>> = Vec::new();
        for (id, record) in state.record_ids().zip(&mut state.records) {
            let response = record.response_data.response.as_ref();
            if !matches(query, &record.request, response.map(|response| &response.head)) {
                continue;
            }
            // Opened here and now, so that it stays readable whatever happens until the page gets to it.
            let has_body = match record.state {
                RecordState::Settled(result) => {
                    result == RecordResult::Success && response.is_some_and(|response| !response.null_body)
                }
                _ => true,
            };
            let body: BoxFuture<'static, Result<Box<dyn StoredBody>, StoreError>> = match has_body {
                true => store.open_body(id),
                false => futures::future::ok::<Box<dyn StoredBody>, _>(Box::new(NoBody)).boxed(),
            };
            let request_body = record
                .request_body
                .map(|length| store.open_request_body(id).map_ok(move |body| (length, body)));
            let request = Request::clone(&record.request);
            let progress = record.follow();
            found.push(Box::pin(async move {
                let mut request = request;
                if let Some(request_body) = request_body {
                    let (length, body) = request_body.await?;
                    request.body = Some(RequestBody::Source(Arc::new(StoredRequestBody::new(body, length))));
                }
                let response = MatchedResponse { body: body.await?, progress };
                Ok(MatchedRecord { record: id, request, response })
            }));
            if found.len() == limit {
                break;
            }
        }
        // 3.3. Resolve.
        self.start(async move {
            reply.send(try_join_all(found).await.map_err(Error::from));
            Event::Nothing
        });
    }

    /// Settles a `responseReady` when its time has come.
    pub(super) fn response_ready(&mut self, response: MatchedResponse, reply: Reply<fetch::Response>) {
        self.start(async move {
            reply.send(response_ready(response).await);
            Event::Nothing
        });
    }

    /// The rest of
    /// [updateUI()](https://wicg.github.io/background-fetch/#background-fetch-update-ui-event-update-ui).
    pub(super) fn update_ui(&mut self, id: UniqueId, update: UiUpdate, reply: Reply<()>) {
        let limit = self.config.max_title_length;
        if update.title.as_ref().is_some_and(|title| title.len() > limit) {
            return reply.send(Err(Error::LimitExceeded { what: "the title's length", limit }));
        }
        let Some(fetch) = self.fetches.get_mut(&id) else {
            return reply.send(Err(Error::RecordsUnavailable));
        };
        // 5. The icons.
        if let Some(icons) = &update.icons {
            fetch.icons = icons.as_slice().into();
        }
        // 6. The title. NB: SD-63: an empty one clears it.
        if let Some(title) = &update.title {
            fetch.title = title.as_str().into();
        }
        self.changed.insert(id);
        // 7. Resolve.
        let UiUpdate { title, icons } = update;
        self.write(vec![Change::SetUi { fetch: id, title, icons }], Written::Answer(reply));
    }

    /// Everything that there is.
    pub(super) fn list(&mut self, reply: Reply<Vec<ListedFetch>>) {
        let listed = self.fetches.values().map(|fetch| ListedFetch {
            registration: fetch.registration.clone(),
            instance: fetch.instance(),
            title: fetch.title.to_string(),
            paused: fetch.paused,
            records: fetch
                .record_ids()
                .zip(&fetch.records)
                .map(|(id, record): (RecordId, _)| ListedRecord {
                    record: id,
                    url: record.request.url().clone(),
                    status: record.response_data.response.as_ref().map(|response| response.head.status),
                    stored: record.response_data.stored,
                    result: record.result(),
                })
                .collect(),
        });
        reply.send(Ok(listed.collect()));
    }
}

/// The body of a response that has none, or whose bytes are not exposed.
struct NoBody;

impl StoredBody for NoBody {
    fn read_at(&self, _offset: u64, _max: usize) -> BoxFuture<'static, Result<Bytes, StoreError>> {
        futures::future::ok(Bytes::new()).boxed()
    }
}
