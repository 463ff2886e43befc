//! Requests (<https://fetch.spec.whatwg.org/#requests>).

use serde::{Deserialize, Serialize};
use url::Url;

use super::bodies::RequestBody;
use super::header_list::HeaderList;
use super::request_enums::*;
use crate::blob_urls::BlobUrlEntry;
use crate::site::same_site;
use crate::{Origin, PolicyContainer, ReferrerPolicy};

/// A request. It is plain data that can be cloned, sent and stored (its body is stored apart by whoever needs
/// that: serde leaves it out).
///
/// What the spec writes as "client" is resolved when a request is made: [`Request::origin`],
/// [`Request::policy_container`] and [`Request::client`] are snapshots, so that a request outlives its page
/// (SD-21).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The URL list.
    pub url_list: UrlList,
    /// The [blob URL entry](https://url.spec.whatwg.org/#concept-url-blob-entry) of the URL, from when that was parsed.
    #[serde(skip)]
    pub blob_url_entry: Option<BlobUrlEntry>,
    /// The local-URLs-only flag.
    pub local_urls_only: bool,
    /// The header list.
    pub headers: HeaderList,
    /// The unsafe-request flag: CORS preflights follow from method and headers. `fetch()` sets it.
    pub unsafe_request: bool,
    /// The body.
    #[serde(skip)]
    pub body: Option<RequestBody>,
    /// What Fetch needs to know of the client; `None` for a request without one.
    pub client: Option<RequestClient>,
    /// Whether the request may outlive its client.
    pub keepalive: bool,
    /// The service-workers mode.
    pub service_workers_mode: ServiceWorkersMode,
    /// The initiator.
    pub initiator: Initiator,
    /// The destination.
    pub destination: Destination,
    /// The priority.
    pub priority: Priority,
    /// The origin.
    pub origin: Origin,
    /// The policy container.
    pub policy_container: PolicyContainer,
    /// The referrer.
    pub referrer: Referrer,
    /// The referrer policy; empty for that of the policy container.
    pub referrer_policy: ReferrerPolicy,
    /// The mode.
    pub mode: RequestMode,
    /// The use-CORS-preflight flag.
    pub use_cors_preflight: bool,
    /// The credentials mode.
    pub credentials: CredentialsMode,
    /// The use-URL-credentials flag.
    pub use_url_credentials: bool,
    /// The cache mode.
    pub cache: CacheMode,
    /// The redirect mode.
    pub redirect: RedirectMode,
    /// The integrity metadata.
    pub integrity: String,
    /// The cryptographic nonce metadata.
    pub cryptographic_nonce_metadata: String,
    /// The parser metadata.
    pub parser_metadata: ParserMetadata,
    /// The reload-navigation flag.
    pub reload_navigation: bool,
    /// The history-navigation flag.
    pub history_navigation: bool,
    /// User-activation.
    pub user_activation: bool,
    /// The redirect count.
    pub redirect_count: u32,
    /// The response tainting.
    pub response_tainting: ResponseTainting,
    /// The prevent no-cache cache-control header modification flag.
    pub prevent_no_cache_cache_control_header_modification: bool,
}

/// A [URL list](https://fetch.spec.whatwg.org/#concept-request-url-list): never empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UrlList {
    first: Url,
    rest: Vec<Url>,
}

impl UrlList {
    /// The URL, then where redirects led.
    pub fn iter(&self) -> impl Iterator<Item = &Url> {
        std::iter::once(&self.first).chain(&self.rest)
    }
}

impl From<Url> for UrlList {
    fn from(url: Url) -> Self {
        UrlList { first: url, rest: Vec::new() }
    }
}

/// What Fetch looks at in a request's client (an environment settings object), as a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestClient {
    /// The environment's id.
    pub id: String,
    /// The creation URL; for a window its document's URL (past `srcdoc` documents). It is the referrer of a request
    /// whose referrer is [`Referrer::Client`].
    pub creation_url: Url,
    /// The origin.
    pub origin: Origin,
    /// Whether it is a secure context.
    pub is_secure_context: bool,
    /// Whether an ancestor of the environment's document is of a potentially trustworthy origin (for mixed
    /// content checks in a frame).
    pub has_trustworthy_ancestor: bool,
    /// Whether an ancestor of the environment's document is of another site: then its requests are cross-site, wherever
    /// they go. (What was stored before there were frames has none.)
    #[serde(default)]
    pub has_cross_site_ancestor: bool,
}

/// A request's referrer (<https://fetch.spec.whatwg.org/#concept-request-referrer>).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Referrer {
    /// "no-referrer".
    NoReferrer,
    /// "client": the client's creation URL.
    #[default]
    Client,
    /// A URL.
    Url(Url),
}

impl Request {
    /// A request with the spec's default values: a GET in mode "no-cors", of `origin`, without a client.
    pub fn new(url: Url, origin: Origin) -> Self {
        Request {
            method: "GET".to_owned(),
            url_list: url.into(),
            blob_url_entry: None,
            local_urls_only: false,
            headers: HeaderList::new(),
            unsafe_request: false,
            body: None,
            client: None,
            keepalive: false,
            service_workers_mode: ServiceWorkersMode::default(),
            initiator: Initiator::default(),
            destination: Destination::default(),
            priority: Priority::default(),
            origin,
            policy_container: PolicyContainer::default(),
            referrer: Referrer::default(),
            referrer_policy: ReferrerPolicy::default(),
            mode: RequestMode::default(),
            use_cors_preflight: false,
            credentials: CredentialsMode::default(),
            use_url_credentials: false,
            cache: CacheMode::default(),
            redirect: RedirectMode::default(),
            integrity: String::new(),
            cryptographic_nonce_metadata: String::new(),
            parser_metadata: ParserMetadata::default(),
            reload_navigation: false,
            history_navigation: false,
            user_activation: false,
            redirect_count: 0,
            response_tainting: ResponseTainting::default(),
            prevent_no_cache_cache_control_header_modification: false,
        }
    }

    /// A request made by `client`, with its policy container.
    pub fn for_client(url: Url, client: RequestClient, policy_container: PolicyContainer) -> Self {
        let origin = client.origin.clone();
        Request { client: Some(client), policy_container, ..Request::new(url, origin) }
    }

    /// The URL: the first one of the URL list.
    pub fn url(&self) -> &Url {
        &self.url_list.first
    }

    /// The current URL: the last one of the URL list.
    pub fn current_url(&self) -> &Url {
        self.url_list.rest.last().unwrap_or(&self.url_list.first)
    }

    /// The current URL, to be changed in place (an upgrade to https, say).
    pub fn current_url_mut(&mut self) -> &mut Url {
        self.url_list.rest.last_mut().unwrap_or(&mut self.url_list.first)
    }

    /// Appends a URL to the URL list: a redirect.
    pub fn push_url(&mut self, url: Url) {
        self.blob_url_entry = None;
        self.url_list.rest.push(url);
    }

    /// Makes `url` the one URL of the request.
    pub fn set_url(&mut self, url: Url) {
        self.url_list = url.into();
    }

    /// Whether this is a [navigation request](https://fetch.spec.whatwg.org/#navigation-request).
    pub fn is_navigation_request(&self) -> bool {
        self.destination.is_navigation()
    }

    /// Whether this is a [subresource request](https://fetch.spec.whatwg.org/#subresource-request).
    pub fn is_subresource_request(&self) -> bool {
        // WebIdentity is in neither of the spec's two lists.
        !self.destination.is_non_subresource() && self.destination != Destination::WebIdentity
    }

    /// <https://fetch.spec.whatwg.org/#concept-request-tainted-origin>
    pub fn redirect_taint(&self) -> RedirectTaint {
        let mut taint = RedirectTaint::SameOrigin;
        // 2.–4. For each hop from one URL to the next:
        let mut urls = self.url_list.iter();
        let mut last = urls.next().map(Origin::of);
        for url in urls {
            let origin = Origin::of(url);
            if let Some(last) = &last {
                // 4.2. From a foreign site to yet another one.
                if !same_site(&origin, last) && !same_site(&self.origin, last) {
                    return RedirectTaint::CrossSite;
                }
                // 4.3. From a foreign origin to yet another one.
                if !origin.same_origin(last) && !self.origin.same_origin(last) {
                    taint = RedirectTaint::SameSite;
                }
            }
            last = Some(origin);
        }
        // 5. Done.
        taint
    }

    /// <https://fetch.spec.whatwg.org/#serializing-a-request-origin>
    pub fn serialize_origin(&self) -> String {
        // 2. A tainted request does not say where it comes from.
        if self.redirect_taint() != RedirectTaint::SameOrigin {
            return "null".to_owned();
        }
        // 3. The origin.
        self.origin.ascii_serialization()
    }

    /// <https://fetch.spec.whatwg.org/#concept-request-add-range-header>
    pub fn add_range_header(&mut self, first: u64, last: Option<u64>) {
        // 2–6. `bytes=first-` or `bytes=first-last`.
        let value = match last {
            Some(last) => format!("bytes={first}-{last}"),
            None => format!("bytes={first}-"),
        };
        // 7. Append it.
        self.headers.append("Range", value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Request {
        Request::new(Url::parse("https://a.example/1").unwrap(), Origin::new_opaque())
    }

    #[test]
    fn the_current_url_is_the_last_of_the_list() {
        let mut request = request();
        assert_eq!(request.current_url(), request.url());
        request.push_url(Url::parse("https://b.example/2").unwrap());
        request.current_url_mut().set_fragment(Some("x"));
        assert_eq!(request.url().as_str(), "https://a.example/1");
        assert_eq!(request.current_url().as_str(), "https://b.example/2#x");
        assert_eq!(request.url_list.iter().count(), 2);
    }

    #[test]
    fn a_range_header_may_be_open_ended() {
        let mut request = request();
        request.add_range_header(5, None);
        assert_eq!(request.headers.get_string("range").as_deref(), Some("bytes=5-"));
        request.headers.clear();
        request.add_range_header(0, Some(500));
        assert_eq!(request.headers.get_string("Range").as_deref(), Some("bytes=0-500"));
    }

    #[test]
    fn a_stored_request_reads_back_equal_but_for_its_body() {
        let mut request = request();
        request.headers.append("X-Bytes", vec![0xe9, b'x']);
        request.destination = Destination::ServiceWorker;
        request.body = Some("body".into());
        let read: Request = serde_json::from_str(&serde_json::to_string(&request).unwrap()).unwrap();
        assert_eq!(read.headers, request.headers);
        assert_eq!((read.origin, read.destination), (request.origin, request.destination));
        assert!(read.body.is_none());
    }

    #[test]
    fn a_redirect_between_foreign_origins_taints_the_origin() {
        let taint = |urls: &[&str]| {
            let mut urls = urls.iter().map(|url| Url::parse(url).unwrap());
            let mut request = Request::new(urls.next().unwrap(), "https://a.example".parse().unwrap());
            urls.for_each(|url| request.push_url(url));
            (request.redirect_taint(), request.serialize_origin())
        };
        let own = (RedirectTaint::SameOrigin, "https://a.example".to_owned());
        assert_eq!(taint(&["https://a.example/"]), own);
        assert_eq!(taint(&["https://a.example/", "https://b.example/"]), own);
        assert_eq!(taint(&["https://b.example/", "https://b.example/2"]), own);
        let null = |taint| (taint, "null".to_owned());
        assert_eq!(taint(&["https://b.example/", "https://a.example/"]), null(RedirectTaint::CrossSite));
        let within_a_site = ["https://x.b.example/", "https://y.b.example/"];
        assert_eq!(taint(&within_a_site), null(RedirectTaint::SameSite));
    }
}
