//! <https://w3c.github.io/ServiceWorker/#windowclient>

use mozjs::jsval::UndefinedValue;
use mozjs::rooted;
use service_worker::{ClientInfo, VisibilityState, WindowState};

use super::clients::worker_and_manager;
use super::service_worker_container::parse;
use super::{Client, ServiceWorkerGlobalScope, environment};
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
    fn Focus(&self, cx: &mut JSContext) -> Fallible<Promise> {
        // 1. Only after a person did something.
        let global = self.global();
        let worker = global.downcast::<ServiceWorkerGlobalScope>();
        if !worker.is_some_and(ServiceWorkerGlobalScope::take_window_interaction) {
            return Err(Error::InvalidAccess("a window can be focused after an interaction alone".into()));
        }
        let (_, service_workers) = worker_and_manager(&global)?;
        // 3. A promise.
        let promise = Promise::new(cx, &global);
        // 4. The client's. FIXME(spec): whoever embeds this is not asked to show its page.
        let reply = environment::reply(&global, &promise, |cx, global, promise, client: ClientInfo| {
            let client = Client::create(cx, global, &client);
            promise.resolve(cx, &client);
        });
        service_workers.focus_client(self.client.client_id().clone(), reply);
        // 5. Return it.
        Ok(promise)
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-windowclient-navigate>
    fn Navigate(&self, cx: &mut JSContext, url: USVString) -> Fallible<Promise> {
        let global = self.global();
        // 1–2. Parse the URL.
        let url = parse(&global, &url)?;
        // 3. Not about:blank.
        if url.as_str() == "about:blank" {
            return Err(Error::Type("a client can't be navigated to about:blank".into()));
        }
        let (worker, service_workers) = worker_and_manager(&global)?;
        // 6. A promise.
        let promise = Promise::new(cx, &global);
        // 4, 7. The manager's, and the client's.
        let reply =
            environment::reply(&global, &promise, |cx, global, promise, shown: Option<ClientInfo>| {
                match shown {
                    // 7.9.2–7.9.3.
                    Some(client) => {
                        let client = Client::create(cx, global, &client);
                        promise.resolve(cx, &client);
                    }
                    // 7.9.1. It is of another origin.
                    None => promise.resolve_value(cx, HandleValue::null()),
                }
            });
        service_workers.navigate_client(worker, self.client.client_id().clone(), url, reply);
        // 8. Return it.
        Ok(promise)
    }
}
