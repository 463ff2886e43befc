//! A request's body on its way out.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::Bytes;
use fetch::{BodyStream, NetworkError, NetworkErrorKind, OnBodySent, RequestBody};
use futures::StreamExt;
use http_body::{Body, Frame, SizeHint};

/// Bytes in memory are handed over in pieces, so that progress can be seen.
const PIECE: usize = 64 * 1024;

/// How an upload goes, for those who wait for the response.
#[derive(Clone, Debug)]
pub(crate) struct UploadProgress(Arc<Mutex<Progress>>);

#[derive(Debug)]
struct Progress {
    last_sent: Instant,
    failure: Option<NetworkError>,
}

impl UploadProgress {
    pub(crate) fn new() -> Self {
        UploadProgress(Arc::new(Mutex::new(Progress { last_sent: Instant::now(), failure: None })))
    }

    /// When a piece was last handed to the transport: from then on we wait for the response.
    pub(crate) fn last_sent(&self) -> Instant {
        self.lock().last_sent
    }

    /// Why the body could not be read. HTTP/2 does not tell its own side.
    pub(crate) fn failure(&self) -> Option<NetworkError> {
        self.lock().failure.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The body that hyper reads: counts what it takes, and holds a source to the length it promised.
pub(crate) struct UploadBody {
    source: Source,
    /// What is still to come, where the length is known.
    remaining: Option<u64>,
    on_body_sent: Option<OnBodySent>,
    progress: UploadProgress,
}

enum Source {
    Empty,
    Bytes(Bytes),
    Stream(BodyStream),
}

impl UploadBody {
    pub(crate) fn new(
        body: Option<&RequestBody>,
        on_body_sent: Option<OnBodySent>,
        progress: UploadProgress,
    ) -> Result<Self, NetworkError> {
        let (source, remaining) = match body {
            None => (Source::Empty, Some(0)),
            Some(RequestBody::Bytes(bytes)) => {
                (Source::Bytes(bytes.clone()), Some(u64::try_from(bytes.len()).unwrap_or(u64::MAX)))
            }
            Some(RequestBody::Source(source)) => (Source::Stream(source.open()?), source.length()),
        };
        Ok(UploadBody { source, remaining, on_body_sent, progress })
    }

    fn next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, NetworkError>>> {
        Poll::Ready(match &mut self.source {
            Source::Empty => None,
            Source::Bytes(bytes) if bytes.is_empty() => None,
            Source::Bytes(bytes) => Some(Ok(bytes.split_to(bytes.len().min(PIECE)))),
            Source::Stream(stream) => ready!(Pin::new(stream).poll_next_unpin(cx)),
        })
    }

    /// Counts a piece on its way to the transport.
    fn hand_over(&mut self, bytes: Bytes) -> Result<Bytes, NetworkError> {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if let Some(remaining) = self.remaining {
            self.remaining = Some(remaining.checked_sub(length).ok_or_else(|| wrong_length("longer"))?);
        }
        self.progress.lock().last_sent = Instant::now();
        if let Some(on_body_sent) = &self.on_body_sent {
            on_body_sent(length);
        }
        Ok(bytes)
    }
}

fn wrong_length(how: &str) -> NetworkError {
    NetworkError::new(NetworkErrorKind::RequestBody, format!("the request's body is {how} than announced"))
}

impl Body for UploadBody {
    type Data = Bytes;
    type Error = NetworkError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, NetworkError>>> {
        let piece = ready!(self.next(cx));
        let checked = match piece {
            Some(piece) => Some(piece.and_then(|bytes| self.hand_over(bytes))),
            None if self.remaining.is_some_and(|left| left > 0) => Some(Err(wrong_length("shorter"))),
            None => None,
        };
        if let Some(Err(error)) = &checked {
            self.progress.lock().failure = Some(error.clone());
        }
        Poll::Ready(checked.map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        // A source is asked for its end, so that one that is too long is noticed.
        match &self.source {
            Source::Empty => true,
            Source::Bytes(bytes) => bytes.is_empty(),
            Source::Stream(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.remaining.map(SizeHint::with_exact).unwrap_or_default()
    }
}

impl fmt::Debug for UploadBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadBody").field("remaining", &self.remaining).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fetch::{BodySource, body_of_bytes};
    use futures::FutureExt;
    use http_body_util::BodyExt;
    use std::sync::atomic::{AtomicU64, Ordering};

    struct Promise(u64, &'static [u8]);

    impl BodySource for Promise {
        fn length(&self) -> Option<u64> {
            Some(self.0)
        }

        fn is_replayable(&self) -> bool {
            true
        }

        fn open(&self) -> Result<BodyStream, NetworkError> {
            Ok(body_of_bytes(self.1))
        }
    }

    fn collect(body: UploadBody) -> Result<usize, NetworkError> {
        body.collect().now_or_never().unwrap().map(|collected| collected.to_bytes().len())
    }

    #[test]
    fn bytes_go_in_pieces_and_are_counted() {
        let counted = Arc::new(AtomicU64::new(0));
        let calls = Arc::new(AtomicU64::new(0));
        let on_body_sent: OnBodySent = {
            let (counted, calls) = (counted.clone(), calls.clone());
            Arc::new(move |bytes| {
                counted.fetch_add(bytes, Ordering::Relaxed);
                calls.fetch_add(1, Ordering::Relaxed);
            })
        };
        let body = RequestBody::from(vec![7; PIECE * 2 + 1]);
        let upload = UploadBody::new(Some(&body), Some(on_body_sent), UploadProgress::new()).unwrap();
        assert_eq!(upload.size_hint().exact(), Some(PIECE as u64 * 2 + 1));
        assert_eq!(collect(upload).unwrap(), PIECE * 2 + 1);
        assert_eq!(counted.load(Ordering::Relaxed), PIECE as u64 * 2 + 1);
        assert_eq!(calls.load(Ordering::Relaxed), 3);
    }

    #[test]
    fn a_source_is_held_to_its_promise() {
        let with = |promise| {
            let body = RequestBody::Source(Arc::new(promise));
            collect(UploadBody::new(Some(&body), None, UploadProgress::new()).unwrap())
        };
        assert_eq!(with(Promise(3, b"abc")).unwrap(), 3);
        let shorter = with(Promise(4, b"abc")).unwrap_err();
        assert!(shorter.kind == NetworkErrorKind::RequestBody && shorter.message.contains("shorter"));
        assert!(with(Promise(2, b"abc")).unwrap_err().message.contains("longer"));
    }

    #[test]
    fn no_body_is_at_its_end() {
        let upload = UploadBody::new(None, None, UploadProgress::new()).unwrap();
        assert!(upload.is_end_stream() && upload.size_hint().exact() == Some(0));
    }
}
