//! Who is asked for a response before the network is: <https://w3c.github.io/ServiceWorker/#handle-fetch>, whose steps
//! are the manager's.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fetch::secure_contexts::is_url_potentially_trustworthy;
use fetch::{BoxFuture, HandleFetch, NetworkError, Origin, Request, RequestClient, Response, StorageKey};
use futures::FutureExt;
use service_worker::{ClientId, ClientInfo, ClientKind, Handle};

use super::environment;
use crate::dom::html::global_scope::{EmbedderSettings, EnvironmentSettings};
use crate::runtime::agent::Agent;
use crate::webidl::*;

/// For the requests whose client `global` is; `None` where no service worker can control that.
pub(crate) fn of_client(global: &GlobalScope) -> Option<Arc<dyn HandleFetch>> {
    if !global.is_secure_context() {
        return None;
    }
    environment::client_id(global)?;
    let service_workers = environment::service_workers(global)?;
    Some(Arc::new(RequestsOfClient { service_workers }))
}

/// Asks the worker that controls the client.
struct RequestsOfClient {
    service_workers: Handle,
}

impl HandleFetch for RequestsOfClient {
    fn handle_fetch(&self, request: Request) -> BoxFuture<'static, Result<Option<Response>, NetworkError>> {
        self.service_workers.handle_fetch(request, None).boxed()
    }
}

/// The environment that the response of a navigation, or of the request for a worker's script, is for:
/// <https://fetch.spec.whatwg.org/#concept-request-reserved-client>.
///
/// The manager knows it once there was a request, until [`Reservation::for_settings`] hands it over to the settings
/// object, or this is dropped.
pub(crate) struct Reservation {
    /// None: there are no service workers.
    service_workers: Option<Handle>,
    terms: ReservationTerms,
    state: Mutex<Reserved>,
}

/// What is known of an environment before the response is there.
pub(crate) struct ReservationTerms {
    /// What kind of client it is going to be.
    pub(crate) kind: ClientKind,
    /// Whether what it is made from is a secure context.
    pub(crate) is_secure_context: bool,
    /// Whether its origin is going to be opaque, wherever the response comes from: then no service worker is asked.
    pub(crate) is_opaque: bool,
    /// The client whose place it takes, and that client's origin.
    pub(crate) replaces: Option<(String, Origin)>,
}

impl ReservationTerms {
    /// Those of a frame, or of a page of its own.
    pub(crate) fn of_window(embedder: Option<&EmbedderSettings>) -> ReservationTerms {
        ReservationTerms {
            kind: ClientKind::Window(super::service_worker_client::window_state(embedder)),
            is_secure_context: embedder.is_none_or(EmbedderSettings::is_secure_context),
            is_opaque: false,
            replaces: None,
        }
    }
}

struct Reserved {
    id: String,
    /// The origin that it was asked for last.
    origin: Option<Origin>,
    /// Whether the manager may know it.
    is_known: bool,
}

impl Reserved {
    fn new() -> Reserved {
        Reserved { id: uuid::Uuid::new_v4().to_string(), origin: None, is_known: false }
    }
}

impl Reservation {
    /// An environment that nothing was fetched for yet.
    pub(crate) fn new(agent: &Agent, terms: ReservationTerms) -> Arc<Reservation> {
        let service_workers = agent.services().map(|services| services.service_workers.clone());
        Arc::new(Reservation { service_workers, terms, state: Mutex::new(Reserved::new()) })
    }

    fn state(&self) -> MutexGuard<'_, Reserved> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The environment becomes these settings, if they are those of a client at all: the service worker that was asked
    /// for the response controls it.
    pub(crate) fn for_settings(&self, settings: EnvironmentSettings) -> EnvironmentSettings {
        let reserved = std::mem::replace(&mut *self.state(), Reserved::new());
        if !settings.is_secure_context || settings.origin.is_opaque() {
            self.forget(&reserved);
            return settings;
        }
        EnvironmentSettings { id: reserved.id, ..settings }
    }

    fn forget(&self, reserved: &Reserved) {
        if let (true, Some(service_workers)) = (reserved.is_known, &self.service_workers) {
            service_workers.client_unloaded(ClientId::from(&*reserved.id));
        }
    }

    /// The environment for a request's current URL.
    fn client_for(&self, request: &Request) -> Option<service_worker::ReservedClient> {
        let origin = Origin::of(request.current_url());
        let mut reserved = self.state();
        // <https://html.spec.whatwg.org/multipage/browsing-the-web.html#create-navigation-params-by-fetching>, 20.7: a
        // redirect to another origin leads to another environment.
        if reserved.origin.as_ref().is_some_and(|last| !last.same_origin(&origin)) {
            self.forget(&reserved);
            *reserved = Reserved::new();
        }
        reserved.origin = Some(origin.clone());
        let storage_key = StorageKey::obtain(&origin).filter(|_| !self.terms.is_opaque)?;
        reserved.is_known = true;
        let id = ClientId::from(&*reserved.id);
        let environment = RequestClient {
            id: reserved.id.clone(),
            creation_url: request.current_url().clone(),
            is_secure_context: self.terms.is_secure_context
                && is_url_potentially_trustworthy(request.current_url()),
            origin: origin.clone(),
            has_trustworthy_ancestor: false,
            has_cross_site_ancestor: false,
        };
        let policy_container = request.policy_container.clone();
        let info =
            ClientInfo { id, environment, policy_container, storage_key, kind: self.terms.kind.clone() };
        // NB: another origin's worker must not learn the id.
        let replaces = self.terms.replaces.as_ref().filter(|(_, of)| of.same_origin(&origin));
        let replaces = replaces.map(|(id, _)| ClientId::from(&**id));
        Some(service_worker::ReservedClient { info, replaces })
    }
}

impl HandleFetch for Reservation {
    fn handle_fetch(&self, request: Request) -> BoxFuture<'static, Result<Option<Response>, NetworkError>> {
        let client = self.client_for(&request);
        match (client, &self.service_workers) {
            (Some(client), Some(service_workers)) => {
                service_workers.handle_fetch(request, Some(client)).boxed()
            }
            _ => std::future::ready(Ok(None)).boxed(),
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let reserved = std::mem::replace(&mut *self.state(), Reserved::new());
        self.forget(&reserved);
    }
}
