//! What a service worker answers instead of the network.

use std::sync::{Arc, Mutex};

use fetch::{
    BlockReason, BoxFuture, FetchParams, HandleFetch, Network, NetworkError, NetworkErrorKind, RedirectMode,
    Request, RequestMode, Response, ResponseHead, ResponseTainting, ResponseType, ServiceWorkersMode, Url,
    body_of_bytes,
};

use crate::server::*;

type Answers = Box<dyn Fn(&Request) -> Result<Option<Response>, NetworkError> + Send + Sync>;

/// A worker, and the URLs that it was asked for.
struct Worker {
    answers: Answers,
    asked: Mutex<Vec<Url>>,
}

impl Worker {
    fn new(
        answers: impl Fn(&Request) -> Result<Option<Response>, NetworkError> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Worker { answers: Box::new(answers), asked: Mutex::default() })
    }

    fn paths(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|url| url.path().to_owned()).collect()
    }
}

impl HandleFetch for Worker {
    fn handle_fetch(&self, request: Request) -> BoxFuture<'static, Result<Option<Response>, NetworkError>> {
        self.asked.lock().unwrap().push(request.current_url().clone());
        Box::pin(std::future::ready((self.answers)(&request)))
    }
}

/// A response as a script makes it.
fn made(status: u16, headers: &[(&str, &str)]) -> Response {
    let headers = headers.iter().copied().collect();
    Response::new(ResponseHead { status, headers, ..ResponseHead::default() }, Some(body_of_bytes("made")))
}

async fn ask(worker: &Arc<Worker>, request: Request) -> Result<(Response, String), NetworkError> {
    let is_navigation = request.mode == RequestMode::Navigate;
    let params =
        FetchParams { handle_fetch: Some(worker.clone()), is_navigation, ..FetchParams::new(request) };
    let mut response = network(&[]).fetch(params).await?;
    let body = read(&mut response).await?;
    Ok((response, text(&body).to_owned()))
}

#[tokio::test]
async fn a_worker_is_asked_before_the_network_unless_the_request_is_past_it() {
    let server = serve(|_| answer(200, &[], "served")).await;
    let worker = Worker::new(|request| {
        Ok((request.current_url().path() == "/made")
            .then(|| made(201, &[("X-Own", "1"), ("Set-Cookie", "a=b")])))
    });
    let (response, body) = ask(&worker, request(server.url("/made#f"))).await.unwrap();
    // It is filtered like one of the server's, and comes from where it was asked for.
    assert_eq!(
        (response.head.response_type, response.head.status, &*body),
        (ResponseType::Basic, 201, "made")
    );
    assert_eq!(response.head.url_list, [server.url("/made#f")]);
    assert!(response.head.headers.contains("x-own") && !response.head.headers.contains("set-cookie"));
    let (_, body) = ask(&worker, request(server.url("/left"))).await.unwrap();
    assert_eq!(body, "served");
    let mut past = request(server.url("/made"));
    past.service_workers_mode = ServiceWorkersMode::None;
    assert_eq!(ask(&worker, past).await.unwrap().1, "served");
    assert_eq!(worker.paths(), ["/made", "/left"]);
    assert_eq!(server.paths(), ["GET /left", "GET /made"]);
}

#[tokio::test]
async fn a_worker_sees_its_own_redirects_and_those_of_navigations_but_no_others() {
    let server = serve(|seen| match &*seen.path {
        "/moved" => answer(302, &[("Location", "/end")], ""),
        _ => answer(200, &[], "served"),
    })
    .await;
    let worker = || {
        let end = server.url("/end").to_string();
        Worker::new(move |request| {
            Ok((request.current_url().path() == "/redirect").then(|| made(307, &[("Location", &end)])))
        })
    };
    let by_worker = worker();
    let (response, body) = ask(&by_worker, request(server.url("/redirect"))).await.unwrap();
    assert_eq!((&*body, response.head.redirected()), ("served", true));
    assert_eq!(by_worker.paths(), ["/redirect", "/end"]);

    let by_network = worker();
    assert_eq!(ask(&by_network, request(server.url("/moved"))).await.unwrap().1, "served");
    assert_eq!(by_network.paths(), ["/moved"]);

    let navigation = worker();
    let mut asked = request(server.url("/moved"));
    (asked.mode, asked.redirect) = (RequestMode::Navigate, RedirectMode::Manual);
    assert_eq!(ask(&navigation, asked).await.unwrap().1, "served");
    assert_eq!(navigation.paths(), ["/moved", "/end"]);
}

#[tokio::test]
async fn an_opaque_redirect_that_a_worker_passes_on_is_followed_by_a_navigation() {
    let server = serve(|_| answer(200, &[], "served")).await;
    let from = server.url("/from");
    let worker = Worker::new(move |request| {
        let mut response = made(302, &[("Location", "/end")]);
        response.head.url_list = vec![from.clone()];
        Ok((request.current_url().path() == "/from").then(|| response.opaque_redirect_filtered()))
    });
    let mut asked = request(server.url("/from"));
    (asked.mode, asked.redirect) = (RequestMode::Navigate, RedirectMode::Manual);
    let (response, body) = ask(&worker, asked).await.unwrap();
    assert_eq!((&*body, response.head.url()), ("served", Some(&server.url("/end"))));
    let followed = ask(&worker, request(server.url("/from"))).await.unwrap_err();
    assert_eq!(followed.kind, NetworkErrorKind::ServiceWorker);
}

#[tokio::test]
async fn a_worker_fails_a_fetch_by_an_error_or_by_what_the_mode_does_not_allow() {
    let failing = Worker::new(|_| Err(NetworkError::new(NetworkErrorKind::ServiceWorker, "no")));
    let url: Url = "http://nobody.test/".parse().unwrap();
    assert_eq!(ask(&failing, request(url.clone())).await.unwrap_err().message, "no");
    let opaque = Worker::new(|_| Ok(Some(made(200, &[]).filtered(ResponseTainting::Opaque))));
    let error = ask(&opaque, request(url)).await.unwrap_err();
    assert_eq!(error.kind, NetworkErrorKind::ServiceWorker);
}

#[tokio::test]
async fn an_opaque_part_is_no_answer_to_a_request_without_a_range() {
    let worker = Worker::new(|_| {
        let mut response = made(206, &[]);
        response.head.range_requested = true;
        response.head.url_list = vec!["http://other.test/".parse().unwrap()];
        Ok(Some(response.filtered(ResponseTainting::Opaque)))
    });
    let asked = || {
        let mut asked = request("http://nobody.test/".parse().unwrap());
        asked.mode = RequestMode::NoCors;
        asked
    };
    let error = ask(&worker, asked()).await.unwrap_err();
    assert_eq!(error.kind, NetworkErrorKind::Blocked(BlockReason::UnrequestedRange));
    let mut with_range = asked();
    with_range.add_range_header(0, None);
    let (response, body) = ask(&worker, with_range).await.unwrap();
    assert_eq!((response.head.response_type, &*body), (ResponseType::Opaque, "made"));
}
