//! Events: steps 8.8 to the end of [perform a background
//! fetch](https://wicg.github.io/background-fetch/#perform-a-background-fetch-algorithm), and [fire a
//! background fetch click
//! event](https://wicg.github.io/background-fetch/#fire-a-background-fetch-click-event-algorithm).
//!
//! NB: SD-4: an event is stored with the result that it tells of, and counted before each attempt to deliver
//! it. It goes out at least once: after the death of its worker or of the whole process it is delivered
//! again, a bounded number of times.

use futures::FutureExt;

use super::{Event, Service, Written};
use crate::algorithms::retry;
use crate::concepts::{FailureReason, SettledResult, Stage, UniqueId};
use crate::handle::Reply;
use crate::host::{Change, DeliveryError, EventKind, FunctionalEvent, StoreError};

/// Steps 8.8 to 8.12: the event that tells of a result.
fn event_kind(result: SettledResult) -> EventKind {
    match result {
        SettledResult::Failure(FailureReason::Aborted) => EventKind::Abort,
        SettledResult::Failure(_) => EventKind::Fail,
        SettledResult::Success => EventKind::Success,
    }
}

impl Service {
    /// Step 8.13: fires the event. The attempt has been counted.
    pub(super) fn deliver(&mut self, id: UniqueId) {
        let Some(fetch) = self.fetches.get(&id) else { return };
        let Stage::Settled { result, attempts } = fetch.stage else { return };
        let delivery = self.hosts.events.deliver(FunctionalEvent {
            registration: fetch.registration.clone(),
            kind: event_kind(result),
            instance: fetch.instance(),
            attempt: attempts,
        });
        self.start(delivery.map(move |result| Event::Delivered(id, result)));
    }

    /// 8.13.1. The event is over, or did not get there.
    pub(super) fn delivered(&mut self, id: UniqueId, result: Result<(), DeliveryError>) {
        match result {
            Ok(()) => self.release(id),
            Err(error @ (DeliveryError::NotStarted(_) | DeliveryError::WorkerGone(_))) => {
                self.deliver_later(id, &error);
            }
            // Stored as it is, it comes again with the next start.
            Err(error @ DeliveryError::Unavailable(_)) => tracing::error!("{id}: {error}"),
            Err(error @ (DeliveryError::TimedOut | DeliveryError::Unregistered)) => {
                tracing::warn!("{id}: {error}");
                self.release(id);
            }
        }
    }

    /// Another attempt, if there is one left.
    fn deliver_later(&mut self, id: UniqueId, error: &DeliveryError) {
        let Some(fetch) = self.fetches.get_mut(&id) else { return };
        let Stage::Settled { attempts, .. } = fetch.stage else { return };
        let policy = self.config.delivery;
        if attempts >= policy.max_attempts {
            tracing::warn!(
                "{id}: its event could not be delivered in {attempts} attempts; its data is removed: {error}"
            );
            return self.release(id);
        }
        tracing::info!("{id}: {error}; its event will be delivered again");
        let wait = retry::delay(&policy, attempts, None, self.config.jitter_seed ^ id.0);
        let alarm = self.start_alarm(wait, Event::Redeliver(id));
        if let Some(fetch) = self.fetches.get_mut(&id) {
            fetch.delivery_alarm = Some(alarm);
        }
    }

    /// Counts another attempt; then it begins.
    pub(super) fn redeliver(&mut self, id: UniqueId) {
        let Some(fetch) = self.fetches.get_mut(&id) else { return };
        fetch.delivery_alarm = None;
        let Stage::Settled { attempts, .. } = &mut fetch.stage else { return };
        *attempts += 1;
        let attempts = *attempts;
        self.write(vec![Change::DeliveryAttempt { fetch: id, attempts }], Written::DeliveryAttempt(id));
    }

    /// The attempt is counted.
    pub(super) fn attempt_written(&mut self, id: UniqueId, result: Result<(), StoreError>) {
        if let Err(error) = result {
            // Better an event too many than one too few.
            tracing::error!("{id}: an attempt to deliver its event is not counted: {error}");
        }
        self.deliver(id);
    }

    /// A person activated the display.
    pub(super) fn click(&mut self, id: UniqueId, reply: Reply<bool>) {
        let Some(fetch) = self.fetches.get(&id) else { return reply.send(Ok(false)) };
        let click = self.hosts.events.deliver(FunctionalEvent {
            registration: fetch.registration.clone(),
            kind: EventKind::Click,
            instance: fetch.instance(),
            attempt: 1,
        });
        self.start(click.map(move |result| Event::Clicked(id, result, reply)));
    }

    /// The click event is over.
    pub(super) fn clicked(&mut self, id: UniqueId, result: Result<(), DeliveryError>, reply: Reply<bool>) {
        if let Err(error) = &result {
            tracing::warn!("{id}: a click was not handled: {error}");
        }
        reply.send(Ok(result.is_ok()));
    }
}
