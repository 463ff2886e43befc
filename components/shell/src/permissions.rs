//! Permissions as a driver or a test sets them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError, Weak};

use fetch::Origin;
use script::embedder::{PermissionObserver, PermissionSource, PermissionState};

/// What was set, for an origin and a permission's name.
///
/// Where nothing was set a person would have to be asked, except for background fetches, which are allowed.
#[derive(Default)]
pub struct SetPermissions {
    states: Mutex<HashMap<(Origin, String), PermissionState>>,
    observers: Mutex<Vec<Weak<dyn PermissionObserver>>>,
}

impl SetPermissions {
    /// <https://w3c.github.io/permissions/#dfn-set-a-permission>, for one origin.
    pub fn set(&self, origin: Origin, name: &str, state: PermissionState) {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.insert((origin.clone(), name.to_owned()), state);
        drop(states);
        self.tell(&[(origin, name.to_owned())]);
    }

    /// Everything is as it was at first.
    pub fn clear(&self) {
        let states = std::mem::take(&mut *self.states.lock().unwrap_or_else(PoisonError::into_inner));
        self.tell(&states.into_keys().collect::<Vec<_>>());
    }

    /// Tells who is there to be told; they ask what is new.
    fn tell(&self, changed: &[(Origin, String)]) {
        let mut observers = self.observers.lock().unwrap_or_else(PoisonError::into_inner);
        observers.retain(|observer| observer.strong_count() > 0);
        let observers = observers.clone();
        for observer in observers.iter().filter_map(Weak::upgrade) {
            for (origin, name) in changed {
                observer.permission_changed(name, origin);
            }
        }
    }
}

impl PermissionSource for SetPermissions {
    fn state(&self, name: &str, origin: &Origin) -> PermissionState {
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (origin.clone(), name.to_owned());
        states.get(&key).copied().unwrap_or(match name {
            "background-fetch" => PermissionState::Granted,
            _ => PermissionState::Prompt,
        })
    }

    fn observe(&self, observer: Weak<dyn PermissionObserver>) {
        self.observers.lock().unwrap_or_else(PoisonError::into_inner).push(observer);
    }
}

/// A state by its name.
pub fn permission_state(name: &str) -> Option<PermissionState> {
    Some(match name {
        "granted" => PermissionState::Granted,
        "denied" => PermissionState::Denied,
        "prompt" => PermissionState::Prompt,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[derive(Default)]
    struct Heard(Mutex<Vec<String>>);

    impl PermissionObserver for Heard {
        fn permission_changed(&self, name: &str, origin: &Origin) {
            self.0.lock().unwrap().push(format!("{name} {}", origin.ascii_serialization()));
        }
    }

    #[test]
    fn a_permission_is_set_for_one_origin_and_one_name() {
        let permissions = SetPermissions::default();
        let [one, other]: [Origin; 2] =
            ["https://one.example", "https://other.example"].map(|origin| origin.parse().unwrap());
        permissions.set(one.clone(), "background-fetch", PermissionState::Denied);
        assert_eq!(permissions.state("background-fetch", &one), PermissionState::Denied);
        assert_eq!(permissions.state("background-fetch", &other), PermissionState::Granted);
        assert_eq!(permissions.state("geolocation", &one), PermissionState::Prompt);
    }

    #[test]
    fn what_is_cleared_is_as_it_was_at_first() {
        let permissions = SetPermissions::default();
        let origin: Origin = "https://one.example".parse().unwrap();
        permissions.set(origin.clone(), "background-fetch", PermissionState::Denied);
        permissions.clear();
        assert_eq!(permissions.state("background-fetch", &origin), PermissionState::Granted);
    }

    #[test]
    fn who_observes_is_told() {
        let permissions = SetPermissions::default();
        let (heard, gone) = (Arc::new(Heard::default()), Arc::new(Heard::default()));
        let (weak, weak_gone) = (Arc::downgrade(&heard), Arc::downgrade(&gone));
        permissions.observe(weak);
        permissions.observe(weak_gone);
        drop(gone);
        permissions.set("https://one.example".parse().unwrap(), "push", PermissionState::Denied);
        assert_eq!(*heard.0.lock().unwrap(), ["push https://one.example"]);
    }
}
