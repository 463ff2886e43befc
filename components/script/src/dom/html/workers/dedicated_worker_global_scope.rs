//! <https://html.spec.whatwg.org/multipage/workers.html#dedicated-workers-and-the-dedicatedworkerglobalscope-interface>

use std::sync::Arc;

use super::worker_global_scope::WorkerGlobalScope;
use super::worker_link::WorkerLink;
use crate::bindings::dictionaries::StructuredSerializeOptions;
use crate::bindings::interfaces::DedicatedWorkerGlobalScopeMethods;
use crate::dom::html::global_scope::realm_options;
use crate::dom::html::message_port::{MessagePort, PortEnd};
use crate::runtime::agent::Agent;
use crate::runtime::exception::ErrorInformation;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/workers.html#dedicatedworkerglobalscope>
#[dom_struct]
pub struct DedicatedWorkerGlobalScope {
    worker_global_scope: WorkerGlobalScope,
    name: DOMString,
    /// The [inside port](https://html.spec.whatwg.org/multipage/workers.html#inside-port), set as soon as there is a
    /// realm for it.
    inside_port: MutNullableDom<MessagePort>,
    #[no_trace]
    link: Arc<WorkerLink>,
}

crate::castable!(DedicatedWorkerGlobalScope => GlobalScope;);

impl DedicatedWorkerGlobalScope {
    /// The global of a dedicated worker, with its inside port; its agent's from now on.
    pub(super) fn create(
        cx: &mut JSContext,
        agent: &Agent,
        worker_global_scope: WorkerGlobalScope,
        name: DOMString,
        inside: Option<PortEnd>,
        link: Arc<WorkerLink>,
    ) -> DomRoot<DedicatedWorkerGlobalScope> {
        let secure = worker_global_scope.is_secure_context();
        let global = DedicatedWorkerGlobalScope {
            worker_global_scope,
            name,
            inside_port: MutNullableDom::default(),
            link,
        };
        let global = create_global(cx, Box::new(global), &realm_options(), secure);
        agent.set_global_object(global.reflector().get_jsobject().get());
        // <https://html.spec.whatwg.org/multipage/workers.html#run-a-worker>, onComplete, 3–5. The port, whose messages
        // are for the global.
        if let Some(inside) = inside {
            let port = MessagePort::new(cx, global.upcast(), inside);
            port.set_message_event_target(global.upcast());
            global.inside_port.set(Some(&port));
        }
        global
    }

    /// Enables the port message queue of the inside port.
    pub(super) fn start_messages(&self) {
        if let Some(port) = self.inside_port.get() {
            port.start_implicit();
        }
    }

    /// The agent has nothing to do.
    pub(crate) fn is_idle(&self, agent: &Agent) {
        self.link.worker_is_idle(agent);
    }

    /// [Report an exception](https://html.spec.whatwg.org/multipage/webappapis.html#report-an-exception), 7.2. Gives it
    /// back if there is no owner any more.
    pub(crate) fn report_to_owner(&self, information: ErrorInformation) -> Result<(), ErrorInformation> {
        self.link.report(information)
    }

    fn post_message(
        &self,
        cx: &mut JSContext,
        message: HandleValue<'_>,
        transfer: &[RootedObject],
    ) -> Fallible<()> {
        match self.inside_port.get() {
            Some(port) => port.post_message(cx, message, transfer),
            None => Ok(()),
        }
    }
}

impl DedicatedWorkerGlobalScopeMethods for DedicatedWorkerGlobalScope {
    /// <https://html.spec.whatwg.org/multipage/workers.html#dom-dedicatedworkerglobalscope-name>
    fn Name(&self) -> DOMString {
        self.name.clone()
    }

    /// <https://html.spec.whatwg.org/multipage/workers.html#dom-dedicatedworkerglobalscope-postmessage>
    fn PostMessage(
        &self,
        cx: &mut JSContext,
        message: HandleValue<'_>,
        transfer: Vec<RootedObject>,
    ) -> Fallible<()> {
        self.post_message(cx, message, &transfer)
    }

    /// <https://html.spec.whatwg.org/multipage/workers.html#dom-dedicatedworkerglobalscope-postmessage-options>
    fn PostMessage_(
        &self,
        cx: &mut JSContext,
        message: HandleValue<'_>,
        options: &StructuredSerializeOptions,
    ) -> Fallible<()> {
        self.post_message(cx, message, &options.transfer)
    }

    /// <https://html.spec.whatwg.org/multipage/workers.html#dom-dedicatedworkerglobalscope-close>
    fn Close(&self, _cx: &mut JSContext) -> Fallible<()> {
        self.upcast::<WorkerGlobalScope>().close();
        Ok(())
    }
}
