//! The buffer between a connection and whoever reads the body.
//!
//! A task reads ahead, up to a number of bytes. So a small body frees its connection though nobody reads it, the
//! decoding is done off the reader's thread, and a large body waits for its reader.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use fetch::{BodyStream, NetworkError};
use futures::{Stream, StreamExt};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;

/// An unwanted body is read for so long, and so far, before its connection is given up.
const DISCARD_TIME: Duration = Duration::from_secs(5);
const DISCARD_LENGTH: usize = 64 * 1024;

/// Reads `body` ahead of its reader, `capacity` bytes at most (and the piece that goes beyond it).
pub(crate) fn read_ahead<S>(body: S, capacity: usize, runtime: &Handle) -> BodyStream
where
    S: Stream<Item = Result<Bytes, NetworkError>> + Send + Unpin + 'static,
{
    let capacity = u32::try_from(capacity).unwrap_or(u32::MAX).max(1);
    let (sender, receiver) = unbounded_channel();
    let pump = runtime.spawn(pump(body, sender, capacity));
    ReadAhead { receiver, pump }.boxed()
}

/// Reads what is left of a body that nobody wants, if that is little: its connection can then be used again.
pub(crate) fn discard(body: Option<BodyStream>, runtime: &Handle) {
    let Some(mut body) = body else { return };
    runtime.spawn(tokio::time::timeout(DISCARD_TIME, async move {
        let mut length = 0;
        while let Some(Ok(piece)) = body.next().await {
            length += piece.len();
            if length > DISCARD_LENGTH {
                return;
            }
        }
    }));
}

type Piece = (Result<Bytes, NetworkError>, Option<OwnedSemaphorePermit>);

async fn pump<S>(mut body: S, sender: UnboundedSender<Piece>, capacity: u32)
where
    S: Stream<Item = Result<Bytes, NetworkError>> + Unpin,
{
    let room = Arc::new(Semaphore::new(capacity.try_into().unwrap_or(Semaphore::MAX_PERMITS)));
    while let Some(piece) = body.next().await {
        let length = piece.as_ref().map_or(0, Bytes::len);
        let needed = u32::try_from(length).unwrap_or(u32::MAX).min(capacity);
        // The permits come back when the reader takes the piece. The semaphore is never closed.
        let permit = room.clone().acquire_many_owned(needed).await.ok();
        if sender.send((piece, permit)).is_err() {
            return;
        }
    }
}

struct ReadAhead {
    receiver: UnboundedReceiver<Piece>,
    pump: JoinHandle<()>,
}

impl Stream for ReadAhead {
    type Item = Result<Bytes, NetworkError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.receiver.poll_recv(cx).map(|piece| piece.map(|(piece, _permit)| piece))
    }
}

impl Drop for ReadAhead {
    fn drop(&mut self) {
        // Ends the transfer at once, though the pump may be waiting for the server.
        self.pump.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::channel::{mpsc, oneshot};
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn it_reads_no_further_ahead_than_it_may() {
        let taken = Arc::new(AtomicUsize::new(0));
        let counter = taken.clone();
        let endless = futures::stream::repeat_with(move || {
            counter.fetch_add(1, Ordering::SeqCst);
            Ok(Bytes::from_static(&[0; 100]))
        });
        let mut body = read_ahead(endless, 1000, &Handle::current());
        // On this one thread the pump runs whenever we wait, and until it has to wait itself.
        tokio::task::yield_now().await;
        assert_eq!(taken.load(Ordering::SeqCst), 11);
        body.next().await.unwrap().unwrap();
        tokio::task::yield_now().await;
        assert_eq!(taken.load(Ordering::SeqCst), 12);
    }

    #[tokio::test]
    async fn a_piece_larger_than_the_buffer_passes() {
        let pieces = vec![Ok(Bytes::from(vec![1; 5000])), Ok(Bytes::from(vec![2; 5000]))];
        let body = read_ahead(futures::stream::iter(pieces), 100, &Handle::current());
        assert_eq!(body.map(|piece| piece.unwrap().len()).collect::<Vec<_>>().await, [5000, 5000]);
    }

    #[tokio::test]
    async fn dropping_it_drops_the_body_that_waits_for_the_server() {
        struct Signal(Option<oneshot::Sender<()>>);
        impl Drop for Signal {
            fn drop(&mut self) {
                let _ = self.0.take().map(|sender| sender.send(()));
            }
        }
        let (dropped, was_dropped) = oneshot::channel();
        let signal = Signal(Some(dropped));
        let (_sender, silent) = mpsc::unbounded::<Result<Bytes, NetworkError>>();
        let silent = silent.map(move |piece| {
            let _keep = &signal;
            piece
        });
        let body = read_ahead(silent, 100, &Handle::current());
        tokio::task::yield_now().await;
        drop(body);
        was_dropped.await.unwrap();
    }

    #[tokio::test]
    async fn an_error_is_handed_on() {
        let pieces = vec![Ok(Bytes::from_static(b"x")), Err(NetworkError::aborted())];
        let mut body = read_ahead(futures::stream::iter(pieces), 100, &Handle::current());
        assert!(body.next().await.unwrap().is_ok());
        assert_eq!(body.next().await.unwrap().unwrap_err(), NetworkError::aborted());
        assert!(body.next().await.is_none());
    }
}
