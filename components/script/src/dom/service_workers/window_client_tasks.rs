//! [focus()](https://w3c.github.io/ServiceWorker/#client-focus) and
//! [navigate()](https://w3c.github.io/ServiceWorker/#client-navigate), in the window client's agent.

use fetch::mixed_content::should_be_blocked_as_mixed_content;
use fetch::{Destination, Request};
use service_worker::{ClientId, Reply};
use url::Url;

use crate::dom::html::focus::focus_window;
use crate::dom::html::frames::{self, NavigateParams};
use crate::dom::html::window::Window;
use crate::webidl::*;

/// focus(), steps 4.1 to 4.5: `reply` hears whether it has focus.
pub(super) fn focus(cx: &mut JSContext, global: &GlobalScope, reply: Reply<()>) {
    let Some(window) = global.downcast::<Window>() else {
        return reply.send(Err(service_worker::Error::Type("only a window can be focused".into())));
    };
    // 4.1. The focusing steps.
    focus_window(cx, window);
    // 4.4. Whether they did it.
    reply.send(match window.document().has_focus() {
        true => Ok(()),
        false => Err(service_worker::Error::Type("the document is not shown any more".into())),
    });
}

/// navigate(), steps 7.1 to 7.4: `reply` gets the client that is shown then.
pub(super) fn navigate(global: &GlobalScope, url: Url, reply: Reply<Option<ClientId>>) {
    let failure = |message: String| Err(service_worker::Error::Type(message));
    let Some(window) = global.downcast::<Window>() else {
        return reply.send(failure("only a window can be navigated".into()));
    };
    // 7.2. A document that is shown.
    if !window.document().is_fully_active() {
        return reply.send(failure("the document is not shown any more".into()));
    }
    let navigable = window.window_proxy();
    // NB: what is blocked as mixed content is not shown as an error but leaves the client as it is: so other engines and
    // web-platform-tests have it.
    let mut request = Request::for_client(url.clone(), global.request_client(), global.policy_container());
    request.destination = if navigable.is_top_level() { Destination::Document } else { Destination::IFrame };
    if let Err(error) = should_be_blocked_as_mixed_content(&request) {
        return reply.send(failure(error.to_string()));
    }
    // 7.3–7.4. Navigate.
    frames::navigate_for_client(&navigable, NavigateParams::by(global, url), reply);
}
