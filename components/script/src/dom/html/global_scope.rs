//! What all global objects have: <https://html.spec.whatwg.org/multipage/webappapis.html#global-object>, and their
//! environment settings: <https://html.spec.whatwg.org/multipage/webappapis.html#environment-settings-object>.

use std::sync::Arc;

use fetch::site::same_site;
use fetch::{Origin, PolicyContainer, Request, RequestClient, StorageKey};
use mozjs::rust::RealmOptions;
use url::Url;

use super::animation_frames::AnimationFrames;
use super::broadcast_channel::BroadcastChannel;
use super::cross_agent::NamedObjects;
use super::global_end::Ending;
use super::message_port::MessagePort;
use super::modules::ModuleMap;
use super::time_origin::TimeOrigin;
use super::timers::ActiveTimers;
use super::window::Window;
use crate::dom::console::ConsoleState;
use crate::dom::fileapi::blob_urls::BlobUrls;
use crate::dom::hr_time::performance::Performance;
use crate::dom::performance_timeline::ResourceTimings;
use crate::dom::service_workers::ServiceWorkerContainer;
use crate::dom::streams::size_functions::SizeFunctions;
use crate::embedder::{AgentEvent, AgentInfo, Hosts};
use crate::runtime::agent::{Agent, AgentControl, GlobalId};
use crate::runtime::task_sender::TaskSender;
use crate::services::Services;
use crate::webidl::*;

/// What a global's environment settings object is made from.
///
/// <https://html.spec.whatwg.org/multipage/webappapis.html#environment>
#[derive(Clone, Debug)]
pub(crate) struct EnvironmentSettings {
    /// <https://html.spec.whatwg.org/multipage/webappapis.html#concept-environment-id>: also the id of the service
    /// worker client.
    pub(crate) id: String,
    /// <https://html.spec.whatwg.org/multipage/webappapis.html#concept-environment-creation-url>
    pub(crate) creation_url: Url,
    /// <https://html.spec.whatwg.org/multipage/webappapis.html#concept-settings-object-origin>
    pub(crate) origin: Origin,
    /// <https://html.spec.whatwg.org/multipage/webappapis.html#concept-settings-object-policy-container>
    pub(crate) policy_container: PolicyContainer,
    /// <https://html.spec.whatwg.org/multipage/webappapis.html#secure-context>
    pub(crate) is_secure_context: bool,
    /// Of a frame's settings: what they owe to the document that the frame is in.
    pub(crate) embedder: Option<EmbedderSettings>,
    /// The id of the settings that made these from nothing fetched (`about:blank`): they have the same controller.
    pub(crate) creator: Option<String>,
}

/// What the settings of a frame owe to the document that it is in.
#[derive(Clone, Debug)]
pub(crate) struct EmbedderSettings {
    /// Whether that is a secure context.
    is_secure_context: bool,
    /// Whether the origin of that, or of an ancestor of it, is potentially trustworthy.
    pub(crate) has_trustworthy_origin: bool,
    /// The origins of the ancestors, from the inside out.
    pub(crate) ancestor_origins: Vec<Origin>,
}

impl EmbedderSettings {
    /// Those of a frame in a document of `global`.
    pub(crate) fn of(global: &GlobalScope) -> Self {
        let embedder = global.embedder();
        let above = embedder.as_ref();
        let mut ancestor_origins = vec![global.origin().clone()];
        ancestor_origins.extend(above.map(|above| above.ancestor_origins.clone()).unwrap_or_default());
        Self {
            is_secure_context: global.is_secure_context(),
            has_trustworthy_origin: above.is_some_and(|above| above.has_trustworthy_origin)
                || fetch::secure_contexts::is_origin_potentially_trustworthy(global.origin()),
            ancestor_origins,
        }
    }
}

impl EmbedderSettings {
    /// Whether the document that the frame is in is a secure context.
    pub(crate) fn is_secure_context(&self) -> bool {
        self.is_secure_context
    }
}

impl EnvironmentSettings {
    /// Those of a resource that came from `url`. There is nothing around it: its own origin decides whether it is a
    /// secure context.
    pub(crate) fn new(url: Url, policy_container: PolicyContainer) -> Self {
        let origin = Origin::of(&url);
        Self {
            id: uuid::Uuid::new_v4().to_string(),
            is_secure_context: fetch::secure_contexts::is_origin_potentially_trustworthy(&origin),
            origin,
            creation_url: url,
            policy_container,
            embedder: None,
            creator: None,
        }
    }

    /// The same of a frame: what it is in decides whether it is a secure context.
    pub(crate) fn within(self, embedder: Option<EmbedderSettings>) -> Self {
        let of_embedder = embedder.as_ref().map(|embedder| embedder.is_secure_context);
        Self { is_secure_context: of_embedder.unwrap_or(self.is_secure_context), embedder, ..self }
    }
}

/// What the realms of globals are made with. There is shared memory (WebAssembly makes it), but only who is cross-origin
/// isolated gets to see its constructor, and nobody is.
pub(crate) fn realm_options() -> RealmOptions {
    let mut options = RealmOptions::default();
    options.creationOptions_.sharedMemoryAndAtomics_ = true;
    options.creationOptions_.defineSharedArrayBufferConstructor_ = false;
    options
}

/// The struct that every global object's begins with.
#[dom_struct]
pub struct GlobalScope {
    event_target: EventTarget,
    #[no_trace]
    id: GlobalId,
    /// What they were made from. A window that gets another document gets others, of the same origin.
    #[no_trace]
    settings: DomRefCell<EnvironmentSettings>,
    #[no_trace]
    origin: Origin,
    /// Apart from the settings, since `meta` elements add to it.
    #[no_trace]
    policy_container: DomRefCell<PolicyContainer>,
    /// Its document was destroyed.
    is_discarded: Cell<bool>,
    /// What it has begun ends with this.
    #[no_trace]
    ending: Ending,
    /// Those that it is the owner of.
    #[no_trace]
    dedicated_workers: DomRefCell<Vec<AgentControl>>,
    #[no_trace]
    agent: AgentInfo,
    #[no_trace]
    hosts: Arc<Hosts>,
    #[no_trace]
    time_origin: TimeOrigin,
    /// `navigator.serviceWorker`, which holds the two object maps of these settings.
    service_worker_container: MutNullableDom<ServiceWorkerContainer>,
    performance: MutNullableDom<Performance>,
    resource_timings: ResourceTimings,
    #[no_trace]
    active_timers: ActiveTimers,
    animation_frames: AnimationFrames,
    #[no_trace]
    message_ports: NamedObjects<MessagePort>,
    #[no_trace]
    broadcast_channels: NamedObjects<BroadcastChannel>,
    #[no_trace]
    console: ConsoleState,
    /// <https://html.spec.whatwg.org/multipage/webappapis.html#in-error-reporting-mode>
    in_error_reporting_mode: Cell<bool>,
    /// The `size` functions of the queuing strategies.
    size_functions: SizeFunctions,
    #[no_trace]
    blob_urls: BlobUrls,
    module_map: ModuleMap,
}

impl GlobalScope {
    /// Only fields. `agent` is that of this thread.
    pub(crate) fn new_inherited(agent: &Agent, settings: EnvironmentSettings) -> GlobalScope {
        GlobalScope {
            event_target: EventTarget::new_inherited(),
            id: GlobalId::next(),
            policy_container: DomRefCell::new(settings.policy_container.clone()),
            blob_urls: BlobUrls::new(agent.blob_urls().clone(), &settings),
            origin: settings.origin.clone(),
            settings: DomRefCell::new(settings),
            is_discarded: Cell::new(false),
            ending: Ending::default(),
            dedicated_workers: DomRefCell::default(),
            agent: agent.info().clone(),
            hosts: agent.hosts().clone(),
            time_origin: TimeOrigin::now(),
            service_worker_container: MutNullableDom::default(),
            performance: MutNullableDom::default(),
            resource_timings: ResourceTimings::default(),
            active_timers: ActiveTimers::default(),
            animation_frames: AnimationFrames::default(),
            message_ports: NamedObjects::default(),
            broadcast_channels: NamedObjects::default(),
            console: ConsoleState::default(),
            in_error_reporting_mode: Cell::new(false),
            size_functions: SizeFunctions::default(),
            module_map: ModuleMap::default(),
        }
    }

    /// <https://html.spec.whatwg.org/multipage/webappapis.html#current-global-object>
    pub fn from_current_realm(cx: &JSContext) -> DomRoot<GlobalScope> {
        current_global(cx)
    }

    /// The global of an agent, if it has one already.
    pub(crate) fn of_agent(agent: &Agent) -> Option<DomRoot<GlobalScope>> {
        let object = agent.global_object();
        (!object.is_null()).then(|| global_of_object(object))
    }

    /// What tasks know this global by.
    pub(crate) fn id(&self) -> GlobalId {
        self.id
    }

    /// Whether nothing of this global runs any more: its document was destroyed.
    pub(crate) fn is_discarded(&self) -> bool {
        self.is_discarded.get()
    }

    /// A dedicated worker that ends with this global.
    pub(crate) fn add_dedicated_worker(&self, worker: AgentControl) {
        let mut workers = self.dedicated_workers.borrow_mut();
        workers.retain(|worker| !worker.has_ended().is_true());
        workers.push(worker);
    }

    pub(super) fn take_dedicated_workers(&self) -> Vec<AgentControl> {
        std::mem::take(&mut *self.dedicated_workers.borrow_mut())
    }

    pub(super) fn set_discarded(&self) {
        self.is_discarded.set(true);
    }

    pub(super) fn ending(&self) -> &Ending {
        &self.ending
    }

    /// The environment settings object's id.
    pub(crate) fn environment_id(&self) -> String {
        self.settings.borrow().id.clone()
    }

    /// <https://html.spec.whatwg.org/multipage/webappapis.html#concept-environment-creation-url>
    pub(crate) fn creation_url(&self) -> Url {
        self.settings.borrow().creation_url.clone()
    }

    /// What a frame's settings owe to the document that it is in.
    pub(crate) fn embedder(&self) -> Option<EmbedderSettings> {
        self.settings.borrow().embedder.clone()
    }

    /// The id of the settings that made these from nothing fetched.
    pub(crate) fn creator_id(&self) -> Option<String> {
        self.settings.borrow().creator.clone()
    }

    /// From now on it has these settings, which are of the same origin.
    pub(crate) fn renew_settings(&self, settings: EnvironmentSettings) {
        *self.policy_container.borrow_mut() = settings.policy_container.clone();
        *self.settings.borrow_mut() = settings;
    }

    /// <https://html.spec.whatwg.org/multipage/webappapis.html#api-base-url>
    pub(crate) fn api_base_url(&self) -> Url {
        match self.downcast::<Window>() {
            Some(window) => window.document().base_url(),
            None => self.creation_url(),
        }
    }

    /// <https://html.spec.whatwg.org/multipage/urls-and-fetching.html#encoding-parsing-a-url> relative to these
    /// settings.
    pub(crate) fn encoding_parse_url(&self, url: &str) -> Result<Url, url::ParseError> {
        match self.downcast::<Window>() {
            Some(window) => window.document().parse_url(url),
            None => self.creation_url().join(url),
        }
    }

    /// The [URL parser](https://url.spec.whatwg.org/#concept-url-parser) with the API base URL, for which the encoding of
    /// a document is of no account.
    pub(crate) fn parse_url(&self, url: &str) -> Result<Url, url::ParseError> {
        self.api_base_url().join(url)
    }

    /// <https://html.spec.whatwg.org/multipage/webappapis.html#concept-settings-object-origin>
    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// <https://storage.spec.whatwg.org/#obtain-a-storage-key>; None for an opaque origin.
    pub(crate) fn storage_key(&self) -> Option<StorageKey> {
        StorageKey::obtain(&self.origin)
    }

    /// <https://html.spec.whatwg.org/multipage/webappapis.html#secure-context>
    pub(crate) fn is_secure_context(&self) -> bool {
        self.settings.borrow().is_secure_context
    }

    /// A copy of the policy container as it is now.
    ///
    /// <https://html.spec.whatwg.org/multipage/webappapis.html#concept-settings-object-policy-container>
    pub(crate) fn policy_container(&self) -> PolicyContainer {
        self.policy_container.borrow().clone()
    }

    /// Changes the policy container.
    pub(crate) fn change_policy_container(&self, change: impl FnOnce(&mut PolicyContainer)) {
        change(&mut self.policy_container.borrow_mut());
    }

    /// Whether these are a frame's settings, in a document of another site.
    pub(crate) fn has_cross_site_ancestor(&self) -> bool {
        let is_cross_site = |ancestor: &Origin| !same_site(ancestor, &self.origin);
        self.embedder().is_some_and(|embedder| embedder.ancestor_origins.iter().any(is_cross_site))
    }

    /// What Fetch needs to know of these settings as a client.
    pub(crate) fn request_client(&self) -> RequestClient {
        RequestClient {
            id: self.environment_id(),
            creation_url: match self.downcast::<Window>() {
                Some(window) => window.document().url_as_referrer(),
                None => self.creation_url(),
            },
            origin: self.origin.clone(),
            is_secure_context: self.is_secure_context(),
            has_trustworthy_ancestor: self.embedder().is_some_and(|embedder| embedder.has_trustworthy_origin),
            has_cross_site_ancestor: self.has_cross_site_ancestor(),
        }
    }

    /// A request whose client these settings are, with a snapshot of their policy container (SD-21), and with what is
    /// now behind the URL if that is a blob URL. So it is to be made where the URL is parsed.
    pub(crate) fn new_request(&self, url: Url) -> Request {
        let blob_url_entry = self.blob_urls.resolve(&url);
        let request = Request::for_client(url, self.request_client(), self.policy_container());
        Request { blob_url_entry, ..request }
    }

    /// The blob URLs that this global has made, and all others.
    pub(crate) fn blob_urls(&self) -> &BlobUrls {
        &self.blob_urls
    }

    /// What the embedder gave us: network, spawner, permissions, options.
    pub(crate) fn hosts(&self) -> &Arc<Hosts> {
        &self.hosts
    }

    /// Service workers and background fetches, if this engine has them.
    ///
    /// # Panics
    /// On another thread than the global's.
    pub(crate) fn services(&self) -> Option<Services> {
        Agent::of_this_thread().services().cloned()
    }

    /// For [`ServiceWorkerContainer::of`].
    pub(crate) fn service_worker_container(&self) -> &MutNullableDom<ServiceWorkerContainer> {
        &self.service_worker_container
    }

    /// How the embedder knows our agent.
    pub(crate) fn agent_info(&self) -> &AgentInfo {
        &self.agent
    }

    /// Tells the embedder.
    pub(crate) fn tell(&self, event: AgentEvent) {
        self.hosts.observer.agent_event(&self.agent, event);
    }

    /// When this global came to be, and the clock from then on.
    pub(crate) fn time_origin(&self) -> &TimeOrigin {
        &self.time_origin
    }

    /// <https://html.spec.whatwg.org/multipage/webappapis.html#in-error-reporting-mode> while what this returns lives;
    /// None if the global is in it already.
    pub(crate) fn enter_error_reporting_mode(&self) -> Option<ErrorReportingMode<'_>> {
        (!self.in_error_reporting_mode.replace(true)).then_some(ErrorReportingMode(self))
    }

    pub(crate) fn performance_slot(&self) -> &MutNullableDom<Performance> {
        &self.performance
    }

    /// When its resources were fetched.
    pub(crate) fn resource_timings(&self) -> &ResourceTimings {
        &self.resource_timings
    }

    /// Those of its document.
    pub(crate) fn animation_frames(&self) -> &AnimationFrames {
        &self.animation_frames
    }

    /// <https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#map-of-settimeout-and-setinterval-ids>
    pub(crate) fn active_timers(&self) -> &ActiveTimers {
        &self.active_timers
    }

    /// The message ports of this global.
    pub(crate) fn message_ports(&self) -> &NamedObjects<MessagePort> {
        &self.message_ports
    }

    /// The broadcast channels of this global.
    pub(crate) fn broadcast_channels(&self) -> &NamedObjects<BroadcastChannel> {
        &self.broadcast_channels
    }

    /// What the console remembers.
    pub(crate) fn console(&self) -> &ConsoleState {
        &self.console
    }

    /// The `size` functions of the queuing strategies.
    pub(crate) fn size_functions(&self) -> &SizeFunctions {
        &self.size_functions
    }

    /// <https://html.spec.whatwg.org/multipage/webappapis.html#concept-settings-object-module-map>
    pub(crate) fn module_map(&self) -> &ModuleMap {
        &self.module_map
    }

    /// Queues tasks for this global, also from other threads. While it lives the agent is not idle: one that is
    /// kept (in a subscription, in a field) has to be [`TaskSender::background`].
    ///
    /// # Panics
    /// On another thread than the global's.
    pub(crate) fn task_sender(&self) -> TaskSender {
        TaskSender::new(&Agent::of_this_thread(), self.id)
    }
}

/// An error of a global is being reported.
pub(crate) struct ErrorReportingMode<'a>(&'a GlobalScope);

impl Drop for ErrorReportingMode<'_> {
    fn drop(&mut self) {
        self.0.in_error_reporting_mode.set(false);
    }
}

crate::castable!(GlobalScope => EventTarget;);
