//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model>

use std::cell::RefCell;

use fetch::http_extensions::content_type::extract_mime_type;
use fetch::{NetworkError, NetworkErrorKind, Origin, Response};
use futures::TryStreamExt;
use futures::future::{AbortHandle, Abortable};
use mozjs::jsval::UndefinedValue;
use mozjs::rooted;

use super::interface::{EventSource, ReadyState};
use super::stream::{Item, StreamParser};
use crate::dom::console::console_message;
use crate::dom::events::event::Event;
use crate::dom::html::message_event::MessageEvent;
use crate::dom::performance_timeline::start_fetch;
use crate::embedder::ConsoleLevel;
use crate::runtime::agent::Agent;
use crate::runtime::backlog::Backlog;
use crate::runtime::task_sender::TaskSender;
use crate::runtime::task_source::TaskSource;
use crate::runtime::timers::{TimerKey, TimerSteps};
use crate::webidl::*;

/// What goes on for a source: a fetch, or the wait for the next.
#[derive(Default)]
pub(super) struct Connection {
    fetch: RefCell<Option<AbortHandle>>,
    timer: Cell<Option<TimerKey>>,
}

impl Connection {
    /// Nothing more goes on.
    pub(super) fn end(&self) {
        if let Some(fetch) = self.fetch.take() {
            fetch.abort();
        }
        if let Some(timer) = self.timer.take() {
            // Bound first: what is dropped must not be dropped while the queue is borrowed.
            let steps = Agent::of_this_thread().timers.borrow_mut().clear(timer);
            drop(steps);
        }
    }
}

/// A fetch's way back to its source.
#[derive(Clone)]
struct Client {
    source: Trusted<EventSource>,
    tasks: TaskSender,
}

impl Client {
    /// Queues steps that run unless the source was closed. False if its page is ending.
    fn post(&self, steps: impl FnOnce(&mut JSContext, &EventSource) + Send + 'static) -> bool {
        let source = self.source.clone();
        let task = move |cx: &mut JSContext, _: &GlobalScope| {
            let source = source.root();
            if source.ready_state.get() != ReadyState::Closed {
                steps(cx, &source);
            }
        };
        self.tasks.post(TaskSource::Networking, Box::new(task))
    }
}

impl EventSource {
    /// Steps 14 to 16 of <https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource>, and the end
    /// of reestablishing the connection.
    pub(super) fn connect(&self) {
        let global = self.global();
        let mut request = self.request.clone();
        let last_event_id = self.last_event_id.borrow().clone();
        if !last_event_id.is_empty() {
            request.headers.set("Last-Event-ID", last_event_id.as_bytes());
        }
        let client = Client { source: Trusted::new(self), tasks: global.task_sender() };
        let response = start_fetch(&global, request, "other");
        let (handle, registration) = AbortHandle::new_pair();
        let run = async move {
            match response.await {
                Ok(response) => read(client, response, last_event_id).await,
                Err(error) => {
                    client.post(move |cx, source| source.network_error(cx, &error));
                }
            }
        };
        global.spawn(async move {
            // Whoever aborts it has closed the source.
            let _ = Abortable::new(run, registration).await;
        });
        self.connection.fetch.replace(Some(handle));
    }

    /// processResponse, of a network error.
    fn network_error(&self, cx: &mut JSContext, error: &NetworkError) {
        let text = format!("the event source {} failed: {error}", self.request.url());
        console_message(&self.global(), ConsoleLevel::Error, text);
        // What policy forbids or no server can change stays so.
        let is_futile = matches!(
            error.kind,
            NetworkErrorKind::Blocked(_)
                | NetworkErrorKind::Cors
                | NetworkErrorKind::UnsupportedScheme
                | NetworkErrorKind::InvalidRequest
                | NetworkErrorKind::Redirect
        );
        match is_futile || error.is_aborted() {
            true => self.fail_the_connection(cx),
            false => self.reestablish_the_connection(cx),
        }
    }

    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#announce-the-connection>
    fn announce_the_connection(&self, cx: &mut JSContext) {
        self.ready_state.set(ReadyState::Open);
        self.upcast::<EventTarget>().fire_event(cx, "open");
    }

    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#reestablish-the-connection>
    fn reestablish_the_connection(&self, cx: &mut JSContext) {
        self.connection.end();
        // 1.2.
        self.ready_state.set(ReadyState::Connecting);
        // 2. The wait begins.
        let steps = Box::new(Reconnect { source: Dom::from_ref(self) });
        self.connection.timer.set(self.global().set_timer(self.reconnection_time.get(), steps));
        // 1.3.
        self.upcast::<EventTarget>().fire_event(cx, "error");
    }

    /// <https://html.spec.whatwg.org/multipage/server-sent-events.html#fail-the-connection>
    fn fail_the_connection(&self, cx: &mut JSContext) {
        self.connection.end();
        self.ready_state.set(ReadyState::Closed);
        self.upcast::<EventTarget>().fire_event(cx, "error");
    }

    fn process(&self, cx: &mut JSContext, item: Item, origin: &str) {
        match item {
            Item::ReconnectionTime(time) => self.reconnection_time.set(time),
            Item::LastEventId(id) => *self.last_event_id.borrow_mut() = id,
            Item::Event { type_, data, last_event_id } => {
                self.last_event_id.borrow_mut().clone_from(&last_event_id);
                let type_ = if type_.is_empty() { "message" } else { &type_ };
                rooted!(&in(cx) let mut value = UndefinedValue());
                DOMString::from(data).to_jsval(cx, value.handle_mut());
                let id = last_event_id.into();
                let event = MessageEvent::with_data(cx, &self.global(), type_, value.handle(), origin, id);
                event.upcast::<Event>().fire(cx, self.upcast());
            }
        }
    }
}

/// A response came: its head, then its events.
async fn read(client: Client, response: Response, last_event_id: String) {
    let head = response.head;
    // Only a stream of events.
    let mime_type = extract_mime_type(&head.headers).map(|mime_type| mime_type.essence());
    if head.status != 200 || mime_type.as_deref() != Some("text/event-stream") {
        client.post(|cx, source| source.fail_the_connection(cx));
        return;
    }
    client.post(|cx, source| source.announce_the_connection(cx));
    let origin = head.url().map(|url| Origin::of(url).ascii_serialization()).unwrap_or_default();
    // A page that waits for events alone has nothing to do.
    let waiting = Client { source: client.source.clone(), tasks: client.tasks.background() };
    let mut parser = StreamParser::new(last_event_id);
    let mut items = Vec::new();
    let backlog = Backlog::new();
    if let Some(mut body) = response.body {
        // Its end and its failure come to the same.
        while let Ok(Some(bytes)) = body.try_next().await {
            parser.feed(&bytes, &mut items);
            for item in items.drain(..) {
                let origin = origin.clone();
                let room = backlog.take(item.length()).await;
                let is_open = waiting.post(move |cx, source| {
                    source.process(cx, item, &origin);
                    drop(room);
                });
                if !is_open {
                    return;
                }
            }
        }
    }
    waiting.post(|cx, source| source.reestablish_the_connection(cx));
}

/// The connection is to be made again.
#[derive(JSTraceable)]
struct Reconnect {
    source: Dom<EventSource>,
}

impl TimerSteps for Reconnect {
    fn run(&self, _cx: &mut JSContext) {
        let source = self.source.as_rooted();
        source.connection.timer.set(None);
        // (Closing it clears the timer.)
        source.connect();
    }
}
