//! The EventSource interface:
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#the-eventsource-interface>.

use std::cell::RefCell;
use std::time::Duration;

use fetch::{CacheMode, CredentialsMode, Request, RequestMode, Url};

use super::connection::Connection;
use crate::bindings::dictionaries::EventSourceInit;
use crate::bindings::interfaces::EventSourceMethods;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/server-sent-events.html#concept-event-stream-reconnection-time> of a source
/// that was told nothing else.
const RECONNECTION_TIME: Duration = Duration::from_secs(3);

/// <https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource-readystate>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReadyState {
    /// CONNECTING
    Connecting = 0,
    /// OPEN
    Open = 1,
    /// CLOSED
    Closed = 2,
}

/// <https://html.spec.whatwg.org/multipage/server-sent-events.html#eventsource>
#[dom_struct]
pub struct EventSource {
    event_target: EventTarget,
    #[no_trace]
    url: Url,
    with_credentials: bool,
    #[no_trace]
    pub(super) ready_state: Cell<ReadyState>,
    /// The request, without the last event ID.
    #[no_trace]
    pub(super) request: Request,
    #[no_trace]
    pub(super) last_event_id: RefCell<String>,
    #[no_trace]
    pub(super) reconnection_time: Cell<Duration>,
    #[no_trace]
    pub(super) connection: Connection,
}

impl EventSourceMethods for EventSource {
    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource>
    fn Constructor(
        cx: &mut JSContext,
        global: &GlobalScope,
        proto: Option<HandleObject<'_>>,
        url: USVString,
        init: &EventSourceInit,
    ) -> Fallible<DomRoot<EventSource>> {
        // 3 and 4. The URL.
        let url_record = global
            .encoding_parse_url(&url)
            .map_err(|error| Error::Syntax(format!("'{url}' is not a valid URL: {error}")))?;
        // 6 to 12. The request.
        let mut request = global.new_request(url_record.clone());
        request.mode = RequestMode::Cors;
        request.credentials = match init.with_credentials {
            true => CredentialsMode::Include,
            false => CredentialsMode::SameOrigin,
        };
        request.use_url_credentials = true;
        request.headers.set("Accept", "text/event-stream");
        request.cache = CacheMode::NoStore;
        // 1, 5 and 13.
        let source = EventSource {
            event_target: EventTarget::new_inherited(),
            url: url_record,
            with_credentials: init.with_credentials,
            ready_state: Cell::new(ReadyState::Connecting),
            request,
            last_event_id: RefCell::default(),
            reconnection_time: Cell::new(RECONNECTION_TIME),
            connection: Connection::default(),
        };
        let source = reflect_dom_object_with_proto(cx, Box::new(source), global, proto);
        // 14 to 16.
        source.connect();
        Ok(source)
    }

    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource-url>
    fn Url(&self) -> USVString {
        self.url.as_str().into()
    }

    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource-withcredentials>
    fn WithCredentials(&self) -> bool {
        self.with_credentials
    }

    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource-readystate>
    fn ReadyState(&self) -> u16 {
        self.ready_state.get() as u16
    }

    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource-close>
    fn Close(&self, _cx: &mut JSContext) -> Fallible<()> {
        self.ready_state.set(ReadyState::Closed);
        self.connection.end();
        Ok(())
    }
}
