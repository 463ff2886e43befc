//! HTTP-redirect fetch (<https://fetch.spec.whatwg.org/#http-redirect-fetch>).

use fetch::http::forbidden::REQUEST_BODY_HEADER_NAMES;
use fetch::referrer_policy::set_referrer_policy_on_redirect;
use fetch::schemes::{includes_credentials, is_http};
use fetch::{NetworkError, NetworkErrorKind, Origin, RequestMode, Response, ResponseTainting};

use super::Fetch;
use crate::body::buffer::discard;

/// So many redirects are followed.
const REDIRECT_LIMIT: u32 = 20;

impl Fetch {
    /// Makes the request one for where the redirect leads.
    ///
    /// NB: the spec calls main fetch at the end; we return to its loop, so that twenty redirects are no deeper than
    /// one.
    pub(super) fn http_redirect_fetch(&mut self, response: Response) -> Result<(), NetworkError> {
        let request = &mut self.request;
        let (status, current_url) = (response.head.status, request.current_url().clone());
        let failure =
            |message: &str| Err(NetworkError::new(NetworkErrorKind::Redirect, message).at(&current_url));
        // 3.–5. Where to.
        let location_url = match response.head.location_url(current_url.fragment()) {
            None => return failure("a redirect without a Location header"),
            Some(Err(error)) => return failure(&error.to_string()),
            Some(Ok(url)) => url,
        };
        // 6. HTTP(S) alone.
        if !is_http(&location_url) {
            return failure(&format!("a redirect to a {}: URL is not followed", location_url.scheme()));
        }
        // 7.–8. Not for ever.
        if request.redirect_count == REDIRECT_LIMIT {
            return failure("more than 20 redirects");
        }
        request.redirect_count += 1;
        // 9.–10. No credentials into what CORS protects.
        let location_origin = Origin::of(&location_url);
        if includes_credentials(&location_url)
            && ((request.mode == RequestMode::Cors && !request.origin.same_origin(&location_origin))
                || request.response_tainting == ResponseTainting::Cors)
        {
            return failure("a CORS request is redirected to a URL with credentials");
        }
        // 11. A body that can't be sent again.
        if status != 303 && request.body.as_ref().is_some_and(|body| !body.is_replayable()) {
            return failure("the redirect needs the body again, and it can be read only once");
        }
        // 12. Methods that become GET.
        if (matches!(status, 301 | 302) && request.method == "POST")
            || (status == 303 && !matches!(&*request.method, "GET" | "HEAD"))
        {
            request.method = "GET".to_owned();
            request.body = None;
            REQUEST_BODY_HEADER_NAMES.iter().for_each(|name| request.headers.delete(name));
        }
        // 13. Another origin does not get our authorization.
        if !Origin::of(&current_url).same_origin(&location_origin) {
            request.headers.delete("Authorization");
        }
        // 14. The body is opened anew when it is sent. 15.–17. FIXME(spec): timing.
        // 18. The URL.
        request.push_url(location_url);
        // 19. The referrer policy.
        set_referrer_policy_on_redirect(request, &response.head.headers);
        // What the redirect itself had to say is of no use.
        discard(response.body, &self.shared.runtime);
        Ok(())
    }
}
