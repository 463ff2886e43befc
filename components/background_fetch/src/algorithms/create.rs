//! What `fetch()` refuses without asking anyone
//! (<https://wicg.github.io/background-fetch/#background-fetch-manager-fetch>).

use fetch::Request;

use crate::config::Config;
use crate::error::{BadRequest, Error};
use crate::handle::NewBackgroundFetch;

/// Checks the arguments of `fetch()`.
pub(crate) fn check(fetch: &NewBackgroundFetch, config: &Config) -> Result<(), Error> {
    // NB: SD-51: no empty id, and limits.
    if fetch.id.is_empty() {
        return Err(Error::EmptyId);
    }
    for (length, limit, what) in [
        (fetch.id.len(), config.max_id_length, "the id's length"),
        (fetch.title.len(), config.max_title_length, "the title's length"),
        (fetch.requests.len(), config.max_requests_per_fetch, "the number of requests"),
    ] {
        if length > limit {
            return Err(Error::LimitExceeded { what, limit });
        }
    }
    // 5. At least one request.
    if fetch.requests.is_empty() {
        return Err(Error::NoRequests);
    }
    // 6. Each of them.
    for (index, new) in fetch.requests.iter().enumerate() {
        check_request(&new.request).map_err(|reason| Error::BadRequest { index, reason })?;
    }
    Ok(())
}

/// NB: SD-49: what no request can ever get past is refused at once, for all requests; what a policy decides
/// when the request is sent (CSP, CORS, mixed content, …) fails its record.
fn check_request(request: &Request) -> Result<(), BadRequest> {
    // 6.2. Not "no-cors".
    if request.mode == fetch::RequestMode::NoCors {
        return Err(BadRequest::NoCors);
    }
    if fetch::schemes::includes_credentials(request.url()) {
        return Err(BadRequest::UrlCredentials);
    }
    if !fetch::schemes::is_http(request.url()) {
        return Err(BadRequest::Scheme);
    }
    if fetch::port_blocking::should_be_blocked_due_to_bad_port(request).is_err() {
        return Err(BadRequest::BadPort);
    }
    Ok(())
}
