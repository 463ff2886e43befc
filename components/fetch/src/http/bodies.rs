//! Bodies (<https://fetch.spec.whatwg.org/#bodies>).

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;

use crate::NetworkError;

/// A body's bytes as they come. After an error or the end there is nothing more; dropping it ends the transfer.
pub type BodyStream = BoxStream<'static, Result<Bytes, NetworkError>>;

/// A stream of bytes that are already there.
pub fn body_of_bytes(bytes: impl Into<Bytes>) -> BodyStream {
    let bytes = bytes.into();
    if bytes.is_empty() {
        return futures::stream::empty().boxed();
    }
    futures::stream::once(async move { Ok(bytes) }).boxed()
}

/// A request's body. Its type, where it has one, is the request's `Content-Type` header, as in the spec.
#[derive(Clone)]
pub enum RequestBody {
    /// Bytes in memory.
    Bytes(Bytes),
    /// Bytes that are read when they are sent: a file, a stored upload, a page's stream.
    Source(Arc<dyn BodySource>),
}

/// Where a request's body can be read.
pub trait BodySource: Send + Sync {
    /// The number of bytes, where it is known. Without it HTTP/1.1 sends chunks.
    fn length(&self) -> Option<u64>;

    /// Whether [`open`](BodySource::open) can be called again: the spec's "source is non-null". A redirect that
    /// has to send a body again fails where it can't.
    fn is_replayable(&self) -> bool;

    /// Starts reading from the first byte.
    fn open(&self) -> Result<BodyStream, NetworkError>;

    /// Nobody is going to read it (any more), since the request was answered without the network. For a stream that is
    /// there once, this is to
    /// [cancel](https://streams.spec.whatwg.org/#readablestream-cancel) it.
    fn cancel(&self) {}
}

impl RequestBody {
    /// The number of bytes, where it is known.
    pub fn length(&self) -> Option<u64> {
        match self {
            RequestBody::Bytes(bytes) => u64::try_from(bytes.len()).ok(),
            RequestBody::Source(source) => source.length(),
        }
    }

    /// Whether the body can be sent more than once.
    pub fn is_replayable(&self) -> bool {
        match self {
            RequestBody::Bytes(_) => true,
            RequestBody::Source(source) => source.is_replayable(),
        }
    }

    /// Starts reading from the first byte.
    pub fn open(&self) -> Result<BodyStream, NetworkError> {
        match self {
            RequestBody::Bytes(bytes) => Ok(body_of_bytes(bytes.clone())),
            RequestBody::Source(source) => source.open(),
        }
    }
}

impl<T: Into<Bytes>> From<T> for RequestBody {
    fn from(bytes: T) -> Self {
        RequestBody::Bytes(bytes.into())
    }
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RequestBody::Bytes(bytes) => write!(f, "RequestBody::Bytes({} bytes)", bytes.len()),
            RequestBody::Source(source) => write!(f, "RequestBody::Source({:?} bytes)", source.length()),
        }
    }
}
