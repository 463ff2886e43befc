//! What a host can set.

use std::time::Duration;

/// Limits and waits. [`Config::default`] is meant for a desktop browser.
#[derive(Clone, Debug)]
pub struct Config {
    /// How many requests may be under way at once.
    pub max_requests: usize,
    /// How many of them for one storage key.
    pub max_requests_per_origin: usize,
    /// How many of them to one host and port.
    pub max_requests_per_host: usize,
    /// How many active fetches a storage key may have, over all its registrations.
    pub max_fetches_per_origin: usize,
    /// How many requests a fetch may have (NB: SD-51).
    pub max_requests_per_fetch: usize,
    /// How many bytes of UTF-8 an id may have (NB: SD-51).
    pub max_id_length: usize,
    /// How many bytes of UTF-8 a title may have (NB: SD-51).
    pub max_title_length: usize,
    /// Whether a fetch whose permission is "prompt" starts paused, to be let go by a person.
    pub pause_on_prompt: bool,
    /// How many bytes may be on their way to the store, over all fetches.
    pub write_buffer: u64,
    /// How many of them for one record.
    pub write_buffer_per_record: u64,
    /// The least time between two updates of a fetch's instances and display. Settling is never held back.
    pub update_interval: Duration,
    /// Retries of a request.
    pub retry: RetryPolicy,
    /// Retries of a request that is refused by a host which has answered none of its fetch's requests.
    /// Nothing says that the resource "may soon become available", so these should be over in a moment.
    pub retry_refused: RetryPolicy,
    /// Deliveries of an event. After [`RetryPolicy::max_attempts`] the fetch's data is purged (NB: SD-4).
    pub delivery: RetryPolicy,
    /// Spreads retries. Hosts leave it to chance; a test sets it.
    pub jitter_seed: u64,
}

/// How often, and how soon, something is tried again.
#[derive(Clone, Copy, Debug)]
pub struct RetryPolicy {
    /// How many attempts in a row may fail without progress.
    pub max_attempts: u32,
    /// The wait after the first of them; it doubles with each.
    pub first_delay: Duration,
    /// The longest wait, but for what a server's `Retry-After` asks for: that is honoured up to a day.
    pub max_delay: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            max_requests: 32,
            max_requests_per_origin: 16,
            max_requests_per_host: 6,
            max_fetches_per_origin: 1_000,
            max_requests_per_fetch: 100_000,
            max_id_length: 1 << 20,
            max_title_length: 1 << 20,
            pause_on_prompt: true,
            write_buffer: 8 << 20,
            write_buffer_per_record: 2 << 20,
            update_interval: Duration::from_millis(50),
            retry: RetryPolicy {
                max_attempts: 10,
                first_delay: Duration::from_millis(500),
                max_delay: Duration::from_secs(300),
            },
            retry_refused: RetryPolicy {
                max_attempts: 2,
                first_delay: Duration::from_millis(200),
                max_delay: Duration::from_secs(1),
            },
            delivery: RetryPolicy {
                max_attempts: 5,
                first_delay: Duration::from_secs(5),
                max_delay: Duration::from_secs(600),
            },
            jitter_seed: std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), 0u8),
        }
    }
}
