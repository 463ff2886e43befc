//! How a request is sent and what comes back: <https://xhr.spec.whatwg.org/#the-send()-method>.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use fetch::http_extensions::content_length::extract_length;
use fetch::{Bytes, CredentialsMode, NetworkError, OnBodySent, Request, RequestBody, RequestMode, Response};
use futures::TryStreamExt;
use futures::future::{AbortHandle, Abortable};

use super::progress_event::fire_progress_event;
use super::xml_http_request::{Outcome, State, XMLHttpRequest};
use crate::dom::console::console_message;
use crate::dom::csp::fetch_params;
use crate::dom::performance_timeline::{fetch_with_timing, start_fetch};
use crate::embedder::ConsoleLevel;
use crate::runtime::agent::Agent;
use crate::runtime::backlog::Backlog;
use crate::runtime::task_sender::TaskSender;
use crate::runtime::task_source::TaskSource;
use crate::runtime::timers::{TimerKey, TimerSteps};
use crate::webidl::*;

/// How often progress is told, roughly.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(50);

/// The [fetch controller](https://xhr.spec.whatwg.org/#xmlhttprequest-fetch-controller), and the timer beside it.
#[derive(Default)]
pub(super) struct FetchController {
    /// Counts fetches: what an earlier one still brings is not for us.
    current: Cell<u64>,
    ongoing: RefCell<Option<Ongoing>>,
}

struct Ongoing {
    handle: AbortHandle,
    started: Instant,
    timer: Option<TimerKey>,
}

/// What a fetch knows of who started it.
#[derive(Clone)]
struct Client {
    request: Trusted<XMLHttpRequest>,
    fetch: u64,
    tasks: TaskSender,
}

impl Client {
    /// Queues steps that run unless the request has begun another fetch, or none, meanwhile.
    fn post(&self, steps: impl FnOnce(&mut JSContext, &XMLHttpRequest) + Send + 'static) {
        let (request, fetch) = (self.request.clone(), self.fetch);
        let task = move |cx: &mut JSContext, _: &GlobalScope| {
            let request = request.root();
            if request.controller.current.get() == fetch {
                steps(cx, &request);
            }
        };
        self.tasks.post(TaskSource::Networking, Box::new(task));
    }
}

impl XMLHttpRequest {
    /// [Terminates](https://fetch.spec.whatwg.org/#fetch-controller-terminate) or
    /// [aborts](https://fetch.spec.whatwg.org/#fetch-controller-abort) the fetch that is going on.
    pub(super) fn terminate(&self) {
        self.controller.current.set(self.controller.current.get() + 1);
        let ongoing = self.controller.ongoing.take();
        if let Some(ongoing) = ongoing {
            ongoing.handle.abort();
            clear_timer(ongoing.timer);
        }
    }

    /// The fetch has ended by itself.
    fn is_done(&self) {
        let ongoing = self.controller.ongoing.take();
        clear_timer(ongoing.and_then(|ongoing| ongoing.timer));
    }

    /// The timeout has changed, or begins to count.
    pub(super) fn restart_timer(&self) {
        let mut ongoing = self.controller.ongoing.borrow_mut();
        let Some(ongoing) = ongoing.as_mut() else { return };
        clear_timer(ongoing.timer.take());
        let timeout = Duration::from_millis(self.timeout.get().into());
        if !timeout.is_zero() {
            let left = timeout.saturating_sub(ongoing.started.elapsed());
            let steps = TimeoutSteps { request: Dom::from_ref(self) };
            ongoing.timer = self.global().set_timer(left, Box::new(steps));
        }
    }

    fn fire_progress(&self, cx: &mut JSContext, type_: &str, transmitted: u64, length: u64) {
        fire_progress_event(cx, self.upcast(), type_, transmitted as f64, length as f64);
    }

    fn fire_upload_progress(&self, cx: &mut JSContext, type_: &str, transmitted: u64, length: u64) {
        let upload = self.upload.as_rooted();
        fire_progress_event(cx, upload.upcast(), type_, transmitted as f64, length as f64);
    }

    /// Steps 5 to 12 of <https://xhr.spec.whatwg.org/#dom-xmlhttprequest-send>.
    pub(super) fn fetch(&self, cx: &mut JSContext) -> Fallible<()> {
        // 5. Who listens now.
        let has_listeners = !self.upload.upcast::<EventTarget>().event_types().is_empty();
        self.upload_listener.set(has_listeners);
        // 6. The request.
        let request = self.create_request()?;
        // 7 to 10.
        self.upload_complete.set(request.body.is_none());
        self.timed_out.set(false);
        self.send_invoked.set(true);
        // 11 and 12.
        match self.synchronous.get() {
            false => {
                self.fetch_asynchronously(cx, request);
                Ok(())
            }
            true => self.fetch_synchronously(cx, request),
        }
    }

    /// Step 6.
    fn create_request(&self) -> Fallible<Request> {
        let url = self.request_url.borrow().clone();
        let url = url.ok_or_else(|| Error::InvalidState("the request is not open".into()))?;
        let includes_credentials = !url.username().is_empty() || url.password().is_some();
        let mut request = self.global().new_request(url);
        request.method = self.request_method.borrow().clone();
        request.headers = self.author_request_headers.borrow().clone();
        request.unsafe_request = true;
        request.body = self.request_body.borrow().clone();
        request.mode = RequestMode::Cors;
        request.use_cors_preflight = self.upload_listener.get();
        request.credentials = match self.cross_origin_credentials.get() {
            true => CredentialsMode::Include,
            false => CredentialsMode::SameOrigin,
        };
        request.use_url_credentials = includes_credentials;
        Ok(request)
    }

    /// Step 11.
    fn fetch_asynchronously(&self, cx: &mut JSContext, request: Request) {
        // 11.1 to 11.5. It begins.
        let length = request.body.as_ref().and_then(RequestBody::length).unwrap_or(0);
        self.fire_progress(cx, "loadstart", 0, 0);
        if !self.upload_complete.get() && self.upload_listener.get() {
            self.fire_upload_progress(cx, "loadstart", 0, length);
        }
        // 11.6. A listener thought otherwise.
        if self.state.get() != State::Opened || !self.send_invoked.get() {
            return;
        }
        // 11.10. Fetch.
        self.terminate();
        self.last_progress.set(None);
        let global = self.global();
        let client = Client {
            request: Trusted::new(self),
            fetch: self.controller.current.get(),
            tasks: global.task_sender(),
        };
        let mut params = fetch_params(&global, request);
        if self.upload_listener.get() && !self.upload_complete.get() {
            params.on_body_sent = Some(on_body_sent(client.clone(), length));
        }
        let response = fetch_with_timing(&global, params, "xmlhttprequest");
        let (handle, registration) = AbortHandle::new_pair();
        let transfer = async move {
            match response.await {
                Ok(response) => transfer(&client, response, length).await,
                Err(error) => client.post(move |cx, request| request.fail(cx, &error)),
            }
        };
        global.spawn(async move {
            // Whoever aborts it tells the page.
            let _ = Abortable::new(transfer, registration).await;
        });
        // 11.11 and 11.12.
        self.controller.ongoing.replace(Some(Ongoing { handle, started: Instant::now(), timer: None }));
        self.restart_timer();
    }

    /// processRequestEndOfBody.
    fn process_request_end_of_body(&self, cx: &mut JSContext, length: u64) {
        // 1. (Once, though a redirect may send it again.)
        if self.upload_complete.replace(true) {
            return;
        }
        // 2.
        if !self.upload_listener.get() {
            return;
        }
        // 3 to 5.
        for type_ in ["progress", "load", "loadend"] {
            self.fire_upload_progress(cx, type_, length, length);
        }
    }

    /// processResponse.
    fn process_response(&self, cx: &mut JSContext, outcome: Outcome, request_length: u64) {
        // An empty body has gone without notice.
        if request_length == 0 {
            let fetch = self.controller.current.get();
            self.process_request_end_of_body(cx, 0);
            // (A listener may have begun something else.)
            if self.controller.current.get() != fetch {
                return;
            }
        }
        // 1.
        let has_body = outcome.has_body();
        self.response.replace(outcome);
        // 4 and 5.
        self.state.set(State::HeadersReceived);
        self.fire_readystatechange(cx);
        // 6 and 7.
        if self.state.get() == State::HeadersReceived && !has_body {
            self.end_of_body(cx);
        }
    }

    /// processBodyChunk.
    fn process_body_chunk(&self, cx: &mut JSContext, bytes: &Bytes) {
        // 1.
        self.received_bytes.borrow_mut().extend_from_slice(bytes);
        // 2. Not too often.
        let is_early = |last: Instant| last.elapsed() < PROGRESS_INTERVAL;
        if self.last_progress.get().is_some_and(is_early) {
            return;
        }
        self.last_progress.set(Some(Instant::now()));
        // 3 and 4.
        if self.state.get() == State::HeadersReceived {
            self.state.set(State::Loading);
        }
        let fetch = self.controller.current.get();
        self.fire_readystatechange(cx);
        // 5. (If it is still this fetch.)
        if self.controller.current.get() == fetch {
            let (transmitted, length) = self.transmitted_and_length();
            self.fire_progress(cx, "progress", transmitted, length);
        }
    }

    fn transmitted_and_length(&self) -> (u64, u64) {
        let response = self.response.borrow();
        let length = response.head().and_then(|head| extract_length(&head.headers).ok().flatten());
        (self.received_bytes.borrow().len() as u64, length.unwrap_or(0))
    }

    /// processBodyError, or a response that is an error.
    fn fail(&self, cx: &mut JSContext, error: &NetworkError) {
        self.is_done();
        self.note_error(error);
        // Asynchronous requests don't throw.
        let _ = self.handle_errors(cx);
    }

    fn note_error(&self, error: &NetworkError) {
        if !error.is_aborted() {
            let text = format!("XMLHttpRequest failed: {error}");
            console_message(&self.global(), ConsoleLevel::Error, text);
        }
        self.response.replace(Outcome::NetworkError { aborted: error.is_aborted() });
    }

    fn end_of_body(&self, cx: &mut JSContext) {
        self.is_done();
        // Asynchronous requests don't throw.
        let _ = self.handle_response_end_of_body(cx);
    }

    /// Step 12.
    fn fetch_synchronously(&self, cx: &mut JSContext, request: Request) -> Fallible<()> {
        self.terminate();
        let global = self.global();
        let agent = Agent::of_this_thread();
        let queue = agent.task_queue().clone();
        let (sender, answer) = mpsc::channel();
        // 12.3. Fetch, with all of the body.
        let response = start_fetch(&global, request, "xmlhttprequest");
        let (handle, registration) = AbortHandle::new_pair();
        global.hosts().spawner.spawn(Box::pin(async move {
            let whole = async { consume(response.await?).await };
            if let Ok(outcome) = Abortable::new(whole, registration).await {
                // Nobody listens any more if the time was up.
                let _ = sender.send(outcome);
            }
            drop(sender);
            queue.wake();
        }));
        // 12.4 and 12.5. Wait.
        let timeout = Duration::from_millis(self.timeout.get().into());
        let deadline = (!timeout.is_zero()).then(|| Instant::now() + timeout);
        let processed = agent.block_until_deadline(deadline, || match answer.try_recv() {
            Ok(outcome) => Some(outcome),
            Err(mpsc::TryRecvError::Empty) => None,
            // The network is gone.
            Err(mpsc::TryRecvError::Disconnected) => Some(Err(NetworkError::aborted())),
        });
        match processed {
            Some(Ok((outcome, bytes))) => {
                self.response.replace(outcome);
                self.received_bytes.replace(bytes);
            }
            Some(Err(error)) => self.note_error(&error),
            None => {
                handle.abort();
                // The agent is to end: no exception, the script just stops.
                if agent.task_queue().is_terminated() {
                    return Err(Error::JSFailed);
                }
                // 12.6. The time was up.
                self.timed_out.set(true);
            }
        }
        // 12.8.
        self.handle_response_end_of_body(cx)
    }

    /// <https://xhr.spec.whatwg.org/#handle-response-end-of-file>
    fn handle_response_end_of_body(&self, cx: &mut JSContext) -> Fallible<()> {
        // 1 and 2.
        self.handle_errors(cx)?;
        if self.response.borrow().head().is_none() {
            return Ok(());
        }
        // 3 to 5.
        let (transmitted, length) = self.transmitted_and_length();
        let fetch = self.controller.current.get();
        // (A listener may have begun something else.)
        let is_over = |request: &XMLHttpRequest| request.controller.current.get() != fetch;
        // 6.
        if !self.synchronous.get() {
            self.fire_progress(cx, "progress", transmitted, length);
            if is_over(self) {
                return Ok(());
            }
        }
        // 7 to 9.
        self.state.set(State::Done);
        self.send_invoked.set(false);
        self.fire_readystatechange(cx);
        // 10 and 11.
        for type_ in ["load", "loadend"] {
            if is_over(self) {
                return Ok(());
            }
            self.fire_progress(cx, type_, transmitted, length);
        }
        Ok(())
    }

    /// <https://xhr.spec.whatwg.org/#handle-errors>
    fn handle_errors(&self, cx: &mut JSContext) -> Fallible<()> {
        // 1.
        if !self.send_invoked.get() {
            return Ok(());
        }
        let outcome = match *self.response.borrow() {
            Outcome::NetworkError { aborted } => Some(aborted),
            Outcome::Response { .. } => None,
        };
        match outcome {
            // 2.
            _ if self.timed_out.get() => {
                self.request_error_steps(cx, "timeout", Error::Timeout("the time is up".into()))
            }
            // 3.
            Some(true) => {
                self.request_error_steps(cx, "abort", Error::Abort("the request was aborted".into()))
            }
            // 4.
            Some(false) => self.request_error_steps(cx, "error", Error::Network("network error".into())),
            None => Ok(()),
        }
    }

    /// <https://xhr.spec.whatwg.org/#request-error-steps>
    pub(super) fn request_error_steps(
        &self,
        cx: &mut JSContext,
        event: &str,
        exception: Error,
    ) -> Fallible<()> {
        // 1 to 3.
        self.state.set(State::Done);
        self.send_invoked.set(false);
        self.response.replace(Outcome::ERROR);
        // 4.
        if self.synchronous.get() {
            return Err(exception);
        }
        // 5.
        let fetch = self.controller.current.get();
        let is_over = |request: &XMLHttpRequest| request.controller.current.get() != fetch;
        self.fire_readystatechange(cx);
        // 6.
        if !is_over(self) && !self.upload_complete.replace(true) && self.upload_listener.get() {
            self.fire_upload_progress(cx, event, 0, 0);
            self.fire_upload_progress(cx, "loadend", 0, 0);
        }
        // 7 and 8.
        for type_ in [event, "loadend"] {
            // (A listener may have begun something else.)
            if is_over(self) {
                return Ok(());
            }
            self.fire_progress(cx, type_, 0, 0);
        }
        Ok(())
    }
}

fn clear_timer(timer: Option<TimerKey>) {
    if let Some(timer) = timer {
        // Bound first: what is dropped must not be dropped while the queue is borrowed.
        let steps = Agent::of_this_thread().timers.borrow_mut().clear(timer);
        drop(steps);
    }
}

/// Tells of the parts of the request's body that are under way.
fn on_body_sent(client: Client, length: u64) -> OnBodySent {
    // The fetch itself keeps the agent busy.
    let client = Client { tasks: client.tasks.background(), ..client };
    let sent = Mutex::new((0, None::<Instant>));
    Arc::new(move |bytes| {
        let mut sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
        let (transmitted, last) = &mut *sent;
        // processRequestBodyChunkLength: 1. A redirect that sends it again begins at its end (SD-22).
        if *transmitted == length {
            return;
        }
        *transmitted = length.min(*transmitted + bytes);
        let now = *transmitted;
        if now == length {
            client.post(move |cx, request| request.process_request_end_of_body(cx, length));
        // 2. Not too often.
        } else if last.is_none_or(|last| last.elapsed() >= PROGRESS_INTERVAL) {
            *last = Some(Instant::now());
            // 3.
            client.post(move |cx, request| request.fire_upload_progress(cx, "progress", now, length));
        }
    })
}

/// A response comes in.
async fn transfer(client: &Client, response: Response, request_length: u64) {
    let (outcome, body) = split(response);
    client.post(move |cx, request| request.process_response(cx, outcome, request_length));
    let Some(mut body) = body else { return };
    let backlog = Backlog::new();
    loop {
        match body.try_next().await {
            Ok(Some(bytes)) => {
                let room = backlog.take(bytes.len()).await;
                client.post(move |cx, request| {
                    request.process_body_chunk(cx, &bytes);
                    drop(room);
                });
            }
            Ok(None) => return client.post(|cx, request| request.end_of_body(cx)),
            Err(error) => return client.post(move |cx, request| request.fail(cx, &error)),
        }
    }
}

fn split(response: Response) -> (Outcome, Option<fetch::BodyStream>) {
    let body = if response.shows_body() { response.body } else { None };
    (Outcome::Response { head: response.head, has_body: body.is_some() }, body)
}

/// All of a response.
async fn consume(response: Response) -> Result<(Outcome, Vec<u8>), NetworkError> {
    let (outcome, body) = split(response);
    let mut bytes = Vec::new();
    if let Some(mut body) = body {
        while let Some(chunk) = body.try_next().await? {
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok((outcome, bytes))
}

/// Step 11.12: the time is up.
#[derive(JSTraceable)]
struct TimeoutSteps {
    request: Dom<XMLHttpRequest>,
}

impl TimerSteps for TimeoutSteps {
    fn run(&self, cx: &mut JSContext) {
        let request = self.request.as_rooted();
        let mut realm = enter_realm(cx, request.reflector().get_jsobject());
        // 11.12.2. (The fetch is not done: its end clears the timer.)
        request.timed_out.set(true);
        request.terminate();
        request.response.replace(Outcome::ERROR);
        // Asynchronous requests don't throw.
        let _ = request.handle_errors(&mut realm);
    }
}
