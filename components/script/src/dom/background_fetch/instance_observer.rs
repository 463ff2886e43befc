//! [Update background fetch instances](https://wicg.github.io/background-fetch/#update-background-fetch-instance-algorithm),
//! from the component's thread to the object's.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use background_fetch::Observer;
use background_fetch::concepts::Instance;
use service_worker::RegistrationId;

use crate::dom::service_workers::ServiceWorkerContainer;
use crate::runtime::task_sender::TaskSender;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// Follows one fetch for one `BackgroundFetchRegistration` object, which owns this. The object is found by ids, so
/// that a fetch that goes on keeps no page alive.
pub(super) struct InstanceObserver {
    this: Weak<InstanceObserver>,
    tasks: TaskSender,
    registration: RegistrationId,
    /// Updates for which a task is queued: one task for each.
    waiting: Mutex<VecDeque<Instance>>,
}

impl InstanceObserver {
    /// An observer for an object of `registration`'s manager in the realm of `global`.
    pub(super) fn new(global: &GlobalScope, registration: RegistrationId) -> Arc<InstanceObserver> {
        Arc::new_cyclic(|this| InstanceObserver {
            this: this.clone(),
            tasks: global.task_sender().background(),
            registration,
            waiting: Mutex::default(),
        })
    }

    /// For the component.
    pub(super) fn downgrade(&self) -> Weak<dyn Observer> {
        self.this.clone()
    }

    /// The task of one update.
    fn run(&self, cx: &mut JSContext, global: &GlobalScope) {
        let instance = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let Some(instance) = instance else { return };
        // 6.1–6.2. The object, if there is one.
        let container = ServiceWorkerContainer::of(cx, global);
        let Some(registration) = container.existing_registration_object(self.registration) else { return };
        let Some(manager) = registration.existing_background_fetch_manager() else { return };
        // 6.3–6.10.
        manager.update_instance(cx, &instance);
    }
}

impl Observer for InstanceObserver {
    fn updated(&self, instance: &Instance) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        // NB: SD-26: an update that no script has seen yet gives way to the next, but not one of another kind: that the
        // fetch settled and that its records are gone are seen one after the other.
        if let Some(last) = waiting.back_mut()
            && (last.result, last.records_available) == (instance.result, instance.records_available)
        {
            *last = instance.clone();
            return;
        }
        waiting.push_back(instance.clone());
        drop(waiting);
        let this = self.this.clone();
        self.tasks.post(
            TaskSource::BackgroundFetch,
            Box::new(move |cx, global| {
                // An object that is gone wants nothing more.
                if let Some(this) = this.upgrade() {
                    this.run(cx, global);
                }
            }),
        );
    }
}
