//! Origins (<https://html.spec.whatwg.org/multipage/browsers.html#concept-origin>).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::{Host, Url};
use uuid::Uuid;

/// An origin: either a tuple or opaque.
///
/// An opaque origin is equal to its own copies alone, also after it was stored and read back, since it carries
/// an id. Serde writes [`Origin::to_internal_string`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Origin {
    /// A tuple origin. The spec's fourth member, the domain, is not kept: `document.domain` is not supported.
    Tuple {
        /// The scheme, in lower case.
        scheme: String,
        /// The host.
        host: Host<String>,
        /// The port; the scheme's default port where the URL names none.
        port: u16,
    },
    /// An opaque origin with its identity.
    Opaque(Uuid),
}

impl Origin {
    /// A new opaque origin, different from all others.
    pub fn new_opaque() -> Self {
        Origin::Opaque(Uuid::new_v4())
    }

    /// A URL's origin (<https://url.spec.whatwg.org/#concept-url-origin>). Each call on a URL without a tuple
    /// origin (`data:`, `file:`, …) gives a new opaque origin.
    pub fn of(url: &Url) -> Self {
        match url.origin() {
            url::Origin::Tuple(scheme, host, port) => Origin::Tuple { scheme, host, port },
            url::Origin::Opaque(_) => Origin::new_opaque(),
        }
    }

    /// Whether this is an opaque origin.
    pub fn is_opaque(&self) -> bool {
        matches!(self, Origin::Opaque(_))
    }

    /// The scheme of a tuple origin.
    pub fn scheme(&self) -> Option<&str> {
        match self {
            Origin::Tuple { scheme, .. } => Some(scheme),
            Origin::Opaque(_) => None,
        }
    }

    /// The host of a tuple origin.
    pub fn host(&self) -> Option<&Host<String>> {
        match self {
            Origin::Tuple { host, .. } => Some(host),
            Origin::Opaque(_) => None,
        }
    }

    /// <https://html.spec.whatwg.org/multipage/browsers.html#same-origin>
    pub fn same_origin(&self, other: &Origin) -> bool {
        self == other
    }

    /// Whether `url`'s origin is same origin with this one. Never true for an opaque origin: each look at such
    /// a URL would make a new one.
    pub fn is_origin_of(&self, url: &Url) -> bool {
        match (self, url.origin()) {
            (Origin::Tuple { scheme, host, port }, url::Origin::Tuple(s, h, p)) => {
                *scheme == s && *host == h && *port == p
            }
            _ => false,
        }
    }

    /// The ASCII serialization of an origin: `https://example.com:8443`, or `null` where it is opaque
    /// (<https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin>).
    pub fn ascii_serialization(&self) -> String {
        match self {
            Origin::Tuple { scheme, host, port } => {
                url::Origin::Tuple(scheme.clone(), host.clone(), *port).ascii_serialization()
            }
            Origin::Opaque(_) => "null".to_owned(),
        }
    }

    /// A string that [`FromStr`] reads back to an equal origin, opaque ones too (`opaque:<id>`). For storage
    /// and messages; scripts get [`Origin::ascii_serialization`].
    pub fn to_internal_string(&self) -> String {
        match self {
            Origin::Tuple { .. } => self.ascii_serialization(),
            Origin::Opaque(id) => format!("opaque:{id}"),
        }
    }
}

/// A string that is no origin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an origin (expected for example `https://example.com` or `opaque:<uuid>`)")]
pub struct ParseOriginError(pub String);

impl FromStr for Origin {
    type Err = ParseOriginError;

    fn from_str(text: &str) -> Result<Self, ParseOriginError> {
        let error = || ParseOriginError(text.to_owned());
        if let Some(id) = text.strip_prefix("opaque:") {
            return Uuid::parse_str(id).map(Origin::Opaque).map_err(|_| error());
        }
        match Origin::of(&Url::parse(text).map_err(|_| error())?) {
            origin @ Origin::Tuple { .. } => Ok(origin),
            Origin::Opaque(_) => Err(error()),
        }
    }
}

impl TryFrom<String> for Origin {
    type Error = ParseOriginError;

    fn try_from(text: String) -> Result<Self, ParseOriginError> {
        text.parse()
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> String {
        origin.to_internal_string()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_internal_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> Origin {
        Origin::of(&Url::parse(url).unwrap())
    }

    #[test]
    fn tuple_origins_are_equal_by_scheme_host_and_port() {
        assert_eq!(of("https://a.example/x"), of("https://a.example:443/y?z"));
        assert_ne!(of("https://a.example/"), of("http://a.example/"));
        assert_ne!(of("https://a.example/"), of("https://a.example:8443/"));
        assert_ne!(of("https://a.example/"), of("https://b.example/"));
    }

    #[test]
    fn an_opaque_origin_is_equal_to_its_copies_alone() {
        let origin = of("data:,x");
        assert!(origin.is_opaque());
        assert_eq!(origin, origin.clone());
        assert_ne!(origin, of("data:,x"));
        assert_eq!(origin.ascii_serialization(), "null");
    }

    #[test]
    fn a_blob_url_has_the_origin_of_its_path() {
        assert_eq!(of("blob:https://a.example/0b0e"), of("https://a.example/"));
    }

    #[test]
    fn origins_survive_being_written_and_read() {
        for origin in [of("https://a.example:8443/"), of("http://[::1]:80/"), of("http://127.0.0.1:8000/")] {
            assert_eq!(origin.to_internal_string().parse(), Ok(origin));
        }
        let opaque = Origin::new_opaque();
        assert_eq!(opaque.to_internal_string().parse(), Ok(opaque));
        assert!("null".parse::<Origin>().is_err());
        assert!("file:///x".parse::<Origin>().is_err());
    }

    #[test]
    fn no_url_is_of_an_opaque_origin() {
        assert!(of("https://a.example/").is_origin_of(&Url::parse("https://a.example/b").unwrap()));
        assert!(!Origin::new_opaque().is_origin_of(&Url::parse("data:,x").unwrap()));
    }
}
