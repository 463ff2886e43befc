//! What goes on for a global apart from its tasks, and how all of it ends with the global's document:
//! <https://html.spec.whatwg.org/multipage/document-lifecycle.html#destroy-a-document>.
//!
//! Whatever waits for the network is a future that is [spawned](GlobalScope::spawn) by its global, whatever waits for a time
//! is a timer that is [set](GlobalScope::set_timer) by it: neither outlives the document.

use std::pin::pin;
use std::time::Duration;

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::{self, Shared};

use super::global_scope::GlobalScope;
use crate::runtime::agent::Agent;
use crate::runtime::timers::{TimerKey, TimerSteps};

/// Whether a global's document was destroyed. With it end those of its
/// [fetch group](https://fetch.spec.whatwg.org/#concept-fetch-group), and all else that was spawned.
pub(super) struct Ending {
    /// Dropped when it is.
    alive: std::cell::Cell<Option<oneshot::Sender<()>>>,
    ended: Shared<oneshot::Receiver<()>>,
}

impl Default for Ending {
    fn default() -> Self {
        let (alive, ended) = oneshot::channel();
        Ending { alive: std::cell::Cell::new(Some(alive)), ended: ended.shared() }
    }
}

impl Ending {
    fn end(&self) {
        drop(self.alive.take());
    }

    fn ended(&self) -> impl Future<Output = ()> + Send + Unpin + use<> {
        self.ended.clone().map(|_| ())
    }
}

impl GlobalScope {
    /// Resolves when the document of this global is destroyed, or its agent has ended.
    pub(crate) fn end(&self) -> impl Future<Output = ()> + Send + Unpin + use<> {
        self.ending().ended()
    }

    /// Runs a future that is dropped when the document of this global is destroyed, or its agent has ended.
    pub(crate) fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        let end = self.end();
        self.hosts().spawner.spawn(Box::pin(async move {
            // The end first: for a global that is gone nothing begins.
            let _ = future::select(end, pin!(future)).await;
        }));
    }

    /// Runs steps after a time, if the document of this global is not destroyed before; None if it was.
    pub(crate) fn set_timer(&self, after: Duration, steps: Box<dyn TimerSteps>) -> Option<TimerKey> {
        if self.is_discarded() {
            return None;
        }
        Some(Agent::of_this_thread().timers.borrow_mut().set(self.id(), after, steps))
    }

    /// Nothing of this global runs or waits from now on: its document is destroyed.
    pub(crate) fn discard(&self) {
        self.set_discarded();
        // 4 and 5. Its ports.
        for port in self.message_ports().all() {
            port.disentangle_at_end();
        }
        // 2 and 6. <https://html.spec.whatwg.org/multipage/document-lifecycle.html#unloading-document-cleanup-steps>:
        // requests, sockets, event sources, timers, blob URLs.
        self.ending().end();
        let agent = Agent::of_this_thread();
        // Bound first: what is dropped must not be dropped while the queue is borrowed.
        let timers = agent.timers.borrow_mut().take_all_of(self.id());
        drop(timers);
        for channel in self.broadcast_channels().all() {
            channel.unregister();
        }
        self.blob_urls().revoke_all();
        // 7. Its tasks.
        agent.remove_global(self.id());
        for worker in self.take_dedicated_workers() {
            worker.close();
        }
        agent.engine().shared_workers.remove_global(self.id());
        if let Some(container) = self.service_worker_container().get() {
            container.forget_client();
        }
    }
}
