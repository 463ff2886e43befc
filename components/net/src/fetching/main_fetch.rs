//! Main fetch (<https://fetch.spec.whatwg.org/#main-fetch>).

use fetch::cors::check::cors_exposed_header_names;
use fetch::cors::preflight::may_need_preflight;
use fetch::csp::blocked_by_csp;
use fetch::http::statuses::{is_null_body_status, is_range_status};
use fetch::http_extensions::nosniff::{should_be_blocked_due_to_mime_type, should_be_blocked_due_to_nosniff};
use fetch::integrity::IntegrityMetadata;
use fetch::mixed_content::{
    should_be_blocked_as_mixed_content, should_response_be_blocked_as_mixed_content,
    upgrade_mixed_content_request, upgrade_request,
};
use fetch::port_blocking::should_be_blocked_due_to_bad_port;
use fetch::referrer_policy::determine_referrer;
use fetch::schemes::{is_http, is_local};
use fetch::{
    BlockReason, NetworkError, NetworkErrorKind, RedirectMode, Referrer, ReferrerPolicy, RequestMode,
    Response, ResponseTainting, ResponseType, body_of_bytes,
};
use futures::TryStreamExt;

use super::{Fetch, Hop};

impl Fetch {
    pub(super) async fn main_fetch(&mut self) -> Result<Response, NetworkError> {
        // 1.–12. Hop by hop; each hop is the spec's main fetch with recursive being true.
        let response = loop {
            match self.hop().await {
                Ok(Hop::End(response)) => break response,
                Ok(Hop::Redirect(redirect)) => {
                    let followed = self.http_redirect_fetch(redirect);
                    followed.inspect_err(|_| self.forget_preflight())?;
                }
                Err(error) => {
                    self.forget_preflight();
                    return Err(error);
                }
            }
        };
        // 13.–22. Filter and check it.
        let mut response = self.check_response(response).await?;
        response.request_url = Some(self.request.current_url().clone());
        response.request_referrer = Some(self.request.referrer.clone());
        Ok(response)
    }

    /// 11.5. A failure behind a preflight takes back what that granted.
    fn forget_preflight(&self) {
        if self.made_cors_preflight {
            self.preflight_cache().clear(&self.request);
        }
    }

    /// Steps 1 to 11: up to the response as it came.
    async fn hop(&mut self) -> Result<Hop, NetworkError> {
        // 3. The local-URLs-only flag.
        if self.request.local_urls_only && !is_local(self.request.current_url()) {
            return Err(NetworkError::blocked(BlockReason::NotLocal, "only a local URL may be fetched here")
                .at(self.request.current_url()));
        }
        // 4. Report-only policies.
        let csp_list = &self.request.policy_container.csp_list;
        self.report_csp_violations(csp_list.report_violations_for_request(&self.request));
        // 5.–6. Upgrades.
        upgrade_request(&mut self.request);
        upgrade_mixed_content_request(&mut self.request);
        // 7. What is blocked. FIXME(spec): integrity policy.
        should_be_blocked_due_to_bad_port(&self.request)?;
        should_be_blocked_as_mixed_content(&self.request)?;
        if let Err(violations) =
            self.request.policy_container.csp_list.should_request_be_blocked(&self.request)
        {
            let error = blocked_by_csp(self.request.current_url(), &violations);
            self.report_csp_violations(violations);
            return Err(error);
        }
        // 8. The referrer policy.
        if self.request.referrer_policy == ReferrerPolicy::Empty {
            self.request.referrer_policy = match self.request.policy_container.referrer_policy {
                ReferrerPolicy::Empty => ReferrerPolicy::DEFAULT,
                policy => policy,
            };
        }
        // 9. The referrer.
        if self.request.referrer != Referrer::NoReferrer {
            self.request.referrer = determine_referrer(&self.request);
        }
        // 10. FIXME(spec): HSTS.
        // 11. The way to the response:
        let url = self.request.current_url();
        let blocked = |reason: &str| Err(NetworkError::blocked(BlockReason::Mode, reason).at(url));
        let same_origin = match &self.request.blob_url_entry {
            Some(blob) => blob.origin.same_origin(&self.request.origin),
            None => self.request.origin.is_origin_of(url),
        };
        if (same_origin && self.request.response_tainting == ResponseTainting::Basic)
            || url.scheme() == "data"
            || matches!(
                self.request.mode,
                RequestMode::Navigate | RequestMode::Websocket | RequestMode::Webtransport
            )
        {
            self.request.response_tainting = ResponseTainting::Basic;
            return self.scheme_fetch().await;
        }
        match self.request.mode {
            RequestMode::SameOrigin => {
                return blocked("the mode \"same-origin\" does not allow another origin's URL");
            }
            RequestMode::NoCors if self.request.redirect != RedirectMode::Follow => {
                return blocked(
                    "the mode \"no-cors\" needs the redirect mode \"follow\" for another origin's URL",
                );
            }
            RequestMode::NoCors => {
                self.request.response_tainting = ResponseTainting::Opaque;
                return self.scheme_fetch().await;
            }
            _ if !is_http(url) => {
                return blocked("the mode \"cors\" needs an http: or https: URL");
            }
            _ => {}
        }
        self.request.response_tainting = ResponseTainting::Cors;
        let make_cors_preflight = may_need_preflight(&self.request);
        self.made_cors_preflight |= make_cors_preflight;
        self.http_fetch(make_cors_preflight).await
    }

    fn report_csp_violations(&self, violations: Vec<fetch::csp::CspViolation>) {
        if let (Some(report), false) = (&self.on_csp_violation, violations.is_empty()) {
            report(violations);
        }
    }

    /// Steps 13 to 22.
    async fn check_response(&mut self, mut response: Response) -> Result<Response, NetworkError> {
        let request = &self.request;
        // 13. Filter it by the request's tainting.
        if response.internal.is_none() {
            if request.response_tainting == ResponseTainting::Cors {
                response.head.cors_exposed_header_names = cors_exposed_header_names(request, &response.head);
            }
            response = response.filtered(request.response_tainting);
        }
        // 15.–16. URL list and taint, of both views.
        let urls: Vec<_> = request.url_list.iter().cloned().collect();
        let taint = request.redirect_taint();
        let shows_urls = response.head.response_type != ResponseType::Opaque;
        let internal = response.internal.as_deref_mut().into_iter();
        for head in internal.chain(shows_urls.then_some(&mut response.head)) {
            if head.url_list.is_empty() {
                head.url_list = urls.clone();
            }
            head.redirect_taint = taint;
        }
        // 17.–18. FIXME(spec): timing.
        let internal = response.internal_head();
        let at = |error: NetworkError| error.at(request.current_url());
        // 19. What is blocked.
        should_response_be_blocked_as_mixed_content(request, internal)?;
        let csp_list = &request.policy_container.csp_list;
        let (blocked, violations) = csp_list.should_response_to_request_be_blocked(request, internal);
        let csp_error = blocked.then(|| blocked_by_csp(request.current_url(), &violations));
        self.report_csp_violations(violations);
        if let Some(error) = csp_error {
            return Err(error);
        }
        should_be_blocked_due_to_mime_type(request.destination, &internal.headers).map_err(at)?;
        should_be_blocked_due_to_nosniff(request.destination, &internal.headers).map_err(at)?;
        // 20. A range that this request did not ask for.
        if response.head.response_type == ResponseType::Opaque
            && is_range_status(internal.status)
            && internal.range_requested
            && !request.headers.contains("Range")
        {
            let message = "a partial response to a request without a range";
            return Err(at(NetworkError::blocked(BlockReason::UnrequestedRange, message)));
        }
        // 21. No body.
        if matches!(&*request.method, "HEAD" | "CONNECT") || is_null_body_status(internal.status) {
            response.body = None;
        }
        // 22. Integrity.
        let Some(metadata) = IntegrityMetadata::parse(&request.integrity) else {
            // NB: metadata without a known hash function needs no body either; the spec wants one.
            return Ok(response);
        };
        let failure = |message: &str| at(NetworkError::new(NetworkErrorKind::Integrity, message));
        let body = match response.body.take() {
            Some(body) if response.shows_body() => body,
            _ => return Err(failure("integrity metadata needs a body that can be read")),
        };
        let bytes = body.map_ok(|bytes| bytes.to_vec()).try_concat().await?;
        let mut hasher = metadata.hasher();
        hasher.update(&bytes);
        if !hasher.matches() {
            return Err(failure("the body does not match its integrity metadata"));
        }
        response.body = Some(body_of_bytes(bytes));
        Ok(response)
    }
}
