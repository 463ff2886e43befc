//! HTTP fetch (<https://fetch.spec.whatwg.org/#http-fetch>).

use std::sync::{MutexGuard, PoisonError};
use std::time::Instant;

use fetch::cors::check::cors_check;
use fetch::cors::preflight_cache::PreflightCache;
use fetch::http::statuses::is_redirect_status;
use fetch::http_extensions::corp::cross_origin_resource_policy_check;
use fetch::http_extensions::orb::opaque_response_blocking_check;
use fetch::{
    NetworkError, NetworkErrorKind, RedirectMode, RequestMode, ResponseTainting, ServiceWorkersMode,
};

use super::{Fetch, Hop};

impl Fetch {
    pub(super) async fn http_fetch(&mut self, make_cors_preflight: bool) -> Result<Hop, NetworkError> {
        // 3. FIXME(spec): handle fetch, a service worker's fetch event.
        // 4.1. The preflight.
        if make_cors_preflight && self.preflight_cache().needs_preflight(&self.request, Instant::now()) {
            self.cors_preflight_fetch().await?;
        }
        // 4.2. Redirects from the network are none of a service worker's business.
        if self.request.redirect == RedirectMode::Follow {
            self.request.service_workers_mode = ServiceWorkersMode::None;
        }
        // 4.3. The network.
        let response = self.http_network_or_cache_fetch().await?;
        let request = &self.request;
        // 4.4. The CORS check.
        if request.response_tainting == ResponseTainting::Cors {
            cors_check(request, &response.head.headers)?;
        }
        // 4.5. FIXME(spec): the TAO check.
        // 5. The cross-origin resource policy.
        if request.response_tainting == ResponseTainting::Opaque {
            cross_origin_resource_policy_check(&request.origin, &response.head)?;
            if !is_redirect_status(response.head.status) {
                opaque_response_blocking_check(&response.head)?;
            }
        }
        // 6. Redirects.
        if !is_redirect_status(response.head.status) {
            return Ok(Hop::End(response));
        }
        match request.redirect {
            RedirectMode::Error => {
                let message = "a redirect, but the redirect mode is \"error\"";
                Err(NetworkError::new(NetworkErrorKind::Redirect, message).at(request.current_url()))
            }
            // A navigation goes on by itself, with the response as it is.
            RedirectMode::Manual if request.mode == RequestMode::Navigate => Ok(Hop::End(response)),
            RedirectMode::Manual => Ok(Hop::End(response.opaque_redirect_filtered())),
            // 6.3. A redirect status without a Location header is a response like others.
            RedirectMode::Follow if !response.head.headers.contains("Location") => Ok(Hop::End(response)),
            RedirectMode::Follow => Ok(Hop::Redirect(response)),
        }
    }

    pub(super) fn preflight_cache(&self) -> MutexGuard<'_, PreflightCache> {
        self.shared.preflight_cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
