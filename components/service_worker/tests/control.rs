//! Clients: who controls them, who sees them, and what becomes of a registration that they use.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use std::sync::Arc;

use service_worker::{
    ClientId, ClientInfo, ClientKind, ClientQueryOptions, ClientType, ControllerRule, Error, Payload,
    RegistrationId, Reply, WindowState, WorkerId,
};
use support::*;

#[tokio::test(start_paused = true)]
async fn a_page_is_controlled_by_the_active_worker_of_its_scope() {
    let world = World::new();
    world.active("").await;
    world.page("inside", "/x").await;
    world.page_at("outside", url("https://b.example/")).await;
    assert_eq!(world.log.take(), ["inside: controlled by 2"]);

    let create = async |name: &str, rule: ControllerRule, secure: bool| {
        let (reply, controller) = Reply::channel();
        let mut info = client_info(name, url("/x"));
        info.environment.is_secure_context = secure;
        world.handle.create_client(info, rule, Arc::new(Silent), reply);
        controller.await.unwrap().map(|worker| worker.id)
    };
    assert_eq!(create("child", ControllerRule::Inherit("inside".into()), true).await, Some(WorkerId(2)));
    assert_eq!(create("stranger", ControllerRule::Inherit("outside".into()), true).await, None);
    assert_eq!(create("forced", ControllerRule::Uncontrolled, true).await, None);
    assert_eq!(create("insecure", ControllerRule::Match, false).await, None);
}

struct Silent;

impl service_worker::host::Observer for Silent {
    fn notify(&self, _: service_worker::Notification) {}
}

#[tokio::test(start_paused = true)]
async fn claim_takes_the_pages_of_its_scope() {
    let world = World::new();
    world.network.script("/a/sw.js", "on activate claim");
    let registering = world.page("page", "/a/1").await;
    world.page("outside", "/b").await;
    world.page_at("other origin", url("https://b.example/a/")).await;
    world.register(&registering, "/a/sw.js", "").await.unwrap();
    let events = world.events().await;
    let changes = events.iter().filter(|event| event.contains("controllerchange")).collect::<Vec<_>>();
    assert_eq!(changes, ["page: controllerchange 2"]);
}

#[tokio::test(start_paused = true)]
async fn claim_takes_what_the_pages_of_its_scope_made_from_nothing_fetched() {
    let world = World::new();
    world.network.script("/a/sw.js", "on activate claim");
    let registering = world.page("page", "/a/1").await;
    world.page("outside", "/b").await;
    for (name, creator) in [("worker", "page"), ("nested", "worker"), ("other's", "outside")] {
        let mut info = client_info(name, "blob:https://a.example/1".parse().unwrap());
        info.storage_key = storage_key();
        world.create_client(info, ControllerRule::Inherit(creator.into())).await;
    }
    world.register(&registering, "/a/sw.js", "").await.unwrap();
    let events = world.events().await;
    let changes = events.iter().filter(|event| event.contains("controllerchange")).collect::<Vec<_>>();
    assert_eq!(
        changes,
        ["page: controllerchange 2", "worker: controllerchange 2", "nested: controllerchange 2"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_claim_frees_the_registration_that_was_used_before() {
    let world = World::new();
    let outer = world.active("").await;
    let page = world.page("page", "/a/1").await;
    world.network.script("/sw.js", "on activate");
    world.update(&page, outer.id).await.unwrap();
    world.settle().await;
    assert!(world.registration(outer.id).await.waiting.is_some());
    world.network.script("/a/sw.js", "on activate claim");
    world.register(&page, "/a/sw.js", "").await.unwrap();
    world.settle().await;
    let outer = world.registration(outer.id).await;
    assert_eq!((outer.waiting, outer.active.unwrap().id), (None, WorkerId(3)));
}

#[tokio::test(start_paused = true)]
async fn only_an_active_worker_can_claim() {
    let world = World::new();
    world.network.script("/sw.js", "on install claim");
    let page = world.page("page", "/").await;
    world.register(&page, "/sw.js", "/").await.unwrap();
    assert!(world.events().await.contains(&"claim: InvalidStateError".into()));
}

#[tokio::test(start_paused = true)]
async fn ready_answers_now_or_is_told_later() {
    let world = World::new();
    world.network.script("/sw.js", "");
    let page = world.page("page", "/").await;
    let ready = async || {
        let (reply, registration) = Reply::channel();
        world.handle.ready(page.clone(), reply);
        registration.await.unwrap()
    };
    assert!(ready().await.is_none());
    let registration = world.register(&page, "/sw.js", "/").await.unwrap();
    assert!(world.events().await.contains(&"page: ready /".into()));
    assert_eq!(ready().await.unwrap().id, registration.id);
}

#[tokio::test(start_paused = true)]
async fn an_unregistered_registration_stays_while_it_is_used() {
    let world = World::new();
    let registration = world.active("on push").await;
    let page = world.page("page", "/").await;
    world.log.take();
    assert_eq!(world.unregister(&page, registration.id).await, Ok(true));
    assert_eq!(world.events().await, ["removed /"]);
    assert!(world.store.registrations().is_empty());
    assert!(world.matching("/").await.is_none());
    assert_eq!(world.unregister(&page, registration.id).await, Ok(false));
    // A new page is not controlled, this one still is.
    world.page("second", "/").await;
    assert!(world.registration(registration.id).await.active.is_some());
    world.log.take();
    world.handle.client_unloaded(page);
    let expected = ["end 2", "second: workers - - -", "second: 2 is redundant"];
    assert_eq!(world.events().await, expected);
}

#[tokio::test(start_paused = true)]
async fn an_unregistered_registration_ends_its_event_first() {
    let world = World::new();
    let registration = world.active("on push wait").await;
    let push = world.fire(registration.id, "push");
    let page = world.page_at("page", url("https://b.example/")).await;
    world.settle().await;
    assert_eq!(world.unregister(&page, registration.id).await, Ok(true));
    world.log.take();
    assert!(world.events().await.is_empty());
    world.workers.go_on();
    assert_eq!(push.await, service_worker::EventOutcome::Handled);
    assert_eq!(world.events().await, ["end 2"]);
}

#[tokio::test(start_paused = true)]
async fn a_scope_can_be_registered_anew_while_the_old_one_is_used() {
    let world = World::new();
    let old = world.active("").await;
    let page = world.page("page", "/").await;
    world.unregister(&page, old.id).await.unwrap();
    let new = world.register(&page, "/sw.js", "/").await.unwrap();
    assert_ne!(new.id, old.id);
    world.settle().await;
    assert_eq!(world.registration(old.id).await.active, old.active);
    world.handle.client_unloaded(page);
    world.settle().await;
    assert_eq!(world.matching("/").await.unwrap().id, new.id);
}

#[tokio::test(start_paused = true)]
async fn what_can_not_be_forgotten_is_not_unregistered() {
    let world = World::new();
    let registration = world.active("").await;
    let page = world.page("page", "/").await;
    world.store.set_full(true);
    assert!(matches!(world.unregister(&page, registration.id).await, Err(Error::Store(_))));
    assert_eq!(world.matching("/").await.unwrap(), registration);
}

#[tokio::test(start_paused = true)]
async fn clearing_a_sites_data_ends_everything_of_it_at_once() {
    let world = World::new();
    let registration = world.active("on push hang").await;
    let push = world.fire(registration.id, "push");
    world.page("page", "/").await;
    world.network.script("/b/sw.js", "on install hang");
    let installing = world.page("installing", "/b/").await;
    world.register(&installing, "/b/sw.js", "").await.unwrap();
    world.settle().await;
    world.log.take();
    let (reply, cleared) = Reply::channel();
    world.handle.clear_storage_key(storage_key(), reply);
    cleared.await.unwrap();
    assert_eq!(push.await, service_worker::EventOutcome::Terminated);
    world.settle().await;
    assert_eq!(world.workers.count(), 0);
    assert!(world.store.registrations().is_empty());
    assert!(world.matching("/").await.is_none() && world.matching("/b/").await.is_none());
    let events = world.log.take();
    assert!(events.contains(&"removed /".into()) && events.contains(&"removed /b/".into()), "{events:?}");
    // Its scopes can be registered again.
    world.network.script("/b/sw.js", "");
    assert!(world.register(&installing, "/b/sw.js", "").await.is_ok());
}

async fn match_all(world: &World, worker: u64, options: ClientQueryOptions) -> Vec<String> {
    let (reply, clients) = Reply::channel();
    world.handle.match_all_clients(WorkerId(worker), options, reply);
    clients.await.unwrap().into_iter().map(|client| client.id.0.to_string()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_worker_sees_the_clients_of_its_origin() {
    let world = World::new();
    world.active("").await;
    world.page("first", "/1").await;
    world.page("second", "/2").await;
    world.page("third", "/3").await;
    world.page_at("elsewhere", url("https://b.example/")).await;
    let add = |name: &str, kind, rule, ready: bool| {
        let info = ClientInfo { kind, ..client_info(name, url("/w.js")) };
        world.handle.create_client(info, rule, Arc::new(Silent), Reply::ignore());
        if ready {
            world.handle.client_execution_ready(name.into());
        }
    };
    add("worker", ClientKind::DedicatedWorker, ControllerRule::Match, true);
    add("shared", ClientKind::SharedWorker, ControllerRule::Match, true);
    add("loading", ClientKind::Window(WindowState::default()), ControllerRule::Match, false);
    add("forced", ClientKind::Window(WindowState::default()), ControllerRule::Uncontrolled, true);
    let focus = |name: &str, focused| {
        let state = WindowState { focused, ..WindowState::default() };
        world.handle.update_window_state(name.into(), state);
    };
    focus("second", true);
    focus("second", false);
    focus("third", true);

    let of = |client_type| ClientQueryOptions { client_type, include_uncontrolled: false };
    assert_eq!(match_all(&world, 2, of(ClientType::Window)).await, ["third", "second", "first"]);
    assert_eq!(match_all(&world, 2, of(ClientType::Worker)).await, ["worker"]);
    assert_eq!(match_all(&world, 2, of(ClientType::SharedWorker)).await, ["shared"]);
    let all = ["third", "second", "first", "worker", "shared"];
    assert_eq!(match_all(&world, 2, of(ClientType::All)).await, all);
    let uncontrolled = ClientQueryOptions { include_uncontrolled: true, ..ClientQueryOptions::default() };
    assert_eq!(match_all(&world, 2, uncontrolled).await, ["third", "second", "first", "forced"]);
}

#[tokio::test(start_paused = true)]
async fn windows_that_had_focus_last_come_first() {
    let world = World::new();
    world.active("").await;
    let focused = ClientKind::Window(WindowState { focused: true, ..WindowState::default() });
    for (name, kind) in [("one", None), ("two", Some(focused)), ("three", None), ("four", None)] {
        let info = client_info(name, url("/x"));
        let kind = kind.unwrap_or_else(|| info.kind.clone());
        world.create_client(ClientInfo { kind, ..info }, ControllerRule::Match).await;
    }
    let order = async || match_all(&world, 2, ClientQueryOptions::default()).await;
    assert_eq!(order().await, ["two", "one", "three", "four"]);
    // What is in a window that has focus gets it together with that.
    world.handle.focus_moved(vec!["two".into()], vec!["four".into(), "three".into()]);
    assert_eq!(order().await, ["three", "four", "two", "one"]);
    world.handle.focus_moved(vec!["three".into(), "four".into()], vec!["three".into()]);
    assert_eq!(order().await, ["three", "four", "two", "one"]);
    world.handle.focus_moved(vec!["three".into()], vec!["one".into()]);
    assert_eq!(order().await, ["one", "three", "four", "two"]);
}

#[tokio::test(start_paused = true)]
async fn a_client_can_be_found_by_its_id_once_it_runs_scripts() {
    let world = World::new();
    world.active("").await;
    world.page("ready", "/").await;
    world.page_at("elsewhere", url("https://b.example/")).await;
    let add = |name: &str| {
        let observer = Arc::new(Silent);
        world.handle.create_client(
            client_info(name, url("/")),
            ControllerRule::Match,
            observer,
            Reply::ignore(),
        );
    };
    add("loading");
    add("leaving");
    let get = |name: &str| {
        let (reply, client) = Reply::channel();
        world.handle.client(WorkerId(2), ClientId::from(name), reply);
        async { client.await.map(|client| client.map(|client| client.id.0.to_string())) }
    };
    assert_eq!(get("ready").await, Ok(Some("ready".into())));
    assert_eq!(get("elsewhere").await, Ok(None));
    assert_eq!(get("nobody").await, Ok(None));
    let (loading, leaving) = (get("loading"), get("leaving"));
    let mut loading = std::pin::pin!(loading);
    world.settle().await;
    assert!(futures::poll!(&mut loading).is_pending());
    world.handle.client_execution_ready("loading".into());
    world.handle.client_unloaded("leaving".into());
    assert_eq!(loading.await, Ok(Some("loading".into())));
    assert_eq!(leaving.await, Ok(None));
}

#[tokio::test(start_paused = true)]
async fn a_worker_can_answer_a_page() {
    let world = World::new();
    let worker = world.active("").await.active.unwrap().id;
    let page = world.page("page", "/").await;
    world.log.take();
    let message = Payload::new(String::from("hello"));
    world.handle.post_message_to_client(worker, page, message, "https://a.example".into());
    assert_eq!(world.events().await, ["page: message hello from 2"]);
}

/// A window that leads to clients of the name that a URL's path is, to none for `/none`, and to nothing for `/`.
struct Navigable(Log);

impl service_worker::host::Observer for Navigable {
    fn notify(&self, _: service_worker::Notification) {}

    fn focus(&self, reply: Reply<()>) {
        self.0.add("focus");
        reply.send(Ok(()));
    }

    fn navigate(&self, url: fetch::Url, reply: Reply<Option<ClientId>>) {
        self.0.add(format!("navigate to {url}"));
        match &url.path()[1..] {
            "" => drop(reply),
            "none" => reply.send(Ok(None)),
            name => reply.send(Ok(Some(name.into()))),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_worker_can_navigate_the_windows_that_it_controls() {
    let world = World::new();
    let worker = world.active("").await.active.unwrap().id;
    world.page("next", "/next").await;
    world.page_at("foreign", url("https://b.example/")).await;
    let (reply, _) = Reply::channel();
    let observer = Arc::new(Navigable(world.log.clone()));
    world.handle.create_client(client_info("window", url("/x")), ControllerRule::Match, observer, reply);
    world.log.take();
    let navigate = async |client: &str, path: &str| {
        let (reply, shown) = Reply::channel();
        world.handle.navigate_client(worker, client.into(), url(path), reply);
        let shown = shown.await.map(|client| client.map(|client| client.id.0.to_string()));
        shown.map_err(|error| kind_of(&error))
    };
    assert_eq!(navigate("window", "/next").await, Ok(Some("next".into())));
    assert_eq!(navigate("window", "/foreign").await, Ok(None));
    assert_eq!(navigate("window", "/none").await, Ok(None));
    assert_eq!(navigate("window", "/").await, Err("TypeError"));
    assert_eq!(world.log.take().len(), 4);
    for client in ["next", "foreign", "nobody"] {
        assert_eq!(navigate(client, "/next").await, Err("TypeError"), "{client}");
    }
    assert!(world.log.take().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_worker_can_give_focus_to_windows() {
    let world = World::new();
    let (reply, _) = Reply::channel();
    let observer = Arc::new(Navigable(world.log.clone()));
    world.handle.create_client(client_info("window", url("/")), ControllerRule::Match, observer, reply);
    world.page("no window", "/").await;
    let focus = async |client: &str| {
        let (reply, client_then) = Reply::channel();
        world.handle.focus_client(client.into(), reply);
        client_then.await.map_err(|error| kind_of(&error))
    };
    let client = focus("window").await.unwrap();
    assert!(matches!(client.kind, ClientKind::Window(window) if window.focused));
    assert_eq!(world.log.take(), ["focus"]);
    assert_eq!(focus("no window").await.unwrap_err(), "TypeError");
    assert_eq!(focus("nobody").await.unwrap_err(), "TypeError");
}

#[tokio::test(start_paused = true)]
async fn navigation_preload_needs_an_active_worker_and_is_kept() {
    let world = World::new();
    let (reply, refused) = Reply::channel();
    world.handle.change_navigation_preload(RegistrationId(1), |state| state.enabled = true, reply);
    assert_eq!(kind_of(&refused.await.unwrap_err()), "InvalidStateError");
    let registration = world.active("").await;
    let (reply, changed) = Reply::channel();
    let change = |state: &mut service_worker::NavigationPreloadState| {
        state.enabled = true;
        state.header_value = b"x".to_vec();
    };
    world.handle.change_navigation_preload(registration.id, change, reply);
    changed.await.unwrap();
    let world = world.restart().await;
    let preload = world.registration(registration.id).await.navigation_preload;
    assert_eq!((preload.enabled, preload.header_value), (true, b"x".to_vec()));
}
