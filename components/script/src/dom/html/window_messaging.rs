//! Cross-document messaging: <https://html.spec.whatwg.org/multipage/web-messaging.html#web-messaging>

use fetch::Origin;
use url::Url;

use super::message_event::{MessageEvent, receive_message};
use super::structured_clone::structured_serialize_with_transfer;
use super::window::Window;
use crate::bindings::unions::WindowProxyOrMessagePortOrServiceWorker as MessageEventSource;
use crate::dom::events::event::Event;
use crate::runtime::microtasks::incumbent_global;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// [The window post message steps](https://html.spec.whatwg.org/multipage/web-messaging.html#window-post-message-steps).
pub(crate) fn post_message(
    cx: &mut JSContext,
    target_window: &Window,
    message: HandleValue<'_>,
    target_origin: &str,
    transfer: &[RootedObject],
) -> Fallible<()> {
    // 2. The sender.
    let incumbent = global_of_object(incumbent_global(cx));
    // 3–5. Whom the message is for: `None` for anybody.
    let target_origin = match target_origin {
        "/" => Some(incumbent.origin().clone()),
        "*" => None,
        url => match Url::parse(url) {
            Ok(url) => Some(Origin::of(&url)),
            Err(error) => {
                return Err(Error::Syntax(format!("the target origin {url:?} is not a URL: {error}")));
            }
        },
    };
    // 6–7. Serialize.
    let message = structured_serialize_with_transfer(cx, message, transfer)?;
    // 8. Queue a task.
    let origin = incumbent.origin().ascii_serialization();
    let source = incumbent.downcast::<Window>().map(|window| Trusted::new(&*window.window_proxy()));
    let target = Trusted::new(target_window);
    target_window.upcast::<GlobalScope>().task_sender().post(
        TaskSource::PostedMessage,
        Box::new(move |cx, global| {
            // 8.1. It is for another origin.
            if target_origin.is_some_and(|target_origin| !target_origin.same_origin(global.origin())) {
                return;
            }
            // 8.3. The sender.
            let source = source.map(|source| MessageEventSource::WindowProxy(source.root()));
            // 8.4–8.6. Deserialize.
            let received = receive_message(cx, global, &message);
            // 8.4, 8.7. Fire.
            let event = MessageEvent::new(cx, global, received.as_ref(), &origin, source.as_ref());
            event.upcast::<Event>().fire(cx, target.root().upcast());
        }),
    );
    Ok(())
}
