//! Updates: what counts as a change, and when the new worker takes over.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use fetch::{CredentialsMode, Destination, Referrer, RequestMode};
use service_worker::{RegisterOptions, UpdateViaCache, WorkerState, WorkerType};
use support::*;

fn fetches(events: &[String]) -> Vec<&str> {
    events.iter().filter_map(|event| event.strip_prefix("fetch ")).collect()
}

#[tokio::test(start_paused = true)]
async fn the_same_bytes_are_no_update() {
    let world = World::new();
    let before = world.active("on install").await;
    let page = world.page("page", "/outside/").await;
    let after = world.update(&page, before.id).await.unwrap();
    assert_eq!(after, before);
    let events = world.events().await;
    assert!(
        !events.iter().any(|event| event.contains("start") || event.contains("updatefound")),
        "{events:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_new_worker_waits_until_no_page_uses_the_old_one() {
    let world = World::new();
    let before = world.active("on install").await;
    let first = world.page("first", "/1").await;
    let second = world.page("second", "/2").await;
    world.network.script("/sw.js", "on install\non activate");
    let updated = world.update(&first, before.id).await.unwrap();
    assert!(updated.installing.is_some());
    world.settle().await;
    let waiting = world.registration(before.id).await;
    assert_eq!((waiting.waiting.unwrap().state, waiting.active), (WorkerState::Installed, before.active));
    world.log.take();

    world.handle.client_unloaded(first);
    assert!(world.events().await.is_empty());
    world.handle.client_unloaded(second);
    assert_eq!(world.events().await, ["end 2", "3: activate"]);
    let after = world.registration(before.id).await;
    assert_eq!((after.active.unwrap().state, after.waiting), (WorkerState::Activated, None));
}

#[tokio::test(start_paused = true)]
async fn a_new_worker_waits_for_the_events_of_the_old_one() {
    let world = World::new();
    let before = world.active("on push wait").await;
    let push = world.fire(before.id, "push");
    world.settle().await;
    world.network.script("/sw.js", "on push");
    let page = world.page("page", "/outside/").await;
    world.handle.client_unloaded(page.clone());
    let page = world.page_at("other", url("https://b.example/")).await;
    world.update(&page, before.id).await.unwrap();
    world.settle().await;
    assert!(world.registration(before.id).await.waiting.is_some());
    world.workers.go_on();
    assert_eq!(push.await, service_worker::EventOutcome::Handled);
    world.settle().await;
    let after = world.registration(before.id).await;
    assert_eq!((after.waiting, after.active.unwrap().id.0), (None, 3));
}

#[tokio::test(start_paused = true)]
async fn skip_waiting_takes_over_at_once() {
    let world = World::new();
    let before = world.active("").await;
    let page = world.page("page", "/").await;
    world.network.script("/sw.js", "on install skipWaiting\non activate");
    world.log.take();
    world.update(&page, before.id).await.unwrap();
    let events = world.events().await;
    let of_page = events.iter().filter_map(|event| event.strip_prefix("page: ")).collect::<Vec<_>>();
    assert_eq!(
        of_page,
        [
            "workers 3 - 2",
            "3 is installing",
            "updatefound",
            "workers 3 3 2",
            "workers - 3 2",
            "3 is installed",
            "2 is redundant",
            "workers - 3 3",
            "workers - - 3",
            "3 is activating",
            "ready /",
            "controllerchange 3",
            "3 is activated",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_second_update_replaces_the_waiting_worker() {
    let world = World::new();
    let before = world.active("").await;
    let page = world.page("page", "/").await;
    for script in ["on install", "on install\non activate"] {
        world.network.script("/sw.js", script);
        world.update(&page, before.id).await.unwrap();
        world.settle().await;
    }
    let after = world.registration(before.id).await;
    assert_eq!((after.waiting.unwrap().id.0, after.active), (4, before.active));
    assert!(world.log.take().contains(&"page: 3 is redundant".into()));
    assert!(world.store.scripts_of(4) == ["/sw.js"]);
}

#[tokio::test(start_paused = true)]
async fn an_update_that_fails_leaves_the_old_worker() {
    let world = World::new();
    let before = world.active("").await;
    let page = world.page("page", "/").await;
    for script in ["throw", "on install fail"] {
        world.network.script("/sw.js", script);
        let _ = world.update(&page, before.id).await;
        world.settle().await;
        assert_eq!(world.registration(before.id).await, before, "{script}");
        assert_eq!(world.matching("/").await.unwrap(), before);
    }
    world.network.answer("/sw.js", Answer { status: 500, ..Answer::script("") });
    assert_eq!(kind_of(&world.update(&page, before.id).await.unwrap_err()), "TypeError");
    assert_eq!(world.registration(before.id).await, before);
}

#[tokio::test(start_paused = true)]
async fn a_changed_imported_script_is_an_update() {
    let world = World::new();
    world.network.script("/lib.js", "one");
    world.network.script("/rest.js", "rest");
    let before = world.active("import /lib.js\nimport /rest.js").await;
    let page = world.page("page", "/outside/").await;
    world.update(&page, before.id).await.unwrap();
    let events = world.events().await;
    assert_eq!(fetches(&events), ["/sw.js no-cache", "/lib.js default", "/rest.js default"]);
    assert!(!events.iter().any(|event| event.contains("updatefound")));

    world.network.script("/lib.js", "two");
    world.update(&page, before.id).await.unwrap();
    let events = world.events().await;
    // What was loaded to be compared is not loaded again.
    assert_eq!(fetches(&events), ["/sw.js no-cache", "/lib.js default", "/rest.js default"]);
    assert!(events.contains(&"imported /lib.js: two".into()));
    let after = world.registration(before.id).await;
    assert_ne!(after.waiting.or(after.active).unwrap().id, before.active.unwrap().id);

    // The new worker's imports count too.
    world.network.script("/rest.js", "more rest");
    world.log.take();
    world.update(&page, before.id).await.unwrap();
    assert!(world.events().await.contains(&"imported /rest.js: more rest".into()));
}

#[tokio::test(start_paused = true)]
async fn a_module_workers_graph_is_fetched_and_compared_as_modules_are() {
    let world = World::new();
    let json = |body: &str| Answer { content_type: "application/json".into(), ..Answer::script(body) };
    world.network.script("/sw.js", "import /lib.js\nimport /data.json");
    world.network.script("/lib.js", "one");
    world.network.answer("/data.json", json("{}"));
    let page = world.page("page", "/outside/").await;
    let options = RegisterOptions { worker_type: WorkerType::Module, ..options("/sw.js", "/") };
    let before = world.register_with(&page, options).await.unwrap();
    world.settle().await;
    let request = world.network.last_request();
    assert_eq!((request.mode, request.credentials), (RequestMode::Cors, CredentialsMode::Omit));
    assert_eq!(request.destination, Destination::Json);
    assert_eq!(request.headers.get_string("Service-Worker").as_deref(), Some("script"));
    assert_eq!(request.referrer, Referrer::Url(url("/sw.js")));
    // Modules have to be validated as the worker's own script has to.
    let events = world.events().await;
    assert_eq!(fetches(&events), ["/sw.js no-cache", "/lib.js no-cache", "/data.json no-cache"]);

    world.update(&page, before.id).await.unwrap();
    assert!(!world.events().await.iter().any(|event| event.contains("updatefound")));
    world.network.answer("/data.json", json("[]"));
    world.update(&page, before.id).await.unwrap();
    assert!(world.events().await.contains(&"imported /data.json: []".into()));
    // What is no JSON is none, whatever it says in it.
    world.network.script("/data.json", "{}");
    let bad = RegisterOptions { worker_type: WorkerType::Module, ..self::options("/sw.js", "/other/") };
    assert_eq!(kind_of(&world.register_with(&page, bad).await.unwrap_err()), "TypeError");
}

#[tokio::test(start_paused = true)]
async fn scripts_are_asked_for_by_the_origin_of_their_worker() {
    let world = World::new();
    world.network.answer_at("https://b.example/lib.js", Answer::script("one"));
    let active = world.active("import https://b.example/lib.js\non push").await;
    world.pass(86_401).await;
    // A soft update has no client.
    let _ = world.fire(active.id, "push").await;
    world.settle().await;
    let asked = world.network.requests.lock().unwrap().clone();
    let of_other_origin: Vec<_> =
        asked.iter().filter(|request| request.url().host_str() == Some("b.example")).collect();
    assert_eq!(of_other_origin.len(), 2, "{:?}", world.log.take());
    for request in of_other_origin {
        assert_eq!(request.origin, storage_key().0);
    }
}

#[tokio::test(start_paused = true)]
async fn an_imported_script_that_can_not_be_had_says_nothing() {
    let world = World::new();
    world.network.script("/lib.js", "one");
    let before = world.active("import /lib.js").await;
    let page = world.page("page", "/outside/").await;
    let bad = [
        Answer { status: 404, ..Answer::script("two") },
        Answer { content_type: "text/html".into(), ..Answer::script("two") },
    ];
    for answer in bad {
        world.network.answer("/lib.js", answer);
        assert_eq!(world.update(&page, before.id).await.unwrap(), before);
    }
}

#[tokio::test(start_paused = true)]
async fn a_script_that_was_gone_when_it_was_compared_is_gone_for_the_new_worker() {
    let world = World::new();
    world.network.script("/lib.js", "one");
    world.network.script("/gone.js", "");
    let before = world.active("import /gone.js\nimport /lib.js").await;
    let page = world.page("page", "/outside/").await;
    world.network.script("/lib.js", "two");
    world.network.answer("/gone.js", Answer { status: 404, ..Answer::script("") });
    assert_eq!(kind_of(&world.update(&page, before.id).await.unwrap_err()), "TypeError");
    let events = world.events().await;
    assert_eq!(fetches(&events), ["/sw.js no-cache", "/gone.js default", "/lib.js default"]);
    assert_eq!(world.registration(before.id).await, before);
}

#[tokio::test(start_paused = true)]
async fn scripts_that_are_no_longer_imported_are_forgotten() {
    let world = World::new();
    world.network.script("/lib.js", "");
    world.network.script("/rest.js", "");
    let before = world.active("import /lib.js\nimport /rest.js").await;
    assert_eq!(world.store.scripts_of(2), ["/sw.js", "/lib.js", "/rest.js"]);
    let page = world.page("page", "/outside/").await;
    world.network.script("/sw.js", "import /rest.js");
    world.update(&page, before.id).await.unwrap();
    world.settle().await;
    assert_eq!(world.store.scripts_of(3), ["/sw.js", "/rest.js"]);
}

#[tokio::test(start_paused = true)]
async fn the_cache_mode_says_what_the_http_cache_may_serve() {
    for (mode, expected) in [
        (UpdateViaCache::Imports, ["/sw.js no-cache", "/lib.js default"]),
        (UpdateViaCache::All, ["/sw.js default", "/lib.js default"]),
        (UpdateViaCache::None, ["/sw.js no-cache", "/lib.js no-cache"]),
    ] {
        let world = World::new();
        world.network.script("/sw.js", "import /lib.js");
        world.network.script("/lib.js", "");
        let page = world.page("page", "/").await;
        let options = RegisterOptions { update_via_cache: mode, ..options("/sw.js", "/") };
        let registration = world.register_with(&page, options).await.unwrap();
        assert_eq!(fetches(&world.events().await), expected, "{mode:?}");
        world.update(&page, registration.id).await.unwrap();
        assert_eq!(fetches(&world.events().await), expected, "{mode:?}");
        // After a day nothing comes from the cache.
        world.pass(86_401).await;
        world.update(&page, registration.id).await.unwrap();
        assert_eq!(fetches(&world.events().await), ["/sw.js no-cache", "/lib.js no-cache"], "{mode:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stale_registration_is_checked_after_an_event() {
    let world = World::new();
    let before = world.active("on push").await;
    world.fire(before.id, "push").await;
    assert_eq!(fetches(&world.events().await), <[&str; 0]>::default());
    world.pass(86_401).await;
    world.log.take();
    world.fire(before.id, "push").await;
    assert_eq!(fetches(&world.events().await), ["/sw.js no-cache"]);
    let request = world.network.last_request();
    assert_eq!((request.client, request.referrer), (None, Referrer::NoReferrer));
    // That was a check.
    world.fire(before.id, "push").await;
    assert_eq!(fetches(&world.events().await), <[&str; 0]>::default());
    assert!(world.store.registrations()[0].last_update_check_time.is_some());
}

#[tokio::test(start_paused = true)]
async fn an_update_of_a_script_that_was_replaced_meanwhile_is_refused() {
    let world = World::new();
    let before = world.active("").await;
    world.network.script("/other.js", "");
    let page = world.page("page", "/outside/").await;
    let register = world.register(&page, "/other.js", "/");
    let update = world.update(&page, before.id);
    let (registered, updated) = futures::join!(register, update);
    assert!(registered.is_ok());
    assert_eq!(kind_of(&updated.unwrap_err()), "TypeError");
}

#[tokio::test(start_paused = true)]
async fn a_worker_can_not_update_itself_while_it_is_installed() {
    let world = World::new();
    let registration = world.active("on install update\non push update").await;
    let page = world.page("page", "/outside/").await;
    world.network.script("/sw.js", "on install update\non push update\n");
    world.update(&page, registration.id).await.unwrap();
    assert!(world.events().await.contains(&"update: InvalidStateError".into()));
    world.fire(registration.id, "push").await;
    assert!(!world.events().await.contains(&"update: InvalidStateError".into()));
}
