//! Workers are started for events, stopped when there are none, and outlive the program as registrations.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use service_worker::{EventOutcome, Reply, WorkerState};
use support::*;

#[tokio::test(start_paused = true)]
async fn an_idle_worker_is_stopped_and_started_again_for_an_event() {
    let world = World::new();
    let registration = world.active("on push").await;
    assert_eq!(world.workers.count(), 1);
    world.pass(61).await;
    assert_eq!(world.workers.count(), 0);
    assert_eq!(world.fire(registration.id, "push").await, EventOutcome::Handled);
    assert_eq!(world.events().await, ["end 2", "start 2", "2: push"]);
}

#[tokio::test(start_paused = true)]
async fn a_worker_with_something_to_do_is_not_stopped() {
    let world = World::new();
    let registration = world.active("on push wait").await;
    let push = world.fire(registration.id, "push");
    world.pass(200).await;
    assert_eq!(world.workers.count(), 1);
    world.workers.go_on();
    assert_eq!(push.await, EventOutcome::Handled);
    world.pass(20).await;
    assert_eq!(world.workers.count(), 1);
    world.pass(61).await;
    assert_eq!(world.workers.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_stopped_workers_scripts_come_from_the_profile() {
    let world = World::new();
    world.network.script("/lib.js", "library");
    let registration = world.active("import /lib.js\non push import /lib.js").await;
    world.network.script("/lib.js", "changed");
    world.network.script("/sw.js", "throw");
    world.pass(61).await;
    world.log.take();
    assert_eq!(world.fire(registration.id, "push").await, EventOutcome::Handled);
    let expected = ["start 2", "imported /lib.js: library", "2: push", "imported /lib.js: library"];
    assert_eq!(world.events().await, expected);
}

#[tokio::test(start_paused = true)]
async fn a_workers_policies_are_those_of_its_script() {
    let world = World::new();
    let policy = Some("connect-src 'self'".into());
    world.network.answer("/sw.js", Answer { policy, ..Answer::script("on push") });
    let page = world.page("page", "/").await;
    let registration = world.register(&page, "/sw.js", "/").await.unwrap();
    world.settle().await;
    let world = world.restart().await;
    world.fire(registration.id, "push").await;
    let start = world.workers.last_start.lock().unwrap().clone().unwrap();
    let csp = &start.policy_container.csp_list.0;
    assert_eq!(csp[0].serialized, "connect-src 'self'");
    assert_eq!(csp[0].self_origin, *storage_key().origin());
    assert_eq!(start.policy_container.referrer_policy, fetch::ReferrerPolicy::Origin);
}

#[tokio::test(start_paused = true)]
async fn an_installed_worker_can_import_nothing_new() {
    let world = World::new();
    world.network.script("/late.js", "late");
    let registration =
        world.active("on install import /late.js\non push import /never.js import /late.js").await;
    world.network.script("/never.js", "never");
    world.fire(registration.id, "push").await;
    let events = world.events().await;
    assert!(events[1].starts_with("TypeError: "), "{events:?}");
    assert_eq!(events[2], "imported /late.js: late");
    assert!(world.network.requests.lock().unwrap().iter().all(|request| request.url().path() != "/never.js"));
}

#[tokio::test(start_paused = true)]
async fn a_script_that_can_not_be_imported_fails_the_registration() {
    let world = World::new();
    for answer in [None, Some(Answer { content_type: "text/css".into(), ..Answer::script("") })] {
        answer.into_iter().for_each(|answer| world.network.answer("/lib.js", answer));
        world.network.script("/sw.js", "import /lib.js");
        let page = world.page("page", "/").await;
        assert_eq!(kind_of(&world.register(&page, "/sw.js", "/").await.unwrap_err()), "TypeError");
    }
}

#[tokio::test(start_paused = true)]
async fn how_an_event_ended_is_told() {
    let world = World::new();
    let script = "on ok\non bad fail\non slow hang\non gone crash";
    let registration = world.active(script).await;
    assert_eq!(world.fire(registration.id, "ok").await, EventOutcome::Handled);
    assert_eq!(world.fire(registration.id, "other").await, EventOutcome::Skipped);
    assert_eq!(world.fire(registration.id, "bad").await, EventOutcome::Failed("Error: rejected".into()));
    assert_eq!(world.fire(registration.id, "gone").await, EventOutcome::Terminated);
    let slow = world.fire(registration.id, "slow");
    world.pass(301).await;
    assert_eq!(slow.await, EventOutcome::TimedOut);
    assert_eq!(world.workers.count(), 0);
    let nothing = service_worker::RegistrationId(99);
    assert_eq!(world.fire(nothing, "ok").await, EventOutcome::NoActiveWorker);
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_nobody_listens_in_is_not_started() {
    let world = World::new();
    let registration = world.active("on push").await;
    world.pass(61).await;
    let page = world.page("page", "/").await;
    world.log.take();
    assert_eq!(world.fire(registration.id, "sync").await, EventOutcome::Skipped);
    world.message(&page, registration.active.unwrap().id, "hello");
    assert!(world.events().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_event_that_was_not_dispatched_goes_to_the_next_run() {
    let world = World::new();
    let registration = world.active("on push").await;
    *world.workers.busy.lock().unwrap() = true;
    let push = world.fire(registration.id, "push");
    world.settle().await;
    *world.workers.busy.lock().unwrap() = false;
    let (reply, stopped) = Reply::channel();
    world.handle.stop_worker(registration.active.unwrap().id, reply);
    stopped.await.unwrap();
    assert_eq!(push.await, EventOutcome::Handled);
    assert_eq!(world.events().await, ["end 2", "start 2", "2: push"]);
}

#[tokio::test(start_paused = true)]
async fn an_event_that_can_not_be_dispatched_is_given_up() {
    let world = World::new();
    let registration = world.active("on push").await;
    *world.workers.busy.lock().unwrap() = true;
    let push = world.fire(registration.id, "push");
    for _ in 0..3 {
        world.settle().await;
        world.workers.crash();
    }
    assert_eq!(push.await, EventOutcome::Terminated);
}

#[tokio::test(start_paused = true)]
async fn an_event_waits_until_the_worker_is_activated() {
    let world = World::new();
    world.network.script("/sw.js", "on activate wait\non push");
    let page = world.page("page", "/").await;
    let registration = world.register(&page, "/sw.js", "/").await.unwrap();
    world.settle().await;
    let push = world.fire(registration.id, "push");
    assert!(!world.events().await.contains(&"2: push".into()));
    world.workers.go_on();
    assert_eq!(push.await, EventOutcome::Handled);
    let events = world.events().await;
    assert_eq!(events, ["page: 2 is activated", "2: push"]);
}

#[tokio::test(start_paused = true)]
async fn messages_keep_their_order_while_the_worker_starts() {
    let world = World::new();
    let registration = world.active("on message").await;
    let worker = registration.active.unwrap().id;
    world.pass(61).await;
    let page = world.page("page", "/outside/").await;
    world.log.take();
    for text in ["1", "2", "3", "4"] {
        world.message(&page, worker, text);
        tokio::task::yield_now().await;
    }
    let expected = ["start 2", "2: message 1", "2: message 2", "2: message 3", "2: message 4"];
    assert_eq!(world.events().await, expected);
}

#[tokio::test(start_paused = true)]
async fn a_worker_whose_process_died_is_started_again() {
    let world = World::new();
    let registration = world.active("on push wait").await;
    let push = world.fire(registration.id, "push");
    world.settle().await;
    world.workers.crash();
    assert_eq!(push.await, EventOutcome::Terminated);
    let again = world.fire(registration.id, "push");
    world.settle().await;
    world.workers.go_on();
    assert_eq!(again.await, EventOutcome::Handled);
}

#[tokio::test(start_paused = true)]
async fn a_script_that_throws_when_it_is_started_again_still_gets_events() {
    let world = World::new();
    let registration = world.active("on push\nthrow-again").await;
    world.pass(61).await;
    world.log.take();
    assert_eq!(world.fire(registration.id, "push").await, EventOutcome::Handled);
    assert_eq!(world.events().await, ["start 2", "2: push"]);
}

#[tokio::test(start_paused = true)]
async fn a_registration_outlives_the_program() {
    let world = World::new();
    let before = world.active("on push\non install").await;
    let world = world.restart().await;
    let after = world.matching("/page").await.unwrap();
    assert_eq!(after, before);
    assert_eq!(world.fire(after.id, "push").await, EventOutcome::Handled);
    assert_eq!(world.events().await, ["start 2", "2: push"]);
    // Its page is controlled from the start.
    world.page("page", "/page").await;
    assert_eq!(world.log.take(), ["page: controlled by 2"]);
    // Numbers are not used again.
    world.network.script("/b/sw.js", "");
    let page = world.page("other", "/b/").await;
    let other = world.register(&page, "/b/sw.js", "").await.unwrap();
    assert_eq!((other.id.0, other.installing.unwrap().id.0), (3, 4));
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_waited_is_activated_by_the_next_start() {
    let world = World::new();
    let before = world.active("").await;
    let page = world.page("page", "/").await;
    world.network.script("/sw.js", "on activate");
    world.update(&page, before.id).await.unwrap();
    world.settle().await;
    assert!(world.registration(before.id).await.waiting.is_some());
    let world = world.restart().await;
    assert_eq!(world.events().await, ["start 3", "3: activate"]);
    let after = world.registration(before.id).await;
    assert_eq!((after.active.unwrap().state, after.waiting), (WorkerState::Activated, None));
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_was_being_installed_is_forgotten() {
    let world = World::new();
    world.network.script("/sw.js", "on install hang");
    let page = world.page("page", "/").await;
    world.register(&page, "/sw.js", "/").await.unwrap();
    world.settle().await;
    let world = world.restart().await;
    assert!(world.matching("/").await.is_none());
}

#[tokio::test(start_paused = true)]
async fn shutting_down_ends_all_workers_and_the_manager() {
    let world = World::new();
    let registration = world.active("on push hang").await;
    let push = world.fire(registration.id, "push");
    world.settle().await;
    let (reply, ended) = Reply::channel();
    world.handle.shut_down(reply);
    ended.await.unwrap();
    assert_eq!(world.workers.count(), 0);
    world.manager.await.unwrap();
    drop(push);
    assert_eq!(world.store.registrations().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_manager_is_idle_once_nothing_is_under_way_though_a_worker_runs() {
    let world = World::new();
    world.network.script("/sw.js", "");
    let page = world.page("page", "/").await;
    world.network.stop();
    let registration = world.register(&page, "/sw.js", "/");
    let (reply, idle) = service_worker::Reply::channel();
    world.handle.when_idle(reply);
    let mut idle = Box::pin(idle);
    world.settle().await;
    assert!(futures::poll!(&mut idle).is_pending(), "a script is still loading");
    world.network.go_on();
    let started = tokio::time::Instant::now();
    idle.await.unwrap();
    registration.await.unwrap();
    assert_eq!(started.elapsed(), std::time::Duration::ZERO, "the idle timer was waited for");
}
