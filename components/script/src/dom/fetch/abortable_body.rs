//! Bodies that a controller ends, wherever they have gone (<https://fetch.spec.whatwg.org/#fetch-controller-abort>).

use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};

use fetch::{BodyStream, Bytes, NetworkError};
use futures::future::AbortHandle;
use futures::stream::Abortable;
use futures::{Stream, StreamExt};

/// Ends a body with an error.
pub(super) struct BodyController {
    handle: AbortHandle,
    transfer: Weak<()>,
}

impl BodyController {
    /// The body as it is to be handed on, and what ends it.
    pub(super) fn of(body: BodyStream) -> (BodyStream, BodyController) {
        let (handle, registration) = AbortHandle::new_pair();
        let transfer = Arc::new(());
        let controller = BodyController { handle, transfer: Arc::downgrade(&transfer) };
        let body =
            AbortableBody { body: Abortable::new(body, registration), has_told: false, _transfer: transfer };
        (body.boxed(), controller)
    }

    /// Ends it.
    pub(super) fn abort(&self) {
        self.handle.abort();
    }

    /// Whether nobody reads it any more.
    pub(super) fn is_over(&self) -> bool {
        self.transfer.strong_count() == 0
    }
}

struct AbortableBody {
    body: Abortable<BodyStream>,
    has_told: bool,
    _transfer: Arc<()>,
}

impl Stream for AbortableBody {
    type Item = Result<Bytes, NetworkError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.body.poll_next_unpin(cx) {
            Poll::Ready(None) if self.body.is_aborted() && !self.has_told => {
                self.has_told = true;
                Poll::Ready(Some(Err(NetworkError::aborted())))
            }
            other => other,
        }
    }
}
