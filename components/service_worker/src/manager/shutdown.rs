//! Ends: of a worker, of a site's data, of the program.

use std::sync::Arc;

use fetch::StorageKey;
use futures::channel::oneshot;
use futures::future::join_all;

use super::Manager;
use super::state::{Run, State};
use crate::{Error, Reply, WorkerId};

impl Manager {
    pub(crate) fn stop_worker(self: &Arc<Self>, id: WorkerId, reply: Reply<()>) {
        let ended = self.end_worker(&mut self.state(), id);
        self.spawn(async move {
            if let Some(ended) = ended {
                // An error means that the worker is forgotten: ended too.
                let _ = ended.await;
            }
            reply.send(Ok(()));
        });
    }

    /// Terminates a worker; the receiver tells its end. `None` if it doesn't run.
    fn end_worker(self: &Arc<Self>, state: &mut State, id: WorkerId) -> Option<oneshot::Receiver<()>> {
        self.terminate_service_worker(state, id);
        let Run::Stopping { restarters } = &mut state.workers.get_mut(&id)?.run else { return None };
        let (sender, receiver) = oneshot::channel();
        restarters.push(sender);
        Some(receiver)
    }

    /// Clears a site's data. NB: SD-5: at once, also what is in use.
    pub(crate) fn clear_storage_key(self: &Arc<Self>, storage_key: StorageKey, reply: Reply<()>) {
        let manager = Arc::clone(self);
        self.spawn(async move {
            let registrations = {
                let state = manager.state();
                let registrations = state.registrations.values();
                registrations
                    .filter(|one| one.storage_key == storage_key)
                    .map(|one| one.id)
                    .collect::<Vec<_>>()
            };
            let mut result = Ok(());
            for id in registrations {
                match manager.remove_registration(id).await {
                    Ok(()) => manager.clear_registration(&mut manager.state(), id),
                    Err(error) => result = Err(Error::Store(error)),
                }
            }
            reply.send(result);
        });
    }

    /// [Handle User Agent Shutdown](https://w3c.github.io/ServiceWorker/#on-user-agent-shutdown-algorithm).
    ///
    /// What the steps say about registrations holds without them: an installing worker is not in the profile (1.1),
    /// and a waiting one is activated by the next start (1.2).
    pub(crate) fn shut_down(self: &Arc<Self>, reply: Reply<()>) {
        let manager = Arc::clone(self);
        self.spawn(async move {
            let ends = {
                let mut state = manager.state();
                state.shutting_down = true;
                let workers = state.workers.keys().copied().collect::<Vec<_>>();
                workers.into_iter().filter_map(|id| manager.end_worker(&mut state, id)).collect::<Vec<_>>()
            };
            join_all(ends).await;
            manager.state().ended = true;
            reply.send(Ok(()));
        });
    }
}
