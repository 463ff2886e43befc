//! A network that has what it was given.

use std::collections::HashMap;
use std::sync::Mutex;

use fetch::{
    BoxFuture, FetchParams, HeaderList, Network, NetworkError, NetworkErrorKind, Request, Response,
    ResponseHead, ResponseType, body_of_bytes,
};

/// An answer.
#[derive(Clone, Debug, Default)]
pub struct FakeResponse {
    /// The status; 0 stands for 200.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl FakeResponse {
    /// A good answer of this type.
    pub fn new(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
        FakeResponse { status: 200, headers, body: body.into() }
    }
}

/// Answers by URL. What it does not have is a network error.
#[derive(Debug, Default)]
pub struct FakeNetwork {
    answers: Mutex<HashMap<String, FakeResponse>>,
    requests: Mutex<Vec<Request>>,
}

impl FakeNetwork {
    /// From now on there is this at `url`.
    pub fn serve(&self, url: &str, response: FakeResponse) {
        self.answers.lock().expect("no panic").insert(url.to_owned(), response);
    }

    /// What was asked for until now.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("no panic").clone()
    }

    /// The URLs that were asked for until now.
    pub fn urls(&self) -> Vec<String> {
        self.requests().iter().map(|request| request.url().to_string()).collect()
    }
}

impl Network for FakeNetwork {
    fn fetch(&self, params: FetchParams) -> BoxFuture<'static, Result<Response, NetworkError>> {
        let url = params.request.url().clone();
        self.requests.lock().expect("no panic").push(params.request);
        let answer = self.answers.lock().expect("no panic").get(url.as_str()).cloned();
        Box::pin(async move {
            let Some(answer) = answer else {
                let message = format!("the test's network has nothing at {url}");
                return Err(NetworkError::new(NetworkErrorKind::Connect, message));
            };
            let mut headers = HeaderList::new();
            for (name, value) in &answer.headers {
                headers.append(name.as_str(), value.as_str());
            }
            let head = ResponseHead {
                response_type: ResponseType::Basic,
                url_list: vec![url],
                status: if answer.status == 0 { 200 } else { answer.status },
                headers,
                ..ResponseHead::default()
            };
            Ok(Response::new(head, Some(body_of_bytes(answer.body))))
        })
    }
}
