//! [Update background fetch
//! instances](https://wicg.github.io/background-fetch/#update-background-fetch-instance-algorithm), and the
//! [display](https://wicg.github.io/background-fetch/#background-fetch-display-algorithm).
//!
//! The specification asks for an update per chunk and wishes for fewer. NB: SD-26: changes are collected
//! until an interval has passed since the last update; one that settles the fetch goes out at once, after
//! everything before it.

use std::sync::Weak;
use std::time::Duration;

use super::{Event, Service};
use crate::concepts::{Instance, UniqueId};
use crate::handle::Observer;

impl Service {
    /// Tells what has changed since the last time, or arranges for it to be told.
    pub(super) fn update_changed_instances(&mut self) {
        if self.changed.is_empty() {
            return;
        }
        let now = self.hosts.clock.now();
        for id in std::mem::take(&mut self.changed) {
            let Some(fetch) = self.fetches.get_mut(&id) else { continue };
            let elapsed = fetch.told.as_ref().map(|(_, told)| now.saturating_sub(*told));
            let wait = self.config.update_interval.saturating_sub(elapsed.unwrap_or(Duration::MAX));
            if wait.is_zero() {
                self.update_instances_now(id);
            } else if fetch.update_alarm.is_none() {
                let alarm = self.start_alarm(wait, Event::UpdateDue(id));
                if let Some(fetch) = self.fetches.get_mut(&id) {
                    fetch.update_alarm = Some(alarm);
                }
            }
        }
    }

    /// Steps 1 to 6, as far as they need no realm.
    pub(super) fn update_instances_now(&mut self, id: UniqueId) {
        let Some(fetch) = self.fetches.get_mut(&id) else { return };
        self.changed.remove(&id);
        fetch.update_alarm = None;
        // 1–5. The values.
        let instance = fetch.instance();
        // 6. Everyone who follows.
        if fetch.told.as_ref().is_none_or(|(told, _)| *told != instance) {
            tell(&mut fetch.observers, &instance);
        }
        fetch.told = Some((instance, self.hosts.clock.now()));
        self.hosts.display.show(fetch.displayed(self.online));
    }
}

/// Tells those who still want to know.
pub(super) fn tell(observers: &mut Vec<Weak<dyn Observer>>, instance: &Instance) {
    observers.retain(|observer| match observer.upgrade() {
        Some(observer) => {
            observer.updated(instance);
            true
        }
        None => false,
    });
}
