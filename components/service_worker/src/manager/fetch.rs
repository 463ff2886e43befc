//! Fetches that workers answer.

use std::sync::Arc;

use fetch::{Destination, NetworkError, NetworkErrorKind, Request};
use futures::channel::oneshot;
use futures::future::{Either, Shared, select};
use futures::{FutureExt, StreamExt};

use super::Manager;
use super::events::Dispatched;
use super::state::{Client, State};
use crate::{
    ClientId, ClientInfo, FetchEvent, FetchResponse, FetchResult, RegistrationId, ReservedClient,
    WorkerEvent, WorkerId,
};

/// A request on its way to a worker.
struct Handled {
    request: Request,
    registration: RegistrationId,
    client: Option<ClientId>,
    reserved: Option<ReservedClient>,
    should_soft_update: bool,
}

impl Manager {
    /// [Handle Fetch](https://w3c.github.io/ServiceWorker/#handle-fetch). FIXME(spec): router rules, and navigation
    /// preload.
    pub(crate) fn handle_fetch(
        self: &Arc<Self>,
        request: Request,
        reserved: Option<ReservedClient>,
        mut reply: oneshot::Sender<FetchResult>,
    ) {
        let handled = self.find_registration(&mut self.state(), request, reserved);
        let Some(handled) = handled else {
            // Who asked may have gone away.
            let _ = reply.send(Ok(None));
            return;
        };
        let manager = Arc::clone(self);
        self.spawn(async move {
            let (abort, aborted) = oneshot::channel();
            let answer = {
                let answer =
                    std::pin::pin!(manager.create_fetch_event_and_dispatch(&handled, aborted.shared()));
                match select(answer, reply.cancellation()).await {
                    Either::Left((answer, _)) => Some(answer),
                    Either::Right(((), _)) => None,
                }
            };
            manager.set_awaited_worker(&handled, None);
            match answer {
                Some(answer) => drop(reply.send(answer)),
                // Create Fetch Event and Dispatch, 17.1.22. The fetch was aborted. (If the worker has ended, too, nobody
                // is left to be told.)
                None => drop(abort.send(())),
            }
            // 15. In parallel.
            if handled.should_soft_update {
                manager.soft_update(handled.registration, false);
            }
        });
    }

    /// Steps 7 to 12.
    fn find_registration(
        self: &Arc<Self>,
        state: &mut State,
        request: Request,
        reserved: Option<ReservedClient>,
    ) -> Option<Handled> {
        // 8. Plug-ins are none of a worker's business.
        if matches!(request.destination, Destination::Embed | Destination::Object) {
            return None;
        }
        let client = request.client.as_ref().map(|client| ClientId::from(&*client.id));
        let is_subresource = request.is_subresource_request();
        let registration = if is_subresource {
            // 10. That of the client's active service worker.
            state.registration_used_by(state.client(client.as_ref()?)?)?
        } else {
            // 9.1–9.2. A secure context alone. (9.3. FIXME(spec): there is no forced reload.)
            let reserved = reserved.as_ref().map(|reserved| reserved.info.clone())?;
            let reserved = Some(reserved).filter(|reserved| reserved.environment.is_secure_context)?;
            self.control_reserved_client(state, &request, reserved)?
        };
        let is_stale = || {
            let now = self.hosts.clock.now();
            state.registrations.get(&registration).is_some_and(|registration| registration.is_stale(now))
        };
        let should_soft_update = !is_subresource || is_stale();
        // NB: a navigation names nobody who asks for it, as web-platform-tests have it.
        let client = client.filter(|_| !request.is_navigation_request());
        let reserved = reserved.filter(|_| !is_subresource);
        Some(Handled { request, registration, client, reserved, should_soft_update })
    }

    /// Steps 9.5 to 9.8: the registration for the environment that the response is for, which is used by that from now
    /// on, also before it is a client.
    fn control_reserved_client(
        self: &Arc<Self>,
        state: &mut State,
        request: &Request,
        reserved: ClientInfo,
    ) -> Option<RegistrationId> {
        // 9.5–9.6. Match.
        let found = state.match_registration(&reserved.storage_key, request.current_url());
        // 9.7. It needs an active worker.
        let active = found.and_then(|id| state.registrations.get(&id)?.active);
        // 9.8. That is the client's.
        let (used, id) =
            (state.client(&reserved.id).map(|known| state.registration_used_by(known)), reserved.id.clone());
        match state.client_mut(&id) {
            // NB: a redirect out of all scopes leaves a worker with whom it had, as step 9.7 does; but a document with
            // none, since that is to be controlled by who matches where it is.
            Some(known) if active.is_none() && !request.is_navigation_request() => {
                known.info = reserved;
                return None;
            }
            Some(known) => (known.info, known.controller) = (reserved, active),
            None => state.clients.push(Client::reserved(reserved, active)),
        }
        // What it used before a redirect may have become free.
        let used = used.flatten().filter(|_| active.is_none() || used.flatten() != found);
        self.handle_client_unload(state, used);
        active.and(found)
    }

    /// [Create Fetch Event and Dispatch](https://w3c.github.io/ServiceWorker/#create-fetch-event-and-dispatch).
    async fn create_fetch_event_and_dispatch(
        self: &Arc<Self>,
        handled: &Handled,
        aborted: Shared<oneshot::Receiver<()>>,
    ) -> FetchResult {
        let registration = handled.registration;
        let active_worker =
            || self.state().registrations.get(&registration).and_then(|registration| registration.active);
        for _ in 0..self.config.max_dispatch_attempts {
            // 4. The registration's active worker.
            let Some(active) = active_worker() else { return Ok(None) };
            if let Some(all_are_empty) = self.fetch_is_skipped(active) {
                // 12. Its listeners do nothing, but it is started all the same.
                if all_are_empty {
                    let manager = Arc::clone(self);
                    self.spawn(async move {
                        manager.wait_until_activated(active).await;
                        drop(manager.run_service_worker(active, false).await);
                    });
                }
                // 11. It doesn't listen.
                return Ok(None);
            }
            // 15. Wait until it is activated.
            self.wait_until_activated(active).await;
            // 16. Run it.
            let run = match self.run_service_worker(active, false).await {
                Ok((run, _)) => run,
                // NB: another worker took over while this one was started: the event is for that one.
                Err(_) if active_worker() != Some(active) => continue,
                // 20.3. Where it can't run, the network is asked.
                Err(error) => {
                    tracing::warn!(%error, url = %handled.request.current_url(), "a service worker did not start for a fetch");
                    return Ok(None);
                }
            };
            // 17. The event. It may be active for longer than its answer takes.
            let mut request = handled.request.clone();
            // NB: what the worker is asked for is where the redirects have led so far.
            request.set_url(request.current_url().clone());
            let (mut event, answer) = FetchEvent::new(request, aborted.clone());
            event.client.clone_from(&handled.client);
            if let Some(ReservedClient { info, replaces }) = &handled.reserved {
                event.resulting_client = Some(info.id.clone());
                event.replaced_client.clone_from(replaces);
            }
            self.set_awaited_worker(handled, Some(active));
            let (end, ended) = oneshot::channel();
            let manager = Arc::clone(self);
            self.spawn(async move {
                // Who has the answer doesn't wait for the end.
                let _ = end.send(manager.dispatch(active, run, WorkerEvent::Fetch(Box::new(event))).await);
            });
            // 18–22. Its answer.
            if let Ok(answer) = answer.await {
                return answer.map(|response| response.map(|response| self.follow_body(active, response)));
            }
            match ended.await {
                // The worker ended first: the event goes to its next run.
                Ok(Dispatched::Discarded) => {}
                Ok(Dispatched::Handled | Dispatched::Failed(_)) => return Ok(None),
                Ok(Dispatched::Terminated | Dispatched::TimedOut) | Err(_) => {
                    let message = "the service worker ended before it had answered";
                    let error = NetworkError::new(NetworkErrorKind::ServiceWorker, message);
                    return Err(error.at(handled.request.current_url()));
                }
            }
        }
        Ok(None)
    }

    /// Says which worker the reserved client waits for.
    fn set_awaited_worker(&self, handled: &Handled, worker: Option<WorkerId>) {
        let Some(reserved) = &handled.reserved else { return };
        if let Some(client) = self.state().client_mut(&reserved.info.id) {
            client.awaits_response_of = worker;
        }
    }

    /// Whether a worker gets no fetch events, and if so whether that is since its listeners are empty.
    fn fetch_is_skipped(&self, worker: WorkerId) -> Option<bool> {
        let state = self.state();
        let worker = state.workers.get(&worker)?;
        if worker.should_skip_event("fetch") {
            return Some(false);
        }
        (worker.has_ever_been_evaluated && worker.all_fetch_listeners_are_empty).then_some(true)
    }

    /// While the body of a response is read from the worker, the worker is not idle. NB: the standard has nothing about
    /// it; without this a stream would be cut in the middle of a pause.
    fn follow_body(self: &Arc<Self>, id: WorkerId, mut response: FetchResponse) -> FetchResponse {
        let Some(body) = response.response.body.take_if(|_| response.body_needs_worker) else {
            return response;
        };
        let (reading, read) = oneshot::channel::<()>();
        if let Some(worker) = self.state().workers.get_mut(&id) {
            worker.response_bodies += 1;
        }
        let manager = Arc::clone(self);
        self.spawn_timer(async move {
            // Its sender is dropped with the body.
            let _ = read.await;
            if let Some(worker) = manager.state().workers.get_mut(&id) {
                worker.response_bodies -= 1;
                worker.activity += 1;
            }
        });
        let body = body.map(move |chunk| {
            let _ = &reading;
            chunk
        });
        response.response.body = Some(body.boxed());
        response
    }
}
