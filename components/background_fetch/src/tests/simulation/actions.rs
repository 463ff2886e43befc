//! What may happen.

use std::sync::Arc;
use std::time::Duration;

use super::pages::{End, Matches, Slot, Started};
use super::servers::{RESOURCES, url};
use super::world::{SITES, World};
use crate::host::{DeliveryError, EventKind, PermissionState, Phase, StoreError};
use crate::testing::{Harness, LastInstance};
use crate::{FailureReason, FetchResult, NewBackgroundFetch, Observer, Reply, SettledResult, UniqueId};

impl World {
    pub fn start_fetch(&mut self) -> &'static str {
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

    pub fn any_fetch(&mut self) -> Option<(usize, UniqueId)> {
        let known: Vec<_> =
            (0..).zip(&self.started).filter_map(|(n, started)| Some((n, started.unique_id?))).collect();
        // The newest are the most interesting.
        let recent = &known[known.len().saturating_sub(5)..];
        self.rng.pick(recent)
    }

    pub fn abort(&mut self) -> &'static str {
        if let Some((number, fetch)) = self.any_fetch() {
            let answer = Slot::default();
            self.t.handle.abort(fetch, fill(&answer));
            self.started[number].aborts.push(answer);
        }
        "abort()"
    }

    pub fn pause_or_resume(&mut self) -> &'static str {
        let Some((_, fetch)) = self.any_fetch() else { return "nothing to pause" };
        if self.rng.one_in(3) {
            self.t.handle.pause(fetch, Reply::ignore());
            "paused"
        } else {
            self.t.handle.resume(fetch, Reply::ignore());
            "resumed"
        }
    }

    pub fn answer(&mut self, well: bool) -> &'static str {
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

    pub fn commit(&mut self) -> &'static str {
        for _ in 0..1 + self.rng.below(8) {
            self.t.store.commit();
        }
        "committed"
    }

    pub fn end_event(&mut self) -> &'static str {
        let result = match self.rng.below(6) {
            0 => Err(DeliveryError::WorkerGone("it crashed".to_owned())),
            1 => Err(DeliveryError::NotStarted("it did not start".to_owned())),
            2 => Err(DeliveryError::TimedOut),
            _ => Ok(()),
        };
        self.end_event_with(result)
    }

    pub fn end_event_with(&mut self, result: Result<(), DeliveryError>) -> &'static str {
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

    pub fn wait(&mut self) -> &'static str {
        let duration = Duration::from_millis(1 << self.rng.below(13));
        self.t.clock.advance(duration);
        "time passed"
    }

    pub fn die(&mut self) -> &'static str {
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

    pub fn go_online_or_offline(&mut self) -> &'static str {
        let online = self.rng.one_in(2);
        self.t.handle.set_online(online);
        if online { "online" } else { "offline" }
    }

    pub fn remove_site(&mut self) -> &'static str {
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

    pub fn match_all(&mut self) -> &'static str {
        if let Some((number, fetch)) = self.any_fetch() {
            let matches = Matches::default();
            self.t.handle.match_all(fetch, None, fill(&matches));
            self.matches.push((number, matches));
        }
        "matchAll()"
    }

    pub fn fail_store(&mut self) -> &'static str {
        let error =
            self.rng.pick(&[StoreError::DiskFull, StoreError::Failed("input/output error".to_owned())]);
        self.t.store.fail_next(error.expect("one of two"));
        "the store will fail"
    }

    pub fn change_permission(&mut self) -> &'static str {
        let states = [PermissionState::Granted, PermissionState::Denied, PermissionState::Prompt];
        self.t.permissions.set(self.rng.pick(&states).expect("one of three"));
        "a permission changed"
    }
}

/// An answer that goes into a slot.
fn fill<T: Send + 'static>(slot: &Slot<T>) -> Reply<T> {
    let slot = slot.clone();
    Reply::new(move |answer| *slot.lock().expect("a lock") = Some(answer))
}
