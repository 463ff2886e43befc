//! A site in memory: what it serves, and what a test holds back.

use std::collections::{BTreeMap, HashMap};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use fetch::schemes::is_http;
use fetch::{
    BodyStream, BoxFuture, Destination, FetchParams, HeaderList, Network, NetworkError, NetworkErrorKind,
    Response, ResponseHead, ResponseTainting, ResponseType, ServiceWorkersMode,
    check_service_worker_response,
};
use futures::channel::{mpsc, oneshot};
use futures::{FutureExt, StreamExt};

use super::PATIENCE;

/// The origin of everything.
pub const ORIGIN: &str = "https://site.test";

/// What every page begins with.
const PRELUDE: &str = r#"
    const ready = async (url = "/sw.js", options) => {
        await navigator.serviceWorker.register(url, options);
        return navigator.serviceWorker.ready;
    };
    const nextMessage = () => new Promise(resolve =>
        navigator.serviceWorker.addEventListener("message", event => resolve(event.data), { once: true }));
    const outcome = promise => promise.then(value => `resolved: ${value}`, error => error.name);
"#;

/// A site. Built before the engine starts, shared with its network.
#[derive(Default)]
pub struct Site {
    resources: BTreeMap<String, Resource>,
    held: Mutex<HashMap<String, Sender<Exchange>>>,
    requests: Mutex<Vec<String>>,
}

#[derive(Clone)]
enum Resource {
    Whole { status: u16, content_type: &'static str, body: Bytes },
    Echo,
    Held,
}

/// A request that a test answers.
pub struct Exchange {
    /// The request.
    pub params: FetchParams,
    answer: oneshot::Sender<Result<Response, NetworkError>>,
}

/// The requests for one path.
pub struct Held(Receiver<Exchange>);

/// The server's end of a body. Dropping it ends the body.
pub struct BodySender(mpsc::UnboundedSender<Result<Bytes, NetworkError>>);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Site {
    /// A page with one script, in which `await` can be used.
    pub fn page(mut self, path: &str, script: &str) -> Self {
        let body = format!(
            "<!DOCTYPE html><script>{PRELUDE}(async () => {{ {script} }})()\
             .catch(error => console.log(`page failed: ${{error}}`))</script>"
        );
        self.whole(path, 200, "text/html", body);
        self
    }

    /// Another page.
    pub fn document(mut self, path: &str, html: &str) -> Self {
        self.whole(path, 200, "text/html", html.to_owned());
        self
    }

    /// A script.
    pub fn script(mut self, path: &str, source: &str) -> Self {
        self.whole(path, 200, "text/javascript", source.to_owned());
        self
    }

    /// JSON.
    pub fn json(mut self, path: &str, text: &str) -> Self {
        self.whole(path, 200, "application/json", text.to_owned());
        self
    }

    /// Anything else.
    pub fn file(mut self, path: &str, body: impl Into<Bytes>) -> Self {
        self.whole(path, 200, "application/octet-stream", body);
        self
    }

    /// A response of another status.
    pub fn status(mut self, path: &str, status: u16, body: &str) -> Self {
        self.whole(path, status, "text/plain", body.to_owned());
        self
    }

    /// What answers with the request's body.
    pub fn echo(mut self, path: &str) -> Self {
        self.resources.insert(path.to_owned(), Resource::Echo);
        self
    }

    /// What the test answers itself, see [`Site::hold`].
    pub fn held(mut self, path: &str) -> Self {
        self.resources.insert(path.to_owned(), Resource::Held);
        self
    }

    fn whole(&mut self, path: &str, status: u16, content_type: &'static str, body: impl Into<Bytes>) {
        let resource = Resource::Whole { status, content_type, body: body.into() };
        self.resources.insert(path.to_owned(), resource);
    }

    /// The requests for a path that is [held](Site::held). To be called before they come.
    pub fn hold(&self, path: &str) -> Held {
        let (sender, receiver) = channel();
        lock(&self.held).insert(path.to_owned(), sender);
        Held(receiver)
    }

    /// `GET /path` of everything that was asked for, but for documents.
    pub fn requests(&self) -> Vec<String> {
        lock(&self.requests).clone()
    }

    fn answer(self: Arc<Self>, params: FetchParams) -> BoxFuture<'static, Result<Response, NetworkError>> {
        let url = params.request.current_url().clone();
        if params.request.destination != Destination::Document {
            lock(&self.requests).push(format!("{} {}", params.request.method, url.path()));
        }
        if url.origin().ascii_serialization() != ORIGIN {
            let error = NetworkError::new(NetworkErrorKind::Connect, format!("nobody is at {url}"));
            return std::future::ready(Err(error)).boxed();
        }
        match self.resources.get(url.path()).cloned() {
            Some(Resource::Whole { status, content_type, body }) => {
                let head = head(&params, status, content_type);
                std::future::ready(Ok(Response::new(head, Some(fetch::body_of_bytes(body))))).boxed()
            }
            Some(Resource::Echo) => async move {
                let body = match &params.request.body {
                    Some(body) => {
                        let mut bytes = Vec::new();
                        let mut chunks = body.open()?;
                        while let Some(chunk) = chunks.next().await {
                            let chunk = chunk?;
                            if let Some(on_body_sent) = &params.on_body_sent {
                                on_body_sent(chunk.len() as u64);
                            }
                            bytes.extend_from_slice(&chunk);
                        }
                        Bytes::from(bytes)
                    }
                    None => Bytes::new(),
                };
                Ok(Response::new(head(&params, 200, "text/plain"), Some(fetch::body_of_bytes(body))))
            }
            .boxed(),
            Some(Resource::Held) => {
                let (answer, response) = oneshot::channel();
                if let Some(sender) = lock(&self.held).get(url.path()) {
                    // A test that does not look any more leaves the request without an answer.
                    let _ = sender.send(Exchange { params, answer });
                }
                async move { response.await.unwrap_or_else(|_| Err(NetworkError::aborted())) }.boxed()
            }
            None => {
                let head = head(&params, 404, "text/plain");
                let body = fetch::body_of_bytes("there is no such thing");
                std::future::ready(Ok(Response::new(head, Some(body)))).boxed()
            }
        }
    }
}

fn head(params: &FetchParams, status: u16, content_type: &str) -> ResponseHead {
    ResponseHead {
        response_type: ResponseType::Basic,
        status,
        url_list: params.request.url_list.iter().cloned().collect(),
        headers: HeaderList::from_iter([("Content-Type", content_type)]),
        ..ResponseHead::default()
    }
}

impl Held {
    /// The next request; fails the test if none comes.
    pub fn next(&self) -> Exchange {
        self.0.recv_timeout(PATIENCE).expect("the request came")
    }
}

impl Exchange {
    /// Answers with status 200 and a body to come.
    pub fn respond(self) -> BodySender {
        let head = head(&self.params, 200, "application/octet-stream");
        let (sender, body) = mpsc::unbounded();
        let body: BodyStream = body.boxed();
        // Who asked may have gone away.
        let _ = self.answer.send(Ok(Response::new(head, Some(body))));
        BodySender(sender)
    }

    /// Fails, for good.
    pub fn fail(self) {
        let _ = self.answer.send(Err(NetworkError::new(NetworkErrorKind::Cors, "not allowed")));
    }

    /// Resolves when nobody waits for the response any more.
    pub async fn cancelled(mut self) {
        self.answer.cancellation().await;
    }
}

impl BodySender {
    /// Some bytes come.
    pub fn send(&self, bytes: &'static str) {
        // Who asked may have gone away.
        let _ = self.0.unbounded_send(Ok(Bytes::from_static(bytes.as_bytes())));
    }
}

/// A [`Site`] as the network.
pub struct SiteNetwork(pub Arc<Site>);

impl Network for SiteNetwork {
    fn fetch(&self, params: FetchParams) -> BoxFuture<'static, Result<Response, NetworkError>> {
        let site = self.0.clone();
        let answer = async move {
            let url = params.request.current_url().clone();
            let mut response = match ask_service_worker(&params).await? {
                Some(response) => response,
                None => site.answer(params).await?,
            };
            response.request_url = Some(url);
            Ok(response)
        };
        answer.boxed()
    }
}

/// As HTTP fetch does it, and main fetch with a response of the page's own origin.
async fn ask_service_worker(params: &FetchParams) -> Result<Option<Response>, NetworkError> {
    let request = &params.request;
    let Some(handle_fetch) = &params.handle_fetch else { return Ok(None) };
    if request.service_workers_mode == ServiceWorkersMode::None || !is_http(request.current_url()) {
        return Ok(None);
    }
    let Some(mut response) = handle_fetch.handle_fetch(request.clone()).await? else { return Ok(None) };
    check_service_worker_response(request, &response)?;
    if response.internal.is_none() {
        if response.head.url_list.is_empty() {
            response.head.url_list = request.url_list.iter().cloned().collect();
        }
        response = response.filtered(ResponseTainting::Basic);
    }
    Ok(Some(response))
}
