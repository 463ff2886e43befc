//! Whose turn it is (NB: SD-6: the specification starts everything at once).
//!
//! Storage keys take turns, one request each, so that a site with ten thousand requests does not keep others
//! waiting. Within a storage key the oldest fetch comes first, and within a fetch the lowest index; a request
//! whose host is busy is passed over.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use fetch::{Request, StorageKey};

use crate::concepts::{RecordId, UniqueId};
use crate::config::Config;

/// Decides which request is started next.
pub(crate) struct Scheduler {
    max_total: usize,
    max_per_origin: usize,
    max_per_host: usize,
    origins: BTreeMap<StorageKey, OriginQueue>,
    /// Who had the last turn.
    last: Option<StorageKey>,
    running: BTreeMap<RecordId, (StorageKey, Host)>,
    running_per_host: HashMap<Host, usize>,
    /// Whether anything has changed since there was nothing to start.
    changed: bool,
}

/// A scheme, host and port.
pub(super) type Host = Arc<str>;

#[derive(Default)]
struct OriginQueue {
    running: usize,
    fetches: BTreeMap<UniqueId, FetchQueue>,
}

#[derive(Default)]
struct FetchQueue {
    paused: bool,
    hosts: BTreeMap<Host, BTreeSet<u32>>,
}

impl Scheduler {
    pub fn new(config: &Config) -> Self {
        Scheduler {
            max_total: config.max_requests.max(1),
            max_per_origin: config.max_requests_per_origin.max(1),
            max_per_host: config.max_requests_per_host.max(1),
            origins: BTreeMap::new(),
            last: None,
            running: BTreeMap::new(),
            running_per_host: HashMap::new(),
            changed: false,
        }
    }

    /// Puts a request into the queue; also one that has run, and has to run again.
    pub fn add(&mut self, origin: &StorageKey, record: RecordId, request: &Request) {
        let queue = self.fetch_queue(origin, record.fetch);
        let host = host_of(request);
        queue.hosts.entry(host).or_default().insert(record.index);
        self.changed = true;
    }

    /// While a fetch is paused nothing of it is started.
    pub fn set_paused(&mut self, origin: &StorageKey, fetch: UniqueId, paused: bool) {
        self.fetch_queue(origin, fetch).paused = paused;
        self.changed |= !paused;
    }

    /// A request is no longer running.
    pub fn ended(&mut self, record: RecordId) {
        let Some((origin, host)) = self.running.remove(&record) else { return };
        if let Some(queue) = self.origins.get_mut(&origin) {
            queue.running -= 1;
        }
        if let Some(count) = self.running_per_host.get_mut(&host) {
            *count -= 1;
            if *count == 0 {
                self.running_per_host.remove(&host);
            }
        }
        self.forget_idle(&origin);
        self.changed = true;
    }

    /// A fetch is over; its running requests have [ended](Scheduler::ended).
    pub fn remove(&mut self, origin: &StorageKey, fetch: UniqueId) {
        if let Some(queue) = self.origins.get_mut(origin) {
            queue.fetches.remove(&fetch);
        }
        self.forget_idle(origin);
    }

    /// The next request to start, which counts as running from now on.
    pub fn next(&mut self) -> Option<RecordId> {
        if !self.changed || self.running.len() >= self.max_total {
            return None;
        }
        // Everyone after the one who had the last turn, then the others.
        let last = self.last.as_ref();
        let later = self.origins.iter().filter(|(origin, _)| last.is_some_and(|last| *origin > last));
        let others = self.origins.iter().filter(|(origin, _)| last.is_none_or(|last| *origin <= last));
        let found = later.chain(others).filter(|(_, queue)| queue.running < self.max_per_origin).find_map(
            |(origin, queue)| {
                let (fetch, host, index) = self.first_of(queue)?;
                Some((origin.clone(), fetch, host, index))
            },
        );
        let Some((origin, fetch, host, index)) = found else {
            self.changed = false;
            return None;
        };
        if let Some(queue) = self.origins.get_mut(&origin) {
            queue.running += 1;
            if let Some(fetch) = queue.fetches.get_mut(&fetch)
                && let Some(indices) = fetch.hosts.get_mut(&host)
            {
                indices.remove(&index);
                if indices.is_empty() {
                    fetch.hosts.remove(&host);
                }
            }
        }
        *self.running_per_host.entry(host.clone()).or_default() += 1;
        let record = RecordId { fetch, index };
        self.running.insert(record, (origin.clone(), host));
        self.last = Some(origin);
        Some(record)
    }

    /// The oldest fetch's lowest index whose host is not busy.
    fn first_of(&self, queue: &OriginQueue) -> Option<(UniqueId, Host, u32)> {
        queue.fetches.iter().filter(|(_, fetch)| !fetch.paused).find_map(|(id, fetch)| {
            let free = |host: &Host| self.running_per_host.get(host).is_none_or(|n| *n < self.max_per_host);
            let (index, host) = fetch
                .hosts
                .iter()
                .filter(|(host, _)| free(host))
                .filter_map(|(host, indices)| Some((*indices.first()?, host)))
                .min()?;
            Some((*id, host.clone(), index))
        })
    }

    fn fetch_queue(&mut self, origin: &StorageKey, fetch: UniqueId) -> &mut FetchQueue {
        self.origins.entry(origin.clone()).or_default().fetches.entry(fetch).or_default()
    }

    fn forget_idle(&mut self, origin: &StorageKey) {
        if self.origins.get(origin).is_some_and(|queue| queue.running == 0 && queue.fetches.is_empty()) {
            self.origins.remove(origin);
        }
    }
}

/// Whom a request goes to.
pub(super) fn host_of(request: &Request) -> Host {
    let url = request.url();
    let port = url.port_or_known_default().unwrap_or_default();
    format!("{}://{}:{port}", url.scheme(), url.host_str().unwrap_or_default()).into()
}

#[cfg(test)]
mod tests {
    use fetch::{Origin, Url};

    use super::*;

    fn key(host: &str) -> StorageKey {
        StorageKey(format!("https://{host}").parse::<Origin>().unwrap())
    }

    fn request(url: &str) -> Request {
        Request::new(Url::parse(url).unwrap(), Origin::new_opaque())
    }

    fn scheduler(total: usize, per_origin: usize, per_host: usize) -> Scheduler {
        Scheduler::new(&Config {
            max_requests: total,
            max_requests_per_origin: per_origin,
            max_requests_per_host: per_host,
            ..Config::default()
        })
    }

    fn add(scheduler: &mut Scheduler, origin: &str, fetch: u64, index: u32, url: &str) {
        scheduler.add(&key(origin), RecordId { fetch: UniqueId(fetch), index }, &request(url));
    }

    fn next(scheduler: &mut Scheduler) -> Option<(u64, u32)> {
        scheduler.next().map(|record| (record.fetch.0, record.index))
    }

    #[test]
    fn requests_start_in_numeric_order_past_ten() {
        let mut scheduler = scheduler(100, 100, 100);
        for index in (0..12).rev() {
            add(&mut scheduler, "a", 1, index, "https://a/");
        }
        let order: Vec<_> = std::iter::from_fn(|| next(&mut scheduler)).map(|(_, index)| index).collect();
        assert_eq!(order, (0..12).collect::<Vec<_>>());
    }

    #[test]
    fn an_older_fetch_of_the_same_origin_comes_first() {
        let mut scheduler = scheduler(1, 1, 1);
        add(&mut scheduler, "a", 2, 0, "https://a/");
        add(&mut scheduler, "a", 1, 0, "https://a/");
        add(&mut scheduler, "a", 1, 1, "https://a/");
        let mut order = Vec::new();
        while let Some(record) = next(&mut scheduler) {
            order.push(record);
            scheduler.ended(RecordId { fetch: UniqueId(record.0), index: record.1 });
        }
        assert_eq!(order, [(1, 0), (1, 1), (2, 0)]);
    }

    #[test]
    fn origins_take_turns() {
        let mut scheduler = scheduler(100, 100, 100);
        for index in 0..3 {
            add(&mut scheduler, "a", 1, index, "https://x/");
            add(&mut scheduler, "b", 2, index, "https://x/");
        }
        let order: Vec<_> = std::iter::from_fn(|| next(&mut scheduler)).collect();
        assert_eq!(order, [(1, 0), (2, 0), (1, 1), (2, 1), (1, 2), (2, 2)]);
    }

    #[test]
    fn limits_hold_in_all_and_per_origin_and_per_host() {
        let started = |mut scheduler: Scheduler| {
            for index in 0..4 {
                add(&mut scheduler, "a", 1, index, "https://x/");
                add(&mut scheduler, "b", 2, index, "https://y/");
            }
            std::iter::from_fn(|| next(&mut scheduler)).count()
        };
        assert_eq!(started(scheduler(3, 9, 9)), 3);
        assert_eq!(started(scheduler(9, 2, 9)), 4);
        assert_eq!(started(scheduler(9, 9, 1)), 2);
    }

    #[test]
    fn a_busy_host_does_not_block_what_comes_after_it() {
        let mut scheduler = scheduler(9, 9, 1);
        add(&mut scheduler, "a", 1, 0, "https://x/");
        add(&mut scheduler, "a", 1, 1, "https://x:8443/");
        add(&mut scheduler, "a", 1, 2, "https://x/");
        assert_eq!(next(&mut scheduler), Some((1, 0)));
        assert_eq!(next(&mut scheduler), Some((1, 1)));
        assert_eq!(next(&mut scheduler), None);
        scheduler.ended(RecordId { fetch: UniqueId(1), index: 0 });
        assert_eq!(next(&mut scheduler), Some((1, 2)));
    }

    #[test]
    fn a_paused_fetch_waits() {
        let mut scheduler = scheduler(9, 9, 9);
        add(&mut scheduler, "a", 1, 0, "https://x/");
        scheduler.set_paused(&key("a"), UniqueId(1), true);
        assert_eq!(next(&mut scheduler), None);
        scheduler.set_paused(&key("a"), UniqueId(1), false);
        assert_eq!(next(&mut scheduler), Some((1, 0)));
    }

    #[test]
    fn a_removed_fetch_leaves_nothing_behind() {
        let mut scheduler = scheduler(9, 9, 9);
        add(&mut scheduler, "a", 1, 0, "https://x/");
        add(&mut scheduler, "a", 1, 1, "https://x/");
        let running = scheduler.next().unwrap();
        scheduler.remove(&key("a"), UniqueId(1));
        scheduler.ended(running);
        assert_eq!(next(&mut scheduler), None);
        assert!(scheduler.origins.is_empty() && scheduler.running_per_host.is_empty());
    }
}
