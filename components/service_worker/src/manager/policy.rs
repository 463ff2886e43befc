//! What a script's response says about it.

use fetch::http_extensions::content_type::extract_mime_type;
use fetch::{CspList, Origin, PolicyContainer, ReferrerPolicy, ResponseHead};
use url::Url;

/// Whether the [extracted MIME type](https://fetch.spec.whatwg.org/#concept-header-extract-mime-type) is a
/// [JavaScript MIME type](https://mimesniff.spec.whatwg.org/#javascript-mime-type).
pub(super) fn is_javascript(head: &ResponseHead) -> bool {
    extract_mime_type(&head.headers).is_some_and(|mime| mime.is_javascript())
}

/// [Create a policy container from a fetch response](https://html.spec.whatwg.org/multipage/browsers.html#creating-a-policy-container-from-a-fetch-response)
/// for the response to a request for `url`.
pub(super) fn policy_container(url: &Url, head: &ResponseHead) -> PolicyContainer {
    // 1. A service worker's script is never a blob.
    // 2. FIXME(spec): the embedder policies and the integrity policy.
    // 3. The content security policies.
    let origin = Origin::of(head.url().unwrap_or(url));
    let csp_list = CspList::parse_headers(&head.headers, &origin);
    // 4. The referrer policy.
    let referrer_policy = ReferrerPolicy::parse_header(&head.headers);
    PolicyContainer { csp_list, referrer_policy }
}
