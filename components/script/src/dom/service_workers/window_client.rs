//! <https://w3c.github.io/ServiceWorker/#windowclient>

use mozjs::jsval::UndefinedValue;
use mozjs::rooted;
use service_worker::{ClientInfo, VisibilityState, WindowState};

use super::{Client, ServiceWorkerGlobalScope};
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
    /// The [ancestor origins array](https://w3c.github.io/ServiceWorker/#windowclient-ancestor-origins-array), once it
    /// was asked for.
    ancestor_origins: HeapValue,
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
        let window_client = WindowClient {
            client: Client::new_inherited(client),
            window: window.clone(),
            ancestor_origins: HeapValue::default(),
        };
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

    /// <https://w3c.github.io/ServiceWorker/#dom-windowclient-ancestororigins>
    fn AncestorOrigins(&self, cx: &mut JSContext, rval: MutableHandleValue<'_>) {
        if self.ancestor_origins.is_undefined() {
            let origins = self.window.ancestor_origins.iter().map(|origin| USVString::from(&**origin));
            let origins = origins.collect::<Vec<_>>();
            rooted!(&in(cx) let mut array = UndefinedValue());
            to_frozen_array(cx, &origins, array.handle_mut());
            self.ancestor_origins.set(array.handle());
        }
        self.ancestor_origins.get(rval);
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-windowclient-focus>
    fn Focus(&self, _cx: &mut JSContext) -> Fallible<Promise> {
        // 1. Only after a person did something.
        let global = self.global();
        let worker = global.downcast::<ServiceWorkerGlobalScope>();
        if !worker.is_some_and(ServiceWorkerGlobalScope::take_window_interaction) {
            return Err(Error::InvalidAccess("a window can be focused after an interaction alone".into()));
        }
        // 4.1–4.6. NB: nobody looks at a window here, so that focusing it never does anything.
        Err(Error::Type("the window can't be focused".into()))
    }
}
