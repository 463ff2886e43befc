//! A network of scripts.

use std::collections::HashMap;
use std::sync::Mutex;

use fetch::{
    FetchParams, HeaderList, Network, NetworkError, NetworkErrorKind, RedirectMode, Request, Response,
    ResponseHead, Url,
};
use futures::channel::oneshot;
use futures::future::BoxFuture;

use super::{Log, url};

/// What a server says.
#[derive(Clone)]
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    pub allowed: Option<String>,
    pub policy: Option<String>,
    pub body: String,
}

impl Answer {
    pub fn script(body: &str) -> Self {
        Answer {
            status: 200,
            content_type: "text/javascript".into(),
            allowed: None,
            policy: None,
            body: body.into(),
        }
    }
}

pub struct FakeNetwork {
    log: Log,
    answers: Mutex<HashMap<Url, Answer>>,
    /// Every request so far.
    pub requests: Mutex<Vec<Request>>,
    /// Who waits to be let through, while the network is stopped.
    stopped: Mutex<Option<Vec<oneshot::Sender<()>>>>,
}

impl FakeNetwork {
    pub fn new(log: Log) -> Self {
        FakeNetwork { log, answers: Mutex::default(), requests: Mutex::default(), stopped: Mutex::default() }
    }

    /// Serves a script.
    pub fn script(&self, path: &str, body: &str) {
        self.answer(path, Answer::script(body));
    }

    pub fn answer(&self, path: &str, answer: Answer) {
        self.answers.lock().unwrap().insert(url(path), answer);
    }

    /// The same at another origin.
    pub fn answer_at(&self, url: &str, answer: Answer) {
        self.answers.lock().unwrap().insert(Url::parse(url).unwrap(), answer);
    }

    pub fn last_request(&self) -> Request {
        self.requests.lock().unwrap().last().unwrap().clone()
    }

    /// No request gets an answer from now on,
    pub fn stop(&self) {
        self.stopped.lock().unwrap().get_or_insert_default();
    }

    /// until here.
    pub fn go_on(&self) {
        // Whoever waits is woken by the end of what it waits for.
        drop(self.stopped.lock().unwrap().take());
    }
}

impl Network for FakeNetwork {
    fn fetch(&self, params: FetchParams) -> BoxFuture<'static, Result<Response, NetworkError>> {
        let request = params.request;
        let cache = request.cache.as_str();
        self.log.add(format!("fetch {} {}", request.url().path(), cache));
        let answer = self.answers.lock().unwrap().get(request.url()).cloned();
        let gate = self.stopped.lock().unwrap().as_mut().map(|waiters| {
            let (sender, receiver) = oneshot::channel();
            waiters.push(sender);
            receiver
        });
        let (address, redirect) = (request.url().clone(), request.redirect);
        self.requests.lock().unwrap().push(request);
        Box::pin(async move {
            if let Some(gate) = gate {
                let _ = gate.await;
            }
            let Some(answer) = answer else {
                return Err(
                    NetworkError::new(NetworkErrorKind::Connect, "there is no such server").at(&address)
                );
            };
            if answer.status == 301 && redirect == RedirectMode::Error {
                return Err(NetworkError::new(NetworkErrorKind::Redirect, "a redirect").at(&address));
            }
            let mut headers = HeaderList::new();
            headers.append("Content-Type", answer.content_type);
            if let Some(allowed) = answer.allowed {
                headers.append("Service-Worker-Allowed", allowed);
            }
            if let Some(policy) = answer.policy {
                headers.append("Content-Security-Policy", policy);
                headers.append("Referrer-Policy", "origin");
            }
            let url_list = [address].into_iter().collect();
            let head = ResponseHead { status: answer.status, headers, url_list, ..ResponseHead::default() };
            Ok(Response::new(head, Some(fetch::body_of_bytes(answer.body))))
        })
    }
}
