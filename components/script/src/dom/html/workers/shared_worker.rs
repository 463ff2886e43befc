//! The SharedWorker interface: <https://html.spec.whatwg.org/multipage/workers.html#shared-workers-and-the-sharedworker-interface>.

use fetch::Destination;

use super::fetch_script::worker_script_request;
use super::run::{OutsideSettings, WorkerKind, WorkerStart};
use super::shared_worker_manager::{SharedWorkerKey, SharedWorkerTerms};
use crate::bindings::dictionaries::WorkerOptions;
use crate::bindings::interfaces::SharedWorkerMethods;
use crate::bindings::unions::DOMStringOrWorkerOptions;
use crate::dom::csp::reporter;
use crate::dom::html::message_port::{MessagePort, PortEnd};
use crate::runtime::agent::Agent;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/workers.html#sharedworker>
#[dom_struct]
pub struct SharedWorker {
    event_target: EventTarget,
    port: Dom<MessagePort>,
}

impl SharedWorkerMethods for SharedWorker {
    /// <https://html.spec.whatwg.org/multipage/workers.html#dom-sharedworker>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        script_url: USVString,
        options: DOMStringOrWorkerOptions,
    ) -> Fallible<DomRoot<SharedWorker>> {
        // FIXME(spec): step 1, trusted types.
        // 2. A string is a name.
        let options = match options {
            DOMStringOrWorkerOptions::DOMString(name) => WorkerOptions { name, ..WorkerOptions::default() },
            DOMStringOrWorkerOptions::WorkerOptions(options) => options,
        };
        // 3–5. The URL, relative to the current settings.
        let url = global
            .encoding_parse_url(&script_url)
            .map_err(|error| Error::Syntax(format!("{:?} is not a URL: {error}", &*script_url)))?;
        // 6–8. The object with the outside port.
        let (outside, inside) = PortEnd::entangled();
        let port = MessagePort::new(cx, global, outside);
        let worker = SharedWorker { event_target: EventTarget::new_inherited(), port: Dom::from_ref(&port) };
        let worker = reflect_dom_object_with_proto(cx, Box::new(worker), global, proto);
        // 9–10. What tells one worker from another.
        let key = SharedWorkerKey {
            storage_key: global.origin().clone(),
            url: url.clone(),
            name: options.name.clone(),
        };
        let terms = SharedWorkerTerms {
            worker_type: options.type_,
            credentials: options.credentials,
            is_secure_context: global.is_secure_context(),
        };
        // 11. The manager's.
        let agent = Agent::of_this_thread();
        agent.engine().shared_workers.connect(&agent, &worker, key, terms, inside, |objects| {
            let start = WorkerStart {
                request: worker_script_request(global, url, Destination::SharedWorker, &options),
                worker_type: options.type_,
                on_csp_violation: reporter(global),
                outside: OutsideSettings::of(global),
                name: options.name,
                kind: WorkerKind::Shared { objects },
            };
            (start, global.hosts().clone())
        });
        // 12. Return it.
        Ok(worker)
    }

    /// <https://html.spec.whatwg.org/multipage/workers.html#dom-sharedworker-port>
    fn Port(&self, _cx: &mut JSContext) -> DomRoot<MessagePort> {
        self.port.as_rooted()
    }
}
