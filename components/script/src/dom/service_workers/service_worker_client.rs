//! A global object as a [service worker client](https://w3c.github.io/ServiceWorker/#service-worker-client-concept).

use std::sync::Arc;
use std::sync::mpsc::channel;

use fetch::Origin;
use service_worker::host::Observer;
use service_worker::{
    ClientId, ClientInfo, ClientKind, ControllerRule, FrameType, Handle, Notification, Reply, WindowState,
    WorkerInfo,
};
use url::Url;

use super::{environment, notifications, window_client_tasks};
use crate::dom::html::global_scope::EmbedderSettings;
use crate::dom::html::window::Window;
use crate::dom::html::workers::dedicated_worker_global_scope::DedicatedWorkerGlobalScope;
use crate::dom::html::workers::shared_worker_global_scope::SharedWorkerGlobalScope;
use crate::dom::html::workers::worker_global_scope::WorkerGlobalScope;
use crate::runtime::task_sender::TaskSender;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// The manager knows the client until this is dropped.
pub(super) struct ServiceWorkerClient {
    id: ClientId,
    service_workers: Handle,
}

impl ServiceWorkerClient {
    /// Tells the manager of a global object that is a client: with it comes the client's active service worker. `None`
    /// for what can't be a client (a service worker, or an opaque origin) or where there is no manager.
    pub(super) fn create(global: &GlobalScope) -> Option<(ServiceWorkerClient, Option<WorkerInfo>)> {
        let id = environment::client_id(global)?;
        let service_workers = environment::service_workers(global)?;
        let client = ClientInfo {
            id: id.clone(),
            environment: global.request_client(),
            policy_container: global.policy_container(),
            storage_key: global.storage_key()?,
            kind: kind_of(global)?,
        };
        // <https://w3c.github.io/ServiceWorker/#control-and-use-window-client> and
        // <https://w3c.github.io/ServiceWorker/#control-and-use-worker-client>: what came over HTTP is controlled by the
        // registration that matches; a frame from nothing fetched, or a worker from a blob: URL, by who controls its
        // creator; anything else by none.
        let worker_creator = global.downcast::<WorkerGlobalScope>().and_then(WorkerGlobalScope::creator);
        let worker_creator = worker_creator.filter(|_| global.creation_url().scheme() == "blob");
        let creator = global.creator_id().or(worker_creator.map(str::to_owned));
        let rule = match (global.creation_url().scheme(), creator) {
            ("http" | "https", _) => ControllerRule::Match,
            (_, Some(creator)) => ControllerRule::Inherit(ClientId::from(creator.as_str())),
            (_, None) => ControllerRule::Uncontrolled,
        };
        let observer = Arc::new(ClientObserver { tasks: global.task_sender().background() });
        let (sender, answer) = channel();
        let reply = Reply::new(move |controller: Result<_, _>| {
            // We are waiting.
            let _ = sender.send(controller.ok().flatten());
        });
        service_workers.create_client(client, rule, observer, reply);
        // Script must see its controller from its first line on. The manager answers at once, also when it ends.
        let controller = answer.recv().ok().flatten();
        // <https://html.spec.whatwg.org/multipage/webappapis.html#concept-environment-execution-ready-flag>: there is a
        // global object and, in a window, its document.
        service_workers.client_execution_ready(id.clone());
        Some((ServiceWorkerClient { id, service_workers }, controller))
    }
}

impl Drop for ServiceWorkerClient {
    fn drop(&mut self) {
        self.service_workers.client_unloaded(self.id.clone());
    }
}

/// What kind of client a global is; `None` for a service worker's.
fn kind_of(global: &GlobalScope) -> Option<ClientKind> {
    if let Some(window) = global.downcast::<Window>() {
        let state = window_state(window.upcast::<GlobalScope>().embedder().as_ref());
        return Some(ClientKind::Window(WindowState { focused: window.document().has_focus(), ..state }));
    }
    if global.is::<DedicatedWorkerGlobalScope>() {
        return Some(ClientKind::DedicatedWorker);
    }
    global.is::<SharedWorkerGlobalScope>().then_some(ClientKind::SharedWorker)
}

/// What a window is going to show before it has a document.
pub(super) fn window_state(embedder: Option<&EmbedderSettings>) -> WindowState {
    // <https://w3c.github.io/ServiceWorker/#get-frame-type>
    let frame_type = if embedder.is_some() { FrameType::Nested } else { FrameType::TopLevel };
    let ancestors = embedder.map(|embedder| embedder.ancestor_origins.as_slice()).unwrap_or_default();
    let ancestor_origins = ancestors.iter().map(Origin::ascii_serialization).collect();
    WindowState { frame_type, ancestor_origins, ..WindowState::default() }
}

/// Takes the manager's notifications to the client's event loop.
struct ClientObserver {
    tasks: TaskSender,
}

impl Observer for ClientObserver {
    fn notify(&self, notification: Notification) {
        self.tasks.post(
            TaskSource::DomManipulation,
            Box::new(move |cx, global| notifications::handle(cx, global, notification)),
        );
    }

    fn focus(&self, reply: Reply<()>) {
        self.tasks.post(
            TaskSource::UserInteraction,
            Box::new(move |cx, global| window_client_tasks::focus(cx, global, reply)),
        );
    }

    fn navigate(&self, url: Url, reply: Reply<Option<ClientId>>) {
        self.tasks.post(
            TaskSource::UserInteraction,
            Box::new(move |_cx, global| window_client_tasks::navigate(global, url, reply)),
        );
    }
}
