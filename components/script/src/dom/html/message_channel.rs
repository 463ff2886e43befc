//! <https://html.spec.whatwg.org/multipage/web-messaging.html#message-channels>

use super::message_port::MessagePort;
use crate::bindings::interfaces::MessageChannelMethods;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/web-messaging.html#messagechannel>
#[dom_struct]
pub struct MessageChannel {
    reflector: Reflector,
    port1: Dom<MessagePort>,
    port2: Dom<MessagePort>,
}

impl MessageChannelMethods for MessageChannel {
    /// <https://html.spec.whatwg.org/multipage/web-messaging.html#dom-messagechannel>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
    ) -> Fallible<DomRoot<MessageChannel>> {
        // 1–3. Two ports, entangled.
        let (port1, port2) = MessagePort::entangled(cx, global);
        let channel = MessageChannel {
            reflector: Reflector::new(),
            port1: Dom::from_ref(&port1),
            port2: Dom::from_ref(&port2),
        };
        Ok(reflect_dom_object_with_proto(cx, Box::new(channel), global, proto))
    }

    /// <https://html.spec.whatwg.org/multipage/web-messaging.html#dom-messagechannel-port1>
    fn Port1(&self, _cx: &mut JSContext) -> DomRoot<MessagePort> {
        self.port1.as_rooted()
    }

    /// <https://html.spec.whatwg.org/multipage/web-messaging.html#dom-messagechannel-port2>
    fn Port2(&self, _cx: &mut JSContext) -> DomRoot<MessagePort> {
        self.port2.as_rooted()
    }
}
