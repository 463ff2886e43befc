//! A worker that does what a test says.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::BoxFuture;

use crate::RegistrationKey;
use crate::host::{DeliveryError, EventDelivery, FunctionalEvent};

/// Takes events, and holds each until the test [takes](FakeEvents::next) it.
#[derive(Default)]
pub struct FakeEvents(Mutex<State>);

#[derive(Default)]
struct State {
    without_worker: Vec<RegistrationKey>,
    unregistered: Vec<RegistrationKey>,
    deliveries: VecDeque<Delivery>,
}

/// An event on its way.
#[derive(Debug)]
pub struct Delivery {
    /// The event.
    pub event: FunctionalEvent,
    answer: oneshot::Sender<Result<(), DeliveryError>>,
}

impl Delivery {
    /// The handler and all its promises are done.
    pub fn handled(self) {
        self.answer(Ok(()));
    }

    /// It ends so. (The service may be gone by then.)
    pub fn answer(self, result: Result<(), DeliveryError>) {
        let _ = self.answer.send(result);
    }
}

impl FakeEvents {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on the registration has no active worker.
    pub fn remove_worker(&self, registration: RegistrationKey) {
        self.state().without_worker.push(registration);
    }

    /// From now on there is no such registration.
    pub fn unregister(&self, registration: RegistrationKey) {
        self.state().unregistered.push(registration);
    }

    /// The oldest event that still waits.
    pub fn next(&self) -> Option<Delivery> {
        let mut state = self.state();
        state.deliveries.retain(|delivery| !delivery.answer.is_canceled());
        state.deliveries.pop_front()
    }

    /// The oldest event that still waits, left where it is.
    pub fn peek(&self) -> Option<FunctionalEvent> {
        self.all().into_iter().next()
    }

    /// All that wait.
    pub fn all(&self) -> Vec<FunctionalEvent> {
        let mut state = self.state();
        state.deliveries.retain(|delivery| !delivery.answer.is_canceled());
        state.deliveries.iter().map(|delivery| delivery.event.clone()).collect()
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.all().len()
    }
}

impl EventDelivery for FakeEvents {
    fn has_active_worker(&self, registration: RegistrationKey) -> BoxFuture<'static, bool> {
        let active = !self.state().without_worker.contains(&registration);
        futures::future::ready(active).boxed()
    }

    fn is_unregistered(&self, registration: RegistrationKey) -> BoxFuture<'static, bool> {
        let unregistered = self.state().unregistered.contains(&registration);
        futures::future::ready(unregistered).boxed()
    }

    fn deliver(&self, event: FunctionalEvent) -> BoxFuture<'static, Result<(), DeliveryError>> {
        let (answer, result) = oneshot::channel();
        self.state().deliveries.push_back(Delivery { event, answer });
        let gone = || Err(DeliveryError::WorkerGone("the fake was dropped".to_owned()));
        async move { result.await.unwrap_or_else(|_| gone()) }.boxed()
    }
}
