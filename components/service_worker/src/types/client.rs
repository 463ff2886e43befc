//! <https://w3c.github.io/ServiceWorker/#service-worker-client-concept>

use fetch::{PolicyContainer, RequestClient, StorageKey};
use url::Url;

use crate::ClientId;

/// A service worker client, as its host describes it.
#[derive(Clone, Debug)]
pub struct ClientInfo {
    /// Its id.
    pub id: ClientId,
    /// Its environment, for the requests that it causes and with the creation URL.
    pub environment: RequestClient,
    /// Its policies, for the same requests.
    pub policy_container: PolicyContainer,
    /// Its storage key.
    pub storage_key: StorageKey,
    /// What kind of global it has.
    pub kind: ClientKind,
}

impl ClientInfo {
    /// The creation URL.
    pub fn url(&self) -> &Url {
        &self.environment.creation_url
    }
}

/// An environment that the response of a
/// [non-subresource request](https://fetch.spec.whatwg.org/#non-subresource-request) is for:
/// <https://fetch.spec.whatwg.org/#concept-request-reserved-client>.
#[derive(Clone, Debug)]
pub struct ReservedClient {
    /// The client that it would become if the request's current URL were where the response comes from.
    pub info: ClientInfo,
    /// The client whose place that takes: <https://fetch.spec.whatwg.org/#concept-request-replaces-client-id>.
    pub replaces: Option<ClientId>,
}

/// What kind of global a client has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientKind {
    /// A window client.
    Window(WindowState),
    /// A dedicated worker client.
    DedicatedWorker,
    /// A shared worker client.
    SharedWorker,
}

/// What a `WindowClient` shows. The host says when it changes:
/// [`Handle::update_window_state`](crate::Handle::update_window_state).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowState {
    /// [Get Frame Type](https://w3c.github.io/ServiceWorker/#get-frame-type)'s answer.
    pub frame_type: FrameType,
    /// The document's visibility state.
    pub visibility_state: VisibilityState,
    /// Whether the document has focus.
    pub focused: bool,
    /// The document's ancestor origins list, serialised.
    pub ancestor_origins: Vec<String>,
}

impl Default for WindowState {
    fn default() -> Self {
        WindowState {
            frame_type: FrameType::TopLevel,
            visibility_state: VisibilityState::Visible,
            focused: false,
            ancestor_origins: Vec::new(),
        }
    }
}

/// The IDL enum `FrameType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameType {
    /// A window opened by another.
    Auxiliary,
    /// A window of its own.
    TopLevel,
    /// A frame inside another document.
    Nested,
    /// Not a window.
    None,
}

impl FrameType {
    /// The IDL enum's value.
    pub fn as_str(self) -> &'static str {
        match self {
            FrameType::Auxiliary => "auxiliary",
            FrameType::TopLevel => "top-level",
            FrameType::Nested => "nested",
            FrameType::None => "none",
        }
    }
}

/// The IDL enum `DocumentVisibilityState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisibilityState {
    /// The person may see it.
    Visible,
    /// The person doesn't see it.
    Hidden,
}

impl VisibilityState {
    /// The IDL enum's value.
    pub fn as_str(self) -> &'static str {
        match self {
            VisibilityState::Visible => "visible",
            VisibilityState::Hidden => "hidden",
        }
    }
}

/// The IDL dictionary `ClientQueryOptions`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClientQueryOptions {
    /// Also those that the asking worker doesn't control.
    pub include_uncontrolled: bool,
    /// Which kind.
    pub client_type: ClientType,
}

/// The IDL enum `ClientType`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientType {
    /// Windows.
    #[default]
    Window,
    /// Dedicated workers.
    Worker,
    /// Shared workers.
    SharedWorker,
    /// All of them.
    All,
}

impl ClientKind {
    /// Whether a query for `client_type` is also for this kind.
    pub(crate) fn matches(&self, client_type: ClientType) -> bool {
        matches!(
            (self, client_type),
            (_, ClientType::All)
                | (ClientKind::Window(_), ClientType::Window)
                | (ClientKind::DedicatedWorker, ClientType::Worker)
                | (ClientKind::SharedWorker, ClientType::SharedWorker)
        )
    }
}

/// How a new client's active service worker is found
/// (<https://w3c.github.io/ServiceWorker/#control-and-use-window-client>).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ControllerRule {
    /// It was loaded over HTTP: the worker that [`Handle::handle_fetch`](crate::Handle::handle_fetch) has set controls
    /// it. Where that was not asked, the registration does whose scope matches the creation URL.
    Match,
    /// It was made from another client (`about:blank`, `blob:`): it has the same one.
    Inherit(ClientId),
    /// It has none: its origin is opaque, or it was reloaded with force.
    Uncontrolled,
}
