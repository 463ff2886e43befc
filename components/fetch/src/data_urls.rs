//! `data:` URLs (<https://fetch.spec.whatwg.org/#data-urls>), by the crate `data-url`.

use bytes::Bytes;
use url::Url;

use crate::mime_type::MimeType;
use crate::{NetworkError, NetworkErrorKind};

/// A [data: URL struct](https://fetch.spec.whatwg.org/#data-url-struct).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataUrl {
    /// The MIME type.
    pub mime_type: MimeType,
    /// The body.
    pub body: Bytes,
}

/// The data: URL processor (<https://fetch.spec.whatwg.org/#data-url-processor>).
pub fn process_data_url(url: &Url) -> Result<DataUrl, NetworkError> {
    let failure = |reason: &str| {
        NetworkError::new(NetworkErrorKind::InvalidRequest, format!("{reason}: {}", shortened(url)))
    };
    let parsed = data_url::DataUrl::process(url.as_str())
        .map_err(|_| failure("a data: URL needs a comma before its data"))?;
    let (body, _fragment) =
        parsed.decode_to_vec().map_err(|_| failure("the data: URL is not valid base64"))?;
    Ok(DataUrl { mime_type: parsed.mime_type().clone().into(), body: body.into() })
}

/// A data: URL may be megabytes long; people are shown its beginning.
fn shortened(url: &Url) -> String {
    url.as_str().chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(url: &str) -> Option<(String, Vec<u8>)> {
        let data = process_data_url(&Url::parse(url).unwrap()).ok()?;
        Some((data.mime_type.to_string(), data.body.to_vec()))
    }

    #[test]
    fn data_urls_carry_type_and_bytes() {
        assert_eq!(process("data:,a%20b"), Some(("text/plain;charset=US-ASCII".into(), b"a b".to_vec())));
        assert_eq!(process("data:text/x;base64,aGk=#f"), Some(("text/x".into(), b"hi".to_vec())));
        assert_eq!(process("data:text/x"), None);
        assert_eq!(process("data:;base64,a"), None);
    }
}
