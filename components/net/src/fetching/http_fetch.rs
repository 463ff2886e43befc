//! HTTP fetch (<https://fetch.spec.whatwg.org/#http-fetch>).

use std::sync::{MutexGuard, PoisonError};
use std::time::Instant;

use fetch::cors::check::cors_check;
use fetch::cors::preflight_cache::PreflightCache;
use fetch::http::statuses::is_redirect_status;
use fetch::http_extensions::corp::cross_origin_resource_policy_check;
use fetch::http_extensions::orb::opaque_response_blocking_check;
use fetch::{
    NetworkError, NetworkErrorKind, RedirectMode, RequestBody, Response, ResponseTainting, ResponseType,
    ServiceWorkersMode, check_service_worker_response,
};

use super::{Fetch, Hop};

impl Fetch {
    pub(super) async fn http_fetch(&mut self, make_cors_preflight: bool) -> Result<Hop, NetworkError> {
        // 3. A service worker's response, else 4. the network's.
        let response = match self.service_worker_response().await? {
            Some(response) => response,
            None => self.network_response(make_cors_preflight).await?,
        };
        let request = &self.request;
        // 5. The cross-origin resource policy.
        if request.response_tainting == ResponseTainting::Opaque
            || response.head.response_type == ResponseType::Opaque
        {
            cross_origin_resource_policy_check(&request.origin, response.internal_head())?;
        }
        // 6. Redirects.
        if !is_redirect_status(response.internal_head().status) {
            return Ok(Hop::End(response));
        }
        match request.redirect {
            RedirectMode::Error => {
                let message = "a redirect, but the redirect mode is \"error\"";
                Err(NetworkError::new(NetworkErrorKind::Redirect, message).at(request.current_url()))
            }
            RedirectMode::Manual if !self.is_navigation => {
                Ok(Hop::End(response.into_internal().opaque_redirect_filtered()))
            }
            // 6.3. A redirect status without a Location header is a response like others. NB: HTML takes a navigation
            // from one redirect to the next by itself; there is nothing for it to do in between.
            _ if !response.internal_head().headers.contains("Location") => Ok(Hop::End(response)),
            RedirectMode::Manual | RedirectMode::Follow => Ok(Hop::Redirect(response.into_internal())),
        }
    }

    /// Step 3.
    async fn service_worker_response(&mut self) -> Result<Option<Response>, NetworkError> {
        let request = &self.request;
        let Some(handle_fetch) = &self.handle_fetch else { return Ok(None) };
        // 3. Unless it is past all service workers.
        if request.service_workers_mode == ServiceWorkersMode::None {
            return Ok(None);
        }
        // 3.1–3.4. Ask. (The body goes along unread.) FIXME(spec): timing.
        let Some(response) = handle_fetch.handle_fetch(request.clone()).await? else { return Ok(None) };
        // 3.5.4. Nobody else needs the body.
        if let Some(RequestBody::Source(source)) = &request.body {
            source.cancel();
        }
        // 3.5. It has to be one that the request may get.
        check_service_worker_response(request, &response)?;
        Ok(Some(response))
    }

    /// Step 4.
    async fn network_response(&mut self, make_cors_preflight: bool) -> Result<Response, NetworkError> {
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
        if request.response_tainting == ResponseTainting::Opaque && !is_redirect_status(response.head.status)
        {
            opaque_response_blocking_check(&response.head)?;
        }
        Ok(response)
    }

    pub(super) fn preflight_cache(&self) -> MutexGuard<'_, PreflightCache> {
        self.shared.preflight_cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
