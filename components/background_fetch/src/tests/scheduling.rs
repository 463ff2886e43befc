//! Whose turn it is, over whole jobs.

use super::support::URL;
use crate::testing::{Harness, head};
use crate::{Config, FetchResult, NewBackgroundFetch};

#[test]
fn a_job_that_comes_later_waits_behind_one_of_the_same_origin() {
    let mut t = Harness::new(Config { max_requests_per_origin: 1, ..Config::default() });
    t.started("a", &["https://a.example/1", "https://a.example/2"]);
    t.started("b", &["https://a.example/3"]);
    let mut order = Vec::new();
    while let Some(exchange) = t.network.next() {
        assert_eq!(t.network.waiting(), [], "one at a time");
        order.push(exchange.params.request.url().path().to_owned());
        exchange.respond_with(head(200, &[]), "x");
        t.run();
    }
    assert_eq!(order, ["/1", "/2", "/3"]);
}

#[test]
fn two_origins_share_fairly() {
    let mut t = Harness::new(Config { max_requests: 1, ..Config::default() });
    let many: Vec<_> = (0..20).map(|n| Harness::get(&format!("https://a.example/{n}"))).collect();
    let (first, _) = t.followed(Harness::new_fetch("many", many));
    let few = NewBackgroundFetch {
        registration: Harness::registration("https://other.example"),
        ..Harness::new_fetch("few", vec![Harness::get(URL), Harness::get(URL)])
    };
    let (second, _) = t.followed(few);
    let mut served = 0;
    while t.result(second) == FetchResult::Active {
        t.serve("x");
        served += 1;
    }
    assert!(served <= 5, "{served}");
    assert_eq!(t.result(first), FetchResult::Active);
}

#[test]
fn ten_thousand_requests_are_served_a_few_at_a_time() {
    let mut t = Harness::default();
    let many = (0..10_000).map(|n| Harness::get(&format!("https://a.example/{n}"))).collect();
    let (fetch, instance) = t.followed(Harness::new_fetch("many", many));
    let mut served = 0;
    while let Some(exchange) = t.network.next() {
        assert!(t.network.waiting().len() < Config::default().max_requests_per_host);
        assert_eq!(exchange.params.request.url().path(), format!("/{served}"));
        exchange.respond_with(head(200, &[]), "x");
        t.run();
        served += 1;
    }
    assert_eq!((served, t.result(fetch)), (10_000, FetchResult::Success));
    assert_eq!(instance.last().unwrap().downloaded, 10_000);
    // A head, its bytes and its result are one write.
    assert!(t.store.commits() < 10_010, "{} commits", t.store.commits());
    t.handle_event();
    t.assert_empty();
}
