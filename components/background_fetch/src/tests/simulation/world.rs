//! Everyone, and what they do.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;

use super::pages::{End, Matches, Reader, Slot, Started};
use super::rng::Rng;
use super::servers::{RESOURCES, Servers, url};
use crate::host::{DeliveryError, EventKind, PermissionState, Phase, StoreError};
use crate::testing::{Harness, LastInstance};
use crate::{
    Config, Error, FailureReason, FetchResult, NewBackgroundFetch, Observer, RecordResult, Reply,
    RetryPolicy, SettledResult, UniqueId,
};

const SITES: [&str; 2] = ["https://site-0.example", "https://site-1.example"];

/// What each site may store.
pub const QUOTA: u64 = 20_000;

pub struct World {
    pub t: Harness,
    rng: Rng,
    servers: Servers,
    pub started: Vec<Started>,
    matches: Vec<(usize, Matches)>,
    readers: Vec<Reader>,
    removals: Vec<(usize, Slot<()>)>,
    log: bool,
}

impl World {
    pub fn new(seed: u64, log: bool) -> Self {
        let mut rng = Rng::new(seed);
        let retry = RetryPolicy {
            max_attempts: 4,
            first_delay: Duration::from_millis(100),
            max_delay: Duration::from_secs(10),
        };
        let t = Harness::new(Config {
            max_requests: 1 + rng.below(6) as usize,
            max_requests_per_host: 1 + rng.below(3) as usize,
            write_buffer: 500 + rng.below(5000),
            write_buffer_per_record: 200 + rng.below(3000),
            retry,
            delivery: RetryPolicy { max_attempts: 3, ..retry },
            pause_on_prompt: true,
            ..Config::default()
        });
        t.store.set_quota(Some(QUOTA));
        t.store.hold();
        let servers = Servers::new(&mut rng);
        World {
            t,
            rng,
            servers,
            started: Vec::new(),
            matches: Vec::new(),
            readers: Vec::new(),
            removals: Vec::new(),
            log,
        }
    }

    /// Something happens.
    pub fn step(&mut self) {
        let what = match self.rng.below(100) {
            0..8 => self.start_fetch(),
            8..11 => self.abort(),
            11..15 => self.pause_or_resume(),
            15..35 => self.answer(false),
            35..60 => self.servers.send(&mut self.rng, false),
            60..78 => self.commit(),
            78..83 => self.end_event(),
            83..88 => self.wait(),
            88..90 => self.die(),
            90..91 => self.go_online_or_offline(),
            91..92 => self.remove_site(),
            92..96 => self.match_all(),
            96..97 => self.fail_store(),
            97..99 => {
                let resource = self.rng.below(RESOURCES);
                self.servers.change(resource);
                "a resource changed"
            }
            _ => self.change_permission(),
        };
        self.settle(what);
    }

    fn settle(&mut self, what: &str) {
        if self.log {
            eprintln!("{what}");
        }
        self.t.run();
        self.look_at_matches();
        self.look_at_removals();
        self.readers.iter_mut().for_each(Reader::read_on);
        self.readers.retain(|reader| reader.stream.is_some());
        self.check();
    }

    /// Everyone behaves, and everything comes to its end.
    pub fn come_to_an_end(&mut self) {
        self.t.permissions.set(PermissionState::Granted);
        self.t.handle.set_online(true);
        self.t.store.release();
        self.settle("the end begins");
        for fetch in self.t.list() {
            self.t.handle.resume(fetch.instance.unique_id, Reply::ignore());
        }
        for _ in 0..10_000 {
            self.settle("");
            self.answer(true);
            self.servers.send(&mut self.rng, true);
            if let Some(delivery) = self.t.events.peek() {
                self.hold_responses_against_result(delivery.instance.unique_id);
                self.end_event_with(Ok(()));
            }
            self.t.run();
            let busy = self.servers.is_sending() || !self.t.network.waiting().is_empty();
            if !busy && self.t.events.waiting() == 0 {
                match self.t.clock.next_alarm() {
                    Some(alarm) => self.t.clock.advance(alarm),
                    None => break,
                }
            }
        }
        self.settle("the end");
        assert!(self.readers.is_empty(), "somebody still reads");
        for started in &self.started {
            let ended = started.unique_id.is_none() || started.end.is_some();
            assert!(ended, "{:?} has no end; stored are {:?}", started.unique_id, self.t.store.committed());
        }
        self.t.assert_empty();
    }

    fn start_fetch(&mut self) -> &'static str {
        let site = self.rng.below(2) as usize;
        let count = 1 + self.rng.below(4);
        let (mut requests, mut posts, mut length) = (Vec::new(), Vec::new(), 0);
        let number = self.started.len();
        for index in 0..count {
            let resource = self.rng.below(RESOURCES);
            length += self.servers.length(resource);
            let post = self.rng.one_in(5);
            let mut new = if post {
                Harness::upload("POST", &url(resource), b"an upload")
            } else {
                Harness::get(&url(resource))
            };
            new.request.headers.append("X-Record", format!("{number}/{index}"));
            requests.push(new);
            posts.push(post);
        }
        let download_total = match self.rng.below(4) {
            0 => length,
            1 => length.saturating_sub(1),
            2 => length + 3,
            _ => 0,
        };
        let id = format!("id-{}", self.rng.below(3));
        let (observer, answer) = (LastInstance::new(), Slot::default());
        let weak = {
            let observer: Arc<dyn Observer> = observer.clone();
            Arc::downgrade(&observer)
        };
        let fetch = NewBackgroundFetch {
            registration: Harness::registration(SITES[site]),
            download_total,
            ..Harness::new_fetch(&id, requests)
        };
        self.t.handle.fetch(fetch, weak, fill(&answer));
        self.started.push(Started {
            site,
            posts,
            download_total,
            observer,
            answer,
            unique_id: None,
            sent: Default::default(),
            aborted: false,
            aborts: Vec::new(),
            told: None,
            end: None,
            seen: 0,
        });
        "fetch()"
    }

    fn any_fetch(&mut self) -> Option<(usize, UniqueId)> {
        let known: Vec<_> =
            (0..).zip(&self.started).filter_map(|(n, started)| Some((n, started.unique_id?))).collect();
        // The newest are the most interesting.
        let recent = &known[known.len().saturating_sub(5)..];
        self.rng.pick(recent)
    }

    fn abort(&mut self) -> &'static str {
        if let Some((number, fetch)) = self.any_fetch() {
            let answer = Slot::default();
            self.t.handle.abort(fetch, fill(&answer));
            self.started[number].aborts.push(answer);
        }
        "abort()"
    }

    fn pause_or_resume(&mut self) -> &'static str {
        let Some((_, fetch)) = self.any_fetch() else { return "nothing to pause" };
        if self.rng.one_in(3) {
            self.t.handle.pause(fetch, Reply::ignore());
            "paused"
        } else {
            self.t.handle.resume(fetch, Reply::ignore());
            "resumed"
        }
    }

    fn answer(&mut self, well: bool) -> &'static str {
        let Some(exchange) = self.t.network.next() else { return "no request" };
        let record = exchange.header("X-Record").expect("a record");
        let (number, index) = record.split_once('/').expect("two numbers");
        let (number, index): (usize, u32) = (number.parse().expect("one"), index.parse().expect("two"));
        let started = &mut self.started[number];
        if started.posts[index as usize] {
            *started.sent.entry(index).or_default() += 1;
        }
        self.servers.answer(&mut self.rng, exchange, well)
    }

    fn commit(&mut self) -> &'static str {
        for _ in 0..1 + self.rng.below(8) {
            self.t.store.commit();
        }
        "committed"
    }

    fn end_event(&mut self) -> &'static str {
        let result = match self.rng.below(6) {
            0 => Err(DeliveryError::WorkerGone("it crashed".to_owned())),
            1 => Err(DeliveryError::NotStarted("it did not start".to_owned())),
            2 => Err(DeliveryError::TimedOut),
            _ => Ok(()),
        };
        self.end_event_with(result)
    }

    fn end_event_with(&mut self, result: Result<(), DeliveryError>) -> &'static str {
        let Some(delivery) = self.t.events.next() else { return "no event" };
        let event = &delivery.event;
        let fetch = event.instance.unique_id;
        let settled = match event.instance.result {
            FetchResult::Active => panic!("an event of a fetch that goes on"),
            FetchResult::Success => SettledResult::Success,
            FetchResult::Failure(reason) => SettledResult::Failure(reason),
        };
        let kind = match settled {
            SettledResult::Success => EventKind::Success,
            SettledResult::Failure(FailureReason::Aborted) => EventKind::Abort,
            SettledResult::Failure(_) => EventKind::Fail,
        };
        assert_eq!(event.kind, kind);
        let attempts = self.t.config.delivery.max_attempts;
        assert!(event.attempt <= attempts, "delivered too often");
        let gives_up = event.attempt == attempts || matches!(result, Ok(()) | Err(DeliveryError::TimedOut));
        // A fetch of which nobody was told: the process died between the two.
        if let Some(started) = self.started.iter_mut().find(|started| started.unique_id == Some(fetch)) {
            if started.end == Some(End::Removed { in_event: true }) {
                delivery.answer(result);
                return "an event of a fetch that is gone ended";
            }
            assert_eq!(started.end, None, "an event after the end");
            assert!(started.told.is_none_or(|told| told == settled), "another result");
            started.told = Some(settled);
            if gives_up {
                started.end = Some(End::Handled);
            }
        }
        delivery.answer(result);
        "an event ended"
    }

    fn wait(&mut self) -> &'static str {
        let duration = Duration::from_millis(1 << self.rng.below(13));
        self.t.clock.advance(duration);
        "time passed"
    }

    fn die(&mut self) -> &'static str {
        for started in &mut self.started {
            let answered = started.answer.lock().expect("a lock").is_some();
            if !answered {
                started.end = Some(End::Lost);
            }
            // Nobody who waited will hear anything.
            started.answer = match started.unique_id {
                Some(_) => started.answer.clone(),
                None => Slot::default(),
            };
            started.aborts.clear();
        }
        // What is stored decides: an end that was not stored is none yet (at least once!), and an event that
        // has been tried often enough is given up.
        let attempts = self.t.config.delivery.max_attempts;
        for fetch in self.t.store.committed() {
            let of_fetch = |started: &&mut Started| started.unique_id == Some(fetch.unique_id);
            let Some(started) = self.started.iter_mut().find(of_fetch) else { continue };
            let given_up = matches!(fetch.phase, Phase::Settled { attempts: now, .. } if now >= attempts);
            started.end = given_up.then_some(End::Handled);
        }
        self.matches.clear();
        self.removals.clear();
        for reader in &mut self.readers {
            reader.whole = false;
        }
        self.t.restart();
        "the process died"
    }

    fn go_online_or_offline(&mut self) -> &'static str {
        let online = self.rng.one_in(2);
        self.t.handle.set_online(online);
        if online { "online" } else { "offline" }
    }

    fn remove_site(&mut self) -> &'static str {
        let site = self.rng.below(2) as usize;
        let registration = Harness::registration(SITES[site]);
        let answer = Slot::default();
        if self.rng.one_in(2) {
            self.t.handle.registration_removed(registration, fill(&answer));
        } else {
            self.t.handle.clear_storage_key(registration.storage_key, fill(&answer));
        }
        self.removals.push((site, answer));
        for started in self.started.iter_mut().filter(|started| started.site == site) {
            // An event may go out until the answer comes.
            started.end.get_or_insert(End::Removed { in_event: true });
        }
        "a site was removed"
    }

    /// Where a removal was answered, no event begins any more.
    fn look_at_removals(&mut self) {
        let events = self.t.events.all();
        let done = |(_, answer): &(usize, Slot<()>)| answer.lock().expect("a lock").is_some();
        for (site, _) in self.removals.extract_if(.., |removal| done(removal)) {
            for started in self.started.iter_mut().filter(|started| started.site == site) {
                if let Some(End::Removed { in_event }) = &mut started.end {
                    *in_event =
                        events.iter().any(|event| Some(event.instance.unique_id) == started.unique_id);
                }
            }
        }
    }

    fn match_all(&mut self) -> &'static str {
        if let Some((number, fetch)) = self.any_fetch() {
            let matches = Matches::default();
            self.t.handle.match_all(fetch, None, fill(&matches));
            self.matches.push((number, matches));
        }
        "matchAll()"
    }

    /// Starts to read what was found and is there.
    fn look_at_matches(&mut self) {
        let mut found = Vec::new();
        self.matches.retain(|(_, matches)| match matches.lock().expect("a lock").take() {
            Some(records) => {
                found.extend(records.unwrap_or_default());
                false
            }
            None => true,
        });
        for record in found {
            let resource = record.request.url().path().trim_start_matches('/').parse().expect("a resource");
            let (whole, ready) = {
                let progress = record.response.progress.borrow();
                (progress.end == Some(Ok(())), progress.response.is_some() || progress.end.is_some())
            };
            if !ready {
                continue;
            }
            let response =
                crate::bodies::response_ready(record.response).now_or_never().expect("it is ready");
            let Ok(response) = response else {
                assert!(!whole);
                continue;
            };
            let number =
                |name| response.head.headers.get_string(name).expect("a header").parse().expect("a number");
            // Of a bad status there is no body, of a null body status neither.
            let length = if response.head.ok() { number("X-Length") } else { 0 };
            let (version, stream) = (number("X-Version"), response.body);
            self.readers.push(Reader { resource, version, length, stream, read: 0, whole });
        }
        self.readers.retain(|reader| reader.stream.is_some());
    }

    fn fail_store(&mut self) -> &'static str {
        let error =
            self.rng.pick(&[StoreError::DiskFull, StoreError::Failed("input/output error".to_owned())]);
        self.t.store.fail_next(error.expect("one of two"));
        "the store will fail"
    }

    fn change_permission(&mut self) -> &'static str {
        let states = [PermissionState::Granted, PermissionState::Denied, PermissionState::Prompt];
        self.t.permissions.set(self.rng.pick(&states).expect("one of three"));
        "a permission changed"
    }

    /// What can be read is what the result says.
    fn hold_responses_against_result(&mut self, fetch: UniqueId) {
        // Its registration may have gone while its event was handled.
        let Some(listed) = self.t.list().into_iter().find(|listed| listed.instance.unique_id == fetch) else {
            let of_fetch = |started: &&Started| started.unique_id == Some(fetch);
            let started = self.started.iter().find(of_fetch);
            return assert!(started.is_none_or(|started| started.end.is_some()), "a fetch is gone");
        };
        let result = listed.instance.result;
        let responses = self.t.records(fetch).expect("records");
        let mut failed = false;
        for record in responses {
            match crate::bodies::response_ready(record.response).now_or_never().expect("it is settled") {
                Ok(response) => failed |= !response.head.ok(),
                Err(error) => {
                    assert!(matches!(error, Error::Aborted | Error::RecordFailed(_)), "{error}");
                    failed = true;
                }
            }
        }
        let aborted = result == FetchResult::Failure(FailureReason::Aborted);
        assert!(aborted || failed == (result != FetchResult::Success));
        assert!(listed.records.iter().all(|record| record.result.is_some()));
        let successes = listed.records.iter().filter(|record| record.result == Some(RecordResult::Success));
        assert!(aborted || (successes.count() == listed.records.len()) == (result == FetchResult::Success));
    }
}

/// An answer that goes into a slot.
fn fill<T: Send + 'static>(slot: &Slot<T>) -> Reply<T> {
    let slot = slot.clone();
    Reply::new(move |answer| *slot.lock().expect("a lock") = Some(answer))
}
