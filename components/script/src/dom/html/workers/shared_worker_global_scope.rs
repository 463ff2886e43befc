//! <https://html.spec.whatwg.org/multipage/workers.html#shared-workers-and-the-sharedworkerglobalscope-interface>

use super::worker_global_scope::WorkerGlobalScope;
use crate::bindings::interfaces::SharedWorkerGlobalScopeMethods;
use crate::dom::events::Event;
use crate::dom::html::global_scope::realm_options;
use crate::dom::html::message_event::MessageEvent;
use crate::dom::html::message_port::{MessagePort, PortEnd};
use crate::runtime::agent::Agent;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/workers.html#sharedworkerglobalscope>
#[dom_struct]
pub struct SharedWorkerGlobalScope {
    worker_global_scope: WorkerGlobalScope,
    name: DOMString,
}

crate::castable!(SharedWorkerGlobalScope => GlobalScope;);

impl SharedWorkerGlobalScope {
    /// The global of a shared worker; its agent's from now on.
    pub(super) fn create(
        cx: &mut JSContext,
        agent: &Agent,
        worker_global_scope: WorkerGlobalScope,
        name: DOMString,
    ) -> DomRoot<SharedWorkerGlobalScope> {
        let secure = worker_global_scope.is_secure_context();
        let global = SharedWorkerGlobalScope { worker_global_scope, name };
        let global = create_global(cx, Box::new(global), &realm_options(), secure);
        agent.set_global_object(global.reflector().get_jsobject().get());
        global
    }

    /// [The SharedWorker constructor](https://html.spec.whatwg.org/multipage/workers.html#dom-sharedworker), 11.5.5–11.5.7:
    /// the inside port, and `connect`.
    pub(super) fn connect(&self, cx: &mut JSContext, inside: PortEnd) {
        let mut realm = enter_realm(cx, self.reflector().get_jsobject());
        let cx: &mut JSContext = &mut realm;
        let port = MessagePort::new(cx, self.upcast(), inside);
        let event = MessageEvent::connect(cx, self.upcast(), &port);
        event.upcast::<Event>().fire(cx, self.upcast());
    }
}

impl SharedWorkerGlobalScopeMethods for SharedWorkerGlobalScope {
    /// <https://html.spec.whatwg.org/multipage/workers.html#dom-sharedworkerglobalscope-name>
    fn Name(&self) -> DOMString {
        self.name.clone()
    }

    /// <https://html.spec.whatwg.org/multipage/workers.html#dom-sharedworkerglobalscope-close>
    fn Close(&self, _cx: &mut JSContext) -> Fallible<()> {
        self.upcast::<WorkerGlobalScope>().close();
        Ok(())
    }
}
