//! When something is tried again. The specification waits for the resource not to be [temporarily
//! unavailable](https://wicg.github.io/background-fetch/#temporarily-unavailable); this is how we guess.

use std::time::{Duration, SystemTime};

use fetch::HeaderList;

use crate::config::RetryPolicy;

/// The longest wait that a server may ask for.
pub(crate) const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(86_400);

/// The wait after `failed` attempts in a row: doubling, spread by up to a quarter so that many requests which
/// failed together don't come back together, and at least what the server asked for.
pub(crate) fn delay(policy: &RetryPolicy, failed: u32, retry_after: Option<Duration>, seed: u64) -> Duration {
    let doublings = failed.saturating_sub(1).min(31);
    let base = policy.first_delay.saturating_mul(1 << doublings).min(policy.max_delay);
    let spread = base.mul_f64((mix(seed) % 1024) as f64 / 4096.0);
    let asked = retry_after.unwrap_or_default().min(LONGEST_RETRY_AFTER);
    (base + spread).min(policy.max_delay).max(asked)
}

/// [Retry-After](https://www.rfc-editor.org/rfc/rfc9110#name-retry-after): seconds or a date.
pub(crate) fn retry_after(headers: &HeaderList, now: SystemTime) -> Option<Duration> {
    let value = String::from_utf8(headers.get("Retry-After")?).ok()?;
    match value.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        // A date that is over asks for nothing.
        Err(_) => httpdate::parse_http_date(&value).ok()?.duration_since(now).ok(),
    }
}

/// Mixes the bits of a number (SplitMix64's finaliser).
fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: RetryPolicy = RetryPolicy {
        max_attempts: 10,
        first_delay: Duration::from_secs(1),
        max_delay: Duration::from_secs(60),
    };

    #[test]
    fn waits_double_up_to_a_limit() {
        for seed in 0..1000 {
            for (failed, seconds) in [(1, 1), (2, 2), (4, 8), (7, 60), (100, 60)] {
                let wait = delay(&POLICY, failed, None, seed);
                let least = Duration::from_secs(seconds);
                assert!((least..=(least + least / 4).min(POLICY.max_delay)).contains(&wait), "{wait:?}");
            }
        }
    }

    #[test]
    fn a_server_may_ask_for_a_longer_wait_within_the_limit() {
        let ask = |seconds| delay(&POLICY, 1, Some(Duration::from_secs(seconds)), 0);
        assert_eq!(ask(30), Duration::from_secs(30));
        assert_eq!(ask(7200), Duration::from_secs(7200));
        assert_eq!(ask(u64::MAX), LONGEST_RETRY_AFTER);
        assert!(ask(0) >= POLICY.first_delay);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        let read = |value: &str| retry_after(&HeaderList::from_iter([("Retry-After", value)]), now);
        assert_eq!(read("120"), Some(Duration::from_secs(120)));
        assert_eq!(read("Sun, 06 Nov 1994 08:50:37 GMT"), Some(Duration::from_secs(60)));
        assert_eq!(read("Sun, 06 Nov 1994 08:48:37 GMT"), None);
        assert_eq!(read("soon"), None);
        assert_eq!(retry_after(&HeaderList::new(), now), None);
    }
}
