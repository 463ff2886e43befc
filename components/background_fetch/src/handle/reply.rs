//! Answers to calls.

use futures::channel::oneshot;

use crate::Error;

/// Where the answer to a call goes: a function that is called once, from the service's own task.
///
/// It must not block; a DOM implementation queues a task from it. Answers and
/// [observations](crate::Observer) come in the order in which the service makes them, so a task queued by an
/// answer runs before one queued by a later update.
///
/// Dropped without an answer, which happens when the service ends, it answers [`Error::ServiceEnded`].
pub struct Reply<T>(Option<Answer<T>>);

type Answer<T> = Box<dyn FnOnce(Result<T, Error>) + Send>;

impl<T> Reply<T> {
    /// An answer that calls `answer`.
    pub fn new(answer: impl FnOnce(Result<T, Error>) + Send + 'static) -> Self {
        Reply(Some(Box::new(answer)))
    }

    /// For a caller that doesn't care.
    pub fn ignore() -> Self {
        Reply(None)
    }

    /// Answers.
    pub fn send(mut self, answer: Result<T, Error>) {
        if let Some(reply) = self.0.take() {
            reply(answer);
        }
    }
}

impl<T: Send + 'static> Reply<T> {
    /// An answer to be awaited.
    pub fn channel() -> (Self, impl Future<Output = Result<T, Error>> + Send) {
        let (sender, receiver) = oneshot::channel();
        let reply = Reply::new(move |answer| {
            // Nobody may be waiting any more.
            let _ = sender.send(answer);
        });
        (reply, async { receiver.await.unwrap_or(Err(Error::ServiceEnded)) })
    }
}

impl<T> Drop for Reply<T> {
    fn drop(&mut self) {
        if let Some(reply) = self.0.take() {
            reply(Err(Error::ServiceEnded));
        }
    }
}

impl<T> std::fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reply")
    }
}
