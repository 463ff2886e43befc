//! Beacon: <https://w3c.github.io/beacon/>.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fetch::http::safelist::is_cors_safelisted_request_header;
use fetch::schemes::is_http;
use fetch::{CredentialsMode, RequestMode};

use crate::bindings::unions::ReadableStreamOrBlobOrBufferSourceOrFormDataOrURLSearchParamsOrUSVString as BodyInit;
use crate::dom::fetch::body_init::{BodyWithType, extract};
use crate::dom::performance_timeline::start_fetch;
use crate::webidl::*;

/// How many bytes beacons may have on their way, as all `keepalive` requests
/// (<https://fetch.spec.whatwg.org/#http-network-or-cache-fetch>).
const LIMIT: u64 = 64 * 1024;

/// The bytes that a window's beacons have on their way.
#[derive(Clone, Debug, Default)]
pub(crate) struct BeaconQueue(Arc<AtomicU64>);

/// A beacon's share of that.
struct Share {
    queue: BeaconQueue,
    bytes: u64,
}

impl BeaconQueue {
    fn take(&self, bytes: u64) -> Option<Share> {
        let add = |queued: u64| queued.checked_add(bytes).filter(|sum| *sum <= LIMIT);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add).ok()?;
        Some(Share { queue: self.clone(), bytes })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.queue.0.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// <https://w3c.github.io/beacon/#sendbeacon-method>
pub(crate) fn send_beacon(
    cx: &mut JSContext,
    global: &GlobalScope,
    queue: &BeaconQueue,
    url: &str,
    data: Option<&BodyInit>,
) -> Fallible<bool> {
    // 1. to 3. Where to.
    let parsed_url =
        global.parse_url(url).map_err(|error| Error::Type(format!("'{url}' is not a valid URL: {error}")))?;
    if !is_http(&parsed_url) {
        return Err(Error::Type(format!("a beacon can't be sent to a {}: URL", parsed_url.scheme())));
    }
    // 4. and 5., 7. The request.
    let mut request = global.new_request(parsed_url);
    request.method = "POST".to_owned();
    request.keepalive = true;
    request.mode = RequestMode::NoCors;
    request.credentials = CredentialsMode::Include;
    // NB: the specification does not say so, but data of other types than a form's is asked for by a preflight.
    request.unsafe_request = true;
    let mut length = 0;
    // 6. The data.
    if let Some(data) = data {
        let BodyWithType { body, content_type } = extract(cx, global, data, true)?;
        let body =
            body.source_body().ok_or_else(|| Error::Type("the data can't be sent as a beacon".into()))?;
        length = body.length().unwrap_or(u64::MAX);
        request.body = Some(body);
        if let Some(content_type) = content_type {
            if !is_cors_safelisted_request_header("Content-Type", content_type.as_bytes()) {
                request.mode = RequestMode::Cors;
            }
            request.headers.append("Content-Type", content_type);
        }
    }
    let Some(share) = queue.take(length) else { return Ok(false) };
    let sending = start_fetch(global, request, "beacon");
    global.hosts().spawner.spawn(Box::pin(async move {
        if let Err(error) = sending.await {
            tracing::debug!(%error, "a beacon was not sent");
        }
        drop(share);
    }));
    // 8. It is on its way.
    Ok(true)
}
