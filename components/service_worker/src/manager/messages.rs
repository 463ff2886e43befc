//! Messages between clients and workers.

use std::sync::Arc;

use super::Manager;
use crate::{
    ClientId, Environment, MessageEvent, MessageSource, Notification, Payload, WorkerEvent, WorkerId,
};

impl Manager {
    /// [postMessage() of ServiceWorker](https://w3c.github.io/ServiceWorker/#service-worker-postmessage-options), from
    /// step 5 on.
    pub(crate) fn post_message_to_worker(
        self: &Arc<Self>,
        id: WorkerId,
        message: Payload,
        source: Environment,
        origin: String,
    ) {
        let source = {
            let state = self.state();
            // 5. It doesn't listen; or it is gone.
            let Some(worker) = state.workers.get(&id) else { return };
            if worker.should_skip_event("message") {
                return;
            }
            // 6.2.1. The sender, as it is now.
            let source = match source {
                Environment::Client(client) => {
                    state.client(&client).map(|client| MessageSource::Client(Box::new(client.info.clone())))
                }
                Environment::Worker(worker) => state.worker_info(Some(worker)).map(MessageSource::Worker),
            };
            let Some(source) = source else { return };
            source
        };
        let manager = Arc::clone(self);
        self.spawn(async move {
            // 6.1. Run it.
            let Ok((run, _)) = manager.run_service_worker(id, false).await else { return };
            // 6.2. Dispatch the event. Nobody is told how it ended, and a message that a worker's end overtakes is
            // lost, both as the standard has it.
            let event = WorkerEvent::Message(MessageEvent { message, origin, source });
            manager.dispatch(id, run, event).await;
        });
    }

    /// [postMessage() of Client](https://w3c.github.io/ServiceWorker/#client-postmessage-options), the steps after
    /// serialising.
    pub(crate) fn post_message_to_client(
        &self,
        worker: WorkerId,
        client: &ClientId,
        message: Payload,
        origin: String,
    ) {
        let mut state = self.state();
        let source = state.worker_info(Some(worker));
        let (Some(client), Some(source)) = (state.client_mut(client), source) else { return };
        let message = Notification::Message { message, source, origin };
        match &mut client.early_messages {
            Some(early) => early.push(message),
            None => client.observer.notify(message),
        }
    }
}
