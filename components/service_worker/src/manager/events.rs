//! Events at workers.

use std::sync::Arc;

use futures::future::{Either, select};

use super::Manager;
use super::notify::forget_if_unreachable;
use crate::host::DispatchOutcome;
use crate::{EventOutcome, FunctionalEvent, RegistrationId, Reply, RunId, WorkerEvent, WorkerId};

/// How an event ended: the host's answer, or that it took too long.
pub(super) enum Dispatched {
    Handled,
    Failed(String),
    Discarded,
    Terminated,
    TimedOut,
}

impl Manager {
    /// [Fire Functional Event](https://w3c.github.io/ServiceWorker/#fire-functional-event-algorithm).
    pub(crate) fn fire_functional_event(
        self: &Arc<Self>,
        id: RegistrationId,
        event: FunctionalEvent,
        reply: Reply<EventOutcome>,
    ) {
        let manager = Arc::clone(self);
        self.spawn(async move {
            let outcome = manager.deliver(id, &event).await;
            reply.send(Ok(outcome));
            // 4.1, 6.1, 9. A registration that wasn't checked for long is checked now.
            let now = manager.hosts.clock.now();
            let is_stale =
                manager.state().registrations.get(&id).is_some_and(|registration| registration.is_stale(now));
            if is_stale {
                manager.soft_update(id, false);
            }
        });
    }

    async fn deliver(self: &Arc<Self>, id: RegistrationId, event: &FunctionalEvent) -> EventOutcome {
        let active_worker =
            || self.state().registrations.get(&id).and_then(|registration| registration.active);
        for _ in 0..self.config.max_dispatch_attempts {
            // 1–2. Its active worker.
            let Some(active) = active_worker() else { return EventOutcome::NoActiveWorker };
            // 3. It doesn't listen.
            if self.state().workers.get(&active).is_some_and(|worker| worker.should_skip_event(event.name)) {
                return EventOutcome::Skipped;
            }
            // 5. Wait until it is activated.
            self.wait_until_activated(active).await;
            // 6. Run it.
            let run = match self.run_service_worker(active, false).await {
                Ok((run, _)) => run,
                // NB: another worker took over while this one was started: the event is for that one.
                Err(_) if active_worker() != Some(active) => continue,
                Err(error) => return EventOutcome::StartFailed(error.to_string()),
            };
            // 7–8. Dispatch the event.
            match self.dispatch(active, run, WorkerEvent::Functional(event.clone())).await {
                Dispatched::Handled => return EventOutcome::Handled,
                Dispatched::Failed(reason) => return EventOutcome::Failed(reason),
                Dispatched::Terminated => return EventOutcome::Terminated,
                Dispatched::TimedOut => return EventOutcome::TimedOut,
                // The worker ended first: the event goes to its next run.
                Dispatched::Discarded => {}
            }
        }
        EventOutcome::Terminated
    }

    /// Dispatches an event at a run of a worker and waits until it is no longer active
    /// ([Update Service Worker Extended Events Set](https://w3c.github.io/ServiceWorker/#update-service-worker-extended-events-set-algorithm)).
    pub(super) async fn dispatch(
        self: &Arc<Self>,
        id: WorkerId,
        run: RunId,
        event: WorkerEvent,
    ) -> Dispatched {
        // 3. It is in the set from here on.
        if let Some(worker) = self.state().workers.get_mut(&id) {
            worker.active_events += 1;
            worker.activity += 1;
        }
        let name = event.name().to_owned();
        let dispatched = self.hosts.workers.dispatch(run, event);
        let timeout = self.hosts.clock.sleep(self.config.event_timeout);
        let outcome = match select(dispatched, timeout).await {
            Either::Left((DispatchOutcome::Handled, _)) => Dispatched::Handled,
            Either::Left((DispatchOutcome::Failed(reason), _)) => Dispatched::Failed(reason),
            Either::Left((DispatchOutcome::Discarded, _)) => Dispatched::Discarded,
            Either::Left((DispatchOutcome::Terminated, _)) => Dispatched::Terminated,
            Either::Right(((), _)) => {
                tracing::warn!(
                    worker = id.0,
                    event = name,
                    "an event took too long; its service worker is ended"
                );
                let mut state = self.state();
                if state.runs.get(&run) == Some(&id) {
                    self.terminate_service_worker(&mut state, id);
                }
                Dispatched::TimedOut
            }
        };
        self.end_event(id);
        outcome
    }

    /// [Add lifetime promise](https://w3c.github.io/ServiceWorker/#extendableevent-add-lifetime-promise), step 5.2:
    /// the last promise of an event has settled.
    fn end_event(self: &Arc<Self>, id: WorkerId) {
        let mut state = self.state();
        let state = &mut *state;
        let Some(worker) = state.workers.get_mut(&id) else { return };
        worker.active_events -= 1;
        worker.activity += 1;
        let registration = worker.registration;
        forget_if_unreachable(state, id);
        // 5.2.2. Perhaps the registration can be cleared now.
        if state.is_unregistered(registration) {
            self.try_clear_registration(state, registration);
        }
        // 5.2.3. Perhaps another worker can take over now.
        self.try_activate(state, registration);
    }
}
