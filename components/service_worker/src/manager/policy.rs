//! What a script's response says about it.

use fetch::{HeaderList, Origin, PolicyContainer, ResponseHead};
use url::Host;

/// [Is origin potentially trustworthy?](https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy)
pub(super) fn is_potentially_trustworthy(origin: &Origin) -> bool {
    match (origin.scheme(), origin.host()) {
        (Some("https" | "wss"), _) => true,
        (_, Some(Host::Ipv4(address))) => address.is_loopback(),
        (_, Some(Host::Ipv6(address))) => address.is_loopback(),
        (_, Some(Host::Domain(domain))) => domain == "localhost" || domain.ends_with(".localhost"),
        _ => false,
    }
}

/// Whether the [extracted MIME type](https://fetch.spec.whatwg.org/#concept-header-extract-mime-type) is a
/// [JavaScript MIME type](https://mimesniff.spec.whatwg.org/#javascript-mime-type).
pub(super) fn is_javascript(headers: &HeaderList) -> bool {
    const JAVASCRIPT: &[&str] = &[
        "application/ecmascript",
        "application/javascript",
        "application/x-ecmascript",
        "application/x-javascript",
        "text/ecmascript",
        "text/javascript",
        "text/javascript1.0",
        "text/javascript1.1",
        "text/javascript1.2",
        "text/javascript1.3",
        "text/javascript1.4",
        "text/javascript1.5",
        "text/jscript",
        "text/livescript",
        "text/x-ecmascript",
        "text/x-javascript",
    ];
    let value = headers.get_string("Content-Type").unwrap_or_default();
    let mut essences = value.split(',').map(|value| value.split(';').next().unwrap_or_default().trim());
    // The last value that is one counts.
    let essence = essences.rfind(|essence| essence.contains('/') && *essence != "*/*");
    essence.is_some_and(|essence| JAVASCRIPT.contains(&essence.to_ascii_lowercase().as_str()))
}

/// [Create a policy container from a fetch response](https://html.spec.whatwg.org/multipage/browsers.html#creating-a-policy-container-from-a-fetch-response).
pub(super) fn policy_container(head: &ResponseHead) -> PolicyContainer {
    // FIXME(spec): the Content-Security-Policy and Referrer-Policy headers.
    let _ = head;
    PolicyContainer::default()
}
