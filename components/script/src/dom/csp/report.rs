//! Report a violation: <https://w3c.github.io/webappsec-csp/#report-violation>.

use fetch::csp::{CspViolation, url_for_reports};
use fetch::{CspDisposition, FetchParams, OnCspViolation, Request};
use std::sync::Arc;

use super::SecurityPolicyViolationEvent;
use crate::bindings::dictionaries::{EventInit, SecurityPolicyViolationEventInit};
use crate::bindings::enums::SecurityPolicyViolationEventDisposition;
use crate::dom::html::window::Window;
use crate::dom::nodes::element::Element;
use crate::dom::nodes::node::Node;
use crate::dom::service_workers::handle_fetch;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// A fetch of a request whose client is `global`, which hears of violations of its policies. The service worker that
/// controls it is asked first.
pub(crate) fn fetch_params(global: &GlobalScope, request: Request) -> FetchParams {
    FetchParams {
        on_csp_violation: reporter(global),
        handle_fetch: handle_fetch::of_client(global),
        ..FetchParams::new(request)
    }
}

/// Reports the violations of a fetch whose client is `global`; None where it has no policies.
pub(crate) fn reporter(global: &GlobalScope) -> Option<OnCspViolation> {
    if global.policy_container().csp_list.0.is_empty() {
        return None;
    }
    let tasks = global.task_sender();
    Some(Arc::new(move |violations| {
        for violation in violations {
            // 3. Later, in a task.
            tasks.post(
                TaskSource::DomManipulation,
                Box::new(move |cx, global| fire(cx, global, None, &violation)),
            );
        }
    }))
}

/// Reports violations of `global`'s policies, by an element if that is known.
pub(crate) fn report_violations(
    global: &GlobalScope,
    element: Option<&Element>,
    violations: Vec<CspViolation>,
) {
    for violation in violations {
        // 2. The target. 3. Later, in a task.
        let element = element.map(Trusted::new);
        global.task_sender().post(
            TaskSource::DomManipulation,
            Box::new(move |cx, global| {
                let element = element.map(|element| element.root());
                fire(cx, global, element.as_deref(), &violation);
            }),
        );
    }
}

/// Steps 3.1 to 3.3. FIXME(spec): 3.4 and 3.5, reports to `report-uri` and `report-to`.
fn fire(cx: &mut JSContext, global: &GlobalScope, element: Option<&Element>, violation: &CspViolation) {
    let document = global.downcast::<Window>().map(|window| window.document());
    // 3.1. An element that is not in the document is not the target.
    let in_document = |element: &&Element| {
        let node = element.upcast::<Node>();
        document.as_ref().is_none_or(|document| node.is_connected() && node.node_document() == *document)
    };
    let element = element.filter(in_document);
    // 3.2. Else it is the document, or the worker.
    let target: DomRoot<EventTarget> = match (element, &document) {
        (Some(element), _) => DomRoot::from_ref(element.upcast()),
        (None, Some(document)) => DomRoot::from_ref((**document).upcast()),
        (None, None) => DomRoot::from_ref(global.upcast()),
    };
    // 3.3. The event.
    let url = document.as_ref().map_or_else(|| global.creation_url().clone(), |document| document.url());
    let directive: DOMString = violation.effective_directive.as_str().into();
    let init = SecurityPolicyViolationEventInit {
        parent: EventInit { bubbles: true, composed: true, ..EventInit::default() },
        document_uri: url_for_reports(url).into(),
        // Nobody links to the one page that there is.
        referrer: USVString::default(),
        blocked_uri: violation.blocked_uri.as_str().into(),
        violated_directive: directive.clone(),
        effective_directive: directive,
        original_policy: violation.original_policy.as_str().into(),
        sample: violation.sample.as_str().into(),
        disposition: match violation.disposition {
            CspDisposition::Enforce => SecurityPolicyViolationEventDisposition::Enforce,
            CspDisposition::Report => SecurityPolicyViolationEventDisposition::Report,
        },
        // FIXME(spec): the script's place, and the document's status.
        ..SecurityPolicyViolationEventInit::default()
    };
    let event = SecurityPolicyViolationEvent::new(cx, global, &init);
    event.upcast::<crate::dom::events::event::Event>().fire(cx, &target);
}
