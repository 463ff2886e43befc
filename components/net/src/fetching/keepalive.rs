//! The bytes that keepalive requests have in flight
//! (<https://fetch.spec.whatwg.org/#http-network-or-cache-fetch>, the step on `keepalive`).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A client's keepalive requests may have so many bytes in flight.
const LIMIT: u64 = 64 * 1024;

/// Bytes in flight, by client id.
#[derive(Clone, Debug, Default)]
pub(crate) struct InflightKeepalive(Arc<Mutex<HashMap<String, u64>>>);

/// A share of the limit, given back when the request is done.
#[derive(Debug)]
pub(crate) struct KeepaliveShare {
    inflight: InflightKeepalive,
    client: String,
    bytes: u64,
}

impl InflightKeepalive {
    /// Takes `bytes` of the client's share, if there is so much left.
    pub(crate) fn take(&self, client: &str, bytes: u64) -> Option<KeepaliveShare> {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let used = map.get(client).copied().unwrap_or(0);
        let sum = used.saturating_add(bytes);
        if sum > LIMIT {
            return None;
        }
        map.insert(client.to_owned(), sum);
        Some(KeepaliveShare { inflight: self.clone(), client: client.to_owned(), bytes })
    }
}

impl Drop for KeepaliveShare {
    fn drop(&mut self) {
        let mut map = self.inflight.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = map.get(&self.client).map_or(0, |used| used.saturating_sub(self.bytes));
        if left == 0 {
            map.remove(&self.client);
        } else {
            map.insert(self.client.clone(), left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_has_64_kibibytes_in_flight_at_most() {
        let inflight = InflightKeepalive::default();
        let first = inflight.take("a", LIMIT - 1).unwrap();
        assert!(inflight.take("a", 2).is_none());
        let second = inflight.take("a", 1).unwrap();
        assert!(inflight.take("b", LIMIT).is_some() && inflight.take("b", LIMIT + 1).is_none());
        drop(first);
        assert!(inflight.take("a", LIMIT - 1).is_some());
        drop(second);
        assert!(inflight.0.lock().unwrap().is_empty());
    }
}
