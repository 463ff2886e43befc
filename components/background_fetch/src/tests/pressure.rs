//! Memory stays flat: a slow store slows the network down.

use super::support::URL;
use crate::testing::{Harness, head};
use crate::{Config, FetchResult};

fn config() -> Config {
    Config { write_buffer: 4 << 20, write_buffer_per_record: 1 << 20, ..Config::default() }
}

#[test]
fn a_body_is_not_read_on_while_the_store_has_not_taken_it() {
    let mut t = Harness::new(config());
    let (fetch, instance) = t.followed(Harness::new_fetch("x", vec![Harness::get(URL)]));
    t.store.hold();
    let (sender, source) = async_body();
    t.request().respond_stream(head(200, &[]), source);
    t.run();
    // 64 pieces of 64 KiB are there to be read.
    let read = sender.read();
    assert!((1 << 20..=1 << 21).contains(&read), "{read} bytes were read ahead");
    while t.store.commit() {
        t.run();
        assert!(sender.read() - committed(&t) <= 1 << 21);
    }
    assert_eq!(t.result(fetch), FetchResult::Success);
    assert_eq!(instance.last().unwrap().downloaded, sender.read());
}

#[test]
fn many_bodies_share_one_buffer_and_all_get_on() {
    let mut t = Harness::new(config());
    let urls: Vec<_> = (0..12).map(|n| format!("https://host-{n}.example/")).collect();
    let requests = urls.iter().map(|url| Harness::get(url)).collect();
    let (fetch, _) = t.followed(Harness::new_fetch("x", requests));
    t.store.hold();
    let mut counters = Vec::new();
    while let Some(exchange) = t.network.next() {
        let (counter, source) = async_body();
        exchange.respond_stream(head(200, &[]), source);
        counters.push(counter);
    }
    t.run();
    loop {
        let read: u64 = counters.iter().map(Counter::read).sum();
        let ahead = read - committed(&t);
        assert!(ahead <= (4 << 20) + ((12 * (256 + 64)) << 10), "{ahead} bytes were read ahead");
        if !t.store.commit() {
            break;
        }
        t.run();
    }
    assert_eq!(t.result(fetch), FetchResult::Success);
}

#[test]
fn a_buffer_of_nothing_still_lets_one_portion_through() {
    let mut t = Harness::new(Config { write_buffer: 0, write_buffer_per_record: 0, ..Config::default() });
    let fetch = t.started("x", &[URL]);
    let (_, source) = async_body();
    t.request().respond_stream(head(200, &[]), source);
    t.run();
    assert_eq!(t.result(fetch), FetchResult::Success);
}

fn committed(t: &Harness) -> u64 {
    t.store.committed().iter().flat_map(|fetch| &fetch.records).map(|record| record.stored).sum()
}

/// Counts how much of a body was read.
struct Counter(std::sync::Arc<std::sync::atomic::AtomicU64>);

impl Counter {
    fn read(&self) -> u64 {
        self.0.load(std::sync::atomic::Ordering::SeqCst)
    }
}

/// 4 MiB, always ready.
fn async_body() -> (Counter, fetch::BodyStream) {
    use futures::StreamExt;
    let count = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
    let counter = Counter(count.clone());
    let pieces = futures::stream::iter(0..64).map(move |_| {
        count.fetch_add(64 << 10, std::sync::atomic::Ordering::SeqCst);
        Ok(bytes::Bytes::from_static(&[0; 64 << 10]))
    });
    (counter, pieces.boxed())
}
