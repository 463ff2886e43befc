//! Everyone, and what they do.

use std::time::Duration;

use futures::FutureExt;

use super::pages::{End, Matches, Reader, Slot, Started};
use super::rng::Rng;
use super::servers::{RESOURCES, Servers};
use crate::host::PermissionState;
use crate::testing::Harness;
use crate::{Config, Error, FailureReason, FetchResult, RecordResult, Reply, RetryPolicy, UniqueId};

pub const SITES: [&str; 2] = ["https://site-0.example", "https://site-1.example"];

/// What each site may store.
pub const QUOTA: u64 = 20_000;

pub struct World {
    pub t: Harness,
    pub rng: Rng,
    pub servers: Servers,
    pub started: Vec<Started>,
    pub matches: Vec<(usize, Matches)>,
    pub readers: Vec<Reader>,
    pub removals: Vec<(usize, Slot<()>)>,
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
