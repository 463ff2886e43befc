//! How everything else speaks to the manager.

use std::sync::Arc;

use fetch::{NetworkError, Request, Response, StorageKey};
use futures::channel::oneshot;
use tokio::sync::mpsc::UnboundedSender;
use url::Url;

use crate::host::Observer;
use crate::manager::{Command, Manager};
use crate::{
    ClientId, ClientInfo, ClientQueryOptions, ControllerRule, Environment, Error, EventOutcome,
    FunctionalEvent, NavigationPreloadState, Payload, RegisterOptions, RegistrationId, RegistrationInfo,
    ReservedClient, RunId, ScriptImport, ScriptResource, WindowState, WorkerId, WorkerInfo,
};

/// Takes the answer to one request. It is called once, from inside the manager: it must not block. If the manager
/// ends first, it is called with [`Error::ShutDown`].
pub struct Reply<T>(Option<Callback<T>>);

type Callback<T> = Box<dyn FnOnce(Result<T, Error>) + Send>;

impl<T> Reply<T> {
    /// Calls `f` with the answer, in the manager's order of things.
    pub fn new(f: impl FnOnce(Result<T, Error>) + Send + 'static) -> Self {
        Reply(Some(Box::new(f)))
    }

    /// For those who would rather wait. Whoever needs the manager's order takes [`Reply::new`].
    pub fn channel() -> (Self, impl Future<Output = Result<T, Error>> + Send)
    where
        T: Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let reply = Reply::new(move |answer| {
            // The asker may have gone away: then nobody is left to be told.
            let _ = sender.send(answer);
        });
        (reply, async { receiver.await.unwrap_or(Err(Error::ShutDown)) })
    }

    /// For those who don't need the answer.
    pub fn ignore() -> Self {
        Reply(None)
    }

    /// Gives the answer.
    pub fn send(mut self, answer: Result<T, Error>) {
        if let Some(f) = self.0.take() {
            f(answer);
        }
    }
}

impl<T> Drop for Reply<T> {
    fn drop(&mut self) {
        if let Some(f) = self.0.take() {
            f(Err(Error::ShutDown));
        }
    }
}

/// Speaks to the manager, from any thread. Requests take effect in the order in which one thread makes them.
#[derive(Clone)]
pub struct Handle {
    commands: UnboundedSender<Command>,
}

impl Handle {
    pub(crate) fn new(commands: UnboundedSender<Command>) -> Self {
        Handle { commands }
    }

    /// Runs `command` in the manager. When that has ended, the command is dropped, and what it owns with it: a
    /// [`Reply`] then says so.
    fn send(&self, command: impl FnOnce(&Arc<Manager>) + Send + 'static) {
        let _ = self.commands.send(Box::new(command));
    }

    // Clients.

    /// Adds a client. The answer is its active service worker: what `navigator.serviceWorker.controller` shows until
    /// a [`ControllerChange`](crate::Notification::ControllerChange) comes.
    pub fn create_client(
        &self,
        client: ClientInfo,
        rule: ControllerRule,
        observer: Arc<dyn Observer>,
        reply: Reply<Option<WorkerInfo>>,
    ) {
        self.send(move |manager| reply.send(Ok(manager.create_client(client, rule, observer))));
    }

    /// Sets the client's
    /// [execution ready flag](https://html.spec.whatwg.org/multipage/webappapis.html#concept-environment-execution-ready-flag).
    pub fn client_execution_ready(&self, client: ClientId) {
        self.send(move |manager| manager.client_execution_ready(&client));
    }

    /// Says what a window client shows from now on.
    pub fn update_window_state(&self, client: ClientId, state: WindowState) {
        self.send(move |manager| manager.update_window_state(&client, state));
    }

    /// Says that focus has gone from some windows to others. One that is in both still has it.
    pub fn focus_moved(&self, from: Vec<ClientId>, to: Vec<ClientId>) {
        self.send(move |manager| manager.focus_moved(&from, &to));
    }

    /// Removes a client that unloads or ends
    /// ([Handle Service Worker Client Unload](https://w3c.github.io/ServiceWorker/#on-client-unload-algorithm)).
    pub fn client_unloaded(&self, client: ClientId) {
        self.send(move |manager| manager.client_unloaded(&client));
    }

    // ServiceWorkerContainer and ServiceWorkerRegistration.

    /// `register()`: [Start Register](https://w3c.github.io/ServiceWorker/#start-register-algorithm).
    pub fn register(&self, client: ClientId, options: RegisterOptions, reply: Reply<RegistrationInfo>) {
        self.send(move |manager| manager.start_register(&client, options, reply));
    }

    /// `registration.update()`.
    pub fn update(
        &self,
        environment: Environment,
        registration: RegistrationId,
        reply: Reply<RegistrationInfo>,
    ) {
        self.send(move |manager| manager.update_method(environment, registration, reply));
    }

    /// `registration.unregister()`. The answer is false if it was unregistered before.
    pub fn unregister(&self, environment: Environment, registration: RegistrationId, reply: Reply<bool>) {
        self.send(move |manager| manager.unregister_method(environment, registration, reply));
    }

    /// [Soft Update](https://w3c.github.io/ServiceWorker/#soft-update-algorithm).
    pub fn soft_update(&self, registration: RegistrationId, force_bypass_cache: bool) {
        self.send(move |manager| manager.soft_update(registration, force_bypass_cache));
    }

    /// `getRegistration()`:
    /// [Match Service Worker Registration](https://w3c.github.io/ServiceWorker/#scope-match-algorithm).
    pub fn match_registration(
        &self,
        storage_key: StorageKey,
        client_url: Url,
        reply: Reply<Option<RegistrationInfo>>,
    ) {
        self.send(move |manager| reply.send(Ok(manager.match_registration(&storage_key, &client_url))));
    }

    /// `getRegistrations()`.
    pub fn registrations(&self, storage_key: StorageKey, reply: Reply<Vec<RegistrationInfo>>) {
        self.send(move |manager| reply.send(Ok(manager.registrations_of(&storage_key))));
    }

    /// [Get Registration](https://w3c.github.io/ServiceWorker/#get-registration-algorithm): the one with exactly this
    /// scope.
    pub fn get_registration(
        &self,
        storage_key: StorageKey,
        scope: Url,
        reply: Reply<Option<RegistrationInfo>>,
    ) {
        self.send(move |manager| reply.send(manager.get_registration_info(&storage_key, &scope)));
    }

    /// A registration by its id, also one that was unregistered but is still in use.
    pub fn registration(&self, registration: RegistrationId, reply: Reply<Option<RegistrationInfo>>) {
        self.send(move |manager| reply.send(Ok(manager.registration_info(registration))));
    }

    /// `ready`: the registration that it resolves with now; if there is none yet, a
    /// [`Ready`](crate::Notification::Ready) comes once there is one.
    pub fn ready(&self, client: ClientId, reply: Reply<Option<RegistrationInfo>>) {
        self.send(move |manager| reply.send(Ok(manager.ready(&client))));
    }

    /// `navigationPreload.enable()`, `disable()` and `setHeaderValue()`: changes the state by `change`.
    pub fn change_navigation_preload(
        &self,
        registration: RegistrationId,
        change: impl FnOnce(&mut NavigationPreloadState) + Send + 'static,
        reply: Reply<()>,
    ) {
        self.send(move |manager| manager.change_navigation_preload(registration, change, reply));
    }

    /// `ServiceWorker.postMessage()`. `origin` is the sender's, serialised.
    pub fn post_message_to_worker(
        &self,
        worker: WorkerId,
        message: Payload,
        source: Environment,
        origin: String,
    ) {
        self.send(move |manager| manager.post_message_to_worker(worker, message, source, origin));
    }

    // What a worker's own global asks for.

    /// Gives a worker one script that it imports. Its thread may block until the answer comes.
    pub fn import_script(
        &self,
        worker: WorkerId,
        url: Url,
        import: ScriptImport,
        reply: Reply<Arc<ScriptResource>>,
    ) {
        self.send(move |manager| manager.import_script(worker, url, import, reply));
    }

    /// `skipWaiting()`.
    pub fn skip_waiting(&self, worker: WorkerId, reply: Reply<()>) {
        self.send(move |manager| manager.skip_waiting(worker, reply));
    }

    /// `clients.claim()`.
    pub fn claim(&self, worker: WorkerId, reply: Reply<()>) {
        self.send(move |manager| reply.send(manager.claim(worker)));
    }

    /// `clients.get()`. Waits until the client is ready to run scripts.
    pub fn client(&self, worker: WorkerId, client: ClientId, reply: Reply<Option<ClientInfo>>) {
        self.send(move |manager| manager.get_client(worker, client, reply));
    }

    /// `clients.matchAll()`, in the order that it asks for.
    pub fn match_all_clients(
        &self,
        worker: WorkerId,
        options: ClientQueryOptions,
        reply: Reply<Vec<ClientInfo>>,
    ) {
        self.send(move |manager| reply.send(manager.match_all_clients(worker, options)));
    }

    /// `Client.postMessage()`. `origin` is the sender's, serialised.
    pub fn post_message_to_client(
        &self,
        worker: WorkerId,
        client: ClientId,
        message: Payload,
        origin: String,
    ) {
        self.send(move |manager| manager.post_message_to_client(worker, &client, message, origin));
    }

    /// `WindowClient.focus()`, once a person did something. The answer is the client as it is then.
    pub fn focus_client(&self, client: ClientId, reply: Reply<ClientInfo>) {
        self.send(move |manager| manager.focus_client(&client, reply));
    }

    /// `WindowClient.navigate()`, for a URL that it allows. The answer is the client that the window shows then, or `None`
    /// if that is of another origin.
    pub fn navigate_client(
        &self,
        worker: WorkerId,
        client: ClientId,
        url: Url,
        reply: Reply<Option<ClientInfo>>,
    ) {
        self.send(move |manager| manager.navigate_client(worker, &client, url, reply));
    }

    /// Says that the run's agent ended without having been asked to.
    pub fn worker_stopped(&self, run: RunId) {
        self.send(move |manager| manager.worker_stopped(run));
    }

    // Others.

    /// [Fire Functional Event](https://w3c.github.io/ServiceWorker/#fire-functional-event-algorithm). The answer comes
    /// when the event is no longer active.
    pub fn fire_functional_event(
        &self,
        registration: RegistrationId,
        event: FunctionalEvent,
        reply: Reply<EventOutcome>,
    ) {
        self.send(move |manager| manager.fire_functional_event(registration, event, reply));
    }

    /// [Handle Fetch](https://w3c.github.io/ServiceWorker/#handle-fetch): the response of the service worker that the
    /// request is for, or `None` where the network is to be asked. Dropping the future aborts the fetch.
    ///
    /// `reserved` is the environment that the response of a
    /// [non-subresource request](https://fetch.spec.whatwg.org/#non-subresource-request) is for, as it would be if this
    /// were the response. It is known from then on; whoever reserved it either makes a client of it
    /// ([`Handle::create_client`]) or says that it is gone ([`Handle::client_unloaded`]).
    pub fn handle_fetch(
        &self,
        request: Request,
        reserved: Option<ReservedClient>,
    ) -> impl Future<Output = Result<Option<Response>, NetworkError>> + Send + use<> {
        let (reply, answer) = oneshot::channel();
        self.send(move |manager| manager.handle_fetch(request, reserved, reply));
        async {
            // Without a manager there is no service worker.
            let answer = answer.await.unwrap_or(Ok(None))?;
            Ok(answer.map(|answer| answer.response))
        }
    }

    /// Ends a worker's agent; the next event starts it again.
    pub fn stop_worker(&self, worker: WorkerId, reply: Reply<()>) {
        self.send(move |manager| manager.stop_worker(worker, reply));
    }

    /// Answers once nothing is under way: no job, no event, no worker that starts or ends. A worker that runs and has
    /// nothing to do counts as nothing.
    pub fn when_idle(&self, reply: Reply<()>) {
        self.send(move |manager| manager.when_idle(reply));
    }

    /// Removes everything of a site, also what is in use: for a person who clears site data.
    pub fn clear_storage_key(&self, storage_key: StorageKey, reply: Reply<()>) {
        self.send(move |manager| manager.clear_storage_key(storage_key, reply));
    }

    /// [Handle User Agent Shutdown](https://w3c.github.io/ServiceWorker/#on-user-agent-shutdown-algorithm): ends all
    /// workers and then the manager's future. The answer comes when no worker is left.
    pub fn shut_down(&self, reply: Reply<()>) {
        self.send(move |manager| manager.shut_down(reply));
    }
}
