//! The job queue.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use service_worker::{RegisterOptions, UpdateViaCache};
use support::*;

#[tokio::test(start_paused = true)]
async fn equivalent_jobs_are_one() {
    let world = World::new();
    world.network.script("/sw.js", "");
    let first = world.page("first", "/1").await;
    let second = world.page("second", "/2").await;
    world.network.stop();
    let jobs = [
        world.register(&first, "/sw.js", "/"),
        world.register(&second, "/sw.js", "/"),
        world.register(&first, "/sw.js", "/"),
    ];
    world.settle().await;
    world.network.go_on();
    let registrations = futures::future::join_all(jobs).await;
    assert!(registrations.windows(2).all(|pair| pair[0] == pair[1]));
    let events = world.events().await;
    assert_eq!(events.iter().filter(|event| event.starts_with("fetch")).count(), 1);
    let answers = events.iter().filter(|event| event.contains("registered")).collect::<Vec<_>>();
    assert_eq!(answers, ["first: registered /", "second: registered /", "first: registered /"]);
}

#[tokio::test(start_paused = true)]
async fn an_error_goes_to_all_equivalent_jobs() {
    let world = World::new();
    let page = world.page("page", "/").await;
    let jobs = [world.register(&page, "/no.js", "/"), world.register(&page, "/no.js", "/")];
    assert!(futures::future::join_all(jobs).await.iter().all(Result::is_err));
}

#[tokio::test(start_paused = true)]
async fn jobs_that_differ_come_one_after_the_other() {
    let world = World::new();
    world.network.script("/sw.js", "");
    world.network.script("/other.js", "");
    let page = world.page("page", "/outside").await;
    let all = RegisterOptions { update_via_cache: UpdateViaCache::All, ..options("/sw.js", "/") };
    world.network.stop();
    let first = world.register(&page, "/sw.js", "/");
    let second = world.register(&page, "/other.js", "/");
    // Equivalent to the first, but not to the last.
    let third = world.register(&page, "/sw.js", "/");
    let fourth = world.register_with(&page, all);
    world.settle().await;
    world.network.go_on();
    let results = futures::future::join_all([first, second, third, fourth]).await;
    let id = results[0].as_ref().unwrap().id;
    assert!(results.iter().all(|result| result.as_ref().unwrap().id == id));
    let events = world.events().await;
    let fetched = events.iter().filter(|event| event.starts_with("fetch")).collect::<Vec<_>>();
    let expected = ["/sw.js no-cache", "/other.js no-cache", "/sw.js no-cache", "/sw.js no-cache"];
    assert_eq!(fetched, expected.map(|path| format!("fetch {path}")).iter().collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn scopes_do_not_wait_for_each_other() {
    let world = World::new();
    world.network.script("/a/sw.js", "hang");
    world.network.script("/b/sw.js", "");
    let page = world.page("page", "/").await;
    let hanging = world.register(&page, "/a/sw.js", "");
    assert!(world.register(&page, "/b/sw.js", "").await.is_ok());
    drop(hanging);
}

#[tokio::test(start_paused = true)]
async fn an_unregister_job_waits_for_the_register_job_before_it() {
    let world = World::new();
    world.network.script("/sw.js", "on install wait");
    let page = world.page("page", "/").await;
    let registration = world.register(&page, "/sw.js", "/").await.unwrap();
    let unregister = world.unregister(&page, registration.id);
    let mut unregister = std::pin::pin!(unregister);
    assert!(futures::poll!(&mut unregister).is_pending());
    world.settle().await;
    assert!(futures::poll!(&mut unregister).is_pending());
    world.workers.go_on();
    assert_eq!(unregister.await, Ok(true));
    world.settle().await;
    assert!(world.matching("/").await.is_none());
    assert!(world.store.registrations().is_empty());
}

#[tokio::test(start_paused = true)]
async fn promises_that_nobody_settles_are_rejected_when_the_manager_ends() {
    let world = World::new();
    world.network.script("/sw.js", "hang");
    let page = world.page("page", "/").await;
    let registering = world.register(&page, "/sw.js", "/");
    world.settle().await;
    let (reply, ended) = service_worker::Reply::channel();
    world.handle.shut_down(reply);
    ended.await.unwrap();
    world.manager.await.unwrap();
    assert_eq!(kind_of(&registering.await.unwrap_err()), "TypeError");
    assert_eq!(world.workers.count(), 0);
    let (reply, answer) = service_worker::Reply::channel();
    world.handle.registrations(storage_key(), reply);
    assert_eq!(answer.await, Err(service_worker::Error::ShutDown));
}
