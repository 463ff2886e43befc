//! Clients (<https://w3c.github.io/ServiceWorker/#service-worker-client-concept>).

use std::cmp::Reverse;
use std::sync::Arc;

use futures::channel::oneshot;
use url::Url;

use super::Manager;
use super::state::{Client, State, wake};
use crate::host::Observer;
use crate::{
    ClientId, ClientInfo, ClientKind, ClientQueryOptions, ControllerRule, Error, RegistrationInfo, Reply,
    WindowState, WorkerId, WorkerInfo,
};

impl Manager {
    /// Adds a client, with its active service worker
    /// (<https://w3c.github.io/ServiceWorker/#control-and-use>).
    pub(crate) fn create_client(
        self: &Arc<Self>,
        info: ClientInfo,
        rule: ControllerRule,
        observer: Arc<dyn Observer>,
    ) -> Option<WorkerInfo> {
        // An environment that was reserved for another origin is gone.
        let is_foreign = |reserved: &Client| reserved.info.storage_key != info.storage_key;
        if self.state().client(&info.id).is_some_and(is_foreign) {
            self.client_unloaded(&info.id);
        }
        let mut state = self.state();
        // The environment was reserved while its response was fetched: it keeps its active service worker.
        if let Some(reserved) = state.client_mut(&info.id) {
            (reserved.info, reserved.observer) = (info, observer);
            // What was said to it before it was there.
            let messages = reserved.early_messages.take();
            messages.into_iter().flatten().for_each(|message| reserved.observer.notify(message));
            let (controller, id) = (reserved.controller, reserved.info.id.clone());
            state.note_focus(&id);
            return state.worker_info(controller);
        }
        let creator = match &rule {
            ControllerRule::Inherit(creator) => state.client(creator),
            ControllerRule::Match | ControllerRule::Uncontrolled => None,
        };
        let creator_url = creator.map(|creator| creator.claimed_by_url().clone());
        let controller = match rule {
            ControllerRule::Match if info.environment.is_secure_context => {
                let registration = state.match_registration(&info.storage_key, info.url());
                registration.and_then(|id| state.registrations.get(&id)?.active)
            }
            ControllerRule::Inherit(_) => creator.and_then(|creator| creator.controller),
            ControllerRule::Match | ControllerRule::Uncontrolled => None,
        };
        let id = info.id.clone();
        state.clients.push(Client { creator_url, ..Client::new(info, observer, controller) });
        state.note_focus(&id);
        state.worker_info(controller)
    }

    pub(crate) fn client_execution_ready(&self, client: &ClientId) {
        if let Some(client) = self.state().client_mut(client) {
            client.execution_ready = true;
            wake(&mut client.ready_waiters);
        }
    }

    pub(crate) fn update_window_state(&self, client: &ClientId, window: WindowState) {
        let mut state = self.state();
        let order = state.next_focus_order();
        let Some(client) = state.client_mut(client) else { return };
        if let ClientKind::Window(known) = &mut client.info.kind {
            if window.focused && !known.focused {
                client.focus_order = order;
            }
            *known = window;
        }
    }

    /// Windows with focus come first in what a worker sees, those of one page at once.
    pub(crate) fn focus_moved(&self, from: &[ClientId], to: &[ClientId]) {
        let mut state = self.state();
        let order = state.next_focus_order();
        for client in &mut state.clients {
            let ClientKind::Window(window) = &mut client.info.kind else { continue };
            let has_focus = to.contains(&client.info.id);
            if has_focus || from.contains(&client.info.id) {
                window.focused = has_focus;
            }
            if has_focus {
                client.focus_order = order;
            }
        }
    }

    /// Removes a client: sets its discarded flag.
    pub(crate) fn client_unloaded(self: &Arc<Self>, id: &ClientId) {
        let mut state = self.state();
        let state = &mut *state;
        let Some(index) = state.clients.iter().position(|client| client.info.id == *id) else { return };
        let client = state.clients.remove(index);
        let used = state.registration_used_by(&client);
        self.handle_client_unload(state, used);
    }

    /// [Handle Service Worker Client Unload](https://w3c.github.io/ServiceWorker/#on-client-unload-algorithm), for a
    /// client that no longer uses the registration `used`.
    pub(super) fn handle_client_unload(
        self: &Arc<Self>,
        state: &mut State,
        used: Option<crate::RegistrationId>,
    ) {
        // 2–3. The registration that it used.
        let Some(registration) = used else { return };
        // 4. Another client uses it too.
        if state.is_used(registration) {
            return;
        }
        // 5. It may be cleared now.
        if state.is_unregistered(registration) {
            self.try_clear_registration(state, registration);
        }
        // 6. A worker that waited may take over now.
        self.try_activate(state, registration);
    }

    /// [ready](https://w3c.github.io/ServiceWorker/#navigator-service-worker-ready), step 3.
    pub(crate) fn ready(&self, client: &ClientId) -> Option<RegistrationInfo> {
        let state = self.state();
        // 3.1–3. The registration whose scope matches the client.
        let info = &state.client(client)?.info;
        let registration = state.match_registration(&info.storage_key, info.url())?;
        // 3.4. If it has an active worker.
        state.registration_info(registration).filter(|registration| registration.active.is_some())
    }

    /// [get()](https://w3c.github.io/ServiceWorker/#clients-get), step 2.
    pub(crate) fn get_client(
        self: &Arc<Self>,
        worker: WorkerId,
        id: ClientId,
        reply: Reply<Option<ClientInfo>>,
    ) {
        let receiver = {
            let mut state = self.state();
            // 2.1. A client with this id and the worker's storage key.
            let storage_key = storage_key_of(&state, worker);
            let client =
                state.client_mut(&id).filter(|client| Some(&client.info.storage_key) == storage_key.as_ref());
            // 2.2. Undefined.
            let Some(client) = client else { return reply.send(Ok(None)) };
            // 2.1.2. Wait until it is ready to run scripts or discarded.
            let (sender, receiver) = oneshot::channel();
            // NB: who its response waits for can't wait for it, too: as web-platform-tests have it, that worker finds a
            // client that is yet to be made.
            if client.execution_ready || client.awaits_response_of == Some(worker) {
                let _ = sender.send(());
            } else {
                client.ready_waiters.push(sender);
            }
            receiver
        };
        let manager = Arc::clone(self);
        self.spawn(async move {
            let ready = receiver.await.is_ok();
            let state = manager.state();
            let Some(client) = state.client(&id).filter(|_| ready) else { return reply.send(Ok(None)) };
            // 2.1.3. Resolve Get Client Promise, 1–2: it has to be a secure context.
            if !client.info.environment.is_secure_context {
                return reply.send(Err(Error::Security("the client is not a secure context".into())));
            }
            reply.send(Ok(Some(client.info.clone())));
        });
    }

    /// [focus()](https://w3c.github.io/ServiceWorker/#client-focus), step 4.
    pub(crate) fn focus_client(self: &Arc<Self>, id: &ClientId, reply: Reply<ClientInfo>) {
        let gone = || Error::Type("the client is gone".into());
        let observer = self.state().client(id).map(|client| client.observer.clone());
        let Some(observer) = observer else { return reply.send(Err(gone())) };
        // 4.1–4.5. Its agent gives it focus.
        let (focused, answer) = Reply::channel();
        observer.focus(focused);
        let (manager, id) = (Arc::clone(self), id.clone());
        self.spawn(async move {
            reply.send(match answer.await {
                // 4.6.1–4.6.2. The agent knows that before we do.
                Ok(()) => {
                    let mut client = manager.state().client(&id).map(|client| client.info.clone());
                    if let Some(ClientKind::Window(window)) = client.as_mut().map(|client| &mut client.kind) {
                        window.focused = true;
                    }
                    client.ok_or_else(gone)
                }
                // 4.6.3. It has not got it.
                Err(Error::ShutDown) => Err(gone()),
                Err(error) => Err(error),
            });
        });
    }

    /// [navigate()](https://w3c.github.io/ServiceWorker/#client-navigate), from step 4 on.
    pub(crate) fn navigate_client(
        self: &Arc<Self>,
        worker: WorkerId,
        client: &ClientId,
        url: Url,
        reply: Reply<Option<ClientInfo>>,
    ) {
        let (observer, storage_key) = {
            let state = self.state();
            // 4. The worker controls the client.
            let Some(client) = state.client(client).filter(|client| client.controller == Some(worker)) else {
                return reply.send(Err(Error::Type("the worker does not control the client".into())));
            };
            (client.observer.clone(), client.info.storage_key.clone())
        };
        // 7.1–7.4. Its agent navigates.
        let (navigated, shown) = Reply::channel();
        observer.navigate(url, navigated);
        let manager = Arc::clone(self);
        self.spawn(async move {
            reply.send(match shown.await {
                // 7.9.1–7.9.3. What is shown then, if that is of the worker's origin.
                Ok(shown) => {
                    let state = manager.state();
                    let client = shown.and_then(|id| state.client(&id));
                    let client = client.filter(|client| client.info.storage_key == storage_key);
                    Ok(client.map(|client| client.info.clone()))
                }
                Err(Error::ShutDown) => Err(Error::Type("the navigation did not come to its end".into())),
                Err(error) => Err(error),
            });
        });
    }

    /// [matchAll()](https://w3c.github.io/ServiceWorker/#clients-matchall), step 2.
    pub(crate) fn match_all_clients(
        &self,
        worker: WorkerId,
        options: ClientQueryOptions,
    ) -> Result<Vec<ClientInfo>, Error> {
        let state = self.state();
        let storage_key = storage_key_of(&state, worker);
        let mut matched = state
            .clients
            .iter()
            // 2.2. Clients of the worker's storage key that run scripts in a secure context, and that it controls.
            .filter(|client| Some(&client.info.storage_key) == storage_key.as_ref())
            .filter(|client| client.execution_ready && client.info.environment.is_secure_context)
            .filter(|client| options.include_uncontrolled || client.controller == Some(worker))
            // 2.5. Of the type that is asked for.
            .filter(|client| client.info.kind.matches(options.client_type))
            .collect::<Vec<_>>();
        // 2.6.4. Windows first, those last focused at the front; else in the order of creation, which sorting keeps.
        matched.sort_by_key(|client| {
            let is_window = matches!(client.info.kind, ClientKind::Window(_));
            (!is_window, Reverse(client.focus_order))
        });
        Ok(matched.into_iter().map(|client| client.info.clone()).collect())
    }
}

/// The storage key of a worker's registration.
fn storage_key_of(state: &State, worker: WorkerId) -> Option<fetch::StorageKey> {
    let worker = state.workers.get(&worker)?;
    Some(state.registrations.get(&worker.registration)?.storage_key.clone())
}
