//! The place of `blob:` URLs (<https://w3c.github.io/FileAPI/#blob-url>).

use fetch::{BodyStream, NetworkError, Request};
use std::ops::Range;
use url::Url;

/// A blob URL store (<https://w3c.github.io/FileAPI/#BlobURLStore>). Without one, `blob:` URLs do not resolve.
pub trait BlobUrlStore: Send + Sync {
    /// The blob behind a URL, if `request` may have it
    /// (<https://w3c.github.io/FileAPI/#blob-url-obtain-object>).
    fn obtain(&self, url: &Url, request: &Request) -> Option<Box<dyn BlobEntry>>;
}

/// A blob.
pub trait BlobEntry: Send + Sync {
    /// Its number of bytes.
    fn size(&self) -> u64;

    /// Its type; may be empty.
    fn mime_type(&self) -> String;

    /// Some of its bytes.
    fn read(&self, range: Range<u64>) -> Result<BodyStream, NetworkError>;
}
