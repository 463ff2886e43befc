//! The Worker interface: <https://html.spec.whatwg.org/multipage/workers.html#dedicated-workers-and-the-worker-interface>.

use std::sync::Arc;

use fetch::Destination;

use super::fetch_script::worker_script_request;
use super::run::{OutsideSettings, WorkerKind, WorkerStart};
use super::worker_link::WorkerLink;
use crate::bindings::dictionaries::{StructuredSerializeOptions, WorkerOptions};
use crate::bindings::interfaces::WorkerMethods;
use crate::dom::csp::reporter;
use crate::dom::html::message_port::{MessagePort, PortEnd};
use crate::embedder::{AgentId, AgentInfo, AgentKind};
use crate::runtime::agent::{Agent, AgentControl};
use crate::runtime::engine_thread::NewAgent;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/workers.html#worker>
#[dom_struct]
pub struct Worker {
    event_target: EventTarget,
    /// The [outside port](https://html.spec.whatwg.org/multipage/workers.html#dom-worker).
    outside_port: Dom<MessagePort>,
    #[no_trace]
    running: RunningWorker,
}

/// The worker's agent. Dropping this ends it.
struct RunningWorker {
    link: Arc<WorkerLink>,
    control: AgentControl,
}

impl Drop for RunningWorker {
    fn drop(&mut self) {
        self.link.end();
        self.control.close();
    }
}

impl Worker {
    fn post_message(
        &self,
        cx: &mut JSContext,
        message: HandleValue<'_>,
        transfer: &[RootedObject],
    ) -> Fallible<()> {
        let port = self.outside_port.as_rooted();
        let _sending = self.running.link.hold(&port);
        port.post_message(cx, message, transfer)
    }
}

impl WorkerMethods for Worker {
    /// <https://html.spec.whatwg.org/multipage/workers.html#dom-worker>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        script_url: USVString,
        options: &WorkerOptions,
    ) -> Fallible<DomRoot<Worker>> {
        // FIXME(spec): step 1, trusted types.
        // 2–4. The URL, relative to the current settings.
        let url = global
            .encoding_parse_url(&script_url)
            .map_err(|error| Error::Syntax(format!("{:?} is not a URL: {error}", &*script_url)))?;
        // 6. The outside port. NB: its queue is enabled at once, and not when the script has run (run a worker, 12.11):
        // a script that never returns is heard, as in other engines.
        let (outside, inside) = PortEnd::entangled();
        let outside_port = MessagePort::new(cx, global, outside);
        outside_port.start_implicit();
        let link = Arc::new(WorkerLink::new(global.task_sender(), &outside_port));
        // 8. Run a worker, in parallel.
        let start = WorkerStart {
            request: worker_script_request(global, url.clone(), Destination::Worker, options),
            worker_type: options.type_,
            on_csp_violation: reporter(global),
            outside: OutsideSettings::of(global),
            name: options.name.clone(),
            kind: WorkerKind::Dedicated { inside: Some(inside), link: link.clone() },
        };
        let info = AgentInfo { id: AgentId::next(), kind: AgentKind::DedicatedWorker, url };
        let end = link.clone();
        let control = Agent::of_this_thread().start_child(NewAgent {
            on_end: Some(Box::new(move |crash| {
                if crash.is_some() {
                    end.fire_error();
                }
                end.end();
            })),
            ..NewAgent::new(info, global.hosts().clone(), start.into_setup())
        });
        global.add_dedicated_worker(control.clone());
        // 5, 7. The object; the port's messages are for it.
        let worker = Worker {
            event_target: EventTarget::new_inherited(),
            outside_port: Dom::from_ref(&outside_port),
            running: RunningWorker { link, control },
        };
        let worker = reflect_dom_object_with_proto(cx, Box::new(worker), global, proto);
        outside_port.set_message_event_target(worker.upcast());
        // 9. Return it.
        Ok(worker)
    }

    /// <https://html.spec.whatwg.org/multipage/workers.html#dom-worker-terminate>
    fn Terminate(&self, _cx: &mut JSContext) -> Fallible<()> {
        // <https://html.spec.whatwg.org/multipage/workers.html#terminate-a-worker>
        // 1–3. It closes, drops its tasks, and its script ends.
        self.running.control.close();
        self.running.link.end();
        // 4. What it sent is dropped.
        self.outside_port.as_rooted().disentangle();
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/workers.html#dom-worker-postmessage>
    fn PostMessage(
        &self,
        cx: &mut JSContext,
        message: HandleValue<'_>,
        transfer: Vec<RootedObject>,
    ) -> Fallible<()> {
        self.post_message(cx, message, &transfer)
    }

    /// <https://html.spec.whatwg.org/multipage/workers.html#dom-worker-postmessage>
    fn PostMessage_(
        &self,
        cx: &mut JSContext,
        message: HandleValue<'_>,
        options: &StructuredSerializeOptions,
    ) -> Fallible<()> {
        self.post_message(cx, message, &options.transfer)
    }
}
