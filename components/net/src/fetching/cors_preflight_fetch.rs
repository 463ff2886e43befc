//! CORS-preflight fetch (<https://fetch.spec.whatwg.org/#cors-preflight-fetch>).

use std::time::Instant;

use fetch::NetworkError;
use fetch::cors::preflight::{check_preflight_response, preflight_request};

use super::Fetch;

impl Fetch {
    pub(super) async fn cors_preflight_fetch(&mut self) -> Result<(), NetworkError> {
        // 1.–5. The preflight request.
        let preflight = preflight_request(&self.request);
        // 6. Past redirects and service workers, straight to the network.
        let mut fetch = Fetch {
            shared: self.shared.clone(),
            request: preflight,
            on_body_sent: None,
            on_csp_violation: None,
            handle_fetch: None,
            is_navigation: false,
            limit_keepalive: false,
            decode: self.decode,
            made_cors_preflight: false,
            upgraded: Default::default(),
        };
        let response = fetch.http_network_or_cache_fetch().await?;
        // 7. What it grants.
        let grant = check_preflight_response(&self.request, &response.head)?;
        // 7.12–7.15. Keep that.
        self.preflight_cache().store(&self.request, &grant, Instant::now());
        Ok(())
    }
}
