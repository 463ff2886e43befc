//! `register()`: what is refused, and what a page sees of an installation.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use fetch::{
    CacheMode, CredentialsMode, Destination, RedirectMode, Referrer, RequestMode, ServiceWorkersMode,
};
use service_worker::{Error, RegisterOptions, Reply, UpdateViaCache, WorkerState};
use support::*;

#[tokio::test(start_paused = true)]
async fn a_page_sees_a_worker_being_installed_and_activated() {
    let world = World::new();
    world.network.script("/sw.js", "on install\non activate");
    let page = world.page("page", "/").await;
    let registration = world.register(&page, "/sw.js", "").await.unwrap();
    assert_eq!(registration.scope, url("/"));
    let installing = registration.installing.unwrap();
    assert_eq!((installing.state, installing.script_url), (WorkerState::Installing, url("/sw.js")));
    assert_eq!(
        world.events().await,
        [
            "fetch /sw.js no-cache",
            "start 2",
            "page: workers 2 - -",
            "page: 2 is installing",
            "page: registered /",
            "page: updatefound",
            "2: install",
            "page: workers 2 2 -",
            "page: workers - 2 -",
            "page: 2 is installed",
            "page: workers - 2 2",
            "page: workers - - 2",
            "page: 2 is activating",
            "page: ready /",
            "2: activate",
            "page: 2 is activated",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_worker_without_listeners_is_installed_without_events() {
    let world = World::new();
    world.network.script("/sw.js", "");
    let page = world.page("page", "/").await;
    let registration = world.register(&page, "/sw.js", "/").await.unwrap();
    world.settle().await;
    assert_eq!(world.registration(registration.id).await.active.unwrap().state, WorkerState::Activated);
    assert!(
        !world.log.take().iter().any(|event| event.contains(": install") || event.contains(": activate"))
    );
}

#[tokio::test(start_paused = true)]
async fn the_script_is_asked_for_as_the_standard_says() {
    let world = World::new();
    world.network.script("/sw.js", "");
    let page = world.page("page", "/folder/page").await;
    world.register(&page, "/sw.js#fragment", "/").await.unwrap();
    let request = world.network.last_request();
    assert_eq!(request.url(), &url("/sw.js"));
    assert_eq!(request.headers.get_string("Service-Worker").as_deref(), Some("script"));
    assert_eq!(request.destination, Destination::ServiceWorker);
    assert_eq!((request.mode, request.credentials), (RequestMode::SameOrigin, CredentialsMode::SameOrigin));
    assert_eq!((request.redirect, request.cache), (RedirectMode::Error, CacheMode::NoCache));
    assert_eq!(request.service_workers_mode, ServiceWorkersMode::None);
    assert_eq!(request.referrer, Referrer::Client);
    assert_eq!(request.client.unwrap().creation_url, url("/folder/page"));
}

async fn refused(world: &World, options: RegisterOptions) -> &'static str {
    let page = world.page("page", "/").await;
    let error = world.register_with(&page, options).await.unwrap_err();
    world.settle().await;
    world.handle.client_unloaded(page);
    assert!(world.matching("/").await.is_none(), "something is left");
    assert_eq!(world.workers.count(), 0);
    kind_of(&error)
}

#[tokio::test(start_paused = true)]
async fn urls_that_may_not_be_are_refused() {
    let world = World::new();
    world.network.script("/sw.js", "");
    for (script, scope, kind) in [
        ("ftp://a.example/sw.js", "/", "TypeError"),
        ("data:text/javascript,", "/", "TypeError"),
        ("/sw.js", "about:blank", "TypeError"),
        ("/a%2Fb/sw.js", "/", "TypeError"),
        ("/a%5cb/sw.js", "/", "TypeError"),
        ("/sw.js", "/a%2fb", "TypeError"),
        ("/sw.js", "/a%5Cb", "TypeError"),
        ("https://b.example/sw.js", "/", "SecurityError"),
        ("/sw.js", "https://b.example/", "SecurityError"),
        ("http://a.example/sw.js", "http://a.example/", "SecurityError"),
    ] {
        assert_eq!(refused(&world, options(script, scope)).await, kind, "{script} {scope}");
    }
    assert!(world.network.requests.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn localhost_is_secure_enough() {
    let world = World::new();
    let page = world.page_at("page", url("http://localhost:8000/")).await;
    world.network.script("http://localhost:8000/sw.js", "");
    let options = options("http://localhost:8000/sw.js", "http://localhost:8000/");
    assert!(world.register_with(&page, options).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn scripts_that_are_no_scripts_are_refused() {
    let world = World::new();
    let answer = |path: &str, status, content_type: &str| {
        let content_type = content_type.into();
        world.network.answer(path, Answer { status, content_type, ..Answer::script("") });
    };
    answer("/missing.js", 404, "text/javascript");
    answer("/page.js", 200, "text/html");
    answer("/nothing.js", 200, "");
    answer("/list.js", 200, "text/javascript, text/plain");
    for (script, kind) in [
        ("/unreachable.js", "TypeError"),
        ("/missing.js", "TypeError"),
        ("/page.js", "SecurityError"),
        ("/nothing.js", "SecurityError"),
        ("/list.js", "SecurityError"),
    ] {
        assert_eq!(refused(&world, options(script, "/")).await, kind, "{script}");
    }
    answer("/parameters.js", 200, "Application/JavaScript; charset=utf-8");
    let page = world.page("page", "/").await;
    assert!(world.register(&page, "/parameters.js", "/").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_scope_is_inside_the_scripts_folder_or_what_the_server_allows() {
    let world = World::new();
    world.network.script("/folder/sw.js", "");
    assert_eq!(refused(&world, options("/folder/sw.js", "/")).await, "SecurityError");
    let allowing = |allowed: &str| Answer { allowed: Some(allowed.into()), ..Answer::script("") };
    world.network.answer("/folder/sw.js", allowing("https://b.example/"));
    assert_eq!(refused(&world, options("/folder/sw.js", "/")).await, "SecurityError");
    world.network.answer("/folder/sw.js", allowing("https://"));
    assert_eq!(refused(&world, options("/folder/sw.js", "/")).await, "TypeError");
    world.network.answer("/folder/sw.js", allowing("/"));
    let page = world.page("page", "/").await;
    assert!(world.register(&page, "/folder/sw.js", "/").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_script_that_does_not_run_is_refused_with_its_reason() {
    let world = World::new();
    for (script, reason) in
        [("throw", "Error: thrown (sw.js:1:1)"), ("unparsable", "SyntaxError (sw.js:1:1)")]
    {
        world.network.script("/sw.js", script);
        let page = world.page("page", "/").await;
        let error = world.register(&page, "/sw.js", "/").await.unwrap_err();
        let message = format!("the service worker https://a.example/sw.js does not run: {reason}");
        assert_eq!(error, Error::Type(message));
        assert_eq!(refused(&world, options("/sw.js", "/")).await, "TypeError");
    }
}

#[tokio::test(start_paused = true)]
async fn a_script_that_never_ends_is_ended() {
    let world = World::new();
    world.network.script("/sw.js", "hang");
    let page = world.page("page", "/").await;
    let registering = world.register(&page, "/sw.js", "/");
    world.pass(59).await;
    assert_eq!(world.workers.count(), 1);
    world.pass(2).await;
    assert_eq!(kind_of(&registering.await.unwrap_err()), "TypeError");
    assert_eq!(world.workers.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_installation_that_fails_leaves_nothing() {
    for (script, ends) in [("on install fail", 0), ("on install hang", 301), ("on install crash", 0)] {
        let world = World::new();
        world.network.script("/sw.js", script);
        let page = world.page("page", "/").await;
        world.register(&page, "/sw.js", "/").await.unwrap();
        world.pass(ends).await;
        let events = world.log.take();
        let of_page = events.iter().filter(|event| event.starts_with("page: ")).collect::<Vec<_>>();
        let last = &of_page[of_page.len() - 2..];
        assert_eq!(last, ["page: workers - - -", "page: 2 is redundant"], "{script}");
        assert!(world.matching("/").await.is_none());
        assert!(world.store.registrations().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_script_that_is_redirected_is_a_matter_of_security() {
    let world = World::new();
    let page = world.page("page", "/").await;
    world.network.answer("/sw.js", Answer { status: 301, ..Answer::script("") });
    assert_eq!(kind_of(&world.register(&page, "/sw.js", "/").await.unwrap_err()), "SecurityError");
    // For register() alone.
    let active = world.active("").await;
    world.network.answer("/sw.js", Answer { status: 301, ..Answer::script("") });
    assert_eq!(kind_of(&world.update(&page, active.id).await.unwrap_err()), "TypeError");
}

#[tokio::test(start_paused = true)]
async fn what_can_not_be_kept_is_not_installed() {
    let world = World::new();
    world.network.script("/sw.js", "on install");
    world.settle().await;
    world.store.set_full(true);
    let page = world.page("page", "/").await;
    world.register(&page, "/sw.js", "/").await.unwrap();
    let events = world.events().await;
    assert!(events.contains(&"page: 2 is redundant".into()), "{events:?}");
    assert!(world.matching("/").await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_profile_that_can_not_be_read_is_not_written_over() {
    let store = std::sync::Arc::<FakeStore>::default();
    store.set_full(true);
    let world = World::with_store(store);
    world.network.script("/sw.js", "");
    let page = world.page("page", "/").await;
    let error = world.register(&page, "/sw.js", "/").await.unwrap_err();
    assert_eq!(kind_of(&error), "store error");
    // Nobody may take that for an answer that there is none.
    let (reply, registration) = Reply::channel();
    world.handle.get_registration(storage_key(), url("/"), reply);
    assert_eq!(kind_of(&registration.await.unwrap_err()), "store error");
}

#[tokio::test(start_paused = true)]
async fn registering_the_same_again_changes_nothing() {
    let world = World::new();
    let before = world.active("").await;
    let page = world.page("page", "/").await;
    let again = world.register(&page, "/sw.js", "/").await.unwrap();
    assert_eq!(again, before);
    assert_eq!(world.events().await, ["page: controlled by 2", "page: registered /"]);
}

#[tokio::test(start_paused = true)]
async fn registering_another_cache_mode_with_the_same_bytes_changes_that_alone() {
    let world = World::new();
    let before = world.active("").await;
    let page = world.page("page", "/").await;
    let all = RegisterOptions { update_via_cache: UpdateViaCache::All, ..options("/sw.js", "/") };
    let after = world.register_with(&page, all).await.unwrap();
    assert_eq!((after.update_via_cache, after.active), (UpdateViaCache::All, before.active));
    world.settle().await;
    assert_eq!(world.store.registrations()[0].update_via_cache, UpdateViaCache::All);
    assert!(world.log.take().contains(&"page: update via cache all".into()));
}

#[tokio::test(start_paused = true)]
async fn another_script_for_the_same_scope_replaces_the_worker() {
    let world = World::new();
    let before = world.active("").await;
    world.network.script("/other.js", "");
    let page = world.page_at("page", url("/outside")).await;
    world.handle.client_unloaded(page.clone());
    let page = world.page("second", "/").await;
    let after = world.register(&page, "/other.js", "/").await.unwrap();
    assert_eq!(after.id, before.id);
    world.settle().await;
    // The page is controlled by the old one, so the new one waits.
    let registration = world.registration(after.id).await;
    assert_eq!(registration.active, before.active);
    assert_eq!(registration.waiting.unwrap().script_url, url("/other.js"));
}

#[tokio::test(start_paused = true)]
async fn the_longest_scope_matches() {
    let world = World::new();
    world.network.script("/sw.js", "");
    let page = world.page("page", "/").await;
    for scope in ["/a", "/a/b/", "/"] {
        world.register(&page, "/sw.js", scope).await.unwrap();
    }
    let scope = async |path: &str| world.matching(path).await.map(|found| found.scope.path().to_owned());
    assert_eq!(scope("/").await.as_deref(), Some("/"));
    assert_eq!(scope("/a/b").await.as_deref(), Some("/a"));
    assert_eq!(scope("/a/b/c#d").await.as_deref(), Some("/a/b/"));
    assert_eq!(scope("/another").await.as_deref(), Some("/a"));
    assert_eq!(scope("https://b.example/").await, None);
    let (reply, all) = service_worker::Reply::channel();
    world.handle.registrations(storage_key(), reply);
    let all = all.await.unwrap().into_iter().map(|one| one.scope.path().to_owned()).collect::<Vec<_>>();
    assert_eq!(all, ["/a", "/a/b/", "/"]);
}
