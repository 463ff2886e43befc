//! <https://w3c.github.io/webappsec-csp/#violation-events>

use crate::bindings::dictionaries::SecurityPolicyViolationEventInit;
use crate::bindings::enums::SecurityPolicyViolationEventDisposition;
use crate::bindings::interfaces::SecurityPolicyViolationEventMethods;
use crate::dom::events::event::Event;
use crate::webidl::*;

/// <https://w3c.github.io/webappsec-csp/#securitypolicyviolationevent>
#[dom_struct]
pub struct SecurityPolicyViolationEvent {
    event: Event,
    #[no_trace]
    init: SecurityPolicyViolationEventInit,
}

impl SecurityPolicyViolationEvent {
    fn new_inherited(init: &SecurityPolicyViolationEventInit) -> SecurityPolicyViolationEvent {
        SecurityPolicyViolationEvent { event: Event::new_inherited(), init: init.clone() }
    }

    /// An event that is ready to be fired.
    pub(super) fn new(
        cx: &mut JSContext,
        global: &GlobalScope,
        init: &SecurityPolicyViolationEventInit,
    ) -> DomRoot<SecurityPolicyViolationEvent> {
        let event = reflect_dom_object(cx, Box::new(Self::new_inherited(init)), global);
        event.event.construct("securitypolicyviolation".into(), &init.parent);
        event
    }
}

impl SecurityPolicyViolationEventMethods for SecurityPolicyViolationEvent {
    /// <https://dom.spec.whatwg.org/#concept-event-constructor>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        type_: DOMString,
        init: &SecurityPolicyViolationEventInit,
    ) -> Fallible<DomRoot<SecurityPolicyViolationEvent>> {
        let event = Box::new(Self::new_inherited(init));
        let event = reflect_dom_object_with_proto(cx, event, global, proto);
        event.event.construct(type_, &init.parent);
        Ok(event)
    }

    fn DocumentURI(&self) -> USVString {
        self.init.document_uri.clone()
    }

    fn Referrer(&self) -> USVString {
        self.init.referrer.clone()
    }

    fn BlockedURI(&self) -> USVString {
        self.init.blocked_uri.clone()
    }

    fn EffectiveDirective(&self) -> DOMString {
        self.init.effective_directive.clone()
    }

    fn ViolatedDirective(&self) -> DOMString {
        self.init.violated_directive.clone()
    }

    fn OriginalPolicy(&self) -> DOMString {
        self.init.original_policy.clone()
    }

    fn SourceFile(&self) -> USVString {
        self.init.source_file.clone()
    }

    fn Sample(&self) -> DOMString {
        self.init.sample.clone()
    }

    fn Disposition(&self) -> SecurityPolicyViolationEventDisposition {
        self.init.disposition
    }

    fn StatusCode(&self) -> u16 {
        self.init.status_code
    }

    fn LineNumber(&self) -> u32 {
        self.init.line_number
    }

    fn ColumnNumber(&self) -> u32 {
        self.init.column_number
    }
}
