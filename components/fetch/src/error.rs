//! Network errors, with what a person or a retry needs to know.

use std::fmt;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};
use url::Url;

/// Why a fetch failed: a [network error](https://fetch.spec.whatwg.org/#concept-network-error) with a reason.
///
/// Scripts learn nothing but "network error" from it; people and the background fetch component learn the rest.
/// `Display` prints what failed and where, in one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkError {
    /// What kind of failure.
    pub kind: NetworkErrorKind,
    /// What was wrong and, where a person can do something about it, what to do.
    pub message: String,
    /// The URL that was being fetched, after redirects. (Boxed, so that a `Result` stays small.)
    pub url: Option<Box<Url>>,
    /// The address we spoke to, once there was one.
    pub address: Option<SocketAddr>,
    /// Whether the same request may well succeed later: a cut connection, a name server that is down.
    pub temporary: bool,
}

/// The kinds of [`NetworkError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum NetworkErrorKind {
    /// The host name did not resolve.
    Dns,
    /// No connection to any of the host's addresses.
    Connect,
    /// The same, but the host can be reached: it refuses, since nothing listens on that port.
    Refused,
    /// The TLS handshake failed; not temporary where the certificate was refused.
    Tls,
    /// Nothing came for too long.
    Timeout(TimeoutStage),
    /// The connection ended before the message did.
    Cut,
    /// The server broke HTTP's rules.
    Protocol,
    /// The body's content coding could not be decoded.
    Decode,
    /// A CORS check or a CORS preflight failed.
    Cors,
    /// Policy forbids the request; no byte was sent to the blocked URL.
    Blocked(BlockReason),
    /// A redirect that may not be followed: too many, the mode forbids it, or no usable URL.
    Redirect,
    /// A scheme that is not fetched.
    UnsupportedScheme,
    /// A URL or a request that can not be fetched as it stands.
    InvalidRequest,
    /// The body does not match the request's integrity metadata.
    Integrity,
    /// The request's own body could not be read.
    RequestBody,
    /// A service worker answered with an error, or with what is no answer to the request.
    ServiceWorker,
    /// The request or its owner ended it.
    Aborted,
    /// Our own machine failed us: no threads, no memory, no disk.
    Internal,
}

/// Which wait was too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TimeoutStage {
    /// Connecting, including name resolution and TLS.
    Connect,
    /// From the request to the response's head.
    Head,
    /// Between two pieces of the body.
    Body,
}

/// Which policy blocked a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum BlockReason {
    /// <https://fetch.spec.whatwg.org/#port-blocking>
    BadPort,
    /// <https://w3c.github.io/webappsec-mixed-content/#should-block-fetch>
    MixedContent,
    /// <https://w3c.github.io/webappsec-csp/#should-block-request>
    Csp,
    /// The request's mode does not allow this URL (another origin in mode "same-origin", say).
    Mode,
    /// The "local-URLs-only" flag.
    NotLocal,
    /// `X-Content-Type-Options: nosniff`.
    Nosniff,
    /// A MIME type that the destination may not have.
    MimeType,
    /// `Cross-Origin-Resource-Policy`.
    Corp,
    /// Opaque response blocking.
    Orb,
    /// A partial response to a request without a range.
    UnrequestedRange,
}

impl NetworkError {
    /// A failure that will not go away by itself.
    pub fn new(kind: NetworkErrorKind, message: impl Into<String>) -> Self {
        NetworkError { kind, message: message.into(), url: None, address: None, temporary: false }
    }

    /// A failure that may go away by itself.
    pub fn temporary(kind: NetworkErrorKind, message: impl Into<String>) -> Self {
        NetworkError { temporary: true, ..NetworkError::new(kind, message) }
    }

    /// The request was blocked by policy.
    pub fn blocked(reason: BlockReason, message: impl Into<String>) -> Self {
        NetworkError::new(NetworkErrorKind::Blocked(reason), message)
    }

    /// The fetch was ended by its owner.
    pub fn aborted() -> Self {
        NetworkError::new(NetworkErrorKind::Aborted, "the fetch was aborted")
    }

    /// Adds the URL, unless the error already names one.
    #[must_use]
    pub fn at(mut self, url: &Url) -> Self {
        self.url.get_or_insert_with(|| Box::new(url.clone()));
        self
    }

    /// Adds the address, unless the error already names one.
    #[must_use]
    pub fn with_address(mut self, address: Option<SocketAddr>) -> Self {
        self.address = self.address.or(address);
        self
    }

    /// Whether this is an [aborted network error](https://fetch.spec.whatwg.org/#concept-aborted-network-error).
    pub fn is_aborted(&self) -> bool {
        self.kind == NetworkErrorKind::Aborted
    }
}

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(url) = &self.url {
            write!(f, " ({url}")?;
            if let Some(address) = self.address {
                write!(f, " at {address}")?;
            }
            f.write_str(")")?;
        }
        Ok(())
    }
}

impl std::error::Error for NetworkError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_failed_and_where() {
        let error =
            NetworkError::temporary(NetworkErrorKind::Cut, "the connection ended after 3 of 10 bytes")
                .at(&Url::parse("http://a.example/ep.mp3").unwrap())
                .with_address("127.0.0.1:80".parse().ok());
        assert_eq!(
            error.to_string(),
            "the connection ended after 3 of 10 bytes (http://a.example/ep.mp3 at 127.0.0.1:80)"
        );
        assert!(error.temporary);
    }

    #[test]
    fn the_first_url_named_is_kept() {
        let first = Url::parse("http://first.example/").unwrap();
        let error = NetworkError::aborted().at(&first).at(&Url::parse("http://second.example/").unwrap());
        assert_eq!(error.url.as_deref(), Some(&first));
        assert!(error.is_aborted());
    }
}
