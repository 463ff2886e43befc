//! HTTP-network-or-cache fetch (<https://fetch.spec.whatwg.org/#http-network-or-cache-fetch>).
//!
//! There is no HTTP cache: every request goes to the network, as the spec has it where there is no cache.

use fetch::http_extensions::fetch_metadata::append_fetch_metadata_headers;
use fetch::http_extensions::origin::append_request_origin_header;
use fetch::schemes::includes_credentials;
use fetch::secure_contexts::is_url_potentially_trustworthy;
use fetch::{
    CacheMode, CredentialsMode, Initiator, NetworkError, NetworkErrorKind, Referrer, Request, Response,
    ResponseTainting,
};

use super::Fetch;
use crate::authentication::{authorization_of, basic_realm};
use crate::body::buffer::discard;
use crate::body::content_coding::accept_encoding;

impl Fetch {
    pub(super) async fn http_network_or_cache_fetch(&mut self) -> Result<Response, NetworkError> {
        // 8.1–8.2. The request with what is added for this one hop.
        let mut http_request = self.request.clone();
        // 8.3–8.4. Credentials. FIXME(spec): Cross-Origin-Embedder-Policy allows credentials.
        let include_credentials = match self.request.credentials {
            CredentialsMode::Include => true,
            CredentialsMode::SameOrigin => self.request.response_tainting == ResponseTainting::Basic,
            CredentialsMode::Omit => false,
        };
        // 8.5–8.10. The body's length.
        let content_length = http_request.body.as_ref().and_then(fetch::RequestBody::length);
        append_content_length(&mut http_request, content_length);
        let _share = match (&http_request.client, content_length) {
            (Some(client), Some(length)) if http_request.keepalive && self.limit_keepalive => {
                let share = self.shared.inflight_keepalive.take(&client.id, length);
                Some(share.ok_or_else(|| {
                    let message = "keepalive requests may have 64 KiB of bodies in flight at most";
                    NetworkError::new(NetworkErrorKind::InvalidRequest, message)
                        .at(http_request.current_url())
                })?)
            }
            _ => None,
        };
        // 8.11–8.15. Who asks, and for what.
        if let Referrer::Url(referrer) = &http_request.referrer {
            let value = referrer.as_str().to_owned();
            http_request.headers.append("Referer", value);
        }
        append_request_origin_header(&mut http_request);
        append_fetch_metadata_headers(&mut http_request);
        if http_request.initiator == Initiator::Prefetch {
            http_request.headers.set("Sec-Purpose", "prefetch");
        }
        if !http_request.headers.contains("User-Agent") {
            http_request.headers.append("User-Agent", self.shared.config.user_agent.as_str());
        }
        // 8.16–8.18. What caches on the way are told.
        append_cache_headers(&mut http_request);
        // 8.19–8.20. Codings: a part of an encoded body would be of no use.
        self.append_accept_encoding(&mut http_request);
        // 8.21. Cookies,
        if include_credentials {
            let cookies = self.shared.cookies.as_ref().and_then(|jar| jar.cookie_header(&http_request));
            if let Some(cookies) = cookies {
                http_request.headers.append("Cookie", cookies);
            }
            // and what the server has accepted before, unless the URL has credentials that count.
            let url = http_request.current_url();
            let entry = self.shared.authentication.authorization(url);
            let entry = entry.filter(|_| !http_request.use_url_credentials || !includes_credentials(url));
            if let Some(authorization) = entry
                && !http_request.headers.contains("Authorization")
            {
                http_request.headers.append("Authorization", authorization);
            }
        }
        // 8.22–8.26. FIXME(spec): the HTTP cache. 10.1. Without one there is nothing cached.
        if http_request.cache == CacheMode::OnlyIfCached {
            let message = "the cache mode is \"only-if-cached\", and there is no cache";
            return Err(
                NetworkError::new(NetworkErrorKind::InvalidRequest, message).at(http_request.current_url())
            );
        }
        // 10.2. The network.
        tracing::debug!(method = http_request.method, url = %http_request.current_url(), "request");
        let mut response = self.http_network_fetch(&http_request, include_credentials, false).await?;
        // 14. The server asks who it is.
        if response.head.status == 401 && include_credentials {
            response = self.authenticate(&mut http_request, response).await?;
        }
        // 15. A misdirected request may do better on a connection of its own.
        if response.head.status == 421
            && http_request.body.as_ref().is_none_or(fetch::RequestBody::is_replayable)
        {
            response = self.http_network_fetch(&http_request, include_credentials, true).await?;
        }
        // 11.–12. What the response has to remember of the request.
        response.head.url_list = http_request.url_list.iter().cloned().collect();
        response.head.range_requested = http_request.headers.contains("Range");
        response.head.request_includes_credentials = include_credentials;
        Ok(response)
    }

    /// Step 14, and what is done of 8.21 then: the URL's credentials are the answer. FIXME(spec): nobody is asked for
    /// others.
    async fn authenticate(
        &mut self,
        http_request: &mut Request,
        response: Response,
    ) -> Result<Response, NetworkError> {
        let url = http_request.current_url().clone();
        if self.request.response_tainting == ResponseTainting::Cors {
            return Ok(response);
        }
        // 14.2. A body that can't be sent again.
        if http_request.body.as_ref().is_some_and(|body| !body.is_replayable()) {
            let message = "the server asks for credentials and the body again, which can be read only once";
            return Err(NetworkError::new(NetworkErrorKind::Protocol, message).at(&url));
        }
        if !self.request.use_url_credentials
            || !includes_credentials(&url)
            || http_request.headers.contains("Authorization")
        {
            return Ok(response);
        }
        // NB: of the schemes that there are this one alone is known.
        let Some(realm) = basic_realm(&response.head.headers) else { return Ok(response) };
        discard(response.body, &self.shared.runtime);
        // 14.4. Once more.
        let authorization = authorization_of(&url);
        http_request.headers.append("Authorization", authorization.clone());
        // With the cookies that came with the question.
        let cookies = self.shared.cookies.as_ref().and_then(|jar| jar.cookie_header(http_request));
        match cookies {
            Some(cookies) => http_request.headers.set("Cookie", cookies),
            None => http_request.headers.delete("Cookie"),
        };
        let response = self.http_network_fetch(http_request, true, false).await?;
        // 16. NB: what is not accepted is not kept.
        if response.head.status != 401 {
            self.shared.authentication.create(&url, realm, authorization);
        }
        Ok(response)
    }

    fn append_accept_encoding(&self, http_request: &mut Request) {
        if http_request.headers.contains("Accept-Encoding") {
            return;
        }
        let value = if http_request.headers.contains("Range") || !self.decode {
            "identity"
        } else {
            accept_encoding(is_url_potentially_trustworthy(http_request.current_url()))
        };
        http_request.headers.append("Accept-Encoding", value);
    }
}

/// Steps 8.7 to 8.9.
fn append_content_length(http_request: &mut Request, content_length: Option<u64>) {
    let value = match (&http_request.body, content_length) {
        (None, _) if matches!(&*http_request.method, "POST" | "PUT") => Some("0".to_owned()),
        (_, Some(length)) => Some(length.to_string()),
        _ => None,
    };
    if let Some(value) = value {
        http_request.headers.append("Content-Length", value);
    }
}

/// Steps 8.16 to 8.18.
fn append_cache_headers(http_request: &mut Request) {
    let headers = &mut http_request.headers;
    // 8.16. Conditional requests are the page's own business.
    const CONDITIONS: [&str; 5] =
        ["If-Modified-Since", "If-None-Match", "If-Unmodified-Since", "If-Match", "If-Range"];
    if http_request.cache == CacheMode::Default && CONDITIONS.iter().any(|name| headers.contains(name)) {
        http_request.cache = CacheMode::NoStore;
    }
    match http_request.cache {
        // 8.17. To be validated.
        CacheMode::NoCache
            if !http_request.prevent_no_cache_cache_control_header_modification
                && !headers.contains("Cache-Control") =>
        {
            headers.append("Cache-Control", "max-age=0");
        }
        // 8.18. Past all caches.
        CacheMode::NoStore | CacheMode::Reload => {
            for name in ["Pragma", "Cache-Control"] {
                if !headers.contains(name) {
                    headers.append(name, "no-cache");
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fetch::{Origin, Url};

    fn request(method: &str, cache: CacheMode, headers: &[(&str, &str)]) -> Request {
        Request {
            method: method.to_owned(),
            cache,
            headers: headers.iter().copied().collect(),
            ..Request::new(Url::parse("https://a.test/").unwrap(), Origin::new_opaque())
        }
    }

    #[test]
    fn cache_modes_tell_the_caches_on_the_way() {
        let sent = |cache, headers: &[(&str, &str)]| {
            let mut request = request("GET", cache, headers);
            append_cache_headers(&mut request);
            (request.headers.get_string("Cache-Control"), request.headers.get_string("Pragma"))
        };
        let no_cache = Some("no-cache".to_owned());
        assert_eq!(sent(CacheMode::Default, &[]), (None, None));
        assert_eq!(sent(CacheMode::NoCache, &[]), (Some("max-age=0".into()), None));
        assert_eq!(sent(CacheMode::Reload, &[]), (no_cache.clone(), no_cache.clone()));
        assert_eq!(sent(CacheMode::Default, &[("If-Range", "x")]), (no_cache.clone(), no_cache.clone()));
        assert_eq!(sent(CacheMode::NoStore, &[("Cache-Control", "x")]), (Some("x".into()), no_cache));
    }

    #[test]
    fn an_empty_post_says_that_it_is_empty() {
        let length = |method, body: Option<&'static str>| {
            let mut request = request(method, CacheMode::Default, &[]);
            request.body = body.map(Into::into);
            let length = request.body.as_ref().and_then(fetch::RequestBody::length);
            append_content_length(&mut request, length);
            request.headers.get_string("Content-Length")
        };
        assert_eq!(length("POST", None).as_deref(), Some("0"));
        assert_eq!(length("GET", None), None);
        assert_eq!(length("PATCH", Some("abc")).as_deref(), Some("3"));
    }
}
