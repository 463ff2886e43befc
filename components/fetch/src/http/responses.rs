//! Responses (<https://fetch.spec.whatwg.org/#responses>).

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use super::bodies::BodyStream;
use super::header_list::HeaderList;
use super::request_enums::RedirectTaint;
use super::statuses;
use crate::Referrer;
use crate::string_enum::string_enum;

string_enum! {
    /// <https://fetch.spec.whatwg.org/#concept-response-type>
    ResponseType {
        /// Of the own origin.
        Basic = "basic",
        /// Of another origin that agreed.
        Cors = "cors",
        /// Made by a script, or not filtered yet.
        #[default]
        Default = "default",
        /// A network error that a script holds in its hands.
        Error = "error",
        /// Of another origin that was not asked.
        Opaque = "opaque",
        /// A redirect that was not followed.
        OpaqueRedirect = "opaqueredirect",
    }
}

/// A response without its body. A network error is not one of these, but a [`crate::NetworkError`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseHead {
    /// The type.
    pub response_type: ResponseType,
    /// The URL list: empty for an opaque response.
    pub url_list: Vec<Url>,
    /// The status.
    pub status: u16,
    /// The status message, isomorphic decoded. Always empty over HTTP/2.
    pub status_message: String,
    /// The header list.
    pub headers: HeaderList,
    /// The CORS-exposed header-name list.
    pub cors_exposed_header_names: Vec<String>,
    /// The range-requested flag.
    pub range_requested: bool,
    /// Whether the request included credentials.
    pub request_includes_credentials: bool,
    /// The redirect taint.
    pub redirect_taint: RedirectTaint,
    /// Whether the body's bytes, as the caller gets them, went through a content decoding: their number and
    /// offsets are then not those of the wire, so they can't be resumed by range (SD-12).
    pub content_decoded: bool,
}

/// A response: what the caller may see, what is behind it, and the body.
pub struct Response {
    /// The response as the request's mode allows to see it.
    pub head: ResponseHead,
    /// The internal response of a filtered one: for the engine's own eyes, never for a script.
    pub internal: Option<Box<ResponseHead>>,
    /// The body; for a filtered response the internal response's, even where the spec's filter hides it from
    /// scripts (see [`Response::has_visible_body`]). `None` is the spec's null body.
    pub body: Option<BodyStream>,
    /// The [current URL](https://fetch.spec.whatwg.org/#concept-request-current-url) of the request that it answers. A
    /// service worker's response may have another URL of its own, or none.
    pub request_url: Option<Url>,
    /// The [referrer](https://fetch.spec.whatwg.org/#concept-request-referrer) of that request, as it was determined last.
    pub request_referrer: Option<Referrer>,
}

impl ResponseHead {
    /// The URL: the last one of the URL list (<https://fetch.spec.whatwg.org/#concept-response-url>).
    pub fn url(&self) -> Option<&Url> {
        self.url_list.last()
    }

    /// Whether there was a redirect (<https://fetch.spec.whatwg.org/#dom-response-redirected>).
    pub fn redirected(&self) -> bool {
        self.url_list.len() > 1
    }

    /// Whether the status is an ok status (<https://fetch.spec.whatwg.org/#dom-response-ok>).
    pub fn ok(&self) -> bool {
        statuses::is_ok_status(self.status)
    }
}

impl Response {
    /// An unfiltered response.
    pub fn new(head: ResponseHead, body: Option<BodyStream>) -> Self {
        Response { head, internal: None, body, request_url: None, request_referrer: None }
    }

    /// What Fetch calls the [unsafe response](https://fetch.spec.whatwg.org/#unsafe-response): everything that
    /// the server said. Validators, ranges and retries look here.
    pub fn internal_head(&self) -> &ResponseHead {
        self.internal.as_deref().unwrap_or(&self.head)
    }

    /// Whether a script sees a body at all: not that of opaque and opaque-redirect responses.
    pub fn has_visible_body(&self) -> bool {
        self.body.is_some() && self.shows_body()
    }

    /// Whether a script would see a body if there were one.
    pub fn shows_body(&self) -> bool {
        !matches!(self.head.response_type, ResponseType::Opaque | ResponseType::OpaqueRedirect)
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("head", &self.head)
            .field("internal", &self.internal)
            .field("body", &self.body.as_ref().map(|_| "stream"))
            .finish()
    }
}
