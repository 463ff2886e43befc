//! Fetches that workers answer.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use std::sync::Arc;

use fetch::{Destination, NetworkError, NetworkErrorKind, Request, Response};
use futures::TryStreamExt;
use futures::future::BoxFuture;
use service_worker::{ClientId, ClientInfo, ControllerRule, Payload, Reply, ReservedClient};
use support::{World, client_info, url};

type Answer = Result<Option<Response>, NetworkError>;

/// A subresource request of a page.
fn fetch_by(world: &World, client: &str, path: &str) -> BoxFuture<'static, Answer> {
    let info = client_info(client, url("/"));
    let request = Request::for_client(url(path), info.environment, info.policy_container);
    Box::pin(world.handle.handle_fetch(request, None))
}

/// A navigation whose document is going to be the client `name`.
fn navigate(world: &World, name: &str, path: &str) -> BoxFuture<'static, Answer> {
    navigate_as(world, client_info(name, url(path)), path)
}

fn navigate_as(world: &World, info: ClientInfo, path: &str) -> BoxFuture<'static, Answer> {
    let mut request =
        Request::for_client(url(path), client_info("opener", url("/")).environment, Default::default());
    request.destination = Destination::Document;
    Box::pin(world.handle.handle_fetch(request, Some(ReservedClient { info, replaces: None })))
}

async fn text(answer: Answer) -> String {
    match answer {
        Ok(Some(response)) => {
            let body = response.body.unwrap().map_ok(|bytes| bytes.to_vec()).try_concat().await.unwrap();
            String::from_utf8(body).unwrap()
        }
        Ok(None) => "the network".into(),
        Err(error) => format!("{:?}", error.kind),
    }
}

/// The document of a navigation is there: its client's controller.
async fn show(world: &World, name: &str, path: &str) -> Option<u64> {
    let (reply, controller) = Reply::channel();
    let observer = Arc::new(Silent);
    world.handle.create_client(client_info(name, url(path)), ControllerRule::Match, observer, reply);
    world.handle.client_execution_ready(name.into());
    controller.await.unwrap().map(|worker| worker.id.0)
}

struct Silent;

impl service_worker::host::Observer for Silent {
    fn notify(&self, _: service_worker::Notification) {}
}

#[tokio::test(start_paused = true)]
async fn the_requests_of_a_controlled_client_are_its_workers_to_answer() {
    let world = World::new();
    world.page("early", "/").await;
    world.active("on fetch respond hello").await;
    world.page("page", "/").await;
    world.log.take();
    assert_eq!(text(fetch_by(&world, "page", "/x").await).await, "hello");
    assert_eq!(world.log.take(), ["2: fetch /x for page to -"]);
    assert_eq!(text(fetch_by(&world, "early", "/x").await).await, "the network");
    assert_eq!(text(fetch_by(&world, "nobody", "/x").await).await, "the network");
    assert!(world.events().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_a_worker_leaves_alone_is_the_networks() {
    let world = World::new();
    world.active("on fetch").await;
    world.page("page", "/").await;
    assert_eq!(text(fetch_by(&world, "page", "/x").await).await, "the network");
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_does_not_listen_is_not_started() {
    let world = World::new();
    let worker = world.active("").await.active.unwrap().id;
    world.page("page", "/").await;
    let (reply, stopped) = Reply::channel();
    world.handle.stop_worker(worker, reply);
    stopped.await.unwrap();
    world.log.take();
    assert_eq!(text(fetch_by(&world, "page", "/x").await).await, "the network");
    assert!(world.events().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_navigation_is_answered_by_the_worker_whose_scope_it_is_in_and_controlled_by_it() {
    let world = World::new();
    world.active("on fetch respond hello").await;
    assert_eq!(text(navigate(&world, "page", "/x").await).await, "hello");
    // It is looked for an update afterwards.
    assert_eq!(world.events().await, ["2: fetch /x for - to page", "fetch /sw.js no-cache"]);
    assert_eq!(show(&world, "page", "/x").await, Some(2));
    // A worker that is not in the way of its own navigation any more controls it all the same.
    assert_eq!(text(fetch_by(&world, "page", "/y").await).await, "hello");
}

#[tokio::test(start_paused = true)]
async fn a_document_is_controlled_by_who_was_there_when_it_was_asked_for() {
    let world = World::new();
    assert_eq!(text(navigate(&world, "before", "/x").await).await, "the network");
    world.active("on fetch respond hello").await;
    let mut insecure = client_info("insecure", url("/x"));
    insecure.environment.is_secure_context = false;
    assert_eq!(text(navigate_as(&world, insecure, "/x").await).await, "the network");
    for destination in [Destination::Embed, Destination::Object] {
        let mut request = Request::new(url("/x"), client_info("page", url("/")).environment.origin);
        request.destination = destination;
        let reserved = ReservedClient { info: client_info("plug-in", url("/x")), replaces: None };
        assert_eq!(text(world.handle.handle_fetch(request, Some(reserved)).await).await, "the network");
    }
    assert_eq!(show(&world, "before", "/x").await, None);
}

#[tokio::test(start_paused = true)]
async fn a_reserved_client_uses_its_registration_until_it_is_gone() {
    let world = World::new();
    let registration = world.active("on fetch respond hello").await;
    let page = world.page("other", "/elsewhere").await;
    assert_eq!(text(navigate(&world, "coming", "/x").await).await, "hello");
    world.handle.client_unloaded(page.clone());
    let page = world.page_at("unregistering", url("https://a.example/other")).await;
    world.unregister(&page, registration.id).await.unwrap();
    world.handle.client_unloaded(page);
    world.settle().await;
    assert_eq!(text(fetch_by(&world, "coming", "/y").await).await, "hello");
    world.log.take();
    world.handle.client_unloaded(ClientId::from("coming"));
    assert!(world.events().await.contains(&"end 2".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_client_of_another_origin_than_it_was_reserved_for_has_no_controller() {
    let world = World::new();
    let registration = world.active("on fetch respond hello").await;
    assert_eq!(text(navigate(&world, "coming", "/x").await).await, "hello");
    let page = world.page_at("unregistering", url("https://a.example/other")).await;
    world.unregister(&page, registration.id).await.unwrap();
    world.handle.client_unloaded(page);
    world.settle().await;
    world.log.take();
    let (reply, controller) = Reply::channel();
    let foreign = client_info("coming", url("https://b.example/x"));
    world.handle.create_client(foreign, ControllerRule::Match, Arc::new(Silent), reply);
    assert_eq!(controller.await.unwrap(), None);
    // The registration that it alone has kept is cleared.
    assert!(world.events().await.contains(&"end 2".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_worker_can_wait_for_the_client_that_a_navigation_is_for() {
    let world = World::new();
    let worker = world.active("on fetch respond hello").await.active.unwrap().id;
    navigate(&world, "page", "/x").await.unwrap();
    let (reply, found) = Reply::channel();
    world.handle.client(worker, "page".into(), reply);
    let mut found = std::pin::pin!(found);
    world.settle().await;
    assert!(futures::poll!(&mut found).is_pending());
    show(&world, "page", "/x").await;
    assert_eq!(found.await.unwrap().unwrap().id, ClientId::from("page"));
}

#[tokio::test(start_paused = true)]
async fn a_worker_whom_a_document_waits_for_finds_its_client_and_can_write_to_it() {
    let world = World::new();
    let worker = world.active("on fetch wait respond hello").await.active.unwrap().id;
    let navigation = tokio::spawn(navigate(&world, "page", "/x"));
    world.settle().await;
    let find = |worker| {
        let (reply, found) = Reply::channel();
        world.handle.client(worker, "page".into(), reply);
        found
    };
    assert_eq!(find(worker).await.unwrap().unwrap().url().path(), "/x");
    let message = Payload::new("early".to_owned());
    world.handle.post_message_to_client(worker, "page".into(), message, "https://a.example".into());
    world.workers.go_on();
    assert_eq!(text(navigation.await.unwrap()).await, "hello");
    world.events().await;
    // It is told that when it is there.
    world.page("page", "/x").await;
    assert_eq!(world.events().await, ["page: message early from 2", "page: controlled by 2"]);
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_is_redirected_out_of_all_scopes_keeps_its_controller() {
    let world = World::new();
    world.network.script("/a/sw.js", "on fetch respond hello");
    let page = world.page("page", "/register").await;
    world.register(&page, "/a/sw.js", "/a/").await.unwrap();
    world.settle().await;
    let fetch_worker = async |path: &str| {
        let mut request =
            Request::for_client(url("/a/1"), client_info("page", url("/")).environment, Default::default());
        request.destination = Destination::Worker;
        request.push_url(url(path));
        let info = client_info("worker", url(path));
        text(world.handle.handle_fetch(request, Some(ReservedClient { info, replaces: None })).await).await
    };
    assert_eq!(fetch_worker("/a/1").await, "hello");
    assert_eq!(fetch_worker("/b").await, "the network");
    assert_eq!(show(&world, "worker", "/b").await, Some(2));
    // A document does not.
    assert_eq!(text(navigate(&world, "document", "/a/1").await).await, "hello");
    assert_eq!(text(navigate(&world, "document", "/b").await).await, "the network");
    assert_eq!(show(&world, "document", "/b").await, None);
}

#[tokio::test(start_paused = true)]
async fn a_fetch_goes_to_the_next_run_if_its_worker_ends_first_and_fails_if_it_ends_over_it() {
    let world = World::new();
    world.active("on fetch respond hello").await;
    world.page("page", "/").await;
    *world.workers.busy.lock().unwrap() = true;
    let fetching = tokio::spawn(fetch_by(&world, "page", "/x"));
    world.settle().await;
    *world.workers.busy.lock().unwrap() = false;
    world.workers.crash();
    assert_eq!(text(fetching.await.unwrap()).await, "hello");

    let world = World::new();
    world.active("on fetch crash").await;
    world.page("page", "/").await;
    let failed = fetch_by(&world, "page", "/x").await.unwrap_err();
    assert_eq!(failed.kind, NetworkErrorKind::ServiceWorker);
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_does_not_start_leaves_the_fetch_to_the_network() {
    let world = World::new();
    let worker = world.active("throw-again\non fetch respond hello").await.active.unwrap().id;
    world.page("page", "/").await;
    // One that throws runs all the same.
    let (reply, stopped) = Reply::channel();
    world.handle.stop_worker(worker, reply);
    stopped.await.unwrap();
    assert_eq!(text(fetch_by(&world, "page", "/x").await).await, "hello");
    let world = world.restart().await;
    world.store.forget_scripts();
    world.page("page", "/").await;
    assert_eq!(text(fetch_by(&world, "page", "/x").await).await, "the network");
}

#[tokio::test(start_paused = true)]
async fn a_worker_hears_of_a_fetch_that_is_aborted() {
    let world = World::new();
    world.active("on fetch wait respond hello").await;
    world.page("page", "/").await;
    world.log.take();
    let fetching = tokio::spawn(fetch_by(&world, "page", "/x"));
    assert_eq!(world.events().await, ["2: fetch /x for page to -"]);
    fetching.abort();
    assert_eq!(world.events().await, ["aborted /x"]);
    world.workers.go_on();
    // One that was answered can't be aborted any more.
    let answered = tokio::spawn(fetch_by(&world, "page", "/y"));
    world.settle().await;
    world.workers.go_on();
    drop(answered.await.unwrap());
    assert_eq!(world.events().await, ["2: fetch /y for page to -"]);
}

#[tokio::test(start_paused = true)]
async fn a_worker_is_not_idle_while_its_response_is_read() {
    let world = World::new();
    world.active("on fetch respond hello").await;
    world.page("page", "/").await;
    let response = fetch_by(&world, "page", "/x").await.unwrap();
    world.pass(600).await;
    assert_eq!(world.workers.count(), 1);
    drop(response);
    world.pass(61).await;
    assert_eq!(world.workers.count(), 0);
}
