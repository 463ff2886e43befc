//! <https://w3c.github.io/ServiceWorker/#windowclient>

use service_worker::{ClientInfo, VisibilityState, WindowState};

use super::Client;
use crate::bindings::enums::DocumentVisibilityState;
use crate::bindings::interfaces::WindowClientMethods;
use crate::webidl::*;

/// <https://w3c.github.io/ServiceWorker/#windowclient>
#[dom_struct]
pub struct WindowClient {
    client: Client,
    /// The window as it was when this was made.
    #[no_trace]
    window: WindowState,
}

impl WindowClient {
    /// [Create Window Client](https://w3c.github.io/ServiceWorker/#create-windowclient-algorithm).
    pub(super) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        client: &ClientInfo,
        window: &WindowState,
    ) -> DomRoot<WindowClient> {
        // 1–6. All that it shows is copied.
        let window_client = WindowClient { client: Client::new_inherited(client), window: window.clone() };
        // 7. Return it.
        reflect_dom_object(cx, Box::new(window_client), global)
    }
}

impl WindowClientMethods for WindowClient {
    /// <https://w3c.github.io/ServiceWorker/#dom-windowclient-visibilitystate>
    fn VisibilityState(&self) -> DocumentVisibilityState {
        match self.window.visibility_state {
            VisibilityState::Visible => DocumentVisibilityState::Visible,
            VisibilityState::Hidden => DocumentVisibilityState::Hidden,
        }
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-windowclient-focused>
    fn Focused(&self) -> bool {
        self.window.focused
    }
}
