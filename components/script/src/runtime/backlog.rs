//! How much may wait for an agent.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many bytes may wait.
const LIMIT: usize = 1 << 20;
/// What anything counts for, apart from its bytes.
const COST: usize = 256;

/// The room for what comes for one object: a server that sends more than its agent can take is held back.
#[derive(Clone)]
pub(crate) struct Backlog {
    room: Arc<Semaphore>,
}

/// Taken room. To be dropped with what it was taken for.
pub(crate) struct Room {
    _taken: Option<OwnedSemaphorePermit>,
}

impl Backlog {
    /// A backlog with all of its room.
    pub(crate) fn new() -> Backlog {
        Backlog { room: Arc::new(Semaphore::new(LIMIT)) }
    }

    /// Waits until there is room for so many bytes. What is too large for all of it waits until nothing else does.
    pub(crate) async fn take(&self, length: usize) -> Room {
        let cost = u32::try_from(length.saturating_add(COST).min(LIMIT)).unwrap_or(u32::MAX);
        // (The semaphore is never closed.)
        Room { _taken: self.room.clone().acquire_many_owned(cost).await.ok() }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn what_comes_waits_for_room() {
        let backlog = Backlog::new();
        let take = |length| backlog.take(length).now_or_never();
        let large = take(LIMIT * 2).expect("there is all the room");
        assert!(take(0).is_none());
        drop(large);
        let first = take(LIMIT - 2 * COST).expect("there is room");
        let second = take(0).expect("there is just enough");
        assert!(take(0).is_none());
        drop((first, second));
        assert!(take(LIMIT).is_some());
    }
}
